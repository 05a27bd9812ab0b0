"""Apparent age: near what is known of the portrait, steady, and older with lines and grey hair."""

import cv2
import numpy as np
import pytest
from covers import face, portrait

from hallyu.film.apparent_age import PADDING, PLACES, SIZE, chip, estimate
from hallyu.film.faces import one


def test_the_astronaut_was_in_her_thirties():
    assert 28 < estimate(portrait(), face()) < 44


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.5])
def test_size_changes_little(scale):
    picture = cv2.resize(
        portrait(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    )
    assert estimate(picture, one(picture)) == pytest.approx(estimate(portrait(), face()), abs=5)


def test_lines_make_older():
    random, frame = np.random.default_rng(0), portrait().copy()
    for _ in range(60):
        at = face().points[
            random.choice([107, 336, 9, 50, 280, 205, 425, 111, 340, 151, 108, 337]), :2
        ] + random.normal(0, 4, 2)
        end = at + random.normal(0, 1, 2) * (7, 2)
        cv2.line(
            frame,
            tuple(at.astype(int).tolist()),
            tuple(end.astype(int).tolist()),
            (0.55, 0.38, 0.3),
            1,
            cv2.LINE_AA,
        )
    assert estimate(frame, face()) > estimate(portrait(), face()) + 4


def test_a_chip_lies_as_dlib_lays_it():
    # The eye's outer corners lie 1.05 / 1.4 of the chip apart in dlib's mean face.
    assert chip(portrait(), face()).shape == (SIZE, SIZE, 3)
    places = (PADDING + PLACES) / (2 * PADDING + 1)
    assert places[0, 0] - places[2, 0] == pytest.approx(0.5278, abs=1e-3)
    assert places[4, 1] == pytest.approx(0.5913, abs=1e-3)
