"""Write 04-sing-it.png: the end of the chorus as lesson 04 sings it, its pitch on the written notes.

python modules/music/media/make_sing_it_picture.py
"""

from pathlib import Path

from hallyu.music import pitch, plots, singing, song
from hallyu.music.voice import voice

HERE = Path(__file__).parent

if __name__ == "__main__":
    ending = song.part(song.read(HERE / "first-snow.json"), 14, 18).score
    sung = singing.sing(ending, voice("jf_nezumi"))
    heard = pitch.yin(sung.samples, sung.rate)
    picture = plots.pitches({"sung": (heard.times, heard.hertz)}, ending)
    picture.save(HERE / "04-sing-it.png", optimize=True)
