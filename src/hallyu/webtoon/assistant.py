"""A writing assistant: it proposes cuts from prose, and the writer accepts, edits or rejects each one.

The offline engine is rules, all of them in this file: who speaks is looked for in the sentence beside the
quotation, places and feelings are looked up in small lexicons, and the shot follows from what the words do (a
place is shown from afar, a feeling from near, talk in between). Any OpenAI-compatible server can be asked
instead, by name only.
"""

import difflib
import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import pairwise
from typing import NamedTuple

from hallyu.errors import HallyuError
from hallyu.morphemes import analyser
from hallyu.provenance.worklog import WorkLog
from hallyu.webtoon import vocabulary
from hallyu.webtoon.script import (
    LINE_KINDS,
    MAX_BYTES,
    POSITIONS,
    SHOTS,
    Character,
    Cut,
    Figure,
    Line,
    Script,
    build,
    cut_text,
    line_id,
    syllables,
)


@dataclass(frozen=True)
class Suggestion:
    """A proposed cut, why it was proposed, and the stretch prose[start:end] that it was made from."""

    cut: Cut
    reason: str
    start: int
    end: int


def propose(
    prose: str,
    cast: dict[str, Character],
    engine: str = "offline",
    narrator: str = "",
    base_url: str = "",
    model: str = "",
    key: str = "",
    timeout: float = 60.0,
) -> list[Suggestion]:
    """Propose cuts for *prose* in Korean or English, in the order of the text.

    engine: "offline" (rules on this machine) or "openai" (any server that speaks the OpenAI chat protocol at
        *base_url*; the prose and the cast are sent there, and nowhere unless this engine is named).
    narrator: the member of the cast who says "I" in the prose, or "" for nobody.
    timeout: seconds for the server's whole answer.
    Raises HallyuError with one sentence for empty or oversized prose, and for a reply that was not asked for.
    """
    if not prose.strip():
        raise HallyuError("There is no prose to propose cuts from; write a few sentences first.")
    if len(prose.encode("utf-8", "replace")) > MAX_BYTES:
        raise HallyuError(
            f"The prose is longer than {MAX_BYTES / 1e6:.0f} MB; give the assistant one episode at a time."
        )
    if narrator and narrator not in cast:
        raise HallyuError(f"The narrator {narrator} is not in the cast; choose from {', '.join(cast)}.")
    if engine == "offline":
        return _by_rules(prose, cast, narrator)
    if engine == "openai":
        return _by_server(prose, cast, narrator, base_url, model, key, timeout)
    raise HallyuError(f'There is no engine "{engine}"; use "offline" or "openai".')


# --- The lexicons -----------------------------------------------------------------------------------------

FEELINGS = {
    "laughing": r"소리 내어 웃|깔깔|폭소|\blaugh",
    "smiling": r"웃[으었는다음]|미소|빙그레|싱긋|\bsmil|\bgrin",
    "crying": r"(?<!서)울[었며면고음]|울먹|눈물|\bcr(y|ied)|\btears?\b|\bsobb",
    "sad": r"슬[프퍼픔펐]|어두워졌|쓸쓸|한숨|\bsad|\bsigh",
    "angry": r"화[가를] [나났내냈]|화난|노려보|\bangr|\bglar",
    "surprised": r"놀[라랐란람]|깜짝|눈을 (동그랗|크)|\bsurpris|\bstartl|\bgasp|eyes wid",
    "shy": r"수줍|부끄|쑥스|얼굴을 붉|얼굴이 빨개|\bshy|\bblush",
}
PLACE_WORDS = {
    "snow forest": r"숲|소나무|\bforest|\bpines?\b",
    "room": r"방(에서|으로|에|이|은| )|거실|부엌|\broom\b|\bkitchen",
    "night city": r"밤 도시|야경|불빛|\bnight city|\bcity lights",
    "street": r"거리|골목|(?<![숲눈])길(에|을|가)|\bstreet|\balley",
}
SPEAKING = r"말했|말씀|물었|대답|외쳤|속삭|중얼|\bsaid\b|\basked\b|\bsays\b|\banswered\b|\bwhisper|\bshout"
SOUNDS = (
    r"(?<![가-힣])(뽀드득|쾅|쿵|툭|탁|휘잉|찰칵|딸랑|쏴아)(?![가-힣])|(?<![가-힣])(?P<pair>[가-힣]{2})(?P=pair)"
    r"|\b(crunch|bang|thud|splash|click|knock knock)\b"
)
"""Patterns of cue words; a doubled pair of syllables (사박사박) is how Korean writes most sounds."""

BALLOON = 15
"""Syllables in one balloon: a longer quotation is split at its sentences, shorter narration is joined."""


# --- Offline: rules ---------------------------------------------------------------------------------------


@dataclass
class _Piece:
    """A quotation or a sentence of the prose."""

    start: int
    end: int
    text: str
    quote: str = ""
    """"speech" or "thought" for a quotation, "" for narrative."""
    subject: str = ""
    """Who in the cast the narrative sentence is about."""
    used: bool = False
    """True for a sentence that was taken as the direction of a quotation."""


@dataclass
class _Draft:
    pieces: list[_Piece]
    lines: list[Line] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    expression: str = "neutral"
    opens: bool = False
    alone: bool = False
    """True for a quotation with no sentence beside it, which may share a cut with its neighbour."""
    effect: str = ""
    reasons: list[str] = field(default_factory=list)


def _by_rules(prose: str, cast: dict[str, Character], narrator: str) -> list[Suggestion]:
    suggestions: list[Suggestion] = []
    place, scene = "", 1
    last_speakers: list[str] = []
    offset, blank = 0, False
    drafts: list[tuple[int, str, _Draft]] = []
    for paragraph in prose.split("\n"):
        if not paragraph.strip():
            blank = bool(drafts)
        else:
            if blank:
                scene, blank = scene + 1, False
            pieces = _pieces(paragraph, offset, cast, narrator)
            for draft in _drafts(pieces, last_speakers):
                words = " ".join(piece.text for piece in draft.pieces if not piece.quote)
                found = _first(PLACE_WORDS, words)
                draft.opens = not drafts or drafts[-1][0] != scene or (found not in ("", place))
                place = found or place or "room"
                drafts.append((scene, place, draft))
        offset += len(paragraph) + 1
    for scene, place, draft in _two_shots(drafts):
        suggestions.append(_suggestion(len(suggestions) + 1, scene, place, draft))
    return suggestions


def _pieces(paragraph: str, offset: int, cast: dict[str, Character], narrator: str) -> list[_Piece]:
    """Quotations and sentences of one paragraph, in order; positions count from the start of the prose."""
    pieces = []
    at = 0
    for match in [*_QUOTE.finditer(paragraph), None]:
        stop = match.start() if match else len(paragraph)
        for start, end in _sentences(paragraph[at:stop]):
            text = paragraph[at + start : at + end]
            if re.search(r"\w", text):
                subject = _subject(text, cast, narrator)
                pieces.append(_Piece(offset + at + start, offset + at + end, text, subject=subject))
        if match:
            kind = "thought" if match.group()[0] in "'‘" else "speech"
            pieces.append(
                _Piece(offset + match.start(), offset + match.end(), match.group()[1:-1].strip(), kind)
            )
            at = match.end()
    return pieces


_QUOTE = re.compile(
    r'"[^"\n]+"|“[^”\n]+”|「[^」\n]+」|‘[^’\n]+’(?!\w)|' + r"(?<!\w)'(?:[^'\n]|(?<=\w)'(?=\w))+'(?!\w)"
)


def _sentences(text: str) -> list[tuple[int, int]]:
    if re.search(r"[가-힣]", text):
        return [(sentence.start, sentence.end) for sentence in analyser().split_into_sents(text)]
    return [match.span() for match in re.finditer(r"\S.*?(?:[.!?…]+(?=\s|$)|$)", text)]


def _subject(sentence: str, cast: dict[str, Character], narrator: str) -> str:
    """Who the sentence is about: the first person marked as subject or topic, else whose face it is."""
    people = _called(cast, narrator)
    if not re.search(r"[가-힣]", sentence):
        named = [
            (match.start(), person)
            for word, person in people.items()
            if (match := re.search(rf"\b{re.escape(word)}\b", sentence, re.IGNORECASE))
        ]
        return min(named)[1] if named else ""
    # Names are given to the analyser as they are, or it would take 도윤이 for one word.
    names = "|".join(
        sorted((word for word in people if re.fullmatch(r"[가-힣]{2,}", word)), key=len, reverse=True)
    )
    spans = [(*match.span(), "NNP") for match in re.finditer(rf"(?<![가-힣])(?:{names})", sentence) if names]
    tokens = analyser().tokenize(sentence, pretokenized=spans)
    owner = ""
    for token, after in pairwise(tokens):
        if token.form in people and token.tag in ("NNP", "NNG", "NP"):
            # JKS and JX mark subject and topic (이/가, 은/는); VCP is "is called"; JKG is "of" (도윤의 얼굴).
            if after.tag in ("JKS", "JX", "VCP"):
                return people[token.form]
            if after.tag == "JKG":
                owner = owner or people[token.form]
    if sentence.startswith("전화기 너머 "):
        return next((people[token.form] for token in tokens if token.form in people), owner)
    return owner


def _called(cast: dict[str, Character], narrator: str) -> dict[str, str]:
    """Every word that means somebody of the cast: names, "I" for the narrator, "소년" for the only boy."""
    people = {name: person.name for person in cast.values() for name in (person.name, *person.names.values())}
    for english, korean in vocabulary.PEOPLE.items():
        members = [person.name for person in cast.values() if english in person.look or korean in person.look]
        if len(members) == 1:
            people.setdefault(english, members[0])
            people.setdefault(korean, members[0])
    if narrator:
        people |= dict.fromkeys(("나", "내", "저", "I"), narrator)
    return people


def _drafts(pieces: list[_Piece], last_speakers: list[str]) -> list[_Draft]:
    drafts: list[_Draft] = []
    for index, piece in enumerate(pieces):
        if piece.quote:
            piece.used = True
            direction = _direction(pieces, index)
            if direction is None and drafts and drafts[-1].people:
                # A paragraph is one person's turn: "Sorry," said Doyun. "I didn't mean to scare you."
                drafts[-1].pieces.append(piece)
                drafts[-1].lines += _said(piece, drafts[-1].people[0])
            else:
                drafts.append(_spoken(piece, direction, last_speakers))
    sounds = []
    for piece in pieces:
        if piece.used:
            continue
        if piece.subject and piece.subject not in last_speakers[-1:]:
            last_speakers.append(piece.subject)
        if (match := re.fullmatch(rf"(?P<sound>{SOUNDS})[.!…,]*", piece.text, re.IGNORECASE)) is not None:
            sounds.append((piece, match["sound"]))
        elif (before := _short_narration(drafts, pieces, piece)) is not None:
            text = f"{before.lines[0].text} {piece.text}"
            before.pieces.append(piece)
            before.lines[0] = replace(before.lines[0], text=text)
        else:
            drafts.append(_told(piece))
    drafts.sort(key=lambda draft: draft.pieces[0].start)
    for piece, sound in sounds:
        # A sound that is a sentence of its own belongs to what it announces.
        target = next(
            (draft for draft in drafts if draft.pieces[-1].end > piece.start), drafts[-1] if drafts else None
        )
        if target is None:
            drafts.append(target := _Draft([piece]))
        target.effect = target.effect or sound
        target.reasons.append(f"“{sound}” is a sound")
    return drafts


def _short_narration(drafts: list[_Draft], pieces: list[_Piece], piece: _Piece) -> _Draft | None:
    """The draft of the sentence right before *piece*, when both together are one short narration."""
    place = pieces.index(piece)
    if place == 0 or piece.subject or _first(FEELINGS, piece.text):
        return None
    for draft in drafts:
        if draft.pieces[-1] is pieces[place - 1] and not draft.people and draft.lines:
            length = syllables(draft.lines[0].text + piece.text)
            return draft if draft.lines[0].kind == "narration" and length <= BALLOON else None
    return None


def _direction(pieces: list[_Piece], index: int) -> _Piece | None:
    """The sentence that says how the quotation at *index* is spoken, and marks it as used."""
    after = pieces[index + 1] if index + 1 < len(pieces) else None
    before = pieces[index - 1] if index else None
    for piece, needed in ((after, SPEAKING), (before, ""), (after, "")):
        if piece and not piece.quote and not piece.used and piece.subject and re.search(needed, piece.text):
            piece.used = True
            return piece
    return None


def _spoken(quote: _Piece, direction: _Piece | None, last_speakers: list[str]) -> _Draft:
    draft = _Draft(sorted([quote, *([direction] if direction else [])], key=lambda piece: piece.start))
    if direction:
        speaker = direction.subject
        draft.reasons.append(f"{speaker} is the subject of “{direction.text}”")
    else:
        recent = list(dict.fromkeys(reversed(last_speakers)))
        speaker = recent[1] if len(recent) > 1 else recent[0] if recent else ""
        draft.alone = True
        draft.reasons.append(f"nobody is named, so the turn goes to {speaker or 'nobody'}")
    if speaker:
        last_speakers.append(speaker)
        draft.people = [speaker]
    draft.lines = _said(quote, speaker)
    _read_direction(draft)
    return draft


def _said(quote: _Piece, speaker: str) -> list[Line]:
    return [
        Line("", text, speaker, quote.quote if speaker else "narration") for text in _balloons(quote.text)
    ]


def _told(piece: _Piece) -> _Draft:
    """A sentence without a quotation: drawn when it shows a face, read as narration when it does not."""
    draft = _Draft([piece], people=[piece.subject] if piece.subject else [])
    _read_direction(draft)
    if draft.expression == "neutral":
        draft.lines.append(Line("", piece.text, "", "narration"))
        draft.reasons.append("it is told, not said")
    return draft


def _read_direction(draft: _Draft) -> None:
    words = " ".join(piece.text for piece in draft.pieces if not piece.quote)
    if found := _first(FEELINGS, words):
        draft.expression = found
        draft.reasons.append(f"“{re.search(FEELINGS[found], words, re.IGNORECASE).group()}” is {found}")
    if match := re.search(SOUNDS, words, re.IGNORECASE):
        draft.effect = match.group()
        draft.reasons.append(f"“{match.group()}” is a sound")


def _balloons(quote: str) -> list[str]:
    quote = quote.rstrip(",")
    if syllables(quote) <= BALLOON:
        return [quote]
    return [quote[start:end].strip() for start, end in _sentences(quote)]


def _first(lexicon: dict[str, str], words: str) -> str:
    """The first entry of *lexicon* with a cue in *words*, or ""; the order of the lexicon decides."""
    return next((name for name, cues in lexicon.items() if re.search(cues, words, re.IGNORECASE)), "")


def _two_shots(drafts: list[tuple[int, str, _Draft]]) -> list[tuple[int, str, _Draft]]:
    """Join two bare quotations by different people into one cut: question and answer share the frame."""
    joined: list[tuple[int, str, _Draft]] = []
    for scene, place, draft in drafts:
        before = joined[-1] if joined else None
        if (
            before
            and (before[0], before[1]) == (scene, place)
            and before[2].alone and draft.alone
            and len(before[2].people) == len(draft.people) == 1
            and before[2].people != draft.people
        ):  # fmt: skip
            first = before[2]
            first.pieces += draft.pieces
            first.lines += draft.lines
            first.people += draft.people
            first.reasons += draft.reasons
            first.effect = first.effect or draft.effect
        else:
            joined.append((scene, place, draft))
    return joined


def _suggestion(number: int, scene: int, place: str, draft: _Draft) -> Suggestion:
    shot, why = _shot(draft)
    figures: tuple[Figure, ...] = ()
    if len(draft.people) == 2:
        left, right = draft.people
        figures = (
            Figure(left, view="facing right", position="left"),
            Figure(right, view="facing left", position="right"),
        )
    elif draft.people and shot != "establishing":
        figures = (Figure(draft.people[0], draft.expression),)
    lines = tuple(replace(line, id=line_id(number, index)) for index, line in enumerate(draft.lines, 1))
    cut = Cut(number, scene, shot, place, figures=figures, lines=lines, effect=draft.effect)
    reason = "; ".join([f"{shot}: {why}", *draft.reasons])
    return Suggestion(cut, reason, draft.pieces[0].start, max(piece.end for piece in draft.pieces))


def _shot(draft: _Draft) -> tuple[str, str]:
    told = all(not piece.quote for piece in draft.pieces)
    if told and (draft.opens or not draft.people):
        return "establishing", "it opens a place" if draft.opens else "nobody is in it"
    if len(draft.people) == 2:
        return "bust", "two speakers share the frame"
    if draft.expression != "neutral":
        return "close-up", "there is a feeling to see"
    if any(line.kind == "thought" for line in draft.lines):
        return "close-up", "a thought is heard from near"
    return "bust", "somebody talks or acts"


# --- Online: any OpenAI-compatible server -----------------------------------------------------------------


@dataclass(frozen=True)
class _ReplyFigure:
    name: str
    expression: str
    view: str
    position: str


@dataclass(frozen=True)
class _ReplyLine:
    speaker: str
    kind: str
    text: str


@dataclass(frozen=True)
class _ReplyCut:
    first_sentence: int
    last_sentence: int
    shot: str
    place: str
    figures: tuple[_ReplyFigure, ...]
    lines: tuple[_ReplyLine, ...]
    effect: str
    reason: str


@dataclass(frozen=True)
class _Reply:
    cuts: tuple[_ReplyCut, ...]


MAX_REPLY = 1_000_000
"""Bytes of a server's answer that are read; a longer one is refused."""
MAX_TEXT = 400
"""Characters of one text in a server's answer."""


def _by_server(
    prose: str, cast: dict[str, Character], narrator: str, base_url: str, model: str, key: str, timeout: float
) -> list[Suggestion]:
    if not base_url.startswith(("http://", "https://")) or not model:
        raise HallyuError('engine="openai" needs base_url (http://… or https://…) and model; give both.')
    sentences = _numbered(prose)
    listing = "\n".join(f"{number}. {prose[start:end]}" for number, (start, end) in enumerate(sentences, 1))
    request = {
        "model": model,
        "temperature": 0,
        "messages": [
            {"role": "system", "content": _instruction(cast, narrator)},
            {"role": "user", "content": listing},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "cuts", "strict": True, "schema": _schema(cast)},
        },
    }
    content = _ask(base_url.rstrip("/") + "/chat/completions", request, key, timeout)
    try:
        reply = build(_Reply, json.loads(content), "reply")
        return [_checked(cut, number, cast, sentences) for number, cut in enumerate(reply.cuts, 1)]
    except (ValueError, RecursionError) as error:
        raise HallyuError(
            f"The server {base_url} did not answer with JSON; try again or use another model."
        ) from error
    except HallyuError as error:
        raise HallyuError(
            f"The server {base_url} answered with something that is no cut list: {error}"
        ) from error


def _numbered(prose: str) -> list[tuple[int, int]]:
    spans, offset = [], 0
    for paragraph in prose.split("\n"):
        spans += [(piece.start, piece.end) for piece in _pieces(paragraph, offset, {}, "")]
        offset += len(paragraph) + 1
    return sorted(spans)


def _instruction(cast: dict[str, Character], narrator: str) -> str:
    people = "; ".join(f"{person.name} ({person.look})" for person in cast.values())
    return (
        "You help a webtoon writer. Break the numbered sentences into cuts, in order, and answer "
        "in JSON only. "
        "Keep the writer's words; use only the words the schema allows; narration has an empty speaker. "
        f"The cast: {people}. " + (f"The narrator, who says I, is {narrator}. " if narrator else "")
    )


def _schema(cast: dict[str, Character]) -> dict:
    """The JSON schema of the answer: `_Reply` with the vocabulary's words as the only choices."""

    def thing(**properties) -> dict:
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }

    text, number = {"type": "string", "maxLength": MAX_TEXT}, {"type": "integer", "minimum": 1}
    figure = thing(
        name={"enum": list(cast)}, expression={"enum": list(vocabulary.EXPRESSIONS)},
        view={"enum": list(vocabulary.VIEWS)}, position={"enum": list(POSITIONS)},
    )  # fmt: skip
    line = thing(speaker={"enum": ["", *cast]}, kind={"enum": list(LINE_KINDS)}, text=text)
    cut = thing(
        first_sentence=number, last_sentence=number, shot={"enum": list(SHOTS)},
        place={"enum": list(vocabulary.PLACES)}, figures={"type": "array", "items": figure},
        lines={"type": "array", "items": line}, effect=text, reason=text,
    )  # fmt: skip
    return thing(cuts={"type": "array", "items": cut})


def _ask(url: str, request: dict, key: str, timeout: float) -> str:
    """Post *request* and return the first choice's text; at most MAX_REPLY bytes in *timeout* seconds."""
    import httpx

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    deadline = time.monotonic() + timeout
    data = bytearray()
    try:
        # Neither redirects nor proxies of the environment: the prose goes where the writer said, or nowhere.
        with (
            httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, json=request, headers=headers) as response,
        ):
            if response.status_code != 200:
                raise HallyuError(
                    f"The server {url} answered with status {response.status_code}; check address and key."
                )
            for chunk in response.iter_bytes():
                data += chunk
                if len(data) > MAX_REPLY:
                    raise HallyuError(
                        f"The server {url} answered with more than {MAX_REPLY / 1e6:.0f} MB; it was cut off."
                    )
                if time.monotonic() > deadline:
                    raise HallyuError(
                        f"The server {url} took longer than {timeout:g} s; raise timeout or use another."
                    )
    except httpx.TimeoutException as error:
        raise HallyuError(
            f"The server {url} took longer than {timeout:g} s; raise timeout or use another."
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise HallyuError(
            f"The server {url} cannot be reached ({type(error).__name__}); is it running?"
        ) from error
    try:
        content = json.loads(data)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise HallyuError(f"The server {url} does not speak the chat protocol; check base_url.") from error
    if not isinstance(content, str):
        raise HallyuError(f"The server {url} answered without text; try again or use another model.")
    return content


def _checked(
    reply: _ReplyCut, number: int, cast: dict[str, Character], sentences: list[tuple[int, int]]
) -> Suggestion:
    """A cut of the server's answer as a suggestion; every word is compared with what was allowed."""

    def one_of(word: str, allowed: Iterable[str], what: str) -> None:
        if word not in allowed:
            raise HallyuError(f"cut {number} has the {what} “{word[:40]}”, which was not offered.")

    def plain(text: str, what: str) -> None:
        if len(text) > MAX_TEXT or any(not character.isprintable() for character in text):
            raise HallyuError(f"cut {number} has a {what} that is too long or not plain text.")

    if not 1 <= reply.first_sentence <= reply.last_sentence <= len(sentences):
        raise HallyuError(f"cut {number} points at sentences that do not exist.")
    one_of(reply.shot, SHOTS, "shot")
    one_of(reply.place, vocabulary.PLACES, "place")
    for figure in reply.figures:
        one_of(figure.name, cast, "character")
        one_of(figure.expression, vocabulary.EXPRESSIONS, "expression")
        one_of(figure.view, vocabulary.VIEWS, "view")
        one_of(figure.position, POSITIONS, "position")
    for line in reply.lines:
        one_of(line.speaker, {"", *cast}, "speaker")
        one_of(line.kind, LINE_KINDS, "way of speaking")
        if (line.kind == "narration") != (line.speaker == "") or not line.text.strip():
            raise HallyuError(f"cut {number} has a line without words or without a speaker.")
        plain(line.text, "line")
    plain(reply.effect, "sound effect")
    plain(reply.reason, "reason")
    drawn = {figure.name for figure in reply.figures}
    unseen = set(cast) - drawn
    lines = tuple(
        Line(line_id(number, index), line.text.strip(), line.speaker, line.kind, line.speaker in unseen)
        for index, line in enumerate(reply.lines, 1)
    )
    figures = tuple(Figure(**asdict(figure)) for figure in reply.figures)
    cut = Cut(number, 1, reply.shot, reply.place, figures=figures, lines=lines, effect=reply.effect.strip())
    return Suggestion(
        cut, reply.reason, sentences[reply.first_sentence - 1][0], sentences[reply.last_sentence - 1][1]
    )


# --- The writer decides -----------------------------------------------------------------------------------


class Session:
    """The writer's decisions on a list of suggestions; each is written to the work log as it is made.

    A later decision on the same cut replaces the earlier one, and both stay in the log. Cut numbers are kept,
    so that the log's targets ("c03") stay true.
    """

    def __init__(self, suggestions: Sequence[Suggestion], log: WorkLog, writer: str, tool: str = "cut rules"):
        self.suggestions = {suggestion.cut.number: suggestion for suggestion in suggestions}
        self.log = log
        self.writer = writer
        self.chosen: dict[int, Cut | None] = {}
        for number, suggestion in self.suggestions.items():
            log.add("tool", tool, "propose", _target(number), after=cut_text(suggestion.cut))

    def accept(self, number: int) -> Cut:
        """Take the suggestion as it is."""
        cut = self._suggested(number).cut
        self.log.add("human", self.writer, "accept", _target(number), after=cut_text(cut))
        self.chosen[number] = cut
        return cut

    def edit(self, number: int, **changes) -> Cut:
        """Take the suggestion with *changes* to its fields, such as shot="close-up"; returns the new cut."""
        before = self.chosen.get(number) or self._suggested(number).cut
        if unknown := set(changes) - {item.name for item in fields(Cut)}:
            raise HallyuError(
                f"A cut has no field {sorted(unknown)[0]} to change; it has shot, place, figures, lines, …"
            )
        cut = replace(before, **changes)
        self.log.add(
            "human", self.writer, "edit", _target(number), before=cut_text(before), after=cut_text(cut)
        )
        self.chosen[number] = cut
        return cut

    def reject(self, number: int) -> None:
        """Leave the suggestion out of the script."""
        cut = self._suggested(number).cut
        self.log.add("human", self.writer, "reject", _target(number), before=cut_text(cut))
        self.chosen[number] = None

    @property
    def undecided(self) -> list[int]:
        """Numbers of the suggestions that wait for the writer."""
        return [number for number in self.suggestions if number not in self.chosen]

    def script(self, title: str, cast: dict[str, Character]) -> Script:
        """The script of the accepted and edited cuts. Raises HallyuError while suggestions are undecided."""
        if self.undecided:
            waiting = ", ".join(map(str, self.undecided[:5]))
            raise HallyuError(
                f"{len(self.undecided)} suggestions wait for you (cut {waiting}); accept, "
                "edit or reject each."
            )
        return Script(title, cast, tuple(cut for _, cut in sorted(self.chosen.items()) if cut is not None))

    def _suggested(self, number: int) -> Suggestion:
        if number not in self.suggestions:
            raise HallyuError(f"There is no suggestion {number}; they run from 1 to {len(self.suggestions)}.")
        return self.suggestions[number]


def _target(number: int) -> str:
    return f"c{number:02d}"


# --- How good is it? --------------------------------------------------------------------------------------


class Agreement(NamedTuple):
    """How many of the *proposed* and of the writer's *written* items are the same."""

    same: int
    proposed: int
    written: int

    @property
    def precision(self) -> float:
        """Share of the proposed items that the writer also has, 0 to 1."""
        return self.same / self.proposed if self.proposed else 0.0

    @property
    def recall(self) -> float:
        """Share of the writer's items that were proposed, 0 to 1."""
        return self.same / self.written if self.written else 0.0


def agreement(proposed: Sequence[Cut], written: Sequence[Cut]) -> dict[str, Agreement]:
    """Compare proposed cuts with the writer's own, after pairing them by their words in order.

    "cuts" counts the pairs; "shots" and "places" the pairs that agree; "figures" who is drawn; "expressions"
    who with what face; "speakers" the balloons with the same words from the same mouth.

    >>> cut = Cut(1, 1, "bust", "room", lines=(Line("c01-1", "그럼 왜…!", "하늘"),))
    >>> agreement([replace(cut, shot="close-up")], [cut])["shots"]
    Agreement(same=0, proposed=1, written=1)
    """
    pairs = _paired(proposed, written)
    count = (len(proposed), len(written))

    def members(cuts: Sequence[Cut], of) -> int:
        return sum(len(of(cut)) for cut in cuts)

    def shared(of) -> Agreement:
        same = sum(len(of(ours) & of(theirs)) for ours, theirs in pairs)
        return Agreement(same, members(proposed, of), members(written, of))

    return {
        "cuts": Agreement(len(pairs), *count),
        "shots": Agreement(sum(a.shot == b.shot for a, b in pairs), *count),
        "places": Agreement(sum(a.place == b.place for a, b in pairs), *count),
        "figures": shared(lambda cut: {figure.name for figure in cut.figures}),
        "expressions": shared(lambda cut: {(figure.name, figure.expression) for figure in cut.figures}),
        "speakers": shared(lambda cut: {(line.speaker, _letters(line.text)) for line in cut.lines}),
    }


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _paired(proposed: Sequence[Cut], written: Sequence[Cut]) -> list[tuple[Cut, Cut]]:
    """Pairs in order that maximise the likeness of words (dynamic programming); unlike cuts stay unpaired."""

    def likeness(a: Cut, b: Cut) -> float:
        words = [_letters("".join(line.text for line in cut.lines)) for cut in (a, b)]
        if not any(words):
            return 0.5
        ratio = difflib.SequenceMatcher(None, *words, autojunk=False).ratio()
        return ratio if ratio >= 0.5 else 0.0

    best = [[0.0] * (len(written) + 1) for _ in range(len(proposed) + 1)]
    like = [[likeness(a, b) for b in written] for a in proposed]
    for i in range(len(proposed) - 1, -1, -1):
        for j in range(len(written) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + like[i][j])
    pairs, i, j = [], 0, 0
    while i < len(proposed) and j < len(written):
        if like[i][j] and best[i][j] == best[i + 1][j + 1] + like[i][j]:
            pairs.append((proposed[i], written[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
