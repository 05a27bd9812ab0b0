"""Pictures of sound for the lessons: level, spectrum and pitch over time, with the sounds written over them.

Each function returns a PIL image of 128 colours, WIDTH CSS pixels wide at twice that resolution, for figures.show.
Colours are from Okabe & Ito's palette, which colour-blind readers can tell apart.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from PIL import Image

from hallyu import audio
from hallyu.music.score import HOLD, Phone, Score, hertz

WIDTH = 720
"""CSS pixels."""
BLUE, ORANGE, GREEN, RED, SKY, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#666666"


def drawn(plot: Callable) -> Callable[..., Image.Image]:
    """Decorate a function that returns a matplotlib Figure: it is drawn in the course's type, and returned as a picture."""

    @functools.wraps(plot)
    def picture(*args: object, **kwargs: object) -> Image.Image:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        with matplotlib.rc_context(_style()):
            canvas = FigureCanvasAgg(plot(*args, **kwargs))
            canvas.draw()
        whole = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())
        return whole.quantize(128, dither=Image.Dither.NONE)  # a third of the size on the page

    return picture


@functools.cache
def _style() -> dict:
    """Matplotlib's settings: a Korean face first, and beside it one that has the letters of the IPA."""
    from matplotlib import font_manager

    from hallyu.webtoon import fonts

    path = fonts.FOLDER / fonts.DIALOGUE
    font_manager.fontManager.addfont(path)
    # The file is bold: under its family's name matplotlib misses the regular weight, aloud, where no other file has it.
    faces = [entry for entry in font_manager.fontManager.ttflist if entry.fname == str(path)]
    face = min(faces, key=lambda entry: entry.weight).name
    return {
        "font.family": [face, "DejaVu Sans"],
        "font.size": 9,
        "axes.unicode_minus": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#999999",
        "xtick.color": "#444444",
        "ytick.color": "#444444",
        "legend.frameon": False,
        "image.aspect": "auto",
    }


def figure(height: int, **subplots):
    """A Figure *height* CSS pixels high, and its axes as Figure.subplots(**subplots) gives them."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(WIDTH / 100, height / 100), dpi=200, layout="constrained")
    return made, made.subplots(**subplots)


def decibels(amplitude: float) -> str:
    """An amplitude in words, against full scale.

    >>> decibels(0.5), decibels(0)
    ('-6.0 dBFS', 'none: silence')
    """
    return f"{20 * np.log10(amplitude):.1f} dBFS" if amplitude > 0 else "none: silence"


@drawn
def waveform(samples: np.ndarray, rate: int, phones: Iterable[Phone] = (), height: int = 110):
    """The highest and lowest sample of each column, over seconds. *phones* are written above their time."""
    made, axes = figure(height)
    sound = audio.mono(samples)
    columns = min(2 * WIDTH, len(sound))
    edges = np.linspace(0, len(sound), columns, endpoint=False).astype(int)
    high, low = np.maximum.reduceat(sound, edges), np.minimum.reduceat(sound, edges)
    top = 1.08 * max(float(np.abs(sound).max()), 1e-3)
    axes.fill_between(edges / rate, low, high, color=BLUE, linewidth=0.5)
    axes.set(xlim=(0, len(sound) / rate), ylim=(-top, top), xlabel="seconds")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    write_phones(axes, phones)
    return made


@drawn
def spectrogram(
    samples: np.ndarray,
    rate: int,
    phones: Iterable[Phone] = (),
    top: float = 8_000,
    window: float = 0.02,
    height: int = 240,
):
    """Power in decibels over seconds and hertz, 70 dB down from the loudest.

    top: highest frequency shown, in hertz. window: seconds; 0.02 shows harmonics, 0.005 shows each pulse of the voice.
    """
    made, axes = figure(height)
    _draw_power(axes, samples, rate, top, window)
    write_phones(axes, phones)
    return made


def _draw_power(axes, samples: np.ndarray, rate: int, top: float, window: float) -> None:
    """Fill matplotlib *axes* with the spectrogram."""
    from scipy.signal import ShortTimeFFT, get_window

    sound = audio.mono(samples).astype(np.float64)
    size = int(window * rate)
    step = max(len(sound) // (2 * WIDTH), int(rate / 1000))
    stft = ShortTimeFFT(get_window("hann", size), step, rate, mfft=max(2048, size))
    power = 10 * np.log10(stft.spectrogram(sound) + 1e-12)
    start, end, _, nyquist = stft.extent(len(sound))
    axes.imshow(
        power,
        origin="lower",
        extent=(start, end, 0, nyquist / 1000),
        cmap="magma",
        vmin=power.max() - 70,
        vmax=power.max(),
    )
    axes.set(xlim=(0, len(sound) / rate), ylim=(0, min(top, nyquist) / 1000), xlabel="seconds", ylabel="kHz")


@drawn
def reading(
    samples: np.ndarray,
    rate: int,
    phones: Sequence[Phone],
    written: Sequence[str],
    said: Sequence[str],
    symbols: Sequence[str],
    height: int = 300,
):
    """A spectrogram, and above it each syllable at its time: as it is written, as it is said, and in IPA symbols.

    A syllable that is said otherwise than it is written is red.
    """
    made, (words, sound) = figure(height, nrows=2, height_ratios=(3, 4))
    spans = {}
    for phone in phones:
        if phone.syllable >= 0:
            start = spans.get(phone.syllable, (phone.start, 0))[0]
            spans[phone.syllable] = (start, min(phone.end, start + 0.3))  # a last one lasts into the silence
    for at, texts in enumerate(zip(written, said, symbols, strict=True)):
        start, end = spans[at]
        for row, text in enumerate(texts):
            colour = RED if row == 1 and text != written[at] else "black"
            face = {"fontsize": 9, "fontfamily": "DejaVu Sans"} if row == 2 else {"fontsize": 13}
            words.text((start + end) / 2, -row, text, color=colour, ha="center", va="center", **face)
        sound.axvline(start, color="white", linewidth=0.4, alpha=0.6)
    _draw_power(sound, samples, rate, 8_000, window=0.02)
    limits = (
        max(0, spans[0][0] - 0.1),
        min(len(samples) / rate, max(end for _, end in spans.values()) + 0.2),
    )
    sound.set_xlim(limits)
    words.set(xlim=limits, ylim=(-2.6, 0.6), xticks=[])
    words.set_yticks([0, -1, -2], ["written", "said", "IPA"], fontsize=9)
    words.tick_params(length=0)
    words.spines[["left", "bottom"]].set_visible(False)
    return made


@drawn
def lines(
    curves: Mapping[str, tuple],
    across: str,
    up: str,
    level: float | None = None,
    points: Iterable[tuple[float, float, str]] = (),
    limits: tuple[float, float] | None = None,
    height: int = 240,
):
    """Curves (x, y) by name, the axes' names, and if wanted a dashed *level*, *points* (x, y, name) and *limits* of y.

    One curve has no legend. The first is drawn last and thickest.
    """
    made, axes = figure(height)
    colours = (BLUE, ORANGE, GREEN, RED, SKY, GREY)
    for at, (name, (x, y)) in reversed(list(enumerate(curves.items()))):
        axes.plot(x, y, color=colours[at], linewidth=0.9 if at else 1.6, label=name)
    if level is not None:
        axes.axhline(level, color=GREY, linewidth=0.8, linestyle="--")
    for x, y, name in points:
        axes.plot([x], [y], "o", color=RED, markersize=5)
        ground = dict(facecolor="white", edgecolor="none", pad=1.5)
        axes.annotate(name, (x, y), (0, 9), textcoords="offset points", ha="center", color=RED, bbox=ground)
    axes.set(xlabel=across, ylabel=up)
    axes.margins(x=0)
    if limits:
        axes.set_ylim(limits)
    axes.grid(color="#eeeeee")
    if len(curves) > 1:
        handles, labels = axes.get_legend_handles_labels()
        axes.legend(handles[::-1], labels[::-1], fontsize=8)
    return made


@drawn
def pitches(curves: Mapping[str, tuple], score: Score, low: int | None = None, height: int = 260):
    """Pitch curves (seconds, hertz; 0: no voice) by name, over the notes of *score* as bars a semitone high.

    low: the lowest MIDI pitch shown; by default two semitones below the lowest note.
    """
    made, axes = figure(height)
    for note in score.notes:
        start, end = score.seconds(note.start), score.seconds(note.end)
        axes.fill_between([start, end], note.pitch - 0.5, note.pitch + 0.5, color="#dddddd", linewidth=0)
        above = ((start + end) / 2, note.pitch + 0.5)
        lyric = note.lyric if note.lyric != HOLD else "~"
        axes.annotate(lyric, above, (0, 6), textcoords="offset points", ha="center")
    for (name, (times, hz)), colour in zip(curves.items(), (ORANGE, BLUE, GREEN, RED), strict=False):
        hz = np.asarray(hz, np.float64)
        midi = 69 + 12 * np.log2(np.where(hz > 0, hz, np.nan) / 440)
        axes.plot(times, midi, color=colour, linewidth=1.3, label=name)
    written = [note.pitch for note in score.notes]
    low, high = min(written) - 2 if low is None else low, max(written) + 3
    axes.set(ylim=(low, high), xlabel="seconds", ylabel="pitch")
    axes.margins(x=0.01)
    named = (0, 2, 4, 5, 7, 9, 11) if high - low < 18 else (0, 4, 7)
    ticks = [pitch for pitch in range(low, high + 1) if pitch % 12 in named]
    axes.set_yticks(ticks, [f"{name_of(pitch)}  {hertz(pitch):.0f} Hz" for pitch in ticks], fontsize=7)
    axes.grid(axis="y", color="#eeeeee")
    axes.set_axisbelow(True)
    if len(curves) > 1:
        axes.legend(fontsize=8, ncols=len(curves), loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0)
    return made


@drawn
def alike(names: Sequence[str], values: np.ndarray, level: float, height: int = 300):
    """A table of similarities (n, n) in colour, each pair once; a frame stands around those of *level* and above."""
    from matplotlib.patches import Rectangle

    made, axes = figure(height)
    shown = np.where(np.tri(len(names), k=-1), values, np.nan)[1:, :-1]
    axes.imshow(shown, cmap="Blues", vmin=0.3, vmax=1.0)
    for (row, column), value in np.ndenumerate(shown):
        if np.isfinite(value):
            ink = "white" if value > 0.75 else "black"
            axes.text(column, row, f"{value:.2f}", ha="center", va="center", color=ink)
            if value >= level:
                frame = Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=RED, linewidth=2)
                axes.add_patch(frame)
    axes.set_xticks(range(len(names) - 1), names[:-1])
    axes.set_yticks(range(len(names) - 1), names[1:])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return made


@drawn
def against(panel: Mapping[str, Mapping[str, float]], level: float, height: int = 200):
    """A table of similarities, designed voices down and sources across; a frame stands around those of *level* and above."""
    from matplotlib.patches import Rectangle

    made, axes = figure(height)
    columns = list(next(iter(panel.values())))
    values = np.array([[row[name] for name in columns] for row in panel.values()])
    axes.imshow(values, cmap="Blues", vmin=0.3, vmax=1.0)
    for (row, column), value in np.ndenumerate(values):
        ink = "white" if value > 0.75 else "black"
        axes.text(column, row, f"{value:.3f}", ha="center", va="center", color=ink)
        if value >= level:
            frame = Rectangle(
                (column - 0.47, row - 0.44), 0.94, 0.88, fill=False, edgecolor=RED, linewidth=2.5
            )
            axes.add_patch(frame)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(panel)), list(panel))
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return made


@drawn
def opinions(means: Mapping[str, tuple[float, float, float]], height: int = 180):
    """Means of a listening test (mean, low, high; 0 to 100) by name, each with its interval."""
    made, axes = figure(height)
    for row, (mean, low, high) in enumerate(means.values()):
        axes.plot([low, high], [row, row], color=BLUE, linewidth=2)
        axes.plot([mean], [row], "o", color=BLUE, markersize=6)
        axes.annotate(f"{mean:.0f}", (mean, row), (0, 6), textcoords="offset points", ha="center")
    axes.set_yticks(range(len(means)), list(means))
    axes.set(xlim=(0, 102), ylim=(len(means) - 0.5, -0.6), xlabel="points: 0 bad, 100 excellent")
    axes.set_xticks(range(0, 101, 20))
    axes.grid(axis="x", color="#eeeeee")
    axes.set_axisbelow(True)
    return made


def name_of(pitch: int) -> str:
    """The note's name of a MIDI pitch.

    >>> name_of(60), name_of(69), name_of(66)
    ('C4', 'A4', 'F#4')
    """
    return ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")[pitch % 12] + str(
        pitch // 12 - 1
    )


def write_phones(axes, phones: Iterable[Phone]) -> None:
    """Write each sound above its time, and a line where it begins. axes: matplotlib Axes over seconds."""
    for phone in phones:
        if phone.symbol:
            axes.axvline(phone.start, color="#999999", linewidth=0.4)
            middle = (phone.start + phone.end) / 2
            place = {"transform": axes.get_xaxis_transform(), "ha": "center", "va": "bottom"}
            axes.text(middle, 1.01, phone.symbol, fontsize=8, fontfamily="DejaVu Sans", **place)
