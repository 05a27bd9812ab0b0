"""Write what lesson 05 works with: the five bundled voices reading to be cast, and the designed voice's vocalise.

    python modules/music/media/make_idol_recordings.py

casting/<voice>.ogg: each bundled voice reads the same two sentences, 10 to 12 s. doyun-vocalise.ogg: the voice that the
lesson designs holds one ah after another, sixty of them, 114 s. Words: Hallyu Studio, CC BY 4.0. Takes two minutes.
"""

from pathlib import Path

import numpy as np
import soundfile

from hallyu.music import singing, voice
from hallyu.music.score import Note, Score

HERE = Path(__file__).parent
WORDS = (
    "숲길에 첫눈이 내리면 나는 늘 여기에 와. 할머니가 그랬어, 약속은 눈처럼 조용히 온다고. 오늘은 네가 왔네."
)
SHARES = {"jf_nezumi": 3, "jm_kumo": 2}
# Leaps and steps through the whole range, no pitch twice in a row: the network must not learn a melody.
PITCHES = (
    60, 62, 64, 65, 67, 64, 60, 57, 55, 53, 52, 55, 59, 62, 65, 67, 66, 63, 61, 58, 56, 54, 57, 60, 64, 67, 62, 59, 55, 52,
    54, 58, 61, 63, 66, 62, 57, 53, 56, 60, 65, 61, 64, 59, 63, 55, 58, 52, 57, 66, 60, 54, 62, 56, 64, 67, 62, 59, 55, 52,
)  # fmt: skip


def vocalise() -> Score:
    """One ah on each pitch, of 2, 3 and 1.5 quarter notes, with a breath's rest between."""
    notes, beat = [], 0.5
    for number, pitch in enumerate(PITCHES):
        length = (2, 3, 1.5)[number % 3]
        notes.append(Note(beat, length, pitch, "아"))
        beat += length + 0.5
    return Score("vocalise", 84, tuple(notes))


def write_ogg(path: Path, samples: np.ndarray, rate: int) -> None:
    """Ogg Vorbis, some 50 kbit/s, in blocks: libsndfile's encoder overflows its stack on a long array."""
    with soundfile.SoundFile(
        path, "w", rate, 1, format="OGG", subtype="VORBIS", compression_level=0.6
    ) as file:
        for start in range(0, len(samples), rate):
            file.write(samples[start : start + rate])


def main() -> None:
    (HERE / "casting").mkdir(exist_ok=True)
    for name, singer in voice.voices().items():
        take = voice.speak(WORDS, singer)
        write_ogg(HERE / "casting" / f"{name}.ogg", take.samples, take.rate)
    sung = singing.sing(vocalise(), voice.blend(SHARES, "doyun"))
    write_ogg(HERE / "doyun-vocalise.ogg", sung.samples, sung.rate)


if __name__ == "__main__":
    main()
