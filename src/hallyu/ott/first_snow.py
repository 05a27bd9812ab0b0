"""What is said, heard, read and cut in *First Snow*, the running film of this module: exact, as it was put there.

A measurement is worth as much as what it is compared with. The film was made by a script, and so every word, cut and sound
has a true time; no one had to write it down by ear. The same record can be made for any film whose truth is known.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from hallyu import timecode
from hallyu.errors import HallyuError
from hallyu.files import write_whole


@dataclass(frozen=True)
class Shot:
    """A take between two cuts. start, stop: frames, *stop* not included. source: the file that it was made from."""

    name: str
    start: int
    stop: int
    source: str


@dataclass(frozen=True)
class Word:
    """A word as it is written, between spaces, and when it is heard. start, stop: seconds."""

    text: str
    start: float
    stop: float


@dataclass(frozen=True)
class Line:
    """What somebody says, or sings, in one go. start, stop: seconds, from the first sound to the last.

    id: its number in the film, such as "05". seen: the speaker's face is in the picture while the line is heard.
    """

    id: str
    speaker: str
    text: str
    english: str
    start: float
    stop: float
    words: tuple[Word, ...]
    seen: bool = False


@dataclass(frozen=True)
class Sound:
    """A sound that a viewer who does not hear has to be told of. start, stop: seconds."""

    korean: str
    english: str
    start: float
    stop: float


@dataclass(frozen=True)
class Sign:
    """Words in the picture that a viewer has to read. start, stop: seconds in which they can be read."""

    text: str
    english: str
    start: float
    stop: float


@dataclass(frozen=True)
class Music:
    """A piece of music and the words that are sung in it, as far as they are heard. start, stop: seconds."""

    title: str
    english: str
    start: float
    stop: float
    lyrics: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Truth:
    """A film's record. rate: frames a second. width, height: pixels. frames: how many. The rest is in order of time."""

    rate: Fraction
    width: int
    height: int
    frames: int
    shots: tuple[Shot, ...]
    lines: tuple[Line, ...]
    sounds: tuple[Sound, ...] = ()
    signs: tuple[Sign, ...] = ()
    music: tuple[Music, ...] = ()

    def __post_init__(self):
        """Raises HallyuError where shots leave a gap or overlap, and where a time lies outside the film."""
        edges = [(shot.start, shot.stop) for shot in self.shots]
        whole = bool(edges) and edges[0][0] == 0 and edges[-1][1] == self.frames
        if (
            not whole
            or any(stop <= start for start, stop in edges)
            or any(a[1] != b[0] for a, b in pairwise(edges))
        ):
            raise HallyuError(
                f"The shots of a film follow each other from frame 0 to its last, {self.frames}; mend their frames."
            )
        sung = [line for piece in self.music for line in piece.lyrics]
        for part in (*self.lines, *sung, *self.sounds, *self.signs, *self.music):
            if not 0 <= part.start < part.stop <= self.seconds + 1e-6:
                raise HallyuError(
                    f"{_named(part)} is from {part.start:.2f} s to {part.stop:.2f} s, in a film of {self.seconds:.2f} s; mend it."
                )
        for line in (*self.lines, *sung):
            if [word.text for word in line.words] != line.text.split():
                raise HallyuError(
                    f"The timed words of line {line.id} are not those of its text; time it again."
                )

    @property
    def seconds(self) -> float:
        """How long the film lasts."""
        return float(self.frames / self.rate)

    @property
    def cuts(self) -> tuple[float, ...]:
        """Seconds at which a new shot begins; the first shot's 0 is no cut."""
        return tuple(float(shot.start / self.rate) for shot in self.shots[1:])

    @property
    def speech(self) -> tuple[tuple[float, float], ...]:
        """(start, stop) in seconds of each passage in which somebody speaks, lines that overlap as one. Song is not speech."""
        joined: list[tuple[float, float]] = []
        for line in sorted(self.lines, key=lambda line: line.start):
            if joined and line.start <= joined[-1][1]:
                joined[-1] = joined[-1][0], max(joined[-1][1], line.stop)
            else:
                joined.append((line.start, line.stop))
        return tuple(joined)


def truth(path: str | Path = "media/first-snow.json") -> Truth:
    """The record at *path*.

    Raises HallyuError for a file that is missing, that is no such record, or that contradicts itself.
    """
    path = Path(path)
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        lines = tuple(map(_line, stored["lines"]))
        music = tuple(
            Music(**{**each, "lyrics": tuple(map(_line, each["lyrics"]))}) for each in stored["music"]
        )
        return Truth(
            timecode.exact(Fraction(stored["rate"])), int(stored["width"]), int(stored["height"]), int(stored["frames"]),
            tuple(Shot(**each) for each in stored["shots"]), lines,
            tuple(Sound(**each) for each in stored["sounds"]), tuple(Sign(**each) for each in stored["signs"]), music,
        )  # fmt: skip
    except OSError:
        raise HallyuError(
            f"{path.name} is not there or cannot be read: give the record that lies beside the film."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError):
        raise HallyuError(
            f"{path.name} is not the record of a film: take it anew from the module's media."
        ) from None


def save(record: Truth, path: str | Path) -> Path:
    """Write *record* as JSON that truth() reads; times to the millisecond."""
    stored = {**asdict(record), "rate": str(record.rate)}
    with write_whole(path) as draft:
        draft.write_text(json.dumps(_rounded(stored), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Path(path)


def _line(stored: Mapping) -> Line:
    return Line(**{**stored, "words": tuple(Word(**word) for word in stored["words"])})


def _rounded(value):
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


def _named(part: Line | Sound | Sign | Music) -> str:
    match part:
        case Line():
            return f"Line {part.id}"
        case Sound():
            return f"The sound “{part.korean}”"
        case Sign():
            return f"The sign “{part.text}”"
    return f"The music “{part.title}”"
