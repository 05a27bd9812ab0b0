import numpy as np
import pytest

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import ffmpeg, picture_qc, pictures

BARS = ["-f", "lavfi", "-i", "testsrc2=s=318x178:r=24:d=2"]


def test_colours_and_times(tmp_path):
    codes = np.zeros((180, 320, 3), np.float32)
    codes[:, :160], codes[:90, 160:] = [0.8, 0.1, 0.3], [0.2, 0.6, 0.9]
    video.write(tmp_path / "a.mp4", [codes] * 5, 25)
    seen = list(pictures.read(tmp_path / "a.mp4", 64))
    assert [p.seconds for p in seen] == pytest.approx([n / 25 for n in range(5)])
    assert seen[0].codes.shape == (36, 64, 3)
    for row, column, colour in ((18, 10, [204, 26, 77]), (9, 50, [51, 153, 230]), (27, 50, [0, 0, 0])):
        assert seen[0].codes[row, column] == pytest.approx(colour, abs=3)
    with pytest.raises(HallyuError, match="There is no file"):
        pictures.read(tmp_path / "none.mp4")


def test_a_variable_frame_rate_keeps_its_times_and_is_told(tmp_path):
    dropped = "select='not(between(n,20,29)+eq(n,40))'"
    ffmpeg.make(tmp_path / "a.mp4", [*BARS, "-vf", dropped, "-fps_mode", "vfr", "-c:v", "libx264"])
    times = [picture.seconds for picture in pictures.read(tmp_path / "a.mp4")]
    assert times == pytest.approx([n / 24 for n in range(48) if not 20 <= n < 30 and n != 40], abs=0.001)
    assert [d.code for d in picture_qc.check(pictures.read(tmp_path / "a.mp4"))] == ["variable-rate"]


@pytest.mark.parametrize(("codec", "form", "ending"), [
    ("prores_ks", "yuva444p10le", "mov"), ("prores_ks", "yuv422p10le", "mov"), ("ffv1", "gray", "mkv"), ("gif", "pal8", "gif"),
    ("png", "rgba", "mov"), ("mjpeg", "yuvj420p", "mov"),
])  # fmt: skip
def test_colours_are_those_of_the_whole_picture(tmp_path, codec, form, ending):
    path = tmp_path / f"a.{ending}"
    ffmpeg.make(path, [*BARS, "-t", "0.2", "-c:v", codec, "-pix_fmt", form])
    whole, small = next(video.read(path))[..., :3], next(pictures.read(path)).codes
    assert np.abs(whole - small / 255).mean() < 0.012


def test_high_dynamic_range_is_named_and_a_telephone_held_upright_is_turned(tmp_path):
    hdr = "setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc"
    encoder = ["-c:v", "libx264", "-pix_fmt", "yuv420p10le"]
    ffmpeg.make(tmp_path / "a.mp4", [*BARS, "-t", "0.2", "-vf", hdr, *encoder])
    assert next(pictures.read(tmp_path / "a.mp4")).transfer == "pq"
    ffmpeg.make(tmp_path / "b.mp4", ["-display_rotation", "90", "-i", tmp_path / "a.mp4", "-c", "copy"])
    assert next(pictures.read(tmp_path / "b.mp4", 80)).codes.shape == (80, 45, 3)


def test_half_a_film_is_read_up_to_where_it_is_damaged(tmp_path):
    longer = ["-f", "lavfi", "-i", "testsrc2=s=318x178:r=24:d=4"]
    ffmpeg.make(tmp_path / "a.mkv", [*longer, "-c:v", "libx264", "-g", "12"])
    whole = (tmp_path / "a.mkv").read_bytes()
    (tmp_path / "a.mkv").write_bytes(whole[: len(whole) // 2])
    seen, reader = 0, pictures.read(tmp_path / "a.mkv")
    with pytest.raises(HallyuError, match="is damaged at 00:00:0"):
        for _ in reader:
            seen += 1
    assert 24 < seen < 72


def test_frames_before_the_damage_keep_their_times(tmp_path):
    """The decoder gives the last good ones back without a unit of time."""
    longer = ["-f", "lavfi", "-i", "testsrc2=s=318x178:r=24:d=4", "-c:v", "libx264", "-g", "12"]
    ffmpeg.make(tmp_path / "a.mp4", [*longer, "-movflags", "+faststart"])
    whole = (tmp_path / "a.mp4").read_bytes()
    (tmp_path / "a.mp4").write_bytes(whole[: len(whole) // 2])
    times = []
    with pytest.raises(HallyuError, match="is damaged"):
        for picture in pictures.read(tmp_path / "a.mp4"):
            times.append(picture.seconds)
    assert times == pytest.approx([n / 24 for n in range(len(times))], abs=1e-3) and len(times) > 24


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "avi"])
def test_a_few_pictures_are_found_without_reading_all(tmp_path, ending):
    longer = ["-f", "lavfi", "-i", "testsrc2=s=318x178:r=24:d=12", "-c:v", "libx264", "-g", "48", "-bf", "0"]
    ffmpeg.make(tmp_path / f"a.{ending}", longer)
    all_of_them = list(pictures.read(tmp_path / f"a.{ending}"))
    wanted = [all_of_them[n].seconds for n in (0, 30, 31, 250, 287, 120)]
    found = pictures.at(tmp_path / f"a.{ending}", [*wanted, 99.0])
    assert sorted(found) == sorted(wanted)
    for n, time in zip((0, 30, 31, 250, 287, 120), wanted, strict=True):
        assert (found[time].codes == all_of_them[n].codes).all()
    between = pictures.at(tmp_path / f"a.{ending}", [5.02])  # shown from 120/24 to 121/24 s
    assert (between[5.02].codes == all_of_them[120].codes).all()


def test_what_is_no_film_is_said_before_the_first_picture(tmp_path):
    (tmp_path / "a.mp4").write_text("no film" * 99)
    with pytest.raises(HallyuError, match="is no film"):
        pictures.read(tmp_path / "a.mp4")
