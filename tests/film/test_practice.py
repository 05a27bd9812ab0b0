"""The practice talk: two tapes in sync, made of the course's takes."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import practice, switcher

MEDIA = Path(__file__).parents[2] / "modules/film/media"


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("talk")
    return practice.two_cameras(MEDIA, folder), folder


@pytest.mark.parametrize("camera", practice.TAPES)
def test_a_take_runs_without_a_jump_and_the_quiet_frames_lie_within_it(camera):
    places = [practice.frame_of(camera, moment) for moment in range(practice.LENGTH)]
    lengths = {film: last for film, _, first, last in practice.TAPES[camera][1] if first == 0}
    assert all(0 <= number < lengths[film] for film, number in places)
    joins = sum(
        film != before or abs(number - last) > 1 for (before, last), (film, number) in pairwise(places)
    )
    assert joins == len(practice.TAPES[camera][1]) - 1


def test_both_tapes_are_whole_and_of_one_length(talk):
    _, folder = talk
    for camera in practice.TAPES:
        found = video.probe(folder / f"{camera}.mp4")
        assert (found.length, found.rate, found.width) == (practice.LENGTH, practice.RATE, practice.WIDTH)


def test_they_speak_in_turn_and_each_is_heard(talk):
    speaking = talk[0].speaking
    assert (speaking.sum(axis=1) <= 1).all() and (speaking.sum(axis=0) > practice.RATE).all()
    turns = [int(who) for who in speaking.argmax(axis=1)[speaking.any(axis=1)]]
    assert [turns[0], *(b for a, b in pairwise(turns) if a != b)] == [0, 1, 0]


def test_she_reacts_before_she_answers(talk):
    answer = int(np.flatnonzero(talk[0].speaking[:, 1])[0])
    assert talk[0].reacting[answer - 8 : answer, 1].max() > 0.2


def test_the_edit_shows_every_word(talk):
    report = switcher.judge(talk[0], switcher.recommend(talk[0]))
    assert report.speech > 0.95 and report.shots >= 3 and not report.problems()


def test_the_cameras_stand_where_the_shots_put_them(talk):
    a, b = talk[0].cameras
    assert np.hypot(*np.subtract(a.place, practice.PLACES["doyun"])) == pytest.approx(2.5, abs=0.05)
    assert np.hypot(*np.subtract(b.place, practice.PLACES["haneul"])) == pytest.approx(1.85, abs=0.05)
    assert not switcher.crossings(talk[0]).any()


def test_a_missing_take_is_said(tmp_path):
    with pytest.raises(HallyuError, match=r"mp4|record"):
        practice.two_cameras(tmp_path, tmp_path / "out")
