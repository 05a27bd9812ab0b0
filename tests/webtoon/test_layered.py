import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.webtoon import layered
from hallyu.webtoon.panel import Panel
from hallyu.webtoon.script import Cut, Line


@pytest.fixture
def panel():
    ground = np.full((64, 800, 4), (150, 180, 210, 255), np.uint8)
    figure = np.zeros_like(ground)
    figure[20:, 300:500] = (240, 210, 190, 200)
    cut = Cut(3, 1, "bust", "street", lines=(Line("c03-1", "눈이다!", "하린"),))
    return Panel(
        cut,
        {"background": ground, "하린": figure},
        {"하린": (320, 20, 480, 60)},
        [{"figure": "하린", "seed": 7}],
    )


def test_a_panel_comes_back_with_its_layers_in_order(tmp_path, panel):
    layered.save([panel], tmp_path)
    again = layered.load(tmp_path)[3]
    assert (again.cut, again.faces, again.record) == (panel.cut, panel.faces, panel.record)
    assert list(again.layers) == ["background", "하린"]
    assert np.array_equal(again.layers["하린"][..., 3], panel.layers["하린"][..., 3]), (
        "transparency is kept exactly"
    )
    assert np.abs(again.art().astype(int) - panel.art()).mean() < 2


def test_what_cannot_be_read_is_one_sentence(tmp_path, panel):
    with pytest.raises(HallyuError, match=r"panels\.json is missing"):
        layered.load(tmp_path)
    layered.save([panel], tmp_path)
    (tmp_path / "c03-2.webp").write_bytes(b"no picture")
    with pytest.raises(HallyuError, match="cannot be read"):
        layered.load(tmp_path)
    (tmp_path / "c03-2.webp").unlink()
    with pytest.raises(HallyuError, match=r"c03-2\.webp is missing"):
        layered.load(tmp_path)
    (tmp_path / "panels.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(HallyuError, match="cannot be read"):
        layered.load(tmp_path)
