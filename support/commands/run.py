"""The command `ringmaster run`."""

import gc
import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from support.commands.common import refused, settings_or_exit
from support.commands.formats import FORMATS, tell_github_of_nothing, write_formats
from support.commands.help import option
from support.commands.platform_options import PlatformCommand
from support.results.exit_codes import ExitCode, exit_code_table
from support.settings_file import declare_also

if TYPE_CHECKING:
    from support.commands.live import Live
    from support.results.run_folder import RunFolder
    from support.runner.options import Keep, RunOptions
    from support.runner.selection import Selection
    from support.settings import Settings

MOST_IN_FULL = 20
"""Scenarios; of more, hardly anybody reads every step."""
EPILOG = exit_code_table()
WHAT, HOW, TIME, WHERE = "What to run", "How to run it", "Time", "Where to run it, and results"
ENGINE = "On many machines"


@click.command(cls=PlatformCommand, epilog=EPILOG)
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
@option(
    "--engine",
    type=click.Choice(["kubernetes"]),
    section=ENGINE,
    help="run shards as Jobs of a Kubernetes cluster instead of on this machine, each with platforms of its own, and merge their results",
)
@option("--shards", type=click.IntRange(min=1, max=500), metavar="N", section=ENGINE, help="how many shards run at a time; 2 when left out")
@option("--context", metavar="NAME", section=ENGINE, help="which cluster, by a context of the kubeconfig")
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
@option(
    "--jitter",
    metavar="[=SEED]",
    section=HOW,
    help="random delays between the platform's services, so that what only works in the usual order fails; the seed is printed, as above",
)
@option(
    "-D",
    "--define",
    multiple=True,
    metavar="NAME=VALUE",
    section=HOW,
    help="what steps find in context.config.userdata, besides [behave.userdata] of behave.ini, which it overrides",
)
@option("--fail-fast", is_flag=True, section=HOW, help="start nothing more once something that blocks has failed (see exit code 1)")
@option("--repeat", type=click.IntRange(min=1), metavar="TIMES", section=HOW, help="run everything this many times on the same platforms")
@option(
    "--until-fail",
    is_flag=True,
    section=HOW,
    help="run everything again until something that blocks fails, at most --repeat times",
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
    help="at the end leave the platforms running until Ctrl-C and print how to reach them: never, if the run is not green, or always",
)
@option(
    "--substrate",
    metavar="NAME",
    section=WHERE,
    help="where the platforms run: embedded (processes on this machine), compose (containers), kind (a Kubernetes cluster), remote (a "
    "deployment that is there already), or none, for features that need no platform",
)
@option(
    "--keep-cluster",
    is_flag=True,
    default=None,
    section=WHERE,
    help="the substrate kind leaves its cluster, and uses one again that an earlier run left with the same nodes",
)
@option(
    "--deployment", metavar="NAME", section=WHERE, help="which deployment the substrate remote runs on (`ringmaster status` lists them)"
)
@option(
    "--sabotage",
    metavar="NAME",
    section=WHERE,
    help="switch on one named defect of a reference platform, to see that scenarios notice it (`ringmaster sabotages` lists them)",
)
@option(
    "--results-folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    section=WHERE,
    help="where results are left, in a folder for each run and `latest`; unless set otherwise reports/out",
)
@option(
    "--verbose/--quiet",
    default=None,
    section=HOW,
    help="show every step, or a line for each scenario that went well and everything of the others; "
    "unless said otherwise quiet in CI (variable CI) and with more than 20 scenarios",
)
@option(
    "--events",
    type=click.Path(path_type=Path),
    metavar="FILE",
    section=WHERE,
    help="what happens, while it happens, one JSON object a line, for programs that follow the run",
)
@option(
    "--live",
    is_flag=True,
    section=WHERE,
    help="serve the run's report on this machine while the run goes on: what runs, what it waits for, what failed; while the page is "
    "open at the end, a click runs what failed once more",
)
@option("--live-into", type=int, hidden=True, section=WHERE, help="the open descriptor of a live page, for what a click on it runs")
@option(
    "--format",
    "formats",
    type=click.Choice(FORMATS),
    multiple=True,
    section=WHERE,
    help="what to write besides; github: annotations, and a summary of the job where GITHUB_STEP_SUMMARY names a file; "
    "messages: Cucumber messages, as cucumber-messages.ndjson in the run's folder; given again: both",
)
def run(
    features: tuple[str, ...],
    tags: tuple[str, ...],
    name: tuple[str, ...],
    ring: tuple[int, ...],
    profile: str | None,
    rerun_failed: bool,
    shard: str | None,
    engine: str | None,
    shards: int | None,
    context: str | None,
    only_list: bool,
    workers: str | None,
    shuffle: str | None,
    jitter: str | None,
    define: tuple[str, ...],
    fail_fast: bool,
    repeat: int | None,
    until_fail: bool,
    strict: bool,
    run_budget: float | None,
    scenario_budget: float | None,
    step_budget: float | None,
    keep: "Keep",
    substrate: str | None,
    keep_cluster: bool | None,
    deployment: str | None,
    sabotage: str | None,
    results_folder: Path | None,
    formats: tuple[str, ...],
    events: Path | None,
    live: bool,
    live_into: int | None,
    verbose: bool | None,
    **platform_options: object,
) -> None:
    """Start the platforms, run scenarios on them, report, and stop them.

    Options that are left out are as set by variable (RINGMASTER_WORKERS=4) or in ringmaster.toml; `ringmaster settings` shows them.
    After a failure `ringmaster show` prints the scenario's story.

    \b
    Examples:
    ringmaster run                                    every feature that the machine can run
    ringmaster run --ring 3                           one ring
    ringmaster run --profile pr                       what a pull request runs
    ringmaster run features/shop/ring3 --workers 4    one folder, four scenarios at once
    ringmaster run --tags '@p0 and not @serial'       by tag
    ringmaster run --shuffle --fail-fast              in a random order, up to the first failure
    ringmaster run --rerun-failed                     once more what failed
    ringmaster run --until-fail --repeat 50           again and again, to catch what fails now and then
    ringmaster run --shard 2/3                        the second of three parts
    ringmaster run --engine kubernetes --context qa --shards 8    on a cluster, eight parts at a time
    ringmaster run --scenario-budget 60 --run-budget 900    nothing hangs: exit code 4
    ringmaster run --profile pr --format github       with annotations on a pull request
    ringmaster run --keep on-failure                  look at the platform that something failed on
    """
    declare_also(Path(feature.rpartition(":")[0] or feature) for feature in features)
    settings = settings_or_exit(
        substrate=substrate,
        keep_cluster=keep_cluster,
        deployment=deployment,
        sabotage=sabotage,
        results_folder=results_folder,
        workers=workers,
        run_budget=run_budget,
        scenario_budget=scenario_budget,
        step_budget=step_budget,
        **platform_options,
    )
    # behave and the clients are imported only when something runs; the run looks for garbage again once it has read the features
    gc.disable()
    from support.runner.options import options_of, selection_of
    from support.runner.rerun import NothingToRerun
    from support.runner.shards import WrongShard
    from support.runner.userdata import UserdataError

    wanted = [*_tags_of(profile, list(ring)), *tags]
    try:
        selection = selection_of(list(features), wanted, list(name), rerun_failed=rerun_failed, shard=shard, settings=settings)
    except (NothingToRerun, WrongShard) as error:
        raise refused(error) from None
    if only_list:
        from support.runner.listing import list_scenarios

        raise Exit(list_scenarios(selection, settings))
    if engine is not None:
        from support.commands.engine import run_on_engine

        raise Exit(run_on_engine(click.get_current_context(), settings, shards, context))
    try:
        run_options = options_of(
            settings,
            shuffle=shuffle,
            jitter=jitter,
            define=define,
            fail_fast=fail_fast,
            repeat=repeat,
            until_fail=until_fail,
            strict=strict,
            keep=keep,
        )
    except UserdataError as error:
        raise refused(error) from None
    telling = Telling(formats, events, verbose, live, live_into)
    raise Exit(_run_and_tell(selection, settings, run_options, telling))


@dataclass(frozen=True)
class Telling:
    """Who is told of a run, besides what every run writes."""

    formats: tuple[str, ...]
    events: Path | None
    verbose: bool | None
    live: bool
    live_into: int | None


def _run_and_tell(selection: "Selection", settings: "Settings", options: "RunOptions", telling: Telling) -> ExitCode:
    """Run, and tell it to all who were asked for."""
    from reports.events import EventStream
    from reports.run_reports import StandardReports
    from support.runner.run import run as run_selection

    folders: list[RunFolder] = []
    events = telling.events
    try:
        stream = None if events is None else EventStream(events.open("w", encoding="utf-8", errors="replace"))
    except OSError as error:
        raise refused(f"option --events: {events} cannot be written: {error.strerror}") from None

    def make_reports(folder: "RunFolder", scenarios: int) -> StandardReports:
        folders.append(folder)
        quiet = bool(os.environ.get("CI")) or scenarios > MOST_IN_FULL if telling.verbose is None else not telling.verbose
        if stream is not None:
            stream.run_begins(folder.run)
        if live is not None:
            live.run_begins(folder)
        also = [stream] if stream is not None else []
        follower = live.follower if live is not None else None
        return StandardReports(folder, allure=settings.allure, page=settings.report, quiet=quiet, also=also, follower=follower)

    with _live_page(telling) as live:
        code = run_selection(selection, settings, options, make_reports)
        if stream is not None:
            stream.run_over(code)
        for found in folders:
            write_formats(found.path, telling.formats, code)
        if not folders and "github" in telling.formats:
            tell_github_of_nothing(code)
        if live is not None and folders:
            live.run_again_on_clicks()
    return code


def _live_page(telling: Telling) -> "AbstractContextManager[Live | None]":
    if not telling.live and telling.live_into is None:
        return nullcontext()
    from support.commands.live import live_page

    return live_page(telling.live_into)


def _tags_of(profile: str | None, rings: list[int]) -> list[str]:
    from support.runner.profiles import ProfileError, tags_of

    try:
        return tags_of(profile, rings)
    except ProfileError as error:
        raise refused(error) from None
