from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.models.whisper import hear
from hallyu.music import singing as s
from hallyu.music.metrics_text import character_error_rate
from hallyu.music.phonemes import syllables
from hallyu.music.pitch import yin
from hallyu.music.score import HOLD, Note, Score
from hallyu.music.voice import voice

VOWELS = set("aeiouɛʌɯ")


def melody(words, pitches, lengths, start=1.0, tempo=84):
    notes = []
    for pitch, length in zip(pitches, lengths, strict=True):
        notes.append(Note(start, length, pitch))
        start += length
    return Score("첫눈", tempo, s.set_words(notes, words))


FIRST = melody("하얀 눈을 밟아요-", [60, 64, 67, 69, 67, 64, 62, 60], [0.5, 0.5, 0.5, 1, 0.5, 0.5, 1, 2])
SECOND = melody("네 손을 잡고", [64, 65, 67, 64, 62], [0.5, 0.5, 1, 1, 2], start=9)
SONG = replace(FIRST, notes=FIRST.notes + SECOND.notes)


@pytest.fixture(scope="module")
def sung():
    return s.sing(SONG, voice("jf_alpha"))


def heard_pitch(sung, steps):
    """Hz at the song's steps by YIN, which knows nothing of the score; 0 where there is no voice."""
    return yin(sung.samples, sung.rate, lowest=80, highest=800).at(np.arange(steps) * 300 / sung.rate)


def sustained(score, steps):
    """The inner parts of notes of 0.4 s and more."""
    times, inside = np.arange(steps) * 0.0125, np.zeros(steps, bool)
    for note in score.notes:
        if score.seconds(note.length) >= 0.4:
            inside |= (times > score.seconds(note.start) + 0.12) & (times < score.seconds(note.end) - 0.12)
    return inside


def cents_off(sung, score):
    heard, inside = heard_pitch(sung, len(sung.f0)), sustained(score, len(sung.f0))
    both = inside & (heard > 0)
    return 1200 * np.abs(np.log2(heard[both] / sung.target_f0[both])), both.sum() / inside.sum()


def test_held_notes_are_in_tune_and_a_semitone_off_is_told(sung):
    off, voiced = cents_off(sung, SONG)
    assert np.median(off) <= 20
    assert voiced > 0.9
    wrong = replace(sung, target_f0=s.written_pitch(s.transpose(SONG, 1), len(sung.f0)))
    assert np.median(cents_off(wrong, SONG)[0]) > 60


def test_the_curves_and_the_samples_share_one_clock(sung):
    assert sung.rate == 24_000 and sung.samples.dtype == np.float32
    assert len(sung.f0) == len(sung.target_f0) == len(sung.samples) / 300
    assert 0.1 < np.abs(sung.samples).max() <= 1
    assert sung.phones[0].start == 0 and sung.phones[-1].end == pytest.approx(len(sung.samples) / 24_000)
    assert all(a.end == pytest.approx(b.start) for a, b in zip(sung.phones, sung.phones[1:], strict=False))
    owners = [p.syllable for p in sung.phones if p.syllable >= 0]
    assert sorted(set(owners)) == list(range(12)) and owners == sorted(owners)


def test_vowels_begin_on_their_notes_and_consonants_before(sung):
    starts = [SONG.seconds(n.start) for n in SONG.notes if n.lyric != HOLD]
    vowels = [p for p in sung.phones if p.symbol in VOWELS]
    assert [p.start for p in vowels] == pytest.approx(starts, abs=0.0126)
    for first in (0, 7):
        onset = next(p for p in sung.phones if p.syllable == first)
        assert onset.symbol not in VOWELS and onset.start < starts[first]


def test_what_is_heard_begins_on_the_note_too():
    """Sounded, not planned: the band of the vowels' first formant comes up to half within 30 ms of the beat."""
    from scipy import signal

    score = Score("", 120, tuple(Note(1 + k, 1, 62, c) for k, c in enumerate("사타카차하카타차")))
    sung = s.sing(score, voice("jf_alpha"), s.Expression(breath=None))
    band = signal.butter(4, [200, 1000], "bandpass", fs=sung.rate, output="sos")
    power = np.convolve(signal.sosfiltfilt(band, sung.samples) ** 2, np.hanning(240) / 120, "same")[::24]
    level = 10 * np.log10(power + 1e-9)  # every ms
    errors = []
    for note in score.notes:
        at = round(1000 * score.seconds(note.start))
        full = np.median(level[at + 60 : at + 150])
        errors.append(np.flatnonzero(level[at - 100 : at + 100] < full - 6)[-1] - 99)
    assert np.median(np.abs(errors)) <= 30, errors


def test_a_held_syllable_is_one_vowel_over_two_pitches(sung):
    last = [p for p in sung.phones if p.syllable == 6]
    assert [p.symbol for p in last][-1] == "o"
    assert last[-1].end - last[-1].start > SONG.seconds(2.8)


def test_a_held_vowel_does_not_fade(sung):
    vowel = next(p for p in sung.phones if p.syllable == 6 and p.symbol == "o")
    part = sung.samples[round((vowel.start + 0.1) * 24_000) : round((vowel.end - 0.1) * 24_000)]
    thirds = [np.sqrt(np.mean(each**2)) for each in np.array_split(part, 3)]
    assert 20 * np.log10(thirds[2] / thirds[0]) > -6


def test_a_breath_is_taken_in_the_rest_and_only_there(sung):
    start = next(p.start for p in sung.phones if p.syllable == 7)
    rest = slice(round((start - 0.4) * 24_000), round((start - 0.1) * 24_000))
    dry = s.sing(SECOND, voice("jf_alpha"), s.Expression(breath=None))
    breath, silence = (np.sqrt(np.mean(each.samples[rest] ** 2)) for each in (sung, dry))
    voiced = np.sqrt(np.mean(sung.samples[np.abs(sung.samples) > 0.01] ** 2))
    assert breath > 3 * silence
    assert -45 < 20 * np.log10(breath / voiced) < -18


def test_the_words_are_heard_and_humming_is_not():
    lines = "그대가 왔다 간 걸", "하얀 발자국 하나"
    pitches, lengths = [64, 65, 67, 65, 64, 62, 60], [0.5, 0.5, 1, 0.5, 0.5, 1, 2]
    errors, hummed = [], []
    for line in lines:
        for words, found in ((line, errors), ("아" * 7, hummed)):
            sung = s.sing(melody(words, pitches, lengths), voice("jf_nezumi"), s.Expression(breath=None))
            found.append(character_error_rate(line, hear(sung.samples, sung.rate).text, by_sound=True))
    assert np.mean(errors) <= 0.4, errors
    assert np.mean(hummed) > 0.8, hummed


def test_singing_twice_gives_the_same_samples():
    score = melody("눈이", [62, 64], [1, 1])
    one, two, other = (s.sing(score, voice("jf_alpha"), seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(one.samples, two.samples)
    assert not np.array_equal(one.samples, other.samples)


def test_a_narrow_vowel_that_is_held_is_not_whispered():
    """치 before 가 is whispered in Japanese; here it is held for 0.7 s."""
    score = melody("같이 가요", [64, 67, 62, 60], [1, 1, 1, 2])
    sung = s.sing(score, voice("jf_nezumi"), s.Expression(breath=None))
    vowel = next(p for p in sung.phones if p.syllable == 1 and p.symbol == "i")
    assert vowel.end - vowel.start > 0.5, "the mark of length is a part of the vowel"
    inside = yin(sung.samples, sung.rate).at(np.arange(vowel.start + 0.05, vowel.end - 0.05, 0.01))
    assert np.mean(inside > 0) > 0.7


# The pitch curve


def curve(pitches, length=1.0, **expression):
    plain = dict(vibrato=0, drift=0, scoop=0) | expression
    score = Score("", 60, tuple(Note(k * length, length, p, "아") for k, p in enumerate(pitches)))
    times = np.arange(-0.3, len(pitches) * length + 0.3, 0.0125)
    rng = np.random.default_rng(0)
    return times, s.pitch_curve(score, list(score.notes), times, s.Expression(**plain), rng)


def test_a_leap_dips_before_and_swings_past_but_settles():
    times, pitch = curve([60, 67])
    before, after = pitch[(times > 0.6) & (times < 1)], pitch[(times > 1) & (times < 1.4)]
    assert 59.2 < before.min() < 59.8, "preparation"
    assert 67.3 < after.max() < 68.5, "overshoot"
    assert np.abs(pitch[(times > 1.35) & (times < 1.6)] - 67).max() < 0.1


def test_the_overshoot_is_that_of_the_published_damping():
    """A second-order system swings past a step by exp(-pi z / sqrt(1 - z^2)): 13.2 % at z = 0.5422."""
    step = np.concatenate([np.zeros(100), np.ones(900)])
    frequency, z = s.OVERSHOOT
    assert s.swing(step, frequency, z).max() - 1 == pytest.approx(
        np.exp(-np.pi * z / np.sqrt(1 - z**2)), abs=0.005
    )


def test_vibrato_comes_late_at_its_rate_and_depth_and_spares_short_notes():
    times, pitch = curve([64], length=4, vibrato=40)
    late = pitch[(times > 1) & (times < 3.8)] - 64
    assert np.abs(pitch[(times > 0.1) & (times < 0.38)] - 64).max() < 0.02
    assert late.max() == pytest.approx(0.4, abs=0.03) and late.min() == pytest.approx(-0.4, abs=0.03)
    assert np.sum(np.diff(np.sign(late)) > 0) / 2.8 == pytest.approx(5.5, abs=0.5)
    _, short = curve([64, 64, 64], length=0.35, vibrato=40)
    assert np.abs(short - 64).max() < 0.02


def test_drift_and_scoop_are_as_deep_as_asked():
    _, still = curve([64], length=8)
    _, drifting = curve([64], length=8, drift=8)
    assert np.std(drifting - still) == pytest.approx(0.08, abs=0.03)
    times, scooped = curve([64], scoop=100)
    assert scooped[times < -0.2].max() < 63.2 and np.abs(scooped[times > 0.3] - 64).max() < 0.05


# Laying out


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8), st.integers(1, 60))
def test_squeezing_shortens_no_more_than_it_must(lengths, most):
    out = s.squeeze(np.array(lengths), most)
    assert out.min() >= 1 and np.all(out <= lengths)
    assert out.sum() == (sum(lengths) if sum(lengths) <= most else max(most, len(lengths)))


def test_time_is_kept_to_the_frame_however_slow_the_speech():
    spoken = syllables("밟는다")
    sounds = sum(len(each.symbols) for each in spoken)
    for natural in (1, 3, 12):
        lengths = s.lay_out(spoken, [2.0, 2.5, 3.0], 4.0, np.full(sounds + 3, natural))
        assert lengths.min() >= 1
        before = s.SILENCE + lengths[1 : 1 + len(spoken[0].onset)].sum()
        assert lengths[:-2].sum() - before == 80, "from the first vowel to the end: 2 s of 25 ms"


def test_a_note_too_short_for_its_sounds_is_named():
    with pytest.raises(HallyuError, match="“밟” has 25 ms"):
        s.lay_out(syllables("밟아"), [0, 0.025], 1, np.full(7, 2))


# What cannot be sung


def test_words_that_do_not_fit_the_melody_are_counted():
    notes = [Note(k, 1, 60) for k in range(3)]
    for words, said in (("첫눈이 와", "4 syllables, more"), ("첫눈", "2 syllables, fewer")):
        with pytest.raises(HallyuError, match=said):
            s.set_words(notes, words)


def one(*notes):
    return Score("눈", 90, notes)


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (one(), "no note with a lyric"),
        (one(Note(0, 1, 60)), "no note with a lyric"),
        (one(Note(0, 1, 72, "눈")), "Note 1 .눈, C5. lies outside what jf_alpha sings, G3 to A4"),
        (one(Note(0, 1, 60, "눈이")), "one syllable"),
        (one(Note(0, 1, 60, "n")), "one syllable"),
        (one(Note(0, 2, 60, "눈"), Note(1, 1, 60, "이")), "before note 1 has ended"),
        (one(Note(0, 1, 60, HOLD)), "no syllable to hold"),
        (one(Note(0, 1, 60, "눈"), Note(3, 1, 60, HOLD)), "no syllable to hold"),
    ],
)
def test_what_cannot_be_sung_is_said_in_a_sentence(score, said):
    with pytest.raises(HallyuError, match=said):
        s.sing(score, voice("jf_alpha"))


def test_a_song_is_moved_by_octaves_into_a_voices_range():
    song = one(Note(0, 1, 60, "눈"), Note(1, 1, 67, "이"))
    assert s.fit(song, voice("jf_alpha")) == song
    for octaves in (-2, -1, 1, 2):
        assert s.fit(s.transpose(song, 12 * octaves), voice("jf_alpha")) == song
    low = s.fit(song, voice("jm_kumo"))
    assert [n.pitch for n in low.notes] == [48, 55]
    with pytest.raises(HallyuError, match=r"transpose\(score, 5\) fits"):
        s.fit(one(Note(0, 1, 50, "눈"), Note(1, 1, 63, "이")), voice("jf_alpha"))
    with pytest.raises(HallyuError, match="another voice"):
        s.fit(one(Note(0, 1, 50, "눈"), Note(1, 1, 70, "이")), voice("jf_alpha"))


@given(st.integers(20, 100), st.integers(0, 16))
def test_fitting_moves_by_octaves_or_refuses(low, width):
    song = one(Note(0, 1, low, "눈"), Note(1, 1, low + width, "이"))
    try:
        fitted = s.fit(song, voice("jf_alpha"))
    except HallyuError:
        shifts = range(-120, 121, 12)
        assert not any(low + k >= 55 and low + width + k <= 69 for k in shifts)
        return
    moved = {a.pitch - b.pitch for a, b in zip(fitted.notes, song.notes, strict=True)}
    assert len(moved) == 1 and moved.pop() % 12 == 0
    assert all(55 <= n.pitch <= 69 for n in fitted.notes)
