"""Takes secrets and personal data out of whatever is printed, logged or reported: here, and nowhere else."""

from support.redaction.assignments import is_sensitive
from support.redaction.redactor import HIDDEN, PSEUDONYM, Redactor

LONGEST_SECRET = 2000
"""Characters; the longest there is, a signed token, has some hundreds."""
LONGEST_BEFORE, LINES_BEFORE = 20_000, 500
"""Characters, and lines, that are looked at before an end that is shown: the heading of a table, the beginning of a key."""

_redactor = Redactor()
redact = _redactor.redact
learn_secret = _redactor.learn
learn_person = _redactor.learn_person
known_secrets = _redactor.known

__all__ = [
    "HIDDEN",
    "LINES_BEFORE",
    "LONGEST_SECRET",
    "PSEUDONYM",
    "Redactor",
    "ending",
    "excerpt",
    "in_one_line",
    "is_sensitive",
    "known_secrets",
    "last_lines",
    "learn_person",
    "learn_secret",
    "redact",
]


def in_one_line(text: str) -> str:
    """The text without secrets and e-mail addresses, its lines joined: a table or a list in it is known by them only."""
    return " ".join(redact(text).split())


def excerpt(text: str, longest: int) -> str:
    """The text without secrets and e-mail addresses, cut to `longest` characters; of a long text, only its beginning is searched."""
    searched = 2 * max(longest, LONGEST_SECRET)
    safe = redact(text[:searched])
    if len(text) > searched:
        # where the search ended a secret may be cut in half
        safe = safe[:-LONGEST_SECRET]
    elif len(safe) <= longest:
        return safe
    return f"{safe[:longest]}... ({len(text)} characters)"


def ending(text: str, longest: int) -> str:
    """The end of the text without secrets and e-mail addresses, `longest` characters of it; of a long text, only its end is searched."""
    searched = longest + LONGEST_BEFORE
    safe = redact(text[-searched:])
    if len(text) > searched:
        # where the search began a secret may be cut in half
        safe = safe[LONGEST_SECRET:]
    elif len(safe) <= longest:
        return safe
    return f"...{safe[-longest:]}"


def last_lines(text: str, count: int) -> list[str]:
    """The last lines of the text without secrets and e-mail addresses; of a long text, only its end is searched."""
    return redact("\n".join(text.splitlines()[-count - LINES_BEFORE :])).splitlines()[-count:]
