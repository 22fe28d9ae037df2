import numpy as np
from PIL import Image
from tflite_runtime.interpreter import Interpreter

net = Interpreter("model.tflite")
photo = np.array(Image.open("photos/lemon/000.jpg").resize((64, 64)), np.float32) / 127.5 - 1
net.set_tensor(net.get_input_details()[0]["index"], photo[None])  # here
net.invoke()
