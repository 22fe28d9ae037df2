#!/usr/bin/env python3
"""Checks that code goes one way: a folder of src/ includes only itself and folders with a smaller number.

    check_layers.py [ROOT]

The numbers come from the table in ROOT/HACKING.md (rows `| base/ | 1 | …`). Tests, their helpers (test_support.h) and benchmarks
beside the code may include anything. Prints one line for each fault; exit status 0 if there is none.
"""
import os
import re
import sys

ROW = re.compile(r"^\|\s*`?(\w+)/`?\s*\|\s*(\d+)\s*\|", re.M)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<](\w+)/([^">]+)[">]', re.M)
NOT_SHIPPED = re.compile(r"(_(test|bench)\.cc|test_support\.(h|cc))$")


def layers_of(text):
    """-> {folder: number} of the table; an error message where it has a folder twice or no rows."""
    table = {}
    for folder, number in ROW.findall(text):
        if folder in table:
            return None, f"HACKING.md: {folder}/ has two rows in the table of layers"
        table[folder] = int(number)
    return (table, None) if table else (None, "HACKING.md: no table of layers (rows like `| base/ | 1 | … |`)")


def sources(root):
    for folder, _, names in os.walk(os.path.join(root, "src")):
        for name in sorted(names):
            if name.endswith((".cc", ".h")) and not NOT_SHIPPED.search(name):
                yield os.path.join(folder, name)


def check(root):
    """-> list of faults."""
    with open(os.path.join(root, "HACKING.md"), encoding="utf-8") as f:
        table, error = layers_of(f.read())
    if error:
        return [error]
    faults, seen = [], 0
    for path in sources(root):
        where = os.path.relpath(path, root)
        parts = where.split(os.sep)
        if len(parts) < 3:
            faults.append(f"{where}: belongs into one of the folders of the table of layers")
            continue
        layer = parts[1]
        if layer not in table:
            faults.append(f"{where}: folder {layer}/ has no number in HACKING.md")
            continue
        seen += 1
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for match in INCLUDE.finditer(text):
            other = match.group(1)
            if other in table and other != layer and table[other] >= table[layer]:
                line = text.count("\n", 0, match.start()) + 1
                faults.append(f"{where}:{line}: {layer}/ ({table[layer]}) must not include {other}/{match.group(2)} ({table[other]})")
    if not seen:
        faults.append("src/: no source file found")
    return faults


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    faults = check(root)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
