"""Which names the script has for the model's classes: a file that it reads, or a list or dictionary of its own."""
import ast
import json
import os


def find(recording, model, script_globals):
    """The path of a text file, or a list; None where the script has no names for as many classes."""
    classes = class_count(recording, model)
    if classes < 2:
        return None
    files = [path for path in dict.fromkeys(recording.label_files) if path.endswith((".txt", ".names"))]
    file = next((path for path in files if _about(len(lines_of(path)), classes)), None)
    values = [*recording.seen_names, *script_globals.values(), *_of_json(recording.label_files), *_literals(recording.user_code.tree)]
    names = next((names for names in map(names_of, values) if names and _about(len(names), classes)), None)
    if file is None or names is None:
        return file or names
    # "0 banana" in the file is "banana" in the script: what the script shows counts.
    return names if any(_shorter(name, line) for name, line in zip(names, lines_of(file))) else file


def numbers(model):
    """How many the last axis of the model's first output holds; 0 where there is none."""
    shape = [int(n) for n in model.outputs[0]["shape"]] if model.outputs else []
    return shape[-1] if shape else 0


def class_count(recording, model):
    """Two for a single number that the script compares with a threshold, or a probability that it makes 0 or 1."""
    last = numbers(model)
    decides = recording.probabilities and (recording.user_code.threshold() is not None or recording.user_code.truncates())
    return 2 if last == 1 and decides else last


def lines_of(labels):
    if isinstance(labels, list):
        return labels
    with open(labels, encoding="utf-8", errors="replace") as file:
        return [line.rstrip("\n\r") for line in file]


def names_of(value):
    """The names in the order of their classes: of a list, {0: "banana"}, {"0": "banana"} or {"banana": 0}."""
    if isinstance(value, (list, tuple)):
        return list(value) if value and all(isinstance(one, str) for one in value) else None
    if not isinstance(value, dict) or not value:
        return None
    pairs = [(name, key) for key, name in value.items()] if all(isinstance(one, str) for one in value.values()) else list(value.items())
    try:
        ordered = sorted((int(key), name) for name, key in pairs)
    except (TypeError, ValueError):
        return None
    whole = [key for key, _ in ordered] == list(range(len(ordered))) and all(isinstance(name, str) for _, name in ordered)
    return [name for _, name in ordered] if whole else None


def _about(count, classes):
    return abs(count - classes) <= 2


def _shorter(name, line):
    name, line = name.strip(), line.strip()
    return len(name) < len(line) and line.endswith(name) and line[:1].isdigit()


def _of_json(paths):
    for path in dict.fromkeys(paths):
        if path.endswith(".json") and os.path.getsize(path) < 1 << 20:
            try:
                with open(path, encoding="utf-8") as file:
                    yield json.load(file)
            except ValueError:
                continue


def _literals(tree):
    for node in ast.walk(tree):
        if isinstance(node, (ast.List, ast.Tuple, ast.Dict)):
            try:
                yield ast.literal_eval(node)
            except (ValueError, TypeError):
                continue
