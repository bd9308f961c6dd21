"""Words that a feature does not use, unless it promises what they name and says so by `@wording.<name>`. Source: our choice.

A scenario says what somebody achieves, so that it stays true on every substrate and after every rewrite of the front end or the backend.
"""

import re
from dataclasses import dataclass

QUEUES = "experiments|results|flops|averaging"


@dataclass(frozen=True)
class Banned:
    """Words of one kind: the name that `@wording.` declares them by, how they look, and what to write instead."""

    name: str
    pattern: re.Pattern[str]
    instead: str


def _kind(name: str, pattern: str, instead: str, *, exact: bool = False) -> Banned:
    return Banned(name, re.compile(pattern, 0 if exact else re.IGNORECASE), instead)


BANNED = (
    _kind("click", r"\b(?:double-)?click(?:s|ed|ing)?\b", "say what it achieves"),
    _kind("button", r"\bbuttons?\b", "say what it achieves"),
    _kind(
        "field", r"\b(?:input|text|form) (?:field|box)(?:e?s)?\b|\bdrop-?downs?\b|\bcheck-?box(?:es)?\b", "say what is told to the platform"
    ),
    _kind("xpath", r"\bxpath\b|\bcss (?:selector|class)(?:e?s)?\b|\bdom\b", "say what somebody sees"),
    _kind("api", r"\bAPIs?\b(?: calls?)?", "say who asks for what"),
    _kind(
        "http", r"\bHTTPS?\b(?!://| [1-5]\d\d\b)|\bREST(?:ful)?\b(?= API| call| request)|\brequest body\b", "say what is asked and answered"
    ),
    _kind("url", r"\bURLs?\b|\bURIs?\b|\bhttps?://\S*|(?<![\w.])/(?:[\w{}.-]+/)+[\w{}.-]*", "name the thing, not its address"),
    _kind("endpoint", r"\bendpoints?\b", "name what it is for"),
    _kind("method", r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b", "say what somebody does", exact=True),
    _kind(
        "status-code",
        r"\bstatus[ -]codes?\b|\b(?:status|code|error|HTTP|response|answer(?:s|ed)?|responds?|return(?:s|ed)?)(?: with| an?)* [1-5]\d\d\b",
        "say what the user is told",
    ),
    _kind("json", r"\bJSON\b|\bXML\b|\bpayloads?\b", "name what is sent, in the words of the platform"),
    _kind("sql", r"\bSQL\b|\bSELECT \S+ FROM\b|\bINSERT INTO\b", "say what is kept"),
    _kind("table", r"\bdatabase tables?\b|\btable (?:named |called )?[\"'`]|\btable names?\b", "say what is kept"),
    _kind(
        "queue",
        rf"\bqueue (?:named |called )?[\"'`]|\bqueue names?\b|(?<=[\"'`])(?:{QUEUES})(?:-[\w-]+)?(?=[\"'`] queue\b)|\b(?:{QUEUES})-queue\b",
        "say what was sent to whom",
    ),
)
