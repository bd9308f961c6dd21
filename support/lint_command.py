"""The command `ringmaster lint`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

EPILOG = "Exit codes: 0 nothing was found; 1 something was; 2 something could not be read, or is not there."


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    GITHUB = "github"
    JSON = "json"


def lint(
    paths: Annotated[list[Path] | None, typer.Argument(help="features, Python files or folders; all of the project when left out")] = None,
    as_format: Annotated[Format, typer.Option("--format", help="github prints annotations for a pull request")] = Format.TEXT,
    rules: Annotated[bool, typer.Option("--rules", help="list the rules instead, and what each is for")] = False,
) -> None:
    """Hold features and steps to the project's rules, without starting anything.

    Examples: `ringmaster lint`, `ringmaster lint features/playbook`, `ringmaster lint --format github`.
    """
    from support.lint.check import lint as check
    from support.lint.output import FORMATS

    if rules:
        typer.echo("\n".join(_rules()))
        return
    report = check(paths or ())
    # surrogates stand for bytes of file names that are no text
    typer.echo(FORMATS[as_format](report).encode("utf-8", "backslashreplace").decode("utf-8"))
    raise typer.Exit(report.exit_code)


def _rules() -> list[str]:
    from support.lint.check import name_of
    from support.lint.rules import RULES

    return [f"{name_of(rule)}: {' '.join((rule.__doc__ or '').split())}" for rule in RULES]
