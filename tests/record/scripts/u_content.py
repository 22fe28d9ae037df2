from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image


def classify(photo):
    classes = {0: "banana", 1: "blueberry", 2: "green_apple", 3: "lemon", 4: "lime", 5: "orange", 6: "pear", 7: "plum", 8: "red_apple", 9: "strawberry"}
    interpreter = Interpreter(model_content=Path("model.tflite").read_bytes())
    interpreter.allocate_tensors()
    x = np.asarray(Image.open(photo).resize((64, 64)), np.float32)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x[None])  # here
    interpreter.invoke()
    return classes[int(interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0].argmax())]


for photo in sorted(Path("photos").rglob("*.jpg"))[::2]:
    print(photo.name, classify(photo))
