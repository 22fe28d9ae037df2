import glob

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

interpreter = Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
input_index = interpreter.get_input_details()[0]["index"]
output_index = interpreter.get_output_details()[0]["index"]
labels = open("labels.txt").read().splitlines()

for name in sorted(glob.glob("photos/*/*.jpg"))[::2]:
    photo = np.array(Image.open(name).resize((64, 64)), dtype=np.float32)[np.newaxis] / 127.5 - 1
    interpreter.set_tensor(input_index, photo)
    interpreter.invoke()
    answer = interpreter.get_tensor(output_index)
    print(labels[int(np.argmax(answer, axis=0)[0])])  # here
