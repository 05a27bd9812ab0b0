import json

import pytest

from hallyu.errors import HallyuError
from hallyu.ott import translation_sheet as sheets
from hallyu.ott.timedtext import Cue, Track
from hallyu.ott.translation_sheet import Row

KOREAN = Track((Cue(1, 2, "눈이\n온다", "하늘"), Cue(2.1, 3, "가자", "도윤"), Cue(8, 9, "그래", "하늘")))
ENGLISH = Track(
    (
        Cue(1, 3, "It's snowing.\nLet's go.", by="홍길동"),
        Cue(5, 6, "NORTH GATE", by="홍길동"),
        Cue(8, 9, "Yes."),
    ),
    "en",
)


def test_cues_lie_beside_what_is_heard_with_them():
    made = sheets.rows(KOREAN, ENGLISH, {2: "madlad400-3b"}, "김검수")
    assert [(r.source, r.speaker, r.target, r.by, r.engine) for r in made] == [
        ("눈이 온다 / 가자", "하늘 / 도윤", "It's snowing. Let's go.", "홍길동", ""),
        ("", "", "NORTH GATE", "홍길동", ""),
        ("그래", "하늘", "Yes.", "", "madlad400-3b"),
    ]
    assert (made[0].start, made[0].end, made[0].checked) == ("00:00:01:00", "00:00:03:00", "김검수")
    assert sheets.problems(made) == []


def test_what_nobody_answers_for():
    made = sheets.rows(KOREAN, ENGLISH, {2: "madlad400-3b"})
    more = Row(4, "", "", "", "그래", " "), Row(5, "", "", "", "", "Yes")
    assert [each.split(":")[0] for each in sheets.problems([*made, *more])] == [
        "the translation of cue 3 is by madlad400-3b and checked by nobody", "the translation of cue 4 is missing",
        "the translation of cue 5 is nobody's",
    ]  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_a_sheet_comes_back(tmp_path, ending):
    made = sheets.rows(KOREAN, ENGLISH, {2: "madlad400-3b"}, "김검수")
    sheets.write(tmp_path / f"sheet.{ending}", made)
    assert sheets.read(tmp_path / f"sheet.{ending}") == made


@pytest.mark.parametrize(("name", "data", "says"), [
    ("a.csv", b"cue,source\n1,x\n", "no column target"), ("a.csv", b"cue,target\nx,y\n", "row 2: there is no cue's number"),
    ("a.json", b"{", "no translation sheet"), ("a.json", json.dumps([{"cue": 1}]).encode(), "row 1"),
    ("a.json", b"5", "no translation sheet"),
])  # fmt: skip
def test_what_is_no_sheet(tmp_path, name, data, says):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(HallyuError, match=says):
        sheets.read(tmp_path / name)


def test_other_endings_and_missing_files(tmp_path):
    with pytest.raises(HallyuError, match="change the ending"):
        sheets.write(tmp_path / "a.xlsx", [])
    for name in ("none.csv", "none.json"):
        with pytest.raises(HallyuError, match="cannot be read"):
            sheets.read(tmp_path / name)
