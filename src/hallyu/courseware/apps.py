"""Every module's app under one address: modules/<module>/app.py gives build(), mounted at /<module>/.

An app.py may also hold PAGE: what Gradio takes when the page is mounted (theme, css, translations).
"""

import importlib.util
import sys
from html import escape
from pathlib import Path
from types import FrameType, ModuleType
from urllib.parse import unquote

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from hallyu.courseware import curriculum
from hallyu.courseware.lab import SETTINGS, free_port
from hallyu.errors import HallyuError
from hallyu.scratch import end_on_sigterm

FIRST_PORT = 7860
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Hallyu Studio apps</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body{{font:1.05rem/1.6 {fonts};word-break:keep-all;max-width:44rem;margin:3rem auto;padding:0 1.2rem;color:#1d2433}}
a{{display:block;padding:1rem 1.2rem;margin:1rem 0;border:1px solid #ccd3e0;border-radius:10px;color:inherit;
text-decoration:none}} a:hover,a:focus{{border-color:#2f5fd0}} strong{{display:block;color:#2450b3}}
p span,a span{{display:block}}
</style></head><body><h1>Hallyu Studio</h1><p><span lang="ko">이 컴퓨터에서 도는 과정의 앱입니다.</span>
<span>The course's apps on this computer.</span></p>{links}</body></html>"""


def server(root: Path, root_path: str = "") -> FastAPI:
    """One application: a page that lists the modules' apps, and each of them under its name.

    root_path: the path, as it stands in an address, under which a proxy in front (JupyterLab's) serves this and
    which it passes on whole; "" when nothing is in front. Raises HallyuError when an app cannot be opened.
    """
    import gradio as gr

    from hallyu.courseware.pages import FONTS

    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    base, links = root_path.rstrip("/"), []
    mounted = unquote(base)
    titles = {door.id: door for door in curriculum.modules(root)}
    for path in sorted((root / "modules").glob("*/app.py")):
        name = path.parent.name
        module = _load(path)
        # Mounted under the whole path, and not told of a root_path: Gradio then takes its addresses from each
        # request. With a root_path it would look for its pages under a path that the proxy has removed.
        application = gr.mount_gradio_app(
            application, module.build(), path=f"{mounted}/{name}", **getattr(module, "PAGE", {})
        )
        door = titles.get(name)
        title = f"{door.title} · {door.title_ko}" if door else name.title()
        lines = (
            [f'<span lang="ko">{escape(door.summary_ko)}</span>', f"<span>{escape(door.summary)}</span>"]
            if door
            else []
        )
        links.append(f'<a href="{base}/{name}/"><strong>{escape(title)}</strong>{"".join(lines)}</a>')
    page = PAGE.format(
        fonts=",".join(f'"{font}"' if " " in font else font for font in FONTS),
        links="".join(links) or "<p>There is no app yet.</p>",
    )

    @application.get(f"{mounted}/", response_class=HTMLResponse)
    def landing() -> str:
        return page

    return application


def _load(path: Path) -> ModuleType:
    name = f"hallyu_app_{path.parent.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look the module up by its name
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise HallyuError(f"The app {path} cannot be opened: {type(error).__name__}: {error}.") from error
    if not hasattr(module, "build"):
        raise HallyuError(f"The app {path} has no build() that returns its page.")
    return module


def serve(root: Path, port: int | None, root_path: str = "") -> None:
    """Serve the apps on 127.0.0.1 until stopped; without *port*, on the first free one from 7860.

    With a *root_path* it is a proxy that started this and knows where it is: nothing is said.
    """
    import uvicorn

    end_on_sigterm()
    port = port or free_port(FIRST_PORT, FIRST_PORT + 99)
    application = server(root, root_path)
    if not root_path:
        print(f"The apps are at http://127.0.0.1:{port}/\nTo stop them, press Ctrl+C here.", flush=True)
    # An open page holds its stream of events for ever; it is waited for no longer than this.
    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=3
    )

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            self.should_exit = True  # in good order, however often Ctrl+C is pressed

    Server(config).run()


def launcher() -> dict[str, object]:
    """What jupyter-server-proxy starts when the launcher's tile is opened."""
    command = [
        sys.executable,
        "-m",
        "hallyu.cli",
        "apps",
        "--port",
        "{port}",
        "--root-path",
        "{base_url}hallyu-apps",
    ]
    return {
        "command": command,
        "absolute_url": True,
        "timeout": 300,  # a busy computer takes minutes to import the models
        "new_browser_tab": True,
        "launcher_entry": {"title": "Hallyu Studio apps", "icon_path": str(SETTINGS / "apps.svg")},
    }
