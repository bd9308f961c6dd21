"""A new platform: what the command writes, how it is written, and which names it refuses."""

import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from support.authoring.new import platform as new
from support.commands.application import application

PROJECT = Path(__file__).parents[3]
SECOND_PLATFORM = PROJECT / "tests" / "second_platform"
LONGEST = "a_name_as_long_as_one_may_be_x"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository, in which the command works."""
    root = tmp_path.resolve()
    for folder in ("environments/platforms", "support/platforms", "steps", "features"):
        (root / folder).mkdir(parents=True)
    monkeypatch.setattr(new, "PLATFORMS_FOLDER", root / "environments" / "platforms")
    monkeypatch.chdir(root)
    return root


def called(name: str) -> tuple[int, str]:
    result = CliRunner().invoke(application, ["new", "platform", name])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.exit_code, result.output


def files_in(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file() and "shop" in file.parts}


def test_the_second_platform_of_the_tests_is_as_the_command_makes_it(repository: Path) -> None:
    exit_code, output = called("shop")
    assert exit_code == 0, output
    made, kept = files_in(repository), files_in(SECOND_PLATFORM)
    own = {"features/shop/orders.feature", "steps/shop/orders.py"}
    assert {name: kept[name] for name in kept.keys() - own} == made
    assert kept.keys() >= own


def test_its_service_listens_where_the_substrate_says_so_that_it_is_reached_in_a_container(repository: Path) -> None:
    called("shop")
    made = runpy.run_path(str(repository / "environments" / "platforms" / "shop" / "platform.py"))
    site = SimpleNamespace(host=lambda: "every interface", port=lambda: 8080)
    assert made["NOTES"].variables(site) == {"HTTP_HOST": "every interface", "HTTP_PORT": "8080"}


def test_it_says_what_was_made_and_what_to_do_next(repository: Path) -> None:
    _, output = called("shop")
    lines = output.splitlines()
    assert all((repository / line).is_file() for line in lines[: lines.index("Next:")])
    assert "ringmaster run features/shop" in output
    assert "docs/adding-a-platform.md" in output


@pytest.mark.parametrize("name", ["a", "shop", "two_words", LONGEST])
def test_what_it_writes_is_written_as_the_project_is_whatever_the_name(repository: Path, name: str) -> None:
    assert called(name)[0] == 0
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "--config", str(PROJECT / "pyproject.toml"), "."]
        ended = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "cannot name a platform"),
        ("My-Shop", "Did you mean 'my_shop'?"),
        ("2shop", "Did you mean 'shop'?"),
        ("../shop", "Did you mean 'shop'?"),
        ("shop_", "Did you mean 'shop'?"),
        ("a__b", "Did you mean 'a_b'?"),
        (LONGEST + "y", "at most 30 characters"),
        ("class", "has a meaning of its own"),
        ("common", "has a meaning of its own"),
        ("none", "has a meaning of its own"),
        ("tracebloc", "there is a platform 'tracebloc' already"),
    ],
)
def test_a_bad_or_taken_name_is_refused_and_nothing_is_written(repository: Path, name: str, words: str) -> None:
    exit_code, output = called(name)
    assert (exit_code, words in output) == (2, True), output
    assert [file for file in repository.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize("there", ["features/shop/kept.txt", "steps/shop/notes.py"])
def test_nothing_is_overwritten(repository: Path, there: str) -> None:
    (repository / there).parent.mkdir()
    (repository / there).write_text("mine")
    exit_code, output = called("shop")
    assert exit_code == 2
    assert "is there already, and nothing is overwritten" in output
    assert {str(file.relative_to(repository)): file.read_text() for file in repository.rglob("*") if file.is_file()} == {there: "mine"}


def test_elsewhere_it_says_where_to_go(repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    exit_code, output = called("shop")
    assert exit_code == 2
    assert f"go to {repository} first" in "".join(output.splitlines())
