#!/usr/bin/env python3
"""Make the demo's classifier once more as many make it: `Optimize.DEFAULT` and no representative data, which gives a dynamic-range
model. Trained weights are taken from the float model.

    venv/bin/pip install -r tools/requirements-demo.txt
    venv/bin/python tools/make_dynamic_range.py examples/fruit/model_float32.tflite tests/scenarios/dynamic_range.tflite
"""
import os
import sys

import keras
import tensorflow as tf


def weights_of(path):
    """Kernels and biases in the order of the layers, as Keras shapes them."""
    run = tf.lite.Interpreter(path, experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF)
    run.allocate_tensors()
    for op in run._get_ops_details():
        if op["op_name"] in ("CONV_2D", "FULLY_CONNECTED"):
            kernel, bias = (run.get_tensor(i) for i in op["inputs"][1:3])
            yield [kernel.transpose(1, 2, 3, 0) if kernel.ndim == 4 else kernel.T, bias]


def main():
    source, target = sys.argv[1:]
    layers, weights = keras.layers, list(weights_of(source))
    x = inputs = keras.Input((64, 64, 3), name="image")
    for kernel, _ in weights[:-1]:
        x = layers.MaxPooling2D()(layers.ReLU(6.0)(layers.Conv2D(kernel.shape[-1], 3, padding="same")(x)))
    x = layers.Dense(len(weights[-1][1]), activation="softmax", name="probability")(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(inputs, x, name="fruit")
    for layer, values in zip((layer for layer in model.layers if layer.weights), weights, strict=True):
        layer.set_weights(values)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    content = converter.convert()
    with open(target + ".new", "wb") as f:
        f.write(content)
    os.replace(target + ".new", target)
    print(f"{target}: {len(content)} bytes")


if __name__ == "__main__":
    main()
