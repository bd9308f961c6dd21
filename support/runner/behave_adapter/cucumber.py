"""Cucumber expressions in projects without hooks of their own, and parameter types that two platforms do not share.

What implements them is loaded where a pattern may be one: it takes as long as a run of a few scenarios.
"""

import copy
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from behave.matchers import Matcher, ParseMatcher, register_step_matcher_class

MODULE = "behave.cucumber_expression"
BUILT_IN = re.compile(r"\{(int|float|word|string|byte|short|long|double|biginteger|bigdecimal|)\}|[(/\\]")
"""What only a Cucumber expression holds, unless the project has parameter types of its own. Source: Cucumber Expressions 18."""


class CucumberOrParse(Matcher):
    """Reads a pattern as a Cucumber expression, or, where it is none, as behave does."""

    NAME = "cucumber_or_parse"
    TYPE_REGISTRY = ParseMatcher.TYPE_REGISTRY
    """For behave's `register_type`."""

    def __new__(cls, func: Any, pattern: str, step_type: str | None = None) -> Any:  # noqa: ANN401 - behave's signature
        if MODULE not in sys.modules and not BUILT_IN.search(pattern):
            return ParseMatcher(func, pattern, step_type)
        from behave.cucumber_expression import StepMatcher4CucumberExpressions
        from cucumber_expressions.errors import CucumberExpressionError

        try:
            return StepMatcher4CucumberExpressions(func, pattern, step_type)
        except CucumberExpressionError:
            return ParseMatcher(func, pattern, step_type)


register_step_matcher_class(CucumberOrParse.NAME, CucumberOrParse)


def types() -> Any:  # noqa: ANN401 - cucumber_expressions has no types
    """The parameter types that are known now; None where nobody has any."""
    module = sys.modules.get(MODULE)
    return module.StepMatcher4CucumberExpressions.TYPE_REGISTRY.parameter_types if module is not None else None


@contextmanager
def types_like(known: Any) -> Iterator[None]:  # noqa: ANN401 - as above
    """Within it, types are defined beside those given; after it they are forgotten."""
    before = types()
    if before is not None and known is not None:
        _use(copy.deepcopy(known))
    try:
        yield
    finally:
        if types() is not None:
            _use(before)


def _use(known: Any) -> None:  # noqa: ANN401 - as above
    from behave.cucumber_expression import StepMatcher4CucumberExpressions, TypeRegistry4ParameterType

    StepMatcher4CucumberExpressions.TYPE_REGISTRY.parameter_types = known or TypeRegistry4ParameterType().parameter_types
