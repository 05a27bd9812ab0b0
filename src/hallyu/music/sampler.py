"""A sampler: plays notes with the instruments of a SoundFont (.sf2) file.

The file is one large recording and tables that say which part of it answers to which key and velocity, at which pitch
it was recorded, where it loops, and how it swells and dies away. Source: SoundFont Technical Specification 2.04.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import signal

from hallyu.errors import HallyuError

DRUMS = 128
"""The bank in which General MIDI keeps its drums: there each key is an instrument of its own."""

(START, LOOP_START, LOOP_END, CUTOFF, PAN, DELAY, ATTACK, HOLD, DECAY, SUSTAIN, RELEASE, INSTRUMENT, KEYS, VELOCITIES,
 ATTENUATION, SEMITONES, CENTS, SAMPLE, LOOPED, CHOKES, ROOT) = (
    0, 2, 3, 8, 17, 33, 34, 35, 36, 37, 38, 41, 43, 44, 48, 51, 52, 53, 54, 57, 58)  # fmt: skip
DEFAULTS = {
    CUTOFF: 13500,
    DELAY: -12000,
    ATTACK: -12000,
    HOLD: -12000,
    DECAY: -12000,
    RELEASE: -12000,
    ROOT: -1,
}
TABLES = {
    b"phdr": "<20sHHHIII", b"pbag": "<HH", b"pgen": "<Hh", b"inst": "<20sH", b"ibag": "<HH", b"igen": "<Hh",
    b"shdr": "<20sIIIIIBbHH",
}  # fmt: skip
FADED = -90.0
"""dB below the note's own level at which it is no longer played."""


@dataclass(frozen=True)
class Hit:
    """A note as a sampler plays it: start and length in seconds, MIDI pitch, velocity 1 to 127."""

    start: float
    length: float
    pitch: int
    velocity: int = 90


@dataclass(frozen=True)
class Region:
    """The part of the recording that answers to some keys and velocities, and how it sounds.

    loop: first and last sample, None for a sound that ends by itself. root: the MIDI key at which *samples* sound as
    recorded, at *rate* Hz, *cents* added. times of the envelope in seconds; sustain and attenuation in dB.
    """

    keys: tuple[int, int]
    velocities: tuple[int, int]
    samples: np.ndarray = field(repr=False)
    rate: int
    loop: tuple[int, int] | None
    root: int
    cents: float
    attenuation: float
    place: float
    cutoff: float
    delay: float
    attack: float
    hold: float
    decay: float
    sustain: float
    release: float
    chokes: int


@cache
def load(path: str | Path) -> dict[tuple[int, int], list[Region]]:
    """The instruments of a sound font: regions by (bank, program).

    Raises HallyuError for a file that is no sound font or is cut short.
    """
    try:
        tables, samples = _read(Path(path).read_bytes())
        headers = tables[b"phdr"]
        return {
            (now[2], now[1]): _regions(tables, samples, now[3], after[3]) for now, after in pairwise(headers)
        }
    except (struct.error, KeyError, IndexError, ValueError) as error:
        raise HallyuError(
            f"{path} is no sound font (.sf2), or it is cut short; download it again."
        ) from error


def load_bundled(files: list[Path]) -> Path:
    """The band's sound font, for hallyu.models.load("band")."""
    return files[0]


def _read(data: bytes) -> tuple[dict[bytes, list[tuple]], np.ndarray]:
    if data[:4] != b"RIFF" or data[8:12] != b"sfbk":
        raise ValueError("not a sound font")
    tables, samples, at = {}, None, 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"LIST":
            at += 12  # its content follows
            continue
        if name in TABLES:
            tables[name] = list(struct.iter_unpack(TABLES[name], data[at + 8 : at + 8 + size]))
        elif name == b"smpl":
            samples = np.frombuffer(data, "<i2", size // 2, at + 8)
        at += 8 + size + size % 2
    return tables, samples.astype(np.float32) / 32768


def _zones(tables, bags: bytes, generators: bytes, first: int, last: int, final: int) -> list[dict[int, int]]:
    """Zones as {generator: amount}, the global zone (the first, without *final*) laid under each."""
    ends = [b[0] for b in tables[bags][first : last + 1]]
    found = [dict(tables[generators][a:b]) for a, b in pairwise(ends)]
    common = found.pop(0) if found and final not in found[0] else {}
    return [common | zone for zone in found if final in zone]


def _regions(tables, samples: np.ndarray, first: int, last: int) -> list[Region]:
    regions = []
    for preset in _zones(tables, b"pbag", b"pgen", first, last, INSTRUMENT):
        now, after = tables[b"inst"][preset[INSTRUMENT] : preset[INSTRUMENT] + 2]
        for zone in _zones(tables, b"ibag", b"igen", now[1], after[1], SAMPLE):
            regions.append(_region(preset, zone, tables[b"shdr"][zone[SAMPLE]], samples))
    return regions


def _region(preset: dict[int, int], zone: dict[int, int], header: tuple, samples: np.ndarray) -> Region:
    def amount(generator: int) -> int:  # an instrument sets a value, a preset adds to it
        return zone.get(generator, DEFAULTS.get(generator, 0)) + preset.get(generator, 0)

    def seconds(generator: int) -> float:
        return 2 ** (amount(generator) / 1200)

    def span(generator: int) -> tuple[int, int]:
        ranges = [(z[generator] & 255, (z[generator] >> 8) & 255) for z in (preset, zone) if generator in z]
        return max((r[0] for r in ranges), default=0), min((r[1] for r in ranges), default=127)

    _, start, end, loop, loop_end, rate, root, tune, _, _ = header
    begin = start + amount(START)
    return Region(
        span(KEYS), span(VELOCITIES), samples[begin:end], rate,
        (loop + amount(LOOP_START) - begin, loop_end + amount(LOOP_END) - begin) if amount(LOOPED) & 1 else None,
        amount(ROOT) if zone.get(ROOT, -1) >= 0 else root, 100 * amount(SEMITONES) + amount(CENTS) + tune,
        # The specification says tenths of a dB; the cards that it describes took four tenths of that, and fonts are
        # made by ear to sound right with it.
        0.04 * amount(ATTENUATION), max(-1.0, min(1.0, amount(PAN) / 500)), 8.176 * 2 ** (amount(CUTOFF) / 1200),
        seconds(DELAY), seconds(ATTACK), seconds(HOLD), seconds(DECAY), min(0.1 * amount(SUSTAIN), 100.0),
        seconds(RELEASE), amount(CHOKES))  # fmt: skip


def play(
    path: str | Path, program: int, hits: Iterable[Hit], rate: int = 48000, bank: int = 0, tail: float = 2.0
) -> np.ndarray:
    """Notes played by one instrument: stereo (n, 2) float32, *tail* seconds longer than the last note.

    program: General MIDI, from 0. bank: 0, or DRUMS.
    Raises HallyuError for an instrument that the font lacks and a note that the instrument cannot play.
    """
    font, hits = load(path), sorted(hits, key=lambda h: h.start)
    if (bank, program) not in font:
        known = ", ".join(f"{b}:{p}" for b, p in sorted(font))
        raise HallyuError(
            f"{Path(path).name} has no instrument {bank}:{program} (bank:program); it has {known}."
        )
    end = max((h.start + h.length for h in hits), default=0.0) + tail
    out = np.zeros((round(end * rate), 2), np.float32)
    for i, hit in enumerate(hits):
        regions = [r for r in font[bank, program] if _answers(r, hit)]
        if not regions:
            raise HallyuError(
                f"Instrument {bank}:{program} of {Path(path).name} has no sound for key {hit.pitch} at velocity "
                f"{hit.velocity}; choose another key."
            )
        for region in regions:
            sound = _voice(region, hit, rate, _choked(hits, i, region, font[bank, program]))
            at = round(hit.start * rate)
            sound = sound[: len(out) - at]
            out[at : at + len(sound)] += sound
    return out


def _answers(region: Region, hit: Hit) -> bool:
    return (
        region.keys[0] <= hit.pitch <= region.keys[1]
        and region.velocities[0] <= hit.velocity <= region.velocities[1]
    )


def _choked(hits: list[Hit], i: int, region: Region, regions: list[Region]) -> float:
    """Seconds after which another sound of the same exclusive class, such as a closed hi-hat, cuts this one off."""
    if not region.chokes:
        return float("inf")
    for later in hits[i + 1 :]:
        if later.start > hits[i].start and any(
            _answers(r, later) and r.chokes == region.chokes for r in regions
        ):
            return later.start - hits[i].start
    return float("inf")


def _voice(region: Region, hit: Hit, rate: int, choked: float) -> np.ndarray:
    """One region playing one note: (n, 2)."""
    ratio = 2 ** ((hit.pitch - region.root + region.cents / 100) / 12) * region.rate / rate
    level = envelope(region, hit.length, rate, choked)
    at = np.arange(len(level)) * ratio
    if region.loop is None:
        at = at[at < len(region.samples) - 3]
    else:
        first, last = region.loop
        at = np.where(at < last, at, first + (at - first) % (last - first))
    sound = _between(region.samples, at, region.loop) * level[: len(at)]
    cutoff = region.cutoff * 2 ** (-2 * (1 - hit.velocity / 127))  # a soft stroke is darker, by up to two octaves
    if cutoff < min(0.45 * rate, 18000):
        sound = signal.sosfilt(signal.butter(2, cutoff, fs=rate, output="sos"), sound)
    loud = (hit.velocity / 127) ** 2 * 10 ** (-region.attenuation / 20)
    angle = (region.place + 1) * np.pi / 4
    return (sound[:, None] * [loud * np.cos(angle), loud * np.sin(angle)]).astype(np.float32)


def _between(samples: np.ndarray, at: np.ndarray, loop: tuple[int, int] | None) -> np.ndarray:
    """Values between the samples by a cubic through the four around each place; around a loop's seam by its other end."""
    whole = at.astype(np.int64)
    t = (at - whole).astype(np.float32)
    around = []
    for step in (-1, 0, 1, 2):
        index = whole + step
        if loop is not None:
            index = np.where((index >= loop[1]) & (whole < loop[1]), index - (loop[1] - loop[0]), index)
        around.append(samples[np.clip(index, 0, len(samples) - 1)])
    a, b, c, d = around
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def envelope(region: Region, length: float, rate: int, choked: float = float("inf")) -> np.ndarray:
    """The level of a note over time, from 0 to 1: attack in a straight line, decay and release in straight dB.

    length: seconds for which the key is held. Ends where the note has faded by 90 dB.
    """
    falling, rising = 100 / region.decay, region.delay + region.attack
    let_go, release = (choked, 100 / 0.02) if choked < length else (length, 100 / region.release)
    sunk = min(
        max(0.0, let_go - rising - region.hold) * falling, region.sustain
    )  # dB down when the key is let go
    end = let_go + (-FADED - sunk) / release
    if region.sustain >= -FADED:  # it may die away while the key is down
        end = min(end, rising + region.hold - FADED / falling)
    time = np.arange(max(1, round(min(end, choked + 0.02) * rate))) / rate
    decibels = -np.minimum(np.maximum(time - rising - region.hold, 0) * falling, region.sustain)
    released = np.maximum(time - let_go, 0)
    decibels = np.where(released > 0, -sunk - released * release, decibels)
    swell = np.clip((time - region.delay) / region.attack, 0, 1)
    fade = np.clip((len(time) - np.arange(len(time))) / (0.003 * rate), 0, 1)
    return (swell * fade * 10 ** (decibels / 20)).astype(np.float32)
