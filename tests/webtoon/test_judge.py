import json
from dataclasses import replace

import numpy as np
import pytest

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.models import catalog
from hallyu.webtoon import judge
from hallyu.webtoon.drawing import draw
from hallyu.webtoon.vocabulary import CAST, EXPRESSIONS, WITHHELD, caption


def test_the_judge_reads_the_cast_it_never_saw():
    looks = [replace(member, expression=mood) for member in CAST.values() for mood in EXPRESSIONS]
    readings = judge.read([draw(look, 320, seed=900 + i).on() for i, look in enumerate(looks)])
    wrong = sum(len(reading.disagreements(look)) for reading, look in zip(readings, looks, strict=True))
    assert wrong / (9 * len(looks)) < 0.05


def test_the_judge_says_what_differs():
    reading = judge.read([draw(CAST["Haneul"], 160).on()])[0]
    complaints = reading.disagreements(replace(CAST["Haneul"], hair_colour="blond"))
    assert len(complaints) == 1 and complaints[0].startswith("hair colour: asked for blond, reads as black")


def test_the_face_box_is_where_the_face_is():
    drawing = draw(replace(CAST["Doyun"], shot="close-up"), 320, seed=4)
    found = judge.read([drawing.on()])[0].face
    assert np.abs(np.subtract(found, drawing.face)).max() < 0.08 * 320


@pytest.mark.parametrize(
    "picture", [np.zeros((9, 9, 3), np.uint8), np.zeros((64, 64), np.uint8), np.zeros((64, 64, 3))]
)
def test_other_pictures_are_refused(picture):
    with pytest.raises(HallyuError):
        judge.read([picture])


def test_no_pictures_no_readings():
    assert judge.read([]) == []


def test_the_models_own_drawings_of_the_cast_are_read_as_ordered(engine):
    looks = [replace(member, expression=mood) for member in CAST.values() for mood in ("smiling", "angry")]
    readings = judge.read([engine.draw(caption(look), seed=i) for i, look in enumerate(looks)])
    wrong = sum(len(reading.disagreements(look)) for reading, look in zip(readings, looks, strict=True))
    assert wrong / (9 * len(looks)) < 0.1


def test_the_report_beside_the_weights_is_of_these_weights_and_offers_what_passed(engine):
    models.files_of("first-snow-sd")
    report = json.loads((catalog.WEIGHTS / "first-snow-sd" / "report.json").read_text("utf-8"))
    assert report["prompts"] >= 500
    for name, row in report["attributes"].items():
        assert row["offered"] and row["model"] >= 0.9 * row["renders"], name
    for name, row in report["words"].items():
        attribute, word = name.split(": ")
        offered = word not in WITHHELD.get(attribute, ())
        assert offered == (row["model"] >= 0.9 * row["renders"]), f"{name}: offer it exactly when it passed"
