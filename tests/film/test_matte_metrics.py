"""The measures against their published definitions, pixel by pixel, and against mattes with one known defect."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from portraits import portrait
from scipy import ndimage

from hallyu.errors import HallyuError
from hallyu.film import matte_metrics as metrics

MATTES = arrays(np.float32, (9, 11), elements=st.floats(0, 1, width=32))


@pytest.fixture(scope="module")
def truth():
    return portrait(0).matte


def gradient_by_its_definition(matte, truth):
    """Rhemann et al.: the sums over a Gaussian's first derivatives, window by window."""

    def slope(picture):
        x = np.arange(-4, 5)  # a Gaussian of deviation 1.4 falls below a hundredth in between 3 and 4
        bell = np.exp(-(x**2) / 2 / 1.4**2) / (np.sqrt(2 * np.pi) * 1.4)
        across = np.array([[bell[i] * -x[j] * bell[j] / 1.4**2 for j in range(9)] for i in range(9)])
        across /= np.sqrt((across**2).sum())
        padded = np.pad(picture.astype(float), 4, "edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, (9, 9))
        return np.sqrt((windows * across).sum((2, 3)) ** 2 + (windows * across.T).sum((2, 3)) ** 2)

    return ((slope(matte) - slope(truth)) ** 2).sum() / 1000


def connectivity_by_its_definition(matte, truth):
    """Rhemann et al.: the highest threshold at which a pixel is 4-connected to the largest common patch."""
    matte, truth = matte.astype(float), truth.astype(float)
    level = np.full(truth.shape, -1.0)
    steps = np.arange(0, 1.1, 0.1)
    for i in range(1, len(steps)):
        labels, count = ndimage.label((matte >= steps[i]) & (truth >= steps[i]))
        largest = np.zeros(truth.shape, bool)
        if count:
            largest = labels == 1 + np.argmax([(labels == k + 1).sum() for k in range(count)])
        level[(level == -1) & ~largest] = steps[i - 1]
    level[level == -1] = 1
    phi = [1 - (a - level) * (a - level >= 0.15) for a in (matte, truth)]
    return np.abs(phi[0] - phi[1]).sum() / 1000


@settings(max_examples=60, deadline=None)
@given(MATTES, MATTES)
def test_gradient_and_connectivity_are_what_the_definitions_say(matte, truth):
    assert metrics.grad(matte, truth) == pytest.approx(gradient_by_its_definition(matte, truth), abs=1e-9)
    assert metrics.conn(matte, truth) == pytest.approx(connectivity_by_its_definition(matte, truth), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(MATTES, MATTES)
def test_a_matte_is_no_distance_from_itself_and_the_same_from_either_side(matte, truth):
    for measure in (metrics.mad, metrics.mse, metrics.sad, metrics.grad, metrics.conn):
        assert measure(truth, truth) == 0
        assert measure(matte, truth) == pytest.approx(measure(truth, matte), abs=1e-12)


def test_the_scaling_is_the_fields():
    matte, truth = np.full((288, 512), 0.25), np.zeros((288, 512))
    assert metrics.mad(matte, truth) == 250 and metrics.mse(matte, truth) == 62.5
    assert metrics.sad(matte, truth) == pytest.approx(288 * 512 * 0.25 / 1000)
    assert metrics.dtssd(matte, truth, truth, truth) == 25


def test_a_part_that_is_cut_off_costs_connectivity_and_a_hard_edge_costs_gradient(truth):
    cut = truth.copy()
    cut[110:113] = 0  # the neck: a thin line, and the head hangs in the air
    some = np.abs(cut - truth).sum()
    even = np.clip(truth - some / (truth > 0.5).sum(), 0, 1) * (truth > 0.5) + truth * (truth <= 0.5)
    assert metrics.sad(cut, truth) == pytest.approx(metrics.sad(even, truth), rel=0.05)
    assert metrics.conn(cut, truth) > 10 * metrics.conn(even, truth)
    assert metrics.grad((truth > 0.5).astype(np.float32), truth) > 5 * metrics.grad(even, truth)


def test_cheats_do_not_pass(truth):
    """All grey, all figure, all ground, upside down: each is worse than a slightly blurred true matte by far."""
    fair = metrics.measure([ndimage.gaussian_filter(truth, 0.7)], [truth])
    for cheat in (np.full_like(truth, 0.5), np.ones_like(truth), np.zeros_like(truth), truth[::-1]):
        found = metrics.measure([cheat], [truth])
        assert found.mad > 8 * fair.mad and found.mse > 8 * fair.mse and found.conn > 5 * fair.conn


def test_a_shot_is_the_mean_of_its_frames_and_a_frozen_matte_is_told_by_dtssd():
    truths = [portrait(0, sway=float(shift)).matte for shift in range(4)]
    flicker = [np.clip(t * (0.9 + 0.1 * (i % 2)), 0, 1) for i, t in enumerate(truths)]
    good = metrics.measure(iter(truths), iter(truths))
    assert good == metrics.Report(0, 0, 0, 0, 0, 0)
    frozen, unstable = (metrics.measure(iter(m), iter(truths)) for m in ([truths[0]] * 4, flicker))
    assert frozen.dtssd > 5 and unstable.dtssd > 4
    assert frozen.mad == pytest.approx(np.mean([metrics.mad(truths[0], t) for t in truths]))
    assert metrics.measure([truths[0]], [truths[0]]).dtssd is None


@pytest.mark.parametrize(
    ("matte", "said"),
    [
        (np.zeros((3, 4)), "of one size"),
        (np.zeros((4, 4), np.uint8), "divide 8 bits"),
        (np.full((4, 4), np.nan), "NaN"),
        (np.full((4, 4), 1.5), "from 0 to 1"),
    ],
)
def test_what_is_no_matte_is_refused(matte, said):
    with pytest.raises(HallyuError, match=said):
        metrics.mad(matte, np.zeros((4, 4)))


def test_shots_of_different_lengths_are_refused():
    one = np.zeros((4, 4))
    with pytest.raises(HallyuError, match="The true mattes end after 1 frames"):
        metrics.measure([one, one], [one])
    with pytest.raises(HallyuError, match="at least one frame"):
        metrics.measure([], [])
