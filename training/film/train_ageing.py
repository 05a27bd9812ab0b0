"""Train the network that ages a face (hallyu.film.ageing) on rendered actors at several ages. Resumable; CPU or GPU.

    nice -n 15 python train_ageing.py PAIRS RUN [--steps N] [--adversarial WEIGHT]
    python train_ageing.py PAIRS RUN --publish

PAIRS: IDENTITY/VIEW/AGE.png, 256 x 256 in the canonical crop, and AGE.json with the face's landmarks, as pairs.py renders
them; more may come while this runs. Age moves a face's landmarks, too, by some pixels: the wanted picture is bent onto the face
as it is, or the network would learn to blur between the two, and outside the face it is told to leave everything.
PAIRS/held_out.txt names the identities that are never learned from. RUN: a folder for the state, the log and pictures.
--publish measures the held-out actors; writes the weights, the log and the figures beside the other bundled models, and
one view of each held-out actor at all ages into the film module's media, for lessons and tests to measure on.
"""

import argparse
import hashlib
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import save_file
from scipy.interpolate import RBFInterpolator
from torch import nn
from torch.nn import functional as F

from hallyu.files import write_whole
from hallyu.film import regions
from hallyu.film.ageing import AgeingNetwork, packed, unpacked

ROOT = Path(__file__).parents[2]
OUT = ROOT / "src/hallyu/models/weights/re-age"
MEDIA = ROOT / "modules/film/media/ages"
BATCH, RATE, MEAN = 4, 4e-4, 0.998
COOL = 0.25
"""Share of the steps, at the end, over which the rate falls: until then, more steps may be asked for and more pictures come."""
SAVE, LOOK = 100, 400
"""Steps between two states on disk, and between two looks at the held-out actors."""


# Data


def read(path: Path) -> np.ndarray:
    """A picture as float32 RGB, 0 to 1."""
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.shape[:2] != (regions.CROP, regions.CROP):
        raise ValueError(f"{path} is no crop")
    return picture[..., 2::-1].astype(np.float32) / np.iinfo(picture.dtype).max


@dataclass(frozen=True, eq=False)
class Face:
    """A picture, uint8 (256, 256, 3), and its landmarks in pixels, (n, 2) in x and y, the same of every face."""

    picture: np.ndarray
    marks: np.ndarray


View = dict[int, Face]
"""One actor in one pose and light, by age."""


def marks_of(path: Path) -> np.ndarray:
    """The landmarks beside a picture, by their names, and the corners of forehead and jaw that follow from them: (n, 2)."""
    told = {
        n: np.array(xy) for n, xy in json.loads(path.with_suffix(".json").read_text())["landmarks"].items()
    }
    up, down = told["forehead"] - told["nose bridge"], told["chin"] - told["nose tip"]
    corners = [told[f"brow outer {side}"] + 0.7 * up for side in ("left", "right")]
    corners += [told[f"cheek {side}"] + 0.6 * down for side in ("left", "right")]
    return np.array([*(told[name] for name in sorted(told)), *corners])


def inside(marks: np.ndarray) -> np.ndarray:
    """How far each pixel belongs to the face, (256, 256) from 0 to 1: what its landmarks enclose, and a soft edge around."""
    hull = cv2.convexHull(marks.astype(np.float32))[:, 0]
    middle = hull.mean(axis=0)
    face = np.zeros((regions.CROP,) * 2, np.float32)
    cv2.fillConvexPoly(face, np.rint(middle + 1.1 * (hull - middle)).astype(np.int32), 1.0)
    return cv2.GaussianBlur(face, (0, 0), 5)


def bent(picture: np.ndarray, marks: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """The picture (256, 256, 3) with its landmarks *marks* moved to *onto* by a thin plate that is held at the border."""
    far = regions.CROP - 1
    held = np.array(
        [(x, y) for x in (0, far / 2, far) for y in (0, far / 2, far) if (x, y) != (far / 2, far / 2)]
    )
    plate = RBFInterpolator(
        np.vstack([onto, held]),
        np.vstack([marks - onto, 0 * held]),
        kernel="thin_plate_spline",
        smoothing=1.0,
    )
    coarse = (np.arange(64) + 0.5) * regions.CROP / 64 - 0.5
    field = plate(np.stack(np.meshgrid(coarse, coarse), axis=-1).reshape(-1, 2)).reshape(64, 64, 2)
    field = cv2.resize(field.astype(np.float32), (regions.CROP,) * 2, interpolation=cv2.INTER_CUBIC)
    x, y = np.meshgrid(*(np.arange(regions.CROP, dtype=np.float32),) * 2)
    return cv2.remap(
        picture, x + field[..., 0], y + field[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )


def pair(view: View, now: int, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """The face as it is and as it should become, float32 (256, 256, 3) from 0 to 1: in one shape, and alike but for the face."""
    before = view[now].picture / np.float32(255)
    if now == wanted:
        return before, before
    after = bent(view[wanted].picture / np.float32(255), view[wanted].marks, view[now].marks)
    return before, before + inside(view[now].marks)[..., None] * (after.clip(0, 1) - before)


class Pairs:
    """All faces in memory: {(identity, view): {age: Face}}; `look` adds those that have come."""

    def __init__(self, folder: Path):
        self.folder, self.views, self.seen = folder, {}, {}
        names = folder / "held_out.txt"
        self.held_out = set(names.read_text().split()) if names.exists() else set()
        self.look()

    def look(self) -> None:
        """Take in the pictures that have come, and those that were rendered anew; let go those that went."""
        found = sorted(self.folder.glob("*/*/*.png"))
        for path in self.seen.keys() - set(found):
            del self.seen[path], self.views[path.parts[-3], path.parts[-2]][int(path.stem)]
        for path in found:
            changed = path.stat().st_mtime
            if not path.stem.isdigit() or self.seen.get(path) == changed:
                continue
            try:
                face = Face((read(path) * 255).round().astype(np.uint8), marks_of(path))
            except (ValueError, OSError):
                continue
            self.seen[path] = changed
            self.views.setdefault((path.parts[-3], path.parts[-2]), {})[int(path.stem)] = face

    def of(self, held_out: bool) -> list[View]:
        """The faces by age of each view that may be learned from, or of each that may not."""
        return [ages for (identity, _), ages in sorted(self.views.items())
                if (identity in self.held_out) == held_out and len(ages) > 1]  # fmt: skip


def augmented(
    before: np.ndarray, after: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The same accidents for both: place, mirror, the face's build, light, colour, softness. Noise too: it is no age."""
    size, middle = (regions.CROP, regions.CROP), (regions.CROP - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), random.uniform(-8, 8), random.uniform(0.92, 1.12))
    matrix[:, 2] += random.uniform(-7, 7, 2)
    if random.random() < 0.5:
        matrix = matrix @ np.array([[-1, 0, 2 * middle], [0, 1, 0], [0, 0, 1]])
    # Another build of the same face: a smooth field bends both alike.
    field = cv2.resize(
        random.normal(0, random.uniform(0, 4), (6, 6, 2)).astype(np.float32),
        size,
        interpolation=cv2.INTER_CUBIC,
    )
    x, y = np.meshgrid(*(np.arange(regions.CROP, dtype=np.float32),) * 2)
    back = regions.inverse(matrix).astype(np.float32)
    places = np.stack([x, y], axis=-1) @ back[:, :2].T + back[:, 2] + field
    x, y = places[..., 0], places[..., 1]
    pair = [cv2.remap(p, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT) for p in (before, after)]
    # Exposure, white balance, a lamp more or less to one side, and how much one channel sees of the others.
    lamp = cv2.resize(
        random.normal(0, random.uniform(0, 0.35), (4, 4)).astype(np.float32),
        size,
        interpolation=cv2.INTER_CUBIC,
    )
    gain = np.exp(random.normal(0, 0.25) + random.normal(0, 0.1, 3) + lamp[..., None]).astype(np.float32)
    mixed = np.float32(np.eye(3) + random.normal(0, 0.05, (3, 3)))
    gamma, colour = np.exp(random.normal(0, 0.18)), np.exp(random.normal(0, 0.25))
    pair = [np.clip((np.clip(p, 0, 1) ** 2.2 * gain) @ mixed, 0, 1) ** (gamma / 2.2) for p in pair]
    grey = [p @ np.float32([0.2126, 0.7152, 0.0722]) for p in pair]
    pair = [
        np.clip(g[..., None] + (p - g[..., None]) * colour, 0, 1) for p, g in zip(pair, grey, strict=True)
    ]
    if random.random() < 0.5:
        soft = random.uniform(0.3, 1.2)
        pair = [cv2.GaussianBlur(p, (0, 0), soft) for p in pair]
    if random.random() < 0.6:
        grain = cv2.GaussianBlur(
            random.normal(0, 1, (*size, 3)).astype(np.float32), (0, 0), random.uniform(0.3, 0.9)
        )
        grain *= random.uniform(0, 0.02) / grain.std()
        pair = [p + grain for p in pair]
    return tuple(np.float32(p) for p in pair)


def batch(views: list[View], random: np.random.Generator) -> tuple[torch.Tensor, ...]:
    rows = []
    for _ in range(BATCH):
        ages = views[random.integers(len(views))]
        now, wanted = random.choice(sorted(ages), 2, replace=random.random() < 0.08)
        rows.append((*augmented(*pair(ages, now, wanted), random), now, wanted))
    before, after = (
        torch.from_numpy(np.stack([row[i] for row in rows]).transpose(0, 3, 1, 2)).contiguous()
        for i in (0, 1)
    )
    maps = [
        torch.tensor([float(row[i]) for row in rows])[:, None, None, None].expand(-1, 1, *before.shape[2:])
        for i in (2, 3)
    ]
    return before, after, *maps


# Losses


def bands(picture: torch.Tensor, levels: int = 5) -> list[torch.Tensor]:
    """A Laplacian pyramid: each octave by itself, and what is left."""
    out = []
    for _ in range(levels - 1):
        small = F.avg_pool2d(picture, 2)
        out.append(picture - F.interpolate(small, scale_factor=2, mode="bilinear", align_corners=False))
        picture = small
    return [*out, picture]


def distance(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """L1 of the pixels and of each octave; fine ones count more, for wrinkles are faint."""
    weights = (3.0, 2.5, 2.0, 1.5, 1.0)
    octaves = zip(weights, bands(one), bands(other), strict=True)
    return F.l1_loss(one, other) + sum(w * F.l1_loss(a, b) for w, a, b in octaves)


class Critic(nn.Module):
    """Says of each patch whether it looks rendered or made, given the age that it should have."""

    def __init__(self):
        super().__init__()
        widths = (4 * 4, 32, 64, 64)
        self.layers = nn.Sequential(
            *(layer for a, b, s in zip(widths, widths[1:], (1, 2, 2), strict=False)
              for layer in (nn.utils.parametrizations.spectral_norm(nn.Conv2d(a, b, 3, s, 1)), nn.LeakyReLU(0.2))),
            nn.Conv2d(widths[-1], 1, 3, padding=1),
        )  # fmt: skip

    def forward(self, rgb: torch.Tensor, age: torch.Tensor) -> torch.Tensor:
        """(n, 3, 256, 256) and a map of ages -> a score for each patch, above 0 for a rendered one."""
        return self.layers(F.pixel_unshuffle(torch.cat([rgb - 0.5, (age - 50) / 30], dim=1), 2))


# Training


def measure(network: nn.Module, views: list[View], most: int = 24) -> dict[str, float]:
    """On held-out actors, old to young and young to old: mean error in 8-bit steps, beside leaving the frame as it is."""
    random, made, left = np.random.default_rng(1), {"younger": [], "older": []}, {"younger": [], "older": []}
    for index in random.permutation(len(views))[:most]:
        ages = views[index]
        young, old = min(ages), max(ages)
        for way, now, wanted in (("younger", old, young), ("older", young, old)):
            before, after = (
                torch.from_numpy(picture.transpose(2, 0, 1)[None]) for picture in pair(ages, now, wanted)
            )
            maps = [torch.full((1, 1, *before.shape[2:]), float(a)) for a in (now, wanted)]
            with torch.no_grad():
                out = (before + network(before, *maps)).clamp(0, 1)
            made[way].append(F.l1_loss(out, after).item() * 255)
            left[way].append(F.l1_loss(before, after).item() * 255)
    return {f"{way}{kind}": round(float(np.mean(values[way])), 3)
            for kind, values in (("", made), ("_untouched", left)) for way in ("younger", "older") if values[way]}  # fmt: skip


def picture(network: nn.Module, views: list[View], path: Path, most: int = 4) -> None:
    """Rows of before, made, rendered: each held-out actor made young and made old."""
    rows = []
    for ages in [views[i] for i in np.linspace(0, len(views) - 1, min(most, len(views))).astype(int)]:
        row = []
        for now, wanted in ((max(ages), min(ages)), (min(ages), max(ages))):
            shown, truth = pair(ages, now, wanted)
            before = torch.from_numpy(shown.transpose(2, 0, 1)[None])
            maps = [torch.full((1, 1, *before.shape[2:]), float(a)) for a in (now, wanted)]
            with torch.no_grad():
                out = (before + network(before, *maps)).clamp(0, 1)[0].permute(1, 2, 0).numpy()
            row += [shown, out, truth]
        rows.append(np.hstack(row))
    cv2.imwrite(str(path), np.rint(255 * np.vstack(rows)[..., ::-1]))


def train(pairs: Pairs, run: Path, steps: int, adversarial: float, device: str) -> None:
    network, critic = AgeingNetwork().to(device, memory_format=torch.channels_last), Critic().to(device)
    steady = {name: value.detach().clone() for name, value in network.state_dict().items()}
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=1e-4)
    critics = torch.optim.Adam(critic.parameters(), RATE, betas=(0.5, 0.99))
    state, done = run / "state.pt", 0
    if state.exists():
        kept = torch.load(state, weights_only=True)
        network.load_state_dict(kept["network"]), critic.load_state_dict(kept["critic"])
        optimiser.load_state_dict(kept["optimiser"]), critics.load_state_dict(kept["critics"])
        steady, done = kept["steady"], kept["step"]
    random, started, losses = np.random.default_rng(done), time.process_time(), []
    while done < steps:
        if done % SAVE == 0:
            pairs.look()
        views = pairs.of(held_out=False)
        before, after, now, wanted = (t.to(device) for t in batch(views, random))
        rate = RATE * min(1.0, (done + 1) / 100, max(0.02, (steps - done) / (COOL * steps)))
        for group in (*optimiser.param_groups, *critics.param_groups):
            group["lr"] = rate
        with torch.autocast(device, dtype=torch.bfloat16):
            made = before + network(before.contiguous(memory_format=torch.channels_last), now, wanted)
        made = made.float()
        loss = distance(made, after)
        if adversarial:
            fooled = -critic(made, wanted).mean()
            (loss + adversarial * fooled).backward()
        else:
            loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        if adversarial:
            critics.zero_grad(set_to_none=True)
            right, wrong = critic(after, wanted), critic(made.detach(), wanted)
            (F.relu(1 - right).mean() + F.relu(1 + wrong).mean()).backward()
            critics.step()
            critics.zero_grad(set_to_none=True)
        done += 1
        losses.append(loss.item())
        mean = min(MEAN, done / (done + 10))
        for name, value in network.state_dict().items():
            steady[name].lerp_(value, 1 - mean)
        if done % SAVE == 0 or done == steps:
            with write_whole(state) as draft:
                torch.save({"network": network.state_dict(), "critic": critic.state_dict(), "optimiser": optimiser.state_dict(),
                            "critics": critics.state_dict(), "steady": steady, "step": done}, draft)  # fmt: skip
            said = {"step": done, "loss": round(float(np.mean(losses)), 4), "views": len(views),
                    "identities": len({k[0] for k in pairs.views} - pairs.held_out),
                    "seconds": round(time.process_time() - started)}  # fmt: skip
            losses.clear()
            held = pairs.of(held_out=True)
            if held and (done % LOOK == 0 or done == steps):
                said |= measure(smoothed(steady, device), held)
                picture(smoothed(steady, device), held, run / "held-out.png")
            with open(run / "log.jsonl", "a") as log:
                log.write(json.dumps(said) + "\n")
            print(said, flush=True)


def smoothed(steady: dict[str, torch.Tensor], device: str = "cpu") -> AgeingNetwork:
    """The network with the mean of its weights over the last steps."""
    network = AgeingNetwork().to(device).eval()
    network.load_state_dict(steady)
    return network


def publish(pairs: Pairs, run: Path) -> None:
    """Weights of eight bits, the log, and figures on the held-out actors, into the bundled models."""
    kept = torch.load(run / "state.pt", weights_only=True)
    weights = packed(kept["steady"])
    OUT.mkdir(parents=True, exist_ok=True)
    with write_whole(OUT / "re-age.safetensors") as draft:
        save_file(weights, draft)
    network = smoothed(unpacked(weights))
    log = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    held = pairs.of(held_out=True)
    names = {name for name, _ in pairs.views}
    report = {
        "steps": kept["step"],
        "identities": len(names - pairs.held_out),
        "pictures": sum(len(ages) for ages in pairs.of(held_out=False)),
        "held_out": sorted(names & pairs.held_out),
        "error_in_8_bit_steps": measure(network, held, len(held)),
        "log": log,
    }
    with write_whole(OUT / "training.json") as draft:
        draft.write_text(json.dumps(report, indent=1) + "\n")
    for identity in sorted(pairs.held_out & {name for name, _ in pairs.views}):
        folder = min(path for path in (pairs.folder / identity).iterdir() if path.is_dir())
        for age in pairs.views[identity, folder.name]:
            MEDIA.mkdir(parents=True, exist_ok=True)
            for ending in (".png", ".mask.png"):
                shutil.copy(folder / f"{age}{ending}", MEDIA / f"{identity}-{age}{ending}")
    path = OUT / "re-age.safetensors"
    print(hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--adversarial", type=float, default=0.0)
    parser.add_argument("--publish", action="store_true")
    asked = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(1)
    pairs = Pairs(asked.pairs)
    if asked.publish:
        publish(pairs, asked.run)
        return
    asked.run.mkdir(parents=True, exist_ok=True)
    train(pairs, asked.run, asked.steps, asked.adversarial, device)


if __name__ == "__main__":
    main()
