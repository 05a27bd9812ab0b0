"""Reading a script as an editor would, before anything is drawn: what cannot work, what to look at twice.

An error stops production (nobody by that name, a word that the model does not know). A warning is a question,
and the writer may answer "I mean it". The limits are this course's own rules of thumb for a phone's width,
not a platform's: they are the constants below.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from hallyu.errors import HallyuError
from hallyu.webtoon import vocabulary
from hallyu.webtoon.script import (
    LINE_KINDS,
    PAUSES,
    POSITIONS,
    SHOT_WORDS,
    Character,
    Cut,
    Figure,
    Line,
    Script,
    effect_id,
    syllables,
)

MAX_BALLOONS = 3
MAX_FIGURES = 3
LONG_BALLOON = 40
"""Syllables that still read at a glance in one balloon; a longer line gets a warning."""
MAX_BALLOON = 120
"""Syllables beyond which no balloon on an 800 px strip stays readable: an error."""
LONG_CUT = 40
"""Syllables of dialogue that make a cut a long one."""
LONGEST_WORD = 60
"""Characters of a word that may be a slip for a keyword or a name."""
MAX_RUN = 4
"""Cuts in a row with the same shot size before the rhythm goes flat."""

_LOOKS = (
    vocabulary.PEOPLE, vocabulary.HAIR_STYLES, vocabulary.HAIR_COLOURS, vocabulary.EYE_COLOURS,
    vocabulary.OUTFITS, vocabulary.OUTFIT_COLOURS,
)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One finding: *cut* is its number (None for the whole script), *severity* "error" or "warning"."""

    cut: int | None
    severity: str
    code: str
    message: str

    def __str__(self) -> str:
        where = "script" if self.cut is None else f"cut {self.cut}"
        return f"{self.severity} · {where}: {self.message}"


def validate(script: Script) -> list[Problem]:
    """Everything an editor would say about *script*: errors and warnings, in the order of the cuts.

    >>> from hallyu.webtoon.script import parse
    >>> text = "# 첫눈\\n@하늘: girl\\n[1] 설정샷, 방\\n하눌(화면 밖): 응.\\n[2] 상반신, 방\\n하늘: 응?"
    >>> [str(problem) for problem in validate(parse(text))]
    ['error · cut 1: 하눌 is not in the cast; did you mean 하늘?']
    """
    problems = list(_of_script(script))
    for cut in script.cuts:
        problems += _of_cut(cut, script)
    problems += _of_rhythm(script)
    # Stable: within a cut the order above is kept; what concerns the whole script comes first.
    return sorted(problems, key=lambda problem: -1 if problem.cut is None else problem.cut)


def near(word: str, known: Iterable[str], count: int = 2) -> list[str]:
    """Up to *count* of the *known* words that look most like *word*, best first.

    Hangul is compared by its letters (자모), so that one wrong vowel is a small difference.

    >>> near("하눌", ["하늘", "도윤", "할머니"])
    ['하늘']
    """
    if len(word) > LONGEST_WORD:
        return []  # pasted text, not a slip of the pen; comparing it letter by letter would take minutes
    letters = {unicodedata.normalize("NFD", other.casefold()): other for other in known}
    found = difflib.get_close_matches(
        unicodedata.normalize("NFD", word.casefold()), letters, count, cutoff=0.6
    )
    return [letters[other] for other in found]


def unsettable(text: str) -> list[str]:
    """Characters of *text* that the letterer cannot set: no glyph in its font, or written from right to left.

    >>> unsettable("눈이다! ♡ 😀")
    ['😀']
    """
    from hallyu.webtoon import fonts

    characters = sorted(set(fonts.clean(text)))
    return [
        character for character in characters if _runs_leftwards(character) or not fonts.drawable(character)
    ]


def unknown_looks(look: str) -> list[str]:
    """The words of a character's *look* that the bundled model was never taught, in English or in Korean.

    >>> unknown_looks("girl, black bob hair, brown eyes, red coat, wings")
    ['wings']
    """
    phrases = {word.casefold() for table in _LOOKS for pair in table.items() for word in pair}
    known = {word for phrase in phrases for word in phrase.split()}
    known |= {name.casefold() for pair in vocabulary.CAST_NAMES.items() for name in pair}
    known |= {"a", "with", "and", "hair", "eyes", "wearing", "머리", "눈"}
    return [word for word in re.findall(r"[^\s,.]+", look.casefold()) if word not in known]


# --- The whole script -------------------------------------------------------------------------------------


def _of_script(script: Script) -> Iterator[Problem]:
    for note in script.notes:
        yield Problem(None, "warning", "encoding", note)
    if not script.cuts:
        yield Problem(None, "error", "empty", "There are no cuts yet; write one, like [1] 설정샷, 눈 숲.")
    for character in script.cast.values():
        yield from _of_character(character)
    yield from _unsettable(None, "The title", script.title)
    seen: set[int] = set()
    for cut in script.cuts:
        if cut.number in seen:
            yield Problem(
                cut.number, "error", "duplicate", "Two cuts have this number; renumber one of them."
            )
        seen.add(cut.number)
    for before, cut in pairwise(script.cuts):
        if cut.number < before.number:
            yield Problem(
                cut.number,
                "warning",
                "order",
                f"It comes after cut {before.number}; readers scroll one way, renumber.",
            )
    drawn = {figure.name for cut in script.cuts for figure in cut.figures}
    heard = {line.speaker for cut in script.cuts for line in cut.lines}
    for name in script.cast if script.cuts else ():
        if name not in drawn | heard:
            yield Problem(None, "warning", "unused", f"{name} is in the cast and in no cut.")


def _of_character(character: Character) -> Iterator[Problem]:
    if not character.look:
        message = (
            f"{character.name} has no look; describe them: @{character.name}: girl, black bob hair, red coat."
        )
        yield Problem(None, "error", "look", message)
    unknown = unknown_looks(character.look)
    if not unknown:
        try:
            vocabulary.read_prompt(character.look)
        except HallyuError as error:
            yield Problem(None, "error", "look", f"In the look of {character.name}: {error}")
    for word in unknown:
        close = near(word, [other for table in _LOOKS for other in _both(table)])
        meant = (
            f"; did you mean {' or '.join(close)}?" if close else "; describe hair, eyes and clothes only."
        )
        yield Problem(
            None, "error", "look", f"The model does not know “{word}” in {character.name}'s look{meant}"
        )


# --- One cut ----------------------------------------------------------------------------------------------


def _of_cut(cut: Cut, script: Script) -> Iterator[Problem]:
    def problem(severity: str, code: str, message: str) -> Problem:
        return Problem(cut.number, severity, code, message)

    yield from _of_words_known(cut)
    for figure in cut.figures:
        yield from _of_figure(cut, figure, script)
    for line in cut.lines:
        yield from _of_line(cut, line, script)
    yield from _unsettable(cut.number, "The sound effect", cut.effect)
    for key in [line.id for line in cut.lines] + [effect_id(cut.number)]:
        for language, text in script.translations.get(key, {}).items():
            yield from _unsettable(cut.number, f"The {language} edition of {key}", text)
    silent = not cut.lines and not cut.effect
    if not cut.figures and silent and cut.shot != "establishing":
        yield problem(
            "error",
            "nothing",
            f"A {cut.shot} of nobody, with no words: draw a figure, or make it an establishing shot.",
        )
    elif not cut.figures and cut.shot != "establishing":
        yield problem("warning", "nobody", f"A {cut.shot} of nobody: only the background will be drawn.")
    acting = any(figure.expression != "neutral" for figure in cut.figures) or any(line.speaker for line in cut.lines)
    if cut.figures and acting and cut.shot == "establishing":
        yield problem(
            "warning",
            "figures",
            "An establishing shot shows the place; figures are too small here to act or speak.",
        )
    if len(cut.lines) > MAX_BALLOONS:
        yield problem(
            "warning", "balloons",
            f"{len(cut.lines)} balloons; at a phone's width our rule of thumb is {MAX_BALLOONS} a cut: "
                "split it in two.",
        )  # fmt: skip
    if len(cut.figures) > MAX_FIGURES:
        yield problem(
            "warning", "crowd",
            f"{len(cut.figures)} characters; at a phone's width our rule of thumb is {MAX_FIGURES}: "
                "split it in two.",
        )  # fmt: skip
    names = [figure.name for figure in cut.figures]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield problem("error", "twice", f"{name} is drawn twice; keep one.")
    for position, figures in groupby(sorted(cut.figures, key=_position), key=_position):
        together = [figure.name for figure in figures]
        if len(together) > 1:
            yield problem(
                "warning",
                "position",
                f"{' and '.join(together)} both stand at the {position}; give each a side.",
            )


def _position(figure: Figure) -> str:
    return figure.position


def _of_words_known(cut: Cut) -> Iterator[Problem]:
    for what, word, table in (
        ("shot", cut.shot, SHOT_WORDS), ("place", cut.place, vocabulary.PLACES), ("pause", cut.pause, PAUSES),
    ):  # fmt: skip
        if word not in table:
            yield Problem(
                cut.number, "error", what, f"“{word}” is not a {what} we have{_meant(word, _both(table))}"
            )


def _of_figure(cut: Cut, figure: Figure, script: Script) -> Iterator[Problem]:
    if figure.name not in script.cast:
        yield Problem(cut.number, "error", "character", _not_in_cast(figure.name, script))
    for what, word, table in (
        ("expression", figure.expression, vocabulary.EXPRESSIONS),
        ("view", figure.view, vocabulary.VIEWS),
        ("position", figure.position, POSITIONS),
    ):
        if word not in table:
            # An unknown word in a figure's brackets is read as an expression, whatever was meant.
            everything = [*_both(vocabulary.EXPRESSIONS), *_both(vocabulary.VIEWS), *_both(POSITIONS)]
            message = f"{figure.name}: “{word}” is not a known {what}{_meant(word, everything)}"
            yield Problem(cut.number, "error", what, message)


def _of_line(cut: Cut, line: Line, script: Script) -> Iterator[Problem]:
    def problem(severity: str, code: str, message: str) -> Problem:
        return Problem(cut.number, severity, code, message)

    names = {figure.name for figure in cut.figures}
    if line.kind not in LINE_KINDS:
        yield problem(
            "error", "kind", f"“{line.kind}” is not a way of speaking; use one of {', '.join(LINE_KINDS)}."
        )
    if line.kind != "narration" and not line.speaker:
        yield problem("error", "speaker", f"“{line.text[:20]}” has no speaker; name one or make it 내레이션.")
    elif line.speaker and line.speaker not in script.cast and line.speaker not in names:
        yield problem("error", "character", _not_in_cast(line.speaker, script))
    elif line.speaker and line.speaker not in names and not line.off_panel:
        yield problem(
            "error", "absent",
            f"{line.speaker} speaks and is not in the cut; draw them, or mark the line "
                f"{line.speaker}(화면 밖).",
        )  # fmt: skip
    elif line.off_panel and line.speaker in names:
        yield problem(
            "warning", "off-panel", f"{line.speaker} is marked off-panel and is drawn here; drop one."
        )
    if not line.text.strip():
        yield problem("error", "blank", f"{line.id} is a balloon without words; delete it.")
    length = syllables(line.text)
    if length > MAX_BALLOON:
        yield problem(
            "error", "balloon",
            f"{line.id} has {length} syllables and no balloon holds more than {MAX_BALLOON} (our "
                "limit): cut or split it.",
        )  # fmt: skip
    elif length > LONG_BALLOON:
        yield problem(
            "warning", "balloon",
            f"{line.id} has {length} syllables; a balloon reads at a glance up to about {LONG_BALLOON} "
                "(our rule of thumb).",
        )  # fmt: skip
    yield from _unsettable(cut.number, line.id, line.text)


# --- Rhythm -----------------------------------------------------------------------------------------------


def _of_rhythm(script: Script) -> Iterator[Problem]:
    for shot, run in groupby(script.cuts, key=lambda cut: cut.shot):
        cuts = list(run)
        if len(cuts) > MAX_RUN:
            yield Problem(
                cuts[-1].number, "warning", "rhythm",
                f"{len(cuts)} cuts in a row are {shot}; let the eye step back or come closer "
                    "once in between.",
            )  # fmt: skip
    for before, cut in pairwise(script.cuts):
        if (
            _dialogue(before) >= LONG_CUT
            and _dialogue(cut) >= LONG_CUT
            and before.pause in ("tight", "normal")
        ):
            yield Problem(
                cut.number, "warning", "breath",
                f"Two long dialogue cuts in a row ({_dialogue(before)} and {_dialogue(cut)} syllables); "
                f"give cut {before.number} a 긴 쉼, or a silent cut between.",
            )  # fmt: skip
    scene = None
    for cut in script.cuts:
        if cut.scene != scene and cut.shot != "establishing":
            yield Problem(
                cut.number, "warning", "opening",
                f"Scene {cut.scene} opens on a {cut.shot}; an establishing shot (설정샷) tells readers "
                    "where they are.",
            )  # fmt: skip
        scene = cut.scene


def _dialogue(cut: Cut) -> int:
    return sum(syllables(line.text) for line in cut.lines if line.kind != "narration")


# --- Words ------------------------------------------------------------------------------------------------


def _both(table: dict[str, str]) -> list[str]:
    return [*table, *table.values()]


def _meant(word: str, known: Iterable[str]) -> str:
    """The end of a sentence: what was meant, or everything that can be."""
    known = list(known)
    if close := near(word, known):
        return f"; did you mean {' or '.join(close)}?"
    english = [other for other in dict.fromkeys(known) if other.isascii()]
    return f"; choose from {', '.join(english)}."


def _not_in_cast(name: str, script: Script) -> str:
    names = [other for person in script.cast.values() for other in (person.name, *person.names.values())]
    if close := near(name, names):
        return f"{name} is not in the cast; did you mean {' or '.join(close)}?"
    return f"{name} is not in the cast; add a line: @{name}: how they look."


def _unsettable(number: int | None, where: str, text: str) -> Iterator[Problem]:
    groups: dict[tuple[str, str], list[str]] = {}
    for character in unsettable(text):
        if _runs_leftwards(character):
            kind = ("right-to-left", "letter that edition by hand")
        elif unicodedata.category(character) in ("So", "Sk", "Cf"):
            kind = ("emoji", "draw it in the art, or use ♡ ★ ♪")
        else:
            kind = ("letter", "write it another way")
        groups.setdefault(kind, []).append(character)
    for (code, advice), characters in groups.items():
        names = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'unnamed').lower()}" for c in characters[:3])
        more = f" and {len(characters) - 3} more" if len(characters) > 3 else ""
        message = f"{where} has {names}{more}, which the letterer cannot set: {advice}."
        yield Problem(number, "error", code, message)


def _runs_leftwards(character: str) -> bool:
    return unicodedata.bidirectional(character) in {"R", "AL", "AN", "RLE", "RLO", "RLI"}
