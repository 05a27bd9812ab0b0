"""A face made younger or older by a small network: a frame, its age and the age wanted -> the change of every pixel.

The network sees the canonical crop (hallyu.film.regions) and says what to add to it; the change goes back into the frame,
so a frame of any size keeps its own pixels. Texture finer than the crop is not invented: it is turned down or up by as
much as the network changed the finest texture that it sees (frequency separation).

After Zoss et al., "Production-Ready Face Re-Aging for Visual Effects" (FRAN), SIGGRAPH Asia 2022, made small: 256 pixels,
a U-Net at half of them, trained by training/film/train_ageing.py on rendered actors at several ages. What it cannot do:
it learned from rendered skin; it is weak on large steps and where hair changes its shape.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.film import regions
from hallyu.film.faces import Face
from hallyu.provenance.consent import Permission, needs
from hallyu.provenance.disclosure import AIPart, changed_face

TOOL = "Hallyu Studio re-age"
YOUNGEST, OLDEST = 20, 80
"""Years that the network learned."""
WIDTHS = (32, 64, 128, 192, 256)
"""Channels at 128, 64, 32, 16 and 8 pixels."""
FINE = 16
"""Channels at the crop's own 256 pixels, where the last word on texture is said."""


def _block(inside: int, out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, out, 3, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(out, out, 3, padding=1),
        nn.LeakyReLU(0.2),
    )


class AgeingNetwork(nn.Module):
    """RGB and two maps of ages -> what to add to RGB.

    A U-Net without normalisation, for a face's colour is what it has to keep. Pixels enter four at a time (half the
    size, four times the channels), so that it runs on a processor.
    """

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3 * 4 + 2, WIDTHS[0], 3, padding=1)
        self.down = nn.ModuleList(_block(a, b) for a, b in pairwise((WIDTHS[0], *WIDTHS)))
        self.up = nn.ModuleList(_block(a + b, a) for a, b in pairwise(WIDTHS))
        self.fine = nn.Conv2d(WIDTHS[0], FINE * 4, 3, padding=1)
        self.last = nn.Sequential(
            nn.Conv2d(FINE + 3, FINE, 3, padding=1), nn.LeakyReLU(0.2), nn.Conv2d(FINE, 3, 3, padding=1)
        )
        # It begins by changing nothing.
        nn.init.zeros_(self.last[-1].weight)
        nn.init.zeros_(self.last[-1].bias)

    def forward(self, rgb: torch.Tensor, now: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """(n, 3, 256, 256) code values 0 to 1, two maps (n, 1, 256, 256) in years -> the change (n, 3, 256, 256)."""
        ages = nn.functional.avg_pool2d(torch.cat([now, wanted], dim=1), 2)
        x = torch.cat([nn.functional.pixel_unshuffle(rgb - 0.5, 2), (ages - 50) / 30], dim=1)
        x = nn.functional.leaky_relu(self.first(x), 0.2)
        kept = []
        for level, block in enumerate(self.down):
            x = block(nn.functional.avg_pool2d(x, 2) if level else x)
            kept.append(x)
        for block, skip in zip(reversed(self.up), reversed(kept[:-1]), strict=True):
            larger = nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = block(torch.cat([skip, larger], dim=1))
        x = nn.functional.leaky_relu(nn.functional.pixel_shuffle(self.fine(x), 2), 0.2)
        return self.last(torch.cat([x, rgb - 0.5], dim=1))


def packed(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights as the file has them: whole numbers of 8 bits, a scale for each output channel; biases in half precision."""
    out = {}
    for name, value in weights.items():
        if value.ndim == 1:
            out[name] = value.half()
            continue
        scale = value.abs().amax(dim=(1, 2, 3)).clamp(min=1e-8) / 127
        out[name] = (value / scale[:, None, None, None]).round().to(torch.int8).contiguous()
        out[f"{name}.scale"] = scale.half()
    return out


def unpacked(file: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The way back of packed: float32."""
    return {
        name: value.float() * file[f"{name}.scale"].float()[:, None, None, None]
        if value.dtype == torch.int8
        else value.float()
        for name, value in file.items()
        if not name.endswith(".scale")
    }


def load_bundled(files: list[Path]) -> AgeingNetwork:
    """The network with its verified weights."""
    from safetensors.torch import load_file

    network = AgeingNetwork().eval()
    network.load_state_dict(unpacked(load_file(files[0])))
    return network


@cache
def _network() -> AgeingNetwork:
    return models.load("re-age")


def change(crop: np.ndarray, now: float | np.ndarray, wanted: float | np.ndarray) -> np.ndarray:
    """What to add to a canonical crop (256, 256, 3) to bring it from one age to another; float32 of its shape.

    now, wanted: years, one number or a map (256, 256): ages may differ from place to place, a forehead alone for example.
    """
    size = (regions.CROP, regions.CROP)
    rgb = torch.from_numpy(np.ascontiguousarray(crop.transpose(2, 0, 1)[None], np.float32))
    ages = [
        torch.from_numpy(np.array(np.broadcast_to(np.float32(age), size)))[None, None]
        for age in (now, wanted)
    ]
    with torch.inference_mode():
        return _network()(rgb, *ages)[0].numpy().transpose(1, 2, 0)


def on_face(points: np.ndarray) -> np.ndarray:
    """Where a face shows its age: float32 (256, 256), 1 on the face up to the hairline, soft at its outline, 0 in the eyes.

    points: the mesh in the crop's pixels. Age bends an outline by pixels, and a network that changes colours can only draw
    a second one beside it; and eyes stay as they are from twenty on.
    """
    face = cv2.erode(regions.mask(regions.raised(points), "face", soft=0), np.ones((5, 5), np.uint8))
    return cv2.GaussianBlur(face, (0, 0), 5.0) * (1 - regions.mask(points, "eyes", soft=1.2))


@dataclass(frozen=True)
class Aged:
    """A frame whose face was given another age. mask: float32 (h, w), 0 where the frame was left as it is."""

    frame: np.ndarray
    mask: np.ndarray


def age(
    frame: np.ndarray,
    face: Face,
    now: float,
    wanted: float,
    permission: Permission,
    strength: float = 1.0,
    mask: np.ndarray | None = None,
) -> Aged:
    """*frame* (h, w, 3) float32 with *face* brought from the age *now* to the age *wanted*, in years.

    permission: to "de-age" or to "age" this face (hallyu.provenance.consent.permit). strength: 0 to 1 of the change.
    mask: float32 (256, 256) in the canonical crop, 0 to 1, where to change; by default the face, as on_face says.
    Raises HallyuError without a permission for it, and for ages that the network did not learn.
    """
    needs(permission, "de-age" if wanted <= now else "age")
    for years in (now, wanted):
        if not YOUNGEST - 5 <= years <= OLDEST + 5:
            raise HallyuError(
                f"The network knows faces from {YOUNGEST} to {OLDEST} years, not of {years:g}: ask for less."
            )
    crop, matrix = regions.align(frame[..., :3], face.points)
    points = regions.move(face.points, matrix)
    allowed = regions.border() * (on_face(points) if mask is None else mask.astype(np.float32))
    added = change(crop, now, wanted) * strength
    out = regions.put_back(frame, added, matrix, allowed)
    if regions.scale_of(matrix) < 0.9:
        where, part = regions.window(frame.shape, matrix, regions.CROP)
        out[where][..., :3] += _texture(frame[where][..., :3], crop, crop + added, part, allowed)
    return Aged(regions.legal(out, frame), regions.whole_mask(frame.shape, matrix, allowed))


def mark(permission: Permission, shot: int, now: float, wanted: float) -> AIPart:
    """What the disclosure of a scene says of a *shot* in which a face was brought from one age to another."""
    return changed_face(shot, permission.face, TOOL, f"from {now:g} to {wanted:g} years", permission.project)


def _texture(
    frame: np.ndarray, before: np.ndarray, after: np.ndarray, matrix: np.ndarray, allowed: np.ndarray
) -> np.ndarray:
    """What to add so that texture finer than the crop changes as much as the finest texture that the crop holds."""

    def contrast(crop: np.ndarray) -> np.ndarray:
        grey = cv2.cvtColor(np.ascontiguousarray(crop, np.float32), cv2.COLOR_RGB2GRAY)
        return cv2.GaussianBlur((grey - cv2.GaussianBlur(grey, (0, 0), 1.0)) ** 2, (0, 0), 5.0)

    # 0.004: one step of 8 bits; below it, contrast is noise and stays.
    gain = np.sqrt((contrast(after) + 0.004**2) / (contrast(before) + 0.004**2))
    gain = (np.clip(gain, 0.4, 1.5) - 1) * allowed
    seen = regions.back(before, matrix, frame.shape, cubic=True)
    return (frame - seen) * regions.back(gain, matrix, frame.shape)[..., None]


def age_shot(
    followed: Iterable[tuple[np.ndarray, Face | None]],
    now: float,
    wanted: float,
    permission: Permission,
    strength: float = 1.0,
) -> Iterator[Aged]:
    """Each frame of a shot with its face at the age *wanted*; a frame without the face is left as it is.

    followed: frames with their faces, as faces.follow gives them, smoothed, so that the change stands still on the skin.
    """
    needs(permission, "de-age" if wanted <= now else "age")
    for frame, face in followed:
        if face is None:
            yield Aged(frame, np.zeros(frame.shape[:2], np.float32))
        else:
            yield age(frame, face, now, wanted, permission, strength)
