"""One kernel and the conversation with it, where nothing that the kernel does can hold up or hurt this process.

nbclient trusts a kernel to answer, and to answer in measure. Here an answer may be missing, late, false or endless: each
wait ends, each message has a largest size, and a kernel that is broken is told from one that works long.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager
from traitlets.config import Config

LARGEST = 16 << 20
"""Bytes of the largest message that is taken from a kernel; a larger one closes the connection, which then opens again."""
GRACE = 5.0
"""Seconds that a kernel has to stop when interrupted, before it is ended."""
QUICK = ["--HistoryManager.enabled=False"]
"""What a kernel that nobody types into can do without."""
QUIET = 2.0
"""Seconds without an answer after which a kernel is asked whether it still works, and as many for it to say so."""


class KernelEnded(Exception):
    """The kernel has ended, or had to be ended; the message says why in words."""


@dataclass
class Done:
    """What became of one execution. reply: content of the kernel's reply. late: it had to be interrupted for its time."""

    reply: dict = field(default_factory=dict)
    late: bool = False
    lost: bool = False
    """Whether some of the output did not arrive."""


class Session:
    """A kernel of the kernelspec *name*, started in *folder*; *cell* names the cell of another kernel to live in."""

    def __init__(self, name: str, config: Config, folder: str | None, cell: str = ""):
        self.manager = AsyncKernelManager(kernel_name=name, config=config, context=zmq.asyncio.Context())
        self.manager.context.setsockopt(zmq.MAXMSGSIZE, LARGEST)
        self.manager.context.setsockopt(zmq.RCVHWM, 16)  # more wait on the kernel's side, in its memory
        self._where: dict[str, Any] = {
            "cwd": folder,
            "extra_arguments": QUICK,
            **({"cell": cell} if cell else {}),
        }
        self.invalid = 0
        """Messages that were none."""

    @property
    def cell(self) -> str:
        """The cell that the kernel lives in; empty for kernels of other makes."""
        return getattr(self.manager.provisioner, "cell", "")

    @property
    def why(self) -> str:
        """The limit that ended the kernel, in words; empty when it met none."""
        return getattr(self.manager.provisioner, "why", "")

    async def start(self, seconds: float) -> dict:
        """Start the kernel; what it says of itself. Raises KernelEnded when it does not answer within *seconds*."""
        await self.manager.start_kernel(**self._where)
        return await self._connect(seconds)

    async def _connect(self, seconds: float) -> dict:
        self.client = self.manager.client()
        self.client.start_channels(hb=False)
        self._poller = zmq.asyncio.Poller()
        self._channels = {}
        client = self.client
        for channel in (
            client.shell_channel,
            client.iopub_channel,
            client.control_channel,
            client.stdin_channel,
        ):
            self._channels[channel.socket] = channel
            self._poller.register(channel.socket, zmq.POLLIN)
        return await self._ping(seconds)

    async def _ping(self, seconds: float) -> dict:
        """Ask the kernel about itself until both its answer and its output arrive."""
        ends, said, heard = time.monotonic() + seconds, None, False
        self.client.kernel_info()
        while said is None or not heard:
            messages = await self._messages(1.0)
            for channel, message in messages:
                heard = heard or channel is self.client.iopub_channel
                if channel is self.client.shell_channel and message["msg_type"] == "kernel_info_reply":
                    said = message["content"]
            if not messages:
                if not await self.manager.is_alive() or time.monotonic() > ends:
                    raise KernelEnded(self.why or f"it did not start within {seconds:.0f} s")
                self.client.kernel_info()  # the first one's output may have come before we listened
        return said

    async def _messages(self, seconds: float) -> list[tuple[Any, dict]]:
        """What has arrived on each channel, at most one message of each, within *seconds*."""
        found = []
        for socket, _ in await self._poller.poll(int(seconds * 1000)):
            channel = self._channels[socket]
            frames = await socket.recv_multipart()
            try:
                _, parts = self.client.session.feed_identities(frames)
                message = self.client.session.deserialize(parts)
                message["size"] = sum(map(len, frames))
                if not isinstance(message["content"], dict):
                    raise ValueError("no content")
            except Exception:  # whatever a hostile kernel sends
                self.invalid += 1
                continue
            found.append((channel, message))
        return found

    async def execute(
        self,
        code: str,
        *,
        seconds: float | None,
        hear: Callable[[dict], bool] | None = None,
        relief: Callable[[], Awaitable[None]] | None = None,
        expressions: dict[str, str] | None = None,
        answer: Callable[[str], Awaitable[str]] | None = None,
    ) -> Done:
        """Run *code*. Raises KernelEnded when the kernel ends over it.

        seconds: how long it may take; None: as long as it likes. hear: takes each output message, and says whether that
        is enough; without it the code is run silently. relief: what to try, before an interrupt, when it takes too long.
        answer: answers its questions; without it, the code can ask none.
        """
        sent = self.client.execute(
            code,
            silent=hear is None,
            store_history=hear is not None,
            user_expressions=expressions,
            allow_stdin=answer is not None,
            stop_on_error=False,
        )
        done, clock = Done(), _Clock(self, seconds, relief)
        replied, idle, asked = 0.0, False, ""
        while not (replied and idle):
            messages = await self._messages(0.25)
            for channel, message in messages:
                parent = (message.get("parent_header") or {}).get("msg_id")
                if channel is self.client.control_channel:
                    clock.heard()
                elif channel is self.client.stdin_channel and answer is not None and parent == sent:
                    self.client.input(await answer(str(message["content"].get("prompt", ""))))
                elif channel is self.client.shell_channel and parent == sent:
                    done.reply, replied = message["content"], time.monotonic()
                elif channel is self.client.iopub_channel and parent in (sent, asked):
                    if message["msg_type"] == "status":
                        idle = idle or message["content"].get("execution_state") == "idle"
                        done.lost = done.lost or parent == asked
                    elif hear is not None and not idle and hear(message):
                        await clock.stop()
            if replied and not idle:  # the end of its output is lost, or late: it comes before the next one's
                waited = time.monotonic() - replied
                if waited > 1 and not asked:
                    asked = self.client.kernel_info()
                if waited > 1 + GRACE:
                    await self.end_kernel()
                    raise KernelEnded("it no longer gave any output")
            elif not replied:
                await clock.look(alone=not messages)
        done.late = clock.late
        return done

    async def interrupt(self) -> None:
        """Ctrl-C."""
        await self.manager.interrupt_kernel()

    async def end_kernel(self) -> None:
        """End the kernel's process at once, and wait until it is gone."""
        await self.manager.provisioner.kill()
        await asyncio.wait_for(self.manager.provisioner.wait(), 30)

    async def restart(self, seconds: float) -> None:
        """A fresh kernel in place of this one, with the same files."""
        self.client.stop_channels()
        await self.manager.restart_kernel(now=True)
        await self._connect(seconds)

    async def close(self) -> None:
        """End the kernel and what belongs to it."""
        if hasattr(self, "client"):
            self.client.stop_channels()
        if self.manager.has_kernel:
            await self.end_kernel()
        await self.manager.shutdown_kernel(now=True)
        self.manager.context.destroy(linger=0)


class _Clock:
    """Watches one execution: is its time over, does the kernel live, does it still work?"""

    def __init__(self, session: Session, seconds: float | None, relief: Callable | None):
        self.session, self.seconds, self.relief = session, seconds, relief
        self.began = time.monotonic()
        self.late = False
        self._stops: float | None = None  # when it must have stopped
        self._relieved: float | None = None
        self._pause, self._next = QUIET, self.began + QUIET
        self._since: float | None = (
            None  # nothing has been seen of the kernel since then, though it was asked
        )
        self._used = 0.0

    async def stop(self) -> None:
        """Interrupt it, once."""
        if self._stops is None:
            self._stops = time.monotonic() + GRACE
            await self.session.interrupt()

    def heard(self) -> None:
        """The kernel has answered the question whether it works; it is asked less and less often."""
        self._since, self._pause = None, min(self._pause * 2, 30)
        self._next = time.monotonic() + self._pause

    async def look(self, alone: bool) -> None:
        """See to it that the wait ends. alone: no message has come for a moment."""
        now = time.monotonic()
        if alone and not await self.session.manager.is_alive():
            raise KernelEnded(self.session.why or "it ended itself")
        if self._stops is not None:
            if now > self._stops:
                await self.session.end_kernel()
                raise KernelEnded(
                    f"it ran longer than {self.seconds} s and did not stop when interrupted"
                    if self.late
                    else "it did not stop when interrupted"
                )
        elif self.seconds and now - self.began > self.seconds:
            self.late = True
            if self.relief and self._relieved is None:
                self._relieved = now
                await self.relief()
            elif self._relieved is None or now - self._relieved > 1.5:
                await self.stop()
        await self._probe(now)

    async def _probe(self, now: float) -> None:
        """A kernel that neither answers on its control channel nor computes was broken by what it ran."""
        provisioner = self.session.manager.provisioner
        if self._since is None:
            if now > self._next:
                self._since, self._used = now, _processor_time(provisioner)
                question = self.session.client.session.msg("kernel_info_request", {})
                self.session.client.control_channel.send(question)
        elif _running(provisioner) or _processor_time(provisioner) - self._used > 0.05:
            self._since, self._used = now, _processor_time(provisioner)
        elif now - self._since > QUIET:
            await self.session.end_kernel()
            raise KernelEnded("it broke what answers in it")


def _processor_time(provisioner: Any) -> float:
    """Seconds of processor time that a kernel's process has used; 0 when that cannot be seen."""
    try:
        fields = Path(f"/proc/{provisioner.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100
    except (OSError, AttributeError, IndexError, ValueError):
        return 0.0


def _running(provisioner: Any) -> bool:
    """Whether a thread of the kernel computes, or would if the machine let it; true when that cannot be seen."""
    try:
        tasks = list(Path(f"/proc/{provisioner.pid}/task").glob("*/stat"))
        return not tasks or any(t.read_text().rpartition(")")[2].split()[0] in "RD" for t in tasks)
    except (OSError, AttributeError, IndexError):
        return True
