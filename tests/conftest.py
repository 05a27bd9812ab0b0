"""What every test runs under: one thread a worker, no network, and nobody's home but its own."""

import os
import tempfile

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
