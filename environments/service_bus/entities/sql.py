"""SQL filters: the conditions of Azure Service Bus's SQL-like language on the properties of a message.

A comparison with a property that the message does not have is unknown, which is neither true nor false, as in SQL. Numbers are calculated
with as in C#: 7 / 2 is 3.

Source: Azure Service Bus, "SQL filter syntax". Not here: actions (SET, REMOVE) and functions other than EXISTS.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..codec.types import Value
from .filters import KNOWN_SYSTEM_PROPERTIES, Properties, same

# Source: Azure Service Bus's quotas
LONGEST_EXPRESSION = 1024
DEEPEST = 32

# true, false or unknown; or the value of an operand
Evaluate = Callable[[Properties], Any]


class InvalidExpression(Exception):
    """The text is not a condition; says what was expected where."""


_TOKENS = re.compile(
    r"""\s*(?:
    (?P<number>\d+\.\d*(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|\.\d+|\d+)
  | '(?P<text>(?:[^']|'')*)'
  | \[(?P<bracketed>(?:[^\]]|\]\])+)\]
  | "(?P<quoted>(?:[^"]|"")+)"
  | (?P<parameter>@[A-Za-z_]\w*)
  | (?P<word>[A-Za-z_][\w$\#@]*)
  | (?P<sign><>|!=|<=|>=|[=<>()+\-*/%,.])
    )""",
    re.VERBOSE,
)
_KEYWORDS = {"AND", "OR", "NOT", "IN", "LIKE", "ESCAPE", "IS", "NULL", "TRUE", "FALSE", "EXISTS"}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": same,
    "<>": lambda a, b: not same(a, b),
    "!=": lambda a, b: not same(a, b),
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _of_numbers(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    # a text times a large number would fill the memory
    return lambda a, b: operation(a, b) if isinstance(a, int | float) and isinstance(b, int | float) else None


def _divide(a: float, b: float) -> float:
    # of whole numbers, as C# does: what is left over is dropped
    return int(a) // int(b) if (a < 0) == (b < 0) else -(-int(a) // int(b))


def _remainder(a: float, b: float) -> float:
    # C#'s has the sign of what is divided
    return math.fmod(a, b) if isinstance(a, float) or isinstance(b, float) else a - b * _divide(a, b)


def _quotient(a: float, b: float) -> float:
    return a / b if isinstance(a, float) or isinstance(b, float) else _divide(a, b)


_CALCULATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _of_numbers(operator.add),
    "-": _of_numbers(operator.sub),
    "*": _of_numbers(operator.mul),
    "/": _of_numbers(_quotient),
    "%": _of_numbers(_remainder),
}


@dataclass(frozen=True, slots=True)
class SqlFilter:
    """A condition in words, ready to be used; raises InvalidExpression when it is made of something else."""

    expression: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    _evaluate: Evaluate = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_evaluate", _Parser(self.expression, self.parameters).condition())

    def matches(self, properties: Properties) -> bool:
        """Whether the condition is true, and not only unknown."""
        return self._evaluate(properties) is True


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    value: str
    place: int


class _Parser:
    """One expression, read from left to right."""

    def __init__(self, expression: str, parameters: Mapping[str, Any]) -> None:
        if len(expression) > LONGEST_EXPRESSION:
            raise InvalidExpression(f"the expression is longer than {LONGEST_EXPRESSION} characters")
        self._parameters = {name.lower(): value for name, value in parameters.items()}
        self._tokens = list(_tokens(expression))
        self._next = 0
        self._depth = 0

    def condition(self) -> Evaluate:
        """The whole expression."""
        found = self._or()
        if self._token.kind != "end":
            raise self._unexpected("the end")
        return found

    # ---- tokens ----

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _unexpected(self, wanted: str) -> InvalidExpression:
        return InvalidExpression(f"{wanted} was expected at character {self._token.place + 1}, not '{self._token.value}'")

    def _takes(self, *values: str) -> str | None:
        """Go on if the next token is one of these keywords or signs."""
        token = self._token
        if token.kind in ("keyword", "sign") and token.value in values:
            self._next += 1
            return token.value
        return None

    def _needs(self, value: str) -> None:
        if not self._takes(value):
            raise self._unexpected(f"'{value}'")

    # ---- conditions ----

    def _or(self) -> Evaluate:
        self._depth += 1
        if self._depth > DEEPEST:
            raise InvalidExpression(f"the expression is nested more than {DEEPEST} deep")
        sides = [self._and()]
        while self._takes("OR"):
            sides.append(self._and())
        self._depth -= 1
        return sides[0] if len(sides) == 1 else lambda properties: _any(side(properties) for side in sides)

    def _and(self) -> Evaluate:
        sides = [self._not()]
        while self._takes("AND"):
            sides.append(self._not())
        return sides[0] if len(sides) == 1 else lambda properties: _all(side(properties) for side in sides)

    def _not(self) -> Evaluate:
        negated = False
        while self._takes("NOT"):
            negated = not negated
        inner = self._comparison()
        return (lambda properties: _not(inner(properties))) if negated else inner

    def _comparison(self) -> Evaluate:
        left = self._sum()
        if self._takes("IS"):
            wanted = not self._takes("NOT")
            self._needs("NULL")
            return lambda properties: (left(properties) is None) is wanted
        negated = bool(self._takes("NOT"))
        if self._takes("IN"):
            found = self._in(left)
        elif self._takes("LIKE"):
            found = self._like(left)
        elif negated:
            raise self._unexpected("IN or LIKE")
        elif sign := self._takes(*_COMPARISONS):
            return _both_known(_COMPARISONS[sign], left, self._sum())
        else:
            return left
        return (lambda properties: _not(found(properties))) if negated else found

    def _in(self, left: Evaluate) -> Evaluate:
        self._needs("(")
        choices = [self._sum()]
        while self._takes(","):
            choices.append(self._sum())
        self._needs(")")
        equals = [_both_known(same, left, choice) for choice in choices]
        return lambda properties: _any(equal(properties) for equal in equals)

    def _like(self, left: Evaluate) -> Evaluate:
        pattern = self._sum()
        escape = self._sum() if self._takes("ESCAPE") else None

        def evaluate(properties: Properties) -> bool | None:
            text, wanted = left(properties), pattern(properties)
            if not isinstance(text, str) or not isinstance(wanted, str):
                return None
            return like(text, wanted, str(escape(properties)) if escape else "")

        return evaluate

    # ---- operands ----

    def _sum(self) -> Evaluate:
        left = self._product()
        while sign := self._takes("+", "-"):
            left = _both_known(_CALCULATIONS[sign], left, self._product())
        return left

    def _product(self) -> Evaluate:
        left = self._operand()
        while sign := self._takes("*", "/", "%"):
            left = _both_known(_CALCULATIONS[sign], left, self._operand())
        return left

    def _operand(self) -> Evaluate:
        negative = False
        while sign := self._takes("-", "+"):
            negative ^= sign == "-"
        if negative:
            inner = self._single()
            return _both_known(_CALCULATIONS["*"], inner, lambda _properties: -1)
        return self._single()

    def _single(self) -> Evaluate:
        if self._takes("("):
            inner = self._or()
            self._needs(")")
            return inner
        if self._takes("EXISTS"):
            return self._exists()
        if word := self._takes("TRUE", "FALSE", "NULL"):
            constant = {"TRUE": True, "FALSE": False, "NULL": None}[word]
            return lambda _properties: constant
        token = self._token
        if token.kind == "number":
            self._next += 1
            number = int(token.value) if token.value.isdigit() else float(token.value)
            return lambda _properties: number
        if token.kind == "text":
            self._next += 1
            return lambda _properties: token.value
        if token.kind == "parameter":
            self._next += 1
            if token.value.lower() not in self._parameters:
                raise InvalidExpression(f"the parameter '{token.value}' has no value")
            value = self._parameters[token.value.lower()]
            return lambda _properties: value
        return self._property()

    def _exists(self) -> Evaluate:
        self._needs("(")
        found = self._property()
        self._needs(")")
        return lambda properties: found(properties) is not None

    def _property(self) -> Evaluate:
        name = self._name()
        if name in ("sys", "user") and self._takes("."):
            scope, name = name, self._name()
            if scope == "sys":
                if name not in KNOWN_SYSTEM_PROPERTIES:
                    raise InvalidExpression(f"'sys.{name}' is no system property that a filter can name here")
                return lambda properties: properties.system(name)
        return lambda properties: properties.user.get(name)

    def _name(self) -> str:
        if self._token.kind != "name":
            raise self._unexpected("a property or a value")
        self._next += 1
        return self._tokens[self._next - 1].value.lower()


def _tokens(expression: str) -> "list[_Token]":
    found, place = [], 0
    end = len(expression.rstrip())
    while place < end:
        match = _TOKENS.match(expression, place)
        if match is None:
            raise InvalidExpression(f"'{expression[place:].strip()[:1]}' at character {place + 1} is not understood")
        found.append(_token(match))
        place = match.end()
    return [*found, _Token("end", "the end", end)]


def _token(match: re.Match[str]) -> _Token:
    kind, place = str(match.lastgroup), match.start(str(match.lastgroup))
    value = match[kind]
    if kind == "text":
        return _Token("text", value.replace("''", "'"), place)
    if kind in ("bracketed", "quoted"):
        closing = "]" if kind == "bracketed" else '"'
        return _Token("name", value.replace(closing * 2, closing), place)
    if kind == "word":
        return _Token("keyword", value.upper(), place) if value.upper() in _KEYWORDS else _Token("name", value, place)
    return _Token(kind, value, place)


def _both_known(operation: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    def evaluate(properties: Properties) -> Value:
        a, b = left(properties), right(properties)
        if a is None or b is None:
            return None
        try:
            return operation(a, b)
        except (TypeError, ArithmeticError, ValueError):
            # what cannot be compared is unknown
            return None

    return evaluate


def _not(value: Value) -> bool | None:
    return None if not isinstance(value, bool) else not value


def _any(values: Value) -> bool | None:
    found: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is not False:
            found = None
    return found


def _all(values: Value) -> bool | None:
    found: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is not True:
            found = None
    return found


def like(text: str, pattern: str, escape: str) -> bool:
    """Whether a text is LIKE a pattern: `%` is any text, `_` any character.

    Not a regular expression, since those can be made to take for ever.
    """
    parts = _like_parts(pattern, escape)
    at = place = 0
    restart: tuple[int, int] | None = None
    while at < len(text):
        part = parts[place] if place < len(parts) else None
        if part == "%":
            restart = place, at
            place += 1
        elif part in ("_", f"={text[at]}"):
            at, place = at + 1, place + 1
        elif restart is not None:
            # let the last wildcard take one character more
            restart = restart[0], restart[1] + 1
            place, at = restart[0] + 1, restart[1]
        else:
            return False
    return all(part == "%" for part in parts[place:])


def _like_parts(pattern: str, escape: str) -> list[str]:
    """Wildcards as they are, everything else with `=` before it."""
    parts, characters = [], iter(pattern)
    for character in characters:
        if escape and character == escape:
            parts.append("=" + next(characters, escape))
        else:
            parts.append(character if character in "%_" else "=" + character)
    return parts
