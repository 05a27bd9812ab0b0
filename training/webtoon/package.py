"""Copy the trained parts into the package as fp16 safetensors, with their logs, and print the catalogue's lines.

python training/webtoon/package.py
"""

import json
import shutil
from pathlib import Path

import torch
import train_unet
import train_vae
from dataset import FOLDER
from diffusers import StableDiffusionPipeline

from hallyu.files import sha256

WEIGHTS = Path(__file__).resolve().parents[2] / "src" / "hallyu" / "models" / "weights"
BESIDE = ("training.json", "report.json", "README.md")
"""Files that tell of the weights and are not loaded."""


def thin(log: Path, every: int = 20) -> list[dict]:
    """One line in *every* of a training log, and the last."""
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return [line for i, line in enumerate(lines) if i % every == 0 or i == len(lines) - 1]


def main() -> None:
    model = WEIGHTS / "first-snow-sd"
    pipeline = StableDiffusionPipeline.from_pretrained(
        FOLDER / "model", safety_checker=None, requires_safety_checker=False
    )
    for part in model.glob("*/"):  # the folders of an older model; README.md beside them stays
        shutil.rmtree(part)
    pipeline.to(torch.float16).save_pretrained(model)
    for path in model.rglob("*.json"):  # diffusers notes where the parts were opened from: a path of this machine
        about = json.loads(path.read_text("utf-8"))
        if about.pop("_name_or_path", None):
            path.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    state = torch.load(FOLDER / "unet-state.pt", weights_only=True, map_location="cpu")
    training = {
        "device": "cpu" if not torch.cuda.is_available() else torch.cuda.get_device_name(),
        "vae": {
            "channels": train_vae.CHANNELS,
            "crop": train_vae.CROP,
            "rate": train_vae.RATE,
            "kl": train_vae.KL,
            "pictures": train_vae.PICTURES,
            "log": thin(FOLDER / "vae-log.jsonl"),
        },
        "unet": {
            "channels": train_unet.CHANNELS,
            "rate": train_unet.RATE,
            "pictures": train_unet.PICTURES,
            "weights": {"face": train_unet.FACE, "eyes": train_unet.EYES},
            "noise": train_unet.NOISE,
            "steps": state["step"],
            "minutes": round(state["seconds"] / 60, 1),
            "log": thin(FOLDER / "unet-log.jsonl"),
        },
    }
    (model / "training.json").write_text(json.dumps(training, indent=1) + "\n", encoding="utf-8")
    judge = WEIGHTS / "webtoon-judge"
    judge.mkdir(exist_ok=True)
    shutil.copy(FOLDER / "judge.safetensors", judge / "judge.safetensors")
    shutil.copy(FOLDER / "judge-log.json", judge / "training.json")
    for folder in (model, judge, WEIGHTS / "upscale-anime"):
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in BESIDE):
            path.chmod(0o644)
            where, size = path.relative_to(WEIGHTS), path.stat().st_size
            print(f'  {{ path = "{where}", sha256 = "{sha256(path)}", size = {size} }},')


if __name__ == "__main__":
    main()
