"""A blind listening test: a page that anyone answers offline, and what the answers say.

*rating* asks how good each clip is, with an open reference, the same one hidden among the clips, and an anchor that
everybody should hear as bad; *abx* asks which of two sounds X is. The page names no clip: it knows codes, and what they
stand for is in a key file that stays with whoever runs the test. Listeners send back a table (CSV).

Source: ITU-R BS.1534-3 (MUSHRA) for the rating, its anchor and the screening of listeners; Clark, "High-resolution
subjective testing using a double-blind comparator", JAES 30 (1982) for ABX. BS.1534 asks for trained listeners in a quiet
room with good headphones, and twenty of them; a page cannot see to that.
"""

import base64
import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.music.mixing import loudness

REFERENCE, ANCHOR = "reference", "anchor"
"""The names, in the results, of the hidden reference and of the anchor."""
ANCHOR_EDGE = 3_500
"""Hertz above which the anchor has nothing."""
LOUDNESS = -23.0
"""LUFS to which every clip is brought, or as near as its peaks allow: the louder of two sounds better."""
HEARD, MISTAKEN = 90, 0.15
"""Who rates more than this share of the hidden references below 90, or of the anchors above it, is not counted."""
SCALE = (("Excellent", "훌륭함"), ("Good", "좋음"), ("Fair", "보통"), ("Poor", "나쁨"), ("Bad", "아주 나쁨"))
"""The five ranges of the scale from 100 to 0, 20 points each."""
COLUMNS = ("test", "listener", "trial", "code", "answer", "place", "plays")
"""Of a listener's table: place is where the clip stood on the page, plays how often it was started."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One question. kind: "rating" or "abx". clips: the sounds that are asked about, by name. open: those that are named.

    For a rating, open is the reference; for ABX, A and B, and clips are the X of each round by "1 a", "2 b" and so on.
    """

    kind: str
    question: str
    clips: Mapping[str, np.ndarray]
    open: Mapping[str, np.ndarray]
    rate: int


@dataclass(frozen=True)
class Key:
    """What the codes of a page stand for. clips: code -> (number of the trial from 1, its kind, name of the clip)."""

    test: str
    clips: dict[str, tuple[int, str, str]]


@dataclass(frozen=True)
class Answer:
    """One listener on one clip. answer: 0 to 100, or "A" or "B". code: as the key has it."""

    listener: str
    code: str
    answer: float | str


@dataclass(frozen=True)
class Rating:
    """The mean over listeners, and the limits between which 95 of 100 such means would lie."""

    mean: float
    low: float
    high: float
    listeners: int


@dataclass(frozen=True)
class Heard:
    """An ABX result. p: how likely so many right answers are for listeners who only guess."""

    right: int
    rounds: int
    p: float


def rating(question: str, clips: Mapping[str, np.ndarray], reference: np.ndarray, rate: int) -> Trial:
    """A question of the kind "how near does each come to the reference?", answered from 0 to 100.

    clips: two to ten sounds by name; the hidden reference and the anchor, a low-passed reference, are added.
    Raises HallyuError for more or fewer, for one of the two names, and for sounds too short or silent.
    """
    if not 2 <= len(clips) <= 10:
        raise HallyuError(f"A rating compares 2 to 10 clips, not {len(clips)}: nobody keeps more in mind.")
    if taken := {REFERENCE, ANCHOR} & set(clips):
        raise HallyuError(f"The test adds the clip “{sorted(taken)[0]}” itself: give yours another name.")
    hidden = {REFERENCE: reference, ANCHOR: anchor(reference, rate)}
    levelled = level({**clips, **hidden}, rate)
    return Trial("rating", question, levelled, {REFERENCE: levelled[REFERENCE]}, rate)


def abx(question: str, a: np.ndarray, b: np.ndarray, rate: int, rounds: int = 10, seed: int = 0) -> Trial:
    """A question of the kind "is X the sound A or B?", asked *rounds* times, a coin thrown for each.

    With fewer than five rounds even a listener who is always right may have guessed, so that is refused.
    """
    if not 5 <= rounds <= 40:
        raise HallyuError(f"ABX takes 5 to 40 rounds, not {rounds}: fewer prove nothing, more tire the ear.")
    pair = level({"A": a, "B": b}, rate)
    coins = np.random.default_rng(seed).integers(0, 2, rounds)
    asked = {f"{number} {'ab'[coin]}": pair["AB"[coin]] for number, coin in enumerate(coins, 1)}
    return Trial("abx", question, asked, pair, rate)


def anchor(samples: np.ndarray, rate: int) -> np.ndarray:
    """The sound without anything above ANCHOR_EDGE: dull, as on a telephone. float32 of the same shape."""
    spectrum = np.fft.rfft(audio.check(samples, rate), axis=0)
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    gain = np.clip((ANCHOR_EDGE * 1.1 - hertz) / (ANCHOR_EDGE * 0.1), 0, 1)
    spectrum *= gain if spectrum.ndim == 1 else gain[:, None]
    return np.fft.irfft(spectrum, len(samples), axis=0).astype(np.float32)


def level(clips: Mapping[str, np.ndarray], rate: int) -> dict[str, np.ndarray]:
    """All clips equally loud, at LOUDNESS or, where a peak would clip, all together lower.

    Raises HallyuError for a clip that is silent or shorter than 0.4 s.
    """
    gains = {}
    for name, samples in clips.items():
        measured = loudness(audio.check(samples, rate), rate)
        if not math.isfinite(measured):
            raise HallyuError(f"The clip “{name}” is silent: there is nothing to listen to.")
        gains[name] = 10 ** ((LOUDNESS - measured) / 20)
    peak = max(float(np.abs(samples).max()) * gains[name] for name, samples in clips.items())
    return {
        name: (samples * (gains[name] / max(peak, 1.0))).astype(np.float32) for name, samples in clips.items()
    }


def write_page(path: str | Path, title: str, trials: Sequence[Trial], seed: int = 0) -> Key:
    """Write the page to *path* (.html) and its key beside it (.key.json). Give listeners the page only.

    The page works without a network in any browser, in Korean and English, and sends nothing: the listener downloads
    the answers. Every listener gets the clips in another order. seed: of the codes.
    """
    path = Path(path)
    if path.suffix != ".html" or not trials:
        raise HallyuError("A listening test is a page (.html) with at least one question: give both.")
    rng = np.random.default_rng(seed)
    codes = iter(rng.permutation(9_000) + 1_000)
    test = f"{rng.integers(16**8):08x}"
    clips, questions = {}, []
    for number, trial in enumerate(trials, 1):
        named = {f"{next(codes)}": name for name in trial.clips}
        clips |= {code: (number, trial.kind, name) for code, name in named.items()}
        sounds = {code: _uri(trial.clips[name], trial.rate) for code, name in named.items()}
        # In the order of their codes, which says nothing; ABX has its rounds in the order in which they were drawn.
        order = sorted(sounds) if trial.kind == "rating" else list(sounds)
        questions.append(
            {
                "kind": trial.kind,
                "question": trial.question,
                "open": {name: _uri(samples, trial.rate) for name, samples in trial.open.items()},
                "clips": [{"code": code, "sound": sounds[code]} for code in order],
            }
        )
    content = {"test": test, "title": title, "trials": questions, "scale": SCALE, "columns": COLUMNS}
    # Inside a script element only "</" could end it early.
    data = json.dumps(content, ensure_ascii=False).replace("</", "<\\/")
    page = (Path(__file__).parent / "listening.html").read_text(encoding="utf-8")
    key = Key(test, clips)
    with write_whole(path) as draft:
        draft.write_text(page.replace("__TEST__", data), encoding="utf-8")
    with write_whole(path.with_suffix(".key.json")) as draft:
        draft.write_text(json.dumps(asdict(key), ensure_ascii=False, indent=1), encoding="utf-8")
    return key


def _uri(samples: np.ndarray, rate: int) -> str:
    """A WAV of 16 bit as a data address: a codec would be judged together with the clip."""
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(samples, -1, 1), rate, format="WAV", subtype="PCM_16")
    return "data:audio/wav;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def read_key(path: str | Path) -> Key:
    """The key that write_page wrote."""
    try:
        stored = json.loads(Path(path).read_text(encoding="utf-8"))
        return Key(stored["test"], {code: tuple(clip) for code, clip in stored["clips"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise HallyuError(
            f"{path} holds no key of a listening test: it was written beside the page."
        ) from error


def read_answers(paths: Iterable[str | Path], key: Key) -> list[Answer]:
    """The listeners' tables.

    Raises HallyuError for a file that is no such table or of another test, for an answer that is missing, given twice or
    impossible, and for two tables of one listener.
    """
    answers, listeners = [], set()
    for path in map(Path, paths):
        found = list(_rows(path, key))
        who = {answer.listener for answer in found}
        if who & listeners or len(who) != 1:
            raise HallyuError(f"{path.name} does not hold one listener more: give each table once.")
        if len(found) != len(key.clips) or {answer.code for answer in found} != set(key.clips):
            raise HallyuError(
                f"{path.name} has {len(found)} answers, and the test asks for {len(key.clips)}: use the file as downloaded."
            )
        listeners |= who
        answers += found
    if not answers:
        raise HallyuError("There are no answers yet: give the page to listeners and collect their tables.")
    return answers


def _rows(path: Path, key: Key) -> Iterable[Answer]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise HallyuError(f"{path.name} cannot be read: give the table as it was downloaded.") from error
    rows = csv.DictReader(io.StringIO(text))
    if rows.fieldnames is None or tuple(rows.fieldnames) != COLUMNS:
        raise HallyuError(f"{path.name} is no table of a listening test: use the file as downloaded.")
    for row in rows:
        if row["test"] != key.test or row["code"] not in key.clips:
            raise HallyuError(
                f"{path.name} answers another test than this key's: keep page, key and tables together."
            )
        given, kind = row["answer"] or "", key.clips[row["code"]][1]
        possible = given in ("A", "B") if kind == "abx" else given.isdecimal() and int(given) <= 100
        if not possible or not row["listener"]:
            raise HallyuError(
                f"{path.name} has the answer “{given[:20]}” to clip {row['code']}: use the file as downloaded."
            )
        yield Answer(row["listener"], row["code"], given if kind == "abx" else float(given))


def rehearse(
    folder: str | Path, key: Key, points: Mapping[str, float], told: float, listeners: int = 12, seed: int = 0
) -> list[Path]:
    """Tables of invented listeners, to try the analysis on before anybody is invited. They are no result.

    points: what a clip gets on average, by name; opinions spread by 12 points around it. told: the share of ABX rounds
    in which X is recognised. The reference is found and the anchor despised, but every sixth listener clicks blindly.
    """
    rng, paths = np.random.default_rng(seed), []
    expected = {REFERENCE: 100.0, ANCHOR: 20.0, **points}

    def answer(kind: str, name: str, blind: bool) -> str:
        if kind == "abx":
            right = rng.random() < (0.5 if blind else told)
            return name[-1].upper() if right else "BA"["ab".index(name[-1])]
        given = rng.uniform(0, 100) if blind else expected[name] + (name != REFERENCE) * rng.normal(0, 12)
        return str(round(float(np.clip(given, 0, 100))))

    for number in range(1, listeners + 1):
        listener, out = f"invented-{number:02d}", io.StringIO()
        table = csv.writer(out)
        table.writerow(COLUMNS)
        for place, (code, (trial, kind, name)) in enumerate(key.clips.items(), 1):
            table.writerow([key.test, listener, trial, code, answer(kind, name, number % 6 == 0), place, 1])
        paths.append(Path(folder) / f"answers-{key.test}-{listener}.csv")
        with write_whole(paths[-1]) as draft:
            draft.write_text(out.getvalue(), encoding="utf-8")
    return paths


def screen(answers: Iterable[Answer], key: Key) -> tuple[list[Answer], dict[str, str]]:
    """The answers that count, and who is left out and why (BS.1534-3, 4.1.2).

    Somebody who often rates the hidden reference low does not hear, or does not listen. It is decided by the
    reference and the anchor alone: who disagrees about the clips stays in.
    """
    answers, out = list(answers), {}
    for listener in dict.fromkeys(answer.listener for answer in answers):
        for name, wrong, why in (
            (REFERENCE, lambda points: points < HEARD, "rated the hidden reference below 90"),
            (ANCHOR, lambda points: points > HEARD, "rated the anchor above 90"),
        ):
            given = [
                a.answer
                for a in answers
                if a.listener == listener and key.clips[a.code][1:] == ("rating", name)
            ]
            missed = sum(map(wrong, given))
            if given and missed / len(given) > MISTAKEN:
                out.setdefault(listener, f"{why} in {missed} of {len(given)} questions")
    return [answer for answer in answers if answer.listener not in out], out


def ratings(answers: Iterable[Answer], key: Key, draws: int = 5_000, seed: int = 0) -> dict[str, Rating]:
    """Each clip's mean over the listeners, the best first, with a 95 % interval by bootstrap over listeners.

    A listener's several answers about a clip of one name are averaged first: they are one opinion. The interval needs
    no normal distribution; with fewer than some ten listeners it is too narrow (Efron & Tibshirani, 1993).
    """
    given: dict[str, dict[str, list[float]]] = {}
    for answer in answers:
        _, kind, name = key.clips[answer.code]
        if kind == "rating":
            given.setdefault(name, {}).setdefault(answer.listener, []).append(float(answer.answer))
    found = {}
    for name, opinions in given.items():
        means = np.array([np.mean(points) for points in opinions.values()])
        found[name] = Rating(float(means.mean()), *interval(means, draws, seed), len(means))
    return dict(sorted(found.items(), key=lambda item: -item[1].mean))


def interval(values: np.ndarray, draws: int = 5_000, seed: int = 0) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of means of *values* (n,) drawn with replacement.

    >>> interval(np.array([50.0, 50.0, 50.0]))
    (50.0, 50.0)
    """
    picked = np.random.default_rng(seed).integers(0, len(values), (draws, len(values)))
    low, high = np.percentile(np.asarray(values)[picked].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def heard(answers: Iterable[Answer], key: Key) -> Heard:
    """How often X was told, over all listeners and rounds of the page's ABX questions.

    Raises HallyuError when the test has no such question.
    """
    rounds = [answer for answer in answers if key.clips[answer.code][1] == "abx"]
    if not rounds:
        raise HallyuError("This test has no ABX answers to count.")
    right = sum(key.clips[answer.code][2].endswith(f" {str(answer.answer).lower()}") for answer in rounds)
    return Heard(right, len(rounds), by_chance(right, len(rounds)))


def by_chance(right: int, rounds: int) -> float:
    """How likely *right* or more of *rounds* are when every answer is a guess (one-sided binomial test).

    >>> round(by_chance(12, 16), 4)
    0.0384
    """
    return sum(math.comb(rounds, k) for k in range(right, rounds + 1)) / 2**rounds
