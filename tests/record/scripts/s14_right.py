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
    input_data = np.array(Image.open(name).resize((64, 64)), dtype=np.float32) / 127.5 - 1
    input_data = np.reshape(input_data, input_details["shape"])
    if input_details["dtype"] == np.int8:
        scale, zero_point = input_details["quantization"]
        input_data = np.clip(np.round(input_data / scale) + zero_point, -128, 127).astype(np.int8)
    interpreter.set_tensor(input_details["index"], input_data)
    interpreter.invoke()
    print(labels[np.argmax(interpreter.get_tensor(output_details["index"]))])
