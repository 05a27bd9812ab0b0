import re
import shutil

import m3u8
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from mpegdash.parser import MPEGDASHParser

from hallyu.errors import HallyuError
from hallyu.ott import ffmpeg, package
from hallyu.ott.timedtext import Cue, Track

KOREAN = Track((Cue(0.5, 1.5, "<i>첫눈</i>이다"), Cue(1.9, 2.4, "그래 & 눈")), "ko")
HEARD = Track((Cue(0.2, 1.0, "[바람 소리]"),), "ko", "sdh")
NAMES = {"ko": "한국어", "en": "English"}


def encode(path, size="160x90", rate="24", keys=24, seconds=5, codec="libx264", extra=()):
    ffmpeg.run([
        "-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}", "-pix_fmt", "yuv420p", "-c:v", codec, "-preset",
        "8" if codec == "libsvtav1" else "ultrafast", "-g", str(keys), "-keyint_min", str(keys), "-bf", "2",
        *(("-sc_threshold", "0", "-x264-params", "open-gop=0") if codec == "libx264" else ()), *extra, path,
    ])  # fmt: skip
    return path


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    click = np.zeros((5 * 48_000, 2), np.float32)
    click[3 * 48_000 : 3 * 48_000 + 48] = 0.9
    soundfile.write(folder / "click.wav", click, 48_000)
    return encode(folder / "large.mp4", "320x180"), encode(folder / "small.mp4"), folder / "click.wav"


@pytest.fixture(scope="module")
def made(tmp_path_factory, parts):
    large, small, sound = parts
    folder = tmp_path_factory.mktemp("stream") / "stream"
    audios = [package.Audio(sound, "ko"), package.Audio(sound, "en")]
    return folder, package.write(folder, [large, small], audios, [KOREAN, HEARD], segment=2, names=NAMES)


@pytest.fixture
def stream(tmp_path, made):
    return shutil.copytree(made[0], tmp_path / "stream")


def frames(path, *before, formats="mov,mp4"):
    out = path.parent / "frames.md5"
    ffmpeg.run(
        [*before, "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", out],
        formats=formats,
    )
    rows = [line.split(",")[-1].strip() for line in out.read_text().splitlines() if not line.startswith("#")]
    out.unlink()
    return rows


def joined(folder, out):
    names = sorted(folder.glob("*.m4s"), key=lambda path: int(path.stem))
    out.write_bytes((folder / "init.mp4").read_bytes() + b"".join(path.read_bytes() for path in names))
    return out


def test_an_independent_parser_reads_the_hls(made):
    folder, found = made
    master = m3u8.load(str(folder / "master.m3u8"))
    assert [(each.stream_info.resolution, each.stream_info.codecs) for each in master.playlists] == [
        ((160, 90), f"{found.videos[0].codec},mp4a.40.2"), ((320, 180), f"{found.videos[1].codec},mp4a.40.2"),
    ]  # fmt: skip
    assert [(each.type, each.language, each.name, each.default) for each in master.media] == [
        ("AUDIO", "ko", "한국어", "YES"), ("AUDIO", "en", "English", "NO"), ("SUBTITLES", "ko", "한국어", "NO"),
        ("SUBTITLES", "ko", "한국어 (SDH)", "NO"),
    ]  # fmt: skip
    assert "describes-music-and-sound" in master.media[3].characteristics
    for each in (*master.playlists, *master.media):
        media = m3u8.load(str(folder / each.uri))
        assert media.is_endlist and media.playlist_type == "vod"
        assert all((folder / each.uri).parent.joinpath(segment.uri).is_file() for segment in media.segments)
        assert sum(segment.duration for segment in media.segments) == pytest.approx(5, abs=0.05)
        assert all(round(segment.duration) <= media.target_duration for segment in media.segments)


def test_bandwidths_are_measured_from_the_files(made):
    folder, found = made
    master = m3u8.load(str(folder / "master.m3u8"))
    audio = folder / "audio-1-ko"
    for each in master.playlists:
        media = m3u8.load(str(folder / each.uri))
        size = [(folder / each.uri).parent.joinpath(s.uri).stat().st_size for s in media.segments]
        rates = [8 * b / s.duration for b, s in zip(size, media.segments, strict=True)]
        sounds = [8 * path.stat().st_size for path in audio.glob("*.m4s")]
        assert each.stream_info.bandwidth >= max(rates[:2])
        assert each.stream_info.average_bandwidth == pytest.approx(
            8 * sum(size) / 5 + sum(sounds) / 5, rel=0.01
        )
    assert found.videos[0].peak < found.videos[1].peak


def test_an_independent_parser_reads_the_dash_and_both_name_the_same_segments(made):
    folder, found = made
    manifest = MPEGDASHParser.parse(str(folder / "manifest.mpd"))
    sets = manifest.periods[0].adaptation_sets
    assert [(each.content_type, each.lang) for each in sets] == [
        ("video", None), ("audio", "ko"), ("audio", "en"), ("text", "ko"), ("text", "ko"),
    ]  # fmt: skip
    assert [each.roles[0].value for each in sets[1:]] == ["main", "alternate", "subtitle", "caption"]
    for each, rendition in zip(
        [r for s in sets[:3] for r in s.representations], (*found.videos, *found.audios), strict=True
    ):
        template = each.segment_templates[0]
        times = [s.d for s in template.segment_timelines[0].Ss for _ in range((s.r or 0) + 1)]
        media = m3u8.load(str(folder / rendition.folder / "media.m3u8"))
        assert [f"{rendition.folder}/{s.uri}" for s in media.segments] == [
            template.media.replace("$Number$", str(n + 1)) for n in range(len(times))
        ]
        assert [d / template.timescale for d in times] == pytest.approx(
            [s.duration for s in media.segments], abs=1e-6
        )
        assert each.bandwidth == rendition.peak
    assert (folder / sets[3].representations[0].base_urls[0].base_url_value).read_text().startswith("WEBVTT")


def test_segments_hold_every_picture_of_the_rung_and_begin_at_the_same_times(made, parts, tmp_path):
    folder, found = made
    assert frames(joined(folder / "video-1-180p", tmp_path / "a.mp4")) == frames(parts[0])
    starts = [[s.start / v.timescale for s in v.segments] for v in found.videos]
    assert starts == [[0, 2, 4]] * 2 and all(s.sync for v in found.videos for s in v.segments)
    for each in found.videos:
        assert list(each.segments) == package.measure(folder / each.folder)


@pytest.mark.parametrize(
    ("name", "formats"), [("master.m3u8", "hls,mov,mp4,webvtt"), ("manifest.mpd", "dash,mov,mp4,webvtt")]
)
def test_ffmpeg_plays_both_manifests(stream, parts, name, formats):
    before = ["-allowed_extensions", "ALL", *(["-extension_picky", "0"] if name.endswith("m3u8") else [])]
    assert len(frames(stream / name, *before, formats=formats)) == 120


def test_each_segment_starts_by_itself(made, tmp_path):
    folder = made[0] / "video-1-180p"
    alone = tmp_path / "b.mp4"
    alone.write_bytes((folder / "init.mp4").read_bytes() + (folder / "2.m4s").read_bytes())
    assert frames(alone) == frames(joined(folder, tmp_path / "a.mp4"))[48:96]


def test_sound_is_where_it_was_to_the_millisecond(made, tmp_path):
    out = tmp_path / "out.wav"
    ffmpeg.run(
        [
            "-i",
            joined(made[0] / "audio-1-ko", tmp_path / "a.mp4"),
            "-af",
            "aresample=async=1:first_pts=0",
            out,
        ]
    )
    samples, rate = soundfile.read(out)
    loud = np.flatnonzero(abs(samples[:, 0]) > 0.3)
    assert abs(loud[0] / rate - 3) < 0.002
    assert len(samples) / rate == pytest.approx(5, abs=0.05)


def test_every_cue_is_in_each_segment_in_which_it_can_be_seen(made):
    folder = made[0] / "subtitles-1-ko"
    texts = [(folder / f"{n}.vtt").read_text(encoding="utf-8") for n in (1, 2, 3)]
    assert all(
        text.startswith("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n") or "-->" not in text
        for text in texts
    )
    assert ["첫눈" in text for text in texts] == [True, False, False]
    assert ["그래 &amp; 눈" in text for text in texts] == [True, True, False]
    # A cue on the border of two is the same in both, to the letter, so that players show it once.
    blocks = [[block for block in text.split("\n\n") if "-->" in block] for text in texts]
    assert blocks[0][1].strip() == blocks[1][0].strip() == "00:00:01.900 --> 00:00:02.400\n그래 &amp; 눈"


def test_what_is_read_is_what_was_written(made):
    folder, found = made
    again = package.read(folder)
    assert again.videos == found.videos
    assert again.audios == found.audios
    assert again.texts == found.texts


def test_rights_and_ai_are_told_in_both_manifests(tmp_path, parts):
    notices = {"ko": 'AI로 만든 소리가\n"있습니다"', "en": "Contains sound & voices made by AI"}
    folder = tmp_path / "stream"
    package.write(folder, [parts[1]], segment=2, title="첫눈", notices=notices)
    hls, dash = package.notices(folder)
    assert hls == dash == {"ko": "AI로 만든 소리가 ”있습니다”", "en": notices["en"]}
    said = {
        (each.data_id, each.language): each.value
        for each in m3u8.load(str(folder / "master.m3u8")).session_data
    }
    assert said[package.NOTICE, "en"] == notices["en"] and said[package.TITLE, "ko"] == "첫눈"
    about = MPEGDASHParser.parse(str(folder / "manifest.mpd")).program_informations
    assert [(each.lang, each.titles[0].text) for each in about] == [("ko", "첫눈"), ("en", "첫눈")]
    again = package.read(folder)
    assert package.check(folder) == [] and again.notices == hls and again.title == "첫눈"


@pytest.mark.parametrize(("pattern", "to"), [
    ('Representation id="video-1-180p"', 'Representation id="../x"'), ('frameRate="24"', 'frameRate="24/0"'),
    ('contentType="video"', 'contentType="text"'), ('width="320"', 'width="many"'),
])  # fmt: skip
def test_a_strange_manifest_is_not_read(stream, pattern, to):
    change(stream / "manifest.mpd", pattern, to)
    with pytest.raises(HallyuError):
        package.read(stream)


def test_a_sound_stream_has_no_findings(made):
    assert package.check(made[0]) == []


def change(path, pattern, to):
    text, found = re.subn(pattern, to, path.read_text(encoding="utf-8"), count=1)
    assert found
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("file", "pattern", "to", "code"), [
    ("video-1-180p/media.m3u8", r"#EXTINF:2\.000000", "#EXTINF:1.500000", "duration"),
    ("video-1-180p/media.m3u8", r"TARGETDURATION:2", "TARGETDURATION:1", "target target"),
    ("master.m3u8", r"BANDWIDTH=\d+", "BANDWIDTH=1000", "bits"),
    ("master.m3u8", r"avc1\.......", "avc1.640028", "codec"),
    ("manifest.mpd", r' r="1"', ' r="0"', "duration"), ("manifest.mpd", r'startNumber="1"', 'startNumber="2"', "missing"),
    ("manifest.mpd", r'bandwidth="\d+"', 'bandwidth="1000"', "bits"),
    ("manifest.mpd", r"subtitles-1-ko/whole", "subtitles-1-ko/part", "missing"),
    ("master.m3u8", r"sdh-2-ko/media", "sdh-2-ko/other", "missing"),
])  # fmt: skip
def test_each_contradiction_has_its_code(stream, file, pattern, to, code):
    change(stream / file, pattern, to)
    assert " ".join(each.code for each in package.check(stream)) == code


@pytest.mark.parametrize(
    ("pattern", "to"), [(' d="', ' d="x'), ('timescale="', 'timescale="-'), (' r="1"', ' r="many"')]
)
def test_a_manifest_whose_numbers_are_none(stream, pattern, to):
    change(stream / "manifest.mpd", pattern, to)
    with pytest.raises(HallyuError, match="no whole number"):
        package.check(stream)


def test_a_manifest_that_claims_a_billion_segments_takes_no_time(stream):
    change(stream / "manifest.mpd", ' r="1"', ' r="1000000000"')
    assert [each.code for each in package.check(stream)] == ["duration"]


def test_a_lost_segment_and_a_shifted_one_are_found(stream):
    first, second = stream / "audio-1-ko" / "1.m4s", stream / "audio-1-ko" / "2.m4s"
    kept = second.read_bytes()
    second.write_bytes(first.read_bytes())
    assert {each.code for each in package.check(stream)} >= {"gap"}
    second.write_bytes(kept)
    assert package.check(stream) == []
    second.unlink()
    assert "missing" in {each.code for each in package.check(stream)}


def test_a_stream_that_leads_out_is_refused(stream):
    change(stream / "master.m3u8", "sdh-2-ko/media", "../../secret")
    with pytest.raises(HallyuError, match="leads out of the stream"):
        package.check(stream)


def test_rungs_with_other_key_frames_are_refused(tmp_path, parts):
    other = encode(tmp_path / "other.mp4", keys=17)
    with pytest.raises(HallyuError, match=r"other\.mp4 has its key frames at other times than large\.mp4"):
        package.write(tmp_path / "stream", [parts[0], other], segment=2)
    assert not (tmp_path / "stream").exists()


def test_films_of_different_lengths_are_refused(tmp_path, parts):
    other = encode(tmp_path / "other.mp4", seconds=4.5)
    with pytest.raises(HallyuError, match=r"other\.mp4 lasts 4\.50 s and large\.mp4 5\.00 s"):
        package.write(tmp_path / "stream", [parts[0], other], segment=2)


def test_broadcast_rates_and_av1(tmp_path):
    film = encode(
        tmp_path / "a.mp4", "160x96", "24000/1001", 48, 3, "libsvtav1", ["-svtav1-params", "scd=0:lp=1"]
    )
    found = package.write(tmp_path / "stream", [film], segment=2)
    assert re.fullmatch(r"av01\.0\.00M\.(08|10)", found.videos[0].codec)
    assert [s.duration / found.videos[0].timescale for s in found.videos[0].segments] == pytest.approx(
        [2.002, 1.001], abs=1e-3
    )
    assert frames(joined(tmp_path / "stream" / "video-1-96p", tmp_path / "b.mp4")) == frames(film)
    assert 'frameRate="24000/1001"' in (tmp_path / "stream" / "manifest.mpd").read_text()
    assert package.check(tmp_path / "stream") == []


@pytest.mark.parametrize(("size", "codec", "extra", "wanted"), [
    ("160x90", "libx264", ["-8x8dct", "1", "-level", "1b"], r"avc1\.64000B"),
    ("320x180", "libx264", ["-profile:v", "baseline", "-level", "1.3"], r"avc1\.42C00D"),
    ("160x90", "libx265", ["-x265-params", "log-level=none:pools=1:keyint=24:open-gop=0"], r"hvc1\.1\.6\.L\d+\.90"),
])  # fmt: skip
def test_codecs_are_named_as_browsers_and_apple_know_them(tmp_path, size, codec, extra, wanted):
    film = encode(tmp_path / "a.mp4", size, seconds=1, codec=codec, extra=extra)
    found = package.write(tmp_path / "stream", [film], segment=1)
    assert re.fullmatch(wanted, found.videos[0].codec)
    assert len(frames(joined(tmp_path / "stream" / found.videos[0].folder, tmp_path / "b.mp4"))) == 24


def test_a_stream_without_sound_and_text_says_so(made, tmp_path, parts):
    package.write(tmp_path / "stream", [parts[1]], segment=2)
    text = (tmp_path / "stream" / "master.m3u8").read_text()
    assert "AUDIO" not in text and "SUBTITLES" not in text and "mp4a" not in text


@pytest.mark.parametrize(("change", "says"), [
    ({"videos": []}, "at least one size"), ({"segment": 0.5}, "1 to 20 seconds"),
    ({"audios": [package.Audio("x.wav", "ko")]}, "There is no file"),
    ({"audios": [package.Audio("x.wav", "../x")]}, "no language tag"), ({"names": {"ko": 'a"b'}}, "no quotation marks"),
])  # fmt: skip
def test_what_cannot_be_packed_leaves_nothing(tmp_path, parts, change, says):
    how = {"videos": [parts[1]], "texts": [KOREAN], "segment": 2, **change}
    with pytest.raises(HallyuError, match=says):
        package.write(tmp_path / "stream", **how)
    assert not list(tmp_path.iterdir())


@given(st.binary(max_size=200))
def test_any_bytes_are_boxes_or_refused(data):
    try:
        list(package.boxes(data))
        package.fragment(data)
    except HallyuError:
        pass
