import numpy as np
import pytest

from hallyu.webtoon import checks_scroll as check
from hallyu.webtoon.slicing import cuttable


def inclusive(height, protected):
    allowed = np.ones(height + 1, bool)
    for item in protected:
        allowed[item.box[1] : item.box[3] + 1] = False
    return allowed


def too_short(height, protected):
    return cuttable(height, protected)[:-1]


def last_box_only(height, protected):
    return cuttable(height, protected[-1:])


def everything(height, protected):
    return [True] * (height + 1)


@pytest.mark.parametrize(("answer", "says"), [
    (lambda h, p: None, "returns nothing yet"),
    (inclusive, "runs along the edge of the balloon c01-1 and harms nothing"),
    (too_short, "A strip of 12 rows has 13 possible cuts"),
    (last_box_only, "Row 3 runs through the face 하늘"),
    (everything, "Row 4 runs through the balloon c01-1, and yours allows it"),
    (lambda h, p: [False] * (h + 1), "and yours forbids it"),
    (lambda h, p: 1 / 0, "stopped with ZeroDivisionError"),
])  # fmt: skip
def test_wrong_rows(answer, says):
    verdict = check.allowed_rows(answer)
    assert not verdict and says in verdict.message


def pause(cut, following):
    if following is not None and following.scene != cut.scene:
        return "scene"
    if not cut.lines:
        return "long"
    if following is not None and cut.shot == following.shot == "close-up":
        return "tight"
    return "normal"


def silence_first(cut, following):
    return "long" if not cut.lines else pause(cut, following)


def any_close_up(cut, following):
    answer = pause(cut, following)
    return "tight" if answer == "normal" and cut.shot == "close-up" else answer


@pytest.mark.parametrize(("answer", "says"), [
    (lambda c, f: None, "returns nothing yet"),
    (lambda c, f: "normal", "the next cut is in another scene"),
    (lambda c, f: "slow", '"slow" is no pause'),
    (silence_first, "the scene changes, which weighs more"),
    (any_close_up, "only one of the two is a close-up"),
    (lambda c, f: "scene" if f.scene != c.scene else pause(c, f), "stopped with AttributeError"),
])  # fmt: skip
def test_wrong_pauses(answer, says):
    verdict = check.pause_after(answer)
    assert not verdict and says in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda panels: None, "returns nothing yet"),
    (lambda panels: sum(bool(p.record) for p in panels) / len(panels), "a percentage, not a fraction"),
    (lambda panels: 100 * sum(len(p.record) for p in panels) / len(panels), "counts once"),
    (lambda panels: 100, "that is 25%"),
])  # fmt: skip
def test_wrong_shares(answer, says):
    verdict = check.ai_share(answer)
    assert not verdict and says in verdict.message


def test_right_answers_pass():
    assert check.allowed_rows(cuttable)
    assert check.pause_after(pause)
    assert check.ai_share(lambda panels: 100 * sum(bool(p.record) for p in panels) / len(panels))
