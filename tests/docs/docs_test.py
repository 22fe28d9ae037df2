#!/usr/bin/env python3
"""The documentation is true: relative links resolve, and commands marked as tested run.

    docs_test.py ROOT [--program build/whyzero] [links|commands]

A ```sh block is run where the line before it (blank lines aside) is `<!-- test -->`, or `<!-- test exit=1 -->` for commands that end with status 1.
Each line is one command (a trailing backslash continues it); all blocks of one document run in one scratch folder in which
the project's examples/ lies, with the program first in PATH.
"""
import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"<!--\s*test(?:\s+exit=(\d+))?\s*-->\s*\n+```sh\n(.*?)^```", re.S | re.M)
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def documents(root):
    found = [p for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", "fuzz/**/*.md") for p in glob.glob(os.path.join(root, pattern), recursive=True)]
    return sorted(found)


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def anchors(text):
    """The anchors that a Markdown viewer makes of the headings."""
    heads = re.findall(r"^#+ +(.*?) *$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", h.replace("`", "").lower()).replace(" ", "-") for h in heads}


def broken_links(root):
    faults, checked = [], 0
    for path in documents(root):
        for match in LINK.finditer(without_code(read(path))):
            link = match.group(1) or match.group(2)
            if re.match(r"[a-z]+:", link):
                continue
            checked += 1
            target, _, anchor = link.partition("#")
            file = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
            if not os.path.exists(file):
                faults.append(f"{os.path.relpath(path, root)}: link to {link}: no such file")
            elif anchor and file.endswith(".md") and anchor not in anchors(read(file)):
                faults.append(f"{os.path.relpath(path, root)}: link to {link}: no such heading")
    if not checked:
        faults.append("no relative link found in any document")
    return faults


def failing_commands(root, program):
    faults, run = [], 0
    for path in documents(root):
        blocks = BLOCK.findall(read(path))
        if not blocks:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            os.symlink(os.path.join(root, "examples"), os.path.join(scratch, "examples"))
            environment = {**os.environ, "PATH": os.path.dirname(program) + os.pathsep + os.environ["PATH"], "NO_COLOR": "1"}
            for wanted, block in blocks:
                for command in filter(None, map(str.strip, block.replace("\\\n", " ").splitlines())):
                    run += 1
                    p = subprocess.run(["bash", "-c", command], cwd=scratch, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                                       text=True, errors="replace", timeout=300)
                    if p.returncode != int(wanted or 0):
                        tail = (p.stderr.strip() or p.stdout.strip())[-400:]
                        faults.append(f"{os.path.relpath(path, root)}: `{command}`: exit status {p.returncode}, expected {wanted or 0}: {tail}")
    if not run:
        faults.append("no command is marked with <!-- test -->")
    return faults


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("root")
    p.add_argument("what", choices=("links", "commands"))
    p.add_argument("--program")
    args = p.parse_args()
    root = os.path.abspath(args.root)
    faults = broken_links(root) if args.what == "links" else failing_commands(root, os.path.abspath(args.program))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
