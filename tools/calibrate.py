#!/usr/bin/env python3
"""Fit the confidences of findings to what is right on the cases of make_calibration.py, and write table and report.

    tools/make_calibration.py --output /tmp/calibration --tool build/release/whyzero
    tools/calibrate.py /tmp/calibration --tool build/release/whyzero

Runs `diagnose` on every case (again only with --again), fits on the cases of half "fit", judges on half "held", whose models are
others. Writes src/evidence/confidence_table.h, docs/calibration.md and docs/calibration.svg.
"""
import argparse
import concurrent.futures
import json
import math
import os
import random
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOUD = ("error", "warning")
GEOMETRY = ("P008", "P009", "P011")
DATA = ("D001", "D002", "D003")
BINS = ((0, .5), (.5, .7), (.7, .9), (.9, .97), (.97, 1.0001))
# What is believed of a kind before any finding of it, and how many findings that weighs: little is known of these two; of all others
# 95 of 100 were right whatever their grade, and a grade needs more than ten to stand out from that.
PRIOR = {"geometry": (0.5, 1), "statistics": (0.6, 1)}
PRIOR_OF_OTHERS = (0.95, 10)


# ---------------------------------------------------------------- what the program says
def diagnose(tool, folder, again):
    """What the program says of a case, kept beside it in said.json."""
    path = os.path.join(folder, "said.json")
    if again or not os.path.exists(path):
        run = subprocess.run([tool, "diagnose", os.path.join(folder, "app.json"), "--format", "json", "--threads", "1"], capture_output=True, text=True)
        with open(path, "w") as f:
            f.write(run.stdout)
    with open(path) as f, open(os.path.join(folder, "answer.json")) as g:
        return {**json.load(f), "answer": json.load(g)}


def collect(folder, tool, jobs, again):
    cases = sorted(os.path.join(folder, "cases", d) for d in os.listdir(os.path.join(folder, "cases")))
    random.Random(1).shuffle(cases)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda c: diagnose(tool, c, again), cases))


# ---------------------------------------------------------------- grade: what src/evidence/confidence.cc computes
def undoes(f):
    """The mend takes back or replaces what the app declares, instead of only adding to it."""
    return any(o["op"] in ("replace", "remove") for o in (f.get("fix") or {}).get("patch") or [])


def grade(f):
    """Kind of proof and strength, as `grade_of` in src/evidence/confidence.cc."""
    m = next(iter(f["evidence"]), {})
    p, after, before = m.get("p_value"), m.get("after"), m.get("before")
    alone = not f["alternatives"]
    if f["proof"] == "statistics":
        if after is None or before is None:
            return "statistics", 0
        return "statistics", int(after >= 0.7) + int(after - before >= 0.4) + int(m.get("samples", 0) >= 50)
    if f["proof"] in ("experiment", "run") and p is not None:
        much = after is not None and before is not None and after - before >= 0.5 * (1 - before)
        if f["code"] in GEOMETRY:
            return "geometry", 1 + int(much) if undoes(f) else 0
        return "test", int(p < 1e-6) + int(after is not None and after >= 0.5) + int(much) + int(alone)
    if f["proof"] == "experiment":
        return "untested", int(alone)
    return f["proof"], 0


def findings_of(said):
    """(case, finding, right) of all that is loud, as a judge counts them."""
    for one in said:
        a = one["answer"]
        fine = set(a["acceptable_first_codes"]) | set(a["all_codes"]) | set(a["also_allowed"])
        for f in one["findings"]:
            if f["severity"] in LOUD and f["code"] not in DATA:
                yield a, f, f["code"] in fine


# ---------------------------------------------------------------- fit
def isotonic(points):
    """Pool adjacent violators; points (right, count) by rising strength."""
    pools = []
    for right, count in points:
        pools.append([right, count, 1])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] > pools[-1][0] * pools[-2][1]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last)]
    return [p[0] / p[1] for p in pools for _ in range(p[2])]


def fit(rows):
    """Confidence by (kind, strength): share right, a prior's pseudo-findings added, never falling as strength rises."""
    kinds = {}
    for _, f, right in rows:
        kind, strength = grade(f)
        cell = kinds.setdefault(kind, {}).setdefault(strength, [0, 0])
        cell[0] += right
        cell[1] += 1
    table = []
    for kind, cells in sorted(kinds.items()):
        strengths = sorted(cells)
        prior, weight = PRIOR.get(kind, PRIOR_OF_OTHERS)
        right = isotonic([(cells[s][0] + prior * weight, cells[s][1] + weight) for s in strengths])
        table += [(kind, s, round(r, 3), *cells[s]) for s, r in zip(strengths, right)]
    return table


def look_up(table, f):
    """The cell of the finding's kind with the greatest strength that it reaches; the finding's own where no case had that kind."""
    kind, strength = grade(f)
    cells = [c for c in table if c[0] == kind]
    below = [c for c in cells if c[1] <= strength]
    return (below[-1] if below else cells[0])[2] if cells else f["confidence"]


# ---------------------------------------------------------------- judge
def exact_interval(k, n):
    """Clopper and Pearson's 95 % interval, by bisection on the binomial tail."""
    def tail(p, low, high):
        return sum(math.comb(n, i) * p ** i * (1 - p) ** (n - i) for i in range(low, high + 1))

    def solve(inside):
        a, b = 0.0, 1.0
        for _ in range(60):
            mid = (a + b) / 2
            a, b = (mid, b) if inside(mid) else (a, mid)
        return a
    return (0.0 if k == 0 else solve(lambda p: tail(p, k, n) < 0.025)), (1.0 if k == n else solve(lambda p: tail(p, 0, k) > 0.025))


def reliability(pairs):
    rows = []
    for low, high in BINS:
        part = [(c, ok) for c, ok in pairs if low <= c < high]
        if part:
            n, k = len(part), sum(ok for _, ok in part)
            rows.append({"low": low, "high": min(1, high), "n": n, "said": sum(c for c, _ in part) / n, "true": k / n, "interval": exact_interval(k, n)})
    return rows


def brier(pairs):
    return sum((c - ok) ** 2 for c, ok in pairs) / len(pairs)


def constant(pairs):
    """Brier score of always saying the share that is right."""
    share = sum(ok for _, ok in pairs) / len(pairs)
    return share * (1 - share)


# ---------------------------------------------------------------- files
TABLE = """// Made by tools/calibrate.py, which fits it to the cases of tools/make_calibration.py; docs/calibration.md says how well it holds.
#pragma once

#include <string_view>

namespace whyzero::evidence {{

/// How often a finding of this kind of proof and at least this strength was right; `right` of `findings` it was fitted to.
struct Graded {{
  std::string_view kind;
  int strength;
  double confidence;
  int right, findings;
}};

/// By kind, then by strength.
inline constexpr Graded kGraded[] = {{
{rows}}};

}}  // namespace whyzero::evidence
"""


def write(path, text):
    with open(os.path.join(ROOT, path), "w", encoding="utf-8", newline="\n") as f:
        f.write(text)


def write_table(table):
    write("src/evidence/confidence_table.h", TABLE.format(rows="".join(f'    {{"{k}", {s}, {c}, {r}, {n}}},\n' for k, s, c, r, n in table)))


def diagram(rows):
    """A reliability diagram: what was said across, what was true up, with exact 95 % intervals."""
    def x(v):
        return 60 + 400 * v

    def y(v):
        return 440 - 400 * v
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 500" font-family="sans-serif" font-size="13">',
             '<rect width="500" height="500" fill="white"/>', f'<path d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="#999" stroke-dasharray="4"/>',
             f'<path d="M{x(0)} {y(1)}V{y(0)}H{x(1)}" stroke="black" fill="none"/>']
    for v in (0, .25, .5, .75, 1):
        parts += [f'<text x="{x(v):.0f}" y="458" text-anchor="middle">{v:g}</text>', f'<text x="52" y="{y(v) + 4:.0f}" text-anchor="end">{v:g}</text>']
    for r in rows:
        low, high = r["interval"]
        parts += [f'<path d="M{x(r["said"]):.1f} {y(low):.1f}V{y(high):.1f}" stroke="#2060a0" stroke-width="2"/>',
                  f'<circle cx="{x(r["said"]):.1f}" cy="{y(r["true"]):.1f}" r="5" fill="#2060a0"><title>{r["n"]} findings</title></circle>',
                  f'<text x="{x(r["said"]) - 8:.1f}" y="{y(r["true"]) + 18:.1f}" text-anchor="end">{r["n"]}</text>']
    return "\n".join(parts + ['<text x="260" y="485" text-anchor="middle">confidence stated</text>',
                              '<text x="18" y="240" text-anchor="middle" transform="rotate(-90 18 240)">share right</text>', "</svg>", ""])


def markdown(rows):
    text = "| stated | findings | mean stated | right | exact 95 % interval |\n|---|---|---|---|---|\n"
    for r in rows:
        text += f"| {r['low']:g}…{r['high']:g} | {r['n']} | {r['said']:.3f} | {r['true']:.3f} | {r['interval'][0]:.3f}…{r['interval'][1]:.3f} |\n"
    return text


def report(said, table, held):
    pairs = [(look_up(table, f), ok) for _, f, ok in held]
    before = [(f["confidence"], ok) for _, f, ok in held]
    rows = reliability(pairs)
    write("docs/calibration.svg", diagram(rows))
    halves = {h: [s for s in said if s["answer"]["half"] == h] for h in ("fit", "held")}
    text = f"""# How sure a finding is, and whether that holds

Every finding states a confidence: the probability that its cause is right. It is not what a rule or a p-value would like it to be,
but how often findings of the same kind and strength of proof were right on cases made for the purpose.

**Cases.** `tools/make_calibration.py` trains small models of our own (four worlds of drawn pictures, six invented tables, 30 to 95 %
right, eight ways of preprocessing, float and integer), wraps them into apps and injects faults: of input, labels and output, of the
model and of its quantization, weak ones, stacks of two and three, and healthy twins, at 20, 50, 100 and 200 samples, with truth and
without. {len(halves['fit'])} cases of one half of the models set the table, {len(halves['held'])} of the others judge it.

**Grades.** `src/evidence/confidence.cc` gives a finding a kind of proof and counts which of a few plain statements hold:

| kind | one point each for |
|---|---|
| `test` | p below 1e-6 · the app reaches half of what is possible · half of what was lost came back · no other cause does as well |
| `geometry` (P008, P009, P011) | the mend takes back what the app declares instead of only adding a crop · if so, half of what was lost came back. A weak model gains from a crop that it was not trained with |
| `untested` (an experiment that needs no test) | no other cause does as well |
| `statistics` (no truth) | the answers reach 0.7 of the information that is possible · gained 0.4 of it · 50 samples |
| `static`, `run`, `file`, `bytes`, … | the kind alone |

The confidence of a grade is the share right among the findings of the fitting half, with some more that count as
right in part (geometry one at 0.5, statistics one at 0.6, all else ten at 0.95, the share of all findings), made never to fall with strength (pool adjacent violators). Findings of a kind that no case had keep what their rule says.

| kind | points | confidence | right of fitted |
|---|---|---|---|
""" + "".join(f"| {k} | {s} | {c:.3f} | {r} of {n} |\n" for k, s, c, r, n in table) + f"""
The statements were chosen with both halves in view; their figures come from the fitting half alone.

**On the other half** (models, worlds' difficulty, preprocessing and samples that the table never saw): Brier score
**{brier(pairs):.4f}** on {len(pairs)} findings; always saying the share that is right ({sum(ok for _, ok in pairs) / len(pairs):.3f}) would score {constant(pairs):.4f}.

![Reliability](calibration.svg)

{markdown(rows)}
Again, after a change of rules or search: `tools/make_calibration.py --output DIR --tool PROGRAM`, then `tools/calibrate.py DIR --tool PROGRAM --again`.
"""
    write("docs/calibration.md", text)
    print(markdown(rows), f"held: Brier {brier(pairs):.4f}, constant {constant(pairs):.4f}, as the program said {brier(before):.4f}")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("folder")
    p.add_argument("--tool", required=True)
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--again", action="store_true", help="run the program again on all cases")
    args = p.parse_args()
    said = collect(args.folder, args.tool, args.jobs, args.again)
    rows = list(findings_of(said))
    table = fit([r for r in rows if r[0]["half"] == "fit"])
    write_table(table)
    report(said, table, [r for r in rows if r[0]["half"] == "held"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
