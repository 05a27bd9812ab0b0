"""A film's lines in another language, as subtitles: split at phrases, timed to the voices, and given the time it takes to read.

A language has its own width and its own pace: what is five syllables in Korean is twenty letters in English. So a translation
takes the voices' times and not the other language's cues.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from hallyu.ott import guide as guides
from hallyu.ott import linebreak, reading
from hallyu.ott.guide import Finding, Guide, reads_at
from hallyu.ott.sdh import shared
from hallyu.ott.timedtext import Cue, Track, plain

LINGER = 0.5
"""Seconds for which a cue may stand after its voice, so that it can be read."""
PAUSE = 1.0
"""Seconds of silence over which two cues of one speaker are not joined."""


@dataclass(frozen=True)
class Said:
    """What is said in the language of the track, when it is heard (seconds), by whom, and who translated it."""

    text: str
    start: float
    stop: float
    speaker: str = ""
    by: str = ""


@dataclass(frozen=True)
class Retimed:
    """A track, when the voice of each of its cues is heard, how many cues got more time and how many were joined; left: the
    cues that still cannot be read in their time."""

    track: Track
    spoken: tuple[tuple[float, float], ...]
    longer: int
    joined: int
    left: tuple[Finding, ...]


def cues(said: Iterable[Said], language: str, rate: Fraction, guide: Guide | None = None) -> Track:
    """Each line as it is heard, on as many cues as it needs; the parts of a line share its time by their characters.

    >>> made = cues([Said("It was cold. We walked home.", 1.0, 3.0)], "en", Fraction(24))
    >>> [(cue.text, cue.start, cue.end) for cue in made.cues]
    [('It was cold. We walked home.', 1.0, 3.0)]
    """
    guide = guide or guides.GUIDES.get(language.split("-")[0], guides.ENGLISH)
    track, made = Track((), language, rate=rate), []
    for line in said:
        texts = linebreak.pieces(line.text, language, guide.width, guide.lines, guide.halves)
        whole = Cue(line.start, line.stop, line.text, speaker=line.speaker, by=line.by)
        made += [whole] if not texts else shared(whole, texts, track, guide)
    return replace(track, cues=tuple(made))


def retime(
    track: Track,
    audience: str = "adults",
    guide: Guide | None = None,
    linger: float = LINGER,
    cps: float | None = None,
    join: bool = True,
) -> Retimed:
    """*track*, whose cues stand as their voices are heard, with time to read: longer after the voice, or two cues as one.

    cps: characters a second, where it is another than the guide's. A cue stands *linger* seconds after its voice at most, and
    never reaches the next one. Where that is not enough, it is joined with a neighbour of the same speaker, no more than PAUSE
    away, if both fit on its lines: a pause between the two is time to read. No word is changed.
    """
    guide = guide or guides.GUIDES.get(track.language.split("-")[0], guides.ENGLISH)
    pace = Fraction(cps or guides.limits(track, guide, audience).cps).limit_denominator(100)
    voices = [(cue.start, cue.end) for cue in track.cues]
    whole, count = list(track.cues), 0
    while join:
        timed = _longer(track, whole, voices, guide, pace, linger)
        found = _joined(timed, whole, voices, guide, pace, linger, track)
        if found is None:
            break
        whole, voices = found
        count += 1
    timed = _longer(track, whole, voices, guide, pace, linger)
    longer = sum(after.end > before.end + 1e-6 for before, after in zip(whole, timed, strict=True))
    done = replace(track, cues=tuple(timed))

    def fast(n: int, cue: Cue) -> Finding:
        told = reads_at(reading.speed(cue, guide.halves), pace)
        return Finding("TIM-CPS", n, f"cue {n + 1} {told}", done.frame(cue.start), done.rate)

    left = tuple(fast(n, cue) for n, cue in enumerate(timed) if _too_fast(cue, done, guide, pace))
    return Retimed(done, tuple(voices), longer, count, left)


def _needed(text: str, track: Track, guide: Guide, pace: Fraction) -> int:
    """Frames that it takes to read, or the least that a cue stands."""
    least = guides.limits(track, guide).least
    return max(least, int(-(-Fraction(reading.width(text, guide.halves)) * track.rate // pace)))


def _too_fast(cue: Cue, track: Track, guide: Guide, pace: Fraction) -> bool:
    frames = track.frame(cue.end) - track.frame(cue.start)
    return frames <= 0 or Fraction(reading.width(cue.text, guide.halves)) * track.rate > pace * frames


def _longer(
    track: Track,
    cues: Sequence[Cue],
    voices: Sequence[tuple[float, float]],
    guide: Guide,
    pace: Fraction,
    linger: float,
) -> list[Cue]:
    """Cues that stand as long as it takes to read them, as far as there is room."""
    numbers, made = guides.limits(track, guide), []
    for n, (cue, (_, stop)) in enumerate(zip(cues, voices, strict=True)):
        start, end = track.frame(cue.start), track.frame(cue.end)
        until = track.frame(cues[n + 1].start) - numbers.gap if n + 1 < len(cues) else guides.FAR
        latest = min(until, track.frame(stop) + int(linger * track.rate), start + numbers.most)
        wanted = min(start + _needed(cue.text, track, guide, pace), latest)
        made.append(cue if wanted <= end else replace(cue, end=float(wanted / track.rate)))
    return made


def _joined(timed, cues, voices, guide: Guide, pace: Fraction, linger: float, track: Track):
    """*cues* and *voices* with the two joined that gain most by it; None where no two do."""
    best = None
    for n, (one, other) in enumerate(pairwise(cues)):
        fast = [_too_fast(timed[k], track, guide, pace) for k in (n, n + 1)]
        apart = voices[n + 1][0] - voices[n][1]
        if (
            not any(fast)
            or one.speaker != other.speaker
            or apart > PAUSE
            or guides.has_dash(one.text + "\n" + other.text)
        ):
            continue
        words = f"{plain(one.text)} {plain(other.text)}"
        text = linebreak.wrap(words, track.language, guide.width, guide.lines, guide.halves)
        if text is None:
            continue
        both = replace(one, text=text, end=other.end)
        merged = [*cues[:n], both, *cues[n + 2 :]]
        heard = [*voices[:n], (voices[n][0], voices[n + 1][1]), *voices[n + 2 :]]
        if track.frame(both.end) - track.frame(both.start) > guides.limits(track, guide).most:
            continue
        after = _too_fast(_longer(track, merged, heard, guide, pace, linger)[n], track, guide, pace)
        gain = sum(fast) - after
        if gain > 0 and (best is None or gain > best[0]):
            best = gain, merged, heard
    return best and best[1:]
