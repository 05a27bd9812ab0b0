"""Sound files in and out: every file that an artist may bring, and the WAV and MP3 that a studio hands over.

Sound is float32 in -1..1, mono (n,) or stereo (n, 2), and always travels with its sample rate in hertz. A film's sound,
of any length and any number of channels, is read second by second: *track* and *blocks*.
"""

import io
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hallyu.errors import HallyuError
from hallyu.files import write_whole

RATES = (8_000, 192_000)
"""Lowest and highest sample rate in hertz: a telephone's, and the highest that studios record."""
LONGEST = 15 * 60
"""Seconds; a longer recording is several works or a mistake, and at 96 kHz it fills a laptop's memory."""
MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""Hertz; MPEG-1, MPEG-2 and MPEG-2.5 layer III know no others."""
# Only formats that hold their sound themselves: a playlist would make the reader open other files.
_CONTAINERS = "mov,mp4,m4a,3gp,matroska,webm,aac,asf,amr,mp3,flac"
_FILMS = _CONTAINERS + ",wav,w64,ogg,aiff,caf,avi,mpegts,mxf"
_UNSTATED = 1 << 40
_HOW = "export it as WAV, FLAC, MP3, OGG or M4A and try again"
_ORDERS = {
    1: "FC", 2: "FL FR", 3: "FL FR FC", 4: "FL FR BL BR", 5: "FL FR FC BL BR", 6: "FL FR FC LFE BL BR",
    7: "FL FR FC LFE BC SL SR", 8: "FL FR FC LFE BL BR SL SR",
}  # fmt: skip
"""What the channels of a track are where it does not say so, by their number (SMPTE ST 2036-2, ITU-R BS.2051-3)."""
_GAP, _LONGEST_GAP = 0.05, 600.0
"""Seconds between two packets that are silence, and not a clock that is read inexactly or wrong."""


def check(samples: np.ndarray, rate: int) -> np.ndarray:
    """*samples* as float32 (n,) or (n, 2).

    Raises HallyuError unless they are finite numbers in one of these shapes, with at least one sample, and the
    rate is a whole number within RATES. Values beyond -1..1 pass: they clip only where they are written.
    """
    samples = np.asarray(samples)
    if (
        samples.ndim not in (1, 2)
        or (samples.ndim == 2 and samples.shape[1] != 2)
        or samples.dtype.kind not in "fiu"
    ):
        raise HallyuError(
            f"Sound is an array of numbers of shape (n,) or (n, 2); this one is {samples.dtype} {samples.shape}."
        )
    if samples.dtype.kind != "f":
        raise HallyuError(
            f"Sound is floating-point numbers in -1..1; divide this {samples.dtype} by its full scale first."
        )
    if not len(samples):
        raise HallyuError("This sound is empty: it has not one sample.")
    check_rate(rate)
    if not np.isfinite(samples).all():
        raise HallyuError("This sound has values that are not numbers (NaN or infinite): render it again.")
    return samples.astype(np.float32, copy=False)


def check_rate(rate: int) -> None:
    """Raise HallyuError unless *rate* is a whole number within RATES."""
    if isinstance(rate, bool) or int(rate) != rate or not RATES[0] <= rate <= RATES[1]:
        raise HallyuError(f"A sample rate is a whole number from {RATES[0]} to {RATES[1]} Hz, not {rate}.")


def read(path: str | Path, rate: int | None = None) -> tuple[np.ndarray, int]:
    """The sound of an audio or video file, and its sample rate in hertz.

    rate: resample to this; by default the file's own. Returns float32 (n,) for mono and (n, 2) for stereo.
    Raises HallyuError for a file that is missing, empty, not audio, longer than LONGEST, of a rate outside RATES,
    of more than two channels, or that holds values that are not numbers.

    >>> write_wav("/tmp/hallyu-doctest.wav", np.zeros((4410, 2)), 44100)
    >>> samples, rate = read("/tmp/hallyu-doctest.wav")
    >>> samples.shape, rate
    ((4410, 2), 44100)
    """
    path = Path(path)
    with _file(path) as file:
        samples, own = _read_sndfile(file, path.name)
    if not len(samples):
        raise HallyuError(f"{path.name} holds no sound: export or record it again.")
    if not np.isfinite(samples).all():
        raise HallyuError(f"{path.name} has values that are not numbers (NaN or infinite): render it again.")
    samples = samples[:, 0] if samples.shape[1] == 1 else samples
    return (samples, own) if rate in (None, own) else (resample(samples, own, rate), rate)


@contextmanager
def _file(path: Path) -> Iterator[io.BufferedReader]:
    try:
        if path.is_file() and not path.stat().st_size:
            raise HallyuError(f"{path.name} is empty (0 bytes): export or record it again.")
        with open(path, "rb") as file:
            yield file
    except FileNotFoundError:
        raise HallyuError(f"There is no file {path}: check the name and the folder.") from None
    except OSError as error:
        raise HallyuError(
            f"{path} cannot be read ({error.strerror or error}): choose a sound file."
        ) from error


@dataclass(frozen=True)
class Track:
    """A sound track of a film. rate: hertz. layout: its channels in order, as FFmpeg names them: FL, FR, FC, LFE, BL …

    seconds: how long the file says that it lasts; 0.0 where it does not say so.
    """

    rate: int
    layout: tuple[str, ...]
    seconds: float


def tracks(path: str | Path) -> list[Track]:
    """The sound tracks of an audio or video file, in its order; none for a silent film.

    Raises HallyuError for a file that is missing, empty, or holds neither sound nor picture.
    """
    with _film(Path(path)) as container:
        return [_track(container, stream) for stream in container.streams.audio]


def blocks(path: str | Path, track: int = 0) -> Iterator[np.ndarray]:
    """The sound of track number *track*, one second at a time: float32 (rate, channels), the last block shorter.

    Seconds are counted from the film's first picture: a track that begins later begins with silence, and so is a gap.
    A damaged file ends where the damage is: compare what came with Track.seconds.
    Raises HallyuError as *tracks* does, and for a track that is not there or holds values that are not numbers.

    >>> write_wav("/tmp/hallyu-doctest.wav", np.zeros((11025, 2)), 8000)
    >>> [block.shape for block in blocks("/tmp/hallyu-doctest.wav")]
    [(8000, 2), (3025, 2)]
    """
    path = Path(path)
    with _film(path) as container:
        if not 0 <= track < len(container.streams.audio):
            raise HallyuError(f"{path.name} has no sound track: {_HOW}.")
        stream = container.streams.audio[track]
        rate, kept, count = stream.codec_context.sample_rate, [], 0
        for part in _in_time(container, stream):
            if not np.isfinite(part).all():
                raise HallyuError(
                    f"{path.name} has values that are not numbers (NaN or infinite): render it again."
                )
            kept.append(part)
            count += len(part)
            if count >= rate:
                whole = np.concatenate(kept)
                for start in range(0, count - rate + 1, rate):
                    yield whole[start : start + rate]
                kept = [whole[count - count % rate :]]
                count %= rate
        if count:
            yield np.concatenate(kept)


@contextmanager
def _film(path: Path) -> Iterator:
    """A container that may hold several tracks of sound, and pictures."""
    import av

    with _file(path) as file:
        try:
            container = av.open(file, options={"format_whitelist": _FILMS})
        except (av.FFmpegError, ValueError):
            raise HallyuError(f"{path.name} is not a sound file that can be read here: {_HOW}.") from None
        with container:
            for stream in container.streams.audio:
                if stream.codec_context is None:
                    raise HallyuError(f"{path.name} is not a sound file that can be read here: {_HOW}.")
                _require_rate(path.name, stream.codec_context.sample_rate, stream.codec_context.channels)
            yield container


def _track(container, stream) -> Track:
    names = tuple(channel.name for channel in stream.codec_context.layout.channels)
    count = stream.codec_context.channels
    if len(names) != count or len(set(names)) != count or "NONE" in names:
        names = tuple(_ORDERS.get(count, " ".join(f"{n}" for n in range(1, count + 1))).split())
    own = stream.duration * stream.time_base if stream.duration else None
    return Track(
        stream.codec_context.sample_rate, names, float((container.duration or 0) / 1e6 if own is None else own)
    )


def _in_time(container, stream) -> Iterator[np.ndarray]:
    """A track's samples (n, channels) from the first picture on, with silence where it has none."""
    import av

    rate, count = stream.codec_context.sample_rate, 0
    pictures = container.streams.video
    origin = float((pictures[0].start_time or 0) * pictures[0].time_base) if pictures else None
    convert = av.AudioResampler(format="flt")  # PyAV 18.1 reads planes beyond the seventh from where there is nothing
    with suppress(av.FFmpegError, ValueError):
        for frame in container.decode(stream):
            if frame.time is not None:
                origin = frame.time if origin is None else origin  # sound alone begins where it begins
                early = frame.time - origin - count / rate
                if _GAP < early < _LONGEST_GAP or (early > 0 and not count):
                    silent = round(early * rate)
                    count += silent
                    for begin in range(0, silent, rate):
                        yield np.zeros((min(rate, silent - begin), stream.codec_context.channels), np.float32)
            for whole in convert.resample(frame):
                samples = whole.to_ndarray().reshape(whole.samples, -1)
                if not count and frame.time is not None and frame.time < origin:
                    samples = samples[round((origin - frame.time) * rate) :]
                count += len(samples)
                yield samples


def _read_sndfile(file: io.BufferedReader, name: str) -> tuple[np.ndarray, int]:
    """(n, channels) and the rate by libsndfile, or by FFmpeg for what libsndfile does not know."""
    import soundfile

    try:
        # By its number: with the name, a file called .raw would be taken at its word.
        with soundfile.SoundFile(file.fileno(), closefd=False) as sound:
            rate = sound.samplerate
            _require(name, rate, sound.channels)
            if sound.frames < _UNSTATED:
                _require_length(name, sound.frames / rate)  # before a long one is read
                samples = _gather(name, _sndfile_blocks(sound), rate)
                if len(samples) or not sound.frames:
                    return samples, rate
    except soundfile.LibsndfileError:
        pass
    # Also for a FLAC from a pipe, which does not state its length, and for one that is cut off.
    file.seek(0)
    return _read_ffmpeg(file, name)


def _sndfile_blocks(sound) -> Iterator[np.ndarray]:
    """The file in parts (n, channels), up to its end or to where it is damaged."""
    import soundfile

    with suppress(soundfile.LibsndfileError):
        while len(block := sound.read(1 << 18, dtype="float32", always_2d=True)):
            yield block


def _gather(name: str, blocks: Iterable[np.ndarray], rate: int) -> np.ndarray:
    """All *blocks* as one (n, channels); refused as soon as they last longer than LONGEST."""
    kept, count = [np.zeros((0, 1), np.float32)], 0
    for block in blocks:
        kept.append(block)
        count += len(block)
        _require_length(name, count / rate)
    return np.concatenate(kept[1:] or kept)


def _read_ffmpeg(file: io.BufferedReader, name: str) -> tuple[np.ndarray, int]:
    """(n, channels) and the rate of the first sound track in a phone's or a video's file."""
    import av

    try:
        with av.open(file, options={"format_whitelist": _CONTAINERS}) as container:
            if not container.streams.audio:
                raise HallyuError(f"{name} has no sound track: {_HOW}.")
            stream = container.streams.audio[0]
            rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
            _require(name, rate, channels)
            return _gather(name, _planes(container.decode(stream), channels, rate), rate), rate
    except (av.FFmpegError, ValueError):
        raise HallyuError(f"{name} is not a sound file that can be read here: {_HOW}.") from None


def _planes(frames: Iterator, channels: int, rate: int) -> Iterator[np.ndarray]:
    """FFmpeg's frames as float32 (n, channels), up to the end or to where they are damaged."""
    import av

    convert = av.AudioResampler(format="fltp", layout={1: "mono", 2: "stereo"}[channels], rate=rate)
    with suppress(av.FFmpegError):
        for frame in frames:
            for whole in convert.resample(frame):
                yield whole.to_ndarray().T
    for rest in convert.resample(None):
        yield rest.to_ndarray().T


def _require(name: str, rate: int, channels: int) -> None:
    _require_rate(name, rate, channels)
    if channels > 2:
        raise HallyuError(f"{name} has {channels} channels: mix it down to mono or stereo and try again.")


def _require_rate(name: str, rate: int, channels: int) -> None:
    if not rate or not channels:
        raise HallyuError(f"{name} is not a sound file that can be read here: {_HOW}.")
    if not RATES[0] <= rate <= RATES[1]:
        raise HallyuError(
            f"{name} has a sample rate of {rate} Hz; it must be {RATES[0]} to {RATES[1]}: {_HOW}."
        )


def _require_length(name: str, seconds: float) -> None:
    if seconds > LONGEST:
        raise HallyuError(
            f"{name} lasts more than {LONGEST // 60} minutes, the most that is opened: cut it into parts."
        )


def mono(samples: np.ndarray) -> np.ndarray:
    """(n,) or (n, 2) -> (n,): the mean of the channels.

    >>> mono(np.array([[0.5, 0.25]], np.float32))
    array([0.375], dtype=float32)
    """
    return samples if samples.ndim == 1 else samples.mean(axis=1)


def resample(samples: np.ndarray, rate: int, to: int) -> np.ndarray:
    """*samples* at *rate* hertz -> at *to* hertz, band-limited (soxr, high quality), ceil(n x to / rate) samples.

    >>> resample(np.zeros(24000, np.float32), 24000, 48000).shape
    (48000,)
    """
    import soxr

    samples = check(samples, rate)
    check(samples[:1], to)
    if rate == to:
        return samples
    length = -(-len(samples) * to // rate)
    out = soxr.resample(samples, rate, to)[:length]
    return np.pad(out, [(0, length - len(out)), (0, 0)][: out.ndim])


def write_wav(path: str | Path, samples: np.ndarray, rate: int) -> None:
    """Write a WAV of 24-bit PCM, the format in which stems and masters are delivered.

    Raises HallyuError when the samples would clip (beyond -1..1), or the file cannot be written.
    """
    _write(path, samples, rate, format="WAV", subtype="PCM_24")


def write_mp3(path: str | Path, samples: np.ndarray, rate: int, kbps: int = 192) -> None:
    """Write an MP3 of a constant *kbps* (32 to 320) kilobits a second, for listening; masters are WAV.

    Raises HallyuError when the samples would clip, for a rate that MP3 does not know, and when it cannot be written.
    """
    _write(path, samples, rate, **_mp3(rate, kbps))


def mp3(samples: np.ndarray, rate: int, kbps: int = 192) -> bytes:
    """What write_mp3 would write, in memory; at a rate that MP3 does not know it is resampled to 48 kHz.

    >>> len(mp3(np.zeros(24000, np.float32), 24000, kbps=96)) < 20_000
    True
    """
    if rate not in MP3_RATES:
        samples, rate = resample(samples, rate, 48_000), 48_000
    return _encoded("This sound", check(samples, rate), rate, **_mp3(rate, kbps))


def _mp3(rate: int, kbps: int) -> dict:
    """How libsndfile is told to encode an MP3."""
    if rate not in MP3_RATES:
        raise HallyuError(f"MP3 knows no sample rate of {rate} Hz: resample to 44100 or 48000 first.")
    # LAME's lowest and highest rates: MPEG-1 (32 kHz and more), then MPEG-2 and 2.5.
    low, high = (32, 320) if rate >= 32_000 else (8, 160) if rate >= 16_000 else (8, 64)
    if not low <= kbps <= high:
        raise HallyuError(f"At {rate} Hz an MP3 takes {low} to {high} kbit/s, not {kbps}.")
    level = min((high - kbps) / (high - low), 0.999)  # libsndfile refuses 1 itself
    return {"format": "MP3", "bitrate_mode": "CONSTANT", "compression_level": level}


def _write(path: str | Path, samples: np.ndarray, rate: int, **how) -> None:
    path, samples = Path(path), check(samples, rate)
    if path.suffix.lower() != f".{how['format'].lower()}":
        raise HallyuError(
            f"{path.name} will be a {how['format']} file: end its name in .{how['format'].lower()}."
        )
    # Encoded in memory, so that a full disk is met in write_whole, which can say so.
    encoded = _encoded(path.name, samples, rate, **how)
    with write_whole(path) as draft:
        draft.write_bytes(encoded)


def _encoded(name: str, samples: np.ndarray, rate: int, **how) -> bytes:
    import soundfile

    peak = float(np.abs(samples).max())
    if peak > 1 + 1e-4:
        raise HallyuError(
            f"{name} would clip: its peak is {20 * math.log10(peak):+.1f} dBFS; turn it down by at least that."
        )
    encoded = io.BytesIO()
    soundfile.write(encoded, np.clip(samples, -1, 1), rate, **how)
    return encoded.getvalue()
