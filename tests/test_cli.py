import pytest
from typer.testing import CliRunner

from hallyu.cli import app
from hallyu.courseware import curriculum

COMMANDS = ("learn", "check", "apps", "book", "models")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run `hallyu …` in a course that has no lesson yet."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_help_names_every_command_in_a_sentence(run):
    shown = run("--help")
    assert shown.exit_code == 0
    assert all(name in shown.stdout for name in COMMANDS)


def test_an_error_for_people_is_one_sentence_on_stderr(run):
    result = run("check", "webtoon/05")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == 'There is no lesson "webtoon/05". Did you mean one not yet written?\n'


def test_outside_the_course_it_says_where_to_go(run, monkeypatch, tmp_path):
    (tmp_path / "modules").rmdir()
    monkeypatch.setattr(curriculum, "__file__", "/usr/lib/a/b/curriculum.py")
    result = run("learn", "--prepare-only")
    assert result.exit_code == 1
    assert "is not inside the course" in result.stderr


def test_learn_prepares_and_says_so(run, tmp_path):
    result = run("learn", "--prepare-only")
    assert result.exit_code == 0
    assert "1 new, 0 brought up to date, 0 changed by you" in result.stdout
    assert (tmp_path / "workspace/start.md").exists()


def test_models_lists_the_catalogue(run):
    from hallyu.models import catalog

    result = run("models")
    assert result.exit_code == 0
    for entry in catalog.entries().values():
        assert entry.id in result.stdout
        assert entry.licence in result.stdout
