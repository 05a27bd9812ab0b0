"""A cell: one submission's shared root and work folder, and the kernels that run in it.

The zygote forks a cell; the cell forks a launcher for each kernel; the launcher forks the kernel into namespaces of its own,
watches it, and reports how it ended. A cell ends, with everything in it, when its connection closes.

Messages are JSON lines. To the zygote, once: home (the cell's own folder), work (the folder whose files are copied in),
sandboxed, limits; answered by cell (path of a socket). To that socket, once for each kernel: sockets (a folder),
connection_file, env, cwd, arguments; answered by pid when the kernel's sockets are bound and, at its end, by exit (a status)
and why (the limit that it met, in words). In between, signal (a number) sends it a signal, and closing the connection
kills it.
"""

import contextlib
import json
import os
import resource
import select
import shutil
import signal
import socket
import stat
import sys
import time
import traceback
from pathlib import Path

from hallyu.grading.kernel import sandbox
from hallyu.grading.kernel.sandbox import Limits

WORK = "/submission"
"""The work folder as a sandboxed kernel sees it."""
POLL = 0.2
"""Seconds between two looks at a kernel's memory."""
READABLE = 0o022
"""The umask under which a root is made: the kernel's user must read it, whatever the instructor's own umask is."""


def run(connection: socket.socket) -> None:
    """Serve one cell until *connection* closes. Called in a fork of the zygote; never raises."""
    try:
        asked = json.loads(connection.makefile("r").readline())
        cell = Cell(asked, connection)
        cell.serve()
        cell.clear()
    except Exception as error:
        _say(connection, {"error": f"{type(error).__name__}: {error}"})


class Cell:
    """The folder, root and user id of one submission."""

    def __init__(self, asked: dict, connection: socket.socket):
        self.connection = connection
        self.sandboxed = asked["sandboxed"]
        self.limits = Limits(**asked.get("limits", {}))
        self.folder = Path(asked["home"])
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / "cell"))
        os.chmod(self.folder / "cell", 0o600)
        self.listener.listen(8)
        self.root = str(self.folder / "root")
        # Two kernels of one cell get two user ids, so that neither can use up or signal the other's processes.
        self.user = sandbox.USERS + 1 + (os.getpid() % 400_000) * 4 if os.getuid() == 0 else None
        self.kernels = 0
        # Its reading end says to the launchers, which never write, that the cell has ended, however it did.
        self.alive, self._alive = os.pipe()
        if self.sandboxed:
            before = os.umask(READABLE)
            os.makedirs(self.root, exist_ok=True)
            sandbox.shared_root(self.root, python_folders(), WORK, self.limits)
            copy_in(asked["work"], self.root + WORK, self.limits.work_mb << 20)
            os.umask(before)

    def serve(self) -> None:
        """Fork a launcher for each connection until the first connection closes; then kill them all."""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # launchers report over their connection
        _say(self.connection, {"cell": str(self.folder / "cell")})
        while True:
            ready, _, _ = select.select([self.listener, self.connection], [], [])
            if self.connection in ready:
                if not (order := self.connection.recv(4096)):
                    return  # launchers see it, and end their kernels
                order = json.loads(order)
                if "share" in order:
                    share(self.root + WORK)
                    _say(self.connection, {"shared": True})
                else:
                    self.hand_over(order["collect"])
                continue
            caller, _ = self.listener.accept()
            self.kernels += 1
            if os.fork() == 0:
                os.close(self._alive)
                self.listener.close()
                self.connection.close()
                try:
                    self.launch(caller)
                except Exception as error:
                    _say(caller, {"error": f"{type(error).__name__}: {error}"})
                os._exit(0)
            caller.close()

    def clear(self) -> None:
        """Take away the cell's folder, should the one who asked for it have been killed."""
        if self.sandboxed:
            sandbox.unmount(self.root)
        shutil.rmtree(self.folder, ignore_errors=True)

    def hand_over(self, target: str) -> None:
        """Copy what the kernels wrote to *target*, once the last of them has ended: links may no longer take files' places."""
        until = time.monotonic() + 10
        while _has_children() and time.monotonic() < until:
            time.sleep(0.005)
        try:
            if _has_children():
                raise OSError("a kernel of the submission still runs")
            copy_out(self.root + WORK, target, self.limits.work_mb << 20)
            _say(self.connection, {"collected": True})
        except OSError as error:
            _say(self.connection, {"error": str(error)})

    def launch(self, caller: socket.socket) -> None:
        """Start one kernel and stay with it to its end."""
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        asked = json.loads(caller.makefile("r").readline())
        user = None if self.user is None else self.user + self.kernels % 4
        group = None
        if self.sandboxed:
            if user is not None:
                _own(asked["sockets"], user)
                group = ControlGroup(self.limits)
            sandbox.own_namespaces()
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            _keep_only(writer)
            self.become_kernel(asked, user, writer)
        os.close(writer)
        if group:
            group.add(pid)
        with os.fdopen(reader) as pipe:
            started = pipe.read()
        if started != "ready":
            os.kill(pid, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            raise OSError(started.strip() or f"the kernel ended while it started, with status {status}")
        if self.sandboxed:
            sandbox.freeze("/sockets")  # its sockets are there; nothing else may be written outside
        _say(caller, {"pid": pid})
        status, why = watch(pid, caller, self.alive, self.limits, group, self.sandboxed)
        _say(caller, {"exit": status, "why": why})
        if group:
            group.remove()

    def become_kernel(self, asked: dict, user: int | None, writer: int) -> None:
        """In the fork: go inside, give up every right, and run ipykernel. Does not return."""
        try:
            sandbox.die_with_parent()
            env = dict(asked["env"])
            connection_file = asked["connection_file"]
            if self.sandboxed:
                os.umask(READABLE)
                about = json.loads(Path(connection_file).read_text())
                sandbox.enter_root(self.root, asked["sockets"], self.limits)
                env |= {
                    "HOME": "/tmp",
                    "TMPDIR": "/tmp",
                    "MPLCONFIGDIR": "/tmp",
                    "IPYTHONDIR": "/tmp/.ipython",
                }
                connection_file = (
                    "/tmp/connection.json"  # the same sockets, by the path that they have inside
                )
                about["ip"] = "/sockets/" + os.path.basename(about["ip"])
                Path(connection_file).write_text(json.dumps(about))
                os.chown(connection_file, -1 if user is None else user, -1)
                os.chdir(WORK)
            else:
                os.chdir(asked["cwd"])
            os.environ.clear()
            os.environ.update(env)
            if self.sandboxed:
                sandbox.set_limits(self.limits)
                sandbox.drop_privileges(user)
            start_kernel(connection_file, asked.get("arguments", []), writer)
        except BaseException:
            os.write(writer, traceback.format_exc()[-1500:].encode())
        os._exit(1)


def start_kernel(connection_file: str, arguments: list[str], writer: int) -> None:
    """Run ipykernel in this process; write "ready" when its sockets are bound."""
    from ipykernel.kernelapp import IPKernelApp

    reseed()
    sys.argv = ["ipykernel_launcher", "-f", connection_file]
    # A module beside the notebook can be imported, as in any kernel. IPython leaves that out under the zygote's -P.
    libraries = (i for i, path in enumerate(sys.path) if path.endswith(("site-packages", "dist-packages")))
    sys.path.insert(next(libraries, 0), "")
    app = IPKernelApp.instance()
    quiet = ["--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]
    app.initialize(["-f", connection_file, *quiet, *arguments])
    os.write(writer, b"ready")
    os.close(writer)
    app.start()


def reseed() -> None:
    """Give this fork random numbers of its own, and one thread."""
    import random

    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    if torch := sys.modules.get("torch"):
        torch.seed()
        torch.set_num_threads(1)


def watch(
    pid: int,
    caller: socket.socket,
    alive: int,
    limits: Limits,
    group: "ControlGroup | None",
    sandboxed: bool,
) -> tuple[int, str]:
    """Wait for the end of a kernel, which may be a limit, a signal from the caller, or the leaving of caller or cell.

    Returns its exit status (minus the signal's number when killed) and, in words, which limit it met ("" for none).
    """
    handle, orders = os.pidfd_open(pid), b""
    ends, why = time.monotonic() + limits.seconds, ""
    at_start = used_memory() if sandboxed else 0
    while True:
        ready, _, _ = select.select([handle, caller, alive], [], [], POLL if sandboxed else None)
        if handle in ready:
            break
        if alive in ready:
            os.kill(pid, signal.SIGKILL)
            break
        if caller in ready:
            heard = caller.recv(4096)
            *lines, orders = (orders + heard).split(b"\n")
            for number in [json.loads(line)["signal"] for line in lines] if heard else [signal.SIGKILL]:
                os.kill(pid, number)
        elif sandboxed and time.monotonic() > ends:
            why = f"it ran longer than {limits.seconds:.0f} s"
        elif sandboxed and used_memory() - at_start > limits.memory_mb << 20:
            why = f"it used more than {limits.memory_mb} MB of memory"
        if why:
            os.kill(pid, signal.SIGKILL)
            break
    _, status, used = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if not why and group and group.out_of_memory():
        why = f"it used more than {limits.memory_mb} MB of memory"
    # Process 1 of a namespace is not ended by SIGXCPU, only by the hard limit's SIGKILL.
    if not why and code == -signal.SIGKILL and used.ru_utime + used.ru_stime >= limits.cpu_seconds:
        why = f"it used more than {limits.cpu_seconds} s of processor time"
    return code, why


def used_memory() -> int:
    """Bytes of private memory of every process that /proc shows."""
    total, page = 0, resource.getpagesize()
    for path in Path("/proc").glob("[0-9]*/statm"):
        try:
            _, resident, shared, *_ = path.read_text().split()
        except OSError:
            continue
        total += (int(resident) - int(shared)) * page
    return total


class ControlGroup:
    """A cgroup with limits of memory and processes, version 2 or 1, where the system lets us make one; else nothing."""

    def __init__(self, limits: Limits):
        self.folders: list[
            int
        ] = []  # descriptors of the parents: the paths are out of reach after pivot_root
        self.name = f"hallyu-{os.getpid()}"
        base = Path("/sys/fs/cgroup")
        settings = {
            "memory": (("memory.max", "memory.limit_in_bytes"), limits.memory_mb << 20),
            "pids": (("pids.max",), limits.processes),
        }
        for controller, (files, value) in settings.items():
            for parent in (base / controller, base):
                folder = parent / self.name
                try:
                    folder.mkdir(exist_ok=True)
                    for file in files:
                        if (folder / file).exists():
                            (folder / file).write_text(str(value))
                            break
                    else:
                        folder.rmdir()
                        continue
                    self.folders.append(os.open(parent, os.O_RDONLY))
                    break
                except OSError:
                    continue

    @staticmethod
    def sweep() -> None:
        """Take away the groups of launchers that were ended before they could."""
        for parent in ("memory", "pids", "."):
            for folder in (Path("/sys/fs/cgroup") / parent).glob("hallyu-*"):
                if not os.path.exists(f"/proc/{folder.name.removeprefix('hallyu-')}"):
                    with contextlib.suppress(OSError):
                        folder.rmdir()

    def _write(self, parent: int, file: str, text: str) -> None:
        descriptor = os.open(f"{self.name}/{file}", os.O_WRONLY, dir_fd=parent)
        os.write(descriptor, text.encode())
        os.close(descriptor)

    def add(self, pid: int) -> None:
        """Put a process, and what it will start, into the group."""
        for parent in self.folders:
            self._write(parent, "cgroup.procs", str(pid))

    def out_of_memory(self) -> bool:
        """Whether the kernel of the system killed something in the group for its memory."""
        for parent in self.folders:
            for file in ("memory.events", "memory.oom_control"):
                try:
                    descriptor = os.open(f"{self.name}/{file}", os.O_RDONLY, dir_fd=parent)
                except OSError:
                    continue
                with os.fdopen(descriptor) as events:
                    if any(
                        line.split() > ["oom_kill", "0"] for line in events if line.startswith("oom_kill ")
                    ):
                        return True
        return False

    def remove(self) -> None:
        """Take the group away; what is left of it after two seconds stays for the next cleaning."""
        for parent in self.folders:
            for _ in range(20):
                try:
                    os.rmdir(self.name, dir_fd=parent)
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.1)


def python_folders() -> list[str]:
    """Where this interpreter and its libraries are: what a kernel must see."""
    folders = [sys.base_prefix, sys.prefix, *(path for path in sys.path if os.path.isabs(path))]
    folders = [os.path.realpath(path) for path in folders if os.path.exists(path)] + [
        sys.prefix,
        sys.base_prefix,
    ]
    inside = lambda path, other: path != other and path.startswith(other + "/")
    return sorted({p for p in folders if not any(inside(p, other) for other in (*folders, "/usr"))})


def copy_in(source: str, target: str, room: int) -> None:
    """Copy a submission's files, but no notebooks, links or devices, while there is *room* (bytes).

    Raises OSError when they do not fit.
    """
    for folder, _, names in os.walk(source):
        inside = os.path.join(target, os.path.relpath(folder, source))
        os.makedirs(inside, exist_ok=True)
        os.chmod(inside, 0o2777)
        for name in names:
            path = os.path.join(folder, name)
            about = os.lstat(path)
            if name.endswith(".ipynb") or not stat.S_ISREG(about.st_mode):
                continue
            room -= about.st_size
            if room < 0:
                raise OSError(
                    f"the files in {source} do not fit into the kernel's own folder (limit: work_mb)"
                )
            shutil.copyfile(path, os.path.join(inside, name), follow_symlinks=False)
            os.chmod(os.path.join(inside, name), 0o666 | (about.st_mode & 0o111))


def share(folder: str) -> None:
    """Let every kernel of the cell use what one of them wrote; links are not followed, whoever moves them meanwhile."""
    for _, _, names, here in os.fwalk(folder, follow_symlinks=False):
        with contextlib.suppress(OSError):
            os.fchmod(here, 0o2777)
        for name in names:
            try:
                file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
            except OSError:
                continue
            mode = os.fstat(file).st_mode
            if stat.S_ISREG(mode) and mode & 0o006 != 0o006:
                os.fchmod(file, mode & 0o777 | 0o006)
            os.close(file)


def copy_out(source: str, target: str, room: int) -> None:
    """Copy files that a submission wrote: ordinary files with ordinary names, no notebooks, while there is *room*."""
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if name.isprintable()]
        inside = os.path.join(target, os.path.relpath(folder, source))
        for name in names:
            path = os.path.join(folder, name)
            about = os.lstat(path)
            if name.endswith(".ipynb") or not stat.S_ISREG(about.st_mode) or not name.isprintable():
                continue
            room -= about.st_size
            if room < 0:
                raise OSError("what the submission wrote is larger than its work folder")
            os.makedirs(inside, exist_ok=True)
            shutil.copyfile(path, os.path.join(inside, name), follow_symlinks=False)


def _has_children() -> bool:
    """Whether a launcher still runs; each waits for its kernel, and a kernel's end is the end of all it started."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def _own(folder: str, user: int) -> None:
    for path in (folder, *(os.path.join(folder, name) for name in os.listdir(folder))):
        os.chown(path, user, user)


def _keep_only(descriptor: int) -> None:
    """Close every descriptor but this one, and point the standard ones at nothing."""
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 1 << 16)


def _say(connection: socket.socket, message: dict) -> None:
    with contextlib.suppress(OSError):  # the caller may have left
        connection.sendall(json.dumps(message).encode() + b"\n")
