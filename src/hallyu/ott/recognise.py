"""From a film's sound to timed draft subtitles (자막 초벌): voices found, words recognised, inventions removed, script aligned.

The sound is heard twice, second by second: once to find where somebody speaks, and once to recognise that, passage by passage,
so that a film of any length needs little memory and the recogniser is not given silence to invent words for.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.models import whisper
from hallyu.models.whisper import Word
from hallyu.music.metrics_text import character_error_rate as character_errors
from hallyu.music.metrics_text import normalise
from hallyu.ott import guide as guides
from hallyu.ott import linebreak, voice_activity
from hallyu.ott.align import Aligned, align, plain_lines
from hallyu.ott.guide import Guide
from hallyu.ott.timedtext import Cue, Track
from hallyu.ott.voice_activity import RATE, speech

__all__ = [
    "Aligned", "Listened", "Word", "align", "character_errors", "cues", "draft", "invented", "listen", "settled", "speech",
    "words",
]  # fmt: skip

KNOWN = (
    "시청해 주셔서 감사합니다", "끝까지 시청해 주셔서 감사합니다", "영상 시청해 주셔서 감사합니다", "구독과 좋아요",
    "좋아요와 구독", "구독 좋아요 알림 설정", "다음 영상에서 만나요", "다음 영상에서 뵙겠습니다", "다음 시간에 만나요",
    "오늘 영상은 여기까지입니다", "이 영상은 유료 광고를 포함하고 있습니다", "한글 자막 by", "자막 제공", "자막 by", "자막 제작",
    "MBC 뉴스", "KBS 뉴스", "SBS 뉴스", "기상캐스터 배혜지", "thanks for watching", "thank you for watching",
    "please subscribe", "subtitles by the amara.org community", "ご視聴ありがとうございました", "チャンネル登録お願いします",
)  # fmt: skip
"""Phrases that Whisper learnt from the ends of videos, and writes where nobody speaks. Somebody may really say them: they count
as invented only where the voice is weak or the recogniser doubts."""
DOUBT = 0.6
"""The mean probability below which a known phrase is not believed."""
COVERED, MARGIN = 0.25, 0.15
"""The share of a word that must lie in speech, and the seconds by which speech is made longer for that, as times are rough."""
LOOP, INSTANT = 4, 0.05
"""So many equal words in a row, of which one lasts less than so many seconds, were not said."""
AROUND = 0.2
"""Seconds that are recognised before and after a passage."""
SURE, ANOTHER = 0.8, 0.05
"""Probabilities of languages: another one is sure from the first; the one asked for is not spoken below the second."""
HASTE = 0.05
"""Seconds of a character: nobody talks as fast. A line of the script that was not understood and has less was cut."""
BREATH = 0.5
"""Seconds of pause after which a new subtitle begins."""
_WINDOW = voice_activity.LONGEST + 2 * AROUND
_Part = tuple[float, np.ndarray]
"""The second of the film at which a piece of sound begins, and the sound (n,) at RATE."""


@dataclass(frozen=True)
class Listened:
    """What was heard in a film. rate: frames a second. speech: passages in seconds. words: those that were said.

    invented: words of the recogniser that nobody said. lines: the script's, with their times, where there is a script.
    """

    rate: Fraction
    language: str
    speech: tuple[tuple[float, float], ...]
    words: tuple[Word, ...]
    invented: tuple[Word, ...]
    lines: tuple[Aligned, ...] = ()

    @property
    def unsaid(self) -> tuple[Aligned, ...]:
        """Lines of the script for which the film has neither words nor time: they were cut."""
        return tuple(
            line
            for line in self.lines
            if not line.found and line.stop - line.start < HASTE * len(normalise(line.text))
        )


def draft(path: str | Path, script: str | Sequence[str] | None = None, **how) -> Track:
    """Draft subtitles of a film, timed to its frames: the recogniser's words, or the lines of *script* where they are said.

    how: as for *listen*. Lines break as the language's guide asks; a cue stands its least time where there is room. What else
    the guide wants is for hallyu.ott.fix. Raises HallyuError as *listen* does.
    """
    return cues(listen(path, script, **how))


def listen(
    path: str | Path,
    script: str | Sequence[str] | None = None,
    language: str = "ko",
    model=None,
    tick: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
    track: int = 0,
) -> Listened:
    """All that *draft* knows: where somebody speaks, the words, which of them are invented, and the script's lines.

    script: a text, one line of dialogue a line, or the lines. The other arguments are those of *words*.
    Raises HallyuError for a file without sound, cut off, or in another language; Stopped where *stop* said so.
    """
    share = 0.15
    spoken = speech(path, tick=_part(tick, 0, share), stop=stop, track=track)
    found = words(path, language, model, _part(tick, share, 1), stop, spoken, track)
    wrong = invented(found, spoken)
    gone = {id(word) for word in wrong}
    kept = tuple(settled([word for word in found if id(word) not in gone], spoken))
    lines = plain_lines(script) if script is not None else []
    return Listened(
        _rate(path), language, tuple(spoken), kept, tuple(wrong), tuple(align(lines, kept, spoken)) if lines else ()
    )  # fmt: skip


def words(
    path: str | Path,
    language: str = "ko",
    model=None,
    tick: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
    spoken: Sequence[tuple[float, float]] | None = None,
    track: int = 0,
) -> list[Word]:
    """The words that are said in a film or a sound file, in order, with their times in the film, as the recogniser has them.

    language: a code such as ko, en or ja. model: a recogniser of models.load("recogniser", engine="hub"); by default the
    bundled one. tick: told the share that is done, 0 to 1. stop: asked before each passage whether to end. spoken: passages of
    speech, by default those of *speech*. track: which sound track.
    Raises HallyuError for a file without sound or cut off, for a language that is not known, and where another one is spoken.
    """
    if spoken is None:
        spoken = speech(path, tick=_part(tick, 0, 0.15), stop=stop, track=track)
        tick = _part(tick, 0.15, 1)
    pieces = _pieces(spoken)
    model = model or whisper.recogniser()
    found: list[Word] = []
    for window in _windows(_cut(voice_activity.heard(path, track, stop=stop), pieces)):
        sound = np.concatenate([part for _, part in window])
        if not found:
            _require_language(Path(path).name, model, sound, language)
        found += _in_film(whisper.hear(sound, RATE, language, model).words, window)
        if tick:
            tick(min((window[-1][0] + len(window[-1][1]) / RATE) / pieces[-1][1], 1.0))
    return found


def invented(words: Sequence[Word], speech: Sequence[tuple[float, float]]) -> list[Word]:
    """Those of *words* that nobody said: where nobody speaks, in loops, and KNOWN phrases that are doubtful.

    >>> [word.text for word in invented([Word("눈이다", 1.0, 1.6, 0.9), Word("감사합니다", 8.0, 9.0, 0.9)], [(1.1, 1.7)])]
    ['감사합니다']
    """
    covered = [_covered(word, speech) for word in words]
    wrong = {n for n, share in enumerate(covered) if share < COVERED} | _loops(words)
    texts = [normalise(word.text) for word in words]
    for phrase in map(normalise, KNOWN):
        for begin in range(len(texts)):
            end = begin
            while end < len(texts) and len("".join(texts[begin:end])) < len(phrase):
                end += 1
            if not "".join(texts[begin:end]).startswith(phrase):
                continue
            if (
                np.mean([word.probability for word in words[begin:end]]) < DOUBT
                or np.mean(covered[begin:end]) < 0.5
            ):
                wrong |= set(range(begin, end))
    return [words[n] for n in sorted(wrong)]


def settled(words: Sequence[Word], speech: Sequence[tuple[float, float]]) -> list[Word]:
    """*words* within the passages in which they are said.

    A recogniser gives the silence before a word to the word; its end is near the truth. So a word belongs to the passage in
    which it ends, or else to the one that it shares most time with.

    >>> settled([Word("그래,", 24.5, 26.4, 0.9)], [(23.3, 24.7), (26.2, 26.9)])
    [Word(text='그래,', start=26.2, stop=26.4, probability=0.9)]
    """
    done = []
    for word in words:
        homes = [(a, b) for a, b in speech if a < word.stop and b > word.start]
        if homes:
            a, b = next(
                (home for home in homes if home[0] + INSTANT <= word.stop <= home[1] + MARGIN),
                max(homes, key=lambda home: min(word.stop, home[1]) - max(word.start, home[0])),
            )
            word = replace(word, start=max(word.start, a), stop=min(word.stop, b))
        done.append(word)
    return done


def cues(listened: Listened, guide: Guide | None = None) -> Track:
    """Draft subtitles: one cue or more a line of the script that is said, else one a breath; in frames, with the guide's lines
    and times.

    guide: by default the one of the language, or English's where there is none.
    """
    guide = guide or guides.GUIDES.get(listened.language.split("-")[0], guides.ENGLISH)
    track = Track((), listened.language, rate=listened.rate)
    limits = guides.limits(track, guide)
    unsaid = {id(line) for line in listened.unsaid}
    groups = [list(line.words) for line in listened.lines if id(line) not in unsaid]
    if not listened.lines:
        groups = _breaths(listened.words)
    spans: list[tuple[int, int, str]] = []
    for group in groups:
        place = 0
        text = " ".join(word.text for word in group)
        for piece in linebreak.pieces(text, listened.language, guide.width, guide.lines, guide.halves):
            mine = group[place : place + len(piece.split())]
            place += len(mine)
            spans.append((track.frame(mine[0].start), track.frame(mine[-1].stop), piece))
    made = []
    for n, (start, end, text) in enumerate(spans):
        until = spans[n + 1][0] - limits.gap if n + 1 < len(spans) else guides.FAR
        end = max(min(max(end, start + limits.least), start + limits.most, until), start + 1)
        made.append(Cue(float(start / track.rate), float(end / track.rate), text))
    return replace(track, cues=tuple(made))


def _breaths(words: Iterable[Word]) -> list[list[Word]]:
    """Words that are said in one go: up to a pause of BREATH, or the end of a sentence."""
    groups: list[list[Word]] = []
    for word in words:
        last = groups[-1][-1] if groups else None
        if last is None or word.start - last.stop >= BREATH or last.text.endswith((".", "?", "!", "…")):
            groups.append([])
        groups[-1].append(word)
    return groups


def _pieces(spoken: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Passages with AROUND before and after, as one where they touch."""
    pieces: list[tuple[float, float]] = []
    for a, b in spoken:
        if pieces and a - AROUND <= pieces[-1][1] and b + AROUND - pieces[-1][0] <= _WINDOW:
            pieces[-1] = (pieces[-1][0], b + AROUND)
        else:
            # Nothing is heard twice.
            pieces.append((max(a - AROUND, pieces[-1][1] if pieces else 0.0), b + AROUND))
    return pieces


def _cut(blocks: Iterable[np.ndarray], pieces: Sequence[tuple[float, float]]) -> Iterator[_Part]:
    """The second at which each of *pieces* begins, and its sound; no more than that is kept."""
    blocks, kept, first = iter(blocks), np.zeros(0, np.float32), 0
    for start, stop in pieces:
        begin, end = round(start * RATE), round(stop * RATE)
        while first + len(kept) < end and (block := next(blocks, None)) is not None:
            kept = np.concatenate([kept, block])
            past = min(max(begin - first, 0), len(kept))
            kept, first = kept[past:], first + past
        yield begin / RATE, kept[max(begin - first, 0) : end - first]


def _windows(parts: Iterable[_Part]) -> Iterator[list[_Part]]:
    """Parts that are recognised at once: it takes the recogniser as long to hear one second as to hear thirty."""
    window: list[_Part] = []
    for part in parts:
        if window and sum(len(sound) for _, sound in window) + len(part[1]) > _WINDOW * RATE:
            yield window
            window = []
        window.append(part)
    if window:
        yield window


def _in_film(words: Iterable[Word], window: Sequence[_Part]) -> Iterator[Word]:
    """Words of a window with the times that they have in the film: each in the part in which it ends."""
    begins = np.append(0, np.cumsum([len(sound) for _, sound in window])) / RATE
    for word in words:
        n = min(max(int(np.searchsorted(begins, word.stop)) - 1, 0), len(window) - 1)
        start, stop = (min(max(at, begins[n]), begins[n + 1]) - begins[n] for at in (word.start, word.stop))
        yield replace(word, start=float(window[n][0] + start), stop=float(window[n][0] + stop))


def _covered(word: Word, speech: Sequence[tuple[float, float]]) -> float:
    """The share of a word that lies in speech; a word without length lies in it or does not."""
    start, stop = word.start, max(word.stop, word.start + 1e-3)
    inside = sum(max(0.0, min(stop, b + MARGIN) - max(start, a - MARGIN)) for a, b in speech)
    return min(inside / (stop - start), 1.0)


def _loops(words: Sequence[Word]) -> set[int]:
    """Words of runs that repeat one word LOOP times or more, faster than anybody speaks."""
    wrong: set[int] = set()
    begin = 0
    for n in range(1, len(words) + 1):
        if n == len(words) or normalise(words[n].text) != normalise(words[begin].text):
            run = words[begin:n]
            if len(run) >= LOOP and min(word.stop - word.start for word in run) < INSTANT:
                wrong |= set(range(begin, n))
            begin = n
    return wrong


def _require_language(name: str, model, sound: np.ndarray, language: str) -> None:
    if language not in model.supported_languages:
        return  # hear says so
    likely, probability, every = model.detect_language(sound)
    if likely != language and probability >= SURE and dict(every).get(language, 0.0) < ANOTHER:
        raise HallyuError(
            f"{name} is in the language {likely!r} ({probability:.0%} sure), not {language!r}: set the language that is spoken."
        )


def _rate(path: str | Path) -> Fraction:
    """Frames a second of the film; 24 for sound alone."""
    try:
        about = video.probe(path)
    except HallyuError:
        return Fraction(24)
    return Fraction(24) if about.still else about.rate


def _part(tick: Callable[[float], None] | None, low: float, high: float) -> Callable[[float], None] | None:
    """*tick* for work that goes from the share *low* to *high* of the whole."""
    return None if tick is None else lambda share: tick(low + (high - low) * share)
