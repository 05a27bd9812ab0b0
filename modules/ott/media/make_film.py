"""Make the film of this module, *First Snow*: say, draw, comp, mix and join what the other modules made, with its exact record.

    python modules/ott/media/make_film.py FOLDER [--size 0.5]

FOLDER keeps every finished shot, so that a run that was stopped goes on where it was; delete a shot's file there to make it
anew. --size renders smaller, for a look. Takes some 25 minutes on two cores. What it writes lies beside this script.
"""

import argparse
import pickle
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import film_picture as pictures
import film_sound as sounds
import film_voices
import numpy as np
import soundfile
from film_picture import (
    Move,
    Post,
    Size,
    Take,
    at_the_sign,
    drawn,
    figure,
    in_the_forest,
    place,
    snowfall,
    standing,
    taken,
)

from hallyu import video
from hallyu.files import write_whole
from hallyu.ott import ffmpeg, first_snow
from hallyu.ott.first_snow import Line, Music, Shot, Sign, Sound, Truth, Word

HERE = Path(__file__).resolve().parent
RATE = 24
NAME = "first-snow"


@dataclass(frozen=True)
class Cue:
    """A line in a shot. at: seconds from the shot's first frame. place: how it sounds. rate: syllables a second, for lips."""

    speaker: str
    text: str
    english: str
    at: float
    place: str
    seen: bool = False
    rate: float | None = None


@dataclass(frozen=True)
class Part:
    """A shot of the cut. make: of its frames. dissolve: frames in which it gives way to the next one."""

    name: str
    frames: int
    source: str
    make: Callable[[Size, Path], pictures.Frames]
    cues: tuple[Cue, ...] = ()
    dissolve: int = 0


# --- the shots --------------------------------------------------------------------------------------------------------


def gate(size: Size, folder: Path) -> pictures.Frames:
    return at_the_sign(size, NORTH, 108, (0.0, 0.75), (-0.1, 0.06), snowfall(1, 1500), 1, fade_in=20)


def pine(size: Size, folder: Path) -> pictures.Frames:
    behind, before = place(size, "snow forest", seed=6, time="day", framing="wide", landmark=True)
    return drawn(
        size,
        _with_people(behind, size, ("red",)),
        None,
        before,
        Move(48, (1.0, 1.05), (-0.008, 0.008)),
        snowfall(2, 1100),
        2,
    )


def wind(size: Size, folder: Path) -> pictures.Frames:
    return in_the_forest(size, 4, 42, snowfall(3, 700), 3)


def _room(cut: int, frames: int, seed: int, time: str, side: float, x: float, move: Move, low: float = 0.0):
    def make(size: Size, folder: Path) -> pictures.Frames:
        behind, _ = place(size, "room", seed=2, time=time, framing="behind")
        tint = {"night": (1.0, 0.955, 0.90), "dusk": (1.0, 0.965, 0.93)}[time]
        who = standing(figure(cut, folder), size, side, x, low, tint)
        return drawn(size, behind, who, None, move, None, seed)

    return make


def _outside(cut: int, frames: int, seed: int, side: float, x: float, move: Move, low: float = 0.0):
    def make(size: Size, folder: Path) -> pictures.Frames:
        behind, _ = place(size, "snow forest", seed=3, time="day", framing="behind", landmark=True)
        who = standing(figure(cut, folder), size, side, x, low, (0.965, 0.985, 1.0))
        return drawn(size, behind, who, None, move, snowfall(seed, 800), seed)

    return make


def _pattern(
    name: str, cut: int, frames: int, seed: int, side: float, x: float, move: Move, low: float = 0.0
):
    def make(size: Size, folder: Path) -> pictures.Frames:
        behind, _ = place(size, name, seed=seed)
        who = standing(figure(cut, folder), size, side, x, low)
        return drawn(size, behind, who, None, move, snowfall(seed, 350), seed, lift=0.94)

    return make


def doyun_asks(size: Size, folder: Path) -> pictures.Frames:
    take = Take(pictures.FILM / "s2.mp4")
    return taken(size, lambda number: take(8 + number), 48, snowfall(8, 650), 8, zoom=(1.09, 1.12), right=0.04, down=-0.02)


def haneul_answers(size: Size, folder: Path) -> pictures.Frames:
    take = Take(pictures.FILM / "s3.mp4")
    return taken(size, lambda number: take(10 + number), 44, snowfall(9, 650), 9)


def doyun_answers(size: Size, folder: Path) -> pictures.Frames:
    """His second take, nearer; the frames before he speaks last longer, as he is still listening."""
    take = Take(pictures.FILM / "s7.mp4")

    def at(number: int) -> np.ndarray:
        return take(number * 8 / (8 + LISTENS) if number < 8 + LISTENS else number - LISTENS)

    return taken(size, at, 56, snowfall(10, 650), 10, zoom=(1.22, 1.26), right=0.09, down=-0.075)


def south(size: Size, folder: Path) -> pictures.Frames:
    return at_the_sign(
        size,
        SOUTH,
        46,
        (0.0, 0.3),
        (0.07, -0.03),
        snowfall(12, 1200),
        12,
        mirror=True,
        tint=(0.92, 0.96, 1.06),
    )


def memory(size: Size, folder: Path) -> pictures.Frames:
    """Jeongho at twenty-five becomes seventy in one turn of his head, at half the speed."""
    young, old = Take(pictures.FILM / "s5b.mp4"), Take(pictures.FILM / "s5a.mp4")

    def at(number: int) -> np.ndarray:
        number = min(max(number, 0), 99)
        place, share = number * 47 / 99, pictures.eased((number - 36) / 34)
        if share in (0.0, 1.0):
            return (old if share else young)(place)
        return cv2.addWeighted(young(place), 1 - share, old(place), share, 0)

    def grade(frame: np.ndarray) -> np.ndarray:
        frame = pictures.graded(frame, 1.2, 0.7, -0.05)
        glow = cv2.GaussianBlur(np.maximum(frame - 0.45, 0), (0, 0), frame.shape[0] / 36)
        return frame + 0.35 * glow

    return taken(size, at, 100, snowfall(13, 900), 13, zoom=(1.0, 1.06), grade=grade)


def room(size: Size, folder: Path) -> pictures.Frames:
    behind, before = place(size, "room", seed=2, time="dusk", framing="wide")
    return drawn(size, behind, None, before, Move(28, (1.03, 1.06)), None, 14)


def together(size: Size, folder: Path) -> pictures.Frames:
    behind, before = place(size, "snow forest", seed=17, time="dusk", framing="wide", landmark=True)
    behind = _with_people(behind, size, ("red", "navy"))
    move = Move(148, (1.0, 1.06), (0.0, 0.0), (0.012, -0.004))
    base = drawn(size, behind, None, before, move, snowfall(18, 1300), 18)
    title = pictures.lettered(size, (("첫눈", 150, 1420, 470, 0.5), ("First Snow", 52, 1420, 560, 0.5)), 0.8)
    rows = []
    for number, (what, who) in enumerate(CREDITS):
        y = 140 + 52 * number
        rows += [(what, 29, 1062, y, 1.0), (who, 29, 1090, y, 0.0)]
    credits = pictures.lettered(size, rows, 0.6)
    shown = pictures.titled(base, ((title, 8, 48, 0.0), (credits, 50, 158, 0.55)))

    def frame(number: int) -> np.ndarray:
        return shown(number) * np.float32(1 - pictures.eased((number - 126) / 21))

    return frame


def _with_people(behind: np.ndarray, size: Size, coats: tuple[str, ...]) -> np.ndarray:
    """Haneul, and Doyun facing her, far off under the pine."""
    tint = {"red": ("#b8353a", "#26222c", "right", True), "navy": ("#33436b", "#5a3d2e", "left", False)}
    sheet = np.zeros((*behind.shape[:2], 4), np.uint8)
    high, wide = behind.shape[:2]
    for number, coat in enumerate(coats):
        outfit, hair, facing, long_hair = tint[coat]
        x = wide * (0.485 if len(coats) == 1 else (0.485, 0.565)[number])
        sheet = pictures.backgrounds.distant_figure(
            sheet, x, 0.785 * high, 0.15 * high, outfit=outfit, hair=hair, facing=facing, long_hair=long_hair
        )
    flat = pictures.premultiplied(sheet)
    return flat + (1 - flat[..., 3:]) * behind


NORTH, SOUTH = Post("북쪽 입구", 4.6, 0.66), Post("남쪽 입구", 2.7, 0.42)
LISTENS = 12
"""Frames that Doyun's second take is longer before he speaks."""
CREDITS = (
    ("이야기 · 음악 · 제작", "Hallyu Studio"),
    ("화면 속 배우", "하늘 · 도윤 · 정호  (합성 배우, 실제 인물이 아님)"),
    ("하늘 목소리 · 노래", "jf_nezumi  (합성 음성)"),
    ("할머니 목소리", "jf_gongitsune  (합성 음성)"),
    ("도윤 목소리", "jf_nezumi + jm_kumo  (합성 음성)"),
    ("음성 모델", "Kokoro-82M, hexgrad, Apache-2.0"),
    ("음성 자료", "Koniwa, CC BY 3.0"),
    ("주제곡", "첫눈  (반주: Fluid R3 GM, Frank Wen, MIT)"),
    ("AI 사용 고지", "목소리와 노래, 그림 속 인물은 AI로 생성했습니다"),
    ("AI disclosure", "Voices, song and drawn figures were generated by AI"),
    ("© 2026", "Hallyu Studio, CC BY 4.0"),
)

CUT = (
    Part("gate", 108, "modules/film/media/forest-*.exr", gate, (
        Cue("내레이션", "할머니는 첫눈이 오면 꼭 이 숲에 오셨다.", "Every first snow, Grandma came to this forest.", 1.0, "near"),
    )),
    Part("pine", 48, "painted: snow forest", pine, (
        Cue("내레이션", "올해는 무릎이 아프셔서,", "This year her knees hurt,", 0.12, "near"),
    )),
    Part("wind", 42, "modules/film/media/s6.mp4", wind, (
        Cue("내레이션", "내가 대신 왔다.", "so I came instead.", 0.2, "near"),
    ), 10),
    Part("grandmother", 70, "webtoon cut 3", _room(3, 70, 4, "night", 0.98, 0.52, Move(70, (1.0, 1.05))), (
        Cue("할머니", "북쪽 입구, 큰 소나무 아래.", "The north gate, under the big pine.", 0.3, "room", True),
    )),
    Part("haneul asks", 48, "webtoon cut 4", _room(4, 48, 5, "night", 0.96, 0.45, Move(48, (1.02, 1.05), (0.0, 0.01))), (
        Cue("하늘", "누굴 기다리는 건데요?", "Who am I waiting for?", 0.12, "room", True),
    )),
    Part("promise", 82, "webtoon cut 5", _room(5, 82, 6, "night", 1.06, 0.53, Move(82, (1.0, 1.07)), 0.04), (
        Cue("할머니", "…약속을 했거든. 오십 년 전에.", "…I made a promise. Fifty years ago.", 0.2, "room", True),
    )),
    Part("footsteps", 44, "webtoon cut 7", _pattern("speed lines", 7, 44, 7, 1.06, 0.5, Move(44, (1.0, 1.08)), 0.11), (
        Cue("도윤", "어…", "Oh…", 1.28, "far", False, 2.0),
    )),
    Part("doyun asks", 48, "modules/film/media/s2.mp4", doyun_asks, (
        Cue("도윤", "누굴 기다리세요?", "Are you waiting for someone?", 0.417, "open", True, 5.5),
    )),
    Part("haneul answers", 44, "modules/film/media/s3.mp4", haneul_answers, (
        Cue("하늘", "할머니 대신이요.", "For my grandmother.", 0.533, "open", True, 6.0),
        Cue("하늘", "그쪽은요?", "And you?", 1.74, "open"),
    )),
    Part("doyun answers", 56, "modules/film/media/s7.mp4", doyun_answers, (
        Cue("도윤", "할아버지 대신이요.", "For my grandfather.", 0.9, "open", True, 6.0),
    )),
    Part("under the pine", 66, "webtoon cut 10", _outside(10, 66, 11, 1.04, 0.5, Move(66, (1.0, 1.05)), 0.08), (
        Cue("도윤", "남쪽 입구, 큰 소나무 아래에서.", "At the south gate, under the big pine.", 0.2, "open", True),
    )),
    Part("south", 46, "modules/film/media/forest-*.exr", south, (
        Cue("하늘", "…남쪽이요?", "…The south gate?", 0.5, "open"),
    ), 12),
    Part("memory", 100, "modules/film/media/s5a.mp4, s5b.mp4", memory, (
        Cue("내레이션", "같은 숲. 같은 첫눈. 오십 번.", "The same forest. The same first snow. Fifty times.", 0.2, "near"),
    )),
    Part("room", 28, "painted: room", room),
    Part("every year", 90, "webtoon cut 13", _outside(13, 90, 15, 0.98, 0.47, Move(90, (1.0, 1.06))), (
        Cue("하늘", "할머니, 그분… 왔었대요. 매년.", "Grandma, he… he came. Every year.", 0.15, "open", True),
    )),
    Part("footprints", 70, "webtoon cut 14", _room(14, 70, 16, "dusk", 1.06, 0.5, Move(70, (1.0, 1.05)), 0.05), (
        Cue("할머니", "알아. 발자국을 봤거든.", "I know. I saw the footprints.", 0.05, "room", True),
        Cue("하늘", "그럼 왜…!", "Then why…!", 2.55, "phone"),
    )),
    Part("not over", 98, "webtoon cut 16", _pattern("sparkle", 16, 98, 17, 0.97, 0.5, Move(98, (1.0, 1.06))), (
        Cue("할머니", "기다리는 동안은, 아직 끝난 게 아니니까.", "As long as I'm waiting, it isn't over.", 0.35, "room", True),
    )),
    Part("this year", 72, "webtoon cut 18", _room(18, 72, 18, "dusk", 0.98, 0.5, Move(72, (1.0, 1.05))), (
        Cue("할머니", "올해는… 같이 가 볼까?", "This year… shall we go together?", 0.18, "room", True),
    ), 12),
    Part("together", 148, "painted: snow forest", together),
)  # fmt: skip


# --- the record -------------------------------------------------------------------------------------------------------


def starts() -> list[int]:
    """The first frame of each part, and the film's length. A dissolve's middle is its cut."""
    return np.cumsum([0, *(part.frames for part in CUT)]).tolist()


def spoken(cue: Cue, folder: Path) -> film_voices.Take:
    """The take of a line; what was said once is kept."""
    who = "하늘" if cue.speaker == "내레이션" else cue.speaker
    path = (
        folder
        / f"take-{zlib.crc32(repr((who, film_voices.CAST[who], cue.text, cue.rate)).encode()):08x}.pickle"
    )
    if not path.exists():
        take = film_voices.said(who, cue.text, cue.rate)
        with write_whole(path) as draft:
            draft.write_bytes(pickle.dumps(take))
    return pickle.loads(path.read_bytes())


def record(folder: Path) -> tuple[Truth, list[sounds.Placed]]:
    """The film's truth, and its lines as they sound."""
    edges, lines, placed = starts(), [], []
    for first, part in zip(edges, CUT, strict=False):
        for cue in part.cues:
            take = spoken(cue, folder)
            at = first / RATE + cue.at
            words = tuple(Word(text, at + start, at + stop) for text, start, stop in take.words)
            number = f"{len(lines) + 1:02}"
            lines.append(
                Line(
                    number,
                    cue.speaker,
                    cue.text,
                    cue.english,
                    words[0].start,
                    words[-1].stop,
                    words,
                    cue.seen,
                )
            )
            placed.append(sounds.Placed(at, take.samples, cue.place))
    frames, at = edges[-1], {part.name: first / RATE for first, part in zip(edges, CUT, strict=False)}
    shots = tuple(
        Shot(part.name, first, first + part.frames, part.source)
        for first, part in zip(edges, CUT, strict=False)
    )
    end = frames / RATE
    heard = tuple(Sound(*each) for each in sounds.told(at, end))
    signs = (
        Sign(NORTH.words, "North Gate", 0.5, at["pine"]),
        Sign(SOUTH.words, "South Gate", at["south"], at["memory"]),
        Sign("첫눈", "First Snow", at["together"] + 12 / RATE, at["together"] + 48 / RATE),
    )
    music = tuple(
        Music("첫눈", "First Snow", start, stop, lyrics) for start, stop, lyrics in sounds.songs(at, end)
    )
    return Truth(
        Fraction(RATE), pictures.WIDE, pictures.TALL, frames, shots, tuple(lines), heard, signs, music
    ), placed


# --- making it --------------------------------------------------------------------------------------------------------


def handles() -> list[tuple[int, int]]:
    """How many frames each part is made beyond its first and last, for the dissolves."""
    before = [0, *(part.dissolve // 2 for part in CUT[:-1])]
    return [(first, part.dissolve - part.dissolve // 2) for first, part in zip(before, CUT, strict=True)]


def render(size: Size, folder: Path, only: list[str] | None = None) -> list[Path]:
    """Each shot as a film of its own, nearly without loss; what is there is kept."""
    made = []
    for number, (part, (before, after)) in enumerate(zip(CUT, handles(), strict=True)):
        path = folder / f"{number:02}-{part.name.replace(' ', '-')}-{size.pixels[1]}.mkv"
        made.append(path)
        if path.exists() or (only and part.name not in only):
            continue
        frame = part.make(size, folder)
        video.write(path, (frame(n) for n in range(-before, part.frames + after)), RATE, crf=9)
        print(path.name, flush=True)
    return made


def joined(paths: list[Path], folder: Path) -> Path:
    """The shots one after another with their dissolves, nearly without loss; what is there and newer than they are is kept."""
    whole = folder / f"joined-{paths[0].stem.rsplit('-', 1)[1]}.mkv"
    if whole.exists() and whole.stat().st_mtime > max(path.stat().st_mtime for path in paths):
        return whole
    inputs: list[str | Path] = []
    for path in paths:
        inputs += ["-i", path]
    graph, so_far, length = (
        [f"[{n}:v]settb=1/{RATE},setpts=N,fps={RATE},format=yuv420p[s{n}]" for n in range(len(paths))],
        "s0",
        CUT[0].frames,
    )
    for number, (part, following) in enumerate(pairwise(CUT), 1):
        if part.dissolve:
            offset = (length - part.dissolve // 2) / RATE
            graph.append(
                f"[{so_far}][s{number}]xfade=fade:{part.dissolve / RATE:.6f}:{offset:.6f},settb=1/{RATE}[j{number}]"
            )
        else:
            graph.append(f"[{so_far}][s{number}]concat,settb=1/{RATE}[j{number}]")
        so_far, length = f"j{number}", length + following.frames
    size = f"scale={pictures.WIDE}:{pictures.TALL}:flags=lanczos,format=yuv420p"
    ffmpeg.make(whole, [
        *inputs, "-filter_complex", ";".join([*graph, f"[{so_far}]{size}[v]"]), "-map", "[v]", "-c:v", "libx264", "-preset",
        "ultrafast", "-crf", "6", "-r", str(RATE), "-threads", "2",
    ])  # fmt: skip
    return whole


def write_sound(truth: Truth, placed: list[sounds.Placed], folder: Path) -> Path:
    """The record, the script and the stems beside this script; the mix in *folder*."""
    first_snow.save(truth, HERE / f"{NAME}.json")
    with write_whole(HERE / f"{NAME}-script.txt") as draft:
        draft.write_text("".join(f"{line.text}\n" for line in truth.lines), encoding="utf-8")
    stems = sounds.stems(placed, truth)
    for name, samples in stems.items():
        with write_whole(HERE / f"{NAME}-{name}.flac") as draft:
            soundfile.write(draft, samples, sounds.RATE, "PCM_16", format="FLAC")
    mix = folder / "mix.wav"
    whole = sum(each.astype(np.int32) for each in stems.values())
    soundfile.write(mix, whole.astype(np.int16), sounds.RATE, "PCM_16")
    return mix


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=float, default=1.0)
    parser.add_argument("--only", nargs="*")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.only:
        render(Size(asked.size), asked.folder, asked.only)
        return
    truth, placed = record(asked.folder)
    mix = write_sound(truth, placed, asked.folder)
    whole = joined(render(Size(asked.size), asked.folder), asked.folder)
    ffmpeg.make(HERE / f"{NAME}.mp4", [
        "-i", whole, "-i", mix, "-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "slow", "-crf", "25", "-profile:v",
        "high", "-g", "48", "-pix_fmt", "yuv420p", "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709",
        "-color_range", "tv", "-threads", "2", "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart",
    ])  # fmt: skip


if __name__ == "__main__":
    main()
