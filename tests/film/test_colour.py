import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from reference import D65, science

from hallyu.errors import HallyuError
from hallyu.film import colour

VALUES = st.floats(-0.5, 4, width=32)
FRAMES = arrays.arrays(
    np.float32, st.tuples(st.integers(1, 4), st.integers(1, 4), st.just(3)), elements=VALUES
)


@pytest.fixture(scope="module")
def frame():
    return np.random.default_rng(0).random((20, 30, 3), np.float32)


def test_agrees_with_colour_science(frame):
    linear = science.models.eotf_sRGB(frame)
    assert colour.to_linear(frame) == pytest.approx(linear, abs=2e-6)
    assert colour.to_display(linear) == pytest.approx(frame, abs=2e-6)
    xyz = science.RGB_to_XYZ(linear, "ITU-R BT.709", apply_cctf_decoding=False)
    lab = science.XYZ_to_Lab(xyz, D65)
    assert colour.to_lab(frame) == pytest.approx(
        lab, abs=0.01
    )  # its matrix is the rounded one of the standard
    weights = science.WEIGHTS_YCBCR["ITU-R BT.709"]
    ycbcr = science.RGB_to_YCbCr(frame, weights, out_range=(0, 1, -0.5, 0.5), out_legal=False)
    assert colour.to_ycbcr(frame) == pytest.approx(ycbcr, abs=1e-4)


def test_the_matrix_is_the_standards():
    """IEC 61966-2-1, to its four places."""
    published = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    assert pytest.approx(np.array(published), abs=6e-5) == colour.TO_XYZ


@settings(max_examples=50, deadline=None)
@given(FRAMES)
def test_every_way_there_has_its_way_back(frame):
    assert colour.to_display(colour.to_linear(frame)) == pytest.approx(frame, abs=1e-5)
    assert colour.from_ycbcr(colour.to_ycbcr(frame)) == pytest.approx(frame, abs=1e-5)


@settings(max_examples=50, deadline=None)
@given(arrays.arrays(np.float32, (2, 2, 3), elements=st.floats(0, 1, width=32)))
def test_lab_and_back(frame):
    assert colour.from_lab(colour.to_lab(frame)) == pytest.approx(frame, abs=2e-4)


@settings(max_examples=50, deadline=None)
@given(st.lists(VALUES, min_size=2, max_size=9))
def test_the_curve_never_turns(values):
    order = np.sort(np.float32(values))
    assert (np.diff(colour.to_linear(order)) >= 0).all()
    assert (np.diff(colour.to_display(order)) >= 0).all()


def test_greys_have_no_colour():
    greys = np.repeat(np.linspace(0, 1, 33, dtype=np.float32)[:, None], 3, axis=1)
    assert abs(colour.to_lab(greys)[:, 1:]).max() < 1e-3
    assert abs(colour.to_ycbcr(greys)[:, 1:]).max() < 1e-6


def test_a_matte_is_not_light(frame):
    rgba = np.dstack([frame, frame[..., 0]])
    assert np.array_equal(colour.to_linear(rgba)[..., 3], frame[..., 0])
    assert np.array_equal(colour.to_linear(rgba)[..., :3], colour.to_linear(frame))
    assert np.array_equal(colour.to_lab(rgba), colour.to_lab(frame))
    assert np.allclose(colour.luma(rgba), colour.luma(frame), rtol=0, atol=1e-6)  # sums may be taken in another order


@pytest.mark.parametrize(
    "skin",
    [(0.93, 0.78, 0.70), (0.80, 0.60, 0.50), (0.66, 0.46, 0.36), (0.48, 0.32, 0.25), (0.28, 0.18, 0.14), (0.20, 0.13, 0.10)],
)  # fmt: skip
def test_skin_of_every_tone_is_skin(skin):
    assert colour.skin(np.float32(skin)) > 0.8
    assert colour.skin(np.float32(skin) * 0.8) > 0.6  # in shadow


@pytest.mark.parametrize(
    "other",
    [
        (0.62, 0.13, 0.11), (0.30, 0.40, 0.25), (0.55, 0.65, 0.80), (0.14, 0.18, 0.30), (0.70, 0.70, 0.70),
        (0.75, 0.70, 0.30), (0.60, 0.40, 0.60), (0.02, 0.01, 0.01), (1.00, 0.55, 0.05),
    ],
    ids=["red-coat", "leaf", "sky", "navy-coat", "grey", "straw", "violet", "black", "orange"],
)  # fmt: skip
def test_what_is_no_skin_is_none(other):
    assert colour.skin(np.float32(other)) < 0.1


def test_stays_float32(frame):
    steps = (colour.to_linear, colour.to_display, colour.luma, colour.to_ycbcr, colour.from_ycbcr)
    for step in (*steps, colour.to_lab, colour.from_lab, colour.check):
        assert step(frame).dtype == np.float32, step


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (np.zeros((4, 4), np.float32), "shape"),
        (np.zeros((0, 4, 3), np.float32), "shape"),
        (np.zeros((4, 4, 3), np.uint8), "whole numbers"),
    ],
)
def test_what_is_no_frame_is_told(wrong, says):
    with pytest.raises(HallyuError, match=says):
        colour.check(wrong)


def test_a_nan_is_named_by_its_pixel(frame):
    broken = frame.copy()
    broken[3, 7, 1] = np.nan
    with pytest.raises(HallyuError, match="x = 7, y = 3"):
        colour.check(broken)
