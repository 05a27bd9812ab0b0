import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hallyu.grading import artefacts_webtoon as artefacts
from hallyu.provenance.disclosure import disclose
from hallyu.provenance.worklog import WorkLog
from hallyu.webtoon import balloons, compose, drawing, export, psd, script, strings, strip, vocabulary

STORY = """# 막차
  en: The Last Bus

@소라: girl, pink ponytail hair, violet eyes, white sweater
  en: Sora
@린: boy, blue long hair, amber eyes, black hoodie
  en: Rin

## 1 밤 도시, 정류장
[1] 설정샷, 밤 도시 · 막차를 기다린다 · 긴 쉼
내레이션: 막차까지 오 분.
  en: Five minutes to the last bus.
효과음: 부르릉
  en: vroom

[2] 상반신, 밤 도시 · 말을 꺼낸다
소라(수줍음): 저기, 할 말이 있는데.
  en: Hey. There's something I have to say.

[3] 클로즈업, 밤 도시 · 딴청 · 짧은 쉼
린(놀람): 지금? 버스 오는데?
  en: Now? The bus is coming.

[4] 클로즈업, 먹구름 · 고백 · 긴 쉼
소라(슬픔): 나, 내일 이사 가.
  en: I'm moving away tomorrow.

[5] 상반신, 밤 도시 · 이미 안다
린: 알아. 그래서 나도 타려고.
  en: I know. That's why I'm getting on too.

[6] 클로즈업, 반짝임 · 되묻는다 · 짧은 쉼
소라(놀람): 너희 집은 반대쪽이잖아.
  en: But you live the other way.

[7] 클로즈업, 밤 도시 · 반전
린(미소): 오늘은 좀 돌아서 가려고.
  en: Tonight I'm taking the long way home.
"""


class Renderer:
    """The vector renderer in the engine's place: it draws what the judge was taught, in a hundredth of the time."""

    model = "hallyu vector renderer"

    def draw(self, prompt, seed, steps, guidance):
        return drawing.draw(vocabulary.read_prompt(prompt), 640, seed).on()


def draw(text, seed=1):
    return list(compose.draw_episode(script.parse(text), Renderer(), seed))


def deliver(folder, text, panels):
    """A delivery as the library makes one, of panels that may be of another script."""
    story = script.parse(text)
    log = WorkLog(folder / "work.jsonl")
    for panel in panels:
        name = f"c{panel.cut.number:02d}"
        for line in panel.cut.lines:
            log.add("human", "나래", "write", line.id, after=line.text)
        for part in panel.record:
            log.add(
                "tool", part["model"], "generate", f"{name}/{part['figure']}", after=f"seed {part['seed']}"
            )
            log.add("human", "나래", "select", f"{name}/{part['figure']}", after=f"seed {part['seed']}")
    lettered = [balloons.letter(panel, story) for panel in panels]
    told = disclose(story.title, panels, log.entries())
    export.export(strip.stack(lettered), "webtoon-canvas", folder / "slices", told, signing_folder=None)
    psd.write_psd(folder / "episode.psd", lettered)
    script.write(story, folder / "script.txt")
    strings.write(strings.from_script(story), folder / "strings.csv")


@pytest.fixture(scope="session")
def panels():
    """The drawn cuts of the good delivery."""
    return draw(STORY)


@pytest.fixture(scope="session")
def good(tmp_path_factory, panels):
    """A delivery that deserves every point."""
    folder = tmp_path_factory.mktemp("good") / "delivery"
    folder.mkdir()
    deliver(folder, STORY, panels)
    return folder


@pytest.fixture
def copy(good, tmp_path):
    """The good delivery, to be spoiled."""
    return shutil.copytree(good, tmp_path / "delivery")


@pytest.fixture(scope="session")
def spots(good):
    """Line id -> where its letters and its balloon lie on the good page."""
    delivery = artefacts.open_delivery(good)
    return {line.id: artefacts.balloons_of(delivery, line)[0].words for _, line in delivery.lines()}


def page_of(folder):
    return artefacts.open_delivery(folder).page.copy()


def manifest_of(folder):
    return json.loads((folder / "slices" / "manifest.json").read_text(encoding="utf-8"))


def write_manifest(folder, manifest):
    (folder / "slices" / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False), encoding="utf-8"
    )


def reslice(folder, page, ends=None):
    """Write *page* as slices that end at these rows (or where the old ones ended), with a manifest that agrees."""
    manifest = manifest_of(folder)
    ends = ends or [item["y1"] for item in manifest["slices"]]
    for old in Path(folder, "slices").glob("*.jpg"):
        old.unlink()
    manifest["slices"], manifest["height"] = [], len(page)
    for n, (y0, y1) in enumerate(zip([0, *ends], ends, strict=False), 1):
        name = f"{n:03d}.jpg"
        Image.fromarray(np.ascontiguousarray(page[y0:y1])).save(
            folder / "slices" / name, quality=92, subsampling=0
        )
        manifest["slices"].append({"file": name, "y0": y0, "y1": y1})
    write_manifest(folder, manifest)
