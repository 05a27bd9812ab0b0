"""The judge: a small network that reads a drawn character back into words, so that prompts can be checked.

Trained by training/webtoon/train_judge.py on random attribute combinations only, over plain grounds and backgrounds,
with whole identities held out, so that it cannot guess one attribute from another.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.webtoon import vocabulary as v
from hallyu.webtoon.panel import WIDTH, Box, Panel

SIZE = 128
HEADS = {
    "person": tuple(v.PEOPLE),
    "hair_style": tuple(v.HAIR_STYLES),
    "hair_colour": tuple(v.HAIR_COLOURS),
    "eyes": tuple(v.EYE_COLOURS),
    "outfit": tuple(v.OUTFITS),
    "outfit_colour": tuple(v.OUTFIT_COLOURS),
    "expression": tuple(v.EXPRESSIONS),
    "shot": tuple(v.SHOTS),
    "view": tuple(v.VIEWS),
    "place": ("plain", *v.PLACES),
}


class JudgeNetwork(nn.Module):
    """Five strided blocks, one linear head for each attribute, and a head for the face box."""

    def __init__(self, widths: tuple[int, ...] = (24, 48, 96, 160, 224)):
        super().__init__()
        blocks, before = [], 3
        for width in widths:
            blocks += [
                nn.Conv2d(before, width, 3, 2, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.Conv2d(width, width, 3, 1, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
            ]
            before = width
        self.features = nn.Sequential(*blocks, nn.Flatten(), nn.Linear(before * 16, 256), nn.ReLU())
        self.heads = nn.ModuleDict({name: nn.Linear(256, len(words)) for name, words in HEADS.items()})
        self.face = nn.Linear(256, 4)

    def forward(self, pictures: torch.Tensor) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """(N, 3, SIZE, SIZE) in -1..1 -> logits of each attribute, and face boxes in 0..1."""
        x = self.features(pictures)
        return {name: head(x) for name, head in self.heads.items()}, self.face(x).sigmoid()


@dataclass(frozen=True)
class Reading:
    """What the judge sees: words and their probabilities by attribute, and the face box in pixels of the picture."""

    words: dict[str, str]
    probabilities: dict[str, float]
    face: Box

    def disagreements(self, look: v.Look, attributes: tuple[str, ...] = tuple(HEADS)[:9]) -> list[str]:
        """In words, each attribute of *look* that can be seen and that the judge reads differently."""
        hidden = hidden_in(look)
        return [
            f"{name.replace('_', ' ')}: asked for {getattr(look, name)}, "
            f"reads as {self.words[name]} ({self.probabilities[name]:.0%})"
            for name in attributes
            if name not in hidden and getattr(look, name) != self.words[name]
        ]


def hidden_in(look: v.Look) -> set[str]:
    """Attributes that a drawing of *look* does not show: eyes shut in laughter, clothes outside a close-up."""
    return ({"eyes"} if look.expression == "laughing" else set()) | (
        {"outfit", "outfit_colour"} if look.shot == "close-up" else set()
    )


def load_bundled(files: list[Path]) -> JudgeNetwork:
    """The network with its verified weights."""
    from safetensors.torch import load_file

    network = JudgeNetwork()
    network.load_state_dict(
        {
            name: value.float() if value.is_floating_point() else value
            for name, value in load_file(files[0]).items()
        }
    )
    return network.eval()


@cache
def _network() -> JudgeNetwork:
    return models.load("webtoon-judge")


def to_tensor(pictures: list[np.ndarray]) -> torch.Tensor:
    """RGB uint8 pictures of any size -> (N, 3, SIZE, SIZE) in -1..1."""
    import cv2

    small = [cv2.resize(p, (SIZE, SIZE), interpolation=cv2.INTER_AREA) for p in pictures]
    return torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).float() / 127.5 - 1


def read(pictures: list[np.ndarray]) -> list[Reading]:
    """Read square RGB uint8 pictures of one character each."""
    for picture in pictures:
        if (
            picture.ndim != 3
            or picture.shape[2] != 3
            or picture.dtype != np.uint8
            or min(picture.shape[:2]) < 16
        ):
            raise HallyuError(
                f"The judge reads RGB pictures of 8 bits and at least 16 pixels a side, not {picture.dtype} {picture.shape}."
            )
    if not pictures:
        return []
    with torch.inference_mode():
        logits, faces = _network()(to_tensor(pictures))
    chances = {name: x.softmax(-1) for name, x in logits.items()}
    readings = []
    for i, picture in enumerate(pictures):
        height, width = picture.shape[:2]
        best = {name: int(p[i].argmax()) for name, p in chances.items()}
        x0, y0, x1, y1 = (float(value) for value in faces[i])
        readings.append(
            Reading(
                {name: HEADS[name][k] for name, k in best.items()},
                {name: float(chances[name][i, k]) for name, k in best.items()},
                (round(x0 * width), round(y0 * height), round(x1 * width), round(y1 * height)),
            )
        )
    return readings


def around(panel: Panel, name: str) -> np.ndarray:
    """The square of the flattened panel that one generated figure fills, as the judge was trained: RGB uint8.

    Raises HallyuError when that figure was not generated.
    """
    square = next((r["square"] for r in panel.record if r["figure"] == name), None)
    if square is None:
        raise HallyuError(f"Cut {panel.cut.number} has no generated figure called {name}.")
    left, top, right, bottom = square
    edge = max(0, -left, -top, right - WIDTH, bottom - panel.height)
    art = np.pad(panel.art(), ((edge, edge), (edge, edge), (0, 0)), mode="edge")
    return art[top + edge : bottom + edge, left + edge : right + edge]
