"""The screen is found, keyed by, and its light taken off the figure and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from portraits import forest, portrait

from hallyu.errors import HallyuError
from hallyu.film import colour, spill

COLOURS = arrays(np.float32, (2, 3, 3), elements=st.floats(0, 1, width=32))


@pytest.fixture(scope="module")
def lit():
    """A portrait before a green screen, with the screen's light on its edges, and without."""
    known = portrait(0, ground="screen")
    rim = np.clip(4 * known.matte * (1 - known.matte) + 0.15, 0, 1)[..., None]
    figure = np.clip(known.figure + 0.25 * rim * np.float32([0.05, 0.6, 0.1]), 0, 1)
    return known, figure, known.matte[..., None] * figure + (1 - known.matte[..., None]) * known.ground


def test_green_and_blue_are_told_apart(lit):
    known, _, frame = lit
    found = spill.screen(frame)
    assert found.kind == "green" and np.abs(found.colour - np.median(known.ground, (0, 1))).max() < 0.03
    assert spill.screen(frame[..., [0, 2, 1]]).kind == "blue"


def test_the_key_is_near_the_true_matte(lit):
    known, _, frame = lit
    assert np.abs(spill.key(known.frame) - known.matte).mean() < 0.01
    assert spill.key(frame)[known.matte == 0].max() < 0.1 and spill.key(frame)[known.matte == 1].min() > 0.6


def test_an_uneven_screen_keys_evenly():
    known = portrait(2, ground="screen")
    light = np.linspace(0.6, 1.1, 240, dtype=np.float32)[:, None]
    ground = known.ground * light
    frame = known.matte[..., None] * known.figure + (1 - known.matte[..., None]) * ground
    assert spill.key(frame)[known.matte == 0].mean() < 0.03


def test_despill_brings_the_figure_nearer_to_what_it_is_without_the_screen(lit):
    known, figure, _ = lit
    clean = spill.despill(figure)
    weight = known.matte[..., None] / known.matte.sum() / 3
    error = [float((np.abs(colours - known.figure) * weight).sum()) for colours in (figure, clean)]
    assert error[1] < 0.8 * error[0]  # on a red coat the spill does not show, and stays
    assert spill.spilt(clean, known.matte) < 0.05 * spill.spilt(figure, known.matte)
    grey = spill.despill(figure, keep_light=True)
    luma = [float((np.abs(colour.luma(c) - colour.luma(figure)) * known.matte).sum()) for c in (grey, clean)]
    assert luma[0] < 0.7 * luma[1]


@settings(max_examples=50, deadline=None)
@given(COLOURS, st.sampled_from(["green", "blue"]), st.floats(0, 1), st.booleans())
def test_what_has_no_screen_in_it_stays(frame, kind, amount, keep):
    channel = {"green": 1, "blue": 2}[kind]
    out = spill.despill(frame, kind, amount, keep)
    others = np.delete(frame, channel, -1).mean(-1)
    assert np.array_equal(out[frame[..., channel] <= others], frame[frame[..., channel] <= others])
    assert (out.max(-1) <= np.maximum(frame.max(-1), 1e-6)).all()
    assert np.array_equal(spill.despill(frame, kind, 0, keep), frame)


def test_skin_keeps_its_colour():
    skin = np.float32([[[0.88, 0.71, 0.62], [0.45, 0.30, 0.24]]])
    assert np.array_equal(spill.despill(skin), skin)


def test_the_matte_of_an_rgba_frame_stays(lit):
    known, figure, _ = lit
    rgba = np.dstack([figure, known.matte])
    assert np.array_equal(spill.despill(rgba)[..., 3], known.matte)


def test_no_screen_an_unknown_one_and_a_wrong_amount_are_refused():
    with pytest.raises(HallyuError, match="no green or blue screen"):
        spill.key(forest(60, 90))
    with pytest.raises(HallyuError, match='not "red"'):
        spill.despill(np.zeros((2, 2, 3), np.float32), "red")
    with pytest.raises(HallyuError, match="from 0"):
        spill.despill(np.zeros((2, 2, 3), np.float32), amount=1.5)


def test_nothing_of_a_figure_has_no_spill(lit):
    assert spill.spilt(lit[1], np.zeros(lit[1].shape[:2])) == 0
