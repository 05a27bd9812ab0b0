"""Grading the streams of a release: rungs that are worth their bits, manifests that tell the truth, subtitles and a second mix.

Each rung is joined from its segments and measured beside the learner's own mezzanine, where that is the film. See
hallyu.grading.artefacts_delivery.
"""

import tempfile
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from hallyu import video
from hallyu.grading import conformed, streamed, untrusted
from hallyu.grading.artefacts_film import graded
from hallyu.grading.delivered import (
    LANGUAGES,
    MOST_FRAMES,
    MOST_TEXT,
    RATE,
    SIZE,
    Delivery,
    Rung,
    loudness_findings,
    mix_findings,
    on_delivery,
    timecode,
)
from hallyu.grading.findings import Finding
from hallyu.ott import guide, ladder, subtitle_files, vmaf
from hallyu.ott.timedtext import Cue, Track

LADDER = "ladder.csv"
LESS = 3.5
"""dB by which the second mix has less of music and effects than the first."""
STEPS, RUNGS = (3.0, 16.0), (3, 8)
"""VMAF between two rungs, and how many there are. Half of what an eye tells apart is not worth a rung."""
TOP = 85.0
"""VMAF of the best rung at least."""
SAVED = (10.0, 0.0)
"""Per cent of bits saved beside the fixed ladder at equal quality: every point from the first, none at the second."""
NEAR = (0.05, 1.5)
"""Share of bits, and VMAF, by which ladder.csv may differ from what the stream measures."""
IN = 3
"""Frames by which a cue may begin or end beside the subtitles that are meant."""


@on_delivery(10)
def rungs(delivery: Delivery) -> Iterable[Finding]:
    """Whether the rungs are steps that an eye can tell apart, each worth what it seems, and ladder.csv tells the truth."""
    delivery.require_right()
    points, found = rungs.points, delivery.rungs()
    sharp = [rung for rung in found if rung.vmaf - rung.neg > vmaf.ENHANCED]
    if sharp:
        said = (
            f"{sharp[0].says} has {sharp[0].neg:.1f} by NEG: it was sharpened, which VMAF takes for quality."
        )
        yield Finding("sharpened", said, points)
    if len({rung.content for rung in found}) < len(found):
        yield Finding("twins", "Two rungs are one and the same file.", points)
    short = [rung for rung in found if rung.frames != len(delivery.meant)]
    if short:
        yield Finding(
            "length",
            f"{short[0].says} has {short[0].frames} frames, and the film {len(delivery.meant)}.",
            points,
        )
    if not RUNGS[0] <= len(found) <= RUNGS[1]:
        yield Finding(
            "count", f"The ladder has {len(found)} rungs; {RUNGS[0]} to {RUNGS[1]} are of use here.", 5
        )
    for lower, higher in pairwise(found):
        step = higher.vmaf - lower.vmaf
        if not STEPS[0] <= step <= STEPS[1]:
            said = f"From {lower.says} to {higher.says} is a step of {step:.1f} VMAF; {STEPS[0]:g} to {STEPS[1]:g} are steps."
            yield Finding("step", said, 2.5)
    if found[-1].vmaf < TOP:
        yield Finding("top", f"The best rung, {found[-1].says}, is below VMAF {TOP:g}.", 3)
    if found[0].vmaf < ladder.FLOOR:
        yield Finding("floor", f"{found[0].says} is below VMAF {ladder.FLOOR:g}: nobody wants to see it.", 2)
    if max(rung.track.size[1] for rung in found) > SIZE[1]:
        yield Finding("larger", "A rung is larger than the mezzanine: that adds bits and shows nothing.", 3)
    yield from _told(delivery, found)


def _told(delivery: Delivery, found: list[Rung]) -> Iterator[Finding]:
    """Whether ladder.csv has the stream's rungs, at the bits and the VMAF that they measure."""
    untrusted.read_text(delivery.folder, LADDER, 20_000)
    points = sorted(ladder.read(delivery.folder / LADDER), key=lambda point: point.bits)
    if [(point.width, point.height) for point in points] != [rung.track.size for rung in found]:
        yield Finding(
            "other ladder",
            f"{LADDER} has other rungs than the stream: package the rungs that were chosen.",
            4,
        )
        return
    for point, rung in zip(points, found, strict=True):
        off = abs(point.bits - rung.real.mean) / rung.real.mean, abs(point.vmaf - rung.vmaf)
        if off[0] > NEAR[0] + 4000 / rung.real.mean or off[1] > NEAR[1]:
            yield Finding("untrue", f"{LADDER} says {point.says}; measured is {rung.says}.", 2)


@on_delivery(5)
def saving(delivery: Delivery) -> Iterable[Finding]:
    """Whether the ladder needs fewer bits than the service's fixed one for what it is worth by VMAF NEG."""
    delivery.require_right()
    points = [ladder.Point(r.real.mean, min(max(r.neg, 0), 100), *r.track.size) for r in delivery.rungs()]
    saved = ladder.saving(delivery.fixed(), points)
    if saved.share < 0.4:
        said = f"Both ladders share {saved.share:.0%} of their qualities: choose rungs from low to high."
        yield Finding("apart", said, saving.points)
    elif lost := graded(-saved.percent, (-SAVED[0], -SAVED[1]), saving.points):
        yield Finding(
            "dear",
            f"The ladder needs {saved.says} than the fixed one; {SAVED[0]:g} % fewer are asked for.",
            lost,
        )


@on_delivery(5)
def stream(delivery: Delivery) -> Iterable[Finding]:
    """Whether both manifests list the same segments and say what these hold, and all rungs are cut at the same times."""
    hls, dash = delivery.hls, streamed.dash(delivery.stream)
    real = {
        track: streamed.measured(delivery.stream, track) for track in (*hls, *dash) if track.kind != "text"
    }
    sounds = [measure.peak for track, measure in real.items() if track.kind == "audio" and track in hls]
    pictures = [measure for track, measure in real.items() if track.kind == "video"]
    told = [
        each
        for track, measure in real.items()
        for each in streamed.contradictions(delivery.stream, track, measure)
    ]
    for track, measure in real.items():
        if track.kind == "video":
            with_sound = max(sounds, default=0.0) if track in hls else 0.0
            told += filter(None, [streamed.overstated(track, measure.peak + with_sound)])
            if track.size != _pixels(delivery, track):
                told.append(
                    (
                        "size",
                        f"{track.manifest}, {track.name}: its pictures are not {track.size[0]}x{track.size[1]}.",
                    )
                )
    for code in dict.fromkeys(code for code, _ in told):
        yield Finding(code, next(said for other, said in told if other == code), 2.5)
    first = pictures[0].starts if pictures else ()
    if any(
        len(each.starts) != len(first) or np.abs(np.subtract(each.starts, first)).max() > streamed.LATE
        for each in pictures
    ):
        yield Finding(
            "aligned", "The rungs are cut at different times: a player cannot change between them.", 2.5
        )
    for kind in ("video", "audio"):
        if {t.segments for t in hls if t.kind == kind} != {t.segments for t in dash if t.kind == kind}:
            yield Finding(
                "two streams", f"{streamed.HLS} and {streamed.DASH} list other {kind} than each other.", 2.5
            )


def _pixels(delivery: Delivery, track: streamed.Track) -> tuple[int, int]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rung.mp4"
        path.write_bytes(delivery.joined(track))
        about = video.probe(path)
    return about.width, about.height


@on_delivery(5)
def tracks(delivery: Delivery) -> Iterable[Finding]:
    """Whether subtitles in both languages are in the stream, timed to the voices, and a second mix with clearer words."""
    dash = streamed.dash(delivery.stream)
    for language in LANGUAGES:
        meant = delivery.track(language)
        files = {f"subtitles/{language}-subtitles.ttml": _cues(delivery, language)}
        for name, listed in ((streamed.HLS, delivery.hls), (streamed.DASH, dash)):
            own = [
                each for each in listed if each.kind == "text" and each.language.lower().startswith(language)
            ]
            files[name] = streamed.cues(delivery.stream, own[0]) if own else []
        for name, cues in files.items():
            if said := _other_cues(cues, meant):
                yield Finding(
                    f"subtitles {language}",
                    f"{name}: the {guide.GUIDES[language].language} subtitles {said}",
                    2,
                )
                break
    sounds = delivery.listed("audio")
    if len(sounds) < 2 or sum(each.kind == "audio" for each in dash) < 2:
        yield Finding("one mix", "The stream has no second mix: add one in which the words are clearer.", 3)
        return
    length = MOST_FRAMES / RATE
    heard = [conformed.sound(delivery.joined(track), length, track.name) for track in sounds[:2]]
    for track, sound in zip(sounds, heard, strict=False):
        wrong = [
            *mix_findings(delivery, sound, track.name, 5),
            *loudness_findings(delivery, sound, track.name, 3, 2),
        ]
        yield from (Finding(each.code, each.message, min(each.points, 3)) for each in wrong[:1])
    one, other = (delivery.unmixed(sound) for sound in heard)
    less = (one.level(1) - one.level(0)) - (other.level(1) - other.level(0))
    if less < LESS:
        said = f"The second mix has music and effects {less:.1f} dB lower beside the dialogue; {LESS:g} at least is clearer."
        yield Finding("same mix", said, 3)


def _cues(delivery: Delivery, language: str) -> list[Cue]:
    text = untrusted.read_text(delivery.folder, f"subtitles/{language}-subtitles.ttml", MOST_TEXT)
    return list(subtitle_files.read(text.encode()).cues)


def _other_cues(cues: list[Cue], meant: Track) -> str:
    """In which way cues are not those that are meant; "" where they are."""
    if len(cues) != len(meant.cues):
        return f"have {len(cues)} cues, and the film's {len(meant.cues)}."
    for cue, right in zip(cues, meant.cues, strict=True):
        if "".join(cue.text.split()) != "".join(right.text.split()):
            return f"say something else at {timecode(round(right.start * RATE))} than they were given."
        away = [round((a - b) * RATE) for a, b in ((cue.start, right.start), (cue.end, right.end))]
        if max(map(abs, away)) > IN:
            side = "begins" if abs(away[0]) > IN else "ends"
            off = away[0] if side == "begins" else away[1]
            return f"are not in time: the cue at {timecode(round(cue.start * RATE))} {side} {off:+d} frames from where it does."
    return ""
