from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.ott import guide, timedtext
from hallyu.ott.fix import _WHY, fix
from hallyu.ott.guide import ENGLISH, KOREAN, RULES, check
from hallyu.ott.timedtext import Cue, Track


def track(*cues, kind: str = "subtitles", rate=24, language: str = "ko") -> Track:
    """Cues given as frames and text."""
    rate = Track((), rate=rate).rate
    return Track(
        tuple(Cue(float(a / rate), float(b / rate), text) for a, b, text in cues), language, kind, rate
    )


def shown(found: Track) -> list[tuple[int, int, str]]:
    return [(found.frame(c.start), found.frame(c.end), c.text) for c in found.cues]


LINE = "가나다라 마바사아"  # 8.5 characters

# What is wrong, what check and fix are told besides, and what it becomes.
REPAIRED = [
    ("TIM-ZERO", [(24, 24, "눈")], {}, [(24, 44, "눈")]),
    ("TIM-ZERO", [(24, 20, "눈"), (50, 90, "비")], {}, [(24, 48, "눈"), (50, 90, "비")]),
    ("TIM-OVER", [(24, 99, "눈"), (60, 90, "비")], {}, [(24, 58, "눈"), (60, 90, "비")]),
    ("TIM-GAP", [(24, 60, "눈"), (60, 90, "비")], {}, [(24, 58, "눈"), (60, 90, "비")]),
    ("TIM-CLOSE", [(24, 60, "눈"), (70, 90, "비")], {}, [(24, 68, "눈"), (70, 90, "비")]),
    ("TIM-MIN", [(24, 30, "눈")], {}, [(24, 44, "눈")]),
    ("TIM-MAX", [(24, 600, "눈")], {}, [(24, 192, "눈")]),
    ("TIM-CPS", [(24, 50, "가" * 16)], {}, [(24, 56, "가" * 16)]),
    ("TIM-CPS", [(24, 50, "가" * 16), (64, 99, "비")], {}, [(24, 62, "가" * 16), (64, 99, "비")]),
    ("TIM-CUTIN", [(20, 72, "눈")], {"shots": [1.0]}, [(24, 72, "눈")]),
    ("TIM-CUTIN", [(14, 72, "눈")], {"shots": [1.0]}, [(12, 72, "눈")]),
    ("TIM-CUTIN", [(33, 72, "눈")], {"shots": [1.0]}, [(24, 72, "눈")]),
    ("TIM-CUTIN", [(10, 42, "눈"), (50, 90, "비")], {"shots": [2.0]}, [(10, 46, "눈"), (48, 90, "비")]),
    ("TIM-CUTIN", [(27, 230, "눈")], {"shots": [1.0]}, [(24, 192, "눈")]),
    ("TIM-CUTOUT", [(24, 66, "눈")], {"shots": [3.0]}, [(24, 70, "눈")]),
    ("TIM-CUTOUT", [(24, 72, "눈")], {"shots": [3.0]}, [(24, 70, "눈")]),
    ("TIM-CUTOUT", [(24, 78, "눈")], {"shots": [3.0]}, [(24, 70, "눈")]),
    ("TIM-CUTOUT", [(24, 82, "눈")], {"shots": [3.0]}, [(24, 84, "눈")]),
    ("TXT-LINES", [(24, 90, "눈이 왔는데\n나는 아직도\n그 자리에 있다")], {}, [(24, 90,
    "눈이 왔는데\n나는 아직도 그 자리에 있다")]),
    ("TXT-LONG", [(24, 110, f"{LINE} {LINE}")], {}, [(24, 110, f"{LINE}\n{LINE}")]),
    ("TXT-ONE", [(24, 72, "눈이\n온다")], {}, [(24, 72, "눈이 온다")]),
    ("TXT-SPACE", [(24, 72, " 눈이 \xa0온다\n")], {}, [(24, 72, "눈이 온다")]),
    ("TXT-DOTS", [(24, 72, "눈이... 온다··")], {}, [(24, 72, "눈이… 온다…")]),
    ("TXT-STOP", [(24, 72, "알았어.\n가자.")], {}, [(24, 72, "알았어. 가자")]),
    ("TXT-STOP", [(24, 90, f"{LINE}.. {LINE},")], {}, [(24, 90, f"{LINE}…\n{LINE}")]),
    ("TXT-HIDDEN", [(24, 72, "\ufeff눈\u200b이")], {}, [(24, 72, "눈이")]),
    ("TXT-FORM", [(24, 72, "ＴＶ를 켜！")], {}, [(24, 72, "TV를 켜!")]),
    ("TXT-TAG", [(24, 72, "<b>눈</b>이<br>온다")], {}, [(24, 72, "눈이 온다")]),
    ("TXT-ITALIC", [(24, 72, "<i>눈</i>")], {}, [(24, 72, "눈")]),
    ("TXT-DASH", [(24, 72, "눈?\n–비")], {}, [(24, 72, "- 눈?\n- 비")]),
    ("SDH-SOUND", [(24, 72, "(바람 소리)\n（나영） 눈이다")], {"kind": "sdh"}, [(24, 72, "[바람 소리]\n[나영] 눈이다")]),
    ("SDH-MUSIC", [(24, 72, "♬눈이 내리네")], {"kind": "sdh"}, [(24, 72, "♪ 눈이 내리네 ♪")]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "cues", "about", "wanted"), REPAIRED)
def test_what_is_repaired(code, cues, about, wanted):
    about = dict(about)
    broken = track(*cues, kind=about.pop("kind", "subtitles"))
    assert code in {finding.code for finding in check(broken, **about)}
    fixed = fix(broken, **about)
    assert shown(fixed.track) == wanted
    assert code in {repair.code for repair in fixed.repairs}
    assert fixed.left == () and check(fixed.track, **about) == []


def test_every_rule_is_repaired_or_told_to_a_human():
    repaired = {code for code, *_ in REPAIRED} | {"TXT-EMPTY"}
    for code, rule in RULES.items():
        assert (code in repaired) == (rule.repair != guide.HUMAN)
        assert (code in _WHY) == (rule.repair != guide.ALWAYS)


@pytest.mark.parametrize(("code", "cues", "about"), [
    ("TIM-OVER", [(24, 60, "눈"), (24, 60, "비")], {}), ("TIM-OVER", [(24, 60, "눈"), (36, 80, "비")], {}), ("TIM-MIN",
    [(24, 34, "눈"), (36, 72, "비")], {}),
    ("TIM-CPS", [(24, 48, "가" * 16), (50, 99, "비")], {}), ("TIM-CPS", [(24, 44, "가" * 16 + "\n" + "나" * 16)], {}),
    ("TIM-MAX", [(24, 240, "눈")], {"spoken": [(1.0, 10.0)]}), ("TIM-EARLY", [(24, 60, "눈")], {"spoken": [(1.5, 2.5)]}),
    ("TIM-LATE", [(24, 60, "눈")], {"spoken": [(1.0, 1.5)]}), ("TXT-LONG", [(24, 90, "가" * 17)], {}),
    ("TXT-LINES", [(24, 120, "- 눈이\n- 온다\n- 그래")], {}), ("TXT-CHAR", [(24, 60, "눈\ufffd")], {}), ("TXT-WHO", [(24,
    60, "- 눈\n비")], {}),
    ("SDH-OPEN", [(24, 60, "[바람 소리")], {"kind": "sdh"}),
    ("TIM-CUTIN", [(20, 46, "눈"), (48, 90, "비")], {"shots": [40 / 24]}),
    ("TIM-CUTOUT", [(20, 46, "눈"), (48, 90, "비")], {"shots": [40 / 24]}), ("TIM-CLOSE", [(24, 190, "눈"), (200, 240,
    "비")], {}),
])  # fmt: skip
def test_what_is_left_to_a_human_is_told_with_why(code, cues, about):
    about = dict(about)
    broken = track(*cues, kind=about.pop("kind", "subtitles"))
    fixed = fix(broken, **about)
    left = {each.finding.code: each.why for each in fixed.left}
    assert code in left and len(left[code]) > 10
    assert [each.finding for each in fixed.left] == check(fixed.track, **about)


def test_cues_without_words_are_taken_out_and_the_voices_stay_with_the_others():
    broken = track((24, 60, "<i></i>"), (90, 130, "눈"), kind="subtitles")
    fixed = fix(broken, spoken=[(1.0, 2.0), (90 / 24, 130 / 24)])
    assert shown(fixed.track) == [(90, 130, "눈")] and fixed.left == ()
    assert [(repair.code, repair.cue) for repair in fixed.repairs] == [("TXT-EMPTY", 0)]


def test_a_short_cue_does_not_become_shorter_beside_a_shot_change():
    for cuts in ([4], [11]):
        done = fix(track((0, 15, "눈"), (18, 60, "비")), shots=[cut / 24 for cut in cuts]).track
        assert done.cues[0].seconds * 24 > 14.5, cuts


def test_a_short_cue_is_not_made_longer_over_the_next_one():
    done = fix(track((982, 997, "눈"), (999, 1077, "비")), shots=[990 / 24]).track
    assert done.cues[0].end <= done.cues[1].start


def test_what_is_right_is_not_touched():
    # Times between two frames stay what they were.
    good = Track((Cue(1.0004, 2.0003, "눈", speaker="나영", top=True), Cue(9.99, 11.1, "비...")))
    fixed = fix(good)
    assert fixed.track.cues == (good.cues[0], Cue(9.99, 11.1, "비…"))


def test_a_repair_says_what_it_did():
    fixed = fix(track((24, 60, "눈이.."), (60, 90, "비")))
    assert [str(each.says) for each in fixed.repairs] == [
        "corrected: it has two or three dots; an ellipsis is “…”",
        "ends -2 frames",
    ]


def test_english():
    fixed = fix(
        track(
            (24, 120, "I never thought that I would see the snow again..."),
            (122, 170, "- Where?\n- There."),
            language="en",
        ),
        ENGLISH,
    )
    assert [c.text for c in fixed.track.cues] == [
        "I never thought\nthat I would see the snow again…",
        "-Where?\n-There.",
    ]


# Anything ------------------------------------------------------------------------------------------------------------

TEXT = st.lists(st.sampled_from(
    ["눈이", "온다", "기다렸는데", "가나다라마바사아자차카타파", " ", "  ", "\n", "- ", "-", "...", "…", ".", ",", "?", "<i>",
    "</i>", "<b>", "(소리)", "[", "]",
     "♪", "#", "\u200b", "ＡＢ", "5", "\ufffd", "ㅋㅋ"],
), max_size=9).map("".join)  # fmt: skip
CUES = st.lists(st.tuples(st.integers(0, 40), st.integers(-5, 200), TEXT), max_size=7)


def built(steps, kind, rate) -> Track:
    cues, place = [], 0
    for step, length, text in steps:
        place += step
        cues.append((place, max(0, place + length), text))
    return track(*cues, kind=kind, rate=rate)


@settings(max_examples=60, deadline=None)
@given(
    CUES, st.lists(st.integers(0, 400), max_size=6, unique=True), st.sampled_from(timedtext.KINDS),
    st.sampled_from(guide.AUDIENCES),
    st.sampled_from([24, Fraction(24000, 1001), 25, Fraction(30000, 1001)]), st.sampled_from([KOREAN, ENGLISH]),
)  # fmt: skip
def test_nothing_that_can_be_repaired_is_left_no_word_is_changed_and_twice_is_once(
    steps, cuts, kind, audience, rate, rules
):
    broken = built(steps, kind, rate)
    about = {"guide": rules, "shots": [cut / float(rate) for cut in cuts], "audience": audience}
    fixed = fix(broken, **about)
    # Findings that are left are those that check finds, and none is of a rule that can always be repaired.
    assert [each.finding for each in fixed.left] == check(fixed.track, **about)
    assert [each.finding for each in fixed.left if each.finding.rule.repair == guide.ALWAYS] == []
    # No word is changed, and no cue that has words is lost or changes its place.
    kept = [cue for cue in broken.cues if timedtext.plain(guide.visible(guide.tagged(cue.text))).strip()]
    assert [timedtext.letters([cue.text]) for cue in fixed.track.cues] == [
        timedtext.letters([cue.text]) for cue in kept
    ]
    assert len({id(each) for each in fixed.track.cues}) == len(kept)
    # No cue becomes shorter than may be, to make room for others.
    least = guide.limits(broken, rules).least
    for cue, before in zip(fixed.track.cues, kept, strict=True):
        assert cue.seconds * rate > min(least, before.seconds * rate - 2) - 0.5
    # Once more changes nothing.
    again = fix(fixed.track, **about)
    assert again.track == fixed.track and again.repairs == () and again.left == fixed.left
