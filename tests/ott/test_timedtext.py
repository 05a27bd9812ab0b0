from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.ott import timedtext
from hallyu.ott.timedtext import Cue, Track

TEXT = st.text(alphabet="가나 ab.\n<>i/", max_size=20)


@pytest.mark.parametrize(("start", "end"), [
    (float("nan"), 1), (0, float("nan")), (0, float("inf")), (-0.001, 1), (0, -1), (0, 360_001),
])  # fmt: skip
def test_times_that_are_none(start, end):
    with pytest.raises(HallyuError, match="times are 0 to 100 hours"):
        Cue(start, end, "말")


def test_a_wrong_cue_can_be_held():
    assert Cue(2.0, 1.0, "").seconds == -1.0


def test_what_is_no_track():
    with pytest.raises(HallyuError, match="aligned left, center, right"):
        Cue(0, 1, "말", align="middle")
    with pytest.raises(HallyuError, match="subtitles, sdh, forced"):
        Track((), kind="captions")
    with pytest.raises(HallyuError, match="no language tag"):
        Track((), language="한국어")
    with pytest.raises(HallyuError, match="frame rate"):
        Track((), rate=0)


def test_cues_stand_in_the_order_of_their_times_and_two_at_once_as_given():
    late, one, two = Cue(5, 6, "늦게"), Cue(1, 2, "하나"), Cue(1, 3, "둘")
    assert Track((late, one, two)).cues == (one, two, late)


def test_rates_are_exact():
    track = Track((), rate=23.976)
    assert track.rate == Fraction(24000, 1001)
    assert track.frame(3600 * 1.001) == 86_400
    assert track.timecode(3600 * 1.001) == "01:00:00:00"


def test_text_is_what_is_said():
    track = Track((Cue(1, 2, "- <i>첫눈</i>이다\n-  어디?"), Cue(3, 4, "저기")))
    assert track.text == "- 첫눈이다 - 어디?\n저기"


@given(TEXT)
def test_spans_are_the_whole_text_without_its_markup(text):
    assert "".join(piece for piece, _ in timedtext.spans(text)) == timedtext.plain(text)


@pytest.mark.parametrize(("text", "whole"), [
    ("말", True), ("<i>말</i>", True), ("<i>말</i> <i>말</i>", True), ("<i>말", False), ("말</i>", False),
    ("<i><i>말</i></i>", False), ("</i>말<i>", False),
])  # fmt: skip
def test_balanced(text, whole):
    assert timedtext.balanced(text) is whole


def test_letters_do_not_mind_form_and_marks():
    assert timedtext.letters(["한글… ", "＂Ａ＂"]) == timedtext.letters(["한글...", "A"]) == "한글A"
    assert timedtext.letters(["한글"]) != timedtext.letters(["한굴"])
