"""pyproject.toml, requirements.lock and environment.yml say the same thing, and so does what is installed."""

import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
LOCKED_EXTRAS = ("test", "book", "dev")


def pins():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(requirement.name): str(requirement.specifier) for requirement in requirements}


def named_in_pyproject():
    extras = PROJECT["optional-dependencies"]
    return [
        Requirement(text) for text in sum((extras[name] for name in LOCKED_EXTRAS), PROJECT["dependencies"])
    ]


def test_an_installed_package_has_every_file_of_the_source():
    taken = set(PYPROJECT["tool"]["setuptools"]["package-data"]["hallyu"]) | {"**/*.py", "**/*.pyc"}
    package = ROOT / "src" / "hallyu"
    left = {path for path in package.rglob("*") if path.is_file()} - {
        p for each in taken for p in package.glob(each)
    }
    assert left == set()


def test_every_pin_is_exact():
    assert {
        name: pin for name, pin in pins().items() if not pin.startswith("==") or "*" in pin or "+" in pin
    } == {}


@pytest.mark.parametrize("requirement", named_in_pyproject(), ids=str)
def test_the_lock_has_each_requirement_at_a_version_it_allows(requirement):
    pin = pins().get(canonicalize_name(requirement.name))
    assert pin, f"{requirement.name} is in pyproject.toml and not in requirements.lock"
    assert requirement.specifier.contains(pin.removeprefix("=="), prereleases=True)


def test_the_lock_has_only_what_pyproject_needs():
    """Walk from pyproject's requirements through what the installed packages require."""
    needed, queue = {"pip", "setuptools", "wheel"}, named_in_pyproject()
    seen = set()
    while queue:
        requirement = queue.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen or name not in pins():
            continue
        seen.add((name, extras))
        needed.add(name)
        for text in metadata.requires(name) or []:
            child = Requirement(text)
            if child.marker is None or any(
                child.marker.evaluate({"extra": extra}) for extra in extras or [""]
            ):
                queue.append(child)
    assert sorted(set(pins()) - needed) == []


def test_what_is_installed_is_what_is_locked():
    different = {}
    for name, pin in pins().items():
        try:
            installed = metadata.version(name).split("+")[0]
        except metadata.PackageNotFoundError:
            installed = "not installed"
        if f"=={installed}" != pin:
            different[name] = (installed, pin)
    assert different == {}


def test_conda_takes_python_and_tools_and_pip_takes_the_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = environment["dependencies"]
    assert pip == {"pip": ["-r requirements.lock", "-e ."]}
    names = {text.split("=")[0]: text.partition("=")[2] for text in conda}
    assert names.pop("python") in SpecifierSet(PROJECT["requires-python"])
    assert (set(names) - {"pip"}) & set(pins()) == set()
