"""How far apart two colours look: CIEDE2000, the colour difference that a grade is judged by.

1 is what a practised eye just sees in two patches side by side; up to 2 or 3 two shots pass as matched in a cut.
"""

from dataclasses import dataclass

import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import colour

JUST_SEEN, MATCHED = 1.0, 3.0
"""The difference that is just seen, and the highest that still passes as a match from shot to shot."""

_BLOCK = 1 << 15  # pixels


def delta_e(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(...) the CIEDE2000 difference of L*a*b* colours (..., 3), with kL = kC = kH = 1; float64, 0 where equal.

    Which of the two comes first does not matter. Source: CIE 142-2001, in the form of G. Sharma, W. Wu and E. N. Dalal,
    "The CIEDE2000 Color-Difference Formula: Implementation Notes", Color Research and Application 30 (2005), whose
    equations are named here.

    >>> delta_e([50, 2.6772, -79.7751], [50, 0, -82.7485]).round(4)
    np.float64(2.0425)
    """
    light_1, a_1, b_1 = np.moveaxis(np.asarray(one, np.float64), -1, 0)
    light_2, a_2, b_2 = np.moveaxis(np.asarray(other, np.float64), -1, 0)

    # Colours near grey differ more in a* than they look: stretch that axis there (2 to 7).
    stretch = 1 + (1 - _saturated((np.hypot(a_1, b_1) + np.hypot(a_2, b_2)) / 2)) / 2
    a_1, a_2 = a_1 * stretch, a_2 * stretch
    chroma_1, chroma_2 = np.hypot(a_1, b_1), np.hypot(a_2, b_2)
    hue_1, hue_2 = np.arctan2(b_1, a_1) % (2 * np.pi), np.arctan2(b_2, a_2) % (2 * np.pi)

    # A step in hue, the short way round; two greys have none (8 to 11).
    grey = chroma_1 * chroma_2 == 0
    turn = hue_2 - hue_1
    turn = np.where(np.abs(turn) > np.pi, turn - np.copysign(2 * np.pi, turn), turn)
    turn = np.where(grey, 0, turn)
    light, chroma = light_2 - light_1, chroma_2 - chroma_1
    hue = 2 * np.sqrt(chroma_1 * chroma_2) * np.sin(turn / 2)

    # How much each kind of step counts depends on where between the two colours it is taken (12 to 21).
    middle_light, middle_chroma = (light_1 + light_2) / 2, (chroma_1 + chroma_2) / 2
    middle_hue = hue_1 + turn / 2  # beside a grey no step in hue is weighed, so its own does not matter
    weight = (
        1
        - 0.17 * np.cos(middle_hue - np.radians(30))
        + 0.24 * np.cos(2 * middle_hue)
        + 0.32 * np.cos(3 * middle_hue + np.radians(6))
        - 0.20 * np.cos(4 * middle_hue - np.radians(63))
    )
    off = (middle_light - 50) ** 2
    light = light / (1 + 0.015 * off / np.sqrt(20 + off))
    chroma = chroma / (1 + 0.045 * middle_chroma)
    hue = hue / (1 + 0.015 * middle_chroma * weight)

    # In blue, chroma and hue pull together (22).
    blue = np.exp(-(((np.degrees(middle_hue) % 360 - 275) / 25) ** 2))
    rotation = -2 * _saturated(middle_chroma) * np.sin(np.radians(60) * blue)
    return np.sqrt(np.maximum(light**2 + chroma**2 + hue**2 + rotation * chroma * hue, 0))


def _saturated(chroma: np.ndarray) -> np.ndarray:
    """0 for greys, close to 1 from a chroma of 50 on."""
    seventh = (chroma * chroma * chroma) ** 2 * chroma
    return np.sqrt(seventh / (seventh + 25.0**7))


@dataclass(frozen=True)
class Difference:
    """CIEDE2000 over many pixels: the mean, what 95 % of them stay below, and the worst."""

    mean: float
    p95: float
    worst: float

    def __str__(self) -> str:
        return f"ΔE00 {self.mean:.2f} mean, {self.p95:.2f} at 95 %"


def summary(differences: np.ndarray) -> Difference:
    """The three figures that a match is reported by.

    >>> print(summary(np.arange(101)))
    ΔE00 50.00 mean, 95.00 at 95 %
    """
    differences = np.asarray(differences)
    if not differences.size:
        raise HallyuError("There are no pixels to compare; choose a mask that covers some.")
    return Difference(
        float(differences.mean()), float(np.percentile(differences, 95)), float(differences.max())
    )


def difference(frame: np.ndarray, other: np.ndarray, mask: np.ndarray | None = None) -> Difference:
    """How far two frames of the same size look apart, pixel by pixel.

    mask: (h, w) bool; only pixels where it is true count.
    Raises HallyuError when the sizes differ, for what is no frame, and for a mask that covers nothing.
    """
    frame, other = colour.check(frame), colour.check(other)
    if frame.shape[:2] != other.shape[:2]:
        sizes = [f"{shape[1]} x {shape[0]}" for shape in (frame.shape, other.shape)]
        raise HallyuError(f"Frames of {sizes[0]} and {sizes[1]} cannot be compared; scale one to the other.")
    if mask is None:
        mask = np.ones(frame.shape[:2], bool)
    frame, other = frame[mask][:, :3], other[mask][:, :3]
    parts = np.array_split(np.arange(len(frame)), len(frame) // _BLOCK + 1)  # a 4K frame at once takes 2 GB
    return summary(
        np.concatenate([delta_e(colour.to_lab(frame[part]), colour.to_lab(other[part])) for part in parts])
    )
