"""How old does a face look? A small network's estimate: good for differences, not for birthdays.

Source: the age predictor of dlib-models (Cydral Technology, CC0): a ResNet-10 that gives a probability for each year from
0 to 80. The face is laid as dlib lays its chips.
"""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from hallyu import models
from hallyu.film import regions
from hallyu.film.faces import Face

SIZE, PADDING = 64, 0.2
POINTS = (263, 362, 33, 133, regions.SUBNASALE)
"""Points of the mesh for dlib's five: outer and inner corner of the right eye, of the left eye, and under the nose."""
PLACES = np.array([(0.8595674595992, 0.2134981538014), (0.6460604764104, 0.2289674387677), (0.1205750620789, 0.2137274526848),
                   (0.3340850613712, 0.2290642403242), (0.4901123135679, 0.6277975316475)])  # fmt: skip
"""Where a chip without padding has them, of its side. Source: dlib, image_transforms/interpolation.h."""
MEANS = np.float32([122.781998, 117.000999, 104.297997])
YEARS = np.r_[0.25, 1:81].astype(np.float32)


def load_bundled(files: list[Path]):
    """The network, one thread."""
    from hallyu.film.faces import load_mesh

    return load_mesh(files)


@cache
def _network():
    return models.load("apparent-age")


def chip(frame: np.ndarray, face: Face) -> np.ndarray:
    """The face as the network wants it: (SIZE, SIZE, 3) float32, 0 to 1."""
    places = (PADDING + PLACES) / (2 * PADDING + 1) * SIZE
    matrix = regions.similarity(face.points[list(POINTS), :2], places)
    return regions.warp(frame[..., :3], matrix, (SIZE, SIZE))


def estimate(frame: np.ndarray, face: Face) -> float:
    """How many years old *face* looks in *frame* (h, w, 3) float32, 0 to 80: the mean over the face and its mirror image,
    each a little smaller and larger too, for one pixel more or less moves a single estimate by years.
    """
    one = chip(frame, face)
    middle = (SIZE - 1) / 2
    zooms = [cv2.getRotationMatrix2D((middle, middle), 0, zoom) for zoom in (0.95, 1.0, 1.05)]
    sizes = [cv2.warpAffine(one, zoom, (SIZE, SIZE), borderMode=cv2.BORDER_REPLICATE) for zoom in zooms]
    chips = np.stack([view for size in sizes for view in (size, size[:, ::-1])])
    inputs = (np.clip(chips * 255, 0, 255).astype(np.float32) - MEANS) / 256
    probabilities = _network().run(None, {"images": np.ascontiguousarray(inputs.transpose(0, 3, 1, 2))})[0]
    return float((probabilities @ YEARS).mean())
