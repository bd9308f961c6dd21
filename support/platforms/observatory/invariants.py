"""The invariants of the project's document: which scenarios hold each, which are documented only, and a ratchet over both."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environments.errors import WrongScenario

FEATURES = Path("features/observatory")
FILE = FEATURES / "invariants.toml"
TITLES = ("Scenario: ", "Scenario Outline: ")


@dataclass(frozen=True)
class Invariant:
    """One promise of the document."""

    id: str
    promise: str
    scenarios: tuple[str, ...] = ()
    """Those that hold it, as `file: name`."""
    documented_only: str = ""
    """Why no scenario holds it."""

    @property
    def is_held(self) -> bool:
        """Whether scenarios hold it."""
        return bool(self.scenarios)


@dataclass(frozen=True)
class Invariants:
    """All of them, and which were held once."""

    all: tuple[Invariant, ...]
    held: frozenset[str]

    def problems(self, scenarios: Mapping[str, frozenset[str]]) -> Iterator[str]:
        """What is wrong with them, a sentence each.

        Args:
            scenarios: the names of those there are, by the name of their file.
        """
        for invariant in self.all:
            if invariant.is_held == bool(invariant.documented_only):
                yield f"{invariant.id} needs either scenarios or the reason why it is documented only"
            for place in invariant.scenarios:
                file, _, name = place.partition(": ")
                if name not in scenarios.get(file, frozenset()):
                    yield f"{invariant.id} is held by '{name}' of {file}, which is not there"
        now = {invariant.id for invariant in self.all if invariant.is_held}
        for lost in sorted(self.held - now):
            yield f"{lost} was held once, and is documented only or gone now"
        for new in sorted(now - self.held):
            yield f"{new} is held now: add it to `held`, so that it stays so"
        ids = [invariant.id for invariant in self.all]
        for twice in sorted({each for each in ids if ids.count(each) > 1}):
            yield f"{twice} is there twice"


def read_invariants(file: Path = FILE) -> Invariants:
    """Those of a file; raises WrongScenario with what is wrong in it."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
        entries = tuple(_invariant(entry) for entry in found["invariant"])
        return Invariants(entries, frozenset(found["held"]))
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise WrongScenario(f"{file} is no list of invariants: {type(error).__name__}: {error}") from error


def scenario_names(folder: Path = FEATURES) -> dict[str, frozenset[str]]:
    """The scenarios there are, by the name of their file."""
    return {file.name: frozenset(_names(file)) for file in folder.glob("*.feature")}


def _names(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        for title in TITLES:
            if line.strip().startswith(title):
                yield line.strip().removeprefix(title)


def _invariant(entry: Mapping[str, Any]) -> Invariant:
    return Invariant(
        id=str(entry["id"]),
        promise=str(entry["promise"]),
        scenarios=tuple(entry.get("scenarios", ())),
        documented_only=str(entry.get("documented_only", "")),
    )
