"""Checks of the exercises in lesson 02, The first panel."""

from collections.abc import Callable

import numpy as np
import torch

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.webtoon import judge
from hallyu.webtoon.vocabulary import Look


def _samples(count: int = 6):
    random = torch.Generator().manual_seed(20)
    for alpha in torch.linspace(0.005, 0.999, count):
        yield torch.randn(1, 4, 20, 20, generator=random), torch.randn(1, 4, 20, 20, generator=random), alpha


def _same(answer, expected: torch.Tensor) -> bool:
    return (
        isinstance(answer, torch.Tensor)
        and answer.shape == expected.shape
        and torch.allclose(answer, expected, atol=1e-4)
    )


@guarded
def clean_estimate(function: Callable) -> Verdict:
    """Whether function(noisy, velocity, alpha) is the clean latent that a v-prediction implies."""
    for clean, noise, alpha in _samples():
        a, s = alpha.sqrt(), (1 - alpha).sqrt()
        noisy, velocity = a * clean + s * noise, a * noise - s * clean
        answer = function(noisy, velocity, alpha)
        if answer is None:
            return Verdict(False, "Your function returns nothing yet: it should return the clean latent.")
        if _same(answer, clean):
            continue
        near = {
            "You return the noise that was added, not the picture under it: swap the two square roots and mind the sign.": noise,
            "The sign of the second term is wrong: the velocity is taken away from the noisy latent.": a
            * noisy
            + s * velocity,
            "The weights are square roots of alpha and of 1 - alpha; yours have no root.": alpha * noisy
            - (1 - alpha) * velocity,
            "That subtracts the velocity whole; each term has a weight of its own.": noisy - velocity,
        }
        for sentence, wrong in near.items():
            if _same(answer, wrong):
                return Verdict(False, sentence)
        error = float((torch.as_tensor(answer) - clean).abs().max())
        return Verdict(
            False,
            f"At alpha = {float(alpha):.3f} your clean latent is off by up to {error:.2f}; it should agree to four decimals.",
        )
    return verdict([], "Your estimate recovers the clean latent at every noise level.")


@guarded
def guide(function: Callable) -> Verdict:
    """Whether function(without, with_prompt, strength) is classifier-free guidance."""
    for without, prompted, _ in _samples(3):
        for strength in (1.0, 3.0, 7.5):
            answer = function(without, prompted, strength)
            if answer is None:
                return Verdict(
                    False, "Your function returns nothing yet: it should return the guided prediction."
                )
            expected = without + strength * (prompted - without)
            if _same(answer, expected):
                continue
            if _same(answer, prompted + strength * (prompted - without)):
                return Verdict(
                    False,
                    "Yours goes one step too far: start from the prediction without the prompt, not from the one with it.",
                )
            if _same(answer, without + strength * prompted):
                return Verdict(
                    False,
                    "Yours adds the prompted prediction whole; guidance adds the difference between the two.",
                )
            if _same(answer, prompted + strength * (without - prompted)):
                return Verdict(
                    False, "The difference points the wrong way: yours runs from the prompt to no prompt."
                )
            return Verdict(
                False,
                f"At strength {strength:g} the guided prediction is off; at strength 1 it must be the prompted one.",
            )
    return verdict([], "At strength 1 you follow the prompt; above 1 you go past it, in its direction.")


@guarded
def directed(picture: np.ndarray | None, wanted: Look) -> Verdict:
    """Whether the judge reads *wanted* in a picture of one character."""
    if not isinstance(picture, np.ndarray):
        return Verdict(False, "There is no picture yet: give the array that engine.draw returns.")
    reading = judge.read([picture])[0]
    problems = reading.disagreements(wanted)
    return verdict(
        [f"The judge does not see what was ordered. {p[0].upper()}{p[1:]}." for p in problems],
        "The judge reads the character, the mood, the shot and the view as ordered.",
    )
