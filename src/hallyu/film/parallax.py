"""A moving camera in a still picture: layers of depth, what they hide filled in, and each seen from where the camera is.

A pixel's depth says how far it moves when the camera does. Inside a layer it is followed pixel by pixel, so that the
ground slides as ground does and not as a card; between layers there are gaps, in which what lies behind has to be there.

Source: Zheng, Colburn, Agarwala, Agrawala, Salesin, Curless & Cohen, "Parallax Photography: Creating 3D Cinematic Effects
from Stills" (Graphics Interface 2009); Gortler et al., "The Lumigraph" (SIGGRAPH 1996) on filling by push and pull.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import colour
from hallyu.film.comp import over, premultiplied


@dataclass(frozen=True)
class Lens:
    """focal: in picture heights, 1.5 is a 36 mm lens on full frame. focus: metres, None is sharp everywhere. aperture:
    metres across; a 36 mm lens at f/2 has 0.018."""

    focal: float = 1.5
    focus: float | None = None
    aperture: float = 0.018


LENS = Lens()
Position = tuple[float, float, float]
"""Metres that the camera has moved to the right, down and into the picture."""


@dataclass(frozen=True)
class Layer:
    """A part of a picture: straight RGBA code values (h, w, 4), and its depth in metres (h, w), known also where the
    layer is transparent."""

    picture: np.ndarray
    depth: np.ndarray


# --- layers from a picture --------------------------------------------------------------------------------------------


def split(frame: np.ndarray, depth: np.ndarray, cuts: Sequence[float]) -> list[Layer]:
    """A picture taken apart at depths of *cuts* metres, the farthest layer first; nothing is left hidden behind.

    frame: (h, w, 3). depth: (h, w), metres. What a nearer layer hides is filled from what is seen around it; a layer's
    soft edge gets the layer's own colours. Raises HallyuError for a depth of another size, for one that is not above 0,
    and for a cut with nothing on one side.
    """
    frame, depth = colour.check(frame)[..., :3], np.asarray(depth, np.float32)
    if depth.shape != frame.shape[:2]:
        raise HallyuError(f"The picture is {frame.shape[:2]} and its depth {depth.shape}; bring them to one size.")
    if not (np.isfinite(depth) & (depth > 0)).all():
        raise HallyuError("Every pixel needs a depth above 0 metres; give the sky a far one, such as 1000.")
    edges = [np.inf, *sorted(cuts, reverse=True), 0.0]
    layers = []
    for far, near in pairwise(edges):
        inside = (depth < far) & (depth >= near)
        if not inside.any():
            raise HallyuError(f"Nothing in this picture lies between {near:g} and {far:g} metres; move that cut.")
        # Colours at the edge are mixed with what is behind: they are taken from a pixel further in.
        sure = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        known = sure if sure.any() else inside
        # The farthest layer is all there is behind the others: it has no hole.
        matte = np.ones(depth.shape, np.float32) if far == np.inf else _soft(inside)
        colours = np.where(known[..., None], frame, filled(frame, known))
        layers.append(Layer(np.dstack([colours, matte]), filled(depth[..., None], inside)[..., 0]))
    return layers


def _soft(mask: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.7)


def filled(picture: np.ndarray, known: np.ndarray) -> np.ndarray:
    """*picture* (h, w, c) with all that is not *known* (h, w) filled by what is near, float32; by push and pull.

    Known pixels stay. Raises HallyuError when nothing is known.

    >>> row = np.float32([[[0.2], [9.0], [0.4]]])
    >>> filled(row, np.array([[True, False, True]])).round(2).ravel().tolist()
    [0.20000000298023224, 0.30000001192092896, 0.4000000059604645]
    """
    if not known.any():
        raise HallyuError("Nothing of this picture is known, so that there is nothing to fill it from.")
    weight = known.astype(np.float32)[..., None]
    return _pulled(np.asarray(picture, np.float32) * weight, weight)


def _pulled(sums: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Push: half the size, until all is known. Pull: take from there what is missing here."""
    height, width = weight.shape[:2]
    here = sums / np.maximum(weight, 1e-6)
    if (weight > 0).all() or max(height, width) == 1:
        return here
    size = (width + 1) // 2, (height + 1) // 2
    less = cv2.resize(np.concatenate([sums, weight], axis=2), size, interpolation=cv2.INTER_AREA)
    below = _pulled(less[..., :-1], less[..., -1:])
    wide = cv2.resize(below, (width, height), interpolation=cv2.INTER_LINEAR).reshape(sums.shape)
    return np.where(weight > 0, here, wide)


# --- the camera -------------------------------------------------------------------------------------------------------


def eased(start: Position, end: Position, frames: int) -> list[Position]:
    """A move from *start* to *end* in *frames* positions that begins and ends at rest.

    >>> [round(x, 2) for x, _, _ in eased((0, 0, 0), (1, 0, 0), 5)]
    [0.0, 0.16, 0.5, 0.84, 1.0]
    """
    if frames < 1:
        raise HallyuError("A move needs at least one frame.")
    t = np.linspace(0, 1, frames)
    way = t * t * (3 - 2 * t)
    return [tuple(float(a + w * (b - a)) for a, b in zip(start, end, strict=True)) for w in way]


def seen(layer: Layer, camera: Position, lens: Lens = LENS) -> np.ndarray:
    """A layer from another place: premultiplied linear RGBA (h, w, 4); transparent where it was never seen.

    Each pixel asks where it comes from; that place's depth tells better where, and five rounds find it.
    Raises HallyuError when the camera would stand in or behind the layer.
    """
    height, width = layer.depth.shape
    right, down, into = camera
    nearest = float(layer.depth[layer.picture[..., 3] > 0.01].min(initial=np.inf))
    if into >= 0.9 * nearest:
        raise HallyuError(
            f"The camera moves {into:g} metres in, and something of the picture is only {nearest:.1f} metres away; "
            "end the move before it."
        )
    scale = lens.focal * height
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    middle = (width - 1) / 2, (height - 1) / 2
    from_x, from_y = x.copy(), y.copy()
    depth = layer.depth
    for _ in range(5):
        from_x = middle[0] + ((x - middle[0]) * (depth - into) + scale * right) / depth
        from_y = middle[1] + ((y - middle[1]) * (depth - into) + scale * down) / depth
        depth = cv2.remap(layer.depth, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = premultiplied(colour.to_linear(layer.picture))
    light = np.maximum(cv2.remap(light, from_x, from_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT), 0)
    if lens.focus is None:
        return light
    return defocused(light, scale * lens.aperture / 2 * np.abs(1 / (depth - into) - 1 / lens.focus))


def defocused(light: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """A layer through a lens: each point becomes a disc. Premultiplied linear RGBA (h, w, 4), as it is given.

    radius: (h, w) pixels. Between a few sharpnesses the pixel's own is mixed. Raises HallyuError for a disc wider than
    a quarter of the picture.
    """
    largest = float(radius.max())
    if largest > 0.25 * min(radius.shape):
        raise HallyuError(
            f"The lens would spread a point over {2 * largest:.0f} pixels; focus nearer to it, or close the aperture."
        )
    if largest < 0.5:
        return light
    steps = np.unique(np.concatenate([[0.0], np.geomspace(0.5, max(largest, 0.51), max(2, int(2 * np.log2(largest) + 3)))]))
    out, before = np.zeros_like(light), None
    for low, high in pairwise(steps.tolist()):
        near = light if before is None else before
        far = cv2.filter2D(light, -1, _disc(high), borderType=cv2.BORDER_REPLICATE)
        here = (radius >= low) & (radius <= high)
        part = ((radius - low) / (high - low))[..., None].astype(np.float32)
        out = np.where(here[..., None], near + part * (far - near), out)
        before = far
    return out


def _disc(radius: float) -> np.ndarray:
    """A disc of *radius* pixels with an edge of one pixel, of sum 1."""
    side = int(np.ceil(radius)) + 1
    x, y = np.mgrid[-side : side + 1, -side : side + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return (disc / disc.sum()).astype(np.float32)


def picture(layers: Sequence[Layer], camera: Position = (0.0, 0.0, 0.0), lens: Lens = LENS) -> np.ndarray:
    """All layers from where the camera is, straight RGBA code values (h, w, 4); its matte is below 1 where there is a gap.

    layers: the farthest first. A picture that is a little larger than the shot (see cropped) has no gaps at its edges.
    """
    if not layers:
        raise HallyuError("There is no layer to look at; split a picture first.")
    out = np.zeros_like(layers[0].picture)
    for layer in layers:
        out = over(seen(layer, camera, lens), out)
    matte = np.clip(out[..., 3:], 0, 1)
    return np.dstack([colour.to_display(out[..., :3] / np.maximum(matte, 1e-6)), matte])


def shot(
    layers: Sequence[Layer], positions: Sequence[Position], lens: Lens = LENS, border: float = 0.0
) -> Iterator[np.ndarray]:
    """The frames (h, w, 3) of a camera move. border: share of each side that is cut off, where gaps would show."""
    for position in positions:
        yield cropped(picture(layers, position, lens), border)[..., :3]


def cropped(frame: np.ndarray, border: float) -> np.ndarray:
    """*frame* without *border* (a share of its size) on each side; the sides stay even numbers."""
    if not 0 <= border < 0.5:
        raise HallyuError(f"A border is a share from 0 to below 0.5 of the picture, not {border}.")
    height, width = frame.shape[:2]
    tall, wide = (max(2, int(side * (1 - 2 * border)) // 2 * 2) if border else side for side in (height, width))
    top, left = (height - tall) // 2, (width - wide) // 2
    return frame[top : top + tall, left : left + wide]


def gaps(rgba: np.ndarray) -> float:
    """The share of a picture's pixels in which there is a gap, 0 is best."""
    return float((rgba[..., 3] < 0.99).mean())
