"""The set of the film's scene: a snow-covered conifer forest in first morning light, built from nothing.

Blender as a module (bpy 5.0.1); metres; x to the right, y into the depth, z up. The actors stand round the origin, a
trodden path leads away from them, and the sun stands low at the end of the path: warm light from behind, against the cool
fill of the sky. Haze is part of every material (its share grows with the distance from the camera), so it costs no
noise, is right at every edge, and the depth pass stays exact. Everything is drawn from seeds.

The trees stand in three ranges of depth, `LAYERS`, which can be shown to the camera one by one while all of them go on
casting shadows: the layers of a parallax, each whole behind the one in front of it.
"""

import math

import bpy
import numpy as np
from fields import noise
from materials import Nodes
from mathutils import Vector

LAYERS = {"background": (17.0, 90.0), "middle": (4.5, 17.0), "foreground": (-30.0, 4.5)}
"""Which depths (metres along y) each layer holds; the ground is cut at the same lines."""
SUN = (0.13, 1.00, 0.40)
"""Where the sun stands, as a direction: at the end of the path, a little to the right, twenty-two degrees high."""
HAZE, HAZE_LENGTH, HAZE_START = (0.60, 0.69, 0.82), 52.0, 9.0
"""Scene-linear colour of the haze away from the sun, and the metres in which it takes 63 % of what is behind it."""
GLOW = (1.30, 0.98, 0.68)
"""Colour of the haze towards the sun."""
SUNLIGHT, SKY = (1.0, 0.72, 0.46), (0.46, 0.62, 0.95)
"""Colours of the key and of the fill."""


def path(y: np.ndarray) -> np.ndarray:
    """The trodden path's middle, x in metres, at depth *y*."""
    return 0.2 + 1.1 * np.sin(np.asarray(y) * 0.085) + 0.02 * np.asarray(y)


def height(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Height of the snow at (x, y), metres: 0 where the actors stand, drifts between the trees, a trodden path."""
    flat = np.stack([x, y, np.zeros_like(x)], -1).reshape(-1, 3)
    away = np.hypot(x, y * 0.8)
    drifts = 0.30 * noise(flat, 0.13, 2, 3) + 0.10 * noise(flat, 0.6, 3, 5)
    hollow = np.exp(-(((x - path(y)) / 0.85) ** 2))
    rise = 0.02 * np.clip(y - 8, 0, None) + 0.03 * np.clip(np.abs(x) - 3, 0, 8)
    crumbs = 0.022 * noise(flat, 6.0, 2, 8)
    return (
        (drifts.reshape(x.shape) + 0.12) * np.clip(away / 6 - 0.35, 0, 1) * (1 - 0.75 * hollow)
        - 0.10 * hollow
        + rise
        + crumbs.reshape(x.shape) * (0.35 + 0.65 * np.exp(-(((x - path(y)) / 0.5) ** 2)))
    )


# Materials


class Hazy(Nodes):
    """A material, or with *world* the sky, whose shader is written as expressions and seen through the haze."""

    def __init__(self, name: str, world: bpy.types.World | None = None) -> None:
        if world is None:
            super().__init__(name)
        else:
            self._tree = world.node_tree
            self._tree.nodes.clear()
            self._output = self._tree.nodes.new("ShaderNodeOutputWorld")

    def view(self):
        """The direction in which the camera looks at the shaded place."""
        incoming = self.add("NewGeometry").outputs["Incoming"]
        return self.add("VectorMath", {0: incoming, 3: -1.0}, operation="SCALE").outputs[0]

    def end(self, shader) -> None:
        """Make *shader* what the tree gives."""
        self.set(self._output.inputs[0], shader)

    def surface(self, kind: str = "BsdfPrincipled", **inputs) -> bpy.types.Material:
        """The finished material, hidden by the haze the further it lies; only what the camera sees is changed."""
        shader = self.add(kind, {name.replace("_", " "): value for name, value in inputs.items()}).outputs[0]
        distance = self.add("CameraData").outputs["View Distance"]
        depth = self.math("MAXIMUM", self.math("SUBTRACT", distance, HAZE_START), 0.0)
        clear = self.math("POWER", math.e, self.math("MULTIPLY", depth, -1 / HAZE_LENGTH))
        seen = self.add("LightPath").outputs["Is Camera Ray"]
        share = self.math("MULTIPLY", self.math("SUBTRACT", 1.0, clear), seen)
        air = self.add("Emission", {"Color": glow(self, self.view())}).outputs[0]
        self.end(self.add("MixShader", {0: share, 1: shader, 2: air}).outputs[0])
        return self.material


def glow(nodes: Hazy, direction):
    """Colour of the haze along *direction*, a unit vector from the camera: warm and bright round the sun."""
    sun = tuple(Vector(SUN).normalized())
    facing = nodes.add("VectorMath", {0: direction, 1: sun}, operation="DOT_PRODUCT").outputs["Value"]
    near = nodes.math("POWER", nodes.math("MAXIMUM", facing, 0.0), 5.0)
    return nodes.mix(near, HAZE, GLOW)


def snow() -> bpy.types.Material:
    nodes = Hazy("snow")
    place = nodes.add("NewGeometry").outputs["Position"]
    coarse = nodes.noise(place, 9.0, 4)
    bumps = nodes.bumped(nodes.noise(place, 160.0, 2), 0.5, 0.004, nodes.bumped(coarse, 0.35, 0.05))
    colour = nodes.mix(coarse, (0.72, 0.77, 0.85), (0.86, 0.88, 0.91))
    return nodes.surface(Base_Color=colour, Roughness=0.6, Specular_IOR_Level=0.3, Normal=bumps)


def needle() -> bpy.types.Material:
    """Dark needles, rimed where they lie flat."""
    nodes = Hazy("needles")
    place = nodes.add("TexCoord").outputs["Object"]
    up = nodes.add("SeparateXYZ", {0: nodes.add("NewGeometry").outputs["True Normal"]}).outputs[2]
    flat = nodes.math("ADD", nodes.math("ABSOLUTE", up), nodes.noise(place, 3.0, 4))
    rime = nodes.math("MULTIPLY", nodes.math("MULTIPLY_ADD", flat, 1.6, -1.55, clamp=True), 0.75)
    green = nodes.mix(nodes.noise(place, 14.0), (0.012, 0.026, 0.018), (0.045, 0.068, 0.036))
    return nodes.surface(
        Base_Color=nodes.mix(rime, green, (0.62, 0.68, 0.76)), Roughness=0.8, Specular_IOR_Level=0.15
    )


def bark() -> bpy.types.Material:
    """Furrowed bark, with snow blown against the side the wind came from."""
    nodes = Hazy("bark")
    place = nodes.add("TexCoord").outputs["Object"]
    furrow = nodes.add("Mapping", {"Vector": place, "Scale": (14.0, 14.0, 3.2)}).outputs[0]
    plates = nodes.add("TexVoronoi", {"Vector": furrow, "Scale": 1.4}, feature="DISTANCE_TO_EDGE")
    ridge = plates.outputs["Distance"]
    rough = nodes.math("ADD", ridge, nodes.math("MULTIPLY", nodes.noise(place, 60.0, 4), 0.3))
    colour = nodes.mix(rough, (0.018, 0.014, 0.012), (0.13, 0.092, 0.068))
    normal = nodes.add("SeparateXYZ", {0: nodes.add("NewGeometry").outputs["Normal"]})
    west, up = nodes.math("MULTIPLY", normal.outputs[0], -0.8), nodes.math("MULTIPLY", normal.outputs[2], 1.1)
    blown = nodes.math(
        "ADD", nodes.math("ADD", west, up), nodes.math("MULTIPLY", nodes.noise(place, 5.0, 5), 1.5)
    )
    share = nodes.math("MULTIPLY_ADD", blown, 5.0, -6.9, clamp=True)
    return nodes.surface(
        Base_Color=nodes.mix(share, colour, (0.80, 0.84, 0.90)),
        Roughness=0.9,
        Normal=nodes.bumped(rough, 0.9, 0.03),
    )


# Shapes: each is (vertices (n, 3), faces (m, 4)), a triangle being a face with its last corner repeated


def tube(line: np.ndarray, radius: np.ndarray, sides: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """A tube round a polyline (k, 3) of the given radii (k,)."""
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    aside = np.cross(along, np.where(np.abs(along[:, 2:]) > 0.9, (1.0, 0, 0), (0, 0, 1.0)))
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    across = np.cross(along, aside)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = aside[:, None] * np.cos(angle)[:, None] + across[:, None] * np.sin(angle)[:, None]
    return (line[:, None] + ring * radius[:, None, None]).reshape(-1, 3), grid(len(line), sides, closed=True)


def grid(rows: int, columns: int, closed: bool = False) -> np.ndarray:
    """Quads of a grid of vertices; *closed*: the last column is joined to the first."""
    i, j = np.arange(rows - 1)[:, None], np.arange(columns if closed else columns - 1)[None]
    k = (j + 1) % columns
    corners = (i * columns + j, (i + 1) * columns + j, (i + 1) * columns + k, i * columns + k)
    return np.stack(np.broadcast_arrays(*corners), -1).reshape(-1, 4)


def join(shapes: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    first = np.cumsum([0] + [len(vertices) for vertices, _ in shapes[:-1]])
    faces = [part + n for (_, part), n in zip(shapes, first, strict=True)]
    return np.concatenate([vertices for vertices, _ in shapes]), np.concatenate(faces)


def needles(
    line: np.ndarray, length: float, random: np.random.Generator, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Thin leaves on both sides of a twig (k, 3), pointing forwards and a little up or down."""
    at = random.random(count) * (len(line) - 1.001)
    i, part = at.astype(int), (at % 1)[:, None]
    root = line[i] * (1 - part) + line[i + 1] * part
    along = line[i + 1] - line[i]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    aside = np.cross(along, (0, 0, 1.0)) * random.choice([-1, 1], (count, 1))
    reach = (along * 0.75 + aside + (0, 0, 0.5) * random.normal(size=(count, 1)) * np.ones(3)) * length
    reach *= 0.55 + 0.6 * random.random((count, 1))
    wide = np.cross(reach, random.normal(size=(count, 3)))
    wide *= length * 0.11 / np.linalg.norm(wide, axis=1, keepdims=True)
    corners = np.stack([root - wide, root + reach, root + wide], 1).reshape(-1, 3)
    return corners, np.arange(3 * count).reshape(-1, 3)[:, [0, 1, 2, 2]]


def pillow(line: np.ndarray, width: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Snow lying on a branch (k, 3): a half-round strip, *width* (k,) across and *depth* (k,) high."""
    along = np.gradient(line, axis=0)
    aside = np.cross(along, (0, 0, 1.0))
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    angle = np.linspace(-0.25, np.pi + 0.25, 7)
    strip = aside[:, None] * (np.cos(angle)[:, None] * width[:, None, None])
    strip = strip + np.array([0, 0, 1.0]) * (np.sin(angle)[:, None] * depth[:, None, None])
    return (line[:, None] + strip).reshape(-1, 3), grid(len(line), 7)


def conifer(seed: int, tall: float, laden: float = 1.0, bare: float = 0.08) -> bpy.types.Mesh:
    """A spruce *tall* metres high whose branches carry snow; no branch below the share *bare* of its height.

    laden: 1 for the snow of a night.
    """
    random = np.random.default_rng(seed)
    sway = np.cumsum(random.normal(0, 0.012, (12, 2)), 0) * tall / 8
    spine = np.column_stack([sway, np.linspace(-0.4, tall, 12)])
    wood = [tube(spine, 0.016 * tall * (1 - np.linspace(0, 0.96, 12)), 9)]
    green, white = [], []
    z = bare * tall
    while z < 0.985 * tall:
        left = 1 - z / tall
        reach = 0.24 * tall * left**0.8 + 0.06
        for k in range(int(5 + 5 * left)):
            turn = 2 * np.pi * (k + 0.8 * random.random()) / int(5 + 5 * left)
            long = reach * (0.6 + 0.55 * random.random())
            t = np.linspace(0, 1, 9)
            out, side = np.array([np.cos(turn), np.sin(turn), 0]), np.array([-np.sin(turn), np.cos(turn), 0])
            sag = (
                (0.30 + 0.25 * random.random()) * (0.5 + 0.7 * left) * t**1.6
                - 0.32 * (1 - left) * t
                - 0.16 * t**4
            )
            root = [np.interp(z, spine[:, 2], spine[:, 0]), np.interp(z, spine[:, 2], spine[:, 1]), z]
            bend = 0.10 * random.normal() * t**2
            branch = np.array(root) + long * (
                out * t[:, None] + side * bend[:, None] - np.array([0, 0, 1]) * sag[:, None]
            )
            wood.append(tube(branch, 0.011 * long * (1.1 - t) + 0.002, 3))
            leaf = 0.05 + 0.035 * long
            green.append(needles(branch[2:], leaf, random, int(10 + 14 * long)))
            pieces = [(branch, 0.085 * long * np.sin(np.pi * (0.12 + 0.86 * t)) ** 0.7)]
            for j in range(1, 8):
                for hand in (-1, 1):
                    size = long * (0.42 - 0.036 * j) * (0.6 + 0.6 * random.random())
                    s = np.linspace(0, 1, 5)
                    head = out * 0.75 + side * hand * (0.75 + 0.2 * random.random())
                    twig = branch[j] + size * (
                        head * s[:, None] - np.array([0, 0, 1]) * (0.20 * s + 0.30 * s**2)[:, None]
                    )
                    green.append(needles(twig, leaf, random, int(8 + 42 * size)))
                    pieces.append((twig, 0.17 * size * np.sin(np.pi * (0.15 + 0.83 * s)) ** 0.7))
            for line, wide in pieces:
                if random.random() > 0.25 + 0.68 * laden:
                    continue
                wide = wide * laden * (0.75 + 0.5 * random.random(len(line)))
                white.append(pillow(np.add(line, (0, 0, 0.008)), wide, 0.55 * wide + 0.004))
        z += tall * (0.020 + 0.022 * left)
    return mesh("conifer", [join(green), join(white), join(wood)], ["needles", "snow", "bark"], smooth=(1, 2))


def trunk(seed: int, tall: float = 15.0, thick: float = 0.24) -> bpy.types.Mesh:
    """An old pine's bare trunk, with the stubs of dead branches and snow on them."""
    random = np.random.default_rng(seed)
    rows, sides = 90, 28
    z = np.linspace(-0.4, tall, rows)
    line = np.column_stack([0.10 * np.sin(z * 0.31 + seed), 0.08 * np.sin(z * 0.23 + 2 * seed), z])
    radius = thick * (1 - 0.55 * z / tall + 0.5 * np.exp(-np.clip(z, 0, None) / 0.35))
    vertices, faces = tube(line, radius, sides)
    away = vertices - np.repeat(line, sides, 0)
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    vertices = vertices + away * (0.05 * thick * noise(vertices * (9, 9, 1.6), 1.0, 3, seed))[:, None]
    wood, white = [(vertices, faces)], []
    for _ in range(16):
        at = 1.8 + (tall - 2) * random.random()
        turn, long = 2 * np.pi * random.random(), 0.3 + 1.1 * random.random()
        t = np.linspace(0, 1, 7)
        out = np.array([np.cos(turn), np.sin(turn), 0.15])
        root = [np.interp(at, z, line[:, 0]), np.interp(at, z, line[:, 1]), at]
        stub = np.array(root) + long * (
            out * t[:, None] + 0.05 * random.normal(size=(7, 3)).cumsum(0) * t[:, None]
        )
        wood.append(tube(stub, 0.024 * long * (1.15 - t) + 0.004, 5))
        wide = 0.03 * np.sin(np.pi * (0.1 + 0.85 * t)) + 0.004
        white.append(pillow(np.add(stub, (0, 0, 0.006)), wide, 0.8 * wide))
    return mesh("trunk", [join(wood), join(white)], ["bark", "snow"], smooth=(0, 1))


def shrub(seed: int) -> bpy.types.Mesh:
    """A leafless bush, half a man high, with snow along its twigs."""
    random = np.random.default_rng(seed)
    wood, white = [], []

    def grow(root, out, long, thick, level):
        t = np.linspace(0, 1, 6)
        bend = random.normal(size=3) * 0.18 + (0, 0, -0.12)
        line = root + long * (out * t[:, None] + bend * (t**2)[:, None])
        wood.append(tube(line, thick * (1.1 - 0.6 * t), 4))
        if random.random() < 0.65:
            wide, deep = thick * (1.2 + random.random(6)), thick * (1.5 + random.random(6))
            white.append(pillow(np.add(line, (0, 0, 0.6 * thick)), wide, deep))
        if level:
            for at in random.integers(2, 6, 4):
                fork = out + 0.75 * random.normal(size=3)
                fork[2] = abs(fork[2]) * 0.7 + 0.15
                grow(
                    line[at],
                    fork / np.linalg.norm(fork),
                    long * (0.5 + 0.25 * random.random()),
                    thick * 0.55,
                    level - 1,
                )

    for _ in range(7):
        turn = 2 * np.pi * random.random()
        out = np.array([0.6 * np.cos(turn), 0.6 * np.sin(turn), 0.8])
        grow(
            np.array([0.06 * np.cos(turn), 0.06 * np.sin(turn), -0.1]),
            out,
            0.45 + 0.2 * random.random(),
            0.007,
            3,
        )
    return mesh("shrub", [join(wood), join(white)], ["bark", "snow"], smooth=(0, 1))


def mesh(
    name: str, parts: list[tuple[np.ndarray, np.ndarray]], materials: list[str], smooth=()
) -> bpy.types.Mesh:
    """One mesh of several parts, each with its material (by name, made by `build`)."""
    vertices, faces = join(parts)
    made = bpy.data.meshes.new(name)
    made.from_pydata(vertices.tolist(), [], [f[:3] if f[2] == f[3] else f for f in faces.tolist()])
    counts = [len(f) for _, f in parts]
    made.polygons.foreach_set("material_index", np.repeat(np.arange(len(parts)), counts).astype(np.int32))
    made.polygons.foreach_set("use_smooth", np.repeat([k in smooth for k in range(len(parts))], counts))
    for material in materials:
        made.materials.append(bpy.data.materials[material])
    made.update()
    return made


# The set


def ground(name: str, x: np.ndarray, y: np.ndarray) -> bpy.types.Object:
    gx, gy = np.meshgrid(x, y, indexing="ij")
    gz = height(gx, gy)
    vertices = np.stack([gx, gy, gz], -1).reshape(-1, 3)
    faces = grid(len(x), len(y))[:, ::-1]
    return bpy.data.objects.new(name, mesh(name, [(vertices, faces)], ["snow"], smooth=(0,)))


def footprints(random: np.random.Generator) -> list[tuple[float, float]]:
    """Where somebody has trodden: left and right of the path's middle, every 0.36 m."""
    y = np.arange(0.6, 26, 0.36)
    side = np.where(np.arange(len(y)) % 2, 0.13, -0.13)
    return list(zip(path(y) + side + random.normal(0, 0.02, len(y)), y, strict=True))


def build(seed: int = 4) -> dict[str, bpy.types.Collection]:
    """Put the forest into the current scene, with its sky and its sun; its layers' collections by name."""
    random = np.random.default_rng(seed)
    snow(), needle(), bark()
    scene = bpy.context.scene
    layers = {}
    for name in LAYERS:
        layers[name] = bpy.data.collections.new(name)
        scene.collection.children.link(layers[name])

    def put(made, x, y, scale=1.0, lean=0.02):
        thing = bpy.data.objects.new(made.name, made)
        thing.location = (x, y, float(height(np.array([x]), np.array([y]))[0]) - 0.05)
        thing.rotation_euler = (*random.normal(0, lean, 2), 2 * np.pi * random.random())
        thing.scale = (scale, scale, scale * (0.9 + 0.25 * random.random()))
        name = next(n for n, (near, far) in LAYERS.items() if near <= y < far)
        layers[name].objects.link(thing)

    spruces = [conifer(k, 6.0 + 1.4 * k, 0.75 + 0.1 * (k % 3), 0.05 + 0.03 * (k % 2)) for k in range(6)]
    saplings = [conifer(20 + k, 1.3 + 0.6 * k, 1.7, 0.02) for k in range(3)]
    pines = [trunk(k, 15 + k, 0.20 + 0.035 * k) for k in range(3)]
    shrubs = [shrub(k) for k in range(3)]

    taken: list[tuple[float, float, float]] = []

    def free(x, y, room):
        return all((x - a) ** 2 + (y - b) ** 2 > (room + r) ** 2 / 2.2 for a, b, r in taken)

    for x, y, k, room in PLANTED:
        put([*spruces, *pines, *saplings][k], x, y)
        taken.append((x, y, room))
    for _ in range(5000):  # the forest behind, thinner along the path
        y = 6.5 + 74 * random.random() ** 1.25
        x = (random.random() - 0.5) * (1.25 * y + 22)
        wood_begins = 2.6 + 0.03 * y + 1.2 * random.random()
        if (abs(x - path(y)) < wood_begins and y < 46) or not free(x, y, 1.0 + 0.012 * y):
            continue
        kind = random.random()
        put(
            spruces[random.integers(6)] if kind < 0.72 else pines[random.integers(3)],
            x,
            y,
            0.75 + 0.5 * random.random(),
        )
        taken.append((x, y, 1.0 + 0.012 * y))
    for _ in range(260):  # undergrowth
        y = -2 + 26 * random.random()
        x = path(y) + random.choice([-1, 1]) * (1.5 + 9 * random.random() ** 1.4)
        if math.hypot(x, y) > 2.6 and (y > 1.5 or abs(x) > 2.2) and free(x, y, 0.3):
            small = random.random() < 0.3
            put(
                saplings[random.integers(3)] if small else shrubs[random.integers(3)],
                x,
                y,
                0.6 + 0.7 * random.random(),
            )
            taken.append((x, y, 0.25))

    near, far = np.arange(-14, 14.01, 0.07), (-30, -6, 4.5, 17, 95)
    under = ground("snow under", np.arange(-60, 60.01, 0.5), np.arange(far[0], far[2] + 0.01, 0.5))
    under.location.z = -0.15
    layers["foreground"].objects.link(under)
    layers["foreground"].objects.link(
        trodden(ground("snow near", near, np.arange(far[1], far[2] + 0.01, 0.05)), random)
    )
    layers["middle"].objects.link(
        trodden(ground("snow middle", near * 1.6, np.arange(far[2], far[3] + 0.01, 0.07)), random)
    )
    layers["background"].objects.link(
        ground("snow far", np.arange(-75, 75.01, 0.5), np.arange(far[3], far[4] + 0.01, 0.5))
    )
    sky()
    sun()
    return layers


PLANTED = [
    (-2.9, 3.4, 8, 0.5), (2.75, 5.6, 7, 0.5), (-1.9, 9.5, 6, 0.5), (4.3, 9.8, 4, 1.2), (-4.6, 7.4, 3, 1.2),
    (-4.3, 1.2, 10, 0.7), (3.9, 2.4, 11, 0.6), (5.2, 4.6, 2, 1.2), (-6.2, 4.2, 1, 1.2), (3.4, 13.0, 8, 0.6),
    (-5.4, -1.8, 2, 1.0), (5.6, -1.2, 3, 1.0), (6.2, 14.2, 5, 1.4), (-5.6, 13.4, 5, 1.4),
]  # fmt: skip
"""(x, y, which tree, room) of the trees that frame the shots: 0 to 5 spruces, 6 to 8 old pines, 9 to 11 saplings."""


def trodden(made: bpy.types.Object, random: np.random.Generator) -> bpy.types.Object:
    """Press footprints into a ground mesh: a sole 28 cm long, 7 cm deep, with a raised rim."""
    vertices = np.empty(len(made.data.vertices) * 3, np.float32)
    made.data.vertices.foreach_get("co", vertices)
    vertices = vertices.reshape(-1, 3)
    for x, y in footprints(random):
        close = np.abs(vertices[:, :2] - (x, y)).max(1) < 0.4
        across, along = ((vertices[close, :2] - (x, y)) / (0.075, 0.16)).T
        away = np.hypot(across, along)
        vertices[close, 2] += 0.022 * np.exp(-(((away - 1.35) / 0.3) ** 2)) - 0.075 / (
            1 + np.exp(14 * (away - 1))
        )
    made.data.vertices.foreach_set("co", vertices.ravel())
    made.data.update()
    return made


def sky() -> None:
    """A cool light from above, and for the camera the haze alone."""
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    nodes = Hazy("sky", world)
    seen = nodes.add("Background", {"Color": glow(nodes, nodes.view())}).outputs[0]
    light = nodes.add("Background", {"Color": SKY, "Strength": 0.95}).outputs[0]
    camera = nodes.add("LightPath").outputs["Is Camera Ray"]
    nodes.end(nodes.add("MixShader", {0: camera, 1: light, 2: seen}).outputs[0])


def sun() -> None:
    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy, lamp.angle, lamp.color = 6.5, math.radians(3.0), SUNLIGHT
    thing = bpy.data.objects.new("sun", lamp)
    thing.rotation_euler = Vector(SUN).to_track_quat("Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(thing)


def show(layers: dict[str, bpy.types.Collection], name: str | None) -> None:
    """Let the camera see one layer (None: all of them); the others still cast their shadows."""
    for key, layer in layers.items():
        for thing in layer.objects:
            thing.visible_camera = name in (None, key)
