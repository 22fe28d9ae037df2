import numpy as np
from ai_edge_litert.interpreter import Interpreter

photos = np.load("photos.npy")
interpreter = Interpreter("model.tflite")
interpreter.allocate_tensors()
x, y = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
labels = open("labels.txt").read().split()
for photo in photos:
    interpreter.set_tensor(x, np.float32([1 - photo / 127.5]))  # here
    interpreter.invoke()
    print(labels[interpreter.get_tensor(y).argmax()])
