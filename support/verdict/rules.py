"""The rules of the gate. Each looks at the case and says what it found, also when that is nothing. Source: our choice.

Thresholds are those of the release gate that they come from: flaky below 2 %, passed above 95 %.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from support.results.exit_codes import ExitCode
from support.results.reasons import reason_of
from support.results.scenario_result import ScenarioResult, Status, Weight, failure_weight
from support.verdict.budgets import RELEASE, Budget, default_budgets
from support.verdict.decision import Outcome, Rule, Unreadable
from support.verdict.judged_run import RINGS, JudgedRun

MOST_FLAKY = 0.02
FEWEST_PASSED = 0.95
FEWEST_FOR_A_RATE = 20
"""Of fewer scenarios, one that failed is 5 % already: there the priorities alone decide."""
MOST_NAMED = 5
SIGNALS = frozenset({ExitCode.HUNG_UP, ExitCode.INTERRUPTED, ExitCode.TERMINATED})


@dataclass(frozen=True)
class Case:
    """What is judged, and by what."""

    runs: Sequence[JudgedRun]
    today: date
    unreadable: Sequence[Unreadable] = ()
    budgets: Mapping[str, Budget] = field(default_factory=default_budgets)
    levels: Sequence[str] = ()
    """Tags of which something has to have run, such as ring1, whatever was selected."""

    def of(self, run: JudgedRun) -> str:
        """` (run ..., embedded)` where there are several."""
        return f" ({run.name})" if len(self.runs) > 1 else ""


def readable(case: Case) -> Rule:
    """What was given."""
    demand = "every result that was given can be read"
    if not case.unreadable:
        return Rule("readable", demand, Outcome.PASSED, f"{_count(len(case.runs), 'run')} could be read")
    problems = [each.problem for each in case.unreadable]
    words = f"{_count(len(problems), 'result')} cannot be judged: {problems[0]}"
    return Rule("readable", demand, Outcome.BLOCKS, words, {"unreadable": len(problems)}, problems, ExitCode.WRONG_INPUT)


def platform_started(case: Case) -> Rule:
    """Whether there was anything to test."""
    demand = "every platform started, and stayed alive"
    never: list[str] = []
    died: list[str] = []
    for run in case.runs:
        if any(record.exit_code == ExitCode.PLATFORM_FAILED for record in run.records):
            (died if run.ran else never).append(f"{run.name}{_first_words(run.around)}")
    words = "every run had its platform"
    if never:
        words = f"the platform never started: {never[0]}"
    elif died:
        words = f"a part of the platform, or of what it needs, died: {died[0]}"
    outcome = Outcome.BLOCKS if never or died else Outcome.PASSED
    figures = {"never_started": len(never), "died": len(died)}
    return Rule("platform-started", demand, outcome, words, dict(figures), [*never, *died], ExitCode.PLATFORM_FAILED)


def finished(case: Case) -> Rule:
    """Nothing was cut short, and no run says of itself that it is not green for a reason that no other rule sees."""
    found = [f"{run.name}: {why}" for run in case.runs for why in _unfinished(run)]
    words = f"not every run came to its end: {found[0]}" if found else "every run came to its end"
    only_budgets = all(code in (ExitCode.PASSED, ExitCode.OVER_BUDGET) for run in case.runs for code in _exit_codes(run))
    complete = not any(run.missing_shards or any(record.aborted for record in run.records) for run in case.runs)
    code = ExitCode.OVER_BUDGET if found and only_budgets and complete else ExitCode.FAILED
    outcome = Outcome.BLOCKS if found else Outcome.PASSED
    return Rule("finished", "every run came to its end, with all its shards", outcome, words, {"unfinished": len(found)}, found, code)


def something_ran(case: Case) -> Rule:
    """Nothing run is never a pass."""
    demand = "scenarios ran in every run; what is skipped is not passed"
    ran, skipped = sum(len(run.ran) for run in case.runs), sum(len(run.scenarios) - len(run.ran) for run in case.runs)
    figures = {"ran": ran, "skipped": skipped}
    empty = [run for run in case.runs if not run.ran]
    if not case.runs:
        return Rule("something-ran", demand, Outcome.BLOCKS, "there is no run to judge", dict(figures))
    if not empty:
        return Rule("something-ran", demand, Outcome.PASSED, f"{_count(ran, 'scenario')} ran, {skipped} skipped", dict(figures))
    of = empty[0]
    reasons = Counter(scenario.reason or "without a reason" for scenario in of.scenarios)
    why = f": all {len(of.scenarios)} were skipped, most because: {reasons.most_common(1)[0][0]}" if reasons else ": none was there"
    words = f"nothing ran{case.of(of)}{why}"
    return Rule("something-ran", demand, Outcome.BLOCKS, words, dict(figures), [run.name for run in empty])


def levels_ran(case: Case) -> Rule:
    """A level of which everything was skipped was not tested."""
    demand = "something ran of every level that was asked for or selected, and is not in quarantine"
    chosen = [level for level in RINGS if any(run.of_level(level) for run in case.runs)]
    levels = list(dict.fromkeys([*case.levels, *chosen]))
    counts = {level: sum(level in scenario.tags for run in case.runs for scenario in run.counted(case.today)) for level in levels}
    without = [level for level, count in counts.items() if not count]
    if without:
        words = f"nothing of {_listed(without)} ran{_why_skipped(case, without[0])}"
        return Rule("levels-ran", demand, Outcome.BLOCKS, words, dict(counts), without)
    words = ", ".join(f"{level}: {count}" for level, count in counts.items()) or "no scenario belongs to a level, and none was asked for"
    return Rule("levels-ran", demand, Outcome.PASSED, words, dict(counts))


def no_p0_failed(case: Case) -> Rule:
    """What blocks by its tag, or because nobody knows what the platform did."""
    failed = _weighing(case, Weight.BLOCKS)
    rule = _of_failures("p0", "no P0 scenario failed, and no hook, cleanup or worker", Outcome.BLOCKS, case, failed)
    only_over_budget = bool(failed) and all(scenario.over_budget and not scenario.around for _, scenario in failed)
    code = ExitCode.OVER_BUDGET if only_over_budget else ExitCode.FAILED
    return Rule(rule.id, rule.demand, rule.outcome, rule.words, rule.figures, rule.found, code)


def no_p1_failed(case: Case) -> Rule:
    """What warns."""
    return _of_failures("p1", "no P1 scenario failed", Outcome.WARNS, case, _weighing(case, Weight.WARNS))


def no_p2_failed(case: Case) -> Rule:
    """What informs."""
    return _of_failures("p2", "no P2 scenario failed", Outcome.INFORMS, case, _weighing(case, Weight.INFORMS))


def p0_checked(case: Case) -> Rule:
    """A P0 scenario that ran nowhere is a gap, though no failure."""
    ran = {str(scenario.identity) for run in case.runs for scenario in run.ran}
    asked = {str(scenario.identity): scenario for run in case.runs for scenario in run.scenarios if scenario.weight is Weight.BLOCKS}
    left = [f"{scenario.location} {scenario.name}: {scenario.reason or 'skipped'}" for key, scenario in asked.items() if key not in ran]
    figures = {"p0": len(asked), "not_checked": len(left)}
    words = f"all {len(asked)} P0 scenarios ran"
    if left:
        words = f"{len(left)} of {len(asked)} P0 scenarios ran nowhere: {left[0]}"
    elif not asked:
        words = "no P0 scenario was selected, so nothing could block by its priority"
    # where nothing ran at all, other rules say so
    outcome = Outcome.WARNS if left or (ran and not asked) else Outcome.PASSED
    return Rule("p0-checked", "every P0 scenario ran somewhere", outcome, words, dict(figures), left)


def no_quarantine_over(case: Case) -> Rule:
    """Quarantines end by themselves."""
    over: list[str] = []
    held: list[str] = []
    for run in case.runs:
        for scenario in run.scenarios:
            if scenario.quarantine is not None:
                text = f"{scenario.location} {scenario.name}: {scenario.status.words}; {scenario.quarantine}{case.of(run)}"
                (over if scenario.quarantine.is_over(case.today) else held).append(text)
    figures = {"over": len(over), "in_quarantine": len(held)}
    demand = "no quarantine is past its day"
    if over:
        words = f"a quarantine is over: {over[0]}. Mend it, or give it another day"
        return Rule("quarantine", demand, Outcome.BLOCKS, words, dict(figures), over)
    if held:
        return Rule("quarantine", demand, Outcome.INFORMS, f"{len(held)} in quarantine: {held[0]}", dict(figures), held)
    return Rule("quarantine", demand, Outcome.PASSED, "nothing is in quarantine", dict(figures))


def enough_passed(case: Case) -> Rule:
    """The pass rate of each run."""
    demand = f"more than {FEWEST_PASSED:.0%} of what ran passed, in each run, without what is in quarantine"
    worst: tuple[float, str, Outcome, int, int] | None = None
    for run in case.runs:
        counted = run.counted(case.today)
        if not counted:
            continue
        passed = sum(scenario.status is Status.PASSED for scenario in counted)
        rate = passed / len(counted)
        breach = Outcome.BLOCKS if len(counted) >= FEWEST_FOR_A_RATE else Outcome.WARNS
        outcome = Outcome.PASSED if rate > FEWEST_PASSED else breach
        few = f"; of fewer than {FEWEST_FOR_A_RATE} scenarios a rate says little, so it does not block" if outcome is Outcome.WARNS else ""
        found = (rate, f"{passed} of {len(counted)} passed, {rate:.1%}{case.of(run)}{few}", outcome, passed, len(counted))
        worst = found if worst is None or (_gravity(outcome), -rate) > (_gravity(worst[2]), -worst[0]) else worst
    if worst is None:
        # without anything that ran, another rule blocks; with nothing but quarantined ones, this one does
        outcome = Outcome.BLOCKS if any(run.ran for run in case.runs) else Outcome.NOT_JUDGED
        return Rule("pass-rate", demand, outcome, "nothing ran that is not in quarantine", {"rate": None, "limit": FEWEST_PASSED})
    rate, words, outcome, passed, of = worst
    return Rule("pass-rate", demand, outcome, words, {"rate": round(rate, 4), "limit": FEWEST_PASSED, "passed": passed, "of": of})


def few_flaky(case: Case) -> Rule:
    """The share of scenarios that did not end the same way each time."""
    demand = f"less than {MOST_FLAKY:.0%} of the scenarios were flaky, in each run, without what is in quarantine"
    worst, found = (-1.0, "nothing ran that counts, so nothing was flaky", 0, 0), []
    for run in case.runs:
        counted = run.counted(case.today)
        scenarios = {str(scenario.identity) for scenario in counted}
        flaky = flaky_in(counted)
        rate = len(flaky) / len(scenarios) if scenarios else 0.0
        found += [f"{scenario.location} {scenario.name}{case.of(run)}" for scenario in flaky]
        if scenarios and rate > worst[0]:
            worst = (rate, f"{len(flaky)} of {len(scenarios)} flaky, {rate:.1%}{case.of(run)}", len(flaky), len(scenarios))
    rate, words, count, of = worst
    outcome = Outcome.BLOCKS if rate >= MOST_FLAKY else Outcome.INFORMS if found else Outcome.PASSED
    words += f": {found[0]}" if found else ""
    return Rule(
        "flaky-rate", demand, outcome, words, {"rate": round(max(rate, 0.0), 4), "limit": MOST_FLAKY, "flaky": count, "of": of}, found
    )


def within_budgets(case: Case) -> list[Rule]:
    """One rule a budget: each ring, and the release."""
    return [_within(case, name, budget) for name, budget in case.budgets.items()]


def one_commit(case: Case) -> Rule:
    """Runs of several commits say nothing about any of them."""
    commits = sorted({run.first.commit for run in case.runs if run.first.commit})
    unknown = sum(not run.first.commit for run in case.runs)
    demand = "all runs are of one commit"
    if len(commits) > 1:
        words = f"the runs are of {len(commits)} commits: {_listed(commits)}"
        return Rule("one-commit", demand, Outcome.BLOCKS, words, {"commits": len(commits), "unknown": unknown}, commits)
    if unknown and (commits or len(case.runs) > 1):
        words = f"of {_count(unknown, 'run')} the commit is not known"
        return Rule("one-commit", demand, Outcome.WARNS, words, {"commits": len(commits), "unknown": unknown})
    words = f"commit {commits[0]}" if commits else "the commit is not known"
    return Rule("one-commit", demand, Outcome.PASSED, words, {"commits": len(commits), "unknown": unknown}, commits)


def no_sabotage(case: Case) -> Rule:
    """A run with a defect on purpose says nothing about a release."""
    found = [f"{run.name}: {run.first.sabotage}" for run in case.runs if run.first.sabotage]
    words = f"a defect was switched on: {found[0]}" if found else "no defect was switched on"
    return Rule("no-sabotage", "no run had a sabotage on", Outcome.BLOCKS if found else Outcome.PASSED, words, {"with": len(found)}, found)


def flaky_in(scenarios: Iterable[ScenarioResult]) -> list[ScenarioResult]:
    """Those that passed only after a failed attempt, or passed in one repetition and failed in another; the last result of each."""
    by_identity: dict[str, list[ScenarioResult]] = {}
    for scenario in scenarios:
        by_identity.setdefault(str(scenario.identity), []).append(scenario)
    return [its[-1] for its in by_identity.values() if _is_flaky(its)]


def _is_flaky(results: Sequence[ScenarioResult]) -> bool:
    ends = {result.status is Status.PASSED for result in results}
    return len(ends) > 1 or any(result.status is Status.PASSED and result.attempts > 1 for result in results)


def _within(case: Case, name: str, budget: Budget) -> Rule:
    what = "a run" if name == RELEASE else name
    demand = f"{what} took at most {budget.minutes:g} minutes" + (f" (raised: {budget.reason})" if budget.reason else "")
    limit = budget.minutes * 60
    took = {run: seconds for run in case.runs if (seconds := _seconds(run, name)) is not None}
    if not took:
        return Rule(f"budget-{name}", demand, Outcome.PASSED, f"nothing of {name} was selected", {"seconds": None, "limit": limit})
    longest = max(took, key=lambda run: took[run])
    seconds = took[longest]
    words = f"{what} took {_minutes(seconds)} of {budget.minutes:g} minutes{case.of(longest)}"
    over = [run.name for run, of_run in took.items() if of_run > limit]
    outcome = Outcome.BLOCKS if over else Outcome.PASSED
    figures = {"seconds": round(seconds, 3), "limit": limit, "raised_because": budget.reason or None}
    return Rule(f"budget-{name}", demand, outcome, words, figures, over, ExitCode.OVER_BUDGET)


def _seconds(run: JudgedRun, name: str) -> float | None:
    return run.timings.release if name == RELEASE else run.timings.rings.get(name)


def _exit_codes(run: JudgedRun) -> list[int]:
    """Of its shards, without those of a shard that says only that nothing in it passed."""
    alone = len(run.records) == 1 and run.first.shard is None
    return [record.exit_code for record in run.records if alone or record.exit_code != ExitCode.FAILED or _blocks(record.scenarios)]


def _blocks(scenarios: Iterable[ScenarioResult]) -> bool:
    return any(failure_weight(scenario) is Weight.BLOCKS for scenario in scenarios)


def _unfinished(run: JudgedRun) -> list[str]:
    found = [f"shard {shard} is missing" for shard in run.missing_shards]
    found += [f"it was aborted: {record.aborted}" for record in run.records if record.aborted]
    for code in _exit_codes(run):
        if code in SIGNALS:
            found.append(f"it was {ExitCode(code).meaning} (exit code {code})")
        # a P0 scenario over its budget is told by its own rule
        elif code == ExitCode.OVER_BUDGET and not any(scenario.over_budget and _blocks([scenario]) for scenario in run.scenarios):
            found.append("a budget of the run or of a ring was used up, so that scenarios were left out (exit code 4)")
        elif code == ExitCode.FAILED and not (run.around or _blocks(run.scenarios) or not run.ran):
            found.append("it ended with exit code 1, though nothing in its record blocks")
        elif code not in set(ExitCode):
            found.append(f"it ended with exit code {code}, which is none of Ringmaster's")
        elif code == ExitCode.WRONG_INPUT:
            found.append("what it was given was wrong (exit code 2)")
    return found


def _weighing(case: Case, weight: Weight) -> list[tuple[JudgedRun, ScenarioResult]]:
    # where the platform never started, that is the reason, and a rule of its own
    weighed = [(run, scenario) for run in case.runs for scenario in (*run.scenarios, *(run.around if run.scenarios else ()))]
    return [(run, scenario) for run, scenario in weighed if failure_weight(scenario) is weight]


def _of_failures(rule: str, demand: str, outcome: Outcome, case: Case, failed: Sequence[tuple[JudgedRun, ScenarioResult]]) -> Rule:
    found = [f"{scenario.location} {scenario.name}: {_why(scenario)}{case.of(run)}" for run, scenario in failed]
    if not found:
        return Rule(rule, demand, Outcome.PASSED, "none failed", {"failed": 0})
    return Rule(rule, demand, outcome, f"{len(found)} failed: {_listed(found, '; ')}", {"failed": len(found)}, found)


def _why(scenario: ScenarioResult) -> str:
    reason = reason_of(scenario)
    return f"{scenario.status.words}: {reason}" if reason else scenario.status.words


def _first_words(around: Sequence[ScenarioResult]) -> str:
    return f": {_why(around[0])}" if around else ""


def _why_skipped(case: Case, level: str) -> str:
    if any(level in scenario.tags for run in case.runs for scenario in run.ran):
        return " that is not in quarantine"
    reasons = Counter(scenario.reason or "without a reason" for run in case.runs for scenario in run.of_level(level))
    return f": {sum(reasons.values())} skipped, most because: {reasons.most_common(1)[0][0]}" if reasons else ": none was selected"


def _gravity(outcome: Outcome) -> int:
    return list(Outcome).index(outcome) if outcome is not Outcome.NOT_JUDGED else 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _listed(words: Sequence[str], between: str = ", ") -> str:
    more = len(words) - MOST_NAMED
    return between.join(words[:MOST_NAMED]) + (f"{between}and {more} more" if more > 0 else "")


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f}" if seconds >= 60 else f"{seconds / 60:.2f}"
