"""What came before a run, as the report needs it: earlier runs, a mark of each scenario in the newest of them, scores of sabotages."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from support.frozen import Frozen
from support.history.database import HistoryUnusable
from support.history.past import PastOutcome, PastRun
from support.history.reading import History, Measurement, open_history
from support.redaction import redact
from support.results.run_folder import time_of
from support.results.run_record import RunRecord
from support.results.scenario_result import BAD, Status

MARKED_RUNS = 60
"""Earlier runs of which each scenario has a mark; the trends have all of them."""
MOST_MARKS = 300_000
"""Of all scenarios together; reading more would take longer than the rest of the report."""
SCORES = "sabotage score"
DRIFT = "drift"


class Run(Frozen):
    """One run in short: when it began (unix time), where it ran, its seconds, and how many scenarios ended how."""

    run: str
    began: float
    substrate: str
    wall: float
    ready: float
    passed: int
    failed: int
    skipped: int
    flaky: int


class Score(Frozen):
    """How many of the defects that were switched on the features noticed, at some time (unix time)."""

    at: float
    what: str
    caught: int
    of: int


class Drift(Frozen):
    """The newest comparison of a deployment with the reference (unix time), and how many differences there were each time."""

    deployment: str
    at: float
    scenarios: int
    same: int
    """Kinds of answers, messages, pods and the like that do not differ."""
    differences: Sequence[tuple[str, str, str]]
    """Where, what, and the reason why it is accepted; empty: it is new."""
    nights: Sequence[tuple[float, int, int]]
    """Unix time, new and known differences; the newest last."""


class Past(NamedTuple):
    """What came before, oldest first; what could not be read, in sentences."""

    runs: Sequence[Run] = ()
    marks: Sequence[Mapping[str, str]] = ()
    """Of the newest runs: a letter for each scenario, by `str(identity)`."""
    scores: Sequence[Score] = ()
    problems: Sequence[str] = ()
    drifts: Sequence[Drift] = ()
    """One for each deployment, whenever it was compared."""


def mark_of(status: Status, attempts: int) -> str:
    """Passed (p), passed at a further attempt (x), failed (f) or skipped (s)."""
    if status in BAD or status is Status.UNTESTED:
        return "f"
    return "s" if status is Status.SKIPPED else "x" if attempts > 1 else "p"


def in_short(record: RunRecord) -> Run:
    """A run's record in short."""
    marks = [mark_of(result.status, result.attempts) for result in record.scenarios if not result.around]
    passed = marks.count("p") + marks.count("x")
    counts = (passed, marks.count("f"), marks.count("s"), marks.count("x"))
    return Run(record.run, began_of(record), record.substrate, round(record.wall_seconds, 2), round(record.ready_seconds, 2), *counts)


def began_of(record: RunRecord) -> float:
    """When a run's first scenario began, as the history has it; of a run in which none did, what its name says."""
    named = time_of(record.run)
    started = min((result.started_at for result in record.scenarios if result.started_at), default=0.0)
    return started or (named.timestamp() if named is not None else 0.0)


def past_of(record: RunRecord, results: Path) -> Past:
    """What the history beside the results tells of the time before a run; of none that is broken."""
    try:
        with open_history(results) as history:
            return _past(history, record)
    except HistoryUnusable as error:
        return Past(problems=[f"{error}. So nothing is compared with earlier runs."])


def _past(history: History, record: RunRecord) -> Past:
    this = (began_of(record), record.run)
    parts = {record.run, *record.parts}
    earlier = [run for run in history.trend() if (run.started_at, run.run) < this and run.run not in parts]
    marks: list[Mapping[str, str]] = []
    room = MOST_MARKS
    for run in reversed(earlier[-MARKED_RUNS:]):
        marks.append({name: _mark(outcomes) for name, outcomes in history.of_run(run.run).items()})
        room -= len(marks[-1])
        if room < 0:
            break
    scores = [Score(one.at, one.subject, one.content["caught"], one.content["of"]) for one in history.measurements(SCORES)]
    return Past([_run(run) for run in earlier], marks[::-1], scores, history.problems, _drifts(history.measurements(DRIFT)))


def _drifts(measured: Sequence[Measurement]) -> list[Drift]:
    by_deployment: dict[str, list[Measurement]] = {}
    for one in measured:
        by_deployment.setdefault(one.subject, []).append(one)
    return [_drift(each) for _, each in sorted(by_deployment.items())]


def _drift(measured: Sequence[Measurement]) -> Drift:
    newest = measured[-1]
    # what earlier versions kept says only how many there were
    differences = [(redact(where), redact(what), redact(reason or "")) for where, what, reason in newest.content.get("differences", [])]
    nights = [(one.at, one.content["new"], one.content["known"]) for one in measured[-MARKED_RUNS:]]
    counts = (newest.content.get("scenarios", 0), newest.content.get("same", 0))
    return Drift(redact(newest.subject), newest.at, *counts, differences, nights)


def _mark(outcomes: Sequence[PastOutcome]) -> str:
    return mark_of(outcomes[-1].status, outcomes[-1].attempts)


def _run(run: PastRun) -> Run:
    seconds = (round(run.wall_seconds, 2), round(run.ready_seconds, 2))
    return Run(run.run, run.started_at, run.substrate, *seconds, run.passed, run.failed + run.untested, run.skipped, run.flaky)
