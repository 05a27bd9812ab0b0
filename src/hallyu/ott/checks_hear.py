"""Checks for lesson 01, hear the dialogue."""

from collections.abc import Callable
from fractions import Fraction

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.models.whisper import Word

KINDS = ("substituted", "left out", "added")
COUNTED = [
    ("첫눈이온다", "첫눈이온다", "nothing is wrong"),
    ("첫눈이온다", "천눈이온다", "one syllable was heard as another"),
    ("첫눈이온다", "첫이온다", "one was left out"),
    ("첫눈이온다", "아첫눈이온다", "one was added at the beginning"),
    ("첫눈이온다", "첫눈이온다다", "one was added at the end"),
    ("첫눈이온다", "천눈온다고", "one of each"),
    ("어디가", "", "nothing was heard"),
    ("가", "가가가가", "a loop adds and substitutes nothing"),
    ("대신이요할아버지", "할아버지대신", "the words are the same in another order"),
    ("같은숲같은첫눈", "같은소고같은천원", "several things at once"),
]
"""What was said, what was heard, and what the case is about."""


@guarded
def counted(answer: Callable) -> Verdict:
    """Exercise 1: `answer(said, heard)` gives how many characters were substituted, left out and added."""
    problems = []
    for said, heard, why in COUNTED:
        given = answer(said, heard)
        if given is None:
            return Verdict(
                False, "counted returns nothing yet: return three numbers, substituted, left out and added."
            )
        given = tuple(int(each) for each in given)
        if len(given) != 3:
            return Verdict(
                False, f"Yours returns {len(given)} numbers; return three: substituted, left out, added."
            )
        right = cheapest(said, heard)
        least = sum(min(right))
        case = f"“{said}” heard as “{heard}”, {why}"
        if sum(given) != least:
            problems.append(
                f"{case}: {least} edits are enough, and yours counts {sum(given)}. Walk from the last cell of the table to the "
                "first, and only by steps that explain its number."
            )
        elif given[1] - given[2] != len(said) - len(heard):
            problems.append(
                f"{case}: {_told(min(right))}; yours says {_told(given)}. Left out is what only the script has, added what only "
                "the recogniser has."
            )
        elif given not in right:
            problems.append(f"{case}: {_told(min(right))}; yours says {_told(given)}.")
    return verdict(problems, "Every error has its kind: heard wrongly, missed, or invented.")


def cheapest(said: str, heard: str) -> set[tuple[int, int, int]]:
    """All ways to count the fewest edits: (substituted, left out, added). There can be several.

    >>> sorted(cheapest("가나", "나다"))
    [(0, 1, 1), (2, 0, 0)]
    """
    row = [{(0, 0, j)} for j in range(len(heard) + 1)]
    for i, one in enumerate(said, 1):
        before, row = row, [{(0, i, 0)}]
        for j, other in enumerate(heard, 1):
            ways = {(s + (one != other), d, a) for s, d, a in before[j - 1]}
            ways |= {(s, d + 1, a) for s, d, a in before[j]} | {(s, d, a + 1) for s, d, a in row[j - 1]}
            least = min(map(sum, ways))
            row.append({way for way in ways if sum(way) == least})
    return row[-1]


def _told(counts: tuple[int, ...]) -> str:
    return ", ".join(f"{count} {kind}" for count, kind in zip(counts, KINDS, strict=True))


SPEECH = [(2.0, 4.0), (4.6, 6.0), (20.0, 20.2)]
HEARD = [
    (Word("그래", 0.2, 1.4, 0.9), True, "it ends 0.6 s before anybody speaks"),
    (Word("어디", 1.0, 2.5, 0.4), False, "0.65 s of its 1.50 lie in speech: the recogniser began it early"),
    (Word("가", 2.5, 2.9, 0.9), False, "all of it is said"),
    (Word("눈이", 4.05, 4.55, 0.8), False, "a fifth lies in one passage and a fifth in the next, and they add up"),
    (Word("와", 6.05, 6.12, 0.7), False, "times are rough: speech counts 0.15 s longer at both ends"),
    (Word("시청해", 5.9, 7.4, 0.8), True, "0.25 s of 1.50 is a sixth, and a quarter is asked for"),
    (Word("주셔서", 7.4, 8.2, 0.95), True, "nobody speaks there, however sure the recogniser is"),
    (Word("8,", 15.96, 15.96, 0.8), True, "a word without length is where somebody speaks, or is not; this one is not"),
    (Word("응", 5.0, 5.0, 0.3), False, "a word without length is where somebody speaks, or is not; this one is"),
    (Word("봤거든", 18.0, 22.0, 0.6), True, "0.50 s of 4.00 is an eighth"),
]  # fmt: skip
"""Words over passages of speech, whether nobody said them, and why."""


@guarded
def invented(answer: Callable) -> Verdict:
    """Exercise 2: `answer(words, speech)` gives those of the words that lie where nobody speaks."""
    problems = []
    words = [word for word, _, _ in HEARD]
    given = answer(list(words), list(SPEECH))
    if given is None:
        return Verdict(False, "invented returns nothing yet: return a list of the words that nobody said.")
    given = list(given)
    if any(not isinstance(each, Word) for each in given):
        return Verdict(
            False, "Yours returns something else than words: return those of the list, as they are."
        )
    for word, wrong, why in HEARD:
        if (word in given) != wrong:
            says = "is invented, and yours keeps it" if wrong else "was said, and yours takes it out"
            problems.append(f"“{word.text}” from {word.start:.2f} to {word.stop:.2f} s {says}: {why}.")
    if not problems and given != [word for word, wrong, _ in HEARD if wrong]:
        problems.append(
            "Yours returns the right words in another order or twice: keep the order in which they come."
        )
    if not problems and list(answer(list(words), [])) != words:
        problems.append("Where nobody speaks in the whole film, every word is invented; yours keeps some.")
    return verdict(problems, "What nobody said is out, and what was said early is in.")


FILM, NTSC = Fraction(24), Fraction(24000, 1001)
TALK = [(13.41, 14.69), (15.33, 16.38), (17.89, 18.27), (18.91, 19.94)]
PLACED = [
    (Word("했거든", 14.03, 14.46, 0.5), FILM, 337, "it begins and ends in one passage: its own start, frame 336.7"),
    (Word("너", 16.96, 18.00, 0.5), FILM, 429, "its passage begins at 17.89 s, frame 429.4: the pause before is no word"),
    (Word("누고", 18.00, 19.18, 0.9), FILM, 454, "it ends in the passage that begins at 18.91 s, frame 453.8"),
    (Word("전에", 14.50, 16.00, 0.9), FILM, 368, "of two passages, it belongs to the one in which it ends, from 15.33 s"),
    (Word("년", 15.18, 16.45, 0.6), FILM, 368, "it ends 0.07 s after its passage: times are rough, up to 0.15 s"),
    (Word("음", 16.60, 17.20, 0.3), FILM, 398, "it ends in no passage: its own start, frame 398.4"),
    (Word("그래", 100.0, 100.4, 0.9), NTSC, 2398, "100 s are frame 2397.6 at 24000/1001 a second"),
    (Word("너", 16.96, 18.00, 0.5), Fraction(30), 537, "17.89 s are frame 536.7 at 30 a second"),
]  # fmt: skip
"""A word, frames a second, the frame in which it comes in, and what the case is about."""


@guarded
def in_frame(answer: Callable) -> Verdict:
    """Exercise 3: `answer(word, speech, rate)` gives the frame in which a subtitle that begins with a word comes in."""
    problems = []
    for word, rate, wanted, why in PLACED:
        given = answer(word, list(TALK), rate)
        if given is None:
            return Verdict(False, "in_frame returns nothing yet: return the number of a frame.")
        if given != wanted:
            hint = "" if float(given).is_integer() else " A subtitle begins with a frame, not inside one."
            problems.append(
                f"“{word.text}” from {word.start:.2f} to {word.stop:.2f} s comes in at frame {wanted}, and yours at "
                f"{float(given):g}: {why}.{hint}"
            )
    if not problems and answer(Word("네", 2.0, 2.4, 0.9), [], FILM) != 48:
        problems.append("Where no speech is known, the word keeps its own start: 2.00 s is frame 48.")
    return verdict(problems, "Every subtitle comes in with its voice, on a frame.")
