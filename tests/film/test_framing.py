from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.film.framing import HEAD, SIZES, TYPICAL, Subject, assess, crop, guides, recommend, shot_size

HD, UHD, PHONE = (1920, 1080), (3840, 2160), (1080, 1920)


def person(heads, x=0.5, eyes=1 / 3, yaw=0.0, size=HD):
    """Somebody framed so that the frame is *heads* high, with the eyes at shares *x*, *eyes* of it."""
    face = size[1] / heads / HEAD
    return Subject((x * size[0] - 0.36 * face, eyes * size[1] - 0.38 * face, 0.72 * face, face), yaw)


@pytest.mark.parametrize(
    ("heads", "size"),
    # Heads that fit below one another in each shot of the textbooks: face, shoulders, chest, waist, knees, feet, far.
    [(1.0, "ECU"), (1.8, "CU"), (2.7, "MCU"), (3.8, "MS"), (5.8, "MLS"), (8.8, "LS"), (25, "ELS")],
)
def test_each_size_by_its_heads(heads, size):
    assert shot_size(person(heads), HD[1]) == size
    assert shot_size(person(heads, size=PHONE), PHONE[1]) == size


@settings(max_examples=50, deadline=None)
@given(st.floats(0.6, 40), st.floats(1, 1.5))
def test_going_closer_never_makes_a_shot_longer(heads, closer):
    order = list(SIZES)
    assert order.index(shot_size(person(heads / closer), 1080)) <= order.index(shot_size(person(heads), 1080))


def test_a_back_is_measured_by_its_body():
    standing = Subject(body=(800, 120, 300, 900))
    assert shot_size(standing, 1080) == "LS"
    shoulders = Subject(body=(600, 150, 700, 930))  # cut by the lower edge
    assert shot_size(shoulders, 1080) == "MCU"
    assert assess(standing, HD).score > 0.8


@pytest.mark.parametrize("heads", TYPICAL.values())
def test_a_textbook_frame_has_no_problems(heads):
    eyes = {1.1: 0.4, 1.8: 0.36, 2.8: 0.34, 3.9: 0.28, 5.8: 0.22, 9.0: 0.2}[heads]
    framing = assess(person(heads, eyes=eyes), HD)
    assert not framing.problems()
    assert framing.score > 0.8


@pytest.mark.parametrize(
    ("framed", "rule", "advice"),
    [
        (person(2.8, eyes=0.62), "headroom", "tilt down or go closer"),
        (person(2.8, eyes=0.08), "headroom", "tilt up or go wider"),
        (person(2.8, eyes=0.60), "eye line", "tilt down"),
        (person(2.8, x=0.85, yaw=35), "lead room", "pan right"),
        (person(2.8, x=0.15, yaw=-35), "lead room", "pan left"),
        (person(2.8, x=0.04, yaw=35), "lead room", "pan left"),
        (person(2.8, x=0.05), "lead room", "pan left"),
        (person(2.8, x=0.99), "edges", "go wider"),
        (person(5.9, eyes=0.16), "joints", "knees"),
    ],
)
def test_each_fault_is_named_with_what_to_do(framed, rule, advice):
    framing = assess(framed, HD)
    (note,) = [note for note in framing.notes if note.rule == rule]
    assert note.score < 0.6, note
    assert advice in note.text
    assert note.text in framing.problems()
    assert framing.score < 0.7


def test_who_looks_left_is_judged_as_who_looks_right():
    for x in (0.2, 0.4, 0.6, 0.8):
        right, left = assess(person(2.8, x, yaw=30), HD), assess(person(2.8, 1 - x, yaw=-30), HD)
        assert right.score == pytest.approx(left.score)


def test_room_to_look_into_matters_only_to_who_looks_away():
    assert assess(person(2.8, x=0.62), HD).score > 0.9
    assert assess(person(2.8, x=0.62, yaw=40), HD).score < 0.8
    assert assess(person(2.8, x=0.38, yaw=40), HD).score > 0.9


def test_a_two_shot_is_judged_by_its_middle():
    pair = [person(3.6, 0.33, 0.3, 25), person(3.8, 0.67, 0.31, -25)]
    assert assess(pair, HD).score > 0.9
    beside = [person(3.6, 0.55, 0.3, 25), person(3.8, 0.89, 0.31, -25)]
    assert any("pan right" in text for text in assess(beside, HD).problems())


@settings(max_examples=60, deadline=None)
@given(
    st.floats(300, 3500), st.floats(200, 1600), st.floats(40, 400), st.floats(-60, 60), st.sampled_from(list(TYPICAL)),
    st.sampled_from([HD, PHONE, (1080, 1080)]),
)  # fmt: skip
def test_a_crop_lies_in_the_frame_and_has_its_shape(x, y, face, yaw, shot, output):
    made = crop(Subject((x - face / 3, y, face * 0.7, face), yaw), UHD, shot, output)
    assert made.left >= 0 and made.top >= 0
    assert made.left + made.width <= UHD[0] and made.top + made.height <= UHD[1]
    assert made.width / made.height == pytest.approx(output[0] / output[1], rel=0.02)
    assert made.enlargement == pytest.approx(output[1] / made.height, abs=1e-3)


@pytest.mark.parametrize("shot", ["CU", "MCU", "MS"])
@pytest.mark.parametrize("yaw", [-35, 0, 35])
def test_with_room_around_a_crop_is_the_shot_that_was_asked_for(shot, yaw):
    made = crop(Subject((1850, 900, 140, 200), yaw), UHD, shot)
    assert made.framing.size == shot
    assert made.framing.score > 0.9, made.framing.problems()


def talk():
    return [Subject((900, 760, 220, 300), 25), Subject((2600, 780, 210, 290), -25)]


def test_a_wide_master_gives_a_talk_its_shots():
    offered = recommend(talk(), UHD)
    assert {made.people for made in offered} == {(0,), (1,), (0, 1)}
    assert any(made.people == (0,) and made.framing.size in ("CU", "MCU") for made in offered)
    assert [made.framing.score for made in offered] == sorted(
        (m.framing.score for m in offered), reverse=True
    )
    assert all(made.enlargement <= 2 for made in offered)
    for made in offered:
        for number, other in enumerate(talk()):
            left, _, width, _ = other.face
            if number not in made.people:
                assert left + width <= made.left or left >= made.left + made.width


def test_a_small_master_offers_nothing_that_would_be_soft():
    small = [
        Subject((person.face[0] / 4, person.face[1] / 4, person.face[2] / 4, person.face[3] / 4))
        for person in talk()
    ]
    assert not [made for made in recommend(small, (960, 540)) if made.framing.size in ("ECU", "CU")]


def test_of_a_face_as_the_detector_has_it():
    @dataclass
    class Found:
        box: tuple
        pose: tuple

    assert Subject.of(Found((1, 2, 3, 4), (20.0, 0, 0))) == Subject((1, 2, 3, 4), 20.0)


def test_nobody_cannot_be_framed():
    with pytest.raises(HallyuError, match="one person or more"):
        assess([], HD)
    with pytest.raises(HallyuError, match="width and a height"):
        Subject()
    with pytest.raises(HallyuError, match="width and a height"):
        Subject((0, 0, 0, 10))
    with pytest.raises(HallyuError, match="'XCU'"):
        crop(person(3), HD, "XCU")
    assert recommend([], HD) == []


def test_guides_are_drawn_where_the_people_are():
    frame = np.full((270, 480, 3), 0.3, np.float32)
    seen = guides(frame, person(2.8, 0.5, yaw=30, size=(480, 270)))
    assert np.array_equal(frame, np.full((270, 480, 3), 0.3, np.float32))
    marked = (seen[..., 0] > 0.8) & (seen[..., 2] < 0.3)
    assert marked[88:92, 238:243].any()  # the eyes
    assert marked[90, 242:].sum() > marked[90, :238].sum()  # and where they look
    assert (seen[:, 160] > 0.5).mean() > 0.9  # a third
    assert guides(frame, []).shape == frame.shape
