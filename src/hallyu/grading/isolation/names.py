"""What a test cell needs and where it comes from, read from the source of the cells and never from running them."""

import ast
import builtins
import re
import symtable
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbformat import NotebookNode

MAGIC = re.compile(r"^\s*[%!?]|^\s*\w+\s*=\s*[%!]|\?\s*$")
BUILTINS = frozenset(dir(builtins)) | {
    "get_ipython",
    "display",
    "In",
    "Out",
    "exit",
    "quit",
    "__name__",
    "_",
    "__",
}


@dataclass(frozen=True)
class Names:
    """Names at the top level of a cell. needed: those that it reads, functions' bodies included."""

    bound: frozenset[str]
    needed: frozenset[str]
    imports: dict[str, str] = field(default_factory=dict)
    """Name -> the import statement that binds it."""


def parse(source: str) -> ast.Module | None:
    """The cell as a syntax tree, without IPython's magics; None when it is no Python."""
    lines = ["" if MAGIC.search(line) else line for line in source.splitlines()]
    if source.lstrip().startswith("%%"):
        return None
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError):
        return None


def names_in(source: str) -> Names:
    """The names of a cell.

    >>> n = names_in("import numpy as np\\ny = f(x) + np.pi\\ndef g(a): return a + h")
    >>> sorted(n.bound), sorted(n.needed), n.imports
    (['g', 'np', 'y'], ['f', 'h', 'np', 'x'], {'np': 'import numpy as np'})
    """
    tree = parse(source)
    if tree is None:
        return Names(frozenset(), frozenset())
    table = symtable.symtable(ast.unparse(tree), "cell", "exec")
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    needed, stack = set(), [table]
    while stack:
        scope = stack.pop()
        stack += scope.get_children()
        for symbol in scope.get_symbols():
            if symbol.is_referenced() and (symbol.is_global() or scope is table):
                needed.add(symbol.get_name())
            if symbol.is_declared_global() and symbol.is_assigned():
                bound.add(symbol.get_name())
    needed |= {
        n.target.id for n in ast.walk(tree) if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)
    }
    return Names(frozenset(bound), frozenset(needed), _imports(tree))


def _imports(tree: ast.Module) -> dict[str, str]:
    found = {}
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                found[alias.asname or alias.name.split(".")[0]] = ast.unparse(ast.Import([alias]))
        elif isinstance(statement, ast.ImportFrom) and statement.level == 0:
            for alias in statement.names:
                found[alias.asname or alias.name] = ast.unparse(ast.ImportFrom(statement.module, [alias], 0))
    return found


def definition_of(name: str, sources: Iterable[str]) -> str:
    """Source of the last top-level function or class of this name in some cells; empty when there is none."""
    found = ""
    for source in sources:
        tree = parse(source)
        for statement in tree.body if tree else ():
            kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            if isinstance(statement, kinds) and statement.name == name:
                found = ast.get_source_segment(source, statement) or ""
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
    """Names that modules are bound to anywhere in the source: the tests' kernel imports them itself."""
    declared: frozenset[str]
    """Names that the source's cells other than tests bind at their top level: what a submission can be asked for."""
    shared: frozenset[str] = frozenset()
    """Ids of test cells that cannot be isolated and run in the learner's kernel."""
    profile: tuple[tuple[str, str, str, str], ...] | None = None
    """Comparisons that the solution's own objects decided; None while they are being recorded."""

    def wanted(self, needed: Iterable[str], here: Iterable[str]) -> set[str]:
        """Of a test's *needed* names, those to ask the learner's kernel for; *here*: bound by trusted cells already."""
        builtin = {name for name in BUILTINS if name not in self.declared}
        return {n for n in needed if n in self.declared and n not in builtin} - set(here) - set(self.imports)


def plan_of(source: NotebookNode, shared: Iterable[str] = (), profile=None) -> Plan:
    """The plan of an instructor's notebook."""
    imports, declared = {}, set()
    for cell in source.cells:
        if kind_of(cell) in ("text",):
            continue
        names = names_in(cell.source)
        imports |= names.imports
        if kind_of(cell) != "test":
            declared |= names.bound
    return Plan(imports, frozenset(declared - set(imports)), frozenset(shared), profile)
