"""Writes the app file, the log of calls and what the truth is known to be."""
import csv
import json
import os
import re

from . import labels as names


def write(recording, script_globals, truth=None, labels=None):
    """The path of the app file, or None where there is nothing to diagnose: no model, or nothing fed to it and no photo."""
    model = max((m for m in recording.models if m.inputs), key=lambda m: (len(m.samples), len(m.refused)), default=None)
    if model is None or not (model.samples or model.refused or recording.photos):
        _write_calls(recording, model.interpreters if model else set())
        return None
    labels = os.path.abspath(labels) if labels else names.find(recording, model, script_globals)
    document = {"whyzero": 1, "model": _model_path(recording, model)}
    document.update(_inputs(recording, model))
    document["output"] = _output(recording, model, labels, script_globals)
    if truth:
        document["truth"] = _relative(recording, truth)
    elif labels:
        own = _truth_of_folders(recording, model, labels)
        if own:
            document["truth"] = own
    document["calls"] = "calls.jsonl"
    _write_calls(recording, model.interpreters)
    path = os.path.join(recording.folder, "app.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
    return path


def _relative(recording, path):
    return os.path.relpath(os.path.abspath(path), recording.folder)


def _model_path(recording, model):
    if model.path:
        return _relative(recording, model.path)
    with open(os.path.join(recording.folder, "model.tflite"), "wb") as file:
        file.write(model.content or b"")
    return "model.tflite"


def _inputs(recording, model):
    """What was in the input tensors when the model ran; where it never ran, what the runtime refused; else the photos as they are."""
    samples = model.samples
    photos = photos_of_samples(model)
    if not samples and model.refused and len(model.inputs) == 1:
        samples = [[file] for _, file in model.refused]
        photos = None
    if not samples:
        opened = [_relative(recording, photo) for photo in dict.fromkeys(recording.photos)]
        return {"input": {"images": opened, "pipeline": []}}
    entries = []
    for place, details in enumerate(model.inputs):
        entry = {"name": str(details["name"]), "tensors": [files[place] for files in samples]}
        if photos:
            entry["original_images"] = [_relative(recording, photo) for photo in photos]
        entries.append(entry)
    return {"input": entries[0]} if len(entries) == 1 else {"inputs": entries}


def photos_of_samples(model):
    """One photo a sample, or None where they cannot be told. A sample without a photo of its own shows the one before again."""
    lists = model.photos_of
    if lists and len(lists[0]) == len(lists) and not any(lists[1:]):
        return list(lists[0])                   # all were read before the first run
    photos, last = [], None
    for new in lists:
        last = new[-1] if new else last
        photos.append(last)
    return photos if photos and None not in photos else None


def _output(recording, model, labels, script_globals):
    output = {}
    read = [entry["tensor"] for entry in recording.calls if entry["call"] == "get_tensor" and entry.get("tensor") is not None]
    indices = [int(one["index"]) for one in model.outputs]
    first = next((index for index in read if index in indices), None)
    if first is not None and indices.index(first) > 0:
        output["tensor"] = indices.index(first)
    if labels:
        output["labels"] = labels if isinstance(labels, list) else _relative(recording, labels)
        offset = _label_offset(recording, model, labels, script_globals)
        if offset:
            output["label_offset"] = offset
    output["decode"] = _decode(recording, model, labels) if model.outputs else [{"argmax": {}}]
    if "regression" in output["decode"][-1]:
        output["reports"] = "value"
    return output


def _label_offset(recording, model, labels, script_globals):
    """How far from the model's answer the label lies that the script shows: seen in what it prints, else read in its source."""
    lines = names.lines_of(labels)
    hits, shown = _hits(recording, model, lines, recording.read_classes)
    offset = next((o for o, count in hits.items() if o and count >= 0.9 * shown and 2 * hits.get(0, 0) < count), 0)
    in_source = [(o, line) for name, o, line in recording.user_code.label_offsets() if _is_label_list(script_globals.get(name), lines)]
    for source_offset, line in in_source:
        # What is printed may name the true label as well, in the photo's path.
        if offset in (0, source_offset) and (hits.get(source_offset, 0) >= 0.9 * shown or 2 * hits.get(0, 0) <= shown):
            recording.note("label", line=line, offset=source_offset)
            return source_offset
    return offset


def _without_path(text, photo):
    """What a script prints of a photo's path is no answer, though its folder bears a label's name."""
    while photo and os.sep in photo:
        text = text.replace(photo, "")
        photo = photo.partition(os.sep)[2]
    return text


def _hits(recording, model, lines, classes):
    """How often each offset from these classes explains what the script printed, and how many samples it printed a label for."""
    hits, shown, photos = {}, 0, photos_of_samples(model) or []
    for number, text in recording.printed.items():
        text = _without_path(text, photos[number] if number < len(photos) else None)
        best = classes.get(number)
        if best is None or not any(_says(text, line) for line in lines):
            continue
        shown += 1
        for offset in (0, 1, -1, 2, -2):
            if 0 <= best + offset < len(lines) and _says(text, lines[best + offset]):
                hits[offset] = hits.get(offset, 0) + 1
    return hits, shown


def _decode(recording, model, labels):
    """The steps from the numbers that the script read to what it shows."""
    code = recording.user_code
    dequantize = [{"dequantize": "affine"}] if recording.reads_integers and code.dequantizes() else []
    if names.numbers(model) == 1:
        if code.mentions("argmax"):
            return dequantize + [{"argmax": {}}]
        if names.class_count(recording, model) == 1:
            return dequantize + [{"regression": {}}]
        threshold = code.threshold()
        return dequantize + ([{"truncate": {}}, {"threshold": 0.5}] if threshold is None else [{"threshold": threshold}])
    if labels and recording.viewed_classes:
        lines = names.lines_of(labels)
        (plain, shown), (viewed, _) = (_hits(recording, model, lines, classes) for classes in (recording.read_classes, recording.viewed_classes))
        if shown and viewed.get(0, 0) >= 0.9 * shown and 2 * max(plain.values(), default=0) < shown:
            return [{"view": {"int8": "uint8", "uint8": "int8"}[recording.reads_integers]}, {"argmax": {}}]
    return [{"argmax": {}}]


def _is_label_list(value, lines):
    return value is None or [one.strip() for one in names.names_of(value) or []] == [line.strip() for line in lines]


def _says(text, name):
    return bool(name) and re.search(r"(?<!\w)" + re.escape(name) + r"(?!\w)", text) is not None


def _truth_of_folders(recording, model, labels):
    """Photos in folders that bear the labels' names tell their own truth."""
    photos, known = photos_of_samples(model), set(names.lines_of(labels))
    if not photos or len(photos) != len(model.samples):
        return None
    folders = [os.path.basename(os.path.dirname(photo)) for photo in photos]
    if not set(folders) <= known:
        return None
    with open(os.path.join(recording.folder, "truth.csv"), "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["sample", "label"])
        writer.writerows(enumerate(folders))
    return "truth.csv"


def _write_calls(recording, interpreters):
    """Calls on interpreters of other models would be taken for this one's; they are left out."""
    for kind, dtype, line in recording.user_code.integer_casts():
        recording.note(kind, line=line, dtype=dtype)
    with open(os.path.join(recording.folder, "calls.jsonl"), "w", encoding="utf-8") as file:
        for entry in recording.calls:
            if "interpreter" not in entry or entry["interpreter"] in interpreters:
                file.write(json.dumps(entry) + "\n")
