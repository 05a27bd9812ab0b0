"""Likeness: the same person stays the same through light and size, another is another."""

import cv2
import numpy as np
import pytest
from covers import face, portrait

from hallyu import models
from hallyu.film import identity
from hallyu.film.faces import one
from hallyu.film.identity import SAME_PERSON, cosine, embed


@pytest.fixture(scope="module")
def herself() -> np.ndarray:
    return embed(portrait(), face())


def test_an_embedding_has_length_one(herself):
    assert herself.shape == (128,) and np.linalg.norm(herself) == pytest.approx(1, abs=1e-5)
    assert cosine(herself, 3 * herself) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: cv2.resize(f, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
        lambda f: np.ascontiguousarray(f[:, ::-1]),
        lambda f: f**1.5 * np.float32([0.9, 0.8, 0.7]),
        lambda f: cv2.GaussianBlur(f, (0, 0), 1.0),
    ],
)
def test_size_side_light_and_softness_leave_the_person(herself, change):
    changed = np.float32(change(portrait()))
    assert cosine(herself, embed(changed, one(changed))) > 0.85


def test_another_face_is_another_person(herself):
    # Her features set elsewhere: eyes apart, the nose shorter. A swapped face has to fail.
    y, x = np.mgrid[:512, :512].astype(np.float32)
    middle = face().points[4, :2]
    bump = np.exp(-(((x - middle[0]) / 45) ** 2 + ((y - middle[1]) / 60) ** 2))
    wide = cv2.remap(portrait(), middle[0] + (x - middle[0]) * (1 - 0.35 * bump),
                     middle[1] + (y - middle[1]) * (1 + 0.5 * bump), cv2.INTER_LINEAR)  # fmt: skip
    assert cosine(herself, embed(wide, one(wide))) < 0.75
    grey = np.random.default_rng(0).random((512, 512, 3)).astype(np.float32)
    assert cosine(herself, embed(grey, face())) < SAME_PERSON


def test_the_alignment_is_opencvs():
    # OpenCV reads no weights of four bits; which network it holds does not matter for how it lays a face.
    theirs = cv2.FaceRecognizerSF.create(str(models.catalog.files_of("apparent-age")[0]), "")
    points = face().points
    five = [
        points[[362, 263], :2].mean(0),
        points[[33, 133], :2].mean(0),
        points[4, :2],
        points[291, :2],
        points[61, :2],
    ]
    # OpenCV names sides as the person does: right eye first, which is the picture's left.
    row = np.concatenate([[0, 0, 9, 9], five[1], five[0], five[2], five[4], five[3], [1]]).astype(np.float32)[
        None
    ]
    bytes_ = np.ascontiguousarray((portrait()[..., ::-1] * 255).round().astype(np.uint8))
    aligned = theirs.alignCrop(bytes_, row)[..., ::-1].astype(np.float32) / 255
    eyes = identity.regions.anchors_of(points)[:2]
    matrix = identity.regions.similarity(
        [*eyes, points[4, :2], points[61, :2], points[291, :2]], identity.PLACES
    )
    ours = identity.regions.warp(portrait(), matrix, (112, 112))
    assert np.abs(aligned - ours).mean() < 0.01
