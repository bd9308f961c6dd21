"""In what order scenarios run, which, how often, and what may run beside what."""

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.runner.conftest import Outcome, Run

TEN = "Feature: ten\n" + "".join(f"  Scenario: number {number}\n    Given it passes\n" for number in range(10))
MIXED = """
Feature: mixed
  Scenario: good
    Given it passes
  Scenario: bad
    Given it fails
  Scenario Outline: rows
    Given it <does>
    Examples:
      | does   |
      | passes |
      | breaks |
"""


def order(outcome: Outcome) -> list[str]:
    return [row["name"] for row in sorted(outcome.record["scenarios"], key=lambda row: row["order"])]


def test_a_seed_gives_the_same_order_again_and_the_reports_keep_theirs(project: Callable[..., Path], run: Run) -> None:
    folder = project(ten=TEN)
    shuffled = run(folder, "--workers", "1", "--shuffle=7")
    assert shuffled.exit_code == 0
    assert order(shuffled) != list(shuffled.statuses)
    assert sorted(order(shuffled)) == list(shuffled.statuses)
    assert order(run(folder, "--workers", "1", "--shuffle=7")) == order(shuffled)
    assert order(run(folder, "--workers", "1", "--shuffle=8")) != order(shuffled)


def test_a_seed_of_its_own_is_printed(project: Callable[..., Path], run: Run) -> None:
    folder = project(ten=TEN)
    first = run(folder, "--workers", "1", "--shuffle")
    assert f"--shuffle={first.record['seed']}" in first.output
    assert order(run(folder, "--workers", "1", f"--shuffle={first.record['seed']}")) == order(first)


def test_a_seed_of_delays_is_printed_and_handed_to_all_that_the_run_starts(project: Callable[..., Path], run: Run) -> None:
    folder = project(f="Feature: f\n  Scenario: s\n    Given it asks for the seed\n")
    (folder / "steps" / "seed.py").write_text(
        "import os\nfrom behave import given\n"
        "@given('it asks for the seed')\n"
        "def ask(context): open('seed.txt', 'w').write(os.environ.get('RINGMASTER_JITTER', 'none'))\n"
    )
    for arguments, variables in (["--jitter=7"], {}), (["--jitter"], {}), ([], {"RINGMASTER_JITTER": "9"}):
        outcome = run(folder, *arguments, **variables)
        assert outcome.exit_code == 0, outcome.output
        assert f"--jitter={(folder / 'seed.txt').read_text()}" in outcome.output
    run(folder)
    assert (folder / "seed.txt").read_text() == "none"


def test_fail_fast_begins_nothing_more(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(a=MIXED, ten=TEN), "--workers", "1", "--fail-fast")
    assert outcome.exit_code == 1
    assert list(outcome.statuses.values()) == ["passed", "failed"] + ["skipped"] * 12
    assert "not run: --fail-fast, since 'bad' failed" in outcome.output


def test_rerun_failed_runs_what_failed_and_nothing_else(project: Callable[..., Path], run: Run) -> None:
    folder = project(a=MIXED, ten=TEN)
    first = run(folder)
    again = run(folder, "--rerun-failed")
    assert again.exit_code == 1
    assert again.statuses == {name: status for name, status in first.statuses.items() if status != "passed"}
    assert len(again.statuses) == 2
    steps = folder / "steps" / "steps.py"
    steps.write_text(
        steps.read_text().replace('raise AssertionError("one is not two")', "pass").replace('raise KeyError("broken")', "pass")
    )
    assert run(folder, "--rerun-failed").exit_code == 0
    nothing = run(folder, "--rerun-failed")
    assert nothing.exit_code == 2
    assert "nothing failed in the last run" in nothing.output


def test_rerun_failed_without_an_earlier_run_says_so(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(ten=TEN), "--rerun-failed")
    assert outcome.exit_code == 2
    assert "there is no earlier run" in outcome.output


def test_repeat_runs_everything_again_and_counts_all(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(ten=TEN), "--repeat", "3")
    assert outcome.exit_code == 0, outcome.output
    assert "30 passed" in outcome.output
    assert "Repetition 3 of 3" in outcome.output
    assert outcome.junit_counts["tests"] == 30
    assert outcome.allure_counts == {"passed": 30}
    assert outcome.noted("hooks.log").count("before_all") == outcome.noted("hooks.log").count("after_all") == 1
    assert outcome.noted("hooks.log").count("before:ten") == 3


def test_until_fail_stops_at_the_first_failure(project: Callable[..., Path], run: Run) -> None:
    folder = project(f="Feature: f\n  Scenario: s\n    Given it takes 0 s\n")
    steps = folder / "steps" / "steps.py"
    steps.write_text(
        steps.read_text().replace(
            "def takes(context, seconds): ", 'def takes(context, seconds): note("x"); assert len(open("notes.log").read()) < 8; '
        )
    )
    outcome = run(folder, "--until-fail")
    assert outcome.exit_code == 1, outcome.output
    assert "3 passed, 1 failed" in outcome.output
    limited = run(project(ten=TEN), "--until-fail", "--repeat", "2")
    assert limited.exit_code == 0
    assert "20 passed" in limited.output


def test_tags_say_what_may_run_beside_what(project: Callable[..., Path], run: Run) -> None:
    def scenarios(tag: str, name: str, count: int) -> str:
        return "".join(f"  {tag}\n  Scenario: {name} {number}\n    Given it notes that it runs for 0.1 s\n" for number in range(count))

    feature = scenarios("@serial", "alone", 2) + scenarios("@exclusive.disk", "disk", 3) + scenarios("", "beside", 6)
    feature += scenarios("@disturbs.service-bus", "outage", 2) + scenarios("@without.service-bus", "spared", 9)
    outcome = run(project(f=f"Feature: f\n{feature}"), "--workers", "4")
    assert outcome.exit_code == 0, outcome.output
    moments = list(running_together(outcome))
    for running in moments:
        kinds = [name.split("-")[0] for name in running]
        assert kinds.count("disk") <= 1, running
        assert kinds.count("outage") <= 1, running
        assert len(kinds) == 1 or "alone" not in kinds, running
        assert "outage" not in kinds or {*kinds} <= {"outage", "spared"}, running
    assert max(map(len, moments)) >= 3
    assert any({"outage", "spared"} == {name.split("-")[0] for name in running} for running in moments), moments


def running_together(outcome: Outcome) -> Iterator[set[str]]:
    """Which scenarios ran at the same time, at each moment when one began."""
    running: set[str] = set()
    for line in outcome.noted("notes.log"):
        what, _, name = line.partition(":")
        if what == "end":
            running.remove(name)
        else:
            running.add(name)
            yield set(running)


def test_the_longest_begin_first_once_it_is_known_how_long_they_take(project: Callable[..., Path], run: Run) -> None:
    folder = project(f="Feature: f\n" + "".join(f"  Scenario: takes {n}\n    Given it takes 0.{n} s\n" for n in (1, 2, 3, 4)))
    assert order(run(folder, "--workers", "2"))[0] == "takes 1"
    # the two begin at once: which of them was heard of first says nothing
    assert set(order(run(folder, "--workers", "2"))[:2]) == {"takes 4", "takes 3"}
    # a single worker keeps the order of the files
    assert order(run(folder, "--workers", "1"))[0] == "takes 1"
