"""What came of the scenarios under each sabotage, and which gaps that leaves. Source: our choice."""

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel

from environments.platform import Sabotage

CAUGHT_BY = ("failed", "error")


class Cell(BaseModel):
    """One scenario under one sabotage (or under none): how it ended, at which step with which words, and its seconds."""

    sabotage: str | None
    location: str
    scenario: str
    status: str
    step: str | None = None
    words: str | None = None
    seconds: float = 0.0

    @property
    def catches(self) -> bool:
        """Whether the scenario noticed the defect."""
        return self.status in CAUGHT_BY


class Gap(StrEnum):
    """What is wrong with a scenario or a sabotage."""

    SURVIVED = "survived: no scenario noticed it"
    NOBODY = "no selected scenario says by @catches that it would notice it"
    NOT_RUN = "could not be tried: every scenario that would notice it was skipped"
    BLIND = "said to catch it and did not"
    UNDECLARED = "catches nothing: give it @catches.<sabotage>, or 'Catches no sabotage: <why>' in its description"
    SICK = "does not pass without any sabotage, so that its failures prove nothing"
    PLATFORM = "the platform itself failed, which proves nothing"


class Finding(BaseModel):
    """A gap, and what has it."""

    what: str
    gap: Gap


class Matrix(BaseModel):
    """Sabotages against scenarios; `seconds` is the whole's wall time, by sabotage in `run_seconds`; `known` are all there are."""

    sabotages: list[str]
    cells: list[Cell]
    catch_none: dict[str, str]
    run_seconds: dict[str, float]
    findings: list[Finding]
    seconds: float
    known: list[Sabotage] = []

    @property
    def caught(self) -> set[str]:
        """The sabotages that a scenario noticed."""
        return {cell.sabotage for cell in self.cells if cell.sabotage and cell.catches}

    def write(self, folder: Path) -> None:
        """Write `matrix.json`."""
        (folder / "matrix.json").write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")
