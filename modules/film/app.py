"""The film app: a shot in, its matte, comp, face and grade, and the files that go out. A thin page over hallyu.film.studio,
.measures and .delivery.

python modules/film/app.py
"""

import functools
import logging
import re
import threading
import time
from abc import ABCMeta
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np

from hallyu.courseware import pages
from hallyu.courseware.pages import language_of, note
from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.film import (
    cdl,
    delivery,
    faces,
    finishing,
    framing,
    lut,
    match,
    measures,
    names,
    plots,
    scopes,
    segment,
    spill,
    studio,
)
from hallyu.film.finishing import Finished
from hallyu.film.korean import korean
from hallyu.film.measures import Row, Word
from hallyu.film.studio import Bench, Ground, Shot, Wish
from hallyu.provenance.consent import PUBLIC_FACES

MEDIA = Path(__file__).parent / "media"
OPENING = "s6.mp4"
"""The shot that the page opens with: before a green screen, so that its exact matte is known."""
SAMPLES = tuple(
    name
    for name in (
        "s6.mp4", "s3.mp4", "s3-camera-b.mp4", "s2.mp4", "s7.mp4", "s4.mp4", "s5a.mp4", "astronaut.jpg",
    )
    if (MEDIA / name).is_file()
)  # fmt: skip
SEEN_IN = {"s3-camera-b.mp4": ("haneul",), "astronaut.jpg": ("astronaut",)}
"""Whose faces the samples show that have no record beside them."""
REFERENCES = {"s3.mp4": "reference_s3", "s2.mp4": "reference_s2", "s7.mp4": "reference_s7"}
OURS = "Hallyu Studio, CC BY 4.0"
STEPS = ("shot", "matte", "comp", "face", "grade", "deliver")
LONGEST = studio.LONGEST
"""Pixels of the longest side at which one frame is worked on, and at which a whole shot is looked at."""
SHOWN = 960
"""CSS pixels of the picture on the page."""

WORDS = pages.Words(Path(__file__).with_suffix(".toml"))
LABELS, say = WORDS.labels, WORDS.say
PAGE = pages.settings(Path(__file__), WORDS, max_file_size="8gb")
guard = functools.partial(pages.guard, korean=korean)
tell = functools.partial(pages.sentence, korean=korean)

WIPE = """<figure class="wipe" hidden><div class="stage"><img class="after" alt=""><img class="before" alt="">
<span class="line" aria-hidden="true"></span><input type="range" min="0" max="100" step="0.5" value="50"></div>
<figcaption><span class="left"></span><span class="right"></span></figcaption></figure>"""
"""The frame of the wipe; app.js fills it and does the rest."""
SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
IN_WIPE = ("wipe", "wipe_at")
KINDS = {"slope": 1.0, "offset": 0.0, "power": 1.0}


@functools.cache
def rendered() -> np.ndarray:
    """The forest of the scene."""
    return studio.layered(
        tuple(MEDIA / f"forest-{layer}.exr" for layer in ("background", "middle", "foreground"))
    )


GROUNDS = {
    "rendered": Ground("rendered", f"Forest: rendered, {OURS}", lambda width, height: rendered()),
    "painted": Ground("painted", f"Forest: painted by rule, {OURS}", studio.painted),
}

# --- One visitor's work -----------------------------------------------------------------------------------


@dataclass(eq=False)
class Session(pages.Visit):
    """What one visitor is making."""

    MODULE = "film"

    bench: Bench = field(default_factory=lambda: Bench(LONGEST))
    ground: Ground | None = None  # a place that was dropped
    reference: np.ndarray | None = None  # a look that was dropped
    matched: match.Match | None = None


class Stopped(Exception):
    """The visitor pressed Cancel."""


def sample_shot(name: str) -> Shot:
    """One of SAMPLES."""
    return studio.sample(MEDIA / name, SEEN_IN.get(name, ()))


def wish_of(mine: Session, want: SimpleNamespace, language: str) -> Wish:
    """What the controls ask for."""
    if want.plate == "own" and mine.ground is None:
        raise HallyuError(say(language, "no_plate"))
    alike = (
        "frame", "pull", "width", "smoothing", "blur", "blacks", "wrap", "grain", "shadow", "way", "now", "wanted", "strength",
    )  # fmt: skip
    return Wish(
        **{name: getattr(want, name) for name in alike}, ground=mine.ground if want.plate == "own" else GROUNDS.get(want.plate),
        flakes=int(want.snow), which=int(want.which or 0), grade=grade_of(mine, want), title=want.title.strip(),
    )  # fmt: skip


def grade_of(mine: Session, want: SimpleNamespace) -> lut.Cube | cdl.CDL | None:
    """The grade: none, ten numbers, or what a match gave."""
    if want.grade == "numbers":
        three = {kind: tuple(getattr(want, f"{kind}_{c}") for c in "rgb") for kind in KINDS}
        return cdl.CDL(**three, saturation=want.saturation)
    return mine.matched.lut if want.grade == "match" and mine.matched else None


def until_step(want: SimpleNamespace) -> SimpleNamespace:
    """What the controls say without what comes after the step that is open: that neither helps nor hinders it."""
    if want.step not in ("shot", "matte", "face"):
        return want
    return SimpleNamespace(**{**vars(want), "plate": "none", "grade": "none"})


def done_at(mine: Session, want: SimpleNamespace, language: str) -> Finished:
    """The chosen frame at each step, up to the one that is open."""
    if want.step == "shot":
        before = mine.bench.frame(want.frame)[..., :3]
        return Finished(before, None, None, before, before)
    return mine.bench.still(wish_of(mine, until_step(want), language))


# --- What is shown ------------------------------------------------------------------------------------------


def shown(picture: np.ndarray) -> str:
    """A frame, a matte or a picture as an address for the wipe."""
    return pages.jpeg(
        plots.picture(picture), SHOWN // 2 if max(picture.shape[:2]) <= SHOWN else SHOWN * 2 // 3
    )


def flat(frame: np.ndarray) -> np.ndarray:
    """What the eye sees of a frame: one with a matte of its own over a checkerboard."""
    return plots.checkerboard(frame) if frame.shape[2] == 4 else frame


def wiped(mine: Session, want: SimpleNamespace, done: Finished, language: str) -> dict:
    """The two pictures of the step that is open."""
    bench, step, left, right = mine.bench, want.step, "as_shot", "finished"
    before, after = done.before, done.graded
    if step == "shot":
        whole, found = bench.frame(want.frame), bench.faces(want.frame)
        before, after, right = None, flat(whole), "composition"
        if found:
            subjects = [framing.Subject.of(face) for face in found]
            before, after = after, framing.guides(whole[..., :3], subjects)
    elif step == "matte":
        if done.cutout is None:
            before, right = None, "as_shot"
        elif want.show == "matte":
            after, right = done.cutout[..., 3], "matte_label"
        else:
            after, right = plots.checkerboard(done.cutout), "cutout_label"
    elif step == "comp":
        after, right = (done.frame, "comp_label") if want.plate != "none" else (done.before, "as_shot")
    elif step == "face":
        after, right = done.before, "as_shot"
        if done.face is not None:
            face = bench.face(wish_of(mine, until_step(want), language))
            rows, columns = finishing.face_crop(face, *done.before.shape[1::-1])
            before, after, right = done.before[rows, columns], done.face.frame[rows, columns], "face_label"
    elif step == "grade":
        before, left, right = done.frame, "ungraded", "graded" if want.grade != "none" else "ungraded"
    left, right = say(language, left), say(language, right)
    alt = say(
        language, "alt", step=say(language, f"tab_{step}"), frame=want.frame + 1, left=left, right=right
    )
    two = before is not None and left != right
    return {
        "before": shown(before) if two else "", "after": shown(after), "left": left, "right": right, "alt": alt,
    }  # fmt: skip


def scoped(bench: studio.Bench, want: SimpleNamespace, done: Finished, language: str) -> str:
    """Waveform, vectorscope and histogram, before the grade and after it."""
    if want.step != "grade":
        return ""
    rows = []
    both = (("ungraded", done.frame), ("graded", done.graded))
    for key, frame in both[:1] if want.grade == "none" else both:
        read = scopes.readings(frame, measures.nearest(bench.faces(want.frame), frame))
        said = say(
            language, "scopes_say", black=f"{read.black:.0%}", middle=f"{read.middle:.0%}", white=f"{read.white:.0%}",
            crushed=f"{read.crushed:.1%}", clipped=f"{read.clipped:.1%}",
        )  # fmt: skip
        if read.skin is not None:
            said += say(language, "skin_says", skin=f"{read.skin:+.0f}°")
        pictures = [
            (name, make(frame)) for name, make in (
                ("waveform", scopes.waveform), ("vectorscope", scopes.vectorscope), ("histogram", scopes.histogram),
            )
        ]  # fmt: skip
        rows.append(f"<h3>{say(language, key)}</h3>")
        for name, picture in pictures:
            label, kind = say(language, name), "vector" if name == "vectorscope" else ""
            rows.append(
                f"<figure>{pages.picture(plots.picture(picture), f'{label}, {say(language, key)}: {said}', 480, kind)}"
                f"<figcaption>{label}</figcaption></figure>"
            )
    return f'<div class="scopes">{"".join(rows)}</div>'


def panel(mine: Session, want: SimpleNamespace, done: Finished, language: str) -> str:
    """The metrics beside the picture."""
    step, bench, wish = want.step, mine.bench, wish_of(mine, until_step(want), language)
    parts: dict[str, list[Row]] = {}
    notes: list[str] = []
    if step == "shot":
        frame, found = bench.frame(want.frame), bench.faces(want.frame)
        parts["shot"] = measures.of_shot(bench.shot.info, frame, found)
        notes = measures.composed(frame, found).problems() if found else []
    if step in ("matte", "deliver") and wish.pull != "none":
        kind = spill.BLUE if bench.pull(wish).by == spill.BLUE else spill.GREEN
        parts["matte"] = measures.of_matte(done, kind, bench.truth(want.frame))
    if step in ("comp", "deliver"):
        parts["comp"] = measures.of_comp(done, bench.ground(wish, done.before.shape[1::-1]))
    if step in ("face", "deliver") and done.face is not None:
        parts["face"] = measures.of_face(done, bench.face(wish))
    if step in ("grade", "deliver"):
        found = mine.matched if want.grade == "match" else None
        parts["grade"] = measures.of_grade(done, wish.grade, found, bench.faces(want.frame))
        notes = found.problems() if found and step == "grade" else []
    said = "".join(table(say(language, f"tab_{key}"), rows, language) for key, rows in parts.items() if rows)
    return (
        said
        + whole(bench, language)
        + "".join(f'<p class="small">{escape(tell(language, line))}</p>' for line in notes)
    )


def whole(bench: Bench, language: str) -> str:
    """What was measured while the whole shot was worked through."""
    if bench.whole is None:
        return ""
    return table(say(language, "whole_shot"), measures.of_whole(bench.whole), language)


def table(caption: str, rows: list[Row], language: str) -> str:
    """Rows as a table that a screen reader reads well."""

    def cell(row: Row, value: measures.Value) -> str:
        return f"<td>{escape(say(language, value) if isinstance(value, Word) else row.said(value))}</td>"

    two = any(row.before != "" for row in rows)
    columns = ("measure", "before", "after", "unit") if two else ("measure", "value", "unit")
    head = "".join(f'<th scope="col">{say(language, key)}</th>' for key in columns)
    body = "".join(
        f'<tr><th scope="row">{say(language, row.key)}</th>{cell(row, row.before) if two else ""}{cell(row, row.after)}'
        f'<td class="unit">{say(language, f"unit_{row.unit}") if row.unit else ""}</td></tr>'
        for row in rows
    )
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def plain(panels: str) -> str:
    """The panel as lines of text, for the report that goes with the files."""
    text = re.sub(r"</(tr|caption|p|thead)>", "\n", panels)
    text = re.sub(r"</t[hd]>", "\t", text)
    return "\n".join(line.rstrip() for line in re.sub(r"<[^>]+>", "", text).splitlines() if line.strip())


def rights(shot: Shot, language: str) -> str:
    """Whose faces are in a sample, and under which licence."""
    if not shot.people:
        return f'<p class="small">{say(language, "own_face")}</p>'
    cards = []
    for public in (PUBLIC_FACES[name] for name in shot.people):
        rows = {
            "who": public.face,
            "licence": public.licence,
            "uses": ", ".join(public.uses),
            "credit": public.credit,
        }
        cards.append(pages.listed(rows, language, say))
    return f'<p class="small">{say(language, "public_face")}</p>{"".join(cards)}'


# --- The whole shot -----------------------------------------------------------------------------------------


def span_of(mine: Session, want: SimpleNamespace) -> tuple[int, int]:
    """The frames that are chosen, from 0, without the last."""
    shot = mine.bench.shot
    return delivery.span(shot, int(want.first or 1), int(want.last or shot.length))


def film_of(mine: Session, want: SimpleNamespace, report: Callable, language: str) -> Path:
    """The whole shot as the open step shows it, H.264 for a browser."""
    bench, path, (first, last) = mine.bench, mine.folder / f"{want.step}.mp4", span_of(mine, want)
    wish, heard = wish_of(mine, want, language), delivery.sound(bench.shot, first)
    with finishing.writing(path, bench.shot.info.rate, **heard) as put:
        for done in bench.run(wish, first, last, bench.longest, report):
            put(filmed(done, want.step, want.show))
    return path


def filmed(done: Finished, step: str, show: str) -> np.ndarray:
    """The picture of a step, for the film of the whole shot."""
    if step == "matte" and done.cutout is not None:
        return plots.picture(done.cutout[..., 3]) if show == "matte" else plots.checkerboard(done.cutout)
    if step == "comp":
        return done.frame
    return done.face.frame if step == "face" and done.face is not None else done.graded


def delivered(
    mine: Session, want: SimpleNamespace, report: Callable, panels: str, language: str
) -> tuple[Path, str]:
    """The ZIP of all files, and what the page says of them after preflight opened each of them again."""
    shot, matched = mine.bench.shot, mine.matched if want.grade == "match" else None
    one = want.range == "one" or shot.info.still
    first, last = (want.frame, want.frame + 1) if one else span_of(mine, want)
    order = delivery.Order(
        names.parse(want.code.strip()), first, last, (0, 0) if one else delivery.handles(shot, first, last), tuple(want.copies),
        copy=not one, maker=want.maker.strip() or "artist", country=want.country.strip().upper(),
        licence=say(language, "licence_line"), footage=OURS if shot.people and "astronaut" not in shot.people else "",
        numbers=matched and matched.cdl,
    )  # fmt: skip
    made = delivery.write(mine.folder, mine.bench, wish_of(mine, want, language), order, report)
    panels += "" if one else whole(mine.bench, language)
    archive = mine.folder / f"{order.code}.zip"
    packed = delivery.pack(made, archive, f"{made.report.text()}\n\n{plain(panels)}\n")
    return archive, pages.made(made.report, packed, language, say, korean, delivery.files_of(packed))


@functools.cache
def warm() -> None:
    """Open the networks before somebody waits for them."""

    def work() -> None:
        try:
            grey = np.full((64, 64, 3), 0.5, np.float32)
            segment.segment(grey)
            faces.detect(grey)
        except Exception as error:  # it will be met, and told, when somebody needs it
            logging.getLogger(__name__).warning("The networks could not be opened: %s", error)

    threading.Thread(target=work, daemon=True).start()


# --- The page ---------------------------------------------------------------------------------------------


def late(component: type) -> type:
    """A component of Gradio's that also takes a value from before its bounds or choices changed.

    What was asked of the shot before may still wait when another is open, and Gradio would refuse it in words of its own.
    """
    # No class statement: Gradio would write a .pyi file of this one beside it.
    taking = {"is_template": True, "preprocess": lambda self, payload: payload}
    return ABCMeta.__new__(type(component), component.__name__, (component,), taking)


def build() -> gr.Blocks:
    """The page."""
    words = {
        language: {key: WORDS.translations[language][key] for key in IN_WIPE} for language in pages.LANGUAGES
    }

    def choices(*keys: str, prefix: str) -> list[tuple]:
        return [(LABELS(f"{prefix}_{key}"), key) for key in keys]

    with gr.Blocks(title="Hallyu Studio · Film", analytics_enabled=False, delete_cache=(3600, 86400)) as page:
        session = gr.State(Session(), delete_callback=Session.close)
        gr.Markdown(LABELS("title"), elem_id="title")
        gr.Markdown(LABELS("intro"), elem_id="intro")
        with gr.Row(elem_id="desk"):
            with gr.Column(scale=6, min_width=330, elem_id="look"):
                wipe = gr.HTML(
                    {},
                    html_template=WIPE,
                    js_on_load=SCRIPT,
                    apply_default_css=False,
                    words=words,
                    elem_id="wipe",
                )
                frame = late(gr.Slider)(1, 2, 1, step=1, label=LABELS("frame"), elem_id="frame")
                status = gr.HTML(elem_id="status")
                with gr.Row(elem_classes="actions"):
                    play = gr.Button(LABELS("play"), elem_id="play", size="md")
                    cancel = gr.Button(LABELS("cancel"), variant="stop", elem_id="cancel", size="md")
                playing = gr.HTML(elem_id="playing")
                movie = gr.Video(
                    label=LABELS("movie"), visible=False, interactive=False, buttons=[], elem_id="movie"
                )
                graphs = gr.HTML(elem_id="scopes")
            with gr.Column(scale=4, min_width=330, elem_id="work"):
                opened = gr.Radio(STEPS, value="shot", visible="hidden")
                with gr.Tabs(overflow_behavior="wrap", elem_id="steps"):
                    tabs = {}
                    with gr.Tab(LABELS("tab_shot"), id="shot") as tabs["shot"]:
                        upload = gr.File(label=LABELS("upload"), height=130, elem_id="upload")
                        sample = gr.Dropdown(
                            [(LABELS(f"sample_{Path(name).stem}"), name) for name in SAMPLES], value=OPENING,
                            label=LABELS("sample"), elem_id="sample",
                        )  # fmt: skip
                        found = gr.HTML(elem_id="found")
                        with gr.Row():
                            first = gr.Number(
                                1, label=LABELS("first"), precision=0, min_width=110, elem_id="first"
                            )
                            last = gr.Number(
                                1, label=LABELS("last"), precision=0, min_width=110, elem_id="last"
                            )
                    with gr.Tab(LABELS("tab_matte"), id="matte") as tabs["matte"]:
                        pull = gr.Radio(
                            choices("none", "screen", "person", "own", prefix="pull"), value="screen", label=LABELS("pull"),
                            elem_id="pull",
                        )  # fmt: skip
                        show = gr.Radio(
                            choices("cutout", "matte", prefix="show"),
                            value="cutout",
                            label=LABELS("show"),
                            elem_id="show",
                        )
                        width = gr.Slider(
                            0.25,
                            3,
                            1,
                            step=0.05,
                            label=LABELS("width"),
                            info=LABELS("width_info"),
                            elem_id="width",
                        )
                        smoothing = gr.Slider(
                            0, 0.1, 0.02, step=0.005, label=LABELS("smoothing"), info=LABELS("smoothing_info"),
                            elem_id="smoothing",
                        )  # fmt: skip
                    with gr.Tab(LABELS("tab_comp"), id="comp") as tabs["comp"]:
                        ground = gr.Radio(
                            choices("none", "rendered", "painted", "own", prefix="plate"), value="rendered",
                            label=LABELS("plate"), elem_id="plate",
                        )  # fmt: skip
                        own_plate = gr.UploadButton(LABELS("own_plate"), elem_id="own_plate", size="md")
                        plating = gr.HTML(elem_id="plating")
                        with gr.Row():
                            blur = gr.Slider(
                                0, 6, 1.5, step=0.1, label=LABELS("blur"), min_width=190, elem_id="blur"
                            )
                            wrap = gr.Slider(
                                0, 1, 0.25, step=0.05, label=LABELS("wrap"), min_width=190, elem_id="wrap"
                            )
                        with gr.Row():
                            blacks = gr.Slider(
                                0, 1, 1, step=0.05, label=LABELS("blacks"), min_width=190, elem_id="blacks"
                            )
                            grain = gr.Slider(
                                0, 1, 1, step=0.05, label=LABELS("grain"), min_width=190, elem_id="grain"
                            )
                        with gr.Row():
                            snow = gr.Slider(
                                0, 12000, 3000, step=500, label=LABELS("snow"), min_width=190, elem_id="snow"
                            )
                            shadow = gr.Slider(
                                0, 1, 0, step=0.05, label=LABELS("shadow"), info=LABELS("shadow_info"), min_width=190,
                                elem_id="shadow",
                            )  # fmt: skip
                    with gr.Tab(LABELS("tab_face"), id="face") as tabs["face"]:
                        title = gr.Textbox("첫눈", label=LABELS("name"), max_length=60, elem_id="name")
                        legal = gr.HTML(elem_id="rights")
                        with gr.Accordion(LABELS("other"), open=False, elem_id="other"):
                            gr.Markdown(LABELS("other_info"))
                            signer = gr.Textbox(
                                label=LABELS("signer"),
                                info=LABELS("signer_info"),
                                max_length=80,
                                elem_id="signer",
                            )
                            with gr.Row():
                                record = gr.UploadButton(
                                    LABELS("record"), file_types=[".json"], elem_id="record", size="md"
                                )
                                forget = gr.Button(LABELS("forget"), elem_id="forget", size="md")
                            asked = gr.HTML(elem_id="asked")
                        way = gr.Radio(
                            choices("none", "network", "hand", prefix="way"), value="none", label=LABELS("way"),
                            info=LABELS("way_info"), elem_id="way",
                        )  # fmt: skip
                        which = late(gr.Radio)([], label=LABELS("which"), visible=False, elem_id="which")
                        now = gr.Slider(20, 80, 70, step=1, label=LABELS("now"), elem_id="now")
                        wanted = gr.Slider(20, 80, 30, step=1, label=LABELS("wanted"), elem_id="wanted")
                        strength = gr.Slider(0, 1, 1, step=0.05, label=LABELS("strength"), elem_id="strength")
                    with gr.Tab(LABELS("tab_grade"), id="grade") as tabs["grade"]:
                        grade = gr.Radio(
                            choices("none", "numbers", "match", prefix="grade"), value="none", label=LABELS("grade"),
                            elem_id="grade",
                        )  # fmt: skip
                        with gr.Column(visible=False, elem_id="to_match") as to_match:
                            reference = gr.Dropdown(
                                [(LABELS(key), name) for name, key in REFERENCES.items() if (MEDIA / name).is_file()]
                                + [(LABELS("reference_own"), "own")],
                                value=next(iter(REFERENCES)), label=LABELS("reference"), elem_id="reference",
                            )  # fmt: skip
                            own_look = gr.UploadButton(LABELS("own_look"), elem_id="own_look", size="md")
                            keep = gr.Checkbox(
                                False,
                                label=LABELS("keep_skin"),
                                info=LABELS("keep_skin_info"),
                                elem_id="keep",
                            )
                            solve = gr.Button(LABELS("solve"), variant="primary", elem_id="solve", size="md")
                        with gr.Column(visible=False, elem_id="to_turn") as to_turn:
                            numbers = {}
                            for kind, at in KINDS.items():
                                with gr.Row(elem_classes="ten"):
                                    for channel in "rgb":
                                        numbers[f"{kind}_{channel}"] = gr.Number(
                                            at, label=LABELS(f"{kind}_{channel}"), step=0.02, precision=3, min_width=90,
                                            elem_id=f"{kind}_{channel}",
                                        )  # fmt: skip
                            saturation = gr.Slider(
                                0, 2, 1, step=0.05, label=LABELS("saturation"), elem_id="saturation"
                            )
                        grading = gr.HTML(elem_id="grading")
                    with gr.Tab(LABELS("tab_deliver"), id="deliver") as tabs["deliver"]:
                        code = gr.Textbox(
                            "fs_010_0060_comp_v001",
                            label=LABELS("shot_code"),
                            info=LABELS("code_info"),
                            max_length=80,
                            elem_id="code",
                        )
                        with gr.Row():
                            maker = gr.Textbox(
                                label=LABELS("maker"),
                                info=LABELS("maker_info"),
                                max_length=60,
                                elem_id="maker",
                            )
                            country = gr.Textbox(
                                "KR",
                                label=LABELS("country"),
                                info=LABELS("country_info"),
                                max_length=9,
                                elem_id="country",
                            )
                        range_ = gr.Radio(
                            choices("one", "all", prefix="range"), value="one", label=LABELS("range"),
                            info=LABELS("range_info"), elem_id="range",
                        )  # fmt: skip
                        copies = gr.CheckboxGroup(
                            choices("prores", "cutout", prefix="copy"),
                            label=LABELS("copies"),
                            elem_id="copies",
                        )
                        with gr.Row(elem_classes="actions"):
                            make = gr.Button(
                                LABELS("deliver"), variant="primary", min_width=130, elem_id="make"
                            )
                            cancel_make = gr.Button(
                                LABELS("cancel"), variant="stop", min_width=130, elem_id="cancel_make"
                            )
                        making = gr.HTML(elem_id="making")
                        download = gr.DownloadButton(
                            LABELS("download"), visible=False, variant="primary", elem_id="download"
                        )
                        made = gr.HTML(elem_id="made")
                metrics = gr.HTML(elem_id="metrics")

        controls = {
            "step": opened, "frame": frame, "first": first, "last": last, "pull": pull, "show": show, "width": width,
            "smoothing": smoothing, "plate": ground, "blur": blur, "wrap": wrap, "blacks": blacks, "grain": grain,
            "snow": snow, "shadow": shadow, "title": title, "way": way, "which": which, "now": now, "wanted": wanted,
            "strength": strength, "grade": grade, "reference": reference, "keep": keep, **numbers,
            "saturation": saturation, "code": code, "maker": maker, "country": country, "range": range_, "copies": copies,
        }  # fmt: skip
        everything = {*controls.values(), session}

        def wanted_of(held: dict) -> SimpleNamespace:
            """What the controls say; frames counted from 0."""
            mine = held[session]
            want = SimpleNamespace(**{name: held[control] for name, control in controls.items()})
            if mine.bench.shot is not None:
                want.frame = min(max(1, int(want.frame)), mine.bench.shot.length) - 1
            return want

        def need_shot(mine: Session, now_: str) -> None:
            if mine.bench.shot is None:
                raise HallyuError(say(now_, "no_shot"))

        # Looking

        def look(held: dict, request: gr.Request):
            now_, mine = language_of(request), held[session]
            if mine.bench.shot is None:  # the page is still opening its first shot
                return {status: ""}
            want = wanted_of(held)
            done = done_at(mine, want, now_)
            return {
                wipe: wiped(mine, want, done, now_), graphs: scoped(mine.bench, want, done, now_),
                metrics: panel(mine, want, done, now_), status: "",
                which: which_face(mine, want, now_),
            }  # fmt: skip

        def which_face(mine: Session, want: SimpleNamespace, now_: str):
            """The choice between several faces; gone where there is one."""
            if want.step not in ("shot", "face"):
                return gr.skip()
            count = len(mine.bench.faces(want.frame))
            if count < 2:
                return gr.Radio(choices=[], value=None, visible=False)
            named = [(say(now_, "face_number", n=n + 1), str(n)) for n in range(count)]
            chosen = want.which if want.which in [value for _, value in named] else "0"
            return gr.Radio(choices=named, value=chosen, visible=True)

        seen = [wipe, metrics, graphs, status, which]
        told = guard(status)
        # One after the other: else what was asked first and takes longer would be shown over what was asked later.
        looked = {"outputs": seen, "show_progress": "minimal", "show_progress_on": [wipe], "concurrency_id": "look"}

        for name, tab in tabs.items():  # in the browser: the step is one more control, told with the others
            tab.select(None, None, opened, js=f"() => '{name}'")
        shaping = [
            opened, frame, pull, show, width, smoothing, ground, blur, wrap, blacks, grain, snow, shadow, way, which, now, wanted,
            strength, grade, *numbers.values(), saturation,
        ]  # fmt: skip
        gr.on([each.change for each in shaping], told(look), everything, trigger_mode="always_last", **looked)
        then = {"fn": told(look), "inputs": everything, "trigger_mode": "multiple", **looked}

        # Shot

        def open_shot(shot: Shot, mine: Session, now_: str) -> dict:
            mine.bench.open(shot)
            mine.matched = None
            middle = 1 if shot.info.still else (shot.length + 2) // 3
            by = mine.bench.usual_pull(middle - 1) if "astronaut" not in shot.people else "none"
            return {
                frame: gr.Slider(maximum=max(2, shot.length), value=middle, interactive=shot.length > 1),
                first: 1, last: shot.length, pull: by, ground: "rendered" if by == "screen" else "none", way: "none",
                which: gr.Radio(choices=[], value=None, visible=False), grade: "none", grading: "",
                movie: gr.Video(None, visible=False), playing: "", legal: rights(shot, now_), made: "", making: "",
                download: gr.DownloadButton(visible=False), found: note(say(now_, "opened", name=shot.name), "good"),
            }  # fmt: skip

        fresh = [
            frame, first, last, pull, ground, way, which, grade, grading, movie, playing, legal, made, making, download, found,
        ]  # fmt: skip

        def open_file(path, session: Session, request: gr.Request):
            if not path:
                return {found: ""}
            with session.own(path) as mine:
                return open_shot(studio.opened(mine), session, language_of(request))

        def open_sample(name, session: Session, request: gr.Request):
            if name not in SAMPLES:
                return {found: ""}
            return open_shot(sample_shot(name), session, language_of(request))

        told_found = guard(found)
        opens = {"outputs": fresh, "show_progress_on": [found], "concurrency_id": "open"}
        upload.upload(told_found(open_file), [upload, session], **opens).then(**then)
        # On a choice Gradio's Dropdown tells input twice, and change once.
        sample.change(told_found(open_sample), [sample, session], **opens).then(**then)
        opening = page.load(told_found(open_sample), [sample, session], show_progress="hidden", **opens)
        opening.then(**then).then(warm)

        # Places and looks that were dropped

        def drop_plate(path, session: Session, request: gr.Request):
            session.ground = studio.brought(path)
            return {
                ground: "own",
                plating: note(say(language_of(request), "plate_open", name=Path(path).name), "good"),
            }

        own_plate.upload(
            guard(plating)(drop_plate), [own_plate, session], [ground, plating], show_progress_on=[plating]
        ).then(**then)

        def drop_look(path, session: Session, request: gr.Request):
            session.reference = studio.opened(path).frame(0, LONGEST)
            return {
                reference: "own",
                grading: note(say(language_of(request), "look_open", name=Path(path).name), "good"),
            }

        own_look.upload(
            guard(grading)(drop_look), [own_look, session], [reference, grading], show_progress_on=[grading]
        )

        # Grade

        def choose_grade(kind, request: gr.Request):
            return {
                to_match: gr.Column(visible=kind == "match"),
                to_turn: gr.Column(visible=kind == "numbers"),
            }

        grade.change(
            guard(grading)(choose_grade), grade, [to_match, to_turn, grading], show_progress="hidden"
        )

        def solve_match(held: dict, request: gr.Request):
            now_, mine, want = language_of(request), held[session], wanted_of(held)
            need_shot(mine, now_)
            if want.reference == "own" and mine.reference is None:
                raise HallyuError(say(now_, "no_reference"))
            want.step = "grade"
            wanted_look = mine.reference
            if want.reference != "own":
                other = studio.opened(MEDIA / want.reference)
                wanted_look = other.frame(min(want.frame, other.length - 1), LONGEST)
            given = done_at(mine, SimpleNamespace(**{**vars(want), "grade": "none"}), now_).frame.clip(0, 1)
            mine.matched = match.match(given, wanted_look[..., :3], keep_skin=bool(want.keep))
            result, kind = mine.matched, say(now_, f"by_{mine.matched.by}")
            said = say(
                now_, "matched", by=kind, before=f"{result.before.mean:.1f}", after=f"{result.after.mean:.1f}",
                p95=f"{result.after.p95:.1f}",
            )  # fmt: skip
            return {grading: note(said, "good")}

        solve.click(guard(grading)(solve_match), everything, grading, show_progress_on=[grading]).then(**then)

        # Another person's face: the consent is checked before it is touched

        def check_record(path, digits, title, session: Session, request: gr.Request):
            now_ = language_of(request)
            session.bench.guest = None
            if not path:
                raise HallyuError(say(now_, "no_record"))
            if not digits.strip():
                raise HallyuError(say(now_, "no_signer"))
            guest = studio.admitted(path, digits, title.strip(), date.today())
            kept = session.folder / "consent.json"
            with write_whole(kept) as draft:
                draft.write_bytes(Path(path).read_bytes())
            session.bench.guest = replace(guest, record=kept)
            return {asked: pages.record_card(guest.given, guest.signer, now_, say, korean)}

        def forget_guest(session: Session, request: gr.Request):
            if session.bench.guest:
                session.bench.guest.record.unlink(missing_ok=True)
            session.bench.guest = None
            return {asked: note(say(language_of(request), "forgotten"), "good"), way: "none"}

        record.upload(
            guard(asked)(check_record), [record, signer, title, session], asked, show_progress="hidden"
        ).then(**then)
        forget.click(guard(asked)(forget_guest), session, [asked, way], show_progress="hidden")

        # The whole shot

        def reporter(mine: Session, progress: gr.Progress, now_: str):
            began = time.monotonic()

            def report(done: int, of: int) -> None:
                if mine.stop:
                    raise Stopped
                left = (time.monotonic() - began) / done * (of - done)
                progress(
                    (done, of),
                    desc=say(now_, "working", done=done, of=of, left=f"{left / 60:.0f}:{left % 60:02.0f}"),
                )

            return report

        def stop(session: Session, request: gr.Request):
            session.stop = True
            return note(say(language_of(request), "stopping" if session.running else "nothing_runs"))

        def play_shot(held: dict, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            now_, mine, want = language_of(request), held[session], wanted_of(held)
            need_shot(mine, now_)
            with mine.at_work():
                try:
                    path = film_of(mine, want, reporter(mine, progress, now_), now_)
                except Stopped:
                    return {playing: note(say(now_, "stopped"))}
            made = mine.bench.whole
            said = say(
                now_, "played", frames=made.steady.frames, rate=f"{made.rate:.1f}", flicker=f"{made.steady.after:.1f}"
            )  # fmt: skip
            measured = panel(mine, want, done_at(mine, want, now_), now_)
            return {playing: note(said, "good"), movie: gr.Video(str(path), visible=True), metrics: measured}

        play.click(
            guard(playing)(play_shot), everything, [playing, movie, metrics], show_progress_on=[playing]
        )
        cancel.click(guard(playing)(stop), session, playing, queue=False, show_progress="hidden")

        def make_files(held: dict, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            now_, mine, want = language_of(request), held[session], wanted_of(held)
            need_shot(mine, now_)
            want.step = "deliver"
            panels = panel(mine, want, done_at(mine, want, now_), now_)
            with mine.at_work():
                try:
                    archive, said = delivered(mine, want, reporter(mine, progress, now_), panels, now_)
                except Stopped:
                    return {making: note(say(now_, "stopped"))}
            return {
                making: "", made: said, download: gr.DownloadButton(value=str(archive), visible=True), metrics: panels,
            }  # fmt: skip

        make.click(
            guard(making)(make_files),
            everything,
            [making, made, download, metrics],
            show_progress_on=[making],
        )
        cancel_make.click(guard(making)(stop), session, making, queue=False, show_progress="hidden")
    return page


if __name__ == "__main__":
    pages.run(build(), PAGE)
