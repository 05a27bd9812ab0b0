import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.music import mixing, song
from hallyu.music.voice import voice

FILE = Path(__file__).parents[2] / "modules" / "music" / "media" / "first-snow.json"


@pytest.fixture(scope="module")
def first_snow():
    return song.read(FILE)


def test_the_courses_song(first_snow):
    assert [(s.name, s.bar, s.bars) for s in first_snow.sections] == [
        ("intro", 0, 2), ("verse", 2, 8), ("chorus", 10, 8), ("outro", 18, 2)
    ]  # fmt: skip
    assert first_snow.bars == len(first_snow.changes) == 20
    assert first_snow.bars * first_snow.bar_seconds == pytest.approx(57.14, abs=0.01)
    printed = "".join(line.korean for line in first_snow.lines).replace(" ", "")
    assert printed == "".join(note.lyric for note in first_snow.score.notes)
    for line in first_snow.lines:
        inside = [n.lyric for n in first_snow.score.notes if line.start <= n.start < line.start + line.length]
        assert "".join(inside) == line.korean.replace(" ", "") and line.english


def test_a_part_begins_at_nought(first_snow):
    chorus = song.part(first_snow, 10, 12)
    assert [(s.name, s.bar, s.bars) for s in chorus.sections] == [("chorus", 0, 2)]
    assert [c.chord.name for c in chorus.changes] == ["F", "G"] and chorus.changes[0].start == 0
    assert (
        "".join(n.lyric for n in chorus.score.notes) == "기다리는동안은" and chorus.score.notes[0].start == 0
    )
    assert [line.korean for line in chorus.lines] == ["기다리는 동안은"]
    over = song.part(first_snow, 8, 11)
    assert [(s.name, s.bar, s.bars) for s in over.sections] == [("verse", 0, 2), ("chorus", 2, 1)]
    for first, last, says in (
        (0, 2, "Nothing is sung"),
        (5, 5, "no part"),
        (-1, 4, "no part"),
        (18, 21, "no part"),
    ):
        with pytest.raises(HallyuError, match=says):
            song.part(first_snow, first, last)


def test_the_band_rises_towards_the_chorus(first_snow):
    levels = song.energies(first_snow)
    assert len(levels) == 20
    intro, verse, second, chorus = levels[0], levels[2], levels[6], levels[10]
    assert intro < verse < second < chorus and levels[-1] < intro


def test_faders_are_ridden_from_section_to_section(first_snow):
    rate = 1000
    band = song.ridden(np.ones((60 * rate, 2), np.float32), rate, first_snow, 1)
    voice_ = song.ridden(np.ones(60 * rate, np.float32), rate, first_snow, 0)
    decibels = {
        bar: 20 * np.log10(band[round((bar + 0.4) * first_snow.bar_seconds * rate), 0])
        for bar in (0, 5, 12, 19)
    }
    assert [round(float(level), 1) for level in decibels.values()] == [4.0, 1.5, 0.0, 4.0]
    assert 20 * np.log10(voice_[20 * rate]) == pytest.approx(-2.0, abs=0.01) and voice_[35 * rate] == 1
    assert np.abs(np.diff(20 * np.log10(voice_))).max() < 0.01, "no step that clicks"
    assert (song.ridden(np.ones(99, np.float32), rate, song.part(first_snow, 10, 12), 1) == 1).all()


def test_the_film_follows_the_form(first_snow):
    shots, captions = song.shots(first_snow), song.captions(first_snow)
    assert [shot.empty for shot in shots] == [True, False, False, False]
    assert [shot.place for shot in shots] == ["snow forest", "snow forest", "night city", "snow forest"]
    assert shots[1].start == pytest.approx(2 * first_snow.bar_seconds - 0.5)
    assert [(shot.near, shot.nearer) for shot in shots[1:]] == [(1.0, 1.06), (1.06, 1.15), (1.15, 1.0)]
    assert [caption.korean for caption in captions] == ["첫눈", *(line.korean for line in first_snow.lines)]
    assert captions[0].title and captions[0].english == "First Snow"
    assert all(one.end <= two.start for one, two in pairwise(captions))
    line = song.captions(song.part(first_snow, 10, 12))
    assert [caption.korean for caption in line] == ["기다리는 동안은"] and line[0].start == 0


@pytest.mark.parametrize("damage", [
    lambda d: d.pop("notes"), lambda d: d["chords"].append({"start": 80, "length": 4, "name": "H"}),
    lambda d: d["notes"][0].update(pitch="C4"), lambda d: d.update(chords=[]), lambda d: d["lines"][0].pop("korean"),
    lambda d: d["notes"].append({"start": 8.5, "length": 1, "pitch": 60, "lyric": "둘"}),
])  # fmt: skip
def test_what_is_no_song_is_said_in_one_sentence(tmp_path, damage):
    data = json.loads(FILE.read_text(encoding="utf-8"))
    damage(data)
    (tmp_path / "song.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(HallyuError) as error:
        song.read(tmp_path / "song.json")
    assert "\n" not in str(error.value)
    with pytest.raises(HallyuError, match="cannot be read"):
        song.read(tmp_path / "nothing.json")


def test_a_line_is_sung_before_the_band(first_snow):
    made = song.produce(song.part(first_snow, 10, 12), voice("jf_nezumi"), "a key", 5)
    assert list(made.channels) == ["voice", "piano", "strings", "bass", "drums", "bells"]
    band = {name: channel for name, channel in made.channels.items() if name != "voice"}
    ahead = mixing.loudness(mixing.strip(made.channels["voice"], made.rate), made.rate) - mixing.loudness(
        mixing.mix(band, made.rate), made.rate
    )
    assert ahead == pytest.approx(song.ABOVE, abs=0.1)
    assert made.curves.duration == pytest.approx(len(made.channels["voice"].samples) / made.rate, abs=0.02)
    assert made.curves["jawOpen"].std() > 0.1
    assert [(singer.name, singer.share, singer.record) for singer in made.singers] == [
        ("jf_nezumi", 1.0, None)
    ]
    assert (made.licence, made.words_and_music) == ("CC BY 4.0", "Hallyu Studio")
