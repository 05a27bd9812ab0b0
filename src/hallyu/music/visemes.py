"""From the sounds of a voice to the movement of a face: visemes, coarticulation, blinks and head, as ARKit curves.

A viseme is what a sound looks like. Lips do not jump from one to the next: each sound pulls them towards its own shape
while it lasts, and a little before and after. Source of the blending: M. M. Cohen and D. W. Massaro, "Modeling
Coarticulation in Synthetic Visual Speech" (1993).
"""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.music.score import Phone

FPS = 30
_EYE = ("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide")
ARKIT = (
    *(f"{name}Left" for name in _EYE), *(f"{name}Right" for name in _EYE),
    "jawForward", "jawRight", "jawLeft", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthRight", "mouthLeft",
    "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight",
    "mouthStretchLeft", "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft",
    "mouthUpperUpRight", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
"""The 52 blendshapes of ARKit, in the order of a Live Link Face recording; each goes from 0 to 1."""
HEAD = ("headYaw", "headPitch", "headRoll")
"""Radians: to the singer's left, up, and towards the singer's left shoulder are positive."""
NAMES = ARKIT + HEAD

VISEMES = {
    "closed": "pbm", "teeth": "tdnɾlsɕʨʥ", "back": "kɡŋhʰ", "a": "a", "eo": "ʌ", "o": "o", "u": "uw", "eu": "ɯɰ", "i": "ij",
    "e": "ɛe",
}  # fmt: skip
"""The visemes of Korean and the IPA symbols that look like them."""
OF_SYMBOL = {symbol: viseme for viseme, symbols in VISEMES.items() for symbol in symbols}
VOWELS = frozenset(("a", "eo", "o", "u", "eu", "i", "e"))

SHAPES = {
    "rest": {"mouthSmile": 0.14},
    "closed": {"jawOpen": 0.10, "mouthClose": 1.0, "mouthPress": 0.35, "mouthRollLower": 0.25},
    "teeth": {"jawOpen": 0.13, "mouthStretch": 0.12},
    "back": {"jawOpen": 0.18},
    "a": {"jawOpen": 0.72, "mouthSmile": 0.10, "mouthLowerDown": 0.35, "mouthStretch": 0.12},
    "eo": {"jawOpen": 0.50, "mouthSmile": 0.06, "mouthFunnel": 0.18, "mouthLowerDown": 0.20},
    "o": {"jawOpen": 0.36, "mouthFunnel": 0.62, "mouthPucker": 0.30},
    "u": {"jawOpen": 0.17, "mouthFunnel": 0.25, "mouthPucker": 0.80},
    "eu": {"jawOpen": 0.17, "mouthSmile": 0.14, "mouthStretch": 0.48},
    "i": {"jawOpen": 0.20, "mouthSmile": 0.48, "mouthStretch": 0.20},
    "e": {"jawOpen": 0.40, "mouthSmile": 0.30, "mouthStretch": 0.18},
}
"""What each viseme asks of the face. A name without Left or Right asks it of both sides; mouthClose is the share of the
jaw's opening that the lips close, since ARKit counts them together."""
LIPS = tuple(sorted({name for shape in SHAPES.values() for name in shape}))
PULL = {"closed": 6.0, "teeth": 1.2, "back": 0.35, "rest": 0.8}
"""How hard a viseme pulls, against 1 for a vowel: lips must meet for ㅁ, while ㄱ takes on what is around it."""
SLACK = {"closed": 0.15, "teeth": 0.12, "back": 0.05}
"""The share of its pull that a consonant has on lip shapes it does not ask for: 소 is rounded before its ㅗ sounds."""
BEFORE, AFTER = 0.060, 0.040
"""Seconds in which a pull grows before its sound and falls after it; lips are early rather than late."""


@dataclass(frozen=True, eq=False)
class Curves:
    """A face in motion: *values* (frames, 55) in the order of NAMES; blendshapes 0 to 1, head angles in radians."""

    values: np.ndarray
    fps: float = FPS

    def __getitem__(self, name: str) -> np.ndarray:
        """One curve, (frames,); a name without Left or Right is the mean of both sides."""
        if name in NAMES:
            return self.values[:, NAMES.index(name)]
        return self.values[:, _columns(name)].mean(1)

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.values) / self.fps

    def shifted(self, seconds: float) -> "Curves":
        """The same motion, later by *seconds* (earlier if negative); its first or last frame fills the gap."""
        frames = np.arange(len(self.values)) - round(seconds * self.fps)
        return replace(self, values=self.values[np.clip(frames, 0, len(self.values) - 1)])


def _columns(name: str) -> list[int]:
    found = [i for i, n in enumerate(NAMES) if n in (name, f"{name}Left", f"{name}Right")]
    if not found:
        raise HallyuError(
            f"There is no blendshape {name!r}; the names are ARKit's, such as jawOpen or mouthSmileLeft."
        )
    return found


def viseme(symbol: str) -> str:
    """The viseme of an IPA symbol; "rest" for what is no sound.

    >>> viseme("m"), viseme("ʌ"), viseme(",")
    ('closed', 'eo', 'rest')
    """
    return OF_SYMBOL.get(
        symbol[:1], "rest"
    )  # ʰ after a consonant, and length marks, change nothing that is seen


def lips(phones: Sequence[Phone], frames: int, fps: float = FPS) -> dict[str, np.ndarray]:
    """Lip and jaw curves (frames,) by name in LIPS, blended from the phones' visemes.

    Where nothing sounds for longer than a quarter of a second, the face rests, and it takes a breath before it sings.
    """
    time = (np.arange(frames) + 0.5) / fps
    top, bottom = {n: np.zeros(frames) for n in LIPS}, {n: np.full(frames, 1e-4) for n in LIPS}
    for kind, start, end in _segments(phones, frames / fps):
        first, last = (int(np.clip(t * fps, 0, frames)) for t in (start - 0.5, end + 0.5))
        if first == last:
            continue
        now = time[first:last]
        away = np.where(now < start, (start - now) / BEFORE, np.maximum(now - end, 0) / AFTER)
        pull = PULL.get(kind, 1.0) * np.exp(-(away**2))
        long = np.clip((now - start - 0.5) / 1.5, 0, 1) * (kind in VOWELS)  # a held vowel closes a little
        for name in LIPS:
            asked = SHAPES[kind].get(name)
            weight = pull if asked is not None else pull * SLACK.get(kind, 1.0)
            top[name][first:last] += weight * (asked or 0.0) * (1 - 0.25 * long * (name == "jawOpen"))
            bottom[name][first:last] += weight
    curves = {name: top[name] / bottom[name] for name in LIPS}
    curves["mouthClose"] *= curves["jawOpen"]
    return curves


def _segments(phones: Sequence[Phone], duration: float) -> list[tuple[str, float, float]]:
    """(viseme, start, end) without a gap: long silences rest, and end in a breath; short ones belong to what follows."""
    sounds = [(viseme(p.symbol), p.start, p.end) for p in phones if viseme(p.symbol) != "rest"]
    found, now = [], 0.0
    for kind, start, end in [*sounds, ("", duration, duration)]:
        if start - now > 0.25 or (not found and start > 0):
            breath = max(now, start - 0.22) if kind else start
            found += [("rest", now, breath), ("back", breath, start)]
        found.append((kind, start, end))
        now = max(now, end)
    return [(kind, start, end) for kind, start, end in found if end > start]


def blinks(frames: int, fps: float = FPS, seed: int = 1) -> np.ndarray:
    """Lid closure (frames,), 0 open to 1 shut: a blink of a fifth of a second every two to five seconds."""
    rng, time = np.random.default_rng(seed), (np.arange(frames) + 0.5) / fps
    lid, at = np.zeros(frames), rng.uniform(0.8, 2.5)
    while at < frames / fps:
        lid = np.maximum(lid, np.interp(time - at, [0, 0.06, 0.10, 0.22], [0, 1, 1, 0]))
        at += rng.uniform(2.0, 5.0)
    return lid


def head_motion(
    frames: int, fps: float = FPS, tempo: float = 90.0, beats_per_bar: int = 4, seed: int = 1
) -> np.ndarray:
    """Yaw, pitch and roll, (frames, 3) radians: a small nod on each beat, a sway over two bars, and a little drift."""
    rng, time = np.random.default_rng(seed), (np.arange(frames) + 0.5) / fps
    beat = time * tempo / 60
    drift = [
        sum(np.sin(2 * np.pi * (f * time + rng.random())) / f for f in (0.11, 0.23, 0.37)) / 9
        for _ in range(3)
    ]
    phase = 2 * np.pi * beat / (2 * beats_per_bar)
    strong = np.where(beat % beats_per_bar < 1, 1.0, 0.6)
    yaw = 0.13 * np.sin(phase) + 0.10 * drift[0]
    pitch = (
        -0.035 * strong * np.exp(-(((beat % 1) - 0.12) ** 2) / 0.02)
        + 0.05 * drift[1]
        + 0.02 * np.cos(2 * phase)
    )
    roll = 0.075 * np.sin(phase - 0.6) + 0.04 * drift[2]
    return np.stack([yaw, pitch, roll], 1)


def animate(
    phones: Sequence[Phone],
    duration: float,
    tempo: float = 90.0,
    beats_per_bar: int = 4,
    fps: float = FPS,
    seed: int = 1,
) -> Curves:
    """A singing face: lips from *phones*, blinks, brows that rise on long notes, and a head that keeps the beat.

    duration: seconds. tempo: quarter notes a minute. Raises HallyuError for phones that are not in order of time.
    """
    if duration <= 0 or fps <= 0:
        raise HallyuError(f"There is nothing to animate in {duration:g} s at {fps:g} frames a second.")
    for before, now in pairwise(phones):
        if now.start < before.start or now.end < now.start:
            raise HallyuError(
                f"The sound {now.symbol!r} at {now.start:.2f} s is out of order; sort the sounds by time."
            )
    frames = round(duration * fps)
    values = np.zeros((frames, len(NAMES)), np.float32)
    for name, curve in lips(phones, frames, fps).items():
        values[:, _columns(name)] = curve[:, None]
    rise = np.zeros(frames)
    time = (np.arange(frames) + 0.5) / fps
    for phone in phones:
        if viseme(phone.symbol) in VOWELS and phone.end - phone.start > 0.6:
            rise += np.interp(
                time, [phone.start - 0.1, phone.start + 0.3, phone.end - 0.1, phone.end + 0.3], [0, 1, 0.6, 0]
            )
    lid = blinks(frames, fps, seed)
    feeling = np.clip(rise, 0, 1)
    values[:, _columns("eyeBlink")] = np.maximum(lid, 0.22 * feeling)[
        :, None
    ]  # eyes half shut on a long note
    values[:, _columns("browInnerUp")] = 0.55 * feeling[:, None] + 0.05
    values[:, _columns("headYaw")[0] :] = head_motion(frames, fps, tempo, beats_per_bar, seed)
    values[:, _columns("headPitch")[0]] += 0.05 * feeling
    values[:, : len(ARKIT)] = np.clip(values[:, : len(ARKIT)], 0, 1)
    return Curves(values, fps)


# --- files ------------------------------------------------------------------------------------------------------------


def write_csv(path: str | Path, curves: Curves) -> None:
    """A Live Link Face recording, 61 columns, as Unreal Engine and Blender add-ons read it; eye angles are 0."""
    title = lambda name: name[0].upper() + name[1:]
    eyes = [f"{side}Eye{angle}" for side in ("Left", "Right") for angle in ("Yaw", "Pitch", "Roll")]
    with write_whole(path) as draft, open(draft, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["Timecode", "BlendShapeCount", *map(title, NAMES), *eyes])
        for number, row in enumerate(curves.values):
            second, frame = divmod(number, round(curves.fps))
            code = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}:{frame:02}.000"
            table.writerow(
                [code, len(NAMES) + len(eyes), *(f"{v:.6f}" for v in row), *["0.000000"] * len(eyes)]
            )


def read_csv(path: str | Path, fps: float = FPS) -> Curves:
    """Curves from a Live Link Face recording made at *fps*; columns may stand in any order, missing ones are 0.

    Raises HallyuError for a file that is no such recording.
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            head, *rows = csv.reader(file)
        own = [
            (NAMES.index(n[0].lower() + n[1:]), i)
            for i, n in enumerate(head)
            if n and n[0].lower() + n[1:] in NAMES
        ]
        numbers = [[float(row[i]) for _, i in own] for row in rows if row]
    except (OSError, ValueError, IndexError, UnicodeDecodeError) as error:
        raise HallyuError(f"{path} is no Live Link Face recording (CSV); export it again.") from error
    if not own:
        raise HallyuError(
            f"{path} has no blendshape columns; a Live Link Face recording names them, such as JawOpen."
        )
    values = np.zeros((len(numbers), len(NAMES)), np.float32)
    if numbers:
        values[:, [column for column, _ in own]] = numbers
    return _sane(values, fps, path)


def write_json(path: str | Path, curves: Curves) -> None:
    """The layout that Audio2Face exports: exportFps, facsNames and weightMat, the head's angles as three more names."""
    rows = [[round(float(v), 5) for v in row] for row in curves.values]
    layout = {
        "exportFps": curves.fps, "numPoses": len(NAMES), "numFrames": len(rows), "facsNames": list(NAMES), "weightMat": rows,
    }  # fmt: skip
    with write_whole(path) as draft:
        draft.write_text(json.dumps(layout), encoding="utf-8")


def read_json(path: str | Path) -> Curves:
    """Curves from the layout of write_json; names that are not ARKit's are left out.

    Raises HallyuError for a file that is not in that layout.
    """
    try:
        layout = json.loads(Path(path).read_text(encoding="utf-8"))
        matrix = np.array(layout["weightMat"], np.float32).reshape(-1, len(layout["facsNames"]))
        fps = float(layout["exportFps"])
        values = np.zeros((len(matrix), len(NAMES)), np.float32)
        for i, name in enumerate(layout["facsNames"]):
            if name in NAMES:
                values[:, NAMES.index(name)] = matrix[:, i]
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = re.sub(r"\s+", " ", str(error))[:80]
        raise HallyuError(
            f"{path} holds no face curves (exportFps, facsNames, weightMat): {reason}."
        ) from error
    return _sane(values, fps, path)


def _sane(values: np.ndarray, fps: float, path: str | Path) -> Curves:
    if not len(values) or not np.isfinite(values).all() or not 1 <= fps <= 240:
        raise HallyuError(
            f"{path} holds no frames that can be played; export it again, at 1 to 240 frames a second."
        )
    values[:, : len(ARKIT)] = np.clip(values[:, : len(ARKIT)], 0, 1)
    return Curves(values, fps)
