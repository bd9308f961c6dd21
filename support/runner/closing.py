"""The last lines of a run and its record: what blocks, warns and informs, where the time went, where the results are."""

import time
from datetime import date
from pathlib import Path

from support.redaction import redact
from support.results.flake_ledger import add_run
from support.results.run_record import RunRecord, record_of
from support.runner.execution import Outcome, Wishes
from support.runner.exit_codes import ExitCode
from support.runner.plan import Task
from support.runner.session import RunSession
from support.runner.verdict import Verdict, Weight, weight_of
from support.terminal import Style, say

STYLES: dict[Weight, Style] = {Weight.BLOCKS: "red", Weight.WARNS: "yellow", Weight.INFORMS: "cyan", Weight.QUARANTINED: "magenta"}
MOST_LISTED = 50
ORDER_OF_COUNTS = ("passed", "failed", "error", "hook_error", "cleanup_error", "skipped")


def write_record(session: RunSession, outcome: Outcome, wishes: Wishes, verdict: Verdict, exit_code: ExitCode, *, strict: bool) -> None:
    """Write `run.json`, and the scenarios into the flake ledger."""
    settings = session.settings
    scenarios = [
        record_of(
            task.scenario,
            session.folder.path,
            weight=weight_of(task.scenario, strict=strict),
            wall_seconds=task.wall_seconds,
            order=task.order,
            worker=task.worker,
            over_budget=task.over_budget,
            died=task.died,
            failed_attempts=task.failed_attempts,
        )
        for task in outcome.tasks
    ]
    scenarios += [record_of(added, session.folder.path, weight=Weight.BLOCKS) for added in verdict.around]
    record = RunRecord(
        run=session.folder.run,
        substrate=settings.substrate,
        facts=dict(session.facts),
        sabotage=settings.sabotage,
        workers=wishes.workers,
        seed=wishes.seed,
        shard=session.shard,
        shard_plan=session.shard_plan,
        ready_seconds=session.ready_seconds,
        step_seconds=_step_seconds(outcome),
        hook_seconds=_hook_seconds(outcome),
        wall_seconds=outcome.wall_seconds,
        exit_code=exit_code,
        scenarios=scenarios,
    )
    record.write(session.folder.path)
    add_run(record, session.folder.path.parent)


def print_closing(session: RunSession, outcome: Outcome, wishes: Wishes, verdict: Verdict, exit_code: ExitCode) -> None:
    """Print the last lines."""
    say()
    for death in dict.fromkeys([*outcome.deaths, *session.died]):
        say(death, "red")
    for weight, tasks in verdict.failed.items():
        _list(weight, tasks)
    _print_quarantines(outcome)
    for added in verdict.around:
        say(f"blocks: {added.name}: {_first_line(added.error_message)}", "red")
    for used_up in outcome.used_up.values():
        say(f"budget: {used_up}", "red")
    _print_time(session, outcome, wishes)
    say(_counted(verdict), "green" if exit_code is ExitCode.PASSED else "red")
    say(f"Exit code {exit_code.value}: {exit_code.meaning}. Results: {_shown(session.folder.path.parent / 'latest')}")


def _print_quarantines(outcome: Outcome) -> None:
    """Point out which quarantines have done their time."""
    for task in outcome.tasks:
        if task.quarantine is None:
            continue
        passed, is_over = task.scenario.status.name == "passed", task.quarantine.is_over(date.today())
        if passed:
            said = "passed: it can do without it now"
        elif is_over:
            said = "is over, so that it counts again"
        else:
            continue
        line = f"{task.quarantine}: {task.scenario.location} {task.scenario.name} {said}"
        say(redact(line), STYLES[Weight.QUARANTINED])


def _list(weight: Weight, tasks: list[Task]) -> None:
    for task in tasks[:MOST_LISTED]:
        scenario = task.scenario
        over = f" ({task.over_budget})" if task.over_budget else ""
        line = f"{weight}: {scenario.location} {scenario.name}: {scenario.status.name.replace('_', ' ')}{over}"
        say(redact(line), STYLES[weight])
    if len(tasks) > MOST_LISTED:
        say(f"{weight}: {len(tasks) - MOST_LISTED} more", STYLES[weight])


def _counted(verdict: Verdict) -> str:
    order = [*(name for name in ORDER_OF_COUNTS if verdict.counts[name]), *sorted(verdict.counts.keys() - set(ORDER_OF_COUNTS))]
    counted = ", ".join(f"{verdict.counts[name]} {name.replace('_', ' ')}" for name in order if verdict.counts[name]) or "no scenario ran"
    blocking = len(verdict.failed[Weight.BLOCKS]) + len(verdict.around)
    weights = {
        "blocking": blocking,
        "warning": len(verdict.failed[Weight.WARNS]),
        "informing": len(verdict.failed[Weight.INFORMS]),
        "quarantined": len(verdict.failed[Weight.QUARANTINED]),
    }
    told = ", ".join(f"{count} {name}" for name, count in weights.items() if count)
    return f"{counted}" + (f" ({told})" if told else "")


def _print_time(session: RunSession, outcome: Outcome, wishes: Wishes) -> None:
    whole = time.monotonic() - session.began
    parts = [f"{whole:.1f} s in all"]
    if session.ready_seconds:
        parts.append(f"platform ready {session.ready_seconds:.1f} s")
    parts += [
        f"scenarios {outcome.wall_seconds:.1f} s",
        f"steps {_step_seconds(outcome):.1f} s",
        f"hooks and cleanups {_hook_seconds(outcome):.1f} s",
    ]
    workers = f"{wishes.workers} worker{'s' if wishes.workers > 1 else ''}"
    lost = f", {outcome.workers_lost} lost" if outcome.workers_lost else ""
    say(f"Time: {', '.join(parts)}, on {workers}{lost}", "dim")


def _step_seconds(outcome: Outcome) -> float:
    return float(sum(task.scenario.duration for task in outcome.tasks))


def _hook_seconds(outcome: Outcome) -> float:
    return outcome.hook_seconds + float(sum(max(task.wall_seconds - task.scenario.duration, 0.0) for task in outcome.tasks))


def _first_line(text: str | None) -> str:
    return redact((text or "").strip().splitlines()[0]) if (text or "").strip() else ""


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
