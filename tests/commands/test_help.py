"""What `ringmaster run --help` says: every option, examples that work, and the exit codes as in docs/ci.md."""

import re
import shlex
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from support.commands.application import add_platforms, application
from support.commands.run import EPILOG
from support.results.exit_codes import MEANINGS

CI_PAGE = Path(__file__).parents[2] / "docs" / "ci.md"
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

SECTIONS = ("What to run", "How to run it", "Time", "Where to run it, and results", "The platform tracebloc", "Options")

add_platforms()
run: Any = application.commands["run"]
EXAMPLES = [re.split(r"\s{2,}", line.strip())[0] for line in run.help.splitlines() if line.strip().startswith("ringmaster run")]


@pytest.mark.parametrize("parameter", run.get_params(click.Context(run)), ids=lambda parameter: str(parameter.name))
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


def test_help_and_the_page_for_ci_have_the_same_table_of_exit_codes() -> None:
    page = CI_PAGE.read_text()
    for code, meaning in MEANINGS.items():
        assert f"| {code.value} | {meaning} |" in page
        assert f"{code.value}: {meaning}" in EPILOG


@pytest.mark.parametrize("width", [80, 140])
def test_help_has_its_sections_in_order_and_says_what_a_feature_is(width: int) -> None:
    shown = _help_of("run", width=width)
    headings = [line.removesuffix(":") for line in shown.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert [heading for heading in headings if heading in SECTIONS] == list(SECTIONS)
    assert re.search(r"^  \[FEATURE\]\.\.\. +feature files, folders, or file:line for one scenario", shown, re.MULTILINE)
    assert shown.index("--tags EXPRESSION") < shown.index("How to run it:") < shown.index("--workers NUMBER|auto") < shown.index("Time:")


def test_examples_and_exit_codes_keep_their_lines_in_a_narrow_terminal() -> None:
    lines = [line.strip() for line in _help_of("run", width=80).splitlines()]
    assert "\b" not in "".join(lines)
    assert lines[lines.index("Exit codes:") + 1 :] == [f"{code.value}: {meaning}" for code, meaning in MEANINGS.items()]
    assert [line for line in lines if line.startswith("ringmaster run --ring 3 ")] == [f"{'ringmaster run --ring 3':<50}one ring"]


def test_the_version_is_the_one_that_is_installed() -> None:
    shown = CliRunner().invoke(application, ["--version"])
    assert (shown.exit_code, shown.output) == (0, f"ringmaster {version('ringmaster')}\n")


def test_commands_are_listed_in_full() -> None:
    shown = " ".join(_help_of(width=80).split())
    assert (
        "Remove what killed runs left (processes, folders, files), and results of old runs. What a run in progress uses is not touched."
        in shown
    )


def test_what_a_platform_adds_stands_under_its_name() -> None:
    commands = _help_of(width=100)
    assert commands.index("Commands:") < commands.index("lint ") < commands.index("The platform tracebloc:") < commands.index("record ")
    options = _help_of("run", width=100)
    assert options.index("The platform tracebloc:") < options.index("--client-env NAME") < options.index("--frontend-checkout FOLDER")


def _help_of(*command: str, width: int) -> str:
    shown = CliRunner().invoke(application, [*command, "--help"], env={"COLUMNS": str(width)})
    assert shown.exit_code == 0
    return shown.output
