"""Write first-snow.json: words, melody and chords of the course's theme song, 20 bars at 84 quarter notes a minute (57 s).

Run it after changing the song below: python modules/music/media/make_first_snow_song.py
Words and music: Hallyu Studio, CC BY 4.0. Haneul sings what she learnt in the forest (First Snow, cuts 12 to 18).
"""

import json
from pathlib import Path

BAR = 4
NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

CHORDS = {
    "intro": "Fadd9 G",
    "verse": "C G/B Am Em F C/E Dm7 G",
    "chorus": "F G Em7 Am Dm7 G C C",
    "outro": "Fadd9 C",
}
# One line of words over two bars: syllable, note, quarter notes. A rest is written "-".
LINES = {
    "verse": [
        "첫 E4 1, 눈 D4 .5, 이 C4 .5, 내 D4 1, 리 E4 .5, 는 G4 1.5, 숲 D4 1, 에 B3 1.5, - - .5",
        "나 C4 1, 혼 E4 .5, 자 E4 .5, 서 G4 1, 있 E4 .5, 었 D4 .5, 죠 E4 2.5, - - 1.5",
        "하 F4 1, 얀 F4 .5, 발 E4 .5, 자 D4 1, 국 C4 1, 하 D4 1, 나 E4 2, - - 1",
        "그 D4 .5, 대 F4 .5, 가 A4 1, 왔 G4 .5, 다 F4 .5, 간 E4 .5, 걸 D4 .5, 알 D4 1, 죠 G4 2.5, - - .5",
    ],
    "chorus": [
        "기 A4 1, 다 A4 .5, 리 G4 .5, 는 F4 1, 동 G4 1, 안 G4 1, 은 D4 2, - - 1",
        "아 G4 1, 직 G4 .5, 끝 G4 .5, 이 E4 1, 아 E4 1, 니 A4 1, 라 G4 .5, 서 E4 2, - - .5",
        "오 F4 .5, 십 F4 .5, 번 E4 .5, 의 D4 .5, 겨 F4 1, 울 A4 1, 을 G4 1, 지 F4 .5, 나 G4 2, - - .5",
        "올 G4 1, 해 E4 .5, 는 D4 .5, 같 E4 1, 이 G4 1, 가 D4 1, 요 C4 3",
    ],
}

WORDS = {
    "verse": [
        ("첫눈이 내리는 숲에", "In the forest where first snow is falling"),
        ("나 혼자 서 있었죠", "I was standing all alone"),
        ("하얀 발자국 하나", "A single white footprint"),
        ("그대가 왔다 간 걸 알죠", "I know that you were here and went"),
    ],
    "chorus": [
        ("기다리는 동안은", "As long as I am waiting"),
        ("아직 끝이 아니라서", "it has not ended yet, and so"),
        ("오십 번의 겨울을 지나", "past fifty winters"),
        ("올해는 같이 가요", "this year let us go together"),
    ],
}
"""The lines as they are printed, with their spaces, and in English."""


def pitch(name: str) -> int:
    """MIDI number of a note: C4 is 60.

    >>> pitch("A4")
    69
    """
    return NAMES[name[0]] + 12 * (int(name[-1]) + 1)


def song() -> dict:
    """The song as first-snow.json holds it; times in quarter notes from the beginning."""
    notes, chords, sections, lines, bar = [], [], [], [], 0
    for section, names in CHORDS.items():
        sections.append({"name": section, "bar": bar})
        for offset, chord in enumerate(names.split()):
            chords.append({"start": (bar + offset) * BAR, "length": BAR, "name": chord})
        for number, line in enumerate(LINES.get(section, ())):
            at = (bar + 2 * number) * BAR
            korean, english = WORDS[section][number]
            lines.append({"start": at, "length": 2 * BAR, "korean": korean, "english": english})
            assert korean.replace(" ", "") == "".join(word.split()[0] for word in line.split(",")).strip("-"), line
            for lyric, note, beats in (word.split() for word in line.split(",")):
                if lyric != "-":
                    notes.append({"start": at, "length": float(beats), "pitch": pitch(note), "lyric": lyric})
                at += float(beats)
            assert at == (bar + 2 * number + 2) * BAR, line
        bar += len(names.split())
    return {
        "title": "첫눈",
        "title_en": "First Snow",
        "words_and_music": "Hallyu Studio",
        "licence": "CC BY 4.0",
        "singer": "하늘",
        "tempo": 84,
        "beats_per_bar": BAR,
        "key": "C",
        "sections": sections,
        "chords": chords,
        "lines": lines,
        "notes": notes,
    }


if __name__ == "__main__":
    text = json.dumps(song(), ensure_ascii=False, indent=1)
    Path(__file__).with_name("first-snow.json").write_text(text + "\n", encoding="utf-8")
