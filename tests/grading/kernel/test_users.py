"""nbclient, nbval and nbgrader use the kernelspecs as they use any other."""

import os
import subprocess
import sys

import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.preprocessors import Execute

from hallyu.grading.kernel import sandbox, specs

SOURCES = [
    "import numpy as np\nx = np.arange(3)",
    "print(x.sum())",
    "open('made.txt', 'w').write('x'); x * 2",
    "import os; os.path.exists('/etc/shadow') or os.path.exists('book.ipynb')",
]


@pytest.fixture(autouse=True)
def able():
    if problem := sandbox.why_not():
        pytest.skip(problem)
    specs.make_known()


def test_nbclient(tmp_path):
    notebook = new_notebook(cells=[new_code_cell(s) for s in SOURCES])
    client = NotebookClient(
        notebook, kernel_name=specs.SANDBOX, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    said = [cell.outputs[0] for cell in notebook.cells[1:]]
    assert said[0].text == "3\n"
    assert said[1].data["text/plain"] == "array([0, 2, 4])"
    assert said[2].data["text/plain"] == "False"
    assert not (tmp_path / "made.txt").exists()


def test_nbclient_reports_errors_and_time_outs(tmp_path):
    notebook = new_notebook(
        cells=[new_code_cell("1 / 0"), new_code_cell("while True: pass"), new_code_cell("print(7)")]
    )
    client = NotebookClient(
        notebook,
        kernel_name=specs.SANDBOX,
        resources={"metadata": {"path": str(tmp_path)}},
        allow_errors=True,
        timeout=3,
        interrupt_on_timeout=True,
    )
    client.execute()
    assert [cell.outputs[0].get("ename", "") for cell in notebook.cells] == [
        "ZeroDivisionError",
        "KeyboardInterrupt",
        "",
    ]


@pytest.mark.parametrize("kernel", [specs.SANDBOX, specs.WARM])
def test_nbgraders_own_execute(tmp_path, kernel):
    notebook = new_notebook(
        cells=[new_code_cell("a = 2"), new_code_cell("print(a)"), new_code_cell("assert a == 3")]
    )
    resources = {"metadata": {"path": str(tmp_path)}}
    done, _ = Execute(kernel_name=kernel).preprocess(notebook, resources)
    assert done.cells[1].outputs[0].text == "2\n"
    assert done.cells[2].outputs[0].ename == "AssertionError"


def test_nbval_compares_outputs(tmp_path):
    cells = [
        new_code_cell(
            "print(40 + 2)", execution_count=1, outputs=[new_output("stream", name="stdout", text="42\n")]
        )
    ]
    cells += [
        new_code_cell(
            "print(1)", execution_count=2, outputs=[new_output("stream", name="stdout", text="2\n")]
        )
    ]
    about = {"kernelspec": {"name": specs.SANDBOX, "display_name": specs.SANDBOX, "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=about), tmp_path / "book.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", "book.ipynb", "-q"]
    done = subprocess.run(
        command, cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, timeout=120
    )
    assert "1 failed, 1 passed" in done.stdout, done.stdout


def test_papermill_runs_a_notebook_with_parameters(tmp_path):
    cell = new_code_cell("n = 1", metadata={"tags": ["parameters"]})
    about = {"language_info": {"name": "python"}}
    notebook = new_notebook(cells=[cell, new_code_cell("print(n)")], metadata=about)
    nbformat.write(notebook, tmp_path / "in.ipynb")
    done = papermill.execute_notebook(
        tmp_path / "in.ipynb", tmp_path / "out.ipynb", {"n": 5}, kernel_name=specs.SANDBOX, cwd=tmp_path
    )
    assert done.cells[-1].outputs[0].text == "5\n"
