import threading
import time

import numpy as np
import pytest

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import ffmpeg


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "첫눈 -i $(touch x) 'a';.mp4"
    frames = (np.full((90, 160, 3), n / 48, np.float32) for n in range(48))
    video.write(path, frames, 24)
    return path


def test_names_that_a_shell_or_ffmpeg_would_read_are_only_names(film, tmp_path):
    out = tmp_path / "-y;rm %03d.mp4"
    ffmpeg.make(out, ["-i", film, "-c", "copy"])
    assert video.probe(out).frames == 48
    assert [file.name for file in tmp_path.iterdir()] == [out.name]


def test_an_input_whose_name_begins_with_a_dash_is_read(film, tmp_path, monkeypatch):
    from pathlib import Path

    (tmp_path / "-version").write_bytes(film.read_bytes())
    monkeypatch.chdir(tmp_path)
    ffmpeg.make(tmp_path / "out.mp4", ["-i", Path("-version"), "-c", "copy"])
    assert video.probe(tmp_path / "out.mp4").frames == 48


def test_a_list_may_not_open_other_files(film, tmp_path):
    plain = tmp_path / "film.mp4"
    plain.write_bytes(film.read_bytes())
    lists = {
        "a.txt": f"ffconcat version 1.0\nfile {plain}\n",
        "b.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{plain}\n#EXT-X-ENDLIST\n",
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(HallyuError, match="could not be made"):
            ffmpeg.make(tmp_path / "out.mkv", ["-i", tmp_path / name, "-c", "copy"])
    assert not (tmp_path / "out.mkv").exists()
    # It is the whitelist that refuses: with the format allowed, the list is read.
    allowed = {"formats": "concat,mov,mp4"}
    ffmpeg.make(tmp_path / "out.mkv", ["-safe", "0", "-i", tmp_path / "a.txt", "-c", "copy"], **allowed)


def test_what_fails_leaves_the_old_file_and_says_why_in_one_sentence(film, tmp_path):
    out = tmp_path / "out.mp4"
    out.write_bytes(b"old")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(bytes(1000))
    for arguments in (["-i", broken], ["-i", film, "-c:v", "no_such_codec"], ["-i", film, "-vf", "crop=9999:9999"]):
        with pytest.raises(HallyuError, match=r"out\.mp4 could not be made: ffmpeg says “") as error:
            ffmpeg.make(out, arguments)
        assert "\n" not in str(error.value) and "Conversion failed" not in str(error.value)
        assert str(tmp_path) not in str(error.value)
    assert out.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2


def test_inputs_that_are_missing_empty_or_folders(tmp_path):
    (tmp_path / "empty.mp4").touch()
    for name, words in (("none.mp4", "There is no file"), ("empty.mp4", "is empty"), (".", "is no file")):
        with pytest.raises(HallyuError, match=words):
            ffmpeg.run(["-i", tmp_path / name, "-f", "null", "-"])


ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc=s=64x64:r=10", "-t", "60"]


def test_a_run_is_ended_at_its_limit_and_nothing_is_left(tmp_path):
    begun = time.monotonic()
    with pytest.raises(HallyuError, match=r"took longer than 0\.5 s"):
        ffmpeg.make(tmp_path / "out.mkv", ENDLESS, limit=0.5)
    assert time.monotonic() - begun < 20 and not list(tmp_path.iterdir())


def test_a_run_can_be_stopped(tmp_path):
    asked = threading.Event()
    threading.Timer(0.5, asked.set).start()
    with pytest.raises(ffmpeg.Stopped, match="was stopped"):
        ffmpeg.make(tmp_path / "out.mkv", ENDLESS, stop=asked.is_set)
    assert not list(tmp_path.iterdir())


def test_progress_goes_from_0_to_1_and_never_back(tmp_path):
    shares = []
    slow = ["-re", "-f", "lavfi", "-i", "testsrc=s=64x64:r=10:d=2", "-c:v", "ffv1"]
    ffmpeg.make(tmp_path / "out.mkv", slow, seconds=2.0, progress=shares.append)
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1
    assert any(0 < share < 1 for share in shares)


def test_a_filters_value_survives_both_levels_of_quoting(tmp_path):
    log = tmp_path / "it's [a],b;c:16\\9 = 눈.txt"
    ffmpeg.run(["-f", "lavfi", "-i", "testsrc=d=0.1", "-vf", f"metadata=print:file={ffmpeg.escaped(log)}", "-f", "null", "-"])
    assert log.exists()


def test_the_log_is_returned_where_a_filter_prints(film):
    told = ffmpeg.run(["-i", film, "-vf", "blackdetect=d=0.01", "-f", "null", "-"], log="info")
    assert any("black_start" in line for line in told)
