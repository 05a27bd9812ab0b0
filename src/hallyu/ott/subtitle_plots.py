"""Pictures of subtitle tracks for the lessons: cues against shots and voices, with what breaks the guide.

Each function returns a PIL image for figures.show. Colours are from Okabe & Ito's palette.
"""

import itertools
from collections.abc import Mapping, Sequence

from hallyu.music import plots
from hallyu.music.plots import BLUE, GREY, ORANGE, RED, SKY
from hallyu.ott.guide import Finding
from hallyu.ott.timedtext import Track

SEVERITIES = {"": BLUE, "advice": BLUE, "warning": ORANGE, "error": RED}
_MOST = 3
"""Codes that are written over one cue; a sign tells that there are more."""


@plots.drawn
def timeline(
    tracks: Mapping[str, Track],
    cuts: Sequence[float] = (),
    speech: Sequence[tuple[float, float]] = (),
    findings: Mapping[str, Sequence[Finding]] | None = None,
    start: float = 0.0,
    stop: float | None = None,
):
    """Tracks by name, one below the other: each cue a bar with its number, over shots and voices, from *start* to *stop*.

    cuts, speech: seconds. findings: of each track by its name; a cue with a warning is orange, one with an error is red, and
    the codes stand over it.
    """
    findings = findings or {}
    ends = [cue.end for track in tracks.values() for cue in track.cues] + [end for _, end in speech]
    stop = max([*ends, start + 1.0]) if stop is None else stop
    made, axes = plots.figure(56 + 92 * len(tracks) + 30 * bool(speech))
    names, places = [], []
    edges = [start, *sorted(cut for cut in cuts if start < cut < stop), stop]
    for number, (left, right) in enumerate(itertools.pairwise(edges)):
        axes.axvspan(left, right, color="#f4f4f4" if number % 2 else "#e6e6e6", linewidth=0)
    for row, (name, track) in enumerate(tracks.items()):
        base = 1.5 + 2.2 * (len(tracks) - 1 - row) + 0.6 * bool(speech)
        names.append(name)
        places.append(base + 0.05)
        _cues(axes, track, findings.get(name, ()), base, (start, stop))
    if speech:
        names.append("voices")
        places.append(0.7)
        for left, right in speech:
            if right > start and left < stop:
                axes.barh(0.7, right - left, 0.3, left, color=SKY)
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0)
    top = 1.0 + 2.2 * len(tracks) + 0.6 * bool(speech)
    axes.set(xlim=(start, stop), ylim=(0.45, top), xlabel="seconds; a new shade is a new shot")
    axes.spines["left"].set_visible(False)
    return made


def _cues(axes, track: Track, findings: Sequence[Finding], base: float, span: tuple[float, float]) -> None:
    """One track's bars, a little apart in height by turns, so that overlaps are seen."""
    wide = (span[1] - span[0]) * 0.012
    for number, cue in enumerate(track.cues):
        if cue.end < span[0] or cue.start > span[1]:
            continue
        here = [finding for finding in findings if finding.cue == number]
        worst = max((finding.rule.severity for finding in here), key=list(SEVERITIES).index, default="")
        y = base + 0.1 * (number % 2)
        axes.barh(
            y,
            max(cue.seconds, wide / 3),
            0.3,
            cue.start,
            color=SEVERITIES[worst],
            edgecolor="white",
            linewidth=0.6,
        )
        if cue.seconds > wide and span[0] < (cue.start + cue.end) / 2 < span[1]:
            axes.text(
                (cue.start + cue.end) / 2,
                y,
                str(number + 1),
                ha="center",
                va="center",
                color="white",
                fontsize=6,
            )
        codes = list(dict.fromkeys(finding.code for finding in here))
        text = "\n".join([*codes[:_MOST], *(["…"] if len(codes) > _MOST else [])])
        if text and span[0] <= cue.start < span[1]:
            # Above and below by turns: neighbours' codes do not run into each other.
            above = number % 2 == 1
            axes.text(
                cue.start, y + (0.2 if above else -0.2), text, ha="left", va="bottom" if above else "top", color=GREY,
                fontsize=4.5, linespacing=0.95, clip_on=True,
            )  # fmt: skip
