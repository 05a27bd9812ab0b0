"""Subtitles drawn into the picture (자막 입히기), as a player shows them: to look at, and for screeners.

What is delivered keeps its subtitles in a file of their own. They are drawn by libass in the course's Korean face.
"""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from hallyu.ott import ffmpeg, subtitle_files
from hallyu.ott.timedtext import Cue, Track
from hallyu.webtoon import fonts

STYLE = "FontName=NanumSquareRound Bold,FontSize=16,Outline=1,Shadow=0,MarginV=22"
"""As libass reads it, for a picture that is 288 high: the name is the one inside fonts.DIALOGUE."""


def still(source: str | Path, track: Track, seconds: float, width: int = 960) -> np.ndarray:
    """(h, w, 3) uint8: the picture of *source* at a time, *width* pixels wide, with the cues that stand there.

    Raises HallyuError for what is no film, a time past its end, and letters that the face does not have.
    """
    from PIL import Image

    here = tuple(cue for cue in track.cues if cue.start <= seconds < cue.end)
    # After the jump, the film's clock begins at 0.
    moved = tuple(replace(cue, start=0.0, end=cue.end - seconds) for cue in here)
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "still.png")
        filters = f"scale={width}:-2,{_filter(folder, replace(track, cues=moved))}"
        jump = ["-ss", f"{max(0.0, seconds):.6f}", "-i", Path(source)]
        ffmpeg.make(picture, [*jump, "-frames:v", "1", "-vf", filters, "-f", "image2", "-update", "1"])
        return np.asarray(Image.open(picture).convert("RGB"))


def film(
    source: str | Path,
    path: str | Path,
    track: Track,
    width: int = 960,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Path:
    """Write *source* as an MP4 with its subtitles in the picture, *width* pixels wide. progress, stop: see ffmpeg.run."""
    from hallyu import video

    path, seconds = Path(path), video.probe(source).seconds
    with tempfile.TemporaryDirectory() as folder:
        filters = f"scale={width}:-2,{_filter(folder, track)}"
        ffmpeg.make(path, [
            "-i", Path(source), "-vf", filters, "-c:v", "libx264", "-crf", "23", "-preset", "veryfast", "-pix_fmt", "yuv420p",
            "-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", "-f", "mp4",
        ], seconds=seconds, progress=progress, stop=stop)  # fmt: skip
    return path


def _filter(folder: str, track: Track) -> str:
    """The filter that draws a track."""
    # libass knows no second face beside this one, and would draw a box.
    face = fonts.Face((fonts.DIALOGUE,), 1.0)
    for cue in track.cues:
        for line in cue.lines:
            face.width(line)
    text = Path(folder, "cues.srt")
    # A file without cues is no SubRip.
    nothing = Track((Cue(0.0, 0.001, " "),))
    subtitle_files.write(text, track if track.cues else nothing)
    values = {"filename": text, "fontsdir": fonts.FOLDER, "force_style": STYLE}
    return "subtitles=" + ":".join(f"{name}={ffmpeg.escaped(value)}" for name, value in values.items())
