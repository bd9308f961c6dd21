"""The command `ringmaster lint`."""

from pathlib import Path

import click
from click.exceptions import Exit

from support.commands.common import refused
from support.settings_file import SettingsError

EPILOG = "Exit codes: 0 nothing was found; 1 something was; 2 something could not be read, or is not there."


@click.command(epilog=EPILOG)
@click.argument(
    "paths", nargs=-1, type=click.Path(path_type=Path), help="features, Python files or folders; all of the project when left out"
)
@click.option(
    "--format",
    "as_format",
    type=click.Choice(["text", "github", "json"]),
    default="text",
    help="github prints annotations for a pull request",
)
@click.option("--rules", is_flag=True, help="list the rules instead, and what each is for")
def lint(paths: tuple[Path, ...], as_format: str, rules: bool) -> None:
    """Check features and steps against the project's rules, without starting anything.

    Examples: `ringmaster lint`, `ringmaster lint features/shop`, `ringmaster lint --format github`.
    """
    from support.authoring.lint.check import lint as check
    from support.authoring.lint.output import FORMATS
    from support.redaction import redact

    if rules:
        click.echo("\n".join(_rules()))
        return
    try:
        report = check(paths)
    except SettingsError as error:
        raise refused(error) from None
    # surrogates stand for bytes of file names that are no text
    click.echo(redact(FORMATS[as_format](report)).encode("utf-8", "backslashreplace").decode("utf-8"))
    raise Exit(report.exit_code)


def _rules() -> list[str]:
    from support.authoring.lint.check import name_of
    from support.authoring.lint.rules import RULES

    return [f"{name_of(rule)}: {' '.join((rule.__doc__ or '').split())}" for rule in RULES]
