"""Makes media/first-snow-panels: the lettered panels of First Snow that lesson 06 stacks, and their work log.

Characters by the bundled model, places by the renderer, balloons as in lesson 05. SEEDS are the takes that were chosen
by eye. Run from the repository's root: python modules/webtoon/media/make_first_snow_panels.py
"""

from pathlib import Path

from hallyu import models
from hallyu.provenance.worklog import WorkLog
from hallyu.webtoon import balloons, compose, flat, script

MEDIA = Path(__file__).parent
OUT = MEDIA / "first-snow-panels"
SEEDS: dict[int, int] = {}
"""Cut -> the seed of the chosen take, where it is not 1."""


def main():
    story, engine = script.read(MEDIA / "first-snow.txt"), models.load("webtoon-character")
    panels = []
    for cut in story.cuts:
        panel = balloons.letter(compose.draw_panel(story, cut, engine, SEEDS.get(cut.number, 1)), story)
        panels.append(
            flat.FlatPanel(
                cut, panel.image(), tuple(panel.boxes), panel.pad_top, panel.pad_bottom, panel.record
            )
        )
    flat.save(panels, OUT)
    path = OUT / "work.jsonl"
    path.unlink(missing_ok=True)
    log = WorkLog(path)
    for panel in panels:
        name = f"c{panel.cut.number:02d}"
        for line in panel.cut.lines:
            log.add("human", "유나", "write", line.id, after=line.text)
        for part in panel.record:
            log.add("human", "유나", "select", f"{name}/{part['figure']}", after=f"seed {part['seed']}")
        if panel.cut.lines or panel.cut.effect:
            log.add("human", "유나", "letter", name)
    log.add("human", "유나", "arrange", "episode", after=f"{len(panels)} cuts")


if __name__ == "__main__":
    main()
