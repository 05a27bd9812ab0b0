import mido
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.music.score import HOLD, Note, Score
from hallyu.music.score_files import LARGEST, TICKS, read, write

KINDS = (".mid", ".musicxml", ".ustx")
SONG = Score(
    "첫눈: 밤길 & <눈>",
    84,
    (Note(1, 0.5, 60, "첫"), Note(1.5, 0.5, 62, "눈"), Note(2, 3, 64, "이"), Note(5, 1, 62, HOLD), Note(7, 1, 60)),
    3,
)


@st.composite
def melodies(draw, grid=4):
    """Melodies on sixteenths, with rests, holds and notes without words."""
    notes, now = [], 0
    for _ in range(draw(st.integers(1, 8))):
        now += draw(st.integers(0, 6))
        length = draw(st.integers(1, 18))
        lyric = draw(st.sampled_from(["가", "힣", "눈", "밟", HOLD, ""]))
        notes.append(Note(now / grid, length / grid, draw(st.integers(36, 96)), lyric))
        now += length
    tempo = draw(st.sampled_from([40, 60, 84, 120, 137.5, 200]))
    return Score(draw(st.sampled_from(["첫눈", "no: yes", "null", "- a"])), tempo, tuple(notes), draw(st.integers(2, 7)))


def same(got, asked):
    assert got.title == asked.title and got.beats_per_bar == asked.beats_per_bar
    assert got.tempo == pytest.approx(asked.tempo, abs=1e-3)
    assert [(n.pitch, n.lyric) for n in got.notes] == [(n.pitch, n.lyric) for n in asked.notes]
    for a, b in zip(got.notes, asked.notes, strict=True):
        assert (a.start, a.length) == pytest.approx((b.start, b.length), abs=1 / TICKS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_song_comes_back_as_it_was_written(tmp_path, kind):
    write(SONG, tmp_path / f"song{kind}")
    same(read(tmp_path / f"song{kind}"), SONG)


@pytest.mark.parametrize("kind", [".mid", ".ustx"])
@given(song=melodies())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_melody_comes_back(tmp_path, kind, song):
    write(song, tmp_path / f"song{kind}")
    same(read(tmp_path / f"song{kind}"), song)


@given(song=melodies())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_melody_comes_back_from_musicxml(tmp_path, song):
    write(song, tmp_path / "song.musicxml")
    same(read(tmp_path / "song.musicxml"), song)


def test_triplets_survive_print(tmp_path):
    song = Score("셋", 100, tuple(Note(k / 3, 1 / 3, 60 + k, "가") for k in range(3)))
    write(song, tmp_path / "song.musicxml")
    same(read(tmp_path / "song.musicxml"), song)


def test_holds_are_openutaus_own(tmp_path):
    write(SONG, tmp_path / "song.ustx")
    notes = yaml.safe_load((tmp_path / "song.ustx").read_text(encoding="utf-8"))["voice_parts"][0]["notes"]
    assert [note["lyric"] for note in notes] == ["첫", "눈", "이", "+~", ""]


def test_a_part_starts_where_openutau_put_it(tmp_path):
    part = {"position": 960, "notes": [{"position": 480, "duration": 240, "tone": 60, "lyric": "눈"}]}
    (tmp_path / "a.ustx").write_text(yaml.safe_dump({"tempos": [{"bpm": 90}], "voice_parts": [part]}))
    assert read(tmp_path / "a.ustx").notes == (Note(3, 0.5, 60, "눈"),)


def test_lyrics_from_an_old_korean_machine_are_read(tmp_path):
    song = mido.MidiFile(charset="cp949")
    song.tracks.append(mido.MidiTrack([
        mido.MetaMessage("lyrics", text="눈"), mido.Message("note_on", note=60), mido.Message("note_off", note=60, time=480)
    ]))  # fmt: skip
    song.save(tmp_path / "old.mid")
    assert read(tmp_path / "old.mid").notes[0].lyric == "눈"


def test_the_part_with_words_is_read_not_the_piano(tmp_path):
    song = mido.MidiFile(charset="utf-8")
    for words, pitch in (("", 40), ("눈", 60)):
        song.tracks.append(mido.MidiTrack([
            *([mido.MetaMessage("lyrics", text=words)] if words else []),
            mido.Message("note_on", note=pitch), mido.Message("note_off", note=pitch, time=480),
        ]))  # fmt: skip
    song.save(tmp_path / "two.mid")
    assert [n.pitch for n in read(tmp_path / "two.mid").notes] == [60]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 200, b"MThd\x00\x00\x00\x06\x00\x01", "눈이 내린다".encode("cp949"), b"[" * 5000, b"<a>" * 3000, b"- 1\n- 2",
     b"a: &a [*a]", b"!!python/object/apply:os.system ['true']"],
)  # fmt: skip
def test_a_hostile_file_gives_one_sentence(tmp_path, kind, data):
    file = tmp_path / f"bad{kind}"
    file.write_bytes(data)
    with pytest.raises(HallyuError) as error:
        read(file)
    assert "\n" not in str(error.value) and len(str(error.value)) < 300


@pytest.mark.parametrize("kind", [".mid", ".ustx"])
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255), keep=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused_in_one_sentence(tmp_path, kind, at, byte, keep):
    file = tmp_path / f"song{kind}"
    write(SONG, file)
    data = bytearray(file.read_bytes())
    data[at % len(data)] = byte
    file.write_bytes(data[: len(data) - keep % 7 * 20])
    try:
        assert read(file).notes
    except HallyuError as error:
        assert "\n" not in str(error)


def test_what_is_no_melody_is_refused_by_name(tmp_path):
    with pytest.raises(HallyuError, match="ends in"):
        read(tmp_path / "song.mp3")
    with pytest.raises(HallyuError, match="ends in"):
        write(SONG, tmp_path / "song.pdf")
    with pytest.raises(HallyuError, match="cannot be read"):
        read(tmp_path / "none.mid")
    with open(tmp_path / "huge.mid", "wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(HallyuError, match="MB"):
        read(tmp_path / "huge.mid")


def test_a_song_that_is_no_single_melody_is_refused(tmp_path):
    def ustx(notes, tempos=({"bpm": 90},)):
        part = {"notes": [dict(zip(("position", "duration", "tone"), note, strict=True)) for note in notes]}
        (tmp_path / "a.ustx").write_text(yaml.safe_dump({"tempos": list(tempos), "voice_parts": [part]}))
        return read(tmp_path / "a.ustx")

    assert len(ustx([(0, 480, 60), (480, 480, 62)]).notes) == 2
    for notes, tempos, said in (
        ([(0, 480, 60), (240, 480, 64)], [{"bpm": 90}], "two notes at once"),
        ([(0, 480, 60)], [{"bpm": 90}, {"bpm": 100}], "changes its tempo"),
        ([(0, 480, 200)], [{"bpm": 90}], "cannot be played"),
        ([], [{"bpm": 90}], "no notes"),
        ([(0, 480, 60)], [{"bpm": 0}], "quarter notes a minute"),
    ):
        with pytest.raises(HallyuError, match=said):
            ustx(notes, tempos)
