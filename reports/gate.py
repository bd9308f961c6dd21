"""The gate's decision for people: every rule on the console, and for GitHub as a summary with annotations."""

from collections.abc import Iterator

from reports.github import Annotation, cell
from support.terminal import Style
from support.verdict.decision import Decision, Outcome

MOST_FOUND = 20
STYLES: dict[Outcome, tuple[str, Style]] = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.INFORMS: ("i", "cyan"),
    Outcome.WARNS: ("!", "yellow"),
    Outcome.BLOCKS: ("✗", "red"),
    Outcome.NOT_JUDGED: ("-", "dim"),
}
LEVELS = {Outcome.BLOCKS: "error", Outcome.WARNS: "warning", Outcome.INFORMS: "notice"}


def as_lines(decision: Decision) -> Iterator[tuple[str, Style]]:
    """Every rule, those that passed too; what a rule objects to stands under it."""
    for run in decision.runs:
        counts = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in run.counts.items()) or "no scenario"
        shards = f", {len(run.shards)} shards" if run.shards else ""
        yield f"Run {run.run} on {run.substrate}{shards}: {counts}, {run.timings.release / 60:.1f} min", "bold"
    for rule in decision.rules:
        mark, style = STYLES[rule.outcome]
        yield f"  {mark} {rule.id}: {rule.words}", style
        if rule.outcome not in (Outcome.PASSED, Outcome.NOT_JUDGED):
            yield f"      it demands: {rule.demand}", "dim"
            yield from ((f"      {found}", "dim") for found in rule.found[:MOST_FOUND])
            if len(rule.found) > MOST_FOUND:
                yield f"      and {len(rule.found) - MOST_FOUND} more", "dim"
    yield decision.words, "green" if decision.passed else "red"


def for_github(decision: Decision) -> tuple[str, list[Annotation]]:
    """A summary in Markdown, and an annotation for each reason."""
    lines = [f"## {'✅' if decision.passed else '❌'} {cell(decision.words)}", "", "| rule | outcome | found |", "|---|---|---|"]
    lines += [f"| {rule.id} | {STYLES[rule.outcome][0]} {rule.outcome} | {cell(rule.words)} |" for rule in decision.rules]
    lines += ["", f"Commit {decision.commit or 'unknown'}, fingerprint {decision.fingerprint}.", ""]
    return "\n".join(lines), [Annotation(LEVELS[reason.outcome], f"gate: {reason.rule}", reason.words) for reason in decision.reasons]
