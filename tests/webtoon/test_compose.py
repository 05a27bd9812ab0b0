from dataclasses import replace

import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.webtoon import judge
from hallyu.webtoon.compose import draw_episode, draw_panel, face_box, look_of, time_of_day
from hallyu.webtoon.panel import WIDTH
from hallyu.webtoon.script import Figure
from hallyu.webtoon.vocabulary import CAST, PLACES


def cut_of(script, number):
    return next(c for c in script.cuts if c.number == number)


def test_a_bust_has_background_figure_and_snow_on_layers_of_their_own(engine, first_snow):
    panel = draw_panel(first_snow, cut_of(first_snow, 8), engine, seed=1)
    assert list(panel.layers) == ["background", "도윤", "foreground"]
    assert {layer.shape for layer in panel.layers.values()} == {(panel.height, WIDTH, 4)}
    assert panel.layers["background"][..., 3].min() == 255
    assert 0.15 < (panel.layers["도윤"][..., 3] > 0).mean() < 0.8
    assert panel.record[0]["prompt"].startswith("Doyun, boy, brown tousled hair")


def test_the_judge_finds_each_figure_as_the_script_orders_it_and_its_face_in_the_box(engine, first_snow):
    for number in (2, 8, 13, 14):
        cut = cut_of(first_snow, number)
        panel = draw_panel(first_snow, cut, engine, seed=1)
        figure = cut.figures[0]
        square = judge.around(panel, figure.name)
        reading = judge.read([square])[0]
        assert len(reading.disagreements(look_of(first_snow, cut, figure))) <= 1, (number, reading.words)
        left, top, right, _ = panel.record[0]["square"]
        scale = (right - left) / square.shape[0]
        found = np.multiply(reading.face, scale) + np.array([left, top, left, top])
        assert np.abs(np.clip(found, 0, panel.height) - panel.faces[figure.name]).max() < 0.1 * (right - left)


def test_two_figures_stand_left_and_right_and_look_at_each_other(engine, first_snow):
    panel = draw_panel(first_snow, cut_of(first_snow, 9), engine, seed=1)
    left, right = panel.faces["하늘"], panel.faces["도윤"]
    assert left[2] < right[0]


def test_rerolling_a_cut_changes_it_and_nothing_else(engine, first_snow):
    short = replace(first_snow, cuts=first_snow.cuts[6:8])
    before = [p.art() for p in draw_episode(short, engine, seed=1, steps=2)]
    again = draw_panel(short, short.cuts[0], engine, seed=2, steps=2).art()
    same = draw_panel(short, short.cuts[1], engine, seed=1, steps=2).art()
    assert not np.array_equal(before[0], again)
    assert np.array_equal(before[1], same)


def test_no_face_box_leaves_the_panel_and_its_middle_follows_the_view():
    for view, side in (("facing left", -1), ("facing front", 0), ("facing right", 1)):
        box = face_box(replace(CAST["Haneul"], shot="close-up", view=view), (-50, 0, 850, 900), 900)
        assert 0 <= box[0] < box[2] <= WIDTH
        assert np.sign(round((box[0] + box[2]) / 2 - 400)) == side


@pytest.mark.parametrize("place", PLACES)
def test_every_place_makes_an_establishing_panel(engine, first_snow, place):
    cut = replace(
        cut_of(first_snow, 1), place=place, figures=(Figure("하늘", view="facing left", position="left"),)
    )
    panel = draw_panel(first_snow, cut, engine)
    assert panel.layers["background"][..., 3].min() == 255
    assert panel.record == [] and panel.layers["하늘"][..., 3].any()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"place": "moon"}, "moon"),
        ({"shot": "selfie"}, "selfie"),
        ({"figures": (Figure("누구"),)}, "누구"),
        ({"figures": (Figure("하늘", "smug"),)}, "smug"),
        ({"figures": (Figure("하늘", view="upside down"),)}, "upside down"),
        ({"figures": (Figure("하늘"),) * 3}, "3 figures"),
    ],
)
def test_what_cannot_be_drawn_is_said_with_the_cut(engine, first_snow, change, word):
    cut = replace(cut_of(first_snow, 8), **change)
    with pytest.raises(HallyuError, match=rf"Cut 8.*{word}"):
        draw_panel(first_snow, cut, engine)


def test_the_scenes_heading_sets_the_light(first_snow):
    for heading, light in (
        ("눈 숲, 아침", "day"),
        ("방, 저녁", "dusk"),
        ("the street at night", "night"),
        ("", "day"),
    ):
        script = replace(first_snow, scenes={1: heading})
        assert time_of_day(script, cut_of(script, 1)) == light
