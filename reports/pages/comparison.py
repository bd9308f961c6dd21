"""What differs between two runs as a page: what is new, what is known and why, what is the same, and how it went night by night."""

from collections.abc import Sequence
from datetime import UTC, datetime

from reports.pages.page import Page, Section

MOST_NIGHTS = 30

Difference = tuple[str, str, str | None]
"""Where, what, and the reason if there is one."""
Night = tuple[float, int, int]
"""Unix time, new and known differences."""


def comparison_page(
    names: tuple[str, str],
    found: Sequence[Difference],
    same: Sequence[str],
    scenarios: int,
    nights: Sequence[Night] = (),
    apart: Sequence[tuple[str, str]] = (),
) -> Page:
    """The answer first, then each difference; `apart` is what could not be compared, and why."""
    new = [(where, what) for where, what, reason in found if reason is None]
    known = [(where, what, reason) for where, what, reason in found if reason is not None]
    answer = f"{scenarios} scenarios compared: {len(new)} new differences, {len(known)} known"
    sections = [
        *([Section("New differences", (), ("where", "what"), new)] if new else []),
        *([Section("Known differences", (), ("where", "what", "why"), known)] if known else []),
        *([Section("Not compared", (), ("where", "why"), apart)] if apart else []),
        Section("The same on both", [", ".join(same) or "Nothing was seen on both."]),
        *([Section("Night by night", (), ("when", "new", "known"), _trend(nights))] if nights else []),
    ]
    return Page(f"{names[0]} and {names[1]}", [answer], sections)


def _trend(nights: Sequence[Night]) -> list[tuple[str, str, str]]:
    return [(f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}", str(new), str(known)) for at, new, known in nights[-MOST_NIGHTS:]]
