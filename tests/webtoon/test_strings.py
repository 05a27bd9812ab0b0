import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.webtoon import strings
from hallyu.webtoon.script import Cut, Line, Script


def script(text="눈이다!"):
    cuts = (
        Cut(
            1,
            1,
            "bust",
            "street",
            lines=(Line("c01-1", text, "하린"), Line("c01-2", "정말, “첫눈”이네.", "도윤")),
        ),
        Cut(2, 1, "bust", "street", effect="사르륵"),
    )
    return Script("첫눈", {}, cuts)


def translated(**texts):
    table = strings.from_script(script())
    rows = {i: strings.Row(i, r.kind, r.speaker, {**r.texts, "en": texts.get(i.replace("-", "_"), "x")})
            for i, r in table.rows.items()}  # fmt: skip
    return strings.Strings(rows)


def test_every_word_of_the_script_has_a_row():
    table = strings.from_script(script())
    assert list(table.rows) == ["c01-1", "c01-2", "c02-fx"]
    assert table.rows["c02-fx"].kind == "effect" and table.text("c01-2", "ko") == "정말, “첫눈”이네."


@settings(max_examples=30, deadline=None)
@given(text=st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), min_size=1))
def test_any_text_survives_the_file(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("strings") / "table.csv"
    table = strings.from_script(script(text))
    strings.write(table, path)
    assert strings.read(path).rows["c01-1"].texts == {"ko": text}


def test_byte_order_mark_is_written_and_not_needed(tmp_path):
    path = tmp_path / "table.csv"
    strings.write(strings.from_script(script()), path)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and b"id,kind,speaker,ko,en,note" in data
    path.write_bytes(data[3:])
    assert list(strings.read(path).rows) == ["c01-1", "c01-2", "c02-fx"]


def test_merge_takes_what_fits_and_names_the_rest():
    theirs = translated(c01_1="It's snowing!", c02_fx="  ")
    rows = {**theirs.rows, "c09-1": theirs.rows["c01-1"]}
    del rows["c01-2"]
    merged, problems = strings.merge(strings.from_script(script()), strings.Strings(rows), "en")
    assert merged.text("c01-1", "en") == "It's snowing!"
    assert [p.split(" ")[0] for p in problems] == ["c09-1", "c01-2", "c02-fx"]
    assert "not in the script" in problems[0] and "missing" in problems[1] and "empty en cell" in problems[2]


def test_a_stale_translation_is_not_taken():
    merged, problems = strings.merge(strings.from_script(script("비다!")), translated(), "en")
    assert problems == [
        "c01-1 was translated from “눈이다!”, and the script now says “비다!”: translate it again."
    ]
    with pytest.raises(HallyuError, match="c01-1 has no en text"):
        merged.text("c01-1", "en")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("id,ko\nc1,눈\nc1,비\n".encode(), "twice"),
        ("id,ko\nc1,눈\n".encode("cp949"), "CSV UTF-8"),
        (b"name,text\n", "no column id or ko"),
        (b"", "no column"),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path, data, words):
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    with pytest.raises(HallyuError, match=words):
        strings.read(path)
