"""Render the training pictures once: checkpoints/webtoon/pictures.npy (N, 160, 160, 3) uint8 and looks.jsonl.

    python training/webtoon/dataset.py 40000

Resumable: it goes on after the last whole block of 1,000. No held-out identity is ever rendered.
"""

import json
import random
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np

from hallyu.webtoon.drawing import draw
from hallyu.webtoon.vocabulary import Look, held_out, sample

SIZE = 160
BLOCK = 1000
FOLDER = Path(__file__).resolve().parents[2] / "checkpoints" / "webtoon"


def render_block(index: int) -> tuple[np.ndarray, list[dict]]:
    """Pictures and labels number index * BLOCK onwards; the same for the same index."""
    rng = random.Random(f"first-snow-{index}")
    pictures, labels = np.empty((BLOCK, SIZE, SIZE, 3), np.uint8), []
    for i in range(BLOCK):
        look = sample(rng)
        while held_out(look):
            look = sample(rng)
        drawing = draw(look, SIZE, seed=index * BLOCK + i)
        pictures[i] = drawing.on()
        labels.append({**asdict(look), "face": drawing.face})
    return pictures, labels


def render(count: int) -> None:
    """Write the first *count* pictures (rounded up to whole blocks)."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for index in range(-(-count // BLOCK)):
        path = FOLDER / f"block-{index:03d}.npy"
        if path.exists():
            continue
        pictures, labels = render_block(index)
        path.with_suffix(".jsonl").write_text("\n".join(json.dumps(x) for x in labels), encoding="utf-8")
        np.save(path.with_suffix(".part.npy"), pictures)
        path.with_suffix(".part.npy").rename(path)
        print(f"{path.name} of {-(-count // BLOCK)}", flush=True)


def load(count: int) -> tuple[list[np.ndarray], list[dict]]:
    """Memory-mapped blocks and all labels of the first *count* pictures."""
    render(count)
    paths = sorted(FOLDER.glob("block-???.npy"))[: -(-count // BLOCK)]
    labels = [
        json.loads(line) for p in paths for line in p.with_suffix(".jsonl").read_text("utf-8").splitlines()
    ]
    return [np.load(p, mmap_mode="r") for p in paths], labels


def look_of(label: dict) -> Look:
    """The Look of a stored label."""
    return Look(**{k: v for k, v in label.items() if k != "face"})


if __name__ == "__main__":
    render(int(sys.argv[1]) if len(sys.argv) > 1 else 40000)
