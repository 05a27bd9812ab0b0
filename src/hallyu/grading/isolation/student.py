"""In the learner's kernel: answer one request about what the learner's code defined.

Nothing here is trusted by the other side: the learner's code can change it, and then answers wrongly for itself alone.
"""

import base64
import contextlib
import inspect
import io
import json
import operator
from typing import Any

from hallyu.grading.isolation import plain

MESSAGE = 4000
"""Characters of an exception's text and of captured output that are passed on."""
_MATHS = (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "lshift",
    "rshift",
    "and_",
    "or_",
    "xor",
)
_COMPARED = ("eq", "ne", "lt", "le", "gt", "ge", "neg", "pos", "abs", "invert")


def _swapped(operation: Any) -> Any:
    return lambda a, b: operation(b, a)


OPERATIONS = {
    **{f"__{name.rstrip('_')}__": getattr(operator, name) for name in (*_MATHS, *_COMPARED)},
    **{f"__r{name.rstrip('_')}__": _swapped(getattr(operator, name)) for name in _MATHS},
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
    "dir": dir,
}
"""What a stand-in may ask of the object that it stands for."""
_kept: dict[int, Any] = {}


def refer(value: Any) -> dict:
    """Keep *value* here and say what it is."""
    key = id(value)
    _kept[key] = value
    cls = value if isinstance(value, type) else type(value)
    return {
        "is": "ref",
        "id": key,
        "callable": callable(value) and not isinstance(value, type),
        "class": isinstance(value, type),
        "name": getattr(value, "__name__", "") if callable(value) else "",
        "mro": [[c.__module__, c.__qualname__] for c in cls.__mro__],
        "exception": isinstance(value, type) and issubclass(value, BaseException),
    }


def resolve(message: dict) -> Any:
    """What a reference or a pickled argument stands for."""
    if message["is"] == "ref":
        return _kept[message["id"]]
    if message["is"] == "pickled":
        import cloudpickle

        return cloudpickle.loads(base64.b64decode(message["v"]))
    raise ValueError(message["is"])


def answer(request: str, names: dict[str, Any]) -> str:
    """The answer to one request, as JSON. names: the learner's variables."""
    asked = json.loads(base64.b64decode(request))
    out, err = io.StringIO(), io.StringIO()
    said: dict[str, Any] = {}
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            said = _do(asked, names)
    except BaseException as error:
        said = {"error": _tell(error)}
    return json.dumps({**said, "out": out.getvalue()[:MESSAGE], "err": err.getvalue()[:MESSAGE]})


def _do(asked: dict, names: dict[str, Any]) -> dict:
    if asked["do"] == "look":
        return {"names": {name: _look(names[name]) for name in asked["names"] if name in names}}
    arguments = [plain.decode(x, resolve) for x in asked.get("args", [])]
    named = {key: plain.decode(x, resolve) for key, x in asked.get("kwargs", {}).items()}
    before = _states(arguments, named)
    if asked["do"] == "call":
        function = names[asked["name"]] if "name" in asked else _kept[asked["id"]]
        result = function(*arguments, **named)
    else:
        result = OPERATIONS[asked["do"]](*arguments)
    said = {"value": plain.encode(result, refer)}
    after = _states(arguments, named)
    said["changed"] = [[key, after[key]] for key in after if after[key] != before.get(key)]
    return said


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


def _states(arguments: list, named: dict) -> dict[str, dict]:
    """The arguments that a function can change, as data."""
    everything = {**{str(i): x for i, x in enumerate(arguments)}, **{f"={k}": x for k, x in named.items()}}
    states = {}
    for key, value in everything.items():
        if type(value).__name__ in (
            "list",
            "dict",
            "set",
            "bytearray",
            "ndarray",
            "Tensor",
            "DataFrame",
            "Series",
            "deque",
        ):
            with contextlib.suppress(TypeError):
                states[key] = plain.encode(value, lambda x: {"is": "ref", "id": id(x)})
    return states


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
