"""The shape of an answer: its fields and their kinds, without the values, which are another run's own.

Source: our choice.
"""

import json
import re
from collections.abc import Iterator, Mapping

VARYING = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"  # a UUID
    r"|\be2e-test-[\w-]+"  # what scenarios name
    r"|\b(?=[0-9a-z]*\d)[0-9a-z]{16,}\b"  # an identifier
    r"|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b"  # a shorter one, in hexadecimal digits
    r"|\b127\.0\.0\.1:\d+"
    r"|<(?:redacted|e-mail)[^>]*>"
    r"|\d+(?:\.\d+)?(?:e[+-]?\d+)?",
    re.IGNORECASE,
)
ANSWER = re.compile(r"-> (\d{3})(?: (.*))?$", re.DOTALL)
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?")
WORD = re.compile(r"[A-Za-z]{2,}(?:[_-][A-Za-z]+){0,4}")
NO_WORD = ""
NULL = "null"
WHOLE = "the whole answer"
LIST, OBJECT = "list", "set of fields"
KINDS: Mapping[type, str] = {bool: "true or false", int: "number", float: "number", str: "text", type(None): NULL, list: LIST, dict: OBJECT}


def without_values(text: str) -> str:
    """A text without what is another one in each run: identifiers, names that scenarios make, numbers, addresses."""
    return VARYING.sub("…", text)


def answer_of(detail: str) -> tuple[str, str] | None:
    """The status and body of the answer that a request's evidence tells; None when it tells none."""
    found = ANSWER.search(detail)
    return (found[1], found[2] or "") if found else None


def fields_of(body: str) -> frozenset[tuple[str, str]]:
    """The fields of a JSON text as paths with their kinds, such as ("results[].rank", "number"); none for another text."""
    try:
        found = json.loads(body)
    except ValueError:
        return frozenset()
    return frozenset((path, _kind(value)) for path, value in _fields(found, ""))


def _kind(value: object) -> str:
    if isinstance(value, str) and (time := TIME.fullmatch(value)) is not None:
        # whoever reads it as such can read no other text, and guesses at the zone that is not said
        return "time with a zone" if time["zone"] else "time without a zone"
    return KINDS[type(value)]


def words_of(body: str) -> frozenset[tuple[str, str]]:
    """The texts of a JSON text by their paths, as far as each is one word, such as ("state", "new"); NO_WORD for another text.

    A field that only ever holds words holds one of few, which its readers know: a state, a kind. Source: our choice.
    """
    try:
        found = json.loads(body)
    except ValueError:
        return frozenset()
    texts = ((path, value) for path, value in _fields(found, "") if isinstance(value, str))
    return frozenset((path, value if WORD.fullmatch(value) else NO_WORD) for path, value in texts)


def _fields(value: object, path: str) -> Iterator[tuple[str, object]]:
    yield path or WHOLE, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _fields(inner, f"{path}.{without_values(name)}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner, f"{path}[]")
