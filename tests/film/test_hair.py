"""Hair: found over a face whose hair is known, left alone where there is none, dyed without a change of anything else."""

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from covers import face, portrait

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import colour, face_metrics, faces, hair, regions
from hallyu.provenance.consent import PUBLIC_FACES, permit

STUDY = permit(PUBLIC_FACES["astronaut"], "de-age", "study", date(2026, 11, 22))
STILLS = Path(__file__).parents[2] / "modules/film/media/mattes"


def still(name: str) -> np.ndarray:
    return cv2.imread(str(STILLS / f"{name}.png"))[..., ::-1].astype(np.float32) / 255


def parts(frame: np.ndarray, found: faces.Face) -> tuple[np.ndarray, np.ndarray]:
    """Two bool maps: well over the mesh, and well inside it."""
    matrix = regions.crop_matrix(regions.anchors_of(found.points))
    inside = regions.mask(regions.move(found.points, matrix), "face", soft=0)
    oval = regions.whole_mask(frame.shape, matrix, inside) > 0.5
    unit = np.linalg.norm(np.subtract(*regions.anchors_of(found.points)[:2]))
    high = np.arange(frame.shape[0])[:, None] < found.box[1] - 0.3 * unit
    return high & np.ones_like(oval), oval


@pytest.mark.parametrize("name", ["grey", "tousled", "bob"])
def test_hair_is_what_the_person_is_over_the_face(name):
    frame, alpha = still(f"{name}-comp"), still(f"{name}-matte")[..., 0]
    found = faces.detect(frame)[0]
    matte = hair.matte(frame, found)
    over, inside = parts(frame, found)
    assert np.abs(matte - alpha)[over].mean() < 0.04
    assert matte[over & (alpha > 0.99)].mean() > 0.8
    assert matte[inside].mean() < 0.05


def test_hair_before_the_ear_is_found_though_the_sun_is_on_it():
    frame = next(video.read(STILLS.parent / "s5a.mp4", 34, 35))
    found = faces.one(frame)
    left, right, _ = regions.anchors_of(found.points)
    unit, outer = right[0] - left[0], found.points[:, 0].max()
    rows = slice(int(right[1] - 0.2 * unit), int(right[1]))
    assert hair.matte(frame, found)[rows, int(outer + 0.08 * unit) : int(outer + 0.2 * unit)].mean() > 0.6


def test_a_larger_frame_has_the_same_hair():
    large = np.clip(cv2.resize(portrait(), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), 0, 1)
    small, big = hair.matte(portrait(), face()), hair.matte(large, faces.one(large))
    assert np.abs(cv2.resize(big, (512, 512), interpolation=cv2.INTER_AREA) - small).mean() < 0.01


def test_a_head_without_room_above_it_has_no_hair_to_speak_of():
    top = int(face().box[1] + 0.1 * face().box[3])
    cut = np.ascontiguousarray(portrait()[top:])
    found = faces.Face(face().points - np.float32([0, top, 0]), 1.0)
    assert hair.matte(cut, found).mean() < 0.02
    assert hair.gain(cut, np.zeros(cut.shape[:2], np.float32), np.float32([0.01] * 3)).tolist() == [1, 1, 1]


def test_dyed_hair_has_the_swatch_and_nothing_else_changes():
    matte, swatch = hair.matte(portrait(), face()), np.float32([0.05, 0.02, 0.02])
    out = hair.dye(portrait(), matte, hair.gain(portrait(), matte, swatch), STUDY)
    where = matte > 0.95
    assert np.median(colour.to_linear(out.frame[where][None])[0], axis=0) == pytest.approx(swatch, rel=0.1)
    assert face_metrics.outside(portrait(), out) == face_metrics.EXACT and (out.mask == 0).mean() > 0.7
    # Its strands are still there: contrast in light, relative to its mean, is kept.
    before, after = (colour.to_linear(f[where][None])[0, :, 1] for f in (portrait(), out.frame))
    assert after.std() / after.mean() == pytest.approx(before.std() / before.mean(), rel=0.1)


def test_hair_is_never_made_lighter():
    matte = hair.matte(portrait(), face())
    assert hair.gain(portrait(), matte, np.float32([2.0, 2.0, 2.0])).tolist() == [1, 1, 1]


def test_it_asks_first():
    with pytest.raises(HallyuError, match="needs a permission"):
        hair.dye(portrait(), np.ones(portrait().shape[:2], np.float32), np.ones(3, np.float32), None)


def test_over_a_shot_the_hairline_boils_less_than_frame_by_frame():
    frame, found = portrait(), face()
    random = np.random.default_rng(3)
    noisy = [np.float32(frame + random.normal(0, 0.03, frame.shape)).clip(0, 1) for _ in range(4)]
    single = [hair.matte(f, found) for f in noisy]
    steady = [matte for _, _, matte in hair.mattes((f, found) for f in noisy)]
    boil, calm = (np.abs(np.diff(run, axis=0)).mean() for run in (single, steady))
    assert calm < 0.7 * boil
    lost = list(hair.mattes([(noisy[0], found), (noisy[1], None)]))
    assert lost[1][1] is None and not lost[1][2].any()
