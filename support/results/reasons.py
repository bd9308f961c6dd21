"""Why a scenario did not pass, in one line, as closing lists and short reports say it. Here, and nowhere else."""

from support.results.scenario_result import ScenarioResult


def reason_of(result: ScenarioResult) -> str:
    """The budget it used up, its failure, or why it was skipped; empty for one that passed."""
    return result.over_budget or result.sentence or result.reason or ""
