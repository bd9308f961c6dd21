"""The command `ringmaster`: puts its parts together, those that platforms add included."""

import os
import sys
from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib import import_module
from typing import NamedTuple

import click

from environments.choose import platform_classes
from environments.errors import BrokenPlatform
from environments.texts import clean_with
from support.commands.help import Group
from support.results.exit_codes import exit_code_table
from support.settings import platform_settings
from support.settings_file import SettingsError


class Listed(NamedTuple):
    """A command as the help lists it, so that listing them all loads none."""

    module: str
    """In `support/commands/`."""
    summary: str
    """What its own help begins with."""


COMMANDS = {
    "run": Listed("run", "Start the platforms, run scenarios on them, report, and stop them."),
    "show": Listed(
        "show",
        "Print a scenario's story: steps, requests and answers, queues, pods, waits and errors, in the order in which they happened.",
    ),
    "report": Listed("report", "Write a run's report again: one HTML page that needs no server and no network."),
    "lint": Listed("lint", "Check features and steps against the project's rules, without starting anything."),
    "steps": Listed("steps", "Find steps for a feature, the best first, with their parameters and examples."),
    "tags": Listed(
        "tags", "List the tags that scenarios may carry, and what each means: the general ones, each platform's, and the project's own."
    ),
    "new": Listed("new", "Write a feature, a step or a platform to start from."),
    "doctor": Listed(
        "doctor", "Check this machine: what is there for a run, what is missing and for what, and the command that installs it."
    ),
    "settings": Listed("settings", "Print all settings in force, those of each platform under its name."),
    "profiles": Listed("profiles", "List the named selections of profiles.toml, for `ringmaster run --profile NAME`."),
    "sabotage": Listed("sabotage", "Make one defect after another, prepared or random, and see which scenarios notice it."),
    "sabotages": Listed("sabotages", "List the named defects that can be switched on with --sabotage, by platform."),
    "history": Listed("history", "Show runs, their trend, and what fails, is flaky or is slow; or one run, or scenarios."),
    "flakes": Listed("flakes", "Show how reliable each scenario has been over all runs, the least reliable first."),
    "merge": Listed("merge", "Merge the results of several shards into one; the exit code is that of the whole."),
    "gate": Listed("gate", "Decide from the results of runs whether a release may go, list every rule, and write gate-decision.json."),
    "export": Listed("export", "Write a finished run in another format: GitHub's annotations and summary, or Cucumber messages."),
    "notify": Listed(
        "notify", "Say on Slack and by e-mail that the release has to wait, and why; a gate that left no decision counts as that."
    ),
    "clean": Listed(
        "clean",
        "Remove what killed runs left (processes, folders, files), and results of old runs. What a run in progress uses is not touched.",
    ),
    "up": Listed("deployments", "Start a platform and keep it until `ringmaster down`, for people and other tools."),
    "down": Listed("deployments", "Stop platforms that `ringmaster up` started, and remove all that they left."),
    "status": Listed(
        "deployments",
        "List the known deployments, and say whether each answers; exit code 1 if one does not, 2 if one may not be asked.",
    ),
    "parity": Listed(
        "comparison", "Run the same scenarios on two substrates, and say what differs: outcomes, and the services' answers by shape."
    ),
    "drift": Listed("comparison", "Compare a deployment that is there already with the reference platform, and say where they differ."),
    "compat": Listed(
        "comparison", "Run the features of a contract with another version of a package, or another checkout, and say what that changed."
    ),
    "regression-rate": Listed(
        "regression_rate",
        "Say what share of merges caused a follow-up fix within seven days, by week, before and after a date, with the list behind it.",
    ),
    "choose-ring": Listed(
        "choose_ring",
        "Say which ring the incidents of half a year justify (three or more at its boundary), and which scenario would have caught each.",
    ),
    "inventory": Listed("inventory", "Show the state of the test suites of several repositories, and what changed since the last time."),
    "render": Listed("render", "Print the services of a platform as a compose file, or write them as a Helm chart."),
    "azure": Listed(
        "azure", "A Service Bus namespace of Azure for as long as a command takes; the variables AZURE_... say whose and where."
    ),
    "bus": Listed("bus", "A Service Bus for tests that the official client libraries can use, on this machine."),
}
"""In the order of the help."""


class _Commands(MutableMapping[str, click.Command]):
    """The commands by name, each imported when it is asked for: all of them would take longer to load than one does its work."""

    def __init__(self) -> None:
        self._added: dict[str, click.Command] = {}
        self._names = dict.fromkeys(COMMANDS)

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._added:
            self._added[name] = getattr(import_module(f"support.commands.{COMMANDS[name].module}"), name.replace("-", "_"))
        return self._added[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._names[name] = None
        self._added[name] = command

    def __delitem__(self, name: str) -> None:
        del self._names[name]
        self._added.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@click.group(cls=Group, commands=_Commands(), epilog=exit_code_table(), context_settings={"max_content_width": 120, "show_default": True})
@click.version_option(package_name="ringmaster", message="ringmaster %(version)s")
def application() -> None:
    """Runs a platform's QA playbook as plain-language scenarios."""


application.summaries = {name: listed.summary for name, listed in COMMANDS.items()}


@cache
def add_platforms() -> None:
    """Add the commands of all platforms.

    Raises:
        BrokenPlatform: a platform cannot be loaded.
        SettingsError: a platform's setting or command has a name that is taken.
    """
    platform_settings()
    for platform in platform_classes():
        for added in platform.commands():
            if added.name in application.commands:
                raise SettingsError(f"the platform {platform.name} adds a command '{added.name}', which there is already: rename it")
            application.add_command(added)
            application.owners[str(added.name)] = platform.name


def _without_secrets(text: str) -> str:
    # what it takes costs more than most commands, which show no log
    from support.redaction import redact

    return redact(text)


def main() -> None:
    """Entry point of the command."""
    clean_with(_without_secrets)
    # with an optional value of click's, `--shuffle features/x` would take the path for the seed
    sys.argv = [f"{argument}={os.urandom(3).hex()}" if argument in ("--shuffle", "--jitter") else argument for argument in sys.argv]
    try:
        add_platforms()
    except (BrokenPlatform, SettingsError) as error:
        # only who has something to say hides secrets in it
        from support.terminal import complain

        complain(str(error))
        sys.exit(2)
    application(prog_name="ringmaster")
