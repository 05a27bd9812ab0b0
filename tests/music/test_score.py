import pytest

from hallyu.music.score import Note, Score, hertz

SCORE = Score("첫눈", 90, (Note(0, 1, 64, "첫"), Note(1, 2.5, 67, "눈")))


def test_beats_become_seconds_by_the_tempo():
    assert SCORE.seconds(3) == 2.0
    assert SCORE.duration == pytest.approx(3.5 / 1.5)
    assert Score("", 90, ()).duration == 0


def test_pitches_are_those_of_equal_temperament():
    """ISO 16: A4 is 440 Hz; the others from the table of equal temperament."""
    assert hertz(69) == 440
    assert [round(hertz(p), 2) for p in (48, 55, 60, 64, 67, 72)] == [130.81, 196.0, 261.63, 329.63, 392.0, 523.25]
