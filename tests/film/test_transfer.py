import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from hallyu.errors import HallyuError
from hallyu.film import colour, transfer

METHODS = [transfer.statistics, transfer.monge_kantorovich, transfer.sliced]


def heap(mean, spread, n=3000, seed=0):
    """Colours around *mean* (L*a*b*), as code values."""
    rng = np.random.default_rng(seed)
    lab = np.array(mean) + rng.normal(size=(n, 3)) @ np.array(spread)
    return colour.from_lab(lab)


WARM = heap([55, 8, 14], np.diag([9, 3, 4]))
COLD = heap([40, -2, -9], [[6, 1, 0], [0, 2, 2], [1, 0, 5]], seed=1)


def emd(one, other, n=400):
    """The exact earth mover's distance in L*a*b*, by assignment."""
    one, other = colour.to_lab(one[:n]), colour.to_lab(other[:n])
    cost = np.linalg.norm(one[:, None] - other[None], axis=2)
    return cost[linear_sum_assignment(cost)].mean()


@pytest.mark.parametrize("method", METHODS)
def test_the_colours_arrive(method):
    floor = emd(heap([40, -2, -9], [[6, 1, 0], [0, 2, 2], [1, 0, 5]], seed=5), COLD)
    assert emd(WARM, COLD) > 25
    assert emd(method(WARM, COLD)(WARM), COLD) < (2.5 if method is transfer.statistics else 1.5) * floor


@pytest.mark.parametrize("method", METHODS)
def test_to_itself_nothing_moves(method):
    moved = method(COLD, COLD)(COLD)
    assert np.abs(colour.to_lab(moved) - colour.to_lab(COLD)).max() < 0.05


@pytest.mark.parametrize("method", METHODS)
def test_a_move_takes_frames_and_nodes_alike(method):
    move = method(WARM, COLD)
    frame = WARM[:60].reshape(6, 10, 3)
    assert move(frame) == pytest.approx(move(WARM[:60]).reshape(6, 10, 3), abs=1e-6)
    assert move(frame).dtype == np.float32


@pytest.mark.parametrize("method", METHODS)
def test_a_shot_of_one_colour_does_not_explode(method):
    flat = np.full((50, 3), 0.4, np.float32)
    assert np.isfinite(method(flat, COLD)(flat)).all()
    assert np.abs(method(WARM, flat)(WARM) - 0.4).max() < 0.1  # a few outliers stay outside


def test_monge_kantorovich_has_the_targets_mean_and_covariance():
    moved = colour.to_lab(transfer.monge_kantorovich(WARM, COLD)(WARM))
    cold = colour.to_lab(COLD)
    assert moved.mean(0) == pytest.approx(cold.mean(0), abs=0.02)
    assert np.cov(moved.T) == pytest.approx(np.cov(cold.T), abs=0.05)


def test_monge_kantorovich_moves_less_than_any_other_map_with_that_covariance():
    """Turning the source before its covariance is matched arrives as well, and costs more."""
    warm = colour.to_lab(WARM).astype(float)
    best = np.linalg.norm(colour.to_lab(transfer.monge_kantorovich(WARM, COLD)(WARM)) - warm, axis=1)
    mean, covariance = warm.mean(0), np.cov(warm.T)
    cold = colour.to_lab(COLD).astype(float)
    for seed in range(5):
        turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
        matrix = np.linalg.cholesky(np.cov(cold.T)) @ turn @ np.linalg.inv(np.linalg.cholesky(covariance))
        other = (warm - mean) @ matrix.T + cold.mean(0)
        assert np.cov(other.T) == pytest.approx(np.cov(cold.T), abs=1e-6)
        assert (best**2).mean() < (np.linalg.norm(other - warm, axis=1) ** 2).mean()


def test_slices_go_the_short_way():
    """Between two such heaps the best transport is known: the linear map. Arriving by detours is no transport."""
    ways = [
        colour.to_lab(method(WARM, COLD)(WARM)) for method in (transfer.sliced, transfer.monge_kantorovich)
    ]
    assert np.linalg.norm(ways[0] - ways[1], axis=1).mean() < 1


def test_statistics_match_every_opponent_channel():
    """Reinhard et al., equations 10 and 11: mean and deviation in l alpha beta."""
    moved, wanted = (
        transfer._opponents(colours) for colours in (transfer.statistics(WARM, COLD)(WARM), COLD)
    )
    assert moved.mean(0) == pytest.approx(wanted.mean(0), abs=1e-3)
    assert moved.std(0) == pytest.approx(wanted.std(0), abs=1e-3)


def test_only_transport_turns_one_hue_and_leaves_another():
    """Half the picture keeps its colour, half goes from green to blue: no mean and no covariance tells them apart."""
    red, green, blue = ([50, 40, 20], [50, -30, 20], [50, 5, -35])
    small = np.diag([3, 3, 3])
    source = np.concatenate([heap(red, small, 1000, 1), heap(green, small, 1000, 2)])
    target = np.concatenate([heap(red, small, 1000, 3), heap(blue, small, 1000, 4)])
    left = {
        method.__name__: np.abs(colour.to_lab(method(source, target)(source[:1000])).mean(0) - red).max()
        for method in METHODS
    }
    assert left["sliced"] < 3 < left["statistics"]
    assert emd(transfer.sliced(source, target)(source)[::5], target[::5]) < 4


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 500))
def test_samples_are_the_frames_own(seed, count):
    frame = np.random.default_rng(seed).random((9, 11, 3), np.float32)
    drawn = transfer.sample(frame, count, seed=seed)
    assert len(drawn) == min(count, 99)
    own = {tuple(pixel) for pixel in frame.reshape(-1, 3)}
    assert {tuple(pixel) for pixel in drawn} <= own
    assert len({tuple(pixel) for pixel in drawn}) == len(drawn)  # none twice


def test_samples_of_a_shot_come_from_all_its_frames():
    frames = [np.full((10, 10, 3), value, np.float32) for value in (0.1, 0.5, 0.9)]
    values, counts = np.unique(transfer.sample(frames, 90)[:, 0], return_counts=True)
    assert values == pytest.approx([0.1, 0.5, 0.9])
    assert counts.tolist() == [30, 30, 30]


def test_a_mask_is_kept_to():
    frame = np.zeros((10, 10, 3), np.float32)
    frame[2:5, 3:6] = 1
    assert transfer.sample(frame, 100, mask=frame[..., 0] > 0).min() == 1
    with pytest.raises(HallyuError, match="covers no pixel"):
        transfer.sample(frame, 10, mask=np.zeros((10, 10), bool))
    with pytest.raises(HallyuError, match="one size"):
        transfer.sample(frame, 10, mask=np.zeros((5, 10), bool))
    with pytest.raises(HallyuError, match="no frames"):
        transfer.sample([])


def test_one_colour_is_no_heap():
    with pytest.raises(HallyuError, match="target colours"):
        transfer.sliced(WARM, np.zeros((1, 3)))


def test_what_is_blown_out_is_known_even_under_a_grade():
    colours = heap([55, 5, 5], np.diag([12, 4, 4]), 2000).clip(0.02, 0.95)
    sky = np.full((200, 3), [0.98, 0.95, 0.78], np.float32)  # white under a warm grade
    wall = np.full((200, 3), 0.5, np.float32)  # as even, and not clipped
    lost = transfer.clipped(np.concatenate([colours, sky, wall, np.zeros((10, 3), np.float32)]))
    assert lost[2000:2200].all() and lost[2400:].all()
    assert not lost[2200:2400].any()
    assert lost[:2000].mean() < 0.02
