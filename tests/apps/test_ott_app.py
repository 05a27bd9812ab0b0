"""The OTT app in a real browser: what a person does and sees, what goes out, and what is refused."""

import importlib.util
import re
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from looking import ENGLISH, overflow, settled, step, unfold, upload

from hallyu import audio, video
from hallyu.ott import dossier, ffmpeg, first_snow, package, player, subtitle_files
from hallyu.ott.timedtext import Cue, Track
from hallyu.provenance import consent
from hallyu.scratch import work_folder

sync_api = pytest.importorskip("playwright.sync_api")
gr = pytest.importorskip("gradio")

MODULE = Path(__file__).parents[2] / "modules" / "ott"
PATIENCE = 120_000
"""Milliseconds until a step counts as hung; how long steps take is measured elsewhere."""
READY = "#sample"
"""What is there when the page is."""
FILM, SUBTITLES, QC, RELEASE = range(4)
PIECE = ("wind", "doyun asks")
"""The shots of First Snow between which most of it is worked on here: fourteen seconds in which three people talk."""
SECONDS, CUTS = 6.0, (2.0, 4.0)
"""Of the film that most tests open."""
TEXT = "첫눈이 내리는 숲에 나 혼자 서 있었다..."
"""Nineteen characters and a half, and an ellipsis of three dots."""
EVIL = '<img src=x onerror="window.evil=1"><b>눈</b>'


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A piece of First Snow, a third as wide: what is heard in it is the same."""
    truth = first_snow.truth(MODULE / "media" / "first-snow.json")
    shots = {shot.name: shot for shot in truth.shots}
    start, stop = shots[PIECE[0]].start / truth.rate, shots[PIECE[1]].stop / truth.rate
    path = tmp_path_factory.mktemp("small") / "first-snow.mp4"
    cut = [
        "-ss",
        f"{float(start):.6f}",
        "-t",
        f"{float(stop - start):.6f}",
        "-i",
        MODULE / "media" / "first-snow.mp4",
    ]
    scaled = ["-vf", "scale=640:-2", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-c:a", "aac"]
    ffmpeg.make(path, [*cut, *scaled, "-f", "mp4"])
    return path


@pytest.fixture(scope="module")
def app(small):
    spec = importlib.util.spec_from_file_location("ott_app", MODULE / "app.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["ott_app"] = module
    spec.loader.exec_module(module)
    module.SAMPLE = small
    return module


def made(path: Path, seconds: float = SECONDS, sound: bool = True) -> Path:
    """A film of three shots at 24 frames a second, with a tone that swells."""
    coarse = np.random.default_rng(7).random((5, 12, 3), np.float32)
    wide = cv2.resize(coarse, (480, 180), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    looks = [low + 0.4 * wide[:, ::way] for low, way in ((0.0, 1), (0.6, -1), (0.3, 1))]
    frames = (looks[n // 48 % 3][:, 3 * (n % 48) :][:, :320] for n in range(round(seconds * 24)))
    time = np.arange(round(seconds * 48_000)) / 48_000
    tone = (0.3 * np.sin(2 * np.pi * 330 * time) * np.abs(np.sin(time))).astype(np.float32)
    video.write(path, frames, 24, audio_from=(tone, 48_000) if sound else None)
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return made(tmp_path_factory.mktemp("film") / "snow.mp4")


def open_film(page, path: Path) -> None:
    """Drop a film and wait until it is ready."""
    step(page, FILM)
    page.locator("#upload input[type=file]").set_input_files(path)
    page.locator("#found .note.good", has_text=path.name).wait_for()


@pytest.fixture
def bench(visit, film):
    """bench(…) -> a page as visit gives it, with the film open and its timeline in sight."""

    def bench(*where, **how):
        page = visit(*where, **how)
        open_film(page, film)
        step(page, SUBTITLES)
        page.wait_for_function("document.querySelector('.screen video')?.readyState >= 2")
        return page

    return bench


def cues(page) -> list[str]:
    """The cues as a screen reader names them."""
    settled(page)
    return page.locator(".lane .cue").evaluate_all("all => all.map(each => each.getAttribute('aria-label'))")


def checked(page) -> str:
    """What the line says of all cues, when the last edit is checked."""
    page.wait_for_function("!/checking|검사 중/.test(document.querySelector('.amount').textContent)")
    return page.locator(".amount").inner_text()


def at(page, seconds: float, height: float = 40) -> tuple[float, float]:
    """Where a time lies in the window, on the pictures of the timeline or so far down from its upper edge."""
    page.locator(".wide").scroll_into_view_if_needed()
    box = page.locator(".wide").bounding_box()
    return box["x"] + seconds * a_second(page), box["y"] + height


def a_second(page) -> float:
    """Pixels of the timeline."""
    return page.locator(".wide").evaluate("each => parseFloat(each.style.width)") / SECONDS


def go(page, seconds: float) -> None:
    """Click on the pictures of the timeline."""
    x, y = at(page, seconds)
    page.mouse.click(x + 0.5, y)
    page.wait_for_function(
        "at => Math.abs(document.querySelector('.screen video').currentTime - at) < 0.05", arg=seconds
    )


def add(page, seconds: float, text: str) -> None:
    """A cue of two seconds from *seconds* on."""
    go(page, seconds)
    page.locator(".tools .add").click()
    page.keyboard.type(text)


def drag(page, begin: float, end: float, height: float = 143) -> None:
    """Press on the lane of cues at a time, and let go at another."""
    page.mouse.move(*at(page, begin, height))
    page.mouse.down()
    page.mouse.move(*at(page, (begin + end) / 2, height), steps=3)
    page.mouse.move(*at(page, end, height), steps=3)
    page.mouse.up()


def open_subtitles(page, path: Path) -> None:
    upload(page, "#file", path)
    page.locator("#status .note", has_text=path.name).wait_for()


# --- The page


def test_labels_are_complete_in_both_languages(app):
    korean, english = app.LABELS.translations["ko"], app.LABELS.translations["en"]
    assert korean.keys() == english.keys()
    assert not [k for k, text in korean.items() if k != "tab_qc" and not any("가" <= c <= "힣" for c in text)]
    assert not [k for k, t in english.items() if any("가" <= c <= "힣" for c in t) or not t.strip()]


def test_the_page_speaks_the_browsers_language(visit):
    tabs = "#steps button[role=tab]"
    korean, english = visit("ko-KR"), visit("en-US")
    assert korean.locator(tabs).all_inner_texts() == ["영화", "자막", "QC", "내보내기"]
    assert english.locator(tabs).all_inner_texts() == ["Film", "Subtitles", "QC", "Release"]
    for page, empty in ((korean, "자막이 없습니다"), (english, "No cues yet")):
        for number in (SUBTITLES, QC, RELEASE):
            step(page, number)
            if number == SUBTITLES:
                page.locator(".amount", has_text=empty).wait_for()
            assert not re.search(r"__i18n__|\[object|undefined", page.locator("body").inner_text())
    assert not ENGLISH.search(korean.locator("body").inner_text())


# --- The timeline


def test_cues_are_written_dragged_and_taken_back_with_the_mouse(bench):
    page = bench()
    add(page, 0.5, "첫눈이다")
    assert cues(page) == ["Cue 1, 00:00:00:12 to 00:00:02:12: 첫눈이다"]
    assert page.locator(".over p").inner_text() == "첫눈이다"
    drag(page, 1.0, 2.55)  # its start lands near the shot change at 2 s, and holds on to it
    assert cues(page)[0].startswith("Cue 1, 00:00:02:00 to 00:00:04:00")
    drag(page, 3.98, 3.87)  # its end: two frames before the next shot change
    assert cues(page)[0].startswith("Cue 1, 00:00:02:00 to 00:00:03:22")
    page.locator(".tools .undo").click()
    page.locator(".tools .undo").click()
    assert cues(page)[0].startswith("Cue 1, 00:00:00:12 to 00:00:02:12")
    page.locator(".tools .redo").click()
    assert cues(page)[0].startswith("Cue 1, 00:00:02:00 to 00:00:04:00")

    # The words stand over the picture exactly while the cue lasts.
    for seconds, there in ((1.9, 0), (2.1, 1), (3.9, 1), (4.1, 0)):
        go(page, seconds)
        page.wait_for_function("count => document.querySelectorAll('.over p').length === count", arg=there)
    page.locator(".writing .start").fill("00:00:01:00")
    page.locator(".writing .end").fill("2.5")
    page.locator(".writing .end").press("Tab")
    assert cues(page)[0].startswith("Cue 1, 00:00:01:00 to 00:00:02:12")
    page.locator(".writing .start").fill("첫눈")
    page.locator(".writing .start").press("Tab")
    assert "00:00:05:12" in page.locator("p.told").text_content()


def test_the_timeline_is_worked_with_the_keyboard(bench):
    page = bench()
    add(page, 1.0, "눈이 온다 나영아")
    page.keyboard.press("Escape")
    for key in ("ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Alt+ArrowLeft"):
        page.keyboard.press(key)
        settled(page)
    assert cues(page) == ["Cue 1, 00:00:01:00 to 00:00:03:03: 눈이 온다 나영아"]
    assert "00:00:03:03" in page.locator("p.told").text_content()  # read out to who does not see it
    page.keyboard.press("s")
    halves = cues(page)
    assert [label.split(": ")[1] for label in halves] == ["눈이 온다", "나영아"]
    assert halves[0].split(" to ")[0] == "Cue 1, 00:00:01:00" and halves[1].split(" to ")[1].startswith(
        "00:00:03:03"
    )
    settled(page)
    page.keyboard.press("PageDown")
    settled(page)
    assert page.evaluate("document.activeElement.dataset.at") == "1"
    page.keyboard.press("Delete")
    assert len(cues(page)) == 1
    settled(page)
    page.keyboard.press("Control+z")
    assert len(cues(page)) == 2
    settled(page)
    page.keyboard.press("PageUp")
    settled(page)
    page.keyboard.press("m")
    assert cues(page) == ["Cue 1, 00:00:01:00 to 00:00:03:03: 눈이 온다\n나영아"]


def test_a_finger_moves_a_cue_and_pans_the_pictures(bench):
    page = bench("ko-KR", 390, has_touch=True)
    page.locator(".tools .add").tap()
    page.keyboard.type("첫눈")
    checked(page)
    before = cues(page)
    page.locator(".scroller").scroll_into_view_if_needed()
    cue = page.locator(".lane .cue").bounding_box()
    touch = page.context.new_cdp_session(page)

    def swipe(x: float, y: float, by: float) -> None:
        points = [[{"x": x + by * n / 5, "y": y}] for n in range(6)]
        for kind, at in (
            ("touchStart", points[0]),
            *(("touchMove", each) for each in points[1:]),
            ("touchEnd", []),
        ):
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    swipe(cue["x"] + cue["width"] / 2, cue["y"] + 15, a_second(page))
    assert before == ["1번 자막, 00:00:00:00부터 00:00:02:00까지: 첫눈 어긴 규칙: TIM-CUTOUT"]
    page.locator(".lane .cue[aria-label='1번 자막, 00:00:01:00부터 00:00:03:00까지: 첫눈']").wait_for()
    assert len(cues(page)) == 1
    page.wait_for_timeout(500)  # a browser takes a tap that follows at once for the end of the swipe
    for _ in range(2):
        width = a_second(page)
        page.locator(".tools .closer").tap()
        page.wait_for_function(
            "width => parseFloat(document.querySelector('.wide').style.width) > width", arg=width * SECONDS
        )
    left = page.locator(".scroller").evaluate("each => each.scrollLeft = 0")
    settled(page)  # a finger scrolls what is there
    swipe(300, page.locator(".wide").bounding_box()["y"] + 40, -150)
    page.wait_for_function("document.querySelector('.scroller').scrollLeft > 60")
    assert left == 0 and overflow(page) <= 0


def test_rules_are_checked_while_one_writes_and_repaired(bench):
    page = bench()
    add(page, 0.5, TEXT)
    page.locator(".faults li").nth(1).wait_for()
    assert checked(page) == "1 cues · 2 errors · 0 warnings"
    assert page.locator(".faults code").all_inner_texts() == ["TXT-LONG", "TXT-DOTS"]
    assert "19.5" in page.locator(".faults li").first.inner_text()
    assert page.locator(".lane .cue.error").count() == page.locator(".list .row.error").count() == 1
    assert cues(page)[0].endswith("Breaks TXT-LONG, TXT-DOTS")
    page.locator(".writing textarea").fill("첫눈이 내린다")
    page.locator(".faults li").first.wait_for(state="detached")
    assert checked(page) == "1 cues · 0 errors · 0 warnings"
    page.locator("#audience input").click()
    page.locator("[role=option]", has_text="Children").click()
    page.locator(".counted", has_text="up to 9").wait_for()

    page.locator(".writing textarea").fill(TEXT)
    add(page, 3.5, "여기서 어디로 가야 하는지 아무도 나에게 말해 주지 않았다")
    page.locator("#repair").click()
    page.locator("#repaired .note").wait_for()
    told = page.locator("#repaired").inner_text()
    assert "What was repaired" in told and "TXT-DOTS" in told and "What needs a person" in told
    assert "…" in page.locator(".list .row").first.inner_text()
    checked(page)
    page.locator(".tools .undo").click()
    assert "..." in page.locator(".list .row").first.inner_text()


# --- Files of subtitles

TRACK = Track(
    (
        Cue(0.5, 1.5, "첫눈이다"),
        Cue(2.0, 3.5, "- 어디?\n- 여기", speaker="나영"),
        Cue(4.0, 5.0, "가자", top=True),
    )
)


def test_files_are_opened_and_saved(bench, tmp_path):
    page = bench()
    for suffix in (".srt", ".vtt", ".ttml"):
        subtitle_files.write(tmp_path / f"mine{suffix}", TRACK)
    old = tmp_path / "old.srt"
    old.write_bytes(subtitle_files.to_srt(TRACK).encode("cp949"))
    scc = tmp_path / "line21.scc"
    scc.write_text(
        "Scenarist_SCC V1.0\n\n00:00:01;00\t94ae 94ae 9420 9420 9470 9470 c8e5 6c6c ef80 942f 942f\n\n00:00:03;00\t942c 942c\n"
    )
    for path in (tmp_path / "mine.srt", tmp_path / "mine.vtt", old, scc, tmp_path / "mine.ttml"):
        open_subtitles(page, path)
        found = checked(page)
        assert found.startswith("1 cues" if path == scc else "3 cues"), path.name
        words = page.locator(".list .words").all_inner_texts()
        assert words == (["Hello"] if path == scc else ["첫눈이다", "- 어디?\n- 여기", "가자"]), path.name
    for suffix in (".ttml", ".vtt", ".srt"):
        with page.expect_download() as download:
            page.locator(f"#save_{suffix[1:]}").click()
        assert download.value.suggested_filename == f"snow.ko{suffix}"
        download.value.save_as(tmp_path / f"back{suffix}")
        back = subtitle_files.read(tmp_path / f"back{suffix}")
        assert [cue.text for cue in back.cues] == [cue.text for cue in TRACK.cues]
        assert [cue.start for cue in back.cues] == pytest.approx([0.5, 2.0, 4.0], abs=1e-3)
        assert back.cues[2].top and (suffix == ".srt" or back.cues[1].speaker == "나영")


def test_hostile_words_and_names_are_only_text(bench, film, tmp_path):
    page = bench()
    subtitle_files.write(
        tmp_path / "evil.ttml", Track((Cue(0.5, 1.5, EVIL, speaker=EVIL), Cue(2, 3, "${alert(1)}{{x}}")))
    )
    open_subtitles(page, tmp_path / "evil.ttml")
    checked(page)
    page.locator("#repair").click()
    page.locator("#repaired .note").wait_for()
    page.locator(".tools .undo").click()
    go(page, 1.0)
    assert page.locator(".over p").inner_text() == EVIL
    evil = tmp_path / "<img src=x onerror=window.evil=1>.srt"
    subtitle_files.write(evil, TRACK)
    upload(page, "#file", evil)
    page.locator("#status .note.good").wait_for()
    assert page.evaluate(
        "[window.evil, document.querySelectorAll('#steps img[src=x], #steps b').length]"
    ) == [None, 0]
    copy = tmp_path / "$(touch evil)`; concat:눈.mp4"
    copy.write_bytes(film.read_bytes())
    step(page, FILM)
    page.locator("#upload button[aria-label]").first.click()
    page.locator("#upload input[type=file]").set_input_files(copy)
    page.locator("#found .note.good", has_text="눈").wait_for()


NO_SUBTITLES = {
    "empty.srt": (b"", "is empty: export it again", "비어 있습니다"),
    "words.srt": ("첫눈이 내린다".encode(), "is none of IMSC", "어느 형식도"),
    "bytes.vtt": (bytes(range(128, 256)) * 9, "is no text", "인코딩"),
    "old.smi": (b"<SAMI><BODY></BODY></SAMI>", "SAMI", "SAMI"),
    "cut.ttml": (b"<?xml version='1.0'?><tt xmlns='http://www.w3.org/ns/ttml'><body>", "cut.ttml", "cut.ttml"),
}  # fmt: skip


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_files_that_are_no_subtitles_get_a_sentence_and_the_cues_stay(bench, tmp_path, locale):
    page = bench(locale)
    korean = locale == "ko-KR"
    page.locator("#repair").click()
    page.locator(
        "#status .note.bad", has_text="아직 자막이 없습니다" if korean else "There are no subtitles yet"
    ).wait_for()
    subtitle_files.write(tmp_path / "mine.srt", TRACK)
    open_subtitles(page, tmp_path / "mine.srt")
    for name, (data, english, said) in NO_SUBTITLES.items():
        (tmp_path / name).write_bytes(data)
        upload(page, "#file", tmp_path / name)
        shown = page.locator("#status .note.bad", has_text=name).filter(has_text=said if korean else english)
        shown.wait_for()
        assert not korean or not ENGLISH.search(re.sub(r"\([^)]*\)", "", shown.inner_text())), name
        assert page.locator(".list .row").count() == 3, name
    assert "Traceback" not in page.content()


# --- Films that cannot be worked on


def cut_short(path: Path) -> None:
    whole = path.with_name("whole.mkv")
    video.write(whole, iter(np.random.default_rng(3).random((200, 90, 160, 3), np.float32)), 24)
    ffmpeg.run(["-i", whole, "-c", "copy", "-movflags", "+faststart", path])
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])


FILMS = {
    "text.mp4": (lambda path: path.write_text("첫눈이 내린다", encoding="utf-8"), "is no film or picture", "영상"),
    "empty.mp4": (lambda path: path.write_bytes(b""), "is empty (0 bytes)", "비어 있습니다"),
    "cut.mp4": (cut_short, "cut off", "잘린"),
    "song.wav": (lambda path: audio.write_wav(path, np.zeros(9000, np.float32), 16_000), "is no film or picture", "읽을 수 없는"),
    "still.png": (lambda path: path.write_bytes(PNG), "is a still picture", "정지 화면"),
}  # fmt: skip
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_files_that_are_no_film_get_a_sentence_and_the_film_stays(visit, film, tmp_path, locale):
    page = visit(locale)
    korean = locale == "ko-KR"
    for number, press in ((SUBTITLES, "#draft"), (QC, "#run_qc"), (RELEASE, "#make")):
        step(page, number)
        page.locator(press).click()
        page.locator(
            ".note.bad:visible", has_text="먼저 영화를" if korean else "Open a film first"
        ).wait_for()
    open_film(page, film)
    for name, (make, english, said) in FILMS.items():
        make(tmp_path / name)
        page.locator("#upload button[aria-label]").first.click()
        page.locator("#upload input[type=file]").set_input_files(tmp_path / name)
        shown = page.locator("#found .note.bad", has_text=name).filter(has_text=said if korean else english)
        shown.wait_for()
        assert not korean or not ENGLISH.search(shown.inner_text()), name
        assert "00:00:06:00" in page.locator("#about").inner_text()
    assert "Traceback" not in page.content()


def test_a_silent_film_is_subtitled_by_hand(visit, tmp_path):
    page = visit()
    page.locator("#upload input[type=file]").set_input_files(made(tmp_path / "silent.mp4", 2.0, sound=False))
    page.locator("#found .note.good", has_text="has no sound").wait_for()
    step(page, SUBTITLES)
    page.locator("#draft").click()
    page.locator("#status .note.bad", has_text="no sound to draft from").wait_for()
    page.locator(".tools .add").click()
    page.keyboard.type("눈")
    assert checked(page).startswith("1 cues · 0 errors")
    step(page, QC)
    page.locator("#run_qc").click()
    page.locator("#report code", has_text="no-sound").wait_for()


def test_a_stopped_step_leaves_nothing(visit, tmp_path):
    long = tmp_path / "long.mp4"
    ffmpeg.make(
        long,
        ["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=24:d=90", "-preset", "ultrafast", "-f", "mp4"],
        formats="lavfi",
    )

    def files():
        return set(work_folder("ott").rglob("*"))

    page, before = visit(), files()
    page.locator("#upload input[type=file]").set_input_files(long)
    page.locator("#found", has_text=re.compile(r"Opening the film")).wait_for()
    page.locator("#cancel").click()
    page.locator("#found .note", has_text="Nothing half-written is kept").wait_for()
    assert {path for path in files() - before if path.is_file()} == set()
    assert not list(page.locator("#about dl").all())
    page.locator("#cancel").click()
    page.locator("#found .note", has_text="Nothing is running").wait_for()


# --- From the film to the stream


BELOW = "each => each.getBoundingClientRect().y - each.closest('.bench').getBoundingClientRect().y"


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_nothing_is_wider_than_a_phone(bench, locale):
    page = bench(locale, 390)
    page.locator(".tools .add").click()
    tools = page.locator(".tools").evaluate(BELOW)
    page.keyboard.type(TEXT * 3)
    page.locator(".faults li").first.wait_for()
    assert page.locator(".tools").evaluate(BELOW) == tools, "what is found moves the tools from under a finger"
    page.locator("#repair").click()
    page.locator("#repaired .note").wait_for()
    for number in (FILM, SUBTITLES, QC, RELEASE):
        step(page, number)
        if number == QC:
            page.locator("#run_qc").click()
            page.locator("#report .note").first.wait_for()
        if number == RELEASE:
            unfold(page, "#rights")
            page.locator("#public").wait_for()
        assert overflow(page) <= 0, f"step {number + 1} is wider than the phone"
    assert page.locator("#steps button[role=tab]").last.is_visible()


def fill(page, field: str, text: str) -> None:
    page.locator(f"#{field} input, #{field} textarea").first.fill(text)


def test_from_first_snow_to_a_stream_that_plays(visit, tmp_path):
    page = visit("ko-KR")
    page.locator("#sample").click()
    page.locator("#found .note.good", has_text="first-snow.mp4").wait_for()
    step(page, SUBTITLES)
    page.locator("#draft").click()
    page.locator("#status .note.good", has_text="초벌로 썼습니다").wait_for()
    told = page.locator("#status .note").inner_text()
    assert "대본의 13줄" in told and "할머니는 첫눈이 오면" in told  # the lines of the other shots
    assert int(re.search(r"자막 (\d+)장", checked(page))[1]) == 6
    words = page.locator(".list .words").all_inner_texts()
    assert words[0].startswith("내가 대신 왔다") and "누굴 기다리세요" in words[-1]
    assert "whisper-base" in page.locator(".writing .by").inner_text()
    page.locator("#repair").click()
    page.locator("#repaired .note").wait_for()
    page.locator(".list .row").first.click()
    page.locator(".writing textarea").fill("첫눈이야")
    assert page.locator(".writing .by").inner_text() == ""
    checked(page)

    step(page, QC)
    page.locator("#run_qc").click()
    page.locator("#report .note").first.wait_for()
    assert page.locator("#report svg").count() == 1 and "−27" in page.locator("#report").inner_text().replace(
        "-27", "−27"
    )
    with page.expect_download() as download:
        page.locator("#report_file").click()
    download.value.save_as(tmp_path / "qc.html")
    assert '<html lang="ko">' in (tmp_path / "qc.html").read_text(encoding="utf-8")

    step(page, RELEASE)
    bad = page.locator("#building .note.bad")
    assert page.locator("#name input, #name textarea").first.input_value() == "첫눈"
    page.locator("#make").click()
    bad.filter(has_text="AI가 초벌로 쓴 자막").wait_for()
    fill(page, "subtitled", "김서연")
    for label in ("360p", "540p"):
        if page.locator("#rungs label", has_text=label).count():
            page.locator("#rungs label", has_text=label).locator("input").uncheck()
    unfold(page, "#rights")
    for label in ("화면", "목소리", "음악"):
        page.locator("#ai label", has_text=label).locator("input").uncheck()
    page.locator("#make").click()
    bad.filter(has_text="합성").wait_for()  # the voices are synthetic, and that is disclosed
    page.locator("#ai label", has_text="목소리").locator("input").check()
    fill(page, "tools", "")
    page.locator("#make").click()
    bad.filter(has_text="도구의 이름").wait_for()
    fill(page, "tools", "Kokoro-82M")
    fill(page, "translated", "Yuna")
    subtitle_files.write(tmp_path / "snow.en.vtt", Track((Cue(1, 3, "The first snow."),), "en"))
    page.locator("#others input[type=file]").set_input_files(tmp_path / "snow.en.vtt")
    page.locator("#others", has_text="snow.en").wait_for()
    page.locator("#make").click()
    page.locator("#made .note").wait_for()

    stage = page.frame_locator("#preview iframe")
    stage.locator("#subtitles option").nth(2).wait_for(state="attached")
    stage.locator("#subtitles").select_option(index=1)
    stage.locator("video").evaluate("each => { each.muted = true; return each.play(); }")
    page.wait_for_timeout(500)
    shown = (
        "each => each.videoWidth > 0 && each.currentTime > 0.2 && "
        "[...each.textTracks].some(t => t.mode !== 'disabled' && t.cues?.length)"
    )
    handle = stage.locator("video").element_handle()
    handle.owner_frame().wait_for_function(shown, arg=handle)

    with page.expect_download() as download:
        page.locator("#download").click()
    download.value.save_as(tmp_path / "snow.zip")
    with zipfile.ZipFile(tmp_path / "snow.zip") as archive:
        archive.extractall(tmp_path / "out")
    out = tmp_path / "out"
    assert package.check(out / "stream") == [] and (out / "stream" / player.PAGE).is_file()
    assert {text.language for text in package.read(out / "stream").texts} == {"ko", "en"}
    report = dossier.check(out)
    assert not [
        problem for problem in report.problems if "Quality control" not in problem and "LKFS" not in problem
    ], report.text()
    assert (report.measured["cues"]) >= 5
    told = (out / "dossier.json").read_text(encoding="utf-8")
    assert all(
        word in told for word in ("whisper-base", "김서연", "Yuna", "Kokoro-82M", "jf_nezumi", "haneul")
    )
    assert "AI" in (out / "stream" / package.HLS).read_text(encoding="utf-8")


def test_a_voice_goes_out_only_with_a_consent_to_publish(bench, tmp_path):
    page = bench()
    key = tmp_path / "key.pem"
    fingerprint = consent.make_key(key)
    given = {
        "voice": "Seoyeon", "given_by": "Seoyeon", "given_to": "눈길", "project": "첫눈", "starts": date.today() - timedelta(1),
        "ends": date.today() + timedelta(1),
    }  # fmt: skip
    speak = consent.write(tmp_path / "speak.json", consent.Consent(**given, uses=("speak",)), key)
    publish = consent.write(
        tmp_path / "publish.json", consent.Consent(**given, uses=("speak", "publish")), key
    )
    step(page, RELEASE)
    fill(page, "name", "첫눈")
    page.locator("#papers input").uncheck()
    unfold(page, "#rights")
    upload(page, "#record", speak)
    page.locator("#asked .note.bad", has_text="The fingerprint is empty").wait_for()
    fill(page, "signer", fingerprint.replace(" ", ""))
    upload(page, "#record", speak)
    page.locator("#asked .note.good").wait_for()
    page.locator("#make").click()
    page.locator("#building .note.bad", has_text="did not consent to “publish”").wait_for()
    page.locator("#forget").click()
    page.locator("#asked .note", has_text="deleted").wait_for()
    upload(page, "#record", publish)
    page.locator("#asked dd", has_text="publish").first.wait_for()
    page.locator("#make").click()
    page.locator("#made .note.good").wait_for()
    page.locator("#download").wait_for()
