"""What a sandboxed kernel can do (its work) and cannot (everything else): each attack is run for real."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager
from traitlets.config import Config

from hallyu.grading.kernel import sandbox, specs


class Kernel:
    """A kernel in a sandbox, and what it printed."""

    def __init__(self, folder, **limits):
        specs.make_known()
        config = Config({"WarmProvisioner": {"preload": ["numpy"], "limits": limits}})
        self.manager = KernelManager(kernel_name=specs.SANDBOX, config=config)
        self.manager.start_kernel(cwd=str(folder))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code, timeout=60):
        """Everything that the cell printed, and its error's last line."""
        said = []

        def hear(message):
            content = message["content"]
            said.append(
                content.get("text")
                or (f"{content['ename']}: {content['evalue']}" if "ename" in content else "")
            )

        self.client.execute_interactive(code, timeout=timeout, output_hook=hear)
        return "".join(said)

    def ended(self, within=60):
        """Whether the kernel ended by itself, and by which limit."""
        until = time.monotonic() + within
        while time.monotonic() < until and self.manager.is_alive():
            time.sleep(0.1)
        return not self.manager.is_alive(), self.manager.provisioner.why

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def able():
    if problem := sandbox.why_not():
        pytest.skip(problem)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("submitted")
    (folder / "data.csv").write_text("a,b\n1,2\n")
    (folder / "hidden.ipynb").write_text("secret tests")
    (folder / "link.txt").symlink_to("/etc/shadow")
    return folder


@pytest.fixture(scope="module")
def kernel(able, folder):
    kernel = Kernel(folder)
    yield kernel
    kernel.close()


@pytest.fixture
def own(able, folder):
    """Kernels with limits of their own, closed at the end."""
    made = []

    def make(**limits):
        made.append(Kernel(folder, **limits))
        return made[-1]

    yield make
    for kernel in made:
        kernel.close()


def test_it_computes_reads_its_files_and_writes_beside_them(kernel, folder):
    assert kernel.run("import numpy as np; print(np.arange(4).sum(), open('data.csv').read())").startswith(
        "6 a,b"
    )
    assert kernel.run(
        "open('made.txt', 'w').write('x'); import os; print(sorted(os.listdir('.')))"
    ).startswith("['data.csv', 'made")
    assert not (folder / "made.txt").exists()


def test_it_is_nobody_in_particular_and_sees_no_process_but_its_own(kernel):
    said = kernel.run("import os; print([p for p in os.listdir('/proc') if p.isdigit()], os.getuid())")
    assert said.startswith("['1'")
    status = kernel.run("print(open('/proc/self/status').read())")
    for line in ("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"):
        assert line in status


def test_notebooks_links_homes_and_secrets_are_not_there(kernel):
    os.environ["SECRET_TOKEN"] = "s3cret"
    said = kernel.run(
        "import os; print(os.path.exists('hidden.ipynb'), os.path.exists('link.txt'), dict(os.environ))"
    )
    assert said.startswith("False False") and "s3cret" not in said
    assert "s3cret" not in kernel.run("print(open('/proc/1/environ').read())")
    for path in (Path("/etc/shadow"), Path(__file__), Path.cwd() / "grading", Path.home() / ".bashrc"):
        assert kernel.run(f"import os; print(os.path.exists({str(path)!r}))") == "False\n", path


@pytest.mark.parametrize(
    "path", ["/usr/x", "/x", "/etc/x", "/dev/x", "/sockets/x", "/proc/sys/kernel/hostname"]
)
def test_nothing_outside_can_be_written(kernel, path):
    assert "Error" in kernel.run(f"open({path!r}, 'w')")


def test_the_warm_libraries_cannot_be_written(kernel):
    said = kernel.run("import numpy; open(numpy.__file__, 'a')")
    assert "Read-only file system" in said or "Permission denied" in said


def test_no_network_leads_out_and_its_own_is_private(kernel):
    said = kernel.run("import socket; socket.create_connection(('192.0.2.1', 80), 2)")
    assert "Network is unreachable" in said
    assert "Connection refused" in kernel.run("import socket; socket.create_connection(('127.0.0.1', 22), 2)")
    assert "Operation not permitted" in kernel.run(
        "import socket; socket.socket(40, socket.SOCK_STREAM)"
    )  # AF_VSOCK


@pytest.mark.parametrize(
    "call",
    ["unshare(0x10000000)", "mount(b'x', b'/tmp', b'tmpfs', 0, 0)", "ptrace(16, 1, 0, 0)", "chroot(b'/tmp')"],
)
def test_calls_that_lead_out_are_refused(kernel, call):
    said = kernel.run(
        f"import ctypes; c = ctypes.CDLL(None, use_errno=True); print(c.{call}, ctypes.get_errno())"
    )
    assert said == "-1 1\n"


def test_each_kernel_has_its_own_random_numbers(own):
    code = "import numpy as np, random; print(np.random.rand(), random.random())"
    assert own().run(code) != own().run(code)


def test_a_fork_bomb_stays_in_its_box(own, kernel):
    said = own(processes=40).run("import os\nwhile True:\n    os.fork() or __import__('time').sleep(30)")
    assert "Resource temporarily unavailable" in said or "Error" in said
    assert kernel.run("print(1)") == "1\n"


def test_too_much_memory_is_a_clean_error_or_a_clean_end(own):
    assert "MemoryError" in own(memory_mb=300).run("x = bytearray(64 << 30)")
    greedy = own(memory_mb=300, processes=40)
    with pytest.raises((RuntimeError, TimeoutError)):
        greedy.run(
            "import os\nfor i in range(6): os.fork()\nx = bytearray(250 << 20)\n__import__('time').sleep(60)",
            timeout=8,
        )
    ended, why = greedy.ended()
    assert ended and "memory" in why


def test_a_full_disk_is_its_own(own, tmp_path):
    said = own(work_mb=8, tmp_mb=8).run(
        "for d in ('.', '/tmp', '/dev/shm'):\n"
        "    try:\n        for i in range(100): open(f'{d}/{i}', 'wb').write(bytes(1 << 20))\n"
        "    except OSError as e: print(e.strerror)"
    )
    assert said.count("No space left on device") == 3


def test_one_file_cannot_be_huge(own):
    assert "File too large" in own(files_mb=4, work_mb=64).run("open('x', 'wb').write(bytes(8 << 20))")


def test_a_kernel_that_lives_too_long_is_ended_and_told(own):
    endless = own(seconds=3)
    endless.client.execute("while True:\n    try:\n        while True: pass\n    except BaseException: pass")
    ended, why = endless.ended()
    assert ended and "3 s" in why


def test_processor_time_is_limited(own):
    busy = own(cpu_seconds=2)
    busy.client.execute("import signal\nwhile True: pass")
    ended, why = busy.ended()
    assert ended and "processor" in why


def test_nothing_outlives_the_kernel(own):
    kernel = own()
    kernel.run(
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(987)'], start_new_session=True)"
    )
    assert any("time.sleep(987)" in line for line in commands())
    kernel.close()
    until = time.monotonic() + 20
    while any("time.sleep(987)" in line for line in commands()) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any("time.sleep(987)" in line for line in commands())


def commands():
    """Command lines of all processes of the system."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_text(errors="replace").replace("\0", " "))
        except OSError:
            continue
    return lines


def test_a_restarted_kernel_keeps_its_files_and_loses_its_names(own):
    kernel = own()
    kernel.run("x = 1; open('kept.txt', 'w').write('y')")
    kernel.manager.restart_kernel(now=True)
    kernel.client.wait_for_ready(timeout=60)
    assert "NameError" in kernel.run("x")
    assert kernel.run("print(open('kept.txt').read())") == "y\n"


def test_nothing_outlives_a_grader_that_is_killed(able, folder):
    """Killed at any moment, the grader's process takes its kernels with it, though a kernel does all not to end."""
    program = (
        "import sys, time\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "import test_sandbox\n"
        "kernel = test_sandbox.Kernel(sys.argv[2])\n"
        "kernel.client.execute(sys.argv[3])\n"
        "print(kernel.manager.provisioner.cell, flush=True)\n"
        "time.sleep(60)\n"
    )
    stubborn = (
        "import ctypes, os, signal, subprocess, sys\n"
        "for s in set(signal.Signals) - {9, 19}: signal.signal(s, signal.SIG_IGN)\n"
        "assert ctypes.CDLL(None).prctl(1, 0, 0, 0, 0) == -1\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(654)'], start_new_session=True)\n"
        "while True: pass"
    )
    command = [sys.executable, "-c", program, str(Path(__file__).parent), str(folder), stubborn]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as grader:
        cell = Path(grader.stdout.readline().decode().strip())
        assert cell.exists()
        until = time.monotonic() + 30
        while not any("time.sleep(654)" in line for line in commands()) and time.monotonic() < until:
            time.sleep(0.1)
        assert any("time.sleep(654)" in line for line in commands())
        grader.kill()
    until = time.monotonic() + 30
    while any("time.sleep(654)" in line for line in commands()) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any("time.sleep(654)" in line for line in commands())
    until = time.monotonic() + 10
    while cell.parent.exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not cell.parent.exists()


@pytest.mark.parametrize("root", ["", "/", "/etc", "here"])
def test_only_an_empty_folder_becomes_a_root(root, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sandbox, "unshare", lambda flags: pytest.fail("it went on"))
    with pytest.raises(OSError):
        sandbox.shared_root(root, (), "/submission", sandbox.Limits())


def test_what_is_shown_under_tmp_stays_in_sight_and_the_rest_of_tmp_does_not(tmp_path):
    """A course that was cloned into /tmp has its Python there."""
    if problem := sandbox.why_not():
        pytest.skip(problem)
    folders = {name: tmp_path / name for name in ("shown", "hidden", "root", "sockets")}
    for folder in folders.values():
        folder.mkdir()
    for name in ("shown", "hidden"):
        (folders[name] / "file").write_text(name)

    def look() -> bool:
        limits = sandbox.Limits()
        sandbox.shared_root(str(folders["root"]), [str(folders["shown"])], "/submission", limits)
        sandbox.own_namespaces()
        if inside := os.fork():
            return os.waitstatus_to_exitcode(os.waitpid(inside, 0)[1]) == 0
        sandbox.enter_root(str(folders["root"]), str(folders["sockets"]), limits)
        seen = (folders["shown"] / "file").read_text() == "shown" and not folders["hidden"].exists()
        os._exit(0 if seen else 1)

    if child := os.fork():
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        return
    code = 2
    try:
        code = 0 if look() else 1
    finally:
        os._exit(code)
