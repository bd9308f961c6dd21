"""What the commands write: lines as they stand, in colour where somebody looks at a terminal that can show it.

rich, which makes the tables, takes longer to import than most commands take, so only what shows a table imports it.
"""

import os
import re
import sys
from typing import IO, TYPE_CHECKING, Literal, TypeAlias

import click

from support.redaction import redact

if TYPE_CHECKING:
    from rich.table import Table

Style: TypeAlias = Literal["", "bold", "dim", "red", "green", "yellow", "cyan", "magenta"]
COLOUR_CODES = re.compile("\x1b\\[[0-9;:]*m")
# controls (but for tabs and line feeds), marks that turn the direction of writing, line ends of other kinds, what is no character
UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)


def say(line: str = "", style: Style = "") -> None:
    """Write a line to stdout."""
    click.echo(styled(showable(line), style), color=shows_colours(sys.stdout))


def complain(message: str) -> None:
    """One redacted message on stderr that says what is wrong."""
    click.echo(styled(f"ringmaster: {showable(redact(message))}", "red"), err=True, color=shows_colours(sys.stderr))


def show_table(table: "Table") -> None:
    """Write a table to stdout; `[/b]` or `:warning:` in a cell is neither a style nor a picture."""
    from rich.console import Console

    Console(markup=False, emoji=False, highlight=False).print(table)


def showable(text: str) -> str:
    """The text without colours of its own, and with what a terminal would obey rather than show written out, such as `\\x1b`."""
    if text.isprintable():
        return text
    plain = COLOUR_CODES.sub("", text).replace("\r\n", "\n")
    return UNSHOWABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), plain)


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
