"""Draw 06-package-and-release.webp, the picture that lesson 06 opens with: a frame with its subtitle, and the stream in segments.

    python modules/ott/media/make_06_package_and_release.py

The trailer is cut and packed as in the lesson; the blocks are as long as its segments are, and say how many bits they have.
"""

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hallyu import audio, video
from hallyu.music import plots
from hallyu.ott import encode, ffmpeg, first_snow, package
from hallyu.webtoon import fonts

HERE = Path(__file__).resolve().parent
FIRST, LAST, SHOWN = 446, 590, 462
NOTICE = "이 영상에는 AI로 생성한 소리가 포함되어 있습니다 · This film has sound made by AI"


def packed(folder: Path) -> package.Stream:
    """The trailer's stream, with two mixes."""
    trailer = folder / "trailer.mp4"
    cut = ["-ss", "18.583", "-i", HERE / "first-snow.mp4", "-t", "6", "-vf", "scale=960:540"]
    ffmpeg.make(
        trailer, [*cut, "-c:v", "libx264", "-crf", "14", "-preset", "fast", "-c:a", "aac", "-b:a", "192k"]
    )
    rungs = []
    for height in (234, 360, 540):
        rungs.append(folder / f"{height}.mp4")
        encode.one(trailer, rungs[-1], height, crf=27, settings=encode.Settings(preset="veryfast"))
    stems = [audio.read(HERE / f"first-snow-{name}.flac") for name in ("music", "effects")]
    rate = stems[0][1]
    span = slice(round(FIRST / 24 * rate), round(LAST / 24 * rate))
    audio.write_wav(folder / "m-and-e.wav", sum(samples[span] for samples, _ in stems), rate)
    mixes = [package.Audio(trailer, "ko"), package.Audio(folder / "m-and-e.wav", "zxx")]
    return package.write(folder / "stream", rungs, mixes, segment=2)


@plots.drawn
def blocks(stream: package.Stream, film: first_snow.Truth):
    """Rows of segments, and the subtitles above them."""
    made, axes = plots.figure(290)
    rows = [(f"{each.height}p", each, plots.BLUE) for each in reversed(stream.videos)]
    rows += [(name, each, plots.GREEN) for name, each in zip(("mix", "M&E"), stream.audios, strict=True)]
    for row, (_, each, colour) in enumerate(rows, 1):
        for part in each.segments:
            begin, long = part.start / each.timescale, part.duration / each.timescale
            axes.barh(-row, long - 0.02, 0.72, begin, color=colour)
            bits = f"{8 * part.size / long / 1000:,.0f} kbit/s"
            axes.text(begin + long / 2, -row, bits, color="white", ha="center", va="center", fontsize=8)
    for line in film.lines:
        begin, end = line.start - FIRST / 24, line.stop - FIRST / 24
        if begin >= 0 and end <= 6:
            axes.barh(0, end - begin, 0.72, begin, color=plots.ORANGE)
    axes.set_yticks([-row for row in range(len(rows) + 1)], ["ko, en", *(name for name, _, _ in rows)])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set(xlim=(0, 6.05), xlabel="seconds")
    return made


def shown(film: first_snow.Truth, width: int) -> Image.Image:
    """A frame with its subtitle, and the notice below it."""
    frame = next(video.read(HERE / "first-snow.mp4", SHOWN, SHOWN + 1))
    picture = Image.fromarray(np.rint(frame[..., :3] * 255).astype(np.uint8)).resize((width, width * 9 // 16))
    whole = Image.new("RGB", (width, picture.height + 52), "#14181f")
    whole.paste(picture)
    draw = ImageDraw.Draw(whole)
    large, small = (ImageFont.truetype(str(fonts.FOLDER / fonts.DIALOGUE), size) for size in (46, 25))
    line = next(line for line in film.lines if line.start * 24 <= SHOWN < line.stop * 24)
    draw.text(
        (width / 2, picture.height - 40), line.text, "white", large, "ms", stroke_width=4, stroke_fill="black"
    )
    draw.text((width / 2, picture.height + 26), NOTICE, "#e8ecf2", small, "mm")
    return whole


def main() -> None:
    film = first_snow.truth(HERE / "first-snow.json")
    with tempfile.TemporaryDirectory() as folder:
        below = blocks(packed(Path(folder)), film).convert("RGB")
    top = shown(film, below.width)
    whole = Image.new("RGB", (below.width, top.height + 16 + below.height), "white")
    whole.paste(top)
    whole.paste(below, (0, top.height + 16))
    whole.thumbnail((960, 2000))
    whole.save(HERE / "06-package-and-release.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
