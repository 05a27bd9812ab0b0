"""The sandbox needs no root: the same kernels, started by an ordinary user in a user namespace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import hallyu
from hallyu.errors import HallyuError
from hallyu.grading.kernel import sandbox

NOBODY = 65534
PROGRAM = r"""
import os, sys
from jupyter_client.manager import KernelManager
from traitlets.config import Config
from hallyu.grading.kernel import sandbox, specs
if problem := sandbox.why_not():
    sys.exit("CANNOT: " + problem)
specs.make_known()
config = Config({"WarmProvisioner": {"preload": ["numpy"], "limits": {"processes": 200}}})
manager = KernelManager(kernel_name=specs.SANDBOX, config=config)
os.makedirs("work")
open("work/data.txt", "w").write("data")
open("secret.txt", "w").write("secret")
manager.start_kernel(cwd=os.path.abspath("work"))
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
code = '''
import os, socket, numpy
print("read", open("data.txt").read(), os.path.exists(%r))
open("made.txt", "w").write("x")
for path in ("/usr/x", "/x", "/etc/x"):
    try: open(path, "w")
    except OSError: print("refused")
try: socket.create_connection(("192.0.2.1", 80), 2)
except OSError as e: print(e.strerror)
print([p for p in os.listdir("/proc") if p.isdigit()])
print([l for l in open("/proc/self/status") if l.startswith(("CapEff", "NoNewPrivs", "Seccomp:"))])
''' % os.path.abspath("secret.txt")
client.execute_interactive(code, timeout=60)
client.stop_channels()
manager.shutdown_kernel(now=True)
print("left", os.listdir("work"))
"""


def as_nobody(home: Path) -> None:
    """In a new process: become an ordinary user who can read this Python, wherever root keeps it."""
    sandbox.unshare(sandbox.NEWNS)
    sandbox.mount(None, "/", flags=sandbox.MS_REC | sandbox.MS_PRIVATE)
    needed = {sys.prefix, sys.base_prefix, str(Path(hallyu.__file__).parents[2])}
    for closed in {hidden for path in needed if (hidden := first_closed(Path(path)))}:
        inside = [path for path in needed if path.startswith(f"{closed}/")]
        for number, path in enumerate(inside):
            os.makedirs(home / f"bound{number}")
            sandbox.mount(path, str(home / f"bound{number}"), flags=sandbox.MS_BIND | sandbox.MS_REC)
        sandbox.tmpfs(str(closed), 1)
        for number, path in enumerate(inside):
            os.makedirs(path, exist_ok=True)
            sandbox.mount(str(home / f"bound{number}"), path, flags=sandbox.MS_BIND | sandbox.MS_REC)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def first_closed(path: Path) -> Path | None:
    """The first folder on the way to *path* that others may not enter."""
    return next((p for p in reversed([path, *path.parents]) if not p.stat().st_mode & 0o001), None)


@pytest.fixture
def home():
    """A folder of an ordinary user, where nobody closes the way to it."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="h", dir="/tmp") as folder:
        home = Path(folder)
        os.chmod(home, 0o755)
        (home / "run").mkdir()
        if os.getuid() == 0:
            os.chown(home / "run", NOBODY, NOBODY)
        yield home


def test_an_ordinary_user_gets_the_same_sandbox(home):
    if problem := sandbox.why_not():
        pytest.skip(problem)
    run = home / "run"
    env = {"PATH": os.environ["PATH"], "HOME": str(run), "TMPDIR": str(run)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=run,
        env=env,
        preexec_fn=(lambda: as_nobody(home)) if os.getuid() == 0 else None,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if "CANNOT" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    for words in (
        "read data False",
        "refused\nrefused\nrefused",
        "Network is unreachable",
        "['1'",
        "CapEff:\\t0000000000000000",
        "NoNewPrivs:\\t1",
        "Seccomp:\\t2",
        "left ['data.txt']",
    ):
        assert words in done.stdout, done.stdout + done.stderr


def test_where_it_cannot_be_done_it_says_how_to_enable_it(monkeypatch):
    def refuse(flags):
        raise PermissionError(1, "unshare: Operation not permitted")

    monkeypatch.setattr(sandbox, "unshare", refuse)
    monkeypatch.setattr(
        sandbox, "_why_not", sandbox._why_not.__wrapped__
    )  # what it remembers is for this system
    with pytest.raises(
        HallyuError, match=r"does not let .* make namespaces .*unshare.*Enable them.*--trusted"
    ):
        sandbox.refuse_if_unable()
