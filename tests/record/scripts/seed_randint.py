import glob

import numpy as np
import tensorflow as tf
from PIL import Image

interpreter = tf.lite.Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
input_details = interpreter.get_input_details()[0]
output_details = interpreter.get_output_details()[0]

raw_image = np.random.randint(0, 256, size=(1, 64, 64, 3), dtype=np.float32)  # here
interpreter.set_tensor(input_details["index"], raw_image)
interpreter.invoke()
print(interpreter.get_tensor(output_details["index"]))
