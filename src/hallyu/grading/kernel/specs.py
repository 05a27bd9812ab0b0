"""Where the kernelspecs of the warm kernels are, and how jupyter_client finds them."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "jupyter"
SANDBOX, WARM = "hallyu-sandbox", "hallyu-warm"


def make_known() -> None:
    """Let this process, and what it starts, find the kernelspecs by name."""
    known = os.environ.get("JUPYTER_PATH", "")
    if str(FOLDER) not in known.split(os.pathsep):
        os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (str(FOLDER), known)))
