"""Draws the title picture of lesson 02: a line of the song, written, said and in symbols. Run it in this folder."""

from hallyu.music import plots, voice
from hallyu.music.phonemes import syllables
from hallyu.music.pronunciation import is_hangul, pronounce


def main() -> None:
    """Write 02-hangul-to-phonemes.webp."""
    line = "아직 끝이 아니라서, 올해는 같이 가요."
    spoken, found = voice.speak(line, voice.voice("jf_nezumi")), syllables(line)
    picture = plots.reading(
        spoken.samples,
        spoken.rate,
        spoken.phones,
        [syllable.written for syllable in found],
        [character for character in pronounce(line) if is_hangul(character)],
        ["".join(syllable.symbols) for syllable in found],
    )
    picture.convert("RGB").save("02-hangul-to-phonemes.webp", quality=85, method=6)


if __name__ == "__main__":
    main()
