"""Draw 04-per-title.webp, the picture that lesson 04 opens with: two shots, their hulls, and the rungs chosen on each.

python modules/ott/media/make_04_per_title.py
"""

from pathlib import Path

import numpy as np
from measure_04_per_title import FILM, SHOTS
from PIL import Image

from hallyu import video
from hallyu.film import plots
from hallyu.ott import ladder, ladder_plots

HERE = Path(__file__).resolve().parent
NAMES = {"haneul-asks": "drawn, hardly moving", "gate": "snow, moving through a wood"}


def main() -> None:
    hulls, chosen, stills = {}, {}, []
    for shot, name in NAMES.items():
        measured = ladder.read(HERE / f"04-per-title-{shot}.csv")
        grid = [point for point in measured if point.codec == "x264" and point.crf is not None]
        hulls[name], chosen[name] = ladder.hull(grid), ladder.choose(grid)
        middle = sum(SHOTS[shot]) // 2
        stills.append(next(video.read(FILM, middle, middle + 1)))
    above = plots.side_by_side(stills, list(NAMES.values()), width=plots.WIDTH)
    below = ladder_plots.rates(hulls, chosen, height=420)
    whole = np.concatenate([above, np.asarray(below.convert("RGB").resize((plots.WIDTH, 560)))])
    Image.fromarray(whole).save(HERE / "04-per-title.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
