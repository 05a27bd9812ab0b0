"""Panels on disk with their layers: what an artist hands to the letterer.

A folder holds c03-1.webp, c03-2.webp, …, a file for each layer, bottom first, and panels.json: the cuts, the
layers' names, the face boxes, and the record of how each figure was made.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.webtoon.panel import Panel
from hallyu.webtoon.script import Cut, build

INDEX = "panels.json"


def save(panels: Sequence[Panel], folder: str | Path) -> None:
    """Write the layers into *folder* as WebP (colour at quality 90, transparency without loss) with their index."""
    folder = Path(folder)
    entries = []
    for panel in panels:
        files = {}
        for number, (name, pixels) in enumerate(panel.layers.items(), 1):
            files[name] = f"c{panel.cut.number:02d}-{number}.webp"
            with write_whole(folder / files[name]) as draft:
                Image.fromarray(pixels).save(draft, "WEBP", quality=90, method=6)
        entries.append(
            {"cut": asdict(panel.cut), "layers": files, "faces": panel.faces, "record": panel.record}
        )
    with write_whole(folder / INDEX) as draft:
        draft.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(folder: str | Path) -> dict[int, Panel]:
    """The panels that save() wrote, by the number of their cut.

    Raises HallyuError when the folder, its index or a layer is missing or damaged.
    """
    folder = Path(folder)
    try:
        entries = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        panels = [_panel(folder, entry) for entry in entries]
    except FileNotFoundError as error:
        raise HallyuError(f"{error.filename} is missing: save the panels again.") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError, SyntaxError) as error:
        raise HallyuError(f"The panels in {folder} cannot be read ({error}): save them again.") from error
    return {panel.cut.number: panel for panel in panels}


def _panel(folder: Path, entry: dict) -> Panel:
    layers = {}
    for name, file in entry["layers"].items():
        with Image.open(folder / file) as picture:
            layers[name] = np.array(picture.convert("RGBA"))
    if len({layer.shape for layer in layers.values()}) != 1:
        raise ValueError(f"the layers of {folder.name} are not of one size")
    cut = build(Cut, entry["cut"], f"{folder.name}/{INDEX}")
    faces = {name: tuple(map(int, box)) for name, box in entry["faces"].items()}
    return Panel(cut, layers, faces, list(entry["record"]))
