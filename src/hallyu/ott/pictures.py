"""A film's pictures for quality control: small, and each with the time at which it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hallyu import video

WIDTH = 320
"""Pixels across: enough for what fills a good part of the screen, and fifty times faster than full size."""
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


def _read(path: str | Path, width: int) -> Iterator[Picture]:
    from av.video.reformatter import Colorspace, VideoReformatter

    reformatter = VideoReformatter()
    spaces = {
        "709": Colorspace.ITU709, "601": Colorspace.ITU601, "FCC": Colorspace.FCC, "240M": Colorspace.SMPTE240M,
        "2020": Colorspace.BT2020,
    }  # fmt: skip
    with video._opened(path) as (container, stream):
        rate, first, last = video._rate(stream), None, -1.0
        for number, frame in enumerate(video._decoded(container, stream, path)):
            time = number / rate if frame.time is None else frame.time
            first = time if first is None else first
            last = max(float(time - first), last + 1e-4)  # a clock that stands still or runs back
            across = min(width, frame.width)
            down = max(1, round(frame.height * across / frame.width))
            how = {} if frame.format.is_rgb else {"src_colorspace": spaces[video._matrix(frame)]}
            small = reformatter.reformat(frame, across, down, "rgb24", interpolation="AREA", threads=1, **how)
            codes = np.rot90(small.to_ndarray(), frame.rotation // 90)
            yield Picture(last, np.ascontiguousarray(codes), _TRANSFERS.get(frame.color_trc, "sdr"))
