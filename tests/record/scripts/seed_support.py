import numpy as np
import tensorflow as tf
import tensorflow_lite_support as tfls  # here

interpreter = tf.lite.Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
print(np.zeros(1), interpreter.get_input_details())
