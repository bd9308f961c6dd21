"""The command `ringmaster`."""

import gc
import os
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


WHAT, HOW, TIME, WHERE = "What to run", "How to run it", "Time", "Platform and results"


@application.command(epilog=EPILOG)
def run(
    features: Annotated[
        list[str] | None,
        typer.Argument(help="feature files, folders, or file:line for one scenario; all features when left out", metavar="FEATURE"),
    ] = None,
    tags: Annotated[
        list[str] | None,
        typer.Option(
            help="only scenarios whose tags fit, such as '@ring3 and not @serial' (`ringmaster tags` lists all tags); given again: both",
            metavar="EXPRESSION",
            rich_help_panel=WHAT,
        ),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(help="only scenarios with these words in their name; given again: either", metavar="WORDS", rich_help_panel=WHAT),
    ] = None,
    ring: Annotated[
        list[int] | None,
        typer.Option(
            min=1,
            max=3,
            help="only one ring: 1 parts on their own, 2 services together, 3 the whole platform; given again: either",
            metavar="NUMBER",
            rich_help_panel=WHAT,
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            help="a named selection of profiles.toml, such as smoke, pr or nightly (`ringmaster profiles` lists them)",
            metavar="NAME",
            rich_help_panel=WHAT,
        ),
    ] = None,
    rerun_failed: Annotated[
        bool, typer.Option("--rerun-failed", help="only what failed in the last run of this results folder", rich_help_panel=WHAT)
    ] = False,
    shard: Annotated[
        str | None,
        typer.Option(
            help="only one of several parts that take about equally long, such as 2/3 on the second of three machines; "
            "`ringmaster merge` makes one result of them",
            metavar="I/N",
            rich_help_panel=WHAT,
        ),
    ] = None,
    only_list: Annotated[
        bool, typer.Option("--list", help="start nothing; say what would run, and why the rest would not", rich_help_panel=WHAT)
    ] = False,
    workers: Annotated[
        str | None,
        typer.Option(
            help="how many scenarios run at once; auto, unless set otherwise: one for each core",
            metavar="NUMBER|auto",
            rich_help_panel=HOW,
        ),
    ] = None,
    shuffle: Annotated[
        str | None,
        typer.Option(
            help="a random order; its seed is printed, and --shuffle=SEED gives that order again", metavar="[=SEED]", rich_help_panel=HOW
        ),
    ] = None,
    fail_fast: Annotated[
        bool,
        typer.Option("--fail-fast", help="begin nothing more once something that blocks failed (see exit code 1)", rich_help_panel=HOW),
    ] = False,
    repeat: Annotated[
        int | None, typer.Option(help="run all of it so many times on the same platform", min=1, metavar="TIMES", rich_help_panel=HOW)
    ] = None,
    until_fail: Annotated[
        bool,
        typer.Option(
            "--until-fail", help="run all of it again until something that blocks fails, at most --repeat times", rich_help_panel=HOW
        ),
    ] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="every failure blocks, also of scenarios tagged @p1 (warns) and @p2 (informs)", rich_help_panel=HOW),
    ] = False,
    run_budget: Annotated[
        float | None,
        typer.Option(
            help="for all scenarios together; past it what runs is interrupted, and the rest left out",
            metavar="SECONDS",
            rich_help_panel=TIME,
        ),
    ] = None,
    scenario_budget: Annotated[
        float | None,
        typer.Option(
            help="for each scenario without a tag @budget.<seconds>; past it it is interrupted, and the report says where it hung",
            metavar="SECONDS",
            rich_help_panel=TIME,
        ),
    ] = None,
    step_budget: Annotated[
        float | None, typer.Option(help="for each step, in the same way", metavar="SECONDS", rich_help_panel=TIME)
    ] = None,
    keep: Annotated[
        Keep,
        typer.Option(
            help="at the end leave the platform running until Ctrl-C and print how to reach it: never, if the run is not green, or always",
            rich_help_panel=WHERE,
        ),
    ] = Keep.NEVER,
    substrate: Annotated[
        str | None,
        typer.Option(
            help="where the platform runs: embedded (processes on this machine), or none, for features that need no platform",
            metavar="NAME",
            rich_help_panel=WHERE,
        ),
    ] = None,
    client_env: Annotated[
        str | None, typer.Option(help="the platform's own environment name: dev or stg", metavar="NAME", rich_help_panel=WHERE)
    ] = None,
    ingestor: Annotated[
        str | None,
        typer.Option(
            help="what puts datasets into it: tracebloc-ingest (needs MariaDB), reference, or auto for whichever fits",
            metavar="NAME",
            rich_help_panel=WHERE,
        ),
    ] = None,
    sabotage: Annotated[
        str | None,
        typer.Option(
            help="switch on one named defect of the platform, to see that scenarios notice it (`ringmaster sabotages` lists them)",
            metavar="NAME",
            rich_help_panel=WHERE,
        ),
    ] = None,
    results_folder: Annotated[
        Path | None,
        typer.Option(
            help="where results are left, in a folder for each run and `latest`; unless set otherwise reports/out",
            metavar="FOLDER",
            rich_help_panel=WHERE,
        ),
    ] = None,
    client_checkout: Annotated[
        Path | None,
        typer.Option(help="a checkout of tracebloc/client, to test its chart and installer", metavar="FOLDER", rich_help_panel=WHERE),
    ] = None,
    frontend_checkout: Annotated[
        Path | None,
        typer.Option(help="a checkout of the front end, to run its Cypress specs", metavar="FOLDER", rich_help_panel=WHERE),
    ] = None,
) -> None:
    """Start the platform, run scenarios on it, report, and stop it.

    Options that are left out are as set by variable (RINGMASTER_WORKERS=4) or in ringmaster.toml; `ringmaster settings` shows them.
    After a failure `ringmaster show` tells the scenario's story.

    \b
    Examples:
    ringmaster run                                    every feature that the machine can run
    ringmaster run --ring 3                           one ring
    ringmaster run --profile pr                       what a pull request runs
    ringmaster run features/playbook --workers 4      one folder, four scenarios at once
    ringmaster run --tags '@p0 and not @serial'       by tag
    ringmaster run --shuffle --fail-fast              in a random order, up to the first failure
    ringmaster run --rerun-failed                     once more what failed
    ringmaster run --until-fail --repeat 50           again and again, to catch what fails now and then
    ringmaster run --shard 2/3                        the second of three parts
    ringmaster run --scenario-budget 60 --run-budget 900    nothing hangs: exit code 4
    ringmaster run --keep on-failure                  look at the platform that something failed on
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
    sys.argv = [f"{argument}={os.urandom(3).hex()}" if argument == "--shuffle" else argument for argument in sys.argv]
    application(prog_name="ringmaster")
