"""The runs that the scenario report has to show well: a green one, a red one, one that could not start, one of nothing."""

import json
from dataclasses import replace
from pathlib import Path

from benchmarks.made_run import make_run
from reports.html.earlier import MARKED_RUNS, Past, Run, Score
from support.results.identity import Identity
from support.results.run_record import RunRecord
from support.results.scenario_result import Failure, Quarantine, ScenarioResult, Status, StepResult, Weight

NO_START = "the platform could not be started: mariadb was not ready after 30 s\nIts logs are in out/logs"
WAITED = "waited 15.0 s for the team\n  expected: 'joined'\n     0.0 s to 2.0 s: nothing\n     2.0 s to 15.0 s: 'invited'"
SCORES = [
    Score(1_794_000_000.0, "named", 38, 40),
    Score(1_794_000_900.0, "random", 33, 50),
    Score(1_794_500_000.0, "named", 40, 40),
    Score(1_794_500_900.0, "random", 41, 50),
]
SMOKE = tuple(f"playbook.{number}" for number in range(1, 15))


def red_run(folder: Path) -> RunRecord:
    """Some fail and block, one warns, one is in quarantine, one passed at its second attempt, one died, the smoke test stops."""
    record = make_run(folder, 60)
    scenarios = [*record.scenarios, _smoke(stops_at=9)]
    again = ("ConnectionError: the network was away",)
    scenarios[1] = replace(scenarios[1], attempts=2, failed_attempts=again, tags=("network", "p0", "ring1"))
    scenarios[27] = replace(scenarios[27], quarantine=Quarantine("412", "2999-01-31"))
    scenarios[47] = replace(scenarios[47], status=Status.ERROR, died="its worker was killed by SIGKILL", weight=Weight.BLOCKS)
    return replace(record, scenarios=scenarios)


def decide(folder: Path) -> None:
    """Put a gate's decision with every outcome beside the run in `folder`."""
    outcomes = ("passed", "informs", "warns", "blocks", "not judged")
    rules = [{"demand": f"rule {outcome}", "outcome": outcome, "words": "It was looked at.", "figures": {}} for outcome in outcomes]
    reasons = [{"words": "2 scenarios that block a release failed."}]
    (folder / "gate-decision.json").write_text(json.dumps({"verdict": "blocked", "reasons": reasons, "rules": rules}))


def green_run(folder: Path) -> RunRecord:
    """The same without what fails."""
    record = make_run(folder, 60)
    well = [one for one in record.scenarios if one.status is not Status.FAILED]
    return replace(record, scenarios=[*well, _smoke(stops_at=15)], exit_code=0)


def large_run(folder: Path) -> RunRecord:
    """So many scenarios that nobody reads all of them; those that fail do so with the same words."""
    return make_run(folder, 2000)


def run_without_platform(folder: Path) -> RunRecord:
    """The platform did not start, so that there is nothing but what went wrong around the run."""
    record = make_run(folder, 0)
    around = ScenarioResult(
        identity=Identity("the run", "around the run"),
        name="around the run",
        keyword="Scenario",
        location="the run:0",
        feature="The run",
        tags=(),
        own_tags=(),
        description="",
        parameters=(),
        weight=Weight.BLOCKS,
        status=Status.HOOK_ERROR,
        failure=Failure(NO_START, "Problem", NO_START),
        started_at=1_795_000_000.0,
        around=True,
    )
    return replace(record, scenarios=[around], exit_code=3, services={}, facts={}, ready_seconds=0.0, wall_seconds=0.0)


def run_of_nothing(folder: Path) -> RunRecord:
    """Nothing was selected."""
    return replace(make_run(folder, 0), services={}, facts={}, wall_seconds=0.0)


def past_of(record: RunRecord, runs: int = 12) -> Past:
    """Earlier runs, in which everything passed but what has failed for three runs, goes back and forth, or was flaky once."""
    names = [str(result.identity) for result in record.scenarios]
    before, marks = [], []
    for number in range(runs):
        found = dict.fromkeys(names, "p")
        if len(names) > 20:
            found[names[7]] = "f" if number >= runs - 3 else "p"
            found[names[4]] = "f" if number % 3 == 0 else "p"
            found[names[0]] = "x" if number == runs - 7 else "p"
        counts = (sum(mark in "px" for mark in found.values()), list(found.values()).count("f"), 0, 0)
        before.append(Run(f"run-{number}", 1_794_000_000.0 + number * 86_400, "embedded", 100.0 + number, 2.0, *counts))
        marks.append(found)
    return Past(before, marks[-MARKED_RUNS:], SCORES)


def _smoke(*, stops_at: int) -> ScenarioResult:
    steps = []
    for number in range(1, 15):
        status = Status.PASSED if number < stops_at else Status.FAILED if number == stops_at else Status.SKIPPED
        failure = Failure(
            "AssertionError: nobody joined",
            "AssertionError",
            "waited 15.0 s for the team\n  expected: 'joined'\n     0.0 s to 15.0 s: 'invited'",
        )
        at = 1_795_000_100.0 + number if status is not Status.SKIPPED else None
        said = failure if status is Status.FAILED else None
        steps.append(StepResult(f"And step {number} of the playbook is gone", status, None, 0.9, at, failure=said))
    return ScenarioResult(
        identity=Identity("features/shop/playbook/smoke.feature", "A customer goes all the way"),
        name="A customer goes all the way",
        keyword="Scenario",
        location="features/shop/playbook/smoke.feature:3",
        feature="Smoke test",
        tags=tuple(sorted(("smoke", "p0", *SMOKE))),
        own_tags=(),
        description="",
        parameters=(),
        weight=Weight.BLOCKS,
        status=Status.FAILED if stops_at < 15 else Status.PASSED,
        started_at=1_795_000_100.0,
        seconds=12.6,
        wall_seconds=12.8,
        steps=tuple(steps),
    )
