import pytest
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from hallyu.grading.isolation.execute import IsolatedExecute
from hallyu.grading.isolation.names import plan_of
from hallyu.grading.kernel import sandbox, specs


def cell(kind, name, source, points=1):
    """An nbgrader cell: kind is "solution", "test", "locked" or "free"."""
    about = {
        "grade": kind == "test",
        "solution": kind == "solution",
        "locked": kind in ("test", "locked"),
        "grade_id": name,
        "schema_version": 3,
    }
    if kind == "test":
        about["points"] = points
    return new_code_cell(source, metadata={} if kind == "free" else {"nbgrader": about})


def score(cell):
    """What nbgrader gives for a test cell."""
    from nbgrader.utils import determine_grade

    return determine_grade(cell)[0]


@pytest.fixture(scope="session")
def grade(tmp_path_factory):
    """Run (instructor's cells, submission's solutions) and return (scores by test, notes, notebook)."""
    if problem := sandbox.why_not():
        pytest.skip(problem)
    specs.make_known()

    def run(cells, solutions=None, profile=None, **options):
        source = new_notebook(cells=[cell(*c) for c in cells])
        submitted = new_notebook(cells=[cell(*c) for c in cells])
        for c in submitted.cells:
            name = c.metadata.get("nbgrader", {}).get("grade_id")
            if solutions and name in solutions:
                c.source = solutions[name]
        folder = tmp_path_factory.mktemp("submission")
        config = Config({"WarmProvisioner": {"preload": ["numpy"], **options.pop("provisioner", {})}})
        execute = IsolatedExecute(kernel_name=specs.SANDBOX, config=config, **options)
        execute.plan = plan_of(source, profile=profile)
        execute.enabled, execute.iopub_timeout = True, 4
        done, resources = execute.preprocess(submitted, {"metadata": {"path": str(folder)}})
        graded = [c for c in done.cells if c.metadata.get("nbgrader", {}).get("grade")]
        scores = {c.metadata.nbgrader.grade_id: score(c) for c in graded}
        return scores, resources["hallyu"], done

    return run
