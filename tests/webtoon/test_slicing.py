from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.webtoon.slicing import (
    NamedBox,
    best_cuts,
    clusters,
    cut_through,
    cuttable,
    find_safe_rows,
    slice_image,
    slice_rows,
)


def cost(cuts, preferred):
    """What a list of cuts costs, written down independently of the slicer: (slices, cuts through art,
    unevenness).
    """
    heights = [b - a for a, b in pairwise(cuts)]
    return len(heights), sum(not preferred[c] for c in cuts[1:-1]), sum(h * h for h in heights)


def order(cost, first):
    slices, art, uneven = cost
    return (slices, art, uneven) if first == "slices" else (art, slices, uneven)


def brute_force(allowed, preferred, limit, first):
    """The least cost over every possible list of cuts, or None when there is none."""
    height = len(allowed) - 1
    inner = [row for row in range(1, height) if allowed[row]]
    lists = ([0, *some, height] for n in range(len(inner) + 1) for some in combinations(inner, n))
    fit = [c for c in lists if all(b - a <= limit for a, b in pairwise(c))]
    return min((order(cost(c, preferred), first) for c in fit), default=None)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_choice_of_cuts_is_better(data):
    height = data.draw(st.integers(1, 12))
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=height + 1, max_size=height + 1)))
    preferred = np.array(data.draw(st.lists(st.booleans(), min_size=height + 1, max_size=height + 1)))
    limit = data.draw(st.integers(1, height + 2))
    first = data.draw(st.sampled_from(["slices", "gutters"]))
    expected = brute_force(allowed, preferred, limit, first)
    if expected is None:
        with pytest.raises(HallyuError):
            best_cuts(allowed, preferred, limit, first)
        return
    cuts = best_cuts(allowed, preferred, limit, first)
    assert cuts[0] == 0 and cuts[-1] == height
    assert all(allowed[c] for c in cuts[1:-1])
    assert all(0 < b - a <= limit for a, b in pairwise(cuts))
    assert order(cost(cuts, preferred), first) == expected


boxes = st.builds(
    lambda kind, y, h: NamedBox(kind, "x", (0, y, 100, y + h)),
    st.sampled_from(["face", "balloon", "effect"]),
    st.integers(0, 5500),
    st.integers(1, 700),
)


@settings(max_examples=60, deadline=None)
@given(protected=st.lists(boxes, max_size=8))
def test_slices_cover_the_strip_and_cut_nothing_or_say_why(protected):
    try:
        rows = slice_rows(6200, 1280, protected)
    except HallyuError as error:
        assert max(max(i.box[3] for i in c) - c[0].box[1] for c in clusters(protected)) > 1280
        assert str(error).count(".") == 1
        return
    assert rows[0][0] == 0 and rows[-1][1] == 6200
    assert all(a[1] == b[0] for a, b in pairwise(rows))
    assert all(y1 - y0 <= 1280 for y0, y1 in rows)
    assert cut_through([y1 for _, y1 in rows], protected) == []


def test_equal_slices_cut_the_balloon_that_ours_keeps_whole():
    protected = [
        NamedBox("balloon", "c01-1", (100, 1200, 500, 1400)),
        NamedBox("face", "소년", (200, 2450, 600, 2750)),
    ]
    equal = range(1280, 6000, 1280)
    assert [item.name for _, item in cut_through(equal, protected)] == ["c01-1", "소년"]
    rows = slice_rows(6000, 1280, protected)
    assert cut_through([y1 for _, y1 in rows], protected) == []
    assert len(rows) == 5, "and it needs no more slices than equal cutting"


def test_cuts_go_to_gutters_when_that_costs_no_slice():
    gutters = [(1000, 1100), (2000, 2200), (3000, 3060)]
    rows = slice_rows(4000, 1280, [], gutters)
    assert len(rows) == 4
    assert all(any(a <= y1 <= b for a, b in gutters) for _, y1 in rows[:-1])


def test_a_gutter_never_costs_a_slice():
    assert len(slice_rows(2560, 1280, [], gutters=[(100, 120)])) == 2


def test_gutters_first_takes_a_slice_more_rather_than_cut_a_drawing():
    gutters = [(y, y + 100) for y in range(900, 9000, 1000)]
    few, clean = slice_rows(9000, 1280, [], gutters), slice_rows(9000, 1280, [], gutters, first="gutters")
    in_gutter = [any(a <= y1 <= b for a, b in gutters) for _, y1 in clean[:-1]]
    assert all(in_gutter) and len(few) < len(clean) == 9
    with pytest.raises(HallyuError, match='slices or gutters first, not "speed"'):
        slice_rows(9000, 1280, [], gutters, first="speed")


def test_a_long_episode_is_cut_within_the_number_type():
    """200,000 rows: the combined cost must not overflow."""
    rows = slice_rows(
        200_000, 1280, [NamedBox("face", "x", (0, y, 9, y + 500)) for y in range(0, 199_000, 900)]
    )
    assert rows[-1][1] == 200_000 and all(0 < b - a <= 1280 for a, b in rows)


def test_a_box_taller_than_a_slice_is_named():
    with pytest.raises(HallyuError, match="The effect c07-fx is 1,400 px tall and a slice may be 1,280 px"):
        slice_rows(3000, 1280, [NamedBox("effect", "c07-fx", (0, 500, 9, 1900))])


def test_a_chain_of_boxes_taller_than_a_slice_names_both_ends():
    chain = [NamedBox("balloon", f"c02-{i}", (0, 100 + 500 * i, 9, 700 + 500 * i)) for i in range(3)]
    with pytest.raises(HallyuError, match="From the balloon c02-0 to the balloon c02-2, 1,600 px"):
        slice_rows(3000, 1280, chain)


def test_a_cut_along_a_box_edge_is_allowed_and_one_row_further_is_not():
    item = NamedBox("face", "x", (0, 10, 9, 20))
    allowed = cuttable(30, [item])
    assert allowed[10] and allowed[20] and not allowed[11] and not allowed[19]
    assert cut_through([10, 20], [item]) == [] and len(cut_through([11, 19], [item])) == 2


def test_boxes_hanging_over_the_strip_ends_are_taken_as_they_are():
    allowed = cuttable(10, [NamedBox("effect", "x", (0, -5, 9, 3)), NamedBox("effect", "y", (0, 8, 9, 15))])
    assert allowed.tolist() == [False] * 3 + [True] * 6 + [False] * 2
    assert slice_rows(10, 6, [NamedBox("effect", "x", (0, -5, 9, 1))]) == [(0, 5), (5, 10)]


def test_pixels_alone_find_gutters_through_jpeg_noise():
    rng = np.random.default_rng(3)
    image = np.full((3000, 800, 3), 250, np.uint8)
    image += rng.integers(0, 5, image.shape, np.uint8)
    image[100:1200] = rng.integers(0, 255, (1100, 800, 3))
    image[1300:2400] = rng.integers(0, 255, (1100, 800, 3))
    image[1250, 400] = 0  # one full stop in the gutter
    safe = find_safe_rows(image)
    assert not safe[101:1200].any() and safe[1202:1250].all() and not safe[1250:1252].any()
    rows = slice_image(image, 1280)
    assert [y1 for _, y1 in rows[:-1]] == [y for _, y in rows[:-1] if safe[y]]
    with pytest.raises(HallyuError, match="no safe row to cut within 1,000 px"):
        slice_image(image, 1000)
