from pathlib import Path

import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.ott import encode, ffmpeg, vmaf

NOISE = "noise=alls=6:allf=t:all_seed=1"


def make(path, *arguments, source="mandelbrot=s=320x180:r=24:end_scale=0.01", frames=12):
    # How bright the noise is does not depend on the machine: its seed is given.
    ffmpeg.run(["-f", "lavfi", "-i", f"{source},{NOISE}", "-frames:v", str(frames), *arguments, path])
    return path


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    # A name that a filter's quoting must survive.
    folder = tmp_path_factory.mktemp("it's 16:9, [a];b")
    return make(
        folder / "original.mkv", "-c:v", "libx264", "-crf", "4", "-preset", "ultrafast", "-pix_fmt", "yuv420p"
    )


@pytest.fixture(scope="module")
def encoded(original):
    def at(crf, *filters, name=None):
        path = original.parent / f"{name or crf}.mp4"
        if not path.exists():
            more = ["-vf", ",".join(filters)] if filters else []
            ffmpeg.run(
                ["-i", original, *more, "-c:v", "libx264", "-preset", "veryfast", "-crf", str(crf), path]
            )
        return path

    return at


def test_a_film_against_itself_is_nearly_100(original):
    found = vmaf.score(original, original)
    assert 97 < found.mean <= 100 and 97 < found.neg <= 100
    assert len(found.frames) == 12 and not found.enhanced


def test_coarser_encodes_are_worth_less(original, encoded):
    scores = [vmaf.score(encoded(crf), original) for crf in (20, 30, 40)]
    means = [each.mean for each in scores]
    assert means[0] > means[1] + 6 and means[1] > means[2] + 6
    assert all(each.low <= each.mean and each.harmonic <= each.mean + 1e-9 for each in scores)
    assert not any(each.enhanced for each in scores)


def test_sharpening_raises_vmaf_but_is_given_away(original, encoded):
    plain, sharp = (
        vmaf.score(each, original) for each in (encoded(32), encoded(32, "unsharp=5:5:1.2", name="sharp"))
    )
    assert sharp.mean > plain.mean + 3  # the cheat works on VMAF …
    assert sharp.enhanced and not plain.enhanced  # … and is told by NEG


def test_a_small_rung_of_a_detailed_shot_is_not_taken_for_sharpened(tmp_path):
    film = Path(__file__).parents[2] / "modules" / "ott" / "media" / "first-snow.mp4"
    wood = encode.cut(film, tmp_path / "wood.mp4", 60, 72)
    sharp = tmp_path / "sharp.mp4"
    ffmpeg.make(
        sharp, ["-i", wood, "-vf", "unsharp=5:5:0.3", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "0"]
    )
    told = []
    for source in (wood, sharp):
        encode.one(source, tmp_path / "rung.mp4", 360, 20)
        told.append(vmaf.score(tmp_path / "rung.mp4", wood, every=6).enhanced)
    assert told == [False, True]


def test_without_neg_nothing_is_said_of_sharpening(original, encoded):
    quick, whole = (vmaf.score(encoded(30), original, neg=neg) for neg in (False, True))
    assert np.allclose(quick.frames, whole.frames) and quick.neg is None
    with pytest.raises(HallyuError, match="score it with neg=True"):
        _ = quick.enhanced


def test_a_small_encode_is_judged_as_it_fills_the_screen(tmp_path, original, encoded):
    small = encoded(8, "scale=160:90", name="small")
    filled = vmaf.score(small, original).mean
    # Comparing both at the small size, which is wrong, would call it nearly perfect.
    wrong = vmaf.score(small, original, size=(160, 90)).mean
    assert wrong > 90 > filled + 6


def test_frames_are_paired_by_number_whatever_the_container_rounds(tmp_path):
    source = "mandelbrot=s=320x180:r=30000/1001:end_scale=0.01"
    how = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "8", "-pix_fmt", "yuv420p"]
    a, b = make(tmp_path / "a.mkv", *how, source=source), tmp_path / "b.mp4"
    ffmpeg.run(["-i", a, "-c", "copy", b])
    assert vmaf.score(a, b).mean > 97


def test_each_third_picture(original, encoded):
    whole, third = (vmaf.score(encoded(30), original, every=n) for n in (1, 3))
    assert len(third.frames) == 4
    assert np.allclose(third.frames, whole.frames[::3], atol=1.0)


def test_films_of_different_lengths_are_refused(tmp_path, original):
    short = tmp_path / "short.mp4"
    long = tmp_path / "long.mp4"
    for path, frames in ((short, 6), (long, 12)):
        ffmpeg.run(
            ["-i", original, "-frames:v", str(frames), "-c:v", "libx264", "-preset", "ultrafast", path]
        )
    with pytest.raises(HallyuError, match=r"short\.mp4 has 6 frames and long\.mp4 12"):
        vmaf.score(short, long)


@pytest.mark.parametrize(
    ("how", "says"), [({"every": 0}, "every 0"), ({"size": (16, 16)}, "at least 32 x 32")]
)
def test_what_cannot_be_measured(original, how, says):
    with pytest.raises(HallyuError, match=says):
        vmaf.score(original, original, **how)


def test_what_is_no_film(tmp_path, original):
    with pytest.raises(HallyuError, match="There is no file"):
        vmaf.score(tmp_path / "missing.mp4", original)
    (tmp_path / "text.mp4").write_text("not a film")
    with pytest.raises(HallyuError, match="is no film"):
        vmaf.score(tmp_path / "text.mp4", original)


def test_progress_and_stop(original):
    told = []
    vmaf.score(original, original, progress=told.append)
    assert told[-1] == 1 and told == sorted(told)
    with pytest.raises(ffmpeg.Stopped):
        vmaf.score(original, original, stop=lambda: True)
