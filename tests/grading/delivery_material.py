"""What the tests of ott-delivery are made of: the word that opens the truth, and a delivery that loses no point.

It goes the same way as the instructor's notebook, with a quicker encoder and without looking for faults: which frames are
whole is read from the truth.
"""

import json
import os
import re
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import soundfile

from hallyu import audio, video
from hallyu.grading import sealed
from hallyu.music import mixing
from hallyu.ott import dossier, encode, ffmpeg, first_snow, imf, loudness, package, qc, subtitle_files, vmaf
from hallyu.ott.first_snow import Truth
from hallyu.ott.ladder import Point
from hallyu.ott.timedtext import Track
from hallyu.provenance.disclosure import AIPart
from hallyu.provenance.worklog import Entry

NAME, TITLE, RATE = "ott-delivery", "First Snow", 24
SOURCE = Path(__file__).resolve().parents[2] / "grading" / "source" / NAME
REELS = SOURCE / "reels"
LADDER = ((180, 33), (270, 34), (270, 29), (270, 24))
"""Height and CRF of each rung."""
VOICES = ("jf_nezumi", "jm_kumo", "jf_gongitsune")


@cache
def _cells() -> str:
    return "\n".join(cell.source for cell in nbformat.read(SOURCE / f"{NAME}.ipynb", 4).cells)


@cache
def word() -> str:
    """The word that opens the truth, as the hidden tests have it."""
    (one,) = set(re.findall(r'artefacts_delivery\.\w+, "delivery", "([^"]+)"', _cells()))
    return one


@cache
def signer() -> str:
    """The fingerprint of the actor who plays Haneul, as the brief has it."""
    (one,) = set(re.findall(r"(?:[0-9a-f]{4} ){7}[0-9a-f]{4}", _cells()))
    return one


@cache
def truth() -> Truth:
    """What is seen and heard in the film."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "truth.json"
        path.write_bytes(sealed.files(NAME, word())["truth.json"])
        return first_snow.truth(path)


@cache
def damage() -> dict:
    """What was done to the reels: by how many frames the sound of B is late, and the faults."""
    return json.loads(sealed.files(NAME, word())["faults.json"])


def faults(reel: str) -> list[dict]:
    """The faults of a reel."""
    return [each for each in damage()["faults"] if each["reel"] == reel]


def conform(path: Path) -> None:
    """Write the film's pictures, from reel B where A is damaged, and from A elsewhere."""
    broken = {n for fault in faults("a") for n in range(fault["start"], fault["stop"])}
    reels = (video.read(REELS / f"reel-{name}.mp4") for name in "ab")
    frames = (b if number in broken else a for number, (a, b) in enumerate(zip(*reels, strict=True)))
    video.write(path, frames, RATE, crf=10)


@cache
def mixed(lower: float) -> np.ndarray:
    """A mix (n, 2) with music and effects lower by *lower* dB, at -27 LKFS while somebody speaks."""
    dialogue, rest = (audio.read(REELS / f"{name}.flac")[0] for name in ("dialogue", "music-and-effects"))
    whole = dialogue + mixing.gain(rest, lower)
    meter = loudness.Meter(48_000)
    meter.add(whole)
    spoken, _ = meter.result().dialogue(truth().speech)
    return mixing.limit(mixing.gain(whole, loudness.DIALOGUE - spoken), 48_000, -3.0)


def mix(lower: float, path: Path, change=None) -> Path:
    """Write a mix. change: something done to its samples at last."""
    made = mixed(lower)
    soundfile.write(path, np.float32(change(made.copy())) if change else made, 48_000, "PCM_24")
    return path


def tracks() -> list[Track]:
    """The subtitles, on time."""
    late = damage()["late"] / RATE
    written = [subtitle_files.read(REELS / f"{language}.ttml") for language in ("ko", "en")]
    return [
        replace(
            each, cues=tuple(replace(cue, start=cue.start - late, end=cue.end - late) for cue in each.cues)
        )
        for each in written
    ]


def rungs(mezzanine: Path, folder: Path, ladder=LADDER) -> list[encode.Encode]:
    """Encodes of a mezzanine, measured, by height and CRF."""
    made, settings = [], encode.Settings(preset="veryfast", threads=1)
    for height, crf in ladder:
        path = folder / f"{height}p-{crf}.mp4"
        size = encode.one(mezzanine, path, height, crf, settings=settings)
        found = vmaf.score(path, mezzanine, every=4, neg=False)
        made.append(encode.Encode(path, Point(encode.bit_rate(path), found.mean, *size, "x264", crf)))
    return made


def release(work: Path, made: list[encode.Encode], texts: list[Track]) -> dossier.Release:
    """All that the dossier is made of."""
    spoken = [
        number for number, shot in enumerate(truth().shots, 1)
        if any(line.start < shot.stop / RATE and line.stop > shot.start / RATE for line in truth().lines)
    ]  # fmt: skip
    likenesses = [dossier.Likeness("voice", name, ("speak",)) for name in VOICES]
    likenesses += [
        dossier.Likeness("face", "Mirae", (), REELS / "consent.json", signer()),
        dossier.Likeness("face", "doyun"),
    ]
    return dossier.Release(
        TITLE, work / "mezzanine.mp4", len(truth().shots), work / "qc", [each.point for each in made],
        [dossier.Subtitled(texts[0], "김나래"), dossier.Subtitled(texts[1], "Narae Kim", source="ko")], likenesses,
        truth().speech, [AIPart(shot, "voices", "Kokoro-82M", "text to speech") for shot in spoken],
        [Entry("2026-11-22T09:00:00+00:00", "human", "나래", action, "film") for action in ("edit", "mix")],
        [("믹스", "나래")], licence="CC BY 4.0", stream=work / "stream", imf=work / "imf",
    )  # fmt: skip


def prepare(work: Path) -> list[encode.Encode]:
    """Make everything that a dossier is made of in *work*; returns the rungs."""
    work.mkdir(parents=True, exist_ok=True)
    conform(work / "pictures.mp4")
    sounds = [mix(-8, work / "mix.wav"), mix(-15, work / "clear.wav")]
    with_sound(work / "pictures.mp4", sounds[0], work / "mezzanine.mp4")
    qc.run(work / "mezzanine.mp4", speech=truth().speech).write(work / "qc")
    made, texts = rungs(work / "mezzanine.mp4", work), tracks()
    told = release(work, made, texts)
    named = zip(sounds, ("한국어", "한국어 대사 강조"), strict=True)
    mixes = [package.Audio(path, "ko", name) for path, name in named]
    package.write(
        work / "stream", [each.path for each in made], mixes, texts, title=TITLE, notices=told.notices
    )
    documents = [imf.Text(subtitle_files.to_imsc(each).encode(), each.language) for each in texts]
    imf.write(work / "imf", work / "mezzanine.mp4", [imf.Sound(sounds[0], "ko")], documents, TITLE)
    return made


def with_sound(pictures: Path, sound: Path, path: Path, *more: str) -> Path:
    """Pictures as they are with a sound, as one MP4."""
    how = ["-map", "0:v:0", "-map", "1:a:0", "-c:v", "copy", "-c:a", "aac", "-b:a", "192k", *more]
    ffmpeg.make(path, ["-i", pictures, "-i", sound, *how, "-movflags", "+faststart", "-f", "mp4"])
    return path


def deliver(folder: Path) -> Path:
    """A delivery that loses no point, in *folder*/delivery; what it was made of lies in *folder*/work."""
    made = prepare(folder / "work")
    told = release(folder / "work", made, tracks())
    return dossier.write(folder / "delivery", told, signing_folder=folder / "signing")


def copied(delivery: Path, target: Path) -> Path:
    """A copy, to be spoilt; of the package's pictures, which are 40 MB, a second name."""

    def copy(source: str, copy_: str) -> None:
        (os.link if os.path.getsize(source) > 5_000_000 else shutil.copy2)(source, copy_)

    return Path(shutil.copytree(delivery, target, copy_function=copy))
