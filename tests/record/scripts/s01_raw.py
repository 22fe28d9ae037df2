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
    photo = np.array(Image.open(name).resize((64, 64)), dtype=np.float32)[np.newaxis]
    interpreter.set_tensor(input_details["index"], photo)  # here
    interpreter.invoke()
    answer = interpreter.get_tensor(output_details["index"])
    print(name, labels[np.argmax(answer)])
