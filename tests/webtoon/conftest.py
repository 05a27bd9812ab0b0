from pathlib import Path

import pytest

from hallyu import models
from hallyu.webtoon import script

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def engine():
    """The bundled drawing model, opened once."""
    return models.load("webtoon-character")


@pytest.fixture(scope="session")
def first_snow():
    """The course's sample script."""
    return script.read(ROOT / "modules" / "webtoon" / "media" / "first-snow.txt")
