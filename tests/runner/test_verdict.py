"""Exit codes and the last lines: what blocks, warns and informs, and what is never green."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Run


def scenario(*tags: str, step: str = "it passes", name: str = "s") -> str:
    return f"  {' '.join(tags)}\n  Scenario: {name}\n    Given {step}\n"


GOOD = "Feature: f\n" + scenario(name="good")


@pytest.mark.parametrize(
    ("tags", "step", "exit_code", "told"),
    [
        ((), "it passes", 0, "2 passed"),
        ((), "it fails", 1, "1 passed, 1 failed (1 blocking)"),
        (("@p0",), "it fails", 1, "1 passed, 1 failed (1 blocking)"),
        (("@p1",), "it fails", 0, "1 passed, 1 failed (1 warning)"),
        (("@p2",), "it breaks", 0, "1 passed, 1 error (1 informing)"),
        (("@p1",), "nobody knows this", 1, "(1 blocking)"),
        (("@p2",), "it is pending", 1, "(1 blocking)"),
        (("@p1",), "it cleans up badly", 1, "1 cleanup error (1 blocking)"),
        (("@p2",), "it ends its worker with exit code 3", 1, "(1 blocking)"),
        (("@p1", "@budget.0.2"), "it takes 30 s", 0, "(1 warning)"),
        (("@p0", "@budget.0.2"), "it takes 30 s", 4, "(1 blocking)"),
        (("@p0", "@quarantine.12.2999-12-31"), "it fails", 0, "1 passed, 1 failed (1 quarantined)"),
        (("@p0", "@quarantine.12.2999-12-31"), "nobody knows this", 1, "(1 blocking)"),
        (("@p0", "@quarantine.12.2020-12-31"), "it fails", 1, "(1 blocking)"),
    ],
)
def test_what_failed_weighs_as_its_tag_says(
    project: Callable[..., Path], run: Run, tags: tuple[str, ...], step: str, exit_code: int, told: str
) -> None:
    outcome = run(project(f=GOOD + scenario(*tags, step=step)))
    assert outcome.exit_code == exit_code, outcome.output
    assert told in outcome.output.splitlines()[-2], outcome.output
    assert f"Exit code {exit_code}:" in outcome.output.splitlines()[-1]


def test_quarantines_that_have_done_their_time_are_pointed_out(project: Callable[..., Path], run: Run) -> None:
    again, over = scenario("@quarantine.12.2999-12-31", name="again"), scenario("@quarantine.13.2020-12-31", step="it fails", name="over")
    outcome = run(project(f="Feature: f\n" + again + over))
    assert "quarantine for issue 12 until 2999-12-31: features/f.feature:3 again passed: it can do without it now" in outcome.output
    assert "quarantine for issue 13 until 2020-12-31: features/f.feature:6 over is over, so that it counts again" in outcome.output


@pytest.mark.parametrize("tag", ["@quarantine.12", "@quarantine.12.soon", "@quarantine.12.2020-13-01", "@quarantine"])
def test_a_quarantine_without_issue_or_day_is_refused(project: Callable[..., Path], run: Run, tag: str) -> None:
    outcome = run(project(f=GOOD + scenario(tag)))
    assert outcome.exit_code == 2, outcome.output
    assert f"features/f.feature:6: {tag} is not a quarantine" in outcome.output
    assert "Ringmaster run" not in outcome.output


def test_what_is_quarantined_may_fail_again_when_what_failed_is_run_again(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=GOOD + scenario("@quarantine.12.2999-12-31", step="it fails", name="bad"))
    assert run(folder).exit_code == 0
    again = run(folder, "--rerun-failed")
    assert (again.exit_code, again.statuses) == (0, {"bad": "failed"}), again.output


def test_what_blocked_and_is_skipped_when_it_is_run_again_is_not_green(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=GOOD + scenario(step="it fails", name="bad"))
    assert run(folder).exit_code == 1
    (folder / "environment.py").write_text("def before_scenario(context, scenario): scenario.skip('not here')")
    assert run(folder, "--rerun-failed").exit_code == 1


@pytest.mark.parametrize("status", ["passed", "skipped", "untested"])
def test_no_hook_makes_a_failed_step_green(status: str, project: Callable[..., Path], run: Run) -> None:
    folder = project(f=GOOD + scenario(step="it fails", name="bad"))
    (folder / "environment.py").write_text(f"def after_scenario(context, scenario): scenario.set_status('{status}')")
    outcome = run(folder)
    assert outcome.exit_code == 1, outcome.output
    assert outcome.statuses["bad"] == "failed"
    assert "blocks: features/f.feature" in outcome.output
    assert [result["status"] for result in outcome.allure if result["name"] == "bad"] == ["failed"]


@pytest.mark.parametrize("status", ["passed", "skipped", "untested"])
def test_no_hook_after_a_step_makes_it_green(status: str, project: Callable[..., Path], run: Run) -> None:
    folder = project(f=GOOD + scenario(step="it fails", name="bad"))
    (folder / "environment.py").write_text(
        f"from behave.model_type import Status\ndef after_step(context, step): step.status = Status.{status}"
    )
    outcome = run(folder)
    assert outcome.exit_code == 1, outcome.output
    assert outcome.statuses["bad"] == "failed"
    assert "one is not two" in outcome.record["scenarios"][1]["steps"][0]["error"]


@pytest.mark.parametrize("before", ["scenario.skip('no')", "raise ValueError('no')"])
def test_no_hook_makes_a_scenario_green_whose_steps_did_not_run(before: str, project: Callable[..., Path], run: Run) -> None:
    folder = project(f=GOOD + scenario(name="bad"))
    (folder / "environment.py").write_text(
        f"def before_scenario(context, scenario):\n    if scenario.name == 'bad': {before}\n"
        "def after_scenario(context, scenario):\n    scenario.hook_failed = False\n    scenario.set_status('passed')\n"
    )
    outcome = run(folder)
    assert outcome.exit_code == 1, outcome.output
    assert outcome.statuses == {"good": "passed", "bad": "error"}


def test_what_a_hook_calls_failed_without_a_word_says_so(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=GOOD)
    (folder / "environment.py").write_text("def after_scenario(context, scenario): scenario.set_status('failed')")
    outcome = run(folder)
    assert outcome.exit_code == 1
    assert "blocks: features/f.feature:3 good: failed: code of the project's own calls it failed, and says no reason" in outcome.output


def test_what_is_pending_and_work_in_progress_is_not_green(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(f=GOOD + scenario("@wip", step="it is pending", name="bad")))
    assert (outcome.exit_code, outcome.statuses["bad"]) == (1, "pending"), outcome.output


def test_strict_makes_everything_block(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(f=GOOD + scenario("@p2", step="it fails")), "--strict")
    assert outcome.exit_code == 1
    assert "(1 blocking)" in outcome.output


def test_nothing_but_skips_is_not_green(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(f="Feature: f\n" + scenario(step="it skips itself")))
    assert outcome.exit_code == 1
    assert "1 skipped" in outcome.output


@pytest.mark.parametrize(("tag", "status"), [("@bad-before", "hook_error"), ("@bad-after", "passed")])
def test_a_bad_hook_of_a_feature_is_red_in_every_report(project: Callable[..., Path], run: Run, tag: str, status: str) -> None:
    outcome = run(project(f=f"{tag}\n{GOOD}", other="Feature: other\n" + scenario(name="unharmed")))
    assert outcome.exit_code == 1, outcome.output
    assert outcome.statuses["good"] == status
    assert outcome.statuses["unharmed"] == "passed"
    assert "the feature cannot" in outcome.output
    assert outcome.junit_counts["errors"] == 1
    assert outcome.allure_counts["broken"] == 1


@pytest.mark.parametrize("hook", ["before_all", "after_all"])
def test_a_bad_hook_of_the_run_is_red_in_every_report(project: Callable[..., Path], run: Run, hook: str) -> None:
    folder = project(f=GOOD)
    environment = folder / "environment.py"
    environment.write_text(environment.read_text() + f'\ndef {hook}(context): raise RuntimeError("the run is bad")\n')
    outcome = run(folder)
    assert outcome.exit_code == 1, outcome.output
    assert "the run is bad" in outcome.output
    assert outcome.junit_counts["errors"] >= 1
    assert outcome.allure_counts["broken"] >= 1


def test_the_table_of_exit_codes_is_in_the_help(run: Run, project: Callable[..., Path]) -> None:
    text = " ".join(run(project(f=GOOD), "--help").output.split())
    for code in (0, 1, 2, 3, 4, 129, 130, 143):
        assert f"{code}: " in text
