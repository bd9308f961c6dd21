"""The command `ringmaster tags`."""

from pathlib import Path

import click

from support.commands.common import refused
from support.settings_file import SettingsError, declare_also
from support.terminal import say


@click.command()
@click.argument("features", nargs=-1, type=click.Path(path_type=Path), help="features of a project with tags of its own")
def tags(features: tuple[Path, ...]) -> None:
    """List the tags that scenarios may carry, and what each means: the general ones, each platform's, and the project's own."""
    from support.authoring.tags import tags_by_owner

    declare_also(features)
    try:
        found = tags_by_owner()
    except SettingsError as error:
        raise refused(error) from None
    for owner, known in found.items():
        if owner:
            say(f"{owner}:", "bold")
        for tag in known:
            say(f"{'  ' if owner else ''}{tag}: {tag.meaning}")
