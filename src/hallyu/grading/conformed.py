"""How near a delivered film is to the one that is meant: frame by frame, and its sound to the stems it was mixed from.

What is delivered is a stranger's file: ffmpeg decodes it, from bytes in a folder of its own, to a size, a number of frames and
a time that are set before; nothing else of the file is believed.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import signal

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.ott import ffmpeg, vmaf

LIMIT = 60.0
"""Seconds that one decoding may take."""
RATE = 48_000
OFF = 3.2
"""Code values of 255 (root of the mean square) by which a small frame's luma may differ from what is meant: the reels' own
differ by 1.4, blacks lifted to video range by 5, broken blocks by 23."""
NEARER = 0.8
"""A frame is another one where its neighbour's picture fits so much better, as a share of the difference: a repeated frame
has 0.6, right ones 1.2 and more."""
REACH = 3
"""Frames to both sides in which a frame is looked for."""
WINDOW = 0.5
"""Seconds over which the gains of stems are taken for constant."""
HEARD = 0.02
"""Share of a stem's mean power from which it sounds in a window."""


# --- pictures -----------------------------------------------------------------------------------------------------


def small(source: Sequence[str | Path], size: tuple[int, int], most: int, name: str, **how) -> np.ndarray:
    """Luma of a film's first *most* frames at *size* (width, height): (n, h, w) uint8. source: ffmpeg's input."""
    return _decoded(source, f"scale={size[0]}:{size[1]}:flags=area", size, most, name, "gray", **how)[..., 0]


@lru_cache(maxsize=4)
def film(content: bytes, size: tuple[int, int], most: int, name: str) -> np.ndarray:
    """The frames of an MP4, as *small*."""
    with _kept(content, name) as path:
        return small(["-i", path], size, most, name)


@lru_cache(maxsize=4)
def whole(content: bytes, numbers: tuple[int, ...], size: tuple[int, int], name: str) -> np.ndarray:
    """Single frames of an MP4 with all their pixels."""
    wanted = "+".join(f"eq(n\\,{number})" for number in numbers)
    with _kept(content, name) as path:
        return _decoded(["-i", path], f"select={wanted},scale={size[0]}:{size[1]}", size, len(numbers), name)


def _decoded(
    source: Sequence[str | Path],
    filters: str,
    size: tuple[int, int],
    most: int,
    name: str,
    form: str = "rgb24",
    **how,
) -> np.ndarray:
    """(n, h, w, channels) uint8."""
    channels = {"rgb24": 3, "gray": 1}[form]
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "frames.raw"
        ffmpeg.run(
            [
                *source, "-map", "0:v:0", "-fps_mode", "passthrough", "-frames:v", str(most), "-vf", filters,
                "-pix_fmt", form, "-f", "rawvideo", raw,
            ],
            what=name, limit=LIMIT, **how,
        )  # fmt: skip
        frames = np.fromfile(raw, np.uint8)
    one = channels * size[0] * size[1]
    return frames[: len(frames) // one * one].reshape(-1, size[1], size[0], channels)


def wrong(made: np.ndarray, meant: np.ndarray, off: float = OFF, nearer: float = NEARER) -> np.ndarray:
    """Which frames are not the ones that are meant: (n,) bool over the frames that are meant; missing ones are wrong.

    made, meant: luma (n, h, w) uint8. A frame is wrong where it differs by more than *off*, and where another one near it
    fits better by far: by *nearer*.
    """
    out = np.ones(len(meant), bool)
    count = min(len(made), len(meant))
    made, meant = made[:count].astype(np.float32), meant.astype(np.float32)
    for number in range(count):
        near = range(max(0, number - REACH), min(len(meant), number + REACH + 1))
        away = {other: float(np.sqrt(((made[number] - meant[other]) ** 2).mean())) for other in near}
        out[number] = away[number] > off or min(away.values()) < nearer * away[number]
    return out


def passages(flags: np.ndarray) -> list[tuple[int, int]]:
    """(first, last + 1) of each passage of wrong frames; those that lie less than six frames apart are one.

    >>> passages(np.array([1, 1, 0, 0, 0, 0, 0, 0, 1], bool))
    [(0, 2), (8, 9)]
    """
    found: list[tuple[int, int]] = []
    for number in np.flatnonzero(flags).tolist():
        if found and number - found[-1][1] < 6:
            found[-1] = found[-1][0], number + 1
        else:
            found.append((number, number + 1))
    return found


def detail(made: np.ndarray, meant: np.ndarray) -> tuple[float, float]:
    """PSNR in dB of whole frames (n, h, w, 3), and their fine detail as a share of what is meant: below 1 they were blurred."""
    import cv2

    error = float(((made.astype(np.float32) - meant.astype(np.float32)) ** 2).mean())
    amounts = []
    for frames in (made, meant):
        grey = frames.astype(np.float32) @ np.float32([0.2126, 0.7152, 0.0722])
        amounts.append(np.mean([(each - cv2.GaussianBlur(each, (0, 0), 1.0)).std() for each in grey]))
    return 10 * np.log10(255**2 / max(error, 1e-6)), float(amounts[0] / max(amounts[1], 1e-6))


@lru_cache(maxsize=16)
def worth(rung: bytes, original: bytes, name: str) -> tuple[float, float, int]:
    """VMAF of a rung beside the mezzanine at the mezzanine's size, by the usual model and by NEG, and of how many frames."""
    ends = time.monotonic() + LIMIT
    with _kept(rung, "rung.mp4") as one, _kept(original, "mezzanine.mp4") as other:
        count = len(small(["-i", one], (32, 18), 5000, name))
        score = vmaf.score(one, other, every=3, stop=lambda: time.monotonic() > ends)
    return score.mean, float(score.neg), count


# --- sound --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def sound(content: bytes, seconds: float, name: str) -> np.ndarray:
    """The first sound of an MP4, (n, 2) float32 at RATE, *seconds* at most."""
    with _kept(content, name) as path:
        return sound_of(["-i", path], seconds, name)


def sound_of(source: Sequence[str | Path], seconds: float, name: str, **how) -> np.ndarray:
    """As *sound*, from ffmpeg's arguments of an input."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "sound.raw"
        # Silence before the first sample is part of the film: aresample lays it where the file says so.
        ffmpeg.run(
            [
                *source, "-map", "0:a:0", "-t", f"{seconds:.4f}", "-af", f"aresample={RATE}:async=1:first_pts=0",
                "-ac", "2", "-f", "f32le", raw,
            ],
            what=name, limit=LIMIT, **how,
        )  # fmt: skip
        samples = np.fromfile(raw, np.float32)
    samples = samples[: len(samples) // 2 * 2].reshape(-1, 2)
    if not np.isfinite(samples).all():
        raise HallyuError(f"The sound of {name} has values that are no numbers: mix it again.")
    return samples


@dataclass(frozen=True, eq=False)
class Unmixed:
    """What a mix is made of. late: seconds by which it comes after its stems. gains: (windows, stems) of each stem in each
    window, NaN where it does not sound. rest: share of the mix's power that is none of the stems.
    """

    late: float
    gains: np.ndarray
    rest: float

    def level(self, stem: int) -> float:
        """The middle gain of a stem in dB; -99 where it is not there."""
        gains = self.gains[:, stem]
        middle = float(np.nanmedian(gains)) if np.isfinite(gains).any() else 0.0
        return 20 * np.log10(max(middle, 1e-5)) if middle > 1.2e-5 else -99.0

    def missing(self, stem: int, least: float = 0.3) -> np.ndarray:
        """Windows in which a stem sounds and the mix has less than *least* of its usual gain."""
        usual = np.nanmedian(self.gains[:, stem])
        return np.flatnonzero(self.gains[:, stem] < least * usual)


def unmix(mix: np.ndarray, stems: Sequence[np.ndarray], rate: int, reach: float = 1.0) -> Unmixed:
    """Find *stems*, mono (n,) at *rate*, in *mix* (m, 2) at RATE: when, and how loud each is, by least squares.

    Where the stems are changed by equalisers or by limiting over a whole window, something of them stays in the rest.
    """
    count = len(stems[0])
    mono = mix.mean(1)
    thin = _fitted(audio.resample(mono, RATE, rate), count) if len(mono) else np.zeros(count, np.float32)
    late = _lag(thin, stems[0], round(reach * rate)) / rate
    shift = round(late * RATE)
    moved = mono[shift:] if shift >= 0 else np.concatenate([np.zeros(-shift, np.float32), mono])
    thin = _fitted(audio.resample(moved, RATE, rate), count) if len(moved) else thin
    band = signal.butter(4, [80, 0.42 * rate], "band", fs=rate, output="sos")
    heard, *parts = (signal.sosfiltfilt(band, np.asarray(each, float)) for each in (thin, *stems))
    width = round(WINDOW * rate)
    windows = count // width
    gains = np.full((windows, len(parts)), np.nan)
    floors = [HEARD * (part**2).mean() for part in parts]
    rest = 0.0
    for number in range(windows):
        here = slice(number * width, (number + 1) * width)
        own = np.stack([part[here] for part in parts], axis=1)
        sounding = [n for n, floor in enumerate(floors) if (own[:, n] ** 2).mean() > floor]
        fit = np.linalg.lstsq(own, heard[here], rcond=1e-4)[0]
        gains[number, sounding] = fit[sounding]
        rest += float(((heard[here] - own @ fit) ** 2).sum())
    return Unmixed(late, gains, rest / max(float((heard[: windows * width] ** 2).sum()), 1e-12))


def _lag(wave: np.ndarray, other: np.ndarray, reach: int) -> float:
    """Samples by which *wave* is late against *other*, exact to a part of a sample."""
    found = signal.correlate(wave.astype(float), other.astype(float), "full", "fft")
    middle = len(other) - 1
    near = found[middle - reach : middle + reach + 1]
    best = int(near.argmax())
    offset = float(best - reach)
    if 0 < best < len(near) - 1:
        before, here, after = near[best - 1 : best + 2]
        bend = before - 2 * here + after
        offset += 0.5 * (before - after) / bend if bend < 0 else 0.0
    return offset


def _fitted(wave: np.ndarray, count: int) -> np.ndarray:
    return np.pad(wave[:count], (0, max(0, count - len(wave))))


class _kept:
    """Bytes as a file of a neutral name, for as long as it is needed."""

    def __init__(self, content: bytes, name: str):
        self._content, self._folder = content, tempfile.TemporaryDirectory()

    def __enter__(self) -> Path:
        path = Path(self._folder.name) / "film.mp4"
        path.write_bytes(self._content)
        return path

    def __exit__(self, *_) -> None:
        self._folder.cleanup()
