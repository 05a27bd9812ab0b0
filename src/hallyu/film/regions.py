"""Where things are on a face: the canonical crop, in which a face always lies the same, and the regions of it.

The crop is CROP x CROP pixels. Pixel centres have whole coordinates, x to the right, y down, (0, 0) is the first pixel.
A similarity (turn, one scale, shift; no mirror) takes three points of the face to three places, as near as least squares
can: ANCHORS are

- the middle of the eye on the picture's left (the mean of its two corners): (95, 116),
- the middle of the eye on the picture's right: (161, 116),
- the point under the nose where it meets the lip (subnasale): (128, 164).

So the eyes are 66 pixels apart (about 1 mm to a pixel), the crown and the hair reach the top edge, the chin is near 233,
and some neck is left below: a whole head, for hair turns grey too. One crop is taken for all ages of a person in a pair:
the matrix comes from one age (40), as the camera is one.

A mask is drawn from the mesh's points, so it follows the face; smooth the points over time (faces.follow), and the masks
stand still on the skin. Left and right are the picture's.
"""

from collections.abc import Iterable

import cv2
import numpy as np

from hallyu.errors import HallyuError

CROP = 256
"""Pixels: the canonical crop is CROP x CROP."""
ANCHORS = np.array([(95, 116), (161, 116), (128, 164)], np.float64)
"""Where the crop has the left eye, the right eye (of the picture) and the point under the nose: (3, 2), x and y."""
LARGEST = 1024
"""Pixels of a finer crop at most: a face that fills a 4K frame."""
EYE_CORNERS = ((33, 133), (362, 263))
"""Outer and inner corner of the left eye, inner and outer of the right one, among the mesh's points."""
SUBNASALE = 2

_OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
         136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
_UPPER = (54, 103, 67, 109, 10, 338, 297, 332, 284)
"""The mesh's upper edge; its middle is 10, and 9 lies between the brows."""
_MIDDLE = 151
"""The middle of the mesh's forehead: over the brows, and mostly under a fringe."""
_RAISED = 0.8
"""By how much of the mesh's forehead a forehead may go on over it: a hairline that has gone far back."""
_BROW_LINE = (66, 105, 296, 334)
"""The upper edge of both brows."""
_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
REGIONS: dict[str, tuple[tuple[int, ...], ...]] = {
    "face": (_OVAL,),
    "forehead": ((54, 103, 67, 109, 10, 338, 297, 332, 284, 301, 300, 293, 334, 296, 336, 9, 107, 66, 105, 63, 70, 71),),
    "frown": ((66, 108, 151, 337, 296, 285, 417, 168, 193, 55),),
    "crows_feet": ((33, 226, 113, 124, 156, 139, 34, 227, 116, 111, 31),
                   (263, 446, 342, 353, 383, 368, 264, 447, 345, 340, 261)),
    "under_eyes": ((33, 7, 163, 144, 145, 153, 154, 155, 133, 244, 128, 121, 120, 119, 118, 117, 111, 35),
                   (263, 249, 390, 373, 374, 380, 381, 382, 362, 464, 357, 350, 349, 348, 347, 346, 340, 265)),
    "nasolabial": ((129, 203, 206, 216, 212, 57, 186, 92, 165, 98), (358, 423, 426, 436, 432, 287, 410, 322, 391, 327)),
    "cheeks": ((116, 117, 118, 119, 100, 142, 36, 205, 187, 147, 123), (345, 346, 347, 348, 329, 371, 266, 425, 411, 376, 352)),
    "jowls": ((132, 58, 172, 136, 150, 149, 170, 211, 212, 214, 192, 213),
              (361, 288, 397, 365, 379, 378, 395, 431, 432, 434, 416, 433)),
    "chin": ((202, 204, 194, 201, 200, 421, 418, 424, 422, 379, 378, 400, 377, 152, 148, 176, 149, 150),),
    "upper_lip": ((98, 165, 92, 186, 61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 410, 322, 391, 327, 326, 2, 97),),
    "nose": ((168, 122, 174, 198, 209, 129, 98, 97, 2, 326, 327, 358, 429, 420, 399, 351),),
    "lips": (_LIPS,),
    "mouth": ((78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191),),
    "eyes": ((33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
             (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)),
    "brows": ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)),
}  # fmt: skip
"""Outlines by name: points of the mesh, one tuple for each part. "skin" is made of them: the face without what is no skin."""
NO_SKIN = ("eyes", "brows", "lips")
WRINKLES = ("forehead", "frown", "crows_feet", "under_eyes", "nasolabial", "upper_lip", "jowls", "chin")
"""Where age shows first; what a retoucher works on."""


def similarity(points: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The turn, scale and shift, as a matrix (2, 3), that takes *points* (n, 2) to *places* as near as least squares can.

    Source: Umeyama, "Least-squares estimation of transformation parameters between two point patterns" (1991), in the
    plane, where a complex number is a turn and a scale.
    """
    source, target = (np.asarray(p, np.float64) @ (1, 1j) for p in (points, places))
    a, b = source - source.mean(), target - target.mean()
    turn = (b * a.conj()).sum() / (a * a.conj()).sum().real
    shift = target.mean() - turn * source.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def crop_matrix(points: np.ndarray) -> np.ndarray:
    """The similarity (2, 3) that takes *points* (3, 2), as ANCHORS orders them, of a picture to the crop.

    >>> (crop_matrix(ANCHORS * 2 + 10).round(6) + 0).tolist()
    [[0.5, 0.0, -5.0], [0.0, 0.5, -5.0]]
    """
    return similarity(points, ANCHORS)


def anchors_of(points: np.ndarray) -> np.ndarray:
    """The three points (3, 2) that the crop is laid by, of a mesh (478, 2 or more)."""
    points = np.asarray(points, np.float64)[:, :2]
    return np.stack([points[list(pair)].mean(axis=0) for pair in EYE_CORNERS] + [points[SUBNASALE]])


def move(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Points (n, 2 or 3) through *matrix* (2, 3); a depth is scaled as the picture is.

    >>> move(np.array([[1.0, 2, 3]]), np.array([[2.0, 0, 1], [0, 2, 1]])).tolist()
    [[3.0, 5.0, 6.0]]
    """
    flat = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return np.hstack([flat, points[:, 2:] * scale_of(matrix)])


def scale_of(matrix: np.ndarray) -> float:
    """How many pixels of the target one pixel of the source becomes."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def inverse(matrix: np.ndarray) -> np.ndarray:
    """The way back of *matrix* (2, 3)."""
    return cv2.invertAffineTransform(np.asarray(matrix, np.float64))


def warp(picture: np.ndarray, matrix: np.ndarray, size: tuple[int, int], cubic: bool = False) -> np.ndarray:
    """*picture* (h, w, ...) float32 through *matrix*, as a picture of *size* (width, height).

    Shrinking averages first, so that fine texture does not turn into noise. Outside, the edge goes on.
    """
    height, width = picture.shape[:2]
    factor = int(1 / max(scale_of(matrix), 1e-6) + 1e-6)
    if factor > 1:
        # Averaged over whole blocks of the part that is read: a face in 4K is 8 of its pixels for one of the crop's.
        corners = move(np.array([(0, 0), (size[0], 0), (0, size[1]), size], np.float64), inverse(matrix))
        left, top = np.clip(np.floor(corners.min(axis=0)).astype(int) - factor, 0, (width - 1, height - 1))
        right, bottom = np.clip(
            np.ceil(corners.max(axis=0)).astype(int) + factor, (left + 1, top + 1), (width, height)
        )
        part = picture[top:bottom, left:right]
        pad = (-part.shape[0] % factor, -part.shape[1] % factor)
        part = cv2.copyMakeBorder(part, 0, pad[0], 0, pad[1], cv2.BORDER_REPLICATE)
        picture = cv2.resize(part, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
        # The middle of a block's pixel lies (factor - 1) / 2 behind its first.
        shrunk = np.array(
            [[factor, 0, left + (factor - 1) / 2], [0, factor, top + (factor - 1) / 2], [0, 0, 1]]
        )
        matrix = matrix @ shrunk
    how = cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR
    return cv2.warpAffine(picture, matrix, size, flags=how, borderMode=cv2.BORDER_REPLICATE)


def align(frame: np.ndarray, points: np.ndarray, size: int = CROP) -> tuple[np.ndarray, np.ndarray]:
    """The canonical crop (size, size, channels) of a face in *frame* and the matrix (2, 3) from the frame to it.

    points: the mesh (478, 2 or 3) in the frame. size: CROP, or more for its finer texture; the geometry scales with it.
    """
    matrix = crop_matrix(anchors_of(points))
    # Pixel centres are whole numbers: the crop's first pixel covers -0.5 to 0.5.
    grow = size / CROP
    matrix = matrix * grow + np.array([[0, 0, (grow - 1) / 2]] * 2)
    return warp(frame, matrix, (size, size)), matrix


def window(shape: tuple[int, ...], matrix: np.ndarray, size: int) -> tuple[tuple[slice, slice], np.ndarray]:
    """The part of a frame of *shape* that a crop covers, as slices, and the matrix from that part to the crop.

    Work done there instead of in the frame: a face takes a tenth of it.
    """
    corners = move(np.array([(-1, -1), (size, -1), (-1, size), (size, size)], np.float64), inverse(matrix))
    height, width = shape[:2]
    left, top = np.clip(np.floor(corners.min(axis=0)).astype(int) - 2, 0, (width - 1, height - 1))
    right, bottom = np.clip(
        np.ceil(corners.max(axis=0)).astype(int) + 3, (left + 1, top + 1), (width, height)
    )
    part = matrix @ np.array([[1, 0, left], [0, 1, top], [0, 0, 1]])
    return (slice(int(top), int(bottom)), slice(int(left), int(right))), part


def back(picture: np.ndarray, matrix: np.ndarray, shape: tuple[int, ...], cubic: bool = False) -> np.ndarray:
    """A crop's *picture* brought back into a frame of *shape*; 0 where the crop does not reach."""
    how = cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR
    return cv2.warpAffine(np.ascontiguousarray(picture, np.float32), inverse(matrix), shape[1::-1], flags=how)


def native(points: np.ndarray) -> int:
    """The size of the crop, a multiple of CROP, in which a face keeps its own pixels; LARGEST at most."""
    return int(min(LARGEST, CROP * max(1, round(1 / scale_of(crop_matrix(anchors_of(points)))))))


def put_back(frame: np.ndarray, change: np.ndarray, matrix: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """*frame* with *change* (a crop of differences, (s, s, 3)) added where *mask* (s, s), 0 to 1, allows it.

    Both go back by *matrix*, which align gave. The frame keeps every bit where the mask is 0.
    """
    where, part = window(frame.shape, matrix, mask.shape[0])
    out = frame.copy()
    here = out[where]
    touched = back(mask > 0, part, here.shape) > 0
    here[..., :3][touched] += back(change * mask[..., None], part, here.shape, cubic=True)[touched]
    return out


def legal(out: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """*out* within 0 to 1, or within the values that *frame* had where those go further."""
    return np.clip(out, min(0.0, float(frame.min())), max(1.0, float(frame.max())))


def whole_mask(shape: tuple[int, ...], matrix: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """A crop's *mask* in a frame of *shape*: float32 (h, w)."""
    where, part = window(shape, matrix, mask.shape[0])
    out = np.zeros(shape[:2], np.float32)
    out[where] = back(mask, part, out[where].shape)
    return out


def mask(points: np.ndarray, names: str | Iterable[str], size: int = CROP, soft: float = 2.5) -> np.ndarray:
    """A soft mask (size, size), float32 0 to 1, of one region or several.

    points: the mesh in the crop's pixels (CROP wide). names: keys of REGIONS, or "skin". soft: standard deviation of the
    edge in pixels of CROP. Raises HallyuError for another name.
    """
    names = [names] if isinstance(names, str) else list(names)
    grow, out = size / CROP, np.zeros((size, size), np.uint8)  # bytes: OpenCV softens edges in no other
    places = np.asarray(points, np.float64)[:, :2] * grow + (grow - 1) / 2

    def fill(name: str, value: int) -> None:
        for part in REGIONS[name]:
            # 1/16 of a pixel: the edge moves with the points instead of jumping from pixel to pixel.
            cv2.fillPoly(out, [np.round(places[list(part)] * 16).astype(np.int32)], value, cv2.LINE_AA, 4)

    for name in names:
        if name == "skin":
            fill("face", 255)
            for hole in NO_SKIN:
                fill(hole, 0)
        elif name in REGIONS:
            fill(name, 255)
        else:
            raise HallyuError(
                f"There is no region “{name}” on a face; there are: skin, {', '.join(REGIONS)}."
            )
    whole = out.astype(np.float32) / 255
    return cv2.GaussianBlur(whole, (0, 0), soft * grow) if soft else whole


def skin_like(crop: np.ndarray, points: np.ndarray) -> np.ndarray:
    """How far the colours of a crop (s, s, 3) are its face's skin: float32 (s, s), 0 hair or scarf, 1 skin.

    points: the mesh in the crop's pixels (CROP wide). Looked at softly, so that a line in the skin is skin. Skin is what
    looks like the whole face, or like the part of it that is nearest: a lamp from the side, or a shine, colours one half.
    """
    size = crop.shape[0]
    soft = cv2.GaussianBlur(np.ascontiguousarray(crop[..., :3], np.float32), (0, 0), 2.5 * size / CROP)
    lab = cv2.cvtColor(np.clip(soft, 0, 1), cv2.COLOR_RGB2LAB)
    usual = np.median(lab[mask(points, ("cheeks", "nose", "under_eyes"), size, soft=0) > 0.5], axis=0)

    def like(skin: np.ndarray, light: float = 0.6) -> np.ndarray:
        # Shade changes lightness more than colour.
        away = np.linalg.norm((lab - skin) * np.float32([light, 1, 1]), axis=-1)
        return np.clip(1.5 - away / 15, 0, 1).astype(np.float32)

    sure = mask(points, "skin", size, soft=0) * like(usual, light=0.3)
    sure[: int(points[list(_BROW_LINE), 1].mean() * size / CROP)] = 0  # over the brows a fringe may lie
    return np.maximum(like(usual), like(_nearest(lab, sure, usual)))


def _nearest(lab: np.ndarray, sure: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """The colour (s, s, 3) of the skin about each pixel: *lab* where it is *sure* (s, s), averaged; *usual* far away."""
    little, reach = (64, 64), 18 * 64 / CROP
    weight, sums = (
        cv2.GaussianBlur(cv2.resize(p, little, interpolation=cv2.INTER_AREA), (0, 0), reach, borderType=cv2.BORDER_CONSTANT)
        for p in (sure, lab * sure[..., None])
    )  # fmt: skip
    few = 1e-6
    return cv2.resize(
        (sums + few * usual) / (weight + few)[..., None], sure.shape, interpolation=cv2.INTER_LINEAR
    )


def raised(points: np.ndarray) -> np.ndarray:
    """The mesh (n, 2 or 3) with its upper edge moved up to where the barest forehead ends; bare() says where this one does."""
    out = np.array(points, np.float64)
    out[list(_UPPER)] += _RAISED * (out[10] - out[9])
    return out


def bare(crop: np.ndarray, points: np.ndarray, hair: np.ndarray) -> np.ndarray:
    """Where a crop (s, s, 3) shows its face's skin, up to the hairline and no further: float32 (s, s), 0 to 1.

    points: the mesh in the crop's pixels (CROP wide). hair: its matte (s, s), 0 to 1 (hallyu.film.hair.matte, aligned).
    What lies above hair is no skin, whatever its colour: a light strand is not.
    """
    out = skin_like(crop, points) * (1 - hair)
    middle = int(np.clip(points[_MIDDLE, 1] * crop.shape[0] / CROP, 1, crop.shape[0]))
    over = np.minimum.accumulate(out[middle - 1 :: -1], axis=0)[::-1]
    out[:middle] = np.clip(2 * over - 1, 0, 1)
    return cv2.GaussianBlur(out, (0, 0), 1.5 * crop.shape[0] / CROP)


def border(size: int = CROP, width: float = 0.09) -> np.ndarray:
    """1 within the crop, falling to 0 at its edges over *width* of its side: nothing that is put back has an edge."""
    ramp = np.clip(np.minimum(np.arange(size), np.arange(size)[::-1]) / (width * size), 0, 1)
    ramp = ramp * ramp * (3 - 2 * ramp)
    return np.outer(ramp, ramp).astype(np.float32)
