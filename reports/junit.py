"""JUnit XML with the parts of each step and the reason of each skip, redacted."""

import os
from pathlib import Path
from typing import Any

from behave.model import Feature, Scenario, Step
from behave.model_type import Status
from behave.reporter.junit import JUnitReporter

from support.redaction import redact
from support.runner.results import trace_of


class PartsJUnitReporter(JUnitReporter):
    """behave's JUnit reporter, told of the parts of a step and of why a scenario was skipped."""

    def describe_step(self, step: Step) -> str:
        """One step and its parts, as they stand in `system-out`."""
        parts = "".join(f"    - {part} ({part.seconds:.2f} s)\n" for part in getattr(step, "parts", []))
        return str(super().describe_step(step)) + parts

    def describe_scenario(self, scenario: Scenario) -> str:
        """A scenario as it stands in `system-out`, with the attempts that failed before, and where its evidence is if it did not pass."""
        earlier: list[str] = getattr(scenario, "failed_attempts", [])
        evidence: Path | None = getattr(scenario, "evidence", None)
        lines = [f"attempt {number} failed: {words}\n" for number, words in enumerate(earlier, 1)]
        if evidence is not None and not scenario.status.is_passed():
            lines.append(f"its evidence: {os.path.relpath(evidence)}\n")
        return "".join(lines) + str(super().describe_scenario(scenario))

    def feature(self, feature: Feature) -> None:
        """A feature is over; one without anything that was asked for leaves no file."""
        if any(map(_is_told, feature.walk_scenarios())):
            super().feature(feature)

    def _make_problem_description_for(self, element_name: str, scenario: Scenario, step: Step | None) -> Any:  # noqa: ANN401 - behave has no types
        element = super()._make_problem_description_for(element_name, scenario, step)
        if step is None and (trace := trace_of(scenario)):
            for data in element:
                data.text = f"\n{trace}"
        return element

    def _process_scenario(self, scenario: Scenario, report: Any) -> None:  # noqa: ANN401 - behave has no types
        if not _is_told(scenario):
            return
        before = len(report.testcases)
        # else it is text of the feature, and parts that are redacted already
        may_hold_anything = bool(scenario.captured or not scenario.status.is_passed())
        super()._process_scenario(scenario, report)
        for case in report.testcases[before:]:
            for element in case.iter():
                if element.tag == "skipped" and scenario.skip_reason:
                    element.set("message", scenario.skip_reason)
                if may_hold_anything:
                    element.text = redact(element.text) if element.text else element.text
                    for name, value in element.attrib.items():
                        element.set(name, redact(value))


def _is_told(scenario: Scenario) -> bool:
    # skipped without a reason: it was not asked for
    return scenario.status is not Status.skipped or bool(scenario.skip_reason)
