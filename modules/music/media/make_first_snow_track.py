"""Make the finished song of the module's page: sing, mix, film and measure all 20 bars of First Snow.

Run it as: python modules/music/media/make_first_snow_track.py FOLDER
It is the first cell of lesson 06 on the whole song. FOLDER keeps the delivery and every finished step, so that a run that
was stopped goes on where it was; delete it to begin anew. What the page shows is written beside this script.
"""

import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image

from hallyu import audio
from hallyu.files import write_whole
from hallyu.models import whisper
from hallyu.music import face, film, lipsync, mixing, plots, release, song, voice
from hallyu.music.metrics_text import character_error_rate
from hallyu.music.pitch import yin
from hallyu.provenance.worklog import Entry

HERE = Path(__file__).parent
RATE, FPS = release.RATE, 30
KEY, PAYLOAD = "Hallyu Studio, First Snow, the finished song", 20261121
"""A published key: anybody may look for the mark of this recording."""
PIECE = 150
"""Pictures that are rendered in one go."""
LOG = [
    Entry("", "human", "Hallyu Studio", action, "song") for action in ("compose", "write", "arrange", "mix")
]
SMALL, KBPS = (960, 540), 128


def kept(path: Path, make: Callable[[], object]) -> object:
    """What *make* made, once."""
    if not path.exists():
        made = make()
        with write_whole(path) as draft:
            draft.write_bytes(pickle.dumps(made))
    return pickle.loads(path.read_bytes())


def render(project: release.Project, folder: Path) -> Path:
    """The film in pieces, nearly without loss, then as one with its sound."""
    whole = folder / "film.mp4"
    if whole.exists():
        return whole
    total, pieces = len(project.curves.values), []
    for first in range(0, total, PIECE):
        piece = folder / f"piece-{first:05}.mp4"
        if not piece.exists():
            span = range(first, min(first + PIECE, total))
            pictures = film.frames(project.curves, face.SIZE, project.shots, project.captions, span=span)
            face.write_video(piece, pictures, FPS, np.zeros((RATE, 2), np.float32), RATE, quality=8)
            print(piece.name, flush=True)
        pieces.append(piece)
    stems = release.stems(project.channels, RATE, project.room, project.key, project.payload)
    sound = mixing.master(sum(stems.values()), RATE)
    pictures = (picture for piece in pieces for picture in lipsync.pictures_of(piece)[0])
    face.write_video(whole, pictures, FPS, sound, RATE, quality=18)
    return whole


def smaller(source: Path, target: Path, crf: int) -> None:
    """The film for the page: baseline H.264, which every browser plays, and AAC."""
    pictures, fps, _ = lipsync.pictures_of(source)
    sound, rate = audio.read(source)
    with (
        write_whole(target) as draft,
        av.open(str(draft), "w", format="mp4", options={"movflags": "+faststart"}) as file,
    ):
        video = file.add_stream("libx264", rate=round(fps))
        video.width, video.height = SMALL
        video.pix_fmt = "yuv420p"
        video.options = {"preset": "slow", "profile": "baseline", "crf": str(crf), "threads": "1"}
        video.codec_context.color_range, video.codec_context.colorspace = 1, 1
        track = file.add_stream("aac", rate=rate, layout="stereo")
        track.bit_rate = KBPS * 1000
        fifo, played = av.AudioFifo(), 0
        for count, picture in enumerate(pictures, 1):
            small = cv2.resize(picture, SMALL, interpolation=cv2.INTER_AREA)
            frame = av.VideoFrame.from_ndarray(small, "rgb24").reformat(
                format="yuv420p", dst_colorspace="ITU709"
            )
            file.mux(video.encode(frame))
            due = min(round(count / fps * rate), len(sound))
            block = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(sound[played:due]).reshape(1, -1), "flt", "stereo"
            )
            block.sample_rate, block.pts, played = rate, played, due
            fifo.write(block)
            for part in fifo.read_many(1024):
                file.mux(track.encode(part))
        rest = fifo.read()
        if rest is not None:
            file.mux(track.encode(rest))
        file.mux(track.encode(None))
        file.mux(video.encode(None))


def measure(whole: song.Song, delivery: Path) -> dict:
    """The finished files from first to last bar, and line by line."""
    master, _ = audio.read(delivery / "master.wav")
    vocal, _ = audio.read(delivery / "stems" / "01-voice.wav")
    bar, title = whole.bar_seconds, whole.score.title
    bars = []
    for number in range(whole.bars):
        part = master[round(number * bar * RATE) : round((number + 1) * bar * RATE)]
        bars.append(
            {
                "bar": number + 1,
                "lufs": round(mixing.loudness(part, RATE), 2),
                "dbtp": round(mixing.true_peak(part), 2),
            }
        )
    sound = audio.resample(audio.mono(vocal), RATE, 24_000)
    heard = yin(sound, 24_000, lowest=70, highest=1000)
    notes = []
    for note in whole.score.notes:
        start, end = whole.score.seconds(note.start), whole.score.seconds(note.end)
        row = {
            "start": round(start, 3),
            "end": round(end, 3),
            "pitch": note.pitch,
            "lyric": note.lyric,
            "cents": None,
        }
        if end - start >= 0.4:
            inside = np.arange(start + 0.12, end - 0.12, 0.0125)
            hz = heard.at(inside)
            if (hz > 0).mean() > 0.5:
                row["cents"] = round(
                    float(np.median(1200 * np.log2(hz[hz > 0] / (440 * 2 ** ((note.pitch - 69) / 12))))), 1
                )
        notes.append(row)
    pictures, fps, size = lipsync.pictures_of(delivery / f"{title}.mp4")
    opening = lipsync.mouth_opening(pictures, face.mouth_box(size))
    energy = lipsync.vowel_energy(vocal, RATE, fps, len(opening))
    lines = []
    for line in whole.lines:
        start, end = whole.score.seconds(line.start), whole.score.seconds(line.start + line.length)
        first, last = round(start * fps), round(end * fps)
        sync = lipsync.measure(opening[first:last], energy[first:last], fps)
        words = whisper.hear(vocal[round((start - 0.3) * RATE) : round((end + 0.2) * RATE)], RATE).text
        lines.append({
            "start": round(start, 3), "end": round(end, 3), "korean": line.korean, "heard": words,
            "cer_by_sound": round(character_error_rate(line.korean, words, by_sound=True), 3),
            "lips_ms": round(1000 * sync.offset), "lips_correlation": round(sync.correlation, 2),
        })  # fmt: skip
    report = release.preflight(delivery, KEY)
    return {
        "title": title,
        "bars": bars,
        "notes": notes,
        "lines": lines,
        "watermark_key": KEY,
        "watermark_payload": PAYLOAD,
        "problems": list(report.problems),
        "notes_of_preflight": list(report.notes),
        "whole": {name: round(value, 3) for name, value in report.measured.items()},
        "opening": np.round(np.sqrt(opening / opening.max()), 3).tolist(),
        "energy": np.round(energy, 3).tolist(),
        "pitch": np.stack([heard.times, heard.hertz], 1)[::2].round(3).tolist(),
    }


@plots.drawn
def sheet(whole: song.Song, master: np.ndarray, found: dict):
    """Loudness and peaks, melody and pitch, cents, mouth and voice, lips: over all bars."""
    made, rows = plots.figure(1010, nrows=5, sharex=True, height_ratios=[3, 3.2, 1.6, 1.8, 1.6])
    bar, end = whole.bar_seconds, len(master) / RATE
    loud, pitch, cents, mouth, lips = rows
    for axes in rows:
        for section in whole.sections:
            shade = {"chorus": "#fdf1dc", "verse": "#eef5fb"}.get(section.name, "#f5f5f5")
            axes.axvspan(section.bar * bar, (section.bar + section.bars) * bar, color=shade, linewidth=0)
        for number in range(whole.bars + 1):
            axes.axvline(number * bar, color="#d8d8d8", linewidth=0.6)
        axes.set_axisbelow(True)

    for window, colour, width in ((mixing.BLOCK, plots.SKY, 0.8), (mixing.SHORT_TERM, plots.BLUE, 1.8)):
        curve = mixing.loudness_curve(master, RATE, window)
        name = "momentary, 0.4 s" if window == mixing.BLOCK else "short-term, 3 s"
        loud.plot(window / 2 + 0.1 * np.arange(len(curve)), curve, color=colour, linewidth=width, label=name)
    loud.axhline(-14, color=plots.GREY, linestyle="--", linewidth=0.8)
    loud.plot([(b["bar"] - 0.5) * bar for b in found["bars"]], [b["dbtp"] for b in found["bars"]], "v", color=plots.RED,
              markersize=4, label="true peak of the bar, dBTP")  # fmt: skip
    loud.axhline(-1, color=plots.RED, linestyle="--", linewidth=0.6)
    for b in found["bars"]:
        loud.text(
            (b["bar"] - 0.5) * bar, -43.5, f"{b['lufs']:.1f}", ha="center", fontsize=6.5, color="#333333"
        )
    loud.set(ylim=(-46, 1), ylabel="LUFS")
    loud.legend(fontsize=7, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 0.1))
    for section in whole.sections:
        middle = (section.bar + section.bars / 2) * bar
        loud.text(middle, 1.5, section.name, ha="center", va="bottom", fontsize=8, color="#333333")

    times, hz = np.array(found["pitch"]).T
    written = np.full(len(times), np.nan)
    for number, note in enumerate(found["notes"]):
        begin, finish = note["start"], note["end"]
        pitch.fill_between(
            [begin, finish], note["pitch"] - 0.5, note["pitch"] + 0.5, color=plots.SKY, alpha=0.6
        )
        pitch.text((begin + finish) / 2, 55.8 - 1.2 * (number % 2), note["lyric"], ha="center", fontsize=7)
        written[(times >= begin) & (times < finish + 0.1)] = note["pitch"]
    midi = 69 + 12 * np.log2(np.where(hz > 0, hz, np.nan) / 440)
    # In consonants YIN may take noise for a voice, octaves away.
    pitch.plot(times, np.where(np.abs(midi - written) < 4, midi, np.nan), color=plots.RED, linewidth=0.9)
    pitch.set(ylim=(54, 71.5), ylabel="pitch")
    pitch.set_yticks([60, 64, 67, 69], ["C4", "E4", "G4", "A4"])

    judged = [note for note in found["notes"] if note["cents"] is not None]
    cents.axhspan(-20, 20, color="#d9efe4", linewidth=0)
    cents.vlines(
        [(n["start"] + n["end"]) / 2 for n in judged],
        0,
        [n["cents"] for n in judged],
        color=plots.GREEN,
        linewidth=1.6,
    )
    cents.axhline(0, color=plots.GREY, linewidth=0.6)
    cents.set(ylim=(-45, 45), ylabel="cents off")

    seconds = (np.arange(len(found["opening"])) + 0.5) / FPS
    mouth.plot(seconds, found["energy"], color=plots.ORANGE, linewidth=0.8, label="open vowels in the voice")
    mouth.plot(seconds, found["opening"], color=plots.BLUE, linewidth=0.8, label="mouth in the picture")
    mouth.set(ylim=(0, 1.65), ylabel="share")
    mouth.set_yticks([0, 0.5, 1])
    mouth.legend(fontsize=7, ncols=2, loc="upper left")

    lips.axhspan(-125, 45, color="#d9efe4", linewidth=0)
    for line in found["lines"]:
        middle = (line["start"] + line["end"]) / 2
        lips.plot([line["start"], line["end"]], [line["lips_ms"]] * 2, color=plots.BLUE, linewidth=2)
        lips.text(middle, 56, f"{line['lips_ms']:+d} ms", ha="center", fontsize=6.5)
        lips.text(middle, 84, f"r {line['lips_correlation']:.2f}", ha="center", fontsize=6.5)
        lips.text(middle, -116, f"CER {line['cer_by_sound']:.0%}", ha="center", fontsize=6.5)
    lips.axhline(0, color=plots.GREY, linewidth=0.6)
    lips.set(
        ylim=(-140, 110),
        ylabel="lips late, ms",
        xlabel="bar, and below it the seconds at which it begins",
        xlim=(0, end),
    )
    lips.set_xticks(
        [n * bar for n in range(whole.bars)],
        [f"{n + 1}\n{n * bar:.0f}" for n in range(whole.bars)],
        fontsize=7,
    )
    return made


@plots.drawn
def loudness_strip(whole: song.Song, master: np.ndarray):
    """The song's loudness alone, for the lesson's first picture."""
    made, axes = plots.figure(120)
    curve = mixing.loudness_curve(master, RATE, mixing.BLOCK)
    seconds = 0.2 + 0.1 * np.arange(len(curve))
    for section in whole.sections:
        begin, bars = section.bar * whole.bar_seconds, section.bars * whole.bar_seconds
        axes.axvspan(
            begin, begin + bars, color="#fdf1dc" if section.name == "chorus" else "#f2f4f7", linewidth=0
        )
        axes.text(begin + bars / 2, -7, section.name, ha="center", fontsize=7, color="#555555")
    axes.fill_between(seconds, -46, curve, color=plots.SKY, linewidth=0)
    axes.axhline(-14, color=plots.RED, linestyle="--", linewidth=0.9)
    axes.set(ylim=(-46, -1), xlim=(0, len(master) / RATE), xlabel="seconds", ylabel="LUFS")
    return made


def title_picture(whole: song.Song, project: release.Project, master: np.ndarray) -> Image.Image:
    """Lesson 06 at a glance: the mouth wide, round and closed, and the loudness of the song."""
    chorus = slice(round(30 * FPS), round(50 * FPS))
    looks = {
        name: project.curves[name][chorus] for name in ("jawOpen", "mouthPucker", "mouthClose", "eyeBlink")
    }
    awake = looks["eyeBlink"] < 0.3
    picked = [
        30 * FPS + int(np.where(awake, looks[name], 0).argmax())
        for name in ("jawOpen", "mouthPucker", "mouthClose")
    ]
    stage = face.Stage(face.SIZE, place="night city", seed=8)
    poses = face.poses(project.curves)
    faces = [Image.fromarray(stage.draw(poses[frame], frame / FPS)[20:620, 265:1015]) for frame in picked]
    below = loudness_strip(whole, master).convert("RGB")
    width = below.width
    each = (width - 40) // 3
    sheet_ = Image.new("RGB", (width, each * 600 // 750 + 20 + below.height), "white")
    for number, picture in enumerate(faces):
        sheet_.paste(
            picture.resize((each, each * 600 // 750), Image.Resampling.LANCZOS), (number * (each + 20), 0)
        )
    sheet_.paste(below, (0, each * 600 // 750 + 20))
    return sheet_


def main(folder: Path) -> None:
    """All steps."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = song.read(HERE / "first-snow.json")
    project = kept(
        folder / "project.pickle",
        lambda: song.produce(whole, voice.voice("jf_nezumi"), KEY, PAYLOAD, log=LOG),
    )
    delivery = folder / "delivery"
    if not (delivery / release.CREDITS).exists():
        release.write(delivery, project, render(project, folder))
    found = kept(folder / "measured.pickle", lambda: measure(whole, delivery))
    print(release.preflight(delivery, KEY))
    master, _ = audio.read(delivery / "master.wav")
    title = whole.score.title
    sheet(whole, master, found).save(HERE / "first-snow-measured.webp", lossless=True, method=6)
    curves = {name: found.pop(name) for name in ("opening", "energy", "pitch")}
    assert curves
    with write_whole(HERE / "first-snow-measured.json") as draft:
        draft.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    audio.write_mp3(HERE / "first-snow.mp3", master, RATE, 160)
    smaller(delivery / f"{title}.mp4", HERE / "first-snow.mp4", 27)
    frames = list(film.frames(project.curves, face.SIZE, project.shots, span=[round(47.0 * FPS)]))
    Image.fromarray(frames[0]).resize(SMALL, Image.Resampling.LANCZOS).save(
        HERE / "first-snow-poster.webp", quality=82
    )
    for name in ("first-snow.mp4", "first-snow.mp3", "first-snow-poster.webp", "first-snow-measured.webp"):
        print(f"{name}: {(HERE / name).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
