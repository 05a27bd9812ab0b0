"""The lessons' pictures of pictures, measured in their pixels."""

import warnings

import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.film import plots

BLACK, WHITE = np.zeros((90, 160, 3), np.float32), np.ones((90, 160, 3), np.float32)


def coloured(picture, colour):
    """Rows and columns of the pixels of that colour."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return np.nonzero((np.abs(picture.astype(int) - wanted) < 12).all(-1))


@pytest.mark.parametrize(
    "made",
    [
        lambda: plots.wipe(BLACK, WHITE),
        lambda: plots.difference(BLACK, WHITE),
        lambda: plots.side_by_side([BLACK, WHITE], ["a", "b"]),
        lambda: plots.strip([BLACK, WHITE], [1]),
        lambda: plots.checkerboard(BLACK, BLACK[..., 0]),
        lambda: plots.zoom(BLACK, (0, 0, 5, 5)),
        lambda: plots.boxed(BLACK, [(5, 5, 20, 20)], ["하늘"]),
        lambda: plots.curves({"a": ([0, 1], [0, 1])}, "frame", "distance"),
        lambda: plots.bars({"a": 1.0}, "MAD ×1000"),
    ],
)
def test_every_picture_is_one_that_can_be_shown(made):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a letter that no face has
        picture = made()
    assert picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3


def test_a_wipe_has_the_one_left_and_the_other_right_of_its_line():
    picture = plots.wipe(BLACK, WHITE, 0.25, ("", ""))
    assert picture.shape == (90, 160, 3)
    assert not picture[:, :36].any() and (picture[:, 44:] == 255).all()
    assert (picture[:, 39:41] == 255).all(), "the line"


def test_the_labels_of_a_wipe_are_read_on_any_ground():
    for ground in (BLACK, WHITE):
        corner = plots.wipe(ground, ground, labels=("전", "후"))[70:, :30]
        assert (corner < 20).any() and (corner > 235).any()


def test_pictures_of_two_sizes_are_not_compared():
    for compared in (plots.wipe, plots.difference):
        with pytest.raises(HallyuError, match="differ in size"):
            compared(BLACK, WHITE[:80])


def test_a_difference_is_as_bright_as_it_is_large():
    second = BLACK.copy()
    second[:, 40:80] += 8 / 255
    second[:, 80:, 1] += 32 / 255  # in one channel alone
    rows = plots.difference(BLACK, second, gain=8)[:90].astype(int).sum(axis=2)
    assert rows[:, :40].max() < 10 < rows[45, 60] < rows[45, 120]
    assert rows[45, 120] == rows[:90].max(), "32 levels are the top of the scale at a gain of 8"


def test_a_difference_of_8_bits_is_that_of_floats():
    eight = (np.random.default_rng(0).random((2, 30, 40, 3)) * 255).astype(np.uint8)
    assert np.array_equal(plots.difference(*eight), plots.difference(*(eight.astype(np.float32) / 255)))


def test_a_row_holds_its_pictures_in_order_under_their_labels():
    picture = plots.side_by_side([BLACK, WHITE, BLACK], ["a", "b", "c"], width=480)
    assert picture.shape[1] == 480
    assert picture[-20, 60].max() == 0 and picture[-20, 240].min() == 255 and picture[-20, 420].max() == 0
    stacked = plots.side_by_side([BLACK, WHITE], columns=1, width=160)
    assert not stacked[:90].any() and (stacked[96:] == 255).all()


def test_a_label_longer_than_its_picture_is_made_smaller():
    short, long = (plots.side_by_side([WHITE, WHITE], [text, ""]) for text in ("cut", "cut " * 30))
    rows, columns = np.nonzero(long[:60, :, 0] < 100)
    assert columns.max() < 480 and len(rows) > 50
    assert np.ptp(np.nonzero(short[:60, :, 0] < 100)[0]) > np.ptp(rows)


def test_marks_stand_at_their_place_in_time():
    picture = plots.strip([BLACK] * 100, {"truth": [25], "found": [25, 75]})
    thumbnails = np.nonzero(picture[5].max(axis=1) == 0)[0]
    start, span = thumbnails.min(), np.ptp(thumbnails) + 1
    for tint, places in zip(plots.COLOURS, ([0.25], [0.25, 0.75]), strict=False):
        columns = np.unique(coloured(picture, tint)[1])
        columns = columns[columns > start]  # left of it stands the row's name
        assert len(columns) == 4 * len(places)
        assert (columns.reshape(-1, 4).mean(axis=1) - start) / span == pytest.approx(places, abs=0.01)


def test_the_frames_of_a_strip_may_be_every_other_of_the_film():
    whole, half = (plots.strip([WHITE] * count, [60], step=step) for count, step in ((120, 1), (60, 2)))
    lines = [coloured(picture, plots.COLOURS[0])[1].mean() for picture in (whole, half)]
    assert lines[0] == pytest.approx(lines[1], abs=1) == pytest.approx(480, abs=2)


def test_a_strip_shows_light_and_dark_in_the_order_of_the_film():
    picture = plots.strip([BLACK] * 5 + [WHITE] * 5, count=4)
    assert [int(picture[20, x].mean()) for x in (120, 360, 600, 840)] == [0, 0, 255, 255]


def test_the_board_shows_through_where_the_matte_is_nothing():
    matte = np.zeros((90, 160), np.float32)
    matte[:, 80:] = 1
    red = np.float32([1, 0, 0]) * np.ones_like(WHITE)
    picture = plots.checkerboard(red, matte)
    assert (picture[:, 81:] == [255, 0, 0]).all()
    assert sorted(np.unique(picture[:, :80])) == [158, 204]
    assert np.array_equal(picture, plots.checkerboard(np.dstack([red, matte])))


def test_a_half_matte_is_half_the_light():
    half = plots.checkerboard(WHITE, np.full((90, 160), 0.5, np.float32), square=200)
    ground = plots.checkerboard(WHITE, np.zeros((90, 160), np.float32), square=200)
    light = [((picture[0, 0, 0] / 255 + 0.055) / 1.055) ** 2.4 for picture in (ground, half)]
    assert light[1] == pytest.approx((light[0] + 1) / 2, abs=0.01)


def test_a_cut_out_needs_a_matte():
    with pytest.raises(HallyuError, match="matte"):
        plots.checkerboard(BLACK)


def test_a_zoom_keeps_every_pixel_a_square():
    frame = np.random.default_rng(1).random((20, 30, 3)).astype(np.float32)
    picture = plots.zoom(frame, (10, 5, 4, 3), 6)
    assert picture.shape == (18, 24, 3)
    assert np.array_equal(picture[::6, ::6], plots.picture(frame)[5:8, 10:14])
    with pytest.raises(HallyuError, match="outside"):
        plots.zoom(frame, (40, 5, 4, 3))


def test_what_is_no_frame_is_said():
    with pytest.raises(HallyuError, match="no frame"):
        plots.picture(np.zeros(5))
    with pytest.raises(HallyuError, match="label"):
        plots.side_by_side([BLACK, WHITE], ["one"])
    with pytest.raises(HallyuError, match="label"):
        plots.strip([BLACK, WHITE], labels=["one"])
    with pytest.raises(HallyuError, match="frames"):
        plots.strip([])


def test_curves_lie_at_their_heights():
    x = np.arange(50)
    picture = plots.curves({"a": (x, x * 0 + 0.75), "b": (x, x * 0 + 0.25)}, "frame", "share", limits=(0, 1))
    upper, lower = (coloured(picture, tint)[0] for tint in plots.COLOURS[:2])
    assert np.median(upper) < np.median(lower)
    marked = plots.curves({"a": (x, x)}, "frame", "share", level=20, points=[(9, 9, "cut")])
    assert len(coloured(marked, plots.RED)[0]) > 50


def test_a_long_legend_takes_two_rows_and_leaves_the_curves_their_width():
    x = np.arange(50)
    lines = {f"a curve of a long name, {number}": (x, x * 0 + number) for number in range(4)}
    columns = coloured(plots.curves(lines, "frame", "share"), plots.COLOURS[0])[1]
    assert np.ptp(columns) > 780


def test_a_bar_is_as_long_as_its_number():
    def length(value):
        rows, columns = coloured(plots.bars({"a": value, "b": 10.0}, "MAD"), plots.BLUE)
        upper = columns[rows < rows.min() + 20]
        return np.ptp(upper)

    assert length(5.0) == pytest.approx(length(10.0) / 2, rel=0.02)
