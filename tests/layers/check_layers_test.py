"""check_layers.py finds what it must find, in a small tree made for it, and nothing in the project itself."""
import os
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tools"))
import check_layers  # noqa: E402

TABLE = "| folder | number | |\n|---|---|---|\n| base/ | 1 | x |\n| graph/ | 2 | x |\n| cli/ | 9 | x |\n"


def faults_of(files, table=TABLE):
    with tempfile.TemporaryDirectory() as root:
        for path, text in {"HACKING.md": table, **files}.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)) or root, exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as f:
                f.write(text)
        return check_layers.check(root)


class CheckLayers(unittest.TestCase):
    def test_downward_and_own_includes_are_fine(self):
        self.assertEqual(faults_of({"src/base/a.h": '#include "base/b.h"\n#include <sys/types.h>\n',
                                    "src/cli/commands/c.cc": '#include "graph/g.h"\n#include "base/a.h"\n'}), [])

    def test_upward_include_is_named_with_its_line(self):
        faults = faults_of({"src/base/a.h": '// base\n#include "graph/g.h"\n'})
        self.assertEqual(faults, ["src/base/a.h:2: base/ (1) must not include graph/g.h (2)"])

    def test_angle_brackets_and_spaces_do_not_hide_it(self):
        self.assertEqual(len(faults_of({"src/base/a.cc": "  # include <cli/c.h>\n"})), 1)

    def test_tests_may_include_anything(self):
        self.assertEqual(faults_of({"src/base/a.cc": "", "src/base/a_test.cc": '#include "cli/c.h"\n'}), [])

    def test_unknown_folder_and_stray_file(self):
        self.assertEqual(len(faults_of({"src/other/a.cc": "", "src/a.cc": ""})), 3)

    def test_table_must_be_there_and_unambiguous(self):
        self.assertEqual(len(faults_of({"src/base/a.cc": ""}, table="no table")), 1)
        self.assertEqual(len(faults_of({"src/base/a.cc": ""}, table=TABLE + "| base/ | 3 | x |\n")), 1)

    def test_this_project(self):
        self.assertEqual(check_layers.check(ROOT), [])


if __name__ == "__main__":
    unittest.main()
