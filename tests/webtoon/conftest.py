from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from hallyu import models
from hallyu.provenance.disclosure import AIPart, Disclosure, HumanPart
from hallyu.webtoon import script
from hallyu.webtoon.script import Cut, Figure, Line
from hallyu.webtoon.strip import stack

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def engine():
    """The bundled drawing model, opened once."""
    return models.load("webtoon-character")


@pytest.fixture(scope="session")
def first_snow():
    """The course's sample script."""
    return script.read(ROOT / "modules" / "webtoon" / "media" / "first-snow.txt")


def _lettered(number, height=1100, pause="normal", seed=0):
    """A stand-in panel with shapes, a face near its top, and a balloon with red ink near its end."""
    rng = np.random.default_rng(number + 100 * seed)
    image = np.full((height, 800, 3), rng.integers(120, 230, 3), np.uint8)
    for _ in range(25):
        centre, radius = rng.integers(0, [800, height]).tolist(), int(rng.integers(10, 120))
        cv2.circle(image, centre, radius, rng.integers(0, 255, 3).tolist(), -1, cv2.LINE_AA)
    face, balloon = (250, 80, 550, 380), (80, height - 260, 620, height - 20)
    cv2.ellipse(image, (400, 230), (150, 150), 0, 0, 360, (250, 220, 200), -1, cv2.LINE_AA)
    cv2.ellipse(image, (350, height - 140), (270, 120), 0, 0, 360, (255, 255, 255), -1, cv2.LINE_AA)
    cv2.putText(image, "snow", (180, height - 110), cv2.FONT_HERSHEY_SIMPLEX, 4, (220, 0, 0), 12, cv2.LINE_AA)
    line = Line(f"c{number:02}-1", "첫눈이다", "하늘")
    cut = Cut(number, 1, "bust", "street", figures=(Figure("하늘"),), lines=(line,), pause=pause)
    boxes = [("face", "하늘", face), ("balloon", line.id, balloon)]
    return SimpleNamespace(cut=cut, boxes=boxes, pad_top=0, pad_bottom=0, image=lambda: image)


@pytest.fixture(scope="session")
def stand_in_episode():
    """A strip of five stand-in panels and its disclosure: three cuts with generated figures."""
    strip = stack([_lettered(n, pause="long" if n == 3 else "normal") for n in range(1, 6)])
    ai = tuple(AIPart(n, "하늘", "webtoon-small", f"text to image, seed {n}") for n in (1, 2, 4))
    return strip, Disclosure("첫눈", 5, ai, (HumanPart("유나", "letter", 5, (1, 2, 3, 4, 5)),))


@pytest.fixture(scope="session")
def signing(tmp_path_factory):
    return tmp_path_factory.mktemp("signing")
