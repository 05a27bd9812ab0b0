import numpy as np
import pytest
from psd_tools import PSDImage

from hallyu.errors import HallyuError
from hallyu.webtoon import balloons, psd
from hallyu.webtoon.panel import Panel
from hallyu.webtoon.script import Cut, Line, Script


@pytest.fixture(scope="module")
def lettered():
    ground = np.full((420, 800, 4), (150, 180, 210, 255), np.uint8)
    figure = np.zeros_like(ground)
    figure[200:420, 500:700] = (240, 210, 190, 255)
    cut = Cut(1, 1, "bust", "street", lines=(Line("c01-1", "눈이다!", "하린"),), effect="사르륵")
    panel = Panel(cut, {"background": ground, "하린": figure}, {"하린": (500, 200, 700, 400)})
    return balloons.letter(panel, Script("첫눈", {}, (cut,)))


def test_it_opens_again_with_its_groups_and_layers_in_order(tmp_path, lettered):
    (path,) = psd.write_psd(tmp_path / "첫눈.psd", [lettered, lettered], [50])
    document = PSDImage.open(path)
    assert [layer.name for layer in document] == ["여백", "컷 01", "컷 01"]
    groups = {group.name: [layer.name for layer in group] for group in document[1]}
    assert groups == {
        "그림": ["배경", "하린"],
        "말풍선": ["말풍선 c01-1"],
        "글자": ["대사 c01-1", "효과음 c01-fx"],
    }
    text = next(layer for layer in document[1].descendants() if layer.name == "대사 c01-1")
    assert text.width < 300 and text.height < 60, "cropped to its ink"


def test_composite_and_stored_preview_equal_the_flattened_image(tmp_path, lettered):
    (path,) = psd.write_psd(tmp_path / "a.psd", [lettered])
    image = lettered.image().astype(int)
    document = PSDImage.open(path)
    for picture in (document.composite(force=True), document.topil()):
        seen = np.asarray(picture.convert("RGB")).astype(int)
        assert seen.shape == image.shape and np.abs(seen - image).max() <= 3


def test_a_long_episode_goes_on_in_a_second_file_and_no_cut_is_divided(tmp_path, lettered):
    high = len(lettered.image())
    paths = psd.write_psd(tmp_path / "a.psd", [lettered] * 3, [50, 50], limit=2 * high + 60)
    assert [p.name for p in paths] == ["a.psd", "a-2.psd"]
    assert [len(list(PSDImage.open(p))) - 1 for p in paths] == [2, 1]


def test_what_cannot_be_written_is_one_sentence(tmp_path, lettered):
    with pytest.raises(HallyuError, match="no lettered panel"):
        psd.write_psd(tmp_path / "a.psd", [])
    with pytest.raises(HallyuError, match="divide the cut"):
        psd.write_psd(tmp_path / "a.psd", [lettered], limit=100)
    assert not list(tmp_path.iterdir())
