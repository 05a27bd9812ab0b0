import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.music import face, film, lipsync, visemes
from hallyu.music.film import Caption, Shot
from hallyu.music.score import Phone

SIZE = (320, 180)
PHONES = [Phone(symbol, n * 0.4, (n + 1) * 0.4, n) for n, symbol in enumerate("amamamamam")]


@pytest.fixture(scope="module")
def curves():
    return visemes.animate(PHONES, 4.0)


def test_in_the_middle_a_film_of_one_shot_is_the_singers_own(curves):
    stage = face.Stage(SIZE)
    (picture,) = film.frames(curves, SIZE, span=range(60, 61))
    assert (picture == stage.draw(face.poses(curves)[60], 2.0)).all()


def test_it_comes_from_black_and_goes_to_black(curves):
    pictures = list(film.frames(curves, SIZE))
    assert len(pictures) == 120
    light = [picture.mean() for picture in pictures]
    assert light[0] < 5 and light[-1] < 5 and min(light[30:70]) > 40


def test_shots_dissolve_into_each_other(curves):
    shots = (Shot(0, "snow forest", empty=True), Shot(2.0, "night city"))
    before, middle, after = film.frames(curves, SIZE, shots, span=[59, 67, 76])
    away = lambda a, b: np.abs(a.astype(int) - b).mean()
    assert away(before, after) > 15
    assert away(before, middle) < away(before, after) and away(middle, after) < away(before, after)
    assert not lipsync.mouth_opening([before], face.mouth_box(SIZE)).any()
    assert lipsync.mouth_opening([after], face.mouth_box(SIZE)).any()


def test_the_nearest_camera_keeps_the_mouth_where_it_is_measured(curves):
    plain = lipsync.mouth_opening(film.frames(curves, SIZE), face.mouth_box(SIZE))[25:70]
    near = (Shot(0, near=film.NEAREST, nearer=film.NEAREST),)
    closer = lipsync.mouth_opening(film.frames(curves, SIZE, near), face.mouth_box(SIZE))[25:70]
    wide = plain > plain.max() / 2
    assert np.median(closer[wide] / plain[wide]) == pytest.approx(film.NEAREST**2, rel=0.15)  # of few pixels


def test_words_come_go_and_are_read_on_white(curves):
    caption = Caption(1.0, 3.0, "첫눈이 내리는 숲에", "In the forest")
    bare, shown, gone = (
        list(film.frames(curves, SIZE, captions=words, span=[60, 100]))
        for words in ((), (caption,), (caption,))
    )
    assert (bare[1] == gone[1]).all()
    changed = (bare[0] != shown[0]).any(2)
    rows = np.flatnonzero(changed.any(1))
    assert rows.min() > 0.75 * SIZE[1] and rows.max() < SIZE[1]
    top, letters = film.lettered(caption, SIZE)
    white = film.laid_over(np.full((*SIZE[::-1], 3), 255, np.uint8), (top, letters), 1.0)[
        top : top + len(letters)
    ]
    assert white.min() < 90, "white letters on a white scarf need a dark edge"
    title = film.lettered(Caption(0, 1, "첫눈", "First Snow", True), SIZE)
    assert len(title[1]) > len(letters) and title[0] < top


@pytest.mark.parametrize(("shots", "says"), [
    ((), "in order of time"),
    ((Shot(1.0),), "in order of time"),
    ((Shot(0.0), Shot(2.0), Shot(2.0)), "in order of time"),
    ((Shot(0.0, near=0.9),), "zoom goes from 1"),
    ((Shot(0.0, nearer=2.0),), "zoom goes from 1"),
])  # fmt: skip
def test_a_film_that_cannot_be_cut(curves, shots, says):
    with pytest.raises(HallyuError, match=says):
        next(film.frames(curves, SIZE, shots))
