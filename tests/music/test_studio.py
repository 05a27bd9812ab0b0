"""What the music app works with: notes and words from a page, singing phrase by phrase, the pitch that was sung."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.music import score_files, singing, studio, voice
from hallyu.music.score import Note, Score, hertz
from hallyu.provenance import consent

ROWS = [{"start": 0, "length": 1, "pitch": 64}, {"start": 1.0, "length": 0.5, "pitch": 67}]
TWO_PHRASES = Score(
    "첫눈", 100, (Note(0, 1, 64, "첫"), Note(1, 2, 67, "눈"), Note(4, 1, 62, "나"), Note(5, 2, 60, "무"))
)


def test_notes_of_a_page_come_in_order_and_as_numbers():
    assert studio.notes_of(ROWS[::-1]) == (Note(0.0, 1.0, 64), Note(1.0, 0.5, 67))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (None, "reload the page"), ("notes", "reload the page"), ([{"start": 0}], "reload the page"),
        ([{"start": "x", "length": 1, "pitch": 60}], "reload the page"),
        ([{"start": 0, "length": 1, "pitch": float("inf")}], "reload the page"),
        ([], "no melody yet"), (ROWS * 300, "400 at most"),
        ([*ROWS, {"start": 0.5, "length": 1, "pitch": 60}], "two notes at once"),
        ([{"start": float("nan"), "length": 1, "pitch": 60}], "cannot be played"),
        ([{"start": 0, "length": -1, "pitch": 60}], "cannot be played"),
        ([{"start": 0, "length": 1, "pitch": 500}], "cannot be played"),
    ],
)  # fmt: skip
def test_a_melody_that_is_none_gets_one_sentence(rows, said):
    with pytest.raises(HallyuError, match=said):
        studio.notes_of(rows)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "length", "pitch"]), inner),
    )
)  # fmt: skip
@settings(deadline=None)
def test_nothing_that_a_page_sends_is_more_than_a_sentence(sent):
    try:
        notes = studio.notes_of(sent)
    except HallyuError as error:
        assert len(str(error)) < 200
    else:
        assert all(isinstance(note, Note) for note in notes)


def test_words_are_read_out_and_lines_do_not_count():
    assert studio.sung_syllables("첫눈이\n3송이, Love - !") == ["첫", "눈", "이", "세", "송", "이", "러", "브", "-"]


@pytest.mark.parametrize("words", ["눈 雪", "첫눈 😀", "Schneeflocke", "ㅋㅋㅋ", "שלג", "가" * 10_000])
def test_words_that_cannot_be_sung_get_one_sentence(words):
    with pytest.raises(HallyuError):
        studio.sung_syllables(words)


def test_a_song_needs_as_many_syllables_as_notes_and_has_an_end():
    notes = studio.notes_of(ROWS)
    assert [n.lyric for n in studio.compose("눈", 90, 4, notes, "첫 눈").notes] == ["첫", "눈"]
    for words, said in (("첫눈이", "more than"), ("첫", "fewer than"), (" \n", "no words to sing")):
        with pytest.raises(HallyuError, match=said):
            studio.compose("눈", 90, 4, notes, words)
    far = (Note(0, 1, 64), Note(300, 1, 64))
    with pytest.raises(HallyuError, match="120 s are sung here at most"):
        studio.compose("눈", 90, 4, far, "첫눈")


def test_words_of_a_file_are_written_in_lines():
    assert studio.written_words(TWO_PHRASES.notes, 100) == "첫눈\n나무"


def test_a_file_brings_the_notes_that_have_words(tmp_path):
    mixed = Score("눈", 90, (Note(0, 1, 60, "첫"), Note(1, 1, 62, "눈"), Note(2, 1, 64)))
    score_files.write(mixed, tmp_path / "a.mid")
    score, left = studio.open_melody(tmp_path / "a.mid")
    assert (score.notes, left) == (mixed.notes[:2], 1)
    plain = replace(mixed, notes=tuple(replace(n, lyric="") for n in mixed.notes))
    score_files.write(plain, tmp_path / "b.mid")
    assert studio.open_melody(tmp_path / "b.mid") == (replace(plain, beats_per_bar=4), 0)


def test_a_file_too_large_for_a_melody_is_not_read(tmp_path):
    (tmp_path / "huge.mid").write_bytes(b"MThd" + bytes(studio.LARGEST))
    with pytest.raises(HallyuError, match="has 2 MB, too many for a melody"):
        studio.open_melody(tmp_path / "huge.mid")
    long = Score("", 120, tuple(Note(float(n), 1, 60, "나") for n in range(500)))
    score_files.write(long, tmp_path / "long.mid")
    with pytest.raises(HallyuError, match="500 notes; a song here has 400 at most"):
        studio.open_melody(tmp_path / "long.mid")


melodies = st.lists(
    st.tuples(st.sampled_from([0.25, 0.5, 1.0, 2.0, 4.0]), st.sampled_from([0.0, 0.0, 0.0, 0.5])),
    min_size=1, max_size=60,
)  # fmt: skip


@given(melodies, st.integers(40, 200))
@settings(deadline=None)
def test_breaths_shorten_notes_and_change_nothing_else(steps, tempo):
    notes, now = [], 0.0
    for length, rest in steps:
        notes.append(Note(now, length, 60, "나"))
        now += length + rest
    score = Score("", tempo, tuple(notes))
    aired = studio.with_breaths(score)
    assert [(n.start, n.pitch, n.lyric) for n in aired.notes] == [(n.start, n.pitch, n.lyric) for n in notes]
    assert all(new.length <= old.length for new, old in zip(aired.notes, notes, strict=True))
    assert all(
        new.length == old.length or score.seconds(old.length - new.length) == pytest.approx(studio.BREATHING)
        for new, old in zip(aired.notes, notes, strict=True)
    )


def test_a_long_melody_is_parted_where_a_bar_ends():
    notes = tuple(Note(float(n), 1.0, 60, "나") for n in range(32))
    score = Score("", 120, notes)  # 16 s
    phrases = singing.phrases(studio.with_breaths(score))
    assert len(phrases) > 1
    assert all(score.seconds(p[-1].end - p[0].start) <= studio.BREATH for p in phrases)
    assert all(p[0].start % 4 == 0 for p in phrases)


def test_a_held_syllable_is_not_parted_from_its_hold():
    notes = tuple(Note(4.0 * n, 4.0, 60, "-" if n % 2 else "나") for n in range(8))
    phrases = singing.phrases(studio.with_breaths(Score("", 120, notes)))
    assert len(phrases) > 1
    assert all(p[0].lyric != "-" for p in phrases)


def test_a_phrase_that_leaves_no_breath_is_refused_only_when_it_is_too_much():
    quick = [Note(n * 0.25, 0.25, 60, "나") for n in range(40)]
    assert studio.with_breaths(Score("", 70, tuple(quick))).notes == tuple(quick)  # 8.6 s
    with pytest.raises(HallyuError, match="at beat 4 is too long for one breath"):
        studio.with_breaths(Score("", 70, tuple(Note(4 + n * 0.25, 0.25, 60, "나") for n in range(60))))
    held = (Note(0, 1, 60, "나"), Note(1, 16, 62, "무"))
    assert studio.with_breaths(Score("", 90, held)).notes == held


def test_a_hold_needs_a_syllable_before_it():
    notes = studio.notes_of([*ROWS, {"start": 8, "length": 1, "pitch": 60}])
    with pytest.raises(HallyuError, match='"-" at beat 8 comes after a rest'):
        studio.compose("눈", 90, 4, notes, "첫눈-")


@pytest.mark.parametrize(
    ("pitches", "shift"),
    [((55, 69), 0), ((67, 81), 0), ((60, 72), -3), ((54, 66), 1), ((61, 73), -4), ((50, 60), -3), ((50, 70), None)],
)
def test_a_melody_is_moved_into_the_voices_range_by_as_little_as_it_takes(pitches, shift):
    score = Score("", 90, tuple(Note(float(at), 1, pitch, "나") for at, pitch in enumerate(pitches)))
    singer = voice.voice("jf_nezumi")
    assert studio.key_change(score, singer) == shift
    if shift is not None:
        singing.fit(singing.transpose(score, shift), singer)


@pytest.fixture(scope="module")
def sung():
    kept = {}
    return list(studio.sing_in_phrases(TWO_PHRASES, voice.voice("jf_nezumi"), kept)), kept


def test_a_song_in_pieces_is_the_song(sung):
    pieces, _ = sung
    joined = studio.join(pieces, TWO_PHRASES)
    whole = singing.sing(TWO_PHRASES, voice.voice("jf_nezumi"))
    assert len(pieces) == 2
    assert len(joined.samples) == len(whole.samples) and len(joined.f0) == len(whole.f0)
    assert [(p.symbol, p.syllable) for p in joined.phones] == [(p.symbol, p.syllable) for p in whole.phones]
    times = [[(p.start, p.end) for p in each.phones] for each in (joined, whole)]
    assert np.abs(np.array(times[0]) - np.array(times[1])).max() < 0.013
    assert np.array_equal(joined.target_f0, whole.target_f0)


def test_the_pieces_are_heard_in_tune_and_the_same_measure_hears_a_wrong_note(sung):
    joined = studio.join(sung[0], TWO_PHRASES)
    heard = studio.intonation(joined.samples, joined.rate, TWO_PHRASES)
    assert heard.error < 40
    assert len(heard.lines) >= 2
    off = studio.intonation(joined.samples, joined.rate, singing.transpose(TWO_PHRASES, 1))
    assert off.error == pytest.approx(100, abs=40)


def test_only_phrases_that_changed_are_sung_again(sung):
    pieces, kept = sung
    changed = replace(TWO_PHRASES, notes=(*TWO_PHRASES.notes[:3], Note(5, 2, 64, "무")))
    again = list(studio.sing_in_phrases(changed, voice.voice("jf_nezumi"), kept))
    assert again[0].sung is pieces[0].sung
    assert again[1].sung is not pieces[1].sung
    other = list(studio.sing_in_phrases(TWO_PHRASES, voice.voice("jf_tebukuro"), kept))
    assert other[0].sung is not pieces[0].sung


@pytest.mark.parametrize("cents", [-40.0, 0.0, 25.0])
def test_intonation_of_tones_of_known_pitch(cents):
    rate, score = 24_000, Score("", 60, (Note(0, 1, 60, "나"), Note(1, 1, 64, "무"), Note(2, 0.2, 60, "눈")))
    pitch = np.repeat([60, 64], rate) + cents / 100
    tone = np.sin(2 * np.pi * np.cumsum(hertz(pitch)) / rate) * 0.3
    tone += 0.1 * np.sin(4 * np.pi * np.cumsum(hertz(pitch)) / rate)
    heard = studio.intonation(tone.astype(np.float32), rate, score)
    assert heard.cents[:2] == pytest.approx([cents, cents], abs=3)
    assert heard.cents[2] is None  # too short to be judged
    assert heard.error == pytest.approx(abs(cents), abs=3)


def test_silence_has_no_pitch():
    heard = studio.intonation(np.zeros(48_000, np.float32), 24_000, TWO_PHRASES)
    assert heard.lines == [] and heard.error is None


def test_chords_repeat_until_the_song_ends():
    song = Score("", 120, tuple(Note(float(n), 1.0, 60, "나") for n in range(20)))  # five bars
    parts = studio.accompaniment("C | G", song)
    ends = max(hit.start + hit.length for hit in parts["piano"])
    assert ends == pytest.approx(song.seconds(20), abs=0.1)
    assert studio.accompaniment("  \n", song) == {}
    with pytest.raises(HallyuError, match="not a chord"):
        studio.accompaniment("C | 눈", song)


TODAY = date(2026, 11, 21)


@pytest.fixture
def signed(tmp_path):
    """signed(**changes) -> the record's path and its signer's fingerprint."""
    key = tmp_path / "key.pem"
    fingerprint = consent.make_key(key)

    def sign(**changes):
        fields = {
            "voice": "하늘", "given_by": "하늘", "given_to": "눈길", "uses": ("train", "convert"), "project": "첫눈",
            "starts": date(2026, 1, 1), "ends": date(2026, 12, 31), **changes,
        }  # fmt: skip
        return consent.write(tmp_path / "consent.json", consent.Consent(**fields), key), fingerprint

    return sign


def test_a_guest_is_admitted_by_a_consent_however_its_fingerprint_is_typed(signed, tmp_path):
    record, fingerprint = signed()
    (tmp_path / "hum.wav").write_bytes(b"sound")
    for typed in (fingerprint, fingerprint.replace(" ", "").upper(), f" {fingerprint}\n"):
        assert studio.admitted(record, typed, "첫눈", TODAY, tmp_path / "hum.wav").voice == "하늘"


@pytest.mark.parametrize(
    ("changes", "project", "said"),
    [
        ({"uses": ("train",)}, "첫눈", "convert"), ({"uses": ("convert", "sing")}, "첫눈", "train"),
        ({}, "다른 노래", "for “첫눈” only"), ({"ends": date(2026, 2, 1)}, "첫눈", "until 2026-02-01"),
        ({"recordings": ("ab" * 32,)}, "첫눈", "this recording"), ({"withdrawn": date(2026, 3, 1)}, "첫눈", "withdrew"),
    ],
)  # fmt: skip
def test_a_consent_that_does_not_cover_it_admits_nobody(signed, tmp_path, changes, project, said):
    record, fingerprint = signed(**changes)
    (tmp_path / "hum.wav").write_bytes(b"sound")
    with pytest.raises(HallyuError, match=said):
        studio.admitted(record, fingerprint, project, TODAY, tmp_path / "hum.wav")


def test_another_key_or_a_changed_record_admits_nobody(signed):
    record, fingerprint = signed()
    with pytest.raises(HallyuError, match="was signed with the key"):
        studio.admitted(record, "0" * 32, "첫눈", TODAY)
    record.write_text(record.read_text(encoding="utf-8").replace("눈길", "남길"), encoding="utf-8")
    with pytest.raises(HallyuError, match="was changed after it was signed"):
        studio.admitted(record, fingerprint, "첫눈", TODAY)
