import itertools
import re
import struct
import subprocess
import sys
import zlib
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from hallyu import audio, video
from hallyu.errors import HallyuError

SUFFIX = {"h264": ".mp4", "prores4444": ".mov", "ffv1": ".mkv"}
RATE = Fraction(24000, 1001)


def smooth(width=96, height=64, seed=0):
    picture = np.random.default_rng(seed).random((height // 12 + 2, width // 12 + 2, 3)).astype(np.float32)
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)


def moving(count=30, **size):
    first = smooth(**size)
    return [np.roll(first, 2 * n, 1) for n in range(count)]


def film(folder, codec="h264", frames=None, **how):
    path = folder / f"film{SUFFIX[codec]}"
    video.write(path, moving() if frames is None else frames, RATE, codec, **how)
    return path


def far(one, other):
    return float(np.abs(one - other).mean()) * 255


@pytest.mark.parametrize(
    ("codec", "mean", "bits"), [("h264", 3, 8), ("prores4444", 0.6, 12), ("ffv1", 0.002, 16)]
)
def test_what_is_written_is_read_again(tmp_path, codec, mean, bits):
    frames = moving()
    path = film(tmp_path, codec, frames)
    info = video.probe(path)
    assert (info.width, info.height, info.rate, info.bits) == (96, 64, RATE, bits)
    assert (
        info.frames in (30, None)
        and info.length == 30
        and info.seconds == pytest.approx(30 / RATE, abs=0.005)
    )
    assert not info.alpha and not info.has_audio and not info.still
    back = list(video.read(path))
    assert len(back) == 30 and all(f.dtype == np.float32 and f.shape == (64, 96, 3) for f in back)
    assert max(far(a, b) for a, b in zip(frames, back, strict=True)) < mean


def test_ten_bits_are_finer_than_eight(tmp_path):
    ramp = np.repeat(np.linspace(0.4, 0.5, 96, dtype=np.float32)[None, :, None], 3, 2).repeat(64, 0)
    steps = {}
    for bits in (8, 10):
        path = film(tmp_path, frames=[ramp] * 3, bits=bits)
        assert video.probe(path).bits == bits
        steps[bits] = len(np.unique(next(video.read(path))[:, :, 1].mean(0).round(4)))
    assert steps[10] > 2 * steps[8]


@pytest.mark.parametrize("level", [0, 16, 128, 235, 255])
@pytest.mark.parametrize("form", ["yuv420p", "yuv420p10le", "yuv444p10le"])
def test_grey_is_coded_as_the_standard_says(level, form):
    # BT.709-6, item 4: Y' = round((219 E' + 16) 2^(n-8)), and colour differences at 2^(n-1)
    frame = np.full((32, 32, 3), level / 255, np.float32)
    coded, bits = video._encoded(frame, form, False), 10 if "10" in form else 8
    luma, blue, red = (video._plane(plane, bits) for plane in coded.planes)
    assert (luma == np.rint((219 * level / 255 + 16) * 2 ** (bits - 8))).all()
    assert (blue == 2 ** (bits - 1)).all() and (red == 2 ** (bits - 1)).all()
    assert np.abs(video._pixels(coded) - frame).max() <= 0.51 / (219 * 2 ** (bits - 8))


def test_bars_are_coded_as_the_standard_says():
    # 100 % bars in 8-bit Y'CbCr of BT.709, as published in ITU-R BT.1729 and by every test generator
    bars = {(1, 1, 0): (219, 16, 138), (0, 1, 1): (188, 154, 16), (0, 1, 0): (173, 42, 26),
            (1, 0, 1): (78, 214, 230), (1, 0, 0): (63, 102, 240), (0, 0, 1): (32, 240, 118)}  # fmt: skip
    for colour, codes in bars.items():
        coded = video._encoded(np.broadcast_to(np.float32(colour), (16, 16, 3)), "yuv420p", False)
        assert tuple(int(video._plane(plane, 8)[4, 4]) for plane in coded.planes) == codes
        assert np.abs(video._pixels(coded) - colour).max() < 0.01


def test_colours_of_half_size_stay_where_they_are(tmp_path):
    # An edge between red and green of one luma: a shift of half a pixel, as swscale makes it, moves its centre.
    ramp = np.zeros((64, 96, 3), np.float32)
    ramp[..., 1] = np.clip((np.arange(96) - 40) / 16, 0, 1) * 0.5
    ramp[..., 0] = (0.5 - ramp[..., 1]) * 0.7152 / 0.2126 * 0.55
    back = next(video.read(film(tmp_path, frames=[ramp] * 2, bits=10)))
    crossing = lambda picture: float(
        np.interp(0, (picture[32, 38:60, 1] - picture[32, 38:60, 0]), np.arange(22))
    )
    assert crossing(back) == pytest.approx(crossing(ramp), abs=0.12)


def recorded(code, transfer, primaries=9, colour=(0.0, 0.0)):
    """A frame of one colour as a telephone records it: 10 bits, BT.2020."""
    frame = av.VideoFrame(32, 32, "yuv420p10le")
    values = (64 + 876 * code, 512 + 896 * colour[0], 512 + 896 * colour[1])
    for plane, value in zip(frame.planes, values, strict=True):
        video._view(plane, 10)[:] = round(value)
    frame.colorspace, frame.color_trc, frame.color_primaries, frame.color_range = 9, transfer, primaries, 1
    return video._pixels(frame)


def test_high_dynamic_range():
    # ITU-R BT.2408-7, table 1: diffuse white is 58 % PQ and 75 % HLG, 203 cd/m2; 18 % grey 38 % of both, 26 cd/m2
    white = [float(recorded(code, transfer)[8, 8, 1]) for code, transfer in ((0.581, 16), (0.75, 18))]
    assert white[0] == pytest.approx(white[1], abs=0.01) and 0.93 < white[0] < 0.98
    grey = [float(recorded(0.38, transfer)[8, 8, 1]) for transfer in (16, 18)]
    assert grey[0] == pytest.approx(grey[1], abs=0.02) and grey[0] == pytest.approx(
        (26 / 203) ** (1 / 2.2), abs=0.02
    )
    levels = [float(recorded(code, 18)[8, 8, 1]) for code in np.linspace(0, 1, 30)]
    assert levels[0] == 0 and 0.98 < levels[-1] <= 1 and (np.diff(levels) > 0).all()


def test_wide_gamuts_keep_grey_and_give_more_saturated_colours():
    for transfer in (1, 16, 18):
        assert np.ptp(recorded(0.5, transfer)[8, 8]) < 0.01
    narrow, wide = recorded(0.5, 1, 1, (0.0, 0.1))[8, 8], recorded(0.5, 1, 9, (0.0, 0.1))[8, 8]
    assert np.ptp(wide) > np.ptp(narrow) + 0.02


@pytest.mark.parametrize("codec", ["prores4444", "ffv1"])
def test_a_matte_comes_back_straight(tmp_path, codec):
    frames = [np.dstack([f, f[..., 0]]) for f in moving(4)]
    path = film(tmp_path, codec, frames)
    assert video.probe(path).alpha
    back = next(video.read(path))
    assert back.shape == (64, 96, 4)
    assert np.abs(back[..., 3] - frames[0][..., 3]).max() < 0.7 / 1023
    assert far(back[..., :3], frames[0][..., :3]) < 0.6


@pytest.mark.parametrize("codec", list(video.CODECS))
def test_odd_sizes(tmp_path, codec):
    frames = [frame[:33, :47] for frame in moving(3)]
    back = next(video.read(film(tmp_path, codec, frames)))
    assert back.shape == ((34, 48, 3) if codec == "h264" else (33, 47, 3))
    assert far(back[:33, :47], frames[0]) < 4


@pytest.mark.parametrize("codec", list(video.CODECS))
def test_a_part_is_the_same_as_that_part_of_the_whole(tmp_path, codec):
    path = film(tmp_path, codec, moving(20))
    whole = list(video.read(path))
    for start, stop in ((0, 3), (1, 2), (7, 20), (19, None), (5, 5), (12, 99)):
        part = list(video.read(path, start, stop))
        assert len(part) == len(whole[start:stop])
        assert all((a == b).all() for a, b in zip(part, whole[start:stop], strict=True))
    assert list(video.read(path, 20)) == []
    with pytest.raises(HallyuError, match="from a first to a last"):
        video.read(path, 3, 2)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_telephone_held_upright(tmp_path, degrees):
    path, frames = tmp_path / "phone.mp4", moving(4)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=30, options={"crf": "5"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.set_display_rotation(degrees)
        stream.codec_context.colorspace = 1
        for number, frame in enumerate(frames):
            picture = video._encoded(frame, "yuv420p", True)
            picture.pts = number
            file.mux(stream.encode(picture))
        file.mux(stream.encode(None))
    info = video.probe(path)
    assert info.rotation == degrees
    assert (info.width, info.height) == ((96, 64) if degrees == 180 else (64, 96))
    assert far(next(video.read(path)), np.rot90(frames[0], degrees // 90)) < 4


@pytest.mark.parametrize("codec", list(video.CODECS))
@pytest.mark.parametrize("how", ["overwritten", "cut off"])
def test_a_damaged_film_is_read_up_to_the_damage_and_names_it(tmp_path, codec, how):
    path = film(tmp_path, codec, moving(72))
    whole, data = list(video.read(path)), bytearray(path.read_bytes())
    place = len(data) * 6 // 10
    if how == "cut off":
        del data[place:]
    else:
        data[place : place + 400] = np.random.default_rng(1).bytes(400)
    path.write_bytes(data)
    good = []
    with pytest.raises(HallyuError, match=r"damaged at 00:00:0\d:\d\d \(frame \d+\)") as said:
        for frame in video.read(path):
            good.append(frame)
    assert 3 < len(good) < 72 and f"frame {len(good)})" in str(said.value)
    assert all((a == b).all() for a, b in zip(good, whole, strict=False))


def test_a_damaged_film_leaves_no_half_of_another(tmp_path):
    source = film(tmp_path, "prores4444")
    data = bytearray(source.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 300] = bytes(300)
    source.write_bytes(data)
    (tmp_path / "out").mkdir()
    with pytest.raises(HallyuError, match="damaged at"):
        video.write(tmp_path / "out" / "copy.mp4", video.read(source), 24)
    assert list((tmp_path / "out").iterdir()) == []


NO_FILMS = {
    "text.mp4": b"Haneul walks through the snow.\n" * 50,
    "playlist.mp4": b"#EXTM3U\n#EXTINF:1,\nfilm.mp4\n",
    "concat.mp4": b"ffconcat version 1.0\nfile film.mp4\n",
    "noise.mov": np.random.default_rng(0).bytes(50_000),
    "nothing.mp4": b"",
}


@pytest.mark.parametrize("name", NO_FILMS)
def test_what_is_no_film_is_said_at_once(tmp_path, name):
    (tmp_path / name).write_bytes(NO_FILMS[name])
    film(tmp_path)
    for attempt in (video.probe, video.read):
        with pytest.raises(HallyuError, match=r"is no film or picture|is empty \(0 bytes\)") as said:
            attempt(tmp_path / name)
        assert name in str(said.value) and "\n" not in str(said.value)


def test_a_missing_file_a_folder_and_a_song(tmp_path):
    with pytest.raises(HallyuError, match="There is no file"):
        video.probe(tmp_path / "film.mp4")
    with pytest.raises(HallyuError, match="cannot be read"):
        video.probe(tmp_path)
    soundfile.write(tmp_path / "song.flac", np.zeros(4800), 48_000)
    with pytest.raises(HallyuError, match="is no film"):
        video.probe(tmp_path / "song.flac")


def test_names_are_not_taken_at_their_word(tmp_path):
    path = film(tmp_path)
    for name in ("film.txt", "concat:a|b", "film%03d.png"):
        copy = tmp_path / name
        copy.write_bytes(path.read_bytes())
        assert video.probe(copy).codec == "h264"


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(tmp_path):
    side = 12_000

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, row = zlib.compressobj(1), b"\0" + bytes(side * 3)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )
    script = f"""
from hallyu import video
from hallyu.memory import peak_memory
before = peak_memory()
try: video.probe({str(path)!r})
except video.HallyuError as error: print(error)
print(peak_memory() - before)
"""
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    said, needed = out.splitlines()
    assert re.search("larger than 8K|at most 8K", said)
    assert float(needed) < 150


@pytest.mark.parametrize(("mode", "name"), [
    ("RGB", "a.png"), ("RGBA", "a.png"), ("L", "a.png"), ("LA", "a.png"), ("P", "a.png"), ("1", "a.png"),
    ("RGB", "a.tif"), ("RGB", "a.bmp"), ("RGB", "a.webp"), ("L", "a.jpg"), ("RGB", "a.jpg"),
])  # fmt: skip
def test_a_still_is_a_film_of_one_frame(tmp_path, mode, name):
    picture = Image.fromarray(np.rint(smooth() * 255).astype(np.uint8)).convert(mode)
    picture.save(tmp_path / name, **({"lossless": True} if name.endswith("webp") else {"quality": 95}))
    info = video.probe(tmp_path / name)
    assert info.still and (info.width, info.height) == (96, 64)
    (frame,) = video.read(tmp_path / name)
    with Image.open(tmp_path / name) as saved:
        wanted = np.asarray(saved.convert("RGBA"), np.float32) / 255
    assert info.alpha == (frame.shape[2] == 4)
    off = np.abs(frame - wanted[..., : frame.shape[2]]) * 255
    assert off.max() == 0 if not name.endswith("jpg") else off.mean() < 1.5


def test_a_still_of_16_bits_and_one_that_was_taken_upright(tmp_path):
    picture = smooth()
    cv2.imwrite(str(tmp_path / "deep.png"), np.rint(picture[..., ::-1] * 65535).astype(np.uint16))
    assert video.probe(tmp_path / "deep.png").bits == 16
    assert np.abs(next(video.read(tmp_path / "deep.png")) - picture).max() < 1e-5
    exif = Image.Exif()
    exif[0x112] = 6
    Image.fromarray(np.rint(picture * 255).astype(np.uint8)).save(tmp_path / "up.jpg", exif=exif, quality=95)
    assert far(next(video.read(tmp_path / "up.jpg")), np.rot90(picture, -1)) < 3


def test_sound_is_heard_where_it_was(tmp_path):
    time = np.arange(48_000 * 3) / 48_000
    beep = np.float32(0.5 * np.sin(2 * np.pi * 440 * time) * (time > 1))
    soundfile.write(tmp_path / "beep.wav", beep, 48_000)
    for codec in video.CODECS:
        path = film(tmp_path, codec, moving(48), audio_from=tmp_path / "beep.wav")
        assert video.probe(path).has_audio
        sound, rate = audio.read(path)
        assert np.argmax(np.abs(audio.mono(sound)) > 0.1) / rate == pytest.approx(1, abs=0.002)
        assert len(sound) / rate == pytest.approx(float(48 / RATE), abs=0.03)
        again = tmp_path / "again.mp4"
        video.write(again, moving(30), RATE, audio_from=path, audio_start=0.5)
        sound, rate = audio.read(again)
        assert np.argmax(np.abs(audio.mono(sound)) > 0.1) / rate == pytest.approx(0.5, abs=0.002)


@pytest.mark.parametrize("shape", [(-1,), (-1, 1), (-1, 2)])
def test_samples_are_heard_where_they_were(tmp_path, shape):
    time = np.arange(48_000 * 3) / 48_000
    beep = np.float32(0.5 * np.sin(2 * np.pi * 440 * time) * (time > 1))
    beep = np.stack([beep, beep], 1) if shape[-1] == 2 else beep.reshape(shape)
    path = film(tmp_path, frames=moving(48), audio_from=(beep, 48_000), audio_start=0.25)
    sound, rate = audio.read(path)
    assert np.argmax(np.abs(audio.mono(sound)) > 0.1) / rate == pytest.approx(0.75, abs=0.002)
    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.03) and sound.shape[1] == 2


def test_pictures_of_8_bits_are_the_same_film(tmp_path):
    pictures = [np.rint(frame * 255).astype(np.uint8) for frame in moving(5)]
    one = film(tmp_path, frames=(picture / np.float32(255) for picture in pictures), crf=4)
    exact = list(video.read(one))
    two = list(video.read(film(tmp_path, frames=pictures, crf=4)))
    assert all((a == b).all() for a, b in zip(exact, two, strict=True))
    odd = list(video.read(film(tmp_path, frames=[picture[:-1, :-1] for picture in pictures])))
    assert odd[0].shape == (pictures[0].shape[0], pictures[0].shape[1], 3)


def test_sound_of_a_broadcast_that_does_not_begin_at_0(tmp_path):
    time = np.arange(48_000 * 2) / 48_000
    soundfile.write(
        tmp_path / "beep.wav", np.float32(0.5 * np.sin(2 * np.pi * 440 * time) * (time > 1)), 48_000
    )
    source = film(tmp_path, frames=moving(48), audio_from=tmp_path / "beep.wav")
    with av.open(str(source)) as file, av.open(str(tmp_path / "air.ts"), "w") as copy:
        streams = {stream.index: copy.add_stream_from_template(stream) for stream in file.streams}
        for packet in file.demux():
            if packet.dts is not None:
                packet.pts += int(10 / packet.time_base)
                packet.dts += int(10 / packet.time_base)
                packet.stream = streams[packet.stream.index]
                copy.mux(packet)
    with av.open(str(tmp_path / "air.ts")) as file:
        assert file.streams.video[0].start_time * file.streams.video[0].time_base > 9
    video.write(tmp_path / "again.mp4", moving(40), RATE, audio_from=tmp_path / "air.ts")
    sound, rate = audio.read(tmp_path / "again.mp4")
    assert np.argmax(np.abs(audio.mono(sound)) > 0.1) / rate == pytest.approx(1, abs=0.03)
    whole, part = list(video.read(tmp_path / "air.ts")), list(video.read(tmp_path / "air.ts", 5, 9))
    assert len(whole) == 48 and len(part) == 4
    assert all((a == b).all() for a, b in zip(whole[5:9], part, strict=True))


def test_a_short_sound_ends_in_silence_and_none_is_said(tmp_path):
    soundfile.write(tmp_path / "short.wav", np.full(12_000, 0.3, np.float32), 48_000)
    sound, rate = audio.read(film(tmp_path, audio_from=tmp_path / "short.wav"))
    assert np.abs(sound[: rate // 5]).max() > 0.2 and np.abs(sound[rate // 3 :]).max() < 0.01
    silent = film(tmp_path, "ffv1")
    with pytest.raises(HallyuError, match="no sound track"):
        film(tmp_path, audio_from=silent)


@pytest.mark.parametrize(("frames", "how", "says"), [
    ([], {}, "no frames"),
    ([np.zeros((8, 8, 3), np.int16)], {}, "Frame 0 is int16"),
    ([np.zeros((8, 8), np.float32)], {}, "Frame 0 is float32 of shape"),
    ([np.zeros((8, 8, 3), np.float32), np.zeros((8, 9, 3), np.float32)], {}, "Frame 1 has the shape"),
    ([np.full((8, 8, 3), np.nan, np.float32)], {}, "Frame 0 has values that are not numbers"),
    ([np.zeros((8, 8, 4), np.float32)], {}, "carries no matte"),
    ([np.zeros((8, 8, 3), np.float32)], {"codec": "gif"}, "written as h264"),
    ([np.zeros((8, 8, 3), np.float32)], {"codec": "ffv1"}, "change the ending"),
    ([np.zeros((8, 8, 3), np.float32)], {"bits": 12}, "8 or 10 bits, not 12"),
    ([np.zeros((8, 8, 3), np.float32)], {"rate": 0}, "frame rate is"),
])  # fmt: skip
def test_what_cannot_be_written(tmp_path, frames, how, says):
    path = tmp_path / "film.mp4"
    path.write_text("the old film")
    with pytest.raises(HallyuError, match=says):
        video.write(path, frames, **{"rate": 24, **how})
    assert [p.name for p in tmp_path.iterdir()] == ["film.mp4"] and path.read_text() == "the old film"


def test_a_full_disk(small_disk):
    with pytest.raises(HallyuError, match="disk is full"):
        video.write(
            small_disk / "film.mkv",
            np.random.default_rng(0).random((40, 128, 128, 3), np.float32),
            24,
            "ffv1",
        )
    assert list(small_disk.iterdir()) == []


def test_a_long_film_needs_no_more_memory_than_a_short_one(tmp_path):
    """1200 frames are 250 MB as floats; they pass through in far less."""
    script = f"""
import numpy as np
from hallyu import video
from hallyu.memory import peak_memory
frame = np.random.default_rng(0).random((120, 160, 3), np.float32)
path = {str(tmp_path / "long.mp4")!r}
video.write(path, (frame for _ in range(100)), 24)
for _ in video.read(path): pass
before = peak_memory()
video.write(path, (np.roll(frame, n, 1) for n in range(1200)), 24)
assert sum(1 for _ in video.read(path)) == 1200
print(peak_memory() - before)
"""
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert float(out) < 60


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(width=st.integers(2, 40), height=st.integers(2, 40), seed=st.integers(0, 99), alpha=st.booleans())
def test_any_size_without_loss(tmp_path, width, height, seed, alpha):
    frames = np.random.default_rng(seed).random((3, height, width, 4 if alpha else 3), np.float32)
    path = tmp_path / "any.mkv"
    assert video.write(path, frames, 25, "ffv1") == 3
    for one, other in itertools.zip_longest(frames, video.read(path)):
        assert np.abs(one - other).max() <= 0.5 / 65535 + 1e-6


def test_eight_bits_survive_the_lossless_codec_exactly(tmp_path):
    levels = np.arange(256, dtype=np.float32).reshape(16, 16, 1).repeat(3, 2) / 255
    back = next(video.read(film(tmp_path, "ffv1", [levels])))
    assert (np.rint(back * 255) == np.rint(levels * 255)).all() and np.abs(back - levels).max() < 1e-7


@pytest.mark.parametrize("channels", [3, 4])
def test_eight_bits_may_be_written_as_such(tmp_path, channels):
    codes = np.random.default_rng(0).integers(0, 256, (20, 30, channels))
    path = tmp_path / "film.mkv"
    video.write(path, [np.float32(codes / 255)] * 2, 24, "ffv1", bits=8)
    info = video.probe(path)
    assert (info.bits, info.alpha) == (8, channels == 4)
    assert (np.rint(next(video.read(path)) * 255) == codes).all()


def test_colours_are_tagged_so_that_players_do_not_guess(tmp_path):
    for codec in ("h264", "prores4444"):
        with av.open(str(film(tmp_path, codec))) as file:
            frame = next(file.decode(video=0))
        assert (frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range) == (1, 1, 1, 1)


def test_the_file_is_closed_when_a_film_is_left_early(tmp_path):
    path = film(tmp_path)
    frames = video.read(path)
    next(frames)
    frames.close()
    opened = (
        [p.resolve() for p in Path("/proc/self/fd").iterdir() if p.exists()] if Path("/proc").exists() else []
    )
    assert path.resolve() not in opened
