import hashlib
import itertools
from dataclasses import replace

import numpy as np
import pytest

from hallyu.webtoon.drawing import GROUND, HAIR, draw, framing
from hallyu.webtoon.vocabulary import CAST, EXPRESSIONS, HAIR_COLOURS, OUTFITS, SHOTS, STYLES_OF, VIEWS, Look


def test_the_same_seed_draws_the_same_picture_and_another_seed_does_not():
    look = CAST["Haneul"]
    first, again, other = (draw(look, 96, seed).image for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_every_word_changes_the_picture():
    base = Look("girl", "short", "black", "brown", "coat", "red")
    words = {
        "person": ("boy", "grandmother"), "hair_style": STYLES_OF["girl"][1:], "hair_colour": list(HAIR_COLOURS)[1:],
        "eyes": ("blue", "green", "amber", "violet"), "outfit": list(OUTFITS)[1:], "outfit_colour": ("navy", "white"),
        "expression": list(EXPRESSIONS)[1:], "shot": ("close-up",), "view": ("facing left", "facing right"),
    }  # fmt: skip
    seen = {hashlib.sha256(draw(base, 160, jitter=0).image).hexdigest()}
    for field, values in words.items():
        for value in values:
            seen.add(hashlib.sha256(draw(replace(base, **{field: value}), 160, jitter=0).image).hexdigest())
    assert len(seen) == 1 + sum(len(values) for values in words.values())


@pytest.mark.parametrize(("person", "shot"), itertools.product(STYLES_OF, SHOTS))
def test_everything_the_vocabulary_allows_can_be_drawn_clear_of_the_upper_edge(person, shot):
    for style, view in itertools.product(STYLES_OF[person], VIEWS):
        look = Look(person, style, shot=shot, view=view)
        assert draw(look, 96, jitter=0).image[0, :, 3].max() == 0, look


def test_facing_left_mirrors_facing_right():
    right = draw(replace(CAST["Doyun"], view="facing right"), 128, jitter=0).image
    left = draw(replace(CAST["Doyun"], view="facing left"), 128, jitter=0).image
    assert np.abs(right[:, ::-1].astype(int) - left).mean() < 1


def test_the_face_box_holds_the_skin():
    look = replace(CAST["Haneul"], shot="close-up")
    drawing = draw(look, 160, jitter=0)
    skin = np.abs(drawing.image[..., :3].astype(int) - (255, 230, 214)).sum(-1) < 12
    rows, columns = np.nonzero(skin & (np.arange(160)[:, None] < 145))
    x0, y0, x1, y1 = drawing.face
    assert x0 <= columns.min() and columns.max() <= x1
    assert y0 <= rows.min() and abs(rows.max() - y1) < 20


def test_no_hair_colour_is_near_the_ground():
    for colour in HAIR.values():
        assert np.linalg.norm(np.subtract(colour, GROUND)) > 60


def test_the_edge_is_antialiased():
    alpha = draw(CAST["Sora"], 96).image[..., 3]
    assert 0.01 < ((alpha > 0) & (alpha < 255)).mean() < 0.2


def test_framing_leaves_a_bun_its_room():
    assert (
        framing(replace(CAST["Sunyeong"], shot="close-up"))[0]
        < framing(replace(CAST["Haneul"], shot="close-up"))[0]
    )
