"""Why a scenario did not pass, in one line, as closing lists and short reports say it. Here, and nowhere else."""

from support.results.scenario_result import ScenarioResult, Status

MARKS = ("ASSERT FAILED: ", "HOOK-ERROR: ", "CLEANUP-ERROR: ")


def reason_of(result: ScenarioResult) -> str:
    """Its failure, the budget it used up, or why it was skipped; empty for one that passed."""
    if result.over_budget:
        return result.over_budget
    missing = next((step.sentence for step in result.steps if step.status is Status.UNDEFINED), None)
    if missing is not None:
        return f"there is no step definition for: {missing}"
    problem = result.first_problem
    if problem is None:
        return result.reason or ""
    line = _first_line(problem.message)
    if not line or line.startswith("Traceback"):
        line = _first_line(problem.words) or line
    for mark in MARKS:
        line = line.removeprefix(mark)
    return line


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "").strip()
