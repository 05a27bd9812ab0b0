"""What quality control finds, told in Korean: not a word of English is left but what is English in Korean, too."""

import re

import numpy as np
import pytest
from test_guide import DEFECTS, track

from hallyu.errors import HallyuError
from hallyu.ott import defects, flashes, guide, ladder, loudness, picture_qc, sound_qc, sync
from hallyu.ott.fix import fix
from hallyu.ott.korean import korean
from hallyu.ott.pictures import Picture
from hallyu.ott.timedtext import Cue, Track

UNITS = {"ms", "kbit"}


def english(said: str) -> list[str]:
    """Words that were not translated; names of channels such as Ls are none."""
    return [word for word in re.findall(r"\b[A-Z]?[a-z]{2,}\b", said) if word not in UNITS]


def told(found: defects.Defect) -> str:
    """A defect's own line in Korean, of which nothing is left in English."""
    said = korean(str(found))
    assert english(said) == [], said
    return said.split(": ", 1)[1]


@pytest.mark.parametrize(
    ("code", "cues", "about"), [(code, *case) for code, cases in DEFECTS.items() for case in cases]
)
def test_every_finding_and_every_repair_is_told_in_korean(code, cues, about):
    about = dict(about)
    made = track(*cues, kind=about.pop("kind", "subtitles"), language=about.pop("language", "ko"))
    found = guide.check(made, **about)
    assert code in {each.code for each in found}
    fixed = fix(made, **about)
    sentences = [each.says for each in (*found, *fixed.repairs)]
    sentences += [said for each in fixed.left for said in (each.finding.says, each.why)]
    for sentence in sentences:
        assert english(korean(sentence)) == [], sentence


def test_rules_and_how_they_are_repaired_are_told_in_korean():
    for rule in guide.RULES.values():
        assert english(korean(rule.says)) == [], rule


def test_a_finding_is_told_with_its_timecode_and_the_cue():
    finding = guide.check(Track((Cue(1.0, 2.0, "눈이 온다"), Cue(2.25, 4.0, "눈이..."))), shots=[0.9])
    assert [korean(str(each)) for each in finding] == [
        "00:00:01:00 TIM-CLOSE: 1번 자막: 다음 자막과의 간격이 6프레임입니다. 2프레임으로 붙이세요",
        "00:00:01:00 TIM-CUTIN: 1번 자막: 시작이 컷이 바뀌는 곳의 2프레임 뒤입니다. 컷에 맞추거나 12프레임 앞에서 시작하세요",
        "00:00:02:06 TXT-DOTS: 2번 자막: 점을 여러 개 찍었습니다. 줄임표는 “…” 한 글자입니다",
    ]


def picture(value: int, seconds: float, colour=(1, 1, 1)) -> Picture:
    return Picture(seconds, np.full((36, 64, 3), value, np.uint8) * np.uint8(colour))


def test_flashes_are_told_apart():
    white = [picture(255 * (n // 3 % 2), n / 24) for n in range(72)]
    red = [picture(255 * (n // 3 % 2), n / 24, (1, 0, 0)) for n in range(72)]
    said = [told(each) for pictures in (white, red) for each in flashes.check(pictures)]
    assert any(each.startswith("점멸: 화면의 100%에서 초당 4") for each in said)
    assert any(each.startswith("짙은 빨강의 점멸: 화면의 100%") for each in said)


def test_pictures_are_told_in_korean():
    moving = np.random.default_rng(1).integers(60, 200, (96, 36, 64, 3)).astype(np.uint8)
    doubled = [Picture(n / 24, moving[n - n % 5 // 4]) for n in range(96)]
    said = [told(each) for each in picture_qc.check(doubled)]
    assert any("촬영한 프레임 레이트로 납품하세요" in each for each in said), said
    still = [Picture(n / 24, moving[0]) for n in range(48)]
    assert [told(each) for each in picture_qc.check(still)] == [
        "화면이 2.0초 동안 멈춰 있습니다. 의도한 것인지 확인하세요."
    ]
    faster = [Picture(n / 25, moving[(n - n // 25) % 96]) for n in range(200)]
    assert [told(each) for each in picture_qc.check(faster)] == [
        "프레임이 일정한 패턴(24장에 한 장씩 두 번)으로 되풀이됩니다. 초당 24프레임을 25프레임으로 늘렸습니다. "
        "촬영한 프레임 레이트로 납품하세요."
    ]


def noise(seconds: float, level: float = 0.05, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(2).normal(0, level, (int(seconds * 48000), channels)).astype(np.float32)


def heard(block: np.ndarray, layout=("FL", "FR"), seconds=None) -> list[str]:
    detector = sound_qc.Detector(48000, layout)
    detector.add(block)
    return [told(each) for each in detector.result(seconds)]


def test_sounds_are_told_in_korean():
    quiet = noise(9)
    quiet[3 * 48000 : 7 * 48000] = 0
    assert heard(quiet) == [
        "4.0초 동안 룸톤조차 없는 완전한 무음입니다. 빠진 소리가 없는지 확인하거나 룸톤을 까세요."
    ]
    quiet[3 * 48000 : 7 * 48000] = noise(4, 1e-4)
    assert heard(quiet) == ["4.0초 동안 거의 무음입니다. 빠진 소리가 없는지 확인하거나 룸톤을 까세요."]
    layout = ("FL", "FR", "FC", "LFE", "SL", "SR")
    surround = noise(6, channels=6)
    surround[:, 2] = 0
    surround[:, 5] = surround[:, 4]
    assert heard(surround, layout, seconds=9.0) == [
        "다른 채널은 소리가 나는데 센터(C) 채널이 무음입니다. 트랙 배정을 확인하세요.",
        "옆 왼쪽(Ls) 채널과 옆 오른쪽(Rs) 채널의 소리가 같습니다. 트랙 배정을 확인하세요.",
        "사운드가 영상보다 3.0초 먼저 끝납니다. 믹스를 끝까지 내보내세요.",
    ]


@pytest.mark.parametrize(("decibels", "way"), [(10, "내리세요"), (-20, "올리세요")])
@pytest.mark.parametrize(("speech", "what"), [(None, "전체 프로그램"), ([(0.0, 5.0)], "대사")])
def test_loudness_says_which_way_and_of_what(decibels, way, speech, what):
    meter = loudness.Meter(48000)
    meter.add(noise(5, 10 ** (-26 / 20) * 10 ** (decibels / 20) / 2))
    said = [told(each) for each in loudness.check(meter.result(), speech)]
    assert said[0].startswith(f"{what}: ") and said[0].endswith(f"dB {way}."), said


@pytest.mark.parametrize(("seconds", "way"), [(0.2, "200 ms 늦습니다"), (-0.2, "200 ms 빠릅니다")])
def test_sync_says_which_way(seconds, way):
    (found,) = sync.check([sync.Offset(seconds, 1.0, at) for at in (1.0, 5.0, 9.0)])
    assert told(found) == f"사운드가 {way}. 그만큼 옮기세요."


def test_a_curve_that_does_not_rise_is_told_with_its_points():
    points = [ladder.Point(100_000, 50.0, 640, 360), ladder.Point(200_000, 40.0, 640, 360)]
    with pytest.raises(HallyuError) as error:
        ladder.bits_at(points, 45.0)
    assert korean(str(error.value)) == (
        "주어진 곡선이 오르지 않습니다. 640x360, 100 kbit/s 인코딩(VMAF 50.0)보다 640x360, 200 kbit/s 인코딩(VMAF 40.0) 쪽이 "
        "나아 보이지 않습니다. 위쪽 볼록 껍질만 쓰거나 다시 재세요."
    )


def test_what_a_package_says_of_its_length_and_of_its_rate_is_told_apart():
    assert (
        korean("it has 240 units, and the playlist says 241")
        == "240유닛인데 CPL에는 241유닛으로 되어 있습니다"
    )
    assert (
        korean("it has 24 units a second, and the playlist says 25")
        == "초당 24유닛인데 CPL에는 25유닛으로 되어 있습니다"
    )
