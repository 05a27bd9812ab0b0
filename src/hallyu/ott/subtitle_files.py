"""Subtitle files: IMSC 1.1, WebVTT and SubRip out; these, and Scenarist SCC and EBU STL, in.

A file's format is found in its contents, never in its name. What each one keeps:

- IMSC 1.1 text profile (.ttml, .xml), what streaming services take: everything that a Track has.
- WebVTT (.vtt), what browsers show: no kind, no rate, not what is forced, and not who wrote which cue.
- SubRip (.srt), what everybody opens: no speakers either, and nothing about itself.

IMSC, SCC and STL are read by ttconv. WebVTT and SubRip are read here, for ttconv gives a whole file up at one missing number.
Sources: W3C TTML2 and IMSC 1.1; W3C WebVTT; EBU Tech 3264; CEA-608 as in Scenarist closed captions.
"""

import contextlib
import html
import io
import logging
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

from hallyu import timecode
from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.ott import timedtext
from hallyu.ott.timedtext import Cue, Track

LARGEST = 50_000_000
"""Bytes of a file that is opened. A hundred thousand cues have 20 million; a larger file is none of subtitles."""
MOST_TAGS = 2_000_000
"""Tags of a TTML document that is opened: twenty for each of a hundred thousand cues. Each takes memory."""
SUFFIXES = {".ttml": "imsc", ".xml": "imsc", ".dfxp": "imsc", ".vtt": "webvtt", ".srt": "srt"}
"""Endings of files that are written, and their formats."""
_HOW = "export the subtitles as IMSC (TTML), WebVTT or SRT and try again"
_TT, _TTM, _TTP, _TTS, _ITTS, _XML = (
    "http://www.w3.org/ns/ttml",
    "http://www.w3.org/ns/ttml#metadata",
    "http://www.w3.org/ns/ttml#parameter",
    "http://www.w3.org/ns/ttml#styling",
    "http://www.w3.org/ns/ttml/profile/imsc1#styling",
    "http://www.w3.org/XML/1998/namespace",
)
_PROFILE = "http://www.w3.org/ns/ttml/profile/imsc1.1/text"
_NOT_WRITTEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u2028\u2029]")
"""What no format can hold: control characters, halves of characters, marks of byte order, and other ends of lines."""


@dataclass(frozen=True)
class _Found:
    """What a file says. None, or "", where it does not."""

    cues: list[Cue]
    language: str = ""
    kind: str = ""
    rate: Fraction | None = None
    about: str = ""


def read(
    source: str | Path | bytes, language: str = "", kind: str = "", rate: float | Fraction | None = None
) -> Track:
    """The track in a file, or in its bytes.

    language, kind, rate: what is to hold, whatever the file says. Where neither says it, the language is "ko" where there
    is Hangul and else "und", the kind is subtitles, and the rate 24 frames a second.
    Text may be UTF-8, UTF-16, or Korean of Windows (CP949), with any ends of lines. STL begins at its own first timecode;
    the others as they are. In STL, ttconv puts cues that overlap one after another, and leaves out those without any time.
    Raises HallyuError for what is missing, larger than LARGEST, none of the formats, or damaged.
    """
    name, data = _bytes(source)
    found = _parse(name, data)
    if not found.cues:
        raise HallyuError(f"{name} holds no subtitles: {_HOW}.")
    if not language:
        language = found.language or (
            "ko" if any(re.search("[가-힣]", cue.text) for cue in found.cues) else "und"
        )
    return Track(
        tuple(found.cues),
        language,
        kind or found.kind or "subtitles",
        timecode.exact(found.rate or 24 if rate is None else rate),
        found.about,
    )


def write(path: str | Path, track: Track) -> None:
    """Write a track as IMSC 1.1 (.ttml, .xml, .dfxp), WebVTT (.vtt) or SubRip (.srt), in UTF-8.

    Raises HallyuError for another ending.
    """
    path = Path(path)
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise HallyuError(f"{path.name}: subtitles are written as {', '.join(SUFFIXES)}; change the ending.")
    text = {"imsc": to_imsc, "webvtt": to_webvtt, "srt": to_srt}[kind](track)
    with write_whole(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


# Out -----------------------------------------------------------------------------------------------------------------


def to_imsc(track: Track) -> str:
    """The track as a document of the IMSC 1.1 text profile.

    Times are ticks of which a frame has a whole number, so that 23.976 has no rounding. A cue's place is told in general
    terms, as services ask for it: above or below, and how its lines are aligned.
    """
    for prefix, uri in (("", _TT), ("ttm", _TTM), ("ttp", _TTP), ("tts", _TTS), ("itts", _ITTS)):
        ET.register_namespace(prefix, uri)
    ticks = tick_rate(track.rate)
    nominal = timecode.nominal(track.rate)
    exact = track.rate / nominal
    tt = ET.Element(f"{{{_TT}}}tt", {
        f"{{{_XML}}}lang": track.language, f"{{{_XML}}}space": "preserve", f"{{{_TTP}}}contentProfiles": _PROFILE,
        f"{{{_TTP}}}timeBase": "media", f"{{{_TTP}}}frameRate": str(nominal),
        f"{{{_TTP}}}frameRateMultiplier": f"{exact.numerator} {exact.denominator}", f"{{{_TTP}}}tickRate": str(ticks),
    })  # fmt: skip
    head = ET.SubElement(tt, f"{{{_TT}}}head")
    speakers = _numbered("speaker", (cue.speaker for cue in track.cues))
    authors = _numbered("author", (cue.by for cue in track.cues))
    if track.about:
        ET.SubElement(head, f"{{{_TTM}}}desc").text = _clean(track.about)
    for agents, kind, name in ((speakers, "character", "alias"), (authors, "other", "full")):
        for each, number in agents.items():
            agent = ET.SubElement(head, f"{{{_TTM}}}agent", {"type": kind, f"{{{_XML}}}id": number})
            ET.SubElement(agent, f"{{{_TTM}}}name", {"type": name}).text = _clean(each)
    styling = ET.SubElement(head, f"{{{_TT}}}styling")
    ET.SubElement(styling, f"{{{_TT}}}style", {
        f"{{{_XML}}}id": "basic", f"{{{_TTS}}}fontFamily": "proportionalSansSerif", f"{{{_TTS}}}fontSize": "100%",
        f"{{{_TTS}}}color": "white", f"{{{_TTS}}}textOutline": "black 5%", f"{{{_TTS}}}textAlign": "center",
    })  # fmt: skip
    layout = ET.SubElement(head, f"{{{_TT}}}layout")
    for place, edge in (("bottom", "after"), ("top", "before")):
        ET.SubElement(layout, f"{{{_TT}}}region", {
            f"{{{_XML}}}id": place, "style": "basic", f"{{{_TTS}}}origin": "10% 10%", f"{{{_TTS}}}extent": "80% 80%",
            f"{{{_TTS}}}displayAlign": edge,
        })  # fmt: skip
    role = {"sdh": {f"{{{_TTM}}}role": "caption"}}.get(track.kind, {})
    body = ET.SubElement(tt, f"{{{_TT}}}body", role)
    div = ET.SubElement(body, f"{{{_TT}}}div")
    for number, cue in enumerate(track.cues, 1):
        about = {
            f"{{{_XML}}}id": f"cue{number}", "region": "top" if cue.top else "bottom",
            "begin": f"{round(cue.start * ticks)}t", "end": f"{round(cue.end * ticks)}t",
        }  # fmt: skip
        if cue.align != "center":
            about[f"{{{_TTS}}}textAlign"] = cue.align
        if cue.forced:
            about[f"{{{_ITTS}}}forcedDisplay"] = "true"
        agents = [number for number in (speakers.get(cue.speaker), authors.get(cue.by)) if number]
        if agents:
            about[f"{{{_TTM}}}agent"] = " ".join(agents)
        _fill(ET.SubElement(div, f"{{{_TT}}}p", about), cue.text)
    for parent in (tt, head, styling, layout, body, div):
        parent.text = "\n"
        for child in parent:
            child.tail = "\n"
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(tt, encoding="unicode") + "\n"


def _numbered(kind: str, names: Iterable[str]) -> dict[str, str]:
    """An id for each name, in the order in which they first come."""
    return {name: f"{kind}{n}" for n, name in enumerate(dict.fromkeys(filter(None, names)), 1)}


def tick_rate(rate: Fraction) -> int:
    """Ticks a second of which every frame, and for whole rates every millisecond, has a whole number.

    >>> tick_rate(Fraction(24000, 1001)), tick_rate(Fraction(25))
    (24000, 25000)
    """
    return rate.numerator if rate.numerator >= 1000 else rate.numerator * 1000


def _fill(paragraph: ET.Element, text: str) -> None:
    """Put lines and italics into a <p>."""
    for piece, italic in timedtext.spans(_clean(text)):
        into = paragraph
        if italic:
            into = ET.SubElement(paragraph, f"{{{_TT}}}span", {f"{{{_TTS}}}fontStyle": "italic"})
        for m, line in enumerate(piece.split("\n")):
            if m:
                ET.SubElement(into, f"{{{_TT}}}br").tail = line
            elif italic or not len(paragraph):
                into.text = line
            else:
                paragraph[-1].tail = line


def to_webvtt(track: Track) -> str:
    """The track as WebVTT.

    >>> print(to_webvtt(Track((Cue(1, 2.5, "첫눈이다", speaker="나영"),))))
    WEBVTT
    <BLANKLINE>
    1
    00:00:01.000 --> 00:00:02.500
    <v 나영>첫눈이다</v>
    <BLANKLINE>
    """
    note = _solid(track.about).replace("-->", "→")
    blocks = ["WEBVTT\n", *([f"NOTE\n{note}\n"] if note else [])]
    for number, cue in enumerate(track.cues, 1):
        settings = (" line:0" if cue.top else "") + (f" align:{cue.align}" if cue.align != "center" else "")
        body = "".join(
            f"<i>{html.escape(piece, quote=False)}</i>" if italic else html.escape(piece, quote=False)
            for piece, italic in timedtext.spans(_solid(cue.text))
        )
        if cue.speaker:
            body = f"<v {html.escape(' '.join(_clean(cue.speaker).split()), quote=False)}>{body}</v>"
        blocks.append(f"{number}\n{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}{settings}\n{body}\n")
    return "\n".join(blocks)


def to_srt(track: Track) -> str:
    """The track as SubRip. Cues at the upper edge have {\\an8}, which players know from another format.

    >>> print(to_srt(Track((Cue(1, 2.5, "첫눈이다"),))))
    1
    00:00:01,000 --> 00:00:02,500
    첫눈이다
    <BLANKLINE>
    """
    blocks = []
    for number, cue in enumerate(track.cues, 1):
        place = timedtext.ALIGNS.index(cue.align) + (7 if cue.top else 1)
        tag = "" if place == 2 else f"{{\\an{place}}}"
        blocks.append(
            f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{tag}{_solid(cue.text)}\n"
        )
    return "\n".join(blocks)


def _clock(seconds: float, point: str) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def _clean(text: str) -> str:
    return _NOT_WRITTEN.sub("", text)


def _solid(text: str) -> str:
    """Text without its empty lines, which would end a cue."""
    return re.sub(r"\n\s*\n+", "\n", _clean(text)).strip("\n")


# In ------------------------------------------------------------------------------------------------------------------


def _bytes(source: str | Path | bytes) -> tuple[str, bytes]:
    if isinstance(source, bytes):
        if len(source) > LARGEST:
            raise HallyuError(_too_large("The file", len(source)))
        return "The file", source
    path = Path(source)
    try:
        if not path.is_file():
            raise HallyuError(f"There is no file {path}: check the name and the folder.")
        if path.stat().st_size > LARGEST:
            raise HallyuError(_too_large(path.name, path.stat().st_size))
        return path.name, path.read_bytes()
    except OSError as error:
        raise HallyuError(
            f"{path} cannot be read ({error.strerror or error}): choose another file."
        ) from error


def _too_large(name: str, size: int) -> str:
    return f"{name} has {size / 1e6:,.0f} MB; subtitle files have {LARGEST // 1_000_000} at most: {_HOW}."


def _parse(name: str, data: bytes) -> _Found:
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise HallyuError(f"{name} is empty: export it again.")
    if re.match(rb"STL\d\d\.\d\d", data[3:11]):
        return _from_stl(name, data)
    start = data[:2000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    if start.startswith(b"<") and not start[:6].lower().startswith(b"<sami"):
        return _from_imsc(name, data)
    text = _decoded(name, data)
    first = text.lstrip("\n \t")
    if first.startswith("WEBVTT"):
        return _from_webvtt(name, first)
    if first.startswith("Scenarist_SCC"):
        return _from_scc(name, first)
    for other, mark in (("SAMI (.smi)", "<sami"), ("ASS or SSA", "[script info]")):
        if first.lower().startswith(mark):
            raise HallyuError(f"{name} is {other}, which is not read here: {_HOW}.")
    return _from_srt(name, text)


def _decoded(name: str, data: bytes) -> str:
    """Text with line feeds only, of the encodings that subtitle files come in."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            encodings = [encoding]
            break
    else:
        # Without a mark, digits and colons of UTF-16 have a zero beside them.
        zeros = [data[place:4000:2].count(0) * 8 > len(data[:4000]) for place in (0, 1)]
        encodings = (
            ["utf-16-be"]
            if zeros == [True, False]
            else ["utf-16-le"]
            if zeros == [False, True]
            else ["utf-8", "cp949"]
        )
    for encoding in encodings:
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise HallyuError(f"{name} is no text in UTF-8, UTF-16 or Korean (CP949): {_HOW}.")


_TIME = r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^[ \t]*{_TIME}[ \t]*-+>[ \t]*{_TIME}([ \t].*)?$", re.M)


def _timed(name: str, timing: re.Match, text: str, **about) -> Cue:
    times = []
    for hours, minutes, seconds, part in (timing.group(1, 2, 3, 4), timing.group(5, 6, 7, 8)):
        whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        times.append(whole + int(part.ljust(3, "0")) / 1000)
    try:
        return Cue(*times, text, **about)
    except HallyuError as error:
        raise HallyuError(
            f"{name}: the line “{timing[0].strip()[:60]}” is no time of a film: correct it."
        ) from error


def _from_srt(name: str, text: str) -> _Found:
    """SubRip. A cue is what stands between two lines of times; its number may be missing or wrong."""
    timings = list(_TIMING.finditer(text))
    if not timings:
        raise HallyuError(f"{name} is none of IMSC, WebVTT, SRT, SCC and STL: {_HOW}.")
    numbered = bool(re.fullmatch(r"\s*\d+[ \t]*\n", text[: timings[0].start()]))
    cues = []
    for timing, following in zip_longest(timings, timings[1:]):
        body = text[timing.end() : following.start() if following else len(text)].strip("\n")
        if following and numbered:
            # The number of the cue that follows.
            body = re.sub(r"(^|\n)[ \t]*\d+[ \t]*$", "", body, count=1)
        tag = re.search(r"\{\\an([1-9])\}", body)
        place = int(tag[1]) if tag else 2
        cues.append(_timed(
            name, timing, _srt_text(body), align=timedtext.ALIGNS[(place - 1) % 3], top=place >= 7,
        ))  # fmt: skip
    return _Found(cues)


def _srt_text(body: str) -> str:
    text = "\n".join(line for line in body.split("\n") if line.strip())
    text = re.sub(r"<(/?)i\b[^<>]*>", r"<\1i>", text, flags=re.I)
    return _clean(re.sub(r"</?(?:b|u|s|font)\b[^<>]*>|\{\\[^{}]*\}", "", text, flags=re.I))


def _from_webvtt(name: str, text: str) -> _Found:
    cues, about = [], ""
    for block in re.split(r"\n[ \t]*\n+", text):
        timing = _TIMING.search(block)
        note = re.match(r"NOTE[ \t\n]+(.+)", block.strip("\n"), re.S)
        if note and not cues and not about:
            about = _clean(note[1]).strip()
        if not timing or re.match(r"(NOTE|STYLE|REGION)\b", block.lstrip("\n")):
            continue
        settings = dict(each.split(":", 1) for each in (timing[9] or "").split() if ":" in each)
        body = block[timing.end() :].strip("\n")
        speaker = re.search(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]*)>", body)
        cues.append(_timed(
            name, timing, _vtt_text(body), speaker=_unescaped(speaker[1]).strip() if speaker else "",
            top=_is_upper(settings.get("line", "")),
            align={"left": "left", "start": "left", "right": "right", "end": "right"}.get(settings.get("align"), "center"),
        ))  # fmt: skip
    return _Found(cues, about=about)


def _vtt_text(body: str) -> str:
    body = re.sub(r"<rt>[^<]*</rt>", "", body)
    pieces = re.split(r"(<[^<>]*>)", body)
    text = "".join(_unescaped(piece) if n % 2 == 0 else _italic(piece) for n, piece in enumerate(pieces))
    return _clean("\n".join(line for line in text.split("\n") if line.strip()))


def _unescaped(text: str) -> str:
    return html.unescape(text).replace("\N{LEFT-TO-RIGHT MARK}", "").replace("\N{RIGHT-TO-LEFT MARK}", "")


def _italic(tag: str) -> str:
    return "</i>" if tag == "</i>" else "<i>" if re.match(r"<i[.\s>]", tag) else ""


def _is_upper(line: str) -> bool:
    """Whether WebVTT's setting puts a cue into the upper half; lines are counted from 0, or from the bottom as -1."""
    number = line.split(",")[0]
    with contextlib.suppress(ValueError):
        return float(number[:-1]) < 50 if number.endswith("%") else 0 <= float(number) < 7
    return False


# Formats that ttconv reads -------------------------------------------------------------------------------------------


class _Strict(ET.TreeBuilder):
    """Refuses a document type, with which a few lines of text grow to gigabytes, or read other files."""

    def doctype(self, name, pubid, system):
        raise HallyuError("has a document type")


def _from_imsc(name: str, data: bytes) -> _Found:
    if data.count(b"<") > MOST_TAGS:
        raise HallyuError(f"{name} has more than {MOST_TAGS:,} tags, which is no film's subtitles: {_HOW}.")
    parser = ET.XMLParser(target=_Strict())
    try:
        root = ET.fromstring(data, parser)
    except HallyuError as error:
        raise HallyuError(
            f"{name} has a document type (DOCTYPE), which subtitles have not: {_HOW}."
        ) from error
    except (ET.ParseError, ValueError, LookupError) as error:
        raise HallyuError(f"{name} is damaged or no TTML ({error}): {_HOW}.") from error
    if root.tag != f"{{{_TT}}}tt":
        raise HallyuError(f"{name} is XML, but no TTML: {_HOW}.")
    paragraphs = list(root.iterfind(f"{{{_TT}}}body//{{{_TT}}}p"))
    no_time = set()
    for number, paragraph in enumerate(paragraphs):
        # ttconv keeps a paragraph's language, and nothing else by which it could be found again.
        paragraph.set(f"{{{_XML}}}lang", str(number))
        if paragraph.get("end", "") == paragraph.get("begin"):
            # It leaves out what has no time.
            paragraph.attrib.pop("end")
            paragraph.set("dur", "1s")
            no_time.add(number)
    for element in [*root.iterfind(f"{{{_TT}}}body"), *root.iterfind(f"{{{_TT}}}body//*")]:
        if element.get("begin") and not (element.get("end") or element.get("dur")):
            # It counts an end that is not written from the wrong beginning, and cuts off what comes after.
            element.set("dur", f"{timedtext.LONGEST}s")
    speakers, authors = _agents(root)
    forced, cues = _forced(root), []
    with _told(name, "TTML"):
        from ttconv.imsc.reader import to_model

        for paragraph, cue in _cues(to_model(ET.ElementTree(root))):
            number = int(paragraph.get_lang())
            agents = paragraphs[number].get(f"{{{_TTM}}}agent", "").split()
            speaker, by = (
                next((names[each] for each in agents if each in names), "") for names in (speakers, authors)
            )
            cues.append(replace(
                cue, end=cue.start if number in no_time else cue.end, forced=forced(paragraphs[number]), speaker=speaker, by=by,
            ))  # fmt: skip
    body = root.find(f"{{{_TT}}}body")
    kind = "sdh" if body is not None and body.get(f"{{{_TTM}}}role") == "caption" else ""
    if cues and all(cue.forced for cue in cues):
        kind = "forced"
    about = root.findtext(f"{{{_TT}}}head/{{{_TTM}}}desc") or root.findtext(
        f"{{{_TT}}}head/{{{_TT}}}metadata/{{{_TTM}}}desc"
    )
    return _Found(cues, root.get(f"{{{_XML}}}lang", ""), kind, _frame_rate(root), _clean(about or "").strip())


def _agents(root: ET.Element) -> tuple[dict[str, str], dict[str, str]]:
    """Names of who speaks and of who wrote, by their ids. An agent that is not said to be a character may be a speaker too."""
    speakers, authors = {}, {}
    for agent in root.iter(f"{{{_TTM}}}agent"):
        number = agent.get(f"{{{_XML}}}id", "")
        wrote = agent.get("type") == "other" and number.startswith("author")
        (authors if wrote else speakers)[number] = "".join(agent.itertext()).strip()
    return speakers, authors


def _frame_rate(root: ET.Element) -> Fraction | None:
    try:
        up, down = root.get(f"{{{_TTP}}}frameRateMultiplier", "1 1").split()
        return timecode.exact(Fraction(root.attrib[f"{{{_TTP}}}frameRate"]) * Fraction(int(up), int(down)))
    except (KeyError, ValueError, ZeroDivisionError, HallyuError):
        return None


def _forced(root: ET.Element) -> Callable[[ET.Element], bool]:
    """Whether a <p> is forced: itself, by its style or its region, or by what it stands in."""
    key = f"{{{_ITTS}}}forcedDisplay"
    if not any(key in element.attrib for element in root.iter()):
        return lambda _: False
    named = (element for element in root.iterfind(f"{{{_TT}}}head//*") if element.get(f"{{{_XML}}}id"))
    ids = {element.get(f"{{{_XML}}}id"): element for element in named}
    parents = {child: parent for parent in root.iter() for child in parent}

    def value(element: ET.Element | None) -> str | None:
        if element is None:
            return None
        own = [element, *(ids.get(style) for style in element.get("style", "").split())]
        found = [each.get(key) for each in own if each is not None and each.get(key)]
        return found[0] if found else value(ids.get(element.get("region"))) or value(parents.get(element))

    return lambda element: value(element) == "true"


def _from_scc(name: str, text: str) -> _Found:
    rate = Fraction(30000, 1001)
    with _told(name, "SCC"):
        from ttconv.scc.reader import to_model

        return _Found([cue for _, cue in _cues(to_model(text))], rate=rate)


_STL_RATES = {
    b"23": Fraction(24000, 1001), b"24": Fraction(24), b"25": Fraction(25), b"30": Fraction(30000, 1001), b"50": Fraction(50),
}  # fmt: skip
"""The disk format code of STL -> frames a second, as ttconv counts them."""


def _from_stl(name: str, data: bytes) -> _Found:
    if (len(data) - 1024) % 128 or len(data) < 1024:
        raise HallyuError(f"{name} is cut off: STL has blocks of 128 bytes; copy it again.")
    with _told(name, "STL"):
        from ttconv.stl.config import STLReaderConfiguration
        from ttconv.stl.reader import to_model

        model = to_model(io.BytesIO(data), STLReaderConfiguration(program_start_tc="TCP"))
        return _Found([cue for _, cue in _cues(model)], model.get_lang(), rate=_STL_RATES.get(data[6:8]))


@contextlib.contextmanager
def _told(name: str, what: str) -> Iterator[None]:
    """What ttconv raises or logs about a damaged file, as one sentence."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    except HallyuError:
        raise
    # It raises whatever its parsers raise: RuntimeError, KeyError, struct.error...
    except Exception as error:
        raise HallyuError(f"{name} is damaged and cannot be read as {what}: export it again.") from error
    finally:
        logging.disable(logging.NOTSET)


def _cues(model) -> Iterator[tuple]:
    """Paragraphs of ttconv's model that have a time, each with its cue, in their order."""
    if model is None or model.get_body() is None:
        return
    from ttconv import model as parts

    def walk(element, begin: Fraction, end: Fraction | None, region) -> Iterator[tuple]:
        begin, end = _within(element, begin, end)
        region = region if element.get_region() is None else element.get_region()
        if isinstance(element, parts.P):
            yield element, _cue(element, begin, end, region)
            return
        for child in element:
            yield from walk(child, begin, end, region)

    yield from walk(model.get_body(), Fraction(0), None, None)


def _within(element, begin: Fraction, end: Fraction | None) -> tuple[Fraction, Fraction | None]:
    """When an element is active: its times are counted from its parent's, and end with it."""
    own_end = element.get_end()
    if own_end is not None:
        own_end = begin + Fraction(own_end)
        end = own_end if end is None else min(end, own_end)
    return begin + Fraction(element.get_begin() or 0), end


def _cue(paragraph, begin: Fraction, end: Fraction | None, region) -> Cue:
    from ttconv.style_properties import StyleProperties as Style

    shown = [
        span
        for span in paragraph
        if span.get_begin() is not None or span.get_end() is not None or _said(span)
    ]
    times = [_within(span, begin, end) for span in shown]
    if times:
        begin = min(start for start, _ in times)
        end = None if any(stop is None for _, stop in times) else max(stop for _, stop in times)
    if end is None or end > timedtext.LONGEST:
        end = begin  # it never ends, which no subtitle does: the guide finds that it has no time
    align = paragraph.get_style(Style.TextAlign)
    if align is None and region is not None:
        align = region.get_style(Style.TextAlign)
    side = {"start": "left", "end": "right"}.get(getattr(align, "name", ""), "center")
    return Cue(float(begin), float(end), _text(paragraph), top=_in_upper_half(region), align=side)


def _said(element) -> bool:
    """Whether there is text in it that can be seen."""
    from ttconv import model as parts

    return any(isinstance(each, parts.Text) and each.get_text().strip() for each in element.dfs_iterator())


def _in_upper_half(region) -> bool:
    from ttconv.style_properties import StyleProperties as Style

    if region is None:
        return False
    edge = getattr(region.get_style(Style.DisplayAlign), "name", "before")
    origin, extent = region.get_style(Style.Origin), region.get_style(Style.Extent)
    above = origin.y.value if origin and origin.y.units.value in ("%", "rh") else 0.0
    height = extent.height.value if extent and extent.height.units.value in ("%", "rh") else 100.0 - above
    return {"before": above < 45, "after": above + height <= 50}.get(edge, above + height / 2 < 45)


def _text(paragraph) -> str:
    """Text of a paragraph with its lines and italics."""
    from ttconv import model as parts
    from ttconv.style_properties import FontStyleType
    from ttconv.style_properties import StyleProperties as Style

    pieces: list[tuple[str, bool]] = []

    def walk(element, italic: bool) -> None:
        if isinstance(element, parts.Br):
            pieces.append(("\n", italic))
        elif isinstance(element, parts.Text):
            text = element.get_text()
            if element.parent().get_space() is not parts.WhiteSpaceHandling.PRESERVE:
                text = re.sub(r"[ \t\r\n]+", " ", text)
            pieces.append((text, italic))
        elif not isinstance(element, parts.Rt | parts.Rp):
            style = element.get_style(Style.FontStyle)
            italic = italic if style is None else style is not FontStyleType.normal
            for child in element:
                walk(child, italic)

    walk(paragraph, _inherited_italic(paragraph))
    text, italic = "", False
    for piece, now in pieces:
        if now != italic and piece.strip():
            text += "<i>" if now else "</i>"
            italic = now
        text += piece
    text += "</i>" if italic else ""
    if paragraph.get_space() is not parts.WhiteSpaceHandling.PRESERVE:
        # Spaces at the ends of lines are not shown; tags may stand between them and the end.
        text = re.sub(
            r" +((?:</?i>)*)$", r"\1", re.sub(r"^((?:</?i>)*) +", r"\1", text, flags=re.M), flags=re.M
        )
    return _clean(text.replace("\n</i>", "</i>\n"))


def _inherited_italic(paragraph) -> bool:
    from ttconv.style_properties import FontStyleType
    from ttconv.style_properties import StyleProperties as Style

    element = paragraph.parent()
    while element is not None:
        style = element.get_style(Style.FontStyle)
        if style is not None:
            return style is not FontStyleType.normal
        element = element.parent()
    return False
