"""Draw 05-match-the-grade.webp, the picture that lesson 05 opens with: a wipe from camera B to the match, and vectorscopes.

    python modules/film/media/make_05_match_the_grade.py

The grade is solved as in the lesson, from three frames, and shown on another.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from hallyu import video
from hallyu.film import lut, match, plots, scopes

HERE = Path(__file__).parent
SOLVED, SHOWN = (4, 28, 44), 62


def frame(name: str, at: int) -> np.ndarray:
    return next(video.read(HERE / f"{name}.mp4", at, at + 1))


def main() -> None:
    shots = [[frame(name, at) for at in SOLVED] for name in ("s3-camera-b", "s3")]
    made = match.match(*shots)
    before, truth = frame("s3-camera-b", SHOWN), frame("s3", SHOWN)
    after = lut.apply(before, made.lut)
    ungraded = np.asarray(Image.fromarray(plots.picture(before)).resize((960, 540), Image.Resampling.LANCZOS))
    graded = np.asarray(Image.fromarray(plots.picture(after)).resize((960, 540), Image.Resampling.LANCZOS))
    below = plots.side_by_side(
        [scopes.vectorscope(each) for each in (before, after, truth)], ["camera B", "matched", "camera A"]
    )
    whole = np.concatenate([plots.wipe(ungraded, graded, 0.34, ("camera B", "matched")), below])
    Image.fromarray(whole).save(HERE / "05-match-the-grade.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
