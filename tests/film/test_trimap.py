"""A trimap is right where it is sure, and open where the truth is mixed."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portraits import portrait

from hallyu.errors import HallyuError
from hallyu.film import spill, trimap


def soft(matte):
    """What a segmenter makes of a true matte: no hair, a soft outline, an error of some pixels."""
    coarse = cv2.resize(cv2.morphologyEx(matte, cv2.MORPH_OPEN, np.ones((5, 5))), (60, 45), interpolation=cv2.INTER_AREA)
    return np.clip(cv2.resize(coarse, matte.shape[::-1]), 0, 1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 3), st.floats(0.5, 12))
def test_around_a_true_matte_it_is_never_wrong(seed, pixels):
    truth = portrait(seed).matte
    found = trimap.quality(trimap.around(truth, pixels), truth)
    assert found.covered == 1 and found.wrong == 0


def test_wider_is_more_work():
    truth = portrait(0).matte
    shares = [trimap.quality(trimap.around(truth, pixels), truth).unknown for pixels in (1, 4, 10)]
    assert shares == sorted(shares) and shares[0] < 0.5 * shares[-1]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_from_a_segmenters_answer_it_covers_the_hair(seed):
    truth = portrait(seed).matte
    found = trimap.quality(trimap.from_segment(soft(truth)), truth)
    assert found.covered > 0.75 and found.wrong < 0.02 and found.unknown < 0.4
    bald = trimap.quality(trimap.from_segment(soft(truth), hair=1), truth)
    assert bald.covered < found.covered


def test_a_doubt_inside_the_figure_is_figure_and_a_gap_under_an_arm_is_not():
    said = np.zeros((100, 100), np.float32)
    said[10:, 20:80] = 1
    said[40:46, 40:46] = 0.4  # a badge
    said[60:80, 50:66] = 0.0  # a gap
    found = trimap.from_segment(said, band=0.03)
    assert (found[38:48, 38:48] == 1).all() and (found[66:74, 56:60] == 0).all()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_from_a_screen_it_is_narrow_and_right_even_under_grain(seed):
    known = portrait(seed, ground="screen")
    for grain in (0, 0.015):
        frame = known.frame + np.random.default_rng(0).normal(0, grain, known.frame.shape).astype(np.float32)
        found = trimap.quality(trimap.from_screen(frame), known.matte)
        assert found.covered > 0.97 and found.wrong < 0.003 and found.unknown < 0.3


def test_a_green_reflex_on_the_figure_is_figure():
    known = portrait(0, ground="screen")
    frame = known.frame.copy()
    frame[150:160, 110:125] = 0.4, 0.5, 0.4
    assert spill.share(frame)[155, 118] > 0.1
    assert (trimap.from_screen(frame)[145:165, 105:130] == 1).all()


def test_nobody_is_said_to_be_nobody():
    with pytest.raises(HallyuError, match="Nobody was found"):
        trimap.from_segment(np.full((40, 60), 0.2, np.float32))


def test_a_frame_full_of_figure_is_all_figure():
    assert (trimap.around(np.ones((5, 6)), 3) == 1).all()


def test_trimaps_of_another_size_are_not_compared():
    with pytest.raises(HallyuError, match="compare one size"):
        trimap.quality(np.zeros((3, 3)), np.zeros((4, 4)))
