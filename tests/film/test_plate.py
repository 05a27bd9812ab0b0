"""The painted forest is the same by its seed, its depth is that of its geometry, and its air does what air does."""

import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.film import colour, parallax, plate

WIDTH, HEIGHT = 320, 180


@pytest.fixture(scope="module")
def forest():
    return plate.snow_forest(WIDTH, HEIGHT, seed=3)


def test_the_same_seed_is_the_same_forest_and_another_is_another(forest):
    again, other = plate.snow_forest(WIDTH, HEIGHT, seed=3), plate.snow_forest(WIDTH, HEIGHT, seed=4)
    assert np.array_equal(forest.frame, again.frame) and np.array_equal(forest.depth, again.depth)
    assert np.abs(forest.frame - other.frame).mean() > 0.02


def test_the_layers_are_the_picture_whole_and_the_farthest_first(forest):
    assert forest.frame.shape == (HEIGHT, WIDTH, 3) and 0 <= forest.frame.min() <= forest.frame.max() <= 1
    again = parallax.picture(forest.layers)
    assert np.abs(again[..., :3] - forest.frame).max() < 0.01 and parallax.gaps(again) == 0
    seen = [np.median(layer.depth[layer.picture[..., 3] > 0.5]) for layer in forest.layers[1:]]
    assert len(seen) == len(plate.RANGES) and seen == sorted(seen, reverse=True)
    for layer, (near, far) in zip(forest.layers[1:], plate.RANGES.values(), strict=True):
        inside = layer.depth[layer.picture[..., 3] > 0.5]
        assert near - 0.01 <= inside.min() and inside.max() <= far + 0.01


def test_the_grounds_depth_is_that_of_a_plane_under_the_eye(forest):
    ground = forest.layers[0].depth
    rows = np.arange(int(0.55 * HEIGHT), HEIGHT)
    assert np.allclose(ground[rows, 7], plate.EYE * parallax.LENS.focal * HEIGHT / (rows - 0.46 * HEIGHT), rtol=1e-4)
    assert (ground[: int(0.4 * HEIGHT)] == plate.SKY).all()


def test_haze_takes_contrast_with_the_distance_and_is_warm_at_the_sun(forest):
    darks = []
    for layer in forest.layers[1:]:
        light = colour.luma(colour.to_linear(layer.picture[..., :3]))[layer.picture[..., 3] > 0.9]
        darks.append(np.percentile(light, 5))
    assert darks[:3] == sorted(darks[:3], reverse=True) and darks[0] > 2 * darks[2]
    sky = forest.layers[0].picture
    sun, away = sky[54, int(0.64 * WIDTH)], sky[54, 10]
    assert sun[0] > sun[2] + 0.1 and away[2] > away[0] + 0.03


def test_a_camera_can_move_through_it(forest):
    frames = list(parallax.shot(forest.layers, parallax.eased((0, 0, 0), (0.3, 0, 0.4), 3), border=0.06))
    assert np.abs(frames[2] - frames[0]).mean() > 0.01
    whole = parallax.picture(forest.layers, (0.3, 0, 0.4))
    assert parallax.gaps(parallax.cropped(whole, 0.06)) == 0


def test_depth_from_a_model_that_knows_only_what_is_nearer():
    """The hub's model itself is not run here; what is made of its answer is."""
    truth = np.linspace(2, 50, 48, dtype=np.float32).reshape(6, 8)
    frame = np.zeros((6, 8, 3), np.float32)
    found = plate.guessed_depth(frame, 2, 50, engine=lambda frame: 7 / truth + 3)
    assert np.allclose(found, truth, rtol=1e-4)
    flat = plate.guessed_depth(frame, 2, 50, engine=lambda frame: np.ones((6, 8)))
    assert np.allclose(flat, 50)


def test_what_cannot_be_painted_is_said(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(HallyuError, match="shows nothing"):
        plate.snow_forest(20, 20)
    with pytest.raises(HallyuError, match="from a nearest"):
        plate.guessed_depth(np.zeros((6, 8, 3), np.float32), 5, 2)
    for task in (lambda: plate.painted("snow"), lambda: plate.guessed_depth(np.zeros((6, 8, 3), np.float32), 2, 50)):
        with pytest.raises(HallyuError, match="no hub can be reached"):
            task()
