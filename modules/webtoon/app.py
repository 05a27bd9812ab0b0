"""The webtoon app: a script in, an episode out. A thin page over hallyu.webtoon; it holds no technique.

    python modules/webtoon/app.py
"""

import functools
import re
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from pathlib import Path

import gradio as gr
from PIL import Image

from hallyu import models
from hallyu.courseware import pages
from hallyu.courseware.pages import LANGUAGES, language_of, note, picture
from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.provenance import credentials
from hallyu.webtoon import assistant, export, script, storyboard, validation
from hallyu.webtoon.edit import reword
from hallyu.webtoon.engine import CharacterEngine
from hallyu.webtoon.episode import Delivery, Episode, Stopped, deliver, pack, words
from hallyu.webtoon.korean import korean, korean_reason
from hallyu.webtoon.notice import notice
from hallyu.webtoon.strip import SCREEN, Strip, pacing

MEDIA = Path(__file__).parent / "media"
SAMPLE, PROSE = MEDIA / "first-snow.txt", MEDIA / "first-snow-prose.txt"
WRITER = "writer"
"""The name in the work log of somebody who gave none."""
PHONE = 390
"""CSS pixels of a phone's width; pictures for it are twice as wide, for its screen's density."""

WORDS = pages.Words(Path(__file__).with_suffix(".toml"))
LABELS, say = WORDS.labels, WORDS.say
PAGE = pages.settings(Path(__file__), WORDS)
guard = functools.partial(pages.guard, korean=korean)
tell = functools.partial(pages.sentence, korean=korean)

# --- One visitor's work -----------------------------------------------------------------------------------


@dataclass
class Session(pages.Visit):
    """What one visitor is making."""

    MODULE = "webtoon"

    episode: Episode | None = None
    text: str = ""
    prose: str = ""
    decisions: assistant.Session | None = None
    cut: int = 0
    line: tuple[str, str] | None = None  # language and id of the words in the box

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


# --- Pieces of the page -----------------------------------------------------------------------------------


def findings(read: script.Script, problems: list[validation.Problem], language: str) -> str:
    """The validator's problems, each beside its cut's number."""
    errors = sum(problem.severity == "error" for problem in problems)
    count = {"cuts": len(read.cuts), "errors": errors, "warnings": len(problems) - errors}
    rows = []
    for problem in problems:
        where = say(language, "whole") if problem.cut is None else say(language, "cut_n", n=problem.cut)
        rows.append(
            f'<li class="{problem.severity}"><b>{where}</b><i>{say(language, problem.severity)}</i>'
            f"<span>{escape(tell(language, problem.message))}</span></li>"
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
    says = "".join(f"<li>{escape(tell(language, line))}</li>" for line in (*report.problems, *report.notes))
    files = "".join(
        f"<tr><td>{escape(item.file)}</td><td>{item.width} × {item.height}</td><td>{item.bytes / 1e3:,.0f} kB</td></tr>"
        for item in report.slices
    )
    return (
        note(verdict, "good" if report.passed else "bad")
        + f'<h3>{say(language, "disclosed")}</h3>{label}<h3>{say(language, "credentials")}</h3><p>{seal}</p>'
        + f'<h3>{say(language, "report")}</h3><p>{escape(tell(language, report.summary))}</p>'
        + f"<ul>{says}</ul><table>{files}</table>"
    )


def in_words(cut: script.Cut, language: str) -> str:
    """A cut for a reader who hears the page."""
    return script.cut_text(cut) if language == "ko" else export.describe_cut(cut)


def read_cut(text: str, session: Session, language: str) -> script.Cut:
    """One cut in the text form, with the session's cast. Raises HallyuError when it is not exactly one."""
    cast = script.format(script.Script("-", session.episode.script.cast, ()))
    try:
        cuts = script.parse(f"{cast}\n{text}").cuts
    except HallyuError as error:  # it counts lines from the cast's first, which the writer does not see
        hidden = cast.count("\n") + 1
        said = re.sub(r"^Line (\d+)", lambda found: f"Line {int(found[1]) - hidden}", str(error))
        raise HallyuError(said) from error
    if len(cuts) != 1:
        raise HallyuError(say(language, "one_cut", n=len(cuts)))
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
                gr.Info(tell(language_of(request), remark))
            return checked_text(read, name, session, request)

        def open_sample(name, session: Session, request: gr.Request):
            return checked_text(SAMPLE.read_text(encoding="utf-8"), name, session, request)

        def checked_text(read, name, session: Session, request: gr.Request):
            """Put a text in the box, whether or not it is a script, and say what the validator says."""
            return {text: read, **told(check_script)(read, name, session, request)}

        told, checked, in_turn = guard(found), [found, gallery, drawing, narrator, one], {"concurrency_id": "script"}
        check.click(told(check_script), [text, writer, session], checked, **in_turn)
        upload.upload(told(open_file), [upload, writer, session], [text, *checked], **in_turn)
        sample.click(told(open_sample), [writer, session], [text, *checked], **in_turn)
        page.load(told(check_script), [text, writer, session], checked, show_progress="hidden", **in_turn)

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
                    cut = read_cut(proposal, session, now)
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
            reason = korean_reason(suggestion.reason) if now == "ko" else suggestion.reason
            said = say(now, "proposed", left=len(left), number=left[0], reason=reason)
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
            session.start_at(whole(start, now))
            yield {drawing: note(say(now, "loading"))}
            use = engine_of()
            key = "drawing_all"
            with session.at_work() as stopped:
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
                large: picture(episode.panel(number).art(), in_words(episode.cut(number), now), 520, "panel"),
                tried: gr.Radio(choices, value=episode.seeds[number]), gallery: cards(session, now),
                drawing: progress_line(session, now),
            }  # fmt: skip

        def draw_one(choice: str):
            def drawn(seed, back, name, session: Session, request: gr.Request):
                episode, now = session.episode, language_of(request)
                if episode is None or not episode.drawn(session.cut):
                    raise HallyuError(say(now, "draw_first"))
                wanted = episode.new_seed(session.cut) if choice == "new" else whole(seed if choice == "seed" else back, now)
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
            return {line: gr.Dropdown(choices, value=id), **words_and_panel(language, id, session, request)}

        def show_line(language, id, session: Session, request: gr.Request):
            # A dropdown reports one choice twice; the second answer would overwrite what the writer types meanwhile.
            if session.line == (language, id):
                return {lettering: gr.skip()}
            return words_and_panel(language, id, session, request)

        def words_and_panel(language, id, session: Session, request: gr.Request):
            episode, now = drawn_episode(session, request), language_of(request)
            session.line = (language, id)
            panel = episode.letter(number_of(id, now), language)
            return {
                words_box: words(episode.script, id, language), lettering: "",
                lettered: picture(panel.picture, in_words(panel.cut, now), 520, "panel"),
            }  # fmt: skip

        def letter_again(written, language, id, said, name, session: Session, request: gr.Request):
            now = language_of(request)
            session.take_script(written, name)  # what was typed since the last check is kept
            episode = drawn_episode(session, request)
            number_of(id, now)
            said = " ".join(said.split())
            edited = reword(written, id, said, language) if said else written
            panel = episode.reword(id, said, language, name or WRITER)
            session.text = edited
            return {
                lettering: note(say(now, "lettered", id=id), "good"), text: edited,
                lettered: picture(panel.picture, in_words(panel.cut, now), 520, "panel"),
            }  # fmt: skip

        told_letters, board = guard(lettering), [words_box, lettered, lettering]
        # One after the other: else the words of a line that was chosen earlier could be shown over those of a later one.
        in_turn, chosen = {"show_progress_on": [lettered], "concurrency_id": "letters"}, [language, line, session]
        for event in (letters_tab.select, language.change):
            event(told_letters(open_letters), chosen, [line, *board], trigger_mode="always_last", **in_turn)
        line.input(told_letters(show_line), chosen, board, trigger_mode="always_last", **in_turn)
        inputs = [text, language, line, words_box, writer, session]
        for event in (reletter.click, words_box.submit):
            event(told_letters(letter_again), inputs, [lettering, text, lettered], **in_turn)

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
            with session.at_work() as stopped:
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


def whole(value: float | None, language: str) -> int:
    """What a number box holds, as a seed. Raises HallyuError when it is empty."""
    if value is None:
        raise HallyuError(say(language, "no_seed"))
    return int(value)


def number_of(id: str | None, language: str) -> int:
    """The cut's number in a string-table key. Raises HallyuError when no line is chosen."""
    if not id:
        raise HallyuError(say(language, "no_line"))
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
    pages.run(build(), PAGE)
