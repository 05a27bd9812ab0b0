"""Korean text -> the sounds of its syllables, in the symbols that the bundled voice knows.

The text is first written as it is pronounced (pronunciation.py), then each Hangul letter becomes an IPA symbol.
One syllable of Hangul gives one Syllable, in order, so a syllable can be laid on a note. Glides count as part of the
onset: what is left is one vowel, which is what a singer holds.

Symbols: Kokoro-82M's vocabulary, one token a character. Lax stops are voiced between voiced sounds and voiceless
elsewhere, tense ones voiceless and aspirated ones with ʰ.
The symbols were chosen by ear of a recogniser: over ten sentences full of tense and aspirated sounds, two voices, 16.6 %
of the characters were misheard by sound; with ɔ or ə for ㅓ 21.9 and 25.5 %, with ɨ for ㅡ and ɯ for ㅜ 21.5 %, with h for ʰ
21.5 %, with ʔ before tense consonants 17.5 %. Aspirated sounds are still the weakest: the voice learnt Japanese.
Source: International Phonetic Association, Handbook (1999), "Korean".
"""

from dataclasses import dataclass

from hallyu.errors import HallyuError
from hallyu.music.pronunciation import VOWELS, is_hangul, letters, pronounce
from hallyu.music.reading import read_out


@dataclass(frozen=True)
class Syllable:
    """One syllable. All symbols are single tokens of the voice's vocabulary.

    written: the Hangul syllable as it is written. onset: consonants and glides before the vowel, () where there are
    none. vowel: the vowel's symbol, as a tuple of one. coda: the consonant after it, or (). gap: what follows before
    the next syllable: "" inside a word, " " between words, or punctuation such as ", " and ".".
    """

    written: str
    onset: tuple[str, ...]
    vowel: tuple[str, ...]
    coda: tuple[str, ...]
    gap: str = ""

    @property
    def symbols(self) -> tuple[str, ...]:
        """Onset, vowel and coda in order, without the gap."""
        return self.onset + self.vowel + self.coda


VOICELESS = {
    "ㄱ": "k", "ㄲ": "k", "ㄴ": "n", "ㄷ": "t", "ㄸ": "t", "ㄹ": "ɾ", "ㅁ": "m", "ㅂ": "p", "ㅃ": "p", "ㅅ": "s",
    "ㅆ": "s", "ㅇ": "", "ㅈ": "ʨ", "ㅉ": "ʨ", "ㅊ": "ʨʰ", "ㅋ": "kʰ", "ㅌ": "tʰ", "ㅍ": "pʰ", "ㅎ": "h",
}  # fmt: skip
VOICED = {"ㄱ": "ɡ", "ㄷ": "d", "ㅂ": "b", "ㅈ": "ʥ"}
"""The lax consonants between voiced sounds."""
BEFORE_I = {"ㅅ": "ɕ", "ㅆ": "ɕ"}
"""Before the vowel i and the glide j."""
VOWEL = {
    "ㅏ": "a", "ㅐ": "ɛ", "ㅑ": "ja", "ㅒ": "jɛ", "ㅓ": "ʌ", "ㅔ": "e", "ㅕ": "jʌ", "ㅖ": "je", "ㅗ": "o", "ㅘ": "wa", "ㅙ": "wɛ",
    "ㅚ": "we", "ㅛ": "jo", "ㅜ": "u", "ㅝ": "wʌ", "ㅞ": "we", "ㅟ": "wi", "ㅠ": "ju", "ㅡ": "ɯ", "ㅢ": "ɰi", "ㅣ": "i",
}  # fmt: skip
CODA = {"ㄱ": "k", "ㄴ": "n", "ㄷ": "t", "ㄹ": "l", "ㅁ": "m", "ㅂ": "p", "ㅇ": "ŋ", "": ""}
"""The seven consonants that can end a syllable."""
PAUSES = {"–": "—", "、": ",", "。": ".", "·": ",", "/": ",", "\n": " ", "\t": " "}
"""Marks that the voice does not know, as it is to read them; others that it does not know are passed over."""
KEPT = set(' ,.!?…—:;"“”()')


def syllables(text: str) -> list[Syllable]:
    """The syllables of *text* as they sound.

    Raises HallyuError when nothing in it can be spoken, or a character in it has no reading.

    >>> [(s.written, *s.symbols) for s in syllables("첫눈이")]
    [('첫', 'ʨ', 'ʰ', 'ʌ', 'n'), ('눈', 'n', 'u'), ('이', 'n', 'i')]
    >>> syllables("밟아요.")[-1].gap
    '.'
    """
    written = read_out(text)
    spoken = pronounce(written)
    found: list[Syllable] = []
    before = ""
    for at, (as_written, character) in enumerate(zip(written, spoken, strict=True)):
        if not is_hangul(character):
            continue
        onset, vowel, coda = letters(character)
        gap = _gap(spoken, at + 1)
        found.append(
            Syllable(
                as_written,
                tuple(_onset(onset, vowel, before) + VOWEL[vowel][:-1]),
                (VOWEL[vowel][-1],),
                tuple(CODA[coda]),
                gap,
            )
        )
        before = gap or coda or vowel
    if not found:
        raise HallyuError(
            f"There is nothing to speak in “{text[:40]}”: write at least one syllable of Hangul."
        )
    return found


def _onset(onset: str, vowel: str, before: str) -> str:
    """The symbols of an onset. before: the letter or the gap just before it, "" at the start."""
    if before and before in (*VOWELS, "ㄴ", "ㄹ", "ㅁ", "ㅇ"):
        if onset == "ㄹ" and before == "ㄹ":
            return "l"
        if onset in VOICED:
            return VOICED[onset]
    if onset in BEFORE_I and VOWEL[vowel][0] in "ij":
        return BEFORE_I[onset]
    return VOICELESS[onset]


def _gap(text: str, at: int) -> str:
    """What stands between two syllables, in the voice's tokens."""
    end = at
    while end < len(text) and not is_hangul(text[end]):
        end += 1
    return "".join(c for c in (PAUSES.get(c, c) for c in text[at:end]) if c in KEPT)
