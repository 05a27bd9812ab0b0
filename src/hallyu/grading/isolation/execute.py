"""The nbgrader preprocessor that runs a submission in one kernel and its official tests in another.

In place of nbgrader's Execute::

    c.Autograde.autograde_preprocessors = ["hallyu.grading.isolation.execute.IsolatedExecute", ...]

Both kernels live in one cell (:mod:`hallyu.grading.kernel.cell`): the same work folder, nothing else in common. What a test
asks of the learner's code goes over the stdin channel of the tests' kernel to this process, and from here to the learner's.
"""

import ast
import asyncio
import json
import re
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import Any as AnyTrait
from traitlets import Int

from hallyu.grading.isolation.names import MAGIC, Plan, definition_of, kind_of, names_in, plan_of
from hallyu.grading.isolation.proxies import MARK

ANSI = re.compile(r"\x1b\[[0-9;]*m")
TESTS = """
import sys as _s
_s.path[:] = [p for p in _s.path if p not in ("", "/submission")]
from hallyu.grading.isolation import plain as _p, proxies as _x
_p.packages |= set({packages!r})
_k = get_ipython().kernel
_k.hallyu = _x.Channel(_k.raw_input, {profile!r})
del _s, _p, _x, _k
"""
"""Run once in the tests' kernel. The folder with the learner's files is no place to import from."""


class IsolatedExecute(Execute):
    """Executes a notebook with its official tests out of the submission's reach."""

    plan = AnyTrait(
        None, allow_none=True, help="The Plan of this notebook; made from the notebook itself when None."
    )
    output_limit = Int(
        2_000_000, config=True, help="Bytes of output that a cell may give before its kernel is stopped."
    )

    def preprocess(self, nb: NotebookNode, resources: dict, km: Any = None) -> tuple[NotebookNode, dict]:
        """Execute; what was met on the way stands in ``resources["hallyu"]``."""
        self.notes: list[str] = []
        self.used: list = []
        self._plan: Plan = self.plan or plan_of(nb)
        self._sources: list[str] = []
        self._here: set[str] = set()
        self._tests: AsyncKernelManager | None = None
        self._bytes = 0
        resources.setdefault("hallyu", {})
        try:
            return super().preprocess(nb, resources, km)
        finally:
            resources["hallyu"] |= {"notes": self.notes, "profile": self.used}
            run_sync(self._end_tests)()

    # --- The two kernels ----------------------------------------------------------------------------------------

    async def _begin_tests(self) -> None:
        """Start the tests' kernel in the cell of the learner's."""
        folder = (self.resources.get("metadata") or {}).get("path") or None
        self._tests = AsyncKernelManager(kernel_name=self.km.kernel_name, config=self.config)
        cell = getattr(self.km.provisioner, "cell", "")
        await self._tests.start_kernel(cwd=folder, **({"cell": cell} if cell else {}))
        self._asks = self._tests.client()
        self._asks.start_channels()
        await self._asks.wait_for_ready(timeout=self.startup_timeout)
        self._asks.allow_stdin = True
        packages = sorted({statement.split()[1].split(".")[0] for statement in self._plan.imports.values()})
        profile = None if self._plan.profile is None else [list(row) for row in self._plan.profile]
        await self._silently(TESTS.format(packages=packages, profile=profile))

    async def _end_tests(self) -> None:
        if self._tests is not None:
            self._asks.stop_channels()
            await self._tests.shutdown_kernel(now=True)
            self._tests = None

    async def _silently(self, code: str, expressions: dict[str, str] | None = None) -> dict:
        """Run trusted code in the tests' kernel, serving its questions; the reply's content."""
        sent = self._asks.execute(code, silent=True, store_history=False, user_expressions=expressions)
        serving = asyncio.ensure_future(self._serve())
        try:
            while True:
                reply = await self._asks.get_shell_msg(timeout=self.timeout)
                if reply["parent_header"].get("msg_id") == sent:
                    break
        finally:
            serving.cancel()
        if reply["content"]["status"] == "error":
            self.notes.append(f"the tests' kernel: {reply['content']['ename']}: {reply['content']['evalue']}")
        return reply["content"]

    async def _serve(self) -> None:
        """Answer what the tests' kernel asks, one question at a time."""
        while True:
            asked = (await self._asks.get_stdin_msg(timeout=None))["content"].get("prompt", "")
            self._asks.input(await self._answer(asked[len(MARK) :]) if asked.startswith(MARK) else "")

    async def _answer(self, request: str) -> str:
        """Let the learner's kernel answer. Whatever it does, the answer is JSON."""
        agent = "__import__('hallyu.grading.isolation.student', fromlist=['answer']).answer"
        expression = {"answer": f"{agent}({request!r}, globals())"}
        sent = self.kc_student.execute("", silent=True, store_history=False, user_expressions=expression)
        try:
            said = await asyncio.wait_for(self._reply(sent), self.timeout)
            text = ast.literal_eval(said["content"]["user_expressions"]["answer"]["data"]["text/plain"])
            if not isinstance(json.loads(text), dict):
                raise ValueError
            return text
        except TimeoutError:
            await self._revive(f"a test waited longer than {self.timeout} s for the submission's answer")
            return _refusal("TimeoutError", f"the submission did not answer within {self.timeout} s")
        except DeadKernelError:
            await self._revive("the submission's kernel ended while a test called it")
            return _refusal("RuntimeError", "the submission's kernel ended during the call")
        except Exception:
            self.notes.append("the submission's kernel gave an answer that is none")
            return _refusal("RuntimeError", "the submission gave no valid answer")

    async def _reply(self, sent: str) -> dict:
        while True:
            try:
                reply = await self.kc_student.get_shell_msg(timeout=0.5)
            except Exception as nothing:  # queue.Empty, of whichever client
                if not await self.km_student.is_alive():
                    raise DeadKernelError("dead") from nothing
                continue
            if reply["parent_header"].get("msg_id") == sent:
                return reply

    async def _revive(self, why: str) -> None:
        """End the learner's kernel and go on in a fresh one: the points of later cells are not lost with it."""
        limit = getattr(self.km_student.provisioner, "why", "")
        self.notes.append(why + (f" ({limit})" if limit else "") + "; later cells ran in a fresh kernel")
        await self.km_student.restart_kernel(now=True)
        await self.kc_student.wait_for_ready(timeout=self.startup_timeout)

    # --- Cells ----------------------------------------------------------------------------------------------------

    async def async_execute_cell(
        self,
        cell: NotebookNode,
        cell_index: int,
        execution_count: int | None = None,
        store_history: bool = True,
    ) -> NotebookNode:
        """Each cell where it belongs: tests with the tests, the learner's with the learner's, locked cells in both."""
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        self.kc_student, self.km_student = self.kc, self.km
        kind, self._bytes = kind_of(cell), 0
        identity = cell.metadata.get("nbgrader", {}).get("grade_id", str(cell_index))
        if kind == "test" and identity not in self._plan.shared:
            if self._tests is None:
                await self._begin_tests()
            return await self._execute_test(cell, cell_index, identity, execution_count, store_history)
        names = names_in(cell.source)
        done = await self._execute_learners(cell, cell_index, execution_count, store_history)
        if kind == "locked":
            if self._tests is None:
                await self._begin_tests()
            await self._bind(names.needed, identity)
            await self._silently("\n".join("" if MAGIC.search(x) else x for x in cell.source.splitlines()))
            self._here |= names.bound
        else:
            self._sources.append(cell.source)
            self._here -= names.bound
        return done

    async def _execute_learners(self, cell: NotebookNode, index: int, *rest: Any) -> NotebookNode:
        try:
            return await super().async_execute_cell(cell, index, *rest)
        except (DeadKernelError, CellTimeoutError) as error:
            limit = getattr(self.km.provisioner, "why", "") or "it ended itself"
            if isinstance(error, CellTimeoutError):
                limit = f"it gave no sign of its end for {self.iopub_timeout} s"
            await self._revive(f"the kernel ended in cell {index}")
            words = f"The kernel ended in this cell: {limit}."
            cell.outputs.append(new_output("error", ename="KernelEnded", evalue=words, traceback=[words]))
            return cell

    async def _execute_test(self, cell: NotebookNode, index: int, identity: str, *rest: Any) -> NotebookNode:
        names = names_in(cell.source)
        await self._bind(names.needed, identity)
        self.kc, self.km = self._asks, self._tests
        serving = asyncio.ensure_future(self._serve())
        try:
            return await super().async_execute_cell(cell, index, *rest)
        except DeadKernelError:
            words = "The tests' kernel ended in this cell."
            self.notes.append(words)
            cell.outputs.append(new_output("error", ename="KernelEnded", evalue=words, traceback=[words]))
            self._tests = None
            return cell
        finally:
            serving.cancel()
            self.kc, self.km = self.kc_student, self.km_student
            self._here |= names.bound
            if self._tests is not None and self._plan.profile is None:
                reply = await self._silently("", {"used": "sorted(get_ipython().kernel.hallyu.used)"})
                self.used = ast.literal_eval(reply["user_expressions"]["used"]["data"]["text/plain"])

    async def _bind(self, needed: frozenset[str], identity: str) -> None:
        """Give the tests' kernel the modules and the stand-ins that its next cell reads."""
        modules = [s for n, s in self._plan.imports.items() if n in needed and n not in self._here]
        wanted = self._plan.wanted(needed, self._here)
        names = {name: definition_of(name, self._sources) for name in wanted}
        code = "".join(f"{statement}\n" for statement in modules)
        code += f"get_ipython().kernel.hallyu.cell = {identity!r}\n"
        code += f"get_ipython().kernel.hallyu.bind({names!r}, get_ipython().user_ns)" if names else ""
        await self._silently(code)

    execute_cell = run_sync(async_execute_cell)

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """As nbclient does, until a cell has said too much: then its kernel is interrupted and the rest thrown away."""
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "error", "update_display_data"):
            self._bytes += len(json.dumps(msg["content"], default=str))
            if self._bytes > self.output_limit:
                if self._bytes < 1e12:
                    self._bytes = int(1e12)
                    self.notes.append(
                        f"cell {cell_index} gave more than {self.output_limit} bytes of output; the rest is cut"
                    )
                    self._interrupting = asyncio.ensure_future(self.km.interrupt_kernel())
                return None
        return super().process_message(msg, cell, cell_index)


def _refusal(name: str, text: str) -> str:
    error = {"mro": [["builtins", name], ["builtins", "Exception"]], "text": text}
    return json.dumps({"error": error})
