import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.film import colour, scopes

SCOPES = [scopes.waveform, scopes.parade, scopes.vectorscope, scopes.histogram]


def flat(*rgb, height=60, width=80):
    return np.broadcast_to(np.float32(rgb), (height, width, 3)).copy()


def trace(scope, empty):
    """(rows, columns) of what a scope shows beyond its graticule."""
    return np.nonzero((np.abs(scope - empty) > 0.15).any(axis=2))


def row(level, height=256):
    return (scopes.HIGH - level) / (scopes.HIGH - scopes.LOW) * height


@pytest.mark.parametrize("level", [0.0, 0.18, 0.5, 1.0])
def test_a_grey_wall_is_one_line_at_its_level(level):
    rows, columns = trace(scopes.waveform(flat(level, level, level)), scopes._graticule(512, 256))
    assert rows.mean() == pytest.approx(row(level), abs=1.5)
    assert np.ptp(rows) <= 2
    assert len(set(columns)) > 500  # over the whole width


def test_a_ramp_is_a_diagonal():
    ramp = np.repeat(np.linspace(0, 1, 640, dtype=np.float32)[None, :, None], 40, axis=0).repeat(3, axis=2)
    rows, columns = trace(scopes.waveform(ramp), scopes._graticule(512, 256))
    assert np.polyfit(columns / 512, rows, 1)[0] == pytest.approx(row(1) - row(0), rel=0.02)
    assert np.corrcoef(columns, rows)[0, 1] < -0.999


def test_what_lies_beyond_black_and_white_is_seen():
    rows, _ = trace(scopes.waveform(flat(1.04, 1.04, 1.04)), scopes._graticule(512, 256))
    assert rows.mean() < row(1) - 3


def test_the_parade_stands_level_for_grey_and_not_for_a_cast():
    empty = scopes._graticule(512, 256)

    def heights(frame):
        rows, columns = trace(scopes.parade(frame), empty)
        return [rows[(columns >= third * 170) & (columns < third * 170 + 170)].mean() for third in range(3)]

    assert np.ptp(heights(flat(0.5, 0.5, 0.5))) < 1
    red, green, blue = heights(flat(0.6, 0.5, 0.4))
    assert (red, green, blue) == pytest.approx((row(0.6), row(0.5), row(0.4)), abs=1.5)


@pytest.mark.parametrize("bar", scopes._BARS.values(), ids=scopes._BARS)
def test_colour_bars_lie_in_their_boxes(bar):
    rgb = 0.75 * np.float32(bar)
    rows, columns = trace(scopes.vectorscope(flat(*rgb)), scopes._vector_graticule(320))
    _, blue, red = colour.to_ycbcr(rgb)
    assert columns.mean() == pytest.approx((blue / (2 * scopes.REACH) + 0.5) * 320, abs=2)
    assert rows.mean() == pytest.approx((0.5 - red / (2 * scopes.REACH)) * 320, abs=2)


@pytest.mark.parametrize("skin", [(0.85, 0.66, 0.56), (0.72, 0.52, 0.42), (0.28, 0.18, 0.14)])
def test_skin_of_every_tone_lies_along_the_line(skin):
    rows, columns = trace(scopes.vectorscope(flat(*skin)), scopes._vector_graticule(320))
    angle = np.degrees(np.arctan2(160 - rows.mean(), columns.mean() - 160))
    assert angle == pytest.approx(colour.SKIN_LINE, abs=6)


def test_the_histogram_stands_where_the_levels_are():
    frame = np.concatenate([flat(0.2, 0.2, 0.2), flat(0.8, 0.8, 0.8)])
    scope = scopes.histogram(frame)
    high = scope[20, :, :].min(axis=1) > 0.5
    assert np.nonzero(high)[0] / 511 == pytest.approx(np.where(np.nonzero(high)[0] < 256, 0.2, 0.8), abs=0.01)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 1001, 3), (1920, 1080, 4), (33, 17, 3)])
def test_any_frame_gives_a_picture(scope, shape):
    frame = np.random.default_rng(0).uniform(-1, 2, shape).astype(np.float32)
    seen = scope(frame)
    assert seen.dtype == np.float32 and seen.shape[2] == 3
    assert np.isfinite(seen).all() and seen.min() >= 0 and seen.max() <= 1


@pytest.mark.parametrize("scope", [*SCOPES, scopes.readings])
def test_what_is_no_frame_is_told(scope):
    with pytest.raises(HallyuError, match="whole numbers"):
        scope(np.zeros((5, 5, 3), np.uint8))
    with pytest.raises(HallyuError, match="x = 1, y = 0"):
        scope(np.array([[[0, 0, 0], [0, np.nan, 0]]], np.float32))


def test_a_frame_is_not_changed_and_a_scope_not_the_next():
    frame = np.random.default_rng(0).random((40, 50, 3), np.float32)
    before = frame.copy()
    for scope in SCOPES:
        one = scope(frame).copy()
        scope(1 - frame)
        assert np.array_equal(scope(frame), one)
    assert np.array_equal(frame, before)


def test_readings_say_what_is_there():
    frame = flat(0.5, 0.5, 0.5, height=100, width=100)
    frame[:10] = 0
    frame[90:] = 1
    said = scopes.readings(frame)
    assert (said.black, said.middle, said.white) == pytest.approx((0, 0.5, 1))
    assert (said.crushed, said.clipped) == pytest.approx((0.1, 0.1))
    assert said.cast == pytest.approx((0, 0), abs=1e-6) and said.skin is None
    warm = scopes.readings(flat(0.52, 0.5, 0.47))
    assert warm.cast[0] < -0.01 < 0.005 < warm.cast[1]
    assert scopes.readings(flat(0.1, 0.2, 0.7)).cast is None


def test_readings_say_how_far_skin_is_off():
    line, off = scopes.readings(flat(0.74, 0.55, 0.46)), scopes.readings(flat(0.74, 0.58, 0.44))
    assert abs(line.skin) < 4 and "on the line" in str(line)
    assert off.skin > 4 and "towards yellow" in str(off)


def test_a_warm_sky_is_no_skin_where_the_face_is_known():
    frame = flat(0.5, 0.5, 0.5, height=900, width=1600)
    frame[:400] = [0.85, 0.72, 0.55]  # the sky, towards yellow
    frame[500:800, 700:900] = [0.74, 0.55, 0.46]
    face = np.zeros((900, 1600), bool)
    face[500:800, 700:900] = True
    assert scopes.readings(frame).skin > 5
    assert abs(scopes.readings(frame, face).skin) < 4
    assert scopes.readings(frame, ~face & (frame[..., 0] == 0.5)).skin is None


@pytest.mark.parametrize(
    ("skin", "least", "most"),
    [
        ((0.55, 0.56, 0.66), -140, -120),  # a blue night
        ((0.45, 0.60, 0.45), 70, 115),  # under leaves
        ((0.70, 0.55, 0.62), -75, -30),  # a magenta lamp
    ],
)
def test_skin_that_is_far_off_the_line_is_still_read_where_the_face_is_known(skin, least, most):
    frame = flat(0.5, 0.5, 0.5, height=300, width=400)
    frame[100:200, 150:250] = skin
    frame[100:125, 150:250] = 0.02  # hair in the box
    frame[140:150, 160:240] = 0.9  # eyes
    box = np.zeros((300, 400), bool)
    box[100:200, 150:250] = True
    assert scopes.readings(frame).skin is None
    assert least < scopes.readings(frame, box).skin < most
    assert scopes.readings(frame, ~box).skin is None  # greys have no hue
    assert scopes.readings(frame, box & False).skin is None


def test_a_small_face_is_read():
    frame = flat(0.5, 0.5, 0.5, height=1080, width=1920)
    frame[500:530, 900:925] = [0.74, 0.55, 0.46]
    face = frame[..., 0] > 0.7
    assert scopes.readings(frame).skin is None and abs(scopes.readings(frame, face).skin) < 4
