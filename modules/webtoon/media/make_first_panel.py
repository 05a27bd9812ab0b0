"""Makes media/02-first-panel.png, the title picture of lesson 02: noise, three steps of the way, the drawing, the panel.

Run from the repository's root: python modules/webtoon/media/make_first_panel.py
"""

from pathlib import Path

import cv2
import numpy as np
import torch
from make_first_snow_panels import SEEDS
from PIL import Image

from hallyu import models
from hallyu.webtoon import compose, script

MEDIA = Path(__file__).parent
CUT, STEPS_SHOWN = 8, (0, 5, 7, 9)
TILE, GAP = 300, 16
"""Side of a step's picture and the white between two pictures, in pixels."""


def steps_of(engine, record):
    """The drawing after each step of STEPS_SHOWN, decoded: RGB uint8 (160, 160, 3)."""
    shown, vae = [], engine.pipeline.vae

    def keep(pipeline, step, time_step, values):
        if step in STEPS_SHOWN:
            pixels = vae.decode(values["latents"] / vae.config.scaling_factor).sample[0]
            shown.append(((pixels.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy())
        return values

    engine.pipeline(
        record["prompt"],
        height=engine.size,
        width=engine.size,
        num_inference_steps=record["steps"],
        guidance_scale=record["guidance"],
        generator=torch.Generator().manual_seed(record["seed"]),
        output_type="latent",
        callback_on_step_end=keep,
    )
    return shown


def main():
    story, engine = script.read(MEDIA / "first-snow.txt"), models.load("webtoon-character")
    panel = compose.draw_panel(story, story.cuts[CUT - 1], engine, SEEDS.get(CUT, 1))
    tiles = [
        cv2.resize(p, (TILE, TILE), interpolation=cv2.INTER_CUBIC) for p in steps_of(engine, panel.record[0])
    ]
    tall = 2 * TILE + GAP
    art = panel.art()
    art = cv2.resize(art, (round(art.shape[1] * tall / len(art)), tall), interpolation=cv2.INTER_AREA)
    sheet = np.full((tall, 2 * (TILE + GAP) + art.shape[1], 3), 255, np.uint8)
    for n, tile in enumerate(tiles):
        y, x = divmod(n, 2)
        sheet[y * (TILE + GAP) :, x * (TILE + GAP) :][:TILE, :TILE] = tile
    sheet[:, 2 * (TILE + GAP) :] = art
    Image.fromarray(sheet).save(MEDIA / "02-first-panel.png", optimize=True)


if __name__ == "__main__":
    main()
