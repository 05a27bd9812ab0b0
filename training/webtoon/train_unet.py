"""Train the bundled model's U-Net on the autoencoder's latents and the text encoder's words.

    python training/webtoon/train_unet.py --minutes 240

Resumable: the state is saved every three minutes, and --minutes counts the training time of all runs together; the
learning rate falls over the last third of it. On a GPU raise --batch. The result is a standard Stable Diffusion folder,
checkpoints/webtoon/model, which StableDiffusionPipeline.from_pretrained opens.
"""

import argparse
import json
import math
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from dataset import BLOCK, FOLDER, load, look_of
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    DDPMScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from diffusers.training_utils import EMAModel
from train_vae import to_tensor
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from hallyu.webtoon.vocabulary import CAST, caption

CHANNELS = (96, 160, 192)
TEXT = 128
RATE = 8e-4
PICTURES = 40000
FACE, EYES = 4.0, 24.0
"""Added weight of the latents that show the face, and of the band of its eyes: few cells, but mood, view and the colour
of the eyes are told apart there."""
NOISE = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "prediction_type": "v_prediction",
}


def build_unet() -> UNet2DConditionModel:
    """The U-Net: 20x20 latents, attention on the two lower levels."""
    return UNet2DConditionModel(
        sample_size=20,
        in_channels=4,
        out_channels=4,
        block_out_channels=CHANNELS,
        layers_per_block=1,
        cross_attention_dim=TEXT,
        attention_head_dim=[3, 5, 6],
        norm_num_groups=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        # The whole sentence, pooled, also steers every level through the time embedding.
        addition_embed_type="text",
        addition_embed_type_num_heads=8,
    )


def build_text(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """A CLIP text encoder of two layers, not yet trained."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=TEXT,
            intermediate_size=3 * TEXT,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=tokenizer.model_max_length,
            projection_dim=TEXT,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def latents(vae: AutoencoderKL, blocks, device: str) -> torch.Tensor:
    """Latents of every picture, block by block, kept on disk: (N, 4, 20, 20), unit variance."""
    out = []
    for index, block in enumerate(blocks):
        path = FOLDER / f"latents-{index:03d}.npy"
        if not path.exists():
            with torch.no_grad(), torch.autocast(device, torch.bfloat16):
                parts = [
                    vae.encode(to_tensor(block[i : i + 50]).to(device)).latent_dist.mean.float().cpu()
                    for i in range(0, BLOCK, 50)
                ]
            np.save(path.with_suffix(".part.npy"), torch.cat(parts).numpy())
            path.with_suffix(".part.npy").rename(path)
        out.append(torch.from_numpy(np.load(path)))
    return torch.cat(out) * vae.config.scaling_factor


def weights(labels: list[dict]) -> torch.Tensor:
    """What each latent counts for in the loss, mean 1 over all pictures: (N, 1, 20, 20)."""
    cells = torch.arange(20) * 8 + 4
    left, top, right, bottom = torch.tensor([label["face"] for label in labels]).T[:, :, None]
    tall = bottom - top
    down = FACE * ((cells > top) & (cells < bottom))
    down += EYES * ((cells > top + 0.3 * tall) & (cells < top + 0.62 * tall))
    out = 1 + down[:, None, :, None] * ((cells > left) & (cells < right))[:, None, None, :]
    return out / out.mean()


def words(label: dict, rng: random.Random) -> str:
    """A caption of the picture: English or Korean, sometimes by name alone, one in ten empty (for guidance)."""
    if rng.random() < 0.1:
        return ""
    look, language = look_of(label), rng.choice(("en", "ko"))
    usual = look.name and look.identity == CAST[look.name].identity
    parts = caption(look, language, described=not (usual and rng.random() < 0.45)).split(", ")
    if look.name and not usual and rng.random() < 0.3:
        parts = parts[1:]
    return ", ".join([parts[0], *(p for p in parts[1:] if rng.random() > 0.04)])


def pipeline(vae, unet, text, tokenizer) -> StableDiffusionPipeline:
    """The four parts as a Stable Diffusion pipeline with a deterministic scheduler."""
    scheduler = DDIMScheduler(
        **NOISE, clip_sample=False, set_alpha_to_one=False, steps_offset=1, timestep_spacing="trailing"
    )
    return StableDiffusionPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=240)
    parser.add_argument("--batch", type=int, default=32)
    args = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        torch.set_num_threads(2)
    torch.manual_seed(0)
    vae = AutoencoderKL.from_pretrained(FOLDER / "vae").to(device).eval()
    tokenizer = CLIPTokenizer.from_pretrained(FOLDER / "tokenizer")
    blocks, labels = load(PICTURES)
    data, weight = latents(vae, blocks, device).to(device), weights(labels).to(device)
    unet = build_unet().to(device).train()
    # Frozen: trained along, it soon forgets the words that change few pixels, and they never come back.
    text = CLIPTextModel.from_pretrained(FOLDER / "text").to(device).eval().requires_grad_(False)
    parameters = list(unet.parameters())
    optimiser = torch.optim.AdamW(parameters, RATE, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    average = EMAModel(parameters, decay=0.9995, use_ema_warmup=True, inv_gamma=1, power=0.75, foreach=True)
    noise = DDPMScheduler(**NOISE)
    state_path, seconds, step, smooth = FOLDER / "unet-state.pt", 0.0, 0, None
    if state_path.exists():
        state = torch.load(state_path, weights_only=True, map_location=device)
        unet.load_state_dict(state["unet"])
        optimiser.load_state_dict(state["optimiser"])
        average.load_state_dict(state["average"])
        seconds, step, smooth = state["seconds"], state["step"], state["loss"]
    average.to(device)
    rng = random.Random(step)
    torch.manual_seed(step)
    log = open(FOLDER / "unet-log.jsonl", "a", encoding="utf-8")  # noqa: SIM115 (open for the whole run)

    def save() -> None:
        state = {
            "unet": unet.state_dict(),
            "optimiser": optimiser.state_dict(),
            "average": average.state_dict(),
            "seconds": seconds,
            "step": step,
            "loss": smooth,
        }
        torch.save(state, state_path.with_suffix(".part"))
        state_path.with_suffix(".part").rename(state_path)
        average.store(parameters)
        average.copy_to(parameters)
        pipeline(vae, unet, text, tokenizer).save_pretrained(FOLDER / "model")
        average.restore(parameters)

    saved = started = time.time()
    while (done := seconds / (args.minutes * 60)) < 1:
        rate = RATE * min(1, (step + 1) / 200)
        if done > 2 / 3:
            rate *= 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (done - 2 / 3) * 3))
        for group in optimiser.param_groups:
            group["lr"] = rate
        index = [rng.randrange(len(labels)) for _ in range(args.batch)]
        ids = tokenizer(
            [words(labels[i], rng) for i in index], padding="max_length", truncation=True, return_tensors="pt"
        ).input_ids
        clean = data[index]
        time_step = torch.randint(0, NOISE["num_train_timesteps"], (args.batch,), device=device)
        gauss = torch.randn_like(clean)
        with torch.autocast(device, torch.bfloat16):
            guess = unet(noise.add_noise(clean, gauss, time_step), time_step, text(ids.to(device))[0]).sample
        error = F.mse_loss(guess.float(), noise.get_velocity(clean, gauss, time_step), reduction="none")
        loss = (weight[index] * error).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        average.step(parameters)
        step, seconds, started = step + 1, seconds + time.time() - started, time.time()
        smooth = loss.item() if smooth is None else 0.99 * smooth + 0.01 * loss.item()
        if step % 50 == 0:
            print(
                json.dumps({"step": step, "minutes": round(seconds / 60, 2), "loss": round(smooth, 4)}),
                file=log,
                flush=True,
            )
        if time.time() - saved > 180:
            save()
            saved = time.time()
    save()
    print(
        json.dumps({"device": device, "batch": args.batch, "step": step, "minutes": args.minutes}),
        file=log,
        flush=True,
    )


if __name__ == "__main__":
    main()
