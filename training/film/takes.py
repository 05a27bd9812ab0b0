"""Makes the pictures of the film assignments: what learners get, and the truths that graders alone open.

    python takes.py film-composite WORD
    python takes.py film-face-and-grade WORD

WORD opens the truths; put it into the hidden tests of the assignment's notebook. Everything comes from modules/film/media,
moved about and graded as the word's hash says, so that the published mattes and masters do not lie on these pictures.
"""

import hashlib
import io
import sys
import tempfile
from datetime import date
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from hallyu import video
from hallyu.files import sha256
from hallyu.film import colour, comp, exr
from hallyu.grading import sealed
from hallyu.provenance import consent

ROOT = Path(__file__).resolve().parents[2]
MEDIA = ROOT / "modules" / "film" / "media"
PLATES = {
    name: ROOT / "grading" / "source" / name / "plates" for name in ("film-composite", "film-face-and-grade")
}
SIZE, STILL, FRAMES, RATE = (480, 270), (480, 360), 12, 24
CAMERA, STOCK = 0.003, 0.011
"""Grain of the studio's camera and of the forest's, as deviations in code values."""


def composite(word: str, random: np.random.Generator) -> None:
    """Write film-composite's plates and its closed truths."""
    plates, green = PLATES["film-composite"], take(random)
    video.write(plates / "take.mp4", (frame for frame, *_ in green), RATE, "h264", bits=10, crf=10)
    video.write(plates / "plate.mp4", place(), RATE, "h264", bits=10)
    still, still_matte = natural(random)
    (plates / "still.png").write_bytes(png(still))
    sign(word, plates, "Mirae", ("composite", "retouch", "publish"))
    shots = {path.name: path.read_bytes() for path in plates.iterdir()}
    for number, (_, matte, figure) in enumerate(green):
        shots[f"matte.{number:02}.png"] = png(matte)
        shots[f"figure.{number:02}.webp"] = webp(figure * (matte > 0)[..., None])
    shots["still-matte.png"] = png(still_matte)
    sealed.close(ROOT / "src/hallyu/grading/film-composite.sealed.json", shots, word)


def face_and_grade(word: str, random: np.random.Generator) -> None:
    """Write film-face-and-grade's plates and its closed truths."""
    plates = PLATES["film-face-and-grade"]
    at, bent = range(0, 2 * FRAMES, 2), bend(random, 5)
    old, young = ([fitted(frame, bent) for frame in shot(name, at)] for name in ("s5a", "s5b"))
    video.write(plates / "take.mp4", old, RATE, "h264", bits=10, crf=12)
    stops = {name: random.uniform(*limits, 3) for name, limits in CAMERA_B.items()}
    seen, unseen = range(0, 4 * FRAMES, 4), (14, 30, 46)
    plain = np.zeros_like(bent)
    for name, change in (
        ("reference", lambda frame: frame),
        ("camera-b", lambda frame: recorded(frame, stops)),
    ):
        frames = (change(fitted(frame, plain)) for frame in shot("s3", seen))
        video.write(plates / f"{name}.mp4", frames, RATE, "h264", bits=10, crf=10)
    sign(word, plates, "Jeongho", ("de-age", "retouch", "publish"))
    shots = {path.name: path.read_bytes() for path in plates.iterdir()}
    for number in (0, FRAMES // 2, FRAMES - 1):
        shots[f"young.{number:02}.webp"] = webp(young[number])
    for number, frame in enumerate(shot("s3", unseen)):
        shots[f"unseen-reference.{number}.webp"] = webp(fitted(frame, plain))
        shots[f"unseen-camera-b.{number}.webp"] = webp(recorded(fitted(frame, plain), stops))
    sealed.close(ROOT / "src/hallyu/grading/film-face-and-grade.sealed.json", shots, word)


CAMERA_B = {"gain": (0.65, 1.2), "power": (1.0, 1.15), "lift": (0.03, 0.07), "white": (0.84, 0.92)}
"""Between which the second camera's three channels are drawn: light, and then code values."""


def recorded(frame: np.ndarray, stops: dict[str, np.ndarray]) -> np.ndarray:
    """A frame as a second camera, warmer or colder and flatter, would have recorded it."""
    values = np.clip(colour.to_display(colour.to_linear(frame) * np.float32(stops["gain"])), 0, 1)
    grey = colour.luma(values)[..., None]
    values = np.clip(grey + 0.72 * (values - grey), 0, 1) ** stops["power"]
    return (stops["lift"] + values * (stops["white"] - stops["lift"])).astype(np.float32)


def shot(name: str, numbers) -> list[np.ndarray]:
    """Frames of one of the module's films."""
    frames = list(video.read(MEDIA / f"{name}.mp4", 0, max(numbers) + 1))
    return [frames[number][..., :3] for number in numbers]


def fitted(frame: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """A frame mirrored, bent and brought to SIZE."""
    small = cv2.resize(frame, SIZE, interpolation=cv2.INTER_AREA)[:, ::-1]
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]].astype(np.float32)
    moved = cv2.resize(moved, SIZE)
    at = columns + moved[..., 0], rows + moved[..., 1]
    return cv2.remap(np.ascontiguousarray(small), *at, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT).clip(
        0, 1
    )


def take(random: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Frames before green, each with its exact matte and the figure's own colours. Her head and hair move."""
    colours, matte = cutout("wind")
    screen = cv2.resize(picture("green")[::-1], SIZE, interpolation=cv2.INTER_AREA)
    screen = np.clip(screen * random.uniform(0.9, 1.0, 3), 0, 1).astype(np.float32)
    still, sway = bend(random, 9), bend(random, 5)
    made = []
    for number in range(FRAMES):
        time = number / RATE
        moved = still + sway * np.float32(np.sin(2 * np.pi * (1.1 * time + 0.15)))
        moved[..., 0] -= 30 * time
        figure, share = warped(colours, matte, moved, (0, 34, 640, 394), SIZE)
        share = np.rint(share * 255).astype(np.float32) / 255
        # The screen's light on her: most where little of her is between it and the lens.
        near = cv2.GaussianBlur(1 - share, (0, 0), 14)[..., None]
        lit = colour.to_display(colour.to_linear(figure) + (0.05 + 0.3 * near) * colour.to_linear(screen))
        frame = share[..., None] * lit + (1 - share[..., None]) * screen
        made.append((np.clip(comp.add_grain(frame, grain(CAMERA), 5, number), 0, 1), share, figure))
    return made


def natural(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A still in the forest, and its exact matte."""
    colours, matte = cutout("tousled")
    ground = cv2.resize(picture("forest")[:, ::-1], STILL, interpolation=cv2.INTER_AREA)
    figure, share = warped(colours, matte, bend(random, 8), (0, 0, 640, 480), STILL)
    share = np.rint(share * 255).astype(np.float32) / 255
    return share[..., None] * figure + (1 - share[..., None]) * ground, share


def place() -> list[np.ndarray]:
    """The forest behind: what the camera of the plate recorded, with its grain, brought to code values."""
    light = exr.read(MEDIA / "figure-plate.exr").premultiplied[..., :3]
    ground = np.clip(colour.to_display(cv2.resize(light, SIZE, interpolation=cv2.INTER_AREA)), 0, 1)
    return [np.clip(comp.add_grain(ground, grain(STOCK), 9, n), 0, 1) for n in range(FRAMES)]


def grain(level: float) -> comp.Grain:
    """Grain of one strength from black to white, a little coarser than a pixel."""
    return comp.Grain(np.full((8, 3), level, np.float32), 0.5)


def bend(random: np.random.Generator, pixels: float) -> np.ndarray:
    """A smooth displacement (480, 640, 2) of up to *pixels*."""
    coarse = random.uniform(-1, 1, (5, 6, 2)).astype(np.float32)
    smooth = cv2.resize(coarse, (640, 480), interpolation=cv2.INTER_CUBIC)
    return pixels * smooth / np.abs(smooth).max()


def warped(
    colours: np.ndarray, matte: np.ndarray, moved: np.ndarray, box: tuple[int, ...], size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """A figure mirrored and bent, cut to *box* and brought to *size*: its straight colours and its matte."""
    rows, columns = np.mgrid[0:480, 0:640].astype(np.float32)
    at = 639 - columns + moved[..., 0], rows + moved[..., 1]
    share = np.clip(cv2.remap(matte, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), 0, 1)
    figure = cv2.remap(colours, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    x0, y0, x1, y1 = box
    small = lambda x: cv2.resize(x[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
    share, light = small(share), small(figure * share[..., None])
    return np.where(
        share[..., None] > 1 / 255, light / np.maximum(share, 1 / 255)[..., None], small(figure)
    ), share


def cutout(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Of one of the exact mattes: straight colours and the matte, 640 x 480."""
    fit = lambda x: cv2.resize(x, (640, 480), interpolation=cv2.INTER_AREA)
    return fit(picture(f"{name}-foreground")), fit(picture(f"{name}-matte")[..., 0])


def picture(name: str) -> np.ndarray:
    """Code values (h, w, 3) of mattes/name.png."""
    return np.asarray(Image.open(MEDIA / "mattes" / f"{name}.png").convert("RGB"), np.float32) / 255


def png(frame: np.ndarray) -> bytes:
    """Code values as 8-bit PNG."""
    held = io.BytesIO()
    Image.fromarray(np.rint(np.clip(frame, 0, 1) * 255).astype(np.uint8)).save(held, "PNG", optimize=True)
    return held.getvalue()


def webp(frame: np.ndarray) -> bytes:
    """Code values as a small WebP of high quality."""
    held = io.BytesIO()
    levels = np.rint(np.clip(frame, 0, 1) * 255).astype(np.uint8)
    Image.fromarray(levels).save(held, "WEBP", quality=96, method=6)
    return held.getvalue()


def sign(word: str, plates: Path, actor: str, uses: tuple[str, ...]) -> None:
    """The consent of the actor in the take, signed with a key that follows from the word, so that it stays the same one."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    given = consent.FaceConsent(
        face=actor, given_by=actor, given_to="Studio Nunbit", uses=uses, project="First Snow", starts=date(2026, 1, 1),
        ends=date(2035, 12, 31), pay="a day's rate", recordings=(sha256(plates / "take.mp4"),),
    )  # fmt: skip
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{word}, {actor}".encode()).digest())
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "key.pem").write_bytes(key.private_bytes(*kinds))
        consent.write(plates / "consent.json", given, Path(folder) / "key.pem")
    public = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    print("signer:", consent.fingerprint(key.public_key().public_bytes(*public)))


if __name__ == "__main__":
    ASSIGNMENT, WORD = sys.argv[1:]
    PLATES[ASSIGNMENT].mkdir(parents=True, exist_ok=True)
    made = {"film-composite": composite, "film-face-and-grade": face_and_grade}[ASSIGNMENT]
    made(WORD, np.random.default_rng(int.from_bytes(hashlib.sha256(WORD.encode()).digest()[:8])))
