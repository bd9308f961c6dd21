"""The command `ringmaster record`."""

from pathlib import Path

import click
from click.exceptions import Exit

from support.settings import read_settings
from support.settings_file import SettingsError


@click.command()
@click.argument("flows", nargs=-1, help="which recordings to make; all when left out")
@click.option("--check", is_flag=True, help="change nothing: compare today's answers with the recordings, by shape")
@click.option("--folder", type=click.Path(path_type=Path), help="where the recordings are kept")
@click.option("--substrate", help="which platform to record: embedded")
@click.option("--client-env", help="the platform's environment name: dev or stg")
@click.option("--results-folder", type=click.Path(path_type=Path), help="where logs are left")
def record(
    flows: tuple[str, ...],
    check: bool,
    folder: Path | None,
    substrate: str | None,
    client_env: str | None,
    results_folder: Path | None,
) -> None:
    """Record what the SDK and a platform say to each other, without secrets, for scenarios that need no platform.

    Examples: `ringmaster record`, `ringmaster record training`, `ringmaster record --check`.

    Exit codes: 0 recorded, or nothing drifted; 1 something drifted or a flow failed; 2 what was given is wrong; 3 the platform failed.
    """
    try:
        settings = read_settings(substrate=substrate, client_env=client_env, results_folder=results_folder)
    except SettingsError as error:
        # the help loads this module: only who has something to say hides secrets in it
        from support.terminal import complain

        complain(str(error))
        raise Exit(2) from None
    # the clients are imported only when something is recorded
    from support.platforms.tracebloc.commands.recording import Order, carry_out

    raise Exit(carry_out(Order(flows, folder, check), settings))
