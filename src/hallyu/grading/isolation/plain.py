"""Values as plain data: what may cross from a learner's kernel to the tests' kernel.

No pickle, and no class that the sender names freely: the receiver builds numbers, text, containers, arrays, tensors, images,
tables, and dataclasses of modules that it has loaded itself. Whatever cannot be carried becomes a reference, which stays on
the sender's side and is asked through the channel.

>>> decode(encode({"a": (1, 2.5), "b": {3}}))
{'a': (1, 2.5), 'b': {3}}
"""

import base64
import collections
import contextlib
import dataclasses
import datetime
import decimal
import enum
import fractions
import importlib
import pathlib
import sys
from collections.abc import Callable
from typing import Any

DEPTH = 60
"""Containers in containers that are followed."""
NUMBER_KINDS = "biufcmMSU"
"""Kinds of NumPy data that are numbers, times or text; never objects."""

Refer = Callable[[Any], dict]
"""Turns what cannot be carried into a message."""
Resolve = Callable[[dict], Any]
"""Turns such a message into something to work with."""


def encode(value: Any, refer: Refer | None = None, depth: int = 0) -> dict:
    """*value* as JSON-able data. Raises TypeError when it cannot be carried and there is no *refer*."""
    if depth > DEPTH:
        raise TypeError(f"the value nests more than {DEPTH} levels deep")
    inner = lambda x: encode(x, refer, depth + 1)
    kind = type(value)
    if refer is not None and issubclass(kind, tuple(stand_ins)):
        return refer(value)
    if value is None or kind in (bool, str):
        return {"is": "plain", "v": value}
    if kind is float:
        return {"is": "float", "v": value.hex()}
    if kind is int:
        return {"is": "int", "v": hex(value)}
    if kind in (list, tuple, set, frozenset):
        return {"is": kind.__name__, "v": [inner(x) for x in value]}
    if kind is dict:
        return {"is": "dict", "v": [[inner(k), inner(v)] for k, v in value.items()]}
    for name, (test, out, _) in _CARRIED.items():
        if test(value):
            return {"is": name, "v": out(value, inner)}
    if refer is None:
        raise TypeError(f"a value of type {kind.__module__}.{kind.__qualname__} cannot be carried")
    return refer(value)


def decode(data: Any, resolve: Resolve | None = None, depth: int = 0) -> Any:
    """The value of *data*. Raises TypeError or ValueError for anything that :func:`encode` does not make."""
    if depth > DEPTH:
        raise ValueError("the data nest too deep")
    if not isinstance(data, dict) or not isinstance(data.get("is"), str):
        raise ValueError("not a message")
    inner = lambda x: decode(x, resolve, depth + 1)
    name, value = data["is"], data.get("v")
    if name == "plain":
        if value is None or isinstance(value, bool | str):
            return value
        raise ValueError("not plain")
    if name == "float":
        return float.fromhex(value)
    if name == "int":
        return int(value, 16)
    if name in _CONTAINERS:
        return _CONTAINERS[name](inner(x) for x in value)
    if name == "dict":
        return {inner(k): inner(v) for k, v in value}
    if name in _CARRIED:
        return _CARRIED[name][2](value, inner)
    if resolve is None:
        raise ValueError(f"nothing is known of {name!r}")
    return resolve(data)


_CONTAINERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


stand_ins: list[type] = []
"""Types whose instances are references already, and are never looked into."""
packages: set[str] = set()
"""Packages whose modules the receiver may import to know a class: those that the assignment itself imports."""


def _loaded(module: str, name: str) -> Any:
    """Something from a module that is loaded already, or belongs to one of *packages*; None otherwise."""
    if module not in sys.modules and module.split(".")[0] in packages:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = vars(found).get(part) if found is not None else None
    return found


def _is_library(cls: type) -> bool:
    return cls.__module__ != "__main__" and _loaded(cls.__module__, cls.__qualname__) is cls


def _of(module: str, name: str) -> Callable[[Any], bool]:
    """A test for instances of a class of a library that may not be loaded."""

    def test(value: Any) -> bool:
        cls = _loaded(module, name)
        return cls is not None and isinstance(value, cls)

    return test


def _array_out(value: Any, inner: Callable) -> dict:
    import numpy as np

    value = np.asarray(value)
    if value.dtype.kind not in NUMBER_KINDS:
        return {"objects": [inner(x) for x in value.ravel().tolist()], "shape": list(value.shape)}
    flat = np.ascontiguousarray(value)
    return {
        "type": value.dtype.str,
        "shape": list(value.shape),
        "data": base64.b64encode(flat.tobytes()).decode(),
    }


def _array_in(data: dict, inner: Callable) -> Any:
    import numpy as np

    shape = tuple(int(n) for n in data["shape"])
    if "objects" in data:
        out = np.empty(len(data["objects"]), object)
        out[:] = [inner(x) for x in data["objects"]]
        return out.reshape(shape)
    kind = np.dtype(data["type"])
    if kind.kind not in NUMBER_KINDS:
        raise ValueError("not numbers")
    return np.frombuffer(base64.b64decode(data["data"]), kind).reshape(shape).copy()


def _tensor_out(value: Any, inner: Callable) -> dict:
    value = value.detach().cpu().resolve_conj().resolve_neg()
    kind = str(value.dtype).removeprefix("torch.")
    if kind in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
        value = value.float()
    return {"type": kind, "array": _array_out(value.numpy(), inner)}


def _tensor_in(data: dict, inner: Callable) -> Any:
    import torch

    kind = getattr(torch, data["type"], None)
    if not isinstance(kind, torch.dtype):
        raise ValueError("not a tensor's type")
    return torch.from_numpy(_array_in(data["array"], inner)).to(kind)


def _image_out(value: Any, inner: Callable) -> dict:
    import numpy as np

    palette = value.getpalette() if value.mode == "P" else None
    return {"mode": value.mode, "palette": palette, "array": _array_out(np.asarray(value), inner)}


def _image_in(data: dict, inner: Callable) -> Any:
    from PIL import Image

    array = _array_in(data["array"], inner)
    if data["mode"] in ("P", "CMYK", "YCbCr", "LAB", "HSV"):
        image = Image.frombytes(data["mode"], (array.shape[1], array.shape[0]), array.tobytes())
        if data["palette"]:
            image.putpalette([int(n) for n in data["palette"]])
        return image
    return Image.fromarray(array)


def _table_out(value: Any, inner: Callable) -> dict:
    series = type(value).__name__ == "Series"
    table = value.to_frame("0") if series else value
    columns = [
        [inner(name), _array_out(table.iloc[:, i].to_numpy(), inner)] for i, name in enumerate(table.columns)
    ]
    name = inner(value.name) if series else None
    return {
        "series": series,
        "name": name,
        "index": _array_out(table.index.to_numpy(), inner),
        "columns": columns,
    }


def _table_in(data: dict, inner: Callable) -> Any:
    import pandas as pd

    index = pd.Index(_array_in(data["index"], inner))
    columns = [
        (inner(name), pd.Series(_array_in(values, inner), index=index)) for name, values in data["columns"]
    ]
    if data["series"]:
        return columns[0][1].rename(inner(data["name"]))
    table = pd.DataFrame({i: column for i, (_, column) in enumerate(columns)}, index=index)
    table.columns = pd.Index([name for name, _ in columns])
    return table


def _record_out(value: Any, inner: Callable) -> dict:
    fields = {f.name: inner(object.__getattribute__(value, f.name)) for f in dataclasses.fields(value)}
    return {"module": type(value).__module__, "name": type(value).__qualname__, "fields": fields}


def _record_in(data: dict, inner: Callable) -> Any:
    cls = _loaded(str(data["module"]), str(data["name"]))
    if not (isinstance(cls, type) and dataclasses.is_dataclass(cls) and _is_library(cls)):
        raise ValueError(f"{data['name']} is no dataclass that the tests know")
    value = object.__new__(cls)
    for field in dataclasses.fields(cls):
        object.__setattr__(value, field.name, inner(data["fields"][field.name]))
    return value


def _member_in(data: dict, inner: Callable) -> Any:
    cls = _loaded(str(data["module"]), str(data["name"]))
    if not (isinstance(cls, type) and issubclass(cls, enum.Enum) and _is_library(cls)):
        raise ValueError(f"{data['name']} is no enumeration that the tests know")
    return cls[data["member"]]


_TEXT_TYPES = {
    "decimal": decimal.Decimal,
    "fraction": fractions.Fraction,
    "path": pathlib.PurePath,
}
_TIME_TYPES = {"datetime": datetime.datetime, "date": datetime.date, "time": datetime.time}

_COLLECTIONS = {c.__name__: c for c in (collections.Counter, collections.OrderedDict, collections.deque)}


def _collection_in(name: str, content: Any) -> Any:
    return _COLLECTIONS[name](content)


_CARRIED: dict[str, tuple[Callable, Callable, Callable]] = {
    "complex": (
        lambda x: type(x) is complex,
        lambda x, _: [x.real.hex(), x.imag.hex()],
        lambda v, _: complex(float.fromhex(v[0]), float.fromhex(v[1])),
    ),
    "bytes": (
        lambda x: type(x) in (bytes, bytearray),
        lambda x, _: base64.b64encode(x).decode(),
        lambda v, _: base64.b64decode(v),
    ),
    "range": (
        lambda x: type(x) in (range, slice),
        lambda x, _: [type(x).__name__, x.start, x.stop, x.step],
        lambda v, _: {"range": range, "slice": slice}[v[0]](*(None if n is None else int(n) for n in v[1:])),
    ),
    **{
        name: (lambda x, c=cls: isinstance(x, c), lambda x, _: str(x), lambda v, _, c=cls: _from_text(c, v))
        for name, cls in _TEXT_TYPES.items()
    },
    **{
        name: (
            lambda x, c=cls: type(x) is c,
            lambda x, _: x.isoformat(),
            lambda v, _, c=cls: c.fromisoformat(v),
        )
        for name, cls in _TIME_TYPES.items()
    },
    "timedelta": (
        lambda x: type(x) is datetime.timedelta,
        lambda x, _: [x.days, x.seconds, x.microseconds],
        lambda v, _: datetime.timedelta(*(int(n) for n in v)),
    ),
    "member": (
        lambda x: isinstance(x, enum.Enum) and _is_library(type(x)),
        lambda x, _: {"module": type(x).__module__, "name": type(x).__qualname__, "member": x.name},
        _member_in,
    ),
    "scalar": (_of("numpy", "generic"), _array_out, lambda v, inner: _array_in(v, inner)[()]),
    "array": (_of("numpy", "ndarray"), _array_out, _array_in),
    "tensor": (_of("torch", "Tensor"), _tensor_out, _tensor_in),
    "image": (_of("PIL.Image", "Image"), _image_out, _image_in),
    "table": (
        lambda x: any(_of("pandas", name)(x) for name in ("DataFrame", "Series")),
        _table_out,
        _table_in,
    ),
    "record": (
        lambda x: dataclasses.is_dataclass(x) and not isinstance(x, type) and _is_library(type(x)),
        _record_out,
        _record_in,
    ),
    "collection": (
        lambda x: type(x) in _COLLECTIONS.values(),
        lambda x, inner: [type(x).__name__, inner(dict(x) if isinstance(x, dict) else list(x))],
        lambda v, inner: _collection_in(str(v[0]), inner(v[1])),
    ),
    "named": (
        lambda x: isinstance(x, tuple) and isinstance(getattr(type(x), "_fields", None), tuple),
        lambda x, inner: [type(x).__name__, list(type(x)._fields), [inner(i) for i in tuple.__iter__(x)]],
        lambda v, inner: collections.namedtuple(v[0], v[1])(*(inner(i) for i in v[2])),
    ),
    # Honest subclasses of plain types travel as what they extend.
    "subclass": (
        lambda x: (
            isinstance(x, str | int | float | list | tuple | set | frozenset | dict)
            and type(x).__flags__ & (1 << 9)
        ),
        lambda x, inner: inner(_base(x)),
        lambda v, inner: inner(v),
    ),
}


def _from_text(cls: type, text: Any) -> Any:
    return (pathlib.Path if cls is pathlib.PurePath else cls)(str(text))


def _base(value: Any) -> Any:
    """A plain copy of an instance of a subclass of a plain type, made without asking the subclass."""
    for cls, copy in (
        (str, str.__str__),
        (int, int.__int__),
        (float, float.__float__),
        (list, list.copy),
        (tuple, lambda x: tuple(tuple.__iter__(x))),
        (set, set.copy),
        (frozenset, lambda x: frozenset(frozenset.__iter__(x))),
        (dict, dict.copy),
    ):
        if isinstance(value, cls):
            made = copy(value)
            return made if type(made) is cls else cls(made)
    raise TypeError("not a subclass of a plain type")
