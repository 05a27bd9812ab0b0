"""A panel: a drawn cut with its layers, the faces in it, and the record of how it was made."""

from dataclasses import dataclass, field

import numpy as np

from hallyu.webtoon.script import Cut

WIDTH = 800
"""Publishing width in pixels."""

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels; x1 and y1 are exclusive."""


@dataclass
class Panel:
    """A drawn cut.

    layers: name -> RGBA uint8 (height, WIDTH, 4), straight alpha, bottom first ("background", then a figure's name).
    faces: figure name -> face box in panel pixels, for balloons and slices to keep clear of.
    record: how each figure was made (prompt, seed, steps, guidance, engine, model), for the disclosure.
    """

    cut: Cut
    layers: dict[str, np.ndarray]
    faces: dict[str, Box] = field(default_factory=dict)
    record: list[dict] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def height(self) -> int:
        """Height in pixels."""
        return next(iter(self.layers.values())).shape[0]

    def art(self) -> np.ndarray:
        """The layers flattened: RGB uint8 (height, WIDTH, 3)."""
        return flatten(self.layers)


def flatten(layers: dict[str, np.ndarray]) -> np.ndarray:
    """Composite straight-alpha RGBA uint8 layers, bottom first, over white; RGB uint8.

    >>> red = np.zeros((1, 1, 4), np.uint8); red[...] = (255, 0, 0, 128)
    >>> flatten({"red": red})[0, 0].tolist()
    [255, 127, 127]
    """
    first = next(iter(layers.values()))
    out = np.full((*first.shape[:2], 3), 255.0, np.float32)
    for layer in layers.values():
        alpha = layer[..., 3:].astype(np.float32) / 255
        out += alpha * (layer[..., :3] - out)
    return np.round(out).astype(np.uint8)
