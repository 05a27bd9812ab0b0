import io
import xml.etree.ElementTree as ET
from fractions import Fraction

import imschrm.doc_sequence
import imschrm.hrm
import pysubs2
import pytest
import ttconv.imsc.reader
import ttconv.isd
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.ott import subtitle_files
from hallyu.ott.timedtext import Cue, Track

NTSC = Fraction(24000, 1001)
WHOLE = Track(
    (
        Cue(1.0, 2.5, "- <i>첫눈</i>이다\n- 어디?", speaker="나영", by="whisper-base, 홍길동"),
        Cue(3.0, 4.0, "1 < 2 & 3 > 2", top=True, by="홍길동"),
        Cue(5.0, 6.5, "[쾅 하는 소리]", forced=True, align="left", speaker="하늘 & <바다>"),
    ),
    "ko", "sdh", NTSC, "자막: 홍길동\n초안: whisper-base --> 교정",
)  # fmt: skip
SRT = "1\n00:00:01,000 --> 00:00:02,500\n첫눈이다\n\n2\n00:00:03,000 --> 00:00:04,000\n어디?\n저기\n"
TT = '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:itts="http://www.w3.org/ns/ttml/profile/imsc1#styling"{0}><head>{1}</head><body>{2}</body></tt>'  # noqa: E501


def read(text: str, encoding: str = "utf-8", **about) -> Track:
    return subtitle_files.read(text.encode(encoding), **about)


# There and back ------------------------------------------------------------------------------------------------------


def test_imsc_keeps_everything(tmp_path):
    subtitle_files.write(tmp_path / "자막.ttml", WHOLE)
    assert subtitle_files.read(tmp_path / "자막.ttml") == WHOLE


def test_what_webvtt_and_srt_keep(tmp_path):
    subtitle_files.write(tmp_path / "a.vtt", WHOLE)
    subtitle_files.write(tmp_path / "a.srt", WHOLE)
    vtt, srt = (subtitle_files.read(tmp_path / name, kind="sdh", rate=23.976) for name in ("a.vtt", "a.srt"))
    for track in (vtt, srt):
        assert [(c.start, c.end, c.text, c.top, c.align) for c in track.cues] == [
            (c.start, c.end, c.text, c.top, c.align) for c in WHOLE.cues
        ]
        assert (track.language, track.kind, track.rate) == ("ko", "sdh", NTSC)
    assert [c.speaker for c in vtt.cues] == [c.speaker for c in WHOLE.cues]
    assert (vtt.about, srt.about) == (WHOLE.about.replace("-->", "→"), "")
    assert {c.by for c in (*vtt.cues, *srt.cues)} == {""}


TEXTS = st.lists(
    st.text(alphabet="가힣 aZ0&<>\"'…♪-é", min_size=1, max_size=12).filter(lambda line: line.strip() == line), min_size=1,
    max_size=3,
).map("\n".join)  # fmt: skip
CUES = st.builds(
    lambda start, length, text, top, forced, speaker: Cue(start / 24, (start + length) / 24, text, speaker, forced, top),
    st.integers(0, 200_000), st.integers(0, 200), TEXTS, st.booleans(), st.booleans(), st.sampled_from(["", "나영", "A&B"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(CUES, min_size=1, max_size=5), st.sampled_from([24, NTSC, 25, Fraction(30000, 1001)]))
def test_any_track_comes_back_from_imsc_with_every_frame(cues, rate):
    track = Track(tuple(Cue(*(float(n * 24 / rate / 24) for n in (c.start * 24, c.end * 24)), c.text, c.speaker, c.forced, c.top)
                        for c in cues), "ko", "subtitles", rate)  # fmt: skip
    back = read(subtitle_files.to_imsc(track))
    assert [(track.frame(c.start), track.frame(c.end)) for c in back.cues] == [
        (track.frame(c.start), track.frame(c.end)) for c in track.cues
    ]
    assert [(c.text, c.speaker, c.forced, c.top) for c in back.cues] == [
        (c.text, c.speaker, c.forced, c.top) for c in track.cues
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(CUES, min_size=1, max_size=5))
def test_any_text_comes_back_from_webvtt(cues):
    track = Track(tuple(cues))
    back = read(subtitle_files.to_webvtt(track))
    assert [(c.text, c.speaker, c.top) for c in back.cues] == [(c.text, c.speaker, c.top) for c in track.cues]


# Other programs read what is written ---------------------------------------------------------------------------------


class Strict(imschrm.hrm.EventHandler):
    def __init__(self):
        self.errors = []

    def error(self, msg, *rest):
        self.errors.append(msg)

    warn = error

    def info(self, *_):
        pass

    debug = info


def test_imsc_is_read_by_ttconv_and_within_the_render_model():
    text = subtitle_files.to_imsc(WHOLE)
    model = ttconv.imsc.reader.to_model(ET.ElementTree(ET.fromstring(text)))
    times = [float(t) for t in ttconv.isd.ISD.significant_times(model)]
    assert times == [0, 1, 2.5, 3, 4, 5, 6.5]
    events = Strict()
    imschrm.hrm.validate(imschrm.doc_sequence.iter_isd([(0, None, text)]), events)
    assert events.errors == []
    # It would say so: a screen full of different syllables for a moment cannot be drawn in time.
    busy = Track(
        tuple(
            Cue(1 + n / 100, 1 + (n + 1) / 100, "".join(chr(0xAC00 + n * 60 + k) for k in range(60)))
            for n in range(9)
        )
    )
    events = Strict()
    imschrm.hrm.validate(imschrm.doc_sequence.iter_isd([(0, None, subtitle_files.to_imsc(busy))]), events)
    assert events.errors


def test_ticks_hold_every_frame_of_an_hour():
    for rate in (Fraction(24), NTSC, Fraction(25), Fraction(30000, 1001), Fraction(25, 2)):
        assert (subtitle_files.tick_rate(rate) / rate).denominator == 1


def test_webvtt_and_srt_are_read_by_others():
    vtt = list(webvtt.from_buffer(io.StringIO(subtitle_files.to_webvtt(WHOLE))))
    assert next((c.start, c.end) for c in vtt) == ("00:00:01.000", "00:00:02.500")
    assert vtt[0].text == "- 첫눈이다\n- 어디?" and vtt[0].voice == "나영"
    srt = pysubs2.SSAFile.from_string(subtitle_files.to_srt(WHOLE), "srt")
    assert [(e.start, e.end) for e in srt] == [(1000, 2500), (3000, 4000), (5000, 6500)]
    assert next(e.plaintext for e in srt) == "- 첫눈이다\n- 어디?"


# As files come -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_ends_of_lines(encoding, ends):
    track = read(SRT.replace("\n", ends), encoding)
    assert [c.text for c in track.cues] == ["첫눈이다", "어디?\n저기"]
    assert (track.cues[0].start, track.cues[0].end, track.language) == (1.0, 2.5, "ko")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_imsc_in_other_encodings(encoding):
    text = subtitle_files.to_imsc(WHOLE).replace('encoding="UTF-8"', f'encoding="{encoding[:6]}"')
    text = text.replace('encoding="utf-8-"', 'encoding="utf-8"')
    assert read(text.replace('"utf-8-"', '"utf-8"'), encoding) == WHOLE


@pytest.mark.parametrize(("text", "wanted"), [
    # numbers missing, repeated, and not after an empty line
    ("00:00:01,000 --> 00:00:02,000\n하나\n\n00:00:03,000 --> 00:00:04,000\n둘", ["하나", "둘"]),
    ("1\n00:00:01,000 --> 00:00:02,000\n하나\n1\n00:00:03,000 --> 00:00:04,000\n2002", ["하나", "2002"]),
    ("1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:03,000 --> 00:00:04,000\n둘\n\n셋", ["", "둘\n셋"]),
    ("1\n0:00:01.5 -> 0:00:02.25\n하나", ["하나"]),
    ("1\n00:00:01,000 --> 00:00:02,000 X1:10 X2:20\n<font color=red>하나</font> <b>둘</b> <I>셋</I> <3",
    ["하나 둘 <i>셋</i> <3"]),
    ("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}\u202a하나", ["\u202a하나"]),
])  # fmt: skip
def test_srt_as_people_write_it(text, wanted):
    assert [c.text for c in read(text).cues] == wanted


def test_thousandths_are_not_mixed_up():
    cue = read("1\n0:00:01.5 --> 0:00:02.25\n하나").cues[0]
    assert (cue.start, cue.end) == (1.5, 2.25)


def test_cues_out_of_order_overlapping_and_without_time():
    track = read(
        "1\n00:00:05,000 --> 00:00:05,000\n영\n\n2\n00:00:01,000 --> 00:00:09,000\n긴\n\n3\n00:00:03,000 --> 00:00:02,000\n거꾸로"
    )
    assert [(c.start, c.end) for c in track.cues] == [(1, 9), (3, 2), (5, 5)]
    for kind in (subtitle_files.to_imsc, subtitle_files.to_webvtt, subtitle_files.to_srt):
        assert [(c.start, c.end) for c in read(kind(track)).cues] == [(1, 9), (3, 2), (5, 5)]


def test_webvtt_with_everything():
    track = read(
        "WEBVTT - 시험\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\nSTYLE\n::cue { color: red }\n\n"
        "NOTE\n00:01.000 --> 00:02.000\n아니\n\n"
        "first\n00:01.000 --> 00:02.500 align:start line:10%\n"
        "<v.loud 나영>첫<c.red>눈</c> &amp; <i.x>비</i>\n<00:01.500><b>와</b></v>\n\n"
        "100:00:00.000 --> 100:00:00.000 line:-1\n<ruby>漢<rt>한</rt></ruby>&lrm;"
    )
    first, second = track.cues
    assert (first.start, first.end, first.text) == (1, 2.5, "첫눈 & <i>비</i>\n와")
    assert (first.speaker, first.align, first.top) == ("나영", "left", True)
    assert (second.start, second.text, second.top) == (360_000, "漢", False)


def test_ttml_as_others_write_it():
    head = (
        '<styling><style xml:id="it" tts:fontStyle="italic"/><style xml:id="fn" itts:forcedDisplay="true"/></styling>'
        '<layout><region xml:id="up" tts:origin="10% 10%" tts:extent="80% 20%" tts:displayAlign="before"/>'
        '<region xml:id="low" tts:origin="10% 70%" tts:extent="80% 20%" tts:displayAlign="after"/></layout>'
    )
    body = (
        '<div begin="10s"><p begin="1s" end="2s" region="low" style="it">'
        '  첫\n   눈 <br/> <span tts:fontStyle="normal">이다</span></p>'
        '<p begin="00:00:03:12" dur="12f" region="up" style="fn">편지</p></div><div><p region="low">'
        '<span begin="30s" end="31s">하나</span><span begin="31s" end="32s">둘</span></p></div>'
    )
    track = read(
        TT.format(' xml:lang="en" ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"', head, body)
    )
    assert (track.language, track.rate) == ("en", NTSC)
    one, two, three = track.cues
    assert (one.start, one.end, one.text, one.top, one.forced) == (11, 12, "<i>첫 눈</i>\n이다", False, False)
    assert (two.text, two.top, two.forced) == ("편지", True, True)
    assert track.frame(two.start - 10) == 3 * 24 + 12 and track.frame(two.end) - track.frame(two.start) == 12
    assert (three.start, three.end, three.text) == (30, 32, "하나둘")


def test_scenarist_captions():
    # "HELLO / WORLD" in pop-on captions, shown at 01:00:02:00 and erased at 01:00:04:00, non-drop
    track = read(
        "Scenarist_SCC V1.0\n\n01:00:00:00\t9420 9420 9440 9440 c845 4c4c 4f80 9470 9470 d74f d24c c480\n\n"
        "01:00:02:00\t942c 942c 942f 942f\n\n01:00:04:00\t942c 942c\n\n"
    )
    assert track.rate == Fraction(30000, 1001) and track.language == "und"
    (cue,) = track.cues
    assert cue.text.split() == ["HELLO", "WORLD"]
    assert abs(cue.start - 3602 * 1.001) < 0.2 and abs(cue.end - 3604 * 1.001) < 0.2


def stl(*subtitles: tuple[str, tuple[int, ...], tuple[int, ...]], first: str = "10000000") -> bytes:
    """An EBU STL file of 25 frames a second in Latin letters. Source: EBU Tech 3264."""
    head = bytearray(b" " * 1024)
    head[0:3], head[3:11], head[11:12], head[12:14], head[14:16] = b"850", b"STL25.01", b"0", b"00", b"09"
    head[238:243] = head[243:248] = f"{len(subtitles):05}".encode()
    head[248:251], head[251:253], head[253:255], head[255:256] = b"001", b"40", b"23", b"1"
    head[256:264] = head[264:272] = first.encode()
    blocks = [
        bytes([0, n, 0, 0xFF, 0, *start, *end, 20, 2, 0]) + text.encode("latin-1").ljust(112, b"\x8f")
        for n, (text, start, end) in enumerate(subtitles, 1)
    ]
    return bytes(head) + b"".join(blocks)


def test_ebu_stl():
    data = stl(
        ("Hello\x8aworld", (10, 0, 1, 0), (10, 0, 2, 12)), ("\x80Bye\x81", (10, 0, 3, 0), (10, 0, 4, 0))
    )
    track = subtitle_files.read(data)
    assert (track.rate, track.language) == (25, "en")
    assert [(c.start, c.end, c.text) for c in track.cues] == [(1, 2.48, "Hello\nworld"), (3, 4, "<i>Bye</i>")]


# What is wrong is said -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "says"), [
    (b"", "empty"), (b"\xef\xbb\xbf\r\n", "empty"), (b"\xff\xfe", "empty"), (b"\0" * 5000, "empty"),
    (b"just words", "none of IMSC"), (bytes(range(256)) * 40, "no text|none of IMSC"), (b"\x89PNG\r\n\x1a\n" + bytes(99),
    "no text|none of"),
    (b"<SAMI><BODY><SYNC Start=1>", "SAMI"), (b"[Script Info]\nTitle: x", "ASS"), (b"<html></html>", "no TTML"),
    (b"<tt xmlns='http://www.w3.org/ns/ttml'><body>", "damaged"), (b"<tt/>", "no TTML"),
    (b"WEBVTT\n\nnothing", "no subtitles"), (stl()[:-1], "cut off"), (stl(("x", (1, 0, 0, 0), (2, 0, 0, 0)))[:1100], "cut off"),
    (stl(), "no subtitles"), (b"Scenarist_SCC V1.0\n\nrubbish", "no subtitles"),
    (TT.format("", "", "<div/>").encode(), "no subtitles"),
    (b"1\n9999:00:00,000 --> 9999:00:01,000\nx", "no time of a film"),
])  # fmt: skip
def test_one_sentence_for_what_is_no_subtitle_file(data, says):
    with pytest.raises(HallyuError, match=says) as told:
        subtitle_files.read(data)
    assert "\n" not in str(told.value)


def test_a_missing_file_a_folder_and_another_ending(tmp_path):
    for path in (tmp_path / "none.srt", tmp_path):
        with pytest.raises(HallyuError, match="no file"):
            subtitle_files.read(path)
    with pytest.raises(HallyuError, match="change the ending"):
        subtitle_files.write(tmp_path / "a.stl", WHOLE)
    assert not list(tmp_path.iterdir())


def test_a_hundred_megabytes_of_anything(tmp_path):
    large = tmp_path / "large.srt"
    with open(large, "wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(HallyuError, match="100 MB"):
        subtitle_files.read(large)
    with pytest.raises(HallyuError, match="tags"):
        subtitle_files.read(b"<tt>" + b"<p/>" * 3_000_000 + b"</tt>")


@pytest.mark.parametrize("endless", ["<rt>", "<v ", "<v.", "<i ", "<b ", "{\\", "&", "\n 1", "1 --> "])
@pytest.mark.parametrize(
    "head", ["WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n", "00:00:01,000 --> 00:00:02,000\n"]
)
def test_markup_without_end_takes_no_time_without_end(head, endless):
    # Two hundred thousand of them would take hours, were each looked for to the end of the file.
    assert len(read(head + endless * 200_000).cues) == 1


BOMB = '<!DOCTYPE tt [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("prologue", [
    BOMB, '<!DOCTYPE tt SYSTEM "file:///etc/passwd">', '<!DOCTYPE tt [<!ENTITY i SYSTEM "file:///etc/passwd">]>',
])  # fmt: skip
def test_hostile_xml(prologue, encoding):
    with pytest.raises(HallyuError, match="DOCTYPE"):
        read(prologue + TT.format("", "", "<div><p begin='0s' end='1s'>&i;</p></div>"), encoding)


def test_deep_xml():
    with pytest.raises(HallyuError, match="damaged"):
        read(TT.format("", "", "<div>" * 20_000 + "<p begin='0s' end='1s'>x</p>" + "</div>" * 20_000))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 4), st.integers(0, 3000), st.binary(max_size=8))
def test_damaged_files_are_read_or_refused_in_one_sentence(which, place, noise):
    data = [
        subtitle_files.to_imsc(WHOLE).encode(), subtitle_files.to_webvtt(WHOLE).encode(), SRT.encode("utf-16"),
        stl(("Hello", (10, 0, 1, 0), (10, 0, 2, 0))),
        b"Scenarist_SCC V1.0\n\n00:00:01:00\t9420 9440 c845 4c4c 942f\n\n00:00:03:00\t942c\n",
    ][which]  # fmt: skip
    place %= len(data)
    try:
        track = subtitle_files.read(data[:place] + noise + data[place + len(noise) :])
    except HallyuError as told:
        assert "\n" not in str(told)
    else:
        assert track.cues
