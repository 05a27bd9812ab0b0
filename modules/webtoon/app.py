"""The webtoon app: a script in, an episode out. A thin page over hallyu.webtoon; it holds no technique.

    python modules/webtoon/app.py
"""

import base64
import functools
import inspect
import io
import logging
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from pathlib import Path

import gradio as gr
import numpy as np
from PIL import Image

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.provenance import credentials
from hallyu.webtoon import assistant, export, script, storyboard, validation
from hallyu.webtoon.engine import CharacterEngine
from hallyu.webtoon.episode import Delivery, Episode, Stopped, deliver, pack, words
from hallyu.webtoon.notice import notice
from hallyu.webtoon.strip import SCREEN, Strip, pacing

MEDIA = Path(__file__).parent / "media"
SAMPLE, PROSE = MEDIA / "first-snow.txt", MEDIA / "first-snow-prose.txt"
WRITER = "writer"
"""The name in the work log of somebody who gave none."""
LANGUAGES = {"ko": "한국어", "en": "English"}
PHONE = 390
"""CSS pixels of a phone's width; pictures for it are twice as wide, for its screen's density."""

# --- Words on the page: the one table that the labels and the status lines are taken from -----------------

WORDS = {
    "title": ("웹툰 한 화 만들기", "Make a webtoon episode"),
    "intro": (
        "대본을 넣고, 컷을 그리고, 말풍선을 얹어, 올릴 수 있는 파일로 받습니다. 모두 이 컴퓨터 안에서 합니다.",
        "Put a script in, draw its cuts, letter them, and take the files to upload. All of it happens on this machine.",
    ),
    "tab_script": ("대본", "Script"),
    "tab_panels": ("컷", "Cuts"),
    "tab_letters": ("글자", "Letters"),
    "tab_strip": ("스크롤", "Scroll"),
    "tab_deliver": ("납품", "Deliver"),
    "script": ("대본 (글 콘티)", "Script"),
    "writer": ("이름", "Your name"),
    "writer_info": (
        "누가 무엇을 정했는지 작업 기록과 AI 고지에 남습니다.",
        "Kept in the work log and in the AI disclosure: who decided what.",
    ),
    "upload": ("파일 열기 (.txt)", "Open a file (.txt)"),
    "sample": ("예시: 첫눈", "Sample: First Snow"),
    "check": ("대본 검토", "Check the script"),
    "helper": ("글쓰기 도우미: 산문에서 컷으로", "Writing assistant: from prose to cuts"),
    "prose": ("산문", "Prose"),
    "prose_info": (
        "이 대본의 등장인물로 컷을 제안합니다. 제안마다 쓸지 말지 정하세요.",
        "Cuts are proposed with this script's cast. You decide on each.",
    ),
    "narrator": ("산문의 ‘나’", "Who “I” is in the prose"),
    "propose": ("컷 제안 받기", "Propose cuts"),
    "suggestion": ("제안된 컷 (고쳐 쓸 수 있습니다)", "Proposed cut (you can rewrite it)"),
    "accept": ("채택", "Accept"),
    "edit": ("고친 대로 채택", "Accept as edited"),
    "reject": ("거절", "Reject"),
    "take_cuts": ("정한 컷으로 대본 만들기", "Make a script of the chosen cuts"),
    "seed_all": ("첫 시드", "First seed"),
    "seed_all_info": ("아직 그리지 않은 컷에 씁니다.", "For cuts that are not drawn yet."),
    "draw": ("모두 그리기", "Draw all"),
    "cancel": ("멈춤", "Cancel"),
    "cuts": ("컷을 골라 다시 그릴 수 있습니다", "Choose a cut to draw it again"),
    "seed": ("이 컷의 시드", "Seed of this cut"),
    "reroll": ("다른 시드로 다시", "Re-roll"),
    "draw_seed": ("이 시드로 그리기", "Draw this seed"),
    "tried": ("그려 본 시드 (누르면 돌아갑니다)", "Seeds tried (choose one to go back)"),
    "language": ("글자 언어", "Language of the lettering"),
    "line": ("대사", "Line"),
    "text": ("고칠 말", "Words"),
    "reletter": ("글자만 다시 얹기", "Letter again"),
    "letter_info": ("그림은 다시 그리지 않습니다.", "Nothing is drawn again."),
    "preview": ("미리 보기 만들기", "Make the preview"),
    "gutters": ("여백과 호흡 표시", "Show gutters and pacing"),
    "profile": ("플랫폼", "Platform"),
    "deliver": ("납품 파일 만들기", "Make the files"),
    "download": ("ZIP 내려받기", "Download the ZIP"),
    # Status lines; {…} is filled in.
    "unexpected": (
        "예상하지 못한 문제로 멈췄습니다. 한 번 더 해 보고, 그래도 안 되면 페이지를 새로 고치세요.",
        "Something unexpected went wrong. Try once more; if it happens again, reload the page.",
    ),
    "good": ("{cuts}컷, 고칠 것이 없습니다.", "{cuts} cuts, nothing to solve."),
    "found": ("{cuts}컷, 오류 {errors}개, 주의 {warnings}개.", "{cuts} cuts, {errors} errors, {warnings} warnings."),
    "whole": ("대본", "script"),
    "cut_n": ("{n}컷", "cut {n}"),
    "error": ("오류", "error"),
    "warning": ("주의", "warning"),
    "loading": ("그림 모델을 여는 중", "Opening the drawing model"),
    "drawing_all": (
        "{next}컷을 그리는 중. {cuts}컷 가운데 {drawn}컷을 그렸습니다.",
        "Drawing cut {next}. {drawn} of {cuts} cuts are drawn.",
    ),
    "drawn": ("{cuts}컷 가운데 {drawn}컷을 그렸습니다.", "{drawn} of {cuts} cuts are drawn."),
    "stopped": (
        "멈췄습니다. {cuts}컷 가운데 {drawn}컷이 그려져 있고, ‘모두 그리기’를 누르면 이어서 그립니다.",
        "Stopped. {drawn} of {cuts} cuts are drawn and kept; Draw all goes on from here.",
    ),
    "stopping": ("이 컷까지 마치고 멈춥니다.", "Stopping after this step."),
    "nothing_runs": ("지금 진행 중인 일이 없습니다.", "Nothing is running."),
    "stopped_files": ("멈췄습니다. 파일은 만들지 않았습니다.", "Stopped; no files were made."),
    "not_drawn": ("밑그림", "sketch"),
    "seed_n": ("시드 {seed}", "seed {seed}"),
    "no_script": ("먼저 대본을 검토하세요.", "Check the script first."),
    "draw_first": (
        "아직 그리지 않은 컷입니다. 먼저 ‘모두 그리기’를 누르세요.",
        "This cut is not drawn yet: press Draw all first.",
    ),
    "draw_rest": (
        "아직 그리지 않은 컷이 {n}개 있습니다. ‘컷’에서 모두 그린 뒤에 오세요.",
        "{n} cuts are not drawn yet: draw them all under Cuts first.",
    ),
    "no_lines": ("이 대본에는 글자를 얹을 말이 없습니다.", "This script has no words to letter."),
    "lettered": ("{id}: 글자를 다시 얹었습니다.", "{id} is lettered again."),
    "pace": (
        "{n}화면, 읽는 데 약 {seconds}초, 화면마다 {each}초. 가장 느린 화면은 {slow}번째({slowest}초). "
        "말 없는 가장 긴 구간은 {quiet}화면.",
        "{n} screens, about {seconds} s of reading, {each} s a screen. The slowest is screen {slow} ({slowest} s). "
        "The longest stretch without words is {quiet} screens.",
    ),
    "gutter": ("여백 {rows}px · {pause}", "gutter {rows} px · {pause}"),
    "strip_alt": ("스크롤 미리 보기, 조각 {n}", "Scroll preview, piece {n}"),
    "strip_label": ("휴대폰 화면 너비의 미리 보기", "Preview at a phone's width"),
    "proposed": (
        "{left}개가 남았습니다 · 제안 {number}: {reason}",
        "{left} left to decide · suggestion {number}: {reason}",
    ),
    "decided": ("모두 정했습니다. 채택 {accepted}, 거절 {rejected}.", "All decided: {accepted} accepted, {rejected} rejected."),
    "no_suggestion": ("먼저 컷 제안을 받으세요.", "Ask for suggestions first."),
    "step_cut": ("{n}컷에 글자를 얹는 중", "Lettering cut {n}"),
    "step_slices": ("조각내고 서명하는 중", "Slicing and signing"),
    "step_report": ("납품 전 검사", "Preflight"),
    "step_PSD": ("레이어 PSD를 쓰는 중", "Writing the layered PSD"),
    "ready": ("{slices}개 조각, {size} MB: 올릴 수 있습니다.", "{slices} slices, {size} MB: ready to upload."),
    "not_ready": ("{slices}개 조각, 고칠 것 {problems}개.", "{slices} slices, {problems} problems to solve."),
    "disclosed": ("AI 사용 고지", "What AI did"),
    "credentials": ("콘텐츠 자격 증명", "Content credentials"),
    "signed": (
        "조각 {n}개 가운데 {signed}개에 서명이 있고 그대로입니다. 서명은 이 컴퓨터의 시험용 인증서라 이름을 증명하지는 않습니다.",
        "{signed} of {n} slices are signed and unchanged. The signature is this machine's test certificate: it proves "
        "no one's name.",
    ),
    "report": ("검사 결과", "Preflight report"),
}  # fmt: skip
TRANSLATIONS = {
    language: {key: pair[index] for key, pair in WORDS.items()} for index, language in enumerate(LANGUAGES)
}
LABELS = gr.I18n(**TRANSLATIONS)


def say(language: str, key: str, **values) -> str:
    """A sentence of the table in the browser's language."""
    return TRANSLATIONS[language][key].format(**values)


def language_of(request: gr.Request) -> str:
    """ko for a browser that prefers Korean, else en; the labels follow the same preference."""
    return "ko" if request.headers.get("accept-language", "").lower().startswith("ko") else "en"


# --- Look of the page -------------------------------------------------------------------------------------

CSS = (Path(__file__).parent / "app.css").read_text(encoding="utf-8")
FONTS = ["Pretendard", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "NanumGothic", "system-ui", "sans-serif"]
"""Fonts of the reader's own machine: nothing is fetched."""
PAGE = {
    "i18n": LABELS,
    "css": CSS,
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
}
"""What Gradio takes when the page is mounted or launched: gr.mount_gradio_app(server, build(), path, **PAGE)."""


# --- One visitor's work -----------------------------------------------------------------------------------


@dataclass
class Session:
    """What one visitor is making; its files lie in a temporary folder that goes when the session ends."""

    episode: Episode | None = None
    text: str = ""
    prose: str = ""
    decisions: assistant.Session | None = None
    cut: int = 0
    running: bool = False
    stop: bool = False
    files: tempfile.TemporaryDirectory | None = None

    @property
    def folder(self) -> Path:
        """Made when it is first needed."""
        if self.files is None:
            self.files = tempfile.TemporaryDirectory(prefix="hallyu-webtoon-", ignore_cleanup_errors=True)
        return Path(self.files.name)

    def close(self) -> None:
        """Stop what runs and remove the files."""
        self.stop = True
        if self.files is not None:
            self.files.cleanup()

    def take_script(self, text: str, writer: str) -> script.Script:
        """Read the text and go on with it; a script that is not the sample is logged as the writer's."""
        read = script.parse(text)
        if self.episode is None:
            self.episode = Episode(self.folder, read)
        else:
            self.episode.use(read)
        if text not in (self.text, SAMPLE.read_text(encoding="utf-8")):
            self.episode.log.add("human", writer or WRITER, "write", "episode", after=read.title)
        self.text = text
        return read

    def start_at(self, seed: int) -> None:
        """*seed* for every cut that is still on its first seed and not drawn."""
        for number in self.episode.waiting():
            if len(self.episode.tried[number]) == 1:
                self.episode.choose(number, seed)

    def redraw(self, seed: int, engine: CharacterEngine, writer: str) -> None:
        """Another take of the chosen cut; the choice is undone when it cannot be drawn."""
        before = self.episode.seeds[self.cut]
        self.episode.choose(self.cut, seed, writer)
        try:
            self.episode.draw(self.cut, engine)
        except HallyuError:
            self.episode.choose(self.cut, before, writer)
            raise


def stopping_error(language: str, error: Exception) -> str:
    """What the page says about an error: a HallyuError's own sentence, else one that says what to do."""
    if isinstance(error, HallyuError):
        return str(error)
    logging.getLogger(__name__).error("unexpected", exc_info=error)
    return say(language, "unexpected")


def guard(status: gr.HTML):
    """Handlers never raise: an error becomes one sentence in *status*, beside a short warning."""

    def told(language: str, error: Exception) -> dict:
        sentence = stopping_error(language, error)
        gr.Warning(escape(sentence), title="")
        return {status: note(sentence, "bad")}

    def wrap(handler):
        if inspect.isgeneratorfunction(handler):

            @functools.wraps(handler)
            def run(*inputs):
                try:
                    yield from handler(*inputs)
                except Exception as error:
                    yield told(_language(inputs), error)
        else:

            @functools.wraps(handler)
            def run(*inputs):
                try:
                    return handler(*inputs)
                except Exception as error:
                    return told(_language(inputs), error)

        return run

    return wrap


def _language(inputs) -> str:
    return next((language_of(value) for value in inputs if isinstance(value, gr.Request)), "en")


@contextmanager
def running(session: Session):
    """While this lasts, Cancel has something to stop."""
    session.running, session.stop = True, False
    try:
        yield lambda: session.stop
    finally:
        session.running = False


# --- Pieces of the page -----------------------------------------------------------------------------------


def note(sentence: str, kind: str = "") -> str:
    """A status line, read out by screen readers when it changes."""
    return f'<p class="note {kind}" role="status">{escape(sentence)}</p>'


def picture(image: np.ndarray, alt: str, width: int, name: str = "") -> str:
    """RGB uint8 as an <img> at most *width* CSS px wide, twice as dense."""
    file = io.BytesIO()
    full = Image.fromarray(image)
    if full.width > 2 * width:
        full = full.resize((2 * width, max(1, round(full.height * 2 * width / full.width))), Image.Resampling.LANCZOS)
    full.save(file, "JPEG", quality=84)
    data = base64.b64encode(file.getvalue()).decode()
    return (
        f'<img class="{name}" alt="{escape(alt)}" width="{full.width}" height="{full.height}" '
        f'src="data:image/jpeg;base64,{data}">'
    )


def findings(read: script.Script, problems: list[validation.Problem], language: str) -> str:
    """The validator's problems, each beside its cut's number."""
    errors = sum(problem.severity == "error" for problem in problems)
    count = {"cuts": len(read.cuts), "errors": errors, "warnings": len(problems) - errors}
    rows = []
    for problem in problems:
        where = say(language, "whole") if problem.cut is None else say(language, "cut_n", n=problem.cut)
        rows.append(
            f'<li class="{problem.severity}"><b>{where}</b><i>{say(language, problem.severity)}</i>'
            f"<span>{escape(problem.message)}</span></li>"
        )
    head = note(say(language, "found" if problems else "good", **count), "bad" if errors else "good")
    return head + f'<ul class="problems">{"".join(rows)}</ul>'


def cards(session: Session, language: str) -> list[tuple[str, str]]:
    """Every cut for the gallery: its chosen take, or its storyboard sketch until it is drawn."""
    episode, shown = session.episode, []
    for cut in episode.script.cuts:
        if episode.drawn(cut.number):
            path, what = episode.preview(cut.number), say(language, "seed_n", seed=episode.seeds[cut.number])
        else:
            path, what = sketch(session, cut), say(language, "not_drawn")
        shown.append((str(path), f"{cut.number} · {what}"))
    return shown


def sketch(session: Session, cut: script.Cut) -> Path:
    """The cut's storyboard thumbnail as a file."""
    path = session.folder / "sketches" / f"{abs(hash((cut, tuple(session.episode.script.cast))))}.png"
    if not path.exists():
        page = storyboard.thumbnails(replace(session.episode.script, cuts=(cut,)), 1)
        with write_whole(path) as draft:
            Image.fromarray(page[64:]).save(draft)
    return path


def progress_line(session: Session, language: str, key: str = "drawn") -> str:
    """How many cuts are drawn, as a bar and in words."""
    cuts, waiting = len(session.episode.script.cuts), session.episode.waiting()
    drawn, key = cuts - len(waiting), key if waiting else "drawn"
    sentence = say(language, key, cuts=cuts, drawn=drawn, next=waiting[0] if waiting else "")
    done = "" if waiting else "good"
    return f'<progress value="{drawn}" max="{max(1, cuts)}">{drawn}/{cuts}</progress>' + note(sentence, done)


def lines(read: script.Script, language: str) -> list[tuple[str, str]]:
    """Every line and sound effect of the script, as (what the list shows, string-table key)."""
    found = []
    for cut in read.cuts:
        spoken = [(line.id, line.speaker) for line in cut.lines]
        effects = [(script.effect_id(cut.number), "♪")] if cut.effect else []
        for id, who in spoken + effects:
            found.append((" · ".join(filter(None, (str(cut.number), who, words(read, id, language)[:40]))), id))
    return found


def phone(strip: Strip, language: str) -> str:
    """The strip in a frame as wide as a phone, with its own scrollbar and the gutters named."""
    pieces = []
    for n, top in enumerate(range(0, strip.height, SCREEN), 1):
        pieces.append(picture(strip.image[top : top + SCREEN], say(language, "strip_alt", n=n), PHONE))
    between = []
    for above, below in pairwise(strip.placements):
        pause = script.PAUSES[above.cut.pause] if language == "ko" else above.cut.pause
        words_ = say(language, "gutter", rows=below.y0 - above.y1, pause=pause)
        top, tall = 100 * above.y1 / strip.height, 100 * (below.y0 - above.y1) / strip.height
        between.append(f'<div class="gutter" style="top:{top:.4f}%;height:{tall:.4f}%"><span>{words_}</span></div>')
    label = say(language, "strip_label")
    return (
        f'<div class="phone" tabindex="0" role="region" aria-label="{label}"><div class="roll">'
        f'{"".join(pieces)}{"".join(between)}</div></div>'
    )


def pace(strip: Strip, language: str) -> str:
    """How the episode reads: a sentence, and a bar of seconds for each screen."""
    read = pacing(strip)
    count, slow = len(read.screens), read.slowest
    sentence = say(
        language, "pace", n=count, seconds=round(read.seconds), each=f"{read.seconds / count:.1f}",
        slow=read.screens.index(slow) + 1, slowest=f"{slow.seconds:.1f}",
        quiet=f"{(read.silence[1] - read.silence[0]) / SCREEN:.1f}",
    )  # fmt: skip
    bars = "".join(
        f'<li><span style="width:{100 * screen.seconds / slow.seconds:.0f}%"></span>{screen.seconds:.1f} s</li>'
        for screen in read.screens
    )
    return note(sentence) + f'<ol class="pace">{bars}</ol>'


def result(delivery: Delivery, language: str) -> str:
    """What was made: verdict, the notice that readers see, the credentials and the preflight report."""
    report, told = delivery.report, delivery.disclosure
    size = f"{sum(item.bytes for item in report.slices) / 1e6:.1f}"
    key = "ready" if report.passed else "not_ready"
    verdict = say(language, key, slices=len(report.slices), size=size, problems=len(report.problems))
    signed = sum(bool(found and found.intact) for found in map(credentials.read, delivery.slices))
    seal = say(language, "signed", n=len(report.slices), signed=signed)
    label = picture(notice(told), told.text(language), PHONE, "notice") if told.used_ai else ""
    label = label or f"<p>{escape(told.text(language))}</p>"
    says = "".join(f"<li>{escape(line)}</li>" for line in (*report.problems, *report.notes))
    files = "".join(
        f"<tr><td>{escape(item.file)}</td><td>{item.width} × {item.height}</td><td>{item.bytes / 1e3:,.0f} kB</td></tr>"
        for item in report.slices
    )
    return (
        note(verdict, "good" if report.passed else "bad")
        + f'<h3>{say(language, "disclosed")}</h3>{label}<h3>{say(language, "credentials")}</h3><p>{seal}</p>'
        + f'<h3>{say(language, "report")}</h3><p>{escape(report.summary)}</p><ul>{says}</ul><table>{files}</table>'
    )


def read_cut(text: str, session: Session) -> script.Cut:
    """One cut in the text form, with the session's cast. Raises HallyuError when it is not exactly one."""
    cast = script.format(script.Script("-", session.episode.script.cast, ()))
    cuts = script.parse(f"{cast}\n{text}").cuts
    if len(cuts) != 1:
        raise HallyuError(f"A suggestion is one cut and this text has {len(cuts)}; keep one line that begins with [.")
    return cuts[0]


@functools.cache
def bundled_engine() -> CharacterEngine:
    """The course's own model, opened once for everybody."""
    return models.load("webtoon-character")


# --- The page ---------------------------------------------------------------------------------------------


def build(engine: CharacterEngine | None = None) -> gr.Blocks:
    """The page. *engine* draws the characters; None is the bundled model, opened at the first drawing."""
    engine_of = (lambda: engine) if engine else bundled_engine
    with gr.Blocks(title="Hallyu Studio · Webtoon", analytics_enabled=False, delete_cache=(3600, 86400)) as page:
        session = gr.State(Session(), delete_callback=Session.close)
        gr.Markdown(LABELS("title"), elem_id="title")
        gr.Markdown(LABELS("intro"), elem_id="intro")
        with gr.Tabs(elem_id="steps"):
            with gr.Tab(LABELS("tab_script"), id="script"):
                text = gr.Textbox(
                    SAMPLE.read_text(encoding="utf-8"), label=LABELS("script"), lines=16, max_lines=24, elem_id="script"
                )
                with gr.Row():
                    upload = gr.UploadButton(LABELS("upload"), file_types=[".txt"], elem_id="upload", size="md")
                    sample = gr.Button(LABELS("sample"), elem_id="sample", size="md")
                    check = gr.Button(LABELS("check"), variant="primary", elem_id="check", size="md")
                found = gr.HTML(elem_id="found")
                writer = gr.Textbox(label=LABELS("writer"), info=LABELS("writer_info"), max_length=60, elem_id="writer")
                with gr.Accordion(LABELS("helper"), open=False, elem_id="helper"):
                    prose = gr.Textbox(
                        PROSE.read_text(encoding="utf-8"), label=LABELS("prose"), info=LABELS("prose_info"), lines=8,
                        max_lines=16, elem_id="prose",
                    )  # fmt: skip
                    with gr.Row():
                        narrator = gr.Dropdown([""], value="", label=LABELS("narrator"), elem_id="narrator")
                        propose = gr.Button(LABELS("propose"), elem_id="propose")
                    asked = gr.HTML(elem_id="asked")
                    proposal = gr.Textbox(label=LABELS("suggestion"), lines=5, visible=False, elem_id="proposal")
                    with gr.Row(visible=False) as decide:
                        accept = gr.Button(LABELS("accept"), variant="primary", elem_id="accept", size="md")
                        edit = gr.Button(LABELS("edit"), elem_id="edit", size="md")
                        reject = gr.Button(LABELS("reject"), elem_id="reject", size="md")
                    take_cuts = gr.Button(LABELS("take_cuts"), visible=False, elem_id="take_cuts")
            with gr.Tab(LABELS("tab_panels"), id="panels"):
                with gr.Row(elem_classes="actions"):
                    first = gr.Number(1, label=LABELS("seed_all"), info=LABELS("seed_all_info"), precision=0, min_width=120)
                    draw = gr.Button(LABELS("draw"), variant="primary", elem_id="draw")
                    cancel = gr.Button(LABELS("cancel"), variant="stop", elem_id="cancel")
                drawing = gr.HTML(elem_id="drawing")
                gallery = gr.Gallery(
                    label=LABELS("cuts"), columns=3, object_fit="cover", height="auto", allow_preview=False, buttons=[],
                    elem_id="cuts",
                )  # fmt: skip
                with gr.Column(visible=False, elem_id="one") as one:
                    large = gr.HTML(elem_id="large")
                    with gr.Row(elem_classes="actions"):
                        seed = gr.Number(1, label=LABELS("seed"), precision=0, min_width=120, elem_id="seed")
                        draw_seed = gr.Button(LABELS("draw_seed"), elem_id="draw_seed")
                        reroll = gr.Button(LABELS("reroll"), variant="primary", elem_id="reroll")
                    tried = gr.Radio([], label=LABELS("tried"), elem_id="tried")
            with gr.Tab(LABELS("tab_letters"), id="letters") as letters_tab:
                language = gr.Radio(
                    [(name, code) for code, name in LANGUAGES.items()], value="ko", label=LABELS("language"),
                    elem_id="language",
                )  # fmt: skip
                line = gr.Dropdown([], label=LABELS("line"), elem_id="line")
                words_box = gr.Textbox(label=LABELS("text"), info=LABELS("letter_info"), lines=2, elem_id="words")
                reletter = gr.Button(LABELS("reletter"), variant="primary", elem_id="reletter")
                lettering = gr.HTML(elem_id="lettering")
                lettered = gr.HTML(elem_id="lettered")
            with gr.Tab(LABELS("tab_strip"), id="strip"):
                with gr.Row(elem_classes="actions"):
                    preview = gr.Button(LABELS("preview"), variant="primary", elem_id="preview")
                    marks = gr.Checkbox(True, label=LABELS("gutters"), elem_id="marks")
                stripping = gr.HTML(elem_id="stripping")
                with gr.Row(elem_id="reading"):
                    scroll = gr.HTML(elem_id="scroll")
                    pacing_ = gr.HTML(elem_id="pacing")
            with gr.Tab(LABELS("tab_deliver"), id="deliver"):
                with gr.Row(elem_classes="actions"):
                    profile = gr.Dropdown(
                        [(p.name, key) for key, p in export.profiles().items()], value="webtoon-canvas",
                        label=LABELS("profile"), elem_id="profile",
                    )  # fmt: skip
                    make = gr.Button(LABELS("deliver"), variant="primary", elem_id="make")
                    cancel_make = gr.Button(LABELS("cancel"), variant="stop", elem_id="cancel_make")
                making = gr.HTML(elem_id="making")
                download = gr.DownloadButton(LABELS("download"), visible=False, variant="primary", elem_id="download")
                made = gr.HTML(elem_id="made")

        # Script

        def check_script(text, name, session: Session, request: gr.Request):
            now = language_of(request)
            read = session.take_script(text, name)
            return {
                found: findings(read, validation.validate(read), now),
                gallery: cards(session, now),
                drawing: progress_line(session, now),
                narrator: gr.Dropdown([("–", ""), *((each, each) for each in read.cast)], value=""),
                one: gr.Column(visible=False),
            }

        def open_file(path, name, session: Session, request: gr.Request):
            read, remark = script.decode(Path(path).read_bytes())
            if len(read) > script.MAX_BYTES:
                script.parse(read)  # says how large it is, and what to do
            if remark:
                gr.Info(remark)
            return checked_text(read, name, session, request)

        def open_sample(name, session: Session, request: gr.Request):
            return checked_text(SAMPLE.read_text(encoding="utf-8"), name, session, request)

        def checked_text(read, name, session: Session, request: gr.Request):
            """Put a text in the box, whether or not it is a script, and say what the validator says."""
            return {text: read, **told(check_script)(read, name, session, request)}

        told, checked = guard(found), [found, gallery, drawing, narrator, one]
        check.click(told(check_script), [text, writer, session], checked)
        upload.upload(told(open_file), [upload, writer, session], [text, *checked])
        sample.click(told(open_sample), [writer, session], [text, *checked])
        page.load(told(check_script), [text, writer, session], checked, show_progress="hidden")

        # Writing assistant

        def propose_cuts(prose, who, text, name, session: Session, request: gr.Request):
            read = session.take_script(text, name)
            session.prose = prose
            suggestions = assistant.propose(prose, read.cast, narrator=who or "")
            session.decisions = assistant.Session(suggestions, session.episode.log, name or WRITER)
            return next_suggestion(session, language_of(request))

        def decide_cut(how: str):
            def decided(proposal, session: Session, request: gr.Request):
                choices, now = session.decisions, language_of(request)
                if choices is None or not choices.undecided:
                    raise HallyuError(say(now, "no_suggestion"))
                number = choices.undecided[0]
                if how == "accept":
                    choices.accept(number)
                elif how == "reject":
                    choices.reject(number)
                else:
                    cut = read_cut(proposal, session)
                    kept = {name: getattr(cut, name) for name in ("shot", "place", "figures", "lines", "effect", "beat", "pause")}
                    choices.edit(number, **kept)
                return next_suggestion(session, now)

            return decided

        def next_suggestion(session: Session, now: str) -> dict:
            choices = session.decisions
            left = choices.undecided
            if not left:
                taken = sum(cut is not None for cut in choices.chosen.values())
                sentence = say(now, "decided", accepted=taken, rejected=len(choices.chosen) - taken)
                return {
                    asked: note(sentence, "good"), proposal: gr.Textbox(visible=False), decide: gr.Row(visible=False),
                    take_cuts: gr.Button(visible=taken > 0),
                }  # fmt: skip
            suggestion = choices.suggestions[left[0]]
            said = say(now, "proposed", left=len(left), number=left[0], reason=suggestion.reason)
            quoted = session.prose[suggestion.start : suggestion.end]
            return {
                asked: note(said) + f"<blockquote>{escape(quoted)}</blockquote>",
                proposal: gr.Textbox(script.cut_text(suggestion.cut), visible=True), decide: gr.Row(visible=True),
                take_cuts: gr.Button(visible=False),
            }  # fmt: skip

        def cuts_to_script(name, session: Session, request: gr.Request):
            written = session.decisions.script(session.episode.script.title, session.episode.script.cast)
            session.text = script.format(written)  # its cuts are in the work log already, one by one
            return {**checked_text(session.text, name, session, request), take_cuts: gr.Button(visible=False)}

        told_asked, shown = guard(asked), [asked, proposal, decide, take_cuts]
        propose.click(told_asked(propose_cuts), [prose, narrator, text, writer, session], shown)
        for button, how in ((accept, "accept"), (edit, "edit"), (reject, "reject")):
            button.click(told_asked(decide_cut(how)), [proposal, session], shown)
        take_cuts.click(told_asked(cuts_to_script), [writer, session], [text, asked, take_cuts, *checked])

        # Cuts

        def draw_all(text, name, start, session: Session, request: gr.Request):
            now = language_of(request)
            session.take_script(text, name)
            session.episode.refuse_errors()
            session.start_at(whole(start))
            yield {drawing: note(say(now, "loading"))}
            use = engine_of()
            key = "drawing_all"
            with running(session) as stopped:
                try:
                    yield {gallery: cards(session, now), drawing: progress_line(session, now, key)}
                    for _ in session.episode.draw_all(use, cancelled=stopped):
                        yield {gallery: cards(session, now), drawing: progress_line(session, now, key)}
                except Stopped:
                    key = "stopped"
            yield {gallery: cards(session, now), drawing: progress_line(session, now, "drawn" if key != "stopped" else key)}

        def stop(session: Session, request: gr.Request):
            session.stop = True
            return note(say(language_of(request), "stopping" if session.running else "nothing_runs"))

        def choose_cut(event: gr.SelectData, session: Session, request: gr.Request):
            session.cut = session.episode.script.cuts[event.index].number
            return show_cut(session, language_of(request))

        def show_cut(session: Session, now: str) -> dict:
            episode, number = session.episode, session.cut
            if not episode.drawn(number):
                return {one: gr.Column(visible=False), drawing: note(say(now, "draw_first"))}
            choices = [(say(now, "seed_n", seed=each), each) for each in episode.tried[number]]
            return {
                one: gr.Column(visible=True), seed: episode.seeds[number],
                large: picture(episode.panel(number).art(), export.describe_cut(episode.cut(number)), 520, "panel"),
                tried: gr.Radio(choices, value=episode.seeds[number]), gallery: cards(session, now),
                drawing: progress_line(session, now),
            }  # fmt: skip

        def draw_one(choice: str):
            def drawn(seed, back, name, session: Session, request: gr.Request):
                episode, now = session.episode, language_of(request)
                if episode is None or not episode.drawn(session.cut):
                    raise HallyuError(say(now, "draw_first"))
                wanted = {"seed": seed, "back": back, "new": None}[choice]
                wanted = episode.new_seed(session.cut) if choice == "new" else whole(wanted)
                session.redraw(wanted, engine_of(), name or WRITER)
                return show_cut(session, now)

            return drawn

        told_drawing, seen = guard(drawing), [one, large, seed, tried, gallery, drawing]
        alone = {"concurrency_limit": 1, "concurrency_id": "engine"}
        draw.click(
            told_drawing(draw_all), [text, writer, first, session], [gallery, drawing], show_progress="minimal",
            show_progress_on=[drawing], **alone,
        )  # fmt: skip
        cancel.click(told_drawing(stop), [session], drawing, queue=False, show_progress="hidden")
        gallery.select(told_drawing(choose_cut), [session], seen, show_progress="hidden")
        inputs = [seed, tried, writer, session]
        reroll.click(told_drawing(draw_one("new")), inputs, seen, show_progress_on=[large], **alone)
        draw_seed.click(told_drawing(draw_one("seed")), inputs, seen, show_progress_on=[large], **alone)
        tried.input(told_drawing(draw_one("back")), inputs, seen, show_progress_on=[large], **alone)

        # Letters

        def open_letters(language, chosen, session: Session, request: gr.Request):
            choices = lines(drawn_episode(session, request).script, language)
            if not choices:
                raise HallyuError(say(language_of(request), "no_lines"))
            ids = [id for _, id in choices]
            id = chosen if chosen in ids else ids[0]
            return {line: gr.Dropdown(choices, value=id), **show_line(language, id, session, request)}

        def show_line(language, id, session: Session, request: gr.Request):
            panel = drawn_episode(session, request).letter(number_of(id), language)
            return {
                words_box: words(session.episode.script, id, language), lettering: "",
                lettered: picture(panel.picture, export.describe_cut(panel.cut), 520, "panel"),
            }  # fmt: skip

        def letter_again(language, id, said, name, session: Session, request: gr.Request):
            episode, now = drawn_episode(session, request), language_of(request)
            panel = episode.reword(id, said or "", language, name or WRITER)
            session.text = script.format(episode.script)
            return {
                lettering: note(say(now, "lettered", id=id), "good"), text: session.text,
                lettered: picture(panel.picture, export.describe_cut(panel.cut), 520, "panel"),
            }  # fmt: skip

        told_letters, board = guard(lettering), [words_box, lettered, lettering]
        for event in (letters_tab.select, language.change):
            event(told_letters(open_letters), [language, line, session], [line, *board], show_progress_on=[lettered])
        line.input(told_letters(show_line), [language, line, session], board, show_progress_on=[lettered])
        inputs = [language, line, words_box, writer, session]
        for event in (reletter.click, words_box.submit):
            event(told_letters(letter_again), inputs, [lettering, text, lettered], show_progress_on=[lettered])

        # Scroll

        def make_preview(language, session: Session, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            now = language_of(request)
            episode = drawn_episode(session, request)
            strip = episode.strip(language, steps(progress, now))
            return {scroll: phone(strip, now), pacing_: pace(strip, now), stripping: ""}

        previewed = [scroll, pacing_, stripping]
        preview.click(
            guard(stripping)(make_preview), [language, session], previewed, show_progress_on=[stripping]
        )
        marks.input(None, None, None, js="() => document.querySelector('#scroll').classList.toggle('bare')")

        # Deliver

        def make_files(language, key, name, session: Session, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            now, episode = language_of(request), drawn_episode(session, request)
            with running(session) as stopped:
                try:
                    done = deliver(
                        episode, session.folder / "delivery", language, key, steps(progress, now), stopped
                    )
                except Stopped:
                    return {making: note(say(now, "stopped_files"))}
            title = "".join(c if c.isalnum() else "-" for c in episode.script.title)[:40]
            archive = pack(done, session.folder / f"{title}-{key}.zip")
            return {
                making: "", made: result(done, now),
                download: gr.DownloadButton(value=str(archive), visible=True),
            }  # fmt: skip

        make.click(
            guard(making)(make_files), [language, profile, writer, session], [making, made, download],
            show_progress_on=[making],
        )  # fmt: skip
        cancel_make.click(guard(making)(stop), [session], making, queue=False, show_progress="hidden")
    return page


def whole(value: float | None) -> int:
    """What a number box holds, as a seed. Raises HallyuError when it is empty."""
    if value is None:
        raise HallyuError("The seed is empty; give a whole number, for example 7.")
    return int(value)


def number_of(id: str | None) -> int:
    """The cut's number in a string-table key."""
    if not id:
        raise HallyuError("No line is chosen; choose one first.")
    return int(id[1 : id.index("-")])


def drawn_episode(session: Session, request: gr.Request) -> Episode:
    """The session's episode, of which every cut is drawn."""
    now = language_of(request)
    if session.episode is None:
        raise HallyuError(say(now, "no_script"))
    if waiting := session.episode.waiting():
        raise HallyuError(say(now, "draw_rest", n=len(waiting)))
    return session.episode


def steps(progress: gr.Progress, language: str):
    """The progress that hallyu.webtoon.episode reports, in the page's words."""

    def report(done: int, total: int, what: str) -> None:
        kind, _, number = what.partition(" ")
        progress((done, total), desc=say(language, f"step_{kind}", n=number))

    return report


if __name__ == "__main__":
    build().queue().launch(server_name="127.0.0.1", **PAGE)
