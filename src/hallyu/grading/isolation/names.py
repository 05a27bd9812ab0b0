"""What a test cell needs and where it comes from, read from the source of the cells and never from running them."""

import ast
import builtins
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

BUILTINS = frozenset(dir(builtins)) | {
    *("get_ipython", "display", "In", "Out", "exit", "quit", "__name__", "_", "__"),
}
PYTHON_MAGICS = ("time", "timeit", "prun", "capture")
"""Magics whose argument, or whose cell, is Python."""


@dataclass(frozen=True)
class Names:
    """Names at the top level of a cell. needed: those that it reads, functions' bodies included."""

    bound: frozenset[str]
    needed: frozenset[str]
    imports: dict[str, str] = field(default_factory=dict)
    """Name -> the import statement that binds it at the top level; "*..." -> an import of everything."""
    defined: frozenset[str] = frozenset()
    """Of the bound names, functions and classes."""
    inner: frozenset[str] = frozenset()
    """Of the needed names, those that functions' bodies read or set."""


def parse(source: str) -> ast.Module | None:
    """The cell as a syntax tree, its magics turned into calls; None when it is no Python."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
        for statement in list(tree.body):
            for text in _python_in_magic(statement):
                inside = parse(text)
                tree.body += inside.body if inside else []
        return tree
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _python_in_magic(statement: ast.stmt) -> Iterator[str]:
    for call in ast.walk(statement):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if (
            call.func.attr in ("run_line_magic", "run_cell_magic")
            and len(texts) > 1
            and texts[0] in PYTHON_MAGICS
        ):
            yield texts[-1]


def names_in(source: str) -> Names:
    """The names of a cell.

    >>> n = names_in("import numpy as np\\ny = f(x) + np.pi\\ndef g(a): return a + h")
    >>> sorted(n.bound), sorted(n.needed), n.imports, sorted(n.defined), sorted(n.inner)
    (['g', 'np', 'y'], ['f', 'h', 'np', 'x'], {'np': 'import numpy as np'}, ['g'], ['h'])
    """
    tree = parse(source)
    if tree is None:
        return Names(frozenset(), frozenset())
    table = symtable.symtable(ast.unparse(tree), "cell", "exec")
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    needed, inner, stack = set(), set(), [table]
    while stack:
        scope = stack.pop()
        stack += scope.get_children()
        for symbol in scope.get_symbols():
            name = symbol.get_name()
            if symbol.is_referenced() and (symbol.is_global() or scope is table):
                needed.add(name)
            if scope is not table and symbol.is_global():
                inner.add(name)
            if symbol.is_declared_global() and symbol.is_assigned():
                bound.add(name)
    top = list(_top_level(tree.body))
    needed |= {n.target.id for n in top if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)}
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    defined = {n.name for n in top if isinstance(n, kinds)}
    return Names(frozenset(bound), frozenset(needed), _imports(top), frozenset(defined), frozenset(inner))


def _top_level(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the cell runs: not those in functions and classes."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from _top_level(getattr(statement, name, ()))
        for handler in getattr(statement, "handlers", ()):
            yield from _top_level(handler.body)


def _imports(statements: Iterable[ast.stmt]) -> dict[str, str]:
    found = {}
    for statement in statements:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                found[alias.asname or alias.name.split(".")[0]] = ast.unparse(ast.Import([alias]))
        elif isinstance(statement, ast.ImportFrom) and statement.level == 0:
            for alias in statement.names:
                name = f"*{statement.module}" if alias.name == "*" else alias.asname or alias.name
                found[name] = ast.unparse(ast.ImportFrom(statement.module, [alias], 0))
    return found


def definition_of(name: str, sources: Iterable[str]) -> str:
    """Source of the last top-level function or class of this name in some cells; empty when there is none."""
    found = ""
    for source in sources:
        if f"def {name}" not in source and f"class {name}" not in source:
            continue
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for statement in tree.body:
            kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            if isinstance(statement, kinds) and statement.name == name:
                start = min([statement.lineno, *(d.lineno for d in statement.decorator_list)])
                found = "\n".join(source.splitlines()[start - 1 : statement.end_lineno]) + "\n"
    return found


def kind_of(cell: NotebookNode) -> str:
    """ "test", "locked", "solution" or "free": what a cell is to nbgrader; "text" when it is no code."""
    about = cell.metadata.get("nbgrader", {})
    if cell.cell_type != "code":
        return "text"
    if about.get("solution"):
        return "solution"
    if about.get("grade"):
        return "test"
    return "locked" if about.get("locked") else "free"


@dataclass(frozen=True)
class Plan:
    """How a notebook's tests are run apart from the submission, from the instructor's source."""

    imports: dict[str, str]
    """Names that the source's cells bind to modules: the tests' kernel imports them itself."""
    declared: frozenset[str]
    """Names that the source's cells other than tests bind at their top level: what a submission can be asked for."""
    shared: frozenset[str] = frozenset()
    """Ids of test cells that cannot be isolated and run in the learner's kernel."""
    profile: tuple[tuple[str, str, str, str], ...] | None = None
    """Comparisons that the solution's own objects decided: (test, class, operation, what with), "*" for any; None while
    they are being recorded."""
    official: frozenset[str] = frozenset()
    """Functions and classes that only locked cells define: tests use these, whatever a submission binds to the name."""
    shifting: frozenset[str] = frozenset()
    """Variables that the source's functions use: a call may change them."""
    support: tuple[tuple[str, str], ...] = ()
    """The instructor's own modules beside the notebook: path and text."""

    def wanted(self, needed: Iterable[str], here: Iterable[str]) -> set[str]:
        """Of a test's *needed* names, those to ask the learner's kernel for; *here*: bound by trusted cells already."""
        return set(self.declared & set(needed)) - set(here)


def plan_of(
    source: NotebookNode, shared: Iterable[str] = (), profile=None, folder: Path | None = None
) -> Plan:
    """The plan of an instructor's notebook. folder: where it lies, with the modules that it imports."""
    imports: dict[str, str] = {}
    declared: set[str] = set()
    locked: set[str] = set()
    other: set[str] = set()
    inner: set[str] = set()
    for cell in source.cells:
        kind = kind_of(cell)
        if kind in ("text", "test"):
            continue
        names = names_in(cell.source)
        imports |= names.imports
        inner |= names.inner
        made = names.bound - set(names.imports)
        declared |= made
        if kind == "locked":
            locked |= names.defined
        else:
            other |= names.bound
    # A name that is imported in one place and defined in another is the learner's to define.
    imports = {name: statement for name, statement in imports.items() if name not in declared}
    support = tuple(
        (path.relative_to(folder).as_posix(), path.read_text())
        for path in sorted(folder.rglob("*.py") if folder else ())
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    )
    return Plan(
        imports,
        frozenset(declared),
        frozenset(shared),
        profile,
        frozenset(locked - other),
        frozenset(inner & declared),
        support,
    )
