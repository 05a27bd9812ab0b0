"""Makes media/06-scroll-and-ship.png: the same stretch of strip, cut at equal heights and cut by the lesson's
slicer.

Run from the repository's root, after make_first_snow_panels.py.
"""

import itertools
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from hallyu.webtoon import flat, slicing, strip

MEDIA = Path(__file__).parent
LIMIT, AROUND, GAP = 1280, 1500, 60
GROUND = (226, 229, 235)


def pulled_apart(image, cuts, y0, y1):
    """Rows y0 to y1 with a gap at each cut."""
    edges = [y0, *(c for c in cuts if y0 < c < y1), y1]
    gap = np.full((GAP, image.shape[1], 3), GROUND, np.uint8)
    pieces = [piece for a, b in itertools.pairwise(edges) for piece in (image[a:b], gap)]
    return np.concatenate(pieces[:-1])


def main():
    episode = strip.stack(flat.load(MEDIA / "first-snow-panels"))
    equal = range(LIMIT, episode.height, LIMIT)
    spoiled = [
        (row, item) for row, item in slicing.cut_through(equal, episode.protected) if item.kind == "balloon"
    ]
    row, _item = spoiled[-1]
    y0, y1 = max(0, row - AROUND), min(episode.height, row + AROUND)
    rows = slicing.slice_rows(episode.height, LIMIT, episode.protected, episode.gutters)
    sides = [pulled_apart(episode.image, cuts, y0, y1) for cuts in (equal, [b for _, b in rows])]
    tall = max(map(len, sides)) + 2 * GAP
    sheet = np.full((tall, 2 * 800 + 3 * GAP, 3), GROUND, np.uint8)
    for n, side in enumerate(sides):
        sheet[GAP : GAP + len(side), GAP + n * (800 + GAP) :][:, :800] = side
    small = cv2.resize(sheet, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    Image.fromarray(small).save(MEDIA / "06-scroll-and-ship.png", optimize=True)


if __name__ == "__main__":
    main()
