"""A module's app, served for real, and the browser that its tests look through."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def address(app):
    """Where the module's *app*, a fixture of its tests, is served."""
    blocks = app.build()
    _, url, _ = blocks.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **app.PAGE)
    yield url
    blocks.close()


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium: install Debian's chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, address, request):
    """visit(locale, width) -> the page, ready; at the end nothing may have gone wrong that a person cannot see.

    The tests' module says READY, what is there when the page is, and PATIENCE, milliseconds until a step counts as hung.
    """
    seen, contexts, homes = [], [], set()

    def failed(request):
        # The page itself closes the streams of events when a step or an upload is over, and a video's when it has enough.
        closed = (
            "/queue/data" in request.url or "/upload_progress" in request.url or request.url.endswith(".mp4")
        )
        if not closed:
            seen.append(f"failed: {request.url}")

    def visit(locale="en-US", width=1280, height=1000, address=address, **kind):
        homes.add(urlsplit(address).netloc)
        context = browser.new_context(
            locale=locale, viewport={"width": width, "height": height}, accept_downloads=True, **kind
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(request.module.PATIENCE)
        page.on("console", lambda m: seen.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda e: seen.append(f"script: {e}"))
        page.on("requestfailed", failed)
        page.on(
            "request",
            lambda r: (
                seen.append(f"other host: {r.url}")
                if r.url.startswith("http") and urlsplit(r.url).netloc not in homes
                else None
            ),
        )
        page.goto(address)
        page.locator(request.module.READY).first.wait_for()
        return page

    yield visit
    for context in contexts:
        context.close()
    assert seen == []
