"""Whatever the number of workers, console, JUnit and Allure say the same, and the same as plain behave."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Json, Outcome, Run

TIMES = re.compile(r"\d+\.\d+ ?s|\d+\.\d{2,}|\d{8}-\d{6}-[0-9a-f]{6}|0x[0-9a-f]+|\d{4}-\d\d-\d\dT[\d:.]+")


@pytest.fixture
def runs(project: Callable[..., Path], run: Run) -> tuple[Outcome, Outcome]:
    return run(project(), "--workers", "1", results="serial"), run(project(), "--workers", "4", results="parallel")


def test_serial_and_parallel_runs_say_the_same_everywhere(runs: tuple[Outcome, Outcome]) -> None:
    serial, parallel = runs
    assert serial.exit_code == parallel.exit_code == 1, parallel.output
    assert len(serial.record["scenarios"]) == 60
    assert parallel.statuses == serial.statuses
    assert list(parallel.statuses) == list(serial.statuses)
    assert _console(parallel) == _console(serial)
    assert parallel.junit_counts == serial.junit_counts
    assert [_without_times(suite) for suite in parallel.junit] == [_without_times(suite) for suite in serial.junit]
    assert sorted(map(_story, parallel.allure)) == sorted(map(_story, serial.allure))


def test_every_kind_of_outcome_is_told_as_it_was(runs: tuple[Outcome, Outcome]) -> None:
    for outcome in runs:
        counts = Counter(outcome.statuses.values())
        assert counts == {"passed": 39, "failed": 8, "error": 6, "hook_error": 3, "cleanup_error": 2, "skipped": 2}
        assert sum(counts.values()) == 60
        assert f"{counts['passed']} passed, {counts['failed']} failed" in outcome.output
        told = outcome.junit_counts
        assert (told["tests"], told["failures"], told["skipped"]) == (60, counts["failed"], counts["skipped"])
        assert told["errors"] == counts["error"] + counts["hook_error"] + counts["cleanup_error"]
        allure = outcome.allure_counts
        assert allure == {"passed": counts["passed"], "failed": counts["failed"], "broken": told["errors"], "skipped": counts["skipped"]}


def test_plain_behave_counts_the_same(project: Callable[..., Path], run: Run, surroundings: dict[str, str], tmp_path: Path) -> None:
    ours = run(project(), "--workers", "3")
    arguments = ["--no-capture-hooks", "--junit", "--junit-directory", str(tmp_path / "plain"), "--show-skipped", "features"]
    plain = subprocess.run(
        [sys.executable, "-m", "behave", *arguments], cwd=project(), env=surroundings, capture_output=True, text=True, timeout=60
    )
    suites = [ElementTree.parse(file).getroot() for file in (tmp_path / "plain").glob("*.xml")]  # noqa: S314
    statuses = {case.get("name"): case.get("status") for suite in suites for case in suite.iter("testcase")}
    assert statuses == ours.statuses, plain.stdout


def test_what_steps_and_hooks_print_is_with_their_scenario(runs: tuple[Outcome, Outcome]) -> None:
    for outcome in runs:
        cases = {case.get("name"): case for suite in outcome.junit for case in suite.iter("testcase")}
        assert "spoken aloud" in str(cases["says something and fails"].findtext("system-out"))
        assert "spoken aloud" in str(cases["says something and fails"].findtext("system-err"))
        assert "by the rule" in str(cases["fails under a rule"].findtext("system-out"))
        assert "spoken aloud" not in str(cases["passes"].findtext("system-out"))


def test_errors_keep_their_kind_text_and_trace(runs: tuple[Outcome, Outcome]) -> None:
    for outcome in runs:
        cases = {case.get("name"): case for suite in outcome.junit for case in suite.iter("testcase")}
        error = cases["breaks"].find("error")
        assert error is not None
        assert (error.get("type"), error.get("message")) == ("KeyError", "KeyError: 'broken' (in steps/steps.py:17)")
        assert 'raise KeyError("broken")' in "".join(error.itertext())
        hook = cases["has a bad hook before"].find("error")
        assert hook is not None
        assert "hook went wrong before" in str(hook.get("message"))
        assert "Traceback" in "".join(hook.itertext())
        cleanup = cases["cleans up badly"].find("error")
        assert cleanup is not None
        assert "cleanup went wrong" in str(cleanup.get("message"))
        allure = {result["name"]: result for result in outcome.allure}
        assert 'raise KeyError("broken")' in allure["breaks"]["statusDetails"]["trace"]
        assert "hook of the step went wrong" in allure["has a bad hook before a step"]["statusDetails"]["message"]


def test_hooks_of_the_run_and_of_features_run_once(runs: tuple[Outcome, Outcome]) -> None:
    for outcome in runs:
        noted = outcome.noted("hooks.log")
        assert noted[0] == "before_all"
        assert noted[-2:] == ["after_all", "cleanup_of_all"]
        assert Counter(noted).most_common(1)[0][1] == 1, noted
        assert noted.index("before:with-hooks-of-its-own") < noted.index("after:with-hooks-of-its-own:passed")
        assert noted.index("after:with-hooks-of-its-own:passed") < noted.index("cleanup:with-hooks-of-its-own")
        assert "after:outcomes:error" in noted or "after:outcomes:failed" in noted


def _console(outcome: Outcome) -> str:
    lines = outcome.output.splitlines()
    kept = [line for line in lines if not line.startswith(("Time:", "Ringmaster run", "Exit code", "Results"))]
    text = TIMES.sub("#", "\n".join(kept)).replace(str(outcome.folder), "")
    return re.sub(r" +", " ", text)


def _without_times(suite: ElementTree.Element) -> str:
    text = ElementTree.tostring(suite, encoding="unicode")
    return TIMES.sub("#", re.sub(r'(time|timestamp|hostname)="[^"]*"', "", text))


def _story(result: Json) -> str:
    steps = [(step["name"], step["status"], TIMES.sub("#", str(step.get("statusDetails", "")))) for step in result["steps"]]
    labels = sorted((label["name"], label["value"]) for label in result["labels"])
    return str((result["fullName"], result["name"], result["status"], TIMES.sub("#", str(result.get("statusDetails"))), steps, labels))
