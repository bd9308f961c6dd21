"""Which sentences of the features use which step definition."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from behave.model import Step

from environments.choose import platform_of
from support.authoring.catalogue.definitions import StepDefinition, StepLibrary
from support.gherkin.features import Case, FeatureFile
from support.step_arguments import Given, given_table


@dataclass(frozen=True)
class StepUse:
    """A step of a feature, with the definitions that behave could run for it."""

    file: Path
    line: int
    keyword: str
    """given, when or then, whatever the feature wrote (`And`, `*`)."""
    text: str
    fitting: tuple[StepDefinition, ...]
    also: tuple[StepDefinition, ...]
    """Definitions of another keyword that say the same."""
    table: Given | None = None
    """The table below it."""
    has_text: bool = False


@dataclass
class Usage:
    """All steps of the features, and each definition's."""

    steps: list[StepUse] = field(default_factory=list)
    by_definition: dict[StepDefinition, list[StepUse]] = field(default_factory=dict)

    def of(self, definition: StepDefinition) -> list[StepUse]:
        """Where a definition is used."""
        return self.by_definition.get(definition, [])


def steps_of(case: Case) -> list[Step]:
    """All steps that run for a case, those of the background first."""
    return list(case.scenario.all_steps)


def find_usage(features: Iterable[FeatureFile], library: StepLibrary) -> Usage:
    """Match every step of the features, backgrounds once, with the definitions that features of its platform can use."""
    usage = Usage()
    known: dict[tuple[str | None, str, str], tuple[tuple[StepDefinition, ...], tuple[StepDefinition, ...]]] = {}
    seen: set[tuple[Path, int, str, Given | None]] = set()
    for file in features:
        platform = platform_of(file.path)
        for step in (step for case in file.cases() for step in steps_of(case)):
            # of an outline, each row that makes another step of it
            table = given_table(step.table) if step.table is not None else None
            place = (file.path, int(step.line), str(step.name), table)
            if place in seen:
                continue
            seen.add(place)
            keyword, text = str(step.step_type), str(step.name)
            sentence = (platform, keyword, text)
            if sentence not in known:
                known[sentence] = _matched(library.serving(platform), keyword, text)
            use = StepUse(file.path, int(step.line), keyword, text, *known[sentence], table, step.text is not None)
            usage.steps.append(use)
            for definition in use.fitting:
                usage.by_definition.setdefault(definition, []).append(use)
    return usage


def _matched(definitions: list[StepDefinition], keyword: str, text: str) -> tuple[tuple[StepDefinition, ...], tuple[StepDefinition, ...]]:
    saying = [definition for definition in definitions if definition.says(text)]
    fitting = tuple(definition for definition in saying if definition.keyword in (keyword, "step"))
    return fitting, tuple(definition for definition in saying if definition not in fitting)
