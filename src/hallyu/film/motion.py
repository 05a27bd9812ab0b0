"""Where things go from one frame to the next: dense flow, pictures moved along it, and what both frames show.

Source of the flow: Kroeger, Timofte, Dai & Van Gool, "Fast Optical Flow using Dense Inverse Search" (ECCV 2016), by OpenCV.
"""

import cv2
import numpy as np

from hallyu.film import colour

SMALLEST = 16
"""Pixels a side; smaller frames are taken to stand still."""


def flow(frame: np.ndarray, other: np.ndarray, fine: bool = False) -> np.ndarray:
    """For each pixel of *frame*, where the same thing is in *other*: (h, w, 2) pixels to the right and down.

    frame, other: (h, w, 3) of one size. fine: search longer, for measuring.
    """
    if min(frame.shape[:2]) < SMALLEST:
        return np.zeros((*frame.shape[:2], 2), np.float32)
    effort = cv2.DISOPTICAL_FLOW_PRESET_MEDIUM if fine else cv2.DISOPTICAL_FLOW_PRESET_FAST
    first, second = (np.round(np.clip(colour.luma(f), 0, 1) * 255).astype(np.uint8) for f in (frame, other))
    return cv2.DISOpticalFlow_create(effort).calc(first, second, None)


def warped(picture: np.ndarray, motion: np.ndarray) -> np.ndarray:
    """*picture* read where *motion* points: what it shows, at the places of the frame that flow() started from."""
    height, width = motion.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(picture, x + motion[..., 0], y + motion[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def seen_in_both(back: np.ndarray, forth: np.ndarray) -> np.ndarray:
    """A bool map (h, w): pixels whose motion back and forth returns to where it began; others were covered or uncovered.

    Source: Sundaram, Brox & Keutzer, "Dense Point Trajectories by GPU-accelerated Large Displacement Optical Flow" (2010),
    equation 5; the edges of the motion are left out too (equation 6), as Ruder et al. (2016) do.
    """
    returned = warped(forth, back)
    there = ((back + returned) ** 2).sum(-1) > 0.01 * ((back**2).sum(-1) + (returned**2).sum(-1)) + 0.5
    slope = sum(
        (np.gradient(back[..., i], axis=a) ** 2 for i in (0, 1) for a in (0, 1)),
        np.zeros(back.shape[:2], np.float32),
    )
    return ~there & (slope <= 0.01 * (back**2).sum(-1) + 0.002)
