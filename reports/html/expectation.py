"""What was expected and what was seen, taken out of an error's words, so that a report can set one beside the other."""

import ast
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from support.results.scenario_result import Failure

WAITED = re.compile(r"\s*waited (?P<seconds>[\d.]+) s for (?P<what>.+)\n\s+expected: (?P<expected>.+)")
SIGHTING = re.compile(r"^\s+(?P<first>[\d.]+) s to (?P<last>[\d.]+) s: (?P<value>.*)$", re.MULTILINE)
# Source: PyHamcrest 2.1's assert_that
HAMCREST = re.compile(r"(?P<reason>(?:.*\n)*?)\s*Expected: (?P<expected>(?:.*\n)*?)\s*but: (?P<seen>[\s\S]*)", re.IGNORECASE)
NUMBERED = re.compile(r"^\[Errno -?\d+\] ")
"""What Python puts before the words of the operating system."""
FIRST_WORD = re.compile(r"[a-z]+(?:'s)?:? ")
LONGEST_SAID = 300
MOST_ROWS = 200
LONGEST_VALUE = 20_000


class Expectation(NamedTuple):
    """A failure in plain words; `expected` and `seen` are empty where its text does not tell them apart."""

    said: str
    expected: str = ""
    seen: str = ""
    rows: Sequence[tuple[str, str, str]] = ()
    """Of things that have parts: each part's name, what it was to be, and what it was."""
    sightings: Sequence[tuple[float, float, str]] = ()
    """Of a wait: what was seen, from when to when (seconds since it began)."""


def expectation_of(failure: Failure) -> Expectation:
    """What a failure says. The words are the error's own; nothing is made up."""
    words = NUMBERED.sub("", failure.words.strip() or _last_line(failure.message))
    if " " not in words and failure.kind and failure.kind not in words:
        # such as a KeyError, which says nothing but the key
        words = f"{failure.kind}: {words}"
    if match := WAITED.match(words):
        sightings = [(float(one["first"]), float(one["last"]), one["value"]) for one in SIGHTING.finditer(words)]
        seen = sightings[-1][2] if sightings else "nothing was ever seen"
        return _compared(f"Waited {match['seconds']} s for {match['what']}.", match["expected"].strip(), seen, sightings)
    if match := HAMCREST.match(words):
        reason = _said(match["reason"].strip())
        said = f"{reason[:1].upper()}{reason[1:]}: not as expected." if reason else "What was seen is not what was expected."
        return _compared(said, _plain(match["expected"]), _plain(match["seen"]))
    return Expectation(as_sentence(_said(words)))


def _compared(said: str, expected: str, seen: str, sightings: Sequence[tuple[float, float, str]] = ()) -> Expectation:
    return Expectation(said, expected, seen, _rows(_value(expected), _value(seen)), sightings)


def _rows(expected: object, seen: object) -> list[tuple[str, str, str]]:
    """Part beside part, of two mappings or two lists."""
    if isinstance(expected, list | tuple) and isinstance(seen, list | tuple):
        expected, seen = dict(enumerate(expected, 1)), dict(enumerate(seen, 1))
    if not isinstance(expected, Mapping) or not isinstance(seen, Mapping):
        return []
    names = [*expected, *(name for name in seen if name not in expected)][:MOST_ROWS]
    return [(str(name), _shown(expected, name), _shown(seen, name)) for name in names]


def _shown(values: Mapping[object, object], name: object) -> str:
    return repr(values[name]) if name in values else "nothing"


def _value(text: str) -> object:
    """The value that a text is the Python form of; None when it is of none."""
    if len(text) > LONGEST_VALUE:
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _said(words: str) -> str:
    first = words.strip().split("\n\n")[0]
    return first if len(first) <= LONGEST_SAID else f"{first[:LONGEST_SAID]}..."


def as_sentence(words: str) -> str:
    """Beginning with a capital letter, unless it begins with what is no word; lines become sentences of their own."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    text = " ".join(line if number == len(lines) or line[-1] in ".:;,!?" else f"{line}." for number, line in enumerate(lines, 1))
    return text[:1].upper() + text[1:] if FIRST_WORD.match(text) else text


def _plain(text: str) -> str:
    """Without Hamcrest's brackets and its `was`."""
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    inner = re.fullmatch(r"(?:was )?<([\s\S]*)>", lines)
    return inner[1] if inner and "<" not in inner[1] else lines.removeprefix("was ")


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
