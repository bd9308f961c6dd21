"""The history as pages: its runs, one run, or scenarios and their marks."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from reports.pages.page import Page, Section
from support.history.past import FailingSince, PastOutcome, PastRun, Reliability, failing_since
from support.history.reading import History
from support.results.scenario_result import Status

MOST_MARKS = 40
MOST_LISTED = 10
MARKS = {Status.PASSED: "✓", Status.SKIPPED: "-", Status.UNTESTED: "·"}
FLAKY, FAILED = "~", "✗"
LEGEND = "✓ passed, ~ passed at its second attempt, ✗ failed, - skipped, · did not begin; the newest is on the right"
BARS = "▁▂▃▄▅▆▇█"
RUN_HEADINGS = ("run", "began (UTC)", "on", "exit code", "passed", "flaky", "failed", "skipped", "seconds", "notes")


def runs_page(history: History, newest: int) -> Page:
    """The newest runs, the trend of those that count, and what fails, is flaky or is slow."""
    runs = history.runs(newest)
    if not runs:
        return Page("History", ["No run is in the history yet."])
    failing = history.failing()
    sections = [
        Section("Trend", _trend(history.trend(), newest)),
        _failing(failing),
        _flaky(history.flakes()),
        _slow(history.durations()),
    ]
    shown = Section(f"The newest {len(runs)} runs", (), RUN_HEADINGS, [_run_row(run) for run in reversed(runs)])
    fails = f"{len(failing)} scenario{' fails' if len(failing) == 1 else 's fail'}" if failing else "no scenario fails"
    return Page(
        "History",
        [f"Going by the last time that each ran, {fails}."],
        [shown, *(section for section in sections if section.paragraphs or section.rows)],
    )


def run_page(history: History, run: PastRun) -> Page:
    """How one run ended, what failed in it and since when, and what was skipped why."""
    outcomes = {name: its[-1] for name, its in history.of_run(run.run).items()}
    failed = [(name, one) for name, one in outcomes.items() if _mark(one) == FAILED]
    skipped: dict[str, int] = {}
    for one in outcomes.values():
        if one.status is Status.SKIPPED:
            skipped[one.reason or "no reason is known"] = skipped.get(one.reason or "no reason is known", 0) + 1
    rows = [(name, one.status.words, one.reason or "", _since(_until(history.scenario(name), one))) for name, one in failed]
    sections = [
        Section("Failed", (), ("scenario", "ended", "why", "fails since"), rows),
        Section("Skipped", (), ("scenarios", "why"), [(str(count), why) for why, count in skipped.items()]),
        _slow({name: one.seconds for name, one in outcomes.items() if one.seconds}),
    ]
    row = dict(zip(RUN_HEADINGS, _run_row(run), strict=True))
    facts = ", ".join(f"{name} {value}" for name, value in row.items() if name not in ("run", "exit code") and value)
    ended = "its exit code is not known" if run.exit_code is None else f"exit code {run.exit_code}"
    return Page(f"Run {run.run}", [f"{facts}; {ended}"], [section for section in sections if section.rows])


def scenarios_page(scenarios: Mapping[str, Sequence[PastOutcome]], durations: Mapping[str, float]) -> Page:
    """Scenarios with a row of marks each; of a single one, also why it ended so."""
    rows = []
    for name, outcomes in scenarios.items():
        seconds = durations.get(name)
        since = _since(failing_since(outcomes))
        rows.append((name, "".join(map(_mark, outcomes[-MOST_MARKS:])), since, f"{seconds:.1f}" if seconds is not None else ""))
    sections = [Section("Marks", [LEGEND], ("scenario", "runs", "fails since", "expected seconds"), rows)]
    if len(scenarios) == 1:
        (outcomes,) = scenarios.values()
        told = [(one.run, _day(one.started_at), one.status.words, _number(one.seconds), one.reason or "") for one in outcomes[-MOST_MARKS:]]
        sections.append(Section("Runs", (), ("run", "began (UTC)", "ended", "seconds", "why"), told[::-1]))
    return Page(f"History of {len(scenarios)} scenario{'s' if len(scenarios) > 1 else ''}", [], sections)


def _trend(trend: Sequence[PastRun], newest: int) -> list[str]:
    if len(trend) < 2:
        return []
    now, before = trend[-newest:], trend[-2 * newest : -newest]
    lines = []
    for name, values, earlier, shown in (
        ("pass rate", [run.pass_rate or 0.0 for run in now], [run.pass_rate or 0.0 for run in before], "{:.1%}"),
        ("seconds of scenarios", [run.wall_seconds for run in now], [run.wall_seconds for run in before], "{:.1f}"),
        ("seconds until the platform was ready", [run.ready_seconds for run in now], [run.ready_seconds for run in before], "{:.1f}"),
    ):
        compared = f"; {shown.format(_mean(earlier))} over the {len(earlier)} before" if earlier else ""
        lines.append(f"{_bars(values)}  {name}: {shown.format(_mean(values))} over {len(values)} runs{compared}")
    return lines


def _bars(values: Sequence[float]) -> str:
    least, most = min(values), max(values)
    return "".join(BARS[round((value - least) / (most - least) * (len(BARS) - 1)) if most > least else len(BARS) // 2] for value in values)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _failing(failing: Mapping[str, FailingSince]) -> Section:
    rows = [(name, _since(since)) for name, since in sorted(failing.items(), key=lambda pair: pair[1].started_at)]
    return Section("Fails", _left_out(rows), ("scenario", "since"), rows[:MOST_LISTED])


def _flaky(flakes: Sequence[Reliability]) -> Section:
    found = [one for one in flakes if one.flaky_rate or one.changes > 1]
    rows = [(one.scenario, str(one.runs), f"{one.flaky_rate:.0%}", str(one.changes), str(one.consecutive_greens)) for one in found]
    headings = ("scenario", "runs", "passed at second attempt", "changes between passed and failed", "greens since")
    return Section("Flaky", _left_out(rows), headings, rows[:MOST_LISTED])


def _slow(seconds: Mapping[str, float]) -> Section:
    slowest = sorted(seconds.items(), key=lambda pair: -pair[1])[:MOST_LISTED]
    return Section("Slowest", (), ("scenario", "seconds"), [(name, _number(took)) for name, took in slowest])


def _left_out(rows: Sequence[object]) -> list[str]:
    return [f"{len(rows)}, of which {MOST_LISTED} are shown"] if len(rows) > MOST_LISTED else []


def _run_row(run: PastRun) -> tuple[str, ...]:
    code = "" if run.exit_code is None else str(run.exit_code)
    notes = [f"sabotage {run.sabotage}"] if run.sabotage else []
    notes += [f"shard {run.shard}"] if run.shard else []
    counts = (str(number) if number else "" for number in (run.passed, run.flaky, run.failed, run.skipped))
    return (run.run, _day(run.started_at), run.substrate, code, *counts, _number(run.wall_seconds or None), ", ".join(notes))


def _mark(outcome: PastOutcome) -> str:
    return FLAKY if outcome.flaky else MARKS.get(outcome.status, FAILED)


def _until(outcomes: Sequence[PastOutcome], last: PastOutcome) -> FailingSince | None:
    return failing_since([one for one in outcomes if one.started_at <= last.started_at])


def _since(since: FailingSince | None) -> str:
    if since is None:
        return ""
    before = f"passed before, in {since.last_green}" if since.last_green else "never passed"
    return f"{_day(since.started_at)}, {since.runs} run{'s' if since.runs > 1 else ''} ({before})"


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M") if moment else ""


def _number(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"
