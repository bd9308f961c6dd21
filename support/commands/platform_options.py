"""The options that platforms add to commands which start one."""

from functools import cache

import click

from environments.choose import platform_classes
from support.commands.help import SectionedCommand, SectionedOption


class PlatformCommand(SectionedCommand):
    """A command that takes each platform's settings too, under the platform's name."""

    def get_params(self, context: click.Context) -> list[click.Parameter]:
        """Its own parameters, then the platforms'."""
        return [*super().get_params(context), *_platform_options()]


@cache
def _platform_options() -> list[click.Option]:
    return [
        SectionedOption(
            [f"--{setting.name.replace('_', '-')}", setting.name],
            metavar=setting.metavar or "VALUE",
            section=f"The platform {platform.name}",
            help=setting.meaning,
        )
        for platform in platform_classes()
        for setting in platform.settings
        if setting.option
    ]
