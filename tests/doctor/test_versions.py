"""The doctor warns of packages in other versions than the project was tested with."""

import json
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner

from support.commands.application import application
from support.doctor import diagnosis
from support.doctor.versions import PROJECT, Difference, differences

HTTPX, PSUTIL = version("httpx"), version("psutil")
Make = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Make:
    """`project(["httpx==1"], needs=["httpx>=1"], extra=["moto"])` makes a folder with the two files."""

    def make(pins: list[str], needs: list[str] | None = None, extra: list[str] | None = None, python: str = ">=3.11") -> Path:
        (tmp_path / "constraints.txt").write_text("# tested together\n" + "".join(f"{pin}\n" for pin in pins))
        lists = f"dependencies = {json.dumps(needs or [])}\n[project.optional-dependencies]\nmore = {json.dumps(extra or [])}\n"
        (tmp_path / "pyproject.toml").write_text(f'[project]\nrequires-python = "{python}"\n{lists}')
        return tmp_path

    return make


def test_what_is_as_wanted_is_not_told(project: Make) -> None:
    assert differences(project([f"httpx=={HTTPX}", f"PSUTIL=={PSUTIL}"], ["httpx>=0.1"], ["psutil>=1"])) == []


def test_another_version_than_the_pinned_one_is_told_once(project: Make) -> None:
    folder = project(["httpx==0.0.1"], ["HTTPX>=99"])
    assert differences(folder) == [Difference("httpx", HTTPX, "==0.0.1", "constraints.txt")]


def test_without_a_pin_the_range_counts(project: Make) -> None:
    assert differences(project([], ["httpx>=99"])) == [Difference("httpx", HTTPX, ">=99", "pyproject.toml")]
    assert differences(project([], [], ["psutil<1"])) == [Difference("psutil", PSUTIL, "<1", "pyproject.toml")]


def test_what_is_not_installed_is_told_only_where_nothing_works_without_it(project: Make) -> None:
    assert differences(project(["no-such-package==1"], [], ["no-such-package==1"])) == []
    assert differences(project([], ["no-such-package==1"])) == [Difference("no-such-package", None, "==1", "pyproject.toml")]


def test_pythons_own_version_counts(project: Make) -> None:
    assert differences(project([], python=">=9")) == [Difference("Python", platform.python_version(), ">=9", "pyproject.toml")]


def test_without_the_files_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert differences(tmp_path) == []


def test_this_project_asks_for_nothing_that_its_own_pins_refuse() -> None:
    assert (PROJECT / "constraints.txt").is_file()
    assert [other for other in differences() if other.wanted_by == "pyproject.toml"] == []


def test_the_doctor_tells_them_in_words_and_in_json(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(["httpx==0.0.1", "psutil==0.0.2"])
    monkeypatch.setattr(diagnosis, "differences", lambda: differences(folder))
    monkeypatch.setenv("RINGMASTER_CLIENT_ENV", "dev")
    told = CliRunner().invoke(application, ["doctor", "--substrate", "none"])
    words = " ".join(told.output.split())
    assert f"! httpx: {HTTPX} is installed, constraints.txt wants ==0.0.1" in words
    assert "pip install -c constraints.txt 'httpx==0.0.1' 'psutil==0.0.2'" in words
    # a warning: it may do as well
    assert told.exit_code == 0, words
    answer = json.loads(CliRunner().invoke(application, ["doctor", "--substrate", "none", "--json"]).output)
    assert answer["fit"] is True
    assert answer["versions"][0] == {"name": "httpx", "installed": HTTPX, "wanted": "==0.0.1", "wanted_by": "constraints.txt"}
