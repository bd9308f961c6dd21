"""Finds, before anything is started, the steps that no definition fits."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from behave.model import Scenario, Step
from behave.step_registry import registry

from support.redaction import redact
from support.runner.behave_adapter.steps import StepLibraries, step_folders
from support.step_arguments import patterns_in
from support.undefined_steps import what_to_do, why_undefined


def undefined_steps(scenarios: Iterable[Scenario], libraries: StepLibraries, root: Path) -> Iterator[str]:
    """A sentence for each of the steps of these scenarios that has no definition: where it stands, why, and what helps."""
    # features of the same folders have the same definitions, and many sentences
    defined: dict[tuple[int, str, str], bool] = {}
    told: set[tuple[str, str, str]] = set()
    for scenario in scenarios:
        if scenario.filename in libraries.left_out:
            continue
        libraries.use_for(scenario.filename)
        definitions = id(registry.steps)
        for step in scenario.all_steps:
            sentence = (definitions, step.step_type, step.name)
            if sentence not in defined:
                defined[sentence] = registry.find_match(step) is not None
            if not defined[sentence] and (place := (scenario.filename, step.step_type, step.name)) not in told:
                told.add(place)
                yield redact(_told(step, next(reversed([*step_folders(Path(scenario.filename), root)]))))


def _told(step: Step, folder: Path) -> str:
    definitions: dict[str, list[Any]] = registry.steps
    others = {kind for kind, known in definitions.items() if kind != step.step_type and any(one.match(step.name) for one in known)}
    sentences = [str(one.pattern) for known in definitions.values() for one in known]
    where = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    if not others and (wrong := _wrong_value(step.name, [*definitions[step.step_type], *definitions["step"]])):
        return f"{step.location}: {wrong}"
    why, advice = why_undefined(step.name, step.step_type, others), what_to_do(step.name, others, sentences, f"{where}/")
    return f"{step.location}: {why}: {advice}"


def _wrong_value(text: str, definitions: Iterable[Any]) -> str:
    """Why a sentence fits none of these, if only one of its values keeps it from that."""
    for one in definitions:
        expression = getattr(one, "cucumber_expression", None)
        if expression is not None:
            # it is loaded already where there is such an expression
            from support.sentence_values import wrong_value

            if wrong := wrong_value(text, str(one.pattern), partial(patterns_in, expression.parameter_type_registry)):
                return wrong
    return ""
