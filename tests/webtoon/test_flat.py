import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.webtoon import flat
from hallyu.webtoon.script import Cut, Figure, Line
from hallyu.webtoon.strip import stack


def panels():
    red = np.full((300, 800, 3), (250, 250, 250), np.uint8)
    red[100:200, 300:500] = (220, 0, 0)
    cut = Cut(
        2, 1, "bust", "street", figures=(Figure("하늘", "smiling"),), lines=(Line("c02-1", "첫눈", "하늘"),)
    )
    boxes = (("face", "하늘", (300, 100, 500, 200)), ("balloon", "c02-1", (0, 0, 100, 80)))
    return [
        flat.FlatPanel(Cut(1, 1, "establishing", "snow forest", pause="scene"), red[:200]),
        flat.FlatPanel(cut, red, boxes, pad_top=20, record=[{"figure": "하늘", "model": "m", "seed": 7}]),
    ]


def test_what_is_saved_comes_back(tmp_path):
    flat.save(panels(), tmp_path / "panels")
    again = flat.load(tmp_path / "panels")
    for was, now in zip(panels(), again, strict=True):
        assert (now.cut, now.boxes, now.pad_top, now.record) == (was.cut, was.boxes, was.pad_top, was.record)
        assert now.picture.shape == was.picture.shape
        assert np.abs(now.picture.astype(int) - was.picture).max() <= 24, "red edges keep their colour"
    assert stack(again).protected[1].name == "c02-1"


def test_damage_is_said_in_words(tmp_path):
    with pytest.raises(HallyuError, match=r"panels.json is missing"):
        flat.load(tmp_path)
    flat.save(panels(), tmp_path)
    (tmp_path / "c02.jpg").unlink()
    with pytest.raises(HallyuError, match=r"c02.jpg is missing"):
        flat.load(tmp_path)
    (tmp_path / "c02.jpg").write_text("no picture")
    with pytest.raises(HallyuError, match="cannot be read"):
        flat.load(tmp_path)
    (tmp_path / "panels.json").write_text('[{"file": "c01.jpg"}]')
    with pytest.raises(HallyuError, match="cannot be read"):
        flat.load(tmp_path)
