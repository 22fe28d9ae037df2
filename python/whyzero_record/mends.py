"""Errors of scripts that never reach the model, and what to write in their place."""
import ast
import os


def mend(error, user_code):
    """(line, what is wrong, what to write) of an exception that ended the script."""
    place = user_code.place_of(error)
    line = user_code.name(*place) if place else os.path.basename(user_code.script)
    own = place and os.path.abspath(place[0]) == user_code.script
    statement = user_code.statement(place[1]) if own else None
    words = f"{type(error).__name__}: {error}"
    for explain in (_random_integers, _missing_module, _converter_types, _label_index, _unallocated, _input_refused, _reshape):
        found = explain(error, statement, user_code)
        if found:
            return (line, *found)
    return line, words, None


def _random_integers(error, statement, _user_code):
    call = next((node for node in ast.walk(statement) if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("random.randint")), None) if statement else None
    if not isinstance(error, TypeError) or call is None:
        return None
    dtype = next((keyword for keyword in call.keywords if keyword.arg == "dtype" and "float" in ast.unparse(keyword.value)), None)
    if dtype is None:
        return None
    call.keywords.remove(dtype)
    mended = ast.unparse(call)
    call.keywords.append(dtype)
    whole = ast.unparse(statement).replace(ast.unparse(call), f"{mended}.astype({ast.unparse(dtype.value)})")
    return f"np.random.randint draws integers and takes no {ast.unparse(dtype.value)}: draw first, convert afterwards", whole


PACKAGES = {"tensorflow": "tensorflow-cpu, or ai-edge-litert with `from ai_edge_litert.interpreter import Interpreter`",
            "tflite_runtime": "tflite-runtime, or ai-edge-litert with `from ai_edge_litert.interpreter import Interpreter`",
            "ai_edge_litert": "ai-edge-litert", "cv2": "opencv-python-headless", "PIL": "pillow", "tflite_support": "tflite-support"}


def _missing_module(error, statement, user_code):
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    module = error.name.split(".")[0]
    if module == "tensorflow_lite_support":
        alias = next((name.asname or name.name for name in getattr(statement, "names", [])), module)
        used = any(isinstance(node, ast.Name) and node.id == alias for node in ast.walk(user_code.tree))
        return ("there is no module tensorflow_lite_support; the package tflite-support is imported as tflite_support",
                f"import tflite_support as {alias}" if used else f"# delete this line: {alias} is never used")
    if module in PACKAGES:
        return f"the module {module} is not installed", f"pip install {PACKAGES[module]}"
    return f"the module {module} is not installed, or its name is misspelled", None


def _converter_types(error, _statement, _user_code):
    if "inference_input_type" not in str(error) and "inference_output_type" not in str(error):
        return None
    return ("the converter takes float32, int8 or uint8 for inference_input_type and inference_output_type; a float16 model keeps its weights in "
            "float16, and its inputs and outputs stay float32", "# delete the lines with inference_input_type and inference_output_type")


def _label_index(error, statement, user_code):
    if not isinstance(error, IndexError) or statement is None:
        return None
    for name, offset, line in user_code.label_offsets():
        if line.endswith(f":{statement.lineno}"):
            return f"{name}[… {offset:+d}] reaches past the end of the list: the class that the model answers is the index itself", None
    return None


def _unallocated(error, _statement, user_code):
    """The runtime refuses tensors and runs before their memory is there; resize_tensor_input takes it away again."""
    words = str(error)
    if "allocate_tensors" not in words and "AllocateTensors" not in words:
        return None
    interpreter = next((ast.unparse(node.targets[0]) for node in ast.walk(user_code.tree)
                        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and ast.unparse(node.value.func).endswith("Interpreter")), "interpreter")
    return "the tensors have no memory yet: allocate them once, after the model is loaded and after each resize_tensor_input", f"{interpreter}.allocate_tensors()"


def _input_refused(error, _statement, _user_code):
    if "Cannot set tensor" not in str(error):
        return None
    return f"the runtime refuses this input: {error}", None


def _reshape(error, _statement, _user_code):
    if not isinstance(error, ValueError) or "cannot reshape array" not in str(error):
        return None
    return f"{error}: a reshape keeps the number of elements; resize the photo to the model's size before it becomes an array", None
