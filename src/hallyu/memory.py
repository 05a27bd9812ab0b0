"""How much memory a process has needed."""

import re
import sys
from pathlib import Path


def peak_memory() -> float:
    """Largest resident memory of this process so far, in MiB.

    Linux starts a new process's ``ru_maxrss`` at that of the process which started it; ``VmHWM`` is its own.

    >>> peak_memory() > 1
    True
    """
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text()
        return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) / 1024
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset / 2**20
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts in bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
