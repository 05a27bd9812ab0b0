"""A film as it is released (배급 서류): the files that go to a streaming service, and beside them quality, credit and right.

*write* makes the folder, *check* opens every file again and measures what is there:

    <title>.mp4                        the mezzanine, with content credentials
    poster.jpg                         its middle frame, with content credentials
    subtitles/<language>-<kind>.ttml   and .vtt: the subtitles; dossier.json says who wrote and who translated them
    qc/qc.json, qc.html                the report of quality control
    ladder.csv                         what the film is encoded in, at what cost and worth
    stream/, imf/                      the packages, where there are any
    consents/….json                    the signed consents to voices and faces
    dossier.json, dossier.html         all of it in words, for programs and, in Korean and English, for people
    manifest.json                      size and SHA-256 of every file
"""

import io
import itertools
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.files import sha256, write_whole_folder
from hallyu.film import names
from hallyu.handover import Findings, Report
from hallyu.ott import guide, imf, ladder, loudness, package, subtitle_files
from hallyu.ott.ladder import Point
from hallyu.ott.timedtext import Track
from hallyu.provenance import consent, credentials
from hallyu.provenance.consent import PUBLIC_FACES, PUBLIC_VOICES, Consent, FaceConsent
from hallyu.provenance.disclosure import AIPart, Disclosure, disclose_release
from hallyu.provenance.worklog import Entry

MANIFEST, DOSSIER, PAGE, POSTER = "manifest.json", "dossier.json", "dossier.html", "poster.jpg"
QC, LADDER, STREAM, IMF = "qc", "ladder.csv", "stream", "imf"
NEAR = 0.1
"""LU: two measurements of one film's loudness differ by no more. Seconds: nor do two of its lengths."""
_PUBLIC = {"voice": PUBLIC_VOICES, "face": PUBLIC_FACES}
_RECORDS = {"voice": Consent, "face": FaceConsent}


@dataclass(frozen=True)
class Likeness:
    """A voice that is heard or a face that is seen in the film, what was done with it, and by what right.

    kind: "voice" or "face". name: as the consent names it, or a key of PUBLIC_VOICES or PUBLIC_FACES. uses: keys of USES or
    FACE_USES; "publish" is asked for in any case. record, signer: the signed consent and its signer's fingerprint, for one
    that is not public.
    """

    kind: str
    name: str
    uses: tuple[str, ...] = ()
    record: Path | None = None
    signer: str = ""


@dataclass(frozen=True)
class Subtitled:
    """Subtitles and whose work they are.

    by: who wrote them, or translated them from the language *source*; by default, whom its cues name. tool: the program
    that drafted them, by recognition or translation; then checked_by is the person who read and heard all of it.
    """

    track: Track
    by: str = ""
    source: str = ""
    tool: str = ""
    checked_by: str = ""

    @property
    def name(self) -> str:
        """Of its files, without the ending."""
        return f"{self.track.language}-{self.track.kind}"


@dataclass(frozen=True, eq=False)
class Release:
    """All that a dossier is made of.

    mezzanine: MP4 or MOV, not fragmented. shots: how many it has, which the disclosure counts. qc: the folder that
    hallyu.ott.qc wrote, of this mezzanine. ladder: the rungs that were chosen. speech: seconds in which somebody speaks,
    which gate the loudness. ai: what models made or changed, by the number of the shot, from 1. log: who did what. credits:
    roles and names. materials: a line for each thing in it that somebody else owns, with its licence. stream, imf: folders
    that package.write and imf.write made.
    """

    title: str
    mezzanine: Path
    shots: int
    qc: Path
    ladder: Sequence[Point]
    subtitles: Sequence[Subtitled] = ()
    likenesses: Sequence[Likeness] = ()
    speech: Sequence[tuple[float, float]] = ()
    ai: Sequence[AIPart] = ()
    log: Sequence[Entry] = ()
    credits: Sequence[tuple[str, str]] = ()
    materials: Sequence[str] = ()
    licence: str = ""
    stream: Path | None = None
    imf: Path | None = None

    @property
    def disclosure(self) -> Disclosure:
        """What AI did and what people did."""
        return disclose_release(self.title, self.shots, self.ai, self.log)

    @property
    def notices(self) -> dict[str, str]:
        """One line in Korean and one in English on AI and rights: what the stream's manifests carry, and the page."""
        return _notices(self.disclosure, self.licence)


MEASURES = {
    "files": "{:.0f} files",
    "megabytes": "{:.1f} MB",
    "seconds": "mezzanine {:.2f} s",
    "frames": "{:.0f} frames",
    "programme": "programme {:.1f} LKFS",
    "dialogue": "dialogue {:.1f} LKFS",
    "true_peak": "true peak {:.1f} dBTP",
    "rungs": "ladder of {:.0f} rungs",
    "cues": "{:.0f} cues in all subtitles",
    "segments": "{:.0f} segments in the stream",
}
"""What is measured, and how a report says it."""


def write(
    folder: str | Path,
    release: Release,
    on: date | None = None,
    signing_folder: str | Path = credentials.SIGNING_FOLDER,
) -> Path:
    """Write the dossier of *release* into the new *folder*, and return it. on: the day of the release, today.

    Raises HallyuError when a voice or face may not be used so or published, when a machine's subtitles were checked by
    nobody, when synthetic voices are disclosed by nothing, and for files that are missing or cannot be signed.
    """
    folder, on = Path(folder), on or date.today()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HallyuError(f"{folder} holds something already: choose a new folder for the dossier.")
    if not release.ladder:
        raise HallyuError("The ladder has no rungs: choose at least one.")
    if not release.mezzanine.is_file():
        raise HallyuError(f"There is no file {release.mezzanine}: check the name and the folder.")
    told = release.disclosure
    likenesses, subtitles = permitted(release, on)
    before = sha256(release.mezzanine)
    if _qc(release.qc)["programme"]["sha256"] != before:
        raise HallyuError(
            f"The report of quality control is not of {release.mezzanine.name}: run it on this file."
        )
    name = f"{names.legal(release.title)}{release.mezzanine.suffix.lower()}"
    info = video.probe(release.mezzanine)
    _require_whole(release.mezzanine)
    source = credentials.COMPOSITE if told.used_ai else credentials.DRAWN
    with write_whole_folder(folder) as draft:
        credentials.sign(
            release.mezzanine, draft / name, source, release.title, signing_folder=signing_folder
        )
        _write_poster(draft / POSTER, release, info, source, signing_folder)
        for each in release.subtitles:
            for suffix in (".ttml", ".vtt"):
                subtitle_files.write(draft / "subtitles" / f"{each.name}{suffix}", each.track)
        shutil.copytree(release.qc, draft / QC)
        ladder.write(draft / LADDER, sorted(release.ladder, key=lambda each: each.bits))
        if release.stream is not None:
            _copy_folder(release.stream, draft / STREAM, package.HLS, "a stream")
        if release.imf is not None:
            _copy_folder(release.imf, draft / IMF, "ASSETMAP.xml", "an IMF package")
        for each, said in zip(release.likenesses, likenesses, strict=True):
            if each.record is not None:
                (draft / "consents").mkdir(exist_ok=True)
                shutil.copyfile(each.record, draft / said["consent"])
        dossier = {
            "title": release.title, "released": on.isoformat(), "licence": release.licence, "mezzanine": name,
            "width": info.width, "height": info.height, "rate": str(info.rate), "frames": info.length,
            "sha256_before_signing": before,
            "speech": [list(map(float, each)) for each in release.speech], "subtitles": subtitles,
            "likenesses": likenesses, "credits": [list(each) for each in release.credits],
            "materials": list(release.materials), "disclosure": told.to_dict(),
            "notice": {language: told.text(language) for language in ("ko", "en")}, "notices": release.notices,
        }  # fmt: skip
        _write_json(draft / DOSSIER, dossier)
        (draft / PAGE).write_text(page(draft), encoding="utf-8")
        files = {
            path.relative_to(draft).as_posix(): {"sha256": sha256(path), "bytes": path.stat().st_size}
            for path in _files(draft)
        }
        _write_json(draft / MANIFEST, {"title": release.title, "files": files})
    return folder


def permitted(release: Release, on: date | None = None) -> tuple[list[dict], list[dict]]:
    """What the dossier says of voices and faces, and of subtitles, after everybody was asked; nothing is opened or written.

    Raises HallyuError as *write* does for what may not be released, so that it is known before a film is encoded.
    """
    likenesses = _permitted(release, on or date.today())
    for problem in _undisclosed(release.disclosure, likenesses):
        raise HallyuError(problem)
    subtitles = [_subtitled(each) for each in release.subtitles]
    files = [each["files"][0] for each in subtitles]
    if doubled := [name for name in files if files.count(name) > 1]:
        raise HallyuError(f"Two tracks would be {doubled[0]}: give each another language or kind.")
    return likenesses, subtitles


def _notices(told: Disclosure, licence: str) -> dict[str, str]:
    said = {language: "; ".join(told.lines(language)) for language in ("ko", "en")}
    rights = {"ko": f"라이선스: {licence}", "en": f"Licence: {licence}"} if licence else {}
    return {
        language: package.one_line("; ".join(filter(None, [told.title, text, rights.get(language)])))
        for language, text in said.items()
    }


def _permitted(release: Release, on: date) -> list[dict]:
    """What the dossier says of each voice and face, after everybody was asked."""
    said = []
    for each in release.likenesses:
        if each.kind not in _PUBLIC:
            raise HallyuError(f"A likeness is a voice or a face, not “{each.kind}”.")
        if each.record is None and each.name not in _PUBLIC[each.kind]:
            raise HallyuError(
                f"{each.name} is no public {each.kind}: add the signed consent of the person whose {each.kind} it is."
            )
        uses = list(dict.fromkeys((*each.uses, "publish")))
        entry = {"kind": each.kind, "name": each.name, "uses": uses}
        if each.record is None:
            given = _PUBLIC[each.kind][each.name]
            entry |= {"licence": given.licence, "credit": given.credit}
        else:
            given = consent.read(each.record, each.signer, _RECORDS[each.kind])
            _require_subject(each.kind, each.name, given)
            record = f"consents/{each.kind}-{names.legal(each.name)}.json"
            entry |= {"consent": record, "signer": each.signer, "ends": given.ends.isoformat()}
        for use in uses:
            consent.require(given, use, release.title, on)
        said.append(entry)
    return said


def _require_subject(kind: str, name: str, given: Consent | FaceConsent) -> None:
    if given.subject != name:
        raise HallyuError(
            f"The consent is for the {kind} of {given.subject}, not of {name}: add the right one."
        )


def _undisclosed(told: Disclosure, likenesses: Iterable[Mapping]) -> Iterable[str]:
    """The bundled voices and actors are synthetic: who uses one says so."""
    synthetic = [each["name"] for each in likenesses if each["name"] in _PUBLIC[each["kind"]]]
    if synthetic and not told.used_ai:
        yield f"{synthetic[0]} is synthetic, and the disclosure says that no AI was used: name what it made."


def _subtitled(each: Subtitled) -> dict:
    """What the dossier says of a track. Raises HallyuError where nobody answers for it."""
    said = {
        "files": [f"subtitles/{each.name}{suffix}" for suffix in (".ttml", ".vtt")],
        "language": each.track.language, "kind": each.track.kind, "cues": len(each.track.cues),
        "by": each.by or _authors(each.track), "source": each.source, "tool": each.tool, "checked_by": each.checked_by,
    }  # fmt: skip
    for problem in _unanswered(said):
        raise HallyuError(problem)
    return said


def _authors(track: Track) -> str:
    """Whom the cues name, if each names somebody."""
    by = [cue.by for cue in track.cues]
    return ", ".join(dict.fromkeys(by)) if all(by) else ""


def _unanswered(said: Mapping) -> Iterable[str]:
    name = said["files"][0]
    if said["tool"] and not said["checked_by"]:
        yield f"{name} was drafted by {said['tool']} and checked by nobody: read it against the film, and sign for it."
    elif not said["tool"] and not said["by"]:
        yield f"{name} names nobody who wrote or translated it: credit the person."


def _require_whole(path: Path) -> None:
    """Pass for an MP4 in one piece. Fragments are played one by one, and a signature over the file holds for none of them."""
    if path.suffix.lower() not in (".mp4", ".mov"):
        raise HallyuError(
            f"{path.name} is no MP4 or MOV, which credentials can be put into: export the mezzanine so."
        )
    if "moof" in package.kinds(path):
        raise HallyuError(
            f"{path.name} is fragmented, as segments of a stream are: sign the mezzanine it was made from."
        )


def _write_poster(path: Path, release: Release, info: video.Info, source: str, signing: str | Path) -> None:
    middle = info.length // 2
    frame = next(video.read(release.mezzanine, middle, middle + 1))[..., :3]
    picture, encoded = Image.fromarray(np.rint(frame * 255).astype(np.uint8)), io.BytesIO()
    picture.thumbnail((960, 960))
    picture.save(encoded, "JPEG", quality=88)
    signed = credentials.sign_bytes(
        encoded.getvalue(), "image/jpeg", source, f"{release.title}, poster", signing_folder=signing
    )
    path.write_bytes(signed)


def _copy_folder(source: Path, target: Path, wanted: str, what: str) -> None:
    if not (Path(source) / wanted).is_file():
        raise HallyuError(f"There is no {wanted} in {source}: that folder is not {what}.")
    shutil.copytree(source, target)


def _write_json(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)


# The page for people --------------------------------------------------------------------------------------------------

_WORDS = {
    "ko": {
        "name": "배급 서류", "film": "작품", "title": "제목", "released": "배급일", "licence": "라이선스", "picture": "화면",
        "length": "길이", "quality": "품질 관리(QC)", "report": "QC 보고서",
        "defects": "반려 사유 {serious}건, 확인 사항 {rest}건", "ladder": "비트레이트 래더", "size": "크기", "bits": "kbit/s",
        "subtitles": "자막", "language": "언어", "kind": "종류", "cues": "자막 수", "by": "작성/번역", "checked": "검수",
        "from {}": "{}에서 번역", "drafted by {}": "초안: {}", "likenesses": "목소리와 얼굴", "who": "누구", "uses": "용도",
        "right": "근거", "until {}": "{}까지 동의", "credits": "크레디트", "materials": "사용한 자료", "ai": "AI 사용 고지",
        "voice": "목소리", "face": "얼굴", "frames": "프레임", "poster": "영상의 한 장면", "packages": "패키지",
        STREAM: "HLS와 DASH 스트림", IMF: "IMF 패키지",
    },
    "en": {
        "name": "Release dossier", "film": "Film", "title": "Title", "released": "Released", "licence": "Licence",
        "picture": "Picture", "length": "Length", "quality": "Quality control (QC)", "report": "QC report",
        "defects": "{serious} to send it back for, {rest} to look at", "ladder": "Bitrate ladder", "size": "Size",
        "bits": "kbit/s", "subtitles": "Subtitles", "language": "Language", "kind": "Kind", "cues": "Cues",
        "by": "Written or translated by", "checked": "Checked by", "from {}": "from {}", "drafted by {}": "drafted by {}",
        "likenesses": "Voices and faces", "who": "Who", "uses": "Uses", "right": "By what right",
        "until {}": "consent until {}", "credits": "Credits", "materials": "Materials", "ai": "Use of AI",
        "voice": "voice", "face": "face", "frames": "frames", "poster": "A frame of the film", "packages": "Packages",
        STREAM: "HLS and DASH stream", IMF: "IMF package",
    },
}  # fmt: skip
_STYLE = (
    "body{font:16px/1.6 system-ui,'Noto Sans KR',sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;"
    "background:#fff}img{max-width:100%;height:auto}table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "th,td{border-bottom:1px solid #c8c8c8;padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}"
    "section{overflow-x:auto}.notice{white-space:pre-line;border-left:4px solid #0072b2;padding-left:1rem}a{color:#005b8f}"
)


def page(folder: str | Path) -> str:
    """The dossier for people, in Korean and then in English, as HTML without scripts; made of what the folder's JSON says."""
    folder = Path(folder)
    told, rungs, report = _read_json(folder / DOSSIER), ladder.read(folder / LADDER), _qc(folder / QC)
    fails = sum(each["severity"] == "fail" for each in report["defects"])
    counts = fails, len(report["defects"]) - fails
    title = escape(told["title"])
    head = (
        '<!doctype html>\n<html lang="ko">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}: 배급 서류 (release dossier)</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    )
    sections = [_section(told, rungs, counts, language, folder) for language in ("ko", "en")]
    return head + "".join(sections) + "</body>\n</html>\n"


def _section(
    told: Mapping, rungs: Sequence[Point], counts: tuple[int, int], language: str, folder: Path
) -> str:
    words, rate = _WORDS[language], Fraction(told["rate"])
    film = [
        (words["title"], told["title"]), (words["released"], told["released"]), (words["licence"], told["licence"] or "–"),
        (words["picture"], f"{told['width']} × {told['height']}, {float(rate):.5g} fps"),
        (words["length"], f"{float(told['frames'] / rate):.2f} s, {told['frames']} {words['frames']}"),
    ]  # fmt: skip
    encodes = [(f"{p.width} × {p.height}", p.codec, f"{p.bits / 1000:,.0f}", f"{p.vmaf:.1f}") for p in rungs]
    subtitles = [
        (each["language"], each["kind"], str(each["cues"]), _by(each, words), each["checked_by"] or "–")
        for each in told["subtitles"]
    ]
    likenesses = [
        (each["name"], words[each["kind"]], ", ".join(each["uses"]), _right(each, words))
        for each in told["likenesses"]
    ]
    packages = [(words[each], f"{each}/") for each in (STREAM, IMF) if (folder / each).is_dir()]
    poster = f'<p><img src="{POSTER}" alt="{words["poster"]}: {escape(told["title"])}"></p>\n'
    found = words["defects"].format(serious=counts[0], rest=counts[1])
    parts = [
        f'<section lang="{language}">\n<h2>{words["name"]}</h2>\n',
        poster if language == "ko" else "",
        _rows(words["film"], [], film),
        f'<h3>{words["ai"]}</h3>\n<p class="notice">{escape(told["notice"][language])}</p>\n',
        f'<h3>{words["quality"]}</h3>\n<p>{found}. <a href="{QC}/qc.html">{words["report"]}</a></p>\n',
        _rows(words["ladder"], [words["size"], "codec", words["bits"], "VMAF"], encodes),
        _rows(
            words["subtitles"],
            [words[key] for key in ("language", "kind", "cues", "by", "checked")],
            subtitles,
        ),
        _rows(words["likenesses"], [words[key] for key in ("who", "kind", "uses", "right")], likenesses),
        _rows(words["credits"], [], told["credits"]),
        _rows(words["materials"], [], [(each,) for each in told["materials"]]),
        _rows(words["packages"], [], packages),
        "</section>\n",
    ]
    return "".join(parts)


def _right(each: Mapping, words: Mapping[str, str]) -> str:
    return each.get("credit") or f"{words['until {}'].format(each['ends'])} ({each['signer']})"


def _by(each: Mapping, words: Mapping[str, str]) -> str:
    source = words["from {}"].format(each["source"]) if each["source"] else ""
    tool = words["drafted by {}"].format(each["tool"]) if each["tool"] else ""
    return ", ".join(filter(None, [each["by"], source, tool]))


def _rows(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table under a heading; nothing where there are no rows."""
    if not rows:
        return ""
    top = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    body = "".join(
        "<tr>" + "".join(
            f'<th scope="row">{escape(cell)}</th>' if not place and len(row) > 1 else f"<td>{escape(cell)}</td>"
            for place, cell in enumerate(row)
        ) + "</tr>\n"
        for row in rows
    )  # fmt: skip
    return f"<h3>{caption}</h3>\n<table>\n{f'<tr>{top}</tr>' if top else ''}{body}</table>\n"


# Opened again ---------------------------------------------------------------------------------------------------------


def check(folder: str | Path, on: date | None = None) -> Report:
    """Open every file of a dossier again and say what is wrong with it, a sentence each. on: the day of the hand-over, today.

    Hashes, credentials, the loudness of the mezzanine, subtitles against the guide, the ladder, the QC report, consents, the
    disclosure in page and manifests, and both packages. Raises HallyuError for a folder that is no dossier.
    """
    folder, on = Path(folder), on or date.today()
    found = Findings(folder)
    listed, told = _read_json(folder / MANIFEST).get("files"), _read_json(folder / DOSSIER)
    try:
        _read_through(told)
        disclosure = Disclosure.from_dict(told["disclosure"])
        listed = {str(name): dict(entry) for name, entry in listed.items()}
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise HallyuError(f"{folder} holds a damaged dossier: write it again.") from error
    _check_files(found, listed)
    _check_mezzanine(found, told, disclosure)
    rungs = found.try_(_check_ladder, found, told)
    found.try_(_check_qc, found, told)
    for each in told["subtitles"]:
        found.try_(_check_subtitles, found, told, each)
    for each in told["likenesses"]:
        found.try_(_check_likeness, found, told["title"], each, on)
    _check_disclosure(found, told, disclosure)
    if (folder / STREAM).is_dir():
        found.try_(_check_stream, found, told, rungs or [])
    if (folder / IMF).is_dir():
        found.try_(_check_imf, found, told)
    return Report(told["title"], tuple(found.problems), tuple(found.notes), found.measured, MEASURES)


def _read_json(path: Path) -> dict:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise HallyuError(
            f"There is no {path.name} in {path.parent}: it is no dossier, or was not finished."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise HallyuError(f"{path.name} cannot be read: write the dossier again.") from error
    if not isinstance(content, dict):
        raise HallyuError(f"{path.name} is damaged: write the dossier again.")
    return content


def _read_through(told: Mapping) -> None:
    """Touch everything that is used below, so that a damaged dossier is found here and nowhere else."""
    _ = (
        told["sha256_before_signing"] + "",
        told["title"] + "",
        told["licence"] + "",
        told["released"] + "",
        int(told["width"]),
        int(told["height"]),
    )
    if Path(told["mezzanine"]).name != told["mezzanine"] or not told["frames"] > 0:
        raise ValueError("a mezzanine outside the folder, or none")
    _ = Fraction(told["rate"]), [(float(start), float(end)) for start, end in told["speech"]]
    for each in told["subtitles"]:
        first, second = each["files"]
        _ = (
            [each[key] + "" for key in ("language", "kind", "by", "source", "tool", "checked_by")],
            int(each["cues"]),
        )
        if not all(re.fullmatch(r"subtitles/[\w-]+\.(ttml|vtt)", name) for name in (first, second)):
            raise ValueError("subtitles outside the folder")
    for each in told["likenesses"]:
        _ = each["name"] + "", _PUBLIC[each["kind"]], [use + "" for use in each["uses"]]
        if "consent" in each:
            _ = each["signer"] + "", each["ends"] + ""
            if not re.fullmatch(r"consents/[a-z0-9_-][a-z0-9._-]*\.json", each["consent"]):
                raise ValueError("a record outside the folder")
        else:
            _ = each["credit"] + "", each["licence"] + ""
    for row in told["credits"]:
        role, name = row
        _ = role + "", name + ""
    _ = [each + "" for each in told["materials"]]
    _ = [told[key][language] + "" for key in ("notice", "notices") for language in ("ko", "en")]


def _check_files(found: Findings, listed: Mapping[str, Mapping]) -> None:
    there = {path.relative_to(found.folder).as_posix(): path for path in _files(found.folder)}
    for name in sorted(set(listed) - set(there)):
        found.problem(f"{name} is missing: copy or write the dossier again.")
    for name in sorted(set(there) - set(listed)):
        found.problem(f"{name} is not in the manifest: take it out, or write the dossier again.")
    for name in sorted(set(listed) & set(there)):
        if sha256(there[name]) != listed[name].get("sha256"):
            found.problem(f"{name} was changed after the dossier was written: write it again.")
    sizes = [path.stat().st_size for path in there.values()]
    found.measured |= {"files": len(sizes), "megabytes": sum(sizes) / 1e6}


def _check_mezzanine(found: Findings, told: Mapping, disclosure: Disclosure) -> None:
    path = found.folder / told["mezzanine"]
    wanted = credentials.COMPOSITE if disclosure.used_ai else credentials.DRAWN
    for name in (told["mezzanine"], POSTER):
        if (found.folder / name).is_file():
            found.try_(_check_signed, found, name, wanted)
    info = found.try_(video.probe, path)
    if info is None:
        return
    found.measured |= {"seconds": info.seconds, "frames": info.length}
    if (info.length, str(info.rate), info.width, info.height) != tuple(
        told[k] for k in ("frames", "rate", "width", "height")
    ):
        found.problem(
            f"{path.name} has {info.length} frames of {info.width} x {info.height} at {info.rate} a second, and {DOSSIER} says "
            f"{told['frames']} of {told['width']} x {told['height']} at {told['rate']}."
        )
    if not info.has_audio:
        found.notes.append(f"{path.name} has no sound.")
        return
    loud = found.try_(loudness.measure, path)
    if loud is None:
        return
    spoken = loud.dialogue(told["speech"])[0] if told["speech"] else -np.inf
    measured = {"programme": loud.integrated, "dialogue": spoken, "true_peak": loud.true_peak}
    found.measured |= {name: value for name, value in measured.items() if np.isfinite(value)}
    for defect in loudness.check(loud, told["speech"] or None):
        (found.problem if defect.serious else found.notes.append)(f"{path.name}: {defect.says}")


def _check_signed(found: Findings, name: str, wanted: str) -> None:
    note = credentials.read(found.folder / name)
    if note is None:
        found.problem(f"{name} has no content credentials: write the dossier again.")
    elif not note.intact:
        found.problem(f"{name} was changed after it was signed: write the dossier again.")
    elif note.source_type != wanted:
        made = note.source_type.removeprefix(credentials.IPTC)
        found.problem(f"{name} is signed as {made}, which the disclosure contradicts.")


def _check_ladder(found: Findings, told: Mapping) -> list[Point]:
    points = ladder.read(found.folder / LADDER)
    found.measured["rungs"] = len(points)
    for lower, higher in itertools.pairwise(points):
        if higher.vmaf <= lower.vmaf:
            found.problem(
                f"The rung {higher.says} costs more than {lower.says} and is worth no more: leave it out."
            )
    for each in points:
        if each.height > told["height"]:
            found.problem(f"The rung {each.says} is larger than the mezzanine: leave it out.")
    return points


def _qc(folder: Path) -> dict:
    """What hallyu.ott.qc wrote into a folder. Raises HallyuError for what is no such report."""
    if not (folder / "qc.json").is_file() or not (folder / "qc.html").is_file():
        raise HallyuError(f"There is no qc.json with its qc.html in {folder}: run quality control again.")
    report = _read_json(folder / "qc.json")
    try:
        _ = report["programme"]["sha256"] + "", int(report["programme"]["frames"])
        _ = [each[key] + "" for each in report["defects"] for key in ("code", "severity", "says")]
        for key in ("integrated", "dialogue"):
            _ = report["loudness"] and float(report["loudness"][key] or 0)
    except (KeyError, TypeError, ValueError):
        raise HallyuError("qc.json is no report of quality control: run it again.") from None
    return report


def _check_qc(found: Findings, told: Mapping) -> None:
    report = _qc(found.folder / QC)
    if report["programme"]["sha256"] != told["sha256_before_signing"]:
        found.problem("The report of quality control is of another file than the mezzanine: run it again.")
    if report["programme"]["frames"] != told["frames"]:
        found.problem(
            f"Quality control saw {report['programme']['frames']} of {told['frames']} frames: run it again."
        )
    loud = report["loudness"] or {}
    for name, key in (("programme", "integrated"), ("dialogue", "dialogue")):
        here, there = found.measured.get(name), loud.get(key)
        if "true_peak" in found.measured and not _near(here, there):
            found.problem(
                f"The {name} of the mezzanine has {_lkfs(here)}, and quality control measured {_lkfs(there)}: run it again."
            )
    fails = [each for each in report["defects"] if each["severity"] == "fail"]
    for each in fails:
        found.problem(f"Quality control sends the film back: {each['code']}: {each['says']}")
    if rest := len(report["defects"]) - len(fails):
        found.notes.append(f"Quality control has {rest} finding(s) to look at: {QC}/qc.html shows them.")


def _near(here: float | None, there: float | None) -> bool:
    return here == there if here is None or there is None else abs(here - there) <= NEAR


def _lkfs(value: float | None) -> str:
    return "no loudness" if value is None else f"{value:.1f} LKFS"


def _check_subtitles(found: Findings, told: Mapping, each: Mapping) -> None:
    first, second = each["files"]
    for problem in _unanswered(each):
        found.problem(problem)
    track = subtitle_files.read(found.folder / first)
    other = subtitle_files.read(found.folder / second, each["language"], each["kind"], track.rate)
    found.measured["cues"] = found.measured.get("cues", 0) + len(track.cues)
    if (track.language, track.kind, len(track.cues)) != (each["language"], each["kind"], each["cues"]):
        found.problem(
            f"{first} holds {len(track.cues)} cues of {track.kind} in {track.language}, and {DOSSIER} says {each['cues']} of "
            f"{each['kind']} in {each['language']}."
        )
    if not _same_cues(track, other):
        found.problem(f"{second} does not say what {first} says: write both from one track.")
    rate = Fraction(told["rate"])
    if track.rate != rate:
        found.problem(
            f"{first} is timed for {float(track.rate):.5g} frames a second, and the film has {float(rate):.5g}."
        )
    end = float(told["frames"] / rate)
    if late := [cue for cue in track.cues if cue.end > end + 1 / float(rate)]:
        found.problem(f"{first}: a cue stands until {late[0].end:.2f} s, and the film ends at {end:.2f} s.")
    rules = guide.GUIDES.get(track.language.partition("-")[0])
    if rules is None:
        found.notes.append(
            f"{first}: there is no guide for {track.language} here, so its text was not checked."
        )
        return
    broken = guide.check(track, rules)
    if errors := [one for one in broken if one.rule.severity == "error"]:
        found.problem(f"{first} breaks {len(errors)} rule(s) of the guide, first at {errors[0]}.")
    if rest := len(broken) - len(errors):
        found.notes.append(f"{first}: the guide has {rest} remark(s), none of which fails a delivery.")


def _same_cues(track: Track, other: Track) -> bool:
    """Whether two files say the same at the same time, to a thousandth of a second."""
    return len(track.cues) == len(other.cues) and all(
        a.text == b.text and abs(a.start - b.start) < 0.0011 and abs(a.end - b.end) < 0.0011
        for a, b in zip(track.cues, other.cues, strict=True)
    )


def _check_likeness(found: Findings, title: str, each: Mapping, on: date) -> None:
    kind, name = each["kind"], each["name"]
    if "consent" in each:
        given = consent.read(found.folder / each["consent"], each["signer"], _RECORDS[kind])
        _require_subject(kind, name, given)
        if each["ends"] != given.ends.isoformat():
            found.problem(f"The consent of {name} ends on {given.ends}, and {DOSSIER} says {each['ends']}.")
    else:
        given = _PUBLIC[kind].get(name)
        if given is None:
            raise HallyuError(
                f"{name} is no public {kind}: add the signed consent of the person whose {kind} it is."
            )
        if (each["credit"], each["licence"]) != (given.credit, given.licence):
            found.problem(
                f"The credit of {name} is not what its licence asks for: {given.credit} ({given.licence})."
            )
    if "publish" not in each["uses"]:
        found.problem(f"{DOSSIER} does not ask {name} for “publish”: nothing follows from another use.")
    for use in each["uses"]:
        found.try_(consent.require, given, use, title, on)


def _check_disclosure(found: Findings, told: Mapping, disclosure: Disclosure) -> None:
    notice = {language: disclosure.text(language) for language in ("ko", "en")}
    if told["notice"] != notice or told["notices"] != _notices(disclosure, told["licence"]):
        found.problem("The notice does not say what the disclosure says: write the dossier again.")
    for problem in _undisclosed(disclosure, told["likenesses"]):
        found.problem(problem)
    found.notes += disclosure.gaps()
    if not told["credits"]:
        found.problem(f"{DOSSIER} credits nobody: name the people who made the film.")
    text = found.try_(page, found.folder)
    path = found.folder / PAGE
    if text is not None and path.is_file() and path.read_text(encoding="utf-8", errors="replace") != text:
        found.problem(f"{PAGE} does not say what the other files say: write the dossier again.")


def _check_stream(found: Findings, told: Mapping, rungs: Sequence[Point]) -> None:
    folder = found.folder / STREAM
    for each in package.check(folder):
        found.problem(f"{STREAM}/{each.where}: {each.says}.")
    stream = package.read(folder)
    found.measured["segments"] = sum(len(each.segments) for each in (*stream.videos, *stream.audios))
    seconds = float(told["frames"] / Fraction(told["rate"]))
    if abs(float(stream.videos[0].seconds) - seconds) > NEAR:
        found.problem(
            f"The stream lasts {float(stream.videos[0].seconds):.2f} s and the mezzanine {seconds:.2f} s: package this film."
        )
    shown = {(each.width, each.height) for each in stream.videos}
    wanted = {(each.width, each.height) for each in rungs}
    if rungs and shown != wanted:
        listed = ", ".join(f"{width} x {height}" for width, height in sorted(shown ^ wanted))
        found.problem(f"Ladder and stream differ in {listed}: package the rungs that were chosen.")
    missing = {(each["language"], each["kind"]) for each in told["subtitles"]}
    missing -= {(each.language, each.kind) for each in stream.texts}
    for language, kind in sorted(missing):
        found.problem(f"The stream lacks the {kind} in {language}: package all subtitles.")
    for name, said in zip((package.HLS, package.DASH), package.notices(folder), strict=True):
        if said != told["notices"]:
            found.problem(
                f"{STREAM}/{name} does not carry the notice on AI and rights: package it with Release.notices."
            )


def _check_imf(found: Findings, told: Mapping) -> None:
    folder = found.folder / IMF
    for each in imf.check(folder):
        (found.notes.append if each.note else found.problem)(f"{IMF}/{each.where}: {each.says}.")
    paths, _ = imf.find(folder)
    for playlist in imf.compositions(folder):
        composition = imf.read(playlist)
        pictures = [each for each in composition.resources if each.sequence == "MainImageSequence"]
        count = round(sum(each.seconds for each in pictures) * composition.rate)
        if count != told["frames"] or composition.rate != Fraction(told["rate"]):
            found.problem(
                f"{IMF}/{playlist.name} shows {count} frames, and the mezzanine has {told['frames']}: pack this film."
            )
        for path in sorted({paths[each.file] for each in pictures if each.file in paths}):
            info = found.try_(video.probe, path)
            if info is not None and (info.width, info.height) != (told["width"], told["height"]):
                found.problem(
                    f"{IMF}/{path.name} is {info.width} x {info.height}, and the mezzanine {told['width']} x {told['height']}: "
                    "pack this film."
                )
