"""The Korean tables against the source: every sentence that can reach a page, and no sentence that is gone."""

import ast
import re
from pathlib import Path

import pytest

from hallyu.korean import COMMON
from hallyu.webtoon import script, validation
from hallyu.webtoon.korean import REASONS, SENTENCES, korean, korean_reason

SOURCE = Path(__file__).parents[1] / "src" / "hallyu"
SHARED = ("files", "models/catalog", "provenance/credentials", "provenance/disclosure", "provenance/worklog")
WEBTOON = (
    "assistant", "balloons", "compose", "edit", "engine", "episode", "export", "fonts", "lettering", "preflight", "psd",
    "script", "slicing", "storyboard", "strip", "validation", "vocabulary",
)  # fmt: skip
SAYS = {"HallyuError", "Stopped", "Problem", "problem", "wrong", "append"}
"""Calls whose text is meant for people; `append` is how findings, notes and reasons are gathered."""
NOT_ON_A_PAGE = {
    "_by_server", "_ask", "_checked",  # the assistant's server, which no app names
    "from_json", "build", "_table",  # scripts for other programs and for notebooks
    "lines", "text", "registration", "_human_words", "describe_cut",  # written in both languages, or the author's own
}  # fmt: skip


def shape(template: str) -> str:
    """A template without the names of its fields; fields that touch count as one."""
    return re.sub(r"(\{\})+", "{}", re.sub(r"\{[^{}]*\}", "{}", template))


def text_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def called(node: ast.expr) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


class Reader(ast.NodeVisitor):
    """Gathers what modules say to people (*said*), and every text in them (*texts*)."""

    def __init__(self):
        self.texts, self._said, self._helpers, self._returned = set(), set(), set(), {}

    @property
    def said(self) -> set[str]:
        """What is said at once, and what the functions return that make a sentence: HallyuError(not_written(…))."""
        made = {text for name in self._helpers for text in self._returned.get(name, ())}
        return {shape(text) for text in self._said | made if " " in text}

    def visit_FunctionDef(self, node):
        if node.name not in NOT_ON_A_PAGE:
            returns = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
            self._returned[node.name] = {text_of(value) for value in returns} - {None}
            self.generic_visit(node)

    def visit_Call(self, node):
        if called(node) in SAYS:
            self._said |= {text_of(each) for each in node.args} - {None}
            self._helpers |= {called(each) for each in node.args}
        self.generic_visit(node)

    def visit_JoinedStr(self, node):
        self.texts.add(shape(text_of(node)))
        self.generic_visit(node)

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            self.texts.add(shape(node.value))


def read(names) -> Reader:
    reader = Reader()
    for name in names:
        reader.visit(ast.parse((SOURCE / f"{name}.py").read_text(encoding="utf-8")))
    return reader


@pytest.mark.parametrize(
    ("table", "names"),
    [(COMMON, SHARED), ({**COMMON, **SENTENCES, **REASONS}, [f"webtoon/{name}" for name in WEBTOON])],
    ids=["shared", "webtoon"],
)
def test_every_sentence_for_people_has_a_korean_one(table, names):
    missing = read(names).said - {shape(english) for english in table}
    layout = {text for text in missing if not re.search(r"[A-Za-z]{3}", text.replace("{}", ""))}
    assert sorted(missing - layout) == []


def test_no_korean_sentence_outlives_its_english_one():
    """Word for word: some sentences are put together from several texts."""
    texts = read([*SHARED, *(f"webtoon/{name}" for name in WEBTOON)]).texts
    source = "\n".join(texts) + (SOURCE / "webtoon/profiles.toml").read_text(encoding="utf-8")
    pieces = {
        piece.strip(): english
        for english in {**COMMON, **SENTENCES, **REASONS}
        for piece in re.split(r"\{[^{}]*\}", english)
    }
    assert {piece: english for piece, english in pieces.items() if piece not in source} == {}


def test_both_sentences_of_a_pair_name_the_same_fields():
    for english, said in {**COMMON, **SENTENCES}.items():
        fields = set(re.findall(r"\{(\w+)\}", english))
        assert set(re.findall(r"\{(\w+)[:}]", said)) <= fields, english
        if re.search("[a-z]", shape(english)):
            assert any("가" <= c <= "힣" for c in said), english


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
