import numpy as np

from hallyu.ott import guide, subtitle_plots
from hallyu.ott.timedtext import Cue, Track

GOOD, BAD = Cue(1.0, 3.0, "눈이 온다"), Cue(4.0, 4.2, "너무 짧은 자막이다")


def has(picture, colour: str) -> bool:
    wanted = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    return bool((np.abs(np.asarray(picture.convert("RGB")).astype(int) - wanted).max(axis=2) < 6).any())


def drawn(*cues, **about):
    track = Track(cues)
    return subtitle_plots.timeline({"자막": track}, findings={"자막": guide.check(track)}, **about)


def test_a_cue_has_the_colour_of_what_is_worst_about_it():
    assert has(drawn(GOOD), subtitle_plots.BLUE) and not has(drawn(GOOD), subtitle_plots.RED)
    assert has(drawn(BAD), subtitle_plots.RED) and not has(drawn(BAD), subtitle_plots.BLUE)


def test_only_what_lies_in_the_span_is_drawn():
    assert not has(drawn(GOOD, BAD, start=0.0, stop=3.5), subtitle_plots.RED)
    assert has(drawn(GOOD, BAD, start=3.5, stop=6.0), subtitle_plots.RED)


def test_voices_have_a_row_of_their_own():
    assert has(drawn(GOOD, speech=[(1.0, 2.8)]), subtitle_plots.SKY)
    assert not has(drawn(GOOD, speech=[(1.0, 2.8)], start=3.5, stop=6.0), subtitle_plots.SKY)


def test_an_empty_track_is_drawn_empty():
    assert drawn(cuts=[0.5]).width == 2 * subtitle_plots.plots.WIDTH
