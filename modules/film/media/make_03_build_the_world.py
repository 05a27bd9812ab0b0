"""Write 03-build-the-world.webp: a frame of the shot that lesson 03 ends in, and what it was made of.

python modules/film/media/make_03_build_the_world.py
"""

import os
import tempfile
from pathlib import Path

import nbformat
import numpy as np
from PIL import Image

from hallyu.film import colour, plots

HERE = Path(__file__).resolve().parent
NUMBER = 30


def lesson() -> dict:
    """What the lesson's cells define, up to the frame of the shot."""
    names: dict = {}
    for cell in nbformat.read(HERE.parent / "03-build-the-world.ipynb", 4).cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
        if "one" in names:
            return names
    raise RuntimeError("the lesson no longer composes a frame called one")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        os.symlink(HERE, Path(work, "media"))
        os.chdir(work)
        made = lesson()
        pairs = made["streaming"].mattes(
            made["video"].read("media/s6.mp4", NUMBER - 2, NUMBER + 1), screen=True
        )
        take, matte = list(pairs)[-1]
        shot = made["composed"](NUMBER, take, matte).premultiplied
        big = plots.side_by_side([np.clip(colour.to_display(shot), 0, 1)])
        world = np.clip(made["developed"](made["stands"][..., :3]), 0, 1)
        near = plots.heat(made["nearest"], 40, "m")[: len(world)]
        row = plots.side_by_side([take, world, near])
        gap = np.full((6, big.shape[1], 3), 255, np.uint8)
        Image.fromarray(np.vstack([big, gap, row])).save(
            HERE / "03-build-the-world.webp", quality=82, method=6
        )
