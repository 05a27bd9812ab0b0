"""Makes the scene of the assignment ott-subtitles: what learners get, and the truth that graders alone open.

    python training/ott/scene.py WORD

WORD opens the truth; put it into the hidden tests of the assignment's notebook. The scene was cut from *First Snow*: its shots
and voices are made by what made the film (modules/ott/media). When the lines are said, and how long shots last, follows from
the word's hash, so that another word gives a scene that nobody has timed.
"""

import hashlib
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "modules" / "ott" / "media"))

import film_picture as pictures  # noqa: E402
import film_sound as sounds  # noqa: E402
from film_voices import said  # noqa: E402

from hallyu import audio, video  # noqa: E402
from hallyu.grading import sealed  # noqa: E402
from hallyu.ott import ffmpeg, first_snow  # noqa: E402
from hallyu.ott.first_snow import Line, Shot, Sign, Sound, Truth, Word  # noqa: E402

NAME = "ott-subtitles"
FOLDER = ROOT / "grading" / "source" / NAME / "film"
SIZE, RATE, STEM = pictures.Size(0.25), 24, 16_000
CLOSED = "입산 통제", "Trail closed"
LATER = 9
"""Frames by which a line may come later than written below, and a shot last longer."""


@dataclass(frozen=True)
class Said:
    """A line. at: seconds after the shot begins, or after the line before. script: what the script has in its stead."""

    speaker: str
    text: str
    english: str
    at: float
    place: str
    seen: bool = False
    script: str = ""


@dataclass(frozen=True)
class Part:
    """A shot. least: frames that it lasts at least; it lasts until its last line is said, and a little longer."""

    name: str
    least: int
    make: Callable[[int], pictures.Frames]
    lines: tuple[Said, ...] = ()


def trees(frames: int) -> pictures.Frames:
    behind, before = pictures.place(SIZE, "snow forest", seed=6, time="day", framing="wide", landmark=True)
    move = pictures.Move(frames, (1.0, 1.05), (-0.008, 0.008))
    return pictures.drawn(SIZE, behind, None, before, move, pictures.snowfall(2, 900), 2)


def path(frames: int) -> pictures.Frames:
    behind, before = pictures.place(SIZE, "snow forest", seed=3, time="dusk", framing="wide")
    move = pictures.Move(frames, (1.06, 1.0), (0.01, -0.01))
    return pictures.drawn(SIZE, behind, None, before, move, pictures.snowfall(5, 900), 5)


def sign(frames: int) -> pictures.Frames:
    post = pictures.Post(CLOSED[0], 3.4, 0.55)
    return pictures.at_the_sign(SIZE, post, frames, (0.0, 0.5), (-0.05, 0.05), pictures.snowfall(3, 900), 3)


def face(name: str, start: int, seed: int) -> Callable[[int], pictures.Frames]:
    def make(frames: int) -> pictures.Frames:
        take = pictures.Take(pictures.FILM / f"{name}.mp4")
        at = lambda number: take(start + number * (len(take.frames) - start - 1) / max(frames, 1))
        return pictures.taken(SIZE, at, frames, pictures.snowfall(seed, 500), seed)

    return make


def end(frames: int) -> pictures.Frames:
    fall = pictures.snowfall(9, 700)
    night = np.full((*SIZE.pixels[::-1], 3), np.float32([0.03, 0.04, 0.07]))
    return lambda number: np.clip(pictures.snowed(night, fall, number), 0, 1)


SCENE = (
    Part("trees", 120, trees, (
        Said("할머니", "하늘아, 해 지기 전에 돌아와.", "Haneul, come back before dark.", 3.1, "phone"),
    )),
    Part("haneul", 84, face("s3", 6, 4), (
        Said("하늘", "표지판까지만 보고 갈게요, 할머니.", "I'll only go as far as the sign, Grandma.", 0.6, "open", True),
    )),
    Part("sign", 100, sign, (
        Said("도윤", "거기로는 못 가요.", "You can't go that way.", 2.6, "far"),
    )),
    Part("doyun", 96, face("s2", 8, 8), (
        Said("도윤", "어제 눈이 많이 왔거든요.", "It snowed a lot yesterday.", 0.7, "open", True),
        Said("하늘", "그럼 어떻게 가요?", "Then how do I get there?", 0.35, "open"),
    )),
    Part("doyun answers", 72, face("s7", 4, 10), (
        Said("도윤", "돌아가는 길을 알아요.", "I know a way around.", 0.7, "open", True, "제가 아는 길이 있어요."),
    )),
    Part("path", 150, path, (
        Said("할머니", "국 끓여 놨다. 얼른 와.", "I've made soup. Come home.", 2.0, "phone"),
        Said("하늘", "지금 가요, 할머니!", "I'm coming, Grandma!", 0.4, "open"),
    )),
    Part("steps", 110, trees, (
        Said("도윤", "천천히요. 눈 밑이 얼었어요.", "Slowly. It's ice under the snow.", 2.2, "open"),
    )),
    Part("end", 156, end),
)  # fmt: skip
NOT_SAID = "doyun answers", "하늘", "정말 아는 길이에요?", "Are you sure you know it?"
"""In the script and not in the film: after which shot, who, Korean, English."""
STEPS = 0.3, 0.85, 1.4
RINGS = 0.3, 0.9
HEARD = {
    "바람 소리": ("바람",), "휴대폰 진동 소리": ("진동", "전화", "휴대폰", "핸드폰", "벨"),
    "눈 밟는 소리": ("밟", "발소리", "발걸음", "뽀드득"), "잔잔한 음악": ("음악", "피아노", "선율"),
}  # fmt: skip
"""What a sound may be called: one of these is in its label."""


def told(random: np.random.Generator) -> tuple[Truth, list[sounds.Placed]]:
    """When everything is seen and heard, and the lines as they sound."""
    shots, lines, placed, first = [], [], [], 0
    for part in SCENE:
        at = 0.0
        for each in part.lines:
            take = said(each.speaker, each.text)
            at += each.at + random.integers(LATER) / RATE
            begin = first / RATE + at
            words = tuple(Word(text, begin + start, begin + stop) for text, start, stop in take.words)
            number = f"{len(lines) + 1:02}"
            lines.append(
                Line(number, each.speaker, each.text, each.english, words[0].start, words[-1].stop, words, each.seen)
            )
            placed.append(sounds.Placed(begin, take.samples, each.place))
            at += take.seconds
        frames = max(part.least + int(random.integers(LATER)), int(np.ceil((at + 0.9) * RATE)) if at else 0)
        shots.append(Shot(part.name, first, first + frames, "modules/ott/media"))
        first += frames
    at = {shot.name: shot.start / RATE for shot in shots}
    heard = (
        Sound("바람 소리", "wind blows", 0.0, 2.6),
        Sound("휴대폰 진동 소리", "phone buzzes", at["path"] + RINGS[0], at["path"] + RINGS[1] + 0.42),
        Sound("눈 밟는 소리", "footsteps in snow", at["steps"] + STEPS[0], at["steps"] + STEPS[-1] + 0.42),
        Sound("잔잔한 음악", "soft music", at["end"] + 0.2, first / RATE - 0.3),
    )
    signs = (Sign(*CLOSED, at["sign"], at["doyun"]),)
    wide, high = SIZE.pixels
    return Truth(Fraction(RATE), wide, high, first, tuple(shots), tuple(lines), heard, signs, ()), placed


def mixed(truth: Truth, placed: list[sounds.Placed]) -> tuple[np.ndarray, np.ndarray]:
    """The dialogue alone, and the whole: (n, 2) at sounds.RATE."""
    count = round(truth.seconds * sounds.RATE)
    dialogue = np.zeros((count, 2))
    for each in placed:
        sounds.add(dialogue, sounds.voiced(each), each.at)
    t = np.arange(count) / sounds.RATE
    wind = sounds.blowing(truth.seconds, 5) * sounds.db(-46)
    wind *= (1 + 4.5 * np.clip((2.6 - t) / 0.4, 0, 1) * np.clip(t / 0.3, 0, 1))[:, None]
    effects = wind * np.clip((truth.seconds - t) / 1.0, 0, 1)[:, None]
    at = {shot.name: shot.start / RATE for shot in truth.shots}
    for place in RINGS:
        sounds.add(effects, np.repeat(sounds.buzz(0.42)[:, None], 2, 1) * sounds.db(-24), at["path"] + place)
    for number, place in enumerate(STEPS):
        sounds.add(effects, np.repeat(sounds.crunch(number)[:, None], 2, 1) * sounds.db(-20), at["steps"] + place)
    sounds.add(effects, music(truth.sounds[-1].stop - truth.sounds[-1].start), truth.sounds[-1].start)
    return dialogue, dialogue + effects


def music(seconds: float) -> np.ndarray:
    """A few struck notes that ring, (n, 2)."""
    out = np.zeros((round(seconds * sounds.RATE), 2))
    for number, midi in enumerate((57, 64, 69, 72, 76, 72, 69, 64) * 2):
        t = np.arange(round(2.4 * sounds.RATE)) / sounds.RATE
        hertz = 440 * 2 ** ((midi - 69) / 12)
        note = sum(np.exp(-t * (1.6 + 0.9 * k)) * np.sin(2 * np.pi * hertz * k * t) / k**1.6 for k in range(1, 7))
        sounds.add(out, np.repeat((note * np.clip(t / 0.004, 0, 1))[:, None], 2, 1) * sounds.db(-30), 0.42 * number)
    return out * np.clip((seconds - np.arange(len(out)) / sounds.RATE) / 1.2, 0, 1)[:, None]


def script() -> str:
    """The dialogue list that learners get: who, Korean and English, as the script had it before the shoot."""
    rows = ["speaker\tKorean\tEnglish"]
    for part in SCENE:
        rows += [f"{each.speaker}\t{each.script or each.text}\t{each.english}" for each in part.lines]
        if part.name == NOT_SAID[0]:
            rows.append("\t".join(NOT_SAID[1:]))
    return "\n".join(rows) + "\n"


def main(word: str) -> None:
    """Write the film, its dialogue alone and the script; close the truth."""
    random = np.random.default_rng(int.from_bytes(hashlib.sha256(word.encode()).digest()[:8]))
    truth, placed = told(random)
    FOLDER.mkdir(parents=True, exist_ok=True)
    close(truth, word)
    dialogue, whole = mixed(truth, placed)
    (FOLDER / "script.tsv").write_text(script(), encoding="utf-8")
    alone = audio.resample(dialogue.mean(1).astype(np.float32), sounds.RATE, STEM)
    soundfile.write(FOLDER / "dialogue.flac", alone, STEM, "PCM_16")
    with tempfile.TemporaryDirectory() as folder:
        silent, mix = Path(folder) / "scene.mkv", Path(folder) / "mix.wav"
        soundfile.write(mix, whole, sounds.RATE, "PCM_16")
        video.write(silent, shown(truth), RATE, crf=10)
        ffmpeg.make(FOLDER / "scene.mp4", [
            "-i", silent, "-i", mix, "-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "medium", "-crf", "27",
            "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart", "-f", "mp4",
        ])  # fmt: skip


def close(truth: Truth, word: str) -> None:
    """Close the truth, and print what the instructor's notebook has of it: cuts, and each line's frames."""
    with tempfile.TemporaryDirectory() as folder:
        first_snow.save(truth, Path(folder) / "truth.json")
        kept = {"truth.json": (Path(folder) / "truth.json").read_bytes()}
    kept["heard.json"] = json.dumps(HEARD, ensure_ascii=False).encode()
    sealed.close(ROOT / "src" / "hallyu" / "grading" / f"{NAME}.sealed.json", kept, word)
    print("cuts:", [shot.start for shot in truth.shots[1:]], "frames:", truth.frames)
    for line in truth.lines:
        print(round(line.start * RATE), round(line.stop * RATE), line.speaker, line.seen, line.text, line.english, sep=", ")


def shown(truth: Truth):
    """Every frame of the scene."""
    for part, shot in zip(SCENE, truth.shots, strict=True):
        made = part.make(shot.stop - shot.start)
        yield from (made(number) for number in range(shot.stop - shot.start))


if __name__ == "__main__":
    main(sys.argv[1])
