"""The mixing desk: filters, dynamics, reverb and balance; loudness and true peak as broadcast measures them.

Audio is float32 in [-1, 1], mono (n,) or stereo (n, 2), with its sample rate beside it. Levels are in dB.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage, signal

from hallyu import audio
from hallyu.errors import HallyuError

STREAMING_LUFS = -14.0
"""Integrated loudness that Spotify plays at; Apple Music plays at -16."""
STREAMING_CEILING = -1.0
"""dBTP: what streaming services ask for, so that their encoders do not clip."""

BLOCK, SHORT_TERM = 0.4, 3.0
"""Seconds: the gating block and momentary window, and the short-term window, of BS.1770-4 and EBU Tech 3341."""
SILENCE = -70.0
"""LUFS: the absolute gate of BS.1770-4."""
OVERSAMPLING = 4
"""True peaks are looked for between the samples at four times the rate, as BS.1770-4, annex 2, asks at 48 kHz."""


def _checked(samples: np.ndarray) -> np.ndarray:
    """Samples that are audio: (n,), (n, 1) or (n, 2), not empty, all of them numbers."""
    samples = np.asarray(samples)
    if samples.ndim not in (1, 2) or (samples.ndim == 2 and samples.shape[1] not in (1, 2)):
        raise HallyuError(
            f"Audio of shape {samples.shape} is neither mono (n,) nor stereo (n, 2); reshape it."
        )
    if not samples.size:
        raise HallyuError("There are no samples to mix; check that the recording is not empty.")
    if not np.isfinite(samples).all():
        raise HallyuError("The audio holds values that are not numbers; render or record it again.")
    return samples


def stereo(samples: np.ndarray) -> np.ndarray:
    """Samples as (n, 2): mono goes to both sides.

    Raises HallyuError for another shape, for values that are not numbers, and for an empty array.
    """
    samples = _checked(samples)
    if samples.ndim == 1:
        samples = samples[:, None]
    return np.repeat(samples, 2, 1) if samples.shape[1] == 1 else samples


def gain(samples: np.ndarray, decibels: float) -> np.ndarray:
    """Louder or softer by *decibels*.

    >>> gain(np.float32([0.5]), -6.0206).round(3)
    array([0.25], dtype=float32)
    """
    return (samples * 10 ** (decibels / 20)).astype(np.float32)


def level(samples: np.ndarray) -> float:
    """The highest sample, in dB of full scale (dBFS).

    >>> level(np.float32([0.1, -0.5]))
    -6.02
    """
    return round(float(20 * np.log10(max(np.abs(samples).max(), 1e-9))), 2)


# --- filters ----------------------------------------------------------------------------------------------------------


def high_pass(rate: int, hertz: float, q: float = 0.7071) -> np.ndarray:
    """A biquad (b0, b1, b2, 1, a1, a2) that takes away what lies below *hertz*, 12 dB an octave.

    Source: R. Bristow-Johnson, Audio EQ Cookbook.
    """
    cosine, alpha = _corner(rate, hertz, q)
    return _biquad([(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2], [1 + alpha, -2 * cosine, 1 - alpha])


def low_pass(rate: int, hertz: float, q: float = 0.7071) -> np.ndarray:
    """A biquad that takes away what lies above *hertz*, 12 dB an octave. Source: Audio EQ Cookbook."""
    cosine, alpha = _corner(rate, hertz, q)
    return _biquad([(1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2], [1 + alpha, -2 * cosine, 1 - alpha])


def bell(rate: int, hertz: float, decibels: float, q: float = 1.0) -> np.ndarray:
    """A biquad that lifts or cuts the band around *hertz*. Source: Audio EQ Cookbook (peaking EQ)."""
    cosine, alpha = _corner(rate, hertz, q)
    a = 10 ** (decibels / 40)
    return _biquad([1 + alpha * a, -2 * cosine, 1 - alpha * a], [1 + alpha / a, -2 * cosine, 1 - alpha / a])


def high_shelf(rate: int, hertz: float, decibels: float, q: float = 0.7071) -> np.ndarray:
    """A biquad that lifts or cuts everything above *hertz*. Source: Audio EQ Cookbook."""
    cosine, alpha = _corner(rate, hertz, q)
    a = 10 ** (decibels / 40)
    root = 2 * np.sqrt(a) * alpha
    return _biquad(
        [
            a * (a + 1 + (a - 1) * cosine + root),
            -2 * a * (a - 1 + (a + 1) * cosine),
            a * (a + 1 + (a - 1) * cosine - root),
        ],
        [a + 1 - (a - 1) * cosine + root, 2 * (a - 1 - (a + 1) * cosine), a + 1 - (a - 1) * cosine - root],
    )


def _corner(rate: int, hertz: float, q: float) -> tuple[float, float]:
    if not 0 < hertz < rate / 2:
        raise HallyuError(
            f"A filter at {hertz:g} Hz is impossible at {rate} Hz; choose one below {rate / 2:g} Hz."
        )
    angle = 2 * np.pi * hertz / rate
    return np.cos(angle), np.sin(angle) / (2 * q)


def _biquad(b: Sequence[float], a: Sequence[float]) -> np.ndarray:
    return np.array([*b, *a]) / a[0]


def equalise(samples: np.ndarray, *biquads: np.ndarray) -> np.ndarray:
    """Send audio through biquads, one after the other."""
    return signal.sosfilt(np.array(biquads), samples, axis=0).astype(np.float32) if biquads else samples


# --- loudness ---------------------------------------------------------------------------------------------------------


def k_weighting(rate: int) -> np.ndarray:
    """The two biquads of BS.1770-4 at any rate: the head's high shelf, then the high-pass of low-frequency hearing.

    The standard prints the coefficients for 48 kHz only. These are the analogue filters behind them, as found by
    B. Mansbridge, S. Finn and J. D. Reiss (2012) and used by libebur128.
    """
    k = np.tan(np.pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    head = _biquad(
        [high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k],
        [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k],
    )
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    a = np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k]) / (1 + k / q + k * k)
    return np.array([head, [1.0, -2.0, 1.0, *a]])


def _power(samples: np.ndarray, rate: int, window: float, step: float) -> np.ndarray:
    """K-weighted power, summed over the channels, of windows of *window* seconds every *step* seconds."""
    weighted = signal.sosfilt(k_weighting(rate), np.asarray(samples, np.float64), axis=0)
    total = np.concatenate([[0.0], np.cumsum((weighted.reshape(len(weighted), -1) ** 2).sum(1))])
    width = round(window * rate)
    starts = np.round(np.arange(0, len(weighted) - width + 1, step * rate)).astype(int)
    return np.maximum(total[starts + width] - total[starts], 0) / width


def lufs(power: np.ndarray) -> np.ndarray:
    """K-weighted power, summed over the channels, as loudness in LUFS. Source: ITU-R BS.1770-4, equation 2."""
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-12))


def loudness_curve(
    samples: np.ndarray, rate: int, window: float = SHORT_TERM, step: float = 0.1
) -> np.ndarray:
    """Loudness over time, in LUFS: of 3 s (short-term) or 0.4 s (momentary) windows, one every *step* seconds."""
    return lufs(_power(_measurable(samples, rate, window), rate, window, step))


def loudness(samples: np.ndarray, rate: int) -> float:
    """Integrated loudness in LUFS, gated at -70 LUFS and then 10 LU below the mean of what remains.

    Mono counts as one channel, as the standard has it: the same signal on two channels is 3 LU louder.
    Returns -inf for silence. Raises HallyuError for less than 0.4 s. Source: ITU-R BS.1770-4.

    >>> tone = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * np.arange(96000) / 48000)
    >>> round(loudness(np.stack([tone, tone], 1), 48000), 1)
    -23.0
    """
    return gated(_power(_measurable(samples, rate, BLOCK), rate, BLOCK, BLOCK / 4))


def gated(power: np.ndarray) -> float:
    """Integrated loudness in LUFS of blocks of 0.4 s, of which *power* is the K-weighted power; -inf for silence."""
    heard = power[lufs(power) > SILENCE]
    if not len(heard):
        return float("-inf")
    return float(lufs(heard[lufs(heard) > lufs(heard.mean()) - 10].mean()))


def loudness_range(samples: np.ndarray, rate: int) -> float:
    """How far soft and loud passages lie apart, in LU: 10th to 95th percentile of short-term loudness.

    Short-term values below -70 LUFS, or 20 LU below the mean of the rest, do not count. Source: EBU Tech 3342.
    """
    return spread(_power(_measurable(samples, rate, SHORT_TERM), rate, SHORT_TERM, 0.1))


def spread(power: np.ndarray) -> float:
    """Loudness range in LU of windows of 3 s, of which *power* is the K-weighted power; 0.0 for silence."""
    heard = power[lufs(power) > SILENCE]
    if not len(heard):
        return 0.0
    low, high = np.percentile(lufs(heard)[lufs(heard) > lufs(heard.mean()) - 20], [10, 95])
    return float(high - low)


def _measurable(samples: np.ndarray, rate: int, window: float) -> np.ndarray:
    audio.check_rate(rate)
    if len(samples) < round(window * rate):
        raise HallyuError(
            f"Loudness is measured over {window:g} s, and there are only {len(samples) / rate:.2f} s of audio; "
            "measure a longer passage."
        )
    return samples


def true_peak(samples: np.ndarray) -> float:
    """The highest level between and at the samples, in dBTP. Source: ITU-R BS.1770-4, annex 2.

    Raises HallyuError for another shape, for values that are not numbers, and for an empty array.

    >>> tone = np.hanning(4800) * 0.5 * np.sin(np.pi / 2 * np.arange(4800) + np.pi / 4)  # no sample on a crest
    >>> level(tone), round(true_peak(tone), 1)
    (-9.03, -6.0)
    """
    return float(20 * np.log10(max(between(_checked(samples)).max(), 1e-9)))


def between(samples: np.ndarray) -> np.ndarray:
    """(n,) highest absolute value of any channel at each sample and the three points after it.

    A windowed sinc over 24 samples reads the points between; the standard's own example has 12 and reads less exactly.
    """
    taps = 24 * OVERSAMPLING
    time = np.arange(-taps // 2, taps // 2 + 1) / OVERSAMPLING
    kernel = (np.sinc(time) * np.kaiser(len(time), 5.0)).astype(np.float32)
    highest = np.zeros(len(samples), np.float32)
    for channel in np.asarray(samples, np.float32).reshape(len(samples), -1).T:
        dense = signal.upfirdn(kernel, channel, up=OVERSAMPLING)[taps // 2 :][: len(samples) * OVERSAMPLING]
        np.maximum(highest, np.abs(dense).reshape(-1, OVERSAMPLING).max(1), out=highest)
    return highest


# --- dynamics ---------------------------------------------------------------------------------------------------------


def compress(
    samples: np.ndarray, rate: int, threshold: float = -18.0, ratio: float = 3.0, attack: float = 0.010,
    release: float = 0.120, knee: float = 6.0, make_up: float = 0.0,
) -> np.ndarray:  # fmt: skip
    """A feed-forward compressor: what rises 1 dB over *threshold* dBFS comes out only 1/*ratio* dB higher.

    attack, release: seconds until 63 % of a change is followed. knee: dB around the threshold in which compression
    sets in. make_up: gain afterwards. Both channels are turned down together, so that the picture does not move.
    Source: D. Giannoulis, M. Massberg and J. D. Reiss, "Digital Dynamic Range Compressor Design", JAES 60 (2012).
    """
    hop = max(1, round(0.001 * rate))
    peaks = np.abs(samples).reshape(len(samples), -1).max(1)
    peaks = np.pad(peaks, (0, -len(peaks) % hop)).reshape(-1, hop).max(1)
    over = 20 * np.log10(np.maximum(peaks, 1e-6)) - threshold
    bent = np.where(
        np.abs(over) < knee / 2, (over + knee / 2) ** 2 / (2 * max(knee, 1e-9)), np.maximum(over, 0)
    )
    wanted = bent * (1 - 1 / ratio)
    rising, falling = (float(np.exp(-hop / rate / max(t, 1e-4))) for t in (attack, release))
    reduction, now = np.empty(len(wanted)), 0.0
    for i, w in enumerate(wanted.tolist()):
        keep = rising if w > now else falling
        reduction[i] = now = keep * now + (1 - keep) * w
    smooth = np.interp(np.arange(len(samples)), (np.arange(len(reduction)) + 0.5) * hop, reduction)
    factor = 10 ** ((make_up - smooth) / 20)
    return (samples * (factor if samples.ndim == 1 else factor[:, None])).astype(np.float32)


def limit(
    samples: np.ndarray,
    rate: int,
    ceiling: float = STREAMING_CEILING,
    look_ahead: float = 0.005,
    release: float = 60.0,
) -> np.ndarray:
    """A look-ahead limiter: no true peak above *ceiling* dBTP, and no click, since the gain turns down in advance.

    look_ahead: seconds in which the gain goes down before a peak. release: dB a second in which it comes back.

    >>> loud = 2 * np.sin(np.arange(9600) / 7)
    >>> true_peak(limit(loud, 48000)) <= -1.0
    True
    """
    samples = _checked(samples)
    peaks, limited, target = 20 * np.log10(np.maximum(between(samples), 1e-9)), samples, ceiling
    highest = peaks.max()
    while (
        highest > ceiling
    ):  # the moving gain shifts what lies between the samples by some thousandths: look again
        target -= highest - ceiling + 0.02 if limited is not samples else 0.02
        reduction = _ahead(np.maximum(peaks - target, 0), round(look_ahead * rate), release / rate)
        factor = 10 ** (-reduction / 20)
        limited = samples * (factor if samples.ndim == 1 else factor[:, None])
        highest = true_peak(limited)
    return np.asarray(limited, np.float32)


def _ahead(needed: np.ndarray, width: int, slope: float) -> np.ndarray:
    """A reduction in dB that never lies below *needed*, begins *width* samples early and falls back by *slope* a sample."""
    ramp = slope * np.arange(len(needed))
    held = (
        np.maximum.accumulate(needed + ramp) - ramp
    )  # the highest of all that came before, each falling linearly
    width = max(3, width + 1 - width % 2)
    early = ndimage.maximum_filter1d(
        np.pad(held, width, mode="edge"), width
    )  # a mean of these cannot lie below
    window = np.hanning(width + 2)[1:-1]
    return signal.fftconvolve(early, window / window.sum(), mode="same")[width:-width]


# --- space ------------------------------------------------------------------------------------------------------------


def pan(samples: np.ndarray, place: float) -> np.ndarray:
    """Mono to stereo at *place*, -1 left to 1 right, with the same power everywhere; stereo is balanced.

    >>> pan(np.float32([1.0]), 0.0).round(3)
    array([[0.707, 0.707]], dtype=float32)
    """
    if not -1 <= place <= 1:
        raise HallyuError(
            f"A place of {place:g} lies outside the stereo picture; choose one from -1 (left) to 1."
        )
    angle = (place + 1) * np.pi / 4
    sides = np.array([np.cos(angle), np.sin(angle)])
    if samples.ndim == 2:
        sides = np.minimum(sides * np.sqrt(2), 1.0)
    return (stereo(samples) * sides).astype(np.float32)


def room(rate: int, seconds: float = 1.8, pre_delay: float = 0.02, seed: int = 1) -> np.ndarray:
    """The impulse response (n, 2) of a made-up hall that dies away by 60 dB in *seconds*, sooner in the treble.

    Noise that decays exponentially, different on both sides; each octave band has its own decay (J. A. Moorer,
    "About This Reverberation Business", 1979).
    """
    rng = np.random.default_rng(seed)
    length = round(seconds * rate)
    time, response = np.arange(length) / rate, np.zeros((length, 2))
    edges = [e for e in (200.0, 800.0, 2400.0, 6000.0, 12000.0) if e < rate * 0.45]
    for low, high, decay, loud in zip(
        edges, edges[1:], (1.0, 0.95, 0.75, 0.45), (1.0, 0.9, 0.6, 0.3), strict=False
    ):
        band = signal.sosfilt(
            signal.butter(2, [low, high], "band", fs=rate, output="sos"), rng.normal(size=(length, 2)), axis=0
        )
        response += loud * band * 10 ** (-3 * time / (decay * seconds))[:, None]
    response *= np.minimum(time / 0.008, 1)[:, None]
    response /= np.sqrt((response**2).sum(0)).max()
    return np.pad(response, ((round(pre_delay * rate), 0), (0, 0))).astype(np.float32)


def reverb(samples: np.ndarray, rate: int, seconds: float = 1.8, pre_delay: float = 0.02) -> np.ndarray:
    """Only the sound of the room, (n, 2), as long as the input: mix it under the dry sound."""
    response = room(rate, seconds, pre_delay)
    return signal.fftconvolve(stereo(samples), response, axes=0)[: len(samples)].astype(np.float32)


# --- the desk ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Channel:
    """One fader of the desk and what is plugged into it, in the order in which the sound passes through.

    low_cut: Hz, 0 for none. eq: (Hz, dB) pairs, each a bell of about an octave. ratio: 1 for no compression, above
    *threshold* dBFS. fader: dB. place: -1 left to 1 right. send: dB into the room; None for none.
    """

    samples: np.ndarray
    fader: float = 0.0
    place: float = 0.0
    low_cut: float = 0.0
    eq: tuple[tuple[float, float], ...] = ()
    ratio: float = 1.0
    threshold: float = -18.0
    send: float | None = None


def strip(channel: Channel, rate: int) -> np.ndarray:
    """A channel after its fader, (n, 2)."""
    samples = np.asarray(channel.samples, np.float32)
    filters = [high_pass(rate, channel.low_cut)] if channel.low_cut else []
    samples = equalise(
        samples, *filters, *(bell(rate, hertz, decibels, 1.4) for hertz, decibels in channel.eq)
    )
    if channel.ratio > 1:
        samples = compress(samples, rate, channel.threshold, channel.ratio)
    return gain(pan(samples, channel.place), channel.fader)


def balanced(channel: Channel, rate: int, lufs: float) -> Channel:
    """The channel with its fader where what comes out has *lufs* integrated loudness.

    A voice that carries a song sits 1 to 3 LU above the band. Raises HallyuError for a silent channel.
    """
    now = loudness(strip(channel, rate), rate)
    if now == float("-inf"):
        raise HallyuError("A silent channel cannot be brought to a loudness; check its stem.")
    return replace(channel, fader=channel.fader + lufs - now)


def mix(channels: dict[str, Channel], rate: int, seconds: float = 1.8) -> np.ndarray:
    """All channels and the room that they share, (n, 2), as long as the longest channel; not yet mastered."""
    if not channels:
        raise HallyuError("There is no channel to mix; plug at least one stem into the desk.")
    length = max(len(channel.samples) for channel in channels.values())
    dry, wet = np.zeros((length, 2), np.float32), np.zeros((length, 2), np.float32)
    for channel in channels.values():
        sound = strip(channel, rate)
        dry[: len(sound)] += sound
        if channel.send is not None:
            wet[: len(sound)] += gain(sound, channel.send)
    return dry + reverb(wet, rate, seconds) if wet.any() else dry


def master(
    samples: np.ndarray, rate: int, lufs: float = STREAMING_LUFS, ceiling: float = STREAMING_CEILING
) -> np.ndarray:
    """A mix at *lufs* integrated loudness and at most *ceiling* dBTP, (n, 2).

    Raises HallyuError for silence, and where limiting would have to take more than 12 dB off a peak to get there.
    """
    samples = stereo(samples)
    now = loudness(samples, rate)
    if now == float("-inf"):
        raise HallyuError("The mix is silent; check that a fader is up and that its stem has sound.")
    lift, peak = lufs - now, true_peak(samples)
    for _ in range(6):  # what the limiter takes away is given back before it
        if peak + lift > ceiling + 12:
            raise HallyuError(
                f"{lufs:g} LUFS would need more than 12 dB of limiting, since a peak stands far above the rest; "
                "compress or turn down the channel that it comes from."
            )
        finished = limit(gain(samples, lift), rate, ceiling)
        missing = lufs - loudness(finished, rate)
        if abs(missing) < 0.05:
            break
        lift += missing
    return finished
