"""The step definitions as they stand in `steps/`, read as text: nothing of the platform's clients is imported for it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cucumber_expressions.ast import Node, NodeType
from cucumber_expressions.errors import CucumberExpressionError
from cucumber_expressions.expression import CucumberExpression
from cucumber_expressions.expression_parser import CucumberExpressionParser
from cucumber_expressions.parameter_type import ParameterType
from cucumber_expressions.parameter_type_registry import ParameterTypeRegistry

from environments.choose import platform_names
from support.authoring.catalogue.arguments import is_unwritten, looks_below, table_of, takes_text
from support.gherkin.files import UnreadableFile, find_files, read_text
from support.step_arguments import ANY_TEXT, NUMBERS, Table, allowed_values, patterns_in
from support.step_folders import COMMON

KEYWORDS = ("given", "when", "then", "step")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a step's function; `annotation` is as written, empty when there is none."""

    name: str
    annotation: str
    has_default: bool


@dataclass(frozen=True)
class StepDefinition:
    """One sentence that features can use; a function with two sentences gives two of these."""

    keyword: str
    sentence: str
    function: str
    parameters: tuple[Parameter, ...]
    """Those after `context`."""
    takes_context: bool
    takes_more: bool
    """Whether it takes any number of parameters (`*names`)."""
    docstring: str
    file: Path
    line: int
    expression: CucumberExpression = field(repr=False, compare=False)
    folder: str = ""
    """The folder of `steps/` that it stands in: `common`, a platform's, or empty."""
    topic: str = ""
    """The module it stands in, with the folders of a platform that lead to it: `teams`, `people/teams`."""
    table: Table | None = field(default=None, compare=False)
    """What the table below the step must look like, where that is declared."""
    takes_text: bool = False
    looks_below: bool = False
    """Whether its function may look at a table or text, though none is declared."""
    unwritten: bool = False
    """Whether its function only raises NotImplementedError, as `ringmaster new step` makes it."""
    registry: ParameterTypeRegistry = field(default_factory=ParameterTypeRegistry, repr=False, compare=False)

    @property
    def platform(self) -> str | None:
        """The platform that it belongs to; None: to all (COMMON), or to features of no platform."""
        return self.folder if self.folder in platform_names() else None

    def serves(self, platform: str | None) -> bool:
        """Whether features of that platform (None: of none) can use it."""
        return self.folder == COMMON or self.platform == platform

    def meets(self, other: "StepDefinition") -> bool:
        """Whether there are features that can use both."""
        return COMMON in (self.folder, other.folder) or self.platform == other.platform

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a sentence must look like."""
        return re.compile(self.expression.regexp)

    @cached_property
    def nodes(self) -> list[Node]:
        """The parts of the sentence."""
        return list(CucumberExpressionParser().parse(self.sentence).nodes)

    @property
    def types(self) -> list[str]:
        """The types of its parameters, in order, such as `int`; an anonymous one is empty."""
        return [node.text for node in self.nodes if node.ast_type == NodeType.PARAMETER]

    def says(self, text: str) -> bool:
        """Whether its sentence is that text, whatever the keyword."""
        return self.pattern.search(text) is not None

    def patterns(self, kind: str) -> list[str] | None:
        """The regular expressions of a parameter type; None when there is none of that name."""
        return patterns_in(self.registry, kind)

    def allowed_by(self, kind: str) -> list[str]:
        """The values that a parameter type lists; none where any text or number will do."""
        return [] if kind in (*ANY_TEXT, *NUMBERS) else allowed_values(self.patterns(kind) or [])


@dataclass(frozen=True)
class Defect:
    """Something in a step module that cannot be a step; `broken` when the module cannot be read at all."""

    file: Path
    line: int
    why: str
    broken: bool = False


@dataclass(frozen=True)
class StepLibrary:
    """All step definitions of a folder, and what was wrong in there."""

    definitions: tuple[StepDefinition, ...]
    defects: tuple[Defect, ...]

    def serving(self, platform: str | None) -> list[StepDefinition]:
        """Those that features of a platform (None: of none) can use."""
        return [definition for definition in self.definitions if definition.serves(platform)]


def read_step_definitions(folder: Path = Path("steps"), *, hooks: Path = Path("environment.py")) -> StepLibrary:
    """The steps of a folder's modules; parameter types are looked for in these and in behave's hooks."""
    defects: list[Defect] = []
    modules: list[tuple[Path, ast.Module]] = []
    for file in find_files([path for path in (folder, hooks) if path.exists()], (".py",)):
        try:
            modules.append((file, parse_module(file)))
        except UnreadableFile as error:
            defects.append(Defect(error.path, error.line, error.reason, broken=True))
    registry = ParameterTypeRegistry()
    for file, module in modules:
        defects += _register_types(registry, file, module)
    definitions: list[StepDefinition] = []
    for file, module in modules:
        for function in (node for node in module.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            for found in _definitions(function, file, _place_of(file, folder), registry):
                (definitions if isinstance(found, StepDefinition) else defects).append(found)  # type: ignore[arg-type]
    return StepLibrary(tuple(definitions), tuple(defects))


def parse_module(file: Path) -> ast.Module:
    """A Python file's syntax tree; raises UnreadableFile."""
    text = read_text(file)
    try:
        return ast.parse(text, str(file))
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise UnreadableFile(file, line or 1, f"is not valid Python: {error.msg if isinstance(error, SyntaxError) else error}") from error
    except (RecursionError, MemoryError) as error:
        raise UnreadableFile(file, 1, "is nested too deeply to be read") from error


def _place_of(file: Path, steps: Path) -> tuple[str, str]:
    """The folder of `steps/` that a module stands in, and its topic."""
    inner = file.relative_to(steps).parent.parts if steps in file.parents else ()
    return inner[0] if inner else "", "/".join([*inner[1:], file.stem])


def _definitions(
    function: ast.FunctionDef | ast.AsyncFunctionDef, file: Path, place: tuple[str, str], registry: ParameterTypeRegistry
) -> Iterator[StepDefinition | Defect]:
    for decorator in function.decorator_list:
        keyword = _step_keyword(decorator)
        if keyword is None or not isinstance(decorator, ast.Call):
            continue
        try:
            expression, table = _sentence(decorator, keyword, registry), _table(function, registry)
        except _Defective as error:
            yield Defect(file, decorator.lineno, str(error))
            continue
        positional = [*function.args.posonlyargs, *function.args.args]
        yield StepDefinition(
            keyword=keyword,
            sentence=expression.source,
            function=function.name,
            parameters=tuple(_parameters(function, positional))[1:],
            takes_context=bool(positional),
            takes_more=function.args.vararg is not None,
            docstring=ast.get_docstring(function) or "",
            file=file,
            line=decorator.lineno,
            expression=expression,
            folder=place[0],
            topic=place[1],
            table=table,
            takes_text=takes_text(function),
            looks_below=looks_below(function),
            unwritten=is_unwritten(function),
            registry=registry,
        )


class _Defective(Exception):
    """A decorator or its function cannot be a step; the text says why."""


def _sentence(decorator: ast.Call, keyword: str, registry: ParameterTypeRegistry) -> CucumberExpression:
    sentence = decorator.args[0].value if decorator.args and isinstance(decorator.args[0], ast.Constant) else None
    if not isinstance(sentence, str):
        raise _Defective(f"the sentence of @{keyword} is put together: write it as one text")
    try:
        return CucumberExpression(sentence, registry)
    except CucumberExpressionError as error:
        raise _Defective(f"'{sentence}' is not a Cucumber expression: {_in_one_line(error)}") from None


def _table(function: ast.FunctionDef | ast.AsyncFunctionDef, registry: ParameterTypeRegistry) -> Table | None:
    table = table_of(function)
    if isinstance(table, str):
        raise _Defective(table)
    if table is not None and (unknown := [kind for kind in table.kinds if registry.lookup_by_type_name(kind) is None]):
        raise _Defective(f"there is no parameter type '{unknown[0]}', which a column of its table names")
    return table


def _step_keyword(decorator: ast.expr) -> str | None:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
    return name.lower() if name.lower() in KEYWORDS else None


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef, positional: list[ast.arg]) -> Iterator[Parameter]:
    first_default = len(positional) - len(function.args.defaults)
    for number, argument in enumerate(positional):
        annotation = ast.unparse(argument.annotation) if argument.annotation else ""
        yield Parameter(argument.arg, annotation, number >= first_default)


def _register_types(registry: ParameterTypeRegistry, file: Path, module: ast.Module) -> Iterator[Defect]:
    """Parameter types of the project: `define_parameter_type_with(...)` and `ParameterType(...)`."""
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        called = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if called not in ("define_parameter_type_with", "ParameterType"):
            continue
        given = dict(zip(("name", "regexp"), call.args, strict=False)) | {word.arg: word.value for word in call.keywords if word.arg}
        try:
            name, pattern = ast.literal_eval(given["name"]), ast.literal_eval(given["regexp"])
            registry.define_parameter_type(ParameterType(name, pattern, str))
        except (KeyError, ValueError, TypeError, re.error, CucumberExpressionError) as error:
            yield Defect(file, call.lineno, f"this parameter type needs a name and a regexp that are plain texts: {_in_one_line(error)}")


def _in_one_line(error: Exception) -> str:
    return " ".join(line.strip() for line in str(error).splitlines() if line.strip(" ^-"))
