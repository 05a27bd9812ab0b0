"""The one place where the ffmpeg program is run: what PyAV cannot do by itself, such as VMAF, SVT-AV1 and segments.

A Path among the arguments is a file: it reaches ffmpeg by its absolute name behind "file:", so that no name is taken for
an option, an address or a list. What is read may not open other files, nor the net. There is no shell.
"""

import re
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.files import write_whole

FORMATS = (
    "mov,mp4,m4a,3gp,matroska,webm,avi,mpegts,mxf,asf,gif,apng,wav,w64,flac,mp3,ogg,aac,aiff,caf,"
    "png_pipe,jpeg_pipe,webp_pipe,tiff_pipe,bmp_pipe,dpx_pipe,yuv4mpegpipe"
)
"""Formats that hold their pictures and sounds themselves: a playlist would make ffmpeg open other files."""
LIMIT = 3600.0
"""Seconds that a run may take before it is ended."""
_KEPT = 5000
_PREFIX = re.compile(r"^(\[[^\]]*\] )+")
_ADDS_NOTHING = ("Conversion failed!", "Exiting normally", "Error while filtering: Conversion failed")


class Stopped(HallyuError):
    """The person asked to stop; nothing is left of what was being made."""


def program() -> str:
    """Where ffmpeg is: the binary that imageio-ffmpeg carries, with libvmaf, x264, SVT-AV1 and libass in it."""
    import imageio_ffmpeg

    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise HallyuError("There is no ffmpeg on this machine: install imageio-ffmpeg again.") from error


def run(
    arguments: Sequence[str | Path],
    what: str = "The file",
    seconds: float | None = None,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
    limit: float = LIMIT,
    log: str = "error",
    formats: str = FORMATS,
) -> list[str]:
    """Run ffmpeg with *arguments* and return the last lines of its log.

    arguments: as after the program's name; each Path is a file, and one after "-i" is read under a whitelist of *formats*.
    what: named in errors. seconds: how long the output will be, so that *progress* is told shares from 0 to 1.
    stop: asked ten times a second whether to end. log: ffmpeg's level, "info" for filters that print what they measured.
    Raises HallyuError where ffmpeg fails, with the last thing that it said, or takes longer than *limit* seconds;
    Stopped where *stop* said so.
    """
    command = [
        program(), "-hide_banner", "-nostdin", "-nostats", "-y", "-loglevel", log, "-progress", "pipe:1",
        *_prepared(arguments, formats),
    ]  # fmt: skip
    ends = time.monotonic() + limit
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        errors="replace", bufsize=1,
    )  # fmt: skip
    told, done = deque(maxlen=_KEPT), deque([0.0], maxlen=1)
    threads = [
        threading.Thread(target=lambda: told.extend(line.rstrip() for line in process.stderr), daemon=True),
        threading.Thread(target=_follow, args=(process.stdout, done), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        while process.poll() is None:
            if stop and stop():
                raise Stopped(f"{what} was stopped; nothing of it was kept.")
            if time.monotonic() > ends:
                raise HallyuError(
                    f"{what} took longer than {limit:g} s and was ended: try a shorter or smaller film."
                )
            if progress and seconds:
                progress(min(done[0] / seconds, 1.0))
            _wait(process, 0.1)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for thread in threads:
            thread.join(5)
        process.stdout.close()
        process.stderr.close()
    if process.returncode:
        raise HallyuError(f"{what} could not be made: ffmpeg says “{_reason(list(told), process.returncode)}”.")
    if progress and seconds:
        progress(1.0)
    return list(told)


def make(path: str | Path, arguments: Sequence[str | Path], **how) -> list[str]:
    """Run ffmpeg so that it writes *path*: beside it first, so that nothing is left of half a file. how: as for *run*.

    The last line of ffmpeg's log is the last of what is returned.
    """
    path = Path(path)
    with write_whole(path) as draft:
        told = run([*arguments, draft], **{"what": path.name, **how})
        if not draft.stat().st_size:
            raise HallyuError(f"{path.name} could not be made: ffmpeg wrote nothing, so its input holds nothing of it.")
        return told


def escaped(text: str | Path) -> str:
    r"""A filter's value, such as a path, through the two levels of quoting that a graph of filters has.

    >>> print(escaped("it's 16:9"))
    it\\\'s 16\\:9
    """
    value = re.sub(r"([\\':])", r"\\\1", str(text))
    return re.sub(r"([\\'\[\],;])", r"\\\1", value)


def _prepared(arguments: Sequence[str | Path], formats: str) -> list[str]:
    """Arguments as text. Raises HallyuError for an input that is missing, empty or no file."""
    ready: list[str] = []
    for argument in arguments:
        if not isinstance(argument, Path):
            ready.append(str(argument))
            continue
        name = f"file:{argument.absolute()}"
        if ready and ready[-1] == "-i":
            _require(argument)
            ready[-1:] = ["-protocol_whitelist", "file", "-format_whitelist", formats, "-i"]
        ready.append(name)
    return ready


def _require(path: Path) -> None:
    if not path.exists():
        raise HallyuError(f"There is no file {path}: check the name and the folder.")
    if not path.is_file():
        raise HallyuError(f"{path} is no file: choose a film.")
    if not path.stat().st_size:
        raise HallyuError(f"{path.name} is empty (0 bytes): export it again.")


def _follow(lines, done: deque) -> None:
    """Keep in *done* how many seconds are written, from the lines of -progress."""
    for line in lines:
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.strip().isdigit():
            done.append(int(value) / 1e6)


def _wait(process: subprocess.Popen, seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _reason(told: list[str], code: int) -> str:
    """The last thing that ffmpeg said, without the name of the part that said it."""
    for line in reversed(told):
        said = _PREFIX.sub("", line).strip().rstrip(".")
        if said and said not in _ADDS_NOTHING:
            return said
    return f"nothing, and ended with {code}"
