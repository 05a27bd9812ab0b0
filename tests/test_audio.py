"""Any sound that an artist brings is opened or refused in a sentence; what is written is what was meant."""

import fractions
import os

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu import audio, video
from hallyu.errors import HallyuError
from hallyu.ott import ffmpeg


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


# --- a film's sound, second by second --------------------------------------------------------------------------------


@pytest.mark.parametrize(("channels", "layout"), [
    (1, ("FC",)), (2, ("FL", "FR")), (6, ("FL", "FR", "FC", "LFE", "BL", "BR")),
    (8, ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")), (3, ("FL", "FR", "FC")),
])  # fmt: skip
def test_blocks_are_the_whole_sound_of_any_number_of_channels(tmp_path, channels, layout):
    samples = np.random.default_rng(channels).uniform(-1, 1, (20_001, channels)).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", samples, 8_000, subtype="FLOAT")
    (track,) = audio.tracks(tmp_path / "a.wav")
    assert (track.rate, track.layout) == (8_000, layout) and track.seconds == pytest.approx(2.5, abs=0.001)
    blocks = list(audio.blocks(tmp_path / "a.wav"))
    assert [len(block) for block in blocks] == [8_000, 8_000, 4_001]
    assert np.array_equal(np.concatenate(blocks), samples)


def test_seven_point_one_in_a_coded_film_keeps_its_channels_apart(tmp_path):
    samples = np.zeros((16_000, 8), np.float32)
    for n in range(8):
        samples[2_000 * n : 2_000 * (n + 1), n] = tone(0.125, 16_000, 440.0)
    soundfile.write(tmp_path / "a.wav", samples, 16_000)
    ffmpeg.make(tmp_path / "a.m4a", ["-i", tmp_path / "a.wav", "-channel_layout", "7.1", "-c:a", "aac", "-b:a", "512k"])
    (track,) = audio.tracks(tmp_path / "a.m4a")
    assert track.layout == ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")
    heard = np.concatenate(list(audio.blocks(tmp_path / "a.m4a")))[:16_000]
    power = (heard.reshape(8, 2_000, 8)[:, 500:1500] ** 2).mean(1)
    assert power.argmax(1).tolist() == [0, 1, 2, 3, 4, 5, 6, 7]


def test_blocks_and_read_agree(tmp_path):
    for suffix in ("wav", "flac", "ogg"):
        soundfile.write(tmp_path / f"a.{suffix}", np.stack([tone(3), -tone(3)], 1), 48_000)
        whole, _ = audio.read(tmp_path / f"a.{suffix}")
        parts = np.concatenate(list(audio.blocks(tmp_path / f"a.{suffix}")))
        assert np.allclose(parts[: len(whole)], whole, atol=1e-6) and abs(len(parts) - len(whole)) < 100


@pytest.fixture(scope="module")
def late_film(tmp_path_factory):
    """Two seconds of pictures; a tone on the second track begins half a second after them, and pauses for a second."""
    import av

    path = tmp_path_factory.mktemp("late") / "late.mkv"
    with av.open(str(path), "w") as file:
        video = file.add_stream("ffv1", rate=10)
        video.width, video.height, video.pix_fmt = 16, 16, "bgr0"
        sounds = [file.add_stream("pcm_s16le", rate=8_000, layout="mono") for _ in range(2)]
        for n in range(30):
            frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), "rgb24").reformat(format="bgr0")
            frame.pts = n
            file.mux(video.encode(frame))
            for which, sound in enumerate(sounds):
                if which and not (5 <= n < 10 or 20 <= n < 25):
                    continue
                block = av.AudioFrame.from_ndarray(np.full((1, 800), 8_000, np.int16), "s16", "mono")
                block.sample_rate, block.pts, block.time_base = 8_000, n * 800, fractions.Fraction(1, 8_000)
                file.mux(sound.encode(block))
        for stream in (video, *sounds):
            file.mux(stream.encode(None))
    return path


def test_a_track_that_begins_late_or_pauses_is_silent_there(late_film):
    assert len(audio.tracks(late_film)) == 2
    late = np.concatenate(list(audio.blocks(late_film, 1)))[:, 0]
    heard = np.abs(late).reshape(-1, 400).max(1) > 0.1
    assert heard.tolist() == [False] * 10 + [True] * 10 + [False] * 20 + [True] * 10


def test_a_film_without_sound_has_no_tracks_and_no_blocks(tmp_path):
    video.write(tmp_path / "silent.mp4", (np.zeros((32, 32, 3), np.float32) for _ in range(5)), 24)
    assert audio.tracks(tmp_path / "silent.mp4") == []
    with pytest.raises(HallyuError, match="no sound track"):
        next(audio.blocks(tmp_path / "silent.mp4"))


def test_half_a_film_gives_the_blocks_that_are_there_and_says_how_long_it_should_be(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(4), 48_000)
    whole = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "b.wav").write_bytes(whole[: len(whole) // 2])
    assert sum(map(len, audio.blocks(tmp_path / "b.wav"))) == pytest.approx(96_000, abs=200)
    mkv = tmp_path / "b.mkv"
    video.write(mkv, (np.zeros((32, 32, 3), np.float32) for _ in range(96)), 24, "h264", audio_from=tmp_path / "a.wav")
    mkv.write_bytes(mkv.read_bytes()[: mkv.stat().st_size // 2])
    came = sum(map(len, audio.blocks(mkv))) / 48_000
    assert came < 3.5 and audio.tracks(mkv)[0].seconds == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize(("content", "said"), [(b"", "is empty"), (b"no sound" * 99, "is not a sound file")])
def test_what_has_no_blocks(tmp_path, content, said):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(HallyuError, match=said):
        audio.tracks(tmp_path / "a.wav")
    with pytest.raises(HallyuError, match="There is no file"):
        next(audio.blocks(tmp_path / "none.wav"))
    soundfile.write(tmp_path / "nan.wav", np.array([0, np.nan]), 48_000, subtype="FLOAT")
    with pytest.raises(HallyuError, match="not numbers"):
        list(audio.blocks(tmp_path / "nan.wav"))
