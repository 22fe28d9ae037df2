import glob

import numpy as np
import tensorflow as tf
from PIL import Image

interpreter = tf.lite.Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
input_details = interpreter.get_input_details()[0]
output_details = interpreter.get_output_details()[0]
names = open("labels.txt").read().split()

for name in sorted(glob.glob("photos/*/*.jpg"))[::2]:
    input_data = np.array(Image.open(name).resize((64, 64)), dtype=np.float32)[np.newaxis] / 127.5 - 1
    interpreter.set_tensor(input_details["index"], input_data)
    interpreter.invoke()
    print(names[int(interpreter.get_tensor(output_details["index"]).argmax())])
