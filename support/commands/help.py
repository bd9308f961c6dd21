"""What the commands' help and their end by Ctrl-C have in common."""

from collections.abc import Callable
from inspect import cleandoc
from typing import Any, TypeVar

import click
from click.exceptions import Exit

from support.results.exit_codes import ExitCode

Decorated = TypeVar("Decorated", bound=Callable[..., Any] | click.Command)


class Group(click.Group):
    """Shows commands in the order in which they were added, each with all of its first paragraph; a platform's under its name."""

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.owners: dict[str, str] = {}
        """The platforms that added commands, by the command's name."""
        self.summaries: dict[str, str] = {}
        """What is listed of commands that are loaded only when they are chosen."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one line a command, or as many as its words take."""
        for owner in dict.fromkeys(["", *self.owners.values()]):
            rows = [(name, self._summary(name)) for name in self.commands if self.owners.get(name, "") == owner]
            with formatter.section(f"The platform {owner}" if owner else "Commands"):
                formatter.write_dl(rows)

    def _summary(self, name: str) -> str:
        return self.summaries.get(name) or cleandoc(self.commands[name].help or "").partition("\n\n")[0]

    def invoke(self, context: click.Context) -> Any:  # noqa: ANN401 - whatever the command returns
        """As a shell has it, Ctrl-C is 130; click alone would say 1."""
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            raise Exit(ExitCode.INTERRUPTED) from None


class SectionedOption(click.Option):
    """An option that the help shows in a section of its own kind."""

    def __init__(self, *declarations: Any, section: str, **attributes: Any) -> None:
        super().__init__(*declarations, **attributes)
        self.section = section


class SectionedCommand(click.Command):
    """Its help shows options by section, in the order in which the sections first appear."""

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a list for each section; options without one come under Options."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(context):
            if isinstance(parameter, click.Option) and (row := parameter.get_help_record(context)):
                sections.setdefault(getattr(parameter, "section", "Options"), []).append(row)
        # what a command takes itself comes first, `--help` last
        for section, rows in sorted(sections.items(), key=lambda item: item[0] == "Options"):
            with formatter.section(section):
                formatter.write_dl(rows)


def option(*declarations: str, section: str, **attributes: Any) -> Callable[[Decorated], Decorated]:
    """`click.option`, in a section of the help."""
    return click.option(*declarations, cls=SectionedOption, section=section, **attributes)
