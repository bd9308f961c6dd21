"""The command `ringmaster sabotages`."""

import click

from environments.choose import platform_classes
from support.terminal import say


@click.command()
def sabotages() -> None:
    """List the named defects that can be switched on with --sabotage, by platform."""
    for platform in platform_classes():
        say(platform.name, "bold")
        known = platform.sabotages()
        for sabotage in known:
            say(f"  {sabotage}: {sabotage.meaning}. Stands for: {sabotage.incident}.")
        if not known:
            say("  none")
