"""A finished song as it is handed over: stems, master, MIDI, OpenUtau project, face curves, video and credits.

*write* makes the folder, *preflight* opens every file again and measures what is there:

    stems/01-voice.wav, stems/02-piano.wav, …   48 kHz, 24 bit, equally long, all from beat 0; their sum, mastered, is
    master.wav                                  48 kHz, 24 bit, -14 LUFS, at most -1 dBTP
    <title>.mid                                 the melody with its words, and the band's parts
    <title>.ustx                                the melody for OpenUtau
    face.csv, face.json                         ARKit curves, as Live Link Face and Audio2Face write them
    <title>.mp4                                 the singer's video
    credits.json                                voices with licence or consent, watermark, disclosure, SHA-256 of all files
"""

import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256 as digest
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.files import sha256, write_whole
from hallyu.handover import Findings, Report
from hallyu.music import backing, face, film, lipsync, mixing, score_files, visemes, watermark
from hallyu.music.film import Caption, Shot
from hallyu.music.pitch import yin
from hallyu.music.sampler import Hit
from hallyu.music.score import Score, hertz
from hallyu.provenance import consent
from hallyu.provenance.consent import PUBLIC_VOICES, Consent
from hallyu.provenance.disclosure import AIPart, Disclosure, disclose_song
from hallyu.provenance.worklog import Entry

RATE, BITS = 48_000, 24
"""Hertz and bits of stems and master."""
TOLERANCE = 0.3
"""LU by which a master may miss its loudness."""
HEADROOM = -3.0
"""dBFS: no stem, and not their sum, peaks higher; all are turned down by the same amount."""
VOICE = "voice"
"""The channel that was sung by a model. It carries the watermark, so that it is marked in every mix."""
MARK = -20.0
"""dB of the watermark against the voice, so that it is found under a full band. Measured on the end of the song's chorus,
14 s: noise-to-mask -18 dB in the voice alone and -25 in the mix (nobody is likely to hear what lies below -10)."""
NULL = -30.0
"""dB of what is in the master and not in its stems (or the reverse), against the master. A master that is only gain and
limiting stays below: -53 for the course's song, and -49 after a bus compressor. Without its softest stem the song comes
to -16, and with that stem 3 dB softer to -27."""
IN_TUNE = 35.0
"""Cents: the median distance of held notes from the score, above which a vocal is out of tune."""
PADDING = 3.0
"""Seconds of silence at either end that nobody needs."""
CREDITS, MASTER, CSV, JSON = "credits.json", "master.wav", "face.csv", "face.json"
BAND_CREDIT = "Band: Fluid R3 GM by Frank Wen (MIT), cut down by Hallyu Studio"


@dataclass(frozen=True)
class Singer:
    """A voice that is heard, and by what right.

    name: a bundled voice, or the voice that a consent names. share: of the blend, 0 to 1. record, signer: the signed
    consent and its signer's fingerprint, for a voice that is not bundled.
    """

    name: str
    share: float = 1.0
    record: Path | None = None
    signer: str = ""


@dataclass(frozen=True, eq=False)
class Project:
    """All that a delivery is made of.

    channels: the desk, in the order of the stems; the singing is called VOICE. rate: of its samples; 48000. parts: the
    band's notes, for the MIDI file. curves: the face, as long as the song. key: of the watermark, a secret. payload:
    the number that the watermark carries. log: who did what, for the disclosure. room: seconds of the shared reverb.
    shots, captions: of the film.
    """

    score: Score
    channels: Mapping[str, mixing.Channel]
    rate: int
    singers: Sequence[Singer]
    parts: Mapping[str, list[Hit]]
    curves: visemes.Curves
    key: str
    payload: int = 0
    log: Sequence[Entry] = ()
    words_and_music: str = ""
    licence: str = ""
    room: float = 1.8
    shots: Sequence[Shot] = (Shot(0.0),)
    captions: Sequence[Caption] = ()


MEASURES = {
    "seconds": "length {:.2f} s",
    "lufs": "loudness {:.2f} LUFS",
    "true_peak": "true peak {:.2f} dBTP",
    "range": "loudness range {:.1f} LU",
    "null": "master against the sum of its stems {:.0f} dB",
    "cents": "held notes {:.0f} cents from the score (median)",
    "voiced": "held notes voiced for {:.0%} of their time",
    "lips": "lips {:+.0f} ms against the voice (positive: late)",
    "lips_correlation": "mouth and voice correlate with {:.2f}",
    "jaw": "jaw moves by {:.2f} (standard deviation, 0 to 1)",
    "mark": "watermark in the master {:.1f} deviations above chance",
}
"""What is measured, and how a report says it."""


def key_id(key: str) -> str:
    """The public name of a watermark key: which key to ask for, without giving it away.

    >>> key_id("a secret")
    'e0cdb3ca0f0f260b'
    """
    return digest(b"hallyu watermark key:" + key.encode()).hexdigest()[:16]


def file_name(title: str) -> str:
    """The title as every file system takes it: NFC, no slashes, colons or line breaks.

    >>> file_name("첫눈: a/b ")
    '첫눈- a-b'
    """
    return (
        re.sub(r'[\x00-\x1f\\/:*?"<>|]', "-", unicodedata.normalize("NFC", title)).strip(" .")[:80] or "song"
    )


def stems(
    channels: Mapping[str, mixing.Channel], rate: int, room: float = 1.8, key: str = "", payload: int = 0
) -> dict[str, np.ndarray]:
    """Every channel after its fader and with its own share of the room, (n, 2), all equally long.

    A room is linear: the reverbs of the channels add up to the reverb of their sum. So the stems add up to
    mixing.mix, except that all are turned down alike where one of them or their sum would stand above HEADROOM, and
    that the voice carries the watermark of *key*, when there is one.
    """
    length = max(len(channel.samples) for channel in channels.values())
    found = {}
    for name, channel in channels.items():
        dry = mixing.strip(channel, rate)
        dry = np.pad(dry, ((0, length - len(dry)), (0, 0)))
        wet = 0 if channel.send is None else mixing.reverb(mixing.gain(dry, channel.send), rate, room)
        found[name] = np.asarray(dry + wet, np.float32)
    if key and VOICE in found:
        found[VOICE] = watermark.embed(found[VOICE], rate, payload, key, MARK)
    peak = max(mixing.level(sound) for sound in (*found.values(), sum(found.values())))
    return {name: mixing.gain(sound, min(0.0, HEADROOM - peak)) for name, sound in found.items()}


def write(
    folder: str | Path,
    project: Project,
    video: str | Path | None = None,
    size: tuple[int, int] = face.SIZE,
) -> Path:
    """Write the delivery of *project* into *folder*, and return the folder.

    video: an MP4 that was rendered before, from the same curves and song; without one it is rendered here in *size* (some
    0.6 s of computing for a second of film in 1280 x 720).
    Raises HallyuError when a voice may not be used, when there is no channel VOICE, and when the song cannot be mastered.
    """
    folder, title = Path(folder), file_name(project.score.title)
    voices = _permitted(project)
    if VOICE not in project.channels:
        raise HallyuError(
            f"The desk has no channel called “{VOICE}”: name the singing so, it is what is marked and checked."
        )
    if project.rate != RATE:
        raise HallyuError(
            f"A delivery is made at {RATE} Hz, and this desk runs at {project.rate} Hz: resample first."
        )
    sounds = stems(project.channels, RATE, project.room, project.key, project.payload)
    finished = mixing.master(sum(sounds.values()), RATE)
    names = [f"stems/{number:02}-{name}.wav" for number, name in enumerate(sounds, 1)]
    for old in (folder / "stems").glob("[0-9][0-9]-*.wav"):
        old.unlink()
    for name, sound in zip(names, sounds.values(), strict=True):
        audio.write_wav(folder / name, sound, RATE)
    audio.write_wav(folder / MASTER, finished, RATE)
    _write_midi(folder / f"{title}.mid", project)
    score_files.write(project.score, folder / f"{title}.ustx")
    visemes.write_csv(folder / CSV, project.curves)
    visemes.write_json(folder / JSON, project.curves)
    if video is None:
        film.record(
            folder / f"{title}.mp4", project.curves, finished, RATE, size, project.shots, project.captions
        )
    else:
        with write_whole(folder / f"{title}.mp4") as draft:
            shutil.copyfile(video, draft)
    records = [
        folder / f"consent-{number}.json" for number, each in enumerate(project.singers, 1) if each.record
    ]
    for source, copy in zip([each.record for each in project.singers if each.record], records, strict=True):
        with write_whole(copy) as draft:
            shutil.copyfile(source, draft)
    files = [
        *names,
        MASTER,
        f"{title}.mid",
        f"{title}.ustx",
        CSV,
        JSON,
        f"{title}.mp4",
        *(r.name for r in records),
    ]
    told = _disclosure(project, list(sounds))
    credits = {
        "title": project.score.title,
        "words_and_music": project.words_and_music,
        "licence": project.licence,
        "voices": voices,
        "band": BAND_CREDIT if project.parts else "",
        "watermark": {"key_id": key_id(project.key), "payload": project.payload, "stem": names[list(sounds).index(VOICE)]},
        "disclosure": told.to_dict(),
        "notice": {language: told.text(language) for language in ("ko", "en")},
        "files": {name: sha256(folder / name) for name in files},
    }  # fmt: skip
    with write_whole(folder / CREDITS) as draft:
        draft.write_text(json.dumps(credits, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return folder


def _permitted(project: Project) -> list[dict]:
    """The credits of the singers, after each was asked: singing, publishing, and blending where it is a part of a blend."""
    if not project.singers:
        raise HallyuError(
            "The song has no singer: name every voice that is heard, with its licence or consent."
        )
    credits = []
    for number, singer in enumerate(project.singers, 1):
        if singer.record is None and singer.name not in PUBLIC_VOICES:
            raise HallyuError(
                f"{singer.name} is not a bundled voice: add the signed consent of the person whose voice it is."
            )
        given = (
            PUBLIC_VOICES[singer.name]
            if singer.record is None
            else consent.read(singer.record, singer.signer)
        )
        if given.voice != singer.name:
            raise HallyuError(
                f"The consent is for the voice of {given.voice}, not of {singer.name}: add the right one."
            )
        for use in ("sing", "publish", *(["blend"] if singer.share < 1 else [])):
            consent.require(given, use, project.score.title, date.today())
        credit = {"name": singer.name, "share": singer.share}
        if isinstance(given, Consent):
            credit |= {
                "consent": f"consent-{number}.json",
                "signer": singer.signer,
                "credit": f"Voice: {given.voice}",
            }
        else:
            credit |= {
                "licence": given.licence,
                "source": given.source,
                "data": given.data,
                "credit": given.credit,
            }
        credits.append(credit)
    return credits


def _write_midi(path: Path, project: Project) -> None:
    """One file: the melody with its words, then the band, one track for each player."""
    import mido

    with tempfile.TemporaryDirectory() as work:
        melody, band = Path(work, "melody.mid"), Path(work, "band.mid")
        score_files.write(project.score, melody)
        song = mido.MidiFile(melody)
        if project.parts:
            backing.write_midi(band, dict(project.parts), project.score.tempo)
            _, *players = mido.MidiFile(
                band
            ).tracks  # the first holds the tempo, and the melody's holds it too
            song.tracks += players
        song.type = 1
        with write_whole(path) as draft:
            song.save(draft)


def _disclosure(project: Project, names: list[str]) -> Disclosure:
    """What the model sang and what people did; a song is counted in stems."""
    tool = f"Kokoro-82M ({', '.join(each.name for each in project.singers)})"
    part = AIPart(names.index(VOICE) + 1, VOICE, tool, "singing synthesised from score and lyrics")
    return disclose_song(project.score.title, len(names), [part], project.log)


# --- preflight --------------------------------------------------------------------------------------------------------


def preflight(folder: str | Path, key: str = "", on: date | None = None) -> Report:
    """Open every file of a delivery again, measure it, and say in words what a label would send back.

    key: of the watermark; without it the mark is not looked for, and a note says so. on: the day on which consents have
    to hold; today by default. Raises HallyuError only when there is no such folder; all else goes into the report.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise HallyuError(f"There is no folder {folder}: write the delivery first.")
    found = _Findings(folder)
    credits = _credits(found, on or date.today())
    sounds = _stems(found)
    master = _master(found, sounds)
    score = _score(found)
    curves = _curves(found, master)
    voice = next((sound for name, sound in sounds.items() if re.fullmatch(rf"\d\d-{VOICE}\.wav", name)), None)
    if sounds and voice is None:
        found.problem(f"There is no stem NN-{VOICE}.wav: name the singing so.")
    if voice is not None and score is not None:
        _check_singing(found, voice, score)
    _check_video(found, voice, master, curves)
    _check_mark(found, credits, master, key)
    title = str(credits.get("title", folder.name))
    return Report(title, tuple(found.problems), tuple(found.notes), found.measured, MEASURES)


class _Findings(Findings):
    """What was found so far in *folder*, and where a delivery has one file of a kind."""

    def one(self, ending: str) -> Path | None:
        """The folder's only file with this ending."""
        files = sorted(self.folder.glob(f"*{ending}"))
        if not files:
            self.problem(f"There is no {ending} file in the folder: write the delivery again.")
        elif len(files) > 1:
            self.problem(
                f"There are {len(files)} {ending} files where one is delivered: take the others away."
            )
        return files[0] if len(files) == 1 else None


def _credits(found: _Findings, on: date) -> dict:
    try:
        credits = json.loads((found.folder / CREDITS).read_text(encoding="utf-8"))
        _read_through(credits)
    except FileNotFoundError:
        found.problem(
            f"{CREDITS} is missing: nobody knows who sings and by what right; write the delivery again."
        )
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        found.problem(f"{CREDITS} cannot be read: write the delivery again.")
        return {}
    for name, known in credits["files"].items():
        if not (found.folder / name).is_file():
            found.problem(f"{name} is missing: write the delivery again.")
        elif sha256(found.folder / name) != known:
            found.problem(f"{name} has changed since the credits were written: write the delivery again.")
    for path in sorted((found.folder / "stems").glob("*")):
        if f"stems/{path.name}" not in credits["files"]:
            found.problem(
                f"stems/{path.name} is not in the credits: take it away, or write the delivery again."
            )
    if not credits["voices"]:
        found.problem(
            f"{CREDITS} names no voice: name every voice that is heard, with its licence or consent."
        )
    for voice in credits["voices"]:
        _check_voice(found, voice, credits, on)
    told = found.try_(Disclosure.from_dict, credits["disclosure"])
    if told is not None:
        if not told.used_ai:
            found.problem("The disclosure says that no sound is generated, and a model sang: correct it.")
        for language, notice in credits["notice"].items():
            if notice != told.text(language):
                found.problem(
                    f"The notice ({language}) does not say what the disclosure says: write the delivery again."
                )
        found.notes += told.gaps()
    return credits


def _read_through(credits: dict) -> None:
    """Touch everything that is used below, so that damaged credits are found here and nowhere else."""
    _ = str(credits["title"]), dict(credits["disclosure"])
    _ = {language: credits["notice"][language].strip() for language in ("ko", "en")}
    if set(credits["notice"]) != {"ko", "en"}:
        raise ValueError("other languages")
    for name, known in credits["files"].items():
        if ".." in name or name.startswith("/") or not isinstance(known, str):
            raise ValueError("a file outside the folder")
    for voice in credits["voices"]:
        _ = voice["name"].strip(), float(voice["share"]), voice["credit"].strip()
        if "consent" in voice:
            _ = voice["signer"].strip(), voice["consent"].strip()
            if Path(voice["consent"]).name != voice["consent"]:
                raise ValueError("a record outside the folder")
    mark = credits["watermark"]
    _ = mark["key_id"].strip(), int(mark["payload"])


def _check_voice(found: _Findings, voice: dict, credits: dict, on: date) -> None:
    name = voice["name"]
    if "consent" not in voice:
        public = PUBLIC_VOICES.get(name)
        if public is None:
            found.problem(
                f"{name} is not a bundled voice, and no consent is with it: ask the person whose voice it is."
            )
        elif voice["credit"] != public.credit or voice.get("licence") != public.licence:
            found.problem(
                f"The credit of {name} is not what its licence asks for: {public.credit} ({public.licence})."
            )
        return
    given = found.try_(consent.read, found.folder / voice["consent"], voice["signer"])
    if given is None:
        return
    if given.voice != name:
        found.problem(f"The consent is for the voice of {given.voice}, not of {name}: add the right one.")
    for use in ("sing", "publish"):
        found.try_(consent.require, given, use, credits["title"], on)


def _stems(found: _Findings) -> dict[str, np.ndarray]:
    """The stems by file name, stereo; a stem that cannot be used is left out."""
    paths = sorted((found.folder / "stems").glob("*.wav"))
    if len(paths) < 2:
        found.problem(
            f"There are {len(paths)} stems: a song is delivered as its voice and at least one more."
        )
    sounds = {}
    for number, path in enumerate(paths, 1):
        if not re.fullmatch(rf"{number:02}-[^/]+\.wav", path.name):
            found.problem(
                f"stems/{path.name} is not named like stem {number}: number them 01, 02, … without a gap."
            )
        sound = _sound(found, path, f"stems/{path.name}")
        if sound is not None:
            sounds[path.name] = sound
            if mixing.level(sound) < -60:
                found.problem(f"stems/{path.name} is silent: leave it out, or put its sound in.")
    lengths = {len(sound) for sound in sounds.values()}
    if len(lengths) > 1:
        found.problem(
            f"The stems are between {min(lengths) / RATE:.2f} and {max(lengths) / RATE:.2f} s long: print all of them from "
            "beat 0 to the same end, or they will not line up."
        )
    return sounds


def _sound(found: _Findings, path: Path, name: str) -> np.ndarray | None:
    """A WAV as stereo, after its rate, depth and peaks were checked."""
    import soundfile

    read = found.try_(audio.read, path)
    if read is None:
        return None
    sound, rate = read
    try:
        kind = soundfile.info(str(path))
        form = f"{kind.format}, {kind.subtype}"
    except soundfile.LibsndfileError:
        form = "no WAV"
    if form not in ("WAV, PCM_24", "WAVEX, PCM_24"):
        found.problem(f"{name} is {form}: deliver WAV of {BITS}-bit PCM.")
    if rate != RATE:
        found.problem(f"{name} has {rate} Hz: deliver {RATE} Hz.")
        return None
    flat = clipped(sound)
    if flat:
        found.problem(
            f"{name} is clipped at {flat} places: its peaks are cut flat; print it again at a lower level."
        )
    return mixing.stereo(sound)


def clipped(samples: np.ndarray) -> int:
    """How many peaks are cut flat: three or more equal samples in a row, in the upper half of what is reached.

    A recording that was clipped and then turned down is found too.

    >>> clipped(np.clip(np.sin(np.arange(480) / 5), -0.5, 0.5)) > 10, clipped(np.sin(np.arange(480) / 5))
    (True, 0)
    """
    total = 0
    for side in np.asarray(samples).reshape(len(samples), -1).T:
        peak = float(np.abs(side).max())
        flat = (np.diff(side) == 0) & (np.abs(side[1:]) > max(peak / 2, 1e-3))
        run = flat[1:] & flat[:-1]
        total += int(np.count_nonzero(run[1:] & ~run[:-1]) + (run[0] if len(run) else 0))
    return total


def _master(found: _Findings, sounds: Mapping[str, np.ndarray]) -> np.ndarray | None:
    path = found.folder / MASTER
    if not path.is_file():
        found.problem(f"{MASTER} is missing: write the delivery again.")
        return None
    master = _sound(found, path, MASTER)
    if master is None:
        return None
    if len(master) < RATE:
        found.problem(f"{MASTER} lasts {len(master) / RATE:.2f} s: that is no song.")
        return None
    loud, peak = mixing.loudness(master, RATE), mixing.true_peak(master)
    found.measured |= {"seconds": len(master) / RATE, "lufs": loud, "true_peak": peak}
    if not abs(loud - mixing.STREAMING_LUFS) <= TOLERANCE:
        found.problem(
            f"{MASTER} has {loud:.1f} LUFS; streaming services play at {mixing.STREAMING_LUFS:g}: master it again."
        )
    if peak > mixing.STREAMING_CEILING + 0.05:
        found.problem(
            f"{MASTER} peaks at {peak:.1f} dBTP; the ceiling is {mixing.STREAMING_CEILING:g}: limit true peaks, not samples."
        )
    if len(master) >= mixing.SHORT_TERM * RATE:
        found.measured["range"] = mixing.loudness_range(master, RATE)
    _check_ends(found, master)
    if sounds and {len(sound) for sound in sounds.values()} == {len(master)}:
        null = null_depth(master, sum(sounds.values()))
        found.measured["null"] = null
        if null > NULL:
            found.problem(
                f"{MASTER} is not its stems: {null:.0f} dB of it remain when they are taken away (below {NULL:g} is the "
                "same mix); print stems and master from one desk."
            )
    elif sounds:
        found.problem(f"{MASTER} and the stems are not equally long: print stems and master from one desk.")
    return master


def _check_ends(found: _Findings, master: np.ndarray) -> None:
    """Silence at both ends, against the loud passages."""
    heard = np.flatnonzero(np.abs(master).max(1) > 10 ** (-60 / 20))
    if not len(heard):
        found.problem(f"{MASTER} is silent: turn a fader up, and master it again.")
        return
    for where, seconds in (("begins", heard[0] / RATE), ("ends", (len(master) - heard[-1]) / RATE)):
        if seconds > PADDING:
            found.problem(
                f"{MASTER} {where} with {seconds:.1f} s of silence: cut it to {PADDING:g} s or less."
            )


def null_depth(master: np.ndarray, sum_of_stems: np.ndarray) -> float:
    """What remains of *master* in dB when the stems' sum is taken away, each moment at the master's own gain.

    A limiter moves the gain within some milliseconds, for both sides alike; so one gain is fitted to both, in windows of
    about 4 ms. Whatever else was done, or is missing, remains. Both (n, 2).
    """
    width = 0.002 * RATE
    own, other = (np.asarray(sound, np.float32) for sound in (master, sum_of_stems))
    cross = gaussian_filter1d((own * other).sum(1), width, truncate=3)
    power = gaussian_filter1d((other**2).sum(1), width, truncate=3)
    rest = own - other * (cross / np.maximum(power, 1e-12))[:, None]
    return float(10 * np.log10(max((rest**2).sum(), 1e-20) / max((own**2).sum(), 1e-20)))


def _score(found: _Findings) -> Score | None:
    """The melody, when MIDI and OpenUtau's project hold the same."""
    paths = [found.one(".mid"), found.one(".ustx")]
    midi, ustx = (path and found.try_(score_files.read, path) for path in paths)
    if midi is None or ustx is None:
        return ustx or midi or None
    if not any(note.lyric.strip() for note in ustx.notes):
        found.problem("The melody has no words: lay the lyrics under its notes.")
    plain = [
        [(round(n.start, 2), round(n.length, 2), n.pitch, n.lyric) for n in each.notes]
        for each in (midi, ustx)
    ]
    if plain[0] != plain[1] or abs(midi.tempo - ustx.tempo) > 0.1:
        found.problem("The MIDI file and the .ustx hold different melodies: write both from one score.")
    return ustx


def _curves(found: _Findings, master: np.ndarray | None) -> visemes.Curves | None:
    """The face, when both files hold the same and it moves."""
    table, layout = (
        found.try_(reading, found.folder / name)
        for reading, name in ((visemes.read_csv, CSV), (visemes.read_json, JSON))
    )
    if layout is None or table is None:
        return layout or table
    if table.values.shape != layout.values.shape or np.abs(table.values - layout.values).max() > 0.001:
        found.problem(f"{CSV} and {JSON} hold different curves: write both from one animation.")
    jaw = float(layout["jawOpen"].std())
    found.measured["jaw"] = jaw
    if jaw < 0.02:
        found.problem(
            "The mouth is frozen: jawOpen hardly moves; animate the face from the song's own sounds."
        )
    if master is not None and abs(layout.duration - len(master) / RATE) > 0.1:
        found.problem(
            f"The face moves for {layout.duration:.2f} s and the song lasts {len(master) / RATE:.2f} s: animate all of it."
        )
    return layout


def _check_singing(found: _Findings, voice: np.ndarray, score: Score) -> None:
    """Held notes of the voice against the score, heard by YIN, which knows nothing of it."""
    rate = 24_000
    sound = audio.resample(audio.mono(voice), RATE, rate)
    times, wanted = held(score, len(sound) / rate)
    if not len(times):
        found.notes.append("No note is held for 0.4 s, so its pitch was not compared with the score.")
        return
    heard = yin(sound, rate, lowest=70, highest=1000).at(times)
    voiced = float((heard > 0).mean())
    found.measured["voiced"] = voiced
    if voiced < 0.7:
        found.problem(
            f"The voice sounds for {voiced:.0%} of the time of the held notes: it does not sing the delivered score."
        )
        return
    off = float(np.median(1200 * np.abs(np.log2(heard[heard > 0] / wanted[heard > 0]))))
    found.measured["cents"] = off
    if off > IN_TUNE:
        found.problem(
            f"Held notes are {off:.0f} cents from the score (median; {IN_TUNE:g} at most): is it the right melody and key?"
        )


def held(score: Score, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """Times within the notes of 0.4 s and more, 0.12 s from either end, and the pitch that is written there, in Hz."""
    times, wanted = [], []
    for note in score.notes:
        start, end = score.seconds(note.start) + 0.12, min(score.seconds(note.end) - 0.12, seconds)
        if note.lyric.strip() and score.seconds(note.length) >= 0.4 and end > start:
            inside = np.arange(start, end, 0.0125)
            times.append(inside)
            wanted.append(np.full(len(inside), hertz(note.pitch)))
    return (np.concatenate(times), np.concatenate(wanted)) if times else (np.zeros(0), np.zeros(0))


def _check_video(
    found: _Findings, voice: np.ndarray | None, master: np.ndarray | None, curves: visemes.Curves | None
) -> None:
    path = found.one(".mp4")
    if path is None:
        return
    heard = found.try_(audio.read, path)
    if heard is not None and master is not None:
        sound, rate = heard
        late, alike = _same_sound(audio.mono(sound), rate, audio.mono(master))
        if alike < 0.9:
            found.problem(
                f"{path.name} does not play the master (they correlate with {alike:.2f}): render it again."
            )
        elif abs(late) > 0.045:
            found.problem(f"{path.name} plays the master {late * 1000:+.0f} ms late: render it again.")
        if abs(len(sound) / rate - len(master) / RATE) > 0.2:
            found.problem(
                f"{path.name} lasts {len(sound) / rate:.2f} s and the song {len(master) / RATE:.2f} s: render all of it."
            )
    if voice is None:
        return
    lips = found.try_(lipsync.check, path, voice, RATE)
    if lips is None:
        return
    found.measured |= {"lips": lips.offset * 1000, "lips_correlation": lips.correlation}
    if lips.correlation < lipsync.TOGETHER:
        found.problem(
            f"{path.name}: the mouth does not sing this song ({lips}); render it from the delivered curves."
        )
    elif not lips.together:
        found.problem(
            f"{path.name}: {lips}; viewers notice lips that are more than {lipsync.EARLY * 1000:.0f} ms early or "
            f"{lipsync.LATE * 1000:.0f} ms late."
        )


def _same_sound(sound: np.ndarray, rate: int, master: np.ndarray) -> tuple[float, float]:
    """Seconds by which *sound* is late against *master* (at RATE), and how alike they are then, 0 to 1."""
    one, two = audio.resample(sound, rate, 8000), audio.resample(master, RATE, 8000)
    size = 1 << (len(one) + len(two)).bit_length()
    match = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(two, size)), size)
    best = int(np.abs(match).argmax())
    scale = max(float(np.sqrt((one.astype(float) ** 2).sum() * (two.astype(float) ** 2).sum())), 1e-12)
    return (best if best < size // 2 else best - size) / 8000, float(abs(match[best]) / scale)


def _check_mark(found: _Findings, credits: dict, master: np.ndarray | None, key: str) -> None:
    mark = credits.get("watermark")
    if mark is None or master is None:
        return
    if not key:
        found.notes.append(f"The watermark was not looked for: give the key {mark['key_id']}.")
        return
    if key_id(key) != mark["key_id"]:
        found.problem(
            f"The credits name the watermark key {mark['key_id']}, and you gave {key_id(key)}: use that one."
        )
        return
    seen = found.try_(watermark.detect, master, RATE, key)
    if seen is None:
        found.problem(f"{MASTER} carries no watermark of the key {mark['key_id']}: write the delivery again.")
        return
    found.measured["mark"] = seen.score
    if seen.payload is None:
        found.notes.append("The watermark is there, but its number cannot be read with certainty.")
    elif seen.payload != mark["payload"]:
        found.problem(
            f"The watermark says {seen.payload}, and the credits say {mark['payload']}: write the delivery again."
        )
