"""Backgrounds: what a compositor and a letterer rely on, and what would look wrong in print."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import skia
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.webtoon import backgrounds
from hallyu.webtoon.backgrounds import night_city, room, snow_forest, street
from hallyu.webtoon.backgrounds.stage import LAYERS, Layer, colour, mix
from hallyu.webtoon.panel import flatten
from hallyu.webtoon.vocabulary import PLACES

SCENES = ("room", "street", "snow forest", "night city")
PATTERNS = ("speed lines", "halftone", "sparkle", "gloom")


def luma(image: np.ndarray) -> np.ndarray:
    return image[..., :3] @ np.array([0.2126, 0.7152, 0.0722])


def sharpness(image: np.ndarray) -> float:
    return float(np.abs(np.diff(luma(image), axis=0)).mean())


@pytest.mark.parametrize("place", PLACES)
def test_every_time_and_framing_is_drawn_without_holes(place):
    pictures = {}
    for time, framing in itertools.product(backgrounds.TIMES, backgrounds.FRAMINGS):
        sheets = backgrounds.layers(place, 96, 120, time=time, framing=framing)
        assert tuple(sheets) == LAYERS == ("far", "middle", "near", "weather")
        assert all(sheet.shape == (120, 96, 4) and sheet.dtype == np.uint8 for sheet in sheets.values())
        assert (sheets["far"][..., 3] == 255).all(), "the farthest layer must cover the panel"
        pictures[time, framing] = flatten(sheets)
        assert pictures[time, framing].std() > 3
    day, night = (luma(pictures[time, "wide"]).mean() for time in ("day", "night"))
    assert night < day - 15


@pytest.mark.parametrize("place", PLACES)
def test_layers_composite_to_the_drawing(place):
    for framing in ("wide", "behind"):
        options = {"width": 160, "height": 200, "seed": 3, "time": "dusk", "framing": framing}
        whole = backgrounds.draw(place, **options)
        error = np.abs(flatten(backgrounds.layers(place, **options)).astype(int) - whole)
        assert error.mean() < 1.0 and error.max() <= 8


@pytest.mark.parametrize("place", PLACES)
def test_a_seed_draws_one_picture_and_another_seed_another(place):
    first = backgrounds.draw(place, 120, 150, seed=5)
    np.random.seed(1)  # a caller's global state must not matter
    assert np.array_equal(first, backgrounds.draw(place, 120, 150, seed=5))
    assert np.abs(first.astype(int) - backgrounds.draw(place, 120, 150, seed=6)).mean() > 0.3


@pytest.mark.parametrize("place", PLACES)
def test_a_larger_panel_is_the_same_picture(place):
    small = backgrounds.draw(place, 150, 180, seed=2).astype(float)
    large = backgrounds.draw(place, 450, 540, seed=2).astype(float)
    shrunk = large.reshape(180, 3, 150, 3, 3).mean((1, 3))
    assert np.abs(shrunk - small).mean() < 5


@pytest.mark.parametrize("place", SCENES)
def test_the_middle_stays_open_for_characters(place):
    near = backgrounds.layers(place, 200, 250)["near"][..., 3]
    assert (near[60:210, 50:150] == 0).mean() > 0.97


@settings(max_examples=8, deadline=None)
@given(
    st.sampled_from(SCENES),
    st.integers(500, 1600),
    st.sampled_from(backgrounds.FRAMINGS),
    st.integers(0, 9999),
)
def test_any_strip_height_works(place, height, framing, seed):
    image = backgrounds.draw(place, 200, height // 4, seed=seed, framing=framing)
    assert image.shape == (height // 4, 200, 3)
    rows = image.reshape(len(image), -1).astype(float)
    assert rows.std(1).mean() > 2, "a place must fill its panel, not stretch a flat colour"


@pytest.mark.parametrize("place", SCENES)
def test_behind_a_bust_the_place_is_soft_and_pale(place):
    wide = backgrounds.draw(place, 400, 500)
    behind = backgrounds.draw(place, 400, 500, framing="behind")
    assert sharpness(behind) < 0.6 * sharpness(wide)
    saturation = [float((image.max(-1).astype(int) - image.min(-1)).mean()) for image in (wide, behind)]
    assert saturation[1] < saturation[0] + 3


def test_the_light_comes_from_the_side_that_is_asked_for():
    right = luma(backgrounds.draw("snow forest", 200, 250, time="dusk", light="right")).mean(0)
    left = luma(backgrounds.draw("snow forest", 200, 250, time="dusk", light="left")).mean(0)
    assert right[100:].sum() > right[:100].sum() and left[:100].sum() > left[100:].sum()


def test_a_low_camera_sees_less_ground_than_a_high_one():
    def horizon(framing):
        stage = backgrounds.Stage(200, 250, 0, "day", framing, "right", backgrounds.FONT)
        return stage.camera().horizon / stage.aspect

    assert horizon("high") < horizon("wide") < horizon("low")


def test_options_change_what_they_name():
    for place, option in (
        ("snow forest", "footprints"),
        ("snow forest", "landmark"),
        ("street", "snow"),
        ("room", "snow"),
        ("night city", "snow"),
    ):
        on, off = (
            backgrounds.draw(place, 160, 200, **{option: value}).astype(int) for value in (True, False)
        )
        assert np.abs(on - off).mean() > 0.05, (place, option)


def test_speed_lines_leave_their_focus_open():
    image = luma(backgrounds.draw("speed lines", 400, 500, focus=(0.3, 0.6)))
    middle, corner = image[270:330, 90:150], image[:80, 320:]
    assert middle.std() < 3 < corner.std()


def test_every_sign_is_in_the_font_and_reads_as_hangul():
    face = skia.Typeface.MakeFromFile(str(backgrounds.FONT))
    for words in (*street.SHOPS, *street.UPSTAIRS, "붕어빵", "편의점 24"):
        assert 0 not in face.unicharsToGlyphs([ord(c) for c in words]), f"{words} would print as tofu"


def test_a_mirrored_sign_still_reads_from_left_to_right():
    face = skia.Typeface.MakeFromFile(str(backgrounds.FONT))

    def sign(mirror: bool, on_board: bool) -> np.ndarray:
        layer = Layer(200, 100, mirror)
        if on_board:
            layer.text_on(
                "빵집", [(0.1, 0.05), (0.9, 0.05), (0.9, 0.45), (0.1, 0.45)], 2.0, colour("#000000"), face
            )
        else:
            layer.text("빵집", 0.5, 0.25, 0.3, colour("#000000"), face)
        return layer.surface.makeImageSnapshot().toarray()[..., 3].astype(int)

    for on_board in (False, True):
        plain, mirrored = sign(False, on_board), sign(True, on_board)
        assert plain.any()
        assert np.abs(plain - mirrored).mean() < 0.1 * np.abs(plain - plain[:, ::-1]).mean()


def test_mistakes_are_answered_in_words():
    with pytest.raises(HallyuError, match=r"snow forest.*night city"):
        backgrounds.draw("beach")
    for wrong in (
        {"time": "noon"},
        {"framing": "close-up"},
        {"light": "top"},
        {"font": "no.ttf"},
        {"width": 4},
        {"rain": True},
    ):
        with pytest.raises(HallyuError):
            backgrounds.layers("street", **wrong)
    with pytest.raises(HallyuError, match="standing, walking"):
        backgrounds.distant_figure(np.zeros((50, 50, 4), np.uint8), 25, 45, 30, pose="flying")


@pytest.mark.parametrize(
    "pose,facing", itertools.product(("standing", "walking"), ("left", "right", "away", "front"))
)
def test_a_distant_figure_stands_where_it_is_put(pose, facing):
    empty = np.zeros((300, 200, 4), np.uint8)
    drawn = backgrounds.distant_figure(empty, 100, 280, 200, "#c03030", pose=pose, facing=facing)
    assert not empty.any(), "the layer that was given stays as it was"
    solid = np.argwhere(drawn[..., 3] > 250)
    assert abs(solid[:, 0].min() - 80) < 6 and abs(solid[:, 0].max() - 281) < 5
    assert abs(solid[:, 1].mean() - 100) < 12
    coat = drawn[180, 100].astype(int)
    assert coat[0] > 1.5 * coat[1]


def test_figures_that_face_each_other_mirror():
    empty = np.zeros((200, 201, 4), np.uint8)
    left, right = (
        backgrounds.distant_figure(empty, 100.5, 180, 150, facing=side) for side in ("left", "right")
    )
    assert np.abs(left.astype(int) - right[:, ::-1]).mean() < 0.5


def test_a_figure_keeps_the_layer_below_it():
    layer = backgrounds.layers("snow forest", 160, 200, landmark=True)["middle"]
    drawn = backgrounds.distant_figure(layer, 80, 160, 24)
    assert np.array_equal(drawn[:100], layer[:100])
    assert (drawn[..., 3] >= layer[..., 3].astype(int) - 1).all()


def test_palettes_name_every_time():
    for module in (snow_forest, room, street, night_city):
        assert tuple(module.PALETTES) == backgrounds.TIMES


def test_mix_is_exact_at_both_ends():
    a, b = colour("#123456"), colour("#fedcba", 0.5)
    assert mix(a, b, 0) == a and mix(a, b, 1) == b


def test_the_default_font_is_there():
    assert Path(backgrounds.FONT).is_file()
