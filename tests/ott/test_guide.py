import unicodedata
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.ott import guide
from hallyu.ott.guide import ENGLISH, KOREAN, RULES, check
from hallyu.ott.timedtext import Cue, Track

NTSC = Fraction(24000, 1001)


def track(*cues, kind: str = "subtitles", rate=24, language: str = "ko") -> Track:
    """Cues given as frames and text."""
    rate = Track((), rate=rate).rate
    return Track(
        tuple(Cue(float(a / rate), float(b / rate), text) for a, b, text in cues), language, kind, rate
    )


def codes(found) -> list[str]:
    return [finding.code for finding in found]


CLEAN = [
    (24, 72, "우리가 처음 만난 날"),
    (74, 120, "- 어디 가?\n- 집에…"),
    (144, 200, "눈이 온다\n아주 오래전 그날처럼 그렇게"),
]

# Each trips its rule and no other: code -> cues, and what check is told besides.
DEFECTS = {
    "TIM-ZERO": [([(24, 24, "눈")], {}), ([(24, 20, "눈")], {})],
    "TIM-OVER": [([(24, 60, "눈"), (59, 90, "비")], {}), ([(24, 60, "눈"), (24, 90, "비")], {})],
    "TIM-GAP": [([(24, 60, "눈"), (60, 90, "비")], {}), ([(24, 60, "눈"), (61, 90, "비")], {})],
    "TIM-CLOSE": [([(24, 60, "눈"), (63, 90, "비")], {}), ([(24, 60, "눈"), (71, 100, "비")], {})],
    "TIM-MIN": [([(24, 43, "눈")], {})],
    "TIM-MAX": [([(24, 24 + 169, "눈")], {})],
    "TIM-CPS": [([(24, 48, "가" * 12 + "!")], {}), ([(24, 48, "가" * 9 + "!")], {"audience": "children"})],
    "TIM-CUTIN": [([(24 + n, 72, "눈")], {"shots": [1.0]}) for n in (-11, -8, -7, -1, 1, 11)],
    "TIM-CUTOUT": [([(24, 72 + n, "눈")], {"shots": [3.0]}) for n in (-11, -3, -1, 0, 1, 7, 8, 11)],
    "TIM-EARLY": [([(24, 72, "눈")], {"spoken": [(28 / 24, 3.0)]}), ([(24, 72, "눈")], {"spoken": [(20 / 24, 3.0)]})],
    "TIM-LATE": [([(24, 72, "눈")], {"spoken": [(1.0, 59 / 24)]}), ([(24, 72, "눈")], {"spoken": [(1.0, 76 / 24)]})],
    "TXT-EMPTY": [([(24, 72, text)], {}) for text in ("", "  \n ", "<i></i>")],
    "TXT-LINES": [([(24, 96, "- 눈\n- 비\n- 바람")], {}), ([(24, 96, "[쾅]\n누구야?\n아무도 없나")], {"kind": "sdh"})],
    "TXT-LONG": [([(24, 96, "가나다라마바사아자 차카타파하거너")], {}), ([(24, 96, "가" * 17)], {})],
    "TXT-ONE": [([(24, 72, "눈이\n온다")], {})],
    "TXT-SPACE": [([(24, 72, text)], {}) for text in (
        "눈이  온다", " 눈이 온다", "눈이 온다 ", "눈이\t온다", "눈이\xa0온다", "눈이\u3000온다", "눈이 온다\n",
        "- 눈이\n\n- 온다",
    )],
    "TXT-DOTS": [([(24, 72, text)], {}) for text in ("눈이...", "눈이..", "눈이……", "눈이⋯", "눈이···", "눈이ㆍㆍㆍ")],
    "TXT-STOP": [([(24, 72, text)], {}) for text in ("눈이 온다.", "눈이,", "알았어. 간다.", "- 눈.\n- 비", "온다。", "눈 .")],
    "TXT-HIDDEN": [([(24, 72, text)], {}) for text in ("눈\u200b이", "\ufeff눈", "눈\u202c", "눈\x07", "눈\ufe0f")],
    "TXT-FORM": [([(24, 72, text)], {}) for text in (unicodedata.normalize("NFD", "눈이"), "눈！", "ＴＶ")],
    "TXT-CHAR": [([(24, 72, text)], {}) for text in ("눈\ufffd", "눈😀", "눈\ue000", "ᄂ")],
    "TXT-TAG": [([(24, 72, text)], {}) for text in ("<b>눈</b>", "{\\an8}눈", "<font color='red'>눈</font>", "<i>눈", "눈</i>")],
    "TXT-ITALIC": [([(24, 72, "<i>눈</i>")], {})],
    "TXT-DASH": [([(24, 72, text)], {}) for text in ("-눈\n-비", "- 눈", "눈\n- 비", "– 눈\n— 비", "- 눈? - 비")],
    "TXT-WHO": [([(24, 72, "- 눈\n비")], {})],
    "SDH-SOUND": [([(24, 72, text)], {"kind": "sdh"}) for text in ("(바람 소리)", "- (나영) 눈\n- 비", "（바람）")][:2],
    "SDH-OPEN": [([(24, 72, text)], {"kind": "sdh"}) for text in ("[바람 소리", "바람]", "[바람 [소리]")],
    "SDH-MUSIC": [([(24, 72, text)], {"kind": "sdh"}) for text in ("♪ 눈이", "눈이 ♪", "♬ 눈이 ♬", "#눈이#", "♪눈이♪",
    "🎵 눈이 🎵")],
}  # fmt: skip


def test_a_clean_track_has_no_findings():
    assert check(track(*CLEAN)) == []
    assert check(track(*CLEAN), shots=[1.0, 122 / 24, 6.0, 20.0]) == []
    assert (
        check(
            track(
                (24, 96, "[바람 소리]"),
                (98, 150, "♪ 눈이 내리네 ♪"),
                (152, 200, "- [나영] 왔어?\n- 응"),
                kind="sdh",
            )
        )
        == []
    )


def test_every_rule_has_a_defect():
    assert set(DEFECTS) == set(RULES)


@pytest.mark.parametrize(
    ("code", "cues", "about"), [(code, *each) for code, all_ in DEFECTS.items() for each in all_]
)
def test_each_defect_trips_only_its_rule(code, cues, about):
    about = dict(about)
    found = check(track(*cues, kind=about.pop("kind", "subtitles")), **about)
    assert codes(found) == [code]
    assert found[0].cue == 0 and found[0].says.startswith("cue 1 ")


def test_rules_are_whole():
    for code, rule in RULES.items():
        assert code == rule.code and rule.severity in ("error", "warning", "advice")
        assert rule.repair in (guide.ALWAYS, guide.ROOM, guide.HUMAN) and rule.says and rule.source


@pytest.mark.parametrize(("cues", "about"), [
    ([(24, 48, "가" * 12)], {}),  # 12.0 a second
    ([(24, 48, "가" * 9)], {"audience": "children"}),
    ([(24, 44, "눈")], {}), ([(24, 24 + 168, "눈")], {}),  # 20 frames; 7 s
    ([(24, 60, "눈"), (62, 90, "비")], {}), ([(24, 60, "눈"), (72, 99, "비")], {}),  # gaps of 2 and 12
    ([(24, 72, "가" * 16)], {}), ([(24, 96, "그래서 나는 Seoul-역으로 갔어")], {}),  # 16 characters
    ([(24, 72, "눈")], {"shots": [1.0, 74 / 24]}), ([(12, 72, "눈")], {"shots": [1.0]}), ([(36, 84, "눈")],
    {"shots": [1.0, 3.0]}),
    ([(24, 72, "영하 -5도야")], {}), ([(24, 72, "-5도야")], {}), ([(24, 72, "3.5초")], {}),
    ([(24, 72, "알았어. 가자")], {}), ([(24, 72, "〈기생충〉 <버닝>")], {}),
    ([(24, 72, "눈")], {"spoken": [(27 / 24, 60 / 24)]}), ([(24, 72, "눈")], {"spoken": [None]}),
])  # fmt: skip
def test_what_is_just_within(cues, about):
    assert check(track(*cues), **about) == []


def test_sdh_may_be_read_faster():
    cue = (24, 48, "가" * 14)
    assert codes(check(track(cue))) == ["TIM-CPS"] and check(track(cue, kind="sdh")) == []
    assert codes(check(track(cue, kind="sdh"), audience="children")) == ["TIM-CPS"]


@pytest.mark.parametrize(("rate", "least", "most", "half", "red"), [
    (24, 20, 168, 12, 7), (NTSC, 20, 168, 12, 7), (25, 21, 175, 13, 8), (Fraction(30000, 1001), 25, 210, 15, 9),
    (30, 25, 210, 15, 9), (50, 42, 350, 25, 15), (60, 50, 420, 30, 18),
])  # fmt: skip
def test_numbers_grow_with_the_frame_rate_and_the_gap_does_not(rate, least, most, half, red):
    numbers = guide.limits(Track((), rate=rate))
    assert (numbers.least, numbers.most, numbers.half, numbers.red, numbers.gap) == (
        least,
        most,
        half,
        red,
        2,
    )
    assert codes(check(track((100, 100 + least - 1, "눈"), rate=rate))) == ["TIM-MIN"]
    assert (
        check(track((100, 100 + least, "눈"), (100 + least + half, 100 + 3 * half + least, "눈"), rate=rate))
        == []
    )
    assert codes(check(track((100, 200, "눈"), (200 + half - 1, 300, "눈"), rate=rate))) == ["TIM-CLOSE"]


def test_findings_speak_to_people():
    found = check(track((24, 48, "가" * 14 + "?"), (1440, 1500, "눈이..."), rate=NTSC))
    assert [str(finding) for finding in found] == [
        "00:00:01:00 TIM-CPS: cue 1 reads at 14.5 cps; the limit is 12",
        "00:01:00:00 TXT-DOTS: cue 2 has two or three dots; an ellipsis is “…”",
    ]
    assert found[0].rule.severity == "error"


def test_english_has_other_numbers():
    english = track(
        (24, 120, "<i>It</i> was\nthe coldest winter that anybody had ever seen"),
        (122, 170, "-Where?\n-There."),
        language="en",
    )
    assert codes(check(english, ENGLISH)) == ["TXT-LONG"]
    assert codes(check(track((24, 72, "It snows."), language="en"), ENGLISH)) == []
    assert codes(check(track((24, 72, "- Where?\n- There."), language="en"), ENGLISH)) == ["TXT-DASH"]


def test_findings_are_in_the_order_of_cues():
    found = check(track((24, 40, "눈이.. "), (30, 70, "-비")))
    assert codes(found) == ["TIM-OVER", "TIM-MIN", "TXT-SPACE", "TXT-DOTS", "TXT-DASH"]
    assert [finding.cue for finding in found] == [0, 0, 0, 0, 1]


def test_nothing_to_check():
    assert check(Track(())) == []


def test_what_cannot_be_asked():
    with pytest.raises(HallyuError, match="adults or children"):
        check(track(*CLEAN), audience="pets")
    with pytest.raises(HallyuError, match="not a number"):
        check(track(*CLEAN), shots=[1.0, float("nan")])
    with pytest.raises(HallyuError, match="3 cues and 1 times"):
        check(track(*CLEAN), spoken=[None])


# Against the rules counted one by one --------------------------------------------------------------------------------


def by_hand(cues, shots) -> set[tuple[str, int]]:
    """Rules about time for 24 frames a second, cue by cue, as the guide's text has them."""
    found = set()
    for i, (start, end, text) in enumerate(cues):
        if end <= start:
            found.add(("TIM-ZERO", i))
        if i + 1 < len(cues):
            gap = cues[i + 1][0] - end
            if gap != 2 and gap < 12:
                found.add(("TIM-OVER" if gap < 0 else "TIM-GAP" if gap < 2 else "TIM-CLOSE", i))
        if end <= start:
            continue
        if end - start < 20:
            found.add(("TIM-MIN", i))
        if end - start > 168:
            found.add(("TIM-MAX", i))
        if len(text) * 24 / (end - start) > 12:
            found.add(("TIM-CPS", i))
        away = [start - cut for cut in shots]
        last, following = (
            min((a for a in away if a >= 0), default=99),
            min((-a for a in away if a < 0), default=99),
        )
        if last != 0 and following != 12 and (last < 12 or following < 12):
            found.add(("TIM-CUTIN", i))
        last = min((end - cut for cut in shots if start < cut < end), default=99)
        nearest = max((cut for cut in shots if cut < end), default=-99)
        if nearest <= start:
            last = 99
        following = min((cut - end for cut in shots if cut >= end), default=99)
        if following != 2 and (last < 12 or following < 12):
            found.add(("TIM-CUTOUT", i))
    return found


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(-3, 200), st.integers(1, 16)), min_size=1, max_size=8),
    st.lists(st.integers(0, 400), max_size=8, unique=True),
)
def test_all_at_once_is_each_by_itself(steps, shots):
    cues, place = [], 50
    for step, length, letters in steps:
        place += step
        cues.append((place, max(0, place + length), "가" * letters))
    found = check(track(*cues), shots=[cut / 24 for cut in shots])
    assert {(finding.code, finding.cue) for finding in found} == by_hand(cues, shots)


@pytest.mark.parametrize("sound", [guide.spaced, guide.dotted, guide.visible, guide.whole, guide.tagged, guide.dashed,
guide.bracketed,
                                   guide.sung, guide.joined, guide.stopped])  # fmt: skip
@given(text=st.lists(st.sampled_from(
    ["눈이", "비", " ", "  ", "\n", "-", "- ", "...", "…", ".", "<i>", "</i>", "<b>", "(", ")", "[", "]", "♪", "♬", "#",
    "\u200b", "ＡＢ", "5", "·"],
), max_size=10).map("".join))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_what_is_correct_stays(sound, text):
    once = sound(text)
    assert sound(once) == once


def test_many_cues_are_checked_as_few_are():
    texts = ["아직 기억해", "우리가 처음 만난 날…\n- 그날처럼 다시 눈이 온다"]
    cues = tuple(Cue(n * 2.0, n * 2.0 + 1.5, texts[n % 2]) for n in range(10_000))
    found = check(Track(cues), KOREAN, shots=np.arange(1.0, 20_000, 8.0))
    assert {finding.cue for finding in found if finding.code == "TXT-DASH"} == set(range(1, 10_000, 2))
    assert {finding.cue for finding in found if finding.code == "TIM-CUTOUT"} == set()
    assert check(Track(cues[::2]), KOREAN) == []
