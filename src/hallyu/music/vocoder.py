"""Take a voice apart into pitch, timbre and breath, change one of them, and put it together again: WORLD.

Source: Morise, Yokomori & Ozawa, "WORLD: a vocoder-based high-quality speech synthesis system" (2016), through pyworld.
Every edit returns a new World; nothing is changed in place.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import uniform_filter1d

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.music.pitch import Pitch, cents, hertz_of, yin
from hallyu.music.score import Score

HOP = 0.005
"""Seconds from one frame to the next."""
LONGEST = 300
"""Seconds that are taken apart at once: at 48 kHz they fill 2 GB."""
LONGEST_STRETCH = 8.0
"""Times as long (or as short) as recorded; beyond this a vowel is a drone and a consonant is gone."""


@dataclass(frozen=True)
class World:
    """A voice in its three parts. Frame i is centred on i x HOP seconds.

    f0: float64 (frames,), hertz, 0 where unvoiced. envelope: (frames, bins), power spectrum of the timbre from 0 to
    rate / 2. aperiodicity: (frames, bins) in 0..1, how much of the sound is noise there. rate: hertz of the sound.
    """

    f0: np.ndarray
    envelope: np.ndarray
    aperiodicity: np.ndarray
    rate: int

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return len(self.f0) * HOP

    @property
    def pitch(self) -> Pitch:
        """Its pitch as a curve, every frame of it certain."""
        return Pitch(self.f0.astype(np.float32), (self.f0 > 0).astype(np.float32), HOP)


def analyse(samples: np.ndarray, rate: int, pitch: Pitch | None = None) -> World:
    """Take mono or stereo *samples* (made mono) of one voice apart.

    pitch: a curve of hallyu.music.pitch.yin or hallyu.music.crepe.crepe; by default YIN's.
    Raises HallyuError for samples that are no sound, or more of it than LONGEST.
    """
    import pyworld

    samples = audio.mono(audio.check(samples, rate)).astype(np.float64)
    if len(samples) > LONGEST * rate:
        raise HallyuError(
            f"The recording lasts {len(samples) / rate / 60:.1f} minutes, and the vocoder takes {LONGEST // 60} at most: "
            "take one verse at a time."
        )
    times = np.arange(int(len(samples) / rate / HOP + 1e-9) + 1) * HOP
    f0 = np.asarray((pitch or yin(samples, rate, HOP)).at(times), np.float64)
    # At exact silence WORLD's logarithms have no value; -120 dBFS of noise gives them one that nobody hears.
    samples = samples + 1e-6 * np.random.default_rng(0).standard_normal(len(samples))
    envelope = pyworld.cheaptrick(samples, f0, times, rate)
    return World(f0, envelope, pyworld.d4c(samples, f0, times, rate), rate)


def synthesise(world: World) -> np.ndarray:
    """Put a voice together again: float32 (n,) at world.rate, up to one HOP longer than what was taken apart.

    Values may pass 1 where an edit made it louder: turn it down before it is written.
    """
    import pyworld

    parts = (
        np.ascontiguousarray(part, np.float64) for part in (world.f0, world.envelope, world.aperiodicity)
    )
    return pyworld.synthesize(*parts, world.rate, HOP * 1000).astype(np.float32)


def retuned(world: World, hertz: np.ndarray) -> World:
    """The same words and timbre on another melody. hertz: (frames,); unvoiced frames of the voice stay unvoiced.

    Raises HallyuError when *hertz* has another length, or no pitch where the voice has one.
    """
    hertz = np.asarray(hertz, np.float64)
    if hertz.shape != world.f0.shape:
        raise HallyuError(f"The new pitch has {hertz.shape} frames and the voice has {world.f0.shape}.")
    voiced = world.f0 > 0
    if not (np.isfinite(hertz) & (hertz > 0))[voiced].all():
        raise HallyuError(
            "The new pitch has no value where the voice is voiced: give every such frame its hertz."
        )
    return replace(world, f0=np.where(voiced, hertz, 0.0))


def transposed(world: World, semitones: float) -> World:
    """Higher or lower by *semitones*, with the timbre (and so the apparent size of the singer) kept."""
    return replace(world, f0=world.f0 * 2 ** (semitones / 12))


def tuned(world: World, score: Score, amount: float = 1.0) -> World:
    """Bring each note of a take to the pitch that is written, and leave its vibrato and its slides as they were sung.

    A note is moved as a whole by its median error, without its first 80 ms, in which a singer still moves; from note
    to note the correction turns over in 60 ms. amount: 1 is all the way, 0 leaves the take alone.
    Raises HallyuError for an amount outside 0..1, and when the take has no pitch where the score has notes.
    """
    if not 0 <= amount <= 1:
        raise HallyuError(f"A take is tuned by an amount from 0 (as sung) to 1 (all the way), not {amount}.")
    times, voiced = np.arange(len(world.f0)) * HOP, world.f0 > 0
    error = np.full(len(times), np.nan)
    for note in score.notes:
        start, end = score.seconds(note.start), score.seconds(note.end)
        held = voiced & (times >= start + 0.08) & (times < end)
        if held.any():
            error[(times >= start) & (times < end)] = np.median(cents(world.f0[held], hertz_of(note.pitch)))
    known = np.flatnonzero(~np.isnan(error))
    if not len(known):
        raise HallyuError(
            "The take has no pitch where the score has notes: move the score to the take's time."
        )
    # Between notes, where consonants are, the nearer note's correction holds.
    rank = np.interp(np.arange(len(times)), known, np.arange(len(known)))
    nearest = known[np.round(rank).astype(int)]
    smooth = uniform_filter1d(error[nearest], round(0.06 / HOP), mode="nearest")
    return replace(world, f0=world.f0 * 2 ** (-amount * smooth / 1200))


def vibrato(hertz: np.ndarray, rate: float = 5.5, depth: float = 60.0, delay: float = 0.25) -> np.ndarray:
    """Let a pitch curve (one value per HOP, 0 = unvoiced) swing, from *delay* seconds into each voiced run on.

    rate: swings a second (singers: 5 to 7). depth: cents from the middle to the top (singers: 30 to 100). The swing
    grows over a quarter of a second, as a singer's does.

    >>> vibrato(np.full(3, 440.0), delay=1.0).tolist()
    [440.0, 440.0, 440.0]
    """
    since = _seconds_into_run(hertz > 0) - delay
    growth = np.clip(since / 0.25, 0, 1)
    return hertz * np.exp2(depth * growth * np.sin(2 * np.pi * rate * since) / 1200)


def portamento(hertz: np.ndarray, seconds: float = 0.08) -> np.ndarray:
    """Let the steps of a pitch curve glide: each takes *seconds*, half of them before its place; pauses stay pauses."""
    if not len(hertz):
        return hertz
    voiced, half = hertz > 0, round(seconds / HOP / 2)
    window = np.hanning(2 * half + 3)[1:-1]

    def smooth(values: np.ndarray) -> np.ndarray:
        return np.convolve(values, window)[half : half + len(values)]

    # Weighted by voicing, so that a pause does not pull the pitch at its edges.
    log, weight = smooth(np.log(np.where(voiced, hertz, 1.0))), smooth(voiced.astype(float))
    return np.where(voiced, np.exp(log / np.where(voiced, weight, 1.0)), 0.0)


def breathier(world: World, amount: float) -> World:
    """More breath in the voice: *amount* 0 is as recorded, 1 is a whisper on the same words.

    The power of each frame is kept; the share that is noise grows, at high frequencies first, as breath does.
    """
    if not 0 <= amount <= 1:
        raise HallyuError(f"Breath is an amount from 0 (as recorded) to 1 (whispered), not {amount}.")
    if amount == 0:
        return world
    share = np.linspace(0, 1, world.envelope.shape[1]) ** (1 / amount - 1)
    return replace(world, aperiodicity=world.aperiodicity + (1 - world.aperiodicity) * share)


def stretched(world: World, ratio: float) -> World:
    """The same pitch and timbre, *ratio* times as long. Raises HallyuError beyond LONGEST_STRETCH."""
    if not 1 / LONGEST_STRETCH <= ratio <= LONGEST_STRETCH:
        raise HallyuError(
            f"A voice can be stretched to 1/{LONGEST_STRETCH:g} to {LONGEST_STRETCH:g} times its length, not {ratio:g}."
        )
    return retimed(world, np.arange(round(len(world.f0) * ratio)) * HOP / ratio)


def retimed(world: World, source: np.ndarray) -> World:
    """Take frame i from *source*[i] seconds of *world*: stretches a vowel and leaves its consonants alone.

    source: seconds (frames,), clipped to the voice's length.
    """
    at = np.clip(np.asarray(source, float) / HOP, 0, len(world.f0) - 1)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, len(world.f0) - 1)
    part = (at - low)[:, None]
    log = np.log(np.maximum(world.envelope, 1e-16))
    return World(
        world.pitch.at(at * HOP),
        np.exp(log[low] * (1 - part) + log[high] * part),
        world.aperiodicity[low] * (1 - part) + world.aperiodicity[high] * part,
        world.rate,
    )


def _seconds_into_run(voiced: np.ndarray) -> np.ndarray:
    """Seconds since the last unvoiced frame (frames,)."""
    index = np.arange(len(voiced))
    start = np.maximum.accumulate(np.where(voiced, -1, index))
    return np.where(voiced, (index - start - 1) * HOP, 0.0)
