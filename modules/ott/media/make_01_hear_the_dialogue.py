"""Draw 01-hear-the-dialogue.webp, the picture that lesson 01 opens with: a line of the film, as it was heard and as it was said.

    python modules/ott/media/make_01_hear_the_dialogue.py

The words and their times are those of the lesson: nothing is written in by hand.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from hallyu.music import plots
from hallyu.ott import burn_in, recognise, voice_activity

HERE = Path(__file__).parent
FILM = HERE / "first-snow.mp4"
START, STOP, SHOWN = 0.8, 4.2, 2.4
"""Seconds of the sound that is drawn, and of the frame above it."""


@plots.drawn
def rows(listened: recognise.Listened, sound: np.ndarray, rate: int):
    """The sound from START to STOP, the recogniser's words over it, and over these the script's."""
    made, axes = plots.figure(300)
    piece = sound[int(START * rate) : int(STOP * rate)]
    edges = np.linspace(0, len(piece), 1400, endpoint=False).astype(int)
    loudest = np.abs(piece).max()
    high, low = (trim.reduceat(piece, edges) / loudest for trim in (np.maximum, np.minimum))
    axes.fill_between(START + edges / rate, low, high, color=plots.GREY, linewidth=0.5)
    for a, b in listened.speech:
        axes.axvspan(
            max(a, START), min(b, STOP), color="#e8f1f8", linewidth=0, zorder=0
        ) if a < STOP else None
    script = [word for line in listened.lines for word in line.words]
    for words, y, colour in ((listened.words, 1.75, plots.RED), (script, 2.85, plots.BLUE)):
        for word in words:
            if word.start < STOP:
                axes.barh(
                    y, word.stop - word.start, 0.8, word.start, color=colour, edgecolor="white", linewidth=2
                )
                middle = (word.start + word.stop) / 2
                axes.text(middle, y, word.text, color="white", ha="center", va="center", fontsize=10)
    axes.set_yticks([0, 1.75, 2.85], ["sound", "heard", "script"])
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(START, STOP), ylim=(-1.1, 3.4), xlabel="seconds; blue ground: somebody speaks")
    axes.spines["left"].set_visible(False)
    return made


def main() -> None:
    listened = recognise.listen(FILM, (HERE / "first-snow-script.txt").read_text(encoding="utf-8"))
    sound = np.concatenate(list(voice_activity.heard(FILM)))
    frame = burn_in.still(FILM, recognise.cues(listened), SHOWN)
    below = (
        rows(listened, sound, voice_activity.RATE).convert("RGB").resize((960, 400), Image.Resampling.LANCZOS)
    )
    whole = np.concatenate([frame, np.asarray(below)])
    Image.fromarray(whole).save(HERE / "01-hear-the-dialogue.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
