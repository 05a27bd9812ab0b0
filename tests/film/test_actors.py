"""The actors' arithmetic (training/film) that needs neither Blender nor the body's data."""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

FOLDER = Path(__file__).parents[2] / "training/film"


@pytest.fixture(scope="module", autouse=True)
def modules():
    sys.path.insert(0, str(FOLDER))
    yield
    sys.path.remove(str(FOLDER))
    for name in ("anatomy", "fields", "people", "performance"):
        sys.modules.pop(name, None)


CUBE = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
SIDES = np.array([(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])


def test_a_cube_subdivides_to_catmull_and_clarks_values():
    import anatomy

    fine = anatomy.Subdivision(SIDES, 8, 1)
    points = fine(CUBE)
    assert len(points) == 8 + 6 + 12 and len(fine.quads) == 24
    assert np.allclose(np.abs(points[:8]), 5 / 9)
    assert np.allclose(np.sort(np.abs(points[8:14]), axis=1), (0, 0, 1))
    assert np.allclose(np.sort(np.abs(points[14:]), axis=1), (0, 0.75, 0.75))


@given(st.lists(st.floats(-3, 3), min_size=12, max_size=12))
def test_subdivision_commutes_with_every_affine_map(numbers):
    import anatomy

    matrix, shift = np.reshape(numbers[:9], (3, 3)), np.array(numbers[9:])
    fine = anatomy.Subdivision(SIDES[:4], 8, 2)
    assert np.allclose(fine(CUBE @ matrix + shift), fine(CUBE) @ matrix + shift, atol=1e-9)


def test_the_border_of_an_open_sheet_keeps_its_straight_sides():
    import anatomy

    points = anatomy.Subdivision(np.array([(0, 1, 2, 3)]), 4, 3)(
        np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], float)
    )
    assert np.allclose(points[:, 2], 0)
    assert points.min() > -1e-9 and points.max() < 1 + 1e-9


def test_normals_of_a_cube_point_out_of_its_corners():
    import anatomy

    normals = anatomy.normals(CUBE, SIDES)
    assert np.allclose(np.abs(normals), 1 / np.sqrt(3))
    assert ((normals * CUBE).sum(1) > 0).all() or ((normals * CUBE).sum(1) < 0).all()


@given(st.floats(-180, 180), st.tuples(*[st.floats(0.1, 1)] * 3))
def test_a_rotation_keeps_its_axis_and_all_lengths(degrees, axis):
    import anatomy

    turn = anatomy.rotation(axis, degrees)
    assert np.allclose(turn @ turn.T, np.eye(3)) and np.isclose(np.linalg.det(turn), 1)
    assert np.allclose(turn @ axis, axis)


def test_distance_to_a_line_is_the_least_of_many():
    import fields

    line = fields.curve([(0, 0), (1, 0.5), (2, 0)])
    points = np.random.default_rng(0).uniform(-1, 3, (50, 2))
    distance, part = fields.along(points, line)
    dense = np.concatenate([np.linspace(a, b, 200) for a, b in pairwise(line)])
    brute = np.linalg.norm(points[:, None] - dense[None], axis=2).min(1)
    assert np.allclose(distance, brute, atol=2e-3) and part.min() >= 0 and part.max() <= 1


def test_a_curve_goes_through_its_points():
    import fields

    points = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0)]
    line = fields.curve(points, 7)
    for point in points:
        assert np.linalg.norm(line - point, axis=1).min() < 1e-12


def test_noise_is_smooth_bounded_and_the_same_every_time():
    import fields

    points = np.random.default_rng(1).uniform(-2, 2, (500, 3))
    values = fields.noise(points, 3.0)
    assert np.array_equal(values, fields.noise(points, 3.0)) and np.abs(values).max() <= 1
    assert np.abs(fields.noise(points + 1e-6, 3.0) - values).max() < 1e-3
    assert values.std() > 0.1 and not np.allclose(values, fields.noise(points, 3.0, seed=1))


# ---- performance


def poses(beats=(), seconds=4.0, **options):
    from performance import perform

    return perform(list(beats), seconds, **options)


def test_a_beat_is_reached_when_it_says_and_held():
    from performance import Beat

    frames = poses([Beat(1.0, 0.5, yaw=20.0, expression={"jawOpen": 0.4})], still=0)
    assert len(frames) == 96
    assert frames[24].yaw == 0 and frames[36].yaw == pytest.approx(20) and frames[-1].yaw == pytest.approx(20)
    assert frames[-1].expression["jawOpen"] == pytest.approx(0.4)
    steps = np.diff([frame.yaw for frame in frames])
    assert (steps >= 0).all() and steps.max() < 4


def test_an_expression_replaces_the_one_before():
    from performance import Beat, smile

    frames = poses(
        [Beat(0, 0.2, expression=smile(1)), Beat(2, 0.3, expression={"browInnerUp": 1.0})], still=0
    )
    assert frames[40].expression["mouthSmileLeft"] > 0.5
    assert frames[-1].expression.get("mouthSmileLeft", 0) == 0 and frames[-1].expression["browInnerUp"] == 1


def test_eyes_are_there_before_the_head():
    from performance import Beat

    frames = poses([Beat(0, gaze=(0, -1, 1.5)), Beat(1, 0.8, yaw=20.0, gaze=(1, -1, 1.5))], still=0)
    assert frames[26].gaze == pytest.approx((1, -1, 1.5)) and frames[26].yaw < 1


def test_a_living_face_blinks_drifts_and_breathes_and_a_still_one_does_not():
    alive, dead = poses(seconds=12), poses(seconds=12, still=0)
    blinks = [frame.expression["eyeBlinkLeft"] for frame in alive]
    shut = np.flatnonzero(np.diff((np.array(blinks) > 0.5).astype(int)) > 0)
    assert 2 <= len(shut) <= 7 and max(blinks) > 0.8
    assert max(frame.expression["eyeBlinkLeft"] for frame in dead) == 0
    assert np.ptp([frame.yaw for frame in alive]) > 0.3 and np.ptp([frame.yaw for frame in dead]) == 0
    assert np.ptp([frame.breath for frame in alive]) > 0.9
    assert np.abs(np.diff([frame.yaw for frame in alive])).max() < 0.3


def test_hair_trails_a_turning_head_and_comes_to_rest():
    from performance import Beat

    lag = [frame.hair_lag[0] for frame in poses([Beat(0.5, 0.4, yaw=25.0)], still=0)]
    assert max(lag) > 2 and min(lag) < -0.5
    assert abs(lag[-1]) < 0.2


def jaw(text):
    from performance import Line

    frames = poses(seconds=2.0, lines=[Line(0.3, text, 4.0)], still=0)
    return np.array([frame.expression.get("jawOpen", 0.0) for frame in frames])


def test_lips_meet_for_m_and_the_jaw_drops_for_a():
    track = jaw("아마아마")
    assert track.max() > 0.25
    valleys = [i for i in range(8, 30) if track[i] < track[i - 1] and track[i] <= track[i + 1]]
    assert len(valleys) >= 2 and track[valleys].max() < 0.6 * track.max()
    assert jaw("오")[0:24].max() < jaw("아")[0:24].max()


def test_no_words_no_mouth():
    assert jaw("...").max() == 0 and jaw("").max() == 0


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=6))
def test_every_syllable_has_a_mouth(text):
    from performance import _mouths

    shapes = _mouths(text)
    places = [place for place, _ in shapes]
    assert places == sorted(places) and len(shapes) >= 2 * len(text) + 1
    assert all(0 <= weight <= 1 for _, shape in shapes for weight in shape.values())


def test_a_smile_that_is_meant_reaches_the_eyes_and_shows_teeth():
    from performance import smile

    little, broad = smile(0.3), smile(1.0)
    assert broad["cheekSquintLeft"] > 0.5 and broad["eyeSquintRight"] > 0.5
    assert broad["mouthUpperUpLeft"] > 0.2 and little["mouthUpperUpLeft"] == 0


# ---- people


def test_strangers_are_themselves_every_time_and_differ():
    from people import STYLES, stranger

    assert stranger(7) == stranger(7)
    looks = [stranger(seed) for seed in range(40)]
    assert len({look.tone for look in looks}) == 40
    assert {look.female for look in looks} == {0.0, 1.0}
    for look in looks:
        assert sum(look.heritage.values()) == pytest.approx(1)
        assert look.hair.style in STYLES and all(0 < x < 0.9 for x in look.tone)
        assert not (look.female and (look.beard or look.stubble))


def test_the_cast_is_who_the_story_says():
    from people import CAST

    assert CAST["haneul"].hair.style == "fringed bob" and CAST["haneul"].female == 1
    assert CAST["doyun"].clothes.scarf is not None and CAST["jeongho"].hair.grey > 0.5
