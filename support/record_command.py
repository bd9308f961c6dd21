"""The command `ringmaster record`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from support.settings import SettingsError, read_settings


def record(
    flows: Annotated[list[str] | None, typer.Argument(help="which recordings to make; all when left out")] = None,
    check: Annotated[bool, typer.Option("--check", help="change nothing: compare today's answers with the recordings, by shape")] = False,
    folder: Annotated[Path | None, typer.Option(help="where the recordings are kept")] = None,
    substrate: Annotated[str | None, typer.Option(help="which platform to record: embedded")] = None,
    client_env: Annotated[str | None, typer.Option(help="the platform's environment name: dev or stg")] = None,
    results_folder: Annotated[Path | None, typer.Option(help="where logs are left")] = None,
) -> None:
    """Record what the SDK and a platform say to each other, without secrets, for scenarios that need no platform.

    Examples: `ringmaster record`, `ringmaster record training`, `ringmaster record --check`.

    Exit codes: 0 recorded, or nothing drifted; 1 something drifted or a flow failed; 2 what was given is wrong; 3 the platform failed.
    """
    console, complaints = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        settings = read_settings(substrate=substrate, client_env=client_env, results_folder=results_folder)
    except SettingsError as error:
        complaints.print(f"ringmaster: {error}", style="red", markup=False)
        raise typer.Exit(2) from None
    # the clients are imported only when something is recorded
    from support.cassettes.recording import Order, carry_out

    raise typer.Exit(carry_out(Order(tuple(flows or ()), folder, check), settings, console))
