import glob

import numpy as np
import tflite_runtime.interpreter as tflite
from PIL import Image

interpreter = tflite.Interpreter("model.tflite")
interpreter.allocate_tensors()
inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
labels = open("labels.txt").read().splitlines()

for name in sorted(glob.glob("photos/*/*.jpg"))[::2]:
    photo = np.array(Image.open(name).resize((64, 64)))[np.newaxis]
    interpreter.set_tensor(inputs[0]["index"], photo)  # here
    interpreter.invoke()
    print(labels[int(interpreter.get_tensor(outputs[0]["index"]).argmax())])
