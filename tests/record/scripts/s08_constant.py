import numpy as np
import tflite_runtime.interpreter as tflite

interpreter = tflite.Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
input_index = interpreter.get_input_details()[0]["index"]
output_index = interpreter.get_output_details()[0]["index"]

input_data = np.array([[128, 128, 128]], dtype=np.uint8)
interpreter.set_tensor(input_index, input_data)  # here
interpreter.invoke()
print(interpreter.get_tensor(output_index))
