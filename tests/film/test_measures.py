"""The rows of measures beside a shot's steps."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from test_finishing import forest, person

from hallyu.film import apparent_age, cdl, faces, finishing, lut, measures, studio
from hallyu.film.finishing import Finished, Place, Pull, Recipe, Touch
from hallyu.film.measures import Row, Word
from hallyu.provenance.consent import PUBLIC_FACES, permit

MEDIA = Path(__file__).parents[2] / "modules/film/media"


@pytest.fixture(scope="module")
def done() -> Finished:
    return finishing.still(person(), Recipe(pull=Pull("green"), place=Place(forest(), blacks=0)))


def by_key(rows: list[Row]) -> dict[str, Row]:
    return {row.key: row for row in rows}


def test_a_value_is_said_with_its_digits():
    row = Row("a", 1.234, digits=2)
    assert (row.said(row.after), row.said(row.before), row.said(None), row.said("×")) == (
        "1.23",
        "",
        "–",
        "×",
    )


def test_a_film_and_a_still_are_described():
    film = studio.opened(MEDIA / "s6.mp4")
    frame = film.frame(20)
    found = by_key(measures.of_shot(film.info, frame, faces.detect(frame)))
    assert found["size"].after == f"{film.info.width} × {film.info.height}"
    assert found["frame_rate"].after == "24" and found["frames"].after == film.length
    assert found["length"].after == pytest.approx(film.length / 24)
    assert found["shot_size"].after.startswith("size_") and isinstance(found["shot_size"].after, Word)
    assert found["own_matte"].after == Word("no") and found["faces"].after == 1
    still = studio.opened(MEDIA / "astronaut.jpg")
    found = by_key(measures.of_shot(still.info, still.frame(0), []))
    assert found["length"].after == Word("still") and "shot_size" not in found


def test_a_matte_is_measured_and_its_spill_beside_the_shots(done):
    matte = done.cutout[..., 3]
    found = by_key(measures.of_matte(done, "green", matte))
    assert found["covered"].after == pytest.approx(100 * float(matte.mean()))
    assert found["spill"].before > found["spill"].after
    assert found["mad"].after == found["mse"].after == 0
    assert "mad" not in by_key(measures.of_matte(done, "green"))
    assert measures.of_matte(replace(done, cutout=None), "green") == []


def test_a_comp_is_measured_beside_the_figure_merely_laid_on(done):
    found = by_key(measures.of_comp(done, forest()))
    assert set(found) == {"rim", "black", "grain_is"}
    assert found["rim"].after < found["rim"].before  # the wrap softens it
    assert measures.of_comp(done, None) == []
    nothing = replace(done, cutout=done.cutout * np.float32([1, 1, 1, 0]))
    assert by_key(measures.of_comp(nothing, forest()))["black"].after is None


def test_a_grade_is_measured_and_none_changes_nothing(done):
    plain = by_key(measures.of_grade(done, None))
    assert plain["change"].after == 0 and "steepest" not in plain
    steep = cdl.CDL(slope=(2, 2, 2))
    graded = replace(done, graded=finishing.graded(done.frame, steep))
    numbers = by_key(measures.of_grade(graded, steep))
    assert numbers["clipped"].after > numbers["clipped"].before and numbers["steepest"].after > 1.9
    table = by_key(measures.of_grade(graded, lut.bake(lambda rgb: cdl.apply(rgb, steep))))
    assert table["steepest"].after == pytest.approx(numbers["steepest"].after)


def test_a_changed_face_is_measured_and_an_unchanged_one_is_not(done):
    assert measures.of_face(done, None) == []
    frame = next(studio.video.read(MEDIA / "astronaut.jpg"))[:300, 40:400]
    face = faces.one(frame)
    asked = permit(PUBLIC_FACES["astronaut"], "age", "첫눈", date.today())
    aged = finishing.still(frame, Recipe(Touch(asked, 35, 70)))
    found = by_key(measures.of_face(aged, face))
    assert found["apparent_age"].before == pytest.approx(apparent_age.estimate(frame, face))
    assert 0.4 < found["likeness"].after <= 1 and found["outside"].after > 60
    assert 1 < found["touched"].after < 90


def test_a_whole_shot_has_what_was_known_of_it():
    steady = finishing.Steady(9, 12.0, 11.0, None)
    assert [row.key for row in measures.of_whole(studio.Whole(steady, 2.0))] == ["flicker", "speed"]
    known = studio.Whole(replace(steady, matte=0.4), 2.0, 3.0, 1.0, 0.5)
    assert [row.key for row in measures.of_whole(known)] == [
        "flicker",
        "flicker_matte",
        "mad",
        "mse",
        "dtssd",
        "speed",
    ]
