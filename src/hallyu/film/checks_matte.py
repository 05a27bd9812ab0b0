"""Checks for lesson 02, pull a matte."""

from collections.abc import Callable

import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.film import matte_metrics, spill


def _windows() -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Windows of nine pixels: what is in each, its colours (9, 3) and its mattes (9,)."""
    rng = np.random.default_rng(2)
    hair, sky = np.array([0.25, 0.15, 0.1]), np.array([0.6, 0.7, 0.8])
    shares = np.linspace(0.1, 0.9, 9)
    mixed = shares[:, None] * hair + (1 - shares[:, None]) * sky
    grainy = mixed + rng.normal(0, 0.03, mixed.shape)
    return [
        ("a window where the matte is a mix of hair and sky exactly", mixed, shares),
        ("the same window with grain in its colours", grainy, shares),
        ("a window whose matte has nothing to do with its colours", rng.random((9, 3)), rng.random(9)),
        ("the edge of a collar, half in and half out", grainy, np.float64([0, 0, 0, 0, 1, 1, 1, 1, 1])),
        ("plain sky, where the matte is 1 all over", np.tile(sky, (9, 1)), np.ones(9)),
    ]


def _objection(colours: np.ndarray, matte: np.ndarray) -> float:
    known = np.column_stack([colours, np.ones(len(colours))])
    best, *_ = np.linalg.lstsq(known, matte, rcond=1e-9)
    return float(((known @ best - matte) ** 2).sum())


@guarded
def objection(answer: Callable) -> Verdict:
    """Exercise 1: `answer(colours, matte)` is the least sum of squares that a line through the colours leaves."""
    problems = []
    for what, colours, matte in _windows():
        given = answer(colours.copy(), matte.copy())
        if given is None:
            problems.append(
                "objection returns nothing yet: return one number, the sum of squares that is left."
            )
            break
        if np.ndim(given) or not np.isfinite(given):
            problems.append(f"For {what} yours is {given}; one plain number is asked for.")
            break
        right, given = _objection(colours, matte), float(given)
        if abs(given - right) > 1e-6 + 1e-4 * right:
            problems.append(
                f"In {what}, the best line leaves {right:.4f}; yours says {given:.4f}. {_slip(colours, matte, given)}"
            )
            break
    return verdict(problems, "Your window objects exactly as much as the matting Laplacian makes it object.")


def _slip(colours: np.ndarray, matte: np.ndarray, given: float) -> str:
    """What was probably done instead, as a sentence."""
    known = np.column_stack([colours, np.ones(9)])
    away = known @ np.linalg.lstsq(known, matte, rcond=1e-9)[0] - matte
    through = colours @ np.linalg.lstsq(colours, matte, rcond=1e-9)[0] - matte
    others = {
        "That is the mean of the squares; add them up.": (away**2).mean(),
        "That is the root; leave the sum of squares as it is.": np.sqrt((away**2).sum()),
        "Those are distances, not their squares.": np.abs(away).sum(),
        "Your line goes through black: it has no constant. Give the colours a column of ones.": (
            through**2
        ).sum(),
        "That is how much the matte varies, before any line has explained it.": (
            (matte - matte.mean()) ** 2
        ).sum(),
    }
    for sentence, value in others.items():
        if abs(given - value) <= 1e-6 + 1e-4 * abs(value):
            return sentence
    if given > _objection(colours, matte):
        return (
            "There is a line that fits better: fit the slope of all three channels and the constant at once."
        )
    return "No line leaves less: add up what is left at all nine pixels."


# fmt: off
_SPILT = [
    ("skin with green on it", [0.70, 0.75, 0.50], 1.0),
    ("a navy coat with green on it", [0.10, 0.25, 0.30], 1.0),
    ("a red scarf without any", [0.70, 0.15, 0.12], 1.0),
    ("violet wool without any", [0.60, 0.20, 0.60], 1.0),
    ("skin with green on it", [0.70, 0.75, 0.50], 0.5),
    ("grey hair with green on it", [0.50, 0.62, 0.54], 0.0),
]
# fmt: on
"""What it is, its code values, and the amount."""


@guarded
def despill(answer: Callable) -> Verdict:
    """Exercise 2: `answer(frame, amount)` takes the screen's light off: green is at most the mean of red and blue."""
    problems = []
    for what, codes, amount in _SPILT:
        frame = np.tile(np.float32(codes), (4, 6, 1))
        kept = frame.copy()
        given = answer(frame, amount)
        if given is None:
            problems.append("despill returns nothing yet: return a frame of the same size.")
            break
        given = np.asarray(given)
        if given.shape != kept.shape:
            problems.append(
                f"A frame of shape {kept.shape} comes back as {given.shape}; keep its size and channels."
            )
            break
        if not np.array_equal(frame, kept):
            problems.append(
                "Your despill paints on the frame it was given, and the take is gone: work on a copy."
            )
            break
        right = spill.despill(kept, amount=amount)[0, 0]
        mine = given.reshape(-1, 3).mean(0)
        if np.abs(given - right).max() > 1e-4:
            problems.append(
                f"{what[0].upper()}{what[1:]}, {_codes(codes)}, amount {amount:g}: {_why(right, mine, codes)}"
            )
            break
    return verdict(problems, "Green is taken where it is too much, by as much as is asked, and nowhere else.")


def _codes(codes) -> str:
    return "(" + ", ".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in codes) + ")"


def _why(right: np.ndarray, mine: np.ndarray, codes: list[float]) -> str:
    before = np.array(codes)
    told = f"it should become {_codes(right)}; yours is {_codes(mine)}. "
    if np.abs(mine[[0, 2]] - before[[0, 2]]).max() > 1e-4:
        return told + "Red and blue stay as they are: spill is too much green."
    if mine[1] > before[1] + 1e-4:
        return told + "Despill never adds green: where there is less than the mean, leave it."
    if abs(right[1] - before[1]) < 1e-4:
        return told + "There was no green to take."
    if abs(mine[1] - min(before[1], max(before[0], before[2]))) < 1e-4:
        return told + "You limit green to the higher of red and blue; this supervisor asks for their mean."
    if abs(mine[1] - min(before[0], before[2])) < 1e-4:
        return told + "You limit green to the lower of red and blue: skin would turn magenta."
    return told + "Take away the amount's share of what green has above the mean of red and blue."


def _shots() -> list[tuple[str, list[np.ndarray], list[np.ndarray]]]:
    """Shots of three frames of mattes with their truths, and what happens in them."""
    rng = np.random.default_rng(3)
    truths = [rng.random((6, 8)).astype(np.float32) for _ in range(3)]
    still = [truths[0]] * 3
    flicker = [truths[0], np.clip(truths[0] + 0.3, 0, 1), truths[0] * 0.9]
    return [
        ("the true mattes themselves", truths, truths),
        ("a figure that moves, and mattes frozen on the first frame", still, truths),
        ("a figure that stands still, and mattes that flicker", flicker, still),
        ("mattes that are too dense by the same amount in every frame",
         [0.8 * t + 0.2 for t in truths], [0.8 * t for t in truths]),
        ("a figure that moves, and mattes that flicker", [t * s for t, s in zip(truths, (1, 0.7, 0.9), strict=True)], truths),
    ]  # fmt: skip


@guarded
def dtssd(answer: Callable) -> Verdict:
    """Exercise 3: `answer(mattes, truths)` is the shot's dtSSD, x 100."""
    problems = []
    for what, mattes, truths in _shots():
        given = answer([m.copy() for m in mattes], [t.copy() for t in truths])
        if given is None:
            problems.append("dtssd returns nothing yet: return one number for the shot.")
            break
        if np.ndim(given) or not np.isfinite(given):
            problems.append(f"For {what} yours is {given}; one plain number is asked for.")
            break
        right, given = matte_metrics.measure(mattes, truths).dtssd, float(given)
        if abs(given - right) > 1e-3 + 1e-3 * right:
            problems.append(
                f"For {what} dtSSD is {right:.2f}; yours is {given:.2f}. {_unsteady(mattes, truths, given)}"
            )
            break
    return verdict(
        problems, "dtSSD as the field prints it: neither a frozen nor a flickering matte gets past it."
    )


def _unsteady(mattes: list[np.ndarray], truths: list[np.ndarray], given: float) -> str:
    steps = [np.diff(np.float64(shot), axis=0) for shot in (mattes, truths)]
    away = steps[0] - steps[1]
    each = np.sqrt((away**2).mean((1, 2)))
    others = {
        "You compare the frames, not how they change.": 100
        * np.mean([np.sqrt(((np.float64(m) - t) ** 2).mean()) for m, t in zip(mattes, truths, strict=True)]),
        "That is how much the matte changes by itself; a figure that moves is allowed to.": 100
        * np.sqrt((steps[0] ** 2).mean((1, 2))).mean(),
        "Multiply by 100, as the field does.": each.mean(),
        "Take the root of each step's mean square.": 100 * (away**2).mean(),
        "Square before you take the mean, and take the root after.": 100 * np.abs(away).mean(),
        "Take the root of each step by itself, then the mean over the steps.": 100
        * np.sqrt((away**2).mean()),
        "Take the mean over the steps, not their sum.": 100 * each.sum(),
        "A shot of three frames has two steps: divide by the steps, not by the frames.": 100
        * each.sum()
        / len(mattes),
    }
    for sentence, value in others.items():
        if abs(given - value) <= 1e-3 + 1e-3 * abs(value):
            return sentence
    return "For each frame but the first: how the matte changed, less how the truth changed, squared, mean, root."
