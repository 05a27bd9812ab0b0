from dataclasses import replace

import numpy as np
import pytest

from hallyu.webtoon.drawing import GROUND, draw
from hallyu.webtoon.keying import ground_colour, key
from hallyu.webtoon.vocabulary import CAST


@pytest.mark.parametrize("name", CAST)
@pytest.mark.parametrize("shot", ["bust", "close-up"])
def test_keying_recovers_the_renderers_own_matte(name, shot):
    drawing = draw(replace(CAST[name], shot=shot), 320)
    alpha = key(drawing.on())[..., 3].astype(float) / 255
    assert np.abs(alpha - drawing.image[..., 3] / 255.0).mean() < 0.006


def test_the_grounds_colour_is_taken_out_of_the_edge():
    drawing = draw(CAST["Haneul"], 320)
    keyed = key(drawing.on())
    edge = (keyed[..., 3] > 60) & (keyed[..., 3] < 200)
    tint = np.linalg.norm(keyed[edge][:, :3].astype(float) - GROUND, axis=1)
    assert np.median(tint) > 100


def test_a_patch_of_ground_colour_inside_the_figure_stays_unless_it_is_large():
    picture = np.full((200, 200, 3), GROUND, np.uint8)
    picture[60:, 50:150] = (40, 30, 44)
    picture[100:103, 80:83] = GROUND
    picture[140:170, 80:110] = GROUND
    alpha = key(picture)[..., 3]
    assert alpha[101, 81] == 255
    assert alpha[155, 95] == 0
    assert alpha[10, 10] == 0


@pytest.mark.parametrize("shift", [(0, 0, 0), (9, 7, 9), (-12, -8, -10)])
def test_the_ground_is_measured_not_assumed(shift):
    drawing = draw(CAST["Doyun"], 200)
    ground = tuple(np.add(GROUND, shift))
    assert np.allclose(ground_colour(drawing.on(ground)), ground, atol=1)
    assert np.abs(key(drawing.on(ground))[..., 3] / 255.0 - drawing.image[..., 3] / 255.0).mean() < 0.01
