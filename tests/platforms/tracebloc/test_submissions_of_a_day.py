"""One submission more than a day has is refused, also where midnight came in between."""

from collections.abc import Iterator
from itertools import chain, repeat

from support.platforms.tracebloc.clients.backend import Json
from support.platforms.tracebloc.playbook.use_cases.submissions import DAILY_LIMIT, refusal_beyond_the_day

REFUSED = "refused"


class Platform:
    """Takes so many submissions a day; each one, and each that is tried, is of the next of its days."""

    def __init__(self, days: Iterator[str], limit: int = DAILY_LIMIT) -> None:
        self.days, self.limit = days, limit
        self.rows: list[Json] = []

    def shown(self) -> list[Json]:
        return list(self.rows)

    def attempt(self) -> str | None:
        day = next(self.days)
        if sum(row["created_at"].startswith(day) for row in self.rows) >= self.limit:
            return REFUSED
        self.rows.append({"created_at": f"{day}T12:00:00+00:00"})
        return None

    def submit(self, times: int) -> "Platform":
        for _ in range(times):
            assert self.attempt() is None
        return self


def days(first: int) -> Iterator[str]:
    """So many moments of one day, and then only of the next."""
    return chain(repeat("2026-01-31", first), repeat("2026-02-01"))


def test_the_sixth_of_a_day_is_refused_at_once() -> None:
    platform = Platform(days(100)).submit(5)
    assert refusal_beyond_the_day(platform.shown, platform.attempt) == REFUSED
    assert len(platform.rows) == 5


def test_a_sixth_that_is_taken_on_the_same_day_is_no_refusal() -> None:
    platform = Platform(days(100), limit=6).submit(5)
    assert refusal_beyond_the_day(platform.shown, platform.attempt) is None
    assert len(platform.rows) == 6


def test_wherever_midnight_comes_the_new_days_submissions_are_used_up_first() -> None:
    for first in range(7):
        platform = Platform(days(first)).submit(5)
        assert refusal_beyond_the_day(platform.shown, platform.attempt) == REFUSED
        assert len(platform.rows) == (first + 5 if 0 < first < 6 else 5)


def test_a_limit_that_is_too_high_is_seen_after_midnight_too() -> None:
    for first in range(6):
        platform = Platform(days(first), limit=6).submit(5)
        assert refusal_beyond_the_day(platform.shown, platform.attempt) is None
