import pytest
from nbcells import cell
from nbformat.v4 import new_notebook
from nbgrader.preprocessors import Execute
from traitlets.config import Config

from hallyu.grading.isolation.execute import IsolatedExecute
from hallyu.grading.isolation.names import plan_of
from hallyu.grading.isolation.trial import plan_by_trial
from hallyu.grading.kernel import sandbox, specs


def score(cell):
    """What nbgrader gives for a test cell."""
    from nbgrader.utils import determine_grade

    return determine_grade(cell)[0]


def filled(cells, solutions=None):
    """The notebook of an instructor's cells, with a submission's solutions in their places."""
    made = new_notebook(cells=[cell(*c) for c in cells])
    for c in made.cells:
        name = c.metadata.get("nbgrader", {}).get("grade_id")
        if solutions and name in solutions:
            c.source = solutions[name]
    return made


def scores_of(done):
    """Points by test."""
    graded = [c for c in done.cells if c.metadata.get("nbgrader", {}).get("grade")]
    return {c.metadata.nbgrader.grade_id: score(c) for c in graded}


@pytest.fixture(scope="session")
def notebook():
    return filled


@pytest.fixture(scope="session")
def stock(tmp_path_factory):
    """Scores by stock nbgrader's Execute, in one kernel."""
    specs.make_known()

    def run(cells, solutions=None):
        config = Config({"WarmProvisioner": {"preload": ["numpy"]}})
        execute = Execute(kernel_name=specs.WARM, config=config, iopub_timeout=60)
        resources = {"metadata": {"path": str(tmp_path_factory.mktemp("stock"))}}
        return scores_of(execute.preprocess(filled(cells, solutions), resources)[0])

    return run


@pytest.fixture(scope="session")
def planned():
    """The plan of an instructor's cells, by a trial of the solution; and what is shared, and why."""
    if problem := sandbox.why_not():
        pytest.skip(problem)
    config = Config({"WarmProvisioner": {"preload": ["numpy"]}})
    return lambda cells: plan_by_trial(filled(cells), config=config)


@pytest.fixture(scope="session")
def grade(tmp_path_factory):
    """Run (instructor's cells, submission's solutions) and return (scores by test, notes, notebook)."""
    if problem := sandbox.why_not():
        pytest.skip(problem)
    specs.make_known()

    def run(cells, solutions=None, profile=None, plan=None, **options):
        submitted = filled(cells, solutions)
        folder = options.pop("folder", None) or tmp_path_factory.mktemp("submission")
        config = Config({"WarmProvisioner": {"preload": ["numpy"], **options.pop("provisioner", {})}})
        execute = IsolatedExecute(kernel_name=specs.SANDBOX, config=config, **options)
        execute.plan = plan or plan_of(filled(cells), profile=profile)
        done, resources = execute.preprocess(submitted, {"metadata": {"path": str(folder)}})
        return scores_of(done), resources["hallyu"], done

    return run
