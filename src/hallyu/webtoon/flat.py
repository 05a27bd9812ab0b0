"""Lettered panels flattened to pictures on disk: what a letterer hands to whoever assembles the episode.

A folder holds c01.jpg, c02.jpg, … and panels.json: the cuts, what must stay whole in each picture, and the
record of how each was made. Layers stay in the PSD.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.webtoon.panel import Box
from hallyu.webtoon.script import Cut, build

INDEX = "panels.json"


@dataclass(frozen=True)
class FlatPanel:
    """A lettered panel as one picture.

    picture: RGB uint8 (height, 800, 3), of which the first pad_top and last pad_bottom rows lie outside the
    art. boxes: (kind, name, box) of faces, balloons and sound effects. record: how its generated figures were
    made.
    """

    cut: Cut
    picture: np.ndarray
    boxes: tuple[tuple[str, str, Box], ...] = ()
    pad_top: int = 0
    pad_bottom: int = 0
    record: list[dict] = field(default_factory=list)

    def image(self) -> np.ndarray:
        """The picture, as the strip asks for it."""
        return self.picture


def save(panels: Sequence[FlatPanel], folder: str | Path) -> None:
    """Write the panels into *folder* as JPEG (quality 92, colour at full resolution) with their index."""
    folder = Path(folder)
    entries = []
    for panel in panels:
        name = f"c{panel.cut.number:02d}.jpg"
        with write_whole(folder / name) as draft:
            Image.fromarray(panel.picture).save(draft, quality=92, subsampling=0)
        entries.append(
            {
                "file": name,
                "cut": asdict(panel.cut),
                "boxes": panel.boxes,
                "pad_top": panel.pad_top,
                "pad_bottom": panel.pad_bottom,
                "record": panel.record,
            }
        )
    with write_whole(folder / INDEX) as draft:
        draft.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(folder: str | Path) -> list[FlatPanel]:
    """Read the panels that save() wrote, in order.

    Raises HallyuError when the folder, its index or a picture is missing or damaged.
    """
    folder = Path(folder)
    try:
        entries = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        return [_panel(folder, entry) for entry in entries]
    except FileNotFoundError as error:
        raise HallyuError(f"{error.filename} is missing: save the lettered panels again.") from error
    except (OSError, ValueError, TypeError, KeyError, SyntaxError) as error:
        raise HallyuError(f"The panels in {folder} cannot be read ({error}): save them again.") from error


def _panel(folder: Path, entry: dict) -> FlatPanel:
    with Image.open(folder / entry["file"]) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    boxes = tuple((str(kind), str(name), tuple(map(int, box))) for kind, name, box in entry["boxes"])
    cut = build(Cut, entry["cut"], entry["file"])
    return FlatPanel(
        cut, pixels, boxes, int(entry["pad_top"]), int(entry["pad_bottom"]), list(entry["record"])
    )
