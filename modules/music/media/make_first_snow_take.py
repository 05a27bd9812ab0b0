"""Write what lessons 03 and 04 begin with: the song's melody as a score, a take of one line that is out of tune, and
the picture of lesson 03.

Run it after make_first_snow_song.py: python modules/music/media/make_first_snow_take.py
first-snow.musicxml: the whole melody with its words. first-snow-take.mid: the guide of chorus line 2, from one beat
before it. first-snow-take.flac: that line sung by jf_nezumi without vibrato, each note off by OFF.
"""

import json
from dataclasses import replace
from pathlib import Path

import soundfile

from hallyu.music import pitch, plots, score_files, singing, vocoder
from hallyu.music.score import Note, Score
from hallyu.music.voice import voice

HERE = Path(__file__).parent
FIRST, LAST, COUNT_IN = 48, 56, 1
"""The line's quarter notes in the song, and the rest before it."""
OFF = (0, -0.10, 0.15, 0, 0.35, -0.65, -0.20, 0.50)
"""Semitones by which each note is sung wrong; the flat A4 and the sharp last note are what a singer would do."""


def main() -> None:
    song = json.loads((HERE / "first-snow.json").read_text(encoding="utf-8"))
    notes = tuple(Note(**note) for note in song["notes"])
    whole = Score(song["title"], song["tempo"], notes, song["beats_per_bar"])
    score_files.write(whole, HERE / "first-snow.musicxml")

    line = [replace(n, start=n.start - FIRST + COUNT_IN) for n in notes if FIRST <= n.start < LAST]
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
