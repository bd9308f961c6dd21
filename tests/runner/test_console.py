"""What a run says on the console: everything, or a line a scenario and all of what failed; and where a step hung."""

from collections.abc import Callable
from pathlib import Path

import pytest

from support.runner.workers.stacks import own_frames
from tests.runner.conftest import Run

STEP = "✓ Given it passes"
BAD = "  Scenario: bad\n    Given it passes\n    Then it fails\n    And it passes\n"


def feature(count: int) -> str:
    return "Feature: f\n" + "".join(f"  Scenario: number {number}\n    Given it passes\n" for number in range(count)) + BAD


@pytest.mark.parametrize(
    ("count", "arguments", "variables", "quiet"),
    [
        (19, (), {}, False),
        (20, (), {}, True),
        (1, (), {"CI": "true"}, True),
        (1, ("--verbose",), {"CI": "true"}, False),
        (20, ("--verbose",), {}, False),
        (1, ("--quiet",), {}, True),
    ],
)
def test_with_many_scenarios_and_in_ci_it_is_quiet(
    project: Callable[..., Path], run: Run, count: int, arguments: tuple[str, ...], variables: dict[str, str], *, quiet: bool
) -> None:
    outcome = run(project(f=feature(count)), *arguments, **variables)
    assert outcome.output.count(STEP) == (1 if quiet else count + 1), outcome.output
    lines = [line.split("  0.")[0].strip() for line in outcome.output.splitlines()]
    # each scenario in either way
    assert all((f"✓ number {number}" if quiet else f"Scenario: number {number}") in lines for number in range(count))


def test_a_failure_is_shown_in_full_at_once_and_with_its_reason_at_the_end(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(a=feature(1), b=feature(1).replace("Scenario: bad", "Scenario: worse")), "--quiet")
    lines = outcome.output.splitlines()
    first, last = lines.index("  Scenario: bad"), next(n for n, line in enumerate(lines) if line.startswith("Feature: f") and n > 5)
    shown = "\n".join(lines[first:last])
    assert STEP in shown
    assert "✗ Then it fails" in shown
    assert "again: ringmaster run features/a.feature:4" in shown
    closing = [line for line in lines if line.startswith("blocks: ")]
    assert [line.split(": failed: ")[0] for line in closing] == ["blocks: features/a.feature:4 bad", "blocks: features/b.feature:4 worse"]
    assert all(line.split(": failed: ")[1] for line in closing)


def test_skips_and_second_attempts_are_told_in_their_line(project: Callable[..., Path], run: Run) -> None:
    skipped = "  Scenario: left out\n    Given it skips itself\n"
    flaky = "  @network\n  Scenario: flaky\n    Given it fails once\n"
    folder = project(f=f"Feature: f\n{skipped}{flaky}")
    (folder / "steps" / "once.py").write_text(
        "from behave import step\nfrom pathlib import Path\n"
        '@step("it fails once")\ndef once(context):\n    seen = Path("seen")\n    again = seen.exists()\n    seen.touch()\n'
        '    assert again, "the line was lost"\n'
    )
    outcome = run(folder, "--quiet")
    assert "  - left out: skipped: " in outcome.output
    assert "  ✓ flaky: passed at attempt 2 " in outcome.output


DUMP = """said before
Thread 0x00007f2bf8ac76c0 (most recent call first):
  File "{threading}", line 982 in run
  File "{threading}", line 1045 in _bootstrap_inner

Thread 0x00007f2bf8ac76c1 (most recent call first):
  File "/shop/consumer.py", line 7 in consume
  File "{threading}", line 982 in run

Current thread 0x00007f2bfb400b80 (most recent call first):
  File "/shop/steps/orders.py", line 3 in inner
  File "/shop/steps/orders.py", line 7 in hangs
  File "{behave}", line 105 in run
  File "{runner}", line 116 in run_scenario
  File "/shop/steps/orders.py", line 9 in <module>
said after
"""
WANTED = """said before
Thread 0x00007f2bf8ac76c1 (most recent call first):
  File "/shop/consumer.py", line 7 in consume
  File "{threading}", line 982 in run

Current thread 0x00007f2bfb400b80 (most recent call first):
  File "/shop/steps/orders.py", line 3 in inner
  File "/shop/steps/orders.py", line 7 in hangs
said after
"""


def test_of_a_stack_the_steps_own_frames_are_left() -> None:
    import threading

    import behave.matchers

    import support.runner.workers.worker

    files = {"threading": threading.__file__, "behave": behave.matchers.__file__, "runner": support.runner.workers.worker.__file__}
    assert own_frames(DUMP.format(**files)) == WANTED.format(**files)
    assert own_frames("nothing of the kind\n") == "nothing of the kind\n"


@pytest.mark.parametrize("hanging", ["it takes 60 s", "it holds the processor for good"])
def test_a_hang_shows_the_steps_own_frames(project: Callable[..., Path], run: Run, hanging: str) -> None:
    text = f"Feature: f\n  @budget.0.3\n  Scenario: slow\n    Given {hanging}\n"
    outcome = run(project(f=text), RINGMASTER_DEADLINE_FACTOR="0.1" if "processor" in hanging else "1")
    assert outcome.exit_code == 4, outcome.output
    assert 'steps.py", line ' in outcome.output
    for place in ("/support/runner/", "/support/commands/", "/behave/"):
        assert place not in outcome.output
