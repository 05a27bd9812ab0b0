"""The checks of lesson 01 tell right answers from those that a learner is likely to give first."""

import numpy as np
import pytest

from hallyu.film import checks_shots as check


def on_the_way(first, middle, last):
    way, passed = last - first, middle - first
    done = (passed * way).sum() / (way * way).sum()
    return done, np.linalg.norm(passed - done * way) / np.linalg.norm(way)


def by_brightness(first, middle, last):
    return (middle.mean() - first.mean()) / (last.mean() - first.mean()), 0.0


def by_lengths(first, middle, last):
    done = np.linalg.norm(middle - first) / np.linalg.norm(last - first)
    return done, np.linalg.norm(middle - first - done * (last - first)) / np.linalg.norm(last - first)


def without_a_root(first, middle, last):
    done, astray = on_the_way(first, middle, last)
    return done, astray**2


def not_relative(first, middle, last):
    done, astray = on_the_way(first, middle, last)
    return done, astray * np.linalg.norm(last - first)


def half_is_enough(first, middle, last):
    return 0.5, np.linalg.norm(middle - (first + last) / 2) / np.linalg.norm(last - first)


def test_a_projection_passes():
    assert check.on_the_way(on_the_way)
    assert check.on_the_way(lambda *pictures: np.array(on_the_way(*pictures)))


@pytest.mark.parametrize(
    "answer, said",
    [
        (lambda first, middle, last: None, "nothing"),
        (by_brightness, "strays sideways"),
        (by_lengths, "strays sideways"),
        (without_a_root, "root"),
        (not_relative, "length of the whole way"),
        (half_is_enough, "gone 25%"),
        (lambda first, middle, last: on_the_way(last, middle, first), "yours says 75%"),
        (lambda first, middle, last: on_the_way(first, middle, last)[0], "stopped"),
    ],
)
def test_what_is_no_projection_is_told(answer, said):
    verdict = check.on_the_way(answer)
    assert not verdict and said in verdict.message


def lead_room(box, yaw, width):
    if abs(yaw) < 15:
        return None
    eyes = (box[0] + box[2] / 2) / width
    return 1 - eyes if yaw > 0 else eyes


def test_the_room_before_the_eyes_passes():
    assert check.lead_room(lead_room)


@pytest.mark.parametrize(
    "answer, said",
    [
        (lambda box, yaw, width: None, "nothing"),
        (lambda box, yaw, width: 1 - (box[0] + box[2] / 2) / width, "behind the head"),
        (lambda box, yaw, width: lead_room(box, -yaw, width), "behind the head"),
        (lambda box, yaw, width: lead_room(box, yaw, width) or 0.5, "return None"),
        (lambda box, yaw, width: (room := lead_room(box, yaw, width)) and room * width, "at most 1"),
        (lambda box, yaw, width: lead_room((box[0], 0, 0, 0), yaw, width), "the room is"),
        (lambda box, yaw, width: lead_room(box, yaw, width) if abs(yaw) > 20 else None, "15 or more"),
        (lambda box, yaw, width: lead_room(box, yaw, 1920), "the room is"),
    ],
)
def test_what_is_not_the_room_is_told(answer, said):
    verdict = check.lead_room(answer)
    assert not verdict and said in verdict.message


def event(number, reel, first, last, place, rate, out=1, hour=1, digits=3, base=None):
    def timecode(frame):
        seconds, frames = divmod(frame, base or rate)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frames:02}"

    record = 3600 * rate * hour + place
    times = first, last + out, record, record + last + out - first
    return f"{number:0{digits}}  {reel:<8} V     C        " + " ".join(map(timecode, times))


def test_an_event_passes_however_it_is_spaced():
    assert check.event(event)
    assert check.event(lambda *given: " ".join(event(*given).split()) + "\n")


@pytest.mark.parametrize(
    "answer, said",
    [
        (lambda *given: None, "no line"),
        (lambda *given: event(*given, out=0), "after the last"),
        (lambda *given: event(*given, hour=0), "one hour"),
        (lambda *given: event(*given, digits=1), "number is 001"),
        (lambda *given: event(*given, base=24), "yours says"),
        (lambda *given: event(*given).replace(" V ", " "), "8 columns"),
        (lambda *given: event(*given).replace(":", "."), "two digits"),
        (lambda number, reel, first, last, place, rate: event(number, reel, first, last, first, rate), "record in"),
    ],
)  # fmt: skip
def test_what_is_no_event_is_told(answer, said):
    verdict = check.event(answer)
    assert not verdict and said in verdict.message


def test_an_answer_that_stops_is_told():
    for exercise in (check.on_the_way, check.lead_room, check.event):
        verdict = exercise(lambda *given: 1 / 0)
        assert not verdict and "ZeroDivisionError" in verdict.message
