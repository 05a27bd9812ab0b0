"""What the tests of all apps do on a page."""

import re
from pathlib import Path

ENGLISH = re.compile(r"\b[a-z]+ (the|is|has|of|to|and|in|it|not) [a-z]+")
"""Three words of an English sentence. Names of characters, such as “hebrew letter shin”, are not one."""


def step(page, number: int) -> None:
    """Open a tab."""
    page.locator("#steps button[role=tab]").nth(number).click()


def overflow(page) -> int:
    """Pixels by which the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def upload(page, element: str, path: Path) -> None:
    """Choose a file where *element*, when it is clicked, asks for one."""
    with page.expect_file_chooser() as chooser:
        page.locator(element).click()
    chooser.value.set_files(path)
