"""JupyterLab on this computer only, with the course's start page open."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from hallyu.courseware.workspace import START
from hallyu.errors import HallyuError

FIRST_PORT = 8888
LAST_PORT = 8987
PAGE = f"/lab/tree/{START}"
# Pages open as pages and not as their source; no news; no panel for those who make assignments.
SETTINGS = Path(__file__).parent / "jupyterlab"


def free_port(first: int = FIRST_PORT, last: int = LAST_PORT) -> int:
    """The first port from *first* on that nobody listens on at 127.0.0.1."""
    for port in range(first, last + 1):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise HallyuError(
        f"Every port from {first} to {last} is in use: close a JupyterLab that you no longer need."
    )


def serve(workspace: Path, open_browser: bool, say: Callable[[str], None] = print) -> int:
    """Run JupyterLab in *workspace* until it is stopped; say its address when it answers. Its exit code."""
    port, token = free_port(), secrets.token_urlsafe(24)
    address = f"http://127.0.0.1:{port}{PAGE}?token={token}"
    process = subprocess.Popen(
        _command(workspace, port, open_browser),
        # Beside this Python: its kernels, and `hallyu` for the launcher's apps.
        env={
            **os.environ,
            "JUPYTER_TOKEN": token,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        },
    )
    try:
        while process.poll() is None and not _answers(f"http://127.0.0.1:{port}/api"):
            time.sleep(0.2)
        if process.poll() is None:
            say(f"The course is open at {address}\nTo stop it, press Ctrl+C here.")
        code = process.wait()
    except KeyboardInterrupt:
        say("\nClosing JupyterLab. What you saved is in the workspace.")
        process.terminate()
        process.wait()
        return 0
    finally:
        if process.poll() is None:
            process.terminate()
    if code:
        raise HallyuError(f"JupyterLab stopped with code {code}: what it said is above.")
    return code


def _command(workspace: Path, port: int, open_browser: bool) -> list[str]:
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        *(sys.executable, "-m", "jupyter", "lab", *root),
        f"--ServerApp.root_dir={workspace}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.open_browser={open_browser}",
        f"--LabApp.default_url={PAGE}",
        f"--LabApp.app_settings_dir={SETTINGS}",
        # News, the check for a newer JupyterLab and its shop of extensions would ask other hosts.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        # Ctrl+C is the answer; warnings about other people's set-ups would only alarm a newcomer.
        "--ServerApp.answer_yes=True",
        "--Application.log_level=ERROR",
    ]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
