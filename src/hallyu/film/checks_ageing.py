"""Checks for lesson 04, de-ageing."""

from collections.abc import Callable

import cv2
import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.film import regions
from hallyu.film.face_metrics import Report


@guarded
def even(answer: Callable) -> Verdict:
    """Exercise 1: `answer(lab, mask, strength)` evens the colour of a tone band and keeps its lightness."""
    random, problems = np.random.default_rng(4), []
    for size, strength in (((40, 30), 1.0), ((24, 32), 0.5)):
        lab = random.normal((60, 14, 16), (12, 5, 5), (*size, 3)).astype(np.float32)
        mask = np.zeros(size, np.float32)
        mask[6:18, 5:20] = 1
        mask = cv2.GaussianBlur(mask, (0, 0), 2)
        mask[mask < 0.01] = 0
        # A lip and a scarf of other colours: neither the mean nor pixels outside may decide what is usual.
        lab[:, 22:, 1:] += 25
        lab[10:12, 8:14, 1] += 30
        before = lab.copy()
        given = answer(lab, mask.copy(), strength)
        if given is None:
            return Verdict(False, "even returns nothing yet: return the tone with its colours evened.")
        given = np.asarray(given, np.float32)
        if given.shape != lab.shape:
            return Verdict(
                False,
                f"Of a tone of shape {lab.shape} yours makes {given.shape}: one of the same shape is asked for.",
            )
        problems += _uneven(before, given, mask, strength)
        if given is lab or not np.array_equal(lab, before):
            problems.append(
                "You wrote into the tone that you were given: work on a copy, the original is somebody's."
            )
    return verdict(problems, "The blotches are gone, the form is there, and nothing moved outside the mask.")


def _uneven(lab: np.ndarray, given: np.ndarray, mask: np.ndarray, strength: float) -> list[str]:
    outside, inside = mask == 0, mask > 0.5
    if (moved := np.abs(given - lab)[outside].max()) > 1e-4:
        return [f"Outside the mask your colours move by up to {moved:.1f}: nothing may change there."]
    if (moved := np.abs(given - lab)[..., 0].max()) > 1e-3:
        return [f"Your L* changes by up to {moved:.1f}: lightness is the form of the face, and it stays."]
    usual = np.median(lab[inside][:, 1:], axis=0)
    right = lab[..., 1:] + (strength * mask)[..., None] * (usual - lab[..., 1:])
    if np.abs(given[..., 1:] - right).max() < 0.05:
        return []
    if np.abs(given - lab).max() < 1e-4:
        return ["Nothing has changed: inside the mask a* and b* go towards their median."]
    centre = mask > 0.9
    reached = lab[..., 1:][centre] + (given - lab)[..., 1:][centre] / (strength * mask[centre])[:, None]
    target = reached.mean(axis=0)
    if np.ptp(reached, axis=0).max() < 0.3 and np.abs(target - usual).max() > 0.05:
        return [
            f"Your colours go towards a* {target[0]:.1f}, b* {target[1]:.1f}; the median where the mask is above 0.5 is "
            f"a* {usual[0]:.1f}, b* {usual[1]:.1f}. A mean is pulled away by a lip or a spot, and pixels outside do not count."
        ]
    return [
        f"With strength {strength:g} a pixel in the middle of the mask should go {strength:.0%} of its way to the median; "
        "yours go another share. At the soft edge of the mask the share is strength times mask."
    ]


@guarded
def bring_back(answer: Callable) -> Verdict:
    """Exercise 2: `answer(frame, change, matrix, mask)` adds a crop's change to the frame, and nothing else."""
    random, problems = np.random.default_rng(7), []
    for size, scale, turn in ((48, 0.6, 12), (64, 1.5, -8), (32, 0.35, 0)):
        frame = random.random((120, 160, 3)).astype(np.float32)
        change = cv2.GaussianBlur(random.normal(0, 1, (size, size, 3)).astype(np.float32), (0, 0), 2)
        mask = regions.border(size, 0.2)
        centre = np.array([random.uniform(70, 95), random.uniform(50, 70)])
        angle = np.radians(turn)
        linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        matrix = np.column_stack([linear, (size - 1) / 2 - linear @ centre])
        given = answer(frame.copy(), change.copy(), matrix.copy(), mask.copy())
        if given is None:
            return Verdict(False, "bring_back returns nothing yet: return the frame with the change in it.")
        given = np.asarray(given, np.float32)
        if given.shape != frame.shape:
            return Verdict(
                False,
                f"The frame has the shape {frame.shape}, and yours {given.shape}: a frame goes out as it came in.",
            )
        problems += _not_back(frame, given, change, matrix, mask)
    return verdict(
        problems, "The change is in its place, turned and scaled; every other pixel is the camera's own."
    )


def _not_back(
    frame: np.ndarray, given: np.ndarray, change: np.ndarray, matrix: np.ndarray, mask: np.ndarray
) -> list[str]:
    def laid(picture: np.ndarray, how: int = cv2.INTER_LINEAR) -> np.ndarray:
        return cv2.warpAffine(picture, regions.inverse(matrix), frame.shape[1::-1], flags=how)

    right, added = laid(change * mask[..., None]), given - frame
    # Two pixels of the crop farther out, for finer ways to interpolate reach that far.
    reach = 2 * int(np.ceil(2 / regions.scale_of(matrix))) + 1
    far = cv2.dilate(laid((mask > 0).astype(np.float32)), np.ones((reach, reach), np.uint8)) == 0
    top = float(np.abs(right).max())
    if np.abs(added).max() < 1e-6:
        return ["The frame has come back as it was: add the change."]
    if np.abs(added - right).max() < 0.12 * top and np.abs(added[far]).max() < 1e-6:
        return []
    if np.abs(added - laid(change)).max() < 0.12 * top:
        return [
            "Your change ends at the edge of the crop as if cut: it goes only as far as the mask allows, so multiply by it."
        ]
    there = cv2.warpAffine(change * mask[..., None], matrix, frame.shape[1::-1])
    if np.abs(added - there).max() < 0.12 * top:
        return [
            "Your change lies in another place: the matrix leads into the crop; take its inverse to come back."
        ]
    crop = cv2.warpAffine(frame, matrix, change.shape[1::-1]) + change * mask[..., None]
    whole = laid(crop)
    inner = laid(np.ones(mask.shape, np.float32)) > 0.99
    if np.abs(given - whole)[inner].mean() < 0.02:
        return [
            "You laid the whole crop over the frame: its pixels went through the crop and back, and are soft. Add the change."
        ]
    if far.any() and np.abs(added[far]).max() > 1e-6:
        return [
            f"Where the mask does not reach, pixels changed by {255 * np.abs(added[far]).max():.2g} levels: they keep every bit."
        ]
    return [
        "The change is not where the crop was, or not as strong: warp change times mask by the inverse matrix, and add that."
    ]


# fmt: off
GOOD = Report(frames=24, likeness=0.82, age_before=52, age_after=44, outside=99, detail=0.9, flicker=12, flicker_before=13)
REPORTS = [
    ("a fair shot", {}, []),
    ("another man's face", {"likeness": 0.21}, ["likeness"]),
    ("a shot in which nothing was done", {"likeness": 1.0, "age_after": 52, "detail": 1.0}, ["age"]),
    ("a shot made older", {"age_after": 61}, ["age"]),
    ("a blurred face", {"detail": 0.31, "flicker": 6}, ["detail"]),
    ("a filter over the whole frame", {"outside": 34}, ["outside"]),
    ("a frozen face on a head that turns", {"flicker": 41}, ["flicker"]),
    ("another man's face, frozen and soft", {"likeness": 0.3, "detail": 0.4, "flicker": 50}, ["likeness", "detail", "flicker"]),
    ("a shot exactly on each limit", {"likeness": 0.6, "age_before": 40, "age_after": 38, "outside": 60, "detail": 0.55,
                                      "flicker": 15, "flicker_before": 12}, []),
    ("a calm shot with flicker of its own", {"flicker": 27, "flicker_before": 22}, []),
    ("a still shot that boils", {"flicker": 9, "flicker_before": 3}, ["flicker"]),
    ("a shot just short of everything", {"likeness": 0.599, "age_before": 40, "age_after": 38.1, "outside": 59.9,
                                         "detail": 0.549, "flicker": 15.1, "flicker_before": 12},
     ["likeness", "age", "outside", "detail", "flicker"]),
]
# fmt: on
"""What is wrong with a shot, in what its report differs from GOOD, and the reasons why it goes back."""


@guarded
def accept(answer: Callable) -> Verdict:
    """Exercise 3: `answer(report)` lists the reasons why a shot goes back."""
    problems = []
    for what, differs, right in REPORTS:
        given = answer(Report(**(vars(GOOD) | differs)))
        if given is None:
            return Verdict(
                False,
                "accept returns nothing yet: return a list of reasons, an empty one for a shot that passes.",
            )
        if isinstance(given, bool | str) or not all(isinstance(reason, str) for reason in given):
            return Verdict(
                False,
                "Return a list of reasons, such as ['likeness', 'detail']: a plain yes or no helps nobody to mend it.",
            )
        given = list(given)
        if sorted(given) == sorted(right) and given != right:
            problems.append(
                f"{what.capitalize()}: the reasons are right, their order is not; it is {', '.join(right)}."
            )
        elif missing := [reason for reason in right if reason not in given]:
            problems.append(
                f"You let {what} pass on {missing[0]}: {_told(missing[0], {**vars(GOOD), **differs})}."
            )
        elif extra := [reason for reason in given if reason not in right]:
            problems.append(
                f"You send {what} back for “{extra[0]}”: {_told(extra[0], {**vars(GOOD), **differs})}."
            )
    return verdict(
        problems,
        "The swapped, the blurred, the frozen and the idle shot go back, each with its reason; the fair one passes.",
    )


def _told(reason: str, report: dict) -> str:
    told = {
        "likeness": "its likeness is {likeness:g}, and 0.60 is asked for",
        "age": "it looks {age_before:g} before and {age_after:g} after, and at least 2 years less are asked for",
        "outside": "it is kept to {outside:g} dB outside the mask, and 60 are asked for",
        "detail": "{detail:.1%} of the detail is left, and 55 % is asked for",
        "flicker": "it flickers by {flicker:g} where the shot does by {flicker_before:g}, and 1.25 times that is allowed",
    }
    return told[reason].format(**report) if reason in told else "that is no term of this production"
