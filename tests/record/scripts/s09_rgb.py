import glob

import cv2
import numpy as np
from tflite_runtime.interpreter import Interpreter

interpreter = Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
input_index = interpreter.get_input_details()[0]["index"]
output_index = interpreter.get_output_details()[0]["index"]
labels = open("labels.txt").read().splitlines()

for name in sorted(glob.glob("photos/*/*.jpg"))[::2]:
    photo = cv2.imread(name)
    photo = cv2.cvtColor(photo, cv2.COLOR_BGR2RGB)
    photo = cv2.resize(photo, (64, 64))
    photo = photo.astype(np.float32) / 255.0
    interpreter.set_tensor(input_index, photo[np.newaxis])  # here
    interpreter.invoke()
    print(labels[np.argmax(interpreter.get_tensor(output_index))])
