from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from reference import science

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import cdl, ciede2000, colour, faces, lut, regions

MEDIA = Path(__file__).parents[2] / "modules/film/media"

UNIT = st.floats(0, 1, width=32)
CUBES = arrays.arrays(np.float32, (3, 3, 3, 3), elements=UNIT)
FRAMES = arrays.arrays(np.float32, (4, 3, 3), elements=UNIT)


def colours(n=5000, seed=0):
    """Colours as a picture has them: many dull ones, few bright and saturated ones."""
    rng = np.random.default_rng(seed)
    return np.clip(rng.normal([0.5, 0.4, 0.35], [0.2, 0.18, 0.17], (n, 3)), 0, 1).astype(np.float32)


def grade(rgb):
    """A warm grade without anything that a LUT could not hold."""
    return np.clip(rgb, 0, 1) ** np.float32([0.8, 1.0, 1.25]) * np.float32([0.9, 0.95, 0.97]) + 0.03


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("interpolation", ["tetrahedral", "trilinear"])
@given(cube=CUBES, frame=FRAMES)
@settings(max_examples=30, deadline=None)
def test_both_ways_of_reading_agree_with_colour_science(interpolation, cube, frame):
    read = {
        "tetrahedral": science.algebra.table_interpolation_tetrahedral,
        "trilinear": science.algebra.table_interpolation_trilinear,
    }
    expected = read[interpolation](frame.astype(float), cube.astype(float))
    assert lut.apply(frame, lut.Cube(cube), interpolation) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("interpolation", ["tetrahedral", "trilinear"])
@given(frame=FRAMES, size=st.integers(2, 9))
@settings(max_examples=30, deadline=None)
def test_the_lut_that_changes_nothing(interpolation, frame, size):
    assert lut.apply(frame, lut.Cube(lut.nodes(size)), interpolation) == pytest.approx(frame, abs=1e-6)


@given(cube=CUBES)
@settings(max_examples=20, deadline=None)
def test_at_a_node_it_is_the_node(cube):
    for interpolation in ("tetrahedral", "trilinear"):
        assert lut.apply(lut.nodes(3), lut.Cube(cube), interpolation) == pytest.approx(cube, abs=1e-6)


def test_tetrahedra_keep_greys_grey_and_eight_nodes_do_not():
    """A cube whose greys are grey and whose colours lean: a grey between two nodes must not see the colours."""
    table = lut.nodes(3)
    off = table.max(axis=-1) - table.min(axis=-1) > 0
    table[off] += np.float32([0.1, 0.0, -0.1])
    grey = np.full((1, 1, 3), 0.3, np.float32)
    assert np.ptp(lut.apply(grey, lut.Cube(table))) < 1e-6
    assert np.ptp(lut.apply(grey, lut.Cube(table), "trilinear")) > 0.05


def test_the_domain_is_kept_to():
    cube = lut.Cube(lut.nodes(3), low=(-1.0, -1.0, -1.0), high=(3.0, 3.0, 3.0))
    frame = np.float32([[[-2.0, -1.0, 0.0], [1.0, 3.0, 9.0]]])
    assert lut.apply(frame, cube) == pytest.approx(np.float32([[[0, 0, 0.25], [0.5, 1, 1]]]))


def test_curves_bend_each_channel_alone():
    steps = np.linspace(0, 1, 65, dtype=np.float32)
    curves = lut.Curves(np.stack([steps**2, steps, steps**0.5], axis=1))
    frame = np.full((2, 2, 3), 0.5, np.float32)
    assert lut.apply(frame, curves)[0, 0] == pytest.approx([0.25, 0.5, 0.7071], abs=1e-3)


def test_a_matte_is_not_graded():
    frame = np.random.default_rng(0).random((5, 6, 4), np.float32)
    seen = lut.apply(frame, lut.bake(lambda rgb: rgb * 0.5))
    assert np.array_equal(seen[..., 3], frame[..., 3])
    assert seen[..., :3] == pytest.approx(frame[..., :3] / 2, abs=1e-6)


def test_an_unknown_reading_is_told():
    with pytest.raises(HallyuError, match="tetrahedral, trilinear"):
        lut.apply(np.zeros((1, 1, 3)), lut.Cube(lut.nodes(2)), "cubic")


def test_a_nan_is_not_looked_up():
    for lost in (np.nan, np.inf):
        with pytest.raises(HallyuError, match="not numbers"):
            lut.apply(np.full((1, 1, 3), lost), lut.Cube(lut.nodes(2)))


# --- files -----------------------------------------------------------------------------------------------------------


@given(cube=CUBES, low=st.floats(-4, -0.5), high=st.floats(0.5, 4))
@settings(max_examples=20, deadline=None)
def test_what_is_written_is_read(tmp_path_factory, cube, low, high):
    path = tmp_path_factory.mktemp("lut") / "a.cube"
    low, high = float(f"{low:g}"), float(f"{high:g}")
    written = lut.Cube(cube, "First Snow 첫눈", (low,) * 3, (high,) * 3)
    again = lut.read(lut.write(path, written))
    assert again.table == pytest.approx(cube, abs=5.1e-7)
    assert (again.title, again.low, again.high) == (written.title, written.low, written.high)


def test_curves_are_written_and_read(tmp_path):
    curves = lut.Curves(np.random.default_rng(0).random((17, 3), np.float32), "curves")
    again = lut.read(lut.write(tmp_path / "a.cube", curves))
    assert isinstance(again, lut.Curves)
    assert again.table == pytest.approx(curves.table, abs=5.1e-7)


def test_colour_science_reads_ours_and_we_read_its(tmp_path):
    cube = lut.bake(grade, 5, "grade")
    theirs = science.read_LUT(str(lut.write(tmp_path / "ours.cube", cube)))
    assert theirs.table == pytest.approx(cube.table, abs=1e-6)
    science.write_LUT(theirs, str(tmp_path / "theirs.cube"))
    assert lut.read(tmp_path / "theirs.cube").table == pytest.approx(cube.table, abs=1e-6)


def test_red_counts_up_first(tmp_path):
    rows = lut.write(tmp_path / "a.cube", lut.Cube(lut.nodes(2))).read_text().split("\n\n")[1].splitlines()
    assert rows[1] == "1.000000 0.000000 0.000000"
    assert rows[4] == "0.000000 0.000000 1.000000"


def test_resolves_input_range_is_a_domain(tmp_path):
    path = tmp_path / "a.cube"
    path.write_text("LUT_1D_SIZE 2\r\nLUT_1D_INPUT_RANGE -0.5 1.5\r\n# a remark\r\n0 0 0\r\n1 1 1\r\n")
    assert (lut.read(path).low, lut.read(path).high) == ((-0.5,) * 3, (1.5,) * 3)


HEAD = "LUT_3D_SIZE 2\n"
ROWS = "0 0 0\n" * 8


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "neither LUT_1D_SIZE"),
        (ROWS, "neither LUT_1D_SIZE"),
        (HEAD + "0 0 0\n" * 7, "7 rows"),
        (HEAD + "0 0 0\n" * 9, "line 10: there are more rows"),
        (HEAD + "0 0\n", "line 2: there should be 3 numbers"),
        (HEAD + "0 0 nan\n", "line 2: there should be 3 numbers"),
        (HEAD + "inf 0 0\n", "line 2: there should be 3 numbers"),
        (HEAD + "0,5 0,5 0,5\n", "line 2"),
        ("LUT_3D_SIZE 1\n", "from 2 to 129"),
        ("LUT_3D_SIZE 99999999999999999999\n", "from 2 to 129"),
        ("LUT_3D_SIZE 3.5\n", "from 2 to 129"),
        ("LUT_1D_SIZE 70000\n", "from 2 to 65536"),
        ("LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n" + "0 0 0\n" * 10, "shaper"),
        ("DOMAIN_MIN 1 1 1\n" + HEAD + ROWS, "the end must be higher"),
        ("DOMAIN_MAX 1 1\n" + HEAD + ROWS, "line 1: there should be 3"),
        ("<html>\n", "line 1"),
        ("SPILUT 1.0\n", "no keyword"),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path, text, says):
    path = tmp_path / "broken.cube"
    path.write_text(text)
    with pytest.raises(HallyuError, match=says):
        lut.read(path)


def test_a_title_from_a_korean_windows_is_no_hindrance(tmp_path):
    path = tmp_path / "a.cube"
    path.write_bytes('  TITLE "첫눈 #1"\n'.encode("cp949") + (HEAD + "0 0 0\n" * 8).encode())
    assert lut.read(path).size == 2


def test_what_is_no_text_or_not_there_is_told(tmp_path):
    (tmp_path / "film.cube").write_bytes(bytes(range(128, 256)))
    with pytest.raises(HallyuError, match="not text"):
        lut.read(tmp_path / "film.cube")
    with pytest.raises(HallyuError, match="cannot be read"):
        lut.read(tmp_path / "nowhere.cube")
    with (tmp_path / "huge.cube").open("wb") as file:
        file.truncate(300_000_000)  # takes no room
    with pytest.raises(HallyuError, match="larger than"):
        lut.read(tmp_path / "huge.cube")


def test_what_cannot_be_a_file_is_not_written(tmp_path):
    with pytest.raises(HallyuError, match="one line"):
        lut.write(tmp_path / "a.cube", lut.Cube(lut.nodes(2), 'the "look"'))
    with pytest.raises(HallyuError, match="not numbers"):
        lut.write(tmp_path / "a.cube", lut.Cube(np.full((2, 2, 2, 3), np.nan, np.float32)))
    assert not list(tmp_path.iterdir())


# --- solving ---------------------------------------------------------------------------------------------------------


def test_a_grade_is_found_again_from_noisy_pairs():
    pairs = colours()
    noisy = grade(pairs) + np.random.default_rng(1).normal(0, 0.01, pairs.shape)
    cube = lut.solve(pairs, noisy)
    others = colours(2000, seed=7)
    found = ciede2000.summary(
        ciede2000.delta_e(colour.to_lab(lut.apply(others, cube)), colour.to_lab(grade(others)))
    )
    assert found.mean < 0.5 and found.p95 < 1
    assert not lut.quality(cube).problems()


def test_a_linear_change_goes_on_where_no_pair_reaches():
    """A thin plate that is not bent costs nothing, however smooth it has to be."""
    matrix, offset = np.array([[0.7, 0.1, 0.0], [0.0, 0.8, 0.1], [0.1, 0.0, 0.6]]), np.array([0.1, 0.05, 0.1])
    pairs = np.random.default_rng(0).uniform(0.3, 0.6, (500, 3))
    cube = lut.solve(pairs, pairs @ matrix.T + offset, size=9, smoothness=1e-2)
    assert cube.table == pytest.approx(lut.nodes(9) @ matrix.T + offset, abs=0.02)


def test_smoothness_trades_the_pairs_for_evenness():
    pairs = colours(1000)
    wild = grade(pairs) + np.random.default_rng(1).normal(0, 0.1, pairs.shape)
    errors, bends = [], []
    for smoothness in (1e-7, 1e-5, 1e-3):
        cube = lut.solve(pairs, wild, size=17, smoothness=smoothness)
        errors.append(((lut.apply(pairs, cube) - wild) ** 2).mean())
        bends.append((np.diff(cube.table, 2, axis=0) ** 2).mean())
    assert errors == sorted(errors)
    assert bends == sorted(bends, reverse=True)


def test_weights_decide_between_pairs_that_disagree():
    pairs = np.repeat([[0.5, 0.5, 0.5]], 2, axis=0)
    wanted = np.array([[0.4, 0.4, 0.4], [0.6, 0.6, 0.6]])
    seen = lut.apply(np.full((1, 3), 0.5), lut.solve(pairs, wanted, size=5, weights=np.array([3.0, 1.0])))
    assert seen == pytest.approx(0.45, abs=1e-3)


@pytest.mark.parametrize("size", [5, 9])
def test_a_bend_costs_the_same_in_every_direction_and_at_every_size(size):
    """x * y is (u^2 - v^2) / 2 along the diagonals u and v: 2 in all for both. A plane costs nothing."""
    red, green, blue = np.moveaxis(lut.nodes(size).astype(float), -1, 0)
    bends = lut._bending(size)
    for surface, cost in ((red * green, 2), ((red**2 - green**2) / 2, 2), (red - 2 * green + 3 * blue, 0)):
        assert ((bends @ surface.ravel()) ** 2).sum() == pytest.approx(cost, abs=1e-6)


def test_conjugate_gradients_solve_what_a_direct_solver_solves():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(20, 20))
    system, right = root @ root.T + np.eye(20), rng.normal(size=(20, 3))
    found = lut.conjugate_gradients(system, right, np.zeros((20, 3)), 100)
    assert found == pytest.approx(np.linalg.solve(system, right), abs=1e-8)


@pytest.mark.parametrize(
    ("source", "target", "extra", "says"),
    [
        (np.zeros((3, 3)), np.zeros((4, 3)), {}, r"shape \(n, 3\) twice"),
        (np.zeros((0, 3)), np.zeros((0, 3)), {}, r"shape \(n, 3\) twice"),
        (np.zeros((3, 3)), np.full((3, 3), np.nan), {}, "not numbers"),
        (np.zeros((3, 3)), np.zeros((3, 3)), {"weights": np.zeros(3)}, "weights"),
        (np.zeros((3, 3)), np.zeros((3, 3)), {"weights": np.ones(2)}, "weights"),
        (np.zeros((3, 3)), np.zeros((3, 3)), {"size": 2}, "3 to 65"),
        (np.zeros((3, 3)), np.zeros((3, 3)), {"size": 400}, "3 to 65"),
    ],
)
def test_pairs_that_cannot_be_solved_are_told(source, target, extra, says):
    with pytest.raises(HallyuError, match=says):
        lut.solve(source, target, **extra)


# --- gamut, skin, quality --------------------------------------------------------------------------------------------


@given(gain=st.floats(1.05, 3), lift=st.floats(-0.3, 0))
@settings(max_examples=20, deadline=None)
def test_into_gamut_clips_nothing_and_keeps_the_order(gain, lift):
    wild = lut.bake(lambda rgb: rgb * gain + lift)
    tame = lut.into_gamut(wild)
    assert tame.table.min() >= 0 and tame.table.max() <= 1
    ramp = np.repeat(np.linspace(0, 1, 100, dtype=np.float32)[:, None], 3, axis=1)
    assert (np.diff(lut.apply(ramp, tame)[:, 0]) > 0).all()
    assert lut.quality(tame).clipped == 0


def test_into_gamut_leaves_what_lies_inside():
    cube = lut.bake(grade)
    assert np.abs(lut.into_gamut(cube).table - cube.table).max() < 1e-6
    assert lut.into_gamut(lut.Cube(lut.nodes(5))).table == pytest.approx(lut.nodes(5), abs=1e-6)


FACES = np.float32([[0.85, 0.66, 0.56], [0.72, 0.52, 0.42], [0.48, 0.32, 0.25], [0.28, 0.18, 0.14]])


def hue(colours):
    _, blue, red = colour.to_ycbcr(colours).T
    return np.degrees(np.arctan2(red, blue))


def test_protected_skin_keeps_its_hue_and_takes_the_light():
    look = lut.bake(lambda rgb: rgb * np.float32([0.75, 0.9, 0.92]) + np.float32([0.0, 0.03, 0.08]))
    kept = lut.protect_skin(look)
    assert np.abs(hue(lut.apply(FACES, look)) - hue(FACES)).max() > 40
    assert np.abs(hue(lut.apply(FACES, kept)) - hue(FACES)).max() < 6
    assert colour.luma(lut.apply(FACES, kept)) == pytest.approx(colour.luma(lut.apply(FACES, look)), abs=0.01)
    elsewhere = np.float32([[0.2, 0.3, 0.7], [0.1, 0.5, 0.2], [0.5, 0.5, 0.5]])
    assert lut.apply(elsewhere, kept) == pytest.approx(lut.apply(elsewhere, look), abs=0.01)
    assert not lut.quality(kept, colours(4000).reshape(50, 80, 3)).problems()


COLD = cdl.CDL(slope=(0.86, 0.98, 1.22), offset=(-0.01, 0.0, 0.03), power=(1.1, 1.0, 0.95), saturation=0.9)


def moved(frame, kept, look):
    """How far the protection moves colours (..., 3) away from the look, in CIEDE2000."""
    one, other = (colour.to_lab(lut.apply(frame, each)) for each in (kept, look))
    return ciede2000.delta_e(one, other)


@pytest.mark.parametrize("grey", [0.3, 0.5, 0.75])
def test_a_red_that_mixes_with_a_grey_passes_through_no_skin(grey):
    look = lut.bake(lambda rgb: cdl.apply(rgb, COLD))
    kept, coat = lut.protect_skin(look), np.float32([0.80, 0.26, 0.25])
    mixed = grey + np.linspace(0, 1, 101, dtype=np.float32)[:, None] * (coat - grey)
    assert moved(mixed, kept, look).max() < 0.2 * moved(FACES, kept, look).min()


def test_a_scarf_and_a_coat_follow_the_look_and_the_face_between_them_keeps_its_hue():
    frame = next(video.read(MEDIA / "s3.mp4"))
    look = lut.bake(lambda rgb: cdl.apply(rgb, COLD))
    kept = lut.protect_skin(look)
    points = faces.one(frame).points
    crop = regions.crop_matrix(regions.anchors_of(points))
    masks = [regions.mask(regions.move(points, crop), part) for part in ("skin", "face")]
    skin, face = (regions.whole_mask(frame.shape, crop, mask) for mask in masks)
    away = moved(frame, kept, look) * (cv2.blur(face, (25, 25)) < 0.01)
    assert (away > 3).mean() < 0.06  # the warm scarf, the coat's rim
    whole, protected = (each[skin > 0.5].mean(axis=0)[None] for each in (frame, lut.apply(frame, kept)))
    assert abs(hue(protected) - hue(whole)).max() < 4
    assert not lut.quality(kept, frame).problems()


def test_no_protection_is_the_grade_itself():
    cube = lut.bake(grade)
    assert np.array_equal(lut.protect_skin(cube, 0).table, cube.table)


@pytest.mark.parametrize(
    ("look", "word"),
    [
        (lambda rgb: np.clip(rgb * 1.6, 0, 1), "clips"),
        (lambda rgb: np.clip(rgb - 0.3, 0, 1), "clips"),
        (lambda rgb: np.where(rgb > 0.5, 1 - rgb, rgb), "darker"),
        (lambda rgb: np.minimum(rgb, 0.6), "no contrast"),
        (lambda rgb: np.full_like(rgb, 0.5), "no contrast"),
        (lambda rgb: np.clip((rgb - 0.35) * 3.4, 0, 1), "bands"),
    ],
)
def test_each_defect_is_found_by_its_own_figure(look, word):
    frame = colours(4000).reshape(50, 80, 3)
    assert any(word in problem for problem in lut.quality(lut.bake(look), frame).problems())


def test_an_edge_that_turns_inside_out_is_seen_in_the_picture():
    """Saturated colours made darker than the grey beside them: every step in exposure still rises, but not the edge."""
    frame = np.full((60, 90, 3), 0.5, np.float32)
    frame[:, 45:] = [0.9, 0.6, 0.2]
    darkened = lut.bake(lambda rgb: rgb * (1 - 0.8 * np.ptp(rgb, axis=-1, keepdims=True)))
    assert colour.luma(frame[0, 60]) > colour.luma(frame[0, 30])
    assert lut.quality(darkened, frame[:, :45]).falling == lut.quality(darkened, frame[:, 45:]).falling == 0
    assert lut.quality(darkened, frame).falling > 0.3
    assert any("darker" in problem for problem in lut.quality(darkened, frame).problems())
    assert lut.quality(lut.Cube(lut.nodes()), frame).falling == 0


def test_a_gentle_grade_has_no_problems():
    assert not lut.quality(lut.bake(grade), colours(4000).reshape(50, 80, 3)).problems()
    assert lut.quality(lut.Cube(lut.nodes())) == lut.Quality(0, 0, 0, pytest.approx(1, abs=1e-3))


def test_what_is_clipped_already_is_not_the_luts_fault():
    frame = np.where(np.arange(300).reshape(10, 10, 3) % 2, 1.0, 0.4).astype(np.float32)
    assert lut.quality(lut.Cube(lut.nodes()), frame).clipped == 0
