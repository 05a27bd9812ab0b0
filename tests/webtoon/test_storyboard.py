from pathlib import Path

import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.webtoon import script, storyboard

MEDIA = Path(__file__).parents[2] / "modules" / "webtoon" / "media"
CELL = (slice(64 + 4, 64 + storyboard.PICTURE_HEIGHT - 4), slice(storyboard.GAP + 4, storyboard.GAP + 246))


def picture(cut: str) -> np.ndarray:
    story = script.parse(f"# 첫눈\n@하늘: girl\n[1] {cut}")
    return storyboard.thumbnails(story)[CELL].astype(int)


def test_the_page_has_a_frame_for_every_cut():
    page = storyboard.thumbnails(script.read(MEDIA / "first-snow.txt"))
    row = storyboard.PICTURE_HEIGHT + storyboard.CAPTION_HEIGHT + storyboard.GAP
    assert page.shape == (64 + 3 * row, 6 * 268 + 18, 3) and page.dtype == np.uint8
    ink = (page == (45, 48, 60)).all(axis=2)
    for index in range(18):
        y, x = 64 + index // 6 * row, storyboard.GAP + index % 6 * 268
        # The frame's left edge is one unbroken line of ink.
        assert ink[y : y + storyboard.PICTURE_HEIGHT, x].all()


def test_shot_side_and_view_change_the_drawing():
    skin = [(picture(f"{shot}, room\n하늘") == (255, 246, 236)).all(axis=2).sum() for shot in script.SHOTS]
    assert skin == sorted(skin) and skin[0] < skin[-1] / 10
    left, right = (picture(f"bust, room\n하늘({side})") for side in ("left", "right"))
    columns = [np.argwhere((p == (255, 246, 236)).all(axis=2))[:, 1].mean() for p in (left, right)]
    assert columns[0] < 121 < columns[1]
    assert (picture("bust, room\n하늘(facing left)") != picture("bust, room\n하늘(facing right)")).any()


def test_each_place_and_expression_can_be_told_apart():
    places = [picture(f"establishing, {place}").tobytes() for place in storyboard.PLACES]
    assert len(set(places)) == 8
    faces = {picture(f"close-up, room\n하늘({face})").tobytes() for face in script.vocabulary.EXPRESSIONS}
    assert len(faces) == len(script.vocabulary.EXPRESSIONS)


def test_unknown_words_and_emoji_do_not_stop_the_page():
    assert picture("부감, 옥상 · 😀 눈\n유령(졸림): 😀").shape == (182, 242, 3)


def test_no_cuts_is_one_sentence():
    with pytest.raises(HallyuError, match="no cuts to draw"):
        storyboard.thumbnails(script.parse("# 첫눈"))
