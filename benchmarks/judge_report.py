"""Judge the bundled webtoon model on held-out prompts, and write the report that stands beside its weights.

    python benchmarks/judge_report.py --prompts 500

For each prompt (an identity that no training has seen) the model draws and the renderer draws; the same judge reads
both, leaving out what a drawing cannot show (eyes shut in laughter, clothes outside a close-up). Places are read from
the same figures keyed and set over backgrounds. Sharpness is the mean gradient of the ink against the renders'.
Memorisation: how near a generated picture is to its nearest training picture, against how near a fresh render of
another identity is to its own.
"""

import argparse
import json
import random
import time
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from hallyu import models
from hallyu.memory import peak_memory
from hallyu.webtoon import backgrounds, judge
from hallyu.webtoon.compose import enlarge_and_key
from hallyu.webtoon.drawing import draw
from hallyu.webtoon.engine import GUIDANCE, STEPS
from hallyu.webtoon.keying import key
from hallyu.webtoon.vocabulary import PLACES, WITHHELD, Look, caption, held_out, sample

ATTRIBUTES = tuple(judge.HEADS)[:9]
GOAL = 0.9


def held_out_looks(count: int) -> list[Look]:
    """Random looks whose identities were kept out of every training set."""
    rng, looks = random.Random("report"), []
    while len(looks) < count:
        look = sample(rng, cast=0)
        if held_out(look):
            looks.append(look)
    return looks


def accuracy(pictures: list[np.ndarray], looks: list[Look]) -> dict[str, float]:
    """Share of the pictures that show an attribute in which the judge reads it as asked; "place" for backgrounds.

    Words that are not offered do not count; by_word tells of them too.
    """
    pairs = list(zip(readings_of(pictures), looks, strict=True))
    asked = [tuple(PLACES)[i % len(PLACES)] for i in range(len(looks))]
    seen = readings_of(
        [set_in(p, place, i) for i, (p, place) in enumerate(zip(pictures, asked, strict=True))]
    )
    return {
        a: float(np.mean([r.words[a] == getattr(x, a) for r, x in pairs if counts(a, x)])) for a in ATTRIBUTES
    } | {"place": float(np.mean([r.words["place"] == place for r, place in zip(seen, asked, strict=True)]))}


def counts(attribute: str, look: Look) -> bool:
    """Whether a drawing of *look* shows an attribute, by a word that is offered."""
    return attribute not in judge.hidden_in(look) and getattr(look, attribute) not in WITHHELD.get(
        attribute, ()
    )


def by_word(
    generated: list[judge.Reading], rendered: list[judge.Reading], looks: list[Look]
) -> dict[str, dict]:
    """For each word that prompts may name: in how many pictures it shows, and the share read as asked in ours and renders."""
    words = {}
    for a in ATTRIBUTES:
        for word in judge.HEADS[a]:
            rows = [i for i, x in enumerate(looks) if getattr(x, a) == word and a not in judge.hidden_in(x)]
            if not rows:
                continue
            ours, theirs = (
                float(np.mean([r[i].words[a] == word for i in rows])) for r in (generated, rendered)
            )
            words[f"{a}: {word}"] = {
                "pictures": len(rows),
                "model": round(ours, 4),
                "renders": round(theirs, 4),
            }
    return words


def readings_of(pictures: list[np.ndarray]) -> list[judge.Reading]:
    """What the judge reads, a batch at a time."""
    return [r for i in range(0, len(pictures), 64) for r in judge.read(pictures[i : i + 64])]


@cache
def scene(place: str, seed: int) -> np.ndarray:
    """A background that no training has seen: RGB uint8 (160, 160, 3)."""
    return backgrounds.draw(place, 160, 160, seed=5000 + seed, framing="behind")


def set_in(picture: np.ndarray, place: str, seed: int) -> np.ndarray:
    """The figure keyed and set over one of twenty backgrounds of a place."""
    figure = key(picture).astype(np.float32)
    alpha = figure[..., 3:] / 255
    return np.round(figure[..., :3] * alpha + scene(place, seed % 20) * (1 - alpha)).astype(np.uint8)


def sharpness(pictures: list[np.ndarray]) -> float:
    """Mean absolute Laplacian of the grey pictures: how much fine ink there is."""
    return float(
        np.mean(
            [np.abs(cv2.Laplacian(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), cv2.CV_32F)).mean() for p in pictures]
        )
    )


def thumbnails(pictures: list[np.ndarray]) -> np.ndarray:
    """Pictures as vectors of a 32x32 thumbnail: (N, 3072) float32."""
    return (
        np.stack([cv2.resize(p, (32, 32), interpolation=cv2.INTER_AREA).ravel() for p in pictures]).astype(
            np.float32
        )
        / 255
    )


def nearest(queries: np.ndarray, library: np.ndarray) -> np.ndarray:
    """Root-mean-square distance from each query to the nearest vector of the library."""
    squares = (library**2).sum(1)
    best = [np.sqrt(max(0.0, (squares - 2 * library @ q + (q**2).sum()).min() / len(q))) for q in queries]
    return np.array(best)


def training_like(count: int) -> np.ndarray:
    """Thumbnails of pictures drawn as the training set's were (its own first blocks, by the same seeds)."""
    pictures = []
    for index in range(-(-count // 1000)):
        rng = random.Random(f"first-snow-{index}")
        for i in range(min(1000, count - index * 1000)):
            look = sample(rng)
            while held_out(look):
                look = sample(rng)
            pictures.append(draw(look, 160, seed=index * 1000 + i).on())
    return thumbnails(pictures)


def report(prompts: int, library: int) -> dict:
    """The whole report as plain data."""
    looks = held_out_looks(prompts)
    engine = models.load("webtoon-character")
    rng = random.Random(0)
    started, generated = time.perf_counter(), []
    for i, look in enumerate(tqdm(looks, desc="held-out prompts", ncols=80)):
        generated.append(engine.draw(caption(look, rng.choice(("en", "ko"))), seed=i))
    seconds = (time.perf_counter() - started) / prompts
    started = time.perf_counter()
    for picture in generated[:10]:
        enlarge_and_key(picture)
    finishing = (time.perf_counter() - started) / 10
    started = time.perf_counter()
    for i in range(3):
        engine.draw(caption(looks[i]), seed=i, steps=50, guidance=7.5)
    stock = (time.perf_counter() - started) / 3
    rendered = [draw(look, 160, seed=20_000_000 + i).on() for i, look in enumerate(looks)]
    ours, theirs = accuracy(generated, looks), accuracy(rendered, looks)
    words = by_word(readings_of(generated), readings_of(rendered), looks)
    shelf = training_like(library)
    return {
        "model": engine.model,
        "prompts": prompts,
        "steps": STEPS,
        "guidance": GUIDANCE,
        "attributes": {
            a: {
                "model": round(ours[a], 4),
                "renders": round(theirs[a], 4),
                "ratio": round(ours[a] / max(theirs[a], 1e-9), 4),
                "offered": ours[a] >= GOAL * theirs[a],
            }
            for a in ours
        },
        "withheld": WITHHELD,
        "words": words,
        "sharpness_ratio": round(sharpness(generated) / sharpness(rendered), 4),
        "nearest_neighbour_rms": {
            "library": library,
            "generated_median": round(float(np.median(nearest(thumbnails(generated), shelf))), 4),
            "renders_median": round(float(np.median(nearest(thumbnails(rendered), shelf))), 4),
        },
        "seconds": {
            "draw": round(seconds, 3),
            "enlarge_and_key": round(finishing, 3),
            "stock_50_steps": round(stock, 3),
            "stock_over_ours": round(stock / seconds, 2),
        },
        "peak_memory_mb": round(peak_memory()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=500)
    parser.add_argument(
        "--library", type=int, default=10000, help="training pictures searched for the nearest neighbour"
    )
    parser.add_argument("--write", type=Path, help="also write the report as JSON")
    args = parser.parse_args()
    result = report(args.prompts, args.library)
    print(f"{'attribute':<16}{'model':>8}{'renders':>9}{'ratio':>8}")
    for name, row in result["attributes"].items():
        print(
            f"{name:<16}{row['model']:>8.3f}{row['renders']:>9.3f}{row['ratio']:>8.3f}"
            f"{'' if row['offered'] else '   below the goal'}"
        )
    for word, row in result["words"].items():
        if row["model"] < GOAL * row["renders"]:
            print(f"{word:<30} {row['model']:.3f} of {row['renders']:.3f} in {row['pictures']} pictures")
    print(json.dumps({k: v for k, v in result.items() if k not in ("attributes", "words")}, indent=1))
    if args.write:
        args.write.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
