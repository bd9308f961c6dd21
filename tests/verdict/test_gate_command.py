"""`ringmaster gate`: which runs it finds, what it writes, and what it says of files that are no results."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from support.commands.gate import gate
from support.results.merge import merge
from support.results.run_folder import RunFolder
from support.results.run_record import RunRecord
from support.verdict.decision import SCHEMA, made_schema, read_decision
from tests.verdict.records import HELD, around, passing, record, scenario, written

Gate = Callable[..., Result]
GREEN = passing(30)


@pytest.fixture
def decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    """`decided(path, ...)` runs the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setenv("RINGMASTER_RESULTS_FOLDER", str(tmp_path / "out"))
    monkeypatch.setenv("RINGMASTER_CLIENT_ENV", "dev")
    return lambda *arguments: CliRunner().invoke(gate, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def decision_in(folder: Path) -> Any:  # noqa: ANN401 - JSON
    found = json.loads((folder / "out" / "gate-decision.json").read_text())
    jsonschema.validate(found, json.loads(SCHEMA.read_text()))
    return found


def test_the_published_schema_is_the_one_of_the_classes() -> None:
    assert json.loads(SCHEMA.read_text()) == made_schema()


def test_a_green_run_can_go_and_every_rule_is_listed(decided: Gate, tmp_path: Path) -> None:
    outcome = decided(written(tmp_path / "run", record(*GREEN, facts={"ingestor": "0.8.94"})))
    assert outcome.exit_code == 0, outcome.output
    decision = decision_in(tmp_path)
    assert decision["verdict"] == "passed"
    assert decision["commit"] == "c0ffee"
    assert decision["runs"][0]["facts"] == {"ingestor": "0.8.94"}
    assert decision["runs"][0]["timings"] == {"ready": 1.0, "rings": {"ring1": 30.0}, "release": 31.0}
    for rule in decision["rules"]:
        assert f" {rule['id']}: {rule['words']}" in outcome.output
    assert "The release can go: 18 of 18 rules passed." in outcome.output


@pytest.mark.parametrize(
    ("variables", "trigger"),
    [
        ({}, {"event": "", "ref": "", "address": ""}),
        (
            {"GITHUB_EVENT_NAME": "schedule", "GITHUB_REF": "refs/heads/main", "GITHUB_SERVER_URL": "https://github.example.com"}
            | {"GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7"},
            {"event": "schedule", "ref": "refs/heads/main", "address": "https://github.example.com/o/r/actions/runs/7"},
        ),
        (
            {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_REF_NAME": "main", "CI_PIPELINE_URL": "https://gitlab.example.com/o/r/-/pipelines/7"},
            {"event": "push", "ref": "main", "address": "https://gitlab.example.com/o/r/-/pipelines/7"},
        ),
    ],
)
def test_the_decision_says_what_asked_for_it(
    decided: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], trigger: dict[str, str]
) -> None:
    for name in ("GITHUB_EVENT_NAME", "CI_PIPELINE_SOURCE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    decided(written(tmp_path / "run", record(*GREEN)))
    assert decision_in(tmp_path)["trigger"] == trigger


def test_what_was_written_is_read_again(decided: Gate, tmp_path: Path) -> None:
    decided(written(tmp_path / "run", record(*GREEN, scenario("flaky", "p0", attempts=2), scenario("held", "p0", quarantine=HELD))))
    assert json.loads(json.dumps(read_decision(tmp_path / "out" / "gate-decision.json"), default=vars)) == decision_in(tmp_path)


def test_attempts_and_quarantines_are_in_the_decision(decided: Gate, tmp_path: Path) -> None:
    flaky = scenario("flaky", "p0", attempts=2, failed_attempts=("the line was lost",))
    decided(written(tmp_path / "run", record(*GREEN, flaky, scenario("held", "p0", quarantine=HELD, status="failed"))))
    decision = decision_in(tmp_path)
    assert [(row["scenario"], row["attempts"], row["failed_attempts"]) for row in decision["attempts"]] == [
        ("features/f.feature: flaky", 2, ["the line was lost"])
    ]
    assert [(row["scenario"], row["issue"], row["over"], row["status"]) for row in decision["quarantine"]] == [
        ("features/f.feature: held", "12", False, "failed")
    ]


def told(decision: dict[str, Any]) -> dict[str, Any]:
    """All of a decision but when it was made, and what the run is called."""
    for run in decision["runs"]:
        decision = json.loads(json.dumps(decision).replace(run["run"], "RUN"))
    return {name: decision[name] for name in ("rules", "verdict", "exit_code", "words", "reasons", "commit", "fingerprint")}


MIXED = [
    *(replace(one, started_at=one.started_at + number) for number, one in enumerate(passing(60, "p0", "ring1"))),
    scenario("breaks", "p0", "ring2", status="failed", at=200),
    *(scenario(f"fails {n}", "p2", "ring2", status="failed", at=300 + n, location=f"features/f.feature:{90 - n}") for n in range(8)),
    scenario("warns", "p1", "ring2", status="failed", at=210),
    scenario("flaky", "p0", "ring3", attempts=2, at=220),
    scenario("held", "p0", "ring3", quarantine=HELD, status="failed", at=230),
    scenario("elsewhere", "p0", "ring3", status="skipped", reason="needs cluster: there is none"),
]
SLOW = [scenario(f"slow {number}", "p0", "ring1", at=100 * number, seconds=90) for number in range(24)]


@pytest.mark.parametrize("scenarios", [MIXED, GREEN, SLOW, []], ids=["mixed", "green", "slow", "empty"])
def test_a_run_its_shards_and_their_merged_result_are_judged_alike(decided: Gate, tmp_path: Path, scenarios: list[Any]) -> None:
    code = int(not scenarios or any(one.status == "failed" and one.weight == "blocks" and not one.quarantine for one in scenarios))
    whole = written(tmp_path / "whole", record(*scenarios, exit_code=code))
    shards = [written(tmp_path / f"shard-{number}", _shard(number, scenarios)) for number in (1, 2, 3)]
    merge(shards, merged := RunFolder(tmp_path / "merged"))
    found = []
    for arguments in ([whole], shards, [merged.path]):
        outcome = decided(*arguments)
        found.append(told(decision_in(tmp_path)) | {"process": outcome.exit_code})
    assert found[0]["rules"][0]["outcome"] == "passed"
    assert found[1] == found[0]
    assert found[2] == found[0]


def _shard(number: int, scenarios: list[Any]) -> RunRecord:
    its = scenarios[number - 1 :: 3]
    failed = any(one.status == "failed" and one.weight == "blocks" and not one.quarantine for one in its)
    code = int(failed or not any(one.status == "passed" for one in its))
    return record(*its, run=f"20260101-000000-aaaaa{number}", shard=f"{number}/3", exit_code=code)


BAD_FILES = {
    "broken": ('{"version": 1, "run": ', "is broken or cut off"),
    "empty": ("", "is broken or cut off"),
    "binary": ("\x00\x01\x02", "is broken or cut off"),
    "foreign": ('{"tests": 12, "failures": 0}', "has no version"),
    "a list": ("[]", "has no version"),
    "future": ('{"version": 99, "run": "x"}', "is of version 99"),
    "incomplete": ('{"version": 1, "run": "x"}', "is not the record of a run: substrate"),
    "deep": ("[" * 200_000, "nested too deeply"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_result_is_said_and_the_rest_is_judged(decided: Gate, tmp_path: Path, kind: str) -> None:
    text, words = BAD_FILES[kind]
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "run.json").write_text(text)
    outcome = decided(tmp_path / "bad", written(tmp_path / "good", record(*GREEN, scenario("breaks", "p0", status="failed"))))
    assert outcome.exit_code == 2, outcome.output
    assert words in outcome.stderr
    assert "Traceback" not in outcome.output
    assert "✗ p0: 1 failed: features/f.feature:3 breaks: failed: it does not hold" in outcome.output
    assert len(decision_in(tmp_path)["unreadable"]) == 1


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"wall_seconds": float("nan")}, "NaN is no finite number"),
        ({"shard": "4/3"}, "there is no shard '4/3'"),
        ({"shard": "half"}, "there is no shard 'half'"),
        ({"scenarios": [scenario("s", quarantine=replace(HELD, until="soon"))]}, "Invalid isoformat string: 'soon'"),
        ({"scenarios": [scenario("s", started_at=float("inf"))]}, "Infinity is no finite number"),
    ],
)
def test_what_fits_the_format_and_makes_no_sense_is_refused(decided: Gate, tmp_path: Path, facts: dict[str, Any], words: str) -> None:
    outcome = decided(written(tmp_path / "run", record(**facts)))
    assert outcome.exit_code == 2
    assert words in outcome.stderr


def test_what_is_not_there_is_said(decided: Gate, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    (tmp_path / "other.json").write_text("{}")
    outcome = decided(tmp_path / "missing", tmp_path / "nothing", tmp_path / "other.json")
    assert outcome.exit_code == 2
    assert "missing is not there: name a run's folder, its run.json, or a folder of runs" in outcome.stderr
    assert "there is no finished run in" in outcome.stderr
    assert "other.json is not the result of a run" in outcome.stderr


def test_of_a_folder_of_runs_the_newest_counts_and_a_run_counts_once(decided: Gate, tmp_path: Path) -> None:
    red = record(*GREEN, scenario("breaks", "p0", status="failed"), run="20260101-000000-aaaaaa", exit_code=1)
    written(tmp_path / "runs" / red.run, red)
    newest = written(tmp_path / "runs" / "20260102-000000-aaaaaa", record(*GREEN, run="20260102-000000-aaaaaa"))
    (tmp_path / "runs" / "latest").symlink_to(newest.name)
    outcome = decided(tmp_path / "runs", newest, newest / "run.json")
    assert outcome.exit_code == 0, outcome.output
    assert [run["run"] for run in decision_in(tmp_path)["runs"]] == ["20260102-000000-aaaaaa"]


def test_a_row_of_greens_is_broken_by_a_run_that_left_no_result(decided: Gate, tmp_path: Path) -> None:
    for day in (1, 2, 4):
        name = f"2026010{day}-000000-aaaaaa"
        written(tmp_path / "runs" / name, record(*GREEN, run=name))
    assert decided(tmp_path / "runs", "--victory", 3).exit_code == 0
    (tmp_path / "runs" / "20260103-000000-aaaaaa" / "logs").mkdir(parents=True)
    outcome = decided(tmp_path / "runs", "--victory", 3)
    assert outcome.exit_code == 2, outcome.output
    assert "there is no finished run in" in outcome.stderr
    assert decided(tmp_path / "runs", "--victory", 4).exit_code == 2


def test_a_budget_is_raised_only_with_a_reason(decided: Gate, tmp_path: Path) -> None:
    run = written(tmp_path / "run", record(*GREEN, scenario("slow", "p0", "ring1", seconds=400, at=100)))
    assert decided(run).exit_code == 4
    (tmp_path / "budgets.toml").write_text("[ring1]\nminutes = 8\n")
    refused = decided(run)
    assert refused.exit_code == 2
    assert "budgets.toml: ring1: 8 minutes are more than the usual 5: write the reason beside them" in refused.stderr
    (tmp_path / "budgets.toml").write_text('[ring1]\nminutes = 8\nreason = "slow disks until issue 41"\n')
    raised = decided(run)
    assert raised.exit_code == 0, raised.output
    (rule,) = [rule for rule in decision_in(tmp_path)["rules"] if rule["id"] == "budget-ring1"]
    assert rule["demand"] == "ring1 took at most 8 minutes (raised: slow disks until issue 41)"
    assert rule["figures"]["raised_because"] == "slow disks until issue 41"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[ring1]\nminutes = 0\n", "minutes have to be more than 0"),
        ("[ring9]\nminutes = 1\n", "'ring9' has no budget. Did you mean 'ring"),
        ("[ring1]\nseconds = 1\n", "a budget has minutes"),
        ("[ring1\n", "is not valid TOML"),
    ],
)
def test_wrong_budgets_are_refused(decided: Gate, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    outcome = decided(written(tmp_path / "run", record(*GREEN)), "--budgets", tmp_path / "mine.toml")
    assert outcome.exit_code == 2
    assert words in outcome.stderr
    assert "there is no file of budgets" in decided(tmp_path / "run", "--budgets", tmp_path / "none.toml").stderr


def test_github_gets_annotations_and_a_summary(decided: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    failed = scenario("breaks | 100 %\n<b>", "p1", status="failed")
    outcome = decided(written(tmp_path / "run", record(*GREEN, failed, around())), "--format", "github")
    assert outcome.exit_code == 1
    assert "::error title=gate%3A p0::1 failed: the-run:0 around the run: hook error" in outcome.output
    assert "::warning title=gate%3A p1::1 failed: features/f.feature:3 breaks | 100 %25%0A<b>: failed" in outcome.output
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("## ❌ The release has to wait: ")
    assert "| p1 | ! warns | 1 failed: features/f.feature:3 breaks \\| 100 % &lt;b&gt;: failed: it does not hold |" in summary
    assert "| p2 | ✓ passed | none failed |" in summary


def test_a_decision_that_cannot_be_written_is_said(decided: Gate, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = decided(written(tmp_path / "run", record(*GREEN)), "--output", tmp_path / "file" / "decision.json")
    assert outcome.exit_code == 2
    assert "the decision cannot be written" in outcome.stderr
