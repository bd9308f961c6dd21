"""The command `ringmaster settings`."""

import click

from support.commands.common import settings_or_exit
from support.terminal import say


@click.command()
def settings() -> None:
    """Print all settings in force, those of each platform under its name."""
    for line in settings_or_exit().lines():
        say(line)
