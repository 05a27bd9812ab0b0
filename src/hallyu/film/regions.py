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
"""

import numpy as np

CROP = 256
"""Pixels: the canonical crop is CROP x CROP."""
ANCHORS = np.array([(95, 116), (161, 116), (128, 164)], np.float64)
"""Where the crop has the left eye, the right eye (of the picture) and the point under the nose: (3, 2), x and y."""


def crop_matrix(points: np.ndarray) -> np.ndarray:
    """The similarity (2, 3) that takes *points* (3, 2), as ANCHORS orders them, of a picture to the crop.

    Least squares over turn, scale and shift. Source: Umeyama, "Least-squares estimation of transformation parameters
    between two point patterns" (1991), in the plane, where a complex number is a turn and a scale.

    >>> (crop_matrix(ANCHORS * 2 + 10).round(6) + 0).tolist()
    [[0.5, 0.0, -5.0], [0.0, 0.5, -5.0]]
    """
    source, target = (np.asarray(p, np.float64) @ (1, 1j) for p in (points, ANCHORS))
    a, b = source - source.mean(), target - target.mean()
    turn = (b * a.conj()).sum() / (a * a.conj()).sum().real
    shift = target.mean() - turn * source.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
