"""Which tests can be run apart from the learner's code: read from their source, and tried with the instructor's solution.

>>> from nbformat.v4 import new_code_cell, new_notebook
>>> about = {"grade": True, "solution": False, "locked": True, "grade_id": "t1", "points": 1}
>>> cell = new_code_cell("import os\\nos.environ['KEY'] = 'x'\\nassert key() == 'x'", metadata={"nbgrader": about})
>>> unisolatable(new_notebook(cells=[cell]))
{'t1': 'it sets os.environ, which the submission would have to see'}
"""

import ast
import copy
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from hallyu.grading.isolation.names import Plan, kind_of, names_in, parse, plan_of

CURRENT_FIGURE = (
    "gcf",
    "gca",
    "gci",
    "get_fignums",
    "get_figlabels",
    "figlegend",
    "axis",
    "xlim",
    "ylim",
    "sca",
)
LOOKED_INTO = (
    "__code__",
    "__closure__",
    "__globals__",
    "__defaults__",
    "__wrapped__",
    "cache_info",
    "__dict__",
)
CALLED = {
    "globals": "the variables of one kernel are not the other's",
    "locals": "the variables of one kernel are not the other's",
    "vars": "the variables of one kernel are not the other's",
    "get_ipython": "the session of one kernel is not the other's",
}
CHANGING = (
    "append",
    "extend",
    "insert",
    "pop",
    "remove",
    "clear",
    "update",
    "add",
    "discard",
    "setdefault",
    "sort",
)
HISTORY = ("In", "Out", "_", "__", "_i", "_ih", "_oh")


def unisolatable(source: NotebookNode) -> dict[str, str]:
    """Tests of an instructor's notebook that must share the learner's kernel: grade_id -> why, in words.

    Read from the source alone; :func:`plan_by_trial` also finds those that only a run shows.
    """
    functions, touched = set(), set()
    for cell in source.cells:
        if kind_of(cell) in ("solution", "free", "locked"):
            names, tree = names_in(cell.source), parse(cell.source)
            functions |= names.inner
            touched |= {name for name, _ in _attributes(tree)} if tree else set()
    plan = plan_of(source)
    found = {}
    for cell in source.cells:
        tree = parse(cell.source) if kind_of(cell) == "test" else None
        if tree is not None:
            reason = next(_reasons(tree, names_in(cell.source).bound, functions, touched, plan), "")
            if reason:
                found[cell.metadata.nbgrader.grade_id] = reason
    return found


def _attributes(tree: ast.AST) -> Iterator[tuple[str, ast.Attribute]]:
    """Dotted names in a tree, such as "os.environ"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            try:
                yield ast.unparse(node), node
            except RecursionError:
                continue


def _reasons(
    tree: ast.Module, bound: frozenset[str], functions: set[str], touched: set[str], plan: Plan
) -> Iterator[str]:
    modules = set(plan.imports) | set(names_in(ast.unparse(tree)).imports)
    for name in sorted(bound & functions & plan.declared):
        yield f"it sets “{name}”, which the submission's functions read"
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Delete):
            targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
            for target in targets:
                owner = target
                while isinstance(owner, ast.Attribute | ast.Subscript):
                    owner = owner.value
                if owner is target or not isinstance(owner, ast.Name):
                    continue
                inner = target.value if isinstance(target, ast.Subscript) else target
                if owner.id in modules or owner.id in ("builtins", "sys"):
                    yield f"it sets {ast.unparse(inner)}, which the submission would have to see"
                elif owner.id in plan.shifting:
                    yield f"it changes “{owner.id}”, which the submission's functions read"
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            last = name.rpartition(".")[2]
            if isinstance(node.func, ast.Name) and name in CALLED and not (name == "vars" and node.args):
                yield f"it calls {name}(): {CALLED[name]}"
            if (
                last in ("patch", "setattr", "setitem", "setenv") and ("patch" in name or name == "setattr")
            ) or ("patch." in name):
                first = ast.unparse(node.args[0]) if node.args else ""
                if name != "setattr" or first in modules:
                    yield f"it replaces {first or 'something'} by {name}, which the submission would have to see"
            if last in CURRENT_FIGURE and name.partition(".")[0] in ("plt", "pyplot", "matplotlib"):
                yield f"it reads pyplot's current figure ({name}), which the submission's cells draw"
            if (
                isinstance(node.func, ast.Attribute)
                and last in CHANGING
                and name.partition(".")[0] in plan.shifting
            ):
                yield f"it changes “{name.partition('.')[0]}”, which the submission's functions read"
            if last in ("chdir", "putenv") and name.startswith("os."):
                yield f"it calls {name}, which the submission would have to see"
        if isinstance(node, ast.Attribute) and node.attr in LOOKED_INTO:
            yield f"it looks into a function ({node.attr}), which is a stand-in here"
        if isinstance(node, ast.Name) and node.id in HISTORY and isinstance(node.ctx, ast.Load):
            yield f"it reads the session's history ({node.id})"
    for name, _ in _attributes(tree):
        if name in ("os.environ", "os.getcwd", "sys.path", "sys.modules") and (
            name in touched or name.startswith("sys.") or (name == "os.getcwd" and "os.chdir" in touched)
        ):
            yield f"it reads {name}, which the submission's cells set"


LOADERS = (
    "pickle.load",
    "pickle.loads",
    "read_pickle",
    "joblib.load",
    "dill.load",
    "run_path",
    "import_module",
)


def opens_code(source: NotebookNode) -> dict[str, str]:
    """Tests that would run what a submission put into a file, with the tests' own rights: grade_id -> how, in words.

    Isolation cannot help there. The instructor reads the file in another way, or has the submission's code read it.
    """
    found = {}
    for cell in source.cells:
        tree = parse(cell.source) if kind_of(cell) == "test" else None
        for node in ast.walk(tree) if tree is not None else ():
            if not isinstance(node, ast.Call):
                continue
            name, said = ast.unparse(node.func), ast.unparse(node)
            if name.endswith(LOADERS) or "allow_pickle=True" in said or "weights_only=False" in said:
                found[cell.metadata.nbgrader.grade_id] = (
                    f"{name} runs whatever the submission put into the file"
                )
            elif name in ("exec", "eval") and "open(" in said:
                found[cell.metadata.nbgrader.grade_id] = f"{name} runs a file that the submission can write"
    return found


def plan_by_trial(
    source: NotebookNode, folder: Path | None = None, **settings: Any
) -> tuple[Plan, dict[str, str]]:
    """The plan of an instructor's notebook, from a run of its own solution; and why each shared test is shared.

    folder: where the notebook lies, with the files that it needs. settings: of IsolatedExecute (config, kernel_name, …).
    Tests that the solution passes in one kernel but not apart are shared. What the solution fails in one kernel too is
    left to the doctor.
    """
    reasons = unisolatable(source)
    plan = plan_of(source, shared=reasons, folder=folder)
    names = {c.metadata.nbgrader.grade_id: names_in(c.source) for c in source.cells if kind_of(c) == "test"}
    together: dict[str, tuple[float, float]] = {}
    for _ in range(4):
        scores, met = _try(source, plan, folder, settings)
        failed = [name for name, (score, most) in scores.items() if score < most]
        if failed and not together:
            together, _ = _try(source, replace(plan, shared=frozenset(names)), folder, settings)
        lost = [name for name in failed if together[name][0] > scores[name][0]]
        if not lost:
            break
        for name in lost:
            if name not in reasons:
                words = met["errors"].get(name, "it gives another score")
                reasons[name] = f"the solution passes it in one kernel but not apart: {words}"
                continue
            makers = [n for n in names if n not in reasons and names[n].bound & names[name].needed]
            for other in makers or names:
                reasons.setdefault(other, f"{name}, which must be shared, uses what it leaves behind")
        plan = replace(plan, shared=frozenset(reasons))
    profile = tuple(sorted(tuple(row) for row in met["profile"]))
    return replace(plan, profile=profile), reasons


def _try(
    source: NotebookNode, plan: Plan, folder: Path | None, settings: dict
) -> tuple[dict[str, tuple[float, float]], dict]:
    """Run the solution: points by test, got and most; and what was met."""
    from nbgrader.utils import determine_grade

    from hallyu.grading.isolation.execute import IsolatedExecute
    from hallyu.grading.kernel import specs

    specs.make_known()
    execute = IsolatedExecute(**{"kernel_name": specs.SANDBOX, **settings})
    execute.plan = plan
    with tempfile.TemporaryDirectory() as empty:
        resources = {"metadata": {"path": str(folder or empty)}}
        done, resources = execute.preprocess(copy.deepcopy(source), resources)
    scores, errors = {}, {}
    for cell in done.cells:
        if kind_of(cell) == "test":
            name = cell.metadata.nbgrader.grade_id
            score, most = determine_grade(cell)
            scores[name] = (score or 0.0, most)
            said = [f"{o.ename}: {o.evalue}" for o in cell.outputs if o.output_type == "error"]
            said += [o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr"]
            errors[name] = " ".join(said).strip()[:200] or "it gives another score"
    return scores, {**resources["hallyu"], "errors": errors}
