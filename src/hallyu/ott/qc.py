"""Quality control (QC) of a finished film: picture, sound, sync and subtitles in one pass, as one report with codes.

*run* reads pictures and sound side by side, each once and a little at a time, so a film of any length needs the memory of a
short one. What it finds are Defects, each with a code, its timecodes, one sentence and a severity; *Report.write* makes a
page for people (qc.html) and data for programs (qc.json).

Severities. fail: a delivery is sent back. target: what is asked for is missed, within what is let through (dialogue within
2 LU of -27 LKFS is asked for, and 3 LU sent back; a true peak of -2 dBTP is asked for, and -1 sent back). note: for a human.
Sources: Netflix Sound Mix Specifications and Branded Delivery Specifications; ITU-R BS.1770-5, BT.1702-3; EBU R 37, Tech 3342.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np

from hallyu import audio, files, timecode, video
from hallyu.errors import HallyuError
from hallyu.music import mixing
from hallyu.ott import flashes, guide, loudness, picture_qc, pictures, sound_qc, sync
from hallyu.ott.defects import Defect
from hallyu.ott.ffmpeg import Stopped
from hallyu.ott.loudness import Loudness
from hallyu.ott.timedtext import Track

SEVERITIES = ("fail", "target", "note")
STILLS = 40
"""Findings that are shown with a picture, the gravest first."""
SHORT = 1.0
"""Seconds by which pictures may end before the file says so."""
_ROUNDED = 0.1
"""Of a frame, by which files and measurements round their times."""
_WHOLE = ("loudness", "loudness-range", "true-peak", "clipped")
"""Codes whose worst moment is the loudest one."""


@dataclass(frozen=True)
class SoundTrack:
    """A sound track: FFmpeg's name of its codec, hertz, and its channels in order."""

    codec: str
    rate: int
    layout: tuple[str, ...]


@dataclass(frozen=True)
class Programme:
    """What was looked at. bytes and sha256: of the file. seconds, frames: what could be read of it. rate: frames a second.

    width, height: pixels as it is looked at. bits: of a colour channel. sound: its tracks, none for a silent film.
    """

    name: str
    bytes: int
    sha256: str
    seconds: float
    frames: int
    rate: Fraction
    width: int
    height: int
    codec: str
    bits: int
    sound: tuple[SoundTrack, ...]


@dataclass(frozen=True)
class Still:
    """A small picture of the worst moment of a defect. seconds: when it is shown. jpeg: the picture."""

    seconds: float
    jpeg: bytes


@dataclass(frozen=True, eq=False)
class Report:
    """What quality control found. stills: one for each of *defects*, or None.

    loudness: None where there is no sound, or less than 0.4 s. dialogue: its loudness in LKFS and its share of the
    programme; None where nobody said when somebody speaks.
    """

    programme: Programme
    defects: tuple[Defect, ...]
    stills: tuple[Still | None, ...]
    loudness: Loudness | None
    dialogue: tuple[float, float] | None

    @property
    def passed(self) -> bool:
        """True where nothing was found that a delivery is sent back for."""
        return not self.of("fail")

    def of(self, severity: str) -> tuple[Defect, ...]:
        """The defects of a severity."""
        return tuple(defect for defect in self.defects if defect.severity == severity)

    def timecode(self, seconds: float) -> str:
        """The timecode of the frame that is shown at *seconds*, from 00:00:00:00; drop-frame where the rate has it."""
        rate = self.programme.rate
        return timecode.text(max(0, int(seconds * rate + _ROUNDED)), rate)

    def times(self, defect: Defect) -> tuple[str, str]:
        """The timecodes of a defect's first frame and of the frame after its last."""
        rate = self.programme.rate
        start = max(0, int(defect.start * rate + _ROUNDED))
        end = max(start + 1, ceil(defect.end * rate - _ROUNDED))
        return timecode.text(start, rate), timecode.text(end, rate)

    @property
    def target(self) -> tuple[str, float, float] | None:
        """What is judged, "dialogue" or "programme", its loudness and its target, both in LKFS; None without sound."""
        if self.loudness is None:
            return None
        if self.dialogue and self.dialogue[1] > loudness.LITTLE and np.isfinite(self.dialogue[0]):
            return "dialogue", self.dialogue[0], loudness.DIALOGUE
        return "programme", self.loudness.integrated, loudness.PROGRAMME

    def curve(self, window: float = mixing.SHORT_TERM) -> tuple[np.ndarray, np.ndarray]:
        """Loudness over time: (n,) seconds at which each window ends, and (n,) LKFS. 3 s is short-term, 0.4 s momentary."""
        if self.loudness is None:
            return np.zeros(0), np.zeros(0)
        values = self.loudness.curve(window)
        return window + 0.1 * np.arange(len(values)), values

    def __str__(self) -> str:
        """The verdict and every finding, as lines of text."""
        fails, targets, notes = (len(self.of(severity)) for severity in SEVERITIES)
        verdict = "passed" if self.passed else "not passed"
        lines = [
            f"{self.programme.name}: {verdict}; {fails} failed, {targets} target(s) missed, {notes} note(s)."
        ]
        lines += [f"{self.timecode(d.start)}  {d.severity:6}  {d.code}: {d.says}" for d in self.defects]
        return "\n".join(lines)

    def json(self) -> str:
        """The report as JSON: times in seconds and as timecode, loudness in LKFS every tenth of a second."""
        programme = {**vars(self.programme), "rate": str(self.programme.rate)}
        programme["sound"] = [vars(track) for track in self.programme.sound]
        told = {
            "programme": programme,
            "passed": self.passed,
            "loudness": self._measured(),
            "defects": [self._told(*each) for each in zip(self.defects, self.stills, strict=True)],
        }
        return json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False)

    def _told(self, defect: Defect, still: Still | None) -> dict:
        start, end = self.times(defect)
        return {
            "code": defect.code,
            "severity": defect.severity,
            "start": round(defect.start, 4),
            "end": round(defect.end, 4),
            "in": start,
            "out": end,
            "says": defect.says,
            "worst": still and self.timecode(still.seconds),
        }

    def _measured(self) -> dict | None:
        if self.loudness is None:
            return None
        spoken, share = self.dialogue or (float("-inf"), None)
        return {
            "integrated": _finite(self.loudness.integrated),
            "dialogue": _finite(spoken),
            "dialogue_share": share and round(share, 4),
            "true_peak": _finite(self.loudness.true_peak),
            "range": _finite(self.loudness.range),
            "short_term": [_finite(value, 1) for value in self.curve()[1].tolist()],
            "momentary": [_finite(value, 1) for value in self.curve(mixing.BLOCK)[1].tolist()],
        }

    def html(self, language: str = "en", say: Callable[[str], str] = str, signed: str = "") -> str:
        """The report as one page that needs nothing else. As for *write*."""
        from hallyu.ott import qc_report

        return qc_report.page(self, language, say, signed)

    def write(
        self, folder: str | Path, language: str = "en", say: Callable[[str], str] = str, signed: str = ""
    ) -> tuple[Path, Path]:
        """Write qc.html and qc.json into *folder*, each whole or not at all, and return where they are.

        language: of the page. say: turns an English sentence into that language, such as hallyu.ott.korean.korean.
        signed: who looked at the findings and when; without it the page says that nobody has yet.
        Raises HallyuError where they cannot be written.
        """
        made = Path(folder, "qc.html"), Path(folder, "qc.json")
        for path, text in zip(made, (self.html(language, say, signed), self.json() + "\n"), strict=True):
            with files.write_whole(path) as draft:
                draft.write_text(text, encoding="utf-8")
        return made


def run(
    path: str | Path,
    *,
    track: Track | None = None,
    speech: Iterable[tuple[float, float]] | None = None,
    shots: Sequence[float] = (),
    reference: str | Path | None = None,
    sound: int = 0,
    tick: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Report:
    """Look at a film and listen to it, once.

    track: its subtitles, checked against the guide of their language, with *shots*, the seconds at which shots begin.
    speech: (start, end) in seconds in which somebody speaks: loudness is judged by the dialogue. reference: another sound of
    the same film that is in sync, such as its dialogue stem: what is late against it is told. sound: the number of the
    sound track. tick: told shares from 0 to 1. stop: asked with every picture whether to end.
    Raises HallyuError for what is no film, Stopped where *stop* said so. A film that is damaged is reported up to there.
    """
    path = Path(path)
    programme, lasts = _probe(path)
    speech = None if speech is None else sorted((float(start), float(end)) for start, end in speech)
    look, listen = _Look(path), _Listen(path, programme.sound, sound)
    heard = 0.0
    while look.next():
        if stop and stop():
            raise Stopped(f"{path.name} was stopped; nothing of it was kept.")
        while heard <= look.seconds and listen.next():
            heard = listen.seconds
        if tick and lasts:
            tick(min(look.seconds / lasts, 1.0) * 0.98)
    while listen.next():
        if stop and stop():
            raise Stopped(f"{path.name} was stopped; nothing of it was kept.")
    if not look.times:
        raise HallyuError(look.damage[0].says)
    end = look.end(programme.rate)
    programme = replace(programme, seconds=end, frames=len(look.times))
    found = [*look.result(), *listen.result(end)]
    if not look.damage and end < lasts - SHORT:
        says = (
            f"The picture ends after {end:.1f} s, and the file says {lasts:.1f} s: copy or export it again."
        )
        found.append(Defect("damaged", end, lasts, says))
    measured = listen.measured()
    if measured is not None:
        found += loudness.check(measured, speech)
    found += _sync(look, listen, reference)
    found += _subtitles(track, shots, programme)
    found.sort(key=lambda defect: (defect.start, SEVERITIES.index(defect.severity), defect.code))
    stills = _stills(path, found, look, measured)
    if tick:
        tick(1.0)
    dialogue = measured.dialogue(speech) if measured is not None and speech is not None else None
    return Report(programme, tuple(found), stills, measured, dialogue)


def _probe(path: Path) -> tuple[Programme, float]:
    """What the film is, and how many seconds it says that it lasts."""
    info = video.probe(path)
    if info.still:
        raise HallyuError(f"{path.name} is a single picture: quality control is for a film.")
    with audio._film(path) as container:
        sounds = tuple(
            SoundTrack(stream.codec_context.name, track.rate, track.layout)
            for stream, track in zip(container.streams.audio, audio.tracks(path), strict=True)
        )
    programme = Programme(
        path.name, path.stat().st_size, files.sha256(path), info.seconds, info.length, info.rate, info.width, info.height,
        info.codec, info.bits, sounds,
    )  # fmt: skip
    return programme, info.seconds


class _Look:
    """The pictures, one by one, through every detector; what is kept of each is a few numbers."""

    def __init__(self, path: Path):
        self._pictures = pictures.read(path)
        self._detectors = (picture_qc.Detector(), flashes.Detector())
        self.times: list[float] = []
        self.bright: list[float] = []
        self.red: list[float] = []
        self.damage: list[Defect] = []

    @property
    def seconds(self) -> float:
        return self.times[-1] if self.times else 0.0

    def next(self) -> bool:
        """Take the next picture; False when there is none."""
        import cv2

        code = "damaged"
        try:
            picture = next(self._pictures, None)
            if picture is None:
                return False
            code = "picture-size"
            for detector in self._detectors:
                detector.add(picture)
        except HallyuError as error:
            self.damage.append(Defect(code, self.seconds, self.seconds, str(error)))
            return False
        red, green, blue, _ = cv2.mean(picture.codes)
        self.times.append(picture.seconds)
        self.bright.append((red + green + blue) / 765)
        self.red.append(red - (green + blue) / 2)
        return True

    def end(self, rate: Fraction) -> float:
        """When the last picture ends."""
        length = float(np.median(np.diff(self.times))) if len(self.times) > 1 else float(1 / rate)
        return self.times[-1] + length

    def result(self) -> list[Defect]:
        return [defect for detector in self._detectors for defect in detector.result()] + self.damage


class _Listen:
    """The sound, second by second, through every detector."""

    def __init__(self, path: Path, tracks: Sequence[SoundTrack], number: int):
        self.level = None
        self._name, self._rate, self._count = path.name, 1, 0
        self._blocks, self._parts = iter(()), ()
        self._damage: list[Defect] = []
        if not tracks:
            return
        self._blocks = audio.blocks(path, number)
        if not 0 <= number < len(tracks):
            next(self._blocks)  # which says so
        self._rate, layout = tracks[number].rate, tracks[number].layout
        self._meter, self._detector = (
            loudness.Meter(self._rate, layout),
            sound_qc.Detector(self._rate, layout),
        )
        self.level = sync.Levels(self._rate, sync.FINE)
        self._parts = self._meter, self._detector, self.level

    @property
    def seconds(self) -> float:
        return self._count / self._rate

    def next(self) -> bool:
        """Take the next second; False when there is none."""
        try:
            block = next(self._blocks, None)
            if block is None:
                return False
            for part in self._parts:
                part.add(block)
        except HallyuError as error:
            self._damage.append(Defect("damaged", self.seconds, self.seconds, str(error)))
            self._blocks = iter(())
            return False
        self._count += len(block)
        return True

    def result(self, seconds: float) -> list[Defect]:
        if not self._parts:
            return [
                Defect("no-sound", 0.0, seconds, f"{self._name} has no sound at all: put its sound track in.")
            ]
        return self._detector.result(seconds) + self._damage

    def measured(self) -> Loudness | None:
        """The loudness; None where there is no sound to speak of."""
        return self._meter.result() if self._parts and self._count >= mixing.BLOCK * self._rate else None


def _sync(look: _Look, listen: _Listen, reference: str | Path | None) -> list[Defect]:
    """Whether sound and picture are together: by a reference, or by a leader's flashes and beeps."""
    if listen.level is None:
        return []
    level = listen.level.result()
    if reference is not None:
        return sync.check(sync.against(level, sync.levels(reference)))
    return sync.check(sync.leader(np.array(look.times), np.array(look.bright), level))


def _subtitles(track: Track | None, shots: Sequence[float], programme: Programme) -> list[Defect]:
    """What the guide of the track's language says, at the rate of the film."""
    if track is None:
        return []
    found, end = [], programme.seconds
    for number, cue in enumerate(track.cues, 1):
        if cue.end > end + 1 / programme.rate:
            says = f"Cue {number} ends {cue.end - end:.1f} s after the film: check which cut the subtitles are for."
            found.append(Defect("subtitle-after-end", min(cue.start, end), cue.end, says))
    rules = guide.GUIDES.get(track.language.split("-")[0].lower())
    if rules is None:
        says = (
            f"There is no guide here for subtitles in {track.language}: let somebody who reads it check them."
        )
        return [*found, Defect("subtitle-language", 0.0, end, says, False)]
    for finding in guide.check(replace(track, rate=programme.rate), rules, shots):
        cue = track.cues[finding.cue]
        found.append(Defect(finding.code, cue.start, cue.end, finding.says, finding.rule.severity == "error"))
    return found


def _stills(
    path: Path, found: Sequence[Defect], look: _Look, measured: Loudness | None
) -> tuple[Still | None, ...]:
    """A picture for each of the gravest defects, at its worst moment."""
    import cv2

    order = sorted(range(len(found)), key=lambda n: SEVERITIES.index(found[n].severity))[:STILLS]
    worst = {n: _worst(found[n], look, measured) for n in order}
    shown = pictures.at(path, worst.values())
    made: list[Still | None] = [None] * len(found)
    for n, seconds in worst.items():
        if seconds in shown:
            codes = shown[seconds].codes[..., ::-1]
            made[n] = Still(seconds, cv2.imencode(".jpg", codes, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())
    return tuple(made)


def _worst(defect: Defect, look: _Look, measured: Loudness | None) -> float:
    """Seconds of the picture in which a defect is seen best, or during which it is heard most."""
    times = np.array(look.times)
    first, last = np.searchsorted(times, [defect.start - 1e-3, defect.end - 1e-3])
    first = min(int(first), len(times) - 1)
    last = max(int(last), first + 1)
    if defect.code in _WHOLE and measured is not None:
        part = measured.peaks if defect.code in ("true-peak", "clipped") else measured.power
        begin = min(int(defect.start / loudness.STEP), len(part) - 1)
        moment = (
            begin + int(part[begin : max(begin + 1, int(defect.end / loudness.STEP))].argmax())
        ) * loudness.STEP
        return float(times[max(0, int(np.searchsorted(times, moment, "right")) - 1)])
    curves = {"flash": look.bright, "red-flash": look.red, "letterbox": look.bright, "pillarbox": look.bright}
    curve = curves.get(defect.code)
    return float(times[first + int(np.argmax(curve[first:last]))] if curve else times[first])


def _finite(value: float, digits: int = 2) -> float | None:
    return round(value, digits) if np.isfinite(value) and value > -100 else None
