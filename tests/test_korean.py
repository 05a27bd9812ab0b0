"""The Korean tables against the source: every sentence that can reach a page, and no sentence that is gone."""

import ast
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.film import korean as film
from hallyu.korean import COMMON, FIELD, WORDS
from hallyu.music import korean as music
from hallyu.music import lipsync, reading, singing
from hallyu.music.score import Note
from hallyu.ott import korean as ott
from hallyu.provenance import consent
from hallyu.webtoon import script, validation
from hallyu.webtoon.korean import REASONS, SENTENCES, korean, korean_reason

SOURCE = Path(__file__).parents[1] / "src" / "hallyu"
SHARED = (
    "audio", "files", "handover", "models/catalog", "models/whisper", "provenance/consent", "provenance/credentials",
    "provenance/disclosure", "provenance/worklog", "timecode", "video",
)  # fmt: skip
WEBTOON = (
    "assistant", "balloons", "compose", "edit", "engine", "episode", "export", "fonts", "lettering", "preflight", "psd",
    "script", "slicing", "storyboard", "strip", "validation", "vocabulary",
)  # fmt: skip


def speaking(module: str) -> list[str]:
    """A module's files; its checks speak to the learner at the notebook, in the lesson's language."""
    silent = ("korean", "checks_", "plots")
    return [
        f"{module}/{path.stem}"
        for path in sorted((SOURCE / module).glob("*.py"))
        if not path.stem.startswith(silent)
    ]


SOUND, FILM, OTT = speaking("music"), speaking("film"), speaking("ott")
FOR_PROGRAMS = ("* ", "LUT_", "   face ")
"""How lines begin that go into an edit list, a LUT or a rights sheet."""
SAYS = {
    **dict.fromkeys(("HallyuError", "Stopped", "Problem", "problem", "wrong", "append"), 0),
    "Finding": 2, "Defect": 3, "Rule": 1, "Correction": 3,
}  # fmt: skip
"""Calls whose text is meant for people, and which argument it begins with; `append` is how findings, notes and reasons are
gathered."""
CODE = re.compile("(TIM|TXT|SDH)-[A-Z]+")
"""Of the timed-text guide: the text beside one, in a row or a dictionary, says what is wrong or what was done."""
NOT_ON_A_PAGE = {
    # The assistant's server, which no app names.
    "webtoon/assistant._by_server", "webtoon/assistant._ask", "webtoon/assistant._checked",
    # Scripts for other programs and for notebooks, and what notebooks print.
    "webtoon/script.from_json", "webtoon/script.build", "webtoon/script._table",
    "webtoon/strip.__str__", "provenance/credentials.__str__",
    # Caught, and told with the file's name.
    "ott/subtitle_files.doctype",
    # Written in both languages, or the author's own.
    "provenance/disclosure.lines", "provenance/disclosure.text", "provenance/disclosure.registration",
    "provenance/disclosure._human_words", "webtoon/preflight.text", "webtoon/export.describe_cut",
}  # fmt: skip


def shape(template: str) -> str:
    """A template without the names of its fields; fields that touch count as one."""
    return re.sub(r"(\{\})+", "{}", re.sub(r"\{[^{}]*\}", "{}", template))


def text_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def branches(node: ast.expr) -> list[ast.expr]:
    """Of `a if … else b`, both; of a function that makes a text, what it makes."""
    if isinstance(node, ast.IfExp):
        return [*branches(node.body), *branches(node.orelse)]
    return branches(node.body) if isinstance(node, ast.Lambda) else [node]


def called(node: ast.expr) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def assigned(statements) -> dict[str, list[ast.expr]]:
    """Name -> what it is given; of `a if … else b`, both."""
    found = {}
    for each in statements:
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
            found.setdefault(each.targets[0].id, []).extend(branches(each.value))
    return found


def is_code(node: ast.expr | None) -> bool:
    return bool(CODE.fullmatch(text_of(node) or ""))


class Reader(ast.NodeVisitor):
    """Gathers what modules say to people (*said*), what its fields are filled with, and every text (*texts*)."""

    def __init__(self):
        self.texts, self._said, self._helpers, self._returned = set(), set(), set(), {}
        self.module, self._named, self.parts = "", {}, set()

    @property
    def said(self) -> set[str]:
        """What is said at once, and what the functions return that make a sentence: HallyuError(not_written(…))."""
        made = {text for name in self._helpers for text in self._returned.get(name, ())}
        return {shape(text) for text in self._said | made if " " in text}

    def visit_Module(self, node):
        self._named = assigned(node.body)
        self.generic_visit(node)

    def visit_FunctionDef(self, node):
        if f"{self.module}.{node.name}" not in NOT_ON_A_PAGE:
            returns = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
            self._returned[node.name] = {text_of(value) for value in returns} - {None}
            outside, self._named = self._named, {**self._named, **assigned(ast.walk(node))}
            if node.name in ("__str__", "says"):
                self._say(returns)
            self.generic_visit(node)
            self._named = outside

    def visit_Call(self, node):
        if called(node) in SAYS:
            self._say(node.args[SAYS[called(node)] :])
            self._helpers |= {called(each) for each in node.args}
        self.generic_visit(node)

    def visit_Tuple(self, node):
        if any(map(is_code, node.elts)):
            self._say(node.elts)
        self.generic_visit(node)

    def visit_Dict(self, node):
        coded = [value for key, value in zip(node.keys, node.values, strict=True) if is_code(key)]
        self._say([each for value in coded for each in branches(value)])
        self.generic_visit(node)

    def visit_Assign(self, node):
        target = node.targets[0]
        if isinstance(target, ast.Subscript) and "code" in (
            getattr(target.slice, name, "") for name in ("id", "attr")
        ):
            self._say([node.value])
        self.generic_visit(node)

    def _say(self, sentences):
        """What is called `says` is the whole sentence; any other name, alone or within a sentence, is what fills one."""
        whole = [
            given
            for each in sentences
            if getattr(each, "id", "") == "says"
            for given in self._named.get("says", ())
        ]
        sentences = [each for each in sentences if getattr(each, "id", "") != "says"] + whole
        self._said |= {text_of(each) for each in sentences} - {None}
        written = [each for each in sentences if isinstance(each, ast.Name | ast.JoinedStr)]
        names = {n.id for each in written for n in ast.walk(each) if isinstance(n, ast.Name)}
        self.parts |= {
            shape(text_of(given)) for name in names for given in self._named.get(name, ()) if text_of(given)
        }

    def visit_JoinedStr(self, node):
        self.texts.add(shape(text_of(node)))
        self.generic_visit(node)

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            self.texts.add(shape(node.value))


def read(names) -> Reader:
    reader = Reader()
    for name in names:
        reader.module = name
        reader.visit(ast.parse((SOURCE / f"{name}.py").read_text(encoding="utf-8")))
    return reader


@pytest.mark.parametrize(
    ("table", "names"),
    [
        (COMMON, SHARED),
        ({**COMMON, **SENTENCES, **REASONS}, [f"webtoon/{name}" for name in WEBTOON]),
        ({**COMMON, **music.SENTENCES}, SOUND),
        ({**COMMON, **film.SENTENCES}, FILM),
        ({**COMMON, **ott.SENTENCES}, OTT),
    ],
    ids=["shared", "webtoon", "sound", "film", "ott"],
)
def test_every_sentence_for_people_has_a_korean_one(table, names):
    missing = read(names).said - {shape(english) for english in table}
    layout = {text for text in missing if not re.search(r"[A-Za-z]{3}", text.replace("{}", ""))}
    layout |= {text for text in missing if text.startswith(FOR_PROGRAMS)}
    assert sorted(missing - layout) == []


@pytest.mark.parametrize(
    ("own", "names", "some"),
    [
        (music, SOUND, {"fewer", "late"}),
        (film, FILM, {"this frame", "mattes"}),
        (ott, OTT, {"late", "down", "almost nothing"}),
        (None, ["provenance/consent"], {"{} for {}"}),
    ],
    ids=["sound", "film", "ott", "consent"],
)
def test_what_fills_a_sentence_has_a_korean_one(own, names, some):
    """Either as a phrase, or because the whole sentence stands in the table: "{who} consented until {day}: …"."""
    phrases = {shape(english) for english in {**WORDS, **(own.WORDS if own else {})}}
    sentences = {shape(english) for english in {**COMMON, **(own.SENTENCES if own else {})}}
    # Not "file:{}" and other addresses.
    parts = {
        part for part in read(names).parts if re.search("[a-z]{3}", part) and not re.search(r":\S", part)
    }
    assert some <= parts
    assert {part for part in parts - phrases if f"{{}} {part}." not in sentences} == set()


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ({**COMMON, **WORDS, **SENTENCES, **REASONS}, [*SHARED, *(f"webtoon/{name}" for name in WEBTOON)]),
        ({**music.SENTENCES, **music.WORDS}, SOUND),
        ({**film.SENTENCES, **film.WORDS}, FILM),
        ({**ott.SENTENCES, **ott.WORDS}, OTT),
    ],
    ids=["webtoon", "sound", "film", "ott"],
)
def test_no_korean_sentence_outlives_its_english_one(table, names):
    """Word for word: some sentences are put together from several texts."""
    source = "\n".join(read(names).texts) + (SOURCE / "webtoon/profiles.toml").read_text(encoding="utf-8")
    source += " ".join(field.replace("_", " ") for field in consent.Consent.__dataclass_fields__)
    between = re.compile(r"\{[^{}]*\}|[;:,] ")
    pieces = {piece.strip(" .;:,"): english for english in table for piece in between.split(english)}
    assert {piece: english for piece, english in pieces.items() if piece not in source} == {}


def test_both_sentences_of_a_pair_name_the_same_fields():
    own = {
        **SENTENCES,
        **music.SENTENCES,
        **music.WORDS,
        **film.SENTENCES,
        **film.WORDS,
        **ott.SENTENCES,
        **ott.WORDS,
    }
    for english, said in {**COMMON, **WORDS, **own}.items():
        fields = set(re.findall(r"\{(\w+)\}", english))
        assert set(re.findall(r"\{(\w+)[:}]", said)) <= fields, english
        if re.search("[a-z]", shape(english)):
            assert any("가" <= c <= "힣" for c in said), english


@pytest.mark.parametrize("own", [music, film, ott], ids=["sound", "film", "ott"])
def test_no_sentence_loses_a_field_or_is_taken_for_another(own):
    for english, said in own.SENTENCES.items():
        values = {name: f"‹{i}›" for i, name in enumerate(dict.fromkeys(FIELD.findall(english)))}
        found = own.korean(english.format(**values))
        words = [word.strip() for word in re.split(r"\{[^{}]*\}", said)]
        assert [each for each in [*words, *values.values()] if each not in found] == [], english


CAST = "# 눈\n@하늘: girl, red coat\n@도윤: boy\n"
WRONG = {
    "": "대본이 비어 있습니다. 제목(# 첫눈)과 첫 컷([1] 설정샷, 눈 숲)부터 쓰세요.",
    CAST + "[1] 클로즈업": "4번째 줄: 1컷은 장면을 여는데 장소가 없습니다. 장소를 쓰세요: [1] 설정샷, 눈 숲.",
    CAST + "[1] 상반신, 방\n하늘(미소, 슬픔): 응":
        "5번째 줄: “미소” 옆에 또 “슬픔”: 하늘에게는 표정, 시선, 위치, 말하는 방식을 하나씩만 쓸 수 있습니다.",
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG.items())
def test_what_is_wrong_with_a_script_is_said_in_korean(text, said):
    with pytest.raises(Exception) as found:
        script.parse(text)
    assert korean(str(found.value)) == said


def test_findings_are_said_in_korean():
    text = CAST.replace("red coat", "silver wings") + (
        "[1] 상반신, 방\n하눌(미소): 왔다!\n[2] 먼산, 방\n하늘(찡긋): 왔다 😀\n도윤: שלום\n"
        "[3] 상반신, 방\n하늘: " + "가나다라 " * 100
    )
    said = {problem.code: korean(problem.message) for problem in validation.validate(script.parse(text))}
    assert said["character"] == "하눌은 등장인물에 없습니다. 혹시 하늘인가요?"
    assert said["look"].startswith("하늘의 모습에 모델이 모르는 말이 있습니다: “wings”")
    assert said["shot"] == "우리에게 없는 샷입니다: “먼산”. 혹시 전신인가요?"
    assert said["expression"].startswith("하늘의 표정 “찡긋”, 모르는 말입니다. ")
    assert "슬픔" in said["expression"] and "sad" not in said["expression"]
    assert said["emoji"] == (
        "c02-1에 식자할 수 없는 글자 U+1F600 grinning face이(가) 있습니다. 그림에 그려 넣거나 ♡ ★ ♪ 같은 기호를 쓰세요."
    )
    assert said["right-to-left"].endswith("그 판은 손으로 식자하세요.")
    assert (
        said["balloon"]
        == "c03-1이 400음절인데 말풍선에는 120음절까지만 들어갑니다(우리 한도). 줄이거나 나누세요."
    )
    assert "외 1개" in said["right-to-left"]


def test_an_error_inside_an_error_is_said_in_korean_too():
    sentence = "The script has 1 error(s) to solve before it is drawn; first: error · cut 2: 도윤 is drawn twice; keep one."
    said = "그리기 전에 고칠 오류가 대본에 1개 있습니다. 첫째: 오류 · 2컷: 도윤을 두 번 그립니다. 하나만 남기세요."
    assert korean(sentence) == said


def test_a_writers_words_are_never_translated():
    assert "“shot”" in korean("“shot” is not a place we have; did you mean room?")


def test_the_assistants_reasons_are_said_in_korean():
    reason = "bust: nobody is named, so the turn goes to 하늘; “눈물” is crying"
    assert korean_reason(reason) == "상반신: 이름이 없어 차례가 하늘 쪽으로 갑니다; “눈물”, 눈물입니다"


def said_of(attempt, *values) -> str:
    with pytest.raises(HallyuError) as found:
        attempt(*values)
    return music.korean(str(found.value))


def agreed(**changes) -> consent.Consent:
    days = {"starts": date(2026, 1, 1), "ends": date(2026, 12, 31)}
    names = {"voice": "하늘", "given_by": "김서연", "given_to": "눈길", "project": "첫눈"}
    return consent.Consent(
        **{**names, **days, "uses": ("sing",), "territory": ("KR",), "recordings": ("ab",), **changes}
    )


DAY = date(2026, 6, 1)
NOT_ALLOWED = [
    (agreed(withdrawn=DAY), ("sing", "첫눈", DAY), "2026-06-01에 동의를 거두었습니다."),
    (agreed(), ("sing", "눈길", DAY), "“첫눈”에만 동의했습니다. “눈길”에 쓰려면"),
    (agreed(), ("train", "첫눈", DAY), "“train”(이 목소리의 녹음으로 모델 학습하기)에는 동의하지 않았습니다. 동의한 용도: sing."),
    (agreed(), ("sing", "첫눈", date(2025, 6, 1)), "2026-01-01부터 동의했습니다."),
    (agreed(), ("sing", "첫눈", date(2027, 6, 1)), "2026-12-31까지만 동의했습니다."),
    (agreed(), ("sing", "첫눈", DAY, "JP"), "KR 지역에만 동의했습니다. JP에서 쓰려면"),
    (agreed(), ("sing", "첫눈", DAY, "KR", "cd" * 32), "이 녹음(cdcdcdcdcdcd…)에는 동의하지 않았습니다."),
]  # fmt: skip


@pytest.mark.parametrize(("record", "asked", "said"), NOT_ALLOWED)
def test_what_a_consent_does_not_allow_is_said_in_korean(record, asked, said):
    assert said_of(consent.require, record, *asked).startswith(f"김서연(하늘 대신): {said}")


def test_what_a_consent_leaves_open_is_said_in_korean():
    for field, named in (
        ("voice", "목소리의 주인"),
        ("given_by", "동의한 사람"),
        ("given_to", "동의받은 사람"),
    ):
        said = said_of(lambda field=field: agreed(**{field: " "}))
        assert said == f"동의서에 {named} 항목이 비어 있습니다. 채워 넣으세요."
    stated = [*consent.USES.values(), *(voice.data for voice in consent.PUBLIC_VOICES.values())]
    assert [text for text in stated if music.korean(text) == text] == []


def test_what_is_wrong_with_a_sound_is_said_in_korean(tmp_path):
    (tmp_path / "노래.wav").write_text("no sound", encoding="utf-8")
    assert said_of(audio.read, tmp_path / "노래.wav") == (
        "노래.wav은(는) 여기서 읽을 수 없는 소리 파일입니다. WAV, FLAC, MP3, OGG, M4A로 내보내서 다시 해 보세요."
    )
    assert said_of(audio.write_wav, tmp_path / "노래.wav", np.full(9, 2.0), 48000).startswith(
        "노래.wav에 클리핑이 생깁니다. 피크가 +6.0 dBFS이니"
    )


def test_what_is_wrong_with_words_and_notes_is_said_in_korean():
    notes = [Note(0, 1, 60), Note(1, 1, 62)]
    assert "가사는 1음절, 멜로디는 음이 2개라 음절이 모자랍니다." in said_of(singing.set_words, notes, "눈")
    assert "음절이 남습니다." in said_of(singing.set_words, notes, "첫눈길")
    assert said_of(reading.read_out, "눈 雪").startswith(
        "“雪”(“눈 雪”의 3번째 글자), 소리 내어 읽을 수 없습니다."
    )


def test_lip_sync_is_told_in_korean():
    assert music.korean(str(lipsync.LipSync(-0.05, 0.7, 0.2))) == "입술 50 ms 빠름, 상관 0.70"
