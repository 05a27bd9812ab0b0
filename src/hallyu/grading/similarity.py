"""Which submissions share code: winnowing fingerprints, with the passages side by side.

S. Schleimer, D. Wilkerson, A. Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003. Names are
normalised and comments dropped, so that renaming, reformatting and reordering hide nothing. Guaranteed: a run of
GUARANTEE equal tokens in two cells is seen, wherever it stands; a run shorter than NOISE tokens never is. A pair is reported
when what was seen comes to LEAST_TOKENS and LEAST_SHARE. It is a reason to read both, no proof: a person decides.
"""

import builtins
import hashlib
import json
import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import nbformat

from hallyu.grading.course import Course
from hallyu.grading.untrusted import shown

NOISE = 12
"""k: tokens in a row that are compared."""
WINDOW = 13
"""w: of so many neighbouring comparisons one is kept."""
GUARANTEE = WINDOW + NOISE - 1
"""t = w + k - 1 tokens: the paper's guarantee threshold."""
COMMON = 10
"""A passage that more submissions than this share is the task's own way of being solved (MOSS takes the same number)."""
LEAST_TOKENS, LEAST_SHARE = 60, 0.4
"""What two submissions must share to be reported, in tokens (about eight lines) and of the shorter one: what is less has
too few ways of being written."""
LARGEST = 20_000_000

_TOKEN = re.compile(
    r"(?P<skip>#[^\n]*|[rbuRBUfF]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''))"
    r"|(?P<text>[rbuRBUfF]{0,2}(?:\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'))"
    r"|(?P<number>\d[\w.]*)|(?P<name>[^\W\d]\w*)|(?P<sign>\*\*|//|[-+*/%<>=!]=|->|\S)",
    re.DOTALL,
)
_OWN = re.compile(r"(?:\bdef|\bclass)\s+(\w+)|\.(\w+)\s*=[^=]")
_KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"self", "np", "plt", "torch"}


@dataclass(frozen=True)
class Token:
    """A normalised token and the line of its cell, from 0."""

    text: str
    line: int


@dataclass(frozen=True)
class Passage:
    """Lines of a cell of one submission that match lines of a cell of another; last lines included, from 0."""

    cells: tuple[int, int]
    first: tuple[int, int]
    last: tuple[int, int]
    tokens: int


@dataclass(frozen=True)
class Pair:
    """Two submissions that share code. share: of the shorter one's fingerprints, 0 to 1."""

    students: tuple[str, str]
    share: float
    tokens: int
    passages: tuple[Passage, ...]


def tokens(source: str, text: bool = False) -> list[Token]:
    """Normalised tokens of a code cell, also of one that is no valid Python; of a text, its words.

    The names that a program chooses become v, strings become s; numbers, keywords, builtins and the names of a library's
    parts stay.

    >>> [t.text for t in tokens("total = np.sum(xs) + 3  # all")]
    ['v', '=', 'np', '.', 'sum', '(', 'v', ')', '+', '3']
    """
    if text:
        return [
            Token(m.group().casefold(), source.count("\n", 0, m.start())) for m in re.finditer(r"\w+", source)
        ]
    own = {a or b for a, b in _OWN.findall(source)}
    found, before, line, place = [], "", 0, 0
    for match in _TOKEN.finditer(source):
        line, place = line + source.count("\n", place, match.start()), match.start()
        kind, word = match.lastgroup, match.group()
        if kind == "skip":
            continue
        if kind == "text":
            word = "s"
        elif kind == "name" and word not in _KEPT and (before != "." or word in own):
            word = "v"
        found.append(Token(word, line))
        before = word
    return found


def grams(found: list[Token]) -> list[int]:
    """A 64-bit hash of each run of NOISE tokens."""
    words = [t.text for t in found]
    runs = (" ".join(words[i : i + NOISE]) for i in range(len(words) - NOISE + 1))
    return [int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest()) for run in runs]


def winnow(hashes: list[int]) -> list[tuple[int, int]]:
    """(hash, place) of the smallest in each window of WINDOW hashes, the rightmost of equal ones, each place once.

    >>> [place for _, place in winnow([5, 1, 9] + [7] * 12 + [3])]
    [1, 14, 15]
    """
    kept: list[tuple[int, int]] = []
    for end in range(min(WINDOW, len(hashes)), len(hashes) + 1):
        begin = max(0, end - WINDOW)
        smallest, place = min((hashes[i], -i) for i in range(begin, end)) if end > begin else (0, 0)
        if end > begin and (not kept or kept[-1][1] != -place):
            kept.append((smallest, -place))
    return kept


@dataclass(frozen=True)
class Work:
    """One submission's cells: (source, whether it is text). The place in the list is the cell's number."""

    cells: tuple[tuple[str, bool], ...]

    def fingerprints(self, given: frozenset[int] = frozenset()) -> dict[int, list[tuple[int, int]]]:
        """Hash -> its places (cell, token), without the runs that are *given*."""
        places = defaultdict(list)
        for number, (source, text) in enumerate(self.cells):
            for value, place in winnow(grams(tokens(source, text))):
                if value not in given:
                    places[value].append((number, place))
        return dict(places)


def given_runs(works: Iterable[Work]) -> frozenset[int]:
    """Every run of tokens in the instructor's own code, which nobody is to be blamed for."""
    return frozenset(h for work in works for source, text in work.cells for h in grams(tokens(source, text)))


def similar(works: dict[str, Work], given: frozenset[int] = frozenset()) -> list[Pair]:
    """The pairs that share enough, the largest share first.

    An inverted index (fingerprint -> submissions) keeps the work near the number of matches, not of pairs.
    """
    prints = {student: work.fingerprints(given) for student, work in works.items()}
    index = defaultdict(list)
    for student, found in prints.items():
        for value in found:
            index[value].append(student)
    shared: Counter = Counter()
    for students in index.values():
        if 2 <= len(students) <= COMMON:
            shared.update(combinations(sorted(students), 2))
    common = {value for value, students in index.items() if len(students) > COMMON}
    sizes = {student: len(found.keys() - common) for student, found in prints.items()}
    pairs = []
    for (a, b), number in shared.items():
        share = number / min(sizes[a], sizes[b])
        if share < LEAST_SHARE:
            continue
        both = (prints[a].keys() & prints[b].keys()) - common
        passages = _passages(
            works[a], works[b], [(x, y) for v in both for x in prints[a][v] for y in prints[b][v]]
        )
        total = sum(p.tokens for p in passages)
        if total >= LEAST_TOKENS:
            pairs.append(Pair((a, b), share, total, passages))
    return sorted(pairs, key=lambda pair: (-pair.share, -pair.tokens, pair.students))


def _passages(
    one: Work, other: Work, matches: list[tuple[tuple[int, int], tuple[int, int]]]
) -> tuple[Passage, ...]:
    """Matching runs in the same two cells that lie close together in both, put together."""
    runs: list[list[int]] = []  # cell, cell, begin, begin, end, end (in tokens)
    for (cell, place), (cell_b, place_b) in sorted(matches):
        for run in runs:
            near = run[2] <= place <= run[4] + WINDOW and run[3] <= place_b <= run[5] + WINDOW
            if run[:2] == [cell, cell_b] and near and place - run[2] == place_b - run[3]:
                run[4:] = [max(run[4], place + NOISE), max(run[5], place_b + NOISE)]
                break
        else:
            runs.append([cell, cell_b, place, place_b, place + NOISE, place_b + NOISE])
    passages, covered = [], set()
    for cell, cell_b, begin, begin_b, end, end_b in sorted(runs, key=lambda run: run[2] - run[4]):
        lines, lines_b = tokens(*one.cells[cell]), tokens(*other.cells[cell_b])
        while min(begin, begin_b) > 0 and lines[begin - 1].text == lines_b[begin_b - 1].text:
            begin, begin_b = begin - 1, begin_b - 1
        while end < len(lines) and end_b < len(lines_b) and lines[end].text == lines_b[end_b].text:
            end, end_b = end + 1, end_b + 1
        fresh = {(cell, i) for i in range(begin, end)} - covered
        if len(fresh) < NOISE:
            continue  # the same lines match a second place
        covered |= fresh
        first, last = (
            (lines[begin].line, lines_b[begin_b].line),
            (lines[end - 1].line, lines_b[end_b - 1].line),
        )
        passages.append(Passage((cell, cell_b), first, last, len(fresh)))
    return tuple(passages)


# --- A course -------------------------------------------------------------------------------------------------------------


def read(path: Path) -> Work:
    """The cells of a notebook that a stranger wrote; none when it cannot be read."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
        return Work(())
    try:
        cells = json.loads(path.read_bytes())["cells"]
        pairs = [("".join(c["source"]), c["cell_type"] != "code") for c in cells if c["cell_type"] != "raw"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Work(())
    return Work(tuple(pairs))


def of_assignment(course: Course, assignment: str) -> tuple[list[Pair], dict[str, Work]]:
    """Compare everything that was submitted for an assignment; the pairs and what each learner handed in."""
    paths = course.notebooks(assignment)
    given = given_runs(
        Work(tuple((c.source, c.cell_type != "code") for c in nbformat.read(path, as_version=4).cells))
        for path in paths
    )
    submitted = course.folder("submitted", assignment, "*")
    works = {}
    for folder in sorted(submitted.parent.parent.glob(f"*/{assignment}")):
        if not folder.is_symlink():
            works[folder.parent.name] = Work(
                tuple(c for path in paths for c in read(folder / path.name).cells)
            )
    return similar(works, given), works


def report(assignment: str, pairs: list[Pair], works: dict[str, Work]) -> str:
    """The pairs as Markdown, each with its passages side by side."""
    lines = [f"# {assignment}: submissions that share code", ""]
    lines += [
        f"{len(works)} submissions, {len(pairs)} pairs. Runs of {GUARANTEE} equal tokens or more are found.",
        "",
    ]
    for pair in pairs:
        a, b = pair.students
        lines += [
            f"## {_plain(a)} and {_plain(b)}",
            "",
            f"{pair.share:.0%} of the shorter one, {pair.tokens} tokens.",
            "",
        ]
        for p in pair.passages:
            for student, cell, first, last in zip(pair.students, p.cells, p.first, p.last, strict=True):
                source = works[student].cells[cell][0].splitlines()[first : last + 1]
                fence = "`" * max(
                    3, 1 + max((len(x) for x in re.findall("`+", "\n".join(source))), default=0)
                )
                lines += [f"{_plain(student)}, cell {cell + 1}, lines {first + 1} to {last + 1}:", ""]
                lines += [f"{fence}python", *source, fence, ""]
    return "\n".join(lines)


def _plain(name: str) -> str:
    """A folder's name that is no Markdown and steers no terminal."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|])", r"\\\1", shown(name))
