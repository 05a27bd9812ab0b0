"""Layered PSD of an episode: a group for each cut with its art, balloons and text, as studios hand it over.

One file holds cuts up to the format's 30,000 rows; a longer episode goes on in the next file ("-2.psd"), because
many editors do not open the large-document format (PSB). A cut is never divided between files.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.webtoon.balloons import LetteredPanel
from hallyu.webtoon.panel import WIDTH

LIMIT = 30_000
"""Rows of a PSD. Source: Adobe Photoshop File Formats Specification, "File Header Section"."""


def write_psd(
    path: str | Path, panels: Sequence[LetteredPanel], gutters: Sequence[int] = (), limit: int = LIMIT
) -> list[Path]:
    """Write *panels* one below the other as layered PSD and return the files.

    gutters: rows between panels, one fewer than panels; 120 each when not given.
    Groups: 컷 01 (배경 and figures in 그림; 말풍선; 글자), bottom layer first; each layer cropped to its ink.

    Raises HallyuError when there is nothing to write or one cut alone is taller than the limit.
    """
    path = Path(path)
    if not panels:
        raise HallyuError("There is no lettered panel to write: letter at least one cut.")
    gutters = list(gutters) or [120] * (len(panels) - 1)
    parts: list[list[tuple[LetteredPanel, int]]] = [[]]
    y = 0
    for number, panel in enumerate(panels):
        height = panel.pad_top + panel.panel.height + panel.pad_bottom
        if height > limit:
            raise HallyuError(
                f"Cut {panel.cut.number} is {height} px high; a PSD holds {limit}: divide the cut."
            )
        y += gutters[number - 1] if number and parts[-1] else 0
        if y + height > limit:
            parts.append([])
            y = 0
        parts[-1].append((panel, y))
        y += height
    paths = [path if n == 0 else path.with_stem(f"{path.stem}-{n + 1}") for n in range(len(parts))]
    for target, part in zip(paths, parts, strict=True):
        _write_one(target, part)
    return paths


def _write_one(path: Path, placed: list[tuple[LetteredPanel, int]]) -> None:
    from psd_tools import PSDImage
    from psd_tools.constants import Compression

    last, top = placed[-1]
    height = top + last.pad_top + last.panel.height + last.pad_bottom
    document = PSDImage.new("RGBA", (WIDTH, height), color=(255, 255, 255, 255))
    _layer(document, Image.new("RGBA", (WIDTH, height), "white"), "여백", 0, 0)
    for panel, y in placed:
        group = document.create_group(name=f"컷 {panel.cut.number:02d}")
        names = {"background": "배경", "foreground": "앞 배경"}
        _add(group, "그림", {names.get(name, name): x for name, x in panel.art_layers().items()}, y)
        shapes = {name: x for name, x in panel.layers.items() if name.startswith("말풍선")}
        _add(group, "말풍선", shapes, y)
        _add(group, "글자", {name: x for name, x in panel.layers.items() if name not in shapes}, y)
    record = document._record
    record.image_data.compression = Compression.RLE
    record.image_data.set_data(_planes(height, placed), record.header)
    with write_whole(path) as draft, open(draft, "wb") as file:
        # Not document.save(): it composes the flat picture anew, in minutes and gigabytes, and we have it already.
        # encoding: of the legacy name of a layer; readers take the Unicode name beside it.
        record.write(file, encoding="utf-8")


def _planes(height: int, placed: list[tuple[LetteredPanel, int]]) -> list[bytes]:
    """The flat picture that viewers show: red, green, blue and alpha, each height x WIDTH."""
    page = np.full((4, height, WIDTH), 255, np.uint8)
    for panel, y in placed:
        image = panel.image()
        page[:3, y : y + len(image)] = image.transpose(2, 0, 1)
    return [plane.tobytes() for plane in page]


def _add(group, name: str, layers: dict[str, np.ndarray], y: int) -> None:
    """A group of *layers* inside *group*, each cropped to its visible box; empty layers are left out."""
    inner = group.create_group(name=name)
    for title, pixels in layers.items():
        rows, columns = np.flatnonzero(pixels[..., 3].any(1)), np.flatnonzero(pixels[..., 3].any(0))
        if len(rows) == 0:
            continue
        y0, y1, x0, x1 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
        picture = Image.fromarray(np.ascontiguousarray(pixels[y0:y1, x0:x1]))
        _layer(inner, picture, title, int(y + y0), int(x0))


def _layer(parent, picture: Image.Image, title: str, top: int, left: int) -> None:
    # Set after creation: only then is the Unicode name written, without which Hangul comes back as rubbish.
    parent.create_pixel_layer(picture, name="layer", top=top, left=left).name = title
