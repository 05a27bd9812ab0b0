"""The voice: Korean text or a melody -> sound, with a neural voice whose stages are open.

Kokoro-82M turns tokens into sound in one pass. Cut in three, it can be led by hand between the cuts:

1. *analyse*: tokens and a style -> how long each token lasts, and features;
2. *shape*: durations (ours, if we like) -> pitch and energy over time, and the features stretched to them;
3. *render*: pitch (ours, if we like) and energy -> sound.

So the voice speaks with any timing and sings any melody by itself, with no second vocoder.

Source: Li et al., "StyleTTS 2" (2023), which Kokoro-82M follows; weights Apache-2.0, see the model catalogue.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.signal import filtfilt, iirnotch

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.music.phonemes import Syllable, syllables
from hallyu.music.score import Phone

RATE = 24_000
"""Samples a second."""
FRAME = 600
"""Samples of one unit of duration: 25 ms."""
STEP = 300
"""Samples of one value of pitch and energy: 12.5 ms. Two steps make a frame."""
LEAD = 5
"""Steps by which the model's pitch, energy and sound come before the durations that it gives its tokens, 62.5 ms: so much
had tokens to be moved, for four voices and twelve sentences, to agree best with where its pitch is voiced.
"""
VOICED = 40.0
"""Hz. The model predicts some 10 Hz where there is no voice, and renders a pitch that low as noise."""
WHISTLES = (4_800, 9_600)
"""Hz. The renderer's last layer, which works in hops of 5 samples, whistles softly at these."""
LONGEST = 400
"""Tokens in one go; the model was trained for 510 at most, and speech comes in sentences."""

DURATIONS = "/encoder/Cast_output_0"
PREDICTOR = "/encoder/predictor/text_encoder/Concat_4_output_0"
TEXT = "/encoder/text_encoder/Transpose_2_output_0"
PITCH = "/encoder/Squeeze_output_0"
ENERGY = "/encoder/Squeeze_1_output_0"
STRETCHED = "/encoder/MatMul_1_output_0"
STAGES = {
    "analyse": (("tokens", "style", "speed"), (DURATIONS, PREDICTOR, TEXT)),
    "shape": ((DURATIONS, PREDICTOR, TEXT, "style"), (PITCH, ENERGY, STRETCHED)),
    "render": ((PITCH, ENERGY, STRETCHED, "style"), ("audio",)),
}
"""The cuts, by the names that the values have in the model's graph: what goes in, what comes out."""


@dataclass(frozen=True, eq=False)
class Voice:
    """A way to sound. styles: (510, 256) float32, one style for each length of text in tokens.

    made_of: the bundled voices in it and their shares, which add up to 1; what consent and credit refer to.
    low, high: the MIDI pitches between which it sings in tune.
    """

    name: str
    styles: np.ndarray
    made_of: dict[str, float]
    low: int
    high: int

    def style(self, tokens: int) -> np.ndarray:
        """(1, 256): the style for a text of that many tokens."""
        return self.styles[min(max(tokens, 1), len(self.styles)) - 1].reshape(1, 256)


@dataclass(frozen=True, eq=False)
class Spoken:
    """Speech. samples: float32 mono in -1..1. f0: Hz every 12.5 ms, 0 where there is no voice."""

    samples: np.ndarray
    rate: int
    phones: tuple[Phone, ...]
    f0: np.ndarray


RANGES = {
    "jf_alpha": (55, 69),
    "jf_gongitsune": (55, 65),
    "jf_nezumi": (55, 69),
    "jf_tebukuro": (55, 69),
    "jm_kumo": (48, 64),
}
"""MIDI pitches, low and high, between which each bundled voice sings in tune; measured on held notes.

A recogniser hears the words of jf_nezumi and jf_tebukuro best, those of jf_alpha worst.
"""


class Engine:
    """The three stages as ONNX Runtime sessions, with the vocabulary and the styles of the bundled voices."""

    def __init__(
        self, stages: Mapping[str, bytes], vocabulary: dict[str, int], styles: dict[str, np.ndarray]
    ):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others want the cores too
        self.vocabulary, self.styles = vocabulary, styles
        self._sessions = {
            name: onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            for name, model in stages.items()
        }

    def _run(self, stage: str, *values: np.ndarray) -> list[np.ndarray]:
        inputs, outputs = STAGES[stage]
        return self._sessions[stage].run(list(outputs), dict(zip(inputs, values, strict=True)))

    def tokens(self, symbols: Iterable[str]) -> np.ndarray:
        """(1, n + 2) int64: the symbols' numbers between two silences, which are 0.

        Raises HallyuError for a symbol that the voice does not know: no sound is left out in silence.
        """
        symbols = list(symbols)
        if unknown := sorted({symbol for symbol in symbols if symbol not in self.vocabulary}):
            raise HallyuError(f"The voice has no sound for {', '.join(unknown)}; write the word in Hangul.")
        return np.array([[0, *(self.vocabulary[symbol] for symbol in symbols), 0]], np.int64)

    def analyse(self, tokens: np.ndarray, style: np.ndarray, speed: float = 1.0) -> list[np.ndarray]:
        """Durations (1, n) int64 in frames of 25 ms, and two kinds of features for *shape*."""
        return self._run("analyse", tokens, style, np.array([speed], np.float32))

    def shape(
        self, durations: np.ndarray, predictor: np.ndarray, text: np.ndarray, style: np.ndarray
    ) -> list[np.ndarray]:
        """Pitch in Hz and energy, (1, 2 * frames) each, and the features stretched to the durations."""
        return self._run("shape", durations, predictor, text, style)

    def render(
        self, pitch: np.ndarray, energy: np.ndarray, stretched: np.ndarray, style: np.ndarray
    ) -> np.ndarray:
        """Samples, float32 mono at 24 kHz, 300 for each value of *pitch*."""
        return self._run("render", pitch, energy, stretched, style)[0].ravel()


def load_bundled(files: list[Path]) -> Engine:
    """The engine from the verified files: four parts of the model, the vocabulary and the styles."""
    *parts, vocabulary, styles = files
    whole = b"".join(path.read_bytes() for path in parts)
    with np.load(styles) as stored:
        rows = {name: stored[name].reshape(-1, 256).astype(np.float32) for name in stored.files}
    symbols = json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"]
    return Engine(split(whole), symbols, rows)


def split(whole: bytes) -> dict[str, bytes]:
    """Cut the model's graph into its STAGES, each a model of its own.

    A stage has the operations that its outputs need, followed backwards until its inputs.
    """
    import onnx
    from onnx import TensorProto, helper

    model = onnx.load_model_from_string(whole)
    graph = model.graph
    known = {value.name: value for value in (*graph.input, *graph.output)}

    def value(name: str):
        kind = TensorProto.INT64 if name == DURATIONS else TensorProto.FLOAT
        return known.get(name) or helper.make_tensor_value_info(name, kind, None)

    stages = {}
    for stage, (inputs, outputs) in STAGES.items():
        needed, nodes = set(outputs), []
        for node in reversed(graph.node):
            if any(name in needed and name not in inputs for name in node.output):
                nodes.append(node)
                needed |= set(node.input) - set(inputs)
        weights = [tensor for tensor in graph.initializer if tensor.name in needed]
        part = helper.make_graph(
            nodes[::-1], stage, list(map(value, inputs)), list(map(value, outputs)), weights
        )
        made = helper.make_model(part, opset_imports=model.opset_import, ir_version=model.ir_version)
        stages[stage] = made.SerializeToString()
    return stages


@cache
def engine() -> Engine:
    """The bundled engine, opened once in a process (about 1.5 s)."""
    return models.load("voice")


@cache
def voices() -> dict[str, Voice]:
    """The bundled voices by name.

    >>> sorted(voices())
    ['jf_alpha', 'jf_gongitsune', 'jf_nezumi', 'jf_tebukuro', 'jm_kumo']
    """
    return {name: Voice(name, styles, {name: 1.0}, *RANGES[name]) for name, styles in engine().styles.items()}


def voice(name: str) -> Voice:
    """The bundled voice called *name*.

    Raises HallyuError with the names there are.
    """
    if name not in voices():
        raise HallyuError(f"There is no voice {name!r}; there are: {', '.join(voices())}.")
    return voices()[name]


def blend(shares: Mapping[str, float], name: str = "") -> Voice:
    """A new voice between bundled ones: the weighted mean of their styles and of their ranges.

    shares: name -> weight, 0 or more; they are scaled to add up to 1. name: what to call it.
    Raises HallyuError for unknown names, negative weights, and weights that are all 0.

    >>> blend({"jf_alpha": 3, "jm_kumo": 1}).made_of
    {'jf_alpha': 0.75, 'jm_kumo': 0.25}
    """
    total = float(sum(shares.values()))
    if not np.isfinite(total) or total <= 0 or min(shares.values()) < 0:
        raise HallyuError(f"A blend needs weights of 0 or more, and one above 0; these are {dict(shares)}.")
    made_of = {each: weight / total for each, weight in shares.items() if weight > 0}
    parts = [(voice(each), share) for each, share in made_of.items()]
    return Voice(
        name or "+".join(made_of),
        sum(part.styles * np.float32(share) for part, share in parts),
        made_of,
        round(sum(part.low * share for part, share in parts)),
        round(sum(part.high * share for part, share in parts)),
    )


def speak(text: str, voice: Voice, speed: float = 1.0) -> Spoken:
    """Read Korean text aloud.

    speed: 1 is the voice's own; 0.5 to 2. Phones are in the samples' seconds; their syllable counts through *text*.
    Raises HallyuError for a text that cannot be read, and for a speed outside the range.
    """
    if not 0.5 <= speed <= 2:
        raise HallyuError(f"The voice reads at 0.5 to 2 times its speed, not {speed:g}.")
    sounds, phones, pitches, start = [], [], [], 0
    for first, sentence in sentences(syllables(text)):
        symbols, owners = spell(sentence)
        tokens, style = engine().tokens(symbols), voice.style(len(symbols))
        durations, *features = engine().analyse(tokens, style, speed)
        pitch, energy, stretched = engine().shape(durations, *features, style)
        sounds.append(engine().render(pitch, energy, stretched, style))
        owners = [owner + first if owner >= 0 else -1 for owner in owners]
        phones += timed(symbols, owners, durations[0], start / RATE)
        pitches.append(np.where(pitch[0] > VOICED, pitch[0], 0))
        start += len(sounds[-1])
    samples = np.clip(without_whistle(np.concatenate(sounds)), -1, 1)
    return Spoken(samples, RATE, tuple(phones), np.concatenate(pitches).astype(np.float32))


def without_whistle(samples: np.ndarray) -> np.ndarray:
    """Notch out the renderer's whistles, 48 Hz and 96 Hz wide, without delay; float32."""
    for hertz in WHISTLES:
        samples = filtfilt(*iirnotch(hertz, 100, RATE), samples)
    return samples.astype(np.float32)


def sentences(found: list[Syllable]) -> Iterable[tuple[int, list[Syllable]]]:
    """Split syllables where a sentence ends, or, in a very long one, at a space; with each part's first index."""
    start = size = 0
    for at, syllable in enumerate(found):
        size += len(syllable.symbols) + len(syllable.gap)
        ends = any(mark in syllable.gap for mark in ".?!…") or (size > LONGEST * 3 / 4 and syllable.gap)
        if ends or size > LONGEST - 12 or at == len(found) - 1:
            yield start, found[start : at + 1]
            start, size = at + 1, 0


def spell(found: list[Syllable]) -> tuple[list[str], list[int]]:
    """The symbols of syllables and their gaps, and for each symbol its syllable's index, -1 in gaps."""
    symbols, owners = [], []
    for at, syllable in enumerate(found):
        symbols += [*syllable.symbols, *syllable.gap]
        owners += [at] * len(syllable.symbols) + [-1] * len(syllable.gap)
    return symbols, owners


def timed(symbols: list[str], owners: list[int], durations: np.ndarray, start: float = 0.0) -> list[Phone]:
    """Phones in time. durations: (n + 2,) frames, with the silences before and after.

    ʰ joins the sound before it, and ː makes it longer.
    """
    steps = np.concatenate([[0], np.cumsum(durations)]) * FRAME // STEP
    edges = start + np.maximum(steps - LEAD, 0) * STEP / RATE
    edges[-1] += LEAD * STEP / RATE  # the last silence lasts as long as the sound
    phones = [Phone("", float(edges[0]), float(edges[1]), -1)]
    for at, (symbol, owner) in enumerate(zip(symbols, owners, strict=True), 1):
        if symbol in "ʰː":
            last = phones.pop()
            phones.append(Phone(last.symbol + symbol.strip("ː"), last.start, float(edges[at + 1]), owner))
        else:
            phones.append(Phone(symbol if owner >= 0 else "", float(edges[at]), float(edges[at + 1]), owner))
    return [*phones, Phone("", float(edges[-2]), float(edges[-1]), -1)]
