"""`hallyu learn` as a learner meets it: the real JupyterLab, a real browser, and Ctrl+C at the end."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hallyu.courseware import lab, system
from hallyu.errors import HallyuError

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
]  # fmt: skip
PATIENCE = 100
"""Seconds until a step counts as hung; nothing here waits for a time."""


def learn(course):
    """Start `hallyu learn` as a terminal does: a process group of its own, which Ctrl+C reaches."""
    return subprocess.Popen(
        [sys.executable, "-m", "hallyu.cli", "learn", "--no-browser"],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A shell starts what runs in the background, as these tests may, deaf to Ctrl+C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


@pytest.fixture
def learning(served_course):
    """A running `hallyu learn`, and what it said until it gave its address."""
    process, said = learn(served_course), ""
    while "To stop it" not in said and (line := process.stdout.readline()):
        said += line
    yield process, said
    if process.poll() is None:
        process.terminate()  # killed, it would leave JupyterLab behind, which holds the pipe
    try:
        process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    shutil.rmtree(served_course / "workspace")


def address_in(said):
    return re.search(r"http://\S+", said)[0]


@pytest.fixture
def page(learning):
    """A page of a new browser; at the end nothing may have failed, and no other host been asked for anything."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if system.browser() is None:
        pytest.skip("there is no Chromium: run python -m hallyu.courseware.system browse")
    home, wrong = urlsplit(address_in(learning[1])).netloc, []

    def watch(page):
        page.on("pageerror", lambda error: wrong.append(str(error)))

    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system.browser(), args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ko-KR")
        context.on("page", watch)
        context.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        context.on(
            "request", lambda r: wrong.append(r.url) if urlsplit(r.url).netloc not in ("", home) else None
        )
        context.set_default_timeout(PATIENCE * 1000)
        sync_api.expect.set_options(timeout=PATIENCE * 1000)
        yield context.new_page()
        browser.close()
    assert wrong == []


def test_from_the_command_through_the_course_and_the_apps_to_ctrl_c(learning, page, served_course):
    from playwright.sync_api import expect

    process, said = learning
    lines = [line for line in said.splitlines() if " is in use: this takes " not in line]
    assert [line.partition(" at http")[0] for line in lines] == [
        f"Workspace {served_course / 'workspace'}: 3 new, 0 brought up to date, "
        "0 changed by you and kept as they are.",
        "Starting JupyterLab …",
        "The course is open",
        "To stop it, press Ctrl+C here.",
    ]
    address = address_in(said)
    assert urlsplit(address).hostname == "127.0.0.1"
    page.goto(address)
    start = page.locator(".jp-RenderedMarkdown")
    expect(start.locator("h1")).to_have_text(re.compile("Start here"))
    expect(start).to_contain_text("01 Count the snow (눈을 세다)")
    expect(page.locator(".jp-DirListing-item", has_text="webtoon")).to_be_visible()
    for noise in ("Jupyter news", "Create Assignment", "Nbgrader"):
        assert page.get_by_text(noise).count() == 0

    start.get_by_role("link", name="01 Count the snow").click()
    expect(page.locator(".jp-NotebookPanel h1", has_text="Count the snow")).to_be_visible()
    kernel = page.locator(".jp-Notebook-ExecutionIndicator").first
    expect(kernel).to_have_attribute("data-status", "idle")
    output = page.locator(".jp-CodeCell .jp-OutputArea-output").first
    for _ in range(PATIENCE // 10):  # JupyterLab forgets a cell that is run before its kernel answers, or says so
        while (told := page.locator(".jp-Dialog .jp-mod-accept").first).is_visible():
            told.click()
        page.locator(".jp-CodeCell .cm-content").first.click(timeout=10_000)
        page.keyboard.press("Shift+Enter")
        with contextlib.suppress(AssertionError):
            expect(output).to_have_text("3", timeout=10_000)
            break
    expect(output).to_have_text("3")
    page.keyboard.press("Control+s")
    expect(page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty")).to_have_count(0)

    page.keyboard.press("Control+Shift+L")
    tile = page.locator(".jp-LauncherCard", has_text="Hallyu Studio apps")
    expect(tile.locator("img, svg").first).to_be_visible()
    with page.context.expect_page() as opened:
        tile.click()
    apps = opened.value
    apps.get_by_role("link", name="Webtoon · 웹툰").click()
    apps.get_by_label("이름").fill("하늘")
    apps.get_by_role("button", name="Greet").click()
    expect(apps.get_by_label("Greeting")).to_have_value("하늘, first snow!")
    expect(apps.locator("img[src*='/hallyu-apps/webtoon/']")).to_have_js_property("naturalWidth", 24)
    with apps.expect_download() as download:
        apps.get_by_text("Take the card").click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == "하늘, first snow!"

    again = learn(served_course)
    said = again.communicate(timeout=PATIENCE)[0]
    assert f"The course is open already, at {address}\n" in said, "a second one would write to the same files"
    assert "0 changed by you" in said, "a lesson that was run is not a lesson that was changed"
    assert again.returncode == 0

    page.context.close()
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=PATIENCE)[0] == (
        "\nClosing JupyterLab. What you saved is in the workspace.\n"
    )
    assert process.returncode == 0
    assert not lab._answers(address)


def test_ended_by_its_process_id_it_takes_jupyterlab_with_it(learning):
    process, said = learning
    process.terminate()
    assert process.communicate(timeout=PATIENCE)[0].strip().startswith("Closing JupyterLab.")
    assert process.returncode == 0
    assert not lab._answers(address_in(said))


def test_a_kernel_that_is_just_starting_is_closed_without_its_traceback(learning):
    process, said = learning
    address = urlsplit(address_in(said))
    token = address.query.removeprefix("token=")
    start = urllib.request.Request(
        f"http://{address.netloc}/api/kernels", data=b"{}", headers={"Authorization": f"token {token}"}
    )
    with urllib.request.urlopen(start, timeout=PATIENCE) as answer:
        assert answer.status == 201
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=PATIENCE)[0] == (
        "\nClosing JupyterLab. What you saved is in the workspace.\n"
    )


def test_a_port_in_use_is_passed_over_and_a_full_range_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(HallyuError, match=f"Every port from {port} to {port} is in use"):
            lab.free_port(port, port)
        assert lab.free_port(port, port + 50) > port


def test_a_jupyterlab_that_stops_by_itself_is_told(tmp_path, capfd):
    with pytest.raises(HallyuError, match="JupyterLab stopped with code"):
        lab.serve(tmp_path / "not-there", open_browser=False)
    assert "not-there" in capfd.readouterr().err
