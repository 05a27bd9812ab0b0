"""OpenEXR pictures: linear light in half or full floats, with a matte, other layers, timecode and primaries.

Colours of an EXR with a matte are premultiplied: they are what the picture adds to the background, so a glow may have
colour where its matte is 0. Source: Technical Introduction to OpenEXR, "The Alpha Channel"; a matte of 1 is opaque.
"""

import io
import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from hallyu import timecode
from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.film import colour, comp
from hallyu.video import LARGEST

BT709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
"""CIE x, y of red, green, blue and white. Source: ITU-R BT.709-6."""
ACES2065_1 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.0770, 0.32168, 0.33767)
"""As BT709. Source: SMPTE ST 2065-1 (AP0)."""
ACESCG = (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767)
"""As BT709. Source: AMPAS S-2014-004 (AP1)."""
LARGEST_HALF = 65504.0
"""The largest value that a half float holds; anything above would become infinite."""
FIRST = 1001
"""The number that film crews give to the first frame of a shot, so that handles before it are not negative."""
_MAGIC = b"\x76\x2f\x31\x01"
_NUMBERED = re.compile(r"(?P<name>.+)\.(?P<number>-?\d+)\.exr", re.IGNORECASE)
_ORDER = {"R": 0, "G": 1, "B": 2, "A": 3, "X": 0, "Y": 1, "Z": 2}
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_quiet = threading.Lock()


@dataclass(frozen=True, eq=False)
class Picture:
    """What an EXR file holds.

    premultiplied: float32 (h, w, 3), or (h, w, 4) with a matte; linear light. layers: other channels by name, (h, w) or
    (h, w, n), such as "Z" or "matte". half: stored in 16 bits. chromaticities: CIE x, y of red, green, blue and white.
    rate, timecode: frames a second and the time of day, "01:00:00:00". metadata: every other line of text in the header.
    """

    premultiplied: np.ndarray
    layers: Mapping[str, np.ndarray] = field(default_factory=dict)
    half: bool = True
    chromaticities: tuple[float, ...] = BT709
    rate: Fraction | None = None
    timecode: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bad:
    """A value that is no number: where (x to the right, y down, from 0), in which channel, and what it is."""

    x: int
    y: int
    channel: str
    value: float

    def __str__(self) -> str:
        return (
            f"{self.channel} is {'NaN' if np.isnan(self.value) else 'infinite'} at pixel ({self.x}, {self.y})"
        )


@dataclass(frozen=True)
class Run:
    """A sequence of files name.1001.exr, name.1002.exr, … in a folder. numbers: in order, those that are there."""

    folder: Path
    name: str
    numbers: tuple[int, ...]
    digits: int = 4

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers between the first and the last that have no file."""
        there = set(self.numbers)
        return tuple(n for n in range(self.numbers[0], self.numbers[-1] + 1) if n not in there)

    def path(self, number: int) -> Path:
        """The file of one frame."""
        return self.folder / f"{self.name}.{number:0{self.digits}}.exr"

    def __str__(self) -> str:
        return f"{self.name}.{self.numbers[0]:0{self.digits}}-{self.numbers[-1]:0{self.digits}}.exr"


def from_frame(frame: np.ndarray) -> np.ndarray:
    """Display code values, straight -> what an EXR holds: linear light, premultiplied."""
    linear = colour.to_linear(frame)
    return comp.premultiplied(linear) if linear.shape[2] == 4 else linear


def to_frame(picture: Picture) -> np.ndarray:
    """What an EXR holds -> display code values 0..1 of BT.709, straight. Light above white is cut.

    Other primaries are brought to BT.709, their white to D65 (Bradford).
    """
    linear = picture.premultiplied
    if np.abs(np.subtract(picture.chromaticities, BT709)).max() > 1e-3:
        matrix = np.float32(primaries_matrix(picture.chromaticities, BT709))
        linear = np.dstack([linear[..., :3] @ matrix.T, *np.moveaxis(linear[..., 3:], 2, 0)])
    if linear.shape[2] == 4:
        linear = comp.straight(linear)
    return np.clip(colour.to_display(linear), 0, 1)


def primaries_matrix(source: tuple[float, ...], target: tuple[float, ...]) -> np.ndarray:
    """(3, 3) linear RGB of *source* primaries -> linear RGB of *target* primaries, whites matched by Bradford's way.

    >>> primaries_matrix(ACESCG, BT709).round(3)
    array([[ 1.705, -0.622, -0.083],
           [-0.13 ,  1.141, -0.011],
           [-0.024, -0.129,  1.153]])
    """
    one, two = (_to_xyz(chromaticities) for chromaticities in (source, target))
    cones = (_BRADFORD @ two.sum(1)) / (_BRADFORD @ one.sum(1))
    adapt = np.linalg.solve(_BRADFORD, cones[:, None] * _BRADFORD)
    return np.linalg.solve(two, adapt @ one)


def _to_xyz(chromaticities: tuple[float, ...]) -> np.ndarray:
    """(3, 3) linear RGB -> CIE XYZ, from x and y of the primaries and of white. Source: SMPTE RP 177."""
    x, y = np.reshape(chromaticities, (4, 2)).T
    columns = np.array([x, y, 1 - x - y])
    white = columns[:, 3] / y[3]
    return columns[:, :3] * np.linalg.solve(columns[:, :3], white)


def write(path: str | Path, picture: Picture) -> None:
    """Write *picture* as one EXR file, compressed without loss (ZIP).

    Raises HallyuError for values that are no numbers or too large for half floats, named by their pixel, for layers of
    another size, and for a name that does not end in .exr.
    """
    import OpenEXR

    path = Path(path)
    if path.suffix.lower() != ".exr":
        raise HallyuError(f"{path.name} is not the name of an EXR file; let it end in .exr.")
    channels = _channels(picture)
    kind = np.float16 if picture.half else np.float32
    if bad := bad_values(picture):
        raise HallyuError(f"{path.name}: {_told(bad)}; render it again, or mend it.")
    stored = {}
    for name, plane in channels.items():
        if picture.half and (peak := float(np.abs(plane).max(initial=0))) > LARGEST_HALF:
            y, x = np.unravel_index(np.abs(plane).argmax(), plane.shape)
            raise HallyuError(
                f"{path.name}: {name} is {peak:g} at pixel ({x}, {y}), more than a half float holds ({LARGEST_HALF:g}): "
                "write full floats, or scale it."
            )
        stored[name] = np.ascontiguousarray(plane.astype(kind))
    header = {
        "compression": OpenEXR.ZIP_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        "chromaticities": tuple(picture.chromaticities),
        **{name: str(text) for name, text in picture.metadata.items()},
    }
    if picture.rate is not None:
        header["framesPerSecond"] = timecode.exact(picture.rate)
    if picture.timecode:
        header["timeCode"] = _time_code(picture.timecode, picture.rate)
    with write_whole(path) as draft:
        try:
            OpenEXR.File(header, stored).write(str(draft))
        except RuntimeError as error:
            raise OSError(None, str(error)) from error


def _channels(picture: Picture) -> dict[str, np.ndarray]:
    """Each channel by its name in the file, (h, w)."""
    main = np.asarray(picture.premultiplied)
    if main.ndim != 3 or main.shape[2] not in (3, 4) or not main.size:
        raise HallyuError(
            f"An EXR picture has the shape (height, width, 3), or 4 with a matte, not {main.shape}: reshape it."
        )
    channels = dict(zip("RGBA", np.moveaxis(main, 2, 0), strict=False))
    for name, layer in picture.layers.items():
        layer = np.asarray(layer)
        if (
            layer.shape[:2] != main.shape[:2]
            or layer.ndim not in (2, 3)
            or (layer.ndim == 3 and layer.shape[2] > 4)
        ):
            raise HallyuError(
                f"The layer {name} has the shape {layer.shape}, and the picture {main.shape}: give both the same size."
            )
        if not (name.isascii() and name.isprintable() and name) or (layer.ndim == 2 and name in "RGBA"):
            raise HallyuError(
                f"“{name}” is no name for a layer: use plain letters and digits, and not one of R, G, B, A."
            )
        if layer.ndim == 2:
            channels[name] = layer
        else:
            letters = "XY" if layer.shape[2] == 2 else "RGBA"
            channels |= {
                f"{name}.{letter}": layer[..., n]
                for n, letter in zip(range(layer.shape[2]), letters, strict=False)
            }
    return channels


def read(path: str | Path, check: bool = True) -> Picture:
    """What the EXR at *path* holds, at the size of its display window: cut where it has more, 0 where it has less.

    check: refuse values that are no numbers, and say where they are. A file of luminance alone is grey. Where there is no
    plain RGB, the first layer called Combined, beauty or rgba is the picture, as renderers write it.
    Raises HallyuError for what is missing, damaged, no EXR, deep, of colours at half size, or larger than 8K.
    """
    path = Path(path)
    header, planes = _opened(path)
    half = all(plane.dtype == np.float16 for plane in planes.values())
    planes = {name: plane.astype(np.float32) for name, plane in planes.items()}
    if "Y" in planes and not {"R", "G", "B"} & set(planes):
        planes |= dict.fromkeys("RGB", planes.pop("Y"))
    beauty = _beauty(planes)
    if beauty is None:
        raise HallyuError(
            f"{path.name} has no colours (R, G, B), only {', '.join(sorted(planes))}: choose another layer."
        )
    main = [planes.pop(beauty + letter) for letter in "RGBA" if beauty + letter in planes]
    picture = Picture(
        np.stack(main, 2),
        _grouped(planes),
        half,
        tuple(round(float(value), 6) for value in header.get("chromaticities", BT709)),
        header.get("framesPerSecond"),
        _time_text(header.get("timeCode")),
        {
            name: value
            for name, value in header.items()
            if isinstance(value, str) and name not in ("name", "view")
        },
    )
    if check and (bad := bad_values(picture)):
        raise HallyuError(f"{path.name}: {_told(bad)}; render this frame again, or mend it.")
    return picture


def _beauty(planes: Mapping[str, np.ndarray]) -> str | None:
    """What stands before R, G and B in the names of the picture's own channels."""
    found = [
        name[:-1] for name in planes if name[-1:] == "R" and {name[:-1] + c for c in "GB"} <= set(planes)
    ]
    if "" in found:
        return ""
    called = [
        name
        for name in found
        if name.lower().rstrip(".").rpartition(".")[2] in ("combined", "beauty", "rgba")
    ]
    return called[0] if called else None


def bad_values(picture: Picture, most: int = 1000) -> list[Bad]:
    """The values that are no numbers, row by row; the first *most* of each channel."""
    found = []
    for name, plane in _channels(picture).items():
        if not np.isfinite(plane).all():
            places = np.argwhere(~np.isfinite(plane))[:most]
            found += [Bad(int(x), int(y), name, float(plane[y, x])) for y, x in places]
    return found


def mended(picture: Picture) -> Picture:
    """The picture with each value that is no number replaced by the median of its neighbours, from nearest outwards."""

    def whole(plane: np.ndarray) -> np.ndarray:
        out = np.array(plane, np.float32)
        for index in np.ndindex(out.shape[2:]):
            out[(..., *index)] = _mended(out[(..., *index)])
        return out

    layers = {name: whole(layer) for name, layer in picture.layers.items()}
    return Picture(**{**vars(picture), "premultiplied": whole(picture.premultiplied), "layers": layers})


def _mended(plane: np.ndarray) -> np.ndarray:
    good, plane = np.isfinite(plane), plane.copy()
    for y, x in np.argwhere(~good):
        for reach in range(1, max(plane.shape)):
            near = np.s_[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]
            if good[near].any():
                plane[y, x] = np.median(plane[near][good[near]])
                break
        else:
            plane[y, x] = 0
    return plane


def runs(folder: str | Path) -> list[Run]:
    """The EXR sequences in *folder*, by name. A file without a number is none."""
    found: dict[tuple[str, int], list[int]] = {}
    for path in Path(folder).iterdir():
        match = _NUMBERED.fullmatch(path.name)
        if match:
            found.setdefault((match["name"], len(match["number"])), []).append(int(match["number"]))
    return [
        Run(Path(folder), name, tuple(sorted(numbers)), digits)
        for (name, digits), numbers in sorted(found.items())
    ]


def write_run(
    folder: str | Path,
    name: str,
    pictures: Iterable[Picture],
    rate: float | Fraction,
    first: int = FIRST,
    start: str = "01:00:00:00",
) -> Run:
    """Write *pictures* as name.1001.exr, name.1002.exr, …, each with its rate and timecode, one at a time.

    first: number of the first file. start: its timecode. Older files of the same name are removed.
    """
    folder, rate = Path(folder), timecode.exact(rate)
    begin, drop = timecode.parse(start, rate), start[8:9] == ";"
    written = []
    for picture in pictures:
        number = first + len(written)
        run = Run(folder, name, (number,))
        time = timecode.text(begin + number - first, rate, drop)
        write(run.path(number), Picture(**{**vars(picture), "rate": rate, "timecode": time}))
        written.append(number)
        del picture  # while the next is made, this one needs no room
    if not written:
        raise HallyuError(f"{name}: there are no frames to write.")
    for old in runs(folder):
        if old.name == name:
            for number in set(old.numbers) - set(written):
                old.path(number).unlink()
    return Run(folder, name, tuple(written))


def read_run(run: Run, check: bool = True) -> Iterator[Picture]:
    """The pictures of a sequence, one at a time. Raises HallyuError where a number is missing."""
    if run.missing:
        numbers = ", ".join(str(number) for number in run.missing[:5])
        raise HallyuError(
            f"{run} lacks {len(run.missing)} of its frames ({numbers}{', …' if len(run.missing) > 5 else ''}): render them."
        )
    return (read(run.path(number), check) for number in run.numbers)


def _told(bad: list[Bad]) -> str:
    places = len({(each.x, each.y) for each in bad})
    return str(bad[0]) + (f", and {places - 1} more pixels are bad" if places > 1 else "")


def _opened(path: Path) -> tuple[dict, dict[str, np.ndarray]]:
    """The first header, and the channels of all parts, each (h, w) of its own kind."""
    import OpenEXR

    try:
        with open(path, "rb") as file:
            magic = file.read(4)
    except FileNotFoundError:
        raise HallyuError(f"There is no file {path}: check the name and the folder.") from None
    except OSError as error:
        raise HallyuError(
            f"{path} cannot be read ({error.strerror or error}): choose an EXR file."
        ) from error
    if magic != _MAGIC:
        raise HallyuError(f"{path.name} is no EXR picture: export it as OpenEXR and try again.")
    try:
        with _without_chatter():
            heads = [part.header for part in OpenEXR.File(str(path), header_only=True).parts]
            _require(path, heads)
            parts = OpenEXR.File(str(path), separate_channels=True).parts
            planes = [{name: channel.pixels for name, channel in part.channels.items()} for part in parts]
    except (RuntimeError, ValueError, MemoryError, KeyError) as error:
        raise HallyuError(f"{path.name} is damaged: copy or render it again.") from error
    if not planes:
        raise HallyuError(f"{path.name} is damaged: copy or render it again.")
    return heads[0], _together(heads, planes)


def _together(heads: list[dict], parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The channels of all parts, at the size of the first one's display window; those of later parts with the part's name."""
    display = _box(heads[0].get("displayWindow", heads[0]["dataWindow"]))
    found: dict[str, np.ndarray] = {}
    for head, channels in zip(heads, parts, strict=True):
        window, part = _box(head["dataWindow"]), head.get("name", "")
        for name, plane in channels.items():
            if name in found:
                name = f"{part}.{name}"
            found[name] = _placed(plane, window, display)
    return found


def _require(path: Path, heads: list[dict]) -> None:
    import OpenEXR

    for head in heads:
        if head.get("type") in (OpenEXR.deepscanline, OpenEXR.deeptile):
            raise HallyuError(f"{path.name} is a deep picture: flatten it, and try again.")
        x0, y0, x1, y1 = _box(head["dataWindow"])
        sizes = [(x1 - x0) * (y1 - y0)]
        if "displayWindow" in head:
            x0, y0, x1, y1 = _box(head["displayWindow"])
            sizes.append((x1 - x0) * (y1 - y0))
        if min(sizes) <= 0 or max(sizes) > LARGEST or len(head["channels"]) > 64:
            raise HallyuError(f"{path.name} is larger than 8K, or has more than 64 channels: scale it down.")
        if any((channel.xSampling, channel.ySampling) != (1, 1) for channel in head["channels"]):
            raise HallyuError(f"{path.name} has colours of half size: export it as RGB.")


def _box(window) -> tuple[int, int, int, int]:
    """EXR's window, whose last row and column are inside, as (x0, y0, x1, y1) with x1 and y1 outside."""
    (x0, y0), (x1, y1) = ([int(value) for value in corner] for corner in window)
    return x0, y0, x1 + 1, y1 + 1


def _placed(plane: np.ndarray, window: tuple[int, ...], display: tuple[int, ...]) -> np.ndarray:
    if window == display:
        return plane
    out = np.zeros((display[3] - display[1], display[2] - display[0]), plane.dtype)
    x0, y0 = max(window[0], display[0]), max(window[1], display[1])
    x1, y1 = min(window[2], display[2]), min(window[3], display[3])
    if x0 < x1 and y0 < y1:
        inside = plane[y0 - window[1] : y1 - window[1], x0 - window[0] : x1 - window[0]]
        out[y0 - display[1] : y1 - display[1], x0 - display[0] : x1 - display[0]] = inside
    return out


def _grouped(planes: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Channels "name.R", "name.G", … -> one layer "name", (h, w, n); single ones keep their names, (h, w)."""
    groups: dict[str, list[str]] = {}
    for name in planes:
        groups.setdefault(name.rpartition(".")[0] or name, []).append(name)
    layers = {}
    for group, names in groups.items():
        names.sort(key=lambda name: _ORDER.get(name.rpartition(".")[2], 9))
        if len(names) == 1:
            layers[names[0]] = planes[names[0]]
        else:
            layers[group] = np.stack([planes[name] for name in names], 2)
    return layers


def _time_code(text: str, rate: Fraction | None):
    import OpenEXR

    timecode.parse(text, rate or 24)
    hours, minutes, seconds, frames = (int(part) for part in re.split(r"[:;.]", text))
    if frames > 59:
        raise HallyuError(
            f"An EXR holds no timecode with more than 60 frames a second; “{text}” has {frames}."
        )
    return OpenEXR.TimeCode(hours, minutes, seconds, frames, text[8] != ":", *[0] * 13)


def _time_text(code) -> str:
    if code is None:
        return ""
    separator = ";" if code.dropFrame else ":"
    return f"{code.hours:02}:{code.minutes:02}:{code.seconds:02}{separator}{code.frame:02}"


@contextmanager
def _without_chatter() -> Iterator[None]:
    """The library writes to the terminal what was wrong with a file; here it is said in one sentence instead."""
    with _quiet, redirect_stdout(io.StringIO()):
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
