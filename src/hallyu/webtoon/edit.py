"""Editing the writer's own text: one line changes, and every note, blank line and habit of spacing stays."""

import unicodedata

from hallyu.errors import HallyuError
from hallyu.webtoon.episode import with_words, words
from hallyu.webtoon.script import parse


def reword(text: str, id: str, said: str, language: str = "") -> str:
    """The script *text* with other words for one line or sound effect, in its own language or in an edition.

    id: key of the string table ("c03-1", "c03-fx"). An edition that is not there yet is written below the line.
    The new text is read back: it says what was wanted and nothing else, or HallyuError is raised.

    >>> print(reword("# 눈\\n// 밤?\\n[1] 설정샷, 방\\n내레이션:  눈이 왔다.", "c01-1", "눈이 그쳤다."))
    # 눈
    // 밤?
    [1] 설정샷, 방
    내레이션:  눈이 그쳤다.
    """
    said = " ".join(said.split())
    before = parse(text)
    wanted = with_words(before, id, said, language)
    if wanted == before:
        return text
    lines = text.splitlines(keepends=True)
    own = words(before, id)
    if language in ("", before.language):
        drafts = _replaced(lines, own, said)
    elif language in before.translations.get(id, {}):
        drafts = _replaced(lines, words(before, id, language), said)
    else:
        drafts = _added(lines, own, f"  {language}: {said}")
    for draft in drafts:
        try:
            if parse(draft) == wanted:
                return draft
        except HallyuError:
            continue  # the words stood in another kind of line, or hold what no line can
    raise HallyuError(
        f"The words of {id} cannot be written into the script as one line; change them in the script itself."
    )


def _replaced(lines: list[str], old: str, new: str):
    """The text with *new* in place of *old* after a colon, once for each line that it could be."""
    for number, line in enumerate(lines):
        for at in _after_colons(line, old):
            tail = line[at:]
            changed = line[:at] + tail[: len(tail) - len(tail.lstrip())] + new + tail[len(tail.rstrip()) :]
            yield "".join([*lines[:number], changed, *lines[number + 1 :]])


def _added(lines: list[str], own: str, edition: str):
    """The text with a new line below each line that *own* could stand in."""
    for number, line in enumerate(lines):
        if any(_after_colons(line, own)):
            end = line[len(line.rstrip("\r\n")) :] or "\n"
            yield "".join([*lines[:number], line.rstrip("\r\n") + end, edition + end, *lines[number + 1 :]])


def _after_colons(line: str, said: str) -> list[int]:
    """Where *said*, and nothing else, follows a colon."""
    return [
        at + 1
        for at, character in enumerate(line)
        if character in ":：" and unicodedata.normalize("NFC", line[at + 1 :].strip()) == said
    ]
