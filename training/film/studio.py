"""The set of a variety talk: a desk, a slatted wall, shelves with books and lamps. Two people sit behind the desk.

Metres; the people face -y, the desk's top is at z = 0.74. The desk hides what sits behind it: when the people are
rendered alone, it cuts them out (a holdout), so that they can be laid over the empty set.
"""

import bpy
import numpy as np
import stage
from forest import conifer, grid, mesh, needle, snow
from materials import Nodes, plain

SEATS = {"host": (-0.42, 0.30, 14.0), "guest": (0.42, 0.30, -14.0)}
"""x, y and heading of the two."""
DROP = -0.38
"""How much lower somebody sits than stands, metres."""
CAMERAS = {
    "wide": stage.Camera((0.0, -3.3, 1.36), (0.0, 0.3, 1.10), 58.0, 5.6),
    "host": stage.Camera((0.28, -2.1, 1.22), (-0.31, 0.2, 1.13), 92.0, 3.2),
    "guest": stage.Camera((-0.28, -2.1, 1.22), (0.31, 0.2, 1.17), 92.0, 3.2),
}
"""Each close camera stands across the line between the two, on the audience's side."""


def box(name: str, middle, size, material, rounded: float = 0.0) -> bpy.types.Object:
    """A box, its edges *rounded* by so many metres."""
    corners = (np.array(list(np.ndindex(2, 2, 2))) - 0.5) * size
    made = bpy.data.meshes.new(name)
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    made.from_pydata(corners.tolist(), [], faces)
    made.materials.append(material)
    thing = bpy.data.objects.new(name, made)
    thing.location = middle
    if rounded:
        bevel = thing.modifiers.new("edges", "BEVEL")
        bevel.width, bevel.segments = rounded, 3
    bpy.context.scene.collection.objects.link(thing)
    return thing


def turned(name: str, middle, outline: list[tuple[float, float]], material) -> bpy.types.Object:
    """A body of revolution: (radius, height) from the bottom up. Cups, lamps, pots."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    points = [(r * np.cos(angle), r * np.sin(angle), np.full(40, z)) for r, z in outline]
    vertices = np.stack(points, 0).transpose(0, 2, 1).reshape(-1, 3)
    made = mesh(
        name, [(vertices, grid(len(outline), 40, closed=True)[:, ::-1])], [material.name], smooth=(0,)
    )
    thing = bpy.data.objects.new(name, made)
    thing.location = middle
    bpy.context.scene.collection.objects.link(thing)
    return thing


def wood(name: str, dark, light) -> bpy.types.Material:
    nodes = Nodes(name)
    place = nodes.add("TexCoord").outputs["Object"]
    along = nodes.add("Mapping", {"Vector": place, "Scale": (1.5, 22.0, 22.0)}).outputs[0]
    return nodes.surface(
        Base_Color=nodes.mix(nodes.noise(along, 2.0, 5, 0.6, 1.2), dark, light), Roughness=0.4
    )


def build() -> list[bpy.types.Object]:
    """Put the set and its light into the current scene; gives the things that stand before the people."""
    oak, walnut = (
        wood("oak", (0.20, 0.11, 0.05), (0.38, 0.23, 0.12)),
        wood("walnut", (0.035, 0.019, 0.011), (0.09, 0.05, 0.03)),
    )
    wall = plain("wall", (0.10, 0.14, 0.15), 0.9)
    clay, white = plain("clay", (0.30, 0.10, 0.06), 0.6), plain("porcelain", (0.75, 0.72, 0.66), 0.2)
    glow = Nodes("lamp").surface("Emission", Color=(1.0, 0.62, 0.30), Strength=9.0)
    shade = Nodes("shade").surface("Emission", Color=(1.0, 0.66, 0.36), Strength=1.7)
    before = [
        box("desk top", (0, -0.08, 0.72), (2.0, 0.62, 0.045), oak, 0.01),
        box("desk front", (0, -0.34, 0.36), (1.92, 0.03, 0.70), walnut),
        turned(
            "cup",
            (-0.20, -0.14, 0.743),
            [(0.028, 0), (0.036, 0.01), (0.040, 0.085), (0.036, 0.085), (0.032, 0.02)],
            white,
        ),
        turned(
            "cup",
            (0.26, -0.10, 0.743),
            [(0.028, 0), (0.036, 0.01), (0.040, 0.085), (0.036, 0.085), (0.032, 0.02)],
            clay,
        ),
    ]
    box("floor", (0, 0, -0.02), (9, 9, 0.04), wood("floor", (0.09, 0.06, 0.04), (0.17, 0.12, 0.08)))
    box("wall", (0, 2.15, 1.5), (8, 0.1, 3.4), wall)
    for x in np.arange(-3.6, -0.75, 0.11):
        box("slat", (x, 2.05, 1.5), (0.055, 0.06, 3.2), walnut, 0.004)
    random = np.random.default_rng(3)
    for z in (0.80, 1.22, 1.64, 2.06):
        box("shelf", (1.35, 1.95, z), (2.7, 0.30, 0.035), walnut, 0.004)
        x = 0.06
        while x < 2.6:
            thick, tall = 0.02 + 0.03 * random.random(), 0.20 + 0.11 * random.random()
            if random.random() < 0.16:
                x += 0.12 + 0.16 * random.random()
                continue
            colour = np.array(
                [(0.28, 0.05, 0.04), (0.05, 0.10, 0.16), (0.45, 0.38, 0.28), (0.07, 0.13, 0.08)]
            )
            shelf_book = plain("book", tuple(colour[random.integers(4)] * (0.6 + 0.8 * random.random())), 0.7)
            box("book", (x + thick / 2, 1.93, z + 0.018 + tall / 2), (thick, 0.17, tall), shelf_book, 0.003)
            x += thick + 0.002
    turned("lamp", (-1.35, 1.55, 0), [(0.12, 0), (0.12, 0.02), (0.012, 0.03), (0.012, 1.45)], walnut)
    turned("shade", (-1.35, 1.55, 1.40), [(0.19, 0), (0.13, 0.28)], shade)
    turned(
        "bulb",
        (0.72, 1.86, 1.26),
        [(0.002, 0), (0.05, 0.02), (0.07, 0.07), (0.05, 0.12), (0.002, 0.14)],
        glow,
    )
    turned(
        "bulb",
        (2.15, 1.86, 1.68),
        [(0.002, 0), (0.05, 0.02), (0.07, 0.07), (0.05, 0.12), (0.002, 0.14)],
        glow,
    )
    turned("pot", (-0.62, 1.6, 0), [(0.11, 0), (0.15, 0.30), (0.13, 0.30), (0.13, 0.26), (0.002, 0.26)], clay)
    snow(), needle(), Nodes("bark").surface(Base_Color=(0.04, 0.03, 0.02))
    tree = bpy.data.objects.new("tree", conifer(31, 1.25, 0.0, 0.05))
    tree.location = (-0.62, 1.6, 0.28)
    bpy.context.scene.collection.objects.link(tree)
    light()
    return before


def light() -> None:
    """A soft key from camera left for both, a fill, a rim from behind each, and the practical lamps' glow."""
    stage.world((0.30, 0.36, 0.46), 0.10)
    stage.area((-1.7, -2.2, 2.3), (0, 0.3, 1.1), 1.3, 120.0, (1.0, 0.90, 0.78))
    stage.area((2.0, -2.0, 1.7), (0, 0.3, 1.1), 1.6, 34.0, (0.85, 0.92, 1.0))
    stage.area((-1.5, 1.7, 2.3), (-0.4, 0.3, 1.1), 0.5, 30.0, (1.0, 0.80, 0.58))
    stage.area((1.5, 1.7, 2.3), (0.4, 0.3, 1.1), 0.5, 30.0, (1.0, 0.80, 0.58))
    stage.area((-1.35, 1.45, 1.3), (-1.35, 2.1, 1.3), 0.3, 7.0, (1.0, 0.66, 0.36))
