"""Grading music: a designed voice that sings, and a song that is released. Both deliveries are opened again and measured.

music-voice hands in voice.wav and score.ustx (a sung phrase), speech.wav and voice.json (the designed voice, speaking),
and consent.json. music-release hands in what hallyu.music.release writes. No grader believes what a file says of
itself: pitch, words, loudness, likeness, lips and watermark are taken from the sound, the curves and the pictures.
"""

import csv
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import resources
from itertools import combinations, islice, pairwise
from pathlib import Path

import numpy as np
from scipy import signal

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.files import sha256
from hallyu.grading import sung, untrusted
from hallyu.grading.findings import Finding, grader
from hallyu.music import lipsync, metrics_text, mixing, release, visemes, watermark
from hallyu.music.score import Score
from hallyu.music.singing import pitch_name
from hallyu.provenance import consent
from hallyu.provenance.consent import PUBLIC_VOICES
from hallyu.provenance.disclosure import Disclosure
from hallyu.provenance.worklog import ACTIONS

TAKE, MELODY, SPEECH, ABOUT, CONSENT = "voice.wav", "score.ustx", "speech.wav", "voice.json", "consent.json"
"""What music-voice hands in."""
CLASS_KEY = "hallyu-class"
"""The watermark key of music-release; the assignment gives it to every learner."""
MIN_HELD = 4
"""Held notes that a melody has at least; fewer say nothing of a singer."""
IN_TUNE = 30.0
"""Cents that the median of a held note may lie from the score. Intervals that are 20 to 25 cents wrong still pass for in
tune with expert listeners (A. Vurma and J. Ross, Music Perception 23, 2006); the course's voices measure 0 to 25."""
SUNG = 0.5
"""Share of the held notes that must sound for every point. The course's voices measure 0.56 to 0.94: their vowels dip."""
TUNEFUL = 0.85
"""Share of the notes that sound that must be in tune for every point; the course's voices measure 0.9 to 1."""
LATE = 0.08
"""Seconds by which a take may be early or late: an eighth of a beat at 90 a minute."""
UNDERSTOOD, LOST = 0.45, 0.75
"""Character error rates by sound of sung words: every point up to the first, none from the second. Whisper learnt from
speech: the course's voices measure 0.13 to 0.56 when they sing; the words of another song 0.8 and more."""
SPEECH_UNDERSTOOD = 0.25
"""The same for speech; the course's voices measure 0 to 0.07."""
LONGEST_CONSENT = 731
"""Days: two years."""
WANTED, UNWANTED = ("sing", "publish"), ("train", "advertise")
"""Uses that the label of music-voice asks for, and uses that the singer does not want."""
COPIED_WORDS, COPIED_TUNE = 0.35, 0.5
"""Share of a song's three-letter runs, and of its runs of six notes, that may stand in one of the course's songs."""
SONG = (12.0, 90.0)
"""Seconds that a released song lasts."""
STEMS, MOST_STEMS = 3, 40
"""The voice and two others, at least."""
SAME_SOUND = 0.98
"""Correlation from which two stems are one."""
UNHEARD = 45.0
"""dB below the loudest stem from which nobody hears a stem."""
DIPS = 8.0
"""LU that the middle loudness of the song may lie from its integrated loudness: one burst cannot stand for a song."""
EARLY_LIPS, LATE_LIPS = 0.185, 0.09
"""Seconds by which lips may come before their sound, or after it, and still be accepted (ITU-R BT.1359-1)."""
SAME_MOVE = 0.6
"""Correlation of the mouth in the video and the delivered curves; the course's renderer measures 0.9 and more."""
MAX_VIDEO = 60_000_000


# --- What both deliveries have ------------------------------------------------------------------------------------


def check_singing(take: sung.Take, points: float) -> list[Finding]:
    """Whether a voice sings the held notes of the score: a voice and no tone, its words, in tune and in time."""
    name = f"“{take.score.title}”" if take.score.title else "the score"
    if len(take.notes) < MIN_HELD:
        said = f"{len(take.notes)} notes of {name} are held for {sung.HELD:g} s; at least {MIN_HELD} are measured."
        return [Finding("no held note", said, points)]
    if not np.abs(take.samples).max() > 1e-3:
        return [Finding("silent", "The recording of the voice is silent.", points)]
    if (above := take.harmonic()) < sung.HARMONIC:
        said = (
            f"No voice carries the melody: its harmonics stand {above:.0f} dB above what lies between them "
            f"({sung.HARMONIC:g} at least)."
        )
        return [Finding("no voice", said, points)]
    if (moves := take.movement()) < sung.MOVES:
        said = f"The timbre of the held notes moves by {moves:.1f} ({sung.MOVES:g} at least): that is a tone, not vowels."
        return [Finding("no voice", said, points)]
    if (errors := errors_in(take)) >= LOST:
        said = f"The pitch is not counted while the words are not heard ({errors:.0%} of the characters are wrong)."
        return [Finding("no words", said, points)]
    return list(_tuning(take, points))


def _tuning(take: sung.Take, points: float) -> Iterator[Finding]:
    held = take.held()
    sounding = [each for each in held if each.sounds]
    share = len(sounding) / len(held)
    if share < SUNG:
        said = f"{len(held) - len(sounding)} of {len(held)} held notes have no steady pitch: the voice does not sing this score."
        yield Finding("not sung", said, round(points * min(1, (SUNG - share) / 0.25), 1))
    wrong = [each for each in sounding if abs(each.cents) > IN_TUNE]
    if sounding and 1 - len(wrong) / len(sounding) < TUNEFUL:
        worst = max(wrong, key=lambda each: abs(each.cents))
        said = (
            f"{len(wrong)} of {len(sounding)} held notes are more than {IN_TUNE:g} cents off; the worst is "
            f"“{worst.note.lyric}” at beat {worst.note.start:g}, {pitch_name(worst.note.pitch)}, {worst.cents:+.0f} cents."
        )
        yield Finding("out of tune", said, round(points * min(1, 2 * len(wrong) / len(sounding)), 1))
    if not abs(late := take.lateness()) <= LATE:
        way = "late" if late > 0 else "early"
        said = f"The voice is {abs(late) * 1000:.0f} ms {way} against the score; {LATE * 1000:.0f} are not noticed."
        yield Finding("late", said, points / 2)


def errors_in(take: sung.Take) -> float:
    """The character error rate by sound of what a recogniser hears in the take, against the score's words."""
    words = sung.lyrics(take.score)
    errors = metrics_text.character_error_rate(words, sung.heard(take.samples, sung.RATE), by_sound=True)
    if errors <= UNDERSTOOD:
        return errors
    # Whisper may fall into a loop over a song, and does not when it is a little softer: it is asked twice.
    again = sung.heard(mixing.gain(take.samples, -3), sung.RATE)
    return min(errors, metrics_text.character_error_rate(words, again, by_sound=True))


def check_words(take: sung.Take, points: float) -> list[Finding]:
    """Whether the words of the score are enough of a text, and are heard."""
    if little := sung.one_sided(sung.lyrics(take.score)):
        return [Finding("one-sided", f"The lyrics have {little}: write a line that says something.", points)]
    errors = errors_in(take)
    if errors <= UNDERSTOOD:
        return []
    heard = untrusted.shown(sung.heard(take.samples, sung.RATE))
    said = (
        f"A recogniser hears “{heard}”: {errors:.0%} of the characters are wrong ({UNDERSTOOD:.0%} at most). "
        "Try words with open vowels and few ㅊ, ㅋ, ㅌ, ㅍ, or longer notes."
    )
    return [
        Finding(
            "not understood", said, round(points * min(1, (errors - UNDERSTOOD) / (LOST - UNDERSTOOD)), 1)
        )
    ]


def check_own(score: Score, points: float) -> list[Finding]:
    """Whether words and melody are the learner's own and not those of one of the course's songs."""
    words, tune = shingles(sung.lyrics(score)), runs(score)
    if len(words) < 8:
        return [
            Finding("short", "There are too few words to tell whose song it is: write a line more.", points)
        ]
    for title, theirs in sample_songs().items():
        for mine, known, most, what in (
            (words, theirs["words"], COPIED_WORDS, "words"),
            (tune, theirs["tune"], COPIED_TUNE, "melody"),
        ):
            share = len(mine & known) / max(1, len(mine))
            if share > most:
                said = f"{share:.0%} of the {what} stand in the course's own “{title}”: write your own."
                return [Finding("copied", said, points)]
    return []


def shingles(lyrics: str) -> set[str]:
    """Every run of three syllables.

    >>> sorted(shingles("첫눈이 온다"))
    ['눈이온', '이온다', '첫눈이']
    """
    letters = "".join(c for c in lyrics if c.isalnum())
    return {letters[i : i + 3] for i in range(len(letters) - 2)}


def runs(score: Score) -> set[str]:
    """Every run of six notes as its five intervals, so that another key hides nothing."""
    steps = [after.pitch - before.pitch for before, after in pairwise(score.notes)]
    return {" ".join(map(str, steps[i : i + 5])) for i in range(len(steps) - 4)}


def sample_songs() -> dict[str, dict[str, set[str]]]:
    """The runs of words and of notes in the course's own songs, by title."""
    return {
        title: {what: set(found) for what, found in song.items()}
        for title, song in _data("sample_songs.json").items()
    }


def _data(name: str) -> dict:
    return json.loads(resources.files("hallyu.grading").joinpath(name).read_text(encoding="utf-8"))


def _clipping(samples: np.ndarray, name: str, points: float) -> Iterator[Finding]:
    if flat := release.clipped(samples):
        said = f"{name} is clipped: {flat} of its peaks are cut flat. Print it again at a lower level."
        yield Finding("clipped", said, points)


# --- music-voice --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class About:
    """What voice.json says: the designed voice, what it is made of, what it says in speech.wav, and who signs for it."""

    name: str
    made_of: dict[str, float]
    says: str
    signer: str
    made_on: date


def read_about(folder: Path) -> About:
    """voice.json. Raises HallyuError for a field that is missing or of another kind."""
    told = untrusted.read_json(folder, ABOUT, 20_000)
    match told:
        case {
            "name": str(name),
            "made_of": dict(made_of),
            "says": str(says),
            "signer": str(signer),
            "made_on": str(day),
        }:
            pass
        case _:
            raise HallyuError(
                f"{ABOUT} needs name, made_of, says, signer and made_on, as the assignment shows."
            )
    if (
        not all(isinstance(share, int | float) and 0 < share <= 1 for share in made_of.values())
        or not made_of
    ):
        raise HallyuError(f"{ABOUT}: made_of gives the share of each voice, above 0 and at most 1.")
    try:
        return About(
            name, {str(k): float(v) for k, v in made_of.items()}, says, signer, date.fromisoformat(day)
        )
    except ValueError as error:
        raise HallyuError(
            f"{ABOUT}: made_on is a day such as 2026-11-21, not “{untrusted.shown(day)}”."
        ) from error


def take_of(folder: Path) -> sung.Take:
    """The sung phrase of music-voice with its score."""
    untrusted.check_folder(folder)
    samples, rate, _ = untrusted.read_wav(folder, TAKE)
    return sung.take(samples, rate, untrusted.read_melody(folder, MELODY))


@grader(5)
def voice_complete(folder: Path) -> list[Finding]:
    """Whether everything is there and opens: a phrase of a dozen syllables, two recordings in 24 bit, voice and consent."""
    untrusted.check_folder(folder)
    found = []
    score = untrusted.read_melody(folder, MELODY)
    syllables = sung.lyrics(score)
    if len(syllables) < 12:
        found.append(Finding("short", f"The phrase has {len(syllables)} syllables; at least 12 are sung.", 2))
    if len({note.pitch for note in score.notes}) < 4:
        found.append(
            Finding("no melody", "The phrase has fewer than four different pitches: write a melody.", 2)
        )
    for name in (TAKE, SPEECH):
        samples, rate, kind = untrusted.read_wav(folder, name)
        if kind != "PCM_24" or rate < 24_000:
            said = f"{name} is {kind} at {rate:,} Hz: deliver 24 bit (PCM_24) at 24,000 Hz or more."
            found.append(Finding("format", said, 1))
        found += _clipping(samples, name, 2)
        if name == TAKE and not -0.5 <= len(samples) / rate - score.duration <= 3:
            said = f"{name} lasts {len(samples) / rate:.1f} s and its score {score.duration:.1f} s: cut it to the phrase."
            found.append(Finding("length", said, 2))
    read_about(folder)
    untrusted.read_json(folder, CONSENT, 20_000)
    for path in untrusted.check_folder(folder):
        if path.stat().st_size < 20_000 and b"PRIVATE KEY" in path.read_bytes():
            said = f"{untrusted.shown(path.name)} is the signer's private key: keep it at home, anyone could sign with it."
            found.append(Finding("key", said, 5))
    return found


@grader(15)
def in_tune(folder: Path) -> list[Finding]:
    """Whether a voice sings the phrase's held notes in tune and in time."""
    return check_singing(take_of(folder), in_tune.points)


@grader(10)
def words_heard(folder: Path) -> list[Finding]:
    """Whether the phrase's words are heard by a recogniser."""
    return check_words(take_of(folder), words_heard.points)


@grader(5)
def own_phrase(folder: Path) -> list[Finding]:
    """Whether words and melody are the learner's own."""
    return check_own(untrusted.read_melody(folder, MELODY), own_phrase.points)


@grader(10)
def nobodys_voice(folder: Path) -> list[Finding]:
    """Whether the designed voice speaks its sentence, is blended, and could be taken for none of its sources."""
    from hallyu.music import speaker, voice

    points = nobodys_voice.points
    about = read_about(folder)
    samples, rate, _ = untrusted.read_wav(folder, SPEECH)
    if little := sung.one_sided(about.says):
        return [
            Finding("one-sided", f"The spoken sentence has {little}: let the voice say something.", points)
        ]
    errors = metrics_text.character_error_rate(about.says, sung.heard(samples, rate), by_sound=True)
    if errors > SPEECH_UNDERSTOOD:
        said = (
            f"{SPEECH} does not say the sentence of {ABOUT}: {errors:.0%} of the characters are wrong "
            f"({SPEECH_UNDERSTOOD:.0%} at most)."
        )
        return [Finding("not understood", said, points)]
    mine = speaker.embed(samples, rate)
    close = speaker.impersonated(mine, {name: np.array(print_) for name, print_ in voice_prints().items()})
    if close:
        name, likeness = close[0]
        said = (
            f"{SPEECH} could be taken for {name}: similarity {likeness:.3f}, and from {speaker.SAME_VOICE} on it counts as "
            "one voice. Blend in more of a voice that is further away."
        )
        return [Finding("impersonates", said, points)]
    if unknown := sorted(set(about.made_of) - set(voice_prints())):
        said = f"{ABOUT} names {untrusted.shown(unknown[0])}, which is no bundled voice and has no consent with it."
        return [Finding("unknown voice", said, points)]
    if len(about.made_of) < 2 or abs(sum(about.made_of.values()) - 1) > 0.01:
        said = "The voice is no blend: give two voices or more, with shares that add up to 1."
        return [Finding("no blend", said, 5)]
    spoken = voice.speak(about.says[:100], voice.blend(about.made_of))
    likeness = speaker.similarity(mine, speaker.embed(spoken.samples, spoken.rate))
    if likeness < speaker.SAME_VOICE:
        said = (
            f"The voice in {SPEECH} is not the blend that {ABOUT} describes: similarity {likeness:.2f}, and "
            f"{speaker.SAME_VOICE} is one voice. Whose is it, and who allowed it?"
        )
        return [Finding("other voice", said, points)]
    return []


def voice_prints() -> dict[str, list[float]]:
    """The speaker encoder's 256 numbers for each bundled voice: the mean over three spoken sentences."""
    return _data("bundled_voices.json")["voices"]


@grader(10)
def consent_record(folder: Path) -> list[Finding]:
    """Whether the record is signed, lists these recordings, and allows what the label asked for and nothing unwanted."""
    about = read_about(folder)
    score = untrusted.read_melody(folder, MELODY)
    untrusted.read_json(folder, CONSENT, 20_000)
    given = consent.read(folder / CONSENT, about.signer)
    found = []
    if given.voice != about.name:
        said = f"{CONSENT} is for the voice of {untrusted.shown(given.voice)}, and {ABOUT} names {untrusted.shown(about.name)}."
        found.append(Finding("other voice", said, 5))
    for name in (TAKE, SPEECH):
        if sha256(untrusted.inside(folder, name)) not in given.recordings:
            said = f"{CONSENT} does not list {name} as it is delivered: sign after the last change, with its SHA-256."
            found.append(Finding("other recording", said, 3))
    for use in WANTED:
        try:
            consent.require(given, use, score.title, about.made_on)
        except HallyuError as error:
            found.append(Finding("not allowed", f"{CONSENT}: {error}", 4))
    for use in set(given.uses) & set(UNWANTED):
        said = f"{CONSENT} allows to {use} ({consent.USES[use]}), which the singer did not want: take it out."
        found.append(Finding("too much", said, 4))
    if (days := (given.ends - given.starts).days) > LONGEST_CONSENT:
        found.append(
            Finding("too long", f"{CONSENT} runs for {days:,} days; the singer agreed to two years.", 4)
        )
    if not str(given.pay).strip():
        found.append(
            Finding(
                "no pay", f"{CONSENT} says nothing of pay: write what was agreed, even if it is nothing.", 2
            )
        )
    return found


VOICE_GRADERS = (voice_complete, in_tune, words_heard, own_phrase, nobodys_voice, consent_record)
"""The artefact graders of music-voice, 55 points; the pronunciation rules, 25, are tested by calling them."""


# --- music-release ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Release:
    """A delivered song, each part opened when it is asked for."""

    folder: Path

    @cached_property
    def files(self) -> list[str]:
        """Every file by its path in the folder, after making sure that all are ordinary ones."""
        return [path.relative_to(self.folder).as_posix() for path in untrusted.check_folder(self.folder)]

    def one(self, ending: str) -> str:
        """The only file of the folder itself with this ending."""
        found = [name for name in self.files if name.endswith(ending) and "/" not in name]
        if len(found) != 1:
            raise HallyuError(f"There are {len(found)} {ending} files in the delivery; there is to be one.")
        return found[0]

    @cached_property
    def credits(self) -> dict:
        """credits.json, an object."""
        told = untrusted.read_json(self.folder, release.CREDITS, 200_000)
        if not isinstance(told, dict):
            raise HallyuError(f"{release.CREDITS} holds no credits: write the delivery again.")
        return told

    @cached_property
    def score(self) -> Score:
        """The melody of the OpenUtau project."""
        return untrusted.read_melody(self.folder, self.one(".ustx"))

    def sound(self, name: str) -> np.ndarray:
        """A delivered WAV as stereo. Raises HallyuError for another rate or depth."""
        samples, rate, kind = untrusted.read_wav(self.folder, name)
        if rate != release.RATE or kind != "PCM_24":
            raise HallyuError(
                f"{untrusted.shown(name)} is {kind} at {rate:,} Hz: deliver 24 bit (PCM_24) at 48,000 Hz."
            )
        return mixing.stereo(samples)

    @cached_property
    def master(self) -> np.ndarray:
        """master.wav, at least SONG[0] seconds of it."""
        sound = self.sound(release.MASTER)
        if not SONG[0] <= len(sound) / release.RATE <= SONG[1]:
            raise HallyuError(
                f"{release.MASTER} lasts {len(sound) / release.RATE:.1f} s; a song of {SONG[0]:g} to {SONG[1]:g} s is asked for."
            )
        return sound

    @cached_property
    def stem_names(self) -> list[str]:
        """The stems' paths, in order."""
        return [name for name in self.files if re.fullmatch(r"stems/[^/]+\.wav", name)]

    @cached_property
    def voice_name(self) -> str:
        """The path of the stem that sings."""
        found = [name for name in self.stem_names if re.fullmatch(rf"stems/\d\d-{release.VOICE}\.wav", name)]
        if len(found) != 1:
            raise HallyuError(
                f"There are {len(found)} stems NN-{release.VOICE}.wav; there is to be one, the singing alone."
            )
        return found[0]

    @cached_property
    def take(self) -> sung.Take:
        """The singing alone, with the score."""
        return sung.take(self.sound(self.voice_name), release.RATE, self.score)

    @cached_property
    def curves(self) -> visemes.Curves:
        """The face, as face.json holds it."""
        untrusted.read_json(self.folder, release.JSON, 20_000_000)
        curves = visemes.read_json(self.folder / release.JSON)
        if len(curves.values) > 60 * untrusted.MAX_SECONDS:
            raise HallyuError(f"{release.JSON} has {len(curves.values):,} frames: deliver those of the song.")
        return curves


def _on_release(points: float) -> Callable:
    """A grader of an opened release."""

    def mark(function: Callable[[Release], list[Finding]]) -> Callable:
        def run(folder: Path) -> list[Finding]:
            return function(Release(folder))

        run.__name__, run.__doc__ = function.__name__, function.__doc__
        return grader(points)(run)

    return mark


@_on_release(5)
def release_complete(song: Release) -> list[Finding]:
    """Whether everything is there and opens: stems, master, one melody in MIDI and for OpenUtau, face, video, credits."""
    found = []
    for name in (release.MASTER, release.CSV, release.JSON, release.CREDITS):
        untrusted.inside(song.folder, name)
    if len(song.stem_names) < STEMS:
        said = (
            f"There are {len(song.stem_names)} stems; at least {STEMS} are delivered, the voice among them."
        )
        found.append(Finding("stems", said, 2))
    midi = untrusted.read_melody(song.folder, song.one(".mid"))
    if _plain(midi) != _plain(song.score) or abs(midi.tempo - song.score.tempo) > 0.1:
        said = "The MIDI file and the .ustx hold different melodies: write both from one score."
        found.append(Finding("two melodies", said, 3))
    if len(sung.lyrics(song.score)) < 24:
        said = f"The song has {len(sung.lyrics(song.score))} syllables; at least 24 are sung."
        found.append(Finding("short", said, 2))
    song.one(".mp4")
    if not isinstance(song.credits.get("title"), str) or song.credits["title"] != song.score.title:
        found.append(
            Finding(
                "title", f"The title in {release.CREDITS} is not the melody's: write both from one score.", 1
            )
        )
    _ = song.master, song.curves
    return found


def _plain(score: Score) -> list[tuple]:
    return [(round(n.start, 2), round(n.length, 2), n.pitch, n.lyric.strip()) for n in score.notes]


@_on_release(10)
def loudness(song: Release) -> list[Finding]:
    """Whether the master has the loudness and peaks that streaming takes, all through, without clipping or padding."""
    master, rate = song.master, release.RATE
    found = list(_clipping(master, release.MASTER, 6))
    lufs, peak = mixing.loudness(master, rate), mixing.true_peak(master)
    if not abs(lufs - mixing.STREAMING_LUFS) <= release.TOLERANCE:
        said = f"{release.MASTER} has {lufs:.1f} LUFS; {mixing.STREAMING_LUFS:g} are asked for, within {release.TOLERANCE:g}."
        found.append(Finding("loudness", said, 6))
    if peak > mixing.STREAMING_CEILING + 0.05:
        said = f"{release.MASTER} peaks at {peak:.1f} dBTP; the ceiling is {mixing.STREAMING_CEILING:g}."
        found.append(Finding("peak", said, 4))
    momentary = mixing.loudness_curve(master, rate, mixing.BLOCK)
    if abs(float(np.median(momentary)) - lufs) > DIPS:
        said = (
            f"Half of the song is below {np.median(momentary):.0f} LUFS: a loud moment, or silence, makes its {lufs:.0f}; "
            "master the song, not its loudest bar."
        )
        found.append(Finding("uneven", said, 6))
    heard = np.flatnonzero(np.abs(master).max(1) > 1e-3)
    for where, seconds in (
        (("begins", heard[0] / rate), ("ends", (len(master) - heard[-1]) / rate)) if len(heard) else ()
    ):
        if seconds > release.PADDING:
            said = f"{release.MASTER} {where} with {seconds:.1f} s of silence: cut it to {release.PADDING:g} s or less."
            found.append(Finding("padding", said, 4))
    return found


@_on_release(10)
def stems(song: Release) -> list[Finding]:
    """Whether the stems can be mixed again: equally long, each with a sound of its own, adding up to the master."""
    if not STEMS <= len(song.stem_names) <= MOST_STEMS:
        said = f"There are {len(song.stem_names)} stems; {STEMS} to {MOST_STEMS} are delivered."
        return [Finding("stems", said, stems.points)]
    found, total, small, levels = [], None, {}, {}
    for number, name in enumerate(song.stem_names, 1):
        sound = song.sound(name)
        if not re.fullmatch(rf"stems/{number:02}-[^/]+\.wav", name):
            found.append(Finding("name", f"{untrusted.shown(name)} is not numbered as stem {number:02}.", 1))
        if len(sound) != len(song.master):
            long, master = len(sound) / release.RATE, len(song.master) / release.RATE
            said = f"{untrusted.shown(name)} lasts {long:.2f} s and the master {master:.2f} s: print all from beat 0 to one end."
            return [Finding("length", said, stems.points)]
        found += _clipping(sound, untrusted.shown(name), 3)
        levels[name] = mixing.loudness(sound, release.RATE)
        small[name] = audio.resample(audio.mono(sound), release.RATE, 8_000)
        total = sound if total is None else total + sound
    if len(levels) < STEMS:
        return [
            Finding("stems", f"There are {len(levels)} stems; at least {STEMS} are delivered.", stems.points)
        ]
    for name, level in levels.items():
        if level < max(levels.values()) - UNHEARD:
            found.append(
                Finding("silent", f"{untrusted.shown(name)} is not heard beside the others: leave it out.", 4)
            )
    for one, other in combinations(small, 2):
        power = np.sqrt(np.dot(small[one], small[one]) * np.dot(small[other], small[other]))
        if abs(np.dot(small[one], small[other])) > SAME_SOUND * max(power, 1e-9):
            said = f"{untrusted.shown(one)} and {untrusted.shown(other)} hold the same sound: each stem has its own."
            found.append(Finding("double", said, 5))
    rest = release.null_depth(song.master, total)
    if rest > release.NULL:
        said = (
            f"The stems do not add up to the master: {rest:.0f} dB of it remain when they are taken away (below "
            f"{release.NULL:g} is the same mix)."
        )
        found.append(Finding("other mix", said, 6))
    return found


@_on_release(10)
def melody(song: Release) -> list[Finding]:
    """Whether the voice's stem sings the delivered score in tune and in time."""
    return check_singing(song.take, melody.points)


@_on_release(10)
def words(song: Release) -> list[Finding]:
    """Whether the song's words are heard in the voice's stem."""
    return check_words(song.take, words.points)


@_on_release(5)
def own_song(song: Release) -> list[Finding]:
    """Whether words and melody are the learner's own."""
    return check_own(song.score, own_song.points)


@_on_release(10)
def face(song: Release) -> list[Finding]:
    """Whether the face moves with the voice: mouth, blinks and head, in both files, as long as the song."""
    curves, found = song.curves, []
    untrusted.read_text(song.folder, release.CSV, 20_000_000)
    try:
        table = visemes.read_csv(song.folder / release.CSV, curves.fps)
    except csv.Error as error:
        raise HallyuError(
            f"{release.CSV} is no table that can be read: write it with the library."
        ) from error
    if table.values.shape != curves.values.shape or np.abs(table.values - curves.values).max() > 0.001:
        said = f"{release.CSV} and {release.JSON} hold different curves: write both from one animation."
        found.append(Finding("two faces", said, 4))
    if abs(curves.duration - len(song.master) / release.RATE) > 0.2:
        said = f"The face moves for {curves.duration:.1f} s and the song lasts {len(song.master) / release.RATE:.1f} s."
        found.append(Finding("length", said, 4))
    lips = lipsync.measure(opening(curves) ** 2, _energy(song, curves.fps, len(curves.values)), curves.fps)
    if lips.correlation < lipsync.TOGETHER:
        said = f"The mouth does not sing it: it follows the voice by {lips.correlation:.2f} ({lipsync.TOGETHER:g} at least)."
        found.append(Finding("frozen" if opening(curves).std() < 0.02 else "other mouth", said, 8))
    elif not -EARLY_LIPS <= lips.offset <= LATE_LIPS:
        found.append(Finding("late", f"The curves move out of time: {lips}.", 5))
    blinks = int((np.diff((curves["eyeBlink"] > 0.5).astype(int)) > 0).sum())
    if blinks < curves.duration / 15:
        found.append(
            Finding("stare", f"The eyes blink {blinks} times in {curves.duration:.0f} s: let them.", 1)
        )
    if max(float(curves[name].std()) for name in visemes.HEAD) < 0.005:
        found.append(Finding("stiff", "The head does not move: let it keep the beat.", 1))
    return found


def opening(curves: visemes.Curves) -> np.ndarray:
    """How far the mouth is open in each frame: the jaw, less what the lips close."""
    return np.clip(curves["jawOpen"] - curves["mouthClose"], 0, 1)


def _energy(song: Release, fps: float, frames: int) -> np.ndarray:
    return lipsync.vowel_energy(song.take.samples, sung.RATE, fps, frames)


@_on_release(10)
def video(song: Release) -> list[Finding]:
    """Whether the video plays the master, and the mouth that is seen sings it as the curves say."""
    import av

    from hallyu.music import face as renderer

    name = song.one(".mp4")
    if (size := untrusted.inside(song.folder, name).stat().st_size) > MAX_VIDEO:
        raise HallyuError(
            f"{untrusted.shown(name)} has {size / 1e6:.0f} MB; at most {MAX_VIDEO / 1e6:g} are opened."
        )
    found = list(_soundtrack(song, name))
    try:
        pictures, fps, (width, height) = lipsync.pictures_of(song.folder / name)
    except (TypeError, ValueError) as error:
        raise HallyuError(
            f"{untrusted.shown(name)} does not say how many pictures a second it has: render it again."
        ) from error
    if not (320 <= width <= 1920 and 180 <= height <= 1080 and 20 <= fps <= 60):
        said = (
            f"{untrusted.shown(name)} has {width} x {height} px, {fps:.0f} pictures a second: render 320 x 180 to "
            "1920 x 1080 px, 20 to 60."
        )
        return [*found, Finding("format", said, video.points)]
    frames = round(len(song.master) / release.RATE * fps)
    try:
        seen = lipsync.mouth_opening(islice(pictures, frames), renderer.mouth_box((width, height)))
    except (av.FFmpegError, ValueError) as error:
        raise HallyuError(f"{untrusted.shown(name)} is damaged: render it again.") from error
    if len(seen) < 0.95 * frames:
        said = f"{untrusted.shown(name)} has pictures for {len(seen) / fps:.1f} s of {frames / fps:.1f}: render all of the song."
        return [*found, Finding("length", said, video.points)]
    lips = lipsync.measure(seen, _energy(song, fps, len(seen)), fps)
    if lips.correlation < lipsync.TOGETHER:
        said = (
            f"The mouth that is seen does not sing this song: it follows the voice by {lips.correlation:.2f} "
            f"({lipsync.TOGETHER:g} at least)."
        )
        found.append(Finding("frozen" if seen.std() < 1 else "other mouth", said, 8))
    elif not -EARLY_LIPS <= lips.offset <= LATE_LIPS:
        found.append(Finding("late", f"In the video: {lips}.", 5))
    else:
        found += _follows(song, seen, fps)
    return found


def _follows(song: Release, seen: np.ndarray, fps: float) -> Iterator[Finding]:
    """Whether the mouth that is seen opens as the delivered curves do."""
    times = np.arange(len(seen)) / fps
    curve = np.interp(times, np.arange(len(song.curves.values)) / song.curves.fps, opening(song.curves))
    if curve.std() > 1e-6 and seen.std() > 1e-6:
        alike = float(np.corrcoef(np.sqrt(seen), curve)[0, 1])
        if alike < SAME_MOVE:
            said = f"The video was not rendered from the delivered curves: they correlate with {alike:.2f}."
            yield Finding("other curves", said, 4)


def _soundtrack(song: Release, name: str) -> Iterator[Finding]:
    heard, rate = audio.read(song.folder / name)
    seconds = len(song.master) / release.RATE
    if abs(len(heard) / rate - seconds) > 0.5:
        said = f"{untrusted.shown(name)} sounds for {len(heard) / rate:.1f} s and the master for {seconds:.1f} s."
        yield Finding("sound", said, 4)
        return
    one, two = (
        audio.resample(audio.mono(x), r, 8_000).astype(float)
        for x, r in ((heard, rate), (song.master, release.RATE))
    )
    match = signal.correlate(one, two, method="fft")
    best = int(np.abs(match).argmax())
    alike = float(abs(match[best]) / max(np.sqrt((one @ one) * (two @ two)), 1e-9))
    late = (best - (len(two) - 1)) / 8_000
    if alike < 0.9 or abs(late) > lipsync.LATE:
        said = f"{untrusted.shown(name)} does not play the master (they correlate with {alike:.2f}, {late * 1000:+.0f} ms)."
        yield Finding("sound", said, 4)


@_on_release(10)
def credits(song: Release) -> list[Finding]:
    """Whether the credits name every voice and its right, say what AI did, fit the files, and the master is marked."""
    told, found = song.credits, []
    files = told.get("files")
    if not isinstance(files, dict) or not all(isinstance(x, str) for pair in files.items() for x in pair):
        raise HallyuError(f"{release.CREDITS} lists no files with their SHA-256: write the delivery again.")
    wanted = [
        name for name in song.files if name != release.CREDITS and not name.rpartition("/")[2].startswith(".")
    ]
    changed = [name for name in wanted if files.get(name) != sha256(song.folder / name)]
    if changed:
        said = f"{untrusted.shown(changed[0])} is not the file that {release.CREDITS} lists: write the delivery again."
        found.append(Finding("changed", said, 4))
    found += _voices(song, told.get("voices"))
    found += _told(song, told)
    found += _mark(song, told)
    return found


def _voices(song: Release, voices: object) -> Iterator[Finding]:
    if (
        not isinstance(voices, list)
        or not voices
        or len(voices) > 20
        or not all(isinstance(v, dict) for v in voices)
    ):
        yield Finding(
            "no voice", f"{release.CREDITS} names no voice, or not as the library does.", credits.points
        )
        return
    for voice in voices:
        name = str(voice.get("name", ""))
        if "consent" in voice:
            yield from _consented(song, voice, name)
            continue
        public = PUBLIC_VOICES.get(name)
        if public is None:
            said = f"{untrusted.shown(name)} is no bundled voice, and no consent is with it: ask the person whose voice it is."
            yield Finding("no right", said, 8)
        elif (voice.get("credit"), voice.get("licence")) != (public.credit, public.licence):
            said = (
                f"The credit of {name} is not what its licence asks for: {public.credit} ({public.licence})."
            )
            yield Finding("credit", said, 4)


def _consented(song: Release, voice: dict, name: str) -> Iterator[Finding]:
    record, whole = str(voice["consent"]), voice.get("share") == 1
    try:
        untrusted.read_json(song.folder, record, 20_000)
        given = consent.read(song.folder / record, str(voice.get("signer", "")))
        if given.voice != name:
            raise HallyuError(f"{record} is for the voice of {untrusted.shown(given.voice)}.")
        for use in (*WANTED, *([] if whole else ["blend"])):
            consent.require(given, use, song.score.title, given.starts)
    except HallyuError as error:
        yield Finding("no right", f"{untrusted.shown(name)}: {error}", 8)


def _told(song: Release, told: dict) -> Iterator[Finding]:
    """Whether the disclosure is there, is true, and is what the notice says."""
    data, notice = told.get("disclosure"), told.get("notice")
    if not isinstance(data, dict) or len(str(data)) > 20_000:
        yield Finding(
            "undisclosed", f"{release.CREDITS} does not say what AI did: write the delivery again.", 6
        )
        return
    disclosed = Disclosure.from_dict(data)
    kinds = {tuple(map(type, (part.cut, part.part, part.tool, part.method))) for part in disclosed.ai}
    people = {tuple(map(type, (part.name, part.action, part.times))) for part in disclosed.human}
    odd = kinds - {(int, str, str, str)} or people - {(str, str, int)}
    odd = odd or {part.action for part in disclosed.human} - set(ACTIONS)
    if odd or disclosed.cuts != len(song.stem_names):
        said = f"The disclosure speaks of {disclosed.cuts} stems and there are {len(song.stem_names)}, or it is damaged."
        yield Finding("untrue", said, 6)
        return
    stem = song.stem_names.index(song.voice_name) + 1
    if not any(part.cut == stem and part.tool and part.method for part in disclosed.ai):
        said = "The disclosure does not say that a model sang the voice's stem, with its tool and method."
        yield Finding("undisclosed", said, 6)
    elif not isinstance(notice, dict) or any(notice.get(at) != disclosed.text(at) for at in ("ko", "en")):
        yield Finding(
            "notice", "The notice does not say what the disclosure says: write the delivery again.", 4
        )
    if not disclosed.human:
        yield Finding(
            "unlogged", "The disclosure names no person's work: log what you wrote, composed and mixed.", 2
        )


def _mark(song: Release, told: dict) -> Iterator[Finding]:
    """Whether the class's watermark is in the master, and in the voice's stem, where nothing covers it, the author's number."""
    author = told.get("words_and_music")
    if not isinstance(author, str) or not author.strip():
        yield Finding("no author", f"{release.CREDITS} does not say whose words and music these are.", 4)
        return
    if watermark.detect(song.master, release.RATE, CLASS_KEY) is None:
        yield Finding("no mark", f"{release.MASTER} carries no watermark of the class's key.", 4)
        return
    mark = watermark.detect(song.sound(song.voice_name), release.RATE, CLASS_KEY)
    if mark is None or mark.payload != number_of(author):
        said = f"The watermark in {song.voice_name} is not the number of {untrusted.shown(author)}: whose song is this?"
        yield Finding("other mark", said, 4)


def number_of(author: str) -> int:
    """The number that stands for a name in the watermark: CRC-32 of its UTF-8.

    >>> number_of("나래")
    3392332792
    """
    return zlib.crc32(author.encode())


RELEASE_GRADERS = (release_complete, loudness, stems, melody, words, own_song, face, video, credits)
"""The graders of music-release, 80 points."""
