"""The release dossier: written whole, and every fault in it found and named in one sentence."""

import contextlib
import json
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
import soundfile
from PIL import Image

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.files import sha256
from hallyu.ott import dossier, ffmpeg, imf, package, qc, subtitle_files
from hallyu.ott.dossier import Likeness, Release, Subtitled
from hallyu.ott.ladder import Point
from hallyu.ott.timedtext import Cue, Track
from hallyu.provenance import consent, credentials
from hallyu.provenance.consent import Consent
from hallyu.provenance.disclosure import AIPart
from hallyu.provenance.worklog import WorkLog

TODAY = date(2026, 11, 22)
KOREAN = Track((Cue(0.5, 1.75, "첫눈이다", by="Mina"), Cue(2.0, 3.25, "정말 왔네", by="Mina")), "ko")
ENGLISH = Track((Cue(0.5, 1.75, "It's the first snow."), Cue(2.0, 3.25, "It really came.")), "en")


def film(folder):
    """4 s of moving picture under speech-like noise at -27 LKFS."""
    rate, seconds = 48_000, 4
    noise = np.random.default_rng(7).normal(0, 1, (rate * seconds, 2))
    slow = np.convolve(noise[:, 0], np.ones(24) / 24, "same")
    sound = np.column_stack([slow, slow]) / np.sqrt((slow**2).mean())
    soundfile.write(folder / "sound.wav", (sound * 10 ** (-29.8 / 20)).astype(np.float32), rate)
    ffmpeg.run([
        "-f", "lavfi", "-i", f"testsrc2=s=320x180:r=24:d={seconds}", "-i", folder / "sound.wav", "-pix_fmt", "yuv420p",
        "-c:v", "libx264", "-preset", "ultrafast", "-g", "48", "-keyint_min", "48", "-sc_threshold", "0", "-c:a", "aac",
        "-b:a", "192k", "-shortest", folder / "mezzanine.mp4",
    ])  # fmt: skip
    return folder / "mezzanine.mp4"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    mezzanine = film(folder)
    log = WorkLog(folder / "work.jsonl")
    log.add("human", "Mina", "select", "c01", after="the take")
    key = consent.make_key(folder / "key.pem")
    terms = Consent(
        voice="Kang Eungyeol", given_by="Kang Eungyeol", given_to="Hallyu Studio", uses=("speak", "publish"),
        project="첫눈", starts=TODAY, ends=TODAY + timedelta(days=30),
    )  # fmt: skip
    consent.write(folder / "kang.json", terms, folder / "key.pem")
    speech = ((0.0, 4.0),)
    qc.run(mezzanine, speech=speech).write(folder / "qc")
    made = Release(
        "첫눈", mezzanine, 2, folder / "qc",
        [Point(100_000, 70.0, 160, 90, crf=30), Point(300_000, 92.0, 320, 180, crf=23)],
        [Subtitled(KOREAN), Subtitled(ENGLISH, "Jun", "ko", tool="a translator", checked_by="Mina")],
        [Likeness("voice", "jf_alpha", ("speak",)), Likeness("voice", "Kang Eungyeol", ("speak",), folder / "kang.json", key)],
        speech, [AIPart(1, "voice", "Kokoro-82M", "text to speech")], log.entries(), [("연출 / Directed by", "Mina")],
        ["Font: Noto Sans KR (OFL)"], "CC BY 4.0",
    )  # fmt: skip
    small = folder / "small.mp4"
    ffmpeg.run(
        [
            "-i",
            mezzanine,
            "-an",
            "-vf",
            "scale=160:90",
            "-g",
            "48",
            "-keyint_min",
            "48",
            "-sc_threshold",
            "0",
            small,
        ]
    )
    texts = [each.track for each in made.subtitles]
    package.write(
        folder / "stream",
        [mezzanine, small],
        [package.Audio(mezzanine, "ko")],
        texts,
        2,
        title=made.title,
        notices=made.notices,
    )
    text = imf.Text(subtitle_files.to_imsc(KOREAN).encode(), "ko")
    imf.write(folder / "imf", mezzanine, [imf.Sound(mezzanine, "ko")], [text], made.title)
    return replace(made, stream=folder / "stream", imf=folder / "imf")


@pytest.fixture(scope="module")
def written(release, tmp_path_factory):
    root = tmp_path_factory.mktemp("written")
    return dossier.write(root / "dossier", release, TODAY, root / "signing")


@pytest.fixture
def folder(written, tmp_path):
    return shutil.copytree(written, tmp_path / "dossier")


def problems(folder, on=TODAY):
    return " | ".join(dossier.check(folder, on).problems)


def keep_honest(folder):
    """Write the manifest anew, as somebody would who hides a change."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"] = {
        each.relative_to(folder).as_posix(): {"sha256": sha256(each), "bytes": each.stat().st_size}
        for each in folder.rglob("*") if each.is_file() and each != path
    }  # fmt: skip
    path.write_text(json.dumps(manifest))


def edit(folder, name, change):
    """Change a JSON file, with the page and the manifest in agreement."""
    path = folder / name
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    with contextlib.suppress(HallyuError, KeyError, TypeError, ValueError, AttributeError):
        (folder / "dossier.html").write_text(dossier.page(folder), encoding="utf-8")
    keep_honest(folder)


def test_what_was_written_is_sound_and_measured(written):
    report = dossier.check(written, TODAY)
    assert report.problems == ()
    assert report.measured["frames"] == 96 and report.measured["rungs"] == 2 and report.measured["cues"] == 4
    assert report.measured["dialogue"] == pytest.approx(-27, abs=1)
    assert any("JPEG 2000" in note for note in report.notes)
    assert "mezzanine 4.00 s" in report.facts()


def test_the_mezzanine_is_signed_and_still_the_same_film(written, release):
    note = credentials.read(written / "cheotnun.mp4")
    assert note.intact and note.source_type == credentials.COMPOSITE and note.title == "첫눈"
    pairs = zip(video.read(written / "cheotnun.mp4"), video.read(release.mezzanine), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)
    assert credentials.read(written / "poster.jpg").intact
    assert Image.open(written / "poster.jpg").size == (320, 180)


def test_the_page_says_it_in_korean_and_english_and_needs_nothing_else(written):
    text = (written / "dossier.html").read_text(encoding="utf-8")
    korean, english = text.split('<section lang="en">')
    for said in (
        "배급 서류",
        "AI로 생성하거나 고친 화면이나 소리가 포함되어 있습니다",
        "ko에서 번역",
        "비트레이트 래더",
    ):
        assert said in korean
    for said in (
        "Contains pictures or sound generated or changed by AI", "Jun, from ko, drafted by a translator", "320 × 180",
        "Directed by", "CC BY 4.0", "Kokoro-82M", "consent until 2026-12-22", "Noto Sans KR",
    ):  # fmt: skip
        assert said in english
    assert "<script" not in text and "http" not in text
    for target in re.findall(r'(?:src|href)="([^"]+)"', text):
        assert (written / target).is_file()


def test_words_of_users_are_text_and_not_markup(release, tmp_path):
    named = replace(release, credits=[("Sound", "<script>alert(1)</script>")], stream=None, imf=None)
    folder = dossier.write(tmp_path / "d", named, TODAY, tmp_path / "signing")
    assert "<script" not in (folder / "dossier.html").read_text(encoding="utf-8")
    assert problems(folder) == ""


def with_byte(path, place=-100):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    "name", ["dossier.html", "qc/qc.html", "ladder.csv", "subtitles/ko-subtitles.vtt", "stream/1.txt"]
)
def test_every_file_is_as_it_was_written(folder, name):
    with open(folder / name, "a", encoding="utf-8") as file:
        file.write(" ")
    wanted = "is not in the manifest" if name.endswith("txt") else "was changed after the dossier was written"
    assert f"{name} {wanted}" in problems(folder)
    (folder / name).unlink()
    assert wanted.startswith("is not") or f"{name} is missing" in problems(folder)


def test_a_changed_mezzanine_with_a_new_hash_is_given_away_by_its_credentials(folder):
    path = folder / "cheotnun.mp4"
    with_byte(path, path.stat().st_size // 2)
    keep_honest(folder)
    assert "cheotnun.mp4 was changed after it was signed" in problems(folder)


def test_a_mezzanine_without_credentials_is_named(folder, release):
    shutil.copy(release.mezzanine, folder / "cheotnun.mp4")
    keep_honest(folder)
    assert problems(folder) == "cheotnun.mp4 has no content credentials: write the dossier again."


def test_a_louder_mezzanine_is_named(folder, release, tmp_path):
    loud = tmp_path / "loud.mp4"
    ffmpeg.run(["-i", release.mezzanine, "-c:v", "copy", "-af", "volume=9dB", "-c:a", "aac", loud])
    credentials.sign(
        loud, folder / "cheotnun.mp4", credentials.COMPOSITE, "첫눈", signing_folder=tmp_path / "signing"
    )
    keep_honest(folder)
    found = problems(folder)
    assert "The dialogue has -18" in found and "quality control measured" in found


def test_another_film_in_its_place_is_named(folder, tmp_path):
    short = tmp_path / "short.mp4"
    ffmpeg.run(["-i", folder / "cheotnun.mp4", "-t", "2", short])
    credentials.sign(
        short, folder / "cheotnun.mp4", credentials.COMPOSITE, "첫눈", signing_folder=tmp_path / "signing"
    )
    keep_honest(folder)
    assert "cheotnun.mp4 has 48 frames of 320 x 180 at 24 a second, and dossier.json says 96" in problems(
        folder
    )


def set_(*place, to):
    def change(content):
        for key in place[:-1]:
            content = content[key]
        content[place[-1]] = to

    return change


@pytest.mark.parametrize(("name", "change", "says"), [
    ("dossier.json", set_("notice", "ko", to="AI 없음"), "The notice does not say what the disclosure says"),
    ("dossier.json", set_("notices", "en", to="none"), "The notice does not say what the disclosure says"),
    ("dossier.json", set_("disclosure", "ai", to=[]), "jf_alpha is synthetic, and the disclosure says that no AI was used"),
    ("dossier.json", set_("credits", to=[]), "dossier.json credits nobody"),
    ("dossier.json", set_("likenesses", 0, "credit", to="me"), "The credit of jf_alpha is not what its licence asks for"),
    ("dossier.json", set_("likenesses", 0, "name", to="a friend"), "a friend is no public voice"),
    ("dossier.json", set_("likenesses", 1, "name", to="Choi"), "The consent is for the voice of Kang Eungyeol, not of Choi"),
    ("dossier.json", set_("likenesses", 1, "uses", to=["sing", "publish"]), "did not consent to “sing”"),
    ("dossier.json", set_("likenesses", 1, "uses", to=["speak"]), "does not ask Kang Eungyeol for “publish”"),
    ("dossier.json", set_("likenesses", 1, "signer", to="0000"), "was signed with the key"),
    ("dossier.json", set_("likenesses", 1, "ends", to="2030-01-01"), "ends on 2026-12-22, and dossier.json says 2030-01-01"),
    ("dossier.json", set_("subtitles", 1, "checked_by", to=""), "was drafted by a translator and checked by nobody"),
    ("dossier.json", set_("subtitles", 0, "by", to=""), "names nobody who wrote or translated it"),
    ("dossier.json", set_("subtitles", 0, "cues", to=9), "holds 2 cues of subtitles in ko, and dossier.json says 9"),
    ("dossier.json", set_("speech", to=[[0, 0.01]]), "The dialogue of the mezzanine has"),
    ("dossier.json", set_("frames", to=99), "and dossier.json says 99"),
    ("dossier.json", set_("rate", to="25"), "is timed for 24 frames a second, and the film has 25"),
    ("qc/qc.json", set_("programme", "sha256", to="00"), "is of another file than the mezzanine"),
    ("qc/qc.json", set_("programme", "frames", to=95), "Quality control saw 95 of 96 frames"),
    ("qc/qc.json", set_("loudness", "integrated", to=-20), "quality control measured -20.0 LKFS"),
    ("qc/qc.json", lambda content: content["defects"].append(
        {"code": "flashes", "severity": "fail", "says": "Four flashes in a second."}
    ), "Quality control sends the film back: flashes: Four flashes in a second."),
    ("qc/qc.json", set_("defects", to="none"), "qc.json is no report of quality control"),
])  # fmt: skip
def test_each_fault_in_words_is_one_sentence(folder, name, change, says):
    edit(folder, name, change)
    found = problems(folder)
    assert says in found


def test_a_consent_that_ran_out_or_was_withdrawn_is_named(folder):
    assert "consented until 2026-12-22" in problems(folder, TODAY + timedelta(days=31))
    (folder / "consents").rename(folder / "gone")
    assert "voice-kang_eungyeol.json" in problems(folder)


@pytest.mark.parametrize(("old", "new", "says"), [
    ("첫눈이다", "첫눈이다…그리고 아주아주 긴 한 줄이 여기에 있습니다", "breaks"),
    ("정말 왔네", "정말 갔네", "does not say what subtitles/ko-subtitles.ttml says"),
])  # fmt: skip
def test_subtitles_are_read_and_held_against_the_guide(folder, old, new, says):
    for name in ("ttml", "vtt")[: 2 if says == "breaks" else 1]:
        path = folder / "subtitles" / f"ko-subtitles.{name}"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    keep_honest(folder)
    found = problems(folder)
    assert says in found and found.count("subtitles/ko") <= 2, found


def test_a_cue_after_the_end_of_the_film_is_named(folder):
    late = replace(KOREAN, cues=(*KOREAN.cues, Cue(3.5, 5.5, "어디 있어", by="Mina")))
    for name in ("ttml", "vtt"):
        subtitle_files.write(folder / "subtitles" / f"ko-subtitles.{name}", late)
    edit(folder, "dossier.json", set_("subtitles", 0, "cues", to=3))
    assert (
        problems(folder)
        == "subtitles/ko-subtitles.ttml: a cue stands until 5.50 s, and the film ends at 4.00 s."
    )


@pytest.mark.parametrize(("old", "new", "says"), [
    ("92.000", "60.000", "costs more than"), ("320,180", "640,360", "is larger than the mezzanine"),
    ("160,90", "192,108", "Ladder and stream differ in"), ("codec", "kodec", "is no table of encodes"),
])  # fmt: skip
def test_the_ladder_is_read_and_held_against_stream_and_mezzanine(folder, old, new, says):
    path = folder / "ladder.csv"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    keep_honest(folder)
    assert says in problems(folder)


def test_the_packages_are_checked_too(folder):
    master = folder / "stream" / "master.m3u8"
    text = master.read_text(encoding="utf-8")
    master.write_text(
        re.sub(r"#EXT-X-SESSION-DATA.*\n", "", text).replace("avc1.", "avc3."), encoding="utf-8"
    )
    with_byte(folder / "imf" / "picture.mxf")
    keep_honest(folder)
    found = problems(folder)
    assert "stream/master.m3u8 does not carry the notice on AI and rights" in found
    assert "and master.m3u8 says avc3" in found
    assert "imf/picture.mxf: its SHA-1 is another one than when it was packed." in found


def test_a_master_of_another_size_is_named(release, folder, tmp_path):
    small = tmp_path / "small.mp4"
    ffmpeg.run(["-i", release.mezzanine, "-vf", "scale=160:90", "-c:a", "copy", small])
    text = imf.Text(subtitle_files.to_imsc(KOREAN).encode(), "ko")
    shutil.rmtree(folder / "imf")
    imf.write(folder / "imf", small, [imf.Sound(small, "ko")], [text], release.title)
    keep_honest(folder)
    assert "imf/picture.mxf is 160 x 90, and the mezzanine 320 x 180: pack this film." in problems(folder)


def test_a_stream_without_a_language_of_the_dossier_is_named(release, tmp_path):
    package.write(
        tmp_path / "stream",
        [release.mezzanine],
        [],
        [KOREAN],
        2,
        title=release.title,
        notices=release.notices,
    )
    rungs = [release.ladder[-1]]
    folder = dossier.write(
        tmp_path / "d",
        replace(release, stream=tmp_path / "stream", ladder=rungs, imf=None),
        TODAY,
        tmp_path / "signing",
    )
    assert problems(folder) == "The stream lacks the subtitles in en: package all subtitles."


@pytest.mark.parametrize(("change", "says"), [
    ({"ladder": []}, "no rungs"), ({"ai": []}, "jf_alpha is synthetic"),
    ({"likenesses": [Likeness("voice", "a friend")]}, "a friend is no public voice"),
    ({"likenesses": [Likeness("hand", "jf_alpha")]}, "a voice or a face, not “hand”"),
    ({"likenesses": [Likeness("face", "astronaut")]}, "not for “publish”"),
    ({"title": "다른 작품"}, "consented for “첫눈” only"),
    ({"subtitles": [Subtitled(ENGLISH)]}, "names nobody who wrote or translated it"),
    ({"subtitles": [Subtitled(KOREAN, tool="whisper-base")]}, "drafted by whisper-base and checked by nobody"),
    ({"subtitles": [Subtitled(KOREAN), Subtitled(KOREAN)]}, "Two tracks would be"),
])  # fmt: skip
def test_what_may_not_be_released_leaves_nothing(release, tmp_path, change, says):
    with pytest.raises(HallyuError, match=says):
        dossier.write(tmp_path / "d", replace(release, **change), TODAY, tmp_path / "signing")
    assert not list(tmp_path.iterdir())


def test_segments_and_reports_of_other_films_are_refused(release, tmp_path):
    whole = tmp_path / "fragmented.mp4"
    ffmpeg.run(
        ["-i", release.mezzanine, "-c", "copy", "-movflags", "+cmaf+frag_keyframe", "-f", "mp4", whole]
    )
    qc.run(whole, speech=release.speech).write(tmp_path / "qc")
    for change, says in (
        ({"mezzanine": whole, "qc": tmp_path / "qc"}, "fragmented, as segments of a stream are"),
        ({"mezzanine": whole}, "is not of fragmented.mp4: run it on this file"),
        ({"qc": tmp_path}, "There is no qc.json"), ({"stream": tmp_path}, "is not a stream"),
        ({"mezzanine": tmp_path / "none.mp4"}, "There is no file"),
    ):  # fmt: skip
        with pytest.raises(HallyuError, match=says):
            dossier.write(tmp_path / "d", replace(release, **change), TODAY, tmp_path / "signing")
        assert not (tmp_path / "d").exists() and not list(tmp_path.glob(".d*"))


def test_a_film_without_sound_is_noted(release, tmp_path):
    silent = tmp_path / "silent.mp4"
    ffmpeg.run(["-i", release.mezzanine, "-an", "-c", "copy", silent])
    qc.run(silent).write(tmp_path / "qc")
    bare = replace(release, mezzanine=silent, qc=tmp_path / "qc", stream=None, imf=None, speech=())
    report = dossier.check(dossier.write(tmp_path / "d", bare, TODAY, tmp_path / "signing"), TODAY)
    assert len(report.problems) == 1 and "no-sound" in report.problems[0]
    assert "cheotnun.mp4 has no sound." in report.notes


@pytest.mark.parametrize("place", [
    ("mezzanine",), ("subtitles",), ("speech",), ("likenesses", 1, "consent"), ("disclosure",), ("rate",), ("frames",),
    ("subtitles", 0, "files"), ("credits",), ("notice",),
])  # fmt: skip
@pytest.mark.parametrize("value", ["../../secret", 7, None, ["a"]])
def test_a_damaged_dossier_is_said_and_opens_nothing_outside(folder, place, value):
    if (place, value) in ((("frames",), 7), (("rate",), 7)):
        return
    edit(folder, "dossier.json", set_(*place, to=value))
    with pytest.raises(HallyuError, match=r"damaged|cannot be read"):
        dossier.check(folder, TODAY)


def test_a_folder_that_is_no_dossier_is_said(tmp_path):
    with pytest.raises(HallyuError, match=r"There is no manifest\.json in"):
        dossier.check(tmp_path)


def test_a_full_folder_is_refused(release, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "mine.txt").write_text("keep")
    with pytest.raises(HallyuError, match="holds something already"):
        dossier.write(tmp_path / "d", release, TODAY, tmp_path / "signing")
