"""Allure results that tell the truth: hook and cleanup errors are broken, scenarios under a Rule are there, parts are sub-steps.

Source: allure-behave 2.16.2, measured: it shows hook and cleanup errors as passed and leaves scenarios under a Rule out.
"""

import json
import time
import traceback
import uuid
from pathlib import Path
from typing import Any

from allure_behave.formatter import AllureFormatter
from allure_behave.listener import AllureListener
from allure_commons.model2 import Status, StatusDetails, TestStepResult
from allure_commons.types import AttachmentType, LabelType, Severity
from behave.model import Feature, Scenario, Step
from behave.model_type import Status as BehaveStatus

from reports.story import story_of
from support.redaction import redact
from support.story import Outcome, Part

STATUS_OF_PART = {Outcome.DONE: Status.PASSED, Outcome.FAILED: Status.FAILED, Outcome.LEFT_OUT: Status.SKIPPED}


# p0 blocks a release, p1 warns, p2 informs
SEVERITIES = {"p0": Severity.BLOCKER, "p1": Severity.NORMAL, "p2": Severity.MINOR}
CATEGORIES = [
    {"name": "the platform did not do what it promises", "matchedStatuses": [Status.FAILED]},
    {"name": "a step, a hook or a cleanup went wrong", "matchedStatuses": [Status.BROKEN]},
    {"name": "this substrate cannot run it", "matchedStatuses": [Status.SKIPPED], "messageRegex": "needs .*"},
]


def write_surroundings(folder: Path, facts: dict[str, str]) -> None:
    """Tell Allure what ran where (`environment.properties`) and how to sort what went wrong (`categories.json`)."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{name}={redact(value)}" for name, value in facts.items()]
    (folder / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "categories.json").write_text(json.dumps(CATEGORIES, indent=2) + "\n", encoding="utf-8")


class HonestAllureFormatter(AllureFormatter):
    """allure-behave's formatter with the truth about hooks, cleanups, rules and parts."""

    def __init__(self, stream_opener: Any, config: Any) -> None:  # noqa: ANN401 - behave has no types
        super().__init__(stream_opener, config)
        self.listener.__class__ = HonestAllureListener

    def feature(self, feature: Feature) -> None:
        """A feature begins: all its scenarios, those under rules and of outlines too."""
        self._wrap_scenario(list(feature.walk_scenarios()))

    def result(self, step: Step) -> None:
        """A step is over: its parts first, then itself."""
        for part in getattr(step, "parts", []):
            self.listener.add_part(part)
        super().result(step)


class HonestAllureListener(AllureListener):
    """Decides the status of scenarios and steps from behave's own."""

    current_scenario_uuid: str | None

    def add_part(self, part: Part) -> None:
        """One part of the current step, as a sub-step."""
        identity = str(uuid.uuid4())
        start = int(part.started_at * 1000)
        self.logger.start_step(None, identity, TestStepResult(name=str(part), start=start))
        self.logger.stop_step(identity, stop=start + int(part.seconds * 1000), status=STATUS_OF_PART[part.outcome])

    def start_scenario(self, scenario: Scenario) -> None:
        """A scenario begins; what blocks a release is told as Allure's severity."""
        super().start_scenario(scenario)
        severity = next((SEVERITIES[tag] for tag in map(str, scenario.effective_tags) if tag in SEVERITIES), None)
        for label in self.logger.get_test(self.current_scenario_uuid).labels:
            if label.name == LabelType.SEVERITY and severity is not None:
                label.value = severity

    def stop_behave_step(self, step: Step) -> None:
        """A step is over."""
        self.logger.stop_step(
            self.current_step_uuid, stop=_now(), status=status_of(step.status), statusDetails=_details(step.error_message, step.exception)
        )

    def stop_scenario(self, scenario: Scenario) -> None:
        """A scenario is over; one that was not selected leaves no result."""
        if scenario.status in (BehaveStatus.untested, BehaveStatus.skipped) and not scenario.skip_reason:
            self.logger.drop_test(self.current_scenario_uuid)
            self.steps.clear()
        else:
            self._close(scenario)
        self.current_scenario_uuid = None

    def _close(self, scenario: Scenario) -> None:
        self.flush_steps()
        result = self.logger.get_test(self.current_scenario_uuid)
        result.stop = _now()
        result.status = status_of(scenario.status)
        result.statusDetails = _scenario_details(scenario)
        self._attach_story(scenario)
        self.logger.close_test(self.current_scenario_uuid)
        self.current_step_uuid = None
        self.group_context.append_test(self.current_scenario_uuid)
        self.group_context.exit()

    def _attach_story(self, scenario: Scenario) -> None:
        evidence: Path | None = getattr(scenario, "evidence", None)
        if evidence is None or scenario.status is BehaveStatus.passed:
            return
        story = "\n".join(line.plain for line in story_of(evidence))
        self.logger.attach_data(
            str(uuid.uuid4()), story, name="story", attachment_type=AttachmentType.TEXT, parent_uuid=self.current_scenario_uuid
        )


def status_of(status: BehaveStatus) -> str:
    """Allure's status: failed is the product's failure, broken is the test's or a hook's."""
    if status is BehaveStatus.passed:
        return str(Status.PASSED)
    if status is BehaveStatus.failed:
        return str(Status.FAILED)
    return str(Status.SKIPPED if status in (BehaveStatus.skipped, BehaveStatus.untested) else Status.BROKEN)


def _scenario_details(scenario: Scenario) -> StatusDetails | None:
    for step in scenario.all_steps:
        if step.error_message:
            return _details(step.error_message, step.exception)
        if step.status is BehaveStatus.undefined:
            return StatusDetails(message=f"there is no step definition for: {step.keyword} {step.name}")
    return _details(scenario.error_message or scenario.skip_reason, scenario.exception)


def _details(message: str | None, error: BaseException | None) -> StatusDetails | None:
    if not message:
        return None
    trace = "".join(traceback.format_exception(error)) if error else None
    return StatusDetails(message=redact(str(message)), trace=redact(trace) if trace else None)


def _now() -> int:
    return int(time.time() * 1000)
