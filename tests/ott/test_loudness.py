import re

import numpy as np
import pytest
import soundfile
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy import signal

from hallyu.errors import HallyuError
from hallyu.music import mixing
from hallyu.ott import ffmpeg, loudness

RATE = 48_000
FIVE = ("FL", "FR", "FC", "LFE", "BL", "BR")
SEVEN = (*FIVE, "SL", "SR")


def tone(*parts, levels=(0.0, 0.0), hertz=1000.0, rate=RATE):
    """A sine as EBU Tech 3341 describes it: (dBFS peak, seconds) one after another; *levels*: dB of each channel."""
    amplitude = np.concatenate([np.full(round(s * rate), 10 ** (d / 20)) for d, s in parts])
    sine = amplitude * np.sin(2 * np.pi * hertz * np.arange(len(amplitude)) / rate)
    return (sine[:, None] * 10 ** (np.array(levels) / 20)).astype(np.float32)


def programme(seconds=12.0, channels=2, rate=RATE, seed=0):
    """Pink noise in bars, and beats on it: the spectrum and the ups and downs of a film's sound."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate)
    white = np.fft.rfft(rng.normal(size=(n, channels)), axis=0)
    pink = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(len(white)), 20))[:, None], n, axis=0)
    loud = np.repeat(rng.uniform(0.02, 1, round(seconds) + 1), rate)[:n]
    return (0.1 * pink / pink.std() * loud[:, None]).astype(np.float32)


def measured(samples, rate=RATE, layout=("FL", "FR"), block=RATE):
    meter = loudness.Meter(rate, layout)
    for start in range(0, len(samples), block):
        meter.add(samples[start : start + block])
    return meter.result()


# --- EBU Tech 3341, table 1: minimum requirements test signals, with the document's tolerances -----------------------


@pytest.mark.parametrize(("parts", "expected"), [
    ([(-23, 20)], -23), ([(-33, 20)], -33), ([(-36, 10), (-23, 60), (-36, 10)], -23),
    ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23), ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
], ids="12345")  # fmt: skip
def test_integrated_loudness_of_the_ebus_signals_1_to_5(parts, expected):
    rate = 44_100 if len(parts) == 1 else 32_000
    assert measured(tone(*parts, rate=rate), rate).integrated == pytest.approx(expected, abs=0.1)


def test_signal_6_is_five_channels():
    """-28 dBFS left and right, -24 in the centre, -30 in the surrounds: -23 LUFS."""
    samples = tone((0, 5), levels=(-28, -28, -24, -200, -30, -30))
    for layout in (FIVE, ("FL", "FR", "FC", "LFE", "SL", "SR")):
        assert measured(samples, layout=layout).integrated == pytest.approx(-23, abs=0.1)


def test_short_term_and_momentary_loudness_of_signals_9_and_12():
    short = measured(tone(*[(-20, 1.34), (-30, 1.66)] * 5)).curve()
    assert short == pytest.approx(-23, abs=0.1)
    momentary = measured(tone(*[(-20, 0.18), (-30, 0.22)] * 25)).curve(0.4)
    assert momentary == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("n", range(0, 20, 3))
def test_the_highest_loudness_of_signals_10_and_13(n):
    """A tone of 3 s that begins 0.15 n s into the file, and one of 0.4 s that begins 0.02 n s into it."""
    burst = measured(tone((-200, 0.15 * n), (-23, 3.0), (-200, 1.0)))
    assert burst.curve(step=0.01).max() == pytest.approx(-23, abs=0.1)
    burst = measured(tone((-200, 0.02 * n), (-23, 0.4), (-200, 1.0)))
    assert burst.curve(0.4, step=0.01).max() == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(("divisor", "degrees", "amplitude", "expected"), [
    (4, 0, 0.5, -6), (4, 45, 0.5, -6), (6, 60, 0.5, -6), (8, 67.5, 0.5, -6), (4, 45, 1.41, 3),
], ids=["15", "16", "17", "18", "19"])  # fmt: skip
@pytest.mark.parametrize("block", [RATE, 777, 7])
def test_true_peak_of_signals_15_to_19(divisor, degrees, amplitude, expected, block):
    n = np.arange(RATE // 2)
    fade = np.minimum(np.minimum(n, n[::-1]) / 480, 1)
    sine = fade * amplitude * np.sin(2 * np.pi * n / divisor + np.radians(degrees))
    peak = measured(np.stack([sine, sine], 1), block=block).true_peak
    assert -0.4 <= peak - expected <= 0.2


@pytest.mark.parametrize("offset", range(4))
def test_true_peak_of_signals_20_to_23(offset):
    """A quarter-rate sine whose one high crest falls 0 to 3 quarters between samples, made at four times the rate."""
    n = np.arange(4 * RATE // 2)
    wave = 0.5 * np.sin(2 * np.pi * n / 24)
    middle = len(n) // 2 // 24 * 24 + 6  # a crest
    wave += 0.5 * np.sin(2 * np.pi * n / 24) * (np.abs(n - middle) <= 6)
    wave = signal.sosfiltfilt(signal.butter(8, 0.2, output="sos"), wave)
    expected = 20 * np.log10(np.abs(wave).max())
    assert -0.4 <= measured(wave[offset::4, None], layout=("FC",)).true_peak - expected <= 0.2


@pytest.mark.parametrize(("levels", "expected"), [
    ((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15),
], ids="1234")  # fmt: skip
def test_loudness_range_of_ebu_tech_3342(levels, expected):
    samples = tone(*[(level, 20) for level in levels], rate=16_000)
    assert measured(samples, 16_000).range == pytest.approx(expected, abs=1)


# --- against other implementations -----------------------------------------------------------------------------------


def by_ffmpeg(samples, layout, folder, rate=RATE):
    """Integrated loudness, loudness range and true peak as ffmpeg's ebur128 prints them."""
    soundfile.write(folder / "a.wav", samples, rate, subtype="FLOAT")
    told = ffmpeg.run(
        ["-channel_layout", layout, "-i", folder / "a.wav", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"],
        log="info",
    )
    text = "\n".join(told[-30:])
    return tuple(float(re.search(rf"{name}:\s+(-?[\d.]+|-?inf)", text)[1]) for name in ("I", "LRA", "Peak"))


def test_stereo_agrees_with_ffmpeg_and_pyloudnorm(tmp_path):
    import pyloudnorm

    for seed in (1, 2):
        samples = programme(seed=seed)
        ours = measured(samples)
        integrated, spread, peak = by_ffmpeg(samples, "stereo", tmp_path)
        assert ours.integrated == pytest.approx(integrated, abs=0.1)
        assert ours.integrated == pytest.approx(pyloudnorm.Meter(RATE).integrated_loudness(samples), abs=0.1)
        assert ours.range == pytest.approx(spread, abs=0.3)
        assert ours.true_peak == pytest.approx(peak, abs=0.2)


def test_five_point_one_agrees_with_ffmpeg_and_pyloudnorm(tmp_path):
    import pyloudnorm

    samples = programme(6, channels=6, seed=3) * np.float32([1, 0.8, 1.5, 4, 0.5, 0.9])
    ours = measured(samples, layout=FIVE)
    integrated, spread, peak = by_ffmpeg(samples, "5.1", tmp_path)
    assert ours.integrated == pytest.approx(integrated, abs=0.1)
    assert ours.range == pytest.approx(spread, abs=0.3) and ours.true_peak == pytest.approx(peak, abs=0.2)
    without_lfe = samples[:, [0, 1, 2, 4, 5]]  # pyloudnorm knows L, R, C, Ls, Rs
    assert ours.integrated == pytest.approx(pyloudnorm.Meter(RATE).integrated_loudness(without_lfe), abs=0.1)


def test_seven_point_one_agrees_with_ffmpeg_but_for_the_back_channels(tmp_path):
    samples = programme(5, channels=8, seed=4) * np.float32([1, 0.8, 1.5, 4, 0, 0, 0.5, 0.9])
    ours = measured(samples, layout=SEVEN)
    assert ours.integrated == pytest.approx(by_ffmpeg(samples, "7.1", tmp_path)[0], abs=0.1)
    back = samples.copy()
    back[:, 4:6] = back[:, 6:8]
    back[:, :4] = back[:, 6:] = 0
    # 1.5 dB: BS.1770-5 counts loudspeakers at 135 degrees once, ffmpeg 1.41 times.
    assert by_ffmpeg(back, "7.1", tmp_path)[0] - measured(back, layout=SEVEN).integrated == pytest.approx(1.5, abs=0.1)


def test_the_desk_and_the_meter_are_one():
    samples = programme(seed=5)
    ours = measured(samples)
    assert ours.integrated == pytest.approx(mixing.loudness(samples, RATE), abs=1e-3)
    assert ours.range == pytest.approx(mixing.loudness_range(samples, RATE), abs=0.01)
    assert ours.true_peak == pytest.approx(mixing.true_peak(samples), abs=1e-3)
    assert np.allclose(ours.curve(), mixing.loudness_curve(samples, RATE), atol=1e-3)


@settings(max_examples=10, deadline=None, phases=[Phase.generate])
@given(st.lists(st.integers(99, 9000), min_size=1, max_size=5), st.sampled_from([8_000, 11_025]), st.integers(0, 99))
def test_how_the_sound_is_cut_into_blocks_does_not_matter(sizes, rate, seed):
    samples = programme(1.2, rate=rate, seed=seed) * 3
    whole, meter, place = measured(samples, rate, block=10**6), loudness.Meter(rate), 0
    while place < len(samples):
        for size in sizes:
            meter.add(samples[place : place + size])
            place += size
    parts = meter.result()
    high = whole.peaks >= 10 ** (loudness.PEAK_ASKED / 20)
    assert np.allclose(parts.power, whole.power) and np.allclose(parts.peaks[high], whole.peaks[high], atol=1e-6)
    assert parts.true_peak == pytest.approx(mixing.true_peak(samples), abs=1e-3)
    again = meter.result()
    assert np.array_equal(again.peaks, parts.peaks)


# --- dialogue ---------------------------------------------------------------------------------------------------------


def test_dialogue_is_measured_while_somebody_speaks():
    """Ten seconds of speech at -27 between effects at -15: the programme is loud, the dialogue as it should be."""
    film = measured(tone((-15, 10), (-27, 10), (-15, 10)))
    loud, share = film.dialogue([(10, 20)])
    assert loud == pytest.approx(-27, abs=0.2) and share == pytest.approx(1 / 3, abs=0.01)
    assert film.integrated == pytest.approx(-15, abs=0.1)  # the relative gate drops all of the speech
    assert film.dialogue([]) == (float("-inf"), 0.0)
    assert film.dialogue([(0, 10), (5, 99)])[1] == pytest.approx(1)


def test_soft_words_count_as_dialogue_where_the_relative_gate_would_drop_them():
    film = measured(tone((-20, 10), (-35, 10)))
    assert film.dialogue([(0, 20)])[0] == pytest.approx(10 * np.log10((10**-2 + 10**-3.5) / 2), abs=0.1)
    assert film.integrated == pytest.approx(-20, abs=0.1)


# --- what a delivery is sent back for --------------------------------------------------------------------------------


def codes(found):
    return [(defect.code, defect.serious) for defect in found]


GOOD = [(-27, 20)]


@pytest.mark.parametrize(("parts", "speech", "expected"), [
    (GOOD, [(0, 20)], []), ([(-24, 20)], [], []), ([(-24, 20)], None, []), (GOOD, [(0, 2)], [("loudness", False)]),
    ([(-24.6, 20)], [(0, 20)], [("loudness", False)]), ([(-23, 20)], [(0, 20)], [("loudness", True)]),
    ([(-31, 20)], [(0, 20)], [("loudness", True)]), ([(-28.9, 20)], [(0, 20)], []),
    ([(-200, 20)], [(0, 20)], [("loudness", True)]),
    ([(-27, 10), (-1.5, 0.004), (-27, 10)], [(0, 9)], [("true-peak", False)]),
    ([(-27, 10), (-0.5, 0.004), (-27, 10)], [(0, 9)], [("true-peak", True)]),
    ([(-27, 32), (-28, 32)], [(0, 64)], [("loudness-range", False)]),
])  # fmt: skip
def test_each_defect_trips_only_its_rule(parts, speech, expected):
    assert codes(loudness.check(measured(tone(*parts, rate=16_000), 16_000), speech)) == expected


def test_padding_with_silence_does_not_make_a_loud_film_soft():
    film = np.concatenate([tone((-15, 20)), np.zeros((RATE * 35, 2), np.float32)])
    assert codes(loudness.check(measured(film))) == [("loudness", True)]


def test_peaks_are_told_where_they_are():
    samples = tone((-27, 12))
    samples[[RATE * 3, RATE * 3 + 900, RATE * 8]] = 0.99
    found = [d for d in loudness.check(measured(samples)) if d.code == "true-peak"]
    assert [round(d.start) for d in found] == [3, 8]
    assert found[0].end == pytest.approx(3.03, abs=0.02)


def test_a_file_is_measured_track_by_track(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone((0, 5), levels=(-28, -28, -24, -10, -30, -30)), RATE, subtype="FLOAT")
    told = []
    assert loudness.measure(tmp_path / "a.wav", progress=told.append).integrated == pytest.approx(-23, abs=0.1)
    assert told == sorted(told) and told[-1] == pytest.approx(5)


@pytest.mark.parametrize(("block", "words"), [
    (np.zeros((10, 3)), "does not go on with 2 channels"), (np.zeros(10), "does not go on"),
    (np.full((10, 2), np.nan), "not numbers"),
])  # fmt: skip
def test_unfit_blocks_are_refused(block, words):
    with pytest.raises(HallyuError, match=words):
        loudness.Meter(RATE).add(block)


def test_too_short_a_sound_is_refused():
    meter = loudness.Meter(RATE)
    meter.add(np.zeros((100, 2)))
    with pytest.raises(HallyuError, match=r"only 0\.00 s"):
        meter.result()
