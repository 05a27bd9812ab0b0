"""The music module's media: the song's figures are its files'."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from hallyu import audio
from hallyu.music import lipsync, mixing, watermark

MEDIA = Path(__file__).parents[2] / "modules" / "music" / "media"


@pytest.fixture(scope="module")
def measured():
    return json.loads((MEDIA / "first-snow-measured.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def film():
    return audio.read(MEDIA / "first-snow.mp4")


def test_the_finished_song_is_what_the_page_says(measured, film):
    sound, rate = film
    assert measured["problems"] == [] and measured["whole"]["lips_correlation"] > 0.7
    assert len(sound) / rate == pytest.approx(measured["whole"]["seconds"], abs=0.1)
    assert mixing.loudness(sound, rate) == pytest.approx(measured["whole"]["lufs"], abs=0.2)
    assert mixing.loudness(sound, rate) == pytest.approx(-14, abs=0.4)
    for row in measured["bars"]:
        bar = 60 / 84 * 4
        part = sound[round((row["bar"] - 1) * bar * rate) : round(row["bar"] * bar * rate)]
        assert mixing.loudness(part, rate) == pytest.approx(row["lufs"], abs=0.4), row
    assert (
        all(one["bar"] + 1 == two["bar"] for one, two in pairwise(measured["bars"]))
        and len(measured["bars"]) == 20
    )


def test_the_film_is_small_for_the_page_and_has_all_its_pictures(measured):
    path = MEDIA / "first-snow.mp4"
    assert path.stat().st_size < 6e6
    _, fps, size = lipsync.pictures_of(path)
    assert (fps, size) == (30, (960, 540))
    import av

    with av.open(str(path)) as file:
        assert file.streams.video[0].frames == pytest.approx(measured["whole"]["seconds"] * 30, abs=2)
        assert file.streams.video[0].profile == "Constrained Baseline"
        assert {stream.codec_context.name for stream in file.streams} == {"h264", "aac"}


def test_the_published_recordings_carry_the_mark(measured, film):
    for sound, rate in (film, audio.read(MEDIA / "first-snow.mp3")):
        mark = watermark.detect(sound, rate, measured["watermark_key"])
        assert mark is not None and mark.payload == measured["watermark_payload"]
        assert watermark.detect(sound, rate, "another key") is None


def test_the_page_says_what_was_measured(measured):
    page = (MEDIA.parent / "index.md").read_text(encoding="utf-8")
    whole, lines = measured["whole"], measured["lines"]
    heard = sum(line["cer_by_sound"] == 0 for line in lines)
    far = [note for note in measured["notes"] if abs(note["cents"] or 0) > 20]
    are = "is" if len(far) == 1 else "are"
    for told in (
        f"{whole['lufs']:.1f} LUFS over all",
        f"true peak {whole['true_peak']:.1f} dBTP",
        f"is {whole['null']:.0f} dB",
        f"hears {heard} of the {len(lines)} lines",
        f"and {len(far)} {are} off by more than 20",
        f"{abs(whole['lips']):.0f} ms",
        *(note["lyric"] for note in far),
    ):
        assert told in page, told
