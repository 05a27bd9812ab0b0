"""What a recording sings, measured in its sound: the pitch of held notes, whether a voice holds them, the words.

Nothing that a file says of itself is believed. A tone that follows the melody is told from a voice by its harmonics, of
which a sine has none, and by its timbre, which moves from vowel to vowel.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.fft import dct

from hallyu import audio
from hallyu.models import whisper
from hallyu.music import pitch
from hallyu.music.score import HOLD, Note, Score, hertz

RATE = 24_000
"""Samples a second at which pitch is measured."""
HELD = 0.4
"""Seconds from which a note counts as held: two fifths of a second are enough to settle on its pitch."""
MARGIN = 0.12
"""Seconds at either end of a held note that are left out: there the pitch moves, and consonants sound."""
SOUNDS = 0.5
"""Share of a held note's time that must have a pitch for it to count as sung."""
HARMONIC = 4.0
"""dB by which harmonics 3 to 10 stand above what lies between them, from which a voice carries the pitch. Measured: the
course's voices singing 8.6 to 16.6, with a room 13.3; a sine -0.5, a sine under speech -0.8."""
MOVES = 1.8
"""How far the timbre of held notes moves (deviation of eight cepstra). Measured: voices 2.4 to 3.3; a sine 1.4, a
saw-tooth 0.8, a saw-tooth under speech 1.0."""
REACH = 0.4
"""Seconds to both sides in which a take is looked for when it is early or late."""
_FFT = 2048


@dataclass(frozen=True)
class Held:
    """A held note as it was sung. voiced: share of its time that has a pitch. cents: median distance from the score."""

    note: Note
    voiced: float
    cents: float

    @property
    def sounds(self) -> bool:
        """Whether it was sung at all."""
        return self.voiced >= SOUNDS


@dataclass(frozen=True, eq=False)
class Take:
    """A recording of one voice, mono at RATE, and the score that it is to sing."""

    samples: np.ndarray
    score: Score

    @cached_property
    def curve(self) -> pitch.Pitch:
        """The pitch, by YIN, which knows nothing of the score."""
        return pitch.yin(self.samples, RATE, lowest=70, highest=1000)

    @property
    def notes(self) -> list[Note]:
        """The held notes with a syllable or with one that is held on."""
        return [n for n in self.score.notes if n.lyric.strip() and self.score.seconds(n.length) >= HELD]

    def held(self) -> list[Held]:
        """Every held note, measured."""
        found = []
        for note in self.notes:
            times = np.arange(
                self.score.seconds(note.start) + MARGIN, self.score.seconds(note.end) - MARGIN, 0.01
            )
            sung = np.where(times < len(self.samples) / RATE, self.curve.at(times), 0)
            off = pitch.cents(sung[sung > 0], hertz(note.pitch))
            found.append(Held(note, float((sung > 0).mean()), float(np.median(off)) if len(off) else 0.0))
        return found

    def lateness(self) -> float:
        """Seconds by which the take agrees with the score best; positive is late, negative early."""
        times = np.arange(0, min(self.score.duration, len(self.samples) / RATE), 0.01)
        written = np.zeros(len(times))
        for note in self.score.notes:
            if note.lyric.strip():
                start, end = (self.score.seconds(beat) for beat in (note.start, note.end))
                written[(times >= start) & (times < end)] = hertz(note.pitch)
        shifts = np.arange(-REACH, REACH + 0.005, 0.01)
        agrees = [self._agreement(times, written, shift) for shift in shifts]
        return float(shifts[int(np.argmax(agrees))])

    def _agreement(self, times: np.ndarray, written: np.ndarray, shift: float) -> int:
        """Frames in which the take, moved by *shift* seconds, is within a quarter tone of the score."""
        sung = self.curve.at(np.clip(times + shift, 0, None))
        both = (sung > 0) & (written > 0)
        return int((np.abs(pitch.cents(sung[both], written[both])) < 50).sum())

    def harmonic(self) -> float:
        """Third to tenth harmonic of the written pitch against what lies between them, in dB; the median over time."""
        found = []
        for note in self.notes:
            start, end = self.score.seconds(note.start) + MARGIN, self.score.seconds(note.end) - MARGIN
            for time in np.arange(start, end - _FFT / RATE, 0.04):
                part = self.samples[round(time * RATE) :][:_FFT]
                if len(part) == _FFT and np.abs(part).max() > 1e-4:
                    found.append(_above_between(part, hertz(note.pitch)))
        return float(np.median(found)) if found else -np.inf

    def movement(self) -> float:
        """How far the timbre of held notes moves: the deviation of their first eight cepstra."""
        from hallyu.music import speaker

        power = speaker.mel(audio.resample(self.samples, RATE, speaker.RATE))
        frames = [
            frame
            for note in self.notes
            for frame in range(
                round((self.score.seconds(note.start) + MARGIN) * 100),
                min(round((self.score.seconds(note.end) - MARGIN) * 100), len(power)),
            )
        ]
        power = power[frames]
        total = power.sum(1)
        power = power[total > 1e-3 * np.percentile(total, 90)] if len(power) else power
        if len(power) < 10:
            return 0.0
        loud = np.log(np.maximum(power, power.max(1, keepdims=True) * 1e-5))
        return float(np.sqrt(dct(loud, axis=1, norm="ortho")[:, 1:9].var(axis=0).mean()))


def _above_between(part: np.ndarray, fundamental: float) -> float:
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
    place = np.arange(len(power)) * RATE / len(part) / fundamental
    away, number = np.abs(place - np.round(place)), np.round(place)
    among = (number >= 3) & (number <= 10)
    on, off = power[among & (away < 0.2)].sum(), power[among & (away > 0.3)].sum()
    return float(10 * np.log10((on + 1e-12) / (off + 1e-12)))


def take(samples: np.ndarray, rate: int, score: Score) -> Take:
    """The take of a recording, mono or stereo, at any rate."""
    return Take(audio.resample(audio.mono(samples), rate, RATE), score)


def lyrics(score: Score) -> str:
    """The syllables of a score, in order.

    >>> lyrics(Score("", 90, (Note(0, 1, 60, "첫"), Note(1, 1, 62, "눈"), Note(2, 1, 64, "-"))))
    '첫눈'
    """
    return "".join(note.lyric.strip() for note in score.notes if note.lyric.strip() != HOLD)


def one_sided(text: str) -> str:
    """Why *text* is too little to be understood by: few syllables, or one of them again and again; "" when it is not.

    >>> one_sided("아아아아아아아아아아아아"), one_sided("나의 노래 들어봐요 이제 나는 여기 있어")
    ('12 syllables, but only 1 different ones', '')
    """
    found = [c for c in text if "가" <= c <= "힣"]
    different = len(set(found))
    if len(found) < 12:
        return f"{len(found)} syllables; 12 are needed"
    if different < 8 or max(Counter(found).values()) > len(found) / 3:
        return f"{len(found)} syllables, but only {different} different ones"
    return ""


_heard: dict[str, str] = {}


def heard(samples: np.ndarray, rate: int) -> str:
    """What the recogniser hears; the same sound is recognised once in a process."""
    sound = np.ascontiguousarray(samples, np.float32)
    key = f"{rate}:{hashlib.sha256(sound).hexdigest()}"
    if key not in _heard:
        _heard[key] = whisper.hear(sound, rate).text
    return _heard[key]
