import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.film import names
from hallyu.film.names import Code


@pytest.mark.parametrize(("name", "code"), [
    ("fs_010_0040", Code("fs", 10, 40)),
    ("fs_010_0040_comp_v003", Code("fs", 10, 40, "comp", 3)),
    ("fs_010_0040_comp_v003.1001.exr", Code("fs", 10, 40, "comp", 3, 1001, "exr")),
    ("fs_0110_0015_plate.mov", Code("fs", 110, 15, "plate", None, None, "mov")),
])  # fmt: skip
def test_a_name_and_what_it_says(name, code):
    assert names.parse(name) == code
    assert names.parse(str(code)) == code


@pytest.mark.parametrize(
    "name",
    [
        "final_FINAL2.exr",
        "fs_10_40",
        "fs_010_0040_comp_3",
        "FS_010_0040",
        "",
        "눈숲_010_0040",
        "fs_010_0040_v1",
    ],
)
def test_what_is_no_shot_name(name):
    with pytest.raises(HallyuError, match="is no shot name"):
        names.parse(name)


@pytest.mark.parametrize(("name", "says"), [
    ("Shot.exr", "“S”"), ("shot 1.exr", "“ ”"), ("숲.exr", "“숲”"), ("a/b", "“/”"), ("a:b", "“:”"), (".hidden", "begins with"),
    ("-rf", "begins with"), ("a.", "ends with"), ("", "is empty"), ("a..exr", "two full stops"), ("con.exr", "Windows"),
    ("a" * 121, "121 characters"),
])  # fmt: skip
def test_illegal_names_are_told(name, says):
    assert says in " ".join(names.problems(name))


def test_a_legal_name_has_no_problem():
    assert names.problems("fs_010_0040_comp_v003.1001.exr") == []


@pytest.mark.parametrize(("given", "wanted"), [
    # Revised Romanization, National Institute of Korean Language; letter by letter, without assimilation
    ("첫눈.otio", "cheotnun.otio"), ("정호.mov", "jeongho.mov"), ("도윤 하늘", "doyun_haneul"), ("한라산", "hanrasan"),
    ("Ünïcode Ñame.MOV", "unicode_name.mov"), ("a  --  b..exr", "a_--_b.exr"), ("...", "untitled"), ("", "untitled"),
    ("con", "con_"), ("日本.exr", "untitled.exr"), ("눈\u200b숲", "nunsup"),
])  # fmt: skip
def test_the_nearest_legal_name(given, wanted):
    assert names.legal(given) == wanted


@given(st.text(max_size=200))
def test_the_nearest_legal_name_is_legal_and_stays(text):
    once = names.legal(text)
    assert names.problems(once) == []
    assert names.legal(once) == once


def test_the_next_version(tmp_path):
    code = Code("fs", 10, 40, "comp")
    assert names.next_version(tmp_path / "nothing", code).version == 1
    for name in (
        "fs_010_0040_comp_v001",
        "fs_010_0040_comp_v003.1001.exr",
        "fs_010_0050_comp_v009",
        "notes.txt",
    ):
        (tmp_path / name).touch()
    assert str(names.next_version(tmp_path, code)) == "fs_010_0040_comp_v004"
