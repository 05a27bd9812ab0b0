"""Balloons (말풍선), their tails and sound effects (효과음) on a drawn panel.

A balloon is placed by trying a grid of positions and taking the cheapest: `cost` is written out below. Faces,
other balloons and the margins are never crossed; order is top to bottom, then left to right. Where the panel has
no room a balloon hangs into the gutter, as letterers do, and the canvas grows by pad_top or pad_bottom rows.
"""

import math
import zlib
from dataclasses import dataclass, field, replace

import numpy as np
import skia

from hallyu.errors import HallyuError
from hallyu.webtoon import fonts, lettering
from hallyu.webtoon.panel import WIDTH, Box, Panel, flatten
from hallyu.webtoon.script import Cut, Script, effect_id
from hallyu.webtoon.strings import Strings, from_script

INK = (24, 24, 28)
PAPER = (255, 255, 255)
LINE = 3.0
"""Balloon outline in pixels."""
MARGIN = 24
"""Least distance of a balloon from the left and right edge, in pixels."""
CLEAR = 14
"""Least distance between a balloon or its tail and a face, in pixels."""
GAP = 14
"""Least distance between two balloons, in pixels."""
GRID = 16
"""Step of the search for a place, in pixels."""
TAIL = 64
"""Longest part of a tail outside its balloon, in pixels."""
TEXT_WIDTH = 380
"""Widest line in a balloon, in pixels; narration may take half as much again."""
ROUND = 2.4
"""Exponent of the balloon's curve: 2 is an ellipse; a little more leaves room for the corners of the text."""
NECK = 110
"""Longest bridge between two balloons of one speaker, in pixels; further apart each has a tail."""
EFFECT_SIZE = 120


@dataclass(frozen=True)
class Balloon:
    """A balloon with its text set, before it is placed. half: half width and half height of the body, in pixels."""

    id: str
    kind: str
    speaker: str
    block: lettering.Block
    half: tuple[float, float]


@dataclass(frozen=True)
class Text:
    """What was lettered: for proofreading and for the legibility check."""

    id: str
    lines: tuple[str, ...]
    size: float


@dataclass
class LetteredPanel:
    """A panel with its lettering on layers of their own.

    layers: name -> RGBA uint8 (pad_top + panel height + pad_bottom, WIDTH, 4), bottom first, art not included.
    boxes: (kind, name, box) with kind "face", "balloon", "text" or "effect", in pixels of image().
    """

    panel: Panel
    layers: dict[str, np.ndarray]
    boxes: list[tuple[str, str, Box]]
    text: list[Text] = field(default_factory=list)
    pad_top: int = 0
    pad_bottom: int = 0
    gutter: tuple[int, int, int] = PAPER

    @property
    def cut(self) -> Cut:
        """The cut that is drawn."""
        return self.panel.cut

    @property
    def record(self) -> list[dict]:
        """How the art was made, for the disclosure."""
        return self.panel.record

    def art_layers(self) -> dict[str, np.ndarray]:
        """The panel's own layers, grown by the pads with transparent rows."""
        rows = ((self.pad_top, self.pad_bottom), (0, 0), (0, 0))
        return {name: np.pad(layer, rows) for name, layer in self.panel.layers.items()}

    def image(self) -> np.ndarray:
        """Everything flattened over the gutter's colour: RGB uint8 (height, WIDTH, 3)."""
        height = self.pad_top + self.panel.height + self.pad_bottom
        ground = np.full((height, WIDTH, 4), (*self.gutter, 255), np.uint8)
        return flatten({"gutter": ground, **self.art_layers(), **self.layers})


def letter(
    panel: Panel,
    script: Script,
    strings: Strings | None = None,
    language: str = "ko",
    gutter: tuple[int, int, int] = PAPER,
) -> LetteredPanel:
    """*panel* with the words of its cut in *language*; the art is not touched.

    strings: where the words are looked up; without it, the script's own.
    gutter: colour of the rows that are added when a balloon leaves the panel.

    Raises HallyuError when a line cannot be lettered or no place keeps clear of every face.
    """
    cut = panel.cut
    strings = strings or from_script(script)
    balloons = []
    for line in cut.lines:
        words = fonts.check(lettering.short_enough(strings.text(line.id, language)), line.id)
        for number, part in enumerate(lettering.deal(words, line.id), 1):
            id = line.id if number == 1 else f"{line.id}.{number}"
            balloons.append(make_balloon(id, part, line.kind, line.speaker))
    spots = place(balloons, panel)
    drawing = _Drawing(panel, balloons, spots)
    if cut.effect:
        id = effect_id(cut.number)
        drawing.effect(id, fonts.check(strings.text(id, language), id))
    return drawing.finish(gutter)


def make_balloon(id: str, text: str, kind: str = "speech", speaker: str = "") -> Balloon:
    """*text* set, and the smallest body of *kind* that holds it with its padding.

    >>> b = make_balloon("c01-1", "왜 안 왔어?", speaker="하린")
    >>> b.half[0] > b.block.width / 2
    True
    """
    box = kind == "narration"
    size = {"shout": 44, "whisper": 32}.get(kind, lettering.NORMAL_SIZE)
    face = fonts.heavy if kind == "shout" else fonts.dialogue
    block = lettering.fit(text, TEXT_WIDTH * (1.5 if box else 1), size, face)
    if box:
        return Balloon(id, kind, speaker, block, (block.width / 2 + 30, block.height / 2 + 22))
    pad_x, pad_y = {"shout": (44, 40), "thought": (32, 30)}.get(kind, (24, 18))
    best = None
    for b in np.linspace(block.height / 2 + pad_y, block.height + pad_y + 30, 40):
        a = 0.0
        for number, width in enumerate(block.widths):
            middle = (number - (len(block.lines) - 1) / 2) * block.pitch
            y = abs(middle) + block.size / 2 + pad_y * 0.5
            if y >= b:
                a = math.inf
                break
            a = max(a, (width / 2 + pad_x) / (1 - (y / b) ** ROUND) ** (1 / ROUND))
        # Flat balloons look squeezed, tall ones waste the panel: about 1.5 wide to 1 high, and small.
        ratio = a / b
        score = a * b * (1 + 0.25 * abs(math.log(ratio / 1.5)) ** 2) if math.isfinite(a) else math.inf
        if best is None or score < best[0]:
            best = (score, a, float(b))
    return Balloon(id, kind, speaker, block, (float(best[1]), best[2]))


def reads_before(a: Box, b: Box) -> bool:
    """Whether a reader comes to box *a* before *b*: the higher first; of two side by side, the left.

    >>> reads_before((400, 0, 700, 100), (0, 90, 300, 200)), reads_before((400, 0, 700, 100), (0, 20, 300, 120))
    (True, False)
    """
    overlap = min(a[3], b[3]) - max(a[1], b[1])
    if overlap > 0.5 * min(a[3] - a[1], b[3] - b[1]):
        return a[0] + a[2] < b[0] + b[2]
    return a[1] + a[3] < b[1] + b[3]


def mouth(face: Box) -> tuple[float, float]:
    """Where the mouth of a face box lies: in the middle, 0.8 of the way down."""
    return (face[0] + face[2]) / 2, face[1] + 0.8 * (face[3] - face[1])


def place(balloons: list[Balloon], panel: Panel, beam: int = 24) -> list[tuple[float, float]]:
    """The centre of each balloon in panel pixels (y below 0 is in the gutter above), in order of *balloons*.

    A beam search: the *beam* cheapest ways to place the first k balloons are each continued with every position of
    the grid. Cost of a position, lower is better:

        3.0 x the part of the body that covers a figure
        1.0 x distance from the body to the speaker's mouth, in panel widths
        1.0 x rows outside the panel, in hundreds (the art stays for the eye, and the strip short)
        0.6 x distance below the place that the line's turn suggests, in panel heights
        0.5   if a speaker's balloon lies below the mouth
        0.3 x distance of narration from the left edge, in panel widths
    """
    if not balloons:
        return []
    table = _figure_table(panel)
    reach = int(sum(2 * b.half[1] + GAP + TAIL for b in balloons))
    ways: list[tuple[float, list[tuple[float, float]]]] = [(0.0, [])]
    for turn, balloon in enumerate(balloons):
        xs, ys = _grid(balloon, panel.height, reach)
        base = _cost(balloon, xs, ys, panel, table, turn, len(balloons))
        longer = []
        for so_far, spots in ways:
            cost = base.copy()
            for other, spot in zip(balloons, spots, strict=False):
                cost[_conflict(balloon, xs, ys, other, spot)] = np.inf
            if spots and balloon.speaker and balloons[turn - 1].speaker == balloon.speaker:
                cost += 0.8 * np.hypot(xs - spots[-1][0], ys - spots[-1][1]) / WIDTH
            for index in np.argpartition(cost, min(beam, len(cost) - 1))[:beam]:
                if np.isfinite(cost[index]):
                    longer.append((so_far + cost[index], [*spots, (float(xs[index]), float(ys[index]))]))
        ways = sorted(longer, key=lambda way: way[0])[:beam]
        if not ways:
            raise HallyuError(
                f"{balloon.id} has no place in cut {panel.cut.number} that keeps clear of every face and reads in "
                "order: shorten its words, or give it a cut of its own."
            )
    return ways[0][1]


def _figure_table(panel: Panel) -> np.ndarray:
    """Running sums of the figures' alpha, (height + 1, WIDTH + 1): any box's share of figure in four look-ups."""
    figures = np.zeros((panel.height, WIDTH), np.float64)
    for name, layer in panel.layers.items():
        if name not in ("background", "foreground"):
            figures = np.maximum(figures, layer[..., 3] / 255)
    return np.pad(figures.cumsum(0).cumsum(1), ((1, 0), (1, 0)))


def _inside(table: np.ndarray, x0, y0, x1, y1):
    """Figure pixels in a box, or in arrays of boxes."""
    return table[y1, x1] - table[y0, x1] - table[y1, x0] + table[y0, x0]


def _grid(balloon: Balloon, height: int, reach: int) -> tuple[np.ndarray, np.ndarray]:
    a = balloon.half[0]
    x = np.arange(MARGIN + a, WIDTH - MARGIN - a + 1, GRID)
    if len(x) == 0:
        raise HallyuError(f"{balloon.id} is wider than the panel: shorten its longest word.")
    y = np.arange(-reach, height + reach, GRID)
    xs, ys = np.meshgrid(x, y)
    return xs.ravel(), ys.ravel().astype(float)


def _cost(
    balloon: Balloon, xs: np.ndarray, ys: np.ndarray, panel: Panel, table: np.ndarray, turn: int, turns: int
) -> np.ndarray:
    a, b = balloon.half
    x0, x1 = np.clip([xs - a, xs + a], 0, WIDTH).astype(int)
    y0, y1 = np.clip([ys - b, ys + b], 0, panel.height).astype(int)
    covered = _inside(table, x0, y0, x1, y1) / (4 * a * b)
    outside = np.maximum(0, b - ys) + np.maximum(0, ys + b - panel.height)
    suggested = panel.height * turn / max(turns, 2)
    cost = 3.0 * covered + outside / 100 + 0.6 * np.maximum(0, ys - b - suggested) / panel.height
    if balloon.kind == "narration":
        cost += 0.3 * (xs - a) / WIDTH
    face = panel.faces.get(balloon.speaker)
    if face:
        mx, my = mouth(face)
        away = np.hypot(np.maximum(0, np.abs(xs - mx) - a), np.maximum(0, np.abs(ys - my) - b))
        cost += away / WIDTH + 0.5 * (ys > my)
    for x, y, u, v in panel.faces.values():
        near = (xs + a + CLEAR > x) & (xs - a - CLEAR < u) & (ys + b + CLEAR > y) & (ys - b - CLEAR < v)
        cost[near] = np.inf
    return cost


def _conflict(
    balloon: Balloon, xs: np.ndarray, ys: np.ndarray, other: Balloon, spot: tuple[float, float]
) -> np.ndarray:
    """Where *balloon* would touch *other*, placed at *spot*, or be read before it.

    A later balloon never lies higher than an earlier one, and beside it only on its right.
    """
    a, b = balloon.half
    dx, dy = np.abs(xs - spot[0]) - a - other.half[0], np.abs(ys - spot[1]) - b - other.half[1]
    overlap = np.minimum(ys + b, spot[1] + other.half[1]) - np.maximum(ys - b, spot[1] - other.half[1])
    beside = overlap > min(b, other.half[1])
    earlier = (ys < spot[1]) | (beside & (xs <= spot[0]))
    return ((dx < GAP) & (dy < GAP)) | earlier


class _Drawing:
    """The shapes of one lettered panel, in panel pixels, until the canvas size is known."""

    def __init__(self, panel: Panel, balloons: list[Balloon], spots: list[tuple[float, float]]) -> None:
        self.panel = panel
        self.shapes: list[tuple[str, skia.Path, str, bool]] = []  # layer name, path, kind, dashed
        self.boxes: list[tuple[str, str, skia.Rect]] = []
        self.text: list[Text] = []
        bodies = [body(b, spot) for b, spot in zip(balloons, spots, strict=True)]
        joined: dict[int, skia.Path] = {}
        for n in range(1, len(balloons)):
            neck = self._neck(balloons, spots, bodies, n)
            if neck is not None:
                joined[n] = neck
        number = 0
        while number < len(balloons):
            group = [number]
            while group[-1] + 1 in joined:
                group.append(group[-1] + 1)
            self._balloon_group([balloons[i] for i in group], [spots[i] for i in group],
                                [bodies[i] for i in group], [joined[i] for i in group[1:]], bodies)  # fmt: skip
            number = group[-1] + 1

    def _neck(self, balloons, spots, bodies, n) -> skia.Path | None:
        """A short bridge from balloon n-1 to n of the same speaker; None where they are not joined."""
        one, two = balloons[n - 1], balloons[n]
        if not one.speaker or one.speaker != two.speaker or {one.kind, two.kind} != {"speech"}:
            return None
        (x0, y0), (x1, y1) = spots[n - 1], spots[n]
        neck = _band((x0, y0), (x1, y1), 15)
        outside = skia.Op(skia.Op(neck, bodies[n - 1], _MINUS), bodies[n], _MINUS)
        if max(outside.getBounds().height(), outside.getBounds().width()) > NECK:
            return None
        others = [body for i, body in enumerate(bodies) if i not in (n - 1, n)]
        return neck if _is_clear(outside, self.panel.faces.values(), others) else None

    def _balloon_group(self, balloons, spots, bodies, necks, all_bodies) -> None:
        """Joined balloons as one shape with one tail, and the text of each."""
        shape = bodies[0]
        for path in [*bodies[1:], *necks]:
            shape = skia.Op(shape, path, skia.PathOp.kUnion_PathOp)
        kind, dots = balloons[0].kind, None
        face = self.panel.faces.get(balloons[0].speaker)
        if face and kind != "narration":
            target = mouth(face)
            order = sorted(range(len(spots)), key=lambda i: math.dist(spots[i], target))
            others = [body for body in all_bodies if all(body is not own for own in bodies)]
            if kind == "thought":
                dots = thought_dots(spots[order[0]], balloons[order[0]].half, target, face)
                whole = skia.Op(shape, dots, skia.PathOp.kUnion_PathOp)
                around = skia.Path().addRect(whole.getBounds().makeOutset(LINE + 1, LINE + 1))
                if not (_is_clear(dots, (), others) and _is_clear(around, self.panel.faces.values(), [])):
                    dots = None
            else:
                for longest in (TAIL, TAIL * 0.6, TAIL * 0.35):
                    pointing = tail(spots[order[0]], balloons[order[0]].half, target, face, longest)
                    whole = skia.Op(shape, pointing, skia.PathOp.kUnion_PathOp)
                    around = skia.Path().addRect(whole.getBounds().makeOutset(LINE + 1, LINE + 1))
                    if _is_clear(_thick(pointing), (), others) and _is_clear(around, self.panel.faces.values(), []):
                        shape = whole
                        break
        if dots is not None:
            shape = skia.Op(shape, dots, skia.PathOp.kUnion_PathOp)
        self.shapes.append((f"말풍선 {balloons[0].id}", shape, kind, kind == "whisper"))
        for balloon, (x, y), own in zip(balloons, spots, bodies, strict=True):
            bounds = shape.getBounds() if len(balloons) == 1 else own.getBounds()
            self.boxes.append(("balloon", balloon.id, bounds))
            letters, block = skia.Path(), balloon.block
            face_ = fonts.heavy if balloon.kind == "shout" else fonts.dialogue
            # The dots of “…” stand at half height beside Hangul and on the baseline beside Latin letters.
            dots_low = not any("가" <= c <= "힣" for line in block.lines for c in line)
            for row, line in enumerate(block.lines):
                line = line.replace("…", "...") if dots_low else line
                width = face_(block.size).width(line)
                # A Hangul syllable's ink is centred 0.36 em above the baseline.
                baseline = y + (row - (len(block.lines) - 1) / 2) * block.pitch + 0.36 * block.size
                letters.addPath(face_(block.size).outline(line), x - width / 2, baseline)
            self.shapes.append((f"대사 {balloon.id}", letters, "text", False))
            self.boxes.append(("text", balloon.id, letters.getBounds()))
            self.text.append(Text(balloon.id, block.lines, block.size))

    def effect(self, id: str, text: str) -> None:
        """A sound effect where it covers no face and no balloon; smaller if it must be."""
        taken = [box for kind, _, box in self.boxes if kind == "balloon"]
        taken += [skia.Rect.MakeLTRB(*face) for face in self.panel.faces.values()]
        table = _figure_table(self.panel)
        size = min(EFFECT_SIZE, (WIDTH - 2 * MARGIN) / (0.95 * max(lettering.length(text), 1)))
        while size >= 2 * lettering.MIN_SIZE:
            path = effect_outline(text, size)
            bounds = path.getBounds().makeOutset(CLEAR, CLEAR)
            spots = [
                (x, y)
                for y in range(8, int(self.panel.height - bounds.height()) - 7, GRID)
                for x in range(8, int(WIDTH - bounds.width()) - 7, GRID)
                if not any(
                    skia.Rect.Intersects(skia.Rect.MakeXYWH(x, y, bounds.width(), bounds.height()), other)
                    for other in taken
                )
            ]
            if spots:
                w, h = int(bounds.width()), int(bounds.height())

                def price(spot, w=w, h=h):
                    # Where the figure is least, whatever else; then low, and to a side.
                    x, y = spot
                    covered = _inside(table, x, y, x + w, y + h) / (w * h)
                    low, side = (y + h / 2) / self.panel.height - 0.72, (x + w / 2) / WIDTH - 0.5
                    return 6.0 * covered + abs(low) - 0.4 * abs(side)

                x, y = min(spots, key=price)
                path.offset(x - bounds.left(), y - bounds.top())
                self.shapes.append((f"효과음 {id}", path, "effect", False))
                self.boxes.append(("effect", id, path.getBounds().makeOutset(9, 9)))
                self.text.append(Text(id, (text,), size))
                return
            size -= 8
        raise HallyuError(
            f"{id} (“{text}”) has no place in cut {self.panel.cut.number} beside its faces and balloons: "
            "shorten the words or move the sound to a cut of its own."
        )

    def finish(self, gutter: tuple[int, int, int]) -> LetteredPanel:
        """Draw every shape on a canvas that holds them all."""
        bounds = [path.getBounds() for _, path, _, _ in self.shapes]
        pad_top = max((math.ceil(6 - r.top()) for r in bounds if r.top() < 6), default=0)
        low = max((r.bottom() for r in bounds), default=0.0)
        pad_bottom = max(0, math.ceil(low + 6 - self.panel.height))
        height = pad_top + self.panel.height + pad_bottom
        layers = {
            name: _paint(path, kind, dashed, height, pad_top) for name, path, kind, dashed in self.shapes
        }
        boxes = [
            ("face", name, (x0, y0 + pad_top, x1, y1 + pad_top))
            for name, (x0, y0, x1, y1) in self.panel.faces.items()
        ]
        for kind, name, r in self.boxes:
            r = r.makeOutset(LINE, LINE) if kind == "balloon" else r
            boxes.append((kind, name, (math.floor(r.left()), math.floor(r.top()) + pad_top,
                                       math.ceil(r.right()), math.ceil(r.bottom()) + pad_top)))  # fmt: skip
        return LetteredPanel(replace(self.panel), layers, boxes, self.text, pad_top, pad_bottom, gutter)


def body(balloon: Balloon, centre: tuple[float, float]) -> skia.Path:
    """The balloon without its tail: round, cloud (thought), burst (shout) or box (narration)."""
    (cx, cy), (a, b) = centre, balloon.half
    if balloon.kind == "narration":
        return skia.Path().addRoundRect(skia.Rect.MakeLTRB(cx - a, cy - b, cx + a, cy + b), 6, 6)
    if balloon.kind == "thought":
        return _cloud(cx, cy, a, b)
    if balloon.kind == "shout":
        return _burst(cx, cy, a, b, zlib.crc32(balloon.id.encode()))
    return _closed([_on_curve(cx, cy, a, b, t) for t in np.linspace(0, 2 * math.pi, 361)[:-1]])


def tail(
    centre: tuple[float, float],
    half: tuple[float, float],
    target: tuple[float, float],
    face: Box,
    longest: float = TAIL,
) -> skia.Path:
    """A curved, pointed tail that looks at *target* and stops short of the *face* box.

    longest: of the part outside the balloon, in pixels.
    """
    cx, cy = centre
    angle = math.atan2((target[1] - cy) / half[1], (target[0] - cx) / half[0])
    root = _on_curve(cx, cy, *half, angle)
    way = math.dist(root, target) or 1.0
    ux, uy = (target[0] - root[0]) / way, (target[1] - root[1]) / way
    reach = max(0.0, min(longest, _distance_to_box(root, (ux, uy), face) - CLEAR))
    tip = (root[0] + ux * reach, root[1] + uy * reach)
    base = min(17.0, half[0] * 0.16)
    inner = (root[0] + (cx - root[0]) * 0.22, root[1] + (cy - root[1]) * 0.22)
    bend = 0.16 * reach * (1 if cx < target[0] else -1)
    side = (-uy, ux)
    middle = (root[0] + ux * reach * 0.45 + side[0] * bend, root[1] + uy * reach * 0.45 + side[1] * bend)
    path = skia.Path()
    path.moveTo(inner[0] + side[0] * base, inner[1] + side[1] * base)
    path.quadTo(middle[0] + side[0] * base * 0.45, middle[1] + side[1] * base * 0.45, *tip)
    path.quadTo(middle[0] - side[0] * base * 0.45, middle[1] - side[1] * base * 0.45,
                inner[0] - side[0] * base, inner[1] - side[1] * base)  # fmt: skip
    return path.close()


def thought_dots(
    centre: tuple[float, float], half: tuple[float, float], target: tuple[float, float], face: Box
) -> skia.Path:
    """Three shrinking bubbles from a thought towards the head, short of the *face* box."""
    cx, cy = centre
    angle = math.atan2((target[1] - cy) / half[1], (target[0] - cx) / half[0])
    root = _on_curve(cx, cy, half[0], half[1], angle)
    way = math.dist(root, target) or 1.0
    ux, uy = (target[0] - root[0]) / way, (target[1] - root[1]) / way
    reach = min(TAIL + 8, _distance_to_box(root, (ux, uy), face) - CLEAR)
    path = skia.Path()
    for at, radius in ((18, 10), (40, 7), (58, 4.5)):
        if at + radius <= reach:
            path.addCircle(root[0] + ux * at, root[1] + uy * at, radius)
    return path


def effect_outline(text: str, size: float) -> skia.Path:
    """*text* as hand-set display lettering: on a rising arc, each letter a little turned and larger than the last."""
    out, x = skia.Path(), 0.0
    letters = [c for c in text if c != " "]
    for number, letter_ in enumerate(letters):
        turn = (number / max(1, len(letters) - 1) - 0.5) if len(letters) > 1 else 0.0
        face = fonts.effect(size * (1 + 0.18 * turn))
        advance = face.width(letter_)
        place_ = skia.Matrix()
        place_.setRotate(-8 + 10 * turn + (4 if number % 2 else -4), advance / 2, -size * 0.36)
        place_.postTranslate(x, size * (0.34 * turn * turn - 0.16 * turn))
        glyph = face.outline(letter_)
        glyph.transform(place_)
        out.addPath(glyph)
        x += advance * 0.98
    return out


_MINUS = skia.PathOp.kDifference_PathOp


def _on_curve(cx: float, cy: float, a: float, b: float, t: float) -> tuple[float, float]:
    c, s = math.cos(t), math.sin(t)
    r = (abs(c) ** ROUND + abs(s) ** ROUND) ** (-1 / ROUND)
    return cx + a * r * c, cy + b * r * s


def _closed(points: list[tuple[float, float]]) -> skia.Path:
    return skia.Path.Polygon([skia.Point(*p) for p in points], True)


def _cloud(cx: float, cy: float, a: float, b: float) -> skia.Path:
    """Even puffs along the curve; the union of circles and the body."""
    puffs = max(10, round((a + b) / 22))
    radius = math.pi * (a + b) / puffs * 0.36
    path = _closed(
        [_on_curve(cx, cy, a - radius * 0.5, b - radius * 0.5, t) for t in np.linspace(0, 6.2832, 181)[:-1]]
    )
    for n in range(puffs):
        x, y = _on_curve(cx, cy, a - radius, b - radius, 2 * math.pi * (n + 0.5) / puffs)
        path = skia.Op(
            path, skia.Path().addCircle(x, y, radius * (1.12 if n % 2 else 0.94)), skia.PathOp.kUnion_PathOp
        )
    return path


def _burst(cx: float, cy: float, a: float, b: float, seed: int) -> skia.Path:
    """Spikes of uneven length around the curve, their sides drawn in."""
    rng = np.random.default_rng(seed)
    spikes = max(14, round((a + b) / 20))
    path = skia.Path()
    inner, outer = 0.86, 1.0
    path.moveTo(*_on_curve(cx, cy, a * inner, b * inner, 0))
    for n in range(spikes):
        t0, t1 = 2 * math.pi * n / spikes, 2 * math.pi * (n + 1) / spikes
        reach = outer - 0.07 * rng.random()
        tip = _on_curve(cx, cy, a * reach, b * reach, (t0 + t1) / 2 + rng.uniform(-0.2, 0.2) / spikes)
        left = _on_curve(cx, cy, a * 0.875, b * 0.875, t0 + (t1 - t0) * 0.35)
        right = _on_curve(cx, cy, a * 0.875, b * 0.875, t1 - (t1 - t0) * 0.35)
        path.quadTo(*left, *tip)
        path.quadTo(*right, *_on_curve(cx, cy, a * inner, b * inner, t1))
    return path.close()


def _band(p: tuple[float, float], q: tuple[float, float], half: float) -> skia.Path:
    way = math.dist(p, q) or 1.0
    nx, ny = -(q[1] - p[1]) / way * half, (q[0] - p[0]) / way * half
    return _closed(
        [(p[0] + nx, p[1] + ny), (q[0] + nx, q[1] + ny), (q[0] - nx, q[1] - ny), (p[0] - nx, p[1] - ny)]
    )


def _distance_to_box(start: tuple[float, float], way: tuple[float, float], box: Box) -> float:
    """How far along *way* from *start* the box begins, in pixels; infinite when it is missed."""
    near, far = 0.0, math.inf
    for at, step, low, high in ((start[0], way[0], box[0], box[2]), (start[1], way[1], box[1], box[3])):
        if abs(step) < 1e-9:
            if not low <= at <= high:
                return math.inf
            continue
        first, last = sorted(((low - at) / step, (high - at) / step))
        near, far = max(near, first), min(far, last)
    return near if near <= far else math.inf


def _is_clear(path: skia.Path, faces, others: list[skia.Path]) -> bool:
    """Whether *path* meets no face and no other balloon."""
    obstacles = [skia.Path().addRect(skia.Rect.MakeLTRB(*face)) for face in faces] + others
    return all(skia.Op(path, o, skia.PathOp.kIntersect_PathOp).isEmpty() for o in obstacles)


def _thick(path: skia.Path) -> skia.Path:
    """*path* and what its outline and a neighbour's cover around it."""
    whole = skia.Path(path)
    for dx, dy in ((LINE + 1, 0), (-LINE - 1, 0), (0, LINE + 1), (0, -LINE - 1)):
        moved = skia.Path(path)
        moved.offset(dx, dy)
        whole = skia.Op(whole, moved, skia.PathOp.kUnion_PathOp)
    return whole


def _paint(path: skia.Path, kind: str, dashed: bool, height: int, pad_top: int) -> np.ndarray:
    """One layer: RGBA uint8 (height, WIDTH, 4), straight alpha."""
    pixels = np.zeros((height, WIDTH, 4), np.uint8)
    surface = skia.Surface.MakeRasterDirect(
        skia.ImageInfo.Make(WIDTH, height, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType), pixels
    )
    canvas = surface.getCanvas()
    canvas.translate(0, pad_top)
    ink = skia.Paint(Color=skia.Color(*INK), AntiAlias=True)
    if kind == "text":
        canvas.drawPath(path, ink)
    elif kind == "effect":
        for width, colour in ((18, INK), (12, PAPER)):
            canvas.drawPath(path, _stroke(width, colour))
        canvas.drawPath(path, skia.Paint(Color=skia.Color(188, 32, 44), AntiAlias=True))
    else:
        canvas.drawPath(path, skia.Paint(Color=skia.Color(*PAPER), AntiAlias=True))
        edge = _stroke(LINE, INK)
        if dashed:
            edge.setPathEffect(skia.DashPathEffect.Make([12.0, 9.0], 0))
        canvas.drawPath(path, edge)
    surface.flushAndSubmit()
    alpha = pixels[..., 3:].astype(np.uint16)
    straight = (pixels[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate([np.minimum(straight, 255).astype(np.uint8), pixels[..., 3:]], axis=2)


def _stroke(width: float, colour: tuple[int, int, int]) -> skia.Paint:
    return skia.Paint(
        Color=skia.Color(*colour), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width,
        StrokeJoin=skia.Paint.kRound_Join,
    )  # fmt: skip
