"""What goes out of the film app, without its page."""

import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from test_finishing import forest, person

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import cdl, delivery, exr, finishing, lut, names, studio, timeline, turnover
from hallyu.film.delivery import Order
from hallyu.film.finishing import Finished, Pull, Recipe, Touch
from hallyu.film.studio import Bench, Ground, Guest, Wish
from hallyu.provenance.consent import FaceConsent, Permission

CODE = names.parse("fs_010_0060_comp_v001")
PLACE = Ground("own", "Background: mine", lambda width, height: forest(height, width))
WISH = Wish(3, "screen", ground=PLACE, blacks=0, grade=cdl.CDL(slope=(1.2, 1, 1)), title="첫눈")


@pytest.fixture
def bench(tmp_path):
    video.write(tmp_path / "green.mkv", (person(n) for n in range(10)), 24, "ffv1")
    bench = Bench()
    bench.open(studio.opened(tmp_path / "green.mkv"))
    return bench


def quiet(done: int, of: int) -> None:
    """Nobody looks on."""


def test_frames_are_counted_as_people_do(bench):
    assert delivery.span(bench.shot, 2, 5) == (1, 5)
    assert delivery.span(bench.shot, 1, 99) == (0, 10)
    for first, last in ((0, 5), (6, 5), (11, 12)):
        with pytest.raises(HallyuError, match="from 1 to 10"):
            delivery.span(bench.shot, first, last)


@pytest.mark.parametrize(("span", "handles"), [((0, 10), (0, 0)), ((3, 6), (3, 4)), ((3, 9), (3, 1)), ((0, 4), (0, 6))])
def test_handles_are_as_many_as_there_are_on_each_side(bench, span, handles):
    assert delivery.handles(bench.shot, *span) == handles


def test_a_part_of_a_shot_goes_out_with_handles_its_films_and_its_grade(bench, tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    order = Order(CODE, 3, 6, (3, 3), delivery.FILMS, country="KR", maker="김서연", licence="CC BY 4.0")
    told = []
    made = delivery.write(folder, bench, WISH, order, lambda *count: told.append(count))
    assert made.report.passed, made.report.text()
    assert told[-1] == (9, 9) and made.report.measured["handles"] == 3
    (run,) = exr.runs(made.top / "shots" / "fs_010_0060_comp_v001")
    assert run.numbers == tuple(range(1001, 1010))
    (clip,) = (clip for _, clip in timeline.read(next((made.top / "edit").glob("*.otio"))).tracks[0].placed())
    assert (clip.first, clip.last, clip.available) == (3, 6, (0, 9))

    # The films show the cut alone, and the viewing copy is the graded EXR.
    pictures = list(exr.read_run(run))
    copy = list(video.read(next(made.top.glob("*.mp4"))))
    assert len(copy) == 3
    table = lut.read(next((made.top / "grades").glob("*.cube")))
    for number, frame in enumerate(copy, 3):
        assert np.abs(lut.apply(exr.to_frame(pictures[number]), table) - frame).mean() < 0.02
    films = {path.stem[22:]: list(video.read(path)) for path in made.root.glob("*.mov")}
    assert {name: len(frames) for name, frames in films.items()} == {"graded": 3, "cutout": 3}
    assert np.abs(films["cutout"][1][..., 3] - pictures[4].layers["matte"]).mean() < 0.01
    assert "김서연" in (made.top / "rights.json").read_text(encoding="utf-8")

    packed = delivery.pack(made, folder / "a.zip", "What was measured\n")
    assert not made.root.exists()
    with zipfile.ZipFile(folder / "a.zip") as archive:
        assert archive.read("report.txt").decode() == "What was measured\n"
        assert packed == [(entry.filename, entry.file_size) for entry in archive.infolist()]
    lines = dict(delivery.files_of(packed))
    sequence = next(name for name in lines if "exr" in name)
    assert sequence.endswith("comp_v001.1001.exr – fs_010_0060_comp_v001.1009.exr")
    assert len(lines) == len(packed) - 8 and sum(lines.values()) == sum(size for _, size in packed)


def test_a_single_frame_goes_out_without_films(bench, tmp_path):
    made = delivery.write(tmp_path, bench, replace(WISH, ground=None), Order(CODE, 4, 5, copy=False), quiet)
    assert made.report.passed and not list(made.root.rglob("*.m*v")) + list(made.root.rglob("*.mp4"))
    picture = exr.read(next(made.root.rglob("*.exr")))
    assert picture.premultiplied.shape[2] == 4 and not picture.layers


def test_of_work_that_was_stopped_nothing_stays(bench, tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()

    def stop(done: int, of: int) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        delivery.write(folder, bench, WISH, Order(CODE, 0, 10, films=delivery.FILMS), stop)
    assert not [path for path in folder.rglob("*") if path.suffix in (".exr", ".mp4", ".mov")]
    with pytest.raises(HallyuError, match="The title is empty"):
        delivery.write(folder, bench, replace(WISH, title=""), Order(CODE, 0, 10), quiet)


def test_files_that_find_no_room_are_not_begun(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(delivery.shutil, "disk_usage", lambda _: SimpleNamespace(free=1e6))
    with pytest.raises(HallyuError, match="take fewer frames"):
        delivery.write(tmp_path, bench, WISH, Order(CODE, 0, 10), quiet)
    assert not (tmp_path / "delivery").exists()


def test_the_exr_is_ungraded_and_brings_the_mattes_that_were_pulled():
    done = finishing.still(person(), Recipe(pull=Pull("green")))
    frame, layers = delivery.for_compositor(done, placed=True)
    assert frame is done.frame and (layers["matte"] == done.cutout[..., 3]).all()
    frame, layers = delivery.for_compositor(done, placed=False)
    assert frame is done.cutout and not layers
    frame, layers = delivery.for_compositor(Finished(done.before, None, None, done.before, done.before), placed=False)
    assert frame is done.before and not layers


def test_a_grade_goes_out_as_a_table_and_as_ten_numbers(tmp_path):
    def written(grade, numbers=None):
        cube, ten = delivery.write_grades(tmp_path, grade, numbers, CODE)
        assert cube.name == "fs_010_0060_grade.cube"
        return lut.read(cube), cdl.read(ten)[0]

    ten = cdl.CDL(slope=(1.1, 1, 0.9))
    table, numbers = written(ten)
    assert numbers.slope == pytest.approx(ten.slope)
    grey = np.full((1, 1, 3), 0.5, np.float32)
    assert np.abs(lut.apply(grey, table) - cdl.apply(grey, ten)).max() < 1e-3
    table, numbers = written(lut.bake(lambda rgb: rgb * 0.5), ten)
    assert numbers.slope == pytest.approx(ten.slope) and lut.apply(grey, table)[0, 0, 0] == pytest.approx(
        0.25, abs=1e-3
    )
    table, numbers = written(None)
    assert numbers.slope == (1, 1, 1) and np.abs(lut.apply(grey, table) - grey).max() < 1e-3


def test_who_is_in_it_what_it_is_made_of_and_who_decided(bench, tmp_path):
    touch = Touch(Permission("doyun", "de-age", "첫눈", date.today()), 70, 30)
    bench.shot = replace(bench.shot, people=("haneul", "doyun"))
    used = delivery.faces_used(bench, replace(WISH, which=1), touch, "KR")
    assert [(face.face, face.uses) for face in used] == [("haneul", ()), ("doyun", ("de-age",))]
    (part,) = delivery.ai_parts(touch)
    assert part.cut == 1 and delivery.ai_parts(None) == []
    assert delivery.materials(bench.shot, WISH, "Hallyu Studio") == [
        "Footage: Hallyu Studio",
        "Background: mine",
    ]
    assert delivery.materials(bench.shot, replace(WISH, ground=None)) == ["Footage: green.mkv"]
    log = delivery.work_log(tmp_path / "work.jsonl", bench.shot, WISH, "김서연").entries()
    assert [(entry.target, entry.after) for entry in log] == [
        ("shot", "green.mkv"), ("matte", "screen"), ("ground", "own"), ("grade", "numbers"),
    ]  # fmt: skip


def test_a_guests_face_goes_out_only_with_consent_to_publish(bench):
    def guest(*uses: str) -> Guest:
        held = FaceConsent(
            face="Eileen", given_by="Eileen", given_to="눈길", project="첫눈", uses=uses,
            starts=date.today() - timedelta(1), ends=date.today() + timedelta(1),
        )  # fmt: skip
        return Guest(Path("consent.json"), "0" * 32, held)

    touch = Touch(Permission("Eileen", "de-age", "첫눈", date.today()), 70, 30)
    bench.guest = guest("de-age")
    with pytest.raises(HallyuError, match="did not consent to “publish”"):
        delivery.faces_used(bench, WISH, touch, "KR")
    bench.guest = guest("de-age", "publish")
    (used,) = delivery.faces_used(bench, WISH, touch, "KR")
    assert (
        isinstance(used, turnover.Used) and used.uses == ("de-age",) and used.record == Path("consent.json")
    )
    assert delivery.faces_used(bench, WISH, None, "KR") == []
