"""Waiting on conditions: poll until something holds, and say in words what was seen when it never does.

Source: our choice.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import httpx
from hamcrest.core.matcher import Matcher
from hamcrest.core.string_description import StringDescription
from tenacity import Retrying, retry_if_exception_type, retry_if_not_result, stop_after_delay, wait_exponential

from support.evidence.kinds import Kind
from support.evidence.recorder import record
from support.patience import Patience
from support.redaction import excerpt
from support.results.comparison import Comparison

T = TypeVar("T")

LONGEST_VALUE_SHOWN = 300
SIGHTINGS_SHOWN = 8


class NeverHappened(AssertionError):
    """What was waited for did not happen in time; the text says what was expected, what was seen last and for how long."""

    def __init__(self, timeline: "Timeline[Any]", comparison: Comparison | None = None) -> None:
        super().__init__(str(timeline))
        self.timeline = timeline
        self.comparison = comparison
        self.headline = timeline.in_one_line(comparison)


@dataclass
class Sighting:
    """One thing a probe saw, from when to when (seconds since the wait began)."""

    value: str
    first_seen: float
    last_seen: float


@dataclass
class Timeline(Generic[T]):
    """What a wait saw, equal sightings in a row folded into one."""

    what: str
    expected: str
    sightings: list[Sighting] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def saw(self, value: object) -> None:
        """Note one sighting."""
        now = time.monotonic() - self.started
        shown = excerpt(repr(value) if not isinstance(value, Exception) else f"{type(value).__name__}: {value}", LONGEST_VALUE_SHOWN)
        if self.sightings and self.sightings[-1].value == shown:
            self.sightings[-1].last_seen = now
        else:
            self.sightings.append(Sighting(shown, now, now))

    def __str__(self) -> str:
        lines = [f"waited {time.monotonic() - self.started:.1f} s for {self.what}", f"  expected: {self.expected}"]
        left_out = len(self.sightings) - SIGHTINGS_SHOWN
        if left_out > 0:
            lines.append(f"  ({left_out} earlier sightings left out)")
        for sighting in self.sightings[-SIGHTINGS_SHOWN:]:
            lines.append(f"  {sighting.first_seen:6.1f} s to {sighting.last_seen:.1f} s: {sighting.value}")
        if not self.sightings:
            lines.append("  nothing was ever seen")
        return "\n".join(lines)

    def in_one_line(self, comparison: Comparison | None = None) -> str:
        """What was expected and what was seen last."""
        waited = f"waited {time.monotonic() - self.started:.1f} s for {self.what}"
        if comparison is not None:
            return f"{waited}: {comparison.sentence('seen last:')}"
        last = self.sightings[-1].value if self.sightings else "nothing"
        expected = "" if "<lambda>" in self.expected else f"expected {self.expected}, "
        return f"{waited}: {expected}seen last: {last}"


_under_way: list[Timeline[Any]] = []
_told: Callable[[str], None] | None = None


def wait_under_way() -> str:
    """What is being waited for now, and what was seen so far; empty when nothing is."""
    return str(_under_way[-1]) if _under_way else ""


def tell_waits_to(told: Callable[[str], None]) -> None:
    """Have `told` called with what is waited for when a wait begins, and with what is waited for after it, or nothing, when it ends."""
    global _told
    _told = told


def _tell() -> None:
    if _told is not None:
        _told(_under_way[-1].what if _under_way else "")


def eventually(
    what: str,
    probe: Callable[[], T],
    until: Matcher[Any] | Callable[[T], bool],
    within: float = 15.0,
    passing_errors: tuple[type[BaseException], ...] = (httpx.TransportError,),
) -> T:
    """Call `probe` until its value satisfies `until`, and return that value.

    Args:
        what: what is waited for, in words that complete "waited 3 s for ...".
        probe: looks once; cheap, without side effects.
        until: a hamcrest matcher, or a function that says whether the value will do.
        within: seconds, stretched by `Patience.factor`.
        passing_errors: raised by the probe, these count as "not yet"; any other error ends the wait at once.

    Raises:
        NeverHappened: the deadline passed.
    """
    timeline: Timeline[T] = Timeline(what, _expectation(until))
    seen: list[T] = []

    def look() -> T:
        seen.clear()
        try:
            seen.append(probe())
        except passing_errors as error:
            timeline.saw(error)
            raise
        timeline.saw(seen[0])
        return seen[0]

    polling = Retrying(
        stop=stop_after_delay(within * Patience.factor),
        wait=wait_exponential(multiplier=0.02, exp_base=1.3, max=0.25),
        retry=retry_if_not_result(_judge(until)) | retry_if_exception_type(passing_errors),
        retry_error_callback=lambda _state: _give_up(timeline, until, seen),
    )
    with _noted(timeline):
        return polling(look)


@contextmanager
def _noted(timeline: Timeline[Any]) -> Iterator[None]:
    """Tell whoever listens of the wait while it lasts, and note it as evidence."""
    began, happened = time.time(), False
    _under_way.append(timeline)
    _tell()
    try:
        yield
        happened = True
    finally:
        _under_way.remove(timeline)
        _tell()
        record(Kind.WAIT, timeline.what, str(timeline), at=began, seconds=time.time() - began, failed=not happened)


def _give_up(timeline: Timeline[T], until: Matcher[Any] | Callable[[T], bool], seen: list[T]) -> T:
    if not isinstance(until, Matcher) or not seen:
        raise NeverHappened(timeline)
    # loaded only for what went wrong
    from support.results.failures.matchers import compared

    raise NeverHappened(timeline, compared("", until, seen[-1]))


def _judge(until: Matcher[Any] | Callable[[T], bool]) -> Callable[[T], bool]:
    return until.matches if isinstance(until, Matcher) else until


def _expectation(until: Matcher[Any] | Callable[[T], bool]) -> str:
    if isinstance(until, Matcher):
        description = StringDescription()
        until.describe_to(description)
        return str(description)
    return str(until.__doc__ or getattr(until, "__name__", repr(until))).strip()
