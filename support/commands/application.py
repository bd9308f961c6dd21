"""The command `ringmaster`: puts its parts together, those that platforms add included."""

import os
import sys
from functools import cache

import click

from environments.choose import platform_classes
from environments.errors import BrokenPlatform
from support.commands.bus import bus_application
from support.commands.choose_ring import choose_ring
from support.commands.clean import clean
from support.commands.comparison import compat, drift, parity
from support.commands.deployments import down, status, up
from support.commands.doctor import doctor
from support.commands.flakes import flakes
from support.commands.help import Group
from support.commands.history import history_application
from support.commands.inventory import inventory
from support.commands.lint import lint
from support.commands.merge import merge
from support.commands.new import new_application
from support.commands.profiles import profiles
from support.commands.regression_rate import regression_rate
from support.commands.render import render
from support.commands.report import report
from support.commands.run import platform_options, run
from support.commands.sabotage import sabotage
from support.commands.sabotages import sabotages
from support.commands.settings import settings
from support.commands.show import show
from support.commands.steps import steps
from support.commands.tags import tags
from support.results.exit_codes import exit_code_table
from support.settings import platform_settings
from support.settings_file import SettingsError
from support.terminal import complain

OWN = (
    run,
    show,
    report,
    lint,
    steps,
    tags,
    new_application,
    doctor,
    settings,
    profiles,
    sabotage,
    sabotages,
    history_application,
    flakes,
    merge,
    clean,
    up,
    down,
    status,
    parity,
    drift,
    compat,
    regression_rate,
    choose_ring,
    inventory,
    render,
    bus_application,
)


@click.group(cls=Group, epilog=exit_code_table(), context_settings={"max_content_width": 120, "show_default": True})
def application() -> None:
    """Runs a platform's QA playbook as plain-language scenarios."""


for command in OWN:
    application.add_command(command)


@cache
def add_platforms() -> None:
    """Add the commands and options of all platforms.

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
    run.params += platform_options()
    up.params += platform_options()


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
