"""Faces: the mesh against MediaPipe's own, what is seen of a face, and one face through a shot."""

import cv2
import numpy as np
import pytest
from covers import dark_glasses, face, hand, mask, portrait

from hallyu.errors import HallyuError
from hallyu.film import faces, regions
from hallyu.film.faces import detect, follow, look, one, require_open

# MediaPipe 0.10.14, FaceMesh(refine_landmarks=True), sixth run on the portrait as a video: x, y in pixels.
MEDIAPIPE = {1: (223.2, 131.6), 2: (223.1, 134.2), 4: (223.4, 127.1), 10: (226.5, 67.7), 33: (194.6, 100.5), 50: (189.7, 119.4),
             61: (201.8, 139.2), 105: (198.4, 86.6), 133: (213.2, 103.5), 152: (221.2, 178.2), 159: (202.5, 97.6),
             172: (185.1, 149.8), 234: (178.3, 109.4), 263: (255.5, 104.1), 280: (258.7, 123.6), 291: (245.5, 140.7),
             334: (253.8, 89.8), 362: (236.2, 104.6), 397: (260.6, 154.6), 454: (271.1, 115.3), 13: (223.3, 143.5),
             14: (222.8, 150.6), 468: (203.3, 100.9), 473: (246.8, 103.4), 145: (202.7, 104.2), 374: (246.4, 106.4)}  # fmt: skip


def test_the_mesh_is_mediapipes():
    ours = np.array([face().points[i, :2] for i in MEDIAPIPE])
    # Their coordinates count from a pixel's corner, ours from its middle.
    theirs = np.array(list(MEDIAPIPE.values())) - 0.5
    width = face().box[2]
    assert np.linalg.norm(ours - theirs, axis=1).mean() < 0.01 * width
    assert np.linalg.norm(ours - theirs, axis=1).max() < 0.02 * width


def test_one_face_is_found_and_its_irises_lie_in_its_eyes():
    [found] = detect(portrait())
    assert found.confidence > 0.85
    for iris, corners in ((468, (33, 133)), (473, (362, 263))):
        left, right = found.points[list(corners), 0]
        assert left < found.points[iris, 0] < right
    yaw, pitch, roll = found.pose
    assert max(abs(yaw), abs(pitch)) < 6 and 0 < roll < 6


@pytest.mark.parametrize("scale", [0.4, 3.0])
def test_the_mesh_goes_along_with_size(scale):
    picture = cv2.resize(
        portrait(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    )
    apart = np.linalg.norm((one(picture).points[:, :2] + 0.5) / scale - face().points[:, :2] - 0.5, axis=1)
    assert apart.mean() < 0.025 * face().box[2]


def test_portrait_format_odd_sizes_and_a_matte_change_nothing():
    matte = np.ones((*portrait().shape[:2], 1), np.float32)
    tall = np.dstack([portrait(), matte])[:, 77:400]
    assert np.abs(one(tall).points[:, :2] + (77, 0) - face().points[:, :2]).mean() < 1.0


def test_no_face_and_many_faces_are_said_in_one_sentence():
    assert detect(np.full((90, 160, 3), 0.5, np.float32)) == []
    with pytest.raises(HallyuError, match="shows no face that can be worked on"):
        one(np.full((90, 160, 3), 0.5, np.float32))
    two = np.hstack([portrait(), portrait()[:, ::-1]])
    assert len(detect(two)) == 2
    with pytest.raises(HallyuError, match=r"Shot 3 shows 2 faces \(at x = \d+, \d+\): crop it"):
        one(two, "Shot 3")


def test_a_frame_with_nan_and_bytes_are_refused_in_one_sentence():
    broken = portrait().copy()
    broken[7, 9, 1] = np.nan
    with pytest.raises(HallyuError, match="pixel at x = 9, y = 7 is not a number"):
        detect(broken)
    with pytest.raises(HallyuError, match="holds whole numbers"):
        detect((portrait() * 255).astype(np.uint8))


def test_a_face_in_4k_is_found():
    frame = np.full((2160, 3840, 3), 0.4, np.float32)
    frame[800:1312, 1500:2012] = portrait()
    apart = one(frame).points[:, :2] - (1500, 800) - face().points[:, :2]
    assert np.abs(apart).mean() < 2.0


def test_an_open_face_is_open():
    sight = require_open(portrait(), face())
    assert sight.covered == () and sight.problem == "" and sight.confidence > 0.7


@pytest.mark.parametrize(
    ("cover", "covered"),
    [
        (lambda f: mask(f, face(), (0.55, 0.7, 0.85)), ("mouth",)),
        (lambda f: mask(f, face(), (0.9, 0.9, 0.9)), ("mouth",)),
        (lambda f: mask(f, face(), (0.06, 0.06, 0.07)), ("mouth",)),
        (lambda f: dark_glasses(f, face()), ("eyes",)),
        (lambda f: hand(f, face(), 13), ("mouth",)),
        (lambda f: hand(f, face(), 168), ("eyes",)),
    ],
)
def test_what_covers_a_face_is_seen(cover, covered):
    frame = cover(portrait())
    found = detect(frame)[0]
    sight = look(frame, found)
    assert sight.covered == covered
    with pytest.raises(HallyuError, match=f"Take 2: Something covers the {covered[0]}"):
        require_open(frame, found, "Take 2")


def test_a_covered_mouth_is_seen_in_black_and_white_too():
    grey = np.repeat(portrait() @ np.float32([[0.2126], [0.7152], [0.0722]]), 3, axis=2)
    assert look(grey, one(grey)).covered == ()
    masked = mask(grey, face(), (0.7, 0.7, 0.7))
    assert "mouth" in look(masked, detect(masked)[0]).covered


def test_a_profile_is_turned_away():
    turn = np.radians(60)
    points = face().points.copy()
    middle = points[168].copy()
    x, z = points[:, 0] - middle[0], points[:, 2] - middle[2]
    points[:, 0], points[:, 2] = (
        middle[0] + np.cos(turn) * x - np.sin(turn) * z,
        np.sin(turn) * x + np.cos(turn) * z,
    )
    profile = faces.Face(points, 0.9)
    assert profile.pose[0] == pytest.approx(60, abs=6)
    with pytest.raises(HallyuError, match=r"turned away by [56]\d"):
        require_open(portrait(), profile)


# Through a shot


def shot(count: int, speed: float = 3.0, noise: float = 0.0):
    """The portrait drifting to the right, *speed* pixels a frame."""
    random = np.random.default_rng(3)
    for i in range(count):
        matrix = np.array([[0.6, 0, i * speed], [0, 0.6, 5]])
        frame = cv2.warpAffine(
            portrait(), matrix, (400, 240), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        yield np.float32(frame + random.normal(0, noise, frame.shape))


def test_every_frame_comes_back_in_order_with_its_face():
    frames = list(shot(5))
    followed = list(follow(iter(frames), smooth=3))
    assert len(followed) == 5
    assert all(np.array_equal(a, b) for a, (b, _) in zip(frames, followed, strict=True))
    steps = np.diff([found.points[1, 0] for _, found in followed])
    assert np.abs(steps - 3).max() < 0.8


def test_smoothing_stills_the_mesh_without_dulling_motion():
    def jitter(smooth: int) -> float:
        tip = np.array([found.points[1, :2] for _, found in follow(shot(12, noise=0.04), smooth)])
        return float(np.diff(tip, 2, axis=0).std())

    assert jitter(7) < 0.7 * jitter(1)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_shot_shorter_than_the_window_is_whole(count):
    assert len(list(follow(shot(count), smooth=7))) == count


def test_a_face_that_goes_and_comes_again():
    frames = list(shot(3)) + [np.full((240, 400, 3), 0.5, np.float32)] * 2 + list(shot(2))
    assert [found is not None for _, found in follow(frames, smooth=3)] == [True] * 3 + [False] * 2 + [
        True
    ] * 2


def test_a_cut_is_not_smoothed_over():
    away = [
        cv2.warpAffine(portrait(), np.array([[0.6, 0, 60.0], [0, 0.6, 20]]), (400, 240)) for _ in range(3)
    ]
    frames = list(shot(3, speed=0)) + away
    still = [found.points[1, :2] for _, found in follow(frames, smooth=1)]
    smooth = [found.points[1, :2] for _, found in follow(frames, smooth=7)]
    assert np.linalg.norm(still[3] - still[2]) > 50
    assert np.abs(np.subtract(still, smooth)).max() < 1.0


def test_the_face_that_is_asked_for_is_followed():
    two = np.hstack([portrait(), portrait()[:, ::-1]])
    [(_, found)] = follow([two], near=(800, 120))
    assert found.points[1, 0] > 512


def test_the_square_holds_the_face():
    centre, side, _ = faces.square(face().points)
    low, high = regions.move(face().points[:468], np.eye(2, 3))[:, :2].min(0), face().points[:468, :2].max(0)
    assert (centre - side / 2 < low).all() and (high < centre + side / 2).all()
