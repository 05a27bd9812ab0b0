import uuid
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.ott import ffmpeg, mxf

LAYOUT_SAYS = {1: "mono", 2: "stereo", 6: "5.1(side)", 8: "8 channels (FL+FR+FC+LFE+SSL+SSR+BL+BR)"}


@pytest.fixture
def sound(tmp_path):
    def make(channels, samples=4800):
        path = tmp_path / "samples.raw"
        path.write_bytes(np.random.default_rng(1).bytes(samples * channels * 3))
        return path

    return make


@pytest.mark.parametrize("channels", mxf.LAYOUTS)
def test_ffmpeg_reads_every_sample_and_knows_what_each_channel_is(tmp_path, sound, channels):
    raw, path, out = sound(channels), tmp_path / "sound.mxf", tmp_path / "out.raw"
    name = mxf.write_sound(path, raw, channels, language="ko")
    said = "\n".join(ffmpeg.run(["-i", path, "-c:a", "pcm_s24le", "-f", "s24le", out], log="info"))
    assert out.read_bytes() == raw.read_bytes()
    assert f"(kor): Audio: pcm_s24le, 48000 Hz, {LAYOUT_SAYS[channels]}" in said
    assert name.hex.upper() in said  # the file package's own name ends in it
    header = mxf.read(path)
    assert (header.track_id, header.length, header.rate) == (name, 4800, 48_000)
    assert header.pattern == "060e2b34040101010d01020101010900"
    assert header.descriptor.values["ChannelCount"] == channels


def test_seeking_by_the_index_lands_on_the_sample(tmp_path, sound):
    raw, path, out = sound(2, 48_000), tmp_path / "sound.mxf", tmp_path / "out.raw"
    mxf.write_sound(path, raw, 2)
    ffmpeg.run(["-ss", "0.5", "-i", path, "-c:a", "pcm_s24le", "-f", "s24le", out])
    assert out.read_bytes() == raw.read_bytes()[24_000 * 6 :]


def test_partitions_point_at_each_other(tmp_path, sound):
    path = tmp_path / "sound.mxf"
    mxf.write_sound(path, sound(2), 2)
    data = path.read_bytes()
    # The random index pack at the end lists every partition; its last four bytes are its own length.
    length = int.from_bytes(data[-4:], "big")
    rows = data[-length + 20 : -4]
    places = [int.from_bytes(rows[at + 4 : at + 12], "big") for at in range(0, len(rows), 12)]
    before = 0
    for place in places:
        pack = data[place + 20 : place + 108]
        assert data[place : place + 13].hex() == "060e2b34020501010d01020101"
        assert int.from_bytes(pack[8:16], "big") == place
        assert int.from_bytes(pack[16:24], "big") == before
        assert int.from_bytes(pack[24:32], "big") == places[-1]
        before = place
    assert len(places) == 4


def test_timed_text_comes_back_and_ffmpeg_sees_subtitles(tmp_path):
    path, resource = tmp_path / "text.mxf", uuid.uuid4()
    document = (
        '<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p>첫눈이 와요</p></div></body></tt>'.encode()
    )
    name = mxf.write_text(path, document, 48, Fraction(24000, 1001), "ko", resource)
    header = mxf.read(path)
    assert mxf.text(path) == document
    assert (header.track_id, header.length, header.rate) == (name, 48, Fraction(24000, 1001))
    assert header.descriptor.values["ResourceID"] == resource
    assert header.descriptor.values["RFC5646LanguageTagList"] == "ko"
    out = tmp_path / "out.ttml"
    said = "\n".join(ffmpeg.run(["-i", path, "-map", "0:s", "-c", "copy", "-f", "data", out], log="info"))
    assert "Subtitle: ttml" in said and out.read_bytes() == document


@pytest.mark.parametrize("channels", [0, 3, 5, 16])
def test_channels_that_have_no_name_are_refused(tmp_path, sound, channels):
    with pytest.raises(HallyuError, match="1, 2, 6 or 8 channels"):
        mxf.write_sound(tmp_path / "sound.mxf", sound(1), channels)


def test_half_a_sample_is_refused_and_nothing_is_left(tmp_path):
    raw = tmp_path / "samples.raw"
    raw.write_bytes(b"1234567")
    with pytest.raises(HallyuError, match="no whole number of 2 x 24 bits"):
        mxf.write_sound(tmp_path / "sound.mxf", raw, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["samples.raw"]


@pytest.mark.parametrize("data", [b"", b"RIFF", b"\x06\x0e\x2b\x34" * 40, b"\xff" * 5000])
def test_what_is_no_mxf_is_said_in_one_sentence(tmp_path, data):
    path = tmp_path / "x.mxf"
    path.write_bytes(data)
    with pytest.raises(HallyuError, match=r"x\.mxf is"):
        mxf.read(path)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_header_is_read_or_refused_but_never_breaks(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    raw, path = folder / "samples.raw", folder / "sound.mxf"
    raw.write_bytes(bytes(60))
    mxf.write_sound(path, raw, 2)
    bytes_ = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        bytes_[data.draw(st.integers(0, len(bytes_) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes_[: data.draw(st.integers(1, len(bytes_)))])
    try:
        header = mxf.read(path)
        _ = header.track_id, header.length, header.rate, header.descriptor
    except HallyuError:
        pass


@pytest.mark.parametrize("tag", ["0202", "4401", "3001"])
def test_a_header_without_what_matters_is_said(tmp_path, sound, tag):
    path = tmp_path / "sound.mxf"
    mxf.write_sound(path, sound(2), 2)
    # The primer's row for the tag is given another tag, so that no value has its name any more.
    key = {"0202": "0702020101030000", "4401": "0101151000000000", "3001": "0406010100000000"}[tag]
    data = path.read_bytes()
    place = data.index(bytes.fromhex(key), 0) - 10
    assert data[place : place + 2].hex() == tag
    path.write_bytes(data[:place] + b"\x7f\x7f" + data[place + 2 :])
    header = mxf.read(path)
    with pytest.raises(HallyuError, match="header has no"):
        _ = header.length, header.track_id, header.rate


def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(HallyuError, match="cannot be read"):
        mxf.read(tmp_path / "missing.mxf")
