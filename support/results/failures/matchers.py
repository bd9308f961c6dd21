"""What a hamcrest matcher expected beside what was seen, in place of the matcher's own description."""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from hamcrest.core.core.allof import AllOf
from hamcrest.core.core.described_as import DescribedAs
from hamcrest.core.core.is_ import Is
from hamcrest.core.core.isequal import IsEqual
from hamcrest.core.matcher import Matcher
from hamcrest.core.string_description import StringDescription
from hamcrest.library.collection.isdict_containing import IsDictContaining
from hamcrest.library.collection.isdict_containingentries import IsDictContainingEntries
from hamcrest.library.collection.issequence_containinginanyorder import IsSequenceContainingInAnyOrder
from hamcrest.library.collection.issequence_containinginorder import IsSequenceContainingInOrder
from hamcrest.library.number.iscloseto import IsCloseTo
from hamcrest.library.object.hasproperty import IsObjectWithProperty

from support.redaction import excerpt
from support.results.comparison import MOST_ROWS, NOTHING, ComparedRow, Comparison
from support.results.failures.values import LONGEST, in_a_cell, shown

AnyMatcher = Matcher[Any]
MISSING = object()


def compared(what: str, matcher: AnyMatcher, actual: object) -> Comparison:
    """Both sides by names where they have any, else as one value."""
    matcher = _within(matcher)
    if (entries := _entries(matcher)) is not None and _has_entries(matcher, actual):
        look = _looking(matcher, actual)
        found = [_row(str(key), [("", value)], [look(key)]) for key, value in entries.items()]
        if isinstance(matcher, IsEqual) and isinstance(actual, Mapping):
            found += [ComparedRow((), (in_a_cell(actual[key], key),), str(key), (0,)) for key in actual if key not in entries]
        return Comparison(what, _most(found))
    if (elements := _elements(matcher)) is not None and isinstance(actual, Sequence | Set) and not isinstance(actual, str | bytes):
        return _compared_rows(what, elements, list(actual), any_order=not isinstance(actual, Sequence) or _any_order(matcher))
    return Comparison(what, (ComparedRow((expectation(matcher),), (shown(actual),), differing=(0,)),))


def expectation(matcher: AnyMatcher) -> str:
    """What a matcher expects, in words."""
    matcher = _within(matcher)
    if isinstance(matcher, IsEqual):
        return shown(matcher.object)
    if isinstance(matcher, IsCloseTo):
        return f"about {matcher.value}"
    description = StringDescription()
    matcher.describe_to(description)
    return excerpt(re.sub(r"<([^<>]*)>", r"\1", str(description)), LONGEST)


def _compared_rows(what: str, expected: list[AnyMatcher], actual: list[object], *, any_order: bool) -> Comparison:
    pairs = _in_any_order(expected, actual) if any_order else _in_order(expected, actual)
    columns = _columns(pairs)
    rows = [_row_of_pair(str(number), matcher, value, columns) for number, (matcher, value) in enumerate(pairs, 1)]
    return Comparison(what, _most(rows), tuple(map(str, columns)))


def _columns(pairs: list[tuple[AnyMatcher | None, object]]) -> list[object]:
    """The names that are expected, in the order in which they are seen."""
    wanted: dict[object, None] = {}
    order: dict[object, None] = {}
    for matcher, value in pairs:
        wanted |= dict.fromkeys((_entries(_within(matcher)) or ()) if matcher is not None else ())
        order |= dict.fromkeys(value if isinstance(value, Mapping) else ())
    return [*(key for key in order if key in wanted), *(key for key in wanted if key not in order)]


def _row_of_pair(name: str, matcher: AnyMatcher | None, value: object, columns: list[object]) -> ComparedRow:
    """One row of both tables, of which one side may be missing."""
    if matcher is None:
        look = _looking(None, value)
        cells = [look(key) for key in columns] if columns else [value]
        return ComparedRow((), tuple(map(_cell, cells, columns or [""])), name, tuple(range(len(cells))))
    entries = _entries(_within(matcher))
    if not columns or entries is None:
        return _row(name, [("", matcher)], [value])
    if value is MISSING:
        told = tuple(_cell_expected(entries[key], key) if key in entries else "" for key in columns)
        return ComparedRow(told, (), name, tuple(range(len(columns))))
    look = _looking(matcher, value)
    return _row(name, [(key, entries.get(key)) for key in columns], [look(key) for key in columns])


def _row(name: str, expected: Sequence[tuple[object, AnyMatcher | None]], actual: Sequence[object]) -> ComparedRow:
    told = tuple(_cell_expected(matcher, key or name) if matcher is not None else "" for key, matcher in expected)
    if all(value is MISSING for value in actual):
        return ComparedRow(told, (), name, tuple(range(len(told))))
    seen = tuple(_cell(value, key or name) for value, (key, _) in zip(actual, expected, strict=True))
    wrong = tuple(
        place
        for place, (value, (_, matcher)) in enumerate(zip(actual, expected, strict=True))
        if matcher is not None and (value is MISSING or not matcher.matches(value))
    )
    return ComparedRow(told, seen, name, wrong)


def _within(matcher: AnyMatcher) -> AnyMatcher:
    """The matcher that others only describe."""
    while isinstance(matcher, Is | DescribedAs):
        matcher = matcher.matcher
    return matcher


def _entries(matcher: AnyMatcher) -> dict[object, AnyMatcher] | None:
    """What a matcher expects by names, if it does."""
    if isinstance(matcher, IsEqual) and isinstance(matcher.object, Mapping):
        return {key: IsEqual(value) for key, value in matcher.object.items()}
    if isinstance(matcher, IsDictContainingEntries):
        return dict(matcher.value_matchers)
    parts = list(matcher.matchers) if isinstance(matcher, AllOf) else [matcher]
    found: dict[object, AnyMatcher] = {}
    for part in parts:
        if isinstance(part, IsObjectWithProperty):
            found[part.property_name] = part.value_matcher
        elif isinstance(part, IsDictContaining) and isinstance(part.key_matcher, IsEqual):
            found[part.key_matcher.object] = part.value_matcher
    return found if len(found) == len(parts) else None


def _has_entries(matcher: AnyMatcher, actual: object) -> bool:
    return isinstance(actual, Mapping) or isinstance(matcher, IsObjectWithProperty | AllOf)


def _looking(matcher: AnyMatcher | None, actual: object) -> Callable[[Any], object]:
    if isinstance(actual, Mapping):
        return lambda key: actual.get(key, MISSING)
    return lambda key: getattr(actual, key, MISSING)


def _elements(matcher: AnyMatcher) -> list[AnyMatcher] | None:
    if isinstance(matcher, IsEqual) and isinstance(matcher.object, list | tuple | Set):
        return [IsEqual(value) for value in matcher.object]
    if isinstance(matcher, IsSequenceContainingInOrder | IsSequenceContainingInAnyOrder):
        return list(matcher.matchers)
    return None


def _any_order(matcher: AnyMatcher) -> bool:
    return isinstance(matcher, IsSequenceContainingInAnyOrder)


def _in_order(expected: list[AnyMatcher], actual: list[object]) -> list[tuple[AnyMatcher | None, object]]:
    longest = max(len(expected), len(actual))
    matchers: list[AnyMatcher | None] = [*expected, *[None] * (longest - len(expected))]
    return list(zip(matchers, [*actual, *[MISSING] * (longest - len(actual))], strict=True))


def _in_any_order(expected: list[AnyMatcher], actual: list[object]) -> list[tuple[AnyMatcher | None, object]]:
    left = list(actual)
    pairs: list[tuple[AnyMatcher | None, object]] = []
    for matcher in expected:
        place = next((place for place, value in enumerate(left) if matcher.matches(value)), None)
        pairs.append((matcher, MISSING if place is None else left.pop(place)))
    return [*pairs, *((None, value) for value in left)]


def _cell(value: object, name: object = "") -> str:
    return NOTHING if value is MISSING else in_a_cell(value, name)


def _cell_expected(matcher: AnyMatcher, name: object) -> str:
    matcher = _within(matcher)
    return in_a_cell(matcher.object, name) if isinstance(matcher, IsEqual) else expectation(matcher)


def _most(rows: Sequence[ComparedRow]) -> tuple[ComparedRow, ...]:
    """All rows, or of very many those that differ first."""
    return tuple(rows) if len(rows) <= MOST_ROWS else tuple(sorted(rows, key=lambda row: not row.differing)[:MOST_ROWS])
