"""A worker that dies, however, costs its own scenario and nothing else."""

import os
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from hamcrest import greater_than_or_equal_to

from support.waiting import eventually
from tests.descendants import descendants
from tests.runner.conftest import Run, command

WORKER_KILLS = int(os.environ.get("RUNNER_WORKER_KILLS", "3"))

DYING = """
Feature: dying
  Scenario: goes first
    Given it passes
  Scenario: exits
    Given it passes
    When it ends its worker with exit code 7
    Then it passes
  Scenario: exits as if all were well
    When it ends its worker with exit code 0
  Scenario: crashes
    When it is killed by signal 11
  Scenario: is killed
    When it is killed by signal 9
  Scenario: comes after
    Given it passes
"""

NOTING = """
from support.evidence.kinds import Kind
from support.evidence.recorder import Recorder, record, use
from support.results.notes import notes
from support.runner.session import current_session

def before_scenario(context, scenario):
    notes.evidence = current_session().folder.scenarios / scenario.name.replace(" ", "-")
    use(Recorder(notes.evidence))
    record(Kind.SCENARIO, scenario.name)

def before_step(context, step):
    record(Kind.BEGIN, f"{step.keyword} {step.name}")

def after_step(context, step):
    record(Kind.STEP, f"{step.keyword} {step.name}", seconds=step.duration)
"""


@pytest.mark.parametrize("workers", ["1", "3"])
def test_a_dead_worker_is_told_with_its_step_and_the_run_goes_on(project: Callable[..., Path], run: Run, workers: str) -> None:
    began = time.monotonic()
    outcome = run(project(dying=DYING), "--workers", workers)
    assert time.monotonic() - began < 15
    assert outcome.exit_code == 1
    assert list(outcome.statuses.values()) == ["passed", "error", "error", "error", "error", "passed"], outcome.output
    assert "in the step 'When it ends its worker with exit code 7': its worker ended with exit code 7" in outcome.output
    assert "in the step 'When it ends its worker with exit code 0': its worker ended with exit code 0" in outcome.output
    assert "signal 11 (SIGSEGV)" in outcome.output
    assert "signal 9 (SIGKILL)" in outcome.output
    # written by the dying process itself
    assert "Fatal Python error: Segmentation fault" in outcome.output
    assert outcome.junit_counts["errors"] == 4
    assert outcome.allure_counts == {"passed": 2, "broken": 4}
    assert "4 lost" in outcome.output


@pytest.mark.parametrize("workers", ["1", "2"])
def test_every_report_of_a_lost_scenario_leads_to_its_evidence(
    project: Callable[..., Path], run: Run, surroundings: dict[str, str], workers: str
) -> None:
    folder = project(dying=DYING)
    environment = folder / "environment.py"
    environment.write_text(NOTING)
    outcome = run(folder, "--workers", workers)
    lost = [row for row in outcome.record["scenarios"] if row["status"] == "error"]
    assert [row["name"] for row in lost] == ["exits", "exits as if all were well", "crashes", "is killed"]
    for row in lost:
        kept = outcome.results / row["evidence"]
        assert kept.name == row["name"].replace(" ", "-")
        assert f"its story: ringmaster show {row['location']}" in outcome.output
        (told,) = (
            case.findtext("system-out") for suite in outcome.junit for case in suite.iter("testcase") if case.get("name") == row["name"]
        )
        assert f"its evidence: {os.path.relpath(kept, folder)}" in str(told)
        (attached,) = (attachment for result in outcome.allure if result["name"] == row["name"] for attachment in result["attachments"])
        assert "The run ended here" in (outcome.results / "allure-results" / attached["source"]).read_text()
    arguments = command("show", "exits", "--results-folder", str(outcome.results.parent))
    shown = subprocess.run(arguments, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=30)
    story = [line.strip() for line in shown.stdout.splitlines() if line.strip()]
    assert story[0] == "Scenario: exits", shown.stdout + shown.stderr
    assert story[1].startswith("✓ Given it passes")
    assert story[2] == "… When it ends its worker with exit code 7 (did not end)"
    assert story[3].startswith("The run ended here")


def test_a_dead_host_of_a_feature_costs_that_feature_only(project: Callable[..., Path], run: Run) -> None:
    folder = project(
        many="Feature: many\n  Scenario: one\n    Given it passes\n", hooked="Feature: hooked\n  Scenario: two\n    Given it passes\n"
    )
    environment = folder / "environment.py"
    environment.write_text(
        environment.read_text().replace('    note(f"before:{feature.name}")', '    if feature.name == "hooked": os._exit(9)')
    )
    outcome = run(folder, "--workers", "2")
    assert outcome.exit_code == 1, outcome.output
    assert outcome.statuses == {"two": "hook_error", "one": "passed"} or outcome.statuses["one"] == "passed", outcome.output
    assert outcome.statuses["two"] in ("hook_error", "error")
    assert "exit code 9" in outcome.output


def test_workers_killed_at_random_moments_cost_their_scenarios_only(
    project: Callable[..., Path], surroundings: dict[str, str], tmp_path: Path
) -> None:
    """RUNNER_WORKER_KILLS says how many."""
    scenarios = "".join(
        f"  Scenario: number {number}\n    Given it takes 0.15 s\n    And it takes 0.15 s\n" for number in range(WORKER_KILLS * 4 + 8)
    )
    folder = project(long=f"Feature: long\n{scenarios}")
    log = tmp_path / "log"
    with log.open("w") as output:
        arguments = command("run", "--workers", "3", "--results-folder", str(tmp_path / "out"))
        running = subprocess.Popen(arguments, cwd=folder, env=surroundings, stdout=output, stderr=output)
        killed = 0
        while killed < WORKER_KILLS and running.poll() is None:
            eventually("a scenario to be over", lambda: log.read_text().count("✓"), greater_than_or_equal_to(killed * 2 + 1), within=30)
            workers = descendants(running.pid, lambda name: name.startswith("worker-"))
            if workers:
                random.choice(workers).kill()  # noqa: S311
                killed += 1
        assert running.wait(timeout=60) in (0, 1), log.read_text()
    text = log.read_text()
    # once below its step, and once in the list at the end
    lost = text.count("its worker ended with signal 9") // 2
    assert 0 < lost <= killed, text
    assert f"{WORKER_KILLS * 4 + 8 - lost} passed, {lost} error" in text


def test_what_a_lost_worker_had_started_does_not_stay(project: Callable[..., Path], run: Run) -> None:
    outcome = run(
        project(one="Feature: f\n  Scenario: s\n    Given it starts a program that runs for 1234 s\n    When it is killed by signal 9\n")
    )
    assert outcome.exit_code == 1
    assert [each for each in psutil.process_iter() if _command(each) == ["sleep", "1234"]] == []


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []
