"""Grading a webtoon episode: the delivered folder is opened again and measured.

A delivery holds script.txt, slices/ and cuts-….psd (as `hallyu.webtoon.episode` writes them), strings.csv and work.jsonl.
Each grader takes the folder and returns what it found; none believes a file that another file, or a pixel, contradicts:
the words in a balloon are laid over the script's, the faces are read by the judge, the slices are joined and cut again.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from itertools import combinations, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from hallyu.errors import HallyuError
from hallyu.grading import untrusted, words_on_page
from hallyu.grading.findings import Finding, grader
from hallyu.provenance import credentials
from hallyu.provenance.disclosure import Disclosure, disclose
from hallyu.provenance.worklog import ACTIONS, ACTORS, Entry
from hallyu.webtoon import lettering, script, strings, strip, validation
from hallyu.webtoon.compose import CENTRES, SIDES, look_of
from hallyu.webtoon.drawing import framing, turn_of
from hallyu.webtoon.export import MANIFEST, find_profile
from hallyu.webtoon.panel import WIDTH, Box
from hallyu.webtoon.preflight import NOTICE_DIFFERENCE
from hallyu.webtoon.script import Cut, Line, Script
from hallyu.webtoon.vocabulary import Look

if TYPE_CHECKING:
    from hallyu.webtoon.judge import Reading

PROFILE = "webtoon-canvas"
SCRIPT, SLICES, LAYERS, STRINGS, LOG = "script.txt", "slices", "cuts-*.psd", "strings.csv", "work.jsonl"
MIN_CUTS = 6
MIN_LETTERS = lettering.MIN_SIZE * words_on_page.PER_EM - 1
"""Least height of a line of letters in pixels at 800 px; one pixel is forgiven for rounding."""
MIN_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, level AA."""
SAME_WORDS = 0.5
"""Likeness above which letters on the page are the script's words; see `words_on_page.likeness`."""
SCREEN_CHARACTERS = 96.0
"""Most characters on one phone screen, counted as the Korean timed-text guide does: eight seconds at its 12 a second.
The eight seconds are ours."""
ATTRIBUTES = ("person", "hair_style", "hair_colour", "eyes", "outfit", "outfit_colour")
NAMED = (*ATTRIBUTES, "expression", "shot", "view")
"""What a prompt may say of a figure, and the judge reads."""
MIN_READ = 0.75
"""Share of the named attributes that the judge must read as the script orders them."""
SAME_PICTURE = 0.95
"""Correlation of two faces above which they are one picture used twice; two expressions of one character measure 0.24."""
SHARP = 0.24
"""Least share of the change across edges that is finer than two pixels: pages drawn at full width measure 0.31 to 0.40,
pages enlarged by a half 0.18 and less."""
MAX_DISCLOSURE = 60_000
"""Characters; a hundred generated figures need 25,000. The notice is drawn anew, and must not fill the memory."""
SAME_PAGE = 4.0
"""Mean difference in levels (0-255) allowed between the layers and the JPEG slices."""
LAYER_NAMES = {"art": ("그림", "art"), "balloon": ("말풍선", "balloon", "balloons"), "text": ("글자", "text")}
"""Groups inside a cut's group, from the bottom up."""
COPIED = 0.35
"""Share of the script's three-letter runs that may stand in one of the course's own scripts."""


# --- The delivery -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slice:
    """One image file: its name, its bytes on disk, its pixels (RGB uint8)."""

    name: str
    bytes: int
    picture: np.ndarray


@dataclass(frozen=True)
class Claim:
    """What the manifest says lies where: a cut's rows, or a face, balloon or effect, in strip pixels."""

    kind: str
    name: str
    box: Box


@dataclass(frozen=True)
class Delivery:
    """A delivered episode: what its files say, and what they show."""

    folder: Path
    script: Script
    slices: tuple[Slice, ...]
    claims: tuple[Claim, ...]
    places: dict[int, tuple[int, int]]
    """Rows of each cut, by its number, as the manifest says."""
    manifest: dict

    @cached_property
    def page(self) -> np.ndarray:
        """The slices joined: RGB uint8 (height, WIDTH, 3). Raises HallyuError when their widths differ."""
        if {s.picture.shape[1] for s in self.slices} != {WIDTH}:
            raise HallyuError(
                f"The slices are not all {WIDTH} px wide, so they join to no strip: export them again."
            )
        return np.concatenate([s.picture for s in self.slices])

    @property
    def seams(self) -> list[int]:
        """Rows of the joined strip at which one slice ends and the next begins."""
        return np.cumsum([len(s.picture) for s in self.slices]).tolist()[:-1]

    def lines(self) -> Iterator[tuple[Cut, Line]]:
        """Every line of the script with its cut."""
        return ((cut, line) for cut in self.script.cuts for line in cut.lines)

    def claimed(self, kind: str, name: str, cut: int | None = None) -> list[Claim]:
        """The manifest's boxes of this kind and name, from top to bottom; *cut*: in its rows only."""
        found = [c for c in self.claims if c.kind == kind and c.name == name]
        if cut is not None:
            y0, y1 = self.places.get(cut, (0, 0))
            found = [c for c in found if y0 <= (c.box[1] + c.box[3]) / 2 < y1]
        return sorted(found, key=lambda c: (c.box[1], c.box[0]))


def open_delivery(folder: str | Path) -> Delivery:
    """Open a delivery that may hold anything. Raises HallyuError for the first file that cannot be taken as it is."""
    folder = Path(folder)
    untrusted.check_folder(folder)
    story = script.parse(untrusted.read_text(folder, SCRIPT))
    manifest = untrusted.read_json(folder, f"{SLICES}/{MANIFEST}")
    if not isinstance(manifest, dict):
        raise HallyuError(f"{MANIFEST} is not a manifest: export the episode again.")
    names = sorted(
        p.name for p in (folder / SLICES).iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png")
    )
    if not names:
        raise HallyuError(f"There is no slice in {SLICES}/: export the episode.")
    slices, pixels = [], 0
    for name in names:
        picture = untrusted.read_picture(folder, f"{SLICES}/{name}")
        pixels += picture.shape[0] * picture.shape[1]
        if pixels > 3 * untrusted.MAX_PIXELS:
            raise HallyuError(
                f"The slices hold over {3 * untrusted.MAX_PIXELS:,} pixels: deliver one episode."
            )
        slices.append(Slice(name, (folder / SLICES / name).stat().st_size, picture))
    claims = tuple(_claim(item) for item in _list(manifest, "protected"))
    places = dict(_place(item) for item in _list(manifest, "cuts"))
    return Delivery(folder, story, tuple(slices), claims, places, manifest)


def _list(manifest: dict, key: str) -> list:
    value = manifest.get(key, [])
    if not isinstance(value, list) or len(value) > 2000:
        raise HallyuError(
            f'The manifest\'s "{key}" is not a list of at most 2,000: export the episode again.'
        )
    return value


def _claim(item: object) -> Claim:
    match item:
        case [str(kind), str(name), [int(x0), int(y0), int(x1), int(y1)]] if all(
            -10_000 < v < 1_000_000 for v in (x0, y0, x1, y1)
        ):
            return Claim(kind, name, (x0, y0, x1, y1))
    raise HallyuError(
        "A box in the manifest is not [kind, name, [x0, y0, x1, y1]]: export the episode again."
    )


def _place(item: object) -> tuple[int, tuple[int, int]]:
    match item:
        case {"number": int(number), "y0": int(y0), "y1": int(y1)} if 0 <= y0 < y1 < 1_000_000:
            return number, (y0, y1)
    raise HallyuError("A cut in the manifest has no number and rows: export the episode again.")


# --- What is delivered --------------------------------------------------------------------------------------------


@grader(5)
def complete(folder: Path) -> list[Finding]:
    """Whether everything is there and opens: a sound script of at least MIN_CUTS cuts, its strip, its layers."""
    delivery = open_delivery(folder)
    cuts, found = delivery.script.cuts, []
    if len(cuts) < MIN_CUTS:
        found.append(
            Finding("short", f"The script has {len(cuts)} cuts; the episode needs at least {MIN_CUTS}.", 5)
        )
    for problem in validation.validate(delivery.script):
        if problem.severity == "error":
            found.append(Finding("script", f"{SCRIPT}: {problem}", 2))
    near = list(_near_figures(delivery))
    if len(near) < 2:
        found.append(
            Finding(
                "cast", f"{len(near)} figures act in close-ups and busts; an episode needs at least 2.", 3
            )
        )
    if not any(True for _ in delivery.lines()):
        found.append(Finding("silent", "Nobody says anything: give the letterer at least one line.", 3))
    for name in (LAYERS, STRINGS, LOG):
        if not any(folder.glob(name)):
            found.append(Finding("missing", f"{name} is missing from the delivery.", 2))
    return found


@grader(5)
def layout(folder: Path) -> list[Finding]:
    """Whether WEBTOON takes the slices, they join to the strip, and each shows something drawn at this size."""
    delivery, profile, found = open_delivery(folder), find_profile(PROFILE), []
    for s in delivery.slices:
        height, width = s.picture.shape[:2]
        if width != profile.width:
            found.append(
                Finding("width", f"{s.name} is {width:,} px wide; {profile.name} takes {profile.width}.", 3)
            )
        if height > profile.max_height:
            said = f"{s.name} is {height:,} px tall; {profile.name} takes {profile.max_height:,} at most."
            found.append(Finding("height", said, 3))
        if s.bytes > profile.max_file_bytes:
            said = f"{s.name} is {s.bytes / 1e6:.1f} MB; {profile.name} takes {profile.max_file_bytes / 1e6:g} MB."
            found.append(Finding("bytes", said, 3))
    if len(delivery.slices) > profile.max_images:
        said = (
            f"There are {len(delivery.slices)} images; {profile.name} takes {profile.max_images} an episode."
        )
        found.append(Finding("images", said, 3))
    total = sum(s.bytes for s in delivery.slices)
    if total > profile.max_episode_bytes:
        said = f"The slices are {total / 1e6:.1f} MB; {profile.name} takes {profile.max_episode_bytes / 1e6:g} MB."
        found.append(Finding("bytes", said, 3))
    if found:
        return found
    height, said = len(delivery.page), delivery.manifest.get("height")
    if height != said:
        message = f"The slices are {height:,} px tall together and the manifest says {said}: one is missing or doubled."
        found.append(Finding("join", message, 3))
    listed = [s.get("file") for s in _list(delivery.manifest, "slices") if isinstance(s, dict)]
    if listed != [s.name for s in delivery.slices]:
        found.append(
            Finding("join", "The manifest lists other slices than the folder holds: export again.", 2)
        )
    found += _drawn(delivery)
    return found


def _drawn(delivery: Delivery) -> Iterator[Finding]:
    """Blank cuts, and a strip that was enlarged from a small picture."""
    numbers = [cut.number for cut in delivery.script.cuts]
    for number in numbers:
        rows = delivery.page[slice(*delivery.places.get(number, (0, 0)))]
        if not len(rows):
            yield Finding("cut", f"Cut {number} of the script has no place in the strip.", 2)
        elif rows.std(axis=(0, 1)).max() < 6:
            yield Finding("blank", f"Cut {number} is blank: draw it, or take it out of the script.", 2)
    for before, after in pairwise(numbers):
        if delivery.places.get(before, (0, 0))[1] > delivery.places.get(after, (1_000_000, 0))[0]:
            yield Finding(
                "cut", f"Cut {after} begins before cut {before} ends: stack them in the script's order.", 2
            )
    if fine_detail(delivery.page) < SHARP or has_doubled_pixels(delivery.page):
        yield Finding("enlarged", f"The strip was enlarged from a smaller picture: draw it at {WIDTH} px.", 4)


def fine_detail(page: np.ndarray) -> float:
    """Share of the change across edges that is lost when the page is halved and doubled again, 0 to 1."""
    luma = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY).astype(np.float32)
    height, width = luma.shape
    half = cv2.resize(luma, (width // 2, max(1, height // 2)), interpolation=cv2.INTER_AREA)
    lost = np.abs(luma - cv2.resize(half, (width, height), interpolation=cv2.INTER_CUBIC))
    across = cv2.magnitude(cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1)) / 8
    edges = across > max(8.0, float(np.percentile(across, 98)))
    return float(lost[edges].sum() / max(1e-6, across[edges].sum())) if edges.any() else 0.0


def has_doubled_pixels(page: np.ndarray) -> bool:
    """Whether columns repeat in a beat of 2, 3 or 4, as they do when each pixel was drawn twice or more."""
    luma = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY).astype(np.float32)
    steps = np.abs(np.diff(luma, axis=1)).mean(axis=0)
    beats = [[float(steps[phase::beat].mean()) for phase in range(beat)] for beat in (2, 3, 4)]
    return any(min(beat) < 0.6 * max(beat) for beat in beats)


# --- Words --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Balloon:
    """A balloon that the manifest names: its text, and the letters found there (None: nothing to read)."""

    line: Line
    text: str
    claim: Claim
    words: words_on_page.Words | None

    @property
    def says_so(self) -> bool:
        """Whether the letters on the page are the script's words."""
        return self.words is not None and words_on_page.likeness(self.words, self.text) >= SAME_WORDS


def balloons_of(delivery: Delivery, line: Line) -> list[Balloon]:
    """The balloons of *line* that the manifest names; a long line is dealt into c03-1, c03-1.2 and c03-1.3."""
    names = [line.id, *(f"{line.id}.{number}" for number in range(2, lettering.MAX_BALLOONS + 1))]
    claims = [claim for name in names for claim in delivery.claimed("balloon", name)]
    texts = lettering.deal(line.text) if len(claims) > 1 else [line.text]
    if len(texts) != len(claims):
        return []
    return [
        Balloon(line, text, claim, words_on_page.find(delivery.page, claim.box))
        for text, claim in zip(texts, claims, strict=True)
    ]


@grader(10)
def legibility(folder: Path) -> list[Finding]:
    """Whether the words on the page are the script's and can be read: height, contrast, length, words a screen."""
    delivery, found = open_delivery(folder), []
    for _, line in delivery.lines():
        balloons = balloons_of(delivery, line)
        if not balloons:
            found.append(
                Finding("unlettered", f"{line.id} has not its own balloon in the manifest: letter it.", 3)
            )
        for balloon in balloons:
            found += _readable(balloon)
    found += _crowded(delivery)
    return found


def _readable(balloon: Balloon) -> Iterator[Finding]:
    name, words = balloon.claim.name, balloon.words
    if words is None:
        yield Finding("empty", f"The balloon {name} shows no letters: set “{_start(balloon.text)}” in it.", 4)
        return
    if words.contrast < MIN_CONTRAST:
        said = f"{name}: letters against balloon have a contrast of {words.contrast:.1f} to 1; it must be {MIN_CONTRAST}."
        yield Finding("contrast", said, 4)
    if words.height < MIN_LETTERS:
        said = (
            f"{name}: the letters are {words.height:.0f} px high and must be {MIN_LETTERS:.0f} at {WIDTH} px width: "
            f"set it at {lettering.MIN_SIZE} px or more."
        )
        yield Finding("small", said, 4)
    elif words.contrast >= MIN_CONTRAST and not balloon.says_so:
        said = (
            f"{name}: what stands in the balloon is not “{_start(balloon.text)}”: letter the script's words."
        )
        yield Finding("words", said, 4)
    if (length := lettering.length(balloon.text)) > lettering.BALLOON_CAPACITY:
        said = f"{name} holds {length:.0f} syllables; a balloon holds {lettering.BALLOON_CAPACITY:.0f}: divide it."
        yield Finding("long", said, 2)


def _crowded(delivery: Delivery) -> Iterator[Finding]:
    """Screens with more words than a reader takes in before the thumb moves on."""
    counts: Counter[int] = Counter()
    for _, line in delivery.lines():
        for balloon in balloons_of(delivery, line):
            middle = (balloon.claim.box[1] + balloon.claim.box[3]) / 2
            counts[int(middle // strip.SCREEN)] += strip.characters(balloon.text)
    for screen, count in sorted(counts.items()):
        if count > SCREEN_CHARACTERS:
            said = (
                f"Screen {screen + 1} asks the reader to read {count:g} characters; {SCREEN_CHARACTERS:g} are eight "
                "seconds: spread them over more cuts."
            )
            yield Finding("crowded", said, 2)


def _start(text: str) -> str:
    return untrusted.shown(text if len(text) <= 16 else text[:15] + "…")


# --- Figures ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """A figure of a near shot as it was found on the page: its picture, and how the judge reads it.

    face: the judge's face box, in strip pixels. claimed: the manifest's.
    """

    cut: Cut
    look: Look
    name: str
    picture: np.ndarray
    words: dict[str, str]
    face: Box
    claimed: Box

    @property
    def wrong(self) -> list[str]:
        """Named attributes that the judge reads differently from the script."""
        return [name for name in NAMED if self.words[name] != getattr(self.look, name)]


def figure_square(look: Look, face: Box) -> Box:
    """The square that a figure of this look fills when its face fills *face*: `compose.face_box` turned round."""
    unit, middle = framing(look)
    px = max(face[2] - face[0], face[3] - face[1]) / 1.6
    side = px / unit
    left = (face[0] + face[2]) / 2 - side * (0.5 + turn_of(look) * unit)
    top = face[1] + 0.55 * px - side * middle
    return round(left), round(top), round(left + side), round(top + side)


def _near_figures(delivery: Delivery) -> Iterator[tuple[Cut, str, Look]]:
    for cut in delivery.script.cuts:
        if cut.shot in ("bust", "close-up"):
            for figure in cut.figures:
                yield cut, figure.name, look_of(delivery.script, cut, figure)


def standing_squares(cut: Cut, name: str, rows: tuple[int, int]) -> list[Box]:
    """Where the library stands a figure of a near shot: its square, and for a lone figure the panel's two sides.

    It depends on the script and the cut's *rows* only, so no face box of the manifest can change it.
    """
    figure = next(f for f in cut.figures if f.name == name)
    alone = len(cut.figures) == 1
    side = SIDES[cut.shot, 1 if alone else 2]
    shift = (CENTRES[figure.position] - 0.5) * (0.45 if alone else 1)
    lefts = [round((0.5 + shift) * WIDTH - side / 2), *((0, WIDTH - side) if alone else ())]
    return [(left, rows[1] - side, left + side, rows[1]) for left in dict.fromkeys(lefts)]


def figures_seen(delivery: Delivery) -> tuple[list[Seen], list[Finding]]:
    """Every figure of a near shot, read by the judge; and those for which the manifest gives no face on the page.

    The judge is shown the square that the manifest's face box implies, and those in which the library stands figures;
    the one in which it reads most of what the script orders is where the figure is. So a box that is moved or shrunk
    does not lead the judge away from the face.
    """
    from hallyu.webtoon import judge

    near, missing, shown = [], [], []
    for cut, name, look in _near_figures(delivery):
        claims = delivery.claimed("face", name, cut.number)
        rows = delivery.places.get(cut.number, (0, 0))
        squares = standing_squares(cut, name, rows)
        if not claims or min(claims[0].box[2] - claims[0].box[0], claims[0].box[3] - claims[0].box[1]) < 40:
            missing.append(Finding("no face", f"Cut {cut.number}: the manifest names no face of {name}.", 3))
            continue
        squares.append(figure_square(look, claims[0].box))
        crops = [
            _crop(delivery.page[slice(*rows)], (left, top - rows[0], right, bottom - rows[0]))
            for left, top, right, bottom in squares
        ]
        if crops[-1] is None:
            said = f"Cut {cut.number}: {name}'s face is said to be outside the cut."
            missing.append(Finding("no face", said, 3))
        kept = [(square, crop) for square, crop in zip(squares, crops, strict=True) if crop is not None]
        near.append((cut, name, look, claims[0].box, kept))
        shown += [crop for _, crop in kept]
    readings = iter(judge.read(shown))
    seen = []
    for cut, name, look, claimed, kept in near:
        found = [(square, picture, next(readings)) for square, picture in kept]
        if found:
            square, picture, reading = max(found, key=lambda item: _agreement(item[2], look))
            x0, y0, x1, y1 = reading.face
            face = (square[0] + x0, square[1] + y0, square[0] + x1, square[1] + y1)
            seen.append(Seen(cut, look, name, picture, reading.words, face, claimed))
    return seen, missing


def _agreement(reading: "Reading", look: Look) -> tuple[int, float]:
    """How many named attributes are read as ordered, and how sure the judge is of them together."""
    read = [reading.probabilities[name] for name in NAMED if reading.words[name] == getattr(look, name)]
    return len(read), sum(read)


def _crop(rows: np.ndarray, square: Box) -> np.ndarray | None:
    """A square of *rows*, edges repeated where it runs out; None when it is odd or lies mostly outside."""
    left, top, right, bottom = square
    side = right - left
    if not 32 <= side <= 3000 or not len(rows):
        return None
    seen = max(0, min(right, rows.shape[1]) - max(left, 0)) * max(0, min(bottom, len(rows)) - max(top, 0))
    if seen < 0.4 * side * side:
        return None
    edge = max(0, -left, -top, right - rows.shape[1], bottom - len(rows))
    wide = np.pad(rows, ((edge, edge), (edge, edge), (0, 0)), mode="edge")
    return np.ascontiguousarray(wide[top + edge : bottom + edge, left + edge : right + edge])


@grader(10)
def characters(folder: Path) -> list[Finding]:
    """Whether the judge reads each figure as the script orders it, and no picture serves for two."""
    seen, found = figures_seen(open_delivery(folder))
    if not seen:
        return [Finding("nobody", "No figure was found in any close-up or bust.", characters.points)]
    share = 1 - sum(len(s.wrong) for s in seen) / (len(NAMED) * len(seen))
    if share < MIN_READ:
        said = f"The judge reads {share:.0%} of what the script says of its figures; {MIN_READ:.0%} are asked for."
        found.append(Finding("unlike", said, 6))
    for s in seen:
        if len(s.wrong) > len(NAMED) / 3:
            told = ", ".join(f"{_plain(a)} {getattr(s.look, a)} reads as {s.words[a]}" for a in s.wrong[:3])
            found.append(
                Finding("unlike", f"Cut {s.cut.number}: this is not {s.name} as ordered: {told}.", 2)
            )
    acted = sum("expression" not in s.wrong for s in seen)
    if 2 * acted < len(seen):
        said = (
            f"{acted} of {len(seen)} faces show the expression that the script asks for: re-roll the others."
        )
        found.append(Finding("expression", said, 3))
    for a, b in combinations(seen, 2):
        if a.look != b.look and _same_face(a.picture, b.picture):
            said = f"Cuts {a.cut.number} and {b.cut.number} use one picture of a face: draw {b.name} again."
            found.append(Finding("pasted", said, 4))
    return found


def _same_face(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether the middles of two figure squares are the same drawing."""
    small = []
    for picture in (a, b):
        n = len(picture)
        face = picture[round(0.28 * n) : round(0.68 * n), round(0.32 * n) : round(0.68 * n)]
        grey = cv2.resize(
            cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), (72, 80), interpolation=cv2.INTER_AREA
        ).astype(float)
        small.append((grey - grey.mean()).ravel())
    norm = np.linalg.norm(small[0]) * np.linalg.norm(small[1])
    return bool(norm > 1e-6 and small[0] @ small[1] / norm > SAME_PICTURE)


@grader(5)
def same_character(folder: Path) -> list[Finding]:
    """Whether everyone looks the same in all their cuts, and different people look different, as the judge reads."""
    seen, found = figures_seen(open_delivery(folder))
    if not seen:
        return [Finding("nobody", "No figure was found in any close-up or bust.", same_character.points)]
    usual = {}
    for name in dict.fromkeys(s.name for s in seen):
        cuts = [s for s in seen if s.name == name]
        usual[name] = {a: Counter(s.words[a] for s in cuts).most_common(1)[0][0] for a in ATTRIBUTES}
        for s in cuts:
            changed = [a for a in ATTRIBUTES if s.words[a] != usual[name][a]]
            if len(changed) > 1:
                told = " and ".join(
                    f"{_plain(a)} ({s.words[a]}, elsewhere {usual[name][a]})" for a in changed[:2]
                )
                found.append(Finding("changed", f"Cut {s.cut.number}: {name} has another {told}.", 2))
    looks = {s.name: s.look.identity for s in seen}
    for a, b in combinations(usual, 2):
        if looks[a] != looks[b] and usual[a] == usual[b]:
            found.append(
                Finding("alike", f"{a} and {b} cannot be told apart: both read as {_told(usual[a])}.", 3)
            )
    return found


def _told(words: dict[str, str]) -> str:
    return f"{words['person']}, {words['hair_colour']} {words['hair_style']} hair, {words['outfit_colour']} {words['outfit']}"


def _plain(attribute: str) -> str:
    return attribute.replace("_", " ")


# --- Cutting ------------------------------------------------------------------------------------------------------


@grader(10)
def cut_safety(folder: Path) -> list[Finding]:
    """Whether no slice ends inside a face, a balloon or letters, where the pixels, not the manifest, say they are."""
    delivery = open_delivery(folder)
    whole, found = [], []
    for cut, line in delivery.lines():
        balloons = [b for b in balloons_of(delivery, line) if b.says_so]
        if not balloons:
            said = f"The manifest does not say where {line.id} is lettered: no slicer could have spared it."
            found.append(Finding("unmarked", said, 3))
        for b in balloons:
            rows = [b.words.letters[1], b.words.letters[3], b.words.paper[1], b.words.paper[3]]
            whole.append((f"balloon {b.claim.name}", min(rows), max(rows)))
        y0, y1 = delivery.places.get(cut.number, (0, 0))
        if any(not y0 - strip.SCREEN < b.words.letters[1] < y1 + strip.SCREEN for b in balloons):
            found.append(Finding("unmarked", f"{line.id} is lettered far from cut {cut.number}.", 3))
    seen, missing = figures_seen(delivery)
    found += missing
    for s in seen:
        if _shared(s.face, s.claimed) < 0.3:
            said = f"Cut {s.cut.number}: where the manifest marks {s.name}'s face, the judge finds none."
            found.append(Finding("unmarked", said, 3))
        give = (s.face[3] - s.face[1]) // 10  # the judge's boxes are off by up to a twelfth
        whole.append((f"face of {s.name} in cut {s.cut.number}", s.face[1] + give, s.face[3] - give))
    for cut in delivery.script.cuts:
        effects = delivery.claimed("effect", script.effect_id(cut.number))
        if cut.effect and not effects:
            said = f"The manifest does not say where the sound effect of cut {cut.number} is drawn."
            found.append(Finding("unmarked", said, 3))
        whole += [(f"sound effect of cut {cut.number}", c.box[1], c.box[3]) for c in effects]
    for n, row in enumerate(delivery.seams, 1):
        for what, y0, y1 in whole:
            if y0 < row < y1:
                said = (
                    f"The cut between slices {n} and {n + 1} runs through the {what}: move it into a gutter."
                )
                found.append(Finding("cut through", said, 4))
    return found


def _shared(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    wide = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    high = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (a, b)]
    return wide * high / max(1, sum(areas) - wide * high)


# --- Layers, strings, disclosure ----------------------------------------------------------------------------------


@grader(5)
def layers(folder: Path) -> list[Finding]:
    """Whether the Photoshop files open with a group for each cut (art, balloon, text) and show the delivered strip."""
    delivery = open_delivery(folder)
    groups: dict[int, dict[str, list]] = {}
    for name in sorted(path.name for path in folder.glob(LAYERS)):
        untrusted.read_psd_size(folder, name)
        groups |= _groups(folder, name)
    if not groups:
        raise HallyuError(f"No {LAYERS} has a group for any cut: save the layers, not the finished page.")
    found = []
    for cut in delivery.script.cuts:
        group = groups.get(cut.number)
        if group is None:
            found.append(Finding("no group", f"No {LAYERS} has a group for cut {cut.number}.", 2))
            continue
        wanted = ["art", *(["balloon", "text"] if cut.lines else ["text"] if cut.effect else [])]
        empty = [kind for kind in wanted if not any(layer.image.any() for layer in group[kind])]
        if empty:
            said = f"{LAYERS}, cut {cut.number}: nothing is on the layers of {' and '.join(empty)}: keep them apart."
            found.append(Finding("flattened", said, 2))
        elif _apart(delivery, cut.number, group) > SAME_PAGE:
            said = (
                f"{LAYERS} does not show cut {cut.number} as it is in the slices: save both from one episode."
            )
            found.append(Finding("other picture", said, 2))
    return found


@dataclass(frozen=True)
class Layer:
    """A pixel layer: RGBA uint8, and its place in the document."""

    image: np.ndarray
    top: int
    left: int


def _groups(folder: Path, name: str) -> dict[int, dict[str, list[Layer]]]:
    """Cut number -> "art", "balloon", "text" -> layers, bottom first. Raises HallyuError for a file that breaks off."""
    from psd_tools import PSDImage

    try:
        document = PSDImage.open(folder / name)
        pixels = sum(
            abs(layer.width * layer.height) for layer in document.descendants() if not layer.is_group()
        )
        if pixels > 3 * untrusted.MAX_PIXELS:
            raise HallyuError(
                f"The layers of {name} hold {pixels:,} pixels: that is no episode, they were not opened."
            )
        if document.topil() is None:  # the flat picture comes last in the file: without it the file breaks off
            raise ValueError("no flat picture")
        cuts = [g for g in document if g.is_group() and g.is_visible() and re.search(r"\d", g.name)]
        return {int(re.search(r"\d{1,4}", g.name)[0]): _kinds(g) for g in cuts}
    except HallyuError:
        raise
    except Exception as error:  # a damaged file may stop the reader anywhere
        raise HallyuError(
            f"{name} breaks off or is damaged ({type(error).__name__}): save the layers again."
        ) from error


def _kinds(group) -> dict[str, list[Layer]]:
    found: dict[str, list[Layer]] = {kind: [] for kind in LAYER_NAMES}
    for inner in group:
        kind = next((k for k, names in LAYER_NAMES.items() if inner.name.strip().casefold() in names), None)
        if kind and inner.is_group() and inner.is_visible():
            found[kind] = [
                Layer(np.asarray(layer.topil().convert("RGBA")), layer.top, layer.left)
                for layer in inner.descendants()
                if not layer.is_group() and layer.is_visible()
            ]
    return found


def _apart(delivery: Delivery, number: int, group: dict[str, list[Layer]]) -> float:
    """Mean difference in levels between the cut's art in the slices and its layers, flattened."""
    y0, y1 = delivery.places.get(number, (0, 0))
    rows = delivery.page[y0:y1]
    top = min(layer.top for layer in group["art"])
    page = np.full((*rows.shape[:2], 4), 255, np.uint8)
    for layer in (layer for inside in group.values() for layer in inside):
        _paste(page, layer, layer.top - top)
    return float(np.abs(page[..., :3].astype(int) - rows).mean()) if rows.size else 255.0


def _paste(canvas: np.ndarray, layer: Layer, top: int) -> None:
    """Lay *layer* over *canvas* (RGBA uint8) at row *top*, cut off at the edges."""
    height, width = canvas.shape[:2]
    y0, y1 = max(0, top), min(height, top + len(layer.image))
    x0, x1 = max(0, layer.left), min(width, layer.left + layer.image.shape[1])
    if y0 < y1 and x0 < x1:
        piece = layer.image[y0 - top : y1 - top, x0 - layer.left : x1 - layer.left]
        under = Image.fromarray(np.ascontiguousarray(canvas[y0:y1, x0:x1]))
        canvas[y0:y1, x0:x1] = np.asarray(
            Image.alpha_composite(under, Image.fromarray(np.ascontiguousarray(piece)))
        )


@grader(5)
def string_table(folder: Path) -> list[Finding]:
    """Whether strings.csv gives every line and sound effect of the script in Korean and in English."""
    delivery, found = open_delivery(folder), []
    untrusted.read_text(folder, STRINGS)
    table = _table(folder / STRINGS)
    wanted = {line.id: line.text for _, line in delivery.lines()}
    wanted |= {script.effect_id(cut.number): cut.effect for cut in delivery.script.cuts if cut.effect}
    english: dict[str, str] = {}
    for key, text in wanted.items():
        row = table.rows.get(key)
        korean, edition = (row.texts.get(language, "") for language in ("ko", "en")) if row else ("", "")
        if row is None:
            found.append(
                Finding("missing", f"{STRINGS} has no row {key}: write the table from the script.", 2)
            )
        elif korean.split() != text.split():
            said = f"{STRINGS}: {key} says “{_start(korean)}” and the script says “{_start(text)}”."
            found.append(Finding("other words", said, 2))
        elif not edition.strip():
            found.append(Finding("untranslated", f"{STRINGS}: {key} has no English edition.", 2))
        elif re.search("[ㄱ-ㆎ가-힣]", edition):
            found.append(Finding("untranslated", f"{STRINGS}: the English edition of {key} is Korean.", 2))
        elif not re.search("[A-Za-z]", edition) and re.search(r"\w", text):
            found.append(
                Finding("untranslated", f"{STRINGS}: the English edition of {key} has no word in it.", 2)
            )
        else:
            english[key] = " ".join(edition.casefold().split())
    for text, times in Counter(english.values()).items():
        originals = {wanted[key] for key, value in english.items() if value == text}
        if times > 2 and len(originals) > 2:
            said = f"{STRINGS}: “{_start(text)}” is given as the English of {times} different lines."
            found.append(Finding("untranslated", said, 3))
    return found


def _table(path: Path) -> strings.Strings:
    try:
        return strings.read(path)
    except csv.Error as error:
        raise HallyuError(
            f"{STRINGS} is not a table that can be read ({error}): write it with the library."
        ) from error


@grader(10)
def disclosure(folder: Path) -> list[Finding]:
    """Whether the episode says what AI did, where readers look, and says what the work log says."""
    delivery, found = open_delivery(folder), []
    entries = read_log(folder)
    if "disclosure" not in delivery.manifest:
        said = "The manifest has no disclosure: say what AI did, or that it did nothing, and export again."
        return [Finding("undisclosed", said, disclosure.points)]
    told = _told_disclosure(delivery.manifest["disclosure"])
    generated = {
        (e.cut, e.target.partition("/")[2]) for e in entries if e.action == "generate" and e.cut is not None
    }
    drawn = {(e.cut, e.target.partition("/")[2]) for e in entries if e.action == "draw" and e.cut is not None}
    if told.cuts != len(delivery.script.cuts):
        said = f"The disclosure speaks of {told.cuts} cuts and the script has {len(delivery.script.cuts)}."
        found.append(Finding("untrue", said, 3))
    if generated and not told.used_ai:
        said = (
            f"The disclosure says no AI was used; the work log says {len(generated)} figures were generated."
        )
        found.append(Finding("untrue", said, 10))
    named = {(part.cut, part.part) for part in told.ai}
    for cut, part in sorted(generated - named) if told.used_ai else ():
        found.append(
            Finding(
                "untrue",
                f"{untrusted.shown(part)} in cut {cut} was generated, and the disclosure does not say so.",
                3,
            )
        )
    for cut, part in sorted(named - generated):
        found.append(
            Finding(
                "untrue",
                f"The disclosure names {untrusted.shown(part)} in cut {cut}; the work log has no such step.",
                2,
            )
        )
    for cut, name, _ in _near_figures(delivery):
        if (cut.number, name) not in generated | drawn:
            said = f"Who made {name} in cut {cut.number}? The work log neither generates nor draws them."
            found.append(Finding("unlogged", said, 2))
    found += _people(told, entries)
    if told.used_ai:
        found += _shown(delivery, told)
    return found


def read_log(folder: Path) -> list[Entry]:
    """The work log's entries. Raises HallyuError for a line that is not one: a log is not edited by hand."""
    entries = []
    for number, line in enumerate(untrusted.read_text(folder, LOG).splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = Entry(**json.loads(line))
        except (ValueError, TypeError, RecursionError):
            entry = None
        sound = entry is not None and all(isinstance(value, str) for value in vars(entry).values())
        if not sound or entry.actor not in ACTORS or entry.action not in ACTIONS:
            raise HallyuError(f"{LOG}, line {number}, is no entry of a work log: log with the library.")
        entries.append(entry)
    return entries


def _told_disclosure(data: object) -> Disclosure:
    if not isinstance(data, dict) or len(str(data)) > MAX_DISCLOSURE:
        raise HallyuError(
            "The disclosure in the manifest is none, or far too long: export the episode again."
        )
    told = Disclosure.from_dict(data)
    kinds = [tuple(map(type, (part.cut, part.part, part.tool, part.method))) for part in told.ai]
    if set(kinds) - {(int, str, str, str)} or told.cuts < 1:
        raise HallyuError(
            "A part named in the disclosure has no cut, name, tool and method: make it from the records."
        )
    return told


def _people(told: Disclosure, entries: list[Entry]) -> Iterator[Finding]:
    """Human work that is claimed and not logged."""
    logged = disclose(told.title, [SimpleNamespace(cut=SimpleNamespace(number=1), record=[])], entries).human
    times = {(part.name, part.action): part.times for part in logged}
    for part in told.human:
        if part.times != times.get((part.name, part.action), 0):
            said = (
                f"The disclosure says {untrusted.shown(part.name)} did “{untrusted.shown(part.action)}” {part.times} times; "
                f"the work log says {times.get((part.name, part.action), 0)}."
            )
            yield Finding("untrue", said, 2)
    if told.used_ai and not logged:
        yield Finding(
            "unlogged", "The work log names no person's work: log what you wrote, chose and lettered.", 3
        )


def _shown(delivery: Delivery, told: Disclosure) -> Iterator[Finding]:
    """Whether the notice stands at the end of the strip, and each slice carries its content credentials."""
    from hallyu.webtoon.notice import notice

    expected = notice(told)
    end = delivery.page[-len(expected) :]
    if end.shape != expected.shape or _differs(end, expected):
        said = "The strip does not end with the notice of what AI did: export it with the disclosure."
        yield Finding("no notice", said, 5)
    for s in delivery.slices:
        note = credentials.read(delivery.folder / SLICES / s.name)
        if note is not None and not note.intact:
            yield Finding("tampered", f"{s.name} was changed after it was signed: export again.", 3)
        elif note is not None and note.source_type != credentials.COMPOSITE:
            yield Finding("untrue", f"The credentials of {s.name} do not say that it has generated parts.", 3)


def _differs(a: np.ndarray, b: np.ndarray) -> bool:
    difference = cv2.absdiff(a, b).mean(axis=2).astype(np.float32)
    return float(cv2.blur(difference, (16, 16)).max()) > NOTICE_DIFFERENCE


# --- One's own work -----------------------------------------------------------------------------------------------


@grader(10)
def own_work(folder: Path) -> list[Finding]:
    """Whether the script is the learner's own and not one of the course's. What is lettered is `legibility`'s concern."""
    story = open_delivery(folder).script
    runs = shingles(story)
    if len(runs) < 20:
        return [
            Finding("short", "There are too few words to tell whose story it is: write a little more.", 5)
        ]
    for title, theirs in samples().items():
        share = len(runs & theirs) / len(runs)
        if share > COPIED:
            said = f"{share:.0%} of the script's words stand in the course's own “{title}”: write your own."
            return [Finding("copied", said, own_work.points)]
    return []


def shingles(story: Script) -> set[str]:
    """Every run of three letters in the words of a script, spaces and marks left out; Korean lines and English ones.

    >>> from hallyu.webtoon.script import parse
    >>> sorted(shingles(parse("# 눈\\n[1] 설정샷, 방\\n내레이션: 첫눈이 온다.")))
    ['눈이온', '이온다', '첫눈이']
    """
    texts = [line.text for cut in story.cuts for line in cut.lines]
    texts += [
        text for key, editions in story.translations.items() if key != "title" for text in editions.values()
    ]
    runs = set()
    for text in texts:
        letters = "".join(c for c in text.casefold() if c.isalnum())
        runs |= {letters[i : i + 3] for i in range(len(letters) - 2)}
    return runs


def samples() -> dict[str, set[str]]:
    """The three-letter runs of the course's own scripts, by title."""
    data = resources.files("hallyu.grading").joinpath("sample_scripts.json").read_text(encoding="utf-8")
    return {title: set(runs) for title, runs in json.loads(data).items()}


GRADERS = (
    complete,
    layout,
    own_work,
    cut_safety,
    legibility,
    characters,
    same_character,
    disclosure,
    layers,
    string_table,
)
"""All graders; 75 points together. Story and pacing, 25 points, are for a person."""
