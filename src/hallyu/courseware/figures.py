"""The one way a lesson shows a picture, plays a sound or a film: with alternative text and, if wanted, a caption."""

import base64
import io
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image

from hallyu import audio
from hallyu.errors import HallyuError

Picture = Image.Image | np.ndarray


def show(
    image: Picture | Sequence[Picture], alt: str | Sequence[str], caption: str = "", width: int | None = None
) -> None:
    """Display one picture, or several side by side, in the notebook and on the book's page.

    image: PIL image, or array of shape (H, W), (H, W, 3) or (H, W, 4); uint8, or float from 0 to 1.
        A list of these is laid side by side and wraps on a phone.
    alt: what the picture shows, for a reader who cannot see it; for a list, one text for all or one for each.
    caption: shown under the picture.
    width: width of each picture on the page in CSS pixels; without it, the picture's own.

    Raises HallyuError when the alternative text is missing or the array is not an image.
    """
    from IPython.display import display

    html = figure_html(image, alt, caption, width)
    display({"text/html": html, "text/plain": _plain(alt, caption)}, raw=True)


def play(samples: np.ndarray, rate: int, caption: str, alt: str = "", picture: Picture | None = None) -> None:
    """Display a player for a sound, under a picture of it, in the notebook and on the book's page.

    samples: float mono (n,) or stereo (n, 2) in -1..1 at *rate* hertz; the page carries it as a small MP3.
    caption: what is to be heard; the player is called by it, so it says more than "Sound 1".
    picture: another picture than the waveform, such as plots.spectrogram(...); then *alt* says what it shows.
    Raises HallyuError for samples that are no sound or would clip, and where the caption or a text is missing.
    """
    from IPython.display import display

    html = player_html(samples, rate, caption, alt, picture)
    seconds = len(samples) / rate
    display({"text/html": html, "text/plain": f"[sound of {seconds:.1f} s] {caption}"}, raw=True)


def player_html(
    samples: np.ndarray, rate: int, caption: str, alt: str = "", picture: Picture | None = None
) -> str:
    """The `<figure>` that play() displays; the MP3 is inside it, 96 kbit/s in mono and 160 in stereo.

    >>> player_html(np.zeros(2400, np.float32), 24000, "A tenth of a second of silence")[:42]
    '<figure class="hallyu-figure" style="margi'
    """
    from hallyu.music import plots

    samples = audio.check(samples, rate)
    if not caption.strip() or (picture is not None and not alt.strip()):
        raise HallyuError(
            "A sound needs a caption that says what is to be heard, and a picture of your own needs its text (alt)."
        )
    if picture is None:
        picture = plots.waveform(samples, rate)
        alt = alt or f"Waveform of {len(samples) / rate:.1f} s, peak {plots.decibels(np.abs(samples).max())}"
    data = base64.b64encode(audio.mp3(samples, rate, kbps=96 if samples.ndim == 1 else 160)).decode("ascii")
    return (
        f'<figure class="hallyu-figure" style="margin:1em 0">{_img(picture, alt, plots.WIDTH)}'
        f'<audio controls preload="metadata" aria-label="{escape(caption)}" style="display:block;width:100%;'
        f'max-width:{plots.WIDTH}px" src="data:audio/mpeg;base64,{data}"></audio>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def film(path: str | Path, alt: str, caption: str, width: int = 480) -> None:
    """Play a video in the notebook and on the book's page: a small copy of the MP4 at *path* is inside the page.

    alt: what is to be seen, for a reader who cannot see it. caption: shown under the player. width: pixels, an even number.
    Raises HallyuError when a text is missing, or the file holds no video.
    """
    from IPython.display import display

    html = film_html(path, alt, caption, width)
    display({"text/html": html, "text/plain": f"[{alt}] {caption}"}, raw=True)


def film_html(path: str | Path, alt: str, caption: str, width: int = 480) -> str:
    """The `<figure>` that film() displays."""
    import cv2

    from hallyu import video

    if not alt.strip() or not caption.strip():
        raise HallyuError("A film needs a text that says what is to be seen (alt), and a caption.")
    info = video.probe(path)
    size = (width, 2 * round(width * info.height / info.width / 2))
    small = (cv2.resize(frame[..., :3], size, interpolation=cv2.INTER_AREA) for frame in video.read(path))
    with tempfile.TemporaryDirectory() as work:
        copy = Path(work, "small.mp4")
        video.write(copy, small, info.rate, audio_from=path if info.has_audio else None, crf=30)
        data = base64.b64encode(copy.read_bytes()).decode("ascii")
        # A phone shows nothing of a film before it is played; and a film may begin in the dark.
        middle = video.probe(copy).length // 2
        still = next(video.read(copy, middle, middle + 1))
    poster = cv2.imencode(
        ".webp", np.rint(255 * still[..., 2::-1]).astype(np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 70]
    )[1]
    return (
        '<figure class="hallyu-figure" style="margin:1em 0">'
        f'<video controls playsinline preload="metadata" aria-label="{escape(alt)}" width="{size[0]}" height="{size[1]}" '
        f'style="max-width:100%;height:auto" poster="data:image/webp;base64,{base64.b64encode(poster).decode("ascii")}" '
        f'src="data:video/mp4;base64,{data}"></video>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def figure_html(
    image: Picture | Sequence[Picture], alt: str | Sequence[str], caption: str = "", width: int | None = None
) -> str:
    """The `<figure>` that show() displays; the pictures are inside it as PNG data.

    >>> figure_html(np.zeros((2, 2), np.uint8), alt="A black square")[:42]
    '<figure class="hallyu-figure" style="margi'
    """
    pictures = list(image) if isinstance(image, Sequence) else [image]
    texts = [alt] if isinstance(alt, str) else list(alt)
    if not pictures or not all(text.strip() for text in texts) or len(texts) not in (1, len(pictures)):
        raise HallyuError(
            f"The figure has {len(pictures)} picture(s) and {len(texts)} alternative text(s): "
            "give one text for all, or one for each, that says what is to be seen."
        )
    # One text for several pictures is read once: the others are marked as decoration.
    texts += [""] * (len(pictures) - len(texts))
    images = "".join(_img(picture, text, width) for picture, text in zip(pictures, texts, strict=True))
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    row = f'<div style="display:flex;flex-wrap:wrap;gap:8px;align-items:flex-start">{images}</div>'
    return f'<figure class="hallyu-figure" style="margin:1em 0">{row}{below}</figure>'


def _img(picture: Picture, alt: str, width: int | None) -> str:
    size = f"width:{width}px;" if width else ""
    return f'<img alt="{escape(alt)}" src="{_data_uri(picture)}" style="{size}max-width:100%;height:auto">'


def _data_uri(picture: Picture) -> str:
    buffer = io.BytesIO()
    _as_pil(picture).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _as_pil(picture: Picture) -> Image.Image:
    if isinstance(picture, Image.Image):
        return picture
    array = np.asarray(picture)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or 0 in array.shape:
        raise HallyuError(
            f"An array of shape {array.shape} is not a picture: (H, W), (H, W, 3) or (H, W, 4) can be shown."
        )
    if array.dtype == bool:
        array = array.astype(np.uint8) * 255
    elif np.issubdtype(array.dtype, np.floating):
        array = np.rint(np.clip(array, 0, 1) * 255).astype(np.uint8)
    elif array.dtype != np.uint8:
        raise HallyuError(f"An array of {array.dtype} is not a picture: use uint8, or float from 0 to 1.")
    return Image.fromarray(array)


def _plain(alt: str | Sequence[str], caption: str) -> str:
    text = alt if isinstance(alt, str) else "; ".join(alt)
    return f"[{text}] {caption}".rstrip()
