"""Makes modules/film/media from what shots.py rendered: comps, develops, encodes, and writes SHA256SUMS.

    python training/film/publish.py [name ...]

in the course's own environment, from the repository's root; it needs no Blender. A shot whose frames are all there at
the large size is taken from it, else from the preview; one that is in neither is left out, and said so.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import finish
import numpy as np
from shots import FOLDER, GREEN_STILLS, RATE, SHOTS, WIDE_SECONDS

from hallyu import video
from hallyu.courseware import media
from hallyu.files import write_whole
from hallyu.film import exr

MEDIA = Path(__file__).parents[2] / "modules/film/media"
PLATES = {shot.name: shot.plate or shot.name for shot in SHOTS.values() if shot.light == "forest"}
"""Each shot of the forest, and the shot whose plate it stands before."""
SIZES = ("960x540", "640x360", "480x270")
LAYER_SIZE = (640, 360)
FARTHEST = 65504.0
"""The largest number of 16 bits, where nothing is seen."""
STANDS = 20
"""A frame of s2 in which he stands still."""
STOPS = 0.4
"""Exposure of the finished pictures."""


def frames(shot: str) -> list[Path]:
    """A shot's rendered frames at the best size of which none is missing; a preview may have every second one alone."""
    for size in SIZES:
        folder = FOLDER / shot / size
        if (folder / "record.json").exists():
            record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
            count = len(record["extrinsics"])
            found = {int(path.stem) for path in folder.glob("[0-9]*.exr")}
            if found.issuperset(range(count)):
                return [folder / f"{n:04d}.exr" for n in range(count)]
            if found.issuperset(range(0, count, 2)):
                return [folder / f"{n if n in found else n - 1:04d}.exr" for n in range(count)]
    raise FileNotFoundError(f"{shot}: not rendered yet")


def plate(name: str, width: int, height: int) -> np.ndarray:
    """An empty set, scene-linear (height, width, 3)."""
    picture = finish.read(FOLDER / f"plates/{name}.exr")["beauty.Combined"][..., :3]
    return cv2.resize(
        picture,
        (width, height),
        interpolation=cv2.INTER_AREA if width < picture.shape[1] else cv2.INTER_CUBIC,
    )


def comped(shot: str, back: str, stops: float = STOPS) -> Iterator[np.ndarray]:
    """The finished frames of a shot: code values (h, w, 3)."""
    behind = None
    for number, path in enumerate(frames(shot)):
        front = finish.layer(path)
        if behind is None:
            behind = plate(back, *front.matte.shape[::-1])
        yield finish.grain(finish.develop(finish.over(front, behind), stops), number)


def publish_shot(shot: str) -> None:
    video.write(MEDIA / f"{shot}.mp4", comped(shot, PLATES[shot]), RATE, "h264", bits=10)
    copy_record(shot)


def publish_second_camera() -> None:
    """Shot s3 as a second camera would have recorded it: warmer, darker, flatter. The truth of a match is s3.mp4."""
    warm = np.array([1.28, 1.0, 0.70], np.float32)

    def recorded() -> Iterator[np.ndarray]:
        behind = None
        for number, path in enumerate(frames("s3")):
            front = finish.layer(path)
            if behind is None:
                behind = plate("s3", *front.matte.shape[::-1])
            flat = finish.develop(finish.over(front, behind) * warm, STOPS - 0.7, contrast=0.95, colour=0.85)
            yield finish.grain(0.04 + 0.92 * flat, 1000 + number)

    video.write(MEDIA / "s3-camera-b.mp4", recorded(), RATE, "h264", bits=10)


def publish_figure() -> None:
    """One frame of s2 as light: the figure with its matte and depth, and the forest behind it."""
    path = frames("s2")[STANDS]
    front = finish.layer(path)
    premultiplied = np.dstack([front.colour * front.matte[..., None], front.matte])
    depth = {"Z": np.minimum(front.depth, FARTHEST)}
    exr.write(MEDIA / "figure.exr", exr.Picture(premultiplied, depth))
    parts = finish.read(FOLDER / "plates/s2.exr")
    size = front.matte.shape[::-1]
    light = cv2.resize(parts["beauty.Combined"][..., :3], size, interpolation=cv2.INTER_AREA)
    depth = cv2.resize(parts["beauty.Depth.Z"], size, interpolation=cv2.INTER_NEAREST)
    exr.write(MEDIA / "figure-plate.exr", exr.Picture(light, {"Z": np.minimum(depth, FARTHEST)}))


def copy_record(shot: str) -> None:
    record = json.loads((frames(shot)[0].parent / "record.json").read_text(encoding="utf-8"))
    write_json(MEDIA / f"{shot}.json", record)


def write_json(path: Path, record: dict) -> None:
    with write_whole(path) as draft:
        draft.write_text(
            json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
        )


def write_picture(path: Path, frame: np.ndarray) -> None:
    """Code values 0..1, or 8-bit levels, as PNG."""
    levels = frame if frame.dtype == np.uint8 else np.rint(frame * 255).astype(np.uint8)
    with write_whole(path) as draft:
        cv2.imwrite(
            str(draft), levels[..., ::-1] if levels.ndim == 3 else levels, [cv2.IMWRITE_PNG_COMPRESSION, 9]
        )


def green(width: int, height: int) -> np.ndarray:
    """The empty green screen, 8-bit levels (h, w, 3)."""
    return np.rint(finish.develop(finish.green_plate(width, height), 0.4) * 255).astype(np.uint8)


def exact(front: finish.Layer, back: np.ndarray, stops: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Foreground, matte and comp as 8-bit levels, so that comp = a F + (1 - a) B holds on the files themselves."""
    colours = np.rint(finish.develop(front.colour, stops) * 255).astype(np.uint8)
    matte = np.rint(front.matte * 255).astype(np.uint8)
    share = matte[..., None] / 255.0
    return colours, matte, np.rint(share * colours + (1 - share) * back).astype(np.uint8)


def publish_green() -> None:
    """The take as a camera gives it (grain, H.264), its matte without loss, and the empty screen."""
    paths = frames("s6")
    height, width = finish.layer(paths[0]).matte.shape
    back = green(width, height)

    def take() -> Iterator[np.ndarray]:
        for number, path in enumerate(paths):
            yield finish.grain((exact(finish.layer(path), back, 0.4)[2] / 255).astype(np.float32), number)

    def mattes() -> Iterator[np.ndarray]:
        for path in paths:
            matte = np.rint(finish.layer(path).matte * 255).astype(np.float32) / 255
            yield np.repeat(matte[..., None], 3, 2)

    video.write(MEDIA / "s6.mp4", take(), RATE, "h264", bits=10)
    video.write(MEDIA / "s6-matte.mkv", mattes(), RATE, "ffv1")
    write_picture(MEDIA / "s6-plate.png", back)
    copy_record("s6")


def publish_stills() -> None:
    """Every still: its exact foreground and matte, and the comp before green or before the forest."""
    forest, plates = None, {}
    for path in sorted((FOLDER / "stills").glob("*.exr")):
        front = finish.layer(path)
        height, width = front.matte.shape
        if forest is None:
            wide = plate("s5a", width * 4 // 3 + 1, height)[:, :width]
            forest = np.rint(finish.develop(wide, STOPS) * 255).astype(np.uint8)
            write_picture(MEDIA / "mattes/forest.png", forest)
            write_picture(MEDIA / "mattes/green.png", green(width, height))
        plates[path.stem] = "green" if path.stem in GREEN_STILLS else "forest"
        back = green(width, height) if path.stem in GREEN_STILLS else forest
        colours, matte, comp = exact(front, back, 0.4)
        for name, picture in (("foreground", colours), ("matte", matte), ("comp", comp)):
            write_picture(MEDIA / f"mattes/{path.stem}-{name}.png", picture)
    write_json(MEDIA / "mattes/plates.json", plates)


def publish_forest() -> None:
    """The forest's layers with their depth, as light."""
    for name in ("background", "middle", "foreground"):
        parts = finish.read(FOLDER / f"plates/s1-{name}.exr")
        light = cv2.resize(parts["beauty.Combined"], LAYER_SIZE, interpolation=cv2.INTER_AREA)
        depth = cv2.resize(parts["beauty.Depth.Z"], LAYER_SIZE, interpolation=cv2.INTER_NEAREST)
        depth = to_the_edge(np.minimum(depth, FARTHEST), light[..., 3])
        exr.write(MEDIA / f"forest-{name}.exr", exr.Picture(light, {"Z": depth}))


def to_the_edge(depth: np.ndarray, matte: np.ndarray) -> np.ndarray:
    """*depth* (h, w) that goes on to a layer's soft edge, where the ray through a pixel's middle hit nothing: there it is
    that of the nearest pixel that has one. The sky, which covers its pixels whole, stays far."""
    seen = depth < FARTHEST
    _, nearest = cv2.distanceTransformWithLabels(
        1 - seen.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    known = np.zeros(nearest.max() + 1, depth.dtype)
    known[nearest[seen]] = depth[seen]
    return np.where(~seen & (matte > 0) & (matte < 1), known[nearest], depth)


def publish_wide() -> None:
    """The camera's move through the empty forest."""
    moving = sorted((FOLDER / "s1/640x360").glob("[0-9]*.exr"))
    if len(moving) < round(WIDE_SECONDS * RATE):
        raise FileNotFoundError("s1: not rendered yet")

    def move() -> Iterator[np.ndarray]:
        for number, path in enumerate(moving):
            light = finish.read(path)["beauty.Combined"][..., :3]
            yield finish.grain(finish.develop(light, STOPS), number, 0.006)

    video.write(MEDIA / "s1.mp4", move(), RATE, "h264", bits=10)


JOBS = {name: lambda name=name: publish_shot(name) for name in PLATES} | {
    "s6": publish_green, "stills": publish_stills,
    "s3-camera-b": publish_second_camera, "figure": publish_figure,
    "forest": publish_forest,
    "s1": publish_wide,
}  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("names", nargs="*", default=list(JOBS))
    cv2.setNumThreads(1)
    (MEDIA / "mattes").mkdir(parents=True, exist_ok=True)
    for name in arguments.parse_args().names:
        try:
            JOBS[name]()
            print(name, flush=True)
        except (FileNotFoundError, RuntimeError) as missing:
            print(f"{name} is left out: {missing}", flush=True)
    media.write(MEDIA)


if __name__ == "__main__":
    main()
