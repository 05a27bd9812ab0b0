"""What an actor does, frame by frame: turns of the head, looks, faces, words, blinks, breath. Numbers alone, no Blender.

A director gives beats; `perform` joins them with eased curves, adds what a living face never stops doing, and returns
one Pose for each frame.
"""

from dataclasses import dataclass, field

import numpy as np

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Pose:
    """One frame. yaw, pitch, roll: degrees of the head to the person's left, down, and to the left shoulder.

    gaze: the point in the world that both eyes look at, metres; None for straight ahead of the head. expression: weights
    of ARKit's facial actions, 0 to 1. breath: 0 out to 1 in. lean: degrees forward and to the left of the whole body.
    hair_lag: degrees of yaw and pitch that hanging hair is behind the head. wind: metres hair ends are blown.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    gaze: Point | None = None
    expression: dict[str, float] = field(default_factory=dict)
    breath: float = 0.0
    lean: tuple[float, float] = (0.0, 0.0)
    hair_lag: tuple[float, float] = (0.0, 0.0)
    wind: Point = (0.0, 0.0, 0.0)
    seconds: float = 0.0


@dataclass(frozen=True)
class Beat:
    """What changes at a moment: it is reached *over* so many seconds after *at*, and held until the next beat says other.

    What is None stays as it was. An expression replaces the last one whole.
    """

    at: float
    over: float = 0.5
    yaw: float | None = None
    pitch: float | None = None
    roll: float | None = None
    gaze: Point | None = None
    expression: dict[str, float] | None = None
    lean: tuple[float, float] | None = None
    wind: Point | None = None


@dataclass(frozen=True)
class Line:
    """Words said from *at* on, in Hangul. rate: syllables a second."""

    at: float
    text: str
    rate: float = 5.0


def both(**weights: float) -> dict[str, float]:
    """Facial actions of the left and the right side alike.

    >>> both(mouthSmile=0.5)
    {'mouthSmileLeft': 0.5, 'mouthSmileRight': 0.5}
    """
    return {name + side: weight for name, weight in weights.items() for side in ("Left", "Right")}


def smile(amount: float, lopsided: float = 0.08) -> dict[str, float]:
    """A smile that is meant: cheeks rise and the lower lids with them; from a half on the upper teeth show.

    Ekman's action units 6 and 12; a smile of the mouth alone is 12.
    """
    face = both(
        mouthSmile=0.8 * amount, cheekSquint=0.9 * amount, eyeSquint=0.75 * amount, mouthDimple=0.2 * amount
    )
    face["mouthSmileLeft"] *= 1 + lopsided
    face["mouthSmileRight"] *= 1 - lopsided
    open_lips = max(0.0, amount - 0.45)
    return (
        face
        | both(mouthUpperUp=0.55 * open_lips, mouthLowerDown=0.35 * open_lips)
        | {"jawOpen": 0.1 * open_lips}
    )


def moved(amount: float) -> dict[str, float]:
    """Close to tears and holding them: inner brows up, lips pressed."""
    return both(mouthPress=0.35 * amount, eyeSquint=0.25 * amount, mouthFrown=0.2 * amount) | {
        "browInnerUp": 0.8 * amount
    }


def surprise(amount: float) -> dict[str, float]:
    """Brows and lids up, jaw loose."""
    return both(browOuterUp=0.6 * amount, eyeWide=0.6 * amount) | {
        "browInnerUp": 0.6 * amount,
        "jawOpen": 0.14 * amount,
    }


_VOWELS = {
    "ㅏ": {"jawOpen": 0.42, **both(mouthLowerDown=0.1, mouthUpperUp=0.18)},
    "ㅓ": {"jawOpen": 0.32, "mouthFunnel": 0.12, **both(mouthLowerDown=0.08, mouthUpperUp=0.08)},
    "ㅗ": {"jawOpen": 0.2, "mouthFunnel": 0.5, "mouthPucker": 0.3},
    "ㅜ": {"jawOpen": 0.12, "mouthFunnel": 0.3, "mouthPucker": 0.6},
    "ㅡ": {"jawOpen": 0.1, **both(mouthStretch=0.3, mouthLowerDown=0.25, mouthUpperUp=0.12)},
    "ㅣ": {"jawOpen": 0.09, **both(mouthSmile=0.22, mouthStretch=0.3, mouthLowerDown=0.3, mouthUpperUp=0.18)},
    "ㅔ": {"jawOpen": 0.2, **both(mouthSmile=0.15, mouthStretch=0.25, mouthLowerDown=0.3, mouthUpperUp=0.15)},
}
_CLOSED = {"jawOpen": 0.0, "mouthRollUpper": 0.12, "mouthRollLower": 0.15, **both(mouthPress=0.3)}
_TEETH = {"jawOpen": 0.05, **both(mouthStretch=0.15, mouthLowerDown=0.35, mouthUpperUp=0.15)}
_TONGUE = {"jawOpen": 0.16, **both(mouthLowerDown=0.2, mouthUpperUp=0.08)}
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# The mouth of each of the 21 medial vowels: where it begins, and where a diphthong ends.
_MEDIALS = (
    *("ㅏ", "ㅔ", "ㅣㅏ", "ㅣㅔ", "ㅓ", "ㅔ", "ㅣㅓ", "ㅣㅔ", "ㅗ", "ㅗㅏ", "ㅗㅔ"),
    *("ㅗㅔ", "ㅣㅗ", "ㅜ", "ㅜㅓ", "ㅜㅔ", "ㅜㅣ", "ㅣㅜ", "ㅡ", "ㅡㅣ", "ㅣ"),
)
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


def _mouths(text: str) -> list[tuple[float, dict[str, float]]]:
    """The mouth's shapes as (place in syllables, weights): consonant, vowel, and a closing consonant."""
    found, at = [], 0.0
    for letter in text:
        code = ord(letter) - 0xAC00
        if not 0 <= code < 11_172:
            at += 1.6 if letter in ".?!…" else 0.8 if letter == "," else 0.15
            found.append((at, {}))
            continue
        initial, medial, final = _INITIALS[code // 588], _MEDIALS[code % 588 // 28], _FINALS[code % 28]
        if initial in "ㅁㅂㅃㅍ":
            found.append((at, _CLOSED))
        elif initial in "ㅅㅆㅈㅉㅊ":
            found.append((at, _TEETH))
        elif initial in "ㄴㄷㄸㄹㅌ":
            found.append((at, _TONGUE))
        found.append((at + 0.35, _VOWELS[medial[0]]))
        found.append((at + 0.65, _VOWELS[medial[-1]]))
        if final in "ㅁㅂㅄㅍㄻㄼㄿ":
            found.append((at + 0.92, _CLOSED))
        elif final in "ㄴㄷㄹㅅㅆㅈㅊㅌ":
            found.append((at + 0.92, _TONGUE))
        at += 1
    return [*found, (at + 0.5, {})]


def speech(line: Line, times: np.ndarray) -> dict[str, np.ndarray]:
    """Weights of the facial actions at each of *times* while *line* is said, and whether it is (key "speaking")."""
    shapes = _mouths(line.text)
    places = np.array([line.at - 0.08, *(line.at + place / line.rate for place, _ in shapes)])
    names = sorted({name for _, shape in shapes for name in shape})
    tracks = {}
    for name in names:
        levels = [0.0, *(shape.get(name, 0.0) for _, shape in shapes)]
        tracks[name] = np.interp(times, places, levels)
    tracks["speaking"] = ((times > places[0]) & (times < places[-1])).astype(float)
    return tracks


def _ease(start: float, end: float, t: np.ndarray) -> np.ndarray:
    """0 to 1 with neither jerk at the ends (a minimum-jerk curve, as hands and heads move)."""
    t = np.clip((t - start) / max(end - start, 1e-6), 0, 1)
    return t**3 * (10 - 15 * t + 6 * t * t)


def _drift(times: np.ndarray, rng: np.random.RandomState, hertz: float) -> np.ndarray:
    """A smooth wandering of about -1 to 1."""
    total = np.zeros_like(times)
    for octave in (1, 2.3):
        phase, pace = rng.uniform(0, 2 * np.pi), hertz * octave * rng.uniform(0.8, 1.25)
        total += np.sin(2 * np.pi * pace * times + phase) / octave
    return total / 1.43


def perform(
    beats: list[Beat],
    seconds: float,
    rate: float = 24.0,
    lines: list[Line] = (),
    seed: int = 0,
    still: float = 1.0,
) -> list[Pose]:
    """One Pose for each frame of *seconds* at *rate*. still: how much of a living body's own motion, 0 for none."""
    rng, times = np.random.RandomState(seed), np.arange(round(seconds * rate)) / rate
    tracks: dict[str, np.ndarray] = {name: np.zeros_like(times) for name in ("yaw", "pitch", "roll")}
    tracks |= {f"lean {i}": np.zeros_like(times) for i in range(2)} | {
        f"wind {i}": np.zeros_like(times) for i in range(3)
    }
    faces: dict[str, np.ndarray] = {}
    gaze: np.ndarray | None = None

    def go(track: np.ndarray, value: float, ease: np.ndarray) -> np.ndarray:
        return track + (value - track) * ease

    for beat in sorted(beats, key=lambda beat: beat.at):
        ease = _ease(beat.at, beat.at + beat.over, times)
        for name in ("yaw", "pitch", "roll"):
            if getattr(beat, name) is not None:
                tracks[name] = go(tracks[name], getattr(beat, name), ease)
        for name in ("lean", "wind"):
            for i, value in enumerate(getattr(beat, name) or ()):
                tracks[f"{name} {i}"] = go(tracks[f"{name} {i}"], value, ease)
        if beat.expression is not None:
            for name in faces | beat.expression:
                faces[name] = go(faces.get(name, np.zeros_like(times)), beat.expression.get(name, 0.0), ease)
        if beat.gaze is not None:
            # Eyes leap: they are there in a twentieth of a second, ahead of the head.
            leap = _ease(beat.at, beat.at + 0.05, times)[:, None]
            gaze = (
                np.array(beat.gaze) + np.zeros((len(times), 3))
                if gaze is None
                else gaze + (beat.gaze - gaze) * leap
            )
    for line in lines:
        said = speech(line, times)
        speaking = said.pop("speaking")
        for name in faces:
            if name.startswith("mouth"):
                faces[name] = faces[name] * (1 - 0.5 * speaking)
        for name, track in said.items():
            faces[name] = np.clip(faces.get(name, 0) + track, 0, 1)
        tracks["pitch"] = tracks["pitch"] + 1.4 * speaking * _drift(times, rng, 0.9)
        tracks["roll"] = tracks["roll"] + 0.8 * speaking * _drift(times, rng, 0.6)
        faces["browInnerUp"] = faces.get("browInnerUp", 0) + 0.12 * speaking * np.clip(
            _drift(times, rng, 0.7), 0, 1
        )
    faces = {name: _smooth(track, rate) for name, track in faces.items()}
    for name, degrees, hertz in (
        ("yaw", 0.7, 0.23),
        ("pitch", 0.6, 0.31),
        ("roll", 0.5, 0.19),
        ("lean 0", 0.25, 0.13),
    ):
        tracks[name] = tracks[name] + still * degrees * _drift(times, rng, hertz)
    tracks["lean 1"] = tracks["lean 1"] + still * 0.4 * _drift(times, rng, 0.11)
    lids = _blinks(times, rng) * (still > 0)
    breath = 0.5 - 0.5 * np.cos(2 * np.pi * times / 3.7 + rng.uniform(0, 6))
    lag = [_lag(tracks[name], rate) for name in ("yaw", "pitch")]
    darts = still * 0.006 * np.stack([np.round(1.5 * _drift(times, rng, 0.4)) for _ in range(3)], 1)
    poses = []
    for i, at in enumerate(times):
        face = {name: float(track[i]) for name, track in faces.items() if abs(track[i]) > 1e-4}
        for name in ("eyeBlinkLeft", "eyeBlinkRight"):
            face[name] = max(face.get(name, 0.0), float(lids[i]))
        poses.append(
            Pose(
                *(float(tracks[name][i]) for name in ("yaw", "pitch", "roll")),
                gaze=None if gaze is None else tuple(float(x) for x in gaze[i] + darts[i]),
                expression=face,
                breath=float(breath[i]) * min(1.0, still),
                lean=(float(tracks["lean 0"][i]), float(tracks["lean 1"][i])),
                hair_lag=(float(lag[0][i]), float(lag[1][i])),
                wind=tuple(float(tracks[f"wind {j}"][i]) for j in range(3)),
                seconds=float(at),
            )
        )
    return poses


def _smooth(track: np.ndarray, rate: float) -> np.ndarray:
    """Lips have mass: a mouth cannot change shape from one frame to the next."""
    width = 0.035 * rate
    reach = max(1, round(3 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    return np.convolve(np.pad(track, reach, "edge"), kernel / kernel.sum(), "valid")


def _blinks(times: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Lids: shut in 0.08 s, open again in 0.16 s, every two to five seconds."""
    lids, at = np.zeros_like(times), rng.uniform(0.8, 2.5)
    while len(times) and at < times[-1] + 0.3:
        shut = np.clip(1 - np.abs(times - at) / np.where(times < at, 0.08, 0.16), 0, 1)
        lids = np.maximum(lids, shut * shut * (3 - 2 * shut))
        at += rng.uniform(2.0, 5.0)
    return lids


def _lag(track: np.ndarray, rate: float) -> np.ndarray:
    """Degrees a damped spring of 2.2 Hz trails behind *track*: hair that swings after the head has stopped."""
    spring, damping = (2 * np.pi * 2.2) ** 2, 2 * 0.28 * 2 * np.pi * 2.2
    place, speed, behind = track[0] if len(track) else 0.0, 0.0, []
    for value in track:
        for _ in range(8):
            speed += ((value - place) * spring - speed * damping) / (8 * rate)
            place += speed / (8 * rate)
        behind.append(value - place)
    return np.array(behind)
