"""The vision mixer: which camera of a talk to show when, from who speaks and who reacts, as an edit decision list.

Cameras run in sync. What is wanted is weighed over the whole talk at once by dynamic programming, as an editor does it
who has seen the take, not as a switcher who does not know yet whether "yes" is an answer or the start of a story.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hallyu.errors import HallyuError
from hallyu.film.framing import SIZES

# How much of what a person does is seen in a shot of each size.
_CLOSENESS = {"ECU": 1.0, "CU": 1.0, "MCU": 1.0, "MS": 0.9, "MLS": 0.7, "LS": 0.58, "ELS": 0.35}
_SHARED = 0.75  # several people in a picture share it: each counts by its number to this power less
_REACTION = 1.5  # a strong reaction is worth more than the words it answers
_UNSEEN = 0.35  # lost while another speaks at once and is not seen
_REST = 0.3  # what a shot of everybody is worth while nothing happens
_CUT = 0.6  # what a cut has to gain, in seconds of a speaker seen
_STAY, _JUMP, _CROSSING = (
    20.0,
    30.0,
    60.0,
)  # lost by a shot four times too long, a jump cut, a crossing of the line
_LATE = 0.4  # for each second beyond the longest shot, and growing with it
_OPENING, _OPENING_LASTS = 0.7, 3.0  # more for everybody in the picture, in the first seconds


@dataclass(frozen=True)
class Camera:
    """One camera of a talk. shows: names of who is in its picture. size: as hallyu.film.framing has it.

    place: where it stands in plan, in metres, with the people's places in the same plan; without it the rules of 180
    and of 30 degrees are not asked. offset: its first frame in sync with the others'.
    """

    name: str
    shows: tuple[str, ...]
    size: str
    place: tuple[float, float] | None = None
    offset: int = 0

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise HallyuError(
                f"Camera {self.name} has the shot size {self.size!r}; use one of {', '.join(SIZES)}."
            )
        if not self.shows:
            raise HallyuError(f"Camera {self.name} shows nobody; name who is in its picture.")


@dataclass(frozen=True)
class Talk:
    """A talk as it was recorded. people: their names. speaking, reacting: (frames, people) 0..1. rate: frames a second.

    places: of the people in plan, in metres, in the same order.
    Raises HallyuError when shapes, names or places do not fit together.
    """

    cameras: tuple[Camera, ...]
    people: tuple[str, ...]
    speaking: np.ndarray
    reacting: np.ndarray
    rate: float
    places: tuple[tuple[float, float], ...] | None = None

    def __post_init__(self) -> None:
        shape = np.shape(self.speaking)
        if (
            len(shape) != 2
            or shape[1] != len(self.people)
            or not shape[0]
            or np.shape(self.reacting) != shape
        ):
            raise HallyuError(
                f"Who speaks has the shape {shape} and who reacts {np.shape(self.reacting)}; both should be "
                f"(frames, {len(self.people)})."
            )
        if not self.cameras or len({camera.name for camera in self.cameras}) < len(self.cameras):
            raise HallyuError("A talk needs one camera or more, each of another name.")
        for camera in self.cameras:
            if unknown := set(camera.shows) - set(self.people):
                raise HallyuError(f"Camera {camera.name} shows {min(unknown)!r}, who is not in this talk.")
        if self.places is not None and len(self.places) != len(self.people):
            raise HallyuError(f"There are {len(self.places)} places for {len(self.people)} people.")


@dataclass(frozen=True)
class Edit:
    """One shot of the edit: frames source_in up to, not including, source_out of *source*, shown one after another.

    why: what the shot is there for, in words.
    """

    source: str
    source_in: int
    source_out: int
    why: str = ""

    @property
    def frames(self) -> int:
        """How many frames it is on."""
        return self.source_out - self.source_in


# --- what is worth seeing ---------------------------------------------------------------------------------------------


def worth(talk: Talk) -> np.ndarray:
    """(frames, cameras) how much each camera shows at each moment of what goes on; 1 is a speaker seen close."""
    seen = np.array([[person in camera.shows for person in talk.people] for camera in talk.cameras], float)
    close = np.array([_CLOSENESS[camera.size] for camera in talk.cameras]) / seen.sum(axis=1) ** _SHARED
    speaks = np.asarray(talk.speaking, float)
    does = speaks + _REACTION * np.asarray(talk.reacting, float)
    unseen = np.minimum(speaks @ seen.T, speaks @ (1 - seen).T)
    rest = _REST * seen.mean(axis=1) * (does.sum(axis=1, keepdims=True) < 0.1)
    return does @ seen.T * close - _UNSEEN * unseen + rest


def jumps(talk: Talk) -> np.ndarray:
    """(cameras, cameras) whether a cut between two cameras looks like a mistake instead of a cut.

    It does when the same people are seen at nearly the same size and from nearly the same side (less than 30 degrees).
    """
    order, number = list(SIZES), len(talk.cameras)
    found = np.zeros((number, number), bool)
    for i, one in enumerate(talk.cameras):
        for j, other in enumerate(talk.cameras):
            same = (
                set(one.shows) == set(other.shows)
                and abs(order.index(one.size) - order.index(other.size)) <= 1
            )
            turn = _turn(talk, one, other)
            found[i, j] = i != j and same and (turn is None or turn < 30)
    return found


def _turn(talk: Talk, one: Camera, other: Camera) -> float | None:
    """Degrees between the directions from which two cameras see the middle of whom they show."""
    if one.place is None or other.place is None or talk.places is None:
        return None
    who = [talk.places[talk.people.index(name)] for name in one.shows]
    views = [np.array(camera.place) - np.mean(who, axis=0) for camera in (one, other)]
    angles = [np.degrees(np.arctan2(view[1], view[0])) for view in views]
    return float(abs((angles[0] - angles[1] + 180) % 360 - 180))


def crossings(talk: Talk) -> np.ndarray:
    """(cameras, cameras) whether a cut crosses the line between the two people, so that they seem to change seats.

    The line runs through the first two people. A camera within 10 degrees of it stands on it, and may go between.
    """
    number = len(talk.cameras)
    if talk.places is None or len(talk.people) < 2:
        return np.zeros((number, number), bool)
    first, second = np.array(talk.places[0]), np.array(talk.places[1])
    along = (second - first) / max(np.linalg.norm(second - first), 1e-9)
    sides = np.zeros(number)
    for i, camera in enumerate(talk.cameras):
        if camera.place is not None:
            view = np.array(camera.place) - (first + second) / 2
            across = along[0] * view[1] - along[1] * view[0]
            sides[i] = np.sign(across) if abs(across) > np.sin(np.radians(10)) * np.linalg.norm(view) else 0
    return np.multiply.outer(sides, sides) < 0


# --- the edit ---------------------------------------------------------------------------------------------------------


def recommend(talk: Talk, shortest: float = 1.5, longest: float = 8.0) -> list[Edit]:
    """The edit that shows most of what goes on, with cuts that hold: who speaks, strong reactions, everybody now and then.

    shortest: seconds below which no shot is cut. longest: seconds from which a shot begins to cost.
    The edit is as long as the talk, without a gap; frames are those of each camera. Jump cuts and crossings of the line
    are made only where nothing else is left. Raises HallyuError for lengths that are none.

    For each moment and camera the best edit is known that ends a shot there: the best over all lengths that this shot
    can have, of the best edit up to its beginning, what it shows, and what the cut to it costs. The way back from the
    end gives the edit (a segmental Viterbi search).
    """
    if not 0 < shortest <= longest:
        raise HallyuError(
            f"The shortest shot lasts {shortest:g} s and the longest {longest:g} s; the first is the shorter."
        )
    hop = max(1, round(talk.rate / 12))  # cuts fall on every twelfth of a second, on a frame
    shown = np.add.reduceat(worth(talk), np.arange(0, len(talk.speaking), hop), axis=0) / talk.rate
    steps, number = shown.shape
    seconds = hop / talk.rate
    everybody = [set(camera.shows) == set(talk.people) for camera in talk.cameras]
    shown[: round(_OPENING_LASTS / seconds), everybody] += _OPENING * seconds
    least = min(steps, max(1, int(np.ceil(shortest / seconds - 1e-9))))
    most = min(steps, int(np.ceil(4 * longest / seconds)))
    lengths = np.arange(least, most + 1)
    over = np.maximum(lengths * seconds - longest, 0)
    cost = _LATE * over * (1 + over / longest)
    total = np.concatenate([np.zeros((1, number)), np.cumsum(shown, axis=0)])
    change = _CUT + _JUMP * jumps(talk) + _CROSSING * crossings(talk)
    np.fill_diagonal(change, _STAY)

    # The best edit whose shot on each camera ends here, and the best before a shot on each that begins here.
    ends, begins = np.full((2, steps + 1, number), -np.inf)
    begins[0] = 0
    length_of = np.zeros((steps + 1, number), int)
    camera_before = np.zeros((steps + 1, number), int)
    for now in range(least, steps + 1):
        fits = lengths[lengths <= now]
        edits = begins[now - fits] + total[now] - total[now - fits] - cost[: len(fits), None]
        best = edits.argmax(axis=0)
        ends[now], length_of[now] = edits[best, np.arange(number)], fits[best]
        ways = ends[now][:, None] - change
        camera_before[now] = ways.argmax(axis=0)
        begins[now] = ways.max(axis=0)

    shots = []
    now, camera = steps, int(ends[steps].argmax())
    while now > 0:
        begin = now - int(length_of[now, camera])
        shots.append((camera, begin * hop, min(now * hop, len(talk.speaking))))
        now, camera = begin, int(camera_before[begin, camera])
    joined = _joined(shots[::-1])
    return [_edit(talk, *shot) for shot in joined]


def _joined(shots: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Shots of one camera after itself made one."""
    made: list[tuple[int, int, int]] = []
    for camera, begin, end in shots:
        if made and made[-1][0] == camera:
            made[-1] = (camera, made[-1][1], end)
        else:
            made.append((camera, begin, end))
    return made


def _edit(talk: Talk, number: int, begin: int, end: int) -> Edit:
    camera = talk.cameras[number]
    return Edit(camera.name, begin + camera.offset, end + camera.offset, _why(talk, camera, begin, end))


def _why(talk: Talk, camera: Camera, begin: int, end: int) -> str:
    who = [talk.people.index(name) for name in camera.shows]
    speaks, reacts = (np.asarray(of)[begin:end].mean(axis=0) for of in (talk.speaking, talk.reacting))
    if len(who) > 1 and begin == 0:
        return "everybody, to open"
    if len(who) > 1:
        both = (np.asarray(talk.speaking)[begin:end] > 0.5).sum(axis=1)
        if (both > 1).mean() > 0.3:
            return "several speak at once"
        if reacts.max() > 0.2 and speaks.max() > 0.3:
            return f"{talk.people[speaks.argmax()]} speaks and {talk.people[reacts.argmax()]} reacts"
        return "everybody, for a rest" if speaks.max() > 0.3 else "nobody speaks"
    name = camera.shows[0]
    if speaks[who[0]] < 0.3 and reacts[who[0]] > 0.2:
        return f"{name} reacts"
    return f"{name} speaks" if speaks[who[0]] >= 0.3 else f"{name} listens"


# --- judging an edit --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What an edit shows of a talk. speech, reactions: shares of their time that are in the picture.

    close: share of speech seen in a shot of the speaker alone. Lengths are seconds.
    """

    speech: float
    close: float
    reactions: float
    shots: int
    shortest: float
    longest: float
    jump_cuts: int
    crossings: int

    def problems(self, shortest: float = 1.5, longest: float = 12.0) -> list[str]:
        """One sentence for each thing that an editor would change."""
        found = []
        if self.speech < 0.8:
            found.append(f"Who speaks is seen for {self.speech:.0%} of the time; follow the conversation.")
        if self.close < 0.3:
            found.append(
                f"Who speaks is seen alone for {self.close:.0%} of the time; use the single cameras."
            )
        if self.shortest < shortest - 0.05:
            found.append(
                f"The shortest shot lasts {self.shortest:.1f} s; below {shortest:g} s nobody can read it."
            )
        if self.longest > longest:
            found.append(f"The longest shot lasts {self.longest:.1f} s; cut to a reaction or to everybody.")
        if self.jump_cuts:
            found.append(f"{self.jump_cuts} cuts jump between two shots alike; go through another size.")
        if self.crossings:
            found.append(
                f"{self.crossings} cuts cross the line, so people change sides; go through a shot on the line."
            )
        return found


def judge(talk: Talk, edits: Sequence[Edit]) -> Report:
    """Measure any edit of a talk, ours or an editor's.

    Raises HallyuError for a camera that is not in the talk, and for an edit that has a gap, is out of sync or longer
    than the talk.
    """
    number = {camera.name: i for i, camera in enumerate(talk.cameras)}
    at, shown = 0, []
    for edit in edits:
        if edit.source not in number:
            raise HallyuError(
                f"The edit uses {edit.source!r}, which is no camera of this talk ({', '.join(number)})."
            )
        begin = edit.source_in - talk.cameras[number[edit.source]].offset
        if begin != at or edit.frames <= 0:
            raise HallyuError(
                f"The shot on {edit.source} begins at frame {begin} of the talk and should begin at {at}; "
                "an edit of a talk runs on in sync."
            )
        at += edit.frames
        shown.append(number[edit.source])
    if at > len(talk.speaking) or not edits:
        raise HallyuError(
            f"The edit is {at} frames long and the talk {len(talk.speaking)}; give one of its length."
        )
    camera = np.repeat(shown, [edit.frames for edit in edits])
    seen = np.array([[person in c.shows for person in talk.people] for c in talk.cameras])[camera]
    alone = np.array([len(c.shows) == 1 for c in talk.cameras])[camera][:, None]
    speaking, reacting = (np.asarray(of, float)[:at] for of in (talk.speaking, talk.reacting))
    jumping, crossing = jumps(talk), crossings(talk)
    lengths = np.array([edit.frames for edit in edits]) / talk.rate
    return Report(
        _share(speaking, seen), _share(speaking, seen & alone), _share(reacting, seen), len(edits),
        float(lengths.min()), float(lengths.max()),
        sum(int(jumping[a, b]) for a, b in pairwise(shown)), sum(int(crossing[a, b]) for a, b in pairwise(shown)),
    )  # fmt: skip


def _share(does: np.ndarray, seen: np.ndarray) -> float:
    return float((does * seen).sum() / does.sum()) if does.sum() else 1.0


# --- who speaks, who reacts -------------------------------------------------------------------------------------------


def speaking(microphones: np.ndarray, rate: int, frame_rate: float) -> np.ndarray:
    """(frames, people) 0 or 1: who speaks in each frame, from everybody's own microphone (samples, people).

    Somebody speaks when their microphone is well above its own quiet and hardly below the loudest: a neighbour's voice
    reaches it too, only softer. Pauses shorter than a third of a second belong to the sentence.
    """
    from scipy import ndimage

    samples = np.asarray(microphones)
    if samples.ndim != 2 or len(samples) < rate / frame_rate:
        raise HallyuError(
            f"Microphones of shape {samples.shape} are not (samples, people) of a frame or more."
        )
    frames = int(len(samples) * frame_rate / rate)
    edges = (np.arange(frames + 1) * rate / frame_rate).astype(int)
    power = np.stack([(samples[a:b].astype(np.float64) ** 2).mean(axis=0) for a, b in pairwise(edges)])
    level = 10 * np.log10(ndimage.uniform_filter1d(power, max(1, round(frame_rate * 0.12)), axis=0) + 1e-12)
    quiet, loud = np.percentile(level, [10, 95], axis=0)
    above = level > quiet + np.minimum(12, np.maximum(6, (loud - quiet) / 2))
    near = level > level.max(axis=1, keepdims=True) - 6
    spoken = above & near & (level > -60)
    bridge = np.ones((max(1, round(frame_rate / 3)), 1), bool)
    closed = ndimage.binary_closing(np.pad(spoken, ((len(bridge), len(bridge)), (0, 0))), bridge)
    return ndimage.binary_opening(closed[len(bridge) : -len(bridge)], np.ones((3, 1), bool)).astype(
        np.float32
    )


def reactions(expressions: np.ndarray, speaks: np.ndarray, frame_rate: float) -> np.ndarray:
    """(frames, people) 0..1: how strongly who does not speak reacts.

    expressions: (frames, people, k) any measures of the face, such as the openness of eyes and mouth, the height of
    brows and mouth corners, the head's yaw and pitch; each is set against its own usual change.
    A reaction is a change within half a second that is far beyond what the face usually does; it is held for a second.
    """
    from scipy import ndimage

    values = np.asarray(expressions, np.float64)
    if values.ndim != 3 or values.shape[:2] != np.shape(speaks):
        raise HallyuError(
            f"Expressions of shape {values.shape} do not fit who speaks, {np.shape(speaks)}; give (frames, people, k)."
        )
    values = ndimage.gaussian_filter1d(values, frame_rate / 12, axis=0, mode="nearest")
    back = max(1, round(frame_rate / 2))
    change = np.abs(
        values - np.concatenate([np.repeat(values[:1], back, axis=0), values[:-back]])[: len(values)]
    )
    # Lips that close after the last word are no reaction: what a face does counts when it has come to rest from speaking.
    after = back + max(1, round(frame_rate / 4))
    talks = ndimage.maximum_filter1d(
        np.asarray(speaks, float), after + 1, axis=0, origin=after // 2, mode="nearest"
    )
    quiet = np.where(talks[..., None] < 0.5, change, np.nan)
    quiet[:, np.isnan(quiet).all(axis=(0, 2))] = 0
    usual = np.nanmedian(quiet, axis=0) + 0.1 * np.nanmax(quiet, axis=0) + 1e-9
    strength = np.clip((change / usual).max(axis=2) / 8 - 0.25, 0, 1) * (1 - talks)
    hold = max(1, round(frame_rate))
    held = ndimage.maximum_filter1d(strength, hold, axis=0, origin=(hold - 1) // 2)
    return held.astype(np.float32)
