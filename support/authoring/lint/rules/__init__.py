"""The rules: one small function each, named after what it finds; its docstring says what for."""

from collections.abc import Callable, Iterator

from support.authoring.lint.finding import Finding
from support.authoring.lint.project import Project
from support.authoring.lint.rules import code, examples, incidents, layout, names, order, steps, tags, words

Rule = Callable[[Project], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    *steps.RULES,
    *tags.RULES,
    *incidents.RULES,
    *names.RULES,
    *order.RULES,
    *examples.RULES,
    *words.RULES,
    *layout.RULES,
    *code.RULES,
)
