"""Make the bundled lettering fonts from their source packages.

Dialogue: NanumSquareRound Bold and ExtraBold from Debian's fonts-nanum and fonts-nanum-extra, copied unchanged
(the licence reserves the name for unmodified files, and unmodified they already are 1 MB each).
Effects: Black Han Sans from npm's @fontsource/black-han-sans, which cuts the face into files by Unicode range;
here they are put together again into one TrueType file, without hinting. Accented Latin letters, which both lack:
Nunito from npm's @fontsource/nunito, put together in the same way, in the weights whose stems are as thick.

    apt-get install fonts-nanum fonts-nanum-extra
    for name in black-han-sans nunito; do
        npm pack @fontsource/$name@5.3.0 && mkdir -p $name && tar xzf fontsource-$name-5.3.0.tgz -C $name
    done
    python training/webtoon/make_fonts.py .
"""

import shutil
import sys
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from hallyu.files import sha256, write_whole

NANUM = Path("/usr/share/fonts/truetype/nanum")
TARGET = Path(__file__).parents[2] / "src/hallyu/webtoon/fonts"


NUNITO = {"SemiBold": 600, "Bold": 700, "Black": 900}


def main(folder: Path) -> None:
    for name in ("NanumSquareRoundB.ttf", "NanumSquareRoundEB.ttf"):
        with write_whole(TARGET / name) as draft:
            shutil.copyfile(NANUM / name, draft)
    han, nunito = (folder / name / "package" for name in ("black-han-sans", "nunito"))
    with write_whole(TARGET / "BlackHanSans.ttf") as draft:
        join(sorted((han / "files").glob("*-400-normal.woff2")), "Black Han Sans", "Regular").save(draft)
    for style, weight in NUNITO.items():
        parts = [nunito / f"files/nunito-{x}-{weight}-normal.woff2" for x in ("latin", "latin-ext", "vietnamese")]
        with write_whole(TARGET / f"Nunito-{style}.ttf") as draft:
            join(parts, "Nunito", style).save(draft)
    for package, name in ((han, "BlackHanSans"), (nunito, "Nunito")):
        with write_whole(TARGET / f"{name}-OFL.txt") as draft:
            shutil.copyfile(package / "LICENSE", draft)
    for path in sorted(TARGET.glob("*.ttf")):
        print(f"{path.name}  {path.stat().st_size} bytes  {sha256(path)}")


def join(parts: list[Path], family: str, style: str) -> TTFont:
    """One font with every character that any of *parts* draws."""
    glyphs, metrics, cmap = {}, {}, {}
    for path in parts:
        font = TTFont(path)
        outlines = font.getGlyphSet()
        wanted = {code: name for code, name in font.getBestCmap().items() if code not in cmap}
        for code, name in [(None, ".notdef"), *wanted.items()]:
            title = ".notdef" if code is None else f"uni{code:04X}"
            recording = DecomposingRecordingPen(outlines)
            outlines[name].draw(recording)
            pen = TTGlyphPen(None)
            recording.replay(pen)
            glyphs[title] = pen.glyph()
            metrics[title] = font["hmtx"][name]
            if code is not None:
                cmap[code] = title
    builder = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder([".notdef", *sorted(title for title in glyphs if title != ".notdef")])
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=font["hhea"].ascent, descent=font["hhea"].descent)
    builder.setupOS2(sTypoAscender=font["OS/2"].sTypoAscender, sTypoDescender=font["OS/2"].sTypoDescender)
    builder.setupPost(keepGlyphNames=False)
    builder.setupNameTable(
        {
            "familyName": family,
            "styleName": style,
            "copyright": font["name"].getDebugName(0),
            "version": font["name"].getDebugName(5),
            "licenseDescription": "SIL Open Font License, Version 1.1",
            "licenseInfoURL": "http://scripts.sil.org/OFL",
        }
    )
    # The same parts give the same bytes.
    builder.font.recalcTimestamp = False
    builder.font["head"].created = builder.font["head"].modified = font["head"].modified
    return builder.font


if __name__ == "__main__":
    main(Path(sys.argv[1]))
