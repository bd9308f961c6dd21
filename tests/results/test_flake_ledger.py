"""How reliable scenarios are over many runs."""

import json
from dataclasses import replace
from pathlib import Path

from support.results.flake_ledger import LedgerLine, add_run, read_ledger, reliability
from support.results.identity import Identity
from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult, Status, Weight


def run(number: int, sabotage: str | None = None, **statuses: str) -> RunRecord:
    scenarios = [
        ScenarioResult(
            identity=Identity("features/a.feature", name),
            name=name,
            keyword="Scenario",
            location=f"features/a.feature:{line}",
            feature="a",
            tags=(),
            own_tags=(),
            description="",
            parameters=(),
            weight=Weight.BLOCKS,
            status=Status(status),
        )
        for line, (name, status) in enumerate(statuses.items())
    ]
    return RunRecord(
        run=str(number),
        substrate="embedded",
        sabotage=sabotage,
        workers=1,
        seed=None,
        shard=None,
        shard_plan="",
        ready_seconds=1,
        step_seconds=1,
        hook_seconds=1,
        wall_seconds=1,
        exit_code=0,
        scenarios=scenarios,
    )


def lines(*ended: tuple[str, int]) -> list[LedgerLine]:
    return [LedgerLine(run=str(number), scenario="s", status=status, attempts=attempts) for number, (status, attempts) in enumerate(ended)]


def test_each_run_adds_its_scenarios_but_not_those_that_were_skipped(tmp_path: Path) -> None:
    add_run(run(1, one="passed", two="skipped"), tmp_path)
    add_run(run(2, one="failed"), tmp_path)
    assert [(line.scenario, line.status) for line in read_ledger(tmp_path)] == [
        ("features/a.feature: one", "passed"),
        ("features/a.feature: one", "failed"),
    ]


def test_a_run_with_a_sabotage_says_nothing_about_reliability(tmp_path: Path) -> None:
    add_run(run(1, sabotage="flops-not-relayed", one="failed"), tmp_path)
    assert read_ledger(tmp_path) == []


def test_lines_of_old_ledgers_get_the_names_of_today_where_that_is_clear(tmp_path: Path) -> None:
    old = [
        {"run": "0", "scenario": f"features/a.feature: {name}", "status": "passed", "attempts": 1} for name in ("moved", "twice", "plain")
    ]
    (tmp_path / "flake-ledger.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in old))
    record = run(1, moved="passed", twice="passed", plain="passed")
    (moved, twice, plain) = record.scenarios
    moved = replace(moved, identity=replace(moved.identity, rule="a rule"))
    others = [replace(twice, identity=replace(twice.identity, rule=rule)) for rule in ("one", "two")]
    add_run(replace(record, scenarios=[moved, *others, plain]), tmp_path)
    assert [line.scenario for line in read_ledger(tmp_path)] == [
        "features/a.feature: a rule: moved",
        "features/a.feature: twice",
        "features/a.feature: plain",
        "features/a.feature: a rule: moved",
        "features/a.feature: one: twice",
        "features/a.feature: two: twice",
        "features/a.feature: plain",
    ]


def test_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    add_run(run(1, one="passed"), tmp_path)
    file = tmp_path / "flake-ledger.jsonl"
    file.write_text('{"run": "0", "scena\n' + file.read_text())
    assert len(read_ledger(tmp_path)) == 1


def test_rates_are_shares_of_the_runs() -> None:
    (one,) = reliability(lines(("passed", 1), ("failed", 2), ("passed", 2), ("passed", 1)))
    assert (one.runs, one.pass_rate, one.flaky_rate, one.retry_rate) == (4, 0.75, 0.25, 0.5)


def test_greens_in_a_row_end_at_a_failure_and_at_a_second_attempt() -> None:
    assert reliability(lines(("failed", 1), ("passed", 1), ("passed", 1)))[0].consecutive_greens == 2
    assert reliability(lines(("passed", 1), ("passed", 2), ("passed", 1)))[0].consecutive_greens == 1
    assert reliability(lines(("passed", 1), ("passed", 1)))[0].consecutive_greens == 2
    assert reliability(lines(("passed", 1), ("failed", 1)))[0].consecutive_greens == 0


def test_changes_between_passed_and_failed_are_counted() -> None:
    assert reliability(lines(("passed", 1), ("failed", 1), ("error", 1), ("passed", 1)))[0].changes == 2


def test_the_least_reliable_comes_first() -> None:
    good = [LedgerLine(run="1", scenario="good", status="passed")]
    retried = [LedgerLine(run="1", scenario="retried", status="passed", attempts=2)]
    bad = [LedgerLine(run="1", scenario="bad", status="failed")]
    assert [one.scenario for one in reliability([*good, *retried, *bad])][-1] == "good"
