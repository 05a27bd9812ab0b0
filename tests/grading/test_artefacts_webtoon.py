"""Every grader gives the good delivery full marks, and takes points from wrong work and from cheats, in words."""

import json
import logging
import os
import shutil
import struct
import sys
import warnings
import zlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import skia
from PIL import Image

from hallyu.grading import artefacts_webtoon as artefacts
from hallyu.grading import findings, untrusted, words_on_page
from hallyu.provenance.disclosure import disclose
from hallyu.provenance.worklog import WorkLog
from hallyu.webtoon import balloons, compose, drawing, export, fonts, psd, script, strings, strip, vocabulary
from hallyu.webtoon.vocabulary import CAST, SHOTS, VIEWS

PSD = "cuts-01-07.psd"
MEDIA = Path(__file__).resolve().parents[2] / "modules" / "webtoon" / "media"

STORY = """# 막차
  en: The Last Bus

@소라: girl, pink ponytail hair, violet eyes, white sweater
  en: Sora
@린: boy, blue long hair, amber eyes, black hoodie
  en: Rin

## 1 밤 도시, 정류장
[1] 설정샷, 밤 도시 · 막차를 기다린다 · 긴 쉼
내레이션: 막차까지 오 분.
  en: Five minutes to the last bus.
효과음: 부르릉
  en: vroom

[2] 상반신, 밤 도시 · 말을 꺼낸다
소라(수줍음): 저기, 할 말이 있는데.
  en: Hey. There's something I have to say.

[3] 클로즈업, 밤 도시 · 딴청 · 짧은 쉼
린(놀람): 지금? 버스 오는데?
  en: Now? The bus is coming.

[4] 클로즈업, 먹구름 · 고백 · 긴 쉼
소라(슬픔): 나, 내일 이사 가.
  en: I'm moving away tomorrow.

[5] 상반신, 밤 도시 · 이미 안다
린: 알아. 그래서 나도 타려고.
  en: I know. That's why I'm getting on too.

[6] 클로즈업, 반짝임 · 되묻는다 · 짧은 쉼
소라(놀람): 너희 집은 반대쪽이잖아.
  en: But you live the other way.

[7] 클로즈업, 밤 도시 · 반전
린(미소): 오늘은 좀 돌아서 가려고.
  en: Tonight I'm taking the long way home.
"""


class Renderer:
    """The vector renderer in the engine's place: it draws what the judge was taught, in a hundredth of the time."""

    model = "hallyu vector renderer"

    def draw(self, prompt, seed, steps, guidance):
        return drawing.draw(vocabulary.read_prompt(prompt), 640, seed).on()


def draw(text, seed=1):
    return list(compose.draw_episode(script.parse(text), Renderer(), seed))


def deliver(folder, text, panels):
    """A delivery as the library makes one, of panels that may be of another script."""
    story = script.parse(text)
    log = WorkLog(folder / "work.jsonl")
    for panel in panels:
        name = f"c{panel.cut.number:02d}"
        for line in panel.cut.lines:
            log.add("human", "나래", "write", line.id, after=line.text)
        for part in panel.record:
            log.add(
                "tool", part["model"], "generate", f"{name}/{part['figure']}", after=f"seed {part['seed']}"
            )
            log.add("human", "나래", "select", f"{name}/{part['figure']}", after=f"seed {part['seed']}")
    lettered = [balloons.letter(panel, story) for panel in panels]
    told = disclose(story.title, panels, log.entries())
    export.export(strip.stack(lettered), "webtoon-canvas", folder / "slices", told, signing_folder=None)
    psd.write_psd(folder / PSD, lettered)
    script.write(story, folder / "script.txt")
    strings.write(strings.from_script(story), folder / "strings.csv")


@pytest.fixture(scope="session")
def panels():
    """The drawn cuts of the good delivery."""
    return draw(STORY)


@pytest.fixture(scope="session")
def good(tmp_path_factory, panels):
    """A delivery that deserves every point."""
    folder = tmp_path_factory.mktemp("good") / "delivery"
    folder.mkdir()
    deliver(folder, STORY, panels)
    return folder


@pytest.fixture
def copy(good, tmp_path):
    """The good delivery, to be spoiled."""
    return shutil.copytree(good, tmp_path / "delivery")


@pytest.fixture(scope="session")
def spots(good):
    """Line id -> where its letters and its balloon lie on the good page."""
    delivery = artefacts.open_delivery(good)
    return {line.id: artefacts.balloons_of(delivery, line)[0].words for _, line in delivery.lines()}


def page_of(folder):
    return artefacts.open_delivery(folder).page.copy()


def manifest_of(folder):
    return json.loads((folder / "slices" / "manifest.json").read_text(encoding="utf-8"))


def write_manifest(folder, manifest):
    (folder / "slices" / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False), encoding="utf-8"
    )


def reslice(folder, page, ends=None):
    """Write *page* as slices that end at these rows (or where the old ones ended), with a manifest that agrees."""
    manifest = manifest_of(folder)
    ends = ends or [item["y1"] for item in manifest["slices"]]
    for old in Path(folder, "slices").glob("*.jpg"):
        old.unlink()
    manifest["slices"], manifest["height"] = [], len(page)
    for n, (y0, y1) in enumerate(zip([0, *ends], ends, strict=False), 1):
        name = f"{n:03d}.jpg"
        Image.fromarray(np.ascontiguousarray(page[y0:y1])).save(
            folder / "slices" / name, quality=92, subsampling=0
        )
        manifest["slices"].append({"file": name, "y0": y0, "y1": y1})
    write_manifest(folder, manifest)


def codes(found):
    return {finding.code for finding in found}


def messages(found):
    return " ".join(finding.message for finding in found)


@pytest.mark.parametrize("grader", artefacts.GRADERS, ids=lambda grader: grader.__name__)
def test_the_good_delivery_gets_full_marks(grader, good):
    assert grader(good) == []


@pytest.mark.parametrize("grader", artefacts.GRADERS, ids=lambda grader: grader.__name__)
def test_nothing_and_rubbish_get_no_marks(grader, tmp_path):
    assert findings.marks(grader(tmp_path / "delivery"), grader.points) == 0
    (tmp_path / "delivery" / "slices").mkdir(parents=True)
    (tmp_path / "delivery" / "script.txt").write_text("# 눈\n[1] 설정샷, 방\n", encoding="utf-8")
    assert findings.marks(grader(tmp_path / "delivery"), grader.points) == 0


def test_the_points_add_up_to_75():
    assert sum(grader.points for grader in artefacts.GRADERS) == 75


# --- complete -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text[: text.index("[6]")], "short"),
        (lambda text: text.replace("수줍음", "떨림"), "script"),
        (lambda text: text.replace("상반신", "설정샷").replace("클로즈업", "설정샷"), "cast"),
    ],
    ids=["five cuts", "an expression nobody can draw", "nobody acts"],
)
def test_a_script_that_is_no_episode_is_incomplete(change, code, copy):
    (copy / "script.txt").write_text(change(STORY), encoding="utf-8")
    assert code in codes(artefacts.complete(copy))


def test_a_delivery_without_its_log_is_incomplete(copy):
    (copy / "work.jsonl").unlink()
    assert messages(artefacts.complete(copy)) == "work.jsonl is missing from the delivery."


# --- layout -------------------------------------------------------------------------------------------------------


def test_801_pixels_are_one_too_many(copy):
    reslice(copy, cv2.resize(page_of(copy), (801, len(page_of(copy)))))
    found = artefacts.layout(copy)
    assert codes(found) == {"width"} and "801 px wide; WEBTOON CANVAS takes 800" in found[0].message


def test_one_tall_slice_is_no_slicing(copy):
    page = page_of(copy)
    reslice(copy, page, [len(page)])
    assert "height" in codes(artefacts.layout(copy))


def test_a_slice_over_two_megabytes_is_named(copy):
    noise = np.random.default_rng(0).integers(0, 255, (1235, 800, 3), np.uint8)
    Image.fromarray(noise).save(copy / "slices" / "001.jpg", quality=100, subsampling=0)
    found = artefacts.layout(copy)
    assert codes(found) == {"bytes"} and found[0].message.startswith("001.jpg is ")


@pytest.mark.parametrize("factor", [1.5, 2])
@pytest.mark.parametrize(
    "method", [cv2.INTER_NEAREST, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4], ids=["nearest", "cubic", "lanczos"]
)
def test_an_enlarged_thumbnail_is_seen_as_one(factor, method, copy):
    page = page_of(copy)
    height, width = page.shape[:2]
    small = cv2.resize(page, (int(width / factor), int(height / factor)), interpolation=cv2.INTER_AREA)
    reslice(copy, cv2.resize(small, (width, height), interpolation=method))
    assert "enlarged" in codes(artefacts.layout(copy))


def test_blank_slices_are_no_episode(copy):
    page = page_of(copy)
    reslice(copy, np.full_like(page, 255))
    assert {"blank", "enlarged"} <= codes(artefacts.layout(copy))


def test_one_blank_cut_is_named(copy):
    page = page_of(copy)
    y0, y1 = artefacts.open_delivery(copy).places[5]
    page[y0:y1] = (240, 238, 250)
    reslice(copy, page)
    assert messages(artefacts.layout(copy)).startswith("Cut 5 is blank")


def test_a_lost_slice_is_missed(copy):
    (copy / "slices" / "004.jpg").unlink()
    found = artefacts.layout(copy)
    assert codes(found) == {"join"} and "one is missing or doubled" in found[0].message


def test_cuts_out_of_order_are_noticed(copy):
    manifest = manifest_of(copy)
    first, second = manifest["cuts"][1], manifest["cuts"][2]
    first["y0"], first["y1"], second["y0"], second["y1"] = (
        second["y0"],
        second["y1"],
        first["y0"],
        first["y1"],
    )
    write_manifest(copy, manifest)
    assert "cut" in codes(artefacts.layout(copy))


# --- own work -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["first-snow", "umbrella"])
def test_the_courses_own_script_is_a_copy_whoever_plays_in_it(name, copy):
    text = (MEDIA / f"{name}.txt").read_text(encoding="utf-8")
    for old, new in {
        "하늘": "소라",
        "도윤": "린",
        "유나": "소라",
        "태오": "린",
        "눈 숲": "거리",
        "첫눈\n": "막차\n",
    }.items():
        text = text.replace(old, new)
    (copy / "script.txt").write_text(text, encoding="utf-8")
    found = artefacts.own_work(copy)
    assert codes(found) == {"copied"} and findings.marks(found, 10) == 0


def test_a_copy_with_every_third_line_rewritten_is_still_a_copy(copy):
    lines = (MEDIA / "first-snow.txt").read_text(encoding="utf-8").split("\n")
    spoken = [n for n, line in enumerate(lines) if ": " in line and not line.startswith(("@", " ", "[", "#"))]
    for n in spoken[::3]:
        lines[n] = lines[n].split(": ")[0] + ": 아무렇게나 바꾼 말이야."
    (copy / "script.txt").write_text("\n".join(lines), encoding="utf-8")
    assert codes(artefacts.own_work(copy)) == {"copied"}


def test_another_story_of_the_same_cast_in_the_same_forest_is_ones_own(copy):
    text = STORY.replace("소라", "하늘").replace("린", "도윤").replace("밤 도시", "눈 숲")
    (copy / "script.txt").write_text(text, encoding="utf-8")
    assert artefacts.own_work(copy) == []


def test_the_sample_scripts_are_those_of_the_course():
    stories = [script.read(MEDIA / f"{name}.txt") for name in ("first-snow", "umbrella")]
    ours = {story.title: artefacts.shingles(story) for story in stories}
    assert artefacts.samples() == ours


# --- legibility ---------------------------------------------------------------------------------------------------


def reletter(page, spot, text, size=36, ink=(24, 24, 28), tofu=False):
    """Put other letters where the good ones were, in the middle of the balloon's paper."""
    x0, y0, x1, y1 = spot.letters
    page[y0 - 4 : y1 + 4, x0 - 4 : x1 + 4] = 255
    pixels = np.full((*page.shape[:2], 4), 255, np.uint8)[y0 - 60 : y1 + 60]
    pixels[..., :3] = page[y0 - 60 : y1 + 60]
    canvas = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType).getCanvas()
    face = fonts.dialogue(size)
    left = (x0 + x1) / 2 - face.width(text) / 2
    paint = skia.Paint(Color=skia.Color(*ink), AntiAlias=True)
    if tofu:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(3)
        for n, character in enumerate(text):
            if character != " ":
                x = left + face.width(text[:n]) + 3
                canvas.drawRect(
                    skia.Rect.MakeXYWH(x, 60 + (y1 - y0) / 2 - 16, face.width(character) - 6, 31), paint
                )
    else:
        outline = face.outline(text)
        outline.offset(left, 60 + (y1 - y0) / 2 + size * 0.34)
        canvas.drawPath(outline, paint)
    page[y0 - 60 : y1 + 60] = pixels[..., :3]


LINE, WORDS = "c06-1", "너희 집은 반대쪽이잖아."


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("contrast", {"ink": (170, 170, 175)}),
        ("empty", {"ink": (255, 255, 255)}),
        ("empty", {"ink": (252, 252, 252)}),
        ("small", {"size": 12}),
        ("small", {"size": 24}),
        ("words", {"tofu": True}),
        ("words", {"text": "나는 다른 말을 하는데."}),
        ("words", {"text": "너희 집은 반대쪽이구나"}),
        ("empty", {"text": ""}),
    ],
    ids=[
        "pale grey",
        "white on white",
        "nearly white",
        "6 pt",
        "24 px",
        "boxes",
        "other words",
        "an older draft",
        "empty balloon",
    ],
)
def test_words_that_cannot_be_read_or_are_others_cost_points(code, options, copy, spots):
    page = page_of(copy)
    reletter(page, spots[LINE], **{"text": WORDS, **options})
    reslice(copy, page)
    found = artefacts.legibility(copy)
    assert codes(found) == {code} and LINE in found[0].message


def test_the_same_words_lettered_again_by_hand_are_fine(copy, spots):
    page = page_of(copy)
    reletter(page, spots[LINE], WORDS, size=34, ink=(60, 20, 20))
    reslice(copy, page)
    assert artefacts.legibility(copy) == []


@pytest.mark.parametrize("ground", [None, 16, 120], ids=["as it was", "night", "grey"])
def test_white_letters_on_a_black_balloon_are_fine(ground, copy, spots):
    page = page_of(copy)
    x0, y0, x1, y1 = spots["c01-1"].paper
    if ground is not None:  # what stands around the balloon, its outline too
        inside = page[y0:y1, x0:x1].copy()
        oval = cv2.ellipse(np.zeros(inside.shape[:2], np.uint8), ((x1 - x0) // 2, (y1 - y0) // 2),
                           ((x1 - x0) // 2 - 4, (y1 - y0) // 2 - 4), 0, 0, 360, 1, cv2.FILLED)  # fmt: skip
        page[y0 - 20 : y1 + 20, max(0, x0 - 20) : x1 + 20] = ground
        page[y0:y1, x0:x1] = np.where(oval[..., None], inside, 255 - ground)
    page[y0:y1, x0:x1] = 255 - page[y0:y1, x0:x1]
    reslice(copy, page)
    assert artefacts.legibility(copy) == []


def test_a_line_without_a_balloon_and_a_balloon_beside_the_words_are_seen(copy):
    manifest = manifest_of(copy)
    manifest["protected"] = [item for item in manifest["protected"] if item[1] != "c05-1"]
    for item in manifest["protected"]:
        if item[1] == LINE:
            item[2] = [item[2][0], item[2][1] + 500, item[2][2], item[2][3] + 500]
    write_manifest(copy, manifest)
    found = messages(artefacts.legibility(copy))
    assert "c05-1" in found and LINE in found


def test_a_wall_of_text_is_too_much_for_a_screen(good, monkeypatch):
    monkeypatch.setattr(artefacts, "SCREEN_CHARACTERS", 10)
    assert codes(artefacts.legibility(good)) == {"crowded"}


# --- characters ---------------------------------------------------------------------------------------------------


def repaint(page, delivery, number, panel):
    """The cut's art, and nothing of its balloons, replaced by another panel's."""
    y0, y1 = delivery.places[number]
    art = panel.art()
    page[y0:y1] = art[-(y1 - y0) :] if len(art) >= y1 - y0 else cv2.resize(art, (800, y1 - y0))


def test_a_figure_with_other_hair_and_clothes_is_not_the_one_ordered(copy):
    other = draw(
        STORY.replace(
            "pink ponytail hair, violet eyes, white sweater", "black bob hair, blue eyes, red coat"
        )
    )
    page, delivery = page_of(copy), artefacts.open_delivery(copy)
    repaint(page, delivery, 4, other[3])
    reslice(copy, page)
    found = artefacts.characters(copy)
    assert "unlike" in codes(found) and "Cut 4" in messages(found)


def test_a_script_that_orders_what_the_model_does_not_draw_is_told_and_nothing_stops(copy):
    path = copy / "script.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("pink ponytail hair, violet eyes", "pink ponytail hair, green eyes"), encoding="utf-8")
    found = artefacts.characters(copy)
    assert "eyes surely" in messages(found) and findings.marks(found, 10) < 10
    assert "eyes surely" in messages(artefacts.same_character(copy))


def test_one_face_pasted_into_every_panel_is_seen(copy, panels):
    page, delivery = page_of(copy), artefacts.open_delivery(copy)
    for number in (4, 6, 7):
        repaint(page, delivery, number, panels[2])
    for number in (2, 5):
        repaint(page, delivery, number, panels[1])
    reslice(copy, page)
    found = artefacts.characters(copy)
    assert {"pasted", "unlike"} <= codes(found)
    assert findings.marks(found, 10) == 0


def test_faces_that_all_wear_one_expression_do_not_act(copy):
    still = STORY
    for word in ("수줍음", "놀람", "슬픔", "미소"):
        still = still.replace(f"({word})", "")
    page, delivery = page_of(copy), artefacts.open_delivery(copy)
    for panel in draw(still):
        repaint(page, delivery, panel.cut.number, panel)
    reslice(copy, page)
    assert "expression" in codes(artefacts.characters(copy))


def test_backgrounds_without_anybody_are_not_characters(copy, panels):
    page, delivery = page_of(copy), artefacts.open_delivery(copy)
    for number in (2, 3, 4, 5, 6, 7):
        repaint(page, delivery, number, panels[0])
    reslice(copy, page)
    assert findings.marks(artefacts.characters(copy), 10) == 0


# --- same character -----------------------------------------------------------------------------------------------


def test_a_character_who_changes_between_cuts_is_caught(copy):
    other = draw(
        STORY.replace(
            "pink ponytail hair, violet eyes, white sweater", "black bob hair, blue eyes, red coat"
        )
    )
    page, delivery = page_of(copy), artefacts.open_delivery(copy)
    repaint(page, delivery, 6, other[5])
    reslice(copy, page)
    found = artefacts.same_character(copy)
    assert codes(found) == {"changed"} and found[0].message.startswith("Cut 6: 소라 has another")


def test_two_people_with_one_face_cannot_be_told_apart(copy):
    twins = draw(
        STORY.replace(
            "boy, blue long hair, amber eyes, black hoodie",
            "girl, pink ponytail hair, violet eyes, white sweater",
        )
    )
    page, delivery = page_of(copy), artefacts.open_delivery(copy)
    for number in (3, 5, 7):
        repaint(page, delivery, number, twins[number - 1])
    reslice(copy, page)
    assert codes(artefacts.same_character(copy)) == {"alike"}


@pytest.mark.parametrize("shot", SHOTS)
@pytest.mark.parametrize("view", VIEWS)
def test_a_figures_square_is_found_from_its_face_as_compose_placed_it(shot, view):
    for look in CAST.values():
        look = replace(look, shot=shot, view=view)
        square = (40, 200, 640, 800)
        face = compose.face_box(look, square, 5000)
        assert np.abs(np.subtract(artefacts.figure_square(look, face), square)).max() <= 4


# --- cut safety ---------------------------------------------------------------------------------------------------


def test_equal_slices_run_through_faces_and_balloons(copy):
    page = page_of(copy)
    faces = [item[2] for item in manifest_of(copy)["protected"] if item[0] == "face"]
    # One of these even heights cuts through a face; that is the point: an even slicer does not look.
    height = next(
        h for h in range(1280, 900, -10) for _, y0, _, y1 in faces if 0.25 < (-y0 % h) / (y1 - y0) < 0.75
    )
    reslice(copy, page, [*range(height, len(page), height), len(page)])
    found = artefacts.cut_safety(copy)
    assert "cut through" in codes(found) and "runs through the face of" in messages(found)


def through(spot):
    """A row in the middle of a balloon's letters."""
    return (spot.letters[1] + spot.letters[3]) // 2


def cut_at(folder, row):
    """The good slices, with the seam nearest to *row* moved there."""
    ends = [item["y1"] for item in manifest_of(folder)["slices"]]
    nearest = min(ends[:-1], key=lambda end: abs(end - row))
    reslice(folder, page_of(folder), [row if end == nearest else end for end in ends])


def test_a_slice_through_a_balloon_is_named(copy, spots):
    cut_at(copy, through(spots["c06-1"]))
    assert "runs through the balloon c06-1" in messages(artefacts.cut_safety(copy))


def test_a_slice_between_two_lines_of_a_balloon_is_through_it_all_the_same(copy, spots):
    spot = spots["c07-1"]
    cut_at(copy, spot.letters[1] + 42)
    assert "runs through the balloon c07-1" in messages(artefacts.cut_safety(copy))


def test_a_slice_through_a_face_is_named(copy):
    delivery = artefacts.open_delivery(copy)
    face = delivery.claimed("face", "린", 7)[0].box
    cut_at(copy, (face[1] + face[3]) // 2)
    assert "runs through the face of 린 in cut 7" in messages(artefacts.cut_safety(copy))


@pytest.mark.parametrize("forgery", ["moved", "shrunk", "removed"])
def test_a_manifest_forged_to_allow_a_cut_is_contradicted_by_the_pixels(forgery, copy, spots):
    row = through(spots["c06-1"])
    cut_at(copy, row)
    manifest = manifest_of(copy)
    for item in list(manifest["protected"]):
        x0, y0, x1, y1 = item[2]
        if y0 < row < y1:
            if forgery == "removed":
                manifest["protected"].remove(item)
            else:
                item[2] = [x0, row, x1, row + y1 - y0] if forgery == "moved" else [x0, row, x1, y1]
    write_manifest(copy, manifest)
    found = artefacts.cut_safety(copy)
    assert codes(found) & {"unmarked", "cut through", "no face"}
    assert findings.marks(found, 10) <= 7


def test_a_face_marked_where_there_is_none_is_not_believed(copy):
    manifest = manifest_of(copy)
    face = next(item for item in manifest["protected"] if item[:2] == ["face", "소라"])
    x0, y0, x1, y1 = face[2]
    face[2] = [x0, y0, x0 + (x1 - x0) // 3, y0 + (y1 - y0) // 3]
    write_manifest(copy, manifest)
    assert "unmarked" in codes(artefacts.cut_safety(copy))


def test_a_sound_effect_left_out_of_the_manifest_is_missed(copy):
    manifest = manifest_of(copy)
    manifest["protected"] = [item for item in manifest["protected"] if item[0] != "effect"]
    write_manifest(copy, manifest)
    assert "sound effect of cut 1" in messages(artefacts.cut_safety(copy))


# --- layers -------------------------------------------------------------------------------------------------------


def save_layers(folder, panels, text=STORY):
    story = script.parse(text)
    psd.write_psd(folder / PSD, [balloons.letter(panel, story) for panel in panels])


def test_a_flat_page_saved_as_psd_has_no_layers(copy):
    from psd_tools import PSDImage

    PSDImage.frompil(Image.fromarray(page_of(copy))).save(copy / PSD)
    assert "has a group for any cut" in messages(artefacts.layers(copy))


def test_letters_painted_into_the_art_are_not_on_a_layer_of_their_own(copy, panels):
    lettered = balloons.letter(panels[1], script.parse(STORY))
    page = np.dstack([lettered.image(), np.full(lettered.image().shape[:2], 255, np.uint8)])
    painted = replace(
        lettered,
        panel=replace(lettered.panel, layers={"background": page}),
        layers={},
        pad_top=0,
        pad_bottom=0,
    )
    psd.write_psd(copy / PSD, [painted])
    assert "cut 2: nothing is on the layers of balloon and text" in messages(artefacts.layers(copy))


def test_layers_of_another_take_are_not_this_episode(copy):
    other = draw(STORY.replace("밤 도시", "눈 숲"), seed=5)[1]
    save_layers(copy, [other])
    assert "does not show cut 2 as it is in the slices" in messages(artefacts.layers(copy))


def test_a_cut_without_its_group_is_named(copy, panels):
    save_layers(copy, panels[1:2])
    found = artefacts.layers(copy)
    assert codes(found) == {"no group"} and "cut 7" in messages(found) and "cut 2." not in messages(found)


def test_a_photoshop_file_that_breaks_off_or_lies_about_its_size_is_not_opened(copy):
    whole = (copy / PSD).read_bytes()
    (copy / PSD).write_bytes(whole[: len(whole) // 2])
    assert "breaks off or is damaged" in messages(artefacts.layers(copy))
    (copy / PSD).write_bytes(whole[:14] + struct.pack(">II", 30_000, 30_000) + whole[22:])
    assert "30,000 x 30,000 px" in messages(artefacts.layers(copy))
    (copy / PSD).write_bytes(b"PK" + whole)
    assert "is not a Photoshop file" in messages(artefacts.layers(copy))


# --- strings ------------------------------------------------------------------------------------------------------


def change_table(folder, change):
    path = folder / "strings.csv"
    path.write_text(change(path.read_text(encoding="utf-8-sig")), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: "\n".join(text.splitlines()[:-1]), "missing"),
        (lambda text: text.replace("The bus is coming", "").replace("Now? .", ""), "untranslated"),
        (lambda text: text.replace("I'm moving away tomorrow.", '"나, 내일 이사 가."'), "untranslated"),
        (lambda text: text.replace("I'm moving away tomorrow.", "..."), "untranslated"),
        (lambda text: text.replace("오늘은 좀 돌아서 가려고.", "오늘은 그냥."), "other words"),
        (lambda text: text.replace("id,", "name,", 1), "unreadable"),
    ],
    ids=[
        "a row lost",
        "an empty cell",
        "Korean for English",
        "dots for English",
        "an older script",
        "no ids",
    ],
)
def test_a_string_table_that_cannot_be_translated_from_is_found(change, code, copy):
    change_table(copy, change)
    assert codes(artefacts.string_table(copy)) == {code}


def test_one_english_sentence_for_every_line_is_no_translation(copy):
    story = script.parse(STORY)
    for key, editions in story.translations.items():
        if key.startswith("c"):
            change_table(copy, lambda text, en=editions["en"]: text.replace(en, "Hello there friend"))
    assert "different lines" in messages(artefacts.string_table(copy))


# --- disclosure ---------------------------------------------------------------------------------------------------


def change_disclosure(folder, change):
    manifest = manifest_of(folder)
    change(manifest)
    write_manifest(folder, manifest)


def test_a_missing_disclosure_costs_all(copy):
    change_disclosure(copy, lambda manifest: manifest.pop("disclosure"))
    found = artefacts.disclosure(copy)
    assert codes(found) == {"undisclosed"} and findings.marks(found, 10) == 0


def test_no_ai_said_where_the_log_says_generated_is_untrue(copy):
    change_disclosure(copy, lambda manifest: manifest["disclosure"].update(ai=[]))
    found = artefacts.disclosure(copy)
    assert "the work log says 6 figures were generated" in messages(found) and findings.marks(found, 10) == 0


def test_one_figure_kept_quiet_is_named(copy):
    change_disclosure(copy, lambda manifest: manifest["disclosure"]["ai"].pop())
    found = artefacts.disclosure(copy)
    assert "린 in cut 7 was generated, and the disclosure does not say so" in messages(found)


def test_a_log_wiped_with_the_disclosure_leaves_figures_that_nobody_made(copy):
    lines = [
        line
        for line in (copy / "work.jsonl").read_text(encoding="utf-8").splitlines()
        if '"generate"' not in line
    ]
    (copy / "work.jsonl").write_text("\n".join(lines), encoding="utf-8")
    change_disclosure(copy, lambda manifest: manifest["disclosure"].update(ai=[]))
    found = artefacts.disclosure(copy)
    assert codes(found) == {"unlogged"} and findings.marks(found, 10) == 0


def test_work_that_is_claimed_and_not_logged_is_untrue(copy):
    def boast(manifest):
        manifest["disclosure"]["human"].append(
            {"name": "나래", "action": "draw", "times": 40, "cuts": [1, 2]}
        )

    change_disclosure(copy, boast)
    assert "did “draw” 40 times; the work log says 0" in messages(artefacts.disclosure(copy))


def test_a_notice_painted_over_is_missed(copy):
    page = page_of(copy)
    page[-500:-60] = 255
    reslice(copy, page)
    assert codes(artefacts.disclosure(copy)) == {"no notice"}


def test_a_notice_with_other_numbers_is_not_the_notice(copy):
    change_disclosure(copy, lambda manifest: manifest["disclosure"].update(cuts=70))
    assert "no notice" in codes(artefacts.disclosure(copy))


# --- deliveries from strangers ------------------------------------------------------------------------------------


def bomb(path, side):
    """A PNG whose header promises a huge picture."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def write(name, data):
    def change(folder):
        path = folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    return change


def manifest_with(**entries):
    return lambda folder: write_manifest(folder, {**manifest_of(folder), **entries})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda f: os.symlink("/etc/passwd", f / "slices" / "010.jpg"), "a link to somewhere else"),
        (lambda f: os.symlink("/", f / "root"), "a link to somewhere else"),
        (lambda f: os.mkfifo(f / "pipe"), "not an ordinary file"),
        (lambda f: bomb(f / "slices" / "009.png", 60_000), "more pixels than any slice"),
        (write("slices/009.jpg", b"\xff\xd8\xff\xe0" + bytes(50)), "no whole JPEG or PNG"),
        (write("slices/001.jpg", b"<svg onload=alert(1)>"), "no whole JPEG or PNG"),
        (write("script.txt", b"\x89PNG\r\n\x1a\n\0\0"), "not text in UTF-8"),
        (write("script.txt", "# 눈\0"), "control characters"),
        (write("script.txt", "# 눈\n" + "가" * 500_000), "at most 1 MB are opened"),
        (write("script.txt", ""), "script is empty"),
        (write("slices/manifest.json", "[" * 100_000), "not JSON"),
        (write("slices/manifest.json", "[]"), "not a manifest"),
        (manifest_with(protected=[["face", "소라", [0, 0, 1e400, 1]]]), "is not [kind, name"),
        (manifest_with(protected=[["face", "소라", [0, 0, 10**30, 1]]]), "is not [kind, name"),
        (manifest_with(protected={"a": 1}), "not a list"),
        (manifest_with(cuts=[{"number": 1, "y0": "0", "y1": 9}]), "no number and rows"),
        (manifest_with(cuts=[{"number": 1, "y0": 90, "y1": 9}]), "no number and rows"),
        (write("a\nb", "x"), "no name for a file"),
        (write("-rf", "x"), "no name for a file"),
        (write("cod\u202egpj.exe", "x"), "no name for a file"),
        (lambda f: [(f / f"{n}.txt").write_text("x") for n in range(301)], "more than 300 files"),
        (lambda f: (f / "a/b/c/d/e/f").mkdir(parents=True), "folders deep"),
    ],
)  # fmt: skip
def test_what_a_stranger_may_send_gets_one_clear_sentence(change, sentence, copy):
    change(copy)
    found = artefacts.layout(copy)
    assert codes(found) == {"unreadable"} and sentence in found[0].message
    assert found[0].message.isprintable() and found[0].message.count(". ") == 0


def test_no_file_outside_the_delivery_is_opened(good):
    for name in ("../../etc/passwd", "/etc/passwd", "slices/../../x", "a\0b"):
        with pytest.raises(untrusted.HallyuError, match="leads out of the delivery"):
            untrusted.inside(good, name)


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[1]",
        "not json",
        '{"time": 1, "actor": "human", "name": "x", "action": "draw", "target": "c01"}',
    ],
)
def test_a_log_edited_by_hand_is_refused(line, copy):
    with open(copy / "work.jsonl", "a", encoding="utf-8") as file:
        file.write(line + "\n")
    assert "is no entry of a work log" in messages(artefacts.disclosure(copy))


def test_a_disclosure_of_strange_values_is_refused(copy):
    for strange in (
        [],
        {"title": 1},
        {
            "title": "x",
            "cuts": 7,
            "ai": [{"cut": [], "part": 1, "tool": 2, "method": 3}],
            "human": [],
            "suggestions": [],
        },
    ):
        change_disclosure(copy, lambda manifest, strange=strange: manifest.update(disclosure=strange))
        assert findings.marks(artefacts.disclosure(copy), 10) == 0


# --- words on the page --------------------------------------------------------------------------------------------


def test_the_same_words_lie_over_themselves_and_other_words_do_not(spots):
    texts = {line.id: line.text for cut in script.parse(STORY).cuts for line in cut.lines}
    for key, words in spots.items():
        assert words_on_page.likeness(words, texts[key]) > 0.9
        assert (
            max(words_on_page.likeness(words, text) for other, text in texts.items() if other != key) < 0.45
        )


def test_grading_prints_each_finding_with_its_price(good, copy, capsys):
    assert findings.grade(artefacts.string_table, good) == 5
    change_table(copy, lambda text: "\n".join(text.splitlines()[:-1]))
    assert findings.grade(artefacts.string_table, copy) == 3
    assert "✗ strings.csv has no row c07-1" in capsys.readouterr().out


def test_what_libraries_say_while_grading_never_reaches_stderr(capfd):
    @findings.grader(1)
    def noisy(folder):
        print("loading", file=sys.stderr)
        warnings.warn("old", stacklevel=1)
        logging.getLogger("library").warning("strange")
        return []

    assert findings.grade(noisy, ".") == 1
    assert capfd.readouterr().err == ""
