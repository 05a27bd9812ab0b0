import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.ott import linebreak, reading
from hallyu.ott.linebreak import pieces, wrap


@pytest.mark.parametrize(("text", "wanted"), [
    # after a phrase, never between what modifies and what is modified, or a verb and its helper
    ("우리가 처음 만난 그날처럼 오늘도 눈이 온다", "우리가 처음 만난 그날처럼\n오늘도 눈이 온다"),
    ("네가 왜 그랬는지 나는 지금도 알 수가 없어", "네가 왜 그랬는지\n나는 지금도 알 수가 없어"),
    ("어제 산 새 가방을 학교에 두고 왔어요", "어제 산 새 가방을\n학교에 두고 왔어요"),
    ("비가 오면 집에서 책을 읽고 있을 거예요", "비가 오면 집에서\n책을 읽고 있을 거예요"),
    ("나는 널 기다리고 있었는데 너는 오지 않았어", "나는 널 기다리고 있었는데\n너는 오지 않았어"),
    # after a sentence, and after a speaker's or a sound's name
    ("알았어. 내일 아침 일찍 역 앞에서 만나자", "알았어.\n내일 아침 일찍 역 앞에서 만나자"),
    ("[문 닫히는 소리] 누가 왔는지 보고 올게", "[문 닫히는 소리]\n누가 왔는지 보고 올게"),
    ("눈이 온다", "눈이 온다"), ("눈이\n온다", "눈이 온다"), ("", ""), ("  \n", ""),
    ("가" * 16, "가" * 16), ("가" * 17, None), (" ".join(["가나다라마바사아"] * 5), None),
])  # fmt: skip
def test_korean(text, wanted):
    assert wrap(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), [
    # The guide's own rules: after punctuation, before conjunctions, before prepositions.
    ("She was walking home from the station when it began to snow",
    "She was walking home from the station\nwhen it began to snow"),
    ("If you ever come back to Seoul, call me first", "If you ever come back to Seoul,\ncall me first"),
    ("Tell Mr. Smith that the package is in the kitchen", "Tell Mr. Smith\nthat the package is in the kitchen"),
])  # fmt: skip
def test_english(text, wanted):
    assert wrap(text, "en", 42, halves=False) == wanted


@pytest.mark.parametrize(("words", "place"), [
    ("see the station", 1), ("a red hat", 0), ("talk to him", 1), ("I will go", 0), ("Kim Minjun came", 0), ("and then", 0),
])  # fmt: skip
def test_english_words_that_belong_together(words, place):
    assert linebreak.costs(words.split(), "en")[place] >= linebreak.CLOSE


@pytest.mark.parametrize(("words", "place"), [
    ("할 수 있다", 0), ("할 수 있다", 1), ("가고 싶다", 0), ("새 가방", 0), ("예쁜 꽃", 0), ("나의 집", 0), ("오지 않았다", 0),
])  # fmt: skip
def test_korean_words_that_belong_together(words, place):
    assert linebreak.costs(words.split())[place] >= linebreak.CLOSE


def test_other_languages_break_after_punctuation():
    assert linebreak.costs(["eins,", "zwei.", "drei", "vier"], "de") == [0.5, 0.0, linebreak.NEUTRAL]


def test_markup_stays_with_its_words():
    assert wrap("<i>I never thought</i> that I would see the snow again", "en", 42, halves=False).startswith(
        "<i>I never thought</i>\n"
    )


def test_three_lines():
    assert wrap("하나 둘 셋", "ko", 2, 3) == "하나\n둘\n셋"


def test_pieces_end_with_sentences():
    said = (
        "우리가 처음 만난 그날처럼 오늘도 눈이 온다. 네가 왜 그랬는지 나는 지금도 알 수가 없어. "
        "이제 그만 하고 집으로 돌아가자."
    )
    assert pieces(said) == [
        "우리가 처음 만난 그날처럼\n오늘도 눈이 온다.",
        "네가 왜 그랬는지\n나는 지금도 알 수가 없어.",
        "이제 그만 하고 집으로 돌아가자.",
    ]
    assert pieces("") == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["눈이", "온다.", "그런데", "a", "the", "어디,", "가나다라마바사아자차카타파하거너더", "-"]),
    max_size=14),
    st.integers(4, 20), st.integers(1, 3), st.sampled_from(["en", "de"]),
)  # fmt: skip
def test_words_stay_lines_fit_and_no_line_is_wasted(words, width, most, language):
    text = " ".join(words)
    found = wrap(text, language, width, most)
    greedy, line = 0, 99.0
    for word in words:
        size = reading.width(word)
        greedy, line = (greedy, line + 0.5 + size) if line + 0.5 + size <= width else (greedy + 1, size)
    fits = greedy <= most and all(reading.width(word) <= width for word in words)
    assert (found is not None) == fits
    if fits:
        assert found.split() == words and len(found.split("\n")) == max(1, greedy)
        assert max(reading.width(line) for line in found.split("\n")) <= width
    cues = pieces(text, language, width, most)
    assert " ".join(cues).split() == words
    for cue in cues:
        assert (" " not in cue and "\n" not in cue) or all(
            reading.width(line) <= width for line in cue.split("\n")
        )
        assert cue.count("\n") < most
