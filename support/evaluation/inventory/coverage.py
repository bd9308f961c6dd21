"""How much of the code the tests ran, by its coverage files.

Source: the formats of Cobertura and Clover (XML), JaCoCo (XML), coverage.py (JSON), Istanbul (`coverage-summary.json`) and lcov.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.evaluation.inventory.files import UnreadableResult, elements_of_xml, read_json, root_of_xml


@dataclass(frozen=True)
class Coverage:
    """Lines (or statements) of the code, how many of them ran, and the share of branches, from 0 to 1, if that was measured."""

    lines: int
    covered: int
    branches: float | None = None

    @property
    def share(self) -> float:
        """Of the lines, from 0 to 1."""
        return self.covered / self.lines


def read_coverage(files: Iterable[Path], problems: list[str]) -> Coverage | None:
    """What the coverage files among these tell; None when there is none. What cannot be read is added to the problems.

    Of several, as a matrix of jobs and several formats leave them, the one of the most lines counts, and of two alike the better one.
    """
    found = []
    for file in files:
        try:
            found.append(_read(file))
        except UnreadableResult as error:
            problems.append(str(error))
        except (KeyError, TypeError, ValueError, AttributeError):
            problems.append(f"{file} looks like a coverage report, but holds none that can be read")
    # one without branches tells less of the same
    return max((one for one in found if one and one.lines > 0), key=lambda one: (one.lines, one.covered, one.branches or 0.0), default=None)


def _read(file: Path) -> Coverage | None:
    if file.suffix == ".xml" and (root := root_of_xml(file)) is not None:
        if root.tag == "coverage":
            return _cobertura(file, dict(root.attrib)) if "line-rate" in root.attrib else _clover(file)
        return _jacoco(file) if root.tag == "report" else None
    if file.name == "coverage.json":
        return _coverage_py(read_json(file))
    if file.name == "coverage-summary.json":
        return _istanbul(read_json(file))
    return _lcov(file) if file.name == "lcov.info" else None


def _cobertura(file: Path, root: dict[str, str]) -> Coverage | None:
    branches = float(root["branch-rate"]) if int(root.get("branches-valid", "0")) else None
    if "lines-valid" in root:
        # the end has to be there too
        for _ in elements_of_xml(file, "coverage"):
            pass
        return Coverage(int(root["lines-valid"]), int(root["lines-covered"]), branches)
    hits = [int(line.get("hits", "0")) > 0 for line in elements_of_xml(file, "line")]
    return Coverage(len(hits), sum(hits), branches)


def _clover(file: Path) -> Coverage | None:
    metrics = [element for project in elements_of_xml(file, "project") for element in project if element.tag == "metrics"]
    if not metrics:
        return None
    totals = {name: sum(int(one.get(name, "0")) for one in metrics) for name in ("statements", "coveredstatements", "conditionals")}
    conditionals = sum(int(one.get("coveredconditionals", "0")) for one in metrics)
    branches = conditionals / totals["conditionals"] if totals["conditionals"] else None
    return Coverage(totals["statements"], totals["coveredstatements"], branches)


def _jacoco(file: Path) -> Coverage | None:
    for report in elements_of_xml(file, "report"):
        counters = {one.get("type"): (int(one.get("missed", "0")), int(one.get("covered", "0"))) for one in report if one.tag == "counter"}
        if "LINE" not in counters:
            return None
        missed, covered = counters["LINE"]
        branch_missed, branch_covered = counters.get("BRANCH", (0, 0))
        branches = branch_covered / (branch_missed + branch_covered) if branch_missed + branch_covered else None
        return Coverage(missed + covered, covered, branches)
    return None


def _coverage_py(found: Any) -> Coverage | None:  # noqa: ANN401 - whatever JSON holds
    totals = found["totals"]
    branches = int(totals.get("num_branches", 0))
    return Coverage(
        int(totals["num_statements"]), int(totals["covered_lines"]), int(totals["covered_branches"]) / branches if branches else None
    )


def _istanbul(found: Any) -> Coverage | None:  # noqa: ANN401 - whatever JSON holds
    lines, branches = found["total"]["lines"], found["total"].get("branches", {})
    share = int(branches["covered"]) / int(branches["total"]) if branches.get("total") else None
    return Coverage(int(lines["total"]), int(lines["covered"]), share)


def _lcov(file: Path) -> Coverage | None:
    totals = dict.fromkeys(("LF", "LH", "BRF", "BRH"), 0)
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UnreadableResult(f"{file} cannot be read: {error.strerror}") from error
    lines = text.split()
    if lines and lines[-1] != "end_of_record":
        raise UnreadableResult(f"{file} is broken or cut off: it does not end with end_of_record")
    for line in text.splitlines():
        name, _, number = line.partition(":")
        if name in totals:
            totals[name] += int(number)
    return Coverage(totals["LF"], totals["LH"], totals["BRH"] / totals["BRF"] if totals["BRF"] else None)
