"""What the commands write: lines as they stand, in colour where somebody looks at a terminal that can show it.

rich, which makes the tables, takes longer to import than most commands take, so only what shows a table imports it.
"""

import os
import sys
from typing import IO, TYPE_CHECKING, Literal, TypeAlias

import click

from support.redaction import redact

if TYPE_CHECKING:
    from rich.table import Table

Style: TypeAlias = Literal["", "bold", "dim", "red", "green", "yellow", "cyan", "magenta"]


def say(line: str = "", style: Style = "") -> None:
    """Write a line to stdout."""
    click.echo(styled(line, style), color=shows_colours(sys.stdout))


def complain(message: str) -> None:
    """One redacted message on stderr that says what is wrong."""
    click.echo(styled(f"ringmaster: {redact(message)}", "red"), err=True, color=shows_colours(sys.stderr))


def show_table(table: "Table") -> None:
    """Write a table to stdout; `[/b]` or `:warning:` in a cell is neither a style nor a picture."""
    from rich.console import Console

    Console(markup=False, emoji=False, highlight=False).print(table)


def styled(text: str, style: Style) -> str:
    """The text with the codes that make a terminal show it so."""
    if not text or not style:
        return text
    return click.style(text, fg=None if style in ("bold", "dim") else style, bold=style == "bold" or None, dim=style == "dim" or None)


def shows_colours(stream: IO[str]) -> bool:
    """Whether what goes there is coloured: as NO_COLOR or FORCE_COLOR say, else on terminals that can. Source: no-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_able_terminal(stream)


def is_able_terminal(stream: IO[str]) -> bool:
    """Whether it is a terminal that knows colours and can erase."""
    return stream.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
