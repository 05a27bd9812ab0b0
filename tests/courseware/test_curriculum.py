import pytest

from hallyu.courseware import curriculum
from hallyu.errors import HallyuError


def test_a_lesson_is_what_its_metadata_says(course, lesson):
    (found,) = curriculum.lessons(course)
    assert (found.id, found.short_id) == ("webtoon/01-count-the-snow", "webtoon/01")
    for key, value in lesson().metadata["hallyu"].items():
        assert getattr(found, key) == (tuple(value) if isinstance(value, list) else value)


def test_modules_and_tracks_are_read(course):
    (module,) = curriculum.modules(course)
    assert (module.id, module.title_ko, module.summary) == ("webtoon", "웹툰", "From script to strip.")
    assert [track.audience for track in curriculum.tracks(course)] == ["Artists"]


def test_lessons_come_in_the_modules_order_then_their_own(course, write_lesson):
    write_lesson(course, "02-more")
    (course / "modules/art").mkdir()
    (course / "modules/art/index.md").write_text("---\ntitle: A\ntitle_ko: ㄱ\nsummary: S\nsummary_ko: ㅅ\norder: 2\n---\n")
    moved = write_lesson(course, "01-art", module="art")
    moved.rename(course / "modules/art/01-art.ipynb")
    assert [lesson.short_id for lesson in curriculum.lessons(course)] == [
        "webtoon/01",
        "webtoon/02",
        "art/01",
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"level": "expert"}, 'level "expert" is neither beginner nor professional'),
        ({"minutes": "an hour"}, '"minutes" must be a int'),
        ({"minutes": 0}, '"minutes" is empty'),
        ({"outcomes": []}, '"outcomes" is empty'),
        ({"techniques": [3]}, '"techniques" holds something that is not text'),
        ({"module": "music"}, 'module "music" is not the folder'),
        ({"order": 7}, "order 7 is not the number in the file name 01-count-the-snow.ipynb"),
        ({"mood": "cold"}, '"mood" is unknown'),
        ({"prerequisites": ["webtoon/09-none"]}, 'prerequisite "webtoon/09-none" is not in the curriculum'),
        ({"tracks": ["sculptor"]}, 'track "sculptor" is not in the curriculum'),
    ],
)
def test_what_cannot_be_is_said_in_words(course, write_lesson, changes, says):
    write_lesson(course, **changes)
    with pytest.raises(HallyuError, match=says):
        curriculum.lessons(course)


@pytest.mark.parametrize("key", [*curriculum.TEXTS, *curriculum.NUMBERS, *curriculum.LISTS])
def test_every_key_is_needed(lesson, key):
    metadata = dict(lesson().metadata["hallyu"])
    del metadata[key]
    path = curriculum.Path("modules/webtoon/01-count-the-snow.ipynb")
    assert curriculum.metadata_problems(metadata, path) == [f'metadata "{key}" is missing']


def test_a_broken_notebook_or_index_or_tracks_file_is_named(course):
    (course / "modules/webtoon/01-count-the-snow.ipynb").write_text("{")
    with pytest.raises(HallyuError, match=r"01-count-the-snow\.ipynb is not a notebook"):
        curriculum.lessons(course)
    (course / "modules/webtoon/index.md").write_text("# Webtoon\n")
    with pytest.raises(HallyuError, match=r'index.md: the front matter .* lacks "title"'):
        curriculum.modules(course)
    (course / "book/tracks.toml").write_text("[a]\ntitle = 'A'\n")
    with pytest.raises(HallyuError, match="a track has title"):
        curriculum.tracks(course)


def test_a_lesson_is_found_by_any_of_its_names(course, monkeypatch):
    monkeypatch.chdir(course / "modules/webtoon")
    for name in (
        "webtoon/01",
        "01",
        "01-count-the-snow",
        "webtoon/01-count-the-snow",
        "modules/webtoon/01-count-the-snow.ipynb",
        "01-count-the-snow.ipynb",
        str(course / "modules/webtoon/01-count-the-snow.ipynb"),
    ):
        assert curriculum.find_lesson(course, name).short_id == "webtoon/01", name


def test_an_unknown_lesson_gets_near_matches(course):
    with pytest.raises(
        HallyuError, match=r'no lesson "01-count-snow". Did you mean webtoon/01-count-the-snow\?'
    ):
        curriculum.find_lesson(course, "01-count-snow")
    with pytest.raises(HallyuError, match="Did you mean webtoon/01-count-the-snow"):
        curriculum.find_lesson(course, "zzz")


def test_select_takes_all_a_module_or_one(course, write_lesson):
    write_lesson(course, "02-more")
    numbers = [
        [lesson.order for lesson in curriculum.select(course, name)] for name in (None, "webtoon", "02")
    ]
    assert numbers == [[1, 2], [1, 2], [2]]


def test_the_root_is_found_from_anywhere_inside(course, monkeypatch):
    assert curriculum.find_root(course / "modules/webtoon/media") == course
    monkeypatch.setattr(curriculum, "__file__", str(course / "a/b/c/curriculum.py"))
    assert curriculum.find_root("/") == course
    monkeypatch.setattr(curriculum, "__file__", "/usr/lib/a/b/curriculum.py")
    with pytest.raises(HallyuError, match="not inside the course"):
        curriculum.find_root("/")
