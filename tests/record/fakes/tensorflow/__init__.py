"""As much of TensorFlow as a script needs that only runs a model."""
from types import SimpleNamespace

from ai_edge_litert import interpreter as _litert

float16, float32 = "float16", "float32"


class _Interpreter(_litert.Interpreter):
    pass


class _Converter:
    inference_input_type = float32

    @classmethod
    def from_keras_model(cls, _model):
        return cls()

    def convert(self):
        if self.inference_input_type == float16:
            raise ValueError("The inference_input_type and inference_output_type must be in ['tf.float32', 'tf.int8', 'tf.uint8'].")
        return b""


lite = SimpleNamespace(Interpreter=_Interpreter, TFLiteConverter=_Converter)
