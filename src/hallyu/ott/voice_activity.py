"""Voice activity detection (음성 구간 검출): when somebody speaks in a film, in one pass and little memory.

Silero VAD, version 6: a small recurrent network that gives each 32 ms the probability that it holds speech. It carries its
memory from one window to the next, so that a film may come in blocks of any length. The sound of any rate and any number of
channels is brought to 16 kHz mono first, with the centre, where dialogue lies, at its full weight.
Source: https://github.com/snakers4/silero-vad (MIT).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from hallyu import audio, models
from hallyu.errors import HallyuError
from hallyu.ott.ffmpeg import Stopped

RATE = 16_000
"""Samples a second that the detector and the recogniser hear."""
WINDOW, CONTEXT = 512, 64
"""Samples of one probability (32 ms), and those before it that the network sees again."""
OPENS, CLOSES = 0.5, 0.35
"""Probabilities: speech begins where it reaches the first, and goes on until it is below the second."""
PAUSE, SHORTEST, LONGEST = 0.2, 0.1, 28.0
"""Seconds: a pause that ends a passage; the shortest passage that counts; the longest, as the recogniser hears 30 s at once."""
_STATE = (1, 1, 128)
_CUT_OFF = (1.0, 0.05)
_SILENT = {"LFE", "LFE2"}


def speech(
    sound: str | Path | Iterable[np.ndarray],
    rate: int = RATE,
    tick: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
    track: int = 0,
) -> list[tuple[float, float]]:
    """When somebody speaks: passages (start, stop) in seconds, in order.

    sound: a film or a sound file, of which *track* is heard; or blocks (n,) or (n, channels) at *rate* hertz. tick: told the
    share that is done, 0 to 1, for files. stop: asked every second whether to end.
    Raises HallyuError for a file that has no sound, cannot be read, or is cut off; Stopped where *stop* said so.

    >>> speech([np.zeros(16_000, np.float32)])
    []
    """
    blocks = heard(sound, track, tick, stop) if isinstance(sound, str | Path) else _mono_blocks(sound, rate)
    detector = Detector()
    found = [detector.take(block) for block in blocks]
    found.append(detector.finish())
    return passages(np.concatenate(found))


def passages(probabilities: np.ndarray, step: float = WINDOW / RATE) -> list[tuple[float, float]]:
    """Passages of speech (start, stop) in seconds, from the probability of each *step* seconds.

    One begins where the probability reaches OPENS, and ends where it falls below CLOSES for PAUSE seconds; two thresholds, so
    that it does not flicker. A passage over LONGEST is cut where speech is least probable in its second half.

    >>> passages(np.array([0, 0, 0.6, 0.9, 0.4, 0.9, 0.1, 0.1, 0.1]), step=0.1)
    [(0.2, 0.6)]
    """
    found: list[tuple[int, int]] = []
    begin = quiet = None
    wait = round(PAUSE / step)
    for n, probability in enumerate(probabilities.tolist()):
        if begin is None:
            if probability >= OPENS:
                begin, quiet = n, None
        elif probability >= OPENS or (quiet is None and probability >= CLOSES):
            quiet = None
        else:
            quiet = n if quiet is None else quiet
            if n + 1 - quiet >= wait:
                found.append((begin, quiet))
                begin = None
    if begin is not None:
        found.append((begin, len(probabilities) if quiet is None else quiet))
    cut = [piece for passage in found for piece in _cut(*passage, probabilities, round(LONGEST / step))]
    return [(round(a * step, 3), round(b * step, 3)) for a, b in cut if (b - a) * step >= SHORTEST]


def _cut(begin: int, end: int, probabilities: np.ndarray, most: int) -> Iterator[tuple[int, int]]:
    while end - begin > most:
        half = begin + most // 2
        place = half + int(probabilities[half : begin + most].argmin())
        yield begin, place
        begin = place
    yield begin, end


class Detector:
    """Takes 16 kHz mono sound in blocks of any length, and gives the probability of speech of each WINDOW."""

    def __init__(self):
        self._left = np.zeros(0, np.float32)
        self._before = np.zeros(CONTEXT, np.float32)
        self._memory = np.zeros(_STATE, np.float32), np.zeros(_STATE, np.float32)

    def take(self, samples: np.ndarray) -> np.ndarray:
        """(m,) probabilities of the windows that are whole by now."""
        samples = np.concatenate([self._left, samples.astype(np.float32, copy=False)])
        count = len(samples) // WINDOW
        self._left = samples[count * WINDOW :]
        if not count:
            return np.zeros(0, np.float32)
        windows = samples[: count * WINDOW].reshape(count, WINDOW)
        tails = np.concatenate([self._before[None], windows[:-1, -CONTEXT:]])
        self._before = windows[-1, -CONTEXT:].copy()
        out, *self._memory = _network().run(
            None, {"input": np.concatenate([tails, windows], 1), "h": self._memory[0], "c": self._memory[1]}
        )
        return out.reshape(-1)

    def finish(self) -> np.ndarray:
        """The probability of what is left, as if silence followed; (0,) or (1,)."""
        return self.take(np.zeros(-len(self._left) % WINDOW, np.float32))


@cache
def _network():
    return models.load("voice-activity")


def load_bundled(files: list[Path]):
    """The network from its verified file."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = (
        1  # it is recurrent: more only wait for each other
    )
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(files[0].read_bytes(), options, providers=["CPUExecutionProvider"])


def heard(
    path: str | Path,
    track: int = 0,
    tick: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Iterator[np.ndarray]:
    """A track of a film as the detector and the recogniser hear it: blocks (n,) float32 at RATE, of about a second.

    Raises HallyuError as audio.blocks does, and at the end for a file that is cut off; Stopped where *stop* said so.
    """
    path = Path(path)
    tracks = audio.tracks(path)
    if not 0 <= track < len(tracks):
        next(audio.blocks(path, track))  # which says so
    about, done = tracks[track], 0.0

    def told() -> Iterator[np.ndarray]:
        nonlocal done
        for block in audio.blocks(path, track):
            if stop and stop():
                raise Stopped(f"{path.name} was stopped; nothing of it was kept.")
            yield block
            done += len(block) / about.rate
            if tick and about.seconds:
                tick(min(done / about.seconds, 1.0))

    weights = _weights(about.layout)
    yield from _resampled((block @ weights for block in told()), about.rate)
    if about.seconds - done > max(_CUT_OFF[0], _CUT_OFF[1] * about.seconds):
        raise HallyuError(
            f"{path.name} ends at {done:.1f} s of {about.seconds:.1f} s: it is cut off or damaged; copy or export it again."
        )
    if tick:
        tick(1.0)


def _weights(layout: Sequence[str]) -> np.ndarray:
    """(channels,) how much each counts in mono: front left and right half, the centre 0.71, what surrounds 0.35, LFE nothing.

    Stereo is the mean of both. Source: ITU-R BS.775-4, table 2, less 3 dB.
    """
    if len(layout) == 1:
        return np.ones(1, np.float32)
    known = {"FL": 0.5, "FR": 0.5, "FC": 0.5**0.5, **dict.fromkeys(_SILENT, 0.0)}
    if not known.keys() & set(layout):
        return np.full(len(layout), 1 / len(layout), np.float32)
    return np.array([known.get(name, 0.125**0.5) for name in layout], np.float32)


def _mono_blocks(blocks: Iterable[np.ndarray], rate: int) -> Iterator[np.ndarray]:
    audio.check_rate(rate)
    return _resampled((block if block.ndim == 1 else block.mean(1) for block in blocks), rate)


def _resampled(blocks: Iterable[np.ndarray], rate: int) -> Iterator[np.ndarray]:
    """Mono blocks at *rate* as blocks at RATE, without seams."""
    if rate == RATE:
        yield from blocks
        return
    import soxr

    stream = soxr.ResampleStream(rate, RATE, 1, dtype="float32")
    for block in blocks:
        yield stream.resample_chunk(np.ascontiguousarray(block, np.float32))
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)
