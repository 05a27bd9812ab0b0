"""Where the people are in a frame: a small network's first guess, from which a matte is pulled.

MediaPipe's selfie segmenter (Apache-2.0) looks at 256 pixels a side, so that its outline is soft and hair is lost in it.
It costs a few milliseconds. From its answer hallyu.film.trimap says what is sure, and hallyu.film.closed_form does the rest.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from hallyu import models
from hallyu.film import colour

SURE = 0.5
"""From here on a pixel counts as a person."""
SMALLEST = 0.002
"""Share of the frame below which there is nobody: smaller patches are the network's mistakes."""
_MARGIN = 0.25
"""How much of a person's box is looked at around it in the second look."""
Engine = Callable[[np.ndarray], np.ndarray]
"""A frame in, how sure it is that each pixel shows a person out: float32 (h, w) in 0..1."""


def load_bundled(files: list[Path]) -> Engine:
    """MediaPipe's segmenter. It sees 256x256 pixels, whatever the frame's shape."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # 5 ms a frame: threads would only wait for each other
    session = onnxruntime.InferenceSession(files[0], options, providers=["CPUExecutionProvider"])
    source = session.get_inputs()[0]

    def segment(frame: np.ndarray) -> np.ndarray:
        seen = np.clip(_resized(frame, *source.shape[2:]), 0, 1).transpose(2, 0, 1)[None]
        return _resized(session.run(None, {source.name: seen})[0][0, 0], *frame.shape[:2])

    return segment


def load_hub(name: str) -> Engine:
    """UperNet by its hub name, or a folder of the same make: 512 pixels and 150 kinds of things, of which "person" is asked.

    Not executed with its own weights by the course's tests, since that needs a network.
    """
    import torch
    from transformers import UperNetForSemanticSegmentation

    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = UperNetForSemanticSegmentation.from_pretrained(name, use_safetensors=True).eval().to(device)
    person = next(number for number, kind in network.config.id2label.items() if kind == "person")
    mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])

    def segment(frame: np.ndarray) -> np.ndarray:
        seen = (np.clip(_resized(frame, 512, 512), 0, 1) - mean) / deviation
        with torch.inference_mode():
            said = network(torch.from_numpy(seen.transpose(2, 0, 1)[None]).to(device)).logits.softmax(1)
        return _resized(said[0, person].cpu().numpy(), *frame.shape[:2])

    return segment


@cache
def _engine() -> Engine:
    return models.load("segment-person")


def segment(frame: np.ndarray, engine: Engine | None = None) -> np.ndarray:
    """How sure it is that each pixel of *frame* shows a person: float32 (h, w) in 0..1.

    Who fills less than half of the frame is looked at again from near; a figure of less than a quarter of its height may
    be missed. Nobody: zeros nearly everywhere; ask people() before going on. engine: by default the bundled network;
    models.load("segment-person", "hub") gives another.
    Raises HallyuError for anything but a frame.
    """
    frame, engine = colour.check(frame)[..., :3], engine or _engine()
    said = engine(frame)
    if people(said) is None:
        said = _in_squares(frame, engine)
    box = people(said)
    if box is None:
        return said
    height, width = said.shape
    top, left, bottom, right = box
    grow = _MARGIN * max(bottom - top, right - left)
    top, left = max(0, int(top - grow)), max(0, int(left - grow))
    bottom, right = min(height, int(bottom + grow)), min(width, int(right + grow))
    if (bottom - top) * (right - left) > 0.5 * height * width:
        return said
    near = np.zeros_like(said)
    near[top:bottom, left:right] = engine(np.ascontiguousarray(frame[top:bottom, left:right]))
    # Where the second look sees nobody at all, the first one was nearer to the truth.
    return near if people(near) is not None else said


def _in_squares(frame: np.ndarray, engine: Engine) -> np.ndarray:
    """A frame looked at in overlapping squares, three or more of the shorter side: figures are larger and not squeezed.

    Where squares overlap, each counts the more the nearer a pixel is to its middle.
    """
    height, width = frame.shape[:2]
    side = min(height, width)
    steps = np.unique(np.linspace(0, max(height, width) - side, int(np.ceil(2 * max(height, width) / side))).astype(int))
    bell = 1 - np.abs(np.linspace(-0.98, 0.98, side, dtype=np.float32))
    total, weight = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    for step in steps.tolist():
        along = slice(step, step + side)
        place, share = ((slice(None), along), bell[None]) if width >= height else ((along, slice(None)), bell[:, None])
        total[place] += share * engine(np.ascontiguousarray(frame[place]))
        weight[place] += share
    return total / weight


def people(matte: np.ndarray) -> tuple[int, int, int, int] | None:
    """The box (top, left, bottom, right) around everybody in a matte, in pixels, or None where nobody is.

    >>> matte = np.zeros((90, 160), np.float32)
    >>> matte[20:80, 60:100] = 0.9
    >>> people(matte), people(np.zeros((90, 160), np.float32))
    ((20, 60, 80, 100), None)
    """
    _, _, patches, _ = cv2.connectedComponentsWithStats((matte >= SURE).astype(np.uint8))
    patches = [patch for patch in patches[1:].tolist() if patch[4] >= SMALLEST * matte.size]
    if not patches:
        return None
    return (
        min(y for _, y, *_ in patches),
        min(x for x, *_ in patches),
        max(y + high for _, y, _, high, _ in patches),
        max(x + wide for x, _, wide, _, _ in patches),
    )


def _resized(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Smaller by the mean of what falls together, larger by lines between neighbours."""
    if picture.shape[:2] == (height, width):
        return picture
    smaller = height * width < picture.shape[0] * picture.shape[1]
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
