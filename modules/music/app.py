"""The music app: words and a melody in, a song with its face out. A thin page over hallyu.music; it holds no technique.

    python modules/music/app.py
"""

import base64
import functools
import logging
import secrets
import shutil
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
import numpy as np
import soundfile
from gradio import FileData

from hallyu import audio
from hallyu.courseware import pages
from hallyu.courseware.pages import language_of, note
from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.handover import Report
from hallyu.music import (
    backing,
    face,
    lipsync,
    mixing,
    release,
    score_files,
    singing,
    song,
    studio,
    visemes,
    voice,
)
from hallyu.music.korean import korean
from hallyu.music.score import Note, Score
from hallyu.music.singing import Sung, pitch_name
from hallyu.provenance import consent
from hallyu.provenance.consent import PUBLIC_VOICES
from hallyu.provenance.worklog import WorkLog

if TYPE_CHECKING:  # it brings PyTorch, which takes seconds and only a guest's timbre needs
    from hallyu.music import ddsp

SONG = Path(__file__).parent / "media" / "first-snow.json"
CHORUS = (10, 18)
"""The bars of it that the page opens with."""
LEAD = "jf_nezumi"
"""The voice that is understood best when it sings."""
SCREEN = (960, 540)
"""Pixels of the video."""
HUM = -9.0
"""LU of the humming under the lead."""
STEPS = 150
"""Steps in which a timbre is learnt."""

WORDS = pages.Words(Path(__file__).with_suffix(".toml"))
LABELS, say = WORDS.labels, WORDS.say
PAGE = pages.settings(Path(__file__), WORDS)
guard = functools.partial(pages.guard, korean=korean)
tell = functools.partial(pages.sentence, korean=korean)

ROLL = """<div class="roll"><div class="tools" role="toolbar">
<button type="button" class="play"></button><select class="snap"><option value="1">1</option>
<option value="0.5" selected>1/2</option><option value="0.25">1/4</option><option value="0.333333333">1/3</option></select>
<button type="button" class="undo">↶</button><button type="button" class="redo">↷</button>
<button type="button" class="flat">♭</button><button type="button" class="sharp">♯</button>
<button type="button" class="wider">−</button><button type="button" class="closer">+</button>
<button type="button" class="delete"></button><button type="button" class="clear"></button>
<output class="count"></output></div>
<div class="scroller"><div class="bar-numbers"></div><div class="keys"></div>
<div class="grid" role="group"><div class="reach"></div>
<svg class="curve" preserveAspectRatio="none" aria-hidden="true"></svg><div class="playhead" hidden></div></div></div>
<details class="help"><summary></summary><p></p></details><p class="told" aria-live="polite"></p></div>"""
"""The piano roll's frame; app.js fills it and does the rest."""
SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
IN_ROLL = (
    "roll", "play", "stop", "undo", "redo", "delete", "clear", "closer", "wider", "flat", "sharp", "snap", "note",
    "deleted", "count", "count_odd", "how", "help",
)  # fmt: skip
"""The keys of app.toml that app.js says."""
TELL = "watch('value', () => window.dispatchEvent(new CustomEvent('hallyu-music', {detail: props.value})));"
"""What the page's Python tells the roll goes through this hidden element, so that no edit of the notes is overwritten."""

# --- One visitor's work -----------------------------------------------------------------------------------


@dataclass(eq=False)
class Guest:
    """A person whose voice is not bundled, and what was allowed. timbre: learnt from the recording."""

    record: Path
    signer: str
    given: consent.Consent
    recording: Path | None = None
    timbre: "ddsp.Timbre | None" = None


@dataclass(frozen=True, eq=False)
class Take:
    """A song as it was sung. shift: semitones from what is written to what the voice sings."""

    score: Score
    voice: voice.Voice
    sung: Sung
    shift: int


@dataclass(eq=False)
class Session(pages.Visit):
    """What one visitor is making."""

    MODULE = "music"

    known: dict = field(default_factory=dict)  # phrases that were sung, see studio.sing_in_phrases
    take: Take | None = None
    film: tuple[object, Path, visemes.Curves] | None = None  # of which song, where, the face
    guest: Guest | None = None
    told: dict = field(default_factory=dict)
    runs: int = 0
    mark: tuple[str, int] | None = None  # of the watermark: the key and the number

    @property
    def watermark(self) -> tuple[str, int]:
        """A key of this visitor's own and a number, made when they are first needed."""
        if self.mark is None:
            self.mark = secrets.token_hex(16), secrets.randbits(32)
        return self.mark

    def tell(self, **news) -> dict:
        """What the roll is told: *news* and what was told before, but for a song, which any other news makes old."""
        self.told = {**self.told, "song": None, **news}
        return self.told

    def sing(self, score: Score, by: voice.Voice) -> Iterator[tuple[int, list[studio.Piece]]]:
        """Sing, and give after each phrase how many there are and those that are sung; then take is the song.

        Stops quietly, without a take, when the visitor wants it to.
        """
        fitted = singing.fit(score, by)
        shift = fitted.notes[0].pitch - score.notes[0].pitch
        aired = studio.with_breaths(fitted)
        all_, pieces = len(singing.phrases(aired)), []
        yield all_, pieces
        for piece in studio.sing_in_phrases(aired, by, self.known):
            pieces.append(piece)
            yield all_, pieces
            if self.stop:
                return
        self.take = Take(score, by, studio.join(pieces, aired), shift)
        used = {id(piece.sung) for piece in pieces}
        self.known = {key: sung for key, sung in self.known.items() if id(sung) in used}


# --- Pieces of the page -----------------------------------------------------------------------------------


@functools.cache
def sample() -> tuple[Score, str, str]:
    """The sample's melody, its words as they are printed, and its chords."""
    chorus = song.part(song.read(SONG), *CHORUS)
    words = "\n".join(line.korean for line in chorus.lines)
    return chorus.score, words, " | ".join(change.chord.name for change in chorus.changes)


def drawn(notes: tuple[Note, ...]) -> dict:
    """Notes as the roll holds them."""
    return {"notes": [{"start": n.start, "length": n.length, "pitch": n.pitch} for n in notes]}


def flac(piece: studio.Piece, path: Path) -> dict:
    """A phrase as a file for the browser; its sound begins where the phrase does."""
    with write_whole(path) as draft:
        soundfile.write(draft, piece.sung.samples, piece.sung.rate, format="FLAC")
    return {"at": piece.start, "file": FileData(path=str(path), meta={"_type": "gradio.FileData"}).model_dump()}


def lines_of(piece: studio.Piece, score: Score, shift: int) -> list:
    """The pitch that is heard in a phrase, for the roll: beats and MIDI pitch, in the octave that is written."""
    heard = studio.intonation(piece.sung.samples, piece.sung.rate, score, piece.start)
    return [[[round(float(beat), 3), round(float(pitch) - shift, 2)] for beat, pitch in line] for line in heard.lines]


def player(samples: np.ndarray, rate: int, label: str) -> str:
    """A player of the browser's own with the sound in it."""
    data = base64.b64encode(audio.mp3(samples, rate, kbps=96 if samples.ndim == 1 else 160)).decode()
    return f'<audio controls aria-label="{escape(label)}" src="data:audio/mpeg;base64,{data}"></audio>'


def tuning(heard: studio.Intonation, take: Take, language: str) -> str:
    """How far the song lies from the score, in a sentence."""
    told = []
    if take.shift:
        way = say(language, "higher" if take.shift > 0 else "lower")
        told.append(say(language, "octave", n=abs(take.shift) // 12, way=way))
    judged = [(abs(cents), n) for cents, n in zip(heard.cents, take.score.notes, strict=True) if cents is not None]
    if judged:
        worst, note_ = max(judged, key=lambda pair: pair[0])
        name = f"{note_.lyric} {pitch_name(note_.pitch)}"
        told.append(
            say(language, "in_tune", n=len(judged), cents=f"{heard.error:.0f}", note=name, worst=f"{worst:.0f}")
        )
    return " ".join(told)


def rights(chosen: voice.Voice, language: str) -> str:
    """Whose recordings are in a voice, under which licence, and the line that goes with the song."""
    reach = say(language, "range", low=pitch_name(chosen.low), high=pitch_name(chosen.high))
    cards = []
    for name, share in chosen.made_of.items():
        public = PUBLIC_VOICES[name]
        rows = {"source": tell(language, public.data), "licence": public.licence, "credit": public.credit}
        made_of = say(language, "made_of", voice=name, share=round(100 * share))
        cards.append(f"<h3>{made_of}</h3>{pages.listed(rows, language, say)}")
    return f'<p>{reach}</p>{"".join(cards)}<p class="small">{say(language, "not_a_person")}</p>'


def delivered(report: Report, folder: Path, language: str) -> str:
    """What was made, with the files of *folder*."""
    files = [
        (path.relative_to(folder).as_posix(), path.stat().st_size)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return pages.made(report, files, language, say, korean)


# --- The song, from what the page holds ---------------------------------------------------------------------


def chosen_voice(name: str, blended: bool, shares: tuple[float, ...]) -> voice.Voice:
    """The voice that sings: a bundled one, or a blend of them."""
    return voice.blend(dict(zip(PUBLIC_VOICES, shares, strict=True))) if blended else voice.voice(name)


def written(title: str, tempo: float | None, metre: int, melody: dict, words: str, language: str) -> Score:
    """The song on the page. Raises HallyuError for what cannot be sung."""
    if not title.strip():
        raise HallyuError(say(language, "title_first"))
    if tempo is None or not 30 <= tempo <= 240:
        raise HallyuError(say(language, "tempo_range"))
    notes = studio.notes_of((melody or {}).get("notes"))
    return studio.compose(title.strip(), float(tempo), int(metre), notes, words)


def in_reach(score: Score, by: voice.Voice, language: str) -> Score:
    """The score, when the voice can sing it in some octave. Raises HallyuError that says how to move it, if it can be."""
    change, pitches = studio.key_change(score, by), [note.pitch for note in score.notes]
    if change == 0:
        return score
    names = {
        "voice": by.name, "low": pitch_name(min(pitches)), "high": pitch_name(max(pitches)),
        "lowest": pitch_name(by.low), "highest": pitch_name(by.high),
    }  # fmt: skip
    if change is None:
        raise HallyuError(say(language, "too_wide", **names))
    raise HallyuError(say(language, "other_key", n=abs(change), sign="♯" if change > 0 else "♭", **names))


def laid(words: str) -> list[str]:
    """The words' syllables while they are being typed: what cannot be read yet is left out."""
    try:
        return studio.sung_syllables(words)
    except HallyuError:
        return [c for c in words[: studio.MOST_WORDS] if "가" <= c <= "힣" or c == "-"]


@functools.cache
def warm() -> None:
    """Open the voice and what reads words for it, before somebody waits for the first sound."""

    def work() -> None:
        try:
            singing.sing(Score("", 120, (Note(0, 1, 62, "눈"),)), voice.voice(LEAD))
        except Exception as error:  # it will be met, and told, when somebody sings
            logging.getLogger(__name__).warning("The voice could not be opened: %s", error)

    threading.Thread(target=work, daemon=True).start()


def desk(session: Session, chords: str, energy: float, report) -> tuple[dict[str, mixing.Channel], dict]:
    """The mixing desk of the session's take: the voice, the band and the humming; and the band's notes."""
    take, rate = session.take, release.RATE
    report("band")
    parts = studio.accompaniment(chords, take.score, energy)
    lead = audio.resample(take.sung.samples, take.sung.rate, rate)
    channels = song.desk(lead, backing.render(parts, rate), rate) if parts else {release.VOICE: alone(lead, rate)}
    if session.guest and session.guest.timbre:
        from hallyu.music import ddsp

        report("hum")
        hum = ddsp.convert(take.sung.samples, take.sung.rate, session.guest.timbre)
        hum = mixing.Channel(audio.resample(hum, ddsp.RATE, rate), low_cut=120, place=0.25, send=-8)
        loud = mixing.loudness(mixing.strip(channels[release.VOICE], rate), rate)
        hum = mixing.balanced(hum, rate, loud + HUM)
        channels = {release.VOICE: channels.pop(release.VOICE), "hum": hum, **channels}
    return channels, parts


def alone(lead: np.ndarray, rate: int) -> mixing.Channel:
    """A voice without a band, with more room around it."""
    return mixing.balanced(mixing.Channel(lead, low_cut=100, ratio=3.0, threshold=-20.0, send=-10.0), rate, -20.0)


def release_of(
    session: Session, channels: dict[str, mixing.Channel], parts: dict, curves: visemes.Curves, log: WorkLog
) -> release.Project:
    """All that the delivery is made of."""
    take, guest = session.take, session.guest
    singers = [release.Singer(name, share) for name, share in take.voice.made_of.items()]
    if "hum" in channels:
        singers.append(release.Singer(guest.given.voice, 1.0, guest.record, guest.signer))
    score = singing.transpose(take.score, take.shift)
    return release.Project(
        score, channels, release.RATE, singers, parts, curves, *session.watermark, log.entries()
    )


def film_of(session: Session, chords: str, energy: float, report, stopped) -> tuple[Path, visemes.Curves, dict, dict, np.ndarray]:
    """The video, the face in it, the desk, the band's notes and the master; what was drawn before is taken again."""
    channels, parts = desk(session, chords, energy, report)
    report("mix")
    key, payload = session.watermark
    stems = release.stems(channels, release.RATE, key=key, payload=payload)
    master = mixing.master(sum(stems.values()), release.RATE)
    take, made_of = session.take, (session.take, chords, energy, "hum" in channels)
    if session.film is None or session.film[0] != made_of:
        score, seconds = take.score, len(master) / release.RATE
        curves = visemes.animate(take.sung.phones, seconds, score.tempo, score.beats_per_bar)
        path = session.folder / f"{release.file_name(score.title)}.mp4"
        frames = len(curves.values)

        def pictures():
            for number, picture in enumerate(face.frames(curves, face.Stage(SCREEN))):
                if stopped():
                    raise Stopped
                if number % 15 == 0:
                    report("film", number, frames)
                yield picture

        face.write_video(path, pictures(), curves.fps, master, release.RATE)
        session.film = made_of, path, curves
    return session.film[1], session.film[2], channels, parts, master


@functools.cache
def portrait() -> np.ndarray:
    """The singer before the song."""
    return face.Stage(SCREEN).draw(face.Pose(smile=0.4), 2.0)


class Stopped(Exception):
    """The visitor pressed Cancel."""


# --- The page ---------------------------------------------------------------------------------------------


def build() -> gr.Blocks:
    """The page."""
    score, lyrics, changes = sample()
    phrases = {
        language: {key: WORDS.translations[language][key] for key in IN_ROLL} for language in pages.LANGUAGES
    }
    low, high = voice.RANGES[LEAD]
    at_first = {
        "syllables": laid(lyrics), "tempo": score.tempo, "beats": score.beats_per_bar, "low": low, "high": high
    }  # fmt: skip
    with gr.Blocks(title="Hallyu Studio · Music", analytics_enabled=False, delete_cache=(3600, 86400)) as page:
        session = gr.State(Session(), delete_callback=Session.close)
        gr.Markdown(LABELS("title"), elem_id="title")
        gr.Markdown(LABELS("intro"), elem_id="intro")
        with gr.Tabs(elem_id="steps"):
            with gr.Tab(LABELS("tab_song"), id="song"):
                with gr.Row(elem_id="head"):
                    with gr.Column(scale=3, min_width=300):
                        words = gr.Textbox(
                            lyrics, label=LABELS("words"), info=LABELS("words_info"), lines=5, max_lines=10, elem_id="words"
                        )
                    with gr.Column(scale=2, min_width=300):
                        title = gr.Textbox(score.title, label=LABELS("name"), max_length=60, elem_id="name")
                        with gr.Row():
                            tempo = gr.Number(
                                score.tempo, label=LABELS("tempo"), precision=2, min_width=110, elem_id="tempo"
                            )
                            metre = gr.Dropdown(
                                list(range(1, 13)), value=score.beats_per_bar, label=LABELS("metre"), min_width=110,
                                elem_id="metre",
                            )  # fmt: skip
                        with gr.Row():
                            upload = gr.UploadButton(
                                LABELS("upload"), file_types=list(score_files.READERS), elem_id="upload", size="md"
                            )
                            example = gr.Button(LABELS("sample"), elem_id="sample", size="md")
                found = gr.HTML(elem_id="found")
                roll = gr.HTML(
                    drawn(score.notes), html_template=ROLL, js_on_load=SCRIPT, apply_default_css=False,
                    words=phrases, told=at_first, elem_id="roll",
                )  # fmt: skip
                told = gr.HTML({}, html_template="<i></i>", js_on_load=TELL, elem_id="told")
                with gr.Row(elem_classes="actions"):
                    sing = gr.Button(LABELS("sing"), variant="primary", elem_id="sing")
                    cancel = gr.Button(LABELS("cancel"), variant="stop", elem_id="cancel")
                status = gr.HTML(elem_id="singing")
                with gr.Accordion(LABELS("band"), open=False, elem_id="band"):
                    chords = gr.Textbox(
                        changes, label=LABELS("chords"), info=LABELS("chords_info"), max_length=2000, elem_id="chords"
                    )
                    energy = gr.Slider(0, 1, 0.6, step=0.05, label=LABELS("energy"), elem_id="energy")
            with gr.Tab(LABELS("tab_voice"), id="voice"):
                names = [(f"{n} ({pitch_name(low)}–{pitch_name(high)})", n) for n, (low, high) in voice.RANGES.items()]
                single = gr.Radio(names, value=LEAD, label=LABELS("voice"), elem_id="single")
                blended = gr.Checkbox(False, label=LABELS("blend"), elem_id="blended")
                with gr.Column(visible=False, elem_id="shares") as mixer:
                    shares = [
                        gr.Slider(0, 100, 100 * (name == LEAD), step=5, label=name, elem_id=f"share_{name}")
                        for name in PUBLIC_VOICES
                    ]
                hear = gr.Button(LABELS("try"), elem_id="hear", size="md")
                voicing = gr.HTML(elem_id="voicing")
                speech = gr.HTML(elem_id="speech")
                legal = gr.HTML(elem_id="rights")
                with gr.Accordion(LABELS("other"), open=False, elem_id="other"):
                    gr.Markdown(LABELS("other_info"))
                    signer = gr.Textbox(
                        label=LABELS("signer"), info=LABELS("signer_info"), max_length=80, elem_id="signer"
                    )
                    with gr.Row():
                        record = gr.UploadButton(LABELS("record"), file_types=[".json"], elem_id="record", size="md")
                        recording = gr.UploadButton(
                            LABELS("recording"), file_types=["audio", "video"], elem_id="recording", size="md"
                        )
                    asked = gr.HTML(elem_id="asked")
                    with gr.Row():
                        learn = gr.Button(LABELS("learn"), variant="primary", elem_id="learn", size="md")
                        forget = gr.Button(LABELS("forget"), elem_id="forget", size="md")
                    guesting = gr.HTML(elem_id="guesting")
            with gr.Tab(LABELS("tab_face"), id="face"):
                with gr.Row(elem_classes="actions"):
                    film = gr.Button(LABELS("film"), variant="primary", elem_id="film")
                    cancel_film = gr.Button(LABELS("cancel"), variant="stop", elem_id="cancel_film")
                filming = gr.HTML(elem_id="filming")
                still = gr.HTML(elem_id="still")
                video = gr.Video(label=LABELS("film_label"), visible=False, interactive=False, buttons=[], elem_id="video")
            with gr.Tab(LABELS("tab_deliver"), id="deliver"):
                with gr.Row(elem_classes="actions"):
                    maker = gr.Textbox(label=LABELS("maker"), info=LABELS("maker_info"), max_length=60, elem_id="maker")
                    country = gr.Textbox(
                        "KR", label=LABELS("country"), info=LABELS("country_info"), max_length=9, elem_id="country"
                    )
                with gr.Row(elem_classes="actions"):
                    make = gr.Button(LABELS("deliver"), variant="primary", elem_id="make")
                    cancel_make = gr.Button(LABELS("cancel"), variant="stop", elem_id="cancel_make")
                making = gr.HTML(elem_id="making")
                download = gr.DownloadButton(LABELS("download"), visible=False, variant="primary", elem_id="download")
                made = gr.HTML(elem_id="made")

        sheet = [title, tempo, metre, roll, words]
        choice = [single, blended, *shares]

        # Song

        def lay(text, tempo, metre, session: Session, request: gr.Request):
            """What the roll shows while somebody writes."""
            return {told: session.tell(syllables=laid(text), tempo=tempo or 84, beats=int(metre))}

        def check_words(text, request: gr.Request):
            studio.sung_syllables(text)
            return {found: ""}

        def open_file(path, session: Session, request: gr.Request):
            read, left = studio.open_melody(path)
            lines = studio.written_words(read.notes, read.tempo)
            fresh = {words: lines} if lines.strip() else {}
            key = "opened_without" if not fresh else "opened_wordless" if left else "opened"
            remark = say(language_of(request), key, name=Path(path).name, notes=len(read.notes), left=left)
            return {
                **fresh, title: read.title[:60], tempo: round(read.tempo, 2), metre: min(12, read.beats_per_bar),
                roll: drawn(read.notes), found: note(remark, "good"), chords: "",
                told: session.tell(
                    tempo=round(read.tempo, 2), beats=min(12, read.beats_per_bar),
                    **({"syllables": laid(fresh[words])} if fresh else {}),
                ),
            }  # fmt: skip

        def open_sample(session: Session, request: gr.Request):
            return {
                title: score.title, tempo: score.tempo, metre: score.beats_per_bar, words: lyrics, chords: changes,
                roll: drawn(score.notes), found: "",
                told: session.tell(syllables=laid(lyrics), tempo=score.tempo, beats=score.beats_per_bar),
            }  # fmt: skip

        opened = [title, tempo, metre, words, roll, chords, found, told]
        told_found = guard(found)
        # Not words.input: Gradio sends that for keys, and neither for a Korean input method nor for what is pasted.
        # One event for all three: of several, an earlier and slower answer would be shown over a later one.
        gr.on(
            [words.change, tempo.change, metre.change], told_found(lay), [words, tempo, metre, session], [told, found],
            show_progress="hidden", trigger_mode="always_last",
        )  # fmt: skip
        words.blur(told_found(check_words), words, found, show_progress="hidden")
        opens = {"outputs": opened, "concurrency_id": "open"}  # one after the other: what is asked for last is there
        upload.upload(told_found(open_file), [upload, session], show_progress_on=[found], **opens)
        example.click(told_found(open_sample), session, show_progress="hidden", **opens)

        def song_on_page(held: dict, by: voice.Voice, now: str) -> Score:
            return in_reach(written(*(held[part] for part in sheet), now), by, now)

        def voice_on_page(held: dict) -> voice.Voice:
            return chosen_voice(held[single], held[blended], tuple(held[share] for share in shares))

        def sing_song(held: dict, request: gr.Request):
            now, mine = language_of(request), held[session]
            by = voice_on_page(held)
            wanted = song_on_page(held, by, now)
            shift = singing.fit(wanted, by).notes[0].pitch - wanted.notes[0].pitch
            yield {status: note(say(now, "preparing"))}
            mine.runs += 1
            run, sent, lines = mine.runs, [], []

            def so_far(done: bool) -> dict:
                return mine.tell(song={"id": run, "pieces": list(sent), "lines": list(lines), "done": done})

            with mine.at_work():
                try:
                    for all_, pieces in mine.sing(wanted, by):
                        for piece in pieces[len(sent) :]:
                            sent.append(flac(piece, mine.folder / f"take-{run}-{len(sent)}.flac"))
                            lines += lines_of(piece, wanted, shift)
                        yield {
                            told: so_far(len(sent) == all_ or mine.stop),
                            status: note(say(now, "singing", voice=by.name, done=len(sent), all=all_)),
                        }
                except HallyuError:
                    yield {told: so_far(True)}
                    raise
                stopped = mine.stop
            if stopped:
                yield {status: note(say(now, "stopped"))}
                return
            sung, sings = mine.take.sung, singing.transpose(wanted, shift)
            seconds = f"{len(sung.samples) / sung.rate:.0f}"
            heard = studio.intonation(sung.samples, sung.rate, sings)
            sentence = say(now, "sung", voice=by.name, seconds=seconds)
            yield {status: note(f"{sentence} {tuning(heard, mine.take, now)}", "good")}

        def stop(session: Session, request: gr.Request):
            session.stop = True
            return note(say(language_of(request), "stopping" if session.running else "nothing_runs"))

        sing.click(
            guard(status)(sing_song), {*sheet, *choice, session}, [told, status], show_progress_on=[status]
        )
        cancel.click(guard(status)(stop), session, status, queue=False, show_progress="hidden")

        # Voice

        def choose(held: dict, request: gr.Request):
            by = voice_on_page(held)
            return {
                legal: rights(by, language_of(request)), single: gr.Radio(visible=not held[blended]),
                mixer: gr.Column(visible=held[blended]), voicing: "", speech: "",
                told: held[session].tell(low=by.low, high=by.high),
            }  # fmt: skip

        def speak(held: dict, request: gr.Request):
            now, by = language_of(request), voice_on_page(held)
            said = voice.speak(say(now, "sentence"), by)
            return {speech: player(said.samples, said.rate, by.name), voicing: ""}

        told_voice = guard(voicing)
        gr.on(
            [each.change for each in choice], told_voice(choose), {*choice, session},
            [legal, single, mixer, voicing, speech, told], show_progress="hidden", trigger_mode="always_last",
            concurrency_id="voice",
        )  # fmt: skip
        hear.click(told_voice(speak), {*choice}, [speech, voicing], show_progress_on=[speech])

        def welcome(held: dict, request: gr.Request):
            now = language_of(request)
            picture = pages.picture(portrait(), say(now, "still"), 640, "still")
            return {legal: rights(voice_on_page(held), now), still: picture}

        page.load(
            guard(found)(welcome), {*choice}, [legal, still, found], show_progress="hidden", concurrency_id="voice"
        ).then(warm)

        # Another person's voice: the consent is checked before a recording is opened

        def check_record(path, digits, title, session: Session, request: gr.Request):
            now = language_of(request)
            session.guest = None
            if not path:
                raise HallyuError(say(now, "no_record"))
            if not digits.strip():
                raise HallyuError(say(now, "no_signer"))
            given = studio.admitted(path, digits, title.strip(), date.today())
            kept = session.folder / "consent.json"
            with write_whole(kept) as draft:
                draft.write_bytes(Path(path).read_bytes())
            session.guest = Guest(kept, consent.spaced(digits), given)
            return {asked: pages.record_card(given, session.guest.signer, now, say, korean), guesting: ""}

        def open_recording(path, title, session: Session, request: gr.Request):
            now = language_of(request)
            try:
                guest = session.guest
                if guest is None:
                    raise HallyuError(say(now, "consent_first"))
                studio.admitted(guest.record, guest.signer, title.strip(), date.today(), path)
                samples, rate = audio.read(path)
                guest.timbre, guest.recording = None, session.folder / f"guest{Path(path).suffix.lower()[:8]}"
                with write_whole(guest.recording) as draft:
                    draft.write_bytes(Path(path).read_bytes())
            finally:
                Path(path).unlink(missing_ok=True)  # what is not allowed, or not needed any more, does not stay
            return {guesting: note(say(now, "recorded", seconds=f"{len(samples) / rate:.1f}"), "good")}

        def learn_timbre(title, session: Session, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            from hallyu.music import ddsp

            now, guest = language_of(request), session.guest
            if guest is None:
                raise HallyuError(say(now, "consent_first"))
            if guest.recording is None:
                raise HallyuError(say(now, "no_recording"))
            studio.admitted(guest.record, guest.signer, title.strip(), date.today(), guest.recording)
            samples, rate = audio.read(guest.recording)

            def report(step: int, loss: float) -> None:
                progress((step, STEPS), desc=say(now, "learning", step=step, steps=STEPS))

            guest.timbre = ddsp.train(samples, rate, STEPS, report=report)
            return {guesting: note(say(now, "learned"), "good")}

        def forget_guest(session: Session, request: gr.Request):
            if session.guest and session.guest.recording:
                session.guest.recording.unlink(missing_ok=True)
            session.guest = None
            return {asked: "", guesting: note(say(language_of(request), "forgotten"), "good")}

        record.upload(
            guard(asked)(check_record), [record, signer, title, session], [asked, guesting], show_progress="hidden"
        )
        told_guest = guard(guesting)
        recording.upload(told_guest(open_recording), [recording, title, session], guesting, show_progress="hidden")
        learn.click(told_guest(learn_timbre), [title, session], guesting)
        forget.click(told_guest(forget_guest), session, [asked, guesting], show_progress="hidden")

        # Face and delivery

        def need_take(held: dict, now: str, report) -> None:
            """The song on the page, as the session's take: sung now unless it was."""
            by, mine = voice_on_page(held), held[session]
            wanted = song_on_page(held, by, now)
            if mine.take and mine.take.score == wanted and mine.take.voice.made_of == by.made_of:
                return
            for all_, pieces in mine.sing(wanted, by):
                report("sing", len(pieces), all_)
                if mine.stop:
                    raise Stopped

        def reporter(progress: gr.Progress, now: str):
            def report(what: str, done: int | None = None, of: int | None = None) -> None:
                progress((done, of) if of else None, desc=say(now, f"step_{what}"))

            return report

        def make_film(held: dict, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            now, mine = language_of(request), held[session]
            report = reporter(progress, now)
            with mine.at_work():
                try:
                    need_take(held, now, report)
                    made_ = film_of(mine, held[chords], held[energy], report, lambda: mine.stop)
                except Stopped:
                    return {filming: note(say(now, "stopped"))}
            path, curves, _, _, master = made_
            lead = audio.resample(mine.take.sung.samples, mine.take.sung.rate, release.RATE)
            sync = lipsync.check(path, lead, release.RATE)
            heard = say(
                now, "mixed", lufs=f"{mixing.loudness(master, release.RATE):.1f}", peak=f"{mixing.true_peak(master):.1f}"
            )
            sentence = say(now, "filmed", seconds=f"{curves.duration:.0f}", sync=tell(now, str(sync)))
            return {
                filming: note(f"{sentence} {heard}", "good"), video: gr.Video(str(path), visible=True), still: "",
            }  # fmt: skip

        def make_files(held: dict, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            now, mine = language_of(request), held[session]
            report = reporter(progress, now)
            with mine.at_work():
                try:
                    need_take(held, now, report)
                    if mine.guest and mine.guest.timbre:
                        where = held[country].strip().upper()
                        consent.require(mine.guest.given, "publish", mine.take.score.title, date.today(), where)
                    path, curves, channels, parts, _ = film_of(
                        mine, held[chords], held[energy], report, lambda: mine.stop
                    )
                except Stopped:
                    return {making: note(say(now, "stopped"))}
            report("files")
            log, person = WorkLog(mine.folder / "work.jsonl"), held[maker].strip() or "artist"
            log.path.unlink(missing_ok=True)
            log.add("human", person, "write", "words", after=held[words][:200])
            log.add("human", person, "compose", "melody", after=f"{len(mine.take.score.notes)} notes")
            log.add("human", person, "select", "voice", after=mine.take.voice.name)
            folder = mine.folder / "delivery"
            shutil.rmtree(folder, ignore_errors=True)
            release.write(folder, release_of(mine, channels, parts, curves, log), path)
            checked = release.preflight(folder, mine.watermark[0])
            archive = mine.folder / f"{release.file_name(mine.take.score.title)}.zip"
            with write_whole(archive) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as packed:
                for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                    packed.write(file, file.relative_to(folder))
            return {
                making: "", made: delivered(checked, folder, now), video: gr.Video(str(path), visible=True), still: "",
                download: gr.DownloadButton(value=str(archive), visible=True),
            }  # fmt: skip

        mixed = [*sheet, *choice, chords, energy]
        film.click(guard(filming)(make_film), {*mixed, session}, [filming, video, still], show_progress_on=[filming])
        cancel_film.click(guard(filming)(stop), session, filming, queue=False, show_progress="hidden")
        make.click(
            guard(making)(make_files), {*mixed, maker, country, session}, [making, made, download, video, still],
            show_progress_on=[making],
        )  # fmt: skip
        cancel_make.click(guard(making)(stop), session, making, queue=False, show_progress="hidden")
    return page


if __name__ == "__main__":
    pages.run(build(), PAGE)
