from dataclasses import dataclass, field

import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.webtoon.script import Cut, Line
from hallyu.webtoon.strip import BLACK, GUTTERS, MARGIN, SCREEN, pacing, stack


@dataclass
class Plain:
    """A lettered panel of one colour, as the strip sees it."""

    cut: Cut
    height: int = 600
    boxes: list = field(default_factory=list)
    pad_top: int = 0
    pad_bottom: int = 0
    width: int = 800

    def image(self):
        image = np.full((self.pad_top + self.height + self.pad_bottom, self.width, 3), 255, np.uint8)
        image[self.pad_top : self.pad_top + self.height] = (90, 120, 200)
        return image


def cut(number, pause="normal", *lines, scene=1):
    texts = tuple(Line(f"c{number:02}-{i}", text, "소년") for i, text in enumerate(lines, 1))
    return Cut(number, scene, "bust", "street", lines=texts, pause=pause)


@pytest.mark.parametrize("pause", GUTTERS)
def test_each_pause_has_its_length_from_art_to_art(pause):
    strip = stack([Plain(cut(1, pause)), Plain(cut(2))])
    first, second = strip.placements
    assert second.y0 - first.y1 == GUTTERS[pause]
    assert (strip.image[first.y1 : second.y0] == 255).all()
    assert (strip.image[first.y0 : first.y1] == (90, 120, 200)).all()
    assert first.y0 == strip.height - second.y1 == MARGIN


def test_longer_pauses_are_longer():
    assert GUTTERS["tight"] < GUTTERS["normal"] < GUTTERS["long"] < GUTTERS["scene"] < SCREEN


def test_a_balloon_in_the_gutter_does_not_lengthen_it_until_it_touches():
    over = [Plain(cut(1), pad_bottom=60), Plain(cut(2), pad_top=50)]
    first, second = stack(over).placements
    assert second.y0 - first.y1 == GUTTERS["normal"]
    crowded = [Plain(cut(1), pad_bottom=120), Plain(cut(2), pad_top=110)]
    first, second = stack(crowded).placements
    assert second.y0 - first.y1 == 230, "both balloons are whole, one below the other"


def test_boxes_move_with_their_panel():
    panels = [Plain(cut(1)), Plain(cut(2), pad_top=30, boxes=[("balloon", "c02-1", (100, 0, 300, 140))])]
    strip = stack(panels)
    (item,) = strip.protected
    assert item.kind == "balloon" and item.name == "c02-1"
    assert item.box == (100, strip.placements[1].y0 - 30, 300, strip.placements[1].y0 + 110)


def test_gutters_are_everything_but_art():
    strip = stack([Plain(cut(1)), Plain(cut(2, "tight")), Plain(cut(3))])
    covered = np.zeros(strip.height, int)
    for y0, y1 in strip.gutters:
        covered[y0:y1] += 1
    for place in strip.placements:
        covered[place.y0 : place.y1] += 1
    assert (covered == 1).all()


def test_a_scene_gutter_can_fade_out_and_in():
    strip = stack([Plain(cut(1, "scene")), Plain(cut(2))], scene_colour=BLACK)
    gutter = strip.image[strip.placements[0].y1 : strip.placements[1].y0, 0, 0].astype(int)
    assert gutter[0] == gutter[-1] == 255 and gutter[len(gutter) // 2] <= 2
    assert (np.diff(gutter[: len(gutter) // 2]) <= 0).all() and np.abs(np.diff(gutter)).max() <= 2


def test_pacing_counts_words_where_they_lie_and_finds_the_silence():
    panels = [
        Plain(cut(1, "scene", "첫눈이야"), boxes=[("balloon", "c01-1", (100, 50, 400, 150))]),
        Plain(cut(2, "scene"), height=1500, boxes=[("face", "소년", (100, 50, 400, 150))]),
        Plain(cut(3, "normal", "기다렸어?", "응"), boxes=[
            ("balloon", "c03-1", (100, 300, 400, 400)), ("balloon", "c03-2", (400, 450, 700, 550)),
        ]),
    ]  # fmt: skip
    strip = stack(panels)
    read = pacing(strip)
    assert sum(screen.characters for screen in read.screens) == 4 + 4.5 + 1
    assert read.seconds == pytest.approx(9.5 / 12 + 3 * 1.0)
    first, third = strip.placements[0], strip.placements[2]
    assert read.silence == (first.y0 + 150, third.y0 + 300)
    assert read.screens[0].cuts == (1,) and read.screens[0].characters == 4
    assert [s.y0 for s in read.screens] == list(range(0, strip.height, SCREEN))
    assert f"{(read.silence[1] - read.silence[0]) / SCREEN:.1f} screens" in str(read)


def test_an_episode_without_words_is_one_silence():
    strip = stack([Plain(cut(1)), Plain(cut(2))])
    assert pacing(strip).silence == (0, strip.height)


def test_what_cannot_be_stacked_is_said_in_words():
    with pytest.raises(HallyuError, match="There is no panel to stack"):
        stack([])
    with pytest.raises(HallyuError, match="Cut 2 is 801 px wide and the strip is 800"):
        stack([Plain(cut(1)), Plain(cut(2), width=801)])
    with pytest.raises(
        HallyuError, match='Cut 1 asks for the pause "forever"; the strip knows tight, normal'
    ):
        stack([Plain(cut(1, "forever")), Plain(cut(2))])
