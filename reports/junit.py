"""JUnit XML with the parts of each step, redacted."""

from behave.model import Step
from behave.reporter.junit import JUnitReporter

from support.redaction import redact


class PartsJUnitReporter(JUnitReporter):
    """behave's JUnit reporter, told of the parts of a step."""

    def describe_step(self, step: Step) -> str:
        """One step and its parts, as they stand in `system-out`."""
        text = str(super().describe_step(step))
        for part in getattr(step, "parts", []):
            text += f"    {part.outcome}: {part} in {part.seconds:.3f}s\n"
        return redact(text)
