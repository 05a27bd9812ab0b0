import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import science

from hallyu.errors import HallyuError
from hallyu.film import ciede2000

# Sharma, Wu and Dalal (2005), table 1.
PAIRS = np.array(
    [
        [50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425],
        [50, 3.1571, -77.2803, 50, 0, -82.7485, 2.8615],
        [50, 2.8361, -74.0200, 50, 0, -82.7485, 3.4412],
        [50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0000],
        [50, -1.1848, -84.8006, 50, 0, -82.7485, 1.0000],
        [50, -0.9009, -85.5211, 50, 0, -82.7485, 1.0000],
        [50, 0, 0, 50, -1, 2, 2.3669],
        [50, -1, 2, 50, 0, 0, 2.3669],
        [50, 2.4900, -0.0010, 50, -2.4900, 0.0009, 7.1792],
        [50, 2.4900, -0.0010, 50, -2.4900, 0.0010, 7.1792],
        [50, 2.4900, -0.0010, 50, -2.4900, 0.0011, 7.2195],
        [50, 2.4900, -0.0010, 50, -2.4900, 0.0012, 7.2195],
        [50, -0.0010, 2.4900, 50, 0.0009, -2.4900, 4.8045],
        [50, -0.0010, 2.4900, 50, 0.0010, -2.4900, 4.8045],
        [50, -0.0010, 2.4900, 50, 0.0011, -2.4900, 4.7461],
        [50, 2.5, 0, 50, 0, -2.5, 4.3065],
        [50, 2.5, 0, 73, 25, -18, 27.1492],
        [50, 2.5, 0, 61, -5, 29, 22.8977],
        [50, 2.5, 0, 56, -27, -3, 31.9030],
        [50, 2.5, 0, 58, 24, 15, 19.4535],
        [50, 2.5, 0, 50, 3.1736, 0.5854, 1.0000],
        [50, 2.5, 0, 50, 3.2972, 0, 1.0000],
        [50, 2.5, 0, 50, 1.8634, 0.5757, 1.0000],
        [50, 2.5, 0, 50, 3.2592, 0.3350, 1.0000],
        [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644],
        [63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630],
        [61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731],
        [35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645],
        [22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373],
        [36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146],
        [90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441],
        [90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381],
        [6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377],
        [2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082],
    ]
)
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
