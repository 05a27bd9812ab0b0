import math
import zlib

import numpy as np
import pytest

from hallyu.music import checks_idol as check


def near(a, b):
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def passes_for(voice, cast, limit):
    close = {name: near(voice, other) for name, other in cast.items()}
    return sorted((name for name in close if close[name] >= limit), key=lambda name: -close[name])


def read_bits(sums):
    bits = "".join("1" if each > 0 else "0" for each in sums)
    payload = int(bits[:32], 2)
    return payload if zlib.crc32(payload.to_bytes(4)) >> 20 == int(bits[32:], 2) else None


def by_chance(right, rounds):
    return sum(math.comb(rounds, k) for k in range(right, rounds + 1)) / 2**rounds


@pytest.mark.parametrize(("answer", "says"), [
    (lambda voice, cast, limit: None, "returns nothing yet"),
    (lambda voice, cast, limit: [], "passes for the singer, her sister, and yours says nobody"),
    (lambda voice, cast, limit: list(cast), "and yours says the singer, her sister, a stranger"),
    (lambda v, cast, limit: passes_for(v, cast, limit)[::-1], "closest voice first, which is the singer"),
    (lambda v, cast, limit: [n for n in cast if float(v @ cast[n]) >= limit], "divide by both lengths"),
    (lambda v, cast, limit: [n for n in passes_for(v, cast, 0.905)], "only one lies above the limit"),
    (lambda v, cast, limit: [n for n in cast if np.linalg.norm(v - cast[n]) < 0.5], "yours says"),
    (lambda voice, cast: [], "stopped with TypeError"),
])  # fmt: skip
def test_wrong_panels(answer, says):
    verdict = check.passes_for(answer)
    assert not verdict and says in verdict.message


def test_the_limit_itself_counts():
    def above(voice, cast, limit):
        return [name for name in passes_for(voice, cast, limit) if limit < 0.99]

    verdict = check.passes_for(above)
    assert not verdict and "the limit itself counts" in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda sums: None, "yours reads nothing"),
    (lambda sums: 20261121, "reads 20261121 all the same"),
    (lambda sums: int("".join("1" if s > 0 else "0" for s in sums[:32]), 2), "One bit of the number is turned over"),
    (lambda sums: int("".join("1" if s > 0 else "0" for s in sums), 2), "the first 32 sums"),
    (lambda sums: int("".join("1" if s > 0 else "0" for s in sums[:32][::-1]), 2), "highest bit first"),
    (lambda sums: int("".join("1" if s < 0 else "0" for s in sums[:32]), 2), "The mark says 20261121"),
    (lambda sums: sums[99], "stopped with IndexError"),
])  # fmt: skip
def test_wrong_readings(answer, says):
    verdict = check.read_bits(answer)
    assert not verdict and says in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda right, rounds: None, "returns nothing yet"),
    (lambda right, rounds: 0.5**rounds, "12 of 16 right answers yours gives 0.0000; it is 0.0384"),
    (lambda right, rounds: math.comb(rounds, right) / 2**rounds, "exactly 12: add those of more"),
    (lambda right, rounds: by_chance(right + 1, rounds), "more than 12: 12 itself belongs to it"),
    (lambda right, rounds: 1 - by_chance(right, rounds), "the chance of fewer"),
    (lambda right, rounds: right / rounds, "it is 0.0384"),
    (lambda right, rounds: min(1.0, 2 * by_chance(right, rounds)), "it is 0.0384"),
    (lambda right, rounds: right / 0, "stopped with ZeroDivisionError"),
])  # fmt: skip
def test_wrong_chances(answer, says):
    verdict = check.by_chance(answer)
    assert not verdict and says in verdict.message


def test_right_answers():
    assert check.passes_for(passes_for)
    assert check.read_bits(read_bits)
    assert check.by_chance(by_chance)
