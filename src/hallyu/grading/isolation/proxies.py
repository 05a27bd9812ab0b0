"""In the tests' kernel: stand-ins for what the learner's code defined.

A stand-in asks through the channel and gets plain data back; what cannot be plain data stays a stand-in. Whether two things
are equal is decided here, on plain data. A stand-in may decide it only where the instructor's own solution did so in the
same test (its profile): otherwise an object of a submission could declare itself equal to everything.
"""

import base64
import builtins
import inspect
import json
import linecache
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

from hallyu.grading.isolation import plain

MARK = "\x00hallyu\x00"
"""Begins a prompt on the stdin channel that is a request and not a question to a person."""
JUDGING = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__", "__bool__", "__hash__")
"""Operations by which an object decides the outcome of a test."""
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
    "and",
    "or",
    "xor",
)
OTHERS = (
    *(f"__{name}__" for name in _MATHS),
    *(f"__r{name}__" for name in _MATHS),
    *(
        f"__{name}__"
        for name in ("neg", "pos", "abs", "invert", "len", "str", "repr", "float", "int", "index", "next")
    ),
    *("__getitem__", "__setitem__", "__delitem__", "__enter__"),
)


class StudentError(Exception):
    """An exception of the submission whose class the tests do not know."""


class Channel:
    """Asks the learner's kernel, through the process that holds both."""

    def __init__(self, ask: Callable[[str], str], profile: Iterable[Iterable[str]] | None):
        self._ask = ask
        self.allowed = None if profile is None else {tuple(row) for row in profile}
        self.used: set[tuple[str, str, str, str]] = set()
        self.cell = ""
        self.classes: dict[tuple[str, str], type] = {}

    def ask(self, request: dict) -> dict:
        """One answer. Raises what the learner's code raised."""
        text = self._ask(MARK + base64.b64encode(json.dumps(request).encode()).decode())
        said = json.loads(text)
        if not isinstance(said, dict):
            raise StudentError("the submission's kernel gave no valid answer")
        for stream, words in ((sys.stdout, said.get("out")), (sys.stderr, said.get("err"))):
            if isinstance(words, str) and words:
                stream.write(words)
        if "error" in said:
            raise self.exception(said["error"])
        return said

    def call(self, target: dict, arguments: tuple, named: dict) -> Any:
        """Call a function or class of the learner's, or do an operation, and take over what it changed in its arguments."""
        args = [plain.encode(x, self.send) for x in arguments]
        kwargs = {key: plain.encode(x, self.send) for key, x in named.items()}
        said = self.ask({**target, "args": args, "kwargs": kwargs})
        for key, state in said.get("changed", []):
            change(
                named[key[1:]] if key.startswith("=") else arguments[int(key)],
                plain.decode(state, self.resolve),
            )
        return plain.decode(said["value"], self.resolve)

    def send(self, value: Any) -> dict:
        """What cannot be plain data: a stand-in goes back as its reference, anything else by pickle, which only they open."""
        reference = getattr(type(value), "_hallyu_reference", None)
        if reference is not None:
            return {"is": "ref", "id": object.__getattribute__(value, "_hallyu_id")}
        if isinstance(value, RemoteClass):
            return {"is": "ref", "id": value._hallyu_class["id"]}
        if isinstance(value, types.FunctionType) and hasattr(value, "_hallyu_function"):
            return {"is": "ref", "id": value._hallyu_function}
        import cloudpickle

        return {"is": "pickled", "v": base64.b64encode(cloudpickle.dumps(value)).decode()}

    def resolve(self, message: dict) -> Any:
        """A stand-in for a reference."""
        if message["is"] != "ref":
            raise ValueError(f"the submission gave {message['is']!r}, which is no plain data")
        if message.get("class"):
            return self.class_for(message)
        if message.get("callable") and message["mro"][0][1] in (
            "function",
            "builtin_function_or_method",
            "method",
        ):
            return self.function(message, "", str(message.get("name", "")))
        cls = next(
            (self.classes[tuple(row)] for row in message["mro"] if tuple(row) in self.classes), RemoteObject
        )
        value = object.__new__(cls)
        object.__setattr__(value, "_hallyu_id", int(message["id"]))
        object.__setattr__(value, "_hallyu_type", str(message["mro"][0][1]))
        object.__setattr__(value, "_hallyu_channel", self)
        return value

    def class_for(self, message: dict) -> type:
        """A stand-in class, with the stand-ins of its own bases, so that isinstance and issubclass work."""
        mro = [tuple(row) for row in message["mro"]]
        if mro[0] in self.classes:
            self.classes[mro[0]]._hallyu_class["id"] = message["id"]
            return self.classes[mro[0]]
        if message.get("exception"):
            known = next(c for row in mro[1:] if (c := _known_exception(row) or self.classes.get(row)))
            made = type(str(mro[0][1]), (known,), {"__module__": "__main__"})
        else:
            bases = tuple(self.classes[row] for row in mro[1:] if row in self.classes)[:1] or (RemoteObject,)
            about = {"__module__": "__main__", "_hallyu_class": {"id": message["id"], "channel": self}}
            made = RemoteClass(str(mro[0][1]), bases, about)
        self.classes[mro[0]] = made
        return made

    def function(self, seen: dict, source: str, name: str) -> Callable:
        """A stand-in for a function, with its name, signature, documentation and source."""
        target = {"do": "call", "id": seen["id"]}

        def proxy(*args: Any, **kwargs: Any) -> Any:
            return self.call(target, args, kwargs)

        proxy._hallyu_function = seen["id"]
        proxy.__name__ = proxy.__qualname__ = name or "function"
        proxy.__module__ = "__main__"
        proxy.__doc__ = str(seen.get("doc") or "") or None
        if signature := _signature(str(seen.get("signature", ""))):
            proxy.__signature__ = signature
        if source:
            file = f"<submission: {name}>"
            linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
            proxy.__code__ = proxy.__code__.replace(co_filename=file, co_firstlineno=1)
        return proxy

    def bind(self, names: dict[str, str], into: dict[str, Any]) -> None:
        """Put stand-ins or plain data for the learner's *names* (name -> source of its definition) into a namespace."""
        for name, seen in self.ask({"do": "look", "names": list(names)})["names"].items():
            if name not in names or seen["is"] == "module":
                continue
            if seen["is"] == "ref" and seen.get("callable") and not seen.get("class"):
                into[name] = self.function(seen, names[name], name)
            else:
                into[name] = plain.decode(seen, self.resolve)

    def exception(self, said: dict) -> BaseException:
        """The learner's exception as one that the tests can catch."""
        rows = [tuple(row) for row in said["mro"]]
        cls = next((c for row in rows if (c := self.classes.get(row) or _known_exception(row))), StudentError)
        if not issubclass(cls, Exception):  # SystemExit and its like end nothing here
            cls = StudentError
        error = cls.__new__(cls)
        args = [plain.decode(a) for a in said.get("args", [])]
        error.args = tuple(args) or (str(said.get("text", "")),)
        for name, value in said.get("fields", {}).items():
            object.__setattr__(error, str(name), plain.decode(value))
        return error

    def judge(self, value: "RemoteObject", name: str, other: Any) -> None:
        """Note that a stand-in decides a comparison. Raises TypeError when the solution's did not."""
        row = (
            self.cell,
            value._hallyu_type,
            name,
            type(other).__name__ if not isinstance(other, RemoteObject) else "object",
        )
        self.used.add(row)
        if self.allowed is not None and row not in self.allowed:
            raise TypeError(
                f"here the submission gives an object of its own class {value._hallyu_type}, which would decide by itself "
                f"whether it passes ({name.strip('_')}); plain data are expected"
            )


class RemoteClass(type):
    """The class of stand-in classes: calling one makes an object in the learner's kernel."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make an object over there."""
        about = cls._hallyu_class
        return about["channel"].call({"do": "call", "id": about["id"]}, args, kwargs)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_") or "_hallyu_class" not in cls.__dict__:
            raise AttributeError(name)
        about = cls.__dict__["_hallyu_class"]
        return about["channel"].call({"do": "getattr"}, (cls, name), {})


class RemoteObject:
    """Stands for an object that stays in the learner's kernel."""

    _hallyu_reference = True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_hallyu") or name in ("_repr_html_", "_ipython_display_", "_repr_mimebundle_"):
            raise AttributeError(name)
        return self._hallyu_channel.call({"do": "getattr"}, (self, name), {})

    def __setattr__(self, name: str, value: Any) -> None:
        self._hallyu_channel.call({"do": "setattr"}, (self, name, value), {})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object over there."""
        return self._hallyu_channel.call({"do": "call", "id": self._hallyu_id}, args, kwargs)

    def __iter__(self) -> Any:
        again = self._hallyu_channel.call({"do": "__iter__"}, (self,), {})
        if isinstance(again, RemoteObject):
            while True:
                try:
                    yield self._hallyu_channel.call({"do": "__next__"}, (again,), {})
                except StopIteration:
                    return
        else:
            yield from again

    def __dir__(self) -> list[str]:
        return self._hallyu_channel.call({"do": "dir"}, (self,), {})

    def __exit__(self, *error: Any) -> Any:
        return self._hallyu_channel.call({"do": "__exit__"}, (self,), {})


def _operation(name: str) -> Callable:
    def ask(self: RemoteObject, *others: Any) -> Any:
        if name in JUDGING:
            self._hallyu_channel.judge(self, name, others[0] if others else None)
        return self._hallyu_channel.call({"do": name}, (self, *others), {})

    return ask


for _name in (*JUDGING, *OTHERS):
    setattr(RemoteObject, _name, _operation(_name))


plain.stand_ins += [RemoteClass, RemoteObject]


def change(old: Any, new: Any) -> None:
    """Give *old*, an argument, the content of *new*, as the learner's function left it."""
    if isinstance(old, list | bytearray):
        old[:] = new
    elif isinstance(old, dict | set):
        old.clear()
        old.update(new)
    elif type(old).__name__ == "deque":
        old.clear()
        old.extend(new)
    elif type(old).__name__ == "ndarray":
        old[...] = new
    elif type(old).__name__ == "Tensor":
        old.data.copy_(new)
    elif type(old).__name__ in ("DataFrame", "Series"):
        old._update_inplace(new)


def _known_exception(row: tuple[str, str]) -> type | None:
    module, name = row
    found = vars(builtins).get(name) if module == "builtins" else plain._loaded(module, name)
    return (
        found
        if isinstance(found, type) and issubclass(found, BaseException) and module != "__main__"
        else None
    )


def _signature(text: str) -> inspect.Signature | None:
    """A signature from its text; defaults that are no literals are shown by their text."""
    import ast

    try:
        arguments = ast.parse(f"def f{text.split(' -> ')[0]}: pass").body[0].args
    except (SyntaxError, IndexError):
        return None

    def default(node: ast.expr | None) -> Any:
        if node is None:
            return inspect.Parameter.empty
        try:
            return ast.literal_eval(node)
        except ValueError:
            return ast.unparse(node)

    kinds = inspect.Parameter
    plain_ones = [(a.arg, kinds.POSITIONAL_ONLY) for a in arguments.posonlyargs]
    plain_ones += [(a.arg, kinds.POSITIONAL_OR_KEYWORD) for a in arguments.args]
    defaults = [None] * (len(plain_ones) - len(arguments.defaults)) + list(arguments.defaults)
    made = [
        kinds(name, kind, default=default(d)) for (name, kind), d in zip(plain_ones, defaults, strict=True)
    ]
    if arguments.vararg:
        made.append(kinds(arguments.vararg.arg, kinds.VAR_POSITIONAL))
    for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        made.append(kinds(a.arg, kinds.KEYWORD_ONLY, default=default(d)))
    if arguments.kwarg:
        made.append(kinds(arguments.kwarg.arg, kinds.VAR_KEYWORD))
    return inspect.Signature(made)
