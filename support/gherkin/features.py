"""A feature file as it is worked with: its text, behave's model of it, and its scenarios as they stand in it and as they run."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from behave.model import Feature, Rule, Scenario, ScenarioOutline

from support.gherkin.files import read_text
from support.gherkin.parser import parse_feature


class Case(NamedTuple):
    """One scenario as it runs; `written` is what stands in the file: itself, or the outline that an Examples row fills in."""

    feature: Feature
    rule: Rule | None
    written: Scenario | ScenarioOutline
    scenario: Scenario

    @property
    def tags(self) -> list[str]:
        """Its own tags and those it inherits."""
        return sorted(str(tag) for tag in self.scenario.effective_tags)

    def descriptions(self) -> list[str]:
        """Its own description, its rule's and its feature's."""
        holders = [self.written, *([self.rule] if self.rule else []), self.feature]
        return ["\n".join(holder.description) for holder in holders]


class FeatureFile(NamedTuple):
    """A feature file that can be run."""

    path: Path
    text: str
    feature: Feature

    def written(self) -> Iterator[tuple[Rule | None, Scenario | ScenarioOutline]]:
        """Scenarios and outlines as they stand in the file, each with the rule around it."""
        rules = [(rule, item) for rule in self.feature.rules for item in rule.scenarios]
        alone = [(None, item) for item in self.feature.scenarios]
        yield from sorted([*alone, *rules], key=lambda pair: pair[1].line)

    def cases(self) -> Iterator[Case]:
        """Scenarios as they run: an outline gives one a row."""
        for rule, item in self.written():
            rows = item.scenarios if isinstance(item, ScenarioOutline) else [item]
            yield from (Case(self.feature, rule, item, scenario) for scenario in rows)


def read_feature(path: Path) -> FeatureFile:
    """Read one feature file; raises UnreadableFile."""
    text = read_text(path)
    return FeatureFile(path, text, parse_feature(text, path))
