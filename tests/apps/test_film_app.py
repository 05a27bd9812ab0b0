"""The film app in a real browser: what a person does and sees, what goes out, and what is refused."""

import importlib.util
import json
import re
import sys
import threading
import zipfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from looking import ENGLISH, answers, overflow, step, tab, unfold, upload
from PIL import Image

from hallyu import audio, video
from hallyu.film import cdl, colour, exr, lut, matte_metrics, timeline, turnover
from hallyu.provenance import consent
from hallyu.provenance.consent import FaceConsent
from hallyu.scratch import work_folder

sync_api = pytest.importorskip("playwright.sync_api")
gr = pytest.importorskip("gradio")
get_upload_folder = pytest.importorskip("gradio.utils").get_upload_folder

MODULE = Path(__file__).parents[2] / "modules" / "film"
PATIENCE = 150_000
"""Milliseconds until a step counts as hung; how long steps take is measured elsewhere."""
READY = "#found .note.good"
"""What is there when the page is."""
SHOT, MATTE, COMP, FACE, GRADE, DELIVER = range(6)


@pytest.fixture(scope="module")
def app():
    spec = importlib.util.spec_from_file_location("film_app", MODULE / "app.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["film_app"] = module
    spec.loader.exec_module(module)
    module.LONGEST = 320
    return module


@pytest.fixture(scope="module")
def green(tmp_path_factory):
    """Six frames of the green screen, 240 pixels wide, as a file of one's own; and their true mattes."""
    import cv2

    folder = tmp_path_factory.mktemp("green")
    read = [list(video.read(MODULE / "media" / name, 0, 6)) for name in ("s6.mp4", "s6-matte.mkv")]
    small = [
        [cv2.resize(frame, (240, 136), interpolation=cv2.INTER_AREA) for frame in frames] for frames in read
    ]
    video.write(folder / "green.mp4", small[0], 24)
    return folder / "green.mp4", [frame[..., 0] for frame in small[1]]


def open_shot(page, path: Path) -> None:
    """Drop a file of one's own and wait until it is shown."""
    step(page, SHOT)
    page.locator("#upload input[type=file]").set_input_files(path)
    page.locator("#found .note.good", has_text=path.name).wait_for()


def open_sample(page, option: str, name: str) -> None:
    """Take one of the course's own shots, and wait until it is shown and its controls stand at their beginning."""
    before = page.locator("#wipe .before").get_attribute("src")
    page.locator("#sample input").click()
    page.locator("[role=option]", has_text=option).click()
    page.locator("#found .note.good", has_text=name).wait_for()
    page.wait_for_function("before => document.querySelector('#wipe .before').src !== before", arg=before)


def close_shot(page) -> None:
    """Take the dropped file off again, so that another can be dropped."""
    page.locator("#upload button[aria-label]").first.click()
    page.locator("#upload input[type=file]").wait_for(state="attached")


def turn(page, number: int) -> np.ndarray:
    """Open a step and wait until its picture stands there."""
    step(page, number)
    name = page.locator("#steps button[role=tab]").nth(number).inner_text()
    page.wait_for_function("name => document.querySelector('#wipe .after').alt.startsWith(name)", arg=name)
    return shown(page, "after")


def choose(page, control: str, number: int) -> None:
    """One of the buttons of a choice."""
    page.locator(f"#{control} label input").nth(number).check()


def measures(page) -> dict[str, list[str]]:
    """The panel, as a table of its first column."""
    rows = page.locator("#metrics tbody tr").evaluate_all(
        "all => all.map(row => [...row.children].map(cell => cell.innerText))"
    )
    return {row[0]: row[1:] for row in rows}


def shown(page, which: str) -> np.ndarray:
    """One of the two pictures of the wipe, as code values."""
    import base64
    import io

    data = page.locator(f"#wipe .{which}").get_attribute("src").split(",", 1)[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"), np.float32) / 255


def changed(page, act, which: str = "after") -> np.ndarray:
    """The picture that stands there when what *act* does is shown."""
    before = page.locator(f"#wipe .{which}").get_attribute("src")
    act()
    page.wait_for_function(
        "([which, before]) => document.querySelector('#wipe .' + which).src !== before", arg=[which, before]
    )
    return shown(page, which)


# --- The page


def test_labels_are_complete_in_both_languages(app):
    korean, english = app.LABELS.translations["ko"], app.LABELS.translations["en"]
    assert korean.keys() == english.keys()
    not_words = {k for k in korean if k.startswith("unit_")} | {"mad", "mse", "grad", "dtssd"}
    assert not [
        k for k, text in korean.items() if k not in not_words and not any("가" <= c <= "힣" for c in text)
    ]
    assert not [k for k, t in english.items() if any("가" <= c <= "힣" for c in t) or not t.strip()]


def test_every_sample_has_a_name_and_a_face_that_may_be_used(app):
    for name in app.SAMPLES:
        assert f"sample_{Path(name).stem}" in app.LABELS.translations["ko"]
        shot = app.sample_shot(name)
        assert shot.people and all(face in consent.PUBLIC_FACES for face in shot.people)


def test_the_page_speaks_the_browsers_language(visit):
    tabs = "#steps button[role=tab]"
    korean = visit("ko-KR")
    assert korean.locator(tabs).all_inner_texts() == ["샷", "매트", "합성", "얼굴", "색", "납품"]
    korean.locator("#metrics tbody").wait_for()
    assert measures(korean)["프레임 속도"] == ["24", "프레임/초"]
    assert "왼쪽 50%" in korean.locator("#wipe input").get_attribute("aria-valuetext")
    english = visit("en-US")
    assert english.locator(tabs).all_inner_texts() == ["Shot", "Matte", "Comp", "Face", "Grade", "Deliver"]
    english.locator("#metrics tbody").wait_for()
    assert measures(english)["Rate"] == ["24", "frames a second"]
    assert english.locator("#wipe .after").get_attribute("alt").startswith("Shot, frame ")
    assert "__i18n__" not in korean.locator("body").inner_text() + english.locator("body").inner_text()
    assert "[object" not in korean.locator("body").inner_text() + english.locator("body").inner_text()


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_nothing_is_wider_than_a_phone(visit, locale):
    page = visit(locale, 390)
    for number in range(6):
        step(page, number)
        page.locator("#rights dl" if number == FACE else "#metrics tbody").first.wait_for()
        if number == FACE:
            unfold(page, "#other")
        if number == GRADE:
            choose(page, "grade", 1)
            page.locator("#power_b input").wait_for()
            page.locator("#scopes img").last.wait_for()
        assert overflow(page) <= 0, f"step {number + 1} is wider than the phone"
    assert page.locator("#steps button[role=tab]").last.is_visible()


def test_the_wipe_is_moved_with_the_keyboard_and_stays(visit):
    page = visit()
    turn(page, MATTE)
    slider = page.locator("#wipe input")
    slider.focus()
    place = lambda: page.locator(".wipe").evaluate("wipe => getComputedStyle(wipe).getPropertyValue('--at')")
    assert place() == "50%"
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert place() == "2%"
    assert slider.get_attribute("aria-valuetext") == "before on the left 2 %"
    assert slider.get_attribute("aria-label") == "Before and after"
    changed(page, lambda: choose(page, "show", 1))
    assert place() == "2%"


# --- The steps


def test_a_matte_is_near_the_exact_one(visit):
    page = visit()
    step(page, MATTE)
    page.locator("#metrics th", has_text="MAD").wait_for()
    first = measures(page)
    assert float(first["MAD against the truth"][1]) < 8
    assert float(first["Spill"][0]) > 2 > float(first["Spill"][1])
    after = changed(page, lambda: choose(page, "show", 1))
    assert (
        set(np.unique((after * 255).round() // 64)) >= {0, 3}
        and np.abs(after[..., 0] - after[..., 1]).max() < 0.05
    )
    people = changed(page, lambda: choose(page, "pull", 2))  # the segmenter sees her too
    assert np.abs(people - after).mean() < 0.08


def test_a_comp_takes_the_place_and_its_measures_get_better(visit):
    page = visit()
    comp = turn(page, COMP)
    page.locator("#metrics th", has_text="Gap of the blacks").wait_for()
    screen = shown(page, "before")[:20, :20].mean((0, 1))
    assert screen[1] > 1.5 * screen[0] and comp[:20, :20, 1].mean() < 1.2 * comp[:20, :20].mean()
    gap = [float(value) for value in measures(page)["Gap of the blacks"][:2]]
    assert abs(gap[1]) < abs(gap[0])
    bare = changed(page, lambda: choose(page, "plate", 0))
    assert np.abs(bare - shown(page, "after")).max() == 0 and page.locator("#wipe .before").is_hidden()
    choose(page, "plate", 3)
    page.locator("#status .note.bad", has_text="Open a background first").wait_for()


def test_numbers_grade_the_picture_and_the_scopes_show_it(visit):
    page = visit()
    plain = turn(page, GRADE)
    choose(page, "grade", 1)
    page.locator("#slope_r input").wait_for()
    page.locator("#slope_r input").fill("1.5")
    warm = changed(page, lambda: page.locator("#slope_r input").press("Tab"))
    assert (warm[..., 0] - plain[..., 0]).mean() > 0.05 and abs((warm[..., 2] - plain[..., 2]).mean()) < 0.02
    assert page.locator("#scopes img").count() == 6
    alts = page.locator("#scopes img").evaluate_all("all => all.map(each => each.alt)")
    assert alts[0].startswith("Waveform, Ungraded: luma from") and alts[-1].startswith("Histogram, Graded")
    assert float(measures(page)["Changed by the grade"][1]) > 2


def test_a_mismatched_camera_is_matched(visit):
    page, asked = visit(), []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    open_sample(page, "camera B", "camera-b")
    step(page, GRADE)
    choose(page, "grade", 2)  # at once: a shot that were opened twice would take the choice back
    assert sum(each.startswith('{"data":["s3-camera-b.mp4"') for each in asked) == 1
    page.locator("#solve").click()
    page.locator("#grading .note.good", has_text="the same pixels").wait_for()
    page.locator("#metrics th", has_text="To the reference, mean").wait_for()
    before, after = (float(value) for value in measures(page)["To the reference, mean"][:2])
    assert before > 4 and after < 2


def test_a_public_actor_is_made_younger_and_nothing_else_changes(visit):
    page = visit()
    open_sample(page, "Jeongho", "s5a")
    turn(page, FACE)
    page.locator("#rights", has_text="synthetic actor").wait_for()
    choose(page, "way", 1)
    page.locator("#metrics th", has_text="Identity cosine").wait_for()
    found = measures(page)
    assert float(found["Apparent age"][1]) < float(found["Apparent age"][0])
    assert float(found["Identity cosine"][1]) > 0.6
    assert float(found["PSNR outside the mask"][1]) > 60
    page.locator("#name textarea, #name input").fill("")
    choose(page, "way", 2)
    page.locator("#status .note.bad", has_text="The title is empty").wait_for()


# --- What goes wrong


def not_a_number(path: Path) -> None:
    import OpenEXR

    plane = np.full((20, 30), 0.5, np.float16)
    bad = plane.copy()
    bad[4, 7] = np.nan
    OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION}, {"R": plane, "G": bad, "B": plane}).write(
        str(path)
    )


def cut_short(path: Path) -> None:
    path.write_bytes((MODULE / "media" / "s6.mp4").read_bytes()[:3000])


FILES = {
    "text.mp4": (lambda path: path.write_text("첫눈이 내린다", encoding="utf-8"), "is no film or picture", "영상"),
    "empty.mp4": (lambda path: path.write_bytes(b""), "is empty (0 bytes)", "비어 있습니다"),
    "cut.mp4": (cut_short, "cannot be opened from its first frame", "첫 프레임부터"),
    "song.wav": (lambda path: audio.write_wav(path, np.zeros(4000, np.float32), 16_000), "", ""),
    "nan.exr": (not_a_number, "G is NaN at pixel (7, 4)", "(7, 4)"),
}  # fmt: skip


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_files_that_are_no_shot_get_a_sentence_and_the_shot_stays(visit, tmp_path, locale):
    page = visit(locale)
    page.locator("#metrics tbody").wait_for()
    for name, (make, english, korean) in FILES.items():
        make(tmp_path / name)
        page.locator("#upload input[type=file]").set_input_files(tmp_path / name)
        said = page.locator("#found .note.bad", has_text=name).filter(
            has_text=korean if locale == "ko-KR" else english
        )
        said.wait_for()
        assert locale == "en-US" or not ENGLISH.search(said.inner_text()), name
        assert page.locator("#metrics tbody").count() == 1, name
        close_shot(page)
    assert "Traceback" not in page.content()


def test_every_kind_of_picture_is_shown_as_what_it_is(visit, tmp_path):
    page = visit()
    grey = np.full((161, 91, 3), 120, np.uint8)
    video.write(tmp_path / "tall.mkv", [np.float32(grey / 255)] * 3, 30, "ffv1", bits=8)
    Image.fromarray(np.full((2160, 3840, 3), 90, np.uint8)).save(tmp_path / "large.jpg")
    matted = np.dstack([grey, np.tile(np.linspace(0, 255, 91, dtype=np.uint8), (161, 1))])
    Image.fromarray(matted).save(tmp_path / "matted.png")
    sizes = {
        "tall.mkv": ("91 × 161", "3"),
        "large.jpg": ("3840 × 2160", "1"),
        "matted.png": ("91 × 161", "1"),
    }
    for name, (size, frames) in sizes.items():
        open_shot(page, tmp_path / name)
        page.locator("#metrics td", has_text=size).wait_for()
        found = measures(page)
        assert found["Frames"][0] == frames and found["Faces"][0] == "0"
        assert found["Matte of its own"][0] == ("yes" if name == "matted.png" else "no")
        close_shot(page)
    # The matte that the file brings is the one that is shown.
    step(page, MATTE)
    page.locator("#metrics th", has_text="Mixed pixels").wait_for()
    matte = changed(page, lambda: choose(page, "show", 1))
    assert matte[:, :8].mean() < 0.15 and matte[:, -8:].mean() > 0.85
    assert page.locator("#status .note.bad").count() == 0


def test_a_dropped_shot_stays_when_gradio_forgets_it(visit, green, tmp_path):
    """It does when another app ends into which the same file was dropped."""
    page, mine = visit(), tmp_path / "nobody-elses.mp4"
    mine.write_bytes(green[0].read_bytes())
    open_shot(page, mine)
    turn(page, MATTE)
    stored = list(Path(get_upload_folder()).glob(f"*/{mine.name}"))
    assert stored
    for path in stored:
        path.unlink()
    changed(page, lambda: page.locator("#frame input[type=range]").press("ArrowRight"))
    assert page.locator("#status .note.bad").count() == 0


def test_a_shot_without_what_a_step_needs_says_so(visit, tmp_path):
    page = visit()
    Image.fromarray(np.full((90, 160, 3), 120, np.uint8)).save(tmp_path / "grey.png")
    open_shot(page, tmp_path / "grey.png")
    step(page, MATTE)
    sentences = "no green or blue screen", "Nobody was found in this frame", "brings no matte of its own"
    for number, said in enumerate(sentences, 1):
        choose(page, "pull", number)
        page.locator("#status .note.bad", has_text=said).wait_for()
    choose(page, "pull", 0)
    page.locator("#status .note.bad").wait_for(state="detached")
    step(page, COMP)
    choose(page, "plate", 1)
    page.locator("#status .note.bad", has_text="choose how it is pulled").wait_for()


# --- Another person's face


@pytest.fixture
def signed(tmp_path):
    """signed(**changes) -> record and fingerprint of a consent that holds today."""
    key = tmp_path / "key.pem"
    fingerprint = consent.make_key(key)

    def sign(name="consent.json", **changes):
        fields = {
            "face": "Eileen", "given_by": "Eileen", "given_to": "눈길", "project": "첫눈", "uses": ("de-age", "publish"),
            "starts": date.today() - timedelta(1), "ends": date.today() + timedelta(1), **changes,
        }  # fmt: skip
        return consent.write(tmp_path / name, FaceConsent(**fields), key), fingerprint

    return sign


@pytest.fixture(scope="module")
def portraits(tmp_path_factory):
    """A face of one's own, two of it side by side, and none."""
    folder = tmp_path_factory.mktemp("portraits")
    one = (
        Image.open(MODULE / "media" / "astronaut.jpg")
        .convert("RGB")
        .crop((40, 0, 400, 300))
        .resize((320, 266))
    )
    one.save(folder / "one.png")
    two = Image.new("RGB", (640, 266))
    two.paste(one, (0, 0))
    two.paste(one, (320, 0))
    two.save(folder / "two.png")
    Image.new("RGB", (320, 180), (120, 120, 120)).save(folder / "none.png")
    return folder


def give(page, record: tuple[Path, str]) -> None:
    page.locator("#signer textarea, #signer input").fill(record[1].replace(" ", ""))
    upload(page, "#record", record[0])


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_no_face_is_touched_without_a_consent_that_covers_it(visit, portraits, tmp_path, signed, locale):
    page = visit(locale)
    korean = locale == "ko-KR"
    open_shot(page, portraits / "one.png")
    step(page, FACE)
    named = "얼굴, " if korean else "Face, "
    page.wait_for_function("named => document.querySelector('#wipe .after').alt.startsWith(named)", arg=named)
    unfold(page, "#other")
    bad, asked = page.locator("#status .note.bad"), page.locator("#asked .note.bad")
    choose(page, "way", 1)
    bad.filter(has_text="건드리지 않았습니다" if korean else "This face was not touched").wait_for()
    assert page.locator("#metrics th", has_text="PSNR").count() == 0

    refused = {
        "other project": (signed("a.json", project="다른 영화"), "only", "에만 동의"),
        "over": (
            signed("c.json", starts=date(2020, 1, 1), ends=date(2020, 2, 1)),
            "consented until",
            "까지만 동의",
        ),
    }
    for record, english, said in refused.values():
        give(page, record)
        asked.filter(has_text=said if korean else english).wait_for()
        assert not korean or not ENGLISH.search(asked.inner_text())
    forged = signed("d.json")
    forged[0].write_text(forged[0].read_text(encoding="utf-8").replace("눈길", "남길"), encoding="utf-8")
    give(page, forged)
    asked.filter(has_text="서명한 뒤에 바뀌었" if korean else "changed after it was signed").wait_for()
    # A voice's consent is none for a face; nor is one for another use.
    give(page, signed("e.json", uses=("retouch", "publish")))
    page.locator("#asked .note.good").wait_for()
    choose(page, "way", 2)
    bad.filter(has_text="에는 동의하지 않았습니다" if korean else "did not consent to “de-age”").wait_for()
    assert page.locator("#metrics th", has_text="PSNR").count() == 0

    choose(page, "way", 1)
    give(page, signed("f.json"))
    page.locator("#asked dd", has_text="de-age").wait_for()
    page.locator("#metrics th", has_text="PSNR").wait_for()
    assert "Traceback" not in page.content()


def test_the_step_that_was_opened_last_is_shown_however_quickly_it_was(visit):
    page = visit()
    open_sample(page, "Jeongho", "s5a")
    turn(page, FACE)
    choose(page, "way", 1)
    page.locator("#metrics th", has_text="Identity cosine").wait_for()
    answered = answers(page)
    page.locator("#wanted input[type=range]").press("ArrowRight")  # another face, which takes its time
    for number in (SHOT, FACE, SHOT, FACE, SHOT):
        tab(page, number)
    answered()
    assert page.locator("#wipe .after").get_attribute("alt").startswith("Shot, ")
    assert page.locator("#metrics th", has_text="Identity cosine").count() == 0


def test_the_shot_that_was_opened_last_is_there_however_slow_the_first(visit, app, portraits, monkeypatch):
    page = visit()
    page.locator("#found .note.good").wait_for()
    sample, begun, enough = app.sample_shot, threading.Event(), threading.Event()

    def slow(name):
        begun.set()
        enough.wait(60)
        return sample(name)

    monkeypatch.setattr(app, "sample_shot", slow)
    answered = answers(page)
    page.locator("#sample input").click()
    page.locator("[role=option]", has_text="Jeongho").first.click()
    assert begun.wait(60)
    page.locator("#upload input[type=file]").set_input_files(portraits / "two.png")
    page.wait_for_timeout(2000)  # a later answer would be there by now
    enough.set()
    answered()
    assert "two.png" in page.locator("#found .note.good").inner_text()


def test_of_many_faces_one_is_chosen_and_of_none_is_said(visit, portraits, signed):
    page = visit()
    open_shot(page, portraits / "two.png")
    page.locator("#metrics tbody").wait_for()
    step(page, FACE)
    page.locator("#which label").nth(1).wait_for()
    unfold(page, "#other")
    give(page, signed())
    page.locator("#asked .note.good").wait_for()
    choose(page, "way", 1)
    page.locator("#metrics th", has_text="PSNR").wait_for()
    left = shown(page, "before")
    changed(page, lambda: choose(page, "which", 1), "before")
    assert shown(page, "before").shape == left.shape
    step(page, SHOT)
    close_shot(page)
    open_shot(page, portraits / "none.png")
    step(page, FACE)
    choose(page, "way", 1)
    page.locator("#status .note.bad", has_text="shows no face that can be worked on").wait_for()


# --- What goes out


def delivered(page, folder: Path) -> tuple[Path, turnover.Report]:
    """Download the ZIP, unpack it, and let preflight look at it."""
    with page.expect_download() as download:
        page.locator("#download").click()
    download.value.save_as(folder / "shot.zip")
    with zipfile.ZipFile(folder / "shot.zip") as archive:
        archive.extractall(folder / "out")
    top = next(path.parent for path in (folder / "out").rglob("manifest.json"))
    return top, turnover.preflight(top)


def test_from_a_green_screen_to_the_files(visit, green, tmp_path):
    page = visit()
    path, truths = green
    open_shot(page, path)
    for end, number in (("first", "2"), ("last", "5")):
        page.locator(f"#{end} input").fill(number)
        page.locator(f"#{end} input").press("Tab")
    step(page, GRADE)
    choose(page, "grade", 1)
    page.locator("#slope_r input").fill("1.2")
    changed(page, lambda: page.locator("#slope_r input").press("Tab"))
    step(page, DELIVER)
    page.locator("#maker textarea, #maker input").fill("김서연")
    choose(page, "range", 1)
    for number in range(2):
        choose(page, "copies", number)
    page.locator("#make").click()
    page.locator("#made .note, #making .note.bad").first.wait_for()
    assert page.locator("#made .note.good").count() == 1, page.locator("#made, #making").all_inner_texts()

    top, report = delivered(page, tmp_path)
    assert report.passed, report.text()
    assert report.measured["frames"] == 6 and report.measured["shots"] == 1
    assert report.measured["handles"] == 1  # the first frame and the last one were left over
    (run,) = exr.runs(top / "shots" / "fs_010_0060_comp_v001")
    assert run.numbers == (1001, 1002, 1003, 1004, 1005, 1006)
    source = list(video.read(path))
    pictures = list(exr.read_run(run))
    mattes = [picture.layers["matte"] for picture in pictures]
    assert matte_metrics.measure(mattes, truths).mad < 12
    for picture, frame, matte in zip(pictures, source, mattes, strict=True):
        assert picture.rate == 24 and picture.premultiplied.shape == frame.shape
        ground = picture.premultiplied[matte < 0.01]
        assert (ground[:, 1] < 1.6 * ground.mean(axis=1)).mean() > 0.99  # nothing of the screen is left

    # The EXR is ungraded; with the grade that goes along it is the viewing copy.
    (numbers,) = cdl.read(next((top / "grades").glob("*.cdl")))
    assert numbers.slope == pytest.approx((1.2, 1, 1))
    table = lut.read(next((top / "grades").glob("*.cube")))
    copy = list(video.read(next(top.glob("*.mp4"))))
    for picture, frame in zip(pictures[1:-1], copy, strict=True):
        display = np.clip(colour.to_display(picture.premultiplied), 0, 1)
        for graded in (cdl.apply(display, numbers), lut.apply(display, table)):
            assert np.abs(graded - frame[:136, :240]).mean() < 0.02
    edit = timeline.read(next((top / "edit").glob("*.otio")))
    assert edit.length == 4 and edit.rate == 24

    films = {film.name: film for film in (tmp_path / "out").glob("*.mov")}
    cutout = list(video.read(films["fs_010_0060_comp_v001_cutout.mov"]))
    assert video.probe(films["fs_010_0060_comp_v001_graded.mov"]).codec == "prores"
    assert len(cutout) == 4 and np.abs(cutout[2][..., 3] - mattes[3]).mean() < 0.01
    told = json.loads((top / "rights.json").read_text(encoding="utf-8"))
    assert told["shots"][0]["materials"][1].startswith("Forest: rendered")
    assert "김서연" in json.dumps(told, ensure_ascii=False)
    said = (tmp_path / "out" / "report.txt").read_text(encoding="utf-8")
    assert re.search(r"Flicker of the matte\t.*\d", said) and "Spill" in said


def test_a_changed_face_goes_out_marked_and_only_with_consent_to_publish(visit, portraits, tmp_path, signed):
    page = visit()
    open_shot(page, portraits / "one.png")
    step(page, FACE)
    unfold(page, "#other")
    give(page, signed("a.json", uses=("de-age",)))
    page.locator("#asked .note.good").wait_for()
    choose(page, "way", 1)
    page.locator("#metrics th", has_text="PSNR").wait_for()
    step(page, DELIVER)
    page.locator("#make").click()
    page.locator("#making .note.bad", has_text="did not consent to “publish”").wait_for()
    assert not page.locator("#download").is_visible()

    step(page, FACE)
    record = signed("b.json")
    give(page, record)
    page.locator("#asked dd", has_text="publish").first.wait_for()
    step(page, DELIVER)
    page.locator("#make").click()
    page.locator("#made .note.good").wait_for()
    top, report = delivered(page, tmp_path)
    assert report.passed, report.text()
    told = json.loads((top / "rights.json").read_text(encoding="utf-8"))
    assert told["shots"][0]["faces"][0]["uses"] == ["de-age", "publish"]
    assert told["shots"][0]["faces"][0]["signer"] == record[1]
    assert "Eileen" in told["notice"]["en"] and "AI" in told["notice"]["ko"]
    picture = exr.read(next((top / "shots").rglob("*.exr")))
    assert 0.01 < (picture.layers["face"] > 0).mean() < 0.9
    kept = picture.layers["face"] == 0
    frame = next(video.read(portraits / "one.png"))
    assert np.abs(exr.to_frame(picture) - frame)[kept].max() < 2e-3


def test_the_whole_shot_is_seen_and_measured(visit, green):
    page = visit()
    open_shot(page, green[0])
    turn(page, COMP)
    page.locator("#play").click()
    page.locator("#playing .note.good", has_text="6 frames").wait_for()
    page.wait_for_function("document.querySelector('#movie video')?.videoWidth === 240")
    assert page.evaluate("document.querySelector('#movie video').duration") == pytest.approx(6 / 24, abs=0.05)
    assert float(measures(page)["Flicker of the matte"][1]) < 6


def test_a_cancelled_shot_leaves_nothing_half_written(visit, app):
    def files() -> set[Path]:
        kinds = (".mp4", ".mov", ".zip", ".exr")
        return {path for path in work_folder("film").rglob("*") if path.suffix in kinds}

    page, before = visit(), files()
    step(page, DELIVER)
    choose(page, "range", 1)
    page.locator("#make").click()
    page.locator("#making", has_text=re.compile(r"\d+ of \d+ frames")).wait_for()
    page.locator("#cancel_make").click()
    page.locator("#making .note", has_text="Nothing half-written is kept").wait_for()
    assert not page.locator("#download").is_visible()
    assert files() <= before
