import math

import numpy as np
import pytest

from hallyu.ott import checks_qc as check
from hallyu.ott import flashes
from hallyu.ott.pictures import Picture


def lkfs(power):
    return -0.691 + 10 * np.log10(power)


def dialogue(power, speech, mean=lambda power: lkfs(power.mean()), step=100, gate=None):
    spoken = np.zeros(len(power), bool)
    for start, end in speech:
        spoken[round(start * step) * 100 // step : round(end * step) * 100 // step] = True
    share = spoken.mean()
    if gate is not None:
        spoken &= lkfs(np.maximum(power, 1e-12)) > gate
    return (mean(power[spoken]), share) if spoken.any() else (-math.inf, 0)


def opposing(light, least=lambda darker, brighter: 20 if darker < 160 else darker / 8, again=True, alternate=True,
             at_least=lambda change, least: change >= least, first=0):  # fmt: skip
    """The walk with one thing wrong."""
    low = high = light[0]
    way, found = first, []
    for frame, now in enumerate(light):
        low, high = min(low, now), max(high, now)
        up = (way <= 0 or not alternate) and at_least(now - low, least(low, now))
        down = (way >= 0 or not alternate) and at_least(high - now, least(now, high))
        if up or down:
            way = 1 if up else -1
            if again:
                low = high = now
            found.append(frame)
    return found


def test_right_answers():
    assert check.dialogue_loudness(dialogue)
    assert check.opposing_changes(opposing)


def test_changes_are_those_that_the_library_counts():
    """Grey codes on a screen of 200 cd/m2; the library remembers the last seven."""
    rng = np.random.default_rng(5)
    for _ in range(300):
        codes = np.repeat(rng.integers(0, 256, 8), rng.integers(1, 4))
        detector = flashes.Detector()
        for n, code in enumerate(codes):
            detector.add(Picture(n / 24, np.full((4, 6, 3), code, np.uint8)))
        light = flashes.luminance(codes.astype(np.uint8)[:, None, None].repeat(3, 2))[:, 0].astype(float)
        times = [round(seconds * 24) for seconds in detector._luminance.times]
        assert check.changes(light)[-7:] == times


@pytest.mark.parametrize(("answer", "says"), [
    (lambda power, speech: None, "returns nothing yet"),
    (lambda power, speech: dialogue(power, speech)[0], "returns two numbers"),
    (lambda power, speech: dialogue(power, [(0, 12)]), "only what lies in the passages"),
    (lambda power, speech: dialogue(power, speech, mean=lambda power: lkfs(power).mean()), "mean is taken of the power"),
    (lambda power, speech: dialogue(power, speech, gate=-70), "no other gate"),
    (lambda power, speech: dialogue(power, speech, step=1), "hundredths"),
    (lambda power, speech: (dialogue(power, speech)[0], sum(end - start for start, end in speech) / 12), "counts once"),
    (lambda power, speech: (lkfs(np.mean(np.concatenate([power[round(a * 100):round(b * 100)] for a, b in speech]))),
                            dialogue(power, speech)[1]), "counts once|ValueError"),
    (lambda power, speech: (dialogue(power, speech)[0], dialogue(power, speech)[1] * 100), "from 0 to 1"),
    (lambda power, speech: (10 * np.log10(power.mean()), 0.5), "only what lies"),
    (lambda power, speech: (lkfs(power[round(speech[0][0] * 100) : round(speech[-1][1] * 100)].mean()), 1 / 6),
     "stopped with IndexError"),
    (lambda power, speech: dialogue(power, speech) if speech else (0, 0), "nobody speaks"),
])  # fmt: skip
def test_wrong_loudness(answer, says):
    verdict = check.dialogue_loudness(answer)
    assert not verdict and any(part in verdict.message for part in says.split("|")), verdict


@pytest.mark.parametrize(("answer", "says"), [
    (lambda light: None, "returns nothing yet"),
    (lambda light: [], "two changes"),
    (lambda light: [n for n in range(1, len(light)) if abs(light[n] - light[n - 1]) >= 20], "several frames|changed once"),
    (lambda light: opposing(light)[::2], "two changes"),
    (lambda light: len(opposing(light)), "stopped with TypeError"),
    (lambda light: opposing(light, alternate=False), "changed once"),
    (lambda light: opposing(light, again=False), "begin again|changed once|two changes"),
    (lambda light: opposing(light, at_least=lambda change, least: change > least), "exactly 20"),
    (lambda light: opposing(light, first=-1), "down as well as up"),
    (lambda light: opposing(light, least=lambda darker, brighter: 20), "from 165 to 185 is none"),
    (lambda light: opposing(light, least=lambda darker, brighter: 20 if darker < 160 else 24), "from 165 to 186 is one"),
    (lambda light: opposing(light, least=lambda darker, brighter: 20 if brighter < 160 else brighter / 8), "is one"),
    (lambda light: opposing(light, least=lambda darker, brighter: 15), "less than 20"),
    (lambda light: [n + 1 for n in opposing(light)], "complete at"),
])  # fmt: skip
def test_wrong_changes(answer, says):
    verdict = check.opposing_changes(answer)
    assert not verdict and any(part in verdict.message for part in says.split("|")), verdict
