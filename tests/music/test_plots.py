"""The lessons' pictures of sound, measured in their pixels."""

import subprocess
import sys
import warnings

import numpy as np
import pytest

from hallyu.music import plots
from hallyu.music.score import Note, Phone, Score, hertz

RATE = 24_000


def tone(frequency, seconds=1.0):
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * RATE)) / RATE)


def coloured(picture, colour):
    """Rows and columns of the pixels of that colour."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return np.nonzero((np.abs(np.asarray(picture.convert("RGB")).astype(int) - wanted) < 12).all(-1))


def test_a_waveform_is_there_where_there_is_sound():
    half = np.concatenate([np.zeros(RATE), tone(200)])
    picture = plots.waveform(half, RATE)
    assert picture.width == 2 * plots.WIDTH
    rows, columns = coloured(picture, plots.BLUE)
    left, right = np.unique(rows[columns < 700]), np.unique(rows[columns > 760])
    assert len(left) < 6 and len(right) > 60  # a line for silence, a block for the tone


def test_stereo_is_drawn_as_its_mean():
    against = np.stack([tone(200), -tone(200)], 1)
    rows, _ = coloured(plots.waveform(against, RATE), plots.BLUE)
    assert len(np.unique(rows)) < 6


@pytest.mark.parametrize("frequency", [1_000, 3_000, 6_000])
def test_a_tone_is_a_line_at_its_height_in_the_spectrogram(frequency):
    picture = np.asarray(plots.spectrogram(tone(frequency), RATE).convert("L")).astype(int)
    dark = np.nonzero(picture[:, 800] < 30)[0]
    top, bottom = dark[dark < 380].min(), dark[dark < 380].max()  # below 380 stands what the axis is called
    line = picture[top:bottom, 400:1200].mean(axis=1).argmax() + top
    assert (bottom - line) / (bottom - top) == pytest.approx(frequency / 8_000, abs=0.03)


def test_pitch_lies_on_the_note_that_was_sung():
    score = Score("test", 60, (Note(0, 1, 64, "첫"), Note(1, 1, 67, "-")))
    times = np.arange(0, 2, 0.01)
    sung = np.where(times < 1, hertz(64), hertz(67))
    sung[:5] = 0
    picture = plots.pitches({"sung": (times, sung)}, score)
    line, line_columns = coloured(picture, plots.ORANGE)
    bars, bar_columns = coloured(picture, "#dddddd")
    for side in (slice(300, 700), slice(900, 1300)):
        drawn = line[(line_columns > side.start) & (line_columns < side.stop)]
        bar = bars[(bar_columns > side.start) & (bar_columns < side.stop)]
        assert drawn.mean() == pytest.approx(bar.mean(), abs=3)


def test_korean_and_ipa_are_drawn_without_a_missing_letter():
    phones = [
        Phone("ʨʰ", 0.1, 0.3, 0),
        Phone("ʌ", 0.3, 0.5, 0),
        Phone("ɯ", 0.5, 0.7, 1),
        Phone("", 0.7, 1, -1),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a glyph that no face has
        with_phones = plots.waveform(tone(200), RATE, phones)
        note = Score("첫눈", 90, (Note(0, 1, 60, "뷁"),))
        plots.pitches({"첫눈": (np.arange(9), np.zeros(9))}, note)
    assert with_phones != plots.waveform(tone(200), RATE)


def test_silence_is_drawn():
    plots.waveform(np.zeros(RATE), RATE)
    plots.spectrogram(np.zeros(RATE), RATE)
    plots.pitches({"silent": (np.arange(3), np.zeros(3))}, Score("test", 60, (Note(0, 1, 64, "첫"),)))


def test_alike_frames_only_the_pairs_that_are_too_alike():
    names, values = ("a", "b", "c"), np.array([[1, 0.5, 0.95], [0.5, 1, 0.6], [0.95, 0.6, 1]])
    framed, _ = coloured(plots.alike(names, values, 0.9), plots.RED)
    none, _ = coloured(plots.alike(names, values, 0.99), plots.RED)
    assert len(framed) > 200 and len(none) == 0


def test_the_panel_frames_who_is_passed_for():
    panel = {"ours": {"a": 0.8, "b": 0.906}, "other": {"a": 0.5, "b": 0.6}}
    framed, _ = coloured(plots.against(panel, 0.905), plots.RED)
    none, _ = coloured(plots.against(panel, 0.907), plots.RED)
    assert len(framed) > 200 and len(none) == 0


def test_an_opinion_stands_at_its_points_with_its_interval():
    def columns(mean, low, high):
        _, found = coloured(plots.opinions({"a": (mean, low, high)}), plots.BLUE)
        return found.min(), found.max()

    left, right = columns(50, 20, 80)
    assert columns(50, 20, 95)[1] > right + 100 and columns(50, 5, 80)[0] < left - 100
    assert columns(25, 20, 80) == (left, right)


def test_a_reading_marks_in_red_only_what_is_said_otherwise():
    phones = [Phone("a", 0.1, 0.4, 0), Phone("b", 0.4, 0.9, 1)]

    def red(said):
        picture = plots.reading(tone(300), RATE, phones, "같이", said, ["kat", "i"])
        above = np.asarray(picture.convert("RGB")).astype(int)[:250]
        return np.nonzero(above[..., 0] - above[..., 2] > 120)[1]

    assert len(red("같이")) == 0
    assert len(red("같치")) > 20 and red("같치").min() > 650  # the second syllable, right of the middle
    assert red("가이").max() < 650


def test_curves_lie_at_their_heights_and_only_several_have_a_legend():
    x = np.linspace(0, 1, 50)
    alone = plots.lines({"a": (x, np.full(50, 0.75))}, "seconds", "share", limits=(0, 1))
    both = plots.lines(
        {"a": (x, np.full(50, 0.75)), "b": (x, np.full(50, 0.25))}, "seconds", "share", limits=(0, 1)
    )
    upper, _ = coloured(both, plots.BLUE)
    lower, columns = coloured(both, plots.ORANGE)
    assert np.median(upper) < np.median(lower)
    assert len(np.unique(coloured(alone, plots.BLUE)[0])) < 12, "one line, and no line in a legend"
    assert columns.max() - columns.min() > plots.WIDTH


def test_a_point_and_a_level_are_marked():
    x = np.linspace(0, 1, 50)
    plain, marked = (
        plots.lines({"d": (x, x)}, "ms", "d", level=level, points=points)
        for level, points in ((None, ()), (0.2, [(0.5, 0.5, "330 Hz")]))
    )
    assert len(coloured(plain, plots.RED)[0]) == 0 and len(coloured(marked, plots.RED)[0]) > 50


def test_drawing_says_nothing_on_stderr():
    draw = (
        "import numpy as np; from hallyu.film import plots; plots.curves({'a': ([0, 1], [0, 1])}, 'x', 'y')"
    )
    told = subprocess.run([sys.executable, "-c", draw], capture_output=True, text=True, check=True)
    assert told.stderr == ""
