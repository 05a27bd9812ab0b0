"""Motion whose truth is known is found, followed, and not trusted where one frame hides what the other shows."""

import cv2
import numpy as np
import pytest

from hallyu.film.motion import flow, seen_in_both, warped


def texture(height: int = 120, width: int = 180, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).random((height, width, 3), np.float32)
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 2) * 3 - 1, 0, 1)


@pytest.mark.parametrize("fine", [False, True])
@pytest.mark.parametrize("step", [-5, 3])
def test_motion_is_found_and_followed(step, fine):
    picture = texture()
    moved = np.roll(picture, step, axis=1)
    moves = flow(moved, picture, fine)
    inner = slice(20, -20)
    assert np.median(moves[inner, inner], axis=(0, 1)) == pytest.approx([-step, 0], abs=0.2)
    assert np.abs(warped(picture, moves) - moved)[inner, inner].mean() < 0.01


def test_what_is_uncovered_is_not_seen_in_both():
    one, other = texture(), texture()
    block = texture(40, 40, seed=9)
    one[40:80, 30:70], other[40:80, 42:82] = block, block
    seen = seen_in_both(flow(other, one, fine=True), flow(one, other, fine=True))
    assert not seen[45:75, 31:40].all()
    assert seen[:30].mean() > 0.9


def test_a_tiny_frame_stands_still():
    assert not flow(texture(9, 9), texture(9, 9, seed=1)).any()
