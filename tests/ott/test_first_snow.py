"""The film's record: that it is read as it was written, and that one which contradicts itself is refused."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from hallyu.errors import HallyuError
from hallyu.ott import first_snow
from hallyu.ott.first_snow import Line, Music, Shot, Sign, Sound, Truth, Word


def line(number, start, stop, text="같은 숲", **more):
    words, step = text.split(), (stop - start) / len(text.split())
    timed = tuple(Word(word, start + n * step, start + (n + 1) * step) for n, word in enumerate(words))
    return Line(number, "하늘", text, "the same forest", start, stop, timed, **more)


def record(**changes):
    lyrics = (line("s1", 7.0, 9.25, "올해는 같이 가요"),)
    made = Truth(
        Fraction(24000, 1001), 1920, 1080, 240,
        (Shot("wide", 0, 100, "forest.exr"), Shot("close", 100, 240, "s3.mp4")),
        (line("01", 1.0, 2.5), line("02", 2.25, 3.0, seen=True), line("03", 5.0, 6.0)),
        (Sound("뽀드득", "crunch", 0.5, 0.75),), (Sign("남쪽 입구", "South Gate", 0.0, 2.0),),
        (Music("첫눈", "First Snow", 6.0, 10.0, lyrics),),
    )  # fmt: skip
    return replace(made, **changes)


def test_what_is_written_is_read(tmp_path):
    made = record()
    assert first_snow.truth(first_snow.save(made, tmp_path / "film.json")) == made


def test_cuts_are_where_shots_meet():
    assert record().cuts == pytest.approx([100 * 1001 / 24000])


def test_speech_joins_lines_that_overlap_and_leaves_out_song():
    assert record().speech == ((1.0, 3.0), (5.0, 6.0))


@pytest.mark.parametrize(
    "shots",
    [
        (),
        (Shot("a", 0, 100, ""), Shot("b", 101, 240, "")),
        (Shot("a", 0, 100, ""), Shot("b", 100, 239, "")),
        (Shot("a", 1, 240, ""),),
        (Shot("a", 0, 240, ""), Shot("b", 240, 240, "")),
    ],
)
def test_shots_leave_no_frame_out(shots):
    with pytest.raises(HallyuError, match="follow each other"):
        record(shots=shots)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lines": (line("07", 9.0, 11.0),)}, "Line 07 is from 9.00 s to 11.00 s"),
        ({"sounds": (Sound("바람", "wind", -1.0, 2.0),)}, "바람"),
        ({"signs": (Sign("남쪽 입구", "South Gate", 3.0, 3.0),)}, "남쪽 입구"),
        ({"music": (Music("첫눈", "First Snow", 9.0, 12.0),)}, "첫눈"),
    ],
)
def test_times_lie_inside_the_film(change, says):
    with pytest.raises(HallyuError, match=says):
        record(**change)


def test_timed_words_are_those_of_the_text():
    spoken = line("01", 1.0, 2.0)
    with pytest.raises(HallyuError, match="line 01"):
        record(lines=(replace(spoken, words=spoken.words[:1]),))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rate": "0/0"}', "null"])
def test_what_is_no_record_is_refused_in_a_sentence(tmp_path, text):
    (tmp_path / "film.json").write_text(text)
    with pytest.raises(HallyuError, match="is not the record of a film"):
        first_snow.truth(tmp_path / "film.json")


def test_a_field_too_much_or_too_few_is_refused(tmp_path):
    path = first_snow.save(record(), tmp_path / "film.json")
    stored = json.loads(path.read_text())
    for change in (
        {"frames": None},
        {"shots": [{"name": "a"}]},
        {"lines": [{**stored["lines"][0], "mood": "sad"}]},
    ):
        path.write_text(json.dumps({**stored, **change}))
        with pytest.raises(HallyuError, match="is not the record of a film"):
            first_snow.truth(path)


def test_a_missing_record_is_told(tmp_path):
    with pytest.raises(HallyuError, match=r"first-snow\.json is not there"):
        first_snow.truth(tmp_path / "first-snow.json")
