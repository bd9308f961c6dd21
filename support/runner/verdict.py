"""What a run comes to: the counts, the exit code, the run's record and the closing lines."""

import time
from collections import Counter
from pathlib import Path

from behave.model import Scenario
from behave.runner import Runner
from rich.console import Console

from reports.flake_ledger import add_run
from reports.run_record import RunRecord, record_of
from support.runner.exit_codes import ExitCode
from support.runner.session import RunSession


def verdict(runner: Runner, session: RunSession, console: Console) -> ExitCode:
    """Count what ran, write the run's record, print the closing lines and choose the exit code."""
    scenarios = [s for f in runner.features for s in f.walk_scenarios() if s.should_run(runner.config) or s.status.name != "untested"]
    told = [s for s in scenarios if s.status.name != "skipped" or s.skip_reason]
    counts = Counter(scenario.status.name for scenario in told)
    exit_code = _exit_code(counts, runner, session)
    _write_record(session, told, exit_code)
    for death in session.died:
        console.print(f"\n{death}", style="red", markup=False, highlight=False)
    counted = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in sorted(counts.items())) or "no scenario ran"
    seconds = sum(scenario.duration for scenario in told)
    latest = _shown(session.folder.path.parent / "latest")
    style = "green" if exit_code is ExitCode.PASSED else "red"
    whole = time.monotonic() - session.began
    taken = f"{seconds:.1f} s, {whole:.1f} s with the platform's start and stop"
    console.print(f"\n[{style}]{counted}[/{style}] in {taken}. Results: {latest}", highlight=False)
    return exit_code


def _exit_code(counts: Counter[str], runner: Runner, session: RunSession) -> ExitCode:
    if session.died:
        return ExitCode.PLATFORM_FAILED
    bad = sum(count for status, count in counts.items() if status not in ("passed", "skipped"))
    # nothing but skips is not a pass
    return ExitCode.PASSED if counts["passed"] and not bad and not runner.hook_failures else ExitCode.FAILED


def _write_record(session: RunSession, scenarios: list[Scenario], exit_code: ExitCode) -> None:
    settings = session.settings
    record = RunRecord(
        run=session.folder.run,
        substrate=settings.substrate,
        client_env=settings.environment_name,
        sabotage=settings.sabotage,
        ready_seconds=session.ready_seconds,
        exit_code=exit_code,
        scenarios=[record_of(scenario, session.folder.path) for scenario in scenarios],
    )
    record.write(session.folder.path)
    add_run(record, session.folder.path.parent)


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
