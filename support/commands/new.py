"""The commands `ringmaster new feature` and `ringmaster new platform`."""

import click

from support.commands.common import refused
from support.commands.help import Group


@click.group("new", cls=Group)
def new() -> None:
    """Make something to go on from."""


@new.command()
@click.argument("name", help="what it promises, in a few words")
@click.option("--ring", type=click.IntRange(1, 3), default=1, help="1 in process, 2 services together, 3 the whole platform")
@click.option("--platform", metavar="NAME", help="whose promise it is; as `default_platform` names it when left out")
def feature(name: str, ring: int, platform: str | None) -> None:
    """Write a feature that lints and can be run, to go on from. Example: `ringmaster new feature "Late orders" --ring 3`."""
    from support.authoring.new.feature import FeatureRefused, new_feature
    from support.settings import read_settings

    try:
        path = new_feature(name, ring, platform or read_settings().default_platform)
    except FeatureRefused as error:
        raise refused(error) from None
    click.echo(f"{path}\nNext: edit it, `ringmaster steps WORDS` for more sentences, `ringmaster lint {path}`, `ringmaster run {path}`")


@new.command()
@click.argument("name", help="what its folders are called, such as shop")
def platform(name: str) -> None:
    """Write a platform that is green at once: a small HTTP service, its client, steps and a feature. Example: `new platform shop`."""
    from support.authoring.new.platform import PlatformRefused, new_platform

    try:
        files = new_platform(name)
    except PlatformRefused as error:
        raise refused(error) from None
    click.echo("\n".join(map(str, files)))
    next_steps = {
        f"ringmaster run features/{name}": "starts it and runs its feature",
        f"ringmaster sabotage features/{name}": "shows that its scenario can fail",
        "docs/adding-a-platform.md": "leads from here to a scenario against a service of your own",
    }
    width = max(map(len, next_steps))
    click.echo("\n".join(["Next:", *(f"  {step:<{width}}  {what}" for step, what in next_steps.items())]))
