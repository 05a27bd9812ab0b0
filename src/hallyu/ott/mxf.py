"""Track files of an IMF package: MXF with one kind of essence each, as studios exchange them.

The ffmpeg program writes pictures into MXF, but neither several channels of sound nor subtitles; *write_sound* and
*write_text* do, by the letter of SMPTE ST 377-1 (file format, with operational pattern OP1a), ST 382 and ST 2067-5 (sound
wrapped as one clip), ST 377-4 and ST 2067-8 (what each channel is), ST 2067-5 and RP 2057 (timed text). *read* gives the
header of any MXF file back. An MXF file is a row of packets, each of a key of 16 bytes, a length and a value; its header
metadata are sets of such values under tags of two bytes, which the primer pack explains.
"""

import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.files import write_whole

LAYOUTS = {
    1: ("sgM", "1.0 Monaural", "02 02 05", ("C",)),
    2: ("sgST", "Standard Stereo", "02 02 20 01", ("L", "R")),
    6: ("sg51", "5.1", "02 02 01", ("L", "R", "C", "LFE", "Ls", "Rs")),
    8: ("sg71", "7.1DS", "02 02 02", ("L", "R", "C", "LFE", "Lss", "Rss", "Lrs", "Rrs")),
}
"""Channels -> symbol, name and label of the sound field, and its channels in order. Source: SMPTE ST 428-12, ST 2067-8."""
_CHANNELS = {
    "L": (1, "Left"), "R": (2, "Right"), "C": (3, "Center"), "LFE": (4, "LFE"), "Ls": (5, "Left Surround"),
    "Rs": (6, "Right Surround"), "Lss": (7, "Left Side Surround"), "Rss": (8, "Right Side Surround"),
    "Lrs": (9, "Left Rear Surround"), "Rrs": (10, "Right Rear Surround"),
}  # fmt: skip
BITS = 24
"""Of a sample of sound. Source: SMPTE ST 2067-2, 5.3.2.2."""
_LARGEST_HEADER = 4_000_000
"""Bytes; a header is some kilobytes, and what claims more is damaged or an attack."""

_SET = "060e2b34 02530101 0d010101 0101{:02x}00"
_OP1A = "060e2b34 04010101 0d010201 01010900"
_PRIMER = "060e2b34 02050101 0d010201 01050100"
_INDEX = "060e2b34 02530101 0d010201 01100100"
_RANDOM_INDEX = "060e2b34 02050101 0d010201 01110100"
_HEADER, _BODY, _FOOTER = (f"060e2b34 02050101 0d010201 01{kind}0400" for kind in ("02", "03", "04"))
_SOUND, _DATA = "060e2b34 04010101 01030202 02000000", "060e2b34 04010101 01030202 03000000"
_WAVE_CLIP = "060e2b34 04010101 0d010301 02060200"
_TEXT_CLIP = "060e2b34 0401010a 0d010301 02130101"
_ELEMENT = "060e2b34 01020101 0d010301 {}"
_MCA = "060e2b34 0401010d 04020210 04010000"

# What a set is: its number in the key -> its name in SMPTE's register of groups.
PREFACE, IDENTIFICATION, STORAGE, CONTAINER = 0x2F, 0x30, 0x18, 0x23
MATERIAL, SOURCE, TRACK, SEQUENCE, CLIP = 0x36, 0x37, 0x3B, 0x0F, 0x11
CDCI, RGBA, WAVE, TEXT, JPEG2000, CHANNEL, SOUNDFIELD = 0x28, 0x29, 0x48, 0x64, 0x5A, 0x6B, 0x6C
DESCRIPTORS = {
    CDCI: "CDCIDescriptor", RGBA: "RGBADescriptor", WAVE: "WAVEPCMDescriptor", TEXT: "TimedTextDescriptor",
    JPEG2000: "JPEG2000SubDescriptor", CHANNEL: "AudioChannelLabelSubDescriptor",
    SOUNDFIELD: "SoundfieldGroupLabelSubDescriptor",
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A value of a set: its local tag, its name and kind as the register of elements has them, and its full key."""

    tag: int
    name: str
    kind: str
    key: str


# Tags above 0x8000 are the file's own, and are known by their keys alone.
_ITEMS = tuple(
    Item(tag, name, kind, key.replace(" ", ""))
    for tag, name, kind, key in (
        (0x3C0A, "InstanceID", "uuid", "060e2b34 01010101 01011502 00000000"),
        (0x3B02, "FileLastModified", "time", "060e2b34 01010102 07020110 02040000"),
        (0x3B05, "FormatVersion", "u16", "060e2b34 01010102 03010201 05000000"),
        (0x3B06, "IdentificationList", "refs", "060e2b34 01010102 06010104 06040000"),
        (0x3B03, "ContentStorageObject", "ref", "060e2b34 01010102 06010104 02010000"),
        (0x3B09, "OperationalPattern", "ul", "060e2b34 01010105 01020203 00000000"),
        (0x3B0A, "EssenceContainers", "uls", "060e2b34 01010105 01020210 02010000"),
        (0x3B0B, "DescriptiveSchemes", "uls", "060e2b34 01010105 01020210 02020000"),
        (0x3C09, "GenerationID", "uuid", "060e2b34 01010102 05200701 01000000"),
        (0x3C01, "ApplicationSupplierName", "text", "060e2b34 01010102 05200701 02010000"),
        (0x3C02, "ApplicationName", "text", "060e2b34 01010102 05200701 03010000"),
        (0x3C04, "ApplicationVersionString", "text", "060e2b34 01010102 05200701 05010000"),
        (0x3C05, "ApplicationProductID", "uuid", "060e2b34 01010102 05200701 07000000"),
        (0x3C06, "FileModificationDate", "time", "060e2b34 01010102 07020110 02030000"),
        (0x1901, "Packages", "refs", "060e2b34 01010102 06010104 05010000"),
        (0x1902, "EssenceDataObjects", "refs", "060e2b34 01010102 06010104 05020000"),
        (0x2701, "LinkedPackageID", "umid", "060e2b34 01010102 06010106 01000000"),
        (0x3F07, "EssenceStreamID", "u32", "060e2b34 01010104 01030404 00000000"),
        (0x3F06, "IndexStreamID", "u32", "060e2b34 01010104 01030405 00000000"),
        (0x4401, "PackageID", "umid", "060e2b34 01010101 01011510 00000000"),
        (0x4405, "CreationTime", "time", "060e2b34 01010102 07020110 01030000"),
        (0x4404, "PackageLastModified", "time", "060e2b34 01010102 07020110 02050000"),
        (0x4403, "PackageTracks", "refs", "060e2b34 01010102 06010104 06050000"),
        (0x4701, "EssenceDescription", "ref", "060e2b34 01010102 06010104 02030000"),
        (0x4801, "TrackID", "u32", "060e2b34 01010102 01070101 00000000"),
        (0x4804, "EssenceTrackNumber", "u32", "060e2b34 01010102 01040103 00000000"),
        (0x4B01, "EditRate", "ratio", "060e2b34 01010102 05300405 00000000"),
        (0x4B02, "Origin", "i64", "060e2b34 01010102 07020103 01030000"),
        (0x4803, "TrackSegment", "ref", "060e2b34 01010102 06010104 02040000"),
        (0x0201, "ComponentDataDefinition", "ul", "060e2b34 01010102 04070100 00000000"),
        (0x0202, "ComponentLength", "i64", "060e2b34 01010102 07020201 01030000"),
        (0x1001, "ComponentObjects", "refs", "060e2b34 01010102 06010104 06090000"),
        (0x1201, "StartPosition", "i64", "060e2b34 01010102 07020103 01040000"),
        (0x1101, "SourcePackageID", "umid", "060e2b34 01010102 06010103 01000000"),
        (0x1102, "SourceTrackID", "u32", "060e2b34 01010102 06010103 02000000"),
        (0x3006, "LinkedTrackID", "u32", "060e2b34 01010105 06010103 05000000"),
        (0x3001, "SampleRate", "ratio", "060e2b34 01010101 04060101 00000000"),
        (0x3002, "EssenceLength", "i64", "060e2b34 01010101 04060102 00000000"),
        (0x3004, "ContainerFormat", "ul", "060e2b34 01010102 06010104 01020000"),
        (0x320C, "FrameLayout", "layout", "060e2b34 01010101 04010301 04000000"),
        (0x3203, "StoredWidth", "u32", "060e2b34 01010101 04010502 02000000"),
        (0x3202, "StoredHeight", "u32", "060e2b34 01010101 04010502 01000000"),
        (0x3209, "DisplayWidth", "u32", "060e2b34 01010101 04010501 0c000000"),
        (0x3208, "DisplayHeight", "u32", "060e2b34 01010101 04010501 0b000000"),
        (0x320E, "ImageAspectRatio", "ratio", "060e2b34 01010101 04010101 01000000"),
        (0x3201, "PictureCompression", "ul", "060e2b34 01010102 04010601 00000000"),
        (0x3210, "TransferCharacteristic", "ul", "060e2b34 01010102 04010201 01010200"),
        (0x3219, "ColorPrimaries", "ul", "060e2b34 01010109 04010201 01060100"),
        (0x321A, "CodingEquations", "ul", "060e2b34 01010102 04010201 01030100"),
        (0x3301, "ComponentDepth", "u32", "060e2b34 01010102 04010503 0a000000"),
        (0x3302, "HorizontalSubsampling", "u32", "060e2b34 01010101 04010501 05000000"),
        (0x3308, "VerticalSubsampling", "u32", "060e2b34 01010102 04010501 10000000"),
        (0x3304, "BlackRefLevel", "u32", "060e2b34 01010101 04010503 03000000"),
        (0x3305, "WhiteRefLevel", "u32", "060e2b34 01010101 04010503 04000000"),
        (0x3306, "ColorRange", "u32", "060e2b34 01010102 04010503 05000000"),
        (0x3D02, "Locked", "bool", "060e2b34 01010104 04020301 04000000"),
        (0x3D03, "AudioSampleRate", "ratio", "060e2b34 01010105 04020301 01010000"),
        (0x3D07, "ChannelCount", "u32", "060e2b34 01010105 04020101 04000000"),
        (0x3D01, "QuantizationBits", "u32", "060e2b34 01010104 04020303 04000000"),
        (0x3D09, "AverageBytesPerSecond", "u32", "060e2b34 01010105 04020303 05000000"),
        (0x3D0A, "BlockAlign", "u16", "060e2b34 01010105 04020302 01000000"),
        (0x3D32, "ChannelAssignment", "ul", "060e2b34 01010107 04020101 05000000"),
        (0x3F0B, "IndexEditRate", "ratio", "060e2b34 01010105 05300406 00000000"),
        (0x3F0C, "IndexStartPosition", "i64", "060e2b34 01010105 07020103 010a0000"),
        (0x3F0D, "IndexDuration", "i64", "060e2b34 01010105 07020201 01020000"),
        (0x3F05, "EditUnitByteCount", "u32", "060e2b34 01010104 04060201 00000000"),
        (0x3F08, "SliceCount", "u8", "060e2b34 01010104 04040401 01000000"),
        (0x8001, "SubDescriptors", "refs", "060e2b34 01010109 06010104 06100000"),
        (0x8002, "MCALabelDictionaryID", "ul", "060e2b34 0101010e 01030701 01000000"),
        (0x8003, "MCALinkID", "uuid", "060e2b34 0101010e 01030701 05000000"),
        (0x8004, "MCATagSymbol", "text", "060e2b34 0101010e 01030701 02000000"),
        (0x8005, "MCATagName", "text", "060e2b34 0101010e 01030701 03000000"),
        (0x8006, "MCAChannelID", "u32", "060e2b34 0101010e 0103040a 00000000"),
        (0x8007, "RFC5646SpokenLanguage", "ascii", "060e2b34 0101010d 03010102 03150000"),
        (0x8008, "SoundfieldGroupLinkID", "uuid", "060e2b34 0101010e 01030701 06000000"),
        (0x8009, "ResourceID", "uuid", "060e2b34 0101010c 01011512 00000000"),
        (0x800A, "UCSEncoding", "text", "060e2b34 0101010c 04090500 00000000"),
        (0x800B, "NamespaceURI", "text", "060e2b34 0101010c 01020105 01000000"),
        (0x800C, "RFC5646LanguageTagList", "text", "060e2b34 0101010e 03010102 02160000"),
        (0x800D, "Rsiz", "u16", "060e2b34 0101010a 04010603 01000000"),
        (0x800E, "Xsiz", "u32", "060e2b34 0101010a 04010603 02000000"),
        (0x800F, "Ysiz", "u32", "060e2b34 0101010a 04010603 03000000"),
        (0x8010, "XOsiz", "u32", "060e2b34 0101010a 04010603 04000000"),
        (0x8011, "YOsiz", "u32", "060e2b34 0101010a 04010603 05000000"),
        (0x8012, "XTsiz", "u32", "060e2b34 0101010a 04010603 06000000"),
        (0x8013, "YTsiz", "u32", "060e2b34 0101010a 04010603 07000000"),
        (0x8014, "XTOsiz", "u32", "060e2b34 0101010a 04010603 08000000"),
        (0x8015, "YTOsiz", "u32", "060e2b34 0101010a 04010603 09000000"),
        (0x8016, "Csiz", "u16", "060e2b34 0101010a 04010603 0a000000"),
        (0x8017, "PictureComponentSizing", "components", "060e2b34 0101010a 04010603 0b000000"),
        (0x8018, "CodingStyleDefault", "bytes", "060e2b34 0101010a 04010603 0c000000"),
        (0x8019, "QuantizationDefault", "bytes", "060e2b34 0101010a 04010603 0d000000"),
    )
)  # fmt: skip
_BY_NAME = {item.name: item for item in _ITEMS}
# The version byte of a key may differ between editions of the register, and names the same element.
_BY_KEY = {item.key[:14] + item.key[16:]: item for item in _ITEMS}
_NUMBERS = {"u8": ">B", "bool": ">B", "layout": ">B", "u16": ">H", "u32": ">I", "i64": ">q"}


@dataclass
class Set:
    """A set of header metadata: its number in the register, and name -> value."""

    number: int
    values: dict = field(default_factory=dict)

    @property
    def id(self) -> uuid.UUID:
        """Its own name, by which other sets refer to it."""
        return self.values["InstanceID"]


@dataclass(frozen=True)
class Header:
    """What an MXF file says about itself. sets: in the file's order. pattern: its operational pattern, as hexadecimal."""

    sets: tuple[Set, ...]
    pattern: str

    def only(self, number: int) -> Set:
        """The first set of this number. Raises HallyuError where there is none."""
        for each in self.sets:
            if each.number == number:
                return each
        raise HallyuError("This MXF file has no complete header: write it again.")

    def _value(self, part: Set, name: str):
        if name not in part.values:
            raise HallyuError(f"This MXF file's header has no {name}: write it again.")
        return part.values[name]

    @property
    def track_id(self) -> uuid.UUID:
        """By which a composition names the file: the material number of its file package (ST 2067-2, 5.3)."""
        name = self._value(self.only(SOURCE), "PackageID")
        if len(name) != 32:
            raise HallyuError("This MXF file's package has no whole name: write it again.")
        return uuid.UUID(bytes=name[16:])

    @property
    def descriptor(self) -> Set:
        """What its essence is."""
        for each in self.sets:
            if each.number in (CDCI, RGBA, WAVE, TEXT):
                return each
        raise HallyuError("This MXF file holds neither pictures, sound nor timed text that IMF has.")

    def part(self, name: uuid.UUID) -> Set | None:
        """The set that is called *name*."""
        return next((each for each in self.sets if each.values.get("InstanceID") == name), None)

    @property
    def length(self) -> int:
        """How many edit units (frames, samples) there are."""
        return self._value(self.only(CLIP), "ComponentLength")

    @property
    def rate(self) -> Fraction:
        """Edit units a second."""
        return self._value(self.descriptor, "SampleRate")


def write_sound(
    path: str | Path, samples: str | Path, channels: int, rate: int = 48_000, language: str = ""
) -> uuid.UUID:
    """Write the raw PCM of the file *samples* (24 bits, little-endian, interleaved) as an IMF sound track file.

    channels: 1, 2, 6 or 8, in the order of LAYOUTS. language: RFC 5646, such as "ko". Returns the track file's id.
    Raises HallyuError for other numbers of channels, and a file that is no whole number of samples.
    """
    if channels not in LAYOUTS:
        raise HallyuError(
            f"An IMF sound track has {_or(LAYOUTS)} channels here, not {channels}: mix it down first."
        )
    samples, align = Path(samples), channels * BITS // 8
    size = samples.stat().st_size
    if not size or size % align:
        raise HallyuError(
            f"{samples.name} holds no whole number of {channels} x {BITS} bits: export the sound again."
        )
    symbol, name, label, order = LAYOUTS[channels]
    group = uuid.uuid4()
    spoken = {"RFC5646SpokenLanguage": language} if language else {}
    labels = [
        _new(
            SOUNDFIELD, MCALabelDictionaryID=_label(label), MCALinkID=group, MCATagSymbol=symbol, MCATagName=name, **spoken
        )
    ] + [
        _new(
            CHANNEL, MCALabelDictionaryID=_label(f"02 01 {_CHANNELS[short][0]:02x}"), MCALinkID=uuid.uuid4(),
            MCATagSymbol=f"ch{short}", MCATagName=_CHANNELS[short][1], MCAChannelID=number, SoundfieldGroupLinkID=group,
            **spoken,
        )
        for number, short in enumerate(order, 1)
    ]  # fmt: skip
    descriptor = _new(
        WAVE, LinkedTrackID=2, SampleRate=Fraction(rate), EssenceLength=size // align, ContainerFormat=_WAVE_CLIP,
        Locked=0, AudioSampleRate=Fraction(rate), ChannelCount=channels, QuantizationBits=BITS, BlockAlign=align,
        AverageBytesPerSecond=rate * align, ChannelAssignment=_MCA, SubDescriptors=[each.id for each in labels],
    )  # fmt: skip
    with open(samples, "rb") as file:
        blocks = iter(lambda: file.read(1 << 20), b"")
        return _write(path, [descriptor, *labels], _SOUND, "16010201", blocks, size, align)


def write_text(
    path: str | Path,
    document: bytes,
    frames: int,
    rate: Fraction,
    language: str,
    resource: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write an IMSC 1.1 text document as an IMF timed text track file of *frames* frames. Returns the track file's id."""
    descriptor = _new(
        TEXT, LinkedTrackID=2, SampleRate=Fraction(rate), EssenceLength=frames, ContainerFormat=_TEXT_CLIP,
        ResourceID=resource or uuid.uuid4(), UCSEncoding="UTF-8",
        NamespaceURI="http://www.w3.org/ns/ttml/profile/imsc1.1/text", RFC5646LanguageTagList=language,
    )  # fmt: skip
    return _write(path, [descriptor], _DATA, "17010b01", iter([document]), len(document), 0)


def read(path: str | Path) -> Header:
    """The header metadata of an MXF file. Raises HallyuError for what is no MXF file, or a damaged one."""
    path = Path(path)
    sets, tags, pattern = [], {}, ""
    try:
        with open(path, "rb") as file:
            left = _LARGEST_HEADER
            for key, value in _packets(file):
                left -= len(value)
                if not pattern:
                    if not key.startswith(_hex("060e2b34 02050101 0d010201 0102")):
                        break
                    pattern = value[64:80].hex()
                elif key[:13] == _hex(_PRIMER)[:13] and key[13] == 5:
                    tags = {
                        struct.unpack(">H", value[at : at + 2])[0]: value[at + 2 : at + 18].hex()
                        for at in range(8, len(value), 18)
                    }
                elif key[:4] + key[8:14] == _hex("060e2b34 0d010101 0101"):
                    sets.append(Set(key[14], dict(_values(value, tags))))
                elif key[4:6] == b"\x02\x05" or left < 0:
                    break
    except OSError as error:
        raise HallyuError(
            f"{path} cannot be read ({error.strerror}): an IMF track file was expected."
        ) from None
    except (struct.error, ValueError, IndexError, UnicodeDecodeError, ZeroDivisionError):
        raise HallyuError(f"{path.name} is a damaged MXF file: write it again.") from None
    if not sets:
        raise HallyuError(f"{path.name} is no MXF file with a header: an IMF track file was expected.")
    return Header(tuple(sets), pattern)


def text(path: str | Path) -> bytes:
    """The document inside a timed text track file. Raises HallyuError where there is none."""
    with open(path, "rb") as file:
        for key, value in _packets(file):
            if key[12:15] == b"\x17\x01\x0b":
                return value
    raise HallyuError(f"{Path(path).name} holds no timed text.")


def _packets(file) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of each packet; of one longer than a header may be (a film), the value is left out."""
    while len(key := file.read(16)) == 16:
        first = file.read(1)
        if not first:
            return
        size = first[0]
        if size & 0x80:
            size = int.from_bytes(file.read(size & 0x7F), "big")
        if size > _LARGEST_HEADER:
            # No file is as long as a damaged length may be.
            if size >= 1 << 62:
                return
            file.seek(size, 1)
            yield key, b""
        else:
            yield key, file.read(size)


def _values(value: bytes, tags: dict[int, str]) -> Iterator[tuple[str, object]]:
    at = 0
    while at + 4 <= len(value):
        tag, size = struct.unpack(">HH", value[at : at + 4])
        key = tags.get(tag, "")
        item = _BY_KEY.get(key[:14] + key[16:])
        if item:
            yield item.name, _decoded(item.kind, value[at + 4 : at + 4 + size])
        at += 4 + size


def _decoded(kind: str, value: bytes) -> object:
    if kind in _NUMBERS:
        return struct.unpack(_NUMBERS[kind], value)[0]
    if kind == "ratio":
        return Fraction(*struct.unpack(">ii", value))
    if kind in ("uuid", "ref"):
        return uuid.UUID(bytes=value)
    if kind == "refs":
        return [uuid.UUID(bytes=value[at : at + 16]) for at in range(8, len(value), 16)]
    if kind == "uls":
        return [value[at : at + 16].hex() for at in range(8, len(value), 16)]
    if kind == "ul":
        return value.hex()
    if kind == "text":
        return value.decode("utf-16-be").rstrip("\0")
    if kind == "ascii":
        return value.decode("ascii").rstrip("\0")
    if kind == "components":
        return [tuple(value[at : at + 3]) for at in range(8, len(value), 3)]
    return value


def _encoded(kind: str, value) -> bytes:
    if kind in _NUMBERS:
        return struct.pack(_NUMBERS[kind], value)
    if kind == "ratio":
        return struct.pack(">ii", value.numerator, value.denominator)
    if kind in ("uuid", "ref"):
        return value.bytes
    if kind in ("refs", "uls"):
        parts = [each.bytes if kind == "refs" else _hex(each) for each in value]
        return struct.pack(">II", len(parts), 16) + b"".join(parts)
    if kind == "ul":
        return _hex(value)
    if kind == "text":
        return value.encode("utf-16-be")
    if kind == "ascii":
        return value.encode("ascii")
    if kind == "time":
        return struct.pack(
            ">HBBBBBB", value.year, value.month, value.day, value.hour, value.minute, value.second, 0
        )
    return value


def _write(
    path: str | Path,
    described: list[Set],
    definition: str,
    element: str,
    blocks: Iterator[bytes],
    size: int,
    unit: int,
) -> uuid.UUID:
    """Header, essence, index where each unit is *unit* bytes long, footer and the table of all partitions."""
    descriptor, now = described[0], datetime.now(UTC)
    rate, length, container = (
        descriptor.values[name] for name in ("SampleRate", "EssenceLength", "ContainerFormat")
    )
    material, source = _umid(), _umid()
    # Track 1 of a file package is its timecode where there is one; the essence is track 2 by custom.
    packages = []
    for number, name, of, track in ((MATERIAL, material, source, 2), (SOURCE, source, bytes(32), 0)):
        clip = _new(
            CLIP, ComponentDataDefinition=definition, ComponentLength=length, StartPosition=0, SourcePackageID=of,
            SourceTrackID=track,
        )  # fmt: skip
        row = _new(
            SEQUENCE, ComponentDataDefinition=definition, ComponentLength=length, ComponentObjects=[clip.id]
        )
        line = _new(
            TRACK, TrackID=2, EssenceTrackNumber=int(element, 16) if number == SOURCE else 0, EditRate=rate, Origin=0,
            TrackSegment=row.id,
        )  # fmt: skip
        package = _new(
            number, PackageID=name, CreationTime=now, PackageLastModified=now, PackageTracks=[line.id]
        )
        if number == SOURCE:
            package.values["EssenceDescription"] = descriptor.id
        packages += [package, line, row, clip]
    made = _new(
        IDENTIFICATION, GenerationID=uuid.uuid4(), ApplicationSupplierName="Hallyu Studio", ApplicationName="hallyu",
        ApplicationVersionString="1", ApplicationProductID=uuid.UUID("a24850a4-2a3c-4d42-8e0b-4c8c6a5f1c1e"),
        FileModificationDate=now,
    )  # fmt: skip
    held = _new(
        CONTAINER, LinkedPackageID=source, EssenceStreamID=1, **({"IndexStreamID": 2} if unit else {})
    )
    heads = [each.id for each in packages if each.number in (MATERIAL, SOURCE)]
    storage = _new(STORAGE, Packages=heads, EssenceDataObjects=[held.id])
    preface = _new(
        PREFACE, FileLastModified=now, FormatVersion=0x0103, ContentStorageObject=storage.id, IdentificationList=[made.id],
        OperationalPattern=_OP1A, EssenceContainers=[container], DescriptiveSchemes=[],
    )  # fmt: skip
    sets = [preface, made, storage, held, *packages, *described]
    header = _primer(sets) + b"".join(_packed(_hex(_SET.format(each.number)), each) for each in sets)
    index = b""
    if unit:
        table = _new(
            0, IndexEditRate=rate, IndexStartPosition=0, IndexDuration=length, EditUnitByteCount=unit, IndexStreamID=2,
            EssenceStreamID=1, SliceCount=0,
        )  # fmt: skip
        index = _packed(_hex(_INDEX), table)
    essence = _hex(_ELEMENT.format(element)) + b"\x88" + struct.pack(">Q", size)
    pack = len(_partition(_HEADER, 0, 0, 0, container))
    body = pack + len(header)
    behind = body + pack + len(essence) + size
    footer = behind + (pack + len(index) if unit else 0)
    with write_whole(path) as draft, open(draft, "wb") as file:
        file.write(_partition(_HEADER, 0, 0, footer, container, header=len(header)) + header)
        file.write(_partition(_BODY, body, 0, footer, container, essence_stream=1) + essence)
        written = 0
        for block in blocks:
            written += file.write(block)
        if written != size:
            raise HallyuError(f"{Path(path).name} was not written: what it is made from changed meanwhile.")
        if unit:
            file.write(_partition(_BODY, behind, body, footer, container, index=len(index)) + index)
        file.write(_partition(_FOOTER, footer, behind if unit else body, footer, container))
        places = [(0, 0), (1, body), *([(0, behind)] if unit else []), (0, footer)]
        table = b"".join(struct.pack(">IQ", *place) for place in places)
        file.write(_packet(_hex(_RANDOM_INDEX), table + struct.pack(">I", len(table) + 4 + 20)))
    return uuid.UUID(bytes=source[16:])


def _partition(
    kind: str,
    here: int,
    before: int,
    footer: int,
    container: str,
    header: int = 0,
    index: int = 0,
    essence_stream: int = 0,
) -> bytes:
    value = struct.pack(
        ">HHIQQQQQIQI", 1, 3, 1, here, before, footer, header, index, 2 if index else 0, 0, essence_stream
    )
    return _packet(_hex(kind), value + _hex(_OP1A) + struct.pack(">II", 1, 16) + _hex(container))


def _primer(sets: list[Set]) -> bytes:
    used = {_BY_NAME[name] for each in sets for name in each.values}
    rows = [struct.pack(">H", item.tag) + _hex(item.key) for item in sorted(used, key=lambda item: item.tag)]
    return _packet(_hex(_PRIMER), struct.pack(">II", len(rows), 18) + b"".join(rows))


def _packed(key: bytes, each: Set) -> bytes:
    rows = []
    for name, value in each.values.items():
        item = _BY_NAME[name]
        data = _encoded(item.kind, value)
        rows.append(struct.pack(">HH", item.tag, len(data)) + data)
    return _packet(key, b"".join(rows))


def _packet(key: bytes, value: bytes) -> bytes:
    return key + b"\x83" + len(value).to_bytes(3, "big") + value


def _new(number: int, **values) -> Set:
    return Set(number, {"InstanceID": uuid.uuid4(), **values})


def _umid() -> bytes:
    """A new name of a package: 32 bytes, of which the last 16 are a random UUID. Source: SMPTE ST 330."""
    return _hex("060a2b34 01010105 01010f20 13000000") + uuid.uuid4().bytes


def _label(tail: str) -> str:
    return "060e2b34 0401010d 03" + tail.replace(" ", "").ljust(14, "0")


def _hex(text: str) -> bytes:
    return bytes.fromhex(text.replace(" ", ""))


def _or(names) -> str:
    *most, last = [str(name) for name in names]
    return f"{', '.join(most)} or {last}"
