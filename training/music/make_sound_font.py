"""Makes src/hallyu/models/weights/first-snow-band/first-snow-band.sf2: the few instruments that the course's band plays.

    apt-get download fluid-soundfont-gm && dpkg-deb -x fluid-soundfont-gm_*.deb checkpoints/fluid
    python training/music/make_sound_font.py checkpoints/fluid/usr/share/sounds/sf2/FluidR3_GM.sf2

Source: Fluid R3 GM by Frank Wen, MIT licence (in the package's copyright file). Samples are taken as they are, but
cymbals end after LONGEST seconds; presets, key zones and, where KEEP says so, one side of a stereo pair are left out.
The file format: SoundFont 2.04.
"""

import struct
import sys
from array import array
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

TARGET = Path(__file__).parents[2] / "src/hallyu/models/weights/first-snow-band/first-snow-band.sf2"


@dataclass(frozen=True)
class Keep:
    """What is kept of a preset: keys (MIDI), every *step*-th of its samples, both sides or the left one."""

    low: int
    high: int
    step: int = 1
    both: bool = False


KEEP = {
    (0, 0): Keep(35, 96),  # Yamaha Grand Piano
    (0, 10): Keep(55, 96, 2),  # Music Box
    (0, 9): Keep(76, 103, 2),  # Glockenspiel
    (0, 33): Keep(28, 55, 2),  # Fingered Bass
    (0, 49): Keep(48, 86, 2, both=True),  # Slow Strings
    (0, 89): Keep(36, 96, both=True),  # Warm Pad
}
LONGEST, FADE = 3.5, 1.5
DRUMS = {36, 37, 38, 42, 46, 49, 54, 81, 83}  # kick to jingle bells, General MIDI numbers

PAN, INSTRUMENT, KEYS, VELOCITIES, SAMPLE, LOOPED = 17, 41, 43, 44, 53, 54
RECORDS = {
    b"phdr": "<20sHHHIII", b"pbag": "<HH", b"pmod": "<HHhHH", b"pgen": "<HH", b"inst": "<20sH", b"ibag": "<HH",
    b"imod": "<HHhHH", b"igen": "<HH", b"shdr": "<20sIIIIIBbHH",
}  # fmt: skip


def read(path: Path) -> tuple[dict[bytes, list[tuple]], bytes]:
    """The tables of a sound font and its samples, 16 bit."""
    data, tables, samples = path.read_bytes(), {}, b""
    lists, place = [], 12
    while place < len(data):
        size = struct.unpack_from("<I", data, place + 4)[0]
        lists.append((place + 12, place + 8 + size))
        place += 8 + size + size % 2
    for place, end in lists:
        while place < end:
            name, size = struct.unpack_from("<4sI", data, place)
            body = data[place + 8 : place + 8 + size]
            if name in RECORDS:
                tables[name] = list(struct.iter_unpack(RECORDS[name], body))
            elif name == b"smpl":
                samples = body
            place += 8 + size + size % 2
    return tables, samples


def zones(tables: dict, bags: bytes, generators: bytes, first: int, last: int) -> list[dict[int, int]]:
    """The zones from bag *first* to bag *last*, each a {generator: amount}; a zone without a last one is global."""
    bag = tables[bags]
    return [dict(tables[generators][bag[i][0] : bag[i + 1][0]]) for i in range(first, last)]


def keys(zone: dict[int, int]) -> tuple[int, int]:
    """The lowest and the highest key of a zone."""
    return (zone[KEYS] & 255, zone[KEYS] >> 8) if KEYS in zone else (0, 127)


def chosen(instrument: list[dict[int, int]], keep: Keep | None) -> list[dict[int, int]]:
    """An instrument's zones that are kept; the remaining ones are stretched over the keys that lost theirs."""
    found = []
    common = [z for z in instrument if SAMPLE not in z]
    both = keep is not None and keep.both
    played = [z for z in instrument if SAMPLE in z and (both or z.get(PAN, 0) <= 0 or z.get(PAN, 0) > 32767)]
    if keep is None:
        played = [
            {**z, KEYS: max(keys(z)) * 257} for z in played if set(range(keys(z)[0], keys(z)[1] + 1)) & DRUMS
        ]
    else:
        spans = sorted({keys(z) for z in played if keys(z)[1] >= keep.low and keys(z)[0] <= keep.high})
        kept = spans[:: keep.step]
        for i, span in enumerate(kept):
            low = 0 if i == 0 else (kept[i - 1][1] + span[0] + 1) // 2
            high = 127 if i == len(kept) - 1 else (span[1] + kept[i + 1][0] + 1) // 2 - 1
            found += [{**z, KEYS: low | high << 8} for z in played if keys(z) == span]
        played = found
    if not both:
        played = [{k: v for k, v in z.items() if k != PAN} for z in played]
    return common + played


def faded(samples: bytes, length: int) -> bytes:
    """16-bit samples that die away over the last *length* of them."""
    values = array("h", samples)
    for i in range(length):
        values[-1 - i] = values[-1 - i] * i // length
    return values.tobytes()


def write(path: Path, tables: dict, samples: bytes) -> None:
    """A sound font of the presets in KEEP and of the standard drums."""
    presets, instruments, used = [], {}, {}
    headers = tables[b"phdr"]
    for now, after in pairwise(headers):
        keep = KEEP.get((now[2], now[1]))
        if keep is None and (now[2], now[1]) != (128, 0):
            continue
        parts = zones(tables, b"pbag", b"pgen", now[3], after[3])
        for zone in parts:
            if INSTRUMENT in zone and zone[INSTRUMENT] not in instruments:
                old = tables[b"inst"][zone[INSTRUMENT] : zone[INSTRUMENT] + 2]
                kept = chosen(zones(tables, b"ibag", b"igen", old[0][1], old[1][1]), keep)
                if any(SAMPLE in z for z in kept):
                    instruments[zone[INSTRUMENT]] = (old[0][0], kept)
        presets.append((now, [z for z in parts if INSTRUMENT not in z or z[INSTRUMENT] in instruments]))
    presets.sort(key=lambda p: (p[0][2], p[0][1]))
    for _, kept in instruments.values():
        for zone in kept:
            if SAMPLE in zone:
                used.setdefault(zone[SAMPLE], len(used))
    struck = {
        z[SAMPLE]
        for _, kept in instruments.values()
        for z in kept
        if SAMPLE in z and not z.get(LOOPED, 0) & 1
    }
    numbers = {old: new for new, old in enumerate(instruments)}

    sound, shdr = bytearray(), []
    for old in used:
        name, start, end, loop, loop_end, rate, root, tune, link, kind = tables[b"shdr"][old]
        at, taken = len(sound) // 2 - start, samples[2 * start : 2 * end]
        if old in struck and end - start > LONGEST * rate:
            end = loop_end = start + round(LONGEST * rate)
            taken = faded(samples[2 * start : 2 * end], round(FADE * rate))
        sound += taken + bytes(2 * 46)  # the format wants 46 samples of silence between
        link, kind = (used[link], kind) if link in used and kind != 1 else (0, 1)
        shdr.append((name, start + at, end + at, loop + at, loop_end + at, rate, root, tune, link, kind))
    shdr.append((b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0))

    new = {name: [] for name in RECORDS} | {b"shdr": shdr}

    def lay(bags: bytes, generators: bytes, zone: dict[int, int], last: int, number: dict[int, int]) -> None:
        new[bags].append((len(new[generators]), 0))
        order = [k for k in (KEYS, VELOCITIES) if k in zone]
        order += [k for k in zone if k not in (KEYS, VELOCITIES, last)]
        new[generators] += [(k, zone[k]) for k in order]
        if last in zone:
            new[generators].append((last, number[zone[last]]))

    for header, parts in presets:
        new[b"phdr"].append((*header[:3], len(new[b"pbag"]), 0, 0, 0))
        for zone in parts:
            lay(b"pbag", b"pgen", zone, INSTRUMENT, numbers)
    for name, kept in instruments.values():
        new[b"inst"].append((name, len(new[b"ibag"])))
        for zone in kept:
            lay(b"ibag", b"igen", zone, SAMPLE, used)
    new[b"phdr"].append((b"EOP", 0, 0, len(new[b"pbag"]), 0, 0, 0))
    new[b"inst"].append((b"EOI", len(new[b"ibag"])))
    for kind in (b"p", b"i"):
        new[kind + b"bag"].append((len(new[kind + b"gen"]), 0))
        new[kind + b"gen"].append((0, 0))
        new[kind + b"mod"].append((0, 0, 0, 0, 0))

    def chunk(name: bytes, body: bytes) -> bytes:
        return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)

    def text(name: bytes, words: bytes) -> bytes:
        return chunk(name, words + bytes(2 - len(words) % 2))

    about = [
        chunk(b"ifil", struct.pack("<HH", 2, 1)),
        text(b"isng", b"EMU8000"),
        text(b"INAM", b"First Snow Band"),
        text(b"ICOP", b"Frank Wen 2000-2002, 2008; Toby Smithe 2008"),
        text(b"ICMT", b"Part of Fluid R3 GM, MIT License."),
    ]
    out = [
        chunk(name, b"".join(struct.pack(form, *row) for row in new[name])) for name, form in RECORDS.items()
    ]
    body = chunk(b"LIST", b"INFO" + b"".join(about))
    body += chunk(b"LIST", b"sdta" + chunk(b"smpl", bytes(sound)))
    body += chunk(b"LIST", b"pdta" + b"".join(out))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(chunk(b"RIFF", b"sfbk" + body))
    sizes = {}
    for name, kept in instruments.values():
        own = {z[SAMPLE] for z in kept if SAMPLE in z}
        sizes[name.split(b"\0")[0].decode()] = (
            sum(tables[b"shdr"][s][2] - tables[b"shdr"][s][1] for s in own) * 2
        )
    for name, size in sizes.items():
        print(f"{size / 1e6:6.2f} MB  {name}")


if __name__ == "__main__":
    write(TARGET, *read(Path(sys.argv[1])))
    print(f"{TARGET.stat().st_size:,} bytes")
