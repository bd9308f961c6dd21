"""The command `ringmaster profiles`."""

import click

from support.commands.common import refused
from support.terminal import say


@click.command()
def profiles() -> None:
    """List the named selections of profiles.toml, for `ringmaster run --profile NAME`."""
    from support.runner.planning.errors import ProfileError
    from support.runner.planning.profiles import read_profiles

    try:
        for profile in read_profiles().values():
            say(f"{profile.name}: {profile.meaning}. Tags: {profile.tags}")
    except ProfileError as error:
        raise refused(error) from None
