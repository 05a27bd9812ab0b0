"""The figures of a change: each against a case whose answer is known, and against the cheat that it is there for."""

from datetime import date

import cv2
import numpy as np
import pytest
from covers import face, portrait

from hallyu.errors import HallyuError
from hallyu.film import face_metrics, faces
from hallyu.film.ageing import Aged
from hallyu.film.face_metrics import EXACT, beside, detail_kept, outside, psnr, report, warp_error
from hallyu.film.retouch import retouch
from hallyu.provenance.consent import PUBLIC_FACES, permit

STUDY = permit(PUBLIC_FACES["astronaut"], "retouch", "study", date(2026, 11, 21))


def test_psnr_of_a_known_error():
    black = np.zeros((4, 5, 3), np.float32)
    assert psnr(black, black) == EXACT
    assert psnr(black, black + 0.01) == pytest.approx(40, abs=1e-4)
    where = np.zeros((4, 5), bool)
    where[0] = True
    changed = black.copy()
    changed[1:] = 0.5
    assert psnr(black, changed, where) == EXACT
    with pytest.raises(HallyuError, match="compare frames of one size"):
        psnr(black, black[:3])


def test_one_pixel_outside_the_mask_is_seen():
    mask = np.zeros(portrait().shape[:2], np.float32)
    mask[100:200, 180:280] = 1
    changed = portrait().copy()
    changed[150, 200] = 0
    assert outside(portrait(), Aged(changed, mask)) == EXACT
    changed[300, 300] += 0.2
    assert 50 < outside(portrait(), Aged(changed, mask)) < 80


def test_detail_of_the_same_frame_is_all_there_and_a_blur_takes_it():
    softer = [portrait(), *(cv2.GaussianBlur(portrait(), (0, 0), sigma) for sigma in (0.7, 1.5, 3))]
    kept = [detail_kept(portrait(), frame, face()) for frame in softer]
    assert kept[0] == pytest.approx(1)
    assert kept == sorted(kept, reverse=True) and kept[2] < 0.5


def test_beside_the_truth():
    true = np.ascontiguousarray(portrait() * np.float32([0.9, 1, 1]))
    half = (portrait() + true) / 2
    found = beside(portrait(), half, true)
    assert found.gained == pytest.approx(0.5, abs=0.01) and found.error_untouched == pytest.approx(
        2 * found.error, rel=0.01
    )
    assert found.likeness > 0.95 and abs(found.age_made - found.age_true) < 3
    assert beside(portrait(), portrait(), true).gained == 0
    with pytest.raises(HallyuError, match="The made frame shows no face"):
        beside(portrait(), np.zeros_like(true), true)


# Flicker


def texture(width: int = 160, height: int = 120) -> np.ndarray:
    noise = np.random.default_rng(0).random((height, width + 60, 3)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), 2) * 3 - 1


def pan(step: int) -> tuple[np.ndarray, np.ndarray]:
    """Two frames of a pan by *step* pixels."""
    world = texture()
    return np.ascontiguousarray(world[:, :160]), np.ascontiguousarray(world[:, step : step + 160])


def test_a_steady_pan_hardly_flickers_and_a_pulse_flickers_by_its_height():
    one, other = pan(3)
    assert warp_error(one, other, (one, other)) < 16
    assert warp_error(one, other, (one, other + 0.05)) == pytest.approx(50, abs=5)


def test_a_frozen_result_is_no_steady_one():
    one, other = pan(6)
    assert warp_error(one, other, (one, one)) > 5 * warp_error(one, other, (one, other))


def test_what_is_uncovered_does_not_count():
    one, other = texture()[:, :160].copy(), texture()[:, :160].copy()
    block = np.float32(cv2.GaussianBlur(np.random.default_rng(9).random((40, 40, 3)), (0, 0), 2) * 3 - 1)
    one[40:80, 30:70], other[40:80, 42:82] = block, block
    assert warp_error(one, other, (one, other)) < 45


# A whole shot


def frames(count: int):
    for i in range(count):
        matrix = np.array([[1, 0, 2.0 * i], [0, 1, 0.0]])
        yield cv2.warpAffine(
            portrait(), matrix, (512, 300), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )


def test_a_report_of_an_honest_retouch():
    followed = faces.follow(frames(3), smooth=3)
    found = report((frame, retouch(frame, at, STUDY, 0.8)) for frame, at in followed)
    assert found.frames == 3
    assert found.likeness > 0.95 and found.detail > 0.95 and found.outside == EXACT
    assert found.flicker < 1.5 * found.flicker_before + 3
    assert abs(found.years) < 6


def test_cheats_show():
    def cheat(change):
        pairs = (
            (frame, Aged(change(frame, i), np.ones(frame.shape[:2], np.float32)))
            for i, frame in enumerate(frames(3))
        )
        return report(pairs)

    blurred = cheat(lambda frame, i: cv2.GaussianBlur(frame, (0, 0), 2.0))
    assert blurred.detail < 0.5
    frozen = cheat(lambda frame, i: next(frames(1)))
    assert frozen.flicker > 3 * frozen.flicker_before
    pulsing = cheat(lambda frame, i: frame * (1 + 0.1 * (i % 2)))
    assert pulsing.flicker > 3 * pulsing.flicker_before


def test_a_shot_without_a_face_and_frames_of_two_sizes_are_refused():
    grey = np.full((60, 80, 3), 0.5, np.float32)
    with pytest.raises(HallyuError, match="No frame of this shot shows a face"):
        report([(grey, Aged(grey, grey[..., 0]))])
    with pytest.raises(HallyuError, match="compare one shot"):
        report([(grey, Aged(grey[:30], grey[:30, :, 0]))])


def test_only_two_frames_are_held():
    import weakref

    alive: list[weakref.ref] = []

    def pairs():
        for frame in frames(4):
            alive.append(weakref.ref(frame))
            yield frame, Aged(frame.copy(), np.ones(frame.shape[:2], np.float32))
            del frame
            assert sum(ref() is not None for ref in alive) <= 3

    assert report(pairs(), every=4).frames == 4
    assert face_metrics.EXACT == 99.0
