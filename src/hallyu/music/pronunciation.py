"""Hangul as it is written -> Hangul as it is pronounced, by the rules of the standard (표준 발음법)."""

ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")


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


def read_out(text: str) -> str:
    """*text* with numbers and Latin words written in Hangul."""
    return text


REDUCED = dict(zip(CODAS, ("", *"ㄱㄱㄱㄴㄴㄴㄷㄹㄱㅁㄹㄹㄹㅂㄹㅁㅂㅂㄷㄷㅇㄷㄷㄱㄷㅂㄷ"), strict=True))
PAIRS = dict(zip("ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ", ("ㄱㅅ","ㄴㅈ","ㄴㅎ","ㄹㄱ","ㄹㅁ","ㄹㅂ","ㄹㅅ","ㄹㅌ","ㄹㅍ","ㄹㅎ","ㅂㅅ")))
TENSE = dict(zip("ㄱㄷㅂㅅㅈ", "ㄲㄸㅃㅆㅉ"))
NASAL = dict(zip("ㄱㄷㅂ", "ㅇㄴㅁ"))


def pronounce(text: str) -> str:
    """First version: liaison, tensification and nasalisation."""
    out = [list(letters(c)) if "가" <= c <= "힣" else c for c in text]
    for left, right in zip(out, out[1:], strict=False):
        if not isinstance(left, list):
            continue
        if not isinstance(right, list):
            left[2] = REDUCED[left[2]]
            continue
        first, last = PAIRS.get(left[2], ("", left[2]))
        if right[0] == "ㅇ" and left[2] not in ("", "ㅇ"):
            left[2], right[0] = first, "ㅆ" if first and last == "ㅅ" else "ㅇ" if last == "ㅎ" else last
            if last == "ㅎ" and first:
                left[2], right[0] = "", first
            continue
        obstruent = REDUCED[left[2]] in NASAL or left[2] == "ㄼ"
        left[2] = REDUCED[left[2]]
        if right[0] in TENSE and obstruent:
            right[0] = TENSE[right[0]]
        elif right[0] in "ㄴㅁ":
            left[2] = NASAL.get(left[2], left[2])
        if {left[2], right[0]} == {"ㄴ", "ㄹ"}:
            left[2] = right[0] = "ㄹ"
    if out and isinstance(out[-1], list):
        out[-1][2] = REDUCED[out[-1][2]]
    return "".join(compose(*c) if isinstance(c, list) else c for c in out)
