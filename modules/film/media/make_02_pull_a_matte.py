"""Draw 02-pull-a-matte.webp, the picture that lesson 02 opens with: a take, its matte, and the comp.

    python modules/film/media/make_02_pull_a_matte.py

It shows what the lesson's first cells make, of one frame of s6.mp4.
"""

from pathlib import Path

import cv2
from PIL import Image

from hallyu import video
from hallyu.film import comp, plots, streaming

HERE = Path(__file__).parent
FRAME = 26


def main() -> None:
    pairs = list(streaming.mattes(video.read(HERE / "s6.mp4", FRAME - 2, FRAME + 1), screen=True))
    *_, cutout = streaming.cutouts(pairs, "green")
    height, width = cutout.shape[:2]
    forest = next(video.read(HERE / "mattes" / "forest.png"))[60:420]
    forest = cv2.resize(forest, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    pictures = [pairs[-1][0], cutout[..., 3], comp.comp(cutout[..., :3], cutout[..., 3], forest)]
    part = [picture[:, width // 6 : width * 5 // 6] for picture in pictures]
    picture = plots.side_by_side(part, ["the take", "the matte", "before the forest"])
    Image.fromarray(picture).save(HERE / "02-pull-a-matte.webp", quality=86, method=6)


if __name__ == "__main__":
    main()
