"""A film's pictures for quality control: small, and each with the time at which it is shown."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from hallyu import video
from hallyu.errors import HallyuError

WIDTH = 320
"""Pixels across: enough for what fills a good part of the screen, and fifty times faster than full size."""
_JUMP, _ROUNDED = 2.0, 0.001
"""Seconds from which a jump to a key frame is faster than going on; and by which files round their times."""
_TRANSFERS = {16: "pq", 18: "hlg"}


@dataclass(frozen=True, eq=False)
class Picture:
    """codes: (h, w, 3) uint8, R'G'B' over the full range. seconds: since the first picture. transfer: sdr, pq or hlg."""

    seconds: float
    codes: np.ndarray
    transfer: str = "sdr"


def read(path: str | Path, width: int = WIDTH) -> Iterator[Picture]:
    """Every picture of a film, *width* pixels wide (or as wide as it is), each pixel the mean of what it stands for.

    Times are the file's own, so that a variable frame rate is kept. Rotation is applied.
    Raises HallyuError for what is no film at once, and at a damaged picture, when it is reached, with its timecode.
    """
    with video._opened(path):
        pass
    return _read(path, width)


def at(path: str | Path, times: Iterable[float], width: int = WIDTH) -> dict[float, Picture]:
    """The picture that is shown at each of *times*, in seconds since the first picture.

    It goes to the key frame before each, so a few pictures of a long film are there soon. Those that lie behind damage, or
    after the end, are left out. Raises HallyuError for what is no film.
    """
    wanted = sorted(set(times))
    with video._opened(path) as (container, stream):
        if container.format.name.startswith(("mov", "matroska", "mxf")):
            return _by_jumps(container, stream, wanted, width)
    return _in_passing(_read(path, width), wanted)


def _by_jumps(container, stream, wanted: list[float], width: int) -> dict[float, Picture]:
    import av

    found: dict[float, Picture] = {}
    small, unit = _Smaller(width), stream.time_base
    begin = float((stream.start_time or 0) * unit)
    frames, shown, following = iter(()), None, None
    with suppress(av.FFmpegError):
        for time in wanted:
            if shown is None or time - _time(shown, unit, begin) > _JUMP:
                if time > _JUMP:
                    container.seek(int((time + begin) / unit), stream=stream)
                frames, shown = container.decode(stream), None
                following = next(frames, None)
            while following is not None and (
                shown is None or _time(following, unit, begin) <= time + _ROUNDED
            ):
                shown, following = following, next(frames, None)
            if shown is None or (following is None and time > _time(shown, unit, begin) + 1):
                break
            found[time] = Picture(time, *small(shown))
    return found


def _in_passing(read: Iterator[Picture], wanted: list[float]) -> dict[float, Picture]:
    """From the beginning, for files without an index."""
    found: dict[float, Picture] = {}
    shown = None
    with suppress(HallyuError):
        for following in read:
            while wanted and shown is not None and wanted[0] + _ROUNDED < following.seconds:
                found[wanted.pop(0)] = shown
            if not wanted:
                return found
            shown = following
    return found | {time: shown for time in wanted if shown is not None and time <= shown.seconds + 1}


def _time(frame, unit: Fraction, begin: float = 0.0) -> float:
    """Seconds since *begin*. FFmpeg's frames that are left behind damage have no unit of their own."""
    return float((frame.pts or 0) * unit) - begin


def _read(path: str | Path, width: int) -> Iterator[Picture]:
    with video._opened(path) as (container, stream):
        rate, first, last, small = video._rate(stream), None, -1.0, _Smaller(width)
        for number, frame in enumerate(video._decoded(container, stream, path)):
            time = number / rate if frame.pts is None else _time(frame, stream.time_base)
            first = time if first is None else first
            last = max(float(time - first), last + 1e-4)  # a clock that stands still or runs back
            yield Picture(last, *small(frame))


class _Smaller:
    """Turns FFmpeg's frames into code values of a picture *width* pixels wide, and the name of their transfer."""

    def __init__(self, width: int):
        from av.video.reformatter import Colorspace, VideoReformatter

        self.width, self.reformatter = width, VideoReformatter()
        self.spaces = {
            "709": Colorspace.ITU709, "601": Colorspace.ITU601, "FCC": Colorspace.FCC, "240M": Colorspace.SMPTE240M,
            "2020": Colorspace.BT2020,
        }  # fmt: skip

    def __call__(self, frame) -> tuple[np.ndarray, str]:
        across = min(self.width, frame.width)
        down = max(1, round(frame.height * across / frame.width))
        how = {} if frame.format.is_rgb else {"src_colorspace": self.spaces[video._matrix(frame)]}
        small = self.reformatter.reformat(
            frame, across, down, "rgb24", interpolation="AREA", threads=1, **how
        )
        codes = np.rot90(small.to_ndarray(), frame.rotation // 90)
        return np.ascontiguousarray(codes), _TRANSFERS.get(frame.color_trc, "sdr")
