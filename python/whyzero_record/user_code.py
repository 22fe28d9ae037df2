"""Which lines are the user's own, and what can be read out of them without running them."""
import ast
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


class UserCode:
    def __init__(self, script):
        self.script = os.path.abspath(script)
        self.folder = os.path.dirname(self.script)
        self._owned = {}
        with open(self.script, "rb") as file:
            self.source = file.read()
        try:
            self.tree = ast.parse(self.source, self.script)
        except SyntaxError:
            self.tree = ast.Module([], [])

    def owns(self, path):
        if path not in self._owned:
            self._owned[path] = self._is_own(os.path.abspath(path))
        return self._owned[path]

    def _is_own(self, path):
        """The script, or a file beside or below it that is nobody's package. Compiled extensions name files that are not there."""
        if path == self.script:
            return True
        packages = (os.sep + "site-packages" + os.sep, os.sep + "lib" + os.sep + "python", HERE + os.sep)
        return path.startswith(self.folder + os.sep) and os.path.isfile(path) and not any(package in path for package in packages)

    def name(self, path, number):
        return f"{os.path.relpath(os.path.abspath(path), self.folder)}:{number}"

    def line(self):
        """`app.py:31`: the innermost line of the user's own code that is being run."""
        frame = sys._getframe(1)
        while frame is not None:
            if self.owns(frame.f_code.co_filename):
                return self.name(frame.f_code.co_filename, frame.f_lineno)
            frame = frame.f_back
        return None

    def values_in_sight(self):
        """What the user's own lines that are being run can name: their variables, and what lies in `self`."""
        frame = sys._getframe(1)
        while frame is not None:
            if self.owns(frame.f_code.co_filename):
                here = frame.f_locals
                yield from list(here.values())
                yield from list(getattr(here.get("self"), "__dict__", {}).values())
            frame = frame.f_back

    def place_of(self, error):
        """File and line number where an exception left the user's own code."""
        place = None
        trace = error.__traceback__
        while trace is not None:
            if self.owns(trace.tb_frame.f_code.co_filename):
                place = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            trace = trace.tb_next
        if isinstance(error, SyntaxError) and error.filename:
            place = error.filename, error.lineno
        return place

    def statement(self, number):
        """The smallest statement of the script that the line belongs to."""
        found = None
        for node in ast.walk(self.tree):
            if isinstance(node, ast.stmt) and node.lineno <= number <= (node.end_lineno or node.lineno):
                if found is None or node.lineno >= found.lineno:
                    found = node
        return found

    def integer_casts(self):
        """(kind, dtype, line) of every `.astype(np.uint8)` and its like. "truncating_cast": of x / scale + zero_point that was not rounded."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "astype" or not node.args:
                continue
            argument = node.args[0]
            dtype = argument.attr if isinstance(argument, ast.Attribute) else getattr(argument, "value", None)
            if dtype in ("uint8", "int8", "int16"):
                value = ast.unparse(node.func.value)
                quantizes = any(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div) and "scale" in ast.unparse(part.right) for part in ast.walk(node.func.value))
                rounded = "round" in value or "rint" in value
                yield "truncating_cast" if quantizes and not rounded else "cast", dtype, self.name(self.script, node.lineno)

    def label_offsets(self):
        """(name of the list, offset, line) of every `labels[i + 1]`."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name) or not isinstance(node.slice, ast.BinOp):
                continue
            sign = {ast.Add: 1, ast.Sub: -1}.get(type(node.slice.op))
            number = getattr(node.slice.right, "value", None)
            if sign and type(number) is int:
                yield node.value.id, sign * number, self.name(self.script, node.lineno)

    def threshold(self):
        """The number between 0 and 1 that something is compared with, or None."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Gt, ast.GtE, ast.Lt, ast.LtE)):
                for side in (node.comparators[0], node.left):
                    if isinstance(side, ast.Constant) and isinstance(side.value, float) and 0 < side.value < 1:
                        return side.value
        return None

    def truncates(self):
        """Whether a number that was read from the model is made an integer as it is: `int(output[0][0])`."""
        read = {target.id for node in ast.walk(self.tree) if isinstance(node, ast.Assign) and "get_tensor" in ast.unparse(node.value)
                for target in node.targets if isinstance(target, ast.Name)}
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "int" or not node.args:
                continue
            value = node.args[0]
            while isinstance(value, ast.Subscript):
                value = value.value
            if isinstance(value, ast.Name) and value.id in read or isinstance(value, ast.Call) and "get_tensor" in ast.unparse(value.func):
                return True
        return False

    def dequantizes(self):
        """Whether something is multiplied by a scale."""
        return any(isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and "scale" in ast.unparse(node) for node in ast.walk(self.tree))

    def mentions(self, word):
        return word.encode() in self.source
