"""Korean line breaking and fitting for balloons.

A word is what stands between spaces (어절): a noun with its particles, or a verb with its endings. Lines break
between words. A word is split only when it alone is wider than the balloon, and then where a reader would pause:
before the particles (학교 / 에서는), not inside them.
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from hallyu.errors import HallyuError
from hallyu.morphemes import morphemes
from hallyu.webtoon import fonts

Measure = Callable[[str], float]
"""Width of a text in pixels."""

NORMAL_SIZE = 36
"""Em height of dialogue in pixels at 800 px width; one size for the whole episode, as letterers keep it."""
MIN_SIZE = 28
"""No lettering below this em height at 800 px width. Our own rule: the strip fills a phone 360 CSS px wide, where
28 px become 12.6 CSS px, a little above the 12 px commonly given as the least for body text on a screen."""
LINE_PITCH = 1.28
"""Baseline to baseline, in ems."""
MAX_LINES = 5
LINE_COST = 0.4
"""What one more line costs beside a split inside a word part, which costs 1."""
BALLOON_CAPACITY = 60.0
"""What one balloon holds, in syllables (see `length`). Our own rule: five lines of twelve."""
MAX_BALLOONS = 3
"""Balloons that one script line may be dealt into within a cut."""

# A break before one of these, or after one of those, is forbidden (kinsoku, 금칙 처리).
NOT_AT_START = set(".,!?…‥~〜·:;)]}”’」』》〉】♥♡♪♬%℃、。，！？：；）")
NOT_AT_END = set("([{“‘「『《〈【（")
UNITS = (
    "시간|개월|킬로|미터|시|분|초|개|명|원|년|월|일|살|번|번째|층|호|권|잔|마리|대|장|병|km|kg|cm|mm|m|g|kg|"
    "am|pm|a.m.|p.m."
)
_NUMBER = re.compile(r"[\d.,:]*\d$")
_UNIT = re.compile(rf"(?:{UNITS})(?:$|[^A-Za-z])")
SHORT_BEFORE = {"an", "the"}
"""Words that lean on the next one, as every word of one letter does (안 와, 서 있다, I am); a line does not end with
them if another break is as good."""
LEANING = re.compile(r"(?:수|것|거|게|걸|건|줄|때|뿐|만큼|적|리|데|지)(?:[은는이가도만을를에야]|$)")
"""Dependent nouns (의존 명사) that lean on the word before: 할 수, 그럴 리가."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is not broken, and what a break before it costs.

    glue: what joins it to the piece before when both stand on one line: " ", or "" inside a split word.
    """

    text: str
    glue: str = " "
    penalty: float = 0.0


@dataclass(frozen=True)
class Block:
    """Lines set in one size, centred on each other. Widths and sizes in pixels."""

    lines: tuple[str, ...]
    size: float
    widths: tuple[float, ...]

    @property
    def pitch(self) -> float:
        """Baseline to baseline."""
        return self.size * LINE_PITCH

    @property
    def width(self) -> float:
        """Width of the longest line."""
        return max(self.widths)

    @property
    def height(self) -> float:
        """From the top of the first line's letters to the bottom of the last line's."""
        return self.size + self.pitch * (len(self.lines) - 1)


def length(text: str) -> float:
    """Length as the eye counts it: a Hangul syllable 1, every other character a half.

    >>> length("첫눈 온다!")
    5.0
    """
    return sum(1.0 if "가" <= c <= "힣" else 0.5 for c in text)


def break_lines(text: str, measure: Measure, max_width: float, max_lines: int = MAX_LINES) -> list[str]:
    """*text* in the fewest lines that *max_width* allows, balanced for a round balloon.

    One line more than the fewest is taken only where it saves a word from a bad split.

    measure: width of a text in pixels, for example `fonts.dialogue(36).width`.
    max_width: no line is wider than this, in pixels.

    Raises HallyuError when the text does not fit, or when a single character is wider than a line.

    >>> break_lines("첫눈 오는 날 다시 만나자고 했잖아", len, 8)
    ['첫눈 오는 날', '다시 만나자고', '했잖아']
    """
    text = fonts.clean(short_enough(text))
    if not text:
        return []
    pieces = split(text, measure, max_width)
    measure = functools.lru_cache(maxsize=None)(measure)
    found = [balance(pieces, measure, max_width, count) for count in range(1, max_lines + 1)]
    priced = [(each[0] + LINE_COST * len(each[1]), each[1]) for each in found if each is not None]
    if priced:
        return min(priced)[1]
    raise HallyuError(
        f"“{_start(text)}” does not fit in {max_lines} lines of {max_width:.0f} px: shorten it, "
        "or divide it over two balloons."
    )


def balance(
    pieces: list[Piece], measure: Measure, max_width: float, count: int
) -> tuple[float, list[str]] | None:
    """The best way to set *pieces* in exactly *count* lines, as (cost, lines); None when it cannot be done.

    The ideal line lengths follow an ellipse: short, long, short. The cost of a line is the square of its distance
    from its ideal length, and `best[k][j]` is the least cost of setting the first j pieces in k lines:

        best[k][j] = min over i < j of  best[k-1][i] + cost of pieces i..j as line k

    Source: Knuth and Plass, "Breaking Paragraphs into Lines", 1981, with an ellipse instead of a margin.
    """
    if not pieces or count > len(pieces):
        return None
    chords = ellipse_chords(count)
    total = sum(measure(piece.text) for piece in pieces)
    ideal = [total * chord / sum(chords) for chord in chords]
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for k in range(count):
        row: dict[int, tuple[float, int]] = {}
        for i, (so_far, _) in best[k].items():
            for j in range(i + 1, len(pieces) + 1):
                width = measure(_join(pieces[i:j]))
                if width > max_width:
                    break
                cost = so_far + ((width - ideal[k]) / max_width) ** 2 + (pieces[i].penalty if i else 0.0)
                if j not in row or cost < row[j][0]:
                    row[j] = (cost, i)
        best.append(row)
    if len(pieces) not in best[count]:
        return None
    lines, j = [], len(pieces)
    for k in range(count, 0, -1):
        i = best[k][j][1]
        lines.append(_join(pieces[i:j]))
        j = i
    return best[count][len(pieces)][0], lines[::-1]


def ellipse_chords(count: int) -> list[float]:
    """Relative lengths of *count* evenly spaced lines in an ellipse; the longest is 1.

    >>> [round(c, 2) for c in ellipse_chords(3)]
    [0.75, 1.0, 0.75]
    """
    heights = [(2 * k + 1) / count - 1 for k in range(count)]
    chords = [(1 - h * h) ** 0.5 for h in heights]
    return [chord / max(chords) for chord in chords]


def split(text: str, measure: Measure, max_width: float) -> list[Piece]:
    """*text* as pieces that may each stand at the start of a line, words whole wherever they fit."""
    pieces: list[Piece] = []
    for together in _groups(text.split()):
        fits = measure(" ".join(together)) <= max_width
        # A number leaves its unit only when both do not fit on one line.
        for words in [together] if fits else _groups(together, units=False):
            part = " ".join(words)
            inner = [part] if measure(part) <= max_width else _split_word(part)
            costs = _inner_costs(part) if len(inner) > 1 else {}
            position = 0
            for text_piece in inner:
                if position == 0:
                    pieces.append(Piece(text_piece, " ", _penalty(pieces[-1].text, part) if pieces else 0.0))
                else:
                    pieces.append(Piece(text_piece, "", costs.get(position, 1.0)))
                position += len(text_piece)
    return _legal(pieces, measure, max_width)


def fit(text: str, max_width: float, size: float = NORMAL_SIZE, face: Callable = fonts.dialogue) -> Block:
    """*text* set for a balloon: the number of lines whose block looks best, smaller only if it must be.

    max_width: of the text in pixels, without the balloon's padding.
    size: the episode's size; the text shrinks in steps of 2 px, never below MIN_SIZE.

    Raises HallyuError when the text is longer than a balloon holds or does not fit at MIN_SIZE.

    >>> fit("왜 안 왔어?", 400).lines
    ('왜 안 왔어?',)
    """
    text = fonts.clean(short_enough(text))
    if length(text) > BALLOON_CAPACITY:
        raise HallyuError(
            f"“{_start(text)}” is {length(text):.0f} syllables long; a balloon holds {BALLOON_CAPACITY:.0f}. "
            f"Divide it after “…{deal(text)[0][-12:]}”."
        )
    smallest = min(size, MIN_SIZE)
    while size >= smallest:
        measure = functools.lru_cache(maxsize=None)(face(size).width)
        pieces = split(text, measure, max_width)
        blocks = []
        for count in range(1, MAX_LINES + 1):
            found = balance(pieces, measure, max_width, count)
            if found is not None:
                block = Block(tuple(found[1]), size, tuple(measure(line) for line in found[1]))
                blocks.append((found[0] + _shape_cost(block), block))
        if blocks:
            return min(blocks, key=lambda each: each[0])[1]
        size -= 2
    raise HallyuError(
        f"“{_start(text)}” does not fit in {MAX_LINES} lines of {max_width:.0f} px at {MIN_SIZE} px: shorten it."
    )


def deal(text: str, where: str = "This line") -> list[str]:
    """*text* as the balloons that one speaker says it in: one, or up to MAX_BALLOONS divided at sentence ends.

    Raises HallyuError that says where to divide a line too long for one cut.

    >>> deal("왜 안 왔어?")
    ['왜 안 왔어?']
    """
    text = fonts.clean(short_enough(text))
    count = -(-length(text) // BALLOON_CAPACITY)
    words = text.split()
    while count <= MAX_BALLOONS:
        dealt = _deal_into(words, max(1, int(count)))
        if dealt is not None:
            return dealt
        count += 1
    room = MAX_BALLOONS * BALLOON_CAPACITY
    before = ""
    for word in words:
        if length(before) + length(word) + 0.5 > room * 0.9:
            break
        before = f"{before} {word}".strip()
    ends = [m.end() for m in re.finditer(r"[.!?…]+[”’」』)]*(?=\s)", before)]
    before = before[: ends[-1]] if ends else before
    raise HallyuError(
        f"{where} is {len(text)} characters long; one speaker has room for {MAX_BALLOONS} balloons of "
        f"{BALLOON_CAPACITY:.0f} syllables in a cut. Move what follows “…{before[-14:]}” to the next cut."
    )


def _deal_into(words: list[str], count: int) -> list[str] | None:
    """*words* in *count* balloons of similar length, cut at sentence ends, then commas; None if one is too full."""
    total = length(" ".join(words))
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _ in range(count):
        row: dict[int, tuple[float, int]] = {}
        for i, (so_far, _) in best[-1].items():
            for j in range(i + 1, len(words) + 1):
                size = length(" ".join(words[i:j]))
                if size > BALLOON_CAPACITY:
                    break
                end = 0.0 if words[j - 1][-1] in ".!?…”’」』" else 0.5 if words[j - 1][-1] in ",~" else 1.5
                cost = so_far + (size / total - 1 / count) ** 2 + (end if j < len(words) else 0.0)
                if j not in row or cost < row[j][0]:
                    row[j] = (cost, i)
        best.append(row)
    if len(words) not in best[count]:
        return None
    parts, j = [], len(words)
    for k in range(count, 0, -1):
        i = best[k][j][1]
        parts.append(" ".join(words[i:j]))
        j = i
    return parts[::-1]


def _shape_cost(block: Block) -> float:
    """Distance of a block from the shape that letterers like: about 1.7 times as wide as high."""
    ratio = block.width / block.height
    if len(block.lines) == 1:
        # A short exclamation stands on one line; a sentence on one line makes a sausage.
        return 0.02 * max(0.0, ratio - 5.0)
    return 0.08 * abs(ratio - 1.7)


def _groups(words: list[str], units: bool = True) -> list[list[str]]:
    """Words that stay on one line together: marks with the word they belong to, and a number with its unit."""
    groups: list[list[str]] = []
    for word in words:
        previous = groups[-1][-1] if groups else ""
        together = previous and (
            word[0] in NOT_AT_START
            or previous[-1] in NOT_AT_END
            or (units and _NUMBER.search(previous) and _UNIT.match(word))
        )
        if together:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def _penalty(before: str, after: str) -> float:
    """Cost of a line break between two words: none after a pause, more where one leans on the other."""
    if before[-1] in ".,!?…~":
        return 0.0
    last = before.split()[-1].lower()
    short = last in SHORT_BEFORE or (len(last) == 1 and not LEANING.match(last))
    return 0.12 if short or LEANING.match(after) else 0.02


def _split_word(word: str) -> list[str]:
    """An over-wide word in its smallest parts that may start a line: syllables, with their marks."""
    parts, start = [], 0
    for position in range(1, len(word)):
        before, after = word[position - 1], word[position]
        if (
            after in NOT_AT_START
            or before in NOT_AT_END
            or " " in (before, after)
            or unicodedata.combining(after)
        ):
            continue
        parts.append(word[start:position])
        start = position
    return [*parts, word[start:]]


def _inner_costs(word: str) -> dict[int, float]:
    """Cost of splitting *word* before a position: low between parts of a compound and before the first particle."""
    costs = {n: 0.1 for n in range(1, len(word)) if word[n - 1] in NOT_AT_START}
    if not re.search("[가-힣]{3}", word):
        return costs
    tokens = morphemes(word)
    for before, token in itertools.pairwise(tokens):
        if token.start < before.start + before.len or token.start in costs:
            continue  # fused into one syllable, as in 갔 = 가 + 았
        # Tags that begin with J (particle), E (ending) or X (suffix) lean on what stands before them.
        leans, leant_on = token.tag[0] in "JEX", before.tag[0] in "JEX"
        costs[token.start] = 0.6 if leans and leant_on else 0.3
    return costs


def _legal(pieces: list[Piece], measure: Measure, max_width: float) -> list[Piece]:
    """*pieces*, after making sure that each fits on a line; one that does not is given up by its marks."""
    out: list[Piece] = []
    for piece in pieces:
        if measure(piece.text) <= max_width:
            out.append(piece)
            continue
        # A run of marks wider than the line ("!!!!!!!!"): the only place where a line may start with one.
        for number, character in enumerate(piece.text):
            if measure(character) > max_width:
                raise HallyuError(
                    f"“{character}” alone is wider than a line of {max_width:.0f} px: widen the balloon."
                )
            out.append(Piece(character, piece.glue if number == 0 else "", 2.0 if number else piece.penalty))
    return out


def _join(pieces: list[Piece]) -> str:
    return pieces[0].text + "".join(piece.glue + piece.text for piece in pieces[1:])


def short_enough(text: str) -> str:
    """*text*, or HallyuError at once when it is far longer than a cut could hold."""
    if len(text) > 2000:
        raise HallyuError(
            f"“{_start(text)}” is {len(text):,} characters long; a whole cut holds about "
            f"{MAX_BALLOONS * BALLOON_CAPACITY:.0f} syllables. Is this a file where a line was meant?"
        )
    return text


def _start(text: str) -> str:
    return text if len(text) <= 20 else fonts.clean(text[:20]) + "…"
