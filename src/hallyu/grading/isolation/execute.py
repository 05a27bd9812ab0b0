"""The nbgrader preprocessor that runs a submission in one kernel and its official tests in another.

In place of nbgrader's Execute::

    c.Autograde.autograde_preprocessors = ["hallyu.grading.isolation.execute.IsolatedExecute", ...]

Both kernels live in one cell (:mod:`hallyu.grading.kernel.cell`): the same work folder, and a folder in which the tests' kernel
reaches the learner's by a socket. This process decides only when each of them runs what, and ends what does not end.
"""

import ast
import asyncio
import builtins
import contextlib
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.util import run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade
from traitlets import Any as AnyTrait
from traitlets import Float, Int

from hallyu.grading.isolation.names import Names, Plan, definition_of, kind_of, names_in, plan_of
from hallyu.grading.isolation.proxies import MARK
from hallyu.grading.isolation.session import Done, KernelEnded, Session
from hallyu.grading.kernel.cell import POLL

TESTS = """
import os as _o, sys as _s
from hallyu.grading.isolation import plain as _p, proxies as _x
_p.packages |= set({packages!r})
_s.path[:] = [p for p in _s.path if p not in ("", _o.getcwd())]
for _f, _t in {support!r}:
    _f = _o.path.join("/tmp/official", _f) if {apart!r} else _o.path.join({folder!r}, _f)
    _o.makedirs(_o.path.dirname(_f), exist_ok=True)
    open(_f, "w").write(_t)
_s.path.append("/tmp/official" if {apart!r} else {folder!r})
_k = get_ipython().kernel
_k.hallyu = _x.Channel(_k.raw_input, {profile!r}, get_ipython().user_ns)
_k.raw_input = _x.no_input
del _o, _s, _p, _x, _k
"""
"""Run once in the tests' kernel. The folder with the learner's files is no place to import from."""
BIND = """
_k = get_ipython().kernel.hallyu
_k.import_all({modules!r})
_k.cell = {cell!r}
if {path!r}:
    _k.open({path!r})
    _k.bind({names!r}, {shifting!r}, {classes!r})
del _k
"""
"""Run before each test: the modules and the stand-ins that it reads."""
STAY = "get_ipython().unobserve_all('exit_now')"
"""Run in the learner's kernel: quit() ends no kernel, and so costs nobody the points of what follows."""
SERVE = "__import__('hallyu.grading.isolation.student', fromlist=['serve']).serve({path!r}, globals())"
"""Run in the learner's kernel while tests may ask it."""


TELLING = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, OSError | MemoryError | SystemExit | KeyboardInterrupt)
) | {"gaierror", "URLError", "ConnectError", "StdinNotImplementedError"}
"""Errors of a learner's cell that say what it tried, or which limit it met."""
_plans: dict[tuple[str, int], Plan] = {}


class IsolatedExecute(Execute):
    """Executes a notebook with its official tests out of the submission's reach."""

    plan = AnyTrait(
        None, allow_none=True, help="The Plan of this notebook; from the instructor's notebook when None."
    )
    output_limit = Int(
        2_000_000, config=True, help="Bytes of output that a cell may give before it is interrupted."
    )
    total = Float(900, config=True, help="Seconds for a whole notebook; cells after that are not run.")

    def preprocess(self, nb: NotebookNode, resources: dict, km: Any = None) -> tuple[NotebookNode, dict]:
        """Execute; what was met on the way stands in ``resources["hallyu"]``: notes (words), profile, and answers
        (by failed test, what the submission answered there, for instructors)."""
        NotebookClient.__init__(self, nb, km)
        self.reset_execution_trackers()
        self._check_assign_resources(resources)
        self.notes: list[str] = []
        self.used: list = []
        self.answers: dict[str, str] = {}
        self._plan: Plan = self.plan or self._find_plan(nb, resources)
        self._folder = (resources.get("metadata") or {}).get("path") or None
        self._tests: Session | None = None
        self._starting: Any = None
        self._serving: asyncio.Future | None = None
        self._path, self._count = "", 0
        self._sources: list[str] = []  # of the learner's cells that have run, to run again in a fresh kernel
        self._here: set[str] = set()  # names that the tests' kernel has from trusted cells
        self._ends = time.monotonic() + self.total
        # Of tests and of the others: neither kernel can change what the other showed.
        self._displays: dict[bool, dict] = {True: {}, False: {}}
        self._said = 0
        resources.setdefault("hallyu", {})
        try:
            run_sync(self._run)()
        finally:
            resources["hallyu"] |= {"notes": self.notes, "profile": self.used, "answers": self.answers}
        with contextlib.suppress(Exception):  # what widgets say of themselves may be anything
            self.set_widgets_metadata()
        return self.nb, self.resources

    def _find_plan(self, nb: NotebookNode, resources: dict) -> Plan:
        """The plan from the instructor's notebook in the course's folder; tried once for each of its versions."""
        from hallyu.grading.isolation.trial import plan_by_trial

        owner, name = self.parent, (resources.get("nbgrader") or {}).get("notebook")
        while owner is not None and not hasattr(owner, "coursedir"):
            owner = owner.parent
        if owner is not None and name:
            course = owner.coursedir
            folder = Path(course.format_path(course.source_directory, ".", course.assignment_id))
            source = folder / f"{name}.ipynb"
            if source.exists():
                key = (str(source), source.stat().st_mtime_ns)
                if key not in _plans:
                    settings = {"config": self.config, "kernel_name": self.kernel_name}
                    _plans[key] = plan_by_trial(nbformat.read(source, 4), folder, **settings)[0]
                return _plans[key]
        self.notes.append(
            "the instructor's notebook was not found; the submission's own cells say what tests need"
        )
        return plan_of(nb, profile=())

    async def _run(self) -> None:
        self._student = Session(self.kernel_name, self.config, self._folder)
        try:
            about = await self._student.start(self.startup_timeout)
            self.nb.metadata["language_info"] = about["language_info"]
            if any(kind_of(cell) == "test" for cell in self.nb.cells):  # while the learner's first cells run
                self._starting = asyncio.ensure_future(self._start_tests())
            await self._quietly(STAY)
            for index, cell in enumerate(self.nb.cells):
                if cell.cell_type == "code":
                    cell.outputs = []
                    if cell.source.strip():
                        await self._cell(cell, index)
            await self._end_serving()
            if self._tests is not None and self._plan.profile is None:
                said = await self._in_tests("", {"used": "sorted(get_ipython().kernel.hallyu.used)"})
                self.used = ast.literal_eval(said["user_expressions"]["used"]["data"]["text/plain"])
        finally:
            if self._serving is not None:
                self._serving.cancel()
            if self._starting is not None:
                with contextlib.suppress(Exception):
                    self._tests = await self._starting
            for session in (self._tests, self._student):
                if session is not None:
                    await session.close()
        for session, whose in ((self._student, "submission's"), (self._tests, "tests'")):
            if session is not None and session.invalid:
                self.notes.append(f"the {whose} kernel sent {session.invalid} messages that are none")

    async def _cell(self, cell: NotebookNode, index: int) -> None:
        """Each cell where it belongs: tests with the tests, the learner's with the learner's, locked cells in both."""
        identity = cell.metadata.get("nbgrader", {}).get("grade_id", str(index))
        if time.monotonic() > self._ends:
            self._fail(cell, index, "NotRun", f"The notebook ran longer than {self.total:.0f} s in all.")
            return
        kind, names = kind_of(cell), names_in(cell.source)
        if kind == "test" and identity not in self._plan.shared:
            await self._test(cell, index, identity, names)
            return
        await self._end_serving()
        await self._learners(cell, index)
        if kind == "locked":
            await self._begin_tests()
            await self._bind(names, identity)
            await self._in_tests(cell.source)
            self._here |= names.bound
        else:
            own = self._plan.official & names.bound
            if own and kind != "test":
                self.notes.append(
                    f"cell {index} defines {', '.join(sorted(own))} anew; tests use the official"
                )
            self._here -= names.bound - self._plan.official

    # --- The learner's kernel -------------------------------------------------------------------------------------

    async def _learners(self, cell: NotebookNode, index: int) -> None:
        ear = _Ear(self, cell, index)
        try:
            done = await self._student.execute(cell.source, seconds=self._seconds(cell), hear=ear)
        except KernelEnded as ended:
            await self._revive(f"the kernel ended in cell {index}: {ended}")
            self._fail(cell, index, "KernelEnded", f"The kernel ended in this cell: {ended}.", note=False)
            return
        self._finish(cell, index, done, ear)
        self._sources.append(cell.source)

    async def _revive(self, why: str) -> None:
        """A fresh kernel in which the learner's earlier cells run again, so that their points are not lost with it.

        A cell that ends the fresh kernel too is found, and left out.
        """
        self.notes.append(f"{why}; a fresh kernel ran the cells before it again")
        for slowly in (False, True, False):
            await self._student.restart(self.startup_timeout)
            ended = await self._repeat(slowly)
            if ended is None:
                return
            if slowly and self._sources:
                del self._sources[ended]
                self.notes.append(
                    f"the fresh kernel ended too ({self._student.why}); the cell that ended it is left out"
                )
        self.notes.append(
            f"each fresh kernel ended ({self._student.why}); another one runs only what follows"
        )
        self._sources = []
        await self._student.restart(self.startup_timeout)

    async def _repeat(self, slowly: bool) -> int | None:
        """Run the learner's earlier cells once more; the number of the cell that ended the kernel, None when it lives.

        slowly: wait after each cell, not only after the last, as a kernel's memory is looked at now and then.
        """
        last = len(self._sources) - 1
        for index, source in enumerate((STAY, *self._sources), -1):
            left = self._ends - time.monotonic()
            try:
                await self._student.execute(source, seconds=max(1, min(left, self.timeout or left)))
            except KernelEnded:
                return max(index, 0)
            if slowly or index == last:
                await asyncio.sleep(2 * POLL)
                if not await self._student.manager.is_alive():
                    return max(index, 0)
        return None

    def _seconds(self, cell: NotebookNode) -> float | None:
        left = self._ends - time.monotonic()
        return min(left, self._get_timeout(cell) or left)

    # --- The tests' kernel ----------------------------------------------------------------------------------------

    async def _begin_tests(self) -> None:
        """Have the tests' kernel."""
        if self._tests is None:
            starting, self._starting = self._starting or self._start_tests(), None
            self._tests = await starting

    async def _start_tests(self) -> Session:
        """Start the tests' kernel in the cell of the learner's."""
        session = Session(self.kernel_name, self.config, self._folder, self._student.cell)
        await session.start(self.startup_timeout)
        statements = self._plan.imports.items()
        packages = sorted({statement.split()[1].split(".")[0] for _, statement in statements})
        profile = None if self._plan.profile is None else [list(row) for row in self._plan.profile]
        apart = self._exchange.startswith("/exchange")
        folder = "" if apart else tempfile.mkdtemp(dir=self._exchange)
        about = {"packages": packages, "profile": profile, "apart": apart, "folder": folder}
        everything = "\n".join(s for name, s in statements if name.startswith("*"))
        await session.execute(
            TESTS.format(support=self._plan.support, **about) + everything, seconds=self.timeout
        )
        return session

    @property
    def _exchange(self) -> str:
        """The folder in which the two kernels meet, as they see it."""
        if not hasattr(self, "_own_exchange"):
            given = getattr(self._student.manager.provisioner, "exchange", "")
            self._own_exchange = None if given else tempfile.TemporaryDirectory(prefix="hallyu")
            self._exchange_path = given or self._own_exchange.name
        return self._exchange_path

    async def _in_tests(self, code: str, expressions: dict[str, str] | None = None) -> dict:
        """Run trusted code in the tests' kernel; the reply's content."""
        try:
            done = await self._tests.execute(
                code, seconds=self.timeout, expressions=expressions, relief=self._relieve, answer=self._repair
            )
        except KernelEnded as ended:
            self.notes.append(f"the tests' kernel ended: {ended}")
            await self._lose_tests()
            return {}
        if done.reply.get("status") == "error":
            self.notes.append(f"the tests' kernel: {done.reply['ename']}: {done.reply['evalue']}"[:300])
        return done.reply

    async def _lose_tests(self) -> None:
        await self._tests.close()
        self._tests = None
        self._here.clear()
        if self._serving is not None:
            await self._served()

    async def _bind(self, names: Names, identity: str) -> bool:
        """Give the tests' kernel the modules and the stand-ins that its next cell reads; whether it has them."""
        modules = [s for n, s in self._plan.imports.items() if n in names.needed and n not in self._here]
        wanted = self._plan.wanted(names.needed, self._here)
        if wanted and self._serving is None:
            self._begin_serving()
        reply = await self._in_tests(
            BIND.format(
                modules=[*modules, *names.imports.values()],
                cell=identity,
                path=self._path if wanted else "",
                names={name: definition_of(name, self._sources) for name in wanted},
                shifting=sorted(self._plan.shifting),
                classes=sorted(self._plan.official),
            )
        )
        return reply.get("status") == "ok"

    async def _answer(self, names: Names) -> str:
        """What the submission answered where the test that ran last failed; only instructors see it."""
        declared = sorted(set(self._plan.declared) & names.needed)
        code = "__import__('hallyu.grading.isolation.answers', fromlist=['x']).at_failure"
        reply = await self._in_tests(
            "", {"answer": f"{code}(globals(), {declared!r}, get_ipython().kernel.hallyu.last)"}
        )
        said = reply.get("user_expressions", {}).get("answer", {}).get("data", {}).get("text/plain", "''")
        return ast.literal_eval(said)

    async def _again(self, names: Names, identity: str) -> bool:
        """A second time, perhaps with a fresh kernel: the first may have ended since its last cell."""
        await self._begin_tests()
        return await self._bind(names, identity)

    async def _test(self, cell: NotebookNode, index: int, identity: str, names: Names) -> None:
        await self._begin_tests()
        share = getattr(self._student.manager.provisioner, "share", None)
        if share is not None:
            await share()
        if not (await self._bind(names, identity) or await self._again(names, identity)):
            self._fail(cell, index, "NoAnswer", "The submission's kernel did not answer before this test.")
            return
        ear = _Ear(self, cell, index)
        try:
            done = await self._tests.execute(
                cell.source,
                seconds=self._seconds(cell),
                hear=ear,
                relief=self._relieve,
                answer=self._repair,
            )
        except KernelEnded as ended:
            self._fail(cell, index, "KernelEnded", f"The tests' kernel ended in this test: {ended}.")
            await self._lose_tests()
            return
        self._finish(cell, index, done, ear)
        if done.reply.get("ename") == "AssertionError":
            self.answers[identity] = await self._answer(names)
        self._here |= names.bound
        if names.imports:  # in one kernel, the learner's later cells would have them
            await self._end_serving()
            self._sources.append("\n".join(names.imports.values()))
            await self._quietly(self._sources[-1])

    # --- Between them ---------------------------------------------------------------------------------------------

    def _begin_serving(self) -> None:
        """Let the learner's kernel answer at a new path until the tests' kernel hangs up."""
        self._count += 1
        self._path = f"{self._exchange}/{self._count}"
        task = self._student.execute(SERVE.format(path=self._path), seconds=None)
        self._serving = asyncio.ensure_future(task)

    async def _end_serving(self) -> None:
        """Have the learner's kernel ready for its next cell."""
        if self._serving is None:
            return
        if self._tests is not None:
            await self._in_tests("get_ipython().kernel.hallyu.close()")
        await self._served()

    async def _served(self) -> None:
        for wait in (2.0, 5.0):
            try:
                await asyncio.wait_for(asyncio.shield(self._serving), wait)
                break
            except TimeoutError:
                await self._student.interrupt()
            except KernelEnded as ended:
                await self._revive(f"the submission's kernel ended while a test called it: {ended}")
                break
        else:
            self._serving.cancel()
            await self._revive("the submission's kernel did not come back from a test's call")
        self._serving, self._path = None, ""

    async def _relieve(self) -> None:
        """A test takes too long: perhaps the submission's function does."""
        if self._serving is not None:
            self.notes.append("a test took too long; what it asked of the submission was interrupted")
            await self._student.interrupt()

    async def _repair(self, prompt: str) -> str:
        """The tests' kernel says that the learner's has left."""
        if not prompt.startswith(MARK):
            return ""
        if prompt == MARK + "slow":
            return "" if self._serving is None or self._serving.done() else "wait"
        before = len(self.notes)
        if self._serving is not None:
            await self._served()
        why = (
            self.notes[-1].partition(";")[0] if len(self.notes) > before else "the submission gave no answer"
        )
        self._begin_serving()
        return json.dumps({"path": self._path, "why": why})

    async def _quietly(self, code: str) -> None:
        try:
            await self._student.execute(code, seconds=self.timeout)
        except KernelEnded as ended:
            await self._revive(f"the submission's kernel ended: {ended}")

    # --- What cells say -------------------------------------------------------------------------------------------

    def _finish(self, cell: NotebookNode, index: int, done: Done, ear: "_Ear") -> None:
        """Record how a cell ended, as nbgrader does."""
        self.code_cells_executed += 1
        cell["execution_count"] = self.code_cells_executed
        if done.late:
            self._fail(cell, index, **self._lateness())
        if done.lost:
            self.notes.append(f"some output of cell {index} was lost")
        reply = done.reply
        if reply.get("status") == "error":
            for name, empty in (("ename", "Error"), ("evalue", ""), ("traceback", [])):
                reply.setdefault(name, empty)
            self.on_cell_executed(cell=cell, cell_index=index, execute_reply={"content": reply})
            if kind_of(cell) != "test" and str(reply["ename"]) in TELLING:
                words = "".join(c if c.isprintable() else " " for c in f"{reply['ename']}: {reply['evalue']}")
                self.notes.append(f"cell {index} met {words[:160]}")
        elif reply.get("status") != "ok":
            self._fail(cell, index, "Aborted", "The kernel did not say how this cell ended.")
        if kind_of(cell) == "test":
            try:
                determine_grade(cell)
            except Exception as error:  # nbgrader would stop over it
                cell.outputs = []
                self._fail(cell, index, "NoScore", f"What the test gives is no score: {error}.")

    def _lateness(self) -> dict[str, str]:
        about = self.error_on_timeout or {}
        return {
            "name": about.get("ename", "CellTimeoutError"),
            "words": f"It ran longer than {self.timeout} s.",
        }

    def _fail(self, cell: NotebookNode, index: int, name: str, words: str, note: bool = True) -> None:
        cell.outputs.append(new_output("error", ename=name, evalue=words, traceback=[f"{name}: {words}"]))
        if note:
            self.notes.append(f"cell {index}: {words}")


class _Ear:
    """Takes what a cell says into its outputs, within measure; anything that is no output is left out."""

    def __init__(self, execute: IsolatedExecute, cell: NotebookNode, index: int):
        self.execute, self.cell, self.index, self.bytes, self.odd = execute, cell, index, 0, False
        execute._display_id_map = execute._displays[kind_of(cell) == "test"]
        execute.clear_before_next_output = False
        if execute.record_timing:
            cell.metadata["execution"] = {}

    def __call__(self, message: dict) -> bool:
        """Take one message; whether it is enough."""
        self.bytes += message["size"]
        if self.bytes > self.execute.output_limit or self.execute._said > 10 * self.execute.output_limit:
            if self.bytes < 1e15:
                self.bytes = int(1e15)
                self.execute.notes.append(
                    f"cell {self.index} gave too much output (more than {self.execute.output_limit} bytes); the rest is cut"
                )
            return True
        self.execute._said += message["size"]
        try:
            if not _is_sound(message):
                raise ValueError("no output")
            self.execute.process_message(message, self.cell, self.index)
        except Exception:
            if not self.odd:
                self.odd = True
                self.execute.notes.append(f"cell {self.index} gave an output that is none; it was left out")
        return False


_FIELDS = {
    "stream": {"name": str, "text": str},
    "display_data": {"data": dict, "metadata": dict},
    "update_display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict},
    "error": {"ename": str, "evalue": str, "traceback": list},
}


def _is_sound(message: dict) -> bool:
    """Whether an output is one that a notebook may hold."""
    content = message["content"]
    fields = _FIELDS.get(message["msg_type"], {})
    if not all(isinstance(content.get(name), kind) for name, kind in fields.items()):
        return False
    if message["msg_type"] == "stream" and content["name"] not in ("stdout", "stderr"):
        return False
    for mime, value in content.get("data", {}).items() if "data" in fields else ():
        if not mime.endswith("json") and not isinstance(value, str):
            return False
    return all(isinstance(line, str) for line in content.get("traceback", ()))
