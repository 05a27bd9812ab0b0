import numpy as np
import pytest

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import burn_in, ffmpeg
from hallyu.ott.timedtext import Cue, Track


@pytest.fixture(scope="module")
def grey(tmp_path_factory):
    path = tmp_path_factory.mktemp("burn") / "회색 it's.mp4"
    ffmpeg.run(["-f", "lavfi", "-i", "color=gray:s=640x360:r=24:d=2", "-pix_fmt", "yuv420p", path])
    return path


def ink(picture) -> np.ndarray:
    """(h,) pixels of each line that are nearly white."""
    return (np.asarray(picture)[..., :3].min(axis=2) > 230).sum(axis=1)


def test_a_cue_stands_where_it_belongs_while_it_lasts(grey):
    track = Track((Cue(0.5, 1.0, "눈이 온다"), Cue(1.25, 1.75, "위에", top=True)))
    assert burn_in.still(grey, track, 0.25, 640).shape == (360, 640, 3)
    assert ink(burn_in.still(grey, track, 0.25, 640)).sum() == 0
    below, above = (ink(burn_in.still(grey, track, at, 640)) for at in (0.75, 1.5))
    assert below[:240].sum() == 0 and below[240:].sum() > 100
    assert above[120:].sum() == 0 and above[:120].sum() > 50


def test_hangul_is_drawn_and_no_boxes(grey):
    # Boxes all look alike; letters do not.
    one, other = (burn_in.still(grey, Track((Cue(0, 2, text),)), 0.5, 640) for text in ("가가가", "눈눈눈"))
    assert np.abs(one.astype(int) - other).max() > 100


def test_letters_that_the_face_lacks_are_refused(grey):
    with pytest.raises(HallyuError, match="😀"):
        burn_in.still(grey, Track((Cue(0, 1, "눈 😀"),)), 0.5)


def test_a_whole_film(grey, tmp_path):
    path = burn_in.film(grey, tmp_path / "with.mp4", Track((Cue(1.0, 1.5, "첫눈"),)), 320)
    frames = [ink(frame * 255).sum() for frame in video.read(path)]
    assert len(frames) == 48 and video.probe(path).width == 320
    assert not any(frames[:23]) and all(frames[25:35]) and not any(frames[37:])
