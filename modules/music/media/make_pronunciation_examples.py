"""Writes pronunciation-examples.tsv for lesson 02: the standard's own examples, with their grammar marked. Run it in this folder.

The pairs are those that the tests check the library with. The marks are what the library's analysis of each example says,
but for three words that mean two things, which are marked by hand as the article means them.
"""

from pathlib import Path

from hallyu.morphemes import morphemes
from hallyu.music import pronunciation, pronunciation_words
from hallyu.music.pronunciation import Joint
from hallyu.music.reading import read_out

SOURCE = Path("../../../tests/music/standard_pronunciation.tsv")
TARGET = Path("pronunciation-examples.tsv")
HEAD = """\
# Examples of the Standard Pronunciation (표준 발음법), articles 5 to 30: 표준어 규정, 제2부,
# Ministry of Culture, Sports and Tourism, notice 2017-13. Korean copyright does not cover official notices (Act, art. 7).
# The marks are ours (CC BY 4.0), made by make_pronunciation_examples.py. Vowel length is not marked.
# marked: - an ending begins, | a word of its own begins, + one that takes ㄴ, ' what follows is tense,
#         ~ ㄴ stays, = the particle 의 begins. pronounced: after a slash, what the article allows besides.
"""
SIGNS = {Joint.ENDING: "-", Joint.WORD: "|", Joint.ADNOMINAL: "|'"}
MARKS = {
    pronunciation_words.HARDEN: "'",
    pronunciation_words.ADD_N: "+",
    pronunciation_words.KEEP_N: "~",
}
BY_HAND = {"감다": "감-다", "신다": "신-다", "신고": "신-고"}


def marked(written: str) -> str:
    """An example as it is written, its numbers in Hangul, with a sign at each joint that sound alone does not tell."""
    if written in BY_HAND:
        return BY_HAND[written]
    text = read_out(written)
    tokens = morphemes(text)
    joints = pronunciation._joints(text, tokens)
    marks = pronunciation._marks(text, tokens, joints)
    particles = {token.start for token in tokens if token.tag == "JKG"}
    out = ""
    for at, character in enumerate(text):
        signs = SIGNS.get(joints.get(at), "") + MARKS.get(marks.get(at), "")
        if at in particles:
            signs += "="
        out += ("+" if signs == "|+" else signs) + character
    return out


def main() -> None:
    """Read the tests' table and write the lesson's."""
    rows = [line for line in SOURCE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")][1:]
    lines = ["article\twritten\tmarked\tpronounced"]
    for row in rows:
        article, written, pronounced = row.split("\t")
        lines.append(f"{article}\t{written}\t{marked(written)}\t{pronounced}")
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
