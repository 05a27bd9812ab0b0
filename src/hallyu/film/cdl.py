"""The ASC CDL: the ten numbers of a primary grade that every set, dailies and finishing tool understands alike.

Slope, offset and power for each channel, then saturation. It goes from the set to the grade as .cdl, .ccc or .cc, or as
two remarks in an EDL, and stays editable where a LUT is baked.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.film import colour

NAMESPACE = "urn:ASC:CDL:v1.01"
_ROOTS = {".cc": "ColorCorrection", ".ccc": "ColorCorrectionCollection", ".cdl": "ColorDecisionList"}
_LARGEST = 5_000_000  # bytes; a feature film's two thousand shots fit in one
Three = tuple[float, float, float]


@dataclass(frozen=True)
class CDL:
    """A primary grade. slope: gain, 0 or more. offset: lift. power: above 0; higher is darker. saturation: 0 is grey.

    id: what the shot is called in the file. Raises HallyuError for numbers that the standard does not allow.
    """

    slope: Three = (1.0, 1.0, 1.0)
    offset: Three = (0.0, 0.0, 0.0)
    power: Three = (1.0, 1.0, 1.0)
    saturation: float = 1.0
    id: str = field(default="", compare=False)
    description: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for name in ("slope", "offset", "power"):
            values = tuple(float(value) for value in getattr(self, name))
            if len(values) != 3 or not np.isfinite(values).all():
                raise HallyuError(
                    f"A CDL's {name} is three numbers, and {self.id or 'this one'} has {values}."
                )
            object.__setattr__(self, name, values)
        if min(self.slope) < 0 or min(self.power) <= 0 or not 0 <= self.saturation < np.inf:
            raise HallyuError(
                f"The grade {self.id!r} has slope {self.slope}, power {self.power} and saturation {self.saturation:g}; "
                "a CDL needs slope and saturation of 0 or more and power above 0."
            )


def apply(frame: np.ndarray, cdl: CDL) -> np.ndarray:
    """Grade code values (..., 3), float32 of the same shape, held in 0..1 as the standard asks. A matte stays.

    Source: ASC Color Decision List, version 1.2, "ASC CDL transfer functions".

    >>> apply(np.float32([0.2, 0.4, 0.6]), CDL(slope=(2, 1, 1), power=(1, 2, 1), saturation=1.5)).round(4)
    array([0.4786, 0.1186, 0.7786], dtype=float32)
    """
    frame = np.asarray(frame, np.float32)
    if frame.ndim == 3 and frame.shape[2] == 4:
        return np.concatenate([apply(frame[..., :3], cdl), frame[..., 3:]], axis=2)
    graded = (frame * np.float32(cdl.slope) + np.float32(cdl.offset)).clip(0, 1) ** np.float32(cdl.power)
    grey = colour.luma(graded)[..., None]
    return (grey + np.float32(cdl.saturation) * (graded - grey)).clip(0, 1)


def fit(source: np.ndarray, target: np.ndarray, id: str = "") -> CDL:
    """The CDL that takes colours *source* (n, 3) closest to *target* (n, 3), by least squares in code values.

    What is left is what ten numbers cannot say: a hue that turns alone, a curve with two bends. That is for a LUT.
    Raises HallyuError for shapes that are not pairs of colours.
    """
    from scipy.optimize import least_squares

    source, target = np.asarray(source, np.float64), np.asarray(target, np.float64)
    if source.ndim != 2 or source.shape != target.shape or source.shape[1] != 3 or len(source) < 4:
        raise HallyuError(
            f"Pairs of colours have the shape (n, 3) twice, four or more, not {source.shape} and {target.shape}."
        )
    every = slice(None, None, max(1, len(source) // 2000))
    source, target = source[every], target[every]

    def graded(numbers: np.ndarray) -> np.ndarray:
        slope, offset, power = np.exp(numbers[:3]), numbers[3:6], np.exp(numbers[6:9])
        # A floor keeps a slope in the blacks for the solver; it lies far below an 8-bit level.
        bent = np.clip(source * slope + offset, 1e-5, 1) ** power
        grey = (bent @ colour.WEIGHTS)[:, None]
        return (grey + numbers[9] * (bent - grey)).clip(0, 1)

    start = np.concatenate([np.zeros(3), target.mean(0) - source.mean(0), np.zeros(3), [1.0]])
    limits = [(-2, 2)] * 3 + [(-0.5, 0.5)] * 3 + [(-1.4, 1.4)] * 3 + [(0, 4)]
    neutral = np.array([0] * 9 + [1])
    # A trace of a pull to no grade, for numbers that the pairs leave open: one colour says nothing about power.
    trace = 1e-3 * np.sqrt(len(source))
    low, high = np.array(limits, float).T
    found = least_squares(
        lambda numbers: np.append((graded(numbers) - target).ravel(), trace * (numbers - neutral)),
        start.clip(low + 1e-6, high - 1e-6),
        bounds=(low, high),
        tr_solver="lsmr",
    ).x
    rounded = [tuple(np.round(numbers, 6)) for numbers in (np.exp(found[:3]), found[3:6], np.exp(found[6:9]))]
    return CDL(*rounded, round(float(found[9]), 6), id)


def edl_remarks(cdl: CDL) -> list[str]:
    """The two remarks by which an EDL carries a grade, below its event.

    >>> edl_remarks(CDL(slope=(1.1, 1, 0.9), saturation=0.9))[0]
    '* ASC_SOP (1.1000 1.0000 0.9000)(0.0000 0.0000 0.0000)(1.0000 1.0000 1.0000)'
    """
    groups = ["(" + " ".join(f"{v:.4f}" for v in three) + ")" for three in (cdl.slope, cdl.offset, cdl.power)]
    return [f"* ASC_SOP {''.join(groups)}", f"* ASC_SAT {cdl.saturation:.4f}"]


# --- files ------------------------------------------------------------------------------------------------------------


def write(path: str | Path, *cdls: CDL) -> Path:
    """Write grades as .cdl or .ccc, or one grade as .cc.

    Raises HallyuError for another ending, for several grades in a .cc, for two grades of one id, and when it cannot be
    written.
    """
    path = Path(path)
    root = _root_of(path)
    ids = [cdl.id or f"grade{number}" for number, cdl in enumerate(cdls, 1)]
    if not cdls or (path.suffix.lower() == ".cc" and len(cdls) > 1):
        raise HallyuError(f"{path} holds one grade, and there are {len(cdls)}; write them as .ccc.")
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise HallyuError(f"Two grades are called {min(twice)!r}; give each shot's grade an id of its own.")
    parts = [_element(cdl, name) for cdl, name in zip(cdls, ids, strict=True)]
    if path.suffix.lower() == ".cc":
        (tree,) = parts
    else:
        tree = ElementTree.Element(root)
        for part in parts:
            parent = ElementTree.SubElement(tree, "ColorDecision") if path.suffix.lower() == ".cdl" else tree
            parent.append(part)
    tree.set("xmlns", NAMESPACE)
    ElementTree.indent(tree)
    with write_whole(path) as draft:
        ElementTree.ElementTree(tree).write(draft, encoding="UTF-8", xml_declaration=True)
    return path


def _element(cdl: CDL, name: str) -> ElementTree.Element:
    element = ElementTree.Element("ColorCorrection", id=name)
    nodes = ElementTree.SubElement(element, "SOPNode")
    if cdl.description:
        ElementTree.SubElement(nodes, "Description").text = cdl.description
    for tag, three in (("Slope", cdl.slope), ("Offset", cdl.offset), ("Power", cdl.power)):
        ElementTree.SubElement(nodes, tag).text = " ".join(f"{value:.6f}" for value in three)
    saturation = ElementTree.SubElement(element, "SatNode")
    ElementTree.SubElement(saturation, "Saturation").text = f"{cdl.saturation:.6f}"
    return element


def read(path: str | Path) -> list[CDL]:
    """The grades in a .cdl, .ccc or .cc file, in its order. A node that is left out changes nothing, as the standard has it.

    Raises HallyuError for another ending, for what is no such XML, for numbers that are none or not allowed, and for a
    file that declares entities, which no grade needs.
    """
    path = Path(path)
    root = _root_of(path)
    try:
        if path.stat().st_size > _LARGEST:
            raise HallyuError(
                f"{path} is larger than {_LARGEST / 1e6:g} MB, which no list of grades is; choose another file."
            )
        text = path.read_bytes()
    except OSError as error:
        raise HallyuError(f"{path} cannot be read ({error.strerror}); check where the grade lies.") from error
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise HallyuError(
            f"{path} declares a document type or entities, which no CDL needs; export the grade again."
        )
    try:
        tree = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise HallyuError(f"{path} is not whole XML ({error}); export the grade again.") from error
    for element in tree.iter():
        element.tag = re.sub(r"^\{[^}]*\}", "", element.tag)
    if tree.tag != root:
        raise HallyuError(
            f"{path} begins with <{tree.tag}>, and a {path.suffix} file with <{root}>; export the grade again."
        )
    grades = [_grade(element, path) for element in tree.iter("ColorCorrection")]
    if not grades:
        raise HallyuError(f"{path} holds no grade (ColorCorrection); export it again.")
    return grades


def _grade(element: ElementTree.Element, path: Path) -> CDL:
    name = element.get("id", "")

    def numbers(tag: str, default: tuple[float, ...]) -> tuple[float, ...]:
        found = element.find(f"*/{tag}")
        if found is None:
            return default
        try:
            values = tuple(float(word) for word in (found.text or "").split())
        except ValueError:
            values = ()
        if len(values) != len(default) or not np.isfinite(values).all():
            raise HallyuError(
                f"{path}: {tag} of the grade {name!r} is {found.text!r} and should be {len(default)} numbers; export it again."
            )
        return values

    return CDL(
        numbers("Slope", (1.0,) * 3), numbers("Offset", (0.0,) * 3), numbers("Power", (1.0,) * 3),
        *numbers("Saturation", (1.0,)), name, element.findtext("SOPNode/Description", ""),
    )  # fmt: skip


def _root_of(path: Path) -> str:
    if path.suffix.lower() not in _ROOTS:
        raise HallyuError(f"{path} is no CDL file; it should end in {', '.join(_ROOTS)}.")
    return _ROOTS[path.suffix.lower()]
