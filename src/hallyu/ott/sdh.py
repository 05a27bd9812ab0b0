"""Subtitles for the deaf and hard of hearing (청각장애인용 자막): what is said, by whom where nobody sees it, what is heard.

Source: Netflix Timed Text Style Guide, Korean, part II: speakers and sounds in square brackets, only where they cannot be seen;
sounds that matter to the story; songs between two ♪.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hallyu.errors import HallyuError
from hallyu.ott import forced, linebreak, reading
from hallyu.ott import guide as guides
from hallyu.ott.first_snow import Music, Sound
from hallyu.ott.guide import Guide
from hallyu.ott.timedtext import Cue, Track, plain

_GLUE = "·"


@dataclass(frozen=True)
class Made:
    """A track of kind "sdh", and what could not be put into it, one sentence each."""

    track: Track
    left: tuple[str, ...]


def make(
    track: Track,
    seen: Sequence[bool],
    sounds: Sequence[Sound] = (),
    music: Sequence[Music] = (),
    cuts: Sequence[float] = (),
    guide: Guide | None = None,
    by: str = "",
) -> Made:
    """*track* with its speakers where they are not seen, and with what is heard.

    seen: for each cue, whether its speaker's face is in the picture. cuts: seconds of shot changes; after one, a speaker is
    named anew. by: who wrote the sounds. Sounds and songs are put where nobody speaks; a sound under a cue of one line
    stands above it, where both can be read. Raises HallyuError when *seen* has not one value for each cue.
    """
    if len(seen) != len(track.cues):
        raise HallyuError(
            f"There are {len(track.cues)} cues and {len(seen)} values of who is seen; give one for each."
        )
    guide = guide or guides.GUIDES.get(track.language.split("-")[0], guides.ENGLISH)
    named = _named(track, seen, cuts)
    cues = [
        part
        for cue, label in zip(track.cues, named, strict=True)
        for part in _labelled(cue, label, track, guide)
    ]
    left = []
    for cue in [*_songs(music, track, by), *_sounds(sounds, track, by)]:
        cues, why = _placed(cues, cue, track, guide)
        if why:
            left.append(
                f"{' '.join(plain(cue.text).split())} at {track.timecode(cue.start)} is left out: {why}"
            )
    return Made(replace(track, cues=tuple(cues), kind="sdh"), tuple(left))


def _named(track: Track, seen: Sequence[bool], cuts: Sequence[float]) -> list[bool]:
    """Which cues name their speaker: those of whom is not seen, and was not named just before in the same shot."""
    found = []
    for n, cue in enumerate(track.cues):
        before = track.cues[n - 1] if n else None
        goes_on = (
            before is not None and before.speaker == cue.speaker and not seen[n - 1]
            and not any(before.end <= cut + 1 / 24 and cut <= cue.start + 1 / 24 for cut in cuts if cut > before.start)
        )  # fmt: skip
        found.append(bool(cue.speaker) and not seen[n] and not goes_on)
    return found


def _labelled(cue: Cue, label: bool, track: Track, guide: Guide) -> list[Cue]:
    """A cue with its speaker's name, as one cue where that fits, else as several that share its time."""
    if not label or guides.has_dash(cue.text):
        return [cue]
    name, words = f"[{cue.speaker}]", " ".join(plain(cue.text).split())
    whole = linebreak.wrap(f"{name} {words}", track.language, guide.width, guide.lines, guide.halves)
    if whole:
        return [replace(cue, text=whole)]
    # The name and the first word are one, as wide as with a space: a name has no cue for itself.
    texts = linebreak.pieces(f"{name}{_GLUE}{words}", track.language, guide.width, guide.lines, guide.halves)
    texts = [text.replace(_GLUE, " ") for text in texts]
    return shared(cue, texts, track, guide)


def shared(cue: Cue, texts: Sequence[str], track: Track, guide: Guide) -> list[Cue]:
    """Cues of *texts* that share the time of *cue* as they share its characters, with the guide's gap between them."""
    widths = [reading.width(text, guide.halves) for text in texts]
    start, end = track.frame(cue.start), track.frame(cue.end)
    total, edges = sum(widths), [start]
    for width in widths[:-1]:
        edges.append(edges[-1] + round((end - start) * width / total))
    edges.append(end + guide.gap)
    return [
        replace(cue, text=text, start=float(a / track.rate), end=float((b - guide.gap) / track.rate))
        for text, a, b in zip(texts, edges[:-1], edges[1:], strict=True)
    ]


def _sounds(sounds: Sequence[Sound], track: Track, by: str) -> Iterator[Cue]:
    korean = track.language.split("-")[0] == "ko"
    for sound in sounds:
        yield Cue(sound.start, sound.stop, f"[{sound.korean if korean else sound.english}]", by=by)


def _songs(music: Sequence[Music], track: Track, by: str) -> Iterator[Cue]:
    """A piece's name when it begins, and the words that are sung in it."""
    korean = track.language.split("-")[0] == "ko"
    for piece in music:
        title = piece.title if korean else piece.english
        if piece.lyrics:
            for line in piece.lyrics:
                yield Cue(line.start, line.stop, f"♪ {line.text if korean else line.english} ♪", by=by)
            first = min(line.start for line in piece.lyrics)
        else:
            first = piece.stop
        yield Cue(piece.start, min(piece.start + 3, max(first, piece.start + 1)), f"[♪ {title}]", by=by)


def _placed(cues: list[Cue], cue: Cue, track: Track, guide: Guide) -> tuple[list[Cue], str]:
    """*cues* with one more where there is room, and else why there is none."""
    numbers = guides.limits(replace(track, kind="sdh"), guide)
    text = linebreak.wrap(cue.text, track.language, guide.width, guide.lines, guide.halves)
    if text is None:
        return cues, "it does not fit on the lines that there are"
    needed = max(numbers.least, int(-(-reading.width(text, guide.halves) * track.rate // numbers.cps)))
    start, end = track.frame(cue.start), track.frame(cue.end)
    # A sound may stand a little longer than it is heard, so that it can be read.
    wanted = start, min(max(end, start + needed), start + numbers.most)
    rooms = [(a, b) for a, b in forced.free(cues, track, numbers.gap, *wanted) if b - a >= needed]
    if rooms:
        a, b = max(rooms, key=lambda room: room[1] - room[0])
        return [*cues, replace(cue, text=text, start=float(a / track.rate), end=float(b / track.rate))], ""
    for n, other in enumerate(cues):
        if min(other.end, cue.end) <= max(other.start, cue.start) or "\n" in other.text or "\n" in text:
            continue
        both = f"{text}\n{other.text}"
        if track.frame(other.start) < start - numbers.half:
            continue  # it would be read before it is heard
        if guides.has_dash(other.text) or re.fullmatch(r"\[[^\[\]]*\]|♪.*♪", other.text):
            continue
        if reading.width(both, guide.halves) * track.rate <= numbers.cps * (
            track.frame(other.end) - track.frame(other.start)
        ):
            return [*cues[:n], replace(other, text=both), *cues[n + 1 :]], ""
    return cues, "somebody speaks, and both could not be read"
