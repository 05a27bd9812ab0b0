"""Measure the encodes that lesson 04 chooses from: a second of each of two shots of First Snow, in many sizes and qualities.

    python modules/ott/media/measure_04_per_title.py          both shots, about ten minutes on two cores
    python modules/ott/media/measure_04_per_title.py gate     one of them

Each shot has a table, 04-per-title-<shot>.csv: the grids of x264 and SVT-AV1, and the fixed ladder, whose lines have no CRF.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hallyu.ott import encode, ladder
from hallyu.ott.encode import Settings
from hallyu.ott.ladder import Point

HERE = Path(__file__).resolve().parent
FILM = HERE / "first-snow.mp4"
SHOTS = {"haneul-asks": (280, 304), "gate": (60, 84)}
"""Frames of the film, the last not included: a drawn room that hardly moves, and a walk through a wood in the snow."""
CRFS = {"x264": (20, 23, 26, 29, 32, 35, 38), "svtav1": (30, 40, 50, 60)}
THREADS, EVERY = 2, 3
"""x264 makes other files with another number of threads. VMAF is measured on each third picture."""


def points(name: str, folder: Path, codecs: Sequence[str] = ("x264", "svtav1")) -> list[Point]:
    """What the encodes of the shot *name* cost and are worth; the files are left in *folder*."""
    shot = encode.cut(FILM, folder / f"{name}.mp4", *SHOTS[name])
    made = encode.fixed(shot, folder / name / "fixed", settings=Settings(threads=THREADS), every=EVERY)
    for codec in codecs:
        how = Settings(codec, threads=THREADS)
        made += encode.grid(shot, folder / name / codec, crfs=CRFS[codec], settings=how, every=EVERY)
    return [each.point for each in made]


def main() -> None:
    for name in sys.argv[1:] or SHOTS:
        with tempfile.TemporaryDirectory() as folder:
            ladder.write(HERE / f"04-per-title-{name}.csv", points(name, Path(folder)))


if __name__ == "__main__":
    main()
