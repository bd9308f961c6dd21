"""Finds out that a sentence is a known one with a value that its parameter type does not allow."""

import re
from functools import cache

from cucumber_expressions.errors import CucumberExpressionError
from cucumber_expressions.expression import CucumberExpression
from cucumber_expressions.parameter_type import ParameterType
from cucumber_expressions.parameter_type_registry import ParameterTypeRegistry

from support.step_arguments import Patterns, why_not

PARAMETER = re.compile(r"(?<!\\)\{(\w*)\}")
ANY_VALUE = r"[^\"]*"


def wrong_value(text: str, sentence: str, patterns: Patterns) -> str:
    """Why the text is not that sentence, if only its values keep it from being it; else empty."""
    expression = _with_any_values(sentence)
    found = expression.match(text) if expression is not None else None
    if not found:
        return ""
    values = zip(PARAMETER.findall(sentence), (argument.value for argument in found), strict=False)
    wrong = (why_not(value, kind, patterns(kind)) for kind, value in values if isinstance(value, str))
    return next(filter(None, wrong), "")


@cache
def _with_any_values(sentence: str) -> CucumberExpression | None:
    """The sentence with the types of the project letting everything through; None when it has no such types."""
    registry = ParameterTypeRegistry()
    own = {kind for kind in PARAMETER.findall(sentence) if registry.lookup_by_type_name(kind) is None}
    for kind in own:
        registry.define_parameter_type(ParameterType(kind, ANY_VALUE, str))
    try:
        return CucumberExpression(sentence, registry) if own else None
    except CucumberExpressionError:
        return None
