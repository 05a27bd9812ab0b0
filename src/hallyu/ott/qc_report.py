"""The page of a quality control report: one file that needs nothing else, for a screen of any width and for paper.

Pictures are inside it, the plot is drawn as SVG, and the type is what the reader's machine has for Korean. Every sentence
is English and goes through *say*, which turns it into the page's language.
"""

import base64
from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from hallyu.ott import loudness
from hallyu.ott.defects import Defect
from hallyu.ott.qc import Report, Still

LABELS = {"fail": "fail", "target": "target missed", "note": "note"}
"""What the page calls a severity."""
_LOUDEST, _QUIETEST = 0.0, -60.0
_WIDE, _HIGH, _LEFT, _BELOW = 720, 270, 44, 36
_STYLE = """
:root { color-scheme: light; --ink: #1e2430; --quiet: #566072; --rule: #dde2ea;
  --fail: #a3261d; --target: #8a5300; --note: #0f5f8a; }
* { box-sizing: border-box; }
body { margin: 0; background: #fbfcfd; color: var(--ink); word-break: keep-all; overflow-wrap: anywhere;
  font: 16px/1.55 "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
h1 { font-size: 1.45rem; line-height: 1.3; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.verdict { display: inline-block; margin: .25rem 0; padding: .3rem .8rem; border-radius: 6px; color: #fff; font-weight: 700; }
.verdict.pass { background: #17693c; } .verdict.fail { background: var(--fail); }
.quiet { color: var(--quiet); font-size: .93rem; margin: .25rem 0; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); font-size: .93rem; padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--rule); }
th { font-weight: 600; } thead th { color: var(--quiet); font-size: .88rem; }
.facts th { width: 34%; font-weight: 400; color: var(--quiet); }
.found th { white-space: nowrap; } .found img { display: block; width: 160px; height: auto; border-radius: 4px; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 4px; border: 1px solid; font-size: .85rem; white-space: nowrap; }
.fail .badge { color: var(--fail); } .target .badge { color: var(--target); } .note .badge { color: var(--note); }
code { font: .92em ui-monospace, Consolas, monospace; }
figure { margin: 0; } svg { display: block; width: 100%; height: auto; }
.sign { margin-top: 2rem; padding: .75rem 1rem; border: 1px solid var(--rule); border-radius: 8px; background: #fff; }
@media (max-width: 40rem) {
  svg text { font-size: 19px; }
  .found thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .found table, .found caption, .found tbody, .found th, .found td { display: block; border: 0; padding: 0; }
  .found tr { display: grid; grid-template-columns: 1fr 9rem; gap: .25rem .75rem; padding: .75rem 0;
    border-bottom: 1px solid var(--rule); }
  .found td:nth-child(3) { grid-area: 3 / 1 / 4 / 3; } .found td:nth-child(4) { grid-area: 1 / 2 / 3 / 3; }
  .found img { width: 100%; }
}
@media print { figure, tr { break-inside: avoid; } }
"""
Say = Callable[[str], str]


def page(report: Report, language: str = "en", say: Say = str, signed: str = "") -> str:
    """The report as HTML. language, say, signed: as for Report.write."""
    what = report.programme
    passed = report.passed
    verdict = say("passed") if passed else say("not passed")
    counts = ", ".join(f"{say(LABELS[kind])} {len(report.of(kind))}" for kind in LABELS)
    body = (
        f"<h1>{_text(say('Quality control'))}: {_text(what.name)}</h1>"
        f'<p class="verdict {"pass" if passed else "fail"}">{_text(verdict)}</p>'
        f'<p class="quiet">{_text(counts)}</p>'
        f"{heard(report, say)}"
        f"<h2>{_text(say('What was found'))}</h2>{findings(report, say)}"
        f"<h2>{_text(say('The programme'))}</h2>{_facts(_programme(report, say), say('The programme'))}"
        f'<p class="sign">{_text(say("Looked at by a person") + ": " + signed if signed else say(_UNSIGNED))}</p>'
    )
    title = f"{say('Quality control')}: {what.name}"
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
        f"<title>{_text(title)}</title><style>{_STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


_UNSIGNED = "No person has looked at these findings yet: a program found them, and somebody answers for them."


def _text(words: object) -> str:
    return escape(str(words), quote=False)


def findings(report: Report, say: Say = str) -> str:
    """Every finding as a table: timecodes, code, sentence and picture. say: as for Report.write."""
    if not report.defects:
        return f"<p>{_text(say('Nothing was found.'))}</p>"
    heads = "".join(
        f'<th scope="col" role="columnheader">{_text(say(head))}</th>'
        for head in ("Timecode", "Code", "Finding", "Picture")
    )
    rows = "".join(_row(report, *each, say) for each in zip(report.defects, report.stills, strict=True))
    return (
        f'<div class="found"><table role="table"><caption>{_text(say(_OUT))}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table></div>'
    )


_OUT = "From the first frame of each finding to the frame after its last."


def _row(report: Report, defect: Defect, still: Still | None, say: Say) -> str:
    start, end = report.times(defect)
    badge = f'<span class="badge">{_text(say(LABELS[defect.severity]))}</span>'
    picture = ""
    if still is not None:
        alt = f"{say('Picture')} {report.timecode(still.seconds)}"
        data = base64.b64encode(still.jpeg).decode("ascii")
        picture = f'<img alt="{escape(alt)}" loading="lazy" width="160" src="data:image/jpeg;base64,{data}">'
    return (
        f'<tr role="row" class="{defect.severity}"><th scope="row" role="rowheader">{start}<br>{end}</th>'
        f'<td role="cell"><code>{_text(defect.code)}</code><br>{badge}</td>'
        f'<td role="cell">{_text(say(defect.says))}</td><td role="cell">{picture}</td></tr>'
    )


def _facts(rows: Sequence[tuple[str, str]], caption: str) -> str:
    told = "".join(
        f'<tr><th scope="row">{_text(name)}</th><td>{_text(value)}</td></tr>' for name, value in rows
    )
    return f'<table class="facts"><caption>{_text(caption)}</caption><tbody>{told}</tbody></table>'


def _programme(report: Report, say: Say) -> list[tuple[str, str]]:
    what = report.programme
    rows = [
        (say("Length"), f"{report.timecode(what.seconds)} ({what.frames:,})"),
        (
            say("Picture"),
            f"{what.width} x {what.height}, {float(what.rate):.6g} fps, {what.codec}, {what.bits} bit",
        ),
    ]
    for number, track in enumerate(what.sound, 1):
        rows += [(f"{say('Sound')} {number}", f"{track.codec}, {track.rate:,} Hz, {' '.join(track.layout)}")]
    return [*rows, (say("File"), f"{what.bytes:,} B"), ("SHA-256", what.sha256)]


def heard(report: Report, say: Say = str) -> str:
    """Loudness over time as a plot, and what was measured; nothing without sound. say: as for Report.write."""
    measured = report.loudness
    if measured is None:
        return ""
    rows = [(say("Programme loudness"), _level(measured.integrated, "LKFS"))]
    if report.dialogue:
        spoken, share = report.dialogue
        rows += [(say("Dialogue loudness"), f"{_level(spoken, 'LKFS')} ({share:.0%})")]
    _, _, target = report.target
    close, far = loudness.CLOSE, loudness.FAR
    rows += [
        (say("Target"), f"{target:g} ±{close:g} LKFS; {say('sent back beyond')} ±{far:g}"),
        (say("True peak"), _level(measured.true_peak, "dBTP")),
        (say("Loudness range"), f"{measured.range:.1f} LU"),
    ]
    return (
        f"<h2>{_text(say('Loudness'))}</h2><figure>{_plot(report, say)}</figure>"
        f"{_facts(rows, say('Loudness of the sound track'))}"
    )


def _level(value: float, unit: str) -> str:
    return f"{value:.1f} {unit}" if np.isfinite(value) else f"−∞ {unit}"


# The plot --------------------------------------------------------------------------------------------------------------


def _plot(report: Report, say: Say) -> str:
    """Loudness over time as SVG: what is asked for is a band, the momentary thin, the short-term thick, defects are marks."""
    end, (_, value, target) = report.loudness.seconds, report.target
    close, far = loudness.CLOSE, loudness.FAR
    alt = (
        f"{say('Loudness over time')}: {report.timecode(0)}–{report.timecode(end)}; {say('Target')} {target:g} LKFS; "
        f"{say('measured')} {_level(value, 'LKFS')}"
    )
    parts = [
        f'<rect x="{_LEFT}" y="{_y(target + close):.1f}" width="{_WIDE - _LEFT}" '
        f'height="{_y(target - close) - _y(target + close):.1f}" fill="#009E73" opacity=".18"/>'
    ]
    for level in range(-60, 1, 12):
        parts += [_line(_LEFT, _y(level), _WIDE, _y(level), "#dde2ea")]
        parts += [f'<text x="{_LEFT - 6}" y="{_y(level) + 4:.1f}" text-anchor="end">{level}</text>']
    for level in (target - far, target + far):
        parts += [_line(_LEFT, _y(level), _WIDE, _y(level), "#009E73", 'stroke-dasharray="5 4"')]
    for seconds in _ticks(end):
        name = f"{int(seconds) // 60}:{int(seconds) % 60:02}"
        parts += [f'<text x="{_x(seconds, end):.1f}" y="{_HIGH - 8}" text-anchor="middle">{name}</text>']
    parts += [_curve(*report.curve(0.4), end, "#8aa4b8", 0.8)]
    parts += [_curve(*report.curve(), end, "#0072B2", 2.2)]
    for defect in report.of("fail"):
        if defect.end - defect.start < 0.9 * end:
            x = _x(min(defect.start, end), end)
            name = f"{report.timecode(defect.start)} {defect.code}"
            parts += [f'<path d="M{x:.1f} 12l-5 -9h10z" fill="#a3261d"><title>{_text(name)}</title></path>']
    legend = (("#0072B2", "short-term (3 s)"), ("#8aa4b8", "momentary (0.4 s)"), ("#009E73", "target"))
    for n, (colour, name) in enumerate(legend):
        parts += [
            f'<text x="{_WIDE - 6}" y="{32 + 21 * n}" text-anchor="end" fill="{colour}" font-weight="600" '
            f'paint-order="stroke" stroke="#fff" stroke-width="3">{_text(say(name))}</text>'
        ]
    return (
        f'<svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{escape(alt)}" font-size="11" fill="#566072">'
        f"{''.join(parts)}</svg>"
    )


def _x(seconds: float, end: float) -> float:
    return _LEFT + (_WIDE - _LEFT) * seconds / max(end, 1e-6)


def _y(level: float) -> float:
    inside = min(max(level, _QUIETEST), _LOUDEST)
    return 14 + (_HIGH - _BELOW - 14) * (_LOUDEST - inside) / (_LOUDEST - _QUIETEST)


def _line(x: float, y: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>'


def _ticks(end: float) -> np.ndarray:
    step = next((step for step in (1, 5, 10, 30, 60, 300, 600, 1800) if end / step <= 10), 3600)
    return np.arange(0, end, step)


def _curve(times: np.ndarray, levels: np.ndarray, end: float, colour: str, width: float) -> str:
    """A line that shows the loudest of what falls on the same pixel."""
    if not len(times):
        return ""
    columns = np.rint(_LEFT + (_WIDE - _LEFT) * times / end).astype(int)
    firsts = np.flatnonzero(np.diff(columns, prepend=-1))
    loudest = np.maximum.reduceat(levels, firsts)
    points = " ".join(
        f"{x},{_y(level):.1f}" for x, level in zip(columns[firsts].tolist(), loudest.tolist(), strict=True)
    )
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"/>'
