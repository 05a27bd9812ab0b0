"""A delivery of ott-delivery, opened: each part of it when it is asked for, beside the film as it is meant.

That film, its stems and its times are known to the graders and closed to learners (hallyu.grading.sealed).
"""

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.grading import conformed, sealed, streamed, untrusted
from hallyu.grading.artefacts_film import graded, sealed_film, sealed_picture
from hallyu.grading.findings import Finding, grader
from hallyu.ott import first_snow, ladder, loudness, subtitle_files, sync
from hallyu.ott.first_snow import Truth
from hallyu.ott.timedtext import Track

NAME = "ott-delivery"
MEZZANINE, STREAM = "first_snow.mp4", "stream"
SIZE, RATE = (480, 270), 24
SMALL, THIN = (128, 72), 8000
"""The truth's pictures, and the samples a second of its stems."""
MOST_BYTES, MOST_FRAMES = 40_000_000, 600
FIDELITY, DETAIL = (34.0, 28.0), ((0.75, 0.55), (1.25, 1.5))
"""PSNR in dB of whole frames, and fine detail as a share of what is meant, below and above: every point up to the first
number, none from the second. The course's own conformed film has 39 dB and 0.99."""
VERIFIED = 0.1
"""Share of wrong frames up to which a ladder is measured beside a mezzanine."""
LANGUAGES = ("ko", "en")
MOST_TEXT = 300_000
FOREIGN = (0.08, 0.3)
"""Share of the mix's power that is none of the stems: the course's own mix, coded as AAC, has 0.003; another sound 1."""
BALANCE = (-20.0, -4.0)
"""dB of music and effects beside the dialogue, as the stems have them, where they are 2.5 LU louder than the words while somebody
speaks: from hardly heard to words that are just above them. Fifteen dB lower still is heard in the pauses."""


@dataclass(frozen=True)
class Delivery:
    """A delivery of ott-delivery, each part opened when it is asked for. word: what opens the truth."""

    folder: Path
    word: str = ""

    @cached_property
    def mezzanine(self) -> bytes:
        """The film's file. Raises HallyuError for another size or rate, before anything is decoded."""
        path = untrusted.inside(self.folder, MEZZANINE)
        if path.stat().st_size > MOST_BYTES:
            raise HallyuError(f"{MEZZANINE} is over {MOST_BYTES / 1e6:g} MB: it was not opened.")
        about = video.probe(path)
        if (about.width, about.height) != SIZE or about.rate != RATE or about.length > MOST_FRAMES:
            said = f"{about.width} x {about.height} at {float(about.rate):g} frames a second"
            raise HallyuError(f"{MEZZANINE} is {said}; {SIZE[0]} x {SIZE[1]} at {RATE} are asked for.")
        return path.read_bytes()

    @cached_property
    def frames(self) -> np.ndarray:
        """The luma of the mezzanine's frames, small."""
        return conformed.film(self.mezzanine, SMALL, MOST_FRAMES, MEZZANINE)

    @cached_property
    def sound(self) -> np.ndarray:
        """The mezzanine's sound, (n, 2)."""
        return conformed.sound(self.mezzanine, MOST_FRAMES / RATE, MEZZANINE)

    @property
    def stream(self) -> Path:
        """The folder of the stream. Raises HallyuError where there is none."""
        if not (self.folder / STREAM).is_dir():
            raise HallyuError(f"There is no folder {STREAM}: package the film, and put it into the dossier.")
        return self.folder / STREAM

    @cached_property
    def hls(self) -> list[streamed.Track]:
        """What the HLS manifest lists."""
        return streamed.hls(self.stream)

    def listed(self, kind: str) -> list[streamed.Track]:
        """The tracks of a kind in the HLS manifest. Raises HallyuError where there is none."""
        found = [track for track in self.hls if track.kind == kind]
        if not found:
            raise HallyuError(f"{streamed.HLS} lists no {kind}: package it again.")
        return found

    def joined(self, track: streamed.Track) -> bytes:
        """A track's segments as one file."""
        return b"".join(streamed.content(self.stream, track))

    def rungs(self) -> list["Rung"]:
        """The rungs of the stream, cheapest first, as they are measured."""
        found = []
        for track in self.listed("video"):
            content = self.joined(track)
            mean, neg, count = conformed.worth(content, self.mezzanine, track.name)
            found.append(Rung(track, streamed.measured(self.stream, track), content, mean, neg, count))
        return sorted(found, key=lambda rung: rung.real.mean)

    @cached_property
    def told(self) -> dict:
        """dossier.json, an object."""
        return object_in(self.folder, "dossier.json")

    # What only the graders have.

    @cached_property
    def truth(self) -> Truth:
        """What is seen and heard, and when."""
        return first_snow.truth(self._open("truth.json"))

    @cached_property
    def meant(self) -> np.ndarray:
        """The luma of every frame as it is meant, small, (n, h, w) uint8."""
        film = sealed_film(NAME, self.word, "small.mp4")
        return np.stack([np.uint8(np.rint(255 * frame[..., 1])) for frame in film])

    @cached_property
    def wrong(self) -> np.ndarray:
        """Which frames of the mezzanine are not the ones that are meant."""
        return conformed.wrong(self.frames, self.meant)

    @cached_property
    def detail(self) -> tuple[float, float]:
        """PSNR and share of fine detail of some whole frames that are right, beside those that are meant."""
        names = sorted(name for name in sealed.files(NAME, self.word) if name.startswith("frame."))
        numbers = tuple(int(name.split(".")[1]) for name in names)
        right = [n for n, number in enumerate(numbers) if not self.wrong[number]]
        if len(right) < 2:
            raise HallyuError(f"{MEZZANINE} does not have the film's frames: conform it first.")
        shown = conformed.whole(self.mezzanine, tuple(numbers[n] for n in right), SIZE, MEZZANINE)
        meant = np.stack([sealed_picture(NAME, self.word, names[n]) for n in right])
        return conformed.detail(shown, 255 * meant)

    @cached_property
    def stems(self) -> list[np.ndarray]:
        """Dialogue, and music and effects, mono at THIN."""
        import soundfile

        files = sealed.files(NAME, self.word)
        return [
            soundfile.read(io.BytesIO(files[f"{name}.flac"]))[0] for name in ("dialogue", "music-and-effects")
        ]

    def track(self, language: str) -> Track:
        """The subtitles as they are meant."""
        return subtitle_files.read(sealed.files(NAME, self.word)[f"{language}.ttml"])

    def fixed(self) -> list[ladder.Point]:
        """The service's fixed ladder as this film measures by VMAF NEG."""
        return ladder.read(self._open("fixed-neg.csv"))

    def unmixed(self, sound: np.ndarray) -> conformed.Unmixed:
        """What of the stems is in a sound."""
        return conformed.unmix(sound, self.stems, THIN)

    def require_right(self) -> None:
        """Pass where the mezzanine is the film: nothing is measured beside another one."""
        psnr, kept = self.detail
        if self.wrong.mean() > VERIFIED or psnr < FIDELITY[1] or not DETAIL[0][1] < kept < DETAIL[1][1]:
            raise HallyuError(
                f"{MEZZANINE} is not the film, so no ladder is measured beside it: conform it first."
            )

    def _open(self, name: str) -> Path:
        path = Path(self._held.name) / name
        path.write_bytes(sealed.files(NAME, self.word)[name])
        return path

    @cached_property
    def _held(self) -> tempfile.TemporaryDirectory:
        return tempfile.TemporaryDirectory()


@dataclass(frozen=True, eq=False)
class Rung:
    """A rung as it is measured: its segments, its bytes, VMAF by the usual model and by NEG, and how many frames it has."""

    track: streamed.Track
    real: streamed.Measured
    content: bytes
    vmaf: float
    neg: float
    frames: int

    @property
    def says(self) -> str:
        """In words."""
        return f"{self.track.size[0]}x{self.track.size[1]} at {self.real.mean / 1000:,.0f} kbit/s (VMAF {self.vmaf:.1f})"


def on_delivery(points: float) -> Callable:
    """A grader of an opened delivery of ott-delivery."""

    def mark(function: Callable[[Delivery], Iterable[Finding]]) -> Callable:
        def run(folder: Path, word: str = "") -> list[Finding]:
            untrusted.check_folder(folder)
            return list(function(Delivery(folder, word)))

        run.__name__, run.__doc__ = function.__name__, function.__doc__
        return grader(points)(run)

    return mark


def object_in(folder: Path, name: str) -> dict:
    """A JSON file's object. Raises HallyuError for anything else."""
    found = untrusted.read_json(folder, name)
    if not isinstance(found, dict):
        raise HallyuError(f"{name} is no object of names and values: write the dossier again.")
    return found


def timecode(frame: int) -> str:
    """Of a frame of the film, from 00:00:00:00."""
    seconds, frames = divmod(max(frame, 0), RATE)
    return f"00:00:{seconds:02}:{frames:02}"


def mix_findings(delivery: Delivery, sound: np.ndarray, name: str, points: float) -> Iterator[Finding]:
    """What is wrong with a mix."""
    made = delivery.unmixed(sound)
    if lost := graded(made.rest, FOREIGN, points):
        yield Finding(
            "not these stems",
            f"{made.rest:.0%} of the sound in {name} is in no stem: mix the two stems.",
            lost,
        )
        if lost == points:
            return
    if not -sync.EARLY <= made.late <= sync.LATE:
        way = "late" if made.late > 0 else "early"
        yield Finding(
            "sync",
            f"The sound of {name} is {1000 * abs(made.late):.0f} ms {way}: begin all stems with frame 1.",
            5,
        )
    for stem, what in enumerate(("dialogue", "music and effects")):
        gone = made.missing(stem)
        if made.level(stem) == -99.0 or len(gone) > 0.2 * len(made.gains):
            yield Finding("no stem", f"The {what} cannot be heard in {name}.", 5)
        elif stem == 0 and len(gone):
            yield Finding(
                "line",
                f"At {gone[0] * conformed.WINDOW:.1f} s somebody speaks, and {name} has not got it.",
                4,
            )
    balance = made.level(1) - made.level(0)
    if made.level(0) > -99 and not BALANCE[0] <= balance <= BALANCE[1]:
        said = f"Music and effects stand {balance:+.0f} dB to the dialogue in {name}; {BALANCE[0]:g} to {BALANCE[1]:+g} is a mix."
        yield Finding("balance", said, 3)


def loudness_findings(
    delivery: Delivery, sound: np.ndarray, name: str, sent_back: float, missed: float
) -> Iterator[Finding]:
    """What is wrong with a sound's loudness and true peak: points for what is sent back, and for a target that is missed."""
    meter = loudness.Meter(conformed.RATE)
    meter.add(sound)
    for code in ("loudness", "true-peak"):
        found = [each for each in loudness.check(meter.result(), delivery.truth.speech) if each.code == code]
        if found:
            worst = max(found, key=lambda each: each.serious)
            yield Finding(code, f"{name}: {worst.says}", sent_back if worst.serious else missed)
