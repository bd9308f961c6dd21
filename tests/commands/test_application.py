"""What the command line makes of wrong commands, of Ctrl-C, and of a seed that is left out."""

import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import click
import pytest
from click.testing import CliRunner

from support.commands.application import application
from support.commands.help import Group


@pytest.mark.parametrize(
    ("given", "meant"), [(["rnu"], "run"), (["Lint"], "lint"), (["bus", "sho"], "show"), (["new", "featur"], "feature")]
)
def test_an_unknown_command_is_refused_with_the_nearest_one(given: list[str], meant: str) -> None:
    refused = CliRunner().invoke(application, given)
    assert refused.exit_code == 2
    assert f"No such command '{given[-1]}'. Did you mean '{meant}'?" in refused.output


def test_an_unknown_option_is_refused_with_the_nearest_one() -> None:
    refused = CliRunner().invoke(application, ["run", "--worker", "4"])
    assert refused.exit_code == 2
    assert "'--workers'" in refused.output


@pytest.mark.parametrize("group", [[], ["new"]])
def test_a_group_without_a_command_shows_its_help(group: list[str]) -> None:
    shown = CliRunner().invoke(application, group)
    assert shown.exit_code == 2
    assert "Commands:" in shown.output


def test_ctrl_c_is_130() -> None:
    def interrupted() -> NoReturn:
        raise KeyboardInterrupt

    group = Group(commands={"wait": click.Command("wait", callback=interrupted)})
    stopped = CliRunner().invoke(group, ["wait"])
    assert (stopped.exit_code, stopped.output) == (130, "")


def test_a_path_after_shuffle_is_not_taken_for_the_seed(tmp_path: Path) -> None:
    options = ["--shuffle", "features/nothing", "--list", "--substrate", "none", "--results-folder", str(tmp_path)]
    ended = subprocess.run([sys.executable, "-m", "support", "run", *options], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert "no such feature file or folder: features/nothing" in ended.stderr
