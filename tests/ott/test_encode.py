import av
import pytest

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import encode, ffmpeg, ladder, package
from hallyu.ott.encode import Settings

QUICK = Settings(preset="ultrafast", threads=1)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("encode") / "원본 film.mkv"
    ffmpeg.run([
        "-f", "lavfi", "-i", "mandelbrot=s=320x180:r=24:end_scale=0.01,noise=alls=6:allf=t:all_seed=1,"
        "scale=out_color_matrix=bt709,format=yuv420p,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709",
        "-f", "lavfi", "-i", "sine=d=1", "-frames:v", "24", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-crf", "4",
        "-preset", "ultrafast", "-c:a", "pcm_s16le", path,
    ])  # fmt: skip
    return path


@pytest.fixture(scope="module")
def measured(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("grid")
    return encode.grid(source, folder, (90, 180, 720), (22, 30, 40), QUICK)


def keys(path):
    with av.open(str(path)) as container:
        return [n for n, frame in enumerate(container.decode(video=0)) if frame.key_frame]


@pytest.mark.parametrize(("codec", "preset", "crf"), [("x264", "ultrafast", 30), ("svtav1", "12", 45)])
def test_key_frames_stand_where_they_are_asked_for_whatever_is_cut(tmp_path, source, codec, preset, crf):
    cut = tmp_path / "cut.mkv"
    ffmpeg.run(
        [
            "-i",
            source,
            "-vf",
            "drawbox=enable='gte(n,7)':t=fill:c=red",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            cut,
        ]
    )
    out = tmp_path / "out.mp4"
    how = Settings(codec, preset, group=0.5, threads=1)
    assert encode.one(cut, out, 180, crf=crf, settings=how) == (320, 180)
    assert keys(out) == [0, 12]
    info = video.probe(out)
    assert (info.frames, info.rate, info.has_audio) == (24, 24, False)
    assert info.codec in ("h264", "av1", "libdav1d")


@pytest.mark.parametrize(("name", "rate"), [("a.mp4", "24"), ("a.mkv", "30000/1001"), ("a.mov", "25")])
def test_a_cut_holds_the_very_frames(tmp_path, name, rate):
    film, out = tmp_path / name, tmp_path / "cut.mkv"
    ffmpeg.run([
        "-f", "lavfi", "-i", f"testsrc2=s=128x72:r={rate}", "-frames:v", "40", "-c:v", "libx264", "-bf", "3", "-g", "12",
        "-pix_fmt", "yuv420p", film,
    ])  # fmt: skip
    whole = list(video.read(film))
    for start, stop in ((0, 40), (0, 1), (7, 8), (11, 26), (39, 40)):
        found = list(video.read(encode.cut(film, out, start, stop)))
        assert len(found) == stop - start
        assert all((one == other).all() for one, other in zip(found, whole[start:stop], strict=True))
    assert video.probe(out).rate == video.probe(film).rate
    for start, stop in ((-1, 3), (3, 3), (39, 41)):
        with pytest.raises(HallyuError, match=f"has 40 frames.*not {start} to {stop}"):
            encode.cut(film, out, start, stop)


def test_all_rungs_go_into_one_stream(tmp_path, source):
    paths = [tmp_path / "a.mp4", tmp_path / "b.mp4", tmp_path / "c.mp4"]
    h264 = Settings(preset="ultrafast", group=1, threads=1)
    encode.one(source, paths[0], 180, crf=30, settings=h264)
    encode.one(source, paths[1], 90, crf=30, settings=h264)
    encode.one(source, paths[2], 136, crf=45, settings=Settings("svtav1", "12", group=1, threads=1))
    found = package.write(tmp_path / "stream", paths, segment=1)
    assert sorted(each.height for each in found.videos) == [90, 136, 180]
    assert package.check(tmp_path / "stream") == []


def test_colours_keep_their_meaning(tmp_path, source):
    encode.one(source, tmp_path / "a.mp4", 90, crf=30, settings=QUICK)
    with av.open(str(tmp_path / "a.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)


@pytest.mark.parametrize(("size", "codec", "wanted"), [
    ("128x720", "ffv1", 1), ("128x180", "ffv1", 6), ("128x180", "png", 1), ("128x720", "png", 1),
])  # fmt: skip
def test_what_has_no_label_gets_one_and_red_stays_red(tmp_path, size, codec, wanted):
    bare, out = tmp_path / "bare.mkv", tmp_path / "a.mp4"
    matrix = "bt709" if wanted == 1 else "smpte170m"
    form = "rgb24" if codec == "png" else "yuv420p"
    picture = f"color=red:s={size}:r=24,format=gbrp,scale=out_color_matrix={matrix},format={form}"
    picture += ",setparams=colorspace=unknown:color_primaries=unknown:color_trc=unknown"
    ffmpeg.run(["-f", "lavfi", "-i", picture, "-frames:v", "2", "-c:v", codec, bare])
    encode.one(bare, out, 120, crf=10, settings=QUICK)
    with av.open(str(out)) as container:
        context = container.streams.video[0].codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc) == (wanted,) * 3
    frame = next(video.read(out))
    assert abs(frame[60, 10] - (1, 0, 0)).max() < 0.03


def test_a_grid_is_measured_at_the_sources_size(measured, source):
    assert [(each.point.height, each.point.crf) for each in measured] == [
        (90, 22), (90, 30), (90, 40), (180, 22), (180, 30), (180, 40),
    ]  # fmt: skip
    points = [each.point for each in measured]
    for rung in (points[:3], points[3:]):
        assert rung[0].bits > rung[1].bits > rung[2].bits and rung[0].vmaf > rung[1].vmaf > rung[2].vmaf
    assert max(point.vmaf for point in points[:3]) < 85 < points[3].vmaf
    assert encode.bit_rate(measured[0].path) == points[0].bits
    size = measured[0].path.stat().st_size
    assert 0.5 * size < points[0].bits / 8 < size


def test_a_ladder_is_chosen_and_its_saving_stated(measured, source, tmp_path):
    points = [each.point for each in measured]
    chosen = ladder.choose(points, floor=10)
    assert chosen[-1].height == 180 and len(chosen) >= 2
    plain = encode.fixed(
        source,
        tmp_path,
        ((0, 90, 200_000), (0, 180, 600_000), (0, 1080, 5_000_000)),
        QUICK,
    )
    assert [each.path.name for each in plain] == ["x264-90p-200k.mp4", "x264-180p-600k.mp4"]
    found = ladder.saving([each.point for each in plain], ladder.hull(points))
    assert "at equal VMAF" in found.says and found.low < found.high


def test_bits_are_kept_to(tmp_path, source):
    longer = tmp_path / "longer.mkv"
    ffmpeg.run(["-stream_loop", "3", "-i", source, "-map", "0:v", "-c", "copy", longer])
    encode.one(longer, tmp_path / "a.mp4", 180, bits=400_000, settings=QUICK)
    assert encode.bit_rate(tmp_path / "a.mp4") == pytest.approx(400_000, rel=0.35)


def test_odd_shapes_get_even_sizes(tmp_path):
    odd = tmp_path / "odd.mkv"
    ffmpeg.run(["-f", "lavfi", "-i", "testsrc=s=211x183:r=24", "-frames:v", "3", "-c:v", "ffv1", odd])
    assert encode.one(odd, tmp_path / "a.mp4", 111, crf=30, settings=QUICK) == (128, 110)
    assert encode.one(odd, tmp_path / "b.mp4", 183, crf=30, settings=QUICK) == (210, 182)


def test_anamorphic_films_are_encoded_as_they_are_shown(tmp_path):
    wide = tmp_path / "wide.mkv"
    ffmpeg.run([
        "-f", "lavfi", "-i", "testsrc2=s=180x144:r=25,setsar=16/11", "-frames:v", "3", "-c:v", "libx264", "-preset", "ultrafast",
        wide,
    ])  # fmt: skip
    assert encode.one(wide, tmp_path / "a.mp4", 144, crf=30, settings=QUICK) == (260, 144)


def test_high_dynamic_range_is_refused(tmp_path):
    hdr = tmp_path / "hdr.mkv"
    ffmpeg.run([
        "-f", "lavfi", "-i", "testsrc2=s=128x72:r=24,format=yuv420p10le,setparams=color_trc=smpte2084", "-frames:v", "2",
        "-c:v", "ffv1", hdr,
    ])  # fmt: skip
    with pytest.raises(HallyuError, match=r"hdr\.mkv is in high dynamic range"):
        encode.one(hdr, tmp_path / "a.mp4", 72, crf=30)


@pytest.mark.parametrize(("how", "says"), [
    ({"crf": 30, "height": 720}, "adds bits and shows nothing"), ({"crf": 52}, "goes from 0 to 51, not 52"),
    ({}, "one of the two"), ({"crf": 30, "bits": 1000}, "one of the two"), ({"bits": 0}, "at least 1 bit"),
    ({"crf": 30, "height": 32}, "at least 64 pixels"), ({"crf": 64, "settings": Settings("svtav1")}, "from 0 to 63, not 64"),
])  # fmt: skip
def test_what_cannot_be_encoded_is_said(tmp_path, source, how, says):
    with pytest.raises(HallyuError, match=says):
        encode.one(source, tmp_path / "a.mp4", **{"height": 90, **how})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("codec", "preset", "says"), [
    ("divx", "", "x264 or svtav1"), ("x264", "best", "not “best”"), ("svtav1", "medium", "not “medium”"),
])  # fmt: skip
def test_settings_that_there_are_not(codec, preset, says):
    with pytest.raises(HallyuError, match=says):
        Settings(codec, preset)


def test_a_grid_that_fits_nothing(tmp_path, source):
    with pytest.raises(HallyuError, match="180 pixels high: none of the heights"):
        encode.grid(source, tmp_path, (720,))
    with pytest.raises(HallyuError, match="none of the rungs"):
        encode.fixed(source, tmp_path, ((1280, 720, 1_000_000),))


def test_stopping_leaves_nothing(tmp_path, source):
    (tmp_path / "mine.txt").write_text("kept")
    there = []

    def stop():
        there.append(sorted(path.name for path in tmp_path.glob("x264*")))
        return len(there[-1]) == 2

    with pytest.raises(ffmpeg.Stopped):
        encode.grid(source, tmp_path, (90, 180), (30,), QUICK, stop=stop)
    assert there[-1] == [
        "x264-180p-crf30.mp4",
        "x264-90p-crf30.mp4",
    ]  # the first was whole when it was stopped
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
