import re
import shutil
from fractions import Fraction
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import ffmpeg, imf, mxf

IMSC = '<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="ko"><body><div><p begin="0s" end="1s">첫눈</p></div></body></tt>'.encode()


def film(path, rate="24", frames=12, size="128x72", seed=0):
    ffmpeg.run([
        "-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}", "-f", "lavfi", "-i", f"anoisesrc=r=44100:seed={seed + 1}",
        "-frames:v", str(frames), "-t", str(frames / float(Fraction(rate)) + 0.2), "-pix_fmt", "yuv420p", "-c:v", "libx264",
        "-c:a", "pcm_s16le", path,
    ])  # fmt: skip
    return path


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return film(tmp_path_factory.mktemp("imf") / "첫눈 1.mkv")


@pytest.fixture(scope="module")
def made(tmp_path_factory, source):
    folder = tmp_path_factory.mktemp("imf") / "package"
    sounds = [imf.Sound(source, "ko"), imf.Sound(source, "en", 6)]
    texts = [imf.Text(IMSC, "ko"), imf.Text(IMSC, "ko", "sdh")]
    return imf.write(folder, source, sounds, texts, title="첫눈 & 겨울"), sounds


@pytest.fixture
def package(tmp_path, made):
    return shutil.copytree(made[0].parent, tmp_path / "package") / made[0].name


def defects(folder):
    return [(each.code, each.where) for each in imf.check(folder) if not each.note]


def change(path, pattern, to, count=1):
    text, found = re.subn(pattern, to, path.read_text(encoding="utf-8"), count=count)
    assert found
    path.write_text(text, encoding="utf-8")


def pack_again(playlist):
    """Put sizes and hashes right, so that only the defect itself is left to be found."""
    packing = next(playlist.parent.glob("PKL_*.xml"))
    for path in [*playlist.parent.glob("*.mxf"), playlist]:
        name = imf.read(path).id if path == playlist else None
        names = (
            [name] if name else [k for k, v in imf.find(playlist.parent)[0].items() if v.name == path.name]
        )
        change(
            packing, rf"({names[0].urn}</Id>\s*)<Hash>[^<]*</Hash>(\s*)<Size>\d+",
            rf"\1<Hash>{imf._sha1(path)}</Hash>\2<Size>{path.stat().st_size}",
        )  # fmt: skip


def test_ffmpeg_plays_the_package_frame_for_frame_and_sample_for_sample(made, source):
    playlist, sounds = made
    assert imf.verify(playlist, source, sounds) == 12
    assert [path.suffix for path in playlist.parent.iterdir() if path.name.startswith(".")] == []


def test_a_sound_package_has_nothing_but_the_note_on_the_codec(made):
    assert [(each.code, each.note) for each in imf.check(made[0].parent)] == [("profile", True)]


def test_a_film_that_does_not_say_how_its_pixels_are_shaped_has_square_ones(tmp_path):
    path = tmp_path / "plain.mp4"
    video.write(path, np.random.default_rng(1).integers(0, 256, (4, 72, 128, 3), np.uint8), 24, bits=8)
    playlist = imf.write(tmp_path / "package", path, [])
    assert imf.verify(playlist, path) == 4
    part = mxf.read(playlist.parent / "picture.mxf").descriptor
    assert part.values["ImageAspectRatio"] == Fraction(16, 9)


def test_another_film_is_told_by_its_first_frame(tmp_path, made):
    other = film(tmp_path / "other.mkv", size="132x72")
    with pytest.raises(HallyuError, match=r"Frame 0 of the package is not frame 0 of other\.mkv"):
        imf.verify(made[0], other)


def test_other_sound_is_told(tmp_path, made, source):
    other = film(tmp_path / "other.mkv", seed=7)
    with pytest.raises(HallyuError, match="Sound track 2 of the package"):
        imf.verify(made[0], source, [made[1][0], imf.Sound(other, "en", 6)])


def test_the_playlist_is_as_the_2016_schemas_have_it(made):
    root = ET.parse(made[0]).getroot()
    assert root.tag == "{http://www.smpte-ra.org/schemas/2067-3/2016}CompositionPlaylist"
    assert [each.tag.rpartition("}")[2] for each in root] == [
        "Id", "Annotation", "IssueDate", "Issuer", "Creator", "ContentTitle", "ContentKind", "EssenceDescriptorList",
        "CompositionTimecode", "EditRate", "TotalRunningTime", "LocaleList", "ExtensionProperties", "SegmentList",
    ]  # fmt: skip
    sequences = root.find(".//{*}SequenceList")
    assert [each.tag for each in sequences] == [
        "{http://www.smpte-ra.org/schemas/2067-2/2016}" + name
        for name in (
            "MainImageSequence", "MainAudioSequence", "MainAudioSequence", "SubtitlesSequence", "HearingImpairedCaptionsSequence",
        )
    ]  # fmt: skip
    for resource in root.iter("{*}Resource"):
        assert resource.get("{http://www.w3.org/2001/XMLSchema-instance}type") == "TrackFileResourceType"
        names = [
            each.tag.rpartition("}")[2] for each in resource if each.tag.rpartition("}")[2] != "Annotation"
        ]
        assert names == [
            "Id", "EditRate", "IntrinsicDuration", "EntryPoint", "SourceDuration", "SourceEncoding", "TrackFileId", "Hash",
            "HashAlgorithm",
        ]  # fmt: skip
    for kind, name, order in (
        ("PKL_*.xml", "Asset", ["Id", "Hash", "Size", "Type", "OriginalFileName", "HashAlgorithm"]),
        ("ASSETMAP.xml", "Chunk", ["Path", "VolumeIndex", "Offset", "Length"]),
    ):
        path = next(made[0].parent.glob(kind))
        for each in ET.parse(path).getroot().iter("{*}" + name):
            assert [child.tag.rpartition("}")[2] for child in each] == order


def test_what_the_playlist_says_of_the_picture_is_what_its_file_says(made):
    picture = mxf.read(made[0].parent / "picture.mxf")
    element = imf.descriptor(picture)
    assert element.tag.endswith("}CDCIDescriptor")
    assert element.findtext("{*}StoredWidth") == "128" and element.findtext("{*}ComponentDepth") == "10"
    assert element.findtext("{*}SampleRate") == "24/1"
    assert element.findtext("{*}SubDescriptors/{*}JPEG2000SubDescriptor/{*}Ysiz") == "72"
    composition = imf.read(made[0])
    assert composition.title == "첫눈 & 겨울" and composition.rate == 24
    assert [(each.intrinsic, each.rate) for each in composition.resources] == [
        (12, 24), (24_000, 48_000), (24_000, 48_000), (12, 24), (12, 24),
    ]  # fmt: skip


@pytest.mark.parametrize(("rate", "samples"), [("24000/1001", 24_024), ("30000/1001", 19_219)])
def test_broadcast_rates_have_as_many_samples_as_frames_take(tmp_path, rate, samples):
    source = film(tmp_path / "a.mkv", rate)
    playlist = imf.write(tmp_path / "package", source, [imf.Sound(source, "ko")])
    assert imf.verify(playlist, source, [imf.Sound(source, "ko")]) == 12
    assert imf.read(playlist).resources[1].length == samples
    assert not defects(playlist.parent)
    assert ("TimecodeDropFrame>1<" in playlist.read_text()) == (rate == "30000/1001")


def test_each_defect_is_found_by_its_own_code(package):
    folder, sound = package.parent, "sound-1-ko.mxf"
    path = folder / sound
    whole = path.read_bytes()

    path.write_bytes(whole[:-1] + b"\x55")
    assert defects(folder) == [("hash", sound)]
    path.write_bytes(whole + b"\0")
    assert defects(folder) == [("size", sound)]
    path.unlink()
    assert defects(folder) == [("map", "ASSETMAP.xml")]
    path.write_bytes(whole)
    assert defects(folder) == []


@pytest.mark.parametrize(("pattern", "to", "code"), [
    (r"<SourceDuration>12<", "<SourceDuration>13<", "length sync"),
    (r"<IntrinsicDuration>12<", "<IntrinsicDuration>11<", "length length"),
    (r"<SourceDuration>24000<", "<SourceDuration>12000<", "sync"),
    (r"<SourceEncoding>urn:uuid:........", "<SourceEncoding>urn:uuid:00000000", "encoding"),
    (r"<TrackFileId>urn:uuid:........", "<TrackFileId>urn:uuid:00000000", "list"),
    (r"<EditRate>48000 1<", "<EditRate>44100 1<", "rate sync"),
])  # fmt: skip
def test_a_playlist_that_contradicts_its_files_is_told(package, pattern, to, code):
    change(package, pattern, to)
    pack_again(package)
    assert " ".join(each for each, _ in defects(package.parent)) == code


def test_swapped_track_files_are_told_by_their_own_ids(package):
    first, second = (package.parent / name for name in ("subtitles-1-ko.mxf", "sdh-2-ko.mxf"))
    a, b = first.read_bytes(), second.read_bytes()
    first.write_bytes(b)
    second.write_bytes(a)
    pack_again(package)
    assert sorted(defects(package.parent)) == [("id", second.name), ("id", first.name)]


def test_sound_in_the_place_of_the_picture_is_told(package):
    composition = imf.read(package)
    picture, sound = (composition.resources[n].file for n in (0, 1))
    change(package, f"<TrackFileId>{picture.urn}", f"<TrackFileId>{sound.urn}")
    pack_again(package)
    assert ("essence", "sound-1-ko.mxf") in defects(package.parent)


def test_what_is_packed_by_no_list_is_told(package):
    packing = next(package.parent.glob("PKL_*.xml"))
    change(packing, r"(?s)<Asset>(?:(?!</Asset>).)*sdh-2-ko.*?</Asset>", "")
    assert defects(package.parent) == [("list", "sdh-2-ko.mxf")]


@pytest.mark.parametrize("path", ["../secret.mxf", "/etc/passwd", "%2e%2e/secret.mxf"])
def test_a_map_that_leads_out_is_refused(package, source, path):
    change(package.parent / "ASSETMAP.xml", r"<Path>picture\.mxf", f"<Path>{path}")
    for call in (lambda: imf.check(package.parent), lambda: imf.verify(package, source)):
        with pytest.raises(HallyuError, match="leads out of the package"):
            call()


@pytest.mark.parametrize(("content", "says"), [
    (b"", "no XML"), (b"<AssetMap/>", "is no AssetMap"), (b"\xff\xfe\x00", "no XML"),
    (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares entities"),
])  # fmt: skip
def test_a_map_that_is_none(package, content, says):
    (package.parent / "ASSETMAP.xml").write_bytes(content)
    with pytest.raises(HallyuError, match=says):
        imf.check(package.parent)


def test_a_folder_that_is_no_package(tmp_path):
    with pytest.raises(HallyuError, match=r"ASSETMAP\.xml cannot be read"):
        imf.check(tmp_path)


@pytest.mark.parametrize(("sounds", "texts", "says"), [
    ([imf.Sound("missing.wav", "ko")], [], "There is no file"),
    ([], [imf.Text(IMSC, "ko", "karaoke")], "not for “karaoke”"),
    ([], [imf.Text(b"1\n00:00", "ko")], "The text in ko is no XML"),
    ([imf.Sound("a.wav", "../ko")], [], "no language tag"), ([], [imf.Text(IMSC, "")], "no language tag"),
    ([], [imf.Text(b"<html/>", "ko")], "The text in ko is no TTML"),
])  # fmt: skip
def test_nothing_is_left_of_a_package_that_fails(tmp_path, source, sounds, texts, says):
    with pytest.raises(HallyuError, match=says):
        imf.write(tmp_path / "package", source, sounds, texts)
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_not_written_over(tmp_path, source):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(HallyuError, match="holds something already"):
        imf.write(tmp_path, source, [])


def test_stopping_leaves_nothing(tmp_path, source):
    with pytest.raises(ffmpeg.Stopped):
        imf.write(tmp_path / "package", source, [], stop=lambda: True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", ["128x720", "128x90"])
def test_pictures_that_name_no_colours_keep_them(tmp_path, size):
    # A program takes what has no label for BT.709 when it is large and for BT.601 when it is small.
    matrix, bare = ("bt709" if size == "128x720" else "smpte170m"), tmp_path / "bare.mkv"
    picture = f"color=red:s={size}:r=24,format=gbrp,scale=out_color_matrix={matrix},format=yuv420p"
    ffmpeg.run([
        "-f", "lavfi", "-i", picture + ",setparams=colorspace=unknown:color_primaries=unknown:color_trc=unknown",
        "-frames:v", "2", "-c:v", "ffv1", bare,
    ])  # fmt: skip
    playlist = imf.write(tmp_path / "package", bare, [])
    assert imf.verify(playlist, bare) == 2
    frame = next(video.read(playlist.parent / "picture.mxf"))
    assert abs(frame[45, 60] - (1, 0, 0)).max() < 0.02
