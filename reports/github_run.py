"""A run as GitHub Actions shows it: an annotation beside each scenario that failed, and a summary of the job."""

from collections import Counter
from collections.abc import Iterator

from reports.github import Annotation, cell
from support.results.exit_codes import ExitCode
from support.results.reasons import reason_of
from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult, Status, Weight, failure_weight

MOST_LISTED = 200
LEVELS = {Weight.BLOCKS: "error", Weight.WARNS: "warning", Weight.INFORMS: "notice", Weight.QUARANTINED: "notice"}


def for_github(record: RunRecord) -> tuple[str, list[Annotation]]:
    """A summary in Markdown, and an annotation for each failure, the gravest first: GitHub shows the first ten of a kind."""
    failed = [(weight, result) for result in record.scenarios if (weight := failure_weight(result)) is not None]
    failed.sort(key=lambda each: list(Weight).index(each[0]))
    annotations = [
        Annotation(LEVELS[weight], f"{weight}: {result.name}", f"{reason_of(result)}\n{result.again}", _place(result))
        for weight, result in failed
    ]
    return "\n".join([*_heading(record), *_failures(failed), *_others(record), ""]), annotations


def _place(result: ScenarioResult) -> str:
    """The step that failed, else the scenario."""
    return next((step.location for step in result.steps if step.status.has_failed and step.location), result.location)


def _heading(record: RunRecord) -> Iterator[str]:
    passed = record.exit_code == ExitCode.PASSED
    counts = Counter(scenario.status for scenario in record.scenarios)
    yield f"## {'✅' if passed else '❌'} Ringmaster on {cell(record.substrate)}" + (f", shard {record.shard}" if record.shard else "")
    yield ""
    counted = ", ".join(f"{count} {status.words}" for status, count in counts.items()) or "no scenario ran"
    yield f"{counted}, in {record.ready_seconds + record.wall_seconds:.0f} s. Exit code {record.exit_code}{_meaning(record.exit_code)}."
    yield ""
    facts = {"commit": record.commit, "sabotage": record.sabotage, "aborted": record.aborted, **record.facts}
    yield from (f"- {cell(name)}: {cell(text)}" for name, text in facts.items() if text)
    yield ""


def _meaning(code: int) -> str:
    return f": {ExitCode(code).meaning}" if code in set(ExitCode) else ""


def _failures(failed: list[tuple[Weight, ScenarioResult]]) -> Iterator[str]:
    if failed:
        yield from ("| | scenario | why | again |", "|---|---|---|---|")
    for weight, result in failed[:MOST_LISTED]:
        yield f"| {weight} | {cell(result.name)} | {cell(reason_of(result))} | {cell(result.again)} |"
    if len(failed) > MOST_LISTED:
        yield f"| | and {len(failed) - MOST_LISTED} more | | |"
    yield ""


def _others(record: RunRecord) -> Iterator[str]:
    flaky = [result for result in record.scenarios if result.status is Status.PASSED and result.attempts > 1]
    yield from (f"- flaky: {cell(result.name)} passed at attempt {result.attempts}" for result in flaky[:MOST_LISTED])
    skipped = Counter(result.reason or "without a reason" for result in record.scenarios if result.status is Status.SKIPPED)
    yield from (f"- {count} skipped: {cell(reason)}" for reason, count in skipped.most_common(20))
