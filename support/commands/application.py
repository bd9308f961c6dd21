"""The command `ringmaster`: puts its parts together, those that platforms add included."""

import os
import sys
from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib import import_module

import click

from environments.choose import platform_classes
from environments.errors import BrokenPlatform
from support.commands.help import Group
from support.results.exit_codes import exit_code_table
from support.settings import platform_settings
from support.settings_file import SettingsError
from support.terminal import complain

MODULES = {
    "run": "run",
    "show": "show",
    "report": "report",
    "lint": "lint",
    "steps": "steps",
    "tags": "tags",
    "new": "new",
    "doctor": "doctor",
    "settings": "settings",
    "profiles": "profiles",
    "sabotage": "sabotage",
    "sabotages": "sabotages",
    "history": "history",
    "flakes": "flakes",
    "merge": "merge",
    "gate": "gate",
    "export": "export",
    "notify": "notify",
    "clean": "clean",
    "up": "deployments",
    "down": "deployments",
    "status": "deployments",
    "parity": "comparison",
    "drift": "comparison",
    "compat": "comparison",
    "regression-rate": "regression_rate",
    "choose-ring": "choose_ring",
    "inventory": "inventory",
    "render": "render",
    "azure": "azure",
    "bus": "bus",
}
"""The module of each command in `support/commands/`, in the order of the help."""


class _Commands(MutableMapping[str, click.Command]):
    """The commands by name, each imported when it is asked for: all of them would take longer to load than one does its work."""

    def __init__(self) -> None:
        self._added: dict[str, click.Command] = {}
        self._names = dict.fromkeys(MODULES)

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._added:
            self._added[name] = getattr(import_module(f"support.commands.{MODULES[name]}"), name.replace("-", "_"))
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
def application() -> None:
    """Runs a platform's QA playbook as plain-language scenarios."""


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


def main() -> None:
    """Entry point of the command."""
    # with an optional value of click's, `--shuffle features/x` would take the path for the seed
    sys.argv = [f"{argument}={os.urandom(3).hex()}" if argument in ("--shuffle", "--jitter") else argument for argument in sys.argv]
    try:
        add_platforms()
    except (BrokenPlatform, SettingsError) as error:
        complain(str(error))
        sys.exit(2)
    application(prog_name="ringmaster")
