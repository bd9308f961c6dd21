"""Says in a sentence why a file is refused, and where, instead of the names of tokens that the parser expected."""

import re

from gherkin.dialect import Dialect
from gherkin.errors import ParserException, UnexpectedEOFException, UnexpectedTokenException

from support.gherkin.keywords import near_step, near_title

LONGEST_SHOWN = 80


class Refused(ParserException):
    """Gherkin that cannot be run as it is written."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason, {"line": line})
        self.reason = reason


def reason_of(error: ParserException, line: str, dialect: Dialect) -> str:
    """The sentence for an error of the official parser in such a line."""
    if isinstance(error, Refused):
        return error.reason
    if isinstance(error, UnexpectedEOFException):
        return "the file ends before there is a feature: it has to begin with 'Feature: <name>'"
    if isinstance(error, UnexpectedTokenException):
        return f"'{shortened(line)}' cannot stand here: {_why_not_here(line.strip(), dialect)}"
    if "whitespace" in str(error):
        return f"'{shortened(line)}' are no tags: each begins with '@' and holds no space, and words after them begin with '#'"
    return re.sub(r"^\(\d+:\d+\): ", "", str(error))


def shortened(line: str) -> str:
    """A line as it is shown in a sentence."""
    shown = line.strip()
    if len(shown) <= LONGEST_SHOWN:
        return shown
    # before it is cut, since half a secret is not known for one
    from support.redaction import redact

    return f"{redact(shown)[:LONGEST_SHOWN]}..."


def _why_not_here(line: str, dialect: Dialect) -> str:
    titles = {
        "a file holds one Feature, which begins it": dialect.feature_keywords,
        "a Background stands before all scenarios of its feature or rule, only once, and without tags": dialect.background_keywords,
        "Examples stand below the steps of a scenario": dialect.examples_keywords,
        "it belongs to a feature, which has to begin with 'Feature: <name>'": [
            *dialect.scenario_keywords,
            *dialect.scenario_outline_keywords,
            *dialect.rule_keywords,
        ],
    }
    for reason, keywords in titles.items():
        if line.startswith(tuple(f"{keyword}:" for keyword in keywords)):
            return reason
    if line.startswith("|"):
        return "a table stands directly below a step or Examples, which have one at most"
    if line.startswith(('"""', "```")):
        return "a text stands directly below a step, which has one at most"
    if line.startswith("'''"):
        return 'a text begins and ends with """ or ```'
    if line.startswith("@"):
        return "tags stand above a feature, a rule, a scenario or Examples"
    if nearest := near_step(line, dialect) or near_title(line, dialect):
        return f"it begins with no keyword of Gherkin, but nearly with '{nearest}'"
    return "it begins with no keyword of Gherkin"
