import csv

import numpy as np
import tflite_runtime.interpreter as tflite

with open("rows.csv") as file:
    rows = list(csv.reader(file))[1:]
features = np.array([row[:-1] for row in rows], np.float32)
features = (features - features.mean(0)) / features.std(0)
interpreter = tflite.Interpreter("model.tflite")
interpreter.allocate_tensors()
right = 0
for row, result in zip(features, (row[-1] for row in rows)):
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], row[np.newaxis])
    interpreter.invoke()
    p = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0, 0]
    right += ("sick" if p >= 0.5 else "well") == result
print(right, "of", len(rows))
