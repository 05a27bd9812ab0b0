"""Voice activity: the network in blocks against the same in one piece, on speech, music, noise, and every kind of film."""

import itertools

import av
import numpy as np
import pytest
import soundfile

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.music import voice
from hallyu.ott import voice_activity
from hallyu.ott.ffmpeg import Stopped
from hallyu.ott.voice_activity import RATE, Detector, passages, speech

BEGINS = 2.0


@pytest.fixture(scope="module")
def spoken() -> tuple[np.ndarray, float, float]:
    """Ten seconds at 48 kHz with a line in them, and when that begins and ends."""
    said = voice.speak("첫눈이 내리는 날 여기서 만나자.", voice.voice("jf_nezumi"))
    sound = 0.5 * audio.resample(said.samples, said.rate, 48_000)
    whole = np.zeros(480_000, np.float32)
    begin = round(BEGINS * 48_000)
    whole[begin : begin + len(sound)] = sound
    heard = np.flatnonzero(np.abs(whole) > 0.01) / 48_000
    return whole, float(heard[0]), float(heard[-1])


def test_a_line_is_found_where_it_is(spoken):
    whole, start, stop = spoken
    ((a, b),) = speech([whole], 48_000)
    assert abs(a - start) < 0.1 and abs(b - stop) < 0.15


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 96_000])
def test_at_any_rate_it_is_found(spoken, rate):
    whole, start, stop = spoken
    found = speech([audio.resample(whole, 48_000, rate)], rate)
    assert abs(found[0][0] - start) < 0.12 and abs(found[-1][1] - stop) < 0.2


def test_blocks_have_no_seams(spoken):
    whole = audio.resample(spoken[0], 48_000, RATE)
    at_once = np.concatenate([(one := Detector()).take(whole), one.finish()])
    many, places = Detector(), [0, 1, 700, 701, 33_333, 90_001, len(whole)]
    parts = [many.take(whole[a:b]) for a, b in itertools.pairwise(places)]
    assert np.concatenate([*parts, many.finish()]) == pytest.approx(at_once, abs=1e-5)
    assert len(at_once) == -(-len(whole) // voice_activity.WINDOW)


def test_it_agrees_with_the_package_that_carries_the_network(spoken):
    from faster_whisper.vad import get_vad_model

    whole = audio.resample(spoken[0], 48_000, RATE)
    whole = whole[: len(whole) // voice_activity.WINDOW * voice_activity.WINDOW]
    assert Detector().take(whole) == pytest.approx(get_vad_model()(whole).reshape(-1), abs=1e-5)


def test_nobody_speaks_in_silence_noise_and_tones():
    rng = np.random.default_rng(0)
    hum = 0.1 * np.sin(2 * np.pi * 110 * np.arange(5 * RATE) / RATE)
    for sound in (np.zeros(5 * RATE), 0.01 * rng.normal(size=5 * RATE), hum):
        assert speech([sound.astype(np.float32)]) == []
    assert speech([]) == []


def test_a_passage_that_is_too_long_is_cut_where_speech_is_least_probable():
    likely = np.full(1000, 0.9)
    likely[700] = 0.6
    found = passages(likely)
    assert found[0] == (0.0, 22.4) and found[-1][1] == 32.0
    assert passages(np.full(100, 0.4)) == [] and passages(np.zeros(0)) == []


def test_every_channel_layout_is_heard(spoken, tmp_path):
    whole, start, _ = spoken
    seven = np.zeros((len(whole), 8), np.float32)
    seven[:, 2] = whole  # the centre of 7.1
    seven[:, 3] = 0.5 * np.sin(2 * np.pi * 40 * np.arange(len(whole)) / 48_000)
    soundfile.write(tmp_path / "7.1.wav", seven, 48_000, subtype="PCM_16")
    soundfile.write(tmp_path / "stereo.flac", np.stack([whole, whole], 1), 48_000)
    found = [speech(tmp_path / name) for name in ("7.1.wav", "stereo.flac")]
    assert all(len(each) == 1 and abs(each[0][0] - start) < 0.1 for each in found)


def test_progress_is_told_and_stopping_is_heard(spoken, tmp_path):
    soundfile.write(tmp_path / "a.wav", spoken[0], 48_000)
    told = []
    speech(tmp_path / "a.wav", tick=told.append)
    assert told == sorted(told) and told[-1] == 1.0 and len(told) > 5
    with pytest.raises(Stopped, match=r"a\.wav was stopped"):
        speech(tmp_path / "a.wav", stop=lambda: True)


def film(path, sound: np.ndarray | None) -> None:
    """A small film of ten seconds, with or without sound."""
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", 24, options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = 64, 36, "yuv420p"
        track = container.add_stream("aac", 48_000) if sound is not None else None
        for n in range(240):
            frame = av.VideoFrame.from_ndarray(np.full((36, 64, 3), n, np.uint8), "rgb24")
            container.mux(picture.encode(frame))
            if track is not None:
                block = av.AudioFrame.from_ndarray(sound[None, n * 2000 : (n + 1) * 2000], "fltp", "mono")
                block.sample_rate = 48_000
                container.mux(track.encode(block))
        container.mux(picture.encode(None))
        if track is not None:
            container.mux(track.encode(None))


def test_a_film_that_is_cut_off_is_not_taken_for_a_whole_one(spoken, tmp_path):
    film(tmp_path / "whole.mkv", spoken[0])
    data = (tmp_path / "whole.mkv").read_bytes()
    (tmp_path / "part.mkv").write_bytes(data[: len(data) * 6 // 10])
    assert len(speech(tmp_path / "whole.mkv")) == 1
    with pytest.raises(HallyuError, match=r"part\.mkv ends at .* s of 10\.0 s: it is cut off or damaged"):
        speech(tmp_path / "part.mkv")


def test_what_has_no_sound_says_so(tmp_path):
    film(tmp_path / "silent.mp4", None)
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("no film")
    for name, says in (
        ("silent", "has no sound track"),
        ("empty", "is empty"),
        ("text", "is not a sound file"),
    ):
        with pytest.raises(HallyuError, match=says):
            speech(tmp_path / f"{name}.mp4")
    with pytest.raises(HallyuError, match="There is no file"):
        speech(tmp_path / "none.mp4")
