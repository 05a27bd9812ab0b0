"""The command `hallyu`: thin, every command a call or two into the course."""

import datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from hallyu.errors import HallyuError


class _Sentences(TyperGroup):
    """A HallyuError is for the reader: one sentence on stderr, exit code 1, no traceback."""

    def invoke(self, ctx: typer.Context) -> object:
        try:
            return super().invoke(ctx)
        except HallyuError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error


app = typer.Typer(
    cls=_Sentences,
    no_args_is_help=True,
    add_completion=False,
    help="Hallyu Studio: courseware for working creators.",
)


@app.command()
def learn(
    take: Annotated[str | None, typer.Option(help="Take the newest edition of a lesson; keep yours.")] = None,
    prepare_only: Annotated[bool, typer.Option(help="Prepare the workspace and stop.")] = False,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Prepare your workspace and open the course in JupyterLab."""
    from hallyu.courseware import curriculum, lab, workspace

    root = curriculum.find_root()
    desk = root / "workspace"
    if take:
        lesson = curriculum.find_lesson(root, take)
        kept = workspace.take(root, desk, lesson, datetime.date.today())
        typer.echo(
            f"{lesson.id} is the newest edition." + (f" Yours is kept as {kept.name}." if kept else "")
        )
        return
    done = workspace.prepare(root, desk)
    typer.echo(
        f"Workspace {desk}: {len(done.new)} new, {len(done.updated)} brought up to date, "
        f"{len(done.yours) + len(done.newer)} changed by you and kept as they are."
    )
    for name in done.newer:
        typer.echo(f"  The course has a newer edition of {name}." + _how_to_take(name))
    if not prepare_only:
        lab.serve(desk, browser, typer.echo)


def _how_to_take(name: str) -> str:
    path = Path(name)
    is_lesson = path.suffix == ".ipynb" and len(path.parts) == 2
    return f" Take it with: hallyu learn --take {path.parent.name}/{path.name[:2]}" if is_lesson else ""


@app.command()
def check(
    name: Annotated[str | None, typer.Argument(help="A module (webtoon) or a lesson (webtoon/05).")] = None,
) -> None:
    """Run lessons as a reader would, compare their references, and report time, memory and versions."""
    from hallyu.courseware import checking, curriculum

    root = curriculum.find_root()
    results = checking.check(curriculum.select(root, name))
    typer.echo("\n" + checking.table(results))
    typer.echo(f"\nReport: {checking.write_report(results, root / 'reports')}")
    raise typer.Exit(int(not all(result.passed for result in results)))


@app.command()
def apps(
    port: Annotated[int | None, typer.Option(help="Port; the first free one from 7860 if not given.")] = None,
    root_path: Annotated[str, typer.Option(help="Where a proxy in front serves the apps.")] = "",
) -> None:
    """Serve every module's app under one address on this computer."""
    from hallyu.courseware import apps as served
    from hallyu.courseware import curriculum

    served.serve(curriculum.find_root(), port, root_path)


@app.command()
def book() -> None:
    """Build the book from the same notebooks, executed."""
    from hallyu.courseware import book as pages
    from hallyu.courseware import curriculum

    typer.echo(f"The book is at {pages.build(curriculum.find_root())}")


@app.command()
def doctor(
    assignment: Annotated[str, typer.Argument(help="The assignment's name: its folder in source/.")],
    course: Annotated[Path | None, typer.Option(help="The nbgrader course; here, or grading/ here.")] = None,
    mutants: Annotated[int, typer.Option(help="Faults to try in the solution, at most; 0 for none.")] = 40,
) -> None:
    """Examine an assignment before its release: solution, stub, leaks, faults, speed; exit code 1 on errors."""
    from hallyu.grading.course import open_course
    from hallyu.grading.doctor import examine

    tell = lambda line: typer.echo(line, err=True)
    report = examine.examine(open_course(course), assignment, mutants, tell=tell)
    typer.echo(examine.table(report))
    raise typer.Exit(int(not report.fit))


@app.command()
def grade(
    assignment: Annotated[str, typer.Argument(help="The assignment's name: its folder in source/.")],
    course: Annotated[Path | None, typer.Option(help="The nbgrader course; here, or grading/ here.")] = None,
    student: Annotated[list[str] | None, typer.Option(help="Only this one; may be given again.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; as many as there are cores.", min=1)] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler to grade on.")] = None,
    feedback: Annotated[bool, typer.Option("--feedback", help="Then make the feedback pages.")] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Then list where stock nbgrader differs.")
    ] = False,
    trusted: Annotated[bool, typer.Option("--trusted", help="Without sandboxes: code you trust.")] = False,
) -> None:
    """Grade what was submitted and is not graded yet, in sandboxes, in parallel; a killed run goes on when started again."""
    from hallyu.grading.run import feedback as pages
    from hallyu.grading.run import grade as run
    from hallyu.grading.run.course import GradingCourse

    where = GradingCourse.open(course)
    report = run.grade(where, assignment, student or (), scheduler, workers, trusted, say=typer.echo)
    typer.echo(run.summary(report))
    typer.echo(f"What happened to each: {where.root / 'reports' / f'grade-{assignment}.md'}")
    if feedback:
        made = pages.write_pages(where, assignment, list(report.submissions))
        typer.echo(f"{made} feedback pages made; the others were up to date.")
    if compare:
        from hallyu.grading import compare as stock

        scores = stock.scores_of(report.submissions)
        found = stock.differences(where.root, assignment, scores, sandboxed=not trusted)
        for difference in found:
            typer.echo(str(difference))
        typer.echo(f"Stock nbgrader gives other points in {len(found)} places.")
    raise typer.Exit(int(report.failed > 0))


@app.command()
def similar(
    assignment: Annotated[str, typer.Argument(help="The assignment's name: its folder in source/.")],
    course: Annotated[Path | None, typer.Option(help="The nbgrader course; here, or grading/ here.")] = None,
) -> None:
    """List the submissions that share code, with the passages side by side in ASSIGNMENT-similar.md."""
    from hallyu.files import write_whole
    from hallyu.grading import similarity
    from hallyu.grading.course import open_course
    from hallyu.grading.untrusted import shown

    where = open_course(course)
    pairs, works = similarity.of_assignment(where, assignment)
    for pair in pairs:
        typer.echo(f"{pair.share:4.0%} {pair.tokens:6} tokens  {'  '.join(map(shown, pair.students))}")
    path = where.root / f"{assignment}-similar.md"
    with write_whole(path) as draft:
        draft.write_text(similarity.report(assignment, pairs, works), encoding="utf-8")
    typer.echo(f"{len(works)} submissions, {len(pairs)} pairs to read. The passages: {path}")


@app.command()
def items(
    assignment: Annotated[str, typer.Argument(help="The assignment's name: its folder in source/.")],
    course: Annotated[Path | None, typer.Option(help="The nbgrader course; here, or grading/ here.")] = None,
) -> None:
    """Show how hard each test was, how well it discriminates and which errors are common; also as a table and a plot."""
    from hallyu.grading import items as analysis
    from hallyu.grading.course import open_course

    where = open_course(course)
    found = analysis.of_assignment(where, assignment)
    typer.echo(analysis.words(found))
    table, plot = (where.root / f"{assignment}-items{ending}" for ending in (".csv", ".png"))
    analysis.write_table(found, table)
    analysis.draw(found, plot)
    typer.echo(f"\nTable: {table}\nPlot: {plot}")


@app.command()
def models() -> None:
    """List the models of the catalogue and whether each can be used here."""
    from hallyu.models import catalog

    online = catalog.network()
    for entry in catalog.entries().values():
        size = f"{entry.bytes / 1e6:,.1f} MB"
        typer.echo(
            f"{entry.task:18} {entry.id:16} {entry.engine:8} {catalog.status(entry, online):15} {size:>12}"
        )
        typer.echo(f"{'':18} {entry.title} · {entry.licence} · {entry.verified}")


if __name__ == "__main__":
    app()
