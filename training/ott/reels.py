"""Makes the reels of the assignment ott-delivery: what learners get, and the truth that graders alone open.

    python training/ott/reels.py WORD

WORD opens the truth; put it into the hidden tests of the assignment's notebook, and the signer that is printed into its brief.
One short cut of *First Snow* is delivered by two houses. Each has damaged other frames of it, and the sound of neither can be
used; which frames, and how late the second house's sound is, follows from the word's hash. All of the pictures can be had from
the two together, and the sound from its stems.
"""

import hashlib
import io
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import scene
import soundfile
from PIL import Image
from scene import pictures, said, sounds

from hallyu import audio, video
from hallyu.grading import conformed, sealed
from hallyu.ott import encode, first_snow, fix, guide, ladder, qc, subtitle_files, vmaf
from hallyu.ott.first_snow import Line, Shot, Truth, Word
from hallyu.ott.timedtext import Cue, Track
from hallyu.provenance import consent

NAME = "ott-delivery"
FOLDER = scene.ROOT / "grading" / "source" / NAME / "reels"
RATE, SIZE = scene.RATE, scene.SIZE
SMALL, HEARD = (128, 72), 8000
"""The truth's pictures, of which luma is kept, and the samples a second of its stems: enough to know a frame and a mix by."""
FIXED = ((160, 90, 30_000), (240, 135, 70_000), (320, 180, 150_000), (480, 270, 350_000), (480, 270, 600_000))
"""The ladder that every film of the service gets: width, height, bits a second."""
VOICES, FACES = ("jf_nezumi", "jm_kumo", "jf_gongitsune"), ("Mirae", "doyun")
PROJECT = "First Snow"


@dataclass(frozen=True)
class Fault:
    """What a house did to frames *start* to *stop* of its reel. seen: quality control has a code for it."""

    reel: str
    kind: str
    start: int
    stop: int
    code: str = ""


def way(frames: int) -> pictures.Frames:
    behind, before = pictures.place(SIZE, "snow forest", seed=11, time="dusk", framing="wide")
    move = pictures.Move(frames, (1.05, 1.0), (-0.012, 0.012))
    return pictures.drawn(SIZE, behind, None, before, move, pictures.snowfall(12, 900), 12)


def pines(frames: int) -> pictures.Frames:
    behind, before = pictures.place(SIZE, "snow forest", seed=8, time="day", framing="wide", landmark=True)
    move = pictures.Move(frames, (1.0, 1.06), (0.01, -0.01))
    return pictures.drawn(SIZE, behind, None, before, move, pictures.snowfall(14, 900), 14)


CUT = (
    scene.Part("way", 58, way, (
        scene.Said("하늘", "길이 하나도 안 보여요.", "I can't see the path at all.", 0.4, "open"),
    )),
    scene.Part("doyun", 56, scene.face("s2", 2, 21), (
        scene.Said("도윤", "제 발자국만 밟고 오세요.", "Step only where I step.", 0.25, "open", True),
    )),
    scene.Part("pines", 58, pines, (
        scene.Said("할머니", "하늘아, 거의 다 왔니?", "Haneul, are you nearly here?", 0.5, "phone"),
    )),
    scene.Part("haneul", 56, scene.face("s3", 14, 22), (
        scene.Said("하늘", "네, 불빛이 보여요!", "Yes, I can see the light!", 0.3, "open", True),
    )),
    scene.Part("light", 56, scene.path),
)  # fmt: skip
STEPS, RING = (0.15, 0.75, 1.3), 0.05
"""Seconds at which somebody steps, in the first shot and in the last, and at which a telephone shakes, in the third."""


# --- the cut as it should be --------------------------------------------------------------------------------------


def told(random: np.random.Generator) -> tuple[Truth, list[sounds.Placed]]:
    """When everything is seen and said, and the lines as they sound."""
    shots, lines, placed, first = [], [], [], 0
    for part in CUT:
        at = 0.0
        for each in part.lines:
            take = said(each.speaker, each.text)
            at += each.at + random.integers(scene.LATER) / RATE
            begin = first / RATE + at
            words = tuple(Word(text, begin + start, begin + stop) for text, start, stop in take.words)
            number = f"{len(lines) + 1:02}"
            lines.append(
                Line(
                    number,
                    each.speaker,
                    each.text,
                    each.english,
                    words[0].start,
                    words[-1].stop,
                    words,
                    each.seen,
                )
            )
            placed.append(sounds.Placed(begin, take.samples, each.place))
            at += take.seconds
        frames = max(part.least + int(random.integers(scene.LATER)), int(np.ceil((at + 0.35) * RATE)))
        shots.append(Shot(part.name, first, first + frames, "modules/ott/media"))
        first += frames
    wide, high = SIZE.pixels
    return Truth(Fraction(RATE), wide, high, first, tuple(shots), tuple(lines)), placed


def stems(truth: Truth, placed: Sequence[sounds.Placed]) -> dict[str, np.ndarray]:
    """dialogue, and music and effects: (n, 2) at 48 kHz, as two machines recorded them, not yet mixed."""
    count = round(truth.seconds * sounds.RATE)
    dialogue, rest = np.zeros((count, 2)), sounds.blowing(truth.seconds, 15) * sounds.db(-40)
    for each in placed:
        sounds.add(dialogue, sounds.voiced(each), each.at)
    at = {shot.name: shot.start / RATE for shot in truth.shots}
    for number, place in enumerate([at[name] + step for name in ("way", "light") for step in STEPS]):
        sounds.add(rest, np.repeat(sounds.crunch(40 + number)[:, None], 2, 1) * sounds.db(-9), place)
    sounds.add(rest, np.repeat(sounds.buzz(0.42)[:, None], 2, 1) * sounds.db(-20), at["pines"] + RING)
    sounds.add(rest, scene.music(truth.seconds - at["haneul"]) * sounds.db(3), at["haneul"])
    t = np.arange(count) / sounds.RATE
    rest *= np.minimum(np.clip(t / 0.2, 0, 1), np.clip((truth.seconds - t) / 0.6, 0, 1))[:, None]
    return {"dialogue": dialogue * sounds.db(-5), "music-and-effects": rest}


def shown(truth: Truth) -> Iterator[np.ndarray]:
    """Every frame of the cut, code values (h, w, 3)."""
    for part, shot in zip(CUT, truth.shots, strict=True):
        made = part.make(shot.stop - shot.start)
        yield from (made(number) for number in range(shot.stop - shot.start))


def subtitles(truth: Truth, language: str) -> Track:
    """The lines as cues that begin with the voice, without a finding of the guide."""
    rules = guide.GUIDES[language]
    cues = tuple(
        Cue(round(line.start * RATE) / RATE, (round(line.stop * RATE) + 6) / RATE, text)
        for line in truth.lines
        for text in (line.text if language == "ko" else line.english,)
    )
    by = {
        "ko": "자막: 김나래. 목소리는 AI가 만들었습니다.",
        "en": "Subtitles: Narae Kim. The voices were made with AI.",
    }
    return fix.fix(Track(cues, language, about=by[language]), rules, truth.cuts).track


# --- what the two houses did to it --------------------------------------------------------------------------------


def faults(truth: Truth, random: np.random.Generator) -> list[Fault]:
    """Damaged frames of both reels, never the same ones. A damaged passage keeps away from cuts."""
    order = [truth.shots[n] for n in random.permutation(len(truth.shots))]

    def inside(shot: Shot, frames: int, half: int | None = None) -> tuple[int, int]:
        first, last = shot.start + 8, shot.stop - 8
        if half is not None:
            middle = (first + last) // 2
            first, last = ((first, middle - 3), (middle + 3, last))[half]
        start = int(random.integers(first, last - frames + 1))
        return start, start + frames

    return [
        Fault("a", "black", *inside(order[0], 4, 0), "black-frames"),
        Fault("a", "flash", *inside(order[1], 24), "flash"),
        Fault("a", "blocks", *inside(order[2], 6, 1)),
        Fault("b", "repeat", *inside(order[0], 1, 1), "repeated"),
        Fault("b", "repeat", *inside(order[2], 1, 0), "repeated"),
        Fault("b", "freeze", *inside(order[3], 30), "frozen"),
        Fault("b", "levels", order[4].start, order[4].stop),
    ]


def damaged(
    clean: Sequence[np.ndarray], done: Sequence[Fault], random: np.random.Generator
) -> list[np.ndarray]:
    """Frames (h, w, 3) uint8 with one house's faults in them."""
    out = list(clean)
    for fault in done:
        broken = _broken(clean[0].shape, random)
        for number in range(fault.start, fault.stop):
            frame = clean[number]
            match fault.kind:
                case "black":
                    out[number] = np.zeros_like(frame)
                case "flash" if (number - fault.start) % 4 == 0:
                    out[number] = np.full_like(frame, 242)
                case "blocks":
                    out[number] = broken(frame)
                case "repeat" | "freeze":
                    out[number] = clean[fault.start - 1]
                case "levels":  # video range, shown as if it were all of the range
                    out[number] = np.rint(frame * (219 / 255) + 16).astype(np.uint8)
    return out


def _broken(shape: tuple[int, ...], random: np.random.Generator):
    """A function that puts the blocks of one part of a frame into each other's places."""
    block, rows, columns = 16, 6, 11
    y, x = (
        int(random.integers(side - count * block))
        for side, count in zip(shape, (rows, columns), strict=False)
    )
    places = [(y + block * row, x + block * column) for row in range(rows) for column in range(columns)]
    mixed = random.permutation(len(places))

    def broken(frame: np.ndarray) -> np.ndarray:
        out = frame.copy()
        for (to, across), other in zip(places, mixed, strict=True):
            top, left = places[other]
            out[to : to + block, across : across + block] = frame[top : top + block, left : left + block]
        return out

    return broken


def heard(made: dict[str, np.ndarray], late: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    """The sound of each reel: one is far too loud and cut off, the other is *late* frames late and has holes."""
    whole = sum(made.values())
    loud = np.clip(whole * sounds.db(14), -0.9, 0.9)
    shift = round(late * sounds.RATE / RATE)
    behind = np.concatenate([np.zeros((shift, 2)), whole])[: len(whole)] * sounds.db(2)
    power = np.convolve((behind**2).mean(1), np.ones(4800) / 4800, "same")
    for place in np.argsort(power)[-len(power) // 8 :][random.integers(len(power) // 8, size=2)]:
        behind[place : place + round(0.09 * sounds.RATE)] = 0
    return {"a": loud, "b": behind}


# --- what is written ----------------------------------------------------------------------------------------------


def main(word: str) -> None:
    """Write both reels, the stems, the papers and the truth, and look at each reel as quality control does."""
    random = np.random.default_rng(int.from_bytes(hashlib.sha256(f"{NAME}, {word}".encode()).digest()[:8]))
    truth, placed = told(random)
    made, late = stems(truth, placed), int(random.integers(6, 10))
    clean = [np.rint(np.clip(frame, 0, 1) * 255).astype(np.uint8) for frame in shown(truth)]
    done = faults(truth, random)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, samples in made.items():
        soundfile.write(FOLDER / f"{name}.flac", samples, sounds.RATE, "PCM_16")
    for reel, samples in heard(made, late, random).items():
        frames = damaged(clean, [each for each in done if each.reel == reel], random)
        path = FOLDER / f"reel-{reel}.mp4"
        video.write(
            path,
            map(_values, frames),
            RATE,
            audio_from=(samples.astype(np.float32), sounds.RATE),
            crf=CRF[reel],
        )
        _require(path, [each for each in done if each.reel == reel], truth, late * (reel == "b"))
    for language in ("ko", "en"):
        track = subtitles(truth, language)
        behind = replace(track, cues=tuple(_later(cue, late / RATE) for cue in track.cues))
        subtitle_files.write(FOLDER / f"{language}.ttml", behind)
    sign(word)
    sealed_files = closed(truth, clean, made, done, late)
    sealed.close(scene.ROOT / "src" / "hallyu" / "grading" / f"{NAME}.sealed.json", sealed_files, word)
    print("cuts:", [shot.start for shot in truth.shots[1:]], "frames:", truth.frames, "late:", late)
    for line in truth.lines:
        print(round(line.start * RATE), round(line.stop * RATE), line.speaker, sep=", ")
    for fault in done:
        print(fault)


CRF = {"a": 15, "b": 13}


def closed(
    truth: Truth, clean: Sequence[np.ndarray], made: dict[str, np.ndarray], done: Sequence[Fault], late: int
) -> dict[str, bytes]:
    """The truth: every frame small, some whole, the stems thin, the fixed ladder, the times, the record, the faults."""
    kept = {f"frame.{n:03}.webp": _webp(clean[n]) for n in stated(truth)}
    for name, samples in made.items():
        thin = audio.resample(samples.mean(1).astype(np.float32), sounds.RATE, HEARD)
        held = io.BytesIO()
        soundfile.write(held, thin, HEARD, "PCM_16", format="FLAC")
        kept[f"{name}.flac"] = held.getvalue()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video.write(folder / "whole.mp4", map(_values, clean), RATE, crf=10)
        small = conformed.film((folder / "whole.mp4").read_bytes(), SMALL, truth.frames, "whole.mp4")
        video.write(
            folder / "small.mp4", (np.repeat(_values(luma)[..., None], 3, 2) for luma in small), RATE, crf=11
        )
        first_snow.save(truth, folder / "truth.json")
        for language in ("ko", "en"):
            subtitle_files.write(folder / f"{language}.ttml", subtitles(truth, language))
        fixed = encode.fixed(folder / "whole.mp4", folder, FIXED, encode.Settings(threads=1))
        ladder.write(FOLDER / "fixed.csv", [each.point for each in fixed])
        by_neg = [replace(each.point, vmaf=vmaf.score(each.path, folder / "whole.mp4").neg) for each in fixed]
        ladder.write(folder / "fixed-neg.csv", by_neg)
        for path in ("small.mp4", "truth.json", "ko.ttml", "en.ttml", "fixed-neg.csv"):
            kept[path] = (folder / path).read_bytes()
    kept["faults.json"] = json.dumps({"late": late, "faults": [asdict(each) for each in done]}).encode()
    kept["consent.json"] = (FOLDER / "consent.json").read_bytes()
    print({name: len(data) for name, data in kept.items()})
    return kept


def stated(truth: Truth) -> list[int]:
    """Numbers of frames of which every pixel is kept: the middle one of each shot."""
    return [(shot.start + shot.stop) // 2 for shot in truth.shots]


def sign(word: str) -> None:
    """The consent of the actor who plays Haneul, signed with a key that follows from the word; prints the signer."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    given = consent.FaceConsent(
        face=FACES[0], given_by=FACES[0], given_to="Studio Nunbit", uses=("composite", "retouch", "publish"), project=PROJECT,
        starts=date(2026, 1, 1), ends=date(2035, 12, 31), pay="a day's rate",
    )  # fmt: skip
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{word}, {FACES[0]}".encode()).digest())
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "key.pem").write_bytes(key.private_bytes(*kinds))
        consent.write(FOLDER / "consent.json", given, Path(folder) / "key.pem")
    public = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    print("signer:", consent.fingerprint(key.public_key().public_bytes(*public)))


def _require(path: Path, done: Sequence[Fault], truth: Truth, late: int) -> None:
    """Stop where quality control does not find in a reel what was done to its pictures, and nothing else."""
    report = qc.run(path, speech=truth.speech, reference=FOLDER / "dialogue.flac")
    print(report, path.stat().st_size)
    wanted = sorted((each.code, each.start) for each in done if each.code and each.code != "flash")
    of = {"black-frames", "frozen", "repeated", "black", "cadence", "letterbox", "variable-rate"}
    found = sorted((each.code, round(each.start * RATE)) for each in report.defects if each.code in of)
    flashes = [each for each in report.defects if each.code == "flash"]
    near = len(found) == len(wanted) and all(
        a[0] == b[0] and abs(a[1] - b[1]) <= 1 for a, b in zip(found, wanted, strict=True)
    )
    if not near or len(flashes) != sum(each.code == "flash" for each in done):
        raise SystemExit(f"{path.name}: {found} was found, and {wanted} was done: choose another word.")
    if late and "sync" not in {each.code for each in report.defects}:
        raise SystemExit(f"{path.name}: nobody would find that its sound is late: choose another word.")


def _later(cue: Cue, seconds: float) -> Cue:
    return replace(cue, start=cue.start + seconds, end=cue.end + seconds)


def _values(frame: np.ndarray) -> np.ndarray:
    return frame.astype(np.float32) / 255


def _webp(frame: np.ndarray) -> bytes:
    held = io.BytesIO()
    Image.fromarray(frame).save(held, "WEBP", quality=92, method=6)
    return held.getvalue()


if __name__ == "__main__":
    main(sys.argv[1])
