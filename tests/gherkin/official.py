"""What the official parser makes of a feature, and what we make of it, in the same words."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from behave.model import Scenario, Step
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler

from support.gherkin.parser import parse_feature

KINDS = {"Context": "given", "Action": "when", "Outcome": "then"}
PLAIN = "text/plain"


@dataclass
class Read:
    """All scenarios of a feature as they run, by what is compared of them."""

    names: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    tags: list[set[str]] = field(default_factory=list)
    steps: list[list[str]] = field(default_factory=list)
    kinds: list[list[str | None]] = field(default_factory=list)
    """None where Gherkin leaves it open: `*`, and keywords of several kinds."""
    tables: list[list[list[list[str]] | None]] = field(default_factory=list)
    texts: list[list[tuple[str, str] | None]] = field(default_factory=list)


def read_officially(text: str) -> Read:
    """By the official parser and its compiler."""
    read = Read()
    pickles: list[Any] = Compiler().compile({**Parser().parse(text), "uri": ""})
    for pickle in pickles:
        read.names.append(pickle["name"])
        read.lines.append(pickle["location"]["line"])
        read.tags.append({tag["name"] for tag in pickle["tags"]})
        arguments = [step.get("argument", {}) for step in pickle["steps"]]
        read.steps.append([step["text"] for step in pickle["steps"]])
        read.kinds.append([KINDS.get(step["type"]) for step in pickle["steps"]])
        read.tables.append([_official_table(argument.get("dataTable")) for argument in arguments])
        read.texts.append([_official_text(argument.get("docString")) for argument in arguments])
    return read


def read_by_us(text: str, officially: Read) -> Read:
    """In behave's model; kinds are left open where they are officially."""
    read = Read()
    scenarios = parse_feature(text, Path("generated.feature")).walk_scenarios()
    for scenario in scenarios:
        # steps of a background alone run in behave, and make nothing officially
        steps = list(scenario.all_steps) if scenario.steps else []
        read.names.append(_name(scenario))
        read.lines.append(scenario.line)
        read.tags.append({f"@{tag}" for tag in scenario.effective_tags})
        read.steps.append([step.name for step in steps])
        read.kinds.append([step.step_type for step in steps])
        read.tables.append([_table(step) for step in steps])
        read.texts.append([(str(step.text), step.text.content_type) if step.text is not None else None for step in steps])
    for ours, theirs in zip(read.kinds, officially.kinds, strict=False):
        ours[:] = [kind if other else None for kind, other in zip(ours, theirs, strict=False)]
    return read


def _name(scenario: Scenario) -> str:
    name: str = scenario.name
    return name if scenario._row is None else name[: name.rindex(f" -- @{scenario._row.id} ")]


def _table(step: Step) -> list[list[str]] | None:
    return None if step.table is None else [list(step.table.headings), *(list(row.cells) for row in step.table)]


def _official_table(table: Any) -> list[list[str]] | None:  # noqa: ANN401
    return None if table is None else [[cell["value"] for cell in row["cells"]] for row in table["rows"]]


def _official_text(text: Any) -> tuple[str, str] | None:  # noqa: ANN401
    return None if text is None else (text["content"], text.get("mediaType") or PLAIN)
