"""A whole episode from script to delivery.

Where the pictures come from does not matter here: the cuts show places without near figures, so no model is asked.
"""

import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from hallyu.errors import HallyuError
from hallyu.webtoon import episode, export, fonts, preflight, script, strings

TEXT = """# 눈길
  en: Snow road
@하늘: girl, black bob hair, brown eyes, red coat

[1] 설정샷, 눈 숲 · 긴 쉼
내레이션: 첫눈이 왔다.
  en: The first snow came.
[2] 설정샷, 밤 도시
효과음: 휘잉
  en: whoosh
[3] 설정샷, 방
내레이션: 아무도 없다.
  en: Nobody is here.
"""


class NoFigures:
    """An engine that must never be asked: there is no near figure in these cuts."""

    model = "none"

    def draw(self, prompt, seed=0, steps=10, guidance=3.0):
        raise AssertionError("a cut without near figures asked the model for one")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("episode")
    steps = []
    delivery = episode.make_episode(
        script.parse(TEXT), NoFigures(), folder, seed=4, progress=lambda *step: steps.append(step)
    )
    return folder, delivery, steps


def test_the_delivery_passes_its_own_preflight_and_holds_what_it_says(made):
    folder, delivery, steps = made
    assert preflight.validate(delivery.folder / "slices", "webtoon-canvas").problems == ()
    names = {path.name for path in delivery.folder.iterdir()}
    assert names == {"slices", "cuts-01-03.psd", "script.txt", "strings.csv"}
    assert script.read(delivery.folder / "script.txt") == script.parse(TEXT)
    assert [Image.open(path).width for path in delivery.slices] == [800] * len(delivery.slices)
    assert not delivery.disclosure.used_ai
    assert not [path for path in folder.iterdir() if path.name.startswith(".")], "a draft was left"
    assert [what for _, _, what in steps[:3]] == ["cut 1", "cut 2", "cut 3"]
    assert all(0 <= done < total for done, total, _ in steps)


def test_a_translator_finds_every_word_in_the_delivery_and_it_can_be_made_again(made):
    folder, delivery, _ = made
    table = strings.read(delivery.folder / "strings.csv")
    assert table == strings.from_script(script.parse(TEXT))
    assert [table.text(id, "en") for id in table.rows] == ["The first snow came.", "whoosh", "Nobody is here."]
    again = episode.Episode(folder, script.parse(TEXT), {1: 4, 2: 4, 3: 4}, model="none")
    episode.deliver(again, delivery.folder)  # what a delivery wrote, the next one may replace


def test_the_psd_lies_as_the_strip_does(made):
    psd_tools = pytest.importorskip("psd_tools")
    folder, delivery, _ = made
    document = psd_tools.PSDImage.open(delivery.folder / "cuts-01-03.psd")
    groups = [layer for layer in document if layer.is_group()]
    assert [group.name for group in groups] == ["컷 01", "컷 02", "컷 03"]
    work = episode.Episode(folder, script.parse(TEXT), {1: 4, 2: 4, 3: 4}, model="none")
    places = work.strip().placements
    tops = [next(layer for layer in group if layer.name == "그림").top for group in groups]
    assert np.diff(tops).tolist() == np.diff([place.y0 for place in places]).tolist()


def test_a_second_run_draws_nothing_again(made, monkeypatch):
    folder, _, _ = made
    monkeypatch.setattr(episode.compose, "draw_panel", lambda *_: pytest.fail("drawn again"))
    work = episode.Episode(folder, script.parse(TEXT), {1: 4, 2: 4, 3: 4}, model="none")
    assert work.waiting() == []
    assert list(work.draw_all(NoFigures())) == []


def test_a_stopped_run_keeps_what_is_drawn_and_the_same_call_goes_on(tmp_path):
    asked = []

    def after_two():
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(episode.Stopped, match="cut 3"):
        episode.make_episode(script.parse(TEXT), NoFigures(), tmp_path, cancelled=after_two)
    takes = sorted(path.name for path in (tmp_path / "takes").glob("*.npz"))
    assert [name[:3] for name in takes] == ["c01", "c02"]
    assert not (tmp_path / "delivery").exists()
    work = episode.Episode(tmp_path, script.parse(TEXT))
    assert list(work.draw_all(NoFigures())) == [3]


def test_a_stopped_delivery_leaves_the_older_one_as_it_was(made):
    folder, delivery, _ = made
    before = {path: path.read_bytes() for path in delivery.folder.rglob("*") if path.is_file()}
    work = episode.Episode(folder, script.parse(TEXT), {1: 4, 2: 4, 3: 4}, model="none")
    count = iter(range(100))
    with pytest.raises(episode.Stopped):
        episode.deliver(work, delivery.folder, cancelled=lambda: next(count) == 3)
    assert {path: path.read_bytes() for path in delivery.folder.rglob("*") if path.is_file()} == before
    assert not (folder / ".delivery.making").exists()


def test_a_delivery_onto_a_full_disk_says_what_to_free_and_leaves_nothing(made, small_disk):
    folder, _, _ = made
    work = episode.Episode(folder, script.parse(TEXT), {1: 4, 2: 4, 3: 4}, model="none")
    with pytest.raises(HallyuError, match=r"because the disk is full .+ delete what you no longer need") as error:
        episode.deliver(work, small_disk / "delivery")
    assert str(error.value).startswith(f"{small_disk / 'delivery'}/")
    assert list(small_disk.iterdir()) == []


def test_a_folder_with_other_files_is_not_replaced(made, tmp_path):
    folder, _, _ = made
    (tmp_path / "thesis.doc").write_text("mine")
    work = episode.Episode(folder, script.parse(TEXT), {1: 4, 2: 4, 3: 4}, model="none")
    with pytest.raises(HallyuError, match=r"thesis\.doc"):
        episode.deliver(work, tmp_path)
    assert (tmp_path / "thesis.doc").read_text() == "mine"


def test_another_seed_is_another_take_and_the_old_one_stays(made, tmp_path):
    work = episode.Episode(tmp_path, script.parse(TEXT))
    first = work.draw(2, NoFigures())
    work.choose(2, work.new_seed(2), "유나")
    assert not work.drawn(2) and work.tried[2] == [1, 2]
    work.draw(2, NoFigures())
    work.choose(2, 1, "유나")
    assert work.drawn(2)
    np.testing.assert_array_equal(work.panel(2).art(), first.art())
    entries = [(e.actor, e.action, e.before, e.after) for e in work.log.entries()]
    assert entries == [("human", "select", "seed 1", "seed 2"), ("human", "select", "seed 2", "seed 1")]


def test_new_words_need_no_drawing_and_change_the_lettering_only(made, monkeypatch):
    folder, _, _ = made
    monkeypatch.setattr(episode.compose, "draw_panel", lambda *_: pytest.fail("drawn again"))
    work = episode.Episode(folder, script.parse(TEXT), {1: 4, 2: 4, 3: 4}, model="none")
    before = work.letter(1)
    after = work.reword("c01-1", "올해의 첫눈이 밤새 소리 없이 내렸다.", writer="유나")
    assert before.picture.shape != after.picture.shape or (before.picture != after.picture).any()
    assert work.script.cuts[0].lines[0].text == "올해의 첫눈이 밤새 소리 없이 내렸다."
    english = work.reword("c01-1", "Snow, at last.", "en")
    assert work.script.cuts[0].lines[0].text == "올해의 첫눈이 밤새 소리 없이 내렸다."
    assert episode.words(work.script, "c01-1", "en") == "Snow, at last."
    assert english.picture.shape[1] == 800
    assert [e.action for e in work.log.entries()] == ["edit"]
    work.log.path.unlink()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("눈이다 😀", r"c01-1: no lettering font has 😀 \(U\+1F600 grinning face\): take it out"),
        ("שלום", "c01-1 has right-to-left text .+: give this line in Korean or"),
        ("가나다라 " * 80, "c01-1 is 399 characters long; .+ Move what follows"),
        ("   ", "c01-1 has no words; write some"),
    ],
    ids=["emoji", "Hebrew", "400 characters", "blank"],
)
def test_words_that_cannot_be_set_are_named_and_leave_the_old_ones(made, text, said):
    folder, _, _ = made
    work = episode.Episode(folder, script.parse(TEXT), {1: 4, 2: 4, 3: 4}, model="none")
    with pytest.raises(HallyuError, match=said) as error:
        work.reword("c01-1", text)
    assert "\n" not in str(error.value) and len(str(error.value)) < 320
    assert work.script == script.parse(TEXT)


def test_a_word_wider_than_its_balloon_is_lettered_over_several_lines(made):
    folder, _, _ = made
    work = episode.Episode(folder, script.parse(TEXT), {1: 4, 2: 4, 3: 4}, model="none")
    word = "가나다라마바사아자차카타파하" * 3
    work.reword("c01-1", word)
    (set_,) = [text for text in work.lettered(1).text if text.id == "c01-1"]
    assert len(set_.lines) > 1 and "".join(set_.lines) == word


def test_a_delivery_without_its_font_says_which_and_leaves_nothing(made, tmp_path, monkeypatch):
    folder, _, _ = made
    work = episode.Episode(folder, script.parse(TEXT), {1: 4, 2: 4, 3: 4}, model="none")
    caches = (fonts._typeface, fonts._font, fonts._characters, fonts._advance)
    monkeypatch.setattr(fonts, "FOLDER", tmp_path / "no fonts")
    for cache in caches:
        cache.cache_clear()
    with pytest.raises(HallyuError, match=r"NanumSquareRoundB\.ttf is missing or damaged .+: install the package again"):
        episode.deliver(work, tmp_path / "delivery")
    assert list(tmp_path.iterdir()) == []


def test_a_script_with_errors_is_not_drawn(tmp_path):
    broken = script.parse(TEXT.replace("눈 숲 · 긴", "바닷가 · 긴"))
    with pytest.raises(HallyuError, match="cut 1"):
        list(episode.Episode(tmp_path, broken).draw_all(NoFigures()))
    assert not (tmp_path / "takes").exists()


def test_an_undrawn_cut_is_named(tmp_path):
    work = episode.Episode(tmp_path, script.parse(TEXT))
    for ask in (work.strip, work.disclosure, lambda: work.letter(1)):
        with pytest.raises(HallyuError, match="Cut 1 is not drawn"):
            ask()


def test_a_damaged_take_is_one_sentence(tmp_path):
    work = episode.Episode(tmp_path, script.parse(TEXT), model="none")
    work.take(1).parent.mkdir()
    work.take(1).write_bytes(b"PK\x03\x04 not a take")
    with pytest.raises(HallyuError, match="damaged"):
        work.panel(1)


def test_the_record_of_generated_figures_reaches_the_disclosure(tmp_path):
    cut = script.parse(TEXT).cuts[0]
    part = {"figure": "하늘", "prompt": "girl", "seed": 7, "steps": 10, "guidance": 3.0, "model": "first-snow-sd"}
    work = episode.Episode(tmp_path, script.parse(TEXT))
    for number in (1, 2, 3):
        layers = {"background": np.full((40, 800, 4), 255, np.uint8)}
        record = [part] if number == 1 else []
        episode.save_take(episode.Panel(cut, layers, {}, record, 0.1), work.take(number))
    told = work.disclosure()
    assert told.ai_cuts == (1,) and told.tools == ("first-snow-sd",) and told.cuts == 3


def test_the_zip_holds_the_delivery(made, tmp_path):
    _, delivery, _ = made
    with zipfile.ZipFile(episode.pack(delivery, tmp_path / "눈길.zip")) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        manifest = json.loads(archive.read(f"slices/{export.MANIFEST}"))
    assert [f"slices/{entry['file']}" for entry in manifest["slices"]] == [n for n in names if n.endswith(".jpg")]
    assert {"slices/report.html", "slices/disclosure.txt", "cuts-01-03.psd", "script.txt", "strings.csv"} <= set(names)
