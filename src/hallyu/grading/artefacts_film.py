"""Grading film: a figure before green and one in the forest, cut out and set into a place. The delivery is opened again
and measured, against exact mattes and colours that no learner has (hallyu.grading.sealed).

No grader believes what a file says of itself. The mattes' measures are the field's (hallyu.film.matte_metrics); whether a
comp was mixed as light is read off its own mixed pixels.
"""

import hashlib
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.files import sha256
from hallyu.film import colour, comp, exr, matte_metrics, spill
from hallyu.grading import sealed, untrusted
from hallyu.grading.findings import Finding, grader
from hallyu.provenance.consent import PUBLIC_FACES
from hallyu.provenance.disclosure import Disclosure
from hallyu.provenance.worklog import ACTIONS

COMPOSITE = "film-composite"
SIZE, STILL_SIZE, FRAMES, RATE = (480, 270), (480, 360), 12, 24
"""Of the take and the plate of film-composite, and of its still: pixels, frames, frames a second."""
STILL, VIEW, DECLARATION = "still.exr", "comp.mp4", "declaration.json"
PROJECT, ACTOR = "First Snow", "Mirae"
BRIGHTEST = 1000.0
"""Times white: brighter than the sun on snow in any plate."""
LOOKED_AT = (0, 5, 11)
"""Frames at which colours and comps are looked at; mattes are looked at in all."""
MATTE = {"mad": (9.0, 14.0), "mse": (1.1, 2.0), "grad": (0.6, 1.05), "conn": (0.85, 1.4)}
"""Each measure of the take's mattes: every point up to the first number, none from the second. The course's own streaming
closed form measures 6.3, 0.68, 0.29, 0.59; the true mattes cut at a half 13.7, 4.1, 3.4, 1.7; hers blurred by 1.5 pixels
8.0, 1.1, 1.1, 0.8."""
STILL_MATTE = {"mad": (8.0, 12.0), "mse": (1.2, 2.0), "grad": (1.0, 1.7), "conn": (0.8, 1.3)}
"""The same for the still, which has no screen: the segmenter's trimap and closed form measure 5.8, 0.84, 0.70, 0.52; its
answer alone 8.6, 2.9, 3.5, 1.5; the true matte cut at a half 6.1, 1.8, 1.8, 0.96."""
STEADY = (2.2, 3.2)
"""dtSSD x 100 in the same way: the course's own mattes measure 1.6; a frozen one 3.5."""
MIXED = 0.3
"""Share of the true matte's mixed pixels that a matte has at least: below it was cut at a threshold."""
BENT = 0.5
"""How far the colours of mixed pixels may rise or fall with the matte, as a power of it. Premultiplied once they do not: the
course's own measure 0.05 to 0.1; straight colours -0.95, twice premultiplied 1.05."""
RIM_COLOUR = (42.0, 62.0)
"""Code values x 1000 by which the colours of half covered pixels may be off: the course's own measure 29; with half of the
green light left, or all of it, 70 and 93."""
INSIDE_COLOUR = (25.0, 45.0)
"""The same over all of the figure: the course's own measure 15, without colour 78, code values for light 260."""
GREEN = (3.0, 9.0)
"""Code values x 1000 of green light on the rim beyond what the actor has herself: 0 where it was taken away, 134 as shot."""
KEPT = 45.0
"""dB to which the plate stands in the comp where nothing is before it; half floats hold it to 86."""
GAMMA = (0.25, 0.6)
"""How much of a comp was mixed in code values: 0.03 and less where light was mixed, with wrap, blacks and grain; 1 in
code values."""
ONCE = (0.87, 1.15)
"""By how much the figure and the place of the mixed pixels may be brighter than they were delivered: 1 is right, with blacks
matched 1 to 1.03; twice premultiplied 0.73, straight colours laid over 1.38."""
BLACKS = 45.0
"""Code values of luma x 1000 between the figure's blacks and the place's: not matched 62, matched all the way 6 to 11."""
GRAINS = (0.5, 1.7)
"""The grain that was added to the figure, as a share of the place's: matched 0.97, none 0.07, too much by a half 2.2."""
WRAP = (0.04, 1.2)
"""How much of the place's light, blurred into the figure, is on its rim: the course's own amount of 0.3 measures 0.27."""
VIEWED = 30.0
"""dB to which the viewing copy shows the finished frames; H.264 of the course's quality holds them to 37 and more."""


# --- What film's deliveries share ---------------------------------------------------------------------------------


def pictures_of(
    folder: Path, name: str, size: tuple[int, int], frames: int, limit: int = 40_000_000
) -> list[np.ndarray]:
    """The frames of a delivered film, code values; exactly so many of this size. Raises HallyuError for anything else."""
    path = untrusted.inside(folder, name)
    if (long := path.stat().st_size) > limit:
        raise HallyuError(
            f"{untrusted.shown(name)} has {long / 1e6:.0f} MB; at most {limit / 1e6:g} are opened."
        )
    about = video.probe(path)
    if (about.width, about.height) != size:
        raise HallyuError(
            f"{untrusted.shown(name)} has {about.width} x {about.height} px; {size[0]} x {size[1]} are asked for."
        )
    read = list(islice(video.read(path), frames + 1))
    if len(read) != frames:
        many = f"more than {frames}" if len(read) > frames else str(len(read))
        raise HallyuError(f"{untrusted.shown(name)} has {many} frames; {frames} are asked for.")
    return [frame[..., :3] for frame in read]


def sealed_film(assignment: str, word: str, name: str) -> list[np.ndarray]:
    """The frames of a closed film, code values."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(sealed.files(assignment, word)[name])
        return list(video.read(path))


def sealed_picture(assignment: str, word: str, name: str) -> np.ndarray:
    """A closed picture, code values (h, w, 3)."""
    picture = Image.open(io.BytesIO(sealed.files(assignment, word)[name]))
    return np.asarray(picture.convert("RGB"), np.float32) / 255


def light_of(folder: Path, name: str, size: tuple[int, int]) -> np.ndarray:
    """A delivered EXR's picture (h, w, 3 or 4). Raises HallyuError for light that no picture has."""
    picture = untrusted.read_exr(folder, name, size).premultiplied
    if np.abs(picture).max() > BRIGHTEST:
        raise HallyuError(
            f"{untrusted.shown(name)} holds light above {BRIGHTEST:g} times white: render it again."
        )
    return picture


def graded(value: float, limits: tuple[float, float], points: float) -> float:
    """Points that a measure loses: none up to the first limit, all from the second.

    >>> [graded(x, (10, 20), 5) for x in (9, 15, 99)]
    [0.0, 2.5, 5.0]
    """
    good, bad = limits
    return round(points * min(1.0, max(0.0, (value - good) / (bad - good))), 1)


def psnr(frame: np.ndarray, other: np.ndarray) -> float:
    """Peak signal to noise in dB of code values; 99 for pictures that are alike."""
    away = float(((frame - other) ** 2).mean())
    return min(99.0, -10 * np.log10(away)) if away else 99.0


def check_disclosure(told: dict, shots: int, points: float, by: str) -> Iterator[Finding]:
    """Whether a declaration's disclosure is there, is of *shots* shots, names a person's work, and is what the notice says.

    by: what a model did, in words, for whoever names none.
    """
    data, notice = told.get("disclosure"), told.get("notice")
    if not isinstance(data, dict) or len(str(data)) > 20_000:
        yield Finding("undisclosed", f"{DECLARATION} does not say what models and what people did.", points)
        return
    disclosed = Disclosure.from_dict(data)
    odd = {tuple(map(type, (part.cut, part.part, part.tool, part.method))) for part in disclosed.ai} - {
        (int, str, str, str)
    }
    odd = odd or {tuple(map(type, (part.name, part.action, part.times))) for part in disclosed.human} - {
        (str, str, int)
    }
    odd = odd or {part.action for part in disclosed.human} - set(ACTIONS)
    odd = odd or {part.cut for part in disclosed.ai} - set(range(1, shots + 1))
    if odd or disclosed.cuts != shots or disclosed.medium != "film":
        said = (
            f"The disclosure is of {disclosed.cuts} shots of {disclosed.medium} and there are {shots} of film, or it is "
            "damaged."
        )
        yield Finding("untrue", said, points)
        return
    if not disclosed.ai or not all(part.tool.strip() and part.method.strip() for part in disclosed.ai):
        said = f"The disclosure names no model with its tool and method: {by}."
        yield Finding("undisclosed", said, points)
    if not disclosed.human:
        yield Finding(
            "unlogged",
            "The disclosure names no person's work: log what you cut, chose and mixed.",
            points / 2,
        )
    if not isinstance(notice, dict) or any(notice.get(at) != disclosed.text(at) for at in ("ko", "en")):
        yield Finding(
            "notice", "The notice does not say what the disclosure says: write both from one.", points / 2
        )


def check_project(told: dict) -> Iterator[Finding]:
    """Whether a declaration is for PROJECT and has a day."""
    try:
        date.fromisoformat(str(told.get("made_on")))
    except ValueError:
        yield Finding("no day", f"{DECLARATION}: made_on is a day such as 2026-11-21.", 1)
    if told.get("project") != PROJECT:
        yield Finding("project", f"{DECLARATION} is for another project than “{PROJECT}”.", 2)


def faces_of(told: dict) -> dict[str, dict]:
    """The faces that a declaration names."""
    faces = told.get("faces")
    if not isinstance(faces, list) or len(faces) > 20:
        return {}
    return {str(face.get("face")): face for face in faces if isinstance(face, dict)}


def check_uses(face: dict, uses: tuple[str, ...]) -> Iterator[Finding]:
    """Whether a declaration claims what was done with a face, and nothing else."""
    if not isinstance(face.get("uses"), list) or sorted(map(str, face["uses"])) != sorted(uses):
        said = f"{untrusted.shown(str(face.get('face')))}: the uses of this shot are {' and '.join(uses)}, no fewer and no more."
        yield Finding("uses", said, 2)


def check_consent(face: dict, assignment: str, word: str) -> Iterator[Finding]:
    """Whether a declaration names the record of a face by its SHA-256; which record it is, where the truths are open."""
    actor, named = str(face.get("face")), str(face.get("consent"))
    if not re.fullmatch(r"[0-9a-f]{64}", named):
        yield Finding("no consent", f"{actor}'s record is not named by its SHA-256.", 3)
    elif word and named != hashlib.sha256(sealed.files(assignment, word)["consent.json"]).hexdigest():
        yield Finding("other consent", f"The SHA-256 is not that of {actor}'s record, consent.json.", 3)


def check_files(folder: Path, told: dict, points: float) -> Iterator[Finding]:
    """Whether a declaration lists every other file of the folder by its SHA-256."""
    listed = told.get("files")
    names = [path.relative_to(folder).as_posix() for path in untrusted.check_folder(folder)]
    wanted = [name for name in names if name != DECLARATION and not name.rpartition("/")[2].startswith(".")]
    listed = listed if isinstance(listed, dict) else {}
    changed = [name for name in wanted if listed.get(name) != sha256(folder / name)]
    if changed:
        said = f"{untrusted.shown(changed[0])} is not the file that {DECLARATION} lists: declare after the last change."
        yield Finding("changed", said, points)


# --- film-composite -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Composite:
    """A delivery of film-composite, each part opened when it is asked for. word: what opens the truths."""

    folder: Path
    word: str = ""

    def element(self, name: str, size: tuple[int, int] = SIZE) -> np.ndarray:
        """A delivered figure as it is stored, (h, w, 4) premultiplied light. Raises HallyuError without a matte of 0 to 1."""
        picture = light_of(self.folder, name, size)
        if picture.shape[2] != 4:
            raise HallyuError(f"{name} has no matte: write colours and matte (R, G, B, A).")
        if picture[..., 3].min() < -0.002 or picture[..., 3].max() > 1.002:
            raise HallyuError(f"The matte of {name} leaves 0 to 1: clip it before you multiply.")
        picture[..., 3] = np.clip(picture[..., 3], 0, 1)
        return picture

    @cached_property
    def figures(self) -> list[np.ndarray]:
        """The take's figures, in order."""
        return [self.element(name) for name in names("figure")]

    @cached_property
    def still(self) -> np.ndarray:
        """The still's figure."""
        return self.element(STILL, STILL_SIZE)

    @cached_property
    def comps(self) -> list[np.ndarray]:
        """The finished frames as light (h, w, 3)."""
        pictures = [light_of(self.folder, name, SIZE) for name in names("comp")]
        if any(picture.shape[2] == 4 and picture[..., 3].min() < 0.99 for picture in pictures):
            raise HallyuError(
                "The finished frames are not opaque: lay the figure over the place, then write R, G, B."
            )
        return [picture[..., :3] for picture in pictures]

    @cached_property
    def view(self) -> list[np.ndarray]:
        """The viewing copy's frames."""
        return pictures_of(self.folder, VIEW, SIZE, FRAMES)

    @cached_property
    def told(self) -> dict:
        """declaration.json, an object."""
        told = untrusted.read_json(self.folder, DECLARATION, 100_000)
        if not isinstance(told, dict):
            raise HallyuError(f"{DECLARATION} holds no declaration: write it as the assignment shows.")
        return told

    # What only the graders have.

    def sealed(self, name: str) -> np.ndarray:
        """A closed picture, code values (h, w, 3)."""
        return sealed_picture(COMPOSITE, self.word, name)

    @cached_property
    def true_mattes(self) -> list[np.ndarray]:
        """The exact mattes of the take, (h, w)."""
        return [self.sealed(f"matte.{number:02}.png")[..., 0] for number in range(FRAMES)]

    @cached_property
    def true_figures(self) -> dict[int, np.ndarray]:
        """The actor's own colours in LOOKED_AT, straight code values, without the screen's light."""
        return {number: self.sealed(f"figure.{number:02}.webp") for number in LOOKED_AT}

    @cached_property
    def places(self) -> list[np.ndarray]:
        """The frames of the forest, code values."""
        return sealed_film(COMPOSITE, self.word, "plate.mp4")


def names(run: str) -> list[str]:
    """The files of a sequence of film-composite: "figure" or "comp"."""
    return [f"{run}.{exr.FIRST + number}.exr" for number in range(FRAMES)]


def _on_composite(points: float) -> Callable:
    """A grader of an opened delivery of film-composite."""

    def mark(function: Callable[[Composite], list[Finding]]) -> Callable:
        def run(folder: Path, word: str = "") -> list[Finding]:
            untrusted.check_folder(folder)
            return list(function(Composite(folder, word)))

        run.__name__, run.__doc__ = function.__name__, function.__doc__
        return grader(points)(run)

    return mark


@_on_composite(5)
def composite_complete(shot: Composite) -> Iterable[Finding]:
    """Whether everything is there and opens, at its size, with no value that is no number."""
    _ = shot.told, shot.view
    if any(picture.min() < -0.05 for picture in (*shot.comps, *shot.figures, shot.still)):
        yield Finding("negative", "Some light is below 0: clip what sharpening or despill left there.", 2)


@_on_composite(5)
def elements(shot: Composite) -> Iterable[Finding]:
    """Whether the figures can be used by a compositor: soft mattes, colours multiplied by them once, no light outside."""
    points = elements.points
    for name, picture in (
        ("figure.1001.exr", shot.figures[0]),
        ("figure.1012.exr", shot.figures[-1]),
        (STILL, shot.still),
    ):
        matte = picture[..., 3]
        if (matte > 0.98).mean() < 0.03 or (matte < 0.02).mean() < 0.03:
            yield Finding(
                "no matte", f"The matte of {name} shows no figure: it is grey, full or empty.", points
            )
            return
        if ((matte > 0.05) & (matte < 0.95)).mean() < 0.006:
            yield Finding(
                "hard", f"The matte of {name} has no soft edge: hair needs the values between.", points
            )
            return
        bent = premultiplied_by(picture)
        if bent < -BENT:
            said = f"{name} holds straight colours: multiply them by the matte once, as light, before you write them."
            yield Finding("straight", said, points)
            return
        if bent > BENT:
            said = (
                f"The colours of {name} are multiplied by the matte twice: its rim turns dark in every comp."
            )
            yield Finding("twice", said, points)
            return
        if float(picture[..., :3][matte < 0.005].mean()) > 0.004:
            said = f"{name} has light where its matte is 0: it would shine over any place."
            yield Finding("outside", said, points)
            return


def premultiplied_by(picture: np.ndarray) -> float:
    """The power of the matte that the colours of mixed pixels still hold after a division by it: 0 for premultiplied
    colours, -1 for straight ones, 1 for those that are multiplied twice. 0 where too few pixels are mixed.

    picture: (h, w, 4). Each mixed pixel is laid beside the mean of the solid ones around it.
    """
    matte, light = picture[..., 3], picture[..., :3] @ colour.WEIGHTS
    solid = (matte > 0.98).astype(np.float32)
    near = cv2.GaussianBlur(solid, (0, 0), 6)
    mean = cv2.GaussianBlur(solid * light, (0, 0), 6) / np.maximum(near, 1e-6)
    mixed = (matte > 0.1) & (matte < 0.9) & (near > 0.02) & (mean > 1e-4)
    thin, thick = mixed & (matte < 0.35), mixed & (matte > 0.6)
    if min(thin.sum(), thick.sum()) < 50:
        return 0.0
    ratio = np.log(np.maximum(light, 1e-5) / np.maximum(matte, 1e-3) / np.maximum(mean, 1e-5))
    run = np.median(np.log(matte[thick])) - np.median(np.log(matte[thin]))
    return float((np.median(ratio[thick]) - np.median(ratio[thin])) / run)


def _matte_findings(
    mattes: list[np.ndarray],
    truths: list[np.ndarray],
    limits: dict[str, tuple[float, float]],
    points: float,
    what: str,
) -> Iterator[Finding]:
    """The worst of the field's measures beside its limits; a matte that shows nothing, or is cut hard, has none."""
    if min(float(matte.std()) for matte in mattes) < 0.1:
        yield Finding("no matte", f"The matte of {what} shows no figure: it is one grey.", points)
        return
    soft, wanted = (np.mean([((m > 0.1) & (m < 0.9)).mean() for m in each]) for each in (mattes, truths))
    if soft < MIXED * wanted:
        said = f"{soft:.1%} of {what} is mixed, and {wanted:.1%} truly is: the matte was cut at a threshold."
        yield Finding("hard", said, points)
        return
    told = matte_metrics.measure(mattes, truths)
    worst = max(limits, key=lambda name: graded(getattr(told, name), limits[name], 100))
    if lost := graded(getattr(told, worst), limits[worst], points):
        value = getattr(told, worst)
        said = (
            f"The matte of {what} is off: {worst.upper() if len(worst) < 4 else worst.title()} is {value:.2f} against the "
            f"true one, {limits[worst][0]:g} at most is asked for ({_meant(worst)})."
        )
        yield Finding("matte", said, lost)


def _meant(measure: str) -> str:
    return {
        "mad": "the mean of all differences", "mse": "large differences: holes, or ground that was kept",
        "grad": "edges that are too soft, too hard or in another place", "conn": "loose pieces, or holes",
    }[measure]  # fmt: skip


@_on_composite(10)
def take_matte(shot: Composite) -> Iterable[Finding]:
    """Whether the take's mattes are near the exact ones."""
    mattes = [picture[..., 3] for picture in shot.figures]
    return _matte_findings(mattes, shot.true_mattes, MATTE, take_matte.points, "the take")


@_on_composite(5)
def steady(shot: Composite) -> Iterable[Finding]:
    """Whether the mattes move with the figure and do not flicker."""
    mattes = [picture[..., 3] for picture in shot.figures]
    moves, should = (
        np.mean([np.abs(b - a).mean() for a, b in pairwise(each)]) for each in (mattes, shot.true_mattes)
    )
    if moves < 0.3 * should:
        yield Finding(
            "frozen", "The matte stands still while the figure moves: each frame has its own.", steady.points
        )
        return
    jumps = [
        matte_metrics.dtssd(b, a, d, c)
        for (a, b), (c, d) in zip(pairwise(mattes), pairwise(shot.true_mattes), strict=True)
    ]
    if lost := graded(float(np.mean(jumps)), STEADY, steady.points):
        said = f"The mattes flicker: dtSSD is {np.mean(jumps):.2f}, {STEADY[0]:g} at most is asked for."
        yield Finding("flicker", said, lost)


@_on_composite(10)
def still_matte(shot: Composite) -> Iterable[Finding]:
    """Whether the still's matte, pulled without a screen, is near the exact one."""
    truth = shot.sealed("still-matte.png")[..., 0]
    return _matte_findings([shot.still[..., 3]], [truth], STILL_MATTE, still_matte.points, "the still")


@_on_composite(5)
def spill_gone(shot: Composite) -> Iterable[Finding]:
    """Whether the figure's colours are the actor's: light, none of it the screen's, and her own everywhere else."""
    points, rim, inside, green = spill_gone.points, [], [], []
    if min(float(picture[..., 3].std()) for picture in shot.figures) < 0.1:
        yield Finding("no matte", "The matte of the take shows no figure, so that there is no rim.", points)
        return
    for number in LOOKED_AT:
        picture, truth, true_matte = shot.figures[number], shot.true_figures[number], shot.true_mattes[number]
        matte = picture[..., 3]
        own = np.clip(colour.to_display(picture[..., :3] / np.maximum(matte, 1e-3)[..., None]), 0, 2)
        seen = (true_matte > 0.3) & (matte > 0.3)
        edge = seen & (true_matte < 0.95)
        if edge.sum() < 0.5 * ((true_matte > 0.3) & (true_matte < 0.95)).sum():
            yield Finding(
                "no rim",
                "Half of the figure's rim is not in the matte: there is no colour to look at.",
                points,
            )
            return
        rim.append(1000 * float(np.abs(own - truth)[edge].mean()))
        inside.append(1000 * float(np.abs(own - truth)[seen].mean()))
        green.append(spill.spilt(own, edge.astype(np.float32)) - spill.spilt(truth, edge.astype(np.float32)))
    if np.mean(inside) > 150:
        said = "The figures are far too light or too dark: an EXR holds linear light, not code values."
        yield Finding("not light", said, points)
        return
    if lost := graded(float(np.mean(green)), GREEN, points):
        said = f"The screen's green is left on the rim: {np.mean(green):.0f} thousandths more than she has herself."
        yield Finding("green", said, lost)
    for what, values, limits in (("at the rim", rim, RIM_COLOUR), ("of the figure", inside, INSIDE_COLOUR)):
        if lost := graded(float(np.mean(values)), limits, points):
            said = f"The colours {what} are {np.mean(values):.0f} thousandths away from her own; {limits[0]:g} at most."
            yield Finding("colours", said, lost)


@dataclass(frozen=True)
class Mix:
    """What mixed pixels of a comp are made of, each a mean over the channels. figure, place: shares of what was delivered,
    1 is right. gamma: how much was mixed in code values. wrap: how much of the place's light is on the figure's rim."""

    figure: float
    place: float
    gamma: float
    wrap: float


def mixed(comps: list[np.ndarray], figures: list[np.ndarray], places: list[np.ndarray]) -> Mix:
    """Read off the comps' mixed pixels how they were made, by least squares.

    comps, figures: light, the figures (h, w, 4) premultiplied. places: code values. In light a pixel is the figure's plus
    (1 - matte) of the place's. Matched blacks add a share of the matte to that, light wrap the blurred place, and mixing in
    code values what light and code values differ by: each has its own shape along the rim, and so its own coefficient.
    """
    found = []
    for channel in range(3):
        parts, seen = [], []
        for picture, figure, place in zip(comps, figures, places, strict=True):
            matte, light = figure[..., 3], figure[..., channel]
            behind = colour.to_linear(place[..., channel])
            rim = (matte > 0.1) & (matte < 0.9)
            own = colour.to_display(np.maximum(light, 0) / np.maximum(matte, 1e-3))
            coded = colour.to_linear(matte * own + (1 - matte) * place[..., channel])
            right = light + (1 - matte) * behind
            came = matte * cv2.GaussianBlur((1 - matte) * behind, (0, 0), 2.0)
            columns = (light, matte, (1 - matte) * behind, came, coded - right)
            parts.append(np.stack([column[rim] for column in columns], axis=1))
            seen.append(picture[..., channel][rim])
        found.append(np.linalg.lstsq(np.vstack(parts), np.hstack(seen), rcond=None)[0])
    light, _, place, wrap, gamma = np.mean(found, axis=0).tolist()
    return Mix(light, place, gamma, wrap)


def _looked_at(shot: Composite) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """Finished frames, figures and places of LOOKED_AT. Raises HallyuError where the comp does not show the figure."""
    chosen = [[each[number] for number in LOOKED_AT] for each in (shot.comps, shot.figures, shot.places)]
    for picture, figure in zip(*chosen[:2], strict=True):
        solid = figure[..., 3] > 0.98
        if solid.mean() < 0.03 or ((figure[..., 3] > 0.1) & (figure[..., 3] < 0.9)).sum() < 200:
            raise HallyuError(
                "The delivered figure has no solid part and no soft rim: nothing of it can be found in the comp."
            )
        one, two = (
            cv2.GaussianBlur(colour.luma(colour.to_display(x[..., :3])), (0, 0), 2)[solid]
            for x in (picture, figure)
        )
        alike = float(np.corrcoef(one, two)[0, 1]) if min(one.std(), two.std()) > 1e-4 else 0.0
        if not alike > 0.97:
            raise HallyuError(
                f"The finished frames do not show the delivered figure (they correlate with {alike:.2f})."
            )
    return tuple(chosen)


@_on_composite(10)
def light(shot: Composite) -> Iterable[Finding]:
    """Whether the comp is the delivered figure over this forest, mixed as light."""
    points = light.points
    comps, figures, places = _looked_at(shot)
    kept = min(
        psnr(np.clip(colour.to_display(picture), 0, 1)[figure[..., 3] < 0.001], place[figure[..., 3] < 0.001])
        for picture, figure, place in zip(comps, figures, places, strict=True)
    )
    if kept < 25:
        yield Finding(
            "other place", f"Behind the figure is not the forest of plate.mp4 ({kept:.0f} dB).", points
        )
        return
    if kept < KEPT:
        said = f"The forest is not the plate's, frame for frame ({kept:.0f} dB, {KEPT:g} at least): leave it as it is."
        yield Finding("other frame", said, points / 2)
    mix = mixed(comps, figures, places)
    if lost := graded(mix.gamma, GAMMA, points):
        said = f"The rim was mixed in code values, not in light ({mix.gamma:.0%}): it is too dark or glows."
        yield Finding("gamma", said, lost)
    elif not (ONCE[0] < mix.figure < ONCE[1] and ONCE[0] < mix.place < ONCE[1]) or mix.gamma < -GAMMA[1]:
        said = f"On the rim is {mix.figure:.2f} of the figure's light and {mix.place:.2f} of the forest's; 1 of each is right."
        yield Finding("multiplied", said, 6)


@_on_composite(10)
def integration(shot: Composite) -> Iterable[Finding]:
    """Whether blacks and grain match the place, and its light comes round the rim."""
    comps, figures, places = _looked_at(shot)
    finished = [np.clip(colour.to_display(picture), 0, 1) for picture in comps]
    gap = float(
        np.mean(
            [comp.black_gap(frame, figure[..., 3]) for frame, figure in zip(finished, figures, strict=True)]
        )
    )
    if lost := graded(abs(gap), (BLACKS, 1.3 * BLACKS), 4):
        way = "lighter" if gap > 0 else "darker"
        said = (
            f"The figure's blacks are {abs(gap):.0f} thousandths {way} than the forest's; {BLACKS:g} at most."
        )
        yield Finding("blacks", said, lost)
    share, repeats = grained(finished, figures, places)
    if not GRAINS[0] < share < GRAINS[1]:
        said = f"The comp adds {share:.2f} of the forest's grain to the figure; {GRAINS[0]:g} to {GRAINS[1]:g} is matched."
        yield Finding("grain", said, 3)
    elif repeats > 0.5:
        yield Finding("frozen grain", "The figure's grain is the same in each frame: let it move.", 3)
    wrap = mixed(comps, figures, places).wrap
    if not WRAP[0] < wrap < WRAP[1]:
        said = f"{wrap:.2f} of the forest's light comes round the rim; {WRAP[0]:g} to {WRAP[1]:g} is a light wrap."
        yield Finding("wrap", said, 3)


def grained(
    finished: list[np.ndarray], figures: list[np.ndarray], places: list[np.ndarray]
) -> tuple[float, float]:
    """The grain that was added to the figure in a comp, as a share of the place's, and how alike it is from frame to frame.

    finished, places: code values. The place stands still, so what differs between its frames is grain. What is fine in the
    figure's solid part, and does not come from the delivered figure, was added.
    """
    fine = lambda frame: frame - cv2.GaussianBlur(frame, (0, 0), 2.0)
    solid = np.min([figure[..., 3] for figure in figures], axis=0) > 0.98
    solid = cv2.erode(solid.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    if solid.mean() < 0.02:
        raise HallyuError("Too little of the figure is solid for its grain to be seen.")
    wanted = np.mean([_deviation(fine(b - a)[solid]) for a, b in pairwise(places)]) / np.sqrt(2)
    added = []
    for frame, figure in zip(finished, figures, strict=True):
        had, has = (fine(x)[solid] for x in (colour.to_display(np.maximum(figure[..., :3], 0)), frame))
        slope = float((had * has).sum() / max(float((had * had).sum()), 1e-9))
        added.append(has - slope * had)
    alike = [
        float(np.corrcoef(a.ravel(), b.ravel())[0, 1]) if min(a.std(), b.std()) > 1e-6 else 0.0
        for a, b in pairwise(added)
    ]
    return float(np.mean([_deviation(each) for each in added]) / max(wanted, 1e-6)), float(np.mean(alike))


def _deviation(values: np.ndarray) -> float:
    """A standard deviation that a few edges do not move."""
    return 1.4826 * float(np.median(np.abs(values)))


@_on_composite(5)
def viewing_copy(shot: Composite) -> Iterable[Finding]:
    """Whether comp.mp4 shows the finished frames, each at its time."""
    for number, (frame, picture) in enumerate(zip(shot.view, shot.comps, strict=True)):
        same = psnr(frame, np.clip(colour.to_display(picture), 0, 1))
        if not same >= VIEWED:
            still = all(psnr(frame, other) > 40 for other in shot.view[:2])
            said = f"Frame {number + 1} of {VIEW} is not comp.{exr.FIRST + number}.exr ({same:.0f} dB, {VIEWED:g} at least)."
            yield Finding("frozen" if number and still else "other picture", said, viewing_copy.points)
            return


@_on_composite(5)
def declaration(shot: Composite) -> Iterable[Finding]:
    """Whether everybody who is seen is named with a right that allows it, and the notice says what models did."""
    told, points = shot.told, declaration.points
    yield from check_project(told)
    named = faces_of(told)
    if set(named) != {ACTOR, "doyun"}:
        said = f"Two actors are seen, {ACTOR} and doyun; {DECLARATION} names {untrusted.shown(', '.join(named) or 'nobody')}."
        yield Finding("faces", said, points)
        return
    for actor in named:
        yield from check_uses(named[actor], ("composite", "publish"))
    yield from check_consent(named[ACTOR], COMPOSITE, shot.word)
    public = PUBLIC_FACES["doyun"]
    if (named["doyun"].get("credit"), named["doyun"].get("licence")) != (public.credit, public.licence):
        yield Finding("credit", f"The credit of doyun is: {public.credit} ({public.licence}).", 2)
    yield from check_disclosure(told, 2, 4, "the still's outline was found by one")
    yield from check_files(shot.folder, told, 2)


COMPOSITE_GRADERS = (
    composite_complete, elements, take_matte, steady, still_matte, spill_gone, light, integration, viewing_copy, declaration,
)  # fmt: skip
"""The artefact graders of film-composite, 70 points; key and lay_over, 10, are tested by calling them."""
