from xml.etree import ElementTree as ET

import mpegdash.parser
import pytest

from hallyu.ott import checks_release as check
from hallyu.ott import package


def unfold(rows, more=1, goes_on=True, times=True):
    found, at = [], 0
    for row in rows:
        at = row.get("t", at) if times else at
        begin = at
        for _ in range(row.get("r", 0) + more):
            found.append((at, row["d"]))
            at += row["d"]
        at = at if goes_on else begin + row["d"]
    return found


def harmonic(speeds):
    return len(speeds) / sum(1 / speed for speed in speeds)


def next_size(variants, speeds, buffered, share=0.8, least=4, last=3, mean=harmonic):
    ordered = sorted(variants)
    if not speeds or buffered < least:
        return ordered[0][1]
    room = share * mean(speeds[-last:])
    return ([height for bits, height in ordered if bits <= room] or [ordered[0][1]])[-1]


def test_right_answers():
    assert check.unfold(unfold)
    assert check.next_size(next_size)


def test_timelines_are_those_that_the_library_and_another_parser_read():
    for rows, _ in check.TIMELINES:
        template = ET.Element(f"{{{package._MPD}}}SegmentTemplate")
        for row in rows:
            ET.SubElement(template, f"{{{package._MPD}}}S", {key: str(value) for key, value in row.items()})
        assert list(package._timeline(template)) == check.segments(rows)
        listed = "".join(
            "<S " + " ".join(f'{key}="{value}"' for key, value in row.items()) + "/>" for row in rows
        )
        manifest = mpegdash.parser.MPEGDASHParser.parse(
            '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="" minBufferTime="PT2S"><Period><AdaptationSet>'
            f"<SegmentTemplate><SegmentTimeline>{listed}</SegmentTimeline></SegmentTemplate></AdaptationSet></Period></MPD>"
        )
        (line,) = manifest.periods[0].adaptation_sets[0].segment_templates[0].segment_timelines
        counted = [(each.r or 0) + 1 for each in line.Ss or ()]
        assert sum(counted) == len(check.segments(rows))


@pytest.mark.parametrize(("answer", "says"), [
    (lambda rows: None, "returns nothing yet"),
    (lambda rows: [], "from 0 on"),
    (lambda rows: unfold(rows, more=0), "from 0 on"),
    (lambda rows: [(row.get("t", 0), row["d"]) for row in rows], "times *more*"),
    (lambda rows: [(n * 96, 96) for n in range(sum(row.get("r", 0) + 1 for row in rows))], "where the last segment ended"),
    (lambda rows: unfold([{**row, "t": row.get("t", 0)} for row in rows]), "where the last segment ended"),
    (lambda rows: unfold(rows, times=False), "another time than 0"),
    (lambda rows: unfold(rows, goes_on=False), "where the last segment ended"),
    (lambda rows: [start for start, _ in unfold(rows)], "stopped with TypeError"),
    (lambda rows: [(start, start + length) for start, length in unfold(rows)], "times *more*"),
    (lambda rows: unfold([{"t": rows[0]["t"], **row} for row in rows]), "stopped with"),
])  # fmt: skip
def test_wrong_timelines(answer, says):
    verdict = check.unfold(answer)
    assert not verdict and says in verdict.message, verdict


@pytest.mark.parametrize(("answer", "says"), [
    (lambda variants, speeds, buffered: None, "returns nothing yet"),
    (lambda variants, speeds, buffered: 720, "nobody knows the net"),
    (lambda *ride: next_size(*ride, share=1), "do not fit into 80 %"),
    (lambda *ride: next_size(*ride, mean=lambda speeds: sum(speeds) / len(speeds)), "harmonic mean"),
    (lambda *ride: next_size(*ride, mean=max), "harmonic mean"),
    (lambda *ride: next_size(*ride, mean=min, share=0.7), "2.4 Mbit/s fit"),
    (lambda *ride: next_size(*ride, last=99), "only the last three"),
    (lambda *ride: next_size(*ride, last=1), "harmonic mean"),
    (lambda *ride: next_size(*ride, mean=lambda speeds: 3 / sum(1 / speed for speed in speeds)), "of two speeds"),
    (lambda *ride: next_size(*ride, least=0), "less than 4 seconds"),
    (lambda *ride: next_size(*ride, least=4.01), "are enough"),
    (lambda variants, speeds, buffered: [height for bits, height in variants if bits <= 0.8 * speeds[-1]][-1], "stopped with"),
    (lambda variants, speeds, buffered: next_size(variants, speeds, buffered) if speeds and speeds[0] > 2e5 else variants[0][1],
     "nobody knows the net"),
    (lambda *ride: next_size(*ride) * 1000, "nobody knows the net"),
])  # fmt: skip
def test_wrong_sizes(answer, says):
    verdict = check.next_size(answer)
    assert not verdict and says in verdict.message, verdict
