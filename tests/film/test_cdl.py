import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.film import aces, cdl, ciede2000

UNIT = st.floats(0, 1, width=32)
GRADES = st.builds(
    cdl.CDL,
    slope=st.tuples(*[st.floats(0, 3)] * 3),
    offset=st.tuples(*[st.floats(-0.5, 0.5)] * 3),
    power=st.tuples(*[st.floats(0.2, 3)] * 3),
    saturation=st.floats(0, 3),
)
FRAME = np.random.default_rng(0).random((20, 30, 3), np.float32)
WARM = cdl.CDL((1.2, 1.0, 0.8), (0.05, -0.1, 0.02), (1.1, 0.9, 1.3), 1.3, "s010", "warm")


def test_the_formula_by_hand():
    """0.5 * 1.2 + 0.1 = 0.7, squared 0.49; the others stay 0.5; luma 0.2126 * 0.49 + 0.7874 * 0.5, halfway to it."""
    graded = cdl.apply(np.full((1, 1, 3), 0.5), cdl.CDL((1.2, 1, 1), (0.1, 0, 0), (2, 1, 1), 0.5))
    grey = 0.2126 * 0.49 + 0.7874 * 0.5
    assert graded[0, 0] == pytest.approx([(0.49 + grey) / 2, (0.5 + grey) / 2, (0.5 + grey) / 2], abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(grade=GRADES)
def test_opencolorio_reads_our_file_and_grades_alike(tmp_path_factory, grade):
    path = cdl.write(tmp_path_factory.mktemp("cdl") / "a.ccc", grade)
    ours = cdl.apply(FRAME, cdl.read(path)[0])
    assert aces.cdl_by_ocio(FRAME, path) == pytest.approx(ours, abs=2e-4)  # its power is a quick one


@settings(max_examples=40, deadline=None)
@given(grade=GRADES)
def test_what_is_graded_is_a_picture(grade):
    graded = cdl.apply(FRAME * 3 - 1, grade)
    assert graded.dtype == np.float32
    assert graded.min() >= 0 and graded.max() <= 1


def test_nothing_asked_for_nothing_changed():
    assert cdl.apply(FRAME, cdl.CDL()) == pytest.approx(FRAME, abs=1e-6)
    rgba = np.dstack([FRAME, FRAME[..., 0]])
    assert np.array_equal(cdl.apply(rgba, WARM)[..., 3], FRAME[..., 0])
    assert np.array_equal(cdl.apply(rgba, WARM)[..., :3], cdl.apply(FRAME, WARM))


@pytest.mark.parametrize("suffix", ["cc", "ccc", "cdl"])
def test_written_and_read_again(tmp_path, suffix):
    (again,) = cdl.read(cdl.write(tmp_path / f"a.{suffix}", WARM))
    assert (again, again.id, again.description) == (WARM, "s010", "warm")


@pytest.mark.parametrize("suffix", ["ccc", "cdl"])
def test_a_scene_in_one_file_each_shot_by_its_id(tmp_path, suffix):
    dark = cdl.CDL(slope=(0.5, 0.5, 0.5), id="s020")
    path = cdl.write(tmp_path / f"scene.{suffix}", WARM, dark)
    assert [grade.id for grade in cdl.read(path)] == ["s010", "s020"]
    assert aces.cdl_by_ocio(FRAME, path, "s020") == pytest.approx(FRAME / 2, abs=1e-5)
    assert aces.cdl_by_ocio(FRAME, path) == pytest.approx(cdl.apply(FRAME, WARM), abs=2e-4)


def test_nodes_that_are_left_out_change_nothing(tmp_path):
    path = tmp_path / "a.cc"
    path.write_text(
        '<ColorCorrection id="x"><SATNode><Saturation>0.5</Saturation></SATNode></ColorCorrection>'
    )
    assert cdl.read(path) == [cdl.CDL(saturation=0.5)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not whole XML"),
        ("<ColorCorrection>", "not whole XML"),
        ("<Grade/>", "begins with <Grade>"),
        (
            '<!DOCTYPE c [<!ENTITY a "aaaa">]><ColorCorrection>&a;</ColorCorrection>',
            "document type",
        ),
        ("<ColorCorrection><SOPNode><Slope>1 1</Slope></SOPNode></ColorCorrection>", "Slope"),
        ("<ColorCorrection><SOPNode><Power>1 1 x</Power></SOPNode></ColorCorrection>", "Power"),
        ("<ColorCorrection><SOPNode><Offset>0 nan 0</Offset></SOPNode></ColorCorrection>", "Offset"),
        ("<ColorCorrection><SOPNode><Power>0 1 1</Power></SOPNode></ColorCorrection>", "power above 0"),
        ("<ColorCorrection><SatNode><Saturation/></SatNode></ColorCorrection>", "Saturation"),
    ],
)
def test_a_broken_file_is_told(tmp_path, text, says):
    path = tmp_path / "a.cc"
    path.write_text(text)
    with pytest.raises(HallyuError, match=says):
        cdl.read(path)


def test_files_that_cannot_be(tmp_path):
    with pytest.raises(HallyuError, match=r"\.cc, \.ccc, \.cdl"):
        cdl.read(tmp_path / "a.xml")
    with pytest.raises(HallyuError, match="cannot be read"):
        cdl.read(tmp_path / "a.cc")
    with pytest.raises(HallyuError, match="one grade"):
        cdl.write(tmp_path / "a.cc", WARM, WARM)
    with pytest.raises(HallyuError, match="'s010'"):
        cdl.write(tmp_path / "a.ccc", WARM, WARM)
    (tmp_path / "a.ccc").write_text("<ColorCorrectionCollection/>")
    with pytest.raises(HallyuError, match="holds no grade"):
        cdl.read(tmp_path / "a.ccc")


@pytest.mark.parametrize(
    "numbers",
    [
        {"slope": (-1, 1, 1)},
        {"power": (0, 1, 1)},
        {"saturation": -1},
        {"offset": (0, 0)},
        {"slope": (np.nan, 1, 1)},
    ],
)
def test_numbers_that_the_standard_forbids(numbers):
    with pytest.raises(HallyuError):
        cdl.CDL(**numbers)


def test_a_cdl_is_found_again_from_pairs():
    # Clipped pixels say nothing about the grade, so a gentle one.
    grade = cdl.CDL((1.1, 1.0, 0.9), (0.02, 0.01, 0.04), (1.1, 0.95, 1.2), 0.9)
    found = cdl.fit(FRAME.reshape(-1, 3), cdl.apply(FRAME, grade).reshape(-1, 3), "s010")
    assert found.id == "s010"
    for name in ("slope", "offset", "power"):
        assert getattr(found, name) == pytest.approx(getattr(grade, name), abs=2e-3), name
    assert found.saturation == pytest.approx(0.9, abs=2e-3)
    assert ciede2000.difference(cdl.apply(FRAME, found), cdl.apply(FRAME, grade)).worst < 0.1


def test_what_the_pairs_leave_open_stays_neutral():
    """One grey made lighter: a gain or a power would do, and nobody asked for a saturation."""
    found = cdl.fit(np.full((50, 3), 0.4), np.full((50, 3), 0.5))
    assert cdl.apply(np.full((1, 3), 0.4), found) == pytest.approx(0.5, abs=5e-3)
    assert max(found.power) < 1.1 and min(found.power) > 0.6 and max(map(abs, found.offset)) < 0.15
    assert found.saturation == pytest.approx(1, abs=0.05)


def test_pairs_that_are_none():
    with pytest.raises(HallyuError, match=r"\(n, 3\)"):
        cdl.fit(FRAME, FRAME)


def test_an_edit_list_carries_it():
    assert cdl.edl_remarks(WARM) == [
        "* ASC_SOP (1.2000 1.0000 0.8000)(0.0500 -0.1000 0.0200)(1.1000 0.9000 1.3000)",
        "* ASC_SAT 1.3000",
    ]
