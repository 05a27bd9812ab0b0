"""Draws the title picture of lesson 01: the source, the mouth and the voice of one line. Run it in this folder."""

import numpy as np
from scipy.signal import ShortTimeFFT, get_window, lfilter

from hallyu.music import plots, voice

RATE, SIZE, HOP, ORDER, PRE = 24_000, 720, 120, 26, 0.97
SHOWN = (0.3, 3.3)
"""Seconds of the line."""


def apart(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The source of the whole line, and the mouths (frames, bins) in decibels: the lesson's analysis in finer steps."""
    window = np.hanning(SIZE + 1)[:-1]
    flat = np.pad(lfilter([1, -PRE], [1], sound), (SIZE // 2, SIZE))
    source, mouths = np.zeros(len(flat)), []
    lag = np.abs(np.subtract.outer(np.arange(ORDER), np.arange(ORDER)))
    turn = np.exp(-2j * np.pi * np.linspace(0, 5000, 400) / RATE)
    for at in range(0, len(flat) - SIZE, HOP):
        frame = flat[at : at + SIZE] * window
        alike = np.correlate(frame, frame, "full")[SIZE - 1 :][: ORDER + 1]
        weights = np.linalg.solve(alike[lag] + (1e-6 * alike[0] + 1e-9) * np.eye(ORDER), alike[1:])
        mouth = np.append(1, -weights)
        rest = lfilter(mouth, [1], frame)
        source[at : at + SIZE] += rest * HOP / SIZE * 2
        gain = np.sqrt(np.mean(rest**2)) + 1e-9
        mouths.append(20 * np.log10(gain / np.abs(np.polyval(mouth[::-1], turn))))
    return source[SIZE // 2 :][: len(sound)], np.array(mouths)


def power(sound: np.ndarray) -> np.ndarray:
    """Decibels (bins up to 5 kHz, frames)."""
    stft = ShortTimeFFT(get_window("hann", 900), 60, RATE, mfft=4096)
    return 10 * np.log10(stft.spectrogram(sound)[: 4096 * 5000 // RATE] + 1e-12)


@plots.drawn
def picture(parts: dict[str, np.ndarray]):
    """The parts under one another, each with its name at the left."""
    made, axes = plots.figure(420, nrows=len(parts), sharex=True)
    for panel, (name, shown) in zip(axes, parts.items(), strict=True):
        top = np.percentile(shown, 99.7)
        panel.imshow(shown, origin="lower", cmap="magma", vmin=top - 55, vmax=top, extent=(*SHOWN, 0, 5))
        panel.set_ylabel(name, fontsize=13, rotation=0, ha="right", va="center", linespacing=1.4)
        panel.set(xticks=[], yticks=[])
        for spine in panel.spines.values():
            spine.set_visible(False)
    return made


def main() -> None:
    """Write 01-a-voice-that-agreed.webp."""
    line = voice.speak("올해는 무릎이 아프셔서, 내가 대신 왔다.", voice.voice("jm_kumo"))
    first, last = (int(second * RATE) for second in SHOWN)
    sound = lfilter([1, -PRE], [1], line.samples)[first:last]
    source, mouths = apart(line.samples)
    parts = {
        "성대\nsource": power(source[first:last]),
        "성도\nfilter": mouths[first // HOP : last // HOP].T,
        "목소리\nvoice": power(sound),
    }
    picture(parts).convert("RGB").save("01-a-voice-that-agreed.webp", quality=80, method=6)


if __name__ == "__main__":
    main()
