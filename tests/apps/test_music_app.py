"""The music app in a real browser: what a person does and hears, and what they cannot see."""

import base64
import importlib.util
import io
import json
import re
import sys
import threading
import zipfile
from datetime import date, timedelta
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from looking import ENGLISH, answers, overflow, step, unfold, upload

from hallyu import audio
from hallyu.files import sha256
from hallyu.music import mixing, release, score_files, studio
from hallyu.music.score import Note, Score
from hallyu.provenance import consent

sync_api = pytest.importorskip("playwright.sync_api")
gr = pytest.importorskip("gradio")
get_upload_folder = gr.utils.get_upload_folder

APP = Path(__file__).parents[2] / "modules" / "music" / "app.py"
PATIENCE = 240_000
"""Milliseconds until a step counts as hung; how long steps take is measured elsewhere."""
READY = ".grid .tone"
"""What is there when the page is."""
LISTEN = """() => {
  window.heard = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (at) {
    const bytes = new Uint8Array(this.buffer.getChannelData(0).slice().buffer);
    let text = "";
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    window.heard.push({at, rate: this.buffer.sampleRate, channels: this.buffer.numberOfChannels, sound: btoa(text)});
    return start.call(this, at);
  };
}"""
"""Keep every sound that the page sends to the loudspeaker."""
SHORT = Score("눈", 80, (Note(0, 2, 64, "첫"), Note(2, 4, 67, "눈"), Note(8, 2, 62, "나"), Note(10, 5, 60, "무")))
"""Two phrases, long enough for a watermark under a soft band."""


@pytest.fixture(scope="module")
def app():
    spec = importlib.util.spec_from_file_location("music_app", APP)
    module = importlib.util.module_from_spec(spec)
    sys.modules["music_app"] = module
    spec.loader.exec_module(module)
    module.STEPS = 40  # of learning a timbre, which is measured elsewhere
    module.SCREEN = (320, 180)
    return module


def notes(page) -> list[str]:
    """The notes as a screen reader names them."""
    return page.locator(".grid .tone").evaluate_all("all => all.map(each => each.getAttribute('aria-label'))")


def clear(page) -> None:
    page.locator(".clear").click()
    page.locator(".grid .tone").first.wait_for(state="detached")


def at(page, beat: float, pitch: int) -> tuple[float, float]:
    """Where a beat and a pitch lie in the window, after they were scrolled into view."""
    return page.evaluate(
        """([beat, pitch]) => {
        const scroller = document.querySelector('.scroller'), grid = document.querySelector('.grid');
        scroller.scrollIntoView({block: 'center'});
        const row = grid.clientHeight / 61, wide = document.querySelector('.bar-numbers span').offsetWidth / 4;
        scroller.scrollTop = (96 - pitch) * row - 150;
        const box = grid.getBoundingClientRect();
        return [box.left + beat * wide + 2, box.top + (96 - pitch + 0.5) * row];
    }""",
        [beat, pitch],
    )  # fmt: skip


def draw(page, beat: float, pitch: int, until: float | None = None) -> None:
    """Press on an empty place, and drag to the right."""
    x, y = at(page, beat, pitch)
    page.mouse.move(x, y)
    page.mouse.down()
    if until is not None:
        page.mouse.move(at(page, until, pitch)[0] - 4, y, steps=4)
    page.mouse.up()


def say(page, text: str) -> None:
    page.locator("#words textarea").fill(text)


def written(tmp_path: Path, score: Score = SHORT, name: str = "song.mid") -> Path:
    score_files.write(score, tmp_path / name)
    return tmp_path / name


# --- The page


def test_labels_are_complete_in_both_languages(app):
    korean, english = app.LABELS.translations["ko"], app.LABELS.translations["en"]
    assert korean.keys() == english.keys()
    only_names = {"made_of", "mixed"}
    assert not [k for k, text in korean.items() if k not in only_names and not any("가" <= c <= "힣" for c in text)]
    assert not [k for k, t in english.items() if k != "sentence" and (any("가" <= c <= "힣" for c in t) or not t.strip())]


def test_the_page_speaks_the_browsers_language(visit):
    tabs = "#steps button[role=tab]"
    korean = visit("ko-KR")
    assert korean.locator(tabs).all_inner_texts() == ["노래", "목소리", "얼굴", "납품"]
    assert korean.locator(".count").inner_text() == "음 31개, 음절 31개"
    assert notes(korean)[0].startswith("1번째 음 기, A4, 1마디 1박")
    english = visit("en-US")
    assert english.locator(tabs).all_inner_texts() == ["Song", "Voice", "Face", "Deliver"]
    assert english.locator(".count").inner_text() == "31 notes, 31 syllables"
    assert notes(english)[0] == "Note 1: 기, A4, bar 1 beat 1, 1 beats long"
    assert "__i18n__" not in korean.locator("body").inner_text() + english.locator("body").inner_text()


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_nothing_is_wider_than_a_phone(visit, locale):
    page = visit(locale, 390)
    for number in range(4):
        step(page, number)
        if number == 1:
            page.locator("#blended input").check()
            page.locator("#shares input").first.wait_for()
            unfold(page, "#other")
            page.locator("#rights h3").first.wait_for()
        assert overflow(page) <= 0, f"step {number + 1} is wider than the phone"
    assert page.locator("#steps button[role=tab]").last.is_visible()


# --- The piano roll


def test_notes_are_drawn_moved_lengthened_and_deleted_with_the_mouse(visit):
    page = visit()
    clear(page)
    say(page, "첫눈")
    page.locator(".count", has_text="0 notes, 2 syllables").wait_for()
    draw(page, 0, 64)
    draw(page, 1, 67, until=3)
    assert notes(page) == ["Note 1: 첫, E4, bar 1 beat 1, 0.5 beats long", "Note 2: 눈, G4, bar 1 beat 2, 2 beats long"]
    assert page.locator(".count").inner_text() == "2 notes, 2 syllables"

    x, y = at(page, 0.2, 64)  # its middle: moved up by three and later by a bar
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*at(page, 4.2, 67), steps=5)
    page.mouse.up()
    assert notes(page)[1] == "Note 2: 눈, G4, bar 2 beat 1, 0.5 beats long"

    x, y = at(page, 4.5, 67)
    page.mouse.move(x - 5, y)  # its right end
    page.mouse.down()
    page.mouse.move(at(page, 6, 67)[0] - 5, y, steps=5)
    page.mouse.up()
    assert notes(page)[1] == "Note 2: 눈, G4, bar 2 beat 1, 2 beats long"

    page.mouse.dblclick(*at(page, 1.5, 67))
    assert notes(page) == ["Note 1: 첫, G4, bar 2 beat 1, 2 beats long"]
    page.locator(".undo").click()
    assert len(notes(page)) == 2
    page.locator(".redo").click()
    assert len(notes(page)) == 1


def test_one_note_sounds_at_a_time(visit):
    page = visit()
    clear(page)
    draw(page, 0, 60, until=4)
    draw(page, 1, 64, until=2)
    labels = notes(page)
    assert [label.split(", ", 1)[1] for label in labels] == ["C4, bar 1 beat 1, 1 beats long", "E4, bar 1 beat 2, 1 beats long"]


def test_the_roll_is_played_with_the_keyboard(visit):
    page = visit()
    clear(page)
    page.locator(".grid").focus()
    for key in ("Enter", "ArrowUp", "Shift+ArrowRight", "Enter", "ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    labels = [label.split(", ", 1)[1] for label in notes(page)]
    assert labels == ["C♯4, bar 1 beat 1, 1.5 beats long", "B3, bar 1 beat 3, 1.5 beats long"]
    page.keyboard.press("Shift+ArrowUp")
    assert "B4" in notes(page)[1]
    assert "B4" in page.locator("p.told").inner_text()  # read out to who does not see it
    page.keyboard.press("PageUp")
    assert page.evaluate("document.activeElement.dataset.at") == "0"
    page.keyboard.press("Delete")
    assert len(notes(page)) == 1
    page.keyboard.press("Control+z")
    assert len(notes(page)) == 2


def test_a_finger_adds_and_moves_notes(visit):
    page = visit(width=390, has_touch=True)
    clear(page)
    page.touchscreen.tap(*at(page, 1, 64))
    page.touchscreen.tap(*at(page, 3, 62))
    assert [label.split(", ", 1)[1][:20] for label in notes(page)] == ["E4, bar 1 beat 2, 1 ", "D4, bar 1 beat 4, 1 "]
    page.touchscreen.tap(*at(page, 1.2, 64))  # chooses it
    assert len(notes(page)) == 2
    page.locator(".delete").click()
    assert [label.split(",")[1] for label in notes(page)] == [" D4"]


# --- What goes wrong

WORDS = {
    "too many": ("기다리는 동안은 " * 9, "more than the melody's 31 notes", "음절이 남습니다"),
    "too few": ("첫눈", "fewer than the melody's 31 notes", "음절이 모자랍니다"),
    "English": ("Winter is a beautiful lightness", "The word “lightness” cannot be read aloud", "“lightness”"),
    "hanja": ("눈 雪이 온다", "“雪” (character 3", "“雪”"),
    "emoji": ("첫눈 😀", "“😀” (character 4", "“😀”"),
    "empty": ("  \n ", "no words to sing yet", "아직 부를 가사가 없습니다"),
    "10,000 characters": ("가" * 10_000, "2000 at most", "2000자까지"),
    "markup": ("<img src=x onerror=alert(1)>", "cannot be read aloud", "소리 내어 읽을 수 없"),
}


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_words_that_cannot_be_sung_get_a_sentence_and_stay(visit, locale):
    page = visit(locale)
    for name, (text, english, korean) in WORDS.items():
        said = korean if locale == "ko-KR" else english
        say(page, text)
        page.locator("#sing").click()
        shown = page.locator("#singing .note.bad", has_text=said)
        shown.wait_for()
        assert page.locator("#words textarea").input_value() == text, name
        assert len(shown.inner_text()) < 700, name
        assert locale == "en-US" or not ENGLISH.search(shown.inner_text()), name
        assert len(notes(page)) == 31, name
    assert "Traceback" not in page.content()


def two_voices(path: Path) -> None:
    song, track = mido.MidiFile(), mido.MidiTrack()
    for message in (("note_on", 60, 0), ("note_on", 64, 0), ("note_off", 60, 480), ("note_off", 64, 0)):
        track.append(mido.Message(message[0], note=message[1], velocity=64, time=message[2]))
    song.tracks.append(track)
    song.save(path)


def cut_short(path: Path) -> None:
    score_files.write(SHORT, path)
    path.write_bytes(path.read_bytes()[:60])


DAMAGED = ("is damaged or is not what its name says", "손상되었거나 이름과 다른")
MELODIES = {
    "text.mid": (lambda path: path.write_text("첫눈이 내린다", encoding="utf-8"), *DAMAGED),
    "cut.mid": (cut_short, *DAMAGED),
    "empty.mid": (lambda path: path.write_bytes(b""), *DAMAGED),
    "chord.mid": (two_voices, "two notes at once", "두 음이 동시에"),
    "silent.ustx": (lambda path: path.write_text("name: 눈\n"), "has no notes", "음이 없습니다"),
    "bomb.ustx": (lambda path: path.write_text("a: &a [x, x]\nb: &b [*a, *a]\nvoice_parts: *b\n"), "is damaged", "손상되었거나"),
    "long.mid": (
        lambda path: score_files.write(Score("", 120, tuple(Note(n, 1, 60, "나") for n in range(500))), path),
        "400 at most", "400개까지",
    ),
    "huge.mid": (lambda path: path.write_bytes(b"MThd" + bytes(3_000_000)), "too many for a melody", "멜로디치고 너무"),
}  # fmt: skip


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_files_that_are_no_melody_get_a_sentence_and_the_song_stays(visit, tmp_path, locale):
    page = visit(locale)
    for name, (make, english, korean) in MELODIES.items():
        make(tmp_path / name)
        upload(page, "#upload", tmp_path / name)
        said = korean if locale == "ko-KR" else english
        shown = page.locator("#found .note.bad", has_text=name).filter(has_text=said) if name != "long.mid" else (
            page.locator("#found .note.bad", has_text=said)
        )  # fmt: skip
        shown.wait_for()
        assert locale == "en-US" or not ENGLISH.search(re.sub(r"\([^)]*\)", "", shown.inner_text())), name
        assert len(notes(page)) == 31, name
    assert "Traceback" not in page.content()


def test_a_file_of_each_kind_opens(visit, tmp_path):
    page = visit()
    for name in ("song.mid", "song.musicxml", "song.ustx"):
        page.locator("#sample").click()
        page.wait_for_function("document.querySelectorAll('.tone').length === 31")
        upload(page, "#upload", written(tmp_path, name=name))
        page.locator("#found .note.good", has_text=f"{name}: 4 notes").wait_for()
        page.wait_for_function("document.querySelectorAll('.tone').length === 4")
        assert page.locator("#words textarea").input_value() == "첫눈\n나무"
        assert page.locator("#tempo input").input_value() == "80"
        assert [label.split(", ")[0] for label in notes(page)] == ["Note 1: 첫", "Note 2: 눈", "Note 3: 나", "Note 4: 무"]


def test_what_a_page_sends_that_is_not_the_roll_gets_a_sentence(app):
    for melody in (None, [], {}, {"notes": "x"}, {"notes": [{"start": 1e308, "length": 1, "pitch": 60}]}):
        with pytest.raises(app.HallyuError):
            app.written("눈", 90, 4, melody, "눈", "en")
    for tempo in (None, 0, -3, 1e9):
        with pytest.raises(app.HallyuError, match="30 to 240"):
            app.written("눈", tempo, 4, {"notes": []}, "눈", "en")


def test_a_melody_out_of_reach_says_how_to_change_its_key(visit, tmp_path):
    page = visit()
    high = Score("눈", 80, (Note(0, 1, 60, "첫"), Note(1, 1, 72, "눈")))
    upload(page, "#upload", written(tmp_path, high))
    page.wait_for_function("document.querySelectorAll('.tone').length === 2")
    page.locator("#sing").click()
    page.locator("#singing .note.bad", has_text="press ♭ in the piano roll 3 times").wait_for()
    for _ in range(3):
        page.locator(".flat").click()
    assert [label.split(", ")[1] for label in notes(page)] == ["A3", "A4"]
    page.locator("#sing").click()
    page.locator("#singing .note.good").wait_for()


# --- Another person's voice


def hum(path: Path, seconds: float = 6.0) -> Path:
    """A hummed scale that nobody sang."""
    rate = 16_000
    pitch = 200 * 2 ** (np.floor(np.arange(int(seconds * rate)) / rate) / 12)
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    sound = sum(np.sin(k * phase) / k**2 for k in range(1, 8)) * 0.2
    audio.write_wav(path, sound.astype(np.float32), rate)
    return path


@pytest.fixture
def signed(tmp_path):
    """signed(**changes) -> record and fingerprint of a consent that holds today."""
    key = tmp_path / "key.pem"
    fingerprint = consent.make_key(key)

    def sign(name="consent.json", **changes):
        fields = {
            "voice": "하늘", "given_by": "하늘", "given_to": "눈길", "project": "눈",
            "uses": ("train", "convert", "sing", "blend", "publish"),
            "starts": date.today() - timedelta(1), "ends": date.today() + timedelta(1), **changes,
        }  # fmt: skip
        return consent.write(tmp_path / name, consent.Consent(**fields), key), fingerprint

    return sign


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_no_recording_is_opened_without_a_consent_that_covers_it(visit, tmp_path, signed, locale):
    page = visit(locale)
    korean = locale == "ko-KR"
    page.locator("#name textarea, #name input").fill("눈")
    step(page, 1)
    unfold(page, "#other")
    guest, asked = page.locator("#guesting .note.bad"), page.locator("#asked .note.bad")

    mine, other = hum(tmp_path / f"guest-{locale}.wav"), hum(tmp_path / f"other-{locale}.wav", 7)
    upload(page, "#recording", mine)
    guest.filter(has_text="동의서와 지문을" if korean else "first check a consent").wait_for()
    assert list(Path(get_upload_folder()).rglob(mine.name)) == [], "what is refused does not stay"
    page.locator("#learn").click()  # nothing was kept to learn from
    guest.wait_for()

    refused = {
        "other project": (signed("a.json", project="다른 노래"), "only", "에만 동의"),
        "other use": (signed("b.json", uses=("speak",)), "did not consent to “train”", "에는 동의하지 않았습니다"),
        "over": (
            signed("c.json", starts=date(2020, 1, 1), ends=date(2020, 2, 1)), "consented until", "까지만 동의",
        ),
    }  # fmt: skip
    page.locator("#signer textarea, #signer input").fill(signed("x.json")[1].replace(" ", ""))
    for (record, _), english, said in refused.values():
        upload(page, "#record", record)
        asked.filter(has_text=said if korean else english).wait_for()
        assert not korean or not ENGLISH.search(asked.inner_text())
    forged = signed("d.json")[0]
    forged.write_text(forged.read_text(encoding="utf-8").replace("눈길", "남길"), encoding="utf-8")
    upload(page, "#record", forged)
    asked.filter(has_text="서명한 뒤에 바뀌었" if korean else "changed after it was signed").wait_for()
    (tmp_path / "song.json").write_text("[1, 2]", encoding="utf-8")
    upload(page, "#record", tmp_path / "song.json")
    asked.filter(has_text="동의서가 아닙니다" if korean else "is no consent record").wait_for()
    upload(page, "#recording", mine)
    guest.filter(has_text="동의서와 지문을" if korean else "first check a consent").wait_for()

    upload(page, "#record", signed("e.json", recordings=(sha256(mine),))[0])
    page.locator("#asked .note.good").wait_for()
    assert "하늘" in page.locator("#asked .record").inner_text()
    upload(page, "#recording", other)
    guest.filter(has_text="이 녹음" if korean else "did not consent to this recording").wait_for()
    assert list(Path(get_upload_folder()).rglob(other.name)) == []
    upload(page, "#recording", mine)
    page.locator("#guesting .note.good").wait_for()

    text = tmp_path / "text.wav"
    text.write_text("첫눈이 내리는 숲에", encoding="utf-8")
    upload(page, "#record", signed("f.json")[0])
    page.locator("#guesting .note").wait_for(state="detached")
    upload(page, "#recording", text)
    guest.filter(has_text="읽을 수 없는 소리 파일" if korean else "is not a sound file").wait_for()
    assert not korean or not ENGLISH.search(guest.inner_text())
    assert "Traceback" not in page.content()


# --- From words to the delivery


def test_from_a_melody_to_the_song_its_face_and_the_files(visit, app, tmp_path, signed):
    page = visit()
    page.evaluate(LISTEN)
    upload(page, "#upload", written(tmp_path))
    page.wait_for_function("document.querySelectorAll('.tone').length === 4")
    page.locator("#name textarea, #name input").fill("눈")
    page.locator("#sing").click()
    page.locator("#singing .note.good").wait_for()
    page.wait_for_function("window.heard.length === 2")
    said = page.locator("#singing .note").inner_text()
    assert "jf_nezumi" in said and "cents" in said

    # What went to the loudspeaker: two phrases, at their times, each in tune with its notes.
    heard = page.evaluate("window.heard")
    sounds = [np.frombuffer(base64.b64decode(each["sound"]), np.float32) for each in heard]
    rates = {each["rate"] for each in heard}
    assert len(rates) == 1 and {each["channels"] for each in heard} == {1}
    rate = int(rates.pop())
    apart = heard[1]["at"] - heard[0]["at"]
    second = SHORT.seconds(SHORT.notes[1].end)
    assert apart >= second - 0.01
    for sound, phrase in zip(sounds, (SHORT.notes[:2], SHORT.notes[2:]), strict=True):
        start = 0.0 if phrase[0].start == 0 else second
        tuned = studio.intonation(sound, rate, Score("", SHORT.tempo, phrase), start)
        assert tuned.error < 60
        assert -40 < mixing.loudness(sound, rate) < -10
        assert np.abs(sound).max() < 1
    assert page.locator(".curve polyline").count() >= 2
    assert page.locator(".roll.sung").count() == 1

    # An edit makes what was sung old.
    page.locator(".tone").nth(3).focus()
    page.keyboard.press("ArrowUp")
    page.locator(".curve polyline").first.wait_for(state="detached")
    page.keyboard.press("ArrowDown")

    # A guest hums along.
    record, fingerprint = signed()
    step(page, 1)
    unfold(page, "#other")
    page.locator("#signer textarea, #signer input").fill(fingerprint)
    upload(page, "#record", record)
    page.locator("#asked .note.good").wait_for()
    upload(page, "#recording", hum(tmp_path / "hum.wav"))
    page.locator("#guesting .note.good", has_text="recording of 6.0 s").wait_for()
    page.locator("#learn").click()
    page.locator("#guesting .note.good", has_text="hums along").wait_for()

    step(page, 0)
    unfold(page, "#band")
    page.locator("#chords textarea, #chords input").fill("C | Am7")
    page.locator("#energy input[type=number]").fill("0.2")
    step(page, 2)
    assert page.locator("#still img").get_attribute("alt")
    page.locator("#film").click()
    page.locator("#filming .note.good").wait_for()
    page.wait_for_function("document.querySelector('#video video')?.videoWidth === 320")
    seconds = page.evaluate("document.querySelector('#video video').duration")
    assert SHORT.duration < seconds < SHORT.duration + 5

    step(page, 3)
    page.locator("#maker textarea, #maker input").fill("김서연")
    page.locator("#make").click()
    page.locator("#made .note").wait_for()
    assert page.locator("#made .note.good").count() == 1, page.locator("#made").inner_text()
    with page.expect_download() as download:
        page.locator("#download").click()
    download.value.save_as(tmp_path / "song.zip")
    with zipfile.ZipFile(tmp_path / "song.zip") as archive:
        archive.extractall(tmp_path / "delivery")
    report = release.preflight(tmp_path / "delivery")
    assert report.passed, report.text()
    assert report.measured["lufs"] == pytest.approx(-14, abs=0.3)
    assert report.measured["true_peak"] <= -0.95
    assert report.measured["cents"] < 40
    assert report.measured["seconds"] == pytest.approx(seconds, abs=0.1)
    names = {path.name for path in (tmp_path / "delivery/stems").iterdir()}
    assert {"01-voice.wav", "02-hum.wav"} <= names and any("piano" in name for name in names)
    quiet, _ = audio.read(tmp_path / "delivery/stems/02-hum.wav")
    lead, _ = audio.read(tmp_path / "delivery/stems/01-voice.wav")
    assert -25 < mixing.loudness(quiet, 48_000) - mixing.loudness(lead, 48_000) < -3
    credits = json.loads((tmp_path / "delivery/credits.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in credits["voices"]] == ["jf_nezumi", "하늘"]
    assert "김서연" in json.dumps(credits, ensure_ascii=False)
    assert score_files.read(tmp_path / "delivery/눈.ustx").notes == SHORT.notes


def test_a_guest_who_did_not_consent_to_publishing_is_not_delivered(visit, tmp_path, signed):
    page = visit()
    upload(page, "#upload", written(tmp_path))
    page.wait_for_function("document.querySelectorAll('.tone').length === 4")
    page.locator("#name textarea, #name input").fill("눈")
    step(page, 1)
    unfold(page, "#other")
    record, fingerprint = signed(uses=("train", "convert"))
    page.locator("#signer textarea, #signer input").fill(fingerprint)
    upload(page, "#record", record)
    page.locator("#asked .note.good").wait_for()
    upload(page, "#recording", hum(tmp_path / "hum.wav"))
    page.locator("#guesting .note.good").wait_for()
    page.locator("#learn").click()
    page.locator("#guesting .note.good", has_text="hums along").wait_for()
    step(page, 3)
    page.locator("#make").click()
    page.locator("#making .note.bad", has_text="did not consent to “publish”").wait_for()
    assert not page.locator("#download").is_visible()


def test_a_blend_speaks_and_names_all_that_is_in_it(visit):
    page = visit()
    step(page, 1)
    page.locator("#blended input").check()
    page.locator("#share_jm_kumo input[type=number]").fill("50")
    page.locator("#share_jm_kumo input[type=number]").press("Enter")
    page.locator("#share_jf_nezumi input[type=number]").fill("50")
    page.locator("#share_jf_nezumi input[type=number]").press("Enter")
    page.locator("#rights h3", has_text="jm_kumo 50 %").wait_for()
    page.locator("#rights h3", has_text="jf_nezumi 50 %").wait_for()
    page.locator("#hear").click()
    page.locator("#speech audio").wait_for()
    data = page.locator("#speech audio").get_attribute("src").split(",", 1)[1]
    sound, rate = soundfile.read(io.BytesIO(base64.b64decode(data)))
    assert rate == 24_000 and 2 < len(sound) / rate < 8
    assert -40 < mixing.loudness(sound, rate) < -10
    for name in ("jf_nezumi", "jm_kumo"):
        page.locator(f"#share_{name} input[type=number]").fill("0")
        page.locator(f"#share_{name} input[type=number]").press("Enter")
    page.locator("#voicing .note.bad", has_text="one above 0").wait_for()


def test_the_shares_that_are_shown_are_the_last_ones_however_slow_the_first(visit, app, monkeypatch):
    rights, begun, enough = app.rights, threading.Event(), threading.Event()

    def slow(chosen, language):
        if 0.3 < chosen.made_of.get("jm_kumo", 0) < 0.4:
            begun.set()
            enough.wait(60)
        return rights(chosen, language)

    monkeypatch.setattr(app, "rights", slow)
    page = visit()
    step(page, 1)
    answered = answers(page)
    page.locator("#blended input").check()
    page.locator("#share_jm_kumo input[type=number]").fill("50")
    assert begun.wait(60)
    page.locator("#share_jf_nezumi input[type=number]").fill("50")
    page.wait_for_timeout(1000)  # a later answer would be there by now
    enough.set()
    answered()
    assert page.locator("#rights h3", has_text="jm_kumo 50 %").count() == 1


def test_a_cancelled_song_keeps_the_phrases_that_are_sung(visit):
    page = visit()
    page.locator("#sing").click()
    page.locator("#singing .note", has_text="1 of 4 phrases").wait_for()
    page.locator("#cancel").click()
    page.locator("#singing .note", has_text="Stopped.").wait_for()
    assert page.locator(".curve polyline").count() > 0
