"""Convert Resemblyzer's speaker encoder from its pickled checkpoint to safetensors, and prove that nothing changed.

    pip download --no-deps Resemblyzer==0.1.4 && unzip -d resemblyzer-wheel Resemblyzer-*.whl
    pip install librosa==0.11.0
    python training/music/convert_speaker.py resemblyzer-wheel OUT.safetensors REFERENCE.json

REFERENCE.json gets what their code says about a sound (tests/music/speaker_reference.json). Their voice activity
detector (webrtcvad) is not needed for that. Weights: Apache-2.0, (c) 2019 Resemble AI.
"""

import importlib
import json
import sys
import types
from pathlib import Path

import librosa
import numpy as np
import torch
from safetensors.torch import save_file

from hallyu.music import speaker


def their_mel(samples: np.ndarray) -> np.ndarray:
    """Resemblyzer's wav_to_mel_spectrogram."""
    power = librosa.feature.melspectrogram(y=samples, sr=16_000, n_fft=400, hop_length=160, n_mels=40)
    return power.astype(np.float32).T


def their_encoder(wheel: Path) -> torch.nn.Module:
    """Resemblyzer's VoiceEncoder with its weights, without the package's other imports."""
    package = types.ModuleType("resemblyzer")
    package.__path__ = [str(wheel / "resemblyzer")]
    package.audio = types.SimpleNamespace(wav_to_mel_spectrogram=their_mel)
    sys.modules |= {"resemblyzer": package, "resemblyzer.audio": package.audio}
    module = importlib.import_module("resemblyzer.voice_encoder")
    return module.VoiceEncoder("cpu", verbose=False).eval()


def tune() -> np.ndarray:
    """Three seconds at 16 kHz of pulses on four notes with a decaying noise, float32."""
    time = np.arange(48_000) / 16_000
    hertz = np.array([196.0, 247.0, 294.0, 220.0])[(time // 0.75).astype(int)]
    phase = 2 * np.pi * np.cumsum(hertz) / 16_000
    sound = sum(np.cos(k * phase) / k for k in range(1, 12)) * np.exp(-(time % 0.75))
    return (0.1 * sound + 0.005 * np.random.default_rng(1).standard_normal(48_000)).astype(np.float32)


if __name__ == "__main__":
    source, target, reference = map(Path, sys.argv[1:4])
    theirs = their_encoder(source)
    weights = {k: v.contiguous() for k, v in theirs.state_dict().items() if k.startswith(("lstm", "linear"))}
    save_file(weights, target)
    network = speaker.load_bundled([target])
    speaker._network = lambda: network
    sound = tune()
    ours, said = speaker.encode(sound), theirs.embed_utterance(sound)
    mel_error = np.abs(speaker.mel(sound) / their_mel(sound) - 1).max()
    reference.write_text(
        json.dumps(
            {
                "mel": [[round(float(v), 6) for v in row] for row in their_mel(sound)[10::100]],
                "voice": [round(float(v), 6) for v in said],
            }
        )
        + "\n"
    )
    print(
        f"{target.stat().st_size} bytes; mel differs by {mel_error:.1e} of its value, voice by {np.abs(ours - said).max():.1e}"
    )
