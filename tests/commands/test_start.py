"""How little is loaded until the help is shown and until the first step of a run, since all of it makes every start longer."""

import subprocess
import sys

import pytest

FEATURE = "Feature: f\n  @p2\n  Scenario: s\n    Given a thing\n"
STEPS = """
import sys
from dataclasses import is_dataclass
from pathlib import Path
from behave import given

@given("a thing")
def thing(context):
    found = {name: module for name, module in sys.modules.items() if name.startswith(("environments", "support", "reports"))}
    own = {one for name, module in found.items() for one in vars(module).values() if isinstance(one, type) and one.__module__ == name}
    compiled = [one.__name__ for one in own if is_dataclass(one) and "__init__" in vars(one)]
    Path("loaded").write_text("\\n".join([*sys.modules, *(f"dataclass {name}" for name in compiled)]))
"""
OF_NO_START = {"boto3", "click.testing", "detect_secrets", "httpx", "importlib.metadata", "jinja2", "psutil", "pydantic", "rich", "yaml"}
OF_NO_HELP = {"behave", "csv", "gherkin", "socket", "sqlite3", "subprocess", "support.redaction", "support.runner"}
OF_NO_TRIVIAL_RUN = {
    *(
        "importlib.resources",
        "reports.formats.events",
        "reports.html.page",
        "statistics",
        "support.authoring.tags",
        "csv",
        "sqlite3",
        "support.history.reading",
    ),
    *("support.results.run_record", "support.runner.conclusion", "support.runner.planning.profiles", "support.runner.planning.rerun"),
    *("support.runner.planning.shards",),
}
MOST_MODULES_OF_THE_HELP = 45
MOST_MODULES_OF_A_RUN = 175
MOST_DATACLASSES_OF_A_RUN = 8
"""A frozen one takes half a millisecond to define, a named tuple a tenth of that, and a class derived from `Frozen` a twentieth."""


def own(loaded: set[str]) -> list[str]:
    """The project's modules."""
    return sorted(name for name in loaded if name.partition(".")[0] in ("environments", "support", "reports"))


@pytest.fixture(scope="module")
def loaded_by_run(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What is loaded when the first step of a run without a platform begins."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "steps").mkdir()
    (folder / "steps" / "things.py").write_text(STEPS)
    (folder / "f.feature").write_text(FEATURE)
    command = [sys.executable, "-m", "support", "run", "--substrate", "none", "--results-folder", str(folder / "out"), "f.feature"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return set((folder / "loaded").read_text().splitlines())


def test_the_help_loads_little() -> None:
    code = "import sys; from support.commands.application import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    ended = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, timeout=120, check=True)
    loaded = set(ended.stderr.split())
    assert sorted(loaded & (OF_NO_START | OF_NO_HELP)) == []
    assert len(own(loaded)) <= MOST_MODULES_OF_THE_HELP, own(loaded)


def test_a_run_without_a_platform_loads_little_until_its_first_step(loaded_by_run: set[str]) -> None:
    assert sorted(loaded_by_run & (OF_NO_START | OF_NO_TRIVIAL_RUN)) == []
    assert len(own(loaded_by_run)) <= MOST_MODULES_OF_A_RUN, own(loaded_by_run)


def test_a_run_without_a_platform_defines_few_dataclasses_until_its_first_step(loaded_by_run: set[str]) -> None:
    dataclasses = sorted(name for name in loaded_by_run if name.startswith("dataclass "))
    assert len(dataclasses) <= MOST_DATACLASSES_OF_A_RUN, dataclasses
