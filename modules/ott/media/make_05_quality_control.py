"""Draw 05-quality-control.webp, the picture that lesson 05 opens with: loudness of the film, and findings in a damaged part.

    python modules/ott/media/make_05_quality_control.py

The film is measured as it is; fourteen seconds of it are damaged as in the lesson, and the pictures are those of the report.
"""

import io
import tempfile
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from hallyu import audio, video
from hallyu.film import plots
from hallyu.music.plots import lines
from hallyu.ott import first_snow, loudness, pictures, qc

HERE = Path(__file__).resolve().parent
FILM = HERE / "first-snow.mp4"
FIRST, LAST, RATE = 198, 534, 48_000
SHOWN = ("black-frames", "flash", "clipped", "frozen", "cadence", "repeated")


def damaged() -> qc.Report:
    """The report on the damaged passage."""
    good = [each.codes for each in islice(pictures.read(FILM), FIRST, LAST)]
    seen = [codes.copy() for codes in good]
    seen[70:72] = [0 * good[70]] * 2
    for n in range(76, 112):
        bright = n // 3 % 2
        seen[n] = (seen[n] * (0.7 if bright else 0.45) + 75 * bright).clip(0, 255).astype(np.uint8)
    seen[140:176] = [seen[139]] * 36
    seen[200:284] = [good[200 + n * 5 // 6] for n in range(84)]
    seen[314] = seen[313]
    samples, _ = audio.read(FILM)
    heard = samples[round(FIRST / 24 * RATE) : round(LAST / 24 * RATE)].copy()
    line = slice(round(3.1 * RATE), round(4.4 * RATE))
    heard[line] = np.clip(heard[line] * 4, -0.2, 0.2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "damaged.mkv")
        video.write(path, seen, 24, "ffv1", (heard, RATE), bits=8)
        return qc.run(path)


def main() -> None:
    film = first_snow.truth(HERE / "first-snow.json")
    measured = loudness.measure(FILM)
    curves = {
        name: (window + 0.1 * np.arange(len(levels)), levels)
        for name, window in (("short-term, 3 s", 3.0), ("momentary, 0.4 s", 0.4))
        for levels in (measured.curve(window),)
    }
    spoken, _ = measured.dialogue(film.speech)
    top = np.asarray(
        lines(curves, f"seconds; dialogue {spoken:.1f} LKFS", "LKFS", level=-27, limits=(-60, -10)).convert(
            "RGB"
        )
    )
    report = damaged()
    found = {
        defect.code: (report.timecode(defect.start)[3:], Image.open(io.BytesIO(still.jpeg)))
        for defect, still in zip(report.defects, report.stills, strict=True)
        if still is not None
    }
    below = plots.side_by_side(
        [np.asarray(found[code][1]) for code in SHOWN], [f"{found[code][0]} {code}" for code in SHOWN], columns=3,
        width=top.shape[1],
    )  # fmt: skip
    whole = Image.fromarray(np.concatenate([top, np.full((20, top.shape[1], 3), 255, np.uint8), below]))
    whole.thumbnail((960, 2000))
    whole.save(HERE / "05-quality-control.webp", quality=84, method=6)


if __name__ == "__main__":
    main()
