"""The sound of *First Snow*: voices in their places, wind, steps, a telephone, the song, as three stems. Used by make_film.py.

Every effect is made here from noise and tones; nothing was recorded.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy import signal

from hallyu import audio
from hallyu.music import mixing
from hallyu.ott import loudness
from hallyu.ott.first_snow import Line, Truth, Word

MUSIC = Path(__file__).resolve().parents[2] / "music" / "media"
RATE = 48_000
SPOKEN = -27.0
"""LKFS that the dialogue is mixed to, measured in the whole mix while somebody speaks."""
CEILING = -2.6
"""dBTP of the mix before it is coded; AAC may add a few tenths."""
TONE = -68.0
"""dBFS (RMS) of the room tone (공간음) under everything."""


@dataclass(frozen=True, eq=False)
class Placed:
    """A line in the film. at: seconds. place: near (a thought), open (outside), far, room, or phone."""

    at: float
    samples: np.ndarray
    place: str


def db(decibels: float) -> float:
    return 10 ** (decibels / 20)


# --- dialogue ---------------------------------------------------------------------------------------------------------

OFFSETS = {"near": 0.0, "open": 0.0, "far": -3.0, "room": 0.0, "phone": -1.5}
"""LU by which a place is louder or softer than the rest of the dialogue."""


def voiced(line: Placed) -> np.ndarray:
    """A line in stereo as its place makes it sound: (n, 2); longer than the line by its echo."""
    dry = mixing.equalise(line.samples, mixing.high_pass(RATE, 75))
    if line.place == "phone":
        dry = mixing.equalise(
            dry,
            mixing.high_pass(RATE, 340, 0.9),
            mixing.high_pass(RATE, 340),
            mixing.low_pass(RATE, 3300, 0.9),
        )
        dry = np.tanh(2.5 * dry / max(np.abs(dry).max(), 1e-6)) * 0.4
    elif line.place == "near":
        dry = mixing.equalise(dry, mixing.bell(RATE, 190, 2.0, 0.8), mixing.high_shelf(RATE, 6000, 1.5))
    dry = mixing.gain(dry, SPOKEN + OFFSETS[line.place] - _level(dry))
    tail = round(0.9 * RATE)
    padded = np.pad(dry, (0, tail))
    out = mixing.stereo(padded)
    seconds, wet = {
        "near": (0.25, -26),
        "open": (0.5, -24),
        "far": (0.9, -12),
        "room": (0.38, -14),
        "phone": (0.2, -34),
    }[line.place]
    # A short echo of its own for each ear: without it both channels would be one and the same.
    echo = np.stack(
        [signal.fftconvolve(padded, _echo(seconds, side))[: len(padded)] for side in (0, 1)], axis=1
    )
    echo *= db(wet) * np.sqrt((dry**2).mean() / max((echo**2).mean(), 1e-12))
    return (out + echo).astype(np.float32)


def _level(samples: np.ndarray) -> float:
    """K-weighted level of a line while it lasts, in LKFS, as it sounds in both channels."""
    weighted = signal.sosfilt(mixing.k_weighting(RATE), np.asarray(samples, float))
    return float(-0.691 + 10 * np.log10(2 * (weighted**2).mean()))


@cache
def _echo(seconds: float, side: int) -> np.ndarray:
    """An impulse response of noise that dies away, without its direct sound."""
    random = np.random.default_rng((3, side))
    length = round(1.6 * seconds * RATE)
    t = np.arange(length) / RATE
    noise = random.standard_normal(length) * 10 ** (-3 * t / seconds)
    noise[: round((0.007 + 0.004 * side) * RATE)] = 0
    return signal.sosfilt(signal.butter(1, (160, 5200), "band", fs=RATE, output="sos"), noise)


def ducked(samples: np.ndarray, lines: Sequence[Line], by: float) -> np.ndarray:
    """Music made softer by *by* dB while somebody speaks, down in 0.35 s and up again in 0.7 s."""
    level = np.zeros(len(samples))
    t = np.arange(len(samples)) / RATE
    for line in lines:
        down = np.clip((t - (line.start - 0.35)) / 0.35, 0, 1)
        up = np.clip(((line.stop + 0.7) - t) / 0.7, 0, 1)
        level = np.maximum(level, np.minimum(down, up))
    return samples * (10 ** (-by * level / 20))[:, None]


# --- effects ----------------------------------------------------------------------------------------------------------


def noise(seconds: float, low: float, high: float, seed: int, slope: float = 0.0) -> np.ndarray:
    """(n, 2) of noise between two frequencies, RMS 1, another for each ear. slope: dB an octave that it falls by."""
    count = round(seconds * RATE)
    size = int(2 ** np.ceil(np.log2(max(count, 2))))
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    shape = np.where((hertz >= low) & (hertz <= high), (np.maximum(hertz, 1) / low) ** (-slope / 6.02), 0)
    out = []
    for side in (0, 1):
        random = np.random.default_rng((seed, side))
        spectrum = shape * np.exp(2j * np.pi * random.random(len(hertz)))
        wave = np.fft.irfft(spectrum, size)[:count]
        out.append(wave / max(wave.std(), 1e-12))
    return np.stack(out, axis=1)


def gusts(seconds: float, seed: int) -> np.ndarray:
    """The slow swell of wind, (n,), from about 0.3 to 1."""
    random = np.random.default_rng(seed)
    knots = random.uniform(0.3, 1.0, int(seconds / 0.9) + 4)
    t = np.arange(round(seconds * RATE)) / RATE
    return np.interp(t, np.arange(len(knots)) * 0.9 - 0.6, signal.savgol_filter(knots, 3, 1))


def blowing(seconds: float, seed: int) -> np.ndarray:
    """Wind in trees: a low rush, and a whistle that rises and falls with the gusts. (n, 2), RMS about 1."""
    swell = gusts(seconds, seed)
    rush = noise(seconds, 90, 1400, seed, 4.0)
    air = noise(seconds, 1400, 5200, seed + 1, 6.0)
    t = np.arange(len(swell)) / RATE
    whistle = np.zeros((len(t), 2))
    for side in (0, 1):
        hertz = 420 + 160 * swell + 12 * np.sin(2 * np.pi * 0.31 * t + side)
        phase = 2 * np.pi * np.cumsum(hertz) / RATE
        flutter = signal.sosfilt(
            signal.butter(2, 14, fs=RATE, output="sos"),
            np.random.default_rng((seed, 7, side)).standard_normal(len(t)),
        )
        whistle[:, side] = np.sin(phase) * np.clip(1 + flutter / flutter.std(), 0, 3)
    wave = rush * swell[:, None] + 0.22 * air * (swell**2)[:, None] + 0.05 * whistle * (swell**3)[:, None]
    return wave / wave.std()


def crunch(seed: int) -> np.ndarray:
    """One step in fresh snow (뽀드득), 0.42 s: heel and sole, each many small breaks of crust that squeak as they rub."""
    random = np.random.default_rng(seed)
    count = round(0.42 * RATE)
    t = np.arange(count) / RATE
    wave = np.zeros(count)
    for begin, length, weight in ((0.0, 0.13, 1.0), (0.15, 0.22, 0.8)):
        for _ in range(90):
            at = begin + length * random.beta(1.4, 2.2)
            hertz, dies = random.uniform(900, 5200), random.uniform(0.0015, 0.006)
            after = t - at
            grain = np.where(
                after >= 0, np.exp(-np.maximum(after, 0) / dies) * np.sin(2 * np.pi * hertz * after), 0
            )
            wave += weight * random.lognormal(-0.4, 0.7) * grain
        inside = np.clip((t - begin) / 0.02, 0, 1) * np.clip((begin + length - t) / (0.6 * length), 0, 1)
        rub = signal.sosfilt(
            signal.butter(2, (700, 2600), "band", fs=RATE, output="sos"), random.standard_normal(count)
        )
        wave += (
            weight
            * 1.1
            * inside
            * rub
            / rub.std()
            * (0.6 + 0.4 * np.sin(2 * np.pi * random.uniform(38, 55) * t))
        )
        thud = np.where(
            t >= begin, np.exp(-np.maximum(t - begin, 0) / 0.03) * np.sin(2 * np.pi * 82 * (t - begin)), 0
        )
        wave += 1.6 * weight * thud
    wave *= np.clip((0.42 - t) / 0.05, 0, 1)
    return wave / np.abs(wave).max()


def buzz(seconds: float) -> np.ndarray:
    """A telephone that shakes on a table: a motor at 165 Hz, and the wood that rattles with it."""
    t = np.arange(round(seconds * RATE)) / RATE
    motor = sum(np.sin(2 * np.pi * 165 * k * t + 0.6 * k) / k**1.1 for k in range(1, 9))
    rattle = noise(seconds, 500, 3000, 77)[:, 0] * np.clip(np.sin(2 * np.pi * 165 * t), 0, 1) ** 6
    shape = np.clip(t / 0.03, 0, 1) * np.clip((seconds - t) / 0.05, 0, 1)
    wave = (motor + 0.5 * rattle) * shape
    return wave / np.abs(wave).max()


STEPS = {"pine": (0.35, 1.0, 1.65), "footsteps": (0.12, 0.55, 0.98)}
"""Seconds in a shot at which somebody steps into the snow."""
RINGS = ((0.1, 0.42), (0.66, 0.42))
"""Seconds in the room at which the telephone shakes, and how long."""


def told(at: Mapping[str, float], end: float) -> list[tuple[str, str, float, float]]:
    """What a viewer who does not hear has to be told of: Korean, English, start, stop."""
    steps, ring = at["footsteps"], at["room"]
    return [
        ("바람 소리", "wind blows", 0.0, at["grandmother"]),
        (
            "뽀드득",
            "footsteps crunch in the snow",
            steps + STEPS["footsteps"][0],
            steps + STEPS["footsteps"][-1] + 0.42,
        ),
        ("휴대폰 진동 소리", "phone buzzes", ring + RINGS[0][0], ring + RINGS[-1][0] + RINGS[-1][1]),
        ("바람 소리", "wind blows", at["together"], end),
    ]


def effects(truth: Truth) -> np.ndarray:
    """The effects and the room tone, (n, 2)."""
    at = {shot.name: float(shot.start / truth.rate) for shot in truth.shots}
    stop = {shot.name: float(shot.stop / truth.rate) for shot in truth.shots}
    count = round(truth.seconds * RATE)
    t = np.arange(count) / RATE
    out = noise(truth.seconds, 40, 6000, 1, 3.0) * db(TONE)
    outside = np.zeros(count)
    for name, level in WINDS.items():
        rise, fall = np.clip((t - at[name]) / 0.12 + 0.5, 0, 1), np.clip((stop[name] - t) / 0.12 + 0.5, 0, 1)
        outside += db(level) * np.minimum(rise, fall)
    wind = blowing(truth.seconds, 21)
    out += wind * (outside * np.clip(t / 0.8, 0, 1) * np.clip((truth.seconds - t) / 1.0, 0, 1))[:, None]
    inside = np.zeros(count)
    for name in ("grandmother", "haneul asks", "promise", "room", "footprints", "not over", "this year"):
        rise, fall = np.clip((t - at[name]) / 0.1 + 0.5, 0, 1), np.clip((stop[name] - t) / 0.1 + 0.5, 0, 1)
        inside += np.minimum(rise, fall)
    out += noise(truth.seconds, 50, 420, 31, 5.0) * (db(-58) * inside)[:, None]
    for name, places in STEPS.items():
        for number, place in enumerate(places):
            near = (-24, -21, -18)[number] if name == "footsteps" else -30 - number
            add(out, mixing.pan(crunch(5 + number), 0.5 - 0.2 * number) * db(near + 8), at[name] + place)
    for place, seconds in RINGS:
        add(out, mixing.pan(buzz(seconds), -0.25) * db(-21), at["room"] + place)
    return out


WINDS = {
    "gate": -35, "pine": -40, "wind": -34, "footsteps": -44, "doyun asks": -42, "haneul answers": -42, "doyun answers": -42,
    "under the pine": -42, "south": -35, "memory": -41, "every year": -43, "together": -38,
}  # fmt: skip
"""dBFS (RMS) of the wind in each shot outside."""


def add(out: np.ndarray, samples: np.ndarray, at: float) -> None:
    """Mix *samples* (n, 2) into *out* from the second *at* on, as far as *out* goes."""
    first = round(at * RATE)
    part = samples[: max(len(out) - first, 0)]
    out[first : first + len(part)] += part


# --- music ------------------------------------------------------------------------------------------------------------

BEAT = 60 / 84
CHORUS = 64 * BEAT
"""Seconds in the song at which its last line begins: this year let us go together."""


@dataclass(frozen=True)
class Excerpt:
    """A piece of the song. start: in the film. of: in the song. seconds: how long. rise, fall: seconds of the fades."""

    start: float
    of: float
    seconds: float
    rise: float
    fall: float
    decibels: float


def excerpts(at: Mapping[str, float], end: float) -> list[Excerpt]:
    """The intro under the forest, the outro under the memory, the last line of the chorus at the end."""
    last = at["together"] - 0.35
    return [
        Excerpt(0.0, 0.0, 5.6, 0.3, 2.6, -9.0),
        Excerpt(at["memory"] - 0.3, 72 * BEAT - 0.05, 5.6, 0.5, 2.2, -8.0),
        Excerpt(last, CHORUS - 0.5, end - last, 0.4, 1.3, -5.5),
    ]


def songs(at: Mapping[str, float], end: float) -> list[tuple[float, float, tuple[Line, ...]]]:
    """(start, stop, what is sung) of each excerpt."""
    found = []
    for piece in excerpts(at, end):
        inside = [
            word for word in _sung() if piece.of <= word.start and word.start + 0.3 < piece.of + piece.seconds
        ]
        words = tuple(
            Word(word.text, word.start - piece.of + piece.start, min(word.stop - piece.of + piece.start, end))
            for word in inside
        )
        text = " ".join(word.text for word in words)
        lyrics = (
            (Line("s1", "노래", text, "This year let us go together", words[0].start, words[-1].stop, words),)
            if words
            else ()
        )
        found.append((piece.start, piece.start + piece.seconds, lyrics))
    return found


@cache
def _sung() -> tuple[Word, ...]:
    """The words of the song's last line, in the song's seconds."""
    score = json.loads((MUSIC / "first-snow.json").read_text(encoding="utf-8"))
    line = score["lines"][-1]
    notes = [note for note in score["notes"] if note["start"] >= line["start"]]
    words, used = [], 0
    for word in line["korean"].split():
        own = notes[used : used + len(word)]
        used += len(word)
        words.append(Word(word, own[0]["start"] * BEAT, (own[-1]["start"] + own[-1]["length"]) * BEAT))
    return tuple(words)


def music(truth: Truth) -> np.ndarray:
    """The song's excerpts in the film, (n, 2)."""
    at = {shot.name: float(shot.start / truth.rate) for shot in truth.shots}
    song, _ = audio.read(MUSIC / "first-snow.mp3", RATE)
    song = mixing.stereo(song)
    out = np.zeros((round(truth.seconds * RATE), 2))
    for piece in excerpts(at, truth.seconds):
        first = round(piece.of * RATE)
        part = song[first : first + round(piece.seconds * RATE)].astype(float)
        t = np.arange(len(part)) / RATE
        shape = np.clip(t / piece.rise, 0, 1) * np.clip((len(part) / RATE - t) / piece.fall, 0, 1)
        add(out, part * (shape**1.5 * db(piece.decibels))[:, None], piece.start)
    return ducked(out, truth.lines, 9.0)


# --- the mix ----------------------------------------------------------------------------------------------------------


def stems(lines: Sequence[Placed], truth: Truth) -> dict[str, np.ndarray]:
    """dialogue, music, effects: (n, 2) int16 whose sum is the mix, at SPOKEN while somebody speaks."""
    dialogue = np.zeros((round(truth.seconds * RATE), 2))
    for line in lines:
        add(dialogue, voiced(line), line.at)
    made = {"dialogue": dialogue, "music": music(truth), "effects": effects(truth)}
    for _ in range(3):
        whole = sum(made.values())
        heard, _ = measured(whole).dialogue(truth.speech)
        made = {name: samples * db(SPOKEN - heard) for name, samples in made.items()}
    peak = mixing.true_peak(sum(made.values()).astype(np.float32))
    if peak > CEILING:
        raise SystemExit(f"The mix reaches {peak:.1f} dBTP; lower what is loud.")
    return {name: np.int16(np.round(np.clip(samples, -1, 1) * 32767)) for name, samples in made.items()}


def measured(samples: np.ndarray) -> loudness.Loudness:
    """What hallyu.ott.loudness says of (n, 2) samples."""
    meter = loudness.Meter(RATE)
    for block in np.array_split(np.asarray(samples, np.float32), max(1, len(samples) // RATE)):
        meter.add(block)
    return meter.result()
