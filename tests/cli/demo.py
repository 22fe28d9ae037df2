"""What tests of the program share: running it, and the demo with five photos a class, which is enough for its faults."""
import os
import subprocess
import tempfile
import unittest

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
FRUIT = os.path.join(ROOT, "examples", "fruit")


def run(program, *arguments, **how):
    return subprocess.run([program, *arguments], **{"capture_output": True, "text": True, "timeout": 300, "stdin": subprocess.DEVNULL, **how})


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class InFolder(unittest.TestCase):
    """With a folder of its own, which goes when the test does."""
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def file(self, name, content):
        with open(self.path(name), "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)


def small_fruit(case):
    """A folder with the demo, which goes when the test case does."""
    folder = tempfile.TemporaryDirectory()
    case.addCleanup(folder.cleanup)
    for name in os.listdir(FRUIT):
        if name != "photos":
            os.symlink(os.path.join(FRUIT, name), os.path.join(folder.name, name))
    for label in os.listdir(os.path.join(FRUIT, "photos")):
        os.makedirs(os.path.join(folder.name, "photos", label))
        for k in range(5):
            os.symlink(os.path.join(FRUIT, "photos", label, f"{k:03}.jpg"), os.path.join(folder.name, "photos", label, f"{k:03}.jpg"))
    return folder.name
