"""JSON as somebody sent it, refused where a database could not keep it or an answer could not say it again.

Refused are numbers beyond 64 bits, NaN and infinity, half a surrogate pair, and what is nested too deeply. Source: our choice.
"""

import math
from collections.abc import Iterator

from pydantic_core import from_json

from environments.texts import shortened

LARGEST_NUMBER = 2**63 - 1
DEEPEST = 64


class UnusableJson(ValueError):
    """The text is not JSON, or no JSON to work with; the message says why, and where, and never repeats the value."""


def parse(sent: bytes | str) -> object:
    """The value; raises UnusableJson."""
    try:
        value: object = from_json(sent, allow_inf_nan=False)
    except ValueError as error:
        raise UnusableJson(f"not JSON that can be used: {shortened(str(error), 200)}") from None
    for path, part in _parts(value):
        if problem := _problem(part, path):
            raise UnusableJson(f"{shortened('.'.join(map(str, path)), 100) or 'the value'}: {problem}")
    return value


def _parts(value: object) -> Iterator[tuple[tuple[str | int, ...], object]]:
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), value)]
    while waiting:
        path, part = waiting.pop()
        yield path, part
        if isinstance(part, dict):
            waiting.extend(((*path, name), inner) for name, inner in part.items())
        elif isinstance(part, list):
            waiting.extend(((*path, index), inner) for index, inner in enumerate(part))


def _problem(part: object, path: tuple[str | int, ...]) -> str | None:
    if len(path) > DEEPEST:
        return f"nested more than {DEEPEST} deep"
    if isinstance(part, int) and abs(part) > LARGEST_NUMBER:
        return "a number beyond 64 bits"
    if isinstance(part, float) and not math.isfinite(part):
        return "a number beyond 64 bits"
    return None
