"""In the learner's kernel: answer requests about what the learner's code defined.

Nothing here is trusted by the other side: the learner's code can change it, and then answers wrongly for itself alone.
"""

import asyncio
import base64
import contextlib
import inspect
import io
import operator
import os
import pickle
import random
import socket
import sys
import threading
import time
from typing import Any

from hallyu.grading.isolation import plain, wire

MESSAGE = 4000
"""Characters of an exception's text that are passed on."""
PRINTED = 200_000
"""Characters of what a call printed that are passed on."""
_COMPARED = ["eq", "ne", "lt", "le", "gt", "ge", "neg", "pos", "abs", "invert"]


def _swapped(operation: Any) -> Any:
    return lambda a, b: operation(b, a)


OPERATIONS = {
    **{f"__{name}__": getattr(operator, f"__{name}__") for name in (*plain.MATHS, *_COMPARED)},
    **{f"__r{name}__": _swapped(getattr(operator, f"__{name}__")) for name in plain.MATHS},
    **{f"__{f.__name__}__": f for f in (len, repr, str, bool, hash, iter, next, float, int)},
    "__index__": operator.index,
    "__contains__": operator.contains,
    "__getitem__": operator.getitem,
    "__setitem__": operator.setitem,
    "__delitem__": operator.delitem,
    "__enter__": lambda x: type(x).__enter__(x),
    "__exit__": lambda x: type(x).__exit__(x, None, None, None),
    "getattr": getattr,
    "setattr": setattr,
    "send": lambda x, sent: x.send(sent),
    "await": lambda x: _finish(x),
    "dir": dir,
}
"""What a stand-in may ask of the object that it stands for."""
_kept: dict[str, Any] = {}
_keys: dict[int, str] = {}
_wires: list[socket.socket] = []
_said: dict[str, dict] = {}  # watched names as they were last passed on


def refer(value: Any) -> dict:
    """Keep *value* here and say what it is."""
    if isinstance(value, Lent):
        return {"is": "lent", "id": object.__getattribute__(value, "_id")}
    if id(value) not in _keys:
        # Not the bare id: a kernel that was started anew must not mistake an older one's for its own.
        key = _keys[id(value)] = f"{id(value)}-{time.monotonic_ns()}"
        _kept[key] = value
    cls = value if isinstance(value, type) else type(value)
    return {
        "is": "ref",
        "id": _keys[id(value)],
        "callable": callable(value) and not isinstance(value, type),
        "class": isinstance(value, type),
        "name": getattr(value, "__name__", "") if callable(value) else "",
        "kind": _kind(value),
        "mro": [[c.__module__, c.__qualname__] for c in cls.__mro__],
        "exception": isinstance(value, type) and issubclass(value, BaseException),
    }


def _kind(value: Any) -> str:
    """What calling it, or going through it, is like."""
    for name, test in (
        ("async", inspect.iscoroutinefunction),
        ("generator", inspect.isgeneratorfunction),
        ("yielding", inspect.isgenerator),
    ):
        if test(value):
            return name
    return ""


def resolve(message: dict) -> Any:
    """What a reference, or something that the tests sent, stands for."""
    if message["is"] == "ref":
        return _kept[message["id"]]
    if message["is"] == "lent":
        return Lent(message["id"])
    if message["is"] == "pickled":
        return pickle.loads(base64.b64decode(message["v"]))
    raise ValueError(message["is"])


class Lent:
    """Stands for an object of the tests that stays with them: its methods and public attributes can be used."""

    def __init__(self, key: int):
        object.__setattr__(self, "_id", key)

    def __getattr__(self, name: str) -> Any:
        return _call_back("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _call_back("setattr", self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, over there."""
        return _call_back("call", self, *args, **kwargs)

    def __iter__(self) -> Any:
        again = _call_back("__iter__", self)
        with contextlib.suppress(StopIteration):
            while True:
                yield _call_back("__next__", again)


for _name in ("__len__", "__getitem__", "__setitem__", "__contains__", "__str__", "__next__"):
    setattr(Lent, _name, lambda self, *rest, _name=_name: _call_back(_name, self, *rest))


def _call_back(do: str, *args: Any, **kwargs: Any) -> Any:
    """Have the tests' kernel do something with an object that it lent, and answer what it asks meanwhile."""
    connection = _wires[-1]
    encoded = [plain.encode(x, refer) for x in args]
    named = {key: plain.encode(x, refer) for key, x in kwargs.items()}
    wire.send(connection, {"callback": do, "args": encoded, "kwargs": named})
    while "do" in (said := wire.receive(connection)):
        wire.send(connection, answer(said, _names))
    if "error" in said:
        raise _exception(said["error"])
    return plain.decode(said["value"], resolve)


def _exception(said: list) -> BaseException:
    found = vars(__builtins__ if inspect.ismodule(__builtins__) else sys.modules["builtins"]).get(said[0])
    known = isinstance(found, type) and issubclass(found, Exception)
    return found(said[1]) if known else RuntimeError(f"{said[0]}: {said[1]}")


_names: dict[str, Any] = {}


def serve(path: str, names: dict[str, Any]) -> None:
    """Answer over a Unix socket at *path* until the tests' kernel leaves. names: the learner's variables."""
    global _names
    _names = names
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        try:
            listener.listen(1)
            connection, _ = listener.accept()
        finally:
            os.unlink(path)
    _wires.append(connection)
    try:
        with connection, contextlib.suppress(wire.Broken):
            while True:
                request = wire.receive(connection)
                try:
                    wire.send(connection, answer(request, names))
                except ValueError as error:  # too large
                    wire.send(connection, {"error": _tell(error)})
    finally:
        _wires.remove(connection)


class _Printed(io.StringIO):
    """Keeps what is printed, to a limit."""

    def write(self, text: str) -> int:
        room = PRINTED - self.tell()
        super().write(text[: max(room, 0)])
        return len(text)


def answer(asked: dict, names: dict[str, Any]) -> dict:
    """The answer to one request."""
    out, err = _Printed(), _Printed()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            said = _do(asked, names)
            said["names"] = _shifted(asked.get("watch", ()), names)
    except BaseException as error:
        said = {"error": _tell(error), "names": _shifted(asked.get("watch", ()), names)}
    return {**said, "out": out.getvalue(), "err": err.getvalue()}


def _shifted(watched: Any, names: dict[str, Any]) -> dict:
    """Of the watched variables, those that are not as they were last told."""
    changed = {}
    for name in watched:
        if name in names:
            seen = _look(names[name])
            if seen != _said.get(name):
                changed[name] = _said[name] = seen
    return changed


def _do(asked: dict, names: dict[str, Any]) -> dict:
    if asked["do"] == "look":
        plain.own_classes.update(
            (name, names[name]) for name in asked["classes"] if isinstance(names.get(name), type)
        )
        found = [names[name] for name in asked["look"] if name in names]
        plain.asked_classes |= {
            x for x in found if isinstance(x, type) and issubclass(x, list | dict | set | tuple | frozenset)
        } - {list, dict, set, tuple, frozenset}
        seen = {name: _look(names[name]) for name in asked["look"] if name in names}
        _said.update(seen)
        return {"seen": seen}
    _take_randomness(asked.get("random", {}))
    arguments = [plain.decode(x, resolve) for x in asked.get("args", [])]
    named = {key: plain.decode(x, resolve) for key, x in asked.get("kwargs", {}).items()}
    changeable = {**{str(i): x for i, x in enumerate(arguments)}, **{f"={k}": x for k, x in named.items()}}
    before = {key: _state(value) for key, value in changeable.items() if _changes(value)}
    if asked["do"] == "call":
        function = names[asked["name"]] if "name" in asked else _kept[asked["id"]]
        result = function(*arguments, **named)
        if asked.get("finish"):
            result = _finish(result)
    else:
        result = OPERATIONS[asked["do"]](*arguments)
    same = [key for key in before if changeable[key] is result]
    said: dict = {"value": {"is": "argument", "key": same[0]} if same else plain.encode(result, refer)}
    said["changed"] = [
        [key, plain.encode(changeable[key], refer)]
        for key in before
        if not _same(_state(changeable[key]), before[key])
    ]
    return said


def _finish(awaitable: Any) -> Any:
    """The result of a coroutine, run in a thread of its own: the kernel's own event loop is busy with this request."""
    found: list = []

    async def wait() -> Any:
        return await awaitable

    def run() -> None:
        try:
            found.append((True, asyncio.run(wait())))
        except BaseException as error:
            found.append((False, error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    good, result = found[0]
    if not good:
        raise result
    return result


def _take_randomness(states: dict) -> None:
    """Go on with the random numbers of the tests, which seeded them."""
    if "random" in states:
        version, numbers, gauss = plain.decode(states["random"])
        random.setstate((version, tuple(numbers), gauss))
    if "numpy" in states:
        import numpy as np

        np.random.set_state(plain.decode(states["numpy"]))
    if "torch" in states:
        import torch

        torch.set_rng_state(plain.decode(states["torch"]))


def _look(value: Any) -> dict:
    """What a name of the learner's stands for: plain data, or a reference with what can be seen of it."""
    if inspect.ismodule(value):
        return {"is": "module"}
    seen = plain.encode(value, refer)
    if seen["is"] == "ref" and callable(value):
        with contextlib.suppress(TypeError, ValueError):
            seen["signature"] = str(inspect.signature(value))
        seen["doc"] = (getattr(value, "__doc__", None) or "")[:MESSAGE]
    return seen


CHANGEABLE = frozenset(
    [
        "list",
        "dict",
        "set",
        "bytearray",
        "ndarray",
        "Tensor",
        "DataFrame",
        "Series",
        "deque",
        "Counter",
        "OrderedDict",
    ]
)


def _changes(value: Any) -> bool:
    """Whether a function can change this argument for its caller."""
    return type(value).__name__ in CHANGEABLE or type(value) in plain.own_classes.values()


def _state(value: Any) -> Any:
    """Something to compare a changeable value's state by."""
    kind = type(value).__name__
    if kind == "ndarray" and value.dtype.kind != "O":
        return value.shape, value.tobytes()
    if kind == "Tensor":
        return tuple(value.shape), value.detach().clone()
    try:
        return plain.encode(value, lambda x: {"is": "ref", "id": id(x)})
    except TypeError:
        return None


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple) and type(a[1]).__name__ == "Tensor":
        return a[0] == b[0] and bool((a[1] == b[1]).logical_or((a[1] != a[1]) & (b[1] != b[1])).all())
    return a == b


def _tell(error: BaseException) -> dict:
    try:
        text = str(error)[:MESSAGE]
    except Exception:
        text = ""
    try:
        args = [plain.encode(a) for a in error.args]
    except TypeError:
        args = []
    fields = {}
    for name, value in getattr(error, "__dict__", {}).items():
        with contextlib.suppress(TypeError):
            fields[name] = plain.encode(value)
    mro = [[c.__module__, c.__qualname__] for c in type(error).__mro__]
    return {"mro": mro, "text": text, "args": args, "fields": fields}
