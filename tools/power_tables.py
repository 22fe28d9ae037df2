#!/usr/bin/env python3
"""Tables of docs/statistics.md from draws of bench/statistics.cc.

    build/release/bench/whyzero_statistics --draws 30 DIR/power/*.json > draws.jsonl       # DIR: of make_calibration.py
    tools/power_tables.py draws.jsonl

Rewrites what stands between the marks in docs/statistics.md."""
import argparse
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from calibrate import ROOT, exact_interval  # noqa: E402
from calibration import faults  # noqa: E402

FAMILY_ERROR, LEAST_HARM = 0.001, 0.05
BEGIN, END = "<!-- made by tools/power_tables.py -->\n", "<!-- end -->\n"


def share(part, key):
    return sum(bool(key(d)) for d in part), len(part)


def shown(k, n):
    low, high = exact_interval(k, n)
    return f"{k / n:.2f} ({low:.2f}…{high:.2f})" if n else "-"


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))]


def mcnemar_proves(d):
    """McNemar's test of the best change, with Bonferroni's price for all that were tried and the same floor."""
    return d["gained"] > d["lost"] and d["mcnemar"] * d["tried"] < FAMILY_ERROR and d["gain"] >= LEAST_HARM


def tables(draws):
    apps, healthy = {}, {}
    for d in draws:
        name = os.path.splitext(os.path.basename(d["app"]))[0]
        model, fault = name.rsplit("-", 1)
        (healthy if fault == "healthy" else apps).setdefault((model, fault), {}).setdefault(d["samples"], []).append(d)
    text = "| model | fault | samples | draws | proven, right cause | with another cause beside it | wrong cause | McNemar with Bonferroni | the mend gains, 95 % of draws |\n|---|---|---|---|---|---|---|---|---|\n"
    for (model, fault), by_count in sorted(apps.items()):
        codes = set(faults.FAULTS[fault]["codes"])
        for count, part in sorted(by_count.items()):
            right = share(part, lambda d: d["codes"] and d["codes"][0] in codes)
            more = share(part, lambda d: d["codes"] and d["codes"][0] in codes and set(d["codes"]) - codes)
            wrong = share(part, lambda d: d["codes"] and d["codes"][0] not in codes)
            gains = [d["gain"] for d in part]
            text += (f"| {model} | {fault} | {count} | {len(part)} | {shown(*right)} | {more[0]} | {wrong[0]} | {shown(*share(part, mcnemar_proves))} | "
                     f"{100 * sum(gains) / len(gains):.0f} ({100 * quantile(gains, .025):.0f}…{100 * quantile(gains, .975):.0f}) points |\n")
    text += "\n| healthy model | samples | draws | alarms | p below .001 | best change gains, mean of draws |\n|---|---|---|---|---|---|\n"
    total = [0, 0]
    for (model, _), by_count in sorted(healthy.items()):
        for count, part in sorted(by_count.items()):
            alarms = share(part, lambda d: d["codes"])
            total = [total[0] + alarms[0], total[1] + alarms[1]]
            text += (f"| {model} | {count} | {len(part)} | {alarms[0]} | {share(part, lambda d: d['p'] < FAMILY_ERROR)[0]} | "
                     f"{100 * sum(d['gain'] for d in part) / len(part):.1f} points |\n")
    if total[1]:
        text += f"\nAlarms in all: {total[0]} of {total[1]} healthy draws, exact 95 % interval {exact_interval(*total)[0]:.4f}…{exact_interval(*total)[1]:.4f}.\n"
    return text


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("draws", nargs="+")
    p.add_argument("--print", action="store_true", help="write nothing")
    args = p.parse_args()
    text = tables([json.loads(line) for file in args.draws for line in open(file, encoding="utf-8")])
    if args.print:
        print(text)
        return 0
    path = os.path.join(ROOT, "docs", "statistics.md")
    with open(path, encoding="utf-8") as f:
        document = f.read()
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write(re.sub(re.escape(BEGIN) + ".*" + re.escape(END), lambda _: BEGIN + text + END, document, flags=re.S))
    return 0


if __name__ == "__main__":
    sys.exit(main())
