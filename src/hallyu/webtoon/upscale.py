"""Enlarge cel art four times with Real-ESRGAN's compact anime network, in plain PyTorch.

Source: Wang et al., "Real-ESRGAN" (2021), architecture SRVGGNetCompact, weights realesr-animevideov3 (BSD-3-Clause).
"""

from functools import cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from hallyu import models
from hallyu.errors import HallyuError

SCALE = 4
LARGEST = 1024
"""The longest side that is enlarged at once, in pixels; a larger picture needs several GB of memory."""


class CompactUpscaler(nn.Module):
    """Eighteen 3x3 convolutions at the small size, then a shuffle of channels into 4x4 blocks of pixels."""

    def __init__(self, features: int = 64, layers: int = 16):
        super().__init__()
        widths = [3] + [features] * (layers + 1)
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(widths))
        self.slopes = nn.ModuleList(nn.PReLU(features) for _ in self.convolutions)
        self.last = nn.Conv2d(features, 3 * SCALE * SCALE, 3, padding=1)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """(N, 3, H, W) in 0..1 -> (N, 3, 4H, 4W); the network adds detail to the nearest-neighbour enlargement."""
        x = picture
        for convolution, slope in zip(self.convolutions, self.slopes, strict=True):
            x = slope(convolution(x))
        return F.pixel_shuffle(self.last(x), SCALE) + F.interpolate(
            picture, scale_factor=SCALE, mode="nearest"
        )


def load_bundled(files: list[Path]) -> CompactUpscaler:
    """The network with its verified weights."""
    from safetensors.torch import load_file

    network = CompactUpscaler().eval()
    network.load_state_dict({name: value.float() for name, value in load_file(files[0]).items()})
    return network.to(memory_format=torch.channels_last)


@cache
def _network() -> CompactUpscaler:
    return models.load("upscale")


def upscale(picture: np.ndarray) -> np.ndarray:
    """RGB uint8 (H, W, 3) -> RGB uint8 (4H, 4W, 3).

    Raises HallyuError for anything but an RGB uint8 picture of at most LARGEST pixels a side.
    """
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        raise HallyuError(
            f"Upscaling takes an RGB picture of 8 bits a channel, not {picture.dtype} {picture.shape}."
        )
    if not 0 < min(picture.shape[:2]) <= max(picture.shape[:2]) <= LARGEST:
        raise HallyuError(
            f"Upscaling takes 1 to {LARGEST} pixels a side; this picture is {picture.shape[1]}x{picture.shape[0]}."
        )
    x = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float() / 255
    with torch.inference_mode():
        y = _network()(x.to(memory_format=torch.channels_last))[0]
    return _keep_tones(y.permute(1, 2, 0).numpy() * 255, picture)


def _keep_tones(large: np.ndarray, small: np.ndarray) -> np.ndarray:
    """Take back the network's drift in tone (flat cel colours come out some 3 % lighter), but none of its edges."""
    height, width = small.shape[:2]
    drift = small - cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
    drift = cv2.GaussianBlur(drift, (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)
    large = large + cv2.resize(drift, large.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.round(np.clip(large, 0, 255)).astype(np.uint8)
