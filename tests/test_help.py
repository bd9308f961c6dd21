"""What `ringmaster run --help` tells: every option, examples that work, and the exit codes as in the README."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from support.command_line import EPILOG, application
from support.runner.exit_codes import MEANINGS

README = Path(__file__).parent.parent / "README.md"
# the main uses, each with an example
USES = (
    "--ring",
    "--profile",
    "--tags",
    "--workers",
    "--shuffle",
    "--fail-fast",
    "--rerun-failed",
    "--repeat",
    "--until-fail",
    "--shard",
    "--keep",
    "--run-budget",
    "--scenario-budget",
)

run: Any = typer.main.get_command(application).commands["run"]  # type: ignore[attr-defined]
EXAMPLES = [re.split(r"\s{2,}", line.strip())[0] for line in run.help.splitlines() if line.strip().startswith("ringmaster run")]


@pytest.mark.parametrize("parameter", run.params, ids=lambda parameter: str(parameter.name))
def test_every_option_is_explained(parameter: Any) -> None:  # noqa: ANN401 - one of click's
    assert len((parameter.help or "").split()) >= 3, parameter.name


@pytest.mark.parametrize("use", USES)
def test_every_main_use_has_an_example(use: str) -> None:
    assert any(use in example.split() for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_understood(example: str) -> None:
    # as `main` does, since the seed may be left out
    arguments = [f"{word}=1" if word == "--shuffle" else word for word in shlex.split(example)[2:]]
    assert run.make_context("run", arguments).params["substrate"] is None


def test_help_and_readme_have_the_same_table_of_exit_codes() -> None:
    readme = README.read_text()
    for code, meaning in MEANINGS.items():
        assert f"| {code.value} | {meaning} |" in readme
        assert f"{code.value}: {meaning}" in EPILOG
