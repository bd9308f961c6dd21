"""The table of verdicts: each rule alone, pairs that conflict, nothing run, parts missing; each with all that is said of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import pytest

from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult, Status, StepResult, Weight
from support.verdict.budgets import Budget, default_budgets
from support.verdict.decision import Unreadable, made_schema
from tests.verdict.records import HELD, OVER, around, decision_on, passing, record, scenario

BLOCKS, WARNS, INFORMS = "blocks", "warns", "informs"


@dataclass(frozen=True)
class Row:
    """Runs, what they come to, and which rules say why; the words are a part of the rule's sentence."""

    name: str
    records: Callable[[], list[RunRecord]]
    exit_code: int
    reasons: dict[str, str] = field(default_factory=dict)
    """`rule outcome` and words."""
    given: dict[str, Any] = field(default_factory=dict)


GREEN = passing(30)


def failing(name: str, *tags: str, **facts: Any) -> ScenarioResult:
    """One that failed in a step."""
    return scenario(name, *tags, status="failed", **facts)


def one(*scenarios: Any, **facts: Any) -> Callable[[], list[RunRecord]]:
    return lambda: [record(*scenarios, **facts)]


def series(*exit_codes: int, **facts: Any) -> Callable[[], list[RunRecord]]:
    """Runs on consecutive days; one that is red has a failed P0 scenario."""
    red = {0: (), 1: (failing("breaks", "p0"),)}
    return lambda: [
        record(*GREEN, *red[code], run=f"2026010{day}-000000-aaaaaa", exit_code=code, **facts) for day, code in enumerate(exit_codes, 1)
    ]


def shard(number: int, of: int, *scenarios: Any, **facts: Any) -> RunRecord:
    return record(*scenarios, run=f"20260101-00000{number}-aaaaaa", shard=f"{number}/{of}", **facts)


LATE = {"wall_seconds": 400.0, "seconds": 400.0}
RAISED = default_budgets() | {"ring1": Budget(8, "slow disks")}
UNDEFINED = (StepResult("Given nobody knows this", Status.UNDEFINED),)
NEVER_STARTED = {"exit_code": 3, "scenarios": [around()]}

HALVES = [shard(1, 2, *passing(15)), shard(2, 2, *passing(15, "p1"))]

TABLE = [
    Row("all green", one(*GREEN), 0),
    Row("a P0 scenario failed", one(*GREEN, failing("breaks", "p0")), 1, {"p0 blocks": "breaks: failed: it does not hold"}),
    Row("one without a priority failed", one(*GREEN, failing("breaks")), 1, {"p0 blocks": "1 failed"}),
    Row("a P1 scenario failed", one(*GREEN, failing("breaks", "p1")), 0, {"p1 warns": "1 failed"}),
    Row("a P2 scenario failed", one(*GREEN, failing("breaks", "p2")), 0, {"p2 informs": "1 failed"}),
    Row("a P2 scenario has an error in its step", one(*GREEN, scenario("b", "p2", status="error")), 0, {"p2 informs": "error"}),
    Row("a P2 scenario's hook failed", one(*GREEN, scenario("b", "p2", status="hook_error")), 1, {"p0 blocks": "hook error"}),
    Row("a P2 scenario's worker died", one(*GREEN, scenario("b", "p2", status="error", died="9")), 1, {"p0 blocks": "1 failed"}),
    Row(
        "a P1 scenario has a step that nobody knows",
        one(*GREEN, scenario("b", "p1", status="undefined", failure=None, steps=UNDEFINED)),
        1,
        {"p0 blocks": "there is no step definition for 'Given nobody knows this'"},
    ),
    Row("a hook around the run failed", one(*GREEN, around()), 1, {"p0 blocks": "around the run: hook error"}),
    Row(
        "P0, P1 and P2 failed",
        one(*passing(90), *(failing(f"breaks {tag}", tag) for tag in ("p0", "p1", "p2"))),
        1,
        {"p0 blocks": "breaks p0", "p1 warns": "breaks p1", "p2 informs": "breaks p2"},
    ),
    Row(
        "run with --strict: a P2 scenario weighs as P0",
        one(*GREEN, failing("breaks", "p2", weight=Weight.BLOCKS)),
        1,
        {"p0 blocks": "1 failed"},
    ),
    # quarantine
    Row(
        "in quarantine and failed",
        one(*GREEN, failing("known", "p0", quarantine=HELD)),
        0,
        {"quarantine informs": "1 in quarantine: features/f.feature:3 known: failed"},
    ),
    Row("in quarantine and passed", one(*GREEN, scenario("known", "p0", quarantine=HELD)), 0, {"quarantine informs": "known: passed"}),
    Row(
        "quarantine over and failed",
        one(*GREEN, failing("known", "p0", quarantine=OVER)),
        1,
        {"p0 blocks": "1 failed", "quarantine blocks": "a quarantine is over"},
    ),
    Row(
        "quarantine over and failed, P1",
        one(*GREEN, failing("known", "p1", quarantine=OVER)),
        1,
        {"p1 warns": "1 failed", "quarantine blocks": "until 2020-12-31. Mend it"},
    ),
    Row("quarantine over and passed", one(*GREEN, scenario("known", "p0", quarantine=OVER)), 1, {"quarantine blocks": "known: passed"}),
    Row(
        "quarantine over and skipped",
        one(*GREEN, scenario("known", "p1", status="skipped", quarantine=OVER)),
        1,
        {"quarantine blocks": "known: skipped"},
    ),
    Row(
        "a hook failed under quarantine: nobody knows what the platform did",
        one(*GREEN, scenario("known", "p0", status="hook_error", quarantine=HELD)),
        1,
        {"p0 blocks": "hook error", "quarantine informs": "1 in quarantine"},
    ),
    Row(
        "everything that ran is in quarantine",
        one(scenario("known", "p0", quarantine=HELD)),
        1,
        {"pass-rate blocks": "nothing ran that is not in quarantine", "quarantine informs": "1 in quarantine"},
    ),
    # rates
    Row(
        "exactly 95 % passed",
        one(*passing(95), *(failing(f"b {number}", "p2") for number in range(5))),
        1,
        {"p2 informs": "5 failed", "pass-rate blocks": "95 of 100 passed, 95.0%"},
    ),
    Row(
        "96 % passed",
        one(*passing(96), *(failing(f"b {number}", "p1") for number in range(4))),
        0,
        {"p1 warns": "4 failed"},
    ),
    Row(
        "a P1 scenario of two failed: a rate of so few does not block",
        one(*passing(1), failing("breaks", "p1")),
        0,
        {"p1 warns": "1 failed", "pass-rate warns": "1 of 2 passed, 50.0%; of fewer than 20"},
    ),
    Row(
        "20 scenarios are enough for a rate",
        one(*passing(19), failing("breaks", "p1")),
        1,
        {"p1 warns": "1 failed", "pass-rate blocks": "19 of 20"},
    ),
    Row(
        "what is in quarantine is left out of the rate",
        one(*GREEN, *(failing(f"k {number}", "p0", quarantine=HELD) for number in range(10))),
        0,
        {"quarantine informs": "10 in quarantine"},
    ),
    Row("skips are left out of the rate", one(*GREEN, *passing(30, "p2", status="skipped", reason="needs cluster")), 0),
    Row(
        "passed at the second attempt, 1 of 100", one(*passing(99), scenario("f", "p0", attempts=2)), 0, {"flaky-rate informs": "1 of 100"}
    ),
    Row(
        "passed at the second attempt, 2 of 100",
        one(*passing(98), *(scenario(f"f {number}", "p0", attempts=2, failed_attempts=("lost",)) for number in range(2))),
        1,
        {"flaky-rate blocks": "2 of 100 flaky, 2.0%"},
    ),
    Row(
        "failed at the second attempt too: that is no flake",
        one(*GREEN, failing("f", "p0", attempts=2, failed_attempts=("lost",))),
        1,
        {"p0 blocks": "1 failed"},
    ),
    Row(
        "repeated, and ended both ways",
        one(*GREEN, scenario("f", "p1"), failing("f", "p1")),
        1,
        {"p1 warns": "1 failed", "flaky-rate blocks": "1 of 31 flaky"},
    ),
    Row(
        "a flake in quarantine",
        one(*GREEN, scenario("f", "p0", attempts=2, quarantine=HELD)),
        0,
        {"quarantine informs": "1 in quarantine"},
    ),
    # nothing run
    Row("no scenario at all", one(), 1, {"something-ran blocks": "nothing ran: none was there"}),
    Row("no run at all", list, 1, {"something-ran blocks": "there is no run to judge"}),
    Row(
        "everything was skipped",
        one(*passing(3, "p1", status="skipped", reason="needs cluster: there is none"), exit_code=1),
        1,
        {"something-ran blocks": "all 3 were skipped, most because: needs cluster: there is none"},
    ),
    Row(
        "a level was skipped as a whole",
        one(*GREEN, *passing(2, "p1", "ring2", status="skipped", reason="needs cluster")),
        1,
        {"levels-ran blocks": "nothing of ring2 ran: 2 skipped, most because: needs cluster"},
    ),
    Row(
        "a level was asked for that nobody selected",
        one(*GREEN),
        1,
        {"levels-ran blocks": "nothing of ring3 ran: none was selected"},
        {"levels": ["ring1", "ring3"]},
    ),
    Row(
        "a P0 scenario was skipped",
        one(*GREEN, scenario("s", "p0", status="skipped", reason="needs cluster")),
        0,
        {"p0-checked warns": "1 of 31 P0 scenarios ran nowhere: features/f.feature:3 s: needs cluster"},
    ),
    Row(
        "a P0 scenario was skipped here and ran there",
        lambda: [
            record(*GREEN, scenario("s", "p0", status="skipped", reason="needs cluster")),
            record(*GREEN, scenario("s", "p0"), run="20260101-000001-bbbbbb", substrate="kind"),
        ],
        0,
    ),
    Row(
        "the platform never started",
        one(**NEVER_STARTED),
        3,
        {"platform-started blocks": "never started", "something-ran blocks": "nothing ran"},
    ),
    Row(
        "a part of the platform died",
        one(*GREEN, failing("breaks", "p1"), exit_code=3),
        3,
        {"platform-started blocks": "died", "p1 warns": "1 failed"},
    ),
    Row(
        "one of two platforms never started",
        lambda: [record(*GREEN), record(run="20260101-000001-bbbbbb", substrate="kind", **NEVER_STARTED)],
        3,
        {"platform-started blocks": "run 20260101-000001-bbbbbb, kind", "something-ran blocks": "bbbbbb, kind"},
    ),
    # cut short
    Row("stopped by Ctrl-C", one(*GREEN, exit_code=130), 1, {"finished blocks": "stopped by SIGINT"}),
    Row("aborted", one(*GREEN, exit_code=1, aborted="no more"), 1, {"finished blocks": "it was aborted: no more"}),
    Row(
        "red by itself for no reason that can be seen",
        one(*GREEN, exit_code=1),
        1,
        {"finished blocks": "though nothing in its record"},
    ),
    Row("an exit code that there is not", one(*GREEN, exit_code=77), 1, {"finished blocks": "exit code 77, which is none"}),
    # time
    Row("the run's own budget was used up", one(*GREEN, exit_code=4), 4, {"finished blocks": "were left out (exit code 4)"}),
    Row(
        "the run's own budget was used up before a P1 scenario began",
        one(*GREEN, scenario("left out", "p1", status="error", over_budget="the run budget is used up"), exit_code=4),
        4,
        {"finished blocks": "were left out (exit code 4)", "p1 warns": "the run budget is used up"},
    ),
    Row(
        "a P0 scenario took longer than it may",
        one(*GREEN, scenario("slow", "p0", status="error", over_budget="the budget of 60 s is used up"), exit_code=4),
        4,
        {"p0 blocks": "slow: error: the budget of 60 s is used up"},
    ),
    Row(
        "ring 1 took too long",
        one(*GREEN, scenario("slow", "p0", "ring1", at=100, **LATE)),
        4,
        {"budget-ring1 blocks": "7.2 of 5 min"},
    ),
    Row("ring 1 took long, for a reason", one(*GREEN, scenario("slow", "p0", "ring1", at=100, **LATE)), 0, {}, {"budgets": RAISED}),
    Row(
        "ring 2 took too long, and ring 1 did not",
        one(*GREEN, scenario("slow", "p0", "ring2", at=100, wall_seconds=601.0)),
        4,
        {"budget-ring2 blocks": "10.0 of 10 minutes"},
    ),
    Row(
        "ring 3 within its budget, the release not",
        one(*GREEN, scenario("long", "p0", "ring3", wall_seconds=50 * 60.0)),
        4,
        {"budget-release blocks": "a run took 50.0 of 35 minutes"},
    ),
    Row("the platform took too long to be ready", one(*GREEN, ready_seconds=2200.0), 4, {"budget-release blocks": "of 35 minutes"}),
    Row(
        "over budget, and a P0 scenario failed: that is graver",
        one(*GREEN, scenario("slow", "p0", "ring1", at=100, status="failed", **LATE)),
        1,
        {"p0 blocks": "1 failed", "budget-ring1 blocks": "of 5 minutes"},
    ),
    Row("two at once count once", one(*(scenario(f"s {n}", "p0", "ring1", at=n, wall_seconds=270.0) for n in range(30))), 0),
    # what was given
    Row(
        "one result cannot be read, and the rest is green",
        one(*GREEN),
        2,
        {"readable blocks": "1 result cannot be judged: x is broken"},
        {"unreadable": [Unreadable("x", "x is broken")]},
    ),
    Row(
        "one result cannot be read, and the rest is red",
        one(*GREEN, failing("breaks", "p0")),
        2,
        {"readable blocks": "x is broken", "p0 blocks": "1 failed"},
        {"unreadable": [Unreadable("x", "x is broken")]},
    ),
    Row("a sabotage was on", one(*GREEN, sabotage="unweighted"), 1, {"no-sabotage blocks": "embedded: unweighted"}),
    Row(
        "two commits",
        lambda: [record(*GREEN), record(*GREEN, run="20260101-000001-bbbbbb", commit="bad")],
        1,
        {"one-commit blocks": "of 2 commits: bad, c0ffee"},
    ),
    Row(
        "two runs, and of one the commit is not known",
        lambda: [record(*GREEN), record(*GREEN, run="20260101-000001-bbbbbb", commit="")],
        0,
        {"one-commit warns": "of 1 run the commit is not known"},
    ),
    # shards
    Row("all shards", lambda: [shard(1, 2, *passing(15)), shard(2, 2, *passing(15, "p1"))], 0),
    Row("a shard is missing", lambda: [shard(1, 2, *GREEN)], 1, {"finished blocks": "shard 2/2 is missing"}),
    Row(
        "a shard of nothing but skips",
        lambda: [shard(1, 2, *GREEN), shard(2, 2, scenario("s", "p1", status="skipped"), exit_code=1)],
        0,
    ),
    Row(
        "a shard whose platform never started",
        lambda: [shard(1, 2, *GREEN), shard(2, 2, **NEVER_STARTED)],
        3,
        {"platform-started blocks": "died: run 20260101-000001-aaaaaa", "p0 blocks": "around the run"},
    ),
    Row(
        "shards beside the whole that was made of them count once",
        lambda: [*HALVES, record(*GREEN, run="20260101-000009-aaaaaa", parts=[half.run for half in HALVES])],
        1,
        {"victory blocks": "1 green in a row"},
        {"victory": 2},
    ),
    Row("an aborted run is no matter of budgets", one(*GREEN, aborted="no more"), 1, {"finished blocks": "it was aborted: no more"}),
    Row(
        "of a level only what is in quarantine ran",
        one(*GREEN, failing("known", "p0", "ring2", quarantine=HELD)),
        1,
        {"levels-ran blocks": "nothing of ring2 ran that is not in quarantine", "quarantine informs": "1 in quarantine"},
    ),
    Row("no P0 scenario was selected", one(*passing(30, "p2")), 0, {"p0-checked warns": "no P0 scenario was selected"}),
    # a row of greens
    Row("three greens in a row", series(0, 0, 0), 0, {}, {"victory": 3}),
    Row("green after red", series(1, 0, 0), 1, {"victory blocks": "2 green in a row; before them, run 20260101"}, {"victory": 3}),
    Row("too few runs", series(0, 0), 1, {"victory blocks": "2 green in a row"}, {"victory": 3}),
    Row("red before three greens", series(1, 0, 0, 0), 0, {}, {"victory": 3}),
    Row("the last one is red", series(0, 0, 1), 1, {"victory blocks": "0 green in a row", "p0 blocks": "1 failed"}, {"victory": 1}),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_the_verdict_has_its_reasons(row: Row) -> None:
    judged_last = "victory" in row.given
    decision = decision_on(row.records(), newest=judged_last, **row.given)
    told = {f"{reason.rule} {reason.outcome}": reason.words for reason in decision.reasons}
    assert told.keys() == row.reasons.keys(), told
    for rule, words in row.reasons.items():
        assert words in told[rule]
    assert decision.exit_code == row.exit_code
    assert decision.verdict == ("blocked" if row.exit_code else "passed")
    assert len(decision.rules) == 19, "every rule is listed, those that passed too"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_the_decision_fits_its_published_schema(row: Row, tmp_path: Any) -> None:  # noqa: ANN401 - pytest's
    import json

    decision = decision_on(row.records(), newest="victory" in row.given, **row.given)
    decision.write(tmp_path / "gate-decision.json")
    jsonschema.validate(json.loads((tmp_path / "gate-decision.json").read_text()), made_schema())


def test_there_are_enough_rows() -> None:
    assert len(TABLE) >= 40
    assert len({row.name for row in TABLE}) == len(TABLE)
