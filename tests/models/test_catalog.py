import dataclasses
import shutil
import socket
from pathlib import Path

import pytest

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.models import catalog

PERMISSIVE = {"MIT", "BSD-3-Clause", "Apache-2.0", "CC0-1.0", "CC-BY-4.0", "OFL-1.1"}


@pytest.mark.parametrize("item", models.entries().values(), ids=lambda e: e.id)
def test_every_entry_is_complete(item):
    assert item.engine in ("bundled", "hub")
    assert item.title and item.source and item.licence and item.verified and item.bytes > 0
    if item.engine == "bundled":
        assert item.licence in PERMISSIVE
        assert models.files_of(item.id)
        ours = [file for file in item.files if not file.package]
        assert all(Path(file.path).suffix in (".safetensors", ".onnx", ".json", ".txt", ".sf2") for file in ours), (
            "weights that can execute code"
        )
        for file in ours:
            assert (catalog.WEIGHTS / file.path.split("/")[0] / "README.md").is_file()
    else:
        # No small model paints plates, guesses depth or translates; the techniques say what does it here.
        assert models.entry(item.fallback).engine == "bundled" if item.fallback else item.task in ("plate", "depth", "translator")


def test_nothing_lies_in_weights_that_the_catalogue_does_not_name():
    named = {catalog.WEIGHTS / f.path for e in models.entries().values() for f in e.files if not f.package}
    notes = {"README.md", "training.json", "report.json"}
    assert {p for p in catalog.WEIGHTS.rglob("*") if p.is_file() and p.name not in notes} == named


def test_bundled_weights_stay_within_the_courses_limit():
    assert sum(f.size for e in models.entries().values() for f in e.files if not f.package) <= 80e6


def test_a_damaged_or_missing_file_is_refused_in_one_sentence(tmp_path, monkeypatch):
    file = models.entry("upscale-anime").files[0]
    copy = tmp_path / file.path
    copy.parent.mkdir()
    shutil.copy(catalog.WEIGHTS / file.path, copy)
    monkeypatch.setattr(catalog, "WEIGHTS", tmp_path)
    assert models.files_of("upscale-anime") == [copy]
    data = bytearray(copy.read_bytes())
    data[-1] ^= 1
    copy.write_bytes(data)
    with pytest.raises(HallyuError, match="damaged"):
        models.files_of("upscale-anime")
    copy.unlink()
    with pytest.raises(HallyuError, match="missing"):
        models.files_of("upscale-anime")


def test_a_file_in_a_package_is_found_verified_and_missed_in_one_sentence(monkeypatch):
    speech = models.entry("kokoro-82m")
    assert speech.bytes > 90e6
    assert models.files_of("kokoro-82m")[0].parent.name == speech.files[0].package
    for changed, said in (({"package": "no_such_package"}, "no_such_package"), ({"sha256": "0" * 64}, "damaged")):
        other = dataclasses.replace(speech, files=(dataclasses.replace(speech.files[0], **changed),))
        monkeypatch.setattr(catalog, "entry", lambda name, other=other: other)
        with pytest.raises(HallyuError, match=said):
            models.files_of("kokoro-82m")


def test_a_hub_engine_without_a_network_names_the_bundled_one(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub = next(e for e in models.entries().values() if e.engine == "hub")
    with pytest.raises(HallyuError) as error:
        models.load(hub.task, engine="hub")
    assert hub.fallback in str(error.value)


def test_a_port_that_answers_counts_as_a_network_and_a_closed_one_does_not(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(catalog, "HUB", server.getsockname())
        assert catalog.network()
        port = server.getsockname()
    monkeypatch.setattr(catalog, "HUB", port)
    assert not catalog.network()


@pytest.mark.parametrize(
    ("task", "engine", "named"), [("dance", "bundled", "upscale"), ("upscale", "quantum", "upscale-anime")]
)
def test_unknown_tasks_and_engines_are_answered_with_what_there_is(task, engine, named):
    with pytest.raises(HallyuError, match=named):
        models.load(task, engine=engine)
