"""A page that plays a stream (미리보기 플레이어): quality, sound and subtitles in menus, and the notice on AI in sight.

The page carries hls.js (see hls_js/README.md) and asks nothing of the network. Beside the manifests it plays what a server
gives out; with the stream inside, it opens by a double click.
"""

import base64
import json
import re
from html import escape
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.ott import package

PAGE = "player.html"
LARGEST = 60_000_000
"""Bytes of a stream that a page carries; a browser reads such a page whole before it shows anything."""
_HERE = Path(__file__).parent
_PLAYED = (".m3u8", ".mp4", ".m4s", ".vtt")


def write(folder: str | Path, alone: str | Path | None = None) -> Path:
    """Write the page that plays the stream in *folder*, and return where it is.

    By default it is player.html in the folder, to be given out by a server with the rest. alone: the HTML file to write
    instead, with the whole stream in it, which plays without a server and without a network.
    Raises HallyuError for a folder that is no stream, and one that is too large for a page.
    """
    folder = Path(folder)
    stream = package.read(folder)
    path = folder / PAGE if alone is None else Path(alone)
    with write_whole(path) as draft:
        draft.write_text(page(stream, None if alone is None else _files(folder)), encoding="utf-8")
    return path


def page(stream: package.Stream, files: dict[str, bytes] | None = None) -> str:
    """The page as HTML. files: of the stream by their names, where the page is to carry them."""
    largest = stream.videos[-1]
    about = {"master": package.HLS, "notices": dict(stream.notices), "files": None}
    if files is not None:
        about["files"] = {name: base64.b64encode(data).decode("ascii") for name, data in files.items()}
    parts = {
        "{title}": escape(stream.title or "Preview"),
        "{aspect}": f"{largest.width} / {largest.height}",
        # Nothing in a string may end the script that it stands in.
        "{about}": json.dumps(about, ensure_ascii=False).replace("<", "\\u003c"),
        "{hls}": (_HERE / "hls_js" / "hls.min.js").read_text(encoding="utf-8"),
    }
    text = (_HERE / "player.html").read_text(encoding="utf-8")
    # At once: what a mark is replaced by is not looked through for others.
    return re.sub("|".join(map(re.escape, parts)), lambda mark: parts[mark[0]], text)


def _files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _PLAYED and path.is_file())
    size = sum(path.stat().st_size for path in paths)
    if size > LARGEST:
        raise HallyuError(
            f"The stream has {size / 1e6:.0f} MB, and a page carries {LARGEST / 1e6:.0f} MB: play it from a server, or pack "
            "a shorter piece."
        )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
