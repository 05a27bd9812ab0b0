import numpy as np

from hallyu.ott import ladder_plots
from hallyu.ott.ladder import Point

CURVE = [Point(1e5, 40, 640, 360), Point(4e5, 80, 1280, 720), Point(2e6, 96, 1920, 1080)]


def share(picture, colour: str) -> float:
    wanted = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    return float((np.abs(np.asarray(picture.convert("RGB")).astype(int) - wanted).max(axis=2) < 6).mean())


def test_each_curve_has_its_colour_and_its_rungs_have_the_same():
    bare = ladder_plots.rates({"panel": CURVE})
    ringed = ladder_plots.rates({"panel": CURVE}, {"panel": CURVE[1:]})
    assert share(bare, ladder_plots.BLUE) > 0.002 and share(bare, ladder_plots.RED) == 0
    assert share(ringed, ladder_plots.BLUE) > share(bare, ladder_plots.BLUE) * 1.04
    assert share(ladder_plots.rates({"panel": CURVE}, {"fixed": CURVE}), ladder_plots.RED) > 0.0005


def test_the_order_of_the_points_does_not_matter():
    assert ladder_plots.rates({"a": CURVE}).tobytes() == ladder_plots.rates({"a": CURVE[::-1]}).tobytes()
