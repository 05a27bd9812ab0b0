"""Practice material: a short talk before two cameras that run in sync, put together from the course's own takes.

Doyun asks (s7), Haneul hears it and answers (s3), Doyun looks up and asks again (s2), she smiles (the end of s3 once more).
The takes were not played at the same time. While one speaks the other listens, and the listening is made of the quiet frames
of their own take, played slowly back and forth, as an editor steals a look where none was shot.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import faces, switcher
from hallyu.film.faces import Face
from hallyu.film.switcher import Camera, Talk

RATE = 24
LENGTH = 216
"""Frames of the talk."""
WIDTH = 480
"""Pixels across the tapes: proxies, whatever the size of the takes."""
TAPES = {
    "camera-a": ("doyun", (("s7", 0, 0, 48), ("s2", 116, 0, 60))),
    "camera-b": ("haneul", (("s3", 48, 0, 72), ("s3", 174, 57, 72))),
}
"""For each camera whom it shows, and its takes: film, the talk's frame where it begins, its first frame, and where it ends."""
PLACES = {"doyun": (0.36, 0.08), "haneul": (-0.35, -0.07)}
"""Where they stand in plan, in metres, as the scene has them (training/film/shots.py)."""
_QUIET = 3
"""Frames at the beginning or the end of a take between which its listening sways."""
_SWAY = 40
"""Frames that this takes, there and back."""


def frame_of(camera: str, moment: int) -> tuple[str, int]:
    """The take and its frame that a camera's tape has at a frame of the talk.

    >>> frame_of("camera-a", 0), frame_of("camera-b", 50)
    (('s7', 0), ('s3', 2))
    """
    takes = TAPES[camera][1]
    for film, begins, first, last in takes:
        if begins <= moment < begins + last - first:
            return film, first + moment - begins
    before = [take for take in takes if take[1] + take[3] - take[2] <= moment]
    ahead = [take for take in takes if take[1] > moment]
    since = moment - (before[-1][1] + before[-1][3] - before[-1][2] - 1) if before else LENGTH
    until = ahead[0][1] - moment if ahead else LENGTH
    away, (film, _, first, last) = (since, before[-1]) if since <= until else (until, ahead[0])
    swayed = round((_QUIET - 1) * (0.5 - 0.5 * np.cos(2 * np.pi * away / _SWAY)))
    return film, last - 1 - swayed if since <= until else first + swayed


def two_cameras(media: str | Path, folder: str | Path) -> Talk:
    """Write camera-a.mp4 and camera-b.mp4 into *folder*, and return the talk: who speaks, from the takes' records, and who
    reacts, measured in the faces.

    media: the folder of the film module's media. Raises HallyuError when a take or its record is missing.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    films = {film for _, takes in TAPES.values() for film, *_ in takes}
    takes = {film: [_proxy(frame) for frame in video.read(Path(media, f"{film}.mp4"))] for film in films}
    spoken = {film: _spoken(Path(media, f"{film}.json"), len(frames)) for film, frames in takes.items()}
    played = {film: expressions(face for _, face in faces.follow(frames)) for film, frames in takes.items()}
    speaking, measures, cameras = [], [], []
    for camera, (name, _) in TAPES.items():
        places = [frame_of(camera, moment) for moment in range(LENGTH)]
        tape = [takes[film][number] for film, number in places]
        video.write(folder / f"{camera}.mp4", tape, RATE)
        speaking.append(_heard(camera, spoken))
        measures.append(
            _through_the_joins(places, np.stack([played[film][number] for film, number in places]))
        )
        place = _place(Path(media, f"{TAPES[camera][1][0][0]}.json"))
        cameras.append(Camera(camera, (name,), "MS" if camera == "camera-a" else "MCU", place))
    speaking, measures = np.float32(speaking).T, np.stack(measures, axis=1)
    return Talk(
        tuple(cameras),
        tuple(name for name, _ in TAPES.values()),
        speaking,
        switcher.reactions(measures, speaking, RATE),
        RATE,
        tuple(PLACES[name] for name, _ in TAPES.values()),
    )


def _heard(camera: str, spoken: dict[str, np.ndarray]) -> np.ndarray:
    """(LENGTH,) where a camera's tape has speech: of the takes that are played from their beginning."""
    heard = np.zeros(LENGTH, bool)
    for film, begins, first, last in TAPES[camera][1]:
        if first == 0:
            heard[begins : begins + last] = spoken[film][:last]
    return heard


def _through_the_joins(places: list[tuple[str, int]], measures: np.ndarray) -> np.ndarray:
    """Measures of a tape, moved so that a join of two takes is no change of the face. places: take and frame of each."""
    measures = measures.copy()
    for moment in range(1, len(places)):
        (film, number), (before, last) = places[moment], places[moment - 1]
        if film != before or abs(number - last) > 2:
            measures[moment:] -= measures[moment] - measures[moment - 1]
    return measures


def _proxy(frame: np.ndarray) -> np.ndarray:
    height = 2 * round(WIDTH * frame.shape[0] / frame.shape[1] / 2)
    return cv2.resize(frame, (WIDTH, height), interpolation=cv2.INTER_AREA)


def _record(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise HallyuError(f"{path.name} is missing or no record; fetch the film module's media.") from error


def _place(path: Path) -> tuple[float, float]:
    """Where a take's camera stands in plan, in metres: its extrinsics (R | t) take it to 0, so it is at -R^T t."""
    extrinsics = np.array(_record(path)["extrinsics"][0])
    x, y, _ = -extrinsics[:, :3].T @ extrinsics[:, 3]
    return round(float(x), 3), round(float(y), 3)


def _spoken(path: Path, frames: int) -> np.ndarray:
    """(frames,) bool: where the record of a take has somebody speak."""
    record = _record(path)
    seconds = (np.arange(frames) + 0.5) / record["rate"]
    lines = [line for person in record["people"].values() for line in person["lines"]]
    return np.any([(seconds >= line["from"]) & (seconds < line["to"]) for line in lines], axis=0)


def expressions(found: Iterable[Face | None]) -> np.ndarray:
    """(frames, 6) what a face does: brows, eyes, mouth corners and lips in heights of the face, yaw and pitch in turns.

    A frame without the face has the values of the one before.
    """
    rows: list[np.ndarray] = []
    for face in found:
        if face is None:
            rows.append(rows[-1] if rows else np.zeros(6))
            continue
        p = face.points[:, :2]
        tall = np.linalg.norm(p[152] - p[10])
        apart = lambda a, b, p=p, tall=tall: float(np.linalg.norm(p[a] - p[b]) / tall)
        yaw, pitch, _ = face.pose
        brow = apart(105, 159) + apart(334, 386)
        eyes = apart(159, 145) + apart(386, 374)
        rows.append(np.array([brow, eyes, apart(61, 291), apart(13, 14), yaw / 360, pitch / 360]))
    return np.stack(rows)
