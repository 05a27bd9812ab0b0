"""Make _static/hallyu-round.woff2: the lettering face of the course, small enough for every page of the book.

The Nanum name is reserved, so the subset carries another name. It holds Latin letters and the 2,350 Hangul syllables
of KS X 1001; any other syllable falls back to the reader's own font.
"""

from pathlib import Path

from fontTools import subset

BOOK = Path(__file__).parent
SOURCE = BOOK.parent / "src/hallyu/webtoon/fonts/NanumSquareRoundB.ttf"
NAME = "Hallyu Round"
LICENCE = "This font is a subset of a font by NAVER, under the SIL Open Font License 1.1: HallyuRound-OFL.txt"


def syllables() -> str:
    """The Hangul syllables of KS X 1001."""
    rows = [bytes([lead, trail]) for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF)]
    return "".join(row.decode("euc-kr") for row in rows)


def main() -> None:
    """Subset, rename, write."""
    options = subset.Options(
        flavor="woff2", hinting=False, layout_features=["kern"], name_IDs=[0, 1, 2, 3, 4, 6, 13]
    )
    font = subset.load_font(SOURCE, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=syllables() + "".join(map(chr, range(0x20, 0x7F))) + "·…–—‘’“”×°")
    subsetter.subset(font)
    names = font["name"]
    names.names = [record for record in names.names if record.nameID == 0 and record.platformID == 3]
    for number, text in {
        1: NAME,
        2: "Bold",
        3: f"{NAME} 1.0",
        4: NAME,
        6: "HallyuRound",
        13: LICENCE,
    }.items():
        names.setName(text, number, 3, 1, 0x409)
    subset.save_font(font, BOOK / "_static/hallyu-round.woff2", options)


if __name__ == "__main__":
    main()
