"""Item analysis: how hard each test was, whether it tells strong work from weak, and which wrong answers are common.

Difficulty is the mean share of the points (Crocker & Algina, "Introduction to Classical and Modern Test Theory", 1986, ch. 14),
discrimination the correlation of an item with the sum of the others (the corrected point-biserial; Henrysson, "Correction of
item-total correlations in item analysis", Psychometrika 28, 1963), reliability Cronbach's alpha ("Coefficient alpha and the
internal structure of tests", Psychometrika 16, 1951).
"""

import csv
import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from nbgrader.api import Gradebook, MissingEntry

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.grading.course import Course

POOR, FAIR, GOOD = 0.2, 0.3, 0.4
"""Discrimination after Ebel & Frisbie, "Essentials of Educational Measurement", 1991: below POOR an item is to be revised."""
HARD, EASY = 0.2, 0.95
"""Difficulty outside which an item says little about most learners."""
FEW = 30
"""Learners below which correlations are mostly chance; the report says so."""
LARGEST = 20_000_000
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CHANCE = re.compile(r"0x[0-9a-f]+|/tmp/\S+|at line \d+")


@dataclass(frozen=True)
class Item:
    """One graded cell over all learners. difficulty: 0 (nobody) to 1 (everybody); nan where it is not defined."""

    notebook: str
    cell: str
    points: float
    learners: int
    difficulty: float
    discrimination: float
    alpha_without: float
    full: float
    """Share of the learners with all points; *none*: with none."""
    none: float
    wrong: tuple[tuple[str, int], ...] = ()
    """The commonest errors among those who lost points, with how many made them."""

    @property
    def remark(self) -> str:
        """What to look at, in words; empty when there is nothing."""
        if self.learners == 0:
            return "not graded yet"
        if math.isnan(self.discrimination):
            return "everybody got the same" if self.learners > 1 else ""
        if self.discrimination < 0:
            return "weak learners do better than strong ones: is the test right?"
        if self.difficulty < HARD:
            return "hard for nearly all"
        if self.difficulty > EASY:
            return "easy for nearly all"
        return "tells little about the learner" if self.discrimination < POOR else ""


@dataclass(frozen=True)
class Analysis:
    """The items of an assignment. alpha: Cronbach's, nan for one item or equal totals."""

    assignment: str
    learners: int
    alpha: float
    items: tuple[Item, ...]


def difficulty(scores: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Mean share of the points of each item, 0 to 1. scores: (learners, items); points: (items,).

    >>> difficulty(np.array([[2.0, 0.0], [1.0, 0.0]]), np.array([2.0, 1.0]))
    array([0.75, 0.  ])
    """
    return np.nanmean(scores, axis=0) / points


def discrimination(scores: np.ndarray) -> np.ndarray:
    """Correlation, -1 to 1, of each item with the sum of all others; nan where one of them does not vary.

    >>> discrimination(np.array([[0.0, 0.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 0.0]])).round(2)
    array([ 0.5,  0.5, -0.5])
    """
    found = []
    for place in range(scores.shape[1]):
        item, rest = scores[:, place], np.delete(scores, place, axis=1).sum(axis=1)
        if len(item) < 2 or np.ptp(item) == 0 or np.ptp(rest) == 0:
            found.append(math.nan)
        else:
            found.append(np.corrcoef(item, rest)[0, 1])
    return np.array(found)


def cronbach_alpha(scores: np.ndarray) -> float:
    """Reliability, k / (k - 1) * (1 - sum of the k items' variances / variance of the sum). scores: (learners, items).

    >>> cronbach_alpha(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]))
    1.0
    """
    learners, items = scores.shape
    if learners < 2 or items < 2 or np.ptp(scores.sum(axis=1)) == 0:
        return math.nan
    return float(
        items / (items - 1) * (1 - scores.var(axis=0, ddof=1).sum() / scores.sum(axis=1).var(ddof=1))
    )


def of_assignment(course: Course, assignment: str) -> Analysis:
    """The items of an assignment, from the gradebook and the autograded notebooks.

    A cell that a person has still to grade for somebody is left out of the correlations. Raises HallyuError when nothing is
    graded yet.
    """
    cells, rows = _scores(course, assignment)
    students, scores = list(rows), np.array(list(rows.values()), dtype=float).reshape(len(rows), len(cells))
    if not students or not cells:
        raise HallyuError(f"Nothing of {assignment} is graded yet: run hallyu grade {assignment} first.")
    complete = ~np.isnan(scores).any(axis=0)
    whole = scores[:, complete]
    told = np.full(len(cells), math.nan)
    told[complete] = discrimination(whole)
    wrong = _wrong(course, assignment, students)
    items = []
    for place, (notebook, cell, points) in enumerate(cells):
        got = scores[:, place][~np.isnan(scores[:, place])]
        without = np.delete(whole, int(complete[:place].sum()), axis=1) if complete[place] else whole
        items.append(
            Item(
                notebook,
                cell,
                points,
                len(got),
                float(got.mean() / points) if len(got) else math.nan,
                float(told[place]),
                cronbach_alpha(without),
                float((got >= points).mean()) if len(got) else math.nan,
                float((got <= 0).mean()) if len(got) else math.nan,
                tuple(wrong.get((notebook, cell), Counter()).most_common(3)),
            )
        )
    return Analysis(assignment, len(students), cronbach_alpha(whole), tuple(items))


def _scores(course: Course, assignment: str) -> tuple[list[tuple[str, str, float]], dict[str, list[float]]]:
    """The items (notebook, cell, points) that are worth something, and each learner's scores; nan: not graded yet."""
    with Gradebook(course.directory.db_url, course.directory.course_id) as gradebook:
        try:
            notebooks = gradebook.find_assignment(assignment).notebooks
        except MissingEntry:
            raise HallyuError(
                f"The gradebook has no assignment {assignment}: generate and grade it first."
            ) from None
        cells = [
            (notebook.name, cell.name, float(cell.max_score))
            for notebook in notebooks
            for cell in [*notebook.grade_cells, *notebook.task_cells]
            if cell.max_score
        ]
        rows: dict[str, list[float]] = {}
        for submission in gradebook.assignment_submissions(assignment):
            got = {
                (notebook.name, grade.name): math.nan if grade.needs_manual_grade else float(grade.score)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            rows[submission.student.id] = [got.get((notebook, cell), math.nan) for notebook, cell, _ in cells]
    return cells, dict(sorted(rows.items()))


# --- Wrong answers ----------------------------------------------------------------------------------------------------------


def _wrong(course: Course, assignment: str, students: list[str]) -> dict[tuple[str, str], Counter]:
    """How many learners made each error in each test cell, read from what the grader left of their notebooks."""
    found: dict[tuple[str, str], Counter] = {}
    for student in students:
        folder = course.folder("autograded", assignment, student)
        for path in sorted(folder.glob("*.ipynb")):
            if path.is_symlink() or path.stat().st_size > LARGEST:
                continue
            try:
                cells = json.loads(path.read_bytes())["cells"]
            except (ValueError, KeyError):
                continue
            for cell in cells:
                about = cell.get("metadata", {}).get("nbgrader", {})
                if cell.get("cell_type") == "code" and about.get("grade") and not about.get("solution"):
                    errors = found.setdefault((path.stem, about["grade_id"]), Counter())
                    answer = str(cell["metadata"].get("hallyu", {}).get("answer", ""))
                    errors.update(set(errors_of(cell.get("outputs", []), answer)))
    return found


def errors_of(outputs: list[dict], answer: str = "") -> list[str]:
    """What went wrong in a test cell, one line each, without what differs by chance (addresses, folders).

    An assertion without words is named by its line; the findings of a grader that prints them (✗ …) count each.
    answer: what the submission answered there, so that different wrong answers to one test are told apart.

    >>> errors_of([{"output_type": "error", "ename": "ValueError", "evalue": "got 3\\nmore", "traceback": []}])
    ['ValueError: got 3']
    """
    lines = []
    for output in outputs:
        if output.get("output_type") == "error":
            words = _COLOUR.sub("", "".join(output.get("evalue", ""))).strip().split("\n")[0]
            if not words:
                words = _line(output.get("traceback", []))
            line = f"{output.get('ename', 'Error')}: {words}".strip(": ")
            lines.append(f"{line[:120]} ({answer})" if answer else line)
        elif output.get("name") == "stderr":
            lines.append("writes to stderr, for which nbgrader gives 0")
        elif output.get("name") == "stdout":
            text = "".join(output.get("text", ""))
            lines += [line.strip() for line in text.splitlines() if line.lstrip().startswith("✗")]
    # What a learner's program says goes to a terminal: nothing in it may steer one.
    lines = ["".join(c if c.isprintable() else " " for c in line) for line in lines]
    return [_CHANCE.sub("…", line)[:240] for line in lines]


def _line(traceback: list[str]) -> str:
    """The line of the test at which it stopped: IPython marks it with an arrow."""
    for line in _COLOUR.sub("", "\n".join(traceback)).splitlines():
        if match := re.match(r"-+>\s*\d+\s(.*)", line):
            return match.group(1).strip()
    return ""


# --- The report --------------------------------------------------------------------------------------------------------------

COLUMNS = (
    *("notebook", "cell", "points", "learners", "difficulty", "discrimination", "alpha_without"),
    *("full", "none", "remark", "common_errors"),
)


def write_table(analysis: Analysis, path: Path) -> None:
    """The items as CSV, one row each; values that are not defined are empty."""
    with write_whole(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for item in analysis.items:
            numbers = (item.difficulty, item.discrimination, item.alpha_without, item.full, item.none)
            shown = ["" if math.isnan(x) else f"{x:.3f}" for x in numbers]
            errors = "; ".join(f"{count} x {line}" for line, count in item.wrong)
            row = [item.notebook, item.cell, f"{item.points:g}", item.learners, *shown, item.remark, errors]
            writer.writerow([in_cell(x) for x in row])


def in_cell(value: object) -> object:
    """*value* so that a spreadsheet takes it for text and never for a formula of a learner's.

    >>> in_cell('=HYPERLINK("x")'), in_cell("area")
    ('\\'=HYPERLINK("x")', 'area')
    """
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "@", "\t", "\r") or re.match(r"-[^\d.]", text) else value


def words(analysis: Analysis) -> str:
    """The items for a terminal."""
    width = max(len(item.cell) for item in analysis.items)
    lines = [
        f"{analysis.assignment}: {analysis.learners} learners, Cronbach's alpha {_number(analysis.alpha)}"
    ]
    if analysis.learners < FEW:
        lines.append(f"With fewer than {FEW} learners, discrimination and alpha are mostly chance.")
    lines += ["", f"{'cell':{width}}  points  difficulty  discrimination"]
    for item in analysis.items:
        numbers = f"{item.points:6g}  {_number(item.difficulty):>10}  {_number(item.discrimination):>14}"
        lines.append(f"{item.cell:{width}}  {numbers}  {item.remark}".rstrip())
        lines += [f"{'':{width}}    {count} x {line}" for line, count in item.wrong]
    return "\n".join(lines)


def draw(analysis: Analysis, path: Path) -> None:
    """The items as a picture (PNG): how the learners' points fall, and how well each item discriminates.

    Colours are from Okabe & Ito's palette, which colour-blind readers can tell apart; each also has a pattern or a mark.
    """
    import matplotlib.font_manager
    from matplotlib.figure import Figure

    from hallyu.webtoon import fonts

    for name in (fonts.DIALOGUE, fonts.HEAVY):
        matplotlib.font_manager.fontManager.addfont(fonts.FOLDER / name)
    face = matplotlib.font_manager.FontProperties(fname=fonts.FOLDER / fonts.DIALOGUE).get_name()
    with matplotlib.rc_context(
        {"font.family": [face, "DejaVu Sans"], "font.size": 11, "axes.unicode_minus": False}
    ):
        count = len(analysis.items)
        figure = Figure(figsize=(11, 2.6 + 0.42 * count), dpi=120, layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
        rows = np.arange(count)
        full, none = (np.array([getattr(item, name) for item in analysis.items]) for name in ("full", "none"))
        parts = (
            ("all points (만점)", full, "#0072B2", ""),
            ("some (부분 점수)", np.clip(1 - full - none, 0, 1), "#56B4E9", "///"),
            ("none (0점)", none, "#E69F00", "..."),
        )
        begin = np.zeros(count)
        for label, share, colour, pattern in parts:
            share = np.nan_to_num(share)
            left.barh(rows, share, left=begin, color=colour, hatch=pattern, edgecolor="white", label=label)
            begin += share
        hard = [item.difficulty for item in analysis.items]
        left.plot(
            hard, rows, "D", color="black", markeredgecolor="white", markersize=8, label="difficulty (난이도)"
        )
        left.set(xlim=(0, 1), xlabel="share of the learners, difficulty (비율)")
        left.set_yticks(rows, [item.cell for item in analysis.items])
        left.invert_yaxis()
        told = np.array([item.discrimination for item in analysis.items])
        right.axvspan(-1, POOR, color="#D55E00", alpha=0.12)
        right.axvline(0, color="#666666", linewidth=1)
        right.axvline(
            POOR, color="#D55E00", linewidth=1.2, linestyle="--", label=f"{POOR:g}: revise below (검토)"
        )
        right.axvline(
            GOOD, color="#009E73", linewidth=1.2, linestyle=":", label=f"{GOOD:g}: good above (양호)"
        )
        right.hlines(rows, 0, np.nan_to_num(told), color="#333333", linewidth=2)
        right.plot(told, rows, "o", color="#333333", markersize=8)
        for row in rows[np.isnan(told)]:
            graded = analysis.items[row].learners > 0
            remark = "not defined: all alike" if graded else "not graded yet (채점 전)"
            right.text(0.02, row, remark, va="center", fontsize=9, color="#555555")
        lowest = np.nanmin(told) if np.isfinite(told).any() else 0.0
        right.set(xlim=(min(-0.1, lowest - 0.1), 1), xlabel="discrimination (변별도)")
        for axes in (left, right):
            axes.spines[["top", "right"]].set_visible(False)
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1.01), ncols=2, frameon=False, fontsize=9.5)
        title = f"{analysis.assignment}: {analysis.learners} learners, alpha {_number(analysis.alpha)}"
        figure.suptitle(title, fontsize=13, x=0.01, ha="left")
        with write_whole(path) as draft:
            figure.savefig(draft, format="png")


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"
