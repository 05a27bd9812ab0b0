"""A band that accompanies a song: chord symbols become voicings that move little, and voicings become parts.

Every part is a rule that a player could be told in a sentence. Positions in a song are in beats (quarter notes).
"""

import itertools
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.music.mixing import Channel
from hallyu.music.sampler import DRUMS, Hit, play

PITCHES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
QUALITIES = {
    "": (0, 4, 7), "m": (0, 3, 7), "dim": (0, 3, 6), "aug": (0, 4, 8), "sus2": (0, 2, 7), "sus4": (0, 5, 7),
    "6": (0, 4, 7, 9), "m6": (0, 3, 7, 9), "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "m7": (0, 3, 7, 10),
    "mmaj7": (0, 3, 7, 11), "m7b5": (0, 3, 6, 10), "dim7": (0, 3, 6, 9), "7sus4": (0, 5, 7, 10),
    "add9": (0, 2, 4, 7), "madd9": (0, 2, 3, 7), "9": (0, 2, 4, 10), "maj9": (0, 2, 4, 11), "m9": (0, 2, 3, 10),
}  # fmt: skip
"""Semitones above the root; a ninth chord leaves its fifth out, as four hands' worth of notes must."""


@dataclass(frozen=True)
class Chord:
    """A chord symbol: pitch classes 0 (C) to 11 of its root, its bass and all its tones."""

    name: str
    root: int
    bass: int
    tones: frozenset[int]


@dataclass(frozen=True)
class Change:
    """A chord and when it sounds, in beats."""

    start: float
    length: float
    chord: Chord


@dataclass(frozen=True)
class Instrument:
    """A chair in the band: its sound, its key range, and where it sits on the mixing desk (dB, -1 to 1, dB, Hz)."""

    program: int
    bank: int = 0
    fader: float = 0.0
    place: float = 0.0
    send: float | None = None
    low_cut: float = 0.0


BAND = {
    "piano": Instrument(0, fader=6.0, place=-0.15, send=-14.0, low_cut=90),
    "strings": Instrument(49, fader=-9.5, place=0.1, send=-10.0, low_cut=180),
    "bass": Instrument(33, fader=-2.0, send=None, low_cut=35),
    "drums": Instrument(0, DRUMS, fader=3.5, send=-20.0, low_cut=30),
    "bells": Instrument(10, fader=1.0, place=0.35, send=-8.0, low_cut=300),
}


def chord(name: str) -> Chord:
    """Read a chord symbol such as C, F#m7, Bbmaj7, Dsus4 or G/B.

    Raises HallyuError for a symbol that is not one.

    >>> sorted(chord("Am7/G").tones), chord("Am7/G").bass
    ([0, 4, 7, 9], 7)
    """
    found = re.fullmatch(r"([A-G][#b♯♭]*)([^/]*)(?:/([A-G][#b♯♭]*))?", name.strip())
    quality = found and found[2].replace("min", "m").replace("M7", "maj7").replace("Δ", "maj7").replace(
        "sus", "sus4"
    )
    quality = quality and quality.replace("sus44", "sus4").replace("sus42", "sus2")
    if not found or quality not in QUALITIES:
        raise HallyuError(
            f"{name!r} is not a chord that the band knows; write a root and one of "
            f"{', '.join(q for q in QUALITIES if q)}, such as Am7 or G/B."
        )
    root = _pitch_class(found[1])
    return Chord(
        name.strip(), root, _pitch_class(found[3]) if found[3] else root,
        frozenset((root + i) % 12 for i in QUALITIES[quality]))  # fmt: skip


def _pitch_class(name: str) -> int:
    return (PITCHES[name[0]] + sum(1 if c in "#♯" else -1 for c in name[1:])) % 12


def lead_sheet(text: str, beats_per_bar: int = 4) -> list[Change]:
    """Chords written in bars: "| C | G/B | Am F |"; the chords of a bar share its beats, and % repeats a bar.

    >>> [(c.start, c.length, c.chord.name) for c in lead_sheet("C | Am F")]
    [(0.0, 4.0, 'C'), (4.0, 2.0, 'Am'), (6.0, 2.0, 'F')]
    """
    changes, last = [], []
    for number, bar in enumerate(b for b in text.strip().strip("|").split("|")):
        names = last if bar.split() == ["%"] else bar.split()
        if not names:
            raise HallyuError(
                f"Bar {number + 1} of the chords is empty; write a chord, or % to repeat the bar before."
            )
        share = beats_per_bar / len(names)
        changes += [Change(number * beats_per_bar + i * share, share, chord(n)) for i, n in enumerate(names)]
        last = names
    return changes


def changes_of(rows: Iterable[Mapping]) -> list[Change]:
    """Chords as a song's file has them: {"start": beat, "length": beats, "name": symbol} each.

    >>> changes_of([{"start": 0, "length": 4, "name": "G/B"}])[0].chord.bass
    11
    """
    try:
        return [Change(float(r["start"]), float(r["length"]), chord(r["name"])) for r in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise HallyuError(f"The chords are not a list of start, length and name: {error!r}.") from error


# --- voice leading ----------------------------------------------------------------------------------------------------


def voicings(
    chords: Sequence[Chord], low: int = 53, high: int = 77, voices: int = 4
) -> list[tuple[int, ...]]:
    """The keys of each chord, low to high, chosen so that the hands move as little as possible over the whole song.

    All ways of laying each chord between *low* and *high* are tried, and the cheapest path through them is found
    (A. Viterbi, 1967): a semitone of movement costs 1, parallel fifths and octaves 12 (3 with the
    bass), a wide or lopsided grip a little.

    >>> voicings([chord("C"), chord("F"), chord("G"), chord("C")], voices=3)
    [(60, 64, 67), (60, 65, 69), (59, 62, 67), (60, 64, 67)]
    """
    if not chords:
        return []
    middle = (low + high) / 2
    layers = [_grips(c, low, high, voices) for c in chords]
    costs, ways = [_shape(g, middle) for g in layers[0]], []
    for i in range(1, len(chords)):
        basses = chords[i - 1].bass, chords[i].bass
        steps = np.array(
            [
                [c + _movement(a, b, *basses) for a, c in zip(layers[i - 1], costs, strict=True)]
                for b in layers[i]
            ]
        )
        ways.append(steps.argmin(1))
        costs = (steps.min(1) + [_shape(g, middle) for g in layers[i]]).tolist()
    best = int(np.argmin(costs))
    path = [best]
    for way in reversed(ways):
        path.append(int(way[path[-1]]))
    return [layer[i] for layer, i in zip(layers, reversed(path), strict=True)]


def _grips(item: Chord, low: int, high: int, voices: int) -> list[tuple[int, ...]]:
    """All ways to lay a chord: every tone sounds, a tone more is a doubled root or fifth, within a tenth or so."""
    keys = [k for k in range(low, high + 1) if k % 12 in item.tones]
    found = []
    for grip in itertools.combinations(keys, voices):
        classes = [k % 12 for k in grip]
        doubled = {c for c in classes if classes.count(c) > 1}
        third = {(item.root + 3) % 12, (item.root + 4) % 12}
        if set(classes) == set(item.tones) and grip[-1] - grip[0] <= 16 and not doubled & third:
            found.append(grip)
    if not found:
        raise HallyuError(
            f"{item.name} cannot be laid with {voices} notes between keys {low} and {high}; widen the range."
        )
    return found


def _shape(grip: tuple[int, ...], middle: float) -> float:
    gaps = [b - a for a, b in itertools.pairwise(grip)]
    return (
        0.15 * abs(sum(grip) / len(grip) - middle)
        + 0.8 * sum(g < 2 for g in gaps)
        + 0.5 * sum(g > 8 for g in gaps)
    )


def _movement(before: tuple[int, ...], now: tuple[int, ...], bass_before: int, bass: int) -> float:
    moved = [b - a for a, b in zip(before, now, strict=True)]
    among = sum(
        moved[i] == moved[j] != 0 and (now[j] - now[i]) % 12 in (0, 7)
        for i, j in itertools.combinations(range(len(now)), 2)
    )
    to_bass = sum(
        bass != bass_before and (a - bass_before) % 12 == (b - bass) % 12 and (b - bass) % 12 in (0, 7)
        for a, b in zip(before, now, strict=True)
    )
    return sum(map(abs, moved)) + 0.5 * max(map(abs, moved)) + 12.0 * among + 3.0 * to_bass


# --- the parts --------------------------------------------------------------------------------------------------------


def arrange(
    changes: Sequence[Change],
    tempo: float,
    beats_per_bar: int = 4,
    energy: float | Sequence[float] = 0.6,
    seed: int = 1,
) -> dict[str, list[Hit]]:
    """Parts for piano, strings, bass, drums and bells over *changes*, in seconds at *tempo* quarter notes a minute.

    energy: 0 (a verse's first line, piano and bells) to 1 (the last chorus), for the song or for each bar.
    Strings and bass come in from 0.3, jingles from 0.4, drums from 0.5. seed: of the small unevenness of hands.
    Raises HallyuError for no chords, a tempo outside 30 to 300, and chords that overlap.
    """
    if not changes:
        raise HallyuError("There are no chords to accompany; write at least one.")
    if not 30 <= tempo <= 300:
        raise HallyuError(
            f"A tempo of {tempo:g} is not one that a band plays; choose 30 to 300 quarter notes a minute."
        )
    for one, two in itertools.pairwise(changes):
        if two.start < one.start + one.length - 1e-6:
            raise HallyuError(
                f"{two.chord.name} at beat {two.start:g} begins before {one.chord.name} has ended."
            )
    bars = int(np.ceil(round((changes[-1].start + changes[-1].length) / beats_per_bar, 6)))
    levels = [float(energy)] * bars if isinstance(energy, int | float) else [float(e) for e in energy]
    if len(levels) != bars or not all(0 <= e <= 1 for e in levels):
        raise HallyuError(f"The song has {bars} bars; give one energy from 0 to 1, or {bars} of them.")
    song = _Song(changes, beats_per_bar, levels, random.Random(seed))
    parts = {
        "piano": song.piano(),
        "strings": song.strings(),
        "bass": song.bass(),
        "drums": song.drums(),
        "bells": song.bells(),
    }
    return {name: [_played(n, tempo, song.rng) for n in notes] for name, notes in parts.items() if notes}


def _played(note: tuple[float, float, int, float], tempo: float, rng: random.Random) -> Hit:
    """A written note (beat, beats, key, velocity) as hands play it: up to 8 ms and 4 steps of velocity off."""
    start, length, pitch, velocity = note
    seconds = 60 / tempo
    late = max(-0.008, min(0.008, rng.gauss(0, 0.003)))
    force = max(1, min(127, round(velocity + rng.uniform(-4, 4))))
    return Hit(max(0.0, start * seconds + late), length * seconds, pitch, force)


class _Song:
    """What every player has on the stand; each method is one player's rule, and returns (beat, beats, key, velocity)."""

    def __init__(
        self, changes: Sequence[Change], beats_per_bar: int, levels: list[float], rng: random.Random
    ):
        self.changes, self.beats, self.levels, self.rng = changes, beats_per_bar, levels, rng
        chords = [c.chord for c in changes]
        self.hands = voicings(chords, 55, 76)
        self.section = voicings(chords, 50, 79)

    def level(self, beat: float) -> float:
        return self.levels[min(int(beat // self.beats + 1e-9), len(self.levels) - 1)]

    def piano(self):
        """Soft: the chord broken in quavers, up and down. Louder: struck on one, and pushed before three and on four."""
        notes = []
        for change, hand in zip(self.changes, self.hands, strict=True):
            end, loud = change.start + change.length, self.level(change.start)
            root = 36 + (change.chord.bass - 36) % 12
            notes.append((change.start, change.length, root, 58 + 26 * loud))
            if loud < 0.45:
                wave = [*hand, *hand[-2:0:-1]]
                for i in range(round(change.length * 2)):
                    beat = change.start + i / 2
                    accent = 8 if i % 4 == 0 else 0
                    notes.append((beat, end - beat, wave[i % len(wave)], 50 + 30 * loud + accent))
            else:
                strokes = [s for s in (0.0, 1.5, 3.0) if s < change.length - 1e-6]
                for here, there in itertools.pairwise([*strokes, change.length]):
                    notes += [
                        (change.start + here, there - here, k, 52 + 34 * loud - 6 * (here > 0)) for k in hand
                    ]
                if loud >= 0.75 and change.length >= 2:
                    notes.append((change.start + change.length / 2, change.length / 2, root + 12, 64))
        return notes

    def strings(self):
        """The chord, held; a tone that stays is not bowed again."""
        notes, held = [], {}
        for change, keys in zip(self.changes, self.section, strict=True):
            loud, end = self.level(change.start), change.start + change.length
            if loud < 0.3:
                held = {}
                continue
            now = {}
            for key in keys:
                tied = key in held and notes[held[key]][0] + notes[held[key]][1] == change.start
                if tied:
                    start, length, _, velocity = notes[held[key]]
                    notes[held[key]] = (start, length + change.length, key, velocity)
                    now[key] = held[key]
                else:
                    now[key] = len(notes)
                    notes.append((change.start, end - change.start, key, 44 + 44 * loud))
            held = now
        return notes

    def bass(self):
        """The chord's bass on one, its fifth or octave on three, and a step into the next chord when it is loud."""
        notes = []
        for i, change in enumerate(self.changes):
            loud, end = self.level(change.start), change.start + change.length
            if loud < 0.3:
                continue
            low = 28 + (change.chord.bass - 28) % 12
            following = self.changes[i + 1].chord.bass if i + 1 < len(self.changes) else change.chord.bass
            half = self.beats / 2
            if change.length < 2 * half - 1e-6 or loud < 0.5:
                notes.append((change.start, change.length * 0.96, low, 74 + 24 * loud))
                continue
            fifth = (change.chord.root + 7) % 12
            other = (
                low + (fifth - low) % 12
                if change.chord.bass == change.chord.root and fifth in change.chord.tones
                else low
            )
            notes.append((change.start, half * 0.94, low, 78 + 24 * loud))
            approach = loud >= 0.7 and following != change.chord.bass
            notes.append((change.start + half, half * 0.94 - 0.5 * approach, other, 70 + 24 * loud))
            if approach:
                target = 28 + (following - 28) % 12
                notes.append((end - 0.5, 0.47, target + (1 if target < other else -1), 70 + 20 * loud))
        return notes

    def drums(self):
        """Kick on one and three, a rim or snare on two and four, quavers on the hi-hat, jingles, a fill into a rise."""
        kick, rim, snare, hat, open_hat, crash, jingle = 36, 37, 38, 42, 46, 49, 83
        notes, hit = [], 0.25
        for bar, loud in enumerate(self.levels):
            first, before = bar * self.beats, self.levels[bar - 1] if bar else 0.0
            rises = bar + 1 < len(self.levels) and self.levels[bar + 1] > loud + 0.1
            if loud >= 0.4:
                notes += [(first + b, hit, jingle, 34 + 26 * loud + 8 * (b % 2)) for b in range(self.beats)]
            if loud < 0.5:
                continue
            if loud > before + 0.1 and bar:
                notes.append((first, 2.0, crash, 70 + 30 * loud))
            for beat in range(self.beats):
                at = first + beat
                if beat % 2 == 0:
                    notes.append((at, hit, kick, 78 + 30 * loud))
                    if loud >= 0.75 and beat:
                        notes.append((at - 0.5, hit, kick, 64 + 20 * loud))
                elif not (rises and beat == self.beats - 1):
                    notes.append((at, hit, snare if loud >= 0.7 else rim, 74 + 34 * loud))
                for half in (0.0, 0.5):
                    last = loud >= 0.7 and beat == self.beats - 1 and half and not rises
                    notes.append(
                        (at + half, hit, open_hat if last else hat, 54 + 28 * loud - 14 * (half > 0))
                    )
            if rises:
                notes += [
                    (first + self.beats - 1 + i / 4, hit, snare, 62 + 30 * loud + 7 * i) for i in range(4)
                ]
        return notes

    def bells(self):
        """Chord tones an octave or two up: one a beat in a soft bar, two at the start of a loud one."""
        notes = []
        for change, hand in zip(self.changes, self.hands, strict=True):
            high = sorted(k + 12 for k in hand)
            loud = self.level(change.start)
            if loud < 0.45:
                order = [high[-1], high[1], high[2], high[-1]]
                count = round(change.length)
                notes += [(change.start + i, 1.0, order[i % 4], 62 - 8 * (i > 0)) for i in range(count)]
            else:
                notes.append((change.start, 1.0, high[-1], 60 + 20 * loud))
                if change.length >= 3:
                    notes.append((change.start + 1.5, 1.0, high[-2], 52 + 20 * loud))
        return notes


# --- sound ------------------------------------------------------------------------------------------------------------


def render(parts: dict[str, list[Hit]], rate: int = 48000, tail: float = 2.5) -> dict[str, np.ndarray]:
    """The band's stems: stereo (n, 2) float32, all of one length, *tail* seconds longer than the last note."""
    font = models.load("band")
    unknown = [name for name in parts if name not in BAND]
    if unknown:
        raise HallyuError(f"Nobody in the band plays {unknown[0]!r}; there are {', '.join(BAND)}.")
    end = max((h.start + h.length for hits in parts.values() for h in hits), default=0.0)
    stems = {}
    for name, hits in parts.items():
        last = max((h.start + h.length for h in hits), default=0.0)
        stems[name] = play(font, BAND[name].program, hits, rate, BAND[name].bank, tail + end - last)
    length = max(map(len, stems.values()), default=0)
    return {name: np.pad(stem, ((0, length - len(stem)), (0, 0))) for name, stem in stems.items()}


def channels(stems: dict[str, np.ndarray], fader: float = 0.0) -> dict[str, Channel]:
    """The band's stems on the mixing desk as BAND seats them, all *fader* dB up or down."""
    return {
        name: Channel(
            stem, BAND[name].fader + fader, BAND[name].place, BAND[name].low_cut, send=BAND[name].send
        )
        for name, stem in stems.items()
    }


def write_midi(path: str | Path, parts: dict[str, list[Hit]], tempo: float) -> None:
    """The parts as a MIDI file, one track each, for a DAW; drums on channel 10."""
    import mido

    file = mido.MidiFile(ticks_per_beat=480)
    head = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo))])
    file.tracks.append(head)
    for number, (name, hits) in enumerate(parts.items()):
        player = BAND[name]
        channel = 9 if player.bank == DRUMS else number if number < 9 else number + 1
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        if player.bank != DRUMS:
            track.append(mido.Message("program_change", channel=channel, program=player.program))
        events = []
        for hit in hits:
            on, off = (round(t * tempo / 60 * 480) for t in (hit.start, hit.start + hit.length))
            events += [(on, 1, hit.pitch, hit.velocity), (max(off, on + 1), 0, hit.pitch, 0)]
        now = 0
        for at, on, pitch, velocity in sorted(events):
            kind = "note_on" if on else "note_off"
            track.append(mido.Message(kind, channel=channel, note=pitch, velocity=velocity, time=at - now))
            now = at
        file.tracks.append(track)
    with write_whole(path) as draft:
        file.save(draft)
