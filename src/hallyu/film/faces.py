"""Faces in a frame: how many, where, turned how far, covered by what; and one face followed through a shot.

YuNet finds boxes, MediaPipe's face mesh with attention puts 478 points on each. What the networks cannot say, the picture
is asked: whether mouth and eyes look like skin with a mouth and eyes in it, and whether the mesh agrees with itself when
the face is mirrored. A face is measured here, never recognised: see hallyu.film.identity.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.film import colour, regions

SEEN = 0.6
"""Score from which a box counts as a face."""
LONGEST = 640
"""Pixels of the long side at which faces are looked for: in 4K, a face of 60 pixels is found."""
PRESENT = 0.5
"""Probability from which the mesh counts as lying on a face."""
PROFILE = 42.0
"""Degrees of yaw or pitch from which a face counts as turned away: one eye's corner is about to go."""
LEVEL = 9.0
"""Degrees that the line from hairline to chin leans on a level head, as the mesh has it."""
_INPUT = 192
_MARGIN = 1.5
"""The mesh wants half as much again around the points as they need."""
_OVERLAP = 0.3
_TWINS = [(10, 10), (152, 152), (33, 263), (133, 362), (61, 291), (2, 2), (1, 1), (105, 334), (50, 280), (172, 397), (0, 0),
          (17, 17)]  # fmt: skip
"""Points that the mirror exchanges."""


@dataclass(frozen=True)
class Face:
    """A face in a frame.

    points: float32 (478, 3), pixels; x right, y down, depth with the same unit, smaller is nearer.
    confidence: 0 to 1, that there is a face and the mesh lies on it.
    """

    points: np.ndarray
    confidence: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the mesh in pixels."""
        low, high = self.points[:468, :2].min(axis=0), self.points[:468, :2].max(axis=0)
        return (*low.tolist(), *(high - low).tolist())

    @property
    def pose(self) -> tuple[float, float, float]:
        """Yaw, pitch and roll in degrees; 0 looks into the camera. Positive: to the picture's right, down, clockwise."""
        across = self.points[263] - self.points[33]
        down = self.points[152] - self.points[10]
        yaw = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
        # The line from the hairline to the chin leans a little forward on a level head.
        pitch = np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1]))) - LEVEL
        return float(yaw), float(pitch), float(np.degrees(np.arctan2(across[1], across[0])))


def load_mesh(files: list[Path]):
    """The mesh network, one thread."""
    return _session(files[0])


def load_detector(files: list[Path]):
    """The detector, one thread."""
    return _session(files[0])


def _session(path: Path):
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


@cache
def _network(task: str):
    return models.load(task)


# Finding


def boxes(frame: np.ndarray, threshold: float = SEEN) -> list[tuple[np.ndarray, float]]:
    """Boxes (4,) of left, top, width and height, with their scores, the surest first: YuNet, decoded.

    frame: (h, w, 3 or 4) float32, 0 to 1. Source: Wu, Peng & Yu, "YuNet: A Tiny Millisecond-level Face Detector" (2023).
    """
    height, width = frame.shape[:2]
    scale = min(1.0, LONGEST / max(height, width))
    small = frame[..., :3]
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    # The network wants BGR bytes, and sides that 32 divides.
    picture = np.clip(small[..., ::-1] * 255, 0, 255)
    pad = -picture.shape[0] % 32, -picture.shape[1] % 32
    picture = np.pad(picture, ((0, pad[0]), (0, pad[1]), (0, 0)))
    out = _network("face-detector").run(None, {"input": picture.transpose(2, 0, 1)[None].astype(np.float32)})
    found, scores = [], []
    for level, stride in enumerate((8, 16, 32)):
        classes, objects, rows = (out[level + 3 * i][0] for i in range(3))
        score = np.sqrt(np.clip(classes[:, 0], 0, 1) * np.clip(objects[:, 0], 0, 1))
        for at in np.flatnonzero(score >= threshold):
            y, x = divmod(int(at), picture.shape[1] // stride)
            size = np.exp(rows[at, 2:]) * stride
            corner = (rows[at, :2] + (x, y)) * stride - size / 2
            found.append(np.concatenate([corner, size]) / scale)
            scores.append(float(score[at]))
    if not found:
        return []
    kept = cv2.dnn.NMSBoxes([box.tolist() for box in found], scores, threshold, _OVERLAP)
    return [(found[i], scores[i]) for i in np.ravel(kept)]


def mesh(frame: np.ndarray, centre: np.ndarray, side: float, roll: float = 0.0) -> tuple[np.ndarray, float]:
    """The mesh (478, 3) of the face in a square of *frame*, and how sure the network is that there is one, 0 to 1.

    centre: x, y. side: pixels of the square. roll: degrees by which it is turned, clockwise.
    """
    scale, turn = _INPUT / side, np.radians(-roll)
    linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    # The network reckons in pixels' corners: pixel 0 covers 0 to 1.
    matrix = np.column_stack([linear, _INPUT / 2 - 0.5 - linear @ np.asarray(centre, np.float64)])
    crop = regions.warp(frame[..., :3], matrix, (_INPUT, _INPUT))
    image = np.clip(crop, 0, 1).transpose(2, 0, 1)[None].astype(np.float32)
    points, logit = _network("face-mesh").run(None, {"image": image})
    return regions.move(points - (0.5, 0.5, 0), regions.inverse(matrix)).astype(np.float32), float(
        1 / (1 + np.exp(-logit[0]))
    )


def square(points: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Centre, side and roll of the square that the mesh network wants around a face's points."""
    across = points[263, :2] - points[33, :2]
    roll = float(np.degrees(np.arctan2(across[1], across[0])))
    turn = np.radians(-roll)
    back = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    upright = points[:468, :2] @ back.T
    low, high = upright.min(axis=0), upright.max(axis=0)
    return (low + high) / 2 @ back, float((high - low).max() * _MARGIN), roll


def detect(frame: np.ndarray, threshold: float = SEEN) -> list[Face]:
    """All faces of a frame, the largest first; an empty list when there is none.

    frame: (h, w, 3 or 4) float32, 0 to 1; any size, upright or lying. Raises HallyuError for what is no frame, and for
    pixels that are no number.
    """
    frame = colour.check(frame)
    found = []
    for box, score in boxes(frame, threshold):
        points, present = mesh(frame, box[:2] + box[2:] / 2, float(box[2:].max()) * _MARGIN)
        if present >= PRESENT:
            points, present = mesh(frame, *square(points))
        if present >= PRESENT:
            found.append(Face(points, score * present))
    return sorted(found, key=lambda face: -face.box[2] * face.box[3])


def one(frame: np.ndarray, where: str = "This frame") -> Face:
    """The only face of a frame. Raises HallyuError that says how many there are, when it is not one."""
    found = detect(frame)
    if not found:
        raise HallyuError(
            f"{where} shows no face that can be worked on: choose one in which a face is seen from the front."
        )
    if len(found) > 1:
        places = ", ".join(f"{face.box[0] + face.box[2] / 2:.0f}" for face in found)
        raise HallyuError(
            f"{where} shows {len(found)} faces (at x = {places}): crop it to one, or choose one by its place."
        )
    return found[0]


# How well a face is seen


@dataclass(frozen=True)
class Sight:
    """What can be seen of a face. yaw, pitch, roll: degrees. covered: "mouth", "eyes", or both.

    agreement: 0 to 1, how well the mesh of the mirrored face is the mesh mirrored. confidence: 0 to 1, of the whole.
    """

    yaw: float
    pitch: float
    roll: float
    covered: tuple[str, ...]
    agreement: float
    confidence: float

    @property
    def turned(self) -> bool:
        """Whether too little of one side is seen to work on it."""
        return max(abs(self.yaw), abs(self.pitch)) > PROFILE

    @property
    def problem(self) -> str:
        """One sentence on what stands in the way, or "" for a face that is open to the camera."""
        if self.turned:
            angle = max(abs(self.yaw), abs(self.pitch))
            return (
                f"The face is turned away by {angle:.0f} degrees: choose a frame in which both eyes are seen."
            )
        if self.covered:
            what = " and ".join(self.covered)
            return f"Something covers the {what}, such as a mask, glasses or a hand: choose a frame in which the face is free."
        if self.confidence < 0.5:
            return "The face is not seen well enough to be measured: choose a sharper or larger one."
        return ""


def look(frame: np.ndarray, face: Face) -> Sight:
    """How well *face* is seen in *frame*: turned how far, covered where, and how far that can be believed."""
    agreement = _agreement(frame, face)
    crop, matrix = regions.align(frame[..., :3], face.points)
    covered = _covered(crop, regions.move(face.points, matrix), agreement)
    return Sight(*face.pose, covered, agreement, face.confidence * agreement)


def require_open(frame: np.ndarray, face: Face, where: str = "") -> Sight:
    """Pass when the face is open to the camera; otherwise raise HallyuError with the one sentence that says why not."""
    sight = look(frame, face)
    if sight.problem:
        raise HallyuError(f"{where}{': ' if where else ''}{sight.problem}")
    return sight


def _agreement(frame: np.ndarray, face: Face) -> float:
    """1 when the mirrored picture gives the mirrored mesh, 0.5 when they are 6 % of the distance of the eyes apart."""
    width = frame.shape[1]
    centre, side, roll = square(face.points)
    mirrored, _ = mesh(np.ascontiguousarray(frame[:, ::-1]), (width - 1 - centre[0], centre[1]), side, -roll)
    mirrored[:, 0] = width - 1 - mirrored[:, 0]
    left, right = np.array(_TWINS + [pair[::-1] for pair in _TWINS]).T
    apart = np.linalg.norm(face.points[left, :2] - mirrored[right, :2], axis=1).mean()
    eyes = np.linalg.norm(np.subtract(*regions.anchors_of(face.points)[:2]))
    return float(0.5 ** ((apart / max(eyes, 1e-6) / 0.06) ** 2))


def _covered(crop: np.ndarray, points: np.ndarray, agreement: float) -> tuple[str, ...]:
    """Which of mouth and eyes does not look like one. Thresholds: see tests/film/test_faces.py."""
    lab = cv2.cvtColor(np.ascontiguousarray(crop, np.float32), cv2.COLOR_RGB2LAB)

    def pixels(*names: str) -> np.ndarray:
        return lab[np.max([regions.mask(points, name, soft=0) for name in names], axis=0) > 0.5]

    # Not the forehead: hair may fall over it; not the cheeks: a mask does.
    upper = np.median(pixels("under_eyes", "frown"), axis=0)
    lips, around = pixels("lips"), pixels("upper_lip", "chin")
    # A mask has another colour than the skin above it, also where lips should be; a hand's skin has no lips in it.
    foreign = (
        np.hypot(*(np.median(lips, axis=0) - upper)[1:]) > 22 or np.median(lips, axis=0)[1] < upper[1] - 6
    )
    redder = np.median(lips, axis=0)[1] - np.median(around, axis=0)[1]
    darker = np.median(around, axis=0)[0] - np.percentile(lips[:, 0], 10)
    # Pale lips, and all lips in black and white, are known by the dark line between them; thin lips of old people have
    # little of both, but the mesh finds them from either side alike.
    coloured = np.hypot(*upper[1:]) > 6
    bare = redder < 1.5 and (darker < 6 or (coloured and darker < 20 and agreement < 0.75))
    out = []
    if foreign or bare:
        out.append("mouth")
    eyes = pixels("eyes")
    # Eyes hold dark and light: a hand's skin lacks the dark, dark glasses the light.
    dark, light = np.percentile(eyes[:, 0], [10, 90])
    if upper[0] - dark < 12 or (light < 0.55 * upper[0] and light - dark < 12):
        out.append("eyes")
    return tuple(out)


# A face through a shot


def follow(
    frames: Iterable[np.ndarray], smooth: int = 7, near: tuple[float, float] | None = None
) -> Iterator[tuple[np.ndarray, Face | None]]:
    """Each frame with the face that the first one shows, None where it is not seen; the points smoothed over time.

    The mesh of one frame tells where to look in the next: the detector runs only when the face was lost. smooth: frames
    of the window (odd), in which each point follows a parabola fitted by least squares, so a turn is not dulled (Savitzky
    & Golay, 1964); 1 for none. near: x, y, which face to follow when there are several; the largest otherwise. Holds
    *smooth* frames at a time.
    """
    half = smooth // 2
    window: deque[tuple[np.ndarray, Face | None]] = deque(maxlen=2 * half + 1)
    for count, pair in enumerate(_raw(frames, near), 1):
        window.append(pair)
        if count > half:
            at = min(half, count - 1 - half)
            yield window[at][0], _smoothed(window, at)
    for at in range(max(0, len(window) - half), len(window)):
        yield window[at][0], _smoothed(window, at)


def _raw(
    frames: Iterable[np.ndarray], near: tuple[float, float] | None
) -> Iterator[tuple[np.ndarray, Face | None]]:
    last: Face | None = None
    place = near
    for frame in frames:
        face = None
        if last is not None:
            points, present = mesh(frame, *square(last.points))
            # A mesh that left its place by half a face has jumped to something else.
            step = np.linalg.norm(points[1, :2] - last.points[1, :2])
            if present >= PRESENT and step < 0.5 * last.box[2]:
                face = Face(points, present)
        if face is None:
            found = detect(frame)
            if place is not None:
                found.sort(key=lambda face: float(np.hypot(*(face.points[1, :2] - place))))
            face = found[0] if found else None
        last = face
        if face is not None:
            place = tuple(face.points[1, :2].tolist())
        yield frame, face


def _goes_on(one: Face | None, other: Face | None) -> bool:
    """Whether two frames show one motion: a face that jumps or changes its size at once is another shot's."""
    if one is None or other is None:
        return False
    width = one.box[2]
    return (
        bool(np.linalg.norm(other.points[1, :2] - one.points[1, :2]) < 0.25 * width)
        and 0.8 < other.box[2] / width < 1.25
    )


def _smoothed(window: deque, at: int) -> Face | None:
    """The face of frame *at* of the window, by the parabola through the frames around it that have the face too."""
    face = window[at][1]
    if face is None:
        return None
    low = high = at
    while low > 0 and _goes_on(window[low - 1][1], window[low][1]):
        low -= 1
    while high < len(window) - 1 and _goes_on(window[high][1], window[high + 1][1]):
        high += 1
    times = np.arange(low, high + 1) - at
    degree = min(2, len(times) - 1)
    # The value at time 0 of the polynomial fitted to all: one row of the pseudo-inverse.
    weights = np.linalg.pinv(np.vander(times, degree + 1, increasing=True))[0]
    points = np.tensordot(weights, np.stack([window[i][1].points for i in range(low, high + 1)]), axes=1)
    return replace(face, points=points.astype(np.float32))
