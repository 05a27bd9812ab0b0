from dataclasses import replace
from pathlib import Path

import pytest

from hallyu.webtoon import script
from hallyu.webtoon.script import Cut, Figure, Line, Script
from hallyu.webtoon.validation import near, unknown_looks, unsettable, validate

MEDIA = Path(__file__).parents[2] / "modules" / "webtoon" / "media"
HEAD = "# 첫눈\n@하늘: girl, black bob hair\n## 1\n[1] 설정샷, 방\n하늘(화면 밖): 응.\n"


def found(text: str) -> list[tuple[int | None, str, str]]:
    return [(problem.cut, problem.severity, problem.code) for problem in validate(script.parse(text))]


def test_first_snow_has_one_question_and_no_error():
    problems = validate(script.read(MEDIA / "first-snow.txt"))
    assert [(p.cut, p.severity, p.code) for p in problems] == [(3, "warning", "opening")]


def test_a_clean_script_has_no_problems():
    assert found(HEAD) == []


@pytest.mark.parametrize(
    ("cuts", "expected"),
    [
        ("[2] 클로즈업, 방\n하눌: 응.", (2, "error", "character")),
        ("[2] 클로즈엎, 방\n하늘: 응.", (2, "error", "shot")),
        ("[2] 클로즈업, 눈 숩\n하늘: 응.", (2, "error", "place")),
        ("[2] 클로즈업, 방\n하늘(슬폄): 응.", (2, "error", "expression")),
        ("[2] 클로즈업, 방", (2, "error", "nothing")),
        ("[2] 클로즈업, 방\n내레이션: 응.", (2, "warning", "nobody")),
        ("[2] 설정샷, 방\n하늘: 응.", (2, "warning", "figures")),
        ("[2] bust, 방\n하늘: 하나\n하늘: 둘\n하늘: 셋\n하늘: 넷", (2, "warning", "balloons")),
        ("[2] bust, 방\n하늘: 응\n하늘(화면 밖): 응", (2, "warning", "off-panel")),
        ("[2] bust, 방\n하늘: " + "가" * 41, (2, "warning", "balloon")),
        ("[2] bust, 방\n하늘: " + "가" * 400, (2, "error", "balloon")),
        ("[2] bust, 방\n하늘: 좋아 😀", (2, "error", "emoji")),
        ("[2] bust, 방\n하늘: 좋아\n  ar: نعم", (2, "error", "right-to-left")),
        ("[2] bust, 방\n하늘: 좋아\n효과음: 👩‍🚀", (2, "error", "emoji")),
        ("[2] bust, 방\n하늘: 鬱", (2, "error", "letter")),
        ("## 2\n[2] bust, 방\n하늘: 응", (2, "warning", "opening")),
        ("[0] bust, 방\n하늘: 응", (0, "warning", "order")),
    ],
)
def test_each_problem_is_found_and_nothing_else(cuts, expected):
    assert found(HEAD + cuts) == [expected]


def test_near_matches_are_suggested_in_both_languages():
    for typed, meant in (("클로즈엎", "클로즈업"), ("close-upp", "close-up")):
        message = str(validate(script.parse(HEAD + f"[2] {typed}, 방\n하늘: 응"))[0])
        assert f"did you mean {meant}" in message
    assert "choose from establishing, full, close-up, bust" in str(
        validate(script.parse(HEAD + "[2] 부감, 방\n하늘: 응"))[0]
    )
    assert near("도운", ["하늘", "도윤"]) == ["도윤"] and near("zzz", ["하늘"]) == []


def test_a_speaker_who_is_not_drawn_must_be_marked():
    story = script.parse(HEAD)
    line = Line("c02-1", "응.", "하늘")
    bare = replace(story, cuts=(*story.cuts, Cut(2, 1, "establishing", "room", lines=(line,))))
    assert [p.code for p in validate(bare)] == ["absent"]
    assert "하늘(화면 밖)" in validate(bare)[0].message
    marked = replace(
        bare, cuts=(story.cuts[0], replace(bare.cuts[1], lines=(replace(line, off_panel=True),)))
    )
    assert validate(marked) == []


def test_scripts_built_by_programs_are_checked_too():
    cut = Cut(1, 1, "establishing", "room")
    story = Script("첫눈", {}, (cut, cut))
    assert [(p.code, p.severity) for p in validate(story)] == [("duplicate", "error")]
    crowd = tuple(Figure(name, "sad", view="up") for name in "가나다라")
    codes = [p.code for p in validate(Script("첫눈", {}, (replace(cut, figures=crowd, pause="later"),)))]
    assert {"pause", "character", "view", "crowd", "position", "figures"} == set(codes)
    lines = (Line("c01-1", " ", kind="sung"), Line("c01-2", "응"))
    codes = [p.code for p in validate(Script("첫눈", {}, (replace(cut, lines=lines),)))]
    assert codes == ["kind", "speaker", "blank", "speaker"]
    twice = replace(
        cut, shot="bust", figures=(Figure("하늘", position="left"), Figure("하늘", position="right"))
    )
    assert "twice" in [p.code for p in validate(Script("첫눈", {}, (twice,)))]
    assert [p.code for p in validate(Script("첫눈", {}, ()))] == ["empty"]


def test_the_cast_must_be_drawable():
    assert [str(p) for p in validate(script.parse(HEAD.replace("black bob", "blak bob")))] == [
        "error · script: The model does not know “blak” in 하늘's look; did you mean black?"
    ]
    assert unknown_looks("소녀, 검은 단발머리, 갈색 눈, 빨간 코트") == []
    assert found(HEAD.replace("girl, black bob hair", "")) == [(None, "error", "look")]
    assert found(HEAD + "@도윤: boy") == [(None, "warning", "unused")]
    assert [str(p) for p in validate(script.parse(HEAD.replace("bob hair", "bob hair, violet eyes")))] == [
        "error · script: In the look of 하늘: The bundled model does not draw violet eyes surely yet; "
        "choose brown, blue or amber."
    ]


def rhythm(shots: list[str]) -> list[tuple[int | None, str]]:
    cuts = [f"[{number}] {shot}, 방\n하늘: 응" for number, shot in enumerate(shots, 2)]
    return [(p.cut, p.code) for p in validate(script.parse(HEAD + "\n".join(cuts))) if p.code == "rhythm"]


def test_five_close_ups_in_a_row_are_too_many_and_four_are_not():
    assert rhythm(["close-up"] * 4) == []
    assert rhythm(["close-up"] * 5) == [(6, "rhythm")]
    assert rhythm(["close-up"] * 3 + ["bust"] + ["close-up"] * 3) == []


@pytest.mark.parametrize(("pause", "codes"), [("", ["breath"]), (" · 긴 쉼", []), (" · 짧은 쉼", ["breath"])])
def test_two_long_dialogue_cuts_need_a_breath(pause, codes):
    talk = "하늘: " + "가" * 25 + "\n하늘: " + "나" * 25 + "\n"
    text = HEAD + f"[2] bust, 방{pause}\n{talk}[3] close-up, 방\n{talk}"
    assert [p.code for p in validate(script.parse(text))] == codes


def test_what_the_letterer_can_set_is_not_reported():
    assert unsettable("가각힣 ♥♡★♪ … “말” Etude!") == []
    assert unsettable("눈\u200b이다") == []  # invisible marks are cleaned away before lettering
    assert unsettable("a שלום 😀") == ["ו", "ל", "ם", "ש", "😀"]


def test_notes_of_reading_are_passed_on(tmp_path):
    path = tmp_path / "old.txt"
    path.write_bytes(HEAD.encode("cp949"))
    problems = validate(script.read(path))
    assert [p.code for p in problems] == ["encoding"] and "UTF-8" in problems[0].message
