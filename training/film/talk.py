"""Twenty seconds of a variety talk between two people, by three cameras at once: material to cut.

    nice -n 15 checkpoints/film/venv/bin/python training/film/talk.py

Into checkpoints/film/shots/talk-<camera>/480x270/<frame>.exr, twelve frames a second, and the empty set beside them in
plates/. Who speaks when is in `LINES`, so an editor's choice of camera can be judged.
"""

import argparse
import os
from dataclasses import replace

from people import Clothes, Hair, stranger
from performance import Beat, Line, Pose, perform, smile, surprise
from shots import FOLDER, record

RATE, SECONDS, SIZE, SAMPLES = 12, 20.0, (480, 270), 10
PEOPLE = {
    "host": (replace(stranger(5), hair=Hair("bob", 0.9), clothes=Clothes("jumper", (0.42, 0.30, 0.12))), 31),
    "guest": (replace(stranger(12), clothes=Clothes("shirt", (0.10, 0.17, 0.24))), 36),
}
LINES = {
    "host": (
        Line(0.5, "첫눈 오던 날, 어디 계셨어요?", 6.0),
        Line(8.3, "한 시간이나요?", 6.0),
        Line(14.0, "그분이 기다리던 사람이었군요?", 6.0),
    ),
    "guest": (
        Line(3.5, "숲에 있었어요. 할머니 대신 한 시간만 서 있기로 했거든요.", 6.0),
        Line(9.6, "네. 그런데 발소리가 들리는 거예요. 누가 오고 있었어요.", 6.0),
        Line(17.0, "아니요. 그분도 대신 온 거였어요.", 6.0),
    ),
}
_HOST, _GUEST, _AUDIENCE = (-0.40, 0.1, 1.15), (0.40, 0.1, 1.22), (0.0, -3.2, 1.35)


def nod(at: float, deep: float = 7.0) -> list[Beat]:
    return [Beat(at, 0.25, pitch=deep), Beat(at + 0.25, 0.35, pitch=1.0)]


BEATS = {
    "host": [
        Beat(-1.0, 0.5, yaw=-4, gaze=_AUDIENCE, expression=smile(0.45)),
        Beat(1.0, 0.6, yaw=22, gaze=_GUEST, expression=smile(0.35)),
        *nod(5.0), *nod(6.6),
        Beat(7.6, 0.4, expression=surprise(0.7)),
        *nod(11.0),
        Beat(12.6, 0.6, expression=smile(0.9), roll=4), Beat(14.0, 0.5, roll=0, expression=smile(0.3)),
        Beat(18.3, 0.3, expression=surprise(0.9), yaw=25), Beat(19.0, 0.6, expression=smile(1.0), yaw=8, gaze=_AUDIENCE),
    ],
    "guest": [
        Beat(-1.0, 0.5, yaw=-10, gaze=_AUDIENCE, expression=smile(0.2)),
        Beat(1.4, 0.6, yaw=-24, gaze=_HOST, expression=smile(0.3)),
        Beat(4.6, 0.5, yaw=-8, gaze=(0.3, -1.5, 0.8), pitch=5), Beat(6.0, 0.5, yaw=-22, gaze=_HOST, pitch=0),
        *nod(9.0),
        Beat(11.2, 0.5, yaw=-2, gaze=_AUDIENCE, expression=surprise(0.4)), Beat(13.2, 0.5, yaw=-24, gaze=_HOST),
        *nod(15.4, 4.0),
        Beat(16.4, 0.5, expression=smile(0.5), roll=-3), Beat(18.8, 0.7, expression=smile(0.95), roll=-5),
    ],
}  # fmt: skip


def acts() -> dict[str, list[Pose]]:
    """Each one's poses, twelve to the second."""
    return {
        name: perform(BEATS[name], SECONDS, RATE, list(LINES[name]), seed=20 + i)
        for i, name in enumerate(PEOPLE)
    }


def main() -> None:
    import stage
    import studio
    from actor import Actor

    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--threads", type=int, default=os.cpu_count())
    arguments.add_argument("--every", type=int, default=1, help="render only each so many frames")
    given = arguments.parse_args()
    scene, poses = stage.clear(given.threads), acts()
    before = studio.build()
    around = [thing for thing in scene.objects if thing.type == "MESH" and thing not in before]
    stage.layers(SAMPLES, 0)
    actors = {}
    for camera, view in studio.CAMERAS.items():
        folder = FOLDER / f"talk-{camera}" / f"{SIZE[0]}x{SIZE[1]}"
        names = list(PEOPLE) if camera == "wide" else [camera]
        stage.aim(view)
        for actor in actors.values():
            hide(actor, True)
        plate = FOLDER / f"plates/talk-{camera}.exr"
        if not plate.exists():
            empty(scene, around, before, False)
            stage.render(plate, 2 * SIZE[0], 2 * SIZE[1])
        empty(scene, around, before, True)
        for name in names:
            if name not in actors:
                look, age = PEOPLE[name]
                x, y, heading = studio.SEATS[name]
                actors[name] = Actor(look, age, detail=2, strands=16_000)
                actors[name].stand(x, y, heading, studio.DROP)
            hide(actors[name], False)
        marks = {name: [] for name in names}
        for frame in range(0, round(SECONDS * RATE), given.every):
            for name in names:
                actors[name].pose(poses[name][frame])
                marks[name].append(actors[name].landmarks())
            if not (path := folder / f"{frame:04d}.exr").exists():
                stage.render(path, *SIZE, seed=frame)
                print(camera, frame, flush=True)
        if given.every == 1:
            record(folder / "record.json", [view] * len(marks[names[0]]), marks, LINES, RATE, SIZE)


def empty(scene, around: list, before: list, people: bool) -> None:
    """Show the camera the empty set, or the *people* alone, cut out by what stands before them."""
    scene.render.film_transparent = people
    scene.view_layers[0].samples = SAMPLES if people else 4 * SAMPLES
    for thing in around:
        thing.visible_camera = not people
    for thing in before:
        thing.is_holdout = people


def hide(actor, hidden: bool) -> None:
    for thing in [actor.root, *actor.root.children_recursive]:
        thing.hide_render = hidden


if __name__ == "__main__":
    main()
