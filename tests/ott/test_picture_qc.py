from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import picture_qc, pictures
from hallyu.ott.pictures import Picture

HEIGHT, WIDTH, RATE = 54, 96, 24
rng = np.random.default_rng(7)
_coarse = rng.uniform(60, 230, (12, 200, 3)).astype(np.float32)


def scene(n):
    """Frame *n* of a slow pan over blotches: every one differs from the one before, and nothing is black."""
    import cv2

    wide = cv2.resize(_coarse, (1600, HEIGHT), interpolation=cv2.INTER_LINEAR)
    return wide[:, 2 * n : 2 * n + WIDTH].astype(np.uint8)


def film(order, rate=RATE, change=lambda codes, n: codes):
    """Pictures whose scene is at the frames *order*; *change* is done to each."""
    return [Picture(float(n / rate), change(scene(at), n)) for n, at in enumerate(order)]


def found(pictures):
    return [(defect.code, defect.serious) for defect in picture_qc.check(pictures)]


SIX_SECONDS = list(range(144))


def test_a_good_film_has_nothing():
    assert found(film(SIX_SECONDS)) == []
    assert found(film(SIX_SECONDS, Fraction(30000, 1001))) == []
    cuts = [n // 24 % 3 * 300 + n for n in SIX_SECONDS]
    assert found(film(cuts)) == []
    assert found([]) == [] and found(film([0])) == []


def blackened(first, last):
    return lambda codes, n: codes * (not first <= n < last)


@pytest.mark.parametrize(("first", "last", "expected"), [
    (50, 51, [("black-frames", True)]), (50, 55, [("black-frames", True)]), (50, 74, []), (40, 96, [("black", False)]),
    (0, 3, []), (140, 144, []), (0, 48, [("black", False)]),
])  # fmt: skip
def test_holes_and_long_black(first, last, expected):
    assert found(film(SIX_SECONDS, change=blackened(first, last))) == expected


def test_a_dip_to_black_is_no_hole():
    def dip(codes, n):
        return (codes * min(1, abs(n - 72) / 12)).astype(np.uint8)

    assert found(film(SIX_SECONDS, change=dip)) == []


def test_a_frozen_picture():
    frozen = film([*range(48), *[48] * 60, *range(48, 84)])
    (defect,) = picture_qc.check(frozen)
    assert (defect.code, defect.serious) == ("frozen", True)
    assert defect.start == pytest.approx(2.0, abs=0.05) and defect.end == pytest.approx(4.5, abs=0.1)


def crept(places):
    """A still picture that the camera looks at from *places*, in pixels to the right, a frame each."""
    import cv2

    wide = cv2.resize(_coarse, (1600, HEIGHT), interpolation=cv2.INTER_LINEAR)
    views = (cv2.warpAffine(wide, np.float32([[1, 0, -x], [0, 1, 0]]), (WIDTH, HEIGHT)) for x in places)
    return [Picture(n / RATE, view.astype(np.uint8)) for n, view in enumerate(views)]


def test_a_slow_move_stands_still_nowhere():
    for speed in (0.05, 0.1, 0.2, 0.4):
        move = crept(speed * np.arange(120))
        steps = [picture_qc._change(b.codes, a.codes) for a, b in pairwise(move)]
        assert max(steps) <= picture_qc.STILL or speed == 0.4  # each picture is nearly the one before
        assert found(move) == [], speed
    eased = 4 - 4 * np.cos(np.linspace(0, np.pi, 96))  # slow, faster, slow
    assert found(crept(eased)) == []


def test_a_freeze_in_a_slow_move_is_found():
    places = 0.2 * np.r_[np.arange(48), np.full(36, 47), np.arange(47, 95)]
    (defect,) = picture_qc.check(crept(places))
    assert defect.code == "frozen"
    assert defect.start == pytest.approx(47 / 24, abs=0.5) and defect.end == pytest.approx(84 / 24, abs=0.5)


@pytest.mark.parametrize("extra", [1, 2, 4, 12, 22])
def test_a_lost_frame_is_a_repeated_one(extra):
    (defect,) = picture_qc.check(film([*range(60), *[59] * extra, *range(60, 144)]))
    assert defect.code == "repeated" and defect.start == pytest.approx(2.5, abs=0.01)
    assert f"shown {extra + 1} times" in defect.says


def pulled(holds, seconds, rate):
    order, n = [], 0
    while len(order) < seconds * rate:
        order += [n] * holds[n % len(holds)]
        n += 1
    return film(order[: seconds * rate], rate)


@pytest.mark.parametrize(("holds", "rate", "serious", "words"), [
    ((2, 3), 60, True, "24 pictures a second were put into 60"), ((3, 2), 60, True, "(3:2)"),
    ((1, 1, 1, 2), 30, True, "24 pictures a second were put into 30"), ((1, 1, 1, 1, 2), 30, True, "25 pictures"),
    ((1,) * 23 + (2,), 25, True, "one of 24 twice"), ((2,), 24, False, "12 pictures a second in a film of 24"),
    ((3,), 24, False, "8 pictures"),
])  # fmt: skip
def test_cadences(holds, rate, serious, words):
    (defect,) = picture_qc.check(pulled(holds, 5, rate))
    assert (defect.code, defect.serious) == ("cadence", serious) and words in defect.says
    assert defect.start < 1.1 and defect.end == pytest.approx(5, abs=1.1)


@settings(max_examples=15, deadline=None, phases=[Phase.generate])
@given(st.lists(st.integers(30, 110), min_size=1, max_size=2, unique=True))
def test_every_single_lost_frame_is_told_and_nothing_else(lost):
    order = list(SIX_SECONDS)
    lost = [n for n in lost if all(n == m or abs(n - m) > 2 for m in lost)]
    for n in lost:
        order[n] = order[n - 1]
    assert found(film(order)) == [("repeated", True)] * len(lost)


def barred(top, bottom, left, right):
    def change(codes, n):
        codes = codes.copy()
        codes[: round(top * HEIGHT)] = codes[HEIGHT - round(bottom * HEIGHT) :] = 0
        codes[:, : round(left * WIDTH)] = codes[:, WIDTH - round(right * WIDTH) :] = 0
        return codes

    return change


@pytest.mark.parametrize(("sides", "expected", "words"), [
    ((0.13, 0.13, 0, 0), [("letterbox", False)], "2.4"), ((0, 0, 0.125, 0.125), [("pillarbox", False)], "1.33:1"),
    ((0.12, 0.12, 0.12, 0.12), [("windowbox", True)], "1.71:1"), ((0.2, 0, 0, 0), [], ""), ((0, 0, 0, 0.3), [], ""),
])  # fmt: skip
def test_bars(sides, expected, words):
    barred_film = film(range(48), change=barred(*sides))
    assert found(barred_film) == expected
    assert all(words in defect.says for defect in picture_qc.check(barred_film))


def test_a_dark_scene_is_not_a_bar_where_another_one_is_bright():
    def night(codes, n):
        return barred(0.2, 0.2, 0, 0)(codes, n) if n < 100 else codes

    assert found(film(SIX_SECONDS, change=night)) == []


def test_a_variable_frame_rate_is_told_once():
    even = film(SIX_SECONDS)
    late = [Picture(p.seconds + 0.1 * (n > 50) + 0.2 * (n > 90), p.codes) for n, p in enumerate(even)]
    (defect,) = picture_qc.check(late)
    assert defect.code == "variable-rate" and "2 picture(s)" in defect.says and "142 to" not in defect.says
    rounded = [Picture(round(p.seconds, 3), p.codes) for p in even]  # as Matroska keeps time
    assert found(rounded) == []


def test_a_clock_of_milliseconds_does_not_change_the_rate_that_is_told():
    order = [n // 2 for n in range(240)]
    rounded = [Picture(round(p.seconds, 3), p.codes) for p in film(order)]
    (defect,) = picture_qc.check(rounded)
    assert defect.code == "cadence" and "12 pictures a second in a film of 24" in defect.says


def test_another_size_is_refused():
    detector = picture_qc.Detector()
    detector.add(Picture(0.0, np.zeros((4, 4, 3), np.uint8)))
    with pytest.raises(HallyuError, match="changes its size"):
        detector.add(Picture(0.1, np.zeros((5, 4, 3), np.uint8)))


@pytest.mark.parametrize("crf", [16, 26])
def test_what_is_repeated_and_black_is_found_in_a_coded_film(tmp_path, crf):
    order = [*range(30), *[29] * 2, *range(32, 80)]
    import cv2

    frames = (
        cv2.resize(p.codes * (p.seconds < 2.5 or p.seconds > 2.6), (320, 180)).astype(np.uint8)
        for p in film(order)
    )
    video.write(tmp_path / "a.mp4", frames, 24, crf=crf)
    (repeated, hole) = picture_qc.check(pictures.read(tmp_path / "a.mp4"))
    assert (repeated.code, hole.code) == ("repeated", "black-frames")
    assert repeated.start == pytest.approx(30 / 24, abs=0.01) and hole.start == pytest.approx(2.5, abs=0.01)
