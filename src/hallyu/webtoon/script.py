"""A webtoon script as a typed list of cuts."""

from dataclasses import dataclass, field

SHOTS = ("establishing", "full", "bust", "close-up")
LINE_KINDS = ("speech", "thought", "narration", "shout", "whisper")


@dataclass(frozen=True)
class Character:
    """A member of the cast; *look* is the prompt that describes how they are drawn."""

    name: str
    look: str
    names: dict[str, str] = field(default_factory=dict)
    """The name in other languages, by language code."""


@dataclass(frozen=True)
class Figure:
    """A character as they appear in one cut."""

    name: str
    expression: str = "neutral"
    view: str = "facing front"
    position: str = "center"
    """Where in the panel: left, center or right."""


@dataclass(frozen=True)
class Line:
    """Words in a cut. *speaker* is empty for narration; *id* is the key of the string table ("c03-2")."""

    id: str
    text: str
    speaker: str = ""
    kind: str = "speech"


@dataclass(frozen=True)
class Cut:
    """One panel of the episode."""

    number: int
    scene: int
    shot: str
    place: str
    beat: str = ""
    """What this cut does for the story, in a few words."""
    figures: tuple[Figure, ...] = ()
    lines: tuple[Line, ...] = ()
    effect: str = ""
    """Sound effect, drawn as lettering; its string-table key is "c03-fx"."""
    pause: str = "normal"
    """How long the reader rests after this cut: tight, normal, long or scene."""


@dataclass(frozen=True)
class Script:
    """Title, cast and cuts of an episode."""

    title: str
    cast: dict[str, Character]
    cuts: tuple[Cut, ...]
    language: str = "ko"
