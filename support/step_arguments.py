"""Tables and texts below steps: what a step needs is declared beside its sentence, held against what was given, and shown in the catalogue.

The same checks run before the step does and in the lint, which finds mistakes before anything runs. Source: our choice.

    @then("to {string} all of this is refused:")
    @takes_table({"way": "way_in", "words": "string"})
    def is_refused(context: Context, role: str, rows: Rows) -> None: ...
"""

import functools
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from environments.errors import WrongScenario
from support.nearest import did_you_mean

Row: TypeAlias = dict[str, Any]
"""A row of a table, by the names of its columns; `int` and `float` cells are numbers."""
Rows: TypeAlias = list[Row]
Step: TypeAlias = Callable[..., Any]
Patterns: TypeAlias = Callable[[str], Sequence[str] | None]
"""The regular expressions of a parameter type; None when there is none of that name."""

ANY_TEXT = ("string", "word", "")
NUMBERS: dict[str, tuple[Callable[[str], Any], str]] = {"int": (int, "a whole number"), "float": (float, "a number")}
MOST_SHOWN = 40


class WrongArgument(WrongScenario):
    """A feature gives a step another table or text than it needs; one sentence says what is needed and what was given."""


class Table(NamedTuple):
    """What a step's table must look like: columns by name, each with a parameter type such as `int`, `string` or one of the project's."""

    columns: Mapping[str, str]
    others: str = ""
    """The type of any further columns; without it there may be none."""
    may_be_empty: tuple[str, ...] = ()
    """The columns whose cells may be."""

    @property
    def kinds(self) -> list[str]:
        """The parameter types of its columns, each once."""
        return list(dict.fromkeys(filter(None, (*self.columns.values(), self.others))))

    @property
    def needed(self) -> str:
        """In words."""
        names = listed(self.columns)
        more = " and at least one more" if self.others else ""
        return f"a table with the column{'s' if len(self.columns) > 1 or more else ''} {names}{more}"


class Given(NamedTuple):
    """The table that a feature gives: its line, headings, and rows with their lines."""

    line: int
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()


def given_table(table: Any) -> Given:  # noqa: ANN401 - behave has no types
    """behave's table."""
    return Given(int(table.line or 0), tuple(table.headings), tuple((int(row.line or 0), tuple(row.cells)) for row in table.rows))


def mistakes(table: Table, given: Given, patterns: Patterns) -> Iterator[tuple[int, str]]:
    """What is wrong with a table: line and sentence, nothing when it is as declared."""
    wrong = list(_wrong_columns(table, given.headings))
    yield from ((given.line, sentence) for sentence in wrong)
    if not given.rows:
        yield given.line, f"the table of this step has no rows: it needs {table.needed} and at least one row below it"
    for line, cells in given.rows if not wrong else ():
        for heading, cell in zip(given.headings, cells, strict=False):
            kind = table.columns.get(heading, table.others)
            if not cell.strip():
                if heading not in table.may_be_empty:
                    yield line, f"the cell '{heading}' is empty: it needs {_kind_in_words(kind)}"
            elif why := why_not(cell, kind, patterns(kind)):
                yield line, f"{why} (in the column '{heading}')"


def why_not(value: str, kind: str, patterns: Sequence[str] | None) -> str:
    """Why a text is no value of a parameter type, with the nearest that is; empty when it is one."""
    if kind in NUMBERS:
        convert, words = NUMBERS[kind]
        try:
            convert(value)
        except ValueError:
            return f"'{value}' is not {words}"
        return ""
    if kind in ANY_TEXT or patterns is None or any(re.fullmatch(pattern, value) for pattern in patterns):
        return ""
    known = allowed_values(patterns)
    if not known:
        return f"'{value}' is no {kind.replace('_', ' ')}"
    more = "" if len(known) <= MOST_SHOWN else f" and {len(known) - MOST_SHOWN} more"
    return f"'{value}' is no {kind.replace('_', ' ')}.{did_you_mean(value, known)} There are: {listed(known[:MOST_SHOWN])}{more}"


def allowed_values(patterns: Sequence[str]) -> list[str]:
    """The values that a parameter type allows, where it lists them (`accuracy|rmse`); else none."""
    values = [value for pattern in patterns for value in pattern.split("|")]
    return values if all(re.fullmatch(r"[^\\()\[\]{}*+?^$]+", value) for value in values) else []


def patterns_in(registry: Any, kind: str) -> list[str] | None:  # noqa: ANN401 - cucumber_expressions has no types
    """The regular expressions of a parameter type in a registry of them; None when there is none of that name."""
    found = registry.lookup_by_type_name(kind)
    return [str(pattern) for pattern in found.regexps] if found is not None else None


def takes_table(columns: Mapping[str, str], *, others: str = "", may_be_empty: Sequence[str] = ()) -> Callable[[Step], Step]:
    """Give the step's function the checked rows of its table as the last argument.

    Args:
        columns: parameter types by the names of columns, written out, so that the lint and the catalogue can read them.
        others: the type of further columns, whose names the feature may choose.
        may_be_empty: columns whose cells may be.

    Raises:
        LookupError: there is no parameter type of such a name.
        WrongArgument: when the step runs and has another table or none.
    """
    table = Table(columns, others, tuple(may_be_empty))
    patterns = {kind: _known_patterns(kind) for kind in (*columns.values(), others)}

    def rows(context: Any) -> Rows:  # noqa: ANN401 - behave has no types
        if context.table is None:
            raise WrongArgument(missing(table))
        if context.text is not None:
            raise WrongArgument(superfluous("text"))
        given = given_table(context.table)
        for line, sentence in mistakes(table, given, patterns.get):
            raise WrongArgument(f"{sentence} (line {line})")
        return [{name: _value(cell, table, name) for name, cell in zip(given.headings, cells, strict=True)} for _, cells in given.rows]

    return _giving(rows)


def takes_text(function: Step) -> Step:
    """Give the step's function the text below it as the last argument; raises WrongArgument when there is none."""

    def text(context: Any) -> str:  # noqa: ANN401 - behave has no types
        if context.text is None:
            raise WrongArgument(missing(None))
        if context.table is not None:
            raise WrongArgument(superfluous("table"))
        return str(context.text)

    return _giving(text)(function)


def missing(table: Table | None) -> str:
    """The sentence for a step that has no table, or (None) no text."""
    return f"this step needs {table.needed if table is not None else 'a text'} below it, and has none"


def superfluous(what: str) -> str:
    """The sentence for a step that has a table or text and takes none."""
    return f"this step takes no {what}, but one stands below it: it would be ignored"


def unknown_column(name: object, headings: Sequence[str]) -> str:
    """The sentence for a step that asks its table for a column that the feature did not give."""
    given = listed([heading for heading in headings if heading]) or "no column with a name"
    return f"this step needs a column '{name}' in its table, which has {given}.{did_you_mean(str(name), headings)}"


def listed(names: Sequence[str] | Mapping[str, str]) -> str:
    """Names in quotes."""
    return ", ".join(f"'{name}'" for name in names)


def _wrong_columns(table: Table, headings: tuple[str, ...]) -> Iterator[str]:
    unknown = [heading for heading in headings if heading not in table.columns] if not table.others else []
    lacking = [column for column in table.columns if column not in headings]
    twice = sorted({heading for heading in headings if headings.count(heading) > 1})
    if unknown:
        near = did_you_mean(unknown[0], lacking or table.columns)
        yield f"this step knows no column {listed(unknown)}: it needs {table.needed}.{near}"
    elif lacking:
        yield f"the table lacks the column {listed(lacking)}: this step needs {table.needed}, and it has {listed(headings)}"
    elif table.others and len(headings) == len(table.columns):
        yield f"the table has the column {listed(headings)} alone: this step needs {table.needed}"
    if twice:
        yield f"the column {listed(twice)} stands in the table more than once"


def _kind_in_words(kind: str) -> str:
    if kind in NUMBERS:
        return NUMBERS[kind][1]
    return "a text" if kind in ANY_TEXT else f"a {kind.replace('_', ' ')}"


def _value(cell: str, table: Table, name: str) -> Any:  # noqa: ANN401 - a number or a text
    kind = table.columns.get(name, table.others)
    return NUMBERS[kind][0](cell) if kind in NUMBERS and cell.strip() else cell


def _known_patterns(kind: str) -> Sequence[str] | None:
    """Of a parameter type that is defined now, since platforms may each have their own of one name."""
    if kind in NUMBERS or kind in ANY_TEXT:
        return None
    from behave.cucumber_expression import StepMatcher4CucumberExpressions

    found = patterns_in(StepMatcher4CucumberExpressions.TYPE_REGISTRY.parameter_types, kind)
    if found is None:
        raise LookupError(f"there is no parameter type '{kind}' for a column of a step's table")
    return found


def _giving(argument: Callable[[Any], object]) -> Callable[[Step], Step]:
    """Makes a decorator that adds an argument to a step's own."""

    def decorate(function: Step) -> Step:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def asynchronous(context: Any, *arguments: Any) -> Any:  # noqa: ANN401 - as behave has it
                return await function(context, *arguments, argument(context))

            return asynchronous

        @functools.wraps(function)
        def step(context: Any, *arguments: Any) -> Any:  # noqa: ANN401 - as behave has it
            return function(context, *arguments, argument(context))

        return step

    return decorate
