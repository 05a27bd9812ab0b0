"""The trained ageing network: what it may touch, and what it does to actors that it never saw."""

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from covers import face, portrait

from hallyu.film import face_metrics, faces, regions
from hallyu.film.ageing import age, age_shot, change
from hallyu.provenance.consent import PUBLIC_FACES, permit

DAY = date(2026, 11, 21)
YOUNGER, OLDER = (permit(PUBLIC_FACES["astronaut"], use, "study", DAY) for use in ("de-age", "age"))
AGES = Path(__file__).parents[2] / "modules/film/media/ages"
HELD_OUT = sorted({path.name.rsplit("-", 1)[0] for path in AGES.glob("*.png")})


def actor(name: str, years: int) -> np.ndarray:
    """The crop of a held-out actor at an age, float32 (256, 256, 3)."""
    return cv2.imread(str(AGES / f"{name}-{years}.png"))[..., ::-1].astype(np.float32) / 255


def test_no_step_is_nearly_no_change():
    crop, _ = regions.align(portrait(), face().points)
    assert np.abs(change(crop, 40, 40)).mean() < 0.012
    assert np.abs(change(crop, 40, 40)).mean() < 0.5 * np.abs(change(crop, 30, 75)).mean()


def test_the_frame_outside_keeps_every_bit():
    out = age(portrait(), face(), 36, 70, OLDER)
    assert face_metrics.outside(portrait(), out) == face_metrics.EXACT
    assert 0.05 < (out.mask > 0).mean() < 0.5
    assert np.abs(out.frame - portrait()).max() > 0.02


def test_the_eyes_and_what_is_beside_the_face_stay_as_they_are():
    crop, matrix = regions.align(portrait(), face().points)
    points = regions.move(face().points, matrix)
    change_of = np.abs(
        regions.align(age(portrait(), face(), 36, 70, OLDER).frame, face().points)[0] - crop
    ).max(axis=2)
    eyes = cv2.erode(regions.mask(points, "eyes", soft=0), np.ones((5, 5))) > 0.5
    cheeks = regions.mask(points, "cheeks", soft=0) > 0.5
    beside = cv2.dilate(regions.mask(regions.raised(points), "face", soft=0), np.ones((25, 25))) == 0
    assert change_of[eyes].mean() < 0.25 * change_of[cheeks].mean()
    assert change_of[beside].max() < 0.01


def test_a_mask_and_a_strength_hold_it_back():
    points = regions.move(face().points, regions.align(portrait(), face().points)[1])
    forehead = regions.mask(points, "forehead")
    forehead[forehead < 0.01] = 0
    out = age(portrait(), face(), 36, 70, OLDER, mask=forehead)
    changed = np.argwhere((np.abs(out.frame - portrait()) > 1e-6).any(axis=2))
    assert changed[:, 0].max() < face().points[4, 1]
    half = age(portrait(), face(), 36, 70, OLDER, strength=0.5).frame - portrait()
    whole = age(portrait(), face(), 36, 70, OLDER).frame - portrait()
    assert np.abs(half).mean() == pytest.approx(0.5 * np.abs(whole).mean(), rel=0.1)


def test_a_larger_frame_gets_the_same_change():
    large = np.clip(cv2.resize(portrait(), None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), 0, 1)
    found = faces.one(large)
    small, big = age(portrait(), face(), 36, 70, OLDER).frame, age(large, found, 36, 70, OLDER).frame
    again = cv2.resize(big, (512, 512), interpolation=cv2.INTER_AREA)
    assert np.abs(again - small).mean() < 0.5 * np.abs(small - portrait()).mean() + 0.004


def test_a_frame_without_a_face_is_left_as_it_is():
    grey = np.full((90, 160, 3), 0.5, np.float32)
    first, second = age_shot(iter([(grey, None), (portrait(), face())]), 36, 25, YOUNGER)
    assert np.array_equal(first.frame, grey) and not first.mask.any()
    assert second.mask.any()


# On actors that it never saw


@pytest.mark.parametrize("name", HELD_OUT)
@pytest.mark.parametrize(("now", "wanted"), [(70, 30), (30, 70)])
def test_an_actor_comes_nearer_to_the_render_of_the_other_age(name, now, wanted):
    before, true = actor(name, now), actor(name, wanted)
    made = before + change(before, now, wanted)
    assert np.abs(made - true).mean() < 0.9 * np.abs(before - true).mean()


def test_held_out_actors_are_there():
    assert HELD_OUT
