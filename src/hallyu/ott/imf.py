"""An IMF package: the master that streaming services ask for, in files that say of each other what they are.

A composition playlist (CPL) lists which track files are seen, heard and read, from which frame on and for how long; the
packing list (PKL) has every file's size and SHA-1; ASSETMAP.xml says where they lie. Pictures are JPEG 2000 without loss,
4:2:2 of 10 bits in BT.709; sound is PCM of 24 bits at 48 kHz, one track file a language; subtitles are IMSC 1.1 text.
*check* reads a package and compares everything that can be compared; *verify* decodes it again, frame for frame.
What ffmpeg's JPEG 2000 encoder cannot do is to keep to an IMF profile of the codec: *check* notes it, and a service wants
the pictures encoded by a mastering program.
Sources: SMPTE ST 2067-2, -3 and -5:2016, ST 2067-21:2016 (application 2E), ST 429-9:2007; the 2016 schemas.
"""

import base64
import hashlib
import re
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

from hallyu import timecode, video
from hallyu.errors import HallyuError
from hallyu.files import write_whole_folder
from hallyu.ott import encode, ffmpeg, mxf

CPL = "http://www.smpte-ra.org/schemas/2067-3/2016"
CORE = "http://www.smpte-ra.org/schemas/2067-2/2016"
PKL = "http://www.smpte-ra.org/schemas/2067-2/2016/PKL"
MAP = "http://www.smpte-ra.org/schemas/429-9/2007/AM"
APPLICATION_2E = "http://www.smpte-ra.org/schemas/2067-21/2016"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
GROUPS, ELEMENTS, TYPES = (
    f"http://www.smpte-ra.org/reg/{number}"
    for number in ("395/2014/13/1/aaf", "335/2012", "2003/2012")
)  # fmt: skip
SHA1 = DSIG + "sha1"
SAMPLES = 48_000
"""A second of sound has as many. Source: SMPTE ST 2067-2, 5.3.2.2."""
KINDS = {
    "subtitles": "SubtitlesSequence",
    "forced": "SubtitlesSequence",
    "sdh": "HearingImpairedCaptionsSequence",
}
"""What a text is for -> its sequence in the composition."""
LARGEST_XML = 20_000_000
"""Bytes of a playlist or list; one of a season of films has some hundred thousand."""
_PICTURE = (
    "scale=out_color_matrix=bt709:out_range=limited:flags=bicubic+accurate_rnd+full_chroma_int,format=yuv422p10le,"
    "setparams=range=limited:color_primaries=bt709:color_trc=bt709:colorspace=bt709,setsar=sar"
)
# The last filter: square pixels where the film does not say; without it ffmpeg writes an aspect ratio of 0 / 0.
# The order of mxf.LAYOUTS; ffmpeg itself puts the back before the side.
_CHANNELS = {
    1: "aformat=channel_layouts=mono", 2: "aformat=channel_layouts=stereo", 6: "aformat=channel_layouts=5.1",
    8: "aformat=channel_layouts=7.1,pan=8c|c0=FL|c1=FR|c2=FC|c3=LFE|c4=SL|c5=SR|c6=BL|c7=BR",
}  # fmt: skip
_PREFIXES = {"cc": CORE, "xsi": XSI, "r0": GROUPS, "r1": ELEMENTS, "r2": TYPES}


@dataclass(frozen=True)
class Sound:
    """A mix that is heard: its file, its language (RFC 5646) and its channels, 1, 2, 6 or 8."""

    path: Path
    language: str
    channels: int = 2


@dataclass(frozen=True)
class Text:
    """What is read: an IMSC 1.1 text document, its language and what it is for, a key of KINDS."""

    document: bytes
    language: str
    kind: str = "subtitles"


@dataclass(frozen=True)
class Finding:
    """Something that a package's files say differently of each other. note: worth knowing, but no defect."""

    code: str
    where: str
    says: str
    note: bool = False


@dataclass(frozen=True)
class Resource:
    """A piece of a virtual track: frames *entry* to *entry* + *length* of a track file, *intrinsic* long, at *rate*."""

    sequence: str
    track: uuid.UUID
    file: uuid.UUID
    encoding: uuid.UUID
    rate: Fraction
    intrinsic: int
    entry: int
    length: int
    repeats: int

    @property
    def seconds(self) -> Fraction:
        """How long it is on the virtual track."""
        return self.length * self.repeats / self.rate


@dataclass(frozen=True)
class Composition:
    """What a CPL says: its id, title and edit rate, the ids of its descriptors, and its resources in order."""

    id: uuid.UUID
    title: str
    rate: Fraction
    encodings: frozenset[uuid.UUID]
    resources: tuple[Resource, ...]


def write(
    folder: str | Path,
    picture: str | Path,
    sounds: Sequence[Sound],
    texts: Sequence[Text] = (),
    title: str = "",
    issuer: str = "Hallyu Studio",
    kind: str = "short",
    start: str = "00:00:00:00",
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Path:
    """Write an IMF package of a film into the new *folder*, and return its composition playlist.

    picture: a film, of which the pictures are taken. sounds: as long as the picture; silence follows where one ends
    before, and what is longer is cut. start: timecode of the first frame. kind: such as short, feature or trailer.
    Raises HallyuError for a folder that holds something, a text of an unknown kind, and what is no film.
    """
    folder, picture = Path(folder), Path(picture)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HallyuError(f"{folder} holds something already: choose a new folder for the package.")
    for each in (*sounds, *texts):
        if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", each.language):
            raise HallyuError(f"“{each.language}” is no language tag: write ko, en, or pt-BR.")
    for text in texts:
        if text.kind not in KINDS:
            raise HallyuError(f"A text is for {', '.join(KINDS)}, not for “{text.kind}”.")
        root = _parsed(text.document, f"The text in {text.language}")
        if root.tag != "{http://www.w3.org/ns/ttml}tt":
            raise HallyuError(f"The text in {text.language} is no TTML: write it as IMSC 1.1.")
    info = video.probe(picture)
    begin = timecode.parse(start, info.rate)
    with write_whole_folder(folder) as draft:
        tracks = _write_tracks(draft, picture, info, sounds, texts, progress, stop)
        playlist = _write_lists(draft, tracks, info.rate, begin, title or picture.stem, issuer, kind)
    return folder / playlist


def _write_tracks(
    draft: Path,
    picture: Path,
    info: video.Info,
    sounds: Sequence[Sound],
    texts: Sequence[Text],
    progress: Callable[[float], None] | None,
    stop: Callable[[], bool] | None,
) -> list[tuple[str, Path, str]]:
    """Sequence, track file and language of each."""
    path = draft / "picture.mxf"
    ffmpeg.run(
        [
            "-i", picture, "-map", "0:V:0", "-vf", _filters(picture), "-r", str(info.rate), "-fps_mode", "cfr",
            "-c:v", "libopenjpeg", "-format", "j2k", "-prog_order", "cprl", "-f", "mxf", path,
        ],
        what=picture.name, seconds=info.length / info.rate, progress=progress, stop=stop,
    )  # fmt: skip
    frames = mxf.read(path).length
    tracks = [("MainImageSequence", path, "")]
    for number, sound in enumerate(sounds, 1):
        path = draft / f"sound-{number}-{sound.language}.mxf"
        raw = draft / "samples.raw"
        ffmpeg.run(
            ["-i", Path(sound.path), *_sound(sound.channels, frames, info.rate), "-f", "s24le", raw],
            what=Path(sound.path).name, stop=stop,
        )  # fmt: skip
        mxf.write_sound(path, raw, sound.channels, SAMPLES, sound.language)
        raw.unlink()
        tracks.append(("MainAudioSequence", path, sound.language))
    for number, text in enumerate(texts, 1):
        path = draft / f"{text.kind}-{number}-{text.language}.mxf"
        mxf.write_text(path, text.document, frames, info.rate, text.language)
        tracks.append((KINDS[text.kind], path, text.language))
    return tracks


def _filters(picture: Path) -> str:
    """What makes 4:2:2 of 10 bits in BT.709 of the picture, whose colours are named first where it leaves them open."""
    told, rgb = encode.colours(picture)
    return f"{told},{_PICTURE}" if told and not rgb else _PICTURE


def _sound(channels: int, frames: int, rate: Fraction) -> list[str]:
    if channels not in _CHANNELS:
        raise HallyuError(
            f"An IMF sound track has 1, 2, 6 or 8 channels here, not {channels}: mix it down first."
        )
    samples = int(frames * SAMPLES / rate)
    filters = f"aresample={SAMPLES},{_CHANNELS[channels]},apad=whole_len={samples},atrim=end_sample={samples}"
    return ["-map", "0:a:0", "-af", filters, "-c:a", "pcm_s24le"]


def _write_lists(
    draft: Path,
    tracks: list[tuple[str, Path, str]],
    rate: Fraction,
    begin: int,
    title: str,
    issuer: str,
    kind: str,
) -> str:
    """The playlist, the packing list and the map; returns the playlist's name."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    headers = {path: mxf.read(path) for _, path, _ in tracks}
    hashes = {path: _sha1(path) for path in headers}
    ids = {path: header.track_id for path, header in headers.items()}
    cpl_id, pkl_id = uuid.uuid4(), uuid.uuid4()

    cpl = ET.Element(_tag(CPL, "CompositionPlaylist"))
    _add(
        cpl, CPL, Id=cpl_id.urn, Annotation=title, IssueDate=now, Issuer=issuer, Creator="hallyu", ContentTitle=title,
        ContentKind=kind,
    )  # fmt: skip
    described = ET.SubElement(cpl, _tag(CPL, "EssenceDescriptorList"))
    encodings = {}
    for path, header in headers.items():
        encodings[path] = uuid.uuid4()
        each = ET.SubElement(described, _tag(CPL, "EssenceDescriptor"))
        _add(each, CPL, Id=encodings[path].urn)
        each.append(descriptor(header))
    drop = timecode.can_drop(rate)
    code = ET.SubElement(cpl, _tag(CPL, "CompositionTimecode"))
    _add(
        code, CPL, TimecodeDropFrame=str(int(drop)), TimecodeRate=str(timecode.nominal(rate)),
        TimecodeStartAddress=timecode.text(begin, rate),
    )  # fmt: skip
    whole = headers[tracks[0][1]].length
    seconds = int(whole / rate)
    _add(
        cpl,
        CPL,
        EditRate=_ratio(rate),
        TotalRunningTime=f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}",
    )
    languages = list(dict.fromkeys(language for *_, language in tracks if language))
    if languages:
        locale = ET.SubElement(ET.SubElement(cpl, _tag(CPL, "LocaleList")), _tag(CPL, "Locale"))
        listed = ET.SubElement(locale, _tag(CPL, "LanguageList"))
        for language in languages:
            _add(listed, CPL, Language=language)
    extension = ET.SubElement(cpl, _tag(CPL, "ExtensionProperties"))
    _add(extension, CORE, ApplicationIdentification=APPLICATION_2E)
    segment = ET.SubElement(ET.SubElement(cpl, _tag(CPL, "SegmentList")), _tag(CPL, "Segment"))
    _add(segment, CPL, Id=uuid.uuid4().urn)
    sequences = ET.SubElement(segment, _tag(CPL, "SequenceList"))
    for sequence, path, language in tracks:
        each = ET.SubElement(sequences, _tag(CORE, sequence))
        _add(each, CPL, Id=uuid.uuid4().urn, TrackId=uuid.uuid4().urn)
        resource = ET.SubElement(
            ET.SubElement(each, _tag(CPL, "ResourceList")),
            _tag(CPL, "Resource"),
            {_tag(XSI, "type"): "TrackFileResourceType"},
        )
        header = headers[path]
        if language:
            ET.SubElement(resource, _tag(CPL, "Annotation"), {"language": language}).text = path.stem
        _add(
            resource, CPL, EditRate=_ratio(header.rate), IntrinsicDuration=str(header.length), EntryPoint="0",
            SourceDuration=str(header.length), SourceEncoding=encodings[path].urn, TrackFileId=ids[path].urn, Hash=hashes[path],
        )  # fmt: skip
        resource.insert(0, _element(CPL, "Id", uuid.uuid4().urn))
        ET.SubElement(resource, _tag(CPL, "HashAlgorithm"), {"Algorithm": SHA1})
    playlist = draft / f"CPL_{cpl_id}.xml"
    _save(playlist, cpl, CPL)

    pkl = ET.Element(_tag(PKL, "PackingList"))
    _add(pkl, PKL, Id=pkl_id.urn, AnnotationText=title, IssueDate=now, Issuer=issuer, Creator="hallyu")
    assets = ET.SubElement(pkl, _tag(PKL, "AssetList"))
    packed = {**ids, playlist: cpl_id}
    for path, name in packed.items():
        asset = ET.SubElement(assets, _tag(PKL, "Asset"))
        _add(
            asset, PKL, Id=name.urn, Hash=hashes.get(path) or _sha1(path), Size=str(path.stat().st_size),
            Type="text/xml" if path == playlist else "application/mxf", OriginalFileName=path.name,
        )  # fmt: skip
        ET.SubElement(asset, _tag(PKL, "HashAlgorithm"), {"Algorithm": SHA1})
    packing = draft / f"PKL_{pkl_id}.xml"
    _save(packing, pkl, PKL)

    chart = ET.Element(_tag(MAP, "AssetMap"))
    _add(chart, MAP, Id=uuid.uuid4().urn, Creator="hallyu", VolumeCount="1", IssueDate=now, Issuer=issuer)
    assets = ET.SubElement(chart, _tag(MAP, "AssetList"))
    for path, name in {packing: pkl_id, **packed}.items():
        asset = ET.SubElement(assets, _tag(MAP, "Asset"))
        _add(asset, MAP, Id=name.urn, **({"PackingList": "true"} if path == packing else {}))
        chunk = ET.SubElement(ET.SubElement(asset, _tag(MAP, "ChunkList")), _tag(MAP, "Chunk"))
        _add(chunk, MAP, Path=quote(path.name), VolumeIndex="1", Offset="0", Length=str(path.stat().st_size))
    _save(draft / "ASSETMAP.xml", chart, MAP)
    return playlist.name


def descriptor(header: mxf.Header) -> ET.Element:
    """What a track file's header says of its essence, as RegXML (SMPTE ST 2001-1): what a CPL has to repeat."""
    return _described(header, header.descriptor)


def _described(header: mxf.Header, part: mxf.Set) -> ET.Element:
    root = ET.Element(_tag(GROUPS, mxf.DESCRIPTORS[part.number]))
    for name, value in part.values.items():
        element = ET.SubElement(root, _tag(ELEMENTS, name))
        if name == "SubDescriptors":
            for other in map(header.part, value):
                if other and other.number in mxf.DESCRIPTORS:
                    element.append(_described(header, other))
        elif name == "PictureComponentSizing":
            for sizes in value:
                component = ET.SubElement(element, _tag(TYPES, "J2KComponentSizing"))
                _add(component, TYPES, **dict(zip(("Ssiz", "XRSiz", "YRSiz"), map(str, sizes), strict=True)))
        else:
            element.text = _worded(name, value)
    return root


def _worded(name: str, value) -> str:
    if isinstance(value, uuid.UUID):
        return value.urn
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str) and len(value) == 32 and value.startswith("060e2b34"):
        return "urn:smpte:ul:" + ".".join(value[at : at + 8] for at in range(0, 32, 8))
    if name == "FrameLayout":
        return ("FullFrame", "SeparateFields", "OneField", "MixedFields", "SegmentedFrame")[value]
    return ("False", "True")[value] if name == "Locked" else str(value)


def find(folder: str | Path) -> tuple[dict[uuid.UUID, Path], list[uuid.UUID]]:
    """Where the package's files lie by ASSETMAP.xml, and which of them are packing lists.

    Raises HallyuError for a folder without a map, and a map that is none, or leads out of the folder.
    """
    folder = Path(folder)
    chart = _load(folder / "ASSETMAP.xml", _tag(MAP, "AssetMap"))
    paths, lists = {}, []
    for asset in chart.iter(_tag(MAP, "Asset")):
        name, path = _id(asset, MAP), unquote(_text(asset, MAP, "ChunkList/Chunk/Path"))
        whole = (folder / path).resolve()
        if not whole.is_relative_to(folder.resolve()):
            raise HallyuError(f"ASSETMAP.xml leads out of the package, to {path}: do not open it.")
        paths[name] = whole
        if asset.findtext(_tag(MAP, "PackingList"), "").strip() == "true":
            lists.append(name)
    return paths, lists


def read(path: str | Path) -> Composition:
    """A composition playlist. Raises HallyuError for what is none."""
    cpl = _load(Path(path), _tag(CPL, "CompositionPlaylist"))
    rate, resources = _rate(_text(cpl, CPL, "EditRate")), []
    for sequence in cpl.iterfind(
        "/".join(_tag(CPL, name) for name in ("SegmentList", "Segment", "SequenceList")) + "/*"
    ):
        track = _id(sequence, CPL, "TrackId")
        for each in sequence.iter(_tag(CPL, "Resource")):
            intrinsic = _whole(_text(each, CPL, "IntrinsicDuration"))
            entry = _whole(each.findtext(_tag(CPL, "EntryPoint"), "0"))
            resources.append(
                Resource(
                    sequence.tag.rpartition("}")[2], track, _id(each, CPL, "TrackFileId"), _id(each, CPL, "SourceEncoding"),
                    _rate(each.findtext(_tag(CPL, "EditRate")) or _ratio(rate)), intrinsic, entry,
                    _whole(each.findtext(_tag(CPL, "SourceDuration"), str(intrinsic - entry))),
                    _whole(each.findtext(_tag(CPL, "RepeatCount"), "1")),
                )
            )  # fmt: skip
    encodings = frozenset(_id(each, CPL) for each in cpl.iter(_tag(CPL, "EssenceDescriptor")))
    return Composition(_id(cpl, CPL), _text(cpl, CPL, "ContentTitle"), rate, encodings, tuple(resources))


def compositions(folder: str | Path) -> list[Path]:
    """The composition playlists of a package."""
    paths, _ = find(folder)
    return [path for path in paths.values() if path.suffix.lower() == ".xml" and _is_playlist(path)]


def check(folder: str | Path) -> list[Finding]:
    """All that the files of a package say differently of each other; an empty list, or notes only, for a sound one.

    Codes: map, list (a file missing or listed nowhere), size, hash, id, encoding (no descriptor), rate, length (a resource
    beyond its file), sync (virtual tracks of different lengths), pattern (no OP1a), essence (a wrong kind of track file),
    profile (a note: JPEG 2000 of no IMF profile).
    Raises HallyuError for a folder that is no package.
    """
    folder = Path(folder)
    paths, lists = find(folder)
    found = list(_check_lists(paths, lists))
    if any(each.code == "map" for each in found):
        return found
    playlists = compositions(folder)
    if not playlists:
        found.append(Finding("list", "ASSETMAP.xml", "it lists no composition playlist"))
    for playlist in playlists:
        found += _check_composition(playlist, paths)
    return found


def _check_lists(paths: dict[uuid.UUID, Path], lists: list[uuid.UUID]) -> Iterator[Finding]:
    for path in paths.values():
        if not path.is_file():
            yield Finding("map", "ASSETMAP.xml", f"it lists {path.name}, which is not there")
    if not lists:
        yield Finding("list", "ASSETMAP.xml", "it lists no packing list")
    packed = set(lists)
    for name in lists:
        if not (path := paths[name]).is_file():
            continue
        pkl = _load(path, _tag(PKL, "PackingList"))
        if _id(pkl, PKL) != name:
            yield Finding("id", path.name, f"it calls itself {_id(pkl, PKL)}, and the map {name}")
        for asset in pkl.iter(_tag(PKL, "Asset")):
            item = _id(asset, PKL)
            packed.add(item)
            if item not in paths:
                yield Finding("list", path.name, f"it lists {item}, which the map does not have")
            elif paths[item].is_file():
                size = _whole(_text(asset, PKL, "Size"))
                if size != (real := paths[item].stat().st_size):
                    yield Finding("size", paths[item].name, f"it has {real:,} bytes, not {size:,} as packed")
                elif _sha1(paths[item]) != _text(asset, PKL, "Hash"):
                    yield Finding(
                        "hash", paths[item].name, "its SHA-1 is another one than when it was packed"
                    )
    for name in paths.keys() - packed:
        yield Finding("list", paths[name].name, "no packing list has it")


def _check_composition(playlist: Path, paths: dict[uuid.UUID, Path]) -> Iterator[Finding]:
    composition, where = read(playlist), playlist.name
    if paths.get(composition.id) != playlist:
        yield Finding("id", where, f"it calls itself {composition.id}, and the map calls it otherwise")
    lengths: dict[tuple[str, uuid.UUID], Fraction] = {}
    headers: dict[uuid.UUID, mxf.Header] = {}
    for each in composition.resources:
        key = (each.sequence, each.track)
        lengths[key] = lengths.get(key, Fraction(0)) + each.seconds
        if each.encoding not in composition.encodings:
            yield Finding(
                "encoding", where, f"{each.sequence} is described by {each.encoding}, which it does not have"
            )
        if each.entry + each.length > each.intrinsic:
            yield Finding(
                "length",
                where,
                f"{each.sequence} wants {each.entry + each.length} units of a file of {each.intrinsic}",
            )
        if each.file not in paths:
            yield Finding(
                "list", where, f"{each.sequence} takes the file {each.file}, which the map does not have"
            )
            continue
        path = paths[each.file]
        fresh = each.file not in headers
        try:
            header = headers.setdefault(each.file, mxf.read(path) if fresh else None)
            if fresh:
                yield from _check_track(path, header, each)
            if each.rate != header.rate:
                yield Finding(
                    "rate",
                    path.name,
                    f"it has {float(header.rate):g} units a second, and the playlist says {float(each.rate):g}",
                )
            if each.intrinsic != header.length:
                yield Finding(
                    "length",
                    path.name,
                    f"it has {header.length} units, and the playlist says {each.intrinsic}",
                )
        except HallyuError as error:
            yield Finding("essence", path.name, str(error))
    if not lengths:
        return
    # A track may be shorter by less than a frame where a frame is no whole number of samples.
    frames = {key: round(seconds * composition.rate) for key, seconds in lengths.items()}
    usual = Counter(frames.values()).most_common(1)[0][0]
    for (sequence, _), count in frames.items():
        if count != usual:
            yield Finding("sync", where, f"{sequence} lasts {count} frames, and the other tracks {usual}")


def _check_track(path: Path, header: mxf.Header, each: Resource) -> Iterator[Finding]:
    if header.track_id != each.file:
        yield Finding("id", path.name, f"its own id is {header.track_id}, and the playlist's {each.file}")
    if header.pattern[24:28] != "0101":
        yield Finding("pattern", path.name, "it is not of operational pattern OP1a, which IMF asks for")
    wanted = {"MainImageSequence": (mxf.CDCI, mxf.RGBA), "MainAudioSequence": (mxf.WAVE,)}.get(
        each.sequence, (mxf.TEXT,)
    )
    if header.descriptor.number not in wanted:
        yield Finding(
            "essence", path.name, f"{mxf.DESCRIPTORS[header.descriptor.number]} is none for {each.sequence}"
        )
    coded = next((part for part in header.sets if part.number == mxf.JPEG2000), None)
    # Rsiz of the IMF profiles: 0x04nn to 0x09nn (ISO/IEC 15444-1:2004/Amd 8).
    if coded and not 0x0400 <= coded.values.get("Rsiz", 0) <= 0x09FF:
        yield Finding(
            "profile",
            path.name,
            "its JPEG 2000 is of no IMF profile: a mastering program has to encode it for a service",
            True,
        )


def verify(
    playlist: str | Path,
    picture: str | Path,
    sounds: Sequence[Sound] = (),
    stop: Callable[[], bool] | None = None,
) -> int:
    """Decode a composition with ffmpeg's IMF demuxer and compare it, frame for frame and sample for sample, with what it is of.

    Returns how many frames were compared. Raises HallyuError at the first frame that differs, for a different number of
    frames, and for a sound that differs.
    """
    playlist, picture = Path(playlist), Path(picture)
    find(playlist.parent)  # a map that leads out of the package is refused here
    rate = read(playlist).rate
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name, "ours"), Path(name, "theirs")
        end = ["-c:v", "rawvideo", "-f", "framemd5"]
        ffmpeg.run(
            [
                "-i",
                picture,
                "-map",
                "0:V:0",
                "-vf",
                _filters(picture),
                "-r",
                str(rate),
                "-fps_mode",
                "cfr",
                *end,
                ours,
            ],
            stop=stop,
        )
        _decode(playlist, ["-map", "0:v:0", "-fps_mode", "passthrough", *end, theirs], stop)
        rows = [[line.split(",")[-1].strip() for line in _lines(path)] for path in (ours, theirs)]
        for number, (first, second) in enumerate(zip(*rows, strict=False)):
            if first != second:
                raise HallyuError(
                    f"Frame {number} of the package is not frame {number} of {picture.name}: pack it again."
                )
        frames = len(rows[0])
        if len(rows[1]) != frames:
            raise HallyuError(
                f"The package has {len(rows[1])} frames, and {picture.name} {frames}: pack it again."
            )
        for number, sound in enumerate(sounds):
            end = ["-f", "hash", "-hash", "sha256"]
            ffmpeg.run(["-i", Path(sound.path), *_sound(sound.channels, frames, rate), *end, ours], stop=stop)
            _decode(playlist, ["-map", f"0:a:{number}", "-c:a", "pcm_s24le", *end, theirs], stop)
            if ours.read_bytes() != theirs.read_bytes():
                raise HallyuError(
                    f"Sound track {number + 1} of the package is not {Path(sound.path).name}: pack it again."
                )
    return frames


def _decode(playlist: Path, arguments: list, stop: Callable[[], bool] | None) -> None:
    ffmpeg.run(["-f", "imf", "-i", playlist, *arguments], what=playlist.name, formats="imf,mxf", stop=stop)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if not line.startswith("#")]


def _is_playlist(path: Path) -> bool:
    with open(path, "rb") as file:
        return b"CompositionPlaylist" in file.read(4096)


def _load(path: Path, wanted: str) -> ET.Element:
    try:
        if path.stat().st_size > LARGEST_XML:
            raise HallyuError(
                f"{path.name} has {path.stat().st_size / 1e6:.0f} MB and is no list of a package."
            )
        root = _parsed(path.read_bytes(), path.name)
    except OSError as error:
        raise HallyuError(f"{path} cannot be read ({error.strerror}): an IMF package has it.") from None
    if root.tag != wanted:
        raise HallyuError(
            f"{path.name} is no {wanted.rpartition('}')[2]} of the year that is read here ({wanted[1:].split('}')[0]})."
        )
    return root


def _parsed(document: bytes, name: str) -> ET.Element:
    # No list of a package declares entities; one that does is an attack.
    if b"<!DOCTYPE" in document or b"<!ENTITY" in document:
        raise HallyuError(f"{name} declares entities, which no file of a package does: do not open it.")
    try:
        return ET.fromstring(document)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise HallyuError(f"{name} is no XML ({error}): export it again.") from None


def _text(element: ET.Element, space: str, path: str) -> str:
    value = element.findtext("/".join(_tag(space, name) for name in path.split("/")))
    if not value or not value.strip():
        raise HallyuError(
            f"A {element.tag.rpartition('}')[2]} in the package has no {path.rpartition('/')[2]}: write it again."
        )
    return value.strip()


def _id(element: ET.Element, space: str, name: str = "Id") -> uuid.UUID:
    value = _text(element, space, name)
    try:
        return uuid.UUID(value)
    except ValueError:
        raise HallyuError(f"“{value}” is no id of a package's file: write it again.") from None


def _rate(text: str) -> Fraction:
    try:
        rate = Fraction(*map(int, text.split()))
    except (TypeError, ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise HallyuError(f"“{text}” is no edit rate: it is written as 24 1.")
    return rate


def _whole(text: str) -> int:
    if not text.strip().isdecimal():
        raise HallyuError(f"“{text}” is no whole number of a package's list: write it again.")
    return int(text)


def _sha1(path: Path) -> str:
    with open(path, "rb") as file:
        return base64.b64encode(hashlib.file_digest(file, "sha1").digest()).decode()


def _ratio(rate: Fraction) -> str:
    return f"{rate.numerator} {rate.denominator}"


def _tag(space: str, name: str) -> str:
    return f"{{{space}}}{name}"


def _element(space: str, name: str, text: str) -> ET.Element:
    element = ET.Element(_tag(space, name))
    element.text = text
    return element


def _add(parent: ET.Element, space: str, **values: str) -> None:
    for name, text in values.items():
        parent.append(_element(space, name, text))


def _save(path: Path, root: ET.Element, space: str) -> None:
    """Write a list with *space* as the default namespace, for some readers look for plain names."""
    # ElementTree's own prefixes are one table for the whole program, which two threads must not change at once.
    prefixes = {uri: f"{prefix}:" for prefix, uri in _PREFIXES.items()} | {space: ""}
    used = {
        name[1:].partition("}")[0]
        for each in root.iter()
        for name in (each.tag, *each.attrib)
        if name[0] == "{"
    }

    def plain(name: str) -> str:
        uri, _, local = name.rpartition("}")
        return prefixes[uri[1:]] + local if uri else local

    for each in root.iter():
        each.tag = plain(each.tag)
        each.attrib = {plain(name): value for name, value in each.attrib.items()}
    for uri in sorted(used):
        root.set("xmlns" + (":" + prefixes[uri][:-1] if prefixes[uri] else ""), uri)
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
