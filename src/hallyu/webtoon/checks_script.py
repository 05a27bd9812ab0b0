"""Checks of the lesson 01-script-to-cuts: each answers in the trade's words and never stops on a wrong answer."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.provenance.worklog import WorkLog
from hallyu.webtoon import script, validation
from hallyu.webtoon.assistant import Session, Suggestion
from hallyu.webtoon.script import Cut, Figure, Line, Script

MAX_SYLLABLES = 20


@guarded
def next_cut(text: str, story: Script) -> Verdict:
    """Judge the learner's cut 19, in the text form: 하늘 answers, in a close-up, in at most 20 syllables, in two languages."""
    if not isinstance(text, str) or not text.strip():
        return Verdict(False, "There is no cut 19 yet; return its text, beginning with [19].")
    try:
        longer = script.parse(script.format(story) + "\n" + text)
    except Exception as error:
        return Verdict(False, f"The parser stopped. {error}")
    cut = longer.cuts[-1]
    if len(longer.cuts) != len(story.cuts) + 1 or cut.number != 19:
        return Verdict(False, f"After cut 18 there should be one cut, number 19; the last is {cut.number}.")
    problems = [str(p) for p in validation.validate(longer) if p.cut == 19]
    if cut.shot != "close-up":
        problems.append(
            f"Cut 19 is a {cut.shot}; an answer is read in a face, so ask for a close-up (클로즈업)."
        )
    if "하늘" not in [figure.name for figure in cut.figures]:
        problems.append("하늘 is not in cut 19; it is her answer that the reader waits for.")
    spoken = [line for line in cut.lines if line.speaker == "하늘"]
    if not spoken:
        problems.append("하늘 says nothing in cut 19; give her one line.")
    for line in cut.lines:
        if (length := script.syllables(line.text)) > MAX_SYLLABLES:
            problems.append(f"{line.id} has {length} syllables; keep a balloon to {MAX_SYLLABLES}.")
        if not longer.translations.get(line.id, {}).get("en"):
            problems.append(
                f"{line.id} has no English edition; add a line below it: two spaces, en: and the words."
            )
    return verdict(problems, f"Cut 19 stands: {spoken[0].text if spoken else ''}")


@guarded
def missing_speakers(answer: Callable[[Cut], list[str]]) -> Verdict:
    """Judge a function that names who speaks in a cut without being drawn or marked off-panel."""
    cut = Cut(7, 2, "bust", "room", figures=(Figure("하늘"),))
    cases = (
        ((Line("c07-1", "응.", "하늘"),), [], "하늘 is drawn and speaks; nobody is missing"),
        ((Line("c07-1", "응.", "도윤"),), ["도윤"], "도윤 speaks and is not drawn"),
        (
            (Line("c07-1", "응.", "도윤", off_panel=True),),
            [],
            "도윤 is marked off-panel (화면 밖), which is allowed",
        ),
        (
            (Line("c07-1", "눈이 왔다.", "", "narration"),),
            [],
            "narration has no speaker, so nobody is missing",
        ),
        (
            (Line("c07-1", "응.", "도윤"), Line("c07-2", "왜?", "도윤"), Line("c07-3", "음.", "할머니")),
            ["도윤", "할머니"],
            "도윤 speaks twice but is one missing person, and 할머니 is another",
        ),
    )
    problems = []
    for lines, expected, why in cases:
        found = answer(replace(cut, lines=lines))
        if found is None:
            return Verdict(False, "Your function gives nothing back yet; return a list of names.")
        if isinstance(found, str) or sorted(found) != sorted(expected):
            problems.append(f"{why}; the answer is {expected} and yours says {found!r}.")
    return verdict(problems, "Five cuts judged rightly: nobody speaks from nowhere.")


@guarded
def decide(answer: Callable[[Session], None], suggestions: list[Suggestion], story: Script) -> Verdict:
    """Judge the writer's decisions on *suggestions*: each is decided, no line is lost, every line in its own mouth."""
    with tempfile.TemporaryDirectory() as folder:
        session = Session(suggestions, WorkLog(Path(folder) / "work.jsonl"), "learner")
        answer(session)
    if len(session.undecided) == len(suggestions):
        return Verdict(False, "Nothing is decided yet; accept, edit or reject each suggestion.")
    problems = [f"Suggestion {number} still waits for you." for number in session.undecided]
    speakers = {line.text: line.speaker for cut in story.cuts for line in cut.lines}
    for number, suggestion in session.suggestions.items():
        cut = session.chosen.get(number)
        written = [line.text for line in suggestion.cut.lines if line.text in speakers]
        kept = [line.text for line in cut.lines] if cut else []
        problems += [
            f"Cut {number}: “{text}” is in the story, and you left it out."
            for text in written
            if text not in kept
        ]
        for line in cut.lines if cut else ():
            meant = speakers.get(line.text, line.speaker)
            if line.speaker != meant:
                wrong = line.speaker or "the narrator"
                problems.append(f"Cut {number}: “{line.text}” is {meant}'s line, and {wrong} says it.")
            elif line.speaker and not line.off_panel and line.speaker not in [f.name for f in cut.figures]:
                problems.append(f"Cut {number}: {line.speaker} speaks and is not drawn.")
    kept = sum(cut is not None for cut in session.chosen.values())
    return verdict(problems, f"{kept} cuts kept, and every line of the story is in the right mouth.")
