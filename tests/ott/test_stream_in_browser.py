"""A package as viewers have it: served, and played by hls.js (in the course's player) and by dash.js in a real Chromium.

Each picture carries its own number in black and white blocks, each size has its own tint, and each language its own tone:
so what is seen and heard tells by itself which frame, which size and which language it is.
"""

import functools
import html
import http.server
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
import webvtt

from hallyu import video
from hallyu.courseware import system
from hallyu.errors import HallyuError
from hallyu.files import sha256
from hallyu.ott import ffmpeg, package, player
from hallyu.ott.timedtext import Cue, Track

RATE, SECONDS, BITS = 24, 12, 9
SIZES = {360: (255, 96, 96), 180: (96, 96, 255)}
"""Height -> tint of the pictures of that size."""
TONES = {"ko": 440, "en": 880}
NOTICES = {"ko": "첫눈; AI로 생성한 목소리", "en": "First Snow; voices made by AI"}
PATIENCE = 30_000
"""Milliseconds until a step counts as hung."""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip


def numbered(number, height):
    """A picture of *height* lines that says its number: nine blocks along the top, the highest bit first."""
    width, tint = height * 16 // 9, SIZES[height]
    frame = np.empty((height, width, 3), np.uint8)
    frame[:] = tint
    side = width // BITS
    for place in range(BITS):
        frame[: height // 4, place * side : (place + 1) * side] = 255 * (number >> (BITS - 1 - place) & 1)
    return frame


def encoded(folder, height):
    plain, path = folder / "plain.mp4", folder / f"{height}.mp4"
    video.write(plain, (numbered(n, height) for n in range(RATE * SECONDS)), RATE, "h264")
    ffmpeg.run([
        "-i", plain, "-c:v", "libx264", "-preset", "veryfast", "-crf", "18" if height == 360 else "30", "-g", "48",
        "-keyint_min", "48", "-sc_threshold", "0", "-x264-params", "open-gop=0", "-bf", "2", path,
    ])  # fmt: skip
    plain.unlink()
    return path


def toned(folder, language):
    times = np.arange(48_000 * SECONDS) / 48_000
    path = folder / f"{language}.wav"
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * TONES[language] * times), 48_000)
    return path


def subtitles(language, kind, words):
    cues = [Cue(n * 2 + 0.1, n * 2 + 1.9, words.format(n)) for n in range(SECONDS // 2)]
    return Track(tuple(cues), language, kind)


TEXTS = (
    subtitles("ko", "subtitles", "{}번째 눈이 <i>와요</i> & 또"),
    subtitles("en", "subtitles", "Snow no. {} < rain"),
    subtitles("ko", "sdh", "[바람 소리 {}]\n눈이 와요"),
)
NAMES = {"ko": "한국어", "en": "English"}


@pytest.fixture(scope="module")
def stream(tmp_path_factory):
    parts = tmp_path_factory.mktemp("parts")
    folder = tmp_path_factory.mktemp("served") / "stream"
    audios = [package.Audio(toned(parts, language), language) for language in TONES]
    videos = [encoded(parts, height) for height in SIZES]
    package.write(folder, videos, audios, TEXTS, 2, NAMES, title="첫눈 {hls} </title>", notices=NOTICES)
    player.write(folder)
    assert package.check(folder) == []
    return folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(stream):
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=stream)
    ) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    if system.browser() is None:
        pytest.skip("there is no Chromium: install Debian's chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system.browser(), args=FLAGS)
        yield browser
        browser.close()


# What the page shows, asked of the decoded picture, the sound and the text tracks themselves.
ASKED = """
window.seen = () => {
  const film = document.querySelector('video'), canvas = document.createElement('canvas');
  canvas.width = film.videoWidth; canvas.height = film.videoHeight;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(film, 0, 0);
  const side = film.videoWidth / 9, at = (x, y) => [...pen.getImageData(x, y, 1, 1).data];
  let number = 0;
  for (let place = 0; place < 9; place++)
    number = number * 2 + (at((place + 0.5) * side, film.videoHeight / 8)[0] > 127);
  return { number, height: film.videoHeight, tint: at(film.videoWidth / 2, film.videoHeight * 0.7), time: film.currentTime };
};
window.heard = () => {
  const film = document.querySelector('video');
  if (!window.ear) {
    const studio = new AudioContext();
    window.ear = studio.createAnalyser();
    window.ear.fftSize = 8192;
    studio.createMediaElementSource(film).connect(window.ear);
    window.ear.connect(studio.destination);
  }
  const level = new Float32Array(window.ear.frequencyBinCount);
  window.ear.getFloatFrequencyData(level);
  const best = level.reduce((top, each, place) => each > level[top] ? place : top, 0);
  return level[best] > -60 ? best * window.ear.context.sampleRate / window.ear.fftSize : 0;
};
window.read = () => [...document.querySelector('video').textTracks].filter((track) => track.mode === 'showing')
  .flatMap((track) => [...(track.activeCues || [])]).map((cue) => cue.getCueAsHTML().textContent);
"""


def until(page, asked, arg=None):
    """Wait until JavaScript says true. (Playwright's own waiting evaluates strings, which the player's page forbids.)"""
    asked = asked if arg is not None else f"() => {asked}"
    patience = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(asked, arg):
        assert time.monotonic() < patience, f"never true: {asked} {arg or ''}; {page.evaluate('seen()')}"
        time.sleep(0.05)


@pytest.fixture
def visit(browser):
    """visit(address) -> the page; at the end nothing may have gone wrong that a person does not see."""
    wrong, contexts = [], []

    def visit(address, locale="en-US", ready=True):
        context = browser.new_context(locale=locale)
        contexts.append(context)
        context.add_init_script(ASKED)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on(
            "console",
            lambda m: (
                wrong.append(m.text) if m.type == "error" and "favicon" not in m.location["url"] else None
            ),
        )
        page.on("pageerror", lambda e: wrong.append(str(e)))
        page.goto(address)
        if ready:
            until(page, "document.querySelector('video').readyState >= 3")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert wrong == []


def frame_at(page, seconds):
    """Pause at a time, and say what the picture says of itself."""
    page.evaluate(
        """(seconds) => new Promise((done) => {
          const film = document.querySelector('video');
          film.pause();
          film.addEventListener('seeked', () => requestAnimationFrame(() => requestAnimationFrame(done)), { once: true });
          film.currentTime = seconds;
        })""",
        seconds,
    )
    until(page, "document.querySelector('video').readyState >= 2")
    return page.evaluate("seen()")


def require_plays(page):
    page.evaluate("document.querySelector('video').play()")
    until(page, "document.querySelector('video').currentTime > 1")
    first = page.evaluate("seen()")
    until(page, f"document.querySelector('video').currentTime > {first['time'] + 1}")
    assert page.evaluate("seen()")["number"] >= first["number"] + RATE * 3 // 4


def require_frames(page):
    """The frame that is shown at a time is the one of that time: exactly, for times in the middle of frames."""
    for number in (5, 47, 48, 131, 250):
        assert frame_at(page, (number + 0.5) / RATE)["number"] == number


def require_size(page, height):
    page.evaluate("document.querySelector('video').play()")
    until(page, f"seen().height === {height}")
    tint = page.evaluate("seen()")["tint"][:3]
    assert np.abs(np.subtract(tint, SIZES[height])).max() < 24


def require_tone(page, language):
    page.evaluate("document.querySelector('video').play()")
    until(page, f"Math.abs(heard() - {TONES[language]}) < 12")


def require_cues(page, stream, track, number, times=(0.7, 4.9, 10.3)):
    """What stands on the screen is what the file has at that time, and nothing else."""
    written = webvtt.read(str(stream / f"{track.kind}-{number}-{track.language}" / "whole.vtt"))
    for seconds in times:
        wanted = [
            html.unescape(cue.text) for cue in written
            if cue.start_in_seconds <= seconds < cue.end_in_seconds
        ]  # fmt: skip
        frame_at(page, seconds)
        until(page, "(wanted) => JSON.stringify(read()) === JSON.stringify(wanted)", wanted)
        assert len(wanted) == 1


def test_hls_plays_in_the_courses_player(visit, address, stream):
    page = visit(f"{address}/player.html")
    assert page.title() == "첫눈 {hls} </title>"
    require_plays(page)
    require_frames(page)
    quality = page.locator("#quality")
    assert [text.split(",")[0] for text in quality.locator("option").all_inner_texts()] == [
        "Automatic",
        "360p",
        "180p",
    ]
    for height in (180, 360, 180):
        frame_at(page, 1.0)
        quality.select_option(
            label=next(t for t in quality.locator("option").all_inner_texts() if t.startswith(f"{height}p"))
        )
        require_size(page, height)
    for language in ("ko", "en", "ko"):
        frame_at(page, 2.0)
        page.locator("#sound").select_option(label=NAMES[language])
        require_tone(page, language)
    menu = page.locator("#subtitles")
    names = menu.locator("option").all_inner_texts()
    assert names == ["Off", "한국어", "English", "한국어 (SDH)"]
    for number, track in enumerate(TEXTS, 1):
        menu.select_option(label=names[number])
        require_cues(page, stream, track, number)
    menu.select_option(label="Off")
    until(page, "read().length === 0")
    assert page.locator("#notice").inner_text() == NOTICES["en"]
    assert page.locator("#error").inner_text() == ""


def test_the_player_speaks_korean_and_is_used_by_keyboard(visit, address):
    page = visit(f"{address}/player.html", "ko-KR")
    assert page.locator("label").all_inner_texts()[0].startswith("화질")
    assert page.locator("#notice").inner_text() == NOTICES["ko"]
    page.locator("video").focus()
    page.locator("#subtitles").focus()
    page.keyboard.press("ArrowDown")
    until(page, "hls.subtitleTrack === 0")
    assert page.get_by_label("자막").count() == 1


def test_the_page_with_the_stream_inside_plays_without_a_server(visit, stream, tmp_path):
    alone = player.write(stream, tmp_path / "첫눈 preview.html")
    page = visit(alone.as_uri())
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    require_plays(page)
    require_frames(page)
    page.locator("#subtitles").select_option(label="English")
    require_cues(page, stream, TEXTS[1], 2)
    page.locator("#sound").select_option(label="English")
    require_tone(page, "en")
    assert [url for url in requests if not url.startswith(("blob:", "data:"))] == []


def test_a_stream_that_lost_its_segments_says_so(visit, stream, tmp_path):
    broken = shutil.copytree(stream, tmp_path / "stream")
    for rung in broken.glob("video-*"):
        (rung / "1.m4s").unlink()
    assert "missing" in {each.code for each in package.check(broken)}
    page = visit(player.write(broken, tmp_path / "broken.html").as_uri(), ready=False)
    until(page, "document.querySelector('#error').textContent === 'A segment is missing: 1.m4s'")


def test_what_is_no_stream_or_too_large_gets_no_page(stream, tmp_path, monkeypatch):
    with pytest.raises(HallyuError):
        player.write(tmp_path)
    monkeypatch.setattr(player, "LARGEST", 1000)
    with pytest.raises(HallyuError, match="play it from a server"):
        player.write(stream, tmp_path / "alone.html")
    assert not list(tmp_path.iterdir())


def test_hls_js_is_the_one_that_its_papers_name():
    folder = Path(player.__file__).parent / "hls_js"
    assert sha256(folder / "hls.min.js") in (folder / "README.md").read_text(encoding="utf-8")
    assert "Apache License, Version 2.0" in (folder / "LICENSE.txt").read_text(encoding="utf-8")


DASH_PAGE = """<!doctype html><meta charset="utf-8"><title>dash.js</title><video muted controls width="640"></video>
<script src="dash.js"></script><script>
const film = document.querySelector('video');
film.muted = false;
window.player = dashjs.MediaPlayer().create();
player.updateSettings({ streaming: { abr: { autoSwitchBitrate: { video: false } },
  text: { defaultEnabled: true }, buffer: { fastSwitchEnabled: true } }, debug: { logLevel: 1 } });
window.ready = false;
player.on('streamInitialized', () => { window.ready = true; });
player.initialize(film, 'manifest.mpd', false);
</script>"""


@pytest.fixture
def dash_page(stream):
    if not system.dash().is_file():
        pytest.fail("dash.js is not here: run python -m hallyu.courseware.system stream")
    shutil.copyfile(system.dash(), stream / "dash.js")
    (stream / "dash.html").write_text(DASH_PAGE, encoding="utf-8")
    yield "dash.html"
    (stream / "dash.js").unlink()
    (stream / "dash.html").unlink()


def test_dash_plays_in_dash_js(visit, address, stream, dash_page):
    page = visit(f"{address}/{dash_page}")
    until(page, "ready")
    require_plays(page)
    require_frames(page)
    for height in (180, 360, 180):
        frame_at(page, 1.0)
        page.evaluate(
            "(height) => player.setRepresentationForTypeById('video', player.getRepresentationsByType('video')"
            ".find((each) => each.height === height).id, true)",
            height,
        )
        require_size(page, height)
    for language in ("ko", "en", "ko"):
        frame_at(page, 2.0)
        page.evaluate(
            "(tag) => player.setCurrentTrack(player.getTracksFor('audio').find((each) => each.lang === tag))",
            language,
        )
        require_tone(page, language)
    for number, track in enumerate(TEXTS, 1):
        frame_at(page, 1.0)
        page.evaluate(
            "(place) => { player.setTextTrack(place); film.play(); }", number - 1
        )  # it adds cues in motion
        until(
            page,
            "[...document.querySelector('video').textTracks].some((t) => t.mode === 'showing' && t.cues.length)",
        )
        said = "[...document.querySelector('video').textTracks].find((t) => t.mode === 'showing')"
        kind = {"subtitles": "subtitles", "sdh": "captions"}[track.kind]
        assert page.evaluate(f"[{said}.language, {said}.kind]") == [track.language, kind]
        require_cues(page, stream, track, number)
    page.evaluate("player.enableText(false)")
    until(page, "read().length === 0")
