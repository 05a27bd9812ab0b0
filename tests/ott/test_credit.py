from fractions import Fraction

import pytest

from hallyu.errors import HallyuError
from hallyu.ott import credit, guide
from hallyu.ott.timedtext import Cue, Track

TRACK = Track((Cue(1.0, 3.0, "눈이 온다"), Cue(4.0, 6.0, "가자")))


def test_it_stands_at_the_end_and_keeps_the_guide():
    made = credit.add(TRACK, "자막: 홍길동\n초안: 음성 인식(AI) 사용", 60.0)
    assert made.cues[:2] == TRACK.cues and made.cues[2].end == 60.0 and 2.0 <= made.cues[2].seconds <= 5.0
    assert guide.check(made) == []


@pytest.mark.parametrize("rate", [24, Fraction(24000, 1001), 25, Fraction(30000, 1001)])
def test_a_short_end_is_used_as_far_as_it_goes(rate):
    track = Track(TRACK.cues, rate=rate)
    made = credit.add(track, "자막: 홍길동", 7.6)
    assert made.cues[2].start >= 6.5 - 0.02 and made.cues[2].end <= 7.6 and guide.check(made) == []


def test_no_room():
    with pytest.raises(HallyuError, match=r"has 0\.3"):
        credit.add(TRACK, "자막: 홍길동", 6.8)
    with pytest.raises(HallyuError, match=r"has 0\.0"):
        credit.add(TRACK, "자막: 홍길동", 5.0)


@pytest.mark.parametrize("text", ["", " \n", "가\n나\n다", "가" * 17])
def test_what_is_no_credit(text):
    with pytest.raises(HallyuError, match="A credit has"):
        credit.add(TRACK, text, 60.0)


def test_english_counts_by_its_own_guide():
    track = Track((Cue(1.0, 3.0, "It snows."),), "en")
    made = credit.add(track, "Subtitle translation by: Hong Gildong", 30.0)
    assert guide.check(made, guide.ENGLISH) == [] and made.cues[1].seconds == 2.0


def test_a_track_without_cues():
    assert credit.add(Track(()), "자막: 홍길동", 3.0).cues[0].start == 1.0
