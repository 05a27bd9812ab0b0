"""What a frame's numbers mean: code values, linear light, luma, Y'CbCr and CIE L*a*b*.

A frame is float32 (h, w, 3) of RGB code values for a display: BT.709 primaries, white D65, the sRGB curve, 0 black and
1 white. A fourth channel is a matte, and no function here changes it. Values below 0 and above 1 are kept throughout.
"""

import numpy as np

from hallyu.errors import HallyuError

PRIMARIES = np.array([[0.640, 0.330], [0.300, 0.600], [0.150, 0.060]])
"""CIE x, y of red, green and blue. Source: ITU-R BT.709-6, the same in IEC 61966-2-1 (sRGB)."""
WHITE = np.array([0.3127, 0.3290])
"""CIE x, y of D65."""


def _xyz(xy: np.ndarray) -> np.ndarray:
    """X, Y, Z of chromaticities, with Y = 1."""
    x, y = xy[..., 0], xy[..., 1]
    return np.stack([x / y, np.ones_like(x), (1 - x - y) / y], axis=-1)


def _matrix() -> np.ndarray:
    columns = _xyz(PRIMARIES).T
    return columns * np.linalg.solve(columns, _xyz(WHITE))


TO_XYZ = _matrix()
"""(3, 3): linear RGB to CIE XYZ, white at Y = 1. A row of RGB times TO_XYZ.T. Its middle row is WEIGHTS, unrounded."""
WEIGHTS = np.float32([0.2126, 0.7152, 0.0722])
"""How much red, green and blue count in luma. Source: ITU-R BT.709-6."""

SKIN_LINE = 123.0
"""Degrees from +Cb towards +Cr: where skin lies on a vectorscope. It is the +I axis of NTSC, which scopes still draw."""

# Where the cube root of L*a*b* gives way to a line, and how steep that is. Source: CIE 015:2018.
_EPSILON, _SLOPE = (6 / 29) ** 3, (29 / 6) ** 2 / 3


def check(frame: np.ndarray) -> np.ndarray:
    """*frame* as float32 (h, w, 3) or (h, w, 4), or one sentence on what is wrong with it.

    Raises HallyuError for another shape, for whole numbers (an 8-bit picture that was not divided by 255), and for
    values that are not numbers, the first of them named by its pixel.
    """
    frame = np.asarray(frame)
    if frame.ndim != 3 or frame.shape[2] not in (3, 4) or not frame.size:
        raise HallyuError(
            f"A frame has the shape (height, width, 3), or 4 with a matte, not {frame.shape}; reshape it."
        )
    if not np.issubdtype(frame.dtype, np.floating):
        raise HallyuError(
            f"A frame holds code values from 0 to 1, and this one holds whole numbers ({frame.dtype}); "
            "divide 8 bits by 255, 10 bits by 1023, 16 bits by 65535."
        )
    if not np.isfinite(frame).all():
        y, x, _ = np.argwhere(~np.isfinite(frame))[0]
        raise HallyuError(
            f"The frame's pixel at x = {x}, y = {y} is not a number (NaN or infinite); render that frame again."
        )
    return frame.astype(np.float32, copy=False)


def to_linear(frame: np.ndarray) -> np.ndarray:
    """Code values to light, by the sRGB curve; float32 of the same shape. The matte of an RGBA frame stays.

    Below 0 the curve is mirrored, above 1 it goes on: nothing is clipped. Source: IEC 61966-2-1.

    >>> to_linear(np.float32([-0.5, 0.0, 0.5, 1.0])).round(4)
    array([-0.214,  0.   ,  0.214,  1.   ], dtype=float32)
    """
    return _keeping_the_matte(_linear, frame)


def to_display(linear: np.ndarray) -> np.ndarray:
    """Light to code values, the way back of to_linear; float32 of the same shape.

    >>> to_display(np.float32([-0.214, 0.18, 1.0])).round(2)
    array([-0.5 ,  0.46,  1.  ], dtype=float32)
    """
    return _keeping_the_matte(_display, linear)


_AT_A_TIME = 1 << 20
"""Values that go through a curve at a time: it needs five times their room, and a frame at 4K has 25 million."""


def _keeping_the_matte(curve, frame: np.ndarray) -> np.ndarray:
    frame = np.asarray(frame, np.float32)
    if frame.ndim < 2 or not frame.size:
        return curve(frame)
    out = frame.copy()
    colours = out[..., :3] if frame.ndim == 3 and frame.shape[2] == 4 else out
    step = max(1, _AT_A_TIME // frame[0].size)
    for top in range(0, len(out), step):
        colours[top : top + step] = curve(colours[top : top + step])
    return out


def _linear(values: np.ndarray) -> np.ndarray:
    size = np.abs(values)
    curved = ((size + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4)
    return np.copysign(np.where(size <= 0.04045, size / np.float32(12.92), curved), values)


def _display(light: np.ndarray) -> np.ndarray:
    size = np.abs(light)
    curved = np.float32(1.055) * size ** np.float32(1 / 2.4) - np.float32(0.055)
    return np.copysign(np.where(size <= 0.0031308, size * np.float32(12.92), curved), light)


def luma(frame: np.ndarray) -> np.ndarray:
    """(h, w) how bright code values look: Y' of BT.709. Of a linear frame the same sum is luminance.

    >>> luma(np.float32([[[0.0, 1.0, 0.0], [1.0, 1.0, 1.0]]])).round(4)
    array([[0.7152, 1.    ]], dtype=float32)
    """
    return np.asarray(frame, np.float32)[..., :3] @ WEIGHTS


def to_ycbcr(frame: np.ndarray) -> np.ndarray:
    """(..., 3) Y' 0..1 and the colour differences Cb, Cr -0.5..0.5 of code values. Source: ITU-R BT.709-6, item 3.

    >>> to_ycbcr(np.float32([0.0, 0.0, 1.0])).round(4)
    array([ 0.0722,  0.5   , -0.0458], dtype=float32)
    """
    frame = np.asarray(frame, np.float32)
    y = luma(frame)
    blue, red = (frame[..., 2] - y) / np.float32(1.8556), (frame[..., 0] - y) / np.float32(1.5748)
    return np.stack([y, blue, red], axis=-1)


def from_ycbcr(ycbcr: np.ndarray) -> np.ndarray:
    """(..., 3) code values of Y'CbCr: the way back of to_ycbcr."""
    y, blue, red = np.moveaxis(np.asarray(ycbcr, np.float32), -1, 0)
    red, blue = y + np.float32(1.5748) * red, y + np.float32(1.8556) * blue
    green = (y - WEIGHTS[0] * red - WEIGHTS[2] * blue) / WEIGHTS[1]
    return np.stack([red, green, blue], axis=-1)


def skin(frame: np.ndarray) -> np.ndarray:
    """(...) how much code values (..., 3) look like skin, 0..1, falling off smoothly.

    On a vectorscope skin of every tone lies along one line, because blood colours it all: its lightness and its
    saturation differ, its hue hardly does. Wood, sand and straw lie there as well, so use it inside a face or to weight.

    >>> skin(np.float32([[0.80, 0.60, 0.50], [0.35, 0.22, 0.16], [0.3, 0.4, 0.7], [0.5, 0.5, 0.5]])).round(1)
    array([1., 1., 0., 0.], dtype=float32)
    """
    y, blue, red = np.moveaxis(to_ycbcr(np.asarray(frame)[..., :3]), -1, 0)
    off = np.abs((np.degrees(np.arctan2(red, blue)) - SKIN_LINE + 180) % 360 - 180)
    saturation = np.hypot(blue, red)
    parts = (
        _fade(26 - off, 14),
        _fade(saturation - 0.01, 0.03),
        _fade(0.30 - saturation, 0.08),
        _fade(
            0.60 * y - saturation, 0.15 * np.abs(y) + 1e-6
        ),  # a red coat is more saturated than it is light
        _fade(y - 0.02, 0.08),
    )
    return np.prod(parts, axis=0, dtype=np.float32)


def _fade(values: np.ndarray, width: float | np.ndarray) -> np.ndarray:
    """0 below 0, 1 from *width* on, without a corner between."""
    share = np.clip(values / width, 0, 1)
    return share * share * (3 - 2 * share)


def to_lab(frame: np.ndarray) -> np.ndarray:
    """(..., 3) CIE L*a*b* of code values: L* 0..100, white D65. Equal steps look about equally far apart.

    Source: CIE 015:2018.

    >>> to_lab(np.float32([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]])).round(1) + 0.0
    array([[100. ,   0. ,   0. ],
           [ 53.2,  80.1,  67.2]], dtype=float32)
    """
    x, y, z = np.moveaxis(_root(to_linear(frame)[..., :3] @ _TO_RELATIVE), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def from_lab(lab: np.ndarray) -> np.ndarray:
    """(..., 3) code values of CIE L*a*b*: the way back of to_lab. Colours no display has lie outside 0..1."""
    light, a, b = np.moveaxis(np.asarray(lab, np.float32), -1, 0)
    y = (light + 16) / 116
    root = np.stack([y + a / 500, y, y - b / 200], axis=-1)
    relative = np.where(root > 6 / 29, root**3, (root - np.float32(4 / 29)) / np.float32(_SLOPE))
    return to_display(relative @ _FROM_RELATIVE)


def _root(relative: np.ndarray) -> np.ndarray:
    line = np.float32(_SLOPE) * relative + np.float32(4 / 29)
    return np.where(relative > _EPSILON, np.cbrt(relative), line)


_TO_RELATIVE = (TO_XYZ / _xyz(WHITE)[:, None]).T.astype(np.float32)  # linear RGB to X/Xn, Y/Yn, Z/Zn
_FROM_RELATIVE = np.linalg.inv(_TO_RELATIVE.astype(np.float64)).astype(np.float32)
