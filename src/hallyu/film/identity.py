"""Is it still the same face? An encoder turns a face into 128 numbers that are alike for one person.

It is here to measure what a retouch, a change of age or a performance put on another take did to an actor's identity.
Source: Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition" (2021), as OpenCV runs it.
"""

from functools import cache
from pathlib import Path

import numpy as np

from hallyu import models
from hallyu.film import regions
from hallyu.film.faces import Face

SIZE = 112
PLACES = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)]
)
"""Where the encoder wants the eyes, the nose and the corners of the mouth. Source: InsightFace; OpenCV, FaceRecognizerSF."""
SAME_PERSON = 0.363
"""Cosine from which two pictures count as one person. Source: OpenCV, FaceRecognizerSF (on LFW)."""
NOSE, MOUTH = 4, (61, 291)


def load_bundled(files: list[Path]):
    """The encoder, one thread."""
    from hallyu.film.faces import load_mesh

    return load_mesh(files)


@cache
def _network():
    return models.load("face-identity")


def embed(frame: np.ndarray, face: Face) -> np.ndarray:
    """A face of *frame* (h, w, 3) float32 -> 128 numbers of length 1."""
    eyes = regions.anchors_of(face.points)[:2]
    matrix = regions.similarity([*eyes, face.points[NOSE, :2], *face.points[list(MOUTH), :2]], PLACES)
    crop = regions.warp(frame[..., :3], matrix, (SIZE, SIZE))
    bytes_ = np.clip(crop * 255, 0, 255).transpose(2, 0, 1)[None].astype(np.float32)
    numbers = _network().run(None, {"data": bytes_})[0][0]
    return numbers / np.linalg.norm(numbers)


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    """How alike two embeddings are: 1 the same, 0 nothing alike.

    >>> round(cosine(np.array([1.0, 0]), np.array([0.6, 0.8])), 6)
    0.6
    """
    return float(np.dot(one, other) / (np.linalg.norm(one) * np.linalg.norm(other)))
