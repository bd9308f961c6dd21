"""The command `ringmaster render`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from support.commands.common import refused, settings_or_exit
from support.settings_file import SettingsError
from support.terminal import say

if TYPE_CHECKING:
    from environments.platform import Platform

HEADER = """\
# Made by `ringmaster render compose --platform {platform}`: do not edit. Its services, each with little power, on 127.0.0.1 only.
# The variables SECRET_... have to be set. IMAGE_SERVICES and IMAGE_PACKAGES name the images (`docker images` lists those that a run on
# compose has built), IMAGE_<SERVICE> that of one service: so a real one takes the place of a reference service.
"""


@click.command()
@click.argument("what", type=click.Choice(["compose", "chart"]))
@click.option("--platform", metavar="NAME", help="the platform; `default_platform` when left out")
@click.option("--to", type=click.Path(path_type=Path), metavar="FOLDER", help="where a chart is written, which has several files")
def render(what: str, platform: str | None, to: Path | None) -> None:
    """Print the services of a platform as a compose file, or write them as a Helm chart.

    Neither has secrets: whoever brings it up sets them as variables or values.

    \b
    Examples:
    ringmaster render compose > docker-compose.integration.yml
    ringmaster render chart --to chart    then: helm install NAME chart --set images.services=IMAGE --set secrets.NAME=VALUE ...
    """
    from environments.choose import platform_class
    from environments.errors import SubstrateError

    if (to is None) == (what == "chart"):
        raise refused("a chart needs a folder: --to FOLDER" if what == "chart" else "--to is for charts: a compose file is printed")
    settings = settings_or_exit()
    try:
        chosen = settings.chosen_platform(platform)
        made = platform_class(chosen)(settings.platform_values(chosen))
    except (SettingsError, SubstrateError) as error:
        raise refused(error) from None
    if to is None:
        sys.stdout.write(rendered(made))
    else:
        _write_chart(made, to)


def rendered(platform: "Platform") -> str:
    """A platform's compose file, as YAML."""
    from environments.compose.integration import integration_file

    return HEADER.format(platform=platform.name) + _yaml(integration_file(platform))


def _write_chart(platform: "Platform", folder: Path) -> None:
    from environments.kind.chart import chart

    if folder.exists() and any(folder.iterdir()) and not (folder / "Chart.yaml").exists():
        raise refused(f"{folder} holds something other than a chart: name an empty folder")
    for place, content in chart(platform).items():
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        objects = content if isinstance(content, list) else [content]
        file.write_text(content if isinstance(content, str) else "---\n".join(map(_yaml, objects)), encoding="utf-8")
    say(f"wrote the chart of {platform.name} to {folder}")


def _yaml(thing: object) -> str:
    import yaml

    class WithoutAnchors(yaml.SafeDumper):  # type: ignore[misc]
        """What is the same twice is written twice."""

        def ignore_aliases(self, _data: object) -> bool:
            return True

    written: str = yaml.dump(thing, Dumper=WithoutAnchors, sort_keys=False, width=1000)
    return written
