"""The command `ringmaster export`."""

from pathlib import Path

import click
from click.exceptions import Exit

from support.commands.common import refused
from support.commands.formats import FORMATS, write_formats
from support.settings import read_results_folder
from support.settings_file import SettingsError


@click.command()
@click.argument(
    "run", required=False, type=click.Path(path_type=Path), help="the folder of a run, also a merged one; the newest when left out"
)
@click.option("--format", "formats", type=click.Choice(FORMATS), multiple=True, required=True, help="if repeated, both")
def export(run: Path | None, formats: tuple[str, ...]) -> None:
    """Write a finished run in another format: GitHub's annotations and summary, or Cucumber messages.

    Examples: `ringmaster export --format messages`, `ringmaster export reports/out/latest --format github`.
    """
    try:
        folder = (run or read_results_folder(None) / "latest").resolve()
    except SettingsError as error:
        raise refused(error) from None
    if not write_formats(folder, formats):
        raise Exit(2)
