"""Numbers and Latin letters read aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.music.reading import read_out, sino

READ = {
    "10,000명": "만명",
    "12월 25일": "십이월 이십오일",
    "10월": "시월",
    "3시": "세 시",
    "12시 5분": "열두 시 오분",
    "20살": "스무 살",
    "100살": "백살",
    "3개월": "삼개월",
    "90년대": "구십년대",
    "1 연대": "일 연대",
    "6·25": "육이오",
    "3.14": "삼 점 일사",
    "010": "공일공",
    "440Hz": "사백사십 헤르츠",
    "BTS": "비티에스",
    "AI": "에이아이",
    "love you, baby": "러브 유, 베이비",
    "120BPM": "백이십 비피엠",
    "1억 2345만": "일억 이천삼백사십오만",
    "3:30에": "세 시 삼십분에",
    "12:05에": "열두 시 오분에",
    "7:00에": "일곱 시에",
    "2026. 11. 21.": "이천이십육년 십일월 이십일일",
    "A4": "에이사",
    "LOVE you, I'm": "러브 유, 아임",
    "첫\u200b눈\ufeff": "첫눈",
    "５㎏！": "오 킬로그램!",
    "첫눈\r\n눈": "첫눈\n눈",
    "첫눈(first)": None,
    "K-pop": None,
}


@pytest.mark.parametrize(("written", "said"), READ.items())
def test_read_out(written, said):
    if said is None:
        with pytest.raises(HallyuError, match="in Hangul as it is to be spoken or sung"):
            read_out(written)
    else:
        assert read_out(written) == said


def test_numbers_too_long_to_say():
    with pytest.raises(HallyuError, match="twenty digits"):
        read_out("9" * 21)


@given(st.integers(0, 10**20 - 1))
def test_sino_korean_numbers_can_be_counted_back(number):
    digits, places, myriads = "영일이삼사오육칠팔구", "십백천", "만억조경"
    total, group, digit = 0, 0, 0
    for character in sino(number):
        if character in myriads:
            total += (group + digit or 1) * 10_000 ** (myriads.index(character) + 1)
            group = digit = 0
        elif character in places:
            group += (digit or 1) * 10 ** (places.index(character) + 1)
            digit = 0
        else:
            digit = digits.index(character)
    assert total + group + digit == number


@given(st.integers(0, 10**6), st.sampled_from(["개", "년", "분", "명", "월", "%", ""]))
def test_reading_twice_is_reading_once(number, after):
    once = read_out(f"{number}{after}")
    assert read_out(once) == once
