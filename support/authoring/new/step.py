"""A new step that lints and is typed, in the module of its topic, for somebody to write what it does."""

import ast
import keyword
import re
from dataclasses import dataclass
from pathlib import Path

from cucumber_expressions.errors import CucumberExpressionError
from cucumber_expressions.expression import CucumberExpression

from support.authoring.catalogue.definitions import StepDefinition, StepLibrary, parse_module, read_step_definitions
from support.authoring.catalogue.duplicates import nearest_duplicate
from support.authoring.catalogue.search import find_steps
from support.authoring.catalogue.usage import steps_of
from support.authoring.catalogue.words import STOP_WORDS
from support.authoring.lint.rules.steps import PYTHON_TYPES, TAKEN_FOR_REGEXP
from support.gherkin.features import read_feature
from support.gherkin.files import SUFFIX, UnreadableFile, find_files
from support.nearest import did_you_mean
from support.step_folders import COMMON, inner_folders

LONGEST_SENTENCE = 115
LONGEST_MODULE = 380
"""Lines; a step more would make the module longer than a file may be."""
WORDS_IN_NAME = 5
TOPIC = re.compile(r"(NAME/)*NAME".replace("NAME", r"[a-z][a-z0-9]*(_[a-z0-9]+)*"))
"""With the folders of a platform that lead to it."""
BEFORE_A_PERSON = ("of", "to", "by", "for", "from", "and", "with")
CODE = '''

@{keyword}({sentence})
def {function}({parameters}) -> None:
    """Say here in one line what it does or checks."""
    raise NotImplementedError("write this step: {place}")
'''
MODULE = '''"""{title}: say here what these steps are about."""

from behave import {keyword}
from behave.runner import Context
'''


class StepRefused(Exception):
    """A step of that sentence cannot be made; the text says why."""


@dataclass(frozen=True)
class Request:
    """What is asked for: the sentence, its keyword, and where the step belongs; `although_alike` makes it beside a sentence like it."""

    sentence: str
    keyword: str
    platform: str
    topic: str = ""
    although_alike: bool = False


def new_step(request: Request, steps: Path = Path("steps")) -> tuple[Path, str]:
    """Write a new step; returns its module and its sentence with parameters.

    Raises:
        StepRefused: the sentence is none, there is one that says the same, or there is no room for it. Nothing is written then.
    """
    if not steps.is_dir():
        raise StepRefused(f"there is no folder {steps} here: go to the project's folder first")
    library = read_step_definitions(steps)
    serving = [definition for definition in library.definitions if definition.serves(request.platform)]
    sentence = _with_parameters(" ".join(request.sentence.split()), serving)
    types = _types_of(sentence, serving)
    if not request.although_alike:
        _refuse_duplicate(sentence, library, request.platform)
    module = _module_for(request, sentence, serving, steps)
    text = module.read_text(encoding="utf-8") if module.exists() else MODULE.format(title=_title(module), keyword=request.keyword)
    if text.count("\n") > LONGEST_MODULE:
        raise StepRefused(f"{module} is as long as a file may be: choose another topic with --topic NAME")
    code = CODE.format(
        keyword=request.keyword,
        sentence=repr(sentence) if '"' in sentence else f'"{sentence}"',
        function=_function_name(sentence, text),
        parameters=", ".join(["context: Context", *_parameters(sentence, types)]),
        place=module.as_posix(),
    )
    written = _importing(text, request.keyword, module).rstrip("\n") + "\n" + code
    try:
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(written, encoding="utf-8")
    except OSError as error:
        raise StepRefused(f"{module} cannot be written: {error.strerror}") from error
    return module, sentence


def keyword_in_features(sentence: str, features: Path = Path("features")) -> str:
    """The keyword that features use the sentence with, word for word; `step`, which is any, when none or several do."""
    readable = [read_feature(file) for file in find_files([features] if features.exists() else []) if file.suffix == SUFFIX]
    used = {str(step.step_type) for file in readable for case in file.cases() for step in steps_of(case) if step.name == sentence}
    return used.pop() if len(used) == 1 else "step"


def _with_parameters(sentence: str, serving: list[StepDefinition]) -> str:
    """The sentence as an expression: of an example, names and numbers become parameters."""
    if "{" not in sentence:
        for kind in _types_in_quotes(serving):
            patterns = next(found for each in serving if (found := each.patterns(kind)))
            sentence = re.sub("|".join(patterns), f"{{{kind}}}", sentence)
        sentence = re.sub(r'"[^"]*"', "{string}", sentence)
        sentence = re.sub(r"(?<![\w{])-?\d+\.\d+(?!\w)", "{float}", sentence)
        sentence = re.sub(r"(?<![\w{])-?\d+(?!\w)", "{int}", sentence)
    if not sentence or not sentence.isprintable() or len(sentence) > LONGEST_SENTENCE:
        raise StepRefused(f"a sentence has words, and at most {LONGEST_SENTENCE} characters: say one thing in it")
    if sentence[0].isupper() or sentence.endswith("."):
        raise StepRefused("a sentence stands after Given, When or Then: it begins with a small letter, and no period ends it")
    if found := sorted(set(sentence) & TAKEN_FOR_REGEXP):
        raise StepRefused(
            f"editors take a sentence with {' '.join(found)} for a regular expression: write alternatives, such as epoch/epochs"
        )
    return sentence


def _types_in_quotes(serving: list[StepDefinition]) -> list[str]:
    """The parameter types that hold a name in quotes, such as `the use case "second"`."""
    kinds = {kind for definition in serving for kind in definition.types if kind not in PYTHON_TYPES and kind}
    return sorted(kind for kind in kinds if any('"' in pattern for pattern in serving[0].patterns(kind) or ()))


def _types_of(sentence: str, serving: list[StepDefinition]) -> list[str]:
    types = re.findall(r"\{(\w*)\}", sentence)
    known = {str(kind.name) for kind in serving[0].registry.parameter_types} if serving else set(PYTHON_TYPES)
    if unknown := next((kind for kind in types if kind and kind not in known), None):
        raise StepRefused(f"there is no parameter type '{unknown}'.{did_you_mean(unknown, known)} There are: {', '.join(sorted(known))}")
    try:
        if serving:
            CucumberExpression(sentence, serving[0].registry)
    except CucumberExpressionError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip(" ^-")]
        raise StepRefused(f"'{sentence}' is not a Cucumber expression: {' '.join(lines)}") from error
    return types


def _refuse_duplicate(sentence: str, library: StepLibrary, platform: str) -> None:
    found = nearest_duplicate(sentence, library.definitions, platform)
    if found is not None:
        raise StepRefused(
            f"a sentence for it exists already: '{found.sentence}' ({found.file}:{found.line}). Use that one; if yours differs, "
            "add --although-alike"
        )


def _module_for(request: Request, sentence: str, serving: list[StepDefinition], steps: Path) -> Path:
    """The module of its topic, wherever in the platform's folder that is; a new one stands beside the sentences most like it."""
    topic, own = request.topic or _topic_of(sentence, serving), steps / request.platform
    if not TOPIC.fullmatch(topic) or keyword.iskeyword(topic.rpartition("/")[2]):
        raise StepRefused(f"'{topic}' cannot name a module of steps: lower-case letters, digits and single underscores, a letter first")
    if any(each.topic == topic and each.folder == COMMON for each in serving):
        return steps / COMMON / f"{topic}.py"
    if "/" in topic or (own / f"{topic}.py").exists():
        return own / f"{topic}.py"
    named = [module for folder in inner_folders(own) if (module := folder / f"{topic}.py").exists()]
    if len(named) > 1:
        topics = ", ".join(module.relative_to(own).with_suffix("").as_posix() for module in named)
        raise StepRefused(f"there are several modules '{topic}': name one with --topic, as {topics}")
    return named[0] if named else own / _topic_of(sentence, serving, "").rpartition("/")[0] / f"{topic}.py"


def _topic_of(sentence: str, serving: list[StepDefinition], otherwise: str | None = None) -> str:
    """The module with the sentences that have most to do with it; where none has, `otherwise`, or it raises StepRefused."""
    nearest = find_steps([re.sub(r"\{(\w*)\}", r"\1", sentence).replace("_", " ")], dict.fromkeys(serving, 0))[:5]
    weights: dict[str, float] = {}
    for place, definition in enumerate(nearest, start=1):
        weights[definition.topic] = weights.get(definition.topic, 0) + 1 / place
    if not weights and otherwise is None:
        raise StepRefused("no module of steps fits it: name one with --topic NAME")
    return max(weights, key=weights.__getitem__, default=otherwise or "")


def _function_name(sentence: str, module: str) -> str:
    words = [word for word in re.findall(r"[a-z][a-z0-9]*", re.sub(r"\{\w*\}", " ", sentence.lower())) if word not in STOP_WORDS]
    name = "_".join(words[:WORDS_IN_NAME]) or "does"
    taken = {node.name for node in ast.walk(ast.parse(module)) if isinstance(node, ast.FunctionDef)}
    imported = {
        alias.asname or alias.name for node in ast.walk(ast.parse(module)) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    while name in taken | imported or keyword.iskeyword(name):
        name += "_too"
    return name


def _parameters(sentence: str, types: list[str]) -> list[str]:
    """A name and a type for each parameter: of a number what is counted, of a text who or what it is."""
    pieces, names = re.split(r"\{\w*\}", sentence), []
    for number, kind in enumerate(types):
        before, after = pieces[number].split(), pieces[number + 1].split()
        if kind in ("int", "float"):
            near = [after[0].split("/")[0]] if after and after[0][0].isalpha() and after[0] not in STOP_WORDS else before[-1:]
            name = "_".join(re.findall(r"[a-z]+", "".join(near).lower())) or "number"
        elif kind in ("string", "word", ""):
            name = "role" if (not before and number == 0) or (before and before[-1] in BEFORE_A_PERSON) else "words"
        else:
            name = kind
        name = f"{name}_" if keyword.iskeyword(name) or name == "context" else name
        unique = name if name not in names else f"{name}_{number + 1}"
        names.append(unique)
    return [f"{name}: {PYTHON_TYPES.get(kind, 'str')}" for name, kind in zip(names, types, strict=True)]


def _importing(text: str, word: str, module: Path) -> str:
    """The module's text with what the step needs imported."""
    try:
        tree = parse_module(module) if module.exists() else ast.parse(text)
    except UnreadableFile as error:
        raise StepRefused(f"{module} {error.reason}: fix it first") from error
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    names = {alias.name for node in imports if node.module in ("behave", "behave.runner") for alias in node.names}
    lines = text.splitlines()
    first = next((node for node in imports if node.module == "behave" and node.lineno == node.end_lineno), None)
    if word not in names and first is not None:
        lines[first.lineno - 1] = f"from behave import {', '.join(sorted([*(alias.name for alias in first.names), word]))}"
    missing = [f"from behave import {word}"] if word not in names and first is None else []
    missing += ["from behave.runner import Context"] if "Context" not in names else []
    after = first.lineno if first is not None else (1 if ast.get_docstring(tree) else 0)
    return "\n".join([*lines[:after], *missing, *lines[after:]]) + "\n"


def _title(module: Path) -> str:
    return module.stem.replace("_", " ").capitalize()
