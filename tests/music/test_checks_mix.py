import math

import numpy as np
import pytest

from hallyu.music import checks_mix as check


def mean(levels):
    return 10 * math.log10(sum(10 ** (level / 10) for level in levels) / len(levels))


def integrated(blocks, silence=-70, below=10, average=mean):
    heard = [block for block in blocks if block > silence]
    if not heard:
        return -math.inf
    gate = average(heard) - below
    return mean([block for block in heard if block > gate])


def look_ahead(needed, width):
    return [max(needed[at : at + width + 1]) for at in range(len(needed))]


def closed_frames(phones, fps):
    frames = set()
    for phone in phones:
        if phone.symbol[0] in "pbm":
            first, last = math.ceil(phone.start * fps - 0.5), math.ceil(phone.end * fps - 0.5)
            frames |= set(range(first, last)) or {int((phone.start + phone.end) / 2 * fps)}
    return sorted(frames)


def test_right_answers():
    assert check.integrated(integrated)
    assert check.look_ahead(look_ahead)
    assert check.closed_frames(closed_frames)


@pytest.mark.parametrize(("answer", "says"), [
    (lambda blocks: None, "returns nothing yet"),
    (lambda blocks: sum(blocks) / len(blocks), "average powers"),
    (mean, "do not count"),
    (lambda blocks: mean([b for b in blocks if b > -70] or [-200]), "the second gate|10 LU below"),
    (lambda blocks: integrated(blocks, average=lambda levels: sum(levels) / len(levels)), "mean power of the rest"),
    (lambda blocks: integrated(blocks, below=5), "a verse 8 LU softer counts"),
    (lambda blocks: integrated(blocks) if max(blocks) > -70 else 0.0, "-math.inf"),
    (lambda blocks: integrated(blocks) - 0.691, "steady song"),
    (lambda blocks: blocks[99], "stopped with IndexError"),
])  # fmt: skip
def test_wrong_loudness(answer, says):
    verdict = check.integrated(answer)
    assert not verdict and any(part in verdict.message for part in says.split("|"))


@pytest.mark.parametrize(("answer", "says"), [
    (lambda needed, width: None, "returns nothing yet"),
    (lambda needed, width: needed, "too late"),
    (lambda needed, width: [max(needed[max(0, at - width) : at + 1]) for at in range(len(needed))], "too late"),
    (lambda needed, width: [max(needed[at : at + width], default=0) for at in range(len(needed))], "too late"),
    (lambda needed, width: np.convolve(needed, np.ones(width + 1) / (width + 1), "same"), "a peak gets through"),
    (lambda needed, width: [max(needed)] * len(needed), "too early"),
    (lambda needed, width: [max(needed[max(0, at - width) : at + width + 1]) for at in range(len(needed))], "for too long"),
    (lambda needed, width: look_ahead(needed, width)[:-1], "numbers for"),
    (lambda needed, width: max(needed), "you return 1 numbers"),
])  # fmt: skip
def test_wrong_look_ahead(answer, says):
    verdict = check.look_ahead(answer)
    assert not verdict and says in verdict.message


def whole_frames(phones, fps):
    """Loses what is shorter than a frame."""
    return sorted({
        frame for p in phones if p.symbol[0] in "pbm" for frame in range(100) if p.start <= (frame + 0.5) / fps < p.end
    })  # fmt: skip


@pytest.mark.parametrize(("answer", "says"), [
    (lambda phones, fps: None, "returns nothing yet"),
    (lambda phones, fps: [], "m lasts from 0 to 100 ms"),
    (whole_frames, "shorter than a frame"),
    (lambda phones, fps: closed_frames([p for p in phones if p.symbol in "pbm"], fps), "written pʰ"),
    (lambda phones, fps: closed_frames([p for p in phones if p.symbol[0] in "m"], fps), "shorter than a frame"),
    (lambda phones, fps: closed_frames(phones, 30), "at 12 frames a second"),
    (lambda phones, fps: [int(p.start * fps) for p in phones if p.symbol[0] in "pbm"], "m lasts from 0"),
    (lambda phones, fps: [f for p in phones for f in closed_frames([p], fps)], "named once"),
    (lambda phones, fps: phones[9], "stopped with IndexError"),
])  # fmt: skip
def test_wrong_closures(answer, says):
    verdict = check.closed_frames(answer)
    assert not verdict and says in verdict.message
