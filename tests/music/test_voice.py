import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.music import voice as v
from hallyu.music.phonemes import syllables

LINE = "하얀 눈을 밟아요. 같이 걸어요."


@pytest.fixture(scope="module")
def spoken():
    return v.speak(LINE, v.voice("jf_alpha"))


def test_the_three_stages_together_are_the_model_in_one_piece():
    """The published graph, uncut, is the reference; the stages must give its very samples."""
    import onnxruntime

    from hallyu import models

    whole = b"".join(path.read_bytes() for path in models.files_of("kokoro-82m")[:4])
    symbols, _ = v.spell(syllables("첫눈."))
    tokens, style = v.engine().tokens(symbols), v.voice("jf_alpha").style(len(symbols))
    speed = np.array([1.0], np.float32)
    session = onnxruntime.InferenceSession(whole, providers=["CPUExecutionProvider"])
    expected = session.run(None, {"tokens": tokens, "style": style, "speed": speed})[0].ravel()
    durations, *features = v.engine().analyse(tokens, style)
    got = v.engine().render(*v.engine().shape(durations, *features, style), style)
    assert got.shape == expected.shape
    # Cut graphs are fused otherwise: allow rounding, at 40 dB under the sound.
    assert np.sqrt(np.mean((got - expected) ** 2)) < 0.01 * np.sqrt(np.mean(expected**2))


def test_every_stage_holds_to_the_units_it_promises():
    style = v.voice("jf_alpha").style(20)
    durations, *features = v.engine().analyse(v.engine().tokens("nana"), style)
    durations[:] = 7
    pitch, energy, stretched = v.engine().shape(durations, *features, style)
    assert pitch.shape == energy.shape == (1, 2 * durations.sum())
    assert len(v.engine().render(pitch, energy, stretched, style)) == durations.sum() * v.FRAME


def test_speech_comes_with_its_sounds_in_time(spoken):
    assert spoken.rate == 24_000 and spoken.samples.dtype == np.float32
    assert np.abs(spoken.samples).max() <= 1
    assert len(spoken.f0) * v.STEP == len(spoken.samples)
    assert spoken.phones[-1].end == pytest.approx(len(spoken.samples) / spoken.rate)
    assert all(a.end == pytest.approx(b.start) for a, b in zip(spoken.phones, spoken.phones[1:], strict=False))
    owners = [p.syllable for p in spoken.phones if p.syllable >= 0]
    assert owners == sorted(owners) and set(owners) == set(range(len(syllables(LINE))))
    voiced = spoken.f0[spoken.f0 > 0]
    assert 120 < np.median(voiced) < 400
    level = [
        np.sqrt(np.mean(spoken.samples[round(p.start * 24_000) : round(p.end * 24_000)] ** 2))
        for p in spoken.phones
        if p.symbol in tuple("aʌoɯ")
    ]
    assert min(level) > 3 * np.sqrt(np.mean(spoken.samples[:2400] ** 2)), "vowels sound, the start is silent"


def test_the_renderers_whistle_is_taken_out_and_the_sound_around_it_stays():
    time = np.arange(24_000) / 24_000
    for hertz, kept in ((4_800, 0.02), (9_600, 0.02), (4_600, 0.9), (1_000, 0.99)):
        tone = np.sin(2 * np.pi * hertz * time)
        left = np.std(v.without_whistle(tone)[6_000:-6_000]) / np.std(tone)
        assert left < kept if kept < 0.5 else left > kept, hertz


def test_speed_halves_the_time(spoken):
    fast = v.speak(LINE, v.voice("jf_alpha"), speed=2)
    assert 0.4 < len(fast.samples) / len(spoken.samples) < 0.7


def test_no_sound_is_left_out_in_silence():
    with pytest.raises(HallyuError, match="ㅋ"):
        v.engine().tokens("naㅋ")


@pytest.mark.parametrize("speed", [0.4, 2.1, 0, -1, float("nan")])
def test_an_impossible_speed_is_refused(speed):
    with pytest.raises(HallyuError, match="times its speed"):
        v.speak("눈", v.voice("jf_alpha"), speed)


def test_an_unknown_voice_is_answered_with_those_there_are():
    with pytest.raises(HallyuError, match="jm_kumo"):
        v.voice("naevis")


def test_a_blend_lies_between_its_parts_and_says_whose_they_are():
    one, two = v.voice("jf_alpha"), v.voice("jm_kumo")
    half = v.blend({"jf_alpha": 1, "jm_kumo": 1}, "half")
    assert half.name == "half" and half.made_of == {"jf_alpha": 0.5, "jm_kumo": 0.5}
    assert np.allclose(half.styles, (one.styles + two.styles) / 2, atol=1e-6)
    assert two.low <= half.low <= one.low and two.high <= half.high <= one.high
    alone = v.blend({"jf_alpha": 2, "jm_kumo": 0})
    assert alone.made_of == {"jf_alpha": 1} and np.array_equal(alone.styles, one.styles)
    assert two.low < half.low < one.low


def test_a_blend_of_two_voices_speaks_between_them():
    pitch = {}
    for name, mix in {
        "alpha": {"jf_alpha": 1}, "kumo": {"jm_kumo": 1}, "half": {"jf_alpha": 1, "jm_kumo": 1}
    }.items():  # fmt: skip
        f0 = v.speak("하얀 눈이 내려요.", v.blend(mix)).f0
        pitch[name] = np.median(f0[f0 > 0])
    assert pitch["kumo"] < pitch["half"] < pitch["alpha"]


@pytest.mark.parametrize("shares", [{}, {"jf_alpha": 0}, {"jf_alpha": -1, "jm_kumo": 3}, {"jf_alpha": float("nan")}])
def test_a_blend_of_nothing_is_refused(shares):
    with pytest.raises(HallyuError, match="weights"):
        v.blend(shares)


def test_long_texts_are_spoken_in_parts_that_the_model_can_take():
    found = syllables("눈이 내려요 " * 90)
    parts = list(v.sentences(found))
    assert sum(len(part) for _, part in parts) == len(found)
    assert [first for first, _ in parts] == list(np.cumsum([0, *(len(p) for _, p in parts)])[:-1])
    assert len(parts) > 1 and all(len(v.spell(part)[0]) <= v.LONGEST for _, part in parts)


def test_an_aspirated_sound_is_one_phone():
    symbols, owners = v.spell(syllables("코"))
    phones = v.timed(symbols, owners, np.array([4, 3, 1, 4, 2]))
    assert [(p.symbol, round(p.start, 4), round(p.end, 4)) for p in phones] == [
        ("", 0, 0.0375), ("kʰ", 0.0375, 0.1375), ("o", 0.1375, 0.2375), ("", 0.2375, 0.35)
    ]  # fmt: skip


def test_the_sounds_are_heard_when_their_times_say():
    """Vowels are louder than what lies between them: moved to agree best with the level, their times stay where they are."""
    agreement = {}
    for name in ("jf_nezumi", "jf_tebukuro"):
        said = v.speak("오십 번의 겨울을 지나, 학교 앞 카페에서 친구를 기다렸죠.", v.voice(name))
        level = np.log10(np.abs(said.samples).reshape(-1, v.STEP).max(axis=1) + 1e-3)
        vowel = np.zeros(len(level))
        for phone in said.phones:
            if set(phone.symbol) & set("aeiouɯʌɛ"):
                vowel[round(phone.start * v.RATE / v.STEP) : round(phone.end * v.RATE / v.STEP)] = 1
        for steps in range(-9, 10):
            agreement.setdefault(steps, []).append(np.corrcoef(np.roll(vowel, steps), level)[0, 1])
    best = max(agreement, key=lambda steps: sum(agreement[steps]))
    assert abs(best) * v.STEP / v.RATE <= 0.025
