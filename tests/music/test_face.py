from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.music import face, lipsync
from hallyu.music.face import Pose, Stage
from hallyu.music.score import Phone
from hallyu.music.visemes import NAMES, Curves, animate

SIZE = (640, 360)
REST = Pose(smile=0.14)


@pytest.fixture(scope="module")
def stage():
    return Stage(SIZE)


def mouth(picture):
    """The mouth's area, width and height in pixels."""
    left, top, right, bottom = face.mouth_box(SIZE)
    crop = picture[top:bottom, left:right].astype(int)
    inside = (crop[..., 0] - crop[..., 1] > 58) & (crop[..., 0] < 150) & (crop[..., 1] < 70)
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    area = lipsync.mouth_opening([picture], face.mouth_box(SIZE))[0]
    return area, np.ptp(columns) + 1 if len(columns) else 0, np.ptp(rows) + 1 if len(rows) else 0


def test_the_same_pose_is_the_same_picture_and_snow_falls(stage):
    one, same, later = stage.draw(REST, 1.0), stage.draw(REST, 1.0), stage.draw(REST, 1.5)
    assert one.shape == (360, 640, 3) and one.dtype == np.uint8
    assert np.array_equal(one, same)
    changed = (one != later).any(-1)
    assert 0.002 < changed.mean() < 0.2


def test_the_mouth_opens_with_the_jaw_and_shuts_with_the_lips(stage):
    areas = [mouth(stage.draw(replace(REST, jaw=j)))[0] for j in (0.0, 0.15, 0.3, 0.5, 0.72, 1.0)]
    assert areas == sorted(areas) and areas[-1] > 12 * max(areas[0], 10)
    assert mouth(stage.draw(replace(REST, jaw=0.5, close=0.5)))[0] < 0.1 * areas[3]


def test_a_rounded_mouth_is_narrow_and_a_spread_one_is_wide(stage):
    shapes = (
        Pose(jaw=0.17, funnel=0.25, pucker=0.8),
        Pose(jaw=0.17, stretch=0.48),
        Pose(jaw=0.36, funnel=0.62, pucker=0.3),
        Pose(jaw=0.72),
    )
    u, eu, o, a = (mouth(stage.draw(p)) for p in shapes)
    assert u[1] < 0.7 * eu[1] and o[1] < 0.8 * a[1]
    assert u[2] / u[1] > 1.5 * eu[2] / eu[1]


def test_the_chin_sinks_with_the_jaw(stage):
    def chin(picture):  # the first row of the outline under the mouth
        return (picture[255:275, 318:322].astype(int).sum(-1).mean(1) < 400).argmax()

    assert chin(stage.draw(replace(REST, jaw=0.8, close=0.8))) > chin(stage.draw(REST)) + 3


def test_a_blink_covers_the_irises(stage):
    box = (slice(165, 215), slice(250, 390))

    def brown(picture):
        eyes = picture[box].astype(int)
        return ((eyes[..., 0] > 90) & (eyes[..., 0] < 175) & (eyes[..., 0] - eyes[..., 2] > 40)).sum()

    counts = [brown(stage.draw(replace(REST, blink=b))) for b in (0.0, 0.5, 1.0)]
    assert counts[0] > 1.3 * counts[1] > 1.3 * counts[2] and counts[2] < 0.1 * counts[0]


def test_the_head_turns_nods_and_tilts(stage):
    def where(pose):
        left, top, right, bottom = face.mouth_box(SIZE)
        crop = stage.draw(replace(pose, jaw=0.6))[top:bottom, left:right].astype(int)
        rows, columns = np.nonzero(
            (crop[..., 0] - crop[..., 1] > 58) & (crop[..., 0] < 150) & (crop[..., 1] < 70)
        )
        return columns.mean(), rows.mean()

    straight, turned, nodded, tilted = (
        where(p) for p in (REST, Pose(yaw=0.2), Pose(pitch=-0.1), Pose(roll=0.1))
    )
    assert turned[0] < straight[0] - 3 and nodded[1] > straight[1] + 2
    assert abs(tilted[0] - straight[0]) > 1


@pytest.mark.parametrize(
    "field", ["jaw", "funnel", "pucker", "smile", "stretch", "lower", "press", "blink", "brow"]
)
def test_no_blendshape_makes_the_face_jump(field):
    """A step of 4 % moves few pixels by much: no shape appears or flips over at some value."""
    small, open_mouth = Stage((320, 180)), replace(REST, jaw=0.4)
    pictures = [small.draw(replace(open_mouth, **{field: v})).astype(int) for v in np.linspace(0, 1, 26)]
    changes = [(np.abs(b - a).max(-1) > 60).mean() for a, b in pairwise(pictures)]
    assert max(changes) < 0.008


@pytest.mark.parametrize("size", [(641, 360), (0, 0), (640, 10_000)])
def test_a_size_that_no_video_has_is_refused(size):
    with pytest.raises(HallyuError, match="even numbers"):
        Stage(size)


def moving(seconds):
    return animate([Phone("m", 0.2, 0.3, 0), Phone("a", 0.3, seconds - 0.2, 0)], seconds)


def test_poses_read_the_curves():
    curves = Curves(np.zeros((2, len(NAMES)), np.float32))
    curves.values[1, NAMES.index("jawOpen")] = 0.5
    curves.values[1, NAMES.index("eyeBlinkLeft")] = 1.0
    curves.values[1, NAMES.index("headRoll")] = -0.1
    one, two = face.poses(curves)
    assert one.jaw == 0 and (two.jaw, two.blink) == (0.5, 0.5) and two.roll == pytest.approx(-0.1)


def test_a_video_has_the_pictures_and_the_sound_it_was_given(tmp_path):
    import av

    rate, seconds = 48000, 1.5
    time = np.arange(int(seconds * rate)) / rate
    sound = (0.5 * np.sin(2 * np.pi * 440 * time) * (time > 0.5)).astype(np.float32)
    path = tmp_path / "singer.mp4"
    face.sing_on_screen(path, moving(seconds), sound, rate, SIZE)
    with av.open(str(path)) as file:
        video, track = file.streams.video[0], file.streams.audio[0]
        assert (video.codec_context.name, track.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height, video.average_rate, video.pix_fmt) == (640, 360, 30, "yuv420p")
        decoded = [f.to_ndarray(format="rgb24") for f in file.decode(video)]
    assert len(decoded) == 45
    drawn = next(face.frames(moving(seconds), Stage(SIZE)))
    assert np.abs(decoded[0].astype(int) - drawn).mean() < 4
    heard, read_rate = audio.read(path)
    starts = np.argmax(np.abs(audio.mono(heard)) > 0.2) / read_rate
    assert starts == pytest.approx(0.5, abs=0.003)
    assert abs(len(heard) / read_rate - seconds) < 0.05


def test_a_video_that_fails_half_way_leaves_nothing(tmp_path):
    def broken():
        yield np.zeros((64, 64, 3), np.uint8)
        raise HallyuError("the pen broke")

    with pytest.raises(HallyuError, match="pen broke"):
        face.write_video(tmp_path / "a.mp4", broken(), 30, np.zeros(480, np.float32), 48000)
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_a_video_is_refused(tmp_path):
    with pytest.raises(HallyuError, match=r"end in \.mp4"):
        face.write_video(tmp_path / "a.gif", [np.zeros((64, 64, 3), np.uint8)], 30, np.zeros(480), 48000)
    with pytest.raises(HallyuError, match="no frames"):
        face.write_video(tmp_path / "a.mp4", [], 30, np.zeros(480), 48000)
    assert not list(tmp_path.iterdir())
