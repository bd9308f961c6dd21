"""Refuses a description in which a step or a scenario would be lost, since its keyword is not written as Gherkin has it."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeAlias

from gherkin.dialect import Dialect

from support.gherkin.keywords import is_state, is_step, near_step, near_title, title_without_colon
from support.gherkin.refusals import Refused, shortened

Line: TypeAlias = tuple[int, str]
ARGUMENTS = ("|", '"""', "```")


def refuse_lost_step(lines: Iterable[Line], dialect: Dialect) -> None:
    """Look through what stands above the steps of a scenario or background, or above the table of Examples; raises Refused."""
    for number, line in lines:
        if is_step(line, dialect):
            raise Refused(number, f"'{shortened(line)}' stands in the description of Examples, so it would not run: steps stand above them")
        if line.startswith(ARGUMENTS):
            raise Refused(number, f"'{shortened(line)}' stands before the first step, so it would be lost: put it below its step")
        _refuse_near(number, line, near_step(line, dialect) or near_title(line, dialect))


def refuse_lost_scenario(lines: Iterable[Line], dialect: Dialect) -> None:
    """Look through the description of a feature or rule, in which no step can stand; raises Refused."""
    listed = list(lines)
    for number, line in listed:
        if is_state(line, dialect):
            raise Refused(number, f"'{shortened(line)}' stands in no scenario or background, so it would not run: put one above it")
        _refuse_near(number, line, near_title(line, dialect))
    for (number, line), (_, following) in pairwise(listed):
        if is_step(following, dialect):
            _refuse_near(number, line, title_without_colon(line, dialect), missing="the colon after ")


def _refuse_near(number: int, line: str, keyword: str | None, missing: str = "") -> None:
    if keyword:
        reason = f"'{shortened(line)}' is taken for a description, so it would not run"
        raise Refused(number, f"{reason}: write {missing}'{keyword}' as Gherkin has it, or begin the line with another word")
