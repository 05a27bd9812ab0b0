"""A delivery that loses no point, then every known defect and every known cheat, each of which must be found."""

import json
import os
import shutil
import struct
from importlib import resources
from pathlib import Path

import cv2
import film_material as material
import numpy as np
import pytest
from PIL import Image

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import colour, comp, exr, spill
from hallyu.grading import artefacts_film as artefacts
from hallyu.grading import called, sealed
from hallyu.grading.findings import grade, marks

MATTES = Path(__file__).resolve().parents[2] / "modules" / "film" / "media" / "mattes"
WORD = material.word()


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return material.deliver(tmp_path_factory.mktemp("original") / "delivery")


@pytest.fixture(scope="module")
def plates():
    return material.plates()


@pytest.fixture
def shot(original, tmp_path):
    """A copy of the delivery, to be spoilt."""
    return shutil.copytree(original, tmp_path / "delivery")


def codes(grader, folder, word=WORD):
    return [finding.code for finding in grader(folder, word)]


def lost(grader, folder):
    return grader.points - marks(grader(folder, WORD), grader.points)


def stored(folder, name):
    return exr.read(folder / name).premultiplied


def change(folder, run, change_one):
    """Write each frame of a sequence again, changed: change_one(picture, number)."""
    for number, name in enumerate(artefacts.names(run)):
        changed = change_one(stored(folder, name), number)
        exr.write(folder / name, exr.Picture(np.asarray(changed, np.float32)))
    return folder


def with_matte(picture, matte):
    """The same colours with another matte, premultiplied by it."""
    own = comp.straight(picture)[..., :3]
    return np.dstack([own * matte[..., None], matte])


def recomp(folder, made):
    """Write the finished frames again, and their viewing copy: made(figure, number) gives code values of straight figures."""

    def one(_, number):
        figure = comp.straight(stored(folder, artefacts.names("figure")[number]))
        return colour.to_linear(made(np.dstack([colour.to_display(figure[..., :3]), figure[..., 3]]), number))

    change(folder, "comp", one)
    return view(folder)


def view(folder):
    frames = (np.clip(colour.to_display(stored(folder, name)), 0, 1) for name in artefacts.names("comp"))
    video.write(folder / "comp.mp4", frames, 24)
    return folder


# --- what is right ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grader", artefacts.COMPOSITE_GRADERS, ids=lambda g: g.__name__)
def test_an_honest_shot_loses_nothing(original, grader):
    assert grader(original, WORD) == []


def test_the_points_sum_to_what_the_assignment_says():
    assert sum(g.points for g in artefacts.COMPOSITE_GRADERS) == 70


@pytest.mark.parametrize("grader", artefacts.COMPOSITE_GRADERS, ids=lambda g: g.__name__)
def test_an_empty_folder_and_no_folder_earn_nothing(tmp_path, grader):
    (tmp_path / "delivery").mkdir()
    for folder in (tmp_path / "delivery", tmp_path / "nothing"):
        assert marks(grader(folder, WORD), grader.points) == 0


@pytest.mark.parametrize(
    "amounts", [{"blacks": 1.0}, {"blacks": 0.7, "wrap": 0.1}, {"blacks": 0.8, "wrap": 0.6}], ids=str
)
def test_other_tastes_lose_nothing(shot, plates, amounts):
    recomp(shot, lambda f, n: comp.integrated(f[..., :3], f[..., 3], plates[1][n], number=n, **amounts))
    assert codes(artefacts.light, shot) == codes(artefacts.integration, shot) == []


def test_a_delivery_in_full_floats_and_with_a_matte_of_ones_loses_nothing(shot):
    for name in (*artefacts.names("comp"), "still.exr"):
        picture = stored(shot, name)
        whole = picture if picture.shape[2] == 4 else np.dstack([picture, np.ones(picture.shape[:2])])
        exr.write(shot / name, exr.Picture(whole.astype(np.float32), half=False))
    for grader in artefacts.COMPOSITE_GRADERS[:-1]:
        assert codes(grader, shot) == []


# --- cheats -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_cheat_an_all_grey_matte(shot, level):
    change(shot, "figure", lambda p, n: with_matte(p, np.full(p.shape[:2], level, np.float32)))
    for grader in (
        artefacts.elements,
        artefacts.take_matte,
        artefacts.steady,
        artefacts.spill_gone,
        artefacts.light,
    ):
        assert lost(grader, shot) == grader.points


def test_cheat_a_matte_cut_at_a_threshold(shot):
    change(shot, "figure", lambda p, n: with_matte(p, (p[..., 3] > 0.5).astype(np.float32)))
    assert codes(artefacts.elements, shot) == codes(artefacts.take_matte, shot) == ["hard"]
    picture = stored(shot, "still.exr")
    exr.write(
        shot / "still.exr", exr.Picture(with_matte(picture, (picture[..., 3] > 0.5).astype(np.float32)))
    )
    assert codes(artefacts.still_matte, shot) == ["hard"] and lost(artefacts.still_matte, shot) == 10


def test_cheat_a_threshold_with_an_edge_smoothed_again(shot):
    """The rim is soft, and no hair is in it."""
    smooth = lambda m: cv2.GaussianBlur((m > 0.5).astype(np.float32), (0, 0), 1.2)
    change(shot, "figure", lambda p, n: with_matte(p, smooth(p[..., 3])))
    assert codes(artefacts.take_matte, shot) == ["matte"] and lost(artefacts.take_matte, shot) >= 5


@pytest.mark.parametrize("pixels, least", [(1.5, 8), (3, 10)])
def test_cheat_a_blurred_matte(shot, pixels, least):
    change(shot, "figure", lambda p, n: with_matte(p, cv2.GaussianBlur(p[..., 3], (0, 0), pixels)))
    assert codes(artefacts.take_matte, shot) == ["matte"] and lost(artefacts.take_matte, shot) >= least


@pytest.mark.parametrize("name, mirrored", [("wind", True), ("wind", False)])
def test_cheat_the_published_matte_for_the_take(shot, name, mirrored):
    known = np.asarray(Image.open(MATTES / f"{name}-matte.png").convert("L"), np.float32) / 255
    known = cv2.resize(known[:, ::-1] if mirrored else known, (640, 480), interpolation=cv2.INTER_AREA)[
        34:394
    ]
    known = cv2.resize(known, artefacts.SIZE, interpolation=cv2.INTER_AREA)
    change(shot, "figure", lambda p, n: with_matte(p, known))
    assert lost(artefacts.take_matte, shot) == 10 and codes(artefacts.steady, shot) == ["frozen"]


def test_cheat_the_published_matte_for_the_still(shot):
    known = np.asarray(Image.open(MATTES / "tousled-matte.png").convert("L"), np.float32)[:, ::-1] / 255
    known = cv2.resize(np.ascontiguousarray(known), artefacts.STILL_SIZE, interpolation=cv2.INTER_AREA)
    exr.write(shot / "still.exr", exr.Picture(with_matte(stored(shot, "still.exr"), known)))
    assert lost(artefacts.still_matte, shot) == 10


@pytest.mark.parametrize("amount", [0.0, 0.5])
def test_cheat_the_green_is_left(shot, plates, amount):
    raw = lambda p, n: np.dstack(
        [colour.to_linear(spill.despill(plates[0][n], amount=amount)), np.ones(p.shape[:2])]
    )
    change(shot, "figure", lambda p, n: with_matte(raw(p, n), p[..., 3]))
    assert "green" in codes(artefacts.spill_gone, shot) and lost(artefacts.spill_gone, shot) == 5


def test_cheat_no_colour_so_no_green(shot):
    grey = lambda p: np.dstack([np.repeat((p[..., :3] @ colour.WEIGHTS)[..., None], 3, 2), p[..., 3]])
    change(shot, "figure", lambda p, n: grey(p))
    assert lost(artefacts.spill_gone, shot) == 5


def test_cheat_multiplied_twice(shot, plates):
    change(shot, "figure", lambda p, n: np.dstack([p[..., :3] * p[..., 3:], p[..., 3]]))
    assert codes(artefacts.elements, shot) == ["twice"] and lost(artefacts.spill_gone, shot) == 5


def test_cheat_a_comp_multiplied_twice(shot, plates):
    def over(picture, number):
        figure = stored(shot, artefacts.names("figure")[number])
        twice = np.dstack([figure[..., :3] * figure[..., 3:], figure[..., 3]])
        return comp.over(twice, colour.to_linear(plates[1][number]))

    change(shot, "comp", over)
    assert "multiplied" in codes(artefacts.light, shot) and lost(artefacts.light, shot) >= 6


@pytest.mark.parametrize("light", [True, False], ids=["straight light", "straight code values"])
def test_cheat_straight_saved_as_premultiplied(shot, light):
    def straight(picture, number):
        made = comp.straight(picture)
        return made if light else np.dstack([colour.to_display(made[..., :3]), made[..., 3]])

    change(shot, "figure", straight)
    assert codes(artefacts.elements, shot) == ["straight"] and lost(artefacts.spill_gone, shot) == 5


def test_cheat_code_values_saved_as_light(shot):
    change(shot, "figure", lambda p, n: np.dstack([colour.to_display(p[..., :3]), p[..., 3]]))
    assert codes(artefacts.spill_gone, shot) == ["not light"]


@pytest.mark.parametrize("finished", [False, True], ids=["alone", "with wrap, blacks and grain"])
def test_cheat_a_comp_in_gamma_space(shot, plates, finished):
    def coded(figure, number):
        own, matte, place = figure[..., :3], figure[..., 3], plates[1][number]
        read = comp.look(own, matte, place)
        if finished:
            own = comp.match_black(own, read.black, read.wanted_black, 0.7)
        made = comp.comp(own, matte, place, linear=False)
        if finished:
            made = comp.match_grain(
                comp.light_wrap(made, matte, place, 6, 0.3), matte, read.grain, read.has, 0, number
            )
        return made

    recomp(shot, coded)
    assert codes(artefacts.light, shot) == ["gamma"] and lost(artefacts.light, shot) == 10


def test_cheat_a_frozen_figure_for_a_steady_matte(shot):
    first = stored(shot, "figure.1001.exr")
    change(shot, "figure", lambda p, n: first)
    assert codes(artefacts.steady, shot) == ["frozen"] and lost(artefacts.steady, shot) == 5
    assert lost(artefacts.take_matte, shot) == 10


def test_cheat_a_frozen_video(shot, plates):
    """Every finished frame is the first one, and so is every picture of the viewing copy."""
    first = stored(shot, "comp.1001.exr")
    change(shot, "comp", lambda p, n: first)
    assert lost(artefacts.light, shot) == 10
    view(shot)
    frozen = [next(video.read(shot / "comp.mp4"))] * 12
    shutil.copytree(shot, shot.parent / "other")
    video.write(shot / "comp.mp4", frozen, 24)
    assert (
        codes(artefacts.viewing_copy, shot) == []
    )  # it is what the finished frames show: those are graded by light
    fresh = shutil.copytree(shot.parent / "other", shot.parent / "third")
    for name in artefacts.names("comp"):
        shutil.copy(shot / name, fresh / name)
    assert lost(artefacts.light, fresh) == 10


def test_cheat_a_frozen_viewing_copy(shot):
    video.write(shot / "comp.mp4", [next(video.read(shot / "comp.mp4"))] * 12, 24)
    assert codes(artefacts.viewing_copy, shot) == ["frozen"] and lost(artefacts.viewing_copy, shot) == 5


def test_cheat_a_picture_pasted_for_the_comp(shot, plates):
    """The forest alone, the take alone, and somebody else's finished frame, mirrored."""
    for made in (plates[1][0], plates[0][0], stored(shot, "comp.1001.exr")[:, ::-1]):
        change(shot, "comp", lambda p, n, made=made: colour.to_linear(np.ascontiguousarray(made)))
        for grader in (artefacts.light, artefacts.integration):
            assert lost(grader, shot) == 10


def test_cheat_the_finished_frame_pasted_for_the_figure(shot):
    whole = stored(shot, "comp.1001.exr")
    change(shot, "figure", lambda p, n: np.dstack([whole, np.ones(whole.shape[:2])]))
    for grader in (artefacts.elements, artefacts.take_matte, artefacts.spill_gone, artefacts.light):
        assert lost(grader, shot) == grader.points


def test_cheat_made_up_numbers_change_nothing(shot):
    best = {"mad": 0.0, "mse": 0.0, "dtssd": 0.0, "passed": True, "points": 100}
    (shot / "report.json").write_text(json.dumps(best))
    told = json.loads((shot / "declaration.json").read_text(encoding="utf-8"))
    change(shot, "figure", lambda p, n: with_matte(p, cv2.GaussianBlur(p[..., 3], (0, 0), 3)))
    material.declare(shot, **(best | {"files": told["files"]}))
    assert lost(artefacts.take_matte, shot) == 10


def test_cheat_the_truths_are_not_to_be_read_from_the_files_that_learners_have(original):
    held = resources.files("hallyu.grading").joinpath("film-composite.sealed.json").read_text()
    shut = json.loads(held)
    assert set(shut) == {"salt", "nonce", "closed"}
    for word in ("", "film-composite", WORD + " ", "salt"):
        with pytest.raises(HallyuError, match="does not open"):
            sealed.files("film-composite", word)
        assert lost_without(original, word)
    assert not [p for p in material.PLATES.iterdir() if "matte" in p.name]
    package = Path(artefacts.__file__).parents[1]
    told = [
        p
        for p in package.rglob("*")
        if p.suffix in (".py", ".json", ".md") and WORD in p.read_text(encoding="utf-8")
    ]
    assert told == []


def lost_without(folder, word):
    """Whether every grader that needs the truths gives nothing with another word."""
    needing = (
        artefacts.take_matte,
        artefacts.steady,
        artefacts.still_matte,
        artefacts.spill_gone,
        artefacts.light,
    )
    return all(marks(grader(folder, word), grader.points) == 0 for grader in needing)


def test_the_plates_that_learners_get_are_those_that_graders_have():
    kept = sealed.files("film-composite", WORD)
    for path in material.PLATES.iterdir():
        assert kept[path.name] == path.read_bytes()


# --- defects ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "amounts, code",
    [
        ({"blacks": 0.0}, "blacks"),
        ({"wrap": 0.0}, "wrap"),
        ({"wrap": 4.0}, "wrap"),
        ({"blacks": 2.6}, "blacks"),
    ],
    ids=str,
)
def test_a_step_that_was_left_out_or_overdone_is_found(shot, plates, amounts, code):
    made = {"blacks": 0.8} | amounts
    recomp(shot, lambda f, n: comp.integrated(f[..., :3], f[..., 3], plates[1][n], number=n, **made))
    assert code in codes(artefacts.integration, shot)


def test_no_grain_and_frozen_grain_are_found(shot, plates):
    recomp(shot, lambda f, n: comp.integrated(f[..., :3], f[..., 3], plates[1][n], number=0))
    assert codes(artefacts.integration, shot)[0] == "frozen grain"

    def clean(figure, number):
        own, matte, place = figure[..., :3], figure[..., 3], plates[1][number]
        read = comp.look(own, matte, place)
        made = comp.comp(comp.match_black(own, read.black, read.wanted_black), matte, place)
        return comp.light_wrap(made, matte, place, 6, 0.3)

    recomp(shot, clean)
    assert codes(artefacts.integration, shot) == ["grain"]


def test_another_forest_and_one_frame_of_it_are_found(shot, plates):
    one = lambda place: lambda f, n: comp.integrated(f[..., :3], f[..., 3], place, number=n)
    recomp(shot, one(plates[1][3]))
    assert "other frame" in codes(artefacts.light, shot)
    recomp(shot, one(np.ascontiguousarray(plates[1][3][:, ::-1])))
    assert codes(artefacts.light, shot) == ["other place"]


def test_a_matte_that_flickers_is_found(shot):
    random = np.random.default_rng(1)
    change(shot, "figure", lambda p, n: with_matte(p, p[..., 3] ** float(random.uniform(0.4, 2.2))))
    assert codes(artefacts.steady, shot) == ["flicker"]


def test_mattes_out_of_order_are_found(shot):
    pictures = [stored(shot, name) for name in artefacts.names("figure")]
    change(shot, "figure", lambda p, n: pictures[11 - n])
    assert lost(artefacts.take_matte, shot) >= 8


def test_light_where_the_matte_is_nothing_is_found(shot):
    change(shot, "figure", lambda p, n: np.dstack([p[..., :3] + 0.05 * (p[..., 3:] < 0.01), p[..., 3]]))
    assert codes(artefacts.elements, shot) == ["outside"]


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["figure.1004.exr", "comp.1004.exr", "still.exr"])
def test_a_value_that_is_no_number_is_named(shot, name, value):
    import OpenEXR

    planes = dict(zip("RGBA", np.moveaxis(stored(shot, name), 2, 0), strict=False))
    planes = {letter: np.ascontiguousarray(plane) for letter, plane in planes.items()}
    planes["G"][20, 30] = value
    OpenEXR.File({"type": OpenEXR.scanlineimage}, planes).write(str(shot / name))
    (found,) = artefacts.composite_complete(shot, WORD)
    assert found.points == 5 and name in found.message and "(30, 20)" in found.message


@pytest.mark.parametrize("size", [(240, 135), (960, 540), (270, 480)])
def test_another_size_is_told(shot, size):
    picture = cv2.resize(stored(shot, "figure.1001.exr"), size)
    exr.write(shot / "figure.1001.exr", exr.Picture(picture))
    (found,) = artefacts.take_matte(shot, WORD)
    assert f"{size[0]} x {size[1]} px" in found.message and found.points == 10


def test_light_that_no_picture_has_is_told(shot):
    for name in ("comp.1001.exr", "figure.1001.exr"):
        picture = stored(shot, name)
        picture[20, 30, 1] = 60_000
        exr.write(shot / name, exr.Picture(picture))
    for grader in (artefacts.composite_complete, artefacts.light, artefacts.take_matte):
        assert "times white" in grader(shot, WORD)[0].message and lost(grader, shot) == grader.points


def test_a_missing_frame_and_one_too_few_in_the_viewing_copy_are_told(shot):
    frames = list(video.read(shot / "comp.mp4"))
    video.write(shot / "comp.mp4", frames[:11], 24)
    assert "has 11 frames" in artefacts.composite_complete(shot, WORD)[0].message
    (shot / "figure.1007.exr").unlink()
    assert "figure.1007.exr is missing" in artefacts.take_matte(shot, WORD)[0].message


def test_a_figure_without_a_matte_and_a_comp_with_holes_are_told(shot):
    change(shot, "figure", lambda p, n: p[..., :3])
    assert "has no matte" in artefacts.elements(shot, WORD)[0].message
    change(shot, "comp", lambda p, n: np.dstack([p[..., :3], np.full(p.shape[:2], 0.5)]))
    assert "not opaque" in artefacts.light(shot, WORD)[0].message


# --- what strangers send ------------------------------------------------------------------------------------------


def test_a_picture_that_says_it_is_enormous_is_not_opened(shot):
    content = (shot / "still.exr").read_bytes()
    for window in (b"dataWindow\0box2i\0", b"displayWindow\0box2i\0"):
        at = content.index(window) + len(window) + 4
        content = content[:at] + struct.pack("<4i", 0, 0, 2**30, 2**30) + content[at + 16 :]
    (shot / "still.exr").write_bytes(content)
    assert "says it has" in artefacts.still_matte(shot, WORD)[0].message


def test_many_channels_and_several_parts_are_not_opened(shot):
    import OpenEXR

    plane = np.zeros((360, 480), np.float16)
    OpenEXR.File({"type": OpenEXR.scanlineimage}, {f"c{n:02}": plane for n in range(40)}).write(
        str(shot / "still.exr")
    )
    assert "40 channels" in artefacts.still_matte(shot, WORD)[0].message
    parts = [
        OpenEXR.Part({"type": OpenEXR.scanlineimage}, dict.fromkeys("RGBA", plane), name)
        for name in ("a", "b")
    ]
    OpenEXR.File(parts).write(str(shot / "still.exr"))
    assert "no EXR picture" in artefacts.still_matte(shot, WORD)[0].message


@pytest.mark.parametrize("cut", [0, 3, 9, 60, 300, 900, 20_000])
def test_a_damaged_picture_is_told_in_a_sentence(shot, cut):
    content = (shot / "still.exr").read_bytes()
    for spoilt in (content[:cut], content[:cut] + os.urandom(400) + content[cut + 400 :], b"text" * cut):
        (shot / "still.exr").write_bytes(spoilt)
        for finding in artefacts.still_matte(shot, WORD):
            assert "Traceback" not in finding.message and finding.points <= 10


@pytest.mark.parametrize("content", [b"", b"no film", b"\0" * 4000], ids=len)
def test_a_viewing_copy_that_is_no_film_is_told(shot, content):
    (shot / "comp.mp4").write_bytes(content)
    (found,) = artefacts.viewing_copy(shot, WORD)
    assert found.points == 5 and "comp.mp4" in found.message


def test_links_are_not_followed(shot, original):
    (shot / "still.exr").unlink()
    (shot / "still.exr").symlink_to(original / "still.exr")
    assert "is a link" in artefacts.still_matte(shot, WORD)[0].message


# --- the declaration ----------------------------------------------------------------------------------------------


def faces(shot):
    return json.loads((shot / "declaration.json").read_text(encoding="utf-8"))["faces"]


@pytest.mark.parametrize(
    "spoil, code",
    [
        (lambda told: told["faces"].pop(), "faces"),
        (lambda told: told["faces"].append({"face": "astronaut"}), "faces"),
        (lambda told: told["faces"][0].update(uses=["composite"]), "uses"),
        (lambda told: told["faces"][0].update(uses=["composite", "publish", "train"]), "uses"),
        (lambda told: told["faces"][0].update(consent="0" * 64), "other consent"),
        (lambda told: told["faces"][0].pop("consent"), "no consent"),
        (lambda told: told["faces"][1].update(credit="me"), "credit"),
        (lambda told: told.update(project="Second Snow"), "project"),
        (lambda told: told.update(made_on="yesterday"), "no day"),
        (lambda told: told.update(disclosure={}), "unreadable"),
        (lambda told: told.pop("disclosure"), "undisclosed"),
        (lambda told: told["disclosure"].update(ai=[]), "undisclosed"),
        (lambda told: told["disclosure"].update(human=[]), "unlogged"),
        (lambda told: told["disclosure"].update(cuts=5), "untrue"),
        (lambda told: told["disclosure"].update(medium="webtoon"), "untrue"),
        (lambda told: told["notice"].update(ko="AI 없음"), "notice"),
        (lambda told: told["files"].update({"comp.mp4": "0" * 64}), "changed"),
        (lambda told: told.pop("files"), "changed"),
    ],
    ids=range(18),
)
def test_a_declaration_that_says_something_else_is_found(shot, spoil, code):
    told = json.loads((shot / "declaration.json").read_text(encoding="utf-8"))
    spoil(told)
    (shot / "declaration.json").write_text(json.dumps(told), encoding="utf-8")
    assert code in codes(artefacts.declaration, shot)


@pytest.mark.parametrize(
    "text", ["[]", "{}", "[" * 9000, '{"faces": [1], "files": 3, "disclosure": 4}'], ids=range(4)
)
def test_odd_declarations_are_told_in_a_sentence(shot, text):
    (shot / "declaration.json").write_text(text)
    assert marks(artefacts.declaration(shot, WORD), 5) == 0


# --- functions that are called ------------------------------------------------------------------------------------


def test_right_functions_earn_every_point_and_the_words_are_printed(capsys, original):
    assert called.grade("key", called.keyed, called.keyed, called.screens(3), 5) == 5
    assert called.grade("lay_over", called.laid_over, called.laid_over, called.layers(3), 5) == 5
    assert grade(artefacts.steady, original, WORD) == 5
    assert "10 of 10 unseen pictures" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong",
    [
        lambda frame, screen: None,
        lambda frame, screen: frame,
        lambda frame, screen: np.full(frame.shape[:2], 0.5),
        lambda frame, screen: np.full(frame.shape[:2], np.nan),
        lambda frame, screen: np.clip(1 - spill.excess(frame, "green") / 0.5, 0, 1),
        lambda frame, screen: 1 - called.keyed(frame, screen),
        lambda frame, screen: (called.keyed(frame, screen) > 0.5).astype(float),
        lambda frame, screen: called.keyed(frame, np.float32([0.1, 0.7, 0.2])),
    ],
    ids=[
        "nothing",
        "the frame",
        "grey",
        "NaN",
        "green only",
        "inverted",
        "thresholded",
        "one screen for all",
    ],
)
def test_wrong_keys_earn_nothing(wrong):
    assert called.grade("key", called.keyed, wrong, called.screens(3), 5) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda figure, matte, ground: None,
        lambda figure, matte, ground: ground,
        lambda figure, matte, ground: comp.comp(figure, matte, ground, linear=False),
        lambda figure, matte, ground: colour.to_linear(called.laid_over(figure, matte, ground)),
        lambda figure, matte, ground: called.laid_over(figure * matte[..., None], matte, ground),
        lambda figure, matte, ground: called.laid_over(ground, matte, figure),
    ],
    ids=["nothing", "the ground", "gamma", "light", "twice", "swapped"],
)
def test_wrong_comps_earn_nothing(wrong):
    assert called.grade("lay_over", called.laid_over, wrong, called.layers(3), 5) == 0
