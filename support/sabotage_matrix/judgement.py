"""From what ran to the gaps: sabotages nobody noticed, and scenarios that noticed nothing."""

from support.sabotage_matrix.matrix import Cell, Finding, Gap
from support.sabotage_matrix.plan import MatrixPlan

PASSED_OR_SKIPPED = ("passed", "skipped")


def findings_of(plan: MatrixPlan, cells: list[Cell], broken: list[str]) -> list[Finding]:
    """The gaps, worst first.

    Args:
        plan: what was to be run.
        cells: what came of it.
        broken: the sabotages whose run ended without results, since the platform failed.
    """
    findings = [Finding(what=f"sabotage {name}", gap=Gap.PLATFORM) for name in broken]
    sick = {cell.location for cell in cells if cell.sabotage is None and cell.status not in PASSED_OR_SKIPPED}
    findings += [Finding(what=location, gap=Gap.SICK) for location in sorted(sick)]
    for sabotage in plan.runs:
        under = [cell for cell in cells if cell.sabotage == sabotage]
        if gap := _gap_of(plan, sabotage, under, broken):
            findings.append(Finding(what=f"sabotage {sabotage}", gap=gap))
        findings += [Finding(what=f"{cell.location} under {sabotage}", gap=Gap.BLIND) for cell in under if cell.status == "passed"]
    findings += [Finding(what=candidate.location, gap=Gap.UNDECLARED) for candidate in plan.undeclared]
    return findings


def _gap_of(plan: MatrixPlan, sabotage: str, under: list[Cell], broken: list[str]) -> Gap | None:
    if sabotage in broken or any(cell.catches for cell in under):
        return None
    if sabotage in plan.uncaught:
        return Gap.NOBODY
    return Gap.NOT_RUN if all(cell.status == "skipped" for cell in under) else Gap.SURVIVED
