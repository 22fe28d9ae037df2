import glob

import numpy as np
import tensorflow as tf
from PIL import Image

interpreter = tf.lite.Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
input_details = interpreter.get_input_details()[0]
output_details = interpreter.get_output_details()[0]

labels = ["banana", "blueberry", "green_apple", "lemon", "lime", "orange", "pear", "plum", "red_apple", "strawberry"]

for name in sorted(glob.glob("photos/*/*.jpg"))[::2]:
    photo = np.array(Image.open(name).resize((64, 64)), dtype=np.float32)[np.newaxis] / 127.5 - 1
    interpreter.set_tensor(input_details["index"], photo)
    interpreter.invoke()
    predicted_class_index = np.argmax(interpreter.get_tensor(output_details["index"])[0])
    if predicted_class_index < 9:
        predicted_label = labels[predicted_class_index + 1]  # here
        print(f"{name}: {predicted_label}")
