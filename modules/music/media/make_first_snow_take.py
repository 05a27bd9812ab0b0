"""Write what lesson 03 begins with, a take of one line that is out of tune, and its picture.

Run it after make_first_snow_song.py: python modules/music/media/make_first_snow_take.py
first-snow-take.mid: the guide of chorus line 2, from one beat
before it. first-snow-take.flac: that line sung by jf_nezumi without vibrato, each note off by OFF.
"""

from dataclasses import replace
from pathlib import Path

import soundfile

from hallyu.music import pitch, plots, score_files, singing, song, vocoder
from hallyu.music.voice import voice

HERE = Path(__file__).parent
FIRST, LAST, COUNT_IN = 48, 56, 1
"""The line's quarter notes in the song, and the rest before it."""
OFF = (0, -0.10, 0.15, 0, 0.35, -0.65, -0.20, 0.50)
"""Semitones by which each note is sung wrong; the flat A4 and the sharp last note are what a singer would do."""


def main() -> None:
    whole = song.read(HERE / "first-snow.json").score
    line = [replace(n, start=n.start - FIRST + COUNT_IN) for n in whole.notes if FIRST <= n.start < LAST]
    guide = replace(whole, notes=tuple(line))
    score_files.write(guide, HERE / "first-snow-take.mid")
    wrong = [replace(note, pitch=note.pitch + off) for note, off in zip(line, OFF, strict=True)]
    expression = singing.Expression(vibrato=0, breath=18)
    take = singing.sing(replace(guide, notes=tuple(wrong)), voice("jf_nezumi"), expression, seed=3)
    soundfile.write(HERE / "first-snow-take.flac", take.samples, take.rate, subtype="PCM_16")

    tuned = vocoder.tuned(vocoder.analyse(take.samples, take.rate), guide)
    swinging = vocoder.synthesise(vocoder.retuned(tuned, vocoder.vibrato(tuned.f0, depth=40)))
    curves = {
        name: (heard.times, heard.hertz)
        for name, sound in (("as sung", take.samples), ("tuned, with vibrato", swinging))
        for heard in [pitch.yin(sound, take.rate)]
    }
    plots.pitches(curves, guide).save(HERE / "03-pitch-and-timbre.png", optimize=True)


if __name__ == "__main__":
    main()
