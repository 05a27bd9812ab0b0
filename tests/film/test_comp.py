"""Light adds up as in a camera; each step moves its own measure to where it belongs, and defects are told."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from portraits import FINER, forest, portrait

from hallyu.errors import HallyuError
from hallyu.film import colour, comp

LAYER = arrays(np.float32, (3, 4, 4), elements=st.floats(0, 1, width=32))


@pytest.fixture(scope="module")
def known():
    return portrait(0)


@pytest.fixture(scope="module")
def place():
    """A hazy place with grain of 1.2 % that is a little coarse."""
    noise = cv2.GaussianBlur(np.random.default_rng(5).standard_normal((180, 240, 3)).astype(np.float32), (0, 0), 0.6)
    return np.clip(0.10 + 0.8 * forest(180, 240, 3) + 0.012 * noise / noise.std(), 0, 1)


def test_linear_light_is_what_a_camera_sees_and_code_values_are_not():
    """A pixel of a camera gathers light: hard-edged shapes, four times finer, averaged in light, are the truth."""
    fine = np.zeros((64 * FINER, 96 * FINER), np.float32)
    for x in range(20, 380, 23):
        cv2.line(fine, (x, 0), (x + 40, 255), 1.0, 5)
    dark, snow = np.float32([0.12, 0.10, 0.10]), np.float32([0.85, 0.9, 0.95])
    drawn = np.where(fine[..., None] > 0, dark, snow)
    truth = colour.to_display(cv2.resize(colour.to_linear(drawn), (96, 64), interpolation=cv2.INTER_AREA))
    matte = cv2.resize(fine, (96, 64), interpolation=cv2.INTER_AREA)
    layers = np.broadcast_to(dark, truth.shape), matte, np.broadcast_to(snow, truth.shape)
    right, wrong = (comp.rim(comp.comp(*layers, linear=linear), truth, matte) for linear in (True, False))
    assert right.error < 0.01 and right.worst < 0.1
    assert wrong.error > 60 and wrong.lighter < -60  # dark strands turn fatter


def test_premultiplying_twice_darkens_the_rim(known, place):
    truth = comp.comp(known.figure, known.matte, place)
    twice = comp.comp(known.figure * known.matte[..., None], known.matte, place)
    assert comp.rim(twice, truth, known.matte).lighter < -5
    assert comp.rim(truth, truth, known.matte) == comp.Rim(0, 0, 0)


@settings(max_examples=40, deadline=None)
@given(LAYER, LAYER, LAYER)
def test_over_is_associative_and_premultiplication_turns_back(a, b, c):
    a, b, c = map(comp.premultiplied, (a, b, c))
    assert np.allclose(comp.over(comp.over(a, b), c), comp.over(a, comp.over(b, c)), atol=1e-6)
    assert np.allclose(comp.premultiplied(comp.straight(a)), a, atol=1e-6)
    assert np.allclose(comp.over(a, c[..., :3]), comp.over(a, np.dstack([c[..., :3], np.ones((3, 4))]))[..., :3])


def test_comp_and_over_agree(known, place):
    layer = np.dstack([colour.to_linear(known.figure), known.matte])
    by_over = colour.to_display(comp.over(comp.premultiplied(layer), colour.to_linear(place)))
    assert np.abs(by_over - comp.comp(known.figure, known.matte, place)).max() < 1e-5


def test_the_matte_decides_where_it_is_sure(known, place):
    frame = comp.comp(known.figure, known.matte, place)
    assert np.abs(frame - place)[known.matte == 0].max() < 1e-5
    assert np.abs(frame - known.figure)[known.matte == 1].max() < 1e-5


def test_light_wrap_softens_the_step_lights_the_rim_and_leaves_the_place_alone(known, place):
    frame = comp.comp(known.figure, known.matte, place)
    wrapped = comp.light_wrap(frame, known.matte, place)
    assert comp.rim_step(wrapped, known.matte) < 0.85 * comp.rim_step(frame, known.matte)
    assert (wrapped - frame).min() > -1e-5 and np.abs(wrapped - frame)[known.matte == 0].max() < 1e-5
    deep = cv2.erode((known.matte > 0.99).astype(np.uint8), np.ones((41, 41))) > 0
    assert deep.any() and np.abs(wrapped - frame)[deep].max() < 0.01
    night = comp.light_wrap(frame, known.matte, np.zeros_like(place))
    assert np.abs(night - frame).max() < 1e-5  # no light, no wrap


def test_blacks_meet(known, place):
    has, wants = comp.black(known.figure, known.matte), comp.black(place)

    def air(figure, amount=1.0):
        return comp.match_black(figure, has, wants, amount)

    plain = comp.comp(known.figure, known.matte, place)
    matched = comp.comp(air(known.figure), known.matte, place)
    assert comp.black_gap(plain, known.matte) < -80 and abs(comp.black_gap(matched, known.matte)) < 10
    assert np.abs(air(np.ones_like(known.figure)) - 1).max() < 1e-4
    half = comp.black_gap(comp.comp(air(known.figure, 0.5), known.matte, place), known.matte)
    assert comp.black_gap(plain, known.matte) < half - 50 < -50


@pytest.mark.parametrize("size", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("amount", [0.005, 0.02])
def test_grain_is_read_as_it_was_made(amount, size):
    flat = cv2.resize(np.linspace(0.2, 0.8, 12, dtype=np.float32).reshape(3, 4), (240, 180))[..., None].repeat(3, 2)
    made = comp.add_grain(flat, comp.Grain(np.full((8, 3), amount, np.float32), size), seed=1)
    read = comp.grain(made)
    assert read.level == pytest.approx(1000 * amount, rel=0.15) and read.size == pytest.approx(size, abs=0.35)
    assert comp.grain(flat).level < 0.3


def test_texture_is_not_grain():
    random = np.random.default_rng(2)
    frame = np.full((128, 192, 3), 0.7, np.float32)
    frame[:, :96] = 0.15 + 0.12 * random.random((128, 96, 1), np.float32)  # needles, all of them dark
    assert comp.grain(frame).level < 1
    kind = comp.Grain(np.full((8, 3), 0.008, np.float32), 0.0)
    assert comp.grain(comp.add_grain(frame, kind)).level == pytest.approx(8, rel=0.2)


def test_grain_is_the_same_by_seed_and_number_and_another_in_the_next_frame():
    flat, kind = np.full((16, 16, 3), 0.5, np.float32), comp.Grain(np.full((8, 3), 0.01, np.float32), 0.5)
    first, again, following = (comp.add_grain(flat, kind, 3, number) for number in (7, 7, 8))
    assert np.array_equal(first, again) and not np.array_equal(first, following)


def test_a_clean_figure_gets_the_places_grain(known, place):
    smooth = cv2.GaussianBlur(known.figure, (0, 0), 2)
    plain = comp.comp(smooth, known.matte, place)
    matched = comp.match_grain(plain, known.matte, comp.grain(place), comp.grain_ratio(plain, known.matte))
    assert comp.grain_ratio(plain, known.matte) < 0.3
    assert 0.75 < comp.grain_ratio(matched, known.matte) < 1.3
    assert np.array_equal(matched[known.matte == 0], plain[known.matte == 0])


def test_the_shadow_lies_at_the_feet_and_away_from_the_light():
    matte = np.zeros((120, 160), np.float32)
    matte[20:100, 70:84] = 1
    right, left = comp.contact_shadow(matte, lean=0.8), comp.contact_shadow(matte, lean=-0.8)
    assert right[99, 76] > 0.9 and right[108:].max() < 0.05
    assert right[:, 85:].sum() > 5 * right[:, :69].sum() and left[:, :69].sum() > 5 * left[:, 85:].sum()
    assert np.flatnonzero((right > 0.3).any(1))[0] > 60  # shorter than the figure
    before = comp.contact_shadow(matte, lean=0.3, length=-0.2)
    assert before[104:112].max() > 0.8 and before[:90].max() < 0.05  # the light comes from behind
    snow = np.full((120, 160, 3), 0.85, np.float32)
    dark = comp.shaded(snow, right)
    only = right * (matte == 0)
    assert comp.shadow_depth(snow, snow, only) == 1
    assert 0.35 < comp.shadow_depth(dark, snow, only) < 0.75
    full = dark[right > 0.95]
    assert (full[:, 2] > full[:, 0]).all()  # bluish, as under a sky


def test_everything_together_meets_every_measure(known, place):
    smooth = cv2.GaussianBlur(known.figure, (0, 0), 2)
    plain = comp.comp(smooth, known.matte, place)
    frame = comp.integrated(smooth, known.matte, place)
    assert abs(comp.black_gap(frame, known.matte)) < 0.3 * abs(comp.black_gap(plain, known.matte))
    assert comp.rim_step(frame, known.matte) < comp.rim_step(plain, known.matte)
    assert 0.7 < comp.grain_ratio(frame, known.matte) < 1.4
    assert np.abs(frame - place)[known.matte == 0].max() < 1e-5


def test_all_at_once_is_one_after_the_other(known, place):
    read = comp.look(known.figure, known.matte, place)
    lifted = comp.match_black(known.figure, read.black, read.wanted_black)
    frame = comp.light_wrap(comp.comp(lifted, known.matte, place), known.matte, place, radius=2.0)
    frame = comp.match_grain(frame, known.matte, read.grain, read.has)
    assert np.abs(comp.integrated(known.figure, known.matte, place, read) - frame).max() < 1e-4


@pytest.mark.parametrize("radius", [5.0, 8.0, 40.0])
def test_a_wide_wrap_is_the_same_at_a_smaller_size(known, place, radius):
    light = colour.to_linear(place) * (1 - known.matte[..., None])
    wanted = 0.25 * known.matte[..., None] * cv2.GaussianBlur(light, (0, 0), radius / 2)
    wrapped = comp.light_wrap(known.figure, known.matte, place, radius)
    assert np.abs(colour.to_linear(wrapped) - colour.to_linear(known.figure) - wanted).max() < 0.006


def test_a_look_that_is_read_once_keeps_the_face_when_the_coat_changes(known, place):
    smooth = cv2.GaussianBlur(known.figure, (0, 0), 2)
    changed = smooth.copy()
    changed[140:] = 0.01
    read, face = comp.look(smooth, known.matte, place), np.s_[60:90, 110:130]
    before = comp.integrated(smooth, known.matte, place, read)[face]
    assert np.array_equal(comp.integrated(changed, known.matte, place, read)[face], before)
    assert np.abs(comp.integrated(changed, known.matte, place)[face] - before).mean() > 0.001


def test_no_grain_beside_no_grain_is_matched(known):
    flat = np.full((64, 64, 3), 0.5, np.float32)
    half = np.zeros((64, 64), np.float32)
    half[:, 32:] = 1
    assert comp.grain_ratio(flat, half) == pytest.approx(1, abs=0.01)


def test_what_does_not_fit_is_refused(known, place):
    with pytest.raises(HallyuError, match="one size first"):
        comp.comp(known.figure, known.matte[:-1], place)
    with pytest.raises(HallyuError, match="fourth channel"):
        comp.over(place, place)
    with pytest.raises(HallyuError, match="no soft edge"):
        comp.rim(place, place, np.ones((180, 240)))
    with pytest.raises(HallyuError, match="empty"):
        comp.contact_shadow(np.zeros((9, 9)))
    with pytest.raises(HallyuError, match="some length"):
        comp.contact_shadow(known.matte, length=0)
    with pytest.raises(HallyuError, match="shows nothing"):
        comp.black(place, np.zeros((180, 240)))
    with pytest.raises(HallyuError, match="larger part"):
        comp.grain(place, np.zeros((180, 240)))
    with pytest.raises(HallyuError, match="nowhere full"):
        comp.shadow_depth(place, place, np.zeros((180, 240)))
