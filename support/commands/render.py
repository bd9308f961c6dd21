"""The command `ringmaster render`."""

import sys
from typing import TYPE_CHECKING

import click

from support.commands.common import refused, settings_or_exit
from support.settings_file import SettingsError

if TYPE_CHECKING:
    from environments.platform import Platform

HEADER = """\
# Made by `ringmaster render compose --platform {platform}`: do not edit. Its services, each with little power, on 127.0.0.1 only.
# The variables SECRET_... have to be set. IMAGE_SERVICES and IMAGE_PACKAGES name the images (`docker images` lists those that a run on
# compose has built), IMAGE_<SERVICE> that of one service: so a real one takes the place of a reference service.
"""


@click.command()
@click.argument("what", type=click.Choice(["compose"]))
@click.option("--platform", metavar="NAME", help="whose services; as `default_platform` names it when left out")
def render(what: str, platform: str | None) -> None:
    """Print the services of a platform as a compose file: `ringmaster render compose > docker-compose.integration.yml`.

    It has no secrets: whoever brings it up sets them as variables.
    """
    from environments.choose import platform_class
    from environments.errors import SubstrateError

    settings = settings_or_exit()
    try:
        chosen = settings.chosen_platform(platform)
        made = platform_class(chosen)(settings.platform_values(chosen))
    except (SettingsError, SubstrateError) as error:
        raise refused(error) from None
    sys.stdout.write(rendered(made))


def rendered(platform: "Platform") -> str:
    """A platform's compose file, as YAML."""
    import yaml

    class WithoutAnchors(yaml.SafeDumper):  # type: ignore[misc]
        """What is the same twice is written twice."""

        def ignore_aliases(self, _data: object) -> bool:
            return True

    from environments.compose.integration import integration_file

    body: str = yaml.dump(integration_file(platform), Dumper=WithoutAnchors, sort_keys=False, width=1000)
    return HEADER.format(platform=platform.name) + body
