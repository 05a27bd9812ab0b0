"""Train the bundled model's autoencoder: 160 px pictures <-> 20x20x4 latents.

    python training/webtoon/train_vae.py --minutes 60

It is convolutional, so it learns from 64 px crops, most of them around the face, where the detail is. Resumable: the
state is saved every two minutes, and --minutes counts the training time of all runs together. Runs on CPU or GPU.
"""

import argparse
import json
import math
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from dataset import FOLDER, load
from diffusers import AutoencoderKL

CHANNELS = (16, 32, 96, 192)
BATCH, CROP, RATE, KL = 12, 64, 1.5e-3, 3e-4
PICTURES = 24000


def build() -> AutoencoderKL:
    """The autoencoder, with 8x downsampling and four latent channels."""
    n = len(CHANNELS)
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * n,
        up_block_types=("UpDecoderBlock2D",) * n,
        block_out_channels=CHANNELS,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        mid_block_add_attention=False,
        sample_size=160,
        force_upcast=False,
    )


def to_tensor(pictures: np.ndarray) -> torch.Tensor:
    """uint8 (N, H, W, 3) -> float (N, 3, H, W) in -1..1."""
    return torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def crops(blocks, labels, rng: random.Random, batch: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Random crops, seven in ten holding the face, and the weight of each pixel (3 inside the face)."""
    out = np.empty((batch, size, size, 3), np.uint8)
    weight = torch.ones(batch, 1, size, size)
    for k in range(batch):
        i = rng.randrange(len(labels))
        picture = blocks[i // 1000][i % 1000]
        limit = picture.shape[0] - size
        x0, y0, x1, y1 = labels[i]["face"]
        x, y = rng.randint(0, limit), rng.randint(0, limit)
        if rng.random() < 0.7:
            x = min(limit, max(0, (x0 + x1) // 2 - size // 2 + rng.randint(-30, 30)))
            y = min(limit, max(0, (y0 + y1) // 2 - size // 2 + rng.randint(-30, 30)))
        out[k] = picture[y : y + size, x : x + size]
        weight[k, :, max(0, y0 - y) : max(0, y1 - y), max(0, x0 - x) : max(0, x1 - x)] = 3.0
    return to_tensor(out), weight


def slopes(picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Differences between neighbours, down and across: where ink lines live."""
    return picture[..., 1:, :] - picture[..., :-1, :], picture[..., :, 1:] - picture[..., :, :-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument(
        "--whole", type=float, default=0.55, help="from this share of the time on, whole pictures"
    )
    args = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        torch.set_num_threads(2)
    torch.manual_seed(0)
    blocks, labels = load(PICTURES)
    vae = build().to(device)
    optimiser = torch.optim.AdamW(vae.parameters(), RATE, betas=(0.9, 0.95), weight_decay=0, fused=True)
    state_path, seconds, step = FOLDER / "vae-state.pt", 0.0, 0
    if state_path.exists():
        state = torch.load(state_path, weights_only=True)
        vae.load_state_dict(state["vae"])
        optimiser.load_state_dict(state["optimiser"])
        seconds, step = state["seconds"], state["step"]
    rng = random.Random(step)
    log = open(FOLDER / "vae-log.jsonl", "a", encoding="utf-8")  # noqa: SIM115 (open for the whole run)

    def save() -> None:
        state = {
            "vae": vae.state_dict(),
            "optimiser": optimiser.state_dict(),
            "seconds": seconds,
            "step": step,
        }
        torch.save(state, state_path.with_suffix(".part"))
        state_path.with_suffix(".part").rename(state_path)

    saved = started = time.time()
    while (done := seconds / (args.minutes * 60)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 100) * (0.5 * (1 + math.cos(math.pi * done)) + 0.01)
        whole = done > args.whole
        picture, weight = (
            t.to(device) for t in crops(blocks, labels, rng, 3 if whole else BATCH, 160 if whole else CROP)
        )
        with torch.autocast(device, torch.bfloat16):
            posterior = vae.encode(picture).latent_dist
            output = vae.decode(posterior.sample()).sample
        output = output.float()
        kl = 0.5 * (posterior.mean.float() ** 2 + posterior.var.float() - 1 - posterior.logvar.float()).mean()
        error = ((output - picture).abs() * weight).mean() / weight.mean()
        square = ((output - picture) ** 2 * weight).mean() / weight.mean()
        (dy, dx), (ey, ex) = slopes(picture), slopes(output)
        edges = ((dy - ey).abs() * weight[..., 1:, :]).mean() + ((dx - ex).abs() * weight[..., :, 1:]).mean()
        # The mean colour of each 8x8 block: without it the network learns ink first and colour much later.
        tone = (F.avg_pool2d(output, 8) - F.avg_pool2d(picture, 8)).abs().mean()
        loss = error + 0.5 * square + 0.35 * edges + tone + KL * kl
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step, seconds, started = step + 1, seconds + time.time() - started, time.time()
        if step % 50 == 0:
            line = {
                "step": step,
                "minutes": round(seconds / 60, 2),
                "l1": round(error.item(), 4),
                "edges": round(edges.item(), 4),
                "kl": round(kl.item(), 2),
            }
            print(json.dumps(line), file=log, flush=True)
        if time.time() - saved > 120:
            save()
            saved = time.time()
    save()
    vae.eval()
    with torch.no_grad():
        held = to_tensor(blocks[-1][:128]).to(device)
        posterior = vae.encode(held).latent_dist
        psnr = 10 * math.log10(4 / ((vae.decode(posterior.mean).sample - held) ** 2).mean().item())
        vae.register_to_config(scaling_factor=float(1 / posterior.sample().std()))
    vae.cpu().save_pretrained(FOLDER / "vae")
    print(
        json.dumps({"device": device, "step": step, "minutes": args.minutes, "psnr_db": round(psnr, 2)}),
        file=log,
        flush=True,
    )


if __name__ == "__main__":
    main()
