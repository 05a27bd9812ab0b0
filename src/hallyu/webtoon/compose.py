"""From a cut to a panel: characters from the engine, keyed, enlarged, and set into a background, each on its layer."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np

from hallyu.errors import HallyuError
from hallyu.webtoon import backgrounds
from hallyu.webtoon.drawing import CLOTH, HAIR, face_around, framing
from hallyu.webtoon.engine import GUIDANCE, STEPS, CharacterEngine
from hallyu.webtoon.keying import key
from hallyu.webtoon.panel import WIDTH, Box, Panel
from hallyu.webtoon.script import Cut, Figure, Script
from hallyu.webtoon.upscale import upscale
from hallyu.webtoon.vocabulary import CAST, EXPRESSIONS, PLACES, VIEWS, Look, caption, read_prompt

HEIGHTS = {"establishing": 920, "full": 1000, "bust": 800, "close-up": 760}
"""Panel height in pixels at 800 px wide, before room for words is added; ours, chosen by eye."""
ROOM_FOR_WORDS = 150
"""Height that each line of dialogue adds above the figures, in pixels."""
SIDES = {("bust", 1): 800, ("close-up", 1): 900, ("bust", 2): 600, ("close-up", 2): 640}
"""Shot and number of figures -> side of the square character layer in pixels."""
CENTRES = {"left": 0.27, "center": 0.5, "right": 0.73}

Progress = Callable[[int, int, str], None]


def look_of(script: Script, cut: Cut, figure: Figure) -> Look:
    """How one figure of a cut is to be drawn; its caption is the prompt.

    Raises HallyuError when the figure is not in the cast.
    """
    character = script.cast.get(figure.name)
    if character is None:
        raise HallyuError(
            f"Cut {cut.number}: {figure.name} is not in the cast; add a line @{figure.name}: … to the script."
        )
    shot = "close-up" if cut.shot == "close-up" else "bust"
    look = replace(read_prompt(character.look), expression=figure.expression, shot=shot, view=figure.view)
    name = next((name for name, member in CAST.items() if member.identity == look.identity), "")
    return replace(look, name=name)


def time_of_day(script: Script, cut: Cut) -> str:
    """day, dusk or night, from the words of the scene's heading.

    >>> time_of_day(Script("", {}, (), scenes={2: "방, 밤"}), Cut(4, 2, "bust", "room"))
    'night'
    """
    heading = script.scenes.get(cut.scene, "").lower()
    if any(word in heading for word in ("밤", "night")):
        return "night"
    return "dusk" if any(word in heading for word in ("저녁", "노을", "해 질", "dusk", "evening")) else "day"


def at_the_gate(script: Script, cut: Cut) -> bool:
    """Whether the scene's heading puts the forest's great pine into the picture.

    >>> at_the_gate(Script("", {}, (), scenes={3: "눈 숲, 북쪽 입구"}), Cut(6, 3, "establishing", "snow forest"))
    True
    """
    return any(word in script.scenes.get(cut.scene, "").lower() for word in ("입구", "소나무", "gate", "pine"))


def seed_of(script_seed: int, cut: Cut, figure: int = 0) -> int:
    """A seed for each figure of each cut, so that re-rolling one cut leaves the others as they are."""
    return script_seed * 10007 + cut.number * 31 + figure


def draw_panel(
    script: Script,
    cut: Cut,
    engine: CharacterEngine,
    seed: int = 0,
    steps: int = STEPS,
    guidance: float = GUIDANCE,
) -> Panel:
    """Draw one cut at publishing width.

    seed: of this cut; another seed draws other strands, tilts and gazes of the same characters.
    Raises HallyuError for a place, expression or view outside the vocabulary, or more than two figures in a close shot.
    """
    started = time.perf_counter()
    _check(cut)
    near = cut.shot in ("bust", "close-up") and bool(cut.figures)
    height = HEIGHTS[cut.shot] + ROOM_FOR_WORDS * len(cut.lines) * (1 if near else 0)
    if near and len(cut.figures) == 2:
        height -= 160  # two smaller figures
    options = {"landmark": at_the_gate(script, cut)} if cut.place == "snow forest" else {}
    scene = backgrounds.layers(
        cut.place,
        WIDTH,
        height,
        seed=cut.scene if near else cut.number,  # a scene's close shots share a place; wide shots look around
        time=time_of_day(script, cut),
        framing="behind" if near else "wide",
        **options,
    )
    layers: dict[str, np.ndarray] = {"background": _merge([scene[name] for name in ("far", "middle")])}
    faces: dict[str, Box] = {}
    record = []
    if near:
        for index, figure in enumerate(cut.figures):
            look, figure_seed = look_of(script, cut, figure), seed_of(seed, cut, index)
            picture = enlarge_and_key(engine.draw(caption(look), figure_seed, steps, guidance))
            layers[figure.name], square = _stand(
                picture, figure.position, look.shot, len(cut.figures), height
            )
            faces[figure.name] = face_box(look, square, height)
            record.append(
                {
                    "figure": figure.name,
                    "prompt": caption(look),
                    "seed": figure_seed,
                    "steps": steps,
                    "guidance": guidance,
                    "model": engine.model,
                    "square": square,
                }
            )
    else:
        for index, figure in enumerate(cut.figures):
            layers[figure.name] = _distant(script, figure, index, height, full=cut.shot == "full")
    front = [scene[name] for name in ("near", "weather") if scene[name][..., 3].any()]
    if front:
        layers["foreground"] = _merge(front)
        if near:  # nothing may pass in front of a face
            layers["foreground"] = scene["weather"]
    return Panel(cut, layers, faces, record, time.perf_counter() - started)


def draw_episode(
    script: Script,
    engine: CharacterEngine,
    seed: int = 0,
    progress: Progress | None = None,
    steps: int = STEPS,
) -> Iterator[Panel]:
    """The panels in order, one at a time, so that a caller can show each and stop between two."""
    for index, cut in enumerate(script.cuts):
        if progress:
            progress(index, len(script.cuts), f"cut {cut.number}")
        yield draw_panel(script, cut, engine, seed, steps)


def enlarge_and_key(picture: np.ndarray) -> np.ndarray:
    """The engine's picture as a layer: small ones are enlarged fourfold, then the ground is keyed out. RGBA uint8."""
    return key(upscale(picture) if picture.shape[0] < 400 else picture)


def face_box(look: Look, square: Box, height: int) -> Box:
    """Where the face is, in panel pixels, when the character's picture fills *square*."""
    left, top, right, _ = square
    side = right - left
    unit, middle = framing(look)
    box = np.round(face_around(look, left + side * 0.5, top + side * middle, side * unit)).astype(int)
    return tuple(int(v) for v in np.clip(box, 0, (WIDTH, height, WIDTH, height)))


def _check(cut: Cut) -> None:
    if cut.place not in PLACES:
        raise HallyuError(
            f"Cut {cut.number}: there is no background for {cut.place!r}; choose one of {', '.join(PLACES)}."
        )
    if cut.shot not in HEIGHTS:
        raise HallyuError(
            f"Cut {cut.number}: {cut.shot!r} is not a shot; choose one of {', '.join(HEIGHTS)}."
        )
    if cut.shot in ("bust", "close-up") and len(cut.figures) > 2:
        raise HallyuError(
            f"Cut {cut.number}: {len(cut.figures)} figures do not fit a {cut.shot}; keep two, or make it a full shot."
        )
    for figure in cut.figures:
        if figure.expression not in EXPRESSIONS:
            raise HallyuError(
                f"Cut {cut.number}: {figure.expression!r} is not an expression; choose one of {', '.join(EXPRESSIONS)}."
            )
        if figure.view not in VIEWS:
            raise HallyuError(
                f"Cut {cut.number}: {figure.view!r} is not a view; choose one of {', '.join(VIEWS)}."
            )


def _stand(picture: np.ndarray, position: str, shot: str, count: int, height: int) -> tuple[np.ndarray, Box]:
    """Scale a keyed square and stand it on the panel's lower edge: the layer, and the square's box in panel pixels."""
    side = SIDES[shot, count]
    square = cv2.resize(
        picture, (side, side), interpolation=cv2.INTER_LANCZOS4 if side > len(picture) else cv2.INTER_AREA
    )
    centre = CENTRES[position] if count > 1 else 0.5 + (CENTRES[position] - 0.5) * 0.45
    left, top = round(centre * WIDTH - side / 2), height - side
    if count == 1:  # a lock of hair that runs out of the square must also run out of the panel
        if left > 0 and square[:, 0, 3].max() > 127:
            left = 0
        if left + side < WIDTH and square[:, -1, 3].max() > 127:
            left = WIDTH - side
    layer = np.zeros((height, WIDTH, 4), np.uint8)
    x0, x1, y0 = max(0, left), min(WIDTH, left + side), max(0, top)
    layer[y0:height, x0:x1] = square[y0 - top : side, x0 - left : x1 - left]
    return layer, (left, top, left + side, top + side)


def _distant(script: Script, figure: Figure, index: int, height: int, full: bool) -> np.ndarray:
    """A small figure far off, for wide shots: drawn, not generated."""
    character = script.cast.get(figure.name)
    look = read_prompt(character.look) if character else None
    layer = np.zeros((height, WIDTH, 4), np.uint8)
    tall = height * (0.3 if full else 0.125)
    x = WIDTH * (0.5 + 0.35 * (CENTRES[figure.position] - 0.5) + (0.06 * index if figure.position == "center" else 0))
    colours = (CLOTH[look.outfit_colour], HAIR[look.hair_colour]) if look else ((90, 90, 100), (40, 40, 50))
    outfit, hair = (f"#{bytes(colour).hex()}" for colour in colours)
    facing = {"facing left": "left", "facing right": "right"}.get(figure.view, "away")
    long_hair = bool(look and look.hair_style in ("long", "bob", "ponytail"))
    return backgrounds.distant_figure(
        layer, x, height * (0.9 if full else 0.75), tall, outfit=outfit, hair=hair, facing=facing, long_hair=long_hair
    )


def _merge(layers: list[np.ndarray]) -> np.ndarray:
    """Straight-alpha RGBA layers, bottom first, as one RGBA layer."""
    colour = np.zeros((*layers[0].shape[:2], 3), np.float32)
    alpha = np.zeros((*layers[0].shape[:2], 1), np.float32)
    for layer in layers:
        over = layer[..., 3:].astype(np.float32) / 255
        total = over + alpha * (1 - over)
        colour = np.where(
            total > 0, (layer[..., :3] * over + colour * alpha * (1 - over)) / np.maximum(total, 1e-6), 0
        )
        alpha = total
    return np.dstack([np.round(colour), np.round(alpha * 255)]).astype(np.uint8)
