"""The song's film: shots that cut on the form of the song, a slow camera, and the lyrics as captions.

The singer is hallyu.music.face; here is where she stands, how near, and what is written under her.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from hallyu.errors import HallyuError
from hallyu.music import face
from hallyu.music.visemes import Curves
from hallyu.webtoon import fonts

DISSOLVE = 0.5
"""Seconds in which one shot turns into the next."""
FADE_IN, FADE_OUT = 0.8, 1.5
"""Seconds from black at the beginning, and to black at the end."""
CAPTION_FADE = 0.3
"""Seconds in which a caption comes and goes."""
NEAREST = 1.15
"""The camera comes no nearer, so that the mouth stays where lip-sync is measured."""
NIGHT = (0.05, 0.06, 0.16)
"""The captions' shadow, RGB 0 to 1."""


@dataclass(frozen=True)
class Shot:
    """A place from *start* on, in seconds. near, nearer: the camera's zoom at its beginning and its end, 1 to NEAREST.

    empty: nobody is in the picture.
    """

    start: float
    place: str = "night city"
    near: float = 1.0
    nearer: float = 1.0
    seed: int = 3
    empty: bool = False


@dataclass(frozen=True)
class Caption:
    """Words in the picture from *start* to *end*, in seconds: Korean, and smaller below it English. title: large."""

    start: float
    end: float
    korean: str
    english: str = ""
    title: bool = False


def frames(
    curves: Curves,
    size: tuple[int, int] = face.SIZE,
    shots: Sequence[Shot] = (Shot(0.0),),
    captions: Sequence[Caption] = (),
    look: face.Look = face.SINGER,
    span: range | None = None,
) -> Iterator[np.ndarray]:
    """The film's pictures, one for each of the curves': RGB uint8 (height, width, 3).

    shots: in order of time, the first from 0. span: numbers of the pictures that are wanted, in order; all by default.
    Raises HallyuError for shots out of order and a zoom outside 1 to NEAREST.
    """
    if not shots or shots[0].start != 0 or any(b.start <= a.start for a, b in pairwise(shots)):
        raise HallyuError("The shots of a film are in order of time, and the first begins at 0: sort them.")
    for shot in shots:
        if not all(1 <= zoom <= NEAREST for zoom in (shot.near, shot.nearer)):
            raise HallyuError(
                f"The camera's zoom goes from 1 to {NEAREST:g}, not {shot.near:g} to {shot.nearer:g}."
            )
    poses = face.poses(curves)
    total = len(poses) / curves.fps
    stage = functools.cache(lambda place, seed: face.Stage(size, look, place, seed))
    written = functools.cache(lambda caption: lettered(caption, size))

    def taken(number: int, frame: int) -> np.ndarray:
        shot, time = shots[number], frame / curves.fps
        end = shots[number + 1].start if number + 1 < len(shots) else total
        way = np.clip((time - shot.start) / max(end - shot.start, 1e-6), 0, 1)
        zoom = float(shot.near + (shot.nearer - shot.near) * way)
        return stage(shot.place, shot.seed).draw(None if shot.empty else poses[frame], time, zoom)

    for frame in range(len(poses)) if span is None else span:
        time = frame / curves.fps
        number = max(n for n, shot in enumerate(shots) if shot.start <= time)
        picture = taken(number, frame)
        new = (time - shots[number].start) / DISSOLVE
        if number and new < 1:
            picture = cv2.addWeighted(picture, new, taken(number - 1, frame), 1 - new, 0)
        for caption in captions:
            shown = min((time - caption.start) / CAPTION_FADE, (caption.end - time) / CAPTION_FADE, 1)
            if shown > 0:
                picture = laid_over(picture, written(caption), shown)
        light = min((time + 0.5 / curves.fps) / FADE_IN, (total - time) / FADE_OUT, 1)
        yield picture if light == 1 else cv2.convertScaleAbs(picture, alpha=max(light, 0.0))


def lettered(caption: Caption, size: tuple[int, int]) -> tuple[int, np.ndarray]:
    """The first row that a caption covers, and its letters on a soft shadow, RGBA float32 0 to 1 (rows, width, 4)."""
    width, height = size
    big, small = (0.15, 0.045) if caption.title else (0.062, 0.037)
    korean = ImageFont.truetype(str(fonts.FOLDER / fonts.HEAVY), round(big * height))
    english = ImageFont.truetype(str(fonts.FOLDER / fonts.ACCENTED[fonts.HEAVY]), round(small * height))
    whole = Image.new("L", size)
    draw = ImageDraw.Draw(whole)
    line, gap = (0.60, 0.085) if caption.title else (0.905, 0.052)
    draw.text((width / 2, round(line * height)), caption.korean, 255, korean, anchor="ms")
    draw.text((width / 2, round((line + gap) * height)), caption.english, 235, english, anchor="ms")
    mask = np.asarray(whole, np.float32) / 255
    blur = whole.filter(ImageFilter.GaussianBlur(height / 70))
    shadow = np.clip(np.asarray(blur, np.float32) / 255 * 3.4, 0, 0.85)
    rows = np.flatnonzero((shadow > 0.004).any(1))
    top, bottom = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 1)
    mask, shadow = mask[top:bottom], shadow[top:bottom]
    alpha = mask + shadow * (1 - mask)
    white = (mask / np.maximum(alpha, 1e-6))[..., None]
    return top, np.dstack([white + (1 - white) * np.float32(NIGHT), alpha]).astype(np.float32)


def laid_over(picture: np.ndarray, letters: tuple[int, np.ndarray], strength: float) -> np.ndarray:
    """The picture with letters on it."""
    top, sheet = letters
    out = picture.copy()
    band = out[top : top + len(sheet)]
    alpha = sheet[..., 3:] * strength
    band[:] = np.rint(band * (1 - alpha) + 255 * sheet[..., :3] * alpha).astype(np.uint8)
    return out


def record(
    path: str | Path,
    curves: Curves,
    samples: np.ndarray,
    rate: int,
    size: tuple[int, int] = face.SIZE,
    shots: Sequence[Shot] = (Shot(0.0),),
    captions: Sequence[Caption] = (),
) -> None:
    """Render the film as an MP4; *samples* are heard."""
    face.write_video(path, frames(curves, size, shots, captions), curves.fps, samples, rate)
