"""Rules for the sentences: every step of a feature has exactly one definition, and every definition a step."""

from collections.abc import Iterator, Sized
from itertools import product

from cucumber_expressions.ast import Node, NodeType

from environments.choose import platform_of
from support.authoring.catalogue.definitions import StepDefinition
from support.authoring.catalogue.usage import StepUse
from support.authoring.lint.finding import Finding
from support.authoring.lint.project import Project
from support.sentence_values import wrong_value
from support.step_arguments import missing, mistakes, superfluous
from support.undefined_steps import what_to_do, why_undefined

SAMPLES = {"int": ("7",), "float": ("1.5",), "word": ("word",), "string": ('"words"',)}
PYTHON_TYPES = {
    "int": "int",
    "float": "float",
    "string": "str",
    "word": "str",
    "double": "float",
    "long": "int",
    "short": "int",
    "byte": "int",
}
MOST_SAMPLES = 64
TAKEN_FOR_REGEXP = frozenset("().*|\\")
"""Source: @cucumber/language-service 1.7.0, `isRegExp`."""


def undefined_step(project: Project) -> Iterator[Finding]:
    """A step that no definition fits is never run, and its scenario can never pass."""
    for use in project.usage.steps:
        if use.fitting:
            continue
        others = {definition.keyword for definition in use.also}
        if not others and (wrong := _wrong_value(use, project)):
            why, advice = wrong, "use one of these: ringmaster steps shows what each step allows"
        else:
            sentences = [definition.sentence for definition in project.library.serving(platform_of(use.file))]
            why, advice = why_undefined(use.text, use.keyword, others), what_to_do(use.text, others, sentences, _where(use))
        yield Finding(use.file, use.line, why, advice)


def wrong_argument(project: Project) -> Iterator[Finding]:
    """A step needs the very table or text that it declares; what no step looks at promises something that nothing checks."""
    for use in project.usage.steps:
        for definition in use.fitting[:1]:
            for line, why in _wrong_arguments(use, definition):
                yield Finding(use.file, line, why, f"see what '{definition.sentence}' needs: ringmaster steps")


def ambiguous_step(project: Project) -> Iterator[Finding]:
    """When two definitions fit a step, the one that was loaded first wins, which nobody sees."""
    for use in project.usage.steps:
        fitting = [*use.fitting, *use.also]
        if len({(definition.file, definition.function) for definition in fitting}) > 1:
            places = ", ".join(f"'{definition.sentence}' ({definition.file}:{definition.line})" for definition in fitting)
            yield Finding(use.file, use.line, f"'{use.text}' fits {places}", "reword one of the sentences")


def ambiguous_definition(project: Project) -> Iterator[Finding]:
    """Two sentences that the same step could mean are a trap, also as long as no feature falls into it."""
    definitions = project.library.definitions
    for definition in definitions:
        samples = _samples(definition)
        for other in definitions:
            both = definition.keyword == other.keyword or "step" in (definition.keyword, other.keyword)
            same = (other.file, other.function) == (definition.file, definition.function)
            if same or not both or not definition.meets(other):
                continue
            sample = next((sample for sample in samples if other.says(sample)), None)
            if sample is not None:
                why = f"'{definition.sentence}' and '{other.sentence}' ({other.file}:{other.line}) both fit '{sample}'"
                yield Finding(definition.file, definition.line, why, "reword one of the sentences")


def unused_step(project: Project) -> Iterator[Finding]:
    """A definition that no feature uses is code that nothing proves; one that is not written yet proves nothing to anybody."""
    if any(finding.file.suffix == ".feature" for finding in project.unreadable):
        return  # the broken feature may use it
    for definition in project.library.definitions:
        if not project.usage.of(definition) and not definition.unwritten:
            why = f"no feature uses '{definition.sentence}'"
            yield Finding(definition.file, definition.line, why, "remove it, or write the scenario it is for")


def wrong_signature(project: Project) -> Iterator[Finding]:
    """A function that does not take what its sentence gives fails when it is called."""
    for definition in project.library.definitions:
        if not definition.takes_context:
            why = f"{definition.function}() takes no context"
            yield Finding(definition.file, definition.line, why, "make `context: Context` its first parameter")
            continue
        below = ["table"] * (definition.table is not None) + ["string"] * definition.takes_text
        given, taken = [*definition.types, *below], definition.parameters
        needed = [parameter for parameter in taken if not parameter.has_default]
        if len(given) < len(needed) or (len(given) > len(taken) and not definition.takes_more):
            why = f"'{definition.sentence}' gives {_count(given)}, {definition.function}() takes {_count(taken)} after context"
            yield Finding(
                definition.file, definition.line, why, "give the function one parameter for each of the sentence's, in their order"
            )
            continue
        for type_name, parameter in zip(given, taken, strict=False):
            wanted = PYTHON_TYPES.get(type_name)
            if wanted and parameter.annotation and parameter.annotation != wanted:
                why = f"{{{type_name}}} gives {wanted}, but {definition.function}() wants {parameter.name}: {parameter.annotation}"
                yield Finding(
                    definition.file, definition.line, why, f"annotate {parameter.name} as {wanted}, or use another parameter type"
                )


def unreadable_definition(project: Project) -> Iterator[Finding]:
    """Sentences stand in the code as plain Cucumber expressions, so that people, editors and the lint can read them."""
    for defect in project.library.defects:
        if defect.broken:
            continue  # the file is reported already
        yield Finding(defect.file, defect.line, defect.why, "write it as a Cucumber expression in one plain text")


def undocumented_step(project: Project) -> Iterator[Finding]:
    """The catalogue shows what a step does from its docstring."""
    for definition in project.library.definitions:
        if not definition.docstring:
            why = f"{definition.function}() has no docstring, so that the catalogue cannot say what '{definition.sentence}' does"
            yield Finding(definition.file, definition.line, why, "add one line that says what it does or checks")


def unreadable_for_editors(project: Project) -> Iterator[Finding]:
    """Editors with the Cucumber extension take some sentences for regular expressions, and underline every step that uses one."""
    for definition in project.library.definitions:
        if found := sorted(set(definition.sentence) & TAKEN_FOR_REGEXP):
            why = f"the editors' Cucumber extension takes '{definition.sentence}' for a regular expression, because of {' '.join(found)}"
            yield Finding(
                definition.file, definition.line, why, "write alternatives, such as epoch/epochs for epoch(s), or word it differently"
            )


RULES = (
    undefined_step,
    wrong_argument,
    ambiguous_step,
    ambiguous_definition,
    unused_step,
    wrong_signature,
    unreadable_definition,
    undocumented_step,
    unreadable_for_editors,
)


def _samples(definition: StepDefinition) -> list[str]:
    """Sentences that the definition fits: with and without what is optional, each alternative once."""
    choices = [_spellings(node, definition) for node in definition.nodes]
    samples = ["".join(parts) for _, parts in zip(range(MOST_SAMPLES), product(*choices), strict=False)]
    return [sample for sample in samples if definition.says(sample)]


def _spellings(node: Node, definition: StepDefinition) -> list[str]:
    if node.ast_type == NodeType.PARAMETER:
        return list(SAMPLES.get(node.text) or definition.allowed_by(node.text) or ["words"])
    if node.ast_type == NodeType.OPTIONAL:
        return [node.text, ""]
    if node.ast_type == NodeType.ALTERNATION:
        return [alternative.text for alternative in node.nodes or []]
    return [node.text]


def _wrong_arguments(use: StepUse, definition: StepDefinition) -> Iterator[tuple[int, str]]:
    table = definition.table
    if table is not None and use.table is None:
        yield use.line, missing(table)
    elif table is not None and use.table is not None:
        yield from mistakes(table, use.table, definition.patterns)
    elif use.table is not None and not definition.looks_below:
        yield use.line, superfluous("table")
    if definition.takes_text and not use.has_text:
        yield use.line, missing(None)
    elif use.has_text and not definition.takes_text and not definition.looks_below:
        yield use.line, superfluous("text")


def _wrong_value(use: StepUse, project: Project) -> str:
    """Why a sentence fits no definition, if only one of its values keeps it from that."""
    definitions = [each for each in project.library.serving(platform_of(use.file)) if each.keyword in (use.keyword, "step")]
    return next(filter(None, (wrong_value(use.text, each.sentence, each.patterns) for each in definitions)), "")


def _where(use: StepUse) -> str:
    platform = platform_of(use.file)
    return f"steps/{platform}/" if platform else "steps/"


def _count(things: Sized) -> str:
    number = len(things)
    return f"{number} parameter" if number == 1 else f"{number} parameters"
