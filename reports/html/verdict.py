"""The verdict on the report's first screen: the gate's decision where there is one, else what the run's own record says."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reports.html.rows import names_of
from support.frozen import Frozen
from support.results.exit_codes import MEANINGS, ExitCode
from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult, Status, Weight, failure_weight

GATE_FILE, VERSION = "gate-decision.json", 1
VERDICTS = {"pass": "pass", "passed": "pass", "fail": "fail", "blocked": "fail"}
STOPPED = (ExitCode.HUNG_UP, ExitCode.INTERRUPTED, ExitCode.TERMINATED)
TITLES = {"pass": "The release can go", "fail": "The release has to wait", "nothing": "Nothing was checked"}
REHEARSALS = {True: "Nobody noticed the defect", False: "The defect was noticed"}
NOT_STARTED = "The platform did not start"
MILDER = {
    Weight.WARNS: ("failure is a warning, which does not stop a release", "failures are warnings, which do not stop a release"),
    Weight.INFORMS: ("failure is for information only", "failures are for information only"),
    Weight.QUARANTINED: ("failure is in quarantine and does not count for now", "failures are in quarantine and do not count for now"),
}
MOST_NAMED = 2
UNREADABLE = "The gate's decision cannot be read, so the verdict is this run's own"
BY_RUN = "this run"


class UnreadableDecision(ValueError):
    """There is a gate's decision, but not one that can be read; the text says why."""


class Rule(Frozen):
    """One rule of the gate: how it came out, in a sentence, with its figures."""

    name: str
    outcome: str
    sentence: str
    figures: dict[str, Any]


class Shown(Frozen):
    """What the first screen says, why, who said so, and all of it in a few words.

    The verdict is `pass`, `fail`, `nothing` when nothing was checked, or `rehearsal` when a defect was switched on.
    """

    verdict: str
    reasons: list[str]
    by: str
    title: str = ""
    rules: Sequence[Rule] = ()

    def as_json(self) -> dict[str, Any]:
        """For the page."""
        return asdict(self)


def verdict_of(record: RunRecord, folder: Path) -> Shown:
    """The verdict on a run whose results are in `folder`; raises UnreadableDecision."""
    own = own_verdict(record)
    for file in (folder / GATE_FILE, folder.parent / GATE_FILE):
        if file.is_file() and (decided := _decided(file, record.run, own)):
            return decided
    return own


def _decided(file: Path, run: str, own: Shown) -> Shown | None:
    """What a gate's decision says; None when it is about other runs."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        version = found.get("version", VERSION)
        about = "runs" not in found or any(run in (judged["run"], *judged["shards"]) for judged in found["runs"])
        verdict = VERDICTS[found["verdict"]] if version == VERSION else ""
        reasons = [reason if isinstance(reason, str) else str(reason["words"]) for reason in found["reasons"]]
        rules = [_rule(rule) for rule in found["rules"]]
    except OSError as error:
        raise UnreadableDecision(f"{UNREADABLE}: {file.name} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableDecision(f"{UNREADABLE}: {file.name} is broken or cut off. Decide again: ringmaster gate") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise UnreadableDecision(f"{UNREADABLE}: {file.name} is not what the gate writes. Decide again: ringmaster gate") from error
    if not verdict:
        raise UnreadableDecision(f"{UNREADABLE}: {file.name} is of version {version!r}, and this Ringmaster reads version {VERSION}")
    if not about:
        return None
    # that nothing was checked says more than that it does not pass
    shown = own.verdict if verdict == "fail" and own.verdict == "nothing" else verdict
    if shown == own.verdict == "pass":
        # what went well comes before what is worth a look
        reasons.insert(0, own.reasons[0])
    return Shown(shown, reasons or own.reasons, "the release gate", own.title if shown == own.verdict else TITLES[shown], rules)


def _rule(found: dict[str, Any]) -> Rule:
    name, sentence = found.get("demand") or found["name"], found.get("words") or found["sentence"]
    return Rule(str(name), str(found["outcome"]), str(sentence), dict(found.get("figures") or {}))


def own_verdict(record: RunRecord) -> Shown:
    """What the record alone says; Source: the table of exit codes."""
    counts = Counter(result.status for result in record.scenarios if not result.around)
    code = ExitCode(record.exit_code) if record.exit_code in MEANINGS else None
    reasons = [*_what_went_wrong(record, code), *_what_to_know(record, counts)]
    if record.sabotage and any(counts[status] for status in counts if status is not Status.SKIPPED):
        return Shown("rehearsal", reasons, BY_RUN, REHEARSALS[code is ExitCode.PASSED])
    if code is ExitCode.PASSED:
        return Shown("pass", [_all_well(counts), *reasons], BY_RUN, TITLES["pass"])
    if not any(counts[status] for status in counts if status is not Status.SKIPPED):
        title = NOT_STARTED if code is ExitCode.PLATFORM_FAILED else TITLES["nothing"]
        return Shown("nothing", [*reasons, _why_nothing(counts, code)], BY_RUN, title)
    return Shown("fail", reasons or [f"The run ended with exit code {record.exit_code}."], BY_RUN, TITLES["fail"])


def _what_went_wrong(record: RunRecord, code: ExitCode | None) -> list[str]:
    blocking = [result for result in record.scenarios if failure_weight(result) is Weight.BLOCKS]
    failed = [result for result in blocking if not result.around and result.status is not Status.UNTESTED]
    not_run = [result for result in blocking if result.status is Status.UNTESTED]
    reasons = [f"{_around(result)}" for result in blocking if result.around]
    if code is ExitCode.PLATFORM_FAILED and not reasons:
        reasons.append("A part of the platform died while scenarios ran.")
    if failed:
        reasons.append(f"{_counted(failed, 'scenario that blocks', 'scenarios that block')} a release failed: {_named(failed)}.")
    if record.aborted:
        reasons.append(f"The run was aborted: {record.aborted}")
    if code in STOPPED:
        reasons.append(f"The run was stopped before its end: {MEANINGS[code]}.")
    if not_run:
        reasons.append(f"{_counted(not_run, 'scenario was', 'scenarios were')} selected and never ran.")
    if code is ExitCode.OVER_BUDGET:
        reasons.append("A budget of time was used up.")
    return reasons


def _what_to_know(record: RunRecord, counts: Counter[Status]) -> list[str]:
    reasons = []
    for weight, (one, more) in MILDER.items():
        if failed := [result for result in record.scenarios if failure_weight(result) is weight]:
            reasons.append(f"{_counted(failed, one, more)}: {_named(failed)}.")
    flaky = [result for result in record.scenarios if result.attempts > 1 and result.status is Status.PASSED]
    if flaky:
        reasons.append(f"{_counted(flaky, 'scenario', 'scenarios')} passed only at a further attempt: {_named(flaky)}.")
    if skipped := counts[Status.SKIPPED]:
        reasons.append(
            f"{skipped:,} {'scenario was' if skipped == 1 else 'scenarios were'} not checked here. A skip never counts as a pass."
        )
    if record.sabotage:
        reasons.append(f"{record.sabotage} was switched on deliberately, so this run is expected to fail.")
    return reasons


def _why_nothing(counts: Counter[Status], code: ExitCode | None) -> str:
    if code is ExitCode.PLATFORM_FAILED:
        return "So nothing was checked, and nothing is known about this version."
    return f"{'Every scenario was skipped' if counts[Status.SKIPPED] else 'No scenario ran'}, so nothing is known about this version."


def _all_well(counts: Counter[Status]) -> str:
    ran = sum(count for status, count in counts.items() if status is not Status.SKIPPED)
    passed = counts[Status.PASSED]
    if passed == ran:
        return f"{'The one scenario' if ran == 1 else f'All {ran:,} scenarios'} that ran passed."
    return f"{passed:,} of {ran:,} scenarios that ran passed, and nothing that blocks a release failed."


def _around(result: ScenarioResult) -> str:
    words = (result.failure.message if result.failure else "").strip().splitlines()
    said = words[0] if words else "it says no more"
    return (
        said[:1].upper() + said[1:]
        if said.startswith("the platform could not be started")
        else f"Something went wrong {result.name}: {said}"
    )


def _counted(results: Sequence[ScenarioResult], one: str, more: str) -> str:
    return f"{len(results):,} {one if len(results) == 1 else more}"


def _named(results: Sequence[ScenarioResult]) -> str:
    names = "; ".join(" · ".join(filter(None, names_of(result))) for result in results[:MOST_NAMED])
    return names + (f"; and {len(results) - MOST_NAMED:,} more" if len(results) > MOST_NAMED else "")
