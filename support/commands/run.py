"""The command `ringmaster run`."""

import gc
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from support.commands.common import refused, settings_or_exit
from support.commands.formats import tell_github_of_nothing, write_formats
from support.commands.grouped_options import grouped_options
from support.commands.platform_options import PlatformCommand
from support.commands.run_options import RUN_OPTIONS, Audience, HowToRun, Machines, WhatToRun
from support.results.exit_codes import ExitCode, exit_code_table
from support.settings_file import declare_also

if TYPE_CHECKING:
    from reports.formats.events import EventStream
    from support.commands.live import Live
    from support.results.run_folder import RunFolder
    from support.runner.options import RunOptions
    from support.runner.planning.selection import Selection
    from support.settings import Settings

MOST_IN_FULL = 20
"""Scenarios; of more, hardly anybody reads every step."""
EPILOG = exit_code_table()


@click.command(cls=PlatformCommand, epilog=EPILOG)
@grouped_options(RUN_OPTIONS, what=WhatToRun, machines=Machines, how=HowToRun, audience=Audience)
def run(what: WhatToRun, machines: Machines, how: HowToRun, audience: Audience, **of_settings: object) -> None:
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
    raise Exit(_run(what, machines, how, audience, of_settings))


def _run(what: WhatToRun, machines: Machines, how: HowToRun, audience: Audience, of_settings: Mapping[str, object]) -> int:
    declare_also(Path(feature.rpartition(":")[0] or feature) for feature in what.features)
    settings = settings_or_exit(**of_settings)
    # behave and the clients are imported only when something runs; the run looks for garbage again once it has read the features
    gc.disable()
    selection = _selection(what, settings)
    if what.only_list:
        from support.runner.listing import list_scenarios

        return list_scenarios(selection, settings)
    if machines.engine is not None:
        from support.commands.engine import run_on_engine

        return run_on_engine(click.get_current_context(), settings, machines.shards, machines.context)
    return _run_and_tell(selection, settings, _run_options(how, settings), audience)


def _selection(what: WhatToRun, settings: "Settings") -> "Selection":
    from support.runner.options import selection_of
    from support.runner.planning.errors import SelectionError

    try:
        return selection_of(
            what.features,
            what.tags,
            what.name,
            profile=what.profile,
            rings=what.ring,
            rerun_failed=what.rerun_failed,
            shard=what.shard,
            settings=settings,
        )
    except SelectionError as error:
        raise refused(error) from None


def _run_options(how: HowToRun, settings: "Settings") -> "RunOptions":
    from support.runner.options import options_of
    from support.runner.userdata import UserdataError

    try:
        return options_of(settings, **how._asdict())
    except UserdataError as error:
        raise refused(error) from None


def _run_and_tell(selection: "Selection", settings: "Settings", options: "RunOptions", audience: Audience) -> ExitCode:
    """Run, and tell everybody who wants to hear of it."""
    from reports.standard import StandardReports
    from support.runner.run import run as run_selection

    folders: list[RunFolder] = []
    stream = _event_stream(audience.events)

    def make_reports(folder: "RunFolder", scenarios: int) -> StandardReports:
        folders.append(folder)
        quiet = bool(os.environ.get("CI")) or scenarios > MOST_IN_FULL if audience.verbose is None else not audience.verbose
        if stream is not None:
            stream.run_begins(folder.run)
        if live is not None:
            live.run_begins(folder)
        also = [stream] if stream is not None else []
        follower = live.follower if live is not None else None
        return StandardReports(folder, allure=settings.allure, page=settings.report, quiet=quiet, also=also, follower=follower)

    with _live_page(audience) as live:
        code = run_selection(selection, settings, options, make_reports)
        if stream is not None:
            stream.run_over(code)
        for found in folders:
            write_formats(found.path, audience.formats, code)
        if not folders and "github" in audience.formats:
            tell_github_of_nothing(code)
        if live is not None and folders:
            live.run_again_on_clicks()
    return code


def _event_stream(file: Path | None) -> "EventStream | None":
    if file is None:
        return None
    from reports.formats.events import EventStream

    try:
        return EventStream(file.open("w", encoding="utf-8", errors="replace"))
    except OSError as error:
        raise refused(f"option --events: {file} cannot be written: {error.strerror}") from None


def _live_page(audience: Audience) -> "AbstractContextManager[Live | None]":
    if not audience.live and audience.live_into is None:
        return nullcontext()
    from support.commands.live import live_page

    return live_page(audience.live_into)
