"""Grading a release: a film conformed from two faulty reels, mixed from its stems, encoded, packaged, signed and declared.

The film as it is meant, its stems and its times are known to the graders and closed to learners (hallyu.grading.sealed). No
report of a delivery is believed: not its quality control, nor its ladder, nor its manifests. What is seen, heard and streamed
is decoded again and measured (hallyu.grading.conformed, hallyu.grading.streamed).
"""

import json
import re
import time
from collections.abc import Iterable, Iterator

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.files import sha256
from hallyu.grading import conformed, sealed, streamed, untrusted
from hallyu.grading.artefacts_film import graded
from hallyu.grading.artefacts_stream import LADDER, rungs, saving, stream, tracks
from hallyu.grading.delivered import (
    DETAIL,
    FIDELITY,
    FOREIGN,
    LANGUAGES,
    MEZZANINE,
    MOST_FRAMES,
    MOST_TEXT,
    NAME,
    RATE,
    SIZE,
    SMALL,
    VERIFIED,
    Delivery,
    loudness_findings,
    mix_findings,
    object_in,
    on_delivery,
    timecode,
)
from hallyu.grading.findings import Finding
from hallyu.ott import imf, package, qc, subtitle_files, sync
from hallyu.provenance import credentials
from hallyu.provenance.consent import PUBLIC_FACES, PUBLIC_VOICES
from hallyu.provenance.disclosure import MEDIA, Disclosure

TITLE, IMF = "First Snow", "imf"
VOICES, FACES = ("jf_nezumi", "jm_kumo", "jf_gongitsune"), ("Mirae", "doyun")
ELSEWHERE = {"loudness", "loudness-range", "true-peak", "sync", "sync-drift"}
"""Codes of quality control that graders of their own look at, with the film's own truth."""
HALF_SIZE = (8.0, 0.5)
"""By how much frames of a package may differ that are read at half their size, and when another one fits better."""
OTHER = 0.5
"""Share of wrong frames from which it is another film."""
TOLD = 3
LONG = 90.0
"""Seconds that quality control may take on a delivery."""


@on_delivery(5)
def delivery_complete(delivery: Delivery) -> Iterable[Finding]:
    """Whether everything is there and opens, as long as it says, and the manifest has each file as it is."""
    _ = delivery.mezzanine, delivery.told, delivery.listed("video"), streamed.dash(delivery.stream)
    if not imf.compositions(delivery.folder / IMF):
        yield Finding("no imf", f"{IMF} holds no composition: write the IMF package.", 2)
    for language in LANGUAGES:
        for ending in ("ttml", "vtt"):
            text = untrusted.read_text(delivery.folder, f"subtitles/{language}-subtitles.{ending}", MOST_TEXT)
            subtitle_files.read(text.encode())
    for name in ("qc/qc.html", "qc/qc.json", LADDER, "poster.jpg"):
        untrusted.inside(delivery.folder, name)
    listed = object_in(delivery.folder, "manifest.json").get("files")
    listed = listed if isinstance(listed, dict) else {}
    there = {
        path.relative_to(delivery.folder).as_posix(): path for path in untrusted.check_folder(delivery.folder)
    }
    there.pop("manifest.json")
    changed = [
        name for name, path in there.items()
        if not isinstance(listed.get(name), dict) or listed[name].get("sha256") != sha256(path)
    ]  # fmt: skip
    if changed or set(listed) - set(there):
        name = untrusted.shown((changed or sorted(set(listed) - set(there)))[0])
        yield Finding(
            "changed", f"{name} is not as manifest.json has it: write the dossier after the last change.", 2
        )


@on_delivery(10)
def clean(delivery: Delivery) -> Iterable[Finding]:
    """Whether quality control finds nothing in picture and sound. The film as it is meant has no finding at all."""
    _ = delivery.mezzanine
    ends = time.monotonic() + LONG
    report = qc.run(
        delivery.folder / MEZZANINE, speech=delivery.truth.speech, stop=lambda: time.monotonic() > ends
    )
    found: dict[str, list] = {}
    for defect in report.defects:
        if defect.code not in ELSEWHERE:
            found.setdefault(defect.code, []).append(defect)
    for code, defects in found.items():
        places = ", ".join(report.timecode(each.start) for each in defects[:TOLD])
        yield Finding(
            code, f"At {places}: {defects[0].says}", 5 if any(each.serious for each in defects) else 3
        )


@on_delivery(10)
def right_frames(delivery: Delivery) -> Iterable[Finding]:
    """Whether each frame is the right one and has its detail, and there are no more and no fewer."""
    points, meant = right_frames.points, len(delivery.meant)
    if len(delivery.frames) != meant:
        said = f"{MEZZANINE} has {len(delivery.frames)} frames, and the film {meant}: each reel has all of its places."
        yield Finding("length", said, 5)
    wrong = delivery.wrong[: len(delivery.frames)] if len(delivery.frames) < meant else delivery.wrong
    if wrong.mean() > OTHER:
        yield Finding("other film", f"{wrong.mean():.0%} of the frames are not this film's.", points)
        return
    for first, last in conformed.passages(wrong):
        said = f"From {timecode(first)} to {timecode(last)} is another picture than the film has there: look at both reels."
        yield Finding("frames", said, 2.5)
    psnr, kept = delivery.detail
    if lost := graded(-psnr, (-FIDELITY[0], -FIDELITY[1]), 5):
        yield Finding(
            "fidelity",
            f"The pictures are kept to {psnr:.1f} dB, {FIDELITY[0]:g} at least: encode at more bits.",
            lost,
        )
    if lost := graded(-kept, (-DETAIL[0][0], -DETAIL[0][1]), 5):
        yield Finding(
            "blurred",
            f"{kept:.0%} of the fine detail is left: encode at more bits, and soften nothing.",
            lost,
        )
    if lost := graded(kept, DETAIL[1], 5):
        yield Finding(
            "sharpened", f"There is {kept:.0%} of the fine detail: the pictures were sharpened.", lost
        )


@on_delivery(10)
def mixed(delivery: Delivery) -> Iterable[Finding]:
    """Whether the sound is a mix of these stems, all of it and nothing else, and in sync."""
    yield from mix_findings(delivery, delivery.sound, MEZZANINE, mixed.points)


@on_delivery(5)
def loud_enough(delivery: Delivery) -> Iterable[Finding]:
    """Whether the dialogue has -27 LKFS within 2 LU, and the true peak is -2 dBTP at most."""
    if delivery.unmixed(delivery.sound).rest > FOREIGN[1]:
        yield Finding(
            "not these stems", "Another sound than the film's has no dialogue to measure.", loud_enough.points
        )
        return
    yield from loudness_findings(delivery, delivery.sound, MEZZANINE, 5, 3)


@on_delivery(5)
def imf_package(delivery: Delivery) -> Iterable[Finding]:
    """Whether the IMF package is sound and, read back by another program, shows each frame and plays the mix."""
    folder = delivery.folder / IMF
    untrusted.read_text(folder, "ASSETMAP.xml", 200_000)
    playlists = imf.compositions(folder)
    if len(playlists) != 1:
        raise HallyuError(f"{IMF} holds {len(playlists)} compositions; one is asked for.")
    wrong = [each for each in imf.check(folder) if not each.note]
    for each in wrong[:TOLD]:
        yield Finding(each.code, f"{IMF}/{untrusted.shown(each.where)}: {each.says}.", 2.5)
    composition, (paths, _) = imf.read(playlists[0]), imf.find(folder)
    for resource in composition.resources:
        path = paths.get(resource.file)
        if resource.sequence == "MainImageSequence" and path:
            about = video.probe(path)
            if (about.width, about.height) != SIZE:
                raise HallyuError(
                    f"{IMF} shows {about.width} x {about.height} pixels; {SIZE[0]} x {SIZE[1]} are asked for."
                )
    read = {"formats": "imf,mxf"}
    source = ["-f", "imf", "-i", playlists[0]]
    # JPEG 2000 holds each smaller size inside the larger one: half the size is there in a third of the time.
    shown = conformed.small(["-lowres", "1", *source], SMALL, MOST_FRAMES, IMF, **read)
    off = conformed.wrong(shown, delivery.meant, *HALF_SIZE)
    if len(shown) != len(delivery.meant) or off.mean() > VERIFIED:
        yield Finding(
            "pictures", f"{IMF} does not show the film, frame for frame: {off.mean():.0%} are other ones.", 5
        )
    made = delivery.unmixed(conformed.sound_of(source, MOST_FRAMES / RATE, IMF, **read))
    if made.rest > FOREIGN[1] or not -sync.EARLY <= made.late <= sync.LATE:
        yield Finding("sound", f"{IMF} does not play the mix of the stems, in sync.", 3)
    texts = sum(resource.sequence == "SubtitlesSequence" for resource in composition.resources)
    if texts < len(LANGUAGES):
        yield Finding(
            "no subtitles", f"{IMF} has {texts} tracks of subtitles; {len(LANGUAGES)} are asked for.", 1
        )


@on_delivery(5)
def signed(delivery: Delivery) -> Iterable[Finding]:
    """Whether mezzanine and poster carry content credentials that hold, and say that AI had a part in the film."""
    _ = delivery.mezzanine
    if "moof" in package.kinds(delivery.folder / MEZZANINE):
        yield Finding(
            "fragmented", f"{MEZZANINE} is in fragments, as segments are: sign the mezzanine in one piece.", 2
        )
    untrusted.read_picture(delivery.folder, "poster.jpg")
    for name, cost in ((MEZZANINE, 5), ("poster.jpg", 2)):
        note = credentials.read(delivery.folder / name)
        if note is None:
            yield Finding("unsigned", f"{name} has no content credentials: dossier.write signs it.", cost)
        elif not note.intact:
            yield Finding("changed", f"{name} was changed after it was signed.", cost)
        elif note.source_type != credentials.COMPOSITE:
            yield Finding(
                "kind", f"{name} is signed as if no model had a part in it: the voices are synthetic.", 3
            )


@on_delivery(5)
def disclosed(delivery: Delivery) -> Iterable[Finding]:
    """Whether the dossier names voices and faces with their rights, and says what AI did, as the stream does."""
    told, points = delivery.told, disclosed.points
    if len(json.dumps(told)) > 200_000 or told.get("title") != TITLE:
        yield Finding("title", f"dossier.json is not of “{TITLE}”.", points)
        return
    yield from _rights(delivery, told)
    data = told.get("disclosure")
    if not isinstance(data, dict):
        yield Finding("undisclosed", "dossier.json does not say what models and what people did.", points)
        return
    said = Disclosure.from_dict(data)
    spoken = {
        number for number, shot in enumerate(delivery.truth.shots, 1)
        if any(line.start < shot.stop / RATE and line.stop > shot.start / RATE for line in delivery.truth.lines)
    }  # fmt: skip
    voices = {part.cut for part in said.ai if re.search("voice|목소리|음성", str(part.part), re.I)}
    if said.medium != "release" or said.cuts != len(delivery.truth.shots):
        said_of = f"{said.cuts} shots of {untrusted.shown(said.medium)}"
        yield Finding(
            "count",
            f"The disclosure is of {said_of}, and {len(delivery.truth.shots)} of a release are there.",
            2,
        )
    if voices != spoken:
        wanted = ", ".join(map(str, sorted(spoken)))
        yield Finding(
            "voices", f"Synthetic voices are heard in shots {wanted}: the disclosure names other ones.", 3
        )
    if not all(str(part.tool).strip() and str(part.method).strip() for part in said.ai) or not said.human:
        yield Finding("how", "The disclosure names no tool, no method, or nobody's own work.", 2)
    for language in LANGUAGES:
        sentence = MEDIA["release"][language]["some"]
        notice = told.get("notice")
        if not isinstance(notice, dict) or notice.get(language) != said.text(language):
            yield Finding("notice", "The notice in dossier.json does not say what the disclosure says.", 2)
            break
        if any(sentence not in each.get(language, "") for each in package.notices(delivery.stream)):
            yield Finding(
                "silent stream",
                "A manifest of the stream does not say that AI was used: write(…, notices=…).",
                2,
            )
            break


def _rights(delivery: Delivery, told: dict) -> Iterator[Finding]:
    """Whether all voices and faces are named, and by what right each is published."""
    listed = told.get("likenesses")
    listed = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    for kind, wanted, public in (("voice", VOICES, PUBLIC_VOICES), ("face", FACES, PUBLIC_FACES)):
        named = {str(each.get("name")): each for each in listed if each.get("kind") == kind}
        if set(named) != set(wanted):
            names = untrusted.shown(", ".join(named) or "nobody")
            yield Finding(
                f"{kind}s", f"The {kind}s of the film are {', '.join(wanted)}; dossier.json names {names}.", 2
            )
            continue
        for name, each in named.items():
            if "publish" not in (each.get("uses") or ()):
                yield Finding("publish", f"dossier.json does not ask {name} for “publish”.", 1)
            given = public.get(name)
            if given and (each.get("credit"), each.get("licence")) != (given.credit, given.licence):
                yield Finding("credit", f"The credit of {name} is: {given.credit} ({given.licence}).", 1)
            if not given:
                record = untrusted.read_text(delivery.folder, str(each.get("consent")), 20_000)
                if record.encode() != sealed.files(NAME, delivery.word)["consent.json"]:
                    yield Finding(
                        "consent", f"The record of {name} is not the one that was given with the reels.", 2
                    )
    if not told.get("credits"):
        yield Finding("credits", "dossier.json credits nobody who made the film.", 1)


GRADERS = (
    delivery_complete, clean, right_frames, mixed, loud_enough, rungs, saving, stream, tracks, imf_package, signed, disclosed,
)  # fmt: skip
"""The artefact graders of ott-delivery, 80 points."""
