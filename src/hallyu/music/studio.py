"""What the music app works with: notes and words from a page, a song sung phrase by phrase, and the pitch that was sung.

Nothing here belongs to a page; the app in modules/music holds what is seen.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from hallyu.errors import HallyuError
from hallyu.files import sha256
from hallyu.music import backing, score_files, singing
from hallyu.music.pitch import yin
from hallyu.music.reading import read_out
from hallyu.music.sampler import Hit
from hallyu.music.score import HOLD, Note, Phone, Score
from hallyu.music.score_files import checked
from hallyu.music.singing import Sung
from hallyu.music.voice import RATE, STEP, Voice
from hallyu.provenance import consent
from hallyu.provenance.consent import Consent

LONGEST = 120.0
"""Seconds of a song; the lessons' song has 57."""
MOST = 400
"""Notes of a song."""
LARGEST = 2_000_000
"""Bytes of a melody's file: what takes some seconds to read."""
MOST_WORDS = 2_000
"""Characters of its words."""
BREATH = 7.0
"""Seconds that a singer sings in one breath."""
MOST_IN_A_BREATH = 48
"""Syllables; the voice takes a phrase of some 60."""
BREATHING = 0.2
"""Seconds that taking one needs."""
GUEST_USES = ("train", "convert")
"""What a person must have consented to before a recording of them is opened."""
_HOP = 0.0125
_LEAP = 4.0
"""Semitones within one hop that no larynx makes: the estimate fell into another octave."""


def notes_of(rows: object) -> tuple[Note, ...]:
    """The notes of a page: [{"start": beats, "length": beats, "pitch": MIDI}], without lyrics, in order.

    Raises HallyuError for what is no list of notes, for none, for more than MOST, and for two at once.
    """
    try:
        notes = [Note(float(row["start"]), float(row["length"]), int(row["pitch"])) for row in rows]
    except (TypeError, KeyError, ValueError, OverflowError) as error:
        raise HallyuError("The melody of this page cannot be read: reload the page and draw it again.") from error
    if not notes:
        raise HallyuError("There is no melody yet: draw notes in the piano roll, or open a file.")
    if len(notes) > MOST:
        raise HallyuError(f"The melody has {len(notes)} notes; a song here has {MOST} at most: take a part of it.")
    return checked(Score("", 120, tuple(notes)), "The melody").notes


def open_melody(path: str | Path) -> tuple[Score, int]:
    """A melody from a file that somebody brings, and how many of its notes were left out.

    Where some notes have words, those without are an instrument's or a rest's, and go.
    Raises HallyuError for what is no melody, see score_files.read, and for more than a song here has.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > LARGEST:
        raise HallyuError(
            f"{path.name} has {size / 1e6:.0f} MB, too many for a melody; export the song's notes only."
        )
    score = score_files.read(path)
    worded = tuple(note for note in score.notes if note.lyric.strip())
    kept = worded or score.notes
    if len(kept) > MOST:
        raise HallyuError(f"The melody has {len(kept)} notes; a song here has {MOST} at most: take a part of it.")
    return replace(score, notes=kept), len(score.notes) - len(kept)


def sung_syllables(words: str) -> list[str]:
    """The syllables to be sung: numbers and Latin words read out, "-" for a note that holds the syllable before.

    Raises HallyuError for words that have no reading, and for more than MOST_WORDS characters.

    >>> sung_syllables("첫눈이 - 3송이")
    ['첫', '눈', '이', '-', '세', '송', '이']
    """
    if len(words) > MOST_WORDS:
        raise HallyuError(
            f"The words have {len(words)} characters; a song here has {MOST_WORDS} at most: sing a part of them."
        )
    return [c for c in read_out(words) if "가" <= c <= "힣" or c == HOLD]


def compose(title: str, tempo: float, beats_per_bar: int, notes: Sequence[Note], words: str) -> Score:
    """A song with one syllable of *words* on each note.

    Raises HallyuError for words that do not fit the notes, and for a song longer than LONGEST seconds.
    """
    found = sung_syllables(words)
    if not found:
        raise HallyuError("There are no words to sing yet: write one syllable of Hangul for each note.")
    score = checked(
        Score(title, tempo, singing.set_words(notes, "".join(found)), beats_per_bar), "The melody"
    )
    if score.duration > LONGEST:
        raise HallyuError(
            f"The song lasts {score.duration:.0f} s; {LONGEST:.0f} s are sung here at most: take a part of it."
        )
    for phrase in singing.phrases(score):  # while its beats are the song's: it is sung phrase by phrase
        if phrase[0].lyric == HOLD:
            raise HallyuError(
                f'The "-" at beat {phrase[0].start:g} comes after a rest and has no syllable to hold.'
            )
    return score


def key_change(score: Score, voice: Voice) -> int | None:
    """Semitones, as few as possible, by which a melody has to be moved to fit an octave of the voice; None for none.

    >>> from hallyu.music.voice import voice
    >>> wide = Score("", 90, (Note(0, 1, 60), Note(1, 1, 72)))
    >>> key_change(wide, voice("jf_nezumi"))
    -3
    """
    low, high = min(note.pitch for note in score.notes), max(note.pitch for note in score.notes)
    shifts = range(voice.low - low, voice.high - high + 1)
    return min(((shift + 6) % 12 - 6 for shift in shifts), key=abs, default=None)


def written_words(notes: Sequence[Note], tempo: float) -> str:
    """The lyrics of notes as a text, a line for each phrase."""
    lines = singing.phrases(Score("", tempo, tuple(notes)))
    return "\n".join("".join(note.lyric.strip() for note in line) for line in lines)


def with_breaths(score: Score) -> Score:
    """The song with a short rest wherever a phrase would last longer than BREATH seconds, if a note can end in one.

    A breath is taken out of the end of a note, of a long one and at the end of a bar if there is one.
    Raises HallyuError for more than MOST_IN_A_BREATH syllables without such a note.
    """
    notes = {note.start: note for note in score.notes}
    for phrase in singing.phrases(score):
        while score.seconds(phrase[-1].end - phrase[0].start) > BREATH:
            last = _breath_after(score, phrase)
            if last is None:
                break
            notes[last.start] = replace(last, length=last.length - BREATHING * score.tempo / 60)
            phrase = [note for note in phrase if note.start > last.start]
        if sum(note.lyric != HOLD for note in phrase) > MOST_IN_A_BREATH:
            raise HallyuError(
                f"The phrase at beat {phrase[0].start:g} is too long for one breath: put a rest into it."
            )
    return replace(score, notes=tuple(notes.values()))


def _breath_after(score: Score, phrase: list[Note]) -> Note | None:
    """The best note of a phrase to take a breath after: of those within BREATH seconds, or the first after them."""

    def seconds(note: Note) -> float:
        return score.seconds(note.end - phrase[0].start)

    def worth(note: Note) -> tuple[float, float]:
        bars = note.end / score.beats_per_bar
        return min(score.seconds(note.length), 1.5) + (abs(bars - round(bars)) < 1e-3), note.start

    able = [
        left
        for left, right in pairwise(phrase)
        if seconds(left) >= BREATH / 3
        and score.seconds(left.length) >= 2 * BREATHING
        and right.lyric.strip() != HOLD
    ]
    soon = [note for note in able if seconds(note) <= BREATH]
    return max(soon, key=worth) if soon else next(iter(able), None)


@dataclass(frozen=True, eq=False)
class Piece:
    """A phrase that was sung. start: seconds of its first sample in the song; its phones count from there."""

    start: float
    sung: Sung


def sing_in_phrases(score: Score, voice: Voice, sung: dict | None = None) -> Iterator[Piece]:
    """Sing a song phrase by phrase, so that the first is heard while the next is sung; *join* makes one of them.

    Each begins where the one before ended, so that the breath between them has its place. sung: keeps what was sung, so
    that after an edit only the phrases that changed are sung again. Raises what sing() does.
    """
    began, sung = 0.0, {} if sung is None else sung
    for number, phrase in enumerate(singing.phrases(score)):
        notes = tuple(replace(note, start=round(note.start - began, 6)) for note in phrase)
        part = Score(score.title, score.tempo, notes, score.beats_per_bar)
        key = (replace(part, title=""), tuple(voice.made_of.items()), number)
        if key not in sung:
            sung[key] = singing.sing(part, voice, seed=number)
        yield Piece(score.seconds(began), sung[key])
        began = phrase[-1].end


def join(pieces: Sequence[Piece], score: Score) -> Sung:
    """The pieces of a song as sing() would give it, from beat 0."""
    length = round((score.duration + 1.0) * RATE) // STEP * STEP
    samples, f0 = np.zeros(length, np.float32), np.zeros(length // STEP, np.float32)
    phones, syllables, last = [], 0, 0.0
    for piece in pieces:
        _add(samples, piece.sung.samples, round(piece.start * RATE))
        _add(f0, piece.sung.f0, round(piece.start * RATE / STEP))
        sounds = [phone for phone in piece.sung.phones if phone.syllable >= 0]
        for phone in sounds:
            start, end = phone.start + piece.start, phone.end + piece.start
            if start > last + 1e-6:
                phones.append(Phone("", last, start, -1))
            phones.append(Phone(phone.symbol, start, end, phone.syllable + syllables))
            last = end
        syllables += 1 + max(phone.syllable for phone in sounds)
    phones.append(Phone("", last, length / RATE, -1))
    target = singing.written_pitch(score, len(f0))
    return Sung(np.clip(samples, -1, 1), RATE, tuple(phones), f0, target)


def accompaniment(chords: str, score: Score, energy: float = 0.6) -> dict[str, list[Hit]]:
    """The band's parts for a song: *chords* in bars ("C | G/B | Am"), played again and again until the song ends.

    {} for no chords. Raises HallyuError for what is no chord symbol, see backing.lead_sheet.
    """
    if not chords.strip():
        return {}
    line = backing.lead_sheet(" ".join(chords.split()), score.beats_per_bar)
    round_ = line[-1].start + line[-1].length
    beats = math.ceil(max(note.end for note in score.notes) / score.beats_per_bar - 1e-6) * score.beats_per_bar
    changes = [
        replace(change, start=change.start + turn * round_, length=min(change.length, beats - change.start - turn * round_))
        for turn in range(math.ceil(beats / round_))
        for change in line
        if change.start + turn * round_ < beats
    ]
    return backing.arrange(changes, score.tempo, score.beats_per_bar, energy)


def _add(whole: np.ndarray, part: np.ndarray, at: int) -> None:
    part = part[: max(0, len(whole) - at)]
    whole[at : at + len(part)] += part


@dataclass(frozen=True, eq=False)
class Intonation:
    """The pitch that is heard against the score.

    lines: stretches of voice of 50 ms and more, each (n, 2): beats and MIDI pitch. cents: for each sung note the median
    distance from the written pitch, None where it is too short to be judged.
    """

    lines: list[np.ndarray]
    cents: list[float | None]

    @property
    def error(self) -> float | None:
        """Cents that a held note is off, on average over the notes; None when there is no held note."""
        judged = [abs(cents) for cents in self.cents if cents is not None]
        return float(np.mean(judged)) if judged else None


def intonation(samples: np.ndarray, rate: int, score: Score, start: float = 0.0) -> Intonation:
    """Hear the pitch of a voice by YIN and hold it against the notes that sound in *samples*.

    start: seconds of the first sample in the song. A note is judged where it is held: from 0.2 s after its beginning to
    0.1 s before its end, when at least 0.15 s are left. Source of the measure: the singing-voice challenges' F0 error.
    """
    curve = yin(samples, rate, _HOP)
    times = curve.times + start
    pitch = np.where(curve.voiced, 69 + 12 * np.log2(np.maximum(curve.hertz, 1) / 440), np.nan)
    # A voice glides: where the pitch leaps, or the voice stops, one line ends.
    ends = np.flatnonzero(~(np.abs(np.diff(pitch)) < _LEAP)) + 1
    points = np.split(np.stack([times * score.tempo / 60, pitch], 1), ends)
    lines = [line for line in points if len(line) >= 4 and np.isfinite(line).all()]
    cents: list[float | None] = []
    for note in score.notes:
        begins, ends = score.seconds(note.start) + 0.2, score.seconds(note.end) - 0.1
        held = pitch[(times >= begins) & (times <= ends)] if ends - begins >= 0.15 else pitch[:0]
        held = held[np.isfinite(held)]
        cents.append(float(100 * (np.median(held) - note.pitch)) if len(held) >= 5 else None)
    return Intonation(lines, cents)


def admitted(
    record: str | Path, signer: str, project: str, on: date, recording: str | Path | None = None
) -> Consent:
    """The consent by which a guest's voice may be learnt from and hum in *project*.

    signer: the fingerprint, with or without its spaces. recording: the file, when it has come; the consent must cover it.
    Raises HallyuError, with the reason, where the record is none, or does not allow this.
    """
    given = consent.read(record, consent.spaced(signer))
    for use in GUEST_USES:
        consent.require(given, use, project, on, recording=sha256(recording) if recording else "")
    return given
