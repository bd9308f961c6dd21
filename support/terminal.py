"""What the commands write, as it stands: `[/b]` or `:warning:` in the name of a scenario or folder is neither a style nor a picture."""

from typing import TYPE_CHECKING

from support.redaction import redact

if TYPE_CHECKING:
    from rich.console import Console


def terminal(*, stderr: bool = False, soft_wrap: bool = True) -> "Console":
    """Where to print; `soft_wrap` leaves the breaking of long lines to the terminal, which is no good for tables."""
    # imported here: it takes longer than many a command
    from rich.console import Console

    return Console(stderr=stderr, soft_wrap=soft_wrap, markup=False, emoji=False, highlight=False)


def complain(message: str) -> None:
    """One redacted message on stderr that says what is wrong."""
    terminal(stderr=True).print(f"ringmaster: {redact(message)}", style="red")
