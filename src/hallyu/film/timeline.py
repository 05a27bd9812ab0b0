"""The edit of a film as other programs open it: OpenTimelineIO, CMX 3600 edit lists and AAF, and what each one loses.

A Timeline here is plain: tracks of clips and gaps, in whole frames. *write* and *read* choose the format by the file's
ending: .otio keeps everything; .edl is text that every editing system has read since the 1970s, one picture track and
four of sound; .aaf is Avid's. *lost* names what did not come back.
"""

import contextlib
import hashlib
import io
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from hallyu import timecode
from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.film import names

FORMATS = (".otio", ".edl", ".aaf")
COLOURS = ("RED", "GREEN", "BLUE", "CYAN", "MAGENTA", "YELLOW", "BLACK", "WHITE", "PINK", "ORANGE", "PURPLE")
"""Colours of markers that editing systems share."""
MOST_EVENTS = 999
"""Events in a CMX 3600 list: its numbers have three digits."""
SOUND_TRACKS = 4
"""Sound tracks of a CMX 3600 list: A, A2, A3 and A4."""


@dataclass(frozen=True)
class Marker:
    """A note on a frame of a clip's source, counted from the source's frame 0."""

    frame: int
    name: str
    colour: str = "RED"
    comment: str = ""


@dataclass(frozen=True)
class Clip:
    """A piece of a source. source: its file. first, last: frames of it, *last* not included, counted from 0.

    start: the source's own timecode at its frame 0. available: the frames that there are, so the handles are what lies
    outside first to last; None where it is not known. speed: 2 plays twice as fast. dissolve: frames over which the clip
    before goes on while this one comes up. effects: names of what was done to it in the edit.
    """

    name: str
    source: str
    first: int
    last: int
    start: str = "00:00:00:00"
    available: tuple[int, int] | None = None
    speed: float = 1.0
    dissolve: int = 0
    effects: tuple[str, ...] = ()
    markers: tuple[Marker, ...] = ()

    def __post_init__(self):
        if self.last <= self.first or self.speed <= 0:
            raise HallyuError(
                f"The clip {self.name} goes from frame {self.first} to {self.last} at speed {self.speed:g}: it has to last, "
                "and play forwards."
            )

    @property
    def length(self) -> int:
        """Frames that it takes in the edit."""
        return max(1, round((self.last - self.first) / self.speed))


@dataclass(frozen=True)
class Gap:
    """Nothing, for *length* frames."""

    length: int


@dataclass(frozen=True)
class Track:
    """Clips and gaps one after another. kind: "video" or "audio"."""

    items: tuple[Clip | Gap, ...]
    kind: str = "video"
    name: str = ""

    def placed(self) -> Iterator[tuple[int, Clip]]:
        """Every clip with the frame of the edit where it begins."""
        place = 0
        for item in self.items:
            if isinstance(item, Clip):
                yield place, item
            place += item.length

    @property
    def length(self) -> int:
        """Frames."""
        return sum(item.length for item in self.items)


@dataclass(frozen=True)
class Timeline:
    """An edit. start: the timecode of its first frame. markers: on the whole edit, counted from its first frame."""

    name: str
    rate: Fraction
    tracks: tuple[Track, ...]
    start: str = "01:00:00:00"
    markers: tuple[Marker, ...] = ()

    @property
    def length(self) -> int:
        """Frames of the longest track."""
        return max((track.length for track in self.tracks), default=0)


@dataclass(frozen=True)
class Finding:
    """Something that a format lost or changed. kind: what it was. where: the clip and its timecode, or the edit."""

    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def assemble(
    name: str,
    rate: float | Fraction,
    cuts: Sequence[tuple[str, int, int]],
    sound: str = "",
    lengths: Mapping[str, int] | None = None,
    start: str = "01:00:00:00",
) -> Timeline:
    """An edit from a list of (source, first, last): frames of the source, the last one not included.

    hallyu.film.switcher's Edit is (edit.source, edit.source_in, edit.source_out) here.
    sound: a source that runs under the whole edit from its first frame. lengths: frames of each source, for handles.
    """
    lengths = lengths or {}
    clip = lambda n, source, first, last: Clip(
        f"{Path(source).stem}_{n:03}", source, first, last, available=(0, lengths[source]) if source in lengths else None
    )  # fmt: skip
    picture = Track(tuple(clip(n, *cut) for n, cut in enumerate(cuts, 1)), "video", "V1")
    tracks = [picture]
    if sound:
        tracks.append(Track((clip(1, sound, 0, picture.length),), "audio", "A1"))
    return Timeline(name, timecode.exact(rate), tuple(tracks), start)


def write(path: str | Path, timeline: Timeline) -> None:
    """Write the edit as .otio, .edl or .aaf. What the format cannot hold is left out: read it again and ask *lost*.

    Raises HallyuError for another ending, an edit without clips, a dissolve that its clips are too short for, and an EDL
    of more than MOST_EVENTS events.
    """
    path = Path(path)
    kind = _format(path)
    _check(timeline)
    if kind == ".edl":
        text = to_edl(timeline)
        with write_whole(path) as draft:
            draft.write_text(text, encoding="ascii", newline="\r\n")
        return
    import opentimelineio as otio

    built = _to_otio(timeline, for_aaf=kind == ".aaf")
    with write_whole(path) as draft, _quietly():
        try:
            otio.adapters.write_to_file(built, str(draft))
        except (otio.exceptions.OTIOError, ValueError, TypeError, KeyError) as error:
            raise HallyuError(f"{path.name} could not be written as {kind[1:].upper()} ({error}).") from error


def read(path: str | Path, rate: float | Fraction | None = None) -> Timeline:
    """The edit in a file. rate: frames a second; an EDL does not say it, the others do.

    Raises HallyuError for what is missing, no edit, or has what a Timeline cannot hold.
    """
    path = Path(path)
    kind = _format(path)
    if not path.is_file():
        raise HallyuError(f"There is no file {path}: check the name and the folder.")
    if kind == ".edl":
        if rate is None:
            raise HallyuError(
                f"{path.name}: an EDL does not say how many frames a second it counts; give the rate."
            )
        return from_edl(path.read_text(encoding="utf-8", errors="replace"), rate, path.stem)
    import opentimelineio as otio

    if kind == ".otio":
        _require_whole(path)
    try:
        with _quietly():
            found = otio.adapters.read_from_file(str(path))
        if isinstance(found, otio.schema.Timeline):
            return _from_otio(found)
    except HallyuError:
        raise
    except (
        Exception
    ) as error:  # the adapters raise whatever their parsers raise, and keep what they do not know
        raise HallyuError(f"{path.name} cannot be read as {kind[1:].upper()}: export it again.") from error
    raise HallyuError(f"{path.name} holds no timeline, but a {type(found).__name__}: export the whole edit.")


def _require_whole(path: Path) -> None:
    """Raise HallyuError unless tracks and their items are there: the library ends the whole program without them."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        schema = str(found["OTIO_SCHEMA"]).partition(".")[0]
        rows = found["tracks"]["children"] if schema == "Timeline" else []
        whole = all(isinstance(item, dict) for row in rows for item in row["children"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise HallyuError(f"{path.name} cannot be read as OTIO: export it again.") from error
    if schema != "Timeline":
        raise HallyuError(f"{path.name} holds no timeline, but a {schema}: export the whole edit.")
    if not whole:
        raise HallyuError(f"{path.name} cannot be read as OTIO: export it again.")


def _format(path: Path) -> str:
    if path.suffix.lower() not in FORMATS:
        raise HallyuError(f"{path.name}: an edit is a file that ends in {', '.join(FORMATS)}.")
    return path.suffix.lower()


def _check(timeline: Timeline) -> None:
    if not any(isinstance(item, Clip) for track in timeline.tracks for item in track.items):
        raise HallyuError(f"The edit {timeline.name} has no clip: put at least one in.")
    for track in timeline.tracks:
        if track.kind not in ("video", "audio"):
            raise HallyuError(f"A track is video or audio, not “{track.kind}”.")
        before = None
        for item in track.items:
            if isinstance(item, Clip) and item.dissolve:
                _check_dissolve(before, item)
            before = item


def _check_dissolve(before: Clip | Gap | None, clip: Clip) -> None:
    if not isinstance(before, Clip):
        raise HallyuError(
            f"{clip.name} dissolves from nothing: put a clip before it, or take the dissolve out."
        )
    needed = before.last + round(clip.dissolve * before.speed)
    if (
        clip.dissolve < 0
        or clip.dissolve > clip.length
        or (before.available and needed > before.available[1])
    ):
        raise HallyuError(
            f"The dissolve into {clip.name} takes {clip.dissolve} frames, more than the clips have: shorten it."
        )


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """The adapters print and log what they do not know; *lost* says it better."""
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)


# CMX 3600 ------------------------------------------------------------------------------------------------------------


def to_edl(timeline: Timeline) -> str:
    """The edit as a CMX 3600 list: the first picture track and up to four sound tracks, names in plain letters.

    Each event: number, reel, channel, cut (C) or dissolve (D and its frames), then source in and out, record in and out.
    A clip at another speed has a line M2 with its frames a second, to a tenth. Everything else is comments, after a star.
    """
    rate, begin = timeline.rate, timecode.parse(timeline.start, timeline.rate)
    drop = timeline.start[8] != ":"
    at = lambda frame: timecode.text(frame, rate, drop)
    reels = _reels(timeline)
    lines = [
        f"TITLE: {_ascii(timeline.name)}",
        f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}",
        "",
    ]
    number = 0
    for track, channel in _edl_tracks(timeline):
        before: Clip | None = None
        for place, clip in track.placed():
            number += 1
            offset = timecode.parse(clip.start, rate)
            source_drop = clip.start[8] != ":"
            of = lambda frame, offset=offset, drop=source_drop: timecode.text(offset + frame, rate, drop)
            record = f"{at(begin + place)} {at(begin + place + clip.length)}"
            reel = reels[clip.source]
            if clip.dissolve:
                end, old = before.last, timecode.parse(before.start, rate)
                still = timecode.text(old + end, rate, before.start[8] != ":")
                here = at(begin + place)
                lines.append(
                    _event(number, reels[before.source], channel, "C", f"{still} {still} {here} {here}")
                )
                turn = f"D    {clip.dissolve:03}"
            else:
                turn = "C"
            lines.append(_event(number, reel, channel, turn, f"{of(clip.first)} {of(clip.last)} {record}"))
            if clip.speed != 1:
                lines.append(
                    f"M2   {reel:<8}       {clip.speed * timecode.nominal(rate):05.1f}                {of(clip.first)}"
                )
            if clip.dissolve:
                lines.append("* EFFECT NAME: CROSS DISSOLVE")
                lines.append(f"* FROM CLIP NAME:  {_ascii(before.name)}")
            lines.append(f"* {'TO' if clip.dissolve else 'FROM'} CLIP NAME:  {_ascii(clip.name)}")
            lines.append(f"* SOURCE FILE:  {_ascii(clip.source)}")
            lines += [f"* LOC: {of(m.frame)} {m.colour:<7} {_ascii(m.name)}" for m in clip.markers]
            before = clip
    if number > MOST_EVENTS:
        raise HallyuError(f"The edit has {number} events, and an EDL holds {MOST_EVENTS}: cut it into reels.")
    return "\n".join(lines) + "\n"


def _event(number: int, reel: str, channel: str, turn: str, times: str) -> str:
    return f"{number:03}  {reel:<8} {channel:<5} {turn:<8} {times}"


def _edl_tracks(timeline: Timeline) -> list[tuple[Track, str]]:
    picture = [track for track in timeline.tracks if track.kind == "video"][:1]
    sound = [track for track in timeline.tracks if track.kind == "audio"][:SOUND_TRACKS]
    return [(track, "V") for track in picture] + [
        (track, "A" if n == 1 else f"A{n}") for n, track in enumerate(sound, 1)
    ]


def _reels(timeline: Timeline) -> dict[str, str]:
    """A reel name of eight letters and digits for each source, no two alike."""
    reels: dict[str, str] = {}
    for track in timeline.tracks:
        for _, clip in track.placed():
            if clip.source in reels:
                continue
            plain = re.sub(r"[^A-Z0-9]", "", names.legal(Path(clip.source).stem).upper()) or "REEL"
            reel, count = plain[:8], 1
            while reel in reels.values():
                count += 1
                reel = f"{plain[: 8 - len(str(count))]}{count}"
            reels[clip.source] = reel
    return reels


def _ascii(text: str) -> str:
    """In one line of plain letters, as old systems want it; Korean romanised."""
    flat = " ".join(text.split())
    return flat if flat.isascii() else names.legal(flat)


_EVENT = re.compile(
    r"(?P<number>\d{1,6})\s+(?P<reel>\S+)\s+(?P<channel>\S+)\s+(?P<turn>[CDWK]\w*)\s+(?:(?P<frames>\d{1,4})\s+)?"
    r"(?P<times>(?:\d\d:\d\d:\d\d[:;.]\d\d\s*){4})$"
)


@dataclass
class _Event:
    """An event as it is gathered from the lines of a list. times: source in and out, record in and out, in frames."""

    channel: str
    times: list[int]
    start: str
    reel: str
    dissolve: int
    notes: dict[str, str] = field(default_factory=dict)
    speed: float = 1.0
    markers: list[Marker] = field(default_factory=list)


def from_edl(text: str, rate: float | Fraction, name: str = "") -> Timeline:
    """The edit in the text of a CMX 3600 list. Sources have their timecode as their frame number.

    Raises HallyuError for a line that looks like an event and is none, wipes and keys, and reversed or frozen clips.
    """
    rate = timecode.exact(rate)
    events: list[_Event] = []
    current: list[_Event] = []  # of the last event's line: one for each of its channels
    drop = False
    for number, line in enumerate(text.replace("\x00", "").splitlines(), 1):
        line = line.strip()
        if line.startswith("TITLE:"):
            name = line[6:].strip() or name
        elif line.startswith("FCM:"):
            drop = "NON" not in line
        elif re.match(r"\d{3,6}\s", line):
            current = _parse_event(line, number, rate)
            events += current
        elif line.startswith("M2"):
            for event in current:
                event.speed = _parse_speed(line, number, rate)
        elif line.startswith("*"):
            for event in current:
                _parse_comment(event, line, rate)
    if not events:
        raise HallyuError("The list has no events: export the edit as CMX 3600 EDL again.")
    begin = min(event.times[2] for event in events)
    if drop and not timecode.can_drop(rate):
        raise HallyuError(
            f"The list is in drop-frame timecode, which {float(rate):.3f} frames a second do not have."
        )
    channels = list(dict.fromkeys(event.channel for event in events))
    order = sorted(channels, key=lambda channel: (channel != "V", channel))
    tracks = [
        Track(
            _items([e for e in events if e.channel == c], begin),
            "video" if c == "V" else "audio",
            f"{c}1" if len(c) == 1 else c,
        )
        for c in order
    ]
    return Timeline(
        name, rate, tuple(tracks), timecode.text(begin, rate, drop if timecode.can_drop(rate) else None)
    )


def _parse_event(line: str, number: int, rate: Fraction) -> list[_Event]:
    found = _EVENT.match(line)
    if not found:
        raise HallyuError(f"Line {number} of the list is no event: “{line[:80]}”.")
    if found["turn"] not in ("C", "D"):
        raise HallyuError(
            f"Line {number} of the list has a wipe or a key ({found['turn']}): render it, and cut it in."
        )
    texts = found["times"].split()
    try:
        times = [timecode.parse(each, rate) for each in texts]
    except HallyuError as error:
        raise HallyuError(f"Line {number} of the list: {error}") from error
    if times[3] <= times[2] or found["reel"] in ("BL", "BLACK"):
        return []  # the first half of a dissolve, which the clip before says already; or black, a gap
    dissolve = int(found["frames"] or 0) if found["turn"] == "D" else 0
    return [
        _Event(channel, times, texts[0], found["reel"], dissolve) for channel in _channels(found["channel"])
    ]


def _channels(text: str) -> list[str]:
    """V, A, A2, B (picture and first sound), AA (two sounds), AA/V …

    >>> _channels("AA/V"), _channels("B"), _channels("A2")
    (['A', 'A2', 'V'], ['V', 'A'], ['A2'])
    """
    found = []
    for part in text.upper().split("/"):
        found += {"B": ["V", "A"], "AA": ["A", "A2"], "A1": ["A"], "NONE": []}.get(part, [part])
    return found


def _parse_speed(line: str, number: int, rate: Fraction) -> float:
    found = re.match(r"M2\s+\S+\s+(-?\d+(?:\.\d+)?)", line)
    speed = float(found[1]) / timecode.nominal(rate) if found else 0
    if speed <= 0:
        raise HallyuError(f"Line {number} of the list freezes or reverses a clip: render it, and cut it in.")
    return round(speed, 4)


def _parse_comment(event: _Event, line: str, rate: Fraction) -> None:
    key, colon, value = line[1:].strip().partition(":")
    if key.strip() == "LOC":
        found = re.match(r"(\d\d:\d\d:\d\d[:;.]\d\d)\s+(\S+)\s*(.*)", value.strip())
        if found:
            with contextlib.suppress(HallyuError):
                event.markers.append(Marker(timecode.parse(found[1], rate), found[3].strip(), found[2]))
    elif colon:
        event.notes[key.strip().upper()] = value.strip()


def _items(events: Sequence[_Event], begin: int) -> tuple[Clip | Gap, ...]:
    items: list[Clip | Gap] = []
    place = begin
    for event in sorted(events, key=lambda each: each.times[2]):
        first, last, here, end = event.times
        if here > place:
            items.append(Gap(here - place))
        notes = event.notes
        name = notes.get("TO CLIP NAME") if event.dissolve else notes.get("FROM CLIP NAME")
        source = notes.get("SOURCE FILE") or notes.get("FROM CLIP") or event.reel
        frames, speed, length = last - first, event.speed, end - here
        if speed != 1 and frames == length:
            frames = max(1, round(length * speed))  # a list that gives the source as long as the record
        if round(frames / speed) != length:
            speed = frames / length  # M2 is to a tenth of a frame only, and some lists leave it out
        items.append(
            Clip(name or event.reel, source, first, first + frames, speed=speed, dissolve=event.dissolve,
                 markers=tuple(event.markers))
        )  # fmt: skip
        place = end
    return tuple(items)


# OpenTimelineIO and AAF ----------------------------------------------------------------------------------------------


def _to_otio(timeline: Timeline, for_aaf: bool = False):
    import opentimelineio as otio
    from opentimelineio.opentime import RationalTime, TimeRange

    speed = float(timeline.rate)
    time = lambda frames: RationalTime(frames, speed)
    span = lambda first, length: TimeRange(time(first), time(length))
    built = otio.schema.Timeline(
        timeline.name, global_start_time=time(timecode.parse(timeline.start, timeline.rate))
    )
    built.metadata["hallyu"] = {"start": timeline.start}
    built.tracks.markers.extend(_otio_marker(marker, span) for marker in timeline.markers)
    for track in timeline.tracks:
        row = otio.schema.Track(track.name, kind="Video" if track.kind == "video" else "Audio")
        built.tracks.append(row)
        for item in track.items:
            if isinstance(item, Gap):
                row.append(otio.schema.Gap(duration=time(item.length)))
                continue
            offset = timecode.parse(item.start, timeline.rate)
            first, last = item.available or (item.first, item.last)
            if item.dissolve:
                row.append(_otio_dissolve(item.dissolve, time, track.kind))
            media = otio.schema.ExternalReference(item.source, span(offset + first, last - first))
            media.name = item.source
            clip = otio.schema.Clip(item.name, media, span(offset + item.first, item.length))
            clip.metadata["hallyu"] = {"start": item.start, "handles": item.available is not None}
            if for_aaf:
                _name_for_aaf(media, item.source)
            if item.speed != 1:
                clip.effects.append(otio.schema.LinearTimeWarp(name="speed", time_scalar=item.speed))
            clip.effects.extend(
                otio.schema.Effect(name=effect, effect_name=effect) for effect in item.effects
            )
            clip.markers.extend(
                _otio_marker(replace(marker, frame=marker.frame + offset), span) for marker in item.markers
            )
            row.append(clip)
    return built


def _otio_marker(marker: Marker, span: Callable):
    import opentimelineio as otio

    made = otio.schema.Marker(marker.name, span(marker.frame, 1), marker.colour)
    made.comment = marker.comment
    return made


def _otio_dissolve(frames: int, time: Callable, kind: str):
    """A dissolve that begins at the cut, with what Avid's format wants to know of it."""
    import opentimelineio as otio

    made = otio.schema.Transition(
        "dissolve", otio.schema.TransitionTypes.SMPTE_Dissolve, time(0), time(frames)
    )
    picture = kind == "video"
    operation = {
        "Identification": "0c3bea40-fc05-11d2-8a29-0050040ef7d2" if picture else "0c3bea41-fc05-11d2-8a29-0050040ef7d2",
        "IsTimeWarp": False, "Bypass": 0, "NumberInputs": 2, "OperationCategory": "OperationCategory_Effect",
        "Description": "", "Name": "Video Dissolve" if picture else "Mono Audio Dissolve",
        "DataDefinition": {"Name": "Picture" if picture else "Sound"},
    }  # fmt: skip
    points = [{"Value": 0, "Time": 0}, {"Value": 1, "Time": 1}]
    made.metadata["AAF"] = {"PointList": points, "OperationGroup": {"Operation": operation}, "CutPoint": 0}
    return made


def _name_for_aaf(media, source: str) -> None:
    """AAF knows a source by a number of its own; the same source gets the same one each time. Source: SMPTE 330M."""
    import aaf2.mobid

    label = bytes.fromhex("060a2b340101010501010f2013000000")
    digest = hashlib.sha256(source.encode()).digest()[:16]
    media.metadata["AAF"] = {"MobID": aaf2.mobid.MobID(bytes_le=label + digest).urn}


def _from_otio(found) -> Timeline:
    rates = [clip.source_range.duration.rate for clip in found.find_clips() if clip.source_range]
    if not rates:
        raise HallyuError(f"The edit {found.name} has no clip: export it again.")
    rate = timecode.exact(rates[0])
    kept = found.metadata.get("hallyu", {})
    begin = found.global_start_time
    start = kept.get("start") or timecode.text(
        0 if begin is None else round(begin.rescaled_to(float(rate)).value), rate
    )
    tracks = []
    for row in found.tracks:
        if row.kind not in ("Video", "Audio"):
            continue
        kind = row.kind.lower()
        tracks.append(Track(_otio_items(row, rate), kind, row.name or ""))
    markers = tuple(_from_marker(marker, 0) for marker in found.tracks.markers)
    return Timeline(found.name or "", rate, tuple(tracks), start, markers)


def _otio_items(row, rate: Fraction) -> tuple[Clip | Gap, ...]:
    import opentimelineio as otio

    items: list[Clip | Gap] = []
    dissolve = earlier = 0
    for child in row:
        if isinstance(child, otio.schema.Transition):
            earlier = round(child.in_offset.rescaled_to(float(rate)).value)
            dissolve = earlier + round(child.out_offset.rescaled_to(float(rate)).value)
            continue
        length = round(child.duration().rescaled_to(float(rate)).value)
        if isinstance(child, otio.schema.Gap):
            if length:
                items.append(Gap(length))
        elif isinstance(child, otio.schema.Clip):
            clip = _from_clip(child, length, rate)
            if dissolve and items and isinstance(items[-1], Clip):
                # A dissolve that begins before the cut is the same as an earlier cut with a dissolve that begins at it.
                items[-1] = replace(items[-1], last=items[-1].last - round(earlier * items[-1].speed))
                clip = replace(clip, first=clip.first - round(earlier * clip.speed), dissolve=dissolve)
            items.append(clip)
        else:
            raise HallyuError(
                f"The edit holds a {type(child).__name__} inside a track: flatten it, and export it again."
            )
        dissolve = earlier = 0
    return tuple(items)


def _from_clip(child, length: int, rate: Fraction) -> Clip:
    import opentimelineio as otio

    speed, effects = 1.0, []
    for effect in child.effects:
        if isinstance(effect, otio.schema.LinearTimeWarp):
            speed = effect.time_scalar
        else:
            effects.append(effect.name or effect.effect_name)
    media = child.media_reference
    source = getattr(media, "target_url", "") or media.name or child.name
    source = source.removeprefix("file://")  # AAF writes a path as an address
    kept = child.metadata.get("hallyu", {})
    start = kept.get("start", "00:00:00:00")
    offset = timecode.parse(start, rate)
    frame = lambda moment: round(moment.rescaled_to(float(rate)).value) - offset
    span = child.trimmed_range()
    first = frame(span.start_time)
    known = media.available_range if kept.get("handles", True) else None
    available = None if known is None else (frame(known.start_time), frame(known.end_time_exclusive()))
    return Clip(
        child.name or Path(source).stem, source, first, first + max(1, round(length * speed)), start, available, speed,
        effects=tuple(effects), markers=tuple(_from_marker(marker, offset) for marker in child.markers),
    )  # fmt: skip


def _from_marker(marker, offset: int) -> Marker:
    frame = round(marker.marked_range.start_time.value) - offset
    return Marker(frame, marker.name, marker.color, getattr(marker, "comment", "") or "")


# What was lost -------------------------------------------------------------------------------------------------------


def lost(before: Timeline, after: Timeline) -> list[Finding]:
    """What of *before* is not in *after*, in the order of the edit: what a supervisor asks of every format.

    Clips are compared by where they stand in the edit, sources by their timecode. Nothing lost is an empty list.
    """
    found = []
    whole = f"The edit {before.name}"
    if before.name != after.name:
        found.append(Finding("name", whole, f"it is called {after.name or 'nothing'} now"))
    if before.rate != after.rate:
        found.append(
            Finding("rate", whole, f"{float(before.rate):.3f} frames a second became {float(after.rate):.3f}")
        )
    if before.start != after.start:
        found.append(Finding("start", whole, f"it begins at {after.start}, not at {before.start}"))
    found += _lost_markers(whole, before.markers, after.markers, 0, 0)
    for kind in ("video", "audio"):
        ours, theirs = ([track for track in each.tracks if track.kind == kind] for each in (before, after))
        for number, track in enumerate(ours, 1):
            label = f"Picture track {number}" if kind == "video" else f"Sound track {number}"
            if number > len(theirs):
                count = sum(1 for _ in track.placed())
                kind_of = "audio" if kind == "audio" else "track"
                found.append(Finding(kind_of, label, f"the track is gone, with its {count} clips"))
            else:
                found += _lost_clips(track, theirs[number - 1], label, before)
        for number in range(len(ours) + 1, len(theirs) + 1):
            found.append(Finding("track", f"Track {number}", f"a {kind} track was added"))
    return found


def _lost_clips(ours: Track, theirs: Track, label: str, before: Timeline) -> Iterator[Finding]:
    there = dict(theirs.placed())
    begin = timecode.parse(before.start, before.rate)
    for place, clip in ours.placed():
        where = f"{clip.name} at {timecode.text(begin + place, before.rate, before.start[8] != ':')}"
        other = there.pop(place, None)
        if other is None:
            yield Finding("clip", where, f"it is not on this track any more: {label}")
        else:
            yield from _changed(clip, other, where, before.rate)
    for place, clip in there.items():
        yield Finding(
            "clip", f"{clip.name} at {timecode.text(begin + place, before.rate)}", "it was not there before"
        )


def _changed(clip: Clip, other: Clip, where: str, rate: Fraction) -> Iterator[Finding]:
    ours, theirs = (timecode.parse(each.start, rate) for each in (clip, other))
    if clip.name != other.name:
        yield Finding("name", where, f"it is called {other.name} now")
    if clip.source != other.source:
        yield Finding("media", where, f"its source is {other.source or 'missing'}, not {clip.source}")
    if clip.first + ours != other.first + theirs or clip.last - clip.first != other.last - other.first:
        span = lambda each, offset: f"{each.first + offset} to {each.last + offset}"
        yield Finding(
            "range", where, f"it shows frames {span(other, theirs)} of its source, not {span(clip, ours)}"
        )
    if clip.length != other.length:
        yield Finding("length", where, f"it lasts {other.length} frames, not {clip.length}")
    if abs(clip.speed - other.speed) > 5e-4:
        yield Finding("speed", where, f"it plays at {other.speed:.1%}, not at {clip.speed:.1%}")
    if clip.dissolve != other.dissolve:
        yield Finding("dissolve", where, f"its dissolve takes {other.dissolve} frames, not {clip.dissolve}")
    for effect in clip.effects:
        if effect not in other.effects:
            yield Finding("effect", where, f"the effect {effect} is gone")
    if clip.available is not None:
        handles = (clip.first - clip.available[0], clip.available[1] - clip.last)
        left = (
            None
            if other.available is None
            else (other.first - other.available[0], other.available[1] - other.last)
        )
        if left is None:
            yield Finding(
                "handles",
                where,
                f"its handles of {handles[0]} and {handles[1]} frames are not known any more",
            )
        elif left != handles:
            yield Finding(
                "handles",
                where,
                f"its handles are {left[0]} and {left[1]} frames, not {handles[0]} and {handles[1]}",
            )
    yield from _lost_markers(where, clip.markers, other.markers, ours, theirs)


def _lost_markers(
    where: str, before: Sequence[Marker], after: Sequence[Marker], ours: int, theirs: int
) -> Iterator[Finding]:
    there = {marker.frame + theirs: marker for marker in after}
    for marker in before:
        other = there.get(marker.frame + ours)
        if other is None or other.name != marker.name:
            yield Finding("marker", where, f"the marker “{marker.name}” is gone")
            continue
        if other.colour != marker.colour:
            yield Finding(
                "marker", where, f"the marker “{marker.name}” is {other.colour}, not {marker.colour}"
            )
        if other.comment != marker.comment:
            yield Finding("marker", where, f"the marker “{marker.name}” lost its comment “{marker.comment}”")


def report(before: Timeline, after: Mapping[str, Timeline]) -> str:
    """What each format lost, as JSON: format -> list of kind, where and what."""
    found = {name: [vars(finding) for finding in lost(before, timeline)] for name, timeline in after.items()}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
