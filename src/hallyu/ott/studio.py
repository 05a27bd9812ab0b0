"""What the OTT app works with: a film made ready to be worked on, its subtitles as a page sends them, and its stream.

Nothing here belongs to a page; the app in modules/ott holds what is seen. A film of any length is read picture by picture
and second by second, and only what the page shows of it is kept.
"""

import base64
import math
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from hallyu import audio, timecode, video
from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.film import cuts
from hallyu.handover import Report
from hallyu.models import whisper
from hallyu.ott import (
    dossier,
    encode,
    ffmpeg,
    fix,
    guide,
    ladder,
    package,
    pictures,
    player,
    qc,
    reading,
    recognise,
    subtitle_files,
    vmaf,
)
from hallyu.ott.dossier import Likeness, Release, Subtitled
from hallyu.ott.guide import Finding, Guide
from hallyu.ott.recognise import Listened
from hallyu.ott.timedtext import Cue, Track
from hallyu.provenance.disclosure import AIPart
from hallyu.provenance.worklog import Entry

LONGEST = 4 * 3600
"""Seconds of a film that is opened."""
SHORTEST = 0.5
"""Seconds of a film that is opened; in less nobody reads anything."""
HEIGHT = 360
"""Pixels of the copy that the page plays."""
PEAKS = 50
"""Levels of the waveform a second."""
THUMB = 160
"""Pixels across a thumbnail."""
MOST_THUMBS = 240
QUICK = encode.Settings(preset="veryfast", threads=2)
"""How a rung is encoded: a laptop makes a minute of film in about a minute."""
MACHINE = "whisper-base"
"""Who a draft is by, until a person has written over it."""
MEASURED = 120
"""Pictures of a rung whose quality is measured, spread over the film."""
MOST_CUES = 5000
"""Cues that are worked on; two hours of quick talk have 2,000."""
MOST_TEXT = 2000
"""Characters of a cue that a page may send: any more were pasted by mistake."""
LISTENING, LOOKING = 0.03, 0.3
"""Shares of making a film ready that go into its sound and its pictures; the rest goes into the copy."""


# --- the film ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Film:
    """A film that is worked on.

    proxy: a small copy for a browser, of the same rate and length. cuts: seconds at which a new shot begins. sheet: a JPEG
    of *thumbs* pictures, one every *every* seconds, in rows of *columns*. peaks: (n,) uint8, PEAKS a second, the square root
    of the highest sample; empty without sound.
    """

    path: Path
    info: video.Info
    rate: Fraction
    seconds: float
    sound: tuple[audio.Track, ...]
    proxy: Path
    cuts: tuple[float, ...]
    sheet: Path
    every: float
    columns: int
    thumbs: int
    thumb: tuple[int, int]
    peaks: np.ndarray

    @property
    def name(self) -> str:
        """The file's."""
        return self.path.name

    @property
    def waveform(self) -> str:
        """The peaks as base64, for a page."""
        return base64.b64encode(self.peaks.tobytes()).decode()


def opened(
    path: str | Path,
    folder: str | Path,
    tick: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Film:
    """Make the film at *path* ready: its small copy, thumbnails, shot changes and waveform, into the new *folder*.

    tick: told shares from 0 to 1. Raises HallyuError for what is no film, longer than LONGEST, shorter than SHORTEST, or cut
    off; ffmpeg.Stopped where *stop* said so. Then nothing is left of the folder.
    """
    path, folder = Path(path), Path(folder)
    info = _film(path)
    try:
        folder.mkdir(parents=True)
        return _opened(path, info, folder, tick or (lambda share: None), stop)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _opened(
    path: Path, info: video.Info, folder: Path, told: Callable[[float], None], stop: Callable[[], bool] | None
) -> Film:
    sound = tuple(audio.tracks(path)) if info.has_audio else ()
    proxy = folder / "proxy.mp4"
    _copy(path, info, bool(sound), proxy, lambda share: told(share * (1 - LOOKING - LISTENING)), stop)
    made = video.probe(proxy)
    if info.seconds - made.seconds > max(1.0, 0.02 * info.seconds):
        ends, says = (timecode.text(round(each.seconds * info.rate), info.rate) for each in (made, info))
        raise HallyuError(
            f"{path.name} ends at {ends}, and says that it lasts until {says}: it was cut off; copy or export it again."
        )
    seen = _Seen(folder / "thumbs.jpg", made.seconds)
    done = 1 - LOOKING - LISTENING
    found = cuts.find(seen.frames(proxy, lambda share: told(done + share * LOOKING), stop), dissolves=False)
    peaks = (
        _peaks(proxy, made.seconds, lambda share: told(1 - LISTENING + share * LISTENING), stop)
        if sound
        else _NONE
    )
    told(1.0)
    return Film(
        path, info, info.rate, made.seconds, sound, proxy, tuple(float(each.frame / info.rate) for each in found), seen.save(),
        seen.every, seen.columns, len(seen.thumbs), seen.size, peaks,
    )  # fmt: skip


_NONE = np.zeros(0, np.uint8)


def _film(path: Path) -> video.Info:
    """What *path* is, where it is a film that can be worked on."""
    info = video.probe(path)
    if info.still:
        raise HallyuError(f"{path.name} is a still picture: choose a film.")
    if info.seconds > LONGEST:
        raise HallyuError(
            f"{path.name} lasts {info.seconds / 3600:.1f} hours; {LONGEST // 3600} are the most: cut it into parts."
        )
    if info.seconds < SHORTEST:
        raise HallyuError(f"{path.name} lasts {info.seconds:.2f} s; a film lasts {SHORTEST:g} s at least.")
    return info


def _copy(
    path: Path,
    info: video.Info,
    sound: bool,
    proxy: Path,
    tick: Callable[[float], None],
    stop: Callable[[], bool] | None,
) -> None:
    """A copy for a browser: small, and of one rate, so that frame n is shown at n / rate."""
    height = min(HEIGHT, info.height) // 2 * 2
    heard = ["-map", "0:a:0", "-c:a", "aac", "-b:a", "96k", "-ac", "2"] if sound else ["-an"]
    ffmpeg.make(
        proxy,
        [
            "-i", path, "-map", "0:V:0", *heard, "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1",
            "-r", str(info.rate), "-fps_mode", "cfr", "-vf", f"scale=trunc(dar*oh/2)*2:{height}:flags=bilinear,setsar=1",
            "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "superfast", "-crf", "26", "-g", str(round(info.rate)),
            "-movflags", "+faststart", "-f", "mp4",
        ],
        what=path.name, seconds=info.seconds, progress=tick, stop=stop,
    )  # fmt: skip


class _Seen:
    """Pictures on their way through: one of them every *every* seconds is kept for the sheet of thumbnails."""

    def __init__(self, sheet: Path, seconds: float):
        self.sheet, self.seconds = sheet, seconds
        self.every = max(0.5, seconds / MOST_THUMBS)
        self.thumbs: list[np.ndarray] = []
        self.columns, self.size = 1, (THUMB, THUMB)

    def frames(
        self, path: Path, tick: Callable[[float], None], stop: Callable[[], bool] | None
    ) -> Iterator[np.ndarray]:
        """Every picture of *path*, small, as float32 code values."""
        for picture in pictures.read(path, THUMB):
            if stop and stop():
                raise ffmpeg.Stopped(f"{path.name} was stopped; nothing of it was kept.")
            if picture.seconds >= len(self.thumbs) * self.every - 1e-3:
                self.thumbs.append(picture.codes)
            tick(min(1.0, picture.seconds / self.seconds))
            yield picture.codes.astype(np.float32) / 255

    def save(self) -> Path:
        """Write the sheet."""
        height, width = self.thumbs[0].shape[:2]
        self.columns, self.size = max(1, 4000 // width), (width, height)
        rows = math.ceil(len(self.thumbs) / self.columns)
        sheet = np.zeros((rows * height, min(self.columns, len(self.thumbs)) * width, 3), np.uint8)
        for number, thumb in enumerate(self.thumbs):
            row, column = divmod(number, self.columns)
            sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = thumb
        with write_whole(self.sheet) as draft:
            _, data = cv2.imencode(".jpg", sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
            draft.write_bytes(data.tobytes())
        return self.sheet


def _peaks(
    path: Path, seconds: float, tick: Callable[[float], None], stop: Callable[[], bool] | None
) -> np.ndarray:
    """(n,) uint8, PEAKS a second."""
    rate, found = audio.tracks(path)[0].rate, []
    for number, block in enumerate(audio.blocks(path)):
        if stop and stop():
            raise ffmpeg.Stopped(f"{path.name} was stopped; nothing of it was kept.")
        edges = (np.arange(PEAKS) * rate // PEAKS)[: math.ceil(len(block) * PEAKS / rate)]
        found.append(np.maximum.reduceat(np.abs(block).max(1), edges[edges < len(block)]))
        tick(min(1.0, number / seconds))
    levels = np.concatenate(found) if found else np.zeros(0)
    return np.rint(255 * np.sqrt(levels.clip(0, 1))).astype(np.uint8)


# --- subtitles, as a page sends them ----------------------------------------------------------------------------------


def guide_of(language: str) -> Guide:
    """The guide of a language; the English one, which is the common one, where it has none of its own.

    >>> guide_of("ko-KR").width, guide_of("fr").width
    (16, 42)
    """
    return guide.GUIDES.get(language.split("-")[0].lower(), guide.ENGLISH)


def rows(track: Track) -> list[dict]:
    """Cues as a page holds them."""
    return [
        {
            "start": cue.start, "end": cue.end, "text": cue.text, "speaker": cue.speaker, "by": cue.by, "forced": cue.forced,
            "top": cue.top, "align": cue.align,
        }
        for cue in track.cues
    ]  # fmt: skip


def track_of(rows: object, language: str, kind: str, rate: Fraction) -> Track:
    """The track that a page sends: a list of cues as *rows* gives them, in any order.

    Raises HallyuError for what is no such list, for more than MOST_CUES, and for a text longer than MOST_TEXT.

    >>> track_of([{"start": 1, "end": 2.5, "text": "첫눈이다"}], "ko", "subtitles", Fraction(24)).cues[0].seconds
    1.5
    """
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise HallyuError("What the page sent are no subtitles: reload the page.")
    return Track(tuple(_cue(row) for row in few(rows)), language, kind, rate)


def few(cues: Sequence) -> Sequence:
    """*cues*, where they are not too many to be worked on. Raises HallyuError where they are."""
    if len(cues) > MOST_CUES:
        raise HallyuError(
            f"These are {len(cues):,} cues; {MOST_CUES:,} are the most: cut the film into parts."
        )
    return cues


def _cue(row: dict) -> Cue:
    times = [row.get(key) for key in ("start", "end")]
    words = [
        row.get(key, usual) for key, usual in (("text", ""), ("speaker", ""), ("by", ""), ("align", "center"))
    ]
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in times)
    if not numbers or not all(isinstance(each, str) for each in words):
        raise HallyuError("What the page sent are no subtitles: reload the page.")
    longest = max(len(each) for each in words)
    if longest > MOST_TEXT:
        raise HallyuError(f"A cue has {longest:,} characters; {MOST_TEXT:,} are the most: split it.")
    # A browser may send half of a character, which no file can hold.
    text, speaker, by, align = (each.encode("utf-8", "replace").decode() for each in words)
    return Cue(
        *map(float, times),
        text,
        speaker,
        by=by,
        forced=row.get("forced") is True,
        top=row.get("top") is True,
        align=align,
    )


def in_another_language(path: str | Path, rate: Fraction) -> Track:
    """Subtitles in a file, for a film of *rate*; WebVTT and SRT, which seldom say their language, say it in their name.

    Raises HallyuError where neither says it, and as subtitle_files.read does.
    """
    path, track = Path(path), subtitle_files.read(path)
    if track.language == "und":
        named = re.search(r"\.([a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?)$", path.stem)
        if not named:
            raise HallyuError(
                f"{path.name} does not say its language: put it into the name, as in film.en.vtt."
            )
        track = replace(track, language=named[1])
    return replace(track, rate=rate)


@dataclass(frozen=True)
class Counts:
    """What is counted of a cue while it is written. widths: characters of each line. speed: characters a second."""

    widths: tuple[float, ...]
    speed: float


def counts(track: Track, by: Guide) -> list[Counts]:
    """Widths and speeds of all cues; the speed of a cue without time is 0."""
    texts = [cue.text for cue in track.cues]
    _, owners, widths = reading.lines(texts, by.halves)
    lines: list[list[float]] = [[] for _ in texts]
    for owner, width in zip(owners.tolist(), widths.tolist(), strict=True):
        lines[owner].append(width)
    return [
        Counts(tuple(each), sum(each) / cue.seconds if cue.seconds > 0 else 0.0)
        for each, cue in zip(lines, track.cues, strict=True)
    ]


def checked(track: Track, film_cuts: Sequence[float], audience: str) -> list[Finding]:
    """What breaks the guide of the track's language."""
    return guide.check(track, guide_of(track.language), film_cuts, audience)


def draft(
    film: Film,
    script: str,
    language: str,
    tick: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[Listened, Track]:
    """What is heard in *film*, and draft subtitles of it. script: what is said, a line a line; may be empty.

    Raises HallyuError and Stopped as recognise.listen does.
    """
    try:
        heard = recognise.listen(film.path, script.strip() or None, language, tick=tick, stop=stop)
    finally:
        # It takes 330 MB, and what breaks the lines 500 MB: one after the other they stay below 1 GB.
        whisper.recogniser.cache_clear()
    return heard, drafted(heard, film.seconds)


def drafted(heard: Listened, seconds: float) -> Track:
    """Draft subtitles of a film of so many *seconds*, by MACHINE."""
    track = recognise.cues(heard)
    return _within(replace(track, cues=tuple(replace(cue, by=MACHINE) for cue in track.cues)), seconds)


def repaired(
    track: Track, film_cuts: Sequence[float], audience: str, seconds: float | None = None
) -> fix.Fixed:
    """The track repaired by the guide of its language; none of it stands after the end of a film of so many *seconds*."""
    fixed = fix.fix(track, guide_of(track.language), film_cuts, audience)
    return fixed if seconds is None else replace(fixed, track=_within(fixed.track, seconds))


def _within(track: Track, seconds: float) -> Track:
    """Cues that were made longer end with the film."""
    end = float(math.floor(seconds * track.rate + 1e-3) / track.rate)
    return replace(
        track, cues=tuple(replace(cue, end=end) if cue.start < end < cue.end else cue for cue in track.cues)
    )


# --- what goes out ----------------------------------------------------------------------------------------------------


def rungs(info: video.Info) -> list[tuple[int, int]]:
    """Heights and bits a second that a film can be streamed in, the smallest first: those of Apple's table that fit.

    A film that is smaller than all of them is streamed as it is.
    """
    fit: dict[int, int] = {}
    for _, height, bits in ladder.APPLE:
        if height <= info.height:
            fit.setdefault(height, bits)
    return list(fit.items()) or [(info.height // 2 * 2, ladder.APPLE[0][2])]


@dataclass(frozen=True, eq=False)
class Order:
    """What is wanted of a release.

    heights: keys of rungs(). spoken: the language of the sound. ai: what models made, as pairs of a part of the film, such as
    "voices", and the tool; it counts for all shots. report: of quality control, of this film. dossier: whether the mezzanine
    with its credentials and all papers go with the stream. The rest is what hallyu.ott.dossier.Release takes.
    """

    title: str
    heights: tuple[int, ...]
    spoken: str
    subtitles: tuple[Subtitled, ...] = ()
    likenesses: tuple[Likeness, ...] = ()
    ai: tuple[tuple[str, str], ...] = ()
    licence: str = ""
    report: qc.Report | None = None
    speech: tuple[tuple[float, float], ...] = ()
    dossier: bool = True


METHODS = {
    "voices": "text to speech",
    "pictures": "generated or changed by a model",
    "music": "generated by a model",
}
"""How a model made what of a film."""
ENCODED, PACKED = 0.85, 0.95
"""Shares of a release up to which rungs are encoded, and the stream is packed."""


def released(
    film: Film,
    folder: Path,
    order: Order,
    names: Mapping[str, str] | None = None,
    tick: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[Path, Report]:
    """Encode, pack and document *film* as *order* wants it in the new *folder*; gives where the stream is,
    with a page that plays it, and what preflight says.

    names: of languages in the player's menu. Raises HallyuError for what dossier.write refuses: a voice without consent, or
    subtitles that nobody answers for.
    """
    known, told = dict(rungs(film.info)), tick or (lambda share: None)
    heights = sorted(set(order.heights))
    if not heights or not set(heights) <= known.keys():
        raise HallyuError("A stream needs a film in at least one size.")
    called = [each.name for each in order.subtitles]
    twice = next((name for name in called if called.count(name) > 1), "")
    if twice:
        raise HallyuError(f"Two of the subtitles are {twice}: leave one of them out.")
    release = _release(film, order)
    dossier.permitted(release, date.today())
    work = folder.with_name(f"{folder.name}-work")
    try:
        rows = _encoded(
            film, work, [(height, known[height]) for height in heights], order.dossier, told, stop
        )
        heard = [package.Audio(film.path, order.spoken)] if film.sound else []
        stream = work / "stream" if order.dossier else folder / "stream"
        package.write(
            stream, [path for path, _ in rows], heard, [each.track for each in order.subtitles], names=dict(names or {}),
            title=order.title, notices=release.notices, stop=stop,
        )  # fmt: skip
        player.write(stream)
        told(PACKED)
        if not order.dossier:
            _write_subtitles(folder / "subtitles", order.subtitles)
            return stream, _of_stream(order.title, stream)
        order.report.write(work / "qc")
        points = tuple(point for _, point in rows)
        dossier.write(folder, replace(release, ladder=points, qc=work / "qc", stream=stream))
        return folder / dossier.STREAM, dossier.check(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _release(film: Film, order: Order) -> Release:
    """All that the papers are made of, but for what is not made yet."""
    shots = len(film.cuts) + 1
    ai = [
        AIPart(n, part, tool, METHODS.get(part, part)) for part, tool in order.ai for n in range(1, shots + 1)
    ]
    now, log, credits = datetime.now(UTC).isoformat(timespec="seconds"), [], []
    for each in order.subtitles:
        person = each.checked_by or each.by
        done = f"{len(each.track.cues)} cues"
        if each.tool:
            log.append(Entry(now, "tool", each.tool, "generate", each.name, after=done))
        if person:
            log.append(Entry(now, "human", person, "edit" if each.tool else "write", each.name, after=done))
            credits.append(("Translation" if each.source else "Subtitles", person))
    return Release(
        order.title, film.path, shots, film.path.parent, (), order.subtitles, order.likenesses, order.speech, ai, log,
        list(dict.fromkeys(credits)), licence=order.licence,
    )  # fmt: skip


def _encoded(
    film: Film,
    work: Path,
    wanted: Sequence[tuple[int, int]],
    measured: bool,
    tick: Callable[[float], None],
    stop: Callable[[], bool] | None,
) -> list[tuple[Path, ladder.Point]]:
    """A file for each height and its bits a second, and what it is worth, if that is *measured*."""
    steps, rows = len(wanted) * (2 if measured else 1), []
    work.mkdir(parents=True, exist_ok=True)

    def part(number: int) -> Callable[[float], None]:
        # The master is read in each of the steps, which takes about as long for a small rung as for a large one.
        return lambda share: tick(ENCODED * (number + share) / steps)

    for number, (height, bits) in enumerate(wanted):
        path, first = work / f"{height}p.mp4", number * steps // len(wanted)
        size = encode.one(film.path, path, height, bits=bits, settings=QUICK, stop=stop, progress=part(first))
        worth = 0.0
        if measured:
            every = max(1, film.info.length // MEASURED)
            score = vmaf.score(
                path, film.path, every=every, threads=2, neg=False, progress=part(first + 1), stop=stop
            )
            worth = min(100.0, score.mean)
        rows.append((path, ladder.Point(encode.bit_rate(path), worth, *size)))
    return rows


def _write_subtitles(folder: Path, subtitles: Iterable[Subtitled]) -> None:
    for each in subtitles:
        for suffix in (".ttml", ".vtt"):
            subtitle_files.write(folder / f"{each.name}{suffix}", each.track)


def _of_stream(title: str, stream: Path) -> Report:
    """What the check of a stream says, as that of a dossier does."""
    problems = tuple(f"{found.where}: {found.says}" for found in package.check(stream))
    sizes = [path.stat().st_size for path in stream.rglob("*") if path.is_file()]
    measured = {"files": len(sizes), "megabytes": sum(sizes) / 1e6}
    return Report(title, problems, (), measured, dossier.MEASURES)


def pack(folder: Path, archive: Path, stop: Callable[[], bool] | None = None) -> list[tuple[str, int]]:
    """Every file of *folder* in the ZIP *archive*, uncompressed, for films are so already; their names and bytes.

    Raises ffmpeg.Stopped where *stop* said so.
    """
    rows = []
    with write_whole(archive) as draft, zipfile.ZipFile(draft, "w") as packed:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            if stop and stop():
                raise ffmpeg.Stopped(f"{archive.name} was stopped; nothing of it was kept.")
            name = path.relative_to(folder).as_posix()
            packed.write(path, name)
            rows.append((name, path.stat().st_size))
    return rows
