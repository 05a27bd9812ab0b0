"""From a strip to the files a platform takes: resampled, sliced, encoded within the limits, labelled and
signed.
"""

import io
import json
import math
import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from hallyu.errors import HallyuError
from hallyu.files import not_written
from hallyu.provenance import credentials
from hallyu.provenance.disclosure import Disclosure
from hallyu.webtoon.notice import notice
from hallyu.webtoon.panel import WIDTH
from hallyu.webtoon.script import Cut
from hallyu.webtoon.slicing import NamedBox, slice_rows
from hallyu.webtoon.strip import Strip

MANIFEST = "manifest.json"
DISCLOSURE = "disclosure.txt"
REPORTS = ("report.txt", "report.json", "report.html")
QUALITIES = (60, 95)
"""Lowest and highest JPEG quality tried. Below 60, 8 x 8 blocks show around ink lines; above 95 files only
grow.
"""
NOTE_ROOM = 40_000
"""Bytes kept free in each file for its content credentials."""


@dataclass(frozen=True)
class Profile:
    """What a platform accepts; None where no limit is known. *caveat* says what is unconfirmed."""

    key: str
    name: str
    width: int
    max_height: int
    formats: tuple[str, ...]
    source: str
    caveat: str = ""
    max_file_bytes: int | None = None
    max_episode_bytes: int | None = None
    max_images: int | None = None


@cache
def profiles() -> dict[str, Profile]:
    """All export profiles by key, from profiles.toml.

    >>> profiles()["webtoon-canvas"].width
    800
    """
    data = tomllib.loads(
        resources.files("hallyu.webtoon").joinpath("profiles.toml").read_text(encoding="utf-8")
    )
    return {key: Profile(key, **{**entry, "formats": tuple(entry["formats"])}) for key, entry in data.items()}


def find_profile(profile: str | Profile) -> Profile:
    """The profile with this key, or the profile itself. Raises HallyuError naming those there are."""
    if isinstance(profile, Profile):
        return profile
    if profile not in profiles():
        raise HallyuError(f'There is no export profile "{profile}": choose {", ".join(profiles())}.')
    return profiles()[profile]


def export(
    strip: Strip,
    profile: str | Profile,
    folder: str | Path,
    disclosure: Disclosure,
    format: str = "jpg",
    first: str = "slices",
    signing_folder: str | Path | None = credentials.SIGNING_FOLDER,
) -> Path:
    """Write *strip* as numbered slices with a manifest into *folder*, and return the folder.

    When the disclosure names generated parts, the notice panel is added below the last cut and every slice
    says so in its content credentials. signing_folder: where this machine's test certificate is kept; None
    leaves the files unsigned. format: "jpg" or "png"; for JPEG, the highest quality at which every file and
    the episode fit is found. first: "slices" for the fewest images, "gutters" for the fewest cuts through
    art, which may take a few images more. The folder is replaced as a whole at the end: a run that stops before leaves an
    older export as it was.
    Raises HallyuError when the strip cannot be sliced, a limit cannot be met, the
    folder holds other files, or the disk is full.
    """
    profile, folder = find_profile(profile), Path(folder)
    if format not in profile.formats:
        raise HallyuError(f'{profile.name} takes {" or ".join(profile.formats)}, not "{format}".')
    image = resample(strip.image, profile.width)
    scale = profile.width / WIDTH
    protected = [NamedBox(i.kind, i.name, scale_box(i.box, scale)) for i in strip.protected]
    if disclosure.used_ai:
        label = resample(notice(disclosure), profile.width)
        box = (0, len(image), profile.width, len(image) + len(label))
        protected.append(NamedBox("notice", "AI", box))
        image = np.concatenate([image, label])
    gutters = [(math.ceil(y0 * scale), math.floor(y1 * scale)) for y0, y1 in strip.gutters]
    rows = slice_rows(len(image), profile.max_height, protected, gutters, first)
    if profile.max_images and len(rows) > profile.max_images:
        raise HallyuError(
            f"The episode needs {len(rows)} images and {profile.name} takes {profile.max_images}: "
            "divide it in two."
        )
    encoded, quality = encode(
        [image[y0:y1] for y0, y1 in rows], profile, format, NOTE_ROOM if signing_folder else 0
    )
    names = [f"{n:03d}.{format}" for n in range(1, len(rows) + 1)]
    if signing_folder:
        encoded = [
            _sign(data, name, disclosure, signing_folder) for data, name in zip(encoded, names, strict=True)
        ]
    cuts = [
        {
            "number": p.cut.number,
            "y0": round(p.y0 * scale),
            "y1": round(p.y1 * scale),
            "alt": describe_cut(p.cut),
        }
        for p in strip.placements
    ]
    manifest = {
        "title": disclosure.title,
        "profile": profile.key,
        "width": profile.width,
        "height": len(image),
        "quality": quality,
        "slices": [
            {"file": name, "y0": y0, "y1": y1, "bytes": len(data), "sha256": sha256(data).hexdigest()}
            for name, (y0, y1), data in zip(names, rows, encoded, strict=True)
        ],
        "cuts": cuts,
        "protected": protected,
        "disclosure": disclosure.to_dict(),
    }
    words = "\n\n".join([disclosure.text("ko"), disclosure.text("en"), disclosure.registration("ko"),
                         disclosure.registration("en")])  # fmt: skip
    files = dict(zip(names, encoded, strict=True))
    files[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    files[DISCLOSURE] = (words + "\n").encode()
    replace_folder(folder, files)
    return folder


def encode(
    pictures: list[np.ndarray], profile: Profile, format: str, reserve: int = 0
) -> tuple[list[bytes], int | None]:
    """The pictures (RGB uint8) as files within the profile's sizes, and the JPEG quality found (None for
    PNG).

    One quality serves the whole episode, so that no slice looks worse than its neighbour. reserve: bytes kept
    free in each file.
    Raises HallyuError when they do not fit at the lowest quality, or as PNG.
    """
    if format == "png":
        encoded = [_png(picture) for picture in pictures]
        if problem := _too_big(encoded, profile, reserve, "as PNG"):
            raise HallyuError(f'{problem}: export as "jpg".')
        return encoded, None
    lowest, highest = QUALITIES
    best = [_jpeg(picture, highest) for picture in pictures]
    if not _too_big(best, profile, reserve):
        return best, highest
    best = [_jpeg(picture, lowest) for picture in pictures]
    if problem := _too_big(best, profile, reserve, f"at JPEG quality {lowest}"):
        raise HallyuError(f"{problem}: use less grain, or a shorter episode.")
    # Between a quality that fits and one that does not, the largest that fits.
    fits, too_big = lowest, highest
    while too_big - fits > 1:
        middle = (fits + too_big) // 2
        tried = [_jpeg(picture, middle) for picture in pictures]
        if _too_big(tried, profile, reserve):
            too_big = middle
        else:
            fits, best = middle, tried
    return best, fits


def resample(image: np.ndarray, width: int) -> np.ndarray:
    """*image* (RGB uint8) at another width, by Lanczos in linear light.

    In linear light a halftone of black dots keeps its tone. Resampled on the stored values it darkens,
    because a stored 128 is not half as bright as 255 but about a fifth (IEC 61966-2-1).

    >>> resample(np.full((80, 800, 3), 200, np.uint8), 690).shape
    (69, 690, 3)
    """
    if image.shape[1] == width:
        return image
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    out = np.empty((height, width, 3), np.uint8)
    for channel in range(3):
        linear = Image.fromarray(_TO_LINEAR[image[..., channel]])
        resized = np.asarray(linear.resize((width, height), Image.Resampling.LANCZOS))
        out[..., channel] = _TO_SRGB[(resized.clip(0, 1) * 65535 + 0.5).astype(np.uint16)]
    return out


def scale_box(box: tuple[int, int, int, int], scale: float) -> tuple[int, int, int, int]:
    """The smallest whole-pixel box around *box* scaled.

    >>> scale_box((10, 10, 21, 21), 0.5)
    (5, 5, 11, 11)
    """
    x0, y0, x1, y1 = (side * scale for side in box)
    return math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1)


def describe_cut(cut: Cut) -> str:
    """A cut in words, for a reader who hears the page.

    >>> from hallyu.webtoon.script import Figure, Line
    >>> figures, lines = (Figure("하늘", "smiling"),), (Line("c03-1", "왔어?", "하늘"),)
    >>> describe_cut(Cut(3, 1, "bust", "street", figures=figures, lines=lines))
    'Cut 3, bust, street. 하늘 smiling. 하늘: “왔어?”'
    """
    said = [f"Cut {cut.number}, {cut.shot}, {cut.place}."]
    said += [f"{figure.name} {figure.expression}." for figure in cut.figures]
    said += [f"{line.speaker}: “{line.text}”" if line.speaker else f"“{line.text}”" for line in cut.lines]
    if cut.effect:
        said.append(f"Sound: {cut.effect}.")
    return " ".join(said)


def replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Make *folder* hold exactly *files*: they are written to a folder beside it, which then takes its name.

    Raises HallyuError when the folder holds anything that an export did not write, or a file cannot be
    written.
    """
    recover(folder)
    if stray := next((entry for entry in _entries(folder) if not _is_export_file(entry)), None):
        raise HallyuError(
            f"{folder} holds {stray.name}, which no export wrote, and exporting replaces the folder: "
            "choose another."
        )
    draft, old = _beside(folder, "draft"), _beside(folder, "old")
    try:
        shutil.rmtree(draft, ignore_errors=True)  # left by a run that was killed
        draft.mkdir(parents=True)
        for name, data in files.items():
            (draft / name).write_bytes(data)
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        recover(folder)
        raise HallyuError(not_written(folder, error, draft)) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def recover(folder: Path) -> None:
    """Put back the old export if a run was killed in the moment between the two renames of replace_folder()."""
    old = _beside(folder, "old")
    if old.exists() and not folder.exists():
        old.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _beside(folder: Path, what: str) -> Path:
    return folder.parent / f".{folder.name}.{what}"


def _entries(folder: Path) -> Iterable[Path]:
    if folder.exists() and not folder.is_dir():
        raise HallyuError(f"{folder} is a file: choose a folder to export to.")
    return sorted(folder.iterdir()) if folder.exists() else []


def _is_export_file(path: Path) -> bool:
    slice_ = path.suffix in (".jpg", ".png") and len(path.stem) == 3 and path.stem.isdigit()
    return path.is_file() and (slice_ or path.name in (MANIFEST, DISCLOSURE, *REPORTS))


def _sign(data: bytes, name: str, disclosure: Disclosure, signing_folder: str | Path) -> bytes:
    source = credentials.COMPOSITE if disclosure.used_ai else credentials.DRAWN
    actions = [("c2pa.edited", f"{p.name}: {p.action}, {p.times} times") for p in disclosure.human]
    kind = credentials.media_type(Path(name))
    return credentials.sign_bytes(data, kind, source, f"{disclosure.title} {name}", actions, signing_folder)


def _too_big(encoded: list[bytes], profile: Profile, reserve: int, how: str = "") -> str:
    """What does not fit, in words, or an empty string."""
    sizes = [len(data) + reserve for data in encoded]
    largest = int(np.argmax(sizes))
    if profile.max_file_bytes and sizes[largest] > profile.max_file_bytes:
        return (
            f"Slice {largest + 1} is {sizes[largest] / 1e6:.1f} MB {how} and {profile.name} takes "
            f"{profile.max_file_bytes / 1e6:g} MB a file"
        )
    if profile.max_episode_bytes and sum(sizes) > profile.max_episode_bytes:
        return (
            f"The episode is {sum(sizes) / 1e6:.1f} MB {how} and {profile.name} takes "
            f"{profile.max_episode_bytes / 1e6:g} MB"
        )
    return ""


def _jpeg(picture: np.ndarray, quality: int) -> bytes:
    # 4:4:4 (subsampling 0): halved colour would smear red lettering into its white outline. Without Pillow's
    # optimize, whose buffer is too small for grain at 4:4:4.
    return _save(picture, "JPEG", quality=quality, subsampling=0)


def _png(picture: np.ndarray) -> bytes:
    return _save(picture, "PNG", compress_level=9)


def _save(picture: np.ndarray, format: str, **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format, icc_profile=_srgb_profile(), **options)
    return buffer.getvalue()


@cache
def _srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _linear_table() -> np.ndarray:
    """Stored value 0-255 -> linear light 0-1, float32 (IEC 61966-2-1)."""
    stored = np.arange(256) / 255
    return np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _srgb_table() -> np.ndarray:
    """Linear light in 65,536 steps -> stored value, uint8: fine enough that 0-255 come back as they were."""
    linear = np.arange(65536) / 65535
    stored = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(255 * stored).astype(np.uint8)


_TO_LINEAR, _TO_SRGB = _linear_table(), _srgb_table()
