"""What the tests of ott-subtitles are made of: the word that opens the truth, and a delivery that loses no point."""

import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import nbformat

from hallyu.grading import sealed
from hallyu.ott import credit, first_snow, guide, subtitle_files
from hallyu.ott.first_snow import Truth
from hallyu.ott.fix import fix
from hallyu.ott.timedtext import Cue, Track

NAME = "ott-subtitles"
SOURCE = Path(__file__).resolve().parents[2] / "grading" / "source" / NAME
RATE = 24
ABOUT = "자막 김나래. 음성은 AI로 만들었습니다."


@cache
def word() -> str:
    """The word that opens the truth, as the hidden tests have it."""
    cells = nbformat.read(SOURCE / f"{NAME}.ipynb", 4).cells
    (one,) = {m for c in cells for m in re.findall(r'artefacts_ott\.\w+, "delivery", "([^"]+)"', c.source)}
    return one


@cache
def truth() -> Truth:
    """What is seen and heard in the scene."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "truth.json"
        path.write_bytes(sealed.files(NAME, word())["truth.json"])
        return first_snow.truth(path)


def spoken(text: Callable[[first_snow.Line], str], rules: guide.Guide, kind: str = "subtitles") -> Track:
    """The lines, each a cue that begins with the voice and ends four frames after it, repaired by the guide."""
    cues = tuple(
        Cue(round(line.start * RATE) / RATE, (round(line.stop * RATE) + 4) / RATE, text(line)) for line in truth().lines
    )
    return fix(Track(cues, rules.language, kind, about=ABOUT), rules, truth().cuts).track


def labelled(line: first_snow.Line) -> str:
    """A line for those who do not hear: who says it, where one does not see it."""
    return line.text if line.seen else f"[{line.speaker}]\n{line.text}"


def with_sounds(track: Track) -> Track:
    """*track* with a label for each sound."""
    sounds = truth().sounds
    labels = [
        Cue(round(each.start * RATE) / RATE, round(min(each.stop, each.start + 1.8) * RATE) / RATE, f"[{each.korean}]")
        for each in sounds
    ]
    return replace(track, cues=(*track.cues, *labels))


def narrative(sign: first_snow.Sign) -> Cue:
    """A sign's translation, while it is seen."""
    start = round(sign.start * RATE) / RATE
    return Cue(start, start + 2.0, sign.english, forced=True)


@cache
def tracks() -> dict[str, Track]:
    """A right track for each file."""
    end, signs = truth().seconds, tuple(narrative(sign) for sign in truth().signs)
    korean = credit.add(spoken(lambda line: line.text, guide.KOREAN), "자막: 김나래\n음성을 AI로 만든 영상", end)
    sdh = with_sounds(spoken(labelled, guide.KOREAN, "sdh"))
    sdh = credit.add(sdh, "자막: 김나래\n음성을 AI로 만든 영상", end)
    english = spoken(lambda line: line.english, guide.ENGLISH)
    english = replace(english, cues=(*english.cues, *signs))
    english = credit.add(english, "Subtitles: Narae Kim\nThe voices were made with AI", end)
    forced = Track(signs, "en", "forced", about=ABOUT)
    made = {"ko": korean, "ko-sdh": sdh, "en": english, "en-forced": forced}
    return {
        name: fix(track, guide.GUIDES[track.language], truth().cuts).track for name, track in made.items()
    }


def write(folder: Path, **made: Track) -> Path:
    """Deliver tracks by the names of their files, ko_sdh for ko-sdh; both formats of each."""
    folder.mkdir(exist_ok=True, parents=True)
    for name, track in made.items():
        for ending in ("ttml", "vtt"):
            subtitle_files.write(folder / f"{name.replace('_', '-')}.{ending}", track)
    return folder


def deliver(folder: Path) -> Path:
    """A delivery that loses no point."""
    return write(folder, **tracks())
