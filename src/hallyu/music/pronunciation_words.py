"""What neither spelling nor grammar tells about pronunciation: words with marks, and habits of second parts of nouns.

A word is written as in a dictionary, with a mark at the joint where the rules would go wrong.
Source of the classes: 표준 발음법, articles 15, 20, 26, 28 and 29; pronunciations as in 표준국어대사전.
"""

import re

HARDEN = "'"
"""The consonant after it is tense: 문'고리 is 문꼬리."""
ADD_N = "+"
"""ㄴ is put in: 솜+이불 is 솜니불."""
KEEP_N = "-"
"""ㄴㄹ is ㄴㄴ: 의견-란 is 의견난."""
KEEP = "="
"""Nothing out of the ordinary happens, though a rule or habit says so: 송별=연 is 송벼련."""
BOUNDARY = "|"
"""A word of its own begins: 값|어치 is 가버치."""

LISTED = """
문'고리 눈'동자 신'바람 산'새 손'재주 길'가 발'바닥 굴'속 술'잔 바람'결 그믐'달 아침'밥 잠'자리 강'가
초승'달 등'불 창'살 물'결 숨'결 꿈'결 살'결 잠'결 마음'결 꿈'속 마음'속 가슴'속 눈'속 산'속 품'속 맘'속
땅'속 물'가 눈'가 창'가 봄'비 밤'비 가을'비 겨울'비 봄'바람 산'바람 강'바람 밤'바람 겨울'바람 가을'바람
여름'바람 눈'바람 보름'달 눈'사람 안'사람 밤'사이 안'방 물'고기 비빔'밥 김'밥 점심'밥 손'가락 발'가락
손'바닥 손'등 발'걸음 문'자 한'자 밤'거리 길'거리 일'거리 걱정'거리 산'불 빵'집 쌀'집 살림'집 칼'집 눈'송이
눈'덩이 산'골 산'비탈 산'자락 말'솜씨 물'새 밤'손님 손'수건 안'주머니 봄'소식 겨울'밤 여름'밤 가을'밤
오늘'밤 보름'밤 일'시 삼일'절 인'기 인'기척 헌'법 문'법 사'건 조'건 성'격 인'격 여'권 인'권 평'가 교'과서
장'점 단'점 초'점 관'점 시'점 문제'점 만'점 용'건 안'과 내'과 외'과 문'과 줄넘'기 눈'짓 손'짓 몸'짓 물'병
술'병 밤'중 달'밤 봄'밤 살'갗 눈'시울 손'거울 물'감 말'버릇 글'귀
막+일 내복+약 담+요 눈+요기 검+열 금+융 들+일 밭+일 논+일 별+일 옛+일 뒷+일 물+약 알+약 설+익 휘발+유
식용+유 영업+용 늑막+염 백분+율 서울+역 남존+여비 베갯+잇 도리깻+열 낯+익 강남+역 부산+역 용산+역 큰+일
웬+일
공'권-력
별=자리 대관=령 돌=담 불=장난 물=장구 잔=소리 군=소리
값|어치 값|있 맛|없 끝|없 겉|옷 웃|옷 첫|인상 첫|아이 젖|어미 팥|알 홑|옷
"""
VERBS = {"설익", "낯익", "값있", "맛없", "끝없"}
"""Words of the list that the analyser takes for a verb or adjective."""


def _parse(listed: str) -> dict[str, dict[int, str]]:
    """Words without their marks, with the marks by place.

    >>> _parse("문'고리 공'권-력")
    {'문고리': {1: "'"}, '공권력': {1: "'", 2: '-'}}
    """
    found: dict[str, dict[int, str]] = {}
    for item in listed.split():
        marks, plain = {}, ""
        for character in item:
            if "가" <= character <= "힣":
                plain += character
            else:
                marks[len(plain)] = character
        found[plain] = marks
    return found


MARKS = _parse(LISTED)
PATTERN = re.compile("|".join(sorted(MARKS, key=len, reverse=True)))

LETTER_NAMES = re.compile("디귿|지읒|치읓|키읔|티읕|피읖|히읗")
LETTER_CODAS = {"읔": "ㄱ", "읖": "ㅂ"}
"""Article 16: the names of the other letters behave as if they ended in ㅅ."""
NOUNS_IN_LG = "닭흙칡삵"
"""Syllables with ㄺ that are not the stem of a verb or adjective (article 11, proviso)."""
SUFFIXES_IN_L = "란량력령례로론료류"

SINO_L = "갈걸결골괄굴귤글길날눌달돌렬률말멸몰물밀발벌별불살설솔술실알열올월율일절졸줄질찰철촐출칠탈팔필할헐혈홀활휼힐"
SINO_DSJ = (
    "단달담당대덕도독돈동두둔득등사삭산살삼상색생서석선설섬섭성세소속손송쇄쇠수숙순술숭습승시식신실심"
    "자작잠장재쟁저적전절점접정제조족존졸종좌죄주죽준중즉증지직진질집징"
)
"""Readings of Chinese characters in ㄹ, and with ㄷ, ㅅ or ㅈ first: side by side in a noun the second is tense (article 26)."""
HARDENED_HEADS = ("길", "빛", "소리", "줄기", "덩어리")
"""Second parts of nouns that are tense after ㄴ, ㄹ, ㅁ and ㅇ (article 28): 눈빛, 숨소리."""
HARDENED_SUFFIXES = "성법권증"
"""Last syllables of nouns of three or more that are tense: 가능성, 사용법."""
HEADS_WITH_N = (
    "잎", "이불", "연필", "열차", "여름", "여우", "이야기", "엿", "윷", "양말", "여행", "요리", "이슬",
    "입술", "윤리", "여자", "영화", "육",
)  # fmt: skip
"""Second parts of nouns before which ㄴ is put in (article 29)."""
SHORT_WITH_N = ("일", "잎", "약", "역", "엿", "윷", "입", "욕", "양")
NUMERALS_WITH_N = ("육", "여섯", "여덟")
VERBS_WITH_N = ("입", "입히", "읽", "잊", "익", "잇")
