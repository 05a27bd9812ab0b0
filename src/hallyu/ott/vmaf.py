"""How good an encode looks beside its original, as a number: VMAF, measured by libvmaf at the size a viewer sees.

Both are brought to the display's size first: a small encode is judged as it fills the screen, never at its own size. A film
against itself has about 97 to 100, not always 100; 6 points are about what an eye notices.
A filter that sharpens raises VMAF above what the picture is worth; the model NEG ("no enhancement gain") takes no account
of it, so a large difference of the two gives an enhanced encode away.
Sources: Z. Li and others, Toward a practical perceptual video quality metric (2016), and VMAF: the journey continues (2018);
Z. Li and others, On VMAF's property in the presence of image enhancement operations (2020).
"""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import ffmpeg

MODEL = "vmaf_v0.6.1"
"""For a 1080p screen, seen from three times its height. vmaf_4k_v0.6.1 is for 4K, from one and a half times."""
NEG = "vmaf_v0.6.1neg"
ENHANCED = 3.5
"""VMAF above NEG from which an encode is taken for sharpened.

Scaling alone sets edges off a little: honest rungs of a wood in snow, from 234 to 1080 lines, are up to 3.0 apart. The mildest
sharpening that pays, unsharp=5:5:0.3, is 4.1 apart at 360 lines and 6.5 at 1080.
"""


@dataclass(frozen=True)
class Score:
    """VMAF of a film. frames: of each picture that was measured. neg: its mean by the model NEG, where it was asked for."""

    frames: np.ndarray
    neg: float | None

    @property
    def mean(self) -> float:
        """The arithmetic mean, as bit-rate ladders are compared by."""
        return float(self.frames.mean())

    @property
    def harmonic(self) -> float:
        """The harmonic mean, which a few bad pictures pull down further."""
        return float(1 / np.mean(1 / (self.frames + 1)) - 1)

    @property
    def low(self) -> float:
        """What 1 % of the pictures stay below: the worst that a viewer sees for longer than a moment."""
        return float(np.percentile(self.frames, 1))

    @property
    def enhanced(self) -> bool:
        """True where the encode seems sharpened, so that its VMAF says more than it is worth.

        Raises HallyuError where NEG was not asked for.
        """
        if self.neg is None:
            raise HallyuError("Whether a film is sharpened shows by NEG only: score it with neg=True.")
        return self.mean - self.neg > ENHANCED


def worst_second(frames: np.ndarray, rate: float) -> tuple[float, int]:
    """The lowest mean VMAF of any second of a film, and the frame with which that second begins.

    frames: (n,) of each picture. rate: frames a second. A film shorter than a second is one second.
    Raises HallyuError where there is no frame.

    >>> worst_second(np.array([90, 90, 50, 50, 90, 90.0]), 2)
    (50.0, 2)
    """
    if not len(frames):
        raise HallyuError("There are no frames to find the worst second of: score the film first.")
    count = min(max(1, round(rate)), len(frames))
    means = np.lib.stride_tricks.sliding_window_view(np.asarray(frames, float), count).mean(axis=1)
    first = int(means.argmin())
    return float(means[first]), first


def score(
    encode: str | Path,
    original: str | Path,
    size: tuple[int, int] | None = None,
    every: int = 1,
    model: str = MODEL,
    threads: int = 1,
    neg: bool = True,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Score:
    """VMAF of *encode* beside *original*, picture by picture.

    size: width and height of the display; the original's by default. every: measure each second, third … picture only.
    neg: measure by the model NEG as well, which takes as long again.
    Raises HallyuError for films of different lengths, and what is no film.
    """
    encode, original = Path(encode), Path(original)
    made, given = video.probe(encode), video.probe(original)
    if made.frames and given.frames and made.frames != given.frames:
        raise HallyuError(
            f"{encode.name} has {made.frames} frames and {original.name} {given.frames}: compare the same film, at one rate."
        )
    if every < 1:
        raise HallyuError(f"Every picture is measured, or every second, third …, not every {every}.")
    width, height = size or (given.width, given.height)
    if min(width, height) < 32:
        raise HallyuError(f"VMAF is measured on at least 32 x 32 pixels, not {width} x {height}.")
    # Frames are paired by their number: containers round times differently.
    same = f"settb=AVTB,setpts=N*{1 / float(given.rate):.9f}/TB,scale={width}:{height}:flags=bicubic,format=yuv420p"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "vmaf.json")
        models = f"version={model}\\:name=vmaf" + (f"|version={NEG}\\:name=neg" if neg else "")
        graph = (
            f"[0:V:0]{same}[made];[1:V:0]{same}[given];[made][given]libvmaf=log_fmt=json:log_path={ffmpeg.escaped(log)}:"
            f"model='{models}':n_threads={threads}:n_subsample={every}:shortest=1"
        )
        ffmpeg.run(
            ["-i", encode, "-i", original, "-lavfi", graph, "-f", "null", "-"],
            what=f"VMAF of {encode.name}", seconds=float(given.length / given.rate), progress=progress, stop=stop,
        )  # fmt: skip
        rows = [row["metrics"] for row in json.loads(log.read_text())["frames"]]
    if not rows:
        raise HallyuError(f"{encode.name} and {original.name} have no picture in common.")
    by_neg = float(np.mean([row["neg"] for row in rows])) if neg else None
    return Score(np.array([row["vmaf"] for row in rows]), by_neg)
