"""The end of a run: its verdict, its record, the reports on the whole, and the platform that is kept. Loaded when scenarios are over."""

import os
import signal

from support.results.exit_codes import ExitCode
from support.results.reporting import RunReports
from support.runner.execution import RunOutcome
from support.runner.options import RunOptions
from support.runner.planning.selection import Selection
from support.runner.session import RunSession
from support.runner.stopping import Stopping
from support.runner.summary import print_summary, write_record
from support.runner.verdict import Share, judge
from support.runner.workers.worker import why_unwritten
from support.terminal import complain, say


def conclude(
    outcome: RunOutcome, session: RunSession, options: RunOptions, stopping: Stopping, selection: Selection, reports: RunReports
) -> ExitCode:
    """Judge the run, write what came of it, and return the exit code."""
    session.died += outcome.deaths
    verdict = judge(outcome, _share_of(selection))
    exit_code = ExitCode.of_signal(stopping.came) if stopping.came else verdict.exit_code
    unwritten = ExitCode.PLATFORM_FAILED if exit_code is ExitCode.PASSED else exit_code
    code = unwritten if outcome.unwritten else exit_code
    outcome.unwritten = why_unwritten(lambda: reports.run_over(write_record(session, outcome, options, code))) or outcome.unwritten
    if outcome.unwritten:
        complain(f"results of this run are missing, since they could not be written: {outcome.unwritten}")
        exit_code = unwritten
    print_summary(session, outcome, options, verdict, exit_code)
    if not stopping.came and (options.keep == "always" or (options.keep == "on-failure" and exit_code is not ExitCode.PASSED)):
        _keep(session)
    return exit_code


def _share_of(selection: Selection) -> Share:
    """How much of what counts this selection is."""
    if selection.shard is not None:
        return Share.SHARD
    return Share.RERUN if selection.only is not None else Share.WHOLE


def _keep(session: RunSession) -> None:
    """Wait for a signal, with the platform running."""
    if not any(session.deployments):
        say("--keep: there is no platform to keep")
        return
    try:
        say("\nThe platform is kept. Reach it at:", "bold")
        for name, address in session.addresses.items():
            say(f"  {name}: {address}")
        say(f"  logs: {session.folder.logs}")
        say(f"End it with Ctrl-C, or `kill {os.getpid()}`.")
        signal.pause()
    except KeyboardInterrupt:
        say("Ending the platform.")
