"""The OTT app: a film in, its subtitles on a timeline, quality control, and the stream that goes out. A thin page over
hallyu.ott.studio; it holds no technique.

    python modules/ott/app.py
"""

import functools
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from html import escape
from pathlib import Path

import gradio as gr
from gradio import FileData

from hallyu import timecode
from hallyu.courseware import pages
from hallyu.courseware.pages import language_of, note
from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.handover import Report
from hallyu.ott import fix, guide, player, qc, qc_report, recognise, studio, subtitle_files
from hallyu.ott.dossier import Likeness, Subtitled
from hallyu.ott.ffmpeg import Stopped
from hallyu.ott.korean import korean
from hallyu.ott.timedtext import KINDS, Track
from hallyu.provenance import consent
from hallyu.provenance.consent import PUBLIC_FACES, PUBLIC_VOICES, Consent, FaceConsent
from hallyu.scratch import work_folder

MEDIA = Path(__file__).parent / "media"
SAMPLE, SCRIPT_OF_SAMPLE = MEDIA / "first-snow.mp4", MEDIA / "first-snow-script.txt"
RIGHTS_OF_SAMPLE = {
    "title": "첫눈", "licence": "CC BY 4.0", "tools": "Kokoro-82M, first-snow-sd", "ai": ["voices", "pictures", "music"],
    "public": ["voice:jf_nezumi", "voice:jm_kumo", "voice:jf_gongitsune", "face:haneul", "face:doyun", "face:jeongho"],
}  # fmt: skip
"""What media/README.md says of the course's own film: another film begins with none of it."""
LANGUAGES = tuple(guide.GUIDES)
SUFFIXES = (".ttml", ".vtt", ".srt")

WORDS = pages.Words(Path(__file__).with_suffix(".toml"))
LABELS, say = WORDS.labels, WORDS.say
PAGE = pages.settings(Path(__file__), WORDS, max_file_size="16gb")
tell = functools.partial(pages.sentence, korean=korean)

EDITOR = """<div class="bench"><div class="stand"><div class="screen"><video playsinline preload="auto"></video>
<div class="over" aria-hidden="true"></div><p class="bare_says"></p></div>
<div class="writing"><p class="which"></p>
<label><span></span><textarea class="text" rows="3" spellcheck="false"></textarea></label>
<p class="counted"></p><div class="times"><label><span></span><input class="start" inputmode="numeric"></label>
<label><span></span><input class="end" inputmode="numeric"></label>
<label><span></span><input class="speaker" maxlength="60"></label></div>
<div class="ticks"><label><input class="forced" type="checkbox"><span></span></label>
<label><input class="top" type="checkbox"><span></span></label><p class="by"></p></div><ul class="faults"></ul></div></div>
<div class="tools" role="toolbar"><button type="button" class="play"></button>
<button type="button" class="before">◂</button><button type="button" class="after">▸</button><output class="now"></output>
<button type="button" class="add"></button><button type="button" class="split"></button>
<button type="button" class="merge"></button><button type="button" class="delete"></button>
<button type="button" class="undo">↶</button><button type="button" class="redo">↷</button>
<button type="button" class="wider">−</button><button type="button" class="closer">+</button><span class="amount"></span></div>
<div class="scroller" role="group" tabindex="0"><div class="wide"><canvas aria-hidden="true"></canvas>
<div class="lane"></div><div class="playhead"></div></div></div>
<ol class="list"></ol><details class="help"><summary></summary><p></p></details>
<p class="told" aria-live="polite"></p></div>"""
"""The editor's frame; app.js fills it and does the rest."""
SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
IN_EDITOR = (
    "timeline", "list", "film", "text", "start", "end", "speaker", "forced", "top", "play", "pause", "before", "after", "add",
    "split", "merge", "delete", "undo", "redo", "wider", "closer", "cue", "breaks", "no_words", "which", "none_chosen",
    "amount", "checking", "no_cues", "counted", "by", "deleted", "too_short", "no_next", "no_time", "no_film", "how", "help",
)  # fmt: skip
"""The keys of app.toml that app.js says."""
TELL = (
    "watch('value', () => { (window.hallyuOTT ??= {})['NAME'] = props.value; "
    "window.dispatchEvent(new CustomEvent('hallyu-ott-NAME', {detail: props.value})); });"
)
"""What the page's Python tells the editor goes through hidden elements, so that no edit of the cues is overwritten; and it stays
there for an editor that is not there yet, because its tab was never open."""

PREVIEW = '<iframe title="Preview" hidden></iframe>'
SHOW = """const frame = element.querySelector("iframe");
watch("value", () => {
  frame.hidden = !props.value?.page;
  if (props.value?.page) frame.src = props.value.page.url;
  else frame.removeAttribute("src");
});"""
"""The stream's own page, as it will be played."""

# --- One visitor's work -----------------------------------------------------------------------------------


@dataclass(eq=False)
class Session(pages.Visit):
    """What one visitor is making.

    speech: where somebody speaks, once it was listened for. report, looked: what quality control said, and with which
    subtitles. guests: whose consent was shown. made: how many things were numbered.
    """

    MODULE = "ott"

    film: studio.Film | None = None
    rate: Fraction = Fraction(24)
    speech: tuple[tuple[float, float], ...] | None = None
    report: qc.Report | None = None
    looked: Track | None = None
    guests: list[Likeness] = field(default_factory=list)
    made: int = 0

    @property
    def cuts(self) -> tuple[float, ...]:
        """Shot changes of the film that is open."""
        return self.film.cuts if self.film else ()

    def need_film(self, language: str) -> studio.Film:
        """The film that is open. Raises HallyuError where there is none."""
        if self.film is None:
            raise HallyuError(say(language, "film_first"))
        return self.film

    def number(self) -> int:
        """Of the next thing that is made: no two have the same."""
        self.made += 1
        return self.made

    @contextmanager
    def working(self, language: str) -> Iterator[Callable[[], bool]]:
        """As at_work, one step at a time: a film is not changed under what is being made of it."""
        if self.running:
            raise HallyuError(say(language, "busy"))
        with self.at_work() as stopped:
            yield stopped

    def keep(self, folder: Path) -> None:
        """Remove what *folder* takes the place of: a film, or a release, is as large as the film."""
        for old in self.folder.glob(f"{folder.name.split('-')[0]}-*"):
            if old.is_dir() and old != folder:
                shutil.rmtree(old, ignore_errors=True)


def guard(status: gr.HTML) -> Callable:
    """As pages.guard; a step that Cancel ended says so."""

    def wrap(handler: Callable) -> Callable:
        @functools.wraps(handler)
        def run(*inputs):
            try:
                return handler(*inputs)
            except Stopped:
                language = next(language_of(each) for each in inputs if isinstance(each, gr.Request))
                return {status: note(say(language, "stopped"))}

        return pages.guard(status, korean)(run)

    return wrap


def served(path: Path) -> dict:
    """A file as the page's scripts can ask for it."""
    return FileData(path=str(path), meta={"_type": "gradio.FileData"}).model_dump()


def reporter(progress: gr.Progress, language: str, key: str) -> Callable[[float], None]:
    """What tells the page how far a long step is, and how long it still takes; a few times a second."""
    began, last = time.monotonic(), [0.0]

    def tick(share: float) -> None:
        now = time.monotonic()
        if share < 1 and now - last[0] < 0.25:
            return
        last[0] = now
        left = (now - began) / max(share, 1e-3) * (1 - share)
        known = share > 0.02
        text = say(language, key) + (f" · {left // 60:.0f}:{left % 60:02.0f}" if known else "")
        progress(min(1.0, share), desc=text)

    return tick


# --- Pieces of the page -----------------------------------------------------------------------------------


def film_for(film: studio.Film, number: int) -> dict:
    """A film as the editor takes it."""
    return {
        "id": number, "seconds": film.seconds, "rate": [film.rate.numerator, film.rate.denominator], "cuts": list(film.cuts),
        "proxy": served(film.proxy), "sheet": served(film.sheet), "every": film.every, "columns": film.columns,
        "thumbs": film.thumbs, "thumb": list(film.thumb), "peaks": studio.PEAKS, "waveform": film.waveform,
    }  # fmt: skip


def cues_for(track: Track, number: int) -> dict:
    """Cues as the editor takes them over."""
    return {"id": number, "cues": studio.rows(track), "rate": [track.rate.numerator, track.rate.denominator]}


def checked_for(track: Track, cuts: tuple[float, ...], audience: str, edit: int, language: str) -> dict:
    """What the guide says of edit number *edit*, as the editor marks it."""
    by = studio.guide_of(track.language)
    numbers = guide.limits(track, by, audience)
    return {
        "edit": edit, "gap": numbers.gap, "cps": numbers.cps, "width": by.width,
        "findings": [
            {"cue": found.cue, "code": found.code, "severity": found.rule.severity, "says": tell(language, found.says)}
            for found in studio.checked(track, cuts, audience)
        ],
        "counts": [
            [[f"{width:g}" for width in each.widths], f"{each.speed:.1f}"] for each in studio.counts(track, by)
        ],
    }  # fmt: skip


def facts(film: studio.Film, language: str) -> str:
    """What is known of a film."""
    info = film.info
    rate = f"{float(film.rate):.3f}".rstrip("0").rstrip(".")
    heard = ", ".join(f"{len(each.layout)} ch, {each.rate:,} Hz" for each in film.sound)
    rows = {
        "length": f"{timecode.text(round(film.seconds * film.rate), film.rate)} ({film.seconds:.1f} s)",
        "picture": f"{info.width} × {info.height}, {rate} fps, {info.codec}",
        "sound": heard or say(language, "silent"),
        "shots": say(language, "shots_say", shots=len(film.cuts) + 1),
    }
    return pages.listed(rows, language, say)


def repairs(fixed: fix.Fixed, track: Track, language: str) -> str:
    """What was repaired, and what only a person can repair."""
    key = "repaired" if fixed.repairs else "nothing_repaired"
    said = note(
        say(language, key, done=len(fixed.repairs), left=len(fixed.left)), "" if fixed.left else "good"
    )
    done = []
    for each in fixed.repairs:
        says = say(language, "of_cue", n=each.cue + 1, says=tell(language, each.says))
        done.append((track.timecode(track.cues[each.cue].start), each.code, says))
    left = [
        (
            each.finding.where,
            each.finding.code,
            f"{tell(language, each.finding.says)}: {tell(language, each.why)}",
        )
        for each in fixed.left
    ]
    return (
        said
        + table(say(language, "was_repaired"), done, language)
        + table(say(language, "is_left"), left, language)
    )


MOST_ROWS = 200


def table(caption: str, rows: list[tuple[str, str, str]], language: str) -> str:
    """Timecodes, codes and sentences; nothing where there are none."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{say(language, key)}</th>' for key in ("timecode", "code", "finding"))
    body = "".join(
        f'<tr><th scope="row">{escape(at)}</th><td><code>{escape(code)}</code></td><td>{escape(says)}</td></tr>'
        for at, code, says in rows[:MOST_ROWS]
    )
    more = len(rows) - MOST_ROWS
    rest = f'<p class="small">{say(language, "more_rows", n=more)}</p>' if more > 0 else ""
    return (
        f'<table class="found"><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>{rest}"
    )


def judged(report: qc.Report, language: str) -> str:
    """A report of quality control: the verdict, the loudness over time, and every finding with its picture."""
    counts = {kind: len(report.of(kind)) for kind in qc.SEVERITIES}
    said = note(
        say(language, "passed" if report.passed else "not_passed", **counts),
        "good" if report.passed else "bad",
    )
    in_words = functools.partial(tell, language)
    few = replace(report, defects=report.defects[:MOST_ROWS], stills=report.stills[:MOST_ROWS])
    more = len(report.defects) - MOST_ROWS
    rest = f'<p class="small">{say(language, "more_rows", n=more)}</p>' if more > 0 else ""
    return f'{said}<div class="report">{qc_report.heard(few, in_words)}{qc_report.findings(few, in_words)}{rest}</div>'


def verdict(report: Report, packed: list[tuple[str, int]], language: str) -> str:
    """What was made; of its files not the thousands of segments."""
    shown = [(name, size) for name, size in packed if not re.search(r"/\d+\.(m4s|vtt)$", name)]
    return pages.made(report, packed, language, say, korean, shown[:MOST_ROWS])


def guest_of(path: str | Path, signer: str) -> tuple[Likeness, Consent | FaceConsent]:
    """A signed consent, for a voice or for a face. Raises HallyuError with the reason where it is none."""
    digits = consent.spaced(signer)
    try:
        given = consent.read(path, digits, FaceConsent)
    except HallyuError:
        given = consent.read(path, digits)
    return Likeness(given.SUBJECT, given.subject, (), Path(path), digits), given


def stem(name: str) -> str:
    """A file's name without its ending and without what file systems and headers do not like."""
    return re.sub(r"[^\w.-]+", "-", Path(name).stem).strip("-.")[:60] or "subtitles"


# --- The page ---------------------------------------------------------------------------------------------


def build() -> gr.Blocks:
    """The page."""
    # The copy that is played and the stream's segments are asked for by their own addresses, and are not copied once more.
    gr.set_static_paths(work_folder(Session.MODULE))
    words = {
        language: {key: WORDS.translations[language][key] for key in IN_EDITOR}
        for language in pages.LANGUAGES
    }

    def choices(prefix: str, *keys: str) -> list[tuple]:
        return [(LABELS(f"{prefix}_{key}"), key) for key in keys]

    def hidden(name: str) -> gr.HTML:
        how = {"html_template": "<i></i>", "js_on_load": TELL.replace("NAME", name)}
        return gr.HTML({}, elem_id=f"told_{name}", elem_classes="told_by_python", **how)

    with gr.Blocks(title="Hallyu Studio · OTT", analytics_enabled=False, delete_cache=(3600, 86400)) as page:
        session = gr.State(Session(), delete_callback=Session.close)
        gr.Markdown(LABELS("title"), elem_id="title")
        gr.Markdown(LABELS("intro"), elem_id="intro")
        told_film, told_cues, told_checked, told_file = (
            hidden(name) for name in ("film", "cues", "checked", "file")
        )
        with gr.Tabs(elem_id="steps"):
            with gr.Tab(LABELS("tab_film"), id="film"):
                upload = gr.File(label=LABELS("upload"), height=130, elem_id="upload")
                with gr.Row(elem_classes="actions"):
                    sample = gr.Button(LABELS("sample"), elem_id="sample", size="md")
                    cancel = gr.Button(LABELS("cancel"), variant="stop", elem_id="cancel", size="md")
                found = gr.HTML(elem_id="found")
                about = gr.HTML(elem_id="about")
            with gr.Tab(LABELS("tab_subtitles"), id="subtitles"):
                with gr.Row(elem_classes="actions", elem_id="kinds"):
                    language = gr.Dropdown(
                        choices("language", *LANGUAGES),
                        value="ko",
                        label=LABELS("language"),
                        min_width=120,
                        elem_id="language",
                    )
                    kind = gr.Dropdown(
                        choices("kind", *KINDS),
                        value="subtitles",
                        label=LABELS("kind"),
                        min_width=120,
                        elem_id="kind",
                    )
                    audience = gr.Dropdown(
                        choices("audience", *guide.AUDIENCES), value="adults", label=LABELS("audience"), min_width=120,
                        elem_id="audience",
                    )  # fmt: skip
                with gr.Row(elem_classes="actions"):
                    draft = gr.Button(
                        LABELS("draft"), variant="primary", min_width=130, elem_id="draft", size="md"
                    )
                    cancel_draft = gr.Button(
                        LABELS("cancel"), variant="stop", min_width=100, elem_id="cancel_draft", size="md"
                    )
                    file = gr.UploadButton(LABELS("open_file"), min_width=130, elem_id="file", size="md")
                    repair = gr.Button(LABELS("repair"), min_width=130, elem_id="repair", size="md")
                    saves = {
                        suffix: gr.Button(
                            LABELS(f"save_{suffix[1:]}"),
                            min_width=100,
                            elem_id=f"save_{suffix[1:]}",
                            size="md",
                        )
                        for suffix in SUFFIXES
                    }
                with gr.Accordion(LABELS("script"), open=False, elem_id="script_box"):
                    script = gr.Textbox(
                        label=LABELS("script_label"), info=LABELS("script_info"), lines=4, max_lines=12, max_length=200_000,
                        elem_id="script",
                    )  # fmt: skip
                status = gr.HTML(elem_id="status")
                editor = gr.HTML(
                    {"edit": 0, "cues": []}, html_template=EDITOR, js_on_load=SCRIPT, apply_default_css=False, words=words,
                    elem_id="editor",
                )  # fmt: skip
                repaired = gr.HTML(elem_id="repaired")

            with gr.Tab(LABELS("tab_qc"), id="qc"):
                with gr.Row(elem_classes="actions"):
                    run_qc = gr.Button(LABELS("run_qc"), variant="primary", elem_id="run_qc", size="md")
                    cancel_qc = gr.Button(LABELS("cancel"), variant="stop", elem_id="cancel_qc", size="md")
                    report_file = gr.DownloadButton(
                        LABELS("report_file"), visible=False, elem_id="report_file", size="md"
                    )
                checking = gr.HTML(elem_id="checking")
                report = gr.HTML(elem_id="report")
            with gr.Tab(LABELS("tab_release"), id="release"):
                with gr.Row(elem_classes="actions"):
                    title = gr.Textbox(label=LABELS("name"), max_length=60, elem_id="name")
                    spoken = gr.Dropdown(
                        choices("language", *LANGUAGES),
                        value="ko",
                        label=LABELS("spoken"),
                        min_width=120,
                        elem_id="spoken",
                    )
                    licence = gr.Textbox(
                        label=LABELS("licence"), info=LABELS("licence_info"), max_length=80, elem_id="licence"
                    )
                heights = gr.CheckboxGroup(
                    [], label=LABELS("rungs"), info=LABELS("rungs_info"), elem_id="rungs"
                )
                with gr.Row(elem_classes="actions"):
                    subtitled = gr.Textbox(
                        label=LABELS("subtitled"),
                        info=LABELS("subtitled_info"),
                        max_length=60,
                        elem_id="subtitled",
                    )
                    translated = gr.Textbox(
                        label=LABELS("translated"),
                        info=LABELS("translated_info"),
                        max_length=60,
                        elem_id="translated",
                    )
                others = gr.File(label=LABELS("others"), file_count="multiple", height=120, elem_id="others")
                with gr.Accordion(LABELS("rights"), open=False, elem_id="rights"):
                    public = gr.CheckboxGroup(
                        [(name, f"voice:{name}") for name in PUBLIC_VOICES]
                        + [(each.face, f"face:{name}") for name, each in PUBLIC_FACES.items()],
                        label=LABELS("public"), info=LABELS("public_info"), elem_id="public",
                    )  # fmt: skip
                    gr.Markdown(LABELS("consent_info"))
                    signer = gr.Textbox(
                        label=LABELS("signer"), info=LABELS("signer_info"), max_length=80, elem_id="signer"
                    )
                    with gr.Row():
                        record = gr.UploadButton(
                            LABELS("record"), file_types=[".json"], elem_id="record", size="md"
                        )
                        forget = gr.Button(LABELS("forget"), elem_id="forget", size="md")
                    asked = gr.HTML(elem_id="asked")
                    ai = gr.CheckboxGroup(
                        choices("ai", *studio.METHODS),
                        label=LABELS("ai"),
                        info=LABELS("ai_info"),
                        elem_id="ai",
                    )
                    tools = gr.Textbox(
                        label=LABELS("tools"), info=LABELS("tools_info"), max_length=120, elem_id="tools"
                    )
                papers = gr.Checkbox(
                    True, label=LABELS("papers"), info=LABELS("papers_info"), elem_id="papers"
                )
                with gr.Row(elem_classes="actions"):
                    make = gr.Button(LABELS("make"), variant="primary", elem_id="make")
                    cancel_make = gr.Button(LABELS("cancel"), variant="stop", elem_id="cancel_make")
                building = gr.HTML(elem_id="building")
                download = gr.DownloadButton(
                    LABELS("download"), visible=False, variant="primary", elem_id="download"
                )
                preview = gr.HTML(
                    {}, html_template=PREVIEW, js_on_load=SHOW, apply_default_css=False, elem_id="preview"
                )
                made = gr.HTML(elem_id="made")

        sheet = {editor, language, kind, audience, session}

        def track_of(held: dict) -> Track:
            """The subtitles on the page."""
            sent = held[editor] if isinstance(held[editor], dict) else {}
            return studio.track_of(sent.get("cues"), held[language], held[kind], held[session].rate)

        def stop(session: Session, request: gr.Request):
            session.stop = True
            # What runs says itself that it was stopped, and may do so before this is heard.
            return gr.skip() if session.running else note(say(language_of(request), "nothing_runs"))

        # Film

        def open_film(path, mine: Session, now: str, progress) -> dict:
            number, ours = mine.number(), Path(path) == SAMPLE
            folder = mine.folder / f"film-{number}"
            with mine.working(now) as stopped:
                film = studio.opened(path, folder, reporter(progress, now, "opening"), stopped)
            mine.film, mine.rate, mine.speech, mine.report = film, film.rate, None, None
            mine.keep(folder)
            said = say(now, "opened" if film.sound else "opened_silent", name=film.name)
            about_it = RIGHTS_OF_SAMPLE if ours else {}
            return {
                found: note(said, "good"), about: facts(film, now), told_film: film_for(film, number), repaired: "", status: "",
                script: SCRIPT_OF_SAMPLE.read_text("utf-8") if ours else "", title: about_it.get("title", ""),
                licence: about_it.get("licence", ""), public: about_it.get("public", []), ai: about_it.get("ai", []),
                tools: about_it.get("tools", ""),
                checking: "", report: "", report_file: gr.DownloadButton(visible=False), building: "", made: "", preview: {},
                download: gr.DownloadButton(visible=False), heights: rungs_for(film),
            }  # fmt: skip

        def rungs_for(film: studio.Film):
            named = [
                (f"{height}p · {bits / 1000:,.0f} kbit/s", height) for height, bits in studio.rungs(film.info)
            ]
            return gr.CheckboxGroup(choices=named, value=[height for _, height in named][:3])

        def open_file(path, session: Session, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            if not path:
                return {found: ""}
            with session.own(path) as mine:
                return open_film(mine, session, language_of(request), progress)

        def open_sample(session: Session, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            return open_film(SAMPLE, session, language_of(request), progress)

        fresh = [
            found, about, told_film, repaired, status, script, checking, report, report_file, building, made, preview, download,
            heights, title, licence, public, ai, tools,
        ]  # fmt: skip
        told_found = guard(found)
        opens = {"outputs": fresh, "show_progress_on": [found], "concurrency_id": "open"}
        upload.upload(told_found(open_file), [upload, session], **opens)
        sample.click(told_found(open_sample), session, **opens)
        cancel.click(told_found(stop), session, found, queue=False, show_progress="hidden")

        # Subtitles

        told_status = guard(status)

        def check(held: dict, request: gr.Request):
            track, sent = track_of(held), held[editor]
            news = checked_for(
                track, held[session].cuts, held[audience], int(sent.get("edit", 0)), language_of(request)
            )
            return {told_checked: news, status: gr.skip()}

        gr.on(
            [editor.change, language.change, kind.change, audience.change], told_status(check), sheet, [told_checked, status],
            show_progress="hidden", trigger_mode="always_last",
        )  # fmt: skip

        def draft_cues(held: dict, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            now, mine = language_of(request), held[session]
            film = mine.need_film(now)
            if not film.sound:
                raise HallyuError(say(now, "no_sound"))
            tick = reporter(progress, now, "drafting")
            with mine.working(now) as stopped:
                heard, made = studio.draft(film, held[script], held[language], tick, stopped)
            mine.speech = heard.speech
            if not made.cues:
                raise HallyuError(say(now, "nobody_speaks"))
            said = say(now, "drafted", cues=len(made.cues), invented=len(heard.invented), by=studio.MACHINE)
            if heard.unsaid:
                said += " " + say(now, "unsaid", lines=len(heard.unsaid), first=heard.unsaid[0].text[:40])
            return {status: note(said, "good"), told_cues: cues_for(made, mine.number()), repaired: ""}

        draft.click(
            told_status(draft_cues),
            sheet | {script},
            [status, told_cues, repaired],
            show_progress_on=[status],
        )
        cancel_draft.click(told_status(stop), session, status, queue=False, show_progress="hidden")

        def open_subtitles(path, session: Session, request: gr.Request):
            read = subtitle_files.read(path)
            studio.few(read.cues)
            if session.film is None:
                session.rate = read.rate
            said = say(language_of(request), "read", name=Path(path).name, cues=len(read.cues))
            spoken = "ko" if read.language.lower().startswith("ko") else "en"
            return {
                told_cues: cues_for(replace(read, rate=session.rate), session.number()), language: spoken, kind: read.kind,
                status: note(said, "good"), repaired: "",
            }  # fmt: skip

        file.upload(
            told_status(open_subtitles), [file, session], [told_cues, language, kind, status, repaired],
            show_progress_on=[status],
        )  # fmt: skip

        def repair_cues(held: dict, request: gr.Request):
            now, mine, track = language_of(request), held[session], need_cues(held, language_of(request))
            fixed = studio.repaired(
                track, mine.cuts, held[audience], mine.film.seconds if mine.film else None
            )
            news = {told_cues: cues_for(fixed.track, mine.number())} if fixed.repairs else {}
            return {**news, repaired: repairs(fixed, track, now), status: ""}

        def need_cues(held: dict, now: str) -> Track:
            track = track_of(held)
            if not track.cues:
                raise HallyuError(say(now, "cues_first"))
            return track

        repair.click(
            told_status(repair_cues), sheet, [told_cues, repaired, status], show_progress_on=[repaired]
        )

        def save_as(suffix: str):
            def save(held: dict, request: gr.Request):
                now, mine, track = language_of(request), held[session], need_cues(held, language_of(request))
                number = mine.number()
                name = f"{stem(mine.film.name if mine.film else 'subtitles')}.{track.language}{suffix}"
                path = mine.folder / f"saved-{number}" / name  # what is fetched is called as its file is
                path.parent.mkdir()
                subtitle_files.write(path, track)
                return {
                    told_file: {"id": number, "name": name, "file": served(path)},
                    status: note(say(now, "saved", name=name), "good"),
                }

            return save

        for suffix, button in saves.items():
            button.click(told_status(save_as(suffix)), sheet, [told_file, status], show_progress="hidden")

        # Quality control

        def looked_at(held: dict, now: str, tick, stopped) -> qc.Report:
            """The report of the film that is open, with the subtitles on the page; that of before, where both are the same."""
            mine, track = held[session], track_of(held)
            film = mine.need_film(now)
            if mine.report is not None and mine.looked == track:
                return mine.report
            if mine.speech is None and film.sound:
                mine.speech = tuple(
                    recognise.speech(film.path, tick=lambda share: tick(share / 8), stop=stopped)
                )
            mine.report = qc.run(
                film.path, track=track if track.cues else None, speech=mine.speech, shots=film.cuts,
                tick=lambda share: tick((1 + 7 * share) / 8), stop=stopped,
            )  # fmt: skip
            mine.looked = track
            return mine.report

        def check_film(held: dict, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            now, mine = language_of(request), held[session]
            mine.need_film(now)
            with mine.working(now) as stopped:
                found_ = looked_at(held, now, reporter(progress, now, "looking"), stopped)
            page_, _ = found_.write(mine.folder / f"qc-{mine.number()}", now, functools.partial(tell, now))
            return {
                checking: "",
                report: judged(found_, now),
                report_file: gr.DownloadButton(value=str(page_), visible=True),
            }

        run_qc.click(
            guard(checking)(check_film), sheet, [checking, report, report_file], show_progress_on=[checking]
        )
        cancel_qc.click(guard(checking)(stop), session, checking, queue=False, show_progress="hidden")

        # What goes out

        def check_record(path, digits, session: Session, request: gr.Request):
            now = language_of(request)
            if not path:
                raise HallyuError(say(now, "no_record"))
            if not digits.strip():
                raise HallyuError(say(now, "no_signer"))
            guest, given = guest_of(path, digits)
            kept = session.folder / f"consent-{session.number()}.json"
            with write_whole(kept) as draft_:
                draft_.write_bytes(Path(path).read_bytes())
            session.guests.append(replace(guest, record=kept))
            return {asked: pages.record_card(given, guest.signer, now, say, korean)}

        def forget_guests(session: Session, request: gr.Request):
            for guest in session.guests:
                guest.record.unlink(missing_ok=True)
            session.guests.clear()
            return {asked: note(say(language_of(request), "forgotten"), "good")}

        told_asked = guard(asked)
        record.upload(told_asked(check_record), [record, signer, session], asked, show_progress="hidden")
        forget.click(told_asked(forget_guests), session, asked, show_progress="hidden")

        def order_of(held: dict, now: str) -> studio.Order:
            """What is wanted of the release, and who answers for it."""
            mine, track = held[session], track_of(held)
            if not held[title].strip():
                raise HallyuError(say(now, "title_first"))
            person, translator = held[subtitled].strip(), held[translated].strip()
            texts = []
            if track.cues:
                machine = any(cue.by == studio.MACHINE for cue in track.cues)
                if not person:
                    raise HallyuError(say(now, "nobody_checked" if machine else "nobody_wrote"))
                texts.append(
                    Subtitled(
                        track,
                        person,
                        tool=studio.MACHINE if machine else "",
                        checked_by=person if machine else "",
                    )
                )
            for path in held[others] or []:
                read = studio.in_another_language(path, mine.rate)
                if not translator:
                    raise HallyuError(say(now, "nobody_translated"))
                texts.append(
                    Subtitled(read, translator, source=held[spoken] if read.language != held[spoken] else "")
                )
            using = held[tools].strip()
            if held[ai] and not using:
                raise HallyuError(say(now, "no_tools"))
            public_ = [Likeness(*each.split(":", 1)) for each in held[public] or []]
            return studio.Order(
                held[title].strip(), tuple(held[heights] or ()), held[spoken], tuple(texts), (*public_, *mine.guests),
                tuple((part, using) for part in held[ai] or []), held[licence].strip(), dossier=bool(held[papers]),
            )  # fmt: skip

        def make_release(held: dict, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            now, mine = language_of(request), held[session]
            film, number = mine.need_film(now), mine.number()
            order = order_of(held, now)
            folder, archive = mine.folder / f"release-{number}", mine.folder / f"{stem(order.title)}.zip"
            with mine.working(now) as stopped:
                if order.dossier:
                    looked = looked_at(held, now, reporter(progress, now, "looking"), stopped)
                    order = replace(order, report=looked, speech=mine.speech or ())
                tick = reporter(progress, now, "making")
                stream, checked = studio.released(film, folder, order, pages.LANGUAGES, tick, stopped)
                packed = studio.pack(folder, archive, stopped)
            mine.keep(folder)
            return {
                building: "", made: verdict(checked, packed, now), preview: {"page": served(stream / player.PAGE)},
                download: gr.DownloadButton(value=str(archive), visible=True),
            }  # fmt: skip

        make.click(
            guard(building)(make_release),
            sheet | {title, spoken, licence, heights, subtitled, translated, others, public, ai, tools, papers},
            [building, made, preview, download], show_progress_on=[building],
        )  # fmt: skip
        cancel_make.click(guard(building)(stop), session, building, queue=False, show_progress="hidden")
    return page


if __name__ == "__main__":
    pages.run(build(), PAGE)
