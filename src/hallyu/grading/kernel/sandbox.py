"""Linux namespaces, a private root, limits and a system-call filter around a process that was forked, not started.

bubblewrap and its kin begin with exec, which a warm fork cannot do; so the same steps are written out here, over libc by
ctypes. Each function does one step, in the order in which :mod:`hallyu.grading.kernel.cell` calls them. Two ways in:
as root (the kernel runs under a user id of its own), or as an ordinary user in a user namespace. Sources: namespaces(7),
mount_namespaces(7), pivot_root(2), capabilities(7), seccomp(2).
"""

import ctypes
import fcntl
import functools
import os
import platform
import resource
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hallyu.errors import HallyuError

_libc = ctypes.CDLL(None, use_errno=True)

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x20000,
    0x4000000,
    0x8000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
SECCOMP_MODE_FILTER = 2
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
ROOT_LINKS = ("bin", "lib", "lib64", "sbin")
DEVICES = ("null", "zero", "full", "random", "urandom")
OWN = ("tmp", "dev/shm")
"""Folders of which each kernel has its own, empty."""
ETC = ("alternatives", "fonts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "ssl/certs")
EXCHANGE = "/exchange"
"""Folder in which the kernels of one submission can reach each other by sockets."""
USERS = 200_000
"""First of the user ids that kernels get when the grader is root; nothing on a usual system owns files under them."""


@dataclass(frozen=True)
class Limits:
    """What one kernel may use. seconds: wall clock, whole life; memory_mb: beyond what the warm process held already."""

    seconds: float = 600
    cpu_seconds: int = 300
    memory_mb: int = 2048
    processes: int = 64
    files_mb: int = 64
    open_files: int = 512
    work_mb: int = 256
    tmp_mb: int = 64


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the namespaces named by *flags* for new ones."""
    _check(_libc.unshare(flags), "unshare")


def mount(
    source: str | None, target: str, kind: str | None = None, flags: int = 0, options: str = ""
) -> None:
    """The system call, with text for names."""
    coded = [text.encode() if text is not None else None for text in (source, target, kind)]
    _check(_libc.mount(*coded, ctypes.c_ulong(flags), options.encode() or None), f"mount {target}")


def bind(source: str, target: str, writable: bool = False) -> None:
    """Show *source*, and what is mounted in it, at *target*: no devices, no set-user-id programs, read-only unless *writable*."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.lexists(target):
            open(target, "x").close()
    mount(source, target, flags=MS_BIND | MS_REC)
    for inner in mounts_in(target):
        freeze(inner, writable)


def mounts_in(folder: str) -> list[str]:
    """Mount points at and below a folder (a remount changes one mount, not those inside it)."""
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    points = [point.encode().decode("unicode_escape") for point in points]  # a space is written \\040
    return [point for point in points if point == folder or point.startswith(folder + "/")]


def freeze(target: str, writable: bool = False) -> None:
    """Change a bind mount to read-only (or back), for everyone who sees it."""
    kept = os.statvfs(target).f_flag & MS_NOEXEC  # a user namespace may not take it away
    mount(
        None,
        target,
        flags=MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | kept | (0 if writable else MS_RDONLY),
    )


def tmpfs(target: str, megabytes: int, mode: str = "755") -> None:
    """An empty folder in memory that holds no more than *megabytes*."""
    os.makedirs(target, exist_ok=True)
    mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, f"size={megabytes}m,nr_inodes=16384,mode={mode}")


def unmount(target: str) -> None:
    """Take away what is mounted at *target*, as soon as nobody uses it."""
    _check(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def own_user_namespace() -> None:
    """A user namespace in which the same user holds every capability over it, and none outside."""
    uid, gid = os.getuid(), os.getgid()
    unshare(NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def shared_root(root: str, shown: Iterable[str], work: str, limits: Limits) -> None:
    """Lay out, in a new mount namespace, the root that the kernels of one submission share: read-only system, work folder.

    root: an empty folder. shown: folders and files of the system to show read-only. work: path of the work folder
    inside; it is memory, and holds limits.work_mb.
    """
    if not os.path.isabs(root) or os.listdir(root):  # what is written below must never meet the system's own files
        raise OSError(f"{root or 'nothing'} is no empty folder to make a root of")
    if os.getuid() != 0:
        own_user_namespace()
    unshare(NEWNS)
    mount(None, "/", flags=MS_REC | MS_PRIVATE)
    tmpfs(root, 4)
    for name in ROOT_LINKS:
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{root}/{name}")
        elif os.path.isdir(f"/{name}"):
            bind(f"/{name}", f"{root}/{name}")
    for path in ("/usr", *(f"/etc/{name}" for name in ETC), *shown):
        if os.path.exists(path):
            bind(path, root + path)
    Path(root, "etc/passwd").write_text("learner:x:0:0::/tmp:/bin/sh\n" if os.getuid() != 0 else "")
    Path(root, "etc/hosts").write_text("127.0.0.1 localhost\n")
    for name in ("tmp", "dev/shm", "proc", "sockets"):
        os.makedirs(f"{root}/{name}", exist_ok=True)
    for name in DEVICES:
        open(f"{root}/dev/{name}", "x").close()
        mount(f"/dev/{name}", f"{root}/dev/{name}", flags=MS_BIND)
    for name, target in (
        ("fd", "/proc/self/fd"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ):
        os.symlink(target, f"{root}/dev/{name}")
    tmpfs(root + work, limits.work_mb, "2777")
    tmpfs(root + EXCHANGE, 1, "1777")


def own_namespaces() -> None:
    """Process, network, mount, IPC and host-name namespaces of one kernel. The next fork is process 1 in them."""
    if os.getuid() != 0:
        own_user_namespace()
    unshare(NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS)
    mount(None, "/", flags=MS_REC | MS_PRIVATE)
    with socket.socket(
        socket.AF_INET
    ) as any_socket:  # 127.0.0.1 works, as it does outside, and leads nowhere else
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


def enter_root(root: str, sockets: str, limits: Limits) -> None:
    """Add what is one kernel's own (/tmp, /dev/shm, /proc, the folder of its sockets) and make *root* the root.

    sockets: folder outside in which the kernel may bind its sockets until it is frozen.
    """
    mount(
        root, root, flags=MS_BIND | MS_REC
    )  # a copy that is this namespace's own: a locked mount cannot be a root
    # The course may itself lie under /tmp: what is shown of it there is held open, and shown again.
    shown = dict.fromkeys(point for name in OWN for point in mounts_in(f"{root}/{name}"))
    shown = [p for p in shown if not any(p.startswith(f"{other}/") for other in shown)]
    held = {point: os.open(point, os.O_PATH) for point in shown}
    for name in OWN:
        tmpfs(f"{root}/{name}", limits.tmp_mb, "1777")
    for point, descriptor in held.items():
        bind(f"/proc/self/fd/{descriptor}", point)
        os.close(descriptor)
    bind(sockets, f"{root}/sockets", writable=True)
    mount("proc", f"{root}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    os.chdir(root)
    _check(_libc.syscall(_ARCHITECTURE.pivot_root, b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", MNT_DETACH), "umount2")
    os.chdir("/")
    mount(None, "/", flags=MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)


MAPPED = 2
"""Times the memory that a kernel may use, it may map: on processors with wide vectors the recogniser maps 1.5 GB and touches
0.45. What is touched is watched while the kernel runs (cell.py)."""


def set_limits(limits: Limits) -> None:
    """Limits of the process and its children, which they can lower but not raise."""
    megabyte = 1 << 20
    mapped = held_data() + MAPPED * limits.memory_mb * megabyte
    for what, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 2),
        (resource.RLIMIT_FSIZE, limits.files_mb * megabyte, limits.files_mb * megabyte),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_NPROC, limits.processes, limits.processes),
        # Not RLIMIT_AS: torch reserves far more addresses than it uses.
        (resource.RLIMIT_DATA, mapped, mapped),
    ):
        resource.setrlimit(what, (soft, hard))


def held_data() -> int:
    """Bytes of private memory that this process has mapped already, as RLIMIT_DATA counts them."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status names no VmData")


def drop_privileges(user: int | None) -> None:
    """Become *user* (only root can), give up every capability for good, and refuse dangerous system calls.

    Call it while the process has one thread: capabilities and filters belong to threads.
    """
    for capability in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
        _check(_libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "prctl CAPBSET_DROP")
    if user is not None:
        os.setgroups([])
        os.setresgid(USERS, USERS, USERS)
        os.setresuid(user, user, user)
    else:
        header = struct.pack("II", 0x20080522, 0)
        _check(_libc.capset(header, bytes(24)), "capset")
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl NO_NEW_PRIVS")
    _check(_libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl DUMPABLE")  # else /proc/self is root's
    die_with_parent()  # again: a change of user forgets it, and after this nobody can
    os.umask(0o002)  # the two kernels of a submission share its work folder by their group
    refuse_calls()


def die_with_parent() -> None:
    """Be killed when the parent ends."""
    _check(_libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl PDEATHSIG")


# --- The system-call filter -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Architecture:
    """Numbers of the system calls that are refused; from the kernel's asm/unistd.h."""

    audit: int
    pivot_root: int
    clone: int
    clone3: int
    socket: int
    prctl: int
    refused: tuple[int, ...]


_NEW_CALLS = (
    *(425, 426, 427),  # io_uring_setup, _enter, _register
    *(
        428,
        429,
        430,
        431,
        432,
        433,
        442,
    ),  # open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr
    438,  # pidfd_getfd
)
"""Numbers that are the same on every architecture."""
_ARCHITECTURES = {
    "x86_64": _Architecture(
        audit=0xC000003E,
        pivot_root=155,
        clone=56,
        clone3=435,
        socket=41,
        prctl=157,
        refused=(
            *(101, 310, 311),  # ptrace, process_vm_readv, process_vm_writev
            *(165, 166, 155, 161, 272, 308),  # mount, umount2, pivot_root, chroot, unshare, setns
            *(
                175,
                176,
                313,
                246,
                320,
                169,
            ),  # init_module, delete_module, finit_module, kexec_load (file), reboot
            *(248, 249, 250),  # add_key, request_key, keyctl
            *(
                298,
                321,
                323,
                304,
                303,
            ),  # perf_event_open, bpf, userfaultfd, open_by_handle_at, name_to_handle_at
            *(
                167,
                168,
                172,
                173,
                179,
                163,
                135,
            ),  # swapon, swapoff, iopl, ioperm, quotactl, acct, personality
            *_NEW_CALLS,
        ),
    ),
    "aarch64": _Architecture(
        audit=0xC00000B7,
        pivot_root=41,
        clone=220,
        clone3=435,
        socket=198,
        prctl=167,
        refused=(
            *(117, 270, 271),
            *(40, 39, 41, 51, 97, 268),
            *(105, 106, 273, 104, 294, 142),
            *(217, 218, 219),
            *(241, 280, 282, 265, 264),
            *(224, 225, 60, 89, 92),
            *_NEW_CALLS,
        ),
    ),
}
_ARCHITECTURE = _ARCHITECTURES.get(platform.machine(), _ARCHITECTURES["x86_64"])

_LOAD, _EQUAL, _ANY_BIT, _GREATER_EQUAL, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _KILL, _EPERM, _ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
_NUMBER, _AUDIT, _FIRST_ARGUMENT = 0, 4, 16
FAMILIES = (1, 2, 10, 16)
"""AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK: of the network a kernel has its own, with nothing in it but itself."""


def filter_program() -> bytes:
    """The filter as classic BPF: refused calls fail with EPERM, and sockets of families beyond FAMILIES too.

    clone3 fails with ENOSYS, so that libc falls back on clone, whose flags a filter can read. Calls of another
    architecture (32-bit programs) end the process.
    """
    arch, namespaces = _ARCHITECTURE, NEWNS | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET | 0x02000000
    code = [
        (_LOAD, 0, 0, _AUDIT),
        (_EQUAL, 1, 0, arch.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_GREATER_EQUAL, 0, 1, 0x40000000),  # the x32 calls, numbered apart
        (_RETURN, 0, 0, _KILL),
        (_EQUAL, 0, 1, arch.clone3),
        (_RETURN, 0, 0, _ENOSYS),
    ]
    code += [
        (_EQUAL, 0, 4, arch.prctl),  # a kernel may not outlive its launcher
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 0, 1, PR_SET_PDEATHSIG),
        (_RETURN, 0, 0, _EPERM),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for number in arch.refused:
        code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _EPERM)]
    code += [
        (_EQUAL, 0, 3, arch.clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ANY_BIT, 0, 4 + len(FAMILIES), namespaces),
        (_RETURN, 0, 0, _EPERM),
        (_EQUAL, 0, 2 + len(FAMILIES), arch.socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        *((_EQUAL, len(FAMILIES) - i, 0, family) for i, family in enumerate(FAMILIES)),
        (_RETURN, 0, 0, _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in code)


def refuse_calls() -> None:
    """Put the filter around this thread and everything it starts. Does nothing on a processor it has no numbers for."""
    if platform.machine() not in _ARCHITECTURES:
        return
    program = ctypes.create_string_buffer(filter_program())
    fprog = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(program))
    _check(_libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, fprog, 0, 0), "prctl SECCOMP")


# --- Whether the system can ---------------------------------------------------------------------------------


def why_not() -> str:
    """Why this system cannot sandbox, and how to enable it, in one or two sentences; empty when it can."""
    return _why_not(os.getuid())


@functools.cache
def _why_not(user: int) -> str:
    """Tried in a child process, by doing it, and remembered."""
    if platform.system() != "Linux":
        return "Sandboxed grading needs Linux (on Windows and macOS: WSL 2 or the container in deploy/)."
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            own_namespaces()
            if (inner := os.fork()) == 0:  # process 1 of them, which alone can mount their /proc
                _try_mounts(writer)
            os.waitpid(inner, 0)
        except OSError as error:
            os.write(writer, str(error).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe:
        problem = pipe.read().decode()
    if not problem:
        return ""
    return (
        f"This system does not let {'root' if user == 0 else 'an ordinary user'} make namespaces ({problem}). "
        "Enable them (sysctl kernel.unprivileged_userns_clone=1; on Ubuntu 24.04 also "
        "kernel.apparmor_restrict_unprivileged_userns=0; in a container, run it with --security-opt seccomp=unconfined "
        "--cap-add SYS_ADMIN), or grade code that you trust with --trusted."
    )


def _try_mounts(writer: int) -> None:
    """Mount what a kernel's root needs, over a folder that is there, and change the user; say what fails."""
    try:
        tmpfs("/tmp", 1)
        os.mkdir("/tmp/proc")
        mount("proc", "/tmp/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
        if os.getuid() == 0:
            os.setresgid(USERS, USERS, USERS)
            os.setresuid(USERS + 1, USERS + 1, USERS + 1)
    except OSError as error:
        os.write(writer, str(error).encode())
    finally:
        os._exit(0)


def refuse_if_unable() -> None:
    """Raises HallyuError when this system cannot sandbox."""
    if problem := why_not():
        raise HallyuError(problem)
