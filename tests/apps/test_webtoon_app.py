"""The webtoon app in a real browser: what a person does, and what they cannot see."""

import contextlib
import importlib.util
import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from looking import ENGLISH, answers, overflow, step, unfold
from PIL import Image

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.webtoon import script
from hallyu.webtoon.episode import Episode

sync_api = pytest.importorskip("playwright.sync_api")
gr = pytest.importorskip("gradio")

APP = Path(__file__).parents[2] / "modules" / "webtoon" / "app.py"
PATIENCE = 120_000
"""Milliseconds until a step counts as hung; how long steps take is measured elsewhere."""
READY = "#found .note"
"""What is there when the page is."""
SCRIPT = """# 눈길
@하늘: girl, black bob hair, brown eyes, red coat
  en: Haneul

[1] 설정샷, 눈 숲
내레이션: 첫눈이 왔다.
  en: The first snow came.
[2] 상반신, 눈 숲
하늘(미소): 왔다!
  en: It came!
[3] 설정샷, 밤 도시
효과음: 휘잉
  en: whoosh
"""


@pytest.fixture(scope="module")
def app():
    spec = importlib.util.spec_from_file_location("webtoon_app", APP)
    module = importlib.util.module_from_spec(spec)
    sys.modules["webtoon_app"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def engine():
    """Skips, with the reason, where the bundled model is not here yet."""
    try:
        return models.load("webtoon-character")
    except HallyuError as error:
        pytest.skip(f"the bundled webtoon model is not here: {error}")


def check(page, text: str, said: str) -> None:
    """Put a script in, and wait until the validator says *said*."""
    page.locator("#script textarea").fill(text)
    page.locator("#check").click()
    page.locator("#found .note, #found li", has_text=said).first.wait_for()


def test_labels_are_complete_in_both_languages(app):
    korean, english = app.LABELS.translations["ko"], app.LABELS.translations["en"]
    assert korean.keys() == english.keys()
    assert not [key for key, text in korean.items() if not any("가" <= c <= "힣" for c in text)]
    assert not [
        key for key, text in english.items() if any("가" <= c <= "힣" for c in text) or not text.strip()
    ]


def test_the_page_speaks_the_browsers_language(visit):
    tabs = "#steps button[role=tab]"
    korean = visit("ko-KR")
    assert korean.locator(tabs).all_inner_texts() == ["대본", "컷", "글자", "스크롤", "납품"]
    assert "18컷" in korean.locator("#found .note").inner_text()
    english = visit("en-US")
    assert english.locator(tabs).all_inner_texts() == ["Script", "Cuts", "Letters", "Scroll", "Deliver"]
    assert "18 cuts" in english.locator("#found .note").inner_text()
    assert "__i18n__" not in korean.locator("body").inner_text() + english.locator("body").inner_text()


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_nothing_is_wider_than_a_phone(visit, locale):
    page = visit(locale, 390)
    for number in range(5):
        step(page, number)
        assert overflow(page) <= 0, f"step {number + 1} is wider than the phone"
    assert page.locator("#steps button[role=tab]").last.is_visible()


BAD_SCRIPTS = {
    "empty": ("", "The script is empty", "대본이 비어 있습니다"),
    "10 MB": ("# 눈\n" + "가" * 3_400_000, "the limit is 1 MB", "한도는 1 MB입니다"),
    "emoji": (SCRIPT.replace("왔다!", "왔다! 😀"), "which the letterer cannot set", "식자할 수 없는 글자"),
    "right to left": (SCRIPT.replace("왔다!", "שלום"), "letter that edition by hand", "그 판은 손으로 식자하세요"),
    "400 characters": (
        SCRIPT.replace("왔다!", "가나다라 " * 100), "no balloon holds more than 120", "말풍선에는 120음절까지만",
    ),
    "no line of a script": (SCRIPT + "이게 뭐지", "Line 14: “이게 뭐지” is nobody", "14번째 줄: “이게 뭐지”, 등장인물에"),
    "a word of 30 kB": (SCRIPT.replace("눈 숲", "숲" * 10_000), "is not a place we have", "우리에게 없는 장소입니다"),
    "unknown name": (SCRIPT.replace("하늘(미소)", "하눌(미소)"), "did you mean 하늘", "혹시 하늘인가요?"),
    "unknown look": (
        SCRIPT.replace("red coat", "silver wings"), "The model does not know “wings”", "모델이 모르는 말이 있습니다: “wings”",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "drawn"), [("en-US", "The script has 1 error(s)"), ("ko-KR", "고칠 오류가 대본에 1개")]
)
def test_bad_scripts_get_a_sentence_in_the_pages_language_and_are_not_drawn(visit, locale, drawn):
    page = visit(locale)
    for name, (text, english, korean) in BAD_SCRIPTS.items():
        said = korean if locale == "ko-KR" else english
        assert said not in page.locator("#found").inner_text(), name
        check(page, text, said)
        assert page.locator("#script textarea").input_value().rstrip("\n") == text.rstrip("\n"), (
            f"{name}: text is lost"
        )
        shown = page.locator("#found").inner_text()
        assert len(shown) < 2000, name
        assert locale == "en-US" or not ENGLISH.search(shown), name
    step(page, 1)
    page.locator("#draw").click()
    page.locator("#drawing .note.bad").wait_for()
    assert drawn in page.locator("#drawing").inner_text()
    assert "Traceback" not in page.content()


QUIET = """# 눈길
// 제목은 나중에

[1] 설정샷, 눈 숲
내레이션: 첫눈이 왔다.


// 여기서 쉰다
[2] 설정샷, 밤 도시
효과음: 휘잉
[3] 설정샷, 방
"""
"""Places only: nothing for the drawing model to do. The third cut has no words."""


class NoCharacters:
    """The engine of an episode without figures; asked for one, it has nothing to draw with."""

    model = "none"


@pytest.fixture(scope="module")
def quiet_address(app):
    blocks = app.build(NoCharacters())
    _, url, _ = blocks.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **app.PAGE)
    yield url
    blocks.close()


@pytest.mark.parametrize(
    ("locale", "too_wide", "too_long", "blank"),
    [
        ("en-US", "c02-fx (“", "c01-1 is 499 characters long", "c01-1 has no words"),
        ("ko-KR", "놓을 자리가 없습니다", "c01-1: 499자입니다", "c01-1에 말이 없습니다"),
    ],
)
def test_words_that_do_not_fit_are_told_and_the_writers_text_stays(
    visit, quiet_address, locale, too_wide, too_long, blank
):
    page = visit(locale, address=quiet_address)
    check(page, QUIET, "3")
    step(page, 1)
    page.locator("#draw").click()
    page.locator("#drawing .note.good").wait_for()
    assert page.locator("#cuts .caption-label").count() == 3
    step(page, 2)
    page.locator("#lettered img").wait_for()
    said, box = page.locator("#lettering .note.bad"), page.locator("#words textarea")

    def letter(words: str) -> None:
        box.fill(words)
        page.locator("#reletter").click()

    letter("가나다라 " * 100)
    said.filter(has_text=too_long).wait_for()
    letter("  ")
    said.filter(has_text=blank).wait_for()
    letter("첫눈 😀")
    said.filter(has_text="U+1F600").wait_for()
    assert page.locator("#script textarea").input_value() == QUIET

    letter("가" * 60)  # a word wider than any balloon: divided, not lost
    page.locator("#lettering .note.good").wait_for()
    letter("밤새 눈이 내렸다.")
    page.wait_for_function("document.querySelector('#script textarea').value.includes('밤새')")
    assert page.locator("#script textarea").input_value() == QUIET.replace(
        "첫눈이 왔다.", "밤새 눈이 내렸다."
    )

    page.locator("#line input").click()
    page.locator("[role=option]").nth(1).click()
    page.wait_for_function("document.querySelector('#words textarea').value === '휘잉'")
    letter("휘" * 40)
    said.filter(has_text=too_wide).wait_for()
    assert locale == "en-US" or not ENGLISH.search(said.inner_text())
    assert "휘" * 40 not in page.locator("#script textarea").input_value()
    assert "Traceback" not in page.content()


def test_the_words_shown_are_those_of_the_line_chosen_last_however_slow_the_first(visit, quiet_address, monkeypatch):
    page = visit(address=quiet_address)
    check(page, QUIET, "3 cuts")
    step(page, 1)
    page.locator("#draw").click()
    page.locator("#drawing .note.good").wait_for()
    step(page, 2)
    page.locator("#lettered img").wait_for()
    first = page.locator("#words textarea").input_value()
    letter, begun, enough = Episode.letter, threading.Event(), threading.Event()

    def slow(episode, number, *language):
        if not begun.is_set():
            begun.set()
            enough.wait(60)
        return letter(episode, number, *language)

    def choose(number: int) -> None:
        page.locator("#line input").click()
        page.locator("[role=option]").nth(number).click()

    monkeypatch.setattr(Episode, "letter", slow)
    answered = answers(page)
    choose(1)
    assert begun.wait(60)
    choose(0)
    page.wait_for_timeout(1000)  # a later answer would be there by now
    enough.set()
    answered()
    assert page.locator("#words textarea").input_value() == first
    assert page.locator("#line input").input_value().startswith("1 ·")


def test_what_is_typed_after_the_check_is_not_lost_by_lettering(visit, quiet_address):
    page = visit(address=quiet_address)
    check(page, QUIET, "3 cuts")
    step(page, 1)
    page.locator("#draw").click()
    page.locator("#drawing .note.good").wait_for()
    step(page, 0)
    typed = QUIET.replace("// 여기서 쉰다", "// 여기서 길게 쉰다")
    page.locator("#script textarea").fill(typed)
    step(page, 2)
    page.locator("#lettered img").wait_for()
    page.locator("#words textarea").fill("눈이다.")
    page.locator("#reletter").click()
    page.locator("#lettering .note.good").wait_for()
    assert page.locator("#script textarea").input_value() == typed.replace("첫눈이 왔다.", "눈이다.")


def test_a_server_that_is_stopped_leaves_no_folder(browser, tmp_path):
    """Stopped as a service manager does it, with a visitor's page still open."""
    root = APP.parents[2]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "GRADIO_TEMP_DIR": str(tmp_path / "gradio")}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "hallyu.cli", "apps", "--port", str(port)], cwd=root, env=environment,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    context = browser.new_context()
    try:
        assert b"The apps are at" in server.stdout.readline()
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        for _ in range(600):
            with contextlib.suppress(sync_api.Error):
                page.goto(f"http://127.0.0.1:{port}/webtoon/")
                break
            time.sleep(0.5)
        page.locator("#found .note").wait_for()
        assert list(tmp_path.glob("hallyu-webtoon-*/*/sketches/*.png")), (
            "a visitor's files lie in the work folder"
        )
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    finally:
        context.close()
        server.kill()
        server.wait()
        server.stdout.close()
    assert list(tmp_path.glob("hallyu-*")) == []


def test_each_suggestion_is_decided_by_the_writer(visit):
    page = visit()
    unfold(page, "#helper")
    page.locator("#prose textarea").fill(
        "하늘은 숲에 왔다. “왔다!” 하늘이 웃으며 말했다. 하늘은 눈물이 났다."
    )
    page.locator("#propose").click()
    page.locator("#proposal textarea").wait_for()
    said, number = page.locator("#asked .note"), 1
    page.locator("#accept").click()
    while page.locator("#reject").is_visible():
        number += 1
        said.filter(has_text=re.compile(f"suggestion {number}:|All decided")).wait_for()
        if "All decided" not in said.inner_text():
            page.locator("#reject").click()
        else:
            page.locator("#reject").wait_for(state="hidden")
    assert "1 accepted" in said.inner_text()
    page.locator("#take_cuts").click()
    page.wait_for_function("document.querySelector('#script textarea').value.split('\\n[').length === 2")


def test_a_cut_that_is_edited_wrongly_is_told_by_the_line_that_the_writer_sees(app, tmp_path):
    session = app.Session(app.Episode(tmp_path, script.parse(SCRIPT)))
    good = script.cut_text(session.episode.script.cuts[0])
    assert app.read_cut(good, session, "en").number == 1
    with pytest.raises(HallyuError, match=r"^Line 1: "):
        app.read_cut("[1 close-up", session, "en")


def test_from_script_to_zip(visit, engine, tmp_path):
    page = visit("en-US", 390)
    check(page, SCRIPT, "3 cuts")
    step(page, 2)
    page.locator("#lettering .note.bad").wait_for()  # nothing is drawn yet, and the page says so

    step(page, 1)
    page.locator("#draw").click()
    page.locator("#drawing .note.good").wait_for()
    captions = page.locator("#cuts .caption-label")
    assert captions.all_inner_texts() == ["1 · seed 1", "2 · seed 1", "3 · seed 1"]
    page.locator("#cuts .thumbnail-item").nth(1).click()
    page.locator("#large img").wait_for()
    before = page.locator("#large img").get_attribute("src")
    page.locator("#reroll").click()
    page.wait_for_function("document.querySelector('#seed input').value === '2'")
    page.wait_for_function("old => document.querySelector('#large img').src !== old", arg=before)
    page.locator("#tried label").first.click()  # and back to seed 1, which is the same picture
    page.wait_for_function("old => document.querySelector('#large img').src === old", arg=before)
    assert overflow(page) <= 0

    step(page, 2)
    page.locator("#lettered img").wait_for()
    old = page.locator("#lettered img").get_attribute("src")
    page.locator("#words textarea").fill("밤새 첫눈이 내렸다.")
    page.locator("#reletter").click()
    page.locator("#lettering .note.good").wait_for()
    assert page.locator("#lettered img").get_attribute("src") != old
    page.locator("#words textarea").fill("눈이다 😀")
    page.locator("#reletter").click()
    page.locator("#lettering .note.bad").wait_for()
    assert overflow(page) <= 0

    step(page, 3)
    page.locator("#preview").click()
    page.locator("#scroll .phone img").first.wait_for()
    page.wait_for_function("[...document.querySelectorAll('.phone img')].every(i => i.complete && i.naturalWidth)")
    frame = page.evaluate(
        "(f => [f.clientWidth, f.scrollHeight - f.clientHeight])(document.querySelector('.phone'))"
    )
    assert frame[0] <= 390 and frame[1] > 200, "the strip scrolls inside its frame"
    assert page.locator(".gutter").count() == 2
    assert overflow(page) <= 0

    step(page, 4)
    page.locator("#make").click()
    page.locator("#download").wait_for()
    assert "ready to upload" in page.locator("#made .note").inner_text()
    assert "Contains images generated by AI" in page.locator("#made .notice").get_attribute("alt")
    assert overflow(page) <= 0
    with page.expect_download() as download:
        page.locator("#download").click()
    download.value.save_as(tmp_path / "episode.zip")
    with zipfile.ZipFile(tmp_path / "episode.zip") as archive:
        names = archive.namelist()
        slices = [Image.open(io.BytesIO(archive.read(name))) for name in names if name.endswith(".jpg")]
        assert archive.read("cuts-01-03.psd")[:4] == b"8BPS"
        assert "밤새 첫눈이 내렸다." in archive.read("script.txt").decode()
        assert "AI" in archive.read("slices/disclosure.txt").decode()
        log = archive.read("work.jsonl").decode()
    assert slices and {picture.width for picture in slices} == {800}
    assert max(picture.height for picture in slices) <= 1280
    assert '"edit"' in log and '"select"' in log
    assert "slices/report.html" in names


def test_a_cancelled_run_keeps_what_is_drawn(visit, engine):
    page = visit()
    page.locator("#sample").click()
    step(page, 1)
    page.locator("#draw").click()
    page.wait_for_function("document.querySelector('#drawing progress')?.value >= 1")
    page.locator("#cancel").click()
    page.locator("#drawing .note", has_text="Stopped.").wait_for()
    drawn = page.locator("#drawing progress").evaluate("bar => bar.value")
    assert 1 <= drawn < 18
    shown = page.locator("#cuts .caption-label").all_inner_texts()
    assert sum("seed" in caption for caption in shown) == drawn
