"""Where a subtitle's lines break (줄바꿈): between phrases, as the reader's eye takes them.

Every place between two words costs something: nothing after a sentence, most between words that belong together. Korean is
judged by its morphemes (kiwipiepy), English by its function words. Lines come out as few as fit, at the least cost, and of
like length. Words are never changed, nor their order.
Source: Netflix Timed Text Style Guide, General Requirements, "Line Treatment".
"""

import itertools
import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from hallyu.morphemes import morphemes
from hallyu.ott import reading
from hallyu.ott.timedtext import plain

GLUED, CLOSE, NEUTRAL, PHRASE, SENTENCE = 10.0, 7.0, 4.0, 2.0, 0.0
"""What it costs to break between two words: those that are one thing; that belong together; neither; that end a phrase, or a
sentence."""
_BALANCE = 3.0
"""Cost of two lines of which one has nothing and the other is full."""
_NEW_CUE, _MIXED = 3.0, 5.0
"""Cost of one more cue, and of one that has the end of a sentence and the beginning of another. Between cues a break costs
three times what it costs between lines."""


def wrap(
    text: str, language: str = "ko", width: float = 16, most: int = 2, halves: bool = True
) -> str | None:
    """*text* on as few lines as it fits, *most* at most, of *width* characters at most; None where it does not fit.

    halves: see hallyu.ott.reading. Markup stays with its words.

    >>> wrap("I never thought that I would see the snow again", "en", 42, halves=False)
    'I never thought\\nthat I would see the snow again'
    """
    words = text.split()
    sizes = _Sizes(words, halves)
    if sizes(0, len(words)) <= width:
        return " ".join(words)
    if all(_breaks(sizes, 0, len(words), width, count) == [] for count in range(2, most + 1)):
        return None
    return _lined(words, _best(sizes, costs(words, language), 0, len(words), width, most)[1])


def pieces(
    text: str, language: str = "ko", width: float = 16, most: int = 2, halves: bool = True
) -> list[str]:
    """*text* in as many cues as it needs, each wrapped; a word that is wider than a line stands alone, too wide.

    >>> pieces("It was cold. We walked home. Nobody spoke.", "en", 14, halves=False)
    ['It was cold.', 'We walked\\nhome.', 'Nobody spoke.']
    """
    words = text.split()
    sizes, prices = _Sizes(words, halves), costs(words, language)
    # ends[n]: the least cost of the first n words, and their last cue: where it begins, and its lines.
    ends: list[tuple[float, int, tuple[int, ...]]] = [(0.0, 0, ())]
    for end in range(1, len(words) + 1):
        inside = end < len(words) and prices[end - 1] > SENTENCE
        price = _NEW_CUE + (3 * prices[end - 1] if inside else 0.0)
        options = [(ends[end - 1][0] + price, end - 1, (end - 1, end))]
        for begin in range(end - 2, -1, -1):
            inner = _best(sizes, prices, begin, end, width, most)
            if inner is None:
                break
            mixed = _MIXED if inside and SENTENCE in prices[begin : end - 1] else 0.0
            options.append((ends[begin][0] + price + inner[0] + mixed, begin, inner[1]))
        ends.append(min(options))
    found, end = [], len(words)
    while end:
        _, begin, places = ends[end]
        found.append(_lined(words, places))
        end = begin
    return found[::-1]


def _lined(words: Sequence[str], places: Sequence[int]) -> str:
    return "\n".join(" ".join(words[a:b]) for a, b in itertools.pairwise(places))


class _Sizes:
    """How many characters the words from one to another take, with the spaces between them."""

    def __init__(self, words: Sequence[str], halves: bool):
        self.space = reading.width(" ", halves)
        self.sums = [0.0, *itertools.accumulate(reading.widths(words, halves).tolist())]

    def __call__(self, begin: int, end: int) -> float:
        return self.sums[end] - self.sums[begin] + self.space * (end - begin - 1)


def _breaks(sizes: _Sizes, begin: int, end: int, width: float, count: int) -> list[tuple[int, ...]]:
    """All ways to put the words from *begin* to *end* on *count* lines: where each line begins, and *end*."""
    ways = ((begin, *inner, end) for inner in itertools.combinations(range(begin + 1, end), count - 1))
    return [way for way in ways if all(sizes(a, b) <= width for a, b in itertools.pairwise(way))]


def _best(
    sizes: _Sizes, prices: Sequence[float], begin: int, end: int, width: float, most: int
) -> tuple[float, tuple[int, ...]] | None:
    """The cost of the best lines of the words from *begin* to *end*, as few as fit, and where they are."""

    def price(way: tuple[int, ...]) -> float:
        lengths = [sizes(a, b) for a, b in itertools.pairwise(way)]
        return (
            sum(prices[place - 1] for place in way[1:-1]) + _BALANCE * (max(lengths) - min(lengths)) / width
        )

    # No line is wider than *width*, so that so many are needed.
    for count in range(max(1, math.ceil(sizes(begin, end) / (width + sizes.space))), most + 1):
        ways = _breaks(sizes, begin, end, width, count)
        if ways:
            return min((price(way), way) for way in ways)
    return None


def costs(words: Sequence[str], language: str = "ko") -> list[float]:
    """What it costs to break after each word but the last one."""
    bare = [plain(word) for word in words]
    judged = {"ko": _korean, "en": _english}.get(
        language.split("-")[0].lower(), lambda given: [NEUTRAL] * (len(given) - 1)
    )(bare)
    return [
        SENTENCE if re.search(r"[.?!…\])♪][\"'”’]?$", word) and not re.search(r"\b(Mr|Mrs|Ms|Dr|St)\.$", word)
        else min(price, PHRASE / 4) if re.search(r"[,;:、]$", word) else price
        for word, price in zip(bare, judged, strict=False)
    ]  # fmt: skip


def _korean(words: list[str]) -> list[float]:
    found = morphemes(" ".join(words))
    starts, ends = [m.start for m in found], [m.start + m.len for m in found]
    prices, place = [], -1
    for word in words[:-1]:
        place += len(word) + 1
        left, right = bisect_right(ends, place) - 1, bisect_left(starts, place)
        known = left >= 0 and right < len(found)
        price = _between(found[left].tag, found[right].tag) if known else NEUTRAL
        if known and left and found[left - 1].tag == "NNB" and found[right].tag[:2] in ("VV", "VA"):
            price = GLUED  # 알 수가 없다, 간 적은 있다
        prices.append(price)
    return prices


def _between(left: str, right: str) -> float:
    """The cost between two Korean words, by the tags of the last and the first of their morphemes (Sejong tag set)."""
    left, right = left.split("-")[0], right.split("-")[0]
    if (
        right == "VX"
        or right == "NNB"
        or (left == "NNB" and right in ("VV", "VA", "VX", "VCP"))
        or left == right == "NNP"
    ):
        return GLUED
    if left in ("ETM", "MM", "JKG", "XPN", "SN", "NR"):
        return CLOSE + 1
    if left == "EF":
        return SENTENCE
    if left == "EC":
        return PHRASE / 2
    if left in ("JKS", "JKO", "JKB", "JX", "JKQ", "IC", "MAJ"):
        return PHRASE
    if left in ("NNG", "NNP", "NP", "MAG", "JC"):
        return CLOSE - 1
    return NEUTRAL


_ARTICLES, _PREPOSITIONS, _CONJUNCTIONS, _HELPERS = (
    frozenset(re.findall(r"\S+", words))
    for words in (
        """a an the my your his her its our their these those some any every each no another more most very too so such mr mrs ms
        dr""",
        """about above across after against along among around at before behind below beneath beside between beyond by down during
        except for from in inside into like near of off on onto out outside over past since through to toward towards under until
        up upon with within without""",
        """and but or nor yet because although though if unless while when where whereas that which who whom whose than""",
        """i you he she it we they am is are was were be been being have has had do does did will would shall should can could may
        might must not never don't doesn't didn't won't can't couldn't wouldn't shouldn't isn't aren't wasn't i'm you're he's
        she's it's we're they're i've you've we've they've i'll you'll he'll she'll we'll they'll i'd you'd""",
    )
)
"""English words that are one thing with the next word, or begin a phrase."""


def _english(words: list[str]) -> list[float]:
    prices = []
    for word, following in itertools.pairwise(words):
        left, right = (re.sub(r"[^\w'’]", "", each).lower().replace("’", "'") for each in (word, following))
        if left in _ARTICLES:
            prices.append(GLUED)
        elif left in _PREPOSITIONS or left in _CONJUNCTIONS:
            prices.append(CLOSE + 1)
        elif left in _HELPERS or (word[:1].isupper() and following[:1].isupper() and right != "i"):
            prices.append(CLOSE)
        elif right in _CONJUNCTIONS:
            prices.append(PHRASE / 2)
        elif right in _PREPOSITIONS:
            prices.append(PHRASE)
        else:
            prices.append(NEUTRAL)
    return prices
