"""From rendered layers to finished frames: reading, compositing in linear light, the film stock's curve, grain.

NumPy, OpenCV and OpenEXR, none of Blender: publish.py and the tests use it.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from shots import GREEN

# AgX by Troy Sobotka, in the short form that Benjamin Wrensch published (MIT licence): the colours are drawn a little
# towards each other, so that bright saturated light fades to white as on film, and a curve over the stops does the rest.
_INSET = np.array(
    [
        [0.842479062253094, 0.0784335999999992, 0.0792237451477643],
        [0.0423282422610123, 0.878468636469772, 0.0791661274605434],
        [0.0423756549057051, 0.0784336, 0.879142973793104],
    ]
)
_DARKEST, _BRIGHTEST = -12.47393, 4.026069
_CURVE = (15.5, -40.14, 31.96, -6.868, 0.4298, 0.1191, -0.00232)


def develop(
    linear: np.ndarray, stops: float = 0.0, contrast: float = 1.22, colour: float = 1.22
) -> np.ndarray:
    """Scene-linear light (h, w, 3) as display code values 0 to 1, float32.

    stops: exposure. contrast, colour: the print's power and saturation.
    """
    drawn = np.maximum(linear * 2.0**stops, 1e-10) @ _INSET.T
    share = (np.clip(np.log2(drawn), _DARKEST, _BRIGHTEST) - _DARKEST) / (_BRIGHTEST - _DARKEST)
    printed = np.maximum(np.polyval(_CURVE, share), 0) ** contrast
    grey = printed @ np.array([0.2126, 0.7152, 0.0722])[:, None]
    printed = grey + colour * (printed - grey)
    return np.clip(printed @ np.linalg.inv(_INSET).T, 0, 1).astype(np.float32)


@dataclass(frozen=True)
class Layer:
    """An actor's frame: straight scene-linear colour (h, w, 3), matte (h, w), depth in metres (h, w), float32."""

    colour: np.ndarray
    matte: np.ndarray
    depth: np.ndarray


def read(path: Path) -> dict[str, np.ndarray]:
    """The parts of a rendered EXR by name, float32: "beauty.Combined" (h, w, 4), "beauty.Depth.Z" (h, w) ..."""
    import OpenEXR

    found = {}
    with OpenEXR.File(str(path)) as file:
        for part in file.parts:
            found |= {name: channel.pixels.astype(np.float32) for name, channel in part.channels.items()}
    return found


def layer(path: Path) -> Layer:
    """The actors of a frame.

    The colour of a pixel that is half covered is the light that came from the covered part, divided by how much that
    was; where little is covered the quotient is noise, and the colour of the covered pixels around is taken instead.
    """
    parts = read(path)
    premultiplied, covered = parts["beauty.Combined"][..., :3], parts["beauty.Combined"][..., 3]
    premultiplied = premultiplied * (covered > 0)[..., None]
    weight = np.where(covered > 0.999, 1, 0.999 * covered)
    if "matte.Combined" in parts:
        matte = np.clip(parts["matte.Combined"][..., 0], 0, 1)
    else:  # few samples: a little calmer where they scatter
        soft = (cv2.blur(covered, (3, 3)) < 0.999) & (cv2.dilate(covered, np.ones((3, 3))) > 0)
        matte = np.where(soft, cv2.GaussianBlur(covered, (0, 0), 0.6), covered)
    colour, known = premultiplied, weight
    result = np.where((weight >= 0.999)[..., None], premultiplied, 0)
    done = weight >= 0.999
    for sigma in (0.7, 1.5, 4.0, 12.0):
        spread = cv2.GaussianBlur(np.dstack([colour, known]), (0, 0), sigma)
        enough = ~done & (spread[..., 3] > 0.12)
        result[enough] = spread[enough, :3] / spread[enough, 3:]
        done |= enough
    matte = np.where(matte < 1 / 510, 0, np.where(matte > 1 - 1 / 510, 1, matte)).astype(np.float32)
    return Layer(np.maximum(result, 0), matte, parts["beauty.Depth.Z"])


def over(front: Layer, plate: np.ndarray) -> np.ndarray:
    """*front* before *plate* (h, w, 3), in linear light."""
    return front.colour * front.matte[..., None] + plate * (1 - front.matte[..., None])


def grain(frame: np.ndarray, seed: int, amount: float = 0.007) -> np.ndarray:
    """*frame* (code values) with a film's grain: strongest in the middle tones, a little in colour."""
    random = np.random.default_rng(seed)
    tall, wide = frame.shape[:2]
    clumps = cv2.GaussianBlur(random.standard_normal((tall, wide), np.float32), (0, 0), 0.75) * 2.4
    colours = cv2.GaussianBlur(random.standard_normal((tall, wide, 3), np.float32), (0, 0), 0.9) * 2.8
    strength = amount * (0.35 + 2.6 * frame * (1 - frame))
    return np.clip(frame + strength * (0.9 * clumps[..., None] + 0.35 * colours), 0, 1)


def sized(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """*picture* at another size, as a mean over what each new pixel covers."""
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def green_plate(width: int, height: int) -> np.ndarray:
    """The empty screen as the camera sees it: scene-linear (h, w, 3), darker towards the corners, brighter above."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    light = 1 - 0.20 * (x**2 + 0.7 * y**2) - 0.07 * y + 0.03 * np.sin(2.1 * x + 0.6)
    return (np.array(GREEN) * light[..., None]).astype(np.float32)
