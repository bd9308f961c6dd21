"""JUnit XML with the parts of each step and the reason of each skip, redacted."""

from typing import Any

from behave.model import Scenario, Step
from behave.reporter.junit import JUnitReporter

from support.redaction import redact


class PartsJUnitReporter(JUnitReporter):
    """behave's JUnit reporter, told of the parts of a step and of why a scenario was skipped."""

    def describe_step(self, step: Step) -> str:
        """One step and its parts, as they stand in `system-out`."""
        parts = "".join(f"    - {part} ({part.seconds:.2f} s)\n" for part in getattr(step, "parts", []))
        return str(super().describe_step(step)) + parts

    def _process_scenario(self, scenario: Scenario, report: Any) -> None:  # noqa: ANN401 - behave has no types
        before = len(report.testcases)
        super()._process_scenario(scenario, report)
        for case in report.testcases[before:]:
            for element in case.iter():
                if element.tag == "skipped" and scenario.skip_reason:
                    element.set("message", scenario.skip_reason)
                # errors and captured output may hold anything
                element.text = redact(element.text) if element.text else element.text
                for name, value in element.attrib.items():
                    element.set(name, redact(value))
