"""behave's model of a scenario and its steps, made into results, and the results' statuses put back where hooks look for them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from behave.model import Feature, Rule, Scenario, Step
from behave.model_type import Status as BehaveStatus

from support.results.failures.explain import failure_of_error, failure_told
from support.results.identity import Identity
from support.results.scenario_result import (
    NOTHING_CAPTURED,
    Captured,
    Failure,
    FeatureHeading,
    Status,
    StepResult,
    part_result,
    redacted,
)
from support.results.texts import presentable, presentable_table

BY_NAME = {status.value: status for status in Status} | {
    # of a scenario with the tag @wip; to behave it passed
    "pending_warn": Status.PENDING,
    "untested_pending": Status.UNTESTED,
    "untested_undefined": Status.UNTESTED,
    "executing": Status.UNTESTED,
    "unknown": Status.UNTESTED,
}
HOOK_ERROR = re.compile(r"^HOOK-ERROR in (\w+(?:\(tag=.*?\))?): (.*)$", re.MULTILINE)
NO_REASON = "no reason was given"


def identities_of(feature: Feature) -> dict[int, Identity]:
    """Who each scenario of a feature is, by `id(scenario)`."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found = {}
    for scenario in feature.walk_scenarios():
        rule = rule_of(scenario)
        cells = ", ".join(f"{heading}={cell}" for heading, cell in row_of(scenario))
        key = (presentable(rule.name) if rule is not None else "", presentable(name_without_row(scenario)), presentable(cells))
        seen[key] += 1
        found[id(scenario)] = Identity(feature.filename, key[1], key[0], key[2], seen[key])
    return found


def heading_of(feature: Feature) -> FeatureHeading:
    """A feature as the reports show it."""
    description = presentable("\n".join(feature.description))
    return FeatureHeading(feature.keyword, presentable(feature.name), str(feature.location), feature.filename, description)


def rule_of(scenario: Scenario) -> Rule | None:
    """The rule that a scenario stands in."""
    parent = scenario.parent
    while parent is not None and not isinstance(parent, Rule):
        parent = parent.parent
    return parent


def row_of(scenario: Scenario) -> list[tuple[str, str]]:
    """The row of Examples that a scenario was made of: headings and cells."""
    row = scenario._row
    return list(zip(row.headings, row.cells, strict=False)) if row else []


def name_without_row(scenario: Scenario) -> str:
    """behave adds ` -- @1.2 examples` to the names of rows."""
    row = scenario._row
    return str(scenario.name).rpartition(f" -- @{row.id}")[0] or str(scenario.name) if row else str(scenario.name)


def reset(scenario: Scenario) -> None:
    """Make a scenario look as if it had never run."""
    row = scenario._row
    scenario.reset()
    # behave forgets which row of the Examples it is
    scenario._row = row
    for statement in (scenario, *scenario.all_steps):
        statement.error_message = None
        statement.exception = None


def status_of(statement: Scenario | Step) -> Status:
    """How a scenario or step ended."""
    # by the name itself, since asking a status for it takes longer than looking it up
    return BY_NAME[statement.status._name_]


def set_status(scenario: Scenario, status: Status) -> None:
    """Let hooks of its feature see how a scenario ended that ran in another process."""
    scenario.set_status(BehaveStatus[status.value])


def failure_of(statement: Feature | Rule | Scenario | Step) -> Failure | None:
    """Why a statement failed, if it did; not redacted."""
    error, told = statement.exception, str(statement.error_message or "")
    if error is None:
        return failure_told([told], "UnknownError") if told else _unexplained(statement)
    first, *others = HOOK_ERROR.findall(told) or [("", "")]
    where = f"the hook {first[0]} went wrong: " if first[0] else ""
    if not told and statement.hook_failed:
        # behave forgets what the hook of a step said, and which one it was
        where = "a hook of this step went wrong: "
    failure = failure_of_error(error, where=where)
    more = [f"the hook {hook} went wrong: {words}" for hook, words in others]
    return replace(failure, details="\n".join(filter(None, [failure.details, *more])))


def _unexplained(statement: Feature | Rule | Scenario | Step) -> Failure | None:
    """Why something failed that raised nothing: only hooks and steps that set statuses do that, and a step may have failed in it."""
    status = statement.status
    if status is not BehaveStatus.failed and status is not BehaveStatus.error:
        return None
    if any(step.status.has_failed() for step in getattr(statement, "all_steps", ())):
        return None
    return failure_told([f"code of the project's own calls it {status.name}, and says no reason"], "UnknownError")


def told(failure: Failure) -> str:
    """A failure as one text; see `failure_told`."""
    return "\n".join([failure.message, *failure.below()])


def captured_of(scenario: Scenario) -> Captured:
    """What the scenario's steps printed, and what they logged if it failed: of one that passed nobody reads that."""
    if not scenario.captured.captures:
        return NOTHING_CAPTURED
    captured = scenario.captured
    return Captured(
        presentable(captured.stdout), presentable(captured.stderr), presentable(captured.log) if scenario.status.has_failed() else ""
    )


def step_result(
    step: Step, started_at: float | None = None, parts: Sequence[Any] = (), attachments: Sequence[Any] = (), status: Status | None = None
) -> StepResult:
    """How a step ended; `status` is what counts for one that did not run here."""
    failure = redacted(failure_of(step)) if status is None else None
    return StepResult(
        sentence=f"{step.keyword} {presentable(step.name)}",
        status=status or status_of(step),
        error=failure.message if failure is not None else None,
        seconds=step.duration if status is None else 0.0,
        started_at=started_at,
        location=str(step.location),
        text=presentable(str(step.text)) if step.text else None,
        table=_table(step),
        failure=failure,
        parts=tuple(map(part_result, parts)),
        attachments=tuple(attachments),
    )


def _table(step: Step) -> tuple[tuple[str, ...], ...]:
    if not step.table:
        return ()
    return presentable_table([str(heading) for heading in step.table.headings], [list(map(str, row.cells)) for row in step.table.rows])


def evidence_in(folder: Path | None, results: Path) -> str | None:
    """A scenario's folder of evidence, seen from the run's results."""
    if folder is None:
        return None
    return str(folder.relative_to(results)) if folder.is_relative_to(results) else str(folder)
