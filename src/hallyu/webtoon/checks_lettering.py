"""Checks for lesson 05, balloons and lettering."""

from collections.abc import Callable

from hallyu.courseware.checks import Verdict, guarded, verdict

BREAK_CASES = [
    (["기다리는 동안은,", "아직 끝난 게", "아니니까."], []),
    (["오십 년 동안", ", 아무도 오지", "않았다고 했다."], [0]),
    (["어…", "누굴 기다리세요", "?"], [1]),
    (["할머니는 “", "알아”", "하고 웃으셨다."], [0]),
    (["…약속을", "했거든."], []),
    (["올해는 (아마", ") 같이", "가 볼까", "?!"], [0, 2]),
    (["발소리?"], []),
]
"""Lines of a balloon, and the numbers of the breaks between them that are forbidden."""


@guarded
def breaks_badly(answer: Callable) -> Verdict:
    """Exercise 1: `answer(lines)` gives the numbers of the forbidden breaks; break 0 follows line 0."""
    problems = []
    for lines, right in BREAK_CASES:
        given = answer(list(lines))
        shown = " / ".join(lines)
        if given is None:
            problems.append("breaks_badly returns nothing yet: return a list of break numbers.")
            continue
        given = [int(number) for number in given]
        for number in sorted(set(right) ^ set(given)):
            if number in right:
                problems.append(
                    f"In “{shown}” break {number} parts a mark from its word, and yours lets it pass."
                )
            elif not 0 <= number < len(lines) - 1:
                problems.append(
                    f"“{shown}” has {len(lines) - 1} breaks, numbered from 0; there is no break {number}. "
                    "What opens or closes the whole text is not at a break."
                )
            else:
                problems.append(f"In “{shown}” break {number} is allowed, and yours reports it.")
        if sorted(given) != sorted(set(given)):
            problems.append(f"In “{shown}” you report a break twice.")
    return verdict(problems, "Every forbidden break is found, and an opening “…” is left in peace.")


# fmt: off
READING_CASES = [
    ((40, 60, 340, 200), (440, 60, 740, 200), True, "they are side by side, and a is on the left"),
    ((440, 60, 740, 200), (40, 60, 340, 200), False, "they are side by side, and b is on the left"),
    ((440, 40, 740, 160), (40, 240, 340, 360), True, "a is a whole balloon higher"),
    ((40, 240, 340, 360), (440, 40, 740, 160), False, "b is a whole balloon higher"),
    ((40, 80, 340, 200), (440, 50, 740, 170), True, "b is a little higher, but they are side by side: left first"),
    ((40, 100, 340, 200), (440, 40, 740, 140), False, "they share less than half of a height, and b is higher"),
    ((440, 20, 740, 320), (40, 240, 340, 300), False, "b is short and wholly beside a: side by side, and b is left"),
    ((60, 40, 360, 160), (40, 220, 340, 340), True, "a stands over b"),
]
# fmt: on
"""Boxes a and b, whether a is read first, and why."""


@guarded
def reads_before(answer: Callable) -> Verdict:
    """Exercise 2: `answer(a, b)` says whether box a is read before box b."""
    problems = []
    for a, b, right, why in READING_CASES:
        given = answer(a, b)
        if given is None:
            problems.append("reads_before returns nothing yet: return True or False.")
        elif bool(given) != right:
            first = "a" if right else "b"
            problems.append(f"With a = {a} and b = {b} the eye takes {first} first: {why}.")
    return verdict(problems, "Your order is the reader's: higher first, and of two side by side the left.")


BLOCKS = [(200, 80), (320, 130), (90, 160), (240, 36)]
"""Width and height of text blocks in pixels."""


@guarded
def half_axes(answer: Callable) -> Verdict:
    """Exercise 3: `answer(width, height)` gives the half axes (a, b) of the smallest ellipse around the block."""
    problems = []
    for width, height in BLOCKS:
        given = answer(width, height)
        block = f"A block of {width} x {height} px"
        if given is None:
            problems.append("half_axes returns nothing yet: return the pair (a, b).")
            continue
        a, b = map(float, given)
        if not (a > 0 and b > 0):
            problems.append(f"{block}: half axes of {a:g} and {b:g} px are no ellipse.")
            continue
        corner = (width / 2 / a) ** 2 + (height / 2 / b) ** 2
        waste = a * b / (width * height / 2) - 1
        if corner > 1.001:
            problems.append(
                f"{block}: with a = {a:.0f} and b = {b:.0f} its corners stick out of the balloon "
                f"(x²/a² + y²/b² is {corner:.2f} at a corner; inside it is at most 1)."
            )
        elif waste > 0.01:
            problems.append(
                f"{block}: a = {a:.0f} and b = {b:.0f} hold it, but the balloon covers {waste:.0%} more art "
                "than the smallest one."
            )
    return verdict(problems, "All corners are inside, and no smaller ellipse holds these blocks.")
