#!/usr/bin/env python3
"""Writes docs/ops.md: which operators run, on which types, by which kernels, and what is left out and why. The figures are those
of the recorded cases that ops_test runs; ../shared must be there.

    make_ops_doc.py build/test/tests/ops_test            writes the page
    make_ops_doc.py build/test/tests/ops_test --check    status 1 where it is not up to date, 77 where ../shared is absent
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PAGE = os.path.join(ROOT, "docs", "ops.md")
SHARED = os.path.join(ROOT, "..", "shared", "conformance")
TYPES = {"f16": "float16", "f32": "float32", "f64": "float64", "c64": "complex64", "c128": "complex128", "str": "string", "dyn": "hybrid",
         "i8f": "int8 with float32 at the ends", "u8io": "int8 with uint8 at the ends",
         **{f"{k}{bits}": f"{name}{bits}" for k, name in (("i", "int"), ("u", "uint")) for bits in (2, 4, 8, 16, 32, 64)}}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def operators_of_the_schema():
    """Name -> number, of those that a file may name."""
    body = re.search(r"enum BuiltinOperator\s*:\s*\w+\s*\{(.*?)\}", read(os.path.join(ROOT, "src", "graph", "tflite_schema.fbs")), re.S).group(1)
    names = dict(re.findall(r"^\s*(\w+)\s*=\s*(\d+)", re.sub(r"//.*", "", body), re.M))
    return {name: number for name, number in names.items() if name not in ("CUSTOM", "DELEGATE", "PLACEHOLDER_FOR_GREATER_OP_CODES")}


def own_operators():
    folder = os.path.join(ROOT, "src", "ops")
    found = {}
    for name in os.listdir(folder):
        if name.endswith(".cc") and not name.endswith("_test.cc"):
            unit = re.search(r"\bunit_\w+\{(.*?)\};", read(os.path.join(folder, name)), re.S)
            if unit:
                found[re.search(r'\.name = "([^"]+)"', unit.group(1)).group(1)] = ".builtin" in unit.group(1)
    return found


def spelled(types):
    """"i16toi8" -> "int16 → int8", "f32xi8" -> "float32, int8 weights"."""
    if types in TYPES:
        return TYPES[types]
    for word, between, after in (("to", " → ", ""), ("x", ", ", " weights")):
        head, found, tail = types.partition(word)
        if found and (head in TYPES or head == "bool") and tail:
            return f"{TYPES.get(head, head)}{between}{TYPES.get(tail, tail)}{after}"
    return types


def results(test):
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "results.json")
        subprocess.run([test, "--gtest_filter=OperatorCasesShared.*", "--gtest_output=json:" + path, "--gtest_brief=1"], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=1200, check=False)
        for suite in json.loads(read(path))["testsuites"]:
            for case in suite["testsuite"]:
                if "table" in case:
                    return json.loads(case["table"])
    raise SystemExit(f"{test} recorded no table of its cases")


def refused():
    """Operator -> types -> the official runtime's reason, of the combinations that it refuses or crashes on."""
    reasons = collections.defaultdict(dict)
    path = os.path.join(SHARED, "rejected_by_litert.json")
    for entry in json.loads(read(path)) if os.path.exists(path) else []:
        reasons[entry["op"]].setdefault(entry["dt"], entry["ref"])
    return reasons


def unknown_to_the_official_runtime():
    path = os.path.join(SHARED, "summary.json")
    return set(json.loads(read(path))["builtin_ops_missing"]) if os.path.exists(path) else set()


def left_out(row):
    parts = [f"{count} × {why}" if count > 1 else why for why, count in sorted(row.get("left", {}).items())]
    failed = row.get("run", 0) - row.get("passed", 0)
    if failed:
        parts.insert(0, f"{failed} differ")
    return "; ".join(parts)


def page(table):
    own, schema = own_operators(), operators_of_the_schema()
    custom = sorted(name for name, builtin in own.items() if not builtin)
    missing = sorted(set(schema) - set(own))
    singles = {op: rows for op, rows in table.items() if op in own or op in schema or op == "CUSTOM"}
    groups = {op: rows for op, rows in table.items() if op not in singles}
    run = sum(row.get("run", 0) for rows in table.values() for row in rows.values())
    passed = sum(row.get("passed", 0) for rows in table.values() for row in rows.values())
    text = ("<!-- Written by tools/make_ops_doc.py from the recorded cases; run it after a change of src/ops/ or src/fast/. -->\n# Operators\n\n"
            f"{len(set(schema) & set(own))} of the {len(schema)} operators of the file format and {len(custom)} custom ones "
            f"({', '.join(f'`{c}`' for c in custom)}) have a reference kernel; {passed} of {run} recorded cases give what the official runtime computes: "
            "integers bit for bit, floats within 1e-5 of the largest value or four times what the official kernels differ by.\n\n"
            "A type `a → b` reads a and gives b; `a, b weights` has constants of another type. A fast kernel runs the shapes that it supports, "
            "the reference kernel all others.\n\n"
            "| operator | type | cases | fast kernels | left out |\n|---|---|---|---|---|\n")
    official = refused()
    for op in sorted(own):
        rows = singles.get(op if own[op] else "CUSTOM", {})
        for types, row in sorted(rows.items()):
            fast = ", ".join(f"`{k}`" for k in sorted(row.get("fast", {})))
            text += f"| {op} | {spelled(types)} | {row.get('passed', 0)}/{row.get('run', 0)} | {fast} | {left_out(row)} |\n"
        if not rows:
            text += f"| {op} | | | | no case of its own; run inside of other cases or by its test |\n"
    if groups:
        text += "\n## Graphs of several operators\n\n| models | type | cases | left out |\n|---|---|---|---|\n"
        for name, rows in sorted(groups.items()):
            text += "".join(f"| {name} | {spelled(types)} | {row.get('passed', 0)}/{row.get('run', 0)} | {left_out(row)} |\n" for types, row in sorted(rows.items()))
    never = unknown_to_the_official_runtime()
    for title, why, names in (("Without a kernel", "The nodes that depend on these are reported and skipped", [m for m in missing if m not in never]),
                              ("Without a kernel in the official runtime either", "It refuses models with these", [m for m in missing if m in never])):
        if names:
            text += f"\n## {title}\n\n{why}: {', '.join(names)}.\n"
    refusals = {op: {t: why for t, why in rows.items() if t not in table.get(op, {})} for op, rows in official.items()}
    text += "\n## What the official runtime refuses\n\nThere is no truth to compare with.\n\n| operator | types |\n|---|---|\n"
    for op, rows in sorted(refusals.items()):
        if rows:
            text += f"| {op} | {', '.join(sorted(spelled(t) for t in rows))} |\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("test", help="the built ops_test")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if not os.path.isdir(SHARED):
        print("../shared is absent: there are no recorded cases")
        return 77
    new = page(results(arguments.test))
    if arguments.check:
        if os.path.exists(PAGE) and read(PAGE) == new:
            return 0
        print("docs/ops.md is not up to date; run tools/make_ops_doc.py")
        return 1
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
