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

MATHS = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "lshift", "rshift"),
    *("and", "or", "xor"),
)
"""Operations of two operands, by the names between their underscores, that a stand-in hands on to its object."""
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
        if refer is not None:
            return refer(value)
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
    if refer is not None and kind in asked_classes:
        return refer(value)
    for name, (test, out, _) in _CARRIED.items():
        if test(value):
            with contextlib.suppress(TypeError):  # an odd one of its kind, such as a sparse tensor
                return {"is": name, "v": out(value, inner)}
            break
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
asked_classes: set[type] = set()
"""The submission's classes that tests know by name: their instances are references, even if they extend containers."""
own_classes: dict[str, type] = {}
"""Classes that the assignment's locked cells define, on both sides."""


def _loaded(module: str, name: str) -> Any:
    """Something from a module that is loaded already, or belongs to one of *packages*; None otherwise."""
    if module == "__main__":
        return own_classes.get(name)
    if module not in sys.modules and module.split(".")[0] in packages:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, "__dict__", {}).get(part)
    return found


def _is_library(cls: type) -> bool:
    return _loaded(cls.__module__, cls.__qualname__) is cls


def _of(module: str, name: str) -> Callable[[Any], bool]:
    """A test for instances of a class of a library that may not be loaded."""

    def test(value: Any) -> bool:
        cls = _loaded(module, name)
        return cls is not None and isinstance(value, cls)

    return test


def _array_out(value: Any, inner: Callable) -> dict:
    import numpy as np

    value = np.asarray(value)
    if value.dtype.kind == "V":
        raise TypeError("a structured array")
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


def _masked_out(value: Any, inner: Callable) -> dict:
    import numpy as np

    return {"data": _array_out(value.data, inner), "mask": _array_out(np.ma.getmaskarray(value), inner)}


def _masked_in(data: dict, inner: Callable) -> Any:
    import numpy as np

    return np.ma.MaskedArray(_array_in(data["data"], inner), _array_in(data["mask"], inner))


def _tensor_out(value: Any, inner: Callable) -> dict:
    flat = value.detach().cpu().resolve_conj().resolve_neg()
    kind = str(flat.dtype).removeprefix("torch.")
    if kind in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
        flat = flat.float()
    about = {"grad": bool(value.requires_grad), "parameter": type(value).__name__ == "Parameter"}
    return {"type": kind, "array": _array_out(flat.numpy(), inner), **about}


def _tensor_in(data: dict, inner: Callable) -> Any:
    import torch

    value = torch.from_numpy(_array_in(data["array"], inner)).to(_torch_type(data["type"]))
    if data["parameter"]:
        return torch.nn.Parameter(value, requires_grad=bool(data["grad"]))
    return value.requires_grad_() if data["grad"] else value


def _torch_type(name: Any) -> Any:
    import torch

    kind = getattr(torch, str(name), None)
    if not isinstance(kind, torch.dtype):
        raise ValueError("not a tensor's type")
    return kind


def _image_out(value: Any, inner: Callable) -> dict:
    about = {"palette": value.getpalette() if value.mode == "P" else None, "format": value.format}
    pixels = base64.b64encode(value.tobytes()).decode()
    return {"mode": value.mode, "size": list(value.size), "data": pixels, **about}


def _image_in(data: dict, inner: Callable) -> Any:
    from PIL import Image

    pixels = base64.b64decode(data["data"])
    width, height = (int(n) for n in data["size"])
    if width < 0 or height < 0 or width * height > 8 * len(pixels):
        raise ValueError("the picture's data are too short for its size")
    image = Image.frombytes(str(data["mode"]), (width, height), pixels)
    if data["palette"]:
        image.putpalette([int(n) for n in data["palette"]])
    image.format = None if data["format"] is None else str(data["format"])
    return image


def _table_out(value: Any, inner: Callable) -> dict:
    series = type(value).__name__ == "Series"
    columns = [value] if series else [value.iloc[:, i] for i in range(value.shape[1])]
    return {
        "series": series,
        "names": [inner(value.name)] if series else [inner(name) for name in value.columns],
        "index": _column_out(value.index, inner),
        "index names": [inner(name) for name in value.index.names],
        "frequency": getattr(value.index, "freqstr", None),
        "columns": [_column_out(column, inner) for column in columns],
    }


def _column_out(column: Any, inner: Callable) -> dict:
    return {"type": str(column.dtype), "values": _array_out(column.to_numpy(), inner)}


def _table_in(data: dict, inner: Callable) -> Any:
    import pandas as pd

    index = _typed(pd.Index(_array_in(data["index"]["values"], inner)), data["index"]["type"])
    index.names = [inner(name) for name in data["index names"]]
    if data["frequency"]:
        index.freq = pd.tseries.frequencies.to_offset(str(data["frequency"]))
    names = [inner(name) for name in data["names"]]
    columns = [
        _typed(pd.Series(_array_in(c["values"], inner), index=index), c["type"]) for c in data["columns"]
    ]
    if data["series"]:
        return columns[0].rename(names[0])
    table = pd.DataFrame(dict(enumerate(columns)), index=index)
    table.columns = pd.Index(names)
    return table


def _typed(column: Any, kind: Any) -> Any:
    """A column as its own type, where its values alone have made another of it."""
    return column if str(column.dtype) == str(kind) else column.astype(str(kind))


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


def _instance_out(value: Any, inner: Callable) -> dict:
    state = dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                state[name] = getattr(value, name)
    return {"name": type(value).__qualname__, "state": {str(k): inner(v) for k, v in state.items()}}


def _instance_in(data: dict, inner: Callable) -> Any:
    cls = own_classes.get(str(data["name"]))
    if cls is None or not _is_own(cls):
        raise ValueError(f"{data['name']} is no class that the assignment defines")
    value = object.__new__(cls)
    for name, field in data["state"].items():
        object.__setattr__(value, str(name), inner(field))
    return value


def _is_own(cls: type) -> bool:
    """Whether a class is wholly the assignment's, so that its instances are their attributes and no more."""
    return own_classes.get(cls.__qualname__) is cls and all(
        c is object
        or own_classes.get(c.__qualname__) is c
        or c.__module__ in ("abc", "typing", "collections.abc")
        for c in cls.__mro__
    )


_PLAIN = (str, int, float, bool, complex, list, tuple, set, frozenset, dict, bytes)


def _named_in(data: list, inner: Callable) -> Any:
    values = [inner(i) for i in data[2]]
    own = own_classes.get(str(data[0]))
    if own is not None and issubclass(own, tuple) and list(own._fields) == data[1]:
        return own._make(values)
    return collections.namedtuple(data[0], data[1])(*values)


def _type_in(data: list, inner: Callable) -> Any:
    found = _loaded(str(data[0]), str(data[1]))
    if not isinstance(found, type) or not _is_plain_type(found):
        raise ValueError(f"{data[1]} is no plain type")
    return found


def _is_plain_type(value: Any) -> bool:
    return isinstance(value, type) and (
        value in _PLAIN or (value.__module__ == "numpy" and _of_numbers(value))
    )


def _of_numbers(cls: type) -> bool:
    generic = _loaded("numpy", "generic")
    return generic is not None and issubclass(cls, generic)


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
        lambda x, _: [type(x).__name__, base64.b64encode(x).decode()],
        lambda v, _: {"bytes": bytes, "bytearray": bytearray}[v[0]](base64.b64decode(v[1])),
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
    "type": (_is_plain_type, lambda x, _: [x.__module__, x.__name__], _type_in),
    "stamp": (
        _of("pandas", "Timestamp"),
        lambda x, _: x.isoformat(),
        lambda v, _: _loaded("pandas", "Timestamp")(str(v)),
    ),
    "span": (
        _of("pandas", "Timedelta"),
        lambda x, _: x.isoformat(),
        lambda v, _: _loaded("pandas", "Timedelta")(str(v)),
    ),
    "dtype": (
        _of("numpy", "dtype"),
        lambda x, _: x.str,
        lambda v, _: _loaded("numpy", "dtype")(str(v)),
    ),
    "torch type": (
        _of("torch", "dtype"),
        lambda x, _: str(x).removeprefix("torch."),
        lambda v, _: _torch_type(v),
    ),
    "instance": (lambda x: _is_own(type(x)), _instance_out, _instance_in),
    "member": (
        lambda x: isinstance(x, enum.Enum) and _is_library(type(x)),
        lambda x, _: {"module": type(x).__module__, "name": type(x).__qualname__, "member": x.name},
        _member_in,
    ),
    "scalar": (_of("numpy", "generic"), _array_out, lambda v, inner: _array_in(v, inner)[()]),
    "masked": (_of("numpy.ma", "MaskedArray"), _masked_out, _masked_in),
    "array": (
        lambda x: type(x).__module__ == "numpy" and type(x).__name__ in ("ndarray", "memmap"),
        _array_out,
        _array_in,
    ),
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
        _named_in,
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
