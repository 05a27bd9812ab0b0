"""The portrait that the face tests share, and what people hold or wear before a face, drawn on it."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from hallyu.film.faces import Face, one

PORTRAIT = Path(__file__).parents[2] / "modules/film/media/astronaut.jpg"


@cache
def portrait() -> np.ndarray:
    """The astronaut (NASA, public domain), float32 (512, 512, 3)."""
    picture = cv2.imread(str(PORTRAIT))[..., ::-1].astype(np.float32) / 255
    picture.setflags(write=False)
    return picture


@cache
def face() -> Face:
    """The only face of the portrait."""
    return one(portrait())


def over(frame: np.ndarray, cover: np.ndarray, colour) -> np.ndarray:
    """*colour* over *frame* where *cover* (h, w) is 1, with a soft edge."""
    soft = cv2.GaussianBlur(cover.astype(np.float32), (0, 0), 1.0)[..., None]
    return np.float32(frame * (1 - soft) + np.float32(colour) * soft)


def mask(frame: np.ndarray, face: Face, colour) -> np.ndarray:
    """A mask over nose, mouth and chin."""
    corners = face.points[[132, 58, 172, 150, 148, 152, 377, 379, 397, 288, 361, 195, 117, 346], :2]
    cover = np.zeros(frame.shape[:2], np.float32)
    cv2.fillPoly(cover, [cv2.convexHull(corners).astype(np.int32)], 1.0)
    return over(frame, cover, colour)


def dark_glasses(frame: np.ndarray, face: Face) -> np.ndarray:
    """Two dark glasses."""
    unit = float(np.linalg.norm(face.points[33, :2] - face.points[263, :2]))
    cover = np.zeros(frame.shape[:2], np.float32)
    for iris in (468, 473):
        centre = tuple(int(v) for v in face.points[iris, :2])
        cv2.ellipse(cover, centre, (int(unit * 0.3), int(unit * 0.24)), 0, 0, 360, 1.0, -1)
    return over(frame, cover, (0.04, 0.04, 0.05))


def hand(frame: np.ndarray, face: Face, at: int) -> np.ndarray:
    """Four fingers of the face's own skin across the mesh's point *at*: 13 the mouth, 168 the eyes."""
    unit = float(np.linalg.norm(face.points[33, :2] - face.points[263, :2]))
    x, y = np.round(face.points[[50, 280, 101, 330], :2]).astype(int).T
    skin, middle = np.median(frame[y, x], axis=0), face.points[at, :2]
    for finger in range(4):
        height = middle[1] + (finger - 1.5) * unit * 0.2
        cover = np.zeros(frame.shape[:2], np.float32)
        ends = [(int(middle[0] + side * unit * 0.8), int(height - side * unit * 0.05)) for side in (-1, 1)]
        cv2.line(cover, *ends, 1.0, int(unit * 0.19))
        shade = 0.55 + 0.5 * cv2.GaussianBlur(cover, (0, 0), unit * 0.05)[..., None]
        frame = over(frame, cover, skin * shade)
    return frame
