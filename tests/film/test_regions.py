"""The canonical crop: its geometry, the way there and back, and masks that lie on the face."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from covers import face, portrait
from hypothesis import given
from hypothesis import strategies as st

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import faces, hair, regions
from hallyu.film.regions import ANCHORS, CROP, REGIONS, align, crop_matrix, mask, move, put_back

OLD_MAN = Path(__file__).parents[2] / "modules/film/media/s5a.mp4"


@given(st.floats(-3, 3), st.floats(0.05, 20), st.floats(-500, 500), st.floats(-500, 500))
def test_a_turn_a_scale_and_a_shift_are_undone(turn, scale, x, y):
    factor = scale * np.exp(1j * turn)
    moved = (ANCHORS @ (1, 1j)) * factor + complex(x, y)
    matrix = crop_matrix(np.stack([moved.real, moved.imag], axis=1))
    assert np.allclose(move(np.stack([moved.real, moved.imag], axis=1), matrix), ANCHORS, atol=1e-6)
    assert regions.scale_of(matrix) == pytest.approx(1 / scale)


def test_a_mirrored_face_is_not_mirrored_back():
    mirrored = ANCHORS * (-1, 1)
    assert np.linalg.det(crop_matrix(mirrored)[:, :2]) > 0


def test_the_crop_has_the_face_where_it_says():
    crop, matrix = align(portrait(), face().points)
    assert crop.shape == (CROP, CROP, 3)
    assert np.abs(regions.anchors_of(move(face().points, matrix)) - ANCHORS).max() < 6
    chin = move(face().points, matrix)[152]
    assert 222 < chin[1] < 246 and abs(chin[0] - 128) < 10


@pytest.mark.parametrize("grow", [2, 4])
def test_a_finer_crop_is_the_same_crop(grow):
    coarse, _ = align(portrait(), face().points)
    fine, _ = align(portrait(), face().points, CROP * grow)
    again = cv2.resize(fine, (CROP, CROP), interpolation=cv2.INTER_AREA)
    # One pixel to the side would be an error of 0.03.
    assert np.abs(again - coarse).mean() < 0.012


def test_shrinking_averages_instead_of_picking():
    noise = np.random.default_rng(0).random((900, 900, 3)).astype(np.float32)
    small = regions.warp(noise, np.array([[0.1, 0, -0.45], [0, 0.1, -0.45]]), (90, 90))
    assert small.std() < 0.05
    assert np.allclose(small, cv2.resize(noise, (90, 90), interpolation=cv2.INTER_AREA), atol=1e-4)


def test_a_ramp_keeps_its_values_however_far_it_shrinks():
    ramp = np.repeat(np.arange(1000, dtype=np.float32)[None, :, None], 1000, axis=0)
    for scale in (0.5, 0.3, 0.11):
        matrix = np.array([[scale, 0, 3.0], [0, scale, -2.0]])
        small = regions.warp(ramp, matrix, (80, 60))
        expected = (np.arange(80) - 3.0) / scale
        inner = slice(int(3 + 20 * scale + 2), 75)
        assert np.allclose(small[30, inner], expected[inner], atol=0.6)


def test_what_is_not_masked_keeps_every_bit():
    crop, matrix = align(portrait(), face().points)
    allowed = mask(move(face().points, matrix), "lips")
    allowed[allowed < 0.01] = 0
    out = put_back(portrait(), np.full_like(crop, 0.2), matrix, allowed)
    touched = (out != portrait()).any(axis=2)
    assert 200 < touched.sum() < 3000
    low, high = (
        face().points[list(REGIONS["lips"][0]), :2].min(0) - 8,
        face().points[list(REGIONS["lips"][0]), :2].max(0) + 8,
    )
    y, x = np.nonzero(touched)
    assert x.min() > low[0] and x.max() < high[0] and y.min() > low[1] and y.max() < high[1]
    assert out.max() <= portrait().max() + 0.21


def test_no_change_put_back_is_no_change():
    crop, matrix = align(portrait(), face().points)
    out = put_back(portrait(), np.zeros_like(crop), matrix, regions.border())
    assert np.array_equal(out, portrait())


def test_masks_lie_where_their_names_say():
    points = move(face().points, align(portrait(), face().points)[1])

    def middle(name: str) -> tuple[float, float]:
        y, x = np.nonzero(mask(points, name) > 0.5)
        return x.mean(), y.mean()

    heights = [
        middle(name)[1]
        for name in ("forehead", "brows", "eyes", "under_eyes", "nose", "upper_lip", "mouth", "chin")
    ]
    assert heights == sorted(heights)
    assert all(abs(middle(name)[0] - 128) < 9 for name in REGIONS)
    assert all(0.001 < (mask(points, name) > 0.5).mean() < 0.5 for name in REGIONS)


def test_skin_has_no_eyes_brows_or_lips_in_it():
    points = move(face().points, align(portrait(), face().points)[1])
    skin = mask(points, "skin", soft=0) > 0.5
    for name in regions.NO_SKIN:
        assert not (skin & (mask(points, name, soft=0) > 0.5)).any()
    assert skin.sum() > 0.75 * (mask(points, "face", soft=0) > 0.5).sum()


def test_hair_over_the_forehead_is_no_skin():
    crop, matrix = align(portrait(), face().points)
    points = move(face().points, matrix)
    skin = regions.skin_like(crop, points)
    assert skin[mask(points, "cheeks", soft=0) > 0.5].mean() > 0.9
    assert skin[60:74, 80:150].mean() < 0.5  # her fringe, which the mesh's forehead holds
    assert skin[:40].mean() < 0.6


@cache
def old_man() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The old man's crop (a bare forehead with a lamp at its left and a cold shine at its right), its mesh, his hair."""
    frame = next(video.read(OLD_MAN))
    found = faces.one(frame)
    crop, matrix = align(frame, found.points)
    return crop, move(found.points, matrix), align(hair.matte(frame, found), found.points)[0]


def test_a_lit_and_a_shining_side_of_the_forehead_are_skin():
    crop, points, _ = old_man()
    skin = regions.skin_like(crop, points)
    assert skin[60:90, 62:95].min() > 0.9  # before the lamp
    assert skin[70:100, 166:174].mean() > 0.85  # in the shine
    assert skin[200:, 70:120].mean() < 0.5  # his scarf


def test_a_bare_forehead_is_skin_up_to_its_hairline():
    crop, points, matte = old_man()
    found = mask(regions.raised(points), "forehead") * regions.bare(crop, points, matte)
    assert found[36:60, 95:150].mean() > 0.85 > 0.2 > mask(points, "forehead")[36:60, 95:150].mean()
    assert found[:24].max() < 0.1 and found[:90, 190:].max() < 0.1  # grey hair
    assert found[108:].max() < 0.05


def test_nothing_over_a_fringe_is_forehead():
    crop, matrix = align(portrait(), face().points)
    points = move(face().points, matrix)
    matte = align(hair.matte(portrait(), face()), face().points)[0]
    found = mask(regions.raised(points), "forehead") * regions.bare(crop, points, matte)
    assert found[:62].max() < 0.1 and found[84:92, 90:150].mean() > 0.6


def test_a_mask_follows_a_step_of_a_tenth_of_a_pixel():
    points = move(face().points, align(portrait(), face().points)[1])
    masks = [mask(points + np.array([step, 0, 0]), "nose") for step in (0, 0.1, 0.2)]
    places = [(m * np.arange(CROP)).sum() / m.sum() for m in masks]
    assert np.allclose(np.diff(places), 0.1, atol=0.04)


def test_an_unknown_region_is_named():
    with pytest.raises(HallyuError, match="no region “ear” on a face; there are: skin, face, forehead"):
        mask(face().points, "ear")


def test_the_border_lets_nothing_through_at_the_edge():
    border = regions.border()
    assert border[0].max() == border[:, -1].max() == 0 and border[128, 128] == 1
