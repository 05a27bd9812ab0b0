"""Snow falls by its numbers: the same frame again, near faster than far, streaks as long as the shutter is open."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.film.snow import Camera, Snow, fallen, matte, place

FEW = Snow(flakes=400)


def test_a_frame_is_the_same_whenever_it_is_drawn():
    first, again = (matte(FEW, 7, 160, 90) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, matte(Snow(seed=1, flakes=400), 7, 160, 90))
    assert not np.array_equal(first, matte(FEW, 8, 160, 90))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from([23.976, 24, 25, 60]))
def test_it_neither_runs_out_nor_gathers(number, rate):
    flakes = place(Snow(flakes=3000), number, 320, 180, rate)
    inside = (np.abs(flakes.x - 160) < 160) & (np.abs(flakes.y - 90) < 90)
    assert 0.6 < inside.mean() < 0.9  # the margin, twice
    left = (flakes.x[inside] < 160).mean()
    assert 0.4 < left < 0.6


def test_it_falls_by_its_speed_and_depth():
    snow = Snow(flakes=500, sway=0, wind=0)
    now, then = (place(snow, number, 320, 180) for number in (0, 1))
    moved = then.y - now.y
    stayed = moved > 0  # the others went round
    metres = moved[stayed] * now.depth[stayed] / (1.5 * 180)
    assert stayed.mean() > 0.9 and 24 * metres.min() > 0.74 * 1.1 and 24 * metres.max() < 1.26 * 1.1
    near, far = now.depth < 4, now.depth > 12
    assert np.median(moved[near & stayed]) > 3 * np.median(moved[far & stayed])


@pytest.mark.parametrize("shutter", [0.25, 0.5, 1.0])
def test_a_streak_is_as_long_as_the_shutter_is_open(shutter):
    snow, camera = Snow(flakes=300, sway=0), Camera(shutter=shutter)
    now, then = (place(snow, number, 320, 180, camera=camera) for number in (3, 4))
    way = then.y - now.y
    kept = way > 0
    assert np.allclose((now.to_y - now.y)[kept], shutter * way[kept], rtol=1e-4)


def test_what_is_out_of_focus_is_wider_and_fainter():
    flakes = place(FEW, 0, 640, 360, camera=Camera(focus=4))
    sharp = place(FEW, 0, 640, 360, camera=Camera(aperture=0))
    near, focus = flakes.depth < 1.5, np.abs(flakes.depth - 4) < 0.3
    assert np.median(flakes.radius[near] / sharp.radius[near]) > 1.4 and np.median(flakes.opacity[near]) < 0.5
    assert np.allclose(flakes.radius[focus], sharp.radius[focus], rtol=0.05) and (sharp.opacity == 1).all()


def test_before_and_behind_the_actor_are_all_there_is():
    whole = matte(FEW, 5, 160, 90)
    behind, before = matte(FEW, 5, 160, 90, nearer=4), matte(FEW, 5, 160, 90, farther=4)
    assert behind.any() and before.any()
    assert np.abs(1 - (1 - behind) * (1 - before) - whole).max() < 0.02


def test_the_camera_moves_through_it():
    still, moved = (place(FEW, 0, 320, 180, at=(x, 0, 0)) for x in (0, 0.02))
    shift = moved.x - still.x
    stayed = np.abs(shift) < 40
    assert np.allclose(shift[stayed], -0.02 * 1.5 * 180 / still.depth[stayed], atol=1e-6)
    assert stayed.mean() > 0.9


def test_flakes_on_a_frame_are_light_and_leave_the_rest():
    frame, cover = np.full((90, 160, 3), 0.3, np.float32), matte(FEW, 0, 160, 90)
    snowed = fallen(frame, cover)
    assert np.array_equal(cover > 0, (np.abs(snowed - frame) > 1e-6).all(2)) and (snowed >= frame - 1e-6).all()
    assert 0.0002 < cover.mean() < 0.2


def test_nonsense_is_refused():
    with pytest.raises(HallyuError, match="picture to fall in"):
        matte(FEW, 0, 0, 90)
    with pytest.raises(HallyuError, match="check its numbers"):
        place(Snow(nearest=5, farthest=2), 0, 16, 9)
    with pytest.raises(HallyuError, match="draw it for the frame"):
        fallen(np.zeros((9, 16, 3), np.float32), np.zeros((8, 16), np.float32))
