"""Cuts texts for errors, answers and logs so that no half of a secret is left, which nobody would know for one.

Reference services, which know no secrets but their own, cut between words; logs are freed of secrets first by what whoever runs the
platform has given for it.
"""

import re
from collections.abc import Callable

LOG_LINES_IN_ERRORS = 15
LINES_BEFORE = 500
"""Looked at besides the last ones: the heading of a table and the beginning of a key say what is in their rows."""
_cleaned: Callable[[str], str] = str


def clean_with(cleaned: Callable[[str], str]) -> None:
    """Have secrets taken out of logs by this, from now on, before anything is cut off."""
    global _cleaned
    _cleaned = cleaned


def clean_lines(text: str) -> list[str]:
    """The lines of what a program printed, without secrets."""
    return _cleaned(text).splitlines()


def last_lines(text: str, count: int = LOG_LINES_IN_ERRORS) -> list[str]:
    """The last lines of a log, without secrets."""
    return clean_lines("\n".join(text.splitlines()[-count - LINES_BEFORE :]))[-count:]


def shortened(text: str, longest: int) -> str:
    """The text, cut between two words so that at most `longest` characters are left, and how long it was."""
    if len(text) <= longest:
        return text
    words = re.match(rf"(?s).{{0,{longest}}}(?=\s)", text)
    return f"{words[0].rstrip() if words else ''}... ({len(text)} characters)"
