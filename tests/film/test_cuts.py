import functools
import weakref

import cv2
import numpy as np
import pytest

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import cuts
from hallyu.film.cuts import Transition
from hallyu.webtoon import backgrounds

PLACES = [
    ("snow forest", "day"), ("room", "night"), ("street", "dusk"),
    ("night city", "night"), ("room", "day"), ("snow forest", "dusk"),
]  # fmt: skip


@functools.cache
def plate(number):
    place, time = PLACES[number % len(PLACES)]
    return np.float32(backgrounds.draw(place, 360, 204, number, time)) / 255


def shot(number, count, move="pan", seed=0):
    """A camera over a painted place, with grain."""
    random = np.random.default_rng([number, seed])
    walk = random.normal(0, 0.7, (count, 2)).cumsum(0)
    for n in range(count):
        zoom = 1 + 0.006 * n if move == "zoom" else 1.0
        shift = {"pan": (2.0 * n, 0), "hand": walk[n]}.get(move, (0, 0))
        matrix = np.float32([[1 / zoom, 0, 40 + shift[0]], [0, 1 / zoom, 30 + shift[1]]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        picture = cv2.warpAffine(
            plate(number), matrix, (192, 108), flags=flags, borderMode=cv2.BORDER_REFLECT
        )
        yield np.clip(picture + random.normal(0, 0.012, picture.shape).astype(np.float32), 0, 1)


def hard(count=4, length=30, moves=("pan", "static", "zoom", "hand")):
    frames = [frame for n in range(count) for frame in shot(n, length, moves[n % len(moves)])]
    return frames, [Transition(n * length, n * length) for n in range(1, count)]


def dissolve(length, move="static"):
    one, two = list(shot(0, 60, move)), list(shot(1, 60, move))
    for n in range(length):
        share = (n + 1) / (length + 1)
        one[60 - length + n] = one[60 - length + n] * (1 - share) + two[n] * share
    return one + two[length:], Transition(60 - length, 60, "dissolve")


def test_hard_cuts_are_found_to_the_frame_whatever_the_camera_does():
    frames, true = hard(6)
    assert cuts.find(frames) == true


@pytest.mark.parametrize("move", ["static", "pan", "zoom", "hand"])
def test_one_shot_has_no_cut(move):
    assert cuts.find(shot(2, 60, move)) == []


@pytest.mark.parametrize("length", [8, 12, 20, 32, 44])
def test_a_dissolve_is_found_and_is_no_cut(length):
    frames, true = dissolve(length)
    (found,) = cuts.find(frames)
    assert found.kind == "dissolve" and abs(found.frame - true.frame) <= 6
    assert cuts.find(frames, dissolves=False) == []


def test_a_fade_through_black():
    one, two = list(shot(0, 50)), list(shot(1, 50))
    for n in range(12):
        one[38 + n] = one[38 + n] * (1 - (n + 1) / 12)
        two[n] = two[n] * (n / 12)
    (found,) = cuts.find(one + two)
    assert found.kind == "fade" and found.first < 44 and found.last > 56


@pytest.mark.parametrize("pair", [(0, 1), (1, 3), (3, 0), (4, 3)])
@pytest.mark.parametrize("length", [10, 14])
def test_a_step_of_a_fade_is_no_cut(pair, length):
    one, two = (list(shot(n, 50, "static")) for n in pair)
    for n in range(length):
        one[50 - length + n] = one[50 - length + n] * (1 - (n + 1) / length)
        two[n] = two[n] * (n / length)
    assert [found.kind for found in cuts.find(one + two)] in (
        ["fade"],
        ["dissolve"],
        ["dissolve", "dissolve"],
    )


def test_a_pan_over_a_blurred_place_is_no_dissolve():
    soft = [cv2.GaussianBlur(frame, (0, 0), 6) for frame in shot(1, 80, "pan")]
    assert cuts.find(soft) == []
    assert cuts.find([np.ascontiguousarray(frame[:, ::-1]) for frame in soft]) == []


@pytest.mark.parametrize("lasts", [1, 2, 3])
def test_a_flash_is_no_cut(lasts):
    frames = list(shot(0, 50, "hand"))
    for n in range(20, 20 + lasts):
        frames[n] = 0.25 * frames[n] + 0.75
    assert cuts.find(frames) == []


def test_a_slow_change_of_light_is_no_dissolve():
    assert cuts.find(frame * (1 - 0.012 * n) for n, frame in enumerate(shot(0, 60, "static"))) == []


def test_a_cut_to_the_same_place_closer():
    wide, close = list(shot(1, 30, "static")), list(shot(1, 30, "static"))
    close = [cv2.resize(frame[20:80, 60:167], (192, 108)) for frame in close]
    assert cuts.find(wide + close) == [Transition(30, 30)]


@pytest.mark.parametrize("cut", [3, 57])
def test_a_cut_near_either_end(cut):
    frames = [*shot(0, cut), *shot(1, 60 - cut)]
    assert cuts.find(frames) == [Transition(cut, cut)]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_frames(count):
    assert cuts.find(shot(0, count)) == []


def test_frames_pass_through_and_are_not_kept():
    alive = weakref.WeakSet()

    class Frame(np.ndarray):
        __hash__ = object.__hash__

    def frames():
        for frame in shot(0, 120):
            seen = frame.view(Frame)
            alive.add(seen)
            assert len(alive) <= 4
            yield seen
            del seen

    cuts.find(frames())


def test_a_matte_and_an_upright_film_make_no_difference():
    frames, true = hard(2)
    assert cuts.find(np.dstack([frame, frame[..., 0]]) for frame in frames) == true
    assert cuts.find(np.rot90(frame) for frame in frames) == true


def test_distances_are_0_to_themselves_and_at_most_1():
    one, two = (cuts.look(next(shot(n, 1))) for n in (0, 1))
    for measure in (cuts.colour_distance, cuts.edge_distance, cuts.distance):
        assert measure(one, one) == pytest.approx(0, abs=1e-6)
        assert 0.2 < measure(one, two) <= 1 and measure(one, two) == pytest.approx(measure(two, one))
    black, white = (cuts.look(np.full((36, 64, 3), level, np.float32)) for level in (0, 1))
    assert cuts.distance(black, white) == 1


def test_precision_recall_and_f1():
    true = [Transition(10, 10), Transition(50, 60, "dissolve"), Transition(90, 90)]
    found = [Transition(11, 11), Transition(12, 12), Transition(58, 70, "dissolve"), Transition(95, 95)]
    score = cuts.evaluate(found, true)
    assert (score.hits, score.found, score.true) == (2, 4, 3)
    assert (
        score.precision == 0.5 and score.recall == pytest.approx(2 / 3) and score.f1 == pytest.approx(4 / 7)
    )
    assert cuts.evaluate(found, true, tolerance=5).hits == 3
    assert cuts.evaluate(found, true, tolerance=0).hits == 1
    assert cuts.evaluate([], []).f1 == 1 and cuts.evaluate([], true).f1 == 0
    close = [Transition(10, 10), Transition(11, 11)]
    assert cuts.evaluate([Transition(10, 10)], close).hits == 1, "and is found once"
    twice = cuts.evaluate([Transition(10, 10), Transition(10, 10)], true[:1])
    assert (twice.hits, twice.precision) == (1, 0.5), "one cut counts once"


def test_beside_pyscenedetect(tmp_path):
    frames, true = hard(5)
    video.write(tmp_path / "film.mp4", frames, 24)
    ours, theirs = cuts.find(video.read(tmp_path / "film.mp4")), cuts.by_pyscenedetect(tmp_path / "film.mp4")
    assert cuts.evaluate(ours, true, 0).f1 == 1
    assert cuts.evaluate(theirs, true, 1).recall >= 0.75
    (tmp_path / "text.mp4").write_text("no film")
    with pytest.raises(HallyuError, match="cannot be opened by PySceneDetect"):
        cuts.by_pyscenedetect(tmp_path / "text.mp4")
