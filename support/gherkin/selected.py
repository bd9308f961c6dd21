"""The features that were asked for by their places: `file.feature`, or `file.feature:line` for what stands there."""

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from behave.model import Feature, Scenario, ScenarioOutline
from behave.model_type import FileLocation

from support.gherkin.features import FeatureFile, read_feature
from support.gherkin.files import UnreadableFile

# behave runs what carries one of these whatever line was asked for
ALWAYS = {"setup", "teardown"}


def read_selected(locations: Sequence[FileLocation]) -> list[Feature]:
    """The features of these places, each once, with only the scenarios of those that name a line; raises UnreadableFile."""
    lines: dict[str, list[int | None]] = {}
    for location in locations:
        lines.setdefault(os.path.normpath(location.filename), []).append(location.line)
    features = []
    for name, asked in lines.items():
        file = read_feature(Path(name))
        if None not in asked:
            _keep_only(file, [line for line in asked if line is not None])
        features.append(file.feature)
    return features


def _keep_only(file: FeatureFile, lines: Sequence[int]) -> None:
    """Skip all scenarios but those of the lines."""
    starts = sorted(_starts(file.feature), key=lambda start: start[0])
    last = file.text.count("\n") + (not file.text.endswith("\n"))
    selected: set[int] = set()
    for line in lines:
        if not 1 <= line <= last:
            raise UnreadableFile(file.path, line, f"there is no such line: the file has {last}, so no scenario can be meant by it")
        here = bisect_right([start for start, _ in starts], line) - 1
        selected |= {id(scenario) for scenario in starts[here][1]}
    for scenario in file.feature.walk_scenarios():
        if id(scenario) not in selected and not ALWAYS & set(scenario.tags):
            scenario.mark_skipped()


def _starts(feature: Feature) -> Iterator[tuple[int, list[Scenario]]]:
    """From which line on which scenarios are meant, up to the next such line; what is tagged begins with its tags."""
    yield 0, feature.walk_scenarios()
    for rule in feature.rules:
        yield _first_line(rule), rule.walk_scenarios()
    for item in [*feature.scenarios, *(item for rule in feature.rules for item in rule.scenarios)]:
        if not isinstance(item, ScenarioOutline):
            yield _first_line(item), [item]
            continue
        yield _first_line(item), item.scenarios
        for examples in item.examples:
            yield _first_line(examples), [row for row in item.scenarios if any(row._row is each for each in examples.table)]
        yield from ((int(row.line), [row]) for row in item.scenarios)


def _first_line(statement: object) -> int:
    return min(int(place.line) for place in (statement, *statement.tags))  # type: ignore[attr-defined]
