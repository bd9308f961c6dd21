"""The last lines of a run and its record: what blocks, warns and informs, where the time went, where the results are."""

import time
from datetime import date
from pathlib import Path

from support.results.commit import current_commit
from support.results.exit_codes import ExitCode
from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult, Status, Weight
from support.results.texts import presentable
from support.runner.execution import RunOutcome
from support.runner.options import RunOptions
from support.runner.record_keeping import keep_run
from support.runner.session import RunSession
from support.runner.verdict import Verdict
from support.terminal import Style, say

STYLES: dict[Weight, Style] = {Weight.BLOCKS: "red", Weight.WARNS: "yellow", Weight.INFORMS: "cyan", Weight.QUARANTINED: "magenta"}
MOST_LISTED = 50
ORDER_OF_COUNTS = ("passed", "failed", "error", "hook_error", "cleanup_error", "skipped")


def write_record(session: RunSession, outcome: RunOutcome, options: RunOptions, exit_code: ExitCode) -> RunRecord:
    """Write `run.json`, and add the run to the history; returns what was written."""
    settings = session.settings
    record = RunRecord(
        run=session.folder.run,
        substrate=settings.substrate,
        sabotage=settings.sabotage,
        workers=options.workers,
        seed=options.seed,
        shard=session.shard,
        shard_plan=session.shard_plan,
        ready_seconds=session.ready_seconds,
        step_seconds=_step_seconds(outcome),
        hook_seconds=_hook_seconds(outcome),
        wall_seconds=outcome.wall_seconds,
        exit_code=exit_code,
        aborted=outcome.aborted or None,
        commit=current_commit(),
        facts=dict(session.facts),
        services=dict(session.services),
        features=outcome.features,
        scenarios=[*outcome.results, *outcome.around],
    )
    keep_run(record, session.folder.path)
    return record


def print_summary(session: RunSession, outcome: RunOutcome, options: RunOptions, verdict: Verdict, exit_code: ExitCode) -> None:
    """Print the last lines."""
    say()
    for death in dict.fromkeys([*outcome.deaths, *session.died]):
        say(death, "red")
    print_what_counts(outcome, verdict)
    for used_up in outcome.used_up.values():
        say(f"budget: {used_up}", "red")
    _print_time(session, outcome, options)
    say(counted(verdict), "green" if exit_code is ExitCode.PASSED else "red")
    say(f"Exit code {exit_code.value}: {exit_code.meaning}. Results: {_shown(session.folder.path.parent / 'latest')}")


def print_what_counts(outcome: RunOutcome, verdict: Verdict) -> None:
    """Print a line for each scenario that failed, by its weight, and for whatever else a reader must not miss."""
    for weight, results in verdict.failed.items():
        _list(weight, results)
    for result in outcome.results:
        if result.status is Status.PASSED and result.attempts > 1:
            say(f"flaky: {result.location} {result.name}: {result.ending}", "yellow")
    _print_quarantines(outcome)
    for added in verdict.around:
        say(f"blocks: {added.name}: {_first_line(added.failure.message if added.failure else '')}", "red")
    if outcome.aborted:
        say(f"aborted: {presentable(outcome.aborted)}", "red")


def _print_quarantines(outcome: RunOutcome) -> None:
    """Point out which quarantines have done their time."""
    for result in outcome.results:
        if result.quarantine is None:
            continue
        if result.status is Status.PASSED:
            said = "passed: it can do without it now"
        elif result.quarantine.is_over(date.today()):
            said = "is over, so that it counts again"
        else:
            continue
        say(f"{result.quarantine}: {result.location} {result.name} {said}", STYLES[Weight.QUARANTINED])


def _list(weight: Weight, results: list[ScenarioResult]) -> None:
    for result in results[:MOST_LISTED]:
        say(f"{weight}: {result.in_one_line()}", STYLES[weight])
    if len(results) > MOST_LISTED:
        say(f"{weight}: {len(results) - MOST_LISTED} more", STYLES[weight])


def counted(verdict: Verdict) -> str:
    """How many scenarios ended how, and what those that failed do."""
    order = [*(name for name in ORDER_OF_COUNTS if verdict.counts[name]), *sorted(verdict.counts.keys() - set(ORDER_OF_COUNTS))]
    counted = ", ".join(f"{verdict.counts[name]} {name.replace('_', ' ')}" for name in order if verdict.counts[name]) or "no scenario ran"
    blocking = len(verdict.failed[Weight.BLOCKS]) + len(verdict.around)
    weights = {
        "blocking": blocking,
        "warning": len(verdict.failed[Weight.WARNS]),
        "informing": len(verdict.failed[Weight.INFORMS]),
        "quarantined": len(verdict.failed[Weight.QUARANTINED]),
    }
    weighed = ", ".join(f"{count} {name}" for name, count in weights.items() if count)
    return f"{counted}" + (f" ({weighed})" if weighed else "")


def _print_time(session: RunSession, outcome: RunOutcome, options: RunOptions) -> None:
    whole = time.monotonic() - session.began
    parts = [f"{whole:.1f} s in all"]
    if session.ready_seconds:
        parts.append(f"platform ready {session.ready_seconds:.1f} s")
    parts += [
        f"scenarios {outcome.wall_seconds:.1f} s",
        f"steps {_step_seconds(outcome):.1f} s",
        f"hooks and cleanups {_hook_seconds(outcome):.1f} s",
    ]
    workers = f"{options.workers} worker{'s' if options.workers > 1 else ''}"
    lost = f", {outcome.workers_lost} lost" if outcome.workers_lost else ""
    say(f"Time: {', '.join(parts)}, on {workers}{lost}", "dim")


def _step_seconds(outcome: RunOutcome) -> float:
    return sum(result.seconds for result in outcome.results)


def _hook_seconds(outcome: RunOutcome) -> float:
    return outcome.hook_seconds + sum(max(result.wall_seconds - result.seconds, 0.0) for result in outcome.results)


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else ""


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
