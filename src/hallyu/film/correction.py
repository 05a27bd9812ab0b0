"""Facial correction, and the face of one take put into another.

A correction moves points of the mesh by a little, and the skin between them goes along: a corner of the mouth, a brow,
the gaze. A performance is taken over by laying the other take's face on this one along the outline of the face: inside,
it keeps its own expression; the light is carried over the seam in linear light, as a gain, as light does.
"""

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator

from hallyu.errors import HallyuError
from hallyu.film import colour, identity, regions
from hallyu.film.ageing import Aged
from hallyu.film.faces import Face
from hallyu.provenance.consent import Permission, needs

MOST = 0.12
"""Distances of the eyes that a correction moves a point at most: further, skin looks like rubber."""
MOUTH_CORNERS, BROWS = (61, 291), ((70, 63, 105, 66, 107), (336, 296, 334, 293, 300))
IRISES = (range(468, 473), range(473, 478))
LIDS = ((159, 145, 33, 133), (386, 374, 362, 263))
"""Upper and lower lid, and the two corners, of the left and the right eye."""
STILL = (10, 54, 284, 127, 356, 132, 361, 172, 397, 152, 168, 6, 4, 2, 98, 327, 50, 280, 234, 454, 199)
"""Points that stay where they are: the outline, the nose, the cheekbones and the chin."""
_GRID = 4
"""Pixels of the crop between two points at which a field of motion is computed."""


def correct(
    frame: np.ndarray,
    face: Face,
    permission: Permission,
    smile: float = 0.0,
    brows: float = 0.0,
    gaze: tuple[float, float] = (0.0, 0.0),
) -> Aged:
    """*frame* (h, w, 3) float32 with the expression of *face* corrected.

    smile: how far the corners of the mouth go up and out; brows: how far they rise; gaze: how far the irises go right and
    down. All in distances of the eyes, within MOST. permission: to "correct" this face.
    Raises HallyuError without it, and for a correction that is too large.
    """
    needs(permission, "correct")
    largest = max(abs(smile), abs(brows), *(abs(part) for part in gaze))
    if largest > MOST:
        raise HallyuError(
            f"A correction of {largest:.2f} distances of the eyes looks like rubber: stay within {MOST:g}."
        )
    matrix = regions.crop_matrix(regions.anchors_of(face.points))
    points = regions.move(face.points, matrix)[:, :2]
    unit = float(np.linalg.norm(regions.ANCHORS[1] - regions.ANCHORS[0]))
    motion = _skin(points, smile * unit, brows * unit) + _eyes(points, np.multiply(gaze, unit))
    motion *= regions.border()[..., None]
    return _moved(frame, motion, matrix)


def _skin(points: np.ndarray, smile: float, brows: float) -> np.ndarray:
    """The field (256, 256, 2), in pixels of the crop, of the skin when the corners of the mouth and the brows move."""
    out = np.zeros((regions.CROP, regions.CROP, 2), np.float32)
    if not smile and not brows:
        return out
    middle = points[list(MOUTH_CORNERS)].mean(axis=0)
    places, moves = [points[list(STILL)], edge()], [np.zeros((len(STILL), 2)), np.zeros((len(edge()), 2))]
    half = max(abs(points[corner, 0] - middle[0]) for corner in MOUTH_CORNERS)
    # The lips go along with their corners, less towards the middle: a corner alone would leave a kink.
    lips = [i for name in ("lips", "mouth") for i in regions.REGIONS[name][0]]
    across = (points[lips, 0] - middle[0]) / max(half, 1)
    places.append(points[lips])
    along = np.stack([0.5 * np.sign(across) * smile, np.full(len(lips), -0.85 * smile)], axis=1)
    moves.append((np.abs(across) ** 1.7)[:, None] * along)
    for brow in BROWS:
        places.append(points[list(brow)])
        moves.append(np.tile((0, -brows), (len(brow), 1)))
    # Lids stay: what they do is another performance.
    for part in regions.REGIONS["eyes"]:
        places.append(points[list(part)])
        moves.append(np.zeros((len(part), 2)))
    steps = np.arange(0, regions.CROP, _GRID) + (_GRID - 1) / 2
    where = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    field = RBFInterpolator(np.vstack(places), np.vstack(moves), kernel="thin_plate_spline", smoothing=1.0)(
        where
    )
    coarse = field.reshape(len(steps), len(steps), 2).astype(np.float32)
    return cv2.resize(coarse, (regions.CROP, regions.CROP), interpolation=cv2.INTER_CUBIC)


def edge() -> np.ndarray:
    """Points along the crop's edge, which stays."""
    ends = np.linspace(0, regions.CROP - 1, 5)
    return np.array([(x, y) for x in ends for y in ends if x in ends[[0, -1]] or y in ends[[0, -1]]])


def _eyes(points: np.ndarray, step: np.ndarray) -> np.ndarray:
    """The field of the eyeballs when the gaze moves by *step* pixels: full on the iris, nothing at the lids' edge."""
    out = np.zeros((regions.CROP, regions.CROP, 2), np.float32)
    if not np.any(step):
        return out
    y, x = np.mgrid[: regions.CROP, : regions.CROP].astype(np.float32)
    for iris, part in zip(IRISES, regions.REGIONS["eyes"], strict=True):
        opening = np.zeros((regions.CROP * 4,) * 2, np.uint8)
        cv2.fillPoly(opening, [np.round(points[list(part)] * 4 + 1.5).astype(np.int32)], 255)
        # Distance to the lid in pixels of the crop, measured four times finer.
        inside = cv2.resize(
            cv2.distanceTransform(opening, cv2.DIST_L2, 5) / 4,
            (regions.CROP,) * 2,
            interpolation=cv2.INTER_AREA,
        )
        centre = points[list(iris)].mean(axis=0)
        radius = float(np.linalg.norm(points[list(iris)[1:]] - centre, axis=1).mean())
        away = np.hypot(x - centre[0], y - centre[1])
        round_ = np.clip(2 - away / max(radius, 1), 0, 1)
        amount = round_ * round_ * (3 - 2 * round_) * np.clip(inside / 1.0, 0, 1)
        out += amount[..., None] * np.float32(step)
    return out


def _moved(frame: np.ndarray, motion: np.ndarray, matrix: np.ndarray) -> Aged:
    """*frame* with its pixels moved by a field (256, 256, 2) of the crop; it keeps every bit where nothing moves."""
    where, part = regions.window(frame.shape, matrix, regions.CROP)
    here = frame[where]
    field = regions.back(motion, part, here.shape) @ regions.inverse(part)[:, :2].T.astype(np.float32)
    touched = np.abs(field).max(axis=-1) > 0.01
    x, y = np.meshgrid(np.arange(here.shape[1], dtype=np.float32), np.arange(here.shape[0], dtype=np.float32))
    # A pixel takes what lies where it came from; for a smooth, small field that is where the field at it points back to.
    read = cv2.remap(
        here, x - field[..., 0], y - field[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    out, mask = frame.copy(), np.zeros(frame.shape[:2], np.float32)
    out[where][touched] = read[touched]
    mask[where] = touched
    return Aged(regions.legal(out, frame), mask)


# One take's face in another


@dataclass(frozen=True, eq=False)
class _Laid:
    """The other take's face on this head, before it is lit.

    crop: this frame (s, s, 3), in code values. other: the other face in its place, linear. matrix: from the frame to the
    crop. inner: where the face is. gain: logarithm of what the other's light has to be multiplied by, CROP x CROP.
    """

    crop: np.ndarray
    other: np.ndarray
    matrix: np.ndarray
    inner: np.ndarray
    gain: np.ndarray


def composite(frame: np.ndarray, face: Face, take: np.ndarray, taken: Face, permission: Permission) -> Aged:
    """*frame* with the face *taken* of *take* in the place of *face*: the head of one, the performance of the other.

    Both (h, w, 3) float32. permission: to "composite" this face; when the two do not look like one person, to "re-create"
    it, for then somebody gets a performance that they did not give. Raises HallyuError without it, and when the heads are
    turned too differently for one to lie on the other. A still: for a shot, see composite_shot.
    """
    laid = _laid(frame, face, take, taken, permission)
    return _put_in(frame, laid, laid.gain)


def composite_shot(
    shot: Iterable[tuple[np.ndarray, Face | None]],
    take: Iterable[tuple[np.ndarray, Face | None]],
    permission: Permission,
    smooth: int = 15,
) -> Iterator[Aged]:
    """What composite makes of each frame of a shot, both given as faces.follow gives them, frame for frame.

    The light is averaged over *smooth* frames (odd): a gain measured on one frame's grain makes the face flicker. 1 for
    none. Holds *smooth* frames. Raises HallyuError where one of the two ends first or shows no face.
    """
    half = smooth // 2
    window: deque[tuple[np.ndarray, _Laid]] = deque(maxlen=2 * half + 1)

    def lit(at: int) -> Aged:
        gains = [laid.gain for _, laid in list(window)[max(0, at - half) : at + half + 1]]
        return _put_in(*window[at], np.mean(gains, axis=0))

    count = 0
    for count, (here, there) in enumerate(itertools.zip_longest(shot, take), 1):
        if here is None or there is None:
            raise HallyuError(f"One of the two takes ends at frame {count - 1}: cut both to one length.")
        if here[1] is None or there[1] is None:
            raise HallyuError(
                f"One of the two takes shows no face at frame {count - 1}: cut both to the frames in which it is seen."
            )
        window.append((here[0], _laid(*here, *there, permission)))
        if count > half:
            yield lit(min(half, count - 1 - half))
    for at in range(max(0, len(window) - half), len(window)):
        yield lit(at)


def _laid(frame: np.ndarray, face: Face, take: np.ndarray, taken: Face, permission: Permission) -> _Laid:
    alike = identity.cosine(identity.embed(frame, face), identity.embed(take, taken))
    needs(permission, "composite" if alike >= identity.SAME_PERSON else "re-create")
    apart = max(abs(a - b) for a, b in zip(face.pose[:2], taken.pose[:2], strict=True))
    if apart > 20:
        raise HallyuError(
            f"The head is turned {apart:.0f} degrees differently in the two takes: choose takes within 20 degrees."
        )
    size = regions.native(face.points)
    crop, matrix = regions.align(frame[..., :3], face.points, size)
    grow = size / regions.CROP
    here = regions.move(face.points, matrix)[:, :2]
    outline = list(regions.REGIONS["face"][0])
    # The other face, brought to this one by a similarity, then bent so that its outline is this one's.
    fixed = [*outline, 168, 6, 197]
    rigid = regions.similarity(taken.points[fixed, :2], here[fixed])
    there = regions.move(taken.points[:, :2], rigid)
    bend = RBFInterpolator(np.vstack([here[fixed], edge() * grow]), np.vstack([there[fixed] - here[fixed], 0 * edge()]),
                           kernel="thin_plate_spline", smoothing=1.0)  # fmt: skip
    steps = np.arange(0, size, _GRID * grow) + (_GRID * grow - 1) / 2
    where = np.stack(np.meshgrid(steps, steps), axis=-1)
    coarse = bend(where.reshape(-1, 2)).reshape(where.shape).astype(np.float32)
    field = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    laid = regions.warp(take[..., :3], rigid, (size, size))
    x, y = np.meshgrid(np.arange(size, dtype=np.float32), np.arange(size, dtype=np.float32))
    other = cv2.remap(
        laid, x + field[..., 0], y + field[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    canonical = (here - (grow - 1) / 2) / grow
    inner = regions.mask(canonical, "face", size, soft=0)
    inner = cv2.erode(inner, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(9 * grow) | 1,) * 2))
    light, other = colour.to_linear(np.clip(crop, 0, 1)), colour.to_linear(np.clip(other, 0, 1))
    return _Laid(crop, other, matrix, inner, _gain(other, light, inner, grow))


def _put_in(frame: np.ndarray, laid: _Laid, gain: np.ndarray) -> Aged:
    """*frame* with the laid face in it, under the light of *gain*."""
    size = laid.inner.shape[0]
    gain = cv2.resize(np.ascontiguousarray(gain, np.float32), (size, size), interpolation=cv2.INTER_LINEAR)
    lit = colour.to_display((laid.other + 0.01) * np.exp(gain) - 0.01)
    blend = np.clip(cv2.GaussianBlur(laid.inner, (0, 0), 3 * size / regions.CROP) * 2 - 1, 0, 1)
    blend = blend.astype(np.float32)
    out = regions.put_back(frame, lit - laid.crop, laid.matrix, blend)
    return Aged(regions.legal(out, frame), regions.whole_mask(frame.shape, laid.matrix, blend))


def _gain(other: np.ndarray, here: np.ndarray, inner: np.ndarray, grow: float) -> np.ndarray:
    """The light of *here* over that of *other*, both linear, as a logarithm (CROP, CROP, 3): known along the seam, and
    carried inwards without a step.

    It is measured in a band along the mask's edge and filled in by pyramids (pull and push; Gortler et al., 1996).
    """
    width = int(13 * grow) | 1
    band = inner - cv2.erode(inner, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    gain = np.log(cv2.GaussianBlur(here, (0, 0), 2 * grow) + 0.01) - np.log(
        cv2.GaussianBlur(other, (0, 0), 2 * grow) + 0.01
    )
    # Hair or a brow in one of the two is no light: a gain far from the band's median does not count.
    usual = np.median(gain[band > 0.5], axis=0)
    known = band * np.exp(-(((gain - usual) / 0.35) ** 2).mean(axis=-1))
    return cv2.resize(_filled(gain, known), (regions.CROP, regions.CROP), interpolation=cv2.INTER_AREA)


def _filled(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Values (s, s, c) everywhere, from where *known* (s, s), 0 to 1, says that they are."""
    if min(known.shape) <= 4:
        weight = known.sum()
        return np.broadcast_to(
            (values * known[..., None]).sum((0, 1)) / max(weight, 1e-6), values.shape
        ).astype(np.float32)
    half = (known.shape[1] // 2, known.shape[0] // 2)
    less = cv2.resize(known, half, interpolation=cv2.INTER_AREA)
    small = (
        cv2.resize(values * known[..., None], half, interpolation=cv2.INTER_AREA)
        / np.maximum(less, 1e-6)[..., None]
    )
    below = _filled(small, np.minimum(less * 2, 1))
    above = cv2.resize(below, known.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return (values * known[..., None] + above * (1 - known[..., None])).astype(np.float32)
