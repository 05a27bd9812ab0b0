"""Make _static/first-snow-strip.png, the picture of the landing page: three cuts of First Snow, side by side.

Characters by the bundled model, places by the renderer, lettered as in lesson 05.
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from hallyu.models import catalog
from hallyu.webtoon import balloons, compose, script

BOOK = Path(__file__).parent
CUTS = (9, 14, 15)
HEIGHT, GAP = 640, 14
"""Of the picture, in pixels."""


def main(engine) -> None:
    """Draw, letter, scale to one height, and set side by side on white."""
    story = script.read(BOOK.parent / "modules/webtoon/media/first-snow.txt")
    columns = []
    for cut in (cut for cut in story.cuts if cut.number in CUTS):
        page = balloons.letter(compose.draw_panel(story, cut, engine), story).image()
        width = round(page.shape[1] * HEIGHT / page.shape[0])
        columns += [cv2.resize(page, (width, HEIGHT), interpolation=cv2.INTER_AREA)]
        columns += [np.full((HEIGHT, GAP, 3), 255, np.uint8)]
    Image.fromarray(np.hstack(columns[:-1])).save(BOOK / "_static/first-snow-strip.png", optimize=True)


if __name__ == "__main__":
    main(catalog.load("webtoon-character"))
