"""Drawn pictures of four small worlds, cheap enough for thousands of them. What a wrong pipeline changes matters in each in
another way: colour in flags and signs, direction in signs, letters and tiles, shape in letters."""
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

RED, GREEN, BLUE, WHITE = (205, 30, 35), (25, 140, 60), (30, 60, 180), (240, 240, 235)
YELLOW, BLACK, ORANGE, CYAN = (240, 205, 40), (25, 25, 28), (240, 130, 25), (40, 190, 200)


def jitter(rng, colour, much):
    return tuple(int(np.clip(c + rng.normal(0, much), 0, 255)) for c in colour)


class Brush:
    """Draws in units of the object: -1..1 both ways, turned a little, somewhere in the picture."""

    def __init__(self, rng, image, hard):
        self.rng, self.pen, self.hard = rng, ImageDraw.Draw(image), hard
        w, h = image.size
        self.unit = min(w, h) * rng.uniform(0.26, 0.36 - 0.06 * hard)
        self.x, self.y = w * rng.normal(0.5, 0.03 + 0.04 * hard), h * rng.normal(0.5, 0.03 + 0.04 * hard)
        self.turn = rng.normal(0, 0.06 + 0.12 * hard)

    def place(self, points):
        c, s = math.cos(self.turn), math.sin(self.turn)
        return [(self.x + self.unit * (c * x - s * y), self.y + self.unit * (s * x + c * y)) for x, y in points]

    def shape(self, colour, points):
        self.pen.polygon(self.place(points), fill=jitter(self.rng, colour, 8 + 25 * self.hard))

    def disc(self, colour, r, x=0.0, y=0.0, corners=24):
        self.shape(colour, [(x + r * math.cos(2 * math.pi * k / corners), y + r * math.sin(2 * math.pi * k / corners)) for k in range(corners)])

    def line(self, colour, points, width):
        self.pen.line(self.place(points), fill=colour, width=max(2, int(width * self.unit)), joint="curve")


def box(left, top, right, bottom):
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def sign(brush, label):
    arrow = [(-0.6, 0), (0, -0.6), (0, -0.22), (0.6, -0.22), (0.6, 0.22), (0, 0.22), (0, 0.6)]
    if label in ("left", "right", "up"):
        brush.disc(BLUE, 1)
        turned = {"left": arrow, "right": [(-x, y) for x, y in arrow], "up": [(y, x) for x, y in arrow]}[label]
        brush.shape(WHITE, turned)
    elif label == "stop":
        brush.disc(RED, 1, corners=8)
        brush.shape(WHITE, box(-0.7, -0.18, 0.7, 0.18))
    elif label == "yield":
        brush.shape(RED, [(-1, -0.8), (1, -0.8), (0, 1)])
        brush.shape(WHITE, [(-0.55, -0.55), (0.55, -0.55), (0, 0.45)])
    elif label == "danger":
        brush.shape(RED, [(-1, 0.8), (1, 0.8), (0, -1)])
        brush.shape(WHITE, [(-0.55, 0.55), (0.55, 0.55), (0, -0.45)])
    elif label == "priority":
        brush.shape(WHITE, [(-1, 0), (0, -1), (1, 0), (0, 1)])
        brush.shape(YELLOW, [(-0.75, 0), (0, -0.75), (0.75, 0), (0, 0.75)])
    else:
        brush.shape(GREEN, box(-1, -0.7, 1, 0.7))
        brush.shape(WHITE, box(-0.15, -0.55, 0.15, 0.55))
        brush.shape(WHITE, box(-0.55, -0.15, 0.55, 0.15))


FLAGS = {"amber": (RED, YELLOW, BLACK, 0), "beta": (BLUE, WHITE, RED, 1), "coral": (RED, WHITE, BLUE, 0), "delta": (GREEN, WHITE, RED, 1),
         "echo": (RED, WHITE, GREEN, 0), "fjord": (WHITE, BLUE, RED, 0), "gold": (BLUE, YELLOW, RED, 1), "haven": (BLACK, RED, YELLOW, 1),
         "iris": (GREEN, YELLOW, BLUE, 0), "jade": (ORANGE, WHITE, GREEN, 1)}


def flag(brush, label):
    *colours, upright = FLAGS[label]
    for k, colour in enumerate(colours):
        low, high = -1 + 2 * k / 3, -1 + 2 * (k + 1) / 3
        brush.shape(colour, box(low * 1.2, -0.8, high * 1.2, 0.8) if upright else box(-1.2, low * 0.8, 1.2, high * 0.8))


LETTERS = {"E": [[(0.6, -1), (-0.6, -1), (-0.6, 1), (0.6, 1)], [(-0.6, 0), (0.4, 0)]], "F": [[(0.6, -1), (-0.6, -1), (-0.6, 1)], [(-0.6, 0), (0.4, 0)]],
           "H": [[(-0.6, -1), (-0.6, 1)], [(0.6, -1), (0.6, 1)], [(-0.6, 0), (0.6, 0)]], "J": [[(0.5, -1), (0.5, 0.8), (-0.1, 1), (-0.6, 0.6)]],
           "K": [[(-0.6, -1), (-0.6, 1)], [(0.6, -1), (-0.6, 0), (0.6, 1)]], "L": [[(-0.6, -1), (-0.6, 1), (0.6, 1)]],
           "N": [[(-0.6, 1), (-0.6, -1), (0.6, 1), (0.6, -1)]], "P": [[(-0.6, 1), (-0.6, -1), (0.5, -0.9), (0.5, -0.1), (-0.6, 0)]],
           "T": [[(-0.7, -1), (0.7, -1)], [(0, -1), (0, 1)]], "Z": [[(-0.6, -1), (0.6, -1), (-0.6, 1), (0.6, 1)]]}


def letter(brush, label):
    dark = jitter(brush.rng, BLACK, 15 + 40 * brush.hard)
    for stroke in LETTERS[label]:
        brush.line(dark, stroke, brush.rng.uniform(0.18, 0.34))


TILES = {f"{name}_{way}": (colours, angle) for name, colours in (("moss", (GREEN, YELLOW)), ("brick", (RED, ORANGE)), ("sea", (BLUE, CYAN)))
         for way, angle in (("flat", 0), ("rising", -45), ("steep", 90), ("falling", 45))}


def tile(brush, label):
    (first, second), angle = TILES[label]
    brush.turn += math.radians(angle)
    brush.unit *= 1.25
    brush.shape(first, box(-1.1, -1.1, 1.1, 1.1))
    wide = brush.rng.uniform(0.22, 0.34)
    for y in np.arange(-1.1 + brush.rng.uniform(0, wide), 1.1 - wide / 2, 2 * wide):
        brush.shape(second, box(-1.1, y, 1.1, y + wide))


WORLDS = {"signs": (sign, ["danger", "exit", "left", "priority", "right", "stop", "up", "yield"]), "flags": (flag, list(FLAGS)),
          "letters": (letter, list(LETTERS)), "tiles": (tile, list(TILES))}


def draw(world, label, rng, hard):
    """`hard`: 0 for what a small network learns nearly without error, 1 for what it gets half right."""
    w, h = int(rng.integers(96, 150)), int(rng.integers(80, 128))
    light = world == "letters"
    base = rng.uniform(150, 235, 3) if light else rng.uniform(60, 190, 3)
    y, x = np.mgrid[0:h, 0:w]
    a = rng.uniform(0, 2 * math.pi)
    shade = (math.cos(a) * (x / w - 0.5) + math.sin(a) * (y / h - 0.5))[..., None]
    image = Image.fromarray(np.clip(base + shade * rng.normal(0, 50, 3), 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for _ in range(rng.poisson(1 + 5 * hard)):          # clutter
        cx, cy, r = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(4, 8 + 14 * hard)
        colour = tuple(int(c) for c in (rng.uniform(120, 240, 3) if light else rng.uniform(20, 235, 3)))
        pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=colour)
    WORLDS[world][0](Brush(rng, image, hard), label)
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.8 + 1.5 * hard)))
    pixels = np.asarray(image, np.float32) * math.exp(rng.normal(0, 0.12 + 0.2 * hard)) + rng.normal(0, 4 + 24 * hard, (h, w, 1))
    pixels += rng.normal(0, 3 + 8 * hard, (h, w, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def pictures(world, hard, count, seed):
    """`count` pictures with the indices of their classes, each from a random stream of its own."""
    labels = WORLDS[world][1]
    result = []
    for i in range(count):
        rng = np.random.default_rng([seed, list(WORLDS).index(world), int(100 * hard), i])
        k = int(rng.integers(len(labels)))
        result.append((draw(world, labels[k], rng, hard), k))
    return result
