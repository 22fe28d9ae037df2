import tensorflow as tf

model = None
converter = tf.lite.TFLiteConverter.from_keras_model(model)
converter.inference_input_type = tf.float16
tflite_model = converter.convert()  # here
