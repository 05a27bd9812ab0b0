"""A delivery that loses no point, then every known defect and every known cheat, each of which must be found."""

import json
import shutil
from pathlib import Path

import cv2
import film_material as material
import numpy as np
import pytest

from hallyu import video
from hallyu.film import colour, exr, faces, lut, match, regions
from hallyu.film.ageing import Aged
from hallyu.grading import artefacts_face as artefacts
from hallyu.grading.findings import marks

MEDIA = Path(__file__).resolve().parents[2] / "modules" / "film" / "media"
WORD = material.word(material.FACE)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return material.deliver_face(tmp_path_factory.mktemp("original") / "delivery")


@pytest.fixture(scope="module")
def take():
    return material.face_take()


@pytest.fixture
def shots(original, tmp_path):
    """A copy of the delivery, to be spoilt."""
    return shutil.copytree(original, tmp_path / "delivery")


def codes(grader, folder):
    return [finding.code for finding in grader(folder, WORD)]


def lost(grader, folder):
    return grader.points - marks(grader(folder, WORD), grader.points)


def change(folder, take, change_one, everywhere=False):
    """Write the changed frames again: change_one(made, number) inside the mask of each, or everywhere; the take outside."""
    aged = []
    for number, ((before, _), name) in enumerate(zip(take, artefacts.film.names("face"), strict=True)):
        picture = exr.read(folder / name)
        made, mask = exr.to_frame(picture), picture.layers["mask"]
        new = np.clip(change_one(made, number), 0, 1)
        mask = np.ones_like(mask) if everywhere else mask
        aged.append(Aged(before + (new - before) * mask[..., None], mask))
    return material.write_faces(folder, aged)


# --- what is right ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grader", artefacts.GRADERS, ids=lambda g: g.__name__)
def test_an_honest_delivery_loses_nothing(original, grader):
    assert grader(original, WORD) == []


def test_the_points_sum_to_what_the_assignment_says():
    assert sum(g.points for g in artefacts.GRADERS) == 80


@pytest.mark.parametrize("grader", artefacts.GRADERS, ids=lambda g: g.__name__)
def test_an_empty_folder_no_folder_and_another_word_earn_nothing(original, tmp_path, grader):
    (tmp_path / "delivery").mkdir()
    for folder in (tmp_path / "delivery", tmp_path / "nothing"):
        assert marks(grader(folder, WORD), grader.points) == 0
    assert marks(grader(original, "guess"), grader.points) == (5 if grader in UNSEALED else 0)


UNSEALED = (artefacts.shots_complete, artefacts.cube)


# --- cheats -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pixels", [0.7, 1.0, 1.5, 2.5])
def test_cheat_a_blurred_face_for_a_young_one(shots, take, pixels):
    """Blur takes lines away, and the estimator believes it."""
    change(shots, take, lambda made, n: cv2.GaussianBlur(take[n][0], (0, 0), pixels))
    assert "blur" in codes(artefacts.detail, shots) and lost(artefacts.detail, shots) == 10


def test_cheat_the_networks_face_blurred_too(shots, take):
    change(shots, take, lambda made, n: cv2.GaussianBlur(made, (0, 0), 1))
    assert lost(artefacts.detail, shots) == 10


def test_cheat_a_swapped_identity(shots, take):
    """Haneul's face, laid where his is."""
    theirs = next(video.read(MEDIA / "s3.mp4"))
    face = faces.one(theirs)
    places = lambda points: np.array([*regions.anchors_of(points)[:2], *points[[4, 61, 291], :2]])

    def swapped(made, number):
        matrix = regions.similarity(places(face.points), places(take[number][1].points))
        return regions.warp(theirs, matrix, artefacts.SIZE)

    change(shots, take, swapped)
    assert codes(artefacts.same_person, shots) == ["identity"] and lost(artefacts.same_person, shots) == 10


def test_cheat_the_published_young_master(shots, take):
    """Another rendering of the same actor, mirrored as the take is: it is not this performance as it was shot."""
    size = artefacts.SIZE
    published = [f for f in video.read(MEDIA / "s5b.mp4", 0, 24)][::2]
    laid = [
        cv2.resize(np.ascontiguousarray(f[:, ::-1]), size, interpolation=cv2.INTER_AREA) for f in published
    ]
    change(shots, take, lambda made, n: laid[n])
    assert lost(artefacts.same_person, shots) >= 5


def test_cheat_a_frozen_face(shots, take):
    first = exr.to_frame(exr.read(shots / "face.1001.exr"))
    change(shots, take, lambda made, n: first)
    assert lost(artefacts.steady_face, shots) >= 5


def test_cheat_a_frozen_video(shots, take):
    """Every frame is the first one: nothing flickers, and nothing is the take outside the mask."""
    picture = exr.read(shots / "face.1001.exr")
    for name in artefacts.film.names("face"):
        exr.write(shots / name, picture)
    assert codes(artefacts.steady_face, shots) == ["frozen"] and lost(artefacts.steady_face, shots) == 10
    assert codes(artefacts.kept_outside, shots) == ["outside"]
    video.write(shots / "graded.mp4", [next(video.read(shots / "graded.mp4"))] * 12, 24)
    assert codes(artefacts.graded_copy, shots) == ["frozen"]


def test_cheat_nothing_was_changed(shots, take):
    change(shots, take, lambda made, n: take[n][0])
    assert codes(artefacts.younger, shots) == ["age"] and lost(artefacts.younger, shots) >= 7


def test_cheat_a_mask_over_everything(shots):
    for name in artefacts.film.names("face"):
        picture = exr.read(shots / name)
        whole = np.ones(picture.premultiplied.shape[:2], np.float32)
        exr.write(shots / name, exr.Picture(picture.premultiplied, layers={"mask": whole}))
    assert codes(artefacts.kept_outside, shots) == ["mask"]


def test_cheat_a_grade_that_clips(shots):
    cube = lut.read(shots / "match.cube")
    material.write_grade(shots, lut.Cube(np.clip(1.3 * cube.table - 0.15, 0, 1)))
    assert codes(artefacts.clean_grade, shots)[0] == "quality" and lost(artefacts.match, shots) == 10
    assert codes(artefacts.graded_copy, shots) == []


def test_cheat_the_published_cameras_cube(shots):
    published = [list(video.read(MEDIA / f"{name}.mp4", 0, 48))[::16] for name in ("s3-camera-b", "s3")]
    material.write_grade(shots, match.match(*published).lut)
    assert lost(artefacts.match, shots) == 10


def test_cheat_the_reference_itself_for_the_graded_copy(shots):
    material.write_grade(shots, lut.Cube(lut.nodes(33)))
    shutil.copy(material.FACE_PLATES / "reference.mp4", shots / "graded.mp4")
    assert codes(artefacts.cube, shots) == ["nothing"] and lost(artefacts.match, shots) == 10
    assert codes(artefacts.graded_copy, shots) == ["other picture"]


def test_cheat_made_up_numbers_change_nothing(shots, take):
    change(shots, take, lambda made, n: cv2.GaussianBlur(take[n][0], (0, 0), 2))
    material.declare_face(shots, likeness=1.0, detail=1.0, points=100)
    assert lost(artefacts.detail, shots) == 10


# --- defects ------------------------------------------------------------------------------------------------------


def test_a_change_that_flickers_is_found(shots, take):
    random = np.random.default_rng(0)
    change(shots, take, lambda made, n: made * (1 + 0.06 * random.standard_normal()))
    assert codes(artefacts.steady_face, shots) == ["flicker"] and lost(artefacts.steady_face, shots) == 10


def test_a_frame_changed_outside_its_mask_is_found(shots):
    for name in artefacts.film.names("face"):
        picture = exr.read(shots / name)
        exr.write(shots / name, exr.Picture(0.97 * picture.premultiplied, layers=picture.layers))
    assert codes(artefacts.kept_outside, shots) == ["outside"]


def test_a_face_that_is_not_there_is_told(shots, take):
    change(shots, take, lambda made, n: np.full_like(made, 0.5), everywhere=True)
    for grader in (artefacts.same_person, artefacts.younger):
        assert "shows no face" in grader(shots, WORD)[0].message and lost(grader, shots) == 10


def test_frames_without_a_mask_are_told(shots):
    for name in artefacts.film.names("face"):
        exr.write(shots / name, exr.Picture(exr.read(shots / name).premultiplied))
    assert "no layer called" in artefacts.shots_complete(shots, WORD)[0].message


@pytest.mark.parametrize(
    "cube",
    [
        lut.Cube(lut.nodes(17) ** 1.1),
        lut.Curves(np.linspace(0, 1, 33, dtype=np.float32)[:, None].repeat(3, 1)),
    ],
    ids=["17 nodes", "one dimension"],
)
def test_another_kind_of_lut_is_told(shots, cube):
    lut.write(shots / "match.cube", cube)
    assert "33 nodes" in artefacts.cube(shots, WORD)[0].message


def test_a_lut_that_leaves_its_range_is_told(shots):
    table = lut.read(shots / "match.cube").table
    lut.write(shots / "match.cube", lut.Cube(1.4 * table - 0.2))
    assert codes(artefacts.cube, shots) == ["beyond"]


@pytest.mark.parametrize(
    "text", ["", "LUT_3D_SIZE 33\n1 2", "LUT_3D_SIZE 9999999\n", "nan " * 9, "\0\0"], ids=range(5)
)
def test_a_damaged_lut_is_told_in_a_sentence(shots, text):
    (shots / "match.cube").write_text(text)
    (found,) = artefacts.cube(shots, WORD)
    assert found.points == 5 and "Traceback" not in found.message


@pytest.mark.parametrize(
    "spoil, code",
    [
        (lambda told: told["faces"].clear(), "faces"),
        (lambda told: told["faces"][0].update(uses=["de-age", "publish", "advertise"]), "uses"),
        (lambda told: told["faces"][0].update(consent="0" * 64), "other consent"),
        (lambda told: told["disclosure"]["ai"][0].update(method="a filter"), "unmarked"),
        (lambda told: told["disclosure"].update(ai=[]), "undisclosed"),
        (lambda told: told["files"].update({"match.cube": "0" * 64}), "changed"),
        (lambda told: told.update(project="Second Snow"), "project"),
    ],
    ids=range(7),
)
def test_a_declaration_that_says_something_else_is_found(shots, spoil, code):
    told = json.loads((shots / "declaration.json").read_text(encoding="utf-8"))
    spoil(told)
    if code == "unmarked":  # a notice that says what the disclosure says
        from hallyu.provenance.disclosure import Disclosure

        told["notice"] = {at: Disclosure.from_dict(told["disclosure"]).text(at) for at in ("ko", "en")}
    (shots / "declaration.json").write_text(json.dumps(told), encoding="utf-8")
    assert code in codes(artefacts.shots_declaration, shots)


@pytest.mark.parametrize("name", ["take.mp4", "camera-b.mp4", "reference.mp4", "consent.json"])
def test_the_plates_that_learners_get_are_those_that_graders_have(name):
    kept = artefacts.film.sealed.files(material.FACE, WORD)
    assert kept[name] == (material.FACE_PLATES / name).read_bytes()


def test_code_values_for_light_are_found(shots):
    for name in artefacts.film.names("face"):
        picture = exr.read(shots / name)
        exr.write(shots / name, exr.Picture(colour.to_display(picture.premultiplied), layers=picture.layers))
    assert codes(artefacts.kept_outside, shots) == ["outside"]
