"""A delivery is written once, then each defect that a label would send back is put in, and has to be named."""

import json
import shutil
from dataclasses import replace
from datetime import date

import av
import numpy as np
import pytest

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.files import sha256
from hallyu.music import backing, face, mixing, release, score_files, singing, visemes, watermark
from hallyu.music.release import RATE, Project, Singer
from hallyu.music.score import Note, Phone, Score, hertz
from hallyu.provenance import consent
from hallyu.provenance.worklog import Entry

KEY = "a key for the tests"
SCORE = Score("첫눈", 120, tuple(
    Note(2 * n, 2, pitch, lyric)
    for n, (pitch, lyric) in enumerate(zip([60, 64, 62, 65, 67, 64, 62, 60], "아이아이아아이아", strict=True))
))  # fmt: skip
LOG = [Entry("", "human", "Yuna", action, "song") for action in ("compose", "write", "mix")]


@pytest.fixture(scope="module")
def project(sing_vowel):
    """Eight held vowels, one a second, a little breathy, with a small band: what sounds is known exactly."""
    voice, phones = np.zeros(round(8.5 * RATE), np.float32), []
    for number, note in enumerate(SCORE.notes):
        start, length = SCORE.seconds(note.start), SCORE.seconds(note.length)
        tone = sing_vowel(
            np.full(round(length * RATE), hertz(note.pitch)), RATE, {"아": "ㅏ", "이": "ㅣ"}[note.lyric], 0.1
        )
        tone *= np.minimum(1, np.minimum(np.arange(len(tone)), np.arange(len(tone))[::-1]) / 960)
        voice[round(start * RATE) :][: len(tone)] += tone
        phones.append(Phone({"아": "a", "이": "i"}[note.lyric], start, start + length, number))
    parts = backing.arrange(backing.lead_sheet("C | F | G | C"), 120, energy=0.2)
    band = {name: np.resize(stem, (len(voice), 2)) for name, stem in backing.render(parts, RATE, 1.0).items()}
    desk = {
        "voice": mixing.Channel(voice, low_cut=90, send=-20.0),
        **backing.channels(band, -6.0),
    }
    curves = visemes.animate(phones, len(voice) / RATE, 120)
    return Project(
        SCORE, desk, RATE, (Singer("jf_nezumi"),), parts, curves, KEY, 77, LOG, "Yuna", "CC BY 4.0"
    )


@pytest.fixture(scope="module")
def written(project, tmp_path_factory):
    work = tmp_path_factory.mktemp("release")
    song = mixing.master(sum(release.stems(project.channels, RATE, key=KEY, payload=77).values()), RATE)
    face.sing_on_screen(work / "small.mp4", project.curves, song, RATE, size=(320, 180))
    return release.write(work / "delivery", project, work / "small.mp4")


@pytest.fixture
def delivery(written, tmp_path):
    """A copy that a test may damage."""
    return shutil.copytree(written, tmp_path / "delivery")


def signed_again(folder):
    """The credits with the hashes of the files as they are now: somebody who cheats does not forget them."""
    path = folder / "credits.json"
    credits = json.loads(path.read_text(encoding="utf-8"))
    credits["files"] = {name: sha256(folder / name) for name in credits["files"] if (folder / name).exists()}
    path.write_text(json.dumps(credits, ensure_ascii=False), encoding="utf-8")
    return folder


def stem(folder, number=1):
    return sorted((folder / "stems").glob("*.wav"))[number - 1]


def test_a_delivery_passes_and_is_measured(written):
    report = release.preflight(written, KEY)
    assert report.problems == () and report.notes == ()
    m = report.measured
    assert m["seconds"] == 8.5
    assert m["lufs"] == pytest.approx(-14, abs=0.3) and m["true_peak"] <= -0.95
    assert m["null"] < -50
    assert m["cents"] < 10 and m["voiced"] > 0.95
    assert abs(m["lips"]) < 60 and m["lips_correlation"] > 0.6
    assert m["mark"] > watermark.FOUND
    assert "ready to hand over" in str(report) and json.loads(report.json())["passed"] is True


def test_the_layout_is_what_editors_open(written, project):
    import soundfile

    names = {str(path.relative_to(written)) for path in written.rglob("*") if path.is_file()}
    assert names == {
        "stems/01-voice.wav", "stems/02-piano.wav", "stems/03-bells.wav", "master.wav", "첫눈.mid", "첫눈.ustx",
        "face.csv", "face.json", "첫눈.mp4", "credits.json",
    }  # fmt: skip
    for path in (*(written / "stems").iterdir(), written / "master.wav"):
        info = soundfile.info(str(path))
        assert (info.samplerate, info.subtype, info.frames, info.channels) == (RATE, "PCM_24", 8.5 * RATE, 2)
    midi = score_files.read(written / "첫눈.mid")
    assert midi.notes == SCORE.notes and midi.title == "첫눈"
    import mido

    tracks = mido.MidiFile(written / "첫눈.mid").tracks
    assert [track.name for track in tracks] == ["첫눈".encode().decode("latin-1"), "piano", "bells"]
    credits = json.loads((written / "credits.json").read_text(encoding="utf-8"))
    assert credits["voices"][0]["licence"] == "Apache-2.0" and "Koniwa" in credits["voices"][0]["credit"]
    assert KEY not in json.dumps(credits)
    assert (
        "voice, in 1 of 3 stems" in credits["notice"]["en"]
        and "스템 3개 가운데 1개" in credits["notice"]["ko"]
    )


def test_stems_add_up_to_the_mix(project):
    whole = mixing.mix(dict(project.channels), RATE)
    added = sum(release.stems(project.channels, RATE).values())
    at = np.abs(whole).argmax()
    gain = added.flat[at] / whole.flat[at]
    assert np.abs(added - gain * whole).max() < 1e-4
    loud = {"voice": mixing.Channel(np.sin(np.arange(RATE) / 9).astype(np.float32), fader=9.0)}
    assert mixing.level(release.stems(loud, RATE)["voice"]) == pytest.approx(release.HEADROOM, abs=0.02)


def test_the_voice_alone_and_the_video_carry_the_mark_too(written):
    voice, rate = audio.read(stem(written))
    assert watermark.detect(voice, rate, KEY).payload == 77
    assert watermark.detect(voice, rate, "another key") is None
    film, rate = audio.read(written / "첫눈.mp4")
    assert watermark.detect(film, rate, KEY) is not None


def louder(samples, rate):
    return samples * 0.7


def clip(samples, rate):
    return np.clip(samples * 4, -0.8, 0.8)


def late(samples, rate):
    return np.concatenate([np.zeros((4 * rate, 2), np.float32), samples])


def sine(samples, rate):
    return np.stack([0.2 * np.sin(np.arange(len(samples)) * 2 * np.pi * 220 / rate)] * 2, 1)


def another_song(samples, rate):
    return mixing.master(np.roll(samples[::-1], rate, 0), rate)


@pytest.mark.parametrize(("change", "says"), [
    (louder, "LUFS; streaming services play at -14"),
    (clip, "its peaks are cut flat"),
    (lambda s, r: 0.5 * clip(s, r), "its peaks are cut flat"),
    (late, "begins with 4"),
    (sine, "is not its stems"),
    (another_song, "is not its stems"),
    (lambda s, r: mixing.gain(s, 0.2), None),
    (lambda s, r: s * 0, "is silent"),
])  # fmt: skip
def test_a_master_that_would_come_back(delivery, change, says):
    samples, rate = audio.read(delivery / "master.wav")
    audio.write_wav(delivery / "master.wav", change(samples, rate), rate)
    report = release.preflight(signed_again(delivery), KEY)
    assert report.passed if says is None else any(says in problem for problem in report.problems), report


def test_a_master_over_the_ceiling(delivery):
    samples, rate = audio.read(delivery / "master.wav")
    audio.write_wav(delivery / "master.wav", mixing.gain(samples, -0.3 - mixing.true_peak(samples)), rate)
    assert any(
        "dBTP; the ceiling is -1" in each for each in release.preflight(signed_again(delivery)).problems
    )


def test_silence_at_the_end_changes_no_loudness_and_is_named(delivery):
    for path in (*(delivery / "stems").iterdir(), delivery / "master.wav"):
        samples, rate = audio.read(path)
        audio.write_wav(path, np.pad(samples, ((0, 30 * rate), (0, 0))), rate)
    report = release.preflight(signed_again(delivery), KEY)
    assert report.measured["lufs"] == pytest.approx(-14, abs=0.3)
    assert any("s of silence" in each for each in report.problems)


def quieter_piano(folder):
    path = stem(folder, 2)
    samples, rate = audio.read(path)
    audio.write_wav(path, samples * 0.7, rate)


def shorter_stem(folder):
    path = stem(folder, 2)
    samples, rate = audio.read(path)
    audio.write_wav(path, samples[: -rate // 2], rate)


def low_rate(folder):
    path = stem(folder, 3)
    samples, _ = audio.read(path, 44_100)
    audio.write_wav(path, samples, 44_100)


def sixteen_bits(folder):
    import soundfile

    samples, rate = audio.read(folder / "master.wav")
    soundfile.write(str(folder / "master.wav"), samples, rate, subtype="PCM_16")


def hum(folder):
    """A sine for a song: no pitch of the score is in it."""
    path = stem(folder)
    samples, rate = audio.read(path)
    audio.write_wav(path, sine(samples, rate), rate)


def out_of_tune(folder):
    path = stem(folder)
    samples, rate = audio.read(path)
    sharp = audio.resample(samples, rate, round(rate / 2 ** (0.8 / 12)))
    audio.write_wav(path, np.resize(sharp, samples.shape), rate)


def frozen(folder):
    curves = visemes.read_json(folder / "face.json")
    values = np.repeat(curves.values[:1], len(curves.values), 0)
    visemes.write_json(folder / "face.json", replace(curves, values=values))
    visemes.write_csv(folder / "face.csv", replace(curves, values=values))


def other_curves(folder):
    curves = visemes.read_csv(folder / "face.csv")
    visemes.write_csv(folder / "face.csv", curves.shifted(0.5))


def still_video(folder):
    curves = visemes.read_json(folder / "face.json")
    samples, rate = audio.read(folder / "master.wav")
    still = replace(curves, values=np.repeat(curves.values[20:21], len(curves.values), 0))  # open, on ㅏ
    face.sing_on_screen(folder / "첫눈.mp4", still, samples, rate, size=(320, 180))


def late_lips(folder):
    curves = visemes.read_json(folder / "face.json")
    samples, rate = audio.read(folder / "master.wav")
    face.sing_on_screen(folder / "첫눈.mp4", curves.shifted(0.25), samples, rate, size=(320, 180))


def silent_video(folder):
    curves = visemes.read_json(folder / "face.json")
    face.sing_on_screen(folder / "첫눈.mp4", curves, np.zeros((RATE, 2), np.float32), RATE, size=(320, 180))


def another_melody(folder):
    score_files.write(singing.transpose(SCORE, 2), folder / "첫눈.mid")


def no_words(folder):
    bare = replace(SCORE, notes=tuple(replace(note, lyric="") for note in SCORE.notes))
    score_files.write(bare, folder / "첫눈.mid")
    score_files.write(bare, folder / "첫눈.ustx")


@pytest.mark.parametrize(("damage", "says"), [
    (quieter_piano, "is not its stems"),
    (shorter_stem, "print all of them from beat 0"),
    (low_rate, "has 44100 Hz"),
    (sixteen_bits, "PCM_16: deliver WAV of 24-bit"),
    (hum, "cents from the score"),
    (out_of_tune, "cents from the score"),
    (frozen, "The mouth is frozen"),
    (other_curves, "hold different curves"),
    (still_video, "does not sing this song"),
    (late_lips, "late"),
    (silent_video, "does not play the master"),
    (another_melody, "hold different melodies"),
    (no_words, "The melody has no words"),
    (lambda f: (f / "첫눈.mid").unlink(), "There is no .mid file"),
    (lambda f: shutil.copy(f / "첫눈.mp4", f / "둘.mp4"), "2 .mp4 files"),
    (lambda f: (f / "첫눈.mp4").write_bytes(b"no film"), "not a sound file"),
    (lambda f: (f / "master.wav").unlink(), "master.wav is missing"),
    (lambda f: (f / "master.wav").write_text("no sound"), "master.wav is not a sound file"),
    (lambda f: stem(f).rename(f / "stems" / "09-voice.wav"), "is not named like stem"),
    (lambda f: stem(f).rename(f / "stems" / "01-song.wav"), "no stem NN-voice.wav"),
    (lambda f: (f / "face.json").write_text("{}"), "holds no face curves"),
    (lambda f: shutil.rmtree(f / "stems"), "There are 0 stems"),
])  # fmt: skip
def test_every_defect_is_named(delivery, damage, says):
    damage(delivery)
    report = release.preflight(signed_again(delivery), KEY)
    assert any(says in problem for problem in report.problems), report


def test_a_file_that_changed_after_the_credits(delivery):
    samples, rate = audio.read(stem(delivery, 2))
    audio.write_wav(stem(delivery, 2), samples * 0.999, rate)
    assert any("02-piano.wav has changed since" in each for each in release.preflight(delivery).problems)


def without_voice(credits):
    credits["voices"] = []


def other_licence(credits):
    credits["voices"][0]["licence"] = "CC0"


def a_star(credits):
    credits["voices"][0]["name"] = "Somebody famous"


def no_ai(credits):
    credits["disclosure"]["ai"] = []


def other_notice(credits):
    credits["notice"]["ko"] = "AI로 생성한 소리가 없습니다"


def other_number(credits):
    credits["watermark"]["payload"] = 78


@pytest.mark.parametrize(("change", "says"), [
    (without_voice, "names no voice"),
    (other_licence, "is not what its licence asks for"),
    (a_star, "no consent is with it"),
    (no_ai, "a model sang"),
    (other_notice, "The notice (ko) does not say"),
    (other_number, "says 77, and the credits say 78"),
    (lambda c: c.pop("voices"), "cannot be read"),
    (lambda c: c["files"].update({"../outside": "0"}), "cannot be read"),
    (lambda c: c.update(watermark=None), "cannot be read"),
])  # fmt: skip
def test_credits_that_do_not_hold(delivery, change, says):
    path = delivery / "credits.json"
    credits = json.loads(path.read_text(encoding="utf-8"))
    change(credits)
    path.write_text(json.dumps(credits, ensure_ascii=False), encoding="utf-8")
    assert any(says in problem for problem in release.preflight(delivery, KEY).problems)


def test_the_key_is_asked_for_and_another_is_refused(written, delivery):
    assert any(release.key_id(KEY) in note for note in release.preflight(written).notes)
    assert any("you gave" in each for each in release.preflight(written, "another key").problems)
    unmarked = audio.read(delivery / "master.wav")[0]
    rng = np.random.default_rng(5)
    audio.write_wav(
        delivery / "master.wav", np.clip(unmarked[rng.permutation(len(unmarked))], -0.99, 0.99), RATE
    )
    assert any(
        "carries no watermark" in each for each in release.preflight(signed_again(delivery), KEY).problems
    )


def test_a_consented_voice_goes_with_its_record(project, written, tmp_path):
    signer = consent.make_key(tmp_path / "key.pem")
    given = consent.Consent(
        voice="Yuna", given_by="Yuna", given_to="Hallyu Studio", uses=("sing", "publish"), project="첫눈",
        starts=date(2026, 1, 1), ends=date(2099, 1, 1),
    )  # fmt: skip
    record = consent.write(tmp_path / "yuna.json", given, tmp_path / "key.pem")
    mine = replace(project, singers=(Singer("Yuna", 1.0, record, signer),))
    folder = release.write(tmp_path / "mine", mine, written / "첫눈.mp4")
    assert (folder / "consent-1.json").read_bytes() == record.read_bytes()
    assert release.preflight(folder, KEY).passed
    assert any("until 2099" in each for each in release.preflight(folder, KEY, date(2100, 1, 1)).problems)
    (folder / "consent-1.json").write_text(record.read_text(encoding="utf-8").replace("2099", "2199"))
    assert any("changed after it was signed" in each for each in release.preflight(folder, KEY).problems)
    for singers, says in (
        ((Singer("Yuna"),), "add the signed consent"),
        ((), "has no singer"),
        ((Singer("Mina", 1.0, record, signer),), "not of Mina"),
        ((Singer("Yuna", 1.0, record, "0" * 39),), "signed with the key"),
        ((Singer("Yuna", 0.5, record, signer), Singer("jf_nezumi", 0.5)), "did not consent to “blend”"),
    ):
        with pytest.raises(HallyuError, match=says):
            release.write(tmp_path / "refused", replace(project, singers=singers))
    assert not (tmp_path / "refused").exists()


def test_what_cannot_be_delivered_is_said_before_anything_is_written(project, tmp_path):
    for wrong, says in (
        (replace(project, rate=44_100), "44100 Hz: resample first"),
        (replace(project, channels={"piano": project.channels["piano"]}), "no channel called “voice”"),
    ):
        with pytest.raises(HallyuError, match=says):
            release.write(tmp_path / "refused", wrong)
    assert not (tmp_path / "refused").exists()
    with pytest.raises(HallyuError, match="There is no folder"):
        release.preflight(tmp_path / "nothing")


def test_a_second_delivery_leaves_no_stem_of_the_first(project, written, delivery):
    fewer = {name: project.channels[name] for name in ("voice", "piano")}
    release.write(delivery, replace(project, channels=fewer), written / "첫눈.mp4")
    assert [path.name for path in sorted((delivery / "stems").iterdir())] == ["01-voice.wav", "02-piano.wav"]


def test_without_a_video_the_film_is_made(project, tmp_path):
    short = replace(project, curves=replace(project.curves, values=project.curves.values[:45]))
    folder = release.write(tmp_path / "delivery", short, size=(640, 360))
    with av.open(str(folder / "첫눈.mp4")) as film:
        assert (film.streams.video[0].width, film.streams.video[0].frames) == (640, 45)
