"""What the catalogue shows of each step."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from environments.choose import platform_classes
from support.authoring.catalogue.definitions import StepDefinition, read_step_definitions
from support.authoring.catalogue.usage import StepUse, Usage, find_usage
from support.gherkin.features import read_feature
from support.gherkin.files import UnreadableFile, find_files
from support.step_folders import COMMON

MOST_EXAMPLES = 3
COMMON_TITLE, ELSEWHERE_TITLE = "Every platform", "Features of no platform"


@dataclass(frozen=True)
class Entry:
    """A step: its definition, its parameters in words, and where features use it."""

    definition: StepDefinition
    uses: tuple[StepUse, ...]

    @property
    def keyword(self) -> str:
        """How a feature begins the sentence; a step of any keyword is shown with all three."""
        return "Given/When/Then" if self.definition.keyword == "step" else self.definition.keyword.capitalize()

    @property
    def parameters(self) -> list[str]:
        """Each parameter's name and type."""
        pairs = zip(self.definition.parameters, self.definition.types, strict=False)
        return [f"{parameter.name}: {type_name or 'text'}" for parameter, type_name in pairs]

    @property
    def table(self) -> list[str]:
        """The columns of the table that stands below it, with their types."""
        declared = self.definition.table
        if declared is None:
            return []
        empty = dict.fromkeys(declared.may_be_empty, " or nothing")
        columns = [f"{name}: {kind}{empty.get(name, '')}" for name, kind in declared.columns.items()]
        return [*columns, f"any others: {declared.others}"] if declared.others else columns

    @property
    def allowed(self) -> dict[str, list[str]]:
        """The types among its parameters and columns that list their values, with these."""
        kinds = [*self.definition.types, *(self.definition.table.kinds if self.definition.table is not None else ())]
        return {kind: values for kind in dict.fromkeys(kinds) if (values := self.definition.allowed_by(kind))}

    @property
    def examples(self) -> list[StepUse]:
        """A few uses that differ in their words."""
        by_text: dict[str, StepUse] = {}
        for use in self.uses:
            by_text.setdefault(use.text, use)
        return list(by_text.values())[:MOST_EXAMPLES]

    @property
    def used(self) -> str:
        """How often features use it, in words."""
        return {0: "not used", 1: "used once"}.get(len(self.uses), f"used {len(self.uses)} times")

    @property
    def whose(self) -> str:
        """Whose features can use it: a platform's name, or a title."""
        return COMMON_TITLE if self.definition.folder == COMMON else self.definition.platform or ELSEWHERE_TITLE

    @property
    def folder_order(self) -> tuple[bool, str]:
        """Sorts those for every platform first."""
        return self.definition.folder != COMMON, self.whose

    @property
    def place(self) -> str:
        """`file:line` of the definition."""
        return f"{self.definition.file}:{self.definition.line}"


@cache
def _spelling() -> dict[str, str]:
    return {word: spelled for platform in platform_classes() for word, spelled in platform.vocabulary.spelling.items()}


def _title(topic: str) -> str:
    """Such as "People, ways in" for `people/ways_in`."""
    names = (" ".join(_spelling().get(word, word) for word in name.split("_")) for name in topic.split("/"))
    title = ", ".join(names)
    return title[0].upper() + title[1:]


@dataclass(frozen=True)
class Catalogue:
    """All steps, and what of the project could not be read."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]

    def by_platform(self) -> dict[str, dict[str, list[Entry]]]:
        """Entries by whose features can use them, then by the module they stand in; as titles, sorted, those for all first."""
        platforms: dict[str, dict[str, list[Entry]]] = {}
        order = sorted(self.entries, key=lambda entry: (entry.folder_order, entry.definition.topic, entry.definition.line))
        for entry in order:
            platforms.setdefault(entry.whose, {}).setdefault(_title(entry.definition.topic), []).append(entry)
        return platforms


def read_catalogue(steps: Path = Path("steps"), features: Path = Path("features")) -> Catalogue:
    """The catalogue of the project in the current folder."""
    library = read_step_definitions(steps)
    problems = [f"{defect.file}:{defect.line}: {defect.why}" for defect in library.defects]
    read = []
    for file in find_files([features] if features.exists() else []):
        try:
            read.append(read_feature(file))
        except UnreadableFile as error:
            problems.append(str(error))
    usage: Usage = find_usage(read, library)
    entries = tuple(Entry(definition, tuple(usage.of(definition))) for definition in library.definitions)
    return Catalogue(entries, tuple(problems))
