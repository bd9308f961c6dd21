"""The victory gate: three green runs of pull requests in a row, and a green night. Source: odd-demonstration, invariant I6.

There it is a rule on paper; here two calls of `ringmaster gate` decide it, from the records of the runs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from environments.errors import WrongScenario
from support.platforms.observatory.commands import Ended, ringmaster
from support.results.exit_codes import ExitCode
from support.results.identity import Identity
from support.results.run_record import RunRecord
from support.results.scenario_result import Failure, ScenarioResult, Status, weight_of

GREENS = 3
PULL_REQUESTS, NIGHTS = "pull-requests", "nights"
SCENARIOS = 25
"""In each run: enough for the rates of the gate."""


@dataclass(frozen=True)
class Verdict:
    """Whether the release may go, and what both calls said."""

    pull_requests: Ended
    nights: Ended

    @property
    def may_go(self) -> bool:
        """Both have to agree."""
        return self.pull_requests.exit_code == self.nights.exit_code == 0

    @property
    def words(self) -> str:
        """What people read."""
        return "\n".join(ended.output + ended.complaints for ended in (self.pull_requests, self.nights))


def judge(folder: Path) -> Verdict:
    """Decide from the runs below a folder: the last three of pull requests are green, and the last night is, in which something ran."""
    row = ringmaster("gate", str(folder / PULL_REQUESTS), "--victory", str(GREENS), "--output", str(folder / "pull-requests.json"))
    night = ringmaster(
        "gate", str(folder / NIGHTS), "--victory", "1", "--level", "nightly", "--output", str(folder / "gate-decision-night.json")
    )
    return Verdict(row, night)


def add_run(folder: Path, series: str, how: str, number: int) -> None:
    """Write the record of a run that ended in one of KINDS; raises WrongScenario for another."""
    if how not in KINDS:
        raise WrongScenario(f"no run ends '{how}'. There are: {', '.join(KINDS)}")
    name = f"20260301-{number:06d}-{series[:6]:0<6}"
    (folder / series / name / "logs").mkdir(parents=True)
    tags = ("nightly", "p0", "ring2") if series == NIGHTS else ("p0", "ring2")
    KINDS[how](_run(name, tags)).write(folder / series / name)


def _run(name: str, tags: tuple[str, ...]) -> RunRecord:
    scenarios = [_scenario(number, tags) for number in range(SCENARIOS)]
    return RunRecord(
        run=name,
        substrate="embedded",
        sabotage=None,
        workers=1,
        seed=None,
        shard=None,
        shard_plan="plan",
        ready_seconds=1.0,
        step_seconds=1.0,
        hook_seconds=0.0,
        wall_seconds=1.0,
        exit_code=0,
        commit="c0ffee",
        scenarios=scenarios,
    )


def _scenario(number: int, tags: tuple[str, ...]) -> ScenarioResult:
    return ScenarioResult(
        identity=Identity("features/observatory/proof_paths.feature", f"path {number}"),
        name=f"path {number}",
        keyword="Scenario",
        location=f"features/observatory/proof_paths.feature:{number + 1}",
        feature="Proof paths",
        tags=tags,
        own_tags=tags,
        description="",
        parameters=(),
        weight=weight_of(tags, strict=False),
        status=Status.PASSED,
        seconds=1.0,
        wall_seconds=1.0,
        started_at=1000.0 + number,
    )


def _ended(scenarios: Iterable[ScenarioResult], status: Status) -> list[ScenarioResult]:
    failure = Failure("the job is PENDING", "AssertionError", "the job is PENDING") if status.has_failed else None
    return [replace(each, status=status, failure=failure, reason="" if failure else "no servers here") for each in scenarios]


def _red(run: RunRecord) -> RunRecord:
    return replace(run, exit_code=ExitCode.FAILED, scenarios=[*_ended(run.scenarios[:1], Status.FAILED), *run.scenarios[1:]])


def _nothing_run(run: RunRecord) -> RunRecord:
    return replace(run, exit_code=ExitCode.FAILED, scenarios=_ended(run.scenarios, Status.SKIPPED))


def _without_platform(run: RunRecord) -> RunRecord:
    return replace(run, exit_code=ExitCode.PLATFORM_FAILED, scenarios=[])


KINDS: Mapping[str, Callable[[RunRecord], RunRecord]] = {
    "green": lambda run: run,
    "red": _red,
    "with everything skipped": _nothing_run,
    "without its platform": _without_platform,
    "with a defect on purpose": lambda run: replace(run, sabotage="accepted-as-created"),
}
"""How a run ends, in words."""
