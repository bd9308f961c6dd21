"""The inventory of suites as a page: the epic's table, and what changed."""

from collections.abc import Mapping, Sequence

from reports.pages.page import Page, Section
from support.evaluation.inventory.suite import Suite

HEADINGS = ("repository", "tests run in CI", "coverage", "last green run", "workflow", "notes", "since the last inventory")


def inventory_page(suites: Mapping[str, Suite], changed: Mapping[str, Sequence[str] | None], before: str | None) -> Page:
    """The suites by repository, the best covered first; of those that were not there before, the changes are None."""
    ordered = sorted(suites.items(), key=lambda pair: (-(pair[1].coverage or -1), pair[0]))
    rows = [_row(name, suite, changed.get(name)) for name, suite in ordered]
    return Page("State of the test suites", _answer(suites, before), [Section("By repository", (), HEADINGS, rows)])


def _answer(suites: Mapping[str, Suite], before: str | None) -> list[str]:
    known = [suite.tests for suite in suites.values() if suite.tests is not None]
    tests = f"{sum(known):,} test{'' if sum(known) == 1 else 's'} run in CI" if known else "and it is not known which tests run in CI"
    unmeasured = sorted(name for name, suite in suites.items() if suite.coverage is None)
    never = sorted(name for name, suite in suites.items() if suite.last_green is None)
    lines = [f"{len(suites)} repositor{'y' if len(suites) == 1 else 'ies'}, {tests}."]
    lines += [f"Coverage is unknown of {', '.join(unmeasured)}."] if unmeasured else []
    lines += [f"No green run is known of {', '.join(never)}."] if never else []
    return [*lines, f"Compared with {before}." if before else "This is the first inventory, so nothing can be compared."]


def _row(name: str, suite: Suite, changed: Sequence[str] | None) -> tuple[str, ...]:
    branches = f" (branches {suite.branches:.2%})" if suite.branches is not None else ""
    return (
        name,
        "unknown" if suite.tests is None else f"{suite.tests:,}",
        "unknown" if suite.coverage is None else f"{suite.coverage:.2%}{branches}",
        suite.last_green or "none is known",
        ", ".join(suite.workflows) or "none",
        "; ".join(suite.notes),
        "new" if changed is None else "; ".join(changed) or "no change",
    )
