"""A song from its file, and its production: sung, accompanied, put on the desk and given a face.

A song's file is JSON: title, tempo, beats_per_bar, and lists of notes, chords, sections and lines; times are quarter
notes from the beginning, sections count bars. modules/music/media/first-snow.json is one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from pathlib import Path

import numpy as np

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.music import backing, mixing, singing, visemes
from hallyu.music.backing import Change
from hallyu.music.film import DISSOLVE, NEAREST, Caption, Shot
from hallyu.music.mixing import Channel
from hallyu.music.release import RATE, Project, Singer
from hallyu.music.score import Note, Score
from hallyu.music.score_files import checked
from hallyu.music.voice import Voice
from hallyu.provenance.worklog import Entry

ENERGY = {"intro": 0.2, "verse": 0.35, "chorus": 0.8, "outro": 0.15}
"""How loud the band plays in a section, see backing.arrange; 0.6 in one of another name."""
RISE = 0.2
"""What the second half of a verse has more."""
ABOVE = 1.5
"""LU by which the voice stands above the band."""
RIDES = {"intro": (0.0, 4.0), "verse": (-2.0, 1.5), "outro": (0.0, 4.0)}
"""dB by which the faders of voice and band are ridden in a section: a band that plays softly alone is brought nearer, and a
voice over a soft band goes back, so that the chorus still rises."""
RAMP = 0.5
"""Seconds in which a fader is moved."""
PLACES = {"chorus": "night city"}
"""Where the film shows a section; the others are in the snow forest."""


@dataclass(frozen=True)
class Section:
    """A part of a song's form: its name, its first bar from 0, and how many bars it has."""

    name: str
    bar: int
    bars: int


@dataclass(frozen=True)
class Line:
    """A line of the lyrics as it is printed. start, length: quarter notes."""

    start: float
    length: float
    korean: str
    english: str


@dataclass(frozen=True)
class Song:
    """A song before anybody has sung or played it. english: its title in English."""

    score: Score
    changes: tuple[Change, ...]
    sections: tuple[Section, ...]
    lines: tuple[Line, ...] = ()
    words_and_music: str = ""
    licence: str = ""
    english: str = ""

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return sum(section.bars for section in self.sections)

    @property
    def bar_seconds(self) -> float:
        """Seconds of a bar."""
        return self.score.seconds(self.score.beats_per_bar)


def read(path: str | Path) -> Song:
    """A song from its JSON file. Raises HallyuError when it is missing, or is no song."""
    path = Path(path)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        notes = tuple(Note(**note) for note in data["notes"])
        score = checked(
            Score(data["title"], float(data["tempo"]), notes, int(data["beats_per_bar"])), path.name
        )
        changes = backing.changes_of(data["chords"])
        bars = round((changes[-1].start + changes[-1].length) / score.beats_per_bar)
        firsts = [*(int(section["bar"]) for section in data["sections"]), bars]
        sections = tuple(
            Section(section["name"], first, after - first)
            for section, first, after in zip(data["sections"], firsts, firsts[1:], strict=False)
        )
        lines = tuple(Line(**line) for line in data.get("lines", ()))
    except OSError as error:
        raise HallyuError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise HallyuError(
            f"{path.name} is no song of this course ({error}): take first-snow.json as a pattern."
        ) from error
    credit, licence = data.get("words_and_music", ""), data.get("licence", "")
    return Song(score, tuple(changes), sections, lines, credit, licence, data.get("title_en", ""))


def part(song: Song, first: int, last: int) -> Song:
    """Bars *first* to *last* - 1 of a song, counted from 0, as a song of its own.

    Raises HallyuError when there are no such bars, and when nothing is sung in them.
    """
    if not 0 <= first < last <= song.bars:
        raise HallyuError(
            f"“{song.score.title}” has the bars 0 to {song.bars - 1}; there is no part from {first} to {last - 1}."
        )
    start, end = first * song.score.beats_per_bar, last * song.score.beats_per_bar

    def moved(items):
        return tuple(replace(item, start=item.start - start) for item in items if start <= item.start < end)

    sections = tuple(
        Section(s.name, max(s.bar, first) - first, min(s.bar + s.bars, last) - max(s.bar, first))
        for s in song.sections
        if s.bar < last and s.bar + s.bars > first
    )
    notes = moved(song.score.notes)
    if not any(note.lyric.strip() for note in notes):
        raise HallyuError(f"Nothing is sung in the bars {first} to {last - 1}: choose others.")
    return replace(
        song,
        score=replace(song.score, notes=notes),
        changes=moved(song.changes),
        sections=sections,
        lines=moved(song.lines),
    )


def energies(song: Song) -> list[float]:
    """How loud the band plays in each bar: by its section, and a verse rises in its second half."""
    found = []
    for section in song.sections:
        level = ENERGY.get(section.name, 0.6)
        found += [
            level + RISE * (section.name == "verse" and bar >= section.bars / 2)
            for bar in range(section.bars)
        ]
    return found


def desk(voice: np.ndarray, stems: Mapping[str, np.ndarray], rate: int = RATE) -> dict[str, Channel]:
    """The mixing desk: the band as it is seated, and before it the voice, (n,) at *rate*, ABOVE LU over the band."""
    band = backing.channels(dict(stems))
    length = max(map(len, stems.values()))
    voice = np.pad(voice, (0, max(0, length - len(voice))))[:length]
    plain = Channel(voice, low_cut=100, eq=((250, -2.0), (3200, 2.0)), ratio=3.0, threshold=-20.0, send=-18.0)
    loud = mixing.loudness(mixing.mix(band, rate), rate)
    return {"voice": mixing.balanced(plain, rate, loud + ABOVE), **band}


def ridden(samples: np.ndarray, rate: int, song: Song, who: int) -> np.ndarray:
    """A stem with its fader ridden from section to section. who: 0 for the voice, 1 for the band, see RIDES."""
    times, levels = [], []
    for section in song.sections:
        start, level = section.bar * song.bar_seconds, RIDES.get(section.name, (0.0, 0.0))[who]
        times += [start, start + section.bars * song.bar_seconds - RAMP]
        levels += [level, level]
    curve = np.interp(np.arange(len(samples)) / rate, times, levels)
    factor = (10 ** (curve / 20)).astype(np.float32)
    return samples * (factor if samples.ndim == 1 else factor[:, None])


def shots(song: Song) -> tuple[Shot, ...]:
    """The film's shots: one for each section, an empty forest where nobody sings yet, the camera nearest in a chorus.

    A shot begins where the camera was, so that in a dissolve the face stays in its place.
    """
    found, first = [], min(note.start for note in song.score.notes) / song.score.beats_per_bar
    for section in song.sections:
        empty = section.bar + section.bars <= first
        near = found[-1].nearer if found and not found[-1].empty else 1.0
        nearer = NEAREST if section.name == "chorus" else 1.06 if near < 1.06 else 1.0
        place = PLACES.get(section.name, "snow forest")
        begins = max(0.0, section.bar * song.bar_seconds - DISSOLVE)
        found.append(Shot(begins, place, near, nearer, 8, empty))
    return tuple(found)


def captions(song: Song) -> tuple[Caption, ...]:
    """The lyrics as captions, each from its first note to its last; before the first, the title where there is room."""
    found, begins = [], song.score.seconds(min(note.start for note in song.score.notes))
    if begins >= 4:
        found.append(Caption(1.0, begins - 1.0, song.score.title, song.english, True))
    for line in song.lines:
        inside = [note for note in song.score.notes if line.start <= note.start < line.start + line.length]
        start, end = (song.score.seconds(beat) for beat in (inside[0].start, inside[-1].end))
        found.append(Caption(max(start - 0.3, 0.0), end + 0.2, line.korean, line.english))
    return tuple(
        replace(now, end=min(now.end, after.start))
        for now, after in pairwise([*found, Caption(inf, inf, "")])
    )


def produce(
    song: Song,
    voice: Voice,
    key: str,
    payload: int = 0,
    singers: Sequence[Singer] | None = None,
    log: Sequence[Entry] = (),
    seed: int = 1,
) -> Project:
    """Everything between a song and its delivery, by the course's own choices; release.write takes what it returns.

    key, payload: of the watermark. singers: who is heard, with consents; by default the bundled voices of *voice*.
    Raises what singing, backing and mixing do.
    """
    sung = singing.sing(song.score, voice)
    parts = backing.arrange(
        list(song.changes), song.score.tempo, song.score.beats_per_bar, energies(song), seed
    )
    stems = {name: ridden(stem, RATE, song, 1) for name, stem in backing.render(parts, RATE).items()}
    channels = desk(ridden(audio.resample(sung.samples, sung.rate, RATE), RATE, song, 0), stems)
    seconds = len(channels["voice"].samples) / RATE
    curves = visemes.animate(sung.phones, seconds, song.score.tempo, song.score.beats_per_bar, seed=seed)
    if singers is None:
        singers = [Singer(name, share) for name, share in voice.made_of.items()]
    return Project(
        song.score, channels, RATE, tuple(singers), parts, curves, key, payload, tuple(log), song.words_and_music,
        song.licence, shots=shots(song), captions=captions(song),
    )  # fmt: skip
