"""Any sound that an artist brings is opened or refused in a sentence; what is written is what was meant."""

import os

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu import audio
from hallyu.errors import HallyuError


def tone(seconds=0.5, rate=48_000, hertz=440.0, channels=1):
    sound = (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)
    return sound if channels == 1 else np.stack([sound, -0.5 * sound], axis=1)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_written_wav_is_24_bit_and_comes_back_within_half_a_step(tmp_path, rate, channels):
    sound = tone(rate=rate, channels=channels)
    audio.write_wav(tmp_path / "눈.wav", sound, rate)
    assert soundfile.info(tmp_path / "눈.wav").subtype == "PCM_24"
    back, own = audio.read(tmp_path / "눈.wav")
    assert own == rate and back.shape == sound.shape and back.dtype == np.float32
    assert np.abs(back - sound).max() <= 2**-23


@pytest.mark.parametrize(
    ("suffix", "subtype"),
    [("wav", "FLOAT"), ("wav", "PCM_U8"), ("flac", "PCM_16"), ("ogg", "VORBIS"), ("aiff", "PCM_16")],
)
def test_other_formats_are_read(tmp_path, suffix, subtype):
    soundfile.write(tmp_path / f"a.{suffix}", tone(), 48_000, subtype=subtype)
    back, _ = audio.read(tmp_path / f"a.{suffix}")
    assert np.corrcoef(back, tone())[0, 1] > 0.999


def test_a_phones_m4a_is_read(tmp_path):
    import av

    sound = tone(channels=2)
    with av.open(tmp_path / "memo.m4a", "w") as container:
        stream = container.add_stream("aac", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T), format="fltp", layout="stereo")
        frame.sample_rate = 48_000
        queue = av.AudioFifo()
        queue.write(frame)
        while part := queue.read(1024, partial=True):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    back, rate = audio.read(tmp_path / "memo.m4a")
    assert rate == 48_000 and back.shape[1] == 2
    assert back[4_000:20_000, 0].std() == pytest.approx(sound[:, 0].std(), rel=0.06)


@pytest.mark.parametrize("kbps", [64, 128, 192, 320])
def test_an_mp3_has_the_rate_that_was_asked_for_and_sounds_alike(tmp_path, kbps):
    sound = tone(4, channels=2)
    audio.write_mp3(tmp_path / "a.mp3", sound, 48_000, kbps)
    assert os.path.getsize(tmp_path / "a.mp3") * 8 / 4_000 == pytest.approx(kbps, rel=0.04)
    back, rate = audio.read(tmp_path / "a.mp3")
    assert rate == 48_000
    middle = back[48_000:96_000]
    spectrum = np.abs(np.fft.rfft(middle[:, 0] * np.hanning(48_000)))
    assert spectrum.argmax() == 440
    assert middle[:, 0].std() == pytest.approx(tone().std(), rel=0.06)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([8_000, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000]),
    st.sampled_from([16_000, 24_000, 48_000]),
    st.integers(1, 5_000),
)
def test_resampling_keeps_the_length_to_a_sample(rate, to, n):
    assert len(audio.resample(np.zeros(n, np.float32), rate, to)) == -(-n * to // rate)


def test_resampling_keeps_a_tone_and_leaves_out_what_the_new_rate_cannot_hold():
    there = audio.resample(tone(1, 48_000), 48_000, 16_000)
    assert np.abs(there - tone(1, 16_000))[200:-200].max() < 1e-3
    assert np.abs(audio.resample(tone(1, 48_000, 11_000), 48_000, 16_000))[200:-200].max() < 1e-3


def test_reading_at_a_rate(tmp_path):
    audio.write_wav(tmp_path / "a.wav", tone(1, 44_100), 44_100)
    back, rate = audio.read(tmp_path / "a.wav", 16_000)
    assert (len(back), rate) == (16_000, 16_000)


def test_ten_minutes_are_read_and_sixteen_are_refused(tmp_path):
    soundfile.write(tmp_path / "ten.wav", np.zeros(600 * 8_000, np.int16), 8_000)
    assert len(audio.read(tmp_path / "ten.wav")[0]) == 4_800_000
    soundfile.write(tmp_path / "long.flac", np.zeros(960 * 8_000, np.int16), 8_000)
    with pytest.raises(HallyuError, match=r"long.flac lasts more than 15 minutes"):
        audio.read(tmp_path / "long.flac")


def test_a_flac_from_a_pipe_does_not_state_its_length(tmp_path):
    for seconds, name in ((1, "short.flac"), (901, "long.flac")):
        soundfile.write(tmp_path / name, np.zeros(8_000 * seconds), 8_000)
        content = bytearray((tmp_path / name).read_bytes())
        content[21] &= 0xF0  # the number of samples: 36 bits in the header, 0 where it is unknown
        content[22:26] = bytes(4)
        (tmp_path / name).write_bytes(content)
    assert len(audio.read(tmp_path / "short.flac")[0]) == 8_000
    with pytest.raises(HallyuError, match="more than 15 minutes"):
        audio.read(tmp_path / "long.flac")


def test_a_film_without_sound_is_told(tmp_path):
    import av

    with av.open(tmp_path / "silent.mp4", "w") as film:
        stream = film.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        film.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        film.mux(stream.encode(None))
    with pytest.raises(HallyuError, match="no sound track"):
        audio.read(tmp_path / "silent.mp4")


NOISE = np.random.default_rng(3).bytes(50_000)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.wav", b"", "empty"),
        ("a.wav", b"just words, no sound\n" * 50, "not a sound file"),
        ("a.wav", "첫눈이 내린다".encode("utf-16") * 300, "not a sound file"),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "not a sound file"),
        ("a.wav", b"\0" * 5_000, "not a sound file"),
        ("a.mp3", NOISE, "not a sound file"),
        ("a.raw", NOISE, "not a sound file"),
        ("a.m3u8", b"#EXTM3U\n#EXTINF:1,\nother.wav\n", "not a sound file"),
        ("a.wav", b"ffconcat version 1.0\nfile 'other.wav'\n", "not a sound file"),
    ],
)
def test_what_is_no_sound_is_refused_in_a_sentence(tmp_path, name, content, said):
    soundfile.write(tmp_path / "other.wav", tone(), 48_000)  # what a playlist would lead to
    (tmp_path / name).write_bytes(content)
    with pytest.raises(HallyuError, match=said):
        audio.read(tmp_path / name)


def test_what_is_unfit_is_refused_in_a_sentence(tmp_path):
    soundfile.write(tmp_path / "nan.wav", np.array([0, np.nan]), 48_000, subtype="FLOAT")
    soundfile.write(tmp_path / "surround.wav", np.zeros((100, 6)), 48_000)
    soundfile.write(tmp_path / "slow.wav", np.zeros(100), 4_000)
    soundfile.write(tmp_path / "nothing.wav", np.zeros(0), 48_000)
    for name, said in {
        "nan.wav": "not numbers",
        "surround.wav": "6 channels",
        "slow.wav": "4000 Hz",
        "nothing.wav": "no sound",
        "gone.wav": "no file",
        ".": "cannot be read",
    }.items():
        with pytest.raises(HallyuError, match=said):
            audio.read(tmp_path / name)


@pytest.mark.parametrize(("suffix", "slack"), [("wav", 20), ("flac", 8_192), ("mp3", 8_192)])
def test_half_a_file_gives_the_sound_that_is_there(tmp_path, suffix, slack):
    soundfile.write(tmp_path / f"a.{suffix}", tone(2), 48_000)
    whole = (tmp_path / f"a.{suffix}").read_bytes()
    (tmp_path / f"b.{suffix}").write_bytes(whole[: len(whole) // 2])
    assert len(audio.read(tmp_path / f"b.{suffix}")[0]) == pytest.approx(48_000, abs=slack)


@pytest.mark.parametrize(
    ("samples", "rate", "said"),
    [
        (np.full(10, 1.2), 48_000, r"clip: its peak is \+1.6 dBFS"),
        (np.zeros((2, 10)), 48_000, "shape"),
        (np.zeros(10, np.int16), 48_000, "full scale"),
        (np.array([0, np.inf]), 48_000, "not numbers"),
        (np.zeros(0), 48_000, "empty"),
        (np.zeros(10), 44_100.5, "whole number"),
        (np.zeros(10), 100, "whole number"),
    ],
)
def test_unfit_samples_are_not_written(tmp_path, samples, rate, said):
    with pytest.raises(HallyuError, match=said):
        audio.write_wav(tmp_path / "a.wav", samples, rate)
    assert not list(tmp_path.iterdir())


def test_names_and_rates_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(HallyuError, match=r"end its name in \.wav"):
        audio.write_wav(tmp_path / "a.mp3", tone(), 48_000)
    with pytest.raises(HallyuError, match="96000"):
        audio.write_mp3(tmp_path / "a.mp3", tone(rate=96_000), 96_000)
    with pytest.raises(HallyuError, match="400"):
        audio.write_mp3(tmp_path / "a.mp3", tone(), 48_000, 400)


def test_a_full_disk_leaves_no_half_file(small_disk):
    with pytest.raises(HallyuError, match="disk is full"):
        audio.write_wav(small_disk / "a.wav", tone(60), 48_000)
    assert not list(small_disk.iterdir())
