from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.film import switcher
from hallyu.film.switcher import Camera, Edit, Talk, judge, recommend

RATE = 24
PEOPLE = ("하늘", "도윤")
PLACES = ((-1.0, 0.0), (1.0, 0.0))
WIDE = Camera("wide", PEOPLE, "MS", (0, -4))
A = Camera("A", ("하늘",), "MCU", (1.5, -2.5))
B = Camera("B", ("도윤",), "MCU", (-1.5, -2.5))


def talk(speech, seconds, reacts=(), cameras=(WIDE, A, B), rate=RATE):
    """speech, reacts: (person, from, to) in seconds."""
    speaking, reacting = np.zeros((2, round(seconds * rate), 2), np.float32)
    for array, parts in ((speaking, speech), (reacting, reacts)):
        for person, begin, end in parts:
            array[round(begin * rate) : round(end * rate), person] = 1
    return Talk(tuple(cameras), PEOPLE, speaking, reacting, rate, PLACES)


CONVERSATION = [
    (0, 0, 7),
    (1, 7.2, 9),
    (0, 9, 9.4),
    (1, 9.4, 24),
    (0, 24, 31),
    (1, 28, 31),
    (0, 34, 48),
    (1, 48, 60),
]


def on(edits, second):
    """The camera that is on at a time."""
    at = 0
    for edit in edits:
        at += edit.frames
        if second * RATE < at:
            return edit.source
    raise AssertionError


def test_it_opens_wide_follows_who_speaks_and_shows_a_reaction():
    made = talk(CONVERSATION, 60, reacts=[(0, 15, 17)])
    edits = recommend(made)
    assert edits[0].source == "wide"
    assert (
        on(edits, 12) == "B"
        and on(edits, 26) == "A"
        and on(edits, 37) == "A"
        and on(edits, 58) in ("B", "wide")
    )
    assert on(edits, 16) == "A"  # the reaction, though the other speaks
    assert on(edits, 29.5) == "wide"  # both speak
    assert on(edits, 9.2) == "B"  # a word between is not worth two cuts
    report = judge(made, edits)
    assert not report.problems()
    assert report.speech > 0.9 and report.reactions > 0.9
    assert any(edit.why == "하늘 reacts" for edit in edits)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 2**31), st.floats(2, 60), st.sampled_from([23.976, 24, 25, 29.97, 59.94]), st.floats(0.5, 3)
)  # fmt: skip
def test_every_edit_is_whole_in_sync_and_holds_its_shots(seed, seconds, rate, shortest):
    rng = np.random.default_rng(seed)
    frames = round(seconds * rate)
    changes = np.repeat(rng.random((frames // 20 + 1, 2)) > 0.5, 20, axis=0)[:frames].astype(np.float32)
    late = Camera("B", ("도윤",), "MCU", (-1.5, -2.5), offset=100)
    made = Talk((WIDE, A, late), PEOPLE, changes, changes[::-1] * (rng.random() > 0.5), rate, PLACES)
    edits = recommend(made, shortest)
    report = judge(made, edits)
    assert sum(edit.frames for edit in edits) == frames
    assert all(one.source != next_one.source for one, next_one in pairwise(edits))
    assert report.shortest >= min(shortest, seconds) - 2 / 12
    assert report.crossings == 0 and report.jump_cuts == 0


@pytest.mark.parametrize("seed", range(4))
def test_no_other_edit_is_worth_more(seed):
    """All edits of a short talk, each weighed anew: none beats the one that the search finds."""
    steps, hop = 9, 2
    speech = np.random.default_rng(seed).random((steps * hop, 2)).astype(np.float32)
    made = Talk((WIDE, A, B), PEOPLE, speech, 0 * speech, 24, PLACES)
    value = switcher.worth(made).reshape(steps, hop, 3).sum(axis=1) / 24
    value[:, 0] += switcher._OPENING * hop / 24  # the whole of it is an opening

    def weight(cameras):
        cuts = [i for i in range(1, steps) if cameras[i] != cameras[i - 1]]
        if np.diff([0, *cuts, steps]).min() < 2:
            return -np.inf
        return value[np.arange(steps), cameras].sum() - switcher._CUT * len(cuts)

    best = max(weight(cameras) for cameras in product(range(3), repeat=steps))
    edits = recommend(made, shortest=2 / 12, longest=10)
    names = [camera.name for camera in made.cameras]
    found = [names.index(edit.source) for edit in edits for _ in range(edit.frames // hop)]
    assert weight(tuple(found)) == pytest.approx(best, abs=1e-6)


def test_two_cameras_are_enough():
    """The variety talk of the lesson: one close on each."""
    made = talk([(0, 0, 10), (1, 10, 22), (0, 22, 30)], 30, cameras=(A, B))
    assert [edit.source for edit in recommend(made)] == ["A", "B", "A"]
    assert judge(made, recommend(made)).close == pytest.approx(1, abs=0.02)


def test_a_cut_between_twins_is_a_jump_and_is_not_made():
    twin = Camera("twin", ("하늘",), "MCU", (1.7, -2.4))
    made = talk([(0, 0, 30)], 30, cameras=(A, twin))
    assert len(recommend(made)) == 1
    jumping = [Edit("A", 0, 360), Edit("twin", 360, 720)]
    assert judge(made, jumping).jump_cuts == 1
    assert any("jump" in problem for problem in judge(made, jumping).problems())
    other_side = Camera("far", ("하늘",), "MCU", (-2.5, -2.0))  # more than 30 degrees round: a fair cut
    assert not switcher.jumps(talk([], 1, cameras=(A, other_side))).any()


def test_the_line_is_not_crossed():
    behind = Camera("behind", ("도윤",), "MCU", (-1.5, 2.5))
    made = talk([(0, 0, 10), (1, 10, 20)], 20, cameras=(WIDE, A, behind, B))
    assert "behind" not in {edit.source for edit in recommend(made)}
    across = [Edit("A", 0, 240), Edit("behind", 240, 480)]
    assert judge(made, across).crossings == 1
    assert any("line" in problem for problem in judge(made, across).problems())


def test_a_camera_on_the_line_may_go_between():
    along = Camera("along", PEOPLE, "LS", (6, 0.2))
    assert not switcher.crossings(talk([], 1, cameras=(A, along)))[0, 1]


def test_without_places_nobody_asks_for_the_line():
    made = Talk(
        (Camera("A", ("하늘",), "CU"), Camera("B", ("도윤",), "CU")), PEOPLE, *np.ones((2, 48, 2)), 24
    )
    assert not switcher.crossings(made).any() and not switcher.jumps(made).any()
    assert judge(made, recommend(made)).crossings == 0


def test_a_long_speech_is_broken_and_one_camera_never():
    made = talk([(0, 0, 40)], 40, cameras=(WIDE, A))
    assert judge(made, recommend(made)).longest < 15
    only = talk([(0, 0, 40)], 40, cameras=(A,))
    assert recommend(only) == [Edit("A", 0, 960, "하늘 speaks")]


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ([Edit("wide", 0, 1440)], "seen alone"),  # lazy: everybody all the time
        (
            [Edit("B", 0, 168), Edit("A", 168, 576), Edit("B", 576, 1440)],
            "follow the conversation",
        ),  # always the listener
        ([Edit("AB"[i % 2], i * 12, i * 12 + 12) for i in range(120)], "nobody can read it"),  # ping-pong
    ],
)
def test_cheap_edits_are_seen_through(edits, says):
    made = talk(CONVERSATION, 60)
    assert any(says in problem for problem in judge(made, edits).problems())


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ([Edit("C", 0, 48)], "no camera"),
        ([Edit("A", 0, 24), Edit("B", 30, 48)], "should begin at 24"),
        ([Edit("A", 0, 24), Edit("B", 24, 24)], "in sync"),
        ([Edit("A", 0, 2000)], "long"),
        ([], "long"),
    ],
)
def test_edits_that_are_none_are_told(edits, says):
    with pytest.raises(HallyuError, match=says):
        judge(talk(CONVERSATION, 60), edits)


def test_talks_that_do_not_fit_together_are_told():
    two = np.zeros((10, 2))
    with pytest.raises(HallyuError, match="'준호'"):
        Talk((Camera("C", ("준호",), "CU"),), PEOPLE, two, two, 24)
    with pytest.raises(HallyuError, match=r"\(frames, 2\)"):
        Talk((A,), PEOPLE, np.zeros((10, 3)), two, 24)
    with pytest.raises(HallyuError, match="another name"):
        Talk((A, A), PEOPLE, two, two, 24)
    with pytest.raises(HallyuError, match="'XL'"):
        Camera("C", PEOPLE, "XL")
    with pytest.raises(HallyuError, match="nobody"):
        Camera("C", (), "MS")
    with pytest.raises(HallyuError, match="1 places"):
        Talk((A,), PEOPLE, two, two, 24, ((0, 0),))
    with pytest.raises(HallyuError, match="the shorter"):
        recommend(talk([], 5), shortest=9, longest=3)


# --- who speaks, who reacts ------------------------------------------------------------------------------------------


def voices(parts, seconds, rate=8000, bleed=0.2, seed=0):
    """Two microphones: syllables of noise for each part, the neighbour's softer, and the room."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    own = np.zeros((len(time), 2))
    for person, begin, end in parts:
        on_air = (time >= begin) & (time < end)
        syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * time + person)
        own[:, person] += 0.2 * rng.normal(size=len(time)) * on_air * syllables
    return own + bleed * own[:, ::-1] + 0.002 * rng.normal(size=own.shape), rate


def test_who_speaks_is_heard_through_the_neighbours_microphone():
    parts = [(0, 1, 4), (1, 4.3, 6), (0, 7, 9), (1, 8, 10)]
    heard = switcher.speaking(*voices(parts, 12), RATE)
    assert heard.shape == (288, 2)
    truth = talk(parts, 12).speaking
    assert (heard == truth).mean() > 0.95
    assert not heard[: RATE // 2].any()


def test_silence_is_nobody_speaking():
    assert not switcher.speaking(np.zeros((48000, 2)), 8000, 24).any()
    with pytest.raises(HallyuError, match="Microphones"):
        switcher.speaking(np.zeros(8000), 8000, 24)


def test_a_sudden_change_of_the_face_is_a_reaction_and_speech_is_not():
    rng = np.random.default_rng(0)
    faces = 0.01 * rng.normal(size=(240, 2, 3)).cumsum(axis=0) * 0.2
    speaks = np.zeros((240, 2), np.float32)
    speaks[:, 1] = 1
    faces[:, 1] += 0.3 * np.sin(np.arange(240) / 2)[:, None]  # the speaker's face moves all the time
    faces[120:150, 0, 1] += 0.5  # the listener raises the brows
    found = switcher.reactions(faces, speaks, RATE)
    assert found[122:132, 0].min() > 0.5
    assert found[:100, 0].max() < 0.3 and found[200:, 0].max() < 0.3
    assert not found[:, 1].any()
    with pytest.raises(HallyuError, match="Expressions"):
        switcher.reactions(faces[..., 0], speaks, RATE)


def test_lips_that_close_after_the_last_word_are_no_reaction():
    speaks = np.zeros((240, 1), np.float32)
    speaks[40:100] = 1
    faces = np.zeros((240, 1, 1))
    faces[40:104, 0, 0] = np.abs(np.sin(np.arange(64) / 2))  # the mouth, and how it comes to rest
    assert not switcher.reactions(faces, speaks, RATE)[100:].any()
    faces[170:200, 0, 0] = 0.5  # a smile, smaller than what speaking does to the mouth
    assert switcher.reactions(faces, speaks, RATE)[172:182, 0].min() > 0.5


@pytest.mark.parametrize("suffix", [".otio", ".edl"])
def test_the_edit_goes_to_the_editor_and_comes_back_whole(tmp_path, suffix):
    from hallyu.film import timeline

    edits = recommend(talk(CONVERSATION, 60))
    cuts = [(edit.source, edit.source_in, edit.source_out) for edit in edits]
    written = timeline.assemble("talk", RATE, cuts)
    timeline.write(tmp_path / f"talk{suffix}", written)
    read = timeline.read(tmp_path / f"talk{suffix}", RATE)
    assert read.length == sum(edit.frames for edit in edits)
    assert [(item.first, item.last) for item in read.tracks[0].items] == [cut[1:] for cut in cuts]
