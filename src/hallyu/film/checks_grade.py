"""Checks for lesson 05, match the grade."""

from collections.abc import Callable, Sequence

import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.film import cdl as ten_numbers
from hallyu.film.cdl import CDL

PAIRS = np.array(
    [
        [50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425],
        [50, 3.1571, -77.2803, 50, 0, -82.7485, 2.8615],
        [50, 2.8361, -74.0200, 50, 0, -82.7485, 3.4412],
        [50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0000],
        [50, -1.1848, -84.8006, 50, 0, -82.7485, 1.0000],
        [50, -0.9009, -85.5211, 50, 0, -82.7485, 1.0000],
        [50, 0, 0, 50, -1, 2, 2.3669],
        [50, -1, 2, 50, 0, 0, 2.3669],
        [50, 2.4900, -0.0010, 50, -2.4900, 0.0009, 7.1792],
        [50, 2.4900, -0.0010, 50, -2.4900, 0.0010, 7.1792],
        [50, 2.4900, -0.0010, 50, -2.4900, 0.0011, 7.2195],
        [50, 2.4900, -0.0010, 50, -2.4900, 0.0012, 7.2195],
        [50, -0.0010, 2.4900, 50, 0.0009, -2.4900, 4.8045],
        [50, -0.0010, 2.4900, 50, 0.0010, -2.4900, 4.8045],
        [50, -0.0010, 2.4900, 50, 0.0011, -2.4900, 4.7461],
        [50, 2.5, 0, 50, 0, -2.5, 4.3065],
        [50, 2.5, 0, 73, 25, -18, 27.1492],
        [50, 2.5, 0, 61, -5, 29, 22.8977],
        [50, 2.5, 0, 56, -27, -3, 31.9030],
        [50, 2.5, 0, 58, 24, 15, 19.4535],
        [50, 2.5, 0, 50, 3.1736, 0.5854, 1.0000],
        [50, 2.5, 0, 50, 3.2972, 0, 1.0000],
        [50, 2.5, 0, 50, 1.8634, 0.5757, 1.0000],
        [50, 2.5, 0, 50, 3.2592, 0.3350, 1.0000],
        [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644],
        [63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630],
        [61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731],
        [35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645],
        [22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373],
        [36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146],
        [90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441],
        [90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381],
        [6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377],
        [2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082],
    ]
)
"""Two L*a*b* colours and their CIEDE2000: the test data of Sharma, Wu and Dalal (2005), table 1."""

HUES = [
    (10, 50, 40, 30, "no way is shorter than straight on"),
    (50, 10, -40, 30, "a turn back is negative"),
    (350, 20, 30, 5, "the short way from 350° to 20° leads over 0°, not through half the circle"),
    (20, 350, -30, 5, "the short way from 20° to 350° leads back over 0°"),
    (340, 10, 30, 355, "the middle of a turn over 0° lies on the turn, and is counted from 0° to 360°"),
    (100, 290, -170, 15, "190° one way is 170° the other way"),
    (33, 33, 0, 33, "two equal hues are no turn apart"),
    (90, 270, 180, 180, "exactly half a turn keeps its sign: the published pairs 13 to 15 sit on this edge"),
    (270, 90, -180, 180, "exactly half a turn keeps its sign"),
]
"""Two hues in degrees, the turn from the first to the second, the hue half way, and the rule that the case is about."""


@guarded
def hue_step(answer: Callable) -> Verdict:
    """Exercise 1: `answer(hue_1, hue_2)` gives the turn by the short way and the hue in its middle, in degrees."""
    problems = []
    for one, other, turn, middle, why in HUES:
        given = answer(float(one), float(other))
        if given is None:
            problems.append("hue_step returns nothing yet: return the turn and the hue half way along it.")
            continue
        if np.ndim(given) == 0 or len(given) != 2:
            problems.append("hue_step returns two things, the turn and the middle: return turn, middle.")
            continue
        got, half = (float(value) for value in given)
        if abs(got - turn) > 1e-6:
            problems.append(f"From {one}° to {other}° yours turns by {got:g}°, and it is {turn}°: {why}.")
        elif abs(half - middle) > 1e-6:
            problems.append(
                f"Half way from {one}° to {other}° yours is at {half:g}°, and it is {middle}°: {why}."
            )
    return verdict(
        problems or _hues_in_arrays(answer), "The short way round, also over 0°, for whole frames."
    )


def _hues_in_arrays(answer: Callable) -> list[str]:
    one, other = np.random.default_rng(5).uniform(0, 360, (2, 3, 40))
    try:
        turn, middle = answer(one.copy(), other.copy())
    except ValueError as error:
        return [
            f"One pair works, and an array of hues stops with “{error}”: choose by np.where instead of if."
        ]
    turn, middle = np.asarray(turn), np.asarray(middle)
    if turn.shape != one.shape or middle.shape != one.shape:
        return [
            f"For {one.shape} hues there are {turn.shape} turns and {middle.shape} middles: one for each."
        ]
    right = (other - one + 180) % 360 - 180
    if not (np.allclose(turn, right) and np.allclose(middle, (one + right / 2) % 360)):
        return [
            "Of 120 pairs of hues in one array some turn the long way: every pair takes its own short way."
        ]
    return []


GRADES = [
    (CDL(slope=(1.3, 1.0, 0.7)), "slope multiplies, channel by channel"),
    (CDL(slope=(1.2, 1.1, 0.9), offset=(0.05, -0.02, 0.1)), "first the slope, then the offset is added"),
    (CDL((1.1, 0.9, 1.2), (0.1, 0.02, 0.05), (1.5, 2.0, 0.6)), "power is the exponent itself, after slope and offset"),
    (CDL(offset=(-0.3, -0.2, -0.1), power=(0.8, 1.0, 1.4)), "hold in 0 to 1 before the power: a negative has none"),
    (CDL(saturation=0.0), "saturation 0 is the luma of BT.709: 0.2126, 0.7152, 0.0722"),
    (CDL(power=(1.6, 1.0, 0.8), saturation=0.6), "saturation comes last, around the luma of what was graded"),
    (CDL(slope=(1.8, 1.0, 0.6), saturation=1.8), "hold in 0 to 1 at the end as well: saturation overshoots"),
]  # fmt: skip
"""Grades, and the rule that each is about."""


@guarded
def cdl(answer: Callable) -> Verdict:
    """Exercise 2: `answer(rgb, slope, offset, power, saturation)` grades (n, 3) code values by the ASC CDL."""
    rgb = np.random.default_rng(3).uniform(0, 1, (60, 3))
    rgb[0] = [0.8, 0.4, 0.2]
    problems = []
    for grade, why in GRADES:
        with np.errstate(all="ignore"):
            given = answer(
                rgb.copy(),
                *(np.array(part) for part in (grade.slope, grade.offset, grade.power)),
                grade.saturation,
            )
        if given is None:
            problems.append("cdl_by_hand returns nothing yet: return the graded colours, as many as came in.")
            continue
        given = np.asarray(given, float)
        if given.shape != rgb.shape:
            problems.append(f"For {rgb.shape} colours yours returns {given.shape}: grade every colour.")
            continue
        if not np.isfinite(given).all():
            problems.append(f"Yours gives colours that are not numbers: {_told(grade)}: {why}.")
            continue
        right = ten_numbers.apply(rgb, grade)
        off = np.abs(given - right).max(axis=1)
        if off.max() > 2e-5:
            at = int(off.argmax())
            problems.append(
                f"{_three(rgb[at])} with {_told(grade)} becomes {_three(right[at])}, and yours {_three(given[at])}: {why}."
            )
    return verdict(
        problems, "Slope, offset, power, saturation, in this order, and held where the standard holds."
    )


def _told(grade: CDL) -> str:
    neutral = CDL()
    changed = [
        name for name in ("slope", "offset", "power") if getattr(grade, name) != getattr(neutral, name)
    ]
    parts = [f"{name} {_three(getattr(grade, name))}" for name in changed]
    return ", ".join(parts + [f"saturation {grade.saturation:g}"] * (grade.saturation != 1))


def _three(values: Sequence[float]) -> str:
    return "(" + " ".join(f"{value:.3g}" for value in values) + ")"


def _ramps() -> list[tuple[np.ndarray, str]]:
    """Grey ramps as a LUT left them, (n, 3), and the rule that each is about."""

    def ramp(count: int = 101) -> np.ndarray:
        return np.repeat(np.linspace(0, 1, count)[:, None], 3, axis=1)

    blue, crossed, rounding, wide = ramp(), ramp(), ramp(), ramp(401)
    blue[40:46, 2] -= 0.03
    crossed[50:53, 0] -= 0.05
    crossed[50:54, 1] -= 0.05
    rounding[30:40] = rounding[30] - 5e-5 * (np.arange(10) % 2)[:, None]
    wide[300:] += 0.02
    stairs = np.repeat(np.linspace(0, 1, 11), 10)[:, None] * np.ones(3)
    return [
        (ramp(), "a ramp that nothing changed never falls, and rises by its own step"),
        (ramp() ** 0.5, "steepness is counted in the ramp's own steps, 1 / (n - 1)"),
        (wide, "a longer ramp has smaller steps of its own"),
        (blue, "one channel that falls is a fall, even where luma hardly notices"),
        (crossed, "a step in which two channels fall is one step"),
        (stairs, "flat steps are no falls; the jump between two treads is what shows"),
        (rounding, "a fall of less than 0.0001 is rounding"),
        (ramp()[::-1].copy(), "a ramp turned upside down falls in every step, and nowhere rises"),
    ]


@guarded
def ramp_report(answer: Callable) -> Verdict:
    """Exercise 3: `answer(values)` gives how many steps of a grey ramp (n, 3) fall, and the steepest rise."""
    problems = []
    for values, why in _ramps():
        given = answer(values.copy())
        if given is None:
            problems.append(
                "ramp_report returns nothing yet: return the number of falls and the steepest rise."
            )
            continue
        if np.ndim(given) == 0 or len(given) != 2:
            problems.append("ramp_report returns two numbers: return falls, steepest.")
            continue
        falls, steepest = (float(np.asarray(number)) for number in given)
        steps = np.diff(values, axis=0)
        right, rise = int((steps < -1e-4).any(axis=1).sum()), float(steps.max() * (len(values) - 1))
        if falls != right:
            problems.append(
                f"In a ramp of {len(values)} greys yours counts {falls:g} falling steps, and there are {right}: {why}."
            )
        elif abs(steepest - rise) > 1e-3 * max(1, abs(rise)):
            problems.append(
                f"In a ramp of {len(values)} greys your steepest rise is {steepest:.4g} times the ramp's, and it is "
                f"{rise:.4g}: {why}."
            )
    return verdict(
        problems, "No fall escapes it, and the steepest place is measured in the ramp's own steps."
    )
