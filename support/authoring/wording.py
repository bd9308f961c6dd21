"""Words that a feature does not use, unless it promises what they name and says so by `@wording.<name>`. Source: our choice.

A scenario says what somebody achieves, so that it stays true on every substrate and after every rewrite of the front end or the backend.
"""

import re
from dataclasses import dataclass, replace
from functools import cache, cached_property

from environments.choose import platform_classes


@dataclass(frozen=True)
class Banned:
    """Words of one kind: the name that `@wording.` declares them by, how they look, and what to write instead."""

    name: str
    look: str
    instead: str
    exact: bool = False
    """Capital letters count."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """How they look; made when it is asked for, since every run knows the names and only lint looks for the words."""
        return re.compile(self.look, 0 if self.exact else re.IGNORECASE)


GENERAL = (
    Banned("click", r"\b(?:double-)?click(?:s|ed|ing)?\b", "say what it achieves"),
    Banned("button", r"\bbuttons?\b", "say what it achieves"),
    Banned(
        "field", r"\b(?:input|text|form) (?:field|box)(?:e?s)?\b|\bdrop-?downs?\b|\bcheck-?box(?:es)?\b", "say what is told to the platform"
    ),
    Banned("xpath", r"\bxpath\b|\bcss (?:selector|class)(?:e?s)?\b|\bdom\b", "say what somebody sees"),
    Banned("api", r"\bAPIs?\b(?: calls?)?", "say who asks for what"),
    Banned(
        "http", r"\bHTTPS?\b(?!://| [1-5]\d\d\b)|\bREST(?:ful)?\b(?= API| call| request)|\brequest body\b", "say what is asked and answered"
    ),
    Banned("url", r"\bURLs?\b|\bURIs?\b|\bhttps?://\S*|(?<![\w.])/(?:[\w{}.-]+/)+[\w{}.-]*", "name the thing, not its address"),
    Banned("endpoint", r"\bendpoints?\b", "name what it is for"),
    Banned("method", r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b", "say what somebody does", exact=True),
    Banned(
        "status-code",
        r"\bstatus[ -]codes?\b|\b(?:status|code|error|HTTP|response|answer(?:s|ed)?|responds?|return(?:s|ed)?)(?: with| an?)* [1-5]\d\d\b",
        "say what the user is told",
    ),
    Banned("json", r"\bJSON\b|\bXML\b|\bpayloads?\b", "name what is sent, in the words of the platform"),
    Banned("sql", r"\bSQL\b|\bSELECT \S+ FROM\b|\bINSERT INTO\b", "say what is kept"),
    Banned("table", r"\bdatabase tables?\b|\btable (?:named |called )?[\"'`]|\btable names?\b", "say what is kept"),
    Banned(
        "queue",
        r"\bqueue (?:named |called )?[\"'`]|\bqueue names?\b",
        "say what was sent to whom",
    ),
)
"""Of any platform."""
KINDS = tuple(banned.name for banned in GENERAL)


@cache
def banned_words() -> tuple[Banned, ...]:
    """Those of any platform, and what each platform adds to them for its own technical words."""
    added: dict[str, list[str]] = {}
    for platform in platform_classes():
        for kind, look in platform.vocabulary.wording.items():
            added.setdefault(kind, []).append(look)
    return tuple(replace(banned, look="|".join([banned.look, *added.get(banned.name, [])])) for banned in GENERAL)
