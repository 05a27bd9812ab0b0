from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.webtoon.edit import reword
from hallyu.webtoon.episode import with_words
from hallyu.webtoon.script import parse

TEXT = """# 눈길
// 제목은 나중에 다시
@하늘:girl,  black bob hair

## 1 눈 숲


[1] 설정샷, 눈 숲    // 이 빈 줄은 일부러
내레이션: 왔다!
  en: It came!
하늘( 미소 ): 왔다!
[2] 클로즈업
하늘 ： 왔다!
효과음: 왔다!
"""
FIRST_SNOW = (Path(__file__).parents[2] / "modules/webtoon/media/first-snow.txt").read_text(encoding="utf-8")


def changed(before: str, after: str) -> list[tuple[str, str]]:
    return [pair for pair in zip(before.split("\n"), after.split("\n"), strict=True) if pair[0] != pair[1]]


@pytest.mark.parametrize(
    ("id", "line", "new"),
    [
        ("c01-1", "내레이션: 왔다!", "내레이션: 가자."),
        ("c01-2", "하늘( 미소 ): 왔다!", "하늘( 미소 ): 가자."),
        ("c02-1", "하늘 ： 왔다!", "하늘 ： 가자."),
        ("c02-fx", "효과음: 왔다!", "효과음: 가자."),
    ],
)
def test_only_the_line_that_is_meant_changes(id, line, new):
    assert changed(TEXT, reword(TEXT, id, "가자.")) == [(line, new)]


def test_an_edition_changes_alone_and_a_new_one_goes_below_its_line():
    assert changed(TEXT, reword(TEXT, "c01-1", "At last.", "en")) == [("  en: It came!", "  en: At last.")]
    added = reword(TEXT, "c01-2", "At last.", "en")
    assert added == TEXT.replace("하늘( 미소 ): 왔다!\n", "하늘( 미소 ): 왔다!\n  en: At last.\n")


def test_line_ends_stay_as_they_were():
    windows = TEXT.replace("\n", "\r\n")
    assert reword(windows, "c01-1", "가자.") == windows.replace("내레이션: 왔다!", "내레이션: 가자.")


def test_words_on_two_lines_become_one_line():
    assert "내레이션: 가자. 어서.\n" in reword(TEXT, "c01-1", "가자.\n어서.")


@pytest.mark.parametrize("said", ["", "가\x07자"])
def test_what_no_line_can_hold_is_refused(said):
    with pytest.raises(HallyuError, match="c01-1 cannot be written into the script"):
        reword(TEXT, "c01-1", said)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([line.id for cut in parse(FIRST_SNOW).cuts for line in cut.lines]),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=30),
    st.sampled_from(["ko", "en", "ja"]),
)
def test_the_text_says_what_was_wanted_and_nothing_else(id, said, language):
    script = parse(FIRST_SNOW)
    said = parse(f"# {said}").title  # as a script holds it: composed, without spaces at the ends
    assert parse(reword(FIRST_SNOW, id, said, language)) == with_words(script, id, said, language)
