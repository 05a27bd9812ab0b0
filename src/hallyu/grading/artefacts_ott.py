"""Grading subtitles: a scene of a film in Korean, for those who do not hear, and in English, from the files alone.

When each word is said, each cut comes and each sound is heard is known to the graders and closed to learners
(hallyu.grading.sealed). No report of a delivery is read, and no name of a cue is believed: words are looked for where they are
heard (hallyu.grading.followed), and only where they can be seen (hallyu.grading.on_screen).
"""

import json
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from hallyu.errors import HallyuError
from hallyu.grading import followed, on_screen, sealed, untrusted
from hallyu.grading.artefacts_film import graded
from hallyu.grading.findings import Finding, grader
from hallyu.music.metrics_text import character_error_rate
from hallyu.ott import first_snow, guide, subtitle_files
from hallyu.ott.first_snow import Truth
from hallyu.ott.timedtext import Cue, Track, plain

NAME = "ott-subtitles"
RATE = 24
FILES = {
    "ko": ("ko", "subtitles"), "ko-sdh": ("ko", "sdh"), "en": ("en", "subtitles"), "en-forced": ("en", "forced"),
}  # fmt: skip
"""Tracks of a delivery, each as .ttml and as .vtt: language and kind."""
MOST_CUES, MOST_BYTES = 200, 300_000
WRONG = (0.03, 0.2)
"""Character error rate of Korean: every point up to the first, none from the second. One line of the scene's eleven has 0.09."""
OTHERWISE = (0.3, 0.6)
"""The same for English beside the translator's: a line may be shortened, not left out."""
SAYS_LITTLE = 0.5
"""Error rate from which a track breaks no rule because it says nothing: rules are then not looked at."""
IN, OUT, CLOSING = 3, 12, 9
"""Frames: by which a cue may begin before or after the voice, end after it, and end later yet where its gap to the next cue, or
to a cut, is closed. Source: Netflix Subtitle Timing Guidelines."""
LATE = 0.5
"""Share of cues at wrong times from which no point is left."""
COSTS = {"error": 2.5, "warning": 1.5, "advice": 0.5}
"""Points of a finding of the guide."""
TOLD = 3
"""Findings of a kind that are told one by one."""


@dataclass(frozen=True)
class Titles:
    """A delivery of ott-subtitles, each part opened when it is asked for. word: what opens the truth."""

    folder: Path
    word: str = ""

    def text(self, name: str) -> str:
        """A delivered file."""
        return untrusted.read_text(self.folder, name, MOST_BYTES)

    def track(self, name: str) -> Track:
        """A delivered IMSC document, in which everything can be seen. name: a key of FILES."""
        return _seen(self.text(f"{name}.ttml"), f"{name}.ttml")

    @cached_property
    def korean(self) -> Track:
        """The Korean subtitles."""
        return self.track("ko")

    @cached_property
    def sdh(self) -> Track:
        """The subtitles for those who do not hear."""
        return self.track("ko-sdh")

    @cached_property
    def english(self) -> Track:
        """The English subtitles."""
        return self.track("en")

    # What only the graders have.

    @cached_property
    def truth(self) -> Truth:
        """What is seen and heard, and when."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "truth.json"
            path.write_bytes(sealed.files(NAME, self.word)["truth.json"])
            return first_snow.truth(path)

    @cached_property
    def heard(self) -> dict[str, list[str]]:
        """What a sound may be called: one of these words is in its label."""
        return json.loads(sealed.files(NAME, self.word)["heard.json"])

    @property
    def credits(self) -> float:
        """Seconds from which nobody speaks any more: the last shot."""
        return self.truth.cuts[-1]

    def spoken(self, track: Track) -> list[Cue]:
        """The cues that tell what is said: those before the credits, without forced ones."""
        return [cue for cue in track.cues if not cue.forced and cue.start < self.credits]

    def following(self, track: Track, english: bool = False) -> followed.Followed:
        """What of the lines is read in a track while it is heard."""
        cues = self.spoken(track)
        rows = [[unlabelled(row) for row in rows_of(cue)] for cue in cues]
        return followed.follow(followed.Said.of(self.truth.lines, english), cues, rows)


NAMED = re.compile(r"(?:자막|번역)[^\w\n]+[가-힣A-Za-z]{2,}|[가-힣A-Za-z]{2,}[^\w\n]+(?:자막|번역)")
NAMED_IN_ENGLISH = re.compile(r"(?:subtitl|translat)\w*(?: by)?[^\w\n]+[A-Za-z가-힣]{2,}", re.I)
CREDITED = {"ko": NAMED, "ko-sdh": NAMED, "en": NAMED_IN_ENGLISH}
"""What a credit is known by, in each track that has one: the work, and a name."""
NOTICE = re.compile(r"(?<![A-Za-z])AI(?![A-Za-z])|인공\s?지능|(?i:artificial intelligence)")
"""What a notice of AI is known by."""
SCRIPTS = "HANGUL", "LATIN"
"""Of the letters that Korean and English are written in, as Unicode names them."""
LABEL = re.compile(r"\[([^\[\]]*)\]")


def rows_of(cue: Cue) -> list[str]:
    """A cue's lines without markup; none of a cue with characters that nobody sees, or with letters of another script that only
    look like these: neither is a text."""
    known = all(
        unicodedata.name(letter, "").startswith(SCRIPTS) for letter in cue.text if letter.isalpha()
    )
    return plain(cue.text).split("\n") if known and guide.visible(cue.text) == cue.text else []


def unlabelled(row: str) -> str:
    """A line without its labels in brackets.

    >>> unlabelled("- [도윤] 거기로는 못 가요")
    '-  거기로는 못 가요'
    """
    return LABEL.sub("", row)


@cache
def _seen(text: str, name: str) -> Track:
    """The track in a document. Raises HallyuError for too many cues, and for words that stand in it and are not shown."""
    try:
        track = subtitle_files.read(text.encode())
    except HallyuError as error:
        raise HallyuError(str(error).replace("The file", name, 1)) from error
    if len(track.cues) > MOST_CUES:
        raise HallyuError(f"{name} has {len(track.cues)} cues; this scene has a dozen lines.")
    lasting = [cue for cue in track.cues if cue.seconds > 0]
    frame = Fraction(1, 2 * RATE)
    moments = [
        moment
        for cue in lasting
        for moment in (
            Fraction(cue.start) + min(frame, Fraction(cue.seconds) / 4),
            (Fraction(cue.start) + Fraction(cue.end)) / 2,
            Fraction(cue.end) - min(frame, Fraction(cue.seconds) / 4),
        )
    ]
    shown = on_screen.texts(text, moments)
    for number, cue in enumerate(lasting):
        wanted = "".join(plain(cue.text).split())
        if any(wanted not in there for there in shown[3 * number : 3 * number + 3]):
            said = f"{name}: the cue at {track.timecode(cue.start)} is not to be seen all its time: too dark, see-through, "
            raise HallyuError(said + "small, hidden or off the picture. Write it with subtitle_files.write.")
    return track


def _on_titles(points: float) -> Callable:
    """A grader of an opened delivery of ott-subtitles."""

    def mark(function: Callable[[Titles], Iterable[Finding]]) -> Callable:
        def run(folder: Path, word: str = "") -> list[Finding]:
            untrusted.check_folder(folder)
            return list(function(Titles(folder, word)))

        run.__name__, run.__doc__ = function.__name__, function.__doc__
        return grader(points)(run)

    return mark


@_on_titles(5)
def titles_complete(titles: Titles) -> Iterable[Finding]:
    """Whether everything is there and opens, is what its name says, and can be seen."""
    for name, (language, kind) in FILES.items():
        track = titles.track(name)
        titles.text(f"{name}.vtt")
        if track.language.partition("-")[0].lower() != language or track.kind != kind:
            said = f"{name}.ttml says that it is {track.kind} in {untrusted.shown(track.language)}, not {kind} in {language}."
            yield Finding("kind", said, 2)
        if track.rate != RATE:
            yield Finding("rate", f"{name}.ttml is for {float(track.rate):g} frames a second; the film has {RATE}.", 2)
        if not re.search(r'[pP]rofiles?="[^"]*ttml/profile/imsc1(\.1)?/text', titles.text(f"{name}.ttml")):
            yield Finding("profile", f"{name}.ttml does not say that it is of the IMSC text profile.", 1)
        if reason := on_screen.plain_webvtt(titles.text(f"{name}.vtt")):
            yield Finding("styled", f"{name}.vtt {reason}: browsers show it otherwise, or not at all.", 2)


@_on_titles(5)
def twins(titles: Titles) -> Iterable[Finding]:
    """Whether each WebVTT file says the same at the same times as its IMSC document."""
    for name in FILES:
        one = titles.track(name)
        other = subtitle_files.read(titles.text(f"{name}.vtt").encode())
        if len(one.cues) != len(other.cues):
            said = f"{name}.ttml has {len(one.cues)} cues and {name}.vtt {len(other.cues)}: write both from one track."
            yield Finding("count", said, 3)
            continue
        for first, second in zip(one.cues, other.cues, strict=True):
            said = f"{name}.vtt says something else than {name}.ttml at {one.timecode(first.start)}: write both from one track."
            away = max(abs(first.start - second.start), abs(first.end - second.end))
            if away > 0.0015 or first.text != second.text or (first.top, first.align) != (second.top, second.align):
                yield Finding("other", said, 3)
                break


@_on_titles(10)
def words(titles: Titles) -> Iterable[Finding]:
    """Whether the Korean subtitles have the words that are said, while they are said."""
    yield from _missing(titles, titles.korean, WRONG, words.points)


@_on_titles(10)
def timing(titles: Titles) -> Iterable[Finding]:
    """Whether the Korean subtitles begin and end with the voice."""
    yield from _at_wrong_times(titles, titles.korean, titles.following(titles.korean), timing.points)


@_on_titles(10)
def spec(titles: Titles) -> Iterable[Finding]:
    """Whether the Korean subtitles break no rule of the guide."""
    yield from _against(titles, titles.korean, guide.KOREAN, spec.points)


@_on_titles(10)
def sdh_heard(titles: Titles) -> Iterable[Finding]:
    """Whether those who do not hear are told the words, every sound, and who speaks without being seen."""
    points, track = sdh_heard.points, titles.sdh
    following = titles.following(track)
    if following.rate > SAYS_LITTLE:
        yield Finding("says little", _says_little("ko-sdh.ttml", following), points)
        return
    yield from _missing(titles, track, WRONG, 4, following)
    names, labels = {line.speaker for line in titles.truth.lines}, _labels(track)
    known = [label for label in labels if any(name in label[0] for name in names)]
    for sound in titles.truth.sounds:
        called = titles.heard[sound.korean]
        near = [
            label for label in labels
            if any(part in label[0] for part in called) and _together(label[1], sound.start - 0.5, sound.stop)
        ]  # fmt: skip
        known += near
        if not near:
            said = f"At {track.timecode(sound.start)} one hears what ko-sdh.ttml does not tell: a sound, in [ ]."
            yield Finding("sound", said, 2)
    cues = titles.spoken(track)
    for number, line in enumerate(titles.truth.lines):
        cue, row = following.cue_of(number)
        if cue < 0:
            continue
        own = _speakers(cues[cue], row, names)
        if own - {line.speaker}:
            said = f"At {track.timecode(line.start)} ko-sdh.ttml names somebody who does not say this."
            yield Finding("speaker", said, 2)
        elif not own and not line.seen:
            said = f"At {track.timecode(line.start)} somebody speaks whom one does not see: say who, in [ ]."
            yield Finding("unnamed", said, 1.5)
    invented = [label for label in labels if label not in known and label[0].strip(" ♪")]
    for text, cue in invented[:TOLD]:
        said = f"“[{untrusted.shown(text)}]” at {track.timecode(cue.start)} tells of nothing that is heard then."
        yield Finding("invented", said, 2)


@_on_titles(5)
def sdh_spec(titles: Titles) -> Iterable[Finding]:
    """Whether the SDH subtitles break no rule of the guide."""
    yield from _against(titles, titles.sdh, guide.KOREAN, sdh_spec.points)


@_on_titles(5)
def english(titles: Titles) -> Iterable[Finding]:
    """Whether the English subtitles tell what is said, while it is said, and nothing that was cut."""
    yield from _missing(titles, titles.english, OTHERWISE, english.points, titles.following(titles.english, True))


@_on_titles(5)
def english_timing(titles: Titles) -> Iterable[Finding]:
    """Whether the English subtitles begin and end with the voice."""
    following = titles.following(titles.english, True)
    yield from _at_wrong_times(titles, titles.english, following, english_timing.points)


@_on_titles(5)
def english_spec(titles: Titles) -> Iterable[Finding]:
    """Whether the English subtitles break no rule of the guide."""
    yield from _against(titles, titles.english, guide.ENGLISH, english_spec.points, True)


@_on_titles(5)
def forced(titles: Titles) -> Iterable[Finding]:
    """Whether the sign is translated: alone in en-forced, and as a forced cue in en."""
    points, signs = forced.points, titles.truth.signs
    alone = titles.track("en-forced")
    for name, cues, cost in (
        ("en-forced.ttml", list(alone.cues), points),
        ("en.ttml", [cue for cue in titles.english.cues if cue.forced], 2),
    ):
        for sign in signs:
            if not any(_tells(cue, sign) for cue in cues):
                said = f"{name} does not tell what the sign says at {alone.timecode(sign.start)}, while it is seen."
                yield Finding("sign", said, cost)
        if len(cues) > len(signs):
            said = f"{name} has {len(cues)} forced cues and there is {len(signs)} sign: speech is not a forced narrative."
            yield Finding("too many", said, 2)
    for finding in guide.check(alone, guide.ENGLISH, titles.truth.cuts)[:TOLD]:
        yield Finding("guide", f"en-forced.ttml: {finding}", 1)


@_on_titles(5)
def credit(titles: Titles) -> Iterable[Finding]:
    """Whether each version ends with who wrote it and with the notice that AI was used, and says so in its file."""
    for name, credited in CREDITED.items():
        track = titles.track(name)
        last = [
            cue for cue in track.cues
            if titles.credits <= cue.start and cue.end <= titles.truth.seconds + 1 / RATE and not LABEL.fullmatch(plain(cue.text))
        ]  # fmt: skip
        said = " ".join(plain(cue.text).replace("\n", " ") for cue in last)
        if not credited.search(said):
            yield Finding("no credit", f"{name}.ttml does not end with a credit: who made these subtitles?", 1)
        if not NOTICE.search(said):
            yield Finding("no label", f"{name}.ttml does not end with the notice that AI was used.", 1)
        if not NOTICE.search(track.about):
            said = f"{name}.ttml does not say of itself who wrote it and what AI did: Track(…, about=…)."
            yield Finding("no about", said, 0.5)


GRADERS = (
    titles_complete, twins, words, timing, spec, sdh_heard, sdh_spec, english, english_timing, english_spec, forced, credit,
)  # fmt: skip
"""The artefact graders of ott-subtitles, 80 points."""


# --- what they share ----------------------------------------------------------------------------------------------


def _says_little(name: str, following: followed.Followed) -> str:
    share = max(0.0, 1 - following.rate)
    return f"{name} has {share:.0%} of what is said: what says nothing breaks no rule, so rules are not looked at."


def _name(titles: Titles, track: Track) -> str:
    return next(f"{name}.ttml" for name in FILES if titles.track(name) is track)


def _missing(
    titles: Titles,
    track: Track,
    limits: tuple[float, float],
    points: float,
    following: followed.Followed | None = None,
) -> Iterator[Finding]:
    """What the error rate costs, and which line is worst."""
    following = following or titles.following(track)
    if lost := graded(following.rate, limits, points):
        lines = titles.truth.lines
        shares = [float((following.found[following.said.lines == n] < 0).mean()) for n in range(len(lines))]
        worst = lines[int(np.argmax(shares))]
        said = (
            f"{_name(titles, track)}: {following.rate:.0%} of the letters are missing, wrong, too many or at another time, "
            f"{limits[0]:.0%} at most; look at {track.timecode(worst.start)}."
        )
        yield Finding("words", said, lost)


def _at_wrong_times(
    titles: Titles, track: Track, following: followed.Followed, points: float
) -> Iterator[Finding]:
    """Cues that do not begin or end with the voice, and lines that no cue has."""
    cues, cuts = titles.spoken(track), guide.cut_frames(titles.truth.cuts, track.rate)
    starts, ends = guide.frames(Track(tuple(cues), rate=track.rate)) if cues else (np.zeros(0, int),) * 2
    wrong, spans = [], following.spans()
    for number, begins, stops in spans:
        start, end = int(starts[number]), int(ends[number])
        early, late = (round(each * track.rate) for each in begins)
        on_cut = start in cuts and early - OUT <= start <= late + OUT
        if not (early - IN <= start <= late + IN or on_cut):
            away = start - early if start < early else start - late
            wrong.append(f"the cue at {track.timecode(cues[number].start)} begins {away:+d} frames from the voice")
            continue
        first, last = (round(each * track.rate) for each in stops)
        follows = int(starts[number + 1]) - end if number + 1 < len(cues) else guide.FAR
        closed = follows == guide.KOREAN.gap or end + guide.KOREAN.gap in cuts
        least = start + round(guide.KOREAN.least * track.rate)
        room = OUT + (CLOSING if closed else 0)
        if not (first - IN <= end <= max(last + room, least)):
            away = end - first if end < first else end - last
            wrong.append(f"the cue at {track.timecode(cues[number].start)} ends {away:+d} frames from the voice")
    read = {int(line) for line in np.unique(following.said.lines[following.found >= 0])}
    unread = [line for n, line in enumerate(titles.truth.lines) if n not in read]
    wrong += [f"nothing is read at {track.timecode(line.start)}" for line in unread]
    if wrong:
        lost = graded(len(wrong) / max(len(spans) + len(unread), 1), (0, LATE), points)
        said = f"{_name(titles, track)}: {'; '.join(wrong[:TOLD])}; -{IN} to +{IN} and -{IN} to +{OUT} are allowed."
        yield Finding("times", said, lost)


def _against(
    titles: Titles, track: Track, rules: guide.Guide, points: float, english: bool = False
) -> Iterator[Finding]:
    """What a track breaks of the guide, where it says enough to break something."""
    name, following = _name(titles, track), titles.following(track, english)
    if following.rate > (OTHERWISE[1] if english else SAYS_LITTLE):
        yield Finding("says little", _says_little(name, following), points)
        return
    found = guide.check(track, rules, titles.truth.cuts)
    for finding in found:
        yield Finding(finding.code, f"{name}: {finding}", COSTS[finding.rule.severity] * points / 10)


def _labels(track: Track) -> list[tuple[str, Cue]]:
    """Each label in brackets, with its cue."""
    return [(text, cue) for cue in track.cues for row in rows_of(cue) for text in LABEL.findall(row)]


def _together(cue: Cue, start: float, stop: float) -> bool:
    """Whether a cue is up while something lasts, begins with it or in it, and is no longer than a subtitle."""
    return start <= cue.start < stop and 0 < cue.seconds <= followed.LONGEST


def _speakers(cue: Cue, row: int, names: set[str]) -> set[str]:
    """Who is named for a line of a cue's text: in this line, or in a label that stands alone in the line before."""
    rows = rows_of(cue)
    near = rows[row]
    if row and not unlabelled(rows[row - 1]).strip(" -"):
        near = rows[row - 1] + near
    return {name for name in names for label in LABEL.findall(near) if name in label}


def _tells(cue: Cue, sign: first_snow.Sign) -> bool:
    """Whether a cue tells what a sign says while it is seen."""
    said, wanted = (
        re.sub(r"[^a-z]", "", text.casefold()) for text in (plain(cue.text), sign.english)
    )
    early = 0.5
    inside = sign.start - early <= cue.start and cue.end <= sign.stop + early and cue.seconds > 0
    return inside and guide.visible(cue.text) == cue.text and _like(said, wanted)


def _like(said: str, wanted: str) -> bool:
    """Whether the letters are the same but for a third."""
    return bool(said) and character_error_rate(wanted, said) <= 1 / 3
