"""Makes media/first-snow-panels: the lettered panels of First Snow that lesson 06 stacks, and their work log.

The figures are drawn by the course's vector renderer and the balloons by the few lines below, so that lesson
06 can be taken on its own. Run from the repository's root: python
modules/webtoon/media/make_first_snow_panels.py
"""

from pathlib import Path

import numpy as np
import skia

from hallyu.provenance.worklog import WorkLog
from hallyu.webtoon import compose, drawing, flat, fonts, script, vocabulary

MEDIA = Path(__file__).parent
OUT = MEDIA / "first-snow-panels"
INK = 0xFF20242E
OVERHANG = 70


class Renderer:
    """Stands where the diffusion engine stands, and draws the same characters as vectors."""

    model = "hallyu vector renderer"

    def draw(self, prompt, seed, steps, guidance):
        """RGB uint8 (640, 640, 3)."""
        return drawing.draw(vocabulary.read_prompt(prompt), 640, seed).on()


def wrap(text, face, room):
    """Lines of *text*, broken at spaces, no wider than *room* px where words allow."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and face.width(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def letter(panel, overhang):
    """The panel with its balloons: a FlatPanel. *overhang*: rows by which the first balloon leaves the art."""
    art = panel.art()
    pixels = np.full((overhang + len(art), art.shape[1], 4), 255, np.uint8)
    pixels[overhang:, :, :3] = art
    canvas = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType).getCanvas()
    fill, edge = (
        skia.Paint(Color=0xFFFFFFFF, AntiAlias=True),
        skia.Paint(Color=INK, AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=4),
    )
    boxes = [
        ("face", name, (x0, y0 + overhang, x1, y1 + overhang))
        for name, (x0, y0, x1, y1) in panel.faces.items()
    ]
    face, y = fonts.dialogue(34), 14 if overhang else 40
    for index, line in enumerate(panel.cut.lines):
        rows = wrap(line.text, face, 330 if line.speaker else 420)
        w, h = max(map(face.width, rows)), 46 * len(rows)
        narration = not line.speaker
        px, py = (34, 22) if narration else (72, 44)
        speaker = panel.faces.get(line.speaker)
        middle = 400 if narration else ((speaker[0] + speaker[2]) / 2 if speaker else 400)
        middle += 0 if narration else (-90 if index % 2 == 0 else 90)
        x0 = min(max(30, middle - w / 2 - px), 770 - w - 2 * px)
        box = skia.Rect.MakeXYWH(x0, y, w + 2 * px, h + 2 * py)
        path = skia.Path()
        if narration:
            path.addRect(box)
        else:
            path.addOval(box)
            if speaker:
                tip = (
                    (speaker[0] + speaker[2]) / 2 + (box.centerX() - (speaker[0] + speaker[2]) / 2) * 0.5,
                    box.bottom() + 34,
                )
                tail = skia.Path().moveTo(box.centerX() - 22, box.bottom() - 12).lineTo(*tip)
                tail.lineTo(box.centerX() + 22, box.bottom() - 12).close()
                path = skia.Op(path, tail, skia.PathOp.kUnion_PathOp)
        canvas.drawPath(path, fill)
        canvas.drawPath(path, edge)
        for number, row in enumerate(rows):
            letters = face.outline(row)
            letters.offset(x0 + px + (w - face.width(row)) / 2, y + py + 46 * number + 35)
            canvas.drawPath(letters, skia.Paint(Color=INK, AntiAlias=True))
        around = path.getBounds()
        boxes.append(("balloon", line.id, (int(around.left()) - 3, max(0, int(around.top()) - 3),
                                           int(around.right()) + 4, int(around.bottom()) + 4)))  # fmt: skip
        y += h + 2 * py + 24
    if panel.cut.effect:
        face = fonts.effect(96)
        letters = face.outline(panel.cut.effect)
        letters.offset(740 - face.width(panel.cut.effect), len(pixels) - 90)
        white = skia.Paint(Color=0xFFFFFFFF, AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=14)
        canvas.drawPath(letters, white)
        canvas.drawPath(letters, skia.Paint(Color=0xFFB3261E, AntiAlias=True))
        b = letters.getBounds()
        around = (int(b.left()) - 7, int(b.top()) - 7, int(b.right()) + 8, int(b.bottom()) + 8)
        boxes.append(("effect", script.effect_id(panel.cut.number), around))
    return flat.FlatPanel(panel.cut, pixels[..., :3].copy(), tuple(boxes), overhang, 0, panel.record)


def main():
    episode = script.read(MEDIA / "first-snow.txt")
    panels = []
    for panel in compose.draw_episode(episode, Renderer(), seed=1):
        spoken = any(line.speaker for line in panel.cut.lines)
        panels.append(letter(panel, OVERHANG if spoken and panel.cut.number % 2 == 0 else 0))
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
