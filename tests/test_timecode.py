from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu import timecode
from hallyu.errors import HallyuError

NTSC = Fraction(30000, 1001)
DAY = {24: 2_073_600, 25: 2_160_000, 30: 2_592_000}


@pytest.mark.parametrize(("frames", "rate", "wanted"), [
    (0, 24, "00:00:00:00"), (23, 24, "00:00:00:23"), (24, 24, "00:00:01:00"), (86_400, 24, "01:00:00:00"),
    (86_400, 23.976, "01:00:00:00"), (90_000, 25, "01:00:00:00"), (180_000, 50, "01:00:00:00"),
    # SMPTE ST 12-1: one hour of 29.97 is 107 892 frames; the numbers 00 and 01 of a minute are left out but every tenth
    (1_799, NTSC, "00:00:59;29"), (1_800, NTSC, "00:01:00;02"), (3_597, NTSC, "00:01:59;29"),
    (3_598, NTSC, "00:02:00;02"), (17_981, NTSC, "00:09:59;29"), (17_982, NTSC, "00:10:00;00"),
    (107_892, NTSC, "01:00:00;00"), (2_589_408, NTSC, "00:00:00;00"), (2_589_407, NTSC, "23:59:59;29"),
    (3_600, 59.94, "00:01:00;04"), (215_784, 59.94, "01:00:00;00"),
])  # fmt: skip
def test_published_values(frames, rate, wanted):
    assert timecode.text(frames, rate) == wanted
    if frames < 2_589_408:
        assert timecode.parse(wanted, rate) == frames


def test_29_97_may_be_counted_without_dropping():
    assert timecode.text(107_892, NTSC, drop=False) == "00:59:56:12"
    assert timecode.parse("00:59:56:12", NTSC) == 107_892


@given(st.integers(0, 2_589_407), st.sampled_from([*timecode.RATES, Fraction(12), Fraction(120)]))
def test_there_and_back(frames, rate):
    frames %= 24 * 3600 * timecode.nominal(rate) if not timecode.can_drop(rate) else 2_589_408
    assert timecode.parse(timecode.text(frames, rate), rate) == frames


@given(st.integers(0, 2_589_406))
def test_drop_frame_never_drops_a_picture_and_keeps_to_the_clock(frames):
    here, after = (timecode.parse(timecode.text(n, NTSC), NTSC) for n in (frames, frames + 1))
    assert after - here == 1
    hours, minutes, rest = timecode.text(frames, NTSC).split(":")
    seconds, number = rest.split(";")
    shown = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(number) / 30
    assert abs(shown - frames / NTSC) < 0.16  # 86 ms a day, and 67 within a minute


@pytest.mark.parametrize(("given", "meant"), [
    (23.976, Fraction(24000, 1001)), (23.98, Fraction(24000, 1001)), (24, 24), (29.97, NTSC), (59.94, Fraction(60000, 1001)),
    (Fraction(30000, 1001), NTSC), (25.0, 25), (15, 15), (23.9, Fraction(239, 10)),
])  # fmt: skip
def test_the_rate_that_is_meant(given, meant):
    assert timecode.exact(given) == meant


@pytest.mark.parametrize(("written", "rate", "says"), [
    ("1:00:00:00", 24, "is no timecode"), ("", 24, "is no timecode"), ("01:00:00", 24, "is no timecode"),
    ("01:60:00:00", 24, "is no timecode"), ("24:00:00:00", 24, "past the end of the day"),
    ("00:00:00:24", 24, "frames go from 00 to 23"), ("00:00:00:24", 23.976, "frames go from 00 to 23"),
    ("00:01:00;00", NTSC, "leaves out the first 2"), ("00:01:00;03", 59.94, "leaves out the first 4"),
    ("00:00:00;00", 25, "at 29.97 and 59.94"),
])  # fmt: skip
def test_what_is_no_timecode(written, rate, says):
    with pytest.raises(HallyuError, match=says):
        timecode.parse(written, rate)


@pytest.mark.parametrize("rate", [0, -24, 1000, float("nan"), float("inf"), "24fps", None])
def test_what_is_no_rate(rate):
    with pytest.raises(HallyuError, match="frame rate is"):
        timecode.exact(rate)


def test_drop_frame_is_refused_where_it_does_not_exist():
    with pytest.raises(HallyuError, match=r"29\.97 and 59\.94"):
        timecode.text(0, 24, drop=True)
