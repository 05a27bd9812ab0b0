"""Small faults put into a solution, one at a time: a good test fails on most of them.

Each operator is a function that takes a node of the syntax tree and gives what to put in its place. Operators after
R. DeMillo, R. Lipton, F. Sayward, "Hints on test data selection", Computer 11(4), 1978, and A. Offutt et al., "An
experimental determination of sufficient mutant operators", ACM TOSEM 5(2), 1996. A mutant that changes nothing that can be
observed ("equivalent") cannot be told from one that the tests miss; the reader decides that from the diff.
"""

import ast
import copy
import difflib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = re.compile(r"^[ \t]*(?:[%!?].*|\w+[ \t]*=[ \t]*[%!].*|[\w.]+\?\??[ \t]*)$", re.MULTILINE)
BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"

_COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_CALCULATED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_OPERANDS = (
    ast.BinOp,
    ast.UnaryOp,
    ast.Compare,
    ast.BoolOp,
    ast.Attribute,
    ast.Subscript,
    ast.Call,
    ast.IfExp,
)
"""Expressions in which a part that was changed needs brackets to stay one part."""


@dataclass(frozen=True)
class Mutant:
    """A cell's source with one fault in it. line: of the cell, from 1."""

    operator: str
    line: int
    before: str
    after: str

    def diff(self) -> str:
        """The lines that differ, with - and +."""
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), lineterm="", n=0)
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a solution cell, in reading order; where the cell marks its solution, only inside the marks.

    >>> [m.after for m in mutants("def f(a, b):\\n    return a < b")]  # doctest: +NORMALIZE_WHITESPACE
    ['def f(a, b):\\n    return None', 'def f(a, b):\\n    return a <= b', 'def f(a, b):\\n    return a >= b']
    """
    tree = _parse(source)
    if tree is None:
        return []
    rows = solution_rows(source)
    found: dict[str, Mutant] = {}
    for node, parents in _walk(tree, ()):
        if getattr(node, "lineno", 0) not in rows:
            continue
        for operator, change in OPERATORS.items():
            for new in change(node, parents):
                after = _replace(source, node, new, parents)
                if after != source and _compiles(after):
                    found.setdefault(after, Mutant(operator, node.lineno, source, after))
    return sorted(found.values(), key=lambda mutant: mutant.line)


def sample(everything: list[Mutant], number: int, seed: int = 0) -> list[Mutant]:
    """At most *number* mutants, drawn from each operator in turn, always the same ones."""
    if len(everything) <= number:
        return everything
    draw = random.Random(seed)
    kinds = {name: [m for m in everything if m.operator == name] for name in OPERATORS}
    for kind in kinds.values():
        draw.shuffle(kind)
    chosen: list[Mutant] = []
    while len(chosen) < number:
        for kind in kinds.values():
            if kind and len(chosen) < number:
                chosen.append(kind.pop())
    return sorted(chosen, key=lambda mutant: mutant.line)


def solution_rows(source: str) -> set[int]:
    """Numbers of the lines that hold the solution: between its marks, or all where there are none."""
    lines = source.splitlines()
    if not any(BEGIN in line for line in lines):
        return set(range(1, len(lines) + 1))
    rows, inside = set(), False
    for number, line in enumerate(lines, 1):
        if BEGIN in line:
            inside = True
        elif END in line:
            inside = False
        elif inside:
            rows.add(number)
    return rows


# --- Operators: node, its parents (nearest last) -> what may stand in its place -------------------------------------

Parents = tuple[ast.AST, ...]


def comparison(node: ast.AST, _: Parents) -> Iterator[ast.AST]:
    """``<`` becomes ``<=`` and ``>=``, ``==`` becomes ``!=``, ``in`` becomes ``not in``, and so on."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in _COMPARED[type(operator)]:
                new = copy.deepcopy(node)
                new.ops[place] = other()
                yield new


def arithmetic(node: ast.AST, _: Parents) -> Iterator[ast.AST]:
    """``+`` becomes ``-``, ``*`` becomes ``/``, ``//`` becomes ``/``, also in ``+=``; a minus sign goes."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _CALCULATED:
        new = copy.deepcopy(node)
        new.op = _CALCULATED[type(node.op)]()
        yield new
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand


def constant(node: ast.AST, parents: Parents) -> Iterator[ast.AST]:
    """A number grows by one, a text is emptied or filled, True becomes False.

    Documentation and the words of an exception stay: few tests should read them.
    """
    if not isinstance(node, ast.Constant) or (parents and isinstance(parents[-1], ast.Expr)):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float | complex):
        yield ast.Constant(node.value + 1)
    elif isinstance(node.value, str) and not any(isinstance(p, ast.Raise) for p in parents):
        yield ast.Constant("" if node.value else "changed")


def boolean(node: ast.AST, _: Parents) -> Iterator[ast.AST]:
    """``and`` becomes ``or``; a ``not`` goes; a condition is negated."""
    if isinstance(node, ast.BoolOp):
        new = copy.deepcopy(node)
        new.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield new
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)


def condition(node: ast.AST, parents: Parents) -> Iterator[ast.AST]:
    """The condition of an ``if`` is negated, unless its comparison is already."""
    tested = bool(parents) and isinstance(parents[-1], ast.If) and parents[-1].test is node
    if tested and not isinstance(node, ast.Compare | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), node)


def return_value(node: ast.AST, _: Parents) -> Iterator[ast.AST]:
    """A function gives None."""
    nothing = (
        isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and node.value.value is None
    )
    if isinstance(node, ast.Return) and node.value is not None and not nothing:
        yield ast.Return(ast.Constant(None))


def deleted_statement(node: ast.AST, parents: Parents) -> Iterator[ast.AST]:
    """A call, a change, a ``raise`` or a later binding of a name is left out.

    The first binding of a name stays: without it the cell would fail in every test, which proves nothing.
    """
    if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
        yield ast.Pass()
    if isinstance(node, ast.AugAssign | ast.Raise | ast.Delete | ast.Break | ast.Continue | ast.Assert):
        yield ast.Pass()
    if isinstance(node, ast.Assign):
        kept = {t.id for t in node.targets if isinstance(t, ast.Name)}
        scope = next((p for p in reversed(parents) if isinstance(p, ast.FunctionDef | ast.Module)), node)
        if not kept or any(_bound_before(scope, name, node.lineno) for name in kept):
            yield ast.Pass()


def swapped_arguments(node: ast.AST, _: Parents) -> Iterator[ast.AST]:
    """``f(a, b)`` becomes ``f(b, a)``, where the order matters."""
    either = (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("max", "min", "print")
    )
    if isinstance(node, ast.Call) and len(node.args) >= 2 and not either:
        first, second, *rest = node.args
        if not any(isinstance(x, ast.Starred) for x in (first, second)):
            yield ast.Call(node.func, [second, first, *rest], node.keywords)


def off_by_one(node: ast.AST, _: Parents) -> Iterator[ast.AST]:
    """Each bound of a slice and the last of a range moves by one."""
    if isinstance(node, ast.Slice):
        for bound in ("lower", "upper"):
            if (value := getattr(node, bound)) is not None:
                new = copy.deepcopy(node)
                setattr(new, bound, _plus_one(value))
                yield new
        if node.lower is None:
            new = copy.deepcopy(node)
            new.lower = ast.Constant(1)
            yield new
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "range"
        and node.args
    ):
        place = min(1, len(node.args) - 1)
        new = copy.deepcopy(node)
        new.args[place] = _plus_one(node.args[place]) or ast.Constant(0)
        yield new


OPERATORS = {
    "comparison": comparison,
    "arithmetic": arithmetic,
    "off by one": off_by_one,
    "boolean": boolean,
    "condition": condition,
    "constant": constant,
    "return value": return_value,
    "deleted statement": deleted_statement,
    "swapped arguments": swapped_arguments,
}


# --- Text ---------------------------------------------------------------------------------------------------------------


def _plus_one(value: ast.expr) -> ast.expr | None:
    """The bound after *value*; after -1, the last place, there is none."""
    try:
        number = ast.literal_eval(value)
    except ValueError:
        return ast.BinOp(value, ast.Add(), ast.Constant(1))
    return None if number == -1 else ast.Constant(number + 1)


def _bound_before(scope: ast.AST, name: str, line: int) -> bool:
    """Whether *scope* gives *name* a value, as a variable or as an argument, above *line*."""
    for node in ast.walk(scope):
        stored = isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        if (stored or (isinstance(node, ast.arg) and node.arg == name)) and node.lineno < line:
            return True
    return False


def _walk(node: ast.AST, parents: Parents) -> Iterator[tuple[ast.AST, Parents]]:
    """Each node with its parents; what is inside an f-string is left out: before Python 3.12 it has no true place."""
    yield node, parents
    if not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from _walk(child, (*parents, node))


def _replace(source: str, node: ast.AST, new: ast.AST, parents: Parents) -> str:
    """The source with the text of *node* replaced by that of *new*; every other character stays."""
    text = ast.unparse(ast.fix_missing_locations(new))
    rows = source.encode().splitlines(keepends=True)
    begin = sum(len(row) for row in rows[: node.lineno - 1]) + node.col_offset
    end = sum(len(row) for row in rows[: node.end_lineno - 1]) + node.end_col_offset
    before, after = source.encode()[:begin].decode(), source.encode()[end:].decode()
    atom = isinstance(new, ast.Constant | ast.Name | ast.Call | ast.Slice | ast.stmt)
    bracketed = re.search(r"[(\[]\s*$", before) and re.match(r"\s*[)\]]", after)
    if not atom and parents and isinstance(parents[-1], _OPERANDS) and not bracketed:
        text = f"({text})"
    return before + text + after


def _compiles(source: str) -> bool:
    return _parse(source) is not None


def _parse(source: str) -> ast.Module | None:
    """The syntax tree, every node at its own place in *source*; IPython's magics are left out. None when it is no Python."""
    if source.lstrip().startswith("%%"):
        return None
    try:
        return ast.parse(MAGIC.sub("", source))
    except (SyntaxError, ValueError, RecursionError):
        return None
