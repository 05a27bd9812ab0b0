"""The shot list of the film's scene, and its rendering: frame by frame, to be stopped and started at will.

    nice -n 15 checkpoints/film/venv/bin/python training/film/shots.py            # everything, at full size
    … shots.py --width 480 --preview s3 s5a      # previews of two shots

Needs bpy 5.0.1 and anny 0.6.2. What is rendered already is left alone, so a stopped run goes on where it was. Into
checkpoints/film/shots/<shot>/<width>x<height>/<frame>.exr go the actors alone (stage.py says what a file holds), into
checkpoints/film/shots/plates/<shot>.exr the forest behind them. publish.py puts the two together and encodes them.

Cuts 8 to 12 of First Snow: Haneul and Doyun meet in the forest, each in a grandparent's place; Doyun's grandfather
Jeongho is remembered at seventy and at twenty-five.
"""

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import cos, dist, radians, sin
from pathlib import Path

import numpy as np
from people import CAST, Clothes, Hair, Look, stranger
from performance import Beat, Line, Pose, moved, perform, smile, speech, surprise

FOLDER = Path(__file__).parents[2] / "checkpoints/film/shots"
RATE = 24
GREEN = (0.045, 0.36, 0.07)
"""Scene-linear colour of the lit green screen at its middle."""
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Player:
    """Somebody in a shot: who, how old, where on the ground, facing how many degrees to the left of -y, doing what."""

    name: str
    age: float
    place: tuple[float, float]
    heading: float
    act: Callable[[tuple[Line, ...]], list[Pose]]
    lines: tuple[Line, ...] = ()
    eyes: Point | None = None
    """Where the eyes are at rest, whatever the actor's age and stoop: the ground rises or sinks, `place` is not read."""
    look: Look | None = None
    """Another look than the cast's."""


@dataclass(frozen=True)
class Shot:
    """What is in front of the camera and for how long. light: "forest" or "green". key: the side the key comes from."""

    name: str
    title: str
    seconds: float
    eyes: Point
    """What the light is set for, metres."""
    camera: "tuple[Point, Point, float, float | None]"
    """Place, target, millimetres, f-stop; the focus is on `eyes`."""
    players: tuple[Player, ...]
    light: str = "forest"
    key: float = -1.0
    frame: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    """Left, top, right, bottom of the part in which an actor can be, as shares of the picture."""
    samples: int = 8
    matte_samples: int = 0
    plate: str | None = None
    """Another shot whose plate this one shares."""


HANEUL, DOYUN, JEONGHO = (-0.35, -0.07, 1.416), (0.36, 0.08, 1.535), (0.0, -0.12, 1.532)
"""Where their eyes are, metres."""


def doyun_asks(lines: tuple[Line, ...]) -> list[Pose]:
    """He comes up, stops, and asks whom she waits for (cut 8)."""
    her = (-0.62, -1.9, 1.47)
    beats = [
        Beat(-1.0, 0.5, yaw=-16, pitch=6, gaze=(-0.2, -1.2, 1.0), expression={}),
        Beat(0.25, 0.6, yaw=-6, pitch=0, gaze=her, expression=surprise(0.5)),
        Beat(0.95, 0.5, expression=smile(0.22), roll=3),
        Beat(1.9, 0.5, yaw=-8, expression={"browInnerUp": 0.3} | smile(0.25), roll=4),
    ]
    return perform(beats, 2.5, RATE, list(lines), seed=2)


def doyun_second_take(lines: tuple[Line, ...]) -> list[Pose]:
    """The same line, said warmly: the take whose face goes into the first."""
    her = (-0.62, -1.9, 1.47)
    beats = [
        Beat(-1.0, 0.5, yaw=-8, pitch=2, gaze=her, expression=smile(0.2)),
        Beat(0.5, 0.6, yaw=-5, roll=-2, expression=smile(0.55)),
        Beat(1.4, 0.6, pitch=-1, expression=smile(0.75)),
    ]
    return perform(beats, 2.0, RATE, list(lines), seed=7)


def haneul_answers(lines: tuple[Line, ...]) -> list[Pose]:
    """She listens, looks down, and answers; the smile arrives in her eyes (cut 9)."""
    him = (0.42, -1.9, 1.50)
    beats = [
        Beat(-1.0, 0.5, yaw=10, pitch=2, gaze=him, expression=surprise(0.25)),
        Beat(0.35, 0.5, pitch=8, yaw=6, gaze=(0.1, -1.2, 0.9), expression={"browInnerUp": 0.2} | smile(0.15)),
        Beat(0.9, 0.5, pitch=1, yaw=11, gaze=him, expression=smile(0.35)),
        Beat(1.9, 0.6, roll=-4, yaw=9, expression=smile(0.95)),
    ]
    return perform(beats, 3.0, RATE, list(lines), seed=3)


def haneul_hears(lines: tuple[Line, ...]) -> list[Pose]:
    """South? She understands (cut 11)."""
    him = (0.36, 0.0, 1.53)
    beats = [
        Beat(-1.0, 0.5, yaw=12, pitch=-2, gaze=him, expression=smile(0.2)),
        Beat(1.1, 0.3, yaw=17, pitch=-4, expression=surprise(0.9)),
        Beat(1.9, 0.6, pitch=0, expression=moved(0.6)),
    ]
    return perform(beats, 2.5, RATE, list(lines), seed=4)


def doyun_tells(lines: tuple[Line, ...]) -> list[Pose]:
    """He waited, every first snow (cut 10)."""
    her = (-0.35, 0.0, 1.42)
    beats = [
        Beat(-1.0, 0.5, yaw=-10, pitch=4, gaze=her, expression=moved(0.5)),
        Beat(0.9, 0.5, pitch=8, gaze=(-0.1, -0.9, 0.9), expression=moved(0.7)),
        Beat(1.5, 0.4, pitch=3, yaw=-14, gaze=her, expression=moved(0.5)),
    ]
    return perform(beats, 2.5, RATE, list(lines), seed=5)


def jeongho_waits(lines: tuple[Line, ...]) -> list[Pose]:
    """He turns his head slowly towards the path, and nearly smiles: somebody is coming."""
    beats = [
        Beat(-1.0, 0.5, yaw=16, pitch=3, gaze=(0.9, -2.0, 1.42), expression={}),
        Beat(0.2, 1.3, yaw=-7, pitch=0, gaze=(-0.1, -2.0, 1.5), expression={"browInnerUp": 0.15}),
        Beat(1.1, 0.8, expression=smile(0.45)),
    ]
    return perform(beats, 2.0, RATE, seed=6)


def haneul_in_the_wind(lines: tuple[Line, ...]) -> list[Pose]:
    """A turn of the head in a wind that takes her hair: the green-screen take."""
    beats = [
        Beat(-1.0, 0.5, yaw=-24, pitch=2, gaze=(-1.2, -1.6, 1.4), wind=(0.02, 0.0, 0.0), expression={}),
        Beat(0.1, 0.7, wind=(0.09, 0.03, 0.02)),
        Beat(0.3, 0.9, yaw=12, pitch=0, roll=-3, gaze=(0.2, -2.0, 1.42), expression=smile(0.3)),
        Beat(1.1, 0.6, wind=(0.05, 0.02, 0.01), expression=smile(0.7)),
    ]
    return perform(beats, 2.0, RATE, seed=8)


_HAT = Clothes("coat", (0.028, 0.038, 0.065), scarf=(0.33, 0.035, 0.03), hat=(0.06, 0.065, 0.075))
_YOUNG_JEONGHO = replace(
    CAST["jeongho"], hair=replace(CAST["jeongho"].hair, grey=0.0, receding=0.0)
)
_FUR = Clothes("coat", (0.10, 0.055, 0.035), fur=(0.30, 0.22, 0.15))


def _towards(eyes: Point, degrees: float, metres: float, up: float = 0.0) -> Point:
    """A place *metres* before *eyes*, *degrees* round to camera right."""
    return eyes[0] + metres * sin(radians(degrees)), eyes[1] - metres * cos(radians(degrees)), eyes[2] + up


def _below(eyes: Point, metres: float, right: float = 0.0) -> Point:
    return eyes[0] + right, eyes[1], eyes[2] - metres


_JEONGHO_CAMERA = (_towards(JEONGHO, 9, 1.75), _below(JEONGHO, 0.025, -0.075), 104.0, 2.45)
_DOYUN_CAMERA = (_towards(DOYUN, -13, 2.5, -0.05), _below(DOYUN, 0.11, -0.10), 85.0, 2.4)

SHOTS = {
    shot.name: shot
    for shot in (
        Shot(
            "s5a", "Close: Jeongho at 70 turns his head", 2.0, JEONGHO, _JEONGHO_CAMERA,
            (Player("jeongho", 70, (0.0, 0.0), 8, jeongho_waits, eyes=JEONGHO),),
        ),
        Shot(
            "s5b", "The same performance at 25", 2.0, JEONGHO, _JEONGHO_CAMERA,
            (Player("jeongho", 25, (0.0, 0.0), 8, jeongho_waits, eyes=JEONGHO, look=_YOUNG_JEONGHO),), plate="s5a",
        ),
        Shot(
            "s3", "Close: Haneul listens and answers", 3.0, HANEUL,
            (_towards(HANEUL, 13, 1.85), _below(HANEUL, 0.06, 0.07), 85.0, 2.0),
            (Player("haneul", 20, (-0.42, 0.0), 20, haneul_answers, (Line(0.95, "할머니 대신이요.", 6.0),)),), key=1.0,
        ),
        Shot(
            "s6", "Green screen: Haneul in the wind", 2.0, HANEUL,
            (_towards(HANEUL, 0, 1.8), _below(HANEUL, 0.07), 92.0, 4.0),
            (Player("haneul", 20, (-0.35, 0.04), 0, haneul_in_the_wind),), light="green", matte_samples=32,
        ),
        Shot(
            "s2", "Medium: Doyun asks", 2.5, DOYUN, _DOYUN_CAMERA,
            (Player("doyun", 23, (0.38, 0.2), -18, doyun_asks, (Line(0.75, "누굴 기다리세요?", 5.5),)),),
        ),
        Shot(
            "s4", "Two-shot: he tells, she understands", 2.5, (0.0, 0.0, 1.47),
            ((0.0, -2.9, 1.46), (0.0, 0.0, 1.36), 78.0, 2.8),
            (
                Player("haneul", 20, (-0.30, 0.0), 30, haneul_hears, (Line(1.45, "남쪽이요?", 5.0),)),
                Player("doyun", 23, (0.30, 0.12), -30, doyun_tells, (Line(0.1, "남쪽 입구예요.", 6.0),)),
            ),
        ),
        Shot(
            "s7", "Medium: Doyun, second take", 2.0, DOYUN, _DOYUN_CAMERA,
            (Player("doyun", 23, (0.38, 0.2), -18, doyun_second_take, (Line(0.4, "누굴 기다리세요?", 5.5),)),), plate="s2",
        ),
    )
}  # fmt: skip

STILLS = {
    "bob": (
        CAST["haneul"],
        22,
        Pose(yaw=-20, pitch=2, roll=3, expression=smile(0.5), wind=(0.05, 0.02, 0.025), seconds=0.3),
    ),
    "tousled": (
        CAST["doyun"],
        24,
        Pose(yaw=14, pitch=-2, roll=-3, expression=smile(0.2), wind=(0.02, 0.0, 0.02)),
    ),
    "grey": (CAST["jeongho"], 70, Pose(yaw=-12, pitch=3, expression=smile(0.3), wind=(0.012, 0.0, 0.012))),
    "hat": (replace(CAST["doyun"], clothes=_HAT), 24, Pose(yaw=-16, roll=2, expression=smile(0.6))),
    "fur": (
        replace(CAST["haneul"], hair=Hair("bob", 0.9), clothes=_FUR),
        24,
        Pose(yaw=18, pitch=-3, expression=smile(0.1), wind=(-0.05, 0.01, 0.03), seconds=0.6),
    ),
    "wind": (
        replace(stranger(9), hair=Hair("bob", 0.5, 0.4), clothes=Clothes("shirt", (0.10, 0.12, 0.16))),
        30,
        Pose(yaw=-10, roll=-4, wind=(0.07, 0.02, 0.03), seconds=0.3),
    ),
    "perm": (
        replace(
            stranger(15), hair=Hair("perm", 0.6, 0.2, grey=0.6), clothes=Clothes("jumper", (0.24, 0.13, 0.20))
        ),
        58,
        Pose(yaw=10, pitch=2, expression=smile(0.7)),
    ),
    "buzz": (replace(stranger(4), hair=Hair("buzz", 0.95)), 33, Pose(yaw=24, pitch=1)),
}
"""Single pictures with exact mattes, for the comparison of methods: who, at what age, in what pose."""
STILL_SIZE, STILL_SAMPLES = (640, 480), (24, 96)
GREEN_STILLS = ("bob", "fur")
"""Those that stand before the green screen and have its light on them."""

WIDE = ((-0.9, -6.2, 1.30), (0.3, 6.0, 1.75), 30.0), ((0.5, -5.0, 1.60), (0.5, 6.0, 1.75), 30.0)
"""The move of shot s1, a wide of the empty forest: place, target, millimetres at its start and at its end."""
WIDE_SECONDS = 2.5


def height(width: int) -> int:
    """Rows of a 16:9 picture."""
    return width * 9 // 16


def camera_of(shot: Shot):
    """The shot's camera, in focus on the eyes."""
    from stage import Camera

    place, target, lens, fstop = shot.camera
    return Camera(place, target, lens, fstop, dist(place, shot.eyes))


def record(path: Path, cameras: list, marks: dict[str, list[dict]], lines: dict, rate: int, size) -> None:
    """Write what is known of a shot: each frame's camera, where every face's landmarks are in the picture, who speaks.

    marks: for each person one dict of world points (metres) a frame. Pixels have their centres at whole numbers, while
    the intrinsics count from the corner of the first pixel, half a pixel before its centre.
    """
    inside, outside = cameras[0].intrinsics(*size), [camera.extrinsics() for camera in cameras]
    people = {}
    for name, frames in marks.items():
        pixels = []
        for points, matrix in zip(frames, outside, strict=True):
            seen = np.array(list(points.values())) @ matrix[:, :3].T + matrix[:, 3]
            seen = seen @ inside.T
            pixels.append((seen[:, :2] / seen[:, 2:] - 0.5).round(2).tolist())
        said = [
            {"from": line.at, "to": line.at + seconds(line), "text": line.text}
            for line in lines.get(name, ())
        ]
        people[name] = {"landmarks": list(frames[0]), "pixels": pixels, "lines": said}
    told = {
        "rate": rate, "width": size[0], "height": size[1], "intrinsics": inside.round(4).tolist(),
        "extrinsics": [matrix.round(5).tolist() for matrix in outside], "people": people,
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def seconds(line: Line) -> float:
    """How long *line* takes to say."""
    times = np.arange(0, 30, 0.01)
    return round(float(speech(replace(line, at=1.0), times)["speaking"].sum() * 0.01), 2)


def render_shot(
    shot: Shot, width: int, threads: int, only: range | None = None, preview: bool = False
) -> None:
    """The actors of every frame that is not there yet."""
    import stage
    from actor import Actor

    folder = FOLDER / shot.name / f"{width}x{height(width)}"
    frames = only or range(round(shot.seconds * RATE))
    frames = [frame for frame in frames if frame < round(shot.seconds * RATE)]
    missing = [frame for frame in frames if not (folder / f"{frame:04d}.exr").exists()]
    if not missing:
        return
    stage.clear(threads)
    acts = []
    for player in shot.players:
        close = shot.camera[2] > 75 and not preview
        look = player.look or CAST[player.name]
        actor = Actor(look, player.age, 3 if close else 2, 12_000 if preview else 26_000)
        actor.stand(*player.place, player.heading)
        if player.eyes:
            way = np.subtract(player.eyes, actor.eyes_middle)
            x, y, z = way[0] + player.place[0], way[1] + player.place[1], way[2]
            actor.stand(x, y, player.heading, z)
        acts.append((player, actor, player.act(player.lines)))
    if shot.light == "green":
        stage.studio_light(shot.eyes)
        stage.green_screen(shot.eyes, GREEN)
    else:
        stage.forest_light(shot.eyes, shot.key)
    stage.aim(camera_of(shot))
    stage.layers(*((8, 0) if preview else (shot.samples, shot.matte_samples)))
    stage.border(*shot.frame)
    for frame in missing:
        for _, actor, poses in acts:
            actor.pose(poses[frame])
        stage.render(folder / f"{frame:04d}.exr", width, height(width), seed=frame)
        print(shot.name, frame, flush=True)
    if (folder / "record.json").exists():
        return
    marks = {player.name: [] for player, *_ in acts}
    for player, actor, poses in acts:
        for pose in poses:
            actor.pose(pose)
            marks[player.name].append(actor.landmarks())
    lines = {player.name: player.lines for player, *_ in acts}
    count = len(next(iter(marks.values())))
    record(folder / "record.json", [camera_of(shot)] * count, marks, lines, RATE, (width, height(width)))


def render_stills(threads: int) -> None:
    """The single pictures, many samples each, one after another."""
    import stage
    from actor import Actor

    for name, (look, age, pose) in STILLS.items():
        path = FOLDER / f"stills/{name}.exr"
        if path.exists():
            continue
        stage.clear(threads)
        actor = Actor(look, age)
        eyes = tuple(actor.eyes_middle)
        actor.pose(replace(pose, gaze=_towards(eyes, 4, 2.0)))
        stage.studio_light(eyes)
        if name in GREEN_STILLS:
            stage.green_screen(eyes, GREEN)
        stage.aim(stage.Camera(_towards(eyes, 4, 1.5), _below(eyes, 0.05), 100.0, 5.6))
        stage.layers(*STILL_SAMPLES)
        stage.render(path, *STILL_SIZE)
        print(name, flush=True)


def render_plates(names: list[str], threads: int, width: int = 960, samples: int = 12) -> None:
    """The forest behind each of the shots, the layers of the wide one with their depth, and its camera's move."""
    import forest
    import stage

    wanted = [
        shot for shot in SHOTS.values() if shot.name in names and shot.light == "forest" and not shot.plate
    ]
    jobs = [(FOLDER / "plates" / f"{shot.name}.exr", camera_of(shot), None, width) for shot in wanted]
    first, last = (stage.Camera(*end) for end in WIDE)
    if "s1" in names:
        middle = stage.between(first, last, 0.5)
        jobs += [(FOLDER / f"plates/s1-{name}.exr", middle, name, width) for name in forest.LAYERS]
    if "s1-move" in names:
        frames = round(WIDE_SECONDS * RATE)
        for frame in range(frames):
            camera = stage.between(first, last, frame / (frames - 1))
            jobs.append((FOLDER / f"s1/640x360/{frame:04d}.exr", camera, None, 640))
    jobs = [job for job in jobs if not job[0].exists()]
    if not jobs:
        return
    scene = stage.clear(threads)
    scene.cycles.diffuse_bounces = 1  # the haze fills the shadows; a second bounce costs a third more
    layers = forest.build()
    stage.layers(samples, 0)
    for path, camera, layer, wide in jobs:
        forest.show(layers, layer)
        scene.render.film_transparent = layer in ("middle", "foreground")  # behind the last one is the sky
        scene.view_layers[0].samples = samples if wide == width else 8
        stage.aim(camera)
        stage.render(path, wide, height(wide))
        print(path.name, flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("names", nargs="*", default=[*SHOTS, "stills", "s1", "s1-move"])
    arguments.add_argument("--width", type=int, default=960)
    arguments.add_argument("--threads", type=int, default=os.cpu_count())
    arguments.add_argument("--frames", help="first:last:step of the frames wanted, as 0:48:12")
    arguments.add_argument(
        "--preview", action="store_true", help="few samples, less hair, no matte of its own"
    )
    arguments.add_argument("--no-plates", action="store_true")
    given = arguments.parse_args()
    only = range(*(int(part) for part in given.frames.split(":"))) if given.frames else None
    if not given.no_plates:
        render_plates(given.names, given.threads)
    for name in given.names:
        if name in SHOTS:
            render_shot(SHOTS[name], given.width, given.threads, only, given.preview)
    if "stills" in given.names:
        render_stills(given.threads)


if __name__ == "__main__":
    main()
