"""What steps and hooks add to the result of the scenario that runs in this process, besides what behave sees. Source: our choice."""

from pathlib import Path

from support.results.scenario_result import NOTHING_TOLD, Attachment, ToldAllure
from support.story import Part


class Notes:
    """Of the step that runs, and of the scenario as a whole."""

    def __init__(self) -> None:
        self.evidence: Path | None = None
        """The folder that keeps the scenario's evidence."""
        self.parts: list[Part] = []
        self.attachments: list[Attachment] = []
        self.told_allure: ToldAllure = NOTHING_TOLD
        """Of the scenario that runs, or ran last."""

    def begin_scenario(self) -> None:
        """Forget the scenario before."""
        self.evidence = None
        self.told_allure = NOTHING_TOLD
        self.take()

    def take(self) -> tuple[list[Part], list[Attachment]]:
        """The parts and attachments noted since the last time."""
        taken = self.parts, self.attachments
        self.parts, self.attachments = [], []
        return taken


notes = Notes()
"""Of this process."""
