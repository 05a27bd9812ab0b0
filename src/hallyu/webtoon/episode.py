"""A whole episode, from script to delivery: draw, letter, stack, slice, report, disclose.

Every drawing is a take, kept in the episode's folder under a name made from all that decides the picture. So a run that
was stopped goes on where it stopped, a cut drawn again leaves the old take beside the new one, and new words for a
balloon need no new drawing. Panels are opened one at a time: an episode never lies in memory as layers.
"""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from hallyu.errors import HallyuError
from hallyu.files import not_written, write_whole
from hallyu.provenance.disclosure import Disclosure, disclose
from hallyu.provenance.worklog import WorkLog
from hallyu.webtoon import balloons, compose, export, preflight, psd, strings, validation
from hallyu.webtoon import script as scripts
from hallyu.webtoon.engine import GUIDANCE, STEPS, CharacterEngine
from hallyu.webtoon.flat import FlatPanel
from hallyu.webtoon.panel import Panel
from hallyu.webtoon.script import Cut, Script
from hallyu.webtoon.strip import Strip, stack

Progress = Callable[[int, int, str], None]
"""Called with how many of how many steps are done, and what comes next."""
Cancelled = Callable[[], bool]
"""Asked between two steps; True stops there."""

DELIVERY = ("slices", "cuts-*.psd", "script.txt", "strings.csv", "work.jsonl")
"""What a delivery folder holds."""
PSD_CUTS = 6
"""Cuts in one layered PSD: an editor opens a file as a whole, with all its layers."""
PREVIEW = 480
"""Width in pixels of the small picture kept beside each take."""


class Stopped(HallyuError):
    """The person asked to stop; what is drawn is kept."""


@dataclass
class Episode:
    """An episode in the making.

    folder: where takes and the work log are kept. seeds: the chosen seed of each cut, by its number; another seed is
    another take. tried: every seed that was chosen for a cut, oldest first. model: whose takes are meant.
    """

    folder: Path
    script: Script
    seeds: dict[int, int] = field(default_factory=dict)
    tried: dict[int, list[int]] = field(default_factory=dict)
    model: str = ""

    def __post_init__(self):
        self.folder = Path(self.folder)
        self.use(self.script)

    @property
    def log(self) -> WorkLog:
        """Who proposed, decided and changed what."""
        return WorkLog(self.folder / "work.jsonl")

    def use(self, script: Script, seed: int = 1) -> None:
        """Go on with *script*; cuts it shares with the old one keep their seeds, new ones start with *seed*."""
        self.script = script
        self.seeds = {cut.number: self.seeds.get(cut.number, seed) for cut in script.cuts}
        for number, chosen in self.seeds.items():
            self.tried.setdefault(number, [chosen])

    def cut(self, number: int) -> Cut:
        """The cut with this number. Raises HallyuError when there is none."""
        for cut in self.script.cuts:
            if cut.number == number:
                return cut
        raise HallyuError(f"There is no cut {number}; the script has {len(self.script.cuts)} cuts.")

    def take(self, number: int) -> Path:
        """Where the chosen take of a cut is, or will be."""
        return self.folder / "takes" / take_name(self.script, self.cut(number), self.seeds[number], self.model)

    def drawn(self, number: int) -> bool:
        """Whether the chosen take of a cut is there."""
        return self.take(number).exists()

    def choose(self, number: int, seed: int, writer: str = "") -> None:
        """Another seed for one cut; the takes of the old one stay. The choice is logged under *writer*, if named."""
        before = self.seeds[self.cut(number).number]
        if not 0 <= seed < 2**31:
            raise HallyuError(f"A seed is a whole number from 0 to {2**31 - 1}, not {seed}.")
        if seed == before:
            return
        self.seeds[number] = seed
        self.tried[number] = [s for s in self.tried[number] if s != seed] + [seed]
        if writer:
            self.log.add("human", writer, "select", f"c{number:02d}", f"seed {before}", f"seed {seed}")

    def new_seed(self, number: int) -> int:
        """A seed that was not tried for this cut."""
        return max(self.tried[self.cut(number).number]) + 1

    def draw(self, number: int, engine: CharacterEngine) -> Panel:
        """The chosen take of a cut: opened when it is there, else drawn and kept."""
        self.model = engine.model
        path = self.take(number)
        if path.exists():
            return open_take(path, self.cut(number))
        panel = compose.draw_panel(self.script, self.cut(number), engine, self.seeds[number])
        save_take(panel, path)
        for part in panel.record:
            self.log.add(
                "tool", engine.model, "generate", f"c{number:02d}/{part['figure']}", after=f"seed {part['seed']}"
            )
        return panel

    def refuse_errors(self) -> None:
        """Raises HallyuError when the validator finds errors in the script."""
        errors = [p for p in validation.validate(self.script) if p.severity == "error"]
        if errors:
            raise HallyuError(f"The script has {len(errors)} error(s) to solve before it is drawn; first: {errors[0]}")

    def waiting(self) -> list[int]:
        """Numbers of the cuts whose chosen take is not there yet."""
        return [cut.number for cut in self.script.cuts if not self.drawn(cut.number)]

    def draw_all(
        self, engine: CharacterEngine, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> Iterator[int]:
        """Draw every waiting cut; the number of each, as it is done.

        Raises HallyuError when the script has errors, and Stopped when *cancelled* says so between two cuts.
        """
        self.refuse_errors()
        self.model = engine.model
        waiting = self.waiting()
        for done, number in enumerate(waiting):
            _step(progress, cancelled, done, len(waiting), f"cut {number}")
            self.draw(number, engine)
            yield number

    def panel(self, number: int) -> Panel:
        """The drawn panel of a cut. Raises HallyuError when it is not drawn."""
        if not self.drawn(number):
            raise HallyuError(f"Cut {number} is not drawn yet; draw it first.")
        return open_take(self.take(number), self.cut(number))

    def preview(self, number: int) -> Path:
        """A small JPEG of the drawn cut, PREVIEW px wide."""
        path = self.take(number).with_suffix(".jpg")
        if not path.exists():
            save_preview(self.panel(number).art(), path)
        return path

    def letter(self, number: int, language: str = "") -> FlatPanel:
        """A drawn cut with its balloons, flattened."""
        lettered = self.lettered(number, language)
        cut = self.cut(number)
        return FlatPanel(cut, lettered.image(), tuple(lettered.boxes), lettered.pad_top, lettered.pad_bottom)

    def lettered(self, number: int, language: str = "") -> balloons.LetteredPanel:
        """A drawn cut with its balloons, all layers apart."""
        return balloons.letter(self.panel(number), self.script, language=language or self.script.language)

    def reword(self, id: str, text: str, language: str = "", writer: str = "") -> FlatPanel:
        """New words for one line or sound effect, and its cut lettered with them; nothing is drawn again.

        id: key of the string table ("c03-1", "c03-fx"). Raises HallyuError, and keeps the old words, when the new ones
        cannot be set.
        """
        old, language = self.script, language or self.script.language
        before, number = words(old, id, language), int(id[1 : id.index("-")])
        self.script = with_words(old, id, text.strip(), language)
        try:
            if not text.strip():
                raise HallyuError(f"{id} has no words; write some, or delete the line in the script.")
            panel = self.letter(number, language)
        except HallyuError:
            self.script = old
            raise
        if writer and text.strip() != before:
            self.log.add("human", writer, "edit", id, before, text.strip())
        return panel

    def strip(
        self, language: str = "", progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> Strip:
        """The lettered episode as one strip."""
        panels = []
        for done, cut in enumerate(self.script.cuts):
            _step(progress, cancelled, done, len(self.script.cuts), f"cut {cut.number}")
            panels.append(self.letter(cut.number, language))
        return stack(panels)

    def disclosure(self) -> Disclosure:
        """What AI and what people did, from the takes' records and the work log."""
        return disclose(self.script.title, [Made(cut, self._record(cut)) for cut in self.script.cuts], self.log.entries())

    def _record(self, cut: Cut) -> list[dict]:
        if not self.drawn(cut.number):
            raise HallyuError(f"Cut {cut.number} is not drawn yet; draw it first.")
        with np.load(self.take(cut.number)) as kept:
            return json.loads(str(kept[ABOUT]))["record"]


@dataclass(frozen=True)
class Made:
    """A cut and how its generated figures were made: what the disclosure asks of a panel."""

    cut: Cut
    record: list[dict]


@dataclass(frozen=True)
class Delivery:
    """A finished delivery: its folder, and the report of the preflight."""

    folder: Path
    report: preflight.Report
    disclosure: Disclosure

    @property
    def slices(self) -> list[Path]:
        """The pictures to upload, in order."""
        return [self.folder / "slices" / item.file for item in self.report.slices]


def make_episode(
    script: Script,
    engine: CharacterEngine,
    folder: str | Path,
    seed: int = 1,
    language: str = "",
    profile: str = "webtoon-canvas",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Delivery:
    """From a script to a delivery in *folder*/delivery: slices, layered PSD, string table, report, disclosure, work log.

    Drawn panels stay in *folder*/takes, so that the same call goes on where a stopped one ended.
    Raises HallyuError when the script has errors or a limit cannot be met, Stopped when *cancelled* says so.
    """
    episode = Episode(Path(folder), script)
    for number in episode.seeds:
        episode.choose(number, seed)
    for _ in episode.draw_all(engine, progress, cancelled):
        pass
    return deliver(episode, Path(folder) / "delivery", language, profile, progress, cancelled)


def deliver(
    episode: Episode,
    folder: str | Path,
    language: str = "",
    profile: str = "webtoon-canvas",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    format: str = "jpg",
) -> Delivery:
    """Everything that is handed over, written beside *folder* and renamed to it at the end.

    Raises HallyuError when a cut is not drawn, a limit cannot be met, or *folder* holds other files; Stopped when
    *cancelled* says so. An older delivery is then as it was.
    """
    folder, language = Path(folder), language or episode.script.language
    _refuse_strangers(folder)
    disclosure = episode.disclosure()
    draft = folder.parent / f".{folder.name}.making"
    shutil.rmtree(draft, ignore_errors=True)  # left by a run that was killed
    numbers = [cut.number for cut in episode.script.cuts]
    cuts, parts = len(numbers), range(0, len(numbers), PSD_CUTS)
    steps = cuts + 2 + len(parts)
    try:
        strip = episode.strip(language, progress and (lambda done, _, what: progress(done, steps, what)), cancelled)
        _step(progress, cancelled, cuts, steps, "slices")
        export.export(strip, profile, draft / "slices", disclosure, format, first="gutters")
        rows = [below.y0 - above.y1 for above, below in pairwise(strip.placements)]
        del strip
        _step(progress, cancelled, cuts + 1, steps, "report")
        report = preflight.validate(draft / "slices", profile)
        report.write(draft / "slices")
        for part, start in enumerate(parts):
            _step(progress, cancelled, cuts + 2 + part, steps, "PSD")
            _write_psd(episode, numbers[start : start + PSD_CUTS], draft, language, rows[start:])
        scripts.write(episode.script, draft / "script.txt")
        strings.write(strings.from_script(episode.script), draft / "strings.csv")
        if episode.log.path.exists():
            shutil.copy(episode.log.path, draft / "work.jsonl")
        _take_place(draft, folder)
    except OSError as error:
        raise HallyuError(not_written(folder, error, draft)) from error
    except HallyuError as error:  # what is named lies in the draft, which goes: say where it would have been
        raise type(error)(str(error).replace(str(draft), str(folder))) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Delivery(folder, report, disclosure)


def pack(delivery: Delivery, path: str | Path) -> Path:
    """The delivery as one ZIP, for a download. Pictures are stored as they are: they do not shrink again."""
    with write_whole(path) as draft, zipfile.ZipFile(draft, "w") as archive:
        for file in sorted(delivery.folder.rglob("*")):
            squeeze = zipfile.ZIP_STORED if file.suffix in (".jpg", ".png") else zipfile.ZIP_DEFLATED
            if file.is_file():
                archive.write(file, file.relative_to(delivery.folder), squeeze)
    return Path(path)


# --- Takes ------------------------------------------------------------------------------------------------

ABOUT = "about.json"
"""The member of a take's file that is not a layer."""


def take_name(script: Script, cut: Cut, seed: int, model: str) -> str:
    """File name of a take: another for everything that changes the picture, the same for other words.

    >>> from hallyu.webtoon.script import Line
    >>> said = lambda text: Cut(3, 1, "bust", "room", lines=(Line("c03-1", text),))
    >>> names = [take_name(Script("", {}, ()), said(text), 7, "small") for text in ("가", "나")]
    >>> names[0][:7], names[0] == names[1]
    ('c03-s7-', True)
    """
    cast = [script.cast[figure.name].look for figure in cut.figures if figure.name in script.cast]
    decides = [
        cut.number, cut.scene, cut.shot, cut.place, [asdict(figure) for figure in cut.figures], len(cut.lines),
        script.scenes.get(cut.scene, ""), cast, seed, model, STEPS, GUIDANCE,
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(decides, ensure_ascii=False).encode()).hexdigest()[:12]
    return f"c{cut.number:02d}-s{seed}-{digest}.npz"


def save_take(panel: Panel, path: Path) -> None:
    """Write a drawn panel with its layers, whole or not at all, and a small JPEG of it beside."""
    about = {"faces": panel.faces, "record": panel.record, "seconds": panel.seconds}
    about["layers"] = list(panel.layers)
    arrays = {f"layer{index}": layer for index, layer in enumerate(panel.layers.values())}
    with write_whole(path) as draft:
        np.savez_compressed(draft, **{ABOUT: np.array(json.dumps(about, ensure_ascii=False))}, **arrays)
    save_preview(panel.art(), path.with_suffix(".jpg"))


def open_take(path: Path, cut: Cut) -> Panel:
    """The panel that save_take() wrote, as the picture of *cut*. Raises HallyuError when the file is damaged."""
    try:
        with np.load(path) as kept:
            about = json.loads(str(kept[ABOUT]))
            layers = {name: kept[f"layer{index}"] for index, name in enumerate(about["layers"])}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise HallyuError(f"The take {path.name} is damaged: delete it and draw cut {cut.number} again.") from error
    faces = {name: tuple(box) for name, box in about["faces"].items()}
    return Panel(cut, layers, faces, about["record"], about["seconds"])


def save_preview(art: np.ndarray, path: Path) -> None:
    """RGB uint8 (height, width, 3) as a JPEG PREVIEW px wide."""
    picture = Image.fromarray(art)
    with write_whole(path) as draft:
        picture.resize((PREVIEW, round(picture.height * PREVIEW / picture.width))).save(draft, quality=85)


# --- Words ------------------------------------------------------------------------------------------------


def words(script: Script, id: str, language: str = "") -> str:
    """The words of a line or sound effect in one of the script's languages; the script's own where none is given.

    Raises HallyuError when the script has no such id.
    """
    own = next((line.text for cut in script.cuts for line in cut.lines if line.id == id), None)
    if own is None:
        own = next((cut.effect for cut in script.cuts if scripts.effect_id(cut.number) == id and cut.effect), None)
    if own is None:
        raise HallyuError(f"The script has no line {id}.")
    return own if language in ("", script.language) else script.translations.get(id, {}).get(language, own)


def with_words(script: Script, id: str, text: str, language: str = "") -> Script:
    """*script* with other words for one line or sound effect, in its own language or in an edition.

    >>> script = Script("", {}, (Cut(1, 1, "close-up", "room", effect="쿵"),))
    >>> with_words(script, "c01-fx", "쾅").cuts[0].effect
    '쾅'
    """
    words(script, id)
    if language not in ("", script.language):
        editions = {**script.translations, id: {**script.translations.get(id, {}), language: text}}
        return replace(script, translations=editions)
    cuts = []
    for cut in script.cuts:
        lines = tuple(replace(line, text=text) if line.id == id else line for line in cut.lines)
        effect = text if scripts.effect_id(cut.number) == id else cut.effect
        cuts.append(replace(cut, lines=lines, effect=effect))
    return replace(script, cuts=tuple(cuts))


# --- Steps and folders ------------------------------------------------------------------------------------


def _step(progress: Progress | None, cancelled: Cancelled | None, done: int, total: int, what: str) -> None:
    if cancelled and cancelled():
        raise Stopped(f"Stopped before {what}; what is drawn is kept.")
    if progress:
        progress(done, total, what)


def _write_psd(episode: Episode, numbers: list[int], folder: Path, language: str, rows: list[int]) -> None:
    """The layered PSD of some cuts, as far apart as in the strip; *rows* lie from art to art, after each cut."""
    panels = [episode.lettered(number, language) for number in numbers]
    gutters = [
        max(0, gap - above.pad_bottom - below.pad_top)
        for gap, (above, below) in zip(rows, pairwise(panels), strict=False)
    ]
    psd.write_psd(folder / f"cuts-{numbers[0]:02d}-{numbers[-1]:02d}.psd", panels, gutters)


def _refuse_strangers(folder: Path) -> None:
    """The folder is replaced as a whole, so it must hold nothing but an older delivery."""
    export.recover(folder)
    if folder.exists() and not folder.is_dir():
        raise HallyuError(f"{folder} is a file: choose a folder for the delivery.")
    names = [entry.name for entry in folder.iterdir()] if folder.exists() else []
    stray = [name for name in names if not any(fnmatch(name, known) for known in DELIVERY)]
    if stray:
        raise HallyuError(
            f"{folder} holds {sorted(stray)[0]}, which no delivery wrote, and the folder is replaced: choose another."
        )


def _take_place(draft: Path, folder: Path) -> None:
    """Rename *draft* to *folder*; export.recover() puts an older folder back if this is killed half-way."""
    old = folder.parent / f".{folder.name}.old"
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
