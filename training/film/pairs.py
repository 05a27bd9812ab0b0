"""Render the same actors at several ages: same pose, light, camera and hair, for the network that ages a face.

    nice -n 15 python pairs.py [--identities 48] [--views 4] [--only stranger-003]

in an environment with `bpy` and `anny`. Writes checkpoints/film/pairs/IDENTITY/VIEW/:

- AGE.png: 256 x 256, 8-bit display-referred RGB, exactly the canonical crop of hallyu.film.regions at age 40;
- AGE.mask.png: how far a pixel is covered by the actor;
- AGE.json: the camera, and the face's exact landmarks in pixels and metres.

held_out.txt names the identities that are never learned from. Stopped and started again, it goes on where it was: a view
whose look is older than LOOK is rendered anew.
"""

import argparse
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
import people
import stage
from actor import Actor
from materials import Nodes
from mathutils import Matrix, Vector
from performance import Pose, both, moved, smile, surprise
from PIL import Image

FOLDER = Path(__file__).parents[2] / "checkpoints/film/pairs"
AGES = (20, 30, 40, 50, 60, 70, 80)
MIDDLE = 40
"""The age whose camera all ages share."""
CROP = 256
ANCHORS = np.array([(95, 116), (161, 116), (128, 164)], float)
"""Pixels of the picture's left eye, right eye and the point under the nose; hallyu.film.regions.ANCHORS."""
HELD_OUT = ("stranger-006", "stranger-011", "stranger-014", "stranger-021", "stranger-022")
LEFT_OUT = ("stranger-003",)
"""Rolls the eyes up at some ages, so that its pictures are no pairs."""
LOOK = 3
"""Raise it when the actors look better than before: everything is rendered again."""
SAMPLES, MATTE_SAMPLES = 5, 16


@dataclass(frozen=True)
class View:
    """One set-up. pose: its gaze is an offset from the camera. azimuth, rise, distance: the camera round the face."""

    pose: Pose
    azimuth: float
    rise: float
    distance: float
    lights: tuple[tuple, ...]
    sky: tuple[float, float, float]
    level: float
    seed: int


def view(identity: int, number: int) -> View:
    """Set-up *number* of *identity*, drawn at random, the same every time."""
    rng = np.random.RandomState(1_000 * identity + number)
    face: dict[str, float] = {}
    kind = rng.rand()
    if kind < 0.22:
        face = smile(rng.uniform(0.3, 1.0), rng.uniform(-0.15, 0.15))
    elif kind < 0.34:
        face = {"jawOpen": rng.uniform(0.05, 0.4), "mouthFunnel": rng.uniform(0, 0.4)} | both(
            mouthLowerDown=0.2 * rng.rand()
        )
    elif kind < 0.42:
        face = surprise(rng.uniform(0.3, 0.9))
    elif kind < 0.5:
        face = moved(rng.uniform(0.3, 1.0))
    elif kind < 0.57:
        face = both(eyeBlink=rng.uniform(0.3, 1.0))
    else:
        face = smile(0.2 * rng.rand()) | {"browInnerUp": 0.2 * rng.rand()}
    pose = Pose(
        yaw=float(np.clip(13 * rng.randn(), -32, 32)),
        pitch=float(np.clip(4 * rng.randn(), -9, 10)),
        roll=float(np.clip(4 * rng.randn(), -10, 10)),
        gaze=tuple(float(x) for x in rng.uniform(-0.25, 0.25, 3) * (1, 0, 0.5)),
        expression={name: float(weight) for name, weight in face.items()},
    )
    warmth = rng.uniform(-1, 1)
    key = rng.choice((-1, 1)) * rng.uniform(15, 75), rng.uniform(0, 50)
    lights = [
        (
            *key,
            rng.uniform(0.3, 1.3),
            rng.uniform(22, 48),
            (1, 1 - 0.1 * max(0, warmth), 1 - 0.28 * max(0, warmth)),
        )
    ]
    lights.append(
        (
            -np.sign(key[0]) * rng.uniform(20, 70),
            rng.uniform(-20, 20),
            1.4,
            rng.uniform(2, 16),
            (0.84, 0.92, 1),
        )
    )
    if rng.rand() < 0.6:
        side = rng.choice((-1, 1))
        lights.append(
            (side * rng.uniform(130, 165), rng.uniform(20, 45), 0.5, rng.uniform(8, 34), (0.85, 0.92, 1))
        )
    return View(
        pose=pose,
        azimuth=float(rng.uniform(-14, 14)),
        rise=float(rng.uniform(-8, 10)),
        distance=float(rng.uniform(0.9, 2.2)),
        lights=tuple(lights),
        sky=tuple(
            float(x) for x in rng.uniform(0.08, 0.5) * (1 + 0.12 * rng.randn() * np.array((1, 0.1, -1)))
        ),
        level=float(rng.uniform(0.3, 0.5)),
        seed=int(rng.randint(1 << 30)),
    )


# ---- camera


def project(camera: bpy.types.Object, points: np.ndarray, width: int, height: int) -> np.ndarray:
    """World points (n, 3) in *camera*'s picture (n, 2): x right, y down, pixel centres at whole numbers."""
    inverse = np.array(camera.matrix_world.inverted())
    local = points @ inverse[:3, :3].T + inverse[:3, 3]
    lens, longer = camera.data, max(width, height)
    flat = local[:, :2] / -local[:, 2:] * lens.lens / lens.sensor_width * longer
    x = width / 2 + flat[:, 0] - lens.shift_x * longer
    y = height / 2 - flat[:, 1] + lens.shift_y * longer
    return np.stack([x, y], 1) - 0.5


def frame(camera: bpy.types.Object, anchors: np.ndarray) -> None:
    """Turn, zoom and shift *camera* so that the world points *anchors* (3, 3) come to ANCHORS, as near as can be."""
    seen = project(camera, anchors, CROP, CROP) + 0.5 - CROP / 2
    wanted = ANCHORS + 0.5 - CROP / 2
    # The similarity that takes one to the other, as a complex factor and a shift.
    a, b = seen @ (1, 1j), wanted @ (1, 1j)
    factor = ((b - b.mean()) @ np.conj(a - a.mean())) / np.abs(a - a.mean()).dot(np.abs(a - a.mean()))
    shift = b.mean() - factor * a.mean()
    camera.matrix_world = camera.matrix_world @ Matrix.Rotation(float(np.angle(factor)), 4, "Z")
    camera.data.lens *= float(np.abs(factor))
    camera.data.shift_x, camera.data.shift_y = -shift.real / CROP, shift.imag / CROP


def anchors(actor: Actor) -> np.ndarray:
    """The canonical crop's three points on the actor (3, 3): the picture's left eye is the person's right one."""
    marks = actor.landmarks()
    middle = [(marks[f"eye inner {side}"] + marks[f"eye outer {side}"]) / 2 for side in ("right", "left")]
    return np.array([*middle, marks["under nose"]])


# ---- pictures


def _around(middle: np.ndarray, azimuth: float, rise: float, distance: float) -> np.ndarray:
    azimuth, rise = math.radians(azimuth), math.radians(rise)
    direction = math.sin(azimuth) * math.cos(rise), -math.cos(azimuth) * math.cos(rise), math.sin(rise)
    return middle + distance * np.array(direction)


def light(view: View, at: np.ndarray) -> None:
    """*view*'s lamps and sky round a face *at*; what was there before goes."""
    for thing in [thing for thing in bpy.context.scene.objects if thing.type == "LIGHT"]:
        bpy.data.objects.remove(thing)
    stage.world(view.sky, 1.0)
    for azimuth, rise, size, watts, colour in view.lights:
        stage.area(_around(at, azimuth, rise, 1.5), at, size, watts, colour)


def background(seed: int) -> np.ndarray:
    """Soft patches of colour as of a room or a wood far out of focus: scene-linear (CROP, CROP, 3)."""
    rng = np.random.RandomState(seed)
    y, x = np.mgrid[0 : 1 : CROP * 1j, 0 : 1 : CROP * 1j]
    field = np.ones((CROP, CROP, 3)) * rng.uniform(0.02, 0.5) * (1 + 0.15 * rng.randn(3))
    for _ in range(rng.randint(4, 14)):
        middle, size, colour = (
            rng.rand(2),
            rng.uniform(0.06, 0.5),
            np.exp(0.9 * rng.randn()) * (1 + 0.12 * rng.randn(3)),
        )
        patch = np.exp(
            -(((x - middle[0]) / size) ** 2) - ((y - middle[1]) / (size * rng.uniform(0.7, 3))) ** 2
        )
        field = field * (1 + patch[..., None] * (np.clip(colour, 0.1, 4) - 1))
    return np.clip(field, 0.005, 0.9)


def display(linear: np.ndarray) -> np.ndarray:
    """Scene-linear to code values: a soft shoulder over 0.7, then the sRGB curve."""
    over = np.maximum(linear - 0.7, 0)
    linear = np.clip(np.where(linear > 0.7, 0.7 + 0.3 * (1 - np.exp(-over / 0.3)), linear), 0, 1)
    return np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    )


def render(seed: int, exact: bool = True) -> np.ndarray:
    """The scene as premultiplied scene-linear RGBA (CROP, CROP, 4), top row first.

    exact: render the coverage by itself, with more samples and no light, for few samples leave hair ends speckled; it
    costs a fifth of the time. Else it is smoothed by a pixel.
    """
    scene, layer = bpy.context.scene, bpy.context.view_layer
    scene.cycles.seed = seed % 65_536
    picture = _rendered()
    if not exact:
        picture[..., 3] = _soft(picture[..., 3])
        return picture
    few, scene.cycles.samples, scene.cycles.use_denoising = scene.cycles.samples, MATTE_SAMPLES, False
    there = bpy.data.materials.get("there") or Nodes("there").surface("Emission", Strength=1.0)
    # Else every strand would be built into the lamps that Cycles samples.
    there.cycles.emission_sampling = "NONE"
    layer.material_override = there
    picture[..., 3] = _rendered()[..., 3]
    scene.cycles.samples, scene.cycles.use_denoising, layer.material_override = few, True, None
    return picture


def _soft(coverage: np.ndarray) -> np.ndarray:
    for axis in (0, 1):
        coverage = sum(
            weight * np.roll(coverage, shift, axis) for shift, weight in ((-1, 0.27), (0, 0.46), (1, 0.27))
        )
    return coverage


def _rendered() -> np.ndarray:
    scene = bpy.context.scene
    path = FOLDER / ".render.exr"
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(path), check_existing=False)
    values = np.empty(CROP * CROP * 4, np.float32)
    image.pixels.foreach_get(values)
    bpy.data.images.remove(image)
    return values.reshape(CROP, CROP, 4)[::-1].copy()


def prepare(samples: int) -> bpy.types.Object:
    """An empty scene and its camera."""
    scene = stage.clear(2)
    scene.render.resolution_x = scene.render.resolution_y = CROP
    scene.render.film_transparent = True
    scene.cycles.samples = samples
    image = scene.render.image_settings
    image.file_format, image.color_mode, image.color_depth = "OPEN_EXR", "RGBA", "32"
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.sensor_width = stage.SENSOR
    scene.collection.objects.link(camera)
    scene.camera = camera
    return camera


def _save(path: Path, write) -> None:
    draft = path.with_name(f".{path.name}")
    write(draft)
    draft.replace(path)


def views(look: people.Look, identity: int, age: int, numbers: list[int]) -> None:
    """Render the set-ups *numbers* of *look* at *age*; MIDDLE must have been rendered before."""
    camera = prepare(SAMPLES)
    actor = Actor(look, age, detail=3, strands=12_000)
    for number in numbers:
        folder = FOLDER / look.name / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        setting, common = view(identity, number), folder / "view.json"
        at = actor.eyes_middle
        if age == MIDDLE:
            actor.pose(setting.pose.__class__(**{**setting.pose.__dict__, "gaze": None}))
            at = actor.eyes_middle - np.array((0, 0, 0.03))
            camera.location = _around(at, setting.azimuth, setting.rise, setting.distance)
            camera.rotation_euler = (Vector(at) - camera.location).to_track_quat("-Z", "Y").to_euler()
            camera.data.lens, camera.data.shift_x, camera.data.shift_y = 50, 0, 0
            bpy.context.view_layer.update()
            frame(camera, anchors(actor))
            lens = camera.data.lens, camera.data.shift_x, camera.data.shift_y
            # Measured from the middle of the eyes: people shrink a little with age, cameramen follow.
            place = np.array(camera.matrix_world)
            place[:3, 3] -= actor.eyes_middle
            kept = {"camera": place.tolist(), "lens": lens, "look": LOOK}
        else:
            kept = json.loads(common.read_text())
            actor.pose(setting.pose.__class__(**{**setting.pose.__dict__, "gaze": None}))
        place = np.array(kept["camera"])
        place[:3, 3] += actor.eyes_middle
        camera.matrix_world = Matrix(place)
        camera.data.lens, camera.data.shift_x, camera.data.shift_y = kept["lens"]
        bpy.context.view_layer.update()
        gaze = place[:3, 3] + setting.pose.gaze
        actor.pose(setting.pose.__class__(**{**setting.pose.__dict__, "gaze": tuple(gaze)}))
        light(setting, actor.eyes_middle)
        picture = render(setting.seed, look.name in HELD_OUT)
        alpha = np.clip(picture[..., 3:], 0, 1)
        if age == MIDDLE:
            face = picture[90:200, 95:161, :3] @ (0.2126, 0.7152, 0.0722)
            kept["exposure"] = setting.level**2.2 / max(float(np.median(face)), 1e-3)
            # A dark skin is not lit like a light one.
            kept["exposure"] *= float((np.mean(look.tone) / 0.38) ** 0.6)
        shown = display((picture[..., :3] + (1 - alpha) * background(setting.seed)) * kept["exposure"])
        marks = actor.landmarks()
        pixels = project(camera, np.array(list(marks.values())), CROP, CROP)
        record = {
            "age": age,
            "look": LOOK,
            "landmarks": {name: [float(x) for x in xy] for name, xy in zip(marks, pixels, strict=True)},
            "world": {name: [float(x) for x in xyz] for name, xyz in marks.items()},
        }
        _save(
            folder / f"{age}.mask.png", lambda p, a=alpha: Image.fromarray(_bytes(a[..., 0])).save(p, "PNG")
        )
        _save(folder / f"{age}.png", lambda p, s=shown: Image.fromarray(_bytes(s)).save(p, "PNG"))
        _save(folder / f"{age}.json", lambda p, r=record: p.write_text(json.dumps(r)))
        if age == MIDDLE:
            _save(common, lambda p, k=kept: p.write_text(json.dumps(k)))


def _bytes(values: np.ndarray) -> np.ndarray:
    return (np.clip(values, 0, 1) * 255).round().astype(np.uint8)


def ages(look: people.Look, first: int) -> list[int]:
    """The ages that views from *first* on are rendered at, MIDDLE first: all of the held out, of others three more."""
    others = [age for age in AGES if age != MIDDLE]
    if look.name not in HELD_OUT:
        rng = np.random.RandomState(look.seed * 100 + first)
        others = [int(age) for age in rng.choice(others, 3, replace=False)]
    return [MIDDLE, *others]


def done(look: people.Look, number: int, age: int) -> bool:
    """Whether this picture is there and of the newest LOOK."""
    record = FOLDER / look.name / str(number) / f"{age}.json"
    return record.exists() and json.loads(record.read_text()).get("look") == LOOK


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--identities", type=int, default=48)
    parser.add_argument("--views", type=int, default=4)
    parser.add_argument("--together", type=int, default=1, help="views rendered of an actor once built")
    parser.add_argument("--only", help="one identity")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "held_out.txt").write_text("\n".join(HELD_OUT) + "\n")
    # One of the held out first, for the training looks at it; the others last.
    looks = {i: people.stranger(i) for i in range(options.identities)}
    order = sorted(
        (i for i, look in looks.items() if look.name not in LEFT_OUT),
        key=lambda i: (looks[i].name != HELD_OUT[0], looks[i].name in HELD_OUT, i),
    )
    for first in range(0, options.views, options.together):
        for identity in order:
            look = looks[identity]
            if options.only not in (None, look.name):
                continue
            for age in ages(look, first):
                numbers = [n for n in range(first, first + options.together) if not done(look, n, age)]
                if numbers:
                    start = time.process_time()
                    views(look, identity, age, numbers)
                    spent = (time.process_time() - start) / len(numbers)
                    print(f"{look.name} {numbers} at {age}: {spent:.1f} s of CPU a picture", flush=True)


if __name__ == "__main__":
    main()
