"""Checks for lesson 03, pitch and timbre."""

from collections.abc import Callable

import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.music.pitch import cents

HOP = 0.005
_TIMES = np.arange(0, 1.2, HOP)


def _note(written: float, off: float, vibrato: float = 0.0, slide: float = 0.0) -> np.ndarray:
    """A note *off* cents from *written* hertz, that begins *slide* cents below and swings by *vibrato*."""
    swing = vibrato * np.sin(2 * np.pi * 5.5 * _TIMES) * (_TIMES > 0.3)
    start = -slide * np.exp(-_TIMES / 0.05)
    return written * 2 ** ((off + swing + start) / 1200)


def _with_pauses(hertz: np.ndarray) -> np.ndarray:
    """The same note with a long hiss before it and one in it, where there is no pitch."""
    hertz = hertz.copy()
    hertz[:110] = 0
    hertz[150:170] = 0
    return hertz


OFF_CASES = [
    ("a steady note", np.full(80, 330.0 * 2 ** (-57 / 1200)), 330.0, -57.0),
    ("a sharp note", np.full(80, 440.0 * 2 ** (52 / 1200)), 440.0, 52.0),
    ("a note with a consonant before it, which has no pitch", _with_pauses(_note(392.0, 20)), 392.0, 20.0),
    ("a note that slides in from far below", _note(262.0, 10, slide=900), 262.0, 10.0),
]
"""What is sung, hertz, the written hertz, and how far off it is in cents."""


@guarded
def off_by(answer: Callable) -> Verdict:
    """Exercise 1: `answer(hertz, written)` gives the median error in cents over voiced frames, or None."""
    problems = []
    for name, hertz, written, right in OFF_CASES:
        given = answer(hertz.copy(), written)
        if given is None:
            problems.append("off_by returns nothing yet: return the note's error in cents.")
        elif np.ndim(given) or not np.isfinite(given):
            problems.append(
                f"For {name} you return {_short(given)}; one number of cents is asked for."
                + (" Is the pitch 0 where there is no voice left out?" if (hertz == 0).any() else "")
            )
        elif abs(given - right) > 2:
            problems.append(
                f"{name[0].upper()}{name[1:]} lies {right:+.0f} cents from {written:.0f} Hz; you say {given:+.1f}."
                + _why(given, right, hertz, written)
            )
    if (silent := answer(np.zeros(40), 330.0)) is not None:
        problems.append(
            f"Of a hiss without any pitch you say {_short(silent)}; return None, for there is no note."
        )
    return verdict(
        problems, "Flat is minus, sharp is plus, and neither a hiss nor a slide changes the figure."
    )


def _short(value: object) -> str:
    return " ".join(repr(value).split())[:40]


def _why(given: float, right: float, hertz: np.ndarray, written: float) -> str:
    """A guess at the slip, in words."""
    voiced = hertz[hertz > 0]
    if abs(given + right) < 2:
        return " Sharp is positive: what was sung over what was written."
    if abs(given - np.median(voiced - written)) < 0.5:
        return " That is a difference in hertz; a cent is 1/1200 of an octave, a ratio."
    if abs(given - 100 * right) < 200 or abs(given - right / 100) < 0.1:
        return " A semitone has 100 cents, an octave 1200."
    if abs(given - np.mean(cents(voiced, written))) < 0.5:
        return " That is the mean; a slide pulls it away, and leaves the median alone."
    return ""


TUNE_CASES = [
    ("a flat note", _note(440.0, -60), 440.0, 1.0),
    ("a sharp note with a vibrato of 40 cents", _note(330.0, 50, vibrato=40), 330.0, 1.0),
    ("a flat note that slides in from below", _note(392.0, -45, slide=300), 392.0, 1.0),
    ("a sharp note, tuned half way", _note(262.0, 80, vibrato=30), 262.0, 0.5),
    ("a sharp note, tuned not at all", _note(294.0, 35), 294.0, 0.0),
    ("a flat note with a consonant in it", _with_pauses(_note(349.0, -70)), 349.0, 1.0),
]


@guarded
def tune(answer: Callable) -> Verdict:
    """Exercise 2: `answer(hertz, written, amount)` moves a note as a whole towards its pitch."""
    problems = []
    for name, hertz, written, amount in TUNE_CASES:
        given = answer(hertz.copy(), written, amount)
        what = f"{name[0].upper()}{name[1:]}"
        if given is None:
            problems.append("tune returns nothing yet: return the new curve in hertz.")
            continue
        given = np.asarray(given, float)
        if given.shape != hertz.shape:
            problems.append(f"{what} has {len(hertz)} frames, and your curve has the shape {given.shape}.")
            continue
        voiced = hertz > 0
        if np.any(given[~voiced] != 0):
            problems.append(f"{what}: you give a pitch to frames that have no voice; they stay 0.")
        elif not (np.isfinite(given[voiced]).all() and (given[voiced] > 0).all()):
            problems.append(f"{what}: some frames of yours have no pitch, where the voice has one.")
        else:
            problems += _tuned_badly(what, hertz[voiced], given[voiced], written, amount)
    hiss = answer(np.zeros(20), 330.0, 1.0)
    if hiss is not None and np.any(np.nan_to_num(np.asarray(hiss, float), nan=1.0)):
        problems.append("A hiss without any pitch has nothing to tune: return its zeros.")
    return verdict(problems, "Every note arrives, and its vibrato and slides are as deep as they were sung.")


def _tuned_badly(what: str, sung: np.ndarray, given: np.ndarray, written: float, amount: float) -> list[str]:
    before, after = cents(sung, written), cents(given, written)
    right = (1 - amount) * np.median(before) + 0.0  # not -0
    if abs(np.median(after) - right) > 2:
        return [
            f"{what} was {np.median(before):+.0f} cents off and should be {right:+.0f} with an amount of {amount:g}; "
            f"yours is {np.median(after):+.0f}."
        ]
    depth = np.ptp(before)
    if np.ptp(after) < depth - 2:
        return [
            f"{what}: it moved by {depth:.0f} cents while it was sung, and in yours by {np.ptp(after):.0f}. "
            "Move the whole note by one interval, not each frame to the pitch."
        ]
    if np.abs(after - before - np.median(after - before)).max() > 1:
        return [f"{what}: not every frame is moved by the same number of cents. Multiply hertz, do not add."]
    return []


def _fold_cases() -> list[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """What happened, the curve with its jumps, the melody, and the curve that was sung."""
    melody = np.repeat([330.0, 440.0, 392.0], [100, 80, 60])
    sung = np.concatenate(
        [_note(330.0, -95, vibrato=40)[:100], _note(440.0, 30)[:80], _note(392.0, -60)[:60]]
    )
    sung[60:75] = 0
    cases = []
    for name, part, factor in (
        ("nothing jumped", slice(0, 0), 1.0),
        ("frames 20 to 50 are an octave low", slice(20, 50), 0.5),
        ("frames 120 to 150 are an octave high", slice(120, 150), 2.0),
        ("frames 190 to 230 are two octaves low", slice(190, 230), 0.25),
    ):
        heard = sung.copy()
        heard[part] *= factor
        cases.append((name, heard, melody, sung))
    return cases


@guarded
def fold(answer: Callable) -> Verdict:
    """Exercise 3: `answer(hertz, written)` takes whole octaves back, and nothing else."""
    problems = []
    for name, heard, melody, sung in _fold_cases():
        given = answer(heard.copy(), melody.copy())
        if given is None:
            problems.append("fold returns nothing yet: return the new curve in hertz.")
            continue
        given = np.asarray(given, float)
        if given.shape != heard.shape:
            problems.append(f"The curve has {len(heard)} frames, and yours has the shape {given.shape}.")
            continue
        voiced = sung > 0
        if not np.array_equal(given > 0, voiced):
            problems.append("Frames without a voice stay 0, and those with one keep a pitch.")
            continue
        off = cents(given[voiced], sung[voiced])
        worst = np.abs(off).argmax()
        if np.abs(off[worst]) > 600:
            problems.append(f"When {name}: yours still has a frame {off[worst] / 1200:+.0f} octave(s) off.")
        elif np.abs(off[worst]) > 1:
            problems.append(
                f"When {name}: a frame was sung {_flatness(sung, melody, voiced, worst)} and yours moves it by "
                f"{off[worst]:+.0f} cents. Take back octaves only; tuning is another step."
            )
    return verdict(problems, "Every octave is back, and what was sung a little flat is still a little flat.")


def _flatness(sung: np.ndarray, melody: np.ndarray, voiced: np.ndarray, at: int) -> str:
    off = float(cents(sung[voiced][at], melody[voiced][at]))
    return f"{abs(off):.0f} cents {'flat' if off < 0 else 'sharp'}"
