"""The page in a real browser: blind, complete, silent to the network; and the statistics against known figures."""

import base64
import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, t

from hallyu.errors import HallyuError
from hallyu.music import listening
from hallyu.music.listening import ANCHOR, COLUMNS, REFERENCE, Answer
from hallyu.music.mixing import loudness

RATE = 16_000
CHROMIUM = Path("/usr/bin/chromium")


def tone(hertz, level=0.1, seconds=0.8):
    time = np.arange(int(seconds * RATE)) / RATE
    harmonics = sum(np.sin(2 * np.pi * k * hertz * time) / k for k in range(1, 12) if k * hertz < 7_500)
    return (level * harmonics).astype(np.float32)


def trials():
    clips = {"ours": tone(330), "theirs": tone(350, 0.02)}
    return [
        listening.rating("얼마나 비슷합니까?", clips, tone(300), RATE),
        listening.rating("얼마나 맑습니까?", clips, tone(600, 0.3), RATE),
        listening.abx("X는 어느 쪽입니까?", tone(330), tone(350), RATE, rounds=6, seed=3),
    ]


@pytest.fixture
def page(tmp_path):
    return tmp_path / "test.html", listening.write_page(
        tmp_path / "test.html", "</script>첫눈 & <b>", trials(), seed=4
    )


def table(key, listener, choose) -> str:
    """A listener's file. choose(trial, kind, name) -> answer."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for place, (code, clip) in enumerate(key.clips.items(), 1):
        rows.writerow([key.test, listener, clip[0], code, choose(*clip), place, 1])
    return out.getvalue()


def honest(trial, kind, name):
    points = {REFERENCE: 100, ANCHOR: 20, "ours": 70, "theirs": 40}
    return points[name] if kind == "rating" else name[-1].upper()


def save(folder, key, **listeners) -> list[Path]:
    paths = []
    for name, choose in listeners.items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(table(key, name, choose), encoding="utf-8")
    return paths


# The page


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium: install Debian's chromium")
    with sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    seen, contexts = [], []

    def visit(path, locale="ko-KR", width=1280, **options):
        context = browser.new_context(
            locale=locale, viewport={"width": width, "height": 800}, accept_downloads=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: seen.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: seen.append(str(e)))
        page.on(
            "request",
            lambda r: seen.append(r.url) if not r.url.startswith(("file:", "data:", "blob:")) else None,
        )
        page.goto(path.as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()
    assert seen == []


def sounds(html: str) -> dict:
    """What the page carries, as somebody would who opens its source."""
    content = re.search(r'<script id="test" type="application/json">(.*?)</script>', html, re.S)[1]
    return json.loads(content)


def decoded(uri: str) -> tuple[np.ndarray, int]:
    return soundfile.read(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


def test_a_listener_answers_the_page_and_the_table_is_understood(page, visit, tmp_path):
    path, key = page
    shown = visit(path)
    assert shown.title() == "</script>첫눈 & <b>" and shown.locator("h1").inner_text() == shown.title()
    assert shown.locator("html").get_attribute("lang") == "ko"
    send, rows = shown.locator("#send"), shown.locator(".clip")
    assert rows.count() == len(key.clips) == 4 + 4 + 6
    shown.locator("#who").fill('눈, "토끼"')
    content = sounds(path.read_text(encoding="utf-8"))
    pair = {name: decoded(uri)[0] for name, uri in content["trials"][2]["open"].items()}
    for n in range(rows.count()):
        row, field = rows.nth(n), rows.nth(n).locator("input").first
        assert send.is_disabled() and field.is_disabled()  # nobody rates what they have not heard
        row.locator("button").click()
        assert row.locator("button[aria-pressed=true]").count() == 1
        assert shown.locator("button[aria-pressed=true]").count() == 1  # only one sounds
        if n < 8:
            field.evaluate("(e, v) => { e.value = v; e.dispatchEvent(new Event('input')); }", str(10 * n + 5))
            assert row.locator("output").inner_text() == str(10 * n + 5)
        else:  # a perfect ear compares the samples
            x = decoded(content["trials"][2]["clips"][n - 8]["sound"])[0]
            right = next(name for name, samples in pair.items() if np.array_equal(x, samples))
            row.get_by_label(right, exact=True).check()
    assert shown.locator("#left").inner_text() == "모두 답했습니다. 답을 내려받을 수 있습니다."
    with shown.expect_download() as found:
        send.click()
    file = tmp_path / found.value.suggested_filename
    found.value.save_as(file)
    assert file.name == f"answers-{key.test}-눈_토끼_.csv"
    answers = listening.read_answers([file], key)
    assert {answer.listener for answer in answers} == {'눈, "토끼"'}
    assert listening.heard(answers, key) == listening.Heard(6, 6, 1 / 64)
    given = sorted(answer.answer for answer in answers if isinstance(answer.answer, float))
    assert given == [5, 15, 25, 35, 45, 55, 65, 75]
    row = next(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert (row["place"], row["plays"]) == ("1", "1")


def test_a_sound_is_really_played_and_stops_when_another_begins(page, visit):
    shown = visit(page[0], bypass_csp=True)  # the page forbids what wait_for_function needs
    shown.evaluate("""() => { window.started = []; const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function () { started.push(this); return play.call(this); }; }""")
    buttons = shown.locator(".clip button")
    buttons.nth(0).click()
    shown.wait_for_function("started[0].currentTime > 0.05 && !started[0].error")
    buttons.nth(1).click()
    shown.wait_for_function("started[0].paused && started[1].currentTime > 0.05")
    shown.wait_for_function("started[1].ended")
    assert shown.locator("button[aria-pressed=true]").count() == 0


def test_listeners_get_the_clips_in_different_orders(page, visit):
    path, key = page
    orders = set()
    for _ in range(6):  # 24 orders of the first question: six the same once in 8 million runs
        shown = visit(path)
        orders.add(tuple(shown.evaluate("rows.slice(0, 4).map(row => row.code)")))
    assert len(orders) > 1 and all(set(order) <= set(key.clips) for order in orders)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_and_every_control_has_a_name(page, visit, width):
    shown = visit(page[0], "en-US", width)
    assert shown.locator("html").get_attribute("lang") == "en"
    assert "Reference" in shown.locator(".open").first.inner_text()
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = (
        "[...document.querySelectorAll('button')].filter(e => e.getBoundingClientRect().height < 44).length"
    )
    assert shown.evaluate(small) == 0
    assert shown.get_by_label("Points for sound 4").count() == 2
    assert shown.get_by_role("radiogroup", name="Is X number 6 A or B?").count() == 1
    shown.get_by_role("button", name="한국어").click()
    assert "기준음" in shown.locator(".open").first.inner_text()
    main = shown.locator("main").inner_text()
    assert re.findall("[A-Za-z]{3,}", main) == ["script", "English"]


def test_the_page_does_not_say_which_clip_is_which(page):
    path, key = page
    content = sounds(path.read_text(encoding="utf-8"))
    without_sound = re.sub(
        r"data:audio/wav;base64,[\w+/=]+", "", json.dumps(content["trials"], ensure_ascii=False)
    )
    assert not [name for name in ("ours", "theirs", ANCHOR) if name in without_sound]
    assert without_sound.count(REFERENCE) == 2  # the open ones
    assert all(code.isdecimal() and len(code) == 4 for code in key.clips)
    assert listening.read_key(path.with_suffix(".key.json")) == key
    first = [clip["code"] for clip in content["trials"][0]["clips"]]
    assert first == sorted(first)


# The sounds


def test_clips_are_equally_loud_and_none_clips():
    trial = trials()[0]
    assert set(trial.clips) == {"ours", "theirs", REFERENCE, ANCHOR}
    levels = [loudness(samples, RATE) for samples in trial.clips.values()]
    assert levels == pytest.approx([listening.LOUDNESS] * 4, abs=0.1)
    click = np.zeros(RATE, np.float32)
    click[::4000] = 0.5
    peaky = listening.level({"click": click, "tone": tone(300)}, RATE)
    assert max(np.abs(samples).max() for samples in peaky.values()) <= 1
    assert loudness(peaky["click"], RATE) == pytest.approx(loudness(peaky["tone"], RATE), abs=0.1)


def test_the_anchor_is_the_reference_without_its_highs():
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    before, after = (np.abs(np.fft.rfft(sound)) ** 2 for sound in (noise, listening.anchor(noise, RATE)))
    assert after[4_000:].sum() < 1e-6 * before[4_000:].sum()
    assert after[:3_400] == pytest.approx(before[:3_400], rel=1e-3, abs=1e-2)
    stereo = listening.anchor(np.stack([noise, noise], axis=1), RATE)
    assert stereo[:, 1] == pytest.approx(listening.anchor(noise, RATE), abs=1e-6)


def test_x_is_drawn_by_a_coin():
    letters = "".join(name[-1] for name in listening.abx("", tone(300), tone(310), RATE, 40, seed=1).clips)
    assert binomtest(letters.count("a"), 40).pvalue > 0.01
    assert letters != "".join(
        name[-1] for name in listening.abx("", tone(300), tone(310), RATE, 40, seed=2).clips
    )


@pytest.mark.parametrize(("attempt", "said"), [
    (lambda: listening.rating("", {"one": tone(300)}, tone(300), RATE), "2 to 10 clips, not 1"),
    (lambda: listening.rating("", {"a": tone(300), ANCHOR: tone(300)}, tone(300), RATE), "another name"),
    (lambda: listening.rating("", {"a": tone(300), "b": np.zeros(RATE)}, tone(300), RATE), "“b” is silent"),
    (lambda: listening.abx("", tone(300), tone(310), RATE, rounds=4), "5 to 40 rounds"),
    (lambda: listening.write_page("test.html", "", []), "at least one question"),
    (lambda: listening.write_page("test.txt", "", trials()), "a page"),
    (lambda: listening.read_key(__file__), "no key"),
    (lambda: listening.read_answers([], listening.Key("", {})), "no answers yet"),
])  # fmt: skip
def test_what_cannot_be_asked_is_refused(attempt, said):
    with pytest.raises(HallyuError, match=said):
        attempt()


# The answers


DAMAGE = {
    "another test": lambda text: text.replace(text.split("\n")[1].split(",")[0], "00000000"),
    "is no table": lambda text: "a,b\n1,2\n",
    "13 answers, and the test asks for 14": lambda text: "\n".join(text.split("\n")[:-2]),
    "15 answers": lambda text: text + text.split("\n")[1],
    "the answer “101”": lambda text: text.replace(",100,", ",101,", 1),
    "the answer “-5”": lambda text: text.replace(",70,", ",-5,", 1),
    "the answer “nan”": lambda text: text.replace(",70,", ",nan,", 1),
    "the answer “A” to": lambda text: text.replace(",70,", ",A,", 1),
    "the answer “C”": lambda text: re.sub(r",[AB],", ",C,", text, count=1),
    "one listener more": lambda text: text.replace("eun", "bin", 1),
}


@pytest.mark.parametrize(("said", "damage"), DAMAGE.items())
def test_damaged_tables_are_refused(page, tmp_path, said, damage):
    [path] = save(tmp_path, page[1], eun=honest)
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(HallyuError, match=said):
        listening.read_answers([path], page[1])


def test_one_table_given_twice_is_refused(page, tmp_path):
    paths = save(tmp_path, page[1], eun=honest)
    with pytest.raises(HallyuError, match="give each table once"):
        listening.read_answers(paths * 2, page[1])


def test_who_does_not_hear_the_reference_is_left_out_and_who_disagrees_is_not(page, tmp_path):
    def careless(trial, kind, name):
        return 60 if kind == "rating" else "A"

    def deaf(trial, kind, name):
        return 95 if name in (REFERENCE, ANCHOR) else honest(trial, kind, name)

    def contrary(trial, kind, name):
        return {"ours": 5, "theirs": 100}.get(name) or honest(trial, kind, name)

    key = page[1]
    paths = save(tmp_path, key, eun=honest, bin=careless, dan=deaf, sol=contrary)
    kept, out = listening.screen(listening.read_answers(paths, key), key)
    assert out == {
        "bin": "rated the hidden reference below 90 in 2 of 2 questions",
        "dan": "rated the anchor above 90 in 2 of 2 questions",
    }
    found = listening.ratings(kept, key)
    assert list(found) == [REFERENCE, "theirs", "ours", ANCHOR]
    assert found["theirs"].mean == 70 and found["theirs"].listeners == 2


def test_one_slip_in_seven_is_forgiven():
    """15 %: one of seven is 14 %, one of six is 17 %."""
    for questions, left_out in ((7, set()), (6, {"eun"})):
        key = listening.Key("", {str(n): (n, "rating", REFERENCE) for n in range(questions)})
        answers = [Answer("eun", str(n), 80 if n == 0 else 100) for n in range(questions)]
        assert set(listening.screen(answers, key)[1]) == left_out


def test_several_answers_of_a_listener_are_one_opinion():
    key = listening.Key("", {str(n): (n, "rating", "ours") for n in range(4)})
    answers = [Answer("eun", str(n), 80.0) for n in range(3)] + [Answer("bin", "3", 20.0)]
    assert listening.ratings(answers, key)["ours"].mean == 50
    assert listening.ratings(answers, key)["ours"].listeners == 2


def test_the_interval_agrees_with_students_where_that_holds():
    points = np.random.default_rng(3).normal(60, 12, 40)
    low, high = listening.interval(points)
    expected = t.interval(0.95, 39, points.mean(), points.std(ddof=1) / 40**0.5)
    assert (low, high) == pytest.approx(expected, abs=0.6)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    covered = 0
    for n in range(200):
        low, high = listening.interval(rng.normal(60, 12, 24), draws=400, seed=n)
        covered += low <= 60 <= high
    assert 0.88 <= covered / 200 <= 0.99


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_guessing_is_a_binomial(case):
    right, rounds = case
    assert listening.by_chance(right, rounds) == pytest.approx(
        binomtest(right, rounds, alternative="greater").pvalue
    )


def test_listeners_who_guess_are_not_believed(page, tmp_path):
    key = page[1]
    guess = save(
        tmp_path, key, eun=lambda trial, kind, name: honest(trial, kind, name) if kind == "rating" else "A"
    )
    found = listening.heard(listening.read_answers(guess, key), key)
    assert 0 < found.right < found.rounds == 6 and found.p > 0.1
    with pytest.raises(HallyuError, match="no ABX"):
        listening.heard([], key)


def test_a_rehearsal_gives_back_what_was_put_in(page, tmp_path):
    key = page[1]
    paths = listening.rehearse(tmp_path, key, {"ours": 70, "theirs": 40}, told=0.9, listeners=30)
    kept, out = listening.screen(listening.read_answers(paths, key), key)
    assert set(out) <= {f"invented-{n:02d}" for n in (6, 12, 18, 24, 30)} and len(out) >= 4
    found = listening.ratings(kept, key)
    assert list(found) == [REFERENCE, "ours", "theirs", ANCHOR]
    assert found["ours"].low < 70 < found["ours"].high and found["theirs"].low < 40 < found["theirs"].high
    assert listening.heard(kept, key).p < 1e-6
    guessed = listening.rehearse(tmp_path, key, {"ours": 70, "theirs": 40}, told=0.5, listeners=30)
    assert listening.heard(listening.read_answers(guessed, key), key).p > 0.01
