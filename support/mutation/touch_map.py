"""Which scenarios run which lines of the services, kept in a file with what it was made of. Source: our choice."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from support.mutation.probes import Probes

VERSION = 1
# neither the runner nor the reports decide which lines a scenario runs
DECIDING = ("environments", "steps", "support/platforms")


class Touch(BaseModel):
    """A scenario: how it ended when it was recorded, how long it took, and the statements that ran meanwhile, by their numbers."""

    location: str
    name: str
    status: str
    seconds: float
    ran: list[int]


class Touching(BaseModel):
    """The scenarios that run a line, in the order to try them, and how that is known."""

    scenarios: list[Touch]
    how: str


class TouchMap(BaseModel):
    """What was recorded. It holds for the code with this fingerprint, and for the feature files with theirs."""

    version: int = VERSION
    code: str
    features: dict[str, str]
    statements: dict[str, list[tuple[int, int, int]]]
    """By file: first line, last line, number."""
    at_start: list[int]
    """What ran before the first scenario."""
    touches: list[Touch]

    def scenarios_at(self, file: str, line: int, selected: Collection[str]) -> Touching:
        """The selected scenarios that passed when they were recorded and run that line.

        A line outside of functions runs when its module is loaded, before any scenario: there it is all that run some of the file, or,
        where the file has no functions, of its folder. Of what runs while the platform starts nobody knows who needs it: it is all, one
        that runs it again first.
        """
        good = [each for each in self.touches if each.status == "passed" and each.location in selected]
        probes = Probes(self.statements)
        number, of_file = probes.at(file, line), probes.of(file)
        if number is not None:
            there = _in_order(_that_run(good, {number}), of_file)
            if number not in self.at_start:
                return Touching(scenarios=there, how="run the line")
            # one that starts the service again, say, sees the least of what its line does
            others = [each for each in _in_order(good, of_file) if each not in there[:1]]
            return Touching(scenarios=[*there[:1], *others], how="are all, since the line runs while the platform starts")
        if there := _that_run(good, of_file):
            return Touching(scenarios=_in_order(there, of_file), how="run some of its file")
        folder = str(Path(file).parent)
        beside = {number for other in self.statements if str(Path(other).parent) == folder for number in probes.of(other)}
        if not of_file and (there := _that_run(good, beside)):
            return Touching(scenarios=_in_order(there, beside), how="run some of its folder")
        return Touching(scenarios=[], how="run the line")

    def outdated(self, code: str, locations: Iterable[str]) -> list[str]:
        """The locations that have to be recorded anew: all of a feature file that is not known as it is; all when the code changed."""
        if code != self.code:
            return list(locations)
        known = {each.location for each in self.touches}
        files = fingerprints(locations)
        return [each for each in locations if each not in known or self.features.get(_file(each)) != files[_file(each)]]

    def with_newer(self, newer: "TouchMap") -> "TouchMap":
        """Both, where the newer one knows better."""
        if newer.code != self.code:
            return newer
        kept = [each for each in self.touches if _file(each.location) not in newer.features]
        return newer.model_copy(
            update={
                "features": self.features | newer.features,
                "touches": [*kept, *newer.touches],
                "at_start": sorted({*self.at_start, *newer.at_start}),
            }
        )

    def write(self, file: Path) -> None:
        """Keep it."""
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.write_text(self.model_dump_json() + "\n", encoding="utf-8")
        draft.replace(file)


def read_touch_map(file: Path) -> TouchMap | None:
    """The one that is kept there; None when there is none that can be used."""
    try:
        found = TouchMap.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None
    return found if found.version == VERSION else None


def fingerprints(locations: Iterable[str]) -> Mapping[str, str]:
    """Of the feature files that these scenarios stand in."""
    return {file: _digest([Path(file)]) for file in {_file(location) for location in locations}}


def fingerprint_of_code(settings: str = "", checkout: Path = Path()) -> str:
    """Of all that decides what a scenario does, besides its feature file: services, steps, clients, hooks, and settings as they are."""
    files = sorted(file for folder in DECIDING for file in (checkout / folder).rglob("*") if file.suffix in (".py", ".toml", ".json"))
    return _digest([*files, *sorted(checkout.glob("*.py"))], settings)


def _digest(files: Sequence[Path], more: str = "") -> str:
    digest = hashlib.sha256(more.encode())
    for file in files:
        digest.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _in_order(touches: Iterable[Touch], numbers: set[int]) -> list[Touch]:
    """Next always the one that runs most of these statements in a second that no one before it runs, so that the first few differ most."""
    left = {each.location: (each, numbers.intersection(each.ran)) for each in touches}
    ordered: list[Touch] = []
    seen: set[int] = set()
    while left:
        rates = {where: len(ran - seen) / max(each.seconds, 0.001) for where, (each, ran) in left.items()}
        if not any(rates.values()) and seen:
            # everything was run once: from the start again
            seen = set()
            continue
        where = min(left, key=lambda where: (-rates[where], left[where][0].seconds, where))
        each, ran = left.pop(where)
        ordered.append(each)
        seen |= ran
    return ordered


def _that_run(touches: Iterable[Touch], numbers: set[int]) -> list[Touch]:
    return [each for each in touches if not numbers.isdisjoint(each.ran)]


def _file(location: str) -> str:
    return location.rpartition(":")[0]
