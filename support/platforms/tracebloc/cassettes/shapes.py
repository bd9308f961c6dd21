"""Compares today's answers with a cassette by shape: status, kind of content, keys and types, but no values. Source: our choice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from support.platforms.tracebloc.cassettes.exchange import Exchange

MISSING = "missing"


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was recorded: of which request, where in it, what it was and what it is."""

    exchange: str
    place: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.exchange}: {self.place} was {self.was}, is {self.now}"


def differences(recorded: list[Exchange], today: list[Exchange]) -> list[Difference]:
    """All that drifted. What is new in an answer is no difference, since nobody relies on it; what the SDK sends must be the same.

    A value that was recorded as null says nothing about its type, so anything may be there today.
    """
    found: list[Difference] = []
    answered = dict(_numbered(today))
    for key, before in _numbered(recorded):
        now = answered.pop(key, None)
        if now is None:
            found.append(Difference(before.name, "the request", "made", MISSING))
        else:
            found += [Difference(before.name, *parts) for parts in _compared(before, now)]
    found += [Difference(now.name, "the request", "not made", "made") for now in answered.values()]
    return found


def _numbered(exchanges: list[Exchange]) -> Iterator[tuple[tuple[str, int], Exchange]]:
    """Each exchange with its name and how many of that name came before it."""
    seen: Counter[str] = Counter()
    for exchange in exchanges:
        yield (exchange.name, seen[exchange.name]), exchange
        seen[exchange.name] += 1


def _compared(before: Exchange, now: Exchange) -> Iterator[tuple[str, str, str]]:
    for place, was, is_now in (
        ("status", str(before.status), str(now.status)),
        ("content type", before.content_type or MISSING, now.content_type or MISSING),
        ("file name", before.file_name or MISSING, now.file_name or MISSING),
        ("sent as", before.sent_as or MISSING, now.sent_as or MISSING),
    ):
        if was != is_now:
            yield place, was, is_now
    yield from _lost("answer", before.body, now.body)
    yield from _lost("sent", before.sent, now.sent)
    yield from (("sent." + key, MISSING, _kind(now.sent[key])) for key in now.sent if key not in before.sent)


def _lost(place: str, before: Any, now: Any) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401 - whatever JSON holds
    """What of the recorded value's shape is not in today's."""
    if before is None:
        return
    if _kind(before) != _kind(now):
        yield place, _kind(before), _kind(now)
    elif isinstance(before, dict):
        for key, member in before.items():
            if key not in now:
                yield f"{place}.{key}", _kind(member), MISSING
            else:
                yield from _lost(f"{place}.{key}", member, now[key])
    elif isinstance(before, list) and before:
        # the members of a list are of one shape, which the first one shows
        for number, member in enumerate(now):
            yield from _lost(f"{place}[{number}]", before[0], member)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", bytes: "bytes", type(None): "null"}
    return names.get(type(value), "a number")
