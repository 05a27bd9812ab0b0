import re
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from hallyu.courseware import apps
from hallyu.errors import HallyuError

APP = """import gradio as gr

def build():
    with gr.Blocks(title="Flakes") as page:
        gr.Markdown("first snow")
    return page
"""


@pytest.fixture
def app(course):
    path = course / "modules/webtoon/app.py"
    path.write_text(APP)
    return path


def test_every_modules_app_is_listed_and_served_under_its_name(course, app):
    (course / "modules/music").mkdir()
    (course / "modules/music/app.py").write_text(APP.replace("first snow", "first song"))
    client = TestClient(apps.server(course))
    landing = client.get("/").text
    assert 'href="/webtoon/"' in landing
    assert "Webtoon · 웹툰" in landing
    assert "first snow" in client.get("/webtoon/config").text
    assert "first song" in client.get("/music/config").text


@pytest.mark.parametrize("user", ["kim", "kim%40studio", "%EA%B9%80"])
def test_behind_a_proxy_every_address_carries_its_path(course, app, user):
    base = f"/user/{user}/hallyu-apps"
    client = TestClient(apps.server(course, f"{base}/"), base_url="http://127.0.0.1:8888")
    (link,) = re.findall('href="([^"]+)"', client.get(f"{base}/").text)
    assert link == f"{base}/webtoon/"
    page = client.get(link).text
    assert "first snow" in page
    (script,) = re.findall(r'<script type="module"[^>]* src="\./([^"]+)"', page)
    assert "javascript" in client.get(link + script).headers["content-type"]
    root = client.get(f"{link}config").json()["root"]
    assert unquote(root) == unquote(f"http://127.0.0.1:8888{link.rstrip('/')}")


@pytest.mark.parametrize(
    ("source", "says"),
    [("import nothing_of_that_name", "ModuleNotFoundError"), ("x = 1", r"no build\(\)")],
)
def test_an_app_that_cannot_be_opened_is_named(course, app, source, says):
    app.write_text(source)
    with pytest.raises(HallyuError, match=says):
        apps.server(course)
