"""What the tests of all apps do on a page."""

import re
from pathlib import Path

ENGLISH = re.compile(r"\b[a-z]+ (the|is|has|of|to|and|in|it|not) [a-z]+")
"""Three words of an English sentence. Names of characters, such as “hebrew letter shin”, are not one."""


def settled(page) -> None:
    """Wait until what a person did, or opened, can be seen and used.

    The pages draw with the next picture. And what an event gave a control that was not on the page yet, Gradio hands it up
    to 20 ms after it came there, over what was typed meanwhile: no hand is as quick as that, a test is.
    """
    page.evaluate("new Promise(done => setTimeout(done, 150))")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def tab(page, number: int) -> None:
    """Open a tab and go on at once."""
    page.locator("#steps button[role=tab]").nth(number).click()


def step(page, number: int) -> None:
    """Open a tab and wait until what is in it can be used."""
    tab(page, number)
    settled(page)


def unfold(page, element: str) -> None:
    """Open the box *element* and wait until what is in it can be used."""
    page.locator(f"{element} button").first.click()
    settled(page)


def overflow(page) -> int:
    """Pixels by which the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def upload(page, element: str, path: Path) -> None:
    """Choose a file where *element*, when it is clicked, asks for one."""
    with page.expect_file_chooser() as chooser:
        page.locator(element).click()
    chooser.value.set_files(path)


def answers(page):
    """A function that waits until the page awaits no answer: it then closes the stream that they come by."""
    streams = set()

    def opened(request):
        if "/queue/data" in request.url:
            streams.add(request)

    page.on("request", opened)
    for event in ("requestfinished", "requestfailed"):
        page.on(event, lambda request: streams.discard(request))

    def wait():
        quiet = 0
        while quiet < 10:
            page.wait_for_timeout(100)
            quiet = 0 if streams else quiet + 1

    return wait
