"""The voices of *First Snow*: who speaks with which bundled voice, and a line said in time. Used by make_film.py."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from hallyu import audio
from hallyu.music import voice
from hallyu.music.phonemes import syllables

RATE = 48_000
SECOND = voice.RATE // voice.FRAME
PAUSE = 0.28
"""Seconds between two sentences of a line."""
QUIET = -35.0
"""dB under a sentence's peak at which it is over: the voice gives its last sound a tail in which nothing is heard."""


@dataclass(frozen=True)
class Manner:
    """How somebody speaks. shares: bundled voices and their weights. pace: 1 is the voice's own. pitch: times its own."""

    shares: dict[str, float]
    pace: float = 1.0
    pitch: float = 1.0


CAST = {
    "하늘": Manner({"jf_nezumi": 1}, 1.15),
    "도윤": Manner({"jf_nezumi": 3, "jm_kumo": 2}, 1.1),
    "할머니": Manner({"jf_gongitsune": 1}, 1.05, 0.84),
}
"""Haneul's is the voice that sings the theme, and Doyun's the one that lesson 05 of the music module designs."""


@dataclass(frozen=True, eq=False)
class Take:
    """A line as it was said. samples: (n,) at RATE, from its first sound to its last. words: (text, start, stop) seconds."""

    samples: np.ndarray
    words: tuple[tuple[str, float, float], ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


@cache
def said(who: str, text: str, rate: float | None = None) -> Take:
    """*text* in one take. rate: syllables a second for the lips of a shot, each as long as the other; else as it comes."""
    manner = CAST[who]
    singer = voice.blend(manner.shares, who)
    sounds, words, at = [], [], 0.0
    for sentence in re.findall(r"[^.?!…]+[.?!…]+|[^.?!…]+$", text.lstrip("…")):
        samples, edges = _sentence(sentence.strip(), singer, manner, rate)
        if sounds:
            sounds.append(np.zeros(round(PAUSE * RATE), np.float32))
            at += PAUSE
        words += [(word, at + start, at + stop) for word, start, stop in edges]
        sounds.append(samples)
        at += len(samples) / RATE
    written = text.split()
    spoken = [(word, start, stop) for word, (_, start, stop) in zip(written, words, strict=True)]
    return Take(np.concatenate(sounds), tuple(spoken))


def _sentence(text: str, singer: voice.Voice, manner: Manner, rate: float | None):
    """Samples from first to last sound, and (word, start, stop) of each word."""
    engine = voice.engine()
    found = syllables(text)
    symbols, owners = voice.spell(found)
    style = singer.style(len(symbols))
    durations, *features = engine.analyse(engine.tokens(symbols), style, manner.pace)
    if rate:
        durations = _even(durations, owners, SECOND / rate)
    pitch, energy, stretched = engine.shape(durations, *features, style)
    pitch = np.where(pitch > voice.VOICED, pitch * np.float32(manner.pitch), pitch).astype(np.float32)
    samples = voice.without_whistle(engine.render(pitch, energy, stretched, style))
    phones = [phone for phone in voice.timed(symbols, owners, durations[0]) if phone.syllable >= 0]
    begin, end = max(phones[0].start - 0.03, 0), min(phones[-1].end + 0.06, len(samples) / voice.RATE)
    part = samples[round(begin * voice.RATE) : round(end * voice.RATE)].copy()
    ramp = np.linspace(0, 1, round(0.012 * voice.RATE), dtype=np.float32)
    part[: len(ramp)] *= ramp
    part[-len(ramp) :] *= ramp[::-1]
    edges, first = [], 0
    for word in text.split():
        count = sum("가" <= letter <= "힣" for letter in word)
        own = [phone for phone in phones if first <= phone.syllable < first + count]
        edges.append((word, own[0].start - begin, own[-1].end - begin))
        first += count
    word, start, stop = edges[-1]
    loud = np.flatnonzero(np.abs(part) > np.abs(part).max() * 10 ** (QUIET / 20))
    edges[-1] = word, start, min(stop, (loud[-1] + 1) / voice.RATE)
    return audio.resample(part, voice.RATE, RATE).astype(np.float32), edges


def _even(durations: np.ndarray, owners: list[int], frames: float) -> np.ndarray:
    """Durations (1, n + 2) with which each syllable, and the gap after it, takes as many *frames*, rounded along the line."""
    out, owner = durations.copy(), np.array([-9, *owners, -9])
    inside = np.arange(1, len(owner) - 1)
    for gap in inside[owner[inside] < 0]:
        owner[gap] = owner[gap - 1]
    last, spent = max(owners), 0
    for syllable in range(last + 1):
        tokens = np.flatnonzero(owner == syllable)
        if syllable == last:  # what follows the last sound is a pause, and no part of it
            tokens = tokens[[owners[token - 1] >= 0 for token in tokens]]
        whole = max(round((syllable + 1) * frames) - spent, len(tokens))
        shares = np.maximum(durations[0, tokens].astype(float), 1)
        edges = np.round(np.cumsum(shares) / shares.sum() * whole).astype(int)
        out[0, tokens] = np.maximum(np.diff(np.concatenate([[0], edges])), 1)
        spent += int(out[0, tokens].sum())
    return out
