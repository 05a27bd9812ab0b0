"""The film module's media: their ground truth holds on the files."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from hallyu import video
from hallyu.film import exr

MEDIA = Path(__file__).parents[2] / "modules" / "film" / "media"
STILLS = sorted(path.name.removesuffix("-comp.png") for path in MEDIA.glob("mattes/*-comp.png"))
RECORDS = sorted(path.stem for path in MEDIA.glob("*.json"))


def levels(name):
    picture = cv2.imread(str(MEDIA / "mattes" / name), cv2.IMREAD_UNCHANGED)
    return picture if picture.ndim == 2 else picture[..., ::-1]


@pytest.mark.parametrize("name", STILLS)
def test_a_stills_comp_is_its_matting_equation(name):
    plates = json.loads((MEDIA / "mattes/plates.json").read_text())
    share = levels(f"{name}-matte.png")[..., None] / 255.0
    front, back, comp = (
        levels(f"{part}.png").astype(float) for part in (f"{name}-foreground", plates[name], f"{name}-comp")
    )
    off = np.abs(comp - (share * front + (1 - share) * back))
    assert off.max() <= 0.5
    soft = ((share > 0.02) & (share < 0.98)).mean()
    assert 0.002 < soft < 0.2, "hair has soft edges"
    assert 0.1 < share.mean() < 0.8


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_has_a_line_for_every_frame(name):
    record = json.loads((MEDIA / f"{name}.json").read_text(encoding="utf-8"))
    info = video.probe(MEDIA / f"{name}.mp4")
    assert (info.width, info.height) == (record["width"], record["height"])
    assert info.frames * record["rate"] == len(record["extrinsics"]) * info.rate
    for person in record["people"].values():
        pixels = np.array(person["pixels"])
        assert pixels.shape == (len(record["extrinsics"]), len(person["landmarks"]), 2)
        assert all(
            0 <= line["from"] < line["to"] <= info.frames / info.rate + 0.5 for line in person["lines"]
        )


def test_landmarks_lie_on_the_faces_that_are_found():
    from hallyu.film import faces

    record = json.loads((MEDIA / "s5a.json").read_text(encoding="utf-8"))
    (person,) = record["people"].values()
    truth = dict(zip(person["landmarks"], person["pixels"][0], strict=True))
    (found,) = faces.detect(next(video.read(MEDIA / "s5a.mp4")))
    (left, top), (right, bottom) = found.points[:, :2].min(0), found.points[:, :2].max(0)
    for name in ("nose tip", "eye left", "eye right", "mouth left", "mouth right"):
        assert left < truth[name][0] < right and top < truth[name][1] < bottom, name


def test_the_take_and_its_matte_agree():
    take, matte = video.read(MEDIA / "s6.mp4", stop=1), video.read(MEDIA / "s6-matte.mkv", stop=1)
    plate = cv2.imread(str(MEDIA / "s6-plate.png"))[..., ::-1] / 255
    frame, share = next(take), next(matte)[..., 0]
    assert video.probe(MEDIA / "s6.mp4").seconds == video.probe(MEDIA / "s6-matte.mkv").seconds
    empty = share == 0
    assert np.abs(frame - plate)[empty].mean() < 0.02, "where nobody stands, the screen is seen"
    assert np.abs(frame - plate)[share == 1].mean() > 0.1


def test_the_forests_layers_lie_one_behind_the_other():
    depths = []
    for name in ("background", "middle", "foreground"):
        picture = exr.read(MEDIA / f"forest-{name}.exr")
        whole = picture.premultiplied[..., 3] > 0.99
        assert np.isfinite(picture.premultiplied).all()
        depths.append(np.median(np.asarray(picture.layers["Z"])[whole]))
    assert depths[0] > depths[1] > depths[2] > 0


def test_a_layers_soft_edge_has_the_depth_of_what_it_is_the_edge_of():
    for name in ("middle", "foreground"):
        picture = exr.read(MEDIA / f"forest-{name}.exr")
        matte, depth = picture.premultiplied[..., 3], picture.layers["Z"]
        whole, edge = matte > 0.999, (matte > 0) & (matte < 0.999)
        assert edge.sum() > 3000
        assert depth[whole].min() - 1 < depth[edge].min() < depth[edge].max() < depth[whole].max() + 1
