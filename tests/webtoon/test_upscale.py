import numpy as np
import pytest
from PIL import Image

from hallyu.errors import HallyuError
from hallyu.webtoon.drawing import draw
from hallyu.webtoon.upscale import upscale
from hallyu.webtoon.vocabulary import CAST


def test_ink_comes_back_sharper_and_nearer_to_a_large_drawing_than_by_interpolation():
    look = CAST["Haneul"]
    truth = draw(look, 512, seed=1).on().astype(float)
    small = draw(look, 128, seed=1).on()
    ours = upscale(small).astype(float)
    plain = np.asarray(Image.fromarray(small).resize((512, 512), Image.Resampling.BICUBIC)).astype(float)
    assert ours.shape == truth.shape

    def slope(picture):
        return np.abs(np.diff(picture.mean(-1), axis=1))[200:400].max(axis=1).mean()

    assert slope(ours) > 1.3 * slope(plain)
    assert np.abs(ours - truth).mean() < 1.15 * np.abs(plain - truth).mean()


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((8, 8, 3)),
        np.zeros((0, 8, 3), np.uint8),
        np.zeros((2000, 8, 3), np.uint8),
    ],
)
def test_other_pictures_are_refused(picture):
    with pytest.raises(HallyuError):
        upscale(picture)
