#!/usr/bin/env python3
"""Runs one of the judges in ../shared/tools on the program and compares its figures with tests/thresholds.json.

    run_judge.py SECTION --shared ../shared --program build/test/whyzero --thresholds tests/thresholds.json --rules src/rules

SECTION is a section of the thresholds: conformance/ops, zoo, models (recorded outputs), conformance/bad (hostile files) or
cases (diagnoses; the cases whose causes have no rule yet are left out). A threshold is {"figure": {"min": x, "max": y}},
where "a.b" is figure b inside a. Exit status 77 (skipped) where ../shared is absent.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

SKIPPED = 77
TOOLS = {"conformance/ops": "check_conformance.py", "zoo": "check_conformance.py", "models": "check_conformance.py",
         "conformance/bad": "check_bad.py", "cases": "judge.py"}


def figure(figures, path):
    for key in path.split("."):
        figures = figures.get(key) if isinstance(figures, dict) else None
    return figures


def shortfalls(figures, thresholds):
    """-> list of what is not as it must be."""
    found = []
    for path, bounds in thresholds.items():
        value = figure(figures, path)
        if value is None:
            found.append(f"{path}: not among the figures")
        elif "min" in bounds and value < bounds["min"]:
            found.append(f"{path} is {value}, must be at least {bounds['min']}")
        elif "max" in bounds and value > bounds["max"]:
            found.append(f"{path} is {value}, must be at most {bounds['max']}")
    return found


def codes_with_rules(folder):
    codes = set()
    for path in glob.glob(os.path.join(folder, "*", "*.cc")):
        with open(path, encoding="utf-8") as f:
            codes.update(re.findall(r'\.code\s*=\s*"([A-Z]\d{3})"', f.read()))
    return codes


def selected_cases(shared, codes, scratch):
    """A folder like ../shared, of links, with only those cases whose first cause can be named; -> its cases and their number."""
    for name in os.listdir(shared):
        if name != "cases":
            os.symlink(os.path.join(shared, name), os.path.join(scratch, name))
    cases = os.path.join(scratch, "cases")
    os.mkdir(cases)
    count = 0
    for answer in glob.glob(os.path.join(shared, "cases", "*", "answer.json")):
        with open(answer, encoding="utf-8") as f:
            wanted = set(json.load(f)["acceptable_first_codes"])
        if not wanted or wanted & codes:
            folder = os.path.dirname(answer)
            os.symlink(folder, os.path.join(cases, os.path.basename(folder)))
            count += 1
    return cases, count


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("section", choices=sorted(TOOLS))
    p.add_argument("--shared", required=True)
    p.add_argument("--program", required=True)
    p.add_argument("--thresholds", required=True)
    p.add_argument("--rules", required=True)
    p.add_argument("--sanitized", action="store_true", help="no limit of address space, which sanitizers fill")
    args = p.parse_args()
    shared = os.path.abspath(args.shared)
    tool = os.path.join(shared, "tools", TOOLS[args.section])
    if not os.path.exists(tool):
        print(f"skipped: {args.section}: {tool} is absent")
        return SKIPPED
    with open(args.thresholds, encoding="utf-8") as f:
        thresholds = json.load(f)[args.section]
    with tempfile.TemporaryDirectory() as scratch:
        folder, extra = os.path.join(shared, args.section), ["--jobs", "2"]
        if args.sanitized:
            extra.append("--no-limit")
        if args.section == "cases":
            folder, count = selected_cases(shared, codes_with_rules(args.rules), scratch)
            extra = ["--jobs", "1", "--output-models"]
            print(f"{count} of {len(glob.glob(os.path.join(shared, 'cases', '*', 'answer.json')))} cases are of causes that have a rule")
        p = subprocess.run([sys.executable, tool, folder, "--tool", os.path.abspath(args.program), *extra], stdout=subprocess.PIPE,
                           text=True, errors="replace")
    lines = p.stdout.rstrip().splitlines()
    print("\n".join(lines))
    try:
        figures = json.loads(lines[-1])
    except (IndexError, ValueError):
        print(f"{TOOLS[args.section]} gave no figures (status {p.returncode})")
        return 1
    missed = shortfalls(figures, thresholds)
    for line in missed:
        print(f"{args.section}: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
