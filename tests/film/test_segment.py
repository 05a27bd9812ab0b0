"""The segmenter says what MediaPipe's own program says, at any shape, and nobody is nobody."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.film.segment import load_hub, people, segment

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def astronaut():
    """Eileen Collins, NASA, public domain, 256x256."""
    return cv2.imread(str(HERE / "astronaut.jpg"))[:, :, ::-1].astype(np.float32) / 255


def test_it_says_what_mediapipe_says(astronaut):
    theirs = cv2.imread(str(HERE / "segment_reference.png"), 0) / 255
    assert np.abs(models.load("segment-person")(astronaut) - theirs).max() < 0.6 / 255  # the reference has 8 bits


@pytest.mark.parametrize("shape", [(101, 57), (64, 320), (720, 405)])
def test_odd_sizes_and_portrait_keep_their_shape(astronaut, shape):
    said = segment(cv2.resize(astronaut, shape[::-1]))
    assert said.shape == shape and said.dtype == np.float32 and 0 <= said.min() <= said.max() <= 1


@pytest.mark.parametrize("side", [256, 360])
def test_a_small_figure_is_looked_at_again_from_near(astronaut, side):
    figure, whole = (cv2.resize(picture, (side, side)) for picture in (astronaut, segment(astronaut)))
    random = np.random.default_rng(0).uniform(0.4, 0.7, (9, 16, 3)).astype(np.float32)
    frame = cv2.resize(random, (1280, 720), interpolation=cv2.INTER_CUBIC)
    place = frame[720 - side :, 400 : 400 + side]
    place[:] = whole[..., None] * figure + (1 - whole[..., None]) * place
    head = np.s_[720 - side : 720 - side // 2, 400 : 400 + side]
    error = [np.abs(said[head] - whole[: side // 2]).mean() for said in (models.load("segment-person")(frame), segment(frame))]
    assert error[1] < 0.02 and error[1] < 0.5 * error[0]


def test_the_matte_of_an_rgba_frame_is_not_looked_at(astronaut):
    rgba = np.dstack([astronaut, np.zeros((256, 256), np.float32)])
    assert np.array_equal(segment(rgba), segment(astronaut))


def test_nobody_in_snow():
    random = np.random.default_rng(0)
    snow = np.clip(0.9 + 0.02 * random.standard_normal((180, 320, 3)), 0, 1).astype(np.float32)
    assert people(segment(snow)) is None


def test_two_people_share_one_box_and_a_speck_does_not_count():
    matte = np.zeros((100, 200), np.float32)
    matte[10:50, 20:40] = matte[60:90, 150:180] = 1
    matte[0, 0] = 1
    assert people(matte) == (10, 20, 90, 180)


@pytest.mark.parametrize("frame", [np.zeros((9, 9)), np.zeros((9, 9, 3), np.uint8), np.full((9, 9, 3), np.nan)])
def test_what_is_no_frame_is_refused(frame):
    with pytest.raises(HallyuError):
        segment(frame)


def test_the_hubs_segmenter_opens_a_folder_of_its_make(tmp_path):
    from transformers import SwinConfig, UperNetConfig, UperNetForSemanticSegmentation

    body = SwinConfig(
        image_size=64, embed_dim=8, depths=[1, 1, 1, 1], num_heads=[1, 1, 2, 2], window_size=2,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )  # fmt: skip
    config = UperNetConfig(
        backbone_config=body, hidden_size=16, pool_scales=[1, 2], auxiliary_in_channels=32,
        id2label={0: "tree", 1: "person", 2: "snow"}, label2id={"tree": 0, "person": 1, "snow": 2},
    )  # fmt: skip
    network = UperNetForSemanticSegmentation(config)
    with torch.no_grad():
        network.decode_head.classifier.weight.zero_()
        network.decode_head.classifier.bias.copy_(torch.tensor([0.0, 3.0, 0.0]))
    network.save_pretrained(tmp_path)
    said = load_hub(str(tmp_path))(np.zeros((90, 160, 3), np.float32))
    assert said.shape == (90, 160)
    assert said == pytest.approx(np.exp(3) / (np.exp(3) + 2), abs=1e-4)
