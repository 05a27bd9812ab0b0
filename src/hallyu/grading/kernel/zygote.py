"""The warm process: imports the heavy libraries once, then forks a cell for each caller.

    python -m hallyu.grading.kernel.zygote SOCKET --preload numpy --preload diffusers:StableDiffusionPipeline

One JSON line asks for a cell (see :mod:`hallyu.grading.kernel.cell`); the cell lives as long as the connection. The process
runs no thread and no torch operation before it forks: a child of a threaded process may hang on a lock for ever. It is
started with a clean environment, because a fork can read it.
"""

import argparse
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path

ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
KERNEL = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger"),
    *("IPython.core.magics", "IPython.core.completer", "IPython.core.completerlib", "IPython.core.oinspect"),
    *("IPython.core.debugger", "IPython.extensions.storemagic", "tornado.platform.asyncio", "tornado.queues"),
    *(
        "jedi",
        "debugpy.server",
        "comm",
        "psutil",
        "zmq",
        "json",
        "asyncio",
        "tornado.ioloop",
        "encodings.latin_1",
    ),
    *("hallyu.grading.isolation.student", "hallyu.grading.isolation.proxies", "hallyu.grading.kernel.cell"),
)
"""What ipykernel itself imports while it starts."""


def preload(names: list[str]) -> list[str]:
    """Import each "module" or "module:attribute" (for modules that load lazily); the names that could not be."""
    missing = []
    for name in names:
        module, _, attribute = name.partition(":")
        try:
            loaded = importlib.import_module(module)
            if attribute:
                getattr(loaded, attribute)
        except Exception:  # a library that fails here fails in the learner's own import, in words
            missing.append(name)
    return missing


def hasten() -> None:
    """Spare every fork what one can do for all."""
    gc.collect()
    gc.freeze()  # the garbage collector would touch, and so copy, every page in every fork


def threads() -> int:
    """Threads of this process."""
    return len(os.listdir("/proc/self/task"))


def serve(path: str, idle: float) -> None:
    """Fork a cell for each connection; return when no cell has lived for *idle* seconds."""
    from hallyu.grading.kernel import cell

    listener = socket.socket(socket.AF_UNIX)
    Path(path).unlink(missing_ok=True)
    before = os.umask(0o077)
    listener.bind(path)
    os.umask(before)
    listener.listen(128)
    cells: set[int] = set()
    used = time.monotonic()
    while cells or time.monotonic() - used < idle:
        ready, _, _ = select.select([listener], [], [], 1.0)
        for pid in list(cells):
            if os.waitpid(pid, os.WNOHANG)[0]:
                cells.discard(pid)
                used = time.monotonic()
                cell.ControlGroup.sweep()
        if not ready:
            continue
        connection, _ = listener.accept()
        pid = os.fork()
        if pid == 0:
            listener.close()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            cell.run(connection)
            os._exit(0)
        cells.add(pid)
        connection.close()
    Path(path).unlink(missing_ok=True)


def main() -> None:
    """Import, then serve."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("socket")
    parser.add_argument("--preload", action="append", default=[])
    parser.add_argument("--idle", type=float, default=600, help="end after so many seconds without a kernel")
    args = parser.parse_args()
    os.environ.update({k: v for k, v in ONE_THREAD.items() if k not in os.environ})
    missing = preload([*KERNEL, *args.preload])
    hasten()
    if threads() != 1:
        raise SystemExit(
            f"{threads()} threads run after the imports, and forks of them may hang; preload less."
        )
    print(json.dumps({"ready": True, "missing": missing}), flush=True)
    sys.stdout.flush()
    serve(args.socket, args.idle)


if __name__ == "__main__":
    main()
