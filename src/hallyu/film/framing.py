"""Framing: how large a shot is, how well it is composed and why, and the best crops of a frame.

Measured from face boxes (hallyu.film.faces) by the proportions of a body: it is seven and a half heads high, the eyes lie
halfway down the head. Boxes are left, top, width and height in pixels, y downwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import colour

SIZES = {
    "ECU": ("extreme close-up", "익스트림 클로즈업", 1.3),
    "CU": ("close-up", "클로즈업", 2.2),
    "MCU": ("medium close-up", "바스트 샷", 3.2),
    "MS": ("medium shot", "웨이스트 샷", 4.6),
    "MLS": ("medium long shot", "니 샷", 6.8),
    "LS": ("long shot", "풀 샷", 15.0),
    "ELS": ("extreme long shot", "롱 샷", float("inf")),
}
"""Shot sizes: English, Korean, and below how many heads of frame height a shot has that size.

The borders lie where the lower edge passes from chin to shoulders, chest, waist, knees and feet, with the usual headroom.
"""
TYPICAL = {"ECU": 1.1, "CU": 1.8, "MCU": 2.8, "MS": 3.9, "MLS": 5.8, "LS": 9.0}
"""Heads of frame height that each size is framed at."""

HEAD = 1.38
"""Height of a head with its hair over that of its face box, from hairline to chin."""
BODY = 7.5
"""Heads in a standing body."""
_EYES = 0.38  # of a face box, from above
_MARK = (1.0, 0.72, 0.0)
_TURNED = 15.0  # degrees of yaw from which somebody looks out of the frame's middle, and wants room there

# Shares of the frame's height between which headroom looks right.
_HEADROOM = {
    "ECU": (-0.40, 0.05), "CU": (-0.03, 0.11), "MCU": (0.04, 0.16), "MS": (0.05, 0.18), "MLS": (0.06, 0.20),
    "LS": (0.06, 0.28), "ELS": (0.05, 0.90),
}  # fmt: skip
_EYE_LINE = {
    "ECU": (0.28, 0.52),
    "CU": (0.28, 0.43),
    "MCU": (0.27, 0.41),
    "MS": (0.22, 0.38),
    "MLS": (0.16, 0.36),
}
_JOINTS = {"neck": (1.02, 1.22), "knees": (5.3, 5.7), "ankles": (7.0, 7.35)}  # heads below the crown

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Subject:
    """A person in a frame.

    face: the box from hairline to chin. yaw: degrees that the head is turned, positive to the picture's right.
    body: the box of the whole person, for who turns their back; face is None then.
    Raises HallyuError when there is neither box, or one without a size.
    """

    face: Box | None = None
    yaw: float = 0.0
    body: Box | None = None

    def __post_init__(self) -> None:
        boxes = [box for box in (self.face, self.body) if box is not None]
        if not boxes or any(box[2] <= 0 or box[3] <= 0 for box in boxes):
            raise HallyuError(
                "A person needs a face box or a body box with a width and a height; find the faces first."
            )

    @classmethod
    def of(cls, face) -> "Subject":
        """From a face as hallyu.film.faces finds it."""
        return cls(face.box, face.pose[0])

    def head(self, height: float) -> Box:
        """The box of the head with its hair, in a frame of *height*. From a body alone it is reckoned."""
        if self.face is not None:
            left, top, width, tall = self.face
            return left, top - (HEAD - 1) * tall, width, HEAD * tall
        left, top, width, tall = self.body
        # Cut by the lower edge only the shoulders tell the size: in clothes about two heads wide.
        head = tall / BODY if top + tall < height - 1 else width / 2
        return left + width / 2 - 0.38 * head, top, 0.76 * head, head

    def eyes(self, height: float) -> tuple[float, float]:
        """x, y between the eyes."""
        if self.face is not None:
            left, top, width, tall = self.face
            return left + width / 2, top + _EYES * tall
        left, top, width, tall = self.head(height)
        return left + width / 2, top + tall / 2


def shot_size(subject: Subject, frame_height: float) -> str:
    """ECU, CU, MCU, MS, MLS, LS or ELS: by how many heads the frame is high.

    >>> shot_size(Subject(face=(860, 200, 200, 280)), 1080)
    'MCU'
    """
    heads = frame_height / subject.head(frame_height)[3]
    return next(size for size, (_, _, below) in SIZES.items() if heads < below)


@dataclass(frozen=True)
class Note:
    """One thing about a composition. score: 0 to 1. text: what is measured, and what to do if it is off."""

    rule: str
    score: float
    text: str


@dataclass(frozen=True)
class Framing:
    """How a frame is composed. size: of its largest person. score: 0 to 1, the worst notes counting most."""

    size: str
    score: float
    notes: tuple[Note, ...]

    def problems(self) -> list[str]:
        """What an operator would correct, the worst first."""
        return [note.text for note in sorted(self.notes, key=lambda note: note.score) if note.score < 0.6]


def assess(subjects: Subject | Sequence[Subject], size: tuple[float, float]) -> Framing:
    """Shot size and composition of a frame: eye line, headroom, room to look into, edges and joints.

    subjects: who is the shot about; the largest leads. size: width and height in pixels.
    The rules are those of camera operators' handbooks (J. Mascelli, "The Five C's of Cinematography"), as ranges: a shot
    may break every one of them for a reason. Raises HallyuError without anybody or for a frame without a size.
    """
    people = [subjects] if isinstance(subjects, Subject) else list(subjects)
    width, height = size
    if not people or min(size) <= 0:
        raise HallyuError("Composition is judged for one person or more in a frame; find the faces first.")
    people.sort(key=lambda person: -person.head(height)[3])
    lead = people[0]
    kind = shot_size(lead, height)
    notes = [_headroom(min(person.head(height)[1] for person in people) / height, kind)]
    if kind in _EYE_LINE:
        notes.append(_eye_line(lead.eyes(height)[1] / height, kind))
    if len(people) == 1:
        notes.append(_lead_room(lead, width, height))
    else:
        notes.append(_balance(people, width, height))
    notes += [_edges(people, width, height, kind), _joints(lead, height, kind)]
    # One serious fault is not made good by four things that are right.
    worst = min(note.score for note in notes)
    return Framing(
        kind, round(0.5 * worst + 0.5 * sum(note.score for note in notes) / len(notes), 3), tuple(notes)
    )


def _within(value: float, low: float, high: float, soft: float) -> float:
    """1 between *low* and *high*, falling to 0 at *soft* beyond."""
    return round(max(0.0, 1 - max(low - value, value - high, 0) / soft), 3)


def _headroom(share: float, kind: str) -> Note:
    low, high = _HEADROOM[kind]
    score = _within(share, low, high, 0.12)
    text = (
        f"Headroom is {share:.0%} of the height"
        if share >= 0
        else f"The frame cuts {-share:.0%} of its height off the head"
    )
    if score < 0.9:
        text += f"; for a {SIZES[kind][0]} {max(low, 0):.0%} to {high:.0%} is usual: "
        text += "tilt down or go closer" if share > high else "tilt up or go wider"
    return Note("headroom", score, text + ".")


def _eye_line(share: float, kind: str) -> Note:
    low, high = _EYE_LINE[kind]
    score = _within(share, low, high, 0.15)
    text = f"The eyes lie {share:.0%} down the frame"
    if score < 0.9:
        text += f", the upper third is 33%: tilt {'up' if share < low else 'down'}"
    return Note("eye line", score, text + ".")


def _lead_room(person: Subject, width: float, height: float) -> Note:
    share = person.eyes(height)[0] / width
    if abs(person.yaw) < _TURNED:
        score = _within(share, 0.30, 0.70, 0.2)
        text = f"Facing the camera at {share:.0%} of the width"
        if score < 0.9:
            text += f", near the edge: pan {'left' if share < 0.5 else 'right'}"
        return Note("lead room", score, text + ".")
    front, side = (1 - share, "right") if person.yaw > 0 else (share, "left")
    score = _within(front, 0.52, 0.75, 0.25)
    text = f"Looking {side} with {front:.0%} of the width to look into"
    if score < 0.9:
        text += "; half to three quarters is usual: pan "
        text += side if front < 0.52 else ("left" if side == "right" else "right")
    return Note("lead room", score, text + ".")


def _balance(people: list[Subject], width: float, height: float) -> Note:
    places = [person.eyes(height)[0] / width for person in people]
    middle = (min(places) + max(places)) / 2
    score = _within(middle, 0.42, 0.58, 0.2)
    text = f"{len(people)} people around {middle:.0%} of the width"
    if score < 0.9:
        text += f", the middle is 50%: pan {'left' if middle < 0.5 else 'right'}"
    return Note("balance", score, text + ".")


def _edges(people: list[Subject], width: float, height: float, kind: str) -> Note:
    cut = []
    for person in people:
        left, top, wide, tall = person.face or person.head(height)
        seen = max(0.0, min(left + wide, width) - max(left, 0)) * max(
            0.0, min(top + tall, height) - max(top, 0)
        )
        cut.append(1 - seen / (wide * tall))
    most = max(cut)
    # An extreme close-up may lose forehead and chin; anything else keeps the face.
    score = _within(most, 0, 0.35 if kind == "ECU" else 0.02, 0.25)
    return Note(
        "edges",
        score,
        f"The edge cuts {most:.0%} of a face; pan, tilt or go wider." if score < 1 else "Faces are whole.",
    )


def _joints(person: Subject, height: float, kind: str) -> Note:
    _, top, _, head = person.head(height)
    cut = (height - top) / head
    for name, (low, high) in _JOINTS.items():
        if low <= cut <= high and kind != "ECU":
            return Note("joints", 0.4, f"The lower edge cuts at the {name}; go a little closer or wider.")
    return Note("joints", 1.0, "The lower edge cuts at no joint.")


def guides(frame: np.ndarray, subjects: Subject | Sequence[Subject]) -> np.ndarray:
    """The frame with what `assess` looks at drawn over it: thirds, each head, the eyes, and where they look.

    float32 (h, w, 3). Raises HallyuError for what is no frame.
    """
    import cv2

    people = [subjects] if isinstance(subjects, Subject) else list(subjects)
    drawn = colour.check(frame)[..., :3].copy()
    height, width = drawn.shape[:2]
    thick = max(2, round(height / 360))
    lines = drawn.copy()
    for third in (1, 2):
        cv2.line(lines, (width * third // 3, 0), (width * third // 3, height), (1, 1, 1), thick)
        cv2.line(lines, (0, height * third // 3), (width, height * third // 3), (1, 1, 1), thick)
    drawn = 0.6 * drawn + 0.4 * lines
    for person in people:
        left, top, wide, tall = (round(value) for value in person.head(height))
        x, y = (round(value) for value in person.eyes(height))
        cv2.rectangle(drawn, (left, top), (left + wide, top + tall), _MARK, thick, cv2.LINE_AA)
        cv2.circle(drawn, (x, y), 3 * thick, _MARK, -1, cv2.LINE_AA)
        if abs(person.yaw) >= _TURNED:
            end = x + round(np.sign(person.yaw) * 1.5 * wide), y
            cv2.arrowedLine(drawn, (x, y), end, _MARK, 2 * thick, cv2.LINE_AA, tipLength=0.15)
    return drawn.astype(np.float32)


# --- compositions of a frame ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Crop:
    """A part of a frame to show as a shot of its own. enlargement: 1 is a pixel for a pixel, 2 is soft."""

    left: int
    top: int
    width: int
    height: int
    enlargement: float
    framing: Framing
    people: tuple[int, ...]

    def __str__(self) -> str:
        size = f"{SIZES[self.framing.size][0]} at ({self.left}, {self.top}), {self.width} x {self.height}"
        return f"{size}: composition {self.framing.score:.2f}, enlarged {self.enlargement:.2f} times"


def crop(
    subjects: Subject | Sequence[Subject],
    size: tuple[int, int],
    shot: str,
    output: tuple[int, int] = (1920, 1080),
) -> Crop:
    """The crop of a frame that shows *subjects* as a *shot* ("CU", "MS", ...), composed by the rules of `assess`.

    The eyes come to the upper third, with room where the person looks; at the frame's edge it is as near as can be.
    output: width and height that it will be shown at; its shape is the crop's. What does not fit is made smaller.
    Raises HallyuError for a size that there is none of.
    """
    if shot not in TYPICAL:
        raise HallyuError(f"A crop is one of {', '.join(TYPICAL)}, not {shot!r}.")
    people = [subjects] if isinstance(subjects, Subject) else list(subjects)
    width, height = size
    heads = [person.head(height) for person in people]
    places = [person.eyes(height) for person in people]
    shape = output[0] / output[1]
    tall = TYPICAL[shot] * max(head[3] for head in heads)
    if len(people) > 1:  # everybody with a head's width to spare
        spread = max(h[0] + h[2] for h in heads) - min(h[0] for h in heads) + 2 * max(h[2] for h in heads)
        tall = max(tall, spread / shape)
    tall = min(tall, height, width / shape)
    wide = tall * shape
    if len(people) == 1:
        yaw = people[0].yaw
        share = 0.5 if abs(yaw) < _TURNED else (0.38 if yaw > 0 else 0.62)
    else:
        share = 0.5
    x = (min(place[0] for place in places) + max(place[0] for place in places)) / 2
    kind = min(TYPICAL, key=lambda name: abs(TYPICAL[name] - tall / max(head[3] for head in heads)))
    down = sum(_EYE_LINE.get(kind, (0.2, 0.3))) / 2
    y = sum(place[1] for place in places) / len(places)
    left, top = (
        round(min(max(at - part * extent, 0), room - extent))
        for at, part, extent, room in ((x, share, wide, width), (y, down, tall, height))
    )
    wide, tall = min(round(wide), width - left), min(round(tall), height - top)
    inside = [_moved(person, left, top) for person in people]
    return Crop(
        left,
        top,
        wide,
        tall,
        round(output[1] / tall, 3),
        assess(inside, (wide, tall)),
        tuple(range(len(people))),
    )


def _moved(person: Subject, left: float, top: float) -> Subject:
    face, body = (box and (box[0] - left, box[1] - top, *box[2:]) for box in (person.face, person.body))
    return Subject(face, person.yaw, body)


def recommend(
    subjects: Sequence[Subject],
    size: tuple[int, int],
    output: tuple[int, int] = (1920, 1080),
    softest: float = 2.0,
) -> list[Crop]:
    """Compositions that a frame offers: each person alone and all together, the best first.

    One master in 4K gives a show in HD its close-ups, and a vertical cut its people. softest: the most that a crop may
    be enlarged. Of each group of people only sizes that differ and compose well enough (0.6) are kept, and none that
    shows a part of somebody else's head.
    """
    groups = [(number,) for number in range(len(subjects))]
    if len(subjects) > 1:
        groups.append(tuple(range(len(subjects))))
    found: dict[tuple, Crop] = {}
    for group in groups:
        for shot in TYPICAL:
            made = crop([subjects[number] for number in group], size, shot, output)
            if any(
                _is_cut(other, made, size) for number, other in enumerate(subjects) if number not in group
            ):
                continue
            known = found.get((group, made.framing.size))
            if (
                made.enlargement <= softest
                and made.framing.score >= 0.6
                and (known is None or made.framing.score > known.framing.score)
            ):
                found[group, made.framing.size] = Crop(**{**vars(made), "people": group})
    return sorted(found.values(), key=lambda made: -made.framing.score)


def _is_cut(person: Subject, made: Crop, size: tuple[int, int]) -> bool:
    """Whether some of a head is in a crop."""
    left, top, width, height = person.head(size[1])
    return (
        left < made.left + made.width
        and left + width > made.left
        and top < made.top + made.height
        and top + height > made.top
    )
