from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.ott import guide, localise, reading, timedtext
from hallyu.ott.localise import Said, cues, retime
from hallyu.ott.timedtext import Cue, Track

R = Fraction(24)


def english(*parts) -> Track:
    return Track(tuple(Cue(a, b, text, speaker) for a, b, text, speaker in parts), "en")


def frames(made) -> list[tuple[int, int]]:
    return [(round(cue.start * 24), round(cue.end * 24)) for cue in made.track.cues]


def test_a_long_line_shares_its_time():
    text = (
        "I waited for you under the big pine at the north gate every first snow, and nobody ever came to me."
    )
    made = cues([Said(text, 2.0, 8.0, "할머니", "홍길동")], "en", R)
    assert len(made.cues) == 2 and made.cues[0].start == 2.0 and made.cues[1].end == 8.0
    assert made.cues[1].start - made.cues[0].end == pytest.approx(2 / 24)
    assert " ".join(" ".join(cue.text.split()) for cue in made.cues) == text
    assert {(cue.speaker, cue.by) for cue in made.cues} == {("할머니", "홍길동")}


def test_a_cue_gets_the_time_that_it_takes_to_read_and_no_more():
    made = retime(english((1.0, 2.0, "It is never going to be over.", "a")))  # 29 characters: 34.8 frames
    assert frames(made) == [(24, 59)] and made.longer == 1 and made.left == ()


def test_no_more_than_half_a_second_after_the_voice():
    made = retime(english((1.0, 2.0, "It is never ever going to be over, I said.", "a")))
    assert frames(made) == [(24, 60)] and [each.code for each in made.left] == ["TIM-CPS"]
    assert "28.0 cps; the limit is 20" in str(made.left[0])
    assert (
        retime(english((1.0, 2.0, "It is never ever going to be over, I said.", "a")), linger=2.0).left == ()
    )


def test_it_does_not_reach_the_next_cue():
    made = retime(english((1.0, 2.0, "It is never going to be over.", "a"), (2.2, 4.0, "Why?", "b")))
    assert frames(made)[0] == (24, round(2.2 * 24) - 2) and len(made.left) == 1


def test_two_of_one_speaker_are_joined_where_that_helps():
    fast = english((1.0, 2.0, "It is never going to be over.", "a"), (2.2, 4.0, "Why?", "a"))
    made = retime(fast)
    assert [cue.text for cue in made.track.cues] == ["It is never going to be over. Why?"]
    assert made.joined == 1 and made.left == () and made.spoken == ((1.0, 4.0),)
    assert retime(fast, join=False).joined == 0 and len(retime(fast, join=False).left) == 1
    # Not where nothing is gained, nor over a pause.
    slow = english((1.0, 3.0, "It is over.", "a"), (3.2, 5.0, "Why?", "a"))
    assert len(retime(slow).track.cues) == 2
    apart = english((1.0, 1.5, "It is never going to be over.", "a"), (2.6, 4.0, "Why?", "a"))
    assert len(retime(apart).track.cues) == 2


def test_another_pace():
    track = english((1.0, 2.0, "It is over now, dear.", "a"), (5.0, 6.0, "Why?", "b"))  # 21 characters
    assert (
        retime(track).longer == 1
        and retime(track, cps=17).track.cues[0].end > retime(track).track.cues[0].end
    )
    assert frames(retime(track, cps=17))[0] == (24, 54)


WORDS = st.lists(
    st.sampled_from(["snow", "and", "the", "forest.", "Grandma,", "waited"]), min_size=1, max_size=14
).map(" ".join)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(WORDS, st.integers(0, 40), st.integers(1, 120), st.sampled_from("ab")), max_size=6),
    st.sampled_from([17, 20]),
)
def test_no_word_is_changed_no_cue_overlaps_and_nothing_gets_worse(parts, cps):
    said, place = [], 24
    for text, pause, length, speaker in parts:
        place += pause
        said.append(Said(text, place / 24, (place + length) / 24, speaker))
        place += length
    track = cues(said, "en", R)
    made = retime(track, cps=cps)
    assert timedtext.letters(made.track.text) == timedtext.letters(track.text)
    fast = lambda each: sum(reading.speed(cue, False) > cps + 1e-9 for cue in each.cues)
    assert fast(made.track) == len(made.left) <= fast(track)
    before = {(f.code, f.cue) for f in guide.check(track, guide.ENGLISH) if f.code == "TIM-OVER"}
    assert len([f for f in guide.check(made.track, guide.ENGLISH) if f.code == "TIM-OVER"]) <= len(before)
    for cue, (start, stop) in zip(made.track.cues, made.spoken, strict=True):
        assert cue.start == start and cue.end <= stop + localise.LINGER + 1e-6
