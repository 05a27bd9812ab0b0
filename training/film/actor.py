"""A person in Blender: built once from a Look and an age, then posed frame by frame in a fraction of a second.

Everything hangs on the empty `actor.root`, which stands on the ground at the actor's place and faces -y at heading 0.
"""

import math
from dataclasses import dataclass, replace

import anatomy
import bpy
import clothes
import eyes
import fields
import hair
import materials
import mouth
import numpy as np
import skin
from mathutils import Matrix
from people import Look
from performance import Pose

POSTURES = {
    "standing": {
        "upperarm01.L": [((0, 0, 1), -30)],
        "upperarm01.R": [((0, 0, 1), 30)],
        "shoulder01.L": [((0, 0, 1), -8)],
        "shoulder01.R": [((0, 0, 1), 8)],
    },
    "at table": {
        "upperarm01.L": [((0, 0, 1), -32), ((1, 0, 0), -18)],
        "upperarm01.R": [((0, 0, 1), 32), ((1, 0, 0), -18)],
        "shoulder01.L": [((0, 0, 1), -6)],
        "shoulder01.R": [((0, 0, 1), 6)],
        "lowerarm01.L": [((1, 0, 0), -48), ((0, 1, 0), -30)],
        "lowerarm01.R": [((1, 0, 0), -48), ((0, 1, 0), 30)],
        "spine03": [((1, 0, 0), 4)],
    },
}
"""Turns of bones (axis in the body's own x left, y up, z front; degrees), beyond the head and neck."""

_OLDER = {
    "head/head-age-incr": 0.75,
    "cheek/?-cheek-volume-decr": 0.45,
    "cheek/?-cheek-trans-down": 0.45,
    "eyes/?-eye-bag-incr": 0.85,
    "eyes/?-eye-eyefold-down": 0.45,
    "eyes/?-eye-scale-decr": 0.1,
    "ears/?-ear-scale-incr": 0.2,
    "ears/?-ear-lobe-incr": 0.5,
    "mouth/mouth-laugh-lines-in": 0.55,
    "mouth/mouth-angles-down": 0.35,
    "mouth/mouth-upperlip-height-decr": 0.35,
    "mouth/mouth-lowerlip-volume-decr": 0.45,
    "neck/neck-double-incr": 0.35,
    "nose/nose-point-down": 0.25,
    "nose/nose-scale-vert-incr": 0.15,
    "head/head-fat-decr": 0.15,
}
"""What a face's shape does with age beyond the body's own ageing: weights at skin.years() = 1."""

HANGING = ("bob", "fringed bob", "long")
"""Hair styles that cover the ears and swing."""

LANDMARKS = {
    "nose tip": (0, 6.98),
    "nose bridge": (0, 7.33),
    "under nose": (0, 6.86),
    "chin": (0, 6.17),
    "upper lip": (0, 6.68),
    "lower lip": (0, 6.53),
    "mouth left": (0.245, 6.6),
    "mouth right": (-0.245, 6.6),
    "nostril left": (0.13, 6.9),
    "nostril right": (-0.13, 6.9),
    "brow inner left": (0.1, 7.42),
    "brow inner right": (-0.1, 7.42),
    "brow outer left": (0.5, 7.43),
    "brow outer right": (-0.5, 7.43),
    "cheek left": (0.45, 6.98),
    "cheek right": (-0.45, 6.98),
    "forehead": (0, 7.75),
}
"""Canonical x and y of points on the front of the face; the eyes' corners and centres come from the lids themselves."""


def shape(look: Look, age: float) -> np.ndarray:
    """*look*'s body at *age*, at rest (VERTICES, 3), decimetres."""
    points = anatomy.body(age, look.female, look.heritage, look.weight)
    for name, weight in look.features.items():
        points = points + weight * anatomy.target(name)
    if look.hair.style in HANGING:
        # Hair that lies over the ears presses them flat.
        for side in "lr":
            for name, weight in (("wing-decr", 1.0), ("scale-decr", 0.35)):
                points = points + weight * anatomy.target(f"ears/{side}-ear-{name}")
    old = skin.years(age) * look.weathering
    for name, weight in _OLDER.items():
        for side in "lr" if "?" in name else "-":
            points = points + weight * old * anatomy.target(name.replace("?", side))
    young = float(np.clip((25 - age) / 10, 0, 1))
    return points + 0.4 * young * anatomy.target("head/head-age-decr")


class Actor:
    """One person at one age. detail: levels of subdivision of the skin, 3 for a close shot, 2 for a medium one."""

    def __init__(
        self, look: Look, age: float, detail: int = 3, strands: int = 26_000, posture: str = "standing"
    ) -> None:
        self.look, self.age = look, age
        self.root = _link(bpy.data.objects.new(look.name, None))
        self._place = Matrix.Identity(4)
        self._rest = shape(look, age)
        self._ground = float(self._rest[anatomy.groups()["joint-ground"], 1].mean())
        self._skeleton = anatomy.Skeleton(self._rest)
        old = skin.years(age)
        self._turns = {bone: _turned(turns) for bone, turns in POSTURES[posture].items()}
        if old > 0.4:  # a stoop, with the head held up again
            for bone, degrees in (("spine01", 4), ("neck01", 3)):
                self._turns[bone] = anatomy.rotation((1, 0, 0), degrees * old)
        self._stoop = 6 * old if old > 0.4 else 0.0
        posed = self._world(self._skeleton.carry(self._rest, self._skeleton.transforms(self._turns)))
        self._build_skin(detail)
        self._build_eyes()
        self._build_mouth()
        self._build_hair(strands)
        self._dress(posed)
        self.pose(Pose())

    # ---- places

    def stand(self, x: float, y: float, heading: float = 0.0, up: float = 0.0) -> None:
        """Put the actor at (x, y) on the ground, facing *heading* degrees to the left of -y. up: metres over the ground."""
        self._place = Matrix.Translation((x, y, up)) @ Matrix.Rotation(math.radians(heading), 4, "Z")
        self.pose(self._pose)

    def _world(self, points: np.ndarray) -> np.ndarray:
        """Body decimetres into the root's metres, feet at 0."""
        return anatomy.to_world(points - (0, self._ground, 0))

    def _matrix(self, transform: np.ndarray) -> np.ndarray:
        """A transform of body decimetres (4, 4) as one of the root's metres."""
        swap = np.array([[0.1, 0, 0, 0], [0, 0, -0.1, 0], [0, 0.1, 0, -0.1 * self._ground], [0, 0, 0, 1]])
        return swap @ transform @ np.linalg.inv(swap)

    # ---- building

    def _build_skin(self, detail: int) -> None:
        canonical, parts, uv = anatomy.base()
        quads = parts["body"]
        there = canonical[quads]
        head = quads[(there[:, :, 1] > 4.9).all(1) & (np.abs(there[:, :, 0]) < 1.5).all(1)]
        self._head, quads = anatomy.extract(head)
        self._subdivide = anatomy.Subdivision(quads, len(self._head), detail)
        self._head_skeleton = anatomy.Skeleton(self._rest, self._head)
        on_base = self._subdivide(np.c_[canonical[self._head], uv[self._head], skin.ears()[self._head]])
        self._on_base = on_base[:, :3]
        self._canonical = c = on_base[:, :3] - (0, 0, skin.EAR_CANAL)
        inner = (
            _mask("mpfb_inside-mouth", on_base[:, 3:5])
            * (np.abs(c[:, 0]) < 0.5)
            * (c[:, 1] < 7)
            * (c[:, 1] > 6)
        )
        lips = _mask("mpfb_lips", on_base[:, 3:5]) * (c[:, 2] > 0.5) * (1 - inner)
        self._ear, self._lips = np.clip(on_base[:, 5], 0, 1), np.clip(lips, 0, 1)
        painted = skin.paint(c, self._lips, np.clip(inner, 0, 1), self._ear, self.look, self.age)
        self._heights(inner)
        self.skin = _mesh(f"{self.look.name} skin", np.zeros_like(c), self._subdivide.quads, self.root)
        data = self.skin.data
        _attribute(data, "canonical", "FLOAT_VECTOR", c)
        _attribute(data, "colour", "FLOAT_COLOR", np.c_[painted.colour, np.ones(len(c))])
        _attribute(data, "gloss", "FLOAT", painted.gloss)
        _attribute(data, "fine", "FLOAT", painted.fine)
        data.materials.append(materials.skin())
        self._rest_skin = self._surface(self._rest[self._head], {})
        self._build_hands()

    def _heights(self, inner: np.ndarray) -> None:
        """Decimetres the skin stands over the smooth surface: always, and more with a smile or raised brows."""
        c, old = self._canonical, skin.years(self.age) * self.look.weathering
        by_region = {region: 0.01 * high for region, high in skin.heights(c).items()}
        uneven = (0.0012 + 0.0035 * old) * skin.texture(c, 6, 3, 11) * (c[:, 2] > -0.1)
        ridges = np.abs(np.sin(c[:, 0] * 95 + 1.5 * skin.texture(c, 9, 2, 12))) ** 3
        lips = self._lips * (-0.0012 - 0.0018 * old) * ridges
        out = 1 - np.clip(inner, 0, 1)
        self._always = (0.01 * skin.aged(c, old) + uneven + lips) * out
        lively = 0.22 + 0.4 * old
        self._smiling = (
            lively * (by_region["eyes"] + 0.5 * by_region["smile"] + 0.4 * by_region["lids"]) * out
        )
        self._raised = lively * by_region["forehead"] * out

    def _build_hands(self) -> None:
        canonical, parts, _ = anatomy.base()
        quads = parts["body"]
        hands = quads[(np.abs(canonical[quads][:, :, 0]) > 4.0).all(1)]
        vertices, quads = anatomy.extract(hands)
        fine = anatomy.Subdivision(quads, len(vertices), 1)
        posed = self._skeleton.carry(self._rest, self._skeleton.transforms(self._turns))[vertices]
        thing = _mesh(f"{self.look.name} hands", self._world(fine(posed)), fine.quads, self.root)
        count = len(thing.data.vertices)
        _attribute(thing.data, "canonical", "FLOAT_VECTOR", fine(canonical[vertices]))
        _attribute(thing.data, "colour", "FLOAT_COLOR", np.tile([*self.look.tone, 1], (count, 1)))
        _attribute(thing.data, "gloss", "FLOAT", np.zeros(count))
        _attribute(thing.data, "fine", "FLOAT", np.full(count, skin.years(self.age)))
        thing.data.materials.append(self.skin.data.materials[0])

    def _build_eyes(self) -> None:
        self._spheres = eyes.spheres(self._rest)
        points, quads, ring = eyes.ball()
        material = materials.eye(*self.look.iris, skin.years(self.age))
        self._eyes, self._eye_places = [], {}
        for side in eyes.SIDES:
            thing = _mesh(f"{self.look.name} eye {side}", points, quads, self.root)
            _attribute(thing.data, "ball", "FLOAT_VECTOR", points)
            _attribute(thing.data, "ring", "FLOAT", ring)
            thing.data.materials.append(material)
            self._eyes.append(thing)
        self._rims = eyes.rims(self._on_base)
        self._shut = [
            self._blink(side, name) for side, name in zip(eyes.SIDES, ("Left", "Right"), strict=True)
        ]

    def _blink(self, side: str, name: str) -> float:
        """The weight of eyeBlink that brings these lids together and no farther: large eyes close later."""
        open_lids = self._subdivide(self._rest[self._head])
        closing = self._subdivide(anatomy.target(f"eyeBlink{name}")[self._head])
        upper, lower = (self._rims[f"{lid} {side}"] for lid in ("upper", "lower"))
        middle = slice(len(upper) // 3, 2 * len(upper) // 3 + 1)
        gap, moved = (float((v[upper[middle], 1] - v[lower[middle], 1]).mean()) for v in (open_lids, closing))
        return float(np.clip(-(gap - 0.012) / moved, 0.3, 1.2)) if moved < 0 else 1.0

    def _build_mouth(self) -> None:
        groups = anatomy.groups()
        enamel = 0.78 - 0.16 * skin.years(self.age)
        white = materials.plain(
            "teeth",
            (enamel, enamel * 0.93, enamel * 0.8),
            0.25,
            Coat_Weight=0.6,
            Subsurface_Weight=0.4,
            Subsurface_Radius=(1.0, 0.7, 0.5),
            Subsurface_Scale=0.002,
        )
        gum = materials.plain("gum", (0.45, 0.13, 0.12), 0.3, Coat_Weight=0.5)
        self._teeth = []
        for jaw in ("upper", "lower"):
            points, quads, gums = mouth.teeth(jaw, seed=self.look.seed)
            thing = _mesh(f"{self.look.name} {jaw} teeth", points, quads, self.root)
            thing.data.materials.append(white)
            thing.data.materials.append(gum)
            thing.data.polygons.foreach_set("material_index", (gums[quads[:, 0]] > 0.5).astype(np.int32))
            self._teeth.append((thing, points, mouth.Carrier(groups[f"helper-{jaw}-teeth"])))
        self._tongue_vertices, quads = anatomy.extract(anatomy.base()[1]["helper-tongue"])
        self._tongue_fine = anatomy.Subdivision(quads, len(self._tongue_vertices), 1)
        self._tongue = _mesh(
            f"{self.look.name} tongue",
            self._tongue_fine(self._rest[self._tongue_vertices]),
            self._tongue_fine.quads,
            self.root,
        )
        self._tongue.data.materials.append(
            materials.plain("tongue", (0.42, 0.13, 0.12), 0.35, Coat_Weight=0.5)
        )

    def _build_hair(self, strands: int) -> None:
        look, quads = self.look, self._subdivide.quads
        self._triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
        points = self._rest_skin
        normals = anatomy.normals(points, quads)
        upper = anatomy.groups()["body"]
        around = upper[(anatomy.base()[0][upper, 1] > 3.5) & (np.abs(anatomy.base()[0][upper, 0]) < 2.4)]
        if look.hair.style in HANGING:
            around = around[skin.ears()[around] < 0.3]
        body_normals = anatomy.normals(self._rest, anatomy.base()[1]["body"])[around]
        # Clothes on the shoulders stand off the body; hair must lie on them.
        padding = 0.28 * fields.step(5.95, 5.6, anatomy.base()[0][around, 1])
        thick = self._rest[around] + body_normals * padding[:, None]
        face = hair.Face(
            points, normals, self._canonical, self._ear, self._lips, self._triangles, thick, body_normals
        )
        material = materials.hair()
        grown = hair.grow(face, look, self.age, strands)
        if look.clothes.hat is not None:
            under = self._canonical[grown.root[:, 0]]
            grown = grown.only(under[:, 1] < clothes.hat_edge(under))
        self._scalp = _Scalp(
            grown, self._world(grown.points), _strands(f"{look.name} hair", grown, look, material, self.root)
        )
        self._hangs = look.hair.style in HANGING
        chin = float(points[np.abs(self._canonical[:, 1] - 6.2) < 0.05, 1].mean())
        self._loose = fields.step(chin + 0.9, chin - 0.3, grown.points[:, :, 1])
        self._tips = np.linspace(0, 1, grown.points.shape[1])[None] ** 2 * np.ones((len(grown.points), 1))
        self._gusts = np.random.RandomState(look.seed).uniform(0, 2 * np.pi, len(grown.points))
        self._short = []
        grown = [
            ("brows", hair.grow_brows(face, look, self.age)),
            ("lashes", hair.grow_lashes(face, self._rims, self._spheres, look)),
        ]
        if look.beard or look.stubble:
            grown.append(("beard", hair.grow_beard(face, look, self.age)))
        for name, one in grown:
            if len(one.points):
                thing = _strands(f"{look.name} {name}", one, look, material, self.root)
                self._short.append(_Rooted(thing, one, *_frames(points, one.root)))

    def _dress(self, posed: np.ndarray) -> None:
        wear = self.look.clothes
        light = tuple(min(0.9, x * 1.7 + 0.03) for x in wear.colour)
        main = (
            materials.knit("jumper", wear.colour, light, wear.snow)
            if wear.outer == "jumper"
            else materials.cloth(wear.outer, wear.colour, light, wear.snow)
        )
        garment = clothes.outer(posed, wear.outer)
        self._garment = garment
        self._outer = _cloth(garment, main, self.root)
        if wear.outer == "coat":
            _cloth(clothes.skirt(posed), main, self.root)
        trousers, boots = clothes.legs(posed)
        _cloth(trousers, materials.cloth("trousers", (0.02, 0.022, 0.028), (0.05, 0.052, 0.06)), self.root)
        _cloth(boots, materials.plain("boots", (0.018, 0.012, 0.009), 0.45), self.root)
        around = clothes.neck(posed)
        if wear.outer == "coat":
            _cloth(clothes.collar(around), main, self.root)
            if wear.scarf is None:
                light_wool = materials.knit("jumper", (0.32, 0.3, 0.27), (0.5, 0.48, 0.44), 0, 0.5)
                _cloth(clothes.band(around, "jumper"), light_wool, self.root)
        else:
            _cloth(clothes.band(around, wear.outer), main, self.root)
        if wear.scarf is not None:
            wool = materials.knit(
                "scarf", wear.scarf, tuple(min(0.9, x * 1.6 + 0.04) for x in wear.scarf), wear.snow
            )
            for piece in clothes.scarf(around, garment):
                _cloth(piece, wool, self.root)
        if wear.fur is not None:
            strands, radius = clothes.fur(around, self.look.seed)
            n, (red, green, blue) = len(strands), wear.fur
            # The melanin of fur that looks about as light.
            melanin = np.interp(green, (0.02, 0.1, 0.3, 0.7), (0.95, 0.6, 0.35, 0.05))
            melanin = melanin * np.random.RandomState(1).uniform(0.7, 1.3, n)
            grown = hair.Strands(strands, radius, np.zeros(n), melanin, np.zeros((n, 3), int))
            tinted = replace(self.look, hair=replace(self.look.hair, redness=max(0.0, 1 - blue / red)))
            _strands(f"{self.look.name} fur", grown, tinted, materials.hair(), self.root, metres=True)
        self._hat = None
        if wear.hat is not None:
            points = self._world(self._rest_skin)
            piece = clothes.hat(
                points, anatomy.normals(points, self._subdivide.quads), self._canonical, self._subdivide.quads
            )
            wool = materials.knit(
                "hat", wear.hat, tuple(min(0.9, x * 1.8 + 0.03) for x in wear.hat), wear.snow, 0.6
            )
            self._hat = _cloth(piece, wool, self.root)

    # ---- posing

    def pose(self, pose: Pose) -> None:
        """Take *pose*: moves what moves, rebuilds nothing."""
        self._pose = pose
        lean = Matrix.Rotation(math.radians(pose.lean[0]), 4, "X") @ Matrix.Rotation(
            math.radians(pose.lean[1]), 4, "Y"
        )
        self.root.matrix_world = self._place @ lean
        self._to_root = np.array(self.root.matrix_world.inverted())
        transforms = self._skeleton.transforms(
            self._turns | self._neck_turns(pose.yaw, pose.pitch, pose.roll)
        )
        head = transforms["head"]
        self._head_matrix = self._matrix(head)
        directions = self._look(pose, head)
        face = pose.expression | self._lids(directions, pose, head)
        for side, shut in zip(("Left", "Right"), self._shut, strict=True):
            name = f"eyeBlink{side}"
            face[name] = face.get(name, 0.0) * shut
        moved = self._rest.copy()
        for name, weight in face.items():
            if weight:
                moved += weight * anatomy.target(name)
        carried = self._head_skeleton.carry(moved[self._head], transforms)
        self._points = self._world(self._surface(carried, face))
        _move(self.skin, self._points)
        for thing, (centre, radius), turn in zip(self._eyes, self._spheres, directions, strict=True):
            place = np.eye(4)
            place[:3, :3] = turn * radius * 0.1
            place[:3, 3] = self._world((head @ [*centre, 1])[:3])
            thing.matrix_local = Matrix(place)
            # Blender gives a matrix back only once the scene has been evaluated.
            self._eye_places[thing.name] = place
        stiff = head[:3, :3], head[:3, 3]
        for thing, points, carrier in self._teeth:
            shaped = carrier(points, moved[carrier.guide])
            _move(thing, self._world(shaped @ stiff[0].T + stiff[1]))
        tongue = self._tongue_fine(moved[self._tongue_vertices])
        _move(self._tongue, self._world(tongue @ stiff[0].T + stiff[1]))
        for rooted in self._short:
            rooted.follow(self._points)
        self._move_hair(pose, head)
        if self._hat is not None:
            self._hat.matrix_local = Matrix(self._head_matrix)
        if self._garment.chest is not None:
            swell = pose.breath * (0.0025 * np.array((0.4, -1, 0.5)))
            _move(self._outer, self._garment.points + self._garment.chest[:, None] * swell)

    def _neck_turns(self, yaw: float, pitch: float, roll: float) -> dict[str, np.ndarray]:
        """The head's turn shared between neck and head, on top of an old person's stoop."""

        def part(share: float, nod: float, tilt: float) -> np.ndarray:
            turn = anatomy.rotation((0, 1, 0), yaw * share)
            turn = anatomy.rotation((1, 0, 0), pitch * nod) @ turn
            return anatomy.rotation((0, 0, 1), -roll * tilt) @ turn

        stoop = self._turns.get("neck01", np.eye(3))
        up = anatomy.rotation((1, 0, 0), -self._stoop)
        return {
            "neck01": stoop @ part(0.25, 0.25, 0.2),
            "neck02": part(0.25, 0.15, 0.2),
            "head": up @ part(0.5, 0.6, 0.6),
        }

    def _look(self, pose: Pose, head: np.ndarray) -> list[np.ndarray]:
        """The rotation of each eyeball in the root's axes: towards the gaze, as far as eyes turn."""
        swap = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
        up, ahead = swap @ head[:3, :3] @ (0, 1, 0), swap @ head[:3, :3] @ (0, 0, 1)
        found = []
        for centre, _ in self._spheres:
            middle = self._world((head @ [*centre, 1])[:3])
            target = middle + 3 * ahead
            if pose.gaze is not None:
                target = (self._to_root @ [*pose.gaze, 1])[:3]
                direction = fields.unit(target - middle)
                over = np.degrees(np.arccos(np.clip(direction @ ahead, -1, 1)))
                if over > 32:
                    direction = fields.unit(ahead + (direction - ahead) * 32 / over)
                target = middle + direction
            found.append(eyes.towards(middle, target, up))
        return found

    def _lids(self, directions: list[np.ndarray], pose: Pose, head: np.ndarray) -> dict[str, float]:
        """Lids follow the eyes: down with a look down, up with a look up."""
        swap = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
        up = swap @ head[:3, :3] @ (0, 1, 0)
        found = {}
        for side, turn in zip(("Left", "Right"), directions, strict=True):
            rise = math.degrees(math.asin(float(np.clip(turn[:, 2] @ up, -1, 1))))
            name = "eyeLookUp" if rise > 0 else "eyeLookDown"
            open_share = 1 - pose.expression.get(f"eyeBlink{side}", 0.0)
            found[name + side] = min(1.0, abs(rise) / 30) * open_share
        return found

    def _surface(self, points: np.ndarray, face: dict[str, float]) -> np.ndarray:
        """The subdivided skin with its wrinkles, decimetres."""
        fine = self._subdivide(points)
        squint = max(
            face.get(f"{name}{side}", 0.0)
            for name in ("mouthSmile", "cheekSquint", "eyeSquint")
            for side in ("Left", "Right")
        )
        brows = max(
            face.get("browInnerUp", 0.0), face.get("browOuterUpLeft", 0.0), face.get("browOuterUpRight", 0.0)
        )
        over = self._always + squint * self._smiling + brows * self._raised
        return fine + anatomy.normals(fine, self._subdivide.quads) * over[:, None]

    def _move_hair(self, pose: Pose, head: np.ndarray) -> None:
        blown = any(pose.wind)
        if not self._hangs and not blown:
            if self._scalp.moved:
                _move(self._scalp.thing, self._scalp.points.reshape(-1, 3))
                self._scalp.moved = False
            self._scalp.thing.matrix_local = Matrix(self._head_matrix)
            return
        # In the root's axes: what hangs loose trails the head by the lag and turns less than it.
        lag_yaw, lag_pitch = pose.hair_lag
        turns = self._turns | self._neck_turns(
            0.75 * pose.yaw - lag_yaw, 0.5 * pose.pitch - lag_pitch, 0.4 * pose.roll
        )
        behind = self._matrix(self._skeleton.transforms(turns)["head"])
        rest = self._scalp.points
        points = rest @ self._head_matrix[:3, :3].T + self._head_matrix[:3, 3]
        if self._hangs:
            late = rest @ behind[:3, :3].T + behind[:3, 3]
            points = points + self._loose[:, :, None] * (late - points)
        if blown:
            gust = 0.6 + 0.4 * np.sin(
                2 * np.pi * 0.9 * pose.seconds + self._gusts * 0.35 + 3 * rest[:, 0, 2] * 10
            )
            flutter = 0.25 * np.sin(2 * np.pi * 3.1 * pose.seconds + self._gusts)
            push = (
                np.array(pose.wind)[None] * gust[:, None]
                + np.array((0, 0, 1.0)) * (flutter * np.linalg.norm(pose.wind))[:, None]
            )
            points = points + self._tips[:, :, None] * push[:, None]
        _move(self._scalp.thing, points.reshape(-1, 3))
        self._scalp.thing.matrix_local = Matrix.Identity(4)
        self._scalp.moved = True

    # ---- measuring

    @property
    def eyes_middle(self) -> np.ndarray:
        """The point between the eyeballs, world metres (3,)."""
        middle = np.mean([centre for centre, _ in self._spheres], axis=0)
        local = self._head_matrix @ [*self._world(middle), 1]
        return (np.array(self.root.matrix_world) @ local)[:3]

    def landmarks(self) -> dict[str, np.ndarray]:
        """Named points of the face in the world, metres: LANDMARKS, the corners of the eyes, the eyeballs' centres."""
        found = {name: self._points[vertex] for name, vertex in self._landmark_vertices().items()}
        for side, thing in zip(("left", "right"), self._eyes, strict=True):
            found[f"eye {side}"] = self._eye_places[thing.name][:3, 3]
        matrix = np.array(self.root.matrix_world)
        return {name: (matrix @ [*point, 1])[:3] for name, point in found.items()}

    def _landmark_vertices(self) -> dict[str, int]:
        front = np.where(self._canonical[:, 2] > 0.3, 0, 9)
        found = {}
        for name, (x, y) in LANDMARKS.items():
            off = (self._canonical[:, 0] - x) ** 2 + (self._canonical[:, 1] - y) ** 2 + front
            # Of the skin's layers there (lips have an inside) the foremost.
            near = np.flatnonzero(off < max(off.min() * 2, 0.0008))
            found[name] = int(near[self._canonical[near, 2].argmax()])
        for sign, side in (("l", "left"), ("r", "right")):
            rim = self._rims[f"upper {sign}"]
            rim = rim[np.abs(self._canonical[rim, 0]).argsort()]
            found[f"eye inner {side}"], found[f"eye outer {side}"] = int(rim[0]), int(rim[-1])
        return found

    def remove(self) -> None:
        """Take the actor out of the scene, with all meshes and strands."""
        for thing in [*self.root.children_recursive, self.root]:
            data = thing.data
            bpy.data.objects.remove(thing)
            if isinstance(data, bpy.types.Mesh):
                bpy.data.meshes.remove(data)
            elif data is not None:
                bpy.data.hair_curves.remove(data)


@dataclass
class _Scalp:
    grown: hair.Strands
    points: np.ndarray
    thing: bpy.types.Object
    moved: bool = True


@dataclass
class _Rooted:
    """Short hair on moving skin: each strand keeps its place in the frame of the triangle it grows from."""

    thing: bpy.types.Object
    grown: hair.Strands
    origin: np.ndarray
    frame: np.ndarray

    def follow(self, points: np.ndarray) -> None:
        origin, frame = _frames(points, self.grown.root)
        local = np.einsum("nji,nkj->nki", self.frame, self.grown.points - self.origin[:, None]) * 0.1
        _move(self.thing, (np.einsum("nij,nkj->nki", frame, local) + origin[:, None]).reshape(-1, 3))


def _frames(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A corner (n, 3) and the axes (n, 3, 3), in columns, of triangles."""
    a, b, c = (points[triangles[:, i]] for i in range(3))
    first = fields.unit(b - a)
    out = fields.unit(np.cross(b - a, c - a))
    return a, np.stack([first, np.cross(out, first), out], -1)


def _turned(turns: list[tuple[tuple[float, float, float], float]]) -> np.ndarray:
    total = np.eye(3)
    for axis, degrees in turns:
        total = anatomy.rotation(axis, degrees) @ total
    return total


# ---- Blender


def _link(thing: bpy.types.Object) -> bpy.types.Object:
    bpy.context.scene.collection.objects.link(thing)
    return thing


def _mesh(
    name: str, points: np.ndarray, quads: np.ndarray, parent, uv: np.ndarray | None = None
) -> bpy.types.Object:
    data = bpy.data.meshes.new(name)
    data.vertices.add(len(points))
    data.vertices.foreach_set("co", np.ascontiguousarray(points, np.float32).ravel())
    data.loops.add(quads.size)
    data.loops.foreach_set("vertex_index", np.ascontiguousarray(quads, np.int32).ravel())
    data.polygons.add(len(quads))
    data.polygons.foreach_set("loop_start", np.arange(0, quads.size, 4, dtype=np.int32))
    data.polygons.foreach_set("use_smooth", np.ones(len(quads), bool))
    if uv is not None:
        corners = uv[quads]
        # A face over the seam keeps to one side of it.
        layer = data.uv_layers.new(name="UVMap")
        layer.data.foreach_set("uv", np.ascontiguousarray(corners, np.float32).ravel())
    data.update(calc_edges=True)
    thing = _link(bpy.data.objects.new(name, data))
    thing.parent = parent
    return thing


def _cloth(cloth: clothes.Cloth, material: bpy.types.Material, parent) -> bpy.types.Object:
    thing = _mesh(cloth.name, cloth.points, cloth.quads, parent, cloth.uv)
    thing.data.materials.append(material)
    if cloth.thickness:
        solid = thing.modifiers.new("thickness", "SOLIDIFY")
        solid.thickness, solid.offset = cloth.thickness, 0
    if cloth.smooth:
        finer = thing.modifiers.new("smooth", "SUBSURF")
        finer.levels = finer.render_levels = cloth.smooth
    return thing


def _attribute(data, name: str, kind: str, values: np.ndarray, domain: str = "POINT") -> None:
    layer = data.attributes.get(name) or data.attributes.new(name, kind, domain)
    key = {"FLOAT": "value", "FLOAT_VECTOR": "vector", "FLOAT_COLOR": "color"}[kind]
    layer.data.foreach_set(key, np.ascontiguousarray(values, np.float32).ravel())


def _strands(
    name: str, grown: hair.Strands, look: Look, material, parent, metres: bool = False
) -> bpy.types.Object:
    count, steps, _ = grown.points.shape
    data = bpy.data.hair_curves.new(name)
    data.add_curves([steps] * count)
    scale = 1.0 if metres else 0.1
    points = grown.points if metres else anatomy.to_world(grown.points)
    _attribute(data, "position", "FLOAT_VECTOR", points.reshape(-1, 3))
    _attribute(data, "radius", "FLOAT", np.tile(grown.radius * scale, count))
    _attribute(data, "grey", "FLOAT", grown.grey, "CURVE")
    _attribute(data, "melanin", "FLOAT", grown.melanin, "CURVE")
    _attribute(data, "redness", "FLOAT", np.full(count, look.hair.redness), "CURVE")
    data.materials.append(material)
    thing = _link(bpy.data.objects.new(name, data))
    thing.parent = parent
    return thing


def _move(thing: bpy.types.Object, points: np.ndarray) -> None:
    data, flat = thing.data, np.ascontiguousarray(points, np.float32).ravel()
    if isinstance(data, bpy.types.Mesh):
        data.vertices.foreach_set("co", flat)
        data.update()
    else:
        data.attributes["position"].data.foreach_set("vector", flat)
        data.update_tag()


def _mask(name: str, uv: np.ndarray) -> np.ndarray:
    """A mask that comes with the base mesh, sampled at *uv* (n, 2): 0 to 1 (n,)."""

    def read() -> np.ndarray:
        image = bpy.data.images.load(str(anatomy.data() / f"mpfb2/textures/{name}.jpg"))
        values = np.empty(image.size[0] * image.size[1] * 4, np.float32)
        image.pixels.foreach_get(values)
        shape = image.size[1], image.size[0], 4
        bpy.data.images.remove(image)
        return values.reshape(shape)[:, :, 0]

    picture = anatomy.cached(name, read)
    tall, wide = picture.shape
    x, y = np.clip(uv[:, 0] * wide - 0.5, 0, wide - 1.001), np.clip(uv[:, 1] * tall - 0.5, 0, tall - 1.001)
    i, j = x.astype(int), y.astype(int)
    right, up = np.minimum(i + 1, wide - 1), np.minimum(j + 1, tall - 1)
    fx, fy = x - i, y - j
    low = picture[j, i] * (1 - fx) + picture[j, right] * fx
    return low * (1 - fy) + (picture[up, i] * (1 - fx) + picture[up, right] * fx) * fy
