"""What came of the mutants: killed, survived, run by no scenario, or not decided. Source: our choice."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel

TREND = "trend.jsonl"


class Ending(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNTOUCHED = "run by no scenario"
    UNDECIDED = "not decided"
    """What failed with it failed without it, too, right after: the machine had too much to do, perhaps."""


class MutantOutcome(BaseModel):
    """One mutant and its ending; `by` is the scenario that noticed it, or what went wrong at once, with its step and words."""

    service: str
    file: str
    line: int
    within: str
    rule: str
    was: str
    becomes: str
    diff: str
    ending: Ending
    by: str | None = None
    words: str | None = None
    by_time: bool = False
    """Whether a budget of time was used up and nothing else went wrong."""
    tried: int = 0
    """How many scenarios were run against it, of those that run the line."""
    left_out: int = 0
    """How many were not, for want of time."""
    how: str = ""
    """Why just these scenarios."""
    seconds: float = 0.0


class Rate(BaseModel):
    """How many of how many mutants were killed; those that were not decided are none of them."""

    killed: int
    mutants: int

    @property
    def percent(self) -> float:
        """Of all; 100 of none."""
        return 100.0 * self.killed / self.mutants if self.mutants else 100.0

    def __str__(self) -> str:
        return f"{self.killed} of {self.mutants} killed, {self.percent:.0f} %"


class TrendPoint(BaseModel):
    """One run among those before it."""

    run: str
    seed: int
    total: Rate
    services: dict[str, Rate]


class MutationReport(BaseModel):
    """A whole run: it can be made again by its seed, as long as the code is the same."""

    run: str
    seed: int
    asked: int
    mutants: list[MutantOutcome] = []
    not_green: dict[str, str] = {}
    """Scenarios that do not pass without any mutant and were not used, with how they ended."""
    marked_as_equivalent: int
    stale_marks: list[str]
    seconds: float = 0.0
    trend: list[TrendPoint] = []
    """The runs before, the oldest first."""

    @property
    def total(self) -> Rate:
        """Over all services."""
        return _rate(self.mutants)

    @property
    def services(self) -> dict[str, Rate]:
        """By service."""
        names = sorted({each.service for each in self.mutants})
        return {name: _rate([each for each in self.mutants if each.service == name]) for name in names}

    @property
    def killed_by_time(self) -> int:
        """How many only took too long, which they also do where a machine has too much to do."""
        return sum(each.by_time for each in self.mutants if each.ending is Ending.KILLED)

    @property
    def survivors(self) -> list[MutantOutcome]:
        """What no scenario noticed."""
        return [each for each in self.mutants if each.ending in (Ending.SURVIVED, Ending.UNTOUCHED)]

    @property
    def undecided(self) -> list[MutantOutcome]:
        """What counts neither way."""
        return [each for each in self.mutants if each.ending is Ending.UNDECIDED]

    def write(self, folder: Path) -> None:
        """Write `mutants.json` into the run's folder."""
        folder.joinpath("mutants.json").write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")

    def add_to_trend(self, results: Path) -> None:
        """Add the run to those whose results are kept there."""
        point = TrendPoint(run=self.run, seed=self.seed, total=self.total, services=self.services)
        with (results / TREND).open("a", encoding="utf-8") as lines:
            lines.write(point.model_dump_json() + "\n")


def read_trend(results: Path) -> list[TrendPoint]:
    """The runs whose results are kept there, the oldest first."""
    try:
        lines = (results / TREND).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [TrendPoint.model_validate_json(line) for line in lines if line.strip()]


def _rate(mutants: Sequence[MutantOutcome]) -> Rate:
    decided = [each for each in mutants if each.ending is not Ending.UNDECIDED]
    return Rate(killed=sum(each.ending is Ending.KILLED for each in decided), mutants=len(decided))
