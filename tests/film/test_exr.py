import struct

import av
import numpy as np
import OpenEXR
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import colour, exr
from hallyu.film.exr import Picture


def picture(height=12, width=20, channels=4, seed=0, **more):
    pixels = np.random.default_rng(seed).random((height, width, channels), np.float32)
    return Picture(pixels, **more)


def library(path, channels, **header):
    """As another program writes it."""
    plain = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File({**plain, **header}, channels).write(str(path))


def test_everything_comes_back(tmp_path):
    random = np.random.default_rng(1).random
    layers = {
        "Z": random((12, 20)) * 50,
        "matte": random((12, 20)),
        "normal": random((12, 20, 3)),
        "uv": random((12, 20, 2)),
    }
    sent = picture(
        layers=layers, half=False, rate=23.976, timecode="01:00:03:05", chromaticities=exr.ACESCG,
        metadata={"comments": "첫눈, 눈 숲", "shot": "fs_010_0040"},
    )  # fmt: skip
    exr.write(tmp_path / "a.exr", sent)
    back = exr.read(tmp_path / "a.exr")
    assert (back.premultiplied == sent.premultiplied).all()
    assert back.layers.keys() == layers.keys()
    assert all((back.layers[name] == np.float32(layer)).all() for name, layer in layers.items())
    assert back.rate * 1001 == 24000 and back.timecode == "01:00:03:05" and not back.half
    assert back.chromaticities == exr.ACESCG and back.metadata == sent.metadata


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arrays(np.float16, st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4])),
           elements=st.floats(-65504, 65504, width=16))
)  # fmt: skip
def test_any_half_floats_without_loss(tmp_path, pixels):
    exr.write(tmp_path / "a.exr", Picture(pixels.astype(np.float32)))
    back = exr.read(tmp_path / "a.exr")
    assert (back.premultiplied == pixels).all() and back.half


def test_another_program_finds_the_standard_names(tmp_path):
    exr.write(tmp_path / "a.exr", picture(layers={"Z": np.ones((12, 20)), "skin": np.ones((12, 20, 3))}))
    found = OpenEXR.File(str(tmp_path / "a.exr"), separate_channels=True)
    assert set(found.channels()) == {"R", "G", "B", "A", "Z", "skin.R", "skin.G", "skin.B"}
    assert found.channels()["R"].pixels.dtype == np.float16
    assert found.header()["compression"] == OpenEXR.ZIP_COMPRESSION
    with open(tmp_path / "a.exr", "rb") as file:
        assert struct.unpack("<I", file.read(4)) == (20000630,)


def test_code_values_and_light(tmp_path):
    straight = np.random.default_rng(2).random((6, 8, 4), np.float32)
    straight[0, 0, 3], straight[0, 1, 3] = 0, 1
    sent = exr.from_frame(straight)
    assert np.allclose(sent[..., :3], colour.to_linear(straight)[..., :3] * straight[..., 3:])
    assert (sent[0, 0] == 0).all(), "what is fully transparent adds nothing"
    exr.write(tmp_path / "a.exr", Picture(sent, half=False))
    back = exr.to_frame(exr.read(tmp_path / "a.exr"))
    seen = straight[..., 3] > 0.02
    assert np.abs(back - straight)[seen].max() < 1e-5
    opaque = straight[..., :3].copy()
    assert np.abs(exr.to_frame(Picture(exr.from_frame(opaque))) - opaque).max() < 1e-6


def test_a_glow_has_colour_without_a_matte(tmp_path):
    glow = np.zeros((2, 2, 4), np.float32)
    glow[..., :3] = 0.5
    exr.write(tmp_path / "a.exr", Picture(glow))
    assert (exr.read(tmp_path / "a.exr").premultiplied == glow).all()


def test_primaries():
    # The matrices of the ACES project: aces-dev, ACEScsc.Academy; and of BT.709 to XYZ
    to_ap1 = exr.primaries_matrix(exr.ACES2065_1, exr.ACESCG)
    published = [[1.4514393161, -0.2365107469, -0.2149285693], [-0.0765537734, 1.1762296998, -0.0996759264],
                 [0.0083161484, -0.0060324498, 0.9977163014]]  # fmt: skip
    assert np.abs(to_ap1 - published).max() < 1e-6
    assert np.abs(exr._to_xyz(exr.BT709)[1] - [0.2126, 0.7152, 0.0722]).max() < 1e-4
    grey = Picture(np.full((2, 2, 3), 0.18, np.float32), chromaticities=exr.ACES2065_1)
    assert np.ptp(exr.to_frame(grey)) < 1e-3, "grey stays grey"
    assert exr.to_frame(grey)[0, 0, 0] == pytest.approx(0.4613, abs=1e-3)


@pytest.mark.parametrize(("value", "word"), [(np.nan, "NaN"), (np.inf, "infinite"), (-np.inf, "infinite")])
def test_a_value_that_is_no_number_is_named_by_its_pixel(tmp_path, value, word):
    pixels = np.ones((9, 9, 3), np.float16)
    pixels[5, 7, 1] = pixels[6, 2, 0] = value
    library(tmp_path / "a.exr", {"RGB": pixels})
    with pytest.raises(HallyuError, match=rf"a\.exr: R is {word} at pixel \(2, 6\), and 1 more pixels"):
        exr.read(tmp_path / "a.exr")
    loose = exr.read(tmp_path / "a.exr", check=False)
    assert [(bad.x, bad.y, bad.channel) for bad in exr.bad_values(loose)] == [(2, 6, "R"), (7, 5, "G")]
    with pytest.raises(HallyuError, match=word):
        exr.write(tmp_path / "b.exr", loose)
    assert not (tmp_path / "b.exr").exists()
    exr.write(tmp_path / "b.exr", exr.mended(loose))
    assert (exr.read(tmp_path / "b.exr").premultiplied == 1).all()


def test_mending_takes_the_neighbours_and_leaves_the_rest():
    plane = np.arange(25, dtype=np.float32).reshape(5, 5)
    holes = plane.copy()
    holes[2, 2] = np.nan
    sent = Picture(np.dstack([plane] * 3), {"Z": holes, "v": np.dstack([holes, holes])})
    back = exr.mended(sent)
    assert (back.premultiplied == sent.premultiplied).all() and (back.layers["Z"] == plane).all()
    assert (back.layers["v"] == plane[..., None]).all()
    assert (exr.mended(Picture(np.full((2, 2, 3), np.nan))).premultiplied == 0).all()


def test_what_half_floats_cannot_hold(tmp_path):
    sun = np.zeros((4, 4, 3), np.float32)
    sun[1, 2, 0] = 70_000
    with pytest.raises(HallyuError, match=r"R is 70000 at pixel \(2, 1\), more than a half float holds"):
        exr.write(tmp_path / "a.exr", Picture(sun))
    exr.write(tmp_path / "a.exr", Picture(sun, half=False))
    assert exr.read(tmp_path / "a.exr").premultiplied.max() == 70_000


@pytest.mark.parametrize(("sent", "says"), [
    (Picture(np.zeros((4, 4))), "has the shape"),
    (Picture(np.zeros((4, 4, 2))), "has the shape"),
    (Picture(np.zeros((4, 4, 3)), {"Z": np.zeros((4, 5))}), "give both the same size"),
    (Picture(np.zeros((4, 4, 3)), {"깊이": np.zeros((4, 4))}), "is no name for a layer"),
    (Picture(np.zeros((4, 4, 3)), {"A": np.zeros((4, 4))}), "is no name for a layer"),
    (Picture(np.zeros((4, 4, 3)), timecode="25:00:00:00"), "past the end of the day"),
])  # fmt: skip
def test_what_cannot_be_written(tmp_path, sent, says):
    with pytest.raises(HallyuError, match=says):
        exr.write(tmp_path / "a.exr", sent)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(HallyuError, match=r"let it end in \.exr"):
        exr.write(tmp_path / "a.png", picture())


def test_windows_and_luminance_of_other_programs(tmp_path):
    box = lambda x0, y0, x1, y1: (np.int32([x0, y0]), np.int32([x1, y1]))
    pixels = np.random.default_rng(0).random((4, 6, 3)).astype(np.float16)
    library(tmp_path / "crop.exr", {"RGB": pixels}, dataWindow=box(2, 1, 7, 4), displayWindow=box(0, 0, 9, 7))
    back = exr.read(tmp_path / "crop.exr").premultiplied
    assert (
        back.shape == (8, 10, 3)
        and (back[1:5, 2:8] == pixels).all()
        and back.sum() == pixels.astype(np.float32).sum()
    )
    library(
        tmp_path / "over.exr", {"RGB": pixels}, dataWindow=box(-1, -1, 4, 2), displayWindow=box(0, 0, 3, 1)
    )
    assert (exr.read(tmp_path / "over.exr").premultiplied == pixels[1:3, 1:5]).all()
    library(tmp_path / "grey.exr", {"Y": pixels[..., 0].copy()})
    assert (exr.read(tmp_path / "grey.exr").premultiplied == pixels[..., :1]).all()
    library(tmp_path / "depth.exr", {"Z": pixels[..., 0].copy()})
    with pytest.raises(HallyuError, match="has no colours"):
        exr.read(tmp_path / "depth.exr")


def test_the_parts_of_a_renderer(tmp_path, capfd):
    """As Blender writes it: each pass a part, the picture called Combined, a layer with a space in its name."""
    random = np.random.default_rng(0).random
    names = {
        "beauty.Depth": "Z",
        "beauty.Noisy Image": "RGBA",
        "beauty.Combined": "RGBA",
        "matte.Combined": "RGBA",
    }
    sent = {
        f"{part}.{letter}": random((5, 6), np.float32)
        for part, letters in names.items()
        for letter in letters
    }
    plain = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    parts = [
        OpenEXR.Part(dict(plain), {f"{part}.{letter}": sent[f"{part}.{letter}"] for letter in letters}, part)
        for part, letters in names.items()
    ]
    OpenEXR.File(parts).write(str(tmp_path / "a.exr"))
    back = exr.read(tmp_path / "a.exr")
    assert all(
        (back.premultiplied[..., n] == sent[f"beauty.Combined.{c}"]).all() for n, c in enumerate("RGBA")
    )
    assert set(back.layers) == {"beauty.Depth.Z", "beauty.Noisy Image", "matte.Combined"}
    assert (back.layers["matte.Combined"][..., 3] == sent["matte.Combined.A"]).all()
    exr.write(tmp_path / "b.exr", back)
    again = exr.read(tmp_path / "b.exr")
    assert set(again.layers) == set(back.layers) and (again.premultiplied == back.premultiplied).all()


@pytest.mark.parametrize("how", ["text", "cut", "damaged", "missing", "folder", "head"])
def test_what_is_no_whole_exr(tmp_path, how, capfd):
    path = tmp_path / "a.exr"
    exr.write(path, picture(64, 64))
    data = bytearray(path.read_bytes())
    if how == "text":
        data = b"no picture"
    elif how == "damaged":
        data[len(data) // 2 : len(data) // 2 + 2000] = bytes(2000)
    elif how in ("cut", "head"):
        del data[len(data) * 2 // 3 if how == "cut" else 60 :]
    path.write_bytes(data)
    if how in ("missing", "folder"):
        path.unlink()
    if how == "folder":
        path.mkdir()
    says = {"text": "is no EXR picture", "missing": "There is no file", "folder": "cannot be read"}
    with pytest.raises(HallyuError, match=says.get(how, "is damaged: copy or render it again")):
        exr.read(path)
    assert capfd.readouterr() == ("", ""), "the library's own words stay away from the terminal"


def test_a_hostile_size_is_refused_before_it_is_read(tmp_path):
    library(tmp_path / "a.exr", {"RGB": np.zeros((2, 2, 3), np.float16)},
            displayWindow=(np.int32([0, 0]), np.int32([60_000, 60_000])))  # fmt: skip
    with pytest.raises(HallyuError, match="larger than 8K"):
        exr.read(tmp_path / "a.exr")


def test_a_full_disk(small_disk):
    with pytest.raises(HallyuError, match=r"disk is full|was not written"):
        exr.write(small_disk / "a.exr", picture(700, 700, half=False))
    assert list(small_disk.iterdir()) == []


def test_a_sequence(tmp_path):
    sent = [picture(seed=n) for n in range(5)]
    (tmp_path / "notes.txt").write_text("not a frame")
    exr.write(tmp_path / "still.exr", sent[0])
    exr.write_run(tmp_path, "fs_010_0040_comp_v002", iter(sent[:3]), 24, start="01:00:10:22")
    run = exr.write_run(tmp_path, "fs_010_0040_comp_v001", iter(sent), 24, start="01:00:10:22")
    assert run.numbers == (1001, 1002, 1003, 1004, 1005) and run.missing == ()
    assert str(run) == "fs_010_0040_comp_v001.1001-1005.exr"
    found = exr.runs(tmp_path)
    assert [str(each) for each in found] == [str(run), "fs_010_0040_comp_v002.1001-1003.exr"]
    back = list(exr.read_run(found[0]))
    assert [each.timecode for each in back] == [
        f"01:00:{t}" for t in ("10:22", "10:23", "11:00", "11:01", "11:02")
    ]
    assert all(each.rate == 24 for each in back)
    assert (
        max(np.abs(a.premultiplied - b.premultiplied).max() for a, b in zip(sent, back, strict=True)) < 1e-3
    )
    run.path(1003).unlink()
    (broken, _) = exr.runs(tmp_path)
    assert broken.missing == (1003,)
    with pytest.raises(HallyuError, match=r"lacks 1 of its frames \(1003\)"):
        exr.read_run(broken)


def test_a_shorter_sequence_leaves_nothing_of_a_longer_one(tmp_path):
    exr.write_run(tmp_path, "a", [picture()] * 4, 25)
    exr.write_run(tmp_path, "a", [picture()] * 2, 25)
    assert exr.runs(tmp_path)[0].numbers == (1001, 1002)
    with pytest.raises(HallyuError, match="no frames"):
        exr.write_run(tmp_path, "a", [], 25)
    assert exr.runs(tmp_path)[0].numbers == (1001, 1002)


def test_drop_frame_timecode_goes_on_over_the_minute(tmp_path):
    run = exr.write_run(tmp_path, "a", [picture()] * 3, 29.97, start="00:00:59;28")
    assert [each.timecode for each in exr.read_run(run)] == ["00:00:59;28", "00:00:59;29", "00:01:00;02"]


def test_an_exr_is_opened_like_any_still(tmp_path):
    frame = np.random.default_rng(0).random((9, 7, 4), np.float32) * 0.5 + 0.5
    exr.write(tmp_path / "a.exr", Picture(exr.from_frame(frame), half=False))
    info = video.probe(tmp_path / "a.exr")
    assert info.still and info.alpha and (info.width, info.height, info.codec) == (7, 9, "exr")
    (back,) = video.read(tmp_path / "a.exr")
    assert np.abs(back - frame).max() < 1e-5


def test_ffmpeg_reads_the_same(tmp_path):
    sent = picture(layers={"Z": np.ones((12, 20))})
    exr.write(tmp_path / "a.exr", sent)
    with av.open(str(tmp_path / "a.exr"), format="exr_pipe") as file:
        frame = next(file.decode(video=0))
    assert frame.format.name == "gbrapf16le"
    green, blue, red, alpha = (
        np.frombuffer(plane, np.float16).reshape(plane.height, -1)[:, : plane.width] for plane in frame.planes
    )
    assert (np.dstack([red, green, blue, alpha]) == exr.read(tmp_path / "a.exr").premultiplied).all()
