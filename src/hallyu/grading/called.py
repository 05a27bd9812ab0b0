"""Functions of a shot that a learner wrote, called with pictures that the learner has not seen."""

from collections.abc import Callable, Sequence

import numpy as np

from hallyu.film import colour

NEAR = 0.01
"""How far a value may lie from the right one: two and a half levels of 8 bits."""


def grade(name: str, wanted: Callable, written: Callable, examples: Sequence[tuple], points: float) -> float:
    """Print on which of the *examples* (arguments) *written* is not *wanted*; their share of the points, to a tenth.

    As the last line of a test cell this is the partial credit that nbgrader reads. Below a half there is none: a function
    that gives back what it got is right now and then.
    """
    right = 0
    for number, example in enumerate(examples, 1):
        if said := _wrong(wanted(*example), written, example):
            print(f"✗ {name}, unseen picture {number}: {said}")
        right += not said
    share = right / len(examples)
    marks = 0.0 if share < 0.5 else round(points * share, 1)
    print(f"{name}: {right} of {len(examples)} unseen pictures: {marks:g} of {points:g} points")
    return marks


def _wrong(expected: np.ndarray, written: Callable, example: tuple) -> str:
    """What is wrong with the learner's answer, in a few words; "" for nothing."""
    try:
        got = np.asarray(written(*(part.copy() for part in example)))
    except Exception as error:  # whatever the learner's function does
        return f"it gives no picture ({type(error).__name__})"
    if got.shape != expected.shape or got.dtype.kind not in "fiu":
        return f"it gives {got.shape}, and {expected.shape} is asked for"
    if not np.isfinite(got).all():
        return "it gives values that are no numbers"
    if (away := float(np.abs(got - expected).max())) > NEAR:
        return f"it is up to {away:.2f} away"
    return ""


def keyed(frame: np.ndarray, screen: np.ndarray) -> np.ndarray:
    """What key(frame, screen) of film-composite gives: 1 less the pixel's excess of the screen's own channel over the
    higher of the other two, as a share of the screen's; within 0..1, (h, w)."""
    channel = int(np.argmax(screen))
    over = lambda picture: picture[..., channel] - np.delete(picture, channel, axis=-1).max(axis=-1)
    return np.clip(1 - over(frame) / over(screen), 0, 1)


def laid_over(figure: np.ndarray, matte: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """What lay_over(figure, matte, ground) of film-composite gives: the comp, mixed as light."""
    light = matte[..., None] * colour.to_linear(figure) + (1 - matte[..., None]) * colour.to_linear(ground)
    return colour.to_display(light)


def screens(seed: int, count: int = 10) -> list[tuple[np.ndarray, np.ndarray]]:
    """Frames before screens, green and blue in turn, each with its screen's colour; no two of one size."""
    random, made = np.random.default_rng(seed), []
    for number in range(count):
        screen = random.uniform(0.05, 0.3, 3)
        screen[1 + number % 2] = random.uniform(0.5, 0.9)
        share = random.uniform(0, 1, (9 + number, 13 + 2 * number, 1))
        figure = random.uniform(0, 1, (*share.shape[:2], 3))
        made.append(((share * figure + (1 - share) * screen).astype(np.float32), screen.astype(np.float32)))
    return made


def layers(seed: int, count: int = 10) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Figures with straight colours, mattes and grounds; no two of one size."""
    random = np.random.default_rng(seed)
    sizes = [(8 + number, 11 + 2 * number) for number in range(count)]
    return [
        tuple(random.uniform(0, 1, shape).astype(np.float32) for shape in ((*size, 3), size, (*size, 3)))
        for size in sizes
    ]
