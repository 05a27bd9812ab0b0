from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import pictures, sync
from hallyu.ott.sync import Offset

RATE = 16_000


def words(seconds, rate, seed=0, late=0.0):
    """A curve that rises and falls as words do, four a second and a pause now and then."""
    rng = np.random.default_rng(seed)
    times = np.arange(round(seconds * rate)) / rate - late
    places = np.cumsum(rng.uniform(0.15, 0.5, round(seconds * 4)))
    return sum(np.exp(-(((times - place) / 0.05) ** 2)) * rng.uniform(0.4, 1) for place in places)


@pytest.mark.parametrize("late", [-0.52, -0.1, -0.013, 0.0, 0.02, 0.0417, 0.3, 0.8])
@pytest.mark.parametrize("rate", [24, 25, 60])
def test_an_offset_is_found_to_a_part_of_a_frame(late, rate):
    heard = words(12, rate, late=late) + 0.05 * np.random.default_rng(1).normal(size=12 * rate)
    offset = sync.align(words(12, rate), heard, rate)
    assert offset.seconds == pytest.approx(late, abs=0.01) and offset.sure


@settings(max_examples=15, deadline=None, phases=[Phase.generate])
@given(st.integers(0, 99), st.integers(-20, 20))
def test_the_correlation_is_pearsons(seed, shift):
    rng = np.random.default_rng(seed)
    seen, heard = rng.normal(size=(2, 90))
    found = sync._correlations(seen, heard, 20)[shift + 20]
    a, b = (seen[: 90 - shift], heard[shift:]) if shift >= 0 else (seen[-shift:], heard[:shift])
    assert found == pytest.approx(np.corrcoef(a, b)[0, 1], abs=1e-9)


def test_other_words_are_not_believed():
    assert not sync.align(words(20, 24, seed=1), words(20, 24, seed=2), 24).sure
    assert not sync.align(np.zeros(100), words(4, 24), 24).sure
    assert sync.check([sync.align(np.ones(100), np.ones(100), 24)]) == []


def test_too_little_is_refused():
    with pytest.raises(HallyuError, match="at least two seconds"):
        sync.align(np.zeros(40), np.zeros(400), 24)


# --- flashes and beeps -----------------------------------------------------------------------------------------------


def leader(path, late=0.0, stretch=1.0, rate=24, seconds=8):
    """A film that flashes once a second for one frame, and beeps *late* seconds after."""
    frames = [np.full((32, 48, 3), 0.9 if n % rate == rate // 2 else 0.1, np.float32) for n in range(seconds * rate)]
    times = np.arange(seconds * RATE) / RATE
    samples = 0.001 * np.random.default_rng(0).normal(size=len(times))
    for n in range(seconds):
        begin = (n + 0.5) * stretch + late
        samples += 0.5 * np.sin(2 * np.pi * 1000 * times) * ((times >= begin) & (times < begin + 0.04))
    soundfile.write(path.with_suffix(".wav"), samples, RATE, subtype="FLOAT")
    video.write(path, frames, rate, "ffv1", audio_from=path.with_suffix(".wav"))
    return path


def measured(path):
    return sync.beeps(path, pictures.read(path))


@pytest.mark.parametrize(("late", "codes"), [
    (0.0, []), (0.05, []), (-0.03, []), (0.1, ["sync"]), (-0.06, ["sync"]), (0.4, ["sync"]), (-0.4, ["sync"]),
])  # fmt: skip
def test_late_and_early_sound(tmp_path, late, codes):
    offsets = measured(leader(tmp_path / "a.mkv", late))
    assert len(offsets) >= 7
    assert np.median([offset.seconds for offset in offsets]) == pytest.approx(late, abs=0.003)
    found = sync.check(offsets)
    assert [defect.code for defect in found] == codes
    assert all(("late" if late > 0 else "early") in defect.says for defect in found)


def test_sound_for_another_frame_rate_drifts(tmp_path):
    (defect,) = sync.check(measured(leader(tmp_path / "a.mkv", -0.02, 25 / 24 * 0.975)))
    assert defect.code == "sync-drift" and defect.end > defect.start + 5


def test_one_wrong_measurement_among_many_is_no_drift():
    good = [Offset(0.01, 0.9, n) for n in range(10)]
    assert sync.check([*good, Offset(0.9, 0.9, 10.0)]) == []
    assert sync.check([*good, Offset(0.9, 0.1, 10.0)]) == []


# --- sound against sound ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [-0.25, 0.0, 0.012, 0.5])
def test_a_mix_against_its_dialogue_stem(tmp_path, late):
    rng = np.random.default_rng(4)
    n = RATE * 8
    voice = rng.normal(size=n) * np.interp(np.arange(n) / RATE, np.arange(8 * 50) / 50, words(8, 50) ** 2) * 0.2
    music = 0.01 * np.cumsum(rng.normal(size=n)) / np.sqrt(n) + 0.002 * rng.normal(size=n)
    mix = np.roll(voice, round(late * RATE)) + music
    soundfile.write(tmp_path / "stem.wav", voice, RATE, subtype="FLOAT")
    soundfile.write(tmp_path / "mix.wav", np.stack([mix, 0.8 * mix], 1), RATE, subtype="FLOAT")
    offset = sync.mixes(tmp_path / "mix.wav", tmp_path / "stem.wav")
    assert offset.seconds == pytest.approx(late, abs=0.003) and offset.sure


# --- mouths ----------------------------------------------------------------------------------------------------------


def test_speech_energy_follows_the_words(tmp_path):
    curve = words(6, 100, seed=3)
    n = np.arange(6 * RATE)
    level = np.interp(n / RATE, np.arange(600) / 100, curve)
    sound = 0.3 * level * np.sin(2 * np.pi * 700 * n / RATE) + 0.4 * np.sin(2 * np.pi * 60 * n / RATE)  # a hum under it
    soundfile.write(tmp_path / "a.wav", sound, RATE, subtype="FLOAT")
    energy = sync.speech_energy(tmp_path / "a.wav", 24)
    assert len(energy) in (143, 144)
    offset = sync.align(words(6, 24, seed=3), energy, 24)
    assert abs(offset.seconds) < 0.03 and offset.sure
    soundfile.write(tmp_path / "b.wav", np.zeros(3 * RATE), RATE)
    with pytest.raises(HallyuError, match="is silent where words should be"):
        sync.speech_energy(tmp_path / "b.wav", 24)


def opened(frame, points, share):
    """*frame* with the mouth opened by *share* of the face's height: what lies below the lips moves down."""
    picture, left, right = frame.copy(), int(points[61, 0]), int(points[291, 0])
    lips = int((points[13, 1] + points[14, 1]) / 2)
    most = share * np.linalg.norm(points[10] - points[152])
    for x in range(left, right):
        gap = int(most * max(0, 1 - ((2 * x - left - right) / (right - left)) ** 2))
        picture[lips + gap :, x] = frame[lips : len(frame) - gap, x]
        picture[lips : lips + gap, x] = [0.12, 0.03, 0.04]
    return picture


def test_a_mouth_that_speaks_late_is_found():
    """A face of the course's film, whose mouth is opened and closed as words would have it."""
    from hallyu.film import faces

    source = Path(__file__).parents[2] / "modules" / "film" / "media" / "s3.mp4"
    frame = np.ascontiguousarray(next(video.read(source, 10, 11))[100:400, 180:520, :3])
    points = faces.detect(frame)[0].points
    rate, seconds = 12, 3
    curve = words(seconds, rate, seed=5)
    opening = sync.mouth_opening(opened(frame, points, 0.1 * value) for value in curve)
    assert np.corrcoef(opening, curve)[0, 1] > 0.8
    offset = sync.align(opening, words(seconds, rate, seed=5, late=0.25), rate)
    assert offset.seconds == pytest.approx(0.25, abs=0.04) and offset.sure


def test_no_face_is_said():
    with pytest.raises(HallyuError, match="No face is seen"):
        sync.mouth_opening([np.full((90, 160, 3), 0.5, np.float32)] * 2)


def test_a_track_that_is_not_there(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(RATE), RATE)
    with pytest.raises(HallyuError, match="no sound track"):
        sync.mixes(tmp_path / "a.wav", tmp_path / "a.wav", track=3)
