import json
import re
import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.files import sha256
from hallyu.film import exr, timeline, turnover
from hallyu.film.exr import Picture
from hallyu.film.korean import korean
from hallyu.film.names import Code
from hallyu.film.timeline import Clip, Marker, Timeline, Track
from hallyu.film.turnover import Project, Shot, Used
from hallyu.provenance import consent, credentials
from hallyu.provenance.consent import FaceConsent
from hallyu.provenance.disclosure import changed_face
from hallyu.provenance.worklog import Entry

TODAY = date(2026, 11, 21)
LENGTHS = (10, 14, 12)


def pictures(seed, count):
    """Light that moves, with a matte; premultiplied."""
    light = np.random.default_rng(seed).random((18, 32, 3), np.float32) * 0.8
    matte = np.clip(np.linspace(-0.5, 1.5, 32, dtype=np.float32), 0, 1)[None].repeat(18, 0)
    for n in range(count):
        yield Picture(np.dstack([np.roll(light, n, 1) * matte[..., None], matte]))


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """The key, the consent of a man called Kim, and a viewing copy."""
    folder = tmp_path_factory.mktemp("studio")
    signer = consent.make_key(folder / "key.pem")
    given = FaceConsent(
        face="Kim", given_by="Kim", given_to="Hallyu Studio", uses=("de-age", "publish"), project="첫눈",
        starts=date(2026, 1, 1), ends=date(2027, 1, 1),
    )  # fmt: skip
    record = consent.write(folder / "kim.json", given, folder / "key.pem")
    frames = [exr.to_frame(p)[..., :3] for p in pictures(0, sum(LENGTHS))]
    video.write(folder / "copy.mp4", frames, 24)
    (folder / "match.cdl").write_text(
        '<ColorDecisionList xmlns="urn:ASC:CDL:v1.01"><ColorDecision><ColorCorrection id="a"><SOPNode><Slope>1 1 1</Slope>'
        "<Offset>0 0 0</Offset><Power>1 1 1</Power></SOPNode><SatNode><Saturation>1</Saturation></SatNode>"
        "</ColorCorrection></ColorDecision></ColorDecisionList>"
    )
    return folder, signer, record


def project(studio, **more):
    folder, signer, record = studio
    codes = [Code("fs", 10, number, "comp", 1) for number in (10, 20, 30)]
    faces = [(), (Used("haneul"), Used("Kim", ("de-age",), record, signer)), (Used("doyun"),)]
    shots = [
        Shot(code, pictures(n, count + 16), start=f"01:0{n}:00:00", faces=face, materials=("Plate: our own",))
        for n, (code, count, face) in enumerate(zip(codes, LENGTHS, faces, strict=True))
    ]
    clips = [
        Clip(
            f"cut {n}",
            "dailies.mov",
            100 * n,
            100 * n + count,
            markers=(Marker(100 * n + 3, "note", "RED", "softer"),),
        )
        for n, count in enumerate(LENGTHS)
    ]
    clips[1] = replace(clips[1], dissolve=4)
    sound = Track((Clip("talk", "sound/talk.wav", 0, sum(LENGTHS)),), "audio", "A1")
    edit = Timeline("first_snow_forest", Fraction(24), (Track(tuple(clips), "video", "V1"), sound))
    settings = {
        "title": "첫눈", "edit": edit, "shots": shots, "grades": [folder / "match.cdl"], "copy": folder / "copy.mp4",
        "ai": [changed_face(2, "Kim", "re-age", "from 60 to 25 years", "첫눈")],
        "log": [Entry("2026-11-20T01:00:00Z", "human", "Yuna", "edit", "c02")], "licence": "CC BY 4.0",
    }  # fmt: skip
    return Project(**{**settings, **more})


@pytest.fixture(scope="module")
def delivered(studio, tmp_path_factory):
    folder = tmp_path_factory.mktemp("delivery") / "out"
    return turnover.write(folder, project(studio), TODAY, studio[0])


@pytest.fixture
def copy(delivered, tmp_path):
    return shutil.copytree(delivered, tmp_path / "out")


def relist(folder):
    """Make the manifest agree with the files, as a cheat would."""
    manifest = json.loads((folder / "manifest.json").read_text())
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    manifest["files"] = {
        path.relative_to(folder).as_posix(): {"sha256": sha256(path), "bytes": path.stat().st_size}
        for path in paths
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def problems(folder):
    relist(folder)
    return " | ".join(turnover.preflight(folder, TODAY).problems)


def test_a_delivery_passes_and_is_measured(delivered):
    report = turnover.preflight(delivered, TODAY)
    assert report.problems == () and report.passed
    assert report.measured["frames"] == sum(LENGTHS) + 48 and report.measured["shots"] == 3
    assert report.measured["handles"] == 8 and report.measured["seconds"] == pytest.approx(sum(LENGTHS) / 24)
    assert 0.7 < report.measured["brightest"] <= 0.8
    assert report.measured["lost_edl"] > 0 and report.measured["lost_aaf"] > 0
    assert "첫눈: ready to hand over." in report.text() and json.loads(report.json())["passed"]


def test_every_part_is_what_it_says(delivered):
    names = {path.relative_to(delivered).as_posix() for path in delivered.rglob("*") if path.is_file()}
    assert {
        "edit/cheotnun.otio", "edit/cheotnun.edl", "edit/cheotnun.aaf", "edit/loss.json", "rights.json", "rights.txt",
        "manifest.json", "cheotnun.mp4", "consents/kim.json", "grades/match.cdl", "stills/fs_010_0020_comp_v001.png",
        "shots/fs_010_0020_comp_v001/fs_010_0020_comp_v001.1001.exr",
    } <= names  # fmt: skip
    edit = timeline.read(delivered / "edit" / "cheotnun.otio")
    clip = edit.tracks[0].items[1]
    assert (clip.first, clip.last, clip.available, clip.dissolve) == (8, 22, (0, 30), 4)
    assert clip.markers == (Marker(11, "note", "RED", "softer"),)
    assert exr.read(delivered / clip.source).timecode == "01:01:00:00"
    loss = json.loads((delivered / "edit" / "loss.json").read_text())
    assert loss["otio"] == [] and any(each["kind"] == "marker" for each in loss["aaf"])
    still = credentials.read(delivered / "stills" / "fs_010_0020_comp_v001.png")
    assert still.intact and still.source_type == credentials.COMPOSITE
    sheet = (delivered / "rights.txt").read_text()
    assert "Kim: de-age, publish; consent consents/kim.json" in sheet and "AI" in sheet and "생성" in sheet


def test_a_scene_without_ai_says_so(studio, tmp_path):
    plain = project(studio, ai=(), copy=None, grades=())
    folder = turnover.write(tmp_path / "out", plain, TODAY, studio[0])
    report = turnover.preflight(folder, TODAY)
    assert report.passed and "There is no viewing copy." in report.notes
    assert credentials.read(folder / "stills" / "fs_010_0010_comp_v001.png").source_type == credentials.DRAWN


def rewrite(path, change):
    picture = exr.read(path)
    exr.write(path, replace(picture, **change(picture)))


def pixels(change):
    return lambda picture: {"premultiplied": change(picture.premultiplied)}


def frozen(folder):
    first = exr.read(folder / "fs_010_0010_comp_v001.1001.exr").premultiplied
    for path in folder.glob("*.exr"):
        rewrite(path, lambda picture: {"premultiplied": first})


def unpremultiplied(folder):
    for path in folder.glob("*.exr"):
        rewrite(path, pixels(lambda p: np.dstack([np.full((*p.shape[:2], 3), 0.5), p[..., 3]])))


def with_nan(folder):
    import OpenEXR

    path = folder / "fs_010_0010_comp_v001.1005.exr"
    file = OpenEXR.File(str(path))
    broken = file.channels()["RGBA"].pixels.copy()
    broken[7, 9, 1] = np.nan
    OpenEXR.File(
        {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}, {"RGBA": broken}
    ).write(str(path))


FRAME = "fs_010_0010_comp_v001.1005.exr"
DEFECTS = {
    "a frame is missing": (lambda f: (f / FRAME).unlink(), r"missing 1005: the manifest says 26"),
    "the last frame is missing": (lambda f: (f / FRAME.replace("1005", "1026")).unlink(), "the manifest says 26 frames"),
    "NaN": (with_nan, r"1005\.exr: G is NaN at pixel \(9, 7\)"),
    "another size": (lambda f: rewrite(f / FRAME, pixels(lambda p: p[:10])), "is 32 x 10"),
    "no matte": (lambda f: rewrite(f / FRAME, pixels(lambda p: p[..., :3])), "3 channels of half"),
    "other primaries": (lambda f: rewrite(f / FRAME, lambda p: {"chromaticities": exr.ACESCG}), "ACEScg"),
    "timecode": (lambda f: rewrite(f / FRAME, lambda p: {"timecode": "01:00:09:00"}), "it is 01:00:00:04 at 24.000"),
    "rate": (lambda f: rewrite(f / FRAME, lambda p: {"rate": Fraction(25)}), "at 25.000 frames a second"),
    "matte above 1": (lambda f: rewrite(f / FRAME, pixels(lambda p: p * np.float32([1, 1, 1, 1.5]))), "a matte is 0 to 1"),
    "not premultiplied": (unpremultiplied, "are not premultiplied"),
    "black": (lambda f: rewrite(f / FRAME, pixels(lambda p: p * 0)), "is black"),
    "frozen": (frozen, "stands still: 25 of its 26"),
    "damaged": (lambda f: (f / FRAME).write_bytes((f / FRAME).read_bytes()[:900]), "is damaged"),
    "a second sequence": (lambda f: shutil.copy(f / FRAME, f / "other.1001.exr"), "holds 2 sequences"),
    "an illegal name": (lambda f: (f / "Notes 1.txt").write_text("x"), "“Notes 1.txt” has “N”, “ ”"),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_in_a_shot_is_found(copy, defect):
    damage, says = DEFECTS[defect]
    damage(copy / "shots" / "fs_010_0010_comp_v001")
    found = problems(copy)
    assert re.search(says, found), found


def notes(folder):
    relist(folder)
    report = turnover.preflight(folder, TODAY)
    return report.problems, [note for note in report.notes if "light jumps" in note]


def test_a_frame_of_code_values_is_noted_and_a_move_of_the_light_is_not(copy):
    folder = copy / "shots" / "fs_010_0010_comp_v001"
    assert notes(copy) == ((), [])
    rewrite(folder / FRAME, pixels(lambda p: np.dstack([p[..., :3] ** (1 / 2.2), p[..., 3]])))
    unsaid, (jump,) = notes(copy)
    assert unsaid == () and "jumps at frame 1005, first from a median of 0.34 to 0.61;" in jump
    assert jump.endswith(
        "a cut or a flash may do that, and a frame written as code values in place of light."
    )
    assert "1005번 프레임에서 빛이 갑자기" in korean(jump)


def test_a_fade_jumps_nowhere_and_a_cut_inside_a_shot_once(copy):
    folder = copy / "shots" / "fs_010_0010_comp_v001"
    for number in range(1001, 1027):
        level = max(0.02, 1 - (number - 1001) / 25)
        rewrite(
            folder / f"fs_010_0010_comp_v001.{number}.exr",
            pixels(lambda p, by=level: p * np.float32([by, by, by, 1])),
        )
    assert notes(copy)[1] == []
    for number in range(1014, 1027):
        rewrite(
            folder / f"fs_010_0010_comp_v001.{number}.exr",
            pixels(lambda p: np.dstack([0 * p[..., :3] + 0.01, p[..., 3]])),
        )
    assert "at frame 1014," in notes(copy)[1][0]


def test_one_shot_is_one_shot(studio, tmp_path):
    whole = project(studio)
    track = replace(whole.edit.tracks[0], items=whole.edit.tracks[0].items[:1])
    alone = replace(whole, edit=replace(whole.edit, tracks=(track,)), shots=whole.shots[:1], ai=(), copy=None)
    folder = turnover.write(tmp_path / "out", alone, TODAY, studio[0])
    report = turnover.preflight(folder, TODAY)
    assert "1 shot" in report.facts() and "26 frames, each opened" in report.facts()
    assert korean("1 shot") == korean("1 shots") == "샷 1개"
    with pytest.raises(HallyuError, match="1 clip for 0 shots: one shot") as found:
        turnover.write(tmp_path / "none", replace(alone, shots=()), TODAY, studio[0])
    assert korean(str(found.value)).startswith("편집에 클립 1개, 납품에 샷 0개입니다.")


def test_a_take_that_begins_with_the_cut_has_handles_after_it_alone(studio, tmp_path):
    whole = project(studio)
    shot = replace(whole.shots[0], pictures=pictures(0, LENGTHS[0] + 8), handles=(0, 8))
    folder = turnover.write(
        tmp_path / "out", replace(whole, shots=[shot, *whole.shots[1:]]), TODAY, studio[0]
    )
    clip = timeline.read(folder / "edit" / "cheotnun.otio").tracks[0].items[0]
    assert (clip.first, clip.last, clip.available) == (0, LENGTHS[0], (0, LENGTHS[0] + 8))
    assert clip.markers == (Marker(3, "note", "RED", "softer"),)
    report = turnover.preflight(folder, TODAY)
    assert report.passed and report.measured["handles"] == 0
    clips(lambda n, c: replace(c, first=2, last=c.last + 2) if n == 0 else c)(folder)
    assert "fs_010_0010_comp_v001 has handles of 6 frames, not 8" in problems(folder)


def edited(change):
    def damage(folder):
        path = folder / "edit" / "cheotnun.otio"
        timeline.write(path, change(timeline.read(path)))

    return damage


def clips(change):
    def changed(edit):
        items = tuple(change(n, clip) for n, clip in enumerate(edit.tracks[0].items))
        return replace(edit, tracks=(replace(edit.tracks[0], items=items), *edit.tracks[1:]))

    return edited(changed)


def rights(change):
    def damage(folder):
        content = json.loads((folder / "rights.json").read_text())
        change(content)
        (folder / "rights.json").write_text(json.dumps(content))
        (folder / "rights.txt").write_text(turnover._sheet(content))

    return damage


def repaint(folder):
    path = folder / "stills" / "fs_010_0010_comp_v001.png"
    Image.fromarray(np.zeros((18, 32, 3), np.uint8)).save(path)


def touch_copy(folder):
    path = folder / "cheotnun.mp4"
    data = bytearray(path.read_bytes())
    data[data.index(b"mdat") + 400] ^= 1
    path.write_bytes(data)


STAR = {"face": "A star", "uses": ["publish"], "credit": "?"}
FOLDER_DEFECTS = {
    "the edit is another one": (clips(lambda n, c: replace(c, first=c.first - 1)), "The EDL shows another edit"),
    "a shot is not in the edit": (clips(lambda n, c: replace(c, name="x")), "does not show the delivered shots"),
    "the media are not there": (clips(lambda n, c: replace(c, source="old.exr")), "looks for old.exr"),
    "short handles": (clips(lambda n, c: replace(c, first=2, last=c.last - 6)), "has handles of 2 frames, not 8"),
    "beyond the frames": (clips(lambda n, c: replace(c, first=90, last=100) if n == 2 else c), "shows frames 90 to 100 of"),
    "the loss report is old": (lambda f: (f / "edit" / "loss.json").write_text('{"otio": [], "edl": []}'), "drifted apart"),
    "no edit list": (lambda f: (f / "edit" / "cheotnun.edl").unlink(), "There is no file"),
    "a broken grade": (lambda f: (f / "grades" / "match.cdl").write_text("<x/>"), "match"),
    "a still of another shot": (lambda f: shutil.copy(f / "stills" / "fs_010_0010_comp_v001.png",
                                f / "stills" / "fs_010_0030_comp_v001.png"), "does not show the middle frame"),
    "a face without consent": (rights(lambda r: r["shots"][0]["faces"].append(STAR)),
                               "A star is no public face"),
    "a use that was not allowed": (rights(lambda r: r["shots"][1]["faces"][1]["uses"].append("re-create")),
                                   "did not consent to “re-create”"),
    "nothing about publishing": (rights(lambda r: r["shots"][1]["faces"][1].update(uses=["de-age"])),
                                 "did not consent to publish"),
    "somebody else's consent": (rights(lambda r: r["shots"][1]["faces"][1].update(face="Lee")), "is for the face of Kim"),
    "a consent outside": (rights(lambda r: r["shots"][1]["faces"][1].update(consent="../kim.json")), "is damaged"),
    "no consent file": (lambda f: (f / "consents" / "kim.json").unlink(), "cannot be read"),
    "a public face uncredited": (rights(lambda r: r["shots"][2]["faces"][0].update(credit="me")), "credit of doyun"),
    "the notice says nothing": (rights(lambda r: r["notice"].update(en="No AI.")), "notice does not say"),
    "the sheet says something else": (lambda f: (f / "rights.txt").write_text("all ours"), "rights.txt does not say"),
    "the AI is hidden": (rights(lambda r: r["disclosure"].update(ai=[])), "which the disclosure contradicts|notice does not"),
    "a still without credentials": (repaint, "has no content credentials"),
    "a copy that was changed": (touch_copy, "cheotnun.mp4 was changed after it was signed"),
    "no still": (lambda f: (f / "stills" / "fs_010_0030_comp_v001.png").unlink(), "is missing"),
    "a copy that is too short": (lambda f: video.write(f / "cheotnun.mp4", [np.zeros((18, 32, 3))] * 20, 24),
                                 "lasts 0.83 s and the edit 1.50 s"),
}  # fmt: skip


@pytest.mark.parametrize("defect", FOLDER_DEFECTS)
def test_a_defect_in_the_folder_is_found(copy, defect):
    damage, says = FOLDER_DEFECTS[defect]
    damage(copy)
    found = problems(copy)
    assert re.search(says, found), found


def test_a_consent_that_ended_or_was_withdrawn(delivered):
    late = turnover.preflight(delivered, date(2027, 6, 1))
    assert any("consented until 2027-01-01" in problem for problem in late.problems)


def test_files_that_were_changed_added_or_lost(copy):
    (copy / "extra.txt").write_text("x")
    (copy / "rights.txt").write_text("changed")
    (copy / "grades" / "match.cdl").unlink()
    found = " | ".join(turnover.preflight(copy, TODAY).problems)
    for says in (
        "extra.txt is not in the manifest",
        "rights.txt was changed after",
        "grades/match.cdl is missing",
    ):
        assert says in found


@pytest.mark.parametrize(
    "content",
    [
        None,
        "no json",
        "[]",
        "{}",
        '{"title": 1, "rate": "24", "files": {}, "shots": [{}]}',
        '{"title": "x", "rate": "24", "files": {}, "shots": [{"shot": "a", "frames": 9, "handles": [8], "start": "0"}]}',
    ],
)
def test_what_is_no_delivery(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(HallyuError, match=r"manifest\.json"):
        turnover.preflight(tmp_path)


def test_what_may_not_be_delivered(studio, tmp_path):
    whole = project(studio)
    folder, signer, record = studio
    no_task = replace(whole.shots[0].code, task="", version=None)
    far = replace(whole.shots[1], faces=(Used("Kim", ("re-create",), record, signer),))
    cases = {
        "one shot for each clip": {"shots": whole.shots[:2]},
        "names no task and version": {"shots": [replace(whole.shots[0], code=no_task), *whole.shots[1:]]},
        "Two shots are called": {"shots": [whole.shots[0], whole.shots[0], whole.shots[2]]},
        "is no public face": {"shots": [replace(whole.shots[0], faces=(Used("A star"),)), *whole.shots[1:]]},
        "did not consent to “re-create”": {"shots": [whole.shots[0], far, whole.shots[2]]},
        "only, not for “publish”": {
            "shots": [replace(whole.shots[0], faces=(Used("astronaut"),)), *whole.shots[1:]]
        },
        "consented for “첫눈” only": {"title": "Second Snow"},
        "AI made “sky” in shot 9 of 3 shots": {"ai": [changed_face(9, "sky", "x", "y", "첫눈")]},
    }
    for says, change in cases.items():
        with pytest.raises(HallyuError, match=says):
            turnover.write(tmp_path / "out", replace(whole, **change), TODAY, folder)
        assert not (tmp_path / "out").exists(), "nothing is written before everybody was asked"
