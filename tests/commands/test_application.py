"""What the command line makes of wrong commands, of Ctrl-C, and of a seed that is left out."""

import subprocess
import sys
from inspect import cleandoc
from pathlib import Path
from typing import NoReturn

import click
import pytest
from click.testing import CliRunner

from environments import choose
from support.commands.application import COMMANDS, add_platforms, application, main
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


def test_a_platform_that_cannot_be_loaded_is_named_with_its_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_name: str) -> NoReturn:
        raise SyntaxError("invalid syntax")

    add_platforms.cache_clear()
    monkeypatch.setattr(choose, "import_module", broken)
    monkeypatch.setattr("support.commands.application.platform_settings", choose.platform_classes)
    with pytest.raises(SystemExit, match="2"):
        main()
    said = capsys.readouterr().err
    assert "the platform 'observatory' cannot be loaded: SyntaxError: invalid syntax. Fix " in said
    assert "observatory/platform.py" in said


def test_sabotages_are_listed_by_platform() -> None:
    lines = CliRunner().invoke(application, ["sabotages"]).output.splitlines()
    assert lines[0] == "observatory"
    assert lines[1].startswith("  accepted-job-not-handed-on: the gateway accepts a job and")
    assert lines[lines.index("tracebloc") + 1].startswith("  weights-averaged-unweighted: every participant counts the same")


def test_tags_are_listed_general_ones_first_then_by_platform_and_those_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ringmaster.toml").write_text('[tags]\nslow = "takes more than a minute"\n')
    lines = CliRunner().invoke(application, ["tags"]).output.splitlines()
    assert lines[0].startswith("@ring1: ")
    assert lines[lines.index("tracebloc:") + 1].startswith("  @ingestor: ")
    assert lines[lines.index("this project:") + 1] == "  @slow: takes more than a minute"


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


def test_a_command_is_loaded_without_the_others() -> None:
    code = "import sys; from support.commands.application import application; application.commands['lint']; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "support.commands.lint" in loaded
    assert not {"support.commands.run", "support.commands.sabotage", "support.commands.steps"} & set(loaded)


def test_the_help_lists_all_commands_and_loads_none() -> None:
    code = "import sys; from support.commands.application import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    ended = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True)
    assert all(f"\n  {name} " in ended.stdout for name in COMMANDS)
    assert not set(ended.stderr.split()) & {f"support.commands.{listed.module}" for listed in COMMANDS.values()}


def test_commands_are_listed_as_their_own_help_begins() -> None:
    listed = {name: listed.summary for name, listed in COMMANDS.items()}
    own = {name: " ".join(cleandoc(application.commands[name].help or "").partition("\n\n")[0].split()) for name in listed}
    assert listed == own


def test_every_command_is_found_under_its_name() -> None:
    assert [command.name for command in application.commands.values()] == list(application.commands)
