"""Makes media/first-snow-layers, the unlettered panels that lesson 05 letters, and the lesson's title picture.

Characters by the bundled model, places by the renderer, as in lesson 02. Run from the repository's root:
python modules/webtoon/media/make_first_snow_layers.py
"""

from pathlib import Path

from make_first_snow_panels import SEEDS
from PIL import Image

from hallyu import models
from hallyu.webtoon import balloons, compose, layered, script

MEDIA = Path(__file__).parent
CUTS = (3, 7, 9)
"""Two balloons of one speaker; a thought and a sound effect in a close-up; two speakers."""


def picture(story, panel):
    """One panel before and after lettering, side by side, at half size."""
    lettered = Image.fromarray(balloons.letter(panel, story).image())
    size = (lettered.width // 2, lettered.height // 2)
    art = Image.new("RGB", lettered.size, "white")
    art.paste(Image.fromarray(panel.art()), (0, lettered.height - panel.height))
    both = Image.new("RGB", (2 * size[0] + 24, size[1]), "white")
    both.paste(art.resize(size, Image.Resampling.LANCZOS), (0, 0))
    both.paste(lettered.resize(size, Image.Resampling.LANCZOS), (size[0] + 24, 0))
    both.quantize(192).save(MEDIA / "05-balloons-and-lettering.png", optimize=True)


def main():
    story = script.read(MEDIA / "first-snow.txt")
    engine = models.load("webtoon-character")
    layered.save(
        [compose.draw_panel(story, story.cuts[n - 1], engine, SEEDS.get(n, 1)) for n in CUTS],
        MEDIA / "first-snow-layers",
    )
    picture(story, layered.load(MEDIA / "first-snow-layers")[9])


if __name__ == "__main__":
    main()
