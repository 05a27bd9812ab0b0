import bjontegaard
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from hallyu.errors import HallyuError
from hallyu.ott import ladder
from hallyu.ott.ladder import Point


def curve(pairs, width=1920, height=1080):
    return [Point(bits, vmaf, width, height) for bits, vmaf in pairs]


# Four points each, as in the common test conditions of the video coding groups.
ANCHOR = curve([(9_487_760, 94.48), (4_593_600, 88.99), (2_486_440, 80.31), (1_358_240, 67.52)])
TEST = curve([(9_787_800, 96.07), (4_469_000, 91.35), (2_451_520, 84.29), (1_356_240, 72.02)])

rising = st.lists(st.tuples(st.floats(1e4, 5e6), st.floats(0.5, 12)), min_size=2, max_size=8).map(
    lambda steps: curve(zip(np.cumsum([s[0] for s in steps]), np.cumsum([s[1] for s in steps]), strict=True))
)


def reference(anchor, test):
    columns = [np.array(v) for p in (anchor, test) for v in ([x.bits for x in p], [x.vmaf for x in p])]
    return bjontegaard.bd_rate(*columns, method="pchip", require_matching_points=False, min_overlap=0)


def test_bd_rate_agrees_with_an_independent_implementation():
    ours, theirs = ladder.bd_rate(ANCHOR, TEST), reference(ANCHOR[::-1], TEST[::-1])
    assert ours == pytest.approx(theirs, abs=1e-6)
    assert -25 < ours < -5


@given(rising, rising)
def test_bd_rate_agrees_on_any_curves_that_overlap(anchor, test):
    if min(anchor[-1].vmaf, test[-1].vmaf) - max(anchor[0].vmaf, test[0].vmaf) < 0.1:
        return
    assert ladder.bd_rate(anchor, test) == pytest.approx(reference(anchor, test), rel=1e-4, abs=1e-4)


@given(rising)
def test_the_curve_is_scipys(points):
    x, y = (np.array([getattr(point, name) for point in points]) for name in ("vmaf", "bits"))
    at = np.linspace(x[0], x[-1], 50)
    theirs = PchipInterpolator(x, y)
    assert np.allclose(ladder.evaluate(x, y, at), theirs(at))
    low, high = x[0] + (x[-1] - x[0]) / 3, x[-1]
    assert np.isclose(ladder.integral(x, y, low, high), theirs.integrate(low, high))


@given(rising, st.floats(0.2, 5))
def test_bd_rate_of_a_scaled_curve_is_the_scale(points, factor):
    scaled = curve((point.bits * factor, point.vmaf) for point in points)
    assert ladder.bd_rate(points, scaled) == pytest.approx((factor - 1) * 100, abs=1e-6)


@given(st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 100)), min_size=1, max_size=60))
def test_no_point_lies_above_the_hull(pairs):
    points = curve(pairs)
    found = ladder.hull(points)
    x, y = [point.bits for point in found], [point.vmaf for point in found]
    assert x == sorted(set(x)) and y == sorted(set(y))
    assert set(found) <= set(points)
    assert y[-1] == max(point.vmaf for point in points) and x[0] == min(point.bits for point in points)
    assert all(point.vmaf <= np.interp(point.bits, x, y) + 1e-6 for point in points)
    rise = np.diff(y) / np.diff(x)
    assert (np.diff(rise) < 1e-12).all()  # each bit more buys less


def test_the_hull_of_two_sizes_changes_size_where_they_cross():
    small = curve([(2e5, 40), (4e5, 55), (8e5, 62), (16e5, 65)], 640, 360)
    large = curve([(2e5, 15), (4e5, 40), (8e5, 68), (16e5, 84), (32e5, 93)], 1280, 720)
    assert [(p.height, p.bits) for p in ladder.hull(small + large)] == [
        (360, 2e5), (360, 4e5), (720, 8e5), (720, 16e5), (720, 32e5),
    ]  # fmt: skip


def test_a_ladder_steps_down_by_about_six_from_the_ceiling_to_the_floor():
    # A concave curve over bits is its own hull.
    points = [Point(n * 1e4, 100 * n / (n + 30), 1920, 1080) for n in range(4, 1000)]
    chosen = ladder.choose(points)
    assert chosen[-1] == next(point for point in points if point.vmaf >= 95)
    steps = np.diff([point.vmaf for point in chosen])
    assert (abs(steps - 6) <= 1).all()
    assert 40 <= chosen[0].vmaf < 43
    assert len(ladder.choose(points, most=3)) == 3


def test_a_ladder_of_an_easy_film_is_short():
    easy = curve([(1e5, 92), (2e5, 96), (8e5, 98)])
    assert [point.bits for point in ladder.choose(easy)] == [1e5, 2e5]


def test_no_rung_is_larger_than_the_one_above():
    points = [
        Point(1e5, 50, 1280, 720),
        Point(2e5, 70, 640, 360),
        Point(6e5, 90, 1280, 720),
        Point(12e5, 96, 1920, 1080),
    ]
    sizes = [point.height for point in ladder.choose(points)]
    assert sizes == sorted(sizes) and sizes == [360, 720, 1080]


def test_a_film_that_never_reaches_the_floor_is_told():
    with pytest.raises(HallyuError, match="below the floor of 40"):
        ladder.choose(curve([(1e5, 10), (1e6, 39.9)]))


def test_saving_is_stated_over_the_quality_both_reach():
    fixed = curve([(1e6, 60), (2e6, 75), (4e6, 88), (8e6, 95)])
    better = curve([(point.bits * 0.7, point.vmaf) for point in fixed[1:]])
    found = ladder.saving(fixed, better)
    # The curve through fewer points is another one near its first knot, so the saving is near to 30 %, not on it.
    assert found.percent == pytest.approx(30, abs=2) and (found.low, found.high) == (75, 95)
    assert found.share == pytest.approx(20 / 35)
    assert "fewer bits at equal VMAF" in found.says and "75.0 to 95.0" in found.says
    assert "more bits" in ladder.saving(better, fixed).says


def test_a_wasted_rung_of_the_fixed_ladder_counts_in_its_favour():
    fixed = curve([(1e6, 60), (2e6, 75), (3e6, 74), (4e6, 88)])
    assert (
        ladder.saving(fixed, ANCHOR).percent == ladder.saving([fixed[0], fixed[1], fixed[3]], ANCHOR).percent
    )


def test_there_and_back_on_a_curve():
    assert ladder.vmaf_at(ANCHOR, 4_593_600) == pytest.approx(88.99)
    assert ladder.bits_at(ANCHOR, 80.31) == pytest.approx(2_486_440)
    for call, value in ((ladder.vmaf_at, 1e5), (ladder.bits_at, 99)):
        with pytest.raises(HallyuError, match="was not measured"):
            call(ANCHOR, value)


@pytest.mark.parametrize(("anchor", "test", "says"), [
    (ANCHOR, curve([(1e6, 10), (2e6, 20)]), "share no quality.*67.5 to 94.5"),
    (ANCHOR, curve([(1e6, 80), (2e6, 70)]), "second curve does not rise.*VMAF 70.0"),
    (curve([(1e6, 80), (2e6, 80)]), ANCHOR, "first curve does not rise"),
    (curve([(1e6, 80), (1e6, 90)]), ANCHOR, "first curve does not rise"),
    (ANCHOR, ANCHOR[:1], "at least two"),
    (ANCHOR, [], "no encodes"),
    (ANCHOR, curve([(0, 80), (1e6, 90)]), "more than 0 bits"),
    (ANCHOR, curve([(float("nan"), 80), (1e6, 90)]), "more than 0 bits"),
    (ANCHOR, curve([(1e6, float("nan")), (2e6, 90)]), "VMAF is 0 to 100"),
    (ANCHOR, curve([(1e6, 101), (2e6, 90)]), "VMAF is 0 to 100"),
    (ANCHOR, curve([(1e6, 80), (2e6, 90)], 0, 0), "has pixels"),
])  # fmt: skip
def test_what_is_no_comparison(anchor, test, says):
    with pytest.raises(HallyuError, match=says):
        ladder.bd_rate(anchor, test)


@pytest.mark.parametrize("wrong", [{"step": 0}, {"floor": 95}, {"ceiling": 101}, {"floor": -1}])
def test_what_is_no_ladder(wrong):
    with pytest.raises(HallyuError, match="A ladder needs"):
        ladder.choose(ANCHOR, **wrong)


def test_a_table_is_written_and_read_back(tmp_path):
    points = [Point(365_000.4, 61.23456, 640, 360, "svtav1", 45), Point(6e6, 95, 1920, 1080)]
    path = ladder.write(tmp_path / "래더.csv", points)
    assert path.read_text(encoding="utf-8").splitlines() == [
        "codec,width,height,crf,bits_per_second,vmaf", "svtav1,640,360,45,365000,61.235", "x264,1920,1080,,6000000,95.000",
    ]  # fmt: skip
    assert ladder.read(path) == [Point(365_000, 61.235, 640, 360, "svtav1", 45), points[1]]


def test_a_table_that_a_spreadsheet_saved_is_read(tmp_path):
    path = ladder.write(tmp_path / "a.csv", ANCHOR)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert ladder.read(path) == ANCHOR


@pytest.mark.parametrize("text", [
    "", "width,height\n1,2\n", "codec,width,height,crf,bits_per_second,vmaf\nx264,640,360,,many,61\n",
    "codec,width,height,crf,bits_per_second,vmaf\nx264,640\n",
    "codec,width,height,crf,bits_per_second,vmaf\nx264,640,360,,1000,161\n", "\x00",
])  # fmt: skip
def test_what_is_no_table(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(HallyuError, match=r"a\.csv is no table of encodes|no encodes|VMAF is 0 to 100"):
        ladder.read(path)


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(HallyuError, match="There is no file"):
        ladder.read(tmp_path / "a.csv")
