import glob

import numpy as np
import tensorflow as tf
from PIL import Image

interpreter = tf.lite.Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
input_details = interpreter.get_input_details()[0]
output_details = interpreter.get_output_details()[0]
labels = open("labels.txt").read().splitlines()

for name in sorted(glob.glob("photos/*/*.jpg"))[::2]:
    photo = Image.open(name).resize((48, 48))
    array = np.array(photo, dtype=np.float32) / 127.5 - 1
    array = array.reshape(input_details["shape"])  # here
    interpreter.set_tensor(input_details["index"], array)
    interpreter.invoke()
    print(labels[np.argmax(interpreter.get_tensor(output_details["index"]))])
