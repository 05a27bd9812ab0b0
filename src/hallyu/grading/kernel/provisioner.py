"""The kernel provisioner: what jupyter_client calls instead of starting a process.

Named in a kernelspec (``kernel.json``)::

    "metadata": {"kernel_provisioner": {"provisioner_name": "hallyu-warm", "config": {"sandboxed": true}}}
"""

import asyncio
import fcntl
import hashlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Bool, Dict, List, Unicode

import hallyu
from hallyu.errors import HallyuError
from hallyu.scratch import HOUR, make_folder

PRELOAD = ("numpy", "PIL.Image", "matplotlib.pyplot", "torch", "diffusers:StableDiffusionPipeline")
PASSED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "PYTHONPATH")
"""Environment that a warm process and a sandboxed kernel get; the rest may hold secrets, which a fork could read."""
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    **{f"{library}_VERBOSITY": "error" for library in ("TRANSFORMERS", "DIFFUSERS", "DATASETS")},
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}
"""No library asks the network, or writes what nbgrader takes for an error in a test."""
LARGE_PAGES = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Objects in large pages: a fork copies the table of all pages, and takes 9 ms instead of 33 where that has fewer rows."""
READY = 180
"""Seconds in which a warm process must have imported everything."""


class WarmProvisioner(KernelProvisionerBase):
    """Kernels forked from a warm process, each in a sandbox unless *sandboxed* is false."""

    sandboxed = Bool(True, config=True, help="Whether each kernel lives in namespaces of its own.")
    preload = List(
        Unicode(), list(PRELOAD), config=True, help="What the warm process imports before it forks."
    )
    keep = Bool(
        False, config=True, help="Whether what a sandboxed kernel wrote is copied to its folder at the end."
    )
    limits = Dict({}, config=True, help="Fields of hallyu.grading.kernel.sandbox.Limits to change.")

    why = ""
    """In words, the limit that ended the kernel; empty when none did."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.cell = ""  # socket of the cell
        self._home: Path | None = None  # of the cell, when it is ours
        self._lifetime: socket.socket | None = None
        # A plain socket: jupyter_client's blocking managers run each call in whichever event loop is there.
        self._kernel: socket.socket | None = None
        self._status: int | None = None
        self.pid: int | None = None

    @property
    def exchange(self) -> str:
        """Folder, as the kernels see it, in which those of one cell can meet."""
        return "/exchange" if self.sandboxed else str(Path(self.cell).parent)

    async def share(self) -> None:
        """Let the kernels of the cell read and change each other's files, whose users differ when the grader is root."""
        if self._lifetime and self.sandboxed and os.getuid() == 0:
            self._lifetime.sendall(json.dumps({"share": True}).encode() + b"\n")
            await asyncio.to_thread(_line, self._lifetime)

    # --- Launch --------------------------------------------------------------------------------------------

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Open a cell (or join the one named by *cell*) and lay the kernel's sockets into a folder of their own."""
        if self.sandboxed:
            from hallyu.grading.kernel import sandbox

            sandbox.refuse_if_unable()
        work = os.path.abspath(kwargs.get("cwd") or os.getcwd())
        joined = kwargs.pop("cell", "")
        if not self.cell:
            self.cell = joined or await asyncio.to_thread(self._open_cell, work)
            self._folder = Path(tempfile.mkdtemp(prefix="k", dir=Path(self.cell).parent))
        manager = self.parent
        manager.transport, manager.ip = "ipc", str(self._folder / "s")
        manager.connection_file = str(self._folder / "c.json")
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        kwargs["arguments"] = kwargs.pop("extra_arguments", [])
        kwargs = await super().pre_launch(cmd=[], **kwargs)
        kwargs["cwd"] = work
        return kwargs

    def _open_cell(self, work: str) -> str:
        self._home, self._work = make_folder("c", runtime_folder(), HOUR), work
        self._lifetime = connect(warm_process(tuple(self.preload)))
        asked = {"home": str(self._home), "work": work, "sandboxed": self.sandboxed, "limits": self.limits}
        self._lifetime.sendall(json.dumps(asked).encode() + b"\n")
        answer = _line(self._lifetime)
        if "cell" not in answer:
            raise HallyuError(f"The sandbox was not made: {answer.get('error', 'the warm process ended')}.")
        return answer["cell"]

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Ask the cell for a kernel; return when its sockets are bound."""
        env = {k: v for k, v in kwargs["env"].items() if isinstance(v, str)}
        if self.sandboxed:
            env = {k: v for k, v in env.items() if k in PASSED or k.startswith("NBGRADER_")} | OFFLINE
        asked = {
            "sockets": str(self._folder),
            "connection_file": self.parent.connection_file,
            "env": env,
            "cwd": kwargs["cwd"],
            "arguments": kwargs.get("arguments", []),
        }
        kernel = connect(Path(self.cell))
        kernel.sendall(json.dumps(asked).encode() + b"\n")
        answer = await asyncio.to_thread(_line, kernel)
        if "pid" not in answer:
            kernel.close()
            raise HallyuError(f"The kernel did not start: {answer.get('error', 'its cell ended')}.")
        self.pid, self.why, self._status, self._kernel = answer["pid"], "", None, kernel
        return self.connection_info

    # --- Life and end ------------------------------------------------------------------------------------------

    @property
    def has_process(self) -> bool:
        """Whether a kernel was launched and not yet waited for."""
        return self._kernel is not None

    async def poll(self) -> int | None:
        """None while the kernel runs, then its exit status."""
        if self._kernel is None:
            return 0
        if self._status is None and select.select([self._kernel], [], [], 0)[0]:
            answer = _line(self._kernel)
            self._status, self.why = answer.get("exit", -signal.SIGKILL), answer.get("why", "")
        return self._status

    async def wait(self) -> int | None:
        """Wait for the kernel's end."""
        if self._kernel is None:
            return 0
        while await self.poll() is None:
            await asyncio.sleep(0.01)
        self._kernel.close()
        self._kernel = None
        return self._status

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's process, through its launcher."""
        if self._kernel and await self.poll() is None:
            self._kernel.sendall(json.dumps({"signal": int(signum)}).encode() + b"\n")

    async def kill(self, restart: bool = False) -> None:
        """End the kernel at once."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """End the kernel at once: there is nothing to save in a sandbox."""
        await self.kill(restart)

    async def shutdown_requested(self, restart: bool = False) -> None:
        """A sandboxed kernel is not waited for while it closes."""
        if self.sandboxed:
            await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Take away the cell, its work folder and its sockets; a restarted kernel keeps them."""
        if restart:
            return
        if self._lifetime:
            if self.keep and self.sandboxed:
                self._lifetime.sendall(json.dumps({"collect": self._work}).encode() + b"\n")
                if problem := _line(self._lifetime).get("error"):
                    self.log.warning("What the submission wrote was not kept: %s", problem)
            self._lifetime.close()
            self._lifetime = None
        if self._home:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home, self.cell = None, ""


# --- The warm process ---------------------------------------------------------------------------------------


def runtime_folder() -> Path:
    """A folder of this user's own, with a short path: a socket's path holds at most 107 bytes."""
    folder = Path(tempfile.gettempdir()) / f"hallyu-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    about = folder.lstat()
    if about.st_uid != os.getuid() or about.st_mode & 0o022 or folder.is_symlink():
        raise HallyuError(
            f"The folder {folder} belongs to somebody else; remove it, or set TMPDIR to a folder of yours."
        )
    return folder


def connect(path: Path) -> socket.socket:
    """A connection to a Unix socket."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(path))
    return connection


def _line(connection: socket.socket) -> dict:
    """The next message; empty when the other side has left."""
    line = b""
    while not line.endswith(b"\n"):
        try:
            part = connection.recv(65536)
        except OSError:
            part = b""
        if not part:
            return {}
        line += part
    return json.loads(line)


def warm_process(preload: tuple[str, ...]) -> Path:
    """Socket of a running warm process that imported *preload*; starts one when there is none.

    Raises HallyuError when it does not come up.
    """
    from hallyu.grading.kernel import zygote

    # One that imported an older edition of this package would grade with it.
    code = [path.stat().st_mtime for path in sorted(Path(hallyu.__file__).parent.rglob("*.py"))]
    key = hashlib.sha256(repr((sys.prefix, sys.version, preload, code)).encode()).hexdigest()[:12]
    path = runtime_folder() / f"z{key}"
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            connect(path).close()
            return path
        except OSError:
            pass
        env = {k: v for k, v in os.environ.items() if k in PASSED} | OFFLINE | zygote.ONE_THREAD | LARGE_PAGES
        command = [sys.executable, "-P", "-m", zygote.__name__, str(path)]
        log = path.with_suffix(".log")
        with open(log, "w") as errors:
            process = subprocess.Popen(
                [*command, *(word for name in preload for word in ("--preload", name))],
                env=env | {"HOME": str(runtime_folder()), "MPLCONFIGDIR": str(runtime_folder())},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        with process.stdout as out:
            line = out.readline()
        if not line:
            last = (log.read_text() or "no message").strip().splitlines()[-1:]
            raise HallyuError(f"The warm process did not start: {''.join(last)}. Its log: {log}")
    for _ in range(100):
        try:
            connect(path).close()
            return path
        except OSError:
            time.sleep(0.02)
    raise HallyuError(f"The warm process does not answer on {path}.")
