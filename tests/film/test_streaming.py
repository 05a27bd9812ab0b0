"""A shot's mattes are near the truth, steady, at the frame's own size, and take one frame's memory."""

import tracemalloc
from itertools import islice

import cv2
import numpy as np
import pytest
from portraits import forest, portrait

from hallyu.errors import HallyuError
from hallyu.film import closed_form, matte_metrics, streaming


def shot(count, height=180, width=240, sway=1.3, ground="screen", noise=0.012):
    """A swaying portrait with a camera's noise, and its true mattes."""
    random = np.random.default_rng(0)
    known = [portrait(0, height, width, ground, sway * i) for i in range(count)]
    frames = [p.frame + random.normal(0, noise, p.frame.shape).astype(np.float32) for p in known]
    return [np.clip(frame, 0, 1) for frame in frames], [p.matte for p in known]


@pytest.fixture(scope="module")
def astronaut():
    from pathlib import Path

    return cv2.imread(str(Path(__file__).parent / "astronaut.jpg"))[:, :, ::-1].astype(np.float32) / 255


def test_a_green_screen_shot_is_near_the_truth_and_as_steady_as_it():
    frames, truths = shot(5)
    found = matte_metrics.measure((matte for _, matte in streaming.mattes(frames, screen=True)), truths)
    assert found.mad < 4.5 and found.mse < 0.35 and found.dtssd < 2
    frozen = matte_metrics.measure([truths[0]] * 5, truths)
    assert found.dtssd < 0.3 * frozen.dtssd


def test_before_a_forest_flicker_is_less_than_frame_by_frame(monkeypatch):
    frames, truths = shot(4, ground="forest", noise=0.006, sway=0)
    random = np.random.default_rng(1)

    def coarse(frame):  # a segmenter that changes its mind from frame to frame
        small = cv2.resize(truths[0], (24, 18), interpolation=cv2.INTER_AREA)
        small = small + (small > 0.02) * random.normal(0, 0.2, small.shape)
        return np.clip(cv2.resize(small.astype(np.float32), (240, 180)), 0, 1)

    monkeypatch.setattr(streaming.segment, "segment", coarse)
    apart, steady = (
        matte_metrics.measure((m for _, m in streaming.mattes(frames, smoothing=amount)), truths)
        for amount in (0, streaming.SMOOTHING)
    )
    assert steady.dtssd < 0.7 * apart.dtssd and steady.mad < 1.2 * apart.mad


def test_grain_does_not_make_a_matte_boil():
    frames, truths = shot(5, sway=0)
    rng = np.random.default_rng(2)
    pushed = [np.clip(f + rng.normal(0, 0.03, f.shape), 0, 1).astype(np.float32) for f in frames]
    apart, steady = (
        matte_metrics.measure((m for _, m in streaming.mattes(pushed, screen=True, smoothing=amount)), truths)
        for amount in (0, streaming.SMOOTHING)
    )
    assert steady.dtssd < 0.75 * apart.dtssd and steady.mad < 1.02 * apart.mad


def test_grain_is_measured_and_edges_are_not():
    rng = np.random.default_rng(3)
    stripes = np.tile(np.repeat([0.2, 0.7], 8), 6)[None, :, None] * np.ones((64, 1, 3))
    for deviation in (0, 0.01, 0.04):
        frame = (stripes + rng.normal(0, deviation, stripes.shape)).astype(np.float32)
        assert abs(streaming._grain(frame) - deviation) < 0.08 * deviation + 1e-4


def test_another_thing_in_the_same_place_is_not_held_to_be_the_same():
    first, second = portrait(0, ground="screen"), portrait(3, ground="screen", sway=60)
    cut = [first.frame, second.frame]
    *_, (_, after) = streaming.mattes(cut, screen=True)
    alone = next(streaming.mattes([second.frame], screen=True))[1]
    assert np.abs(after - second.matte).mean() < 1.4 * np.abs(alone - second.matte).mean()


def test_a_large_frame_gets_a_matte_of_its_own_size_that_follows_its_hair():
    known = portrait(0, 480, 640, "screen")
    small = cv2.resize(known.frame, (320, 240), interpolation=cv2.INTER_AREA)
    half = cv2.resize(known.matte, (320, 240), interpolation=cv2.INTER_AREA)
    fine = streaming.enlarged(half, small, known.frame)
    blown = cv2.resize(half, (640, 480))
    assert fine.shape == (480, 640)
    assert matte_metrics.mad(fine, known.matte) < 0.35 * matte_metrics.mad(blown, known.matte)
    assert matte_metrics.grad(fine, known.matte) < 0.2 * matte_metrics.grad(blown, known.matte)


def test_real_hair_by_the_bundled_segmenter(astronaut):
    (_, matte), = streaming.mattes([astronaut])
    assert matte.shape == (256, 256) and matte[60:90, 105:125].min() > 0.97 and matte[:120, 200:].max() < 0.05


@pytest.mark.parametrize("size", [(181, 97), (90, 333)])
def test_odd_sizes_and_portrait(size):
    frame = cv2.resize(portrait(0, ground="screen").frame, size[::-1])
    ((same, matte),) = streaming.mattes([frame], screen=True, working=120)
    assert matte.shape == size and same.shape == (*size, 3) and 0.1 < matte.mean() < 0.9


def test_one_frame_is_held_however_long_the_shot_is():
    frame = portrait(0, ground="screen").frame

    def peak(count):
        tracemalloc.start()
        for _ in streaming.mattes((frame.copy() for _ in range(count)), screen=True):
            pass
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held

    peak(2)
    assert peak(6) < 1.1 * peak(3)


def test_it_starts_at_once_and_can_be_left():
    def endless():
        while True:
            yield portrait(0, ground="screen").frame

    assert len(list(islice(streaming.mattes(endless(), screen=True), 2))) == 2


def test_a_figure_that_leaves_leaves_an_empty_matte(astronaut):
    mattes = [matte for _, matte in streaming.mattes([astronaut, forest(256, 256)])]
    assert mattes[0].max() == 1 and mattes[1].max() < 0.05


def test_a_figure_that_covers_the_screen_is_all_figure():
    known = portrait(0, ground="screen")
    coat = np.full_like(known.frame, 0.3) + known.matte[..., None] * np.float32([0.3, 0, 0])
    mattes = [matte for _, matte in streaming.mattes([known.frame, coat, known.frame], screen=True)]
    assert mattes[1].min() > 0.9 and np.abs(mattes[2] - mattes[0]).mean() < 0.002


def test_a_frame_that_is_not_one_is_named():
    frame = portrait(0, ground="screen").frame
    broken = frame.copy()
    broken[3, 4] = np.nan
    with pytest.raises(HallyuError, match=r"Frame 2 of the shot: .* x = 4, y = 3"):
        list(streaming.mattes([frame, broken], screen=True))


def test_nobody_no_frames_and_a_change_of_size_are_said():
    with pytest.raises(HallyuError, match="Nobody was found in the 2 frames"):
        list(streaming.mattes([forest(90, 160)] * 2))
    with pytest.raises(HallyuError, match="no frames"):
        list(streaming.mattes([]))
    with pytest.raises(HallyuError, match="Frame 2 has 100x90"):
        list(streaming.mattes([portrait(0, ground="screen").frame, forest(90, 100)], screen=True))
    with pytest.raises(HallyuError, match="steadied"):
        list(streaming.mattes([], smoothing=-1))
    with pytest.raises(HallyuError, match="no green or blue screen"):
        list(streaming.mattes([forest(90, 160)], screen=True))


def test_cutouts_have_the_figures_colours_and_no_green():
    known = portrait(0, ground="screen")
    (rgba,) = streaming.cutouts([(known.frame, known.matte)], "green")
    mixed = (known.matte > 0.05) & (known.matte < 0.95)

    def error(colours):
        return np.abs(colours - known.figure)[mixed].mean()

    assert rgba.shape == (180, 240, 4) and np.array_equal(rgba[..., 3], known.matte)
    assert error(rgba[..., :3]) < 0.4 * error(known.frame)
    plain = closed_form.colours(known.frame, known.matte)[0]
    assert error(rgba[..., :3]) < 1.3 * error(plain)
    assert np.abs(rgba[..., :3] - known.figure)[known.matte == 1].max() < 0.05
