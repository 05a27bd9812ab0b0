import pytest

from hallyu.errors import HallyuError
from hallyu.ott import guide, sdh, timedtext
from hallyu.ott.first_snow import Line, Music, Sound, Word
from hallyu.ott.timedtext import Cue, Track


def track(*cues) -> Track:
    return Track(tuple(Cue(a, b, text, speaker) for a, b, text, speaker in cues))


def texts(made) -> list[str]:
    return [cue.text for cue in made.track.cues]


def test_only_who_is_not_seen_is_named():
    said = track((1, 3, "눈이 온다", "하늘"), (4, 6, "어디?", "도윤"))
    assert texts(sdh.make(said, [True, False])) == ["눈이 온다", "[도윤] 어디?"]
    assert sdh.make(said, [True, False]).track.kind == "sdh"


def test_a_speaker_is_named_once_until_the_shot_or_the_speaker_changes():
    said = track(
        (1, 3, "하나", "하늘"),
        (3.5, 5, "둘", "하늘"),
        (6, 8, "셋", "하늘"),
        (9, 10, "넷", "도윤"),
        (11, 12, "다섯", "하늘"),
    )
    made = sdh.make(said, [False] * 5, cuts=[5.5])
    assert texts(made) == ["[하늘] 하나", "둘", "[하늘] 셋", "[도윤] 넷", "[하늘] 다섯"]
    assert texts(sdh.make(said, [True, False, False, False, False]))[:3] == ["하나", "[하늘] 둘", "셋"]


def test_a_name_that_does_not_fit_splits_the_cue():
    said = track((1, 6, "우리가 처음 만난 그날처럼\n오늘도 온 숲에 눈이 온다고 했다", "할머니"))
    made = sdh.make(said, [False])
    assert len(made.track.cues) == 2 and texts(made)[0].startswith("[할머니] ")
    assert guide.check(made.track) == []
    assert timedtext.letters(texts(made)) == "할머니" + timedtext.letters(said.cues[0].lines)


def test_two_speakers_in_one_cue_are_left_as_they_are():
    said = track((1, 3, "- 어디?\n- 집에", ""))
    assert texts(sdh.make(said, [False])) == ["- 어디?\n- 집에"]


def test_a_sound_stands_where_nobody_speaks():
    said = track((1, 3, "눈이 온다", "하늘"), (6, 8, "어디?", "하늘"))
    made = sdh.make(
        said, [True, True], [Sound("뽀드득", "crunch", 2.5, 4.0), Sound("바람", "wind", 20, 40)], by="홍길동"
    )
    assert texts(made) == ["눈이 온다", "[뽀드득]", "어디?", "[바람]"] and made.left == ()
    assert made.track.cues[1].by == "홍길동" and guide.check(made.track) == []


def test_a_sound_under_a_line_stands_above_it_if_both_can_be_read():
    long, short = track((1, 4, "눈이 온다", "하늘")), track((1, 2, "눈이 온다고 했다", "하늘"))
    sound = [Sound("문 닫히는 소리", "door closes", 1.2, 1.8)]
    assert texts(sdh.make(long, [True], sound)) == ["[문 닫히는 소리]\n눈이 온다"]
    made = sdh.make(short, [True], sound)
    assert (
        texts(made) == ["눈이 온다고 했다"] and "[문 닫히는 소리] at 00:00:01:05 is left out" in made.left[0]
    )


def test_a_sound_is_not_read_long_before_it_is_heard():
    said = track((1, 6, "눈이 온다", "하늘"))
    made = sdh.make(said, [True], [Sound("문 닫히는 소리", "door closes", 4.0, 5.0)])
    assert texts(made) == ["눈이 온다"] and "[문 닫히는 소리] at 00:00:04:00 is left out" in made.left[0]


def test_songs_stand_between_notes():
    sung = Line(
        "s1",
        "하늘",
        "올해는 같이 가요",
        "this year",
        12.0,
        14.0,
        tuple(Word(w, 12, 14) for w in ("올해는", "같이", "가요")),
    )
    made = sdh.make(
        track((1, 3, "눈", "하늘")), [True], music=[Music("첫눈", "First Snow", 10.0, 20.0, (sung,))]
    )
    assert texts(made) == ["눈", "[♪ 첫눈]", "♪ 올해는 같이 가요 ♪"] and guide.check(made.track) == []
    english = Track((Cue(1, 3, "Snow.", "하늘"),), "en")
    assert texts(sdh.make(english, [True], music=[Music("첫눈", "First Snow", 10.0, 20.0)])) == [
        "Snow.",
        "[♪ First Snow]",
    ]


def test_one_value_for_each_cue():
    with pytest.raises(HallyuError, match="1 cues and 2 values"):
        sdh.make(track((1, 3, "눈", "하늘")), [True, False])
