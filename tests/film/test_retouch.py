"""Retouching by hand: lines go, pores and the rest of the frame stay, and nobody is touched without being asked."""

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from covers import face, portrait
from hypothesis import given
from hypothesis import strategies as st

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import face_metrics, faces, regions
from hallyu.film.retouch import retouch, separate, soften
from hallyu.provenance.consent import PUBLIC_FACES, permit

STUDY = permit(PUBLIC_FACES["astronaut"], "retouch", "study", date(2026, 11, 21))


@given(st.lists(st.floats(0.3, 9), min_size=1, max_size=4).map(sorted), st.integers(0, 99))
def test_bands_add_up_to_the_picture(sigmas, seed):
    picture = np.random.default_rng(seed).random((24, 31, 3)).astype(np.float32)
    bands = separate(picture, *sigmas)
    assert len(bands) == len(sigmas) + 1
    assert np.abs(sum(bands) - picture).max() < 1e-5


def lined(depth: float = 0.06) -> tuple[np.ndarray, np.ndarray]:
    """Skin with pores, and the same with a line 2 pixels wide across it."""
    pores = np.random.default_rng(0).normal(0, 0.01, (256, 256)).astype(np.float32)
    skin = np.float32([0.75, 0.58, 0.5]) + pores[..., None]
    line = depth * np.exp(-(((np.arange(256) - 128) / 2) ** 2))
    return skin, np.float32(skin - line[:, None, None])


def test_a_line_goes_and_the_pores_stay():
    skin, wrinkled = lined()
    out = soften(wrinkled, np.ones((256, 256), np.float32), 1.0)
    before, after = (np.abs((p - skin)[120:137].mean(axis=1)).max() for p in (wrinkled, out))
    assert after < 0.45 * before
    fine, kept = (separate(p, 0.8)[0][20:100].std() for p in (skin, out))
    assert kept == pytest.approx(fine, rel=0.12)


def test_below_zero_lines_deepen():
    skin, wrinkled = lined(0.03)
    deeper = soften(wrinkled, np.ones((256, 256), np.float32), -1.0)
    assert (skin - deeper)[128].mean() > 1.4 * (skin - wrinkled)[128].mean()


def test_a_nostril_is_no_line():
    _, dark = lined(0.5)
    out = soften(dark, np.ones((256, 256), np.float32), 1.0)
    assert np.abs(out - dark)[128].mean() < 0.045


def test_the_frame_outside_the_mask_keeps_every_bit():
    out = retouch(portrait(), face(), STUDY, 0.9)
    assert face_metrics.outside(portrait(), out) == face_metrics.EXACT
    assert 0.005 < (out.mask > 0.5).mean() < 0.05
    assert not np.array_equal(out.frame, portrait())


def test_values_beyond_black_and_white_and_a_matte_stay():
    frame = np.dstack(
        [portrait() * 1.3 - 0.1, np.linspace(0, 1, 512 * 512, dtype=np.float32).reshape(512, 512)]
    )
    out = retouch(frame, face(), STUDY, 0.9)
    assert face_metrics.outside(frame, out) == face_metrics.EXACT
    assert np.array_equal(out.frame[..., 3], frame[..., 3])
    assert out.frame.min() == frame.min() < 0 and out.frame.max() == frame.max() > 1


def test_eyes_brows_and_lips_stay_sharp_where_a_blur_would_not():
    out = retouch(portrait(), face(), STUDY, 1.0)
    assert face_metrics.detail_kept(portrait(), out.frame, face()) > 0.97
    assert face_metrics.detail_kept(portrait(), cv2.GaussianBlur(portrait(), (0, 0), 1.2), face()) < 0.5


def test_only_the_regions_that_are_named_change():
    out = retouch(portrait(), face(), STUDY, 1.0, names=["forehead"])
    changed = np.argwhere((out.frame != portrait()).any(axis=2))
    assert changed[:, 0].max() < face().points[168, 1] + 6


def test_the_lines_of_a_bare_forehead_go_too():
    frame = next(video.read(Path(__file__).parents[2] / "modules/film/media/s5a.mp4"))
    found = faces.one(frame)
    size = regions.native(found.points)
    grow = size // regions.CROP
    out = retouch(frame, found, STUDY, 1.0, names=["forehead"])
    # Between the mesh's edge and the hair.
    lines = np.s_[38 * grow : 58 * grow, 105 * grow : 145 * grow]
    before, after = (
        separate(regions.align(each, found.points, size)[0][..., 1], 0.8 * grow, 5.0 * grow)[1][lines].std()
        for each in (frame, out.frame)
    )
    assert after < 0.7 * before
    bald = retouch(frame, found, STUDY, 1.0, names=["forehead"], hair=np.zeros(frame.shape[:2], np.float32))
    assert bald.mask.sum() > 1.02 * out.mask.sum()


def test_no_strength_is_no_change():
    assert np.abs(retouch(portrait(), face(), STUDY, 0.0).frame - portrait()).max() < 1e-4


def test_a_face_is_not_touched_without_permission():
    with pytest.raises(HallyuError, match="To retouch this face, its lines and blemishes needs a permission"):
        retouch(portrait(), face(), None)
    other = permit(PUBLIC_FACES["astronaut"], "age", "study", date(2026, 11, 21))
    with pytest.raises(
        HallyuError, match="The permission for Eileen Collins is for “age”, not for “retouch”"
    ):
        retouch(portrait(), face(), other)


def test_a_larger_frame_is_worked_on_in_its_own_pixels():
    large = np.clip(cv2.resize(portrait(), None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), 0, 1)
    from hallyu.film.faces import one

    found = one(large)
    out = retouch(large, found, STUDY, 1.0)
    points = regions.move(found.points, regions.crop_matrix(regions.anchors_of(found.points)))
    assert regions.mask(points, "skin").max() == pytest.approx(1, abs=0.01)
    noise = large + np.random.default_rng(0).normal(0, 0.02, large.shape).astype(np.float32)
    grainy = retouch(noise, found, STUDY, 1.0)
    # Grain, finer than any line, stays.
    inside = out.mask > 0.9
    fine = [
        separate(np.ascontiguousarray(p), 0.7)[0][inside].std() for p in (np.clip(noise, 0, 1), grainy.frame)
    ]
    assert fine[1] == pytest.approx(fine[0], rel=0.06)
