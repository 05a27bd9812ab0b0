"""Whether lips and voice belong together: the mouth is measured in the pictures, the vowels in the sound.

Neither side knows how the video was made, so a mouth that is frozen, late or sings another song is found out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage, signal

from hallyu.errors import HallyuError
from hallyu.music import face

EARLY, LATE = 0.125, 0.045
"""Seconds by which lips may come before their sound, or after it, until most viewers notice (ITU-R BT.1359-1)."""
TOGETHER = 0.45
"""The least correlation of mouth and voice that counts as one performance. Measured on the course's song: 0.66; with the
mouth of another line of it: 0.35 at most."""
REACH = 0.5
"""Seconds to both sides in which an offset is looked for."""
OPEN_VOWELS = (600.0, 1400.0)
"""Hz: the band in which open vowels such as ㅏ have their first two formants, and ㅣ, ㅡ and ㅁ have little."""
RANGE = 30.0
"""dB below the loud passages from which a vowel counts."""


@dataclass(frozen=True)
class LipSync:
    """offset: seconds by which the lips are late (negative: early). correlation: at that offset, -1 to 1.

    opening: the mouth's mean opening, as a share of its largest.
    """

    offset: float
    correlation: float
    opening: float

    @property
    def together(self) -> bool:
        """Whether a viewer would take it for one performance."""
        return self.correlation >= TOGETHER and -EARLY <= self.offset <= LATE

    def __str__(self) -> str:
        """One line for people."""
        way = "late" if self.offset > 0 else "early"
        return f"lips {abs(self.offset) * 1000:.0f} ms {way}, correlation {self.correlation:.2f}"


def mouth_opening(pictures: Iterable[np.ndarray], box: tuple[int, int, int, int]) -> np.ndarray:
    """The area of the open mouth in each picture (RGB uint8), in pixels, (frames,).

    box: left, top, right, bottom of where the mouth moves. The mouth is the largest patch of dark red, with the teeth
    and the tongue that it encloses from above and below. A closed mouth is a line, which counts as its thickness.
    """
    left, top, right, bottom = box
    return np.array([_area(picture[top:bottom, left:right]) for picture in pictures], float)


def _area(picture: np.ndarray) -> int:
    red, green, blue = np.moveaxis(picture.astype(np.int16), -1, 0)
    dark = (red > 70) & (red < 150) & (green < 70) & (blue < 95) & (red - green > 58) & (red - blue > 30)
    patches, count = ndimage.label(dark, np.ones((3, 3)))
    if not count:
        return 0
    mouth = patches == 1 + np.bincount(patches[patches > 0] - 1).argmax()
    highest, lowest = mouth.argmax(0), len(mouth) - mouth[::-1].argmax(0)
    return int((lowest - highest)[mouth.any(0)].sum())


def vowel_energy(samples: np.ndarray, rate: int, fps: float, frames: int) -> np.ndarray:
    """How openly a voice sings in each picture's time, (frames,), 0 to about 1: the level in OPEN_VOWELS over RANGE.

    Give the voice alone; a band playing under it blurs the measurement.
    """
    mono = np.asarray(samples, np.float64).reshape(len(samples), -1).mean(1)
    band = signal.sosfilt(signal.butter(2, OPEN_VOWELS, "band", fs=rate, output="sos"), mono)
    edges = np.minimum(np.round(np.arange(frames + 1) / fps * rate).astype(int), len(band))
    total = np.concatenate([[0.0], np.cumsum(band**2)])
    power = (total[edges[1:]] - total[edges[:-1]]) / np.maximum(edges[1:] - edges[:-1], 1)
    loud = np.percentile(power, 95)
    if loud < 1e-10:
        raise HallyuError("The sound is silent; measure lip-sync against the voice that is sung.")
    energy = np.clip(10 * np.log10(np.maximum(power / loud, 1e-9)) / RANGE + 1, 0, 1.2)
    return np.convolve(energy, [0.25, 0.5, 0.25], mode="same")  # no mouth follows a single picture's level


def measure(opening: np.ndarray, energy: np.ndarray, fps: float) -> LipSync:
    """Compare a mouth's opening with a voice's vowel energy, both (frames,) at *fps*.

    The correlation is Pearson's, for each shift of up to half a second; a parabola through the best three gives the
    offset between frames. A mouth that does not move has correlation 0. Raises HallyuError for less than two seconds.
    """
    frames = min(len(opening), len(energy))
    if frames < 2 * fps:
        raise HallyuError(f"Lip-sync is measured over at least two seconds; there are {frames / fps:.1f} s.")
    opening, energy = np.asarray(opening[:frames], float), np.asarray(energy[:frames], float)
    largest = opening.max()
    share = float(opening.mean() / largest) if largest else 0.0
    if opening.std() < 1e-6 or energy.std() < 1e-6:
        return LipSync(0.0, 0.0, share)
    mouth = np.sqrt(opening)  # an area grows with the square of the opening
    reach = min(round(REACH * fps), frames // 4)
    shifts = np.arange(-reach, reach + 1)
    found = np.array([_correlation(mouth, energy, shift) for shift in shifts])
    best = int(found.argmax())
    offset = float(shifts[best])
    if 0 < best < len(found) - 1:
        before, here, after = found[best - 1 : best + 2]
        bend = before - 2 * here + after
        offset += 0.5 * (before - after) / bend if bend < 0 else 0.0
    return LipSync(float(offset / fps), float(found[best]), share)


def _correlation(mouth: np.ndarray, energy: np.ndarray, late: int) -> float:
    if late > 0:
        mouth, energy = mouth[late:], energy[:-late]
    elif late < 0:
        mouth, energy = mouth[:late], energy[-late:]
    if mouth.std() < 1e-6 or energy.std() < 1e-6:
        return 0.0
    return float(np.corrcoef(mouth, energy)[0, 1])


def pictures_of(path: str | Path) -> tuple[Iterator[np.ndarray], float, tuple[int, int]]:
    """A video's pictures (RGB uint8), its pictures a second and its size. Raises HallyuError where there is no video."""
    import av

    try:
        file = av.open(str(path))
        video = file.streams.video[0]
    except (av.error.FFmpegError, OSError, IndexError) as error:
        raise HallyuError(f"{path} holds no video that can be opened; render it again.") from error

    def decoded() -> Iterator[np.ndarray]:
        with file:
            for frame in file.decode(video):
                yield frame.to_ndarray(format="rgb24")

    return decoded(), float(video.average_rate), (video.width, video.height)


def check(
    path: str | Path, samples: np.ndarray, rate: int, box: tuple[int, int, int, int] | None = None
) -> LipSync:
    """Measure a rendered video of the course's singer against the voice alone.

    box: where the mouth moves, in pixels; without one, where hallyu.music.face draws it.
    """
    pictures, fps, size = pictures_of(path)
    opening = mouth_opening(pictures, box or face.mouth_box(size))
    if not opening.any():
        raise HallyuError(
            f"No open mouth is seen in {path}; check that the singer sings, and give the mouth's box."
        )
    return measure(opening, vowel_energy(samples, rate, fps, len(opening)), fps)
