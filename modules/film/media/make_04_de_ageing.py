"""Draw 04-de-ageing.webp, the picture that lesson 04 opens with: a wipe from the shot to its younger self, and the bands.

    python modules/film/media/make_04_de_ageing.py

The change is the library's: the network, its lines retouched, the hair dyed; frame SHOWN of s5a.mp4, whatever its size.
"""

from datetime import date
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from hallyu import video
from hallyu.film import ageing, faces, hair, plots, regions, retouch
from hallyu.provenance.consent import PUBLIC_FACES, permit

HERE = Path(__file__).parent
SHOWN = 34
SWATCH = np.float32([0.052, 0.030, 0.023])
"""The hair's colour in linear light, as in the lesson."""
WIDE, HIGH = 960, 540


def main() -> None:
    permission = permit(PUBLIC_FACES["jeongho"], "de-age", "First Snow", date(2026, 11, 22))
    frame = next(video.read(HERE / "s5a.mp4", SHOWN, SHOWN + 1))
    frame = cv2.resize(frame, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    face = faces.one(frame)
    young = ageing.age(frame, face, 70, 25, permission).frame
    young = retouch.retouch(young, face, permission, 1.0, use="de-age").frame
    matte = hair.matte(frame, face)
    young = hair.dye(young, matte, hair.gain(young, matte, SWATCH), permission).frame
    middle = float(face.points[6, 0])  # the bridge of the nose
    left = int(np.clip(middle - 0.42 * WIDE, 0, WIDE - 0.8 * WIDE))
    shown = np.s_[:, left : left + int(0.8 * WIDE)]
    large = [
        cv2.resize(each[shown], (WIDE, round(HIGH / 0.8)), interpolation=cv2.INTER_CUBIC).clip(0, 1)
        for each in (frame, young)
    ]
    wipe = plots.wipe(*large, (middle - left) / (0.8 * WIDE), ("70", "made younger"))
    crop, _ = regions.align(frame, face.points)
    pores, lines, folds, tone = retouch.separate(crop, retouch.PORES, retouch.LINES, retouch.FOLDS)
    bands = plots.side_by_side(
        [0.5 + 6 * pores, 0.5 + 3 * lines, 0.5 + 3 * folds, tone],
        ["pores", "lines", "folds", "tone"],
        width=WIDE,
    )
    Image.fromarray(np.concatenate([wipe, bands])).save(HERE / "04-de-ageing.webp", quality=84, method=6)


if __name__ == "__main__":
    main()
