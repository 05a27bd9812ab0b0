import base64
import io
import re

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image

from hallyu import audio
from hallyu.courseware import figures
from hallyu.errors import HallyuError


def pictures_in(html):
    return [
        Image.open(io.BytesIO(base64.b64decode(data)))
        for data in re.findall(r"data:image/png;base64,([^\"]+)\"", html)
    ]


@pytest.mark.parametrize(
    ("array", "mode", "corner"),
    [
        (np.full((4, 6), 0.5), "L", 128),
        (np.full((4, 6, 3), [255, 0, 9], np.uint8), "RGB", (255, 0, 9)),
        (np.full((4, 6, 4), [0.0, 1.0, 0.0, 0.2], np.float32), "RGBA", (0, 255, 0, 51)),
        (np.ones((4, 6), bool), "L", 255),
    ],
)
def test_arrays_are_shown_pixel_for_pixel(array, mode, corner):
    (picture,) = pictures_in(figures.figure_html(array, alt="a swatch"))
    assert (picture.mode, picture.size, picture.getpixel((0, 0))) == (mode, (6, 4), corner)


def test_each_of_several_pictures_has_its_text_and_one_text_is_read_once():
    two = [Image.new("RGB", (3, 3)), Image.new("RGB", (5, 5))]
    html = figures.figure_html(two, alt=["before", "after"])
    assert re.findall(r'alt="([^"]*)"', html) == ["before", "after"]
    assert [picture.width for picture in pictures_in(html)] == [3, 5]
    assert re.findall(r'alt="([^"]*)"', figures.figure_html(two, alt="before and after")) == [
        "before and after",
        "",
    ]


def test_texts_are_escaped():
    html = figures.figure_html(np.zeros((1, 1)), alt='a "snow" <tree>', caption="1 < 2")
    assert 'alt="a &quot;snow&quot; &lt;tree&gt;"' in html
    assert "<figcaption>1 &lt; 2</figcaption>" in html


@pytest.mark.parametrize("alt", ["", "  ", ["one", ""], ["one", "two", "three"]])
def test_a_picture_without_its_text_is_refused(alt):
    with pytest.raises(HallyuError, match="alternative text"):
        figures.figure_html([np.zeros((1, 1)), np.zeros((1, 1))], alt=alt)


@pytest.mark.parametrize(
    "array", [np.zeros(3), np.zeros((2, 2, 7)), np.zeros((0, 4)), np.zeros((2, 2), np.int64)]
)
def test_what_is_not_a_picture_is_refused_in_words(array):
    with pytest.raises(HallyuError, match="not a picture"):
        figures.figure_html(array, alt="something")


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_show_displays_html_and_speaks_plain_text(shell):
    with capture_output() as captured:
        figures.show(np.zeros((1, 1)), alt="the dark", caption="Night.")
    (output,) = captured.outputs
    assert output.data["text/plain"] == "[the dark] Night."
    assert output.data["text/html"].startswith("<figure")


def sound_in(html, folder):
    (data,) = re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', html)
    (folder / "heard.mp3").write_bytes(base64.b64decode(data))
    return audio.read(folder / "heard.mp3")


@pytest.mark.parametrize("rate", [24_000, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_sound_is_played_as_it_is(tmp_path, rate, channels):
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate).astype(np.float32)
    html = figures.player_html(tone if channels == 1 else np.stack([tone, tone / 2], 1), rate, "A4, 1 s")
    heard, at = sound_in(html, tmp_path)
    assert heard.ndim == channels and abs(len(heard) / at - 1) < 0.15
    middle = heard[at // 4 : at // 4 * 3]
    left, right = (middle, middle / 2) if channels == 1 else (middle[:, 0], middle[:, 1])
    # LAME turns everything down by 5 %, so that its rounding does not clip.
    assert np.abs(left).max() == pytest.approx(0.475, abs=0.01)
    assert np.abs(right).max() == pytest.approx(0.2375, abs=0.01)
    spectrum = np.abs(np.fft.rfft(left * np.hanning(len(left))))
    assert np.fft.rfftfreq(len(left), 1 / at)[spectrum.argmax()] == pytest.approx(440, abs=4)
    assert len(html) < 120_000  # a second of sound and its picture


def test_a_sound_has_a_picture_with_measured_text_and_a_named_player():
    html = figures.player_html(np.full(24_000, 0.5, np.float32), 24_000, 'Doyun says "first snow"')
    assert len(pictures_in(html)) == 1
    assert 'alt="Waveform of 1.0 s, peak -6.0 dBFS"' in html
    assert 'aria-label="Doyun says &quot;first snow&quot;"' in html
    assert "<figcaption>Doyun says &quot;first snow&quot;</figcaption>" in html


def test_a_picture_of_ones_own_replaces_the_waveform():
    html = figures.player_html(
        np.zeros(2400), 24_000, "Silence", alt="a black square", picture=np.zeros((3, 5))
    )
    assert [picture.size for picture in pictures_in(html)] == [(5, 3)] and 'alt="a black square"' in html


@pytest.mark.parametrize(
    ("samples", "caption", "picture", "said"),
    [
        (np.zeros(240), " ", None, "caption"),
        (np.zeros(240), "Silence", np.zeros((2, 2)), "its text"),
        (np.full(240, 1.5), "Too loud", None, "would clip"),
        (np.zeros((3, 3)), "No sound", None, "shape"),
    ],
)
def test_a_sound_that_cannot_be_shown_is_refused_in_words(samples, caption, picture, said):
    with pytest.raises(HallyuError, match=said):
        figures.player_html(samples, 24_000, caption, picture=picture)


def test_play_displays_html_and_speaks_plain_text(shell):
    with capture_output() as captured:
        figures.play(np.zeros(36_000), 24_000, "Silence before the song")
    (output,) = captured.outputs
    assert output.data["text/plain"] == "[sound of 1.5 s] Silence before the song"
    assert "<audio controls" in output.data["text/html"]


def test_a_film_is_copied_small_into_the_page_with_its_sound(tmp_path):
    from hallyu.music import face, lipsync

    pictures = (np.full((180, 320, 3), level, np.uint8) for level in range(0, 240, 8))
    tone = 0.2 * np.sin(np.arange(48_000) / 20).astype(np.float32)
    face.write_video(tmp_path / "film.mp4", pictures, 30, tone, 48_000)
    html = figures.film_html(tmp_path / "film.mp4", "Grey grows <light>", "A second of film", width=160)
    assert (
        'aria-label="Grey grows &lt;light&gt;"' in html
        and "<figcaption>A second of film</figcaption>" in html
    )
    (data,) = re.findall(r'src="data:video/mp4;base64,([^"]+)"', html)
    (tmp_path / "page.mp4").write_bytes(base64.b64decode(data))
    shown, fps, size = lipsync.pictures_of(tmp_path / "page.mp4")
    levels = [picture.mean() for picture in shown]
    assert (fps, size, len(levels)) == (30, (160, 90), 30) and levels[0] < 10 and levels[-1] > 220
    assert np.abs(audio.read(tmp_path / "page.mp4")[0]).max() > 0.1
    for alt, caption in (("", "words"), ("words", " ")):
        with pytest.raises(HallyuError, match="film needs a text"):
            figures.film_html(tmp_path / "film.mp4", alt, caption)
