"""Second attempts: only of scenarios with the tag @network, and only where the platform, not the test, may have failed.

Source: the design's table of tags.
"""

from behave.model import Scenario
from behave.model_type import Status

from support.redaction import redact


def can_be_tried_again(scenario: Scenario) -> bool:
    """Whether it failed in a step; what a hook, a cleanup or a missing step does wrong it does wrong again."""
    steps = [step.status for step in scenario.all_steps]
    return scenario.status in (Status.failed, Status.error) and any(status in (Status.failed, Status.error) for status in steps)


def make_fresh(scenario: Scenario) -> None:
    """Make a scenario look as if it had never run."""
    row = scenario._row
    scenario.reset()
    # behave forgets which row of the Examples it is
    scenario._row = row
    for statement in (scenario, *scenario.all_steps):
        statement.error_message = None
        statement.exception = None
        for left in ("parts", "attachments", "trace", "evidence"):
            vars(statement).pop(left, None)


def what_failed(scenario: Scenario) -> str:
    """The step that failed and its words, in a line or a few."""
    step = next(step for step in scenario.all_steps if step.status in (Status.failed, Status.error))
    return redact(f"{step.keyword} {step.name}: {(step.error_message or '').strip()}")
