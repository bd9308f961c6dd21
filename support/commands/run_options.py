"""The options of `ringmaster run`, in the order of its help, and the objects in which the command receives them."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from support.commands.formats import FORMATS
from support.commands.help import option

if TYPE_CHECKING:
    from support.runner.options import Keep

WHAT, HOW, TIME, WHERE = "What to run", "How to run it", "Time", "Where to run it, and results"
ENGINE = "On many machines"


class WhatToRun(NamedTuple):
    """Which scenarios."""

    features: tuple[str, ...]
    tags: tuple[str, ...]
    name: tuple[str, ...]
    ring: tuple[int, ...]
    profile: str | None
    rerun_failed: bool
    shard: str | None
    only_list: bool


class Machines(NamedTuple):
    """On which machines, if not on this one."""

    engine: str | None
    shards: int | None
    context: str | None


class HowToRun(NamedTuple):
    """In what order, how often, until when."""

    shuffle: str | None
    jitter: str | None
    define: tuple[str, ...]
    fail_fast: bool
    repeat: int | None
    until_fail: bool
    strict: bool
    keep: "Keep"


class Audience(NamedTuple):
    """Who hears of the run, and how, besides what every run writes."""

    formats: tuple[str, ...]
    events: Path | None
    verbose: bool | None
    live: bool
    live_into: int | None


RUN_OPTIONS = (
    click.argument(
        "features",
        nargs=-1,
        metavar="[FEATURE]...",
        help="feature files, folders, or file:line for one scenario; all features when left out",
    ),
    option(
        "--tags",
        multiple=True,
        metavar="EXPRESSION",
        section=WHAT,
        help="only scenarios whose tags fit, such as '@ring3 and not @serial' (`ringmaster tags` lists all tags); if repeated, both",
    ),
    option(
        "--name", multiple=True, metavar="WORDS", section=WHAT, help="only scenarios with these words in their name; if repeated, either"
    ),
    option(
        "--ring",
        type=click.IntRange(1, 3),
        multiple=True,
        metavar="NUMBER",
        section=WHAT,
        help="only one ring: 1 parts on their own, 2 services together, 3 the whole platform; if repeated, either",
    ),
    option(
        "--profile",
        metavar="NAME",
        section=WHAT,
        help="a named selection of profiles.toml, such as smoke, pr or nightly (`ringmaster profiles` lists them)",
    ),
    option("--rerun-failed", is_flag=True, section=WHAT, help="only what failed in the last run of this results folder"),
    option(
        "--shard",
        metavar="I/N",
        section=WHAT,
        help="only one of several parts that take about equally long, such as 2/3 on the second of three machines; "
        "`ringmaster merge` makes one result of them",
    ),
    option(
        "--engine",
        type=click.Choice(["kubernetes"]),
        section=ENGINE,
        help="run shards as Jobs of a Kubernetes cluster instead of on this machine, each with platforms of its own, "
        "and merge their results",
    ),
    option(
        "--shards", type=click.IntRange(min=1, max=500), metavar="N", section=ENGINE, help="how many shards run at a time; 2 when left out"
    ),
    option("--context", metavar="NAME", section=ENGINE, help="which cluster, by a context of the kubeconfig"),
    option("--list", "only_list", is_flag=True, section=WHAT, help="start nothing; say what would run, and why the rest would be skipped"),
    option(
        "--workers",
        metavar="NUMBER|auto",
        section=HOW,
        help="how many scenarios run at once; auto, unless set otherwise: one for each core",
    ),
    option(
        "--shuffle",
        metavar="[=SEED]",
        section=HOW,
        help="a random order; its seed is printed, and --shuffle=SEED gives that order again",
    ),
    option(
        "--jitter",
        metavar="[=SEED]",
        section=HOW,
        help="random delays between the platform's services, so that what only works in the usual order fails; "
        "the seed is printed, as above",
    ),
    option(
        "-D",
        "--define",
        multiple=True,
        metavar="NAME=VALUE",
        section=HOW,
        help="what steps find in context.config.userdata, besides [behave.userdata] of behave.ini, which it overrides",
    ),
    option("--fail-fast", is_flag=True, section=HOW, help="start nothing more once something that blocks has failed (see exit code 1)"),
    option(
        "--repeat", type=click.IntRange(min=1), metavar="TIMES", section=HOW, help="run everything this many times on the same platforms"
    ),
    option(
        "--until-fail",
        is_flag=True,
        section=HOW,
        help="run everything again until something that blocks fails, at most --repeat times",
    ),
    option("--strict", is_flag=True, section=HOW, help="every failure blocks, also of scenarios tagged @p1 (warns) and @p2 (informs)"),
    option(
        "--run-budget",
        type=float,
        metavar="SECONDS",
        section=TIME,
        help="for all scenarios together; when it is used up, what runs is interrupted and the rest is left out",
    ),
    option(
        "--scenario-budget",
        type=float,
        metavar="SECONDS",
        section=TIME,
        help="for each scenario without a tag @budget.<seconds>; one that takes longer is interrupted, and the report says where it hung",
    ),
    option("--step-budget", type=float, metavar="SECONDS", section=TIME, help="for each step, in the same way"),
    option(
        "--keep",
        type=click.Choice(["never", "on-failure", "always"]),
        default="never",
        section=WHERE,
        help="at the end leave the platforms running until Ctrl-C and print how to reach them: never, if the run is not green, or always",
    ),
    option(
        "--substrate",
        metavar="NAME",
        section=WHERE,
        help="where the platforms run: embedded (processes on this machine), compose (containers), kind (a Kubernetes cluster), remote (a "
        "deployment that is there already), or none, for features that need no platform",
    ),
    option(
        "--keep-cluster",
        is_flag=True,
        default=None,
        section=WHERE,
        help="the substrate kind leaves its cluster, and uses one again that an earlier run left with the same nodes",
    ),
    option(
        "--deployment", metavar="NAME", section=WHERE, help="which deployment the substrate remote runs on (`ringmaster status` lists them)"
    ),
    option(
        "--sabotage",
        metavar="NAME",
        section=WHERE,
        help="switch on one named defect of a reference platform, to see that scenarios notice it (`ringmaster sabotages` lists them)",
    ),
    option(
        "--results-folder",
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        section=WHERE,
        help="where results go: a folder for each run, and `latest`; reports/out unless set otherwise",
    ),
    option(
        "--verbose/--quiet",
        default=None,
        section=HOW,
        help="show every step, or a line for each scenario that went well and everything of the others; "
        "by default quiet in CI (variable CI) and with more than 20 scenarios",
    ),
    option(
        "--events",
        type=click.Path(path_type=Path),
        metavar="FILE",
        section=WHERE,
        help="write events to this file as they happen, one JSON object a line, for programs that follow the run",
    ),
    option(
        "--live",
        is_flag=True,
        section=WHERE,
        help="serve the run's report on this machine while the run goes on: what runs, what it waits for, what failed; while the page is "
        "open at the end, a click runs what failed once more",
    ),
    option("--live-into", type=int, hidden=True, section=WHERE, help="the open descriptor of a live page, for what a click on it runs"),
    option(
        "--format",
        "formats",
        type=click.Choice(FORMATS),
        multiple=True,
        section=WHERE,
        help="what to write besides; github: annotations, and a summary of the job where GITHUB_STEP_SUMMARY names a file; "
        "messages: Cucumber messages, as cucumber-messages.ndjson in the run's folder; if repeated, both",
    ),
)
