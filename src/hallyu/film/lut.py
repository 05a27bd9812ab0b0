"""Look-up tables: .cube files, how a LUT is read between its nodes, how one is solved from pairs, and what it costs.

A grade that leaves the house leaves as a LUT: Resolve, Nuke, Premiere, ffmpeg and most monitors read .cube.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.film import colour

SIZE = 33
"""Nodes along each axis of a LUT for delivery; 17 is common on a set, 65 for film emulations."""
LARGEST = {1: 65536, 3: 129}
"""The longest curve that the format allows, and the largest cube that is read here (the format would allow 256)."""

_LONGEST_FILE = 200_000_000  # bytes
_BLOCK = 1 << 13  # pixels looked up at once, so that they stay in the processor's cache


@dataclass(frozen=True)
class Cube:
    """A 3D LUT. table: (n, n, n, 3) float32, table[r, g, b] is the colour that node becomes.

    low, high: the input at the first and the last node of each axis; what lies beyond is held there.
    """

    table: np.ndarray
    title: str = ""
    low: tuple[float, float, float] = (0.0, 0.0, 0.0)
    high: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @property
    def size(self) -> int:
        """Nodes along an axis."""
        return len(self.table)


@dataclass(frozen=True)
class Curves:
    """A 1D LUT: one curve for each channel. table: (n, 3) float32. low, high: as of a Cube."""

    table: np.ndarray
    title: str = ""
    low: tuple[float, float, float] = (0.0, 0.0, 0.0)
    high: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @property
    def size(self) -> int:
        """Points of a curve."""
        return len(self.table)


def nodes(size: int = SIZE) -> np.ndarray:
    """(size, size, size, 3) the colours at the nodes of a cube over 0..1, which are also the LUT that changes nothing.

    >>> nodes(2)[1, 0, 0]
    array([1., 0., 0.], dtype=float32)
    """
    steps = np.linspace(0, 1, size, dtype=np.float32)
    return np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)


def bake(move: Callable[[np.ndarray], np.ndarray], size: int = SIZE, title: str = "") -> Cube:
    """A LUT of any function from code values (..., 3) to code values: a CDL, a transfer, a chain of grades.

    >>> float(bake(lambda rgb: rgb * 0.5).table[-1, -1, -1, 0])
    0.5
    """
    return Cube(np.asarray(move(nodes(size)), np.float32), title)


# --- reading between the nodes ----------------------------------------------------------------------------------------


def apply(frame: np.ndarray, lut: Cube | Curves, interpolation: str = "tetrahedral") -> np.ndarray:
    """The frame, or any colours (..., 3), seen through a LUT; float32 of the same shape. A matte stays.

    interpolation: "tetrahedral", as every grading tool reads a cube, or "trilinear", as a graphics card does. The
    first keeps greys grey and is quicker; the second mixes eight nodes where four would do.
    Raises HallyuError for another interpolation, and for values that are not numbers.
    """
    if interpolation not in _CORNERS:
        raise HallyuError(
            f"A LUT is read by one of {', '.join(_CORNERS)}, not {interpolation!r}; choose one of these."
        )
    frame = np.asarray(frame, np.float32)
    if frame.ndim == 3 and frame.shape[2] == 4:
        return np.concatenate([apply(frame[..., :3], lut, interpolation), frame[..., 3:]], axis=2)
    if not np.isfinite(frame).all():
        raise HallyuError("The frame holds values that are not numbers (NaN or infinite); render it again.")
    low, high = np.float32(lut.low), np.float32(lut.high)
    places = np.clip((frame.reshape(-1, 3) - low) / (high - low), 0, 1) * np.float32(lut.size - 1)
    if isinstance(lut, Curves):
        at = np.arange(lut.size)
        read = [np.interp(places[:, i], at, lut.table[:, i]) for i in range(3)]
        return np.stack(read, axis=1).astype(np.float32).reshape(frame.shape)
    table, seen = lut.table.reshape(-1, 3), np.empty_like(places)
    for start in range(0, len(places), _BLOCK):
        part = slice(start, start + _BLOCK)
        corners, shares = _CORNERS[interpolation](places[part], lut.size)
        seen[part] = np.matmul(shares[:, None], table.take(corners, axis=0))[:, 0]
    return seen.reshape(frame.shape)


def _tetrahedron(places: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, 4) the nodes around places (n, 3) in steps from the first node, and (n, 4) the share of each.

    A cell is cut into six tetrahedra that share the diagonal from dark to bright. From the cell's darkest corner one
    walks to its brightest, first along the axis on which the place lies farthest. Source: J. M. Kasson, W. Plouffe
    and S. I. Nin, "A tetrahedral interpolation technique for color space conversion", SPIE 1909 (1993).
    """
    cell = np.minimum(places.astype(np.int32), size - 2)
    inside, strides = places - cell, _strides(size)
    red, green, blue = inside.T
    most, least = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    middle = np.maximum(np.minimum(red, green), np.minimum(np.maximum(red, green), blue))
    dark = cell @ strides
    bright = dark + strides.sum()
    corners = [dark, dark + strides[inside.argmax(axis=1)], bright - strides[inside.argmin(axis=1)], bright]
    return np.stack(corners, axis=1), np.stack([1 - most, most - middle, middle - least, least], axis=1)


def _cell(places: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, 8) the nodes around places (n, 3) and the share of each: by how near it is, along the three axes."""
    cell = np.minimum(places.astype(np.int32), size - 2)
    inside = places - cell
    corner = np.array([[r, g, b] for r in (0, 1) for g in (0, 1) for b in (0, 1)])
    near = np.where(corner, inside[:, None], 1 - inside[:, None])
    return (cell @ _strides(size))[:, None] + corner @ _strides(size), near.prod(axis=2)


def _strides(size: int) -> np.ndarray:
    return np.array([size * size, size, 1])


_CORNERS = {"tetrahedral": _tetrahedron, "trilinear": _cell}


# --- .cube files ------------------------------------------------------------------------------------------------------


def write(path: str | Path, lut: Cube | Curves) -> Path:
    """Write a .cube file, six places behind the point. Source: Adobe, Cube LUT Specification 1.0.

    Raises HallyuError for a title of more than one line or with quotation marks, for values that are not numbers, and
    when it cannot be written.
    """
    path, dimensions = Path(path), 3 if isinstance(lut, Cube) else 1
    if '"' in lut.title or "\n" in lut.title:
        raise HallyuError(
            f"A LUT's title is one line without quotation marks, and this is {lut.title!r}; shorten it."
        )
    if not np.isfinite(lut.table).all():
        raise HallyuError(
            f"{path} was not written, because the LUT holds values that are not numbers; solve it again."
        )
    # A file counts up red first, blue last.
    rows = lut.table.transpose(2, 1, 0, 3).reshape(-1, 3) if dimensions == 3 else lut.table
    head = [f'TITLE "{lut.title}"'] if lut.title else []
    head.append(f"LUT_{dimensions}D_SIZE {lut.size}")
    head += [
        f"DOMAIN_{name} {' '.join(f'{value:g}' for value in values)}"
        for name, values in (("MIN", lut.low), ("MAX", lut.high))
    ]
    with write_whole(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(head) + "\n\n")
        np.savetxt(file, rows, fmt="%.6f")
    return path


def read(path: str | Path) -> Cube | Curves:
    """Read a .cube file, as Adobe, Resolve or anyone else writes it.

    Raises HallyuError, with the line, for what the format does not allow, for a size that does not fit the rows, for
    values that are not numbers, and for a shaper before a cube (Resolve can write one), which few tools read.
    """
    path = Path(path)
    size: dict[int, int] = {}
    title, low, high = "", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    rows: list[tuple[float, ...]] = []
    for number, line in enumerate(_lines(path), 1):
        where = f"{path}, line {number}"
        if line.startswith("TITLE"):
            title = line[5:].strip().strip('"')
            continue
        if "\ufffd" in line or "\0" in line:
            raise HallyuError(
                f"{where} is not text, so it is no .cube file; choose the LUT that was exported as .cube."
            )
        words = line.split("#")[0].split()
        if not words:
            continue
        keyword, values = words[0], words[1:]
        if match := re.fullmatch(r"LUT_([13])D_SIZE", keyword):
            dimensions = int(match[1])
            size[dimensions] = _size(values, dimensions, where)
        elif keyword == "DOMAIN_MIN":
            low = _numbers(values, 3, where)
        elif keyword == "DOMAIN_MAX":
            high = _numbers(values, 3, where)
        elif re.fullmatch(r"LUT_[13]D_INPUT_RANGE", keyword):
            first, last = _numbers(values, 2, where)
            low, high = (first,) * 3, (last,) * 3
        elif keyword[0].isalpha() and keyword.lower() not in ("nan", "inf", "infinity"):
            raise HallyuError(
                f"{where}: {keyword[:40]!r} is no keyword of a .cube file; export the LUT as .cube."
            )
        else:
            rows.append(_numbers(words, 3, where))
            if size and len(rows) > sum(n**d for d, n in size.items()):
                raise HallyuError(f"{where}: there are more rows than the LUT's size; export it again.")
    return _assembled(path, size, title, low, high, rows)


def _lines(path: Path) -> Iterator[str]:
    """Lines without blanks around them. A title in another encoding than UTF-8 does not matter."""
    try:
        if path.stat().st_size > _LONGEST_FILE:
            raise HallyuError(
                f"{path} is larger than {_LONGEST_FILE / 1e6:g} MB, which no LUT is; choose another file."
            )
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            yield from map(str.strip, file)
    except OSError as error:
        raise HallyuError(f"{path} cannot be read ({error.strerror}); check where the LUT lies.") from error


def _assembled(path, size, title, low, high, rows) -> Cube | Curves:
    if not size:
        raise HallyuError(f"{path} says neither LUT_1D_SIZE nor LUT_3D_SIZE; export the LUT as .cube.")
    if len(size) > 1:
        raise HallyuError(f"{path} holds a shaper and a cube; export it as one 3D LUT without a shaper.")
    ((dimensions, n),) = size.items()
    if len(rows) != n**dimensions:
        raise HallyuError(
            f"{path} holds {len(rows)} rows, and a {dimensions}D LUT of size {n} has {n**dimensions}; export it again."
        )
    if not all(a < b for a, b in zip(low, high, strict=True)):
        raise HallyuError(f"{path}: the domain begins at {low} and ends at {high}; the end must be higher.")
    table = np.array(rows, np.float32)
    if dimensions == 1:
        return Curves(table, title, low, high)
    return Cube(np.ascontiguousarray(table.reshape(n, n, n, 3).transpose(2, 1, 0, 3)), title, low, high)


def _size(values: list[str], dimensions: int, where: str) -> int:
    if len(values) != 1 or not values[0].isdecimal() or not 2 <= int(values[0][:9]) <= LARGEST[dimensions]:
        raise HallyuError(
            f"{where}: the size of a {dimensions}D LUT is a whole number from 2 to {LARGEST[dimensions]}, "
            f"not {' '.join(values)[:40]!r}."
        )
    return int(values[0])


def _numbers(words: list[str], count: int, where: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(word) for word in words)
    except ValueError:
        numbers = ()
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise HallyuError(
            f"{where}: there should be {count} numbers, and there is {' '.join(words)[:40]!r}; export the LUT again."
        )
    return numbers


# --- solving ----------------------------------------------------------------------------------------------------------


def solve(
    source: np.ndarray, target: np.ndarray, size: int = SIZE, smoothness: float = 1e-5,
    weights: np.ndarray | None = None, title: str = "",
) -> Cube:  # fmt: skip
    """The LUT that takes colours *source* (n, 3) as closely to *target* (n, 3) as it can while it stays smooth.

    Every pair pulls at the four nodes that tetrahedral reading takes it from; every node is held in line with its
    neighbours. So nodes that no pair reaches continue the grade around them. What is minimised is

        mean of weight * |LUT(source) - target|^2  +  smoothness * mean of its squared second derivatives

    by conjugate gradients, from a cube of 5 nodes an axis up to *size*: a coarse cube is soon solved and is a good
    first guess for the next. What came out beyond 0..1 is bent back by `into_gamut`.

    smoothness: 1e-6 follows the pairs closely, 1e-2 hardly bends a straight line.
    weights: (n,) how much each pair counts; skin may count more.
    Raises HallyuError when shapes differ, when there is no pair, for values that are not numbers, and for a cube of
    less than 3 or more than 65 nodes an axis.
    """
    if not 3 <= size <= 65:
        raise HallyuError(f"A LUT is solved with 3 to 65 nodes along an axis, not {size}; 33 is usual.")
    source, target = np.asarray(source, np.float64), np.asarray(target, np.float64)
    if source.ndim != 2 or source.shape != target.shape or source.shape[1] != 3 or not len(source):
        raise HallyuError(
            f"Pairs of colours have the shape (n, 3) twice, not {source.shape} and {target.shape}; "
            "give as many wanted colours as there are colours."
        )
    weights = np.ones(len(source)) if weights is None else np.asarray(weights, np.float64)
    if weights.shape != (len(source),) or weights.min() < 0 or not weights.sum() > 0:
        raise HallyuError(f"{len(source)} pairs need as many weights, 0 or more and not all of them 0.")
    if not (np.isfinite(source).all() and np.isfinite(target).all()):
        raise HallyuError("The pairs hold values that are not numbers; take them from another frame.")
    weights = weights / weights.sum()
    change = np.zeros((2, 2, 2, 3))  # the LUT less the one that changes nothing
    for n in [*_coarser(size), size]:
        guess = _finer(change, n)
        change = _solved(np.clip(source, 0, 1), target - source.clip(0, 1), weights, n, smoothness, guess)
    return into_gamut(Cube((nodes(size) + change).astype(np.float32), title))


def _coarser(size: int) -> list[int]:
    """The sizes on the way to *size*, each with about half the cells of the next: 5, 9, 17 for 33."""
    sizes = []
    while size > 5:
        size = (size + 1) // 2
        sizes.insert(0, size)
    return sizes


def _solved(source, change, weights, size, smoothness, guess) -> np.ndarray:
    """(size, size, size, 3) solution of the normal equations, one channel after the other."""
    from scipy import sparse

    corners, shares = _tetrahedron(source * (size - 1), size)
    rows = np.repeat(np.arange(len(source)), 4)
    reads = sparse.csr_array((shares.ravel(), (rows, corners.ravel())), (len(source), size**3))
    bends = _bending(size)
    # A trace of a pull to no change decides what the pairs leave open.
    system = (
        reads.T @ sparse.diags_array(weights) @ reads
        + smoothness * (bends.T @ bends)
        + 1e-9 * sparse.eye_array(size**3)
    ).tocsr()
    # A coarse cube is solved to the end. What a finer one adds lies between near neighbours and is soon found.
    pull, steps = reads.T @ (weights[:, None] * change), 300 if size <= 9 else 60
    return conjugate_gradients(system, pull, guess.reshape(-1, 3), steps).reshape(guess.shape)


def conjugate_gradients(system, right: np.ndarray, guess: np.ndarray, steps: int) -> np.ndarray:
    """(n, k) columns that *system*, symmetric and positive, takes to *right*, each solved on its own; *steps* from *guess*.

    Every residual is first divided by the diagonal. Source: M. Hestenes and E. Stiefel (1952), with Jacobi's
    preconditioner.
    """
    diagonal = system.diagonal()[:, None]
    solution, residual = guess.copy(), right - system @ guess
    way = step = residual / diagonal
    size = (residual * step).sum(axis=0)
    for _ in range(steps):
        pushed = system @ way
        far = size / np.maximum((way * pushed).sum(axis=0), 1e-300)
        solution += far * way
        residual -= far * pushed
        step = residual / diagonal
        size, before = (residual * step).sum(axis=0), size
        way = step + size / np.maximum(before, 1e-300) * way
    return solution


def _bending(size: int):
    """Second differences of a cube along each axis and each pair of axes, as derivatives over 0..1: a sparse matrix.

    Squared and added up they are the bending energy of a thin plate, which is 0 for every linear change of colour.
    """
    from scipy import sparse

    line = sparse.eye_array(size)
    first = sparse.diags_array(
        [-np.ones(size - 1), np.ones(size - 1)], offsets=[0, 1], shape=(size - 1, size)
    )
    second = sparse.diags_array(
        [np.ones(size), -2 * np.ones(size), np.ones(size)], offsets=[0, 1, 2], shape=(size - 2, size)
    )
    parts = []
    for axes in ((2, 0, 0), (0, 2, 0), (0, 0, 2), (1, 1, 0), (1, 0, 1), (0, 1, 1)):
        steps = [(line, first, second)[order] for order in axes]
        part = sparse.kron(sparse.kron(steps[0], steps[1]), steps[2])
        parts.append(part * np.sqrt((1 if 2 in axes else 2) / part.shape[0]))
    return sparse.vstack(parts).tocsr() * (size - 1) ** 2


def _finer(change: np.ndarray, size: int) -> np.ndarray:
    """A cube of another size by trilinear reading."""
    corners, shares = _cell(nodes(size).reshape(-1, 3) * (len(change) - 1), len(change))
    return np.einsum("ikc,ik->ic", change.reshape(-1, 3)[corners], shares).reshape(size, size, size, 3)


def into_gamut(cube: Cube, start: float = 0.9) -> Cube:
    """Bend a cube's colours beyond 0..1 back into it, so that it clips nothing.

    Between *start* and 1, and likewise near 0, a curve that never turns brings the farthest node exactly to the edge;
    everything on the way keeps its order. An end that no node oversteps stays as it is.
    After: ACES 1.3 Reference Gamut Compression (its curve, with power 3).
    """
    table = _bent(cube.table.astype(np.float64), start)
    table = 1 - _bent(1 - table, start)
    return replace(cube, table=table.astype(np.float32).clip(0, 1))


def _bent(values: np.ndarray, start: float) -> np.ndarray:
    """What lies between *start* and the highest value, pressed to between *start* and 1; unchanged if that is below 1."""
    highest = values.max()
    if highest <= 1:
        return values
    over = np.maximum(values - start, 0) / (1 - start)
    scale = 1 - ((highest - start) / (1 - start)) ** -3
    return np.where(values > start, start + (1 - start) * over / (1 + scale * over**3) ** (1 / 3), values)


# --- skin -------------------------------------------------------------------------------------------------------------


def protect_skin(cube: Cube, strength: float = 1.0) -> Cube:
    """The same grade, except that colours of skin keep their hue: they only grow lighter or darker, as graded.

    For a look that pulls the picture to another colour. When two cameras are matched, skin is off in the shot too and
    has to move with it; there its pairs count more instead. strength: 0 leaves the grade, 1 keeps the hue.
    A table knows colours, not faces: wood may be kept, and where red mixes with a warm grey, a thread of skin's colour.
    """
    before = nodes(cube.size) * (np.float32(cube.high) - np.float32(cube.low)) + np.float32(cube.low)
    ungraded, graded = colour.to_ycbcr(before), colour.to_ycbcr(cube.table)
    light = graded[..., :1].clip(0, 1)
    # Saturation follows the light, as it does when one opens the iris.
    chroma = ungraded[..., 1:] * np.clip(light / np.maximum(ungraded[..., :1], 1e-3), 0.25, 4)
    coloured = colour.from_ycbcr(np.concatenate([light, chroma], axis=-1))
    # Where that is brighter than a display can be, less colour at the same hue.
    room = 0.98 * np.where(coloured > light, 1 - light, light) / np.maximum(np.abs(coloured - light), 1e-6)
    skin = light + (coloured - light) * room.min(axis=-1, keepdims=True).clip(0, 1)
    share = np.float32(strength) * _skin_key(before)[..., None]
    return replace(cube, table=(1 - share) * cube.table + share * skin)


def _skin_key(colours: np.ndarray) -> np.ndarray:
    """How far colours (..., 3) are skin to be protected, 0..1: a soft key on hue, and on saturation as a share of luma.

    Narrower than colour.skin towards red, or the mix of a red and a grey at an edge would be taken for skin; and closed
    towards grey at every lightness, for a warm grey has no hue to keep.
    """
    light, blue, red = np.moveaxis(colour.to_ycbcr(colours), -1, 0)
    off = (np.degrees(np.arctan2(red, blue)) - colour.SKIN_LINE + 180) % 360 - 180  # positive towards yellow
    deep = np.hypot(blue, red) / np.maximum(light, 0.02)
    edges = ((off, -21, -8), (off, 28, 12), (deep, 0.03, 0.13), (deep, 0.5, 0.3), (light, 0.02, 0.10))
    return np.prod([_smooth_step(*edge) for edge in edges], axis=0, dtype=np.float32)


def _smooth_step(values: np.ndarray, nothing: float, everything: float) -> np.ndarray:
    """0 up to *nothing*, 1 from *everything* on, without a corner between; either may be the larger."""
    share = ((values - nothing) / (everything - nothing)).clip(0, 1)
    return share * share * (3 - 2 * share)


# --- what a LUT costs -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quality:
    """What a LUT does to a picture beside its look. All are shares of the pixels but the last.

    clipped: pushed to 0 or 1 in some channel, though they were not there; detail that no later grade brings back.
    flat: a step up in exposure hardly changes some channel any more (slope below 0.05).
    falling: a step up in exposure makes some channel darker; or, if that is more, the share of the picture's edges whose
        dark side became the brighter one.
    steepest: how many 8-bit levels of the result lie between two neighbouring levels of the picture (the slope that
        99.9 % stay below); from about 2.5 on, a sky or a wall shows bands.
    """

    clipped: float
    flat: float
    falling: float
    steepest: float

    def problems(self) -> list[str]:
        """One sentence for each thing that a colourist would send back; none for a LUT that can be delivered."""
        found = []
        if self.clipped > 0.001:
            found.append(
                f"It clips {self.clipped:.1%} of the picture; lower its gain or bend it with lut.into_gamut."
            )
        if self.falling > 0.001:
            found.append(
                f"In {self.falling:.1%} of the picture brighter becomes darker; solve it with more smoothness."
            )
        if self.flat > 0.01:
            found.append(
                f"In {self.flat:.1%} of the picture it leaves no contrast; solve it with more smoothness."
            )
        if self.steepest > 2.5:
            found.append(
                f"It stretches neighbouring levels {self.steepest:.1f} times, which shows as bands; "
                "solve it with more smoothness or grade less."
            )
        return found


def quality(lut: Cube | Curves, frame: np.ndarray | None = None) -> Quality:
    """What *lut* does to *frame*, or to all colours evenly when none is given.

    A clipped highlight costs what is in the picture, so judge a grade by frames of its shot.
    """
    colours = nodes(25).reshape(-1, 3) if frame is None else colour.check(frame)[..., :3].reshape(-1, 3)
    colours = colours[:: max(1, len(colours) // 100_000)].clip(0, 1)
    level = np.float32(1 / 255)
    seen = apply(colours, lut)
    inside = (colours > level / 2) & (colours < 1 - level / 2)
    clipped = (inside & ((seen <= 0) | (seen >= 1))).any(axis=1)
    up, down = (colours + level).clip(0, 1), (colours - level).clip(0, 1)
    slope = (apply(up, lut) - apply(down, lut)) / np.maximum(up - down, level / 2)
    falling = float((slope < -1e-3).any(axis=1).mean())
    return Quality(
        float(clipped.mean()),
        float((slope < 0.05).any(axis=1).mean()),
        falling if frame is None else max(falling, _turned_edges(frame[..., :3], apply(frame[..., :3], lut))),
        float(np.percentile(slope.max(axis=1), 99.9)),
    )


def _turned_edges(before: np.ndarray, after: np.ndarray) -> float:
    """The share of edges (a step of luma of 0.03 within a sixtieth of the picture) that turned inside out."""
    reach = max(1, max(before.shape[:2]) // 60)
    before, after = colour.luma(before), colour.luma(after)
    edges = turned = 0
    for axis in (0, 1):
        if before.shape[axis] > reach:
            was, now = (
                np.diff(np.take(light, range(0, light.shape[axis], reach), axis), axis=axis)
                for light in (before, after)
            )
            edge = np.abs(was) > 0.03
            edges += edge.sum()
            turned += (edge & (now * np.sign(was) < -0.015)).sum()
    return float(turned / max(edges, 1))
