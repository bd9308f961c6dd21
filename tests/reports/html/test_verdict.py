"""The verdict on the first screen: the gate's where there is one, else the run's own, in sentences."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.made_run import make_run
from reports.html.verdict import GATE_FILE, UnreadableDecision, own_verdict, verdict_of
from support.results.run_record import RunRecord
from support.results.scenario_result import Status
from tests.reports.html.runs import green_run, red_run, run_of_nothing, run_without_platform

RULE = {"id": "p0", "demand": "No P0 scenario fails", "outcome": "passed", "words": "None of 12 failed.", "figures": {"failed": 0}}
DECISION: dict[str, Any] = {
    "version": 1,
    "verdict": "blocked",
    "reasons": [{"rule": "flaky", "outcome": "blocks", "words": "3 % are flaky, more than 2 %."}],
    "rules": [RULE],
    "runs": [{"run": "20261127-120000-abcdef", "shards": []}],
}


def test_a_green_run_says_how_many_passed_and_what_was_not_checked(tmp_path: Path) -> None:
    shown = own_verdict(green_run(tmp_path))
    assert shown.verdict == "pass"
    assert shown.reasons[0] == "All 52 scenarios that ran passed."
    assert shown.reasons[1] == "6 scenarios were not checked here. A skip never counts as a pass."


def test_a_red_run_says_what_blocks_warns_and_is_in_quarantine(tmp_path: Path) -> None:
    shown = own_verdict(red_run(tmp_path))
    text = "\n".join(shown.reasons)
    assert shown.verdict == "fail"
    assert "2 scenarios that block a release failed: Order 47 is delivered as it was placed; A customer goes all the way." in text
    assert "1 failure is a warning, which does not stop a release: Order 7" in text
    assert "1 failure is in quarantine and does not count for now: Order 27" in text
    assert "1 scenario passed only at a further attempt: Order 1" in text


def test_a_platform_that_did_not_start_is_no_failure_of_scenarios(tmp_path: Path) -> None:
    shown = own_verdict(run_without_platform(tmp_path))
    assert (shown.verdict, shown.title) == ("nothing", "The platform did not start")
    assert shown.reasons == [
        "The platform could not be started: mariadb was not ready after 30 s",
        "So nothing was checked, and nothing is known about this version.",
    ]


def test_nothing_and_nothing_but_skips_are_no_pass(tmp_path: Path) -> None:
    nothing = run_of_nothing(tmp_path)
    assert own_verdict(nothing).reasons == ["No scenario ran, so nothing is known about this version."]
    skipped = [one for one in green_run(tmp_path / "2").scenarios if one.status is Status.SKIPPED]
    shown = own_verdict(replace(nothing, scenarios=skipped))
    assert shown.verdict == "nothing"
    assert shown.reasons[-1] == "Every scenario was skipped, so nothing is known about this version."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"exit_code": 4}, "A budget of time was used up."),
        ({"exit_code": 130}, "The run was stopped before its end: stopped by SIGINT (Ctrl-C)."),
        ({"exit_code": 3}, "A part of the platform died while scenarios ran."),
        ({"exit_code": 1, "aborted": "the disk is full"}, "The run was aborted: the disk is full"),
        ({"exit_code": 77}, "The run ended with exit code 77."),
    ],
)
def test_other_ends_are_told_too(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    green = green_run(tmp_path)
    ran = [one for one in green.scenarios if one.status is Status.PASSED]
    shown = own_verdict(replace(green, scenarios=ran, **changes))
    assert shown.verdict == "fail"
    assert words in shown.reasons


def test_a_run_with_a_defect_switched_on_says_nothing_about_the_release(tmp_path: Path) -> None:
    noticed = own_verdict(replace(red_run(tmp_path / "1"), sabotage="no-tax"))
    assert (noticed.verdict, noticed.title) == ("rehearsal", "The defect was noticed")
    assert "no-tax was switched on deliberately, so this run is expected to fail." in noticed.reasons
    assert own_verdict(replace(green_run(tmp_path / "2"), sabotage="no-tax")).title == "Nobody noticed the defect"


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    return green_run(tmp_path)


@pytest.mark.parametrize("beside", [True, False])
def test_the_gates_decision_comes_first(record: RunRecord, tmp_path: Path, beside: bool) -> None:
    folder = tmp_path / record.run
    ((folder if beside else tmp_path) / GATE_FILE).write_text(json.dumps(DECISION))
    shown = verdict_of(record, folder)
    assert (shown.verdict, shown.title, shown.by) == ("fail", "The release has to wait", "the release gate")
    assert shown.reasons == ["3 % are flaky, more than 2 %."]
    assert [(rule.name, rule.outcome, rule.sentence) for rule in shown.rules] == [("No P0 scenario fails", "passed", "None of 12 failed.")]


def test_a_decision_in_the_short_form_is_read_too(record: RunRecord, tmp_path: Path) -> None:
    short = {
        "verdict": "pass",
        "reasons": ["All well."],
        "rules": [{"name": "p0", "outcome": "passed", "sentence": "None failed.", "figures": {}}],
    }
    (tmp_path / record.run / GATE_FILE).write_text(json.dumps(short))
    shown = verdict_of(record, tmp_path / record.run)
    assert (shown.verdict, shown.rules[0].name) == ("pass", "p0")
    # what went well comes before what is worth a look
    assert shown.reasons == ["All 52 scenarios that ran passed.", "All well."]


def test_a_decision_about_other_runs_is_not_this_runs(record: RunRecord, tmp_path: Path) -> None:
    (tmp_path / GATE_FILE).write_text(json.dumps(DECISION | {"runs": [{"run": "another", "shards": []}]}))
    assert verdict_of(record, tmp_path / record.run).by == "this run"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"verdict": "blo', "is broken"),
        (f'{{"verdict": {"[" * 100_000}', "is broken or cut off"),
        ("[]", "is not what the gate writes"),
        ('{"verdict": "maybe", "reasons": [], "rules": []}', "is not what the gate writes"),
        (json.dumps(DECISION | {"version": 2}), "is of version 2, and this Ringmaster reads version 1"),
    ],
)
def test_a_decision_that_cannot_be_read_is_refused_in_words(record: RunRecord, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / record.run / GATE_FILE).write_text(text)
    with pytest.raises(UnreadableDecision, match=words):
        verdict_of(record, tmp_path / record.run)


def test_large_figures_are_told_in_thousands(tmp_path: Path) -> None:
    record = make_run(tmp_path, 2000)
    well = [replace(one, status=Status.PASSED) for one in record.scenarios]
    assert own_verdict(replace(record, scenarios=well, exit_code=0)).reasons[0] == "All 2,000 scenarios that ran passed."
