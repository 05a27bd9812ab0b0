"""The comp (합성): a figure stands in another place, and light, blacks, grain and shadow agree.

Light adds up; code values do not. Whatever is mixed, blurred or added here is linear light (hallyu.film.colour), and
colours are multiplied by their matte before they are filtered or laid over each other. Each step has a measure beside it,
so that a comp can be judged by more than eye.

Source: Porter & Duff, "Compositing Digital Images" (SIGGRAPH 1984); R. Brinkmann, "The Art and Science of Digital
Compositing" (2nd ed., 2008) on light wrap, blacks, grain and contact shadows.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import colour

# --- over -------------------------------------------------------------------------------------------------------------


def premultiplied(rgba: np.ndarray) -> np.ndarray:
    """Colours times their matte: (h, w, 4) straight to premultiplied. Do it to light, not to code values.

    >>> premultiplied(np.float32([[[1.0, 0.5, 0.0, 0.5]]])).tolist()
    [[[0.5, 0.25, 0.0, 0.5]]]
    """
    rgba = _rgba(rgba)
    return np.concatenate([rgba[..., :3] * rgba[..., 3:], rgba[..., 3:]], axis=2)


def straight(rgba: np.ndarray) -> np.ndarray:
    """The way back of premultiplied; a colour that nothing is seen of comes back as black."""
    rgba = _rgba(rgba)
    matte = rgba[..., 3:]
    colours = np.where(matte > 0, rgba[..., :3] / np.where(matte > 0, matte, 1), 0)
    return np.concatenate([colours, matte], axis=2)


def over(front: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Lay *front* over *back*: both premultiplied light; the back is (h, w, 4), or an opaque (h, w, 3).

    >>> red, white = np.float32([[[0.5, 0, 0, 0.5]]]), np.float32([[[1, 1, 1]]])
    >>> over(red, white).tolist()
    [[[1.0, 0.5, 0.5]]]
    """
    front, back = _rgba(front), colour.check(back)
    _alike(front, back)
    return front[..., : back.shape[2]] + (1 - front[..., 3:]) * back


def comp(figure: np.ndarray, matte: np.ndarray, ground: np.ndarray, linear: bool = True) -> np.ndarray:
    """The figure by its matte, and the place by the rest: matte x figure + (1 - matte) x ground, in light.

    figure, ground: code values; the figure's colours straight, as hallyu.film.closed_form.colours gives them. matte:
    (h, w). Returns code values (h, w, 3). linear: False mixes the code values themselves, which is the mistake that
    gives dark rims: the display's curve bends one way, so no mixed pixel comes out lighter than it should.
    Raises HallyuError when the sizes differ.
    """
    figure, matte, ground = _layers(figure, matte, ground)
    if not linear:
        return matte[..., None] * figure + (1 - matte[..., None]) * ground
    light = matte[..., None] * colour.to_linear(figure) + (1 - matte[..., None]) * colour.to_linear(ground)
    return colour.to_display(light)


@dataclass(frozen=True)
class Rim:
    """How a comp's rim is off, in code values x 1000, over the mixed pixels. error: mean distance from the true comp.
    lighter: mean difference of luma, above 0 where the rim glows, below 0 where it is dark. worst: of any pixel."""

    error: float
    lighter: float
    worst: float


def rim(frame: np.ndarray, truth: np.ndarray, matte: np.ndarray) -> Rim:
    """Compare the rim of a comp with the true one's. Mixed is what lies between 0.05 and 0.95 of the true matte.

    Raises HallyuError when the sizes differ, or when the matte has no mixed pixel.
    """
    frame, matte, truth = _layers(frame, matte, truth)
    mixed = (matte > 0.05) & (matte < 0.95)
    if not mixed.any():
        raise HallyuError("The matte has no soft edge, so that there is no rim to compare; give the true matte.")
    away = np.abs(frame - truth)[mixed].mean(axis=1)
    lighter = (colour.luma(frame) - colour.luma(truth))[mixed]
    return Rim(*(1000 * float(value) for value in (away.mean(), lighter.mean(), away.max())))


# --- light wrap -------------------------------------------------------------------------------------------------------


def light_wrap(
    frame: np.ndarray, matte: np.ndarray, ground: np.ndarray, radius: float = 8.0, amount: float = 0.25
) -> np.ndarray:
    """Light of the place that comes round the figure's edge, as a lens and a little haze let it; code values (h, w, 3).

    frame: the comp. ground: the place alone. radius: pixels that the light reaches inwards. amount: 0 adds none; 1 adds
    all the light that a blur of this radius carries in. Nothing outside the figure changes, and nothing turns darker.
    """
    frame, matte, ground = _layers(frame, matte, ground)
    out = np.empty_like(frame)
    for c in range(3):
        came = amount * matte * _carried(colour.to_linear(ground[..., c]), matte, radius)
        out[..., c] = colour.to_display(colour.to_linear(frame[..., c]) + came)
    return out


def _carried(ground: np.ndarray, matte: np.ndarray, radius: float) -> np.ndarray:
    """One channel of the place's light (h, w), blurred into the figure. A wide blur is made at a smaller size."""
    light = np.maximum(ground, 0) * (1 - matte)
    deviation, size = max(radius, 0.1) / 2, light.shape[::-1]
    smaller = max(1, int(deviation / 3))
    if smaller > 1:
        light = cv2.resize(light, tuple(max(1, side // smaller) for side in size), interpolation=cv2.INTER_AREA)
    light = cv2.GaussianBlur(light, (0, 0), deviation / smaller)
    return cv2.resize(light, size, interpolation=cv2.INTER_LINEAR) if smaller > 1 else light


def rim_step(frame: np.ndarray, matte: np.ndarray, pixels: int = 3) -> float:
    """How hard the step of luma over the figure's edge is, in code values x 1000: a cut-out look is a hard step.

    From the mean *pixels* inside the edge to the mean as far outside it, place by place along the edge.
    """
    frame, matte, _ = _layers(frame, matte, frame)
    inside = (matte > 0.95).astype(np.float32)
    outside = (matte < 0.05).astype(np.float32)
    luma = colour.luma(frame)
    size = (0, 0), float(pixels)
    means = []
    for side in (inside, outside):
        weight = cv2.GaussianBlur(side, *size)
        means.append(np.where(weight > 0.02, cv2.GaussianBlur(side * luma, *size) / np.maximum(weight, 1e-6), np.nan))
    steps = np.abs(means[0] - means[1])[(matte > 0.05) & (matte < 0.95)]
    steps = steps[np.isfinite(steps)]
    return 1000 * float(steps.mean()) if steps.size else 0.0


# --- blacks -----------------------------------------------------------------------------------------------------------


def black(frame: np.ndarray, matte: np.ndarray | None = None) -> np.ndarray:
    """The light (3,) of the darkest hundredth of a frame, or of what *matte* shows of it."""
    light = colour.to_linear(colour.check(frame)[..., :3]).reshape(-1, 3)
    if matte is not None:
        light = light[np.asarray(matte).ravel() > 0.95]
    if not len(light):
        raise HallyuError("The matte shows nothing of this frame; choose a frame with the figure in it.")
    dark = light @ colour.WEIGHTS
    return light[dark <= np.percentile(dark, 1)].mean(axis=0)


def match_black(
    figure: np.ndarray, has: np.ndarray, wants: np.ndarray, amount: float = 1.0
) -> np.ndarray:
    """The figure in the place's air: its blacks become the place's, its white stays; code values (h, w, 3).

    has, wants: black() of the figure and of the place. Haze and a lens's flare lay the same light over everything, and
    show most in the blacks. amount: 1 all the way; less for a figure that stands nearer than the darkest thing of the
    place, with less air before it.
    """
    light = colour.to_linear(colour.check(figure)[..., :3])
    return colour.to_display(_lifted(light, has, has + amount * (wants - has)))


def _lifted(light: np.ndarray, has, wants) -> np.ndarray:
    return (wants + (light - has) * ((1 - wants) / np.maximum(1 - has, 1e-3))).astype(np.float32)


def black_gap(frame: np.ndarray, matte: np.ndarray) -> float:
    """How far the figure's blacks are from the place's in a comp, in code values of luma x 1000; above 0 is too light."""
    frame, matte, _ = _layers(frame, matte, frame)
    values = [colour.to_display((black(frame, part) @ colour.WEIGHTS)[None])[0] for part in (matte, 1 - matte)]
    return 1000 * float(values[0] - values[1])


# --- grain ------------------------------------------------------------------------------------------------------------

_BLOCK = 8
_BANDS = np.linspace(0, 1, 9)
_NONE = 0.1 / 255
_FLAT = 20
"""The percentile of the deviations of blocks of one luma that is taken for grain: what lies above may be texture."""
_FLATTEST, _SPAN = 5, 2.5
"""The percentile of all blocks that is surely nothing but grain, and how many times as much a band may have."""


@dataclass(frozen=True)
class Grain:
    """A camera's noise. amount: (8, 3) deviation in code values for eight bands of luma from black to white, each
    channel. size: pixels, the deviation of the blur that white noise would need to look like it; 0 is white."""

    amount: np.ndarray
    size: float

    @property
    def level(self) -> float:
        """Its mean over luma and channels, in code values x 1000."""
        return 1000 * float(self.amount.mean())

    def at(self, luma: np.ndarray, channel: int) -> np.ndarray:
        """The deviation of one channel at each luma, float32 of its shape."""
        middles = (_BANDS[1:] + _BANDS[:-1]) / 2
        # A table of 1024 lumas: to search eight bands for every pixel takes longer than all the rest.
        table = np.interp(np.linspace(0, 1, 1024), middles, self.amount[:, channel]).astype(np.float32)
        return table[np.clip(luma * 1023 + 0.5, 0, 1023).astype(np.int16)]


def grain(frame: np.ndarray, matte: np.ndarray | None = None) -> Grain:
    """The grain of a frame, or of what *matte* shows of it, read in its flattest blocks of 8x8 pixels.

    Texture counts as grain where nothing is flat: read it off a plain wall, sky or coat.
    Raises HallyuError when no whole block is shown.
    """
    spread, luma, likeness = _read(frame, matte)
    size, share = _calibrated(likeness)
    # A camera's grain differs by two or three between its darks and its lights; a band that shows more shows texture.
    most = _SPAN * np.percentile(spread.mean(axis=1), _FLATTEST)
    amount = np.full((len(_BANDS) - 1, 3), np.nan)
    for band, (low, high) in enumerate(pairwise(_BANDS)):
        inside = spread[(luma >= low) & (luma < high)]
        if len(inside) >= 8 and np.percentile(inside.mean(axis=1), _FLAT) <= most:
            amount[band] = np.percentile(inside, _FLAT, axis=0)
    known = np.flatnonzero(np.isfinite(amount[:, 0]))
    if not len(known):
        amount[:], known = np.percentile(spread, _FLATTEST, axis=0), np.arange(len(amount))
    amount = np.stack([np.interp(np.arange(len(amount)), known, amount[known, c]) for c in range(3)], axis=1)
    return Grain((amount / share).astype(np.float32), size)


def _read(frame: np.ndarray, matte: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, float]:
    """Of each block that is shown whole and not clipped: what is fine in it (blocks, 3), as a deviation, and its luma;
    and how alike neighbouring pixels are in the flat ones."""
    frame = colour.check(frame)[..., :3]
    height, width = (side - side % _BLOCK for side in frame.shape[:2])
    shown = np.ones(frame.shape[:2], bool) if matte is None else np.asarray(matte) > 0.95
    fine = _blocks((frame - cv2.GaussianBlur(frame, (0, 0), 2.0))[:height, :width])
    shown = _blocks(shown[:height, :width, None])[..., 0].all(axis=1)
    luma = _blocks(colour.luma(frame)[:height, :width, None]).mean(axis=1)[:, 0]
    shown &= (luma > 0.01) & (luma < 0.985)  # where the camera clips, it has no grain
    if not shown.any():
        raise HallyuError("No block of 8x8 pixels lies inside the matte; read the grain off a larger part.")
    fine, luma = fine[shown], luma[shown]
    spread = fine.std(axis=1)
    flat = spread.mean(axis=1) <= np.percentile(spread.mean(axis=1), _FLATTEST)
    return spread, luma, _likeness(fine[flat])


def _blocks(picture: np.ndarray) -> np.ndarray:
    """(h, w, c) in whole blocks: (blocks, 64, c)."""
    height, width, channels = picture.shape
    cut = picture.reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK, channels)
    return cut.transpose(0, 2, 1, 3, 4).reshape(-1, _BLOCK * _BLOCK, channels)


def _likeness(blocks: np.ndarray) -> float:
    """How alike pixels are that lie side by side, -1 to 1."""
    square = blocks.reshape(len(blocks), _BLOCK, _BLOCK, -1)
    alike = [(square[:, 1:] * square[:, :-1]).mean(), (square[:, :, 1:] * square[:, :, :-1]).mean()]
    return float(np.mean(alike) / max((square**2).mean(), 1e-12))


def _calibrated(likeness: float) -> tuple[float, float]:
    """The size of a grain whose pixels are so alike, and the share of its deviation that _read and _FLAT see."""
    sizes, alike, shares = _made_grain()
    size = float(np.interp(likeness, alike, sizes))
    return size, float(np.interp(size, sizes, shares))


@cache
def _made_grain() -> tuple[list[float], list[float], list[float]]:
    """What the meter reads of grain that is made: sizes, how alike neighbours are, shares of a deviation of 0.01."""
    sizes, alike, shares = [0.0, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0], [], []
    for size in sizes:
        made = add_grain(np.full((256, 256, 3), 0.5, np.float32), Grain(np.full((8, 3), 0.01), size))
        spread, _, likeness = _read(made, None)
        alike.append(likeness)
        shares.append(float(np.percentile(spread, _FLAT, axis=0).mean()) / 0.01)
    return sizes, alike, shares


def add_grain(frame: np.ndarray, amount: Grain, seed: int = 0, number: int = 0) -> np.ndarray:
    """*frame* with grain of its own, code values (h, w, 3). The same *seed* and frame *number* give the same grain."""
    frame = colour.check(frame)[..., :3]
    random = np.random.default_rng((seed, number))
    luma, out = colour.luma(frame), np.empty_like(frame)
    for c in range(3):
        noise = random.standard_normal(luma.shape, np.float32)
        if amount.size > 0.2:
            noise = cv2.GaussianBlur(noise, (0, 0), amount.size)
            noise /= max(float(noise.std()), 1e-6)
        out[..., c] = frame[..., c] + noise * amount.at(luma, c)
    return out


def match_grain(
    frame: np.ndarray, matte: np.ndarray, wanted: Grain, has: float, seed: int = 0, number: int = 0
) -> np.ndarray:
    """The comp with what grain its figure lacks; code values (h, w, 3).

    wanted: grain() of the place. has: the share of it that the figure has already, its grain_ratio in the comp. A figure
    that has more than its place stays as it is: denoise it first.
    """
    frame, matte, _ = _layers(frame, matte, frame)
    lacks = np.sqrt(max(0.0, 1 - has**2))  # deviations add up by their squares
    if not lacks:
        return frame.copy()
    added = add_grain(frame, Grain(lacks * wanted.amount, wanted.size), seed, number)
    added -= frame
    added *= matte[..., None]
    return np.add(frame, added, out=added)


def grain_ratio(frame: np.ndarray, matte: np.ndarray) -> float:
    """The figure's grain as a share of the place's in a comp: 1 is matched, 0 a figure from a denoiser.

    Each block of the figure is laid beside what the place has at its luma. A place without grain: 1 for a figure
    without, more for any other.
    """
    frame, matte, _ = _layers(frame, matte, frame)
    return _share(frame, matte, grain(frame, 1 - matte))


def _share(frame: np.ndarray, matte: np.ndarray, wanted: Grain) -> float:
    spread, luma, likeness = _read(frame, matte)
    _, share = _calibrated(likeness)
    expected = np.mean([wanted.at(luma, c) for c in range(3)], axis=0)
    # A tenth of a level of 8 bits is no grain, and what has none beside none is matched.
    shares = (spread.mean(axis=1) / share + _NONE) / (expected + _NONE)
    return float(np.percentile(shares, _FLAT))


# --- shadow -----------------------------------------------------------------------------------------------------------


def contact_shadow(
    matte: np.ndarray, lean: float = 0.6, length: float = 0.35, softness: float = 0.03, foot: int | None = None
) -> np.ndarray:
    """Where a standing figure keeps the light from the ground it stands on: float32 (h, w), 1 is full shadow.

    The matte is laid down from the feet: *length* times as high as it stands, behind it, or towards the camera where the
    light comes from behind (below 0); leaning *lean* of its own length to the right (below 0: left), softer with the
    distance by *softness* of the figure's height; and dark right at the feet. foot: the row that the figure stands on, by
    default the matte's lowest. Raises HallyuError for an empty matte and a shadow without length.
    """
    matte = np.asarray(matte, np.float32)
    rows = np.flatnonzero((matte > 0.5).any(axis=1))
    if not len(rows):
        raise HallyuError("The matte is empty: without a figure there is no shadow.")
    if abs(length) < 1e-3:
        raise HallyuError("A shadow has some length, above 0 behind the figure and below 0 before it.")
    height, width = matte.shape
    foot = int(rows[-1]) if foot is None else foot
    tall = max(foot - int(rows[0]), 1)
    # Each row of the shadow shows the matte's row as far above the feet, divided by the length.
    above = foot - np.arange(height, dtype=np.float32)[:, None]
    away = above * np.sign(length)
    source = np.broadcast_to(foot - above / length, matte.shape).astype(np.float32)
    across = (np.arange(width, dtype=np.float32) - lean * away).astype(np.float32)
    lying = cv2.remap(matte, across, source, cv2.INTER_LINEAR, borderValue=0)
    del source, across  # 33 MB each at 4K
    lying *= away >= 0
    # Softer with the distance: between a sharp and a soft copy.
    far = np.clip(away / max(abs(length) * tall, 1), 0, 1)
    shadow = cv2.GaussianBlur(lying, (0, 0), max(softness * tall, 0.5))
    shadow *= far * (1 - 0.4 * far)
    lying = cv2.GaussianBlur(lying, (0, 0), max(0.15 * softness * tall, 0.3))
    shadow += lying * (1 - far)
    feet = matte * (np.abs(above) < 0.03 * tall)
    shadow += 0.8 * cv2.GaussianBlur(feet, (0, 0), sigmaX=max(0.02 * tall, 0.5), sigmaY=max(0.008 * tall, 0.5))
    return np.clip(shadow, 0, 1, out=shadow)


def shaded(ground: np.ndarray, shadow: np.ndarray, fill: tuple[float, float, float] = (0.40, 0.54, 0.78)) -> np.ndarray:
    """The place with a shadow on it, code values (h, w, 3).

    fill: the share of red, green and blue light that still falls in full shadow; under an open sky it is bluish.
    """
    ground, shadow, _ = _layers(ground, shadow, ground)
    light = colour.to_linear(ground) * (1 - shadow[..., None] * (1 - np.float32(fill)))
    return colour.to_display(light)


def shadow_depth(frame: np.ndarray, plate: np.ndarray, shadow: np.ndarray) -> float:
    """How much light reaches the ground in a comp where the shadow is full, as a share of the plate's: 1 is no shadow.

    shadow: (h, w), where it should be; leave the figure out of it.
    """
    frame, shadow, plate = _layers(frame, shadow, plate)
    full = shadow > 0.5
    if not full.any():
        raise HallyuError("The shadow is nowhere full; give the shadow's own mask, not the comp.")
    before, after = (float(colour.luma(colour.to_linear(f))[full].mean()) for f in (plate, frame))
    return after / max(before, 1e-6)


# --- all of it --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """What a figure has and what its place asks for, read once for a shot: read in every frame it would flicker.

    black, wanted_black: light (3,). grain: the place's. has: the share of it that the figure has."""

    black: np.ndarray
    wanted_black: np.ndarray
    grain: Grain
    has: float


def look(figure: np.ndarray, matte: np.ndarray, ground: np.ndarray) -> Look:
    """Read a frame that shows both well. Raises HallyuError for a figure of less than a block of 8x8 pixels."""
    figure, matte, ground = _layers(figure, matte, ground)
    wanted = grain(ground)
    return Look(black(figure, matte), black(ground), wanted, _share(figure, matte, wanted))


def integrated(
    figure: np.ndarray, matte: np.ndarray, ground: np.ndarray, read: Look | None = None, blacks: float = 1.0,
    wrap: float = 0.25, seed: int = 0, number: int = 0,
) -> np.ndarray:  # fmt: skip
    """The comp with blacks, light wrap and grain, in this order; code values (h, w, 3).

    read: look() of one frame of the shot; by default it is read in this one. blacks, wrap: the amounts of match_black and
    light_wrap. seed, number: of add_grain; number is the frame's. A shadow goes onto the ground first: see shaded.
    """
    figure, matte, ground = _layers(figure, matte, ground)
    read = read or look(figure, matte, ground)
    wanted = read.black + blacks * (read.wanted_black - read.black)
    frame = np.empty_like(figure)
    for c in range(3):  # one channel's light at a time, and to light and back once: a 4K frame is large
        place = colour.to_linear(ground[..., c])
        light = matte * _lifted(colour.to_linear(figure[..., c]), read.black[c], wanted[c]) + (1 - matte) * place
        if wrap:
            light += wrap * matte * _carried(place, matte, max(2.0, len(frame) / 90))
        frame[..., c] = colour.to_display(light)
    return match_grain(frame, matte, read.grain, read.has, seed, number)


def _rgba(rgba: np.ndarray) -> np.ndarray:
    rgba = colour.check(rgba)
    if rgba.shape[2] != 4:
        raise HallyuError("A layer needs a matte as its fourth channel; stack the colours and the matte.")
    return rgba


def _alike(*layers: np.ndarray) -> None:
    sizes = [f"{layer.shape[1]}x{layer.shape[0]}" for layer in layers]
    if len(set(sizes)) > 1:
        raise HallyuError(f"The layers have {', '.join(sizes)} pixels; bring them to one size first.")


def _layers(figure: np.ndarray, matte: np.ndarray, ground: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two frames without mattes of their own, and the matte between them, of one size."""
    figure, ground = colour.check(figure)[..., :3], colour.check(ground)[..., :3]
    matte = np.asarray(matte, np.float32)
    if matte.ndim != 2:
        raise HallyuError(f"A matte is (height, width), not {matte.shape}.")
    _alike(figure, matte, ground)
    return figure, matte, ground
