import re

import pytest

from hallyu import timecode
from hallyu.errors import HallyuError
from hallyu.film import checks_turnover as check
from hallyu.film import names


def to_timecode(frame, minute=1798, ten=17982, mark=";"):
    tens, rest = divmod(frame, ten)
    number = frame + 18 * tens + (2 * ((rest - 2) // minute) if rest >= 2 else 0)
    return f"{number // 108_000:02}:{number // 1800 % 60:02}:{number // 30 % 60:02}{mark}{number % 30:02}"


def to_frame(text, tenths=True):
    hours, minutes, seconds, frames = (int(part) for part in text.replace(";", ":").split(":"))
    passed = 60 * hours + minutes
    return (60 * passed + seconds) * 30 + frames - 2 * (passed - (passed // 10 if tenths else 0))


NAME = r"[a-z][a-z0-9]*_[0-9]{3}_[0-9]{4}_[a-z][a-z0-9]*_v[0-9]{3}\.[0-9]{4}\.exr"


def lost(before, after, effects=True, tolerance=1e-3):
    found = []
    for place, clip in before.items():
        other = after.get(place)
        if other is None:
            found.append((place, "clip"))
            continue
        found += [(place, "name")] * (clip.name != other.name)
        found += [(place, "speed")] * (abs(clip.speed - other.speed) > tolerance)
        found += (
            [(place, "effect") for effect in clip.effects if effect not in other.effects] if effects else []
        )
        kept = [marker.name for marker in other.markers]
        found += [(place, "marker") for marker in clip.markers if marker.name not in kept]
    return found


def test_right_answers():
    assert check.drop_frame(to_timecode, to_frame)
    assert check.is_legal(lambda name: re.fullmatch(NAME, name) is not None)
    assert check.lost(lost)


def test_the_cases_are_the_librarys():
    for frame in check.DROP_FRAMES:
        assert timecode.parse(timecode.text(frame, check.NTSC), check.NTSC) == frame
    for name, fault in check.NAMES.items():
        try:
            code = names.parse(name)
            legal = bool(code.task and code.version is not None and code.frame is not None)
        except HallyuError:
            legal = False
        legal = legal and not names.problems(name) and name.endswith(".exr")
        assert legal == (fault == ""), name


def non_drop(frame):
    return f"{frame // 108_000:02}:{frame // 1800 % 60:02}:{frame // 30 % 60:02};{frame % 30:02}"


def every_minute(frame):
    """Forgets that the tenth minutes keep their numbers."""
    number = frame + (2 * ((frame - 2) // 1798) if frame >= 2 else 0)
    return f"{number // 108_000:02}:{number // 1800 % 60:02}:{number // 30 % 60:02};{number % 30:02}"


@pytest.mark.parametrize(("forward", "back", "says"), [
    (lambda frame: None, lambda text: None, "to_timecode returns nothing yet"),
    (to_timecode, lambda text: None, "to_frame returns nothing yet"),
    (non_drop, to_frame, "begins with ;02"),
    (every_minute, to_frame, "keep all their numbers|begins with ;02"),
    (lambda frame: to_timecode(frame, mark=":"), to_frame, "a semicolon before the frames"),
    (lambda frame: to_timecode(frame).replace("0", "", 1), to_frame, "two digits each"),
    (lambda frame: to_timecode(frame + 1), to_frame, "nothing is left out"),
    (lambda frame: frame, to_frame, "is a text"),
    (lambda frame: timecode.text(frame, 30, drop=False), to_frame, "a semicolon"),
    (to_timecode, lambda text: to_frame(text, tenths=False), "numbers were left out before it"),
    (to_timecode, lambda text: to_frame(text) + 1, "names frame 0"),
    (to_timecode, lambda text: str(to_frame(text)), "names frame 0"),
    (lambda frame: {0: "00:00:00;00", 1800: "00:01:00;02"}[frame], to_frame, "stopped with KeyError"),
])  # fmt: skip
def test_wrong_timecode(forward, back, says):
    verdict = check.drop_frame(forward, back)
    assert not verdict and any(part in verdict.message for part in says.split("|")), verdict


@pytest.mark.parametrize(("answer", "says"), [
    (lambda name: None, "returns nothing yet"),
    (lambda name: True, "lets it through"),
    (lambda name: False, "is legal, and yours refuses it"),
    (lambda name: not names.problems(name), "low lines, not hyphens|says no|digit"),
    (lambda name: re.match(NAME, name) is not None, ".part|line's end"),
    (lambda name: re.fullmatch(NAME.replace("[0-9]", r"\d"), name) is not None, "full-width"),
    (lambda name: re.match(NAME + "$", name) is not None, "line's end"),
    (lambda name: re.fullmatch(NAME, name, re.IGNORECASE) is not None, "capitals"),
    (lambda name: re.fullmatch(NAME.replace(r"\.", "."), name) is not None, "low line, stands before|an x stands"),
    (lambda name: re.fullmatch(NAME.replace("{3}", "+"), name) is not None, "two digits|one digit"),
    (lambda name: re.fullmatch(NAME.replace("[a-z][a-z0-9]*_v", "comp_v"), name) is not None, "roto2"),
    (lambda name: re.search(NAME, name) is not None, ".part|before the show|digit|line's end"),
    (lambda name: re.fullmatch(NAME, name).string, "stopped with AttributeError"),
])  # fmt: skip
def test_wrong_names(answer, says):
    verdict = check.is_legal(answer)
    assert not verdict and any(part in verdict.message for part in says.split("|")), verdict


@pytest.mark.parametrize(("answer", "says"), [
    (lambda before, after: None, "returns nothing yet"),
    (lambda before, after: [], "was lost"),
    (lambda before, after: lost(before, after, effects=False), "the effect was lost"),
    (lambda before, after: list(dict.fromkeys(lost(before, after))), "counts by itself"),
    (lambda before, after: lost(before, after, tolerance=0), "less than 0.001"),
    (lambda before, after: lost(before, after) + [(p, "clip") for p in after if p not in before], "nothing lost"),
    (
        lambda before, after: lost(before, after)
        + [(p, "marker") for p, c in before.items() if p in after for m in c.markers
           if m not in after[p].markers and m.name in [n.name for n in after[p].markers]],
        "when their names are",
    ),
    (
        lambda before, after: [pair for pair in lost(before, after) if pair[1] != "effect"]
        + [(p, "effect") for p, c in before.items() if p in after for e in c.effects if c.effects != after[p].effects],
        "still among the others",
    ),
    (lambda before, after: lost(dict(enumerate(before.values())), dict(enumerate(after.values()))), "was lost|not lost"),
    (lambda before, after: [(p, k) for p, k in lost(before, after) if k != "clip"], "the clip was lost"),
    (lambda before, after: [kind for _, kind in lost(before, after)], "was lost"),
    (lambda before, after: [(0, after[0].name)], "stopped with KeyError|was lost|not lost"),
])  # fmt: skip
def test_wrong_losses(answer, says):
    verdict = check.lost(answer)
    assert not verdict and any(part in verdict.message for part in says.split("|")), verdict
