"""Hangul as it is written -> Hangul as it is pronounced, by the rules of the standard (표준 발음법).

The text is read out first (numbers and Latin letters become Hangul), then a morpheme analyser says what each joint
between two syllables is: inside a morpheme, before an ending or particle, or before a word of its own. Each joint
then goes through the rules in the order in which they feed each other: ㄴ is put in (article 29), ㄷ and ㅌ become
palatal (17), ㅎ joins or goes (12), codas move over to a vowel (13 to 16), plain consonants become tense (23 to 28),
codas are reduced to the seven that can end a syllable (8 to 11), and neighbours become alike (18 to 20).
What spelling and grammar cannot tell stands in a list of words (pronunciation_words.py).

Where the standard allows two pronunciations, this gives the one that is heard more: 의 inside a word is 이, the
particle 의 is 에, ㅖ after a consonant is ㅔ. Vowel length, which Seoul speech has lost, is not written.
Source: 표준어 규정, 제2부 표준 발음법 (Ministry of Culture, Sports and Tourism, notice 2017-13).
"""

import enum
import itertools
import re
from dataclasses import dataclass

from hallyu.morphemes import morphemes
from hallyu.music import pronunciation_words as words
from hallyu.music.reading import read_out

ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

REDUCED = dict(zip(CODAS, ("", *"ㄱㄱㄱㄴㄴㄴㄷㄹㄱㅁㄹㄹㄹㅂㄹㅁㅂㅂㄷㄷㅇㄷㄷㄱㄷㅂㄷ"), strict=True))
"""The sound of a coda at the end of a word or before a consonant: one of seven (articles 8 to 11)."""
CLUSTERS = {
    "ㄳ": ("ㄱ", "ㅅ"), "ㄵ": ("ㄴ", "ㅈ"), "ㄶ": ("ㄴ", "ㅎ"), "ㄺ": ("ㄹ", "ㄱ"), "ㄻ": ("ㄹ", "ㅁ"), "ㄼ": ("ㄹ", "ㅂ"),
    "ㄽ": ("ㄹ", "ㅅ"), "ㄾ": ("ㄹ", "ㅌ"), "ㄿ": ("ㄹ", "ㅍ"), "ㅀ": ("ㄹ", "ㅎ"), "ㅄ": ("ㅂ", "ㅅ"),
}  # fmt: skip
"""Codas of two consonants: the one that stays and the one that moves over to a vowel (article 14)."""
TENSE = dict(zip("ㄱㄷㅂㅅㅈ", "ㄲㄸㅃㅆㅉ", strict=True))
ASPIRATED = dict(zip("ㄱㄷㅂㅈ", "ㅋㅌㅍㅊ", strict=True))
NASAL = dict(zip("ㄱㄷㅂ", "ㅇㄴㅁ", strict=True))
GLIDES = "ㅣㅑㅕㅛㅠㅖㅒ"
"""Vowels before which ㄴ can be put in (article 29)."""
PLAIN_VOWEL = dict(zip("ㅑㅒㅕㅖㅛㅠ", "ㅏㅐㅓㅔㅗㅜ", strict=True))
"""Vowels without their glide, as they sound after ㅈ, ㅉ and ㅊ (article 5)."""


class Joint(enum.Enum):
    """What lies between a syllable and the one before it."""

    INSIDE = "inside a morpheme"
    ENDING = "between a verb's or adjective's stem and its ending"
    LEANING = "before a particle or a suffix"
    WORD = "before a morpheme with a meaning of its own, spoken in one breath"
    ADNOMINAL = "after the ending -(으)ㄹ"
    PAUSE = "between words that are spoken apart"


@dataclass
class _Syllable:
    onset: str
    vowel: str
    coda: str


def letters(syllable: str) -> tuple[str, str, str]:
    """Onset, vowel and coda of a Hangul syllable; the coda may be "".

    >>> letters("밟")
    ('ㅂ', 'ㅏ', 'ㄼ')
    """
    onset, rest = divmod(ord(syllable) - ord("가"), 588)
    return ONSETS[onset], VOWELS[rest // 28], CODAS[rest % 28]


def compose(onset: str, vowel: str, coda: str = "") -> str:
    """The Hangul syllable of the letters.

    >>> compose("ㅂ", "ㅏ", "ㄼ")
    '밟'
    """
    return chr(ord("가") + ONSETS.index(onset) * 588 + VOWELS.index(vowel) * 28 + CODAS.index(coda))


def pronounce(text: str) -> str:
    """*text* as it is pronounced, in Hangul, character for character: a syllable stays one syllable.

    Spaces and punctuation stay. Numbers and Latin letters are read out first (reading.read_out).
    Raises HallyuError for a character that has no reading.

    >>> pronounce("첫눈이 내린다, 하얀 눈을 밟아요.")
    '천누니 내린다, 하얀 누늘 발바요.'
    >>> pronounce("읽고 싶은 것을 꽃잎에"), pronounce("신을 신고"), pronounce("경찰에 신고")
    ('일꼬 시픈 거슬 꼰니페', '시늘 신꼬', '경차레 신고')
    """
    text = read_out(text)
    tokens = morphemes(text)
    joints = _joints(text, tokens)
    marks = _marks(text, tokens, joints)
    spoken = {at: _Syllable(*letters(c)) for at, c in enumerate(text) if is_hangul(c)}
    _weaken_ui(text, tokens, spoken)
    for found in words.LETTER_NAMES.finditer(text):  # article 16: 디귿이 is 디그시
        spoken[found.end() - 1].coda = words.LETTER_CODAS.get(text[found.end() - 1], "ㅅ")
    places = list(spoken)
    for before, at in itertools.pairwise(places):
        joint = joints.get(at, Joint.PAUSE)
        if joint is Joint.PAUSE:
            spoken[before].coda = REDUCED[spoken[before].coda]
        else:
            _join(spoken[before], spoken[at], text[before], joint, marks.get(at, ""))
    if places:
        spoken[places[-1]].coda = REDUCED[spoken[places[-1]].coda]
    for syllable in spoken.values():
        _simplify_vowel(syllable)
    return "".join(
        compose(s.onset, s.vowel, s.coda) if (s := spoken.get(at)) else c for at, c in enumerate(text)
    )


def is_hangul(character: str) -> bool:
    """Whether the character is a whole Hangul syllable."""
    return "가" <= character <= "힣"


# The rules at one joint


def _join(left: _Syllable, right: _Syllable, written: str, joint: Joint, mark: str) -> None:
    """Let two neighbouring syllables act on each other. written: the left one; mark: what the word list says."""
    if mark == words.ADD_N and right.onset == "ㅇ" and left.coda:
        right.onset = "ㄴ"
    own = joint in (Joint.WORD, Joint.ADNOMINAL)
    if _palatalise(left, right, own) or _join_h(left, right, own) or _move_coda(left, right, own):
        return
    _harden(left, right, written, joint, mark)
    _reduce(left, right, written)
    _assimilate(left, right, mark)


def _palatalise(left: _Syllable, right: _Syllable, own: bool) -> bool:
    """Article 17: ㄷ, ㅌ and ㄾ before 이 of a particle or suffix become ㅈ and ㅊ, and ㄷ with 히 becomes 치."""
    stays, last = CLUSTERS.get(left.coda, ("", left.coda))
    if own or right.vowel not in "ㅣㅕ" or last not in ("ㄷ", "ㅌ") or right.onset not in "ㅇㅎ":
        return False
    right.onset = "ㅈ" if last == "ㄷ" and right.onset == "ㅇ" else "ㅊ"
    left.coda = stays
    return True


def _join_h(left: _Syllable, right: _Syllable, own: bool) -> bool:
    """Article 12: ㅎ makes its neighbour aspirated or tense, or is not heard. True when nothing is left to do."""
    stays, last = CLUSTERS.get(left.coda, ("", left.coda))
    if last == "ㅎ":
        if right.onset in "ㄱㄷㅈ":
            left.coda, right.onset = stays, ASPIRATED[right.onset]
        elif right.onset == "ㅅ":
            left.coda, right.onset = stays, "ㅆ"
        elif right.onset == "ㅇ":
            left.coda, right.onset = "", stays or "ㅇ"
        elif stays:
            left.coda = stays
            return False
        else:
            left.coda = "ㄷ"
            return False
        return True
    if right.onset != "ㅎ" or (REDUCED[left.coda] not in NASAL and last not in ("ㅈ", "ㅂ")):
        return False
    # Between words the coda is reduced first: 꽂히다 is 꼬치다, but 낮 한때 is 나탄때.
    if own or last not in ASPIRATED:
        stays, last = "", REDUCED[left.coda]
    left.coda, right.onset = stays, ASPIRATED[last]
    return True


def _move_coda(left: _Syllable, right: _Syllable, own: bool) -> bool:
    """Articles 13 to 15: a coda moves over to the vowel that follows, before a word of its own as it is reduced."""
    if right.onset != "ㅇ" or left.coda in ("", "ㅇ"):
        return False
    if own:
        left.coda, right.onset = "", REDUCED[left.coda]
        return True
    left.coda, right.onset = CLUSTERS.get(left.coda, ("", left.coda))
    if right.onset == "ㅅ" and left.coda:
        right.onset = "ㅆ"
    return True


def _harden(left: _Syllable, right: _Syllable, written: str, joint: Joint, mark: str) -> None:
    """Articles 23 to 28: a plain consonant becomes tense."""
    if right.onset not in TENSE or mark == words.KEEP:
        return
    after_obstruent = REDUCED[left.coda] in NASAL or (left.coda in ("ㄼ", "ㄾ") and written != "덟")
    after_stem = joint is Joint.ENDING and left.coda in ("ㄴ", "ㄵ", "ㅁ", "ㄻ") and right.onset != "ㅂ"
    if after_obstruent or after_stem or joint is Joint.ADNOMINAL or mark == words.HARDEN:
        right.onset = TENSE[right.onset]


def _reduce(left: _Syllable, right: _Syllable, written: str) -> None:
    """Articles 9 to 11: a coda before a consonant is one of seven sounds."""
    if written == "밟" or (written == "넓" and right.onset in "ㅉㄸ" and right.vowel in "ㅜㅓ"):
        left.coda = "ㅂ"  # 밟다 and 넓죽하다, 넓둥글다, 넓적하다
    elif left.coda == "ㄺ" and right.onset == "ㄲ" and written not in words.NOUNS_IN_LG:
        left.coda = "ㄹ"  # a stem: 맑게 is 말께, but 흙과 is 흑꽈
    else:
        left.coda = REDUCED[left.coda]


def _assimilate(left: _Syllable, right: _Syllable, mark: str) -> None:
    """Articles 18 to 20: stops before nasals, and ㄴ and ㄹ beside each other."""
    if right.onset == "ㄹ" and (left.coda in ("ㅁ", "ㅇ", *NASAL) or mark == words.KEEP_N):
        right.onset = "ㄴ"
    if right.onset in "ㄴㅁ":
        left.coda = NASAL.get(left.coda, left.coda)
    if mark != words.KEEP_N and {left.coda, right.onset} == {"ㄴ", "ㄹ"}:
        left.coda = right.onset = "ㄹ"


def _simplify_vowel(syllable: _Syllable) -> None:
    """Article 5: ㅈ, ㅉ and ㅊ swallow a glide, ㅢ after a consonant is ㅣ, and ㅖ after one but ㄹ is ㅔ."""
    if syllable.onset in "ㅈㅉㅊ":
        syllable.vowel = PLAIN_VOWEL.get(syllable.vowel, syllable.vowel)
    elif syllable.vowel == "ㅢ" and syllable.onset != "ㅇ":
        syllable.vowel = "ㅣ"
    elif syllable.vowel == "ㅖ" and syllable.onset not in "ㅇㄹㄴ":
        syllable.vowel = "ㅔ"


# What the joints are


def _joints(text: str, tokens: tuple) -> dict[int, Joint]:
    """The joint before each syllable that follows another directly or after one space."""
    found = {}
    for at in range(1, len(text)):
        before = at - 2 if text[at - 1] == " " else at - 1
        if before >= 0 and is_hangul(text[at]) and is_hangul(text[before]):
            found[at] = _joint(before, at, tokens)
    return found


def _joint(before: int, at: int, tokens: tuple) -> Joint:
    left = [token for token in tokens if token.start <= before]
    right = next((token for token in tokens if token.start == at), None)
    if not left:
        return Joint.INSIDE
    left = left[-1]
    ends_in_l = left.tag[0] == "E" and left.form[0] in "ᆯ을"
    if right is None:  # also an ending that begins with -(으)ㄹ: 할수록
        return Joint.ADNOMINAL if ends_in_l and left.start == before else Joint.INSIDE
    if left.tag == "ETM" and ends_in_l and right.tag[0] in "NVM":
        return Joint.ADNOMINAL
    if at - before > 1 and left.tag[0] in "JEIS" and left.tag not in ("ETM", "SN"):
        return Joint.PAUSE
    if right.tag[0] == "E":
        return Joint.ENDING
    if right.tag[0] == "J" or right.tag in ("XSN", "XSV", "XSA", "XSA-R", "XSA-I", "XSV-R", "VCP"):
        return Joint.LEANING
    return Joint.WORD


def _marks(text: str, tokens: tuple, joints: dict[int, Joint]) -> dict[int, str]:
    """What the word list and the habits of nouns say of joints, and joints of words that the analyser left whole."""
    marks = {}
    for token in tokens:
        if token.tag[0] in "NXM":
            marks |= _habits(text, token) | _kept_n(text, token)
    for at, joint in joints.items():
        if joint in (Joint.WORD, Joint.ADNOMINAL) and _adds_n(text, at, tokens):
            marks[at] = words.ADD_N
    for found in words.PATTERN.finditer(text):
        if not _is_noun_here(found, tokens):
            continue
        for place, mark in words.MARKS[found[0]].items():
            at = found.start() + place
            marks[at] = mark
            if mark in (words.BOUNDARY, words.ADD_N):
                joints[at] = Joint.WORD
    for found in re.finditer(r"(?=(..)\1)", text):  # 유들유들
        at = found.start() + 2
        onset, vowel, _ = letters(text[at]) if is_hangul(text[at]) else ("", "", "")
        if onset == "ㅇ" and vowel in GLIDES:
            marks[at] = words.ADD_N
    return marks


def _is_noun_here(found: re.Match, tokens: tuple) -> bool:
    """Whether the analyser lets a word of the list begin and end where it was found."""
    start, end = found.span()
    inside = [token for token in tokens if start <= token.start < end]
    if not inside or inside[0].start != start:
        return False
    if found[0] in words.VERBS:
        return True
    if end - start < 3 and inside[-1].start + inside[-1].len > end:
        return False  # 한자 in 한자리
    return all(token.tag[0] in "NXMS" for token in inside)


def _habits(text: str, token) -> dict[int, str]:
    """Marks inside one noun: Sino-Korean ㄹ before ㄷ, ㅅ, ㅈ (article 26), and second parts that behave alike."""
    marks = {}
    end = token.start + token.len
    for at in range(token.start + 1, end):
        left, right = text[at - 1], text[at]
        if left in words.SINO_L and right in words.SINO_DSJ and left != right:
            marks[at] = words.HARDEN
    if text[end - 1] in words.HARDENED_SUFFIXES and (
        token.len >= 3 or (token.tag == "XSN" and token.start >= 2)
    ):
        marks[end - 1] = words.HARDEN
    if token.tag[0] != "N":
        return marks
    for head in words.HARDENED_HEADS:
        at = end - len(head)
        if text.startswith(head, at) and at > token.start and _coda(text[at - 1]) in ("ㄴ", "ㄹ", "ㅁ", "ㅇ"):
            marks[at] = words.HARDEN
    for head in words.HEADS_WITH_N:
        at = end - len(head)
        if text.startswith(head, at) and at > token.start and _coda(text[at - 1]):
            marks[at] = words.ADD_N
    return marks


def _kept_n(text: str, token) -> dict[int, str]:
    """Article 20, proviso: 란, 량, 력 … after a noun of two syllables or more in ㄴ are 난, 냥, 녁: 생산량."""
    at = token.start + token.len - 1
    suffix = text[at] in words.SUFFIXES_IN_L and at >= 2 and _coda(text[at - 1]) == "ㄴ"
    return {at: words.KEEP_N} if suffix and is_hangul(text[at - 2]) else {}


def _adds_n(text: str, at: int, tokens: tuple) -> bool:
    """Article 29: whether ㄴ is put in before a word that begins with 이, 야, 여, 요 or 유."""
    onset, vowel, _ = letters(text[at])
    if onset != "ㅇ" or vowel not in GLIDES:
        return False
    left = [token for token in tokens if token.start < at][-1]
    right = next(token for token in tokens if token.start == at)
    noun = right.tag in ("NNG", "NNP", "NNB") and (right.len > 1 or right.form in words.SHORT_WITH_N)
    verb = right.tag.startswith("V") and right.form in words.VERBS_WITH_N
    if left.tag == "NR" and right.tag == "NR":
        return right.form in words.NUMERALS_WITH_N
    if left.tag == "MAG":
        return verb and left.form in ("못", "잘")
    if left.tag in ("ETM", "MM", "XPN", "SN", "NR"):
        return noun
    if text[at - 1] == " ":
        return (left.tag[0] == "N" and verb) or (noun and right.form in words.HEADS_WITH_N)
    return left.tag[0] == "N" and noun


def _weaken_ui(text: str, tokens: tuple, spoken: dict[int, _Syllable]) -> None:
    """Article 5, proviso 4: the particle 의 is 에, and 의 inside a word is 이."""
    particles = {token.start for token in tokens if token.tag == "JKG"}
    for at, syllable in spoken.items():
        if text[at] != "의":
            continue
        if at in particles:
            syllable.vowel = "ㅔ"
        elif at and is_hangul(text[at - 1]):
            syllable.vowel = "ㅣ"


def _coda(character: str) -> str:
    return letters(character)[2] if is_hangul(character) else ""
