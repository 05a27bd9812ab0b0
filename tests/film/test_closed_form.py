"""The matte is pymatting's, the system is Levin's, and the colours on either side are the true ones."""

import numpy as np
import pymatting
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portraits import portrait

from hallyu.errors import HallyuError
from hallyu.film import closed_form
from hallyu.film.trimap import around


@pytest.fixture(scope="module")
def shown():
    """A portrait as 8 bits carry it, with a trimap from its true matte."""
    known = portrait(0)
    return known, np.round(known.frame * 255).astype(np.float32) / 255, around(known.matte, 4)


def test_the_matrix_is_levins(shown):
    _, frame, trimap = shown
    crop = np.s_[10:34, 90:130]
    frame, trimap = frame[crop].astype(np.float64), trimap[crop]
    ours = closed_form.system(frame, trimap)
    theirs = pymatting.cf_laplacian(frame, epsilon=closed_form.EPSILON).tocsr()
    inside = ours.unknown.ravel()
    # theirs has all windows, ours those that touch an unknown pixel: the unknown rows are the same
    assert np.abs(ours.matrix.toarray() - theirs[inside][:, inside].toarray()).max() < 1e-4
    known = -theirs[inside][:, ~inside] @ trimap.ravel()[~inside]
    assert np.abs(ours.known - known).max() < 1e-4


def test_it_is_symmetric_and_a_flat_matte_costs_nothing(shown):
    _, frame, _ = shown
    frame, trimap = frame[:40, 90:140], np.full((40, 50), 0.5, np.float32)
    trimap[0, 0], trimap[-1, -1] = 0, 1
    found = closed_form.system(frame, trimap)
    assert abs(found.matrix - found.matrix.T).max() < 1e-8
    whole = np.ones(len(found.known)) @ found.matrix
    assert np.abs(whole - found.known).max() > 1e-3  # the two known pixels
    assert np.abs((whole - found.known)[200:-200]).max() < 1e-8


def test_the_matte_is_pymattings_and_as_near_the_truth(shown):
    known, frame, trimap = shown
    ours = closed_form.matte(frame, trimap, tolerance=1e-7)
    theirs = pymatting.estimate_alpha_cf(frame.astype(np.float64), trimap.astype(np.float64))
    assert np.abs(ours - theirs).mean() < 2e-4 and np.abs(ours - theirs).max() < 0.02
    errors = [np.abs(guess - known.matte).mean() for guess in (ours, theirs)]
    assert errors[0] == pytest.approx(errors[1], rel=0.02) and errors[0] < 0.006
    assert np.abs(closed_form.matte(frame, trimap) - ours).mean() < 5e-4  # by the usual tolerance


@pytest.mark.parametrize("ground", ["forest", "screen"])
def test_it_beats_what_a_lazy_hand_would_do(ground):
    known = portrait(1, ground=ground)
    trimap = around(known.matte, 4)
    found = np.abs(closed_form.matte(known.frame, trimap) - known.matte).mean()
    for lazy in (trimap, np.full_like(trimap, 0.5), (trimap > 0).astype(float)):
        assert found < 0.25 * np.abs(lazy - known.matte).mean()


def test_a_mixture_of_two_flat_colours_is_taken_apart_exactly():
    random = np.random.default_rng(0)
    truth = np.clip(np.cumsum(random.normal(0, 0.2, (30, 40)), axis=1) * 0.3 + 0.5, 0, 1).astype(np.float32)
    truth[:, 0], truth[:, -1] = 0, 1
    frame = truth[..., None] * np.float32([0.8, 0.2, 0.1]) + (1 - truth[..., None]) * np.float32([0.1, 0.3, 0.7])
    trimap = np.where((np.arange(40) == 0), 0, np.where(np.arange(40) == 39, 1, 0.5)) * np.ones((30, 1))
    assert np.abs(closed_form.matte(frame, trimap, tolerance=1e-9) - truth).max() < 0.01


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(3, 12), st.integers(3, 12))
def test_any_trimap_is_kept_where_it_is_sure(seed, height, width):
    random = np.random.default_rng(seed)
    trimap = random.choice([0, 0.5, 1], (height, width)).astype(np.float32)
    trimap.flat[:2] = 0, 1
    found = closed_form.matte(random.random((height, width, 3), np.float32), trimap)
    sure = trimap != 0.5
    assert np.array_equal(found[sure], trimap[sure]) and 0 <= found.min() <= found.max() <= 1


def test_a_sure_trimap_comes_back_as_it_is():
    trimap = np.eye(5, dtype=np.float32)
    assert np.array_equal(closed_form.matte(np.zeros((5, 5, 3), np.float32), trimap), trimap)


@pytest.mark.parametrize(
    ("trimap", "said"),
    [
        (np.full((6, 6), 0.5), "surely figure"),
        (np.where(np.eye(6) > 0, 1, 0.5), "surely ground"),
        (np.zeros((5, 6)), "make them alike"),
        (np.full((6, 6), np.nan), "x = 0, y = 0"),
    ],
)
def test_what_cannot_be_solved_is_refused(trimap, said):
    with pytest.raises(HallyuError, match=said):
        closed_form.matte(np.zeros((6, 6, 3), np.float32), trimap)


def test_too_much_unknown_is_refused_before_memory_is_taken():
    trimap = np.full((1000, 1100), 0.5, np.float32)
    trimap[0, :2] = 0, 1
    with pytest.raises(HallyuError, match="streaming"):
        closed_form.matte(np.zeros((1000, 1100, 3), np.float32), trimap)


@pytest.mark.parametrize("ground", ["forest", "screen"])
def test_the_colours_are_as_near_the_truth_as_pymattings(ground):
    known = portrait(0, ground=ground)
    mixed = (known.matte > 0.05) & (known.matte < 0.95)
    ours, behind = closed_form.colours(known.frame, known.matte)
    theirs = pymatting.estimate_foreground_ml(known.frame.astype(np.float64), known.matte.astype(np.float64))

    def error(colours):
        return np.abs(colours - known.figure)[mixed].mean()

    assert error(ours) < 1.05 * error(theirs) and error(ours) < 0.25 * error(known.frame)
    again = known.matte[..., None] * ours + (1 - known.matte[..., None]) * behind
    assert np.abs(again - known.frame).mean() < 2e-3


def test_without_a_figure_the_ground_is_the_frame():
    frame = portrait(0).ground
    _, ground = closed_form.colours(frame, np.zeros(frame.shape[:2], np.float32))
    assert np.abs(ground - frame).max() < 1e-3
    figure, _ = closed_form.colours(frame[:1, :1], np.ones((1, 1), np.float32))
    assert np.abs(figure - frame[:1, :1]).max() < 1e-3
