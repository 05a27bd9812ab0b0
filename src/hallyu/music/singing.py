"""Singing: notes and words -> the voice sings them.

Three things turn reading into singing. Time: a vowel begins on its note, and its consonants come before it. Pitch: a
curve that no written note has, with the swing of a real larynx. Energy: a vowel that is held does not fade.

Source of the pitch curve's figures: Saitou, Unoki and Akagi, "Development of an F0 control model based on F0 dynamic
characteristics for singing-voice synthesis", Speech Communication 46 (2005): overshoot, preparation and vibrato as
second-order systems, and fine fluctuation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy import signal
from scipy.ndimage import gaussian_filter1d

from hallyu.errors import HallyuError
from hallyu.music.phonemes import Syllable, syllables
from hallyu.music.score import HOLD, Note, Phone, Score, hertz
from hallyu.music.voice import FRAME, LEAD, LONGEST, RATE, STEP, Voice, engine, spell, timed, without_whistle

SECOND = RATE // FRAME
"""Frames of 25 ms in a second."""
STYLE = 200
"""Tokens. One style for the whole song keeps the voice the same; that of long texts holds vowels most steadily."""
REST = 0.15
"""Seconds; a shorter gap between notes is sung through, a longer one ends the phrase."""
SILENCE = 8
"""Frames before and after a phrase."""
UNVOICED = set("ptkʨʦshɕfʰ")
NARROW, LONG, HELD = set("iɯ"), "ː", 0.5
"""Vowels that the voice may whisper, the mark that keeps it from that, and the seconds from which it is needed."""
OVERSHOOT = (34.8, 0.5422)
"""Natural frequency in rad/s and damping: the pitch swings past a new note before it settles."""
PREPARATION = (29.2, 0.6681)
"""The same backwards in time: the pitch dips away before it leaves a note."""
VIBRATO_RATE = 5.5
"""Hz."""
GRID = 0.0025
"""Seconds between the values on which the pitch curve is worked out; five make a step of the voice."""


@dataclass(frozen=True)
class Expression:
    """How a melody is sung. Depths are in cents, times in seconds.

    vibrato: its depth to either side, on notes longer than *vibrato_delay*, which is straight. drift: the standard
    deviation of the slow, unsteady part. scoop: how far below its first note a phrase begins. breath: decibels under
    the voice, or None for none.
    """

    vibrato: float = 35.0
    vibrato_delay: float = 0.4
    drift: float = 6.0
    scoop: float = 100.0
    breath: float | None = 24.0


@dataclass(frozen=True, eq=False)
class Sung:
    """A song's voice from beat 0. samples: float32 mono in -1..1.

    f0: the pitch that was sung, in Hz every 12.5 ms, 0 where there is no voice. target_f0: the pitch that is written,
    0 in rests. A phone's syllable counts the notes that have a syllable, from 0.
    """

    samples: np.ndarray
    rate: int
    phones: tuple[Phone, ...]
    f0: np.ndarray
    target_f0: np.ndarray


def set_words(notes: Sequence[Note], words: str) -> tuple[Note, ...]:
    """Lay the syllables of *words* on notes, one each; "-" in the words holds a syllable over another note.

    Raises HallyuError when there are more or fewer syllables than notes.

    >>> [n.lyric for n in set_words([Note(0, 1, 60), Note(1, 1, 62), Note(2, 1, 64)], "첫눈-")]
    ['첫', '눈', '-']
    """
    found = [c for c in words if "가" <= c <= "힣" or c == HOLD]
    if len(found) != len(notes):
        more = "more" if len(found) > len(notes) else "fewer"
        raise HallyuError(
            f"The words have {len(found)} syllables, {more} than the melody's {len(notes)} notes: "
            'add or take away notes, or hold a syllable with "-".'
        )
    return tuple(replace(note, lyric=each) for note, each in zip(notes, found, strict=True))


def transpose(score: Score, semitones: int) -> Score:
    """The same song, higher or lower."""
    return replace(score, notes=tuple(replace(n, pitch=n.pitch + semitones) for n in score.notes))


def fit(score: Score, voice: Voice) -> Score:
    """The song in the octave that the voice can sing, so that chords in the same key still fit.

    Raises HallyuError when the melody is wider than the voice's range in every octave, with what would do.
    """
    pitches = [note.pitch for note in score.notes]
    if not pitches:
        return score
    low, high = min(pitches), max(pitches)
    up = -(-(voice.low - low) // 12) * 12
    if high + up <= voice.high:
        return score if up <= 0 <= voice.high - high and low >= voice.low else transpose(score, up)
    lift = voice.low - low
    instead = (
        f"in another key, transpose(score, {lift}) fits"
        if high + lift <= voice.high
        else "choose another voice"
    )
    raise HallyuError(
        f"The melody lies between {pitch_name(low)} and {pitch_name(high)} and fits in no octave of {voice.name}, "
        f"who sings {pitch_name(voice.low)} to {pitch_name(voice.high)}: {instead}."
    )


def pitch_name(pitch: int) -> str:
    """The name of a MIDI pitch.

    >>> pitch_name(60), pitch_name(70)
    ('C4', 'A#4')
    """
    return f"{('C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B')[pitch % 12]}{pitch // 12 - 1}"


def sing(score: Score, voice: Voice, expression: Expression | None = None, seed: int = 0) -> Sung:
    """Sing a melody with its words. seed: of the drift, the only chance there is.

    Vowels begin on their notes, to within half a frame of 12.5 ms. Consonants come before; where a song begins with
    one on beat 0, its phrase is moved back by it. Notes without a lyric are not sung.
    Raises HallyuError for pitches outside the voice's range (see *fit*), notes that overlap or are too short for
    their sounds, a "-" with nothing to hold, and lyrics that cannot be read.
    """
    expression = expression or Expression()
    _check(score, voice)
    rng = np.random.default_rng(seed)
    length = round((score.duration + 1.0) * RATE) // STEP * STEP
    samples, f0 = np.zeros(length, np.float32), np.zeros(length // STEP, np.float32)
    phones: list[Phone] = []
    ended, first = 0.0, 0
    for notes in phrases(score):
        sound, curve, found, start = _sing_phrase(score, notes, voice, expression, rng, first)
        first += sum(note.lyric.strip() != HOLD for note in notes)
        begins = next(phone.start for phone in found if phone.syllable >= 0)
        if expression.breath is not None:
            _add(samples, *_breath(voice, ended, begins, _level(sound) / 10 ** (expression.breath / 20)))
        at = round(start * RATE)
        _add(samples, sound, at)
        _put(f0, curve, round(at / STEP))
        phones += found
        ended = found[-1].start
    return Sung(
        np.clip(without_whistle(samples), -1, 1),
        RATE,
        _between(phones, length / RATE),
        f0,
        written_pitch(score, len(f0)),
    )


def written_pitch(score: Score, steps: int) -> np.ndarray:
    """(steps,) float32: the written pitch in Hz every 12.5 ms, 0 in rests."""
    pitch = np.zeros(steps, np.float32)
    for note in _sung(score):
        start, end = (round(score.seconds(beat) * RATE / STEP) for beat in (note.start, note.end))
        pitch[start:end] = hertz(note.pitch)
    return pitch


def phrases(score: Score) -> list[list[Note]]:
    """The sung notes, parted at rests."""
    found: list[list[Note]] = []
    for note in _sung(score):
        if found and score.seconds(note.start - found[-1][-1].end) < REST:
            found[-1].append(note)
        else:
            found.append([note])
    return found


def _sung(score: Score) -> list[Note]:
    return [note for note in score.notes if note.lyric.strip()]


def _check(score: Score, voice: Voice) -> None:
    notes = _sung(score)
    if not notes:
        raise HallyuError(f'"{score.title}" has no note with a lyric: give each note one syllable of Hangul.')
    for at, note in enumerate(notes, 1):
        if not voice.low <= note.pitch <= voice.high:
            raise HallyuError(
                f"Note {at} ({note.lyric.strip()}, {pitch_name(note.pitch)}) lies outside what {voice.name} sings, "
                f"{pitch_name(voice.low)} to {pitch_name(voice.high)}: sing fit(score, voice), or another voice."
            )
        if note.lyric.strip() != HOLD and not (len(s := note.lyric.strip()) == 1 and "가" <= s <= "힣"):
            raise HallyuError(
                f"Note {at} has the lyric “{note.lyric.strip()[:20]}”: a note takes one syllable of Hangul, "
                'or "-" to hold the one before.'
            )
    for at, (left, right) in enumerate(pairwise(notes), 2):
        if right.start < left.end - 1e-6:
            raise HallyuError(
                f"Note {at} ({right.lyric.strip()}) begins before note {at - 1} has ended; shorten that."
            )
    for phrase in phrases(score):
        if phrase[0].lyric.strip() == HOLD:
            raise HallyuError(
                f'The "-" at beat {phrase[0].start:g} comes after a rest and has no syllable to hold.'
            )


def _sing_phrase(
    score: Score,
    notes: list[Note],
    voice: Voice,
    expression: Expression,
    rng: np.random.Generator,
    first: int,
) -> tuple[np.ndarray, np.ndarray, list[Phone], float]:
    """Samples, pitch that was sung, phones in the song's seconds, and the second at which the samples begin."""
    words = [note for note in notes if note.lyric.strip() != HOLD]
    spoken = [replace(s, gap="") for s in syllables("".join(note.lyric for note in words).strip())]
    starts, end = [score.seconds(note.start) for note in words], score.seconds(notes[-1].end)
    spoken = lengthened(spoken, starts, end)
    symbols, owners = spell(spoken)
    symbols, owners = [*symbols, "."], [*owners, -1]
    if 2 * len(symbols) > LONGEST:
        raise HallyuError(
            f"The phrase at beat {notes[0].start:g} is too long for one breath: put a rest into it."
        )
    # The voice norms its features over all it renders. Of nothing but long vowels it makes a slur, so it first
    # speaks the phrase, in the same pass, and only then sings it; the speech is thrown away.
    style, last = voice.style(STYLE), len(symbols)
    natural, *features = engine().analyse(engine().tokens(symbols * 2), style)
    natural = natural[0]
    laid = lay_out(spoken, starts, end, natural[last:])
    durations = np.concatenate([natural[:last], [natural[last] + SILENCE], laid[1:]])
    pitch, energy, stretched = engine().shape(durations[None], *features, style)
    speech = 2 * int(natural[: last + 1].sum())  # steps
    vowel = int(laid[: 1 + len(spoken[0].onset)].sum())  # frames before the first vowel
    start = max(starts[0] - vowel / SECOND + LEAD * STEP / RATE, -SILENCE / SECOND)
    voiced = [False, *(o >= 0 and s not in UNVOICED for s, o in zip(symbols, owners, strict=True)), False]
    vowels = [False, *(o >= 0 and s in spoken[o].vowel for s, o in zip(symbols, owners, strict=True)), False]
    voiced, vowels = (np.append(np.repeat(x, laid * 2)[LEAD:], np.zeros(LEAD, bool)) for x in (voiced, vowels))
    curve = hertz(pitch_curve(score, notes, start + np.arange(len(voiced)) * STEP / RATE, expression, rng))
    pitch[0, speech:] = np.where(voiced, curve, np.minimum(pitch[0, speech:], 10.0))
    energy[0, speech:] = hold(energy[0, speech:], vowels)
    sound = engine().render(pitch, energy, stretched, style)[speech * STEP :]
    owners = [owner + first if owner >= 0 else -1 for owner in owners]
    return sound, np.where(voiced, curve, 0), timed(symbols, owners, laid, start), start


def lengthened(spoken: list[Syllable], starts: list[float], end: float) -> list[Syllable]:
    """Mark narrow vowels after voiceless consonants as long, where they are held for HELD or more.

    The voice learnt Japanese, which whispers such vowels between voiceless consonants; on a held note that is a hole.
    starts, end: seconds at which the vowels begin, and at which the last one ends.

    >>> [s.vowel for s in lengthened(syllables("같이"), [0.0, 0.5], 1.2)]
    [('a',), ('i', 'ː')]
    """
    return [
        replace(syllable, vowel=(*syllable.vowel, LONG))
        if syllable.vowel[0] in NARROW and set(syllable.onset[-1:]) & UNVOICED and after - start >= HELD
        else syllable
        for syllable, (start, after) in zip(spoken, pairwise([*starts, end]), strict=True)
    ]


def lay_out(spoken: list[Syllable], starts: list[float], end: float, natural: np.ndarray) -> np.ndarray:
    """Durations in frames for silence, each symbol, the full stop and silence, so that vowels begin at *starts*.

    natural: (n + 3,) frames as the voice would speak these; consonants keep theirs, but never take more than half of
    the time between two vowels. starts, end: seconds.
    Raises HallyuError where a note is too short for its sounds.
    """
    edges = np.round((np.array([*starts, end]) - starts[0]) * SECOND).astype(int)
    lengths, at = np.array(natural, np.int64), 1
    lengths[0] = lengths[-1] = SILENCE
    lengths[-2] = 4
    onsets, vowels, codas = [], [], []
    for syllable in spoken:
        bounds = np.cumsum([at, len(syllable.onset), len(syllable.vowel), len(syllable.coda)])
        onsets.append(slice(bounds[0], bounds[1]))
        vowels.append(slice(bounds[1], bounds[2]))
        codas.append(slice(bounds[2], bounds[3]))
        at = bounds[3]
    for k, (left, right) in enumerate(pairwise(edges)):
        between = slice(codas[k].start, onsets[k + 1].stop if k + 1 < len(spoken) else codas[k].stop)
        room = right - left
        sounds = between.stop - between.start
        if room < sounds + 1:
            raise HallyuError(
                f"“{spoken[k].written}” has {room * 25} ms, too short for its sounds; give it at least "
                f"{(sounds + 1) * 25} ms."
            )
        lengths[between] = squeeze(np.maximum(lengths[between], 1), max(sounds, room // 2))
        lengths[vowels[k]] = 2  # of a long vowel the vowel itself; its mark has the rest
        lengths[vowels[k].stop - 1] += room - lengths[between].sum() - lengths[vowels[k]].sum()
    return lengths


def squeeze(lengths: np.ndarray, most: int) -> np.ndarray:
    """Shorten whole lengths, the longest first and none below 1, until they add up to at most *most*.

    >>> squeeze(np.array([4, 2, 1]), 5).tolist()
    [2, 2, 1]
    """
    lengths = lengths.copy()
    while lengths.sum() > max(most, len(lengths)):
        lengths[lengths.argmax()] -= 1
    return lengths


def pitch_curve(
    score: Score, notes: list[Note], times: np.ndarray, expression: Expression, rng: np.random.Generator
) -> np.ndarray:
    """The MIDI pitch that a singer makes of a phrase, at *times* (seconds, evenly spaced)."""
    grid = np.arange(times[0] - 0.5, times[-1] + 0.5, GRID)
    written = np.full(len(grid), notes[0].pitch - expression.scoop / 100)
    vibrato = np.zeros(len(grid))
    for note in notes:
        start, end = score.seconds(note.start), score.seconds(note.end)
        written[grid >= start - 0.02] = note.pitch
        since, left = grid - start - expression.vibrato_delay, end - grid
        depth = np.clip(since / 0.4, 0, 1) * np.clip(left / 0.1, 0, 1)
        vibrato += depth * np.sin(2 * np.pi * VIBRATO_RATE * since) * expression.vibrato / 100
    prepared = swing(written[::-1], *PREPARATION)[::-1]
    drift = gaussian_filter1d(rng.standard_normal(len(grid)), 0.06 / GRID)
    drift *= expression.drift / 100 / drift.std()
    return np.interp(times, grid, swing(prepared, *OVERSHOOT) + vibrato + drift)


def swing(curve: np.ndarray, frequency: float, damping: float) -> np.ndarray:
    """Pass a curve through a damped second-order system: it follows a step late and swings past it.

    frequency: rad/s. damping: 1 would not swing. The curve's values are GRID seconds apart.
    """
    b, a = signal.bilinear([frequency**2], [1, 2 * damping * frequency, frequency**2], 1 / GRID)
    state = signal.lfilter_zi(b, a) * curve[0]
    return signal.lfilter(b, a, curve, zi=state)[0]


def hold(energy: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Keep held vowels at the phrase's strength: speech lets its last syllables fade, a singer does not.

    energy: as the voice predicts it, every 12.5 ms. held: where the vowels are.
    """
    strength = np.percentile(energy[held], 75)
    raised = np.where(held, np.maximum(energy, strength), energy)
    return gaussian_filter1d(raised, 1.0).astype(np.float32)


def _level(samples: np.ndarray) -> float:
    """Root mean square of what sounds."""
    return (
        float(np.sqrt(np.mean(samples[np.abs(samples) > 0.01] ** 2)))
        if np.any(np.abs(samples) > 0.01)
        else 0.0
    )


def _breath(voice: Voice, ended: float, begins: float, level: float) -> tuple[np.ndarray, int]:
    """The breath taken in the rest between two seconds of the song, and its first sample."""
    length = min(0.45, begins - ended - 0.12)
    if length < 0.2:
        return np.zeros(0, np.float32), 0
    style = voice.style(STYLE)
    durations, *features = engine().analyse(engine().tokens("hʌh"), style)
    durations[:] = [[2, 2, round(length * SECOND), 2, 2]]
    pitch, energy, stretched = engine().shape(durations, *features, style)
    air = engine().render(np.full_like(pitch, 10.0), energy, stretched, style)[4 * FRAME : -4 * FRAME]
    shape = np.interp(np.linspace(0, 1, len(air)), [0, 0.7, 0.85, 1], [0, 1, 0.8, 0]) ** 2
    air = signal.sosfilt(signal.butter(2, 500, "highpass", fs=RATE, output="sos"), air) * shape
    air *= level / max(float(np.sqrt(np.mean(air**2))), 1e-6)
    return air.astype(np.float32), round((begins - 0.06) * RATE) - len(air)


def _add(song: np.ndarray, part: np.ndarray, at: int) -> None:
    """Add a sound to the song at a sample; what lies outside the song is cut."""
    part = part[max(0, -at) : max(0, len(song) - at)]
    song[max(0, at) : max(0, at) + len(part)] += part


def _put(curve: np.ndarray, part: np.ndarray, at: int) -> None:
    """Write a pitch into the song's, where it is voiced."""
    part = part[max(0, -at) : max(0, len(curve) - at)]
    here = curve[max(0, at) : max(0, at) + len(part)]
    here[part > 0] = part[part > 0]


def _between(phones: list[Phone], end: float) -> tuple[Phone, ...]:
    """The sounds, with one silence in each gap, from 0 to *end*."""
    sounds = [phone for phone in phones if phone.syllable >= 0]
    filled, last = [], 0.0
    for phone in sounds:
        if phone.start > last + 1e-6:
            filled.append(Phone("", last, phone.start, -1))
        filled.append(phone)
        last = phone.end
    return (*filled, Phone("", last, end, -1))
