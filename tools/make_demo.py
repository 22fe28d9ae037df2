#!/usr/bin/env python3
"""Make the embedded demo: draw photos of fruit, train a small classifier on them, export it, and write app files that
use it rightly and wrongly.

    python3 -m venv venv
    venv/bin/pip install -r tools/requirements-demo.txt
    venv/bin/python tools/make_demo.py --output examples/fruit

Everything is drawn by this script, so the demo carries nobody else's pictures or weights. The same seed and the same
package versions give the same photos everywhere, and the same weights on the same kind of processor.
"""
import argparse
import io
import json
import math
import os
import shutil
import sys

import numpy as np
from PIL import Image

SIDE = 64                               # side of the model's square input
PHOTOS = 12                             # evaluation photos a class that are written to disk
SPLITS = {"train": 0, "held_out": 1, "photos": 2}


# ---------------------------------------------------------------- arrays
def linear(*rgb):
    """Light adds and multiplies in linear space, so everything is drawn there and encoded at the end."""
    return (np.array(rgb, np.float32) / 255) ** 2.2


def blur(a, sigma):
    """Gaussian blur of a float plane or planes; Pillow's works on bytes only."""
    r = int(math.ceil(2.5 * sigma))
    if r < 1:
        return a
    k = np.exp(-0.5 * (np.arange(-r, r + 1) / sigma) ** 2).astype(np.float32)
    k /= k.sum()
    for axis in (0, 1):
        pad = [(0, 0)] * a.ndim
        pad[axis] = (r, r)
        p, n = np.pad(a, pad, "edge"), a.shape[axis]
        a = sum(w * (p[i:i + n] if axis == 0 else p[:, i:i + n]) for i, w in enumerate(k))
    return a


def clouds(rng, w, h, cell_x, cell_y, octaves=3):
    """Smooth noise around 0, about -1..1, whose coarsest grains are cell_x by cell_y pixels."""
    total, weight = np.zeros((h, w), np.float32), 1.0
    for _ in range(octaves):
        grid = rng.normal(0, 0.5, (max(2, int(h / cell_y) + 2), max(2, int(w / cell_x) + 2))).astype(np.float32)
        total += weight * np.asarray(Image.fromarray(grid).resize((w, h), Image.Resampling.BICUBIC))
        weight, cell_x, cell_y = weight / 2, max(1, cell_x / 2), max(1, cell_y / 2)
    return total


def shifted(a, down, right):
    """The plane moved, zeros where nothing comes from; down is not negative."""
    h, w = a.shape
    p = np.pad(a, ((down, 0), (max(right, 0), max(-right, 0))))
    return p[:h, :w] if right >= 0 else p[:h, -w:]


def mix(a, b, t):
    return a + (b - a) * np.asarray(t)[..., None]


# ---------------------------------------------------------------- bodies
class Canvas:
    """A picture in linear light, and the camera that looks at one fruit: unit coordinates, y down, turned a little."""

    def __init__(self, rng):
        self.rng = rng
        self.w, self.h = int(rng.integers(160, 241)), int(rng.integers(120, 201))
        side = min(self.w, self.h)
        self.unit = side * rng.uniform(0.17, 0.42)
        self.centre = (self.w * rng.normal(0.5, 0.09), self.h * rng.normal(0.52, 0.07))
        self.turn = math.radians(rng.normal(0, 10))
        az, up = rng.uniform(-1.0, 1.0), rng.uniform(0.45, 0.9)
        light = np.array([az, -up, rng.uniform(0.5, 1.0)], np.float32)
        self.light = light / np.linalg.norm(light)
        warm = rng.normal(0, 0.12) * np.array([1, 0, -1])
        self.lamp = (1 + warm + rng.normal(0, 0.07, 3)).astype(np.float32)
        self.ambient = rng.uniform(0.22, 0.45)
        self.pixels = background(self)

    def grid(self):
        """Unit coordinates of every pixel."""
        y, x = np.mgrid[0:self.h, 0:self.w].astype(np.float32)
        x, y = (x - self.centre[0]) / self.unit, (y - self.centre[1]) / self.unit
        c, s = math.cos(self.turn), math.sin(self.turn)
        return c * x + s * y, c * y - s * x

    def cast_shadow(self, mask, strength):
        dx, dy = -self.light[0] * 0.35 * self.unit, 0.16 * self.unit
        shadow = shifted(mask, int(dy), int(dx)) * 0.6 + shifted(mask, int(dy / 2), 0) * 0.4
        self.pixels *= 1 - strength * blur(shadow, self.unit * 0.11)[..., None]

    def add(self, spheres, paint, gloss=0.3, shadow=0.0, smooth=0.04):
        """Draw a union of spheres, rows (x, y, radius). paint(u, v, t, box) gives the surface's colour inside the box,
        t being where along the rows a pixel belongs. Light comes from a lamp, the sky and back from the ground."""
        spheres = np.asarray(spheres, np.float32)
        u, v = self.grid()
        near = (np.hypot(u - spheres[:, :1].mean(), v - spheres[:, 1:2].mean())
                < np.hypot(*(spheres[:, :2] - spheres[:, :2].mean(0)).T).max() + spheres[:, 2].max() + 2 / self.unit)
        if not near.any():
            return
        rows, columns = np.flatnonzero(near.any(1)), np.flatnonzero(near.any(0))
        box = np.s_[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
        u, v = u[box], v[box]
        depth = np.full(u.shape, -np.inf, np.float32)
        edge, winner = depth.copy(), np.zeros(u.shape, np.intp)
        for i, (x, y, r) in enumerate(spheres):
            square = (u - x) ** 2 + (v - y) ** 2
            height = r * r - square
            winner[height > depth] = i
            depth = np.maximum(depth, height)
            edge = np.maximum(edge, r - np.sqrt(square))
        mask = np.zeros((self.h, self.w), np.float32)
        mask[box] = np.clip(edge * self.unit + 0.5, 0, 1)
        if shadow:
            self.cast_shadow(mask, shadow)
        x, y, r = np.moveaxis(spheres[winner], -1, 0)
        normal = np.stack([u - x, v - y, np.sqrt(np.maximum(depth, 0))], -1) / r[..., None]
        # Blurring the normals hides the seams between spheres.
        normal = blur(normal, smooth * self.unit)
        normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-3)
        c, s = math.cos(self.turn), math.sin(self.turn)
        lx, ly, lz = self.light
        light = np.array([c * lx + s * ly, c * ly - s * lx, lz], np.float32)
        diffuse = np.clip(normal @ light, 0, 1)
        half = light + np.array([0, 0, 1], np.float32)
        shine = np.clip(normal @ (half / np.linalg.norm(half)), 0, 1) ** 40
        ground = np.clip(normal[..., 1:2], 0, 1) * self.pixels.mean((0, 1)) * 0.11
        colour = paint(u, v, winner / max(1, len(spheres) - 1), box)
        colour = colour * (self.ambient * (0.6 + 0.4 * normal[..., 2]) + 0.95 * diffuse)[..., None]
        colour = (colour + ground + gloss * shine[..., None]) * self.lamp
        self.pixels[box] = mix(self.pixels[box], colour, mask[box])

    def noise(self, size, octaves=3, stretch=1.0):
        cell = size * self.unit
        return clouds(self.rng, self.w, self.h, cell / stretch, cell * stretch, octaves)


GROUNDS = [(150, 105, 65), (190, 150, 105), (95, 65, 45), (215, 210, 200), (160, 160, 158), (75, 78, 82),
           (120, 135, 150), (150, 160, 130), (175, 140, 130), (225, 215, 190)]


def background(canvas):
    """A table top of wood, cloth, stone or paint, often with a wall behind it."""
    rng, w, h = canvas.rng, canvas.w, canvas.h
    base = linear(*GROUNDS[rng.integers(len(GROUNDS))]) * rng.uniform(0.7, 1.15) * (1 + rng.normal(0, 0.06, 3))
    kind = rng.choice(["wood", "cloth", "stone", "paint"])
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    if kind == "wood":
        plank = rng.uniform(30, 70)
        grain = 0.22 * clouds(rng, w, h, w, 7, 4) + 0.12 * np.sin(y / 2.2 + 3 * clouds(rng, w, h, w / 2, 25, 2))
        texture = grain - 0.5 * np.exp(-((y % plank) / 1.2) ** 2)
    elif kind == "cloth":
        p, q = rng.uniform(2.5, 5), rng.uniform(18, 45)
        a = rng.uniform(-0.4, 0.4)
        checks = (np.sin(2 * np.pi * (x + a * y) / q) > rng.uniform(0, 0.9)).astype(np.float32)
        texture = 0.1 * np.sin(2 * np.pi * x / p) * np.sin(2 * np.pi * y / p) + rng.uniform(0, 0.35) * checks
        texture = texture + 0.15 * clouds(rng, w, h, 70, 40)
    elif kind == "stone":
        texture = 0.25 * clouds(rng, w, h, 40, 40, 5) + 0.12 * rng.normal(0, 1, (h, w))
    else:
        texture = 0.08 * clouds(rng, w, h, 90, 90, 2)
    tint = 1 + rng.normal(0, 0.25, 3).astype(np.float32)
    out = base * np.exp(texture[..., None].astype(np.float32) * tint)
    if rng.random() < 0.45:
        wall = linear(*GROUNDS[rng.integers(len(GROUNDS))]) * rng.uniform(0.5, 1.1)
        line = h * rng.uniform(0.12, 0.42) + (x - w / 2) * rng.normal(0, 0.03)
        soft = blur(np.clip(line - y, 0, 1), rng.uniform(0.8, 3))
        out = mix(out, wall * (1 + 0.15 * clouds(rng, w, h, 80, 80, 2))[..., None], soft)
    return np.maximum(out, 0).astype(np.float32)


# ---------------------------------------------------------------- fruit
def chain(points, radii, n=24):
    """Spheres along a smooth line through the points (a polynomial in the arc from 0 to 1)."""
    s, t = np.linspace(0, 1, len(points)), np.linspace(0, 1, n)
    p = np.array(points, np.float64)
    fit = [np.polyval(np.polyfit(s, column, len(points) - 1), t) for column in (p[:, 0], p[:, 1])]
    return np.stack(fit + [np.interp(t, np.linspace(0, 1, len(radii)), radii)], -1)


def flat(colour):
    return lambda u, v, t, box: np.broadcast_to(colour, u.shape + (3,))


def speckle(canvas, colour, other, size, amount, stretch=1.0):
    """Soft blotches of another colour; amount 0 gives few, 1 about half the skin."""
    x = np.clip(0.8 * canvas.noise(size, stretch=stretch) - 0.35 + 0.75 * amount, 0, 1)
    return lambda u, v, t, box: mix(colour, other, 0.85 * (x * x * (3 - 2 * x))[box])


def shade(rng, *options):
    """A colour between two of a fruit's typical ones, lighter or darker."""
    a, b = (linear(*options[i]) for i in rng.integers(len(options), size=2))
    colour = (a + (b - a) * rng.random()) * np.exp(rng.normal(0, 0.12))
    return (colour * (1 + rng.normal(0, 0.05, 3))).astype(np.float32)


def stem(canvas, x, y, length=0.35, thick=0.05):
    lean = canvas.rng.normal(0, 0.12)
    canvas.add(chain([(x, y), (x + lean / 2, y - length * 0.6), (x + lean, y - length)], [thick, thick * 0.8, thick]),
               flat(linear(95, 65, 35)), 0.05)


def leaf(canvas, x, y, angle, length, width, colour):
    dx, dy = math.cos(angle) * length, math.sin(angle) * length
    canvas.add(chain([(x, y), (x + dx * 0.5, y + dy * 0.5 - 0.04), (x + dx, y + dy)], [0.02, width, width * 0.8, 0.01]),
               flat(colour), 0.1, smooth=0.02)


def porous(paint, noise, strength):
    return lambda u, v, t, box: paint(u, v, t, box) * (1 + strength * noise[box])[..., None]


def dimple(paint, x, y, wide, high, dark=0.75):
    """Darken the skin where the stem sinks in."""
    return lambda u, v, t, box: (
        paint(u, v, t, box) * (1 - dark * np.exp(-((u - x) / wide) ** 2 - ((v - y) / high) ** 2))[..., None])


def apple(canvas, colour, other, amount):
    rng = canvas.rng
    a, r = rng.uniform(0.16, 0.3), rng.uniform(0.66, 0.76)
    y = np.linspace(-1, 1, 12)
    body = np.concatenate([np.stack([k * a * (1 - 0.25 * (y + 1)), 0.24 * y, r - 0.05 * (y + 1)], -1)
                           for k in (-1, 0.3, 1)])
    paint = dimple(speckle(canvas, colour, other, 0.5, amount, 1.8), 0, -0.66, 0.3, 0.13)
    canvas.add(body, paint, rng.uniform(0.15, 0.5), 0.75, 0.09)
    if rng.random() < 0.75:
        stem(canvas, 0.02, -0.64, rng.uniform(0.2, 0.42))
    if rng.random() < 0.25:
        leaf(canvas, 0.05, -0.8, rng.uniform(-0.7, 0.3), 0.55, 0.13, shade(rng, (70, 120, 40), (110, 150, 60)))


def red_apple(canvas):
    rng = canvas.rng
    apple(canvas, shade(rng, (190, 28, 35), (165, 20, 32), (120, 16, 34), (205, 60, 45)),
          shade(rng, (215, 170, 70), (170, 180, 70)), rng.uniform(0, 0.9))


def green_apple(canvas):
    rng = canvas.rng
    apple(canvas, shade(rng, (140, 185, 55), (175, 195, 80), (115, 165, 50), (195, 195, 85)),
          shade(rng, (205, 200, 100), (200, 110, 75)), rng.uniform(0, 0.6))


def orange(canvas):
    rng = canvas.rng
    r = rng.uniform(0.78, 0.9)
    body = [(0, 0, r), (rng.normal(0, 0.04), 0.04, r * 0.98), (rng.normal(0, 0.04), -0.03, r * 0.97)]
    pores = canvas.noise(0.07, 2)
    skin = speckle(canvas, shade(rng, (240, 130, 22), (232, 105, 20), (245, 160, 40)),
                   shade(rng, (245, 175, 60), (215, 150, 40)), 0.8, rng.uniform(0, 0.6))
    x, y = rng.normal(0, 0.12), -0.62 * r
    canvas.add(body, dimple(porous(skin, pores, 0.09), x, y, 0.15, 0.08, 0.4), rng.uniform(0.1, 0.3), 0.75)
    if rng.random() < 0.6:
        canvas.add([(x, y, 0.07), (x + 0.05, y + 0.01, 0.05), (x - 0.05, y + 0.02, 0.05)],
                   flat(linear(90, 110, 50)), 0.05)


def citrus(canvas, skin, length, thick, tip, gloss):
    rng = canvas.rng
    a = rng.normal(0, 0.3)
    dx, dy = math.cos(a) * length, math.sin(a) * length
    bend = rng.normal(0, 0.06)
    radii = [tip * 0.6, tip, thick * 0.72, thick * 0.95, thick, thick * 0.95, thick * 0.75, tip * 1.1, tip * 0.8]
    canvas.add(chain([(-dx, -dy), (0, bend), (dx, dy)], radii, 32),
               porous(skin, canvas.noise(0.08, 2), 0.08), gloss, 0.75, 0.07)


def lemon(canvas):
    rng = canvas.rng
    skin = speckle(canvas, shade(rng, (245, 212, 45), (238, 200, 35), (215, 208, 60), (180, 192, 60)),
                   shade(rng, (185, 190, 60), (250, 225, 90)), 0.8, rng.uniform(0, 0.8))
    citrus(canvas, skin, rng.uniform(0.85, 1.0), rng.uniform(0.56, 0.66), rng.uniform(0.14, 0.2), 0.25)


def lime(canvas):
    rng = canvas.rng
    skin = speckle(canvas, shade(rng, (80, 140, 40), (105, 155, 45), (60, 115, 40), (150, 180, 60), (175, 190, 62)),
                   shade(rng, (170, 185, 70), (90, 140, 45)), 0.8, rng.uniform(0, 0.8))
    citrus(canvas, skin, rng.uniform(0.72, 0.85), rng.uniform(0.58, 0.68), rng.uniform(0.1, 0.16), 0.35)


def plum(canvas):
    rng = canvas.rng
    a, r = rng.normal(0, 0.35), rng.uniform(0.6, 0.72)
    k = rng.uniform(0.1, 0.26)
    x, y = k * math.sin(a), k * math.cos(a)
    body = chain([(-x, y), (0, 0), (x, -y)], [r * 0.94, r, r * 0.92], 9)
    skin = speckle(canvas, shade(rng, (88, 30, 78), (70, 26, 70), (115, 26, 55), (62, 40, 95)),
                   shade(rng, (120, 100, 150), (150, 50, 70)), 0.6, rng.uniform(0, 0.7))
    bow = rng.uniform(0.12, 0.3) * rng.choice([-1, 1])

    def paint(u, v, t, box):
        groove = np.exp(-((u - bow * (1 - v * v)) / 0.05) ** 2)
        return skin(u, v, t, box) * (1 - 0.45 * groove)[..., None]

    canvas.add(body, paint, rng.uniform(0.08, 0.35), 0.75)
    if rng.random() < 0.5:
        stem(canvas, 0, -r - k * 0.7, 0.22, 0.035)


def blueberry(canvas):
    rng = canvas.rng
    count = int(rng.choice([1, 2, 3]))
    spots = {1: [(0, 0, 0.7)], 2: [(-0.42, -0.1, 0.5), (0.45, 0.15, 0.52)],
             3: [(0.05, -0.45, 0.46), (-0.48, 0.25, 0.47), (0.48, 0.3, 0.48)]}[count]
    for x, y, r in spots:
        x, y, r = x + rng.normal(0, 0.05), y + rng.normal(0, 0.05), r * rng.uniform(0.85, 1.1)
        skin = speckle(canvas, shade(rng, (48, 56, 115), (62, 72, 135), (38, 38, 80), (75, 60, 110)),
                       shade(rng, (130, 145, 185), (90, 100, 150)), 0.5, rng.uniform(0, 0.8))
        canvas.add([(x, y, r), (x, y + 0.03, r * 0.97)], skin, 0.12, 0.7)
        cx, cy = x + r * rng.normal(0, 0.22), y - r * rng.uniform(0.2, 0.6)
        ring = [(cx + 0.3 * r * math.cos(a), cy + 0.2 * r * math.sin(a), 0.07 * r) for a in np.linspace(0, 6.28, 11)]
        canvas.add(ring, flat(linear(45, 48, 85)), 0.05, smooth=0.01)
        canvas.add([(cx + k * r, cy, 0.13 * r) for k in (-0.1, 0, 0.1)], flat(linear(24, 22, 40)), 0.0)


def banana(canvas):
    """Lies like a smile: both ends up."""
    rng = canvas.rng
    sag, thick = rng.uniform(0.3, 0.6), rng.uniform(0.24, 0.32)
    lift = rng.normal(0, 0.12)
    side = rng.choice([-1, 1])
    body = chain([(-1.1 * side, -sag - lift), (-0.55 * side, sag * 0.35), (0.3 * side, sag * 0.5),
                  (1.15 * side, -sag + lift)],
                 [0.07, 0.08, thick * 0.8, thick, thick, thick, thick * 0.85, 0.1, 0.06], 44)
    skin = speckle(canvas, shade(rng, (238, 203, 55), (228, 190, 50), (200, 195, 65)), linear(110, 75, 35), 0.2,
                   rng.choice([0.0, 0.15, 0.35]))
    green = rng.uniform(0, 0.6)

    def paint(u, v, t, box):
        near_end = np.clip(np.abs(t - 0.5) * 2 - 0.5, 0, 1) * 2
        tips = np.clip(np.maximum((0.06 - t) / 0.04, (t - 0.95) / 0.04), 0, 1)
        return mix(mix(skin(u, v, t, box), linear(140, 165, 60), green * near_end), linear(85, 65, 40), tips)

    canvas.add(body, paint, 0.15, 0.75, 0.03)


def strawberry(canvas):
    """Cap up, tip down."""
    rng = canvas.rng
    wide, tall = rng.uniform(0.5, 0.66), rng.uniform(0.5, 0.75)
    half = wide * 0.3
    radii = [wide * 0.78, wide * 0.66, 0.14]
    body = np.concatenate([chain([(k * half, -0.3), (k * half * 0.6, 0.15), (0, tall)], radii, 18) for k in (-1, 0, 1)])
    skin = speckle(canvas, shade(rng, (200, 26, 40), (180, 20, 38), (215, 55, 50)), linear(230, 150, 110), 0.6,
                   rng.uniform(0, 0.4))
    pitch = rng.uniform(0.17, 0.23)

    def paint(u, v, t, box):
        row = np.round(v / (pitch * 0.8))
        du, dv = (u / pitch + 0.5 * (row % 2)) % 1 - 0.5, v / (pitch * 0.8) - row
        return mix(skin(u, v, t, box), linear(215, 165, 80), np.exp(-(du / 0.13) ** 2 - (dv / 0.2) ** 2) * 0.7)

    canvas.add(body, paint, 0.35, 0.75, 0.06)
    green = shade(rng, (75, 130, 45), (105, 150, 60))
    for a in np.linspace(-0.15, math.pi + 0.15, int(rng.integers(5, 8))):
        leaf(canvas, 0, -0.3 - wide * 0.62, a + rng.normal(0, 0.12), rng.uniform(0.38, 0.55), 0.1, green)
    stem(canvas, 0, -0.3 - wide * 0.65, rng.uniform(0.15, 0.35), 0.04)


def pear(canvas):
    """Stands: thick below, thin above."""
    rng = canvas.rng
    r, neck, lean = rng.uniform(0.58, 0.68), rng.uniform(0.26, 0.36), rng.normal(0, 0.08)
    body = chain([(0, 0.35), (lean * 0.3, -0.2), (lean, -0.75)], [r, r * 0.95, r * 0.72, neck * 1.15, neck], 28)
    skin = speckle(canvas, shade(rng, (185, 190, 75), (150, 170, 65), (205, 190, 80), (170, 140, 65)),
                   shade(rng, (185, 95, 60), (150, 115, 60)), 0.5, rng.uniform(0, 0.8))
    canvas.add(body, skin, 0.2, 0.75, 0.07)
    stem(canvas, lean, -0.75 - neck * 0.9, rng.uniform(0.2, 0.4), 0.045)


# Alphabetical, as training tools that read a folder a class order them.
FRUIT = {f.__name__: f for f in (banana, blueberry, green_apple, lemon, lime,
                                 orange, pear, plum, red_apple, strawberry)}
LABELS = list(FRUIT)


# ---------------------------------------------------------------- photos
def draw(label, rng):
    """One photo: table, perhaps a neighbour at the border, the fruit, then what lamp and camera do to it."""
    canvas = Canvas(rng)
    if rng.random() < 0.4:
        neighbour(canvas, label)
    FRUIT[label](canvas)
    out, w, h = canvas.pixels, canvas.w, canvas.h
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    a, fall = rng.uniform(0, 2 * math.pi), rng.uniform(0, 0.45)
    out = out * (1 + fall * (math.cos(a) * (x / w - 0.5) + math.sin(a) * (y / h - 0.5)) * 2)[..., None]
    if rng.random() < 0.25:              # the edge of some shadow across the picture
        side = np.cos(a) * (x - w * rng.uniform(0.3, 0.7)) + np.sin(a) * (y - h / 2)
        out = out * (1 - rng.uniform(0.2, 0.5) * blur((side > 0).astype(np.float32), 5))[..., None]
    out = out * math.exp(rng.normal(-0.05, 0.35))
    out = np.clip(blur(np.clip(out, 0, None), rng.uniform(0.3, 2.2)), 0, 1.3)
    out = out / (1 + 0.25 * out) * 1.2
    out = np.clip(out, 0, 1) ** (1 / 2.2)
    out = out + rng.normal(0, rng.uniform(0.008, 0.05), out.shape)
    return Image.fromarray((np.clip(out, 0, 1) * 255 + 0.5).astype(np.uint8))


def neighbour(canvas, label):
    """Some other fruit, smaller, cut off by the left or right border."""
    rng = canvas.rng
    place, unit = canvas.centre, canvas.unit
    canvas.centre = (canvas.w * (rng.choice([0, 1]) + rng.normal(0, 0.04)), place[1] + canvas.h * rng.normal(0, 0.15))
    canvas.unit *= rng.uniform(0.5, 0.95)
    FRUIT[rng.choice([other for other in LABELS if other != label])](canvas)
    canvas.centre, canvas.unit = place, unit


def jpeg(image):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def photo(seed, split, label, i):
    """Every photo has its own random stream, so it stays the same whatever else is drawn."""
    return jpeg(draw(label, np.random.default_rng([seed, SPLITS[split], LABELS.index(label), i])))


def dataset(seed, split, count):
    """Images as the model's app would see them: through JPEG and Pillow's bilinear resize, bytes 0..255."""
    images, classes = [], []
    for k, label in enumerate(LABELS):
        for i in range(count):
            image = Image.open(io.BytesIO(photo(seed, split, label, i))).convert("RGB")
            images.append(np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BILINEAR)))
            classes.append(k)
    return np.stack(images), np.array(classes)


def normalized(images):
    return images.astype(np.float32) / np.float32(127.5) - np.float32(1)


# ---------------------------------------------------------------- model
def train(images, classes, seed, epochs):
    import keras
    import tensorflow as tf
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    layers = keras.layers
    x = inputs = keras.Input((SIDE, SIDE, 3), name="image")
    for width in (16, 32, 48, 64):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.ReLU(6.0)(x)
        x = layers.MaxPooling2D()(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    model = keras.Model(inputs, layers.Dense(len(LABELS), activation="softmax", name="probability")(x), name="fruit")

    # Neither flips nor turns nor hue: an app that gets these wrong must be seen to get them wrong.
    augment = keras.Sequential([layers.RandomTranslation(0.06, 0.06, fill_mode="nearest", seed=seed),
                                layers.RandomContrast(0.15, value_range=(-1, 1), seed=seed + 1)])
    data = tf.data.Dataset.from_tensor_slices((normalized(images), classes)).shuffle(len(images), seed=seed)
    data = data.batch(64).map(lambda a, b: (augment(a, training=True), b), deterministic=True).prefetch(1)
    steps = epochs * math.ceil(len(images) / 64)
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(3e-3, steps)),
                  "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(data, epochs=epochs, verbose=2)
    return model


def export(model, images):
    """The float model, and the same with integers all the way from input to output."""
    import tensorflow as tf
    plain = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([normalized(a[None])] for a in images)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return plain, converter.convert()


def accuracy(content, images, classes):
    import tensorflow as tf
    run = tf.lite.Interpreter(model_content=content)
    run.allocate_tensors()
    want, answer = run.get_input_details()[0], run.get_output_details()[0]["index"]
    right = 0
    for image, truth in zip(normalized(images), classes):
        if want["dtype"] == np.int8:
            scale, zero = want["quantization"]
            image = np.clip(np.round(image / scale) + zero, -128, 127).astype(np.int8)
        run.set_tensor(want["index"], image[None])
        run.invoke()
        right += int(np.argmax(run.get_tensor(answer)) == truth)
    return right / len(classes)


# ---------------------------------------------------------------- files
RESIZE = {"resize": {"width": SIDE, "height": SIDE, "method": "bilinear", "library": "pillow"}}
BGR = {"channels": "bgr"}
NORMALIZE = {"normalize": {"scale": 0.00784313725490196, "offset": -1.0}}       # x / 127.5 - 1
APPS = {
    "app_healthy": ("model_float32", [RESIZE, NORMALIZE]),
    "app": ("model_float32", [RESIZE, BGR, NORMALIZE]),
    "app_two_faults": ("model_float32", [RESIZE, BGR, {"cast": "float32"}]),
    "app_int8_healthy": ("model_int8", [RESIZE, NORMALIZE, {"quantize": "affine"}]),
    "app_int8": ("model_int8", [RESIZE, NORMALIZE, {"cast": "int8"}]),
}
APP = """{{
  "whyzero": 1,
  "model": "{model}.tflite",
  "input": {{
    "images": "photos",
    "pipeline": [
      {steps}
    ]
  }},
  "output": {{"labels": "labels.txt", "decode": {decode}}}
}}
"""
README = """# The demo: ten kinds of fruit

A small image classifier and five apps around it, two of them healthy. Photos, model and app files were made by
`tools/make_demo.py`; no picture or weight comes from anywhere else, so they have the licence of this project.

| file | what it is |
|---|---|
| `model_float32.tflite` | {side}x{side} RGB, fed `x / 127.5 - 1`, {classes} classes; {plain:.1%} right on {held_out} held-out photos |
| `model_int8.tflite` | the same with integers from input to output; {small:.1%} right on these |
| `photos/` | {photos} further photos the models never saw, in a folder a class |
| `labels.txt` | the class names, in the order of the model's output |
| `app_healthy.json` | float model, everything right |
| `app.json` | float model, but the photos arrive as BGR |
| `app_two_faults.json` | BGR, and bytes 0...255 that were never normalized |
| `app_int8_healthy.json` | integer model, everything right |
| `app_int8.json` | integer model, but -1...1 is cast to int8 where it must be quantized: nearly one class for every photo |

To make it again (some minutes; TensorFlow is needed for nothing else):

    python3 -m venv venv
    venv/bin/pip install -r tools/requirements-demo.txt
    venv/bin/python tools/make_demo.py --output examples/fruit

Seed {seed}, {train} photos for training.
"""


def write_text(path, text):
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write(text)


def write_photos(folder, seed):
    shutil.rmtree(folder, ignore_errors=True)       # none may be left of an earlier run
    for label in LABELS:
        os.makedirs(os.path.join(folder, label))
        for i in range(PHOTOS):
            with open(os.path.join(folder, label, f"{i:03}.jpg"), "wb") as f:
                f.write(photo(seed, "photos", label, i))


def write_apps(folder):
    for name, (model, steps) in APPS.items():
        decode = [{"dequantize": "affine"}, {"argmax": {}}] if model == "model_int8" else [{"argmax": {}}]
        write_text(os.path.join(folder, name + ".json"),
                   APP.format(model=model, steps=",\n      ".join(map(json.dumps, steps)), decode=json.dumps(decode)))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--output", default="examples/fruit", metavar="DIR")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--train", type=int, default=300, help="training photos a class")
    p.add_argument("--held-out", type=int, default=100, help="held-out photos a class, drawn but not kept")
    p.add_argument("--epochs", type=int, default=15)
    p.add_argument("--photos-only", action="store_true", help="draw the photos and stop, to look at them")
    args = p.parse_args()

    os.makedirs(args.output, exist_ok=True)
    write_photos(os.path.join(args.output, "photos"), args.seed)
    if args.photos_only:
        return 0
    write_text(os.path.join(args.output, "labels.txt"), "".join(label + "\n" for label in LABELS))
    write_apps(args.output)

    images, classes = dataset(args.seed, "train", args.train)
    model = train(images, classes, args.seed, args.epochs)
    plain, small = export(model, images[::max(1, len(images) // 300)])
    for name, content in (("model_float32", plain), ("model_int8", small)):
        with open(os.path.join(args.output, name + ".tflite"), "wb") as f:
            f.write(content)

    held_out = dataset(args.seed, "held_out", args.held_out)
    figures = {"plain": accuracy(plain, *held_out), "small": accuracy(small, *held_out)}
    write_text(os.path.join(args.output, "README.md"),
               README.format(side=SIDE, classes=len(LABELS), held_out=len(held_out[1]), photos=PHOTOS * len(LABELS),
                             seed=args.seed, train=len(classes), **figures))
    print(f"held-out accuracy: float {figures['plain']:.4f}, int8 {figures['small']:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
