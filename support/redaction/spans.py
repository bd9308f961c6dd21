"""Places in texts, and what is shown in place of a secret."""

from collections.abc import Iterable

HIDDEN = "<redacted>"
Span = tuple[int, int]
"""Where something begins and ends, in characters."""


def without(text: str, spans: Iterable[Span]) -> str:
    """The text with a mark in place of what is there; places may overlap."""
    pieces, done = [], 0
    for begin, end in sorted(spans):
        if begin >= done and end > begin:
            pieces += [text[done:begin], HIDDEN]
        done = max(done, end)
    return "".join([*pieces, text[done:]]) if pieces else text
