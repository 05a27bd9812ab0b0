import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.provenance.disclosure import AIPart, Disclosure
from hallyu.webtoon.notice import notice


def disclosure(tool="webtoon-small", cuts=4):
    return Disclosure("첫눈", cuts, (AIPart(1, "하늘", tool, "text to image"),))


def test_it_is_a_panel_of_the_strip_with_clear_margins():
    image = notice(disclosure())
    assert image.dtype == np.uint8 and image.shape[1:] == (800, 3)
    assert (image[:, :40] == 255).all() and (image[:, -40:] == 255).all()
    ink = (image.max(axis=2) < 128).mean()
    assert 0.01 < ink < 0.15, "there are letters, and they are letters"


def test_other_facts_give_another_picture_and_the_same_facts_the_same():
    assert np.array_equal(notice(disclosure()), notice(disclosure()))
    assert not np.array_equal(notice(disclosure(cuts=4)), notice(disclosure(cuts=5)))


def test_korean_is_drawn_in_a_korean_font():
    """A missing glyph draws the same box for every syllable: two names of two syllables must differ."""
    one = notice(Disclosure("x", 1, (AIPart(1, "하늘", "t", "m"),)))
    two = notice(Disclosure("x", 1, (AIPart(1, "지호", "t", "m"),)))
    assert one.shape == two.shape and (one != two).sum() > 200


def test_a_long_tool_name_is_broken_and_stays_inside():
    image = notice(disclosure(tool="a" * 200))
    card = (image < 128).all(axis=2)
    xs = np.flatnonzero(card.any(axis=0))
    assert xs.min() >= 100 and xs.max() <= 700
    assert len(image) > len(notice(disclosure()))


def test_a_letter_no_font_has_and_a_drawn_work_are_said_in_words():
    with pytest.raises(HallyuError, match="no generated image"):
        notice(Disclosure("첫눈", 4))
    with pytest.raises(HallyuError, match="The notice: no lettering font has 😀"):
        notice(disclosure(tool="model 😀"))
