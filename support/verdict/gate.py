"""Decides whether a release may go, from the records of runs. Source: our choice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from support.results.exit_codes import ExitCode
from support.results.identity import digest
from support.verdict import rules
from support.verdict.decision import Decision, Outcome, Quarantined, Reason, Rule, TriedAgain
from support.verdict.judged_run import JudgedRun
from support.verdict.rules import Case
from support.verdict.trigger import Trigger

GRAVEST_FIRST = (Outcome.BLOCKS, Outcome.WARNS, Outcome.INFORMS)
WORST_FIRST = (ExitCode.WRONG_INPUT, ExitCode.PLATFORM_FAILED, ExitCode.FAILED, ExitCode.OVER_BUDGET)
FIRST_RULES = (
    rules.readable,
    rules.platform_started,
    rules.finished,
    rules.something_ran,
    rules.levels_ran,
    rules.no_p0_failed,
    rules.no_p1_failed,
    rules.no_p2_failed,
    rules.p0_checked,
    rules.no_quarantine_over,
    rules.enough_passed,
    rules.few_flaky,
)
NOBODY = Trigger()
LAST_RULES = (rules.one_commit, rules.no_sabotage)


@dataclass(frozen=True)
class Victory:
    """A row of green runs that is asked for, and the runs that there are, the oldest first."""

    greens: int
    series: Sequence[JudgedRun]


def decide(case: Case, victory: Victory | None = None, trigger: Trigger = NOBODY) -> Decision:
    """The decision on the runs of a case, and what asked for it."""
    found = [*_rules_of(case), _in_a_row(case, victory)]
    reasons = [Reason(rule.id, rule.outcome, rule.words) for outcome in GRAVEST_FIRST for rule in found if rule.outcome is outcome]
    blocking = [rule.exit_code for rule in found if rule.outcome is Outcome.BLOCKS]
    commits = {run.first.commit for run in case.runs}
    return Decision(
        verdict="blocked" if blocking else "passed",
        exit_code=min(blocking, key=WORST_FIRST.index) if blocking else ExitCode.PASSED,
        words=_words(found),
        reasons=reasons,
        rules=found,
        commit=commits.pop() if len(commits) == 1 else "",
        fingerprint=digest(*sorted(run.fingerprint for run in case.runs)),
        decided_at=datetime.now(UTC).isoformat(timespec="seconds"),
        runs=[run.facts for run in case.runs],
        attempts=[tried for run in case.runs for tried in _tried_again(run)],
        quarantine=[held for run in case.runs for held in _quarantined(run, case)],
        unreadable=list(case.unreadable),
        trigger=trigger,
    )


def newest_of_each_substrate(series: Sequence[JudgedRun]) -> list[JudgedRun]:
    """What is judged of a series: the last run on each substrate."""
    return list({run.first.substrate: run for run in series}.values())


def _rules_of(case: Case) -> list[Rule]:
    found = [*(rule(case) for rule in FIRST_RULES), *rules.within_budgets(case), *(rule(case) for rule in LAST_RULES)]
    if case.runs:
        return found
    # what nothing was there to break has not been kept
    kept = (rules.readable, rules.something_ran, rules.levels_ran)
    unjudged = {rule.id for rule in found} - {rule(case).id for rule in kept}
    return [replace(rule, outcome=Outcome.NOT_JUDGED, words="there is no run to judge") if rule.id in unjudged else rule for rule in found]


def _in_a_row(case: Case, victory: Victory | None) -> Rule:
    if victory is None:
        return Rule("victory", "so many runs in a row are green", Outcome.NOT_JUDGED, "not asked for; --victory asks for it")
    demand = f"the last {victory.greens} runs on each substrate are green"
    rows: dict[str, int] = {}
    broken: list[str] = []
    for substrate in dict.fromkeys(run.first.substrate for run in victory.series):
        rows[substrate] = 0
        for run in reversed([run for run in victory.series if run.first.substrate == substrate]):
            if why := _why_not_green(case, run):
                broken.append(f"{run.name}: {why}")
                break
            rows[substrate] += 1
    shortest = min(rows.values(), default=0)
    figures = {"greens": shortest, "limit": victory.greens, "runs": len(victory.series)}
    words = f"{shortest} green in a row" + (f"; before them, {broken[0]}" if broken and shortest < victory.greens else "")
    outcome = Outcome.PASSED if shortest >= victory.greens else Outcome.BLOCKS
    return Rule("victory", demand, outcome, words, dict(figures), broken)


def _why_not_green(case: Case, run: JudgedRun) -> str:
    """The first rule that blocks one run of a series, judged alone; empty when it is green."""
    alone = replace(case, runs=[run], unreadable=())
    return next((rule.words for rule in _rules_of(alone) if rule.outcome is Outcome.BLOCKS), "")


def _words(found: Sequence[Rule]) -> str:
    counts = {outcome: sum(rule.outcome is outcome for rule in found) for outcome in Outcome}
    passed = f"{counts[Outcome.PASSED]} of {len(found) - counts[Outcome.NOT_JUDGED]} rules passed"
    others = [
        f"{counts[outcome]} {'rule' if counts[outcome] == 1 else 'rules'} {_does(outcome, counts[outcome])}" for outcome in GRAVEST_FIRST
    ]
    said = ", ".join(text for text, outcome in zip(others, GRAVEST_FIRST, strict=True) if counts[outcome])
    head = "The release has to wait" if counts[Outcome.BLOCKS] else "The release can go"
    return f"{head}: {', '.join(filter(None, [said, passed]))}."


def _does(outcome: Outcome, count: int) -> str:
    return str(outcome) if count == 1 else str(outcome).removesuffix("s")


def _tried_again(run: JudgedRun) -> list[TriedAgain]:
    by_identity: dict[str, list[int]] = {}
    for number, scenario in enumerate(run.scenarios):
        by_identity.setdefault(str(scenario.identity), []).append(number)
    flaky = {str(scenario.identity) for scenario in rules.flaky_in(run.ran)}
    found = []
    for key, numbers in by_identity.items():
        its = [run.scenarios[number] for number in numbers]
        if key in flaky or any(scenario.attempts > 1 for scenario in its):
            failed = [words for scenario in its for words in scenario.failed_attempts]
            attempts = sum(scenario.attempts for scenario in its)
            found.append(TriedAgain(key, its[-1].location, run.first.run, attempts, str(its[-1].status), failed))
    return found


def _quarantined(run: JudgedRun, case: Case) -> list[Quarantined]:
    return [
        Quarantined(
            str(scenario.identity),
            scenario.location,
            run.first.run,
            scenario.quarantine.issue,
            scenario.quarantine.until,
            scenario.quarantine.is_over(case.today),
            str(scenario.status),
        )
        for scenario in run.scenarios
        if scenario.quarantine is not None
    ]
