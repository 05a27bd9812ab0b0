"""JupyterLab on this computer only, with the course's start page open."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from hallyu.courseware.workspace import START
from hallyu.errors import HallyuError

FIRST_PORT = 8888
LAST_PORT = 8987
PAGE = f"/lab/tree/{START}"
# Pages open as pages and not as their source; no news; nothing that only those who make assignments need.
SETTINGS = Path(__file__).parent / "jupyterlab"
# Of nbgrader a learner needs the button that validates an assignment; the rest asks for an instructor's set-up.
NOT_FOR_LEARNERS = [
    f"nbgrader.server_extensions.{name}" for name in ("formgrader", "assignment_list", "course_list")
]
# Seconds that JupyterLab gets to close its kernels and the apps.
CLOSING = 30
ENDINGS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


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
    """Run JupyterLab in *workspace* until it is stopped; say its address when it answers. Its exit code.

    When one is running there already, from this command or another, only its address is said. Ctrl+C or SIGTERM
    closes it with its kernels and apps. Raises HallyuError when JupyterLab stops by itself.
    """
    if address := running(workspace):
        say(f"The course is open already, at {address}\nTo stop it, press Ctrl+C where it was started.")
        if open_browser:
            webbrowser.open(address)
        return 0
    say("Starting JupyterLab …")
    port, token = free_port(), secrets.token_urlsafe(24)
    if port != FIRST_PORT:
        say(f"Port {FIRST_PORT} is in use: this takes {port}.")
    # Whoever ends this by its process id, or closes its terminal, means the same as Ctrl+C.
    before = {sign: signal.signal(sign, signal.default_int_handler) for sign in ENDINGS}
    process = subprocess.Popen(
        _command(workspace, port, open_browser),
        # Beside this Python: its kernels, and `hallyu` for the launcher's apps.
        env={
            **os.environ,
            "JUPYTER_TOKEN": token,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        },
        # Ctrl+C in the terminal is for this process alone: told twice, JupyterLab leaves its kernels behind.
        start_new_session=True,
        stderr=subprocess.PIPE,
    )
    closing = threading.Event()
    reader = threading.Thread(target=_pass_on, args=(process.stderr, closing), daemon=True)
    reader.start()
    try:
        while process.poll() is None and not _answers(f"http://127.0.0.1:{port}/api"):
            time.sleep(0.2)
        if process.poll() is None:
            say(
                f"The course is open at http://127.0.0.1:{port}{PAGE}?token={token}\n"
                "To stop it, press Ctrl+C here."
            )
        code = process.wait()
    except KeyboardInterrupt:
        closing.set()
        say("\nClosing JupyterLab. What you saved is in the workspace.")
        code = 0
    finally:
        _close(process, port, token)
        reader.join(CLOSING)
        for sign, handler in before.items():
            signal.signal(sign, handler)
    if code:
        raise HallyuError(f"JupyterLab stopped with code {code}: what it said is above.")
    return code


def _pass_on(said: BinaryIO, closing: threading.Event) -> None:
    """Pass on what JupyterLab and its kernels say, until it is closing: the traceback of a kernel that was stopped
    while it started tells a learner nothing."""
    for line in said:
        if not closing.is_set():
            with contextlib.suppress(OSError):  # the terminal was closed
                sys.stderr.write(line.decode(errors="replace"))
                sys.stderr.flush()


def running(workspace: Path) -> str | None:
    """Address of a JupyterLab of this user that is running in *workspace* and answers, or None."""
    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        if Path(server["root_dir"]).resolve() == workspace.resolve() and _answers(f"{server['url']}api"):
            return f"{server['url'].rstrip('/')}{PAGE}?token={server['token']}"
    return None


def _close(process: subprocess.Popen, port: int, token: str) -> None:
    """End JupyterLab, its kernels and its apps, and wait for it; a second Ctrl+C changes nothing.

    Asked over its API it ends its kernels; on a signal it does not, once jupyter-server-proxy has started an app.
    """
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        if process.poll() is None and not _shut_down(port, token):
            process.terminate()
        process.wait(CLOSING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        if hasattr(os, "killpg"):  # the apps, which stay behind
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        signal.signal(signal.SIGINT, interrupt)


def _shut_down(port: int, token: str) -> bool:
    """Ask the JupyterLab on *port* to end; whether it heard."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/shutdown", headers={"Authorization": f"token {token}"}, method="POST"
    )
    try:
        with urllib.request.urlopen(asked, timeout=CLOSING):
            return True
    except OSError:
        return False


def _command(workspace: Path, port: int, open_browser: bool) -> list[str]:
    import zmq

    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    # Else every kernel warns in the terminal that other users of this computer could listen.
    encrypted = ["--KernelManager.transport_encryption=auto"] if zmq.has("curve") else []
    return [
        *(sys.executable, "-m", "jupyter", "lab", *root, *encrypted),
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
        *(f"--ServerApp.jpserver_extensions={name}=False" for name in NOT_FOR_LEARNERS),
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
