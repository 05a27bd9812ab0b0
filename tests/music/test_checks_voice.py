"""The checks of lesson 01: right answers pass; the empty stub and plausible wrong answers are told what is wrong."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.music import checks_voice as check
from hallyu.provenance import consent


def formants(mouth, rate):
    roots = np.roots(mouth)
    roots = roots[roots.imag > 1e-6]
    wide = -np.log(np.abs(roots)) * rate / np.pi
    return np.sort(np.angle(roots[wide < 500]) * rate / (2 * np.pi))


def unsorted(mouth, rate):
    return formants(mouth, rate)[::-1]


def angles(mouth, rate):
    return formants(mouth, rate) * 2 * np.pi / rate


def both_of_a_pair(mouth, rate):
    return np.concatenate([-formants(mouth, rate)[::-1], formants(mouth, rate)])


def all_pairs(mouth, rate):
    roots = np.roots(mouth)
    return np.sort(np.angle(roots[roots.imag > 1e-6]) * rate / (2 * np.pi))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda mouth, rate: None, "nothing yet"),
        (lambda mouth, rate: [], "you find 0 of 3"),
        (angles, "radians"),
        (both_of_a_pair, "negative"),
        (all_pairs, "broader than 500 Hz"),
        (unsorted, "not in order"),
        (lambda mouth, rate: formants(mouth, rate)[:2], "2 of 3"),
        (lambda mouth, rate: formants(mouth, rate) * 2, "twice"),
        (lambda mouth, rate: formants(mouth, 24_000), "another sample rate"),
        (lambda mouth, rate: formants(mouth, rate) + 40, "was made with"),
        (lambda mouth, rate: [744, 1202, 2692], "In 이"),
        (lambda mouth, rate: 1 / 0, "stopped with ZeroDivisionError"),
    ],
)
def test_wrong_formants_are_told_why(answer, said):
    verdict = check.formants(answer)
    assert not verdict and said in verdict.message


def test_right_formants_pass():
    assert check.formants(formants)


def by_the_library(record, use, project, on):
    try:
        consent.require(record, use, project, on)
    except HallyuError as error:
        return str(error) + f" ({record.starts} to {record.ends}, {project})"
    return ""


def without(cause, reason=""):
    """A refusal that overlooks one cause."""

    def answer(record, use, project, on):
        if cause == "withdrawal":
            record = replace(record, withdrawn=None)
        if cause == "project":
            project = record.project
        if cause == "use":
            use = "sing"
        if cause == "first day":
            on = max(on, record.starts)
        if cause == "last day":
            on = min(on, record.ends) if not record.withdrawn else on
        return by_the_library(record, use, project, on)

    return answer


def day_too_early(record, use, project, on):
    return "it ended on 2027-11-30" if on == record.ends else by_the_library(record, use, project, on)


def day_too_late(record, use, project, on):
    return "" if on == record.withdrawn else by_the_library(record, use, project, on)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda *asked: None, "you return nothing"),
        (lambda *asked: True, "you return True"),
        (lambda *asked: "", "You allow “train”"),
        (lambda *asked: "no", "You refuse"),
        (lambda *asked: by_the_library(*asked) and "no", "does not name what is wrong (train)"),
        (without("use"), "You allow “train”"),
        (without("project"), "첫눈 2"),
        (without("first day"), "2026-11-30"),
        (without("last day"), "2027-12-01"),
        (without("withdrawal"), "withdrawn on 2027-04-01"),
        (day_too_early, "on 2027-11-30 (“it ended"),
        (day_too_late, "You allow “sing” for 첫눈 on 2027-04-01"),
    ],
)
def test_wrong_refusals_are_told_why(answer, said):
    verdict = check.refusal(answer)
    assert not verdict and said in verdict.message


def test_the_librarys_own_refusals_pass():
    assert check.refusal(by_the_library)


RIGHT = replace(check.AGREED, pay="900,000 won", recordings=("abc",))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"uses": ("speak", "sing")}, "allows “publish”"),
        ({"uses": (*RIGHT.uses, "blend")}, "“blend”, which she did not allow"),
        ({"project": "봄비"}, "for 첫눈 only"),
        ({"given_to": "한서윤"}, "lets 한서윤"),
        ({"given_by": "Hallyu Studio"}, "gives it herself"),
        ({"starts": date(2026, 11, 21)}, "begins on 2026-12-01"),
        ({"ends": date(2027, 12, 1)}, "day before the anniversary"),
        ({"ends": date(2028, 1, 1)}, "does not end on 2028-01-01"),
        ({"territory": ("worldwide",)}, "KR and JP"),
        ({"recordings": ()}, "An empty list means all"),
        ({"recordings": ("abc", "def")}, "and no other"),
        ({"pay": ""}, "silent about it"),
        ({"withdrawn": date(2027, 1, 1)}, "not withdrawn"),
    ],
)
def test_a_record_that_says_more_or_less_is_told_so(changed, said):
    verdict = check.agreement(replace(RIGHT, **changed), "abc")
    assert not verdict and said in verdict.message


def test_the_record_of_the_letter_passes_and_none_does_not():
    assert check.agreement(RIGHT, "abc")
    assert check.agreement(replace(RIGHT, territory=("JP", "KR")), "abc")
    assert "no record yet" in check.agreement(None, "abc").message
