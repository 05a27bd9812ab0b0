"""A song as data: notes with lyrics, and the sounds that were sung or spoken in time.

Times of notes are beats (quarter notes) from the start of the song; times of phones are seconds.
"""

from dataclasses import dataclass

HOLD = "-"
"""The lyric of a note that holds the syllable before on a new pitch (melisma)."""


@dataclass(frozen=True)
class Note:
    """A note of a melody.

    start: beats (quarter notes) from 0. length: beats. pitch: MIDI number (60 is C4, 69 is A4 = 440 Hz).
    lyric: one Hangul syllable as it is written; "-" holds the syllable before on a new pitch; "" is no lyric.

    >>> Note(0, 1.5, 64, "첫").end
    1.5
    """

    start: float
    length: float
    pitch: int
    lyric: str = ""

    @property
    def end(self) -> float:
        """Beats from 0."""
        return self.start + self.length


@dataclass(frozen=True)
class Score:
    """A melody with its words. tempo: quarter notes a minute. notes: in order of their start.

    >>> Score("첫눈", 90, (Note(0, 1, 64, "첫"), Note(1, 2, 67, "눈"))).seconds(3)
    2.0
    """

    title: str
    tempo: float
    notes: tuple[Note, ...]
    beats_per_bar: int = 4

    def seconds(self, beats: float) -> float:
        """The time of a beat, in seconds from the start of the song."""
        return beats * 60 / self.tempo

    @property
    def duration(self) -> float:
        """Seconds from beat 0 to the end of the last note."""
        return self.seconds(max((note.end for note in self.notes), default=0.0))


@dataclass(frozen=True)
class Phone:
    """One sound in time. symbol: IPA. start, end: seconds. syllable: its index, or -1 for silence."""

    symbol: str
    start: float
    end: float
    syllable: int


def hertz(pitch: float) -> float:
    """Frequency of a MIDI pitch in twelve-tone equal temperament, A4 = 440 Hz.

    >>> hertz(69), round(hertz(60), 2)
    (440.0, 261.63)
    """
    return 440.0 * 2 ** ((pitch - 69) / 12)
