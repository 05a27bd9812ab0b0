"""A synthesiser that learns a timbre: oscillators and filtered noise, led by a small network, in plain PyTorch.

The network hears only pitch, loudness and voicing, so what it adds is the timbre of the recording it learned from; with
another performance's pitch and loudness it plays that performance in the learned timbre.

Source: Engel, Hantrakul, Gu & Roberts, "DDSP: Differentiable Digital Signal Processing", ICLR 2020 (harmonic-plus-noise
synthesiser, exponentiated sigmoid, multi-scale spectral loss). Their reverberation is left to the mix. A harmonic's share
is a source's, by its number, times a filter's, by its frequency (Fant, 1960): formants stay where they are when the pitch
moves, so a voice is learned in half the steps.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.music.pitch import frames_of, yin

RATE = 16_000
HOP = 160
"""Samples of a frame: 10 ms."""
HARMONICS, BANDS, POINTS = 50, 65, 64
"""Oscillators; bands of the noise's filter from 0 to 8 kHz; points of the tone's filter, there evenly in mel."""
QUIETEST = -80.0
"""dB at which loudness ends."""
LEAST = 5.0
"""Seconds of sound from which a timbre can be learned; a minute is better."""
_SEGMENT, _BATCH = 100, 6
_SCALES = (1024, 512, 256, 128)


@dataclass(frozen=True)
class Features:
    """What a performance is without its timbre, one value every 10 ms.

    f0: float32 (frames,), hertz, carried on through unvoiced parts. loudness: (frames,), dB, QUIETEST to 0.
    voiced: (frames,), 1 or 0.
    """

    f0: np.ndarray
    loudness: np.ndarray
    voiced: np.ndarray

    def inputs(self) -> torch.Tensor:
        """(1, frames, 3), each about 0 to 1: octaves above 55 Hz, loudness, voicing."""
        columns = np.log2(np.maximum(self.f0, 20) / 55) / 5, self.loudness / -QUIETEST + 1, self.voiced
        return torch.from_numpy(np.stack(columns, axis=1).astype(np.float32))[None]


def features(samples: np.ndarray, rate: int) -> Features:
    """Pitch (YIN), A-weighted loudness and voicing of one voice or instrument.

    Raises HallyuError for samples that are no sound, and for a recording without any pitch.
    """
    samples = audio.resample(audio.mono(audio.check(samples, rate)), rate, RATE)
    curve = yin(samples, RATE, HOP / RATE)
    if not curve.voiced.any():
        raise HallyuError(
            "This recording has no pitch that can be followed: use one voice or instrument, without a hall."
        )
    held = curve.times[curve.voiced]
    f0 = np.exp(np.interp(curve.times, held, np.log(curve.hertz[curve.voiced])))
    hertz = np.fft.rfftfreq(1024, 1 / RATE)
    squared = hertz**2
    weight = (
        12194**2
        * squared**2
        / ((squared + 20.6**2) * (squared + 12194**2) * np.sqrt((squared + 107.7**2) * (squared + 737.9**2)))
    )  # IEC 61672, A
    spectra = (
        np.abs(np.fft.rfft(frames_of(samples, RATE, 1024, HOP / RATE) * np.hanning(1024))) * weight / 256
    )
    loudness = np.clip(10 * np.log10((spectra**2).sum(axis=1) + 1e-12), QUIETEST, 0)
    return Features(f0.astype(np.float32), loudness.astype(np.float32), curve.voiced.astype(np.float32))


def exp_sigmoid(x: torch.Tensor) -> torch.Tensor:
    """A sigmoid from 1e-7 to 2 that is straight in dB where it is small, as loudness is."""
    return 2 * torch.sigmoid(x) ** np.log(10) + 1e-7


def harmonics(f0: torch.Tensor, amplitudes: torch.Tensor) -> torch.Tensor:
    """A bank of oscillators at whole multiples of f0 (n, frames) with amplitudes (n, frames, k): sound (n, samples).

    Pitch and amplitudes glide from frame to frame; oscillators at or above half the rate are silent.
    """
    count, frames, most = amplitudes.shape
    amplitudes = amplitudes * (f0[..., None] * torch.arange(1, most + 1) < RATE / 2)
    with torch.no_grad():  # the pitch is given, so nothing is learned through the phase
        phase = 2 * torch.pi * (torch.cumsum(_glide(f0).double() / RATE, dim=1) % 1)
        sines = _sines(phase.reshape(count, frames, HOP), most)
    # Each hop twice, with the amplitudes at its start and with those at its end; then from one to the other.
    following = torch.cat([amplitudes[:, 1:], amplitudes[:, -1:]], dim=1)
    start, end = (torch.stack([amplitudes, following], dim=2) @ sines).unbind(dim=2)
    return torch.lerp(start, end, torch.arange(HOP) / HOP).flatten(1)


def _sines(phase: torch.Tensor, most: int) -> torch.Tensor:
    """sin(k * phase) for k = 1 to *most*, float32: (n, frames, HOP) -> (n, frames, most, HOP).

    Each from the two before, sin(kx) = 2 cos(x) sin((k - 1)x) - sin((k - 2)x).
    """
    sines = torch.empty(*phase.shape[:2], most, HOP)
    before, now, twice = torch.zeros_like(phase), torch.sin(phase), 2 * torch.cos(phase)
    for k in range(most):
        sines[:, :, k] = now
        before, now = now, twice * now - before
    return sines


def at_harmonics(curve: torch.Tensor, f0: torch.Tensor) -> torch.Tensor:
    """A curve over frequency (n, frames, POINTS), read at the harmonics of f0 (n, frames): (n, frames, HARMONICS)."""
    hertz = torch.clamp(f0[..., None] * torch.arange(1, HARMONICS + 1), max=RATE / 2)
    place = torch.log1p(hertz / 700) / np.log1p(RATE / 2 / 700) * (POINTS - 1)
    below = place.long().clamp(max=POINTS - 2)
    return torch.lerp(curve.gather(2, below), curve.gather(2, below + 1), place - below)


def filtered_noise(bands: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
    """White noise through a filter that changes every frame: band magnitudes (n, frames, BANDS) -> (n, samples)."""
    count, frames, _ = bands.shape
    noise = torch.rand(count, frames * HOP, generator=generator) * 2 - 1
    window = torch.hann_window(2 * HOP)
    spectra = torch.stft(noise, 2 * HOP, HOP, window=window, return_complex=True)  # (n, HOP + 1, frames + 1)
    gains = F.interpolate(bands, size=HOP + 1, mode="linear", align_corners=True).transpose(1, 2)
    gains = F.pad(gains, (0, 1), mode="replicate")
    return torch.istft(spectra * gains, 2 * HOP, HOP, window=window, length=frames * HOP)


def _glide(values: torch.Tensor) -> torch.Tensor:
    """(n, frames) -> (n, frames * HOP), linear from frame to frame; the last frame is held."""
    following = torch.cat([values[:, 1:], values[:, -1:]], dim=1)
    return torch.lerp(values[..., None], following[..., None], torch.arange(HOP) / HOP).flatten(1)


class Synthesiser(nn.Module):
    """A controller of one GRU, and the oscillators and noise that it leads."""

    def __init__(self, width: int = 96):
        super().__init__()
        self.enter = nn.Sequential(nn.Linear(3, width), nn.LayerNorm(width), nn.LeakyReLU())
        self.memory = nn.GRU(width, width, batch_first=True)
        self.leave = nn.Sequential(nn.Linear(width + 3, width), nn.LayerNorm(width), nn.LeakyReLU())
        self.amplitude, self.noise = nn.Linear(width, 1), nn.Linear(width, BANDS)
        self.source, self.filter = nn.Linear(width, HARMONICS), nn.Linear(width, POINTS)
        nn.init.constant_(
            self.noise.bias, -5.0
        )  # begin with a clear tone: noise is learned faster than unlearned

    def controls(self, inputs: torch.Tensor, f0: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Features (n, frames, 3) and pitch (n, frames) -> amplitudes of harmonics (n, frames, HARMONICS) and of noise
        (n, frames, BANDS).
        """
        heard = self.leave(torch.cat([self.memory(self.enter(inputs))[0], inputs], dim=2))
        shares = exp_sigmoid(self.source(heard) + at_harmonics(self.filter(heard), f0))
        total = exp_sigmoid(self.amplitude(heard)) * inputs[..., 2:]  # an unvoiced frame has no tone
        return total * shares / shares.sum(dim=2, keepdim=True), exp_sigmoid(self.noise(heard))

    def forward(
        self, inputs: torch.Tensor, f0: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Features (n, frames, 3) and pitch (n, frames) in hertz -> sound (n, frames * HOP)."""
        amplitudes, bands = self.controls(inputs, f0)
        return harmonics(f0, amplitudes) + filtered_noise(bands, generator)


def spectral_loss(sound: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The mean distance of magnitudes and of their logarithms over four window lengths; phase does not count."""
    loss = sound.new_zeros(())
    for size in _SCALES:
        ours, theirs = (
            torch.stft(x, size, size // 2, window=torch.hann_window(size), return_complex=True).abs()
            for x in (sound, target)
        )
        loss = loss + F.l1_loss(ours, theirs) + F.l1_loss(torch.log(ours + 1e-4), torch.log(theirs + 1e-4))
    return loss / len(_SCALES)


@dataclass(frozen=True)
class Timbre:
    """A learned timbre. losses: the loss of each step of its training. source: the features it was learned from."""

    network: Synthesiser
    losses: tuple[float, ...]
    source: Features

    def render(self, performance: Features, seed: int = 0) -> np.ndarray:
        """Play a performance in this timbre: float32 mono at RATE. seed: of the noise."""
        with torch.inference_mode():
            noise = torch.Generator().manual_seed(seed)
            sound = self.network(performance.inputs(), torch.from_numpy(performance.f0)[None], noise)
        return sound[0].numpy()


def train(
    samples: np.ndarray,
    rate: int,
    steps: int = 150,
    seed: int = 0,
    report: Callable[[int, float], None] | None = None,
) -> Timbre:
    """Learn the timbre of a recording of one voice or instrument; 150 steps take some 8 s.

    report: called with the step and its loss. The same seed gives the same timbre on the same machine.
    Raises HallyuError for less than LEAST seconds, and for what features refuses.
    """
    found = features(samples, rate)
    sound = audio.resample(audio.mono(audio.check(samples, rate)), rate, RATE)
    if len(sound) < LEAST * RATE:
        raise HallyuError(
            f"A timbre is learned from {LEAST:g} s or more; this recording lasts {len(sound) / RATE:.1f} s."
        )
    frames = min(len(sound) // HOP, len(found.f0))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Synthesiser()
    chance = torch.Generator().manual_seed(seed)
    inputs, f0 = found.inputs()[0], torch.from_numpy(found.f0)
    target = torch.from_numpy(sound[: frames * HOP].copy())
    optimiser = torch.optim.Adam(network.parameters(), lr=4e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps, pct_start=0.1)
    losses: list[float] = []
    # Tensors as small as these are shared among threads at a loss, which grows tenfold when other programs run.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for step in range(steps):
            parts = [
                slice(start, start + _SEGMENT)
                for start in torch.randint(0, frames - _SEGMENT + 1, (_BATCH,), generator=chance).tolist()
            ]
            wanted = torch.stack([target[part.start * HOP : part.stop * HOP] for part in parts])
            made = network(
                torch.stack([inputs[part] for part in parts]),
                torch.stack([f0[part] for part in parts]),
                chance,
            )
            loss = spectral_loss(made, wanted)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
            if report:
                report(step, losses[-1])
    finally:
        torch.set_num_threads(threads)
    return Timbre(network.eval(), tuple(losses), found)


def convert(samples: np.ndarray, rate: int, timbre: Timbre, semitones: float = 0.0) -> np.ndarray:
    """Sing or play *samples* in another timbre: float32 mono at RATE, as long as they are.

    Loudness is moved to what the timbre was learned at. semitones: transposes, into the range that it knows.
    Raises HallyuError for what features refuses.
    """
    performance = features(samples, rate)

    def level(found: Features) -> float:
        return float(np.median(found.loudness[found.voiced > 0]))

    loudness = np.clip(performance.loudness + level(timbre.source) - level(performance), QUIETEST, 0)
    # What was as good as silent stays so, however loud the timbre is.
    loudness = np.where(performance.loudness <= QUIETEST + 1, QUIETEST, loudness).astype(np.float32)
    f0 = (performance.f0 * 2 ** (semitones / 12)).astype(np.float32)
    return timbre.render(replace(performance, f0=f0, loudness=loudness))[: -(-len(samples) * RATE // rate)]
