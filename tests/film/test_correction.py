"""Facial correction and performance compositing: what is asked for moves, the rest stays, the seam is not seen."""

from datetime import date
from functools import cache

import cv2
import numpy as np
import pytest
from covers import face, portrait

from hallyu.errors import HallyuError
from hallyu.film import face_metrics, faces, identity
from hallyu.film.correction import MOUTH_CORNERS, composite, composite_shot, correct
from hallyu.film.faces import Face, one
from hallyu.provenance.consent import PUBLIC_FACES, permit

DAY = date(2026, 11, 21)
CORRECT = permit(PUBLIC_FACES["astronaut"], "correct", "study", DAY)
COMPOSITE = permit(PUBLIC_FACES["doyun"], "composite", "First Snow", DAY)


@cache
def large() -> np.ndarray:
    """The head three times as large, so that the mesh can be measured in small parts of the eyes' distance."""
    return np.clip(
        cv2.resize(portrait()[40:260, 110:340], None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), 0, 1
    )


@cache
def large_face() -> Face:
    return one(large())


def moved(**asked) -> np.ndarray:
    """How far the mesh found on the corrected frame moved, in distances of the eyes (478, 2)."""
    after = one(correct(large(), large_face(), CORRECT, **asked).frame)
    unit = np.linalg.norm(np.subtract(*faces.regions.anchors_of(large_face().points)[:2]))
    return (after.points - large_face().points)[:, :2] / unit


def test_a_smile_lifts_the_corners_of_the_mouth():
    step = moved(smile=0.1)
    assert all(step[corner, 1] < -0.025 for corner in MOUTH_CORNERS)
    assert step[61, 0] < -0.005 and step[291, 0] > 0.005
    assert np.abs(step[[33, 263, 152, 168]]).max() < 0.035


def test_brows_rise():
    step = moved(brows=0.1)
    assert step[[105, 334], 1].mean() < -0.03
    assert np.abs(step[[61, 291]]).max() < 0.03


def test_the_gaze_moves_and_the_lids_stay():
    step = moved(gaze=(0.06, 0.0))
    assert step[[468, 473], 0].mean() > 0.02
    assert np.abs(step[[33, 133, 362, 263], 0]).mean() < 0.5 * step[[468, 473], 0].mean()


def test_what_is_not_corrected_keeps_every_bit():
    for asked in ({"smile": 0.1}, {"brows": -0.1}, {"gaze": (0.05, 0.02)}):
        out = correct(portrait(), face(), CORRECT, **asked)
        assert face_metrics.outside(portrait(), out) == face_metrics.EXACT
        assert 0 < (out.mask > 0).mean() < 0.2
    assert np.array_equal(correct(portrait(), face(), CORRECT).frame, portrait())


def test_she_stays_herself():
    out = correct(portrait(), face(), CORRECT, smile=0.08)
    before = identity.embed(portrait(), face())
    assert identity.cosine(before, identity.embed(out.frame, one(out.frame))) > 0.9


def test_a_grimace_and_a_touch_without_permission_are_refused():
    with pytest.raises(HallyuError, match=r"A correction of 0\.30 distances of the eyes looks like rubber"):
        correct(portrait(), face(), CORRECT, smile=0.3)
    with pytest.raises(HallyuError, match="needs a permission"):
        correct(portrait(), face(), None, smile=0.05)
    with pytest.raises(HallyuError, match="is for “correct”, not for “composite”"):
        composite(portrait(), face(), portrait(), face(), CORRECT)


def take() -> np.ndarray:
    """Another take: she smiles wider, the camera is tilted and nearer, the light is warmer and lower."""
    smiling = correct(portrait(), face(), CORRECT, smile=0.1, brows=0.06).frame
    matrix = cv2.getRotationMatrix2D((230, 150), 7, 1.15)
    turned = np.clip(cv2.warpAffine(smiling, matrix, (512, 512), borderMode=cv2.BORDER_REPLICATE), 0, 1)
    return turned**1.3 * np.float32([1, 0.85, 0.7])


def skin_of(frame: np.ndarray, at: Face) -> np.ndarray:
    """The colour of both cheeks, the forehead and the nose (3,)."""
    x, y = np.round(at.points[[50, 280, 151, 4], :2]).astype(int).T
    return frame[y, x].mean(axis=0)


def test_the_other_takes_face_lies_where_this_one_was():
    other = take()
    out = composite(portrait(), face(), other, one(other), COMPOSITE)
    after = one(out.frame)
    unit = face().box[2]
    assert (
        np.linalg.norm(
            after.points[[33, 263, 152, 4], :2] - face().points[[33, 263, 152, 4], :2], axis=1
        ).max()
        < 0.06 * unit
    )
    # The performance came along: corners of the mouth higher than they were.
    assert (after.points[[61, 291], 1] - face().points[[61, 291], 1]).mean() < -0.01 * unit
    assert identity.cosine(identity.embed(portrait(), face()), identity.embed(out.frame, after)) > 0.8


def test_the_light_is_this_takes():
    other = take()
    out = composite(portrait(), face(), other, one(other), COMPOSITE).frame
    laid, here, there = skin_of(out, face()), skin_of(portrait(), face()), skin_of(other, one(other))
    assert np.abs(laid - here).max() < 0.5 * np.abs(there - here).max()


def test_the_same_take_put_in_itself_changes_nearly_nothing():
    out = composite(portrait(), face(), portrait(), face(), COMPOSITE)
    assert np.abs(out.frame - portrait()).mean() < 0.002
    assert face_metrics.outside(portrait(), out) == face_metrics.EXACT


def test_a_shots_light_is_steadier_than_that_of_its_frames():
    other = take()
    found, grain = one(other), np.random.default_rng(3)
    rough = lambda frame: np.clip(frame + grain.normal(0, 0.06, frame.shape).astype(np.float32), 0, 1)
    shot = [(rough(portrait()), face()) for _ in range(6)]
    takes = [(other, found)] * 6
    single = [composite(*here, *there, COMPOSITE) for here, there in zip(shot, takes, strict=True)]
    whole = list(composite_shot(shot, takes, COMPOSITE, smooth=5))
    assert len(whole) == 6
    inside = np.min([made.mask for made in single], axis=0) > 0.98
    steps = [
        np.abs(np.diff([made.frame[inside].mean(axis=0) for made in each], axis=0)).mean()
        for each in (single, whole)
    ]
    assert steps[1] < 0.6 * steps[0]
    alone = next(composite_shot(shot[:1], takes[:1], COMPOSITE))
    assert np.array_equal(alone.frame, single[0].frame)


def test_takes_that_do_not_fit_are_named():
    seen, lost = (portrait(), face()), (portrait(), None)
    for shot, takes, says in (
        ([seen, lost], [seen, seen], "One of the two takes shows no face at frame 1"),
        ([seen, seen], [seen, lost], "One of the two takes shows no face at frame 1"),
        ([seen], [seen, seen], "One of the two takes ends at frame 1"),
        ([seen, seen], [seen], "One of the two takes ends at frame 1"),
    ):
        with pytest.raises(HallyuError, match=says):
            list(composite_shot(shot, takes, COMPOSITE))


def test_another_persons_face_is_a_re_creation():
    # Her face pulled apart until the encoder takes it for somebody else's.
    y, x = np.mgrid[:512, :512].astype(np.float32)
    middle = face().points[4, :2]
    bump = np.exp(-(((x - middle[0]) / 60) ** 2 + ((y - middle[1]) / 70) ** 2))
    other = cv2.remap(
        portrait(), middle[0] + (x - middle[0]) * (1 - 0.62 * bump), y - 12 * bump, cv2.INTER_LINEAR
    )[..., ::-1]
    other = np.ascontiguousarray(other)
    found = one(other)
    assert (
        identity.cosine(identity.embed(portrait(), face()), identity.embed(other, found))
        < identity.SAME_PERSON
    )
    with pytest.raises(HallyuError, match="is for “composite”, not for “re-create”"):
        composite(portrait(), face(), other, found, COMPOSITE)


def test_heads_turned_apart_are_refused():
    turned = face().points.copy()
    middle, turn = turned[168].copy(), np.radians(35)
    x, z = turned[:, 0] - middle[0], turned[:, 2] - middle[2]
    turned[:, 0], turned[:, 2] = (
        middle[0] + np.cos(turn) * x - np.sin(turn) * z,
        np.sin(turn) * x + np.cos(turn) * z,
    )
    with pytest.raises(HallyuError, match=r"turned 3\d degrees differently"):
        composite(portrait(), face(), portrait(), Face(turned, 0.9), COMPOSITE)
