"""Draw 05-design-an-idol.webp, the picture that lesson 05 opens with: blends of two voices, and how alike each is to both.

    python modules/music/media/make_05_design_an_idol.py

Run it after make_idol_recordings.py. It draws what the lesson measures, at more blends.
"""

from pathlib import Path

import numpy as np

from hallyu import audio
from hallyu.music import plots, speaker, voice

HERE = Path(__file__).parent
WORDS = "숲길에 첫눈이 내리면 나는 늘 여기에 와. 오늘은 네가 왔네."
SHARES = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)


def main() -> None:
    pair = ("jf_nezumi", "jm_kumo")
    cast = {name: speaker.embed(*audio.read(HERE / "casting" / f"{name}.ogg")) for name in pair}
    heard = []
    for share in SHARES:
        said = voice.speak(WORDS, voice.blend({pair[0]: 1 - share, pair[1]: share}))
        heard.append(speaker.embed(said.samples, said.rate))
    curves = {
        name: (100 * np.array(SHARES), [speaker.similarity(each, cast[name]) for each in heard])
        for name in pair
    }
    at = SHARES.index(0.4)
    high, low = (curve[1][at] for curve in curves.values())
    points = [(40.0, high, ""), (40.0, low, "Doyun")]
    picture = plots.lines(
        curves,
        "% of jm_kumo in the blend",
        "similarity",
        level=speaker.SAME_VOICE,
        points=points,
        limits=(0.6, 1),
    )
    picture.convert("RGB").save(HERE / "05-design-an-idol.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
