"""How much of a text was understood: the character error rate, with the alignment that it comes from."""

import unicodedata
from dataclasses import dataclass

import numpy as np

from hallyu.errors import HallyuError
from hallyu.music.pronunciation import compose, is_hangul, letters, pronounce
from hallyu.music.reading import read_numbers, tidy

MERGED = {"ㅐ": "ㅔ", "ㅒ": "ㅖ", "ㅙ": "ㅞ", "ㅚ": "ㅞ"}
"""Vowels that Seoul speech no longer tells apart (표준 발음법 article 4 allows ㅚ as ㅞ)."""
SAME, SUBSTITUTED, LEFT_OUT, ADDED = "=", "~", "-", "+"


@dataclass(frozen=True)
class Edit:
    """One step of an alignment. kind: "=", "~" another character was heard, "-" nothing was, "+" one too many."""

    kind: str
    said: str
    heard: str


def normalise(text: str) -> str:
    """*text* without spaces, punctuation and case, its numbers read out, as it is compared.

    >>> normalise("첫눈이 3번, 내렸다! LOVE")
    '첫눈이세번내렸다love'
    """
    text = read_numbers(tidy(text))
    return "".join(c for c in text.casefold() if unicodedata.category(c)[0] in "LN")


def as_heard(text: str) -> str:
    """*text* normalised and as it is pronounced, so that spellings which sound alike count as the same.

    >>> as_heard("눈을 밟아요") == as_heard("누늘 발바요"), as_heard("새") == as_heard("세")
    (True, True)
    """
    text = read_numbers(tidy(text))
    spoken = pronounce("".join(c if is_hangul(c) else " " for c in text))
    return normalise("".join(_merged(s) if is_hangul(c) else c for c, s in zip(text, spoken, strict=True)))


def _merged(syllable: str) -> str:
    onset, vowel, coda = letters(syllable)
    return compose(onset, MERGED.get(vowel, vowel), coda)


def align(said: str, heard: str) -> list[Edit]:
    """The fewest edits that turn *said* into *heard*, in order (Levenshtein 1966).

    distance[i, j] is the number of edits between the first i characters of one and the first j of the other. Walking
    back from the last cell, a character that agrees is preferred to a substitution, then one left out.

    >>> "".join(edit.kind for edit in align("첫눈이", "전눈"))
    '~=-'
    """
    rows, columns = len(said) + 1, len(heard) + 1
    distance = np.zeros((rows, columns), np.int32)
    distance[:, 0], distance[0] = np.arange(rows), np.arange(columns)
    for i in range(1, rows):
        for j in range(1, columns):
            changed = distance[i - 1, j - 1] + (said[i - 1] != heard[j - 1])
            distance[i, j] = min(changed, distance[i - 1, j] + 1, distance[i, j - 1] + 1)
    edits = []
    i, j = rows - 1, columns - 1
    while i or j:
        if i and j and distance[i, j] == distance[i - 1, j - 1] + (said[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            edits.append(Edit(SAME if said[i] == heard[j] else SUBSTITUTED, said[i], heard[j]))
        elif i and distance[i, j] == distance[i - 1, j] + 1:
            i -= 1
            edits.append(Edit(LEFT_OUT, said[i], ""))
        else:
            j -= 1
            edits.append(Edit(ADDED, "", heard[j]))
    return edits[::-1]


def character_error_rate(said: str, heard: str, by_sound: bool = False) -> float:
    """Characters substituted, left out or added, over the characters that were said: 0 is perfect, above 1 is possible.

    Both texts are normalised. by_sound: compare how they are pronounced, so that 발바요 for 밟아요 is no error; that asks
    whether it was understood and not whether it was spelled.
    Raises HallyuError when *said* has no characters to compare.

    >>> character_error_rate("눈을 밟아요.", "눈을 발바요"), character_error_rate("눈을 밟아요.", "눈을 발바요", by_sound=True)
    (0.4, 0.0)
    """
    prepare = as_heard if by_sound else normalise
    said, heard = prepare(said), prepare(heard)
    if not said:
        raise HallyuError("There is no text to compare with: give the words that were said or sung.")
    return sum(edit.kind != SAME for edit in align(said, heard)) / len(said)


def marked(edits: list[Edit]) -> str:
    """An alignment to read: what agrees as it is, the rest in brackets as said>heard.

    >>> marked(align("첫눈이", "전눈"))
    '[첫>전]눈[이>]'
    """
    return "".join(e.said if e.kind == SAME else f"[{e.said}>{e.heard}]" for e in edits)
