"""Draw the picture of lesson 02: one cue as it was typed, with what breaks the guide, and as it is delivered.

python modules/ott/media/make_02_subtitles_to_spec.py
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from hallyu.ott import burn_in, first_snow, fix, guide, subtitle_files
from hallyu.ott.timedtext import Track
from hallyu.webtoon import fonts

MEDIA = Path(__file__).parent
MOMENT, CUE = 5.4, 1
WIDTH, HEIGHT, GAP = 1200, 520, 8
ORANGE, BLUE, PAPER = (213, 94, 0), (0, 114, 178), (255, 255, 255)


def main() -> None:
    film = first_snow.truth(MEDIA / "first-snow.json")
    draft = subtitle_files.read(MEDIA / "first-snow-draft.srt")
    repaired = fix.fix(draft, shots=film.cuts).track
    whole = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(whole)
    font = ImageFont.truetype(str(fonts.FOLDER / fonts.DIALOGUE), 26)
    each = (WIDTH - GAP) // 2
    for left, track, tint in ((0, draft, ORANGE), (each + GAP, repaired, BLUE)):
        still = Image.fromarray(burn_in.still(MEDIA / "first-snow.mp4", track, MOMENT, 1280))
        # The girl stands in the middle of the lower half.
        whole.paste(still.crop((610 - each // 2, 720 - HEIGHT, 610 - each // 2 + each, 720)), (left, 0))
        codes = [finding.code for finding in _of_cue(track, film.cuts)] or ["nothing found"]
        for row, code in enumerate(codes):
            box = draw.textbbox((left + 18, 16 + 42 * row), code, font)
            draw.rounded_rectangle((box[0] - 10, box[1] - 6, box[2] + 10, box[3] + 6), 8, tint)
            draw.text((left + 18, 16 + 42 * row), code, PAPER, font)
    whole.save(MEDIA / "02-subtitles-to-spec.webp", quality=82, method=6)


def _of_cue(track: Track, cuts: tuple[float, ...]) -> list[guide.Finding]:
    return [finding for finding in guide.check(track, shots=cuts) if finding.cue == CUE]


if __name__ == "__main__":
    main()
