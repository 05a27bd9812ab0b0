"""How loud a film is, in one pass and little memory: programme and dialogue loudness, its range, and true peak.

The K-weighting and the gates are hallyu.music.mixing's; here they run over blocks of any length, over 5.1 and 7.1, and
over the dialogue alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import signal

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.music import mixing
from hallyu.ott.defects import Defect

STEP = 0.01
"""Seconds of each measured power. Momentary loudness is read at any hundredth: EBU Tech 3341's signal 13 needs it."""
DIALOGUE, PROGRAMME = -27.0, -24.0
"""LKFS that a streaming service wants of the dialogue, and of the whole where there is little dialogue."""
LITTLE = 0.15
"""The share of dialogue up to which the whole programme is measured."""
CLOSE, FAR = 2.0, 3.0
"""LU off the target: what is asked for, and where quality control sends a delivery back."""
PEAK_ASKED, PEAK_ALLOWED = -2.0, -1.0
"""dBTP: what is asked for, and where quality control sends a delivery back."""
RANGE = (4.0, 18.0)
"""LU of loudness range that are recommended."""
_SURROUND = 10**0.15
_SIDES = {"SL", "SR", "SDL", "SDR", "WL", "WR"}
_REACH = 12
"""Samples to both sides that a point between two samples is read from."""
_STRONGEST = 2.4
"""By how much a point between samples may stand above the highest of them, at most: the kernel's sum, rounded up."""


@dataclass(frozen=True, eq=False)
class Loudness:
    """What was measured. power: (n,) K-weighted, summed over the channels, of each STEP. peaks: (n,) of each STEP.

    A peak, linear, is the true peak where that reaches PEAK_ASKED or is the highest of all; elsewhere it may be only the
    highest sample.
    """

    power: np.ndarray
    peaks: np.ndarray

    @property
    def seconds(self) -> float:
        """How long the sound is, to a hundredth of a second."""
        return len(self.power) * STEP

    @property
    def integrated(self) -> float:
        """Programme loudness in LUFS; -inf for silence. Source: ITU-R BS.1770-5."""
        return mixing.gated(self._windows(mixing.BLOCK))

    @property
    def range(self) -> float:
        """Loudness range in LU; 0.0 for less than 3 s. Source: EBU Tech 3342."""
        return mixing.spread(self._windows(mixing.SHORT_TERM)) if self.seconds >= mixing.SHORT_TERM else 0.0

    @property
    def true_peak(self) -> float:
        """The highest level between and at the samples, in dBTP."""
        return _decibels(self.peaks.max())

    def curve(self, window: float = mixing.SHORT_TERM, step: float = 0.1) -> np.ndarray:
        """Loudness over time in LUFS: of 3 s (short-term) or 0.4 s (momentary), one every *step* seconds."""
        return mixing.lufs(self._windows(window, step))

    def dialogue(self, speech: Iterable[tuple[float, float]]) -> tuple[float, float]:
        """Loudness in LUFS while somebody speaks, and the share of the programme in which somebody does.

        speech: (start, end) in seconds. Speech is the gate: there is no other, as BS.1770-1 has it. -inf where nobody speaks.
        """
        spoken = np.zeros(len(self.power), bool)
        for start, end in speech:
            spoken[max(0, round(start / STEP)) : max(0, round(end / STEP))] = True
        loud = float(mixing.lufs(self.power[spoken].mean())) if spoken.any() else mixing.SILENCE
        return (loud if loud > mixing.SILENCE else float("-inf")), float(spoken.mean())

    def _windows(self, window: float, step: float = 0.1) -> np.ndarray:
        width, hop = round(window / STEP), max(1, round(step / STEP))
        starts = np.arange(0, len(self.power) - width + 1, hop)
        total = np.concatenate([[0.0], np.cumsum(self.power)])
        return np.maximum(total[starts + width] - total[starts], 0) / width


def weights(layout: Sequence[str]) -> np.ndarray:
    """How much each channel counts, by where its loudspeaker stands: 1.41 at the sides (60 to 120 degrees), 0 for LFE.

    The surrounds of 5.1 stand at 110 degrees, whether they are called back or side; in 7.1 the sides do, and the back
    ones at 135 count 1. (ffmpeg's ebur128 takes all four for 1.41.) Source: ITU-R BS.1770-5, tables 3 and 4.

    >>> weights(["FL", "FR", "FC", "LFE", "BL", "BR"]).round(2)
    array([1.  , 1.  , 1.  , 0.  , 1.41, 1.41])
    >>> weights(["FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"]).round(2)
    array([1.  , 1.  , 1.  , 0.  , 1.  , 1.  , 1.41, 1.41])
    """
    sides = _SIDES if _SIDES & set(layout) else {"BL", "BR"}
    return np.array([0.0 if name.startswith("LFE") else _SURROUND if name in sides else 1.0 for name in layout])


def next_block(block: np.ndarray, channels: int) -> np.ndarray:
    """*block* as float32 (n, channels). Raises HallyuError for another shape, and for values that are not numbers."""
    block = np.asarray(block, np.float32)
    if block.ndim != 2 or block.shape[1] != channels:
        raise HallyuError(f"A block of sound of shape {block.shape} does not go on with {channels} channels.")
    if not np.isfinite(block).all():
        raise HallyuError("The sound has values that are not numbers (NaN or infinite): render it again.")
    return block


class Meter:
    """Measures sound block by block: *add* each, then ask for the *result*."""

    def __init__(self, rate: int, layout: Sequence[str] = ("FL", "FR")):
        audio.check_rate(rate)
        self.rate, self.weights = rate, weights(layout)
        self._filter = mixing.k_weighting(rate)
        self._state = np.zeros((len(self._filter), 2, len(layout)))
        self._power: list[np.ndarray] = []
        self._peaks: list[np.ndarray] = []
        self._left = np.zeros(0)
        self._ahead = np.zeros((_REACH, len(layout)), np.float32)  # silence before the first sample
        self._measured = self._peaked = 0
        self._highest = 0.0

    def add(self, block: np.ndarray) -> None:
        """Take *block*, (n, channels), which goes on where the last one ended.

        Raises HallyuError where it has another number of channels, or values that are not numbers.
        """
        block = next_block(block, len(self.weights))
        if not len(block):
            return
        weighted, self._state = signal.sosfilt(self._filter, block.astype(np.float64), axis=0, zi=self._state)
        self._take_power((weighted**2) @ self.weights)
        self._take_peaks(np.concatenate([self._ahead, block]))

    def result(self) -> Loudness:
        """What was measured up to here. Raises HallyuError for less than 0.4 s."""
        power = np.concatenate([*self._power, np.zeros(0)])
        if len(power) < round(mixing.BLOCK / STEP):
            raise HallyuError(
                f"Loudness is measured over {mixing.BLOCK:g} s, and there are only {len(power) * STEP:.2f} s of sound: "
                "measure a longer film."
            )
        rest = np.concatenate([self._ahead, np.zeros((_REACH, self._ahead.shape[1]), np.float32)])
        edges = self._edges(self._peaked, len(rest) - 2 * _REACH)
        edges = np.append(edges, len(rest) - 2 * _REACH) if len(rest) > 2 * _REACH else edges
        peaks = np.concatenate([*self._peaks, *([self._read(rest, np.unique(edges))] if len(edges) else [])])
        peaks[len(power) - 1] = peaks[len(power) - 1 :].max()  # what is left after the last whole step
        return Loudness(power, peaks[: len(power)])

    def _edges(self, done: int, samples: int) -> np.ndarray:
        """Where the steps from number *done* on end, in samples counted from its beginning, within *samples*."""
        numbers = done + np.arange(samples * 100 // self.rate + 3)
        edges = (numbers * self.rate + 50) // 100  # in whole numbers, or blocks would round differently
        edges = edges[1:] - edges[0]
        return edges[edges <= samples]

    def _take_power(self, power: np.ndarray) -> None:
        power = np.concatenate([self._left, power])
        edges = self._edges(self._measured, len(power))
        if len(edges):
            starts = np.concatenate([[0], edges[:-1]])
            self._power.append(np.add.reduceat(power[: edges[-1]], starts) / (edges - starts))
            self._measured += len(edges)
            power = power[edges[-1] :]
        self._left = power

    def _take_peaks(self, samples: np.ndarray) -> None:
        """samples: with _REACH before the first one that counts; as many at the end wait for what follows."""
        edges = self._edges(self._peaked, len(samples) - 2 * _REACH)
        if len(edges):
            self._peaks.append(self._read(samples, edges))
            self._highest = max(self._highest, float(self._peaks[-1].max()))
            self._peaked += len(edges)
            samples = samples[edges[-1] :]
        self._ahead = samples

    def _read(self, samples: np.ndarray, edges: np.ndarray) -> np.ndarray:
        """The peaks of the steps that end at *edges*; the points between are read only where they may matter."""
        starts = np.concatenate([[0], edges[:-1]])
        peaks = np.maximum.reduceat(np.abs(samples[_REACH : _REACH + edges[-1]]).max(1), starts)
        around = np.maximum(peaks, np.maximum(np.append(peaks[1:], np.inf), np.insert(peaks[:-1], 0, np.inf)))
        matter = around * _STRONGEST >= min(10 ** (PEAK_ASKED / 20), max(self._highest, peaks.max()))
        turns = np.flatnonzero(np.diff(np.concatenate([[0], matter, [0]])))
        for first, last in zip(turns[::2], turns[1::2], strict=True):
            begin, end = starts[first], edges[last - 1]
            between = mixing.between(samples[begin : end + 2 * _REACH])[_REACH : _REACH + end - begin]
            peaks[first:last] = np.maximum.reduceat(between, starts[first:last] - begin)
        return peaks


def measure(
    path: str | Path, track: int = 0, progress: Callable[[float], None] | None = None
) -> Loudness:
    """Measure a sound track of a film of any length. progress: told seconds that are done.

    Raises HallyuError as hallyu.audio.blocks does, and for less than 0.4 s.
    """
    tracks = audio.tracks(path)
    blocks = audio.blocks(path, track)
    first = next(blocks, None)  # which says it where there is no such track
    if first is None:
        raise HallyuError(f"{Path(path).name} holds no sound: export or record it again.")
    meter, rate, count = Meter(tracks[track].rate, tracks[track].layout), tracks[track].rate, len(first)
    meter.add(first)
    for block in blocks:
        meter.add(block)
        count += len(block)
        if progress:
            progress(count / rate)
    return meter.result()


def check(measured: Loudness, speech: Iterable[tuple[float, float]] | None = None) -> list[Defect]:
    """What a streaming service would say of it: loudness, true peak, loudness range.

    speech: (start, end) of the dialogue in seconds, such as a voice activity detector finds; without it, or where it is
    LITTLE of the film, the whole programme is measured. Source: Netflix Sound Mix Specifications.
    """
    found = []
    loud, target, what = measured.integrated, PROGRAMME, "The programme"
    if speech is not None:
        spoken, share = measured.dialogue(speech)
        if share > LITTLE and np.isfinite(spoken):
            loud, target, what = spoken, DIALOGUE, "The dialogue"
    end = measured.seconds
    if not np.isfinite(loud):
        return [Defect("loudness", 0.0, end, "The sound is silent: check which track was exported.")]
    off = loud - target
    if abs(off) > CLOSE + 0.05:
        way = "down" if off > 0 else "up"
        says = f"{what} has {loud:.1f} LKFS, and {target:g} is asked for: turn it {way} by {abs(off):.1f} dB."
        found.append(Defect("loudness", 0.0, end, says, abs(off) > FAR + 0.05))
    for start, stop, peak in _above(measured.peaks, 10 ** ((PEAK_ASKED + 0.05) / 20)):
        says = f"The true peak is {peak:.1f} dBTP, and {PEAK_ASKED:g} is the most: limit the mix here."
        found.append(Defect("true-peak", start, stop, says, peak > PEAK_ALLOWED + 0.05))
    low, high = RANGE
    if measured.seconds >= 60 and not low <= measured.range <= high:
        says = f"The loudness range is {measured.range:.1f} LU, and {low:g} to {high:g} are recommended: look at the mix."
        found.append(Defect("loudness-range", 0.0, end, says, False))
    return found


def _above(peaks: np.ndarray, ceiling: float) -> list[tuple[float, float, float]]:
    """Passages (start, end, peak in dBTP) above *ceiling*; what lies less than a second apart is one."""
    found: list[tuple[int, int]] = []
    for n in np.flatnonzero(peaks > ceiling).tolist():
        if found and n - found[-1][1] < 1 / STEP:
            found[-1] = (found[-1][0], n + 1)
        else:
            found.append((n, n + 1))
    return [(first * STEP, last * STEP, _decibels(peaks[first:last].max())) for first, last in found]


def _decibels(peak: float) -> float:
    return float(20 * np.log10(max(peak, 1e-9)))
