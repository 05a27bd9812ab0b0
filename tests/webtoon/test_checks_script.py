from pathlib import Path

import pytest

from hallyu.webtoon import assistant, script
from hallyu.webtoon import checks_script as check

MEDIA = Path(__file__).parents[2] / "modules" / "webtoon" / "media"
STORY = script.read(MEDIA / "first-snow.txt")
GOOD = "[19] 클로즈업, 방\n하늘(웃음): 같이 가요.\n  en: Let's go."


def test_the_next_cut_passes():
    assert check.next_cut(GOOD, STORY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no cut 19 yet"),
        ("", "no cut 19 yet"),
        ("[19 클로즈업", "The parser stopped. Line"),
        (GOOD.replace("[19]", "[18]"), "already"),
        (GOOD.replace("[19]", "[20]"), "number 19"),
        (GOOD + "\n[20] 설정샷, 방", "number 19"),
        (GOOD.replace("클로즈업", "상반신"), "close-up"),
        (GOOD.replace("하늘", "하눌"), "did you mean 하늘"),
        (GOOD.replace("하늘", "도윤"), "하늘 is not in cut 19"),
        (GOOD.replace("하늘(웃음)", "하늘\n내레이션"), "says nothing"),
        (GOOD.replace("같이 가요", "가" * 21), "21 syllables"),
        (GOOD.replace("  en: Let's go.", ""), "no English edition"),
        (GOOD.replace("가요.", "가요 😀"), "letterer cannot set"),
        (GOOD.replace("웃음", "활짝"), "not a known expression"),
    ],
)
def test_a_wrong_next_cut_is_told_why(text, said):
    verdict = check.next_cut(text, STORY)
    assert not verdict and said in verdict.message


def missing(cut):
    drawn = {figure.name for figure in cut.figures}
    return sorted({line.speaker for line in cut.lines if line.speaker and not line.off_panel} - drawn)


def test_missing_speakers_passes():
    assert check.missing_speakers(missing)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda cut: None, "nothing back"),
        (lambda cut: [], "도윤 speaks and is not drawn"),
        (lambda cut: [line.speaker for line in cut.lines], "nobody is missing"),
        (lambda cut: sorted({line.speaker for line in cut.lines if line.speaker} - {"하늘"}), "off-panel"),
        (
            lambda cut: sorted({line.speaker for line in cut.lines if not line.off_panel} - {"하늘"}),
            "narration",
        ),
        (
            lambda cut: [
                n for n in (li.speaker for li in cut.lines if not li.off_panel) if n not in ("", "하늘")
            ],
            "twice",
        ),
        (lambda cut: "도윤", "nobody is missing"),
        (lambda cut: cut.nothing, "stopped with AttributeError"),
    ],
)
def test_wrong_missing_speakers_are_told_why(wrong, said):
    verdict = check.missing_speakers(wrong)
    assert not verdict and said in verdict.message


@pytest.fixture(scope="module")
def umbrella():
    story = script.read(MEDIA / "umbrella.txt")
    prose = (MEDIA / "umbrella-prose.txt").read_text(encoding="utf-8")
    return assistant.propose(prose, story.cast), story


def right(session, drawn="태오", speaker="태오"):
    for number in session.undecided:
        session.accept(number)
    line = session.suggestions[6].cut.lines[0]
    session.edit(6, figures=(script.Figure(drawn),), lines=(script.Line(line.id, line.text, speaker),))


def everything(act):
    return lambda session: [getattr(session, act)(number) for number in session.undecided]


@pytest.mark.parametrize(
    ("decide", "said"),
    [
        (lambda session: None, "Nothing is decided"),
        (lambda session: session.accept(1), "Suggestion 2 still waits"),
        (everything("accept"), "is 태오's line, and 유나 says it"),
        (everything("reject"), "you left it out"),
        (lambda session: right(session, drawn="유나"), "태오 speaks and is not drawn"),
        (lambda session: (right(session), session.edit(9, lines=())), "you left it out"),
        (lambda session: session.accept(99), "no suggestion 99"),
    ],
)
def test_wrong_decisions_are_told_why(umbrella, decide, said):
    verdict = check.decide(decide, *umbrella)
    assert not verdict and said in verdict.message


def test_right_decisions_pass_and_narration_may_go(umbrella):
    assert check.decide(right, *umbrella)
    assert check.decide(lambda session: (right(session), session.reject(5)), *umbrella)
