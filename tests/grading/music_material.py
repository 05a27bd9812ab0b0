"""What the tests of both music assignments are made of: a designed voice, a phrase, a song, and their deliveries."""

import json
import zlib
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from hallyu import audio, files
from hallyu.grading.artefacts_music import CLASS_KEY
from hallyu.music import backing, face, mixing, release, score_files, singing, visemes, voice
from hallyu.music.score import Note, Score
from hallyu.provenance import consent
from hallyu.provenance.worklog import Entry

SAYS = "안녕하세요, 저는 하람이에요. 오늘 제 노래를 처음 들려 드릴게요."
LENGTHS = (1, 0.5, 0.5, 1, 0.5, 0.5, 1, 2)
LINES = {
    "나의 노래 들어봐요": (65, 65, 64, 62, 64, 62, 60, 59),
    "이제 나는 여기 있어": (60, 62, 64, 65, 64, 62, 60, 62),
    "바다 너머 작은 마을": (60, 60, 62, 64, 64, 62, 60, 62),
    "우리 둘이 걸어가네": (64, 64, 65, 64, 62, 62, 60, 59),
}
ME = "나래"
RATE = release.RATE


def idol() -> voice.Voice:
    """Two thirds of one bundled voice, one of another."""
    return voice.blend({"jf_nezumi": 2, "jm_kumo": 1}, "하람")


def song(lines: int, tempo: float, first: float = 0.0) -> Score:
    """A melody of so many of LINES, from the beat *first*."""
    notes = [
        Note(first + 8 * line + sum(LENGTHS[:at]), length, pitch)
        for line, pitches in enumerate(list(LINES.values())[:lines])
        for at, (length, pitch) in enumerate(zip(LENGTHS, pitches, strict=True))
    ]
    return Score("여기 있어", tempo, singing.set_words(notes, " ".join(list(LINES)[:lines])))


def sign(folder: Path, key: Path, **changes) -> None:
    """Write consent.json and voice.json for the recordings that are in *folder*."""
    key.unlink(missing_ok=True)
    signer = consent.make_key(key)
    today = date.today()
    given = {
        "voice": "하람", "given_by": ME, "given_to": "Studio Nunbit", "uses": ("sing", "publish"),
        "project": "여기 있어", "starts": today, "ends": today + timedelta(days=730), "pay": "a tenth",
        "recordings": tuple(files.sha256(folder / name) for name in ("voice.wav", "speech.wav")),
    }  # fmt: skip
    consent.write(folder / "consent.json", consent.Consent(**(given | changes)), key)
    about = {"name": "하람", "made_of": idol().made_of, "says": SAYS, "signer": signer, "made_on": str(today)}
    (folder / "voice.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")


def deliver_voice(folder: Path, key: Path) -> Path:
    """A delivery of music-voice that loses no point."""
    spoken = voice.speak(SAYS, idol())
    audio.write_wav(folder / "speech.wav", spoken.samples, spoken.rate)
    sung = singing.sing(song(2, 92), idol())
    audio.write_wav(folder / "voice.wav", sung.samples, sung.rate)
    score_files.write(song(2, 92), folder / "score.ustx")
    sign(folder, key)
    return folder


def project() -> release.Project:
    """A song of four lines with a small band, 18 s."""
    score = song(4, 120, first=2)
    sung = singing.sing(score, idol())
    parts = backing.arrange(
        backing.lead_sheet("| F | G | Am | F | C | F | G | Am | C |"), score.tempo, energy=0.2
    )
    band = backing.channels(backing.render(parts, RATE, tail=1.0))
    vocal = mixing.Channel(audio.resample(sung.samples, sung.rate, RATE), low_cut=90, ratio=3, send=-20)
    under = mixing.loudness(mixing.mix(band, RATE), RATE)
    desk = {"voice": mixing.balanced(vocal, RATE, under + 2), **band}
    seconds = max(len(channel.samples) for channel in desk.values()) / RATE
    curves = visemes.animate(sung.phones, seconds, score.tempo)
    log = [Entry("2026-11-21T09:00:00+00:00", "human", ME, action, "song") for action in ("compose", "mix")]
    singers = [release.Singer(name, share) for name, share in idol().made_of.items()]
    return release.Project(
        score, desk, RATE, singers, parts, curves, CLASS_KEY, zlib.crc32(ME.encode()), log, ME, "CC BY 4.0"
    )  # fmt: skip


def film(path: Path, curves: visemes.Curves, sound: np.ndarray) -> Path:
    """A small video of the face."""
    face.sing_on_screen(path, curves, sound, RATE, size=(320, 180))
    return path


def deliver_release(folder: Path, work: Path, made: release.Project) -> Path:
    """A delivery of music-release that loses no point; its video is small."""
    stems = release.stems(made.channels, RATE, made.room, made.key, made.payload)
    clip = film(work / "clip.mp4", made.curves, mixing.master(sum(stems.values()), RATE))
    return release.write(folder, made, clip)
