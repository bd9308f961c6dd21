"""Which tests CI ran, by its JUnit files. Source: the common ground of pytest's, Vitest's, Maven's and Ringmaster's JUnit XML."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from support.evaluation.inventory.files import UnreadableResult, elements_of_xml, root_of_xml

ROOTS = ("testsuites", "testsuite")
PASSED, SKIPPED, FAILED = "passed", "skipped", "failed"
GRAVEST_FIRST = (FAILED, PASSED, SKIPPED)


@dataclass(frozen=True)
class TestsRun:
    """How many tests ran, each counted once however many jobs ran it; one that failed in any job failed."""

    ran: int
    failed: int
    skipped: int
    at: datetime | None
    """When the newest suite began."""


def read_tests(files: Iterable[Path], problems: list[str]) -> TestsRun | None:
    """What the JUnit files among these tell; None when there is none. What cannot be read is added to the problems."""
    ended: dict[tuple[str, str], str] = {}
    times: list[datetime] = []
    found = False
    for file in files:
        try:
            if file.suffix == ".xml" and (root := root_of_xml(file)) is not None and root.tag in ROOTS:
                found = True
                _read(file, ended, times)
        except UnreadableResult as error:
            problems.append(str(error))
    if not found:
        return None
    outcomes = list(ended.values())
    return TestsRun(
        ran=len(outcomes) - outcomes.count(SKIPPED),
        failed=outcomes.count(FAILED),
        skipped=outcomes.count(SKIPPED),
        at=max(times, default=None),
    )


def _read(file: Path, ended: dict[tuple[str, str], str], times: list[datetime]) -> None:
    for element in elements_of_xml(file, "testcase", "testsuite"):
        if element.tag == "testsuite":
            if (at := _time(element.get("timestamp", ""))) is not None:
                times.append(at)
            continue
        name = (element.get("classname", ""), element.get("name", ""))
        tags = {child.tag for child in element}
        outcome = FAILED if tags & {"failure", "error"} else SKIPPED if "skipped" in tags else PASSED
        ended[name] = min(outcome, ended.get(name, outcome), key=GRAVEST_FIRST.index)


def _time(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
