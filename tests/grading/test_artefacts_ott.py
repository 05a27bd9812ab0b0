"""Subtitles that lose no point, then every rule and every known cheat, each of which must be found."""

import json
import shutil
import time
from dataclasses import replace

import ott_material as material
import pytest
from test_guide import DEFECTS

from hallyu.errors import HallyuError
from hallyu.grading import artefacts_ott as artefacts
from hallyu.grading import followed, on_screen, sealed
from hallyu.grading.findings import marks
from hallyu.ott import guide, subtitle_files
from hallyu.ott.timedtext import Cue, Track

WORD = material.word()
RATE = material.RATE
KOREAN = (artefacts.words, artefacts.timing, artefacts.spec)
ENGLISH = (artefacts.english, artefacts.english_timing, artefacts.english_spec)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return material.deliver(tmp_path_factory.mktemp("original") / "delivery")


@pytest.fixture
def delivery(original, tmp_path):
    """A copy, to be spoilt."""
    return shutil.copytree(original, tmp_path / "delivery")


def codes(grader, folder):
    return [finding.code for finding in grader(folder, WORD)]


def kept(grader, folder):
    return marks(grader(folder, WORD), grader.points)


def change(folder, name="ko", **what):
    """Write a track again with other cues or fields; cues may be a function of the right ones."""
    track = material.tracks()[name]
    cues = what.pop("cues", None)
    made = replace(track, **({"cues": tuple(cues(list(track.cues)))} if cues else {}), **what)
    return material.write(folder, **{name: made})


def spoken(cues):
    """Cues of lines, without the credit."""
    return cues[: len(material.truth().lines)]


def cut(name):
    """The frame at which a shot begins."""
    return next(shot.start for shot in material.truth().shots if shot.name == name)


def at(start, end, text="눈"):
    return Cue(start / RATE, end / RATE, text)


# --- what is right ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grader", artefacts.GRADERS, ids=lambda g: g.__name__)
def test_honest_subtitles_lose_nothing(original, grader):
    assert grader(original, WORD) == []


def test_the_points_sum_to_what_the_assignment_says():
    assert sum(grader.points for grader in artefacts.GRADERS) == 80


@pytest.mark.parametrize("grader", artefacts.GRADERS, ids=lambda g: g.__name__)
def test_an_empty_folder_and_no_folder_earn_nothing(tmp_path, grader):
    (tmp_path / "delivery").mkdir()
    for folder in (tmp_path / "delivery", tmp_path / "nothing"):
        assert kept(grader, folder) == 0


def test_a_delivery_is_graded_within_ten_seconds(original):
    begin = time.process_time()
    artefacts._seen.cache_clear()
    for grader in artefacts.GRADERS:
        grader(original, WORD)
    assert time.process_time() - begin < 10


def test_two_speakers_may_share_a_cue_and_a_line_may_have_two(delivery):
    first, second = (n for n, line in enumerate(material.truth().lines) if line.text.startswith(("어제", "그럼")))

    def joined(cues):
        both = replace(cues[first], end=cues[second].end, text=f"- {cues[first].text}\n- {cues[second].text}")
        return [*cues[:first], both, *cues[second + 1 :]]

    change(delivery, cues=joined)
    assert [codes(grader, delivery) for grader in KOREAN] == [[], [], []]
    number, line = max(enumerate(material.truth().lines), key=lambda each: each[1].stop - each[1].start)
    middle = round(line.words[2].start * RATE) / RATE

    def parted(cues):
        one = replace(cues[number], end=middle - 2 / RATE, text=" ".join(cues[number].text.split()[:2]))
        two = replace(cues[number], start=middle, text=" ".join(cues[number].text.split()[2:]))
        return [*cues[:number], one, two, *cues[number + 1 :]]

    change(delivery, cues=parted)
    assert codes(artefacts.words, delivery) == codes(artefacts.timing, delivery) == []


@pytest.mark.parametrize("late", [-3, 3])
def test_three_frames_are_within_what_is_allowed(delivery, late):
    change(delivery, cues=lambda cues: [replace(cue, start=cue.start + late / RATE) for cue in cues])
    assert codes(artefacts.timing, delivery) == []


def test_songs_notes_and_other_programs_documents_are_read(delivery):
    text = (delivery / "ko.ttml").read_text(encoding="utf-8")
    text = text.replace('color="white"', 'color="#ffff00ff"').replace('origin="10% 10%"', 'origin="5% 5%"')
    (delivery / "ko.ttml").write_text(text, encoding="utf-8")
    assert [codes(grader, delivery) for grader in artefacts.GRADERS] == [[]] * len(artefacts.GRADERS)


# --- every rule of the guide has a fixture that trips it alone ----------------------------------------------------


def text_fixture(code):
    """A cue of the guide's own tests, put where nobody speaks."""
    cues, _ = next(case for case in DEFECTS[code] if "language" not in case[1] and len(case[0]) == 1)
    start, end, text = cues[0]
    return at(4, 4 + min(end - start, 60), text)


def last_word_to_the_end(cues):
    """The last line's cue ends five frames before the credits' shot."""
    number = len(material.truth().lines) - 1
    return [*cues[:number], replace(cues[number], end=(cut("end") - 5) / RATE), *cues[number + 1 :]]


def pair(frames):
    """Two cues where nobody speaks, so many frames apart."""
    return lambda cues: [at(4, 30), at(30 + frames, 58, "비"), *cues]


TIMES = {
    "TIM-ZERO": lambda cues: [at(4, 4), *cues],
    "TIM-OVER": pair(-1),
    "TIM-GAP": pair(1),
    "TIM-CLOSE": pair(5),
    "TIM-MIN": lambda cues: [at(4, 23), *cues],
    "TIM-MAX": lambda cues: [*cues[: len(material.truth().lines) - 1], at(cut("end") - 30, cut("end") + 139)],
    "TIM-CPS": lambda cues: [at(4, 28, "가" * 12 + "!"), *cues],
    "TIM-CUTIN": lambda cues: [*cues, at(cut("end") + 5, cut("end") + 40)],
    "TIM-CUTOUT": last_word_to_the_end,
}  # fmt: skip
BY_THE_VOICE = {"TIM-EARLY", "TIM-LATE"}
"""Rules about the voice: the grader of times has them, with the film's own truth."""


@pytest.mark.parametrize("code", [code for code in guide.RULES if code not in BY_THE_VOICE])
def test_each_rule_is_found_alone(delivery, code):
    if code.startswith("SDH"):
        change(delivery, "ko-sdh", cues=lambda cues: [text_fixture(code), *cues[1:]])
        assert codes(artefacts.sdh_spec, delivery) == [code]
        return
    change(delivery, cues=TIMES.get(code, lambda cues: [text_fixture(code), *cues]))
    assert set(codes(artefacts.spec, delivery)) == {code}
    assert 0 < kept(artefacts.spec, delivery) < artefacts.spec.points


@pytest.mark.parametrize("shift", [{"start": -4}, {"start": 4}, {"end": 9}, {"end": -8}])
def test_each_side_of_a_cue_that_leaves_the_voice_is_found(delivery, shift):
    def moved(cues):
        return [replace(cues[0], **{side: getattr(cues[0], side) + by / RATE for side, by in shift.items()}), *cues[1:]]

    change(delivery, cues=moved)
    (found,) = artefacts.timing(delivery, WORD)
    assert found.code == "times" and f"{'begins' if 'start' in shift else 'ends'}" in found.message


# --- cheats -------------------------------------------------------------------------------------------------------


def test_cheat_cues_stretched_across_others_speech(delivery):
    """To read slower, each cue stays until the next one comes."""

    def stretched(cues):
        ends = [cue.start - 2 / RATE for cue in cues[1:]] + [cues[-1].end]
        return [replace(cue, end=end) for cue, end in zip(cues, ends, strict=True)]

    change(delivery, cues=stretched)
    assert kept(artefacts.timing, delivery) == 0


def test_cheat_cues_deleted(delivery):
    for number in range(len(material.truth().lines)):
        change(delivery, cues=lambda cues, n=number: cues[:n] + cues[n + 1 :])
        assert kept(artefacts.words, delivery) < artefacts.words.points
        assert kept(artefacts.timing, delivery) < artefacts.timing.points
    change(delivery, cues=lambda cues: cues[len(spoken(cues)) // 2 :])
    assert kept(artefacts.words, delivery) == 0


@pytest.mark.parametrize("text", ["", " ", "<i></i>", "…"])
def test_cheat_no_words(delivery, text):
    change(delivery, cues=lambda cues: [replace(cue, text=text) for cue in cues])
    assert sum(kept(grader, delivery) for grader in KOREAN) == 0
    change(delivery, "en", cues=lambda cues: [replace(cue, text=text) for cue in cues])
    assert sum(kept(grader, delivery) for grader in ENGLISH) == 0


def test_cheat_all_text_in_one_cue(delivery):
    everything = lambda cues: [Cue(0.0, cues[-1].end, " ".join(cue.text for cue in cues))]
    for name, graders in (("ko", KOREAN), ("en", ENGLISH)):
        change(delivery, name, cues=everything)
        assert sum(kept(grader, delivery) for grader in graders) == 0


def test_cheat_all_text_in_every_cue(delivery):
    whole = " ".join(line.text for line in material.truth().lines)
    change(delivery, cues=lambda cues: [replace(cue, text=whole) for cue in cues])
    assert kept(artefacts.words, delivery) == 0 and kept(artefacts.spec, delivery) == 0


@pytest.mark.parametrize("letter", ["\u200b", "\u2060", "\u3164", "\u115f", "\u00ad", "\U000e0041"])
def test_cheat_characters_that_nobody_sees(delivery, letter):
    hidden = lambda cues: [replace(cue, text=letter.join(cue.text)) for cue in cues]
    change(delivery, cues=hidden)
    assert kept(artefacts.words, delivery) == 0 and kept(artefacts.spec, delivery) == 0


def test_cheat_letters_that_only_look_alike(delivery):
    change(delivery, "en", cues=lambda cues: [replace(cue, text=cue.text.translate(str.maketrans("aeo", "аео"))) for cue in cues])
    assert kept(artefacts.english, delivery) < 3


@pytest.mark.parametrize("frames", [-24, -12, -6, 6, 12, 24])
def test_cheat_all_cues_shifted(delivery, frames):
    shifted = lambda cues: [
        replace(cue, start=max(0, cue.start + frames / RATE), end=cue.end + frames / RATE) for cue in cues
    ]
    for name, timed in (("ko", artefacts.timing), ("en", artefacts.english_timing)):
        change(delivery, name, cues=shifted)
        # A cue that misses its first word entirely begins in time with its second: what was missed costs words.
        assert kept(timed, delivery) <= (0 if abs(frames) > 6 else 0.15 * timed.points)


def test_cheat_another_films_subtitles(delivery):
    lines = ["할머니는 첫눈이 오면 꼭 오셨다", "올해는 무릎이 아프셔서", "내가 대신 왔다", "북쪽 입구, 큰 소나무 아래"] * 3
    other = Track(tuple(Cue(3.0 * n, 3.0 * n + 2.0, text) for n, text in enumerate(lines)), about=material.ABOUT)
    material.write(delivery, ko=other, ko_sdh=replace(other, kind="sdh"))
    graders = (*KOREAN, artefacts.sdh_heard, artefacts.sdh_spec)
    assert sum(kept(grader, delivery) for grader in graders) == 0


def test_cheat_the_script_as_it_was_written(delivery):
    """A line that was cut stands in it, and one was said otherwise."""
    rows = [row.split("\t") for row in (material.SOURCE / "film/script.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    cut_out = next(n for n, row in enumerate(rows) if row[1].startswith("정말"))
    other = next(n for n, row in enumerate(rows) if row[1].startswith("제가"))

    def as_written(cues):
        made = [replace(cue, text=rows[n + (n >= cut_out)][1]) for n, cue in enumerate(spoken(cues))]
        extra = Cue(made[other].end + 2 / RATE, made[other].end + 22 / RATE, rows[cut_out][1])
        return [*made, extra]

    change(delivery, cues=as_written)
    assert kept(artefacts.words, delivery) <= 5


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('color="white"', 'color="transparent"'),
        ('color="white"', 'color="#ffffff20"'),
        ('color="white"', 'color="black"'),
        ('color="white"', 'color="white" tts:backgroundColor="white"'),
        ('color="white"', 'color="white" tts:visibility="hidden"'),
        ('color="white"', 'color="white" tts:display="none"'),
        ('fontSize="100%"', 'fontSize="2%"'),
        ('origin="10% 10%"', 'origin="10% 110%"'),
        ('origin="10% 10%"', 'origin="-90% 10%"'),
        ('extent="80% 80%"', 'extent="1% 1%"'),
        ('displayAlign="after"', 'displayAlign="after" tts:opacity="0"'),
        ("<body", '<body tts:opacity="0.1"'),
        ("<div", '<div tts:visibility="hidden"'),
    ],
)
def test_cheat_words_that_are_not_seen(delivery, old, new):
    text = (delivery / "ko.ttml").read_text(encoding="utf-8").replace("tt:", "")
    assert old in text
    (delivery / "ko.ttml").write_text(text.replace(old, new), encoding="utf-8")
    assert sum(kept(grader, delivery) for grader in (*KOREAN, artefacts.titles_complete)) == 0


def test_cheat_words_that_are_seen_for_a_moment(delivery):
    text = (delivery / "ko.ttml").read_text(encoding="utf-8")
    end = text.index(">", text.index("<p ")) + 1
    spoilt = text[:end] + '<set tts:visibility="hidden" begin="0.2s"/>' + text[end:]
    (delivery / "ko.ttml").write_text(spoilt, encoding="utf-8")
    assert sum(kept(grader, delivery) for grader in KOREAN) == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("WEBVTT", "WEBVTT\n\nSTYLE\n::cue { color: transparent }", 1),
        lambda text: text.replace("WEBVTT", "WEBVTT\n\nREGION\nid:far\nregionanchor:0%,200%", 1),
        lambda text: text.replace(" --> ", " --> ", 1).replace("\n", " line:300%\n", 0) + "",
    ][:2],
    ids=["style", "region"],
)
def test_cheat_a_webvtt_file_with_styles_of_its_own(delivery, spoil):
    path = delivery / "ko.vtt"
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert codes(artefacts.titles_complete, delivery) == ["styled"]


@pytest.mark.parametrize("setting", ["line:300%", "line:-40", "size:2%", "position:200%", "line:99%", "vertical:rl", "region:x"])
def test_settings_that_take_a_cue_off_the_picture_are_told(setting):
    told = on_screen.plain_webvtt(f"WEBVTT\n\n00:01.000 --> 00:02.000 {setting}\n눈\n")
    assert setting in told


@pytest.mark.parametrize("setting", ["", "line:0", "line:-2", "line:10%", "align:left", "position:50%", "size:80%"])
def test_settings_that_players_know_are_not_told(setting):
    assert on_screen.plain_webvtt(f"WEBVTT\n\n00:01.000 --> 00:02.000 {setting}\n눈\n") == ""


@pytest.mark.parametrize("name", list(artefacts.FILES))
@pytest.mark.parametrize(
    "spoil",
    [
        lambda cues: cues[1:] or [replace(cues[0], text="Other")],
        lambda cues: [replace(cues[0], text=cues[0].text + " 또"), *cues[1:]],
        lambda cues: [replace(cues[0], end=cues[0].end + 0.05), *cues[1:]],
        lambda cues: [replace(cues[0], top=True), *cues[1:]],
    ],
    ids=["cue", "words", "time", "place"],
)
def test_cheat_two_formats_that_differ(delivery, name, spoil):
    track = material.tracks()[name]
    subtitle_files.write(delivery / f"{name}.vtt", replace(track, cues=tuple(spoil(list(track.cues)))))
    assert codes(artefacts.twins, delivery) in (["count"], ["other"])


def test_cheat_reports_that_say_that_all_is_well(delivery):
    change(delivery, cues=lambda cues: cues[:3])
    before = [kept(grader, delivery) for grader in artefacts.GRADERS]
    report = {"findings": [], "cer": 0.0, "score": 80, "truth": "read"}
    for name in ("report.json", "truth.json", "qc.json", "grades.json"):
        (delivery / name).write_text(json.dumps(report))
    assert [kept(grader, delivery) for grader in artefacts.GRADERS] == before


def test_cheat_rules_that_a_track_keeps_because_it_says_nothing(delivery):
    for name, grader in (("ko", artefacts.spec), ("ko-sdh", artefacts.sdh_spec), ("en", artefacts.english_spec)):
        change(delivery, name, cues=lambda cues: cues[:2])
        assert codes(grader, delivery) == ["says little"] and kept(grader, delivery) == 0


# --- for those who do not hear ------------------------------------------------------------------------------------


def sdh_without(text):
    return lambda cues: [cue for cue in cues if text not in cue.text]


@pytest.mark.parametrize("number", range(4))
def test_a_sound_that_is_not_told_is_found(delivery, number):
    sound = material.truth().sounds[number]
    change(delivery, "ko-sdh", cues=sdh_without(sound.korean))
    assert codes(artefacts.sdh_heard, delivery) == ["sound"]


def test_a_sound_at_another_time_and_one_that_is_invented_are_found(delivery):
    far = lambda cues: [replace(c, start=c.start + 4, end=c.end + 4) if "진동" in c.text else c for c in cues]
    change(delivery, "ko-sdh", cues=far)
    assert sorted(codes(artefacts.sdh_heard, delivery)) == ["invented", "sound"]
    change(delivery, "ko-sdh", cues=lambda cues: [at(40, 70, "[개 짖는 소리]"), *cues[1:]])
    assert sorted(codes(artefacts.sdh_heard, delivery)) == ["invented", "sound"]


def test_whoever_is_not_seen_is_named_and_nobody_else(delivery):
    change(delivery, "ko-sdh", cues=lambda cues: [replace(c, text=c.text.replace("[할머니]\n", "")) for c in cues])
    lines = [line for line in material.truth().lines if line.speaker == "할머니"]
    assert codes(artefacts.sdh_heard, delivery) == ["unnamed"] * len(lines)
    change(delivery, "ko-sdh", cues=lambda cues: [replace(c, text=c.text.replace("[할머니]", "[도윤]")) for c in cues])
    assert codes(artefacts.sdh_heard, delivery) == ["speaker"] * len(lines)


def test_labels_in_the_line_itself_and_of_those_who_are_seen_are_right(delivery):
    seen = {artefacts.unlabelled(line.text): line for line in material.truth().lines if line.seen}

    def named(cues):
        names = {number: line.speaker for number, line in enumerate(material.truth().lines)}
        said = [cue for cue in cues if "[" not in cue.text and "자막" not in cue.text]
        assert len(said) == len(seen) and names
        by_text = {line.text.rstrip("."): line.speaker for line in seen.values()}
        return [replace(c, text=f"[{by_text[c.text]}]\n{c.text}") if c.text in by_text else c for c in cues]

    change(delivery, "ko-sdh", cues=named)
    assert codes(artefacts.sdh_heard, delivery) == []


# --- English, sign and credit -------------------------------------------------------------------------------------


def test_english_that_is_shortened_is_right_and_english_left_out_is_found(delivery):
    shorter = lambda text: text.replace(", Grandma", "").replace("only ", "")
    change(delivery, "en", cues=lambda cues: [replace(c, text=shorter(c.text)) for c in cues])
    assert codes(artefacts.english, delivery) == []
    change(delivery, "en", cues=lambda cues: cues[:4])
    assert kept(artefacts.english, delivery) < 3


def test_english_at_the_times_of_another_cut_is_found(delivery):
    change(delivery, "en", cues=lambda cues: [replace(c, start=c.start * 1.05, end=c.end * 1.05) for c in cues])
    assert kept(artefacts.english_timing, delivery) <= 1


def test_a_sign_that_is_not_told_and_speech_that_is_forced_are_found(delivery):
    change(delivery, "en", cues=lambda cues: [replace(cue, forced=False) for cue in cues])
    assert "sign" in codes(artefacts.forced, delivery)
    english = material.tracks()["en"]
    every = replace(english, kind="forced", cues=tuple(replace(cue, forced=True) for cue in english.cues))
    material.deliver(delivery)
    material.write(delivery, en_forced=every)
    assert "too many" in codes(artefacts.forced, delivery)
    change(delivery, "en-forced", cues=lambda cues: [replace(cue, start=cue.start + 9, end=cue.end + 9) for cue in cues])
    assert kept(artefacts.forced, delivery) == 0


@pytest.mark.parametrize("name", ["ko", "ko-sdh", "en"])
def test_a_missing_credit_a_missing_label_and_a_silent_file_are_found(delivery, name):
    without = lambda *words: lambda cues: [
        replace(c, text="\n".join(row for row in c.text.split("\n") if not any(w in row for w in words))) for c in cues
    ]
    change(delivery, name, cues=without("자막", "Subtitles"))
    assert codes(artefacts.credit, delivery) == ["no credit"]
    change(delivery, name, cues=without("AI"))
    assert codes(artefacts.credit, delivery) == ["no label"]
    change(delivery, name, about="")
    assert codes(artefacts.credit, delivery) == ["no about"]
    after = material.truth().seconds + 1
    change(delivery, name, cues=lambda cues: [*cues[:-1], replace(cues[-1], start=after, end=after + 3)])
    assert codes(artefacts.credit, delivery) == ["no credit", "no label"], "nobody sees what comes after the film"


# --- what strangers send ------------------------------------------------------------------------------------------


def test_kinds_rates_and_languages_that_are_not_so_are_found(delivery):
    change(delivery, kind="sdh")
    assert codes(artefacts.titles_complete, delivery) == ["kind"]
    change(delivery, language="ja")
    assert codes(artefacts.titles_complete, delivery) == ["kind"]
    change(delivery, rate=25)
    assert codes(artefacts.titles_complete, delivery) == ["rate"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"<tt", b"<a>" * 9000, b'<!DOCTYPE tt [<!ENTITY a "a">]><tt/>', b"no subtitles", b"x" * 400_000],
    ids=range(7),
)
def test_files_that_are_no_subtitles_are_told_in_a_sentence(delivery, content):
    (delivery / "ko.ttml").write_bytes(content)
    for grader in (artefacts.titles_complete, *KOREAN):
        (found,) = grader(delivery, WORD)
        assert found.points == grader.points and "ko.ttml" in found.message and "Traceback" not in found.message


def test_thousands_of_cues_and_a_books_worth_of_text_are_not_read(delivery):
    change(delivery, cues=lambda cues: [at(4 * n, 4 * n + 2) for n in range(201)])
    assert "201 cues" in artefacts.words(delivery, WORD)[0].message
    change(delivery, cues=lambda cues: [replace(cue, text="눈" * 900) for cue in cues])
    assert "letters" in artefacts.words(delivery, WORD)[0].message


def test_links_are_not_followed(delivery, original):
    (delivery / "ko.ttml").unlink()
    (delivery / "ko.ttml").symlink_to(original / "ko.ttml")
    assert "is a link" in artefacts.words(delivery, WORD)[0].message


def test_the_truth_opens_with_its_word_alone():
    for word in ("", "ott-subtitles", "첫눈", WORD + " "):
        with pytest.raises(HallyuError):
            sealed.files("ott-subtitles", word)
    assert set(sealed.files("ott-subtitles", WORD)) == {"truth.json", "heard.json"}


# --- how words are followed ---------------------------------------------------------------------------------------


def test_a_letter_counts_where_its_cue_stands_while_it_is_heard():
    lines = material.truth().lines
    said = followed.Said.of(lines)
    cues = [Cue(line.start, line.stop, line.text) for line in lines]
    assert followed.follow(said, cues, [[cue.text] for cue in cues]).rate == 0
    late = [replace(cue, start=cue.start + 9, end=cue.end + 9) for cue in cues]
    assert followed.follow(said, late, [[cue.text] for cue in late]).rate > 0.8
    assert followed.follow(said, [], []).rate == 1.0
