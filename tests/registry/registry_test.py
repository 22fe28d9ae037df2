"""Every unit (operator, fast kernel, step, rule, command) is where its name says, defines what the build's table expects, has a
test, and bears a name or code that nobody else has. `registry_test.py ROOT [CAUSES.md]`; the catalogue of causes is
compared where it is at hand."""
import functools
import glob
import json
import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.join(HERE, "..", "..")
CATALOGUE = sys.argv[2] if len(sys.argv) > 2 else ""
CODE = re.compile(r'"([A-Z]\d{3})"')


@functools.lru_cache(maxsize=None)
def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def units_in(pattern):
    paths = glob.glob(os.path.join(ROOT, "src", pattern))
    return sorted(p for p in paths if not re.search(r"_(test|bench)\.cc$", p) and os.sep + "common" + os.sep not in p)


def stem(path):
    return os.path.splitext(os.path.basename(path))[0]


def unit_of(path, text):
    """`unit_x` of x.cc, or `unit_GROUP_x` where the file says so."""
    with_group = f"unit_{os.path.basename(os.path.dirname(path))}_{stem(path)}"
    return with_group if re.search(r"\b%s\b" % with_group, text) else f"unit_{stem(path)}"


def where(path):
    return os.path.relpath(path, ROOT)


def plain(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def strings_in(text):
    return set(re.findall(r'"((?:[^"\\\n]|\\.)*)"', text))


def tests_around(path):
    """The texts of the tests that may test a unit: those beside it, and those that cross layers."""
    beside = glob.glob(os.path.join(os.path.dirname(path), "*_test.cc")) + glob.glob(os.path.join(os.path.dirname(path), "..", "*_test.cc"))
    crossing = [p for kind in ("*.cc", "*.py") for p in glob.glob(os.path.join(ROOT, "tests", "**", kind), recursive=True)]
    return [p for p in beside + crossing if os.path.abspath(p) != os.path.abspath(__file__)]


def tested(path, names):
    """A test of its own beside it, or another test that names it."""
    if os.path.exists(path[:-3] + "_test.cc"):
        return True
    words = [re.compile(r'"[^"\n]*\b%s\b[^"\n]*"|\bBuiltinOperator_%s\b' % (re.escape(n), re.escape(n))) for n in names]
    return any(w.search(read(p)) for p in tests_around(path) for w in words)


def recorded_operators():
    """Operators that src/ops/conformance_test.cc runs on recorded cases and models. Where ../shared is absent it cannot run, and
    what only it tests is not asked for: every operator counts."""
    shared = os.path.join(ROOT, "..", "shared")
    if not os.path.isdir(shared):
        return {s for path in units_in("ops/*.cc") for s in strings_in(read(path))}
    names = {"TFLite_Detection_PostProcess"}      # only in models/, which has no index
    for folder in ("conformance/ops", "zoo"):
        index = os.path.join(shared, folder, "index.json")
        if os.path.exists(index):
            with open(index, encoding="utf-8") as f:
                for case in json.load(f):
                    names.update(case.get("ops", []))
    return names


class Units(unittest.TestCase):
    """One file, one unit, one test, for every kind of unit."""

    def check(self, pattern, type_name, elsewhere=frozenset()):
        paths, faults = units_in(pattern), []
        for path in paths:
            text, name = read(path), stem(path)
            if not re.search(r"\b%s\s+%s\b" % (type_name, unit_of(path, text)), text):
                faults.append(f"{where(path)}: does not define `{type_name} unit_{name}`")
            names = [s for s in strings_in(text) if plain(s) == plain(name)]
            if not names:
                faults.append(f"{where(path)}: the name in the unit is not the file's: no string spells {name}")
            if not elsewhere.intersection(names) and not tested(path, names or [name]):
                faults.append(f"{where(path)}: no {name}_test.cc beside it, and no other test names it")
        if faults:
            self.fail("\n" + "\n".join(faults))

    def test_operators(self):
        self.check("ops/*.cc", "Operator", recorded_operators())

    def test_fast_kernels(self):
        self.check("fast/*.cc", "Kernel")

    def test_steps(self):
        self.check("app/steps/*.cc", "Step")

    def test_commands(self):
        self.check("cli/commands/*.cc", "Command")

    def test_rules(self):
        self.check("rules/*/*.cc", "Rule")

    def test_there_are_units_at_all(self):
        for pattern in ("ops/*.cc", "app/steps/*.cc", "cli/commands/*.cc", "rules/*/*.cc"):
            self.assertTrue(units_in(pattern), f"src/{pattern}: none found")


class Rules(unittest.TestCase):
    def setUp(self):
        self.rules = {}
        for path in units_in("rules/*/*.cc"):
            own = re.search(r'\.code\s*=\s*"([A-Z]\d{3})"', read(path))
            self.rules[path] = own.group(1) if own else None

    def test_every_rule_has_one_code_and_no_two_share_it(self):
        owner = {}
        for path, code in self.rules.items():
            self.assertIsNotNone(code, f'{where(path)}: no `.code = "X000"`')
            self.assertNotIn(code, owner, f"{where(path)}: {code} is also the code of {owner.get(code)}")
            owner[code] = where(path)

    def test_no_two_rules_define_the_same_unit(self):
        owner = {}
        for path in self.rules:
            unit = unit_of(path, read(path))
            self.assertNotIn(unit, owner, f"{where(path)}: {owner.get(unit)} has the same unit; put the name of the folder into it")
            owner[unit] = where(path)

    def test_a_group_has_one_letter(self):
        letters = {}
        for path, code in self.rules.items():
            letters.setdefault(os.path.basename(os.path.dirname(path)), {}).setdefault((code or "?")[0], where(path))
        for group, found in letters.items():
            self.assertEqual(len(found), 1, f"src/rules/{group}: codes of several letters: {found}")

    def test_every_rule_documents_itself(self):
        header = read(os.path.join(ROOT, "src", "rules", "rule.h"))
        headings = re.findall(r'"([^"]+)"', re.search(r"kDocHeadings\[\]\s*=\s*\{(.*?)\}", header, re.S).group(1))
        self.assertGreaterEqual(len(headings), 6)
        for path in self.rules:
            found = [h for h in re.findall(r"#+ (\w[\w ]*\w)[ .:]*$", read(path), re.M) if h in headings]
            self.assertEqual(found, headings, f"{where(path)}: the headings of its documentation")

    def test_codes_and_names_are_the_catalogues(self):
        if not os.path.exists(CATALOGUE):
            self.skipTest("the catalogue of causes (../shared/spec/causes.md) is absent")
        catalogue = dict(re.findall(r"^\| ([A-Z]\d{3}) \| ([a-z0-9-]+) \|", read(CATALOGUE), re.M))
        self.assertGreater(len(catalogue), 50)
        for path, code in self.rules.items():
            self.assertIn(code, catalogue, f"{where(path)}: {code} is not in the catalogue")
            self.assertEqual(catalogue[code].replace("-", "_"), stem(path), f"{where(path)}: {code} is called {catalogue[code]}")
            self.assertIn(catalogue[code], strings_in(read(path)), f"{where(path)}: does not say its name {catalogue[code]}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
