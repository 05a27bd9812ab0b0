"""What is wrong with the sound of a finished film: silence, dropouts, clipping, missing, doubled and turned-over channels.

Sound comes in blocks, of which a few numbers remain; what they mean together is found at the end.
Codes: no-sound, silence, dropout, clipped, missing-channel, duplicated-channel, anti-phase, short-sound.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from hallyu import audio
from hallyu.ott.defects import Defect, runs
from hallyu.ott.loudness import next_block

SILENT, DEAD = -70.0, -90.0
"""dBFS (RMS) below which nothing is heard, and below which there is not even the noise of a room."""
LONG_SILENCE = 3.0
"""Seconds from which silence is told."""
DROPOUT = (0.001, 0.5)
"""Seconds that a dropout lasts; a longer one is a pause."""
BESIDE, LOUD = 0.01, 0.01
"""Seconds before and after a dropout in which the sound is this loud (RMS; -40 dBFS): words die away, dropouts cut."""
HARD, CORNER = 1e-4, 2e-3
"""Shares of a sample by which the next ones of a clipped crest differ at most, and by which its edges fall at least."""
CRESTS = 3
"""Clipped crests within a second from which it is told."""
EARLY = 0.5
"""Seconds by which the sound may end before the picture."""
SAME, AGAINST = 0.9999, -0.9
"""Correlations of two channels that are one and the same, and of two that cancel each other in mono."""
PAIRS = (("FL", "FR"), ("SL", "SR"), ("BL", "BR"))
NAMES = {
    "FL": "left", "FR": "right", "FC": "centre", "LFE": "low-frequency", "BL": "back left", "BR": "back right",
    "SL": "side left", "SR": "side right", "BC": "back centre",
}  # fmt: skip
_STEP = 0.01


class Detector:
    """Takes sound block by block: *add* each, then ask for the *result*."""

    def __init__(self, rate: int, layout: Sequence[str] = ("FL", "FR")):
        audio.check_rate(rate)
        self.rate, self.layout = rate, tuple(layout)
        self._width = max(1, round(_STEP * rate))
        self._second = self._width * round(1 / _STEP)
        self._tail = np.zeros((0, len(layout)), np.float32)
        self._left = np.zeros((0, len(layout)), np.float32)
        self._levels: list[np.ndarray] = []
        self._products: list[np.ndarray] = []
        self._crests: dict[int, dict[int, int]] = {}
        self._dropouts: list[tuple[float, float, int]] = []
        self._count = 0

    def add(self, block: np.ndarray) -> None:
        """Take *block*, (n, channels), which goes on where the last one ended.

        Raises HallyuError where it has another number of channels, or values that are not numbers.
        """
        block = next_block(block, len(self.layout))
        if not len(block):
            return
        samples, old = np.concatenate([self._tail, block]), len(self._tail)
        first = self._count - old
        for channel, name in enumerate(self.layout):
            if not name.startswith("LFE"):
                self._find_clipped(samples[:, channel], old, first, channel)
                self._find_dropouts(samples[:, channel], old, first, channel)
        self._count += len(block)
        self._tail = samples[-round((DROPOUT[1] + 3 * BESIDE) * self.rate) :]
        self._take_levels(np.concatenate([self._left, block]))

    def result(self, seconds: float | None = None) -> list[Defect]:
        """Everything that was found, in order of time. seconds: how long the pictures last, where there are some."""
        found = []
        if seconds is not None and self._count / self.rate < seconds - EARLY:
            end = self._count / self.rate
            says = f"The sound ends {seconds - end:.1f} s before the picture: export the whole mix."
            found.append(Defect("short-sound", end, seconds, says))
        if self._levels:
            levels = np.concatenate(self._levels)
            found += [*self._silences(levels), *self._missing(levels)]
        if self._products:
            found += self._alike(np.array(self._products))
        found += [*self._clipped(), *self._dropped()]
        return sorted(found, key=lambda defect: defect.start)

    # --- block by block

    def _take_levels(self, samples: np.ndarray) -> None:
        whole = len(samples) // self._second * self._second
        for second in samples[:whole].reshape(-1, self._second, len(self.layout)):
            self._levels.append(_decibels((second.reshape(-1, self._width, len(self.layout)) ** 2).mean(1)))
            wide = second.astype(np.float64)
            self._products.append(wide.T @ wide / self._second)
        self._left = samples[whole:]

    def _find_clipped(self, wave: np.ndarray, old: int, first: int, channel: int) -> None:
        """Crests cut flat: three samples or more alike, whose edges fall off at once."""
        high = np.abs(wave)
        flat = (np.abs(np.diff(wave)) <= HARD * high[1:]) & (high[1:] > 0.1)
        begins, ends = runs(flat)
        # Samples begins to ends are alike; each run is counted once its end has come, and in one block only.
        keep = (ends - begins >= 2) & (begins > 0) & (ends + 1 < len(wave)) & (ends + 1 >= old)
        for begin, end in zip(begins[keep].tolist(), ends[keep].tolist(), strict=True):
            edges = high[begin] - high[begin - 1], high[end] - high[end + 1]
            if min(edges) > 0 and max(edges) > CORNER * high[begin]:
                second = int((first + begin) / self.rate)
                counts = self._crests.setdefault(second, {})
                counts[channel] = counts.get(channel, 0) + 1

    def _find_dropouts(self, wave: np.ndarray, old: int, first: int, channel: int) -> None:
        beside = round(BESIDE * self.rate)
        begins, ends = runs(np.abs(wave) < 1e-4)
        shortest, longest = (round(seconds * self.rate) for seconds in DROPOUT)
        long = (ends - begins >= shortest) & (ends - begins <= longest)
        keep = long & (begins >= beside) & (ends + beside <= len(wave)) & (ends + beside > old)
        for begin, end in zip(begins[keep].tolist(), ends[keep].tolist(), strict=True):
            if min((wave[begin - beside : begin] ** 2).mean(), (wave[end : end + beside] ** 2).mean()) >= LOUD**2:
                self._dropouts.append(((first + begin) / self.rate, (first + end) / self.rate, channel))

    # --- at the end

    def _silences(self, levels: np.ndarray) -> list[Defect]:
        found = []
        for first, last in zip(*(ends.tolist() for ends in runs((levels < SILENT).all(1))), strict=True):
            start, end = first * _STEP, last * _STEP
            if end - start >= LONG_SILENCE:
                dead = bool((levels[first:last] < DEAD).all())
                inside = first > 0 and last < len(levels)
                how = "not even the noise of a room" if dead else "almost nothing"
                says = f"For {end - start:.1f} s there is {how}: check that no sound is missing, or lay room tone."
                found.append(Defect("silence", start, end, says, dead and inside))
        return found

    def _missing(self, levels: np.ndarray) -> list[Defect]:
        heard = (levels > SILENT + 20).any(1)
        if not heard.any():
            return []
        found, end = [], self._count / self.rate
        for channel, name in enumerate(self.layout):
            if not name.startswith("LFE") and (levels[heard, channel] < SILENT).mean() > 0.995:
                says = f"The {_named(name)} channel is silent while others sound: check how the tracks were assigned."
                found.append(Defect("missing-channel", 0.0, end, says))
        return found

    def _alike(self, products: np.ndarray) -> list[Defect]:
        """Pairs that are the same throughout, and passages in which a pair cancels."""
        found, end = [], self._count / self.rate
        power = np.einsum("sii->si", products)
        loud = _decibels(power) > SILENT + 10
        for one, other in combinations(range(len(self.layout)), 2):
            both = loud[:, one] & loud[:, other]
            if not both.any():
                continue
            together = products[:, one, other] / np.sqrt(np.maximum(power[:, one] * power[:, other], 1e-30))
            near = np.abs(_decibels(power[:, one]) - _decibels(power[:, other])) < 0.1
            names = self.layout[one], self.layout[other]
            if (both == loud[:, [one, other]].any(1)).all() and (together > SAME)[both].all() and near[both].all():
                says = (
                    f"The {_named(names[0])} and the {_named(names[1])} channel carry the same sound: "
                    "check how the tracks were assigned."
                )
                found.append(Defect("duplicated-channel", 0.0, end, says))
            if names in PAIRS:
                for first, last in zip(*(ends.tolist() for ends in runs(both & (together < AGAINST))), strict=True):
                    if last - first >= 2:
                        says = (
                            f"The {_named(names[0])} and the {_named(names[1])} channel cancel each other: turn the phase "
                            "of one over."
                        )
                        found.append(Defect("anti-phase", float(first), float(last), says))
        return found

    def _clipped(self) -> list[Defect]:
        found: list[tuple[int, int, int, set[int]]] = []
        for second in sorted(self._crests):
            channels = {channel for channel, count in self._crests[second].items() if count >= CRESTS}
            if not channels:
                continue
            count = sum(self._crests[second].values())
            if found and second - found[-1][1] <= 1:
                first, _, before, others = found[-1]
                found[-1] = (first, second + 1, before + count, others | channels)
            else:
                found.append((second, second + 1, count, channels))
        return [
            Defect("clipped", float(first), float(last), f"{count} crests are cut off ({self._list(channels)}): mix it again.")
            for first, last, count, channels in found
        ]

    def _dropped(self) -> list[Defect]:
        found: list[tuple[float, float, set[int]]] = []
        for start, end, channel in sorted(self._dropouts):
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], max(end, found[-1][1]), found[-1][2] | {channel})
            else:
                found.append((start, end, {channel}))
        return [
            Defect(
                "dropout", start, end,
                f"The sound drops out for {(end - start) * 1000:.0f} ms ({self._list(channels)}): export it again.",
            )
            for start, end, channels in found
        ]  # fmt: skip

    def _list(self, channels: set[int]) -> str:
        return ", ".join(_named(self.layout[channel]) for channel in sorted(channels))


def check(
    path: str | Path, track: int = 0, seconds: float | None = None, progress: Callable[[float], None] | None = None
) -> list[Defect]:
    """What is wrong with a sound track of a film. seconds: how long its pictures last; else what the file says of its sound.

    A film without a sound track has one defect. progress: told seconds that are done.
    Raises HallyuError as hallyu.audio.blocks does.
    """
    tracks = audio.tracks(path)
    if not tracks:
        says = f"{Path(path).name} has no sound at all: put its sound track in."
        return [Defect("no-sound", 0.0, seconds or 0.0, says)]
    blocks = audio.blocks(path, track)
    first = next(blocks, None)
    about = tracks[track] if 0 <= track < len(tracks) else tracks[0]
    detector, count = Detector(about.rate, about.layout), 0
    while first is not None:
        detector.add(first)
        count += len(first)
        if progress:
            progress(count / about.rate)
        first = next(blocks, None)
    return detector.result(seconds or about.seconds or None)


def _named(channel: str) -> str:
    return NAMES.get(channel, channel)


def _decibels(power: np.ndarray) -> np.ndarray:
    return 10 * np.log10(np.maximum(power, 1e-14))
