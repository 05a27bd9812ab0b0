"""How wide a subtitle is and how fast it has to be read, as the timed-text guides count it.

In Korean a Hangul syllable counts 1, and Latin letters, digits, spaces and punctuation count 0.5; in English every
character counts 1. Markup and ends of lines count nothing.
Source: Netflix Timed Text Style Guide, Korean, "Character Limitation" and "Reading Speed Limits".
"""

import functools
import unicodedata
from collections.abc import Sequence

import numpy as np

from hallyu.ott.timedtext import Cue, plain


def width(text: str, halves: bool = True) -> float:
    """How many characters *text* counts. halves: as Korean counts them; False: every character is one.

    >>> width("안녕하세요 Kim"), width("Hello", halves=False)
    (7.0, 5.0)
    """
    return float(widths([text], halves)[0])


def speed(cue: Cue, halves: bool = True) -> float:
    """Characters a second of *cue*; infinite where it has no time.

    >>> speed(Cue(0.0, 2.0, "안녕하세요 Kim"))
    3.5
    """
    return width(cue.text, halves) / cue.seconds if cue.seconds > 0 else float("inf")


def widths(texts: Sequence[str], halves: bool = True) -> np.ndarray:
    """(n,) how many characters each of *texts* counts, all its lines together; a hundred thousand in less than a second."""
    _, owners, counted = lines(texts, halves)
    return np.bincount(owners, counted, len(texts))


def lines(texts: Sequence[str], halves: bool = True) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Every line of all *texts* without markup: the lines, (m,) whose text each is, and (m,) how many characters it counts."""
    joined = unicodedata.normalize("NFC", plain("\n".join(texts)))
    found = joined.split("\n") if texts else []
    owners = np.repeat(
        np.arange(len(texts)), np.fromiter((text.count("\n") + 1 for text in texts), int, len(texts))
    )
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
    kinds, which = np.unique(codes, return_inverse=True)
    counts = np.array([_count(chr(code), halves) for code in kinds.tolist()])
    total = np.concatenate([[0.0], np.cumsum(counts[which])]) if codes.size else np.zeros(1)
    ends = np.append(np.flatnonzero(codes == ord("\n")), codes.size)[: len(found)]
    begins = np.concatenate([[0], ends[:-1] + 1]) if found else ends
    return found, owners, total[ends] - total[begins]


@functools.cache
def _count(letter: str, halves: bool) -> float:
    category = unicodedata.category(letter)
    # Marks on the letter before, signs that are not seen, and ends of lines take no room.
    if category in ("Mn", "Me", "Cf", "Cc"):
        return 0.0
    if not halves:
        return 1.0
    wide = unicodedata.east_asian_width(letter) in "WF" and category[0] not in "PZ"
    return 1.0 if wide else 0.5
