import io
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from hallyu.errors import HallyuError
from hallyu.provenance import credentials
from hallyu.provenance.disclosure import Disclosure
from hallyu.webtoon.export import encode, export, profiles, recover, resample
from hallyu.webtoon.notice import notice
from hallyu.webtoon.slicing import cut_through


def slices(folder):
    return sorted(p for p in folder.iterdir() if p.suffix in (".jpg", ".png"))


def joined(folder):
    return np.concatenate([np.asarray(Image.open(path)) for path in slices(folder)])


def snapshot(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_png_slices_joined_are_the_strip_and_its_notice(tmp_path, stand_in_episode):
    strip, disclosure = stand_in_episode
    folder = export(strip, "webtoon-canvas", tmp_path / "png", disclosure, "png", signing_folder=None)
    assert np.array_equal(joined(folder), np.concatenate([strip.image, notice(disclosure)]))
    assert [path.name for path in slices(folder)] == [
        f"{n:03d}.png" for n in range(1, len(slices(folder)) + 1)
    ]


def test_jpeg_slices_meet_the_platform_and_cut_nothing(tmp_path, stand_in_episode, signing):
    strip, disclosure = stand_in_episode
    folder = export(strip, "webtoon-canvas", tmp_path / "jpg", disclosure, signing_folder=signing)
    ends = []
    for path in slices(folder):
        with Image.open(path) as picture:
            assert picture.format == "JPEG" and picture.mode == "RGB" and picture.layer[0][1:3] == (1, 1), (
                "4:4:4"
            )
            assert picture.width == 800 and picture.height <= 1280 and path.stat().st_size <= 2_000_000
            assert "icc_profile" in picture.info
            ends.append((ends[-1] if ends else 0) + picture.height)
        found = credentials.read(path)
        assert found.intact and found.source_type == credentials.COMPOSITE
        assert found.actions[1] == "유나: letter, 5 times"
    assert cut_through(ends[:-1], strip.protected) == []
    difference = np.abs(joined(folder)[: strip.height].astype(int) - strip.image)
    assert difference.mean() < 1.5


def test_red_lettering_does_not_smear(stand_in_episode):
    """The cheat: halved colour. It must be visibly worse than what export does, or 4:4:4 would be
    superstition.
    """
    strip, _ = stand_in_episode
    _, item = strip.protected[0], next(i for i in strip.protected if i.kind == "balloon")
    x0, y0, x1, y1 = item.box
    picture = strip.image[y0:y1, x0:x1]
    ((ours,), quality) = encode([picture], profiles()["tapas"], "jpg")
    halved = io.BytesIO()
    Image.fromarray(picture).save(halved, "JPEG", quality=quality, subsampling=2)
    error = [np.abs(np.asarray(Image.open(io.BytesIO(b))).astype(int) - picture).max(axis=2)
             for b in (ours, halved.getvalue())]  # fmt: skip
    assert (error[0] > 48).mean() * 5 < (error[1] > 48).mean()


def test_the_highest_quality_that_fits_is_found(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (400, 800, 3), np.uint8)
    free = profiles()["webtoon-canvas"]
    ((large,), best) = encode([noise], free, "jpg")
    assert best == 95
    tight = replace(free, max_file_bytes=int(len(large) * 0.7))
    ((data,), quality) = encode([noise], tight, "jpg")
    assert 60 <= quality < 95 and len(data) <= tight.max_file_bytes
    one_more = io.BytesIO()
    Image.fromarray(noise).save(one_more, "JPEG", quality=quality + 1, subsampling=0)
    assert len(one_more.getvalue()) > tight.max_file_bytes
    (both, quality) = encode([noise, noise], replace(free, max_episode_bytes=int(len(large) * 1.5)), "jpg")
    assert sum(map(len, both)) <= len(large) * 1.5 and quality < 95


def test_limits_that_cannot_be_met_are_said_in_words(tmp_path, stand_in_episode):
    noise = np.random.default_rng(1).integers(0, 255, (400, 800, 3), np.uint8)
    small = replace(profiles()["webtoon-canvas"], max_file_bytes=50_000)
    with pytest.raises(
        HallyuError, match=r"Slice 1 is 0\.\d MB at JPEG quality 60 and WEBTOON CANVAS takes 0.05 MB"
    ):
        encode([noise], small, "jpg")
    with pytest.raises(HallyuError, match=r'as PNG and .* export as "jpg"'):
        encode([noise], small, "png")
    strip, disclosure = stand_in_episode
    with pytest.raises(HallyuError, match=r"needs [5-9] images and .* takes 3"):
        export(strip, replace(small, max_images=3), tmp_path / "x", disclosure, signing_folder=None)
    with pytest.raises(HallyuError, match='no export profile "line": choose webtoon-canvas, tapas'):
        export(strip, "line", tmp_path / "x", disclosure)
    with pytest.raises(HallyuError, match='takes jpg or png, not "webp"'):
        export(strip, "naver", tmp_path / "x", disclosure, "webp")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["tapas", "naver", "kakaopage"])
def test_other_widths_keep_boxes_whole_in_their_own_pixels(tmp_path, stand_in_episode, key):
    strip, disclosure = stand_in_episode
    folder = export(strip, key, tmp_path / key, disclosure, signing_folder=None)
    profile = profiles()[key]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    whole = joined(folder)
    scale = profile.width / 800
    assert whole.shape[1] == profile.width and len(whole) == manifest["height"]
    for (_, name, box), item in zip(manifest["protected"], strip.protected, strict=False):
        assert name == item.name and all(abs(a - b * scale) <= 1 for a, b in zip(box, item.box, strict=True))
        assert not any(box[1] < s["y1"] < box[3] for s in manifest["slices"][:-1])


@pytest.mark.parametrize("width", [690, 720, 940])
def test_halftone_keeps_its_tone(width):
    """Half the dots black: half the light (0.5), which the eye sees as 188 of 255. On stored values it comes
    to 128.
    """
    dots = np.zeros((400, 800, 3), np.uint8)
    dots[::2, ::2] = dots[1::2, 1::2] = 255
    stored = resample(dots, width).astype(float) / 255
    light = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    assert light[8:-8, 8:-8].mean() == pytest.approx(0.5, abs=0.02)


def test_every_grey_survives_resampling():
    greys = np.repeat(np.arange(256, dtype=np.uint8), 16)[:, None, None].repeat(800, 1).repeat(3, 2)
    again = resample(greys, 400)
    assert again[4::8, 200].tolist() == greys[8::16, 0].tolist()


def test_resampling_keeps_flat_colour_and_puts_edges_in_place():
    flat = np.full((100, 800, 3), (13, 130, 231), np.uint8)
    assert np.abs(resample(flat, 690).astype(int) - (13, 130, 231)).max() <= 1
    edge = np.zeros((100, 800, 3), np.uint8)
    edge[:, 400:] = 255
    row = resample(edge, 940)[50, :, 0]
    assert row[460] == 0 and row[480] == 255 and 469 <= np.argmax(row > 127) <= 471


def test_a_work_without_ai_gets_no_notice_and_is_signed_as_drawn(tmp_path, stand_in_episode, signing):
    strip, _ = stand_in_episode
    folder = export(
        strip, "webtoon-canvas", tmp_path / "drawn", Disclosure("첫눈", 5), signing_folder=signing
    )
    assert len(joined(folder)) == strip.height
    assert credentials.read(folder / "001.jpg").source_type == credentials.DRAWN


def test_exporting_again_replaces_the_whole_folder(tmp_path, stand_in_episode):
    strip, disclosure = stand_in_episode
    folder = export(strip, "webtoon-canvas", tmp_path / "out", disclosure, signing_folder=None)
    (folder / "report.txt").write_text("old")
    export(strip, "webtoon-canvas", folder, Disclosure("첫눈", 5), "png", signing_folder=None)
    assert {path.suffix for path in slices(folder)} == {".png"} and not (folder / "report.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_the_learners_own_files_is_not_replaced(tmp_path, stand_in_episode):
    strip, disclosure = stand_in_episode
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "episode.psd").write_text("a week of work")
    with pytest.raises(HallyuError, match=r"holds episode.psd, which no export wrote"):
        export(strip, "webtoon-canvas", tmp_path / "mine", disclosure, signing_folder=None)
    assert (tmp_path / "mine" / "episode.psd").read_text() == "a week of work"
    (tmp_path / "file").write_text("x")
    with pytest.raises(HallyuError, match="is a file: choose a folder"):
        export(strip, "webtoon-canvas", tmp_path / "file", disclosure, signing_folder=None)


PROLOGUE = """
import resource, sys
from pathlib import Path
from hallyu.errors import HallyuError
from hallyu.webtoon import export
folder = Path(sys.argv[1])
files = {f"{n:03d}.jpg": bytes([n]) * 100_000 for n in range(1, 6)}
"""


def test_a_full_disk_leaves_the_old_export_whole(tmp_path, stand_in_episode):
    strip, disclosure = stand_in_episode
    folder = export(strip, "webtoon-canvas", tmp_path / "out", disclosure, signing_folder=None)
    before = snapshot(folder)
    code = (
        PROLOGUE
        + """
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
try:
    export.replace_folder(folder, files)
except HallyuError as error:
    print(error)
"""
    )
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert "was not written, because files as large are not allowed here" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert snapshot(folder) == before and [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_killed_run_leaves_the_old_export_whole_and_the_next_run_cleans_up(tmp_path, stand_in_episode):
    strip, disclosure = stand_in_episode
    folder = export(strip, "webtoon-canvas", tmp_path / "out", disclosure, signing_folder=None)
    before = snapshot(folder)
    code = (
        PROLOGUE
        + """
write = Path.write_bytes
def stop_at_third(path, data):
    if path.name == "003.jpg":
        print("writing", flush=True)
        sys.stdin.read()
    return write(path, data)
Path.write_bytes = stop_at_third
export.replace_folder(folder, files)
"""
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert run.stdout.readline() == b"writing\n"
    run.kill()
    run.communicate()
    assert snapshot(folder) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [".out.draft", "out"]
    export(strip, "webtoon-canvas", folder, disclosure, signing_folder=None)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_run_killed_between_the_two_renames_is_put_right(tmp_path, stand_in_episode):
    strip, disclosure = stand_in_episode
    folder = export(strip, "webtoon-canvas", tmp_path / "out", disclosure, signing_folder=None)
    before = snapshot(folder)
    folder.rename(tmp_path / ".out.old")
    recover(folder)
    assert snapshot(folder) == before and [p.name for p in tmp_path.iterdir()] == ["out"]
