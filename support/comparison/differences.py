"""What differs between two runs, each difference in a sentence that stays the same from night to night."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from environments.descriptions import UNSAID, facet_of
from support.comparison.observations import FIELD, SETTING, Observations, Route, ran
from support.evidence.shapes import LIST, NO_WORD, NULL, OBJECT, WHOLE

Kinds = dict[str, set[str]]
HOLDERS = {LIST, OBJECT}
"""Kinds of what tells of itself by what is in it."""
ENOUGH_LOOKS = 3
"""What is null the first or second time may not have happened yet."""
MOST_WORDS = 8
"""Of one field; what says more of them holds no state."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same in both; together they name it for good."""

    where: str
    """A scenario, or a kind of request."""
    what: str
    reason: str | None = None
    """Why it is accepted; None: it is new."""

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by."""
        return self.where, self.what


def differences(one: Observations, other: Observations, *, words: bool = False) -> list[Difference]:
    """All differences, those of outcomes first.

    Args:
        one: the run that says how it should be.
        other: the run that is held against it.
        words: also compare what the parts of the steps say, where both run in the same way.
    """
    found = [*_outcomes(one, other), *_answers(one, other), *_on_one_side(one, other)]
    return [*found, *(_words(one, other) if words else ())]


def explained(found: list[Difference], known: Mapping[tuple[str, str], str]) -> list[Difference]:
    """The same, with the reasons of those that are known."""
    return [Difference(one.where, one.what, known.get(one.key)) for one in found]


def _outcomes(one: Observations, other: Observations) -> Iterator[Difference]:
    for identity in sorted(one.scenarios.keys() | other.scenarios.keys()):
        here, there = one.scenarios.get(identity), other.scenarios.get(identity)
        if here is None or there is None:
            yield Difference(identity, f"only on {one.name if here is not None else other.name}")
        elif ran(here) and ran(there) and here.status != there.status:
            yield Difference(identity, f"{here.status.words} on {one.name}, {there.status.words} on {other.name}")
        elif ran(here) != ran(there):
            skipped, name = (there, other.name) if ran(here) else (here, one.name)
            yield Difference(identity, f"skipped on {name}: {skipped.reason or 'no reason given'}")


def _answers(one: Observations, other: Observations) -> Iterator[Difference]:
    for route in sorted(one.routes.keys() & other.routes.keys()):
        here, there = one.routes[route], other.routes[route]
        # a status that only one side has is told of the answer, not of its headers again
        for status in sorted(here.statuses ^ there.statuses) if here.noun == FIELD else ():
            yield Difference(route, f"answered {status} on {one.name if status in here.statuses else other.name} only")
        for status in sorted(here.statuses & there.statuses):
            answer = f" (answer {status})" if status else ""
            complete = here.noun != FIELD
            if here.noun == SETTING:
                here, there = _sayable(route, here, there)
            for what in _fields((one.name, _kinds(here, status)), (other.name, _kinds(there, status)), complete=complete):
                yield Difference(route, f"the {here.noun} {what}{answer}")
            for what in _other_words((one.name, here.words[status]), (other.name, there.words[status])):
                yield Difference(route, f"the {here.noun} {what}{answer}")


def unsaid(one: Observations, other: Observations) -> list[tuple[str, str]]:
    """What cannot be compared, since one of them cannot say it: where, and what is not said by which."""
    found = []
    for what in sorted(_settings(one) | _settings(other)):
        for seen in (one, other):
            if not _tells_of(seen, what):
                found.append((what, f"cannot be said by {seen.name}"))
            elif facets := _unsaid(seen.routes.get(what)):
                found.append((what, f"{', '.join(sorted(facets))}: cannot be said by {seen.name}"))
    return found


def _settings(seen: Observations) -> set[str]:
    return {what for what, route in seen.routes.items() if route.noun == SETTING}


def _tells_of(seen: Observations, what: str) -> bool:
    """Whether it says anything of such things: of services, of queues, of versions."""
    kind = what.partition(" ")[0]
    return any(known.partition(" ")[0] == kind for known in _settings(seen))


def _unsaid(route: Route | None) -> set[str]:
    said = {value for name, value in route.fields[""] if name == UNSAID} if route is not None else set()
    return {facet for value in said for facet in value.split(", ")}


def _on_one_side(one: Observations, other: Observations) -> Iterator[Difference]:
    """Services and queues that only one of them has, where both say which they have."""
    for what in sorted(_settings(one) ^ _settings(other)):
        if _tells_of(one, what) and _tells_of(other, what):
            yield Difference(what, f"is there on {one.name if what in one.routes else other.name} only")


def _sayable(what: str, here: Route, there: Route) -> tuple[Route, Route]:
    """The same without what one of them cannot say."""
    neither = _unsaid(here) | _unsaid(there)
    kept = [Route(SETTING), Route(SETTING)]
    for route, only in zip((here, there), kept, strict=True):
        only.add("", [(name, value) for name, value in route.fields[""] if name != UNSAID and facet_of(what, name) not in neither])
    return kept[0], kept[1]


def same_on_both(one: Observations, other: Observations, found: Iterable[Difference]) -> list[str]:
    """What was seen in both runs and does not differ."""
    differs = {difference.where for difference in found}
    both = (one.routes.keys() & other.routes.keys()) - differs
    return sorted(what for what in both if _is_said(what, one.routes[what], other.routes[what]))


def why_nothing_compared(one: Observations, other: Observations, same: Iterable[str], *, by_outcomes: bool) -> str | None:
    """Why two runs without a difference say nothing, in a sentence; None when they do.

    Args:
        one: a run.
        other: another.
        same: what was seen in both.
        by_outcomes: whether it is enough that scenarios ended alike.
    """
    if not any(ran(result) and ran(other.scenarios.get(identity)) for identity, result in one.scenarios.items()):
        return "nothing was compared, since no scenario ran on both: select others"
    if not by_outcomes and not list(same):
        return "nothing of the platform was compared, since the scenarios that ran on both asked nothing of it: select others"
    return None


def _is_said(what: str, here: Route, there: Route) -> bool:
    """Whether anything of it could be compared."""
    return here.noun != SETTING or any(route.fields[""] for route in _sayable(what, here, there))


def _kinds(route: Route, status: str) -> Kinds:
    """The kinds of each field; null says nothing of them, unless a field was seen often enough to be never anything else."""
    found: Kinds = defaultdict(set)
    for path, kind in route.fields[status]:
        found[path] |= {kind} - ({NULL} if route.looks[status][path] < ENOUGH_LOOKS else set())
    return found


def _fields(one: tuple[str, Kinds], other: tuple[str, Kinds], *, complete: bool) -> Iterator[str]:
    """What differs; unless what was seen is complete, only where what should hold a field was seen on both sides."""
    (name, here), (other_name, there) = one, other
    for path in sorted(here.keys() ^ there.keys()):
        kinds = here.get(path) or there.get(path, set())
        if not kinds & HOLDERS if complete else _is_looked_into(path, here) and _is_looked_into(path, there):
            yield f"`{path}` is there on {name if path in here else other_name} only"
    for path in sorted(here.keys() & there.keys()):
        if _are_apart(here[path], there[path]):
            yield f"`{path}` is {' or '.join(sorted(here[path]))} on {name}, {' or '.join(sorted(there[path]))} on {other_name}"


def _are_apart(here: set[str], there: set[str]) -> bool:
    """Whether no kind is on both sides: one of several kinds may have shown only some; null is one, but says nothing beside others."""
    pairs = ((here, there), (here - {NULL}, there - {NULL}))
    return any(one and other and one.isdisjoint(other) for one, other in pairs)


def _other_words(one: tuple[str, set[tuple[str, str]]], other: tuple[str, set[tuple[str, str]]]) -> Iterator[str]:
    """Fields that held few words, and on both sides others: a state that is called differently, and not a name that somebody chose."""
    (name, here), (other_name, there) = (one[0], _by_field(one[1])), (other[0], _by_field(other[1]))
    for path in sorted(here.keys() & there.keys()):
        seen = here[path] | there[path]
        if NO_WORD not in seen and len(seen) <= MOST_WORDS and here[path].isdisjoint(there[path]):
            yield f"`{path}` says {' or '.join(sorted(here[path]))} on {name}, {' or '.join(sorted(there[path]))} on {other_name}"


def _by_field(pairs: Iterable[tuple[str, str]]) -> Kinds:
    found: Kinds = defaultdict(set)
    for path, word in pairs:
        found[path].add(word)
    return found


def _is_looked_into(path: str, seen: Kinds) -> bool:
    """Whether what should hold this field was seen: an empty list says nothing of what would be in it."""
    return not path.endswith("[]") and OBJECT in seen.get(path.rpartition(".")[0] or WHOLE, ())


def _words(one: Observations, other: Observations) -> Iterator[Difference]:
    for identity in sorted(one.words.keys() & other.words.keys()):
        for text in sorted(one.words[identity] ^ other.words[identity]):
            yield Difference(identity, f"said on {one.name if text in one.words[identity] else other.name} only: {text}")
