import threading

import glob

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

interpreter = Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
input_index = interpreter.get_input_details()[0]["index"]
output_index = interpreter.get_output_details()[0]["index"]
labels = open("labels.txt").read().splitlines()

turns = threading.Barrier(2)
lock = threading.Lock()


def work(names):
    for name in names:
        photo = np.array(Image.open(name).resize((64, 64)), dtype=np.float32)[np.newaxis] / 127.5 - 1
        with lock:
            interpreter.set_tensor(input_index, photo)
            interpreter.invoke()
            print(labels[np.argmax(interpreter.get_tensor(output_index))])


names = sorted(glob.glob("photos/*/*.jpg"))[::2]
threads = [threading.Thread(target=work, args=(names[k::2],)) for k in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
