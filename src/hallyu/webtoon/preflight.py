"""Preflight: an exported folder is opened again from disk and held against what the platform accepts.

Nothing is believed that can be looked at: sizes, colours and heights are those of the files, the notice is
compared pixel by pixel with one drawn anew, and every credential is verified.
"""

import base64
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageCms, UnidentifiedImageError

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.provenance import credentials
from hallyu.provenance.disclosure import Disclosure
from hallyu.webtoon.export import DISCLOSURE, MANIFEST, REPORTS, Profile, find_profile, recover, resample
from hallyu.webtoon.notice import notice
from hallyu.webtoon.slicing import NamedBox, cut_through, describe

FORMATS = {"JPEG": "jpg", "PNG": "png"}
NOTICE_DIFFERENCE = 15.0
"""Mean grey levels over 16 x 16 px by which the notice may differ from one drawn anew. Measured at all four
widths: JPEG at quality 60 stays below 12, one digit exchanged for the one most like it is above 19."""


@dataclass(frozen=True)
class SliceFacts:
    """One image as it was found on disk. *alt* is its description; *thumbnail* a small JPEG."""

    file: str
    width: int
    height: int
    bytes: int
    mode: str
    alt: str
    thumbnail: bytes


@dataclass(frozen=True)
class Report:
    """What preflight found: problems keep an episode from being uploaded, notes do not."""

    title: str
    profile: Profile
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    slices: tuple[SliceFacts, ...]
    disclosure: Disclosure | None

    @property
    def passed(self) -> bool:
        """True when there is no problem."""
        return not self.problems

    @property
    def summary(self) -> str:
        """The verdict in one sentence."""
        size = sum(item.bytes for item in self.slices) / 1e6
        verdict = "ready to upload" if self.passed else f"{len(self.problems)} problem(s) to solve"
        return f"{self.title} for {self.profile.name}: {len(self.slices)} images, {size:.1f} MB, {verdict}."

    def text(self) -> str:
        """The report as plain text."""
        lines = [self.summary, *(f"✗ {p}" for p in self.problems), *(f"· {n}" for n in self.notes)]
        for item in self.slices:
            lines.append(f"  {item.file}  {item.width} x {item.height}  {item.bytes / 1e3:,.0f} kB")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()

    def json(self) -> str:
        """The report as JSON, without the thumbnails."""
        data = {
            "title": self.title,
            "profile": self.profile.key,
            "passed": self.passed,
            "problems": self.problems,
            "notes": self.notes,
            "slices": [
                {
                    "file": s.file,
                    "width": s.width,
                    "height": s.height,
                    "bytes": s.bytes,
                    "mode": s.mode,
                    "alt": s.alt,
                }
                for s in self.slices
            ],
            "ai_share_percent": self.disclosure.share if self.disclosure else None,
        }
        return json.dumps(data, ensure_ascii=False, indent=1)

    def html(self) -> str:
        """The report as one page that needs nothing else: pictures inside, each with alternative text."""
        return _page(self)

    def write(self, folder: str | Path) -> None:
        """Write report.txt, report.json and report.html into *folder*."""
        for name, words in zip(REPORTS, (self.text() + "\n", self.json(), self.html()), strict=True):
            with write_whole(Path(folder) / name) as draft:
                draft.write_text(words, encoding="utf-8")


def validate(
    folder: str | Path,
    profile: str | Profile,
    protected: Sequence[NamedBox] | None = None,
    disclosure: Disclosure | None = None,
) -> Report:
    """Open every file of an export again and say in words what the platform, or the law, would object to.

    protected, disclosure: what is known to be true, in exported pixels; without them the folder's own
    manifest is asked. A grader passes them, a learner need not.
    Raises HallyuError only when there is no such folder or profile; all else goes into the report.
    """
    profile, folder = find_profile(profile), Path(folder)
    recover(folder)
    if not folder.is_dir():
        raise HallyuError(f"There is no folder {folder}: export the episode first.")
    problems: list[str] = []
    notes = [profile.caveat] if profile.caveat else []
    manifest = _manifest(folder, problems)
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    _check_names(files, manifest, problems)
    _check_order(files, manifest, problems)
    _check_profile(manifest, profile, problems)
    pictures, facts = [], []
    for path in files:
        picture = _open(path, problems)
        if picture is None:
            continue
        top = sum(p.shape[0] for p in pictures)
        facts.append(_check_picture(path, picture, profile, manifest, top, problems))
        pictures.append(np.asarray(picture.convert("RGB")))
    _check_totals(files, profile, problems)
    if protected is None:
        protected = [NamedBox(kind, name, tuple(box)) for kind, name, box in manifest.get("protected", [])]
    if disclosure is None:
        disclosure = _disclosure(manifest, problems)
    _check_credentials(files, disclosure, problems, notes)
    notes += disclosure.gaps() if disclosure is not None else []
    # When rows are missing or doubled, boxes would be looked for in the wrong place.
    if _check_height(pictures, manifest, problems):
        _check_cuts(pictures, protected, problems)
        if disclosure is not None:
            _check_notice(pictures, protected, disclosure, problems)
    if not (folder / DISCLOSURE).exists():
        problems.append(
            f"{DISCLOSURE} is missing: export again, so that tool, scope and method go with the files."
        )
    title = str(manifest.get("title", folder.name))
    return Report(title, profile, tuple(problems), tuple(notes), tuple(facts), disclosure)


def _manifest(folder: Path, problems: list[str]) -> dict:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        _read_through(manifest)
        return manifest
    except FileNotFoundError:
        problems.append(f"{MANIFEST} is missing, so order and boxes cannot be checked: export again.")
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        problems.append(f"{MANIFEST} cannot be read: export again.")
    return {}


def _read_through(manifest: dict) -> None:
    """Touch everything that is used below, so that a damaged manifest is found here and nowhere else."""
    for entry in manifest["slices"]:
        _ = str(entry["file"]), str(entry["sha256"])
    for cut in manifest["cuts"]:
        _ = int(cut["y0"]), int(cut["y1"]), str(cut["alt"])
    for _, _, box in manifest["protected"]:
        _, _, _, _ = map(int, box)
    _ = int(manifest["height"]), str(manifest["profile"]), str(manifest["title"])


def _check_names(files: Sequence[Path], manifest: dict, problems: list[str]) -> None:
    if not files:
        problems.append("There are no images in the folder: export the episode first.")
        return
    for path in files:
        if not re.fullmatch(r"\d{3}\.(jpg|png)", path.name):
            problems.append(f"{path.name} is not named like a slice: use 001, 002, … in reading order.")
    names = {path.name for path in files}
    for entry in manifest.get("slices", []):
        if entry["file"] not in names:
            problems.append(f"{entry['file']} is missing: export again.")


def _check_order(files: Sequence[Path], manifest: dict, problems: list[str]) -> None:
    exported = {entry["sha256"]: entry["file"] for entry in manifest.get("slices", [])}
    if not exported:
        return
    for path in files:
        was = exported.get(sha256(path.read_bytes()).hexdigest())
        if was is None:
            problems.append(f"{path.name} has changed since it was exported: export again.")
        elif was != path.name:
            problems.append(f"{path.name} is the slice that was exported as {was}: the order is wrong.")


def _check_profile(manifest: dict, profile: Profile, problems: list[str]) -> None:
    if manifest and manifest.get("profile") != profile.key:
        problems.append(f'The export was made for "{manifest.get("profile")}", not for {profile.name}.')


def _open(path: Path, problems: list[str]) -> Image.Image | None:
    try:
        with Image.open(path) as picture:
            picture.load()
            return picture
    except UnidentifiedImageError:
        problems.append(f"{path.name} is not a picture: export again.")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        problems.append(f"{path.name} breaks off or is damaged: export again.")
    return None


def _check_picture(
    path: Path, picture: Image.Image, profile: Profile, manifest: dict, top: int, problems: list[str]
) -> SliceFacts:
    name, (width, height), size = path.name, picture.size, path.stat().st_size
    kind = FORMATS.get(picture.format or "", picture.format)
    if kind not in profile.formats:
        problems.append(f"{name} is {kind}: {profile.name} takes {' or '.join(profile.formats)}.")
    elif path.suffix != f".{kind}":
        problems.append(f"{name} is a {kind} file by another name: name it .{kind}.")
    if picture.mode != "RGB":
        problems.append(
            f"{name} is {picture.mode}, and screens want RGB: convert it, and look at its colours again."
        )
    elif not _is_srgb(picture):
        problems.append(
            f"{name} has a colour profile that is not sRGB: convert it, or its colours will shift."
        )
    if width != profile.width:
        problems.append(f"{name} is {width} px wide: {profile.name} takes {profile.width}.")
    if height > profile.max_height:
        problems.append(f"{name} is {height:,} px tall: {profile.name} takes {profile.max_height:,} at most.")
    if profile.max_file_bytes and size > profile.max_file_bytes:
        problems.append(
            f"{name} is {size / 1e6:.2f} MB: {profile.name} takes {profile.max_file_bytes / 1e6:g} MB a file."
        )
    small = picture.convert("RGB")
    small.thumbnail((160, 10_000))
    thumbnail = io.BytesIO()
    small.save(thumbnail, "JPEG", quality=80)
    return SliceFacts(
        name, width, height, size, picture.mode, _alt(manifest, top, top + height), thumbnail.getvalue()
    )


def _is_srgb(picture: Image.Image) -> bool:
    """A picture without a colour profile is taken as sRGB by every browser."""
    icc = picture.info.get("icc_profile")
    if not icc:
        return True
    try:
        return "sRGB" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(icc)))
    except ImageCms.PyCMSError:
        return False


def _check_totals(files: Sequence[Path], profile: Profile, problems: list[str]) -> None:
    if profile.max_images and len(files) > profile.max_images:
        problems.append(
            f"There are {len(files)} images: {profile.name} takes {profile.max_images} an episode."
        )
    total = sum(path.stat().st_size for path in files)
    if profile.max_episode_bytes and total > profile.max_episode_bytes:
        problems.append(
            f"The episode is {total / 1e6:.1f} MB: "
            f"{profile.name} takes {profile.max_episode_bytes / 1e6:g} MB."
        )


def _check_height(pictures: list[np.ndarray], manifest: dict, problems: list[str]) -> bool:
    height = sum(len(picture) for picture in pictures)
    if not manifest or height == manifest["height"]:
        return True
    problems.append(
        f"The slices are {height:,} px tall together and the strip was {manifest['height']:,}: "
        "something is missing or doubled."
    )
    return False


def _check_cuts(pictures: list[np.ndarray], protected: Sequence[NamedBox], problems: list[str]) -> None:
    ends = np.cumsum([len(picture) for picture in pictures]).tolist()
    for row, item in cut_through(ends[:-1], protected):
        n = ends.index(row) + 1
        problems.append(f"The cut between slices {n} and {n + 1} runs through the {describe(item)}.")


def _disclosure(manifest: dict, problems: list[str]) -> Disclosure | None:
    if "disclosure" not in manifest:
        problems.append(
            "The manifest has no disclosure: say what AI did, or that it did nothing, and export again."
        )
        return None
    try:
        return Disclosure.from_dict(manifest["disclosure"])
    except HallyuError as error:
        problems.append(str(error))
        return None


def _check_credentials(
    files: Sequence[Path], disclosure: Disclosure | None, problems: list[str], notes: list[str]
) -> None:
    unsigned = []
    for path in files:
        try:
            found = credentials.read(path)
        except HallyuError as error:
            problems.append(str(error))
            continue
        if found is None:
            unsigned.append(path.name)
        elif not found.intact:
            problems.append(f"{path.name} was changed after it was signed: export again.")
        elif disclosure is not None and found.source_type != _source(disclosure):
            problems.append(
                f"{path.name} is signed as {found.source_type.removeprefix(credentials.IPTC)}, which the "
                "disclosure contradicts: make both from the same records."
            )
    if unsigned and disclosure is not None and disclosure.used_ai:
        notes.append(f"Without content credentials: {', '.join(unsigned)}. The visible notice alone says AI.")


def _source(disclosure: Disclosure) -> str:
    return credentials.COMPOSITE if disclosure.used_ai else credentials.DRAWN


def _check_notice(
    pictures: list[np.ndarray], protected: Sequence[NamedBox], disclosure: Disclosure, problems: list[str]
) -> None:
    if not disclosure.used_ai:
        return
    wanted = f"{len(disclosure.ai_cuts)} of {disclosure.cuts} cuts have generated parts"
    box = next((item.box for item in protected if item.kind == "notice"), None)
    if box is None:
        problems.append(
            f"{wanted} and the strip has no notice that says so: export again with the disclosure."
        )
        return
    if len({picture.shape[1] for picture in pictures}) != 1:
        return  # widths differ, which is a problem of its own
    shown = np.concatenate(pictures)[box[1] : box[3]]
    expected = resample(notice(disclosure), shown.shape[1])
    if shown.shape != expected.shape or not _same_picture(shown, expected):
        problems.append(
            f"{wanted} and the notice at the end does not show it: export again with the disclosure."
        )


def _same_picture(a: np.ndarray, b: np.ndarray) -> bool:
    difference = cv2.absdiff(a, b).mean(axis=2).astype(np.float32)
    return float(cv2.blur(difference, (16, 16)).max()) <= NOTICE_DIFFERENCE


def _alt(manifest: dict, y0: int, y1: int) -> str:
    said = [cut["alt"] for cut in manifest.get("cuts", []) if cut["y0"] < y1 and cut["y1"] > y0]
    notices = [
        b for kind, _, b in manifest.get("protected", []) if kind == "notice" and b[1] < y1 and b[3] > y0
    ]
    said += ["Notice: what AI did in this episode."] * bool(notices)
    return " ".join(said) or "Empty gutter."


def _page(report: Report) -> str:
    def items(lines: Sequence[str], mark: str) -> str:
        return "".join(f'<li class="{mark}">{escape(line)}</li>' for line in lines)

    figures = "".join(
        f'<figure><img alt="{escape(s.alt)}" width="160" '
        f'src="data:image/jpeg;base64,{base64.b64encode(s.thumbnail).decode()}">'
        f"<figcaption>{escape(s.file)}<br>{s.width} × {s.height}<br>{s.bytes / 1e3:,.0f} kB</figcaption>"
        "</figure>"
        for s in report.slices
    )
    verdict = "pass" if report.passed else "fail"
    told = ""
    if report.disclosure is not None:
        texts = [(language, report.disclosure.text(language)) for language in ("ko", "en")]
        told = "<h2>What AI did · AI 사용 고지</h2>" + "".join(
            f'<p lang="{language}">{escape(text).replace(chr(10), "<br>")}</p>' for language, text in texts
        )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(report.title)} · preflight</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1e2430;
  background: #fff }}
h1 {{ font-size: 1.5rem }} h2 {{ font-size: 1.15rem; margin-top: 2rem }}
.verdict {{ padding: .75rem 1rem; border-left: 6px solid; background: #f3f4f7 }}
.verdict.pass {{ border-color: #1a7f45 }} .verdict.fail {{ border-color: #b3261e }}
li.problem::marker {{ content: "✗  "; color: #b3261e }} li.note::marker {{ content: "·  " }}
.slices {{ display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start }}
figure {{ margin: 0; width: 160px }} figure img {{ border: 1px solid #c9cdd6; height: auto }}
figcaption {{ font-size: .85rem; color: #4a5160 }}
</style></head><body>
<h1>{escape(report.title)}: preflight for {escape(report.profile.name)}</h1>
<p class="verdict {verdict}">{escape(report.summary)}</p>
<ul>{items(report.problems, "problem")}{items(report.notes, "note")}</ul>
<h2>Slices</h2><div class="slices">{figures}</div>
{told}
</body></html>
"""
