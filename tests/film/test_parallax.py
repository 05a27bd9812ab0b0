"""Moved views against the same scene seen from there, drawn by its own geometry."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.film import parallax

HEIGHT, WIDTH, FOCAL = 120, 200, 1.5


def scene(camera=(0.0, 0.0, 0.0), post=True):
    """A wall 10 m away, a ground 1.5 m below the eye, a post 4 m away: colour (h, w, 3) and depth, ray by ray."""
    right, down, into = camera
    lens = FOCAL * HEIGHT
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    across, drop = (x - (WIDTH - 1) / 2) / lens, (y - (HEIGHT - 1) / 2) / lens

    def painted(x, y, hue):
        wave = 0.5 + 0.2 * np.sin(3 * x + hue) * np.cos(2 * y + hue)
        return np.stack([wave, 0.6 * wave + 0.2, 0.9 - 0.5 * wave], -1)

    wall = 10.0 - into
    frame, depth = painted(right + across * wall, down + drop * wall, 0), np.full(x.shape, 10.0)
    with np.errstate(divide="ignore"):
        ground = np.where(drop > 0, (1.5 - down) / np.maximum(drop, 1e-9), np.inf)
    lies = ground < wall
    flat = np.where(lies, ground, 1)
    frame = np.where(lies[..., None], painted(right + across * flat, into + flat, 2), frame)
    depth = np.where(lies, flat + into, depth)
    if post:
        there = np.abs(right + across * (4 - into) + 0.1) < 0.25
        frame = np.where(there[..., None], painted(4 * (down + drop * (4 - into)), 0, 4) * [0.5, 0.4, 0.4], frame)
        depth = np.where(there, 4.0, depth)
    return frame.astype(np.float32), depth.astype(np.float32)


@pytest.fixture(scope="module")
def layers():
    frame, depth = scene()
    # the post and the ground before it are a layer; the rest of the ground and the wall are behind
    return parallax.split(frame, depth, [4.2])


def test_from_where_it_was_taken_the_picture_is_the_picture(layers):
    frame, _ = scene()
    again = parallax.picture(layers)
    assert np.abs(again[..., :3] - frame).mean() < 0.004 and parallax.gaps(again) == 0


@pytest.mark.parametrize("camera", [(0.25, 0, 0), (-0.2, 0, 0.4), (0, 0.1, 0.5), (0.15, -0.1, -0.3)])
def test_from_elsewhere_it_is_what_is_seen_from_there(layers, camera):
    truth, _ = scene(camera)
    found = parallax.picture(layers, camera)
    inner = np.s_[12:-12, 30:-30]
    error = np.abs(found[..., :3] - truth)[inner]
    still = np.abs(scene()[0] - truth)[inner]
    cards = [parallax.Layer(x.picture, np.full_like(x.depth, np.median(x.depth))) for x in layers]
    flat = np.abs(parallax.picture(cards, camera)[..., :3] - truth)[inner]
    assert np.median(error) < 0.004 and error.mean() < 0.15 * still.mean() and error.mean() < 0.9 * flat.mean()


def test_behind_the_post_there_is_something(layers):
    moved = parallax.picture(layers, (0.3, 0, 0))
    assert parallax.gaps(parallax.cropped(moved, 0.12)) == 0
    assert parallax.gaps(moved) > 0  # at the side the picture ends: that is what the border is for
    frame, depth = scene()
    hole = [parallax.Layer(np.dstack([frame, (depth >= 4.2).astype(np.float32)]), depth), layers[1]]
    assert parallax.gaps(parallax.cropped(parallax.picture(hole, (0.3, 0, 0)), 0.12)) > 0.01


def test_near_moves_farther_than_far(layers):
    far, near = (parallax.seen(layer, (0.1, 0, 0))[..., 3] for layer in layers)
    post = np.flatnonzero(near[5] > 0.5).mean() - np.flatnonzero(layers[1].picture[5, :, 3] > 0.5).mean()
    assert post == pytest.approx(-0.1 * FOCAL * HEIGHT / 4, abs=0.3)
    assert far.shape == near.shape


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 40), st.integers(1, 40), st.floats(0.01, 1))
def test_filling_keeps_what_is_known_and_stays_between(seed, height, width, share):
    random = np.random.default_rng(seed)
    picture, known = random.random((height, width, 2), np.float32), random.random((height, width)) < share
    known.flat[0] = True
    full = parallax.filled(picture, known)
    assert np.allclose(full[known], picture[known], atol=1e-6)
    assert (full >= picture[known].min(0) - 1e-5).all() and (full <= picture[known].max(0) + 1e-5).all()


def test_a_shot_starts_and_ends_at_rest(layers):
    way = np.array(parallax.eased((0, 0, 0), (0.3, 0, 0.2), 25))
    speed = np.linalg.norm(np.diff(way, axis=0), axis=1)
    assert np.allclose(way[[0, -1]], [(0, 0, 0), (0.3, 0, 0.2)]) and speed.max() > 4 * max(speed[0], speed[-1])
    frames = list(parallax.shot(layers, way[:2].tolist(), border=0.05))
    assert len(frames) == 2 and frames[0].shape == (108, 180, 3)


def test_out_of_focus_a_point_is_a_disc_of_the_lenss_size(layers):
    point = np.zeros((121, 121, 4), np.float32)
    point[60, 60] = 1
    for radius in (1.0, 4.0, 9.5):
        spread = parallax.defocused(point, np.full((121, 121), radius, np.float32))[..., 3]
        assert spread.sum() == pytest.approx(1, rel=1e-4)
        assert np.sqrt((spread > 0.5 * spread.max()).sum() / np.pi) == pytest.approx(radius, abs=0.5)
    sharp, soft = (parallax.picture(layers, lens=parallax.Lens(focus=focus, aperture=0.1)) for focus in (4.0, 40.0))
    edge = [np.abs(np.diff(picture[5, 80:120, 1])).max() for picture in (sharp, soft)]
    assert edge[0] > 1.5 * edge[1]  # of the post


def test_what_makes_no_sense_is_refused(layers):
    frame, depth = scene()
    for wrong, said in ((depth[1:], "one size"), (depth * 0, "above 0"), (np.full_like(depth, np.nan), "above 0")):
        with pytest.raises(HallyuError, match=said):
            parallax.split(frame, wrong, [5])
    with pytest.raises(HallyuError, match="between 50 and inf"):
        parallax.split(frame, depth, [50])
    with pytest.raises(HallyuError, match="end the move before"):
        parallax.picture(layers, (0, 0, 4))
    with pytest.raises(HallyuError, match="close the aperture"):
        parallax.picture(layers, lens=parallax.Lens(focus=0.05))
    with pytest.raises(HallyuError, match="no layer"):
        parallax.picture([])
    with pytest.raises(HallyuError, match="nothing to fill"):
        parallax.filled(frame, depth < 0)
    with pytest.raises(HallyuError, match="border"):
        parallax.cropped(frame, 0.5)
    with pytest.raises(HallyuError, match="one frame"):
        parallax.eased((0, 0, 0), (0, 0, 0), 0)
