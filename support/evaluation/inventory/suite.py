"""The state of one repository's suite, with notes, and what changed since it was looked at the last time. Source: the epic's table."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from support.evaluation.inventory.ci_runs import CiRuns, read_ci_runs
from support.evaluation.inventory.coverage import Coverage, read_coverage
from support.evaluation.inventory.files import left_by_ci
from support.evaluation.inventory.tests_run import TestsRun, read_tests
from support.evaluation.inventory.workflows import Workflow, read_workflows, threshold

TARGET = 0.9
"""Of coverage. Source: the epic, which converges to 90 %."""


@dataclass(frozen=True)
class Suite:
    """A row of the table; None where nobody knows. Shares are from 0 to 1, days as 2026-05-28."""

    tests: int | None
    failed: int
    skipped: int
    coverage: float | None
    branches: float | None
    last_green: str | None
    workflows: tuple[str, ...]
    notes: tuple[str, ...]

    def written(self) -> dict[str, Any]:
        """As the history keeps it."""
        return asdict(self)

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """What `written` gave; raises TypeError and KeyError for anything else."""
        lists = {name: tuple(written[name]) for name in ("workflows", "notes")}
        return cls(**{**written, **lists})


def read_suite(repository: Path, last_green: str | None, problems: list[str]) -> Suite:
    """The suite of a checkout with the files that CI left below it; what cannot be read is added to the problems.

    Args:
        repository: its folder.
        last_green: the last green run that was known before.
        problems: what could not be read, in sentences.
    """
    files = left_by_ci(repository)
    tests, coverage = read_tests(files, problems), read_coverage(files, problems)
    number, workflows = read_workflows(repository, problems)
    names = tuple(workflow.name for workflow in workflows)
    runs = read_ci_runs(repository, names, problems)
    notes = [
        *_about_workflows(number, workflows),
        *_about_runs(runs, tests),
        *_about_tests(tests, workflows),
        *_about_coverage(coverage, workflows, threshold(repository)),
    ]
    return Suite(
        tests=tests.ran if tests else None,
        failed=tests.failed if tests else 0,
        skipped=tests.skipped if tests else 0,
        coverage=coverage.share if coverage else None,
        branches=coverage.branches if coverage else None,
        last_green=max(filter(None, (last_green, *_green_days(runs, tests))), default=None),
        workflows=names,
        notes=tuple(notes),
    )


def changes(before: Suite, now: Suite) -> list[str]:
    """What is different, in a few words each."""
    found = []
    if before.tests != now.tests:
        found.append(f"{_count(before.tests)} to {_count(now.tests)} tests")
    if before.failed != now.failed:
        found.append(f"{before.failed} to {now.failed} failing")
    if _percent(before.coverage) != _percent(now.coverage):
        found.append(f"coverage {_percent(before.coverage)} to {_percent(now.coverage)}")
    if before.last_green != now.last_green:
        found.append(f"green again on {now.last_green}")
    if gone := sorted(set(before.workflows) - set(now.workflows)):
        found.append(f"no longer tests in {', '.join(gone)}")
    if new := sorted(set(now.workflows) - set(before.workflows)):
        found.append(f"now tests in {', '.join(new)}")
    return found


def _green_days(runs: CiRuns | None, tests: TestsRun | None) -> Iterable[str]:
    if runs is not None:
        # it knows better than the files of one run
        return [_day(runs.last_green)] if runs.last_green else []
    return [_day(tests.at)] if tests and tests.at and tests.ran and not tests.failed else []


def _about_workflows(number: int, workflows: list[Workflow]) -> list[str]:
    if not number:
        return ["no workflow"]
    if not workflows:
        return [f"no tests in its {number} workflow{'s' if number > 1 else ''}"]
    notes = [f"{one.name} only starts by hand" for one in workflows if one.only_by_hand]
    return notes + [f"{one.name} ignores failures" for one in workflows if one.ignores_failures]


def _about_runs(runs: CiRuns | None, tests: TestsRun | None) -> list[str]:
    if runs is None:
        return []
    if not runs.count:
        return ["the workflow has never run"]
    if runs.last_green is None:
        return [f"the workflow has never been green in {runs.count} run{'s' if runs.count > 1 else ''}"]
    return [f"red since {_day(runs.red_since)}"] if runs.red_since else []


def _about_tests(tests: TestsRun | None, workflows: list[Workflow]) -> list[str]:
    if tests is None:
        return ["no JUnit file, so nobody knows how many tests run"] if workflows else []
    notes = [f"{tests.failed} of them fail{'s' if tests.failed == 1 else ''}"] if tests.failed else []
    return notes + ([f"{tests.skipped} more skipped"] if tests.skipped else [])


def _about_coverage(coverage: Coverage | None, workflows: list[Workflow], least: str | None) -> list[str]:
    notes = [f"fails below {least} %"] if least else []
    if coverage is None:
        measured = any(workflow.measures_coverage for workflow in workflows)
        return [*notes, "coverage is measured, but its file is not here" if measured else "coverage is not measured in CI"]
    notes.append(f"{coverage.lines} lines, {coverage.lines - coverage.covered} missing")
    return [*notes, f"below {TARGET:.0%}"] if coverage.share < TARGET else notes


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""


def _count(number: int | None) -> str:
    return "unknown" if number is None else str(number)


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.2%}"
