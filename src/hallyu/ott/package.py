"""A stream as every browser and television plays it: one set of CMAF segments, with an HLS and a DASH manifest over it.

Pictures come encoded (hallyu.ott.encode), in rungs of a ladder whose key frames stand at the same times; they are copied.
Each rung, and each language of sound, becomes an initialisation segment and media segments of fragmented MP4, cut here
box by box; what the manifests say of bits, durations, codecs and sizes is measured from these. Subtitles are WebVTT: in
segments for HLS, whole for DASH.
Sources: ISO/IEC 23000-19 (CMAF), ISO/IEC 14496-12 (boxes), ISO/IEC 23009-1 (DASH), RFC 8216 and the HLS Authoring
Specification for Apple Devices; RFC 6381 (codecs).
"""

import itertools
import math
import re
import shutil
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.files import write_whole_folder
from hallyu.ott import ffmpeg, subtitle_files
from hallyu.ott.timedtext import Track

SEGMENT = 4.0
"""Seconds; Apple asks for 6, and 2 to 4 switch sooner."""
HLS, DASH = "master.m3u8", "manifest.mpd"
TITLE, NOTICE = "studio.hallyu.title", "studio.hallyu.notice"
"""DATA-ID of what a master playlist says of the film, in each language."""
AUDIO_RATE = 48_000
PRIMING = 1024
"""Samples by which ffmpeg's AAC encoder is late. CMAF has no edit list to say so; so many are left out before it."""
_PIECE = 0.5
"""Seconds of a fragment of sound; segments of sound are whole fragments, so they end so near to those of pictures."""
_MPD = "urn:mpeg:dash:schema:mpd:2011"
_ROLES = {"subtitles": "subtitle", "sdh": "caption", "forced": "forced-subtitle"}
_SDH = "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"
_LARGEST_HEAD = 64_000_000
"""Bytes of a box other than media data; what claims more is damaged."""


@dataclass(frozen=True)
class Audio:
    """A mix that is heard: any file with sound, its language (BCP 47), its name in the player's menu, and AAC's bits a second."""

    path: Path
    language: str
    name: str = ""
    bits: int = 128_000


@dataclass(frozen=True)
class Finding:
    """Something about a stream that its segments and its manifests say differently."""

    code: str
    where: str
    says: str


@dataclass(frozen=True)
class Segment:
    """A media segment: its file's name, bytes, and its start and duration in units of its track's timescale.

    sync: it begins with a picture that needs no other one before it.
    """

    name: str
    size: int
    start: int
    duration: int
    sync: bool


@dataclass(frozen=True)
class Rendition:
    """A rung of pictures or a language of sound: its folder, what it is coded in, and its segments as measured.

    codec: as RFC 6381 writes it. width, height, rate: of pictures. channels: of sound.
    """

    folder: str
    codec: str
    timescale: int
    segments: tuple[Segment, ...]
    width: int = 0
    height: int = 0
    rate: Fraction = Fraction(0)
    channels: int = 0
    language: str = ""
    name: str = ""

    @property
    def peak(self) -> int:
        """Bits a second of the segment that has most; a last one of less than half a usual segment does not count."""
        usual = max(each.duration for each in self.segments)
        return max(
            math.ceil(8 * each.size * self.timescale / each.duration)
            for each in self.segments
            if each.duration * 2 >= usual
        )

    @property
    def mean(self) -> int:
        """Bits a second of all segments."""
        return math.ceil(8 * sum(each.size for each in self.segments) / self.seconds)

    @property
    def seconds(self) -> Fraction:
        """How long it is."""
        return Fraction(sum(each.duration for each in self.segments), self.timescale)


@dataclass(frozen=True)
class Subtitles:
    """Subtitles in the package: their folder, and how many segments they have."""

    folder: str
    language: str
    name: str
    kind: str
    count: int


@dataclass(frozen=True)
class Stream:
    """What a package holds. segment: seconds that a segment is meant to take. notices: by language."""

    videos: tuple[Rendition, ...]
    audios: tuple[Rendition, ...]
    texts: tuple[Subtitles, ...]
    segment: float
    title: str = ""
    notices: Mapping[str, str] = field(default_factory=dict)


def write(
    folder: str | Path,
    videos: Sequence[str | Path],
    audios: Sequence[Audio] = (),
    texts: Sequence[Track] = (),
    segment: float = SEGMENT,
    names: dict[str, str] | None = None,
    stop: Callable[[], bool] | None = None,
    title: str = "",
    notices: Mapping[str, str] | None = None,
) -> Stream:
    """Write HLS and DASH of a film into the new *folder*: master.m3u8, manifest.mpd and a folder a track.

    videos: the same film in one or several sizes, with closed groups of pictures whose key frames stand at the same times.
    names: of languages in the player's menu, such as {"ko": "한국어"}; the tag by default.
    notices: a sentence on rights and on what AI did for each language, which both manifests carry, as the *title*.
    Raises HallyuError for a folder that holds something, key frames that do not match, and films of different lengths.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HallyuError(f"{folder} holds something already: choose a new folder for the stream.")
    if not videos:
        raise HallyuError("A stream needs a film in at least one size.")
    if not 1 <= segment <= 20:
        raise HallyuError(f"A segment takes 1 to 20 seconds, not {segment:g}.")
    called = names or {}
    with write_whole_folder(folder) as draft:
        shown = [_video(draft, number, Path(path), segment, stop) for number, path in enumerate(videos, 1)]
        _require_aligned(shown, [Path(path).name for path in videos])
        shown.sort(key=lambda each: (each.peak, each.height))
        end = float(shown[0].seconds)
        heard = [
            _audio(draft, number, audio, end, segment, called, stop) for number, audio in enumerate(audios, 1)
        ]
        read = [
            _subtitles(draft, number, track, end, segment, called) for number, track in enumerate(texts, 1)
        ]
        said = {_tag(language): one_line(text) for language, text in (notices or {}).items()}
        stream = Stream(tuple(shown), tuple(heard), tuple(read), segment, one_line(title), said)
        _write_hls(draft, stream)
        _write_dash(draft, stream)
    return stream


def one_line(text: str) -> str:
    """A text as an attribute of HLS can hold it."""
    return " ".join(text.replace('"', "”").split())


def _video(
    draft: Path, number: int, path: Path, segment: float, stop: Callable[[], bool] | None
) -> Rendition:
    info = video.probe(path)
    name = f"video-{number}-{info.height}p"
    hevc = ["-tag:v", "hvc1"] if info.codec == "hevc" else []  # Apple plays no hev1
    whole = draft / f"{name}.mp4"
    ffmpeg.run(
        ["-i", path, "-map", "0:V:0", "-c", "copy", *hevc, "-movflags", "+cmaf+frag_keyframe", "-f", "mp4", whole],
        what=path.name, stop=stop,
    )  # fmt: skip
    made = _cut(whole, draft / name, segment)
    whole.unlink()
    return replace(made, width=info.width, height=info.height, rate=info.rate)


def _audio(
    draft: Path,
    number: int,
    audio: Audio,
    end: float,
    segment: float,
    names: dict[str, str],
    stop: Callable[[], bool] | None,
) -> Rendition:
    name = f"audio-{number}-{_tag(audio.language)}"
    whole = draft / f"{name}.mp4"
    samples = round(end * AUDIO_RATE)
    filters = f"aresample={AUDIO_RATE},aformat=channel_layouts=stereo,apad=whole_len={samples},atrim=0:end_sample={samples}"
    ffmpeg.run(
        [
            "-i", Path(audio.path), "-map", "0:a:0", "-af", f"{filters},atrim=start_sample={PRIMING},asetpts=N/SR/TB",
            "-c:a", "aac", "-b:a", str(audio.bits), "-movflags", "+cmaf", "-frag_duration", str(round(_PIECE * 1e6)), "-f", "mp4",
            whole,
        ],
        what=Path(audio.path).name, stop=stop,
    )  # fmt: skip
    made = _cut(whole, draft / name, segment)
    whole.unlink()
    label = _quoted(audio.name or names.get(audio.language, audio.language))
    return replace(made, channels=2, language=audio.language, name=label)


def _subtitles(
    draft: Path, number: int, track: Track, end: float, segment: float, names: dict[str, str]
) -> Subtitles:
    """The whole track, and a file for each segment that has every cue which can be seen in it."""
    folder = f"{track.kind}-{number}-{_tag(track.language)}"
    (draft / folder).mkdir()
    (draft / folder / "whole.vtt").write_text(subtitle_files.to_webvtt(track), encoding="utf-8")
    count = max(1, math.ceil(end / segment - 1e-9))
    for place in range(count):
        first, last = place * segment, (place + 1) * segment
        inside = replace(track, cues=tuple(cue for cue in track.cues if cue.start < last and cue.end > first))
        # A cue that is in two segments must be the same in both, so none is numbered.
        plain = re.sub(r"(?m)^\d+\n(?=[\d:.]+ --> )", "", subtitle_files.to_webvtt(inside))
        head, _, rest = plain.partition("\n")
        text = f"{head}\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n{rest}"
        (draft / folder / f"{place + 1}.vtt").write_text(text, encoding="utf-8")
    label = _quoted(names.get(track.language, track.language))
    if track.kind != "subtitles":
        label += {"sdh": " (SDH)", "forced": " (forced)"}[track.kind]
    return Subtitles(folder, track.language, label, track.kind, count)


def _require_aligned(shown: Sequence[Rendition], names: Sequence[str]) -> None:
    first = [Fraction(each.start, shown[0].timescale) for each in shown[0].segments]
    for rendition, name in zip(shown, names, strict=True):
        for number, each in enumerate(rendition.segments):
            if not each.sync:
                raise HallyuError(
                    f"{name}: segment {number + 1} begins with no key frame: encode it with closed groups."
                )
        starts = [Fraction(each.start, rendition.timescale) for each in rendition.segments]
        if len(starts) != len(first) or any(
            abs(a - b) > Fraction(1, 1000) for a, b in zip(starts, first, strict=True)
        ):
            raise HallyuError(
                f"{name} has its key frames at other times than {names[0]}: "
                "encode all sizes with the same distance of key frames."
            )
        if abs(rendition.seconds - shown[0].seconds) > Fraction(1, 20):
            raise HallyuError(
                f"{name} lasts {float(rendition.seconds):.2f} s and {names[0]} {float(shown[0].seconds):.2f} s: encode one film."
            )


# Boxes ----------------------------------------------------------------------------------------------------------------


def boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Type and payload of each box in *data*. Raises HallyuError where a box is longer than what holds it.

    >>> list(boxes(bytes([0, 0, 0, 9]) + b"free" + b"!"))
    [('free', b'!')]
    """
    at = 0
    while at + 8 <= len(data):
        size, head = struct.unpack(">I", data[at : at + 4])[0], 8
        if size == 1 and at + 16 <= len(data):
            size, head = struct.unpack(">Q", data[at + 8 : at + 16])[0], 16
        if size < head or at + size > len(data):
            raise HallyuError("An MP4 box is longer than the file: it is damaged, make it again.")
        yield data[at + 4 : at + 8].decode("latin-1"), data[at + head : at + size]
        at += size


def _box(data: bytes, path: str) -> bytes:
    """The payload of the first box at *path*, such as moov/trak/mdia."""
    for name in path.split("/"):
        data = next((payload for kind, payload in boxes(data) if kind == name), None)
        if data is None:
            raise HallyuError(f"An MP4 file has no {path}: it is damaged, make it again.")
    return data


def _top(path: Path) -> Iterator[tuple[str, int, int]]:
    """Type, place and bytes of each box of a file, without reading it."""
    end = path.stat().st_size
    with open(path, "rb") as file:
        at = 0
        while at + 8 <= end:
            file.seek(at)
            size, kind = struct.unpack(">I4s", file.read(8))
            if size == 1:
                size = struct.unpack(">Q", file.read(8))[0]
            if size < 8 or at + size > end:
                raise HallyuError(f"{path.name} is damaged: make it again.")
            yield kind.decode("latin-1"), at, size
            at += size


def kinds(path: str | Path) -> list[str]:
    """Types of a file's boxes, in order: a fragmented film has moof. Raises HallyuError where it is damaged."""
    return [kind for kind, _, _ in _top(Path(path))]


def timescale(init: bytes) -> int:
    """Units a second of the track of an initialisation segment."""
    header = _box(init, "moov/trak/mdia/mdhd")
    return struct.unpack(">I", header[20:24] if header[0] else header[12:16])[0]


def codec(init: bytes) -> str:
    """What the track of an initialisation segment is coded in, as manifests write it (RFC 6381).

    Raises HallyuError for a codec that is not known here.
    """
    kind, entry = next(boxes(_box(init, "moov/trak/mdia/minf/stbl/stsd")[8:]))
    if kind in ("avc1", "avc3"):
        profile, constraints, level = _box(entry[78:], "avcC")[1:4]
        # Level 1b of High profile is written as 9, which Chromium takes for ambiguous; whatever plays 1.1 plays it.
        return f"{kind}.{profile:02X}{constraints:02X}{11 if level == 9 else level:02X}"
    if kind == "av01":
        first, second = _box(entry[78:], "av1C")[1:3]
        tier, bits = "MH"[second >> 7], 10 if second & 0x40 else 8
        return f"av01.{first >> 5}.{first & 31:02}{tier}.{bits:02}"
    if kind in ("hvc1", "hev1"):
        data = _box(entry[78:], "hvcC")
        profile, compatible = data[1], int(f"{int.from_bytes(data[2:6], 'big'):032b}"[::-1], 2)
        constraints = "".join(f".{each:X}" for each in data[6:12].rstrip(b"\0"))
        return f"{kind}.{profile & 31}.{compatible:X}.{'LH'[profile >> 5 & 1]}{data[12]}{constraints}"
    if kind == "mp4a":
        return "mp4a.40.2"
    raise HallyuError(
        f"A stream of “{kind}” is not made here: encode it as H.264, H.265 or AV1, with AAC sound."
    )


def fragment(moof: bytes) -> tuple[int, int, bool]:
    """Start, duration and whether it begins with a key frame, of a fragment by its moof box's payload."""
    track = _box(moof, "traf")
    header = _box(track, "tfhd")
    flags, at = int.from_bytes(header[1:4], "big"), 8
    default_duration = default_flags = 0
    for bit, size in ((0x1, 8), (0x2, 4), (0x8, 4), (0x10, 4), (0x20, 4)):
        if flags & bit:
            value = int.from_bytes(header[at : at + size], "big")
            default_duration = value if bit == 0x8 else default_duration
            default_flags = value if bit == 0x20 else default_flags
            at += size
    time = _box(track, "tfdt")
    start = int.from_bytes(time[4:12] if time[0] else time[4:8], "big")
    duration, first = 0, None
    for kind, run in boxes(track):
        if kind != "trun":
            continue
        flags, count = int.from_bytes(run[1:4], "big"), int.from_bytes(run[4:8], "big")
        at = 8 + (4 if flags & 0x1 else 0)
        if flags & 0x4:
            first = int.from_bytes(run[at : at + 4], "big") if first is None else first
            at += 4
        fields = [bit for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit]
        if at + 4 * len(fields) * count > len(run):
            raise HallyuError("A fragment of an MP4 file is damaged: make it again.")
        if 0x100 in fields:
            row = at + 4 * fields.index(0x100)
            duration += sum(
                int.from_bytes(run[n : n + 4], "big")
                for n in range(row, row + 4 * len(fields) * count, 4 * len(fields))
            )
        else:
            duration += default_duration * count
        if first is None and 0x400 in fields:
            row = at + 4 * fields.index(0x400)
            first = int.from_bytes(run[row : row + 4], "big")
    # sample_is_non_sync_sample. Source: ISO/IEC 14496-12, 8.8.3.1.
    return start, duration, not (default_flags if first is None else first) & 0x10000


def _cut(whole: Path, folder: Path, segment: float) -> Rendition:
    """Cut a fragmented MP4 file into an initialisation segment and media segments of about *segment* seconds."""
    folder.mkdir()
    top = list(_top(whole))
    with open(whole, "rb") as file:

        def piece(place: int, size: int) -> bytes:
            file.seek(place)
            return file.read(size)

        init = b"".join(piece(place, size) for kind, place, size in top if kind in ("ftyp", "moov"))
        (folder / "init.mp4").write_bytes(init)
        scale = timescale(init)
        parts = []
        for (kind, place, size), (after, begin, long) in itertools.pairwise(top):
            if kind == "moof" and after == "mdat":
                parts.append((*fragment(piece(place + 8, size - 8)), [(place, size), (begin, long)]))
        if not parts:
            raise HallyuError(f"{whole.name} has no fragments: the film is empty.")
        rows: list[Segment] = []
        # A fragment belongs to the segment in which it starts; half a fragment of grace takes up what rounding left over.
        number = lambda part: int((part[0] + min(part[1], scale * _PIECE) / 2) / scale / segment)
        for _, group in itertools.groupby(parts, number):
            group = list(group)
            name = f"{len(rows) + 1}.m4s"
            with open(folder / name, "wb") as out:
                out.write(struct.pack(">I4s4sI4s4s", 24, b"styp", b"msdh", 0, b"msdh", b"cmfs"))
                for place, size in itertools.chain.from_iterable(part[3] for part in group):
                    file.seek(place)
                    shutil.copyfileobj(_Part(file, size), out)
            duration = sum(part[1] for part in group)
            rows.append(Segment(name, (folder / name).stat().st_size, group[0][0], duration, group[0][2]))
    return Rendition(folder.name, codec(init), scale, tuple(rows))


class _Part:
    """The next *size* bytes of a file, as a file."""

    def __init__(self, file, size: int):
        self.file, self.left = file, size

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(min(size if size >= 0 else self.left, self.left))
        self.left -= len(data)
        return data


# Manifests ------------------------------------------------------------------------------------------------------------


def _write_hls(folder: Path, stream: Stream) -> None:
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines += [
        f'#EXT-X-SESSION-DATA:DATA-ID="{name}",LANGUAGE="{language}",VALUE="{text}"'
        for language, notice in stream.notices.items()
        for name, text in ((TITLE, stream.title), (NOTICE, notice))
        if text
    ]
    lines.append("")
    for number, each in enumerate(stream.audios):
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="{each.name}",LANGUAGE="{each.language}",'
            f'DEFAULT={"NO" if number else "YES"},AUTOSELECT=YES,CHANNELS="{each.channels}",URI="{each.folder}/media.m3u8"'
        )
    for each in stream.texts:
        extra = f',CHARACTERISTICS="{_SDH}"' if each.kind == "sdh" else ""
        lines.append(
            f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="{each.name}",LANGUAGE="{each.language}",DEFAULT=NO,'
            f'AUTOSELECT=YES,FORCED={"YES" if each.kind == "forced" else "NO"}{extra},URI="{each.folder}/media.m3u8"'
        )
    loudest = max(stream.audios, key=lambda each: each.peak, default=None)
    for each in stream.videos:
        peak, mean, codecs = each.peak, each.mean, each.codec
        if loudest:
            peak, mean = peak + loudest.peak, mean + max(audio.mean for audio in stream.audios)
            codecs += f",{loudest.codec}"
        groups = (',AUDIO="audio"' if loudest else "") + (',SUBTITLES="text"' if stream.texts else "")
        lines += [
            "",
            f'#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={mean},CODECS="{codecs}",'
            f"RESOLUTION={each.width}x{each.height},FRAME-RATE={float(each.rate):.3f}{groups}",
            f"{each.folder}/media.m3u8",
        ]
    (folder / HLS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for each in (*stream.videos, *stream.audios):
        rows = [(segment.name, segment.duration / each.timescale) for segment in each.segments]
        _write_playlist(folder / each.folder, rows, ['#EXT-X-MAP:URI="init.mp4"'])
    end = float(stream.videos[0].seconds)
    for each in stream.texts:
        rows = [(f"{n + 1}.vtt", min(stream.segment, end - n * stream.segment)) for n in range(each.count)]
        _write_playlist(folder / each.folder, rows, [])


def _write_playlist(folder: Path, rows: list[tuple[str, float]], head: list[str]) -> None:
    target = max(round(seconds) for _, seconds in rows)
    lines = [
        "#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{max(1, target)}", "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-PLAYLIST-TYPE:VOD", *head,
    ]  # fmt: skip
    for name, seconds in rows:
        lines += [f"#EXTINF:{seconds:.6f},", name]
    (folder / "media.m3u8").write_text("\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n", encoding="utf-8")


def _write_dash(folder: Path, stream: Stream) -> None:
    longest = max(float(each.seconds) for each in (*stream.videos, *stream.audios))
    root = ET.Element(
        "MPD", xmlns=_MPD, type="static", profiles="urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019",
        mediaPresentationDuration=f"PT{longest:.3f}S", minBufferTime=f"PT{stream.segment:g}S",
    )  # fmt: skip
    for language, notice in stream.notices.items():
        about = ET.SubElement(root, "ProgramInformation", lang=language)
        if stream.title:
            ET.SubElement(about, "Title").text = stream.title
        ET.SubElement(about, "Copyright").text = notice
    period = ET.SubElement(root, "Period", id="1", start="PT0S", duration=f"PT{longest:.3f}S")
    numbers = itertools.count(1)
    first = stream.videos[0]
    shared = {"segmentAlignment": "true", "startWithSAP": "1"}
    pictures = ET.SubElement(
        period, "AdaptationSet", id=str(next(numbers)), contentType="video", mimeType="video/mp4", **shared,
        maxWidth=str(max(each.width for each in stream.videos)), maxHeight=str(max(each.height for each in stream.videos)),
    )  # fmt: skip
    for each in stream.videos:
        _represent(
            pictures, each, width=str(each.width), height=str(each.height),
            frameRate=str(each.rate), sar="1:1",
        )  # fmt: skip
    for number, each in enumerate(stream.audios):
        sound = ET.SubElement(
            period,
            "AdaptationSet",
            id=str(next(numbers)),
            contentType="audio",
            mimeType="audio/mp4",
            lang=each.language,
            **shared,
        )
        _say(sound, "Role", "urn:mpeg:dash:role:2011", "alternate" if number else "main")
        ET.SubElement(sound, "Label").text = each.name
        _represent(sound, each, audioSamplingRate=str(each.timescale))
    for each in stream.texts:
        text = ET.SubElement(
            period,
            "AdaptationSet",
            id=str(next(numbers)),
            contentType="text",
            mimeType="text/vtt",
            lang=each.language,
        )
        _say(text, "Role", "urn:mpeg:dash:role:2011", _ROLES[each.kind])
        ET.SubElement(text, "Label").text = each.name
        size = (folder / each.folder / "whole.vtt").stat().st_size
        bits = max(1, math.ceil(8 * size / float(first.seconds)))
        whole = ET.SubElement(text, "Representation", id=each.folder, bandwidth=str(bits))
        ET.SubElement(whole, "BaseURL").text = f"{each.folder}/whole.vtt"
    ET.indent(root)
    ET.ElementTree(root).write(folder / DASH, encoding="utf-8", xml_declaration=True)


def _represent(parent: ET.Element, each: Rendition, **more: str) -> None:
    element = ET.SubElement(
        parent, "Representation", id=each.folder, bandwidth=str(each.peak), codecs=each.codec, **more
    )
    if each.channels:
        _say(
            element,
            "AudioChannelConfiguration",
            "urn:mpeg:dash:23003:3:audio_channel_configuration:2011",
            str(each.channels),
        )
    template = ET.SubElement(
        element, "SegmentTemplate", timescale=str(each.timescale), startNumber="1", initialization=f"{each.folder}/init.mp4",
        media=f"{each.folder}/$Number$.m4s",
    )  # fmt: skip
    line = ET.SubElement(template, "SegmentTimeline")
    for duration, group in itertools.groupby(each.segments, lambda segment: segment.duration):
        group = list(group)
        repeats = {"r": str(len(group) - 1)} if len(group) > 1 else {}
        ET.SubElement(line, "S", t=str(group[0].start), d=str(duration), **repeats)


def _say(parent: ET.Element, name: str, scheme: str, value: str) -> None:
    ET.SubElement(parent, name, schemeIdUri=scheme, value=value)


def _tag(language: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language):
        raise HallyuError(f"“{language}” is no language tag: write ko, en, or pt-BR.")
    return language


def _quoted(name: str) -> str:
    if not name.strip() or any(letter in name for letter in '"\r\n'):
        raise HallyuError(f"A name in the player's menu has no quotation marks or line breaks: {name!r}.")
    return name


# What was written, read again ------------------------------------------------------------------------------------------


def measure(folder: str | Path) -> list[Segment]:
    """The segments in a rendition's folder, from their boxes. Raises HallyuError for what is no segment."""
    folder = Path(folder)
    names = sorted(
        (path for path in folder.glob("*.m4s") if path.stem.isdecimal()), key=lambda path: int(path.stem)
    )
    rows = []
    for path in names:
        parts = []
        with open(path, "rb") as file:
            for kind, place, size in _top(path):
                if kind == "moof":
                    if size > _LARGEST_HEAD:
                        raise HallyuError(f"{path.name} is damaged: make it again.")
                    file.seek(place + 8)
                    parts.append(fragment(file.read(size - 8)))
        if not sum(part[1] for part in parts):
            raise HallyuError(f"{path.name} holds no pictures or sound: make it again.")
        rows.append(
            Segment(path.name, path.stat().st_size, parts[0][0], sum(part[1] for part in parts), parts[0][2])
        )
    return rows


def read(folder: str | Path) -> Stream:
    """The stream in a folder: the renditions that its DASH manifest lists, with their segments as they are measured now.

    Raises HallyuError for a folder that holds no stream made here, or a damaged segment.
    """
    folder = Path(folder)
    videos, audios, texts = [], [], []
    for group in _dash(folder).iter(f"{{{_MPD}}}AdaptationSet"):
        about = {"language": group.get("lang", ""), "name": group.findtext(f"{{{_MPD}}}Label", "")}
        for each in group.iter(f"{{{_MPD}}}Representation"):
            place = folder / each.get("id", "")
            if place.resolve().parent != folder.resolve() or not place.is_dir():
                raise HallyuError(
                    f"{DASH} lists {each.get('id')}, which is no folder of the stream: make it again."
                )
            if group.get("contentType") == "text":
                role = group.find(f"{{{_MPD}}}Role")
                purposes = {role: kind for kind, role in _ROLES.items()}
                kind = purposes.get("" if role is None else role.get("value"), "subtitles")
                texts.append(
                    Subtitles(place.name, **about, kind=kind, count=len(list(place.glob("[0-9]*.vtt"))))
                )
                continue
            init, segments = _bytes(place / "init.mp4"), tuple(measure(place))
            if not segments:
                raise HallyuError(f"{place.name} holds no segments: make the stream again.")
            made = Rendition(place.name, codec(init), timescale(init), segments)
            if group.get("contentType") == "video":
                width, height = (_number(each, side, 0) for side in ("width", "height"))
                videos.append(
                    replace(made, width=width, height=height, rate=_ratio(each.get("frameRate", "")))
                )
            else:
                audios.append(replace(made, channels=2, **about))
    if not videos:
        raise HallyuError(f"{DASH} lists no pictures: make the stream again.")
    longest = max(each.duration for each in videos[0].segments) / videos[0].timescale
    title = _dash(folder).findtext(f"{{{_MPD}}}ProgramInformation/{{{_MPD}}}Title", "")
    return Stream(tuple(videos), tuple(audios), tuple(texts), longest, title, notices(folder)[0])


def _ratio(text: str) -> Fraction:
    if not re.fullmatch(r"\d{1,9}(/[1-9]\d{0,8})?", text):
        raise HallyuError(f"{DASH} has “{text}” for frameRate, which is no rate: make the stream again.")
    return Fraction(text)


def notices(folder: str | Path) -> tuple[dict[str, str], dict[str, str]]:
    """What the HLS and what the DASH manifest of a stream say of rights and AI, by language."""
    master = _read(Path(folder) / HLS)
    rows = re.findall(rf'#EXT-X-SESSION-DATA:DATA-ID="{NOTICE}",LANGUAGE="([^"]*)",VALUE="([^"]*)"', master)
    about = _dash(Path(folder)).iterfind(f"{{{_MPD}}}ProgramInformation")
    return dict(rows), {each.get("lang", ""): each.findtext(f"{{{_MPD}}}Copyright", "") for each in about}


def check(folder: str | Path) -> list[Finding]:
    """All that the manifests of a stream say otherwise than its segments; an empty list for a sound one.

    Codes: missing (a file), duration, gap (between segments), key (a segment that begins with no key frame), aligned (rungs
    cut at different times), codec, bits (more than the manifest says), target (a segment longer than its playlist allows).
    Raises HallyuError for a folder that is no such stream, or a damaged segment.
    """
    folder = Path(folder)
    found, starts = [], {}
    for where, codecs, bits in _listed_hls(folder):
        found += _check_playlist(folder / where, folder, codecs, bits, starts)
    for rung, times in starts.items():
        if times != next(iter(starts.values())):
            found.append(
                Finding("aligned", rung, "its segments begin at other times than those of the first rung")
            )
    return found + list(_check_dash(folder))


def _listed_hls(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Each playlist that the master lists, with its codecs and bits where it is of pictures."""
    lines = _read(folder / HLS).splitlines()
    if lines[:1] != ["#EXTM3U"]:
        raise HallyuError(f"{HLS} is no HLS playlist: make the stream again.")
    for line, after in itertools.pairwise([*lines, ""]):
        if line.startswith("#EXT-X-STREAM-INF:"):
            codecs, bits = re.search(r'CODECS="([^"]*)"', line), re.search(r"[:,]BANDWIDTH=(\d+)", line)
            yield after, codecs[1] if codecs else "", int(bits[1]) if bits else 0
        elif line.startswith("#EXT-X-MEDIA:") and (uri := re.search(r'URI="([^"]*)"', line)):
            yield uri[1], "", 0


def _check_playlist(
    path: Path, folder: Path, codecs: str, bits: int, starts: dict[str, list]
) -> Iterator[Finding]:
    name = path.parent.name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise HallyuError(f"{HLS} leads out of the stream, to {path}: do not open it.")
    if not path.is_file():
        yield Finding("missing", HLS, f"it lists {name}/{path.name}, which is not there")
        return
    text = _read(path)
    rows = re.findall(r"#EXTINF:([\d.]+),\n(.+)", text)
    target = re.search(r"#EXT-X-TARGETDURATION:(\d+)", text)
    for seconds, uri in rows:
        if not (path.parent / uri).is_file():
            yield Finding("missing", name, f"{uri} is not there")
            return
        if not target or round(float(seconds)) > int(target[1]):
            yield Finding(
                "target", name, f"{uri} takes {float(seconds):g} s, longer than its playlist allows"
            )
    if '#EXT-X-MAP:URI="init.mp4"' not in text:
        return
    init = (path.parent / "init.mp4").read_bytes()
    scale, segments = timescale(init), measure(path.parent)
    if len(segments) != len(rows):
        yield Finding(
            "missing", name, f"there are {len(segments)} segments, and the playlist lists {len(rows)}"
        )
    for (seconds, uri), segment in zip(rows, segments, strict=False):
        if abs(float(seconds) - segment.duration / scale) > 1e-3:
            yield Finding(
                "duration",
                name,
                f"{uri} takes {segment.duration / scale:.3f} s, and the playlist says {seconds}",
            )
    for before, after in itertools.pairwise(segments):
        if before.start + before.duration != after.start:
            yield Finding(
                "gap",
                name,
                f"{after.name} begins {(after.start - before.start - before.duration) / scale:.3f} s late",
            )
    for segment in segments:
        if not segment.sync:
            yield Finding("key", name, f"{segment.name} begins with no key frame")
    if bits:
        starts[name] = [round(segment.start / scale, 3) for segment in segments]
        if codec(init) not in codecs.split(","):
            yield Finding("codec", name, f"it is {codec(init)}, and {HLS} says {codecs}")
        peak = Rendition(name, "", scale, tuple(segments)).peak
        if peak > bits:
            yield Finding("bits", name, f"a segment has {peak:,} bits a second, and {HLS} says {bits:,}")


def _dash(folder: Path) -> ET.Element:
    text = _read(folder / DASH)
    if "<!DOCTYPE" in text:
        raise HallyuError(f"{DASH} declares entities, which no manifest does: do not open it.")
    try:
        return ET.fromstring(text)
    except ET.ParseError as error:
        raise HallyuError(f"{DASH} is no XML ({error}): make the stream again.") from None


def _check_dash(folder: Path) -> Iterator[Finding]:
    for each in _dash(folder).iter(f"{{{_MPD}}}Representation"):
        name, template = each.get("id", ""), each.find(f"{{{_MPD}}}SegmentTemplate")
        url = each.findtext(f"{{{_MPD}}}BaseURL") or (
            template.get("initialization", "") if template is not None else ""
        )
        path = folder / url
        if not path.resolve().is_relative_to(folder.resolve()):
            raise HallyuError(f"{DASH} leads out of the stream, to {url}: do not open it.")
        if not path.is_file():
            yield Finding("missing", DASH, f"it lists {url}, which is not there")
            continue
        if template is None:
            continue
        init, segments = path.read_bytes(), measure(path.parent)
        said = list(itertools.islice(_timeline(template), len(segments) + 1))
        scale, first, bits = (
            _number(template, "timescale", 1),
            _number(template, "startNumber", 1),
            _number(each, "bandwidth", 0),
        )
        if said != [(segment.start, segment.duration) for segment in segments] or scale != timescale(init):
            yield Finding("duration", name, f"its segments are not at the times that {DASH} says")
        for number in range(first, first + len(segments)):
            url = template.get("media", "").replace("$Number$", str(number))
            if not (folder / url).is_file():
                yield Finding("missing", DASH, f"it lists {url}, which is not there")
        if each.get("codecs") != codec(init):
            yield Finding("codec", name, f"it is {codec(init)}, and {DASH} says {each.get('codecs')}")
        peak = Rendition(name, "", timescale(init), tuple(segments)).peak
        if peak > bits:
            yield Finding(
                "bits", name, f"a segment has {peak:,} bits a second, and {DASH} says {each.get('bandwidth')}"
            )


def _timeline(template: ET.Element) -> Iterator[tuple[int, int]]:
    """Start and duration of each segment that a manifest lists."""
    at = 0
    for row in template.iter(f"{{{_MPD}}}S"):
        at, duration = _number(row, "t", at), _number(row, "d", 0)
        for _ in range(_number(row, "r", 0) + 1):
            yield at, duration
            at += duration


def _number(element: ET.Element, name: str, otherwise: int) -> int:
    text = element.get(name, str(otherwise))
    if not re.fullmatch(r"\d{1,18}", text):
        raise HallyuError(f"{DASH} has “{text}” for {name}, which is no whole number: make the stream again.")
    return int(text)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HallyuError(f"{path} cannot be read ({error.strerror}): a stream has it.") from None


def _read(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        raise HallyuError(f"{path.name} is no text: make the stream again.") from None
