import ffmpeg_meter
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from hallyu.errors import HallyuError
from hallyu.music import mixing

RATE = 48000


def tone(*parts, hertz=1000.0, rate=RATE):
    """A stereo sine as EBU Tech 3341 describes it: (dBFS peak of each channel, seconds) pairs without a break."""
    amplitude = np.concatenate([np.full(round(s * rate), 10 ** (d / 20)) for d, s in parts])
    sine = amplitude * np.sin(2 * np.pi * hertz * np.arange(len(amplitude)) / rate)
    return np.stack([sine, sine], 1).astype(np.float32)


def music(seconds=12.0, rate=RATE, seed=0):
    """Something with the spectrum and the ups and downs of music: pink noise in bars, and beats on it."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate)
    white = np.fft.rfft(rng.normal(size=(n, 2)), axis=0)
    pink = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(len(white)), 20))[:, None], n, axis=0)
    loud = np.repeat(rng.uniform(0.05, 1, round(seconds * 2) + 1), rate // 2)[:n]
    beat = np.exp(-(np.arange(n) % (rate // 2)) / (0.02 * rate))
    return (0.1 * pink / pink.std() * (loud + beat)[:, None]).astype(np.float32)


# --- EBU Tech 3341, table 1: minimum requirements test signals; the tolerance is the document's ----------------------


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(-23, 20)], -23),
        ([(-33, 20)], -33),
        ([(-36, 10), (-23, 60), (-36, 10)], -23),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
    ],
    ids=["1", "2", "3", "4", "5"],
)
@pytest.mark.parametrize("rate", [44100, 48000])
def test_integrated_loudness_of_the_ebus_signals(parts, expected, rate):
    assert mixing.loudness(tone(*parts, rate=rate), rate) == pytest.approx(expected, abs=0.1)


def test_short_term_loudness_of_ebu_signal_9():
    curve = mixing.loudness_curve(tone(*[(-20, 1.34), (-30, 1.66)] * 5), RATE)
    assert curve == pytest.approx(-23, abs=0.1)


def test_momentary_loudness_of_ebu_signal_12():
    curve = mixing.loudness_curve(tone(*[(-20, 0.18), (-30, 0.22)] * 25), RATE, window=0.4)
    assert curve == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("before", [0.0, 0.05, 1.35, 2.85])
def test_the_highest_short_term_and_momentary_loudness_of_ebu_signals_10_and_13(before):
    burst = tone((-200, before), (-23, 3.0), (-200, 3.0))
    assert mixing.loudness_curve(burst, RATE).max() == pytest.approx(-23, abs=0.1)
    burst = tone((-200, before), (-23, 0.4), (-200, 1.0))
    assert mixing.loudness_curve(burst, RATE, 0.4, 0.01).max() == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(
    ("divisor", "degrees", "amplitude", "expected"),
    [(4, 0, 0.5, -6), (4, 45, 0.5, -6), (6, 60, 0.5, -6), (8, 67.5, 0.5, -6), (4, 45, 1.41, 3)],
    ids=["15", "16", "17", "18", "19"],
)
def test_true_peak_of_the_ebus_signals(divisor, degrees, amplitude, expected):
    n = np.arange(RATE)
    fade = np.minimum(np.minimum(n, n[::-1]) / 480, 1)
    sine = fade * amplitude * np.sin(2 * np.pi * n / divisor + np.radians(degrees))
    assert -0.4 <= mixing.true_peak(np.stack([sine, sine], 1)) - expected <= 0.2


@pytest.mark.parametrize("offset", range(4))
def test_true_peak_of_ebu_signals_20_to_23(offset):
    """A quarter-rate sine whose one high crest falls 0 to 3 quarters between samples, made at four times the rate."""
    n = np.arange(4 * RATE // 10)
    wave = 0.5 * np.sin(2 * np.pi * n / 24)
    middle = len(n) // 2 // 24 * 24 + 6  # a crest
    wave += 0.5 * np.sin(2 * np.pi * n / 24) * (np.abs(n - middle) <= 6)
    wave = signal.sosfiltfilt(signal.butter(8, 0.2, output="sos"), wave)
    expected = 20 * np.log10(np.abs(wave).max())
    assert -0.4 <= mixing.true_peak(wave[offset::4]) - expected <= 0.2


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15)],
    ids=["1", "2", "3", "4"],
)
def test_loudness_range_of_ebu_tech_3342(levels, expected):
    assert mixing.loudness_range(tone(*[(level, 20) for level in levels]), RATE) == pytest.approx(
        expected, abs=1
    )


# --- against other implementations -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_loudness_agrees_with_ffmpeg_and_pyloudnorm(seed):
    import pyloudnorm

    samples = music(seed=seed)
    ours = mixing.loudness(samples, RATE)
    assert ours == pytest.approx(pyloudnorm.Meter(RATE).integrated_loudness(samples), abs=0.1)
    loud, peak = ffmpeg_meter.measure(samples, RATE)
    assert ours == pytest.approx(loud, abs=0.1)
    assert mixing.true_peak(samples) == pytest.approx(peak, abs=0.2)


def test_the_k_weighting_at_48_khz_is_the_standards():
    """ITU-R BS.1770-4, tables 1 and 2."""
    head, low = mixing.k_weighting(48000)
    b, a = [1.53512485958697, -2.69169618940638, 1.19839281085285], [1, -1.69065929318241, 0.73248077421585]
    assert head == pytest.approx([*b, *a], abs=1e-6)
    assert low == pytest.approx([1, -2, 1, 1, -1.99004745483398, 0.99007225036621], abs=1e-6)


def test_a_quiet_half_does_not_drag_the_loudness_down_as_a_plain_mean_does():
    half = tone((-23, 10), (-50, 10))
    plain = -0.691 + 10 * np.log10(np.mean(signal.sosfilt(mixing.k_weighting(RATE), half, axis=0) ** 2) * 2)
    assert plain < -25.5
    assert mixing.loudness(half, RATE) == pytest.approx(-23, abs=0.2)


# --- filters ---------------------------------------------------------------------------------------------------------


def response(biquad, hertz, rate=RATE):
    _, h = signal.sosfreqz(biquad[None], [hertz], fs=rate)
    return 20 * np.log10(abs(h[0]))


def test_filters_do_what_their_names_say():
    assert response(mixing.high_pass(RATE, 100), 100) == pytest.approx(-3.01, abs=0.02)
    assert response(mixing.high_pass(RATE, 100), 25) == pytest.approx(-24, abs=0.3)
    assert response(mixing.low_pass(RATE, 1000), 4000) == pytest.approx(-24, abs=0.6)
    assert response(mixing.bell(RATE, 3000, 4.0), 3000) == pytest.approx(4.0, abs=0.01)
    assert response(mixing.bell(RATE, 3000, 4.0), 100) == pytest.approx(0.0, abs=0.05)
    assert response(mixing.high_shelf(RATE, 8000, -6), 20000) == pytest.approx(-6, abs=0.2)
    assert response(mixing.high_shelf(RATE, 8000, -6), 100) == pytest.approx(0, abs=0.05)


def test_a_filter_above_half_the_rate_is_refused():
    with pytest.raises(HallyuError, match="below 12000 Hz"):
        mixing.bell(24000, 15000, 3)


# --- dynamics --------------------------------------------------------------------------------------------------------


def test_the_compressor_follows_its_ratio_when_settled():
    for over in (6, 12, 18):
        out = mixing.compress(tone((-24 + over, 2)), RATE, threshold=-24, ratio=4)
        assert mixing.level(out[RATE:]) == pytest.approx(-24 + over / 4, abs=0.2)


def test_the_compressor_leaves_what_is_soft_alone():
    soft = tone((-30, 1))
    assert np.allclose(mixing.compress(soft, RATE, threshold=-18), soft, atol=1e-6)


def test_attack_and_release_take_the_time_that_they_are_given():
    out = mixing.compress(
        tone((-40, 1), (0, 1), (-40, 1)), RATE, threshold=-20, ratio=1e9, attack=0.05, release=0.2
    )
    envelope = np.abs(out[:, 0]).reshape(-1, 240).max(1)  # 5 ms
    reduction = -20 * np.log10(envelope / 10 ** (np.repeat([-40, 0, -40], 200) / 20))
    assert reduction[200 + 10] == pytest.approx(20 * 0.632, abs=1.5)
    assert reduction[400 + 40] == pytest.approx(20 * 0.368, abs=1.5)


def test_compression_does_not_move_the_stereo_picture():
    samples = music(3) * [1.0, 0.25]
    out = mixing.compress(samples, RATE, threshold=-40, ratio=8)
    heard = np.abs(samples).min(1) > 1e-4
    assert np.allclose(out[heard, 0] / out[heard, 1], samples[heard, 0] / samples[heard, 1], rtol=1e-3)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(0, 20), st.sampled_from([-0.1, -1.0, -6.0]), st.booleans())
def test_nothing_passes_the_limiter(seed, lift, ceiling, mono):
    rng = np.random.default_rng(seed)
    samples = mixing.gain(music(0.5, seed=seed), lift)
    samples[rng.integers(0, len(samples), 5)] = rng.uniform(-4, 4)  # clicks
    limited = mixing.limit(samples[:, 0] if mono else samples, RATE, ceiling)
    assert mixing.true_peak(limited) <= ceiling
    assert limited.dtype == np.float32 and len(limited) == len(samples)


def test_the_limiter_leaves_what_is_soft_alone_and_cuts_no_corner_off_a_sine():
    soft = tone((-3, 0.5))
    assert np.array_equal(mixing.limit(soft, RATE), soft)
    limited = mixing.limit(tone((6, 1.0)), RATE)[RATE // 4 : -RATE // 4, 0].astype(float)
    spectrum = np.abs(np.fft.rfft(limited * np.hanning(len(limited))))
    peak = spectrum.argmax()
    harmonics = np.delete(spectrum, range(peak - 4, peak + 5)).max()
    assert 20 * np.log10(harmonics / spectrum[peak]) < -70  # clipping leaves a third harmonic at about -16 dB


def test_the_limiter_turns_down_before_the_peak():
    samples = np.full(RATE, 0.1, np.float32)
    samples[RATE // 2] = 4.0
    limited = mixing.limit(samples, RATE, look_ahead=0.005)
    steps = np.abs(np.diff(limited / samples))
    assert steps.max() < 0.02  # no click in the gain
    assert limited[RATE // 2 - 500] == pytest.approx(0.1) and limited[RATE // 2 - 60] < 0.09


# --- space and the desk ----------------------------------------------------------------------------------------------


def test_the_room_dies_away_in_the_time_that_it_is_given():
    for seconds in (0.8, 2.0):
        response = mixing.room(RATE, seconds)[:, 0]
        decay = 10 * np.log10(
            np.cumsum(response[::-1] ** 2)[::-1] / (response**2).sum() + 1e-12
        )  # Schroeder 1965
        t5, t35 = (np.argmax(decay < d) / RATE for d in (-5, -35))
        assert 2 * (t35 - t5) == pytest.approx(seconds, rel=0.2)


def test_the_room_is_wide():
    left, right = mixing.room(RATE).T
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.15


@given(st.floats(-1, 1))
def test_panning_keeps_the_power(place):
    assert np.sum(mixing.pan(np.ones(8, np.float32), place) ** 2) == pytest.approx(8, rel=1e-4)


def test_stereo_is_balanced_not_folded():
    wide = np.stack([np.ones(4), np.zeros(4)], 1).astype(np.float32)
    assert np.array_equal(mixing.pan(wide, 0.0), wide)
    assert mixing.pan(wide, 1.0) == pytest.approx(0, abs=1e-6)  # what was on the left does not come over


def test_the_desk_sums_what_its_faders_say():
    one, two = music(1, seed=1), music(0.5, seed=2)
    out = mixing.mix({"a": mixing.Channel(one, fader=-6.0206), "b": mixing.Channel(two)}, RATE)
    assert out.shape == one.shape
    assert np.allclose(out[: len(two)], one[: len(two)] / 2 + two, atol=1e-5)
    assert np.allclose(out[len(two) :], one[len(two) :] / 2, atol=1e-5)


def test_a_fader_brings_a_channel_to_a_loudness():
    channel = mixing.Channel(music(4)[:, 0], low_cut=120, eq=((3000, 4.0),), ratio=3, place=0.5)
    for lufs in (-18.0, -30.0):
        strip = mixing.strip(mixing.balanced(channel, RATE, lufs), RATE)
        assert mixing.loudness(strip, RATE) == pytest.approx(lufs, abs=0.05)
    with pytest.raises(HallyuError, match="silent channel"):
        mixing.balanced(mixing.Channel(np.zeros(RATE)), RATE, -18)


def test_a_send_adds_a_tail_after_the_sound():
    click = np.zeros(RATE, np.float32)
    click[0] = 1.0
    dry = mixing.mix({"a": mixing.Channel(click)}, RATE)
    wet = mixing.mix({"a": mixing.Channel(click, send=-6.0)}, RATE)
    assert not dry[100:].any() and np.abs(wet[RATE // 4 : RATE // 2]).max() > 1e-4


@pytest.mark.parametrize("lufs", [-14.0, -16.0, -11.0])
def test_a_master_is_as_loud_as_asked_and_below_the_ceiling(lufs):
    mastered = mixing.master(music(8, seed=4), RATE, lufs)
    assert mixing.loudness(mastered, RATE) == pytest.approx(lufs, abs=0.1)
    assert mixing.true_peak(mastered) <= -1.0
    assert ffmpeg_meter.measure(mastered, RATE)[1] <= -0.9


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (np.zeros((RATE, 2)), "silent"),
        (np.zeros((0, 2)), "no samples"),
        (np.zeros((RATE, 6)), "neither mono"),
        (np.full((RATE, 2), np.nan), "not numbers"),
        (np.zeros((100, 2)) + 0.1, "measured over 0.4 s"),
    ],
)
def test_what_cannot_be_mastered_is_refused_in_one_sentence(samples, words):
    with pytest.raises(HallyuError, match=words) as error:
        mixing.master(samples, RATE)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_the_limiter_refuses_what_is_no_number_instead_of_turning_it_down_for_ever(value):
    samples = np.zeros(1000, np.float32)
    samples[500] = value
    with pytest.raises(HallyuError, match="not numbers"):
        mixing.limit(samples, RATE)


def test_the_shortest_and_the_silent_sounds_pass_the_limiter():
    for samples in (np.zeros(1), np.ones(1) * 3, np.zeros((5, 2)), np.ones((5, 2))):
        limited = mixing.limit(samples, RATE)
        assert limited.shape == samples.shape and mixing.true_peak(limited) <= -1


def test_one_click_in_a_soft_recording_is_named_instead_of_crushed():
    samples = mixing.gain(music(5), -40)
    samples[RATE] = 1.0
    with pytest.raises(HallyuError, match="12 dB of limiting"):
        mixing.master(samples, RATE)
