"""Key a drawn character off its plain ground.

The ground is one colour and every outline is dark ink, so an edge pixel is a mixture of the two: alpha follows from the
distance to the ground, and the ground's share can be taken out of the colour (the same unmixing as a green screen).
"""

import numpy as np
from scipy import ndimage

CLEAR, SOLID = 26.0, 78.0
"""Distances from the ground, in 8-bit RGB units, below which a pixel is ground and above which it is figure."""


def ground_colour(picture: np.ndarray) -> np.ndarray:
    """The ground's RGB (3,), float: the median of the upper border, which a bust or a close-up leaves free."""
    border = np.concatenate(
        [
            picture[:3].reshape(-1, 3),
            picture[: len(picture) // 4, :3].reshape(-1, 3),
            picture[: len(picture) // 4, -3:].reshape(-1, 3),
        ]
    )
    return np.median(border, axis=0).astype(np.float32)


def key(picture: np.ndarray) -> np.ndarray:
    """RGB uint8 (H, W, 3) on a plain ground -> straight-alpha RGBA uint8 (H, W, 4).

    Only ground that is joined to the border, or an enclosed patch of at least 1/2,000 of the picture, becomes
    transparent: a pale highlight inside the figure stays.
    """
    ground = ground_colour(picture)
    colour = picture.astype(np.float32)
    distance = np.sqrt(((colour - ground) ** 2).sum(-1))
    alpha = np.clip((distance - CLEAR) / (SOLID - CLEAR), 0, 1)
    regions, count = ndimage.label(distance < SOLID)
    border = np.unique(np.concatenate([regions[0], regions[:, 0], regions[:, -1]]))
    core = ndimage.sum_labels(distance < CLEAR, regions, np.arange(count + 1))
    outside = np.isin(regions, border) | (core >= picture.shape[0] * picture.shape[1] / 2000)[regions]
    alpha[~outside | (regions == 0)] = 1
    mixed = (alpha > 0.02) & (alpha < 1)
    share = alpha[mixed][:, None]
    colour[mixed] = np.clip((colour[mixed] - (1 - share) * ground) / share, 0, 255)
    return np.dstack([np.round(colour), np.round(alpha * 255)]).astype(np.uint8)
