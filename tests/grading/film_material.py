"""What the tests of both film assignments are made of: plates, the words that open the truths, deliveries that lose no point."""

import json
import re
from datetime import date
from pathlib import Path

import nbformat
import numpy as np

from hallyu import files, video
from hallyu.film import (
    ageing,
    closed_form,
    colour,
    comp,
    exr,
    faces,
    lut,
    match,
    retouch,
    segment,
    streaming,
    trimap,
)  # fmt: skip
from hallyu.provenance import consent, disclosure
from hallyu.provenance.worklog import Entry

SOURCES = Path(__file__).resolve().parents[2] / "grading" / "source"
COMPOSITE, FACE = "film-composite", "film-face-and-grade"
SIGNERS = {
    COMPOSITE: "f3ad cb0b 013a 7c91 4b34 4d50 29e5 79cb",
    FACE: "06a4 b53f a304 4d9c d9d8 d5c0 47ec fbc8",
}
PLATES, FACE_PLATES = (SOURCES / name / "plates" for name in (COMPOSITE, FACE))
RATE = 24


def word(name: str = COMPOSITE) -> str:
    """The word that opens the truths of an assignment, as its hidden tests have it."""
    cells = nbformat.read(SOURCES / name / f"{name}.ipynb", 4).cells
    (one,) = {m for c in cells for m in re.findall(r'artefacts_f\w+\.\w+, "delivery", "([^"]+)"', c.source)}
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
    record = consent.read(PLATES / "consent.json", SIGNERS[COMPOSITE], consent.FaceConsent)
    doyun, uses = consent.PUBLIC_FACES["doyun"], ["composite", "publish"]
    seen = [
        {"face": record.face, "uses": uses, "consent": files.sha256(PLATES / "consent.json")},
        {"face": doyun.face, "uses": uses, "credit": doyun.credit, "licence": doyun.licence},
    ]
    ai = [disclosure.AIPart(2, "matte", "MediaPipe selfie segmentation", "outline found by a model")]
    return tell(folder, seen, ai, changes)


def tell(folder: Path, seen: list[dict], ai: list[disclosure.AIPart], changes: dict) -> Path:
    """Write the declaration of two shots."""
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


def permission() -> consent.Permission:
    """To de-age Jeongho."""
    record = consent.read(FACE_PLATES / "consent.json", SIGNERS[FACE], consent.FaceConsent)
    return consent.permit(record, "de-age", record.project, date.today())


def face_take() -> list[tuple[np.ndarray, faces.Face]]:
    """The frames of Jeongho with his face in each."""
    return list(faces.follow(video.read(FACE_PLATES / "take.mp4")))


def write_faces(folder: Path, aged: list[ageing.Aged]) -> Path:
    """Write the changed frames with their masks."""
    pictures = (exr.Picture(exr.from_frame(each.frame), layers={"mask": each.mask}) for each in aged)
    exr.write_run(folder, "face", pictures, RATE)
    return folder


def write_grade(folder: Path, cube: lut.Cube) -> Path:
    """Write the cube and the second camera's film through it."""
    lut.write(folder / "match.cube", cube)
    graded = (np.clip(lut.apply(frame, cube), 0, 1) for frame in video.read(FACE_PLATES / "camera-b.mp4"))
    video.write(folder / "graded.mp4", graded, RATE)
    return folder


def solved() -> lut.Cube:
    """The cube that brings the second camera to the first."""
    return match.match(
        *(list(video.read(FACE_PLATES / f"{name}.mp4"))[::3] for name in ("camera-b", "reference"))
    ).lut


def declare_face(folder: Path, **changes) -> Path:
    """Write declaration.json for the files that are in *folder*."""
    seen = [
        {
            "face": "Jeongho",
            "uses": ["de-age", "publish"],
            "consent": files.sha256(FACE_PLATES / "consent.json"),
        }
    ]
    return tell(folder, seen, [ageing.mark(permission(), 1, 70, 25)], changes)


def deliver_face(folder: Path) -> Path:
    """A delivery of film-face-and-grade that loses no point."""
    calmed = [
        (retouch.retouch(frame, face, permission(), 0.8, use="de-age").frame, face)
        for frame, face in face_take()
    ]
    write_faces(folder, list(ageing.age_shot(calmed, 70, 25, permission())))
    return declare_face(write_grade(folder, solved()))
