import pytest

from hallyu.errors import HallyuError
from hallyu.ott import terms
from hallyu.ott.terms import Term, check

HANEUL = Term("하늘", "Haneul", never=("Ha-neul", "Sky"), kind="name")
GRANDMA = Term("할머니", "Grandma", also=("grandmother", "she", "her"), kind="kinship")
GATE = Term("북쪽 입구", "north gate", kind="place")
NORTH = Term("북쪽", "north")


def codes(*pairs, table=(HANEUL, GRANDMA, GATE, NORTH)):
    return [(each.cue, each.term.source) for each in check(pairs, table)]


@pytest.mark.parametrize(("source", "target"), [
    ("하늘이가 왔어", "Haneul is here"), ("할머니는 오셨다", "Grandma came"), ("할머니는 오셨다", "She came,\nshe did"),
    ("북쪽 입구", "<i>The North</i>\ngate"), ("밤하늘이 곱다", "What a night"), ("눈이 온다", "Skyward"), ("", ""),
])  # fmt: skip
def test_what_keeps_the_table(source, target):
    assert codes((source, target)) == []


@pytest.mark.parametrize(("source", "target", "wanted"), [
    ("하늘아!", "haneul!", "하늘"), ("하늘아!", "Girl!", "하늘"), ("그 애는 어디?", "Where is Ha-neul?", "하늘"),
    ("할머니 대신이요", "For my grandmothers", "할머니"), ("북쪽 입구", "north entrance", "북쪽 입구"),
    ("북쪽으로", "To the gate", "북쪽"),
])  # fmt: skip
def test_what_does_not(source, target, wanted):
    assert codes((source, target)) == [(0, wanted)]


def test_problems_are_told_by_their_cue():
    found = check([("눈이다", "Snow"), ("하늘아", "Sky!")], [HANEUL])
    assert [str(each) for each in found] == [
        "“Sky” stands in cue 2: write “Haneul” for “하늘”",
        "“Haneul” for “하늘” is missing in cue 2",
    ]


def test_a_table_comes_back_from_a_spreadsheet(tmp_path):
    table = [HANEUL, GRANDMA, Term("약속", 'promise, "vow"', note="첫째 줄\n둘째 줄")]
    terms.write(tmp_path / "용어.csv", table)
    assert (tmp_path / "용어.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert terms.read(tmp_path / "용어.csv") == table


@pytest.mark.parametrize(("data", "says"), [
    ("source,target\n하늘,Haneul\n하늘,Sky\n".encode(), "row 3: “하늘” is there twice"),
    (b"a,b\n1,2\n", "no column source or target"),
    ("source,target\n하늘,\n".encode(), "a source and a target"), ("source,target\n하늘,Haneul".encode("cp949"), "not UTF-8"),
    ("source,target,kind\n하늘,Haneul,person".encode(), "not “person”"), (b"", "no column"),
])  # fmt: skip
def test_what_is_no_table(tmp_path, data, says):
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(HallyuError, match=says):
        terms.read(tmp_path / "t.csv")


def test_a_missing_file(tmp_path):
    with pytest.raises(HallyuError, match="cannot be read"):
        terms.read(tmp_path / "none.csv")
