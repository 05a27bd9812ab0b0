import base64
import io
import re

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image

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
