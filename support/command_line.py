"""The command `ringmaster`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from support.bus_command import bus_application
from support.flakes_command import flakes
from support.sabotage_command import sabotage
from support.settings import Settings, SettingsError, read_settings
from support.show_command import show

EPILOG = (
    "Exit codes: 0 everything passed; 1 a scenario failed or none passed; 2 what was given is wrong; 3 the platform could not be started "
    "or failed; 129, 130, 143 stopped by a signal."
)

application = typer.Typer(
    help="Runs a platform's QA playbook as plain-language scenarios.", epilog=EPILOG, no_args_is_help=True, pretty_exceptions_enable=False
)
application.add_typer(bus_application, name="bus")
application.command()(sabotage)
application.command()(show)
application.command()(flakes)
console = Console(soft_wrap=True)
complaints = Console(stderr=True, soft_wrap=True, highlight=False)


@application.command(epilog=EPILOG)
def run(
    features: Annotated[list[str] | None, typer.Argument(help="feature files or folders, or file:line; all features when left out")] = None,
    tags: Annotated[list[str] | None, typer.Option(help="tag expression, such as '@smoke and not @serial'; may be given again")] = None,
    name: Annotated[list[str] | None, typer.Option(help="part of a scenario's name; may be given again")] = None,
    substrate: Annotated[str | None, typer.Option(help="where the platform runs: embedded")] = None,
    client_env: Annotated[str | None, typer.Option(help="the platform's environment name: dev or stg")] = None,
    ingestor: Annotated[str | None, typer.Option(help="auto, tracebloc-ingest or reference")] = None,
    sabotage: Annotated[str | None, typer.Option(help="switch on one named defect, to see that scenarios notice it")] = None,
    results_folder: Annotated[Path | None, typer.Option(help="where results are left")] = None,
) -> None:
    """Start the platform, run scenarios on it, report, and stop it.

    Examples: `ringmaster run`, `ringmaster run --tags @smoke`, `ringmaster run features/playbook`.
    """
    settings = _settings(substrate=substrate, client_env=client_env, ingestor=ingestor, sabotage=sabotage, results_folder=results_folder)
    # behave and the clients are imported only when something runs
    from support.runner.run import run as run_selection
    from support.runner.selection import Selection

    selection = Selection(tuple(features or ("features",)), tuple(tags or ()), tuple(name or ()))
    raise typer.Exit(run_selection(selection, settings, console))


@application.command()
def clean() -> None:
    """Remove what killed runs left: processes, folders, files. What a living run uses is not touched."""
    from environments.ledger import clean_up_left_overs

    removed = clean_up_left_overs()
    for thing in removed:
        console.print(f"removed {thing}", highlight=False)
    console.print("nothing was left over" if not removed else f"{len(removed)} left-overs removed", highlight=False)


@application.command()
def settings() -> None:
    """Print all settings in force, secrets hidden."""
    for line in _settings().lines():
        console.print(line, highlight=False, markup=False)


@application.command()
def sabotages() -> None:
    """List the named defects that can be switched on with --sabotage."""
    from environments.reference_platform.sabotage import Sabotage

    for known in Sabotage:
        console.print(f"{known}: {known.meaning}. Stands for: {known.incident}.", highlight=False)


def _settings(**options: object) -> Settings:
    try:
        return read_settings(**options)
    except SettingsError as error:
        complaints.print(f"ringmaster: {error}", style="red", markup=False)
        raise typer.Exit(2) from None


def main() -> None:
    """Entry point of the command."""
    application()
