import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import ffmpeg, flashes, pictures
from hallyu.ott.pictures import Picture

HEIGHT, WIDTH = 20, 40
RATES = [Fraction(24000, 1001), 24, 25, Fraction(30000, 1001), 50, 60]


def code(luminance):
    """The grey of so many cd/m2, to be told from one that is a little less."""
    return 255 * (luminance / flashes.SCREEN) ** (1 / 2.4)


def film(levels, rate, area=1.0, colour=(1, 1, 1), ground=0):
    """Pictures whose left *area* has the codes *levels*, one a frame."""
    for n, level in enumerate(levels):
        codes = np.full((HEIGHT, WIDTH, 3), ground, np.uint8)
        codes[:, : round(WIDTH * area)] = np.clip(np.rint(np.array(colour) * level), 0, 255)
        yield Picture(float(n / rate), codes)


def steps(changes, rate, low=0, high=255, seconds=3.0, begin=0.5):
    """Levels that change *changes* times, evenly within a second and *begin* seconds into the film."""
    times = begin + np.arange(changes) / max(changes, 1) * 0.99
    return [(low, high)[int((times <= n / float(rate) + 1e-9).sum() % 2)] for n in range(round(seconds * float(rate)))]


def found(pictures):
    return [defect.code for defect in flashes.check(pictures)]


# --- what is harmful, and what is just not ---------------------------------------------------------------------------


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("reverse", [False, True])
def test_seven_changes_within_a_second_are_four_flashes_and_six_are_three(rate, reverse):
    low, high = (200, 0) if reverse else (0, 200)
    assert found(film(steps(7, rate, low, high), rate)) == ["flash"]
    assert found(film(steps(6, rate, low, high), rate)) == []


@pytest.mark.parametrize("rate", RATES)
def test_three_flashes_a_second_may_go_on_and_four_may_not(rate):
    for hertz, expected in ((1, []), (2, []), (3, []), (4, ["flash"]), (8, ["flash"])):
        levels = [255 * int(n / float(rate) * hertz * 2 + 1e-6) % 510 for n in range(round(4 * float(rate)))]
        half = round(float(rate) / hertz / 2) if hertz == 3 else None
        if half:  # as slow as whole frames can be at 3 a second or less
            half = int(np.ceil(float(rate) / 6))
            levels = [255 * (n // half % 2) for n in range(round(4 * float(rate)))]
        assert found(film(levels, rate)) == expected, hertz


@pytest.mark.parametrize(("low", "high", "expected"), [
    (0, 21, ["flash"]), (0, 19, []), (100, 121, ["flash"]), (100, 119, []), (158, 180, ["flash"]),
    (165, 184, []), (170, 195, ["flash"]), (50, 200, ["flash"]),
])  # fmt: skip
def test_the_least_change_that_counts(low, high, expected):
    """20 cd/m2 below 160; above, a Michelson contrast of 1/17, which is an eighth of the darker: 20.6 at 165."""
    assert found(film(steps(9, 25, code(low), code(high)), 25)) == expected


@pytest.mark.parametrize(("area", "expected"), [(1.0, ["flash"]), (0.3, ["flash"]), (0.25, []), (0.1, [])])
def test_a_quarter_of_the_screen(area, expected):
    assert found(film(steps(9, 25), 25, area)) == expected


def test_areas_that_flash_together_add_up_and_those_that_do_not_do_not():
    """As in the patterns of J. B. Jordan's media for tests: two areas of 20 % in step, and out of step by two frames."""
    def two(late):
        levels = steps(8, 30)
        for n in range(len(levels)):
            codes = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            codes[:, :8] = levels[n]
            codes[:, -8:] = levels[max(n - late, 0)]
            yield Picture(n / 30, codes)

    assert found(two(0)) == ["flash"]
    assert found(two(2)) == []


def test_two_halves_against_each_other_flash():
    levels = steps(9, 25)
    pair = (Picture(n / 25, np.repeat([[[v] * 3] * 20 + [[255 - v] * 3] * 20], HEIGHT, 0).astype(np.uint8))
            for n, v in enumerate(levels))  # fmt: skip
    (defect,) = flashes.check(pair)
    assert defect.code == "flash" and "a second" in defect.says


def test_flashes_here_and_then_there_count_together():
    def wandering():
        for n in range(100):
            codes = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            if 20 <= n < 44 and n % 6 < 3:
                codes[:, slice(0, 20) if n < 32 else slice(20, 40)] = 255
            yield Picture(n / 25, codes)

    assert found(wandering()) == ["flash"]


def test_changes_the_same_way_one_after_another_are_one():
    """Three thirds of the screen that light up one by one, go out one by one, and light up again: one flash and a half."""
    def thirds():
        for n in range(75):
            codes = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            for third in range(3):
                lit = sum(n >= begin + 2 * third for begin in (20, 28, 36)) % 2
                codes[:, 13 * third : 13 * (third + 1)] = 255 * lit
            yield Picture(n / 25, codes)

    assert found(thirds()) == []


@pytest.mark.parametrize("rate", RATES)
def test_a_flash_that_comes_up_over_several_frames_is_one(rate):
    """A sine of 5 flashes a second, whose single frames differ by little at 60 a second; and staircases, which are one step."""
    times = np.arange(round(3 * float(rate))) / float(rate)
    assert found(film(code(60 + 15 * np.sin(2 * np.pi * 5 * times)), rate)) == ["flash"]
    assert found(film(code(60 + 9 * np.sin(2 * np.pi * 5 * times)), rate)) == []
    stairs = [code(min(25 * n, 190)) for n in range(8)] + [code(190)] * 20
    assert found(film(stairs * 3, 30)) == []


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(RATES), st.integers(7, 10), st.floats(0.1, 1.5))
def test_the_frame_rate_does_not_matter(rate, changes, begin):
    assert found(film(steps(changes, rate, begin=begin), rate)) == ["flash"]
    assert found(film(steps(6, rate, begin=begin), rate)) == []


def test_a_variable_frame_rate_is_counted_by_the_clock():
    times = [n / 60 for n in range(60)] + [1 + n / 10 for n in range(30)]
    slow = (Picture(t, np.full((HEIGHT, WIDTH, 3), 255 * (n // 5 % 2 if t >= 1 else 0), np.uint8)) for n, t in enumerate(times))
    assert found(slow) == []


def test_cuts_a_pan_and_noise_are_no_flashes():
    rng = np.random.default_rng(1)
    shots = rng.integers(0, 255, 40)
    assert found(film(np.repeat(shots, 25), 25)) == []  # a cut a second
    ramp = np.tile(np.linspace(0, 255, WIDTH), 3)
    seen = [np.broadcast_to(ramp[None, n : n + WIDTH, None], (HEIGHT, WIDTH, 3)).astype(np.uint8) for n in range(80)]
    assert found(Picture(n / 25, codes) for n, codes in enumerate(seen)) == []
    noise = (Picture(n / 25, rng.integers(100, 112, (HEIGHT, WIDTH, 3)).astype(np.uint8)) for n in range(100))
    assert found(noise) == []


# --- red --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("other", "expected"), [
    ((0, 0, 0), ["red-flash"]), ((60, 60, 60), ["red-flash"]), ((0, 0, 140), ["red-flash"]), ((110, 20, 0), []),
])  # fmt: skip
def test_saturated_red_flashes_even_where_the_light_hardly_changes(other, expected):
    dim = (110, 0, 0)  # 5.7 cd/m2
    seen = [np.broadcast_to(np.uint8(dim if level else other), (HEIGHT, WIDTH, 3)) for level in steps(8, 25, 0, 1)]
    assert found(Picture(n / 25, codes) for n, codes in enumerate(seen)) == expected


def test_orange_is_no_saturated_red():
    assert found(film(steps(8, 25, 0, 90), 25, colour=(1, 0.7, 0))) == []


def test_red_that_is_bright_is_told_twice():
    assert found(film(steps(8, 25), 25, colour=(1, 0, 0))) == ["flash", "red-flash"]


# --- the report, and files -------------------------------------------------------------------------------------------


def test_where_and_how_often():
    levels = steps(10, 50, seconds=6, begin=1.0)
    levels[200:] = steps(10, 50, seconds=2, begin=0.0)
    first, second = flashes.check(film(levels, 50, 0.5))
    assert (first.start, second.start) == (pytest.approx(1.0, abs=0.03), pytest.approx(4.0, abs=0.03))
    assert first.end == pytest.approx(1.9, abs=0.1) and "5.0 times a second over 50% of the picture" in first.says


def test_pq_is_taken_for_what_it_shines():
    """Codes of 8 bits in PQ: 130 is 101 cd/m2, 150 is 222, 200 is 2090."""
    assert flashes.luminance(np.uint8([[[130] * 3, [150] * 3]]), "pq")[0] == pytest.approx([101, 222], rel=0.1)
    bright = [Picture(n / 25, np.full((4, 4, 3), v, np.uint8), "pq") for n, v in enumerate(steps(9, 25, 199, 200))]
    assert found(bright) == []
    assert found([Picture(p.seconds, p.codes - np.uint8(3 * (p.codes[0, 0, 0] == 199)), "pq") for p in bright]) == ["flash"]
    assert flashes.luminance(np.uint8([[[255] * 3]]), "hlg")[0, 0] == pytest.approx(1000, rel=0.01)


def test_another_size_is_refused():
    detector = flashes.Detector()
    detector.add(Picture(0.0, np.zeros((4, 4, 3), np.uint8)))
    with pytest.raises(HallyuError, match="changes its size"):
        detector.add(Picture(0.1, np.zeros((5, 4, 3), np.uint8)))


def test_no_pictures_have_no_flashes():
    assert flashes.check([]) == []


def badness(path):
    """The worst that ffmpeg's filter photosensitivity says of a film; from 1 on it acts."""
    told = ffmpeg.run(["-i", path, "-vf", "photosensitivity=bypass=1,metadata=print", "-f", "null", "-"], log="info")
    return max(float(value) for value in re.findall(r"photosensitivity\.badness=([\d.]+)", "\n".join(told)))


def test_ffmpegs_filter_acts_on_what_is_found_here(tmp_path):
    """It is stricter, and acts on a single flash, which BT.1702 allows; a calm film passes both."""
    for name, changes, harmful, acts in (("calm", 0, False, False), ("one", 2, False, True), ("wild", 20, True, True)):
        frames = (np.full((90, 160, 3), v / 255, np.float32) for v in steps(changes, 24))
        video.write(tmp_path / f"{name}.mp4", frames, 24)
        assert bool(flashes.check(pictures.read(tmp_path / f"{name}.mp4"))) is harmful
        assert (badness(tmp_path / f"{name}.mp4") > 1) is acts
