"""What an assertion without words is about: its line of code, and the values in it.

Nothing is called again but what cannot have an effect, so that looking changes nothing.
"""

import ast
import inspect
import linecache
import re
import types
from collections.abc import Iterator
from types import FrameType
from typing import Any, NamedTuple

from support.redaction import is_sensitive
from support.results.failures.values import shown

MOST_VALUES = 8
PLAIN = (str, bytes, int, float, bool, complex, type(None), list, tuple, dict, set, frozenset)
HARMLESS = (len, sorted, set, list, tuple, sum, min, max, abs, str, int, float, bool, repr, round, any, all, type)
CHANGING = frozenset(
    ["append", "add", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "discard", "setdefault", "update", "sort"]
)
WORD = re.compile(r"\w+")
FIELDS = (types.MemberDescriptorType, types.GetSetDescriptorType)


class NotSimple(Exception):
    """Its value cannot be had without calling code of somebody's."""


class Asserted(NamedTuple):
    """The code of an assertion in one line, and `name = value` of what is in it."""

    code: str
    values: tuple[str, ...]
    sides: tuple[object, object] | None = None
    """Of `seen == expected`, where both can be had."""


def asserted_at(frame: FrameType, line: int) -> Asserted | None:
    """The assertion in that line of the frame's code; None when there is none, or its source cannot be had."""
    try:
        tree = ast.parse("".join(linecache.getlines(frame.f_code.co_filename)))
    except (SyntaxError, ValueError, RecursionError):
        return None
    for node in ast.walk(tree):
        condition = _condition(node)
        if condition is not None and node.lineno <= line <= (node.end_lineno or node.lineno):  # type: ignore[attr-defined]
            return Asserted(ast.unparse(node), tuple(dict.fromkeys(_values(condition, frame)))[:MOST_VALUES], _sides(condition, frame))
    return None


def _sides(condition: ast.expr, frame: FrameType) -> tuple[object, object] | None:
    if not isinstance(condition, ast.Compare) or [type(operator) for operator in condition.ops] != [ast.Eq]:
        return None
    try:
        return _value(condition.left, frame), _value(condition.comparators[0], frame)
    except Exception:
        # looked up again, its parts may raise whatever they like: the line's own words are left
        return None


def _condition(node: ast.AST) -> ast.expr | None:
    """What an `assert`, or hamcrest's `assert_that` with nothing but a condition, is about."""
    if isinstance(node, ast.Assert):
        return node.test
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and len(node.value.args) == 1:
        called = node.value.func
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        return node.value.args[0] if name == "assert_that" else None
    return None


def _values(expression: ast.expr, frame: FrameType) -> Iterator[str]:
    """Of the outermost parts that have a value to be had; what they consist of says no more."""
    if isinstance(expression, ast.Constant):
        return
    if isinstance(expression, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
        try:
            value = _value(expression, frame)
        except Exception:  # noqa: S110 - then its parts are shown
            pass
        else:
            if not callable(value) and not isinstance(value, types.ModuleType):
                code = ast.unparse(expression)
                secret = next((name for name in WORD.findall(code) if is_sensitive(name)), "")
                yield f"{code} = {shown(value, secret)}"
            return
    yield from (found for part in ast.iter_child_nodes(expression) if isinstance(part, ast.expr) for found in _values(part, frame))


def _value(node: ast.expr, frame: FrameType) -> Any:  # noqa: ANN401 - whatever the code has
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        for names in (frame.f_locals, frame.f_globals, frame.f_builtins):
            if node.id in names:
                return names[node.id]
    elif isinstance(node, ast.Attribute):
        return _attribute(_value(node.value, frame), node.attr)
    elif isinstance(node, ast.Subscript):
        holder = _value(node.value, frame)
        if type(holder) in PLAIN or type(holder).__module__ == "behave.model":
            return holder[_value(node.slice, frame)]
    elif isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.UnaryOp):
        return ast.literal_eval(node)
    elif isinstance(node, ast.Call) and not node.keywords:
        return _called(node, frame)
    raise NotSimple


def _attribute(holder: Any, name: str) -> Any:  # noqa: ANN401 - as above
    """A field of an object; what a property or method of its own would give is not asked for."""
    if any(kind.__module__ == "behave.runner" for kind in type(holder).__mro__) or isinstance(holder, types.ModuleType):
        # behave's context gives what was put into it
        return getattr(holder, name)
    found = inspect.getattr_static(holder, name)
    if isinstance(found, FIELDS) or type(found).__name__ == "_tuplegetter":
        return getattr(holder, name)
    if hasattr(type(found), "__get__"):
        raise NotSimple
    return found


def _called(node: ast.Call, frame: FrameType) -> Any:  # noqa: ANN401 - as above
    """What a built-in function, or method of a built-in type, that changes nothing gives for built-in values."""
    arguments = [_value(argument, frame) for argument in node.args]
    if not all(type(argument) in PLAIN for argument in arguments):
        raise NotSimple
    if isinstance(node.func, ast.Attribute):
        holder = _value(node.func.value, frame)
        if type(holder) in PLAIN and node.func.attr not in CHANGING and not node.func.attr.endswith("_update"):
            return getattr(holder, node.func.attr)(*arguments)
        raise NotSimple
    function = _value(node.func, frame)
    if any(function is harmless for harmless in HARMLESS):
        return function(*arguments)
    raise NotSimple
