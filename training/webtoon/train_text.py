"""Teach the text encoder what the words mean before it meets a picture, as CLIP's was taught.

    python training/webtoon/train_text.py

From the state after the last word (and from the padding behind it, which sees the whole sentence) every attribute that
the caption names must be readable by a linear head; the heads are then thrown away. Without this step the U-Net learns
hair and clothes quickly, but mood, view and eyes, which change few pixels, only after many hours.
"""

import json
import random
from dataclasses import asdict

import torch
import torch.nn.functional as F
from dataset import FOLDER, look_of
from torch import nn
from train_unet import TEXT, build_text, words
from transformers import CLIPTokenizer

from hallyu.webtoon.judge import HEADS
from hallyu.webtoon.vocabulary import CAST_NAMES, caption, sample

STEPS, BATCH, RATE = 1500, 128, 1e-3
ATTRIBUTES = tuple(HEADS)[:9]
UNNAMED = -100
PLACE = {
    "person": 0,
    "hair_style": 1,
    "hair_colour": 1,
    "eyes": 2,
    "outfit": 3,
    "outfit_colour": 3,
    "expression": 4,
    "shot": 5,
    "view": 6,
}
"""Attribute -> which phrase of a full caption names it."""


def targets(label: dict, text: str) -> list[int]:
    """The class of each attribute that *text* names; UNNAMED where the caption leaves it out."""
    named = {part.strip().lower() for part in text.split(",")}
    by_name = label["name"] and text.lower().split(",")[0] in (
        label["name"].lower(),
        CAST_NAMES[label["name"]],
    )
    out = []
    for name in ATTRIBUTES:
        said = by_name and name not in ("expression", "shot", "view")
        said = said or any(part in named for part in phrases(label, name))
        out.append(HEADS[name].index(label[name]) if said else UNNAMED)
    return out


def phrases(label: dict, attribute: str) -> set[str]:
    """The phrases, English and Korean, by which a caption names an attribute of this look."""
    look = look_of({**label, "name": ""})
    return {caption(look, language).lower().split(", ")[PLACE[attribute]] for language in ("en", "ko")}


def main() -> None:
    torch.manual_seed(0)
    rng = random.Random(0)
    tokenizer = CLIPTokenizer.from_pretrained(FOLDER / "tokenizer")
    text = build_text(tokenizer).train()
    heads = nn.ModuleList(nn.Linear(TEXT, len(HEADS[name])) for name in ATTRIBUTES)
    parameters = [*text.parameters(), *heads.parameters()]
    optimiser = torch.optim.AdamW(parameters, RATE, weight_decay=0.01, fused=True)
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 100) * (1 - step / STEPS)
        labels = [asdict(sample(rng)) for _ in range(BATCH)]
        captions = [words(label, rng) for label in labels]
        ids = tokenizer(captions, padding="max_length", truncation=True, return_tensors="pt").input_ids
        wanted = torch.tensor([targets(label, c) for label, c in zip(labels, captions, strict=True)])
        ends = ids.eq(tokenizer.eos_token_id).float().argmax(-1)
        states = text(ids)[0]
        after = torch.maximum(ends, torch.randint(0, tokenizer.model_max_length, (BATCH,)))
        loss = 0
        for position in (ends, after):
            state = states[torch.arange(BATCH), position]
            loss = loss + sum(
                F.cross_entropy(h(state), wanted[:, i], ignore_index=UNNAMED) for i, h in enumerate(heads)
            )
        loss.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        if step % 100 == 0 or step == STEPS - 1:
            print(json.dumps({"step": step, "loss": round(loss.item(), 4)}), flush=True)
    text.save_pretrained(FOLDER / "text")


if __name__ == "__main__":
    main()
