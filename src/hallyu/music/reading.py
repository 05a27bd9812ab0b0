"""Numbers, units and Latin letters written in Hangul, as a Korean reader says them."""

import re
import unicodedata

from hallyu.errors import HallyuError

DIGITS = "영일이삼사오육칠팔구"
PLACES = ("", "십", "백", "천")
MYRIADS = ("", "만", "억", "조", "경")
NATIVE = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
NATIVE_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
COUNTERS = (
    "개", "명", "사람", "살", "시간", "시", "마리", "번째", "번", "잔", "송이", "권", "벌", "장", "곳",
    "가지", "그루", "채", "대", "켤레", "병", "통", "달", "마디", "모금", "줄", "방울", "군데", "걸음",
    "배", "발짝", "눈",
)  # fmt: skip
"""Counting words with native numerals (고유어 수사): 세 시, 두 개. All others take the Sino-Korean ones: 삼 분."""
NOT_COUNTERS = ("시대", "시월", "장조", "대대", "개월", "개국", "개년", "병동", "통신")
"""Words that begin like a counting word and take Sino-Korean numerals."""
MONTHS = {"6": "유", "10": "시"}
"""유월 and 시월."""
UNITS = {
    "%": "퍼센트", "℃": "도", "°": "도", "km": "킬로미터", "cm": "센티미터", "mm": "밀리미터", "m": "미터", "kg": "킬로그램",
    "g": "그램", "Hz": "헤르츠", "kHz": "킬로헤르츠", "dB": "데시벨", "bpm": "비피엠", "BPM": "비피엠", "ms": "밀리초", "₩": "원",
}  # fmt: skip
LETTERS = {
    "A": "에이", "B": "비", "C": "씨", "D": "디", "E": "이", "F": "에프", "G": "지", "H": "에이치",
    "I": "아이", "J": "제이", "K": "케이", "L": "엘", "M": "엠", "N": "엔", "O": "오", "P": "피",
    "Q": "큐", "R": "알", "S": "에스", "T": "티", "U": "유", "V": "브이", "W": "더블유", "X": "엑스",
    "Y": "와이", "Z": "제트",
}  # fmt: skip
LATIN = {
    "a": "어", "can't": "캔트", "don't": "돈트", "i'm": "아임", "it's": "잇츠", "let's": "렛츠", "you're": "유어",
    "again": "어게인", "ai": "에이아이", "all": "올", "alone": "얼론", "always": "올웨이즈",
    "and": "앤드", "angel": "엔젤", "baby": "베이비", "beautiful": "뷰티풀", "blue": "블루",
    "boy": "보이", "bye": "바이", "city": "시티", "come": "컴", "dance": "댄스", "day": "데이",
    "dream": "드림", "every": "에브리", "fire": "파이어", "fly": "플라이", "forever": "포에버",
    "girl": "걸", "go": "고", "good": "굿", "goodbye": "굿바이", "happy": "해피", "heart": "하트",
    "hello": "헬로", "hey": "헤이", "home": "홈", "i": "아이", "in": "인", "is": "이즈", "it": "잇",
    "kiss": "키스", "la": "라", "let": "렛", "life": "라이프", "light": "라이트", "like": "라이크",
    "love": "러브", "lucky": "러키", "magic": "매직", "me": "미", "merry": "메리", "miss": "미스",
    "moon": "문", "more": "모어", "music": "뮤직", "my": "마이", "na": "나", "never": "네버",
    "night": "나이트", "no": "노", "now": "나우", "of": "오브", "oh": "오", "on": "온", "one": "원",
    "only": "온리", "party": "파티", "please": "플리즈", "rain": "레인", "run": "런", "say": "세이",
    "so": "소", "sky": "스카이", "smile": "스마일", "snow": "스노", "star": "스타", "stop": "스톱",
    "story": "스토리", "summer": "서머", "sunshine": "선샤인", "sweet": "스위트", "tears": "티어스",
    "the": "더", "time": "타임", "to": "투", "tonight": "투나이트", "up": "업", "want": "원트",
    "we": "위", "white": "화이트", "winter": "윈터", "wow": "와우", "yeah": "예", "yes": "예스",
    "you": "유", "your": "유어",
}  # fmt: skip
"""Words that songs use, in the official spelling of loanwords (외래어 표기법) or as they are sung."""
PUNCTUATION = " \n\t,.!?…—–-:;·~\"'“”‘’()[]「」『』《》〈〉、。/&+=*"
NUMBER = re.compile(r"(\d+(?:,\d{3})*)(\.\d+)?(?:( ?)([가-힣]+|%|℃|°|₩|[A-Za-z]+))?")


def read_out(text: str) -> str:
    """*text* with numbers, units and Latin letters in Hangul; Hangul, spaces and punctuation stay.

    Words in capitals that are not in the list are spelled (BTS is 비티에스). Raises HallyuError for other Latin words that
    are not in it, and for what has no reading: Chinese characters, single Hangul letters, emoji and other scripts.

    >>> read_out("3시 30분에 눈송이 21개"), read_out("2026년 6월 1,500원, 0.5%")
    ('세 시 삼십분에 눈송이 스물한 개', '이천이십육년 유월 천오백원, 영 점 오 퍼센트')
    """
    text = read_numbers(tidy(text))
    text = re.sub(r"[A-Za-z]+(?:['’][a-z]+)?", _latin, text)
    for at, character in enumerate(text):
        if not ("가" <= character <= "힣" or character in PUNCTUATION):
            raise HallyuError(
                f"“{character}” (character {at + 1} of “{text[:30]}”) cannot be read aloud: "
                "write it in Hangul as it is to be spoken, or leave it out."
            )
    return text


def tidy(text: str) -> str:
    """*text* with composed Hangul, full-width signs and squared units as usual ones, and nothing invisible in it.

    >>> tidy("첫눈\\u200b，５㎏")
    '첫눈,5kg'
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    wide = (
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" or "\u3300" <= c <= "\u33ff" else c
        for c in text
    )
    return "".join(c for c in "".join(wide) if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf"))


def read_numbers(text: str) -> str:
    """*text* with its numbers and their units in Hangul; everything else stays.

    >>> read_numbers("눈 3송이, snow")
    '눈 세 송이, snow'
    """
    text = re.sub(r"(\d)·(\d)", lambda m: sino(int(m[1])) + sino(int(m[2])), text)  # 6·25
    text = re.sub(r"\b(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\b\.?", r"\1년 \2월 \3일", text)  # 2026. 11. 21.
    text = re.sub(r"\b(1?\d|2[0-4]):00(?!\d)", r"\1시", text)
    text = re.sub(r"\b(1?\d|2[0-4]):(?=[0-5]\d(?!\d))0?(\d+)", r"\1시 \2분", text)  # 3:30, 12:05
    return NUMBER.sub(_number, text)


def sino(number: int) -> str:
    """A whole number in Sino-Korean words; from 10,000 in groups of four places.

    >>> sino(2026), sino(10_500), sino(0)
    ('이천이십육', '만오백', '영')
    """
    if number == 0:
        return DIGITS[0]
    groups = []
    for myriad in MYRIADS:
        number, group = divmod(number, 10_000)
        if group:
            said = "".join(
                ("" if digit == "1" and place else DIGITS[int(digit)]) + PLACES[place]
                for place, digit in zip(range(3, -1, -1), f"{group:04}", strict=True)
                if digit != "0"
            )
            groups.append(("" if group == 1 and myriad == "만" else said) + myriad)
    if number:
        raise HallyuError("Numbers above 9999경 (twenty digits) cannot be read aloud: write them in Hangul.")
    return "".join(reversed(groups))


def native(number: int) -> str:
    """A number from 1 to 99 as it stands before a counting word.

    >>> native(3), native(20), native(21)
    ('세', '스무', '스물한')
    """
    tens, ones = divmod(number, 10)
    return "스무" if number == 20 else NATIVE_TENS[tens] + NATIVE[ones]


def _number(found: re.Match) -> str:
    digits, decimals, space, after = found[1].replace(",", ""), found[2], found[3] or "", found[4] or ""
    counted = after.startswith(COUNTERS) and not after.startswith(NOT_COUNTERS)
    if counted and not decimals and 1 <= int(digits) <= 99:
        return f"{native(int(digits))} {after}"
    if after.startswith("월") and digits in MONTHS:
        return MONTHS[digits] + after
    if decimals:
        said = f"{sino(int(digits))} 점 " + "".join(DIGITS[int(d)] for d in decimals[1:])
    elif digits.startswith("0") and len(digits) > 1:
        said = "".join("공" if d == "0" else DIGITS[int(d)] for d in digits)
    else:
        said = sino(int(digits))
    return f"{said} {UNITS[after]}" if after in UNITS else said + space + after


def _latin(found: re.Match) -> str:
    word = found[0].replace("’", "'")
    if word.lower() in LATIN and (len(word) > 2 or not word.isupper()):
        return LATIN[word.lower()]
    if word.isupper():
        return "".join(LETTERS[letter] for letter in word)
    raise HallyuError(
        f"The word “{word}” cannot be read aloud: write it in Hangul as it is to be spoken or sung."
    )
