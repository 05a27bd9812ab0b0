"""Draw the picture of lesson 01: two cameras in sync, and the edit that takes from both.

python modules/film/media/make_01_shots_and_framing.py
"""

import tempfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hallyu import video
from hallyu.film import practice, switcher
from hallyu.webtoon import fonts

MEDIA = Path(__file__).parent
WIDTH, MARGIN, GAP, EACH = 1200, 96, 4, 6
PAPER, INK, BLUE, ORANGE = (255, 255, 255), (34, 34, 34), (0, 114, 178), (230, 159, 0)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        talk = practice.two_cameras(MEDIA, folder)
        chosen = switcher.recommend(talk)
        tapes = {camera: list(video.read(Path(folder, f"{camera}.mp4"))) for camera in practice.TAPES}
    wide = (WIDTH - MARGIN) // EACH - GAP
    tall = round(wide * 9 / 16)
    moments = [round((n + 0.5) * practice.LENGTH / EACH) for n in range(EACH)]
    band = 40
    picture = Image.new("RGB", (WIDTH, 2 * (tall + GAP) + band + 30), PAPER)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(fonts.FOLDER / fonts.DIALOGUE), 24)
    for row, (camera, tape) in enumerate(tapes.items()):
        top = row * (tall + GAP)
        draw.text((8, top + tall / 2), camera[-1].upper(), (BLUE, ORANGE)[row], font, "lm")
        for column, moment in enumerate(moments):
            on = next(shot for shot in chosen if shot.source_in <= moment < shot.source_out).source == camera
            small = cv2.resize(tape[moment], (wide, tall), interpolation=cv2.INTER_AREA)
            if not on:
                small = 0.65 + 0.35 * small.mean(axis=2, keepdims=True).repeat(3, axis=2)
            pixels = Image.fromarray(np.rint(small.clip(0, 1) * 255).astype(np.uint8))
            picture.paste(pixels, (MARGIN + column * (wide + GAP), top))
    span, top = WIDTH - MARGIN - GAP, 2 * (tall + GAP) + 12
    draw.text((8, top + band / 2), "Edit", INK, font, "lm")
    for shot in chosen:
        left, right = (MARGIN + place / practice.LENGTH * span for place in (shot.source_in, shot.source_out))
        tint = (BLUE, ORANGE)[list(tapes).index(shot.source)]
        draw.rectangle([left + 1, top, right - 2, top + band], fill=tint)
        draw.text(
            ((left + right) / 2, top + band / 2),
            shot.why.capitalize(),
            PAPER if tint == BLUE else INK,
            font,
            "mm",
        )
    picture.save(MEDIA / "01-shots-and-framing.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
