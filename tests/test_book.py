"""The book as a reader's browser gets it: built once, from every page and lesson, then looked at page by page."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jupyter_cache
import nbformat
import pytest

from hallyu.courseware import book, curriculum
from hallyu.errors import HallyuError
from hallyu.grading import (
    artefacts_delivery,
    artefacts_face,
    artefacts_film,
    artefacts_music,
    artefacts_ott,
    artefacts_webtoon,
)

ROOT = Path(__file__).parents[1]
HANGUL = re.compile("[가-힣]")
# What a browser fetches by itself; an <a> waits for the reader.
FETCHED = {
    "img": "src",
    "script": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
}


class Page(HTMLParser):
    """What a page links to, fetches, shows and names."""

    def __init__(self, html: str):
        super().__init__()
        self.links, self.fetched, self.pictures, self.anchors = [], [], [], set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.anchors |= {found[key] for key in ("id", "name") if found.get(key)}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag == "img":
            self.pictures.append(found)
        if found.get(FETCHED.get(tag)):
            self.fetched.append(found[FETCHED[tag]])


@pytest.fixture(scope="module")
def site():
    return book.build(ROOT).parent


@pytest.fixture(scope="module")
def pages(site):
    return {
        path: Page(path.read_text(encoding="utf-8"))
        for path in site.rglob("*.html")
        if "_static" not in path.parts
    }


def test_a_lesson_that_ran_is_not_run_again(tmp_path):
    path = curriculum.lesson_paths(ROOT)[0]
    ran = nbformat.read(path, 4)
    for number, cell in enumerate(cell for cell in ran.cells if cell.cell_type == "code"):
        cell.outputs = [nbformat.v4.new_output("stream", text=f"ran {number}")]
    book.keep_executed(tmp_path, path, ran)
    page = book.for_readers(nbformat.read(path, 4))
    _, found = jupyter_cache.get_cache(book.executed_folder(tmp_path)).merge_match_into_notebook(page)
    shown = [cell for cell in found.cells if cell.cell_type == "code"]
    assert [cell.outputs[0].text for cell in shown] == [f"ran {n}" for n in range(len(shown))]
    page.cells[[cell.cell_type for cell in page.cells].index("code")].source += "\n# changed"
    with pytest.raises(KeyError):
        jupyter_cache.get_cache(book.executed_folder(tmp_path)).merge_match_into_notebook(page)


def test_every_lesson_module_and_page_is_in_the_book(pages, site):
    built = {path.relative_to(site).as_posix() for path in pages}
    wanted = {f"book/{name.removesuffix('.md')}.html" for name in book.PAGES}
    wanted |= {f"modules/{module.id}/index.html" for module in curriculum.modules(ROOT)}
    wanted |= {f"modules/{lesson.id}.html" for lesson in curriculum.lessons(ROOT)}
    # Sphinx adds the redirect at the top, the index of terms and the search page.
    assert built == wanted | {"index.html", "genindex.html", "search.html"}


def test_links_inside_the_book_lead_somewhere(pages):
    for path, page in pages.items():
        for link in page.links + page.fetched:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), f"{path.name}: {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].anchors, f"{path.name}: {link}"


def test_no_page_and_no_style_sheet_asks_another_host(pages, site):
    for path, page in pages.items():
        assert not [url for url in page.fetched if urlsplit(url).netloc], path
    for sheet in (site / "_static").rglob("*.css"):
        asked = re.findall(r"url\(\s*['\"]?(?:https?:)?//[^)]*", sheet.read_text(encoding="utf-8"))
        assert not asked, sheet


def test_every_picture_says_what_it_shows(pages):
    for path, page in pages.items():
        for picture in page.pictures:
            # An empty text marks decoration: the second of two pictures that one text describes.
            assert "alt" in picture, f"{path.name}: {picture.get('src', '')[:60]}"
            assert not picture["alt"] or not re.search(r"\.(png|svg|jpe?g)$|^_images", picture["alt"]), path


def test_korean_is_set_in_a_korean_face_that_the_book_brings(pages, site):
    for name in ("book/index.html", "book/glossary.html", "modules/webtoon/index.html"):
        text = (site / name).read_text(encoding="utf-8")
        assert len(HANGUL.findall(text)) > 30, name
        assert "_static/course.css" in text, name
    css = (site / "_static/course.css").read_text(encoding="utf-8")
    assert '"Malgun Gothic"' in css
    assert '"Apple SD Gothic Neo"' in css
    from fontTools.ttLib import TTFont

    (file,) = re.findall(r'src: url\("(.+?)"\)', css)
    letters = TTFont(site / "_static" / file).getBestCmap()
    assert all(ord(letter) in letters for letter in "첫눈 한류 스튜디오 말풍선 콘티 뽀드득 Hallyu 123")


def test_what_a_page_plays_goes_into_the_book(tmp_path):
    page = tmp_path / "source/modules/music/index.md"
    (page.parent / "media").mkdir(parents=True)
    (page.parent / "media/song.mp4").write_bytes(b"film")
    page.write_text('<video src="media/song.mp4"></video> ![a](media/picture.png)', encoding="utf-8")
    book.copy_played(tmp_path / "source", tmp_path / "html")
    assert (tmp_path / "html/modules/music/media/song.mp4").read_bytes() == b"film"
    page.write_text('<video poster="media/lost.webp"></video>', encoding="utf-8")
    with pytest.raises(HallyuError, match="which is not there"):
        book.copy_played(tmp_path / "source", tmp_path / "html")


def test_the_status_page_tells_what_the_report_says(tmp_path):
    assert "There is no report" in book.status(tmp_path, "../")
    lesson = curriculum.lessons(ROOT)[0]
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/check.json").write_text(
        '{"date": "2026-11-21", "python": "3.11.9", "system": "Linux", "versions": {"torch": "2.13.0"}, "lessons": ['
        f'{{"lesson": "{lesson.id}", "passed": false, "seconds": 12.34, "peak_mb": 1234.0, "failures": ["cell 3: no"]}}]}}'
    )
    (tmp_path / "modules").symlink_to(ROOT / "modules")
    (tmp_path / "book").symlink_to(ROOT / "book")
    told = book.status(tmp_path, "../")
    assert f"| [{lesson.title}](../modules/{lesson.id}.ipynb) | ✗ | 12.3 | 1,234 |" in told
    assert f"- {lesson.title}: `cell 3: no`" in told
    assert "2026-11-21" in told
    assert "torch 2.13.0" in told
    assert told.count("not in this run") == len(curriculum.lessons(ROOT)) - 1


@pytest.mark.parametrize(
    ("assignment", "graders", "short"),
    [
        ("webtoon-episode", artefacts_webtoon.GRADERS, ""),
        ("music-voice", artefacts_music.VOICE_GRADERS, "voice "),
        ("music-release", artefacts_music.RELEASE_GRADERS, "release "),
        ("film-composite", artefacts_film.COMPOSITE_GRADERS, "composite "),
        ("film-face-and-grade", artefacts_face.GRADERS, "shots "),
        ("ott-subtitles", artefacts_ott.GRADERS, "titles "),
        ("ott-delivery", artefacts_delivery.GRADERS, "delivery "),
    ],
)
def test_the_guide_gives_the_graders_points(assignment, graders, short):
    guide = (ROOT / "book/instructor-guide.md").read_text(encoding="utf-8")
    table = guide.split(f"**`{assignment}`**")[1].split("**`")[0]
    told = {
        name.replace("'", ""): int(points)
        for points, name in re.findall(r"^\| (\d+) \| ([a-z' ]+) \|", table, re.MULTILINE)
    }
    assert told == {each.__name__.replace("_", " ").removeprefix(short): each.points for each in graders}
