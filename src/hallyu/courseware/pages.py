"""What the pages of all modules' apps share: two languages, status lines, errors as sentences, looks."""

import base64
import functools
import inspect
import io
import logging
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import ClassVar

import gradio as gr
import numpy as np
from PIL import Image

from hallyu.errors import HallyuError
from hallyu.handover import Report
from hallyu.provenance.consent import Consent, FaceConsent
from hallyu.scratch import end_on_sigterm, work_folder

LANGUAGES = {"ko": "한국어", "en": "English"}
UNEXPECTED = {
    "ko": "예상하지 못한 문제로 멈췄습니다. 한 번 더 해 보고, 그래도 안 되면 페이지를 새로 고치세요.",
    "en": "Something unexpected went wrong. Try once more; if it happens again, reload the page.",
}
LONGEST = 600
"""Characters of a sentence that a page shows; a word that was pasted whole can be a megabyte long."""
FONTS = [
    "Pretendard",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "Noto Sans KR",
    "NanumGothic",
    "system-ui",
    "sans-serif",
]
"""Fonts of the reader's own machine: nothing is fetched."""
LOOKS = {
    "theme": gr.themes.Base(
        primary_hue="teal", neutral_hue="slate", font=FONTS, font_mono=["ui-monospace", "monospace"]
    ).set(
        button_primary_background_fill="#0f766e", button_primary_background_fill_hover="#115e59",
        button_secondary_background_fill="#e8ecf2", button_cancel_background_fill="#e8ecf2",
        block_info_text_color="#566072", block_label_text_color="#3d4657", block_title_text_color="#3d4657",
        checkbox_label_background_fill="#eef1f6", input_background_fill="#f3f5f9",
    ),
    "js": "() => document.body.classList.remove('dark')",
    "footer_links": [],
    "run_history": False,
    "max_file_size": "20mb",
}  # fmt: skip
"""What Gradio takes when a page is mounted or launched, but for what is each page's own: see settings."""


class Words:
    """The words of a page, from a TOML file of key = ["Korean", "English"]; {…} is filled in.

    labels: for Gradio, which chooses by the browser's language, as language_of() does for what is said later.
    """

    def __init__(self, path: Path):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        self.translations = {
            language: {key: pair[index] for key, pair in table.items()}
            for index, language in enumerate(LANGUAGES)
        }
        self.labels = gr.I18n(**self.translations)

    def say(self, language: str, key: str, **values) -> str:
        """A sentence of the table in *language*."""
        return self.translations[language][key].format(**values)


def settings(app: Path, words: Words, **changes) -> dict:
    """What Gradio takes when the page of *app* is mounted or launched: gr.mount_gradio_app(server, build(), path, **this).

    Its style is that of all pages, with the .css file beside *app* after it. changes: as LOOKS has them.
    """
    css = "\n".join(
        path.with_suffix(".css").read_text(encoding="utf-8") for path in (Path(__file__), Path(app))
    )
    return {**LOOKS, "i18n": words.labels, "css": css, **changes}


@dataclass(eq=False)
class Visit:
    """What one visitor is making; its files lie in the work folder and go an hour after the page was closed.

    running, stop: whether there is something that Cancel can stop, and whether it should.
    """

    MODULE: ClassVar[str]

    running: bool = field(default=False, kw_only=True)
    stop: bool = field(default=False, kw_only=True)
    files: tempfile.TemporaryDirectory | None = field(default=None, kw_only=True)

    @property
    def folder(self) -> Path:
        """Made when it is first needed."""
        if self.files is None:
            self.files = tempfile.TemporaryDirectory(dir=work_folder(self.MODULE), ignore_cleanup_errors=True)
        return Path(self.files.name)

    @contextmanager
    def own(self, path: str | Path) -> Iterator[Path]:
        """A dropped file, for as long as the visit lasts; what cannot be opened does not stay.

        Gradio stores what is dropped by its content, one for all visits and apps: the end of another takes it away.
        """
        mine = Path(tempfile.mkdtemp(dir=self.folder), Path(path).name)
        try:
            os.link(path, mine)
        except OSError:  # on another disk
            shutil.copyfile(path, mine)
        try:
            yield mine
        except BaseException:
            shutil.rmtree(mine.parent)
            raise

    @contextmanager
    def at_work(self) -> Iterator[Callable[[], bool]]:
        """While this lasts, Cancel has something to stop; gives what tells whether it was pressed."""
        self.running, self.stop = True, False
        try:
            yield lambda: self.stop
        finally:
            self.running = False

    def close(self) -> None:
        """Stop what runs and remove the files."""
        self.stop = True
        if self.files is not None:
            self.files.cleanup()


def language_of(request: gr.Request) -> str:
    """The page's language: ko for a browser that prefers Korean, else en."""
    return "ko" if request.headers.get("accept-language", "").lower().startswith("ko") else "en"


def sentence(language: str, error: Exception | str, korean: Callable[[str], str]) -> str:
    """What the page says about an error or a finding, in *language*; for what is no HallyuError, what to do now."""
    if isinstance(error, Exception) and not isinstance(error, HallyuError):
        logging.getLogger(__name__).error("unexpected", exc_info=error)
        return UNEXPECTED[language]
    said = korean(str(error)) if language == "ko" else str(error)
    return said if len(said) <= LONGEST else f"{said[: LONGEST // 2]} … {said[-LONGEST // 2 :]}"


def guard(status: gr.HTML, korean: Callable[[str], str]) -> Callable:
    """A decorator for handlers, which then never raise: an error becomes one sentence in *status*, and a warning.

    korean: puts the library's sentences into Korean, such as hallyu.webtoon.korean.korean.
    """

    def told(inputs: tuple, error: Exception) -> dict:
        language = next((language_of(value) for value in inputs if isinstance(value, gr.Request)), "en")
        said = sentence(language, error, korean)
        gr.Warning(escape(said), title="")
        return {status: note(said, "bad")}

    def wrap(handler: Callable) -> Callable:
        if inspect.isgeneratorfunction(handler):

            @functools.wraps(handler)
            def run(*inputs):
                try:
                    yield from handler(*inputs)
                except Exception as error:
                    yield told(inputs, error)
        else:

            @functools.wraps(handler)
            def run(*inputs):
                try:
                    return handler(*inputs)
                except Exception as error:
                    return told(inputs, error)

        return run

    return wrap


def note(said: str, kind: str = "") -> str:
    """A status line, read out by screen readers when it changes; kind: "", "good" or "bad"."""
    return f'<p class="note {kind}" role="status">{escape(said)}</p>'


def listed(rows: dict[str, str], language: str, say: Callable[..., str]) -> str:
    """Terms, by their keys in the page's words, and what stands beside each."""
    lines = "".join(f"<dt>{say(language, key)}</dt><dd>{escape(value)}</dd>" for key, value in rows.items())
    return f'<dl class="record">{lines}</dl>'


def made(
    report: Report,
    files: Sequence[tuple[str, int]],
    language: str,
    say: Callable[..., str],
    korean: Callable[[str], str],
    shown: Sequence[tuple[str, int]] | None = None,
) -> str:
    """What was handed over: whether it is ready, what was found and measured, and the files, as pairs of a name and bytes.

    say: of a page that has the words ready, not_ready and report. shown: in their place, what gets a line.
    """
    size = f"{sum(size for _, size in files) / 1e6:.1f}"
    key = "ready" if report.passed else "not_ready"
    said = say(language, key, files=len(files), size=size, problems=len(report.problems))
    lines = (*report.problems, *report.notes, *report.facts())
    found = "".join(f"<li>{escape(sentence(language, line, korean))}</li>" for line in lines)
    cells = "".join(
        f"<tr><td>{escape(name)}</td><td>{size / 1e3:,.1f} kB</td></tr>"
        for name, size in (files if shown is None else shown)
    )
    head = note(said, "good" if report.passed else "bad") + f"<h3>{say(language, 'report')}</h3>"
    return f"{head}<ul>{found}</ul><table>{cells}</table>"


def record_card(
    given: Consent | FaceConsent,
    signer: str,
    language: str,
    say: Callable[..., str],
    korean: Callable[[str], str],
) -> str:
    """A consent that holds, as it was signed. say: of a page that has the words of the terms."""
    uses = ", ".join(f"{use} ({sentence(language, given.ALLOWS[use], korean)})" for use in given.uses)
    rows = {
        "who": given.subject, "given": given.given_by, "to": given.given_to, "project": given.project, "uses": uses,
        "until": f"{given.starts} – {given.ends}", "where": ", ".join(given.territory), "fingerprint": signer,
    }  # fmt: skip
    return note(say(language, "consented"), "good") + listed(rows, language, say)


def picture(image: np.ndarray, alt: str, width: int, name: str = "") -> str:
    """RGB uint8 (height, width, 3) as an <img> at most *width* CSS px wide, twice as dense."""
    full = _dense(image, width)
    return f'<img class="{name}" alt="{escape(alt)}" width="{full.width}" height="{full.height}" src="{_jpeg(full, 84)}">'


def jpeg(image: np.ndarray, width: int) -> str:
    """RGB uint8 (height, width, 3) as the address of a picture that brings its own data, for a script to show."""
    return _jpeg(_dense(image, width), 90)


def _dense(image: np.ndarray, width: int) -> Image.Image:
    full = Image.fromarray(image)
    if full.width > 2 * width:
        full = full.resize(
            (2 * width, max(1, round(full.height * 2 * width / full.width))), Image.Resampling.LANCZOS
        )
    return full


def _jpeg(full: Image.Image, quality: int) -> str:
    file = io.BytesIO()
    full.save(file, "JPEG", quality=quality)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


def run(page: gr.Blocks, settings: dict) -> None:
    """Serve one app by itself on this computer, until it is stopped."""
    end_on_sigterm()
    page.queue().launch(server_name="127.0.0.1", **settings)
