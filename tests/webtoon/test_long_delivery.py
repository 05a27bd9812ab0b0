"""A delivery as long as an episode is: eighteen cuts, with a bound on memory, made and measured in its own process."""

import json
import subprocess
import sys

import numpy as np
import pytest

from hallyu.webtoon import balloons, script

CUTS, HEIGHT = 18, 900
TEXT = "# 긴 밤\n@하늘: girl, black bob hair, brown eyes, red coat\n" + "".join(
    f"[{n}] 클로즈업, 방\n하늘(미소): {n}번째 눈이 온다.\n효과음: 쿵\n" for n in range(1, CUTS + 1)
)
MAKE = """
import json, sys
from pathlib import Path
import numpy as np
from hallyu.memory import peak_memory
from hallyu.webtoon import drawing, episode, script, vocabulary
from hallyu.webtoon.panel import Panel

text, height, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
import psd_tools  # what only has to be loaded is no cost of the delivery
before = peak_memory()
work = episode.Episode(folder, script.parse(text), model="vector renderer")
look = next(iter(vocabulary.CAST.values()))
figure = drawing.draw(look, 600)
for cut in work.script.cuts:
    ground = np.full((height, 800, 4), (150, 180 - 4 * cut.number, 210, 255), np.uint8)
    layer = np.zeros_like(ground)
    layer[-600:, 100:700] = figure.image
    x0, y0, x1, y1 = figure.face
    face = (100 + x0, height - 600 + y0, 100 + x1, height - 600 + y1)
    record = [{"figure": "하늘", "prompt": "", "seed": 1, "steps": 1, "guidance": 1.0, "model": work.model}]
    episode.save_take(Panel(cut, {"background": ground, "하늘": layer}, {"하늘": face}, record), work.take(cut.number))
done = episode.deliver(work, folder / "delivery")
print(json.dumps({"mb": peak_memory() - before, "problems": [str(p) for p in done.report.problems]}))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    done = subprocess.run(
        [sys.executable, "-c", MAKE, TEXT, str(HEIGHT), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout.splitlines()[-1])


def test_eighteen_cuts_are_delivered_and_pass_the_preflight(made):
    folder, told = made
    assert told["problems"] == []
    names = {path.name for path in (folder / "delivery").iterdir()}
    assert names == {"slices", "cuts-01-06.psd", "cuts-07-12.psd", "cuts-13-18.psd", "script.txt", "strings.csv"}


def test_memory_stays_within_half_a_gigabyte(made):
    # Composing one flat picture of six cuts in floats takes a gigabyte; all layers of the episode would take another.
    assert made[1]["mb"] < 500


@pytest.mark.parametrize("first", [1, 7, 13])
def test_each_layered_file_opens_again_with_art_balloon_and_text_of_its_six_cuts(made, first):
    from psd_tools import PSDImage

    folder, _ = made
    document = PSDImage.open(folder / "delivery" / f"cuts-{first:02d}-{first + 5:02d}.psd")
    groups = {group.name: group for group in document if group.is_group()}
    assert list(groups) == [f"컷 {n:02d}" for n in range(first, first + 6)]
    for n, group in enumerate(groups.values(), first):
        layers = {inner.name: [layer.name for layer in inner] for inner in group}
        assert layers == {
            "그림": ["배경", "하늘"],
            "말풍선": [f"말풍선 c{n:02d}-1"],
            "글자": [f"대사 c{n:02d}-1", f"효과음 c{n:02d}-fx"],
        }


def test_the_flat_picture_in_the_file_is_the_lettered_cut(made):
    from psd_tools import PSDImage

    from hallyu.webtoon import episode

    folder, _ = made
    work = episode.Episode(folder, script.parse(TEXT), model="vector renderer")
    image = balloons.letter(work.panel(13), work.script).image()
    page = np.asarray(PSDImage.open(folder / "delivery" / "cuts-13-18.psd").topil().convert("RGB"))
    np.testing.assert_array_equal(page[: len(image)], image)
