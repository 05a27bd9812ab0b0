"""Draw 06-turnover.webp, the picture that lesson 06 opens with: two takes, their composite, and the folder they are sent in.

    python modules/film/media/make_06_turnover.py

It takes one frame of what the lesson makes of s2.mp4 and s7.mp4; the names are those of the lesson's folder.
"""

from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hallyu import video
from hallyu.film import correction, faces, plots
from hallyu.provenance.consent import PUBLIC_FACES, permit
from hallyu.webtoon import fonts

HERE = Path(__file__).resolve().parent
NUMBER, LATER = 35, 8
"""A frame of take 1, and by how many frames the same word comes earlier in take 2."""
FOLDER = (
    ("edit/", "cheotnun.otio · .edl · .aaf · loss.json"),
    ("shots/", "fs_010_0080_comp_v002.1001–1032.exr"),
    ("stills/", "fs_010_0080_comp_v002.png, signed"),
    ("consents/", "kang_eungyeol.json, signed"),
    ("", "cheotnun.mp4 · rights.txt · manifest.json"),
)


def heads() -> np.ndarray:
    """Take 1, take 2 and the composite, cut to the head."""
    around = [
        list(faces.follow(video.read(HERE / name, at - 3, at + 4)))[3]
        for name, at in (("s2.mp4", NUMBER), ("s7.mp4", NUMBER - LATER))
    ]
    may = permit(PUBLIC_FACES["doyun"], "composite", "첫눈", date(2026, 11, 22))
    made = correction.composite(*around[0], *around[1], may).frame
    x, y, w, h = (round(part) for part in around[0][1].box)
    near = np.s_[y - h // 2 : y + 5 * h // 4, x - w // 2 : x + 3 * w // 2]
    frames = [around[0][0][near], around[1][0][near], made[near]]
    return plots.side_by_side(frames, ["take 1", "take 2", "1 with the face of 2"])


def main() -> None:
    top = Image.fromarray(heads())
    font = ImageFont.truetype(str(fonts.FOLDER / fonts.DIALOGUE), 30)
    row, width = 44, top.width
    whole = Image.new("RGB", (width, top.height + 24 + row * len(FOLDER)), "white")
    whole.paste(top)
    draw = ImageDraw.Draw(whole)
    for number, (folder, files) in enumerate(FOLDER):
        y = top.height + 20 + row * number
        draw.text((4, y), folder, "#0072b2", font)
        draw.text((190, y), files, "#222222", font)
    whole.save(HERE / "06-turnover.webp", quality=84, method=6)


if __name__ == "__main__":
    main()
