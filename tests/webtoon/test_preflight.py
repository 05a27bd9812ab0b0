"""Each test spoils a real export in one way and asks for the sentence that says so."""

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image, ImageCms

from hallyu.errors import HallyuError
from hallyu.provenance.disclosure import Disclosure
from hallyu.webtoon.export import export, profiles
from hallyu.webtoon.preflight import validate
from hallyu.webtoon.slicing import NamedBox


@pytest.fixture(scope="module")
def made(tmp_path_factory, stand_in_episode, signing):
    strip, disclosure = stand_in_episode
    return export(
        strip, "webtoon-canvas", tmp_path_factory.mktemp("made") / "out", disclosure, signing_folder=signing
    )


@pytest.fixture
def folder(made, tmp_path):
    """A copy of a good export, to be spoiled."""
    return shutil.copytree(made, tmp_path / "out")


def only(report, pattern):
    """The report's problems, which must all match *pattern*."""
    assert report.problems, "the fault was not found"
    assert all(re.search(pattern, problem) for problem in report.problems), report.problems
    return report.problems


def manifest(folder, change=None):
    path = folder / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    if change:
        change(data)
        path.write_text(json.dumps(data), encoding="utf-8")
    return data


def redraw(path, change=lambda picture: picture, **options):
    with Image.open(path) as picture:
        changed = change(picture.copy())
    changed.save(path, **{"quality": 92, **options})


def test_a_good_export_passes_in_every_form(folder):
    report = validate(folder, "webtoon-canvas")
    assert report.passed and report.problems == () and report.notes == ()
    assert "ready to upload" in report.text() and json.loads(report.json())["ai_share_percent"] == 60
    assert len(report.slices) == len(manifest(folder)["slices"])


@pytest.mark.parametrize("key", ["tapas", "naver", "kakaopage"])
def test_other_profiles_pass_and_say_what_is_unconfirmed(tmp_path, stand_in_episode, key):
    strip, disclosure = stand_in_episode
    out = export(strip, key, tmp_path / "out", disclosure, signing_folder=None)
    report = validate(out, key)
    assert report.passed, report.problems
    assert any(("unconfirmed" if key != "tapas" else "is ours") in note for note in report.notes)
    assert any(note.startswith("Without content credentials: 001.jpg") for note in report.notes)


def test_equal_slices_are_caught(folder, stand_in_episode):
    """The cheat: throw the slices away and cut the strip every 1280 px."""
    _strip, _ = stand_in_episode
    whole = np.concatenate([np.asarray(Image.open(p)) for p in sorted(folder.glob("*.jpg"))])
    for path in folder.glob("*.jpg"):
        path.unlink()
    for n, y in enumerate(range(0, len(whole), 1280), 1):
        Image.fromarray(whole[y : y + 1280]).save(folder / f"{n:03d}.jpg", quality=95)
    problems = validate(folder, "webtoon-canvas").problems
    cut = [p for p in problems if "runs through" in p]
    assert cut and re.search(r"slices \d and \d runs through the (balloon c\d\d-1|face 하늘)", cut[0])


def test_trusted_boxes_win_over_a_manifest_that_hides_them(folder, stand_in_episode):
    strip, _disclosure = stand_in_episode
    row = manifest(folder)["slices"][0]["y1"]
    manifest(folder, lambda m: m.update(protected=[b for b in m["protected"] if b[0] == "notice"]))
    assert validate(folder, "webtoon-canvas").passed
    true = [*strip.protected, NamedBox("effect", "c02-fx", (0, row - 5, 800, row + 5)),
            NamedBox("notice", "AI", tuple(manifest(folder)["protected"][-1][2]))]  # fmt: skip
    only(
        validate(folder, "webtoon-canvas", protected=true),
        "between slices 1 and 2 runs through the effect c02-fx",
    )


def test_801_pixels(folder):
    redraw(folder / "002.jpg", lambda p: p.resize((801, p.height)))
    problems = validate(folder, "webtoon-canvas").problems
    assert "002.jpg is 801 px wide: WEBTOON CANVAS takes 800." in problems


def test_too_tall(folder):
    redraw(folder / "002.jpg", lambda p: p.resize((800, 1281)))
    assert any("002.jpg is 1,281 px tall" in p for p in validate(folder, "webtoon-canvas").problems)


def test_cmyk(folder):
    redraw(folder / "001.jpg", lambda p: p.convert("CMYK"))
    assert any(
        p.startswith("001.jpg is CMYK, and screens want RGB")
        for p in validate(folder, "webtoon-canvas").problems
    )


def test_another_colour_space(folder):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    redraw(folder / "001.jpg", icc_profile=lab)
    assert any(
        "001.jpg has a colour profile that is not sRGB" in p
        for p in validate(folder, "webtoon-canvas").problems
    )


def test_oversized_file(folder):
    path = folder / "001.jpg"
    path.write_bytes(path.read_bytes() + b"\0" * 2_000_000)
    assert any(re.match(r"001.jpg is 2\.\d\d MB: .* takes 2 MB a file", p)
               for p in validate(folder, "webtoon-canvas").problems)  # fmt: skip


def test_oversized_episode_and_too_many_images(folder):
    tight = replace(profiles()["webtoon-canvas"], max_episode_bytes=100_000, max_images=2)
    only(validate(folder, tight), "The episode is .* takes 0.1 MB|There are .* images: .* takes 2")


def test_two_slices_swapped(folder):
    a, b, c = folder / "001.jpg", folder / "002.jpg", folder / "x"
    a.rename(c), b.rename(a), c.rename(b)
    problems = validate(folder, "webtoon-canvas").problems
    assert "001.jpg is the slice that was exported as 002.jpg: the order is wrong." in problems


def test_a_missing_slice(folder):
    (folder / "002.jpg").unlink()
    problems = only(validate(folder, "webtoon-canvas"), "missing|px tall together")
    assert "002.jpg is missing: export again." in problems


def test_a_doubled_slice(folder):
    shutil.copy(folder / "001.jpg", folder / "099.jpg")
    problems = validate(folder, "webtoon-canvas").problems
    assert any("something is missing or doubled" in p for p in problems)


def test_strange_names(folder):
    (folder / "001.jpg").rename(folder / "1화 (final).jpg")
    problems = validate(folder, "webtoon-canvas").problems
    assert any(p.startswith("1화 (final).jpg is not named like a slice") for p in problems)


def test_a_truncated_file(folder):
    path = folder / "002.jpg"
    path.write_bytes(path.read_bytes()[:20_000])
    assert "002.jpg breaks off or is damaged: export again." in validate(folder, "webtoon-canvas").problems


def test_a_file_that_is_no_picture(folder):
    (folder / "002.jpg").write_text("not a picture")
    assert "002.jpg is not a picture: export again." in validate(folder, "webtoon-canvas").problems


def test_a_png_called_jpg_and_a_webp(folder):
    redraw(folder / "001.jpg", format="PNG")
    redraw(folder / "002.jpg", format="WEBP")
    problems = validate(folder, "webtoon-canvas").problems
    assert "001.jpg is a png file by another name: name it .png." in problems
    assert "002.jpg is WEBP: WEBTOON CANVAS takes jpg or png." in problems


def test_one_changed_pixel(folder):
    data = bytearray((folder / "001.jpg").read_bytes())
    data[-500] ^= 1
    (folder / "001.jpg").write_bytes(data)
    problems = validate(folder, "webtoon-canvas").problems
    assert "001.jpg was changed after it was signed: export again." in problems
    assert "001.jpg has changed since it was exported: export again." in problems


def test_missing_disclosure(folder):
    manifest(folder, lambda m: m.pop("disclosure"))
    only(validate(folder, "webtoon-canvas"), "The manifest has no disclosure: say what AI did")


def test_a_disclosure_that_denies_ai_is_contradicted_by_the_signature(folder):
    manifest(folder, lambda m: m["disclosure"].update(ai=[]))
    problems = only(validate(folder, "webtoon-canvas"), "contradicts")
    assert problems[0].startswith("001.jpg is signed as compositeWithTrainedAlgorithmicMedia")


def test_a_disclosure_that_denies_ai_is_contradicted_by_what_the_grader_knows(tmp_path, stand_in_episode):
    strip, disclosure = stand_in_episode
    out = export(strip, "webtoon-canvas", tmp_path / "out", Disclosure("첫눈", 5), signing_folder=None)
    assert validate(out, "webtoon-canvas").passed
    only(validate(out, "webtoon-canvas", disclosure=disclosure),
         "3 of 5 cuts have generated parts and the strip has no notice that says so")  # fmt: skip


def test_a_notice_that_says_less_than_the_record(folder):
    """The cheat: the drawn notice names 3 cuts; the record is made to name 4."""
    part = {"cut": 5, "part": "하늘", "tool": "webtoon-small", "method": "text to image"}
    manifest(folder, lambda m: m["disclosure"]["ai"].append(part))
    only(validate(folder, "webtoon-canvas"), "4 of 5 cuts .* the notice at the end does not show it")


def test_a_notice_painted_over(folder, tmp_path, stand_in_episode):
    whole = sorted(folder.glob("*.jpg"))
    redraw(whole[-1], lambda p: Image.new("RGB", p.size, "white"))
    assert any(
        "the notice at the end does not show it" in p for p in validate(folder, "webtoon-canvas").problems
    )


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"slices": 3}', '{"slices": [{"file": 1}]}'])
def test_a_damaged_manifest(folder, damage):
    (folder / "manifest.json").write_text(damage)
    assert "manifest.json cannot be read: export again." in validate(folder, "webtoon-canvas").problems


def test_an_empty_folder_and_no_folder(tmp_path):
    (tmp_path / "empty").mkdir()
    assert any("There are no images" in p for p in validate(tmp_path / "empty", "tapas").problems)
    with pytest.raises(HallyuError, match="There is no folder"):
        validate(tmp_path / "absent", "tapas")


def test_the_wrong_profile(folder):
    problems = validate(folder, "tapas").problems
    assert 'The export was made for "webtoon-canvas", not for Tapas.' in problems
    assert "001.jpg is 800 px wide: Tapas takes 940." in problems


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.images, self.addresses = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "img":
            self.images.append(attributes)
        self.addresses += [attributes[key] for key in ("src", "href") if key in attributes]


def test_the_page_needs_nothing_else_and_every_picture_is_described(folder):
    report = validate(folder, "webtoon-canvas")
    report.write(folder)
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert len(page.images) == len(report.slices)
    assert all(address.startswith("data:") for address in page.addresses)
    alts = [image["alt"] for image in page.images]
    assert alts[0].startswith("Cut 1, bust, street. 하늘 neutral. 하늘: “첫눈이다”")
    assert "Notice: what AI did in this episode." in alts[-1] and all(alts)
    assert validate(folder, "webtoon-canvas").passed, "the reports may lie beside the slices"


def test_names_from_outside_cannot_write_html(folder):
    manifest(folder, lambda m: m.update(title="<script>alert(1)</script>"))
    html = validate(folder, "webtoon-canvas").html()
    assert "<script" not in html and "&lt;script&gt;" in html
