"""Opening what a stranger sent: nothing is followed, unpacked or decoded before its size and kind are known.

Every function raises HallyuError with one sentence that names the file.
"""

import json
import os
import re
import stat
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.music import score_files
from hallyu.music.score import Score

if TYPE_CHECKING:
    from hallyu.film.exr import Picture

MAX_FILES, MAX_DEPTH = 300, 4
MAX_BYTES = 400_000_000
"""Of a whole delivery; the layered file of a long episode is the largest part."""
MAX_TEXT = 1_000_000
MAX_PICTURE_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
"""Of one picture: a strip of 50,000 rows. Checked in the header, before anything is decoded."""
MAX_NOTES = 2_000
MAX_SECONDS = 180
"""Of a sound; a song has less. Read from the header, before anything is decoded."""

MAX_EXR_BYTES = 20_000_000
"""Of one frame; the course's have half a megabyte."""
MAX_CHANNELS = 12

_NAME = re.compile(r"[\w][\w .()+-]{0,99}", re.UNICODE)


def check_folder(folder: Path) -> list[Path]:
    """Every file below *folder*, after making sure that none is a link, a device, oddly named, or one too many."""
    if folder.is_symlink() or not folder.is_dir():
        raise HallyuError(f"There is no folder {folder.name}: deliver your work in a folder of that name.")
    files, total = [], 0
    folders = [(folder, 0)]
    while folders:
        here, depth = folders.pop()
        if depth > MAX_DEPTH:
            raise HallyuError(f"{shown(here.name)} lies {depth} folders deep: deliver {MAX_DEPTH} at most.")
        for entry in sorted(os.scandir(here), key=lambda entry: entry.name):
            if not _NAME.fullmatch(entry.name) and not entry.name.startswith("."):
                raise HallyuError(f"{shown(entry.name)} is no name for a file: use letters, digits, - and _.")
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISLNK(mode):
                raise HallyuError(
                    f"{shown(entry.name)} is a link to somewhere else: deliver the file itself."
                )
            if stat.S_ISDIR(mode):
                folders.append((Path(entry.path), depth + 1))
                continue
            if not stat.S_ISREG(mode):
                raise HallyuError(f"{shown(entry.name)} is not an ordinary file: deliver files only.")
            files.append(Path(entry.path))
            total += entry.stat(follow_symlinks=False).st_size
            if len(files) > MAX_FILES:
                raise HallyuError(f"The delivery has more than {MAX_FILES} files: deliver your work alone.")
            if total > MAX_BYTES:
                raise HallyuError(f"The delivery is over {MAX_BYTES / 1e6:g} MB: deliver your work alone.")
    return files


def inside(folder: Path, name: str) -> Path:
    """The ordinary file called *name* in *folder* itself or below it.

    >>> inside(Path("/tmp"), "../etc/passwd")
    Traceback (most recent call last):
    hallyu.errors.HallyuError: ../etc/passwd leads out of the delivery: name a file inside it.
    """
    path = folder / name
    if os.path.isabs(name) or ".." in Path(name).parts or "\0" in name:
        raise HallyuError(f"{shown(name)} leads out of the delivery: name a file inside it.")
    step = folder
    for part in Path(name).parts:
        step = step / part
        if step.is_symlink():
            raise HallyuError(f"{shown(name)} is a link to somewhere else: deliver the file itself.")
    if not path.is_file():
        raise HallyuError(f"{shown(name)} is missing from the delivery.")
    return path


def read_text(folder: Path, name: str, limit: int = MAX_TEXT) -> str:
    """A UTF-8 text file of at most *limit* bytes, without control characters."""
    path = inside(folder, name)
    _check_size(path, name, limit)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HallyuError(f"{shown(name)} is not text in UTF-8: save it as plain text.") from error
    if any(ord(c) < 32 and c not in "\t\r\n" for c in text):
        raise HallyuError(f"{shown(name)} holds control characters, so it is no text: save it as plain text.")
    return text


def read_json(folder: Path, name: str, limit: int = MAX_TEXT) -> object:
    """A JSON file of at most *limit* bytes."""
    try:
        return json.loads(read_text(folder, name, limit))
    except (ValueError, RecursionError) as error:
        raise HallyuError(
            f"{shown(name)} is not JSON that can be read: make it again with the library."
        ) from error


def read_picture(folder: Path, name: str) -> np.ndarray:
    """A JPEG or PNG as RGB uint8 (height, width, 3); its size is read from the header before it is decoded."""
    path = inside(folder, name)
    _check_size(path, name, MAX_PICTURE_BYTES)
    try:
        with Image.open(path, formats=("JPEG", "PNG")) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS or min(width, height) < 1:
                raise HallyuError(
                    f"{shown(name)} says it is {width:,} x {height:,} px: that is no slice, it was not opened."
                )
            return np.asarray(picture.convert("RGB"))
    except HallyuError:
        raise
    except Image.DecompressionBombError as error:  # raised before the size can be asked for
        raise HallyuError(
            f"{shown(name)} says it has more pixels than any slice: it was not opened."
        ) from error
    except (OSError, SyntaxError, ValueError, MemoryError, struct.error) as error:
        raise HallyuError(f"{shown(name)} is no whole JPEG or PNG picture: export it again.") from error


def read_wav(folder: Path, name: str) -> tuple[np.ndarray, int, str]:
    """A WAV's samples, float32 (n,) or (n, 2), its rate, and how they are stored, such as "PCM_24"."""
    import soundfile

    path = inside(folder, name)
    _check_size(path, name, MAX_BYTES)
    try:
        about = soundfile.info(str(path))
    except (soundfile.LibsndfileError, OSError) as error:
        raise HallyuError(
            f"{shown(name)} is no WAV that can be opened: write it with the library."
        ) from error
    if about.format not in ("WAV", "WAVEX"):
        raise HallyuError(f"{shown(name)} is a {about.format} file by its content: deliver a WAV.")
    if about.frames > MAX_SECONDS * about.samplerate:
        raise HallyuError(
            f"{shown(name)} says it lasts over {MAX_SECONDS} s: that is no song, it was not opened."
        )
    samples, rate = audio.read(path)
    return samples, rate, about.subtype


def read_exr(folder: Path, name: str, size: tuple[int, int]) -> "Picture":
    """An EXR as hallyu.film.exr reads it: linear and premultiplied.

    size: width and height that are asked for; any other is refused by the header, before anything is decoded, and so are
    more channels than a picture and a few layers have. Raises HallyuError for values that are no numbers, too.
    """
    from hallyu.film import exr

    path = inside(folder, name)
    _check_size(path, name, MAX_EXR_BYTES)
    if not (windows := _exr_windows(path.read_bytes())):
        raise HallyuError(f"{shown(name)} is no EXR picture that can be opened: write it with the library.")
    for width, height, channels in windows:
        if (width, height) != size or channels > MAX_CHANNELS:
            raise HallyuError(
                f"{shown(name)} says it has {width:,} x {height:,} px and {channels} channels: deliver "
                f"{size[0]} x {size[1]} px, colours and matte."
            )
    return exr.read(path)


def _exr_windows(content: bytes) -> list[tuple[int, int, int]]:
    """Width, height and number of channels by an EXR's header, of what is stored and of what is shown; [] for another file.

    Of one part alone. Source: OpenEXR File Layout, "Header"; an attribute is a name, a type, a size and a value.
    """
    if len(content) < 8 or content[:4] != b"\x76\x2f\x31\x01" or content[5] & 0x18:  # several parts, or deep
        return []
    at, boxes, channels = 8, {}, 0
    try:
        while content[at]:
            name_ends = content.index(b"\0", at)
            kind_ends = content.index(b"\0", name_ends + 1)
            name, at = content[at:name_ends], kind_ends + 1
            (length,) = struct.unpack_from("<i", content, at)
            value, at = content[at + 4 : at + 4 + length], at + 4 + length
            if length < 0 or len(value) != length:
                return []
            if name in (b"dataWindow", b"displayWindow"):
                x0, y0, x1, y1 = struct.unpack("<4i", value)
                boxes[name] = x1 - x0 + 1, y1 - y0 + 1
            elif name == b"channels":
                while value[:1] not in (b"", b"\0"):
                    value = value[value.index(b"\0") + 17 :]
                    channels += 1
    except (IndexError, ValueError, struct.error):
        return []
    return [(*box, channels) for box in boxes.values()] if len(boxes) == 2 else []


def read_melody(folder: Path, name: str) -> Score:
    """The melody of a MIDI file or an OpenUtau project; one that is as long as a song."""
    path = inside(folder, name)
    _check_size(path, name, MAX_TEXT)
    if path.suffix.lower() == ".ustx" and _refers_to_itself(read_text(folder, name)):
        raise HallyuError(f"{shown(name)} refers to its own parts: save it with OpenUtau or the library.")
    score = score_files.read(path)
    if len(score.notes) > MAX_NOTES or any(len(note.lyric) > 20 for note in score.notes):
        raise HallyuError(
            f"{shown(name)} has over {MAX_NOTES:,} notes, or text for lyrics: deliver one melody, a syllable a note."
        )
    if score.duration > MAX_SECONDS:
        raise HallyuError(
            f"{shown(name)} lasts {score.duration:,.0f} s: deliver a song of {MAX_SECONDS} s at most."
        )
    return score


def _refers_to_itself(text: str) -> bool:
    """Whether YAML names a part to use it again: nested, a few lines grow to fill the memory. OpenUtau writes no such names."""
    import yaml

    try:
        return any(isinstance(token, yaml.AnchorToken) for token in yaml.scan(text, yaml.CSafeLoader))
    except yaml.YAMLError:
        return False  # the reader says what is wrong


def read_psd_size(folder: Path, name: str, limit: int = MAX_BYTES) -> tuple[int, int]:
    """Width and height that a Photoshop file's header gives; nothing else of it is read."""
    path = inside(folder, name)
    _check_size(path, name, limit)
    with open(path, "rb") as file:
        header = file.read(26)
    if len(header) < 26 or header[:4] != b"8BPS":
        raise HallyuError(f"{shown(name)} is not a Photoshop file: save the layers again.")
    height, width = struct.unpack(">II", header[14:22])
    if not 0 < width * height <= MAX_PIXELS:
        raise HallyuError(
            f"{shown(name)} says it is {width:,} x {height:,} px: that is no episode, it was not opened."
        )
    return width, height


def shown(name: str) -> str:
    """A name that is safe to print: control characters and direction marks escaped, at most 60 characters.

    >>> shown("a\\u202egnp.exe")
    'a\\\\u202egnp.exe'
    """
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)
    return safe if len(safe) <= 60 else safe[:59] + "…"


def _check_size(path: Path, name: str, limit: int) -> None:
    size = path.stat().st_size
    if size > limit:
        raise HallyuError(f"{shown(name)} is {size / 1e6:,.1f} MB; at most {limit / 1e6:g} MB are opened.")
