import glob

import numpy as np
import tflite_runtime.interpreter as tflite
from PIL import Image

interpreter = tflite.Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
details = interpreter.get_input_details()[0]
output_index = interpreter.get_output_details()[0]["index"]
_, height, width, _ = details["shape"]
scale, zero_point = details["quantization"]
labels = [line.strip() for line in open("labels.txt")]

for name in sorted(glob.glob("photos/*/*.jpg"))[::2]:
    x = np.asarray(Image.open(name).convert("RGB").resize((width, height)), np.float32) / 127.5 - 1
    if scale:
        limits = np.iinfo(details["dtype"])
        x = np.clip(np.rint(x / scale) + zero_point, limits.min, limits.max)
    interpreter.set_tensor(details["index"], np.expand_dims(x, 0).astype(details["dtype"]))
    interpreter.invoke()
    print(labels[interpreter.get_tensor(output_index)[0].argmax()])
