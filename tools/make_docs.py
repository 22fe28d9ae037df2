#!/usr/bin/env python3
"""Writes docs/rules/: one page a cause and an index, from what the program itself says of them.

    make_docs.py PROGRAM            writes the pages
    make_docs.py PROGRAM --check    status 1 and a list where they are not up to date
"""
import argparse
import json
import os
import subprocess
import sys

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs", "rules")
GROUPS = {
    "F": "The file", "M": "The model", "P": "What the app feeds", "A": "How the runtime is called", "O": "How the answer is read",
    "L": "Labels", "Q": "Quantization", "N": "Numbers and runtimes", "T": "Training", "D": "Data given to the diagnosis",
}
NOTE = "<!-- Written by tools/make_docs.py from the documentation inside the rule; edit that. -->\n"


def causes(program):
    done = subprocess.run([program, "explain", "--format", "json"], capture_output=True, text=True, timeout=60, check=True)
    return sorted(json.loads(done.stdout)["causes"], key=lambda cause: cause["code"])


def page(cause):
    return f"{NOTE}# {cause['code']} {cause['name']}\n\n{cause['summary'][:1].upper()}{cause['summary'][1:]}.\n\n{cause['documentation'].strip()}\n\n[All causes](README.md)\n"


def index(all_causes):
    text = f"{NOTE}# The causes that whyzero finds\n\n`whyzero explain CODE` prints the same. A code or name is never reused or changed.\n"
    for letter, title in GROUPS.items():
        group = [cause for cause in all_causes if cause["code"].startswith(letter)]
        if not group:
            continue
        text += f"\n## {letter}: {title}\n\n| code | name | what is wrong |\n|---|---|---|\n"
        text += "".join(f"| [{c['code']}]({c['code']}.md) | {c['name']} | {c['summary'].replace('|', chr(92) + '|')} |\n" for c in group)
    return text


def wanted(program):
    all_causes = causes(program)
    return {"README.md": index(all_causes), **{cause["code"] + ".md": page(cause) for cause in all_causes}}


def present():
    texts = {}
    for name in os.listdir(DOCS) if os.path.isdir(DOCS) else []:
        with open(os.path.join(DOCS, name), encoding="utf-8") as file:
            texts[name] = file.read()
    return texts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    new, old = wanted(arguments.program), present()
    stale = sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))
    if arguments.check:
        for name in stale:
            print(f"docs/rules/{name}: " + ("missing" if name not in old else "of a cause that is gone" if name not in new else "not up to date"))
        if stale:
            print("run tools/make_docs.py PROGRAM")
        return 1 if stale else 0
    os.makedirs(DOCS, exist_ok=True)
    for name in stale:
        path = os.path.join(DOCS, name)
        if name not in new:
            os.remove(path)
            continue
        with open(path, "w", encoding="utf-8") as file:
            file.write(new[name])
    print(f"{len(new)} pages, {len(stale)} of them changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
