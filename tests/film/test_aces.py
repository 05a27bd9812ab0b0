import numpy as np
import pytest
from reference import science

from hallyu.errors import HallyuError
from hallyu.film import aces, cdl, ciede2000, colour, lut

FRAME = np.random.default_rng(0).random((18, 32, 3), np.float32)


def look(rgb):
    """Channels that depend on one another: with curves alone every way of reading a cube is the same."""
    return rgb ** np.float32([0.8, 1.0, 1.2]) * (0.6 + 0.3 * rgb[..., ::-1]) + 0.05


@pytest.fixture
def cube(tmp_path):
    made = lut.bake(look, title="첫눈")
    return made, lut.write(tmp_path / "a look: 첫눈's.cube", made)


# --- the same grade everywhere ---------------------------------------------------------------------------------------


def test_opencolorio_ffmpeg_and_we_read_a_cube_alike(cube):
    """Within a hundred-thousandth, a four-hundredth of an 8-bit level; the file's six places allow no less."""
    made, path = cube
    ours = lut.apply(FRAME, made)
    assert aces.lut_by_ocio(FRAME, path) == pytest.approx(ours, abs=1e-5)
    assert aces.lut_by_ffmpeg(FRAME, path) == pytest.approx(ours, abs=1e-5)
    assert aces.lut_by_ffmpeg(FRAME, path, "trilinear") == pytest.approx(
        lut.apply(FRAME, made, "trilinear"), abs=1e-5
    )


def test_ffmpeg_has_no_cdl_and_gets_it_as_a_lut(tmp_path):
    """33 nodes hold a CDL to within a level of 8 bits, but for the blacks, where a power below 1 is steep."""
    grade = cdl.CDL((1.1, 1.0, 0.85), (0.02, 0.0, 0.01), (0.9, 1.0, 1.15), 0.9)
    path = lut.write(tmp_path / "cdl.cube", lut.bake(lambda rgb: cdl.apply(rgb, grade)))
    off = np.abs(aces.lut_by_ffmpeg(FRAME, path) - cdl.apply(FRAME, grade)).max(axis=2)
    assert np.percentile(off, 95) < 1 / 255
    assert off.max() < 4 / 255
    assert ciede2000.difference(aces.lut_by_ffmpeg(FRAME, path), cdl.apply(FRAME, grade)).p95 < 0.5


def test_the_two_ways_of_reading_are_not_alike(cube):
    """Otherwise the test above could not tell them apart."""
    made, _ = cube
    assert np.abs(lut.apply(FRAME, made) - lut.apply(FRAME, made, "trilinear")).max() > 2e-5


def test_wide_domains_are_read_alike_but_for_ffmpegs_lower_end(tmp_path):
    wide = FRAME * 3 - 0.8
    upper = lut.Cube(lut.nodes(17) ** 1.2, high=(2.0, 2.0, 2.0))
    path = lut.write(tmp_path / "upper.cube", upper)
    assert aces.lut_by_ocio(wide, path) == pytest.approx(lut.apply(wide, upper), abs=1e-5)
    assert aces.lut_by_ffmpeg(wide, path) == pytest.approx(lut.apply(wide, upper), abs=1e-5)
    both = lut.Cube(lut.nodes(17) ** 1.2, low=(-0.5,) * 3, high=(2.0,) * 3)
    path = lut.write(tmp_path / "both.cube", both)
    assert aces.lut_by_ocio(wide, path) == pytest.approx(lut.apply(wide, both), abs=1e-5)
    assert np.abs(aces.lut_by_ffmpeg(wide, path) - lut.apply(wide, both)).max() > 0.1


def test_curves_are_read_alike(tmp_path, capfd):
    curves = lut.Curves((np.linspace(0, 1, 33)[:, None] ** [0.8, 1, 1.2]).astype(np.float32))
    path = lut.write(tmp_path / "curves.cube", curves)
    assert aces.lut_by_ocio(FRAME, path) == pytest.approx(lut.apply(FRAME, curves), abs=1e-5)
    assert not capfd.readouterr().err


@pytest.mark.parametrize("low", [0.0, -0.5])
def test_the_quick_reader_reads_as_we_do(low):
    cube = lut.Cube(lut.bake(look).table, low=(low,) * 3, high=(2.0, 1.5, 1.0))
    rgba = np.dstack([FRAME * 3 - 1, FRAME[..., 0]])
    assert aces.reader(cube)(rgba) == pytest.approx(lut.apply(rgba, cube), abs=1e-5)
    assert aces.reader(cube)(FRAME) == pytest.approx(lut.apply(FRAME, cube), abs=1e-5)


def test_a_file_that_is_written_over_is_read_again(tmp_path):
    path = tmp_path / "a.cube"
    for factor in (0.5, 0.25):
        lut.write(path, lut.bake(lambda rgb, factor=factor: rgb * factor))
        assert aces.lut_by_ocio(FRAME, path) == pytest.approx(FRAME * factor, abs=1e-5)


def test_a_matte_passes_opencolorio(cube):
    rgba = np.dstack([FRAME, FRAME[..., 0]])
    seen = aces.lut_by_ocio(rgba, cube[1])
    assert np.array_equal(seen[..., 3], FRAME[..., 0])
    assert seen[..., :3] == pytest.approx(aces.lut_by_ocio(FRAME, cube[1]), abs=1e-6)


@pytest.mark.parametrize("read", [aces.lut_by_ocio, aces.lut_by_ffmpeg, aces.cdl_by_ocio])
def test_files_that_are_none_are_told(tmp_path, read):
    with pytest.raises(HallyuError, match="cannot be read"):
        read(FRAME, tmp_path / "nowhere.cube")
    (tmp_path / "broken.cube").write_text("hello")
    with pytest.raises(HallyuError, match=r"broken\.cube"):
        read(FRAME, tmp_path / "broken.cube")


# --- ACES ------------------------------------------------------------------------------------------------------------


def test_the_input_side_agrees_with_colour_science():
    linear = colour.to_linear(FRAME)
    expected = science.RGB_to_RGB(linear, "ITU-R BT.709", "ACEScg", chromatic_adaptation_transform="Bradford")
    assert aces.to_acescg(FRAME) == pytest.approx(expected, abs=2e-3)
    assert aces.convert(linear, aces.LINEAR, aces.ACESCG) == pytest.approx(aces.to_acescg(FRAME), abs=2e-4)


def test_there_and_back_through_every_working_space():
    light = aces.to_acescg(FRAME)
    for space in (aces.ACES2065, aces.ACESCCT, aces.LINEAR):
        assert aces.convert(aces.convert(light, aces.ACESCG, space), space, aces.ACESCG) == pytest.approx(
            light, abs=1e-4
        )


def test_the_logarithm_is_academy_s_2016_001():
    """ACEScct of a grey card is 0.4135884; of 0.0078125, where the line begins, 0.1552511."""
    greys = np.repeat(np.float32([[0.18], [0.0078125]]), 3, axis=1)[None]
    assert aces.convert(greys, aces.ACESCG, aces.ACESCCT)[0, :, 1] == pytest.approx(
        [0.4135884, 0.1552511], abs=1e-5
    )


def test_the_output_transform_shows_a_grey_card_at_a_tenth_of_white():
    """ACES 1.0 SDR puts 0.18 at 4.8 nits of 48 in the cinema, 10 of 100 on video; diffuse white stays below the top."""
    greys = np.repeat(np.float32([[0.0], [0.18], [1.0], [16.3]]), 3, axis=1)[None]
    shown = colour.to_linear(aces.develop(greys))[0, :, 1]
    assert shown == pytest.approx([0, 0.1, 0.62, 1], abs=0.015)


def test_a_finished_picture_enters_and_leaves_as_it_was():
    dull = FRAME * 0.5 + 0.2
    again = aces.develop(aces.undevelop(dull))
    assert np.abs(again - dull).max() < 1.1 / 255
    assert (
        np.abs(aces.develop(aces.to_acescg(dull)) - dull).max() > 0.05
    )  # the other way in changes the picture


def test_a_grade_in_acescct_is_a_stop_when_it_adds_a_stop():
    """In the logarithm a stop is 1 / 17.52 (S-2016-001), so an offset of that doubles the light."""
    light = aces.to_acescg(FRAME * 0.6 + 0.3)
    brighter = aces.grade(light, cdl.CDL(offset=(1 / 17.52,) * 3))
    assert brighter == pytest.approx(light * 2, rel=1e-3)
    # Light above 222 lies above 1 in ACEScct, and a sun is brighter.
    assert aces.grade(light * 1000, cdl.CDL()) == pytest.approx(light * 1000, rel=1e-3)


def test_names_that_are_none_are_told():
    with pytest.raises(HallyuError, match="REDLog9"):
        aces.convert(FRAME, "REDLog9", aces.ACESCG)
    with pytest.raises(HallyuError, match="OpenColorIO cannot"):
        aces.develop(FRAME, view="Film look")
