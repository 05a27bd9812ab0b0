"""Flashes that may set off a seizure, as ITU-R BT.1702-3 describes them, at any frame rate and picture by picture.

A flash is a pair of opposing changes: up and down again by 20 cd/m2 or more, where the darker picture is below 160 cd/m2;
above that, by a Michelson contrast of 1/17 or more. A change to or from saturated red counts whatever its luminance. It is
harmful where it fills more than a quarter of the screen and comes more than three times within a second.

Each pixel of a small picture remembers the lowest and highest light since its own last change, so a flash that takes
several frames to come up is found as well as one that comes at once. Changes of many pixels in one direction within
CONCURRENT seconds are one change of the screen.
"""

from collections import deque
from collections.abc import Iterable
from functools import cache

import numpy as np

from hallyu.errors import HallyuError
from hallyu.ott.defects import Defect
from hallyu.ott.pictures import Picture

SCREEN = 200.0
"""cd/m2 of white in standard dynamic range. BT.1702's 20 and 160 are a tenth and eight tenths of it (as WCAG 2.2 has it)."""
LEAST, DARKER = 20.0, 160.0
"""cd/m2: the least change that counts, and up to where the darker picture is dark."""
AREA = 0.25
"""Share of the screen that has to flash together."""
MOST = 3
"""Flashes within a second that are allowed; a fourth one's beginning is too much."""
RED, HUES = 0.8, 0.2
"""The share of red in R + G + B from which red is saturated, and the distance in the CIE 1976 u'v' diagram that makes a
transition. Source: ISO 9241-391, as cited by WCAG 2.2."""
CONCURRENT = 0.05
"""Seconds within which pixels change together: two frames at 24 to 30 a second."""
FINEST = 160
"""Pixels across at which a picture is judged: a finer pattern that flickers against itself is seen as grey."""
_WEIGHTS = {"sdr": (0.2126, 0.7152, 0.0722), "pq": (0.2627, 0.6780, 0.0593), "hlg": (0.2627, 0.6780, 0.0593)}
_TO_XYZ = np.float32([
    [0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505],
])  # fmt: skip
_WHITE, _PUREST = (0.1978, 0.4683), (0.4507, 0.5229)
_NEVER = -1e9


def luminance(codes: np.ndarray, transfer: str = "sdr") -> np.ndarray:
    """Screen luminance of R'G'B' codes (h, w, 3) uint8, in cd/m2, (h, w) float32.

    Source: ITU-R BT.1886 with white at SCREEN; BT.2100-2 for pq, and for hlg on a display of 1000 cd/m2.

    >>> luminance(np.uint8([[[255, 255, 255], [127, 127, 127]]])).round(1)
    array([[200. ,  37.5]], dtype=float32)
    """
    light = _light(transfer)[codes] @ np.float32(_WEIGHTS[transfer])
    return 1000 * light**1.2 if transfer == "hlg" else light


@cache
def _light(transfer: str) -> np.ndarray:
    """(256,) light of a code value: cd/m2, for hlg of the scene and from 0 to 1."""
    from hallyu import video

    codes = np.arange(256) / 255
    light = {"sdr": lambda: SCREEN * codes**2.4, "pq": lambda: 203 * video._pq(codes), "hlg": lambda: video._hlg(codes)}
    return light[transfer]().astype(np.float32)


def redness(codes: np.ndarray, transfer: str = "sdr") -> tuple[np.ndarray, np.ndarray]:
    """Which pixels are saturated red, (h, w) bool, and how far each lies from pure red in the u'v' diagram, (h, w).

    Black has no hue and is taken for white.
    """
    rgb = _light(transfer)[codes]
    total = rgb.sum(2)
    lit = total > 0.003 * _light(transfer)[255] * 3
    x, y, z = np.moveaxis(rgb @ _TO_XYZ.T, -1, 0)
    below = np.maximum(x + 15 * y + 3 * z, 1e-9)
    u, v = np.where(lit, 4 * x / below, _WHITE[0]), np.where(lit, 9 * y / below, _WHITE[1])
    return lit & (rgb[..., 0] >= RED * total), np.hypot(u - _PUREST[0], v - _PUREST[1]).astype(np.float32)


class _Changes:
    """Opposing changes of the whole screen: when enough pixels went one way, and then enough the other."""

    def __init__(self):
        self.up = self.down = None
        self.last = 0
        self.times: deque[float] = deque(maxlen=2 * MOST + 1)
        self.harmful: list[tuple[float, float, int, float]] = []

    def take(self, seconds: float, up: np.ndarray, down: np.ndarray) -> None:
        """up, down: (h, w) bool, which pixels changed with this picture."""
        if self.up is None:
            self.up, self.down = np.full(up.shape, _NEVER), np.full(up.shape, _NEVER)
        self.up[up], self.down[down] = seconds, seconds
        for way, when in ((1, self.up), (-1, self.down)):
            area = float((when > seconds - CONCURRENT).mean())
            if way != self.last and area > AREA:
                self.last = way
                self.up[:], self.down[:] = _NEVER, _NEVER
                self.times.append(seconds)
                self._count(seconds, area)
                return

    def _count(self, seconds: float, area: float) -> None:
        """Four flashes begin where the seventh change comes within a second of the first."""
        if len(self.times) <= 2 * MOST or seconds - self.times[0] >= 1 - 1e-3:
            return
        begin = self.times[0]
        count = (len(self.times) + 1) // 2
        if self.harmful and begin <= self.harmful[-1][1]:
            first, _, changes, most = self.harmful[-1]
            self.harmful[-1] = (first, seconds, changes + 1, max(most, area))
        else:
            self.harmful.append((begin, seconds, 2 * count - 1, area))


class Detector:
    """Takes pictures one at a time: *add* each, then ask for the *result*."""

    def __init__(self):
        self._luminance, self._red = _Changes(), _Changes()
        self._low = self._high = self._way = None
        self._was_red = self._near = self._far = None

    def add(self, picture: Picture) -> None:
        """Take the next picture. Raises HallyuError where its size is another one."""
        codes = _smaller(picture.codes)
        light = luminance(codes, picture.transfer)
        red, distance = redness(codes, picture.transfer)
        if self._low is None:
            self._low, self._high, self._way = light.copy(), light.copy(), np.zeros(light.shape, np.int8)
            self._was_red, self._near, self._far = red, distance.copy(), distance.copy()
            return
        if light.shape != self._low.shape:
            raise HallyuError(f"At {picture.seconds:.2f} s the picture changes its size: deliver a film of one size.")
        self._light_changes(picture.seconds, light)
        self._red_changes(picture.seconds, red, distance)

    def result(self) -> list[Defect]:
        """Passages that are harmful, in order."""
        found = []
        for code, what, changes in (("flash", "Flashes", self._luminance), ("red-flash", "Flashes of saturated red", self._red)):
            for start, end, count, area in changes.harmful:
                often = (count - 1) / 2 / (end - start)
                says = (
                    f"{what} come {often:.1f} times a second over {area:.0%} of the picture: at most {MOST} "
                    "a second are safe; slow them down, soften them or make them smaller."
                )
                found.append(Defect(code, start, end, says))
        return sorted(found, key=lambda defect: defect.start)

    def _light_changes(self, seconds: float, light: np.ndarray) -> None:
        up = (self._way <= 0) & (light - self._low >= _least(self._low))
        down = (self._way >= 0) & (self._high - light >= _least(light))
        np.minimum(self._low, light, out=self._low)
        np.maximum(self._high, light, out=self._high)
        turned = up | down
        self._low[turned] = self._high[turned] = light[turned]
        self._way[up], self._way[down] = 1, -1
        self._luminance.take(seconds, up, down)

    def _red_changes(self, seconds: float, red: np.ndarray, distance: np.ndarray) -> None:
        to_red = red & ~self._was_red & (self._far - distance > HUES)
        from_red = ~red & self._was_red & (distance - self._near > HUES)
        self._was_red = (self._was_red | to_red) & ~from_red
        self._near = np.where(to_red, distance, np.minimum(self._near, distance))
        self._far = np.where(from_red, distance, np.maximum(self._far, distance))
        self._red.take(seconds, to_red, from_red)


def _smaller(codes: np.ndarray) -> np.ndarray:
    """*codes* at most FINEST pixels wide."""
    import cv2

    height, width = codes.shape[:2]
    if width <= FINEST:
        return codes
    return cv2.resize(codes, (FINEST, max(1, round(height * FINEST / width))), interpolation=cv2.INTER_AREA)


def _least(darker: np.ndarray) -> np.ndarray:
    """The least change from *darker* that counts: a Michelson contrast of 1/17 is an eighth more, 20 cd/m2 at 160."""
    return np.where(darker < DARKER, np.float32(LEAST), darker / 8)


def check(pictures: Iterable[Picture]) -> list[Defect]:
    """Harmful passages of a film: codes "flash" and "red-flash".

    It says nothing of regular patterns such as stripes, which BT.1702 also warns of.
    """
    detector = Detector()
    for picture in pictures:
        detector.add(picture)
    return detector.result()
