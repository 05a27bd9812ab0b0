import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.webtoon import script, vocabulary
from hallyu.webtoon.script import Character, Cut, Figure, Line, Script

MEDIA = Path(__file__).parents[2] / "modules" / "webtoon" / "media"

SAMPLE = """# 첫눈
  en: First Snow

@하늘: girl, black bob hair
  en: Haneul
@도윤: boy

## 3 눈 숲
[9] 설정샷 · 연다 · 긴 쉼
내레이션: 같은 숲: 같은 눈.
  en: The same forest.
효과음: 사박사박
[10] bust, room · 둘
Haneul(왼쪽, facing right, 생각): 누구지?
도윤
할머니(화면 밖): 하늘아!
"""


@pytest.mark.parametrize("name", ["first-snow", "umbrella"])
def test_the_course_scripts_are_in_canonical_form_and_fully_translated(name):
    text = (MEDIA / f"{name}.txt").read_text(encoding="utf-8")
    story = script.parse(text)
    assert script.format(story) == text
    keys = {line.id for cut in story.cuts for line in cut.lines}
    keys |= {script.effect_id(cut.number) for cut in story.cuts if cut.effect} | {"title"}
    assert {key for key, editions in story.translations.items() if editions.get("en")} == keys
    assert all(script.syllables(line.text) <= 20 for cut in story.cuts for line in cut.lines)


def test_every_part_of_the_form_is_read():
    story = script.parse(SAMPLE)
    assert story.title == "첫눈" and story.translations["title"] == {"en": "First Snow"}
    assert story.cast["하늘"] == Character("하늘", "girl, black bob hair", {"en": "Haneul"})
    assert story.scenes == {3: "눈 숲"}
    opening, talk = story.cuts
    assert opening == Cut(
        9, 3, "establishing", "snow forest", "연다", (), (Line("c09-1", "같은 숲: 같은 눈.", "", "narration"),),
        "사박사박", "long",
    )  # fmt: skip
    assert talk.figures == (Figure("하늘", view="facing right", position="left"), Figure("도윤"))
    assert talk.lines == (
        Line("c10-1", "누구지?", "하늘", "thought"), Line("c10-2", "하늘아!", "할머니", off_panel=True),
    )  # fmt: skip


def test_a_cut_without_a_place_stays_in_the_place_before():
    story = script.parse("# a\n## 1\n[1] bust, street\n[2] close-up\n내레이션: 응")
    assert [cut.place for cut in story.cuts] == ["street", "street"]


def test_korean_and_english_keywords_mean_the_same():
    korean = script.parse(
        "# a\n@하늘: girl\n[1] 클로즈업, 방 · 긴 쉼\n하늘(놀람, 왼쪽 보기, 오른쪽, 외침): 앗\n효과음: 쿵"
    )
    english = script.parse("# a\n@하늘: girl\n[1] close-up, room · pause long\n"
                           "하늘(surprised, facing left, right, shout): 앗\nsfx: 쿵")  # fmt: skip
    assert korean == english


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        ("# a\n[1 close-up, room", 2, "[3] 상반신, 방"),
        ("# a\n[1] 방", 2, "one shot and one place"),
        ("# a\n[1] bust, close-up, room", 2, "one shot and one place"),
        ("# a\n[1] 클로즈업", 2, "names no place"),
        ("# a\n[1] bust, room\n그때 문이 열렸다", 3, "이름: 말"),
        ("# a\n[1] bust, room\n하늘:", 3, "drop the colon"),
        ("# a\n하늘: 응", 2, "open a cut first"),
        ("# a\n[1] bust, room\n[1] bust, room", 3, "line 2 already"),
        ("# a\n# b", 2, "##"),
        ("# a\n@하늘 girl", 2, "@하늘"),
        ("# a\n@하늘: girl\n@하늘: boy", 3, "keep one"),
        ("# a\n@효과음: boy", 2, "keyword"),
        ("# a\n  en:", 2, "empty"),
        ("# a\n[1] bust, room\n  en: hi", 3, "no words above"),
        ("# a\n[1] bust, room\n  하늘: 응", 3, "do not indent"),
        ("# a\n[1] bust, room\n하늘(놀람, 슬픔): 응", 3, "one expression"),
        ("# a\n[1] bust, room\n하늘(놀람): 응\n하늘(슬픔): 아", 4, "one pose"),
        ("# a\n[1] bust, room\n하늘(화면 밖, 놀람): 응", 3, "cannot be seen"),
        ("# a\n[1] bust, room\n효과음: 쿵\n효과음: 쾅", 4, "one sound effect"),
        ("# a\n## 1\n## 2\n[1] bust, room", 3, "has no cuts"),
        ("# a\n[1] bust, room\n하늘(놀람): 눈\0이다", 3, "NUL"),
        ("# a\n[1] bust, room\n하늘(놀람): 눈\x07이다", 3, "U+0007"),
    ],
)
def test_an_error_names_its_line_and_says_what_to_do(text, line, advice):
    with pytest.raises(HallyuError) as caught:
        script.parse(text)
    assert str(caught.value).startswith(f"Line {line}: ") and advice in str(caught.value)


@pytest.mark.parametrize("text", ["", "  \n\n", "// only a note\n"])
def test_an_empty_script_is_one_sentence(text):
    with pytest.raises(HallyuError, match="is empty; begin with a title"):
        script.parse(text)


def test_ten_megabytes_are_refused_by_size(tmp_path):
    path = tmp_path / "novel.txt"
    path.write_bytes(b"#" * 10_000_000)
    for attempt in (lambda: script.read(path), lambda: script.parse("눈" * 4_000_000)):
        with pytest.raises(HallyuError, match=r"1[02]\.0 MB and the limit is 1 MB"):
            attempt()


def test_decomposed_hangul_is_composed():
    assert script.parse(unicodedata.normalize("NFD", SAMPLE)) == script.parse(SAMPLE)


@pytest.mark.parametrize(
    ("encoding", "said"), [("cp949", "CP949"), ("utf-16", "UTF-16"), ("utf-8-sig", None)]
)
def test_other_encodings_are_read_and_said(tmp_path, encoding, said):
    path = tmp_path / "script.txt"
    path.write_bytes(SAMPLE.encode(encoding))
    story = script.read(path)
    assert story == script.parse(SAMPLE)
    assert (said in story.notes[0]) if said else story.notes == ()


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "script.txt"
    path.write_bytes(b"\x80\x81\xff\xff\x00PK")
    with pytest.raises(HallyuError, match=r"script.txt: .*save it as UTF-8"):
        script.read(path)
    with pytest.raises(HallyuError, match="cannot be read"):
        script.read(tmp_path / "none.txt")


# --- Round trips ------------------------------------------------------------------------------------------

# Words a writer may type: anything printable, colons, brackets, # and [ included, but no spaces at the ends.
printable = st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn"))
texts = st.lists(st.text(printable, min_size=1, max_size=8), min_size=1, max_size=4).map(
    lambda words: unicodedata.normalize("NFC", " ".join(words))
)
NAMES = ("하늘", "도윤", "할머니", "Rin")
BEATS = st.sampled_from(["", "오프닝", "긴 쉼", "a · b", "a · pause long", "[3] #beat: (말)"])


@st.composite
def scripts(draw):
    cast = {
        name: Character(name, draw(texts)) for name in draw(st.lists(st.sampled_from(NAMES), unique=True))
    }
    cuts, translations = [], {}
    numbers = sorted(draw(st.sets(st.integers(1, 200), min_size=1, max_size=5)))
    scenes_of = sorted(draw(st.lists(st.integers(1, 3), min_size=len(numbers), max_size=len(numbers))))
    for number, scene in zip(numbers, scenes_of, strict=True):
        figures = tuple(
            Figure(
                name, draw(st.sampled_from([*vocabulary.EXPRESSIONS, "졸림"])),
                draw(st.sampled_from(list(vocabulary.VIEWS))), draw(st.sampled_from(list(script.POSITIONS))),
            )
            for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
        )  # fmt: skip
        lines = []
        for index in range(1, draw(st.integers(0, 3)) + 1):
            kind = draw(st.sampled_from(script.LINE_KINDS))
            off = kind != "narration" and (not figures or draw(st.booleans()))
            names = [] if kind == "narration" else NAMES if off else [figure.name for figure in figures]
            speaker = draw(st.sampled_from(names)) if names else ""
            lines.append(Line(script.line_id(number, index), draw(texts), speaker, kind, off))
            if draw(st.booleans()):
                translations[lines[-1].id] = {"en": draw(texts), "pt-BR": draw(texts)}
        cuts.append(
            Cut(
                number, scene, draw(st.sampled_from([*script.SHOTS, "부감"])),
                draw(st.sampled_from([*vocabulary.PLACES, "옥상"])), draw(BEATS), figures, tuple(lines),
                draw(st.one_of(st.just(""), texts)), draw(st.sampled_from(list(script.PAUSES))),
            )
        )  # fmt: skip
    scenes = {scene: draw(texts) for scene in dict.fromkeys(scenes_of) if draw(st.booleans())}
    return Script(draw(texts), cast, tuple(cuts), draw(st.sampled_from(["ko", "en"])), scenes, translations)


@given(scripts())
def test_text_and_json_round_trip_exactly(story):
    assert script.parse(script.format(story)) == story
    assert script.from_json(script.to_json(story)) == story


@pytest.mark.parametrize(
    "cut",
    [
        Cut(1, 1, "bust", "room", lines=(Line("c01-1", "두\n줄", "하늘", off_panel=True),)),
        Cut(1, 1, "bust", "room", lines=(Line("c01-1", "응", "하:늘", off_panel=True),)),
        Cut(
            1, 1, "bust", "room", lines=(Line("c01-1", "응", "하늘"),)
        ),  # speaks, is not drawn, is not marked
        Cut(1, 1, "bust", "room", lines=(Line("other", "응", "", "narration"),)),
        Cut(1, 1, "클로즈업", "room"),
    ],
)
def test_format_refuses_what_would_read_back_differently(cut):
    with pytest.raises(HallyuError, match="no text form"):
        script.format(Script("첫눈", {}, (cut,)))


@pytest.mark.parametrize("name", ["a.txt", "a.json"])
def test_files_round_trip(tmp_path, name):
    story = script.parse(SAMPLE)
    script.write(story, tmp_path / name)
    assert script.read(tmp_path / name) == story
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"title": "첫눈"', '"title": 3'), "script.title is not text"),
        (('"number": 9', '"number": true'), r"script.cuts\[0\].number is not a int"),
        (('"number": 9', '"number": "9"'), r"script.cuts\[0\].number is not a int"),
        (('"shot": "establishing",', ""), "lacks a field: 'shot'"),
        (('"shot": "establishing"', '"shot": "bust", "camera": "x"'), "not known: camera"),
        (('"3": "눈 숲"', '"three": "눈 숲"'), "not a number"),
        (("{", "[", 1), "not JSON"),
    ],
)
def test_json_of_the_wrong_shape_is_refused_by_name(change, said):
    text = script.to_json(script.parse(SAMPLE))
    assert change[0] in text
    with pytest.raises(HallyuError, match=said):
        script.from_json(text.replace(*change))


def test_deep_json_is_one_sentence():
    with pytest.raises(HallyuError):
        script.from_json("[" * 100_000)


def test_the_table_escapes_what_writers_type():
    story = replace(script.parse("# <b>\n[1] bust, room\n내레이션: <script>"), title="<i>")
    html = story._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html and "&lt;i&gt;" in html
