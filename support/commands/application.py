"""The command `ringmaster`."""

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from support.commands.bus import bus_application
from support.commands.catalogue import new_application, steps
from support.commands.doctor import doctor
from support.commands.flakes import flakes
from support.commands.help import Group, SectionedCommand, option
from support.commands.lint import lint
from support.commands.merge import merge
from support.commands.record import record
from support.commands.sabotage import sabotage
from support.commands.show import show
from support.runner.exit_codes import exit_code_table
from support.settings import Settings, SettingsError, read_settings
from support.terminal import complain, say

if TYPE_CHECKING:
    from support.runner.run import Keep

EPILOG = exit_code_table()
WHAT, HOW, TIME, WHERE = "What to run", "How to run it", "Time", "Platform and results"


@click.group(cls=Group, epilog=EPILOG, context_settings={"max_content_width": 120, "show_default": True})
def application() -> None:
    """Runs a platform's QA playbook as plain-language scenarios."""


for command in (lint, steps, doctor, sabotage, show, flakes, merge, record):
    application.add_command(command)


@application.command(cls=SectionedCommand, epilog=EPILOG)
@click.argument(
    "features",
    nargs=-1,
    metavar="[FEATURE]...",
    help="feature files, folders, or file:line for one scenario; all features when left out",
)
@option(
    "--tags",
    multiple=True,
    metavar="EXPRESSION",
    section=WHAT,
    help="only scenarios whose tags fit, such as '@ring3 and not @serial' (`ringmaster tags` lists all tags); given again: both",
)
@option("--name", multiple=True, metavar="WORDS", section=WHAT, help="only scenarios with these words in their name; given again: either")
@option(
    "--ring",
    type=click.IntRange(1, 3),
    multiple=True,
    metavar="NUMBER",
    section=WHAT,
    help="only one ring: 1 parts on their own, 2 services together, 3 the whole platform; given again: either",
)
@option(
    "--profile",
    metavar="NAME",
    section=WHAT,
    help="a named selection of profiles.toml, such as smoke, pr or nightly (`ringmaster profiles` lists them)",
)
@option("--rerun-failed", is_flag=True, section=WHAT, help="only what failed in the last run of this results folder")
@option(
    "--shard",
    metavar="I/N",
    section=WHAT,
    help="only one of several parts that take about equally long, such as 2/3 on the second of three machines; "
    "`ringmaster merge` makes one result of them",
)
@option("--list", "only_list", is_flag=True, section=WHAT, help="start nothing; say what would run, and why the rest would not")
@option(
    "--workers",
    metavar="NUMBER|auto",
    section=HOW,
    help="how many scenarios run at once; auto, unless set otherwise: one for each core",
)
@option(
    "--shuffle",
    metavar="[=SEED]",
    section=HOW,
    help="a random order; its seed is printed, and --shuffle=SEED gives that order again",
)
@option("--fail-fast", is_flag=True, section=HOW, help="begin nothing more once something that blocks failed (see exit code 1)")
@option("--repeat", type=click.IntRange(min=1), metavar="TIMES", section=HOW, help="run all of it so many times on the same platform")
@option(
    "--until-fail",
    is_flag=True,
    section=HOW,
    help="run all of it again until something that blocks fails, at most --repeat times",
)
@option("--strict", is_flag=True, section=HOW, help="every failure blocks, also of scenarios tagged @p1 (warns) and @p2 (informs)")
@option(
    "--run-budget",
    type=float,
    metavar="SECONDS",
    section=TIME,
    help="for all scenarios together; past it what runs is interrupted, and the rest left out",
)
@option(
    "--scenario-budget",
    type=float,
    metavar="SECONDS",
    section=TIME,
    help="for each scenario without a tag @budget.<seconds>; past it it is interrupted, and the report says where it hung",
)
@option("--step-budget", type=float, metavar="SECONDS", section=TIME, help="for each step, in the same way")
@option(
    "--keep",
    type=click.Choice(["never", "on-failure", "always"]),
    default="never",
    section=WHERE,
    help="at the end leave the platform running until Ctrl-C and print how to reach it: never, if the run is not green, or always",
)
@option(
    "--substrate",
    metavar="NAME",
    section=WHERE,
    help="where the platform runs: embedded (processes on this machine), or none, for features that need no platform",
)
@option("--client-env", metavar="NAME", section=WHERE, help="the platform's own environment name: dev or stg")
@option(
    "--ingestor",
    metavar="NAME",
    section=WHERE,
    help="what puts datasets into it: tracebloc-ingest (needs MariaDB), reference, or auto for whichever fits",
)
@option(
    "--sabotage",
    metavar="NAME",
    section=WHERE,
    help="switch on one named defect of the platform, to see that scenarios notice it (`ringmaster sabotages` lists them)",
)
@option(
    "--results-folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    section=WHERE,
    help="where results are left, in a folder for each run and `latest`; unless set otherwise reports/out",
)
@option(
    "--client-checkout",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    section=WHERE,
    help="a checkout of tracebloc/client, to test its chart and installer",
)
@option(
    "--frontend-checkout",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    section=WHERE,
    help="a checkout of the front end, to run its Cypress specs",
)
def run(
    features: tuple[str, ...],
    tags: tuple[str, ...],
    name: tuple[str, ...],
    ring: tuple[int, ...],
    profile: str | None,
    rerun_failed: bool,
    shard: str | None,
    only_list: bool,
    workers: str | None,
    shuffle: str | None,
    fail_fast: bool,
    repeat: int | None,
    until_fail: bool,
    strict: bool,
    run_budget: float | None,
    scenario_budget: float | None,
    step_budget: float | None,
    keep: "Keep",
    substrate: str | None,
    client_env: str | None,
    ingestor: str | None,
    sabotage: str | None,
    results_folder: Path | None,
    client_checkout: Path | None,
    frontend_checkout: Path | None,
) -> None:
    """Start the platform, run scenarios on it, report, and stop it.

    Options that are left out are as set by variable (RINGMASTER_WORKERS=4) or in ringmaster.toml; `ringmaster settings` shows them.
    After a failure `ringmaster show` tells the scenario's story.

    \b
    Examples:
    ringmaster run                                    every feature that the machine can run
    ringmaster run --ring 3                           one ring
    ringmaster run --profile pr                       what a pull request runs
    ringmaster run features/tracebloc/playbook --workers 4      one folder, four scenarios at once
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

    wanted = [*_tags_of(profile, list(ring)), *tags]
    try:
        selection = asked.selection(list(features), wanted, list(name), rerun_failed=rerun_failed, shard=shard, settings=settings)
    except (asked.NothingToRerun, asked.WrongShard) as error:
        raise _refused(error) from None
    if only_list:
        from support.runner.listing import list_scenarios

        raise Exit(list_scenarios(selection, settings))
    manner = asked.manner(settings, shuffle=shuffle, fail_fast=fail_fast, repeat=repeat, until_fail=until_fail, strict=strict, keep=keep)
    raise Exit(asked.run(selection, settings, manner))


@application.command()
def clean() -> None:
    """Remove what killed runs left: processes, folders, files. What a living run uses is not touched."""
    from environments.ledger import clean_up_left_overs, known_runs

    removed = clean_up_left_overs()
    for thing in removed:
        say(f"removed {thing}")
    say("nothing was left over" if not removed else f"{len(removed)} left-overs removed")
    for living in known_runs():
        say(f"not touched: run {living.run_id}, which is under way or kept; `kill {living.owner_pid}` ends it")


@application.command()
def settings() -> None:
    """Print all settings in force, secrets hidden."""
    for line in _settings().lines():
        say(line)


@application.command()
def sabotages() -> None:
    """List the named defects that can be switched on with --sabotage."""
    from environments.platforms.tracebloc.sabotages import Sabotage

    for known in Sabotage:
        say(f"{known}: {known.meaning}. Stands for: {known.incident}.")


@application.command()
def tags() -> None:
    """List the tags that scenarios may carry, and what each means."""
    from support.authoring.tags import TAGS

    for tag in TAGS:
        say(f"{tag}: {tag.meaning}")


@application.command()
def profiles() -> None:
    """List the named selections of profiles.toml, for `ringmaster run --profile NAME`."""
    from support.runner.profiles import ProfileError, read_profiles

    try:
        for profile in read_profiles().values():
            say(f"{profile.name}: {profile.meaning}. Tags: {profile.tags}")
    except ProfileError as error:
        raise _refused(error) from None


def _tags_of(profile: str | None, rings: list[int]) -> list[str]:
    from support.runner.profiles import ProfileError, tags_of

    try:
        return tags_of(profile, rings)
    except ProfileError as error:
        raise _refused(error) from None


def _refused(error: Exception) -> Exit:
    complain(str(error))
    return Exit(2)


def _settings(**options: object) -> Settings:
    try:
        return read_settings(**options)
    except SettingsError as error:
        raise _refused(error) from None


application.add_command(bus_application)
application.add_command(new_application)


def main() -> None:
    """Entry point of the command."""
    # with an optional value of click's, `--shuffle features/x` would take the path for the seed
    sys.argv = [f"{argument}={os.urandom(3).hex()}" if argument == "--shuffle" else argument for argument in sys.argv]
    application(prog_name="ringmaster")
