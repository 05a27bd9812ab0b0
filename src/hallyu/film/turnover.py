"""A finished scene as it is handed over to the next house: edit, shots, grades, a viewing copy, and by what right.

*write* makes the folder, *preflight* opens every file again and measures what is there:

    edit/<title>.otio, .edl, .aaf          the edit, its clips standing on the delivered frames
    edit/loss.json                         what each of these formats lost of it, by name
    shots/<shot>_<task>_v001/….1001.exr    every shot with its handles, linear light, timecode, primaries
    stills/<shot>_<task>_v001.png          a frame of each, with content credentials
    grades/….cube, ….cdl                   as they were given
    <title>.mp4                            the viewing copy, with content credentials
    consents/….json                        the signed consents
    rights.json, rights.txt                the rights sheet: faces, uses, materials, what AI did
    manifest.json                          size and SHA-256 of every file
"""

import io
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from hallyu import timecode, video
from hallyu.errors import HallyuError
from hallyu.files import sha256, write_whole
from hallyu.film import cdl, colour, exr, lut, names, timeline
from hallyu.film.names import Code
from hallyu.film.timeline import Clip, Timeline
from hallyu.handover import Findings, Report
from hallyu.provenance import consent, credentials
from hallyu.provenance.consent import PUBLIC_FACES, FaceConsent
from hallyu.provenance.disclosure import AIPart, Disclosure, disclose_film
from hallyu.provenance.worklog import Entry

HANDLES = 8
"""Frames before and after the cut that a shot is delivered with, so that the editor can still move it."""
MANIFEST, RIGHTS, SHEET, LOSS = "manifest.json", "rights.json", "rights.txt", "edit/loss.json"
FROZEN = 1e-5
"""Linear light: two frames that differ by less everywhere are the same frame twice."""
JUMP = 0.15
"""Code values by which a frame's median light may differ from the frame before without a word about it."""
LONGEST_COPY = 500_000_000
"""Bytes of a viewing copy; it is signed in memory."""


@dataclass(frozen=True)
class Used:
    """A face in a shot, what was done with it, and by what right. face: as the consent names it, or a key of PUBLIC_FACES.

    uses: keys of FACE_USES; () where the face is only seen. record, signer: the signed consent and its signer's
    fingerprint, for a face that is not public.
    """

    face: str
    uses: tuple[str, ...] = ()
    record: Path | None = None
    signer: str = ""


@dataclass(frozen=True, eq=False)
class Shot:
    """A finished shot. code: with its task and version. pictures: one for each frame, handles included.

    handles: frames before the cut and after it, or two numbers where they differ, as at the beginning of a take: (0, 8).
    start: the timecode of the first picture. materials: a line for each thing in it that somebody else owns, with its
    licence.
    """

    code: Code
    pictures: Iterable[exr.Picture]
    handles: int | tuple[int, int] = HANDLES
    start: str = "01:00:00:00"
    faces: Sequence[Used] = ()
    materials: Sequence[str] = ()

    @property
    def sides(self) -> tuple[int, int]:
        """Frames of it before the cut and after it."""
        return (self.handles, self.handles) if isinstance(self.handles, int) else self.handles

    @property
    def name(self) -> str:
        """The name of its folder and its files."""
        return str(replace(self.code, frame=None, suffix=""))


@dataclass(frozen=True, eq=False)
class Project:
    """All that a delivery is made of.

    edit: each clip of its picture track stands for the shot of the same number, in order. ai: what models made or changed,
    by the number of the shot, from 1. log: who did what. grades: .cube, .cdl, .cc and .ccc files. copy: the viewing copy.
    """

    title: str
    edit: Timeline
    shots: Sequence[Shot]
    ai: Sequence[AIPart] = ()
    log: Sequence[Entry] = ()
    grades: Sequence[Path] = ()
    copy: Path | None = None
    licence: str = ""


MEASURES = {
    "files": "{:.0f} files",
    "megabytes": "{:.1f} MB",
    "shots": "{:.0f} shots",
    "frames": "{:.0f} frames, each opened",
    "seconds": "edit {:.2f} s",
    "handles": "handles of {:.0f} frames at least",
    "brightest": "brightest light {:.2f} (1 is white)",
    "lost_edl": "{:.0f} things lost in the EDL",
    "lost_aaf": "{:.0f} things lost in the AAF",
}
"""What is measured, and how a report says it."""
ONE = {
    "files": "{:.0f} file",
    "shots": "{:.0f} shot",
    "frames": "{:.0f} frame, opened",
    "handles": "handles of {:.0f} frame at least",
    "lost_edl": "{:.0f} thing lost in the EDL",
    "lost_aaf": "{:.0f} thing lost in the AAF",
}
"""How it says 1 of them."""


def write(
    folder: str | Path,
    project: Project,
    on: date | None = None,
    signing_folder: str | Path = credentials.SIGNING_FOLDER,
) -> Path:
    """Write the delivery of *project* into *folder*, and return the folder. on: the day of the delivery, today.

    Raises HallyuError when a face may not be used so or published, when the edit and the shots do not fit together, and
    for a frame that cannot be delivered.
    """
    folder, on = Path(folder), on or date.today()
    rights = _rights(project, on)
    _fits(project)
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("shots", "stills", "grades", "consents", "edit"):
        shutil.rmtree(folder / part, ignore_errors=True)
    title, rate = names.legal(project.title), project.edit.rate
    told = disclose_film(project.title, len(project.shots), project.ai, project.log)
    source = credentials.COMPOSITE if told.used_ai else credentials.DRAWN
    lengths = []
    for shot in project.shots:
        run = exr.write_run(folder / "shots" / shot.name, shot.name, shot.pictures, rate, start=shot.start)
        lengths.append(len(run.numbers))
        _write_still(
            folder / "stills" / f"{shot.name}.png",
            run,
            source,
            f"{project.title}, {shot.name}",
            signing_folder,
        )
    edit = conformed(project.edit, project.shots, lengths)
    _write_edit(folder, title, edit)
    for grade in project.grades:
        _copy(grade, folder / "grades" / names.legal(Path(grade).name))
    if project.copy is not None:
        _sign_copy(project.copy, folder / f"{title}.mp4", source, project.title, signing_folder)
    for used in _records(project):
        _copy(used.record, folder / "consents" / _record_name(used))
    rights |= {
        "disclosure": told.to_dict(),
        "notice": {language: told.text(language) for language in ("ko", "en")},
    }
    _write_json(folder / RIGHTS, rights)
    with write_whole(folder / SHEET) as draft:
        draft.write_text(_sheet(rights), encoding="utf-8")
    _write_json(folder / MANIFEST, _manifest(folder, project, edit, lengths))
    return folder


def conformed(edit: Timeline, shots: Sequence[Shot], lengths: Sequence[int]) -> Timeline:
    """The edit with the clips of its picture track standing on the delivered sequences of *lengths* frames."""
    picture = next(track for track in edit.tracks if track.kind == "video")
    left, items = list(zip(shots, lengths, strict=True)), []
    for item in picture.items:
        if isinstance(item, Clip):
            shot, count = left.pop(0)
            first = f"shots/{shot.name}/{shot.name}.{exr.FIRST}.exr"
            head, _ = shot.sides
            moved = tuple(replace(m, frame=m.frame - item.first + head) for m in item.markers)
            item = replace(
                item, name=shot.name, source=first, first=head, last=head + item.last - item.first, start=shot.start,
                available=(0, count), markers=moved,
            )  # fmt: skip
        items.append(item)
    tracks = tuple(replace(track, items=tuple(items)) if track is picture else track for track in edit.tracks)
    return replace(edit, tracks=tracks)


def _fits(project: Project) -> None:
    picture = [track for track in project.edit.tracks if track.kind == "video"]
    clips = [clip for _, clip in picture[0].placed()] if picture else []
    if not clips or len(clips) != len(project.shots):
        raise HallyuError(
            f"The edit has {_counted(len(clips), 'clip')} for {_counted(len(project.shots), 'shot')}: "
            "one shot for each clip of the picture."
        )
    seen = [shot.name for shot in project.shots]
    if doubled := [name for name in seen if seen.count(name) > 1]:
        raise HallyuError(f"Two shots are called {doubled[0]}: give each its own number.")
    for shot in project.shots:
        if problems := names.problems(shot.name):
            raise HallyuError(problems[0])
        if not shot.code.task or shot.code.version is None:
            raise HallyuError(f"{shot.name} names no task and version: write it as fs_010_0040_comp_v001.")
    for part in project.ai:
        if not 1 <= part.cut <= len(project.shots):
            raise HallyuError(
                f"AI made “{part.part}” in shot {part.cut} of {_counted(len(project.shots), 'shot')}."
            )


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _records(project: Project) -> Iterator[Used]:
    """Each consent once."""
    seen = set()
    for shot in project.shots:
        for used in shot.faces:
            if used.record is not None and used.face not in seen:
                seen.add(used.face)
                yield used


def _record_name(used: Used) -> str:
    return f"{names.legal(used.face)}.json"


def _rights(project: Project, on: date) -> dict:
    """The rights sheet, after everybody was asked."""
    shots = []
    for number, shot in enumerate(project.shots, 1):
        faces = []
        for used in shot.faces:
            uses = dict.fromkeys((*used.uses, "publish"))
            if used.record is None and used.face not in PUBLIC_FACES:
                raise HallyuError(
                    f"{shot.name}: {used.face} is no public face; add the signed consent of the person whose face it is."
                )
            given = (
                PUBLIC_FACES[used.face]
                if used.record is None
                else consent.read(used.record, used.signer, FaceConsent)
            )
            if used.record is not None and given.face != used.face:
                raise HallyuError(
                    f"{shot.name}: the consent is for the face of {given.face}, not of {used.face}."
                )
            for use in uses:
                consent.require(given, use, project.title, on)
            face = {"face": used.face, "uses": list(uses)}
            if used.record is None:
                face |= {"licence": given.licence, "credit": given.credit}
            else:
                face |= {
                    "consent": f"consents/{_record_name(used)}",
                    "signer": used.signer,
                    "ends": given.ends.isoformat(),
                }
            faces.append(face)
        shots.append({"number": number, "shot": shot.name, "faces": faces, "materials": list(shot.materials)})
    return {"title": project.title, "delivered": on.isoformat(), "licence": project.licence, "shots": shots}


def _sheet(rights: dict) -> str:
    """The rights sheet for people."""
    lines = [f"{rights['title']}: rights sheet (권리 확인서), {rights['delivered']}", ""]
    for shot in rights["shots"]:
        lines.append(f"{shot['number']}. {shot['shot']}")
        for face in shot["faces"]:
            by = (
                face.get("credit") or f"consent {face['consent']}, until {face['ends']}, key {face['signer']}"
            )
            lines.append(f"   face {face['face']}: {', '.join(face['uses'])}; {by}")
        lines += [f"   {material}" for material in shot["materials"]]
    lines += ["", rights["notice"]["ko"], "", rights["notice"]["en"]]
    if rights["licence"]:
        lines += ["", f"Licence: {rights['licence']}"]
    return "\n".join(lines) + "\n"


def _write_edit(folder: Path, title: str, edit: Timeline) -> None:
    after = {}
    for suffix in timeline.FORMATS:
        path = folder / "edit" / f"{title}{suffix}"
        timeline.write(path, edit)
        after[suffix[1:]] = timeline.read(path, edit.rate)
    with write_whole(folder / LOSS) as draft:
        draft.write_text(timeline.report(edit, after), encoding="utf-8")


def _write_still(path: Path, run: exr.Run, source: str, title: str, signing: str | Path) -> None:
    """The middle frame, over black, signed."""
    encoded = io.BytesIO()
    Image.fromarray(_still(run)).save(encoded, "PNG")
    signed = credentials.sign_bytes(encoded.getvalue(), "image/png", source, title, signing_folder=signing)
    with write_whole(path) as draft:
        draft.write_bytes(signed)


def _still(run: exr.Run) -> np.ndarray:
    """RGB uint8 (h, w, 3)."""
    frame = exr.to_frame(exr.read(run.path(run.numbers[len(run.numbers) // 2])))
    shown = frame[..., :3] * frame[..., 3:] if frame.shape[2] == 4 else frame
    return np.rint(shown * 255).astype(np.uint8)


def _sign_copy(copy: str | Path, path: Path, source: str, title: str, signing: str | Path) -> None:
    info = video.probe(copy)
    size = Path(copy).stat().st_size
    if info.codec != "h264" or size > LONGEST_COPY:
        raise HallyuError(
            f"{Path(copy).name} is {info.codec} of {size / 1e6:.0f} MB: the viewing copy is an MP4 of H.264 under "
            f"{LONGEST_COPY / 1e6:.0f} MB."
        )
    signed = credentials.sign_bytes(
        Path(copy).read_bytes(), "video/mp4", source, title, signing_folder=signing
    )
    with write_whole(path) as draft:
        draft.write_bytes(signed)


def _copy(source: str | Path, path: Path) -> None:
    with write_whole(path) as draft:
        try:
            shutil.copyfile(source, draft)
        except FileNotFoundError:
            raise HallyuError(f"There is no file {source}: check the name and the folder.") from None


def _write_json(path: Path, content: dict) -> None:
    with write_whole(path) as draft:
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _manifest(folder: Path, project: Project, edit: Timeline, lengths: Sequence[int]) -> dict:
    return {
        "title": project.title,
        "rate": str(edit.rate),
        "shots": [
            {"number": n, "shot": shot.name, "frames": count, "handles": shot.sides, "start": shot.start}
            for n, (shot, count) in enumerate(zip(project.shots, lengths, strict=True), 1)
        ],
        "files": {
            path.relative_to(folder).as_posix(): {"sha256": sha256(path), "bytes": path.stat().st_size}
            for path in _files(folder)
        },
    }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)


# Preflight -----------------------------------------------------------------------------------------------------------


def preflight(folder: str | Path, on: date | None = None) -> Report:
    """Open every file of a delivery again and say what is wrong with it. on: the day of the hand-over, today.

    Raises HallyuError for a folder that is no delivery.
    """
    folder = Path(folder)
    found = Findings(folder)
    manifest = _read_json(folder / MANIFEST)
    try:
        rate = Fraction(manifest["rate"])
        listed = {str(name): dict(entry) for name, entry in manifest["files"].items()}
        shots = [dict(shot) for shot in manifest["shots"]]
        for shot in shots:
            _ = shot["shot"] + "", int(shot["frames"]), shot["start"] + ""
            _, _ = (int(side) for side in shot["handles"])
        title = manifest["title"] + ""
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise HallyuError(f"{folder / MANIFEST} is damaged: write the delivery again.") from error
    _check_files(found, listed)
    counts = [_check_shot(found, shot, rate) for shot in shots]
    found.measured |= {"shots": len(shots), "frames": sum(counts)}
    _check_edit(found, names.legal(title), shots, rate)
    for path in sorted((folder / "grades").glob("*")) if (folder / "grades").is_dir() else ():
        found.try_(lut.read if path.suffix == ".cube" else cdl.read, path)
    told = _check_rights(found, title, shots, on or date.today())
    _check_pictures(found, names.legal(title), shots, told)
    one = {name: said for name, said in ONE.items() if found.measured.get(name) == 1}
    return Report(title, tuple(found.problems), tuple(found.notes), found.measured, MEASURES | one)


def _read_json(path: Path) -> dict:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise HallyuError(
            f"There is no {path.name} in {path.parent}: it is no delivery, or was not finished."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise HallyuError(f"{path.name} cannot be read: write the delivery again.") from error
    if not isinstance(content, dict):
        raise HallyuError(f"{path.name} is damaged: write the delivery again.")
    return content


def _check_files(found: Findings, listed: Mapping[str, Mapping]) -> None:
    there = {path.relative_to(found.folder).as_posix(): path for path in _files(found.folder)}
    for name in sorted(set(listed) - set(there)):
        found.problem(f"{name} is missing: copy or write the delivery again.")
    for name in sorted(set(there) - set(listed)):
        found.problem(f"{name} is not in the manifest: take it out, or write the delivery again.")
    for name in sorted(set(listed) & set(there)):
        if sha256(there[name]) != listed[name].get("sha256"):
            found.problem(f"{name} was changed after the delivery was written: write it again.")
    for name in there:
        for part in name.split("/"):
            for problem in names.problems(part):
                found.problem(problem)
    sizes = [path.stat().st_size for path in there.values()]
    found.measured |= {"files": len(sizes), "megabytes": sum(sizes) / 1e6}


def _check_shot(found: Findings, shot: Mapping, rate: Fraction) -> int:
    """Open every frame of a shot; returns how many there are."""
    name = shot["shot"]
    if found.try_(names.parse, name) is None:
        return 0
    folder = found.folder / "shots" / name
    runs = exr.runs(folder) if folder.is_dir() else []
    if [run.name for run in runs] != [name]:
        found.problem(
            f"shots/{name} holds {_counted(len(runs), 'sequence')}: it is one sequence called {name}."
        )
        return 0
    (run,) = runs
    if run.missing or run.numbers[0] != exr.FIRST or len(run.numbers) != shot["frames"]:
        missing = ", ".join(map(str, run.missing[:5])) or "none"
        found.problem(
            f"{run}, missing {missing}: the manifest says {_counted(shot['frames'], 'frame')} from {exr.FIRST} on."
        )
    same = before = form = None
    repeated, lights = 0, {}
    for number in run.numbers:
        picture = found.try_(exr.read, run.path(number))
        if picture is None:
            before = None
            continue
        _check_picture(found, run.path(number).name, picture)
        lights[number] = _light(picture)
        now = (picture.premultiplied.shape, picture.chromaticities, picture.half, sorted(picture.layers))
        form = form or now
        if now != form:
            found.problem(
                f"{run.path(number).name} is {_form(now)}, and the frames before it are {_form(form)}."
            )
        wanted = timecode.text(
            timecode.parse(shot["start"], rate) + number - exr.FIRST, rate, shot["start"][8] != ":"
        )
        if picture.timecode != wanted or picture.rate != rate:
            found.problem(
                f"{run.path(number).name} says {picture.timecode or 'no timecode'} at {float(picture.rate or 0):.3f} frames a "
                f"second; it is {wanted} at {float(rate):.3f}."
            )
        same = before is not None and before.shape == picture.premultiplied.shape
        if same and np.abs(before - picture.premultiplied).max() < FROZEN:
            repeated += 1
        before = picture.premultiplied
    if len(run.numbers) > 2 and repeated > len(run.numbers) // 2:
        found.problem(
            f"{name} stands still: {repeated} of its {len(run.numbers)} frames repeat the one before."
        )
    elif repeated == 1:
        found.notes.append(f"{name}: 1 frame repeats the one before.")
    elif repeated:
        found.notes.append(f"{name}: {repeated} frames repeat the one before.")
    _note_jumps(found, name, lights)
    return len(run.numbers)


def _light(picture: exr.Picture) -> float:
    """The median luminance of what is there. The weights are BT.709's; for a jump, those of other primaries are near enough."""
    pixels = picture.premultiplied
    there = pixels[..., 3] > 0.5 if pixels.shape[2] == 4 else np.ones(pixels.shape[:2], bool)
    return float(np.median(colour.luma(pixels[there] if there.any() else pixels)))


def _note_jumps(found: Findings, name: str, lights: Mapping[int, float]) -> None:
    """Say where the light of a shot jumps: a frame of code values in place of light is brighter than its neighbours.

    lights: the median light of each frame. A jump back to where the light was two frames ago is the end of the first one.
    """
    seen = {number: float(colour.to_display(np.float32(light))) for number, light in lights.items()}
    jumps = []
    for number, level in seen.items():
        before = seen.get(number - 1, level)
        back = number - 1 in jumps and abs(level - seen.get(number - 2, before)) < JUMP
        if abs(level - before) >= JUMP and not back:
            jumps.append(number)
    if jumps:
        where = ", ".join(map(str, jumps[:5]))
        found.notes.append(
            f"{name}: the light jumps at frame {where}, first from a median of {lights[jumps[0] - 1]:.2f} to "
            f"{lights[jumps[0]]:.2f}; a cut or a flash may do that, and a frame written as code values in place of light."
        )


def _form(form: tuple) -> str:
    shape, chromaticities, half, layers = form
    primaries = {exr.BT709: "BT.709", exr.ACESCG: "ACEScg", exr.ACES2065_1: "ACES2065-1"}.get(
        chromaticities, "other primaries"
    )
    kind = "half" if half else "float"
    return f"{shape[1]} x {shape[0]}, {shape[2]} channels of {kind}, {primaries}" + (
        f" with {', '.join(layers)}" if layers else ""
    )


def _check_picture(found: Findings, name: str, picture: exr.Picture) -> None:
    pixels = picture.premultiplied
    found.measured["brightest"] = max(found.measured.get("brightest", 0.0), float(pixels[..., :3].max()))
    if pixels.shape[2] == 4:
        alpha = pixels[..., 3]
        if alpha.min() < -1e-3 or alpha.max() > 1 + 1e-3:
            found.problem(
                f"{name}: its matte goes from {alpha.min():.3f} to {alpha.max():.3f}; a matte is 0 to 1."
            )
        # A glow may have colour where its matte is 0; a whole picture that does was not multiplied by its matte.
        clear = alpha < 1e-4
        if clear.mean() > 0.02 and (np.abs(pixels[clear][:, :3]).max(1) > 0.02).mean() > 0.5:
            found.problem(f"{name}: its colours are not premultiplied; multiply them by the matte.")
    if pixels[..., :3].max() <= 0:
        found.problem(f"{name} is black: render it again.")


def _check_edit(found: Findings, title: str, shots: Sequence[Mapping], rate: Fraction) -> None:
    read = {
        suffix[1:]: found.try_(timeline.read, found.folder / "edit" / f"{title}{suffix}", rate)
        for suffix in timeline.FORMATS
    }
    edit = read["otio"]
    if edit is None:
        return
    found.measured["seconds"] = float(edit.length / edit.rate)
    if edit.rate != rate:
        found.problem(
            f"The edit counts {float(edit.rate):.3f} frames a second, and the shots {float(rate):.3f}."
        )
    picture = [track for track in edit.tracks if track.kind == "video"]
    clips = [clip for _, clip in picture[0].placed()] if picture else []
    if [clip.name for clip in clips] != [shot["shot"] for shot in shots]:
        found.problem("The edit does not show the delivered shots in their order: conform it again.")
        return
    handles = []
    for clip, shot in zip(clips, shots, strict=True):
        if not (found.folder / clip.source).is_file():
            found.problem(f"{clip.name}: the edit looks for {clip.source}, which is not there.")
        if clip.start != shot["start"]:
            found.problem(
                f"{clip.name}: the edit counts from {clip.start}, and the frames from {shot['start']}."
            )
        sides = clip.first, shot["frames"] - clip.last
        handles += sides
        if min(sides) < 0:
            found.problem(
                f"{clip.name}: the edit shows frames {clip.first} to {clip.last} of {shot['frames']}."
            )
            continue
        for side, wanted in zip(sides, shot["handles"], strict=True):
            if side < wanted:
                found.problem(
                    f"{clip.name} has handles of {_counted(side, 'frame')}, not {wanted}: render it longer."
                )
    found.measured["handles"] = min(handles)
    after = {name: other for name, other in read.items() if other is not None}
    if (found.folder / LOSS).is_file() and json.loads(timeline.report(edit, after)) != found.try_(
        _read_json, found.folder / LOSS
    ):
        found.problem(f"{LOSS} does not say what was lost: the edit and its copies have drifted apart.")
    for name in ("edl", "aaf"):
        if name not in after:
            continue
        lost = timeline.lost(edit, after[name])
        found.measured[f"lost_{name}"] = len(lost)
        for finding in lost:
            if finding.kind in ("clip", "range", "length", "rate", "start"):
                found.problem(f"The {name.upper()} shows another edit: {finding}.")
        rest = sorted({finding.kind for finding in lost})
        if rest:
            found.notes.append(f"Lost in the {name.upper()}: {', '.join(rest)}; {LOSS} names each.")


def _check_rights(found: Findings, title: str, shots: Sequence[Mapping], on: date) -> Disclosure | None:
    rights = found.try_(_read_json, found.folder / RIGHTS)
    if rights is None:
        return None
    try:
        for number, shot in enumerate(rights["shots"]):
            if shot["shot"] != shots[number]["shot"]:
                raise ValueError("other shots")
            for face in shot["faces"]:
                _check_face(found, shot["shot"], face, title, on)
        if len(rights["shots"]) != len(shots):
            raise ValueError("other shots")
        told = Disclosure.from_dict(rights["disclosure"])
        notice = {language: told.text(language) for language in ("ko", "en")}
        if rights["notice"] != notice:
            found.problem(
                "The rights sheet's notice does not say what its disclosure says: write the delivery again."
            )
        if found.try_((found.folder / SHEET).read_text, "utf-8") != _sheet(rights):
            found.problem(f"{SHEET} does not say what {RIGHTS} says: write the delivery again.")
    except HallyuError as error:
        found.problem(str(error))
        return None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OSError):
        found.problem(f"{RIGHTS} is damaged, or of other shots: write the delivery again.")
        return None
    found.notes += told.gaps()
    return told


def _check_face(found: Findings, shot: str, face: Mapping, title: str, on: date) -> None:
    if "consent" in face:
        if not re.fullmatch(r"consents/[a-z0-9_-][a-z0-9._-]*\.json", face["consent"]):
            raise ValueError("a record outside the folder")
        given = found.try_(consent.read, found.folder / face["consent"], face["signer"], FaceConsent)
    else:
        given = PUBLIC_FACES.get(face["face"])
        if given is None:
            found.problem(
                f"{shot}: {face['face']} is no public face, and no consent is with it: ask the person."
            )
        elif given.credit != face["credit"]:
            found.problem(
                f"{shot}: the credit of {face['face']} is not what its licence asks for: {given.credit}."
            )
    if given is None:
        return
    if "consent" in face and given.face != face["face"]:
        found.problem(f"{shot}: the consent is for the face of {given.face}, not of {face['face']}.")
    if "publish" not in face["uses"]:
        found.problem(f"{shot}: {face['face']} did not consent to publish: ask for it by name.")
    for use in face["uses"]:
        found.try_(consent.require, given, use, title, on)


def _check_pictures(found: Findings, title: str, shots: Sequence[Mapping], told: Disclosure | None) -> None:
    """Stills and viewing copy: signed, unchanged, and of what the disclosure says."""
    wanted = None if told is None else credentials.COMPOSITE if told.used_ai else credentials.DRAWN
    signed = [(f"stills/{shot['shot']}.png", "image/png") for shot in shots]
    copy = found.folder / f"{title}.mp4"
    if copy.is_file():
        signed.append((copy.name, "video/mp4"))
        info = found.try_(video.probe, copy)
        length = found.measured.get("seconds")
        if (
            info is not None
            and length is not None
            and abs(info.seconds - length) > 0.5 / float(info.rate) + 0.01
        ):
            found.problem(
                f"{copy.name} lasts {info.seconds:.2f} s and the edit {length:.2f} s: export it again."
            )
    else:
        found.notes.append("There is no viewing copy.")
    for name, kind in signed:
        path = found.folder / name
        if not path.is_file():
            found.problem(f"{name} is missing: write the delivery again.")
            continue
        note = found.try_(credentials.read_bytes, path.read_bytes(), kind, name)
        if note is None:
            found.problem(f"{name} has no content credentials: write the delivery again.")
        elif not note.intact:
            found.problem(f"{name} was changed after it was signed: write the delivery again.")
        elif wanted is not None and note.source_type != wanted:
            found.problem(
                f"{name} is signed as {note.source_type.removeprefix(credentials.IPTC)}, which the disclosure contradicts."
            )
        if kind == "image/png":
            _check_still(found, path)


def _check_still(found: Findings, path: Path) -> None:
    folder = found.folder / "shots" / path.stem
    runs = exr.runs(folder) if folder.is_dir() else []
    frame = found.try_(_still, runs[0]) if runs else None
    shown = found.try_(lambda: next(video.read(path)))
    if frame is not None and shown is not None:
        same = shown.shape == frame.shape and np.abs(shown * 255 - frame).mean() < 1
        if not same:
            found.problem(
                f"stills/{path.name} does not show the middle frame of its shot: write the delivery again."
            )
