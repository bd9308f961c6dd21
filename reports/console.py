"""The readable console: every step with its parts and times, failures where they happen, and the counts at the end."""

import re
import shutil
from typing import Any

from behave.formatter.base import Formatter
from behave.model import Feature, Scenario, Step
from behave.model_type import Status

from support.redaction import redact
from support.story import Outcome, Part
from support.terminal import Style, is_able_terminal, shows_colours, styled

WIDTH_IN_FILES = 132
MARKS: dict[Outcome, tuple[str, Style]] = {Outcome.DONE: ("·", "dim"), Outcome.FAILED: ("✗", "red"), Outcome.LEFT_OUT: ("-", "yellow")}
OF_STEPS: dict[str, tuple[str, Style]] = {"passed": ("✓", "green"), "skipped": ("-", "yellow")}


class ConsoleFormatter(Formatter):
    """behave formatter that reads like the playbook."""

    name = "ringmaster"
    description = "steps with their parts and times"

    def __init__(self, stream_opener: Any, config: Any) -> None:  # noqa: ANN401 - behave has no types
        super().__init__(stream_opener, config)
        self._file = self.open()
        self._colours = shows_colours(self._file)
        self._width = shutil.get_terminal_size().columns if is_able_terminal(self._file) else WIDTH_IN_FILES
        self._scenario: Scenario | None = None
        self._printed = ""

    def feature(self, feature: Feature) -> None:
        """A feature begins."""
        self._line(f"\n{feature.keyword}: {feature.name}", style="bold", right=str(feature.location))

    def scenario(self, scenario: Scenario) -> None:
        """A scenario begins; the one before it is over."""
        self._close_scenario()
        self._scenario = scenario
        self._line(f"\n  {scenario.keyword}: {scenario.name}", style="bold")

    def result(self, step: Step) -> None:
        """A step is over."""
        if step.error_message:
            step.error_message = redact(step.error_message)
        mark, style = OF_STEPS.get(step.status.name, ("✗", "red"))
        self._line(f"    {mark} {step.keyword} {step.name}", style=style, right=f"{step.duration:6.2f} s")
        for part in getattr(step, "parts", []):
            self._part(part)
        if step.status is Status.undefined:
            self._line("        there is no step definition for this sentence", style="red")
        elif step.error_message:
            for line in _without_framework(step.error_message).splitlines():
                self._line(f"        {line}", style="red")

    def printed(self, text: str) -> None:
        """What hooks, and programs that steps started, printed meanwhile."""
        self._printed += text
        if self._scenario is None:
            self._print_what_was_printed()

    def eof(self) -> None:
        """A feature is over."""
        self._close_scenario()

    def _close_scenario(self) -> None:
        scenario, self._scenario = self._scenario, None
        if scenario is None:
            return
        if scenario.status is Status.skipped:
            self._line(f"    skipped: {scenario.skip_reason or 'not selected'}", style="yellow")
            return
        if scenario.status.has_failed() and scenario.error_message:
            first, *others = _without_framework(redact(str(scenario.error_message))).splitlines()
            self._line(f"    {scenario.status.name.replace('_', ' ')}: {first}", style="red")
            for line in others:
                self._line(f"        {line}", style="red")
        self._print_what_was_printed()
        if scenario.status is not Status.passed:
            again = f"again: ringmaster run {scenario.location}"
            has_story = getattr(scenario, "evidence", None) is not None
            self._line(f"    {f'its story: ringmaster show {scenario.location}    ' if has_story else ''}{again}", style="dim")

    def _print_what_was_printed(self) -> None:
        for line in redact(self._printed).splitlines():
            self._line(f"      | {line}", style="dim")
        self._printed = ""

    def _part(self, part: Part) -> None:
        mark, style = MARKS[part.outcome]
        self._line(f"        {mark} {part}", style=style, right=f"{part.seconds:6.2f} s" if part.seconds >= 0.005 else "")

    def _line(self, left: str, style: Style = "", right: str = "") -> None:
        gap = " " * max(2, self._width - len(left) - len(right)) if right else ""
        if self._colours:
            left, right = styled(left, style), styled(right, "dim")
        self._file.write(f"{left}{gap}{right}\n")
        # whoever follows a log sees each step when it is over
        self._file.flush()


def _without_framework(message: str) -> str:
    """An error's text without the frames of behave itself, which say nothing about the platform."""
    return re.sub(r'  File "[^"]*/behave/[^"]*", line \d+, in .*\n(?:    .*\n)*', "", message)
