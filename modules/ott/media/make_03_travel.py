"""Draw the picture of lesson 03: one frame for those who do not hear, in English, and with its sign alone.

python modules/ott/media/make_03_travel.py
"""

from pathlib import Path

from PIL import Image

from hallyu.ott import burn_in, first_snow, forced, localise, sdh, subtitle_files

MEDIA = Path(__file__).parent
MOMENT, CROP = 28.4, (250, 0, 1040, 720)
WIDTH, GAP = 1200, 6


def main() -> None:
    film = first_snow.truth(MEDIA / "first-snow.json")
    korean = subtitle_files.read(MEDIA / "first-snow-ko.ttml")
    said = [localise.Said(line.english, line.start, line.stop, line.speaker) for line in film.lines]
    # In this shot nobody's face is seen.
    tracks = (
        sdh.make(korean, [False] * len(korean.cues), cuts=film.cuts).track,
        localise.retime(localise.cues(said, "en", film.rate)).track,
        forced.make(film.signs, film.rate),
    )
    each = (WIDTH - 2 * GAP) // 3
    tall = round(each * (CROP[3] - CROP[1]) / (CROP[2] - CROP[0]))
    whole = Image.new("RGB", (WIDTH, tall), (255, 255, 255))
    for place, track in enumerate(tracks):
        still = Image.fromarray(burn_in.still(MEDIA / "first-snow.mp4", track, MOMENT, 1280))
        whole.paste(
            still.crop(CROP).resize((each, tall), Image.Resampling.LANCZOS), (place * (each + GAP), 0)
        )
    whole.save(MEDIA / "03-travel.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
