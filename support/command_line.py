"""The command `ringmaster`."""

import gc
import secrets
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from support.bus_command import bus_application
from support.catalogue_command import new_application, steps
from support.doctor_command import EPILOG as DOCTOR_EPILOG
from support.doctor_command import doctor
from support.flakes_command import flakes
from support.lint_command import EPILOG as LINT_EPILOG
from support.lint_command import lint
from support.merge_command import merge
from support.record_command import record
from support.runner.exit_codes import exit_code_table
from support.sabotage_command import sabotage
from support.settings import Settings, SettingsError, read_settings
from support.show_command import show

EPILOG = exit_code_table()

application = typer.Typer(
    help="Runs a platform's QA playbook as plain-language scenarios.", epilog=EPILOG, no_args_is_help=True, pretty_exceptions_enable=False
)
application.add_typer(bus_application, name="bus")
application.add_typer(new_application, name="new")
application.command(epilog=LINT_EPILOG)(lint)
application.command()(steps)
application.command(epilog=DOCTOR_EPILOG)(doctor)
application.command()(sabotage)
application.command()(show)
application.command()(flakes)
application.command()(merge)
application.command()(record)
console = Console(soft_wrap=True)
complaints = Console(stderr=True, soft_wrap=True, highlight=False)


class Keep(StrEnum):
    """When to keep the platform running at the end."""

    NEVER = "never"
    ON_FAILURE = "on-failure"
    ALWAYS = "always"


@application.command(epilog=EPILOG)
def run(
    features: Annotated[list[str] | None, typer.Argument(help="feature files or folders, or file:line; all features when left out")] = None,
    tags: Annotated[list[str] | None, typer.Option(help="tag expression, such as '@smoke and not @serial'; may be given again")] = None,
    name: Annotated[list[str] | None, typer.Option(help="part of a scenario's name; may be given again")] = None,
    workers: Annotated[str | None, typer.Option(help="how many scenarios run at once: a number, or auto for one each core")] = None,
    shuffle: Annotated[
        str | None, typer.Option(help="run in a random order; the seed that is printed gives the same order again", metavar="[=SEED]")
    ] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="begin nothing more once something that blocks failed")] = False,
    rerun_failed: Annotated[bool, typer.Option("--rerun-failed", help="only what failed in the last run")] = False,
    shard: Annotated[str | None, typer.Option(help="one part of the scenarios, such as 2/3; `ringmaster merge` joins the results")] = None,
    repeat: Annotated[int | None, typer.Option(help="run everything so many times", min=1)] = None,
    until_fail: Annotated[
        bool, typer.Option("--until-fail", help="repeat until something that blocks fails (at most --repeat times)")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="every failure blocks, also of @p1 and @p2 scenarios")] = False,
    keep: Annotated[Keep, typer.Option(help="keep the platform running at the end, until Ctrl-C")] = Keep.NEVER,
    run_budget: Annotated[float | None, typer.Option(help="seconds that all scenarios together may take")] = None,
    scenario_budget: Annotated[float | None, typer.Option(help="seconds that a scenario without a @budget tag may take")] = None,
    step_budget: Annotated[float | None, typer.Option(help="seconds that any step may take")] = None,
    substrate: Annotated[str | None, typer.Option(help="where the platform runs: embedded; none: features that need no platform")] = None,
    client_env: Annotated[str | None, typer.Option(help="the platform's environment name: dev or stg")] = None,
    ingestor: Annotated[str | None, typer.Option(help="auto, tracebloc-ingest or reference")] = None,
    sabotage: Annotated[str | None, typer.Option(help="switch on one named defect, to see that scenarios notice it")] = None,
    profile: Annotated[str | None, typer.Option(help="a named selection of profiles.toml; `ringmaster profiles` lists them")] = None,
    ring: Annotated[list[int] | None, typer.Option(min=1, max=3, help="one ring's scenarios; may be given again")] = None,
    results_folder: Annotated[Path | None, typer.Option(help="where results are left")] = None,
    client_checkout: Annotated[Path | None, typer.Option(help="a checkout of tracebloc/client, to test its chart and installer")] = None,
    frontend_checkout: Annotated[Path | None, typer.Option(help="a checkout of the front end, to run its Cypress specs")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="start nothing; say what would run, and why the rest would not")] = False,
) -> None:
    """Start the platform, run scenarios on it, report, and stop it.

    Examples: `ringmaster run`, `ringmaster run --profile smoke`, `ringmaster run --tags '@ring3 and @p0'`,
    `ringmaster run features/playbook --workers 4`, `ringmaster run --rerun-failed --until-fail`, `ringmaster run --shuffle=42 --fail-fast`.
    """
    settings = _settings(
        substrate=substrate,
        client_env=client_env,
        ingestor=ingestor,
        sabotage=sabotage,
        results_folder=results_folder,
        workers=workers,
        run_budget=run_budget,
        scenario_budget=scenario_budget,
        step_budget=step_budget,
        client_checkout=client_checkout,
        frontend_checkout=frontend_checkout,
    )
    # behave and the clients are imported only when something runs; the run looks for garbage again once it has read the features
    gc.disable()
    from support.runner import asked

    wanted = [*_tags_of(profile, ring), *(tags or ())]
    try:
        selection = asked.selection(features, wanted, name, rerun_failed=rerun_failed, shard=shard, settings=settings)
    except (asked.NothingToRerun, asked.WrongShard) as error:
        raise _refused(error) from None
    if only_list:
        from support.runner.listing import list_scenarios

        raise typer.Exit(list_scenarios(selection, settings, console))
    manner = asked.manner(
        settings, shuffle=shuffle, fail_fast=fail_fast, repeat=repeat, until_fail=until_fail, strict=strict, keep=keep.value
    )
    raise typer.Exit(asked.run(selection, settings, manner, console))


@application.command()
def clean() -> None:
    """Remove what killed runs left: processes, folders, files. What a living run uses is not touched."""
    from environments.ledger import clean_up_left_overs, known_runs

    removed = clean_up_left_overs()
    for thing in removed:
        console.print(f"removed {thing}", highlight=False)
    console.print("nothing was left over" if not removed else f"{len(removed)} left-overs removed", highlight=False)
    for living in known_runs():
        console.print(f"not touched: run {living.run_id}, which is under way or kept; `kill {living.owner_pid}` ends it", highlight=False)


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


@application.command()
def tags() -> None:
    """List the tags that scenarios may carry, and what each means."""
    from support.tags import TAGS

    for tag in TAGS:
        console.print(f"{tag}: {tag.meaning}", highlight=False, markup=False)


@application.command()
def profiles() -> None:
    """List the named selections of profiles.toml, for `ringmaster run --profile NAME`."""
    from support.runner.profiles import ProfileError, read_profiles

    try:
        for profile in read_profiles().values():
            console.print(f"{profile.name}: {profile.meaning}. Tags: {profile.tags}", highlight=False, markup=False)
    except ProfileError as error:
        raise _refused(error) from None


def _tags_of(profile: str | None, rings: list[int] | None) -> list[str]:
    from support.runner.profiles import ProfileError, tags_of

    try:
        return tags_of(profile, rings)
    except ProfileError as error:
        raise _refused(error) from None


def _refused(error: Exception) -> typer.Exit:
    complaints.print(f"ringmaster: {error}", style="red", markup=False)
    return typer.Exit(2)


def _settings(**options: object) -> Settings:
    try:
        return read_settings(**options)
    except SettingsError as error:
        raise _refused(error) from None


def main() -> None:
    """Entry point of the command."""
    # typer has no options with an optional value
    sys.argv = [f"{argument}={secrets.token_hex(3)}" if argument == "--shuffle" else argument for argument in sys.argv]
    application()
