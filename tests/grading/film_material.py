"""What the tests of film-composite are made of: the plates, the word that opens the truths, a delivery that loses no point."""

import json
import re
from datetime import date
from pathlib import Path

import nbformat
import numpy as np

from hallyu import files
from hallyu.film import closed_form, colour, comp, exr, segment, streaming, trimap, video
from hallyu.provenance import consent, disclosure
from hallyu.provenance.worklog import Entry

SOURCE = Path(__file__).resolve().parents[2] / "grading" / "source" / "film-composite"
PLATES = SOURCE / "plates"
SIGNER = "f3ad cb0b 013a 7c91 4b34 4d50 29e5 79cb"
RATE = 24


def word() -> str:
    """The word that opens the truths, as the hidden tests have it."""
    cells = nbformat.read(SOURCE / "film-composite.ipynb", 4).cells
    found = {
        m for cell in cells for m in re.findall(r'artefacts_film\.\w+, "delivery", "([^"]+)"', cell.source)
    }
    (one,) = found
    return one


def plates() -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """The take's frames, the forest's, and the still."""
    take, ground = (list(video.read(PLATES / f"{name}.mp4")) for name in ("take", "plate"))
    return take, ground, next(video.read(PLATES / "still.png"))


def cut_out(frame: np.ndarray) -> np.ndarray:
    """The still's figure, straight RGBA."""
    matte = closed_form.matte(frame, trimap.from_segment(segment.segment(frame)))
    return next(streaming.cutouts([(frame, matte)]))


def comped(figure: np.ndarray, ground: np.ndarray, number: int) -> np.ndarray:
    """A finished frame, code values, of a straight figure."""
    return comp.integrated(figure[..., :3], figure[..., 3], ground, blacks=0.7, wrap=0.3, number=number)


def write(folder: Path, figures: list[np.ndarray], comps: list[np.ndarray], still: np.ndarray) -> Path:
    """Deliver straight figures, finished frames and the still's figure, all code values."""
    exr.write_run(folder, "figure", (exr.Picture(exr.from_frame(x)) for x in figures), RATE)
    exr.write_run(folder, "comp", (exr.Picture(colour.to_linear(x)) for x in comps), RATE)
    exr.write(folder / "still.exr", exr.Picture(exr.from_frame(still)))
    video.write(folder / "comp.mp4", (np.clip(x, 0, 1) for x in comps), RATE)
    return declare(folder)


def declare(folder: Path, **changes) -> Path:
    """Write declaration.json for the files that are in *folder*."""
    record = consent.read(PLATES / "consent.json", SIGNER, consent.FaceConsent)
    doyun = consent.PUBLIC_FACES["doyun"]
    seen = [
        {
            "face": record.face,
            "uses": ["composite", "publish"],
            "consent": files.sha256(PLATES / "consent.json"),
        },
        {
            "face": doyun.face,
            "uses": ["composite", "publish"],
            "credit": doyun.credit,
            "licence": doyun.licence,
        },
    ]
    ai = [disclosure.AIPart(2, "matte", "MediaPipe selfie segmentation", "outline found by a model")]
    log = [
        Entry("2026-11-21T09:00:00+00:00", "human", "나래", action, "scene") for action in ("edit", "select")
    ]
    told = disclosure.disclose_film("First Snow", 2, ai, log)
    made = {
        "project": "First Snow", "made_on": str(date.today()), "faces": seen, "disclosure": told.to_dict(),
        "notice": {language: told.text(language) for language in ("ko", "en")},
        "files": {path.name: files.sha256(path) for path in sorted(folder.glob("*.*")) if path.suffix != ".json"},
    } | changes  # fmt: skip
    (folder / "declaration.json").write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
    return folder


def deliver(folder: Path) -> Path:
    """A delivery of film-composite that loses no point."""
    take, ground, still = plates()
    figures = list(streaming.cutouts(streaming.mattes(take, screen=True), "green"))
    comps = [comped(figure, place, n) for n, (figure, place) in enumerate(zip(figures, ground, strict=True))]
    return write(folder, figures, comps, cut_out(still))
