"""Measure how alike the speaker encoder finds one voice and two, on the bundled voices, and where the errors are equal.

    python training/music/calibrate_speaker.py src/hallyu/models/weights/speaker-ge2e/report.json

Takes some minutes. The threshold goes to hallyu.music.speaker.SAME_VOICE.
"""

import json
import sys
from itertools import combinations, product
from pathlib import Path

import numpy as np

from hallyu.music import singing, speaker, voice
from hallyu.music.score import Note, Score

LINES = (
    "첫눈이 내리는 골목에서 너를 기다렸어. 아무 말도 하지 않았지만 다 알 것 같았어.",
    "오늘은 바람이 차가우니까 목도리를 꼭 하고 나가. 저녁에는 따뜻한 국을 끓여 둘게.",
    "버스가 늦게 와서 한참을 서 있었는데, 그래도 노래를 들으니까 괜찮았어.",
    "무대에 불이 꺼지면 우리는 다시 처음부터 시작하는 거야. 겁내지 말고 천천히 불러.",
)
SUNG = ("하얀눈이내려오네", "너의노래를들으며")
TUNE = (0, 2, 4, 7, 4, 2, 4, 0)


def melody(words: str, low: int) -> Score:
    """Eight notes from *low* up."""
    return Score(
        words,
        90,
        tuple(Note(i, 1, low + step, lyric) for i, (lyric, step) in enumerate(zip(words, TUNE, strict=True))),
    )


def summary(values: list[float]) -> dict[str, float]:
    """Count, extremes and median."""
    return {
        "pairs": len(values),
        **{
            name: round(float(np.percentile(values, at)), 3)
            for name, at in (("lowest", 0), ("median", 50), ("highest", 100))
        },
    }


def equal_error(same: list[float], other: list[float]) -> dict[str, float]:
    """The threshold at which the larger of the two error rates is smallest, and both rates there."""
    thresholds = np.arange(0.5, 1, 0.005)
    missed = np.array([np.mean(np.array(same) < t) for t in thresholds])
    mistaken = np.array([np.mean(np.array(other) >= t) for t in thresholds])
    best = int(np.maximum(missed, mistaken).argmin())
    return {
        "threshold": round(float(thresholds[best]), 3),
        "same voice missed": round(float(missed[best]), 4),
        "other voice mistaken": round(float(mistaken[best]), 4),
    }


def main(target: Path) -> None:
    spoken, sung = {}, {}
    for name, singer in voice.voices().items():
        takes = [voice.speak(line, singer) for line in LINES]
        spoken[name] = [speaker.embed(take.samples, take.rate) for take in takes]
        takes = [singing.sing(melody(words, singer.low + 1), singer) for words in SUNG]
        sung[name] = [speaker.embed(take.samples, take.rate) for take in takes]
        print(name, flush=True)
    near = speaker.similarity
    pairs = list(combinations(spoken, 2))
    same = [near(a, b) for takes in spoken.values() for a, b in combinations(takes, 2)]
    other = [near(a, b) for x, y in pairs for a, b in product(spoken[x], spoken[y])]
    report = {
        "speech": {
            "same voice": summary(same),
            "other voice": summary(other),
            "equal error": equal_error(same, other),
        },
        "speech against singing": {
            "same voice": summary([near(a, b) for x in spoken for a, b in product(spoken[x], sung[x])]),
            "other voice": summary(
                [near(a, b) for x in spoken for y in sung if x != y for a, b in product(spoken[x], sung[y])]
            ),
        },
        "closest voices": {
            f"{x}, {y}": round(max(near(a, b) for a, b in product(spoken[x], spoken[y])), 3) for x, y in pairs
        },
    }
    target.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report["speech"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
