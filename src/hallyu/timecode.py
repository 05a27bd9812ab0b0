"""SMPTE timecode: a name for every frame, "hh:mm:ss:ff", as editors, cameras and edit lists write it.

Frames are counted by whole numbers at the *nominal* rate: 24 for 23.976, 30 for 29.97. A day of 29.97 counted so is 86 s
longer than a day of the clock, so television in these rates drops *numbers*, never pictures: the first two of each
minute but every tenth (four at 59.94). Drop-frame timecode has a semicolon before the frames.
Source: SMPTE ST 12-1:2014.
"""

import re
from fractions import Fraction
from functools import lru_cache

from hallyu.errors import HallyuError

RATES = tuple(
    Fraction(*rate)
    for rate in (
        (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1),
        (48000, 1001), (48, 1), (50, 1), (60000, 1001), (60, 1),
    )
)  # fmt: skip
"""Frames a second of film, television and the net."""
SLOWEST, FASTEST = Fraction(1), Fraction(240)
_TEXT = re.compile(r"(\d{2}):([0-5]\d):([0-5]\d)([:;.])(\d{2,3})")


def exact(rate: float | Fraction) -> Fraction:
    """The rate that is meant: 23.976 and 23.98 are 24000/1001; a rate that is none of RATES stays as it is.

    Raises HallyuError for what is no rate of frames.

    >>> exact(29.97), exact(25), exact(12.5)
    (Fraction(30000, 1001), Fraction(25, 1), Fraction(25, 2))
    """
    try:
        return _exact(rate)
    except (TypeError, ValueError, OverflowError):
        raise HallyuError(f"A frame rate is a number such as 24 or 23.976, not {rate!r}.") from None


@lru_cache  # every timecode of a report asks for the same rate
def _exact(rate: float | Fraction) -> Fraction:
    given = Fraction(rate).limit_denominator(100_000)
    if not SLOWEST <= given <= FASTEST:
        raise HallyuError(f"A frame rate is {SLOWEST} to {FASTEST} frames a second, not {float(given):g}.")
    nearest = min(RATES, key=lambda known: abs(known - given))
    return nearest if abs(nearest - given) <= nearest / 5000 else given


def nominal(rate: float | Fraction) -> int:
    """Frames that timecode counts in a second.

    >>> nominal(23.976), nominal(59.94), nominal(25)
    (24, 60, 25)
    """
    return max(1, round(exact(rate)))


def can_drop(rate: float | Fraction) -> bool:
    """True for 29.97 and 59.94, the rates that drop-frame timecode is defined for."""
    return exact(rate) in (Fraction(30000, 1001), Fraction(60000, 1001))


def text(frames: int, rate: float | Fraction, drop: bool | None = None) -> str:
    """The timecode of frame number *frames*, counted from 0; after 24 hours it begins again.

    drop: drop-frame; by default where the rate has it. Raises HallyuError for a drop-frame timecode of another rate.

    >>> text(86_400, 24), text(1_800, 29.97), text(17_982, 29.97)
    ('01:00:00:00', '00:01:00;02', '00:10:00;00')
    """
    count = nominal(rate)
    drop = can_drop(rate) if drop is None else drop
    if drop:
        _require_drop(rate)
        frames = _numbered(frames, count)
    frames %= 24 * 3600 * count
    seconds, rest = divmod(frames, count)
    digits = 2 if count <= 100 else 3
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{';' if drop else ':'}{rest:0{digits}}"


def parse(timecode: str, rate: float | Fraction) -> int:
    """The number of the frame that *timecode* names; a semicolon or a full stop before the frames means drop-frame.

    Raises HallyuError for what is no timecode, for a frame that the rate does not have, and for a number that
    drop-frame leaves out.

    >>> parse("01:00:00:00", 24), parse("00:01:00;02", 29.97)
    (86400, 1800)
    """
    found = _TEXT.fullmatch(str(timecode).strip())
    if not found:
        raise HallyuError(f"“{timecode}” is no timecode: write hours:minutes:seconds:frames, as 01:00:00:00.")
    hours, minutes, seconds, frames = (int(found[n]) for n in (1, 2, 3, 5))
    count = nominal(rate)
    if hours >= 24:
        raise HallyuError(f"“{timecode}” is past the end of the day: timecode ends at 23:59:59.")
    if frames >= count:
        raise HallyuError(
            f"“{timecode}” does not exist at {float(exact(rate)):.3f} frames a second: frames go from 00 to {count - 1}."
        )
    number = ((hours * 60 + minutes) * 60 + seconds) * count + frames
    if found[4] == ":":
        return number
    _require_drop(rate)
    skipped = count // 15
    if frames < skipped and seconds == 0 and minutes % 10:
        raise HallyuError(
            f"“{timecode}” does not exist: drop-frame timecode leaves out the first {skipped} numbers of this minute."
        )
    passed = hours * 60 + minutes
    return number - skipped * (passed - passed // 10)


def _require_drop(rate: float | Fraction) -> None:
    if not can_drop(rate):
        raise HallyuError(
            f"Drop-frame timecode exists at 29.97 and 59.94 frames a second only, not at {float(exact(rate)):.3f}: "
            "write a colon before the frames."
        )


def _numbered(frames: int, count: int) -> int:
    """Frame number -> the number that drop-frame timecode shows for it, both counted as non-drop."""
    skipped = count // 15
    minute = 60 * count - skipped
    ten = 10 * minute + skipped
    tens, rest = divmod(frames, ten)
    minutes = 0 if rest < 60 * count else 1 + (rest - 60 * count) // minute
    return frames + skipped * (9 * tens + minutes)
