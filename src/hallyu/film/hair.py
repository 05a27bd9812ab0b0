"""The hair of a face in a frame, as a matte, and its colour in another one: what a change of age needs besides skin.

Hair has no points in the mesh. So it is found by colour: skin is sampled inside the mesh and hair over it, a line through
colour space parts the two (Fisher's discriminant), and what that cannot say is left to closed-form matting.
What it cannot do: a hat counts as hair, hair of the skin's colour as skin; a fringe over the mesh and what hangs below the ears
are left out, for shade on a forehead and a collar look like them; and a hairline that went back stays back.
"""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from hallyu.film import closed_form, colour, motion, regions, segment
from hallyu.film.ageing import Aged
from hallyu.film.faces import Face
from hallyu.provenance.consent import Permission, needs

WORKING = 45.0
"""Distance of the eyes, in pixels, at which the matte is solved; smaller faces as they are."""
STEADY = 0.75
"""Share of the last frame's matte in the next one: a hairline that is guessed anew in each frame boils."""
ALIKE = 0.1
"""Difference in code values at which a pixel no longer shows what it showed before."""
_FEWEST = 40
"""Pixels of hair below which there is none to speak of."""


def matte(frame: np.ndarray, face: Face) -> np.ndarray:
    """How much of each pixel of *frame* (h, w, 3) is the hair of *face*: float32 (h, w); zeros where none is found."""
    left, right, _ = regions.anchors_of(face.points)
    scale = min(1.0, WORKING / max(float(np.linalg.norm(right - left)), 1e-6))
    height, width = frame.shape[:2]
    size = max(16, round(width * scale)), max(16, round(height * scale))
    small = np.ascontiguousarray(frame[..., :3], np.float32)
    if size != (width, height):
        small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    # Pixel centres have whole coordinates, so half a pixel goes along.
    ratio, half = np.array([size[0] / width, size[1] / height, scale]), np.array([0.5, 0.5, 0.0])
    known = trimap(small, Face(((face.points + half) * ratio - half).astype(np.float32), face.confidence))
    if not (known == 1).any():
        return np.zeros((height, width), np.float32)
    found = closed_form.matte(small, known, tolerance=1e-3)
    # The last fine hairs, and the light in them, lie outside what is solved at the smaller size.
    found = cv2.GaussianBlur(cv2.dilate(found, np.ones((3, 3), np.uint8)), (0, 0), 0.6)
    return np.clip(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR), 0, 1)


def mattes(
    followed: Iterable[tuple[np.ndarray, Face | None]], steady: float = STEADY
) -> Iterator[tuple[np.ndarray, Face | None, np.ndarray]]:
    """Each frame of a shot with its face and the matte of its hair; zeros where the face is not seen.

    followed: as faces.follow gives them. steady: the share of the last matte, moved along with the motion, in the next one;
    where the frame shows that something else is there now, the new guess alone counts.
    """
    last: tuple[np.ndarray, np.ndarray] | None = None
    for frame, face in followed:
        if face is None:
            last = None
            yield frame, face, np.zeros(frame.shape[:2], np.float32)
            continue
        found = matte(frame, face)
        if last is not None and last[0].shape == frame.shape:
            back = motion.flow(frame, last[0])
            same = np.abs(motion.warped(last[0][..., :3], back) - frame[..., :3]).max(axis=2)
            share = steady * np.exp(-((cv2.GaussianBlur(same, (0, 0), 1.5) / ALIKE) ** 2))
            found = share * motion.warped(last[1], back) + (1 - share) * found
        last = frame, found
        yield frame, face, found


def trimap(frame: np.ndarray, face: Face) -> np.ndarray:
    """What is known before a matte is solved: 1 hair of *face*, 0 something else, 0.5 neither; float32 (h, w).

    All zeros where there is no hair over the face.
    """
    left, right, _ = regions.anchors_of(face.points)
    unit = float(np.linalg.norm(right - left))
    along = (right - left) / unit
    y, x = np.mgrid[: frame.shape[0], : frame.shape[1]]
    up = ((x - left[0]) * along[1] - (y - left[1]) * along[0]) / unit  # over the eyes, in their distances
    person = segment.segment(frame)
    matrix = regions.crop_matrix(regions.anchors_of(face.points))
    inside = regions.mask(regions.move(face.points, matrix), "face", soft=0)
    oval = regions.whole_mask(frame.shape, matrix, inside) > 0.5
    inner = ~_grown(~oval, 0.08 * unit)
    skin = inner & (up < 0.4)  # over the brows, a fringe may lie in the oval: that is no sample
    over = (person > 0.9) & (up > 0.6) & ~_grown(oval, 0.45 * unit)
    known = np.full(frame.shape[:2], 0.5, np.float32)
    if min(over.sum(), skin.sum()) < _FEWEST:
        return np.zeros_like(known)
    lab = cv2.cvtColor(np.clip(cv2.GaussianBlur(frame, (0, 0), 0.04 * unit), 0, 1), cv2.COLOR_RGB2LAB)
    likeness = _between(lab, lab[skin], lab[over])
    hair = _without_specks(over & (likeness > 0.3), 0.07 * unit)
    # Before the ears hair may have another light on it than over the face; the figure's edge may be the ground's.
    beside = ~_grown(person < 0.9, 0.05 * unit) & (up > -0.35) & (up < 0.55) & ~_grown(oval, 0.06 * unit)
    beside = _without_specks(beside & (likeness > 0.5), 0.03 * unit)
    known[hair | beside] = 1
    away = ~_grown(person > 0.5, 0.12 * unit)
    bare = _without_specks((likeness < -0.6) & (person > 0.9), 0.07 * unit)
    known[away | inner | (up < -0.6) | bare] = 0
    return known


def _between(lab: np.ndarray, skin: np.ndarray, hair: np.ndarray) -> np.ndarray:
    """-1 for the usual colour of the samples *skin*, 1 for that of *hair*, along the line that parts them best.

    Source: Fisher, "The Use of Multiple Measurements in Taxonomic Problems" (1936).
    """
    middle, apart = (hair.mean(axis=0) + skin.mean(axis=0)) / 2, hair.mean(axis=0) - skin.mean(axis=0)
    spread = np.cov(hair.T) + np.cov(skin.T) + 0.5 * np.eye(3)
    line = np.linalg.solve(spread, apart)
    return (lab - middle) @ line / max(float(apart @ line) / 2, 1e-6)


def gain(frame: np.ndarray, hair: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """By what the light of the hair is multiplied (3,) so that its usual colour becomes *wanted*; never more than 1.

    hair: its matte (h, w). wanted: linear light (3,). Taken once for a shot, so that the hair does not pulse.
    """
    where = hair > 0.9
    if where.sum() < _FEWEST:
        return np.ones(3, np.float32)
    now = np.median(colour.to_linear(frame[..., :3][where][None])[0], axis=0)
    return np.minimum(np.asarray(wanted, np.float32) / np.maximum(now, 1e-6), 1)


def dye(frame: np.ndarray, hair: np.ndarray, by: np.ndarray, permission: Permission) -> Aged:
    """*frame* (h, w, 3) with the light of its hair multiplied by *by* (3,), as gain gives it: strands and shine stay.

    hair: its matte (h, w). permission: to "de-age" the face, for its hair is part of it. Raises HallyuError without it.
    """
    needs(permission, "de-age")
    mask = np.where(hair > 1 / 255, hair, 0).astype(np.float32)
    where, out = mask > 0, frame.copy()
    linear = colour.to_linear(frame[..., :3][where][None])[0]
    dyed = linear * (1 + mask[where][:, None] * (np.asarray(by, np.float32) - 1))
    out[..., :3][where] = colour.to_display(dyed[None])[0]
    return Aged(regions.legal(out, frame), mask)


def _without_specks(where: np.ndarray, radius: float) -> np.ndarray:
    """A bool map without islands narrower than twice *radius* pixels."""
    return where & _grown(~_grown(~where, radius), radius)


def _grown(where: np.ndarray, radius: float) -> np.ndarray:
    """A bool map, larger by *radius* pixels on every side."""
    side = 2 * max(1, round(radius)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return cv2.dilate(where.astype(np.uint8), disc) > 0
