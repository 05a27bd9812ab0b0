"""A webtoon script as a typed list of cuts, and the plain-text form (글 콘티) in which a writer types it.

The text form, whole::

    # 첫눈
      en: First Snow

    @하늘: girl, black bob hair, brown eyes, red coat
      en: Haneul

    ## 1 눈 숲, 아침
    [1] 설정샷, 눈 숲 · 문을 연다 · 긴 쉼
    내레이션: 할머니는 첫눈이 오면 꼭 이 숲에 오셨다.
      en: Every first snow, Grandma came to this forest.
    효과음: 사박사박
      en: hush, hush

    [2] 클로즈업, 눈 숲
    하늘(슬픔, 왼쪽 보기, 오른쪽): 올해는 내가 왔다.

One rule for translations: an indented line gives the edition, in another language, of what stands above it.
A name without a colon is a figure who says nothing; ``할머니(화면 밖): …`` speaks without being seen.
Every keyword may be Korean or English. A line that begins with ``//`` is a note to yourself.
"""

import json
import re
import unicodedata
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from types import GenericAlias

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.webtoon import vocabulary

SHOTS = ("establishing", "full", "bust", "close-up")
LINE_KINDS = ("speech", "thought", "narration", "shout", "whisper")

SHOT_WORDS = {"establishing": "설정샷", "full": "전신", **vocabulary.SHOTS}
POSITIONS = {"left": "왼쪽", "center": "가운데", "right": "오른쪽"}
KINDS = {"speech": "말", "thought": "생각", "shout": "외침", "whisper": "속삭임"}
PAUSES = {"tight": "짧은 쉼", "normal": "보통 쉼", "long": "긴 쉼", "scene": "장면 쉼"}
"""English keyword -> Korean keyword, as the tables of the vocabulary."""

MAX_BYTES = 1_000_000
"""A script larger than this is refused before it is parsed; an episode is about ten thousand bytes."""


@dataclass(frozen=True)
class Character:
    """A member of the cast; *look* is the prompt that describes how they are drawn."""

    name: str
    look: str
    names: dict[str, str] = field(default_factory=dict)
    """The name in other languages, by language code."""


@dataclass(frozen=True)
class Figure:
    """A character as they appear in one cut."""

    name: str
    expression: str = "neutral"
    view: str = "facing front"
    position: str = "center"
    """Where in the panel: left, center or right."""


@dataclass(frozen=True)
class Line:
    """Words in a cut. *speaker* is empty for narration; *id* is the key of the string table ("c03-2")."""

    id: str
    text: str
    speaker: str = ""
    kind: str = "speech"
    off_panel: bool = False
    """True when the speaker is heard but not drawn in this cut."""


@dataclass(frozen=True)
class Cut:
    """One panel of the episode."""

    number: int
    scene: int
    shot: str
    place: str
    beat: str = ""
    """What this cut does for the story, in a few words."""
    figures: tuple[Figure, ...] = ()
    lines: tuple[Line, ...] = ()
    effect: str = ""
    """Sound effect, drawn as lettering; its string-table key is "c03-fx"."""
    pause: str = "normal"
    """How long the reader rests after this cut: tight, normal, long or scene."""


@dataclass(frozen=True)
class Script:
    """Title, cast and cuts of an episode."""

    title: str
    cast: dict[str, Character]
    cuts: tuple[Cut, ...]
    language: str = "ko"
    scenes: dict[int, str] = field(default_factory=dict)
    """The heading of each scene, by its number."""
    translations: dict[str, dict[str, str]] = field(default_factory=dict)
    """Other-language editions: key ("title", "c03-2", "c03-fx") -> language code -> text."""
    notes: tuple[str, ...] = field(default=(), compare=False)
    """What was noticed while reading the file, in sentences; `validation.validate` repeats them."""

    def _repr_html_(self) -> str:
        return _table(self)


def line_id(number: int, index: int) -> str:
    """String-table key of the *index*-th line (from 1) of cut *number*.

    >>> line_id(3, 2)
    'c03-2'
    """
    return f"c{number:02d}-{index}"


def effect_id(number: int) -> str:
    """String-table key of the sound effect of cut *number*.

    >>> effect_id(3)
    'c03-fx'
    """
    return f"c{number:02d}-fx"


def syllables(text: str) -> int:
    """Letters and digits of *text*, a Hangul syllable as one: how a balloon's length is counted here.

    >>> syllables("…남쪽이요?")
    4
    """
    return sum(character.isalnum() for character in text)


# --- Keywords ---------------------------------------------------------------------------------------------

NARRATION = ("내레이션", "나레이션", "narration")
EFFECT = ("효과음", "sfx")
LANGUAGE = ("언어", "language")
OFF_PANEL = ("화면 밖", "off-panel")
ALIASES = {
    "설정": "establishing", "원경": "establishing", "풀샷": "full", "바스트": "bust", "closeup": "close-up",
    "pause tight": "tight", "pause normal": "normal", "pause long": "long", "pause scene": "scene",
}  # fmt: skip
"""Other spellings that writers type."""


def keyword(word: str, *tables: dict[str, str]) -> str | None:
    """English keyword that *word* means in one of the *tables* (English -> Korean), or None.

    >>> keyword("클로즈업", SHOT_WORDS), keyword("바스트", SHOT_WORDS), keyword("먼 산", SHOT_WORDS)
    ('close-up', 'bust', None)
    """
    word = " ".join(word.casefold().split())
    word = ALIASES.get(word, word)
    for table in tables:
        for english, korean in table.items():
            if word in (english, korean):
                return english
    return None


# --- Text to script ---------------------------------------------------------------------------------------

_EDITION = re.compile(r"\s+(?P<language>[a-z]{2,3}(-[A-Za-z]{2,4})?)\s*[:：]\s*(?P<text>.*)")
_CAST = re.compile(r"@\s*(?P<name>[^:：()|]+?)\s*[:：]\s*(?P<look>.*)")
_SCENE = re.compile(r"##\s*(?P<number>\d{1,4})(\s+(?P<heading>.*))?")
_CUT = re.compile(r"\[(?P<number>\d{1,4})\]\s*(?P<rest>.*)")
_SPEECH = re.compile(
    r"(?P<name>[^:：()\[\]@#|]+?)\s*(\((?P<attributes>[^()]*)\))?\s*(?P<colon>[:：]\s*(?P<text>.*))?"
)


def parse(text: str) -> Script:
    """Read the text form; the result is typed but not yet checked for sense (see `validation.validate`).

    Text is brought to Unicode NFC first, so that Hangul typed on a Mac equals Hangul typed elsewhere.
    Raises HallyuError with one sentence that names the line and says what to write instead.

    >>> script = parse("# 첫눈\\n@하늘: girl\\n[1] 클로즈업, 방\\n하늘(놀람): …남쪽이요?\\n  en: …South?")
    >>> script.cuts[0].figures[0].expression, script.cuts[0].lines[0].text, script.translations["c01-1"]["en"]
    ('surprised', '…남쪽이요?', '…South?')
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise HallyuError(_too_large(len(text.encode("utf-8", "surrogatepass"))))
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    reader = _Reader()
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        reader.read(number, line)
    return reader.finish()


class _Reader:
    """Takes the lines of a script one by one; *read* sends each to the method for its kind."""

    def __init__(self):
        self.at = 0
        self.title = ""
        self.language = "ko"
        self.cast: dict[str, Character] = {}
        self.scenes: dict[int, str] = {}
        self.cuts: list[Cut] = []
        self.translations: dict[str, dict[str, str]] = {}
        self.scene: int | None = None
        self.scene_is_empty = False
        self.cut_lines: dict[int, int] = {}
        self.above: str | None = None
        """What an indented line would translate: a string-table key or "@name"."""

    def read(self, at: int, line: str) -> None:
        self.at = at
        self.refuse_control_characters(line)
        body = line.strip()
        if not body or body.startswith("//"):
            return
        if line[0].isspace():
            self.edition(line)
        elif body.startswith("##"):
            self.scene_heading(body)
        elif body.startswith("#"):
            self.title_line(body)
        elif body.startswith("@"):
            self.cast_line(body)
        elif body.startswith("["):
            self.cut_line(body)
        else:
            self.words(body)

    def finish(self) -> Script:
        if not (self.title or self.cast or self.cuts):
            raise HallyuError(
                "The script is empty; begin with a title (# 첫눈) and a first cut ([1] 설정샷, 눈 숲)."
            )
        if not self.title:
            raise HallyuError("The script has no title; begin its first line with # and a space: # 첫눈.")
        if self.scene_is_empty:
            self.empty_scene()
        return Script(
            title=self.title, cast=self.cast, cuts=tuple(self.cuts), language=self.language,
            scenes=self.scenes, translations=self.translations,
        )  # fmt: skip

    def wrong(self, sentence: str) -> HallyuError:
        return HallyuError(f"Line {self.at}: {sentence}")

    def refuse_control_characters(self, line: str) -> None:
        for character in line:
            if unicodedata.category(character) in ("Cc", "Cs") and character != "\t":
                name = "a NUL byte" if character == "\0" else f"the control character U+{ord(character):04X}"
                raise self.wrong(
                    f"there is {name} here; save the script as plain text (UTF-8) and try again."
                )

    def empty_scene(self) -> None:
        raise self.wrong(
            f"scene {self.scene} has no cuts; write one, like [1] 설정샷, 눈 숲, or delete the heading."
        )

    def title_line(self, body: str) -> None:
        if self.title:
            raise self.wrong("a second title; a scene begins with ## and a number: ## 2 방.")
        self.title = body[1:].strip()
        if not self.title:
            raise self.wrong("the title is empty; write it after the #: # 첫눈.")
        self.above = "title"

    def cast_line(self, body: str) -> None:
        match = _CAST.fullmatch(body)
        if not match:
            raise self.wrong("a cast line is @name: how they look, for example @하늘: girl, black bob hair.")
        name = match["name"]
        if name.casefold() in NARRATION + EFFECT + LANGUAGE:
            raise self.wrong(f"{name} is a keyword of the script and cannot be a name; choose another.")
        if self.person(name) in self.cast:
            raise self.wrong(f"{name} is in the cast already; keep one of the two lines.")
        self.cast[name] = Character(name, match["look"].strip())
        self.above = f"@{name}"

    def scene_heading(self, body: str) -> None:
        match = _SCENE.fullmatch(body)
        if not match:
            raise self.wrong("a scene heading is ## with a number and, if you like, words: ## 2 방, 밤.")
        if self.scene_is_empty:
            self.empty_scene()
        number, heading = int(match["number"]), (match["heading"] or "").strip()
        if self.scenes.get(number, heading) != heading:
            raise self.wrong(
                f"scene {number} has another heading above ({self.scenes[number]}); renumber this one."
            )
        if heading:
            self.scenes[number] = heading
        self.scene, self.scene_is_empty, self.above = number, True, None

    def cut_line(self, body: str) -> None:
        match = _CUT.fullmatch(body)
        if not match:
            raise self.wrong("a cut begins with its number in brackets, a shot and a place: [3] 상반신, 방.")
        number = int(match["number"])
        if number in self.cut_lines:
            raise self.wrong(
                f"cut {number} is written on line {self.cut_lines[number]} already; renumber one."
            )
        picture, *rest = re.split(r"\s+·\s+", match["rest"])
        pause = keyword(rest[-1], PAUSES) if rest else None
        beat = " · ".join(rest[:-1] if pause else rest).strip()
        scene = 1 if self.scene is None else self.scene
        shot, place = self.shot_and_place(number, scene, picture)
        self.cuts.append(Cut(number, scene, shot, place, beat, pause=pause or "normal"))
        self.cut_lines[number] = self.at
        self.scene, self.scene_is_empty, self.above = scene, False, None

    def shot_and_place(self, number: int, scene: int, picture: str) -> tuple[str, str]:
        words = [word.strip() for word in picture.split(",") if word.strip()]
        shot = place = None
        unknown = []
        for word in words:
            if shot is None and (known := keyword(word, SHOT_WORDS)):
                shot = known
            elif place is None and (known := keyword(word, vocabulary.PLACES)):
                place = known
            else:
                unknown.append(word)
        if shot is None and unknown:
            shot = unknown.pop(0)
        if place is None and unknown:
            place = unknown.pop(0)
        if shot is None or unknown:
            raise self.wrong(f"cut {number} needs one shot and one place, like [{number}] 클로즈업, 눈 숲.")
        return shot, place or self.same_place(number, scene)

    def same_place(self, number: int, scene: int) -> str:
        """The place of the cut before in this scene, or the place that the scene's heading names."""
        if self.cuts and self.cuts[-1].scene == scene:
            return self.cuts[-1].place
        place = keyword(self.scenes.get(scene, ""), vocabulary.PLACES)
        if place is None:
            raise self.wrong(
                f"cut {number} opens a scene and names no place; write it: [{number}] 설정샷, 눈 숲."
            )
        return place

    def words(self, body: str) -> None:
        match = _SPEECH.fullmatch(body)
        if not match:
            raise self.wrong("this is no line of a script; dialogue is 이름: 말 and narration 내레이션: 말.")
        name, text = match["name"], (match["text"] or "").strip()
        if name.casefold() in LANGUAGE and not self.cuts:
            self.language = text or "ko"
            return
        if not self.cuts or self.scene_is_empty:
            raise self.wrong(
                "words before the first cut of a scene; open a cut first, like [1] 설정샷, 눈 숲."
            )
        if match["colon"] and not text:
            raise self.wrong(
                f"{name} has a colon and no words; write them, or drop the colon if nothing is said."
            )
        if name.casefold() in NARRATION:
            self.add_line("", "narration", text, off_panel=False)
        elif name.casefold() in EFFECT:
            self.add_effect(text)
        else:
            self.figure(name, match["attributes"], text)

    def add_effect(self, text: str) -> None:
        cut = self.cuts[-1]
        if cut.effect or not text:
            raise self.wrong(f"cut {cut.number} takes one sound effect, with its sound: 효과음: 사박사박.")
        self.cuts[-1] = replace(cut, effect=text)
        self.above = effect_id(cut.number)

    def add_line(self, speaker: str, kind: str, text: str, off_panel: bool) -> None:
        cut = self.cuts[-1]
        key = line_id(cut.number, len(cut.lines) + 1)
        self.cuts[-1] = replace(cut, lines=(*cut.lines, Line(key, text, speaker, kind, off_panel)))
        self.above = key

    def figure(self, name: str, attributes: str | None, text: str) -> None:
        if not text and attributes is None and self.person(name) not in self.cast:
            raise self.wrong(
                f"“{name}” is nobody in the cast; dialogue is 이름: 말, narration 내레이션: 말, "
                "and a silent figure is a name from the cast."
            )
        name = self.person(name)
        figure, kind, off_panel = self.attributes(name, attributes or "")
        if off_panel and not text:
            raise self.wrong(f"{name} is off-panel and says nothing; write their words after a colon.")
        if not off_panel:
            self.place_figure(figure)
        if text:
            self.add_line(name, kind, text, off_panel)
        else:
            self.above = None

    def place_figure(self, figure: Figure) -> None:
        cut = self.cuts[-1]
        here = next((other for other in cut.figures if other.name == figure.name), None)
        if here is None:
            self.cuts[-1] = replace(cut, figures=(*cut.figures, figure))
        elif figure not in (here, Figure(figure.name)):
            raise self.wrong(f"{figure.name} is drawn in cut {cut.number} already; one cut shows one pose.")

    def attributes(self, name: str, words: str) -> tuple[Figure, str, bool]:
        found: dict[str, str] = {}
        off_panel = False
        tables = {
            "expression": vocabulary.EXPRESSIONS,
            "view": vocabulary.VIEWS,
            "position": POSITIONS,
            "kind": KINDS,
        }
        for word in filter(None, (word.strip() for word in words.split(","))):
            if word.casefold() in OFF_PANEL:
                off_panel = True
                continue
            slot, value = next(
                ((slot, known) for slot, table in tables.items() if (known := keyword(word, table))),
                ("expression", word),
            )
            if slot in found:
                raise self.wrong(
                    f"“{word}” beside “{found[slot]}”: {name} takes one expression, one view, one "
                    "position and "
                    "one way of speaking."
                )
            found[slot] = value
        kind = found.pop("kind", "speech")
        if off_panel and found:
            raise self.wrong(
                f"{name} is off-panel, so “{', '.join(found.values())}” cannot be seen; delete it."
            )
        return Figure(name, **found), kind, off_panel

    def person(self, name: str) -> str:
        """The name in the cast that *name* means, in any of its languages; *name* itself when nobody's."""
        for character in self.cast.values():
            if name.casefold() in {other.casefold() for other in (character.name, *character.names.values())}:
                return character.name
        return name

    def edition(self, line: str) -> None:
        match = _EDITION.fullmatch(line.rstrip())
        if not match:
            raise self.wrong(
                "an indented line is a translation of the line above, like   en: Hello; do not indent others."
            )
        language, text = match["language"], match["text"].strip()
        if self.above is None:
            raise self.wrong("there are no words above for this line to translate; write them first.")
        if not text:
            raise self.wrong(f"the {language} edition is empty; write it or delete the line.")
        if self.above.startswith("@"):
            character = self.cast[self.above[1:]]
            if self.person(text) in self.cast and self.person(text) != character.name:
                raise self.wrong(
                    f"{text} is the name of {self.person(text)} already; two people need two names."
                )
            editions = character.names
        else:
            editions = self.translations.setdefault(self.above, {})
        if language in editions:
            raise self.wrong(f"a second {language} edition of the same words; keep one.")
        editions[language] = text


# --- Script to text ---------------------------------------------------------------------------------------


def format(script: Script) -> str:
    """Write *script* in the text form; `parse` reads exactly the same script back.

    Keywords are Korean in a Korean script and English in any other. Raises HallyuError, naming the cut, when
    something has no text form (a line break inside a balloon, a colon in a name).

    >>> print(format(Script("첫눈", {}, (Cut(1, 1, "close-up", "room", effect="사박사박"),))), end="")
    # 첫눈
    <BLANKLINE>
    ## 1
    [1] 클로즈업, 방
    효과음: 사박사박
    """
    text = "\n".join(_lines(script)) + "\n"
    try:
        again = parse(text)
    except HallyuError as error:
        raise HallyuError(f"The script “{script.title}” has no text form: {error}") from error
    if again != script:
        raise HallyuError(
            f"{_first_difference(script, again)} has no text form: look for a line break or a space "
            "at the ends "
            "of words, a colon or bracket in a name, a speaker missing from the figures, or an unusual id."
        )
    return text


def cut_text(cut: Cut, language: str = "ko") -> str:
    """One cut in the text form, without its translations: for a log, a list, a reader.

    >>> print(cut_text(Cut(11, 3, "close-up", "halftone", lines=(Line("c11-1", "…남쪽이요?", "하늘"),))))
    [11] 클로즈업, 망점
    하늘: …남쪽이요?
    """
    script = Script("", {figure.name: Character(figure.name, "") for figure in cut.figures}, (cut,), language)
    return "\n".join([_cut_line(cut, language), *_cut_words(cut, script)])


def _lines(script: Script):
    yield f"# {script.title}"
    yield from _editions(script.translations.get("title"))
    if script.language != "ko":
        yield f"language: {script.language}"
    if script.cast:
        yield ""
    for character in script.cast.values():
        yield f"@{character.name}: {character.look}".rstrip()
        yield from _editions(character.names)
    scene = None
    for cut in script.cuts:
        yield ""
        if cut.scene != scene:
            yield f"## {cut.scene} {script.scenes.get(cut.scene, '')}".rstrip()
            scene = cut.scene
        yield _cut_line(cut, script.language)
        yield from _cut_words(cut, script)


def _word(english: str, table: dict[str, str], language: str) -> str:
    """The keyword as the script's own language writes it; an unknown word stays as it is."""
    return table.get(english, english) if language == "ko" else english


def _cut_line(cut: Cut, language: str) -> str:
    shot, place = _word(cut.shot, SHOT_WORDS, language), _word(cut.place, vocabulary.PLACES, language)
    parts = [f"[{cut.number}] {shot}, {place}"]
    if cut.beat:
        parts.append(cut.beat)
    # A beat that happens to read as a pause ("긴 쉼") is kept a beat by writing the pause after it.
    if cut.pause != "normal" or keyword(re.split(r"\s+·\s+", cut.beat)[-1], PAUSES):
        parts.append(PAUSES.get(cut.pause, cut.pause) if language == "ko" else f"pause {cut.pause}")
    return " · ".join(parts)


def _cut_words(cut: Cut, script: Script):
    language = script.language
    narration, effect = (NARRATION[0], EFFECT[0]) if language == "ko" else (NARRATION[2], EFFECT[1])
    waiting = list(cut.figures)

    def attributes(figure: Figure | None) -> list[str]:
        if figure is None:
            return []
        default = Figure(figure.name)
        pairs = (
            (figure.expression, default.expression, vocabulary.EXPRESSIONS),
            (figure.view, default.view, vocabulary.VIEWS),
            (figure.position, default.position, POSITIONS),
        )
        return [_word(value, table, language) for value, usual, table in pairs if value != usual]

    def silent(figure: Figure) -> str:
        words = attributes(figure)
        brackets = f"({', '.join(words)})" if words or figure.name not in script.cast else ""
        return f"{figure.name}{brackets}"

    speakers = {line.speaker for line in cut.lines if not line.off_panel}
    for line in cut.lines:
        while waiting and waiting[0].name not in speakers:
            yield silent(waiting.pop(0))
        if line.kind == "narration":
            yield f"{narration}: {line.text}"
        else:
            figure = None
            if not line.off_panel and line.speaker in [figure.name for figure in waiting]:
                while waiting[0].name != line.speaker:
                    yield silent(waiting.pop(0))
                figure = waiting.pop(0)
            words = attributes(figure)
            if line.kind != "speech":
                words.append(_word(line.kind, KINDS, language))
            if line.off_panel:
                words.append(OFF_PANEL[0] if language == "ko" else OFF_PANEL[1])
            yield (
                f"{line.speaker}({', '.join(words)}): {line.text}"
                if words
                else f"{line.speaker}: {line.text}"
            )
        yield from _editions(script.translations.get(line.id))
    yield from map(silent, waiting)
    if cut.effect:
        yield f"{effect}: {cut.effect}"
        yield from _editions(script.translations.get(effect_id(cut.number)))


def _editions(editions: dict[str, str] | None):
    for language, text in (editions or {}).items():
        yield f"  {language}: {text}"


def _first_difference(script: Script, again: Script) -> str:
    for cut, other in zip(script.cuts, again.cuts, strict=False):
        if cut != other:
            return f"Cut {cut.number}"
    for name in ("title", "language", "cast", "scenes", "translations"):
        if getattr(script, name) != getattr(again, name):
            return f"The script's {name}"
    return "The script's list of cuts"


# --- Files ------------------------------------------------------------------------------------------------


def read(path: str | Path) -> Script:
    """Read a script file: the text form, or JSON when the name ends in .json.

    UTF-8 is expected; UTF-16 with its mark and CP949 (older Korean Windows programs) are understood, and
    `Script.notes` says so. Raises HallyuError with one sentence that names the file.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise HallyuError(f"{path.name}: {_too_large(size)}")
        data = path.read_bytes()
    except OSError as error:
        raise HallyuError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        text, note = decode(data)
        script = from_json(text) if path.suffix.lower() == ".json" else parse(text)
    except HallyuError as error:
        raise HallyuError(f"{path.name}: {error}") from error
    return replace(script, notes=(note,)) if note else script


def decode(data: bytes) -> tuple[str, str]:
    """Text of a script file's bytes, and a sentence when the bytes were not UTF-8 ("" when they were).

    >>> decode("첫눈".encode("cp949"))[0]
    '첫눈'
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding, name = "utf-16", "UTF-16"
    else:
        encoding, name = "utf-8-sig", ""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        try:
            text, name = data.decode("cp949"), "CP949, the encoding of older Korean Windows programs"
        except UnicodeDecodeError as error:
            raise HallyuError(
                "the bytes are neither UTF-8 nor CP949 text; open the script in a text editor and save "
                "it as UTF-8."
            ) from error
    return text, f"The file was in {name}; it was read as that, and is written back as UTF-8." if name else ""


def write(script: Script, path: str | Path) -> None:
    """Write *script* to *path*: JSON when the name ends in .json, else the text form; whole or not at all."""
    path = Path(path)
    text = to_json(script) if path.suffix.lower() == ".json" else format(script)
    with write_whole(path) as draft:
        draft.write_text(text, encoding="utf-8")


def _too_large(size: int) -> str:
    return (
        f"the script is {size / 1e6:.1f} MB and the limit is {MAX_BYTES / 1e6:.0f} MB (an episode is "
        "about 0.01 MB); "
        "check that this is the right file, or split it into episodes."
    )


# --- JSON -------------------------------------------------------------------------------------------------


def to_json(script: Script) -> str:
    """The typed cut list as JSON, for other programs; `from_json` reads exactly the same script back."""
    data = asdict(script)
    del data["notes"]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str) -> Script:
    """Read a script from JSON. Raises HallyuError that names a missing, unknown or mistyped field."""
    if len(text) > MAX_BYTES:
        raise HallyuError(_too_large(len(text)))
    try:
        data = json.loads(unicodedata.normalize("NFC", text))
    except (ValueError, RecursionError) as error:
        raise HallyuError(
            f"this is not JSON ({error}); write it with script.to_json, or use the text form."
        ) from error
    return build(Script, data, "script")


def build(kind, data, where: str):
    """Make a value of the annotated type *kind* out of parsed JSON; nothing is converted and nothing ignored.

    Understands the dataclasses of this module, str, int, bool, tuple[X, ...] and dict[str or int, X].
    Raises HallyuError that says where the data differ from the type.
    """
    if isinstance(kind, GenericAlias) and kind.__origin__ is tuple:
        if not isinstance(data, list):
            raise HallyuError(f"{where} is not a list.")
        return tuple(build(kind.__args__[0], item, f"{where}[{index}]") for index, item in enumerate(data))
    if isinstance(kind, GenericAlias) and kind.__origin__ is dict:
        if not isinstance(data, dict):
            raise HallyuError(f"{where} is not an object.")
        key_kind, value_kind = kind.__args__
        try:
            return {key_kind(key): build(value_kind, value, f"{where}.{key}") for key, value in data.items()}
        except ValueError as error:
            raise HallyuError(f"{where} has a key that is not a number.") from error
    if isinstance(kind, type) and kind in (str, int, bool):
        # bool is a kind of int in Python; "cut true" is still nonsense.
        if type(data) is not kind:
            raise HallyuError(f"{where} is not {'text' if kind is str else 'a ' + kind.__name__}.")
        return data
    if not isinstance(data, dict):
        raise HallyuError(f"{where} is not an object.")
    types = {item.name: item.type for item in fields(kind) if item.name != "notes"}
    if unknown := sorted(set(data) - set(types)):
        raise HallyuError(f"{where} has a field that is not known: {unknown[0][:40]}.")
    values = {name: build(types[name], value, f"{where}.{name}") for name, value in data.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise HallyuError(
            f"{where} lacks a field: {str(error).split('argument')[-1].lstrip('s: ')}."
        ) from error


# --- Table ------------------------------------------------------------------------------------------------


def _table(script: Script) -> str:
    from html import escape

    rows = []
    for cut in script.cuts:
        words = [f"{line.speaker}: {line.text}" if line.speaker else line.text for line in cut.lines]
        words += [f"♪ {cut.effect}"] if cut.effect else []
        who = ", ".join(f"{figure.name} ({figure.expression})" for figure in cut.figures)
        cells = [str(cut.number), str(cut.scene), cut.shot, cut.place, who, cut.beat, cut.pause]
        text = "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in cells)
        rows.append(f'<tr>{text}<td style="text-align:left">{"<br>".join(map(escape, words))}</td></tr>')
    heads = ("cut", "scene", "shot", "place", "figures", "beat", "pause", "words")
    head = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in heads)
    caption = f"{escape(script.title)}: {len(script.cuts)} cuts"
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f"<table><caption>{caption}</caption>{body}</table>"
