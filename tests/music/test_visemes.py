import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.music import visemes
from hallyu.music.phonemes import syllables
from hallyu.music.score import Phone
from hallyu.music.visemes import ARKIT, NAMES, animate


def sung(text, start=1.0, consonant=0.07, vowel=0.3):
    """Phones of a line at an even pace, as an engine reports them."""
    phones, now = [], start
    for number, syllable in enumerate(syllables(text)):
        for symbol in syllable.symbols:
            length = vowel if (symbol,) == syllable.vowel else consonant
            phones.append(Phone(symbol, now, now + length, number))
            now += length
    return phones


def at(curves, name, phone):
    """The curve's value in the middle of a phone."""
    return curves[name][round((phone.start + phone.end) / 2 * curves.fps - 0.5)]


def test_every_sound_of_korean_has_a_viseme():
    text = "가까나다따라마바빠사싸자짜차카타파하거고구그기게개긔뇨려쇠귀과궈강감갑갓"
    symbols = {s for syllable in syllables(text) for s in syllable.symbols}
    assert {s for s in symbols if visemes.viseme(s) == "rest"} == set()


def test_lips_meet_for_bilabials_and_open_for_vowels():
    phones = sung("마바파몸밤")
    curves = animate(phones, 5)
    aperture = curves["jawOpen"] - curves["mouthClose"]
    for phone in phones:
        frame = round((phone.start + phone.end) / 2 * 30 - 0.5)
        if phone.symbol in "mbp":
            assert aperture[frame] < 0.06, phone
        elif phone.symbol == "a":
            assert aperture[frame] > 0.5, phone


def test_vowels_are_told_apart_by_their_shape():
    phones = [p for p in sung("아오우이으", vowel=0.4)]
    curves = animate(phones, 4)
    a, o, u, i, eu = phones
    jaw, funnel, pucker, smile, stretch = (
        {v: at(curves, n, p) for v, p in zip("aouiE", (a, o, u, i, eu), strict=True)}
        for n in ("jawOpen", "mouthFunnel", "mouthPucker", "mouthSmile", "mouthStretch")
    )
    assert max(jaw, key=jaw.get) == "a" and jaw["a"] > 1.5 * jaw["o"] > 1.5 * jaw["i"]
    assert max(funnel, key=funnel.get) == "o" and max(pucker, key=pucker.get) == "u"
    assert max(smile, key=smile.get) == "i" and max(stretch, key=stretch.get) == "E"


def test_a_consonant_takes_on_the_vowel_that_follows():
    """소 is rounded while its ㅅ sounds, 시 is not: coarticulation."""
    rounded = {}
    for text in ("소", "시"):
        phones = sung(text)
        rounded[text] = at(animate(phones, 3), "mouthFunnel", phones[0])
    assert rounded["소"] > 0.12 > 0.03 > rounded["시"]


def test_the_mouth_is_not_late():
    phones = sung("다나가", consonant=0.06, vowel=0.4)
    curves = animate(phones, 4)
    for phone in phones:
        if phone.symbol == "a":
            frame = int(phone.start * 30) + 2
            assert curves["jawOpen"][frame] > 0.75 * at(curves, "jawOpen", phone)


def test_a_silence_rests_and_a_breath_comes_before_a_line():
    phones = [*sung("아", start=1.0), *sung("아", start=3.0)]
    curves = animate(phones, 5)
    assert curves["jawOpen"][int(2.0 * 30)] < 0.02 and curves["mouthSmile"][int(2.0 * 30)] > 0.1
    assert 0.08 < curves["jawOpen"][int(2.86 * 30)] < 0.3
    assert curves["jawOpen"][-1] < 0.01


def test_short_gaps_between_syllables_do_not_snap_the_mouth_shut():
    phones = [Phone("a", 1.0, 1.3, 0), Phone(" ", 1.3, 1.42, -1), Phone("a", 1.42, 1.7, 1)]
    curves = animate(phones, 3)
    assert curves["jawOpen"][30:50].min() > 0.4


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("mnaoɯik ,ʨ"), st.floats(0, 0.6), st.floats(0, 0.5)), max_size=30),
    st.sampled_from([24, 30, 60]),
)
def test_curves_stay_in_range_and_never_jump(pieces, fps):
    phones, now = [], 0.2
    for symbol, gap, length in pieces:
        now += gap
        phones.append(Phone(symbol, now, now + length, 0))
        now += length
    curves = animate(phones, now + 1, fps=fps)
    shapes = curves.values[:, : len(ARKIT)]
    assert curves.values.shape == (round((now + 1) * fps), len(NAMES))
    assert np.isfinite(curves.values).all() and shapes.min() >= 0 and shapes.max() <= 1
    assert np.abs(curves.values[:, len(ARKIT) :]).max() < 0.4  # a head does not turn by more while singing


def test_the_head_nods_with_the_beat():
    for tempo in (80, 120):
        pitch = visemes.head_motion(30 * 30, 30, tempo)[:, 1]
        spectrum = np.abs(np.fft.rfft(pitch * np.hanning(len(pitch))))
        hertz = np.fft.rfftfreq(len(pitch), 1 / 30)
        band = hertz > 0.8
        assert hertz[band][spectrum[band].argmax()] == pytest.approx(tempo / 60, abs=0.05)


def test_blinks_are_as_long_and_as_rare_as_peoples():
    lid = visemes.blinks(60 * 30, 30, seed=3)
    starts = np.flatnonzero((lid[1:] > 0.3) & (lid[:-1] <= 0.3))
    assert 10 <= len(starts) <= 32 and np.diff(starts).min() > 1.5 * 30
    assert lid.max() == 1 and (lid > 0.3).mean() < 0.1
    assert np.array_equal(lid, visemes.blinks(60 * 30, 30, seed=3))


def test_a_shift_moves_every_curve():
    curves = animate(sung("아"), 3)
    later = curves.shifted(0.2)
    assert np.array_equal(later.values[10:], curves.values[4:-6]) and len(later.values) == len(curves.values)


def test_csv_is_a_live_link_face_recording_and_reads_back(tmp_path):
    curves = animate(sung("첫눈이 내린다"), 4)
    visemes.write_csv(tmp_path / "face.csv", curves)
    with open(tmp_path / "face.csv", newline="") as file:
        head, *rows = csv.reader(file)
    assert len(head) == 2 + 61 and head[:3] == ["Timecode", "BlendShapeCount", "EyeBlinkLeft"]
    assert (
        head[19] == "JawOpen"
        and head[53] == "TongueOut"
        and head[54:57] == ["HeadYaw", "HeadPitch", "HeadRoll"]
    )
    assert all(len(row) == len(head) and row[1] == "61" for row in rows)
    assert rows[31][0] == "00:00:01:01.000"
    assert visemes.read_csv(tmp_path / "face.csv").values == pytest.approx(curves.values, abs=1e-6)


def test_json_is_audio2faces_layout_and_reads_back(tmp_path):
    curves = animate(sung("첫눈"), 2, fps=24)
    visemes.write_json(tmp_path / "face.json", curves)
    layout = json.loads((tmp_path / "face.json").read_text())
    assert layout["numPoses"] == len(layout["facsNames"]) == len(layout["weightMat"][0]) == 55
    back = visemes.read_json(tmp_path / "face.json")
    assert back.fps == 24 and back.values == pytest.approx(curves.values, abs=1e-5)


HOSTILE = [
    b"", b"hello", b"Timecode,BlendShapeCount\n", b"JawOpen\nwide\n", b"JawOpen\n1e999\n", b"\xff\xfe\x00", b"[]", b"{}",
    b'{"weightMat": [[1, 2], [3]], "facsNames": ["jawOpen"], "exportFps": 30}',
    b'{"weightMat": [], "facsNames": [], "exportFps": 30}', b'{"weightMat": [[0.5]], "facsNames": ["jawOpen"], "exportFps": 0}',
]  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE)
def test_a_hostile_file_gives_one_sentence(tmp_path, content):
    path = tmp_path / "face"
    path.write_bytes(content)
    for read in (visemes.read_csv, visemes.read_json):
        with pytest.raises(HallyuError) as error:
            read(path)
        assert "\n" not in str(error.value)


def test_values_from_a_file_are_kept_in_range(tmp_path):
    (tmp_path / "face.csv").write_text("JawOpen,HeadYaw\n7,-0.2\n")
    curves = visemes.read_csv(tmp_path / "face.csv")
    assert curves["jawOpen"].tolist() == [1.0] and curves["headYaw"] == pytest.approx([-0.2])


def test_what_cannot_be_animated_is_refused():
    with pytest.raises(HallyuError, match="nothing to animate"):
        animate([], 0)
    with pytest.raises(HallyuError, match="out of order"):
        animate([Phone("a", 2, 3, 0), Phone("a", 1, 2, 1)], 4)
    with pytest.raises(HallyuError, match="jawWide"):
        animate([], 1)["jawWide"]
