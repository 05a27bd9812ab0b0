"""What every test runs under: one thread a worker, no network, and nobody's home but its own."""

import os
import subprocess
import tempfile

import pytest
from xdist.scheduler import LoadFileScheduling

os.environ |= {
    # Two workers on two cores: libraries that start a thread for each core would only wait for each other.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    # Nothing is fetched and nothing is reported; a test that needs the network is a test that is wrong.
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "DO_NOT_TRACK": "1",
    "MPLBACKEND": "agg",
}
HOME = tempfile.TemporaryDirectory(prefix="hallyu-tests-")
# What a developer set up for JupyterLab or IPython must not change a result, nor a test change their set-up.
for name in (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "IPYTHONDIR",
    "JUPYTERLAB_SETTINGS_DIR",
):
    os.environ[name] = os.path.join(HOME.name, name.lower())
os.environ["JUPYTERLAB_WORKSPACES_DIR"] = os.path.join(HOME.name, "workspaces")


class LessonsApart(LoadFileScheduling):
    """A file's tests stay with one worker, for its fixtures' sake; lessons, which take longest, go where there is time.

    So do the assignments, each with its own tests.
    """

    def _split_scope(self, nodeid):
        if "test_assignments.py" in nodeid:
            return nodeid.rpartition("[")[2]
        return nodeid if "test_lessons.py" in nodeid else super()._split_scope(nodeid)


def pytest_collection_modifyitems(items):
    """Lessons first: what they ran is what the book shows, and need not be run again."""
    items.sort(key=lambda item: "test_lessons.py" not in item.nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Instead of --dist loadfile."""
    return LessonsApart(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MB, really full when it is full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by the administrator only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
