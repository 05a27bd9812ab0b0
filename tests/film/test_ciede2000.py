import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import science

from hallyu.errors import HallyuError
from hallyu.film import ciede2000
from hallyu.film.checks_grade import PAIRS

LAB = st.tuples(st.floats(0, 100), st.floats(-128, 128), st.floats(-128, 128))


def test_the_34_published_pairs():
    assert len(PAIRS) == 34
    assert ciede2000.delta_e(PAIRS[:, :3], PAIRS[:, 3:6]) == pytest.approx(PAIRS[:, 6], abs=1e-4)


def test_the_other_way_round_it_is_the_same():
    one, other = PAIRS[:, :3], PAIRS[:, 3:6]
    assert ciede2000.delta_e(one, other) == pytest.approx(ciede2000.delta_e(other, one), abs=1e-9)


@settings(max_examples=300, deadline=None)
@given(LAB, LAB)
def test_agrees_with_colour_science_anywhere(one, other):
    """A hue step of exactly half a turn has two middles; the published formula itself jumps there."""
    hues = [np.arctan2(lab[2], lab[1]) for lab in (one, other)]
    if abs(abs(hues[0] - hues[1]) - np.pi) < 0.02 or min(np.hypot(*lab[1:]) for lab in (one, other)) < 1e-6:
        return
    expected = science.difference.delta_E_CIE2000(np.array(one), np.array(other))
    assert ciede2000.delta_e(one, other) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(LAB, LAB)
def test_it_is_a_distance(one, other):
    assert ciede2000.delta_e(one, one) == 0
    assert ciede2000.delta_e(one, other) >= 0
    assert ciede2000.delta_e(one, other) == pytest.approx(ciede2000.delta_e(other, one), abs=1e-6)


def test_frames_are_compared_pixel_by_pixel():
    frame = np.random.default_rng(0).random((8, 9, 3), np.float32)
    assert ciede2000.difference(frame, frame).worst == 0
    other = frame.copy()
    other[0, 0] = 1 - frame[0, 0].round()
    assert ciede2000.difference(frame, other).worst > 10
    mask = np.ones((8, 9), bool)
    mask[0, 0] = False
    assert ciede2000.difference(frame, other, mask).worst == 0


def test_the_matte_of_a_frame_has_no_part_in_it():
    frame = np.random.default_rng(0).random((8, 9, 3), np.float32)
    assert ciede2000.difference(frame, np.dstack([frame, frame[..., 0]])).worst == 0


def test_what_cannot_be_compared_is_told():
    frame = np.zeros((8, 9, 3), np.float32)
    with pytest.raises(HallyuError, match="9 x 8 and 8 x 9"):
        ciede2000.difference(frame, frame.transpose(1, 0, 2))
    with pytest.raises(HallyuError, match="mask"):
        ciede2000.difference(frame, frame, np.zeros((8, 9), bool))
