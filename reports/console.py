"""The readable console: every step with its parts and times, failures where they happen, and the counts at the end."""

import shutil
from typing import TextIO

from support.results.scenario_result import Failure, FeatureHeading, PartResult, ScenarioResult, Status, StepResult
from support.story import PartOutcome
from support.terminal import Style, is_able_terminal, showable, shows_colours, styled

WIDTH_IN_FILES = 132
MARKS: dict[PartOutcome, tuple[str, Style]] = {
    PartOutcome.DONE: ("·", "dim"),
    PartOutcome.FAILED: ("✗", "red"),
    PartOutcome.LEFT_OUT: ("-", "yellow"),
}
OF_STEPS: dict[Status, tuple[str, Style]] = {Status.PASSED: ("✓", "green"), Status.SKIPPED: ("-", "yellow")}


class ConsoleReport:
    """Reads like the playbook; each step is written when it is over."""

    def __init__(self, file: TextIO, *, flushes: bool = True) -> None:
        """`flushes`: each line at once; else whoever calls it flushes the file, when it has no more to report for now."""
        self._file = file
        self._flushes = flushes
        self._colours = shows_colours(file)
        self._width = shutil.get_terminal_size().columns if is_able_terminal(file) else WIDTH_IN_FILES

    def feature(self, heading: FeatureHeading) -> None:
        """A feature begins."""
        self.line(f"\n{heading.keyword}: {heading.name}", style="bold", right=heading.location)

    def scenario(self, keyword: str, name: str) -> None:
        """A scenario begins."""
        self.line(f"\n  {keyword}: {name}", style="bold")

    def step(self, step: StepResult) -> None:
        """A step is over."""
        mark, style = OF_STEPS.get(step.status, ("✗", "red"))
        self.line(f"    {mark} {step.sentence}", style=style, right=f"{step.seconds:6.2f} s")
        for part in step.parts:
            self._part(part)
        if step.status is Status.UNDEFINED:
            self.line("        there is no step definition for this sentence", style="red")
        elif step.failure is not None:
            self.line(f"        {step.failure.message}", style="red")
            self._below(step.failure, "          ", trace=step.status is not Status.FAILED)

    def scenario_over(self, result: ScenarioResult) -> None:
        """A scenario is over, and its steps were written."""
        if result.status is Status.SKIPPED:
            self.line(f"    skipped: {result.reason or 'not selected'}", style="yellow")
        elif result.status.has_failed and result.failure is not None and result.failure.message:
            self.line(f"    {result.status.words}: {result.failure.message}", style="red")
            self._below(result.failure, "        ", trace=True)
        for number, failed in enumerate(result.failed_attempts, 1):
            self._printed(f"attempt {number} of {result.attempts} failed, trying again: {failed}")
        if result.attempts > 1:
            self.line(f"    {result.ending}", style="yellow" if result.status is Status.PASSED else "red")
        self._printed(result.output)
        if result.status not in (Status.PASSED, Status.SKIPPED):
            story = f"its story: ringmaster show {result.location}    " if result.evidence is not None else ""
            self.line(f"    {story}again: {result.again}", style="dim")

    def printed_around(self, around: str, text: str) -> None:
        """What hooks of a feature, of a rule or of the run printed: under a heading of its own, so that no scenario seems to have."""
        self.line(f"\n  Printed around {around}:", style="bold")
        self._printed(text)

    def _printed(self, text: str) -> None:
        for line in text.splitlines():
            self.line(f"      | {line}", style="dim")

    def _below(self, failure: Failure, indent: str, *, trace: bool) -> None:
        """What stands below the sentence; the trace only where code is wrong, since it says nothing of the platform."""
        for line in failure.below(trace=trace):
            self.line(f"{indent}{line}", style="dim")

    def _part(self, part: PartResult) -> None:
        mark, style = MARKS[part.outcome]
        self.line(f"        {mark} {part}", style=style, right=f"{part.seconds:6.2f} s" if part.seconds >= 0.005 else "")

    def line(self, left: str, style: Style = "", right: str = "") -> None:
        """Write a line, with something at its right end."""
        left = showable(left)
        gap = " " * max(2, self._width - len(left) - len(right)) if right else ""
        if self._colours:
            left, right = styled(left, style), styled(right, "dim")
        self._file.write(f"{left}{gap}{right}\n")
        if self._flushes:
            # whoever follows a log sees each step when it is over
            self._file.flush()
