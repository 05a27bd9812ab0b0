"""Train the judge on random attribute combinations (no cast), and report its accuracy on held-out identities.

    python training/webtoon/train_judge.py --minutes 10

Half of the pictures stand on the plain ground, half are keyed and set over a background, as a panel is.
"""

import argparse
import json
import math
import random
import time
from dataclasses import asdict

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from dataset import FOLDER, SIZE, load, look_of
from safetensors.torch import save_file

from hallyu.webtoon import backgrounds
from hallyu.webtoon.drawing import draw
from hallyu.webtoon.judge import HEADS, JudgeNetwork, to_tensor
from hallyu.webtoon.keying import key
from hallyu.webtoon.vocabulary import PLACES, held_out, sample

BATCH, RATE, PICTURES = 64, 2e-3, 24000
EACH = 24


def background_pool() -> dict[str, np.ndarray]:
    """A few backgrounds of each place at several times of day: name -> (EACH, 240, 240, 3)."""
    path = FOLDER / "backgrounds.npz"
    if not path.exists():
        pool = {
            place: np.stack(
                [
                    backgrounds.draw(
                        place,
                        240,
                        240,
                        seed=i,
                        time=("day", "dusk", "night")[i % 3],
                        framing="behind" if i % 4 else "wide",
                    )
                    for i in range(EACH)
                ]
            )
            for place in PLACES
        }
        np.savez(path, **pool)
    return dict(np.load(path))


def compose(picture: np.ndarray, pool: dict[str, np.ndarray], rng: random.Random) -> tuple[np.ndarray, str]:
    """The picture as it is, or keyed and set over a random piece of a random background."""
    if rng.random() < 0.5:
        return picture, "plain"
    place = rng.choice(list(pool))
    scene = pool[place][rng.randrange(EACH)]
    side = rng.randint(150, 240)
    x, y = rng.randint(0, 240 - side), rng.randint(0, 240 - side)
    scene = cv2.resize(scene[y : y + side, x : x + side], (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    figure = key(picture).astype(np.float32)
    alpha = figure[..., 3:] / 255
    return (figure[..., :3] * alpha + scene * (1 - alpha)).astype(np.uint8), place


def disturb(pictures: torch.Tensor) -> torch.Tensor:
    """Noise, blur, brightness and small shifts: what a decoder, an upscaler or a JPEG may do."""
    n = len(pictures)
    pictures = pictures * (1 + 0.1 * torch.randn(n, 1, 1, 1)) + 0.05 * torch.randn(n, 3, 1, 1)
    if random.random() < 0.4:
        small = random.choice((64, 80, 96))
        pictures = F.interpolate(
            F.interpolate(pictures, size=small, mode="area"), size=pictures.shape[-1], mode="bilinear"
        )
    pictures = torch.roll(pictures, (random.randint(-4, 4), random.randint(-4, 4)), (2, 3))
    return (pictures + 0.05 * torch.rand(n, 1, 1, 1) * torch.randn_like(pictures)).clamp(-1, 1)


def targets(labels: list[dict]) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    words = {name: torch.tensor([HEADS[name].index(x[name]) for x in labels]) for name in HEADS}
    return words, torch.tensor([x["face"] for x in labels]).float() / SIZE


def held_out_pictures(count: int) -> tuple[list[np.ndarray], list[dict]]:
    """Pictures of identities that no training has seen."""
    rng, pictures, labels = random.Random("held-out"), [], []
    while len(pictures) < count:
        look = sample(rng, cast=0)
        if held_out(look):
            drawing = draw(look, SIZE, seed=10_000_000 + len(pictures))
            pictures.append(drawing.on())
            labels.append({**asdict(look), "face": drawing.face})
    return pictures, labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    args = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(0)
    random.seed(0)
    rng = random.Random(0)
    blocks, labels = load(PICTURES)
    usable = [i for i, x in enumerate(labels) if not x["name"] and not held_out(look_of(x))]
    pool = background_pool()
    network = JudgeNetwork()
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.02)
    started, step, smooth = time.time(), 0, None
    while (done := (time.time() - started) / (args.minutes * 60)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 100) * (0.5 * (1 + math.cos(math.pi * done)) + 0.005)
        batch, known = [], []
        for i in (rng.choice(usable) for _ in range(BATCH)):
            picture, place = compose(blocks[i // 1000][i % 1000], pool, rng)
            batch.append(picture)
            known.append({**labels[i], "place": place})
        words, faces = targets(known)
        logits, boxes = network(disturb(to_tensor(batch)))
        loss = (
            sum(F.cross_entropy(logits[name], words[name]) for name in HEADS)
            + 5 * (boxes - faces.clamp(0, 1)).abs().mean()
        )
        loss.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        smooth = loss.item() if smooth is None else 0.98 * smooth + 0.02 * loss.item()
        if step % 50 == 0:
            print(
                json.dumps(
                    {
                        "step": step,
                        "minutes": round((time.time() - started) / 60, 2),
                        "loss": round(smooth, 3),
                    }
                ),
                flush=True,
            )
    network.eval()
    pictures, known = held_out_pictures(1000)
    rng = random.Random(1)
    composed = [compose(p, pool, rng) for p in pictures]
    known = [{**x, "place": place} for x, (_, place) in zip(known, composed, strict=True)]
    words, _ = targets(known)
    with torch.inference_mode():
        parts = [
            network(to_tensor([p for p, _ in composed[i : i + 100]]))[0] for i in range(0, len(composed), 100)
        ]
    scores = {
        name: round(float((torch.cat([p[name] for p in parts]).argmax(-1) == words[name]).float().mean()), 4)
        for name in HEADS
    }
    save_file(
        {k: x.half() if x.is_floating_point() else x for k, x in network.state_dict().items()},
        FOLDER / "judge.safetensors",
    )
    report = {"steps": step, "minutes": args.minutes, "held_out_pictures": len(pictures), "accuracy": scores}
    (FOLDER / "judge-log.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main()
