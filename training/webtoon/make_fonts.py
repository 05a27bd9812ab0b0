"""Make the bundled lettering fonts from their source packages.

Dialogue: NanumSquareRound Bold and ExtraBold from Debian's fonts-nanum and fonts-nanum-extra, copied unchanged
(the licence reserves the name for unmodified files, and unmodified they already are 1 MB each).
Effects: Black Han Sans from npm's @fontsource/black-han-sans, which cuts the face into files by Unicode range;
here they are put together again into one TrueType file, without hinting.

    apt-get install fonts-nanum fonts-nanum-extra
    npm pack @fontsource/black-han-sans@5.3.0 && tar xzf fontsource-black-han-sans-5.3.0.tgz
    python training/webtoon/make_fonts.py package
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


def main(package: Path) -> None:
    for name in ("NanumSquareRoundB.ttf", "NanumSquareRoundEB.ttf"):
        with write_whole(TARGET / name) as draft:
            shutil.copyfile(NANUM / name, draft)
    with write_whole(TARGET / "BlackHanSans.ttf") as draft:
        join(sorted((package / "files").glob("*-400-normal.woff2"))).save(draft)
    with write_whole(TARGET / "BlackHanSans-OFL.txt") as draft:
        shutil.copyfile(package / "LICENSE", draft)
    for path in sorted(TARGET.glob("*.ttf")):
        print(f"{path.name}  {path.stat().st_size} bytes  {sha256(path)}")


def join(parts: list[Path]) -> TTFont:
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
            "familyName": "Black Han Sans",
            "styleName": "Regular",
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
