"""Deliveries that lose no point, then every known defect and every known cheat, each of which must be found."""

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import music_material as material
import numpy as np
import pytest
from scipy import signal

from hallyu import audio, files
from hallyu.grading import artefacts_music as artefacts
from hallyu.grading import sung, untrusted
from hallyu.grading.findings import grade, marks
from hallyu.music import mixing, release, score_files, singing, speaker, visemes, voice
from hallyu.music.score import Note, Score
from hallyu.music.singing import written_pitch
from hallyu.provenance import consent

ROOT = Path(__file__).resolve().parents[2]
RATE = release.RATE


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return material.project()


@pytest.fixture(scope="module")
def originals(tmp_path_factory, made):
    """Both deliveries, as they were made."""
    work = tmp_path_factory.mktemp("originals")
    material.deliver_voice(work / "voice", work / "key.pem")
    material.deliver_release(work / "release", work, made)
    return work


@pytest.fixture
def phrase(originals, tmp_path):
    """A copy of music-voice's delivery, to be spoilt."""
    return shutil.copytree(originals / "voice", tmp_path / "voice")


@pytest.fixture
def song(originals, tmp_path):
    """A copy of music-release's delivery, to be spoilt."""
    return shutil.copytree(originals / "release", tmp_path / "release")


def lost(grader, folder):
    return grader.points - marks(grader(folder), grader.points)


def codes(grader, folder):
    return [finding.code for finding in grader(folder)]


def tone(score, rate, seconds, wave=np.sin):
    """The melody as a tone that holds every note exactly."""
    steps = written_pitch(score, round(seconds * 80) + 1)  # a value every 12.5 ms
    hertz = np.repeat(steps, rate // 80)[: round(seconds * rate)]
    return (0.3 * wave(2 * np.pi * np.cumsum(hertz) / rate) * (hertz > 0)).astype(np.float32)


def phrase_tone(folder, wave=np.sin):
    samples, rate = audio.read(folder / "voice.wav")
    return tone(score_files.read(folder / "score.ustx"), rate, len(samples) / rate, wave), rate


# --- what is right ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grader", artefacts.VOICE_GRADERS, ids=lambda g: g.__name__)
def test_an_honest_voice_loses_nothing(originals, grader):
    assert grader(originals / "voice") == []


@pytest.mark.parametrize("grader", artefacts.RELEASE_GRADERS, ids=lambda g: g.__name__)
def test_an_honest_song_loses_nothing(originals, grader):
    assert grader(originals / "release") == []


def test_the_points_sum_to_what_the_assignments_say():
    assert sum(g.points for g in artefacts.VOICE_GRADERS) == 55
    assert sum(g.points for g in artefacts.RELEASE_GRADERS) == 80


@pytest.mark.parametrize(
    "grader", [*artefacts.VOICE_GRADERS, *artefacts.RELEASE_GRADERS], ids=lambda g: g.__name__
)
def test_an_empty_folder_and_no_folder_earn_nothing(tmp_path, grader):
    (tmp_path / "delivery").mkdir()
    for folder in (tmp_path / "delivery", tmp_path / "nothing"):
        assert marks(grader(folder), grader.points) == 0
        assert all("Traceback" not in finding.message for finding in grader(folder))


def test_the_sample_songs_are_those_of_the_course():
    files_of_songs = (ROOT / "modules" / "music" / "media").glob("*.json")
    told = [json.loads(path.read_text(encoding="utf-8")) for path in files_of_songs]
    songs = [each for each in told if {"title", "tempo", "notes"} <= set(each)]
    assert {each["title"] for each in songs} == set(artefacts.sample_songs())
    for each in songs:
        score = Score(each["title"], each["tempo"], tuple(Note(**note) for note in each["notes"]))
        known = artefacts.sample_songs()[each["title"]]
        assert known == {"words": artefacts.shingles(sung.lyrics(score)), "tune": artefacts.runs(score)}


def test_the_voice_prints_are_those_of_the_bundled_voices():
    """Of one voice here: what the file holds is the mean over the sentences that it names."""
    data = artefacts._data("bundled_voices.json")
    assert set(data["voices"]) == set(voice.voices())
    spoken = [voice.speak(sentence, voice.voice("jm_kumo")) for sentence in data["sentences"]]
    mean = np.mean([speaker.embed(each.samples, each.rate) for each in spoken], axis=0)
    assert speaker.similarity(mean, np.array(data["voices"]["jm_kumo"])) > 0.999


# --- music-voice: cheats ------------------------------------------------------------------------------------------


def test_cheat_a_sine_wave_for_the_pitch(phrase):
    samples, rate = phrase_tone(phrase)
    audio.write_wav(phrase / "voice.wav", samples, rate)
    assert codes(artefacts.in_tune, phrase) == ["no voice"] and lost(artefacts.in_tune, phrase) == 15
    assert lost(artefacts.words_heard, phrase) == 10


def test_cheat_a_sine_wave_for_the_pitch_under_speech_for_the_words(phrase):
    samples, rate = phrase_tone(phrase)
    spoken = voice.speak("나의 노래 들어봐요. 이제 나는 여기 있어.", material.idol(), speed=0.6)
    samples[: len(spoken.samples)] += 0.3 * spoken.samples[: len(samples)]
    audio.write_wav(phrase / "voice.wav", samples, rate)
    assert codes(artefacts.in_tune, phrase) == ["no voice"] and lost(artefacts.in_tune, phrase) == 15


@pytest.mark.parametrize(
    "wave", [signal.sawtooth, lambda x: np.clip(3 * np.sin(x), -1, 1)], ids=["saw-tooth", "clipped sine"]
)
def test_cheat_a_tone_with_harmonics_for_the_pitch(phrase, wave):
    samples, rate = phrase_tone(phrase, wave)
    audio.write_wav(phrase / "voice.wav", samples, rate)
    assert lost(artefacts.in_tune, phrase) == 15


def test_cheat_speech_for_the_words_does_not_sing(phrase):
    spoken = voice.speak("나의 노래 들어봐요. 이제 나는 여기 있어.", material.idol(), speed=0.6)
    length = len(audio.read(phrase / "voice.wav")[0])
    padded = np.pad(spoken.samples, (0, max(0, length - len(spoken.samples))))[:length]
    audio.write_wav(phrase / "voice.wav", padded, spoken.rate)
    assert lost(artefacts.in_tune, phrase) == 15


def test_cheat_one_syllable_lyrics_for_the_words(phrase):
    score = score_files.read(phrase / "score.ustx")
    one = replace(score, notes=tuple(replace(note, lyric="아") for note in score.notes))
    score_files.write(one, phrase / "score.ustx")
    assert codes(artefacts.words_heard, phrase) == ["one-sided"] and lost(artefacts.words_heard, phrase) == 10
    told = json.loads((phrase / "voice.json").read_text(encoding="utf-8"))
    (phrase / "voice.json").write_text(json.dumps(told | {"says": "아" * 20}), encoding="utf-8")
    assert lost(artefacts.nobodys_voice, phrase) == 10


def test_cheat_a_copy_of_the_reference_for_the_voice(phrase):
    for name in ("jf_nezumi", "jm_kumo"):
        spoken = voice.speak(material.SAYS, voice.voice(name))
        audio.write_wav(phrase / "speech.wav", spoken.samples, spoken.rate)
        (found,) = artefacts.nobodys_voice(phrase)
        assert found.code == "impersonates" and name in found.message and found.points == 10


def test_cheat_another_voice_under_the_name_of_a_blend(phrase):
    """Somebody whom no print knows: here another blend; it could be anyone's recording."""
    other = voice.speak(material.SAYS, voice.blend({"jf_alpha": 1, "jm_kumo": 1}))
    audio.write_wav(phrase / "speech.wav", other.samples, other.rate)
    assert codes(artefacts.nobodys_voice, phrase) == ["other voice"]


def test_cheat_noise_is_nobodys_voice_and_says_nothing(phrase):
    noise = 0.1 * np.random.default_rng(1).standard_normal(24_000 * 6).astype(np.float32)
    audio.write_wav(phrase / "speech.wav", np.clip(noise, -1, 1), 24_000)
    assert codes(artefacts.nobodys_voice, phrase) == ["not understood"]


def test_cheat_made_up_numbers_in_files_change_nothing(phrase, song):
    """What a file says of itself is not read: neither a report beside the sound nor numbers in the files that there are."""
    samples, rate = phrase_tone(phrase)
    audio.write_wav(phrase / "voice.wav", samples, rate)
    best = {
        "cents": 0.0,
        "cer": 0.0,
        "similarity": 0.0,
        "lufs": -14.0,
        "true_peak": -1.0,
        "passed": True,
        "points": 100,
    }
    for folder in (phrase, song):
        (folder / "report.json").write_text(json.dumps(best))
    told = json.loads((phrase / "voice.json").read_text(encoding="utf-8"))
    (phrase / "voice.json").write_text(json.dumps(told | best), encoding="utf-8")
    assert lost(artefacts.in_tune, phrase) == 15 and lost(artefacts.words_heard, phrase) == 10
    quiet = mixing.gain(audio.read(song / "master.wav")[0], -12)
    audio.write_wav(song / "master.wav", quiet, RATE)
    told = json.loads((song / "credits.json").read_text(encoding="utf-8"))
    (song / "credits.json").write_text(json.dumps(told | best), encoding="utf-8")
    assert lost(artefacts.loudness, song) >= 6


# --- music-voice: defects -----------------------------------------------------------------------------------------


def test_another_key_another_octave_and_other_words_are_found(phrase):
    score = score_files.read(phrase / "score.ustx")
    for semitones in (1, 12):
        score_files.write(singing.transpose(score, semitones), phrase / "score.ustx")
        assert lost(artefacts.in_tune, phrase) >= 10
    others = singing.set_words(score.notes, "바다 너머 작은 마을 우리 둘이 걸어가네")
    score_files.write(replace(score, notes=others), phrase / "score.ustx")
    assert lost(artefacts.words_heard, phrase) >= 8


def test_two_wrong_notes_are_named_and_cost_a_part(phrase):
    score = score_files.read(phrase / "score.ustx")
    notes = list(score.notes)
    for at in (0, 3):
        notes[at] = replace(notes[at], pitch=notes[at].pitch - 1)
    score_files.write(replace(score, notes=tuple(notes)), phrase / "score.ustx")
    (found,) = artefacts.in_tune(phrase)
    assert found.code == "out of tune" and found.message.startswith("2 of ") and 2 < found.points < 12


@pytest.mark.parametrize("seconds", [0.3, -0.3])
def test_a_voice_that_is_late_or_early_is_found(phrase, seconds):
    samples, rate = audio.read(phrase / "voice.wav")
    moved = np.roll(samples, round(seconds * rate))
    audio.write_wav(phrase / "voice.wav", moved, rate)
    found = {f.code: f.message for f in artefacts.in_tune(phrase)}
    assert ("late" if seconds > 0 else "early") in found["late"]


@pytest.mark.parametrize(
    "spoil, code",
    [
        (lambda x: np.clip(8 * x, -0.9, 0.9), "clipped"),
        (lambda x: np.pad(x, (0, 10 * 24_000)), "length"),
    ],
    ids=["clipped", "padded"],
)
def test_a_recording_that_nobody_would_take_is_found(phrase, spoil, code):
    samples, rate = audio.read(phrase / "voice.wav")
    audio.write_wav(phrase / "voice.wav", spoil(samples), rate)
    assert code in codes(artefacts.voice_complete, phrase)


def test_silence_sings_nothing(phrase):
    audio.write_wav(phrase / "voice.wav", np.zeros(24_000 * 11, np.float32), 24_000)
    assert codes(artefacts.in_tune, phrase) == ["silent"] and lost(artefacts.words_heard, phrase) == 10


@pytest.mark.parametrize("content", [b"no sound, only words", b"", b"RIFF\x24\x00\x00\x00WAVEfmt "], ids=len)
def test_a_file_that_is_no_wav_is_told_in_a_sentence(phrase, content):
    (phrase / "voice.wav").write_bytes(content)
    for grader in (artefacts.voice_complete, artefacts.in_tune, artefacts.words_heard):
        (found,) = grader(phrase)
        assert found.points == grader.points and "voice.wav" in found.message


def test_another_format_is_found(phrase):
    import soundfile

    samples, rate = audio.read(phrase / "voice.wav")
    soundfile.write(phrase / "voice.wav", samples, rate, subtype="PCM_16")
    assert codes(artefacts.voice_complete, phrase) == ["format"]
    soundfile.write(phrase / "voice.wav", samples, rate, format="FLAC", subtype="PCM_24")
    assert "is a FLAC file" in artefacts.voice_complete(phrase)[0].message


def test_an_hour_of_silence_is_not_opened(phrase):
    import soundfile

    soundfile.write(phrase / "voice.wav", np.zeros(8_000 * 200, np.int16), 8_000, subtype="PCM_16")
    assert "lasts over" in artefacts.in_tune(phrase)[0].message


def test_a_project_that_unfolds_itself_is_not_opened(phrase):
    bomb = "a: &a [1, 2]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(9)) + "name: *b8\n"
    (phrase / "score.ustx").write_text(bomb)
    assert "refers to its own parts" in artefacts.in_tune(phrase)[0].message


@pytest.mark.parametrize("raised", [0, 5], ids=["as it is", "in another key"])
def test_the_courses_own_song_is_not_ones_own(phrase, raised):
    told = json.loads((ROOT / "modules" / "music" / "media" / "first-snow.json").read_text(encoding="utf-8"))
    theirs = Score("눈길", 84, tuple(Note(**note) for note in told["notes"]))
    score_files.write(singing.transpose(theirs, raised), phrase / "score.ustx")
    assert lost(artefacts.own_phrase, phrase) == 5
    words = singing.set_words(theirs.notes[:16], "바다 너머 작은 마을 우리 둘이 걸어가네")
    score_files.write(replace(theirs, notes=words), phrase / "score.ustx")
    assert "of the melody" in artefacts.own_phrase(phrase)[0].message


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"uses": ("sing",)}, "not allowed"),
        ({"project": "다른 노래"}, "not allowed"),
        ({"starts": date.today() + timedelta(days=9)}, "not allowed"),
        ({"uses": ("sing", "publish", "train")}, "too much"),
        ({"uses": tuple(consent.USES)}, "too much"),
        ({"ends": date.today() + timedelta(days=3650)}, "too long"),
        ({"recordings": ()}, "other recording"),
        ({"recordings": ("0" * 64,)}, "other recording"),
        ({"voice": "아무개"}, "other voice"),
        ({"pay": " "}, "no pay"),
    ],
)
def test_a_consent_that_says_something_else_is_found(phrase, tmp_path, changes, code):
    material.sign(phrase, tmp_path / "key.pem", **changes)
    assert code in codes(artefacts.consent_record, phrase)
    assert codes(artefacts.voice_complete, phrase) == []


def test_a_record_that_was_changed_or_signed_by_somebody_else_earns_nothing(phrase, tmp_path):
    text = (phrase / "consent.json").read_text(encoding="utf-8")
    (phrase / "consent.json").write_text(text.replace("publish", "convert"), encoding="utf-8")
    assert lost(artefacts.consent_record, phrase) == 10
    kept = (phrase / "voice.json").read_text(encoding="utf-8")
    material.sign(phrase, tmp_path / "other.pem")
    (phrase / "voice.json").write_text(kept, encoding="utf-8")
    assert "was signed with the key" in artefacts.consent_record(phrase)[0].message


def test_a_recording_that_was_changed_after_signing_is_found(phrase):
    samples, rate = audio.read(phrase / "speech.wav")
    audio.write_wav(phrase / "speech.wav", 0.9 * samples, rate)
    (found,) = artefacts.consent_record(phrase)
    assert found.code == "other recording" and "speech.wav" in found.message


def test_the_private_key_in_the_delivery_is_found(phrase, originals):
    shutil.copy(originals / "key.pem", phrase / "my key.txt")
    assert codes(artefacts.voice_complete, phrase) == ["key"]


@pytest.mark.parametrize(
    "made_of",
    [{"jf_nezumi": 1.0}, {"jf_nezumi": 0.5, "a_star": 0.5}, {"jf_nezumi": 0.9, "jm_kumo": 0.9}],
    ids=["one", "unknown", "too much"],
)
def test_a_voice_that_is_no_blend_of_bundled_ones_is_found(phrase, made_of):
    told = json.loads((phrase / "voice.json").read_text(encoding="utf-8"))
    (phrase / "voice.json").write_text(json.dumps(told | {"made_of": made_of}), encoding="utf-8")
    assert lost(artefacts.nobodys_voice, phrase) >= 5


@pytest.mark.parametrize(
    "text",
    ["[]", "{}", '{"name": 1}', "[" * 9000, '{"name": "a", "made_of": {"a": "b"}, "says": "", "signer": "", "made_on": ""}'],
    ids=range(5),
)  # fmt: skip
def test_odd_files_about_the_voice_are_told_in_a_sentence(phrase, text):
    for name in ("voice.json", "consent.json"):
        (phrase / name).write_text(text)
    for grader in (artefacts.voice_complete, artefacts.nobodys_voice, artefacts.consent_record):
        assert marks(grader(phrase), grader.points) == 0


# --- music-release: cheats ----------------------------------------------------------------------------------------


def remaster(song, change):
    samples, _ = audio.read(song / "master.wav")
    audio.write_wav(song / "master.wav", np.asarray(change(samples), np.float32), RATE)


def test_cheat_silence_padding_for_the_loudness(song):
    """Silence would bring a master that is too loud down to -14, if all of the file were averaged."""

    def pad(samples):
        loud = mixing.limit(mixing.gain(samples, 5), RATE)
        mean = lambda x: 10 * np.log10(np.mean(x**2))
        silence = len(loud) * (10 ** ((mean(loud) - mean(samples)) / 10) - 1)
        return np.pad(loud, ((0, round(silence)), (0, 0)))

    remaster(song, pad)
    assert {"loudness", "padding"} <= set(codes(artefacts.loudness, song)) and lost(
        artefacts.loudness, song
    ) == 10


def test_cheat_one_burst_for_the_loudness(song):
    def burst(samples):
        quiet, second = mixing.gain(samples, -18), slice(RATE, 2 * RATE)
        quiet[second] = mixing.gain(samples[second], 0)
        for _ in range(8):  # by hand, until a meter reads -14
            quiet[second] = mixing.gain(quiet[second], -14 - mixing.loudness(quiet, RATE))
            quiet[second] = mixing.limit(quiet[second], RATE)
        return quiet

    remaster(song, burst)
    assert "uneven" in codes(artefacts.loudness, song)


def test_cheat_a_clipped_master(song):
    def clip(samples):
        loud = np.clip(mixing.gain(samples, 9), -0.85, 0.85)
        return mixing.gain(loud, -14 - mixing.loudness(loud, RATE))

    remaster(song, clip)
    assert "clipped" in codes(artefacts.loudness, song) and lost(artefacts.loudness, song) >= 6


def test_cheat_a_clipped_master_with_noise_on_its_flat_peaks(song):
    """The noise hides flat peaks from a look at single samples; the stems still tell that something was cut off."""

    def clip(samples):
        loud = np.clip(mixing.gain(samples, 12), -0.85, 0.85)
        loud = mixing.gain(loud, -14 - mixing.loudness(loud, RATE))
        return loud + 1e-5 * np.random.default_rng(2).standard_normal(loud.shape)

    remaster(song, clip)
    assert "other mix" in codes(artefacts.stems, song)


def test_cheat_a_sine_wave_for_the_stem_that_sings(song):
    score = artefacts.Release(song).score
    length = len(audio.read(song / "master.wav")[0])
    audio.write_wav(song / "stems/01-voice.wav", tone(score, RATE, length / RATE), RATE)
    assert lost(artefacts.melody, song) == 10 and lost(artefacts.words, song) == 10
    assert "other mix" in codes(artefacts.stems, song)


def test_cheat_a_copy_of_a_stem_for_another(song):
    shutil.copy(song / "stems/02-piano.wav", song / "stems/03-strings.wav")
    assert {"double", "other mix"} <= set(codes(artefacts.stems, song))


def test_cheat_a_frozen_mouth(song, made, tmp_path):
    values = made.curves.values.copy()
    values[:, : len(visemes.ARKIT)] = values[0, : len(visemes.ARKIT)]
    frozen = replace(made.curves, values=values)
    visemes.write_csv(song / "face.csv", frozen)
    visemes.write_json(song / "face.json", frozen)
    assert codes(artefacts.face, song)[:1] == ["frozen"] and lost(artefacts.face, song) >= 8
    (name,) = song.glob("*.mp4")
    material.film(name, frozen, audio.read(song / "master.wav")[0])
    assert lost(artefacts.video, song) >= 8


def test_cheat_a_mouth_that_only_flaps(song, made):
    """Open and shut four times a second, whatever is sung."""
    values, time = made.curves.values.copy(), np.arange(len(made.curves.values)) / made.curves.fps
    values[:, visemes.NAMES.index("jawOpen")] = 0.4 + 0.4 * np.sin(2 * np.pi * 4 * time)
    values[:, visemes.NAMES.index("mouthClose")] = 0
    flapping = replace(made.curves, values=values)
    visemes.write_csv(song / "face.csv", flapping)
    visemes.write_json(song / "face.json", flapping)
    assert codes(artefacts.face, song) == ["other mouth"] and lost(artefacts.face, song) == 8
    assert "other curves" in codes(artefacts.video, song)


# --- music-release: defects ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change, code",
    [
        (lambda x: mixing.gain(x, -3), "loudness"),
        (lambda x: np.clip(mixing.gain(x, 1), -1, 1), "peak"),
        (lambda x: np.pad(x, ((5 * RATE, 0), (0, 0))), "padding"),
    ],
    ids=["quiet", "peaks", "padded"],
)
def test_a_master_that_streaming_would_not_take_is_found(song, change, code):
    remaster(song, change)
    assert code in codes(artefacts.loudness, song)


def test_stems_that_do_not_make_the_master_are_found(song):
    samples, _ = audio.read(song / "stems/02-piano.wav")
    audio.write_wav(song / "stems/02-piano.wav", mixing.gain(samples, -6), RATE)
    assert codes(artefacts.stems, song) == ["other mix"]
    audio.write_wav(song / "stems/02-piano.wav", 0 * samples, RATE)
    assert "silent" in codes(artefacts.stems, song)
    audio.write_wav(song / "stems/02-piano.wav", samples[:-RATE], RATE)
    assert codes(artefacts.stems, song) == ["length"]
    audio.write_wav(song / "stems/02-piano.wav", samples, 44_100)
    assert lost(artefacts.stems, song) == 10


def test_two_melodies_in_one_delivery_are_found(song):
    (name,) = song.glob("*.ustx")
    score_files.write(singing.transpose(score_files.read(name), 2), name)
    assert codes(artefacts.release_complete, song) == ["two melodies"]
    assert lost(artefacts.melody, song) >= 8


def test_a_face_that_is_late_or_two_faces_are_found(song, made):
    late = made.curves.shifted(0.3)
    visemes.write_json(song / "face.json", late)
    assert set(codes(artefacts.face, song)) == {"two faces", "late"}
    assert artefacts.video(song) == [] or codes(artefacts.video, song) == ["other curves"]


def test_a_face_that_stares_and_does_not_move_its_head_is_found(song, made):
    values = made.curves.values.copy()
    for name in ("eyeBlinkLeft", "eyeBlinkRight", *visemes.HEAD):
        values[:, visemes.NAMES.index(name)] = 0
    still = replace(made.curves, values=values)
    visemes.write_csv(song / "face.csv", still)
    visemes.write_json(song / "face.json", still)
    assert codes(artefacts.face, song) == ["stare", "stiff"]


def test_a_video_of_another_song_is_found(song, made, tmp_path):
    (name,) = song.glob("*.mp4")
    other = np.random.default_rng(3).standard_normal(audio.read(song / "master.wav")[0].shape) * 0.05
    material.film(name, made.curves.shifted(-0.4), other.astype(np.float32))
    assert {"sound"} < set(codes(artefacts.video, song))
    name.write_bytes(b"no video")
    assert lost(artefacts.video, song) == 10


def retold(song, change):
    """Change what the credits say, and keep their list of files true."""
    told = json.loads((song / "credits.json").read_text(encoding="utf-8"))
    change(told)
    told["files"] = {name: files.sha256(song / name) for name in told["files"]}
    (song / "credits.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


@pytest.mark.parametrize(
    "change, code",
    [
        (lambda t: t["disclosure"].update(ai=[]), "undisclosed"),
        (lambda t: t.pop("disclosure"), "undisclosed"),
        (lambda t: t["disclosure"].update(cuts=2), "untrue"),
        (lambda t: t["disclosure"].update(cuts=0), "untrue"),
        (lambda t: t["disclosure"]["ai"][0].update(cut=[1]), "untrue"),
        (lambda t: t["disclosure"]["human"][0].update(name=3), "untrue"),
        (lambda t: t["disclosure"]["human"][0].update(action="dream"), "untrue"),
        (lambda t: t["disclosure"].update(human=[]), "unlogged"),
        (lambda t: t["notice"].update(en="Made by hand."), "notice"),
        (lambda t: t["voices"].clear(), "no voice"),
        (lambda t: t["voices"][0].update(credit="me"), "credit"),
        (lambda t: t["voices"][0].update(name="a star"), "no right"),
        (lambda t: t["voices"][0].update(consent="mine.json", signer="x"), "no right"),
        (lambda t: t.update(words_and_music="somebody else"), "other mark"),
        (lambda t: t.update(words_and_music=""), "no author"),
    ],
)
def test_credits_that_are_not_true_are_found(song, change, code):
    retold(song, change)
    assert code in codes(artefacts.credits, song)


def test_a_file_that_was_changed_after_the_credits_is_found(song):
    remaster(song, lambda x: x)
    assert codes(artefacts.credits, song) == []  # the same sound makes the same file
    remaster(song, lambda x: mixing.gain(x, -0.5))
    assert codes(artefacts.credits, song) == ["changed"]


def test_a_song_without_its_watermark_is_found(song, made):
    bare = release.stems(made.channels, RATE, made.room)
    for number, (name, sound) in enumerate(bare.items(), 1):
        audio.write_wav(song / f"stems/{number:02}-{name}.wav", sound, RATE)
    audio.write_wav(song / "master.wav", mixing.master(sum(bare.values()), RATE), RATE)
    retold(song, lambda told: None)
    assert codes(artefacts.credits, song) == ["no mark"]


def test_a_consented_voice_may_sing_when_its_record_says_so(song, tmp_path):
    key = tmp_path / "key.pem"
    signer = consent.make_key(key)
    terms = dict(
        voice="윤슬", given_by="윤슬", given_to="Studio Nunbit", project="여기 있어",
        starts=date(2026, 1, 1), ends=date(2026, 12, 31),
    )  # fmt: skip
    credit = {
        "name": "윤슬",
        "share": 1.0,
        "consent": "consent-1.json",
        "signer": signer,
        "credit": "Voice: 윤슬",
    }
    for uses, found in ((("sing", "publish"), []), (("sing",), ["no right"])):
        consent.write(song / "consent-1.json", consent.Consent(**terms, uses=uses), key)

        def name_her(told):
            told["voices"] = [credit]
            told["files"]["consent-1.json"] = ""

        retold(song, name_her)
        assert codes(artefacts.credits, song) == found


@pytest.mark.parametrize("name", ["credits.json", "face.json"])
@pytest.mark.parametrize(
    "text", ["[]", "{}", "null", "[" * 9000, '{"files": {"x": 3}, "weightMat": [[1]], "facsNames": []}']
)
def test_odd_files_of_a_release_are_told_in_a_sentence(song, name, text):
    (song / name).write_text(text)
    readers = {
        "credits.json": (artefacts.release_complete, artefacts.credits),
        "face.json": (artefacts.release_complete, artefacts.face, artefacts.video),
    }
    for grader in readers[name]:
        for found in grader(song):
            assert found.message.endswith((".", ")", "?")) and len(found.message) < 400


# --- what is measured ---------------------------------------------------------------------------------------------


def test_the_measures_of_a_voice_and_of_tones_lie_apart(originals):
    score = score_files.read(originals / "voice" / "score.ustx")
    samples, rate = audio.read(originals / "voice" / "voice.wav")
    real = sung.take(samples, rate, score)
    assert real.harmonic() > 2 * sung.HARMONIC and real.movement() > 1.2 * sung.MOVES
    sine = sung.take(tone(score, rate, len(samples) / rate), rate, score)
    saw = sung.take(tone(score, rate, len(samples) / rate, signal.sawtooth), rate, score)
    assert sine.harmonic() < sung.HARMONIC / 2 and saw.movement() < sung.MOVES / 1.5


def test_the_pitch_of_each_held_note_is_measured_to_some_cents():
    score = Score("", 60, tuple(Note(n, 1, 60 + n, "아") for n in range(4)))
    found = sung.take(tone(score, 24_000, 5), 24_000, score).held()
    assert len(found) == 4 and all(abs(each.cents) < 6 and each.voiced > 0.95 for each in found)
    sharp = sung.take(tone(singing.transpose(score, 1), 24_000, 5), 24_000, score).held()
    assert all(abs(each.cents - 100) < 6 for each in sharp)  # the score is a semitone below


def test_the_same_sound_is_recognised_once(originals, monkeypatch):
    samples, rate = audio.read(originals / "voice" / "speech.wav")
    first = sung.heard(samples, rate)
    monkeypatch.setattr(sung.whisper, "hear", None)
    assert sung.heard(samples.copy(), rate) == first


def test_grading_prints_each_finding_and_gives_what_is_left(phrase, capsys):
    (phrase / "speech.wav").unlink()
    assert grade(artefacts.voice_complete, phrase) == 0
    assert "✗ speech.wav is missing from the delivery. (−5)" in capsys.readouterr().out


def test_a_few_held_notes_say_nothing_of_a_singer(phrase):
    score = score_files.read(phrase / "score.ustx")
    short = tuple(replace(note, length=min(note.length, 0.5)) for note in score.notes[:-3])
    score_files.write(replace(score, notes=(*short, *score.notes[-3:])), phrase / "score.ustx")
    assert codes(artefacts.in_tune, phrase) == ["no held note"]


def test_a_book_for_lyrics_is_not_opened(phrase):
    score = score_files.read(phrase / "score.ustx")
    told = replace(score, notes=(replace(score.notes[0], lyric="가나다라" * 5_000), *score.notes[1:]))
    score_files.write(told, phrase / "score.ustx")
    assert "a syllable a note" in artefacts.words_heard(phrase)[0].message


def test_a_melody_that_lasts_too_long_is_not_opened(phrase):
    long = Score("", 60, (Note(0, 1, 60, "아"), Note(9_000, 1, 62, "이")))
    score_files.write(long, phrase / "score.ustx")
    with pytest.raises(untrusted.HallyuError, match="lasts 9,001 s"):
        untrusted.read_melody(phrase, "score.ustx")
