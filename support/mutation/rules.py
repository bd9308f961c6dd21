"""The rules by which mutants are made: each is a small mistake that people make. Source: our choice.

A rule looks at one node of the code and says what of it could be written differently: pairs of what is there and what takes its place.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import libcst as cst
from libcst import matchers as m

Change: TypeAlias = tuple[cst.CSTNode, cst.CSTNode]
FILTERS = ("where", "filter", "filter_by", "having")
# arguments in whatever order mean the same, or nothing that runs
ORDERLESS = ("min", "max", "isinstance", "issubclass", "getattr", "zip", "cast", "and_", "or_", "suppress", "stop_any", "retry_any")
CLOCK = re.compile(r"\bnow\b|\b(?:time|monotonic|perf_counter)\(\)")
LARGEST_STEP = 600
"""One more or less matters up to here, which includes HTTP statuses; a larger number is doubled or halved."""


@dataclass(frozen=True)
class Nearby:
    """What else the code around a node uses, by the text of the object: its fields, and the keys it is looked up by."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)


Rule: TypeAlias = Callable[[cst.CSTNode, Nearby], Iterator[Change]]


def text_of(node: cst.CSTNode) -> str:
    """The node as it stands in the code."""
    return cst.Module(body=[]).code_for_node(node)


def condition_negated(node: cst.CSTNode, _: Nearby) -> Iterator[Change]:
    """`if a` becomes `if not a`."""
    if isinstance(node, cst.If | cst.IfExp):
        test = node.test
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            yield test, test.expression
        else:
            whole = test if test.lpar else test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
            yield test, cst.UnaryOperation(cst.Not(), whole)


def condition_loosened(node: cst.CSTNode, _: Nearby) -> Iterator[Change]:
    """`a and b` becomes `a or b`, `a` or `b`."""
    if isinstance(node, cst.BooleanOperation):
        yield node, node.left
        yield node, node.right
        other = cst.Or if isinstance(node.operator, cst.And) else cst.And
        yield node.operator, other(node.operator.whitespace_before, node.operator.whitespace_after)


BOUNDARIES: Mapping[type[cst.BaseCompOp], type[cst.BaseCompOp]] = {
    cst.LessThan: cst.LessThanEqual,
    cst.LessThanEqual: cst.LessThan,
    cst.GreaterThan: cst.GreaterThanEqual,
    cst.GreaterThanEqual: cst.GreaterThan,
}


def boundary_moved(node: cst.CSTNode, _: Nearby) -> Iterator[Change]:
    """`a < b` becomes `a <= b`."""
    # no two readings of a clock are the same, so nobody could ever notice
    if isinstance(node, cst.Comparison) and not CLOCK.search(text_of(node)):
        for each in node.comparisons:
            if (other := BOUNDARIES.get(type(each.operator))) is not None:
                yield each.operator, other()


def constant_changed(node: cst.CSTNode, _: Nearby) -> Iterator[Change]:
    """`3` becomes `4` or `2`, `True` becomes `False`."""
    if isinstance(node, cst.Integer):
        number = node.evaluated_value
        small = number < LARGEST_STEP
        yield node, cst.Integer(str(number + 1 if small else number * 2))
        if number > 0:
            yield node, cst.Integer(str(number - 1 if small else number // 2))
    elif isinstance(node, cst.Float) and node.evaluated_value:
        yield node, cst.Float(str(node.evaluated_value * 2))
    elif isinstance(node, cst.Name) and node.value in ("True", "False"):
        yield node, cst.Name(str(node.value == "False"))


def order_reversed(node: cst.CSTNode, _: Nearby) -> Iterator[Change]:
    """`sorted(a)` becomes `sorted(a, reverse=True)`, `.desc()` becomes `.asc()`, `min` becomes `max`."""
    if not isinstance(node, cst.Call):
        return
    others = {"asc": "desc", "desc": "asc", "min": "max", "max": "min"}
    name = _name_of(node)
    if name in others:
        yield node.func, _renamed(node.func, others[name])
    elif name == "reversed" and len(node.args) == 1:
        yield node, node.args[0].value
    elif name in ("sorted", "sort"):
        kept = [argument for argument in node.args if argument.keyword is None or argument.keyword.value != "reverse"]
        backwards = cst.Arg(cst.Name("True"), keyword=cst.Name("reverse"), equal=_tight())
        yield node, node.with_changes(args=_separated(kept if len(kept) < len(node.args) else [*kept, backwards]))


def off_by_one(node: cst.CSTNode, _: Nearby) -> Iterator[Change]:
    """`a[:n]` becomes `a[:n - 1]`, `range(n)` becomes `range(n - 1)`, the first becomes the last."""
    if isinstance(node, cst.Slice):
        for bound, step in ((node.lower, cst.Add()), (node.upper, cst.Subtract())):
            if bound is not None:
                yield bound, _by_one(bound, step)
    elif isinstance(node, cst.Index):
        if m.matches(node.value, m.Integer(value="0")):
            yield node.value, cst.UnaryOperation(cst.Minus(), cst.Integer("1"))
        elif m.matches(node.value, m.UnaryOperation(operator=m.Minus(), expression=m.Integer(value="1"))):
            yield node.value, cst.Integer("0")
    elif isinstance(node, cst.Call) and _name_of(node) == "range" and node.args:
        last = node.args[min(1, len(node.args) - 1)].value
        yield last, _by_one(last, cst.Subtract())
        if len(node.args) > 1:
            yield node.args[0].value, _by_one(node.args[0].value, cst.Add())


CALCULATIONS: Mapping[type[cst.CSTNode], type[cst.CSTNode]] = {
    cst.Add: cst.Subtract,
    cst.Subtract: cst.Add,
    cst.Multiply: cst.Divide,
    cst.Divide: cst.Multiply,
    cst.AddAssign: cst.SubtractAssign,
    cst.SubtractAssign: cst.AddAssign,
}


def calculation_changed(node: cst.CSTNode, _: Nearby) -> Iterator[Change]:
    """`a + b` becomes `a - b`, `a * b` becomes `a / b`."""
    if isinstance(node, cst.BinaryOperation | cst.AugAssign):
        operands = [node.left, node.right] if isinstance(node, cst.BinaryOperation) else [node.value]
        texts = m.SimpleString() | m.FormattedString() | m.ConcatenatedString() | m.List() | m.Tuple()
        # a prepared defect that is switched off counts nought, whether it is added or subtracted
        left_alone = texts | m.Call(func=m.Name("is_on"))
        other = CALCULATIONS.get(type(node.operator))
        if other is not None and not any(m.matches(operand, left_alone) for operand in operands):
            yield node.operator, other()


def statement_dropped(node: cst.CSTNode, _: Nearby) -> Iterator[Change]:
    """A call, a refusal, or the setting of a field is forgotten."""
    if not (isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1):
        return
    statement = node.body[0]
    fields = m.Attribute() | m.Subscript()
    forgettable = (
        m.Expr(value=m.Call(func=~m.Attribute(attr=m.Name("__init__"))) | m.Await())
        | m.AugAssign()
        | m.Del()
        | m.Raise(exc=m.Call())
        | m.Assign(targets=[m.AssignTarget(target=fields), m.ZeroOrMore()])
    )
    if m.matches(statement, forgettable):
        yield node, node.with_changes(body=[cst.Pass()])


def wrong_field(node: cst.CSTNode, nearby: Nearby) -> Iterator[Change]:
    """`run.started` becomes `run.ended`, where both are used nearby."""
    if isinstance(node, cst.Attribute):
        for other in nearby.fields.get(text_of(node.value), ()):
            if other != node.attr.value:
                yield node, node.with_changes(attr=cst.Name(other))


def wrong_key(node: cst.CSTNode, nearby: Nearby) -> Iterator[Change]:
    """`weights["rows"]` becomes `weights["loss"]`, where both are used nearby."""
    if (looked_up := looked_up_by(node)) is not None:
        text, key = looked_up
        for other in nearby.keys.get(text, ()):
            # within an f-string the same key stands in other quotes
            if cst.SimpleString(other).evaluated_value != key.evaluated_value:
                yield key, cst.SimpleString(other)


def arguments_swapped(node: cst.CSTNode, _: Nearby) -> Iterator[Change]:
    """`f(a, b)` becomes `f(b, a)`, and `f(x=a, y=b)` becomes `f(x=b, y=a)`."""
    if not isinstance(node, cst.Call) or _name_of(node) in (*ORDERLESS, *FILTERS):
        return
    plain = m.Name(value=m.MatchIfTrue(lambda name: name not in ("True", "False", "None"))) | m.Attribute() | m.Call() | m.Subscript()
    for number, (one, two) in enumerate(zip(node.args, node.args[1:], strict=False)):
        alike = (one.keyword is None) == (two.keyword is None) and not one.star and not two.star
        if alike and m.matches(one.value, plain) and m.matches(two.value, plain) and text_of(one.value) != text_of(two.value):
            swapped = [one.with_changes(value=two.value), two.with_changes(value=one.value)]
            yield node, node.with_changes(args=[*node.args[:number], *swapped, *node.args[number + 2 :]])


def filter_dropped(node: cst.CSTNode, _: Nearby) -> Iterator[Change]:
    """`.where(owner == me)` and the `if` of a comprehension are forgotten."""
    if isinstance(node, cst.CompFor):
        for condition in node.ifs:
            yield node, node.with_changes(ifs=[other for other in node.ifs if other is not condition])
    if not (isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)):
        return
    if _name_of(node) in FILTERS and len(node.args) > 1:
        for argument in node.args:
            yield node, node.with_changes(args=_separated([other for other in node.args if other is not argument]))
    elif (_name_of(node) in FILTERS and len(node.args) == 1) or _name_of(node) == "distinct":
        yield node, node.func.value


def time_confused(node: cst.CSTNode, _: Nearby) -> Iterator[Change]:
    """UTC becomes local time, midnight becomes 24 hours ago, days become hours."""
    if isinstance(node, cst.BinaryOperation) and m.matches(node, m.BinaryOperation(left=m.BinaryOperation(operator=m.FloorDivide()))):
        inner = node.left
        if (
            isinstance(inner, cst.BinaryOperation)
            and isinstance(node.operator, cst.Multiply)
            and text_of(inner.right) == text_of(node.right)
        ):
            yield node, node.with_changes(left=inner.left, operator=cst.Subtract())
    if not (isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute | cst.Name)):
        return
    name = _name_of(node)
    if name in ("now", "fromtimestamp"):
        without = [argument for argument in node.args if not re.search(r"\b(UTC|utc)\b", text_of(argument.value))]
        if len(without) < len(node.args):
            yield node, node.with_changes(args=_separated(without))
    elif isinstance(node.func, cst.Attribute) and (name == "astimezone" or (name == "replace" and _has_keyword(node, "hour", "tzinfo"))):
        yield node, node.func.value
    elif name == "timedelta":
        other = {"days": "hours", "hours": "minutes", "minutes": "seconds"}
        for argument in node.args:
            if argument.keyword is not None and argument.keyword.value in other:
                yield argument.keyword, cst.Name(other[argument.keyword.value])


RULES: Mapping[str, Rule] = {
    "condition negated": condition_negated,
    "condition loosened or tightened": condition_loosened,
    "boundary moved": boundary_moved,
    "constant changed": constant_changed,
    "order reversed": order_reversed,
    "off by one": off_by_one,
    "calculation changed": calculation_changed,
    "statement dropped": statement_dropped,
    "wrong field": wrong_field,
    "wrong key": wrong_key,
    "arguments swapped": arguments_swapped,
    "filter dropped": filter_dropped,
    "time confused": time_confused,
}


def looked_up_by(node: cst.CSTNode) -> tuple[str, cst.SimpleString] | None:
    """What is looked up by a key that is a plain text, by its own text, and the key: `a["b"]` or `a.get("b")`."""
    if isinstance(node, cst.Subscript) and len(node.slice) == 1:
        index = node.slice[0].slice
        if isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString):
            return text_of(node.value), index.value
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "get" and node.args:
        key = node.args[0].value
        if isinstance(key, cst.SimpleString):
            return text_of(node.func.value), key
    return None


def _name_of(call: cst.Call) -> str:
    if isinstance(call.func, cst.Attribute):
        return call.func.attr.value
    return call.func.value if isinstance(call.func, cst.Name) else ""


def _renamed(function: cst.BaseExpression, name: str) -> cst.CSTNode:
    return function.with_changes(attr=cst.Name(name)) if isinstance(function, cst.Attribute) else cst.Name(name)


def _by_one(value: cst.BaseExpression, step: cst.BaseBinaryOp) -> cst.BaseExpression:
    simple = isinstance(value, cst.Name | cst.Integer | cst.Attribute | cst.Call | cst.Subscript) or bool(value.lpar)
    whole = value if simple else value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.BinaryOperation(whole, step, cst.Integer("1"))


def _has_keyword(call: cst.Call, *names: str) -> bool:
    return any(argument.keyword is not None and argument.keyword.value in names for argument in call.args)


def _separated(arguments: Sequence[cst.Arg]) -> list[cst.Arg]:
    """The arguments with commas between them only, since the last may have been taken away."""
    between = [argument.with_changes(comma=_comma(argument)) for argument in arguments[:-1]]
    return [*between, *(argument.with_changes(comma=cst.MaybeSentinel.DEFAULT) for argument in arguments[-1:])]


def _comma(argument: cst.Arg) -> cst.Comma:
    return argument.comma if isinstance(argument.comma, cst.Comma) else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def _tight() -> cst.AssignEqual:
    return cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
