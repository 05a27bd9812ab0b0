"""Whose voice is it? A neural encoder turns speech or singing into 256 numbers that are alike for one speaker.

Source: Wan et al., "Generalized End-to-End Loss for Speaker Verification", ICASSP 2018; the weights as Resemblyzer 0.1.4
(Apache-2.0, Resemble AI) carries them. The mel front end and the slicing agree with Resemblyzer's; its voice activity
detector does not come with it: pauses are left out by their level here.
"""

from functools import cache
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import binary_dilation
from torch import nn

from hallyu import audio, models
from hallyu.errors import HallyuError
from hallyu.music.pitch import frames_of

RATE = 16_000
WINDOW, HOP = 400, 160
"""Samples of a mel frame (25 ms) and from one to the next (10 ms)."""
MELS = 40
SLICE, STEP = 160, 77
"""Mel frames that the network hears at once (1.6 s), and from one slice to the next."""
LEVEL = -25.0
"""dBFS to which every recording is brought, as loud as what the encoder learned from: it hears power, not decibels."""
SAME_VOICE = 0.905
"""Similarity from which two recordings of speech count as one voice: where both errors are equal on the bundled voices
(report.json beside the weights). Speech against singing stays lower, for one singer as for two: compare like with like."""
SHORTEST = 1.0
"""Seconds of voice below which the encoder says more about the words than about the speaker."""


class SpeakerEncoder(nn.Module):
    """Three LSTM layers over mel frames; the last state, through one layer and ReLU, is the voice."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(MELS, 256, 3, batch_first=True)
        self.linear = nn.Linear(256, 256)

    def forward(self, mels: torch.Tensor) -> torch.Tensor:
        """(n, frames, MELS) mel power -> (n, 256) of length 1."""
        _, (hidden, _) = self.lstm(mels)
        return nn.functional.normalize(torch.relu(self.linear(hidden[-1])), dim=1)


def load_bundled(files: list[Path]) -> SpeakerEncoder:
    """The network with its verified weights."""
    from safetensors.torch import load_file

    network = SpeakerEncoder().eval()
    network.load_state_dict(load_file(files[0]))
    return network


@cache
def _network() -> SpeakerEncoder:
    return models.load("speaker")


@cache
def filterbank() -> np.ndarray:
    """Triangular filters (MELS, WINDOW / 2 + 1) of equal area, evenly spaced on Slaney's mel scale up to 8 kHz."""

    def hertz(mel: np.ndarray) -> np.ndarray:  # linear up to 1 kHz (15 mel), then logarithmic
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))

    highest = 15 + 27 * np.log(RATE / 2 / 1000) / np.log(6.4)
    edges = hertz(np.linspace(0, highest, MELS + 2))
    bins = np.linspace(0, RATE / 2, WINDOW // 2 + 1)
    rise = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    fall = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    return np.clip(np.minimum(rise, fall), 0, None) * (2 / (edges[2:] - edges[:-2]))[:, None]


def mel(samples: np.ndarray) -> np.ndarray:
    """Mono samples at RATE -> mel power, float32 (frames, MELS), one frame every 10 ms."""
    # The window is periodic: one sample longer than it is, and the last left out.
    windows = frames_of(samples, RATE, WINDOW, HOP / RATE) * np.hanning(WINDOW + 1)[:-1]
    return (np.abs(np.fft.rfft(windows)) ** 2 @ filterbank().T).astype(np.float32)


def voiced_parts(samples: np.ndarray) -> np.ndarray:
    """Mono samples at RATE without their pauses: 30 ms blocks within 30 dB of the loud ones, and 90 ms around them."""
    blocks = samples[: len(samples) // 480 * 480].reshape(-1, 480)
    power = (blocks**2).mean(axis=1)
    loud = power > max(np.percentile(power, 95) * 1e-3, 1e-8) if len(blocks) else np.zeros(0, bool)
    return blocks[binary_dilation(loud, iterations=3)].ravel() if loud.any() else samples[:0]


def slices(samples: np.ndarray) -> np.ndarray:
    """Samples at RATE -> mel slices (n, SLICE, MELS); a last one of which less than 3/4 is sound is left out."""
    frames = -(-(len(samples) + 1) // HOP)
    starts = list(range(0, max(1, frames - SLICE + STEP + 1), STEP))
    if len(starts) > 1 and len(samples) - starts[-1] * HOP < 0.75 * SLICE * HOP:
        starts.pop()
    needed = (starts[-1] + SLICE) * HOP
    power = mel(np.pad(samples, (0, max(0, needed - len(samples)))))
    return np.stack([power[start : start + SLICE] for start in starts])


def encode(samples: np.ndarray) -> np.ndarray:
    """Mono samples at RATE, as loud and as trimmed as they are -> the voice, float32 (256,) of length 1."""
    with torch.inference_mode():
        voices = _network()(torch.from_numpy(slices(samples))).numpy()
    mean = voices.mean(axis=0)
    return mean / np.linalg.norm(mean)


def embed(samples: np.ndarray, rate: int) -> np.ndarray:
    """A recording of one voice -> 256 numbers of length 1, float32; loudness and pauses do not change them much.

    Raises HallyuError for samples that are no sound, and for less than SHORTEST seconds of voice.
    """
    samples = voiced_parts(audio.resample(audio.mono(audio.check(samples, rate)), rate, RATE))
    if len(samples) < SHORTEST * RATE:
        raise HallyuError(
            f"This recording has {len(samples) / RATE:.1f} s of voice; a voice is recognised from {SHORTEST:g} s on."
        )
    return encode(samples * (10 ** (LEVEL / 20) / np.sqrt(np.mean(samples**2))))


def similarity(one: np.ndarray, other: np.ndarray) -> float:
    """The cosine of two embeddings, 0 (nothing alike) to 1 (the same).

    >>> similarity(np.array([1.0, 0]), np.array([0.6, 0.8]))
    0.6
    """
    return float(np.dot(one, other) / (np.linalg.norm(one) * np.linalg.norm(other)))


def impersonated(voice: np.ndarray, protected: dict[str, np.ndarray]) -> list[tuple[str, float]]:
    """Whom among *protected* (name -> embedding) the *voice* could be taken for: names and similarities, closest first.

    An empty list is no proof: the encoder hears timbre, not manner of speaking.

    >>> impersonated(np.array([1.0, 0]), {"ours": np.array([0.0, 1]), "theirs": np.array([0.96, 0.28])})
    [('theirs', 0.96)]
    """
    close = [(name, similarity(voice, other)) for name, other in protected.items()]
    return sorted((pair for pair in close if pair[1] >= SAME_VOICE), key=lambda pair: -pair[1])
