from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from hallyu.ott import forced, guide
from hallyu.ott.first_snow import Sign
from hallyu.ott.timedtext import Cue, Track

SIGNS = (
    Sign("북쪽 입구", "North gate", 5.0, 7.0),
    Sign("편지", "I will wait for you at the first snow of every year", 9.0, 9.5),
)


def test_signs_are_forced_in_capitals_at_the_upper_edge_and_can_be_read():
    made = forced.make(SIGNS, Fraction(24), by="홍길동")
    assert (made.kind, made.language) == ("forced", "en")
    assert [cue.text for cue in made.cues] == [
        "NORTH GATE",
        "I WILL WAIT FOR YOU\nAT THE FIRST SNOW OF EVERY YEAR",
    ]
    assert all(cue.forced and cue.top and cue.by == "홍길동" for cue in made.cues)
    assert (made.cues[0].start, made.cues[0].end) == (5.0, 7.0)
    assert made.cues[1].end > 11.4, "a short sign stands for the time it takes to read"
    assert guide.check(made, guide.ENGLISH) == []


def test_what_is_said_comes_first():
    signs = forced.make(SIGNS[:1], Fraction(24))
    said = Track((Cue(4.0, 5.2, "Grandma?"), Cue(8.0, 9.0, "Yes.")), "en")
    whole, left = forced.into(said, signs)
    assert left == () and guide.check(whole, guide.ENGLISH) == []
    assert [(round(cue.start * 24), round(cue.end * 24)) for cue in whole.cues] == [
        (96, 125),
        (127, 168),
        (192, 216),
    ]
    whole, left = forced.into(Track((Cue(4.0, 8.0, "I waited here for fifty years."),), "en"), signs)
    assert (
        len(whole.cues) == 1
        and [each.sign.text for each in left] == ["NORTH GATE"]
        and "first" in left[0].why
    )


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=6),
    st.integers(0, 100),
    st.integers(0, 200),
)
def test_free_passages_are_those_in_which_no_cue_stands(spans, start, length):
    cues = [Cue(a / 24, (a + b) / 24, "눈") for a, b in spans]
    places = forced.free(cues, Track(()), 2, start, start + length)
    inside = {frame for a, b in places for frame in range(a, b)}
    blocked = {frame for a, b in spans for frame in range(a - 2, a + b + 2)}
    assert inside == set(range(start, start + length)) - blocked
