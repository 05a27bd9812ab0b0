import gc
import weakref
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import cdl, colour, comp, finishing, lut
from hallyu.film.finishing import Place, Pull, Recipe, Touch
from hallyu.provenance.consent import PUBLIC_FACES, permit

GREEN = np.float32([0.1, 0.55, 0.15])


def person(number: int = 0, height: int = 90, width: int = 160) -> np.ndarray:
    """A red disc with grain before a green screen, a little to the right in each frame."""
    y, x = np.mgrid[:height, :width]
    matte = np.clip(height * 0.3 - np.hypot(x - width * (0.4 + 0.01 * number), y - height * 0.5), 0, 1)[
        ..., None
    ]
    noise = np.random.default_rng(number).normal(0, 0.01, (height, width, 3))
    return np.clip(matte * np.float32([0.7, 0.2, 0.25]) + (1 - matte) * GREEN + noise, 0, 1).astype(
        np.float32
    )


def forest(height: int = 90, width: int = 160) -> np.ndarray:
    rows = np.linspace(0.2, 0.8, height, dtype=np.float32)[:, None, None]
    noise = np.random.default_rng(9).normal(0, 0.02, (height, width, 3))
    return np.clip(
        np.broadcast_to(rows, (height, width, 3)) * np.float32([0.8, 0.9, 1]) + noise, 0, 1
    ).astype(np.float32)


def test_each_step_is_done_in_its_order():
    frames = [person(n) for n in range(3)]
    grade = cdl.CDL(slope=(1.2, 1.0, 0.8))
    place = Place(forest(), blacks=0)  # a disc of one colour has no black to match
    done = list(finishing.finish(frames, Recipe(pull=Pull("green"), place=place, grade=grade)))
    assert len(done) == 3
    for number, each in enumerate(done):
        assert (each.before == frames[number]).all()
        corner, middle = each.frame[:8, :8].mean((0, 1)), each.frame[45, 66 + 2 * number]
        assert (
            np.abs(corner - forest()[:8, :8].mean((0, 1))).max() < 0.02
        )  # the place, and nothing of the screen
        assert middle[0] > 2 * middle[1]  # the figure
        assert np.abs(each.graded - cdl.apply(each.frame, grade)).max() == 0


def test_what_is_left_out_changes_nothing():
    frame = person()
    done = finishing.still(frame, Recipe())
    assert done.face is None and done.cutout is None
    assert (done.frame == frame).all() and (done.graded == frame).all()


def test_amounts_of_zero_are_the_plain_comp():
    done = finishing.still(person(), Recipe(pull=Pull("green")))
    matte = done.cutout[..., 3]
    plain = Place(forest(), blacks=0, wrap=0, grain=0)
    laid = comp.comp(done.cutout[..., :3], matte, forest())
    assert np.abs(finishing.placed(done.cutout, plain) - laid).max() < 2e-3
    wrapped = finishing.placed(done.cutout, replace(plain, wrap=0.5))
    assert colour.luma(wrapped - laid)[(matte > 0.9)].mean() > 1e-4
    assert np.abs(wrapped - laid)[matte == 0].max() < 2e-3


def test_snow_falls_and_is_the_same_for_the_same_frame():
    done = finishing.still(person(), Recipe(pull=Pull("green")))
    place = Place(forest(), flakes=4000)
    one, same, other = (finishing.placed(done.cutout, place, number) for number in (5, 5, 6))
    assert (one == same).all()
    assert np.abs(one - other).mean() > 1e-4


def test_the_look_of_the_place_is_read_once():
    recipe = Recipe(pull=Pull("green"), place=Place(forest()))
    done = list(finishing.finish([person(0), person(1)], recipe))
    look = finishing.read(done[0].cutout, forest())
    again = finishing.placed(done[1].cutout, replace(recipe.place, look=look), 1)
    assert (again == done[1].frame).all()


def test_a_matte_of_its_own_is_taken_as_it_is():
    frame = np.dstack([person(), np.linspace(0, 1, 160, dtype=np.float32)[None].repeat(90, 0)])
    done = finishing.still(frame, Recipe(pull=Pull("own"), place=Place(forest(), blacks=0, wrap=0, grain=0)))
    assert (done.cutout == frame).all()
    assert np.abs(done.frame[:, 0] - forest()[:, 0]).max() < 2e-3
    with pytest.raises(HallyuError, match="brings no matte of its own"):
        finishing.still(person(), Recipe(pull=Pull("own")))


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (Recipe(place=Place(forest())), "needs a matte"),
        (Recipe(pull=Pull("red")), "pulled by one of"),
    ],
)
def test_what_cannot_be_done_is_said(recipe, said):
    with pytest.raises(HallyuError, match=said):
        list(finishing.finish([person()], recipe))


def test_a_frame_without_anybody_says_so():
    with pytest.raises(HallyuError, match="Nobody was found in this frame"):
        finishing.still(np.full((90, 160, 3), 0.5, np.float32), Recipe(pull=Pull("person")))


def test_a_shot_without_a_face_is_left_as_it_is():
    permission = permit(PUBLIC_FACES["doyun"], "de-age", "첫눈", date.today())
    done = finishing.still(person(), Recipe(touch=Touch(permission, 70, 30)))
    assert done.face is None and (done.frame == person()).all()


def test_no_more_frames_are_held_however_long_the_shot():
    alive, most = weakref.WeakSet(), []

    class Frame(np.ndarray):
        pass

    def frames(count: int):
        for number in range(count):
            frame = person(number % 5).view(Frame)
            alive.add(_Handle(frame))
            yield frame

    class _Handle:
        def __init__(self, frame):
            frame.handle = self

    for count in (6, 24):
        held = 0
        for _ in finishing.finish(frames(count), Recipe(pull=Pull("green"), place=Place(forest(), wrap=0))):
            gc.collect()
            held = max(held, len(alive))
        most.append(held)
    assert most[0] == most[1] <= 2


def test_a_band_of_rows_at_a_time_is_the_same_as_the_whole():
    tall, other = person(height=300), forest(height=300)
    assert (finishing.by_rows(np.add, tall, other) == tall + other).all()
    numbers = cdl.CDL((1.1, 1, 0.9), saturation=0.8)
    assert (finishing.graded(tall, numbers) == cdl.apply(tall, numbers)).all()


def test_faces_that_somebody_else_follows_are_taken_as_they_come():
    permission = permit(PUBLIC_FACES["doyun"], "de-age", "첫눈", date.today())
    frames = [person(n) for n in range(3)]
    recipe = Recipe(touch=Touch(permission, 70, 30, way="network"))
    done = list(finishing.finish(frames, recipe, found=iter([None, None, None])))
    assert [each.face for each in done] == [None] * 3
    assert all((each.frame == frame).all() for each, frame in zip(done, frames, strict=True))


def test_covering_fills_any_shape_from_the_middle():
    picture = np.zeros((60, 100, 3), np.float32)
    picture[:, 40:60] = 1
    tall = finishing.covering(picture, 30, 91)
    assert tall.shape == (91, 30, 3) and tall[:, 15].min() > 0.9
    assert finishing.covering(picture, 200, 120).shape == (120, 200, 3)


def test_out_of_focus_keeps_light_and_loses_detail():
    picture = (np.indices((64, 96)).sum(0) % 2)[..., None].repeat(3, 2).astype(np.float32)
    soft = finishing.out_of_focus(picture, 0.1)
    assert soft.std() < 0.05
    assert colour.to_linear(soft)[20:40, 20:70].mean() == pytest.approx(
        colour.to_linear(picture).mean(), rel=0.03
    )
    assert finishing.out_of_focus(picture, 0) is picture


def test_steadiness_tells_a_flicker_from_a_motion():
    def measured(change) -> finishing.Steady:
        steady = finishing.Steadiness()
        for number, done in enumerate(
            finishing.finish([person(n) for n in range(4)], Recipe(pull=Pull("green")))
        ):
            steady.add(replace(done, graded=change(done.graded, number)))
        return steady.result()

    still, flickering = measured(lambda frame, n: frame), measured(lambda frame, n: frame + 0.05 * (n % 2))
    assert still.after == pytest.approx(still.before)
    assert flickering.after > still.after + 30
    assert still.matte < 3 and still.frames == 4
    frozen = measured(lambda frame, n: person(0))
    assert frozen.after > still.after  # what does not move with the shot is not steady


@pytest.mark.parametrize(("codec", "ending"), [("h264", "mp4"), ("prores4444", "mov")])
def test_a_frame_that_was_written_is_held_no_more(tmp_path, codec, ending):
    with finishing.writing(tmp_path / f"film.{ending}", 24, codec) as put:
        for _ in range(3):
            frame = np.full((90, 160, 3), 0.5, np.float32)
            held = weakref.ref(frame)
            put(frame)
            del frame
            assert held() is None


def test_a_film_written_frame_by_frame_is_the_film(tmp_path):
    frames = [person(n) for n in range(5)]
    with finishing.writing(tmp_path / "a.mp4", 24) as put:
        for frame in frames:
            put(frame)
    read = list(video.read(tmp_path / "a.mp4"))
    assert len(read) == 5 and np.abs(read[4] - frames[4]).mean() < 0.03


def test_of_a_film_that_is_given_up_nothing_is_left(tmp_path):
    with pytest.raises(KeyError), finishing.writing(tmp_path / "a.mp4", 24) as put:
        put(person())
        raise KeyError
    with pytest.raises(HallyuError, match="no frames"), finishing.writing(tmp_path / "b.mp4", 24):
        pass
    with pytest.raises(HallyuError, match="matte"), finishing.writing(tmp_path / "c.mp4", 24) as put:
        for _ in range(9):
            put(np.zeros((32, 32, 4), np.float32))
    assert list(tmp_path.iterdir()) == []


def test_a_lut_and_the_numbers_that_it_was_baked_from_grade_alike():
    numbers = cdl.CDL((1.1, 1, 0.9), (0.02, 0, -0.02), (1, 1.1, 1), 0.9)
    table = lut.bake(lambda rgb: cdl.apply(rgb, numbers))
    assert np.abs(finishing.graded(person(), numbers) - finishing.graded(person(), table)).max() < 0.01
