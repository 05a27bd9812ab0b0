"""Who an actor is: a face's features, skin, hair, brows, beard and clothes. The cast of First Snow, and strangers.

A Look is the same at every age: anatomy and skin age it. Greying belongs to the look (hair departments dye and
powder), so that two ages of a person differ by the face alone.
"""

from dataclasses import dataclass, field, replace

import numpy as np

Colour = tuple[float, float, float]
STYLES = ("buzz", "short", "swept", "tousled", "bob", "fringed bob", "long", "bun", "perm")


@dataclass(frozen=True)
class Hair:
    """style: one of STYLES. melanin: 0 white to 1 black. grey: share of white strands. receding: at full age, 0 to 1."""

    style: str
    melanin: float = 0.95
    redness: float = 0.12
    grey: float = 0.0
    receding: float = 0.0
    part: float = 0.0
    """Where the hair parts: canonical x in decimetres, positive to the person's left."""

    @property
    def cover(self) -> float:
        """How much of the scalp's light the roots take, 0 to 1."""
        return min(1.0, 0.4 + 0.6 * self.melanin)


@dataclass(frozen=True)
class Clothes:
    """What is worn. outer: "coat" with a wide collar, "jumper" or "shirt". Colours are scene-linear."""

    outer: str = "coat"
    colour: Colour = (0.05, 0.062, 0.09)
    scarf: Colour | None = None
    hat: Colour | None = None
    fur: Colour | None = None
    """A fur trim along the collar."""
    snow: float = 0.0
    """How much snow lies on hat, shoulders and scarf, 0 to 1."""


@dataclass(frozen=True)
class Look:
    """One person. female: 0 to 1. heritage: shares of anatomy.HERITAGES. features: weights of targets."""

    name: str
    seed: int
    female: float
    heritage: dict[str, float]
    features: dict[str, float] = field(default_factory=dict)
    weight: float = 0.45
    weathering: float = 1.0
    """How fast the skin ages: 0.8 for somebody who looks young for the age, 1.2 for a fisherman."""
    tone: Colour = (0.56, 0.335, 0.24)
    lip: Colour = (0.5, 0.205, 0.175)
    blush: float = 0.0
    freckles: float = 0.4
    iris: tuple[Colour, Colour] = ((0.035, 0.016, 0.008), (0.13, 0.065, 0.027))
    hair: Hair = field(default_factory=lambda: Hair("short"))
    brow_arch: float = 0.5
    brow_weight: float = 1.0
    stubble: float = 0.0
    """The shadow of a shaved beard in the skin, 0 to 1."""
    beard: float = 0.0
    """Length in millimetres."""
    lashes: float = 1.0
    clothes: Clothes = field(default_factory=Clothes)


def _both(weights: dict[str, float]) -> dict[str, float]:
    """Targets named "eyes/?-eye-scale-incr" for the left and the right side alike."""
    return {name.replace("?", side): value for name, value in weights.items() for side in ("l", "r")}


_KOREAN = {"asian": 0.88, "caucasian": 0.12}

HANEUL = Look(
    name="Haneul",
    seed=11,
    female=1.0,
    heritage=_KOREAN,
    features=_both(
        {
            "eyes/?-eye-scale-incr": 0.55,
            "eyes/?-eye-height2-incr": 0.25,
            "eyes/?-eye-epicanthus-in": 0.2,
            "eyes/?-eye-bag-incr": 0.2,
            "cheek/?-cheek-volume-incr": 0.15,
            "head/head-oval": 0.45,
            "chin/chin-width-decr": 0.3,
            "chin/chin-jaw-drop-decr": 0.2,
            "nose/nose-scale-horiz-decr": 0.45,
            "nose/nose-point-up": 0.2,
            "nose/nose-hump-incr": 0.15,
            "mouth/mouth-lowerlip-volume-incr": 0.4,
            "mouth/mouth-upperlip-volume-incr": 0.25,
            "mouth/mouth-angles-up": 0.15,
            "neck/neck-scale-horiz-decr": 0.3,
            "asym/asym-brown-1-l": 0.15,
            "asym/asym-mouth-1-r": 0.15,
        }
    ),
    weight=0.42,
    weathering=0.9,
    tone=(0.63, 0.4, 0.3),
    lip=(0.56, 0.17, 0.15),
    blush=0.2,
    freckles=0.25,
    hair=Hair("fringed bob", melanin=0.97, redness=0.08, part=0.06),
    brow_arch=0.35,
    brow_weight=0.8,
    lashes=1.25,
    clothes=Clothes("coat", (0.3, 0.018, 0.02), scarf=(0.62, 0.56, 0.47)),
)

DOYUN = Look(
    name="Doyun",
    seed=12,
    female=0.0,
    heritage=_KOREAN,
    features=_both(
        {
            "eyes/?-eye-scale-incr": 0.5,
            "eyes/?-eye-epicanthus-in": 0.15,
            "cheek/?-cheek-bones-incr": 0.2,
            "head/head-oval": 0.55,
            "head/head-scale-horiz-decr": 0.2,
            "chin/chin-width-decr": 0.25,
            "chin/chin-prominent-incr": 0.2,
            "nose/nose-scale-horiz-decr": 0.45,
            "nose/nose-hump-incr": 0.25,
            "nose/nose-point-up": 0.1,
            "mouth/mouth-lowerlip-volume-incr": 0.3,
            "mouth/mouth-scale-horiz-incr": 0.1,
            "neck/neck-scale-horiz-decr": 0.5,
            "neck/neck-scale-depth-decr": 0.3,
            "asym/asym-brown-1-l": 0.25,
            "asym/asym-mouth-1-r": 0.25,
            "asym/asym-nose-2-l": 0.2,
            "asym/asym-cheek-1-r": 0.2,
        }
    ),
    weight=0.42,
    weathering=0.95,
    tone=(0.57, 0.35, 0.25),
    lip=(0.47, 0.21, 0.18),
    blush=0.15,
    hair=Hair("tousled", melanin=0.86, redness=0.2, part=-0.2),
    brow_arch=0.3,
    brow_weight=1.25,
    stubble=0.25,
    clothes=Clothes("coat", (0.028, 0.038, 0.065), scarf=(0.33, 0.035, 0.03)),
)

JEONGHO = replace(
    DOYUN,
    name="Jeongho",
    seed=13,
    heritage={"asian": 0.9, "caucasian": 0.1},
    features={
        **DOYUN.features,
        **_both({"head/head-oval": 0.2, "cheek/?-cheek-bones-incr": 0.45, "nose/nose-scale-vert-incr": 0.15}),
        **_both({"ears/?-ear-lobe-incr": 0.3, "eyes/?-eye-scale-incr": 0.3, "chin/chin-width-decr": 0.05}),
    },
    weathering=1.05,
    tone=(0.52, 0.31, 0.21),
    blush=0.1,
    hair=Hair("swept", melanin=0.9, redness=0.1, grey=0.85, receding=0.5, part=-0.25),
    brow_weight=1.1,
    stubble=0.3,
    clothes=Clothes("coat", (0.075, 0.062, 0.05), scarf=(0.12, 0.125, 0.13)),
)

CAST = {look.name.lower(): look for look in (HANEUL, DOYUN, JEONGHO)}

_PAIRED = (
    *(
        "eyes/?-eye-scale",
        "eyes/?-eye-height2",
        "eyes/?-eye-bag",
        "cheek/?-cheek-bones",
        "cheek/?-cheek-volume",
    ),
    *("cheek/?-cheek-inner", "ears/?-ear-scale", "ears/?-ear-lobe", "ears/?-ear-wing", "chin/chin-bones"),
    *(
        "chin/chin-height",
        "chin/chin-prominent",
        "chin/chin-prognathism",
        "chin/chin-width",
        "chin/chin-jaw-drop",
    ),
    *(
        "forehead/forehead-scale-vert",
        "forehead/forehead-temple",
        "forehead/forehead-nubian",
        "head/head-fat",
    ),
    *("head/head-scale-horiz", "head/head-scale-vert", "head/head-back-scale-depth", "mouth/mouth-cupidsbow"),
    *("mouth/mouth-lowerlip-height", "mouth/mouth-lowerlip-volume", "mouth/mouth-upperlip-height"),
    *("mouth/mouth-upperlip-volume", "mouth/mouth-scale-horiz", "mouth/mouth-philtrum-volume"),
    *(
        "nose/nose-flaring",
        "nose/nose-greek",
        "nose/nose-hump",
        "nose/nose-point-width",
        "nose/nose-scale-depth",
    ),
    *(
        "nose/nose-scale-horiz",
        "nose/nose-scale-vert",
        "nose/nose-volume",
        "nose/nose-width1",
        "nose/nose-width2",
    ),
    *("nose/nose-width3", "neck/neck-scale-horiz"),
)
"""Targets that come as -incr and -decr: a stranger has a random amount of each."""
_ALONE = ("oval", "round", "square", "rectangular", "diamond", "triangular", "invertedtriangular")
_ASYMMETRIES = (
    "asym-brown-1",
    "asym-cheek-1",
    "asym-eye-3",
    "asym-jaw-1",
    "asym-mouth-1",
    "asym-nose-2",
    "asym-nose-1",
)
_TONES = {"asian": (0.57, 0.355, 0.255), "caucasian": (0.62, 0.39, 0.315), "african": (0.135, 0.066, 0.04)}
_WOOL = (
    *(
        (0.03, 0.035, 0.05),
        (0.05, 0.05, 0.052),
        (0.18, 0.175, 0.165),
        (0.42, 0.39, 0.33),
        (0.16, 0.095, 0.05),
    ),
    *((0.2, 0.025, 0.03), (0.03, 0.075, 0.06), (0.06, 0.1, 0.17), (0.34, 0.22, 0.1), (0.12, 0.05, 0.09)),
)
"""Colours that coats and jumpers are sold in."""
_IRISES = {
    "brown": ((0.035, 0.016, 0.008), (0.13, 0.065, 0.027)),
    "hazel": ((0.1, 0.06, 0.02), (0.25, 0.17, 0.06)),
    "green": ((0.06, 0.09, 0.045), (0.2, 0.24, 0.12)),
    "blue": ((0.05, 0.09, 0.15), (0.22, 0.3, 0.38)),
    "grey": ((0.09, 0.1, 0.11), (0.28, 0.3, 0.32)),
}


def stranger(seed: int) -> Look:
    """A person nobody knows, the same for the same *seed*: sex, heritage, features, skin, hair, beard and clothes drawn."""
    rng = np.random.RandomState(70_000 + seed)
    female = float(seed % 2)
    parts = rng.dirichlet((0.45, 0.9, 0.7))
    heritage = dict(zip(("african", "asian", "caucasian"), (float(part) for part in parts), strict=True))
    features: dict[str, float] = {}
    for name in _PAIRED:
        amount = float(np.clip(0.28 * rng.randn(), -0.6, 0.6))
        features |= _both({f"{name}-{'incr' if amount > 0 else 'decr'}": abs(amount)})
    features[f"head/head-{_ALONE[rng.randint(len(_ALONE))]}"] = 0.5 * rng.rand()
    for name in _ASYMMETRIES:
        features[f"asym/{name}-{'lr'[rng.randint(2)]}"] = 0.35 * rng.rand()
    # Logarithms mix: the middle of two skins is their geometric mean.
    tone = np.exp(sum(share * np.log(_TONES[people]) for people, share in heritage.items()))
    tone = tone * (1 + 0.1 * rng.randn()) * (1, 1 + 0.03 * rng.randn(), 1 + 0.05 * rng.randn())
    light_eyed = heritage["caucasian"] > 0.6
    iris = _IRISES[rng.choice(list(_IRISES)) if light_eyed else "brown"]
    fair = heritage["caucasian"] > 0.55
    melanin = float(np.clip(rng.uniform(0.25, 0.95), 0, 1)) if fair else float(rng.uniform(0.8, 1.0))
    styles = (
        ("bob", "fringed bob", "long", "bun", "perm")
        if female
        else ("buzz", "short", "swept", "tousled", "short")
    )
    hair = Hair(
        style=str(rng.choice(styles)),
        melanin=melanin,
        redness=float(rng.uniform(0.05, 0.6 if fair else 0.2)),
        grey=float(rng.choice((0, 0, 0, 0.3, 0.85))),
        receding=0.0 if female else float(rng.uniform(0, 0.8)),
        part=float(rng.choice((-0.3, -0.15, 0, 0.15, 0.3))),
    )
    wool = np.array([_WOOL[i] for i in rng.choice(len(_WOOL), 3, replace=False)]) * rng.uniform(
        0.7, 1.4, (3, 1)
    )
    colour, scarf, cap = (tuple(float(x) for x in one) for one in wool)
    pale = np.mean(tone) / 0.4
    lip = tuple(
        float(x) for x in np.array((0.5, 0.205, 0.175)) * (0.45 + 0.55 * pale) * (1 + 0.1 * rng.randn(3))
    )
    bearded = not female and rng.rand() < 0.3
    return Look(
        name=f"stranger-{seed:03d}",
        seed=seed + 100,
        female=female,
        heritage=heritage,
        features=features,
        weight=float(rng.uniform(0.35, 0.7)),
        weathering=float(rng.uniform(0.85, 1.15)),
        tone=tuple(float(x) for x in tone),
        lip=lip,
        blush=float(rng.uniform(0, 0.4)),
        freckles=float(rng.uniform(0, 1) ** 2),
        iris=iris,
        hair=hair,
        brow_arch=float(rng.uniform(0.1, 0.9)),
        brow_weight=float(rng.uniform(0.7, 1.3) * (0.8 if female else 1.1)),
        stubble=0.0 if female else float(rng.uniform(0.1, 0.5)),
        beard=float(rng.choice((1.5, 3.5, 6.0))) if bearded else 0.0,
        lashes=1.2 if female else 0.9,
        clothes=Clothes(
            outer=str(rng.choice(("coat", "jumper", "shirt"))),
            colour=colour,
            scarf=scarf if rng.rand() < 0.25 else None,
            hat=cap if rng.rand() < 0.12 else None,
        ),
    )
