"""A delivered stream, read as a player reads it: what both manifests list, and what lies in the segments themselves.

Manifests and segments are a stranger's. Each address has to lead to a file of the stream, sizes are looked at before anything
is opened, and what a manifest says of bits, times, codecs and sizes is measured again. It reads what the two standards allow
and not only what hallyu.ott.package writes.
Sources: RFC 8216 (HLS), ISO/IEC 23009-1 (DASH), ISO/IEC 14496-12 (boxes).
"""

import math
import posixpath
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from hallyu.errors import HallyuError
from hallyu.grading import untrusted
from hallyu.ott import package, subtitle_files
from hallyu.ott.timedtext import Cue

HLS, DASH = "master.m3u8", "manifest.mpd"
MOST_SEGMENTS, MOST_BYTES, MOST_TRACKS = 100, 30_000_000, 20
"""Of a track: its segments, and the bytes of all of them; and how many tracks a manifest may list."""
LATE = 0.002
"""Seconds by which times of manifest and segments may differ: both are rounded."""
PRIMING = 0.03
"""The same for sound, of which some programs count the encoder's first 1024 samples."""
TOO_MUCH = 1.25
"""Times the bits of the fullest segment that a manifest may say: a player would choose a smaller rung than it could play."""
_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^,]*)')
_MPD = "{urn:mpeg:dash:schema:mpd:2011}"
_IDENTIFIER = re.compile(r"\$(RepresentationID|Number|Time|Bandwidth)?(%0\d{1,2}d)?\$")


@dataclass(frozen=True)
class Track:
    """What a manifest lists. kind: video, audio or text. init, segments: names in the stream's folder. seconds: of each segment,
    as the manifest says, () where it says none. bits: a second, as it says, 0 where it does not. size: (0, 0) for sound.
    """

    manifest: str
    kind: str
    segments: tuple[str, ...]
    init: str = ""
    seconds: tuple[float, ...] = ()
    bits: int = 0
    codec: str = ""
    size: tuple[int, int] = (0, 0)
    language: str = ""
    forced: bool = False
    longest: float = math.inf

    @property
    def name(self) -> str:
        """What a finding calls it."""
        return untrusted.shown(posixpath.dirname(self.segments[0]) or self.segments[0])


@dataclass(frozen=True)
class Measured:
    """What a track's segments hold. starts, lengths: seconds of each. bytes: of each. keys: which begin with a key frame."""

    codec: str
    starts: tuple[float, ...]
    lengths: tuple[float, ...]
    bytes: tuple[int, ...]
    keys: tuple[bool, ...]

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return sum(self.lengths)

    @property
    def peak(self) -> float:
        """Bits a second of the fullest segment; a last one of less than half a usual one does not count."""
        usual = max(self.lengths)
        return max(
            8 * size / long for size, long in zip(self.bytes, self.lengths, strict=True) if 2 * long >= usual
        )

    @property
    def mean(self) -> float:
        """Bits a second of all segments."""
        return 8 * sum(self.bytes) / self.seconds


# --- what the manifests list --------------------------------------------------------------------------------------


def hls(folder: Path) -> list[Track]:
    """What the master playlist lists. Raises HallyuError for what is no HLS, and addresses that lead nowhere."""
    lines = _lines(folder, HLS)
    if lines[:1] != ["#EXTM3U"]:
        raise HallyuError(f"{HLS} is no HLS playlist: package the stream again.")
    found = []
    for line, after in pairwise([*lines, ""]):
        about = dict(_ATTRIBUTE.findall(line.partition(":")[2]))
        told = {name: value.strip('"') for name, value in about.items()}
        if line.startswith("#EXT-X-STREAM-INF:"):
            size = re.fullmatch(r"(\d{1,5})x(\d{1,5})", told.get("RESOLUTION", ""))
            found.append(_playlist(
                folder, after, kind="video", bits=_number(told.get("BANDWIDTH"), HLS), codec=told.get("CODECS", ""),
                size=(int(size[1]), int(size[2])) if size else (0, 0),
            ))  # fmt: skip
        elif line.startswith("#EXT-X-MEDIA:") and "URI" in told:
            kind = {"AUDIO": "audio", "SUBTITLES": "text"}.get(told.get("TYPE", ""))
            if kind:
                language, forced = told.get("LANGUAGE", ""), told.get("FORCED") == "YES"
                found.append(_playlist(folder, told["URI"], kind=kind, language=language, forced=forced))
        if len(found) > MOST_TRACKS:
            raise HallyuError(
                f"{HLS} lists more than {MOST_TRACKS} tracks: a stream of this film has a dozen."
            )
    return found


def _playlist(folder: Path, address: str, **about) -> Track:
    lines = _lines(folder, _joined("", address))
    name = untrusted.shown(address)
    if any(line.startswith("#EXT-X-BYTERANGE") for line in lines):
        raise HallyuError(f"{name} cuts segments out of one file: write each into a file of its own.")
    if "#EXT-X-ENDLIST" not in lines:
        raise HallyuError(f"{name} has no end (#EXT-X-ENDLIST): a player waits for more of the film.")
    rows = [
        (line[8:].split(",")[0], after)
        for line, after in pairwise(
            line for line in lines if line and (line[0] != "#" or line.startswith("#EXTINF:"))
        )
        if line.startswith("#EXTINF:")
    ]
    if not rows or len(rows) > MOST_SEGMENTS or any(address.startswith("#") for _, address in rows):
        raise HallyuError(
            f"{name} lists {len(rows)} segments, or one without an address: package the stream again."
        )
    seconds = tuple(_seconds(text, name) for text, _ in rows)
    maps = [
        dict(_ATTRIBUTE.findall(line)).get("URI", "").strip('"')
        for line in lines
        if line.startswith("#EXT-X-MAP:")
    ]
    target = next(
        (line.partition(":")[2] for line in lines if line.startswith("#EXT-X-TARGETDURATION:")), "0"
    )
    here = posixpath.dirname(address)
    return Track(
        HLS, segments=tuple(_joined(here, each) for _, each in rows), init=_joined(here, maps[0]) if maps else "",
        seconds=seconds, longest=_seconds(target, name), **about,
    )  # fmt: skip


def dash(folder: Path) -> list[Track]:
    """What the MPD lists. Raises HallyuError for what is none, and for ways to list segments that are not read here."""
    text = untrusted.read_text(folder, DASH, 500_000)
    if "<!DOCTYPE" in text:
        raise HallyuError(f"{DASH} declares entities, which no manifest does: it was not opened.")
    try:
        root = ET.fromstring(text)
    except ET.ParseError:
        raise HallyuError(f"{DASH} is no XML: package the stream again.") from None
    periods = root.findall(f"{_MPD}Period")
    if root.tag != f"{_MPD}MPD" or root.get("type", "static") != "static" or len(periods) != 1:
        raise HallyuError(
            f"{DASH} is no manifest of one film that is there as a whole: package the stream again."
        )
    found = []
    for group in periods[0].iterfind(f"{_MPD}AdaptationSet"):
        for each in group.iterfind(f"{_MPD}Representation"):
            found.append(_represented(root, periods[0], group, each))
            if len(found) > MOST_TRACKS:
                raise HallyuError(
                    f"{DASH} lists more than {MOST_TRACKS} tracks: a stream of this film has a dozen."
                )
    return found


def _represented(root: ET.Element, period: ET.Element, group: ET.Element, each: ET.Element) -> Track:
    said = lambda name: each.get(name) or group.get(name) or ""
    kind = group.get("contentType") or said("mimeType").partition("/")[0]
    kind = kind if kind in ("video", "audio", "text") else "text"
    base = ""
    for level in (root, period, group, each):
        base = _joined(base, level.findtext(f"{_MPD}BaseURL", "").strip(), is_folder=level is not each)
    roles = [role.get("value") for role in group.iterfind(f"{_MPD}Role")]
    about = {
        "kind": kind, "bits": _number(each.get("bandwidth"), DASH), "codec": said("codecs"), "language": group.get("lang", ""),
        "size": (_number(said("width") or "0", DASH), _number(said("height") or "0", DASH)),
        "forced": bool({"forced-subtitle", "forced_subtitle"} & set(roles)),
    }  # fmt: skip
    templates = [
        x for x in (level.find(f"{_MPD}SegmentTemplate") for level in (each, group, period)) if x is not None
    ]
    if not templates:
        if not base:
            raise HallyuError(f"{DASH} lists a track without a file: package the stream again.")
        return Track(DASH, segments=(base,), **about)
    template = templates[0]
    names = {"RepresentationID": each.get("id", ""), "Bandwidth": each.get("bandwidth", "")}
    scale = _number(template.get("timescale", "1"), DASH) or 1
    times = list(_timeline(template, scale, root))
    first = _number(template.get("startNumber", "1"), DASH)
    media = template.get("media", "")
    segments = [
        _filled(media, {**names, "Number": first + n, "Time": start}) for n, (start, _) in enumerate(times)
    ]
    return Track(
        DASH, segments=tuple(_joined(posixpath.dirname(base), each) for each in segments),
        init=_joined(posixpath.dirname(base), _filled(template.get("initialization", ""), names)),
        seconds=tuple(long / scale for _, long in times), **about,
    )  # fmt: skip


def _timeline(template: ET.Element, scale: int, root: ET.Element) -> Iterator[tuple[int, int]]:
    """Start and duration of each segment, in the template's units."""
    rows, at, count = list(template.iter(f"{_MPD}S")), 0, 0
    if not rows:
        whole = re.fullmatch(r"PT(?:(\d+)M)?(\d+(?:\.\d+)?)S", root.get("mediaPresentationDuration", ""))
        long = _number(template.get("duration"), DASH)
        if not whole or not long:
            raise HallyuError(f"{DASH} does not say when its segments begin: package the stream again.")
        total = round((60 * int(whole[1] or 0) + float(whole[2])) * scale)
        rows = [
            {"d": str(min(long, total - start))} for start in range(0, min(total, MOST_SEGMENTS * long), long)
        ]
    for row in rows:
        at, long = _number(row.get("t", str(at)), DASH), _number(row.get("d"), DASH)
        for _ in range(_number(row.get("r", "0"), DASH) + 1):
            count += 1
            if count > MOST_SEGMENTS:
                raise HallyuError(
                    f"{DASH} lists more than {MOST_SEGMENTS} segments of a track: it was not opened."
                )
            yield at, long
            at += long


def _filled(template: str, values: Mapping[str, object]) -> str:
    """A template's address with its identifiers filled in.

    >>> _filled("$RepresentationID$/$Number%03d$.m4s", {"RepresentationID": "video", "Number": 7})
    'video/007.m4s'
    """

    def value(found: re.Match) -> str:
        if found[1] is None:
            return "$"
        if found[1] not in values:
            raise HallyuError(
                f"{DASH} has an address with {found[0]}, which it does not say: package the stream again."
            )
        return found[2] % int(values[found[1]]) if found[2] else str(values[found[1]])

    return _IDENTIFIER.sub(value, template)


# --- what lies in the segments ------------------------------------------------------------------------------------


def content(folder: Path, track: Track) -> list[bytes]:
    """The initialisation segment and all segments of a track, each as bytes. Raises HallyuError for a file that is missing."""
    names = [track.init, *track.segments] if track.init else [b"", *track.segments]
    parts, total = [], 0
    for name in names:
        if not name:
            parts.append(b"")
            continue
        path = untrusted.inside(folder, name)
        total += path.stat().st_size
        if total > MOST_BYTES:
            raise HallyuError(f"{track.name} has over {MOST_BYTES / 1e6:g} MB: it was not opened.")
        parts.append(path.read_bytes())
    return parts


def measured(folder: Path, track: Track) -> Measured:
    """What a track of pictures or sound holds. Raises HallyuError for segments that are damaged, or hold nothing."""
    init, *segments = content(folder, track)
    try:
        scale, codec, rows = package.timescale(init), package.codec(init), []
        for segment in segments:
            parts = [package.fragment(payload) for kind, payload in package.boxes(segment) if kind == "moof"]
            rows.append(
                (parts[0][0] / scale, sum(part[1] for part in parts) / scale, len(segment), parts[0][2])
            )
    except (struct.error, IndexError, ValueError, ZeroDivisionError, StopIteration):
        raise HallyuError(
            f"{track.name} holds segments that cannot be read: package the stream again."
        ) from None
    if min(row[1] for row in rows) <= 0:
        raise HallyuError(f"{track.name} has a segment that plays no time: package the stream again.")
    return Measured(codec, *zip(*rows, strict=True))


def cues(folder: Path, track: Track) -> list[Cue]:
    """The cues of a track of WebVTT, those that stand in several segments once, in order of time."""
    found: dict[tuple[int, int, str], Cue] = {}
    for part in content(folder, track)[1:]:
        text = re.sub(rb"(?m)^X-TIMESTAMP-MAP=.*\r?\n", b"", part)
        for cue in subtitle_files.read(text).cues if b"-->" in text else ():
            found[round(1000 * cue.start), round(1000 * cue.end), cue.text] = cue
    return [found[key] for key in sorted(found)]


def contradictions(folder: Path, track: Track, real: Measured) -> Iterator[tuple[str, str]]:
    """What a manifest says of a track otherwise than its segments: a code and a sentence each."""
    where, late = f"{track.manifest}, {track.name}:", LATE if track.kind == "video" else PRIMING
    if any(abs(a - b) > late for a, b in zip(track.seconds, real.lengths, strict=False)):
        yield "duration", f"{where} its segments last another time than the manifest says."
    if max(real.lengths) > track.longest + 0.5:
        yield "target", f"{where} a segment lasts {max(real.lengths):.1f} s, longer than its playlist allows."
    for before, after in pairwise(zip(real.starts, real.lengths, strict=True)):
        if abs(before[0] + before[1] - after[0]) > late:
            yield (
                "gap",
                f"{where} between two segments {after[0] - before[0] - before[1]:+.2f} s are missing or twice there.",
            )
            break
    if track.kind != "video":
        return
    if not all(real.keys):
        yield "key", f"{where} a segment begins with no key frame: a player cannot change to it."
    if real.codec.lower() not in track.codec.lower().split(","):
        said = untrusted.shown(track.codec)
        yield "codec", f"{where} it is {real.codec}, and the manifest says “{said}”."


def overstated(track: Track, peak: float) -> tuple[str, str] | None:
    """What a manifest says of a rung's bits otherwise than its segments. peak: of its pictures, with sound where it counts."""
    if peak * 0.999 <= track.bits <= TOO_MUCH * peak:
        return None
    said = f"{track.manifest}, {track.name}: it says {track.bits / 1000:,.0f} kbit/s, and the fullest segment has "
    return "bits", said + f"{peak / 1000:,.0f}: a player chooses by this number."


# --- small things -------------------------------------------------------------------------------------------------


def _lines(folder: Path, name: str) -> list[str]:
    return [line.strip() for line in untrusted.read_text(folder, name, 200_000).splitlines()]


def _joined(base: str, address: str, is_folder: bool = False) -> str:
    """An address in the stream's folder. Raises HallyuError for one that leads elsewhere."""
    if not address:
        return base
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|/", address):
        raise HallyuError(f"The stream's manifest leads out of the stream, to {untrusted.shown(address)}.")
    whole = posixpath.normpath(posixpath.join(base, unquote(address)))
    return f"{whole}/" if is_folder and not whole.endswith("/") else whole


def _number(text: str | None, where: str) -> int:
    if not re.fullmatch(r"\d{1,12}", text or ""):
        raise HallyuError(
            f"{where} has “{untrusted.shown(text or '')}” where a whole number stands: package the stream again."
        )
    return int(text)


def _seconds(text: str, where: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d{1,12})?", text.strip()):
        raise HallyuError(f"{where} has “{untrusted.shown(text)}” for seconds: package the stream again.")
    return float(text)
