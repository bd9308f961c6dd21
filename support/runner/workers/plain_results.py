"""Results as a worker writes them down: plain values, since pickle looks up the class of each object, which takes longer than all else.

What few results have, such as a failure or an attachment, stays an object.
"""

from collections.abc import Iterable
from typing import Any

from support.results.identity import Identity
from support.results.scenario_result import NOTHING_CAPTURED, NOTHING_TOLD, ScenarioResult, Status, StepResult, Weight

PlainStep = tuple[Any, ...]
"""What a step has, in the order of its fields."""
PlainResult = dict[str, Any]
"""What a scenario has, by field."""
STATUSES = {str(status): status for status in Status}
WEIGHTS = {str(weight): weight for weight in Weight}


def plain_step(step: StepResult) -> PlainStep:
    """A step, to be written down."""
    return tuple((vars(step) | {"status": str(step.status)}).values())


def step_of(plain: PlainStep) -> StepResult:
    """The step that was written down."""
    sentence, status, *others = plain
    return StepResult(sentence, STATUSES[status], *others)


def plain_result(result: ScenarioResult, steps: Iterable[StepResult]) -> PlainResult:
    """A scenario, to be written down with these of its steps."""
    plain = vars(result) | {
        "identity": tuple(vars(result.identity).values()),
        "weight": str(result.weight),
        "status": str(result.status),
        "steps": [plain_step(step) for step in steps],
    }
    if result.captured is NOTHING_CAPTURED:
        del plain["captured"]
    if result.told_allure is NOTHING_TOLD:
        del plain["told_allure"]
    return plain


def result_of(plain: PlainResult, before: Iterable[StepResult]) -> ScenarioResult:
    """The scenario that was written down, with the steps `before` those that were written down with it."""
    apart = {
        "identity": Identity(*plain["identity"]),
        "weight": WEIGHTS[plain["weight"]],
        "status": STATUSES[plain["status"]],
        "steps": (*before, *map(step_of, plain["steps"])),
    }
    return ScenarioResult(**plain | apart)
