"""Retouching a face by hand: frequency separation, and lines taken back where a mask allows it.

A picture is split into four: pores (fine), lines, folds, and tone (large). A line or a fold is a dark valley in its band:
that is taken back, and the pores over it stay, so the skin does not turn to wax. This is what a retoucher does with
layers; the network of hallyu.film.ageing is measured against it.
"""

from collections.abc import Iterable

import cv2
import numpy as np

from hallyu.film import regions
from hallyu.film.ageing import Aged
from hallyu.film.faces import Face
from hallyu.film.hair import matte
from hallyu.provenance.consent import Permission, needs

PORES, LINES, FOLDS = 0.8, 5.0, 12.0
"""Standard deviations, in pixels of the canonical crop (about millimetres), that end the bands of pores, lines and folds."""
FAINT = 0.14
"""Contrast from which something is no line but a nostril or a shadow's edge, and stays."""


def separate(picture: np.ndarray, *sigmas: float) -> list[np.ndarray]:
    """The bands of a picture, fine first, the tone last; their sum is the picture.

    sigmas: standard deviations in pixels, ascending. Source: Burt & Adelson, "The Laplacian Pyramid as a Compact Image
    Code" (1983), without the shrinking.

    >>> fine, tone = separate(np.eye(4, dtype=np.float32), 1.0)
    >>> bool(np.allclose(fine + tone, np.eye(4)))
    True
    """
    out, rest = [], picture
    for sigma in sigmas:
        smooth = cv2.GaussianBlur(picture, (0, 0), sigma)
        out.append(rest - smooth)
        rest = smooth
    return [*out, rest]


def soften(crop: np.ndarray, mask: np.ndarray, strength: float) -> np.ndarray:
    """*crop* with its lines taken back by *strength* (0 to 1) where *mask* is 1; below 0 they are deepened.

    crop: (s, s, 3) float32; mask: (s, s). Dark valleys go further than light ridges, lines further than folds, for folds
    carry the form of the face. The sizes of the bands scale with s.
    """
    grow = crop.shape[0] / regions.CROP
    pores, *bands, tone = separate(crop, PORES * grow, LINES * grow, FOLDS * grow)
    out = pores + tone
    for band, share in zip(bands, (1.0, 0.6), strict=True):
        depth = band @ np.float32([0.2126, 0.7152, 0.0722])
        faint = np.exp(-((depth / FAINT) ** 2))
        amount = strength * share * mask * faint * np.where(depth < 0, 1.0, 0.4)
        out = out + band * (1 - amount)[..., None].astype(np.float32)
    return out


def retouch(
    frame: np.ndarray,
    face: Face,
    permission: Permission,
    strength: float = 0.7,
    names: Iterable[str] = regions.WRINKLES,
    use: str = "retouch",
    hair: np.ndarray | None = None,
) -> Aged:
    """*frame* (h, w, 3) float32 with the lines of *face* taken back in the regions *names*.

    permission: to "retouch" this face; or for another *use* that the work is part of, such as "de-age".
    strength: 0 to 1; below 0 lines are deepened. The forehead goes up to the hairline. hair: the matte (h, w) of the
    hair, steadied over a shot by hair.mattes; found in this frame alone without it.
    Raises HallyuError without the permission.
    """
    needs(permission, use)
    size = regions.native(face.points)
    crop, matrix = regions.align(frame[..., :3], face.points, size)
    points = regions.move(face.points, regions.crop_matrix(regions.anchors_of(face.points)))
    higher = regions.raised(points)
    allowed = regions.mask(higher, names, size, soft=4.0) * regions.mask(higher, "skin", size, soft=2.0)
    hair = matte(frame, face) if hair is None else hair
    allowed *= regions.bare(crop, points, regions.align(hair, face.points, size)[0])
    allowed = np.where(allowed > 1 / 512, allowed, 0).astype(np.float32)
    changed = soften(crop, allowed, strength)
    out = regions.put_back(frame, changed - crop, matrix, (allowed > 0).astype(np.float32))
    return Aged(regions.legal(out, frame), regions.whole_mask(frame.shape, matrix, allowed))
