"""How many scenarios a mutant meets, and who is said to have noticed it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from environments.errors import ServiceDied, ServiceFailed, ServiceNotReady
from support.mutation.checkout_copy import CheckoutCopy
from support.mutation.mutants import Mutant
from support.mutation.outcome import Ending, MutantOutcome
from support.mutation.touch_map import Touch, TouchMap
from support.mutation.trials import Place, Trials, could_be_the_machine, noticed_by, only_by_time, within
from support.results.exit_codes import ExitCode
from support.results.scenario_result import Failure, Identity, ScenarioResult, Status, StepResult, Weight
from support.sabotage_matrix.processes import RunProcesses


def touches(*seconds: float) -> list[Touch]:
    return [Touch(location=f"a.feature:{number}", name="", status="passed", seconds=each, ran=[]) for number, each in enumerate(seconds)]


@pytest.mark.parametrize(("seconds", "expected"), [((1, 2, 3), 2), ((9,), 1), ((9, 9), 1), ((2, 2), 2), ((), 0)])
def test_as_many_as_there_is_time_for_but_one_at_least(seconds: tuple[float, ...], expected: int) -> None:
    assert len(within(touches(*seconds), 4, least=1)) == expected


def test_slow_ones_try_it_too_where_there_are_few() -> None:
    assert len(within(touches(*[3.0] * 5), 4, least=3)) == 3
    assert len(within(touches(*[3.0] * 2), 4, least=3)) == 2


def scenario(status: Status, name: str = "An order is kept", *, around: bool = False) -> ScenarioResult:
    failure = Failure("Expected: 3", "AssertionError", "Expected: 3") if status.has_failed else None
    return ScenarioResult(
        identity=Identity("a.feature", name),
        name=name,
        keyword="Scenario",
        location="a.feature:3",
        feature="Orders",
        tags=(),
        own_tags=(),
        description="",
        parameters=(),
        weight=Weight.BLOCKS,
        status=status,
        around=around,
        steps=(StepResult("Then there are 3", status, failure=failure),),
    )


@pytest.mark.parametrize(
    ("exit_code", "scenarios", "by", "words"),
    [
        (ExitCode.PASSED, [scenario(Status.PASSED)], None, None),
        (ExitCode.FAILED, [scenario(Status.SKIPPED)], None, None),
        (
            ExitCode.FAILED,
            [scenario(Status.PASSED), scenario(Status.FAILED)],
            "An order is kept (a.feature:3)",
            "Then there are 3: Expected: 3",
        ),
        (ExitCode.OVER_BUDGET, [scenario(Status.ERROR)], "An order is kept (a.feature:3)", "Then there are 3: Expected: 3"),
        (ExitCode.PLATFORM_FAILED, [scenario(Status.ERROR, around=True)], "the platform did not start, or a part of it died", "no port"),
        (ExitCode.FAILED, [scenario(Status.HOOK_ERROR, "around the run", around=True)], "around the run", "Then there are 3: Expected: 3"),
        (ExitCode.WRONG_INPUT, [], "its code could not be loaded", "no port"),
        (ExitCode.TERMINATED, [], "the run hung for more than 600 s", None),
    ],
)
def test_who_noticed_a_mutant(
    tmp_path: Path, exit_code: ExitCode, scenarios: list[ScenarioResult], by: str | None, words: str | None
) -> None:
    output = tmp_path / "output.txt"
    output.write_text("something\nringmaster: no port\n")
    assert noticed_by(exit_code, scenarios, output) == (by, words)


@pytest.mark.parametrize(
    ("error", "by_time"), [(ServiceNotReady("broker", 60.0, ["starting"]), True), (ServiceDied("broker", 1, ["no such file"]), False)]
)
def test_a_platform_that_was_not_ready_in_time_only_took_too_long(error: ServiceFailed, by_time: bool) -> None:
    start = replace(
        scenario(Status.ERROR, "around the run", around=True), failure=Failure(f"the platform could not be started: {error}", "", "")
    )
    assert only_by_time([start]) is by_time
    assert not only_by_time([start, scenario(Status.FAILED)])
    assert not only_by_time([scenario(Status.PASSED)])


@pytest.mark.parametrize(
    ("exit_code", "scenarios", "doubtful"),
    [
        (ExitCode.PLATFORM_FAILED, [scenario(Status.ERROR, around=True)], True),
        (ExitCode.TERMINATED, [scenario(Status.PASSED)], True),
        (ExitCode.OVER_BUDGET, [replace(scenario(Status.ERROR), over_budget="30 s")], True),
        (ExitCode.PLATFORM_FAILED, [scenario(Status.FAILED), scenario(Status.ERROR, around=True)], False),
        (ExitCode.FAILED, [scenario(Status.FAILED)], False),
        (ExitCode.WRONG_INPUT, [], False),
    ],
)
def test_what_a_machine_with_too_much_to_do_does_as_well(exit_code: ExitCode, scenarios: list[ScenarioResult], doubtful: bool) -> None:
    assert could_be_the_machine(exit_code, scenarios) is doubtful


class Rehearsed(RunProcesses):
    """Runs nothing: ends as it is told, and notes the code that each run would have seen."""

    def __init__(self, exit_codes: Sequence[ExitCode]) -> None:
        super().__init__()
        self.exit_codes, self.seen = list(exit_codes), list[str]()

    def wait_for(self, command: Sequence[str], output: Path, variables: object, folder: Path, longest: float | None = None) -> int:
        output.write_text("ringmaster: it went wrong\n")
        self.seen.append((folder / "service.py").read_text())
        return self.exit_codes.pop(0)


@pytest.mark.parametrize(
    ("exit_codes", "ending"),
    [
        ([ExitCode.PASSED], Ending.SURVIVED),
        ([ExitCode.WRONG_INPUT], Ending.KILLED),
        ([ExitCode.PLATFORM_FAILED, ExitCode.PASSED], Ending.KILLED),
        ([ExitCode.PLATFORM_FAILED, ExitCode.PLATFORM_FAILED], Ending.UNDECIDED),
        ([ExitCode.PLATFORM_FAILED, ExitCode.TERMINATED], Ending.UNDECIDED),
        # the platform started: what became of the scenario says nothing
        ([ExitCode.PLATFORM_FAILED, ExitCode.FAILED], Ending.KILLED),
    ],
)
def test_a_platform_that_fails_is_no_catch_where_it_fails_without_the_mutant_too(
    tmp_path: Path, exit_codes: list[ExitCode], ending: Ending
) -> None:
    (tmp_path / "service.py").write_text("right")
    (touch,) = touches(1.0)
    touch_map = TouchMap(code="", features={}, statements={}, at_start=[], touches=[touch.model_copy(update={"ran": [0]})])
    touch_map.statements["service.py"] = [(1, 1, 0)]
    processes, told = Rehearsed(exit_codes), list[MutantOutcome]()
    places = [Place(CheckoutCopy(tmp_path), {})]
    mutant = Mutant("service", "service.py", 1, "", "constant changed", "right", "wrong", "-right\n+wrong", "wrong")
    (tmp_path / "results").mkdir()
    Trials(places, touch_map, [touch.location], tmp_path / "results", processes, told.append).try_all([mutant])
    assert [each.ending for each in told] == [ending]
    assert processes.seen == ["wrong", "right"][: len(processes.seen)]
    assert processes.exit_codes == []
