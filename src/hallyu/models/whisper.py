"""The speech recogniser: sound -> words with their times. It measures whether what was sung or spoken is understood.

Whisper base (Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2023) in CTranslate2's form,
computed in 8-bit integers on a CPU. It was trained on speech, so it hears songs worse than people do: compare its
figures with one another, and do not take them for a listening test.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from hallyu import audio, models
from hallyu.errors import HallyuError

RATE = 16_000
"""Samples a second that Whisper hears; others are resampled."""
SILENCE = 1e-3
"""Peak below which there is nothing to hear: -60 dBFS. Whisper invents words for silence."""


@dataclass(frozen=True)
class Word:
    """A word that was heard. start, stop: seconds. probability: 0 to 1, as the recogniser judges itself."""

    text: str
    start: float
    stop: float
    probability: float


@dataclass(frozen=True)
class Heard:
    """What was heard in a recording: its text, and its words in order with their times."""

    text: str
    words: tuple[Word, ...] = ()


def hear(samples: np.ndarray, rate: int, language: str = "ko", model=None) -> Heard:
    """Recognise what is said or sung in *samples*, mono (n,) or stereo (n, 2), at *rate* hertz.

    language: a code such as "ko", "en", "ja", "es". model: a recogniser of models.load("recogniser", engine="hub");
    by default the bundled one. The same sound always gives the same words.
    Raises HallyuError for samples that are no sound, and for a language that the recogniser does not know.
    """
    sound = audio.mono(audio.resample(samples, rate, RATE)).astype(np.float32)
    if np.abs(sound).max(initial=0) < SILENCE:
        return Heard("")
    model = model or recogniser()
    if language not in model.supported_languages:
        raise HallyuError(
            f"The recogniser does not know the language {language!r}: use a code such as ko, en or ja."
        )
    segments, _ = model.transcribe(
        sound,
        language=language,
        beam_size=5,
        temperature=0.0,
        condition_on_previous_text=False,
        word_timestamps=True,
    )
    words = tuple(
        Word(word.word.strip(), float(word.start), float(word.end), float(word.probability))
        for segment in segments
        for word in segment.words
    )
    return Heard(" ".join(word.text for word in words), words)


@cache
def recogniser():
    """The bundled recogniser, opened once in a process."""
    return models.load("recogniser")


def load_bundled(files: list[Path]):
    """The recogniser from the verified files: two parts of the model, then its settings and vocabularies.

    It is opened from memory, so nothing is joined on the disk and two processes cannot meet there.
    """
    from faster_whisper import WhisperModel

    first, second, *others = files
    contents: dict[str, bytes | _Joined] = {path.name: path.read_bytes() for path in others}
    contents["model.bin"] = _Joined(first, second)
    return WhisperModel("whisper-base", device="cpu", compute_type="int8", cpu_threads=2, files=contents)


class _Joined:
    """Files that are read as one, when they are asked for: bytes that lay waiting would cost 140 MB while the model opens."""

    def __init__(self, *paths: Path):
        self._paths = paths

    def read(self) -> bytes:
        return b"".join(path.read_bytes() for path in self._paths)


def load_hub(name: str):
    """A large recogniser of the same make (CTranslate2), by its hub name or its folder: on a GPU in half precision,
    else on the processor in 8 bits."""
    import torch
    from faster_whisper import WhisperModel

    device, kind = ("cuda", "float16") if torch.cuda.is_available() else ("cpu", "int8")
    return WhisperModel(name, device=device, compute_type=kind)
